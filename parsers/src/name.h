/* What name.c shares with x509.c and name_print.c. Private to libcauth. */
#ifndef CAUTH_SRC_NAME_H
#define CAUTH_SRC_NAME_H

#include "cauth/name.h"
#include "der.h"

/* Walks the Name at r and moves r past it. `field` names it in results; `lengths` names the faults of length forms and
 * of lengths. */
cauth_result name_walk(rd *r, cauth_field field, const der_rules *lengths, const cauth_context *ctx, cauth_name *out,
                       cauth_flags *flags);

/* An attribute type that has a keyword (RFC 4514 §3) or a size (RFC 5280 Appendix A). */
typedef struct {
    uint8_t oid[10];
    uint8_t oid_len;
    bool ia5;            /* its values are IA5String (RFC 5280 Appendix A) */
    uint16_t min;        /* characters */
    uint32_t max;        /* characters */
    const char *keyword; /* "" when it has none */
} name_type;

/* NULL for any other type. */
const name_type *name_type_find(cauth_bytes oid);

#endif
