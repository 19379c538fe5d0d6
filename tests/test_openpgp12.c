#include "expect.h"

#include <string.h>

#include "cauth/openpgp12.h"
#include "exact.h"

static cauth_openpgp12 view;
static cauth_flags flags;
static cauth_context ctx;

static int set_up(void **state)
{
    (void)state;
    ctx = cauth_context_default(CAUTH_TLS12, CAUTH_FROM_CLIENT);
    ctx.certificate_type = CAUTH_OPENPGP;
    return 0;
}

static cauth_result parse_bytes(const void *p, size_t len)
{
    cauth_bytes body = exact_copy(p, len);
    cauth_result r = cauth_openpgp12_parse(body, &ctx, &view, &flags);
    exact_free(body);
    return r;
}

#define PARSE(string) parse_bytes((string), sizeof(string) - 1)

/* A message of the descriptor with these lengths; second_width is that of the second vector's prefix. */
static cauth_result parse_lengths(uint8_t descriptor, size_t key_id, size_t second_width, size_t second)
{
    static const uint8_t zeros[300];
    uint8_t room[700];
    cauth_bytes first = { zeros, key_id };
    cauth_bytes other = { zeros, second };
    cauth_writer w = cauth_writer_init(room, sizeof room);
    cauth_write_u8(&w, descriptor);
    cauth_write_vector(&w, 1, first);
    assert_true(cauth_write_vector(&w, second_width, other));
    return parse_bytes(room, w.len);
}

static void empty_cert(void **state)
{
    (void)state;
    EXPECT_ACCEPTED(PARSE("\x01\0\0\0"));
    EXPECT_FLAG(&flags, CAUTH_CERT_12_04);
    assert_int_equal(view.descriptor, CAUTH_OPENPGP_EMPTY_CERT);
    assert_int_equal(view.key_id.len, 0);
    assert_int_equal(view.cert.len, 0);
    assert_int_equal(view.fingerprint.len, 0);
    assert_null(view.key_id.ptr);
    assert_null(view.cert.ptr);
    assert_null(view.fingerprint.ptr);
    EXPECT_REJECTED(PARSE("\x01\0\0\x01\x99"), VEC_04, OPENPGP_CERT, 1);
    EXPECT_REJECTED(PARSE("\x01\0\0"), VEC_03, OPENPGP_CERT, 3);
    EXPECT_REJECTED(PARSE("\x01\0\0\0\0"), VEC_07, BODY, 4);
}

static void subkey_cert(void **state)
{
    (void)state;
    for (size_t len = 8; len <= 255; len++) {
        EXPECT_ACCEPTED(parse_lengths(2, len, 3, len % 2 * 20));
        EXPECT_FLAG(&flags, CAUTH_CERT_12_04);
        assert_int_equal(view.key_id.len, len);
        assert_int_equal(view.cert.len, len % 2 * 20);
        assert_int_equal(view.fingerprint.len, 0);
    }
    for (size_t len = 0; len < 8; len++)
        EXPECT_REJECTED(parse_lengths(2, len, 3, 20), VEC_04, OPENPGP_KEY_ID, 1);
    EXPECT_REJECTED(PARSE("\x02\x08\1\2\3\4\5\6\7\x08\0\0\x02\x99"), VEC_03, OPENPGP_CERT, 10);
    EXPECT_REJECTED(PARSE("\x02\x08\1\2\3\4\5\6\7\x08\0\0\x01\x99\0"), VEC_07, BODY, 14);
}

static void subkey_cert_fingerprint(void **state)
{
    (void)state;
    for (size_t len = 20; len <= 255; len++) {
        EXPECT_ACCEPTED(parse_lengths(3, 8, 1, len));
        EXPECT_FLAG(&flags, CAUTH_CERT_12_04);
        assert_int_equal(view.fingerprint.len, len);
        assert_int_equal(view.cert.len, 0);
    }
    for (size_t len = 0; len < 20; len++)
        EXPECT_REJECTED(parse_lengths(3, 8, 1, len), VEC_04, OPENPGP_FINGERPRINT, 10);
    EXPECT_REJECTED(parse_lengths(3, 7, 1, 20), VEC_04, OPENPGP_KEY_ID, 1);
}

/* OpenPGPCertDescriptorType ends at 3; 0 was a type of RFC 5081, whose layout is another. */
static void unknown_descriptors(void **state)
{
    (void)state;
    for (unsigned descriptor = 0; descriptor <= 255; descriptor++)
        if (descriptor < 1 || descriptor > 3)
            EXPECT_REJECTED(parse_lengths((uint8_t)descriptor, 8, 3, 20), VEC_09, CERT_DESCRIPTOR, 0);
}

static void every_prefix_is_cut_short(void **state)
{
    static const char body[] = "\x02\x08\1\2\3\4\5\6\7\x08\0\0\x02\x99\0";
    (void)state;
    EXPECT_REJECTED(parse_bytes(body, 0), VEC_03, CERT_DESCRIPTOR, 0);
    EXPECT_REJECTED(parse_bytes(body, 1), VEC_03, OPENPGP_KEY_ID, 1);
    for (size_t len = 2; len < 10; len++)
        EXPECT_REJECTED(parse_bytes(body, len), VEC_03, OPENPGP_KEY_ID, 1);
    for (size_t len = 10; len < sizeof body - 1; len++)
        EXPECT_REJECTED(parse_bytes(body, len), VEC_03, OPENPGP_CERT, len < 13 ? len : 10);
    EXPECT_ACCEPTED(parse_bytes(body, sizeof body - 1));
}

static void writer_gives_the_bytes_back(void **state)
{
    static const struct {
        const char *bytes;
        size_t len;
    } bodies[] = {
        { "\x01\0\0\0", 4 },
        { "\x02\x08\1\2\3\4\5\6\7\x08\0\0\x02\x99\0", 15 },
        { "\x03\x08\1\2\3\4\5\6\7\x08\x14"
          "ABCDEFGHIJKLMNOPQRST",
          31 },
    };
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        uint8_t written[40];
        cauth_bytes in = { (const uint8_t *)bodies[i].bytes, bodies[i].len };
        EXPECT_ACCEPTED(cauth_openpgp12_parse(in, &ctx, &view, &flags));
        cauth_writer w = cauth_writer_init(written, sizeof written);
        assert_true(cauth_openpgp12_write(&view, &w));
        assert_int_equal(w.len, in.len);
        assert_memory_equal(written, in.ptr, in.len);
        w = cauth_writer_init(written, in.len - 1);
        assert_false(cauth_openpgp12_write(&view, &w));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(empty_cert),
        cmocka_unit_test(subkey_cert),
        cmocka_unit_test(subkey_cert_fingerprint),
        cmocka_unit_test(unknown_descriptors),
        cmocka_unit_test(every_prefix_is_cut_short),
        cmocka_unit_test(writer_gives_the_bytes_back),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
