/* Alerts (RFC 6101 §5.4, RFC 5246 §7.2, RFC 8446 §6): the registry, and a stream of plaintext records that hold them.
 */
#ifndef CAUTH_ALERT_H
#define CAUTH_ALERT_H

#include "cauth/record.h"

#ifdef __cplusplus
extern "C" {
#endif

/* AlertLevel. */
#define CAUTH_ALERT_WARNING 1u
#define CAUTH_ALERT_FATAL 2u

/* The closure alerts: those that report no error (RFC 8446 §6.1). */
#define CAUTH_CLOSE_NOTIFY 0u
#define CAUTH_USER_CANCELED 90u

typedef enum {
    CAUTH_ALERT_UNDEFINED, /* not an alert of the version */
    CAUTH_ALERT_RESERVED,  /* was one; must not be sent any more */
    CAUTH_ALERT_DEFINED
} cauth_alert_status;

/* What the registry (alerts.def) says of an AlertDescription under one version and sender. */
typedef struct {
    const char *name; /* static; "" when the number is assigned in no version */
    cauth_alert_status status;
    bool always_fatal;
    bool always_warning; /* neither: the sender decides */
    bool direction_ok;   /* the sender may send it; true for CAUTH_FROM_EITHER */
} cauth_alert_info;

/*@ requires version <= CAUTH_TLS13;
    assigns \nothing;
 */
cauth_alert_info cauth_alert_describe(uint8_t description, cauth_version version, cauth_sender sender);

/* One alert, as on the wire: values nobody has defined are handed on like any other. */
typedef struct {
    uint8_t level;
    uint8_t description;
    size_t offset; /* of the level in the stream */
} cauth_alert;

/* Reads a stream of alert records in any chunks; any other content type is refused (VEC-09). Up to TLS 1.2 alerts lie
 * in their records as in a stream of bytes, several in one or one across two; in TLS 1.3 each has its own record (RFC
 * 8446 §5.1). The stream ends (CAUTH_READ_END) with an alert after which the connection is over: close_notify, one at
 * level fatal or whose description is always fatal, and in TLS 1.3 all but user_canceled.
 *
 * Started by cauth_alert_reader_init. To be read, not written, by the caller; result and flags are those of `records`.
 */
typedef struct {
    cauth_record_reader records;
    size_t offset;              /* of the first byte not yet consumed, which may lie inside a record */
    bool pending;               /* the level of an alert went by, its description did not */
    bool ended;                 /* the connection is over */
    bool ended_by_error;        /* and not by a mere closure */
    bool after_optional_fatal;  /* the last alert was an error that its sender made a warning */
    cauth_alert half;           /* the pending one */
    size_t alerts_in_record;    /* completed in the record being read */
    uint32_t warnings_in_a_row; /* stops counting past CAUTH_MAX_WARNINGS_IN_A_ROW */
} cauth_alert_reader;

/*@ predicate alert_reader_ok{L}(cauth_alert_reader *r) =
        r->offset <= r->records.offset && r->alerts_in_record <= r->offset;
 */

/*@ assigns \nothing; */
cauth_alert_reader cauth_alert_reader_init(void);

/* The next alert of the stream whose bytes from r->offset on are `unread`. A record is consumed when all of it is
 * there. */
/*@ requires \valid(r) && alert_reader_ok(r) && \valid_read(ctx) && context_ok(ctx) && readable(unread);
    requires \valid(alert) && \separated(r, ctx, alert) && r->offset + unread.len <= SIZE_MAX;
    assigns *r, alert->level, alert->description, alert->offset;
    ensures alert_reader_ok(r) && \old(r->offset) <= r->offset <= \old(r->offset) + unread.len;
    ensures \result == CAUTH_READ_REJECTED <==> r->records.result.rule != CAUTH_RULE_NONE;
    ensures \result == CAUTH_READ_REJECTED && \old(r->records.result.rule) == CAUTH_RULE_NONE ==>
        r->records.result.offset <= \old(r->offset) + unread.len;
    ensures \result == CAUTH_READ_ITEM ==> \old(r->offset) < r->offset;
    ensures \result != CAUTH_READ_ITEM ==> alert->level == \old(alert->level) &&
        alert->description == \old(alert->description) && alert->offset == \old(alert->offset);
 */
cauth_event cauth_alert_next(cauth_alert_reader *r, const cauth_context *ctx, cauth_bytes unread, cauth_alert *alert);

/* A whole stream. Spans alias the input. */
typedef struct {
    cauth_bytes records; /* complete records, up to the one that holds the alert which ended the connection */
    size_t num_alerts;
    bool pending;     /* the records end in the middle of an alert (flagged REC-01) */
    bool ended;       /* the last alert ended the connection */
    cauth_bytes rest; /* an incomplete last record (flagged REC-01); or whatever follows the end */
} cauth_alerts;

/* Accepted: *out and *flags are set. Rejected: both are untouched. An empty stream has no alerts. */
/*@ requires readable(in) && \valid_read(ctx) && context_ok(ctx) && \valid(out) && \valid(flags);
    requires \separated(out, flags, ctx, in.ptr + (0 .. in.len - 1));
    assigns *out, *flags;
    ensures \result.offset <= in.len;
    ensures accepted(\result) ==> within(&out->records, in) && readable(&out->records);
    ensures accepted(\result) ==> within(&out->rest, in) && readable(&out->rest);
    ensures accepted(\result) ==> out->records.len + out->rest.len == in.len;
    ensures !accepted(\result) ==> *out == \old(*out) && *flags == \old(*flags);
 */
cauth_result cauth_alerts_parse(cauth_bytes in, const cauth_context *ctx, cauth_alerts *out, cauth_flags *flags);

/* Appends the stream, record by record, then the rest. */
/*@ requires \valid_read(v) && readable(&v->records) && readable(&v->rest) && \valid(w) && writer_ok(w);
    requires \separated(v, w, w->ptr + (0 .. w->cap - 1));
    assigns w->len, w->failed, w->ptr[w->len .. w->cap - 1];
    ensures writer_ok(w) && \old(w->len) <= w->len;
    ensures (\result <==> !w->failed) && (\old(w->failed) ==> w->failed);
 */
bool cauth_alerts_write(const cauth_alerts *v, cauth_writer *w);

/* Appends the two bytes of one alert. */
/*@ requires \valid(w) && writer_ok(w);
    assigns w->len, w->failed, w->ptr[w->len .. w->cap - 1];
    ensures writer_ok(w) && \old(w->len) <= w->len;
    ensures (\result <==> !w->failed) && (\old(w->failed) ==> w->failed);
 */
bool cauth_alert_write(uint8_t level, uint8_t description, cauth_writer *w);

/* The alerts of a view, in order. */
typedef struct {
    cauth_iter records;
    cauth_record record; /* the one being read */
    size_t pos;          /* in its fragment */
    size_t left;         /* alerts still to come */
} cauth_alert_iter;

/*@ predicate alert_iter_ok{L}(cauth_alert_iter *it) =
        readable(&it->records.list) && it->records.pos <= it->records.list.len &&
        readable(&it->record.fragment) && within(&it->record.fragment, &it->records.list) &&
        it->pos <= it->record.fragment.len &&
        it->record.offset + CAUTH_RECORD_HEADER_LEN + it->record.fragment.len <= SIZE_MAX;
 */

/*@ requires \valid_read(v) && readable(&v->records);
    assigns \nothing;
    ensures \result.records.list == v->records && \result.records.pos == 0 && \result.pos == 0 &&
        \result.record.fragment.len == 0 && \result.record.offset == 0 && \result.left == v->num_alerts;
 */
cauth_alert_iter cauth_alert_iter_init(const cauth_alerts *v);
/*@ requires \valid(it) && alert_iter_ok(it) && \valid(alert) && \separated(it, alert);
    assigns *it, alert->level, alert->description, alert->offset;
    ensures alert_iter_ok(it);
    ensures it->left == \old(it->left) - (\result ? 1 : 0);
    ensures !\result ==> alert->level == \old(alert->level) &&
        alert->description == \old(alert->description) && alert->offset == \old(alert->offset);
 */
bool cauth_alert_iter_next(cauth_alert_iter *it, cauth_alert *alert);

#ifdef __cplusplus
}
#endif
#endif
