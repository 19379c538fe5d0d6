#include "der.h"

#include "judge.h"

/* Moves r past the identifier octets at r; false if they are cut short. */
/*@ requires \valid(r) && rd_ok(r) && \valid(t) && \separated(r, t);
    assigns r->pos, t->start, t->tag, t->high_tag;
    ensures \old(r->pos) <= r->pos <= r->end;
    ensures \result ==> \old(r->pos) == t->start < r->pos;
 */
static bool read_tag(rd *r, der_tlv *t)
{
    if (rd_left(r) < 1)
        return false;
    t->start = r->pos;
    t->tag = r->base[r->pos];
    t->high_tag = t->tag % 32u == 31u;
    r->pos += 1;
    bool more = t->high_tag;
    /*@ loop invariant \at(r->pos, Pre) < r->pos <= r->end;
        loop assigns more, r->pos;
        loop variant r->end - r->pos;
     */
    while (more && r->pos < r->end) {
        more = r->base[r->pos] >= 128;
        r->pos += 1;
    }
    return !more;
}

/* The length octets after the first, `num` of them, all there. A length of 2^32 and more is as good as one that runs
 * past the end; false for it. */
/*@ requires \valid(r) && rd_ok(r) && 1 <= num <= r->end - r->pos && \valid(t) && \valid(len) && \separated(r, t, len);
    assigns r->pos, t->nonminimal, *len;
    ensures r->pos == \old(r->pos) + num;
 */
static bool read_long_length(rd *r, size_t num, der_tlv *t, uint32_t *len)
{
    bool fits = true;
    uint32_t value = 0;
    /*@ loop invariant 0 <= i <= num;
        loop assigns i, fits, value;
        loop variant num - i;
     */
    for (size_t i = 0; i < num; i++) {
        fits = fits && value <= 0xFFFFFFu;
        if (fits)
            value = value * 256u + r->base[r->pos + i];
    }
    r->pos += num;
    if (value < 128)
        t->nonminimal = true;
    *len = value;
    return fits;
}

/* The length octets; moves r to the content. A definite length is given in *len, and fits into what is left. */
/*@ requires \valid(r) && rd_ok(r) && \valid(t) && \valid(len) && \separated(r, t, len);
    assigns r->pos, t->fault, t->length_at, t->indefinite, t->nonminimal, *len;
    ensures \old(r->pos) <= r->pos <= r->end && t->fault <= r->end;
    ensures \result ==> \old(r->pos) == t->length_at < r->pos && *len <= r->end - r->pos;
    ensures !\result && \old(r->pos) == r->end ==> t->indefinite == \old(t->indefinite) &&
        t->nonminimal == \old(t->nonminimal);
    ensures \old(r->pos) < r->end ==> t->length_at == \old(r->pos);
 */
static bool read_length(rd *r, der_tlv *t, size_t *len)
{
    t->fault = r->end;
    if (rd_left(r) < 1)
        return false;
    uint8_t first = r->base[r->pos];
    uint32_t value = first;
    bool fits = true;
    t->length_at = r->pos;
    t->indefinite = first == 0x80;
    t->nonminimal = first == 0xFF;
    r->pos += 1;
    if (first > 0x80 && first != 0xFF) {
        size_t num = first % 128u;
        t->nonminimal = rd_left(r) > 0 && r->base[r->pos] == 0;
        if (rd_left(r) < num)
            return false;
        fits = read_long_length(r, num, t, &value);
    }
    t->fault = t->length_at;
    *len = t->indefinite ? 0 : value;
    return first != 0xFF && fits && *len <= rd_left(r);
}

/* Reads identifier and length octets and moves r to the content. content_end is only set for a definite length. */
/*@ requires \valid(r) && rd_ok(r) && \valid(t) && \separated(r, t);
    assigns r->pos, t->tag, t->high_tag, t->indefinite, t->nonminimal, t->start, t->length_at, t->content,
            t->content_end, t->fault;
    ensures \old(r->pos) <= r->pos <= r->end && t->fault <= r->end;
    ensures \result ==> \old(r->pos) == t->start < t->length_at < t->content == r->pos &&
        t->content <= t->content_end <= r->end;
    ensures t->indefinite || t->nonminimal ==> t->length_at <= r->end;
 */
static bool read_header(rd *r, der_tlv *t)
{
    size_t len = 0;
    t->indefinite = false;
    t->nonminimal = false;
    t->fault = r->end;
    if (!read_tag(r, t) || !read_length(r, t, &len))
        return false;
    t->content = r->pos;
    t->content_end = r->pos + len;
    return !t->indefinite || (t->tag & DER_CONSTRUCTED) != 0;
}

/*@ requires \valid_read(r) && rd_ok(r);
    assigns \nothing;
    ensures \result ==> r->pos + 2 <= r->end;
 */
static bool at_end_of_contents(const rd *r)
{
    return rd_left(r) >= 2 && r->base[r->pos] == 0 && r->base[r->pos + 1] == 0;
}

/* Moves r from the start of the content of an indefinite length to the end-of-contents octets that close it. What
 * stands inside is only counted: a definite length is stepped over whole, an indefinite one is one level more to close.
 * Every turn moves r on, so that the work is linear however deep the nesting. False with the place of the fault. */
/*@ requires \valid(r) && rd_ok(r) && \valid(fault) && \separated(r, fault);
    assigns r->pos, *fault;
    ensures \old(r->pos) <= r->pos <= r->end;
    ensures \result ==> r->pos + 2 <= r->end;
    ensures !\result ==> *fault <= r->end;
 */
static bool find_end(rd *r, size_t *fault)
{
    size_t open = 1;
    /*@ loop invariant \at(r->pos, Pre) <= r->pos <= r->end && 1 <= open <= 1 + r->pos - \at(r->pos, Pre);
        loop assigns open, r->pos;
        loop variant r->end - r->pos;
     */
    while (r->pos < r->end) {
        der_tlv t;
        if (at_end_of_contents(r)) {
            open -= 1;
            if (open == 0)
                return true;
            r->pos += 2;
        } else if (!read_header(r, &t)) {
            *fault = t.fault;
            return false;
        } else if (t.indefinite) {
            open += 1;
        } else {
            r->pos = t.content_end;
        }
    }
    *fault = r->end;
    return false;
}

/* Nearly every TLV: one identifier octet, one length octet, all there. Gives the same as the long way, sooner. */
/*@ requires \valid(r) && rd_ok(r) && \valid(t) && \separated(r, t);
    assigns r->pos, t->tag, t->high_tag, t->indefinite, t->nonminimal, t->start, t->length_at, t->content,
        t->content_end, t->next;
    ensures \result ==> der_whole(t, \old(r->pos), r->end) && r->pos == t->next;
    ensures !\result ==> r->pos == \old(r->pos);
 */
static bool read_short(rd *r, der_tlv *t)
{
    if (rd_left(r) < 2)
        return false;
    uint8_t tag = r->base[r->pos];
    uint8_t len = r->base[r->pos + 1];
    if (tag % 32u == 31u || len >= 128 || len > rd_left(r) - 2)
        return false;
    t->tag = tag;
    t->high_tag = false;
    t->indefinite = false;
    t->nonminimal = false;
    t->start = r->pos;
    t->length_at = r->pos + 1;
    t->content = r->pos + 2;
    t->content_end = t->next = r->pos + 2 + len;
    r->pos = t->next;
    return true;
}

bool der_read(rd *r, der_tlv *t)
{
    if (read_short(r, t))
        return true;
    rd next = { r->base, r->pos, r->end };
    if (!read_header(&next, t))
        return false;
    t->next = t->content_end;
    if (t->indefinite) {
        if (!find_end(&next, &t->fault))
            return false;
        t->content_end = next.pos;
        t->next = next.pos + 2;
    }
    r->pos = t->next;
    return true;
}

/* The form of a length comes before its value: it is the more specific rule. A length that only its form damns is
 * flagged where the version or profile allows it; one that cannot be used is refused in any case. */
/*@ requires \valid_read(t) && rules_ok(rules) && \valid_read(ctx) && context_ok(ctx) && \valid(flags);
    requires \separated(t, rules, ctx, flags);
    assigns *flags;
    ensures accepted(\result) ==> whole && \result.offset == 0;
    ensures !accepted(\result) ==> \result.offset == t->fault && !whole ||
        \result.offset == t->length_at && (t->indefinite || t->nonminimal);
 */
static cauth_result judge_length(const der_tlv *t, bool whole, cauth_field field, const der_rules *rules,
                                 const cauth_context *ctx, cauth_flags *flags)
{
    cauth_result e = cauth_accepted();
    if (t->nonminimal)
        e = judge(ctx, rules->nonminimal, field, t->length_at, flags);
    else if (t->indefinite)
        e = judge(ctx, rules->indefinite, field, t->length_at, flags);
    if (cauth_is_accepted(e) && !whole)
        e = cauth_rejected(rules->malformed, field, t->fault);
    return e;
}

bool der_tag_is_sound(const rd *r)
{
    if (rd_left(r) < 1)
        return true;
    if (r->base[r->pos] % 32u != 31u || rd_left(r) < 2)
        return r->base[r->pos] % 32u != 0 || r->base[r->pos] >= 64;
    return r->base[r->pos + 1] != 0x80 && r->base[r->pos + 1] >= 31;
}

cauth_result der_next(rd *r, cauth_field field, const der_rules *rules, const cauth_context *ctx, der_tlv *t,
                      cauth_flags *flags)
{
    size_t start = r->pos;
    if (!der_tag_is_sound(r))
        return cauth_rejected(rules->malformed, field, start);
    bool whole = der_read(r, t);
    if (whole && !t->nonminimal && !t->indefinite)
        return cauth_accepted();
    cauth_result e = judge_length(t, whole, field, rules, ctx, flags);
    if (!cauth_is_accepted(e))
        r->pos = start;
    return e;
}

cauth_result der_expect(rd *r, const der_want *want, const cauth_context *ctx, der_tlv *t, cauth_flags *flags)
{
    if (rd_left(r) < 1)
        return cauth_rejected(want->rule, want->field, r->end);
    if (r->base[r->pos] != want->tag)
        return cauth_rejected(want->rule, want->field, r->pos);
    return der_next(r, want->field, want->rules, ctx, t, flags);
}

cauth_result der_oid(const rd *r, const der_tlv *t, cauth_rule rule, cauth_field field)
{
    bool inside = false; /* a subidentifier whose end has not come yet */
    if (t->content == t->content_end)
        return cauth_rejected(rule, field, t->length_at);
    /*@ loop invariant t->content <= i <= t->content_end;
        loop assigns i, inside;
        loop variant t->content_end - i;
     */
    for (size_t i = t->content; i < t->content_end; i++) {
        if (!inside && r->base[i] == 0x80)
            return cauth_rejected(rule, field, i);
        inside = r->base[i] >= 0x80;
    }
    if (inside)
        return cauth_rejected(rule, field, t->content_end);
    return cauth_accepted();
}

bool der_equal(cauth_bytes a, cauth_bytes b)
{
    if (a.len != b.len)
        return false;
    size_t i = 0;
    /*@ loop invariant 0 <= i <= a.len;
        loop assigns i;
        loop variant a.len - i;
     */
    while (i < a.len && a.ptr[i] == b.ptr[i])
        i += 1;
    return i == a.len;
}

void der_compare_oid(der_oids *before, cauth_bytes oid, cauth_rule repeated, cauth_flags *flags)
{
    if (before->num >= CAUTH_MAX_COMPARED_OIDS) {
        cauth_flags_set(flags, CAUTH_LIM_02);
        return;
    }
    size_t i = 0;
    /*@ loop invariant 0 <= i <= before->num;
        loop assigns i;
        loop variant before->num - i;
     */
    while (i < before->num && !der_equal(before->oids[i], oid))
        i += 1;
    if (i < before->num)
        cauth_flags_set(flags, repeated);
    set_bytes(&before->oids[before->num], oid);
    before->num += 1;
}

bool der_iter_next(cauth_iter *it, rd *inside, der_tlv *t)
{
    rd r = rd_init_at(it->list, it->pos);
    if (!der_read(&r, t))
        return false;
    inside->base = r.base;
    inside->pos = t->content;
    inside->end = t->content_end;
    it->pos = t->next;
    return true;
}

/* Octets after the first one of a length. */
/*@ assigns \nothing;
    ensures \result <= 8;
 */
static size_t num_length_octets(size_t len)
{
    size_t num = 0;
    if (len >= 128)
        /*@ loop invariant 0 <= num <= 8;
            loop assigns rest, num;
            loop variant rest;
         */
        for (size_t rest = len; rest > 0 && num < sizeof(len); rest /= 256u)
            num += 1;
    return num;
}

size_t der_size(size_t len)
{
    return 2 + num_length_octets(len) + len;
}

bool der_write_header(cauth_writer *w, uint8_t tag, size_t len)
{
    size_t num = num_length_octets(len);
    if (num > 4)
        w->failed = true;
    cauth_write_u8(w, tag);
    if (num == 0)
        return cauth_write_u8(w, (uint8_t)len);
    cauth_write_u8(w, (uint8_t)(0x80u + num));
    size_t begun = cauth_write_begin(w, num);
    /*@ loop invariant 0 <= i <= num;
        loop assigns i, len, w->ptr[begun .. w->len - 1];
        loop variant i;
     */
    for (size_t i = num; i > 0 && !w->failed; i--) {
        w->ptr[begun + i - 1] = (uint8_t)(len % 256u);
        len /= 256u;
    }
    return !w->failed;
}

bool der_write(cauth_writer *w, uint8_t tag, cauth_bytes content)
{
    der_write_header(w, tag, content.len);
    return cauth_write_bytes(w, content);
}
