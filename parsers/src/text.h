/* The characters of ASN.1 character strings (X.680 §41, X.690 §8.23). Private to libcauth. */
#ifndef CAUTH_SRC_TEXT_H
#define CAUTH_SRC_TEXT_H

#include <stdbool.h>
#include <stdint.h>

#include "der.h"
#include "reader.h"

#define TEXT_NONE 0x110000u /* not a code point of Unicode */

/*@ // Octets of a character, except in UTF8String.
    logic integer text_width(uint8_t tag) = tag == DER_BMP_STRING ? 2 : tag == DER_UNIVERSAL_STRING ? 4 : 1;
 */

/* Whether the tag is one of the six string types that names use. */
/*@ assigns \nothing; */
static inline bool text_tag(uint8_t tag)
{
    return tag == DER_UTF8_STRING || tag == DER_PRINTABLE_STRING || tag == DER_TELETEX_STRING ||
           tag == DER_IA5_STRING || tag == DER_BMP_STRING || tag == DER_UNIVERSAL_STRING;
}

/* A code point that a character can have; surrogates are none (RFC 3629 §3). */
/*@ assigns \nothing;
    ensures \result ==> c < TEXT_NONE;
 */
static inline bool text_is_scalar(uint32_t c)
{
    return c < 0xD800 || (c > 0xDFFF && c < TEXT_NONE);
}

/* The second octet of a UTF-8 sequence says whether its code point is overlong, a surrogate or above 10FFFF (the table
 * in RFC 3629 §4). */
/*@ assigns \nothing; */
static inline bool text_second_octet(uint8_t lead, uint8_t octet)
{
    uint8_t least = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
    uint8_t most = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
    return octet >= least && octet <= most;
}

/* Moves r past one well-formed UTF-8 sequence that does not start with an ASCII octet and gives its code point.
 * TEXT_NONE when it is ill-formed, r at the octet that makes it so, or at the end when it is cut short. */
/*@ requires \valid(r) && rd_ok(r) && r->pos < r->end;
    assigns r->pos;
    ensures \old(r->pos) <= r->pos <= r->end;
    ensures \result != TEXT_NONE ==> \old(r->pos) < r->pos;
 */
static inline uint32_t text_utf8_long(rd *r)
{
    uint8_t lead = r->base[r->pos];
    unsigned more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : 1;
    uint32_t c = lead % (more == 3 ? 8u : more == 2 ? 16u : 32u);
    if (lead < 0xC2 || lead > 0xF4)
        return TEXT_NONE;
    r->pos += 1;
    /*@ loop invariant 0 <= i <= more && \at(r->pos, Pre) + 1 + i == r->pos <= r->end;
        loop invariant c < 32 * (i == 0 ? 1 : i == 1 ? 64 : i == 2 ? 4096 : 262144);
        loop assigns i, c, r->pos;
        loop variant more - i;
     */
    for (unsigned i = 0; i < more; i++) {
        if (r->pos == r->end || !text_second_octet(i == 0 ? lead : 0x80, r->base[r->pos]))
            return TEXT_NONE;
        c = c * 64u + r->base[r->pos] % 64u;
        r->pos += 1;
    }
    return c;
}

/* Moves r past a big-endian number of `num` octets. */
/*@ requires \valid(r) && rd_ok(r) && 1 <= num <= r->end - r->pos;
    assigns r->pos;
    ensures r->pos == \old(r->pos) + num;
 */
static inline uint32_t text_wide(rd *r, size_t num)
{
    uint32_t c = 0;
    /*@ loop invariant 0 <= i <= num;
        loop assigns i, c;
        loop variant num - i;
     */
    for (size_t i = 0; i < num; i++)
        c = c % 0x1000000u * 256u + r->base[r->pos + i];
    r->pos += num;
    return c;
}

/* Moves r past the next character and gives it. r is not at its end. TEXT_NONE when there is none, r at the fault:
 * ill-formed UTF-8, or fewer octets than a character of the type has. The other types give their octets as a number,
 * which need not be a character: TeletexString that of ISO 8859-1. */
/*@ requires \valid(r) && rd_ok(r) && r->pos < r->end;
    assigns r->pos;
    ensures \old(r->pos) <= r->pos <= r->end;
    ensures tag != DER_UTF8_STRING ==> r->pos == \old(r->pos) + text_width(tag) ||
        r->end - \old(r->pos) < text_width(tag) && \result == TEXT_NONE && r->pos == \old(r->pos);
    ensures tag == DER_UTF8_STRING && \result != TEXT_NONE ==> \old(r->pos) < r->pos;
 */
static inline uint32_t text_next(rd *r, uint8_t tag)
{
    uint8_t octet = r->base[r->pos];
    size_t width = tag == DER_BMP_STRING ? 2 : tag == DER_UNIVERSAL_STRING ? 4 : 1;
    if (tag == DER_UTF8_STRING && octet >= 0x80)
        return text_utf8_long(r);
    if (rd_left(r) < width)
        return TEXT_NONE;
    return text_wide(r, width);
}

/* Control characters, and characters that change how others are shown without being seen: zero width, direction,
 * separators of lines, tags, and what Unicode calls noncharacters. */
/*@ assigns \nothing; */
static inline bool text_is_hidden(uint32_t c)
{
    return c < 0x20 || (c >= 0x7F && c <= 0x9F) || (c >= 0x200B && c <= 0x200F) || (c >= 0x2028 && c <= 0x202E) ||
           (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF || (c >= 0xFFF9 && c <= 0xFFFB) ||
           (c >= 0xE0000 && c <= 0xE0FFF) || (c >= 0xFDD0 && c <= 0xFDEF) || c % 0x10000u >= 0xFFFE;
}

#endif
