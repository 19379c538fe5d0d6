#include "stream_check.h"

static cauth_result judge(cauth_bytes in, const cauth_context *ctx, cauth_flags *flags)
{
    cauth_records v;
    return cauth_records_parse(in, ctx, &v, flags);
}

static void fields_come_back(void **state)
{
    static const uint8_t in[] = { 22, 3, 3, 0, 2, 0xAA, 0xBB, 21, 3, 3, 0, 2, 1, 0, 22, 3 };
    const cauth_bytes stream = { in, sizeof in };
    cauth_context ctx = context(CAUTH_TLS12, CAUTH_FROM_EITHER);
    cauth_records v;
    cauth_flags flags;
    cauth_record record;
    (void)state;
    EXPECT_ACCEPTED(cauth_records_parse(stream, &ctx, &v, &flags));
    EXPECT_FLAG(&flags, CAUTH_REC_01);
    assert_int_equal(v.num_records, 2);
    assert_ptr_equal(v.records.ptr, in);
    assert_int_equal(v.records.len, 14);
    assert_ptr_equal(v.rest.ptr, in + 14);
    assert_int_equal(v.rest.len, 2);

    cauth_iter it = cauth_iter_init(v.records);
    assert_true(cauth_record_list_next(&it, &record));
    assert_int_equal(record.content_type, 22);
    assert_int_equal(record.version, 0x0303);
    assert_ptr_equal(record.fragment.ptr, in + 5);
    assert_int_equal(record.fragment.len, 2);
    assert_int_equal(record.offset, 0);
    assert_true(cauth_record_list_next(&it, &record));
    assert_int_equal(record.content_type, 21);
    assert_int_equal(record.offset, 7);
    assert_false(cauth_record_list_next(&it, &record));
    assert_int_equal(record.offset, 7);
}

/* An empty stream, and one that ends anywhere in its only record. */
static void every_prefix_waits(void **state)
{
    const cauth_bytes in = BYTES_OF(22, 3, 1, 0, 4, 1, 2, 3, 4);
    cauth_context ctx = context(CAUTH_TLS10, CAUTH_FROM_EITHER);
    (void)state;
    for (size_t len = 0; len <= in.len; len++) {
        const cauth_bytes prefix = { in.ptr, len };
        CHECK_FLAGS(judge, ctx, prefix, len == 0 || len == in.len ? CAUTH_RULE_NONE : CAUTH_REC_01, CAUTH_RULE_NONE);
    }
}

static void plaintext_length(void **state)
{
    (void)state;
    for (int version = CAUTH_SSL30; version <= CAUTH_TLS13; version++) {
        cauth_context ctx = context((cauth_version)version, CAUTH_FROM_EITHER);
        for (uint16_t len = 16383; len <= 16386; len++) {
            cauth_writer w = fresh();
            put(&w, ctx.version, 22, BYTES_OF(2));
            put_zeros(&w, ctx.version, 22, len);
            cauth_bytes header_only = { w.ptr, 6 + 5 };
            if (len <= 16384) {
                CHECK_ACCEPTED(judge, ctx, cauth_written(&w));
                CHECK_FLAGS(judge, ctx, header_only, CAUTH_REC_01, CAUTH_RULE_NONE);
            } else {
                CHECK_REJECTED(judge, ctx, cauth_written(&w), CAUTH_REC_08, RECORD_LENGTH, 6 + 3);
                CHECK_REJECTED(judge, ctx, header_only, CAUTH_REC_08, RECORD_LENGTH, 6 + 3);
            }
        }
    }
}

/* After ChangeCipherSpec 2048 bytes more (RFC 5246 §6.2.3), for every content type; in TLS 1.3 256 more for type 23. */
static void ciphertext_length(void **state)
{
    (void)state;
    for (int version = CAUTH_SSL30; version <= CAUTH_TLS13; version++) {
        bool tls13 = version == CAUTH_TLS13;
        uint16_t most = tls13 ? 16640 : 18432;
        for (uint8_t type = tls13 ? 23 : 20; type <= 23; type++) {
            for (int more = -1; more <= 1; more++) {
                cauth_context ctx = context((cauth_version)version, CAUTH_FROM_EITHER);
                cauth_writer w = fresh();
                put(&w, ctx.version, 20, BYTES_OF(1));
                put_zeros(&w, ctx.version, type, (uint16_t)(most + more));
                if (more <= 0)
                    CHECK_ACCEPTED(judge, ctx, cauth_written(&w));
                else
                    CHECK_REJECTED(judge, ctx, cauth_written(&w), tls13 ? CAUTH_REC_11 : CAUTH_REC_10, RECORD_LENGTH,
                                   6 + 3);
            }
        }
    }
}

static void shortest_ciphertext_of_tls13(void **state)
{
    cauth_context ctx = context(CAUTH_TLS13, CAUTH_FROM_EITHER);
    (void)state;
    for (uint16_t len = 0; len <= 20; len++) {
        cauth_writer w = fresh();
        put_zeros(&w, CAUTH_TLS13, 23, len);
        if (len >= 9)
            CHECK_ACCEPTED(judge, ctx, cauth_written(&w));
        else
            CHECK_REJECTED(judge, ctx, cauth_written(&w), CAUTH_REC_29, RECORD_LENGTH, 3);
    }
}

/* What is said of a record of 9 bytes by its type alone, before any ChangeCipherSpec: content types of RFC 8446 §5.1,
 * and heartbeat (24). */
static void content_types(void **state)
{
    (void)state;
    for (int version = CAUTH_SSL30; version <= CAUTH_TLS13; version++) {
        for (unsigned type = 0; type < 256; type++) {
            cauth_context ctx = context((cauth_version)version, CAUTH_FROM_SERVER);
            cauth_writer w = fresh();
            bool tls13 = version == CAUTH_TLS13;
            put(&w, ctx.version, (uint8_t)type, BYTES_OF(1, 2, 3, 4, 5, 6, 7, 8, 9));
            cauth_bytes in = cauth_written(&w);
            if (type == 20)
                CHECK_REJECTED(judge, ctx, in, tls13 ? CAUTH_REC_26 : CAUTH_REC_25, RECORD_LENGTH, 3);
            else if (type == 21 && tls13)
                CHECK_REJECTED(judge, ctx, in, CAUTH_ALERT_06, RECORD_LENGTH, 3);
            else if (type == 21 || type == 22 || (type == 23 && tls13))
                CHECK_ACCEPTED(judge, ctx, in);
            else if (type == 23)
                CHECK_REJECTED(judge, ctx, in, CAUTH_REC_31, CONTENT_TYPE, 0);
            else if (version <= CAUTH_TLS11 || (version == CAUTH_TLS12 && type == 24))
                CHECK_FLAGS(judge, ctx, in, CAUTH_REC_04, CAUTH_RULE_NONE);
            else
                CHECK_REJECTED(judge, ctx, in, CAUTH_REC_04, CONTENT_TYPE, 0);
        }
    }
}

/* All 65536 versions, in an alert record, which has no excuse, and in the record of a ClientHello, which has. */
static void record_versions(void **state)
{
    (void)state;
    for (int version = CAUTH_SSL30; version <= CAUTH_TLS13; version++) {
        cauth_context ctx = context((cauth_version)version, CAUTH_FROM_CLIENT);
        for (unsigned wire = 0; wire < 65536; wire++) {
            const cauth_bytes alert = BYTES_OF(21, (uint8_t)(wire / 256), (uint8_t)wire, 0, 2, 1, 0);
            const cauth_bytes hello = BYTES_OF(22, (uint8_t)(wire / 256), (uint8_t)wire, 0, 2, 1, 0);
            cauth_flags flags;
            bool major = wire / 256 == 3;
            cauth_rule in_alert = CAUTH_RULE_NONE;
            if (!major)
                in_alert = CAUTH_REC_05;
            else if (version == CAUTH_TLS13 && wire != 0x0301 && wire != 0x0303)
                in_alert = CAUTH_REC_07;
            else if (version < CAUTH_TLS13 && wire != 0x0300u + (unsigned)version)
                in_alert = CAUTH_REC_06;
            EXPECT_ACCEPTED(judge(alert, &ctx, &flags));
            EXPECT_FLAG(&flags, in_alert);
            EXPECT_ACCEPTED(judge(hello, &ctx, &flags));
            EXPECT_FLAG(&flags, in_alert == CAUTH_REC_06 ? CAUTH_RULE_NONE : in_alert);
        }
    }
}

/* Only the first record, and only if it is a ClientHello, may have another version. */
static void version_after_the_first_record(void **state)
{
    cauth_context ctx = context(CAUTH_TLS12, CAUTH_FROM_EITHER);
    (void)state;
    CHECK_FLAGS(judge, ctx, BYTES_OF(22, 3, 1, 0, 1, 2), CAUTH_REC_06, CAUTH_RULE_NONE);
    CHECK_ACCEPTED(judge, ctx, BYTES_OF(22, 3, 1, 0, 1, 1));
    CHECK_ACCEPTED(judge, ctx, BYTES_OF(22, 3, 1, 0, 1, 1, 22, 3, 3, 0, 1, 1));
    CHECK_FLAGS(judge, ctx, BYTES_OF(22, 3, 1, 0, 1, 1, 22, 3, 1, 0, 1, 1), CAUTH_REC_06, CAUTH_RULE_NONE);
}

static void empty_records(void **state)
{
    (void)state;
    for (int version = CAUTH_SSL30; version <= CAUTH_TLS13; version++) {
        cauth_context ctx = context((cauth_version)version, CAUTH_FROM_EITHER);
        for (uint8_t type = 20; type <= 22; type++) {
            cauth_writer w = fresh();
            put(&w, ctx.version, type, nothing);
            if (version <= CAUTH_TLS11)
                CHECK_FLAGS(judge, ctx, cauth_written(&w), CAUTH_REC_15, CAUTH_RULE_NONE);
            else if (version == CAUTH_TLS12)
                CHECK_REJECTED(judge, ctx, cauth_written(&w), CAUTH_REC_16, RECORD_LENGTH, 3);
            else
                CHECK_REJECTED(judge, ctx, cauth_written(&w), type == 20 ? CAUTH_REC_26 : CAUTH_REC_17, RECORD_LENGTH,
                               3);
        }
    }
}

static void change_cipher_spec_bodies(void **state)
{
    (void)state;
    for (int version = CAUTH_SSL30; version <= CAUTH_TLS13; version++) {
        cauth_context ctx = context((cauth_version)version, CAUTH_FROM_EITHER);
        cauth_rule rule = version == CAUTH_TLS13 ? CAUTH_REC_26 : CAUTH_REC_25;
        for (unsigned byte = 0; byte < 256; byte++) {
            cauth_writer w = fresh();
            put(&w, ctx.version, 20, BYTES_OF((uint8_t)byte));
            if (byte == 1)
                CHECK_ACCEPTED(judge, ctx, cauth_written(&w));
            else
                CHECK_REJECTED(judge, ctx, cauth_written(&w), rule, CHANGE_CIPHER_SPEC, 5);
        }
        cauth_writer w = fresh();
        put(&w, ctx.version, 20, BYTES_OF(1, 1));
        CHECK_REJECTED(judge, ctx, cauth_written(&w), rule, RECORD_LENGTH, 3);
    }
}

/* Ciphertext is opaque: any type, any bytes, also none, but no ChangeCipherSpec that is as short as in plaintext. In
 * TLS 1.3 ChangeCipherSpec protects nothing. */
static void after_change_cipher_spec(void **state)
{
    cauth_context ctx = context(CAUTH_TLS12, CAUTH_FROM_EITHER);
    (void)state;
    for (uint8_t type = 20; type <= 23; type++) {
        cauth_writer w = fresh();
        put(&w, CAUTH_TLS12, 20, BYTES_OF(1));
        put(&w, CAUTH_TLS12, type, BYTES_OF(9, 9, 9, 9, 9));
        put(&w, CAUTH_TLS12, type, nothing);
        CHECK_ACCEPTED(judge, ctx, cauth_written(&w));
    }
    for (int version = CAUTH_SSL30; version <= CAUTH_TLS12; version++)
        for (uint8_t type = 20; type <= 23; type++)
            for (uint8_t byte = 1; byte < 3; byte++) {
                cauth_writer w = fresh();
                ctx.version = (cauth_version)version;
                put(&w, ctx.version, 20, BYTES_OF(1));
                put(&w, ctx.version, type, BYTES_OF(byte));
                if (type == 20)
                    CHECK_REJECTED(judge, ctx, cauth_written(&w), CAUTH_REC_25, RECORD_LENGTH, 6 + 3);
                else
                    CHECK_ACCEPTED(judge, ctx, cauth_written(&w));
            }
    cauth_writer w = fresh();
    ctx.version = CAUTH_TLS13;
    put(&w, CAUTH_TLS13, 20, BYTES_OF(1));
    put(&w, CAUTH_TLS13, 20, BYTES_OF(1));
    put(&w, CAUTH_TLS13, 21, BYTES_OF(1, 2));
    CHECK_ACCEPTED(judge, ctx, cauth_written(&w));
    w = fresh();
    put(&w, CAUTH_TLS13, 20, BYTES_OF(1));
    put(&w, CAUTH_TLS13, 21, BYTES_OF(1, 2, 3));
    CHECK_REJECTED(judge, ctx, cauth_written(&w), CAUTH_ALERT_06, RECORD_LENGTH, 6 + 3);
}

/* The version is judged with the header, whether the rest is there or not; that of a handshake record may be that of a
 * ClientHello, which its first byte tells. */
static void version_of_incomplete_record(void **state)
{
    static const uint8_t alert[] = { 21, 3, 2, 0, 2, 1, 0 };
    static const uint8_t major[] = { 21, 4, 3, 0, 2, 1, 0 };
    static const uint8_t legacy[] = { 23, 3, 2, 0, 17, 1, 0 };
    static const uint8_t handshake[] = { 22, 3, 2, 0, 8, 11, 0 };
    const struct {
        const uint8_t *in;
        cauth_version version;
        cauth_rule flag;
    } cases[] = {
        { alert, CAUTH_TLS12, CAUTH_REC_06 },
        { major, CAUTH_TLS12, CAUTH_REC_05 },
        { legacy, CAUTH_TLS13, CAUTH_REC_07 },
        { handshake, CAUTH_TLS12, CAUTH_RULE_NONE },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        cauth_context ctx = context(cases[i].version, CAUTH_FROM_EITHER);
        for (size_t len = 1; len < 7; len++) {
            cauth_bytes in = { cases[i].in, len };
            CHECK_FLAGS(judge, ctx, in, CAUTH_REC_01, len < 5 ? CAUTH_RULE_NONE : cases[i].flag);
        }
    }
}

static void alerts_that_cannot_be_encrypted(void **state)
{
    cauth_context ctx = context(CAUTH_TLS11, CAUTH_FROM_EITHER);
    (void)state;
    CHECK_FLAGS(judge, ctx, BYTES_OF(21, 3, 2, 0, 3, 0, 1, 1), CAUTH_REC_27, CAUTH_RULE_NONE);
    CHECK_FLAGS(judge, ctx, BYTES_OF(21, 3, 2, 0, 3, 3, 1, 1), CAUTH_REC_27, CAUTH_RULE_NONE);
    CHECK_ACCEPTED(judge, ctx, BYTES_OF(21, 3, 2, 0, 2, 3, 1));
    CHECK_ACCEPTED(judge, ctx, BYTES_OF(21, 3, 2, 0, 3, 2, 40, 1));
    /* The second half of an alert may have any value. */
    CHECK_ACCEPTED(judge, ctx, BYTES_OF(21, 3, 2, 0, 1, 1, 21, 3, 2, 0, 3, 90, 1, 0));
    CHECK_FLAGS(judge, ctx, BYTES_OF(21, 3, 2, 0, 1, 1, 21, 3, 2, 0, 3, 90, 3, 0), CAUTH_REC_27, CAUTH_RULE_NONE);
    CHECK_ACCEPTED(judge, ctx, BYTES_OF(20, 3, 2, 0, 1, 1, 21, 3, 2, 0, 3, 99, 3, 0));
}

static void sslv2_framing(void **state)
{
    static const uint8_t in[] = { 0x80, 0x2E, 1, 3, 1, 0, 3, 0, 0, 0, 16, 22, 3, 3 };
    const cauth_bytes stream = { in, sizeof in };
    cauth_context ctx = context(CAUTH_TLS12, CAUTH_FROM_CLIENT);
    cauth_records v;
    cauth_flags flags;
    (void)state;
    CHECK_FLAGS(judge, ctx, stream, CAUTH_REC_05, CAUTH_RULE_NONE);
    EXPECT_ACCEPTED(cauth_records_parse(stream, &ctx, &v, &flags));
    assert_int_equal(v.num_records, 0);
    assert_int_equal(v.records.len, 0);
    assert_ptr_equal(v.rest.ptr, in);
    assert_int_equal(v.rest.len, sizeof in);
    /* Servers do not send it, and nobody does later in a stream. */
    ctx.sender = CAUTH_FROM_SERVER;
    CHECK_REJECTED(judge, ctx, stream, CAUTH_REC_04, CONTENT_TYPE, 0);
    ctx.sender = CAUTH_FROM_CLIENT;
    CHECK_REJECTED(judge, ctx, BYTES_OF(22, 3, 3, 0, 1, 1, 0x80, 0x2E, 1, 3, 1), CAUTH_REC_04, CONTENT_TYPE, 6);
    /* As a record it would have this type and a version of TLS. */
    CHECK_REJECTED(judge, ctx, BYTES_OF(0x80, 3, 1, 0, 5), CAUTH_REC_04, CONTENT_TYPE, 0);
    CHECK_REJECTED(judge, ctx, BYTES_OF(0x7F, 3, 1, 3, 1), CAUTH_REC_04, CONTENT_TYPE, 0);
    CHECK_REJECTED(judge, ctx, BYTES_OF(0x80, 0x2E, 1, 3, 5), CAUTH_REC_04, CONTENT_TYPE, 0);
    CHECK_FLAGS(judge, ctx, BYTES_OF(0x80, 0x2E, 1, 0, 2), CAUTH_REC_05, CAUTH_RULE_NONE);
}

/* The reader of a stream that grows byte by byte says the same as the one that has it all; each unread tail is a block
 * of exactly its size. */
static void byte_by_byte(void **state)
{
    cauth_context ctx = context(CAUTH_TLS12, CAUTH_FROM_EITHER);
    cauth_record_reader r = cauth_record_reader_init();
    cauth_writer w = fresh();
    cauth_record record;
    const uint8_t types[] = { 22, 21, 20, 23 };
    size_t num = 0;
    (void)state;
    put(&w, CAUTH_TLS12, 22, BYTES_OF(1, 2, 3));
    put(&w, CAUTH_TLS12, 21, BYTES_OF(1, 0));
    put(&w, CAUTH_TLS12, 20, BYTES_OF(1));
    put(&w, CAUTH_TLS12, 23, BYTES_OF(7, 7, 7, 7));
    for (size_t arrived = 0; arrived <= w.len; arrived++) {
        cauth_bytes unread = exact_copy(w.ptr + r.offset, arrived - r.offset);
        cauth_event event = cauth_record_next(&r, &ctx, unread, &record);
        if (event == CAUTH_READ_ITEM) {
            assert_int_equal(record.content_type, types[num]);
            assert_int_equal(record.offset + 5 + record.fragment.len, arrived);
            assert_int_equal(record.is_protected, num == 3);
            assert_int_equal(r.offset, arrived);
            num++;
        } else {
            assert_int_equal(event, CAUTH_READ_MORE);
        }
        exact_free(unread);
    }
    assert_int_equal(num, 4);
}

static void rejected_stays_rejected(void **state)
{
    cauth_context ctx = context(CAUTH_TLS12, CAUTH_FROM_EITHER);
    cauth_record_reader r = cauth_record_reader_init();
    cauth_record record;
    (void)state;
    assert_int_equal(cauth_record_next(&r, &ctx, BYTES_OF(99, 3, 3, 0, 0), &record), CAUTH_READ_REJECTED);
    assert_int_equal(cauth_record_next(&r, &ctx, BYTES_OF(22, 3, 3, 0, 1, 1), &record), CAUTH_READ_REJECTED);
    EXPECT_REJECTED(r.result, REC_04, CONTENT_TYPE, 0);
}

static void writes_what_it_read(void **state)
{
    cauth_context ctx = context(CAUTH_TLS13, CAUTH_FROM_EITHER);
    cauth_writer w = fresh();
    cauth_records v;
    cauth_flags flags;
    uint8_t again[64];
    (void)state;
    put(&w, CAUTH_TLS13, 22, BYTES_OF(1, 2, 3));
    put(&w, CAUTH_TLS13, 20, BYTES_OF(1));
    cauth_write_u16(&w, 0x1603);
    EXPECT_ACCEPTED(cauth_records_parse(cauth_written(&w), &ctx, &v, &flags));
    cauth_writer copy = cauth_writer_init(again, w.len);
    assert_true(cauth_records_write(&v, &copy));
    assert_int_equal(copy.len, w.len);
    assert_memory_equal(again, w.ptr, w.len);
    copy = cauth_writer_init(again, w.len - 1);
    assert_false(cauth_records_write(&v, &copy));
}

static void a_fragment_that_is_too_long_is_not_written(void **state)
{
    static const uint8_t zeros[65536];
    cauth_bytes fragment = { zeros, 65535 };
    cauth_writer w = fresh();
    (void)state;
    assert_true(cauth_record_write(22, 0x0303, fragment, &w));
    fragment.len++;
    w = fresh();
    assert_false(cauth_record_write(22, 0x0303, fragment, &w));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_come_back),
        cmocka_unit_test(every_prefix_waits),
        cmocka_unit_test(plaintext_length),
        cmocka_unit_test(ciphertext_length),
        cmocka_unit_test(shortest_ciphertext_of_tls13),
        cmocka_unit_test(content_types),
        cmocka_unit_test(record_versions),
        cmocka_unit_test(version_after_the_first_record),
        cmocka_unit_test(empty_records),
        cmocka_unit_test(change_cipher_spec_bodies),
        cmocka_unit_test(after_change_cipher_spec),
        cmocka_unit_test(version_of_incomplete_record),
        cmocka_unit_test(alerts_that_cannot_be_encrypted),
        cmocka_unit_test(sslv2_framing),
        cmocka_unit_test(byte_by_byte),
        cmocka_unit_test(rejected_stays_rejected),
        cmocka_unit_test(writes_what_it_read),
        cmocka_unit_test(a_fragment_that_is_too_long_is_not_written),
    };
    return cmocka_run_group_tests_name("record", tests, NULL, NULL);
}
