#include "expect.h"

#include <string.h>

#include "cauth/cert13.h"
#include "exact.h"

static cauth_cert13 view;
static cauth_flags flags;
static cauth_context client, main_client, server, raw_key;

static int set_up(void **state)
{
    (void)state;
    main_client = cauth_context_default(CAUTH_TLS13, CAUTH_FROM_CLIENT);
    client = main_client;
    client.post_handshake = true; /* so that it may fill the context */
    server = cauth_context_default(CAUTH_TLS13, CAUTH_FROM_SERVER);
    raw_key = client;
    raw_key.certificate_type = CAUTH_RAW_PUBLIC_KEY;
    return 0;
}

static cauth_result parse_bytes(const void *p, size_t len, const cauth_context *ctx)
{
    cauth_bytes body = exact_copy(p, len);
    cauth_result r = cauth_cert13_parse(body, ctx, &view, &flags);
    exact_free(body);
    return r;
}

#define PARSE(string, ctx) parse_bytes((string), sizeof(string) - 1, &(ctx))

#define ROOM ((size_t)1 + 3 + 0xFFFFFF + 16)
static uint8_t room[ROOM];

/* One entry of one byte, with this block of extensions, in the static buffer; the block starts at 10. */
static cauth_result parse_block(const void *block, size_t len, const cauth_context *ctx)
{
    uint8_t cert = 0x30;
    cauth_certificate_entry entry = { { &cert, 1 }, { block, len } };
    cauth_writer w = cauth_writer_init(room, sizeof room);
    cauth_write_u8(&w, 0);
    size_t list = cauth_write_begin(&w, 3);
    cauth_certificate_entry_write(&w, &entry);
    assert_true(cauth_write_end(&w, 3, list));
    return parse_bytes(room, w.len, ctx);
}

#define BLOCK(string) parse_block((string), sizeof(string) - 1, &client)

/* ---- tests ---- */

/* Extension extensions<0..2^16-1> (RFC 8446 §4.4.2): a block of 65535 octets, all of one unknown extension. */
static void extensions_at_the_ceiling(void **state)
{
    static const uint8_t head[] = { 0x12, 0x34, 0xFF, 0xFB };
    static uint8_t block[65535];
    cauth_certificate_entry entry;
    (void)state;
    memcpy(block, head, sizeof head);
    EXPECT_ACCEPTED(parse_block(block, sizeof block, &client));
    cauth_bytes list = { room + 4, 3 + 1 + 2 + sizeof block };
    cauth_iter it = cauth_iter_init(list);
    assert_true(cauth_certificate_entry_next(&it, &entry));
    assert_int_equal(entry.extensions.len, sizeof block);
    assert_false(cauth_certificate_entry_next(&it, &entry));
}

/* An entry that no parser would accept: without a certificate. */
static void entry_without_a_certificate(void **state)
{
    static const uint8_t bytes[] = { 0, 0, 0, 0, 0 };
    const cauth_bytes list = { bytes, sizeof bytes };
    cauth_iter it = cauth_iter_init(list);
    cauth_certificate_entry entry;
    (void)state;
    assert_true(cauth_certificate_entry_next(&it, &entry));
    assert_int_equal(entry.cert_data.len, 0);
    assert_null(entry.cert_data.ptr);
    assert_false(cauth_certificate_entry_next(&it, &entry));
}

/* opaque cert_data<1..2^24-1>: the iterator takes a list of any length. */
static void certificate_at_the_ceiling(void **state)
{
    cauth_certificate_entry entry;
    cauth_bytes list = { room, 3 + 0xFFFFFF + 2 };
    cauth_iter it = cauth_iter_init(list);
    (void)state;
    memset(room, 0xFF, 3);
    memset(room + 3, 0, list.len - 3);
    assert_true(cauth_certificate_entry_next(&it, &entry));
    assert_int_equal(entry.cert_data.len, 0xFFFFFF);
    assert_false(cauth_certificate_entry_next(&it, &entry));
}

static void chains_of_every_length(void **state)
{
    (void)state;
    for (size_t num = 0; num <= 10; num++) {
        cauth_writer w = cauth_writer_init(room, sizeof room);
        cauth_write_u8(&w, 0);
        size_t list = cauth_write_begin(&w, 3);
        for (size_t i = 0; i < num; i++) {
            uint8_t cert[300];
            memset(cert, (int)i, sizeof cert);
            cauth_certificate_entry entry = { { cert, 1 + 29 * i },
                                              { (const uint8_t *)"\0\x12\0\x01\x07", i % 2 * 5 } };
            cauth_certificate_entry_write(&w, &entry);
        }
        assert_true(cauth_write_end(&w, 3, list));
        cauth_bytes body = cauth_written(&w);
        EXPECT_ACCEPTED(cauth_cert13_parse(body, &client, &view, &flags));
        EXPECT_FLAG(&flags, CAUTH_RULE_NONE);
        assert_int_equal(view.certificate_request_context.len, 0);

        cauth_iter it = cauth_iter_init(view.certificate_list);
        cauth_certificate_entry entry;
        for (size_t i = 0; i < num; i++) {
            assert_true(cauth_certificate_entry_next(&it, &entry));
            assert_int_equal(entry.cert_data.len, 1 + 29 * i);
            assert_int_equal(entry.cert_data.ptr[29 * i], i);
            cauth_iter extensions = cauth_iter_init(entry.extensions);
            cauth_extension extension;
            if (i % 2 == 1) {
                assert_true(cauth_extension_next(&extensions, &extension));
                assert_int_equal(extension.type, CAUTH_EXT_SIGNED_CERTIFICATE_TIMESTAMP);
                assert_int_equal(extension.data.len, 1);
                assert_int_equal(extension.data.ptr[0], 7);
            }
            assert_false(cauth_extension_next(&extensions, &extension));
        }
        assert_false(cauth_certificate_entry_next(&it, &entry));
    }
}

static void empty_list(void **state)
{
    (void)state;
    EXPECT_ACCEPTED(PARSE("\0\0\0\0", client));
    assert_int_equal(view.certificate_list.len, 0);
    EXPECT_REJECTED(PARSE("\0\0\0\0", server), CERT_13_05, CERTIFICATE_LIST, 1);
    /* the same message in the form of TLS 1.2 lacks its context */
    EXPECT_REJECTED(PARSE("\0\0\0", client), VEC_03, CERTIFICATE_LIST, 3);
}

static void context(void **state)
{
    uint8_t body[1 + 255 + 3] = { 0 };
    cauth_context late_server = server; /* which no request precedes, whenever it speaks */
    late_server.post_handshake = true;
    (void)state;
    for (size_t len = 0; len <= 255; len++) {
        body[0] = (uint8_t)len;
        memset(body + 1, 0xC7, len);
        memset(body + 1 + len, 0, 3);
        EXPECT_ACCEPTED(parse_bytes(body, 1 + len + 3, &client));
        assert_int_equal(view.certificate_request_context.len, len);
        if (len > 0) {
            EXPECT_REJECTED(parse_bytes(body, 1 + len + 3, &server), CERT_13_02, CERTIFICATE_REQUEST_CONTEXT, 1);
            EXPECT_REJECTED(parse_bytes(body, 1 + len + 3, &main_client), CERT_13_02, CERTIFICATE_REQUEST_CONTEXT, 1);
            EXPECT_REJECTED(parse_bytes(body, 1 + len + 3, &late_server), CERT_13_02, CERTIFICATE_REQUEST_CONTEXT, 1);
        }
    }
    EXPECT_REJECTED(PARSE("\x02\0", client), VEC_03, CERTIFICATE_REQUEST_CONTEXT, 0);
}

static void entries(void **state)
{
    (void)state;
    EXPECT_ACCEPTED(PARSE("\0\0\0\x06\0\0\x01\x30\0\0", server));
    EXPECT_REJECTED(PARSE("\0\0\0\x05\0\0\0\0\0", server), CERT_13_03, CERT_DATA, 4);
    EXPECT_REJECTED(PARSE("\0\0\0\x05\0\0\x01\x30\0", server), CERT_13_03, EXTENSIONS, 9);
    EXPECT_REJECTED(PARSE("\0\0\0\x04\0\0\x01\x30", server), CERT_13_03, EXTENSIONS, 8);
    EXPECT_REJECTED(PARSE("\0\0\0\x01\0", server), CERT_13_03, CERT_DATA, 5);
    EXPECT_REJECTED(PARSE("\0\0\0\x02\0\0", server), CERT_13_03, CERT_DATA, 6);
    EXPECT_REJECTED(PARSE("\0\0\0\x07\0\0\x01\x30\0\0\0", server), CERT_13_03, CERT_DATA, 11);
    EXPECT_REJECTED(PARSE("\0\0\0\x06\0\0\x04\x30\0\0", server), CERT_13_03, CERT_DATA, 4);
    EXPECT_REJECTED(PARSE("\0\0\0\x06\0\0\x01\x30\0\x01\0", server), CERT_13_03, EXTENSIONS, 8);
    EXPECT_REJECTED(PARSE("\0\0\0\x06\0\0\x01\x30\0\0\0", server), CERT_13_01, BODY, 10);
    EXPECT_REJECTED(PARSE("\0\0\0\0\0", client), CERT_13_01, BODY, 4);
    EXPECT_REJECTED(PARSE("\0\0\0\x07\0\0\x01\x30\0\0", server), VEC_03, CERTIFICATE_LIST, 1);
}

static bool is_one_of(uint16_t type, const uint16_t *types, size_t num)
{
    for (size_t i = 0; i < num; i++)
        if (types[i] == type)
            return true;
    return false;
}

/* RFC 8446 §4.2 and its successors: of the recognised types four may stand in a Certificate. Others may have been asked
 * for; GREASE may not be answered. */
static void every_extension_type(void **state)
{
    static const uint16_t allowed[] = { 5, 18, 34, 52 };
    static const uint16_t refused[] = {
        0,  1,  10, 11, 12, 13, 14, 15, 16, 17, 19, 20, 21,    22,     23,    27,     28,
        35, 41, 42, 43, 44, 45, 47, 48, 49, 50, 51, 57, 13172, 0xFD00, 65000, 0xFE0D, 0xFF01,
    };
    (void)state;
    for (unsigned type = 0; type <= 0xFFFF; type++) {
        uint8_t status[] = { (uint8_t)(type / 256), (uint8_t)type, 0, 5, 1, 0, 0, 1, 0x30 };
        bool grease = type % 256 == type / 256 && type % 16 == 10;
        cauth_result r = parse_block(status, sizeof status, &client);
        if (grease)
            EXPECT_REJECTED(r, CERT_13_07, EXTENSION_TYPE, 10);
        else if (is_one_of((uint16_t)type, refused, sizeof refused / sizeof refused[0]))
            EXPECT_REJECTED(r, CERT_13_06, EXTENSION_TYPE, 10);
        else
            EXPECT_ACCEPTED(r);
        if (is_one_of((uint16_t)type, allowed, 4))
            assert_true(cauth_is_accepted(r));
    }
}

static void extension_framing(void **state)
{
    (void)state;
    EXPECT_ACCEPTED(BLOCK(""));
    EXPECT_ACCEPTED(BLOCK("\0\x12\0\0"));
    EXPECT_REJECTED(BLOCK("\0"), VEC_03, EXTENSION_TYPE, 11);
    EXPECT_REJECTED(BLOCK("\0\x12"), VEC_03, EXTENSION_DATA, 12);
    EXPECT_REJECTED(BLOCK("\0\x12\0"), VEC_03, EXTENSION_DATA, 13);
    EXPECT_REJECTED(BLOCK("\0\x12\0\x01"), VEC_03, EXTENSION_DATA, 12);
    EXPECT_REJECTED(BLOCK("\0\x12\0\0\0\0\0"), CERT_13_06, EXTENSION_TYPE, 14);
    EXPECT_REJECTED(BLOCK("\0\x12\0\0\x12\x34\xFF\xFF"), VEC_03, EXTENSION_DATA, 16);
}

static void repeated_types(void **state)
{
    (void)state;
    EXPECT_REJECTED(BLOCK("\0\x12\0\0\0\x12\0\0"), CERT_13_09, EXTENSION_TYPE, 14);
    EXPECT_REJECTED(BLOCK("\x12\x34\0\0\0\x12\0\0\x12\x34\0\x01\0"), CERT_13_09, EXTENSION_TYPE, 18);
    EXPECT_ACCEPTED(BLOCK("\x12\x34\0\0\x34\x12\0\0\x12\x35\0\0\x13\x34\0\0"));
    /* in entries of their own they are no repetition */
    EXPECT_ACCEPTED(PARSE("\0\0\0\x14\0\0\x01\x30\0\x04\0\x12\0\0\0\0\x01\x30\0\x04\0\x12\0\0", client));
}

/* As many types as there may be, each once, then the first again: 65 535 bytes hold 16 383 extensions. */
static void many_extensions(void **state)
{
    static uint8_t block[65535];
    size_t len = 0;
    (void)state;
    for (unsigned type = 0x4000; type < 0xFF00 && len + 4 <= sizeof block - 4; type++) {
        if (type % 256 == type / 256 && type % 16 == 10)
            continue;
        block[len] = (uint8_t)(type / 256);
        block[len + 1] = (uint8_t)type;
        len += 4;
    }
    EXPECT_ACCEPTED(parse_block(block, len, &client));
    block[len] = 0x40;
    block[len + 1] = 0;
    EXPECT_REJECTED(parse_block(block, len + 4, &client), CERT_13_09, EXTENSION_TYPE, 10 + len);
}

/* RFC 8446 §4.4.2.1: a CertificateStatus (RFC 6066 §8) and nothing else. */
static void status_request(void **state)
{
    (void)state;
    EXPECT_ACCEPTED(BLOCK("\0\x05\0\x05\x01\0\0\x01\x30"));
    EXPECT_REJECTED(BLOCK("\0\x05\0\0"), CERT_13_10, STATUS_TYPE, 14);
    EXPECT_REJECTED(BLOCK("\0\x05\0\x05\0\0\0\x01\x30"), CERT_13_10, STATUS_TYPE, 14);
    EXPECT_REJECTED(BLOCK("\0\x05\0\x05\x02\0\0\x01\x30"), CERT_13_10, STATUS_TYPE, 14);
    EXPECT_REJECTED(BLOCK("\0\x05\0\x01\x01"), CERT_13_10, OCSP_RESPONSE, 15);
    EXPECT_REJECTED(BLOCK("\0\x05\0\x03\x01\0\0"), CERT_13_10, OCSP_RESPONSE, 17);
    EXPECT_REJECTED(BLOCK("\0\x05\0\x04\x01\0\0\0"), CERT_13_10, OCSP_RESPONSE, 15);
    EXPECT_REJECTED(BLOCK("\0\x05\0\x05\x01\0\0\x02\x30"), CERT_13_10, OCSP_RESPONSE, 15);
    EXPECT_REJECTED(BLOCK("\0\x05\0\x06\x01\0\0\x01\x30\0"), CERT_13_10, STATUS_REQUEST, 19);
}

/* RFC 7250 §3 within RFC 8446 §4.4.2. */
static void raw_public_key(void **state)
{
    (void)state;
    EXPECT_ACCEPTED(PARSE("\0\0\0\0", raw_key));
    EXPECT_ACCEPTED(PARSE("\0\0\0\x06\0\0\x01\x30\0\0", raw_key));
    EXPECT_REJECTED(PARSE("\0\0\0\x05\0\0\0\0\0", raw_key), CERT_13_03, CERT_DATA, 4);
    EXPECT_REJECTED(PARSE("\0\0\0\x0C\0\0\x01\x30\0\0\0\0\x01\x30\0\0", raw_key), CERT_13_12, CERTIFICATE_LIST, 10);
    EXPECT_ACCEPTED(PARSE("\0\0\0\x0C\0\0\x01\x30\0\0\0\0\x01\x30\0\0", client));
}

static void every_prefix_is_cut_short(void **state)
{
    static const char body[] = "\x02\xC0\xC1\0\0\x18\0\0\x02\x30\0\0\x0D\0\x05\0\x05\x01\0\0\x01\x30\0\x12\0\0"
                               "\0\0\x01";
    (void)state;
    for (size_t len = 0; len < sizeof body - 1; len++) {
        cauth_field field = len < 3 ? CAUTH_FIELD_CERTIFICATE_REQUEST_CONTEXT : CAUTH_FIELD_CERTIFICATE_LIST;
        size_t offset = len < 1 ? 0 : len < 3 ? 0 : len < 6 ? len : 3;
        cauth_result expected = cauth_rejected(CAUTH_VEC_03, field, offset);
        expect_result(parse_bytes(body, len, &client), expected, __FILE__, __LINE__);
    }
}

static void large_messages(void **state)
{
    static const size_t sizes[] = { 17 * 1024, 66 * 1024, 101 * 1024, 131 * 1024, 0xFFFFFF - 5 };
    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        cauth_writer w = cauth_writer_init(room, sizeof room);
        cauth_write_u8(&w, 0);
        cauth_write_u24(&w, (uint32_t)sizes[i] + 5);
        cauth_write_u24(&w, (uint32_t)sizes[i]);
        w.len += sizes[i];
        assert_true(cauth_write_u16(&w, 0));
        EXPECT_ACCEPTED(cauth_cert13_parse(cauth_written(&w), &server, &view, &flags));
        assert_int_equal(view.certificate_list.len, sizes[i] + 5);
    }
}

static void rejection_leaves_outputs_alone(void **state)
{
    cauth_cert13 before;
    cauth_flags flags_before;
    (void)state;
    memset(&before, 0xA5, sizeof before);
    memset(&flags_before, 0xA5, sizeof flags_before);
    memcpy(&view, &before, sizeof view);
    memcpy(&flags, &flags_before, sizeof flags);
    EXPECT_REJECTED(PARSE("\0\0\0\x06\0\0\x01\x30\0\0\0", client), CERT_13_01, BODY, 10);
    assert_memory_equal(&view, &before, sizeof view);
    assert_memory_equal(&flags, &flags_before, sizeof flags);
}

static void writer_gives_the_bytes_back(void **state)
{
    static const char body[] = "\x01\xC7\0\0\x0A\0\0\x01\x30\0\x04\0\x12\0\0";
    uint8_t written[sizeof body - 1];
    cauth_bytes in = { (const uint8_t *)body, sizeof body - 1 };
    (void)state;
    EXPECT_ACCEPTED(cauth_cert13_parse(in, &client, &view, &flags));
    cauth_writer w = cauth_writer_init(written, sizeof written);
    assert_true(cauth_cert13_write(&view, &w));
    assert_int_equal(w.len, in.len);
    assert_memory_equal(written, in.ptr, in.len);
    w = cauth_writer_init(written, sizeof written - 1);
    assert_false(cauth_cert13_write(&view, &w));
}

/* A list that no parser has seen: the iterator stays inside and ends. */
static void iterator_over_a_broken_list(void **state)
{
    cauth_bytes list = exact_copy("\0\0\x01\x30\0\0\0\0\x01\x30\0\x01", 12);
    cauth_iter it = cauth_iter_init(list);
    cauth_certificate_entry entry;
    (void)state;
    assert_true(cauth_certificate_entry_next(&it, &entry));
    assert_false(cauth_certificate_entry_next(&it, &entry));
    assert_int_equal(it.pos, 6);
    exact_free(list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(entry_without_a_certificate),
        cmocka_unit_test(extensions_at_the_ceiling),
        cmocka_unit_test(certificate_at_the_ceiling),
        cmocka_unit_test(chains_of_every_length),
        cmocka_unit_test(empty_list),
        cmocka_unit_test(context),
        cmocka_unit_test(entries),
        cmocka_unit_test(every_extension_type),
        cmocka_unit_test(extension_framing),
        cmocka_unit_test(repeated_types),
        cmocka_unit_test(many_extensions),
        cmocka_unit_test(status_request),
        cmocka_unit_test(raw_public_key),
        cmocka_unit_test(every_prefix_is_cut_short),
        cmocka_unit_test(large_messages),
        cmocka_unit_test(rejection_leaves_outputs_alone),
        cmocka_unit_test(writer_gives_the_bytes_back),
        cmocka_unit_test(iterator_over_a_broken_list),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
