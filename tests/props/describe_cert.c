#include "message.h"

void describe_cert12(const cauth_cert12 *v, const describe_sink *s)
{
    cauth_iter it = cauth_iter_init(v->certificate_list);
    cauth_bytes cert;
    while (cauth_vector24_next(&it, &cert))
        s->span(s->user, CAUTH_FIELD_ASN1_CERT, cert);
}

static void describe_extensions(cauth_bytes extensions, const describe_sink *s)
{
    cauth_iter it = cauth_iter_init(extensions);
    cauth_extension extension;
    while (cauth_extension_next(&it, &extension)) {
        s->number(s->user, CAUTH_FIELD_EXTENSION_TYPE, extension.type);
        s->span(s->user, CAUTH_FIELD_EXTENSION_DATA, extension.data);
    }
}

void describe_cert13(const cauth_cert13 *v, const describe_sink *s)
{
    cauth_iter it = cauth_iter_init(v->certificate_list);
    cauth_certificate_entry entry;
    s->span(s->user, CAUTH_FIELD_CERTIFICATE_REQUEST_CONTEXT, v->certificate_request_context);
    while (cauth_certificate_entry_next(&it, &entry)) {
        s->span(s->user, CAUTH_FIELD_CERT_DATA, entry.cert_data);
        describe_extensions(entry.extensions, s);
    }
}

void describe_rawkey12(const cauth_rawkey12 *v, const describe_sink *s)
{
    s->span(s->user, CAUTH_FIELD_SUBJECT_PUBLIC_KEY_INFO, v->subject_public_key_info);
}

void describe_openpgp12(const cauth_openpgp12 *v, const describe_sink *s)
{
    s->number(s->user, CAUTH_FIELD_CERT_DESCRIPTOR, v->descriptor);
    if (v->descriptor != CAUTH_OPENPGP_EMPTY_CERT)
        s->span(s->user, CAUTH_FIELD_OPENPGP_KEY_ID, v->key_id);
    if (v->descriptor == CAUTH_OPENPGP_SUBKEY_CERT)
        s->span(s->user, CAUTH_FIELD_OPENPGP_CERT, v->cert);
    if (v->descriptor == CAUTH_OPENPGP_SUBKEY_CERT_FINGERPRINT)
        s->span(s->user, CAUTH_FIELD_OPENPGP_FINGERPRINT, v->fingerprint);
}

void describe_certurl12(const cauth_certurl12 *v, const describe_sink *s)
{
    cauth_iter it = cauth_iter_init(v->url_and_hash_list);
    cauth_url_and_hash item;
    s->number(s->user, CAUTH_FIELD_CERT_CHAIN_TYPE, v->type);
    while (cauth_url_and_hash_next(&it, &item)) {
        s->span(s->user, CAUTH_FIELD_URL, item.url);
        s->number(s->user, CAUTH_FIELD_URL_PADDING, item.padding);
        s->span(s->user, CAUTH_FIELD_URL_HASH, item.sha1_hash);
    }
}

void describe_compressed13(const cauth_compressed13 *v, const describe_sink *s)
{
    s->number(s->user, CAUTH_FIELD_ALGORITHM, v->algorithm);
    s->number(s->user, CAUTH_FIELD_UNCOMPRESSED_LENGTH, v->uncompressed_length);
    s->span(s->user, CAUTH_FIELD_COMPRESSED_CERTIFICATE_MESSAGE, v->compressed_certificate_message);
}

void describe_certverify10(const cauth_certverify10 *v, const describe_sink *s)
{
    s->span(s->user, CAUTH_FIELD_SIGNATURE, v->signature);
}

void describe_certverify12(const cauth_certverify12 *v, const describe_sink *s)
{
    s->number(s->user, CAUTH_FIELD_ALGORITHM, v->algorithm);
    s->span(s->user, CAUTH_FIELD_SIGNATURE, v->signature);
}
