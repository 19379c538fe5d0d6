/* The only code that moves a read position. Private to libcauth. All of it is inline: calls would cost more than the
 * reading. */
#ifndef CAUTH_SRC_READER_H
#define CAUTH_SRC_READER_H

#include "cauth/bytes.h"
#include "cauth/result.h"

/* A position inside one vector of the input. All readers of one input share base, so pos and end are offsets from the
 * start of the input however deeply the vector is nested. Invariant: pos <= end <= length of the input. */
typedef struct {
    const uint8_t *base;
    size_t pos;
    size_t end;
} rd;

/*@ predicate rd_ok{L}(rd r) = r.pos <= r.end && \valid_read(r.base + (0 .. r.end - 1));
    predicate rd_ok{L}(rd *r) = r->pos <= r->end && \valid_read(r->base + (0 .. r->end - 1));

    // The span from `from` to `to` of the input that r reads.
    predicate rd_spans{L}(cauth_bytes span, rd *r, integer from, integer to) =
        from < to ? span.ptr == r->base + from && span.len == to - from : span.ptr == \null && span.len == 0;
    predicate rd_spans{L}(cauth_bytes *span, rd *r, integer from, integer to) =
        from < to ? span->ptr == r->base + from && span->len == to - from : span->ptr == \null && span->len == 0;

    // A part of what r has read.
    predicate rd_inside{L}(cauth_bytes *span, rd *r) = span->len == 0 ||
        (\base_addr(span->ptr) == \base_addr(r->base) && r->base <= span->ptr &&
         span->ptr + span->len <= r->base + r->pos);
 */

/* A vector as the RFC writes it: opaque field<floor..ceiling>, or elements of `unit` bytes each. */
typedef struct {
    uint8_t width; /* octets of the length prefix: 1, 2 or 3 */
    uint8_t unit;  /* the length must be a multiple of this; 1 for opaque */
    uint32_t floor;
    uint32_t ceiling;
    cauth_field field;
    cauth_rule rule; /* reported for a length out of range; CAUTH_RULE_NONE: VEC-04, or VEC-05 for a wrong multiple */
} rd_vec;

/*@ requires readable(input);
    assigns \nothing;
    ensures rd_ok(\result) && \result.base == input.ptr && \result.pos == 0 && \result.end == input.len;
 */
static inline rd rd_init(cauth_bytes input)
{
    rd r = { input.ptr, 0, input.len };
    return r;
}

/* The rest of a list from an iterator's position, which a caller may have set past the end. */
/*@ requires readable(list);
    assigns \nothing;
    ensures rd_ok(\result) && \result.base == list.ptr && \result.end == list.len;
    ensures \result.pos == \min(pos, list.len);
 */
static inline rd rd_init_at(cauth_bytes list, size_t pos)
{
    rd r = rd_init(list);
    r.pos = pos < r.end ? pos : r.end;
    return r;
}

/*@ requires \valid_read(r) && r->pos <= r->end;
    assigns \nothing;
    ensures \result == r->end - r->pos;
 */
static inline size_t rd_left(const rd *r)
{
    return r->end - r->pos;
}

/* Assigns member by member, which proofs follow better than a copy of the whole. */
/*@ requires \valid(to);
    assigns to->ptr, to->len;
    ensures to->ptr == from.ptr && to->len == from.len;
 */
static inline void set_bytes(cauth_bytes *to, cauth_bytes from)
{
    to->ptr = from.ptr;
    to->len = from.len;
}

/* The bytes from `from` to `to`, offsets of r's input. An empty span has a NULL pointer. */
/*@ requires \valid_read(r) && \valid_read(r->base + (0 .. r->end - 1)) && to <= r->end;
    assigns \nothing;
    ensures readable(\result) && rd_spans(\result, r, from, to);
 */
static inline cauth_bytes rd_span(const rd *r, size_t from, size_t to)
{
    cauth_bytes span = { NULL, 0 };
    if (from < to && to <= r->end) {
        span.ptr = r->base + from;
        span.len = to - from;
    }
    return span;
}

/* The unread rest of r as a span; does not move it. */
/*@ requires \valid_read(r) && rd_ok(r);
    assigns \nothing;
    ensures readable(\result) && rd_spans(\result, r, r->pos, r->end);
 */
static inline cauth_bytes rd_rest(const rd *r)
{
    return rd_span(r, r->pos, r->end);
}

/* Unsigned big-endian integers (RFC 8446 §3.3). Cut short: VEC-03 at the end of r. On rejection r and *value are
 * untouched. */
/*@ requires \valid(r) && rd_ok(r) && \valid(value) && \separated(r, value);
    assigns r->pos, *value;
    ensures accepted(\result) ==> r->pos == \old(r->pos) + 1 && r->pos <= r->end;
    ensures !accepted(\result) ==> r->pos == \old(r->pos) && *value == \old(*value);
    ensures \result.offset <= r->end;
 */
static inline cauth_result rd_u8(rd *r, cauth_field field, uint8_t *value)
{
    if (rd_left(r) < 1)
        return cauth_rejected(CAUTH_VEC_03, field, r->end);
    *value = r->base[r->pos];
    r->pos += 1;
    return cauth_accepted();
}

/*@ requires \valid(r) && rd_ok(r) && \valid(value) && \separated(r, value);
    assigns r->pos, *value;
    ensures accepted(\result) ==> r->pos == \old(r->pos) + 2 && r->pos <= r->end;
    ensures !accepted(\result) ==> r->pos == \old(r->pos) && *value == \old(*value);
    ensures \result.offset <= r->end;
 */
static inline cauth_result rd_u16(rd *r, cauth_field field, uint16_t *value)
{
    if (rd_left(r) < 2)
        return cauth_rejected(CAUTH_VEC_03, field, r->end);
    *value = (uint16_t)(r->base[r->pos] * 256u + r->base[r->pos + 1]);
    r->pos += 2;
    return cauth_accepted();
}

/*@ requires \valid(r) && rd_ok(r) && \valid(value) && \separated(r, value);
    assigns r->pos, *value;
    ensures accepted(\result) ==> r->pos == \old(r->pos) + 3 && r->pos <= r->end && *value <= 0xFFFFFF;
    ensures !accepted(\result) ==> r->pos == \old(r->pos) && *value == \old(*value);
    ensures \result.offset <= r->end;
 */
static inline cauth_result rd_u24(rd *r, cauth_field field, uint32_t *value)
{
    if (rd_left(r) < 3)
        return cauth_rejected(CAUTH_VEC_03, field, r->end);
    *value = r->base[r->pos] * 65536u + r->base[r->pos + 1] * 256u + r->base[r->pos + 2];
    r->pos += 3;
    return cauth_accepted();
}

/* `len` bytes without a prefix. */
/*@ requires \valid(r) && rd_ok(r) && \valid(bytes) && \separated(r, bytes);
    assigns r->pos, bytes->ptr, bytes->len;
    ensures accepted(\result) ==>
        \old(r->pos) + len == r->pos <= r->end && readable(bytes) && rd_spans(bytes, r, \old(r->pos), r->pos);
    ensures !accepted(\result) ==>
        r->pos == \old(r->pos) && bytes->ptr == \old(bytes->ptr) && bytes->len == \old(bytes->len);
    ensures \result.offset <= r->end;
 */
static inline cauth_result rd_bytes(rd *r, size_t len, cauth_field field, cauth_bytes *bytes)
{
    if (rd_left(r) < len)
        return cauth_rejected(CAUTH_VEC_03, field, r->end);
    set_bytes(bytes, rd_span(r, r->pos, r->pos + len));
    r->pos += len;
    return cauth_accepted();
}

/*@ requires \valid(r) && rd_ok(r) && \valid_read(vec) && 1 <= vec->width <= 3 && \valid(len);
    requires \separated(r, vec, len);
    assigns r->pos, *len;
    ensures accepted(\result) ==> r->pos == \old(r->pos) + vec->width <= r->end && *len <= 0xFFFFFF;
    ensures !accepted(\result) ==> r->pos == \old(r->pos) && *len == \old(*len);
    ensures \result.offset <= r->end;
 */
static inline cauth_result rd_prefix(rd *r, const rd_vec *vec, uint32_t *len)
{
    cauth_result e;
    if (vec->width == 1) {
        uint8_t u8;
        e = rd_u8(r, vec->field, &u8);
        if (cauth_is_accepted(e))
            *len = u8;
    } else if (vec->width == 2) {
        uint16_t u16;
        e = rd_u16(r, vec->field, &u16);
        if (cauth_is_accepted(e))
            *len = u16;
    } else {
        e = rd_u24(r, vec->field, len);
    }
    return e;
}

/* Opens a vector: checks its length prefix against the range, then against what is left, moves r past the vector and
 * gives a reader of its content. On rejection r and *inner are untouched. */
/*@ requires \valid(r) && rd_ok(r) && \valid_read(vec) && 1 <= vec->width <= 3 && \valid(inner);
    requires \separated(r, vec, inner);
    assigns r->pos, inner->base, inner->pos, inner->end;
    ensures accepted(\result) ==> r->pos <= r->end && rd_ok(inner) && inner->base == r->base &&
        inner->pos == \old(r->pos) + vec->width && inner->end == r->pos &&
        vec->floor <= inner->end - inner->pos <= vec->ceiling &&
        (vec->unit > 1 ==> (inner->end - inner->pos) % vec->unit == 0);
    ensures !accepted(\result) ==>
        r->pos == \old(r->pos) && inner->base == \old(inner->base) &&
        inner->pos == \old(inner->pos) && inner->end == \old(inner->end);
    ensures \result.offset <= r->end;
 */
static inline cauth_result rd_vector(rd *r, const rd_vec *vec, rd *inner)
{
    rd next = { r->base, r->pos, r->end };
    uint32_t len = 0;
    cauth_result e = rd_prefix(&next, vec, &len);
    if (!cauth_is_accepted(e))
        return e;
    /* The range comes before VEC-03: it is the more specific rule, and bytes still to come cannot mend it. */
    if (len < vec->floor || len > vec->ceiling)
        return cauth_rejected(vec->rule == CAUTH_RULE_NONE ? CAUTH_VEC_04 : vec->rule, vec->field, r->pos);
    if (vec->unit > 1 && len % vec->unit != 0)
        return cauth_rejected(vec->rule == CAUTH_RULE_NONE ? CAUTH_VEC_05 : vec->rule, vec->field, r->pos);
    if (len > rd_left(&next))
        return cauth_rejected(CAUTH_VEC_03, vec->field, r->pos);
    inner->base = next.base;
    inner->pos = next.pos;
    inner->end = next.pos + len;
    r->pos = inner->end;
    return cauth_accepted();
}

/* The same where only the content as a span is wanted. */
/*@ requires \valid(r) && rd_ok(r) && \valid_read(vec) && 1 <= vec->width <= 3 && \valid(content);
    requires \separated(r, vec, content);
    assigns r->pos, content->ptr, content->len;
    ensures accepted(\result) ==> r->pos == \old(r->pos) + vec->width + content->len <= r->end &&
        readable(content) &&
        rd_spans(content, r, r->pos - content->len, r->pos) && vec->floor <= content->len <= vec->ceiling &&
        (vec->unit > 1 ==> content->len % vec->unit == 0);
    ensures !accepted(\result) ==>
        r->pos == \old(r->pos) && content->ptr == \old(content->ptr) && content->len == \old(content->len);
    ensures \result.offset <= r->end;
 */
static inline cauth_result rd_opaque(rd *r, const rd_vec *vec, cauth_bytes *content)
{
    rd inner = { r->base, r->pos, r->pos }; /* set, for compilers that do not see that success sets it */
    cauth_result e = rd_vector(r, vec, &inner);
    if (cauth_is_accepted(e))
        set_bytes(content, rd_rest(&inner));
    return e;
}

/* Nothing may follow: surplus bytes break `rule` (VEC-07 for the end of a message). */
/*@ requires \valid_read(r) && rd_ok(r) && rule != CAUTH_RULE_NONE;
    assigns \nothing;
    ensures accepted(\result) <==> r->pos == r->end;
    ensures \result.offset <= r->end;
 */
static inline cauth_result rd_finish(const rd *r, cauth_rule rule, cauth_field field)
{
    if (r->pos < r->end)
        return cauth_rejected(rule, field, r->pos);
    return cauth_accepted();
}

#endif
