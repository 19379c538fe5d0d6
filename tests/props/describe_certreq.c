#include "message.h"

static void describe_types(cauth_bytes types, const describe_sink *s)
{
    cauth_iter it = cauth_iter_init(types);
    uint8_t type;
    while (cauth_u8_next(&it, &type))
        s->number(s->user, CAUTH_FIELD_CERTIFICATE_TYPES, type);
}

static void describe_u16s(cauth_field field, cauth_bytes list, const describe_sink *s)
{
    cauth_iter it = cauth_iter_init(list);
    uint16_t value;
    while (cauth_u16_next(&it, &value))
        s->number(s->user, field, value);
}

static void describe_names(cauth_bytes names, const describe_sink *s)
{
    cauth_iter it = cauth_iter_init(names);
    cauth_bytes name;
    while (cauth_vector16_next(&it, &name))
        s->span(s->user, CAUTH_FIELD_DISTINGUISHED_NAME, name);
}

static void describe_filters(cauth_bytes filters, const describe_sink *s)
{
    cauth_iter it = cauth_iter_init(filters);
    cauth_oid_filter filter;
    while (cauth_oid_filter_next(&it, &filter)) {
        s->span(s->user, CAUTH_FIELD_CERTIFICATE_EXTENSION_OID, filter.certificate_extension_oid);
        s->span(s->user, CAUTH_FIELD_CERTIFICATE_EXTENSION_VALUES, filter.certificate_extension_values);
    }
}

void describe_certreq10(const cauth_certreq10 *v, const describe_sink *s)
{
    describe_types(v->certificate_types, s);
    describe_names(v->certificate_authorities, s);
}

void describe_certreq12(const cauth_certreq12 *v, const describe_sink *s)
{
    describe_types(v->certificate_types, s);
    describe_u16s(CAUTH_FIELD_SUPPORTED_SIGNATURE_ALGORITHMS, v->supported_signature_algorithms, s);
    describe_names(v->certificate_authorities, s);
}

/* What the view itself says of an extension, so that a view and its extensions block cannot disagree unseen. */
static void describe_extension(const cauth_certreq13 *v, const cauth_extension *x, const describe_sink *s)
{
    switch (x->type) {
    case CAUTH_EXT_STATUS_REQUEST:
        s->number(s->user, CAUTH_FIELD_STATUS_REQUEST, v->status_request);
        break;
    case CAUTH_EXT_SIGNED_CERTIFICATE_TIMESTAMP:
        s->number(s->user, CAUTH_FIELD_SIGNED_CERTIFICATE_TIMESTAMP, v->signed_certificate_timestamp);
        break;
    case CAUTH_EXT_SIGNATURE_ALGORITHMS:
        describe_u16s(CAUTH_FIELD_SIGNATURE_ALGORITHMS, v->signature_algorithms.list, s);
        break;
    case CAUTH_EXT_SIGNATURE_ALGORITHMS_CERT:
        describe_u16s(CAUTH_FIELD_SIGNATURE_ALGORITHMS_CERT, v->signature_algorithms_cert.list, s);
        break;
    case CAUTH_EXT_CERTIFICATE_AUTHORITIES:
        describe_names(v->certificate_authorities.list, s);
        break;
    case CAUTH_EXT_OID_FILTERS:
        describe_filters(v->oid_filters.list, s);
        break;
    case CAUTH_EXT_COMPRESS_CERTIFICATE:
        describe_u16s(CAUTH_FIELD_COMPRESS_CERTIFICATE, v->compress_certificate.list, s);
        break;
    case CAUTH_EXT_DELEGATED_CREDENTIAL:
        describe_u16s(CAUTH_FIELD_DELEGATED_CREDENTIAL, v->delegated_credential.list, s);
        break;
    default:
        s->span(s->user, CAUTH_FIELD_EXTENSION_DATA, x->data);
        break;
    }
}

static bool has_extension(const cauth_certreq13 *v, uint16_t type)
{
    cauth_iter it = cauth_iter_init(v->extensions);
    cauth_extension x;
    while (cauth_extension_next(&it, &x))
        if (x.type == type)
            return true;
    return false;
}

/* The data of signed_certificate_timestamp are shown raw as well: they should be empty, but need not. What the view
 * speaks of, and its block has not, comes last: no parser may give such a view. */
void describe_certreq13(const cauth_certreq13 *v, const describe_sink *s)
{
    cauth_iter it = cauth_iter_init(v->extensions);
    cauth_extension x;
    s->span(s->user, CAUTH_FIELD_CERTIFICATE_REQUEST_CONTEXT, v->certificate_request_context);
    s->number(s->user, CAUTH_FIELD_EXTENSIONS, v->num_extensions);
    while (cauth_extension_next(&it, &x)) {
        s->number(s->user, CAUTH_FIELD_EXTENSION_TYPE, x.type);
        describe_extension(v, &x, s);
        if (x.type == CAUTH_EXT_SIGNED_CERTIFICATE_TIMESTAMP && x.data.len > 0)
            s->span(s->user, CAUTH_FIELD_EXTENSION_DATA, x.data);
    }
    const struct {
        uint16_t type;
        bool present;
    } said[] = {
        { CAUTH_EXT_STATUS_REQUEST, v->status_request },
        { CAUTH_EXT_SIGNED_CERTIFICATE_TIMESTAMP, v->signed_certificate_timestamp },
        { CAUTH_EXT_SIGNATURE_ALGORITHMS, v->signature_algorithms.present },
        { CAUTH_EXT_SIGNATURE_ALGORITHMS_CERT, v->signature_algorithms_cert.present },
        { CAUTH_EXT_CERTIFICATE_AUTHORITIES, v->certificate_authorities.present },
        { CAUTH_EXT_OID_FILTERS, v->oid_filters.present },
        { CAUTH_EXT_COMPRESS_CERTIFICATE, v->compress_certificate.present },
        { CAUTH_EXT_DELEGATED_CREDENTIAL, v->delegated_credential.present },
    };
    for (size_t i = 0; i < sizeof said / sizeof said[0]; i++)
        if (said[i].present && !has_extension(v, said[i].type))
            s->number(s->user, CAUTH_FIELD_EXTENSION_TYPE, said[i].type);
}
