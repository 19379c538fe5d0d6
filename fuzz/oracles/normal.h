/* Whether two encodings say the same: what BER leaves free is left out of account. */
#ifndef CAUTH_ORACLE_NORMAL_H
#define CAUTH_ORACLE_NORMAL_H

#include <stdbool.h>

#include "cauth/bytes.h"

/* Of each a list of TLVs. Where they differ at all, it is in one of these: the form of lengths; the order in a SET; a
 * string in pieces or in one; unused bits of a BIT STRING, or of the unique identifiers [1] and [2], and how many there
 * are of nothing; a BOOLEAN that is FALSE and written out, or not. Content that is no list of TLVs is compared as it
 * is.
 */
bool is_same_in_der(cauth_bytes a, cauth_bytes b);

#endif
