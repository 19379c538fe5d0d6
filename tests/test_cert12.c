#include "expect.h"

#include <string.h>

#include "cauth/cert12.h"
#include "exact.h"

static cauth_cert12 view;
static cauth_flags flags;

static cauth_context context(cauth_version version, cauth_sender sender)
{
    return cauth_context_default(version, sender);
}

static cauth_result parse_bytes(const void *p, size_t len, const cauth_context *ctx)
{
    cauth_bytes body = exact_copy(p, len);
    cauth_result r = cauth_cert12_parse(body, ctx, &view, &flags);
    exact_free(body);
    return r;
}

#define PARSE(string, ctx) parse_bytes((string), sizeof(string) - 1, &(ctx))

/* ---- building: a body in one static buffer, big enough for the largest ---- */

#define ROOM ((size_t)3 + 0xFFFFFF + 16)
static uint8_t room[ROOM];

/* A body of certificates with these lengths. Their content is not judged here. */
static cauth_bytes body_of(const size_t *lens, size_t num)
{
    cauth_writer w = cauth_writer_init(room, sizeof room);
    size_t list = cauth_write_begin(&w, 3);
    for (size_t i = 0; i < num; i++) {
        size_t cert = cauth_write_begin(&w, 3);
        for (size_t j = 0; j < lens[i]; j++)
            cauth_write_u8(&w, (uint8_t)(i + j));
        cauth_write_end(&w, 3, cert);
    }
    assert_true(cauth_write_end(&w, 3, list));
    return cauth_written(&w);
}

static const cauth_version tls10_to_12[] = { CAUTH_TLS10, CAUTH_TLS11, CAUTH_TLS12 };

/* ---- tests ---- */

static void chains_of_every_length(void **state)
{
    static const size_t lens[10] = { 1, 2, 127, 128, 255, 256, 3, 300, 1, 700 };
    (void)state;
    for (int v = CAUTH_SSL30; v <= CAUTH_TLS12; v++) {
        for (int s = CAUTH_FROM_EITHER; s <= CAUTH_FROM_SERVER; s++) {
            for (size_t num = 1; num <= 10; num++) {
                cauth_context ctx = context((cauth_version)v, (cauth_sender)s);
                cauth_bytes body = body_of(lens, num);
                EXPECT_ACCEPTED(cauth_cert12_parse(body, &ctx, &view, &flags));
                EXPECT_FLAG(&flags, CAUTH_RULE_NONE);
                assert_false(view.list_missing);
                assert_ptr_equal(view.certificate_list.ptr, body.ptr + 3);
                assert_int_equal(view.certificate_list.len, body.len - 3);

                cauth_iter it = cauth_iter_init(view.certificate_list);
                cauth_bytes cert;
                for (size_t i = 0; i < num; i++) {
                    assert_true(cauth_vector24_next(&it, &cert));
                    assert_int_equal(cert.len, lens[i]);
                    assert_int_equal(cert.ptr[lens[i] - 1], (uint8_t)(i + lens[i] - 1));
                }
                assert_false(cauth_vector24_next(&it, &cert));
            }
        }
    }
}

/* RFC 5246 §7.4.6: a client that has no certificate. RFC 6101 §5.6.6 has an alert for that instead. */
static void empty_list(void **state)
{
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        cauth_context client = context(tls10_to_12[i], CAUTH_FROM_CLIENT);
        cauth_context either = context(tls10_to_12[i], CAUTH_FROM_EITHER);
        cauth_context server = context(tls10_to_12[i], CAUTH_FROM_SERVER);
        EXPECT_ACCEPTED(PARSE("\0\0\0", client));
        EXPECT_FLAG(&flags, CAUTH_RULE_NONE);
        assert_int_equal(view.certificate_list.len, 0);
        assert_false(view.list_missing);
        EXPECT_ACCEPTED(PARSE("\0\0\0", either));
        EXPECT_REJECTED(PARSE("\0\0\0", server), CERT_10_05, CERTIFICATE_LIST, 0);
    }
    for (int s = CAUTH_FROM_EITHER; s <= CAUTH_FROM_SERVER; s++) {
        cauth_context ssl30 = context(CAUTH_SSL30, (cauth_sender)s);
        EXPECT_REJECTED(PARSE("\0\0\0", ssl30), CERT_S3_01, CERTIFICATE_LIST, 0);
        ssl30.profile = CAUTH_INTEROP;
        EXPECT_REJECTED(PARSE("\0\0\0", ssl30), CERT_S3_01, CERTIFICATE_LIST, 0);
    }
}

/* A handshake message without a body, which is neither an empty list nor one that is cut short. */
static void no_body(void **state)
{
    (void)state;
    for (int v = CAUTH_SSL30; v <= CAUTH_TLS12; v++) {
        cauth_context ctx = context((cauth_version)v, CAUTH_FROM_CLIENT);
        EXPECT_REJECTED(PARSE("", ctx), VEC_10, BODY, 0);

        ctx.profile = CAUTH_INTEROP;
        memset(&view, 0xA5, sizeof view);
        EXPECT_ACCEPTED(PARSE("", ctx));
        EXPECT_FLAG(&flags, CAUTH_VEC_10);
        assert_true(view.list_missing);
        assert_null(view.certificate_list.ptr);
        assert_int_equal(view.certificate_list.len, 0);
        cauth_writer w = cauth_writer_init(room, sizeof room);
        assert_true(cauth_cert12_write(&view, &w));
        assert_int_equal(w.len, 0);

        ctx.sender = CAUTH_FROM_SERVER;
        EXPECT_REJECTED(PARSE("", ctx), VEC_03, CERTIFICATE_LIST, 0);
    }
}

static void floor_of_a_certificate(void **state)
{
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        for (int s = CAUTH_FROM_EITHER; s <= CAUTH_FROM_SERVER; s++) {
            cauth_context ctx = context(tls10_to_12[i], (cauth_sender)s);
            EXPECT_REJECTED(PARSE("\0\0\x03\0\0\0", ctx), CERT_10_02, ASN1_CERT, 3);
            EXPECT_ACCEPTED(PARSE("\0\0\x04\0\0\x01\x30", ctx));
            EXPECT_REJECTED(PARSE("\0\0\x07\0\0\x01\x30\0\0\0", ctx), CERT_10_02, ASN1_CERT, 7);
        }
    }
    cauth_context ssl30 = context(CAUTH_SSL30, CAUTH_FROM_CLIENT);
    EXPECT_REJECTED(PARSE("\0\0\x03\0\0\0", ssl30), VEC_04, ASN1_CERT, 3);
}

/* The shape of CVE-2016-6306: a length of 3 octets read from the 1 or 2 that are left. */
static void stray_bytes_at_list_end(void **state)
{
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        for (int s = CAUTH_FROM_EITHER; s <= CAUTH_FROM_SERVER; s++) {
            cauth_context ctx = context(tls10_to_12[i], (cauth_sender)s);
            EXPECT_REJECTED(PARSE("\0\0\x01\0", ctx), CERT_10_03, ASN1_CERT, 4);
            EXPECT_REJECTED(PARSE("\0\0\x02\0\0", ctx), CERT_10_03, ASN1_CERT, 5);
            EXPECT_REJECTED(PARSE("\0\0\x05\0\0\x01\x30\0", ctx), CERT_10_03, ASN1_CERT, 8);
            EXPECT_REJECTED(PARSE("\0\0\x06\0\0\x01\x30\0\0", ctx), CERT_10_03, ASN1_CERT, 9);
        }
    }
    cauth_context ssl30 = context(CAUTH_SSL30, CAUTH_FROM_SERVER);
    EXPECT_REJECTED(PARSE("\0\0\x01\0", ssl30), VEC_06, ASN1_CERT, 4);
    EXPECT_REJECTED(PARSE("\0\0\x06\0\0\x01\x30\0\0", ssl30), VEC_06, ASN1_CERT, 9);
}

static void nested_ends(void **state)
{
    cauth_context tls = context(CAUTH_TLS12, CAUTH_FROM_CLIENT);
    cauth_context ssl30 = context(CAUTH_SSL30, CAUTH_FROM_CLIENT);
    (void)state;
    /* one byte past the list, though the body still has it */
    EXPECT_REJECTED(PARSE("\0\0\x04\0\0\x02\x30\0", tls), CERT_10_01, ASN1_CERT, 3);
    EXPECT_REJECTED(PARSE("\0\0\x04\xFF\xFF\xFF\x30", tls), CERT_10_01, ASN1_CERT, 3);
    EXPECT_REJECTED(PARSE("\0\0\x04\0\0\x02\x30\0", ssl30), VEC_03, ASN1_CERT, 3);
    /* the list past the body */
    EXPECT_REJECTED(PARSE("\0\0\x05\0\0\x01\x30", tls), VEC_03, CERTIFICATE_LIST, 0);
    EXPECT_REJECTED(PARSE("\xFF\xFF\xFF\0\0\x01\x30", tls), VEC_03, CERTIFICATE_LIST, 0);
    /* bytes behind the list; the first is the same message in the form of TLS 1.3 */
    EXPECT_REJECTED(PARSE("\0\0\0\0", tls), CERT_10_01, BODY, 3);
    EXPECT_REJECTED(PARSE("\0\0\x04\0\0\x01\x30\0", tls), CERT_10_01, BODY, 7);
    EXPECT_REJECTED(PARSE("\0\0\x04\0\0\x01\x30\0", ssl30), VEC_07, BODY, 7);
}

static void every_prefix_is_cut_short(void **state)
{
    static const size_t lens[3] = { 40, 1, 300 };
    uint8_t copy[400];
    (void)state;
    cauth_bytes whole = body_of(lens, 3);
    assert_true(whole.len <= sizeof copy);
    memcpy(copy, whole.ptr, whole.len);
    for (int v = CAUTH_SSL30; v <= CAUTH_TLS12; v++) {
        cauth_context ctx = context((cauth_version)v, CAUTH_FROM_CLIENT);
        for (size_t len = 1; len < whole.len; len++)
            EXPECT_REJECTED(parse_bytes(copy, len, &ctx), VEC_03, CERTIFICATE_LIST, len < 3 ? len : 0);
        EXPECT_ACCEPTED(parse_bytes(copy, whole.len, &ctx));
    }
}

/* Legal sizes at which deployed stacks have had limits or bugs (CVE-2016-6309), and the largest there is. */
static void large_messages(void **state)
{
    static const size_t sizes[] = { 16384,      17 * 1024, 65535,      65536,       66 * 1024,
                                    101 * 1024, 102400,    131 * 1024, 0xFFFFFF - 3 };
    cauth_context ctx = context(CAUTH_TLS12, CAUTH_FROM_SERVER);
    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        cauth_bytes body = body_of(&sizes[i], 1);
        EXPECT_ACCEPTED(cauth_cert12_parse(body, &ctx, &view, &flags));
        assert_int_equal(view.certificate_list.len, 3 + sizes[i]);
        body.len -= 1;
        EXPECT_REJECTED(cauth_cert12_parse(body, &ctx, &view, &flags), VEC_03, CERTIFICATE_LIST, 0);
    }
}

static void rejection_leaves_outputs_alone(void **state)
{
    cauth_context ctx = context(CAUTH_TLS12, CAUTH_FROM_CLIENT);
    cauth_cert12 before;
    cauth_flags flags_before;
    (void)state;
    memset(&before, 0xA5, sizeof before);
    memset(&flags_before, 0xA5, sizeof flags_before);
    memcpy(&view, &before, sizeof view);
    memcpy(&flags, &flags_before, sizeof flags);
    EXPECT_REJECTED(PARSE("\0\0\x04\0\0\x01\x30\0", ctx), CERT_10_01, BODY, 7);
    EXPECT_REJECTED(PARSE("", ctx), VEC_10, BODY, 0);
    assert_memory_equal(&view, &before, sizeof view);
    assert_memory_equal(&flags, &flags_before, sizeof flags);
}

static void writer_gives_the_bytes_back(void **state)
{
    static const char body[] = "\0\0\x09\0\0\x01\x30\0\0\x02\x30\0";
    cauth_context ctx = context(CAUTH_TLS11, CAUTH_FROM_CLIENT);
    uint8_t written[sizeof body - 1];
    cauth_bytes in = { (const uint8_t *)body, sizeof body - 1 };
    (void)state;
    EXPECT_ACCEPTED(cauth_cert12_parse(in, &ctx, &view, &flags));
    cauth_writer w = cauth_writer_init(written, sizeof written);
    assert_true(cauth_cert12_write(&view, &w));
    assert_int_equal(w.len, in.len);
    assert_memory_equal(written, in.ptr, in.len);

    w = cauth_writer_init(written, sizeof written - 1);
    assert_false(cauth_cert12_write(&view, &w));
    assert_true(w.failed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chains_of_every_length),
        cmocka_unit_test(empty_list),
        cmocka_unit_test(no_body),
        cmocka_unit_test(floor_of_a_certificate),
        cmocka_unit_test(stray_bytes_at_list_end),
        cmocka_unit_test(nested_ends),
        cmocka_unit_test(every_prefix_is_cut_short),
        cmocka_unit_test(large_messages),
        cmocka_unit_test(rejection_leaves_outputs_alone),
        cmocka_unit_test(writer_gives_the_bytes_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
