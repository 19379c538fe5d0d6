/* What the readers of alerts and of handshake messages share with the reader of records. Private to libcauth. */
#ifndef CAUTH_SRC_RECORD_H
#define CAUTH_SRC_RECORD_H

#include "cauth/record.h"

/* cauth_record_next, except that the version of a handshake record is left to record_flag_version: whether it matters
 * depends on the message inside. */
cauth_event record_read(cauth_record_reader *r, const cauth_context *ctx, cauth_bytes unread, cauth_record *record);

/* Flags an odd ProtocolVersion. A ClientHello may come under any, since nothing is negotiated yet (RFC 5246 §E.1). */
void record_flag_version(const cauth_context *ctx, uint16_t version, bool client_hello, cauth_flags *flags);

/* Ends the stream with a rejection. */
cauth_event record_reject(cauth_record_reader *r, cauth_rule rule, cauth_field field, size_t offset);

/* The bytes from `from` on. */
static inline cauth_bytes bytes_from(cauth_bytes bytes, size_t from)
{
    cauth_bytes none = { NULL, 0 };
    if (from >= bytes.len)
        return none;
    cauth_bytes tail = { bytes.ptr + from, bytes.len - from };
    return tail;
}

/* The first `len` bytes, or all when there are not so many. */
static inline cauth_bytes bytes_first(cauth_bytes bytes, size_t len)
{
    cauth_bytes none = { NULL, 0 };
    if (len == 0 || bytes.len == 0)
        return none;
    cauth_bytes head = { bytes.ptr, len < bytes.len ? len : bytes.len };
    return head;
}

#endif
