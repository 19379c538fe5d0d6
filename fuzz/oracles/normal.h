/* In which ways two encodings that say the same differ. */
#ifndef CAUTH_ORACLE_NORMAL_H
#define CAUTH_ORACLE_NORMAL_H

#include <stdbool.h>
#include <stdint.h>

#include "cauth/bytes.h"

/* The ways, a bit each, in the order of field_difference (compare.h). First what BER leaves free, and DER does not. The
 * pieces of a constructed string are joined content after content, each an OCTET STRING (X.690 §8.7.3, §8.23, §8.25);
 * those of a BIT STRING, which are BIT STRINGs, bits after bits: the first octet of each counts its unused ones, of
 * which only the last may have any (§8.6.4). What is not so is no value, and the same as itself alone; but OpenSSL
 * joins more, which the last three are about. */
enum {
    STRINGS_IN_PIECES = 1 << 0,
    INDEFINITE_LENGTHS = 1 << 1,
    PADDED_LENGTHS = 1 << 2,        /* of more octets than needed */
    ORDER_IN_SETS = 1 << 3,         /* where one of the two is not sorted as DER asks for */
    UNUSED_BITS_OF_VALUES = 1 << 4, /* of a BIT STRING behind an OBJECT IDENTIFIER: of a name, or parameters. What is in
                                       them; and how many there are of nothing */
    UNUSED_BITS_OF_KEYS = 1 << 5,   /* the same of any other BIT STRING, and of the unique identifiers [1] and [2] */
    FALSE_WRITTEN_OUT = 1 << 6,     /* a BOOLEAN that is FALSE between an OBJECT IDENTIFIER and an OCTET STRING, as in
                                       an extension, where that is the DEFAULT */
    BITS_RAW = 1 << 7,              /* BIT STRINGs content after content, with the octets that count unused bits */
    PIECES_OF_ANY_TYPE = 1 << 8,    /* strings of pieces whatever their tags are, where they are not as above */
    OF_NO_STRING = 1 << 9           /* what is in a value of the universal class that is neither string, SEQUENCE nor
                                       SET */
};
#define NUM_WAYS 10u

/* What differs so: something in a SET, which names are made of; what stands behind an OBJECT IDENTIFIER elsewhere, as
 * the parameters of an algorithm do; or the rest, and the form of all lengths and the order in all SETs. */
typedef enum { PART_NAMES, PART_PARAMETERS, PART_REST, NUM_PARTS } value_part;

#define WAYS_OF(part, ways) ((uint32_t)(ways) << (part)*NUM_WAYS)

/* Whether two lists of TLVs say the same. `ways` are those that they differ in, WAYS_OF each part: with all of them
 * they are alike, with one less they are not. Content that is no list of TLVs is compared as it is.
 * By digests: one pair in 2^32 that differs passes for the same. */
bool is_same_but_for(cauth_bytes a, cauth_bytes b, uint32_t *ways);

/* The same of the content of a primitive string with that tag, a BIT STRING's as if behind an OBJECT IDENTIFIER, and
 * the content of the constructed one, which goes on from piece to piece without their headers. The ways are those of
 * the string. */
bool is_put_together(uint8_t tag, cauth_bytes whole, cauth_bytes pieces, unsigned *ways);

/* Whether a type of the universal class is a string, or defined as one: then it may be in pieces. */
bool is_string_type(uint64_t tag);

#endif
