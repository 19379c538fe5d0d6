#include "stream_check.h"

#include "cauth/handshake.h"

static cauth_result judge(cauth_bytes in, const cauth_context *ctx, cauth_flags *flags)
{
    cauth_handshakes v;
    return cauth_handshakes_parse(in, ctx, &v, flags);
}

/* One record that holds a whole message of `len` zero bytes, or just its start when `len` is more than fits. */
static void put_message(cauth_writer *w, cauth_version version, uint8_t msg_type, uint32_t len)
{
    static uint8_t message[16384];
    cauth_writer m = cauth_writer_init(message, sizeof message);
    cauth_handshake_write_header(msg_type, len, &m);
    memset(message + 4, 0, sizeof message - 4);
    const cauth_bytes fragment = { message, len < 16380 ? 4 + (size_t)len : 4 };
    put(w, version, 22, fragment);
}

/* The message that a side begins with. */
static uint8_t hello(cauth_sender sender)
{
    return sender == CAUTH_FROM_SERVER ? 2 : 1;
}

/* ---- headers ---- */

/* Versions and senders of each type (RFC 5246 §7.4, RFC 8446 §4, RFC 5077, 6066, 4680, 8879), apart from handshake.c.
 */
static const struct {
    uint8_t msg_type;
    const char *name;
    char versions; /* a: all, o: up to TLS 1.2, n: TLS 1.3 */
    char sender;   /* C, S, or B for both */
} types[] = {
    { 0, "hello_request", 'o', 'S' },
    { 1, "client_hello", 'a', 'C' },
    { 2, "server_hello", 'a', 'S' },
    { 4, "new_session_ticket", 'a', 'S' },
    { 5, "end_of_early_data", 'n', 'C' },
    { 8, "encrypted_extensions", 'n', 'S' },
    { 11, "certificate", 'a', 'B' },
    { 12, "server_key_exchange", 'o', 'S' },
    { 13, "certificate_request", 'a', 'S' },
    { 14, "server_hello_done", 'o', 'S' },
    { 15, "certificate_verify", 'a', 'B' },
    { 16, "client_key_exchange", 'o', 'C' },
    { 20, "finished", 'a', 'B' },
    { 21, "certificate_url", 'o', 'C' },
    { 22, "certificate_status", 'o', 'S' },
    { 23, "supplemental_data", 'o', 'B' },
    { 24, "key_update", 'n', 'B' },
    { 25, "compressed_certificate", 'n', 'B' },
};

static cauth_rule rule_for(unsigned msg_type, int version, cauth_sender sender)
{
    bool tls13 = version == CAUTH_TLS13;
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        if (types[i].msg_type != msg_type)
            continue;
        if ((types[i].versions == 'o' && tls13) || (types[i].versions == 'n' && !tls13))
            return CAUTH_HS_03;
        if (sender != CAUTH_FROM_EITHER && types[i].sender != 'B' &&
            types[i].sender != (sender == CAUTH_FROM_CLIENT ? 'C' : 'S'))
            return msg_type == 0 ? CAUTH_HS_08 : msg_type == 13 ? CAUTH_CR_COM_01 : CAUTH_HS_09;
        if (msg_type == 15 && !tls13 && sender == CAUTH_FROM_SERVER)
            return CAUTH_CV_12;
        return msg_type == 20 && !tls13 ? CAUTH_HS_09 : CAUTH_RULE_NONE;
    }
    return CAUTH_HS_03;
}

static void every_type(void **state)
{
    (void)state;
    for (int version = CAUTH_SSL30; version <= CAUTH_TLS13; version++) {
        for (int sender = CAUTH_FROM_EITHER; sender <= CAUTH_FROM_SERVER; sender++) {
            for (unsigned msg_type = 0; msg_type < 256; msg_type++) {
                cauth_context ctx = context((cauth_version)version, (cauth_sender)sender);
                cauth_rule rule = rule_for(msg_type, version, ctx.sender);
                cauth_writer w = fresh();
                put_message(&w, ctx.version, hello(ctx.sender), 0);
                put_message(&w, ctx.version, (uint8_t)msg_type, 0);
                if (rule == CAUTH_RULE_NONE)
                    CHECK_ACCEPTED(judge, ctx, cauth_written(&w));
                else
                    CHECK_REJECTED(judge, ctx, cauth_written(&w), rule, MSG_TYPE, 9 + 5);
            }
        }
    }
}

static void names_of_types(void **state)
{
    (void)state;
    for (unsigned msg_type = 0; msg_type < 256; msg_type++) {
        const char *name = "";
        for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
            if (types[i].msg_type == msg_type)
                name = types[i].name;
        assert_string_equal(cauth_handshake_type_name((uint8_t)msg_type), name);
    }
}

/* Just the header of a message, and the verdict on its length. */
static void check_length(cauth_context ctx, uint8_t msg_type, uint32_t len, cauth_rule rule)
{
    uint8_t header[4];
    cauth_writer h = cauth_writer_init(header, sizeof header);
    cauth_writer w = fresh();
    cauth_handshake_write_header(msg_type, len, &h);
    put(&w, ctx.version, 22, cauth_written(&h));
    if (rule != CAUTH_RULE_NONE)
        CHECK_REJECTED(judge, ctx, cauth_written(&w), rule, MSG_LENGTH, 5 + 1);
    else
        CHECK_FLAGS(judge, ctx, cauth_written(&w), len > 0 ? CAUTH_REC_01 : CAUTH_RULE_NONE, CAUTH_RULE_NONE);
}

static void limits_of_types(void **state)
{
    (void)state;
    for (int version = CAUTH_SSL30; version <= CAUTH_TLS13; version++) {
        cauth_context ctx = context((cauth_version)version, CAUTH_FROM_EITHER);
        for (uint32_t more = 0; more <= 1; more++) {
            cauth_rule rule = more == 0 ? CAUTH_RULE_NONE : CAUTH_HS_04;
            check_length(ctx, 11, 262144 + more, rule);
            check_length(ctx, 15, 65539 + more, rule);
            check_length(ctx, 1, 131396 + more, rule);
            check_length(ctx, 2, 131396 + more, rule);
            if (version == CAUTH_TLS13)
                check_length(ctx, 25, 262144 + more, rule);
        }
    }
    cauth_context ctx = context(CAUTH_TLS12, CAUTH_FROM_EITHER);
    ctx.limits.certificate = 0;
    check_length(ctx, 11, 0, CAUTH_RULE_NONE);
    check_length(ctx, 11, 1, CAUTH_HS_04);
    ctx.limits.certificate_request = 1000;
    check_length(ctx, 13, 1000, CAUTH_RULE_NONE);
    check_length(ctx, 13, 1001, CAUTH_HS_04);
}

/* One byte of each prefix, and every vector at its ceiling: 1+255+2+65535, with 2+65534 more in TLS 1.2. */
static void largest_certificate_request(void **state)
{
    (void)state;
    for (int version = CAUTH_SSL30; version <= CAUTH_TLS13; version++) {
        cauth_context ctx = context((cauth_version)version, CAUTH_FROM_SERVER);
        uint32_t most = version == CAUTH_TLS12 ? 131329 : 65793;
        ctx.limits.certificate_request = 0xFFFFFF;
        check_length(ctx, 13, most, CAUTH_RULE_NONE);
        check_length(ctx, 13, most + 1, CAUTH_CR_COM_06);
    }
}

static void a_lie_of_16_mib_is_refused_at_once(void **state)
{
    static const uint8_t lied_about[] = { 1, 11, 15, 16 };
    (void)state;
    for (size_t i = 0; i < sizeof lied_about; i++)
        check_length(context(CAUTH_TLS12, CAUTH_FROM_CLIENT), lied_about[i], 0xFFFFFF, CAUTH_HS_04);
    check_length(context(CAUTH_TLS12, CAUTH_FROM_SERVER), 13, 0xFFFFFF, CAUTH_CR_COM_06);
    check_length(context(CAUTH_TLS13, CAUTH_FROM_CLIENT), 11, 0xFFFFFF, CAUTH_HS_04);
}

static void messages_without_body(void **state)
{
    (void)state;
    for (int version = CAUTH_SSL30; version <= CAUTH_TLS12; version++) {
        cauth_context ctx = context((cauth_version)version, CAUTH_FROM_SERVER);
        check_length(ctx, 0, 0, CAUTH_RULE_NONE);
        check_length(ctx, 0, 1, CAUTH_HS_07);
        check_length(ctx, 14, 0, CAUTH_RULE_NONE);
        check_length(ctx, 14, 1, CAUTH_HS_07);
        check_length(ctx, 14, 0xFFFFFF, CAUTH_HS_07);
    }
}

/* The length starts in a later record than the type: that is where it is wrong. */
static void a_split_header(void **state)
{
    cauth_context ctx = context(CAUTH_TLS12, CAUTH_FROM_CLIENT);
    cauth_writer w = fresh();
    (void)state;
    put(&w, CAUTH_TLS12, 22, BYTES_OF(1));
    CHECK_FLAGS(judge, ctx, cauth_written(&w), CAUTH_REC_01, CAUTH_RULE_NONE);
    put(&w, CAUTH_TLS12, 22, BYTES_OF(0xFF));
    put(&w, CAUTH_TLS12, 22, BYTES_OF(0xFF));
    CHECK_FLAGS(judge, ctx, cauth_written(&w), CAUTH_REC_01, CAUTH_RULE_NONE);
    put(&w, CAUTH_TLS12, 22, BYTES_OF(0xFF));
    CHECK_REJECTED(judge, ctx, cauth_written(&w), CAUTH_HS_04, MSG_LENGTH, 6 + 5);
}

/* ---- other records ---- */

/* Up to TLS 1.2 an alert, and what is unknown, may stand inside a message (RFC 5246 §6.2.1). */
static void records_inside_a_message(void **state)
{
    (void)state;
    for (int version = CAUTH_SSL30; version <= CAUTH_TLS13; version++) {
        cauth_context ctx = context((cauth_version)version, CAUTH_FROM_CLIENT);
        cauth_writer w = fresh();
        put(&w, ctx.version, 22, BYTES_OF(1, 0, 0));
        put(&w, ctx.version, 21, BYTES_OF(1, 90));
        put(&w, ctx.version, 22, BYTES_OF(1, 77));
        if (version == CAUTH_TLS13)
            CHECK_REJECTED(judge, ctx, cauth_written(&w), CAUTH_REC_19, CONTENT_TYPE, 8);
        else
            CHECK_ACCEPTED(judge, ctx, cauth_written(&w));
        w = fresh();
        put(&w, ctx.version, 22, BYTES_OF(1, 0, 0));
        put(&w, ctx.version, 20, BYTES_OF(1));
        put(&w, ctx.version, 22, BYTES_OF(1, 77));
        if (version == CAUTH_TLS13)
            CHECK_FLAGS(judge, ctx, cauth_written(&w), CAUTH_REC_19, CAUTH_RULE_NONE);
        else
            CHECK_REJECTED(judge, ctx, cauth_written(&w), CAUTH_REC_24, CONTENT_TYPE, 8);
    }
}

/* Between messages all of them may stand in TLS 1.3. */
static void records_between_messages(void **state)
{
    cauth_context ctx = context(CAUTH_TLS13, CAUTH_FROM_CLIENT);
    cauth_writer w = fresh();
    (void)state;
    put_message(&w, CAUTH_TLS13, 1, 3);
    put(&w, CAUTH_TLS13, 20, BYTES_OF(1));
    put(&w, CAUTH_TLS13, 21, BYTES_OF(1, 90));
    put_zeros(&w, CAUTH_TLS13, 23, 20);
    put_message(&w, CAUTH_TLS13, 11, 3);
    CHECK_ACCEPTED(judge, ctx, cauth_written(&w));
}

/* After which message of a side its keys may change (RFC 5246 §7.3, RFC 5077 §3.3). */
static void places_of_change_cipher_spec(void **state)
{
    (void)state;
    for (int version = CAUTH_SSL30; version <= CAUTH_TLS12; version++) {
        for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
            for (int sender = CAUTH_FROM_CLIENT; sender <= CAUTH_FROM_SERVER; sender++) {
                cauth_context ctx = context((cauth_version)version, (cauth_sender)sender);
                uint8_t msg_type = types[i].msg_type;
                const char *last = sender == CAUTH_FROM_CLIENT ? "\x01\x10\x0f" : "\x02\x04\x0e";
                if (rule_for(msg_type, version, ctx.sender) != CAUTH_RULE_NONE || msg_type == 0)
                    continue;
                cauth_writer w = fresh();
                put_message(&w, ctx.version, msg_type, 0);
                put(&w, ctx.version, 20, BYTES_OF(1));
                if (memchr(last, msg_type, 3) != NULL)
                    CHECK_ACCEPTED(judge, ctx, cauth_written(&w));
                else
                    CHECK_REJECTED(judge, ctx, cauth_written(&w), CAUTH_REC_25, CONTENT_TYPE, 9);
            }
        }
        cauth_writer w = fresh();
        cauth_context ctx = context((cauth_version)version, CAUTH_FROM_SERVER);
        put(&w, ctx.version, 20, BYTES_OF(1));
        CHECK_REJECTED(judge, ctx, cauth_written(&w), CAUTH_REC_25, CONTENT_TYPE, 0);
    }
}

/* A HelloRequest is no part of the handshake (RFC 5246 §7.4.1.1). */
static void hello_request_does_not_count(void **state)
{
    cauth_context ctx = context(CAUTH_TLS12, CAUTH_FROM_SERVER);
    cauth_writer w = fresh();
    (void)state;
    put_message(&w, CAUTH_TLS12, 0, 0);
    put_message(&w, CAUTH_TLS12, 2, 9);
    put_message(&w, CAUTH_TLS12, 0, 0);
    put(&w, CAUTH_TLS12, 20, BYTES_OF(1));
    CHECK_ACCEPTED(judge, ctx, cauth_written(&w));
    w = fresh();
    put_message(&w, CAUTH_TLS12, 0, 0);
    put(&w, CAUTH_TLS12, 20, BYTES_OF(1));
    CHECK_REJECTED(judge, ctx, cauth_written(&w), CAUTH_REC_25, CONTENT_TYPE, 9);
}

static void ciphertext_is_opaque(void **state)
{
    cauth_context ctx = context(CAUTH_TLS12, CAUTH_FROM_CLIENT);
    cauth_writer w = fresh();
    cauth_handshakes v;
    cauth_flags flags;
    (void)state;
    put_message(&w, CAUTH_TLS12, 1, 0);
    put(&w, CAUTH_TLS12, 20, BYTES_OF(1));
    put(&w, CAUTH_TLS12, 22, BYTES_OF(99, 0xFF, 0xFF, 0xFF));
    put(&w, CAUTH_TLS12, 20, BYTES_OF(7, 7));
    put(&w, CAUTH_TLS12, 23, BYTES_OF(5));
    EXPECT_ACCEPTED(cauth_handshakes_parse(cauth_written(&w), &ctx, &v, &flags));
    EXPECT_FLAG(&flags, CAUTH_RULE_NONE);
    assert_int_equal(v.num_messages, 1);
    assert_int_equal(v.records.len, w.len);

    ctx = context(CAUTH_TLS13, CAUTH_FROM_SERVER);
    w = fresh();
    put_message(&w, CAUTH_TLS13, 2, 0);
    put(&w, CAUTH_TLS13, 23, BYTES_OF(99, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0, 0));
    EXPECT_ACCEPTED(cauth_handshakes_parse(cauth_written(&w), &ctx, &v, &flags));
    assert_int_equal(v.num_messages, 1);
}

static void change_cipher_spec_of_tls13(void **state)
{
    cauth_context ctx = context(CAUTH_TLS13, CAUTH_FROM_CLIENT);
    cauth_writer w = fresh();
    (void)state;
    put(&w, CAUTH_TLS13, 20, BYTES_OF(1));
    CHECK_REJECTED(judge, ctx, cauth_written(&w), CAUTH_REC_26, CONTENT_TYPE, 0);
    ctx.sender = CAUTH_FROM_SERVER;
    CHECK_ACCEPTED(judge, ctx, cauth_written(&w));
    for (unsigned num = 1; num <= 40; num++) {
        ctx.sender = CAUTH_FROM_CLIENT;
        w = fresh();
        put_message(&w, CAUTH_TLS13, 1, 0);
        for (unsigned i = 0; i < num; i++)
            put(&w, CAUTH_TLS13, 20, BYTES_OF(1));
        CHECK_FLAGS(judge, ctx, cauth_written(&w), num > 2 ? CAUTH_REC_26 : CAUTH_RULE_NONE, CAUTH_RULE_NONE);
    }
    w = fresh();
    put_message(&w, CAUTH_TLS13, 1, 0);
    put_message(&w, CAUTH_TLS13, 20, 32);
    put(&w, CAUTH_TLS13, 20, BYTES_OF(1));
    CHECK_REJECTED(judge, ctx, cauth_written(&w), CAUTH_REC_26, CONTENT_TYPE, 9 + 41);
}

/* What a side may send after its Finished (RFC 8446 §4.6). */
static void after_finished(void **state)
{
    (void)state;
    for (int sender = CAUTH_FROM_CLIENT; sender <= CAUTH_FROM_SERVER; sender++) {
        for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
            cauth_context ctx = context(CAUTH_TLS13, (cauth_sender)sender);
            uint8_t msg_type = types[i].msg_type;
            const char *late = sender == CAUTH_FROM_CLIENT ? "\x0b\x0f\x14\x18\x19" : "\x04\x0d\x18\x18\x18";
            if (rule_for(msg_type, CAUTH_TLS13, ctx.sender) != CAUTH_RULE_NONE)
                continue;
            cauth_writer w = fresh();
            put_message(&w, CAUTH_TLS13, 20, 0);
            put_message(&w, CAUTH_TLS13, msg_type, 0);
            if (memchr(late, msg_type, 5) != NULL)
                CHECK_ACCEPTED(judge, ctx, cauth_written(&w));
            else
                CHECK_REJECTED(judge, ctx, cauth_written(&w), CAUTH_HS_17, MSG_TYPE, 9 + 5);
        }
    }
}

/* In TLS 1.3 nothing may share the record with the end of a message that keys may change after (RFC 8446 §5.1). */
/* Where the sender is not known, what either side may send (RFC 8446 §4.2.6, §4.4, §4.6). */
static void after_finished_of_either(void **state)
{
    static const char late[] = "\x04\x0b\x0d\x0f\x14\x18\x19";
    (void)state;
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        cauth_context ctx = context(CAUTH_TLS13, CAUTH_FROM_EITHER);
        uint8_t msg_type = types[i].msg_type;
        cauth_writer w = fresh();
        if (types[i].versions == 'o')
            continue;
        put_message(&w, CAUTH_TLS13, 20, 0);
        put_message(&w, CAUTH_TLS13, msg_type, 0);
        if (memchr(late, msg_type, sizeof late - 1) != NULL)
            CHECK_ACCEPTED(judge, ctx, cauth_written(&w));
        else
            CHECK_REJECTED(judge, ctx, cauth_written(&w), CAUTH_HS_17, MSG_TYPE, 9 + 5);
    }
}

static void messages_that_end_their_record(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        cauth_context ctx = context(CAUTH_TLS13, CAUTH_FROM_EITHER);
        uint8_t msg_type = types[i].msg_type;
        if (rule_for(msg_type, CAUTH_TLS13, CAUTH_FROM_EITHER) != CAUTH_RULE_NONE)
            continue;
        cauth_writer w = fresh();
        put(&w, CAUTH_TLS13, 22, BYTES_OF(msg_type, 0, 0, 1, 7, 24, 0, 0, 0));
        if (memchr("\x01\x02\x05\x14\x18", msg_type, 5) != NULL)
            CHECK_REJECTED(judge, ctx, cauth_written(&w), CAUTH_REC_23, FRAGMENT, 5 + 5);
        else
            CHECK_ACCEPTED(judge, ctx, cauth_written(&w));
        ctx.version = CAUTH_TLS12;
        w = fresh();
        put(&w, CAUTH_TLS12, 22, BYTES_OF(1, 0, 0, 1, 7, 16, 0, 0, 0));
        CHECK_ACCEPTED(judge, ctx, cauth_written(&w));
    }
}

static void versions_of_records(void **state)
{
    cauth_context ctx = context(CAUTH_TLS12, CAUTH_FROM_CLIENT);
    cauth_writer w = fresh();
    (void)state;
    /* A ClientHello in two records, and a Certificate that begins in the second. */
    cauth_record_write(22, 0x0301, BYTES_OF(1, 0, 0, 1), &w);
    cauth_record_write(22, 0x0301, BYTES_OF(9), &w);
    CHECK_ACCEPTED(judge, ctx, cauth_written(&w));
    w = fresh();
    cauth_record_write(22, 0x0301, BYTES_OF(1, 0, 0, 1), &w);
    cauth_record_write(22, 0x0301, BYTES_OF(9, 11, 0, 0, 0), &w);
    CHECK_FLAGS(judge, ctx, cauth_written(&w), CAUTH_REC_06, CAUTH_RULE_NONE);
}

/* Up to TLS 1.1 a record may be empty. It is held against the connection's version all the same. */
static void empty_records(void **state)
{
    cauth_context ctx = context(CAUTH_TLS11, CAUTH_FROM_CLIENT);
    (void)state;
    for (uint8_t content_type = 20; content_type <= 22; content_type++) {
        cauth_writer w = fresh();
        put_message(&w, CAUTH_TLS11, 1, 0);
        put(&w, CAUTH_TLS11, content_type, nothing);
        CHECK_FLAGS(judge, ctx, cauth_written(&w), CAUTH_REC_15, CAUTH_RULE_NONE);
        cauth_record_write(content_type, 0x0300, nothing, &w);
        CHECK_FLAGS(judge, ctx, cauth_written(&w), CAUTH_REC_15, CAUTH_REC_06);
    }
}

/* ---- reassembly ---- */

/* ClientHello, Certificate, ClientKeyExchange with bodies of 3, 0 and 2 bytes: 17 bytes. */
static const uint8_t sample[] = { 1, 0, 0, 3, 0xA1, 0xA2, 0xA3, 11, 0, 0, 0, 16, 0, 0, 2, 0xB1, 0xB2 };

static const struct {
    uint8_t msg_type;
    uint32_t length;
    size_t at; /* of the message in the sample */
} sample_messages[] = { { 1, 3, 0 }, { 11, 0, 7 }, { 16, 2, 11 } };

#define NUM_SAMPLE_MESSAGES 3

static void check_message(const cauth_handshake *m, size_t i)
{
    assert_true(i < NUM_SAMPLE_MESSAGES);
    assert_int_equal(m->msg_type, sample_messages[i].msg_type);
    assert_int_equal(m->length, sample_messages[i].length);
    assert_true(m->whole);
    assert_int_equal(m->body.len, m->length);
    if (m->length > 0)
        assert_memory_equal(m->body.ptr, sample + sample_messages[i].at + 4, m->length);
}

/* The messages of the sample, by the view's iterator and by a reader that gets `step` bytes at a time. */
static void check_sample(cauth_bytes in, size_t step)
{
    cauth_context ctx = context(CAUTH_TLS12, CAUTH_FROM_CLIENT);
    cauth_bytes copy = exact_copy(in.ptr, in.len);
    uint8_t *buffer = malloc(3); /* exactly the largest body */
    cauth_handshakes v;
    cauth_flags flags;
    cauth_handshake m;
    size_t i = 0;
    EXPECT_ACCEPTED(cauth_handshakes_parse(copy, &ctx, &v, &flags));
    EXPECT_FLAG(&flags, CAUTH_RULE_NONE);
    assert_int_equal(v.num_messages, NUM_SAMPLE_MESSAGES);
    assert_false(v.pending);
    cauth_handshake_iter it = cauth_handshake_iter_init(&v, buffer, 3);
    for (; cauth_handshake_iter_next(&it, &m); i++) {
        check_message(&m, i);
        assert_int_equal(copy.ptr[m.offset], m.msg_type);
    }
    assert_int_equal(i, NUM_SAMPLE_MESSAGES);

    cauth_handshake_reader r = cauth_handshake_reader_init(buffer, 3);
    size_t arrived = 0;
    for (i = 0;;) {
        cauth_bytes unread = exact_copy(copy.ptr + r.offset, arrived - r.offset);
        cauth_event event = cauth_handshake_next(&r, &ctx, unread, &m);
        if (event == CAUTH_READ_ITEM) {
            check_message(&m, i);
            assert_int_equal(copy.ptr[m.offset], m.msg_type);
            i++;
        }
        exact_free(unread);
        if (event == CAUTH_READ_ITEM)
            continue;
        assert_int_equal(event, CAUTH_READ_MORE);
        if (arrived == copy.len)
            break;
        arrived = copy.len - arrived < step ? copy.len : arrived + step;
    }
    assert_int_equal(i, NUM_SAMPLE_MESSAGES);
    assert_int_equal(r.offset, copy.len);
    free(buffer);
    exact_free(copy);
}

/* A view that no parser gave: it counts messages that its records do not hold. */
static void iterator_over_anything(void **state)
{
    static const uint8_t in[] = { 22, 3, 3, 0, 4, 14, 0, 0, 0, 21, 3, 3, 0, 2, 1, 0 };
    cauth_handshakes v = { { in, sizeof in }, 3, false, { NULL, 0 } };
    cauth_handshake_iter it = cauth_handshake_iter_init(&v, NULL, 0);
    cauth_handshake m;
    (void)state;
    assert_true(cauth_handshake_iter_next(&it, &m));
    assert_int_equal(m.msg_type, 14);
    assert_false(cauth_handshake_iter_next(&it, &m));
    assert_false(cauth_handshake_iter_next(&it, &m));
}

/* Each of the 16 places between two bytes is a cut or not: 65536 streams, the last of them one byte per record. */
static void every_cut(void **state)
{
    (void)state;
    const cauth_bytes content = { sample, sizeof sample };
    for (unsigned cuts = 0; cuts < 1u << (sizeof sample - 1); cuts++)
        check_sample(cut_into_records(CAUTH_TLS12, 22, content, cuts), cuts % 16 == 0 ? 1 + cuts / 16 % 7 : 1000);
}

static void every_chunk_size(void **state)
{
    cauth_writer w = fresh();
    (void)state;
    for (size_t i = 0; i < sizeof sample; i++)
        put(&w, CAUTH_TLS12, 22, BYTES_OF(sample[i]));
    for (size_t step = 1; step <= w.len; step++)
        check_sample(cauth_written(&w), step);
}

/* A message of the largest size that default limits admit, in records of one byte less than the largest. */
static void the_largest_message(void **state)
{
    static uint8_t message[4 + 262144], buffer[262144];
    cauth_context ctx = context(CAUTH_TLS12, CAUTH_FROM_CLIENT);
    cauth_handshake_reader r = cauth_handshake_reader_init(buffer, sizeof buffer);
    cauth_writer h = cauth_writer_init(message, sizeof message);
    cauth_writer w = fresh();
    cauth_handshake m;
    (void)state;
    cauth_handshake_write_header(11, 262144, &h);
    for (size_t i = 4; i < sizeof message; i++)
        message[i] = (uint8_t)(i % 251);
    for (size_t at = 0; at < sizeof message; at += 16383) {
        const cauth_bytes part = { message + at, sizeof message - at < 16383 ? sizeof message - at : 16383 };
        put(&w, CAUTH_TLS12, 22, part);
    }
    assert_int_equal(cauth_handshake_next(&r, &ctx, cauth_written(&w), &m), CAUTH_READ_ITEM);
    assert_true(m.whole);
    assert_int_equal(m.body.len, 262144);
    assert_memory_equal(m.body.ptr, message + 4, 262144);
    CHECK_ACCEPTED(judge, ctx, cauth_written(&w));
}

/* A buffer that is one byte too small is not written to; a message inside one record does not need it. */
static void a_buffer_that_is_too_small(void **state)
{
    cauth_context ctx = context(CAUTH_TLS12, CAUTH_FROM_CLIENT);
    uint8_t buffer[2] = { 0x55, 0x55 };
    cauth_handshake_reader r = cauth_handshake_reader_init(buffer, sizeof buffer);
    cauth_writer w = fresh();
    cauth_handshake m;
    (void)state;
    put(&w, CAUTH_TLS12, 22, BYTES_OF(1, 0, 0, 3, 1, 2));
    put(&w, CAUTH_TLS12, 22, BYTES_OF(3, 11, 0, 0, 3, 4, 5, 6));
    assert_int_equal(cauth_handshake_next(&r, &ctx, cauth_written(&w), &m), CAUTH_READ_ITEM);
    assert_int_equal(m.msg_type, 1);
    assert_int_equal(m.length, 3);
    assert_false(m.whole);
    assert_int_equal(m.body.len, 0);
    const cauth_bytes rest = { w.ptr + r.offset, w.len - r.offset };
    assert_int_equal(cauth_handshake_next(&r, &ctx, rest, &m), CAUTH_READ_ITEM);
    assert_int_equal(m.msg_type, 11);
    assert_true(m.whole);
    assert_int_equal(m.body.len, 3);
    assert_int_equal(buffer[0], 0x55);
    assert_int_equal(buffer[1], 0x55);
}

/* A message whose header ends a record lies whole in the next one: no copy is made of it. */
static void bodies_in_one_record_are_not_copied(void **state)
{
    static const uint8_t in[] = { 22, 3, 3, 0, 4, 1, 0, 0, 2, 22, 3, 3, 0, 2, 8, 9 };
    const cauth_bytes stream = { in, sizeof in };
    cauth_context ctx = context(CAUTH_TLS12, CAUTH_FROM_CLIENT);
    cauth_handshake_reader r = cauth_handshake_reader_init(NULL, 0);
    cauth_handshake m;
    (void)state;
    assert_int_equal(cauth_handshake_next(&r, &ctx, stream, &m), CAUTH_READ_ITEM);
    assert_true(m.whole);
    assert_ptr_equal(m.body.ptr, in + 14);
    assert_int_equal(m.body.len, 2);
    assert_int_equal(m.offset, 5);
}

static void an_end_inside_a_message(void **state)
{
    cauth_context ctx = context(CAUTH_TLS13, CAUTH_FROM_SERVER);
    cauth_handshakes v;
    cauth_flags flags;
    (void)state;
    for (size_t len = 0; len <= 6; len++) {
        static const uint8_t message[] = { 11, 0, 0, 2, 7, 7 };
        const cauth_bytes part = { message, len };
        cauth_writer w = fresh();
        put_message(&w, CAUTH_TLS13, 2, 1);
        if (len > 0)
            put(&w, CAUTH_TLS13, 22, part);
        EXPECT_ACCEPTED(cauth_handshakes_parse(cauth_written(&w), &ctx, &v, &flags));
        bool inside = len > 0 && len < 6;
        EXPECT_FLAG(&flags, inside ? CAUTH_REC_01 : CAUTH_RULE_NONE);
        assert_int_equal(v.pending, inside);
        assert_int_equal(v.num_messages, len == 6 ? 2 : 1);
    }
    CHECK_ACCEPTED(judge, ctx, nothing);
    CHECK_FLAGS(judge, ctx, BYTES_OF(22, 3), CAUTH_REC_01, CAUTH_RULE_NONE);
}

static void sslv2_framing_is_passed(void **state)
{
    cauth_context ctx = context(CAUTH_TLS12, CAUTH_FROM_CLIENT);
    cauth_handshake_reader r = cauth_handshake_reader_init(NULL, 0);
    cauth_handshake m;
    (void)state;
    CHECK_FLAGS(judge, ctx, BYTES_OF(0x80, 0x2E, 1, 3, 1, 0, 3, 0, 0, 0, 16), CAUTH_REC_05, CAUTH_RULE_NONE);
    assert_int_equal(cauth_handshake_next(&r, &ctx, BYTES_OF(0x80, 0x2E, 1, 3, 1), &m), CAUTH_READ_END);
    assert_int_equal(cauth_handshake_next(&r, &ctx, nothing, &m), CAUTH_READ_END);
}

/* A caller that gives fewer bytes than before, inside a record, is asked for more. */
static void fewer_bytes_than_before(void **state)
{
    static const uint8_t in[] = { 22, 3, 3, 0, 8, 14, 0, 0, 0, 14, 0, 0, 0 };
    cauth_context ctx = context(CAUTH_TLS12, CAUTH_FROM_SERVER);
    cauth_handshake_reader r = cauth_handshake_reader_init(NULL, 0);
    cauth_handshake m;
    (void)state;
    assert_int_equal(cauth_handshake_next(&r, &ctx, (cauth_bytes){ in, sizeof in }, &m), CAUTH_READ_ITEM);
    assert_int_equal(r.offset, 9);
    for (size_t len = 0; len < 4; len++) {
        cauth_bytes part = exact_copy(in + 9, len);
        assert_int_equal(cauth_handshake_next(&r, &ctx, part, &m), CAUTH_READ_MORE);
        exact_free(part);
    }
    assert_int_equal(cauth_handshake_next(&r, &ctx, (cauth_bytes){ in + 9, 4 }, &m), CAUTH_READ_ITEM);
}

/* Whatever is given then, in the place of what was refused. */
static void rejected_stays_rejected_whatever_follows(void **state)
{
    static const uint8_t unknown[] = { 22, 3, 3, 0, 4, 99, 0, 0, 0 }, finished[] = { 20, 0, 0, 0 };
    cauth_context ctx = context(CAUTH_TLS13, CAUTH_FROM_CLIENT);
    cauth_handshake_reader r = cauth_handshake_reader_init(NULL, 0);
    cauth_handshake message;
    (void)state;
    assert_int_equal(cauth_handshake_next(&r, &ctx, (cauth_bytes){ unknown, sizeof unknown }, &message),
                     CAUTH_READ_REJECTED);
    assert_int_equal(r.offset, 5);
    assert_int_equal(cauth_handshake_next(&r, &ctx, (cauth_bytes){ finished, sizeof finished }, &message),
                     CAUTH_READ_REJECTED);
}

static void rejected_stays_rejected(void **state)
{
    cauth_context ctx = context(CAUTH_TLS12, CAUTH_FROM_CLIENT);
    cauth_handshake_reader r = cauth_handshake_reader_init(NULL, 0);
    cauth_handshake m;
    (void)state;
    assert_int_equal(cauth_handshake_next(&r, &ctx, BYTES_OF(22, 3, 3, 0, 1, 99), &m), CAUTH_READ_REJECTED);
    assert_int_equal(cauth_handshake_next(&r, &ctx, BYTES_OF(1, 0, 0, 0), &m), CAUTH_READ_REJECTED);
    EXPECT_REJECTED(r.records.result, HS_03, MSG_TYPE, 5);
}

/* RFC 5246 §7.4.4: types<1..2^8-1>, algorithms<2..2^16-2>, authorities<0..2^16-1>, each behind its length. A limit
 * below that would refuse what the RFC allows, and a larger one would allow nothing more. */
static void the_limit_of_a_request(void **state)
{
    (void)state;
    assert_int_equal(cauth_limits_default().certificate_request, 1 + 255 + 2 + 65534 + 2 + 65535);
}

/* Up to TLS 1.1 a record may be empty; one of ChangeCipherSpec has no message then, and may stand anywhere. */
static void an_empty_change_cipher_spec_changes_nothing(void **state)
{
    (void)state;
    for (int version = CAUTH_SSL30; version <= CAUTH_TLS11; version++) {
        cauth_context ctx = context((cauth_version)version, CAUTH_FROM_CLIENT);
        cauth_writer w = fresh();
        put(&w, ctx.version, 22, BYTES_OF(11, 0, 0));
        put(&w, ctx.version, 20, nothing);
        put(&w, ctx.version, 22, BYTES_OF(0));
        CHECK_FLAGS(judge, ctx, cauth_written(&w), CAUTH_REC_15, CAUTH_RULE_NONE);
    }
}

/* A length is judged when all of it is there: this one is 0 in no case, and still may be cut short. */
static void half_a_length_is_not_judged(void **state)
{
    cauth_context ctx = context(CAUTH_TLS12, CAUTH_FROM_SERVER);
    cauth_writer w = fresh();
    (void)state;
    put(&w, CAUTH_TLS12, 22, BYTES_OF(14, 0, 1));
    CHECK_FLAGS(judge, ctx, cauth_written(&w), CAUTH_REC_01, CAUTH_RULE_NONE);
    put(&w, CAUTH_TLS12, 22, BYTES_OF(0));
    CHECK_REJECTED(judge, ctx, cauth_written(&w), CAUTH_HS_07, MSG_LENGTH, 6);
}

static void expect_nothing_assembled(const cauth_handshake_assembly *a)
{
    assert_int_equal(a->header_len, 0);
    assert_int_equal(a->msg_type, 0);
    assert_int_equal(a->length, 0);
    assert_int_equal(a->body_len, 0);
    assert_int_equal(a->offset, 0);
    assert_int_equal(a->length_offset, 0);
    assert_null(a->body.ptr);
    assert_int_equal(a->body.len, 0);
}

/* Every member is set from the start, for callers that read it, and for those that copy a reader or an iterator. */
static void a_new_reader_has_seen_nothing(void **state)
{
    cauth_handshake_reader r = cauth_handshake_reader_init(NULL, 0);
    (void)state;
    assert_int_equal(r.offset, 0);
    assert_int_equal(r.record_version, 0);
    assert_false(r.any_message);
    assert_false(r.finished);
    assert_int_equal(r.last_type, 0);
    assert_int_equal(r.change_cipher_specs, 0);
    assert_int_equal(r.records.offset, 0);
    assert_true(cauth_is_accepted(r.records.result));
    expect_nothing_assembled(&r.assembly);
}

static void a_new_iterator_has_seen_nothing(void **state)
{
    cauth_handshakes v = { { NULL, 0 }, 2, false, { NULL, 0 } };
    cauth_handshake_iter it = cauth_handshake_iter_init(&v, NULL, 0);
    (void)state;
    assert_int_equal(it.records.pos, 0);
    check_no_record(&it.record);
    assert_int_equal(it.pos, 0);
    assert_int_equal(it.left, 2);
    expect_nothing_assembled(&it.assembly);
}

/* As many messages as the view counts, though its records hold another. */
static void an_iterator_counts_down(void **state)
{
    static const uint8_t in[] = { 22, 3, 3, 0, 12, 14, 0, 0, 0, 14, 0, 0, 0, 14, 0, 0, 0 };
    cauth_handshakes v = { { in, sizeof in }, 2, false, { NULL, 0 } };
    cauth_handshake_iter it = cauth_handshake_iter_init(&v, NULL, 0);
    cauth_handshake m;
    (void)state;
    assert_true(cauth_handshake_iter_next(&it, &m));
    assert_int_equal(it.left, 1);
    assert_true(cauth_handshake_iter_next(&it, &m));
    assert_int_equal(it.left, 0);
    assert_false(cauth_handshake_iter_next(&it, &m));
}

static void writers(void **state)
{
    static const uint8_t room[] = { 11, 0, 0, 2, 7, 8, 14, 0, 0, 0 };
    cauth_context ctx = context(CAUTH_TLS12, CAUTH_FROM_SERVER);
    cauth_writer w = fresh();
    cauth_handshakes v;
    cauth_flags flags;
    uint8_t again[64];
    (void)state;
    assert_true(cauth_handshake_write(11, BYTES_OF(7, 8), &w));
    assert_true(cauth_handshake_write_header(14, 0, &w));
    assert_int_equal(w.len, sizeof room);
    assert_memory_equal(w.ptr, room, sizeof room);
    assert_false(cauth_handshake_write_header(11, 0x1000000, &w));

    w = fresh();
    put_message(&w, CAUTH_TLS12, 2, 7);
    put(&w, CAUTH_TLS12, 22, BYTES_OF(11, 0));
    cauth_write_u16(&w, 0x1603);
    EXPECT_ACCEPTED(cauth_handshakes_parse(cauth_written(&w), &ctx, &v, &flags));
    cauth_writer copy = cauth_writer_init(again, sizeof again);
    assert_true(cauth_handshakes_write(&v, &copy));
    assert_int_equal(copy.len, w.len);
    assert_memory_equal(again, w.ptr, w.len);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rejected_stays_rejected_whatever_follows),
        cmocka_unit_test(half_a_length_is_not_judged),
        cmocka_unit_test(an_empty_change_cipher_spec_changes_nothing),
        cmocka_unit_test(the_limit_of_a_request),
        cmocka_unit_test(a_new_reader_has_seen_nothing),
        cmocka_unit_test(a_new_iterator_has_seen_nothing),
        cmocka_unit_test(an_iterator_counts_down),
        cmocka_unit_test(every_type),
        cmocka_unit_test(names_of_types),
        cmocka_unit_test(limits_of_types),
        cmocka_unit_test(largest_certificate_request),
        cmocka_unit_test(a_lie_of_16_mib_is_refused_at_once),
        cmocka_unit_test(messages_without_body),
        cmocka_unit_test(a_split_header),
        cmocka_unit_test(records_inside_a_message),
        cmocka_unit_test(records_between_messages),
        cmocka_unit_test(places_of_change_cipher_spec),
        cmocka_unit_test(hello_request_does_not_count),
        cmocka_unit_test(ciphertext_is_opaque),
        cmocka_unit_test(change_cipher_spec_of_tls13),
        cmocka_unit_test(after_finished),
        cmocka_unit_test(after_finished_of_either),
        cmocka_unit_test(messages_that_end_their_record),
        cmocka_unit_test(versions_of_records),
        cmocka_unit_test(empty_records),
        cmocka_unit_test(every_cut),
        cmocka_unit_test(every_chunk_size),
        cmocka_unit_test(iterator_over_anything),
        cmocka_unit_test(the_largest_message),
        cmocka_unit_test(a_buffer_that_is_too_small),
        cmocka_unit_test(bodies_in_one_record_are_not_copied),
        cmocka_unit_test(an_end_inside_a_message),
        cmocka_unit_test(sslv2_framing_is_passed),
        cmocka_unit_test(fewer_bytes_than_before),
        cmocka_unit_test(rejected_stays_rejected),
        cmocka_unit_test(writers),
    };
    return cmocka_run_group_tests_name("handshake", tests, NULL, NULL);
}
