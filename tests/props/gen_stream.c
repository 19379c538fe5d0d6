#include "gen_stream.h"

#include <stdlib.h>
#include <string.h>

#include "exact.h"
#include "message.h"

/* Generated streams are built here, then copied into the arena in one piece. */
#define STREAM_ROOM 8192u

uint16_t gen_record_version(const cauth_context *ctx)
{
    return ctx->version == CAUTH_TLS13 ? 0x0303 : cauth_version_wire(ctx->version);
}

void gen_record(const cauth_context *ctx, uint8_t content_type, cauth_bytes fragment, cauth_writer *w)
{
    cauth_record_write(content_type, gen_record_version(ctx), fragment, w);
}

/* Up to `most` bytes of choice. */
static cauth_bytes some_bytes(choices *c, arena *a, size_t least, size_t most)
{
    size_t len = least + choose(c, (uint32_t)(most - least + 1));
    uint8_t *p = arena_take(a, len);
    cauth_bytes bytes = { p, p != NULL ? len : 0 };
    for (size_t i = 0; i < bytes.len; i++)
        p[i] = (uint8_t)choose(c, 256);
    return bytes;
}

/* What is in the buffer of a writer, from a position on. */
static cauth_bytes written_from(const cauth_writer *w, size_t from)
{
    cauth_bytes bytes = { w->len > from ? w->ptr + from : NULL, w->len - from };
    return bytes;
}

/* ---- cutting ---- */

/* Of `left` bytes, how many come into the next record: all that fit, unless chosen otherwise. */
static size_t portion(choices *c, size_t left)
{
    size_t most = left < CAUTH_MAX_PLAINTEXT ? left : CAUTH_MAX_PLAINTEXT;
    switch (choose(c, 4)) {
    case 1:
        return 1;
    case 2:
        return 1 + choose(c, (uint32_t)(most < 16 ? most : 16));
    case 3:
        return 1 + choose(c, (uint32_t)most);
    default:
        return most;
    }
}

static void write_cut(choices *c, uint8_t content_type, uint16_t version, cauth_bytes bytes, cauth_writer *w)
{
    for (size_t pos = 0; pos < bytes.len;) {
        cauth_bytes part = { bytes.ptr + pos, portion(c, bytes.len - pos) };
        cauth_record_write(content_type, version, part, w);
        pos += part.len;
    }
}

/* Messages that end their record in TLS 1.3 (RFC 8446 §5.1). */
static bool ends_record(uint8_t msg_type)
{
    return msg_type == 1 || msg_type == 2 || msg_type == 5 || msg_type == 20 || msg_type == 24;
}

/* Follows the handshake messages of a valid stream, byte by byte. */
typedef struct {
    uint8_t msg_type;
    unsigned header; /* bytes of the header seen */
    size_t body;     /* bytes of the body to come */
} follower;

/* True when the bytes end with a message that ends its record. */
static bool follow(follower *f, cauth_bytes bytes)
{
    for (size_t i = 0; i < bytes.len; i++) {
        if (f->header == 4) {
            f->body--;
        } else {
            if (f->header == 0)
                f->msg_type = bytes.ptr[i];
            else
                f->body = f->body * 256 + bytes.ptr[i];
            f->header++;
        }
        if (f->header == 4 && f->body == 0)
            f->header = 0;
    }
    return f->header == 0 && ends_record(f->msg_type);
}

/* The complete records of an accepted stream. */
static cauth_bytes records_of(const char *layout, const cauth_context *ctx, cauth_bytes in)
{
    cauth_bytes none = { NULL, 0 };
    cauth_flags flags;
    cauth_records records = { none, 0, none };
    cauth_alerts alerts = { none, 0, false, false, none };
    cauth_handshakes handshakes = { none, 0, false, none };
    if (strcmp(layout, "alerts") == 0) {
        cauth_alerts_parse(in, ctx, &alerts, &flags);
        return alerts.records;
    }
    if (strcmp(layout, "handshakes") == 0) {
        cauth_handshakes_parse(in, ctx, &handshakes, &flags);
        return handshakes.records;
    }
    cauth_records_parse(in, ctx, &records, &flags);
    return records.records;
}

/* What stands behind the complete records. */
static void write_rest(cauth_bytes in, cauth_bytes records, cauth_writer *w)
{
    cauth_bytes rest = { in.len > records.len ? in.ptr + records.len : NULL, in.len - records.len };
    cauth_write_bytes(w, rest);
}

/* Neighbouring records that are cut anew together. */
typedef struct {
    uint8_t *bytes;
    size_t len;
    uint8_t content_type;
    uint16_t version;
} run;

static void flush(run *r, choices *c, cauth_writer *w)
{
    cauth_bytes bytes = { r->bytes, r->len };
    write_cut(c, r->content_type, r->version, bytes, w);
    r->len = 0;
}

void stream_recut(const char *layout, const cauth_context *ctx, cauth_bytes in, choices *c, cauth_writer *w)
{
    cauth_bytes records = records_of(layout, ctx, in);
    cauth_iter it = cauth_iter_init(records);
    cauth_record record;
    follower f = { 0, 0, 0 };
    run r = { malloc(in.len + 1), 0, 0, 0 };
    bool tls13 = ctx->version == CAUTH_TLS13;
    bool is_protected = false;
    if (r.bytes == NULL)
        abort();
    while (cauth_record_list_next(&it, &record)) {
        bool handshake = record.content_type == CAUTH_HANDSHAKE_RECORD;
        bool alert = record.content_type == CAUTH_ALERT_RECORD && !tls13;
        bool cuttable = (handshake || alert) && !is_protected && record.fragment.len > 0;
        if (r.len > 0 && (!cuttable || record.content_type != r.content_type || record.version != r.version))
            flush(&r, c, w);
        if (!cuttable) {
            cauth_record_write(record.content_type, record.version, record.fragment, w);
            if (!tls13 && record.content_type == CAUTH_CHANGE_CIPHER_SPEC && record.fragment.len == 1)
                is_protected = true;
            continue;
        }
        r.content_type = record.content_type;
        r.version = record.version;
        memcpy(r.bytes + r.len, record.fragment.ptr, record.fragment.len);
        r.len += record.fragment.len;
        if (tls13 && handshake && strcmp(layout, "handshakes") == 0 && follow(&f, record.fragment))
            flush(&r, c, w);
    }
    flush(&r, c, w);
    free(r.bytes);
    write_rest(in, records, w);
}

/* Where warnings may stand: in plaintext, not inside another alert, and in TLS 1.3 not inside a message (RFC 8446
 * §5.1).
 */
typedef struct {
    bool tls13;
    bool is_protected;
    bool half; /* an alert has begun */
    follower f;
} gap;

static bool is_open(const gap *g)
{
    return !g->is_protected && !g->half && !(g->tls13 && g->f.header > 0);
}

static void move_behind(gap *g, const cauth_record *record)
{
    uint8_t begins = g->tls13 ? CAUTH_APPLICATION_DATA : CAUTH_CHANGE_CIPHER_SPEC;
    g->is_protected = g->is_protected || record->content_type == begins;
    if (record->content_type == CAUTH_HANDSHAKE_RECORD && !g->is_protected)
        follow(&g->f, record->fragment);
    if (record->content_type == CAUTH_ALERT_RECORD && !g->is_protected)
        g->half = g->half != (record->fragment.len % 2 == 1);
}

static gap first_gap(const cauth_context *ctx)
{
    gap g = { ctx->version == CAUTH_TLS13, false, false, { 0, 0, 0 } };
    return g;
}

size_t stream_num_gaps(const char *layout, const cauth_context *ctx, cauth_bytes in)
{
    cauth_iter it = cauth_iter_init(records_of(layout, ctx, in));
    cauth_record record;
    gap g = first_gap(ctx);
    size_t num = 0;
    for (bool is_first = true; cauth_record_list_next(&it, &record); is_first = false) {
        num += is_first ? 1 : 0; /* before any record all is open */
        move_behind(&g, &record);
        num += is_open(&g) ? 1 : 0;
    }
    return num;
}

/* Warnings of one gap. */
typedef struct {
    uint8_t octets[2 * CAUTH_MAX_WARNINGS_IN_A_ROW + 1]; /* and a half one of the gap before */
    size_t len;
} warnings;

static void choose_warnings(const gap *g, choices *c, warnings *at)
{
    static const uint8_t descriptions[] = { CAUTH_USER_CANCELED, 100 /* no_renegotiation */,
                                            112 /* unrecognized_name */ };
    for (uint32_t left = choose(c, CAUTH_MAX_WARNINGS_IN_A_ROW + 1); left > 0; left--) {
        at->octets[at->len++] = CAUTH_ALERT_WARNING;
        /* the one that does not end a connection of TLS 1.3 (RFC 8446 §6.1) */
        at->octets[at->len++] = descriptions[g->tls13 ? 0 : choose(c, sizeof descriptions)];
    }
}

/* Each in a record of its own. */
static void write_warnings(const gap *g, uint16_t version, choices *c, cauth_writer *w)
{
    warnings at = { .len = 0 };
    if (!is_open(g))
        return;
    choose_warnings(g, c, &at);
    for (size_t pos = 0; pos < at.len; pos += 2)
        cauth_record_write(CAUTH_ALERT_RECORD, version, (cauth_bytes){ at.octets + pos, 2 }, w);
}

void stream_interleave(const char *layout, const cauth_context *ctx, cauth_bytes in, choices *c, cauth_writer *w)
{
    cauth_bytes records = records_of(layout, ctx, in);
    cauth_iter it = cauth_iter_init(records);
    cauth_record record;
    gap g = first_gap(ctx);
    for (bool is_first = true; cauth_record_list_next(&it, &record); is_first = false) {
        if (is_first)
            write_warnings(&g, record.version, c, w);
        cauth_record_write(record.content_type, record.version, record.fragment, w);
        move_behind(&g, &record);
        write_warnings(&g, record.version, c, w);
    }
    write_rest(in, records, w);
}

/* What is held back of the gap before, and more, cut at will; of the last one half may be held back for the next gap.
 */
static void write_cut_warnings(const gap *g, uint16_t version, choices *c, warnings *at, cauth_writer *w)
{
    if (!is_open(g))
        return;
    choose_warnings(g, c, at);
    uint8_t last = at->len > 0 ? at->octets[at->len - 1] : 0;
    bool holds = at->len > 1 && choose(c, 4) == 3;
    write_cut(c, CAUTH_ALERT_RECORD, version, (cauth_bytes){ at->octets, at->len - (holds ? 1 : 0) }, w);
    at->octets[0] = last;
    at->len = holds ? 1 : 0;
}

/* What is held back where nothing more may stand behind. */
static void write_held(uint16_t version, warnings *at, cauth_writer *w)
{
    if (at->len > 0)
        cauth_record_write(CAUTH_ALERT_RECORD, version, (cauth_bytes){ at->octets, at->len }, w);
    at->len = 0;
}

/* The warnings of stream_interleave, cut up to TLS 1.2. */
static void interleave_cut(const char *layout, const cauth_context *ctx, cauth_bytes in, choices *c, cauth_writer *w)
{
    cauth_bytes records = records_of(layout, ctx, in);
    cauth_iter it = cauth_iter_init(records);
    cauth_record record = { 0, 0, { NULL, 0 }, 0, false };
    warnings at = { .len = 0 };
    gap g = first_gap(ctx);
    for (bool is_first = true; cauth_record_list_next(&it, &record); is_first = false) {
        if (is_first)
            write_cut_warnings(&g, record.version, c, &at, w);
        /* the other half of an alert of the stream's own must not come in between */
        if (record.content_type == CAUTH_ALERT_RECORD || record.content_type == CAUTH_CHANGE_CIPHER_SPEC)
            write_held(record.version, &at, w);
        cauth_record_write(record.content_type, record.version, record.fragment, w);
        move_behind(&g, &record);
        write_cut_warnings(&g, record.version, c, &at, w);
    }
    write_held(record.version, &at, w);
    write_rest(in, records, w);
}

cauth_bytes stream_scatter(const char *layout, const cauth_context *ctx, cauth_bytes in, choices *c)
{
    size_t cap = in.len * 6 + 1;
    uint8_t *room = malloc(cap);
    if (room == NULL)
        abort();
    cauth_writer recut = cauth_writer_init(room, cap);
    stream_recut(layout, ctx, in, c, &recut);
    /* at each gap four warnings, and a half one of the gap before, in records of one octet */
    size_t more = (2 * CAUTH_MAX_WARNINGS_IN_A_ROW + 1) * (CAUTH_RECORD_HEADER_LEN + 1);
    size_t most = recut.len + (stream_num_gaps(layout, ctx, cauth_written(&recut)) + 1) * more;
    uint8_t *larger = malloc(most);
    if (recut.failed || larger == NULL)
        abort();
    cauth_writer w = cauth_writer_init(larger, most);
    if (ctx->version == CAUTH_TLS13)
        stream_interleave(layout, ctx, cauth_written(&recut), c, &w);
    else
        interleave_cut(layout, ctx, cauth_written(&recut), c, &w);
    if (w.failed)
        abort();
    cauth_bytes scattered = exact_copy(larger, w.len);
    free(larger);
    free(room);
    return scattered;
}

/* ---- records ---- */

/* The first bytes of a record, not all of them. */
static void write_incomplete(choices *c, const cauth_context *ctx, uint8_t content_type, cauth_writer *w)
{
    const uint8_t record[] = { content_type, 3, (uint8_t)gen_record_version(ctx), 0, 2, 1 };
    cauth_bytes bytes = { record, 1 + choose(c, sizeof record) };
    cauth_write_bytes(w, bytes);
}

static void gen_plaintext(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w)
{
    static const uint8_t warning[] = { 1, 0 };
    const cauth_bytes alert = { warning, sizeof warning };
    if (choose(c, 4) == 3)
        gen_record(ctx, CAUTH_ALERT_RECORD, alert, w);
    else
        gen_record(ctx, CAUTH_HANDSHAKE_RECORD, some_bytes(c, a, 1, 40), w);
}

static void gen_ciphertext(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w)
{
    uint8_t content_type = CAUTH_APPLICATION_DATA;
    if (ctx->version != CAUTH_TLS13)
        content_type = (uint8_t)(CAUTH_CHANGE_CIPHER_SPEC + choose(c, 4));
    gen_record(ctx, content_type, some_bytes(c, a, CAUTH_MIN_CIPHERTEXT_TLS13, 60), w);
}

static void gen_change_cipher_spec(const cauth_context *ctx, cauth_writer *w)
{
    static const uint8_t one = 1;
    const cauth_bytes body = { &one, 1 };
    gen_record(ctx, CAUTH_CHANGE_CIPHER_SPEC, body, w);
}

static size_t count_records(cauth_bytes records)
{
    cauth_iter it = cauth_iter_init(records);
    cauth_record record;
    size_t num = 0;
    while (cauth_record_list_next(&it, &record))
        num++;
    return num;
}

void gen_records(choices *c, const cauth_context *ctx, arena *a, cauth_records *v)
{
    uint8_t room[STREAM_ROOM];
    cauth_writer w = cauth_writer_init(room, sizeof room);
    for (uint32_t left = 1 + choose(c, 4); left > 0; left--)
        gen_plaintext(c, ctx, a, &w);
    if (choose(c, 2) == 1) {
        gen_change_cipher_spec(ctx, &w);
        for (uint32_t left = choose(c, 4); left > 0; left--)
            gen_ciphertext(c, ctx, a, &w);
    }
    v->records = arena_copy(a, w.ptr, w.len);
    v->num_records = count_records(v->records);
    w.len = 0;
    if (choose(c, 8) == 7)
        write_incomplete(c, ctx, CAUTH_HANDSHAKE_RECORD, &w);
    v->rest = arena_copy(a, w.ptr, w.len);
}

/* ---- alerts ---- */

/* A warning after which the connection goes on. */
static void gen_warning(choices *c, const cauth_context *ctx, cauth_writer *w)
{
    if (ctx->version == CAUTH_TLS13) {
        cauth_alert_write((uint8_t)(1 + choose(c, 2)), CAUTH_USER_CANCELED, w);
    } else if (ctx->version == CAUTH_SSL30 && ctx->sender == CAUTH_FROM_CLIENT && choose(c, 2) == 1) {
        cauth_alert_write(CAUTH_ALERT_WARNING, 41, w);
    } else if (ctx->version == CAUTH_SSL30 || choose(c, 2) == 1) {
        cauth_alert_write(CAUTH_ALERT_WARNING, (uint8_t)(42 + choose(c, 5)), w);
    } else {
        cauth_alert_write(CAUTH_ALERT_WARNING, CAUTH_USER_CANCELED, w);
    }
}

/* One that ends the connection. */
static void gen_last_alert(choices *c, cauth_writer *w)
{
    static const uint8_t errors[] = { 40, 42, 46, 47, 10, 20, 43, 45 };
    if (choose(c, 3) == 2)
        cauth_alert_write(CAUTH_ALERT_WARNING, CAUTH_CLOSE_NOTIFY, w);
    else
        cauth_alert_write(CAUTH_ALERT_FATAL, errors[choose(c, sizeof errors)], w);
}

/* Bytes of alerts as records: cut at will, in TLS 1.3 one by one. */
static void write_alerts(choices *c, const cauth_context *ctx, cauth_bytes bytes, cauth_writer *w)
{
    if (ctx->version != CAUTH_TLS13) {
        write_cut(c, CAUTH_ALERT_RECORD, gen_record_version(ctx), bytes, w);
        return;
    }
    for (size_t pos = 0; pos + 2 <= bytes.len; pos += 2) {
        cauth_bytes alert = { bytes.ptr + pos, 2 };
        gen_record(ctx, CAUTH_ALERT_RECORD, alert, w);
    }
}

static void gen_after_alerts(choices *c, const cauth_context *ctx, arena *a, cauth_alerts *v)
{
    uint8_t room[64];
    cauth_writer w = cauth_writer_init(room, sizeof room);
    v->rest.ptr = NULL;
    v->rest.len = 0;
    if (choose(c, 8) != 7)
        return;
    if (v->ended) {
        v->rest = some_bytes(c, a, 1, 20);
    } else {
        write_incomplete(c, ctx, CAUTH_ALERT_RECORD, &w);
        v->rest = arena_copy(a, w.ptr, w.len);
    }
}

void gen_alerts(choices *c, const cauth_context *ctx, arena *a, cauth_alerts *v)
{
    uint8_t plain[64], room[STREAM_ROOM];
    cauth_writer bytes = cauth_writer_init(plain, sizeof plain);
    cauth_writer w = cauth_writer_init(room, sizeof room);
    for (uint32_t left = choose(c, 3); left > 0; left--)
        gen_warning(c, ctx, &bytes);
    v->ended = choose(c, 4) != 3;
    if (v->ended)
        gen_last_alert(c, &bytes);
    v->num_alerts = bytes.len / 2;
    v->pending = !v->ended && ctx->version != CAUTH_TLS13 && choose(c, 4) == 3;
    if (v->pending)
        cauth_write_u8(&bytes, (uint8_t)(1 + choose(c, 2)));
    write_alerts(c, ctx, written_from(&bytes, 0), &w);
    v->records = arena_copy(a, w.ptr, w.len);
    gen_after_alerts(c, ctx, a, v);
}

/* ---- handshake messages ---- */

static const uint8_t client12[] = { 1, 11, 16, 15 };
static const uint8_t server12[] = { 2, 11, 12, 13, 14 };
static const uint8_t client13[] = { 1, 11, 15, 20 };
static const uint8_t server13[] = { 2, 8, 13, 11, 15, 20 };

static cauth_bytes flight(const cauth_context *ctx)
{
    bool tls13 = ctx->version == CAUTH_TLS13;
    const cauth_bytes flights[] = {
        { client12, sizeof client12 },
        { server12, sizeof server12 },
        { client13, sizeof client13 },
        { server13, sizeof server13 },
    };
    return flights[(tls13 ? 2 : 0) + (ctx->sender == CAUTH_FROM_SERVER ? 1 : 0)];
}

bool gen_handshake(choices *c, const cauth_context *ctx, arena *a, unsigned position, cauth_handshake *msg)
{
    cauth_bytes types = flight(ctx);
    if (position >= types.len)
        return false;
    msg->msg_type = types.ptr[position];
    msg->body = some_bytes(c, a, 0, msg->msg_type == CAUTH_SERVER_HELLO_DONE ? 0 : 20);
    msg->length = (uint32_t)msg->body.len;
    msg->whole = true;
    msg->offset = 0;
    return true;
}

/* Writes out the messages gathered so far. */
static void write_gathered(choices *c, const cauth_context *ctx, cauth_writer *gathered, cauth_writer *w)
{
    static const uint8_t warning[] = { 1, 0 };
    const cauth_bytes alert = { warning, sizeof warning };
    write_cut(c, CAUTH_HANDSHAKE_RECORD, gen_record_version(ctx), written_from(gathered, 0), w);
    gathered->len = 0;
    if (ctx->version != CAUTH_TLS13 && choose(c, 16) == 15)
        gen_record(ctx, CAUTH_ALERT_RECORD, alert, w);
}

static void gen_after_flight(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w)
{
    if (ctx->version != CAUTH_TLS13)
        gen_change_cipher_spec(ctx, w);
    for (uint32_t left = choose(c, 3); left > 0; left--)
        gen_ciphertext(c, ctx, a, w);
}

void gen_handshakes(choices *c, const cauth_context *ctx, arena *a, cauth_handshakes *v)
{
    uint8_t plain[512], room[STREAM_ROOM];
    cauth_writer gathered = cauth_writer_init(plain, sizeof plain);
    cauth_writer w = cauth_writer_init(room, sizeof room);
    unsigned most = 2 + choose(c, 5), num = 0;
    cauth_handshake msg;
    while (num < most && gen_handshake(c, ctx, a, num, &msg)) {
        cauth_handshake_write(msg.msg_type, msg.body, &gathered);
        if (ends_record(msg.msg_type) || choose(c, 3) == 2)
            write_gathered(c, ctx, &gathered, &w);
        num++;
    }
    v->num_messages = num;
    v->pending = num < flight(ctx).len && choose(c, 8) == 7;
    if (v->pending) {
        cauth_write_u8(&gathered, flight(ctx).ptr[num]);
        cauth_write_u16(&gathered, 0);
    }
    write_gathered(c, ctx, &gathered, &w);
    if (num == flight(ctx).len && choose(c, 2) == 1)
        gen_after_flight(c, ctx, a, &w);
    v->records = arena_copy(a, w.ptr, w.len);
    w.len = 0;
    if (choose(c, 8) == 7)
        write_incomplete(c, ctx, CAUTH_HANDSHAKE_RECORD, &w);
    v->rest = arena_copy(a, w.ptr, w.len);
}
