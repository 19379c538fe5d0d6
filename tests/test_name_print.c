#include "expect.h"

#include <string.h>

#include "cauth/name.h"
#include "der_room.h"
#include "exact.h"
#include "random.h"

static cauth_name parsed(piece name)
{
    cauth_context ctx = cauth_context_default(CAUTH_TLS10, CAUTH_FROM_SERVER);
    cauth_name v;
    cauth_flags flags;
    EXPECT_ACCEPTED(cauth_name_parse(name.bytes, &ctx, &v, &flags));
    return v;
}

static void expect_text(piece name, const char *text)
{
    static char printed[1 << 20];
    cauth_name v = parsed(name);
    cauth_writer w = cauth_writer_init((uint8_t *)printed, sizeof printed - 1);
    assert_true(cauth_name_print(&v, &w));
    printed[w.len] = '\0';
    assert_int_equal(strlen(printed), w.len); /* no NUL inside */
    assert_string_equal(printed, text);
}

static piece rdn_of(arena *a, piece type, uint8_t tag, piece content)
{
    return piece_wrap(a, DER_SET_TAG, attribute(a, type, piece_wrap(a, tag, content)));
}

static piece name_of(arena *a, piece rdns)
{
    return piece_wrap(a, DER_SEQUENCE_TAG, rdns);
}

/* CN=… with this content. */
#define EXPECT_CN(tag, content, text)                                                                                  \
    do {                                                                                                               \
        arena *mem = fresh();                                                                                          \
        expect_text(name_of(mem, rdn_of(mem, PIECE(mem, "\x55\x04\x03"), (tag), PIECE(mem, content))), (text));        \
    } while (0)

/* RFC 4514 §4: its own examples, as far as names can be built from them. */
static void examples_of_the_rfc(void **state)
{
    (void)state;
    arena *a = fresh();
    piece net = rdn_of(a, PIECE(a, "\x09\x92\x26\x89\x93\xF2\x2C\x64\x01\x19"), DER_IA5_TAG, PIECE(a, "net"));
    piece example = rdn_of(a, PIECE(a, "\x09\x92\x26\x89\x93\xF2\x2C\x64\x01\x19"), DER_IA5_TAG, PIECE(a, "example"));
    piece uid = rdn_of(a, PIECE(a, "\x09\x92\x26\x89\x93\xF2\x2C\x64\x01\x01"), DER_UTF8_TAG, PIECE(a, "jsmith"));
    piece parts[] = { net, example, uid };
    expect_text(name_of(a, piece_join(a, parts, 3)), "UID=jsmith,DC=example,DC=net");

    piece sales = attribute(a, PIECE(a, "\x55\x04\x0B"), PIECE(a, "\x0C\x05Sales"));
    piece smith = attribute(a, PIECE(a, "\x55\x04\x03"), PIECE(a, "\x0C\x09J.  Smith"));
    parts[2] = piece_wrap(a, DER_SET_TAG, piece_pair(a, sales, smith));
    expect_text(name_of(a, piece_join(a, parts, 3)), "OU=Sales+CN=J.  Smith,DC=example,DC=net");

    parts[2] = rdn_of(a, PIECE(a, "\x55\x04\x03"), DER_UTF8_TAG, PIECE(a, "James \"Jim\" Smith, III"));
    expect_text(name_of(a, piece_join(a, parts, 3)), "CN=James \\\"Jim\\\" Smith\\, III,DC=example,DC=net");

    parts[2] = rdn_of(a, PIECE(a, "\x55\x04\x03"), DER_UTF8_TAG,
                      PIECE(a, "Before\x0d"
                               "After"));
    expect_text(name_of(a, piece_join(a, parts, 3)), "CN=Before\\0DAfter,DC=example,DC=net");

    /* 1.3.6.1.4.1.1466.0=#04024869 */
    expect_text(
        name_of(a, rdn_of(a, PIECE(a, "\x2B\x06\x01\x04\x01\x8B\x3A\x00"), DER_OCTET_STRING_TAG, PIECE(a, "Hi"))),
        "1.3.6.1.4.1.1466.0=#04024869");

    /* Lučić; the RFC shows it with \C4\8D for č, which may also stand for itself */
    EXPECT_CN(DER_UTF8_TAG, "Lu\xC4\x8Di\xC4\x87", "CN=Lu\xC4\x8Di\xC4\x87");
}

/* RFC 3629 §3: where its number of octets changes. Noncharacters are written in hexadecimal. */
static void lengths_of_utf8(void **state)
{
    (void)state;
    EXPECT_CN(DER_UNIVERSAL_TAG, "\x00\x00\x07\xFF", "CN=\xDF\xBF");
    EXPECT_CN(DER_UNIVERSAL_TAG, "\x00\x00\x08\x00", "CN=\xE0\xA0\x80");
    EXPECT_CN(DER_UNIVERSAL_TAG, "\x00\x00\xFF\xFF", "CN=\\EF\\BF\\BF");
    EXPECT_CN(DER_UNIVERSAL_TAG, "\x00\x01\x00\x00", "CN=\xF0\x90\x80\x80");
    EXPECT_CN(DER_UNIVERSAL_TAG, "\x00\x0B\xFF\xFD", "CN=\xF2\xBF\xBF\xBD");
}

static void keywords(void **state)
{
    (void)state;
    static const struct {
        const char *oid;
        size_t len;
        const char *text;
    } cases[] = {
        { "\x55\x04\x03", 3, "CN=x" },
        { "\x55\x04\x07", 3, "L=x" },
        { "\x55\x04\x08", 3, "ST=x" },
        { "\x55\x04\x0A", 3, "O=x" },
        { "\x55\x04\x0B", 3, "OU=x" },
        { "\x55\x04\x06", 3, "C=x" },
        { "\x55\x04\x09", 3, "STREET=x" },
        { "\x09\x92\x26\x89\x93\xF2\x2C\x64\x01\x19", 10, "DC=x" },
        { "\x09\x92\x26\x89\x93\xF2\x2C\x64\x01\x01", 10, "UID=x" },
        /* no keyword in RFC 4514 §3 */
        { "\x55\x04\x05", 3, "2.5.4.5=#130178" },
        { "\x2A\x86\x48\x86\xF7\x0D\x01\x09\x01", 9, "1.2.840.113549.1.9.1=#130178" },
        { "\x55\x04", 2, "2.5.4=#130178" },
        { "\x55\x04\x03\x01", 4, "2.5.4.3.1=#130178" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        arena *a = fresh();
        piece type = piece_of(a, cases[i].oid, cases[i].len);
        expect_text(name_of(a, rdn_of(a, type, DER_PRINTABLE_TAG, PIECE(a, "x"))), cases[i].text);
    }
}

static void dotted_types(void **state)
{
    (void)state;
    static const struct {
        const char *oid;
        size_t len;
        const char *text;
    } cases[] = {
        { "\x00", 1, "0.0=#0500" },
        { "\x27", 1, "0.39=#0500" },
        { "\x28", 1, "1.0=#0500" },
        { "\x4F", 1, "1.39=#0500" },
        { "\x50", 1, "2.0=#0500" },
        { "\x88\x37", 2, "2.999=#0500" },
        { "\x2A\x81\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x7F", 11, "1.2.18446744073709551615=#0500" },
        /* 2^64 has too many bits to be worth decimal digits */
        { "\x2A\x82\x80\x80\x80\x80\x80\x80\x80\x80\x00", 11,
          "#060B2A8280808080808080"
          "8000=#0500" },
        { "\x81\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x7F", 10, "2.18446744073709551535=#0500" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        arena *a = fresh();
        piece value = PIECE(a, "\x05\x00");
        piece x = attribute(a, piece_of(a, cases[i].oid, cases[i].len), value);
        expect_text(name_of(a, piece_wrap(a, DER_SET_TAG, x)), cases[i].text);
    }
}

/* 1.2.N.5 for small N, and N around powers of ten. */
static void arcs_in_decimal(void **state)
{
    (void)state;
    for (uint32_t n = 0; n < 1000001; n += n < 1100 || n % 100000 > 99996 || n % 100000 < 3 ? 1 : 97) {
        uint8_t oid[] = { 0x2A, (uint8_t)(0x80 | n >> 14), (uint8_t)(0x80 | (n >> 7 & 0x7F)), (uint8_t)(n & 0x7F), 5 };
        size_t unused = n < 0x80 ? 2 : n < 0x4000 ? 1 : 0; /* leading groups that are 0 */
        char text[64];
        arena *a = fresh();
        memmove(oid + 1, oid + 1 + unused, sizeof oid - 1 - unused);
        piece x = attribute(a, piece_of(a, oid, sizeof oid - unused), PIECE(a, "\x05\x00"));
        snprintf(text, sizeof text, "1.2.%u.5=#0500", (unsigned)n);
        expect_text(name_of(a, piece_wrap(a, DER_SET_TAG, x)), text);
    }
}

/* UTF-8 as RFC 3629 §3 has it. */
static size_t encoded(uint32_t c, char *to)
{
    size_t len = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    static const uint8_t leads[] = { 0, 0, 0xC0, 0xE0, 0xF0 };
    for (size_t i = len - 1; i > 0; i--) {
        to[i] = (char)(0x80 | (c & 0x3F));
        c >>= 6;
    }
    to[0] = (char)(leads[len] | c);
    return len;
}

/* Characters of all planes inside a value, those at both sides of each multiple of 4096 among them. Noncharacters are
 * escaped; what else does not show has a test of its own. */
static void characters_of_all_planes(void **state)
{
    (void)state;
    for (uint32_t c = 0xA0; c <= 0x10FFFF; c += c < 0x1000 || c % 0x1000 > 0xFFC || c % 0x1000 < 2 ? 1 : 61) {
        bool noncharacter = (c & 0xFFFE) == 0xFFFE;
        if ((c >= 0x2000 && c <= 0x206F) || (c >= 0xD800 && c <= 0xDFFF) || (c >= 0xFDD0 && c <= 0xFEFF) ||
            (c >= 0xFFF0 && c <= 0xFFFD) || (c >= 0xE0000 && c <= 0xE0FFF))
            continue;
        const uint8_t value[] = { 0, 0, 0, 'x', 0, (uint8_t)(c >> 16), (uint8_t)(c >> 8), (uint8_t)c, 0, 0, 0, 'y' };
        char text[32] = "CN=x", octets[4];
        size_t at = 4, len = encoded(c, octets);
        for (size_t i = 0; i < len; i++)
            at += (size_t)snprintf(text + at, sizeof text - at, noncharacter ? "\\%02X" : "%c",
                                   noncharacter ? (uint8_t)octets[i] : octets[i]);
        snprintf(text + at, sizeof text - at, "y");
        arena *a = fresh();
        expect_text(
            name_of(a, rdn_of(a, PIECE(a, "\x55\x04\x03"), DER_UNIVERSAL_TAG, piece_of(a, value, sizeof value))), text);
    }
}

/* IA5String ends at 127 (X.680 §41, Table 8). */
static void the_last_of_seven_bits(void **state)
{
    (void)state;
    EXPECT_CN(DER_IA5_TAG, "\x7F", "CN=\\7F");
    EXPECT_CN(DER_IA5_TAG, "\x80", "CN=#160180");
}

static void special_characters(void **state)
{
    (void)state;
    EXPECT_CN(DER_UTF8_TAG, "\"+,;<>\\", "CN=\\\"\\+\\,\\;\\<\\>\\\\");
    EXPECT_CN(DER_UTF8_TAG, " a b ", "CN=\\ a b\\ ");
    EXPECT_CN(DER_UTF8_TAG, " ", "CN=\\ ");
    EXPECT_CN(DER_UTF8_TAG, "  ", "CN=\\ \\ ");
    EXPECT_CN(DER_UTF8_TAG, "#a#", "CN=\\#a#");
    EXPECT_CN(DER_UTF8_TAG, "a=b", "CN=a=b");
    EXPECT_CN(DER_UTF8_TAG, "", "CN=");
}

/* The class of CVE-2009-2730: what follows a NUL is printed too. */
static void nothing_is_cut_off(void **state)
{
    (void)state;
    EXPECT_CN(DER_UTF8_TAG, "good.example\0.evil.example", "CN=good.example\\00.evil.example");
    EXPECT_CN(DER_PRINTABLE_TAG, "\0", "CN=\\00");
    EXPECT_CN(DER_BMP_TAG, "\0\0\0a", "CN=\\00a");
    EXPECT_CN(DER_UTF8_TAG, "\x01\x1F\x7F\x1B[2J", "CN=\\01\\1F\\7F\\1B[2J");
}

static void what_does_not_show_is_escaped(void **state)
{
    (void)state;
    EXPECT_CN(DER_UTF8_TAG,
              "a\xC2\x80"
              "b",
              "CN=a\\C2\\80b");
    EXPECT_CN(DER_UTF8_TAG,
              "a\xE2\x80\xAE"
              "b",
              "CN=a\\E2\\80\\AEb");                             /* U+202E */
    EXPECT_CN(DER_UTF8_TAG, "\xEF\xBB\xBF", "CN=\\EF\\BB\\BF"); /* U+FEFF */
    EXPECT_CN(DER_BMP_TAG, "\x20\x0B", "CN=\\E2\\80\\8B");      /* U+200B */
    EXPECT_CN(DER_UNIVERSAL_TAG, "\x00\x0E\x00\x41", "CN=\\F3\\A0\\81\\81");
}

static void other_encodings_become_utf8(void **state)
{
    (void)state;
    EXPECT_CN(DER_TELETEX_TAG, "caf\xE9", "CN=caf\xC3\xA9");
    EXPECT_CN(DER_TELETEX_TAG, "\x80", "CN=\\C2\\80");
    EXPECT_CN(DER_BMP_TAG,
              "\x00"
              "A\x04\x16\x6F\x22",
              "CN=A\xD0\x96\xE6\xBC\xA2");
    EXPECT_CN(DER_UNIVERSAL_TAG, "\x00\x01\xF6\x00", "CN=\xF0\x9F\x98\x80");
    EXPECT_CN(DER_BMP_TAG, "\x00,", "CN=\\,");
}

static void what_is_no_text_is_hexadecimal(void **state)
{
    (void)state;
    EXPECT_CN(DER_PRINTABLE_TAG, "caf\xE9", "CN=#1304636166E9");
    EXPECT_CN(DER_IA5_TAG, "\xFF", "CN=#1601FF");
    EXPECT_CN(DER_INTEGER_TAG, "\x05", "CN=#020105");
    EXPECT_CN(DER_NULL_TAG, "", "CN=#0500");
    EXPECT_CN(0x2C,
              "\x0C\x01"
              "A",
              "CN=#2C030C0141");
}

/* Views that no parser gave: values that end inside a character, or hold what is none. */
static void values_of_no_characters(void **state)
{
    static const struct {
        const char *rdns;
        size_t len;
        const char *text;
    } cases[] = {
        { "\x31\x0C\x30\x0A\x06\x03\x55\x04\x03\x1E\x03\x00\x41\x00", 14, "CN=#1E03004100" },
        { "\x31\x0C\x30\x0A\x06\x03\x55\x04\x03\x1C\x03\x00\x00\x00", 14, "CN=#1C03000000" },
        { "\x31\x0B\x30\x09\x06\x03\x55\x04\x03\x1E\x02\xD8\x00", 13, "CN=#1E02D800" }, /* a surrogate */
        { "\x31\x0B\x30\x09\x06\x03\x55\x04\x03\x0C\x02\xC3\x41", 13, "CN=#0C02C341" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[64] = { 0 };
        cauth_bytes rdns = exact_copy(cases[i].rdns, cases[i].len);
        cauth_name v = { rdns };
        cauth_writer w = cauth_writer_init((uint8_t *)text, sizeof text - 1);
        assert_true(cauth_name_print(&v, &w));
        assert_string_equal(text, cases[i].text);
        exact_free(rdns);
    }
}

/* From BER lengths comes the same string. */
static void ber_prints_like_der(void **state)
{
    (void)state;
    arena *a = fresh();
    expect_text(PIECE(a, "\x30\x80\x31\x80\x30\x80\x06\x03\x55\x04\x06\x13\x82\x00\x02"
                         "DE\0\0\0\0"
                         "\x31\x0A\x30\x08\x06\x03\x55\x04\x03\x0C\x01"
                         "A\0\0"),
                "CN=A,C=DE");
}

static void the_empty_name(void **state)
{
    (void)state;
    arena *a = fresh();
    expect_text(PIECE(a, "\x30\x00"), "");
}

static void appended_to_what_is_there(void **state)
{
    (void)state;
    arena *a = fresh();
    char text[64] = { 0 };
    piece list[] = { rdn_of(a, PIECE(a, "\x55\x04\x06"), DER_PRINTABLE_TAG, PIECE(a, "DE")),
                     rdn_of(a, PIECE(a, "\x55\x04\x0A"), DER_UTF8_TAG, PIECE(a, "x,y")),
                     rdn_of(a, PIECE(a, "\x55\x04\x03"), DER_UTF8_TAG, PIECE(a, "z")) };
    cauth_name v = parsed(name_of(a, piece_join(a, list, 3)));
    cauth_writer w = cauth_writer_init((uint8_t *)text, sizeof text - 1);
    cauth_write_u8(&w, '[');
    cauth_write_u8(&w, 0); /* not ours to touch */
    cauth_write_u8(&w, ']');
    assert_true(cauth_name_print(&v, &w));
    assert_memory_equal(text, "[\0]CN=z,O=x\\,y,C=DE", w.len);
}

static void printing_needs_room(void **state)
{
    (void)state;
    arena *a = fresh();
    piece list[] = { rdn_of(a, PIECE(a, "\x2A\x81\x01"), DER_UTF8_TAG, PIECE(a, "abc")),
                     rdn_of(a, PIECE(a, "\x55\x04\x03"), DER_UTF8_TAG, PIECE(a, "\0z")) };
    cauth_name v = parsed(name_of(a, piece_join(a, list, 2)));
    static const char whole[] = "CN=\\00z,1.2.129=#0C03616263";
    for (size_t cap = 0; cap < sizeof whole; cap++) {
        cauth_bytes block = exact_copy(whole, cap);
        cauth_writer w = cauth_writer_init((uint8_t *)(uintptr_t)block.ptr, cap);
        assert_int_equal(cauth_name_print(&v, &w), cap == sizeof whole - 1);
        if (cap == sizeof whole - 1)
            assert_memory_equal(block.ptr, whole, cap);
        exact_free(block);
    }
}

/* As much room as it takes is enough. What turns out to be none at its end, a value no text or a type not for decimal,
 * may have been longer up to there than what is printed in its place. */
static void room_for_what_is_printed(void **state)
{
    (void)state;
    arena *a = fresh();
    const struct {
        piece type, value;
        const char *text;
    } cases[] = {
        { PIECE(a, "\x55\x04\x03"), PIECE(a, "\x13\x09\0\0\0\0\0\0\0\0\x80"), "CN=#1309000000000000000080" },
        { PIECE(a, "\x2A\x7F\x7F\x7F\x7F\x7F\x7F\x7F\x7F\x7F\x7F\x7F\x7F\x7F\x7F\x7F\x7F\x7F\x7F\x7F\x7F"
                   "\x82\x80\x80\x80\x80\x80\x80\x80\x80\x00"),
          PIECE(a, "\x05\x00"), "#061F2A7F7F7F7F7F7F7F7F7F7F7F7F7F7F7F7F7F7F7F7F82808080808080808000=#0500" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[128] = { 0 };
        size_t len = strlen(cases[i].text);
        piece rdn = piece_wrap(a, DER_SET_TAG, attribute(a, cases[i].type, cases[i].value));
        cauth_name v = parsed(name_of(a, rdn));
        cauth_writer w = cauth_writer_init((uint8_t *)text, len);
        assert_true(cauth_name_print(&v, &w));
        assert_string_equal(text, cases[i].text);
        for (size_t cap = 0; cap < len; cap++) {
            memset(text, '!', len);
            w = cauth_writer_init((uint8_t *)text, cap);
            assert_false(cauth_name_print(&v, &w));
            assert_int_equal(strspn(text + cap, "!"), len - cap); /* untouched behind the room */
        }
    }
}

/* Printable octets and well-formed UTF-8, and not longer than promised, whatever the octets of the value. */
static void always_printable(void **state)
{
    (void)state;
    static uint8_t text[8192];
    static const uint8_t tags[] = { DER_PRINTABLE_TAG, DER_TELETEX_TAG, DER_IA5_TAG, DER_BMP_TAG,
                                    DER_UNIVERSAL_TAG, DER_UTF8_TAG,    0x04,        0x30 };
    random_source r = random_init(11);
    for (int round = 0; round < 20000; round++) {
        arena *a = fresh();
        uint8_t octets[64];
        uint8_t tag = tags[random_below(&r, sizeof tags)];
        size_t len = 4 * random_below(&r, 16);
        random_bytes(&r, octets, len);
        for (size_t i = 0; i < len; i++)
            if (tag == DER_UTF8_TAG)
                octets[i] %= 128;
            else if (i % 4 == 0 && tag == DER_UNIVERSAL_TAG)
                octets[i] = octets[i + 1] = 0;
        for (size_t i = tag == DER_UNIVERSAL_TAG ? 2 : 0; i < len; i += tag == DER_UNIVERSAL_TAG ? 4 : 2)
            if (octets[i] >= 0xD8 && octets[i] <= 0xDF && tag != DER_UTF8_TAG)
                octets[i] = 0; /* no surrogate */
        piece name = name_of(a, rdn_of(a, PIECE(a, "\x55\x04\x03"), tag, piece_of(a, octets, len)));
        cauth_name v = parsed(name);
        cauth_writer w = cauth_writer_init(text, 6 * name.bytes.len);
        assert_true(cauth_name_print(&v, &w));
        for (size_t i = 0; i < w.len; i++)
            assert_true(text[i] >= 0x20 && text[i] != 0x7F);
        /* a UTF8String of these octets would be accepted, without a hidden character */
        cauth_context ctx = cauth_context_default(CAUTH_TLS12, CAUTH_FROM_SERVER);
        cauth_flags flags;
        piece again = name_of(a, rdn_of(a, PIECE(a, "\x2A"), DER_UTF8_TAG, piece_of(a, text, w.len)));
        EXPECT_ACCEPTED(cauth_name_parse(again.bytes, &ctx, &v, &flags));
        EXPECT_FLAG(&flags, CAUTH_RULE_NONE);
    }
}

/* CVE-2023-2650: a conversion to decimal that is quadratic in the arc. */
static void an_arc_of_100_kib(void **state)
{
    (void)state;
    arena *a = fresh();
    size_t len = 100 * 1024;
    uint8_t *oid = arena_take(a, len);
    memset(oid, 0x81, len);
    oid[len - 1] = 0x01;
    piece type = { { oid, len }, NO_MARK };
    cauth_name v = parsed(name_of(a, rdn_of(a, type, DER_UTF8_TAG, PIECE(a, "x"))));
    static uint8_t text[1 << 20];
    cauth_writer w = cauth_writer_init(text, sizeof text);
    assert_true(cauth_name_print(&v, &w));
    assert_int_equal(w.len, 1 + 2 * (1 + 4 + len) + strlen("=#0C0178"));
    assert_memory_equal(text, "#06830190008181", 15);
}

/* A view that no parser has made: an arc ends with its OID, whatever its last octet promises. */
static void an_arc_that_is_cut_off(void **state)
{
    (void)state;
    arena *a = fresh();
    piece rdn = piece_wrap(a, DER_SET_TAG, attribute(a, PIECE(a, "\x2A\x86"), PIECE(a, "\x05\x00")));
    cauth_name v = { rdn.bytes };
    uint8_t text[64];
    cauth_writer w = cauth_writer_init(text, sizeof text);
    assert_true(cauth_name_print(&v, &w));
    assert_int_equal(w.len, strlen("1.2.6=#0500"));
    assert_memory_equal(text, "1.2.6=#0500", w.len);
}

static void many_rdns_are_reversed(void **state)
{
    (void)state;
    enum { NUM = 5000 };
    arena *a = fresh();
    static piece list[NUM];
    static uint8_t text[NUM * 8];
    for (size_t i = 0; i < NUM; i++) {
        char digits[5];
        snprintf(digits, sizeof digits, "%04u", (unsigned)i);
        list[i] = rdn_of(a, PIECE(a, "\x55\x04\x03"), DER_UTF8_TAG, piece_of(a, digits, 4));
    }
    cauth_name v = parsed(name_of(a, piece_join(a, list, NUM)));
    cauth_writer w = cauth_writer_init(text, sizeof text);
    assert_true(cauth_name_print(&v, &w));
    assert_int_equal(w.len, NUM * 8 - 1);
    for (size_t i = 0; i < NUM; i++) {
        char digits[9];
        snprintf(digits, sizeof digits, "CN=%04u,", (unsigned)(NUM - 1 - i));
        assert_memory_equal(text + 8 * i, digits, i + 1 < NUM ? 8 : 7);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_last_of_seven_bits),
        cmocka_unit_test(characters_of_all_planes),
        cmocka_unit_test(arcs_in_decimal),
        cmocka_unit_test(examples_of_the_rfc),
        cmocka_unit_test(lengths_of_utf8),
        cmocka_unit_test(keywords),
        cmocka_unit_test(dotted_types),
        cmocka_unit_test(special_characters),
        cmocka_unit_test(nothing_is_cut_off),
        cmocka_unit_test(what_does_not_show_is_escaped),
        cmocka_unit_test(other_encodings_become_utf8),
        cmocka_unit_test(what_is_no_text_is_hexadecimal),
        cmocka_unit_test(values_of_no_characters),
        cmocka_unit_test(ber_prints_like_der),
        cmocka_unit_test(the_empty_name),
        cmocka_unit_test(appended_to_what_is_there),
        cmocka_unit_test(printing_needs_room),
        cmocka_unit_test(room_for_what_is_printed),
        cmocka_unit_test(always_printable),
        cmocka_unit_test(an_arc_of_100_kib),
        cmocka_unit_test(an_arc_that_is_cut_off),
        cmocka_unit_test(many_rdns_are_reversed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
