/* What Frama-C Eva analyses of streams that arrive in two pieces, and of messages that are put together in a buffer.
 *
 * inputs: records of 2 and 4 bytes, every content, cut at every place */
#include <__fc_builtin.h>

#include "cauth/alert.h"
#include "cauth/handshake.h"

#define FIRST 2
#define SECOND 4
#define STREAM (5 + FIRST + 5 + SECOND)

static volatile uint64_t seen;

/* What the stream has from `offset` on, as far as it has arrived. */
static cauth_bytes unread(const uint8_t *stream, size_t offset, size_t arrived)
{
    cauth_bytes bytes = { NULL, 0 };
    if (offset < arrived) {
        bytes.ptr = stream + offset;
        bytes.len = arrived - offset;
    }
    return bytes;
}

static void read_records(const uint8_t *stream, const cauth_context *ctx, size_t cut)
{
    cauth_record_reader r = cauth_record_reader_init();
    cauth_record record;
    while (cauth_record_next(&r, ctx, unread(stream, r.offset, cut), &record) == CAUTH_READ_ITEM)
        seen = record.offset + record.fragment.len;
    while (cauth_record_next(&r, ctx, unread(stream, r.offset, STREAM), &record) == CAUTH_READ_ITEM)
        seen = record.offset + record.fragment.len;
    seen = (uint64_t)r.result.rule + r.result.offset;
}

static void read_alerts(const uint8_t *stream, const cauth_context *ctx, size_t cut)
{
    cauth_alert_reader r = cauth_alert_reader_init();
    cauth_alert alert;
    while (cauth_alert_next(&r, ctx, unread(stream, r.offset, cut), &alert) == CAUTH_READ_ITEM)
        seen = alert.offset + alert.level + alert.description;
    while (cauth_alert_next(&r, ctx, unread(stream, r.offset, STREAM), &alert) == CAUTH_READ_ITEM)
        seen = alert.offset + alert.level + alert.description;
    seen = (uint64_t)r.records.result.rule + r.records.result.offset;
}

static void see_message(const cauth_handshake *message)
{
    seen = message->offset + message->length + message->msg_type;
    for (size_t i = 0; message->whole && i < message->body.len; i++)
        seen = message->body.ptr[i];
}

static void read_handshakes(const uint8_t *stream, const cauth_context *ctx, size_t cut)
{
    uint8_t buffer[SECOND];
    cauth_handshake_reader r = cauth_handshake_reader_init(buffer, sizeof buffer);
    cauth_handshake message;
    while (cauth_handshake_next(&r, ctx, unread(stream, r.offset, cut), &message) == CAUTH_READ_ITEM)
        see_message(&message);
    while (cauth_handshake_next(&r, ctx, unread(stream, r.offset, STREAM), &message) == CAUTH_READ_ITEM)
        see_message(&message);
    seen = (uint64_t)r.records.result.rule + r.records.result.offset;
}

int main(void)
{
    uint8_t stream[STREAM] = { 0, 3, 3, 0, FIRST };
    int what = Frama_C_interval(0, 2);
    size_t cut = (size_t)Frama_C_interval(0, STREAM);
    cauth_context ctx =
        cauth_context_default((cauth_version)Frama_C_interval(CAUTH_SSL30, CAUTH_TLS13), CAUTH_FROM_EITHER);
    /*@ split what; */
    /*@ split cut; */
    stream[0] = stream[5 + FIRST] = what == 0 ? 23 : what == 1 ? CAUTH_ALERT_RECORD : CAUTH_HANDSHAKE_RECORD;
    stream[5 + FIRST + 1] = stream[5 + FIRST + 2] = 3;
    stream[5 + FIRST + 4] = SECOND;
    Frama_C_make_unknown((char *)stream + 5, FIRST);
    Frama_C_make_unknown((char *)stream + 5 + FIRST + 5, SECOND);
    if (what == 0)
        read_records(stream, &ctx, cut);
    else if (what == 1)
        read_alerts(stream, &ctx, cut);
    else
        read_handshakes(stream, &ctx, cut);
    return 0;
}
