/* The characters of ASN.1 strings, one code point and one octet at a time. */
#include "expect.h"

#include "src/text.h"

#define LAST_CODE_POINT 0x10FFFFu

static void string_types(void **state)
{
    static const uint8_t types[] = {
        12, 19, 20, 22, 28, 30
    }; /* X.680 §8.4: UTF8, Printable, Teletex, IA5, Universal, BMP */
    (void)state;
    for (unsigned tag = 0; tag < 256; tag++) {
        bool expected = false;
        for (size_t i = 0; i < sizeof types; i++)
            expected = expected || types[i] == tag;
        assert_int_equal(text_tag((uint8_t)tag), expected);
    }
}

/* All code points but the surrogates D800 to DFFF (RFC 3629 §3). */
static void scalars(void **state)
{
    (void)state;
    for (uint32_t c = 0; c <= LAST_CODE_POINT; c++)
        assert_int_equal(text_is_scalar(c), c < 0xD800 || c > 0xDFFF);
    assert_false(text_is_scalar(LAST_CODE_POINT + 1));
    assert_false(text_is_scalar(0xFFFFFFFF));
}

/* As the Unicode Standard has them: control characters (Cc); format characters of zero width, of direction and of shape
 * (Cf), with the separators of lines and paragraphs between them; the byte order mark; interlinear annotation; the
 * plane of tags; noncharacters. */
static void hidden_characters(void **state)
{
    static const struct {
        uint32_t first, last;
    } hidden[] = {
        { 0, 0x1F },        { 0x7F, 0x9F },     { 0x200B, 0x200F }, { 0x2028, 0x202E },   { 0x2060, 0x206F },
        { 0xFDD0, 0xFDEF }, { 0xFEFF, 0xFEFF }, { 0xFFF9, 0xFFFB }, { 0xE0000, 0xE0FFF },
    };
    (void)state;
    for (uint32_t c = 0; c <= LAST_CODE_POINT; c++) {
        bool expected = (c & 0xFFFE) == 0xFFFE;
        for (size_t i = 0; i < sizeof hidden / sizeof hidden[0]; i++)
            expected = expected || (c >= hidden[i].first && c <= hidden[i].last);
        if (text_is_hidden(c) != expected)
            fail_msg("U+%04X is %shidden", (unsigned)c, expected ? "not " : "");
    }
}

/* Reads one character; `pos` is where the reader stands then. */
static uint32_t next(const uint8_t *octets, size_t len, uint8_t tag, size_t *pos)
{
    rd r = { octets, 0, len };
    uint32_t c = text_next(&r, tag);
    *pos = r.pos;
    return c;
}

/* Every code point, encoded here (RFC 3629 §3); and every prefix of its encoding. */
static void utf8(void **state)
{
    (void)state;
    for (uint32_t c = 0; c <= LAST_CODE_POINT; c++) {
        uint8_t octets[4] = { (uint8_t)c };
        size_t len = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
        static const uint8_t leads[] = { 0, 0, 0xC0, 0xE0, 0xF0 };
        size_t pos;
        if (!text_is_scalar(c))
            continue;
        if (len > 1) {
            uint32_t rest = c;
            for (size_t i = len - 1; i > 0; i--) {
                octets[i] = (uint8_t)(0x80 | (rest & 0x3F));
                rest >>= 6;
            }
            octets[0] = (uint8_t)(leads[len] | rest);
        }
        assert_int_equal(next(octets, len, DER_UTF8_STRING, &pos), c);
        assert_int_equal(pos, len);
        if (len > 1)
            assert_int_equal(next(octets, len - 1, DER_UTF8_STRING, &pos), TEXT_NONE);
    }
}

/* The octets that may follow each first one (the table of RFC 3629 §4), and where a fault is said to be. */
static void utf8_ill_formed(void **state)
{
    (void)state;
    for (unsigned lead = 0x80; lead < 256; lead++) {
        for (unsigned second = 0; second < 256; second++) {
            uint8_t octets[4] = { (uint8_t)lead, (uint8_t)second, 0x80, 0x80 };
            unsigned least = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
            unsigned most = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
            bool good_lead = lead >= 0xC2 && lead <= 0xF4;
            size_t len = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
            size_t pos;
            uint32_t c = next(octets, sizeof octets, DER_UTF8_STRING, &pos);
            if (good_lead && second >= least && second <= most) {
                assert_true(text_is_scalar(c));
                assert_int_equal(pos, len);
            } else {
                assert_int_equal(c, TEXT_NONE);
                assert_int_equal(pos, good_lead ? 1 : 0);
            }
        }
    }
}

/* Every third octet behind a first and a second one that are good. */
static void utf8_third_octets(void **state)
{
    (void)state;
    for (unsigned third = 0; third < 256; third++) {
        const uint8_t octets[] = { 0xE2, 0x82, (uint8_t)third };
        size_t pos;
        uint32_t c = next(octets, sizeof octets, DER_UTF8_STRING, &pos);
        bool good = third >= 0x80 && third <= 0xBF;
        assert_int_equal(c, good ? 0x2080 + third - 0x80 : TEXT_NONE);
        assert_int_equal(pos, good ? 3 : 2);
    }
}

/* One octet, two and four to a character, the first the most significant (X.690 §8.23). */
static void fixed_widths(void **state)
{
    static const uint8_t octets[] = { 0xF2, 0x34, 0x56, 0x78, 0x9A };
    size_t pos;
    (void)state;
    assert_int_equal(next(octets, 5, DER_PRINTABLE_STRING, &pos), 0xF2);
    assert_int_equal(pos, 1);
    assert_int_equal(next(octets, 5, DER_TELETEX_STRING, &pos), 0xF2);
    assert_int_equal(next(octets, 5, DER_IA5_STRING, &pos), 0xF2);
    assert_int_equal(next(octets, 5, DER_BMP_STRING, &pos), 0xF234);
    assert_int_equal(pos, 2);
    assert_int_equal(next(octets, 5, DER_UNIVERSAL_STRING, &pos), 0xF2345678);
    assert_int_equal(pos, 4);
    assert_int_equal(next(octets, 4, DER_UNIVERSAL_STRING, &pos), 0xF2345678);
    assert_int_equal(next(octets, 2, DER_BMP_STRING, &pos), 0xF234);
    static const uint8_t highest[] = { 0xFF, 0xFF, 0xFF, 0x01 };
    assert_int_equal(next(highest, 4, DER_UNIVERSAL_STRING, &pos), 0xFFFFFF01);
    assert_int_equal(next(octets, 1, DER_BMP_STRING, &pos), TEXT_NONE);
    assert_int_equal(pos, 0);
    assert_int_equal(next(octets, 3, DER_UNIVERSAL_STRING, &pos), TEXT_NONE);
    assert_int_equal(pos, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(string_types), cmocka_unit_test(scalars),         cmocka_unit_test(hidden_characters),
        cmocka_unit_test(utf8),         cmocka_unit_test(utf8_ill_formed), cmocka_unit_test(utf8_third_octets),
        cmocka_unit_test(fixed_widths),
    };
    return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
