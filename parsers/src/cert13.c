#include "cauth/cert13.h"

#include "extension.h"
#include "reader.h"
#include "u16set.h"

/* CertificateStatus (RFC 6066 §8): an OCSP response, the only type there is. */
static cauth_result certificate_status(rd data)
{
    static const rd_vec response_vec = { 3, 1, 1, 0xFFFFFF, CAUTH_FIELD_OCSP_RESPONSE, CAUTH_CERT_13_10 };
    size_t at = data.pos;
    uint8_t status_type = 0;
    cauth_bytes response;
    cauth_result e = rd_u8(&data, CAUTH_FIELD_STATUS_TYPE, &status_type);
    if (cauth_is_accepted(e) && status_type != 1)
        e = cauth_rejected(CAUTH_CERT_13_10, CAUTH_FIELD_STATUS_TYPE, at);
    if (cauth_is_accepted(e))
        e = rd_opaque(&data, &response_vec, &response);
    if (cauth_is_accepted(e))
        e = rd_finish(&data, CAUTH_CERT_13_10, CAUTH_FIELD_STATUS_REQUEST);
    if (!cauth_is_accepted(e))
        e.rule = CAUTH_CERT_13_10;
    return e;
}

/* GREASE values may be offered, and are never answered (RFC 8701 §3.1, §4.1). */
static cauth_rule extension_type_breaks(uint16_t type, u16set *seen)
{
    if (cauth_is_grease(type))
        return CAUTH_CERT_13_07;
    if (cauth_extension_in_cert(type) == CAUTH_EXTENSION_REFUSED)
        return CAUTH_CERT_13_06;
    return u16set_add(seen, type) ? CAUTH_CERT_13_09 : CAUTH_RULE_NONE;
}

static cauth_result one_extension(rd *block, u16set *seen)
{
    size_t at = block->pos;
    uint16_t type = 0;
    rd data;
    cauth_result e = rd_extension_type(block, CAUTH_VEC_03, &type);
    if (!cauth_is_accepted(e))
        return e;
    cauth_rule broken = extension_type_breaks(type, seen);
    if (broken != CAUTH_RULE_NONE)
        return cauth_rejected(broken, CAUTH_FIELD_EXTENSION_TYPE, at);
    e = rd_extension_data(block, CAUTH_VEC_03, &data);
    if (cauth_is_accepted(e) && type == CAUTH_EXT_STATUS_REQUEST)
        e = certificate_status(data);
    return e;
}

static cauth_result each_extension(rd block)
{
    u16set seen;
    u16set_init(&seen);
    while (rd_left(&block) > 0) {
        cauth_result e = one_extension(&block, &seen);
        if (!cauth_is_accepted(e))
            return e;
    }
    return cauth_accepted();
}

/* Moves past one CertificateEntry and gives its extensions. */
static cauth_result one_entry(rd *list, rd *extensions)
{
    static const rd_vec cert_data_vec = { 3, 1, 1, 0xFFFFFF, CAUTH_FIELD_CERT_DATA, CAUTH_CERT_13_03 };
    static const rd_vec extensions_vec = { 2, 1, 0, 65535, CAUTH_FIELD_EXTENSIONS, CAUTH_CERT_13_03 };
    cauth_bytes cert_data;
    cauth_result e = rd_opaque(list, &cert_data_vec, &cert_data);
    if (cauth_is_accepted(e))
        e = rd_vector(list, &extensions_vec, extensions);
    if (!cauth_is_accepted(e))
        e.rule = CAUTH_CERT_13_03;
    return e;
}

static cauth_result each_entry(rd list, const cauth_context *ctx)
{
    size_t first = list.pos;
    while (rd_left(&list) > 0) {
        rd extensions;
        if (ctx->certificate_type == CAUTH_RAW_PUBLIC_KEY && list.pos > first)
            return cauth_rejected(CAUTH_CERT_13_12, CAUTH_FIELD_CERTIFICATE_LIST, list.pos);
        cauth_result e = one_entry(&list, &extensions);
        if (!cauth_is_accepted(e))
            return e;
        e = each_extension(extensions);
        if (!cauth_is_accepted(e))
            return e;
    }
    return cauth_accepted();
}

/* What a client may leave empty or fill, a server may not. */
typedef struct {
    rd_vec context;
    rd_vec list;
} grammar;

static const grammar from_client = {
    { 1, 1, 0, 255, CAUTH_FIELD_CERTIFICATE_REQUEST_CONTEXT, CAUTH_RULE_NONE },
    { 3, 1, 0, 0xFFFFFF, CAUTH_FIELD_CERTIFICATE_LIST, CAUTH_RULE_NONE },
};

static const grammar from_server = {
    { 1, 1, 0, 0, CAUTH_FIELD_CERTIFICATE_REQUEST_CONTEXT, CAUTH_CERT_13_02 },
    { 3, 1, 1, 0xFFFFFF, CAUTH_FIELD_CERTIFICATE_LIST, CAUTH_CERT_13_05 },
};

cauth_result cauth_cert13_parse(cauth_bytes body, const cauth_context *ctx, cauth_cert13 *out, cauth_flags *flags)
{
    const grammar *g = ctx->sender == CAUTH_FROM_SERVER ? &from_server : &from_client;
    cauth_cert13 v;
    rd r = rd_init(body);
    rd list;

    if (ctx->certificate_type == CAUTH_OPENPGP)
        return cauth_rejected(CAUTH_CERT_13_13, CAUTH_FIELD_BODY, 0);
    cauth_result e = rd_opaque(&r, &g->context, &v.certificate_request_context);
    if (!cauth_is_accepted(e))
        return e;
    e = rd_vector(&r, &g->list, &list);
    if (!cauth_is_accepted(e))
        return e;
    v.certificate_list = rd_rest(&list);
    e = each_entry(list, ctx);
    if (!cauth_is_accepted(e))
        return e;
    e = rd_finish(&r, CAUTH_CERT_13_01, CAUTH_FIELD_BODY);
    if (!cauth_is_accepted(e))
        return e;

    *out = v;
    *flags = cauth_flags_none();
    return cauth_accepted();
}

bool cauth_cert13_write(const cauth_cert13 *v, cauth_writer *w)
{
    cauth_write_vector(w, 1, v->certificate_request_context);
    return cauth_write_vector(w, 3, v->certificate_list);
}

bool cauth_certificate_entry_next(cauth_iter *it, cauth_certificate_entry *entry)
{
    cauth_iter next = *it;
    cauth_certificate_entry x;
    if (!cauth_vector24_next(&next, &x.cert_data) || !cauth_vector16_next(&next, &x.extensions))
        return false;
    *entry = x;
    *it = next;
    return true;
}

bool cauth_certificate_entry_write(cauth_writer *w, const cauth_certificate_entry *entry)
{
    cauth_write_vector(w, 3, entry->cert_data);
    return cauth_write_vector(w, 2, entry->extensions);
}
