/* Whether two encodings say the same: what BER leaves free is left out of account. */
#ifndef CAUTH_ORACLE_NORMAL_H
#define CAUTH_ORACLE_NORMAL_H

#include <stdbool.h>
#include <stdint.h>

#include "cauth/bytes.h"

/* How the pieces of a constructed string are joined: by X.690 content after content, each piece an OCTET STRING
 * (§8.7.3, §8.23, §8.25); those of a BIT STRING, which are BIT STRINGs, bits after bits: the first octet of each counts
 * its unused ones, of which only the last may have any (§8.6.4). What is not so is no value, and the same as itself
 * alone. OpenSSL joins more, each of which may be asked for: */
enum {
    BY_X690 = 0,
    BITS_RAW = 1,           /* a BIT STRING content after content too, with the octets that count unused bits */
    PIECES_OF_ANY_TYPE = 2, /* whatever the tags of the pieces */
    OF_NO_STRING = 4        /* what is in a value of the universal class that is neither string, SEQUENCE nor SET */
};

/* Of each a list of TLVs. Where they differ at all, it is in one of these: the form of lengths; the order in a SET; a
 * string in pieces or in one; unused bits of a BIT STRING, or of the unique identifiers [1] and [2], and how many there
 * are of nothing; a BOOLEAN that is FALSE and written out, or not. Content that is no list of TLVs is compared as it
 * is.
 * By digests: one pair in 2^32 that differs passes for the same. */
bool is_same_in_der(cauth_bytes a, cauth_bytes b, unsigned joining);

/* Whether the content of a primitive string with that tag says the same as the content of the constructed one, which
 * goes on from piece to piece without their headers. The same goes for unused bits, and for digests. */
bool is_put_together(uint8_t tag, cauth_bytes whole, cauth_bytes pieces, unsigned joining);

/* Whether a type of the universal class is a string, or defined as one: then it may be in pieces. */
bool is_string_type(uint64_t tag);

#endif
