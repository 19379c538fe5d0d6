#include "cauth/cert13.h"

#include "extension.h"
#include "reader.h"
#include "u16set.h"

/* CertificateStatus (RFC 6066 §8): an OCSP response, the only type there is. */
/*@ requires rd_ok(data);
    assigns \nothing;
    ensures \result.offset <= data.end;
 */
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
/*@ requires \valid(seen);
    assigns seen->page_used[0 .. 7], seen->page[0 .. 255][0 .. 7];
 */
static cauth_rule extension_type_breaks(uint16_t type, u16set *seen)
{
    if (cauth_is_grease(type))
        return CAUTH_CERT_13_07;
    if (cauth_extension_in_cert(type) == CAUTH_EXTENSION_REFUSED)
        return CAUTH_CERT_13_06;
    return u16set_add(seen, type) ? CAUTH_CERT_13_09 : CAUTH_RULE_NONE;
}

/*@ requires \valid(block) && rd_ok(block) && \valid(seen) && \separated(block, seen);
    assigns block->pos, seen->page_used[0 .. 7], seen->page[0 .. 255][0 .. 7];
    ensures accepted(\result) ==> \old(block->pos) < block->pos;
    ensures \old(block->pos) <= block->pos <= block->end;
    ensures \result.offset <= block->end;
 */
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

/*@ requires rd_ok(block);
    assigns \nothing;
    ensures \result.offset <= block.end;
 */
static cauth_result each_extension(rd block)
{
    u16set seen;
    u16set_init(&seen);
    /*@ loop invariant block.pos <= block.end;
        loop assigns block.pos, seen;
        loop variant block.end - block.pos;
     */
    while (rd_left(&block) > 0) {
        cauth_result e = one_extension(&block, &seen);
        if (!cauth_is_accepted(e))
            return e;
    }
    return cauth_accepted();
}

/* Moves past one CertificateEntry and gives its extensions. */
/*@ requires \valid(list) && rd_ok(list) && \valid(extensions) && \separated(list, extensions);
    assigns list->pos, extensions->base, extensions->pos, extensions->end;
    ensures accepted(\result) ==> \old(list->pos) < list->pos && rd_ok(extensions) && extensions->end <= list->end;
    ensures \old(list->pos) <= list->pos <= list->end;
    ensures \result.offset <= list->end;
 */
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

/*@ requires rd_ok(list) && \valid_read(ctx);
    assigns \nothing;
    ensures \result.offset <= list.end;
 */
static cauth_result each_entry(rd list, const cauth_context *ctx)
{
    size_t first = list.pos;
    /*@ loop invariant first <= list.pos <= list.end;
        loop assigns list.pos;
        loop variant list.end - list.pos;
     */
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

/* The context is that of the request, which only a post-handshake request may fill (RFC 8446 §4.3.2). */
/*@ requires \valid(r) && rd_ok(r) && \valid_read(ctx) && \valid(context) && \separated(r, ctx, context);
    assigns r->pos, context->ptr, context->len;
    ensures accepted(\result) ==> r->pos == \old(r->pos) + 1 + context->len && readable(context) && rd_inside(context,
        r);
    ensures r->pos <= r->end;
    ensures \result.offset <= r->end;
 */
static cauth_result read_context(rd *r, const cauth_context *ctx, cauth_bytes *context)
{
    static const rd_vec context_vec = { 1, 1, 0, 255, CAUTH_FIELD_CERTIFICATE_REQUEST_CONTEXT, CAUTH_RULE_NONE };
    bool may_fill = ctx->post_handshake && ctx->sender != CAUTH_FROM_SERVER;
    rd content;
    cauth_result e = rd_vector(r, &context_vec, &content);
    if (!cauth_is_accepted(e))
        return e;
    if (rd_left(&content) > 0 && !may_fill)
        return cauth_rejected(CAUTH_CERT_13_02, CAUTH_FIELD_CERTIFICATE_REQUEST_CONTEXT, content.pos);
    set_bytes(context, rd_rest(&content));
    return cauth_accepted();
}

/* A client may have no certificate to send; a server may not. */
/*@ requires \valid(r) && rd_ok(r) && \valid_read(ctx) && \valid(list) && \separated(r, ctx, list);
    assigns r->pos, list->base, list->pos, list->end;
    ensures accepted(\result) ==> rd_ok(list) && list->base == r->base && list->pos == \old(r->pos) + 3 &&
        list->end == r->pos;
    ensures r->pos <= r->end;
    ensures \result.offset <= r->end;
 */
static cauth_result open_list(rd *r, const cauth_context *ctx, rd *list)
{
    static const rd_vec client_vec = { 3, 1, 0, 0xFFFFFF, CAUTH_FIELD_CERTIFICATE_LIST, CAUTH_RULE_NONE };
    static const rd_vec server_vec = { 3, 1, 1, 0xFFFFFF, CAUTH_FIELD_CERTIFICATE_LIST, CAUTH_CERT_13_05 };
    return rd_vector(r, ctx->sender == CAUTH_FROM_SERVER ? &server_vec : &client_vec, list);
}

cauth_result cauth_cert13_parse(cauth_bytes body, const cauth_context *ctx, cauth_cert13 *out, cauth_flags *flags)
{
    cauth_cert13 v;
    rd r = rd_init(body);
    rd list;

    cauth_result e = read_context(&r, ctx, &v.certificate_request_context);
    if (!cauth_is_accepted(e))
        return e;
    e = open_list(&r, ctx, &list);
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
    static const rd_vec cert_data_vec = { 3, 1, 0, 0xFFFFFF, CAUTH_FIELD_CERT_DATA, CAUTH_RULE_NONE };
    static const rd_vec extensions_vec = { 2, 1, 0, 65535, CAUTH_FIELD_EXTENSIONS, CAUTH_RULE_NONE };
    cauth_bytes cert_data;
    cauth_bytes extensions;
    rd r = rd_init_at(it->list, it->pos);
    if (!cauth_is_accepted(rd_opaque(&r, &cert_data_vec, &cert_data)) ||
        !cauth_is_accepted(rd_opaque(&r, &extensions_vec, &extensions)))
        return false;
    it->pos = r.pos;
    set_bytes(&entry->cert_data, cert_data);
    set_bytes(&entry->extensions, extensions);
    return true;
}

bool cauth_certificate_entry_write(cauth_writer *w, const cauth_certificate_entry *entry)
{
    cauth_write_vector(w, 3, entry->cert_data);
    return cauth_write_vector(w, 2, entry->extensions);
}
