#include "expect.h"

#include <string.h>

#include "cauth/writer.h"

static void integers_are_big_endian(void **state)
{
    static const uint8_t expected[] = { 0xAB, 0x12, 0x34, 0xFE, 0xDC, 0xBA };
    uint8_t room[6];
    cauth_writer w = cauth_writer_init(room, sizeof room);
    (void)state;
    assert_true(cauth_write_u8(&w, 0xAB));
    assert_true(cauth_write_u16(&w, 0x1234));
    assert_true(cauth_write_u24(&w, 0xFEDCBA));
    assert_int_equal(w.len, sizeof expected);
    assert_memory_equal(room, expected, sizeof expected);
    assert_ptr_equal(cauth_written(&w).ptr, room);
    assert_int_equal(cauth_written(&w).len, 6);
}

/* For each writer and each room too small for it: nothing is written, and everything after fails too. */
static void no_byte_past_the_room(void **state)
{
    static const uint8_t four[] = { 1, 2, 3, 4 };
    const cauth_bytes bytes = { four, sizeof four };
    static const size_t needs[] = { 1, 2, 3, 4, 5 };
    (void)state;
    for (size_t what = 0; what < 5; what++) {
        for (size_t cap = 0; cap <= needs[what]; cap++) {
            uint8_t room[8];
            memset(room, 0x77, sizeof room);
            cauth_writer w = cauth_writer_init(room, cap);
            bool fits = what == 0   ? cauth_write_u8(&w, 1)
                        : what == 1 ? cauth_write_u16(&w, 1)
                        : what == 2 ? cauth_write_u24(&w, 1)
                        : what == 3 ? cauth_write_bytes(&w, bytes)
                                    : cauth_write_vector(&w, 1, bytes);
            assert_int_equal(fits, cap == needs[what]);
            assert_int_equal(w.failed, !fits);
            for (size_t i = cap; i < sizeof room; i++)
                assert_int_equal(room[i], 0x77);
            if (!fits) {
                size_t len = w.len;
                assert_false(cauth_write_bytes(&w, (cauth_bytes){ NULL, 0 }));
                assert_int_equal(w.len, len);
            }
        }
    }
}

static void a_24_bit_number_has_24_bits(void **state)
{
    uint8_t room[8];
    cauth_writer w = cauth_writer_init(room, sizeof room);
    (void)state;
    assert_true(cauth_write_u24(&w, 0xFFFFFF));
    assert_false(cauth_write_u24(&w, 0x1000000));
    assert_true(w.failed);
    assert_int_equal(w.len, 3);
}

/* The longest content of each prefix fits; one byte more does not. */
static void vector_prefixes(void **state)
{
    static uint8_t content[65536 + 8], room[sizeof content + 8];
    static const size_t most[] = { 0, 255, 65535 };
    (void)state;
    for (size_t width = 1; width <= 2; width++) {
        for (size_t more = 0; more <= 1; more++) {
            const cauth_bytes bytes = { content, most[width] + more };
            cauth_writer w = cauth_writer_init(room, sizeof room);
            assert_int_equal(cauth_write_vector(&w, width, bytes), more == 0);
            if (more == 0) {
                assert_int_equal(w.len, width + bytes.len);
                for (size_t i = 0; i < width; i++)
                    assert_int_equal(room[i], 0xFF);
            }
        }
    }
    cauth_writer w = cauth_writer_init(room, sizeof room);
    assert_true(cauth_write_vector(&w, 3, (cauth_bytes){ content, 65536 }));
    assert_int_equal(w.len, 3 + 65536);
    assert_memory_equal(room, "\x01\x00\x00", 3);
}

static void nested_vectors(void **state)
{
    static const uint8_t expected[] = { 9, 0, 0, 5, 0, 3, 1, 2, 3 };
    uint8_t room[16];
    cauth_writer w = cauth_writer_init(room, sizeof room);
    (void)state;
    cauth_write_u8(&w, 9);
    size_t outer = cauth_write_begin(&w, 3);
    size_t inner = cauth_write_begin(&w, 2);
    cauth_write_u24(&w, 0x010203);
    assert_true(cauth_write_end(&w, 2, inner));
    assert_true(cauth_write_end(&w, 3, outer));
    assert_int_equal(w.len, sizeof expected);
    assert_memory_equal(room, expected, sizeof expected);
}

static void nothing_is_written_to_no_room(void **state)
{
    cauth_writer w = cauth_writer_init(NULL, 0);
    (void)state;
    assert_true(cauth_write_bytes(&w, (cauth_bytes){ NULL, 0 }));
    assert_null(cauth_written(&w).ptr);
    assert_int_equal(cauth_written(&w).len, 0);
    assert_false(cauth_write_u8(&w, 1));
}

/* An empty span has no pointer, though there be room. */
static void nothing_written(void **state)
{
    uint8_t room[4];
    cauth_writer w = cauth_writer_init(room, sizeof room);
    (void)state;
    assert_null(cauth_written(&w).ptr);
    assert_true(cauth_write_u8(&w, 1));
    assert_ptr_equal(cauth_written(&w).ptr, room);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_written),
        cmocka_unit_test(integers_are_big_endian),
        cmocka_unit_test(no_byte_past_the_room),
        cmocka_unit_test(a_24_bit_number_has_24_bits),
        cmocka_unit_test(vector_prefixes),
        cmocka_unit_test(nested_vectors),
        cmocka_unit_test(nothing_is_written_to_no_room),
    };
    return cmocka_run_group_tests_name("writer", tests, NULL, NULL);
}
