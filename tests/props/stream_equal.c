#include "stream_equal.h"

#include <stdlib.h>
#include <string.h>

#include "exact.h"
#include "same.h"

/* As large as the largest message that default limits admit. */
#define BUFFER_SIZE 262144u

/* A reader of any layout, and what it reads. */
typedef enum { RECORDS, ALERTS, HANDSHAKES } kind;

typedef struct {
    kind kind;
    cauth_record_reader records;
    cauth_alert_reader alerts;
    cauth_handshake_reader handshakes;
} reader;

typedef struct {
    uint32_t number[3];
    cauth_bytes bytes;
    size_t offset;
} item;

static reader reader_init(const char *layout, uint8_t *buffer)
{
    reader r = { RECORDS, cauth_record_reader_init(), cauth_alert_reader_init(),
                 cauth_handshake_reader_init(buffer, BUFFER_SIZE) };
    if (strcmp(layout, "records") != 0)
        r.kind = strcmp(layout, "alerts") == 0 ? ALERTS : HANDSHAKES;
    return r;
}

static size_t reader_offset(const reader *r)
{
    return r->kind == RECORDS ? r->records.offset : r->kind == ALERTS ? r->alerts.offset : r->handshakes.offset;
}

/* The state of the record layer, which holds result and flags. */
static const cauth_record_reader *below(const reader *r)
{
    return r->kind == RECORDS ? &r->records : r->kind == ALERTS ? &r->alerts.records : &r->handshakes.records;
}

static cauth_event next_record(reader *r, const cauth_context *ctx, cauth_bytes unread, item *out)
{
    cauth_record record;
    cauth_event event = cauth_record_next(&r->records, ctx, unread, &record);
    if (event == CAUTH_READ_ITEM) {
        item found = { { record.content_type, record.version, record.is_protected }, record.fragment, record.offset };
        *out = found;
    }
    return event;
}

static cauth_event next_alert(reader *r, const cauth_context *ctx, cauth_bytes unread, item *out)
{
    cauth_alert alert;
    cauth_event event = cauth_alert_next(&r->alerts, ctx, unread, &alert);
    if (event == CAUTH_READ_ITEM) {
        item found = { { alert.level, alert.description, 0 }, { NULL, 0 }, alert.offset };
        *out = found;
    }
    return event;
}

static cauth_event next_handshake(reader *r, const cauth_context *ctx, cauth_bytes unread, item *out)
{
    cauth_handshake msg;
    cauth_event event = cauth_handshake_next(&r->handshakes, ctx, unread, &msg);
    if (event == CAUTH_READ_ITEM) {
        item found = { { msg.msg_type, msg.length, msg.whole }, msg.body, msg.offset };
        *out = found;
    }
    return event;
}

/* The next item of `in`, of which the first `visible` bytes have arrived. */
static cauth_event next(reader *r, const cauth_context *ctx, cauth_bytes in, size_t visible, item *out)
{
    size_t offset = reader_offset(r);
    cauth_bytes unread = { NULL, 0 };
    if (offset < visible) {
        unread.ptr = in.ptr + offset;
        unread.len = visible - offset;
    }
    if (r->kind == RECORDS)
        return next_record(r, ctx, unread, out);
    return r->kind == ALERTS ? next_alert(r, ctx, unread, out) : next_handshake(r, ctx, unread, out);
}

static bool same_item(const item *a, const item *b)
{
    return memcmp(a->number, b->number, sizeof a->number) == 0 && same_bytes(a->bytes, b->bytes);
}

/* Two buffers for messages that cross records. */
static uint8_t buffers[2][BUFFER_SIZE];

/* ---- chunks ---- */

/* How many bytes arrive next. With no choices left few pieces are, so that a long stream is not read byte by byte. */
static size_t chunk(choices *c, size_t missing)
{
    switch (choose(c, 4)) {
    case 1:
        return 1;
    case 2:
        return 1 + choose(c, (uint32_t)(missing < 8 ? missing : 8));
    case 3:
        return 1 + choose(c, (uint32_t)missing);
    default:
        return 1 + (missing - 1) / 8;
    }
}

/* The next item of the stream that arrives in pieces. The end is only said after everything has arrived. */
static cauth_event next_in_chunks(reader *r, const cauth_context *ctx, cauth_bytes in, size_t *visible, choices *c,
                                  item *out)
{
    cauth_event event = next(r, ctx, in, *visible, out);
    while ((event == CAUTH_READ_MORE || event == CAUTH_READ_END) && *visible < in.len) {
        *visible += chunk(c, in.len - *visible);
        event = next(r, ctx, in, *visible, out);
    }
    return event;
}

bool stream_chunk_equal(const message *m, const cauth_context *ctx, cauth_bytes in, choices *c)
{
    reader whole = reader_init(m->layout, buffers[0]);
    reader pieces = reader_init(m->layout, buffers[1]);
    item a, b;
    size_t visible = 0;
    cauth_event event;
    do {
        event = next(&whole, ctx, in, in.len, &a);
        if (next_in_chunks(&pieces, ctx, in, &visible, c, &b) != event)
            return false;
        if (event == CAUTH_READ_ITEM && (!same_item(&a, &b) || a.offset != b.offset))
            return false;
    } while (event == CAUTH_READ_ITEM);
    if (event == CAUTH_READ_REJECTED) {
        message_view view;
        cauth_flags flags;
        return same_result(below(&whole)->result, below(&pieces)->result) &&
               same_result(below(&whole)->result, m->parse(in, ctx, &view, &flags));
    }
    return same_flags(&below(&whole)->flags, &below(&pieces)->flags) && reader_offset(&whole) == reader_offset(&pieces);
}

/* ---- other buffers ---- */

size_t stream_largest_message(const message *m, const cauth_context *ctx, cauth_bytes in)
{
    reader r = reader_init(m->layout, buffers[0]);
    size_t largest = 0;
    item i;
    while (next(&r, ctx, in, in.len, &i) == CAUTH_READ_ITEM)
        largest = i.number[1] > largest ? i.number[1] : largest;
    return largest;
}

bool stream_buffer_equal(const message *m, const cauth_context *ctx, cauth_bytes in, size_t cap)
{
    reader large = reader_init(m->layout, buffers[0]);
    reader small = large;
    uint8_t *buffer = malloc(cap + 1) /* a block of no octets may be none */;
    if (buffer == NULL)
        abort();
    small.handshakes = cauth_handshake_reader_init(buffer + 1, cap);
    item i, j;
    cauth_event event = CAUTH_READ_ITEM;
    bool same = true;
    while (same && event == CAUTH_READ_ITEM) {
        event = next(&large, ctx, in, in.len, &i);
        same = next(&small, ctx, in, in.len, &j) == event;
        if (!same || event != CAUTH_READ_ITEM)
            break;
        if (j.number[2] != 0)
            same = same_item(&i, &j);
        else
            same = i.number[0] == j.number[0] && i.number[1] == j.number[1] && j.number[1] > cap && j.bytes.len == 0;
        same = same && i.offset == j.offset;
    }
    free(buffer);
    return same;
}

/* ---- other records ---- */

/* One byte of a stream of records, with the record's type and version; false at the end of the records. */
typedef struct {
    cauth_iter it;
    cauth_record record;
    size_t pos;
} byte_cursor;

static bool next_byte(byte_cursor *b)
{
    b->pos++;
    while (b->pos >= b->record.fragment.len) {
        if (!cauth_record_list_next(&b->it, &b->record))
            return false;
        b->pos = 0;
    }
    return true;
}

static bool same_content(cauth_bytes x, cauth_bytes y)
{
    byte_cursor a = { cauth_iter_init(x), { 0, 0, { NULL, 0 }, 0, false }, 0 };
    byte_cursor b = { cauth_iter_init(y), { 0, 0, { NULL, 0 }, 0, false }, 0 };
    while (next_byte(&a)) {
        if (!next_byte(&b) || a.record.content_type != b.record.content_type || a.record.version != b.record.version ||
            a.record.fragment.ptr[a.pos] != b.record.fragment.ptr[b.pos])
            return false;
    }
    return !next_byte(&b);
}

/* Rules that speak of how a stream is cut, or of its first record. */
static bool speaks_of_cuts(const char *layout, cauth_rule rule)
{
    bool records = strcmp(layout, "records") == 0;
    return rule == CAUTH_ALERT_04 || rule == CAUTH_ALERT_05 || rule == CAUTH_REC_27 ||
           (records && rule == CAUTH_REC_06);
}

static bool same_flags_but_cuts(const char *layout, const cauth_flags *a, const cauth_flags *b)
{
    for (int rule = 1; rule < (int)CAUTH_NUM_RULES; rule++)
        if (cauth_flags_has(a, (cauth_rule)rule) != cauth_flags_has(b, (cauth_rule)rule) &&
            !speaks_of_cuts(layout, (cauth_rule)rule))
            return false;
    return true;
}

static bool same_items(const char *layout, const cauth_context *ctx, cauth_bytes x, cauth_bytes y)
{
    reader a = reader_init(layout, buffers[0]);
    reader b = reader_init(layout, buffers[1]);
    item i, j;
    cauth_event event;
    do {
        event = next(&a, ctx, x, x.len, &i);
        if (next(&b, ctx, y, y.len, &j) != event || (event == CAUTH_READ_ITEM && !same_item(&i, &j)))
            return false;
    } while (event == CAUTH_READ_ITEM);
    return true;
}

static bool compare_cuts(const message *m, const cauth_context *ctx, cauth_bytes in, cauth_bytes cut)
{
    message_view view;
    cauth_flags flags, cut_flags;
    cauth_result result = m->parse(in, ctx, &view, &flags);
    cauth_result cut_result = m->parse(cut, ctx, &view, &cut_flags);
    if (!cauth_is_accepted(result) || !cauth_is_accepted(cut_result))
        return false;
    if (!same_flags_but_cuts(m->layout, &flags, &cut_flags))
        return false;
    if (strcmp(m->layout, "records") == 0)
        return same_content(in, cut);
    return same_items(m->layout, ctx, in, cut);
}

bool stream_refragment_equal(const message *m, const cauth_context *ctx, cauth_bytes in, choices *c)
{
    size_t cap = in.len * 6 + 1;
    uint8_t *room = malloc(cap);
    if (room == NULL)
        abort();
    cauth_writer w = cauth_writer_init(room, cap);
    stream_recut(m->layout, ctx, in, c, &w);
    bool same = !w.failed && compare_cuts(m, ctx, in, cauth_written(&w));
    free(room);
    return same;
}

bool stream_interleave_equal(const message *m, const cauth_context *ctx, cauth_bytes in, choices *c)
{
    /* behind 5 octets at least, a few warnings of 7 */
    size_t cap = in.len + (in.len / CAUTH_RECORD_HEADER_LEN + 2) * CAUTH_MAX_WARNINGS_IN_A_ROW * 7;
    uint8_t *room = malloc(cap);
    if (room == NULL)
        abort();
    message_view view;
    cauth_flags flags;
    cauth_writer w = cauth_writer_init(room, cap);
    stream_interleave(m->layout, ctx, in, c, &w);
    bool same = !w.failed && cauth_is_accepted(m->parse(cauth_written(&w), ctx, &view, &flags)) &&
                same_items(m->layout, ctx, in, cauth_written(&w));
    free(room);
    return same;
}

bool stream_scatter_equal(const message *m, const cauth_context *ctx, cauth_bytes in, choices *c)
{
    message_view view;
    cauth_flags flags;
    cauth_bytes scattered = stream_scatter(m->layout, ctx, in, c);
    bool same = cauth_is_accepted(m->parse(scattered, ctx, &view, &flags)) &&
                same_items(m->layout, ctx, in, scattered) && stream_chunk_equal(m, ctx, scattered, c);
    exact_free(scattered);
    return same;
}

size_t stream_decided_by(const message *m, const cauth_context *ctx, cauth_bytes in)
{
    reader r = reader_init(m->layout, buffers[0]);
    item ignored;
    while (next(&r, ctx, in, in.len, &ignored) == CAUTH_READ_ITEM)
        ;
    /* Refused by its header, or as a ChangeCipherSpec by its one byte, a record has not been consumed. */
    size_t decided = below(&r)->offset;
    if (below(&r)->result.offset >= decided + CAUTH_RECORD_HEADER_LEN)
        decided += CAUTH_RECORD_HEADER_LEN + 1;
    else if (below(&r)->result.offset >= decided)
        decided += CAUTH_RECORD_HEADER_LEN;
    return decided < in.len ? decided : in.len;
}
