/* Whether two encodings say the same: what BER leaves free is left out of account. */
#ifndef CAUTH_ORACLE_NORMAL_H
#define CAUTH_ORACLE_NORMAL_H

#include <stdbool.h>
#include <stdint.h>

#include "cauth/bytes.h"

/* Of each a list of TLVs. Where they differ at all, it is in one of these: the form of lengths; the order in a SET; a
 * string in pieces or in one; unused bits of a BIT STRING, or of the unique identifiers [1] and [2], and how many there
 * are of nothing; a BOOLEAN that is FALSE and written out, or not. Content that is no list of TLVs is compared as it
 * is.
 * By digests: one pair in 2^32 that differs passes for the same. Pieces of a BIT STRING are joined with the octets that
 * count their unused bits, as OpenSSL does, against X.690 §8.6.4. */
bool is_same_in_der(cauth_bytes a, cauth_bytes b);

/* Whether a value is the content of a constructed one without the headers in it (X.690 §8.21), whatever the types of
 * the pieces. So many bits of its last octet are zero instead of what they were. */
bool is_put_together(cauth_bytes whole, uint8_t cleared_bits, cauth_bytes pieces);

#endif
