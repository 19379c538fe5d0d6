#include "normal.h"

#include <stddef.h>
#include <stdint.h>

#define CONSTRUCTED 0x20u
#define BIT_STRING 0x03u
#define SEQUENCE 0x30u
#define SET 0x31u
#define MAX_DEPTH 24u /* deeper content is compared as it is; names and certificates take less */

/* --- TLVs, as BER has them --- */

typedef struct {
    uint64_t tag; /* the first octet, in the high form with the number above it */
    cauth_bytes content;
} tlv;

static bool next_tlv(cauth_bytes *list, tlv *t, unsigned depth);

static bool is_end(cauth_bytes list)
{
    return list.len >= 2 && list.ptr[0] == 0 && list.ptr[1] == 0;
}

static cauth_bytes behind(cauth_bytes list, size_t len)
{
    return (cauth_bytes){ list.ptr + len, list.len - len };
}

/* The content of indefinite length that the list begins with, and all that follows its end. */
static bool take_indefinite(cauth_bytes *list, cauth_bytes *content, unsigned depth)
{
    cauth_bytes left = *list;
    tlv inside;
    while (!is_end(left))
        if (!next_tlv(&left, &inside, depth))
            return false;
    *content = (cauth_bytes){ list->ptr, list->len - left.len };
    *list = behind(left, 2);
    return true;
}

/* The identifier octets. */
static bool take_tag(cauth_bytes *list, uint64_t *tag)
{
    size_t pos = 1;
    uint64_t number = 0;
    if (list->len == 0)
        return false;
    *tag = list->ptr[0];
    if ((*tag & 0x1F) == 0x1F) {
        do {
            if (pos == list->len || number > UINT32_MAX)
                return false;
            number = number << 7 | (list->ptr[pos] & 0x7Fu);
        } while ((list->ptr[pos++] & 0x80) != 0);
        *tag += number << 8;
    }
    *list = behind(*list, pos);
    return true;
}

static bool next_tlv(cauth_bytes *list, tlv *t, unsigned depth)
{
    if (depth == 0 || !take_tag(list, &t->tag) || list->len == 0)
        return false;
    uint8_t first = list->ptr[0];
    size_t octets = first > 0x80 ? first & 0x7Fu : 0;
    size_t len = first < 0x80 ? first : 0;
    *list = behind(*list, 1);
    if (first == 0x80)
        return (t->tag & CONSTRUCTED) != 0 && take_indefinite(list, &t->content, depth - 1);
    for (; octets > 0; octets--) {
        if (list->len == 0 || len > SIZE_MAX >> 8)
            return false;
        len = len << 8 | list->ptr[0];
        *list = behind(*list, 1);
    }
    if (len > list->len)
        return false;
    t->content = (cauth_bytes){ list->ptr, len };
    *list = behind(*list, len);
    return true;
}

static bool is_list(cauth_bytes list, unsigned depth)
{
    tlv t;
    while (list.len > 0)
        if (!next_tlv(&list, &t, depth))
            return false;
    return true;
}

/* --- digests, which leave out what does not count --- */

/* Digests are below this prime, so that nothing wraps around. */
#define PRIME 4294967291u

static uint64_t mix(uint64_t digest, uint64_t value)
{
    return (digest * 2654435761u + value % PRIME) % PRIME;
}

/* The octets of a string. In pieces it goes on from one to the next; the last octet waits for its end, where the first
 * one says how many bits of it count. */
typedef struct {
    uint64_t digest;
    size_t len;
    uint8_t first;
    uint8_t last;
} octets;

static void put_octets(octets *o, cauth_bytes content)
{
    for (size_t i = 0; i < content.len; i++) {
        if (o->len++ == 0)
            o->first = content.ptr[i];
        else
            o->digest = mix(o->digest, o->last);
        o->last = content.ptr[i];
    }
}

static bool put_pieces(octets *o, cauth_bytes list, unsigned depth)
{
    tlv t;
    while (list.len > 0) {
        if (!next_tlv(&list, &t, depth))
            return false;
        if ((t.tag & CONSTRUCTED) == 0)
            put_octets(o, t.content);
        else if (!put_pieces(o, t.content, depth - 1))
            return false;
    }
    return true;
}

static bool counts_unused_bits(uint64_t tag)
{
    return tag == BIT_STRING || tag == 0x81 || tag == 0x82;
}

static uint64_t digest_of_octets(uint64_t tag, const octets *o)
{
    bool bits = counts_unused_bits(tag) && o->len > 0;
    unsigned unused = !bits ? 0 : o->len == 1 ? 8 : o->first & 7u; /* of nothing, their number does not count either */
    return mix(mix(mix(o->digest, o->last & (0xFFu << unused & 0xFFu)), o->len), tag);
}

static uint64_t digest_of_list(cauth_bytes list, bool in_order, unsigned depth);

static uint64_t digest_of(const tlv *t, unsigned depth)
{
    octets whole = { 0 };
    octets pieces = { 0 };
    bool is_string = (t->tag & 0xC0) == 0 && t->tag != SEQUENCE && t->tag != SET;
    if ((t->tag & CONSTRUCTED) != 0 && is_string && put_pieces(&pieces, t->content, depth - 1))
        return digest_of_octets(t->tag ^ CONSTRUCTED, &pieces);
    if ((t->tag & CONSTRUCTED) != 0 && !is_string && is_list(t->content, depth - 1))
        return mix(digest_of_list(t->content, t->tag != SET, depth - 1), t->tag);
    put_octets(&whole, t->content);
    return digest_of_octets(t->tag, &whole);
}

static uint64_t digest_of_list(cauth_bytes list, bool in_order, unsigned depth)
{
    uint64_t digest = 1;
    tlv t;
    while (list.len > 0 && next_tlv(&list, &t, depth)) {
        bool is_false = t.tag == 0x01 && t.content.len == 1 && t.content.ptr[0] == 0;
        if (is_false)
            continue;
        uint64_t item = digest_of(&t, depth);
        /* of sums, squares: else two items might change parts */
        digest = in_order ? mix(digest, item) : (digest + item * item % PRIME) % PRIME;
    }
    return digest;
}

bool is_same_in_der(cauth_bytes a, cauth_bytes b)
{
    return is_list(a, MAX_DEPTH) && is_list(b, MAX_DEPTH) &&
           digest_of_list(a, true, MAX_DEPTH) == digest_of_list(b, true, MAX_DEPTH);
}

/* --- values in pieces --- */

/* Takes from *whole what the pieces hold. */
static bool take_pieces(cauth_bytes *whole, uint8_t cleared_bits, cauth_bytes pieces, unsigned depth)
{
    tlv t;
    while (pieces.len > 0) {
        if (!next_tlv(&pieces, &t, depth))
            return false;
        if ((t.tag & CONSTRUCTED) != 0) {
            if (!take_pieces(whole, cleared_bits, t.content, depth - 1))
                return false;
            continue;
        }
        for (size_t i = 0; i < t.content.len; i++) {
            unsigned kept = whole->len == 1 ? 0xFFu << cleared_bits : 0xFFu;
            if (whole->len == 0 || whole->ptr[0] != (t.content.ptr[i] & kept))
                return false;
            *whole = behind(*whole, 1);
        }
    }
    return true;
}

bool is_put_together(cauth_bytes whole, uint8_t cleared_bits, cauth_bytes pieces)
{
    return take_pieces(&whole, cleared_bits, pieces, MAX_DEPTH) && whole.len == 0;
}
