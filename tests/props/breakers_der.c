#include "breaker_rows.h"

#include "gen_der.h"

#define NUM(array) (sizeof(array) / sizeof((array)[0]))

/* Literals with NULs inside, of which one is chosen; `at` is the position of the fault. */
typedef struct {
    const char *ptr;
    size_t len;
    size_t at;
} literal;

#define LITERAL(string, at)                                                                                            \
    {                                                                                                                  \
        (string), sizeof(string) - 1, (at)                                                                             \
    }

static piece marked_literal(arena *a, const literal *l)
{
    return piece_marked(piece_of(a, l->ptr, l->len), l->at);
}

#define CHOSEN(c, a, literals) marked_literal((a), &(literals)[choose((c), NUM(literals))])

static void put(piece p, cauth_writer *w, size_t *offset)
{
    cauth_write_bytes(w, p.bytes);
    *offset = p.mark;
}

/* ---- names ---- */

/* CN=… as far as it matters: the OID of commonName, and a value. */
static piece common_name(arena *a)
{
    return PIECE(a, "\x06\x03\x55\x04\x03");
}

static piece text(arena *a)
{
    return PIECE(a, "\x0C\x01\x41");
}

static piece attribute_of(arena *a, piece type, piece value)
{
    return piece_wrap(a, DER_SEQUENCE_TAG, piece_pair(a, type, value));
}

/* Valid RDNs around one that may be anything. */
static piece rdns_around(choices *c, arena *a, piece rdn)
{
    piece list[4];
    size_t num = 0;
    for (size_t before = choose(c, 3); before > 0; before--)
        list[num++] = gen_rdn(c, a);
    list[num++] = rdn;
    if (choose(c, 2) == 1)
        list[num++] = gen_rdn(c, a);
    return piece_join(a, list, num);
}

static piece name_around(choices *c, arena *a, piece rdn)
{
    return piece_wrap(a, DER_SEQUENCE_TAG, rdns_around(c, a, rdn));
}

static piece name_of_attribute(choices *c, arena *a, piece attribute)
{
    return name_around(c, a, piece_wrap(a, DER_SET_TAG, attribute));
}

static piece name_of_type(choices *c, arena *a, piece type)
{
    return name_of_attribute(c, a, attribute_of(a, type, text(a)));
}

static piece name_of_value(choices *c, arena *a, piece value)
{
    return name_of_attribute(c, a, attribute_of(a, common_name(a), value));
}

#define MAKE(name) static void name(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)

MAKE(nothing)
{
    (void)c;
    (void)ctx;
    (void)a;
    (void)w;
    *offset = 0;
}

MAKE(bytes_after_name)
{
    (void)ctx;
    static const literal surplus[] = { LITERAL("\0", 0), LITERAL("\x30\x00", 0), LITERAL("\x05", 0) };
    piece name = gen_name_piece(c, a);
    put(piece_pair(a, name, CHOSEN(c, a, surplus)), w, offset);
}

MAKE(name_longer_than_input)
{
    (void)ctx;
    static const literal headers[] = {
        LITERAL("\x30\x7F", 1),
        LITERAL("\x30\x82\x01\x00", 1),
        LITERAL("\x30\x84\xFF\xFF\xFF\xFF", 1),
    };
    piece header = CHOSEN(c, a, headers);
    piece rdn = piece_wrap(a, DER_SET_TAG, attribute_of(a, common_name(a), text(a)));
    put(piece_pair(a, header, rdn), w, offset);
}

MAKE(value_longer_than_attribute)
{
    (void)ctx;
    static const literal values[] = { LITERAL("\x0C\x02\x41", 1), LITERAL("\x13\x81\x80\x41", 1) };
    put(name_of_value(c, a, CHOSEN(c, a, values)), w, offset);
}

MAKE(value_cut_in_header)
{
    (void)ctx;
    static const literal values[] = { LITERAL("\x0C", 1), LITERAL("\x0C\x82\x01", 3) };
    put(name_of_value(c, a, CHOSEN(c, a, values)), w, offset);
}

MAKE(value_of_end_of_contents)
{
    (void)ctx;
    static const literal values[] = { LITERAL("\x00\x00", 0), LITERAL("\x00\x01\x41", 0), LITERAL("\x20\x00", 0) };
    put(name_of_value(c, a, CHOSEN(c, a, values)), w, offset);
}

MAKE(wrong_name_tag)
{
    (void)ctx;
    static const uint8_t tags[] = { DER_SET_TAG, 0x10, 0x70, 0x00, DER_OID_TAG };
    piece rdn = gen_rdn(c, a);
    if (choose(c, 4) == 3) {
        piece header = PIECE(a, "\x3F\x10\x80"); /* SEQUENCE in the high-tag-number form */
        put(piece_marked(piece_pair(a, header, rdn), 0), w, offset);
    } else {
        put(piece_marked(piece_wrap(a, tags[choose(c, NUM(tags))], rdn), 0), w, offset);
    }
}

MAKE(wrong_rdn_tag)
{
    (void)ctx;
    static const uint8_t tags[] = { DER_SEQUENCE_TAG, 0x11, 0x3F };
    piece attribute = gen_attribute(c, a);
    put(name_around(c, a, piece_marked(piece_wrap(a, tags[choose(c, NUM(tags))], attribute), 0)), w, offset);
}

MAKE(wrong_attribute_tag)
{
    (void)ctx;
    static const uint8_t tags[] = { DER_SET_TAG, 0x10, 0x3F, DER_OID_TAG };
    piece content = piece_pair(a, common_name(a), text(a));
    put(name_of_attribute(c, a, piece_marked(piece_wrap(a, tags[choose(c, NUM(tags))], content), 0)), w, offset);
}

MAKE(high_tag_value)
{
    (void)ctx;
    static const literal values[] = { LITERAL("\x1F\x0C\x01\x41", 0), LITERAL("\x5F\x81\x00\x00", 0),
                                      LITERAL("\xFF\xFF\xFF\xFF\x7F\x00", 0) };
    put(name_of_value(c, a, CHOSEN(c, a, values)), w, offset);
}

/* A Name with one level written in another form; the level is as deep as there is a TLV that can have it. */
static piece name_in_form(choices *c, arena *a, unsigned level, length_form form)
{
    piece type = common_name(a);
    piece value = text(a);
    if (level == 3)
        type = piece_wrap_marked(a, DER_OID_TAG, form, PIECE(a, "\x55\x04\x03"));
    if (level == 4)
        value = piece_wrap_marked(a, DER_UTF8_TAG, form, PIECE(a, "A"));
    piece content = piece_pair(a, type, value);
    piece attribute =
        level == 2 ? piece_wrap_marked(a, DER_SEQUENCE_TAG, form, content) : piece_wrap(a, DER_SEQUENCE_TAG, content);
    piece rdn = level == 1 ? piece_wrap_marked(a, DER_SET_TAG, form, attribute) : piece_wrap(a, DER_SET_TAG, attribute);
    piece rdns = rdns_around(c, a, rdn);
    return level == 0 ? piece_wrap_marked(a, DER_SEQUENCE_TAG, form, rdns) : piece_wrap(a, DER_SEQUENCE_TAG, rdns);
}

MAKE(indefinite_name)
{
    (void)ctx;
    put(name_in_form(c, a, 0, DER_INDEFINITE), w, offset);
}

MAKE(indefinite_rdn)
{
    (void)ctx;
    put(name_in_form(c, a, 1, DER_INDEFINITE), w, offset);
}

MAKE(indefinite_attribute)
{
    (void)ctx;
    put(name_in_form(c, a, 2, DER_INDEFINITE), w, offset);
}

/* Inside, what has to be stepped over: definite and indefinite, nested. */
MAKE(indefinite_value)
{
    (void)ctx;
    static const literal contents[] = {
        LITERAL("", 0),
        LITERAL("\x04\x02\x00\x00", 0),
        LITERAL("\x30\x80\x30\x80\x00\x00\x00\x00\x05\x00", 0),
        LITERAL("\x3F\x81\x10\x80\x00\x00", 0),
    };
    piece value = piece_wrap_marked(a, DER_SEQUENCE_TAG, DER_INDEFINITE, CHOSEN(c, a, contents));
    put(name_of_value(c, a, value), w, offset);
}

static length_form padded(choices *c)
{
    return choose(c, 2) == 0 ? DER_PADDED : DER_PADDED_BY_4;
}

MAKE(padded_name_length)
{
    (void)ctx;
    put(name_in_form(c, a, 0, padded(c)), w, offset);
}

MAKE(padded_rdn_length)
{
    (void)ctx;
    put(name_in_form(c, a, 1, padded(c)), w, offset);
}

MAKE(padded_attribute_length)
{
    (void)ctx;
    put(name_in_form(c, a, 2, padded(c)), w, offset);
}

MAKE(padded_type_length)
{
    (void)ctx;
    put(name_in_form(c, a, 3, padded(c)), w, offset);
}

MAKE(padded_value_length)
{
    (void)ctx;
    put(name_in_form(c, a, 4, padded(c)), w, offset);
}

MAKE(empty_rdn)
{
    (void)ctx;
    put(name_around(c, a, piece_marked(PIECE(a, "\x31\x00"), 1)), w, offset);
}

MAKE(attribute_without_value)
{
    (void)ctx;
    static const literal contents[] = { LITERAL("\x06\x03\x55\x04\x03", 5) };
    put(name_of_attribute(c, a, piece_wrap(a, DER_SEQUENCE_TAG, CHOSEN(c, a, contents))), w, offset);
}

MAKE(attribute_without_type)
{
    (void)ctx;
    static const literal contents[] = { LITERAL("", 0), LITERAL("\x0C\x01\x41", 0),
                                        LITERAL("\x26\x03\x55\x04\x03", 0) };
    put(name_of_attribute(c, a, piece_wrap(a, DER_SEQUENCE_TAG, CHOSEN(c, a, contents))), w, offset);
}

MAKE(attribute_with_more)
{
    (void)ctx;
    static const literal surplus[] = { LITERAL("\x05\x00", 0), LITERAL("\x00", 0), LITERAL("\x0C\x01\x41", 0) };
    piece value = piece_pair(a, text(a), CHOSEN(c, a, surplus));
    put(name_of_value(c, a, value), w, offset);
}

MAKE(malformed_type)
{
    (void)ctx;
    static const literal types[] = {
        LITERAL("\x06\x00", 1),                 /* empty */
        LITERAL("\x06\x02\x80\x01", 2),         /* padded at the start */
        LITERAL("\x06\x04\x55\x80\x04\x03", 3), /* padded later */
        LITERAL("\x06\x02\x55\x84", 4),         /* ends inside a subidentifier */
        LITERAL("\x06\x01\xFF", 3),
    };
    put(name_of_type(c, a, CHOSEN(c, a, types)), w, offset);
}

/* RFC 3629 §4, what no sequence may be. The mark is at the octet that makes it wrong. */
MAKE(malformed_utf8)
{
    (void)ctx;
    static const literal contents[] = {
        LITERAL("A\x80", 1),            /* a continuation by itself */
        LITERAL("\xC0\x80", 0),         /* NUL in two octets */
        LITERAL("\xC1\xBF", 0),         /* overlong */
        LITERAL("\xC3(", 1),            /* no continuation */
        LITERAL("AB\xE0\x9F\xBF", 3),   /* overlong */
        LITERAL("\xED\xA0\x80", 1),     /* a surrogate */
        LITERAL("\xF0\x8F\xBF\xBF", 1), /* overlong */
        LITERAL("\xF4\x90\x80\x80", 1), /* above 10FFFF */
        LITERAL("\xF5\x80\x80\x80", 0), /* likewise */
        LITERAL("\xFF", 0),
        LITERAL("A\xE6\xBC", 3), /* cut short */
        LITERAL("\xF0\x9F\x98"
                "A",
                3),
    };
    piece value = piece_wrap(a, DER_UTF8_TAG, CHOSEN(c, a, contents));
    put(name_of_value(c, a, value), w, offset);
}

MAKE(wide_string_of_odd_length)
{
    (void)ctx;
    static const literal values[] = {
        LITERAL("\x1E\x01\x00", 1),
        LITERAL("\x1E\x03\x00\x41\x00", 1),
        LITERAL("\x1C\x02\x00\x41", 1),
        LITERAL("\x1C\x05\x00\x00\x00\x41\x00", 1),
    };
    put(name_of_value(c, a, CHOSEN(c, a, values)), w, offset);
}

MAKE(wide_string_of_no_character)
{
    (void)ctx;
    static const literal values[] = {
        LITERAL("\x1E\x02\xD8\x00", 2),         /* half a pair of surrogates */
        LITERAL("\x1E\x04\x00\x41\xDC\x00", 4), /* the other half */
        LITERAL("\x1C\x04\x00\x11\x00\x00", 2), /* above 10FFFF */
        LITERAL("\x1C\x08\x00\x00\x00\x41\x00\x00\xDF\xFF", 6),
    };
    put(name_of_value(c, a, CHOSEN(c, a, values)), w, offset);
}

MAKE(constructed_string)
{
    (void)ctx;
    static const literal values[] = {
        LITERAL("\x2C\x03\x0C\x01\x41", 0),
        LITERAL("\x33\x06\x13\x01\x41\x13\x01\x42", 0),
        LITERAL("\x3E\x00", 0),
        LITERAL("\x34\x03\x04\x01\x41", 0),
    };
    put(name_of_value(c, a, CHOSEN(c, a, values)), w, offset);
}

MAKE(empty_name)
{
    (void)c;
    (void)ctx;
    put(PIECE(a, "\x30\x00"), w, offset);
}

/* Two attributes in an RDN, as their encodings say. */
static piece name_of_two(choices *c, arena *a, piece first, piece second)
{
    return name_around(c, a, piece_wrap(a, DER_SET_TAG, piece_pair(a, first, second)));
}

MAKE(unsorted_rdn)
{
    (void)ctx;
    static const literal larger[] = {
        LITERAL("\x30\x08\x06\x03\x55\x04\x0A\x0C\x01\x41", 0),     /* O comes after CN */
        LITERAL("\x30\x09\x06\x03\x55\x04\x04\x0C\x02\x41\x41", 0), /* longer comes later */
    };
    piece first = CHOSEN(c, a, larger);
    put(name_of_two(c, a, first, attribute_of(a, common_name(a), text(a))), w, offset);
}

MAKE(repeated_type)
{
    (void)ctx;
    static const literal second[] = {
        LITERAL("\x30\x08\x06\x03\x55\x04\x03\x0C\x01\x41", 0), /* the same once more */
        LITERAL("\x30\x08\x06\x03\x55\x04\x03\x0C\x01\x42", 0),
        LITERAL("\x30\x09\x06\x03\x55\x04\x03\x13\x02\x41\x41", 0),
    };
    piece first = attribute_of(a, common_name(a), text(a));
    put(name_of_two(c, a, first, CHOSEN(c, a, second)), w, offset);
}

MAKE(value_of_other_type)
{
    (void)ctx;
    static const literal values[] = {
        LITERAL("\x16\x01\x41", 0), /* IA5String, but not for a commonName */
        LITERAL("\x05\x00", 0),     LITERAL("\x02\x01\x01", 0),         LITERAL("\x04\x01\x41", 0),
        LITERAL("\x12\x01\x31", 0), LITERAL("\x30\x03\x02\x01\x01", 0), LITERAL("\x80\x01\x41", 0),
    };
    put(name_of_value(c, a, CHOSEN(c, a, values)), w, offset);
}

/* Strings all, but not the one that the attribute is defined with. */
MAKE(string_of_other_type)
{
    (void)ctx;
    static const struct {
        literal type;
        literal value;
    } cases[] = {
        { LITERAL("\x06\x03\x55\x04\x06", 0), LITERAL("\x0C\x02\x58\x58", 0) }, /* countryName */
        { LITERAL("\x06\x03\x55\x04\x05", 0), LITERAL("\x0C\x01\x31", 0) },     /* serialNumber */
        { LITERAL("\x06\x03\x55\x04\x2E", 0), LITERAL("\x1E\x02\x00\x31", 0) }, /* dnQualifier */
        { LITERAL("\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x09\x01", 0),
          LITERAL("\x0C\x03\x61\x40\x62", 0) }, /* emailAddress */
        { LITERAL("\x06\x0A\x09\x92\x26\x89\x93\xF2\x2C\x64\x01\x19", 0),
          LITERAL("\x13\x01\x78", 0) }, /* domainComponent */
        { LITERAL("\x06\x03\x55\x04\x05", 0), LITERAL("\x16\x01\x31", 0) },
    };
    size_t which = choose(c, NUM(cases));
    piece type = piece_marked(marked_literal(a, &cases[which].type), NO_MARK);
    put(name_of_attribute(c, a, attribute_of(a, type, marked_literal(a, &cases[which].value))), w, offset);
}

/* What a type of someone else's may well have. */
MAKE(value_of_unknown_attribute)
{
    (void)ctx;
    static const literal values[] = {
        LITERAL("\x02\x01\x01", 0), LITERAL("\x05\x00", 0),     LITERAL("\x01\x01\xFF", 0), LITERAL("\x04\x01\x41", 0),
        LITERAL("\x30\x00", 0),     LITERAL("\x12\x01\x31", 0), LITERAL("\x80\x01\x41", 0),
    };
    piece type = PIECE(a, "\x06\x03\x2A\x03\x04");
    put(name_of_attribute(c, a, attribute_of(a, type, CHOSEN(c, a, values))), w, offset);
}

MAKE(foreign_character)
{
    (void)ctx;
    static const literal values[] = {
        LITERAL("\x13\x03"
                "a@b",
                0),
        LITERAL("\x13\x02"
                "a*",
                0),
        LITERAL("\x13\x02\xC3\xA9", 0),
    };
    put(name_of_value(c, a, CHOSEN(c, a, values)), w, offset);
}

MAKE(eight_bit_ia5)
{
    (void)ctx;
    piece email = PIECE(a, "\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x09\x01");
    piece value = PIECE(a, "\x16\x03"
                           "a@\xE9");
    put(name_of_attribute(c, a, attribute_of(a, email, value)), w, offset);
}

MAKE(empty_value)
{
    (void)ctx;
    static const literal values[] = { LITERAL("\x0C\x00", 0), LITERAL("\x13\x00", 0), LITERAL("\x1E\x00", 0) };
    put(name_of_value(c, a, CHOSEN(c, a, values)), w, offset);
}

/* A value of `num` letters in a type. */
static piece value_of_length(arena *a, uint8_t tag, size_t num)
{
    uint8_t letters[300];
    for (size_t i = 0; i < NUM(letters); i++)
        letters[i] = 'x';
    return piece_wrap(a, tag, piece_of(a, letters, num));
}

MAKE(value_out_of_size)
{
    (void)ctx;
    static const struct {
        literal type;
        uint8_t tag;
        size_t num;
    } cases[] = {
        { LITERAL("\x06\x03\x55\x04\x03", 0), DER_PRINTABLE_TAG, 65 },                    /* commonName */
        { LITERAL("\x06\x03\x55\x04\x06", 0), DER_PRINTABLE_TAG, 1 },                     /* countryName */
        { LITERAL("\x06\x03\x55\x04\x06", 0), DER_PRINTABLE_TAG, 3 },                     /* countryName */
        { LITERAL("\x06\x03\x55\x04\x07", 0), DER_PRINTABLE_TAG, 129 },                   /* localityName */
        { LITERAL("\x06\x03\x55\x04\x0A", 0), DER_PRINTABLE_TAG, 65 },                    /* organizationName */
        { LITERAL("\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x09\x01", 0), DER_IA5_TAG, 256 }, /* emailAddress */
    };
    size_t which = choose(c, NUM(cases));
    piece type = piece_marked(marked_literal(a, &cases[which].type), NO_MARK);
    piece value = value_of_length(a, cases[which].tag, cases[which].num);
    put(name_of_attribute(c, a, attribute_of(a, type, value)), w, offset);
}

MAKE(hidden_character)
{
    (void)ctx;
    static const literal values[] = {
        LITERAL("\x0C\x03"
                "a\0b",
                0),
        LITERAL("\x0C\x02"
                "a\n",
                0),
        LITERAL("\x0C\x03\xE2\x80\x8B", 0), /* U+200B, zero width */
        LITERAL("\x0C\x03\xE2\x80\xAE", 0), /* U+202E, right to left */
        LITERAL("\x14\x01\x1B", 0),
        LITERAL("\x14\x01\x85", 0),
        LITERAL("\x1E\x02\x00\x00", 0),
        LITERAL("\x1C\x04\x00\x00\x00\x7F", 0),
    };
    put(name_of_value(c, a, CHOSEN(c, a, values)), w, offset);
}

/* In ascending order of types that differ in their last two octets. */
MAKE(rdn_of_many_types)
{
    (void)ctx;
    piece list[80];
    size_t num = CAUTH_MAX_COMPARED_OIDS + 1 + choose(c, 16);
    for (size_t i = 0; i < num; i++) {
        uint8_t oid[] = { 0x06, 0x05, 0x2B, 0x06, 0x01, (uint8_t)(i / 64), (uint8_t)(i % 64) };
        list[i] = attribute_of(a, piece_of(a, oid, sizeof oid), text(a));
    }
    put(name_around(c, a, piece_wrap(a, DER_SET_TAG, piece_join(a, list, num))), w, offset);
}

/* A fault of a name inside a message: types, algorithms, then the second name of a list. */
MAKE(wrong_rdn_tag_in_list)
{
    (void)ctx;
    piece good = gen_name_piece(c, a);
    piece bad = name_around(c, a, piece_marked(piece_wrap(a, DER_SEQUENCE_TAG, gen_attribute(c, a)), 0));
    cauth_write_bytes(w, PIECE(a, "\x01\x40\x00\x02\x04\x03").bytes);
    size_t list = cauth_write_begin(w, 2);
    cauth_write_vector(w, 2, good.bytes);
    size_t item = cauth_write_begin(w, 2);
    *offset = w->len + bad.mark;
    cauth_write_bytes(w, bad.bytes);
    cauth_write_end(w, 2, item);
    cauth_write_end(w, 2, list);
}

/* ---- certificates ---- */

/* A certificate of version v3 (2), v2 (1) or v1 (0), in parts. */
static certificate_parts parts_of_version(choices *c, const cauth_context *ctx, arena *a, uint8_t version)
{
    cauth_x509 v;
    gen_x509(c, ctx, a, &v);
    certificate_parts parts = certificate_parts_of(a, &v);
    uint8_t octets[] = { 0xA0, 0x03, 0x02, 0x01, version };
    parts.version = version > 0 ? piece_of(a, octets, sizeof octets) : piece_empty();
    if (version < 2)
        parts.extensions = piece_empty();
    if (version < 1)
        parts.issuer_id = parts.subject_id = piece_empty();
    if (parts.subject.bytes.len == 2) /* without a critical subjectAltName it must not be empty */
        parts.subject = gen_name_piece(c, a);
    return parts;
}

/* One with a fault in some part. */
static certificate_parts gen_parts(choices *c, const cauth_context *ctx, arena *a)
{
    return parts_of_version(c, ctx, a, 2);
}

static void put_certificate(arena *a, const certificate_parts *parts, cauth_writer *w, size_t *offset)
{
    put(certificate_whole(a, parts), w, offset);
}

MAKE(bytes_after_certificate)
{
    static const literal surplus[] = { LITERAL("\0", 0), LITERAL("\x30\x00", 0) };
    certificate_parts parts = gen_parts(c, ctx, a);
    put(piece_pair(a, certificate_whole(a, &parts), CHOSEN(c, a, surplus)), w, offset);
}

MAKE(certificate_not_a_sequence)
{
    static const uint8_t tags[] = { DER_SET_TAG, 0x10, 0x3F, 0x2D };
    certificate_parts parts = gen_parts(c, ctx, a);
    put(piece_marked(piece_wrap(a, tags[choose(c, NUM(tags))], certificate_tbs(a, &parts)), 0), w, offset);
}

MAKE(certificate_longer_than_input)
{
    certificate_parts parts = gen_parts(c, ctx, a);
    piece header = piece_marked(PIECE(a, "\x30\x83\x7F\x00\x00"), 1);
    put(piece_pair(a, header, certificate_tbs(a, &parts)), w, offset);
}

/* The whole around three pieces that are not those of a certificate. */
static void put_body(arena *a, piece tbs, piece algorithm, piece value, cauth_writer *w, size_t *offset)
{
    piece list[] = { tbs, algorithm, value };
    put(piece_wrap(a, DER_SEQUENCE_TAG, piece_join(a, list, NUM(list))), w, offset);
}

MAKE(tbs_not_a_sequence)
{
    certificate_parts p = gen_parts(c, ctx, a);
    piece tbs = piece_marked(piece_wrap(a, DER_SET_TAG, p.serial), 0);
    put_body(a, tbs, p.signature_algorithm, p.signature_value, w, offset);
}

MAKE(signature_algorithm_not_a_sequence)
{
    certificate_parts p = gen_parts(c, ctx, a);
    p.signature_algorithm = piece_marked(PIECE(a, "\x06\x03\x2B\x65\x70"), 0);
    put_certificate(a, &p, w, offset);
}

MAKE(signature_value_not_a_bit_string)
{
    static const literal values[] = { LITERAL("\x04\x02\x00\x01", 0), LITERAL("\x23\x04\x03\x02\x00\x01", 0) };
    certificate_parts p = gen_parts(c, ctx, a);
    p.signature_value = CHOSEN(c, a, values);
    put_certificate(a, &p, w, offset);
}

MAKE(signature_value_missing)
{
    certificate_parts p = gen_parts(c, ctx, a);
    p.signature_value = piece_empty();
    p.signature_algorithm = piece_marked(p.signature_algorithm, p.signature_algorithm.bytes.len);
    put_certificate(a, &p, w, offset);
}

MAKE(fourth_part)
{
    certificate_parts p = gen_parts(c, ctx, a);
    p.signature_value = piece_pair(a, p.signature_value, piece_marked(PIECE(a, "\x05\x00"), 0));
    put_certificate(a, &p, w, offset);
}

MAKE(malformed_version)
{
    static const literal versions[] = {
        LITERAL("\xA0\x02\x02\x00", 3),                 /* no content octet */
        LITERAL("\xA0\x00", 2),                         /* no INTEGER */
        LITERAL("\xA0\x03\x0A\x01\x02", 2),             /* ENUMERATED */
        LITERAL("\xA0\x06\x02\x01\x02\x02\x01\x02", 5), /* two of them */
    };
    certificate_parts p = gen_parts(c, ctx, a);
    p.version = CHOSEN(c, a, versions);
    put_certificate(a, &p, w, offset);
}

MAKE(malformed_tbs_signature)
{
    static const literal algorithms[] = {
        LITERAL("\x30\x00", 2),                                     /* no OID */
        LITERAL("\x30\x02\x06\x00", 3),                             /* an empty one */
        LITERAL("\x30\x03\x06\x01\x80", 4),                         /* a padded one */
        LITERAL("\x30\x09\x06\x03\x2B\x65\x70\x05\x00\x05\x00", 9), /* two parameters */
        LITERAL("\x31\x05\x06\x03\x2B\x65\x70", 0),
    };
    certificate_parts p = gen_parts(c, ctx, a);
    p.tbs_signature = CHOSEN(c, a, algorithms);
    put_certificate(a, &p, w, offset);
}

#define A_DATE                                                                                                         \
    "\x17\x0D"                                                                                                         \
    "250101000000Z"

MAKE(second_date_missing)
{
    certificate_parts p = gen_parts(c, ctx, a);
    p.validity = piece_marked(PIECE(a, "\x30\x0F" A_DATE), 17);
    put_certificate(a, &p, w, offset);
}

MAKE(malformed_validity)
{
    static const literal validities[] = {
        LITERAL("\x30\x20" A_DATE A_DATE "\x05\x00", 32),
        LITERAL("\x31\x1E" A_DATE A_DATE, 0),
    };
    certificate_parts p = gen_parts(c, ctx, a);
    p.validity = CHOSEN(c, a, validities);
    put_certificate(a, &p, w, offset);
}

/* Nothing after the serial number. */
MAKE(tbs_ends_early)
{
    certificate_parts p = gen_parts(c, ctx, a);
    piece list[] = { p.version, p.serial };
    piece tbs = piece_wrap(a, DER_SEQUENCE_TAG, piece_join(a, list, NUM(list)));
    put_body(a, piece_marked(tbs, tbs.bytes.len), p.signature_algorithm, p.signature_value, w, offset);
}

/* Takes the header off a short TLV, and puts another one on. */
static piece with_length_form(arena *a, piece tlv, length_form form)
{
    size_t header = tlv.bytes.ptr[1] < 128 ? 2 : 2 + (tlv.bytes.ptr[1] & 127);
    piece content = piece_of(a, tlv.bytes.ptr + header, tlv.bytes.len - header);
    return piece_wrap_marked(a, tlv.bytes.ptr[0], form, content);
}

static length_form ber(choices *c)
{
    static const length_form forms[] = { DER_INDEFINITE, DER_PADDED, DER_PADDED_BY_4 };
    return forms[choose(c, NUM(forms))];
}

MAKE(ber_certificate)
{
    certificate_parts p = gen_parts(c, ctx, a);
    put(with_length_form(a, certificate_whole(a, &p), ber(c)), w, offset);
}

MAKE(ber_tbs)
{
    certificate_parts p = gen_parts(c, ctx, a);
    put_body(a, with_length_form(a, certificate_tbs(a, &p), ber(c)), p.signature_algorithm, p.signature_value, w,
             offset);
}

MAKE(ber_serial)
{
    certificate_parts p = gen_parts(c, ctx, a);
    p.serial = with_length_form(a, p.serial, padded(c));
    put_certificate(a, &p, w, offset);
}

MAKE(ber_tbs_signature)
{
    certificate_parts p = gen_parts(c, ctx, a);
    p.tbs_signature = with_length_form(a, p.tbs_signature, ber(c));
    put_certificate(a, &p, w, offset);
}

MAKE(ber_issuer)
{
    certificate_parts p = gen_parts(c, ctx, a);
    p.issuer = name_in_form(c, a, 0, ber(c));
    put_certificate(a, &p, w, offset);
}

MAKE(ber_subject_rdn)
{
    certificate_parts p = gen_parts(c, ctx, a);
    p.subject = name_in_form(c, a, 1, ber(c));
    put_certificate(a, &p, w, offset);
}

MAKE(ber_spki)
{
    certificate_parts p = gen_parts(c, ctx, a);
    p.spki = with_length_form(a, p.spki, ber(c));
    put_certificate(a, &p, w, offset);
}

MAKE(ber_extensions)
{
    certificate_parts p = gen_parts(c, ctx, a);
    piece list = piece_wrap_marked(a, DER_SEQUENCE_TAG, ber(c), PIECE(a, "\x30\x06\x06\x01\x2A\x04\x01\x41"));
    p.extensions = piece_wrap(a, DER_EXTENSIONS_TAG, list);
    put_certificate(a, &p, w, offset);
}

MAKE(ber_signature_value)
{
    certificate_parts p = gen_parts(c, ctx, a);
    p.signature_value = with_length_form(a, p.signature_value, padded(c));
    put_certificate(a, &p, w, offset);
}

MAKE(version_written_out_or_unknown)
{
    static const literal versions[] = {
        LITERAL("\xA0\x03\x02\x01\x00", 4), /* v1 is the default */
        LITERAL("\xA0\x03\x02\x01\x03", 4),
        LITERAL("\xA0\x03\x02\x01\xFF", 4),
        LITERAL("\xA0\x04\x02\x02\x00\x02", 4),
    };
    certificate_parts p = parts_of_version(c, ctx, a, 0);
    p.version = CHOSEN(c, a, versions);
    put_certificate(a, &p, w, offset);
}

MAKE(extensions_without_v3)
{
    certificate_parts p = parts_of_version(c, ctx, a, (uint8_t)choose(c, 2));
    p.extensions = piece_marked(PIECE(a, "\xA3\x0A\x30\x08\x30\x06\x06\x01\x2A\x04\x01\x41"), 0);
    put_certificate(a, &p, w, offset);
}

MAKE(unique_id_without_v2)
{
    static const literal ids[] = { LITERAL("\x81\x02\x00\x01", 0), LITERAL("\x82\x02\x00\x01", 0) };
    certificate_parts p = parts_of_version(c, ctx, a, 0);
    p.subject_id = CHOSEN(c, a, ids);
    put_certificate(a, &p, w, offset);
}

MAKE(malformed_serial)
{
    static const literal serials[] = {
        LITERAL("\x02\x00", 1),         LITERAL("\x02\x02\x00\x7F", 2),
        LITERAL("\x02\x02\xFF\x80", 2), LITERAL("\x02\x03\x00\x00\x80", 2),
        LITERAL("\x0A\x01\x01", 0),     LITERAL("\x02\x84\x7F\xFF\xFF\xFF\x01", 1),
    };
    certificate_parts p = gen_parts(c, ctx, a);
    p.serial = CHOSEN(c, a, serials);
    put_certificate(a, &p, w, offset);
}

MAKE(odd_serial)
{
    static const literal serials[] = {
        LITERAL("\x02\x01\x00", 0),
        LITERAL("\x02\x01\x80", 0),
        LITERAL("\x02\x02\xFF\x7F", 0),
        LITERAL("\x02\x15\x00\xFF"
                "0123456789012345678",
                0),
    };
    certificate_parts p = gen_parts(c, ctx, a);
    p.serial = CHOSEN(c, a, serials);
    put_certificate(a, &p, w, offset);
}

MAKE(other_signature_algorithm)
{
    certificate_parts p = gen_parts(c, ctx, a);
    p.tbs_signature = PIECE(a, "\x30\x05\x06\x03\x2B\x65\x70");
    static const literal others[] = {
        LITERAL("\x30\x05\x06\x03\x2B\x65\x71", 6),         /* Ed448 */
        LITERAL("\x30\x07\x06\x03\x2B\x65\x70\x05\x00", 1), /* with parameters */
        LITERAL("\x30\x05\x06\x01\x2B\x05\x00", 3),
    };
    p.signature_algorithm = CHOSEN(c, a, others);
    put_certificate(a, &p, w, offset);
}

MAKE(empty_issuer)
{
    certificate_parts p = gen_parts(c, ctx, a);
    p.issuer = PIECE(a, "\x30\x00");
    put_certificate(a, &p, w, offset);
}

/* A subjectAltName helps only if it is critical. */
MAKE(empty_subject)
{
    static const literal extensions[] = {
        LITERAL("\xA3\x0A\x30\x08\x30\x06\x06\x01\x2A\x04\x01\x41", 0),
        LITERAL("\xA3\x0F\x30\x0D\x30\x0B\x06\x03\x55\x1D\x11\x04\x04\x30\x02\x82\x00", 0),
    };
    certificate_parts p = gen_parts(c, ctx, a);
    p.subject = PIECE(a, "\x30\x00");
    p.extensions = CHOSEN(c, a, extensions);
    put_certificate(a, &p, w, offset);
}

MAKE(odd_date)
{
    static const literal dates[] = {
        LITERAL("\x17\x0B"
                "2501010000Z",
                0), /* no seconds */
        LITERAL("\x17\x11"
                "250101000000+0100",
                0), /* an offset */
        LITERAL("\x17\x0D"
                "251301000000Z",
                0), /* month 13 */
        LITERAL("\x17\x0D"
                "25010100000 Z",
                0),
        LITERAL("\x17\x00", 0),
        LITERAL("\x18\x0F"
                "20491231235959Z",
                0), /* GeneralizedTime before 2050 */
        LITERAL("\x18\x11"
                "20500101000000.5Z",
                0), /* a fraction */
        LITERAL("\x18\x0F"
                "2050010100000:Z",
                0),
        LITERAL("\x18\x0D"
                "500101000000Z",
                0),
        LITERAL("\x05\x00", 0),
    };
    certificate_parts p = gen_parts(c, ctx, a);
    piece good = PIECE(a, A_DATE);
    piece bad = CHOSEN(c, a, dates);
    piece both = choose(c, 2) == 0 ? piece_pair(a, good, bad) : piece_pair(a, bad, good);
    p.validity = piece_wrap(a, DER_SEQUENCE_TAG, both);
    put_certificate(a, &p, w, offset);
}

static piece spki_of(arena *a, piece algorithm, piece key)
{
    return piece_wrap(a, DER_SEQUENCE_TAG, piece_pair(a, algorithm, key));
}

MAKE(spki_not_a_sequence)
{
    certificate_parts p = gen_parts(c, ctx, a);
    p.spki = piece_marked(piece_wrap(a, DER_BIT_STRING_TAG, p.spki), 0);
    put_certificate(a, &p, w, offset);
}

/* The fault is in what a certificate and a raw public key share. */
static piece malformed_key(choices *c, arena *a)
{
    static const literal keys[] = {
        LITERAL("", 0),
        LITERAL("\x03\x00", 1),
        LITERAL("\x03\x01\x08", 2),
        LITERAL("\x03\x01\x07", 2), /* unused bits, and no octet they could be in */
        LITERAL("\x04\x02\x00\x01", 0),
        LITERAL("\x03\x03\x00\x01", 1),
    };
    return spki_of(a, PIECE(a, "\x30\x05\x06\x03\x2B\x65\x70"), CHOSEN(c, a, keys));
}

MAKE(spki_with_malformed_key)
{
    certificate_parts p = gen_parts(c, ctx, a);
    p.spki = malformed_key(c, a);
    put_certificate(a, &p, w, offset);
}

MAKE(spki_with_malformed_algorithm)
{
    static const literal algorithms[] = {
        LITERAL("\x30\x00", 2),
        LITERAL("\x05\x00", 0),
        LITERAL("\x30\x03\x06\x01\x80", 4),
        LITERAL("\x30\x07\x06\x01\x2A\x05\x00\x05\x00", 7),
        LITERAL("\x30\x06\x06\x01\x2A\x05\x01\x00", 6),     /* NULL with content */
        LITERAL("\x30\x06\x06\x01\x2A\x06\x01\x80", 7),     /* a padded OID as parameters */
        LITERAL("\x30\x05\x06\x01\x2A\x00\x00", 5),         /* end-of-contents octets as parameters */
        LITERAL("\x30\x05\x06\x01\x2A\x20\x00", 5),         /* constructed ones */
        LITERAL("\x30\x06\x06\x01\x2A\x1F\x05\x00", 5),     /* NULL in the high form of tag */
        LITERAL("\x30\x07\x06\x01\x2A\x9F\x80\x1F\x00", 5), /* a tag number with a leading zero */
    };
    certificate_parts p = gen_parts(c, ctx, a);
    p.spki = spki_of(a, CHOSEN(c, a, algorithms), PIECE(a, "\x03\x02\x00\x01"));
    put_certificate(a, &p, w, offset);
}

MAKE(parameters_of_another_type)
{
    static const literal algorithms[] = {
        LITERAL("\x30\x06\x06\x01\x2A\x01\x01\xFF", 0),         /* BOOLEAN */
        LITERAL("\x30\x05\x06\x01\x2A\x02\x00", 0),             /* INTEGER, without content */
        LITERAL("\x30\x08\x06\x01\x2A\x2C\x03\x0C\x01\x61", 0), /* a constructed string */
        LITERAL("\x30\x06\x06\x01\x2A\x9F\x1F\x00", 0),         /* a tag number from 31 on */
    };
    certificate_parts p = gen_parts(c, ctx, a);
    p.spki = spki_of(a, CHOSEN(c, a, algorithms), PIECE(a, "\x03\x02\x00\x01"));
    put_certificate(a, &p, w, offset);
}

MAKE(spki_with_more)
{
    certificate_parts p = gen_parts(c, ctx, a);
    piece key = piece_pair(a, PIECE(a, "\x03\x02\x00\x01"), piece_marked(PIECE(a, "\x05\x00"), 0));
    p.spki = spki_of(a, PIECE(a, "\x30\x03\x06\x01\x2A"), key);
    put_certificate(a, &p, w, offset);
}

MAKE(raw_key_malformed)
{
    (void)ctx;
    piece spki = malformed_key(c, a);
    cauth_write_vector(w, 3, spki.bytes);
    *offset = 3 + spki.mark;
}

MAKE(unique_ids_out_of_order)
{
    certificate_parts p = gen_parts(c, ctx, a);
    piece first = PIECE(a, "\x82\x02\x00\x01");
    p.issuer_id = piece_empty();
    p.subject_id = piece_pair(a, first, piece_marked(PIECE(a, "\x81\x02\x00\x01"), 0));
    put_certificate(a, &p, w, offset);
}

MAKE(malformed_unique_id)
{
    static const literal ids[] = { LITERAL("\x81\x00", 1), LITERAL("\x82\x02\x08\x01", 2), LITERAL("\x81\x01\x01", 2) };
    certificate_parts p = gen_parts(c, ctx, a);
    p.issuer_id = CHOSEN(c, a, ids);
    p.subject_id = piece_empty();
    put_certificate(a, &p, w, offset);
}

#define AN_EXTENSION "\x30\x06\x06\x01\x2A\x04\x01\x41"

/* Behind the extensions nothing may follow, not even more of them. */
MAKE(tbs_with_more)
{
    static const literal surplus[] = {
        LITERAL("\xA3\x0A\x30\x08" AN_EXTENSION, 0),
        LITERAL("\x81\x02\x00\x01", 0),
        LITERAL("\xA4\x00", 0),
        LITERAL("\x00\x00", 0),
    };
    certificate_parts p = gen_parts(c, ctx, a);
    p.extensions = piece_pair(a, PIECE(a, "\xA3\x0A\x30\x08" AN_EXTENSION), CHOSEN(c, a, surplus));
    put_certificate(a, &p, w, offset);
}

MAKE(malformed_extensions)
{
    static const literal extensions[] = {
        LITERAL("\xA3\x00", 2),
        LITERAL("\xA3\x0A\x31\x08" AN_EXTENSION, 2),
        LITERAL("\xA3\x0C\x30\x08" AN_EXTENSION "\x05\x00", 12),
    };
    certificate_parts p = gen_parts(c, ctx, a);
    p.extensions = CHOSEN(c, a, extensions);
    put_certificate(a, &p, w, offset);
}

static void put_extension(choices *c, const cauth_context *ctx, arena *a, piece extension, cauth_writer *w,
                          size_t *offset)
{
    certificate_parts p = gen_parts(c, ctx, a);
    piece list = piece_pair(a, PIECE(a, AN_EXTENSION), extension);
    p.extensions = piece_wrap(a, DER_EXTENSIONS_TAG, piece_wrap(a, DER_SEQUENCE_TAG, list));
    put_certificate(a, &p, w, offset);
}

MAKE(malformed_extension)
{
    static const literal extensions[] = { LITERAL("\x31\x06\x06\x01\x2B\x04\x01\x41", 0),
                                          LITERAL("\x30\x08\x06\x01\x2B\x04\x01\x41\x05\x00", 8) };
    put_extension(c, ctx, a, CHOSEN(c, a, extensions), w, offset);
}

MAKE(malformed_extension_oid)
{
    static const literal extensions[] = { LITERAL("\x30\x00", 2), LITERAL("\x30\x05\x06\x00\x04\x01\x41", 3),
                                          LITERAL("\x30\x07\x06\x02\x2B\x80\x04\x01\x41", 5) };
    put_extension(c, ctx, a, CHOSEN(c, a, extensions), w, offset);
}

MAKE(malformed_critical)
{
    static const literal extensions[] = { LITERAL("\x30\x08\x06\x01\x2B\x01\x00\x04\x01\x41", 6),
                                          LITERAL("\x30\x0A\x06\x01\x2B\x01\x02\xFF\xFF\x04\x01\x41", 6) };
    put_extension(c, ctx, a, CHOSEN(c, a, extensions), w, offset);
}

MAKE(malformed_extension_value)
{
    static const literal extensions[] = { LITERAL("\x30\x03\x06\x01\x2B", 5),
                                          LITERAL("\x30\x05\x06\x01\x2B\x05\x00", 5),
                                          LITERAL("\x30\x06\x06\x01\x2B\x04\x02\x41", 6) };
    put_extension(c, ctx, a, CHOSEN(c, a, extensions), w, offset);
}

MAKE(no_extension_in_list)
{
    certificate_parts p = gen_parts(c, ctx, a);
    p.extensions = PIECE(a, "\xA3\x02\x30\x00");
    put_certificate(a, &p, w, offset);
}

MAKE(repeated_extension)
{
    put_extension(c, ctx, a, PIECE(a, AN_EXTENSION), w, offset);
}

MAKE(odd_critical)
{
    static const literal extensions[] = { LITERAL("\x30\x09\x06\x01\x2B\x01\x01\x00\x04\x01\x41", 0),
                                          LITERAL("\x30\x09\x06\x01\x2B\x01\x01\x01\x04\x01\x41", 0) };
    put_extension(c, ctx, a, CHOSEN(c, a, extensions), w, offset);
}

MAKE(many_extensions)
{
    piece list[80];
    size_t num = CAUTH_MAX_COMPARED_OIDS + 1 + choose(c, 16);
    for (size_t i = 0; i < num; i++) {
        uint8_t extension[] = { 0x30, 0x07, 0x06, 0x02, (uint8_t)(i / 64), (uint8_t)(i % 64), 0x04, 0x01, 0x41 };
        list[i] = piece_of(a, extension, sizeof extension);
    }
    certificate_parts p = gen_parts(c, ctx, a);
    p.extensions = piece_wrap(a, DER_EXTENSIONS_TAG, piece_wrap(a, DER_SEQUENCE_TAG, piece_join(a, list, num)));
    put_certificate(a, &p, w, offset);
}

MAKE(empty_signature_value)
{
    static const literal values[] = {
        LITERAL("\x03\x00", 1), LITERAL("\x03\x02\x08\x80", 2), /* more unused bits than an octet has */
        LITERAL("\x03\x01\x01", 2),                             /* unused bits, and no octet they could be in */
    };
    certificate_parts p = gen_parts(c, ctx, a);
    p.signature_value = CHOSEN(c, a, values);
    put_certificate(a, &p, w, offset);
}

MAKE(unused_bits_in_signature)
{
    static const literal values[] = { LITERAL("\x03\x02\x01\x80", 0), LITERAL("\x03\x02\x07\x80", 0) };
    certificate_parts p = gen_parts(c, ctx, a);
    p.signature_value = CHOSEN(c, a, values);
    put_certificate(a, &p, w, offset);
}

/* The rules of names hold inside certificates too. */
MAKE(issuer_with_empty_rdn)
{
    certificate_parts p = gen_parts(c, ctx, a);
    p.issuer = name_around(c, a, piece_marked(PIECE(a, "\x31\x00"), 1));
    put_certificate(a, &p, w, offset);
}

MAKE(subject_not_a_sequence)
{
    certificate_parts p = gen_parts(c, ctx, a);
    p.subject = piece_marked(piece_wrap(a, DER_SET_TAG, gen_rdn(c, a)), 0);
    put_certificate(a, &p, w, offset);
}

/* ---- chains: the fault is in the second certificate ---- */

/* Subject and issuer of both are one name, so that each certifies the one before. */
static certificate_parts self_issued(choices *c, const cauth_context *ctx, arena *a, piece name)
{
    certificate_parts p = gen_parts(c, ctx, a);
    p.issuer = name;
    p.subject = name;
    return p;
}

static void write_chain(choices *c, const cauth_context *ctx, arena *a, bool entries, cauth_writer *w, size_t *offset)
{
    piece name = gen_name_piece(c, a);
    certificate_parts first = self_issued(c, ctx, a, name);
    certificate_parts second = self_issued(c, ctx, a, name);
    second.spki = spki_of(a, PIECE(a, "\x30\x03\x06\x01\x2A"), piece_marked(PIECE(a, "\x03\x00"), 1));
    piece good = certificate_whole(a, &first);
    piece bad = certificate_whole(a, &second);
    size_t list = cauth_write_begin(w, 3);
    cauth_write_vector(w, 3, good.bytes);
    if (entries)
        cauth_write_u16(w, 0);
    size_t item = cauth_write_begin(w, 3);
    *offset = w->len + bad.mark;
    cauth_write_bytes(w, bad.bytes);
    cauth_write_end(w, 3, item);
    if (entries)
        cauth_write_u16(w, 0);
    cauth_write_end(w, 3, list);
}

MAKE(chain_with_malformed_key)
{
    write_chain(c, ctx, a, false, w, offset);
}

MAKE(entries_with_malformed_key)
{
    cauth_write_u8(w, 0); /* certificate_request_context */
    write_chain(c, ctx, a, true, w, offset);
}

/* ---- the table ---- */

const breaker breakers_der[] = {
    REJECTED(DN_01, "name_tls12", NAME, nothing),
    REJECTED(DN_02, "name_tls12", NAME, bytes_after_name),
    REJECTED(DN_02, "name_tls12", NAME, name_longer_than_input),
    REJECTED(DN_02, "name_tls12", ATTRIBUTE_VALUE, value_longer_than_attribute),
    REJECTED(DN_02, "name_tls12", ATTRIBUTE_VALUE, value_cut_in_header),
    REJECTED(DN_02, "name_tls12", ATTRIBUTE_VALUE, value_of_end_of_contents),
    REJECTED(DN_05, "name_tls12", NAME, wrong_name_tag),
    REJECTED(DN_05, "name_tls12", RDN, wrong_rdn_tag),
    REJECTED(DN_05, "name_tls12", ATTRIBUTE, wrong_attribute_tag),
    REJECTED(DN_05, "name_tls12", ATTRIBUTE_VALUE, high_tag_value),
    REJECTED(DN_06, "name_tls12", NAME, indefinite_name),
    REJECTED(DN_06, "name_tls12", RDN, indefinite_rdn),
    REJECTED(DN_06, "name_tls12", ATTRIBUTE, indefinite_attribute),
    REJECTED(DN_06, "name_tls12", ATTRIBUTE_VALUE, indefinite_value),
    REJECTED(DN_07, "name_tls12", NAME, padded_name_length),
    REJECTED(DN_07, "name_tls12", RDN, padded_rdn_length),
    REJECTED(DN_07, "name_tls12", ATTRIBUTE, padded_attribute_length),
    REJECTED(DN_07, "name_tls12", ATTRIBUTE_TYPE, padded_type_length),
    REJECTED(DN_07, "name_tls12", ATTRIBUTE_VALUE, padded_value_length),
    REJECTED(DN_08, "name_tls12", RDN, empty_rdn),
    REJECTED(DN_09, "name_tls12", ATTRIBUTE_VALUE, attribute_without_value),
    REJECTED(DN_09, "name_tls12", ATTRIBUTE_TYPE, attribute_without_type),
    REJECTED(DN_09, "name_tls12", ATTRIBUTE, attribute_with_more),
    REJECTED(DN_10, "name_tls12", ATTRIBUTE_TYPE, malformed_type),
    REJECTED(DN_14, "name_tls12", ATTRIBUTE_VALUE, malformed_utf8),
    REJECTED(DN_14, "name_tls12", ATTRIBUTE_VALUE, wide_string_of_odd_length),
    REJECTED(DN_14, "name_tls12", ATTRIBUTE_VALUE, wide_string_of_no_character),
    REJECTED(DN_15, "name_tls12", ATTRIBUTE_VALUE, constructed_string),
    FLAGGED(DN_04, "name_tls12", empty_name),
    FLAGGED(DN_11, "name_tls12", unsorted_rdn),
    FLAGGED(DN_12, "name_tls12", repeated_type),
    FLAGGED(DN_13, "name_tls12", value_of_other_type),
    FLAGGED(DN_13, "name_tls12", string_of_other_type),
    FLAGGED(DN_14, "name_tls12", foreign_character),
    FLAGGED(DN_14, "name_tls12", eight_bit_ia5),
    FLAGGED(DN_16, "name_tls12", empty_value),
    FLAGGED(DN_16, "name_tls12", value_out_of_size),
    FLAGGED(DN_17, "name_tls12", hidden_character),
    FLAGGED(LIM_02, "name_tls12", rdn_of_many_types),
    FLAGGED(LIM_04, "name_tls12", value_of_unknown_attribute),

    /* before TLS 1.1 nothing asks for DER */
    REJECTED(DN_01, "name_tls10", NAME, nothing),
    REJECTED(DN_02, "name_tls10", NAME, bytes_after_name),
    REJECTED(DN_02, "name_tls10", NAME, name_longer_than_input),
    REJECTED(DN_02, "name_tls10", ATTRIBUTE_VALUE, value_longer_than_attribute),
    REJECTED(DN_05, "name_tls10", NAME, wrong_name_tag),
    REJECTED(DN_05, "name_tls10", RDN, wrong_rdn_tag),
    REJECTED(DN_08, "name_tls10", RDN, empty_rdn),
    REJECTED(DN_09, "name_tls10", ATTRIBUTE, attribute_with_more),
    REJECTED(DN_10, "name_tls10", ATTRIBUTE_TYPE, malformed_type),
    REJECTED(DN_14, "name_tls10", ATTRIBUTE_VALUE, malformed_utf8),
    FLAGGED(DN_06, "name_tls10", indefinite_name),
    FLAGGED(DN_06, "name_tls10", indefinite_rdn),
    FLAGGED(DN_06, "name_tls10", indefinite_attribute),
    FLAGGED_ALSO(DN_06, DN_13, "name_tls10", indefinite_value),
    FLAGGED(DN_07, "name_tls10", padded_name_length),
    FLAGGED(DN_07, "name_tls10", padded_rdn_length),
    FLAGGED(DN_07, "name_tls10", padded_attribute_length),
    FLAGGED(DN_07, "name_tls10", padded_type_length),
    FLAGGED(DN_07, "name_tls10", padded_value_length),
    FLAGGED(DN_15, "name_tls10", constructed_string),
    FLAGGED(DN_11, "name_tls10", unsorted_rdn),

    REJECTED(DN_05, "certreq_tls12", RDN, wrong_rdn_tag_in_list),

    REJECTED(X5_01, "x509", X509_CERTIFICATE, bytes_after_certificate),
    REJECTED(X5_01, "x509", X509_CERTIFICATE, certificate_not_a_sequence),
    REJECTED(X5_01, "x509", X509_CERTIFICATE, certificate_longer_than_input),
    REJECTED(X5_01, "x509", X509_CERTIFICATE, nothing),
    REJECTED(X5_02, "x509", X509_TBS, tbs_not_a_sequence),
    REJECTED(X5_02, "x509", X509_SIGNATURE_ALGORITHM, signature_algorithm_not_a_sequence),
    REJECTED(X5_02, "x509", X509_SIGNATURE_VALUE, signature_value_not_a_bit_string),
    REJECTED(X5_02, "x509", X509_SIGNATURE_VALUE, signature_value_missing),
    REJECTED(X5_02, "x509", X509_CERTIFICATE, fourth_part),
    REJECTED(X5_02, "x509", X509_VERSION, malformed_version),
    REJECTED(X5_02, "x509", X509_TBS_SIGNATURE, malformed_tbs_signature),
    REJECTED(X5_02, "x509", X509_TBS_SIGNATURE, tbs_ends_early),
    REJECTED(X5_02, "x509", X509_VALIDITY, malformed_validity),
    REJECTED(X5_02, "x509", X509_NOT_AFTER, second_date_missing),
    REJECTED(X5_03, "x509", X509_CERTIFICATE, ber_certificate),
    REJECTED(X5_03, "x509", X509_TBS, ber_tbs),
    REJECTED(X5_03, "x509", X509_SERIAL, ber_serial),
    REJECTED(X5_03, "x509", X509_TBS_SIGNATURE, ber_tbs_signature),
    REJECTED(X5_03, "x509", X509_ISSUER, ber_issuer),
    REJECTED(X5_03, "x509", RDN, ber_subject_rdn),
    REJECTED(X5_03, "x509", X509_SPKI, ber_spki),
    REJECTED(X5_03, "x509", X509_EXTENSIONS, ber_extensions),
    REJECTED(X5_03, "x509", X509_SIGNATURE_VALUE, ber_signature_value),
    REJECTED(X5_04, "x509", X509_VERSION, version_written_out_or_unknown),
    REJECTED(X5_04, "x509", X509_EXTENSIONS, extensions_without_v3),
    REJECTED(X5_04, "x509", X509_UNIQUE_ID, unique_id_without_v2),
    REJECTED(X5_05, "x509", X509_SERIAL, malformed_serial),
    FLAGGED(X5_05, "x509", odd_serial),
    REJECTED(X5_06, "x509", X509_SIGNATURE_ALGORITHM, other_signature_algorithm),
    FLAGGED(X5_07, "x509", empty_issuer),
    FLAGGED(X5_07, "x509", empty_subject),
    FLAGGED(X5_08, "x509", odd_date),
    REJECTED(X5_09, "x509", X509_SPKI, spki_not_a_sequence),
    REJECTED(X5_09, "x509", X509_PUBLIC_KEY, spki_with_malformed_key),
    REJECTED(X5_09, "x509", X509_SPKI_ALGORITHM, spki_with_malformed_algorithm),
    REJECTED(X5_09, "x509", X509_SPKI, spki_with_more),
    REJECTED(X5_09, "rawkey_tls12", X509_PUBLIC_KEY, raw_key_malformed),
    REJECTED(X5_10, "x509", X509_TBS, unique_ids_out_of_order),
    REJECTED(X5_10, "x509", X509_UNIQUE_ID, malformed_unique_id),
    REJECTED(X5_10, "x509", X509_TBS, tbs_with_more),
    REJECTED(X5_10, "x509", X509_EXTENSIONS, malformed_extensions),
    REJECTED(X5_10, "x509", X509_EXTENSION, malformed_extension),
    REJECTED(X5_10, "x509", X509_EXTENSION_OID, malformed_extension_oid),
    REJECTED(X5_10, "x509", X509_EXTENSION_CRITICAL, malformed_critical),
    REJECTED(X5_10, "x509", X509_EXTENSION_VALUE, malformed_extension_value),
    FLAGGED(X5_10, "x509", no_extension_in_list),
    FLAGGED(X5_11, "x509", repeated_extension),
    FLAGGED(X5_12, "x509", odd_critical),
    REJECTED(X5_13, "x509", X509_SIGNATURE_VALUE, empty_signature_value),
    FLAGGED(X5_13, "x509", unused_bits_in_signature),
    FLAGGED(LIM_02, "x509", many_extensions),
    FLAGGED(LIM_03, "x509", parameters_of_another_type),
    REJECTED(DN_08, "x509", RDN, issuer_with_empty_rdn),
    REJECTED(DN_05, "x509", X509_SUBJECT, subject_not_a_sequence),

    REJECTED(X5_09, "cert_tls12_client", X509_PUBLIC_KEY, chain_with_malformed_key),
    REJECTED(X5_09, "cert_tls13_client", X509_PUBLIC_KEY, entries_with_malformed_key),
};

const size_t num_breakers_der = NUM(breakers_der);
