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

/*@ // A list of an extension lies in the first `end` bytes at `base`, where all readers of the message have theirs.
    predicate lies{L}(cauth_bytes *span, uint8_t *base, integer end) = readable(span) && (span->len == 0 ||
        (\base_addr(span->ptr) == \base_addr(base) && base <= span->ptr && span->ptr + span->len <= base + end));
    predicate list_ok{L}(cauth_certreq13_list *list, uint8_t *base, integer end) = lies(&list->list, base, end);
    predicate lists_ok{L}(cauth_certreq13 *v, uint8_t *base, integer end) =
        list_ok(&v->signature_algorithms, base, end) &&
        list_ok(&v->signature_algorithms_cert, base, end) &&
        list_ok(&v->certificate_authorities, base, end) &&
        list_ok(&v->oid_filters, base, end) &&
        list_ok(&v->compress_certificate, base, end) &&
        list_ok(&v->delegated_credential, base, end) &&
        v->signature_algorithms.list.len % 2 == 0 && v->signature_algorithms_cert.list.len % 2 == 0 &&
        v->delegated_credential.list.len % 2 == 0;
 */

/*@ assigns \nothing;
    ensures \result.ptr == \null && \result.len == 0;
 */
static cauth_bytes empty_span(void)
{
    cauth_bytes empty = { NULL, 0 };
    return empty;
}

/*@ requires \valid(list);
    assigns list->present, list->list.ptr, list->list.len;
    ensures list->list.len == 0 && !list->present;
 */
static void clear_list(cauth_certreq13_list *list)
{
    list->present = false;
    set_bytes(&list->list, empty_span());
}

/*@ requires \valid(list) && \valid_read(content) && rd_ok(content) && \separated(list, content);
    assigns list->present, list->list.ptr, list->list.len;
    ensures list->present && readable(&list->list) && rd_spans(&list->list, content, content->pos, content->end);
 */
static void set_list(cauth_certreq13_list *list, const rd *content)
{
    list->present = true;
    set_bytes(&list->list, rd_rest(content));
}

/*@ requires \valid(v);
    assigns *v;
    ensures v->num_extensions == 0 && !v->signature_algorithms.present;
    ensures v->signature_algorithms.list.len == 0 &&
        v->signature_algorithms_cert.list.len == 0 &&
        v->certificate_authorities.list.len == 0 &&
        v->oid_filters.list.len == 0 &&
        v->compress_certificate.list.len == 0 &&
        v->delegated_credential.list.len == 0;
 */
static void clear_view(cauth_certreq13 *v)
{
    set_bytes(&v->certificate_request_context, empty_span());
    set_bytes(&v->extensions, empty_span());
    v->num_extensions = 0;
    v->status_request = false;
    v->signed_certificate_timestamp = false;
    clear_list(&v->signature_algorithms);
    clear_list(&v->signature_algorithms_cert);
    clear_list(&v->certificate_authorities);
    clear_list(&v->oid_filters);
    clear_list(&v->compress_certificate);
    clear_list(&v->delegated_credential);
}

/*@ requires \valid(to);
    assigns to->present, to->list.ptr, to->list.len;
    ensures to->present == from.present && to->list.ptr == from.list.ptr && to->list.len == from.list.len;
 */
static void assign_list(cauth_certreq13_list *to, cauth_certreq13_list from)
{
    to->present = from.present;
    set_bytes(&to->list, from.list);
}

/* Member by member for the same reason as set_bytes. */
/*@ requires \valid(to);
    assigns *to;
    ensures to->signature_algorithms.present == from.signature_algorithms.present;
    ensures to->certificate_request_context.ptr == from.certificate_request_context.ptr &&
        to->certificate_request_context.len == from.certificate_request_context.len;
    ensures to->extensions.ptr == from.extensions.ptr && to->extensions.len == from.extensions.len;
    ensures to->signature_algorithms.list.ptr == from.signature_algorithms.list.ptr &&
        to->signature_algorithms.list.len == from.signature_algorithms.list.len;
    ensures to->signature_algorithms_cert.list.ptr == from.signature_algorithms_cert.list.ptr &&
        to->signature_algorithms_cert.list.len == from.signature_algorithms_cert.list.len;
    ensures to->certificate_authorities.list.ptr == from.certificate_authorities.list.ptr &&
        to->certificate_authorities.list.len == from.certificate_authorities.list.len;
    ensures to->oid_filters.list.ptr == from.oid_filters.list.ptr &&
        to->oid_filters.list.len == from.oid_filters.list.len;
    ensures to->compress_certificate.list.ptr == from.compress_certificate.list.ptr &&
        to->compress_certificate.list.len == from.compress_certificate.list.len;
    ensures to->delegated_credential.list.ptr == from.delegated_credential.list.ptr &&
        to->delegated_credential.list.len == from.delegated_credential.list.len;
 */
static void assign_view(cauth_certreq13 *to, cauth_certreq13 from)
{
    set_bytes(&to->certificate_request_context, from.certificate_request_context);
    set_bytes(&to->extensions, from.extensions);
    to->num_extensions = from.num_extensions;
    to->status_request = from.status_request;
    to->signed_certificate_timestamp = from.signed_certificate_timestamp;
    assign_list(&to->signature_algorithms, from.signature_algorithms);
    assign_list(&to->signature_algorithms_cert, from.signature_algorithms_cert);
    assign_list(&to->certificate_authorities, from.certificate_authorities);
    assign_list(&to->oid_filters, from.oid_filters);
    assign_list(&to->compress_certificate, from.compress_certificate);
    assign_list(&to->delegated_credential, from.delegated_credential);
}

/* An extension whose data are one list of numbers. */
/*@ requires rd_ok(data) && \valid_read(vec) && 1 <= vec->width <= 3 && vec->unit == 2 && \valid(list);
    requires \separated(list, vec);
    assigns list->present, list->list.ptr, list->list.len;
    ensures accepted(\result) ==> list_ok(list, data.base, data.end) && list->list.len % 2 == 0;
    ensures \result.offset <= data.end;
 */
static cauth_result read_list(rd data, const rd_vec *vec, cauth_certreq13_list *list)
{
    rd content = { data.base, data.pos, data.pos }; /* set, for compilers that do not see that success sets it */
    cauth_result e = rd_vector(&data, vec, &content);
    if (!cauth_is_accepted(e))
        return e;
    set_list(list, &content);
    return rd_finish(&data, CAUTH_CR_13_06, vec->field);
}

/*@ requires rd_ok(data) && \valid_read(ctx) && context_ok(ctx) && \valid(flags) && \valid(list);
    requires \separated(list, ctx, flags);
    assigns list->present, list->list.ptr, list->list.len, *flags;
    ensures accepted(\result) ==> list_ok(list, data.base, data.end);
    ensures \result.offset <= data.end;
 */
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

/*@ requires rd_ok(data) && \valid(list);
    requires \true;
    assigns list->present, list->list.ptr, list->list.len;
    ensures accepted(\result) ==> list_ok(list, data.base, data.end);
    ensures \result.offset <= data.end;
 */
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

/*@ requires rd_ok(data) && \valid(flags);
    assigns *flags;
 */
static void flag_content(rd data, cauth_flags *flags)
{
    if (rd_left(&data) > 0)
        cauth_flags_set(flags, CAUTH_CR_13_17);
}

/* transparency_info and whatever else is not named here stays as it is, in v->extensions. */
/*@ requires rd_ok(data) && \valid_read(ctx) && context_ok(ctx) && \valid(v) && \valid(flags);
    requires \separated(ctx, v, flags) && lists_ok(v, data.base, data.end);
    assigns *v, *flags;
    ensures accepted(\result) ==> lists_ok(v, data.base, data.end);
    ensures v->num_extensions == \old(v->num_extensions);
    ensures \result.offset <= data.end;
 */
static cauth_result read_known(uint16_t type, rd data, const cauth_context *ctx, cauth_certreq13 *v, cauth_flags *flags)
{
    switch (type) {
    case CAUTH_EXT_STATUS_REQUEST:
        v->status_request = true;
        return rd_finish(&data, CAUTH_CR_13_16, CAUTH_FIELD_STATUS_REQUEST);
    case CAUTH_EXT_SIGNED_CERTIFICATE_TIMESTAMP:
        v->signed_certificate_timestamp = true;
        flag_content(data, flags);
        break;
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
        break;
    }
    return cauth_accepted();
}

/*@ requires \valid(seen);
    assigns *seen;
 */
static cauth_rule rule_against_type(uint16_t type, u16set *seen)
{
    if (u16set_add(seen, type))
        return CAUTH_CR_13_08;
    return cauth_extension_in_certreq(type) == CAUTH_EXTENSION_REFUSED ? CAUTH_CR_13_09 : CAUTH_RULE_NONE;
}

/*@ requires \valid(block) && rd_ok(block) && \valid(seen) && \valid(type) && \valid(data);
    requires \separated(block, seen, type, data);
    assigns block->pos, *seen, *type, data->base, data->pos, data->end;
    ensures accepted(\result) ==> \old(block->pos) < block->pos && rd_ok(data) && data->base == block->base &&
        data->end == block->pos;
    ensures \old(block->pos) <= block->pos <= block->end;
    ensures \result.offset <= block->end;
 */
static cauth_result open_extension(rd *block, u16set *seen, uint16_t *type, rd *data)
{
    size_t start = block->pos;
    cauth_result e = rd_extension_type(block, CAUTH_CR_13_05, type);
    if (!cauth_is_accepted(e))
        return e;
    cauth_rule rule = rule_against_type(*type, seen);
    if (rule != CAUTH_RULE_NONE)
        return cauth_rejected(rule, CAUTH_FIELD_EXTENSION_TYPE, start);
    return rd_extension_data(block, CAUTH_CR_13_05, data);
}

/*@ requires \valid(block) && rd_ok(block) && \valid(seen) && \valid_read(ctx) && context_ok(ctx);
    requires \valid(v) && \valid(flags) && \separated(block, seen, ctx, v, flags);
    requires lists_ok(v, block->base, block->pos) && v->num_extensions <= block->pos;
    assigns block->pos, *seen, *v, *flags;
    ensures accepted(\result) ==> \old(block->pos) < block->pos;
    ensures accepted(\result) ==> lists_ok(v, block->base, block->pos);
    ensures accepted(\result) ==> v->num_extensions <= block->pos;
    ensures \old(block->pos) <= block->pos <= block->end;
    ensures \result.offset <= block->end;
 */
static cauth_result read_extension(rd *block, u16set *seen, const cauth_context *ctx, cauth_certreq13 *v,
                                   cauth_flags *flags)
{
    uint16_t type;
    rd data;
    cauth_result e = open_extension(block, seen, &type, &data);
    if (!cauth_is_accepted(e))
        return e;
    //@ assert data.base == block->base && data.end == block->pos;
    v->num_extensions += 1;
    return read_known(type, data, ctx, v, flags);
}

/*@ requires rd_ok(block) && \valid_read(ctx) && context_ok(ctx) && \valid(v) && \valid(flags);
    requires \separated(ctx, v, flags);
    assigns *v, *flags;
    ensures accepted(\result) ==> lists_ok(v, block.base, block.end);
    ensures accepted(\result) ==> lies(&v->extensions, block.base, block.end) &&
        v->extensions.len == block.end - block.pos;
    ensures \result.offset <= block.end;
 */
static cauth_result read_extensions(rd block, const cauth_context *ctx, cauth_certreq13 *v, cauth_flags *flags)
{
    cauth_bytes extensions = rd_rest(&block);
    u16set seen;
    u16set_init(&seen);
    clear_view(v);
    /*@ loop invariant \at(block.pos, Pre) <= block.pos <= block.end && lists_ok(v, block.base, block.pos);
        loop invariant v->num_extensions <= block.pos;
        loop assigns block.pos, seen, *v, *flags;
        loop variant block.end - block.pos;
     */
    while (rd_left(&block) > 0) {
        cauth_result e = read_extension(&block, &seen, ctx, v, flags);
        if (!cauth_is_accepted(e))
            return e;
    }
    set_bytes(&v->extensions, extensions);
    return cauth_accepted();
}

/* The printed floor is 2 (RFC 8446) or 0 (RFC 9846), but no extension is shorter than 4. An empty block has no fault of
 * its own: it lacks signature_algorithms. */
/*@ requires \valid(r) && rd_ok(r) && \valid(block) && \separated(r, block);
    assigns r->pos, block->base, block->pos, block->end;
    ensures accepted(\result) ==> rd_ok(block) && block->base == r->base && block->pos == \old(r->pos) + 2 &&
        block->end == r->pos;
    ensures r->pos <= r->end;
    ensures \result.offset <= r->end;
 */
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
/*@ requires \valid(r) && rd_ok(r) && \valid_read(ctx) && \valid(context) && \valid(flags);
    requires \separated(r, ctx, context, flags);
    assigns r->pos, context->ptr, context->len, *flags;
    ensures accepted(\result) ==> r->pos == \old(r->pos) + 1 + context->len && lies(context, r->base, r->pos);
    ensures r->pos <= r->end;
    ensures \result.offset <= r->end;
 */
static cauth_result read_context(rd *r, const cauth_context *ctx, cauth_bytes *context, cauth_flags *flags)
{
    static const rd_vec context_vec = { 1, 1, 0, 255, CAUTH_FIELD_CERTIFICATE_REQUEST_CONTEXT, CAUTH_RULE_NONE };
    rd content;
    cauth_result e = rd_vector(r, &context_vec, &content);
    if (!cauth_is_accepted(e))
        return e;
    set_bytes(context, rd_rest(&content));
    if (ctx->post_handshake && context->len == 0)
        cauth_flags_set(flags, CAUTH_CR_13_04);
    if (!ctx->post_handshake && context->len > 0)
        return cauth_rejected(CAUTH_CR_13_03, CAUTH_FIELD_CERTIFICATE_REQUEST_CONTEXT, content.pos);
    return cauth_accepted();
}

/*@ requires readable(schemes);
    assigns \nothing;
 */
static bool has_rsa_pss_rsae(cauth_bytes schemes)
{
    cauth_iter it = cauth_iter_init(schemes);
    uint16_t scheme;
    /*@ loop invariant it.pos <= it.list.len && it.list.ptr == schemes.ptr && it.list.len == schemes.len;
        loop assigns it.pos, scheme;
        loop variant it.list.len - it.pos;
     */
    while (cauth_u16_next(&it, &scheme))
        if (scheme >= 0x0804 && scheme <= 0x0806)
            return true;
    return false;
}

/*@ requires \valid_read(v) && \valid(flags) && \separated(v, flags);
    requires readable(&v->signature_algorithms.list) && readable(&v->signature_algorithms_cert.list) &&
        readable(&v->delegated_credential.list);
    requires v->signature_algorithms.list.len % 2 == 0 && v->signature_algorithms_cert.list.len % 2 == 0 &&
        v->delegated_credential.list.len % 2 == 0;
    assigns *flags;
 */
static void flag_schemes(const cauth_certreq13 *v, cauth_flags *flags)
{
    certreq_flag_schemes13(v->signature_algorithms.list, flags);
    certreq_flag_schemes13(v->signature_algorithms_cert.list, flags);
    certreq_flag_schemes13(v->delegated_credential.list, flags);
    if (has_rsa_pss_rsae(v->delegated_credential.list))
        cauth_flags_set(flags, CAUTH_CR_13_19);
}

/* The message up to its extensions. */
/*@ requires \valid(r) && rd_ok(r) && \valid_read(ctx) && \valid(context) && \valid(flags) && \valid(block);
    requires \separated(r, ctx, context, flags, block);
    assigns r->pos, context->ptr, context->len, *flags, block->base, block->pos, block->end;
    ensures accepted(\result) ==> lies(context, r->base, r->pos) && rd_ok(block) && block->base == r->base;
    ensures accepted(\result) ==> block->pos == \old(r->pos) + 3 + context->len && block->end == r->pos;
    ensures r->pos <= r->end;
    ensures \result.offset <= r->end;
 */
static cauth_result open_message(rd *r, const cauth_context *ctx, cauth_bytes *context, cauth_flags *flags, rd *block)
{
    cauth_result e = read_context(r, ctx, context, flags);
    if (!cauth_is_accepted(e))
        return e;
    return open_extensions(r, block);
}

/*@ requires readable(body) && \valid_read(ctx) && context_ok(ctx) && \valid(v) && \valid(flags);
    requires \separated(ctx, v, flags);
    assigns *v, *flags;
    ensures accepted(\result) ==> lies(&v->certificate_request_context, body.ptr, body.len);
    ensures accepted(\result) ==> lies(&v->extensions, body.ptr, body.len);
    ensures accepted(\result) ==> list_ok(&v->signature_algorithms, body.ptr, body.len);
    ensures accepted(\result) ==> list_ok(&v->signature_algorithms_cert, body.ptr, body.len);
    ensures accepted(\result) ==> list_ok(&v->certificate_authorities, body.ptr, body.len);
    ensures accepted(\result) ==> list_ok(&v->oid_filters, body.ptr, body.len);
    ensures accepted(\result) ==> list_ok(&v->compress_certificate, body.ptr, body.len);
    ensures accepted(\result) ==> list_ok(&v->delegated_credential, body.ptr, body.len);
    ensures accepted(\result) ==> v->signature_algorithms.list.len % 2 == 0 &&
        v->signature_algorithms_cert.list.len % 2 == 0 && v->delegated_credential.list.len % 2 == 0;
    ensures accepted(\result) ==> 3 + v->certificate_request_context.len + v->extensions.len == body.len;
    ensures accepted(\result) ==> v->signature_algorithms.present;
    ensures \result.offset <= body.len;
 */
static cauth_result read_message(cauth_bytes body, const cauth_context *ctx, cauth_certreq13 *v, cauth_flags *flags)
{
    rd r = rd_init(body);
    rd block;
    cauth_bytes context;
    cauth_result e = open_message(&r, ctx, &context, flags, &block);
    if (!cauth_is_accepted(e))
        return e;
    /*@ assert lies(&context, body.ptr, body.len) && block.base == body.ptr && block.pos == 3 + context.len &&
            block.end == r.pos;
     */
    e = read_extensions(block, ctx, v, flags);
    if (!cauth_is_accepted(e))
        return e;
    set_bytes(&v->certificate_request_context, context);
    e = rd_finish(&r, CAUTH_CR_13_01, CAUTH_FIELD_BODY);
    if (cauth_is_accepted(e) && !v->signature_algorithms.present)
        e = cauth_rejected(CAUTH_CR_13_07, CAUTH_FIELD_SIGNATURE_ALGORITHMS, block.end);
    return e;
}

cauth_result cauth_certreq13_parse(cauth_bytes body, const cauth_context *ctx, cauth_certreq13 *out, cauth_flags *flags)
{
    cauth_certreq13 v;
    cauth_flags f = cauth_flags_none();
    cauth_result e = read_message(body, ctx, &v, &f);
    if (!cauth_is_accepted(e))
        return e;
    flag_schemes(&v, &f);
    *flags = f;
    assign_view(out, v);
    return e;
}

bool cauth_certreq13_write(const cauth_certreq13 *v, cauth_writer *w)
{
    cauth_write_vector(w, 1, v->certificate_request_context);
    return cauth_write_vector(w, 2, v->extensions);
}
