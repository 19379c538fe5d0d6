#include "expect.h"

#include <string.h>

#include "exact.h"
#include "gen_der.h"
#include "src/der.h"

static const der_rules rules = { CAUTH_X5_01, CAUTH_DN_06, CAUTH_DN_07 };

typedef struct {
    bool whole;
    der_tlv t;
    size_t pos; /* of the reader afterwards */
} reading;

/* Reads one TLV from an exact copy. */
static reading read_bytes(const void *p, size_t len)
{
    cauth_bytes copy = exact_copy(p, len);
    rd r = rd_init(copy);
    reading is;
    is.whole = der_read(&r, &is.t);
    is.pos = r.pos;
    exact_free(copy);
    return is;
}

#define READ(string) read_bytes((string), sizeof(string) - 1)

static void expect_whole(reading is, size_t content, size_t content_end, size_t next)
{
    assert_true(is.whole);
    assert_int_equal(is.t.start, 0);
    assert_int_equal(is.t.content, content);
    assert_int_equal(is.t.content_end, content_end);
    assert_int_equal(is.t.next, next);
    assert_int_equal(is.pos, next);
}

static void expect_fault(reading is, size_t fault)
{
    assert_false(is.whole);
    assert_int_equal(is.t.fault, fault);
    assert_int_equal(is.pos, 0);
}

static void short_and_long_lengths(void **state)
{
    (void)state;
    expect_whole(READ("\x05\x00"), 2, 2, 2);
    expect_whole(READ("\x04\x02\x41\x42\x43"), 2, 4, 4);
    uint8_t long_form[3 + 128] = { 0x04, 0x81, 128 };
    reading is = read_bytes(long_form, sizeof long_form);
    expect_whole(is, 3, 131, 131);
    assert_false(is.t.nonminimal);
    uint8_t longer_form[4 + 256] = { 0x04, 0x82, 1, 0 };
    is = read_bytes(longer_form, sizeof longer_form);
    expect_whole(is, 4, 260, 260);
    assert_false(is.t.nonminimal);
}

static void nonminimal_lengths(void **state)
{
    (void)state;
    static const char *const encodings[] = { "\x04\x81\x01\x41", "\x04\x82\x00\x01\x41", "\x04\x83\x00\x00\x01\x41",
                                             "\x04\x84\x00\x00\x00\x01\x41" };
    for (size_t i = 0; i < 4; i++) {
        reading is = read_bytes(encodings[i], 4 + i);
        expect_whole(is, 3 + i, 4 + i, 4 + i);
        assert_true(is.t.nonminimal);
        assert_int_equal(is.t.length_at, 1);
    }
    uint8_t padded[4 + 200] = { 0x04, 0x82, 0, 200 };
    reading is = read_bytes(padded, sizeof padded);
    expect_whole(is, 4, 204, 204);
    assert_true(is.t.nonminimal);
}

/* 126 length octets are as many as there can be. */
static void longest_length_field(void **state)
{
    (void)state;
    uint8_t bytes[2 + 126 + 1] = { 0x04, 0xFE };
    bytes[127] = 1;
    reading is = read_bytes(bytes, sizeof bytes);
    expect_whole(is, 128, 129, 129);
    assert_true(is.t.nonminimal);
    bytes[2] = 1;
    expect_fault(read_bytes(bytes, sizeof bytes), 1);
}

static void lengths_that_cannot_be(void **state)
{
    (void)state;
    expect_fault(READ("\x04\xFF\x00"), 1);
    assert_true(READ("\x04\xFF\x00").t.nonminimal);
    expect_fault(READ("\x04\x02\x41"), 1);
    expect_fault(READ("\x04\x84\xFF\xFF\xFF\xFF\x41"), 1);
    expect_fault(READ("\x04\x85\x01\x00\x00\x00\x01\x41"), 1); /* 2^32 + 1 is not 1 */
    expect_fault(READ("\x04\x88\x80\x00\x00\x00\x00\x00\x00\x01\x41"), 1);
    expect_fault(READ("\x04\x89\x01\x00\x00\x00\x00\x00\x00\x00\x01\x41"), 1);
    expect_fault(READ("\x04\x80\x00\x00"), 1); /* indefinite, but primitive */
}

static void headers_cut_short(void **state)
{
    (void)state;
    expect_fault(READ(""), 0);
    expect_fault(READ("\x04"), 1);
    expect_fault(READ("\x04\x81"), 2);
    expect_fault(READ("\x04\x82\x01"), 3);
    expect_fault(READ("\x1F"), 1);
    expect_fault(READ("\x1F\x81\x80"), 3);
    expect_fault(READ("\x1F\x01"), 2);
}

static void high_tag_numbers(void **state)
{
    (void)state;
    reading is = READ("\x3F\x10\x01\x41");
    expect_whole(is, 3, 4, 4);
    assert_true(is.t.high_tag);
    is = READ("\x1F\x81\x80\x80\x01\x00");
    expect_whole(is, 6, 6, 6);
    assert_int_equal(is.t.length_at, 5);
    assert_false(READ("\x1E\x00").t.high_tag);
}

/* However short the TLV: the second octet is part of the tag, and no length (X.690 §8.1.2.4). */
static void high_tag_numbers_of_short_values(void **state)
{
    (void)state;
    for (unsigned octet = 0x1F; octet <= 0xFF; octet += 0x20) {
        const uint8_t bytes[] = { (uint8_t)octet, 2, 1, 0x41 };
        reading is = read_bytes(bytes, sizeof bytes);
        expect_whole(is, 3, 4, 4);
        assert_true(is.t.high_tag);
    }
    expect_whole(READ("\x1F\x7F\x00"), 3, 3, 3); /* 127 is the largest number of one octet */
}

/* The same encodings with other octets behind them, which must not be looked at. */
static void octets_behind_the_end(void **state)
{
    static const uint8_t length_to_come[] = { 0x04, 0x81, 0x00 };
    static const uint8_t tag_to_come[] = { 0x1F, 0x80 };
    der_tlv t;
    (void)state;
    rd r = { length_to_come, 0, 2 };
    assert_false(der_read(&r, &t));
    assert_false(t.nonminimal);
    assert_int_equal(t.fault, 2);
    r.base = tag_to_come;
    r.end = 1;
    assert_true(der_tag_is_sound(&r));
    r.end = 2;
    assert_false(der_tag_is_sound(&r));
}

/* What der.h sets even where the TLV is not whole. */
static void a_tag_without_a_length(void **state)
{
    (void)state;
    reading is = READ("\x30");
    expect_fault(is, 1);
    assert_int_equal(is.t.tag, 0x30);
    assert_int_equal(is.t.start, 0);
    assert_false(is.t.high_tag);
    assert_true(
        READ("\x04\x82\x00").t.nonminimal); /* that the first of two length octets is 0 is seen without the other */
}

/* 0xFF is reserved as the first length octet (X.690 §8.1.3.5 c), whatever follows. */
static void the_reserved_length(void **state)
{
    uint8_t bytes[2 + 300] = { 0x04, 0xFF };
    (void)state;
    expect_fault(read_bytes(bytes, sizeof bytes), 1);
}

/* The long form begins to be needed at 128 (X.690 §10.1). */
static void the_least_long_length(void **state)
{
    uint8_t bytes[3 + 128] = { 0x04, 0x81 };
    (void)state;
    for (uint8_t len = 126; len <= 128; len++) {
        bytes[2] = len;
        reading is = read_bytes(bytes, sizeof bytes);
        expect_whole(is, 3, 3 + (size_t)len, 3 + (size_t)len);
        assert_int_equal(is.t.nonminimal, len < 128);
    }
}

/* The indefinite form is of constructed encodings alone (X.690 §8.1.3.2), and is closed by two zeros (§8.1.5). */
static void indefinite_primitives(void **state)
{
    (void)state;
    for (unsigned tag = 1; tag < 31; tag++) {
        uint8_t bytes[] = { (uint8_t)tag, 0x80, 0, 0 };
        assert_false(read_bytes(bytes, sizeof bytes).whole);
        bytes[0] = (uint8_t)(tag + 0x20);
        expect_whole(read_bytes(bytes, sizeof bytes), 2, 2, 4);
    }
    expect_whole(READ("\x30\x80\x00\x01\x41\x00\x00"), 2, 5, 7);
}

/* What is refused leaves the reader where it was, though the TLV is whole. */
static void refused_for_its_form(void **state)
{
    static const uint8_t bytes[] = { 0x02, 0x81, 0x01, 0x41 };
    cauth_context ctx = cauth_context_default(CAUTH_TLS12, CAUTH_FROM_SERVER);
    cauth_flags flags = cauth_flags_none();
    const der_rules strict = { CAUTH_X5_01, CAUTH_X5_03, CAUTH_X5_03 };
    rd r = { bytes, 0, sizeof bytes };
    der_tlv t;
    (void)state;
    EXPECT_REJECTED(der_next(&r, CAUTH_FIELD_X509_SERIAL, &strict, &ctx, &t, &flags), X5_03, X509_SERIAL, 1);
    assert_int_equal(r.pos, 0);
}

static void indefinite_lengths(void **state)
{
    (void)state;
    expect_whole(READ("\x30\x80\x00\x00"), 2, 2, 4);
    expect_whole(READ("\x30\x80\x04\x01\x41\x00\x00\x99"), 2, 5, 7);
    assert_true(READ("\x30\x80\x00\x00").t.indefinite);
    /* what looks like an end inside a definite length is none */
    expect_whole(READ("\x30\x80\x04\x02\x00\x00\x30\x02\x00\x00\x00\x00"), 2, 10, 12);
    /* nested, once in a definite length */
    expect_whole(READ("\x30\x80\x31\x80\x30\x80\x00\x00\x00\x00\x05\x00\x00\x00"), 2, 12, 14);
    expect_whole(READ("\x30\x80\x31\x02\x30\x80\x00\x00"), 2, 6, 8);
    expect_whole(READ("\x30\x80\x1F\x81\x00\x01\x41\x00\x00"), 2, 7, 9);
}

static void indefinite_and_not_closed(void **state)
{
    (void)state;
    expect_fault(READ("\x30\x80"), 2);
    expect_fault(READ("\x30\x80\x00"), 3);
    expect_fault(READ("\x30\x80\x05\x00"), 4);
    expect_fault(READ("\x30\x80\x30\x80\x00\x00"), 6);
    expect_fault(READ("\x30\x80\x04\x05\x00\x00"), 3);         /* the length inside runs past the end */
    expect_fault(READ("\x30\x80\x04\x80\x00\x00\x00\x00"), 3); /* the one inside is primitive */
}

/* Every prefix of everything above that is whole is not. */
static void prefixes_are_not_whole(void **state)
{
    (void)state;
    static const uint8_t bytes[] = { 0x30, 0x80, 0x31, 0x80, 0x1F, 0x81, 0x00, 0x81, 0x01,
                                     0x41, 0x04, 0x02, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00 };
    assert_true(read_bytes(bytes, sizeof bytes).whole);
    for (size_t len = 0; len < sizeof bytes; len++)
        assert_false(read_bytes(bytes, len).whole);
}

/* No recursion: the depth is a number. */
static void deep_nesting(void **state)
{
    (void)state;
    enum { DEPTH = 10000 };
    static uint8_t bytes[4 * DEPTH];
    for (size_t i = 0; i < DEPTH; i++) {
        bytes[2 * i] = 0x30;
        bytes[2 * i + 1] = 0x80;
    }
    reading is = read_bytes(bytes, sizeof bytes);
    expect_whole(is, 2, sizeof bytes - 2, sizeof bytes);
    expect_fault(read_bytes(bytes, sizeof bytes - 1), sizeof bytes - 1);
}

/* ---- judged ---- */

static cauth_result next_of(const void *p, size_t len, cauth_version version, cauth_flags *flags)
{
    cauth_context ctx = cauth_context_default(version, CAUTH_FROM_SERVER);
    cauth_bytes copy = exact_copy(p, len);
    rd r = rd_init(copy);
    der_tlv t;
    cauth_result e = der_next(&r, CAUTH_FIELD_NAME, &rules, &ctx, &t, flags);
    if (!cauth_is_accepted(e))
        assert_int_equal(r.pos, 0);
    exact_free(copy);
    return e;
}

#define NEXT(string, version, flags) next_of((string), sizeof(string) - 1, CAUTH_##version, (flags))

static void form_before_size(void **state)
{
    (void)state;
    cauth_flags flags = cauth_flags_none();
    EXPECT_REJECTED(NEXT("\x30\x81\x05\x00", TLS12, &flags), DN_07, NAME, 1);
    EXPECT_REJECTED(NEXT("\x30\x80\x05\x00", TLS12, &flags), DN_06, NAME, 1);
    EXPECT_REJECTED(NEXT("\x30\xFF", TLS12, &flags), DN_07, NAME, 1);
    EXPECT_REJECTED(NEXT("\x30\x05\x00", TLS12, &flags), X5_01, NAME, 1);
    EXPECT_REJECTED(NEXT("\x30", TLS12, &flags), X5_01, NAME, 1);
    EXPECT_FLAG(&flags, CAUTH_RULE_NONE);
}

static void form_flagged_size_refused(void **state)
{
    (void)state;
    cauth_flags flags = cauth_flags_none();
    EXPECT_ACCEPTED(NEXT("\x30\x81\x01\x00", TLS10, &flags));
    EXPECT_FLAG(&flags, CAUTH_DN_07);
    flags = cauth_flags_none();
    EXPECT_ACCEPTED(NEXT("\x30\x80\x00\x00", SSL30, &flags));
    EXPECT_FLAG(&flags, CAUTH_DN_06);
    EXPECT_REJECTED(NEXT("\x30\x81\x05\x00", TLS10, &flags), X5_01, NAME, 1);
    EXPECT_REJECTED(NEXT("\x30\x80\x05\x00", TLS10, &flags), X5_01, NAME, 4);
    EXPECT_REJECTED(NEXT("\x30\xFF", TLS10, &flags), X5_01, NAME, 1);
}

static cauth_result expect_sequence(const void *p, size_t len)
{
    static const der_want want = { DER_SEQUENCE, CAUTH_FIELD_RDN, CAUTH_DN_05, &rules };
    cauth_context ctx = cauth_context_default(CAUTH_TLS12, CAUTH_FROM_SERVER);
    cauth_flags flags = cauth_flags_none();
    cauth_bytes copy = exact_copy(p, len);
    rd r = rd_init(copy);
    der_tlv t;
    cauth_result e = der_expect(&r, &want, &ctx, &t, &flags);
    exact_free(copy);
    return e;
}

static void the_wanted_tag(void **state)
{
    (void)state;
    EXPECT_ACCEPTED(expect_sequence("\x30\x00", 2));
    EXPECT_REJECTED(expect_sequence("", 0), DN_05, RDN, 0);
    EXPECT_REJECTED(expect_sequence("\x31\x00", 2), DN_05, RDN, 0);
    EXPECT_REJECTED(expect_sequence("\x10\x00", 2), DN_05, RDN, 0);
    EXPECT_REJECTED(expect_sequence("\x3F\x10\x00", 3), DN_05, RDN, 0);
    EXPECT_REJECTED(expect_sequence("\x31", 1), DN_05, RDN, 0);
    EXPECT_REJECTED(expect_sequence("\x30", 1), X5_01, RDN, 1);
}

static cauth_result oid_of(const void *p, size_t len)
{
    cauth_bytes copy = exact_copy(p, len);
    rd r = rd_init(copy);
    der_tlv t;
    assert_true(der_read(&r, &t));
    cauth_result e = der_oid(&r, &t, CAUTH_DN_10, CAUTH_FIELD_ATTRIBUTE_TYPE);
    exact_free(copy);
    return e;
}

#define OID(string) oid_of((string), sizeof(string) - 1)

static void object_identifiers(void **state)
{
    (void)state;
    EXPECT_ACCEPTED(OID("\x06\x01\x2A"));
    EXPECT_ACCEPTED(OID("\x06\x03\x88\x37\x03"));
    EXPECT_REJECTED(OID("\x06\x00"), DN_10, ATTRIBUTE_TYPE, 1);
    EXPECT_REJECTED(OID("\x06\x02\x80\x01"), DN_10, ATTRIBUTE_TYPE, 2);
    EXPECT_REJECTED(OID("\x06\x03\x2A\x80\x01"), DN_10, ATTRIBUTE_TYPE, 3);
    EXPECT_REJECTED(OID("\x06\x02\x2A\x81"), DN_10, ATTRIBUTE_TYPE, 4);
}

static void an_arc_of_100_kib(void **state)
{
    (void)state;
    enum { LEN = 100 * 1024 };
    static uint8_t bytes[5 + LEN] = { 0x06, 0x83, 0x01, 0x90, 0x00 };
    memset(bytes + 5, 0x81, LEN);
    EXPECT_REJECTED(oid_of(bytes, sizeof bytes), DN_10, ATTRIBUTE_TYPE, sizeof bytes);
    bytes[sizeof bytes - 1] = 0x01;
    EXPECT_ACCEPTED(oid_of(bytes, sizeof bytes));
}

/* ---- writing ---- */

static void headers_written(void **state)
{
    (void)state;
    static const struct {
        size_t len;
        const char *octets;
        size_t num;
    } cases[] = {
        { 0, "\x30\x00", 2 },
        { 127, "\x30\x7F", 2 },
        { 128, "\x30\x81\x80", 3 },
        { 255, "\x30\x81\xFF", 3 },
        { 256, "\x30\x82\x01\x00", 4 },
        { 65535, "\x30\x82\xFF\xFF", 4 },
        { 65536, "\x30\x83\x01\x00\x00", 5 },
        { 0xFFFFFFFF, "\x30\x84\xFF\xFF\xFF\xFF", 6 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint8_t bytes[8];
        cauth_writer w = cauth_writer_init(bytes, sizeof bytes);
        assert_true(der_write_header(&w, 0x30, cases[i].len));
        assert_int_equal(w.len, cases[i].num);
        assert_memory_equal(bytes, cases[i].octets, cases[i].num);
        assert_true(cases[i].len > 70000 || der_size(cases[i].len) == cases[i].num + cases[i].len);
        w = cauth_writer_init(bytes, cases[i].num - 1);
        assert_false(der_write_header(&w, 0x30, cases[i].len));
    }
}

static void a_length_above_32_bits_fails(void **state)
{
    (void)state;
    if (sizeof(size_t) > 4) {
        uint8_t bytes[16];
        cauth_writer w = cauth_writer_init(bytes, sizeof bytes);
        assert_false(der_write_header(&w, 0x30, SIZE_MAX / 2));
        w = cauth_writer_init(bytes, sizeof bytes);
        assert_false(der_write_header(&w, 0x30, (size_t)0xFFFFFFFF + 1));
    }
}

/* The flags for `oid` after those before. */
static cauth_flags compared(der_oids *before, const char *oid, size_t len)
{
    cauth_flags flags = cauth_flags_none();
    der_compare_oid(before, (cauth_bytes){ len > 0 ? (const uint8_t *)oid : NULL, len }, CAUTH_DN_12, &flags);
    return flags;
}

static void repeated_oids(void **state)
{
    (void)state;
    der_oids before;
    before.num = 0;
    cauth_flags flags = compared(&before, "\1\2", 2); /* nothing is before the first, itself least of all */
    EXPECT_FLAG(&flags, CAUTH_RULE_NONE);
    flags = compared(&before, "\1", 1);
    EXPECT_FLAG(&flags, CAUTH_RULE_NONE);
    flags = compared(&before, "\1\3", 2);
    EXPECT_FLAG(&flags, CAUTH_RULE_NONE);
    flags = compared(&before, NULL, 0);
    EXPECT_FLAG(&flags, CAUTH_RULE_NONE);
    flags = compared(&before, "\1\2", 2);
    EXPECT_FLAG(&flags, CAUTH_DN_12);
    flags = compared(&before, "\1\3", 2);
    EXPECT_FLAG(&flags, CAUTH_DN_12);
}

/* Only what was taken is looked at; what else is in the table is no OID. */
static void oids_never_taken(void **state)
{
    der_oids before;
    (void)state;
    before.num = 0;
    before.oids[0].ptr = NULL;
    before.oids[0].len = 2;
    cauth_flags flags = compared(&before, "\1\2", 2);
    EXPECT_FLAG(&flags, CAUTH_RULE_NONE);
    assert_int_equal(before.num, 1);
}

static void too_many_oids_to_compare(void **state)
{
    (void)state;
    static char kept[CAUTH_MAX_COMPARED_OIDS];
    der_oids before;
    cauth_flags flags;
    before.num = 0;
    for (size_t i = 0; i < CAUTH_MAX_COMPARED_OIDS - 1; i++) {
        kept[i] = (char)i;
        flags = compared(&before, &kept[i], 1);
        EXPECT_FLAG(&flags, CAUTH_RULE_NONE);
    }
    flags = compared(&before, "\0", 1);
    EXPECT_FLAG(&flags, CAUTH_DN_12);
    flags = compared(&before, "\0", 1);
    EXPECT_FLAG(&flags, CAUTH_LIM_02);
}

static bool is_sound(const void *p, size_t len)
{
    cauth_bytes copy = exact_copy(p, len);
    rd r = rd_init(copy);
    bool sound = der_tag_is_sound(&r);
    exact_free(copy);
    return sound;
}

/* X.690 §8.1.2 and §8.1.5. Numbers from 31 on have the high form, in as few octets as they need. */
static void sound_tags(void **state)
{
    (void)state;
    for (unsigned octet = 0; octet <= 255; octet++) {
        uint8_t low[] = { (uint8_t)octet, 0 };
        assert_int_equal(is_sound(low, 1), octet != 0 && octet != 32); /* as far as one octet tells */
        if (octet % 32u != 31u)
            assert_int_equal(is_sound(low, 2), octet != 0 && octet != 32);
        uint8_t high[] = { 0x1F, (uint8_t)octet, 0 };
        assert_int_equal(is_sound(high, 3), octet >= 31 && octet != 0x80);
    }
}

/* Where there is no tag, none is unsound: what is missing is said instead. */
static void no_tag(void **state)
{
    (void)state;
    cauth_context ctx = cauth_context_default(CAUTH_TLS12, CAUTH_FROM_CLIENT);
    cauth_flags flags = cauth_flags_none();
    cauth_bytes empty = { NULL, 0 };
    rd r = rd_init(empty);
    der_tlv t;
    assert_true(is_sound("", 0));
    EXPECT_REJECTED(der_next(&r, CAUTH_FIELD_X509_SERIAL, &rules, &ctx, &t, &flags), X5_01, X509_SERIAL, 0);
    assert_int_equal(r.pos, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sound_tags),
        cmocka_unit_test(no_tag),
        cmocka_unit_test(short_and_long_lengths),
        cmocka_unit_test(nonminimal_lengths),
        cmocka_unit_test(longest_length_field),
        cmocka_unit_test(lengths_that_cannot_be),
        cmocka_unit_test(headers_cut_short),
        cmocka_unit_test(high_tag_numbers),
        cmocka_unit_test(high_tag_numbers_of_short_values),
        cmocka_unit_test(octets_behind_the_end),
        cmocka_unit_test(a_tag_without_a_length),
        cmocka_unit_test(the_reserved_length),
        cmocka_unit_test(the_least_long_length),
        cmocka_unit_test(indefinite_primitives),
        cmocka_unit_test(refused_for_its_form),
        cmocka_unit_test(oids_never_taken),
        cmocka_unit_test(indefinite_lengths),
        cmocka_unit_test(indefinite_and_not_closed),
        cmocka_unit_test(prefixes_are_not_whole),
        cmocka_unit_test(deep_nesting),
        cmocka_unit_test(form_before_size),
        cmocka_unit_test(form_flagged_size_refused),
        cmocka_unit_test(the_wanted_tag),
        cmocka_unit_test(object_identifiers),
        cmocka_unit_test(an_arc_of_100_kib),
        cmocka_unit_test(headers_written),
        cmocka_unit_test(a_length_above_32_bits_fails),
        cmocka_unit_test(repeated_oids),
        cmocka_unit_test(too_many_oids_to_compare),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
