#include "name.h"

#include "judge.h"
#include "text.h"

#define ANY_LENGTH 0xFFFFFFFFu
#define DIRECTORY 0u
#define PRINTABLE DER_PRINTABLE_STRING
#define IA5 DER_IA5_STRING

/* RFC 5280 Appendix A gives syntaxes and sizes, and RFC 4519 those of STREET and UID; attributes without an upper bound
 * there have none here. Most frequent first. */
static const name_type name_types[] = {
    { { 0x55, 4, 3 }, 3, DIRECTORY, 1, 64, "CN" },
    { { 0x55, 4, 10 }, 3, DIRECTORY, 1, 64, "O" },
    { { 0x55, 4, 11 }, 3, DIRECTORY, 1, 64, "OU" },
    { { 0x55, 4, 6 }, 3, PRINTABLE, 2, 2, "C" },
    { { 0x55, 4, 7 }, 3, DIRECTORY, 1, 128, "L" },
    { { 0x55, 4, 8 }, 3, DIRECTORY, 1, 128, "ST" },
    { { 0x55, 4, 9 }, 3, DIRECTORY, 1, ANY_LENGTH, "STREET" },
    { { 0x55, 4, 5 }, 3, PRINTABLE, 1, 64, "" },          /* serialNumber */
    { { 0x55, 4, 12 }, 3, DIRECTORY, 1, 64, "" },         /* title */
    { { 0x55, 4, 65 }, 3, DIRECTORY, 1, 128, "" },        /* pseudonym */
    { { 0x55, 4, 4 }, 3, DIRECTORY, 1, 32768, "" },       /* surname */
    { { 0x55, 4, 41 }, 3, DIRECTORY, 1, 32768, "" },      /* name */
    { { 0x55, 4, 42 }, 3, DIRECTORY, 1, 32768, "" },      /* givenName */
    { { 0x55, 4, 43 }, 3, DIRECTORY, 1, 32768, "" },      /* initials */
    { { 0x55, 4, 46 }, 3, PRINTABLE, 1, ANY_LENGTH, "" }, /* dnQualifier */
    { { 0x55, 4, 44 }, 3, DIRECTORY, 1, 32768, "" },      /* generationQualifier */
    { { 0x09, 0x92, 0x26, 0x89, 0x93, 0xF2, 0x2C, 0x64, 1, 25 }, 10, IA5, 1, ANY_LENGTH, "DC" },
    { { 0x09, 0x92, 0x26, 0x89, 0x93, 0xF2, 0x2C, 0x64, 1, 1 }, 10, DIRECTORY, 1, ANY_LENGTH, "UID" },
    { { 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 9, 1 }, 9, IA5, 1, 255, "" }, /* emailAddress */
};

/* Whether a row is of this OID. The last octets differ most, so that comparing starts there. */
/*@ requires row < sizeof(name_types) / sizeof(name_types[0]) && readable(oid);
    assigns \nothing;
 */
static bool is_of_oid(size_t row, cauth_bytes oid)
{
    const uint8_t *octets = name_types[row].oid;
    size_t i = name_types[row].oid_len;
    if (oid.len != i || i > sizeof(name_types[row].oid))
        return false;
    /*@ loop invariant i <= oid.len;
        loop assigns i;
        loop variant i;
     */
    while (i > 0 && oid.ptr[i - 1] == octets[i - 1])
        i -= 1;
    return i == 0;
}

const name_type *name_type_find(cauth_bytes oid)
{
    /*@ loop invariant 0 <= i <= sizeof(name_types) / sizeof(name_types[0]);
        loop assigns i;
        loop variant sizeof(name_types) / sizeof(name_types[0]) - i;
     */
    for (size_t i = 0; i < sizeof(name_types) / sizeof(name_types[0]); i++)
        if (is_of_oid(i, oid))
            return &name_types[i];
    return NULL;
}

/* What is said of a character: that it is not in PrintableString (X.680 §41.4), a control character, not ASCII. */
#define NOT_PRINTABLE 1u
#define CONTROL 2u
#define HIGH 4u

#define P 0u /* in PrintableString */
#define V NOT_PRINTABLE
#define C (NOT_PRINTABLE | CONTROL)

static const uint8_t ascii_classes[128] = {
    C, C, C, C, C, C, C, C, C, C, C, C, C, C, C, C, C, C, C, C, C, C, C, C, C, C, C, C, C, C, C, C, /* 00 */
    P, V, V, V, V, V, V, P, P, P, V, P, P, P, P, P, P, P, P, P, P, P, P, P, P, P, P, V, V, P, V, P, /* space to ? */
    V, P, P, P, P, P, P, P, P, P, P, P, P, P, P, P, P, P, P, P, P, P, P, P, P, P, P, V, V, V, V, V, /* @ A to Z */
    V, P, P, P, P, P, P, P, P, P, P, P, P, P, P, P, P, P, P, P, P, P, P, P, P, P, P, V, V, V, V, C, /* ` a to z */
};

/*@ assigns \nothing;
 */
static unsigned class_of(uint8_t octet)
{
    return octet < 128 ? ascii_classes[octet] : HIGH;
}

/* The classes of all octets together. */
/*@ requires readable(octets);
    assigns \nothing;
 */
static unsigned classes_of(cauth_bytes octets)
{
    unsigned classes = P;
    /*@ loop invariant 0 <= i <= octets.len;
        loop assigns i, classes;
        loop variant octets.len - i;
     */
    for (size_t i = 0; i < octets.len; i++)
        classes |= class_of(octets.ptr[i]);
    return classes;
}

/* DN-14: the length of a value in characters of two or four octets. */
/*@ requires \valid_read(t) && t->length_at <= t->content <= t->content_end;
    assigns \nothing;
    ensures accepted(\result) || \result.offset == t->length_at;
    ensures \result.offset <= t->content_end;
 */
static cauth_result check_width(const der_tlv *t)
{
    size_t len = t->content_end - t->content;
    if ((t->tag == DER_BMP_STRING && len % 2u != 0) || (t->tag == DER_UNIVERSAL_STRING && len % 4u != 0))
        return cauth_rejected(CAUTH_DN_14, CAUTH_FIELD_ATTRIBUTE_VALUE, t->length_at);
    return cauth_accepted();
}

/* DN-14, DN-17: the characters of a value, counted. One by one, for what is not ASCII in single octets. */
/*@ requires \valid_read(r) && rd_ok(r) && \valid_read(t) && t->content <= t->content_end <= r->end;
    requires \valid(num) && \valid(flags) && \separated(r, t, num, flags);
    assigns *num, *flags;
    ensures \result.offset <= r->end;
 */
static cauth_result check_wide_characters(const rd *r, const der_tlv *t, size_t *num, cauth_flags *flags)
{
    rd text = der_inside(r, t);
    size_t count = 0;
    bool hidden = false;
    /*@ loop invariant t->content <= text.pos <= text.end && count <= text.pos - t->content;
        loop assigns text.pos, count, hidden;
        loop variant text.end - text.pos;
     */
    while (text.pos < text.end) {
        size_t start = text.pos;
        uint32_t c = text_next(&text, t->tag);
        if (!text_is_scalar(c))
            return cauth_rejected(CAUTH_DN_14, CAUTH_FIELD_ATTRIBUTE_VALUE,
                                  t->tag == DER_UTF8_STRING ? text.pos : start);
        hidden = hidden || text_is_hidden(c);
        count += 1;
    }
    if (hidden)
        cauth_flags_set(flags, CAUTH_DN_17);
    if (t->tag == DER_PRINTABLE_STRING || t->tag == DER_IA5_STRING)
        cauth_flags_set(flags, CAUTH_DN_14);
    *num = count;
    return cauth_accepted();
}

/* The same for any value; nearly all are ASCII, and take one quick pass. */
/*@ requires \valid_read(r) && rd_ok(r) && \valid_read(t) && t->content <= t->content_end <= r->end;
    requires \valid(num) && \valid(flags) && \separated(r, t, num, flags);
    assigns *num, *flags;
    ensures \result.offset <= r->end;
 */
static cauth_result check_characters(const rd *r, const der_tlv *t, size_t *num, cauth_flags *flags)
{
    cauth_bytes octets = der_content(r, t);
    unsigned classes = classes_of(octets);
    if ((classes & HIGH) != 0 || t->tag == DER_BMP_STRING || t->tag == DER_UNIVERSAL_STRING)
        return check_wide_characters(r, t, num, flags);
    if ((classes & CONTROL) != 0)
        cauth_flags_set(flags, CAUTH_DN_17);
    if ((classes & NOT_PRINTABLE) != 0 && t->tag == DER_PRINTABLE_STRING)
        cauth_flags_set(flags, CAUTH_DN_14);
    *num = octets.len;
    return cauth_accepted();
}

/* The string types of the universal class, with those that belong in no name, in constructed form: in DER they are
 * primitive (X.690 §10.2). ObjectDescriptor, 7, and the times are strings by their definitions (§8.25); CHARACTER
 * STRING, 29, is a SEQUENCE (§8.24). */
/*@ assigns \nothing;
 */
static bool is_constructed_string(uint8_t tag)
{
    unsigned number = tag % 32u;
    bool string = number == 3 || number == 4 || number == 7 || number == 12 || (number >= 18 && number <= 30);
    return tag / 32u == 1 && string && number != 29;
}

/* The identifier octet of an AttributeValue: any tag of one octet, but no string in constructed form. */
/*@ requires \valid_read(r) && rd_ok(r) && \valid_read(ctx) && context_ok(ctx) && \valid(flags);
    requires \separated(r, ctx, flags);
    assigns *flags;
    ensures \result.offset <= r->end;
 */
static cauth_result check_value_tag(const rd *r, const cauth_context *ctx, cauth_flags *flags)
{
    if (rd_left(r) < 1)
        return cauth_rejected(CAUTH_DN_09, CAUTH_FIELD_ATTRIBUTE_VALUE, r->end);
    uint8_t tag = r->base[r->pos];
    if (tag % 32u == 31u)
        return cauth_rejected(CAUTH_DN_05, CAUTH_FIELD_ATTRIBUTE_VALUE, r->pos);
    if (is_constructed_string(tag))
        return judge(ctx, CAUTH_DN_15, CAUTH_FIELD_ATTRIBUTE_VALUE, r->pos, flags);
    return cauth_accepted();
}

/* Whether the attribute's values may have the type of this tag. */
/*@ requires \valid_read(type);
    assigns \nothing;
 */
static bool may_have(const name_type *type, uint8_t tag)
{
    return type->string == DIRECTORY ? text_tag(tag) && tag != DER_IA5_STRING : tag == type->string;
}

/* DN-13. What is not in the table may have any type (RFC 5280 §4.1.2.4); LIM-04 says that it is not looked into. */
/*@ requires type == \null || \valid_read(type);
    requires \valid(flags);
    assigns *flags;
 */
static void check_type(const name_type *type, uint8_t tag, cauth_flags *flags)
{
    uint8_t string = is_constructed_string(tag) ? tag % 32u : tag;
    if (type != NULL && !may_have(type, string))
        cauth_flags_set(flags, CAUTH_DN_13);
    if (type == NULL && !text_tag(string))
        cauth_flags_set(flags, CAUTH_LIM_04);
}

/* DN-14 to DN-17 for a value in one of the string types. */
/*@ requires \valid_read(r) && rd_ok(r) && \valid_read(t) && t->length_at <= t->content <= t->content_end <= r->end;
    requires type == \null || \valid_read(type);
    requires \valid(flags) && \separated(r, t, flags);
    assigns *flags;
    ensures \result.offset <= r->end;
 */
static cauth_result check_text(const rd *r, const der_tlv *t, const name_type *type, cauth_flags *flags)
{
    size_t num = 0;
    size_t min = type != NULL ? type->min : 1;
    cauth_result e = check_width(t);
    if (!cauth_is_accepted(e))
        return e;
    e = check_characters(r, t, &num, flags);
    if (cauth_is_accepted(e) && (num < min || (type != NULL && num > type->max)))
        cauth_flags_set(flags, CAUTH_DN_16);
    return e;
}

/* The AttributeValue. Only the inside of primitive strings is looked at. */
/*@ requires \valid_read(r) && rd_ok(r) && \valid_read(t) && t->length_at <= t->content <= t->content_end <= r->end;
    requires readable(type_oid) && \valid(flags) && \separated(r, t, flags);
    assigns *flags;
    ensures \result.offset <= r->end;
 */
static cauth_result check_value(const rd *r, const der_tlv *t, cauth_bytes type_oid, cauth_flags *flags)
{
    const name_type *type = name_type_find(type_oid);
    check_type(type, t->tag, flags);
    return text_tag(t->tag) ? check_text(r, t, type, flags) : cauth_accepted();
}

/* The AttributeTypeAndValue whose content is left in r. */
/*@ requires \valid(r) && rd_ok(r) && rules_ok(lengths) && \valid_read(ctx) && context_ok(ctx);
    requires \valid(type_oid) && \valid(flags) && \separated(r, lengths, ctx, type_oid, flags);
    assigns r->pos, type_oid->ptr, type_oid->len, *flags;
    ensures accepted(\result) ==> readable(type_oid) && rd_inside(type_oid, r) && r->pos == r->end;
    ensures \old(r->pos) <= r->pos <= r->end;
    ensures \result.offset <= r->end;
 */
static cauth_result walk_attribute(rd *r, const der_rules *lengths, const cauth_context *ctx, cauth_bytes *type_oid,
                                   cauth_flags *flags)
{
    const der_want type_want = { DER_OID, CAUTH_FIELD_ATTRIBUTE_TYPE, CAUTH_DN_09, lengths };
    der_tlv type;
    der_tlv value;
    cauth_result e = der_expect(r, &type_want, ctx, &type, flags);
    if (!cauth_is_accepted(e))
        return e;
    e = der_oid(r, &type, CAUTH_DN_10, CAUTH_FIELD_ATTRIBUTE_TYPE);
    if (!cauth_is_accepted(e))
        return e;
    e = check_value_tag(r, ctx, flags);
    if (!cauth_is_accepted(e))
        return e;
    e = der_next(r, CAUTH_FIELD_ATTRIBUTE_VALUE, lengths, ctx, &value, flags);
    if (!cauth_is_accepted(e))
        return e;
    set_bytes(type_oid, der_content(r, &type));
    e = check_value(r, &value, *type_oid, flags);
    if (!cauth_is_accepted(e))
        return e;
    return rd_finish(r, CAUTH_DN_09, CAUTH_FIELD_ATTRIBUTE);
}

/* The next AttributeTypeAndValue at r, and its type. */
/*@ requires \valid(r) && rd_ok(r) && rules_ok(lengths) && \valid_read(ctx) && context_ok(ctx);
    requires \valid(type) && \valid(flags) && \separated(r, lengths, ctx, type, flags);
    assigns r->pos, type->ptr, type->len, *flags;
    ensures accepted(\result) ==> readable(type) && \old(r->pos) < r->pos;
    ensures \old(r->pos) <= r->pos <= r->end;
    ensures \result.offset <= r->end;
 */
static cauth_result next_attribute(rd *r, const der_rules *lengths, const cauth_context *ctx, cauth_bytes *type,
                                   cauth_flags *flags)
{
    const der_want want = { DER_SEQUENCE, CAUTH_FIELD_ATTRIBUTE, CAUTH_DN_05, lengths };
    der_tlv t;
    cauth_result e = der_expect(r, &want, ctx, &t, flags);
    if (!cauth_is_accepted(e))
        return e;
    rd attribute = der_inside(r, &t);
    return walk_attribute(&attribute, lengths, ctx, type, flags);
}

/* Whether the encoding a comes after b in a SET OF (X.690 §11.6). */
/*@ requires readable(a) && readable(b);
    assigns \nothing;
 */
static bool comes_after(cauth_bytes a, cauth_bytes b)
{
    size_t i = 0;
    /*@ loop invariant 0 <= i <= a.len && i <= b.len;
        loop assigns i;
        loop variant a.len - i;
     */
    while (i < a.len && i < b.len && a.ptr[i] == b.ptr[i])
        i += 1;
    if (i < a.len && i < b.len)
        return a.ptr[i] > b.ptr[i];
    return a.len > b.len;
}

/* The RelativeDistinguishedName whose content is left in r, which is not empty. */
/*@ requires \valid(r) && rd_ok(r) && rules_ok(lengths) && \valid_read(ctx) && context_ok(ctx) && \valid(flags);
    requires \separated(r, lengths, ctx, flags);
    assigns r->pos, *flags;
    ensures accepted(\result) ==> r->pos == r->end;
    ensures \old(r->pos) <= r->pos <= r->end;
    ensures \result.offset <= r->end;
 */
static cauth_result walk_rdn(rd *r, const der_rules *lengths, const cauth_context *ctx, cauth_flags *flags)
{
    cauth_bytes previous = { NULL, 0 };
    cauth_bytes type = previous; /* set, for compilers that do not see that success sets it */
    der_oids types;
    types.num = 0;
    /*@ loop invariant \at(r->pos, Pre) <= r->pos <= r->end;
        loop invariant readable(previous);
        loop invariant oids_ok(&types);
        loop assigns r->pos, types, type, previous, *flags;
        loop variant r->end - r->pos;
     */
    while (r->pos < r->end) {
        size_t start = r->pos;
        cauth_result e = next_attribute(r, lengths, ctx, &type, flags);
        if (!cauth_is_accepted(e))
            return e;
        cauth_bytes encoding = rd_span(r, start, r->pos);
        der_compare_oid(&types, type, CAUTH_DN_12, flags);
        if (comes_after(previous, encoding))
            cauth_flags_set(flags, CAUTH_DN_11);
        previous = encoding;
    }
    return cauth_accepted();
}

/* The content of RDNSequence. Inline, since a list has many short names. */
/*@ requires rd_ok(rdns) && rules_ok(lengths) && \valid_read(ctx) && context_ok(ctx) && \valid(flags);
    requires \separated(lengths, ctx, flags);
    assigns *flags;
    ensures \result.offset <= rdns.end;
 */
static inline cauth_result walk_rdns(rd rdns, const der_rules *lengths, const cauth_context *ctx, cauth_flags *flags)
{
    const der_want want = { DER_SET, CAUTH_FIELD_RDN, CAUTH_DN_05, lengths };
    /*@ loop invariant rdns.pos <= rdns.end;
        loop assigns rdns.pos, *flags;
        loop variant rdns.end - rdns.pos;
     */
    while (rdns.pos < rdns.end) {
        der_tlv t;
        cauth_result e = der_expect(&rdns, &want, ctx, &t, flags);
        if (!cauth_is_accepted(e))
            return e;
        if (t.content == t.content_end)
            return cauth_rejected(CAUTH_DN_08, CAUTH_FIELD_RDN, t.length_at);
        rd rdn = der_inside(&rdns, &t);
        e = walk_rdn(&rdn, lengths, ctx, flags);
        if (!cauth_is_accepted(e))
            return e;
    }
    return cauth_accepted();
}

cauth_result name_walk(rd *r, cauth_field field, const der_rules *lengths, const cauth_context *ctx, cauth_name *out,
                       cauth_flags *flags)
{
    const der_want want = { DER_SEQUENCE, field, CAUTH_DN_05, lengths };
    der_tlv t;
    cauth_result e = der_expect(r, &want, ctx, &t, flags);
    if (!cauth_is_accepted(e))
        return e;
    rd rdns = der_inside(r, &t);
    set_bytes(&out->rdns, rd_rest(&rdns));
    return walk_rdns(rdns, lengths, ctx, flags);
}

/* The Name that is all of r. */
/*@ requires \valid(r) && rd_ok(r) && \valid_read(ctx) && context_ok(ctx) && \valid(out) && \valid(flags);
    requires \separated(r, ctx, out, flags);
    assigns r->pos, out->rdns.ptr, out->rdns.len, *flags;
    ensures accepted(\result) ==> readable(&out->rdns) && rd_inside(&out->rdns, r) && name_ends(out, r) &&
        r->pos == r->end;
    ensures \old(r->pos) <= r->pos <= r->end;
    ensures \result.offset <= r->end;
 */
static cauth_result whole_name(rd *r, const cauth_context *ctx, cauth_name *out, cauth_flags *flags)
{
    static const der_rules lengths = { CAUTH_DN_02, CAUTH_DN_06, CAUTH_DN_07 };
    cauth_result e = name_walk(r, CAUTH_FIELD_NAME, &lengths, ctx, out, flags);
    if (!cauth_is_accepted(e))
        return e;
    if (out->rdns.len == 0)
        cauth_flags_set(flags, CAUTH_DN_04);
    return rd_finish(r, CAUTH_DN_02, CAUTH_FIELD_NAME);
}

cauth_result cauth_name_parse(cauth_bytes in, const cauth_context *ctx, cauth_name *out, cauth_flags *flags)
{
    cauth_name v;
    cauth_flags f = cauth_flags_none();
    rd r = rd_init(in);
    if (in.len == 0)
        return cauth_rejected(CAUTH_DN_01, CAUTH_FIELD_NAME, 0);
    cauth_result e = whole_name(&r, ctx, &v, &f);
    if (!cauth_is_accepted(e))
        return e;
    *out = v;
    *flags = f;
    return e;
}

cauth_result cauth_name_list_check(cauth_bytes list, size_t offset, const cauth_context *ctx, cauth_flags *flags)
{
    static const rd_vec item = { 2, 1, 1, 65535, CAUTH_FIELD_DISTINGUISHED_NAME, CAUTH_DN_01 };
    cauth_flags f = cauth_flags_none();
    rd r = rd_init(list);
    /*@ loop invariant r.pos <= r.end;
        loop assigns r.pos, f;
        loop variant r.end - r.pos;
     */
    while (r.pos < r.end) {
        rd name;
        cauth_name v;
        cauth_result e = rd_vector(&r, &item, &name);
        if (cauth_is_accepted(e))
            e = whole_name(&name, ctx, &v, &f);
        if (!cauth_is_accepted(e))
            return cauth_rejected(e.rule, e.field, offset + e.offset);
    }
    cauth_flags_merge(flags, &f);
    return cauth_accepted();
}

bool cauth_rdn_next(cauth_iter *it, cauth_bytes *rdn)
{
    rd inside;
    der_tlv t;
    if (!der_iter_next(it, &inside, &t))
        return false;
    set_bytes(rdn, rd_rest(&inside));
    return true;
}

bool cauth_attribute_next(cauth_iter *it, cauth_attribute *attribute)
{
    size_t start = it->pos;
    rd inside;
    der_tlv t;
    der_tlv type;
    der_tlv value;
    if (!der_iter_next(it, &inside, &t) || !der_read(&inside, &type) || !der_read(&inside, &value)) {
        it->pos = start;
        return false;
    }
    set_bytes(&attribute->type, der_content(&inside, &type));
    attribute->value_tag = value.tag;
    set_bytes(&attribute->value, der_content(&inside, &value));
    return true;
}

/* Rewritten, a list of TLVs may become longer: where an end-of-contents form held so much that its definite length
 * takes more than the three octets that it saves. Five times is far too much, and enough to know that nothing wraps
 * around. */

/*@ requires \valid_read(attribute) && attribute->type.len <= SIZE_MAX / 4 && attribute->value.len <= SIZE_MAX / 4;
    assigns \nothing;
    ensures \result <= attribute->type.len + attribute->value.len + 20;
 */
static size_t attribute_len(const cauth_attribute *attribute)
{
    return der_size(attribute->type.len) + der_size(attribute->value.len);
}

/*@ requires readable(rdn) && rdn.len <= SIZE_MAX / 8;
    assigns \nothing;
    ensures \result <= 5 * rdn.len;
 */
static size_t rdn_len(cauth_bytes rdn)
{
    size_t len = 0;
    cauth_iter it = cauth_iter_init(rdn);
    cauth_attribute attribute;
    /*@ loop invariant it.pos <= rdn.len && len <= 5 * it.pos;
        loop assigns it.pos, attribute, len;
        loop variant rdn.len - it.pos;
     */
    while (cauth_attribute_next(&it, &attribute))
        len += der_size(attribute_len(&attribute));
    return len;
}

/*@ requires \valid_read(v) && readable(&v->rdns) && v->rdns.len <= SIZE_MAX / 8;
    assigns \nothing;
    ensures \result <= 5 * v->rdns.len;
 */
static size_t name_len(const cauth_name *v)
{
    size_t len = 0;
    cauth_iter it = cauth_iter_init(v->rdns);
    cauth_bytes rdn;
    /*@ loop invariant it.pos <= v->rdns.len && len <= 5 * it.pos;
        loop assigns it.pos, rdn, len;
        loop variant v->rdns.len - it.pos;
     */
    while (cauth_rdn_next(&it, &rdn))
        len += der_size(rdn_len(rdn));
    return len;
}

/*@ requires readable(rdn) && rdn.len <= SIZE_MAX / 8 && \valid(w) && writer_ok(w);
    requires \separated(w, w->ptr + (0 .. w->cap - 1));
    assigns w->len, w->failed, w->ptr[w->len .. w->cap - 1];
    ensures writer_ok(w) && \old(w->len) <= w->len && (\old(w->failed) ==> w->failed);
 */
static void write_rdn(cauth_bytes rdn, cauth_writer *w)
{
    cauth_iter it = cauth_iter_init(rdn);
    cauth_attribute attribute;
    der_write_header(w, DER_SET, rdn_len(rdn));
    /*@ loop invariant it.pos <= rdn.len && writer_ok(w) && \at(w->len, Pre) <= w->len;
        loop invariant \at(w->failed, Pre) ==> w->failed;
        loop assigns it.pos, attribute, w->len, w->failed, w->ptr[\at(w->len, Pre) .. w->cap - 1];
        loop variant rdn.len - it.pos;
     */
    while (cauth_attribute_next(&it, &attribute)) {
        der_write_header(w, DER_SEQUENCE, attribute_len(&attribute));
        der_write(w, DER_OID, attribute.type);
        der_write(w, attribute.value_tag, attribute.value);
    }
}

bool cauth_name_write(const cauth_name *v, cauth_writer *w)
{
    cauth_iter it = cauth_iter_init(v->rdns);
    cauth_bytes rdn;
    der_write_header(w, DER_SEQUENCE, name_len(v));
    /*@ loop invariant it.pos <= v->rdns.len && writer_ok(w) && \at(w->len, Pre) <= w->len;
        loop invariant \at(w->failed, Pre) ==> w->failed;
        loop assigns it.pos, rdn, w->len, w->failed, w->ptr[\at(w->len, Pre) .. w->cap - 1];
        loop variant v->rdns.len - it.pos;
     */
    while (cauth_rdn_next(&it, &rdn))
        write_rdn(rdn, w);
    return !w->failed;
}
