#include "normal.h"

#include <stddef.h>
#include <stdint.h>

#include "digest.h"

#define CONSTRUCTED 0x20u
#define BIT_STRING 0x03u
#define OCTET_STRING 0x04u
#define SEQUENCE 0x30u
#define SET 0x31u
#define MAX_DEPTH 24u /* deeper content is compared as it is; names and certificates take less */

/* --- TLVs, as BER has them --- */

typedef struct {
    uint64_t tag; /* the first octet, in the high form with the number above it */
    cauth_bytes content;
} tlv;

static bool next_tlv(cauth_bytes *list, tlv *t, unsigned depth);

static uint64_t primitive(uint64_t tag)
{
    return tag & ~(uint64_t)CONSTRUCTED;
}

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
        if (o->len++ == 0) {
            o->first = content.ptr[i];
            continue;
        }
        o->digest = digest_number(o->digest, o->last);
        o->last = content.ptr[i];
    }
}

/* Of a BIT STRING, whose first octet is there already: it counts the unused bits of the last piece. */
static bool put_bits(octets *o, cauth_bytes bits)
{
    if (bits.len == 0 || bits.ptr[0] > 7 || o->first != 0)
        return false;
    put_octets(o, behind(bits, 1));
    o->first = bits.len > 1 ? bits.ptr[0] : 0;
    return true;
}

#define OF_ANY_TYPE UINT64_MAX

/* The pieces of a string, each of that type. */
static bool put_pieces(octets *o, uint64_t type, bool as_bits, cauth_bytes list, unsigned depth)
{
    tlv t;
    while (list.len > 0) {
        if (!next_tlv(&list, &t, depth) || (type != OF_ANY_TYPE && primitive(t.tag) != type))
            return false;
        bool constructed = t.tag != primitive(t.tag);
        if (constructed && !put_pieces(o, type, as_bits, t.content, depth - 1))
            return false;
        if (!constructed && as_bits && !put_bits(o, t.content))
            return false;
        if (!constructed && !as_bits)
            put_octets(o, t.content);
    }
    return true;
}

/* A bit for each type that is a string: BIT STRING, OCTET STRING, ObjectDescriptor, UTF8String, those of other
 * characters with the dates, and all but the CHARACTER STRING among these. */
#define STRING_TYPES (1u << 3 | 1u << 4 | 1u << 7 | 1u << 12 | (0x1FFFu << 18 & ~(1u << 29)))

bool is_string_type(uint64_t tag)
{
    return primitive(tag) < 0x1F && (STRING_TYPES >> primitive(tag) & 1) != 0;
}

/* Of what is constructed: whether its content is a string in pieces, which are put together. */
static bool put_together(octets *o, const tlv *t, unsigned joining, unsigned depth)
{
    bool bits = primitive(t->tag) == BIT_STRING;
    bool as_bits = bits && (joining & BITS_RAW) == 0;
    bool is_universal = (t->tag & 0xC0) == 0 && t->tag != SEQUENCE && t->tag != SET;
    uint64_t type = bits ? BIT_STRING : OCTET_STRING;
    if ((joining & PIECES_OF_ANY_TYPE) != 0 || !is_string_type(t->tag))
        type = OF_ANY_TYPE;
    *o = (octets){ .len = as_bits ? 1 : 0 };
    return (is_string_type(t->tag) || (is_universal && (joining & OF_NO_STRING) != 0)) &&
           put_pieces(o, type, as_bits, t->content, depth);
}

static bool counts_unused_bits(uint64_t tag)
{
    return tag == BIT_STRING || tag == 0x81 || tag == 0x82;
}

static uint64_t digest_of_octets(uint64_t tag, const octets *o)
{
    bool bits = counts_unused_bits(tag);
    bool nothing = bits && o->len == 1; /* of nothing, their number does not count either */
    unsigned unused = bits ? o->first & 7u : 0;
    uint64_t digest = digest_number(o->digest, o->last & (0xFFu << unused & 0xFFu));
    digest = digest_number(digest, nothing ? 0 : o->first);
    return digest_number(digest_number(digest, o->len), tag);
}

static uint64_t digest_of_list(cauth_bytes list, bool in_order, unsigned joining, unsigned depth);

static uint64_t digest_of(const tlv *t, unsigned joining, unsigned depth)
{
    octets whole = { 0 };
    octets pieces = { 0 };
    bool constructed = (t->tag & CONSTRUCTED) != 0;
    if (constructed && put_together(&pieces, t, joining, depth - 1))
        return digest_of_octets(primitive(t->tag), &pieces);
    if (constructed && !is_string_type(t->tag) && is_list(t->content, depth - 1))
        return digest_number(digest_of_list(t->content, t->tag != SET, joining, depth - 1), t->tag);
    put_octets(&whole, t->content);
    return digest_of_octets(t->tag, &whole);
}

static uint64_t digest_of_list(cauth_bytes list, bool in_order, unsigned joining, unsigned depth)
{
    uint64_t digest = 1;
    tlv t;
    while (list.len > 0 && next_tlv(&list, &t, depth)) {
        bool is_false = t.tag == 0x01 && t.content.len == 1 && t.content.ptr[0] == 0;
        if (is_false)
            continue;
        uint64_t item = digest_of(&t, joining, depth);
        /* of sums, squares: else two items might change parts */
        digest = in_order ? digest_number(digest, item) : (digest + item * item % DIGEST_PRIME) % DIGEST_PRIME;
    }
    return digest;
}

bool is_same_in_der(cauth_bytes a, cauth_bytes b, unsigned joining)
{
    return is_list(a, MAX_DEPTH) && is_list(b, MAX_DEPTH) &&
           digest_of_list(a, true, joining, MAX_DEPTH) == digest_of_list(b, true, joining, MAX_DEPTH);
}

bool is_put_together(uint8_t tag, cauth_bytes whole, cauth_bytes pieces, unsigned joining)
{
    tlv in_one = { primitive(tag), whole };
    tlv in_pieces = { tag | CONSTRUCTED, pieces };
    return digest_of(&in_one, joining, MAX_DEPTH) == digest_of(&in_pieces, joining, MAX_DEPTH);
}
