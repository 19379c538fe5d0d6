#include "cauth/alert.h"

#include "record.h"

#define NO_CERTIFICATE 41u
#define NO_RENEGOTIATION 100u
#define CERTIFICATE_REQUIRED 116u

typedef struct {
    const char *name; /* NULL in the gaps */
    uint8_t defined, reserved, fatal, warning, client, server;
} row;

static const row rows[256] = {
#define CAUTH_ALERT(number, name, defined, reserved, fatal, warning, client, server)                                   \
    [number] = { name,                                                                                                 \
                 CAUTH_V_##defined,                                                                                    \
                 CAUTH_V_##reserved,                                                                                   \
                 CAUTH_V_##fatal,                                                                                      \
                 CAUTH_V_##warning,                                                                                    \
                 CAUTH_V_##client,                                                                                     \
                 CAUTH_V_##server },
#include "cauth/alerts.def"
#undef CAUTH_ALERT
};

/*@ assigns \nothing;
    ensures \valid_read(\result);
 */
static const row *row_of(uint8_t description)
{
    return &rows[description];
}

/*@ requires version <= CAUTH_TLS13;
    assigns \nothing;
 */
static bool in_set(uint8_t set, cauth_version version)
{
    return (set & CAUTH_V(version)) != 0;
}

/*@ requires \valid_read(alert) && version <= CAUTH_TLS13;
    assigns \nothing;
 */
static cauth_alert_status status_in(const row *alert, cauth_version version)
{
    if (in_set(alert->defined, version))
        return CAUTH_ALERT_DEFINED;
    return in_set(alert->reserved, version) ? CAUTH_ALERT_RESERVED : CAUTH_ALERT_UNDEFINED;
}

/*@ requires \valid_read(alert) && version <= CAUTH_TLS13;
    assigns \nothing;
 */
static bool sent_by(const row *alert, cauth_version version, cauth_sender sender)
{
    if (sender == CAUTH_FROM_CLIENT)
        return in_set(alert->client, version);
    return sender == CAUTH_FROM_EITHER || in_set(alert->server, version);
}

cauth_alert_info cauth_alert_describe(uint8_t description, cauth_version version, cauth_sender sender)
{
    const row *alert = row_of(description);
    cauth_alert_info info = { "", CAUTH_ALERT_UNDEFINED, version == CAUTH_TLS13, false, true };
    if (alert->name == NULL)
        return info;
    info.name = alert->name;
    info.status = status_in(alert, version);
    info.always_fatal = in_set(alert->fatal, version);
    info.always_warning = in_set(alert->warning, version);
    info.direction_ok = sent_by(alert, version, sender);
    return info;
}

/* --- what is odd about one alert --- */

/* The two that have rules of their own instead of the registry's, as far as status and direction go. */
/*@ requires \valid_read(ctx) && context_ok(ctx) && \valid_read(alert) && \valid(flags);
    requires \separated(ctx, alert, flags);
    assigns *flags;
 */
static void flag_client_certificate_alert(const cauth_context *ctx, const cauth_alert *alert, cauth_flags *flags)
{
    bool from_client = ctx->sender == CAUTH_FROM_CLIENT;
    bool from_server = ctx->sender == CAUTH_FROM_SERVER;
    if (alert->description == CERTIFICATE_REQUIRED) {
        if (ctx->version != CAUTH_TLS13 || from_client)
            cauth_flags_set(flags, CAUTH_ALERT_17);
    } else if (ctx->version != CAUTH_SSL30) {
        cauth_flags_set(flags, CAUTH_ALERT_16);
    } else if (from_server || alert->level == CAUTH_ALERT_FATAL) {
        cauth_flags_set(flags, CAUTH_ALERT_15);
    }
}

/*@ requires \valid_read(ctx) && context_ok(ctx) && \valid_read(alert) && \valid_read(info) && \valid(flags);
    requires \separated(ctx, alert, info, flags);
    assigns *flags;
 */
static void flag_registry(const cauth_context *ctx, const cauth_alert *alert, const cauth_alert_info *info,
                          cauth_flags *flags)
{
    bool tls13 = ctx->version == CAUTH_TLS13;
    if (alert->description == NO_CERTIFICATE || alert->description == CERTIFICATE_REQUIRED)
        flag_client_certificate_alert(ctx, alert, flags);
    else if (info->status != CAUTH_ALERT_DEFINED && !tls13)
        cauth_flags_set(flags, CAUTH_ALERT_19);
    else if (info->status == CAUTH_ALERT_DEFINED && !info->direction_ok)
        cauth_flags_set(flags, CAUTH_ALERT_18);
}

/*@ requires \valid_read(ctx) && \valid_read(alert) && \valid_read(info);
    assigns \nothing;
 */
static bool is_level_mismatch(const cauth_context *ctx, const cauth_alert *alert, const cauth_alert_info *info)
{
    return ctx->version != CAUTH_TLS13 && alert->level == CAUTH_ALERT_WARNING && info->status == CAUTH_ALERT_DEFINED &&
           info->always_fatal;
}

/*@ requires \valid_read(ctx) && context_ok(ctx) && \valid_read(alert) && \valid_read(info) && \valid(flags);
    requires \separated(ctx, alert, info, flags);
    assigns *flags;
 */
static void flag_level(const cauth_context *ctx, const cauth_alert *alert, const cauth_alert_info *info,
                       cauth_flags *flags)
{
    bool fatal = alert->level == CAUTH_ALERT_FATAL;
    if (alert->level != CAUTH_ALERT_WARNING && !fatal)
        cauth_flags_set(flags, CAUTH_ALERT_03);
    if (fatal && alert->description == CAUTH_CLOSE_NOTIFY)
        cauth_flags_set(flags, CAUTH_ALERT_12);
    /* Always a warning, and out of place at any level: in plaintext there is nothing yet to renegotiate. */
    if (alert->description == NO_RENEGOTIATION && info->status == CAUTH_ALERT_DEFINED)
        cauth_flags_set(flags, CAUTH_ALERT_13);
    if (is_level_mismatch(ctx, alert, info))
        cauth_flags_set(flags, CAUTH_ALERT_09);
}

/* --- the stream --- */

/*@ requires \valid(r);
    assigns *r;
    ensures alert_reader_ok(r) && r->offset == 0 && r->records.offset == 0 && !r->ended;
    ensures r->records.result.rule == CAUTH_RULE_NONE;
 */
static void start(cauth_alert_reader *r)
{
    record_start(&r->records);
    r->offset = 0;
    r->pending = false;
    r->ended = false;
    r->ended_by_error = false;
    r->after_optional_fatal = false;
    r->half.level = 0;
    r->half.description = 0;
    r->half.offset = 0;
    r->alerts_in_record = 0;
    r->warnings_in_a_row = 0;
}

cauth_alert_reader cauth_alert_reader_init(void)
{
    cauth_alert_reader r;
    start(&r);
    return r;
}

/* A sender that means to close after an alert must make it fatal (RFC 5246 §7.2.2): an error it was free to make a
 * warning, with close_notify right behind it. */
/*@ requires \valid(r) && \valid_read(ctx) && \valid_read(alert) && \valid_read(info);
    requires \separated(r, ctx, alert, info);
    assigns r->records.flags, r->after_optional_fatal;
 */
static void flag_close_after_warning(cauth_alert_reader *r, const cauth_context *ctx, const cauth_alert *alert,
                                     const cauth_alert_info *info)
{
    if (ctx->version == CAUTH_TLS12 && r->after_optional_fatal && alert->description == CAUTH_CLOSE_NOTIFY)
        cauth_flags_set(&r->records.flags, CAUTH_ALERT_11);
    r->after_optional_fatal = info->status == CAUTH_ALERT_DEFINED && !info->always_fatal && !info->always_warning &&
                              alert->level == CAUTH_ALERT_WARNING;
}

/*@ requires \valid(r);
    assigns r->records.flags, r->warnings_in_a_row;
 */
static void count_warning(cauth_alert_reader *r)
{
    if (r->warnings_in_a_row < CAUTH_MAX_WARNINGS_IN_A_ROW)
        r->warnings_in_a_row++;
    else
        cauth_flags_set(&r->records.flags, CAUTH_ALERT_23);
}

/*@ requires \valid(r) && \valid_read(ctx) && context_ok(ctx) && \valid_read(alert) && \separated(r, ctx, alert);
    assigns r->records.flags, r->warnings_in_a_row, r->after_optional_fatal, r->ended_by_error, r->ended;
 */
static void take_alert(cauth_alert_reader *r, const cauth_context *ctx, const cauth_alert *alert)
{
    cauth_alert_info info = cauth_alert_describe(alert->description, ctx->version, ctx->sender);
    bool closes = alert->description == CAUTH_CLOSE_NOTIFY;
    flag_registry(ctx, alert, &info, &r->records.flags);
    flag_level(ctx, alert, &info, &r->records.flags);
    flag_close_after_warning(r, ctx, alert, &info);
    if (ctx->version == CAUTH_TLS13)
        r->ended_by_error = !closes && alert->description != CAUTH_USER_CANCELED;
    else
        r->ended_by_error = alert->level == CAUTH_ALERT_FATAL || is_level_mismatch(ctx, alert, &info);
    r->ended = closes || r->ended_by_error;
    if (ctx->version == CAUTH_TLS13 ? !r->ended_by_error : alert->level == CAUTH_ALERT_WARNING)
        count_warning(r);
}

/*@ requires \valid_read(ctx);
    assigns \nothing;
 */
static bool is_good_level(const cauth_context *ctx, uint8_t level)
{
    return ctx->version == CAUTH_TLS13 || level == CAUTH_ALERT_WARNING || level == CAUTH_ALERT_FATAL;
}

/*@ requires \valid(r) && \valid_read(ctx) && context_ok(ctx);
    requires \separated(r, ctx) && r->offset < r->records.offset && r->alerts_in_record <= r->offset;
    requires r->records.result.rule == CAUTH_RULE_NONE;
    assigns r->records.flags, r->records.result.rule, r->records.result.field, r->records.result.offset, r->half.level,
        r->half.offset, r->pending, r->offset;
    ensures \result == CAUTH_READ_MORE || \result == CAUTH_READ_REJECTED;
    ensures \result == CAUTH_READ_MORE ==> r->offset == \old(r->offset) + 1 &&
        r->records.result.rule == CAUTH_RULE_NONE;
    ensures \result == CAUTH_READ_REJECTED ==> r->offset == \old(r->offset) &&
        r->records.result.rule != CAUTH_RULE_NONE && r->records.result.offset == r->offset;
 */
static cauth_event take_level(cauth_alert_reader *r, const cauth_context *ctx, uint8_t level)
{
    if (r->alerts_in_record > 0)
        cauth_flags_set(&r->records.flags, CAUTH_ALERT_04);
    if (!is_good_level(ctx, level))
        return record_reject(&r->records, CAUTH_ALERT_02, CAUTH_FIELD_ALERT_LEVEL, r->offset);
    r->half.level = level;
    r->half.offset = r->offset;
    r->pending = true;
    r->offset++;
    if (r->offset == r->records.offset)
        cauth_flags_set(&r->records.flags, CAUTH_ALERT_05);
    return CAUTH_READ_MORE;
}

/*@ requires \valid(r) && \valid_read(ctx) && context_ok(ctx) && \valid(alert);
    requires \separated(r, ctx, alert) && r->offset < r->records.offset && r->alerts_in_record <= r->offset;
    requires r->records.result.rule == CAUTH_RULE_NONE;
    assigns r->records.flags, r->half.description, r->pending, r->offset, r->alerts_in_record, r->warnings_in_a_row,
            r->after_optional_fatal, r->ended_by_error, r->ended, alert->level, alert->description, alert->offset;
    ensures \result == CAUTH_READ_ITEM && r->offset == \old(r->offset) + 1;
    ensures r->alerts_in_record == \old(r->alerts_in_record) + 1;
 */
static cauth_event take_description(cauth_alert_reader *r, const cauth_context *ctx, uint8_t description,
                                    cauth_alert *alert)
{
    r->half.description = description;
    r->pending = false;
    r->offset++;
    r->alerts_in_record++;
    alert->level = r->half.level;
    alert->description = r->half.description;
    alert->offset = r->half.offset;
    take_alert(r, ctx, alert);
    return CAUTH_READ_ITEM;
}

/* One byte of the record being read. */
/*@ requires \valid(r) && \valid_read(ctx) && context_ok(ctx) && \valid(alert);
    requires \separated(r, ctx, alert) && r->offset < r->records.offset && r->alerts_in_record <= r->offset;
    requires r->records.result.rule == CAUTH_RULE_NONE;
    assigns r->records.flags, r->records.result.rule, r->records.result.field, r->records.result.offset, r->half.level,
        r->half.offset, r->half.description, r->pending, r->offset, r->alerts_in_record, r->warnings_in_a_row,
        r->after_optional_fatal, r->ended_by_error, r->ended, alert->level, alert->description, alert->offset;
    ensures alert_reader_ok(r);
    ensures \result == CAUTH_READ_MORE || \result == CAUTH_READ_ITEM || \result == CAUTH_READ_REJECTED;
    ensures \result != CAUTH_READ_REJECTED ==> r->offset == \old(r->offset) + 1 &&
        r->records.result.rule == CAUTH_RULE_NONE;
    ensures \result == CAUTH_READ_REJECTED ==> r->offset == \old(r->offset) &&
        r->records.result.rule != CAUTH_RULE_NONE && r->records.result.offset == r->offset;
    ensures \result != CAUTH_READ_ITEM ==> alert->level == \old(alert->level) &&
        alert->description == \old(alert->description) && alert->offset == \old(alert->offset);
 */
static cauth_event take_byte(cauth_alert_reader *r, const cauth_context *ctx, uint8_t byte, cauth_alert *alert)
{
    if (r->pending)
        return take_description(r, ctx, byte, alert);
    return take_level(r, ctx, byte);
}

/* Opens the next record: the reader then stands at the start of its fragment. */
/*@ requires \valid(r) && alert_reader_ok(r) && \valid_read(ctx) && context_ok(ctx) && readable(unread);
    requires \separated(r, ctx) && r->offset == r->records.offset && r->offset + unread.len <= SIZE_MAX;
    requires r->records.result.rule == CAUTH_RULE_NONE;
    assigns r->records, r->offset, r->alerts_in_record;
    ensures alert_reader_ok(r);
    ensures \result == CAUTH_READ_REJECTED <==> r->records.result.rule != CAUTH_RULE_NONE;
    ensures \result == CAUTH_READ_REJECTED ==> r->records.result.offset <= \old(r->offset) + unread.len;
    ensures \result == CAUTH_READ_ITEM ==>
        r->offset == \old(r->offset) + CAUTH_RECORD_HEADER_LEN <= \old(r->offset) + unread.len;
    ensures \result != CAUTH_READ_ITEM ==> r->offset == \old(r->offset);
 */
static cauth_event open_record(cauth_alert_reader *r, const cauth_context *ctx, cauth_bytes unread)
{
    cauth_record record;
    if (unread.len >= CAUTH_RECORD_HEADER_LEN && unread.ptr[0] != CAUTH_ALERT_RECORD)
        return record_reject(&r->records, CAUTH_VEC_09, CAUTH_FIELD_CONTENT_TYPE, r->offset);
    cauth_event event = record_read(&r->records, ctx, unread, &record);
    if (event == CAUTH_READ_ITEM) {
        r->offset = record.offset + CAUTH_RECORD_HEADER_LEN;
        r->alerts_in_record = 0;
    }
    return event;
}

/* What follows the end: ignored, and an anomaly after a fatal alert. In one record with it, it is a second alert too.
 */
/*@ requires \valid(r) && \valid_read(ctx) && \separated(r, ctx);
    assigns r->records.flags;
    ensures \result == CAUTH_READ_END;
 */
static cauth_event pass_end(cauth_alert_reader *r, const cauth_context *ctx, bool more)
{
    if (more && r->ended_by_error && ctx->version != CAUTH_TLS13)
        cauth_flags_set(&r->records.flags, CAUTH_ALERT_08);
    if (r->offset < r->records.offset)
        cauth_flags_set(&r->records.flags, CAUTH_ALERT_04);
    return CAUTH_READ_END;
}

cauth_event cauth_alert_next(cauth_alert_reader *r, const cauth_context *ctx, cauth_bytes unread, cauth_alert *alert)
{
    size_t start = r->offset;
    cauth_event event = CAUTH_READ_MORE;
    if (!cauth_is_accepted(r->records.result))
        return CAUTH_READ_REJECTED;
    if (r->ended)
        return pass_end(r, ctx, unread.len > 0);
    /*@ loop invariant alert_reader_ok(r) && start <= r->offset <= start + unread.len;
        loop invariant event == CAUTH_READ_REJECTED <==> r->records.result.rule != CAUTH_RULE_NONE;
        loop invariant event == CAUTH_READ_REJECTED ==> r->records.result.offset <= start + unread.len;
        loop invariant event == CAUTH_READ_ITEM ==> start < r->offset;
        loop invariant event != CAUTH_READ_ITEM ==> alert->level == \at(alert->level, Pre) &&
            alert->description == \at(alert->description, Pre) && alert->offset == \at(alert->offset, Pre);
        loop assigns event, *r, alert->level, alert->description, alert->offset;
        loop variant unread.len - (r->offset - start) + (event == CAUTH_READ_MORE ? 1 : 0);
     */
    while (event == CAUTH_READ_MORE && r->offset - start < unread.len) {
        if (r->offset < r->records.offset) {
            event = take_byte(r, ctx, unread.ptr[r->offset - start], alert);
        } else {
            event = open_record(r, ctx, bytes_from(unread, r->offset - start));
            if (event == CAUTH_READ_MORE)
                return event;
            if (event == CAUTH_READ_ITEM)
                event = CAUTH_READ_MORE;
        }
    }
    return event;
}

cauth_result cauth_alerts_parse(cauth_bytes in, const cauth_context *ctx, cauth_alerts *out, cauth_flags *flags)
{
    cauth_alert_reader r;
    cauth_alert alert;
    size_t num_alerts = 0;
    start(&r);
    cauth_event event = cauth_alert_next(&r, ctx, in, &alert);
    /*@ loop invariant alert_reader_ok(&r) && r.offset <= in.len && num_alerts <= r.offset;
        loop invariant event == CAUTH_READ_REJECTED <==> r.records.result.rule != CAUTH_RULE_NONE;
        loop invariant event == CAUTH_READ_REJECTED ==> r.records.result.offset <= in.len;
        loop invariant event == CAUTH_READ_ITEM ==> num_alerts < r.offset;
        loop assigns r, alert.level, alert.description, alert.offset, num_alerts, event;
        loop variant in.len - r.offset + (event == CAUTH_READ_ITEM ? 1 : 0);
     */
    while (event == CAUTH_READ_ITEM) {
        num_alerts++;
        event = cauth_alert_next(&r, ctx, bytes_from(in, r.offset), &alert);
    }
    if (event == CAUTH_READ_REJECTED)
        return r.records.result;
    if (!r.ended && (r.pending || r.offset < in.len))
        cauth_flags_set(&r.records.flags, CAUTH_REC_01);
    out->records = bytes_first(in, r.records.offset);
    out->num_alerts = num_alerts;
    out->pending = r.pending;
    out->ended = r.ended;
    out->rest = bytes_from(in, r.records.offset);
    *flags = r.records.flags;
    return cauth_accepted();
}

bool cauth_alert_write(uint8_t level, uint8_t description, cauth_writer *w)
{
    cauth_write_u8(w, level);
    return cauth_write_u8(w, description);
}

bool cauth_alerts_write(const cauth_alerts *v, cauth_writer *w)
{
    return records_write(v->records, v->rest, w);
}

/* --- iterator --- */

cauth_alert_iter cauth_alert_iter_init(const cauth_alerts *v)
{
    cauth_alert_iter it = { cauth_iter_init(v->records), { 0, 0, { NULL, 0 }, 0, false }, 0, v->num_alerts };
    return it;
}

/* The next byte of the fragments, and its offset in the stream. */
/*@ requires \valid(it) && alert_iter_ok(it) && \valid(byte) && \valid(offset) && \separated(it, byte, offset);
    assigns *it, *byte, *offset;
    ensures alert_iter_ok(it) && it->left == \old(it->left);
 */
static bool next_byte(cauth_alert_iter *it, uint8_t *byte, size_t *offset)
{
    /*@ loop invariant alert_iter_ok(it);
        loop assigns it->records.pos, it->record, it->pos;
        loop variant it->records.list.len - it->records.pos;
     */
    while (it->pos >= it->record.fragment.len) {
        if (!cauth_record_list_next(&it->records, &it->record))
            return false;
        it->pos = 0;
    }
    *byte = it->record.fragment.ptr[it->pos];
    *offset = it->record.offset + CAUTH_RECORD_HEADER_LEN + it->pos;
    it->pos++;
    return true;
}

bool cauth_alert_iter_next(cauth_alert_iter *it, cauth_alert *alert)
{
    cauth_alert found = { 0, 0, 0 };
    size_t description_at;
    if (it->left == 0 || !next_byte(it, &found.level, &found.offset) ||
        !next_byte(it, &found.description, &description_at))
        return false;
    it->left--;
    alert->level = found.level;
    alert->description = found.description;
    alert->offset = found.offset;
    return true;
}
