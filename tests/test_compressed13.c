#include "expect.h"

#include <string.h>

#include "cauth/compressed13.h"
#include "exact.h"

static cauth_compressed13 view;
static cauth_flags flags;
static cauth_context ctx;

static int set_up(void **state)
{
    (void)state;
    ctx = cauth_context_default(CAUTH_TLS13, CAUTH_FROM_CLIENT);
    return 0;
}

static cauth_result parse_bytes(const void *p, size_t len)
{
    cauth_bytes body = exact_copy(p, len);
    cauth_result r = cauth_compressed13_parse(body, &ctx, &view, &flags);
    exact_free(body);
    return r;
}

#define PARSE(string) parse_bytes((string), sizeof(string) - 1)

static cauth_result parse_length(uint32_t uncompressed_length)
{
    uint8_t room[16];
    cauth_compressed13 v = { 1, uncompressed_length, { (const uint8_t *)"x", 1 } };
    cauth_writer w = cauth_writer_init(room, sizeof room);
    assert_true(cauth_compressed13_write(&v, &w));
    return parse_bytes(room, w.len);
}

static void fields(void **state)
{
    (void)state;
    EXPECT_ACCEPTED(PARSE("\x12\x34\x01\x02\x03\0\0\2xy"));
    EXPECT_FLAG(&flags, CAUTH_RULE_NONE);
    assert_int_equal(view.algorithm, 0x1234);
    assert_int_equal(view.uncompressed_length, 0x010203);
    assert_int_equal(view.compressed_certificate_message.len, 2);
    EXPECT_REJECTED(PARSE("\0\1\0\1\0\0\0\1x\0"), VEC_07, BODY, 9);
}

/* RFC 8879 §7.3 reserves 0; all others may have been offered (§3). */
static void algorithms(void **state)
{
    uint8_t body[] = "??\0\1\0\0\0\1x";
    (void)state;
    for (unsigned algorithm = 1; algorithm <= 0xFFFF; algorithm++) {
        body[0] = (uint8_t)(algorithm / 256);
        body[1] = (uint8_t)algorithm;
        EXPECT_ACCEPTED(parse_bytes(body, sizeof body - 1));
    }
    EXPECT_REJECTED(PARSE("\0\0\0\1\0\0\0\1x"), CERT_13_17, ALGORITHM, 0);
}

/* What would be allocated for the output (CVE-2025-66199). */
static void uncompressed_length(void **state)
{
    (void)state;
    for (uint32_t len = 0; len < 4; len++)
        EXPECT_REJECTED(parse_length(len), CERT_13_20, UNCOMPRESSED_LENGTH, 2);
    EXPECT_ACCEPTED(parse_length(4));
    EXPECT_ACCEPTED(parse_length(ctx.limits.certificate));
    EXPECT_REJECTED(parse_length(ctx.limits.certificate + 1), CERT_13_18, UNCOMPRESSED_LENGTH, 2);
    EXPECT_REJECTED(parse_length(0xFFFFFF), CERT_13_18, UNCOMPRESSED_LENGTH, 2);

    ctx.limits.certificate = 0xFFFFFF;
    EXPECT_ACCEPTED(parse_length(0xFFFFFF));
    ctx.limits.certificate = 1000;
    EXPECT_ACCEPTED(parse_length(1000));
    EXPECT_REJECTED(parse_length(1001), CERT_13_18, UNCOMPRESSED_LENGTH, 2);
}

static void nothing_compressed(void **state)
{
    (void)state;
    EXPECT_REJECTED(PARSE("\0\1\0\1\0\0\0\0"), VEC_04, COMPRESSED_CERTIFICATE_MESSAGE, 5);
    EXPECT_ACCEPTED(PARSE("\0\1\0\1\0\0\0\1x"));
}

static void every_prefix_is_cut_short(void **state)
{
    static const char body[] = "\0\2\0\1\0\0\0\3xyz";
    (void)state;
    for (size_t len = 0; len < sizeof body - 1; len++) {
        cauth_field field = len < 2   ? CAUTH_FIELD_ALGORITHM
                            : len < 5 ? CAUTH_FIELD_UNCOMPRESSED_LENGTH
                                      : CAUTH_FIELD_COMPRESSED_CERTIFICATE_MESSAGE;
        expect_result(parse_bytes(body, len), cauth_rejected(CAUTH_VEC_03, field, len < 8 ? len : 5), __FILE__,
                      __LINE__);
    }
}

static void large_messages(void **state)
{
    static const uint32_t sizes[] = { 17 * 1024, 66 * 1024, 131 * 1024, 0xFFFFFF };
    static uint8_t room[8 + 0xFFFFFF] = { 0, 3, 0, 1, 0 };
    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        cauth_writer w = cauth_writer_init(room, sizeof room);
        w.len = 5;
        assert_true(cauth_write_u24(&w, sizes[i]));
        cauth_bytes body = { room, 8 + sizes[i] };
        EXPECT_ACCEPTED(cauth_compressed13_parse(body, &ctx, &view, &flags));
        assert_int_equal(view.compressed_certificate_message.len, sizes[i]);
    }
}

static void writer_gives_the_bytes_back(void **state)
{
    static const char body[] = "\0\2\0\1\0\0\0\3xyz";
    cauth_bytes in = { (const uint8_t *)body, sizeof body - 1 };
    uint8_t written[sizeof body - 1];
    (void)state;
    EXPECT_ACCEPTED(cauth_compressed13_parse(in, &ctx, &view, &flags));
    cauth_writer w = cauth_writer_init(written, sizeof written);
    assert_true(cauth_compressed13_write(&view, &w));
    assert_int_equal(w.len, in.len);
    assert_memory_equal(written, in.ptr, in.len);
    w = cauth_writer_init(written, sizeof written - 1);
    assert_false(cauth_compressed13_write(&view, &w));
    view.uncompressed_length = 0x1000000;
    w = cauth_writer_init(written, sizeof written);
    assert_false(cauth_compressed13_write(&view, &w));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(fields, set_up),
        cmocka_unit_test_setup(algorithms, set_up),
        cmocka_unit_test_setup(uncompressed_length, set_up),
        cmocka_unit_test_setup(nothing_compressed, set_up),
        cmocka_unit_test_setup(every_prefix_is_cut_short, set_up),
        cmocka_unit_test_setup(large_messages, set_up),
        cmocka_unit_test_setup(writer_gives_the_bytes_back, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
