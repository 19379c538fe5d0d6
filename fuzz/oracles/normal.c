#include "normal.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "digest.h"

#define CONSTRUCTED 0x20u
#define BOOLEAN 0x01u
#define BIT_STRING 0x03u
#define OCTET_STRING 0x04u
#define OBJECT_IDENTIFIER 0x06u
#define SEQUENCE 0x30u
#define SET 0x31u
#define MAX_DEPTH 24u /* deeper content is compared as it is; names and certificates take less */

/* --- TLVs, as BER has them --- */

typedef struct {
    uint64_t tag; /* the first octet, in the high form with the number above it, and the number of octets */
    cauth_bytes content;
    unsigned form; /* of its length: INDEFINITE_LENGTHS, PADDED_LENGTHS, or 0 where it is that of DER */
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
        *tag += number << 8 | (uint64_t)(pos & 0xFFFF) << 48;
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
    t->form = first == 0x80 ? INDEFINITE_LENGTHS : 0;
    if (first == 0x80)
        return (t->tag & CONSTRUCTED) != 0 && take_indefinite(list, &t->content, depth - 1);
    if (octets > 0 && list->len > 0 && (list->ptr[0] == 0 || (octets == 1 && list->ptr[0] < 0x80)))
        t->form = PADDED_LENGTHS;
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

/* Whether the encodings in a list ascend, as those in a SET OF do in DER (X.690 §11.6). */
static bool is_ascending(cauth_bytes list, unsigned depth)
{
    cauth_bytes before = { NULL, 0 };
    tlv t;
    while (list.len > 0) {
        cauth_bytes item = list;
        if (!next_tlv(&list, &t, depth))
            return false;
        item.len -= list.len;
        if (before.len > 0 && memcmp(before.ptr, item.ptr, before.len < item.len ? before.len : item.len) > 0)
            return false; /* no encoding begins with another: no need to look at what one has more */
        before = item;
    }
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

/* Of what is constructed: whether its content is put together of pieces, in the ways that may be taken. */
static bool put_together(octets *o, const tlv *t, unsigned ways, unsigned depth)
{
    bool bits = primitive(t->tag) == BIT_STRING;
    bool as_bits = bits && (ways & BITS_RAW) == 0;
    bool is_universal = (t->tag & 0xC0) == 0 && t->tag != SEQUENCE && t->tag != SET;
    octets none = { .len = as_bits ? 1 : 0 };
    *o = none;
    if (!is_string_type(t->tag))
        return is_universal && (ways & OF_NO_STRING) != 0 && put_pieces(o, OF_ANY_TYPE, false, t->content, depth);
    if (put_pieces(o, bits ? BIT_STRING : OCTET_STRING, as_bits, t->content, depth))
        return (ways & (bits && !as_bits ? BITS_RAW : STRINGS_IN_PIECES)) != 0;
    *o = none;
    return (ways & PIECES_OF_ANY_TYPE) != 0 && put_pieces(o, OF_ANY_TYPE, as_bits, t->content, depth);
}

/* Of what stands behind something of the tag `before`: the way in which unused bits of it differ; 0: it has none. */
static unsigned way_of_unused_bits(uint64_t tag, uint64_t before)
{
    bool is_value = before == OBJECT_IDENTIFIER;
    if (tag == BIT_STRING)
        return is_value ? UNUSED_BITS_OF_VALUES : UNUSED_BITS_OF_KEYS;
    return !is_value && (tag == 0x81 || tag == 0x82) ? UNUSED_BITS_OF_KEYS : 0;
}

static uint64_t digest_of_octets(uint64_t tag, uint64_t before, const octets *o, unsigned ways)
{
    bool free_bits = (way_of_unused_bits(tag, before) & ways) != 0;
    bool nothing = free_bits && o->len == 1; /* of nothing, their number does not count either */
    unsigned unused = free_bits ? o->first & 7u : 0;
    uint64_t digest = digest_number(o->digest, o->last & (0xFFu << unused & 0xFFu));
    digest = digest_number(digest, nothing ? 0 : o->first);
    return digest_number(digest_number(digest, o->len), tag);
}

/* Where something stands that is looked at: how its list is digested. */
typedef struct {
    bool in_set;     /* at any depth */
    bool in_order;   /* the order in the list counts */
    uint64_t before; /* the tag of what stands before it */
} place;

static unsigned ways_of(value_part part, uint32_t all_ways)
{
    return all_ways >> part * NUM_WAYS & ((1u << NUM_WAYS) - 1);
}

static value_part part_at(place at)
{
    return at.in_set ? PART_NAMES : at.before == OBJECT_IDENTIFIER ? PART_PARAMETERS : PART_REST;
}

static uint64_t digest_of_list(cauth_bytes list, place at, uint32_t all_ways, unsigned depth);

static uint64_t digest_of_content(const tlv *t, place at, uint32_t all_ways, unsigned depth)
{
    unsigned ways = ways_of(part_at(at), all_ways);
    octets whole = { 0 };
    octets pieces = { 0 };
    bool constructed = (t->tag & CONSTRUCTED) != 0;
    if (constructed && put_together(&pieces, t, ways, depth - 1))
        return digest_of_octets(primitive(t->tag), at.before, &pieces, ways);
    if (constructed && !is_string_type(t->tag) && is_list(t->content, depth - 1)) {
        /* what is sorted may be so in another order once other ways are gone from it */
        bool is_free = (ways_of(PART_REST, all_ways) & ORDER_IN_SETS) != 0;
        place inside = { .in_set = at.in_set || t->tag == SET };
        inside.in_order = t->tag != SET || (!is_free && !is_ascending(t->content, depth - 1));
        return digest_number(digest_of_list(t->content, inside, all_ways, depth - 1), t->tag);
    }
    put_octets(&whole, t->content);
    return digest_of_octets(t->tag, at.before, &whole, ways);
}

static bool is_default(const tlv *t, uint64_t before, cauth_bytes next)
{
    return t->tag == BOOLEAN && t->content.len == 1 && t->content.ptr[0] == 0 && before == OBJECT_IDENTIFIER &&
           next.len > 0 && primitive(next.ptr[0]) == OCTET_STRING;
}

static uint64_t digest_of_list(cauth_bytes list, place at, uint32_t all_ways, unsigned depth)
{
    unsigned ways = ways_of(PART_REST, all_ways);
    uint64_t digest = 1;
    tlv t;
    while (list.len > 0 && next_tlv(&list, &t, depth)) {
        if ((ways & FALSE_WRITTEN_OUT) != 0 && !at.in_set && is_default(&t, at.before, list))
            continue;
        uint64_t item = digest_number(digest_of_content(&t, at, all_ways, depth), t.form & ~ways);
        /* of sums, squares: else two items might change parts */
        digest = at.in_order ? digest_number(digest, item) : (digest + item * item % DIGEST_PRIME) % DIGEST_PRIME;
        at.before = t.tag;
    }
    return digest;
}

/* --- which ways are needed --- */

static bool is_alike_in_lists(const tlv *a, const tlv *b, uint32_t ways)
{
    static const place at = { .in_order = true };
    return digest_of_list(a->content, at, ways, MAX_DEPTH) == digest_of_list(b->content, at, ways, MAX_DEPTH);
}

static bool is_alike_behind_type(const tlv *a, const tlv *b, uint32_t ways)
{
    static const place at = { .in_order = true, .before = OBJECT_IDENTIFIER };
    return digest_of_content(a, at, ways, MAX_DEPTH) == digest_of_content(b, at, ways, MAX_DEPTH);
}

typedef bool alike(const tlv *a, const tlv *b, uint32_t ways);

/* Where the two are alike without `some` of the ways. */
static void leave_out(alike *is_alike, const tlv *a, const tlv *b, uint32_t *ways, uint32_t some)
{
    if ((*ways & some) != 0 && is_alike(a, b, *ways & ~some))
        *ways &= ~some;
}

/* BIT STRINGs are joined in one way or the other: as X.690 says where that will do. */
static bool find_ways(alike *is_alike, const tlv *a, const tlv *b, uint32_t *ways)
{
    uint32_t all = WAYS_OF(NUM_PARTS, 1) - 1;
    uint32_t raw = 0;
    for (unsigned part = 0; part < NUM_PARTS; part++)
        raw |= WAYS_OF(part, BITS_RAW);
    *ways = is_alike(a, b, all & ~raw) ? all & ~raw : all;
    if (!is_alike(a, b, *ways))
        return false;
    for (unsigned part = 0; part < NUM_PARTS; part++) /* most differ in one part alone: the others go at once */
        leave_out(is_alike, a, b, ways, WAYS_OF(part, WAYS_OF(1, 1) - 1));
    for (uint32_t way = 1; way <= all; way <<= 1)
        leave_out(is_alike, a, b, ways, way);
    return true;
}

bool is_same_but_for(cauth_bytes a, cauth_bytes b, uint32_t *ways)
{
    tlv first = { .content = a };
    tlv second = { .content = b };
    return is_list(a, MAX_DEPTH) && is_list(b, MAX_DEPTH) && find_ways(is_alike_in_lists, &first, &second, ways);
}

bool is_put_together(uint8_t tag, cauth_bytes whole, cauth_bytes pieces, unsigned *ways)
{
    tlv in_one = { .tag = primitive(tag), .content = whole };
    tlv in_pieces = { .tag = tag | CONSTRUCTED, .content = pieces };
    uint32_t all_ways = 0;
    bool together = find_ways(is_alike_behind_type, &in_one, &in_pieces, &all_ways);
    *ways = ways_of(PART_PARAMETERS, all_ways);
    return together;
}
