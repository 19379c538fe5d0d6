#include "expect.h"

#include "cauth/bytes.h"
#include "exact.h"
#include "src/reader.h"

#define ANY CAUTH_FIELD_BODY

/* For each width and each length of the input: read, or refused at the end with nothing moved. */
static void integers(void **state)
{
    static const uint8_t bytes[] = { 0xAB, 0xCD, 0xEF };
    (void)state;
    for (size_t len = 0; len <= sizeof bytes; len++) {
        cauth_bytes in = exact_copy(bytes, len);
        for (size_t width = 1; width <= 3; width++) {
            rd r = rd_init(in);
            uint8_t u8 = 1;
            uint16_t u16 = 1;
            uint32_t u24 = 1;
            cauth_result e = width == 1   ? rd_u8(&r, ANY, &u8)
                             : width == 2 ? rd_u16(&r, ANY, &u16)
                                          : rd_u24(&r, ANY, &u24);
            if (len < width) {
                EXPECT_REJECTED(e, VEC_03, BODY, len);
                assert_int_equal(r.pos, 0);
                assert_int_equal(u8 + u16 + (int)u24, 3);
            } else {
                EXPECT_ACCEPTED(e);
                assert_int_equal(r.pos, width);
                assert_int_equal(u8, width == 1 ? 0xAB : 1);
                assert_int_equal(u16, width == 2 ? 0xABCD : 1);
                assert_int_equal(u24, width == 3 ? 0xABCDEF : 1);
            }
        }
        exact_free(in);
    }
}

static void plain_bytes(void **state)
{
    static const uint8_t bytes[] = { 1, 2, 3 };
    cauth_bytes in = { bytes, 3 };
    cauth_bytes got = { bytes, 9 };
    rd r = rd_init(in);
    (void)state;
    EXPECT_REJECTED(rd_bytes(&r, 4, ANY, &got), VEC_03, BODY, 3);
    EXPECT_REJECTED(rd_bytes(&r, SIZE_MAX, ANY, &got), VEC_03, BODY, 3);
    assert_int_equal(got.len, 9);
    EXPECT_ACCEPTED(rd_bytes(&r, 1, ANY, &got));
    assert_ptr_equal(got.ptr, bytes);
    EXPECT_ACCEPTED(rd_bytes(&r, 2, ANY, &got));
    assert_ptr_equal(got.ptr, bytes + 1);
    EXPECT_ACCEPTED(rd_bytes(&r, 0, ANY, &got));
    assert_null(got.ptr);
    assert_int_equal(got.len, 0);
}

/* opaque<2..4> with a prefix of one octet, for every first byte. */
static void ranges_of_vectors(void **state)
{
    const rd_vec vec = { 1, 1, 2, 4, ANY, CAUTH_RULE_NONE };
    const rd_vec named = { 1, 1, 2, 4, ANY, CAUTH_CR_12_02 };
    (void)state;
    for (unsigned len = 0; len < 256; len++) {
        const uint8_t bytes[] = { 0, (uint8_t)len, 1, 2, 3 };
        cauth_bytes in = exact_copy(bytes, sizeof bytes);
        rd r = rd_init(in);
        rd inner = { NULL, 7, 7 };
        r.pos = 1;
        cauth_result e = rd_vector(&r, &vec, &inner);
        if (len < 2 || len > 4) {
            EXPECT_REJECTED(e, VEC_04, BODY, 1);
            EXPECT_REJECTED(rd_vector(&r, &named, &inner), CR_12_02, BODY, 1);
        } else if (len == 4) {
            EXPECT_REJECTED(e, VEC_03, BODY, 1);
            EXPECT_REJECTED(rd_vector(&r, &named, &inner), VEC_03, BODY, 1);
        } else {
            EXPECT_ACCEPTED(e);
            assert_int_equal(inner.pos, 2);
            assert_int_equal(inner.end, 2 + len);
            assert_int_equal(r.pos, 2 + len);
            assert_int_equal(r.end, 5);
        }
        if (!cauth_is_accepted(e)) {
            assert_int_equal(r.pos, 1);
            assert_int_equal(inner.pos, 7);
        }
        exact_free(in);
    }
}

static void multiples(void **state)
{
    const rd_vec vec = { 2, 2, 0, 65534, ANY, CAUTH_RULE_NONE };
    static const uint8_t odd[] = { 0, 3, 1, 2, 3 };
    static const uint8_t even[] = { 0, 2, 1, 2 };
    static const uint8_t all[] = { 0xFF, 0xFF };
    cauth_bytes got;
    rd r = rd_init((cauth_bytes){ odd, sizeof odd });
    (void)state;
    EXPECT_REJECTED(rd_opaque(&r, &vec, &got), VEC_05, BODY, 0);
    r = rd_init((cauth_bytes){ all, sizeof all });
    EXPECT_REJECTED(rd_opaque(&r, &vec, &got), VEC_04, BODY, 0);
    r = rd_init((cauth_bytes){ even, sizeof even });
    EXPECT_ACCEPTED(rd_opaque(&r, &vec, &got));
    assert_ptr_equal(got.ptr, even + 2);
    assert_int_equal(got.len, 2);
    EXPECT_ACCEPTED(rd_finish(&r, CAUTH_VEC_07, ANY));
}

/* A missing or cut prefix is refused at the end of what should hold it, not of the input. */
static void cut_prefixes(void **state)
{
    static const uint8_t bytes[] = { 0, 0, 0, 0, 0 };
    (void)state;
    for (uint8_t width = 1; width <= 3; width++) {
        for (size_t end = 0; end < width; end++) {
            const rd_vec vec = { width, 1, 0, 255, ANY, CAUTH_RULE_NONE };
            rd r = rd_init((cauth_bytes){ bytes, sizeof bytes });
            rd inner;
            r.end = end;
            EXPECT_REJECTED(rd_vector(&r, &vec, &inner), VEC_03, BODY, end);
        }
    }
}

static void surplus_and_rest(void **state)
{
    static const uint8_t bytes[] = { 1, 2, 3 };
    rd r = rd_init((cauth_bytes){ bytes, sizeof bytes });
    (void)state;
    r.pos = 2;
    EXPECT_REJECTED(rd_finish(&r, CAUTH_VEC_07, ANY), VEC_07, BODY, 2);
    assert_ptr_equal(rd_rest(&r).ptr, bytes + 2);
    assert_int_equal(rd_left(&r), 1);
    assert_int_equal(rd_span(&r, 1, 4).len, 0);
    assert_int_equal(rd_span(&r, 2, 1).len, 0);
    assert_null(rd_span(&r, 1, 1).ptr);
    assert_int_equal(rd_span(&r, 0, 3).len, 3);
}

static void an_empty_input(void **state)
{
    rd r = rd_init((cauth_bytes){ NULL, 0 });
    uint8_t byte;
    (void)state;
    assert_null(rd_rest(&r).ptr);
    EXPECT_ACCEPTED(rd_finish(&r, CAUTH_VEC_07, ANY));
    EXPECT_REJECTED(rd_u8(&r, ANY, &byte), VEC_03, BODY, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(integers),       cmocka_unit_test(plain_bytes),  cmocka_unit_test(ranges_of_vectors),
        cmocka_unit_test(multiples),      cmocka_unit_test(cut_prefixes), cmocka_unit_test(surplus_and_rest),
        cmocka_unit_test(an_empty_input),
    };
    return cmocka_run_group_tests_name("reader", tests, NULL, NULL);
}
