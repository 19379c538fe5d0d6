#include "cauth/certreq13.h"

#include "certreq.h"
#include "extension.h"
#include "oid_filters.h"
#include "u16set.h"

static const rd_vec algorithms_vec = { 2, 2, 2, 65534, CAUTH_FIELD_SIGNATURE_ALGORITHMS, CAUTH_CR_13_11 };
static const rd_vec algorithms_cert_vec = { 2, 2, 2, 65534, CAUTH_FIELD_SIGNATURE_ALGORITHMS_CERT, CAUTH_CR_13_11 };
static const rd_vec authorities_vec = { 2, 1, 3, 65535, CAUTH_FIELD_CERTIFICATE_AUTHORITIES, CAUTH_CR_13_14 };
static const rd_vec filters_vec = { 2, 1, 0, 65535, CAUTH_FIELD_OID_FILTERS, CAUTH_RULE_NONE };
static const rd_vec compress_vec = { 1, 2, 2, 254, CAUTH_FIELD_COMPRESS_CERTIFICATE, CAUTH_CR_13_18 };
static const rd_vec credential_vec = { 2, 2, 2, 65534, CAUTH_FIELD_DELEGATED_CREDENTIAL, CAUTH_CR_13_19 };

static cauth_bytes empty_span(void)
{
    cauth_bytes empty = { NULL, 0 };
    return empty;
}

static cauth_certreq13_list absent_list(void)
{
    cauth_certreq13_list absent = { false, empty_span() };
    return absent;
}

static void set_list(cauth_certreq13_list *list, const rd *content)
{
    list->present = true;
    list->list = rd_rest(content);
}

static cauth_certreq13 empty_view(void)
{
    cauth_certreq13 v;
    v.certificate_request_context = empty_span();
    v.extensions = empty_span();
    v.num_extensions = 0;
    v.status_request = false;
    v.signed_certificate_timestamp = false;
    v.signature_algorithms = absent_list();
    v.signature_algorithms_cert = absent_list();
    v.certificate_authorities = absent_list();
    v.oid_filters = absent_list();
    v.compress_certificate = absent_list();
    v.delegated_credential = absent_list();
    return v;
}

/* An extension whose data are one list of numbers. */
static cauth_result read_list(rd data, const rd_vec *vec, cauth_certreq13_list *list)
{
    rd content;
    cauth_result e = rd_vector(&data, vec, &content);
    if (!cauth_is_accepted(e))
        return e;
    set_list(list, &content);
    return rd_finish(&data, CAUTH_CR_13_06, vec->field);
}

static cauth_result read_authorities(rd data, const cauth_context *ctx, cauth_certreq13_list *list, cauth_flags *flags)
{
    rd names;
    cauth_result e = certreq_judged_vector(&data, &authorities_vec, ctx, flags, &names);
    if (!cauth_is_accepted(e))
        return e;
    e = certreq_names(names);
    if (!cauth_is_accepted(e))
        return e;
    set_list(list, &names);
    return rd_finish(&data, CAUTH_CR_13_06, CAUTH_FIELD_CERTIFICATE_AUTHORITIES);
}

static cauth_result read_oid_filters(rd data, cauth_certreq13_list *list)
{
    rd filters;
    cauth_result e = rd_vector(&data, &filters_vec, &filters);
    if (!cauth_is_accepted(e))
        return e;
    e = rd_oid_filters(filters);
    if (!cauth_is_accepted(e))
        return e;
    set_list(list, &filters);
    return rd_finish(&data, CAUTH_CR_13_06, CAUTH_FIELD_OID_FILTERS);
}

/* transparency_info and whatever else is not named here stays as it is, in v->extensions. */
static cauth_result read_known(uint16_t type, rd data, const cauth_context *ctx, cauth_certreq13 *v, cauth_flags *flags)
{
    switch (type) {
    case CAUTH_EXT_STATUS_REQUEST:
        v->status_request = true;
        return rd_finish(&data, CAUTH_CR_13_16, CAUTH_FIELD_STATUS_REQUEST);
    case CAUTH_EXT_SIGNED_CERTIFICATE_TIMESTAMP:
        v->signed_certificate_timestamp = true;
        if (rd_left(&data) > 0)
            cauth_flags_set(flags, CAUTH_CR_13_17);
        return cauth_accepted();
    case CAUTH_EXT_SIGNATURE_ALGORITHMS:
        return read_list(data, &algorithms_vec, &v->signature_algorithms);
    case CAUTH_EXT_SIGNATURE_ALGORITHMS_CERT:
        return read_list(data, &algorithms_cert_vec, &v->signature_algorithms_cert);
    case CAUTH_EXT_CERTIFICATE_AUTHORITIES:
        return read_authorities(data, ctx, &v->certificate_authorities, flags);
    case CAUTH_EXT_OID_FILTERS:
        return read_oid_filters(data, &v->oid_filters);
    case CAUTH_EXT_COMPRESS_CERTIFICATE:
        return read_list(data, &compress_vec, &v->compress_certificate);
    case CAUTH_EXT_DELEGATED_CREDENTIAL:
        return read_list(data, &credential_vec, &v->delegated_credential);
    default:
        return cauth_accepted();
    }
}

static cauth_result read_extension(rd *block, u16set *seen, const cauth_context *ctx, cauth_certreq13 *v,
                                   cauth_flags *flags)
{
    uint16_t type;
    rd data;
    size_t start = block->pos;
    cauth_result e = rd_extension_type(block, CAUTH_CR_13_05, &type);
    if (!cauth_is_accepted(e))
        return e;
    if (u16set_add(seen, type))
        return cauth_rejected(CAUTH_CR_13_08, CAUTH_FIELD_EXTENSION_TYPE, start);
    if (cauth_extension_in_certreq(type) == CAUTH_EXTENSION_REFUSED)
        return cauth_rejected(CAUTH_CR_13_09, CAUTH_FIELD_EXTENSION_TYPE, start);
    e = rd_extension_data(block, CAUTH_CR_13_05, &data);
    if (!cauth_is_accepted(e))
        return e;
    v->num_extensions += 1;
    return read_known(type, data, ctx, v, flags);
}

static cauth_result read_extensions(rd block, const cauth_context *ctx, cauth_certreq13 *v, cauth_flags *flags)
{
    u16set seen;
    u16set_init(&seen);
    v->extensions = rd_rest(&block);
    while (rd_left(&block) > 0) {
        cauth_result e = read_extension(&block, &seen, ctx, v, flags);
        if (!cauth_is_accepted(e))
            return e;
    }
    return cauth_accepted();
}

/* The printed floor is 2 (RFC 8446) or 0 (RFC 9846), but no extension is shorter than 4. An empty block has no fault of
 * its own: it lacks signature_algorithms. */
static cauth_result open_extensions(rd *r, rd *block)
{
    static const rd_vec block_vec = { 2, 1, 4, 65535, CAUTH_FIELD_EXTENSIONS, CAUTH_CR_13_02 };
    static const rd_vec empty_vec = { 2, 1, 0, 0, CAUTH_FIELD_EXTENSIONS, CAUTH_RULE_NONE };
    cauth_result e = rd_vector(r, &block_vec, block);
    if (e.rule == CAUTH_CR_13_02 && cauth_is_accepted(rd_vector(r, &empty_vec, block)))
        return cauth_accepted();
    return e;
}

/* In the main handshake the context shall be empty; later it shall tell requests apart (RFC 8446 §4.3.2). */
static cauth_result read_context(rd *r, const cauth_context *ctx, cauth_bytes *context, cauth_flags *flags)
{
    static const rd_vec context_vec = { 1, 1, 0, 255, CAUTH_FIELD_CERTIFICATE_REQUEST_CONTEXT, CAUTH_RULE_NONE };
    rd content;
    cauth_result e = rd_vector(r, &context_vec, &content);
    if (!cauth_is_accepted(e))
        return e;
    *context = rd_rest(&content);
    if (ctx->post_handshake && context->len == 0)
        cauth_flags_set(flags, CAUTH_CR_13_04);
    if (!ctx->post_handshake && context->len > 0)
        return cauth_rejected(CAUTH_CR_13_03, CAUTH_FIELD_CERTIFICATE_REQUEST_CONTEXT, content.pos);
    return cauth_accepted();
}

static bool has_rsa_pss_rsae(cauth_bytes schemes)
{
    cauth_iter it = cauth_iter_init(schemes);
    uint16_t scheme;
    while (cauth_u16_next(&it, &scheme))
        if (scheme >= 0x0804 && scheme <= 0x0806)
            return true;
    return false;
}

static void flag_schemes(const cauth_certreq13 *v, cauth_flags *flags)
{
    certreq_flag_schemes13(v->signature_algorithms.list, flags);
    certreq_flag_schemes13(v->signature_algorithms_cert.list, flags);
    certreq_flag_schemes13(v->delegated_credential.list, flags);
    if (has_rsa_pss_rsae(v->delegated_credential.list))
        cauth_flags_set(flags, CAUTH_CR_13_19);
}

cauth_result cauth_certreq13_parse(cauth_bytes body, const cauth_context *ctx, cauth_certreq13 *out, cauth_flags *flags)
{
    cauth_certreq13 v = empty_view();
    cauth_flags f = cauth_flags_none();
    rd r = rd_init(body);
    rd block;

    cauth_result e = read_context(&r, ctx, &v.certificate_request_context, &f);
    if (!cauth_is_accepted(e))
        return e;
    e = open_extensions(&r, &block);
    if (!cauth_is_accepted(e))
        return e;
    e = read_extensions(block, ctx, &v, &f);
    if (!cauth_is_accepted(e))
        return e;
    e = rd_finish(&r, CAUTH_CR_13_01, CAUTH_FIELD_BODY);
    if (!cauth_is_accepted(e))
        return e;
    if (!v.signature_algorithms.present)
        return cauth_rejected(CAUTH_CR_13_07, CAUTH_FIELD_SIGNATURE_ALGORITHMS, block.end);

    flag_schemes(&v, &f);
    *out = v;
    *flags = f;
    return cauth_accepted();
}

bool cauth_certreq13_write(const cauth_certreq13 *v, cauth_writer *w)
{
    cauth_write_vector(w, 1, v->certificate_request_context);
    return cauth_write_vector(w, 2, v->extensions);
}
