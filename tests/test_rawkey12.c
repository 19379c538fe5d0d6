#include "expect.h"

#include <string.h>

#include "cauth/rawkey12.h"
#include "exact.h"

static cauth_rawkey12 view;
static cauth_flags flags;
static cauth_context client, server;

static int set_up(void **state)
{
    (void)state;
    client = cauth_context_default(CAUTH_TLS12, CAUTH_FROM_CLIENT);
    client.certificate_type = CAUTH_RAW_PUBLIC_KEY;
    server = client;
    server.sender = CAUTH_FROM_SERVER;
    return 0;
}

static cauth_result parse_bytes(const void *p, size_t len, const cauth_context *ctx)
{
    cauth_bytes body = exact_copy(p, len);
    cauth_result r = cauth_rawkey12_parse(body, ctx, &view, &flags);
    exact_free(body);
    return r;
}

#define PARSE(string, ctx) parse_bytes((string), sizeof(string) - 1, &(ctx))

/* RFC 7250 §3: one key, no list around it. */
static void one_key(void **state)
{
    (void)state;
    EXPECT_ACCEPTED(PARSE("\0\0\x02\x30\0", client));
    EXPECT_FLAG(&flags, CAUTH_RULE_NONE);
    assert_int_equal(view.subject_public_key_info.len, 2);
    EXPECT_ACCEPTED(PARSE("\0\0\x01\x30", server));
    EXPECT_FLAG(&flags, CAUTH_RULE_NONE);
    EXPECT_REJECTED(PARSE("\0\0\x02\x30\0\0", client), VEC_07, BODY, 5);
    EXPECT_REJECTED(PARSE("\0\0\x02\x30", client), VEC_03, SUBJECT_PUBLIC_KEY_INFO, 0);
    EXPECT_REJECTED(PARSE("\xFF\xFF\xFF\x30", server), VEC_03, SUBJECT_PUBLIC_KEY_INFO,
                    0); /* in range, and cut short */
}

static void no_key(void **state)
{
    (void)state;
    EXPECT_ACCEPTED(PARSE("\0\0\0", client));
    EXPECT_FLAG(&flags, CAUTH_CERT_12_03);
    assert_int_equal(view.subject_public_key_info.len, 0);
    EXPECT_REJECTED(PARSE("\0\0\0", server), VEC_04, SUBJECT_PUBLIC_KEY_INFO, 0);
}

static void every_prefix_is_cut_short(void **state)
{
    static const char body[] = "\0\0\x05\x30\x03\x01\x02\x03";
    (void)state;
    for (size_t len = 0; len < sizeof body - 1; len++)
        EXPECT_REJECTED(parse_bytes(body, len, &client), VEC_03, SUBJECT_PUBLIC_KEY_INFO, len < 3 ? len : 0);
}

static void large_keys(void **state)
{
    static const uint32_t sizes[] = { 17 * 1024, 66 * 1024, 131 * 1024, 0xFFFFFF };
    static uint8_t room[3 + 0xFFFFFF];
    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        cauth_writer w = cauth_writer_init(room, sizeof room);
        assert_true(cauth_write_u24(&w, sizes[i]));
        cauth_bytes body = { room, 3 + sizes[i] };
        EXPECT_ACCEPTED(cauth_rawkey12_parse(body, &client, &view, &flags));
        assert_int_equal(view.subject_public_key_info.len, sizes[i]);
    }
}

static void writer_gives_the_bytes_back(void **state)
{
    uint8_t written[5];
    cauth_rawkey12 v = { { (const uint8_t *)"\x30\0", 2 } };
    cauth_writer w = cauth_writer_init(written, sizeof written);
    (void)state;
    assert_true(cauth_rawkey12_write(&v, &w));
    assert_int_equal(w.len, 5);
    assert_memory_equal(written, "\0\0\x02\x30\0", 5);
    w = cauth_writer_init(written, 4);
    assert_false(cauth_rawkey12_write(&v, &w));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_key),
        cmocka_unit_test(no_key),
        cmocka_unit_test(every_prefix_is_cut_short),
        cmocka_unit_test(large_keys),
        cmocka_unit_test(writer_gives_the_bytes_back),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
