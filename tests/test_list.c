#include "expect.h"

#include "cauth/list.h"
#include "exact.h"

static void items_come_in_order(void **state)
{
    static const uint8_t bytes[] = { 0, 2, 7, 8, 0, 0, 0, 1, 9 };
    const cauth_bytes list = { bytes, sizeof bytes };
    cauth_iter it = cauth_iter_init(list);
    cauth_bytes item;
    (void)state;
    assert_true(cauth_vector16_next(&it, &item));
    assert_ptr_equal(item.ptr, bytes + 2);
    assert_int_equal(item.len, 2);
    assert_true(cauth_vector16_next(&it, &item));
    assert_int_equal(item.len, 0);
    assert_true(cauth_vector16_next(&it, &item));
    assert_ptr_equal(item.ptr, bytes + 8);
    assert_false(cauth_vector16_next(&it, &item));
    assert_ptr_equal(item.ptr, bytes + 8);
}

static void numbers(void **state)
{
    static const uint8_t bytes[] = { 0x12, 0x34, 0x56 };
    const cauth_bytes list = { bytes, sizeof bytes };
    cauth_iter it = cauth_iter_init(list);
    uint16_t u16 = 0;
    uint8_t u8 = 0;
    (void)state;
    assert_true(cauth_u16_next(&it, &u16));
    assert_int_equal(u16, 0x1234);
    assert_false(cauth_u16_next(&it, &u16));
    assert_int_equal(u16, 0x1234);
    assert_true(cauth_u8_next(&it, &u8));
    assert_int_equal(u8, 0x56);
    assert_false(cauth_u8_next(&it, &u8));
}

static void items_with_three_octets(void **state)
{
    static const uint8_t bytes[] = { 0, 0, 1, 5, 0, 1, 0, 1 };
    const cauth_bytes list = { bytes, sizeof bytes };
    cauth_iter it = cauth_iter_init(list);
    cauth_bytes item = { NULL, 0 };
    (void)state;
    assert_true(cauth_vector24_next(&it, &item));
    assert_ptr_equal(item.ptr, bytes + 3);
    /* 256 bytes are announced, one is there. */
    assert_false(cauth_vector24_next(&it, &item));
    assert_int_equal(it.pos, 4);
}

/* The largest item that three octets of length announce. */
static void items_at_the_ceiling(void **state)
{
    static uint8_t bytes[3 + 0xFFFFFF] = { 0xFF, 0xFF, 0xFF };
    const cauth_bytes list = { bytes, sizeof bytes };
    cauth_iter it = cauth_iter_init(list);
    cauth_bytes item;
    (void)state;
    assert_true(cauth_vector24_next(&it, &item));
    assert_int_equal(item.len, 0xFFFFFF);
    assert_false(cauth_vector24_next(&it, &item));
}

/* A list that no parser saw: every prefix of one, in a block of exactly its size, comes to an end inside it. */
static void lists_that_were_never_parsed(void **state)
{
    static const uint8_t bytes[] = { 0, 1, 5, 0, 3, 1, 2, 3, 0xFF, 0xFF, 1 };
    (void)state;
    for (size_t len = 0; len <= sizeof bytes; len++) {
        cauth_bytes list = exact_copy(bytes, len);
        cauth_bytes item;
        uint16_t u16;
        cauth_iter it = cauth_iter_init(list);
        size_t items = 0;
        while (cauth_vector16_next(&it, &item))
            items++;
        assert_int_equal(items, len >= 8 ? 2 : len >= 3 ? 1 : 0);
        it = cauth_iter_init(list);
        while (cauth_vector24_next(&it, &item))
            assert_true(it.pos <= len);
        for (it = cauth_iter_init(list), items = 0; cauth_u16_next(&it, &u16);)
            items++;
        assert_int_equal(items, len / 2);
        exact_free(list);
    }
}

static void a_position_outside_the_list(void **state)
{
    static const uint8_t bytes[] = { 1, 2 };
    cauth_iter it = { { bytes, sizeof bytes }, 3 };
    uint8_t u8;
    (void)state;
    assert_false(cauth_u8_next(&it, &u8));
    it.pos = SIZE_MAX;
    assert_false(cauth_u8_next(&it, &u8));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(items_at_the_ceiling),
        cmocka_unit_test(items_come_in_order),
        cmocka_unit_test(numbers),
        cmocka_unit_test(items_with_three_octets),
        cmocka_unit_test(lists_that_were_never_parsed),
        cmocka_unit_test(a_position_outside_the_list),
    };
    return cmocka_run_group_tests_name("list", tests, NULL, NULL);
}
