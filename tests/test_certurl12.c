#include "expect.h"

#include <string.h>

#include "cauth/certurl12.h"
#include "exact.h"

#define HASH "ABCDEFGHIJKLMNOPQRST"

static cauth_certurl12 view;
static cauth_flags flags;

static cauth_result parse_bytes(const void *p, size_t len)
{
    cauth_context ctx = cauth_context_default(CAUTH_TLS12, CAUTH_FROM_CLIENT);
    cauth_bytes body = exact_copy(p, len);
    cauth_result r = cauth_certurl12_parse(body, &ctx, &view, &flags);
    exact_free(body);
    return r;
}

#define PARSE(string) parse_bytes((string), sizeof(string) - 1)

/* RFC 6066 §5: url<1..2^16-1>, padding = 1, SHA1Hash[20]; an item with a URL of one letter is 24 bytes long. */
static void one_url(void **state)
{
    (void)state;
    EXPECT_ACCEPTED(PARSE("\0\0\x18\0\1u\1" HASH));
    EXPECT_FLAG(&flags, CAUTH_RULE_NONE);
    assert_int_equal(view.type, CAUTH_INDIVIDUAL_CERTS);
    assert_int_equal(view.url_and_hash_list.len, 24);
    EXPECT_ACCEPTED(PARSE("\1\0\x18\0\1u\1" HASH));
    assert_int_equal(view.type, CAUTH_PKIPATH);
    EXPECT_REJECTED(PARSE("\0\0\x18\0\1u\1" HASH "\0"), VEC_07, BODY, 27);
}

static void items_in_order(void **state)
{
    static const char list[] = "\0\1u\1" HASH "\0\3abc\1" HASH;
    cauth_bytes span = { (const uint8_t *)list, sizeof list - 1 };
    cauth_iter it = cauth_iter_init(span);
    cauth_url_and_hash item;
    (void)state;
    assert_true(cauth_url_and_hash_next(&it, &item));
    assert_int_equal(item.url.len, 1);
    assert_int_equal(item.padding, 1);
    assert_int_equal(item.sha1_hash.len, 20);
    assert_memory_equal(item.sha1_hash.ptr, HASH, 20);
    assert_true(cauth_url_and_hash_next(&it, &item));
    assert_int_equal(item.url.len, 3);
    assert_memory_equal(item.url.ptr, "abc", 3);
    assert_false(cauth_url_and_hash_next(&it, &item));

    span.len -= 1; /* no parser has accepted this one: the iterator stays inside and ends */
    it = cauth_iter_init(span);
    assert_true(cauth_url_and_hash_next(&it, &item));
    assert_false(cauth_url_and_hash_next(&it, &item));
}

static void chain_types(void **state)
{
    uint8_t body[] = "?\0\x18\0\1u\1" HASH;
    (void)state;
    for (unsigned type = 2; type <= 255; type++) {
        body[0] = (uint8_t)type;
        EXPECT_REJECTED(parse_bytes(body, sizeof body - 1), CERT_12_05, CERT_CHAIN_TYPE, 0);
    }
    EXPECT_ACCEPTED(PARSE("\0\0\x30\0\1u\1" HASH "\0\1v\1" HASH));
    EXPECT_REJECTED(PARSE("\1\0\x30\0\1u\1" HASH "\0\1v\1" HASH), CERT_12_05, URL_AND_HASH_LIST, 27);
}

static void floors(void **state)
{
    (void)state;
    EXPECT_REJECTED(PARSE("\0\0\0"), CERT_12_05, URL_AND_HASH_LIST, 1);
    EXPECT_REJECTED(PARSE("\1\0\0"), CERT_12_05, URL_AND_HASH_LIST, 1);
    EXPECT_REJECTED(PARSE("\0\0\x17\0\0\1" HASH), CERT_12_05, URL, 3);
}

static void padding(void **state)
{
    uint8_t body[] = "\0\0\x18\0\1u?" HASH;
    (void)state;
    for (unsigned value = 0; value <= 255; value++) {
        body[6] = (uint8_t)value;
        if (value != 1)
            EXPECT_REJECTED(parse_bytes(body, sizeof body - 1), CERT_12_05, URL_PADDING, 6);
    }
}

static void cut_short_inside_the_list(void **state)
{
    (void)state;
    EXPECT_REJECTED(PARSE("\0\0\1\0"), VEC_03, URL, 4);
    EXPECT_REJECTED(PARSE("\0\0\2\0\1"), VEC_03, URL, 3);
    EXPECT_REJECTED(PARSE("\0\0\3\0\1u"), VEC_03, URL_PADDING, 6);
    EXPECT_REJECTED(PARSE("\0\0\4\0\1u\1"), VEC_03, URL_HASH, 7);
    EXPECT_REJECTED(PARSE("\0\0\x17\0\1u\1"
                          "ABCDEFGHIJKLMNOPQRS"),
                    VEC_03, URL_HASH, 26);
    EXPECT_REJECTED(PARSE("\0\0\x19\0\1u\1" HASH "\0"), VEC_03, URL, 28);
}

static void every_prefix_is_cut_short(void **state)
{
    static const char body[] = "\0\0\x18\0\1u\1" HASH;
    (void)state;
    EXPECT_REJECTED(parse_bytes(body, 0), VEC_03, CERT_CHAIN_TYPE, 0);
    for (size_t len = 1; len < sizeof body - 1; len++)
        EXPECT_REJECTED(parse_bytes(body, len), VEC_03, URL_AND_HASH_LIST, len < 3 ? len : 1);
}

/* The longest list, and the longest URL in it. */
static void ceilings(void **state)
{
    static uint8_t room[3 + 65535];
    static const uint8_t url[65535 - 23];
    cauth_url_and_hash item = { { url, sizeof url }, 1, { (const uint8_t *)HASH, 20 } };
    (void)state;
    cauth_writer w = cauth_writer_init(room, sizeof room);
    cauth_write_u8(&w, CAUTH_PKIPATH);
    size_t list = cauth_write_begin(&w, 2);
    cauth_url_and_hash_write(&w, &item);
    assert_true(cauth_write_end(&w, 2, list));
    EXPECT_ACCEPTED(parse_bytes(room, w.len));
    assert_int_equal(view.url_and_hash_list.len, 65535);
}

static void writer_gives_the_bytes_back(void **state)
{
    static const char body[] = "\0\0\x18\0\1u\1" HASH;
    cauth_context ctx = cauth_context_default(CAUTH_TLS10, CAUTH_FROM_CLIENT);
    cauth_bytes in = { (const uint8_t *)body, sizeof body - 1 };
    uint8_t written[sizeof body - 1];
    (void)state;
    EXPECT_ACCEPTED(cauth_certurl12_parse(in, &ctx, &view, &flags));
    cauth_writer w = cauth_writer_init(written, sizeof written);
    assert_true(cauth_certurl12_write(&view, &w));
    assert_int_equal(w.len, in.len);
    assert_memory_equal(written, in.ptr, in.len);
    w = cauth_writer_init(written, sizeof written - 1);
    assert_false(cauth_certurl12_write(&view, &w));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_url),
        cmocka_unit_test(items_in_order),
        cmocka_unit_test(chain_types),
        cmocka_unit_test(floors),
        cmocka_unit_test(padding),
        cmocka_unit_test(cut_short_inside_the_list),
        cmocka_unit_test(every_prefix_is_cut_short),
        cmocka_unit_test(ceilings),
        cmocka_unit_test(writer_gives_the_bytes_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
