#include "message.h"

static uint64_t num_attributes(cauth_bytes rdn)
{
    uint64_t num = 0;
    cauth_iter it = cauth_iter_init(rdn);
    cauth_attribute attribute;
    while (cauth_attribute_next(&it, &attribute))
        num++;
    return num;
}

/* For each RDN the number of its attributes; for each attribute its type, the tag of its value, and the value. */
void describe_name(const cauth_name *v, const describe_sink *s)
{
    cauth_iter it = cauth_iter_init(v->rdns);
    cauth_bytes rdn;
    while (cauth_rdn_next(&it, &rdn)) {
        cauth_iter inner = cauth_iter_init(rdn);
        cauth_attribute attribute;
        s->number(s->user, CAUTH_FIELD_RDN, num_attributes(rdn));
        while (cauth_attribute_next(&inner, &attribute)) {
            s->span(s->user, CAUTH_FIELD_ATTRIBUTE_TYPE, attribute.type);
            s->number(s->user, CAUTH_FIELD_ATTRIBUTE, attribute.value_tag);
            s->span(s->user, CAUTH_FIELD_ATTRIBUTE_VALUE, attribute.value);
        }
    }
}

static void describe_time(const cauth_x509_time *time, cauth_field field, const describe_sink *s)
{
    s->number(s->user, CAUTH_FIELD_X509_VALIDITY, time->tag);
    s->span(s->user, field, time->value);
}

static void describe_optional(cauth_bytes bytes, cauth_field field, const describe_sink *s)
{
    if (bytes.len > 0)
        s->span(s->user, field, bytes);
}

static void describe_extensions(const cauth_x509 *v, const describe_sink *s)
{
    cauth_iter it = cauth_iter_init(v->extensions);
    cauth_x509_extension extension;
    if (v->has_extensions)
        s->span(s->user, CAUTH_FIELD_X509_EXTENSIONS, v->extensions);
    while (cauth_x509_extension_next(&it, &extension)) {
        s->span(s->user, CAUTH_FIELD_X509_EXTENSION_OID, extension.oid);
        s->number(s->user, CAUTH_FIELD_X509_EXTENSION_CRITICAL, extension.critical);
        s->span(s->user, CAUTH_FIELD_X509_EXTENSION_VALUE, extension.value);
    }
    describe_optional(v->key_usage, CAUTH_FIELD_X509_KEY_USAGE, s);
    describe_optional(v->extended_key_usage, CAUTH_FIELD_X509_EXTENDED_KEY_USAGE, s);
    describe_optional(v->basic_constraints, CAUTH_FIELD_X509_BASIC_CONSTRAINTS, s);
}

void describe_x509(const cauth_x509 *v, const describe_sink *s)
{
    describe_optional(v->version, CAUTH_FIELD_X509_VERSION, s);
    s->span(s->user, CAUTH_FIELD_X509_SERIAL, v->serial_number);
    s->span(s->user, CAUTH_FIELD_X509_TBS_SIGNATURE, v->tbs_signature);
    s->span(s->user, CAUTH_FIELD_X509_ISSUER, v->issuer);
    describe_time(&v->not_before, CAUTH_FIELD_X509_NOT_BEFORE, s);
    describe_time(&v->not_after, CAUTH_FIELD_X509_NOT_AFTER, s);
    s->span(s->user, CAUTH_FIELD_X509_SUBJECT, v->subject);
    s->span(s->user, CAUTH_FIELD_X509_SPKI, v->spki);
    s->span(s->user, CAUTH_FIELD_X509_SPKI_ALGORITHM, v->spki_algorithm);
    s->span(s->user, CAUTH_FIELD_X509_PUBLIC_KEY, v->public_key);
    describe_optional(v->issuer_unique_id, CAUTH_FIELD_X509_UNIQUE_ID, s);
    describe_optional(v->subject_unique_id, CAUTH_FIELD_X509_UNIQUE_ID, s);
    describe_extensions(v, s);
    s->span(s->user, CAUTH_FIELD_X509_SIGNATURE_ALGORITHM, v->signature_algorithm);
    s->span(s->user, CAUTH_FIELD_X509_SIGNATURE_VALUE, v->signature_value);
}
