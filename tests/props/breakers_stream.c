#include "breaker_rows.h"
#include "gen_stream.h"

/* Every offset below is the length of what was written before, plus a position inside a record: type 0, version 1,
 * length 3, fragment 5. */

typedef cauth_bytes bytes;

#define LENGTH 3u
#define FRAGMENT 5u

#define BREAKER_ARGS choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset

/* `least` to `most` bytes of choice. */
static bytes noise(choices *c, arena *a, size_t least, size_t most)
{
    size_t len = least + choose(c, (uint32_t)(most - least + 1));
    uint8_t *p = arena_take(a, len);
    bytes b = { p, len };
    for (size_t i = 0; i < len; i++)
        p[i] = (uint8_t)choose(c, 256);
    return b;
}

/* A record header alone: what follows it has not arrived, or the length is a lie. */
static void write_header(const cauth_context *ctx, uint8_t content_type, uint32_t len, cauth_writer *w)
{
    cauth_write_u8(w, content_type);
    cauth_write_u16(w, gen_record_version(ctx));
    cauth_write_u16(w, (uint16_t)len);
}

static void write_change_cipher_spec(const cauth_context *ctx, arena *a, cauth_writer *w)
{
    gen_record(ctx, CAUTH_CHANGE_CIPHER_SPEC, TEXT(a, "\x01"), w);
}

/* Zero to two records without anomalies, before the one that matters. */
static void lead_in(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w)
{
    for (uint32_t left = choose(c, 3); left > 0; left--)
        gen_record(ctx, CAUTH_HANDSHAKE_RECORD, noise(c, a, 1, 20), w);
}

/* ---- records ---- */

static void incomplete_record(BREAKER_ARGS)
{
    (void)offset;
    lead_in(c, ctx, a, w);
    size_t begin = w->len;
    gen_record(ctx, CAUTH_HANDSHAKE_RECORD, noise(c, a, 1, 20), w);
    w->len -= 1 + choose(c, (uint32_t)(w->len - begin - 1));
}

/* Not high enough to be taken for an SSL 2.0 length, and neither a known type nor heartbeat. */
static uint8_t unknown_type(choices *c)
{
    return choose(c, 2) == 1 ? (uint8_t)choose(c, 20) : (uint8_t)(25 + choose(c, 100));
}

static void unknown_content_type(BREAKER_ARGS)
{
    lead_in(c, ctx, a, w);
    *offset = w->len;
    gen_record(ctx, unknown_type(c), noise(c, a, 0, 20), w);
}

static void heartbeat(BREAKER_ARGS)
{
    lead_in(c, ctx, a, w);
    *offset = w->len;
    gen_record(ctx, CAUTH_HEARTBEAT, noise(c, a, 3, 20), w);
}

static void major_version(BREAKER_ARGS)
{
    (void)ctx;
    (void)offset;
    lead_in(c, ctx, a, w);
    uint16_t version = (uint16_t)((4 + choose(c, 252)) * 256 + choose(c, 256));
    cauth_record_write(CAUTH_HANDSHAKE_RECORD, version, noise(c, a, 1, 20), w);
}

static void sslv2_hello(BREAKER_ARGS)
{
    (void)ctx;
    (void)offset;
    cauth_write_u16(w, (uint16_t)(0x8009 + choose(c, 64)));
    cauth_write_u8(w, 1);
    cauth_write_u16(w, choose(c, 2) == 1 ? 0x0002 : (uint16_t)(0x0300 + choose(c, 5)));
    cauth_write_bytes(w, noise(c, a, 6, 30));
}

/* The minor version of the next one; a ClientHello, which may have any, is not written. */
static void other_version(BREAKER_ARGS)
{
    (void)offset;
    lead_in(c, ctx, a, w);
    uint16_t version = (uint16_t)(gen_record_version(ctx) + 1 + choose(c, 200));
    cauth_record_write(CAUTH_HANDSHAKE_RECORD, version, TEXT(a, "\x02\0\0\0"), w);
}

static void long_plaintext(BREAKER_ARGS)
{
    lead_in(c, ctx, a, w);
    *offset = w->len + LENGTH;
    uint32_t len = CAUTH_MAX_PLAINTEXT + 1 + choose(c, 65535 - CAUTH_MAX_PLAINTEXT);
    write_header(ctx, CAUTH_HANDSHAKE_RECORD, len, w);
    if (choose(c, 2) == 1)
        cauth_write_bytes(w, arena_zeros(a, len));
}

static void long_ciphertext(BREAKER_ARGS)
{
    bool tls13 = ctx->version == CAUTH_TLS13;
    uint32_t most = tls13 ? CAUTH_MAX_CIPHERTEXT_TLS13 : CAUTH_MAX_CIPHERTEXT;
    lead_in(c, ctx, a, w);
    write_change_cipher_spec(ctx, a, w);
    *offset = w->len + LENGTH;
    write_header(ctx, tls13 ? CAUTH_APPLICATION_DATA : CAUTH_HANDSHAKE_RECORD, most + 1 + choose(c, 65535 - most), w);
}

static void short_ciphertext(BREAKER_ARGS)
{
    lead_in(c, ctx, a, w);
    *offset = w->len + LENGTH;
    gen_record(ctx, CAUTH_APPLICATION_DATA, noise(c, a, 0, CAUTH_MIN_CIPHERTEXT_TLS13 - 1), w);
}

static void empty_record(BREAKER_ARGS)
{
    const bytes nothing = { NULL, 0 };
    bool tls13 = ctx->version == CAUTH_TLS13;
    lead_in(c, ctx, a, w);
    *offset = w->len + LENGTH;
    gen_record(ctx, (uint8_t)(tls13 ? 21 + choose(c, 2) : 20 + choose(c, 3)), nothing, w);
}

static void wrong_change_cipher_spec(BREAKER_ARGS)
{
    lead_in(c, ctx, a, w);
    *offset = w->len + FRAGMENT;
    uint8_t byte = (uint8_t)(2 + choose(c, 255));
    gen_record(ctx, CAUTH_CHANGE_CIPHER_SPEC, arena_copy(a, &byte, 1), w);
}

static void long_change_cipher_spec(BREAKER_ARGS)
{
    lead_in(c, ctx, a, w);
    *offset = w->len + LENGTH;
    gen_record(ctx, CAUTH_CHANGE_CIPHER_SPEC, TEXT(a, "\x01\x01"), w);
}

/* What a trace would call an encrypted alert. */
static void impossible_encrypted(BREAKER_ARGS)
{
    (void)offset;
    lead_in(c, ctx, a, w);
    uint8_t *p = arena_take(a, 26);
    bytes fragment = { p, 26 };
    for (size_t i = 1; i < fragment.len; i++)
        p[i] = (uint8_t)choose(c, 256);
    p[0] = (uint8_t)(3 + choose(c, 253));
    gen_record(ctx, CAUTH_ALERT_RECORD, fragment, w);
}

static void early_application_data(BREAKER_ARGS)
{
    lead_in(c, ctx, a, w);
    *offset = w->len;
    gen_record(ctx, CAUTH_APPLICATION_DATA, noise(c, a, 0, 20), w);
}

/* ---- alerts ---- */

static void write_alert(const cauth_context *ctx, uint8_t level, uint8_t description, cauth_writer *w)
{
    const uint8_t alert[] = { level, description };
    const bytes fragment = { alert, sizeof alert };
    gen_record(ctx, CAUTH_ALERT_RECORD, fragment, w);
}

/* A warning without anomalies, after which the connection goes on. */
static uint8_t good_warning(const cauth_context *ctx)
{
    return ctx->version == CAUTH_SSL30 ? 46 : CAUTH_USER_CANCELED;
}

static void alert_lead_in(choices *c, const cauth_context *ctx, cauth_writer *w)
{
    for (uint32_t left = choose(c, 3); left > 0; left--)
        write_alert(ctx, 1, good_warning(ctx), w);
}

static void not_an_alert(BREAKER_ARGS)
{
    uint32_t type = choose(c, 255);
    alert_lead_in(c, ctx, w);
    *offset = w->len;
    gen_record(ctx, (uint8_t)(type < 21 ? type : type + 1), noise(c, a, 0, 20), w);
}

static void incomplete_alert_record(BREAKER_ARGS)
{
    (void)a;
    (void)offset;
    alert_lead_in(c, ctx, w);
    write_alert(ctx, 1, good_warning(ctx), w);
    w->len -= 1 + choose(c, 6);
}

static void alert_record_version(BREAKER_ARGS)
{
    (void)offset;
    alert_lead_in(c, ctx, w);
    cauth_record_write(CAUTH_ALERT_RECORD, (uint16_t)(gen_record_version(ctx) + 1 + choose(c, 200)),
                       TEXT(a, "\x02\x28"), w);
}

static void empty_alert(BREAKER_ARGS)
{
    const bytes nothing = { NULL, 0 };
    (void)a;
    alert_lead_in(c, ctx, w);
    *offset = w->len + LENGTH;
    gen_record(ctx, CAUTH_ALERT_RECORD, nothing, w);
}

static void unknown_level(BREAKER_ARGS)
{
    static const uint8_t levels[] = { 0, 3, 4, 128, 255 };
    (void)a;
    alert_lead_in(c, ctx, w);
    *offset = w->len + FRAGMENT;
    write_alert(ctx, levels[choose(c, sizeof levels)], good_warning(ctx), w);
}

static void two_alerts(BREAKER_ARGS)
{
    const uint8_t alerts[] = { 1, good_warning(ctx), (uint8_t)(1 + choose(c, 2)), 40 + 2 };
    (void)offset;
    alert_lead_in(c, ctx, w);
    gen_record(ctx, CAUTH_ALERT_RECORD, arena_copy(a, alerts, sizeof alerts), w);
}

static void split_alert(BREAKER_ARGS)
{
    (void)offset;
    alert_lead_in(c, ctx, w);
    gen_record(ctx, CAUTH_ALERT_RECORD, TEXT(a, "\x02"), w);
    gen_record(ctx, CAUTH_ALERT_RECORD, TEXT(a, "\x28"), w);
}

static void half_alert(BREAKER_ARGS)
{
    (void)offset;
    alert_lead_in(c, ctx, w);
    gen_record(ctx, CAUTH_ALERT_RECORD, TEXT(a, "\x02"), w);
}

static void wrong_alert_length(BREAKER_ARGS)
{
    alert_lead_in(c, ctx, w);
    *offset = w->len + LENGTH;
    gen_record(ctx, CAUTH_ALERT_RECORD, choose(c, 2) == 1 ? noise(c, a, 3, 20) : TEXT(a, "\x02"), w);
}

static void after_fatal(BREAKER_ARGS)
{
    (void)offset;
    alert_lead_in(c, ctx, w);
    write_alert(ctx, 2, 40, w);
    cauth_write_bytes(w, noise(c, a, 1, 20));
}

/* Breakers that are one alert of one byte pair. */
static void one_alert(choices *c, const cauth_context *ctx, uint8_t level, uint8_t description, cauth_writer *w)
{
    alert_lead_in(c, ctx, w);
    write_alert(ctx, level, description, w);
}

static void fatal_as_warning(BREAKER_ARGS)
{
    static const uint8_t always_fatal[] = { 40, 10, 20, 30, 47 };
    (void)a;
    (void)offset;
    one_alert(c, ctx, 1, always_fatal[choose(c, sizeof always_fatal)], w);
}

static void close_after_warning(BREAKER_ARGS)
{
    (void)a;
    (void)offset;
    one_alert(c, ctx, 1, (uint8_t)(42 + choose(c, 5)), w);
    write_alert(ctx, 1, CAUTH_CLOSE_NOTIFY, w);
}

static void fatal_close(BREAKER_ARGS)
{
    (void)a;
    (void)offset;
    one_alert(c, ctx, 2, CAUTH_CLOSE_NOTIFY, w);
}

static void no_renegotiation(BREAKER_ARGS)
{
    (void)a;
    (void)offset;
    one_alert(c, ctx, (uint8_t)(1 + choose(c, 2)), 100, w);
}

static void fatal_no_certificate(BREAKER_ARGS)
{
    (void)a;
    (void)offset;
    one_alert(c, ctx, 2, 41, w);
}

static void any_no_certificate(BREAKER_ARGS)
{
    (void)a;
    (void)offset;
    one_alert(c, ctx, (uint8_t)(1 + choose(c, 2)), 41, w);
}

static void certificate_required(BREAKER_ARGS)
{
    (void)a;
    (void)offset;
    one_alert(c, ctx, 2, 116, w);
}

/* Descriptions that the other side alone sends. */
static void wrong_direction(BREAKER_ARGS)
{
    static const uint8_t servers[] = { 115, 86, 112, 120 };
    (void)a;
    (void)offset;
    one_alert(c, ctx, 2, ctx->sender == CAUTH_FROM_CLIENT ? servers[choose(c, sizeof servers)] : 113, w);
}

static void undefined_alert(BREAKER_ARGS)
{
    static const uint8_t in_no_version[] = { 255, 1, 39, 61, 118, 200 };
    (void)a;
    (void)offset;
    one_alert(c, ctx, (uint8_t)(1 + choose(c, 2)), in_no_version[choose(c, sizeof in_no_version)], w);
}

static void many_warnings(BREAKER_ARGS)
{
    (void)a;
    (void)offset;
    for (uint32_t left = CAUTH_MAX_WARNINGS_IN_A_ROW + 1 + choose(c, 5); left > 0; left--)
        write_alert(ctx, 1, good_warning(ctx), w);
}

/* ---- handshake messages ---- */

/* The first message of a side, in a record of its own. */
static void write_hello(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w)
{
    uint8_t room[64];
    cauth_writer m = cauth_writer_init(room, sizeof room);
    cauth_handshake hello;
    gen_handshake(c, ctx, a, 0, &hello);
    cauth_handshake_write(hello.msg_type, hello.body, &m);
    gen_record(ctx, CAUTH_HANDSHAKE_RECORD, cauth_written(&m), w);
}

/* A record with the start of a message, the message's header saying `len`. Gives the position of the message. */
static size_t write_start(const cauth_context *ctx, uint8_t msg_type, uint32_t len, bytes body, cauth_writer *w)
{
    uint8_t room[64];
    cauth_writer m = cauth_writer_init(room, sizeof room);
    size_t at = w->len + FRAGMENT;
    cauth_handshake_write_header(msg_type, len, &m);
    cauth_write_bytes(&m, body);
    gen_record(ctx, CAUTH_HANDSHAKE_RECORD, cauth_written(&m), w);
    return at;
}

static size_t write_message(const cauth_context *ctx, uint8_t msg_type, bytes body, cauth_writer *w)
{
    return write_start(ctx, msg_type, (uint32_t)body.len, body, w);
}

/* Part of a Certificate, with its header whole or not, in one record. */
static void write_part(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w)
{
    if (choose(c, 3) == 2)
        gen_record(ctx, CAUTH_HANDSHAKE_RECORD, TEXT(a, "\x0b\0"), w);
    else
        write_start(ctx, CAUTH_CERTIFICATE, 21 + choose(c, 1000), noise(c, a, 0, 20), w);
}

static void incomplete_message(BREAKER_ARGS)
{
    (void)offset;
    write_hello(c, ctx, a, w);
    write_part(c, ctx, a, w);
}

static void alert_inside_message(BREAKER_ARGS)
{
    write_hello(c, ctx, a, w);
    write_part(c, ctx, a, w);
    *offset = w->len;
    write_alert(ctx, 2, 40, w);
}

static void ciphertext_inside_message(BREAKER_ARGS)
{
    write_hello(c, ctx, a, w);
    write_part(c, ctx, a, w);
    *offset = w->len;
    gen_record(ctx, CAUTH_APPLICATION_DATA, arena_zeros(a, 20), w);
}

static void change_inside_message(BREAKER_ARGS)
{
    const bytes rest = arena_zeros(a, 3);
    write_hello(c, ctx, a, w);
    write_start(ctx, CAUTH_CERTIFICATE, (uint32_t)rest.len, noise(c, a, 0, 0), w);
    *offset = w->len;
    write_change_cipher_spec(ctx, a, w);
    gen_record(ctx, CAUTH_HANDSHAKE_RECORD, rest, w);
}

static void hello_not_at_end(BREAKER_ARGS)
{
    uint8_t room[64];
    cauth_writer m = cauth_writer_init(room, sizeof room);
    cauth_handshake hello;
    gen_handshake(c, ctx, a, 0, &hello);
    cauth_handshake_write(hello.msg_type, hello.body, &m);
    *offset = FRAGMENT + m.len;
    cauth_write_bytes(&m, noise(c, a, 1, 10));
    gen_record(ctx, CAUTH_HANDSHAKE_RECORD, cauth_written(&m), w);
}

/* Before any message, or after one that is not the last before the keys change. */
static void early_change_cipher_spec(BREAKER_ARGS)
{
    if (choose(c, 2) == 1) {
        write_hello(c, ctx, a, w);
        write_message(ctx, CAUTH_CERTIFICATE, noise(c, a, 0, 20), w);
    }
    *offset = w->len;
    write_change_cipher_spec(ctx, a, w);
}

static void change_before_hello(BREAKER_ARGS)
{
    *offset = w->len;
    write_change_cipher_spec(ctx, a, w);
    write_hello(c, ctx, a, w);
}

static void change_after_finished(BREAKER_ARGS)
{
    write_hello(c, ctx, a, w);
    write_message(ctx, CAUTH_FINISHED, arena_zeros(a, 32), w);
    *offset = w->len;
    write_change_cipher_spec(ctx, a, w);
}

/* A Certificate under another minor version: only a ClientHello may have that. */
static void other_version_in_handshake(BREAKER_ARGS)
{
    (void)offset;
    write_hello(c, ctx, a, w);
    uint16_t version = (uint16_t)(gen_record_version(ctx) + 1 + choose(c, 200));
    cauth_record_write(CAUTH_HANDSHAKE_RECORD, version, TEXT(a, "\x0b\0\0\0"), w);
}

static void many_change_cipher_specs(BREAKER_ARGS)
{
    (void)offset;
    write_hello(c, ctx, a, w);
    for (uint32_t left = CAUTH_MAX_TLS13_CHANGE_CIPHER_SPEC + 1 + choose(c, 5); left > 0; left--)
        write_change_cipher_spec(ctx, a, w);
}

static void encrypted_alert_in_handshake(BREAKER_ARGS)
{
    write_hello(c, ctx, a, w);
    static const uint8_t level[] = { 0, 3, 100, 255 };
    uint8_t alert[18] = { level[choose(c, sizeof level)] };
    (void)offset;
    gen_record(ctx, CAUTH_ALERT_RECORD, arena_copy(a, alert, sizeof alert), w);
}

static void early_data_in_handshake(BREAKER_ARGS)
{
    write_hello(c, ctx, a, w);
    *offset = w->len;
    gen_record(ctx, CAUTH_APPLICATION_DATA, noise(c, a, 0, 20), w);
}

static void long_handshake_record(BREAKER_ARGS)
{
    write_hello(c, ctx, a, w);
    *offset = w->len + LENGTH;
    write_header(ctx, CAUTH_HANDSHAKE_RECORD, CAUTH_MAX_PLAINTEXT + 1 + choose(c, 100), w);
}

static void empty_handshake_record(BREAKER_ARGS)
{
    const bytes nothing = { NULL, 0 };
    write_hello(c, ctx, a, w);
    *offset = w->len + LENGTH;
    gen_record(ctx, CAUTH_HANDSHAKE_RECORD, nothing, w);
}

/* Types that are no message of any stream, and one of the neighbouring version. */
static void unknown_message_type(BREAKER_ARGS)
{
    const uint8_t types[] = { 6, 7, 3, 9, 10, 17, 18, 19, 26, 254, 255, ctx->version == CAUTH_TLS13 ? 12 : 24 };
    write_hello(c, ctx, a, w);
    *offset = write_message(ctx, types[choose(c, sizeof types)], noise(c, a, 0, 20), w);
}

/* One byte above the limit of the type. */
static void above_limit(BREAKER_ARGS)
{
    const uint8_t msg_types[] = { CAUTH_CERTIFICATE, CAUTH_CERTIFICATE_VERIFY };
    const uint32_t limits[] = { ctx->limits.certificate, ctx->limits.certificate_verify };
    bool verify = (ctx->sender == CAUTH_FROM_CLIENT || ctx->version == CAUTH_TLS13) && choose(c, 2) == 1;
    uint32_t lie = choose(c, 2) == 1 ? 0xFFFFFF : limits[verify] + 1;
    write_hello(c, ctx, a, w);
    *offset = write_start(ctx, msg_types[verify], lie, noise(c, a, 0, 20), w) + 1;
}

static void hello_above_limit(BREAKER_ARGS)
{
    uint8_t msg_type = ctx->sender == CAUTH_FROM_CLIENT ? CAUTH_CLIENT_HELLO : CAUTH_SERVER_HELLO;
    *offset = write_start(ctx, msg_type, ctx->limits.other + 1 + choose(c, 1000), noise(c, a, 0, 20), w) + 1;
}

static void impossible_request(BREAKER_ARGS)
{
    uint32_t most = ctx->version == CAUTH_TLS12 ? 1 + 255 + 2 + 65534 + 2 + 65535 : 1 + 255 + 2 + 65535;
    write_hello(c, ctx, a, w);
    *offset = write_start(ctx, CAUTH_CERTIFICATE_REQUEST, most + 1 + choose(c, 1000), noise(c, a, 0, 20), w) + 1;
}

static void request_from_client(BREAKER_ARGS)
{
    write_hello(c, ctx, a, w);
    *offset = write_message(ctx, CAUTH_CERTIFICATE_REQUEST, noise(c, a, 0, 20), w);
}

static void done_with_body(BREAKER_ARGS)
{
    write_hello(c, ctx, a, w);
    uint8_t msg_type = choose(c, 2) == 1 ? CAUTH_HELLO_REQUEST : CAUTH_SERVER_HELLO_DONE;
    *offset = write_message(ctx, msg_type, noise(c, a, 1, 20), w) + 1;
}

static void hello_request_from_client(BREAKER_ARGS)
{
    const bytes nothing = { NULL, 0 };
    write_hello(c, ctx, a, w);
    *offset = write_message(ctx, CAUTH_HELLO_REQUEST, nothing, w);
}

/* A message that the other side sends; up to TLS 1.2 also Finished before the keys change. */
static void message_of_other_side(BREAKER_ARGS)
{
    bool client = ctx->sender == CAUTH_FROM_CLIENT;
    write_hello(c, ctx, a, w);
    uint8_t msg_type = client ? CAUTH_SERVER_HELLO : CAUTH_CLIENT_HELLO;
    if (ctx->version != CAUTH_TLS13 && choose(c, 2) == 1)
        msg_type = CAUTH_FINISHED;
    *offset = write_message(ctx, msg_type, noise(c, a, 0, 20), w);
}

static void verify_from_server(BREAKER_ARGS)
{
    write_hello(c, ctx, a, w);
    *offset = write_message(ctx, CAUTH_CERTIFICATE_VERIFY, noise(c, a, 0, 20), w);
}

static void hello_after_finished(BREAKER_ARGS)
{
    write_hello(c, ctx, a, w);
    write_message(ctx, CAUTH_FINISHED, arena_zeros(a, 32), w);
    *offset = w->len + FRAGMENT;
    write_hello(c, ctx, a, w);
}

const breaker breakers_stream[] = {
    FLAGGED(REC_01, "record_tls10", incomplete_record),
    FLAGGED(REC_01, "record_tls12", incomplete_record),
    FLAGGED(REC_01, "record_tls13", incomplete_record),
    FLAGGED(REC_01, "alert_tls12_client", incomplete_alert_record),
    FLAGGED(REC_01, "alert_tls13_server", incomplete_alert_record),
    FLAGGED(REC_01, "handshake_tls12_client", incomplete_message),
    FLAGGED(REC_01, "handshake_tls12_server", incomplete_message),
    FLAGGED(REC_01, "handshake_tls13_client", incomplete_message),
    FLAGGED(REC_01, "handshake_tls13_server", incomplete_message),
    REJECTED(REC_04, "record_tls12", CONTENT_TYPE, unknown_content_type),
    REJECTED(REC_04, "record_tls13", CONTENT_TYPE, unknown_content_type),
    REJECTED(REC_04, "record_tls13", CONTENT_TYPE, heartbeat),
    FLAGGED(REC_04, "record_tls10", unknown_content_type),
    FLAGGED(REC_04, "record_tls12", heartbeat),
    FLAGGED(REC_05, "record_tls10", major_version),
    FLAGGED(REC_05, "record_tls12", major_version),
    FLAGGED(REC_05, "record_tls13", major_version),
    FLAGGED(REC_05, "record_tls12", sslv2_hello),
    FLAGGED(REC_05, "handshake_tls12_client", sslv2_hello),
    FLAGGED(REC_06, "record_tls10", other_version),
    FLAGGED(REC_06, "record_tls12", other_version),
    FLAGGED(REC_06, "alert_ssl30_client", alert_record_version),
    FLAGGED(REC_06, "alert_tls12_server", alert_record_version),
    FLAGGED(REC_06, "handshake_tls12_server", other_version_in_handshake),
    FLAGGED(REC_07, "record_tls13", other_version),
    FLAGGED(REC_07, "alert_tls13_client", alert_record_version),
    REJECTED(REC_08, "record_tls10", RECORD_LENGTH, long_plaintext),
    REJECTED(REC_08, "record_tls12", RECORD_LENGTH, long_plaintext),
    REJECTED(REC_08, "record_tls13", RECORD_LENGTH, long_plaintext),
    REJECTED(REC_08, "handshake_tls12_client", RECORD_LENGTH, long_handshake_record),
    REJECTED(REC_08, "handshake_tls13_server", RECORD_LENGTH, long_handshake_record),
    REJECTED(REC_10, "record_tls10", RECORD_LENGTH, long_ciphertext),
    REJECTED(REC_10, "record_tls12", RECORD_LENGTH, long_ciphertext),
    REJECTED(REC_11, "record_tls13", RECORD_LENGTH, long_ciphertext),
    FLAGGED(REC_15, "record_tls10", empty_record),
    FLAGGED(REC_15, "alert_ssl30_server", empty_alert),
    FLAGGED(REC_15, "alert_tls11_client", empty_alert),
    REJECTED(REC_16, "record_tls12", RECORD_LENGTH, empty_record),
    REJECTED(REC_16, "alert_tls12_client", RECORD_LENGTH, empty_alert),
    REJECTED(REC_16, "handshake_tls12_server", RECORD_LENGTH, empty_handshake_record),
    REJECTED(REC_17, "record_tls13", RECORD_LENGTH, empty_record),
    REJECTED(REC_17, "alert_tls13_client", RECORD_LENGTH, empty_alert),
    REJECTED(REC_17, "handshake_tls13_client", RECORD_LENGTH, empty_handshake_record),
    REJECTED(REC_19, "handshake_tls13_client", CONTENT_TYPE, alert_inside_message),
    REJECTED(REC_19, "handshake_tls13_server", CONTENT_TYPE, ciphertext_inside_message),
    FLAGGED(REC_19, "handshake_tls13_client", change_inside_message),
    FLAGGED(REC_19, "handshake_tls13_server", change_inside_message),
    REJECTED(REC_23, "handshake_tls13_client", FRAGMENT, hello_not_at_end),
    REJECTED(REC_23, "handshake_tls13_server", FRAGMENT, hello_not_at_end),
    REJECTED(REC_24, "handshake_tls12_client", CONTENT_TYPE, change_inside_message),
    REJECTED(REC_24, "handshake_tls12_server", CONTENT_TYPE, change_inside_message),
    REJECTED(REC_25, "record_tls10", CHANGE_CIPHER_SPEC, wrong_change_cipher_spec),
    REJECTED(REC_25, "record_tls12", CHANGE_CIPHER_SPEC, wrong_change_cipher_spec),
    REJECTED(REC_25, "record_tls12", RECORD_LENGTH, long_change_cipher_spec),
    REJECTED(REC_25, "handshake_tls12_client", CONTENT_TYPE, early_change_cipher_spec),
    REJECTED(REC_25, "handshake_tls12_server", CONTENT_TYPE, early_change_cipher_spec),
    REJECTED(REC_26, "record_tls13", CHANGE_CIPHER_SPEC, wrong_change_cipher_spec),
    REJECTED(REC_26, "record_tls13", RECORD_LENGTH, long_change_cipher_spec),
    REJECTED(REC_26, "handshake_tls13_client", CONTENT_TYPE, change_before_hello),
    REJECTED(REC_26, "handshake_tls13_server", CONTENT_TYPE, change_after_finished),
    FLAGGED(REC_26, "handshake_tls13_client", many_change_cipher_specs),
    FLAGGED(REC_26, "handshake_tls13_server", many_change_cipher_specs),
    FLAGGED(REC_27, "record_tls10", impossible_encrypted),
    FLAGGED(REC_27, "record_tls12", impossible_encrypted),
    FLAGGED(REC_27, "handshake_tls12_client", encrypted_alert_in_handshake),
    REJECTED(REC_29, "record_tls13", RECORD_LENGTH, short_ciphertext),
    REJECTED(REC_31, "record_tls10", CONTENT_TYPE, early_application_data),
    REJECTED(REC_31, "record_tls12", CONTENT_TYPE, early_application_data),
    REJECTED(REC_31, "handshake_tls12_client", CONTENT_TYPE, early_data_in_handshake),

    REJECTED(VEC_09, "alert_ssl30_server", CONTENT_TYPE, not_an_alert),
    REJECTED(VEC_09, "alert_tls12_client", CONTENT_TYPE, not_an_alert),
    REJECTED(VEC_09, "alert_tls13_server", CONTENT_TYPE, not_an_alert),
    REJECTED(ALERT_02, "alert_ssl30_client", ALERT_LEVEL, unknown_level),
    REJECTED(ALERT_02, "alert_ssl30_server", ALERT_LEVEL, unknown_level),
    REJECTED(ALERT_02, "alert_tls10_client", ALERT_LEVEL, unknown_level),
    REJECTED(ALERT_02, "alert_tls10_server", ALERT_LEVEL, unknown_level),
    REJECTED(ALERT_02, "alert_tls11_client", ALERT_LEVEL, unknown_level),
    REJECTED(ALERT_02, "alert_tls11_server", ALERT_LEVEL, unknown_level),
    REJECTED(ALERT_02, "alert_tls12_client", ALERT_LEVEL, unknown_level),
    REJECTED(ALERT_02, "alert_tls12_server", ALERT_LEVEL, unknown_level),
    FLAGGED(ALERT_03, "alert_tls13_client", unknown_level),
    FLAGGED(ALERT_03, "alert_tls13_server", unknown_level),
    FLAGGED(ALERT_04, "alert_tls10_server", two_alerts),
    FLAGGED(ALERT_04, "alert_tls12_client", two_alerts),
    FLAGGED(ALERT_05, "alert_tls11_server", split_alert),
    FLAGGED(ALERT_05, "alert_tls12_server", split_alert),
    FLAGGED_ALSO(ALERT_05, REC_01, "alert_tls12_client", half_alert),
    REJECTED(ALERT_06, "alert_tls13_client", RECORD_LENGTH, wrong_alert_length),
    REJECTED(ALERT_06, "alert_tls13_server", RECORD_LENGTH, wrong_alert_length),
    FLAGGED(ALERT_08, "alert_ssl30_client", after_fatal),
    FLAGGED(ALERT_08, "alert_tls12_server", after_fatal),
    FLAGGED(ALERT_09, "alert_tls10_client", fatal_as_warning),
    FLAGGED(ALERT_09, "alert_tls12_client", fatal_as_warning),
    FLAGGED(ALERT_11, "alert_tls12_client", close_after_warning),
    FLAGGED(ALERT_11, "alert_tls12_server", close_after_warning),
    FLAGGED(ALERT_12, "alert_tls11_server", fatal_close),
    FLAGGED(ALERT_12, "alert_tls12_client", fatal_close),
    FLAGGED(ALERT_12, "alert_tls13_server", fatal_close),
    FLAGGED(ALERT_13, "alert_tls10_client", no_renegotiation),
    FLAGGED(ALERT_13, "alert_tls12_server", no_renegotiation),
    FLAGGED(ALERT_15, "alert_ssl30_client", fatal_no_certificate),
    FLAGGED(ALERT_15, "alert_ssl30_server", any_no_certificate),
    FLAGGED(ALERT_16, "alert_tls10_client", any_no_certificate),
    FLAGGED(ALERT_16, "alert_tls12_client", any_no_certificate),
    FLAGGED(ALERT_16, "alert_tls13_server", any_no_certificate),
    FLAGGED(ALERT_17, "alert_tls12_server", certificate_required),
    FLAGGED(ALERT_17, "alert_tls13_client", certificate_required),
    FLAGGED(ALERT_18, "alert_tls11_server", wrong_direction),
    FLAGGED(ALERT_18, "alert_tls12_client", wrong_direction),
    FLAGGED(ALERT_18, "alert_tls13_client", wrong_direction),
    FLAGGED(ALERT_19, "alert_ssl30_server", undefined_alert),
    FLAGGED(ALERT_19, "alert_tls12_client", undefined_alert),
    FLAGGED(ALERT_23, "alert_tls11_client", many_warnings),
    FLAGGED(ALERT_23, "alert_tls12_client", many_warnings),
    FLAGGED(ALERT_23, "alert_tls13_client", many_warnings),

    REJECTED(HS_03, "handshake_tls12_client", MSG_TYPE, unknown_message_type),
    REJECTED(HS_03, "handshake_tls12_server", MSG_TYPE, unknown_message_type),
    REJECTED(HS_03, "handshake_tls13_client", MSG_TYPE, unknown_message_type),
    REJECTED(HS_03, "handshake_tls13_server", MSG_TYPE, unknown_message_type),
    REJECTED(HS_04, "handshake_tls12_client", MSG_LENGTH, above_limit),
    REJECTED(HS_04, "handshake_tls12_server", MSG_LENGTH, hello_above_limit),
    REJECTED(HS_04, "handshake_tls13_client", MSG_LENGTH, hello_above_limit),
    REJECTED(HS_04, "handshake_tls13_server", MSG_LENGTH, above_limit),
    REJECTED(HS_07, "handshake_tls12_server", MSG_LENGTH, done_with_body),
    REJECTED(HS_08, "handshake_tls12_client", MSG_TYPE, hello_request_from_client),
    REJECTED(HS_09, "handshake_tls12_client", MSG_TYPE, message_of_other_side),
    REJECTED(HS_09, "handshake_tls12_server", MSG_TYPE, message_of_other_side),
    REJECTED(HS_09, "handshake_tls13_client", MSG_TYPE, message_of_other_side),
    REJECTED(HS_09, "handshake_tls13_server", MSG_TYPE, message_of_other_side),
    REJECTED(HS_17, "handshake_tls13_client", MSG_TYPE, hello_after_finished),
    REJECTED(HS_17, "handshake_tls13_server", MSG_TYPE, hello_after_finished),
    REJECTED(CR_COM_01, "handshake_tls12_client", MSG_TYPE, request_from_client),
    REJECTED(CR_COM_01, "handshake_tls13_client", MSG_TYPE, request_from_client),
    REJECTED(CR_COM_06, "handshake_tls12_server", MSG_LENGTH, impossible_request),
    REJECTED(CR_COM_06, "handshake_tls13_server", MSG_LENGTH, impossible_request),
    REJECTED(CV_12, "handshake_tls12_server", MSG_TYPE, verify_from_server),
};

const size_t num_breakers_stream = sizeof breakers_stream / sizeof breakers_stream[0];
