/* TLS records (RFC 8446 §5.1, RFC 5246 §6.2.1), the form in which every stream below arrives.
 *
 * A stream is one direction of a connection from its first record on. A reader takes it in any chunks: give it the
 * bytes from its `offset` on, as many as there are; it consumes whole records and says MORE when the next one is not
 * complete. It keeps no pointer and needs no room, so an unread tail is simply given again together with what arrived
 * since. Offsets are of type size_t: where that has 32 bits, one reader takes no stream of more than 4 GiB. */
#ifndef CAUTH_RECORD_H
#define CAUTH_RECORD_H

#include "cauth/bytes.h"
#include "cauth/context.h"
#include "cauth/list.h"
#include "cauth/result.h"
#include "cauth/writer.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ContentType (RFC 8446 §5.1, RFC 6520 §3). */
#define CAUTH_CHANGE_CIPHER_SPEC 20u
#define CAUTH_ALERT_RECORD 21u
#define CAUTH_HANDSHAKE_RECORD 22u
#define CAUTH_APPLICATION_DATA 23u
#define CAUTH_HEARTBEAT 24u

#define CAUTH_RECORD_HEADER_LEN 5u

/* Largest fragments, in bytes. */
#define CAUTH_MAX_PLAINTEXT 16384u        /* RFC 5246 §6.2.1, RFC 8446 §5.1 */
#define CAUTH_MAX_CIPHERTEXT 18432u       /* RFC 5246 §6.2.3 */
#define CAUTH_MAX_CIPHERTEXT_TLS13 16640u /* RFC 8446 §5.2 */

/* The shortest protected record of TLS 1.3: the inner ContentType and the shortest tag, of 8 bytes (RFC 6655 §4). */
#define CAUTH_MIN_CIPHERTEXT_TLS13 9u

/* One record. The fragment aliases the bytes it was read from. */
typedef struct {
    uint8_t content_type;
    uint16_t version; /* as on the wire */
    cauth_bytes fragment;
    size_t offset;     /* of the record's first byte in the stream; the fragment is 5 bytes further on */
    bool is_protected; /* the fragment is ciphertext; always false from cauth_record_list_next */
} cauth_record;

/* What a reader of a stream says. */
typedef enum {
    CAUTH_READ_MORE,     /* the next item is not complete */
    CAUTH_READ_ITEM,     /* the output is set */
    CAUTH_READ_END,      /* what follows is not looked at: the connection is over, or speaks SSL 2.0 (RFC 5246 §E.2);
                            every further call says it again */
    CAUTH_READ_REJECTED, /* `result` of the reader says why; so will every further call */
} cauth_event;

/* Owned by the caller, started by cauth_record_reader_init. To be read, not written, by the caller: */
typedef struct {
    size_t offset;       /* of the first byte not yet consumed, from the start of the stream */
    bool is_protected;   /* a ChangeCipherSpec went by: from here on ciphertext (RFC 5246 §7.1); up to TLS 1.2 */
    bool half_alert;     /* the plaintext alert records so far end in the middle of an alert */
    bool ended;          /* CAUTH_READ_END was said */
    cauth_result result; /* offset counts from the start of the stream */
    cauth_flags flags;   /* of everything consumed so far, and of the header of a record that is not all there */
} cauth_record_reader;

/*@ assigns \nothing;
    ensures \result.offset == 0 && !\result.ended && accepted(\result.result);
 */
cauth_record_reader cauth_record_reader_init(void);

/* The next record of the stream whose bytes from r->offset on are `unread`. Judges the header once all of it is there,
 * and what the record layer knows about a fragment: ChangeCipherSpec bodies, lengths per content type. */
/*@ requires \valid(r) && \valid_read(ctx) && context_ok(ctx) && readable(unread) && \valid(record);
    requires \separated(r, ctx, record) && r->offset + unread.len <= SIZE_MAX;
    assigns *r, record->content_type, record->version, record->fragment.ptr, record->fragment.len, record->offset,
            record->is_protected;
    ensures \result == CAUTH_READ_REJECTED <==> r->result.rule != CAUTH_RULE_NONE;
    ensures \result == CAUTH_READ_REJECTED && \old(r->result.rule) == CAUTH_RULE_NONE ==>
        r->result.offset <= r->offset + unread.len;
    ensures \result == CAUTH_READ_ITEM ==> record->offset == \old(r->offset) && readable(&record->fragment) &&
        within(&record->fragment, unread) && record->fragment.len + CAUTH_RECORD_HEADER_LEN <= unread.len &&
        r->offset == \old(r->offset) + CAUTH_RECORD_HEADER_LEN + record->fragment.len;
    ensures \result != CAUTH_READ_ITEM ==> r->offset == \old(r->offset) && *record == \old(*record);
 */
cauth_event cauth_record_next(cauth_record_reader *r, const cauth_context *ctx, cauth_bytes unread,
                              cauth_record *record);

/* A whole stream. Spans alias the input. */
typedef struct {
    cauth_bytes records; /* complete records, with their headers: cauth_record_list_next */
    size_t num_records;
    cauth_bytes
        rest; /* an incomplete last record (flagged REC-01), or an SSL 2.0 ClientHello and all after it (REC-05) */
} cauth_records;

/* Accepted: *out and *flags are set. Rejected: both are untouched. */
/*@ requires readable(in) && \valid_read(ctx) && context_ok(ctx) && \valid(out) && \valid(flags);
    requires \separated(out, flags, ctx, in.ptr + (0 .. in.len - 1));
    assigns *out, *flags;
    ensures \result.offset <= in.len;
    ensures accepted(\result) ==> within(&out->records, in) && within(&out->rest, in) &&
        readable(&out->records) && readable(&out->rest) && out->records.len + out->rest.len == in.len;
    ensures !accepted(\result) ==> *out == \old(*out) && *flags == \old(*flags);
 */
cauth_result cauth_records_parse(cauth_bytes in, const cauth_context *ctx, cauth_records *out, cauth_flags *flags);

/* Walks complete records, as they lie in a view of this and the following headers. Nothing is judged. */
/*@ requires \valid(it) && readable(&it->list) && \valid(record) && \separated(it, record);
    assigns it->pos, record->content_type, record->version, record->fragment.ptr, record->fragment.len, record->offset,
            record->is_protected;
    ensures !\result ==> it->pos == \old(it->pos) && *record == \old(*record);
    ensures \result ==> \old(it->pos) + CAUTH_RECORD_HEADER_LEN + record->fragment.len == it->pos <= it->list.len &&
        readable(&record->fragment) && within(&record->fragment, &it->list) && record->offset == \old(it->pos);
 */
bool cauth_record_list_next(cauth_iter *it, cauth_record *record);

/* Appends one record; false if the fragment does not fit 16 bits of length, or the writer. */
/*@ requires readable(fragment) && \valid(w) && writer_ok(w);
    assigns w->len, w->failed, w->ptr[w->len .. w->cap - 1];
    ensures writer_ok(w) && \old(w->len) <= w->len;
    ensures (\result <==> !w->failed) && (\old(w->failed) ==> w->failed);
 */
bool cauth_record_write(uint8_t content_type, uint16_t version, cauth_bytes fragment, cauth_writer *w);

/* Appends the stream, record by record, then the rest. */
/*@ requires \valid_read(v) && readable(&v->records) && readable(&v->rest) && \valid(w) && writer_ok(w);
    requires \separated(v, w, w->ptr + (0 .. w->cap - 1));
    assigns w->len, w->failed, w->ptr[w->len .. w->cap - 1];
    ensures writer_ok(w) && \old(w->len) <= w->len;
    ensures (\result <==> !w->failed) && (\old(w->failed) ==> w->failed);
 */
bool cauth_records_write(const cauth_records *v, cauth_writer *w);

#ifdef __cplusplus
}
#endif
#endif
