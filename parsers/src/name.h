/* What name.c shares with x509.c and name_print.c. Private to libcauth. */
#ifndef CAUTH_SRC_NAME_H
#define CAUTH_SRC_NAME_H

#include "cauth/name.h"
#include "der.h"

/*@ // The list of RDNs of a Name ends where r stands, but for end-of-contents octets.
    predicate name_ends{L}(cauth_name *name, rd *r) = name->rdns.len == 0 ||
        name->rdns.ptr + name->rdns.len == r->base + r->pos || name->rdns.ptr + name->rdns.len + 2 == r->base + r->pos;
 */

/* Walks the Name at r and moves r past it. `field` names it in results; `lengths` names the faults of length forms and
 * of lengths. */
/*@ requires \valid(r) && rd_ok(r) && rules_ok(lengths) && \valid_read(ctx) && context_ok(ctx);
    requires \valid(out) && \valid(flags) && \separated(r, lengths, ctx, out, flags);
    assigns r->pos, out->rdns.ptr, out->rdns.len, *flags;
    ensures accepted(\result) ==> readable(&out->rdns) && rd_inside(&out->rdns, r) && name_ends(out, r) &&
        \old(r->pos) + 2 <= r->pos;
    ensures \old(r->pos) <= r->pos <= r->end;
    ensures \result.offset <= r->end;
 */
cauth_result name_walk(rd *r, cauth_field field, const der_rules *lengths, const cauth_context *ctx, cauth_name *out,
                       cauth_flags *flags);

/* An attribute type that has a keyword (RFC 4514 §3) or a syntax (RFC 5280 Appendix A). */
typedef struct {
    uint8_t oid[10];
    uint8_t oid_len;
    uint8_t string;  /* the tag of its values; 0 where they are DirectoryString */
    uint16_t min;    /* characters */
    uint32_t max;    /* characters */
    char keyword[7]; /* "" when it has none */
} name_type;

/* NULL for any other type. */
/*@ requires readable(oid);
    assigns \nothing;
    ensures \result == \null || \valid_read(\result);
 */
const name_type *name_type_find(cauth_bytes oid);

#endif
