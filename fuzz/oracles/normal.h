/* Whether two encodings say the same: what BER leaves free is left out of account. */
#ifndef CAUTH_ORACLE_NORMAL_H
#define CAUTH_ORACLE_NORMAL_H

#include <stdbool.h>
#include <stdint.h>

#include "cauth/bytes.h"

/* How the pieces of a constructed BIT STRING are joined. */
typedef enum {
    BITS_BY_X690, /* bits after bits: the first octet of each piece counts its unused ones, of which only the last may
                     have any, and each is a BIT STRING too (X.690 §8.6.4). What is not so is no value, and the
                     same as itself alone */
    BITS_RAW      /* content after content, these octets too, whatever the pieces are: as OpenSSL does */
} bits_joining;

/* Of each a list of TLVs. Where they differ at all, it is in one of these: the form of lengths; the order in a SET; a
 * string in pieces or in one; unused bits of a BIT STRING, or of the unique identifiers [1] and [2], and how many there
 * are of nothing; a BOOLEAN that is FALSE and written out, or not. Content that is no list of TLVs is compared as it
 * is.
 * By digests: one pair in 2^32 that differs passes for the same. */
bool is_same_in_der(cauth_bytes a, cauth_bytes b, bits_joining joining);

/* Whether the content of a primitive string with that tag says the same as the content of the constructed one, which
 * goes on from piece to piece without their headers (X.690 §8.23), whatever the types of the pieces, but in a BIT
 * STRING. The same goes for unused bits, and for digests. */
bool is_put_together(uint8_t tag, cauth_bytes whole, cauth_bytes pieces, bits_joining joining);

#endif
