#include "expect.h"

#include <string.h>

#include "cauth/certverify.h"
#include "exact.h"

static cauth_certverify10 view10;
static cauth_certverify12 view12;
static cauth_flags flags;

static cauth_result parse10(const void *p, size_t len, cauth_version version)
{
    cauth_context ctx = cauth_context_default(version, CAUTH_FROM_CLIENT);
    cauth_bytes body = exact_copy(p, len);
    cauth_result r = cauth_certverify10_parse(body, &ctx, &view10, &flags);
    exact_free(body);
    return r;
}

static cauth_result parse12(const void *p, size_t len, cauth_version version, cauth_sender sender)
{
    cauth_context ctx = cauth_context_default(version, sender);
    cauth_bytes body = exact_copy(p, len);
    cauth_result r = cauth_certverify12_parse(body, &ctx, &view12, &flags);
    exact_free(body);
    return r;
}

#define PARSE10(string, version) parse10((string), sizeof(string) - 1, (version))
#define PARSE12(string, version) parse12((string), sizeof(string) - 1, (version), CAUTH_FROM_CLIENT)

static void before_tls12(void **state)
{
    (void)state;
    for (int v = CAUTH_SSL30; v <= CAUTH_TLS11; v++) {
        cauth_version version = (cauth_version)v;
        EXPECT_ACCEPTED(PARSE10("\0\2xy", version));
        EXPECT_FLAG(&flags, CAUTH_RULE_NONE);
        assert_int_equal(view10.signature.len, 2);
        EXPECT_ACCEPTED(PARSE10("\0\0", version));
        assert_int_equal(view10.signature.len, 0);
        EXPECT_REJECTED(PARSE10("\0\2xyz", version), CV_01, BODY, 4);
        EXPECT_REJECTED(PARSE10("\0\0\0", version), CV_01, BODY, 2);
        EXPECT_REJECTED(PARSE10("\0\3xy", version), VEC_03, SIGNATURE, 0);
        /* the form of TLS 1.2, with an algorithm in front */
        EXPECT_REJECTED(PARSE10("\x04\x03\0\2xy", version), VEC_03, SIGNATURE, 0);
    }
}

static void from_tls12(void **state)
{
    (void)state;
    for (int v = CAUTH_TLS12; v <= CAUTH_TLS13; v++) {
        cauth_version version = (cauth_version)v;
        EXPECT_ACCEPTED(PARSE12("\x08\x04\0\2xy", version));
        EXPECT_FLAG(&flags, CAUTH_RULE_NONE);
        assert_int_equal(view12.algorithm, 0x0804);
        assert_int_equal(view12.signature.len, 2);
        EXPECT_ACCEPTED(PARSE12("\x04\x03\0\0", version));
        assert_int_equal(view12.signature.len, 0);
        EXPECT_REJECTED(PARSE12("\x04\x03\0\3xy", version), VEC_03, SIGNATURE, 2);
    }
    EXPECT_REJECTED(PARSE12("\x04\x03\0\2xyz", CAUTH_TLS12), CV_02, BODY, 6);
    EXPECT_REJECTED(PARSE12("\x04\x03\0\2xyz", CAUTH_TLS13), CV_03, BODY, 6);
}

static bool is_one_of(unsigned value, const uint16_t *values, size_t num)
{
    for (size_t i = 0; i < num; i++)
        if (values[i] == value)
            return true;
    return false;
}

/* RFC 8701 §4.1 for GREASE; RFC 8446 §4.4.3 and the registry in its §B.3.1.3 for what TLS 1.3 cannot sign with. */
static void every_algorithm(void **state)
{
    static const uint16_t below_0700[] = { 0x0403, 0x0503, 0x0603 };
    static const uint16_t client_only[] = { 0x0420, 0x0520, 0x0620 };
    (void)state;
    for (unsigned algorithm = 0; algorithm <= 0xFFFF; algorithm++) {
        uint8_t body[] = { (uint8_t)(algorithm / 256), (uint8_t)algorithm, 0, 1, 'x' };
        cauth_result tls12 = parse12(body, sizeof body, CAUTH_TLS12, CAUTH_FROM_CLIENT);
        cauth_result client = parse12(body, sizeof body, CAUTH_TLS13, CAUTH_FROM_CLIENT);
        cauth_result server = parse12(body, sizeof body, CAUTH_TLS13, CAUTH_FROM_SERVER);
        if (algorithm % 256 == algorithm / 256 && algorithm % 16 == 10) {
            EXPECT_REJECTED(tls12, CV_04, ALGORITHM, 0);
            EXPECT_REJECTED(client, CV_04, ALGORITHM, 0);
            EXPECT_REJECTED(server, CV_04, ALGORITHM, 0);
            continue;
        }
        EXPECT_ACCEPTED(tls12);
        if (algorithm >= 0x0700 || is_one_of(algorithm, below_0700, 3)) {
            EXPECT_ACCEPTED(client);
            EXPECT_ACCEPTED(server);
        } else {
            if (is_one_of(algorithm, client_only, 3))
                EXPECT_ACCEPTED(client);
            else
                EXPECT_REJECTED(client, CV_05, ALGORITHM, 0);
            EXPECT_REJECTED(server, CV_05, ALGORITHM, 0);
        }
    }
}

static void every_prefix_is_cut_short(void **state)
{
    static const char body[] = "\x04\x03\0\4wxyz";
    (void)state;
    for (size_t len = 0; len < sizeof body - 1; len++) {
        cauth_field field = len < 2 ? CAUTH_FIELD_ALGORITHM : CAUTH_FIELD_SIGNATURE;
        cauth_result expected = cauth_rejected(CAUTH_VEC_03, field, len < 4 ? len : 2);
        expect_result(parse12(body, len, CAUTH_TLS12, CAUTH_FROM_CLIENT), expected, __FILE__, __LINE__);
        expect_result(parse12(body, len, CAUTH_TLS13, CAUTH_FROM_SERVER), expected, __FILE__, __LINE__);
    }
    for (size_t len = 0; len < 6; len++)
        EXPECT_REJECTED(parse10(body + 2, len, CAUTH_TLS10), VEC_03, SIGNATURE, len < 2 ? len : 0);
}

static void longest_signature(void **state)
{
    static uint8_t body[2 + 2 + 65535] = { 0x08, 0x07, 0xFF, 0xFF };
    (void)state;
    EXPECT_ACCEPTED(parse12(body, sizeof body, CAUTH_TLS13, CAUTH_FROM_CLIENT));
    assert_int_equal(view12.signature.len, 65535);
    EXPECT_ACCEPTED(parse10(body + 2, sizeof body - 2, CAUTH_TLS10));
    assert_int_equal(view10.signature.len, 65535);
}

static void writers_give_the_bytes_back(void **state)
{
    uint8_t written[8];
    (void)state;
    EXPECT_ACCEPTED(PARSE12("\x08\x04\0\4wxyz", CAUTH_TLS12));
    cauth_certverify12 v12 = { view12.algorithm, { (const uint8_t *)"wxyz", view12.signature.len } };
    cauth_writer w = cauth_writer_init(written, sizeof written);
    assert_true(cauth_certverify12_write(&v12, &w));
    assert_int_equal(w.len, 8);
    assert_memory_equal(written, "\x08\x04\0\4wxyz", 8);
    w = cauth_writer_init(written, 7);
    assert_false(cauth_certverify12_write(&v12, &w));

    cauth_certverify10 v10 = { v12.signature };
    w = cauth_writer_init(written, sizeof written);
    assert_true(cauth_certverify10_write(&v10, &w));
    assert_int_equal(w.len, 6);
    assert_memory_equal(written, "\0\4wxyz", 6);
    w = cauth_writer_init(written, 5);
    assert_false(cauth_certverify10_write(&v10, &w));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(before_tls12),      cmocka_unit_test(from_tls12),
        cmocka_unit_test(every_algorithm),   cmocka_unit_test(every_prefix_is_cut_short),
        cmocka_unit_test(longest_signature), cmocka_unit_test(writers_give_the_bytes_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
