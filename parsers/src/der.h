/* Tag, length, value: the reader of DER (X.690), and of the BER that some versions and the interop profile let pass.
 * Besides reader.h the only code that moves a read position. Private to libcauth. */
#ifndef CAUTH_SRC_DER_H
#define CAUTH_SRC_DER_H

#include "cauth/context.h"
#include "cauth/limits.h"
#include "cauth/list.h"
#include "cauth/result.h"
#include "cauth/writer.h"
#include "reader.h"

#define DER_BOOLEAN 0x01u
#define DER_INTEGER 0x02u
#define DER_BIT_STRING 0x03u
#define DER_OCTET_STRING 0x04u
#define DER_NULL 0x05u
#define DER_OID 0x06u
#define DER_UTF8_STRING 0x0Cu
#define DER_PRINTABLE_STRING 0x13u
#define DER_TELETEX_STRING 0x14u
#define DER_IA5_STRING 0x16u
#define DER_UTC_TIME 0x17u
#define DER_GENERALIZED_TIME 0x18u
#define DER_UNIVERSAL_STRING 0x1Cu
#define DER_BMP_STRING 0x1Eu
#define DER_SEQUENCE 0x30u
#define DER_SET 0x31u
#define DER_CONSTRUCTED 0x20u

/* One TLV. All positions are offsets from the start of the input. */
typedef struct {
    uint8_t tag;        /* first identifier octet */
    bool high_tag;      /* the tag number follows in further octets */
    bool indefinite;    /* closed by end-of-contents octets (X.690 §8.1.3.6) */
    bool nonminimal;    /* more length octets than needed, or the reserved first one, 0xFF */
    size_t start;       /* identifier octet */
    size_t length_at;   /* first length octet */
    size_t content;     /* first content octet */
    size_t content_end; /* after the last */
    size_t next;        /* after the TLV, its end-of-contents octets included */
    size_t fault;       /* where it breaks off, when it is not whole */
} der_tlv;

/*@ // A TLV that starts at `from` and lies before `end`.
    predicate der_whole{L}(der_tlv *t, integer from, integer end) =
        from == t->start < t->length_at < t->content <= t->content_end <= t->next <= end &&
        (t->next == t->content_end || t->next == t->content_end + 2);
 */

/* Reads the TLV at r and moves r past it. False when it is cut short, or its length is reserved, runs past the parent,
 * or is indefinite and not closed: r is untouched then, and of *t only the members up to `start` and `fault` are set;
 * when indefinite or nonminimal is true, length_at too. */
/*@ requires \valid(r) && rd_ok(r) && \valid(t) && \separated(r, t);
    assigns r->pos, t->tag, t->high_tag, t->indefinite, t->nonminimal, t->start, t->length_at, t->content,
        t->content_end, t->next, t->fault;
    ensures \result ==> der_whole(t, \old(r->pos), r->end) && r->pos == t->next;
    ensures !\result ==> r->pos == \old(r->pos) && t->fault <= r->end &&
        (t->indefinite || t->nonminimal ==> t->length_at <= r->end);
 */
bool der_read(rd *r, der_tlv *t);

/* What a grammar calls the faults of any TLV. Indefinite and non-minimal lengths may be judged flags only. */
typedef struct {
    cauth_rule malformed;
    cauth_rule indefinite;
    cauth_rule nonminimal;
} der_rules;

/*@ predicate rules_ok{L}(der_rules *rules) = \valid_read(rules) && rules->malformed != CAUTH_RULE_NONE &&
        rules->indefinite != CAUTH_RULE_NONE && rules->nonminimal != CAUTH_RULE_NONE;
 */

/* A TLV as a grammar asks for it. */
typedef struct {
    uint8_t tag;
    cauth_field field;
    cauth_rule rule; /* it is missing, or has another tag */
    const der_rules *rules;
} der_want;

/* Whether the tag at r is one that a value can have: not that of end-of-contents octets, with nothing to end (X.690
 * §8.1.5), and in the high form only from 31 on, without leading zeros (§8.1.2). True where there is none. */
/*@ requires \valid_read(r) && rd_ok(r);
    assigns \nothing;
 */
bool der_tag_is_sound(const rd *r);

/* Reads and judges a TLV of any tag that is sound. On rejection r is untouched. */
/*@ requires \valid(r) && rd_ok(r) && rules_ok(rules) && \valid_read(ctx) && context_ok(ctx);
    requires \valid(t) && \valid(flags) && \separated(r, rules, ctx, t, flags);
    assigns r->pos, t->tag, t->high_tag, t->indefinite, t->nonminimal, t->start, t->length_at, t->content,
        t->content_end, t->next, t->fault, *flags;
    ensures accepted(\result) ==> der_whole(t, \old(r->pos), r->end) && r->pos == t->next;
    ensures !accepted(\result) ==> r->pos == \old(r->pos);
    ensures \result.offset <= r->end;
 */
cauth_result der_next(rd *r, cauth_field field, const der_rules *rules, const cauth_context *ctx, der_tlv *t,
                      cauth_flags *flags);

/* The same for the one tag that is wanted, in the low-tag-number form. */
/*@ requires \valid(r) && rd_ok(r) && \valid_read(want) && want->rule != CAUTH_RULE_NONE && rules_ok(want->rules);
    requires \valid_read(ctx) && context_ok(ctx) && \valid(t) && \valid(flags);
    requires \separated(r, want, want->rules, ctx, t, flags);
    assigns r->pos, t->tag, t->high_tag, t->indefinite, t->nonminimal, t->start, t->length_at, t->content,
        t->content_end, t->next, t->fault, *flags;
    ensures accepted(\result) ==> der_whole(t, \old(r->pos), r->end) && r->pos == t->next;
    ensures !accepted(\result) ==> r->pos == \old(r->pos);
    ensures \result.offset <= r->end;
 */
cauth_result der_expect(rd *r, const der_want *want, const cauth_context *ctx, der_tlv *t, cauth_flags *flags);

/*@ requires \valid_read(r) && rd_ok(r) && \valid_read(t) && t->content <= t->content_end <= r->end;
    assigns \nothing;
    ensures rd_ok(\result) && \result.base == r->base && \result.pos == t->content && \result.end == t->content_end;
 */
static inline rd der_inside(const rd *r, const der_tlv *t)
{
    rd inner = { r->base, t->content, t->content_end };
    return inner;
}

/*@ requires \valid_read(r) && rd_ok(r) && \valid_read(t) && t->content <= t->content_end <= r->end;
    assigns \nothing;
    ensures readable(\result) && rd_spans(\result, r, t->content, t->content_end);
 */
static inline cauth_bytes der_content(const rd *r, const der_tlv *t)
{
    rd inner = der_inside(r, t);
    return rd_rest(&inner);
}

/* Content octets of an OBJECT IDENTIFIER (X.690 §8.19): at least one, no subidentifier with a leading 0x80, none cut
 * short. A fault breaks `rule`. */
/*@ requires \valid_read(r) && rd_ok(r) && \valid_read(t) && rule != CAUTH_RULE_NONE &&
        t->length_at <= t->content <= t->content_end <= r->end;
    assigns \nothing;
    ensures \result.offset <= r->end;
    ensures accepted(\result) ==> t->content < t->content_end;
 */
cauth_result der_oid(const rd *r, const der_tlv *t, cauth_rule rule, cauth_field field);

/*@ requires readable(a) && readable(b);
    assigns \nothing;
 */
bool der_equal(cauth_bytes a, cauth_bytes b);

/* The OIDs of a list of SEQUENCE { OBJECT IDENTIFIER, … }, as far as they are compared: comparing is quadratic, so that
 * only the first CAUTH_MAX_COMPARED_OIDS take part. They are kept because to find them once more would be to look for
 * the ends of indefinite lengths once more. Starts with num = 0. */
typedef struct {
    cauth_bytes oids[CAUTH_MAX_COMPARED_OIDS];
    size_t num;
} der_oids;

/*@ predicate oids_ok{L}(der_oids *list) = list->num <= CAUTH_MAX_COMPARED_OIDS &&
        \forall integer k; 0 <= k < list->num ==> readable(&list->oids[k]);
 */

/* Takes the next OID of the list: flags `repeated` if it was there before; LIM-02 if it is one too many to compare. */
/*@ requires \valid(before) && oids_ok(before) && readable(oid) && \valid(flags) && \separated(before, flags);
    assigns before->oids[before->num], before->num, *flags;
    ensures oids_ok(before);
 */
void der_compare_oid(der_oids *before, cauth_bytes oid, cauth_rule repeated, cauth_flags *flags);

/* The next TLV of a list that was accepted, and a reader of its content, all as offsets of the list. An iterator over
 * anything else ends where nothing can be read. */
/*@ requires \valid(it) && readable(&it->list) && \valid(inside) && \valid(t) && \separated(it, inside, t);
    assigns it->pos, inside->base, inside->pos, inside->end, t->tag, t->high_tag, t->indefinite, t->nonminimal,
        t->start, t->length_at, t->content, t->content_end, t->next, t->fault;
    ensures !\result ==> it->pos == \old(it->pos);
    ensures \result ==> \old(it->pos) + 2 <= inside->pos <= inside->end <= it->pos <= it->list.len && rd_ok(inside) &&
        inside->base == it->list.ptr;
 */
bool der_iter_next(cauth_iter *it, rd *inside, der_tlv *t);

/* Octets that a TLV with a content of `len` octets takes. */
/*@ requires len <= SIZE_MAX - 10;
    assigns \nothing;
    ensures len + 2 <= \result <= len + 10;
 */
size_t der_size(size_t len);

/* Appends identifier and length octets; fails for contents of 2^32 octets and more. */
/*@ requires \valid(w) && writer_ok(w);
    assigns w->len, w->failed, w->ptr[w->len .. w->cap - 1];
    ensures writer_ok(w) && \old(w->len) <= w->len;
    ensures (\result <==> !w->failed) && (\old(w->failed) ==> w->failed);
 */
bool der_write_header(cauth_writer *w, uint8_t tag, size_t len);
/*@ requires readable(content) && \valid(w) && writer_ok(w);
    assigns w->len, w->failed, w->ptr[w->len .. w->cap - 1];
    ensures writer_ok(w) && \old(w->len) <= w->len;
    ensures (\result <==> !w->failed) && (\old(w->failed) ==> w->failed);
 */
bool der_write(cauth_writer *w, uint8_t tag, cauth_bytes content);

#endif
