#include "name.h"

#include "text.h"

/* Between two RDNs while they are still in the order of the encoding. Nothing that is printed contains this octet. */
#define BETWEEN_RDNS 0x00u

/* One octet; callers compute it from wider numbers. */
/*@ requires \valid(w) && writer_ok(w) && \separated(w, w->ptr + (0 .. w->cap - 1));
    assigns w->len, w->failed, w->ptr[w->len .. w->cap - 1];
    ensures writer_ok(w) && \old(w->len) <= w->len && (\old(w->failed) ==> w->failed);
 */
static void put(cauth_writer *w, uint32_t octet)
{
    cauth_write_u8(w, (uint8_t)octet);
}

static const uint8_t hex_digits[] = { '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F' };

/*@ requires \valid(w) && writer_ok(w) && \separated(w, w->ptr + (0 .. w->cap - 1));
    assigns w->len, w->failed, w->ptr[w->len .. w->cap - 1];
    ensures writer_ok(w) && \old(w->len) <= w->len && (\old(w->failed) ==> w->failed);
 */
static void put_hex(cauth_writer *w, uint8_t octet)
{
    put(w, hex_digits[octet / 16u]);
    put(w, hex_digits[octet % 16u]);
}

/* Turns the octets from `begun` on into hexadecimal, in their place. For the room, they are written once more; then
 * from the last octet to the first, so that none is overwritten before it was read. */
/*@ requires \valid(w) && writer_ok(w) && \separated(w, w->ptr + (0 .. w->cap - 1)) && begun <= w->len;
    assigns w->len, w->failed, w->ptr[begun .. w->cap - 1];
    ensures writer_ok(w) && \old(w->len) <= w->len && (\old(w->failed) ==> w->failed);
 */
static void to_hex(cauth_writer *w, size_t begun)
{
    rd octets = { w->ptr, begun, w->len };
    cauth_write_bytes(w, rd_rest(&octets));
    if (w->failed)
        return;
    /*@ loop invariant 0 <= i <= octets.end - begun;
        loop assigns i, w->ptr[begun .. w->len - 1];
        loop variant i;
     */
    for (size_t i = rd_left(&octets); i > 0; i--) {
        uint8_t octet = w->ptr[begun + i - 1];
        w->ptr[begun + 2 * i - 2] = hex_digits[octet / 16u];
        w->ptr[begun + 2 * i - 1] = hex_digits[octet % 16u];
    }
}

/* An arc in decimal. */
/*@ requires \valid(w) && writer_ok(w) && \separated(w, w->ptr + (0 .. w->cap - 1));
    assigns w->len, w->failed, w->ptr[w->len .. w->cap - 1];
    ensures writer_ok(w) && \old(w->len) <= w->len && (\old(w->failed) ==> w->failed);
 */
static void put_number(cauth_writer *w, uint64_t value)
{
    uint64_t unit = 1;
    /*@ loop invariant 1 <= unit && (value == 0 ? unit == 1 : unit <= value);
        loop assigns unit;
        loop variant value - unit;
     */
    while (unit <= value / 10u)
        unit *= 10u;
    /*@ loop invariant writer_ok(w) && \at(w->len, Pre) <= w->len && (\at(w->failed, Pre) ==> w->failed);
        loop assigns unit, w->len, w->failed, w->ptr[\at(w->len, Pre) .. w->cap - 1];
        loop variant unit;
     */
    for (; unit > 0; unit /= 10u)
        put(w, (uint32_t)('0' + value / unit % 10u));
}

/* Moves r past the next subidentifier (X.690 §8.19.2); false if it does not fit into 64 bits. */
/*@ requires \valid(r) && rd_ok(r) && \valid(value) && \separated(r, value);
    assigns r->pos, *value;
    ensures \old(r->pos) <= r->pos <= r->end && (\old(r->pos) < r->end ==> \old(r->pos) < r->pos);
 */
static bool next_subidentifier(rd *r, uint64_t *value)
{
    bool fits = true;
    bool more = true;
    *value = 0;
    /*@ loop invariant \at(r->pos, Pre) <= r->pos <= r->end && (!more ==> \at(r->pos, Pre) < r->pos);
        loop assigns fits, more, *value, r->pos;
        loop variant r->end - r->pos;
     */
    while (more && r->pos < r->end) {
        uint8_t octet = r->base[r->pos];
        fits = fits && *value <= UINT64_MAX / 128u;
        if (fits)
            *value = *value * 128u + octet % 128u;
        more = octet >= 128;
        r->pos += 1;
    }
    return fits;
}

/* The first subidentifier holds the first two arcs (X.690 §8.19.4). */
/*@ requires \valid(w) && writer_ok(w) && \separated(w, w->ptr + (0 .. w->cap - 1));
    assigns w->len, w->failed, w->ptr[w->len .. w->cap - 1];
    ensures writer_ok(w) && \old(w->len) <= w->len && (\old(w->failed) ==> w->failed);
 */
static void put_first_arcs(cauth_writer *w, uint64_t value)
{
    uint32_t first = value < 40 ? 0 : value < 80 ? 1 : 2;
    put(w, '0' + first);
    put(w, '.');
    put_number(w, value - first * 40u);
}

/* Dotted decimal; false if an arc is too large for it. */
/*@ requires readable(oid);
    requires \valid(w) && writer_ok(w) && \separated(w, w->ptr + (0 .. w->cap - 1));
    assigns w->len, w->failed, w->ptr[w->len .. w->cap - 1];
    ensures writer_ok(w) && \old(w->len) <= w->len && (\old(w->failed) ==> w->failed);
 */
static bool put_dotted(cauth_writer *w, cauth_bytes oid)
{
    rd r = rd_init(oid);
    uint64_t value;
    if (!next_subidentifier(&r, &value))
        return false;
    put_first_arcs(w, value);
    /*@ loop invariant r.pos <= r.end;
        loop invariant writer_ok(w) && \at(w->len, Pre) <= w->len && (\at(w->failed, Pre) ==> w->failed);
        loop assigns r.pos, value, w->len, w->failed, w->ptr[\at(w->len, Pre) .. w->cap - 1];
        loop variant r.end - r.pos;
     */
    while (r.pos < r.end) {
        if (!next_subidentifier(&r, &value))
            return false;
        put(w, '.');
        put_number(w, value);
    }
    return true;
}

/*@ requires readable(content);
    requires \valid(w) && writer_ok(w) && \separated(w, w->ptr + (0 .. w->cap - 1));
    assigns w->len, w->failed, w->ptr[w->len .. w->cap - 1];
    ensures writer_ok(w) && \old(w->len) <= w->len && (\old(w->failed) ==> w->failed);
 */
static void put_hex_encoding(cauth_writer *w, uint8_t tag, cauth_bytes content)
{
    put(w, '#');
    size_t begun = w->len;
    der_write(w, tag, content);
    to_hex(w, begun);
}

/* Unwrites what was written since the writer had this length, to write something else. What did not fit before is no
 * reason for that not to fit. */
/*@ requires \valid(w) && writer_ok(w) && begun <= w->len;
    assigns w->len, w->failed;
    ensures w->len == begun && w->failed == failed;
 */
static void go_back(cauth_writer *w, size_t begun, bool failed)
{
    w->len = begun;
    w->failed = failed;
}

/*@ requires readable(oid);
    requires \valid(w) && writer_ok(w) && \separated(w, w->ptr + (0 .. w->cap - 1));
    assigns w->len, w->failed, w->ptr[w->len .. w->cap - 1];
    ensures writer_ok(w) && \old(w->len) <= w->len && (\old(w->failed) ==> w->failed);
 */
static void put_type(cauth_writer *w, cauth_bytes oid)
{
    size_t begun = w->len;
    bool failed = w->failed;
    if (!put_dotted(w, oid)) {
        go_back(w, begun, failed);
        put_hex_encoding(w, DER_OID, oid);
    }
}

/* A code point as UTF-8, octets above ASCII as they are. */
/*@ requires \valid(w) && writer_ok(w) && \separated(w, w->ptr + (0 .. w->cap - 1));
    assigns w->len, w->failed, w->ptr[w->len .. w->cap - 1];
    ensures writer_ok(w) && \old(w->len) <= w->len && (\old(w->failed) ==> w->failed);
 */
static void put_utf8(cauth_writer *w, uint32_t c)
{
    if (c < 0x80) {
        put(w, c);
    } else if (c < 0x800) {
        put(w, 0xC0u + c / 64u);
        put(w, 0x80u + c % 64u);
    } else if (c < 0x10000) {
        put(w, 0xE0u + c / 4096u);
        put(w, 0x80u + c / 64u % 64u);
        put(w, 0x80u + c % 64u);
    } else {
        put(w, 0xF0u + c / 262144u);
        put(w, 0x80u + c / 4096u % 64u);
        put(w, 0x80u + c / 64u % 64u);
        put(w, 0x80u + c % 64u);
    }
}

/* The octets of a character, each as \XX (RFC 4514 §2.4). */
/*@ requires \valid(w) && writer_ok(w) && \separated(w, w->ptr + (0 .. w->cap - 1));
    assigns w->len, w->failed, w->ptr[w->len .. w->cap - 1];
    ensures writer_ok(w) && \old(w->len) <= w->len && (\old(w->failed) ==> w->failed);
 */
static void put_escaped(cauth_writer *w, uint32_t c)
{
    uint8_t octets[4];
    cauth_writer utf8 = cauth_writer_init(octets, sizeof(octets));
    put_utf8(&utf8, c);
    /*@ loop invariant 0 <= i <= utf8.len;
        loop invariant writer_ok(w) && \at(w->len, Pre) <= w->len && (\at(w->failed, Pre) ==> w->failed);
        loop assigns i, w->len, w->failed, w->ptr[\at(w->len, Pre) .. w->cap - 1];
        loop variant utf8.len - i;
     */
    for (size_t i = 0; i < utf8.len; i++) {
        put(w, '\\');
        put_hex(w, octets[i]);
    }
}

/*@ assigns \nothing;
 */
static bool is_special(uint32_t c)
{
    return c == '"' || c == '+' || c == ',' || c == ';' || c == '<' || c == '>' || c == '\\';
}

/*@ requires \valid(w) && writer_ok(w) && \separated(w, w->ptr + (0 .. w->cap - 1));
    assigns w->len, w->failed, w->ptr[w->len .. w->cap - 1];
    ensures writer_ok(w) && \old(w->len) <= w->len && (\old(w->failed) ==> w->failed);
 */
static void put_character(cauth_writer *w, uint32_t c, bool first, bool last)
{
    if (text_is_hidden(c)) {
        put_escaped(w, c);
        return;
    }
    if (is_special(c) || (first && (c == '#' || c == ' ')) || (last && c == ' '))
        put(w, '\\');
    put_utf8(w, c);
}

/* The characters of a value; false if one of them is none. */
/*@ requires readable(value);
    requires \valid(w) && writer_ok(w) && \separated(w, w->ptr + (0 .. w->cap - 1));
    assigns w->len, w->failed, w->ptr[w->len .. w->cap - 1];
    ensures writer_ok(w) && \old(w->len) <= w->len && (\old(w->failed) ==> w->failed);
 */
static bool put_text(cauth_writer *w, uint8_t tag, cauth_bytes value)
{
    rd r = rd_init(value);
    bool seven_bit = tag == DER_PRINTABLE_STRING || tag == DER_IA5_STRING;
    /*@ loop invariant r.pos <= r.end;
        loop invariant writer_ok(w) && \at(w->len, Pre) <= w->len && (\at(w->failed, Pre) ==> w->failed);
        loop assigns r.pos, w->len, w->failed, w->ptr[\at(w->len, Pre) .. w->cap - 1];
        loop variant r.end - r.pos;
     */
    while (r.pos < r.end) {
        bool first = r.pos == 0;
        uint32_t c = text_next(&r, tag);
        if (!text_is_scalar(c) || (seven_bit && c > 0x7F))
            return false;
        put_character(w, c, first, r.pos == r.end);
    }
    return true;
}

/* The value as text, or in hexadecimal where it is none. */
/*@ requires readable(value);
    requires \valid(w) && writer_ok(w) && \separated(w, w->ptr + (0 .. w->cap - 1));
    assigns w->len, w->failed, w->ptr[w->len .. w->cap - 1];
    ensures writer_ok(w) && \old(w->len) <= w->len && (\old(w->failed) ==> w->failed);
 */
static void put_value(cauth_writer *w, uint8_t tag, cauth_bytes value)
{
    size_t begun = w->len;
    bool failed = w->failed;
    if (!text_tag(tag) || !put_text(w, tag, value)) {
        go_back(w, begun, failed);
        put_hex_encoding(w, tag, value);
    }
}

/* The keyword is what stands before the NULs. */
/*@ requires \valid_read(type);
    requires \valid(w) && writer_ok(w) && \separated(w, w->ptr + (0 .. w->cap - 1));
    assigns w->len, w->failed, w->ptr[w->len .. w->cap - 1];
    ensures writer_ok(w) && \old(w->len) <= w->len && (\old(w->failed) ==> w->failed);
 */
static void put_keyword(cauth_writer *w, const name_type *type)
{
    /*@ loop invariant 0 <= i <= sizeof(type->keyword);
        loop invariant writer_ok(w) && \at(w->len, Pre) <= w->len && (\at(w->failed, Pre) ==> w->failed);
        loop assigns i, w->len, w->failed, w->ptr[\at(w->len, Pre) .. w->cap - 1];
        loop variant sizeof(type->keyword) - i;
     */
    for (size_t i = 0; i < sizeof(type->keyword); i++)
        if (type->keyword[i] != '\0')
            put(w, (uint8_t)type->keyword[i]);
}

/*@ requires \valid_read(attribute) && readable(&attribute->type) && readable(&attribute->value);
    requires \separated(attribute, w, w->ptr + (0 .. w->cap - 1));
    requires \valid(w) && writer_ok(w) && \separated(w, w->ptr + (0 .. w->cap - 1));
    assigns w->len, w->failed, w->ptr[w->len .. w->cap - 1];
    ensures writer_ok(w) && \old(w->len) <= w->len && (\old(w->failed) ==> w->failed);
 */
static void put_attribute(cauth_writer *w, const cauth_attribute *attribute)
{
    const name_type *type = name_type_find(attribute->type);
    bool named = type != NULL && type->keyword[0] != '\0';
    if (named)
        put_keyword(w, type);
    else
        put_type(w, attribute->type);
    put(w, '=');
    if (named)
        put_value(w, attribute->value_tag, attribute->value);
    else
        put_hex_encoding(w, attribute->value_tag, attribute->value);
}

/*@ requires readable(rdn);
    requires \valid(w) && writer_ok(w) && \separated(w, w->ptr + (0 .. w->cap - 1));
    assigns w->len, w->failed, w->ptr[w->len .. w->cap - 1];
    ensures writer_ok(w) && \old(w->len) <= w->len && (\old(w->failed) ==> w->failed);
 */
static void put_rdn(cauth_writer *w, cauth_bytes rdn)
{
    cauth_iter it = cauth_iter_init(rdn);
    cauth_attribute attribute;
    bool first = true;
    /*@ loop invariant it.pos <= rdn.len;
        loop invariant writer_ok(w) && \at(w->len, Pre) <= w->len && (\at(w->failed, Pre) ==> w->failed);
        loop assigns it.pos, attribute, first, w->len, w->failed, w->ptr[\at(w->len, Pre) .. w->cap - 1];
        loop variant rdn.len - it.pos;
     */
    while (cauth_attribute_next(&it, &attribute)) {
        if (!first)
            put(w, '+');
        put_attribute(w, &attribute);
        first = false;
    }
}

/*@ requires begin <= end && \valid(octets + (begin .. end - 1));
    assigns octets[begin .. end - 1];
 */
static void reverse(uint8_t *octets, size_t begin, size_t end)
{
    /*@ loop invariant \at(begin, Pre) <= begin <= end <= \at(end, Pre);
        loop assigns begin, end, octets[\at(begin, Pre) .. \at(end, Pre) - 1];
        loop variant end - begin;
     */
    while (end - begin >= 2) {
        uint8_t octet = octets[begin];
        octets[begin] = octets[end - 1];
        octets[end - 1] = octet;
        begin += 1;
        end -= 1;
    }
}

/* Puts the RDNs that were written since `begun` into the opposite order, in place and in linear time: all octets are
 * reversed, which reverses the RDNs too, and then those of each RDN once more. */
/*@ requires \valid_read(w) && writer_ok(w) && \separated(w, w->ptr + (0 .. w->cap - 1)) && begun <= w->len;
    assigns w->ptr[begun .. w->len - 1];
 */
static void reverse_rdns(cauth_writer *w, size_t begun)
{
    size_t rdn = begun;
    reverse(w->ptr, begun, w->len);
    /*@ loop invariant begun <= rdn <= i <= w->len;
        loop assigns i, rdn, w->ptr[begun .. w->len - 1];
        loop variant w->len - i;
     */
    for (size_t i = begun; i < w->len; i++) {
        if (w->ptr[i] == BETWEEN_RDNS) {
            reverse(w->ptr, rdn, i);
            w->ptr[i] = ',';
            rdn = i + 1;
        }
    }
    reverse(w->ptr, rdn, w->len);
}

bool cauth_name_print(const cauth_name *name, cauth_writer *w)
{
    cauth_iter it = cauth_iter_init(name->rdns);
    cauth_bytes rdn;
    size_t begun = w->len;
    bool first = true;
    /*@ loop invariant it.pos <= name->rdns.len;
        loop invariant writer_ok(w) && \at(w->len, Pre) <= w->len && (\at(w->failed, Pre) ==> w->failed);
        loop assigns it.pos, rdn, first, w->len, w->failed, w->ptr[\at(w->len, Pre) .. w->cap - 1];
        loop variant name->rdns.len - it.pos;
     */
    while (cauth_rdn_next(&it, &rdn)) {
        if (!first)
            put(w, BETWEEN_RDNS);
        put_rdn(w, rdn);
        first = false;
    }
    reverse_rdns(w, begun);
    return !w->failed;
}
