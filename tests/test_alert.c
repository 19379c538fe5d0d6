#include "stream_check.h"

#include "cauth/alert.h"

/* ---- what the RFCs say of each description, apart from alerts.def ---- */

/* status: D defined, R reserved, - neither, for SSL 3.0, TLS 1.0, 1.1, 1.2, 1.3.
 * level: F always fatal, W always a warning, E the sender's choice, up to TLS 1.2 (51: E before TLS 1.2).
 * direction: B both, C client to server, S server to client (110: also S to C in TLS 1.3). */
static const struct {
    uint8_t number;
    const char *name;
    const char *status;
    char level;
    char direction;
} registry[] = {
    { 0, "close_notify", "DDDDD", 'W', 'B' },
    { 10, "unexpected_message", "DDDDD", 'F', 'B' },
    { 20, "bad_record_mac", "DDDDD", 'F', 'B' },
    { 21, "decryption_failed", "-DDRR", 'F', 'B' },
    { 22, "record_overflow", "-DDDD", 'F', 'B' },
    { 30, "decompression_failure", "DDDDR", 'F', 'B' },
    { 40, "handshake_failure", "DDDDD", 'F', 'B' },
    { 41, "no_certificate", "D-RRR", 'W', 'C' },
    { 42, "bad_certificate", "DDDDD", 'E', 'B' },
    { 43, "unsupported_certificate", "DDDDD", 'E', 'B' },
    { 44, "certificate_revoked", "DDDDD", 'E', 'B' },
    { 45, "certificate_expired", "DDDDD", 'E', 'B' },
    { 46, "certificate_unknown", "DDDDD", 'E', 'B' },
    { 47, "illegal_parameter", "DDDDD", 'F', 'B' },
    { 48, "unknown_ca", "-DDDD", 'F', 'B' },
    { 49, "access_denied", "-DDDD", 'F', 'B' },
    { 50, "decode_error", "-DDDD", 'F', 'B' },
    { 51, "decrypt_error", "-DDDD", 'F', 'B' },
    { 52, "too_many_cids_requested", "-----", 'F', 'B' },
    { 60, "export_restriction", "-DRRR", 'F', 'B' },
    { 70, "protocol_version", "-DDDD", 'F', 'B' },
    { 71, "insufficient_security", "-DDDD", 'F', 'B' },
    { 80, "internal_error", "-DDDD", 'F', 'B' },
    { 86, "inappropriate_fallback", "-DDDD", 'F', 'S' },
    { 90, "user_canceled", "-DDDD", 'W', 'B' },
    { 100, "no_renegotiation", "-DDDR", 'W', 'B' },
    { 109, "missing_extension", "----D", 'F', 'B' },
    { 110, "unsupported_extension", "-DDDD", 'F', 'C' },
    { 111, "certificate_unobtainable", "-DDDR", 'E', 'S' },
    { 112, "unrecognized_name", "-DDDD", 'E', 'S' },
    { 113, "bad_certificate_status_response", "-DDDD", 'F', 'C' },
    { 114, "bad_certificate_hash_value", "-DDDR", 'F', 'S' },
    { 115, "unknown_psk_identity", "-DDDD", 'F', 'S' },
    { 116, "certificate_required", "----D", 'F', 'S' },
    { 117, "general_error", "----D", 'F', 'B' },
    { 120, "no_application_protocol", "-DDDD", 'F', 'S' },
    { 121, "ech_required", "----D", 'F', 'C' },
};

typedef struct {
    const char *name;
    char status, level;
    bool direction_ok;
} expectation;

static expectation expect_of(unsigned number, int version, cauth_sender sender)
{
    expectation e = { "", '-', 'E', true };
    for (size_t i = 0; i < sizeof registry / sizeof registry[0]; i++) {
        if (registry[i].number != number)
            continue;
        e.name = registry[i].name;
        e.status = registry[i].status[version];
        e.level = number == 51 && version < CAUTH_TLS12 ? 'E' : registry[i].level;
        char direction = number == 110 && version == CAUTH_TLS13 ? 'B' : registry[i].direction;
        e.direction_ok =
            direction == 'B' || sender == CAUTH_FROM_EITHER || direction == (sender == CAUTH_FROM_CLIENT ? 'C' : 'S');
    }
    if (version == CAUTH_TLS13)
        e.level = number == 0 || number == 90 ? 'W' : 'F';
    return e;
}

/* What one alert alone must be flagged with. At most two rules at once. */
static cauth_flags flags_expected(const expectation *e, int version, cauth_sender sender, unsigned number,
                                  unsigned level)
{
    cauth_flags flags = cauth_flags_none();
    bool tls13 = version == CAUTH_TLS13;
    if (tls13 && level != 1 && level != 2)
        cauth_flags_set(&flags, CAUTH_ALERT_03);
    if (number == 0 && level == 2)
        cauth_flags_set(&flags, CAUTH_ALERT_12);
    if (number == 100 && version >= CAUTH_TLS10 && version <= CAUTH_TLS12)
        cauth_flags_set(&flags, CAUTH_ALERT_13);
    if (number == 41) {
        if (version != CAUTH_SSL30)
            cauth_flags_set(&flags, CAUTH_ALERT_16);
        else if (level == 2 || sender == CAUTH_FROM_SERVER)
            cauth_flags_set(&flags, CAUTH_ALERT_15);
    } else if (number == 116) {
        if (!tls13 || sender == CAUTH_FROM_CLIENT)
            cauth_flags_set(&flags, CAUTH_ALERT_17);
    } else {
        if (e->status != 'D' && !tls13)
            cauth_flags_set(&flags, CAUTH_ALERT_19);
        if (e->status == 'D' && !e->direction_ok)
            cauth_flags_set(&flags, CAUTH_ALERT_18);
        if (e->status == 'D' && !tls13 && e->level == 'F' && level == 1)
            cauth_flags_set(&flags, CAUTH_ALERT_09);
    }
    return flags;
}

/* Whether nothing can follow. */
static bool is_last(const expectation *e, int version, unsigned number, unsigned level)
{
    if (version == CAUTH_TLS13)
        return number != 90;
    return level == 2 || number == 0 || (e->status == 'D' && e->level == 'F');
}

static cauth_result judge(cauth_bytes in, const cauth_context *ctx, cauth_flags *flags)
{
    cauth_alerts v;
    return cauth_alerts_parse(in, ctx, &v, flags);
}

static void put_alert(cauth_writer *w, cauth_version version, uint8_t level, uint8_t description)
{
    put(w, version, 21, BYTES_OF(level, description));
}

static void check_one(int version, cauth_sender sender, unsigned number, uint8_t level)
{
    cauth_context ctx = context((cauth_version)version, sender);
    expectation e = expect_of(number, version, sender);
    cauth_flags flags, expected = flags_expected(&e, version, sender, number, level);
    cauth_writer w = fresh();
    cauth_alerts v;
    put_alert(&w, ctx.version, level, (uint8_t)number);
    cauth_result result = cauth_alerts_parse(cauth_written(&w), &ctx, &v, &flags);
    if (version != CAUTH_TLS13 && level != 1 && level != 2) {
        EXPECT_REJECTED(result, ALERT_02, ALERT_LEVEL, 5);
        return;
    }
    EXPECT_ACCEPTED(result);
    expect_same_flags(&flags, &expected, __FILE__, __LINE__);
    assert_int_equal(v.num_alerts, 1);
    assert_int_equal(v.ended, is_last(&e, version, number, level));
    assert_false(v.pending);

    cauth_alert_iter it = cauth_alert_iter_init(&v);
    cauth_alert alert;
    assert_true(cauth_alert_iter_next(&it, &alert));
    assert_int_equal(alert.level, level);
    assert_int_equal(alert.description, number);
    assert_int_equal(alert.offset, 5);
    assert_false(cauth_alert_iter_next(&it, &alert));
}

static void every_alert(void **state)
{
    static const uint8_t levels[] = { 0, 1, 2, 3, 255 };
    (void)state;
    for (int version = CAUTH_SSL30; version <= CAUTH_TLS13; version++)
        for (int sender = CAUTH_FROM_EITHER; sender <= CAUTH_FROM_SERVER; sender++)
            for (unsigned number = 0; number < 256; number++)
                for (size_t i = 0; i < sizeof levels; i++)
                    check_one(version, (cauth_sender)sender, number, levels[i]);
}

static void registry_is_told(void **state)
{
    (void)state;
    for (int version = CAUTH_SSL30; version <= CAUTH_TLS13; version++) {
        for (int sender = CAUTH_FROM_EITHER; sender <= CAUTH_FROM_SERVER; sender++) {
            for (unsigned number = 0; number < 256; number++) {
                expectation e = expect_of(number, version, (cauth_sender)sender);
                cauth_alert_info info =
                    cauth_alert_describe((uint8_t)number, (cauth_version)version, (cauth_sender)sender);
                assert_string_equal(info.name, e.name);
                assert_int_equal(info.status, e.status == 'D'   ? CAUTH_ALERT_DEFINED
                                              : e.status == 'R' ? CAUTH_ALERT_RESERVED
                                                                : CAUTH_ALERT_UNDEFINED);
                assert_int_equal(info.always_fatal, e.level == 'F');
                assert_int_equal(info.always_warning, e.level == 'W');
                assert_int_equal(info.direction_ok, e.direction_ok);
            }
        }
    }
}

/* ---- several alerts ---- */

static void several_in_one_record(void **state)
{
    (void)state;
    for (int version = CAUTH_SSL30; version <= CAUTH_TLS12; version++) {
        cauth_context ctx = context((cauth_version)version, CAUTH_FROM_CLIENT);
        cauth_writer w = fresh();
        put(&w, ctx.version, 21, BYTES_OF(1, 42, 1, 43, 2, 40));
        CHECK_FLAGS(judge, ctx, cauth_written(&w), CAUTH_ALERT_04, CAUTH_RULE_NONE);
    }
}

static void split_over_records(void **state)
{
    (void)state;
    for (int version = CAUTH_SSL30; version <= CAUTH_TLS12; version++) {
        cauth_context ctx = context((cauth_version)version, CAUTH_FROM_CLIENT);
        cauth_writer w = fresh();
        put(&w, ctx.version, 21, BYTES_OF(2));
        CHECK_FLAGS(judge, ctx, cauth_written(&w), CAUTH_ALERT_05, CAUTH_REC_01);
        put(&w, ctx.version, 21, BYTES_OF(40));
        CHECK_FLAGS(judge, ctx, cauth_written(&w), CAUTH_ALERT_05, CAUTH_RULE_NONE);
    }
}

static void a_pending_half_is_told(void **state)
{
    cauth_context ctx = context(CAUTH_TLS12, CAUTH_FROM_CLIENT);
    cauth_writer w = fresh();
    cauth_alerts v;
    cauth_flags flags;
    (void)state;
    put(&w, CAUTH_TLS12, 21, BYTES_OF(1, 90, 1));
    EXPECT_ACCEPTED(cauth_alerts_parse(cauth_written(&w), &ctx, &v, &flags));
    assert_true(v.pending);
    assert_false(v.ended);
    assert_int_equal(v.num_alerts, 1);
    /* The level is judged before its description is there. */
    w = fresh();
    put(&w, CAUTH_TLS12, 21, BYTES_OF(1, 90, 3));
    CHECK_REJECTED(judge, ctx, cauth_written(&w), CAUTH_ALERT_02, ALERT_LEVEL, 7);
}

static void lengths_in_tls13(void **state)
{
    cauth_context ctx = context(CAUTH_TLS13, CAUTH_FROM_SERVER);
    (void)state;
    for (uint16_t len = 0; len <= 6; len++) {
        cauth_writer w = fresh();
        put_alert(&w, CAUTH_TLS13, 1, 90);
        put_zeros(&w, CAUTH_TLS13, 21, len);
        if (len == 2) /* close_notify at level 0 */
            CHECK_FLAGS(judge, ctx, cauth_written(&w), CAUTH_ALERT_03, CAUTH_RULE_NONE);
        else
            CHECK_REJECTED(judge, ctx, cauth_written(&w), len == 0 ? CAUTH_REC_17 : CAUTH_ALERT_06, RECORD_LENGTH,
                           7 + 3);
    }
}

static void what_follows_the_end(void **state)
{
    (void)state;
    for (int version = CAUTH_SSL30; version <= CAUTH_TLS12; version++) {
        cauth_context ctx = context((cauth_version)version, CAUTH_FROM_SERVER);
        cauth_writer w = fresh();
        put(&w, ctx.version, 21, BYTES_OF(2, 40, 1, 0));
        CHECK_FLAGS(judge, ctx, cauth_written(&w), CAUTH_ALERT_04, CAUTH_ALERT_08);
        w = fresh();
        put_alert(&w, ctx.version, 2, 40);
        cauth_write_u8(&w, 99);
        CHECK_FLAGS(judge, ctx, cauth_written(&w), CAUTH_ALERT_08, CAUTH_RULE_NONE);
        w = fresh();
        put_alert(&w, ctx.version, 1, 47);
        cauth_write_u8(&w, 99);
        CHECK_FLAGS(judge, ctx, cauth_written(&w), CAUTH_ALERT_08, CAUTH_ALERT_09);
        /* After a closure it is ignored (RFC 5246 §7.2.1). */
        w = fresh();
        put_alert(&w, ctx.version, 1, 0);
        cauth_write_u8(&w, 99);
        CHECK_ACCEPTED(judge, ctx, cauth_written(&w));
    }
}

static void the_end_is_told(void **state)
{
    cauth_context ctx = context(CAUTH_TLS12, CAUTH_FROM_SERVER);
    cauth_writer w = fresh();
    cauth_alerts v;
    cauth_flags flags;
    (void)state;
    put_alert(&w, CAUTH_TLS12, 1, 90);
    put(&w, CAUTH_TLS12, 21, BYTES_OF(1, 0, 7));
    put(&w, CAUTH_TLS12, 22, BYTES_OF(9));
    EXPECT_ACCEPTED(cauth_alerts_parse(cauth_written(&w), &ctx, &v, &flags));
    assert_true(v.ended);
    assert_false(v.pending);
    assert_int_equal(v.num_alerts, 2);
    assert_int_equal(v.records.len, 7 + 8);
    assert_ptr_equal(v.rest.ptr, w.ptr + 15);
    assert_int_equal(v.rest.len, 6);
}

static void other_content_types(void **state)
{
    (void)state;
    for (int version = CAUTH_SSL30; version <= CAUTH_TLS13; version++) {
        for (unsigned type = 0; type < 256; type++) {
            cauth_context ctx = context((cauth_version)version, CAUTH_FROM_CLIENT);
            cauth_writer w = fresh();
            put_alert(&w, ctx.version, 1, version == CAUTH_SSL30 ? 42 : 90);
            put(&w, ctx.version, (uint8_t)type, BYTES_OF(1, 0));
            if (type == 21)
                CHECK_ACCEPTED(judge, ctx, cauth_written(&w));
            else
                CHECK_REJECTED(judge, ctx, cauth_written(&w), CAUTH_VEC_09, CONTENT_TYPE, 7);
        }
    }
}

static void warnings_in_a_row(void **state)
{
    (void)state;
    for (int version = CAUTH_TLS10; version <= CAUTH_TLS13; version++) {
        for (unsigned num = 0; num <= 100; num++) {
            cauth_context ctx = context((cauth_version)version, CAUTH_FROM_CLIENT);
            cauth_writer w = fresh();
            for (unsigned i = 0; i < num; i++)
                put_alert(&w, ctx.version, 1, 90);
            CHECK_FLAGS(judge, ctx, cauth_written(&w), num > 4 ? CAUTH_ALERT_23 : CAUTH_RULE_NONE, CAUTH_RULE_NONE);
            put_alert(&w, ctx.version, 1, 0); /* close_notify counts */
            CHECK_FLAGS(judge, ctx, cauth_written(&w), num > 3 ? CAUTH_ALERT_23 : CAUTH_RULE_NONE, CAUTH_RULE_NONE);
        }
    }
}

/* Whatever their description, as long as it does not end the connection: defined or not. */
static void warnings_of_any_description(void **state)
{
    size_t flagged = 0;
    (void)state;
    for (int version = CAUTH_SSL30; version <= CAUTH_TLS12; version++) {
        for (unsigned number = 0; number < 256; number++) {
            cauth_context ctx = context((cauth_version)version, CAUTH_FROM_CLIENT);
            cauth_alerts v;
            cauth_flags flags;
            cauth_writer w = fresh();
            for (unsigned i = 0; i < 5; i++)
                put_alert(&w, ctx.version, 1, (uint8_t)number);
            assert_true(cauth_is_accepted(cauth_alerts_parse(cauth_written(&w), &ctx, &v, &flags)));
            assert_true(cauth_flags_has(&flags, CAUTH_ALERT_23) == !v.ended);
            flagged += v.ended ? 0 : 1;
        }
    }
    assert_true(flagged > 4 * 200);
}

static void closing_after_an_error_at_level_warning(void **state)
{
    (void)state;
    for (int version = CAUTH_SSL30; version <= CAUTH_TLS12; version++) {
        cauth_context ctx = context((cauth_version)version, CAUTH_FROM_CLIENT);
        cauth_writer w = fresh();
        put_alert(&w, ctx.version, 1, 45);
        put_alert(&w, ctx.version, 1, 0);
        CHECK_FLAGS(judge, ctx, cauth_written(&w), version == CAUTH_TLS12 ? CAUTH_ALERT_11 : CAUTH_RULE_NONE,
                    CAUTH_RULE_NONE);
        w = fresh();
        put_alert(&w, ctx.version, 1, 45);
        put_alert(&w, ctx.version, 1, 46);
        CHECK_ACCEPTED(judge, ctx, cauth_written(&w));
    }
    cauth_context ctx = context(CAUTH_TLS12, CAUTH_FROM_CLIENT);
    cauth_writer w = fresh();
    put_alert(&w, ctx.version, 1, 90);
    put_alert(&w, ctx.version, 1, 0);
    CHECK_ACCEPTED(judge, ctx, cauth_written(&w));
}

/* An alert that no version knows is not an error that its sender was free to make a warning. */
static void closing_after_an_unknown_alert(void **state)
{
    cauth_context ctx = context(CAUTH_TLS12, CAUTH_FROM_SERVER);
    cauth_writer w = fresh();
    (void)state;
    put_alert(&w, CAUTH_TLS12, 1, 99);
    put_alert(&w, CAUTH_TLS12, 1, 0);
    CHECK_FLAGS(judge, ctx, cauth_written(&w), CAUTH_ALERT_19, CAUTH_RULE_NONE);
}

/* In TLS 1.3 the level says nothing (RFC 8446 §6): user_canceled goes on, and counts, whatever it claims to be. */
static void the_level_says_nothing_in_tls13(void **state)
{
    cauth_context ctx = context(CAUTH_TLS13, CAUTH_FROM_CLIENT);
    cauth_writer w = fresh();
    (void)state;
    for (unsigned i = 0; i < CAUTH_MAX_WARNINGS_IN_A_ROW; i++)
        put_alert(&w, CAUTH_TLS13, 2, 90);
    CHECK_ACCEPTED(judge, ctx, cauth_written(&w));
    put_alert(&w, CAUTH_TLS13, 2, 90);
    CHECK_FLAGS(judge, ctx, cauth_written(&w), CAUTH_ALERT_23, CAUTH_RULE_NONE);
}

/* What is behind the alert that ended the connection is in its record, and is no alert of the view. */
static void the_iterator_ends_with_the_connection(void **state)
{
    cauth_context ctx = context(CAUTH_TLS12, CAUTH_FROM_CLIENT);
    cauth_writer w = fresh();
    cauth_alerts v;
    cauth_alert alert;
    cauth_flags flags;
    (void)state;
    put(&w, CAUTH_TLS12, 21, BYTES_OF(1, 90, 2, 40, 1, 0));
    EXPECT_ACCEPTED(cauth_alerts_parse(cauth_written(&w), &ctx, &v, &flags));
    assert_int_equal(v.num_alerts, 2);
    cauth_alert_iter it = cauth_alert_iter_init(&v);
    assert_true(cauth_alert_iter_next(&it, &alert));
    assert_true(cauth_alert_iter_next(&it, &alert));
    assert_int_equal(alert.description, 40);
    assert_false(cauth_alert_iter_next(&it, &alert));
}

/* The content type is refused with the header that has it, and not before the header is whole. */
static void a_header_is_judged_whole(void **state)
{
    static const uint8_t handshake[] = { 22, 3, 3, 0, 4 };
    cauth_context ctx = context(CAUTH_TLS12, CAUTH_FROM_CLIENT);
    (void)state;
    for (size_t len = 0; len <= sizeof handshake; len++) {
        cauth_alert_reader r = cauth_alert_reader_init();
        cauth_alert alert;
        const cauth_bytes unread = { handshake, len };
        assert_int_equal(cauth_alert_next(&r, &ctx, unread, &alert),
                         len < sizeof handshake ? CAUTH_READ_MORE : CAUTH_READ_REJECTED);
    }
}

/* Every member that alert.h lets a caller read is set from the start. */
static void a_new_reader_has_seen_nothing(void **state)
{
    cauth_alert_reader r = cauth_alert_reader_init();
    (void)state;
    assert_int_equal(r.offset, 0);
    assert_false(r.pending);
    assert_false(r.ended);
    assert_false(r.ended_by_error);
    assert_false(r.after_optional_fatal);
    assert_int_equal(r.half.level, 0);
    assert_int_equal(r.half.description, 0);
    assert_int_equal(r.half.offset, 0);
    assert_int_equal(r.alerts_in_record, 0);
    assert_int_equal(r.warnings_in_a_row, 0);
    assert_int_equal(r.records.offset, 0);
    assert_true(cauth_is_accepted(r.records.result));
}

static void no_alerts(void **state)
{
    cauth_context ctx = context(CAUTH_TLS12, CAUTH_FROM_CLIENT);
    (void)state;
    CHECK_ACCEPTED(judge, ctx, nothing);
    CHECK_FLAGS(judge, ctx, BYTES_OF(21, 3, 3), CAUTH_REC_01, CAUTH_RULE_NONE);
}

static void record_rules_hold(void **state)
{
    cauth_context ctx = context(CAUTH_TLS12, CAUTH_FROM_CLIENT);
    (void)state;
    CHECK_REJECTED(judge, ctx, BYTES_OF(21, 3, 3, 0, 0), CAUTH_REC_16, RECORD_LENGTH, 3);
    CHECK_REJECTED(judge, ctx, BYTES_OF(21, 3, 3, 0x40, 1), CAUTH_REC_08, RECORD_LENGTH, 3);
    CHECK_FLAGS(judge, ctx, BYTES_OF(21, 3, 1, 0, 2, 1, 0), CAUTH_REC_06, CAUTH_RULE_NONE);
    ctx.version = CAUTH_TLS11;
    CHECK_FLAGS(judge, ctx, BYTES_OF(21, 3, 2, 0, 0), CAUTH_REC_15, CAUTH_RULE_NONE);
}

/* ---- cuts ---- */

static const uint8_t sample[] = { 1, 90, 1, 42, 1, 100, 2, 48 };

/* The alerts of the sample, however its bytes lie in records. */
static void check_sample(cauth_bytes in)
{
    cauth_context ctx = context(CAUTH_TLS12, CAUTH_FROM_SERVER);
    cauth_bytes copy = exact_copy(in.ptr, in.len);
    cauth_alerts v;
    cauth_flags flags;
    cauth_alert alert;
    EXPECT_ACCEPTED(cauth_alerts_parse(copy, &ctx, &v, &flags));
    assert_int_equal(v.num_alerts, sizeof sample / 2);
    assert_true(v.ended);
    assert_false(cauth_flags_has(&flags, CAUTH_ALERT_08));
    cauth_alert_iter it = cauth_alert_iter_init(&v);
    for (size_t i = 0; i < sizeof sample; i += 2) {
        assert_true(cauth_alert_iter_next(&it, &alert));
        assert_int_equal(alert.level, sample[i]);
        assert_int_equal(alert.description, sample[i + 1]);
        assert_int_equal(copy.ptr[alert.offset], sample[i]);
    }
    assert_false(cauth_alert_iter_next(&it, &alert));
    exact_free(copy);
}

/* Each of the 7 places between two bytes is a cut or not. */
static void every_cut(void **state)
{
    (void)state;
    const cauth_bytes content = { sample, sizeof sample };
    for (unsigned cuts = 0; cuts < 1u << (sizeof sample - 1); cuts++)
        check_sample(cut_into_records(CAUTH_TLS12, 21, content, cuts));
}

/* One byte per record and one byte at a time; each unread tail is a block of exactly its size. */
static void byte_by_byte(void **state)
{
    cauth_context ctx = context(CAUTH_TLS12, CAUTH_FROM_SERVER);
    cauth_alert_reader r = cauth_alert_reader_init();
    cauth_writer w = fresh();
    cauth_alert alert;
    cauth_event event = CAUTH_READ_MORE;
    size_t num = 0;
    (void)state;
    for (size_t i = 0; i < sizeof sample; i++)
        put(&w, CAUTH_TLS12, 21, BYTES_OF(sample[i]));
    for (size_t arrived = 0; arrived <= w.len; arrived++) {
        cauth_bytes unread = exact_copy(w.ptr + r.offset, arrived - r.offset);
        event = cauth_alert_next(&r, &ctx, unread, &alert);
        if (event == CAUTH_READ_ITEM) {
            assert_int_equal(alert.level, sample[2 * num]);
            assert_int_equal(alert.description, sample[2 * num + 1]);
            assert_int_equal(alert.offset, 12 * num + 5);
            num++;
        } else {
            assert_int_equal(event, CAUTH_READ_MORE);
        }
        exact_free(unread);
    }
    assert_int_equal(num, sizeof sample / 2);
    assert_int_equal(cauth_alert_next(&r, &ctx, nothing, &alert), CAUTH_READ_END);
}

/* A view that no parser gave: it counts alerts that its records do not hold. */
static void iterator_over_anything(void **state)
{
    static const uint8_t in[] = { 21, 3, 3, 0, 3, 1, 90, 1 };
    cauth_alert alert;
    (void)state;
    for (size_t len = 7; len <= sizeof in; len++) { /* the second alert is not there, or half of it is */
        const uint8_t fragment_len = (uint8_t)(len - 5);
        const uint8_t header[] = { 21, 3, 3, 0, fragment_len };
        uint8_t records[sizeof in];
        memcpy(records, in, sizeof in);
        memcpy(records, header, sizeof header);
        cauth_alerts v = { { records, len }, 2, false, false, { NULL, 0 } };
        cauth_alert_iter it = cauth_alert_iter_init(&v);
        assert_true(cauth_alert_iter_next(&it, &alert));
        assert_int_equal(alert.description, 90);
        assert_false(cauth_alert_iter_next(&it, &alert));
    }
}

static void rejected_stays_rejected(void **state)
{
    cauth_context ctx = context(CAUTH_TLS12, CAUTH_FROM_SERVER);
    cauth_alert_reader r = cauth_alert_reader_init();
    cauth_alert alert;
    (void)state;
    assert_int_equal(cauth_alert_next(&r, &ctx, BYTES_OF(21, 3, 3, 0, 2, 3, 0), &alert), CAUTH_READ_REJECTED);
    assert_int_equal(cauth_alert_next(&r, &ctx, BYTES_OF(1, 0), &alert), CAUTH_READ_REJECTED);
    EXPECT_REJECTED(r.records.result, ALERT_02, ALERT_LEVEL, 5);
}

/* Every member of the iterator is set from the start, for callers that copy one. */
static void a_new_iterator_has_seen_nothing(void **state)
{
    cauth_alerts v;
    (void)state;
    memset(&v, 0, sizeof v);
    v.num_alerts = 2;
    cauth_alert_iter it = cauth_alert_iter_init(&v);
    assert_int_equal(it.records.pos, 0);
    check_no_record(&it.record);
    assert_int_equal(it.pos, 0);
    assert_int_equal(it.left, 2);
}

static void writers(void **state)
{
    cauth_context ctx = context(CAUTH_TLS11, CAUTH_FROM_SERVER);
    cauth_writer w = fresh();
    cauth_alerts v;
    cauth_flags flags;
    uint8_t again[64];
    (void)state;
    assert_true(cauth_alert_write(2, 40, &w));
    assert_memory_equal(w.ptr, "\x02\x28", 2);
    w = fresh();
    put(&w, CAUTH_TLS11, 21, BYTES_OF(1, 90, 2));
    put(&w, CAUTH_TLS11, 21, BYTES_OF(40, 1));
    cauth_write_u8(&w, 77);
    EXPECT_ACCEPTED(cauth_alerts_parse(cauth_written(&w), &ctx, &v, &flags));
    cauth_writer copy = cauth_writer_init(again, sizeof again);
    assert_true(cauth_alerts_write(&v, &copy));
    assert_int_equal(copy.len, w.len);
    assert_memory_equal(again, w.ptr, w.len);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_alert),
        cmocka_unit_test(registry_is_told),
        cmocka_unit_test(several_in_one_record),
        cmocka_unit_test(split_over_records),
        cmocka_unit_test(a_pending_half_is_told),
        cmocka_unit_test(lengths_in_tls13),
        cmocka_unit_test(what_follows_the_end),
        cmocka_unit_test(the_end_is_told),
        cmocka_unit_test(other_content_types),
        cmocka_unit_test(warnings_in_a_row),
        cmocka_unit_test(warnings_of_any_description),
        cmocka_unit_test(closing_after_an_error_at_level_warning),
        cmocka_unit_test(closing_after_an_unknown_alert),
        cmocka_unit_test(the_level_says_nothing_in_tls13),
        cmocka_unit_test(the_iterator_ends_with_the_connection),
        cmocka_unit_test(a_header_is_judged_whole),
        cmocka_unit_test(a_new_reader_has_seen_nothing),
        cmocka_unit_test(no_alerts),
        cmocka_unit_test(record_rules_hold),
        cmocka_unit_test(every_cut),
        cmocka_unit_test(byte_by_byte),
        cmocka_unit_test(iterator_over_anything),
        cmocka_unit_test(rejected_stays_rejected),
        cmocka_unit_test(a_new_iterator_has_seen_nothing),
        cmocka_unit_test(writers),
    };
    return cmocka_run_group_tests_name("alert", tests, NULL, NULL);
}
