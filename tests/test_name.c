#include "expect.h"

#include <stdlib.h>
#include <string.h>

#include "cauth/name.h"
#include "cut_check.h"
#include "der_room.h"
#include "exact.h"
#include "random.h"

static cauth_name view;
static cauth_flags flags;

static cauth_result parse_as(const void *p, size_t len, cauth_version version, cauth_profile profile)
{
    cauth_context ctx = cauth_context_default(version, CAUTH_FROM_SERVER);
    ctx.profile = profile;
    cauth_bytes copy = exact_copy(p, len);
    cauth_result e = cauth_name_parse(copy, &ctx, &view, &flags);
    exact_free(copy);
    return e;
}

#define PARSE(string) parse_as((string), sizeof(string) - 1, CAUTH_TLS12, CAUTH_STRICT)

/* ---- building ---- */

static piece filled(arena *a, uint8_t octet, size_t len)
{
    uint8_t *octets = arena_take(a, len);
    piece p = { { octets, len }, NO_MARK };
    assert_non_null(octets);
    memset(octets, octet, len);
    return p;
}

static piece name_of(arena *a, piece type, piece value)
{
    return piece_wrap(a, DER_SEQUENCE_TAG, piece_wrap(a, DER_SET_TAG, attribute(a, type, value)));
}

static piece common_name(arena *a, uint8_t tag, piece text)
{
    return name_of(a, PIECE(a, "\x55\x04\x03"), piece_wrap(a, tag, text));
}

static cauth_result parse_piece(piece p, cauth_version version, cauth_profile profile)
{
    return parse_as(p.bytes.ptr, p.bytes.len, version, profile);
}

static void expect_accepted_flag(piece p, cauth_rule flag)
{
    EXPECT_ACCEPTED(parse_piece(p, CAUTH_TLS12, CAUTH_STRICT));
    EXPECT_FLAG(&flags, flag);
}

/* ---- attributes ---- */

static void attributes_in_order(void **state)
{
    (void)state;
    static const uint8_t bytes[] = { 0x30, 0x24, 0x31, 0x0B, 0x30, 0x09, 0x06, 0x03, 0x55, 0x04, 0x06, 0x13, 0x02,
                                     'D',  'E',  0x31, 0x15, 0x30, 0x08, 0x06, 0x03, 0x55, 0x04, 0x03, 0x0C, 0x01,
                                     'A',  0x30, 0x09, 0x06, 0x03, 0x55, 0x04, 0x0A, 0x0C, 0x02, 'B',  'C' };
    cauth_context ctx = cauth_context_default(CAUTH_TLS13, CAUTH_FROM_SERVER);
    cauth_bytes in = { bytes, sizeof bytes };
    EXPECT_ACCEPTED(cauth_name_parse(in, &ctx, &view, &flags));
    EXPECT_FLAG(&flags, CAUTH_RULE_NONE);
    cauth_iter rdns = cauth_iter_init(view.rdns);
    cauth_bytes rdn;
    cauth_attribute x;
    assert_true(cauth_rdn_next(&rdns, &rdn));
    cauth_iter it = cauth_iter_init(rdn);
    assert_true(cauth_attribute_next(&it, &x));
    assert_ptr_equal(x.type.ptr, bytes + 8);
    assert_int_equal(x.type.len, 3);
    assert_int_equal(x.value_tag, 0x13);
    assert_ptr_equal(x.value.ptr, bytes + 13);
    assert_int_equal(x.value.len, 2);
    assert_false(cauth_attribute_next(&it, &x));
    assert_true(cauth_rdn_next(&rdns, &rdn));
    it = cauth_iter_init(rdn);
    assert_true(cauth_attribute_next(&it, &x));
    assert_ptr_equal(x.value.ptr, bytes + 26);
    assert_true(cauth_attribute_next(&it, &x));
    assert_ptr_equal(x.value.ptr, bytes + 36);
    assert_int_equal(x.value.len, 2);
    assert_false(cauth_attribute_next(&it, &x));
    assert_ptr_equal(x.value.ptr, bytes + 36); /* untouched at the end */
    assert_false(cauth_rdn_next(&rdns, &rdn));
}

static bool next_attribute(cauth_iter *it)
{
    cauth_attribute x;
    return cauth_attribute_next(it, &x);
}

static void iterator_over_cut_attributes(void **state)
{
    (void)state;
    check_cut_elements(next_attribute);
}

/* On what no parser accepted, iterators stay inside and end. */
static void iterators_over_anything(void **state)
{
    (void)state;
    random_source r = random_init(7);
    for (int round = 0; round < 5000; round++) {
        uint8_t bytes[40];
        size_t len = random_below(&r, sizeof bytes + 1);
        random_bytes(&r, bytes, len);
        for (size_t i = 0; i < len; i++)
            if (random_below(&r, 2) == 0)
                bytes[i] = (uint8_t)("\x30\x31\x06\x80\x00\x01\x02\x81"[random_below(&r, 8)]);
        cauth_name name = { exact_copy(bytes, len) };
        cauth_iter it = cauth_iter_init(name.rdns);
        cauth_bytes rdn;
        size_t num = 0;
        while (cauth_rdn_next(&it, &rdn)) {
            cauth_iter inner = cauth_iter_init(rdn);
            cauth_attribute x;
            while (cauth_attribute_next(&inner, &x))
                num++;
        }
        assert_true(num <= len);
        uint8_t text[1024];
        cauth_writer w = cauth_writer_init(text, sizeof text);
        assert_true(cauth_name_print(&name, &w));
        w = cauth_writer_init(text, sizeof text);
        assert_true(cauth_name_write(&name, &w));
        exact_free(name.rdns);
    }
}

/* ---- prefixes ---- */

/* A name that is refused late, with flags on the way, leaves what was there before. */
static void refused_names_change_nothing(void **state)
{
    (void)state;
    EXPECT_ACCEPTED(PARSE("\x30\x00"));
    cauth_name view_before = view;
    cauth_flags flags_before = flags;
    /* An empty CN is flagged (DN-16); the octet behind it does not belong there. */
    EXPECT_REJECTED(PARSE("\x30\x0C\x31\x0A\x30\x08\x06\x03\x55\x04\x03\x0C\x00\x05"), DN_09, ATTRIBUTE, 13);
    assert_ptr_equal(view.rdns.ptr, view_before.rdns.ptr);
    assert_int_equal(view.rdns.len, view_before.rdns.len);
    assert_memory_equal(&flags, &flags_before, sizeof flags);
}

static void prefixes_are_refused(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 40; seed++) {
        uint8_t decisions[64];
        random_source r = random_init(seed);
        random_bytes(&r, decisions, sizeof decisions);
        cauth_bytes bytes = { decisions, sizeof decisions };
        choices c = choices_init(bytes);
        piece name = gen_name_piece(&c, fresh());
        EXPECT_ACCEPTED(parse_piece(name, CAUTH_TLS12, CAUTH_STRICT));
        EXPECT_FLAG(&flags, CAUTH_RULE_NONE);
        EXPECT_REJECTED(parse_as("", 0, CAUTH_TLS12, CAUTH_STRICT), DN_01, NAME, 0);
        EXPECT_REJECTED(parse_as(name.bytes.ptr, 1, CAUTH_TLS12, CAUTH_STRICT), DN_02, NAME, 1);
        size_t header = name.bytes.ptr[1] < 128 ? 2 : (size_t)name.bytes.ptr[1] - 126;
        for (size_t len = header; len < name.bytes.len; len++)
            EXPECT_REJECTED(parse_as(name.bytes.ptr, len, CAUTH_TLS12, CAUTH_STRICT), DN_02, NAME, 1);
    }
}

/* ---- BER in every version and profile ---- */

static piece in_form(arena *a, int level, length_form form)
{
    length_form forms[5] = { DER_MINIMAL, DER_MINIMAL, DER_MINIMAL, DER_MINIMAL, DER_MINIMAL };
    forms[level] = form;
    piece type = piece_wrap_as(a, DER_OID_TAG, forms[3], PIECE(a, "\x55\x04\x03"));
    piece value = piece_wrap_as(a, DER_UTF8_TAG, forms[4], PIECE(a, "A"));
    piece x = piece_wrap_as(a, DER_SEQUENCE_TAG, forms[2], piece_pair(a, type, value));
    return piece_wrap_as(a, DER_SEQUENCE_TAG, forms[0], piece_wrap_as(a, DER_SET_TAG, forms[1], x));
}

/* Where the length octets of a level stand in CN=A: Name, RDN, attribute, type, value. */
static const size_t length_at[] = { 1, 3, 5, 7, 12 };
static const cauth_field field_of[] = { CAUTH_FIELD_NAME, CAUTH_FIELD_RDN, CAUTH_FIELD_ATTRIBUTE,
                                        CAUTH_FIELD_ATTRIBUTE_TYPE, CAUTH_FIELD_ATTRIBUTE_VALUE };

static void check_form(int level, length_form form, cauth_version version, cauth_profile profile)
{
    cauth_rule rule = form == DER_INDEFINITE ? CAUTH_DN_06 : CAUTH_DN_07;
    bool asks_for_der = version >= CAUTH_TLS11;
    bool refused = asks_for_der && (rule == CAUTH_DN_06 || profile == CAUTH_STRICT);
    cauth_result e = parse_piece(in_form(fresh(), level, form), version, profile);
    if (refused) {
        assert_int_equal(e.rule, rule);
        assert_int_equal(e.field, field_of[level]);
        assert_int_equal(e.offset, length_at[level]);
    } else {
        EXPECT_ACCEPTED(e);
        EXPECT_FLAG(&flags, rule);
    }
}

static void ber_lengths(void **state)
{
    (void)state;
    for (int version = CAUTH_SSL30; version <= CAUTH_TLS13; version++)
        for (int profile = CAUTH_STRICT; profile <= CAUTH_INTEROP; profile++)
            for (int level = 0; level < 5; level++)
                for (int form = DER_PADDED; form <= (level < 3 ? DER_INDEFINITE : DER_PADDED_BY_4); form++)
                    check_form(level, (length_form)form, (cauth_version)version, (cauth_profile)profile);
}

/* Of a length that is cut short, the octets that are there are judged first. */
static void padded_length_cut_short(void **state)
{
    (void)state;
    arena *a = fresh();
    EXPECT_REJECTED(parse_piece(PIECE(a, "\x30\x82\x00"), CAUTH_TLS12, CAUTH_STRICT), DN_07, NAME, 1);
    EXPECT_REJECTED(parse_piece(PIECE(a, "\x30\x82\x01"), CAUTH_TLS12, CAUTH_STRICT), DN_02, NAME, 3);
    EXPECT_REJECTED(parse_piece(PIECE(a, "\x30\x82\x00"), CAUTH_TLS12, CAUTH_INTEROP), DN_02, NAME, 3);
}

static void constructed_strings(void **state)
{
    (void)state;
    static const char *const values[] = { "\x23\x03\x03\x01\x00", "\x24\x03\x04\x01\x41", "\x2C\x03\x0C\x01\x41",
                                          "\x33\x03\x13\x01\x41", "\x34\x03\x14\x01\x41", "\x36\x03\x16\x01\x41",
                                          "\x3C\x03\x0C\x01\x41", "\x3E\x03\x0C\x01\x41" };
    for (int version = CAUTH_SSL30; version <= CAUTH_TLS13; version++)
        for (int profile = CAUTH_STRICT; profile <= CAUTH_INTEROP; profile++)
            for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
                arena *a = fresh();
                piece name = name_of(a, PIECE(a, "\x55\x04\x03"), piece_of(a, values[i], 5));
                cauth_result e = parse_piece(name, (cauth_version)version, (cauth_profile)profile);
                if (version >= CAUTH_TLS11) {
                    EXPECT_REJECTED(e, DN_15, ATTRIBUTE_VALUE, 11);
                } else {
                    EXPECT_ACCEPTED(e);
                    assert_true(cauth_flags_has(&flags, CAUTH_DN_15));
                }
            }
}

/* ---- characters and sizes ---- */

/* Every code point from U+0080 on, alone in a UTF8String: what has no scalar value is refused. */
static void every_code_point(void **state)
{
    (void)state;
    for (uint32_t c = 0x80; c <= 0x110FFF; c += c < 0x3000 ? 1 : 13) {
        uint8_t octets[4];
        size_t num = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
        uint32_t rest = c;
        for (size_t i = num - 1; i > 0; i--) {
            octets[i] = (uint8_t)(0x80 + rest % 64);
            rest /= 64;
        }
        octets[0] = (uint8_t)((num == 2 ? 0xC0 : num == 3 ? 0xE0 : 0xF0) + rest);
        arena *a = fresh();
        cauth_result e = parse_piece(common_name(a, DER_UTF8_TAG, piece_of(a, octets, num)), CAUTH_TLS12, CAUTH_STRICT);
        bool valid = (c < 0xD800 || c > 0xDFFF) && c <= 0x10FFFF;
        assert_int_equal(e.rule, valid ? CAUTH_RULE_NONE : CAUTH_DN_14);
        if (!valid)
            assert_int_equal(e.offset, 13 + 1); /* the second octet says so */
    }
}

static void printable_string_set(void **state)
{
    (void)state;
    static const char set[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 '()+,-./:=?";
    for (unsigned c = 0; c < 256; c++) {
        arena *a = fresh();
        uint8_t octet = (uint8_t)c;
        bool in_set = c != 0 && strchr(set, (int)c) != NULL;
        EXPECT_ACCEPTED(
            parse_piece(common_name(a, DER_PRINTABLE_TAG, piece_of(a, &octet, 1)), CAUTH_TLS12, CAUTH_STRICT));
        assert_int_equal(cauth_flags_has(&flags, CAUTH_DN_14), !in_set);
        assert_int_equal(cauth_flags_has(&flags, CAUTH_DN_17), c < 0x20 || (c >= 0x7F && c <= 0x9F));
    }
}

/* IA5String has all of ASCII, control characters included (X.680 §41, Table 8). */
static void ia5_string_set(void **state)
{
    (void)state;
    for (unsigned c = 0; c < 256; c++) {
        arena *a = fresh();
        uint8_t octet = (uint8_t)c;
        EXPECT_ACCEPTED(parse_piece(common_name(a, DER_IA5_TAG, piece_of(a, &octet, 1)), CAUTH_TLS12, CAUTH_STRICT));
        assert_int_equal(cauth_flags_has(&flags, CAUTH_DN_14), c > 0x7F);
        assert_int_equal(cauth_flags_has(&flags, CAUTH_DN_17), c < 0x20 || (c >= 0x7F && c <= 0x9F));
    }
}

/* Bounds are in characters, not in octets. */
static void sizes_count_characters(void **state)
{
    (void)state;
    arena *a = fresh();
    piece letters[65];
    for (size_t i = 0; i < 65; i++)
        letters[i] = PIECE(a, "\xC3\xA9");
    expect_accepted_flag(common_name(a, DER_UTF8_TAG, piece_join(a, letters, 64)), CAUTH_RULE_NONE);
    expect_accepted_flag(common_name(a, DER_UTF8_TAG, piece_join(a, letters, 65)), CAUTH_DN_16);
    expect_accepted_flag(common_name(a, DER_PRINTABLE_TAG, filled(a, 'x', 64)), CAUTH_RULE_NONE);
    expect_accepted_flag(common_name(a, DER_PRINTABLE_TAG, filled(a, 'x', 65)), CAUTH_DN_16);
    expect_accepted_flag(common_name(a, DER_BMP_TAG, filled(a, 'x', 128)), CAUTH_RULE_NONE);
    expect_accepted_flag(common_name(a, DER_BMP_TAG, filled(a, 'x', 130)), CAUTH_DN_16);
    piece country = PIECE(a, "\x55\x04\x06");
    expect_accepted_flag(name_of(a, country,
                                 PIECE(a, "\x13\x02"
                                          "DE")),
                         CAUTH_RULE_NONE);
    expect_accepted_flag(name_of(a, country,
                                 PIECE(a, "\x13\x01"
                                          "D")),
                         CAUTH_DN_16);
    expect_accepted_flag(name_of(a, country,
                                 PIECE(a, "\x13\x03"
                                          "DEU")),
                         CAUTH_DN_16);
}

/* Values of every length up to where buffers of a fixed size have ended elsewhere, in every string type. */
static void values_of_every_size(void **state)
{
    (void)state;
    static const uint8_t tags[] = { DER_UTF8_TAG,      DER_PRINTABLE_TAG, DER_BMP_TAG,
                                    DER_UNIVERSAL_TAG, DER_IA5_TAG,       DER_TELETEX_TAG };
    piece type = PIECE(fresh(), "\x2A\x03\x04");
    size_t taken = memory.len;
    for (size_t i = 0; i < sizeof tags; i++) {
        for (size_t num = 1; num <= 1100; num++) {
            uint8_t text[4400];
            size_t width = tags[i] == DER_UNIVERSAL_TAG ? 4 : tags[i] == DER_BMP_TAG || tags[i] == DER_UTF8_TAG ? 2 : 1;
            for (size_t k = 0; k < num; k++) {
                memset(text + k * width, 0, width);
                text[(k + 1) * width - 1] = 'x';
                if (tags[i] == DER_UTF8_TAG)
                    memcpy(text + 2 * k, "\xC3\xA9", 2);
            }
            memory.len = taken;
            piece name = name_of(&memory, type, piece_wrap(&memory, tags[i], piece_of(&memory, text, num * width)));
            expect_accepted_flag(name, CAUTH_RULE_NONE);
        }
    }
}

/* The tags of strings in the universal class (X.680 §8.4): 3, 4, 12, 18 to 22, 25 to 28 and 30; and of what is defined
 * as one of these: ObjectDescriptor, 7, and the times, 23 and 24. CHARACTER STRING, 29, is a SEQUENCE (X.690 §8.24). */
static bool is_string(unsigned number)
{
    return number == 3 || number == 4 || number == 7 || number == 12 || (number >= 18 && number <= 28) || number == 30;
}

/* Every constructed tag of the universal class. The strings among them are no DER; what is no string at all is of the
 * wrong type. */
static void constructed_tags(void **state)
{
    static const uint8_t of_names[] = { 12, 19, 20, 28, 30 }; /* DirectoryString */
    (void)state;
    for (unsigned number = 1; number <= 30; number++) {
        arena *a = fresh();
        bool string = is_string(number);
        bool of_name = memchr(of_names, (int)number, sizeof of_names) != NULL;
        piece name = common_name(a, (uint8_t)(0x20 + number), PIECE(a, "\x0C\x01x"));
        if (string)
            EXPECT_REJECTED(parse_piece(name, CAUTH_TLS12, CAUTH_STRICT), DN_15, ATTRIBUTE_VALUE, 11);
        else
            expect_accepted_flag(name, CAUTH_DN_13);
        /* TLS 1.0 does not ask for DER. */
        EXPECT_ACCEPTED(parse_piece(name, CAUTH_TLS10, CAUTH_STRICT));
        assert_int_equal(cauth_flags_has(&flags, CAUTH_DN_15), string);
        assert_int_equal(cauth_flags_has(&flags, CAUTH_DN_13), !of_name);
    }
}

/* The attribute types that RFC 5280 Appendix A.1 defines, with their syntax and upper bounds (ub-…), and those that
 * only RFC 4514 §3 names, with the syntax of RFC 4519 §2. 0: no bound is given. */
static const struct {
    const char *oid;
    size_t oid_len;
    size_t min, max;
    const char *tags; /* that its values may have */
} types[] = {
#define DIRECTORY_STRING "\x0C\x13\x14\x1C\x1E"
#define PRINTABLE_STRING "\x13"
#define IA5_STRING "\x16"
    { "\x55\x04\x03", 3, 1, 64, DIRECTORY_STRING },                             /* commonName, ub-common-name */
    { "\x55\x04\x04", 3, 1, 32768, DIRECTORY_STRING },                          /* surname, ub-name */
    { "\x55\x04\x05", 3, 1, 64, PRINTABLE_STRING },                             /* serialNumber, ub-serial-number */
    { "\x55\x04\x06", 3, 2, 2, PRINTABLE_STRING },                              /* countryName */
    { "\x55\x04\x07", 3, 1, 128, DIRECTORY_STRING },                            /* localityName, ub-locality-name */
    { "\x55\x04\x08", 3, 1, 128, DIRECTORY_STRING },                            /* stateOrProvinceName, ub-state-name */
    { "\x55\x04\x09", 3, 1, 0, DIRECTORY_STRING },                              /* street */
    { "\x55\x04\x0A", 3, 1, 64, DIRECTORY_STRING },                             /* organizationName */
    { "\x55\x04\x0B", 3, 1, 64, DIRECTORY_STRING },                             /* organizationalUnitName */
    { "\x55\x04\x0C", 3, 1, 64, DIRECTORY_STRING },                             /* title, ub-title */
    { "\x55\x04\x29", 3, 1, 32768, DIRECTORY_STRING },                          /* name */
    { "\x55\x04\x2A", 3, 1, 32768, DIRECTORY_STRING },                          /* givenName */
    { "\x55\x04\x2B", 3, 1, 32768, DIRECTORY_STRING },                          /* initials */
    { "\x55\x04\x2C", 3, 1, 32768, DIRECTORY_STRING },                          /* generationQualifier */
    { "\x55\x04\x2E", 3, 1, 0, PRINTABLE_STRING },                              /* dnQualifier */
    { "\x55\x04\x41", 3, 1, 128, DIRECTORY_STRING },                            /* pseudonym, ub-pseudonym */
    { "\x09\x92\x26\x89\x93\xF2\x2C\x64\x01\x19", 10, 1, 0, IA5_STRING },       /* domainComponent */
    { "\x09\x92\x26\x89\x93\xF2\x2C\x64\x01\x01", 10, 1, 0, DIRECTORY_STRING }, /* uid */
    { "\x2A\x86\x48\x86\xF7\x0D\x01\x09\x01", 9, 1, 255, IA5_STRING }, /* emailAddress, ub-emailaddress-length */
};

static void expect_size(size_t i, size_t len, cauth_rule flag)
{
    arena *a = fresh();
    piece type = piece_of(a, types[i].oid, types[i].oid_len);
    expect_accepted_flag(name_of(a, type, piece_wrap(a, (uint8_t)types[i].tags[0], filled(a, 'x', len))), flag);
}

static void sizes_of_every_type(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        expect_size(i, 0, CAUTH_DN_16);
        expect_size(i, types[i].min - 1, CAUTH_DN_16);
        expect_size(i, types[i].min, CAUTH_RULE_NONE);
        expect_size(i, types[i].max > 0 ? types[i].max : 40000, CAUTH_RULE_NONE);
        if (types[i].max > 0)
            expect_size(i, types[i].max + 1, CAUTH_DN_16);
    }
}

/* A value of 4 octets, which suits all strings, with a tag. At TLS 1.0 a string in constructed form, which DN-15 is
 * about, counts as the string that it is put together to. */
static void expect_tag(piece type, unsigned tag, bool known, const char *tags)
{
    static const char of_names[] = "\x0C\x13\x14\x16\x1C\x1E";
    bool constructed = tag / 32 == 1;
    unsigned number = tag % 32;
    bool string = is_string(number);
    char is = (char)(constructed && string ? number : tag);
    arena *a = &memory;
    EXPECT_ACCEPTED(
        parse_piece(name_of(a, type, piece_wrap(a, (uint8_t)tag, PIECE(a, "\0\0\0\x41"))), CAUTH_TLS10, CAUTH_STRICT));
    if (cauth_flags_has(&flags, CAUTH_DN_13) != (known && strchr(tags, is) == NULL))
        fail_msg("the tag %02X: DN-13", tag);
    if (cauth_flags_has(&flags, CAUTH_LIM_04) != (!known && strchr(of_names, is) == NULL))
        fail_msg("the tag %02X: LIM-04", tag);
    assert_int_equal(cauth_flags_has(&flags, CAUTH_DN_15), constructed && string);
}

/* Of the types that are defined, each takes the strings it is defined with; any other may have any type. */
static void tags_of_every_type(void **state)
{
    (void)state;
    static const char *const others[] = { "\x55\x04\x0D", "\x55\x04\x2D", "\x55\x04\x2F", "\x2A\x03\x04" };
    for (unsigned tag = 1; tag < 256; tag++) {
        if (tag % 32 == 31 || tag == 0x20) /* no tag of one octet; the end of contents */
            continue;
        for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
            expect_tag(piece_of(fresh(), types[i].oid, types[i].oid_len), tag, true, types[i].tags);
        for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
            expect_tag(piece_of(fresh(), others[i], 3), tag, false, "");
    }
}

/* It may be as long as it wants, but not empty. */
static void sizes_of_a_private_type(void **state)
{
    (void)state;
    arena *a = fresh();
    expect_accepted_flag(name_of(a, PIECE(a, "\x2B\x06\x01\x04\x01\x01"), PIECE(a, "\x0C\x00")), CAUTH_DN_16);
    expect_accepted_flag(
        name_of(a, PIECE(a, "\x2B\x06\x01\x04\x01\x01"), piece_wrap(a, DER_UTF8_TAG, filled(a, 'x', 60000))),
        CAUTH_RULE_NONE);
}

/* ---- order and repeats ---- */

static void equal_attributes_are_in_order(void **state)
{
    (void)state;
    arena *a = fresh();
    piece x = attribute(a, PIECE(a, "\x55\x04\x03"), PIECE(a, "\x0C\x01\x41"));
    expect_accepted_flag(piece_wrap(a, DER_SEQUENCE_TAG, piece_wrap(a, DER_SET_TAG, piece_pair(a, x, x))), CAUTH_DN_12);
}

/* A type that comes again in another RDN is no repeat. */
static void types_repeat_across_rdns(void **state)
{
    (void)state;
    arena *a = fresh();
    piece rdn = piece_wrap(a, DER_SET_TAG, attribute(a, PIECE(a, "\x55\x04\x0B"), PIECE(a, "\x0C\x01\x41")));
    expect_accepted_flag(piece_wrap(a, DER_SEQUENCE_TAG, piece_pair(a, rdn, rdn)), CAUTH_RULE_NONE);
}

static piece rdn_of_types(arena *a, size_t num)
{
    piece list[200];
    assert_true(num <= 200);
    for (size_t i = 0; i < num; i++) {
        uint8_t type[] = { 0x2A, (uint8_t)(i / 100), (uint8_t)(i % 100) };
        list[i] = attribute(a, piece_of(a, type, sizeof type), PIECE(a, "\x0C\x01\x41"));
    }
    return piece_wrap(a, DER_SEQUENCE_TAG, piece_wrap(a, DER_SET_TAG, piece_join(a, list, num)));
}

static void compared_up_to_the_limit(void **state)
{
    (void)state;
    arena *a = fresh();
    expect_accepted_flag(rdn_of_types(a, CAUTH_MAX_COMPARED_OIDS), CAUTH_RULE_NONE);
    expect_accepted_flag(rdn_of_types(a, CAUTH_MAX_COMPARED_OIDS + 1), CAUTH_LIM_02);
    expect_accepted_flag(rdn_of_types(a, 200), CAUTH_LIM_02);
}

/* ---- large and deep ---- */

static void a_value_of_60_kb(void **state)
{
    (void)state;
    arena *a = fresh();
    expect_accepted_flag(common_name(a, DER_UTF8_TAG, filled(a, 'x', 60000)), CAUTH_DN_16);
    EXPECT_REJECTED(parse_piece(common_name(a, DER_UTF8_TAG, filled(a, 0x80, 60000)), CAUTH_TLS12, CAUTH_STRICT), DN_14,
                    ATTRIBUTE_VALUE, 21); /* after four headers of 4 octets and the type */
}

static void a_type_of_100_kib(void **state)
{
    (void)state;
    arena *a = fresh();
    piece type = filled(a, 0x81, 100 * 1024);
    piece value = PIECE(a, "\x0C\x01\x41");
    piece whole = piece_pair(a, type, PIECE(a, "\x01"));
    expect_accepted_flag(name_of(a, whole, value), CAUTH_RULE_NONE);
    cauth_result e = parse_piece(name_of(a, type, value), CAUTH_TLS12, CAUTH_STRICT);
    assert_int_equal(e.rule, CAUTH_DN_10);
}

/* SEQUENCE in SEQUENCE, definite: what is deeper than the value is not looked into. */
static void a_value_nested_10000_deep(void **state)
{
    (void)state;
    arena *a = fresh();
    static uint8_t nest[10000 * 4];
    size_t pos = sizeof nest;
    for (size_t len = 0; pos >= 4 && len < 65000; len = sizeof nest - pos) {
        if (len < 128) {
            nest[--pos] = (uint8_t)len;
        } else if (len < 256) {
            nest[--pos] = (uint8_t)len;
            nest[--pos] = 0x81;
        } else {
            nest[--pos] = (uint8_t)(len % 256);
            nest[--pos] = (uint8_t)(len / 256);
            nest[--pos] = 0x82;
        }
        nest[--pos] = 0x30;
    }
    piece value = piece_of(a, nest + pos, sizeof nest - pos);
    expect_accepted_flag(name_of(a, PIECE(a, "\x55\x04\x03"), value), CAUTH_DN_13);
}

static void indefinite_values_nested_10000_deep(void **state)
{
    (void)state;
    arena *a = fresh();
    static uint8_t nest[10000 * 4];
    memset(nest, 0, sizeof nest);
    for (size_t i = 0; i < 10000; i++) {
        nest[2 * i] = 0x30;
        nest[2 * i + 1] = 0x80;
    }
    piece name = name_of(a, PIECE(a, "\x55\x04\x03"), piece_of(a, nest, sizeof nest));
    cauth_result e = parse_piece(name, CAUTH_TLS12, CAUTH_STRICT);
    assert_int_equal(e.rule, CAUTH_DN_06);
    EXPECT_ACCEPTED(parse_piece(name, CAUTH_TLS10, CAUTH_STRICT));
    assert_true(cauth_flags_has(&flags, CAUTH_DN_06));
}

/* Nothing but openings, which a recursive walk would follow: more of them than any stack has room for. */
static void openings_only(void **state)
{
    (void)state;
    static uint8_t nest[1 << 20];
    for (size_t i = 0; i < sizeof nest; i++)
        nest[i] = i % 2 == 0 ? 0x30 : 0x80;
    EXPECT_REJECTED(parse_as(nest, sizeof nest, CAUTH_TLS12, CAUTH_STRICT), DN_06, NAME, 1);
    EXPECT_REJECTED(parse_as(nest, sizeof nest, CAUTH_TLS10, CAUTH_STRICT), DN_02, NAME, sizeof nest);
}

/* ---- lists ---- */

static cauth_result check_list(cauth_bytes list, size_t offset, cauth_version version, cauth_flags *to)
{
    cauth_context ctx = cauth_context_default(version, CAUTH_FROM_SERVER);
    cauth_bytes copy = exact_copy(list.ptr, list.len);
    cauth_result e = cauth_name_list_check(copy, offset, &ctx, to);
    exact_free(copy);
    return e;
}

static void minimal_names_fill_a_list(void **state)
{
    (void)state;
    static uint8_t list[16383 * 4];
    for (size_t i = 0; i < sizeof list; i += 4)
        memcpy(list + i, "\x00\x02\x30\x00", 4);
    cauth_bytes bytes = { list, sizeof list };
    cauth_flags to = cauth_flags_none();
    EXPECT_ACCEPTED(check_list(bytes, 8, CAUTH_TLS12, &to));
    EXPECT_FLAG(&to, CAUTH_DN_04);
    list[sizeof list - 2] = 0x31;
    EXPECT_REJECTED(check_list(bytes, 8, CAUTH_TLS12, &to), DN_05, NAME, 8 + sizeof list - 2);
}

/* opaque DistinguishedName<1..2^16-1>: one octet is enough for a length, though not for a Name. */
static void shortest_names_of_a_list(void **state)
{
    (void)state;
    static const uint8_t octets[] = { 0, 0, 0, 1, 0x30 };
    cauth_bytes none = { octets, 2 };
    cauth_bytes one = { octets + 2, 3 };
    cauth_flags to = cauth_flags_none();
    EXPECT_REJECTED(check_list(none, 8, CAUTH_TLS12, &to), DN_01, DISTINGUISHED_NAME, 8);
    EXPECT_REJECTED(check_list(one, 8, CAUTH_TLS12, &to), DN_02, NAME, 8 + 3);
}

static void list_offsets_and_flags(void **state)
{
    (void)state;
    static const uint8_t good[] = { 0, 2, 0x30, 0, 0, 2, 0x30, 0 };
    static const uint8_t bad[] = { 0, 2, 0x30, 0, 0, 4, 0x30, 2, 0x31, 0 };
    static const uint8_t surplus[] = { 0, 3, 0x30, 0, 0x30 };
    static const uint8_t empty[] = { 0, 2, 0x30, 0, 0, 0 };
    cauth_bytes lists[] = {
        { good, sizeof good }, { bad, sizeof bad }, { surplus, sizeof surplus }, { empty, sizeof empty }
    };
    cauth_flags to = cauth_flags_none();
    cauth_flags_set(&to, CAUTH_CR_COM_05);
    EXPECT_REJECTED(check_list(lists[1], 100, CAUTH_TLS12, &to), DN_08, RDN, 109);
    EXPECT_REJECTED(check_list(lists[2], 100, CAUTH_TLS12, &to), DN_02, NAME, 104);
    EXPECT_REJECTED(check_list(lists[3], 100, CAUTH_TLS12, &to), DN_01, DISTINGUISHED_NAME, 104);
    EXPECT_FLAG(&to, CAUTH_CR_COM_05); /* untouched by what was refused */
    EXPECT_ACCEPTED(check_list(lists[0], 100, CAUTH_TLS12, &to));
    assert_true(cauth_flags_has(&to, CAUTH_CR_COM_05));
    assert_true(cauth_flags_has(&to, CAUTH_DN_04));
}

/* A name must not be read past its item into the next. */
static void items_are_bounds(void **state)
{
    (void)state;
    static const uint8_t list[] = { 0, 2, 0x30, 2, 0, 2, 0x30, 0 };
    cauth_bytes bytes = { list, sizeof list };
    cauth_flags to = cauth_flags_none();
    EXPECT_REJECTED(check_list(bytes, 0, CAUTH_TLS12, &to), DN_02, NAME, 3);
}

/* ---- writing ---- */

static void ber_is_written_as_der(void **state)
{
    (void)state;
    for (int level = 0; level < 5; level++)
        for (int form = DER_PADDED; form <= (level < 3 ? DER_INDEFINITE : DER_PADDED_BY_4); form++) {
            arena *a = fresh();
            piece ber = in_form(a, level, (length_form)form);
            piece der = in_form(a, level, DER_MINIMAL);
            cauth_context ctx = cauth_context_default(CAUTH_TLS10, CAUTH_FROM_SERVER);
            EXPECT_ACCEPTED(cauth_name_parse(ber.bytes, &ctx, &view, &flags));
            uint8_t bytes[64];
            cauth_writer w = cauth_writer_init(bytes, sizeof bytes);
            assert_true(cauth_name_write(&view, &w));
            assert_int_equal(w.len, der.bytes.len);
            assert_memory_equal(bytes, der.bytes.ptr, w.len);
        }
}

static void writing_needs_room(void **state)
{
    (void)state;
    arena *a = fresh();
    piece name = common_name(a, DER_UTF8_TAG, filled(a, 'x', 200));
    cauth_context ctx = cauth_context_default(CAUTH_TLS12, CAUTH_FROM_SERVER);
    EXPECT_ACCEPTED(cauth_name_parse(name.bytes, &ctx, &view, &flags));
    for (size_t cap = 0; cap <= name.bytes.len; cap++) {
        uint8_t *block = malloc(cap + 1);
        assert_non_null(block);
        cauth_writer w = cauth_writer_init(block, cap);
        assert_int_equal(cauth_name_write(&view, &w), cap == name.bytes.len);
        free(block);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refused_names_change_nothing),
        cmocka_unit_test(constructed_tags),
        cmocka_unit_test(sizes_of_every_type),
        cmocka_unit_test(tags_of_every_type),
        cmocka_unit_test(attributes_in_order),
        cmocka_unit_test(iterator_over_cut_attributes),
        cmocka_unit_test(iterators_over_anything),
        cmocka_unit_test(prefixes_are_refused),
        cmocka_unit_test(ber_lengths),
        cmocka_unit_test(padded_length_cut_short),
        cmocka_unit_test(constructed_strings),
        cmocka_unit_test(every_code_point),
        cmocka_unit_test(printable_string_set),
        cmocka_unit_test(ia5_string_set),
        cmocka_unit_test(sizes_count_characters),
        cmocka_unit_test(values_of_every_size),
        cmocka_unit_test(sizes_of_a_private_type),
        cmocka_unit_test(equal_attributes_are_in_order),
        cmocka_unit_test(types_repeat_across_rdns),
        cmocka_unit_test(compared_up_to_the_limit),
        cmocka_unit_test(a_value_of_60_kb),
        cmocka_unit_test(a_type_of_100_kib),
        cmocka_unit_test(a_value_nested_10000_deep),
        cmocka_unit_test(indefinite_values_nested_10000_deep),
        cmocka_unit_test(openings_only),
        cmocka_unit_test(minimal_names_fill_a_list),
        cmocka_unit_test(shortest_names_of_a_list),
        cmocka_unit_test(list_offsets_and_flags),
        cmocka_unit_test(items_are_bounds),
        cmocka_unit_test(ber_is_written_as_der),
        cmocka_unit_test(writing_needs_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
