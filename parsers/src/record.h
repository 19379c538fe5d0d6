/* What the readers of alerts and of handshake messages share with the reader of records. Private to libcauth. */
#ifndef CAUTH_SRC_RECORD_H
#define CAUTH_SRC_RECORD_H

#include "cauth/record.h"

/*@ // The record that the bytes begin with.
    predicate record_follows(cauth_record *record, cauth_bytes bytes) =
        \valid_read(record->fragment.ptr + (0 .. record->fragment.len - 1)) &&
        CAUTH_RECORD_HEADER_LEN + record->fragment.len <= bytes.len &&
        (record->fragment.len > 0 ==> record->fragment.ptr == bytes.ptr + CAUTH_RECORD_HEADER_LEN);
 */

/* cauth_record_next, except that the version of a handshake record is left to record_flag_version: whether it matters
 * depends on the message inside. */
/*@ requires \valid(r) && \valid_read(ctx) && context_ok(ctx) && readable(unread) && \valid(record);
    requires \separated(r, ctx, record) && r->offset + unread.len <= SIZE_MAX;
    assigns *r, record->content_type, record->version, record->fragment.ptr, record->fragment.len, record->offset,
            record->is_protected;
    ensures \result == CAUTH_READ_REJECTED <==> r->result.rule != CAUTH_RULE_NONE;
    ensures \result == CAUTH_READ_REJECTED && \old(r->result.rule) == CAUTH_RULE_NONE ==>
        r->result.offset <= r->offset + unread.len;
    ensures \result == CAUTH_READ_ITEM ==> record->offset == \old(r->offset) && record_follows(record, unread) &&
        r->offset == \old(r->offset) + CAUTH_RECORD_HEADER_LEN + record->fragment.len;
    ensures \result != CAUTH_READ_ITEM ==> r->offset == \old(r->offset) && *record == \old(*record);
 */
cauth_event record_read(cauth_record_reader *r, const cauth_context *ctx, cauth_bytes unread, cauth_record *record);

/* Flags an odd ProtocolVersion. A ClientHello may come under any, since nothing is negotiated yet (RFC 5246 §E.1). */
/*@ requires \valid_read(ctx) && context_ok(ctx) && \valid(flags) && \separated(ctx, flags);
    assigns *flags;
 */
void record_flag_version(const cauth_context *ctx, uint16_t version, bool client_hello, cauth_flags *flags);

/* What cauth_record_reader_init gives, in place. */
/*@ requires \valid(r);
    assigns *r;
    ensures r->offset == 0 && !r->ended && r->result.rule == CAUTH_RULE_NONE && r->result.offset == 0;
 */
void record_start(cauth_record_reader *r);

/* What cauth_records_write does, for any two spans of complete records and of what follows them. */
/*@ requires readable(records) && readable(rest) && \valid(w) && writer_ok(w);
    assigns w->len, w->failed, w->ptr[w->len .. w->cap - 1];
    ensures writer_ok(w) && \old(w->len) <= w->len;
    ensures (\result <==> !w->failed) && (\old(w->failed) ==> w->failed);
 */
bool records_write(cauth_bytes records, cauth_bytes rest, cauth_writer *w);

/* Ends the stream with a rejection. */
/*@ requires \valid(r) && rule != CAUTH_RULE_NONE;
    assigns r->result.rule, r->result.field, r->result.offset;
    ensures \result == CAUTH_READ_REJECTED && r->result.rule != CAUTH_RULE_NONE && r->result.offset == offset;
 */
cauth_event record_reject(cauth_record_reader *r, cauth_rule rule, cauth_field field, size_t offset);

/* The bytes from `from` on. */
/*@ requires readable(bytes);
    assigns \nothing;
    ensures readable(\result) && within(\result, bytes);
    ensures from < bytes.len ==> \result.ptr == bytes.ptr + from && \result.len == bytes.len - from;
    ensures from >= bytes.len ==> \result.len == 0;
 */
static inline cauth_bytes bytes_from(cauth_bytes bytes, size_t from)
{
    cauth_bytes none = { NULL, 0 };
    if (from >= bytes.len)
        return none;
    cauth_bytes tail = { bytes.ptr + from, bytes.len - from };
    return tail;
}

/* The first `len` bytes, or all when there are not so many. */
/*@ requires readable(bytes);
    assigns \nothing;
    ensures readable(\result) && within(\result, bytes) && \result.len == \min(len, bytes.len);
    ensures \result.len > 0 ==> \result.ptr == bytes.ptr;
 */
static inline cauth_bytes bytes_first(cauth_bytes bytes, size_t len)
{
    cauth_bytes none = { NULL, 0 };
    if (len == 0 || bytes.len == 0)
        return none;
    cauth_bytes head = { bytes.ptr, len < bytes.len ? len : bytes.len };
    return head;
}

#endif
