/* Handshake messages in a stream of records (RFC 5246 §6.2.1 and §7.4, RFC 8446 §5.1 and §4): framing, reassembly over
 * records, and what one direction alone shows of the rules about order. Bodies are not looked at. */
#ifndef CAUTH_HANDSHAKE_H
#define CAUTH_HANDSHAKE_H

#include "cauth/record.h"

#ifdef __cplusplus
extern "C" {
#endif

/* HandshakeType: those that cauth itself speaks of. */
#define CAUTH_HELLO_REQUEST 0u
#define CAUTH_CLIENT_HELLO 1u
#define CAUTH_SERVER_HELLO 2u
#define CAUTH_NEW_SESSION_TICKET 4u
#define CAUTH_END_OF_EARLY_DATA 5u
#define CAUTH_CERTIFICATE 11u
#define CAUTH_CERTIFICATE_REQUEST 13u
#define CAUTH_SERVER_HELLO_DONE 14u
#define CAUTH_CERTIFICATE_VERIFY 15u
#define CAUTH_CLIENT_KEY_EXCHANGE 16u
#define CAUTH_FINISHED 20u
#define CAUTH_KEY_UPDATE 24u
#define CAUTH_COMPRESSED_CERTIFICATE 25u

#define CAUTH_HANDSHAKE_HEADER_LEN 4u

/* Largest CertificateRequest bodies that can be well-formed: the sum of their vectors at full length. */
#define CAUTH_MAX_CERTIFICATE_REQUEST 65793u        /* up to TLS 1.1, and TLS 1.3 */
#define CAUTH_MAX_CERTIFICATE_REQUEST_TLS12 131329u /* RFC 5246 §7.4.4 */

/* The RFC's name of a HandshakeType that a TLS stream can carry, or "". Static. */
/*@ assigns \nothing; */
const char *cauth_handshake_type_name(uint8_t msg_type);

/* One message. body aliases the input where the message lies in one record (its header may lie before that record),
 * else the buffer that the caller gave; there it lives until the next message is asked for. */
typedef struct {
    uint8_t msg_type;
    uint32_t length; /* of the body, in bytes */
    bool whole;      /* body is there; false: the message crosses records and the buffer is smaller than `length` */
    cauth_bytes body;
    size_t offset; /* of the message header in the stream */
} cauth_handshake;

/* A message being put together. Private to the library. */
typedef struct {
    uint8_t *buffer;
    size_t cap;
    uint8_t header_len; /* bytes of the header seen */
    uint8_t msg_type;
    uint32_t length;
    uint32_t body_len; /* bytes of the body seen */
    size_t offset;
    size_t length_offset; /* of the length field's first byte, which a cut may have moved away from the msg_type */
    cauth_bytes body;     /* of a message just completed */
} cauth_handshake_assembly;

/*@ predicate assembly_ok{L}(cauth_handshake_assembly *a) =
        a->header_len <= CAUTH_HANDSHAKE_HEADER_LEN && a->body_len <= a->length <= 0xFFFFFF &&
        (a->header_len == 1 ==> a->length == 0) && (a->header_len == 2 ==> a->length <= 0xFF) &&
        (a->header_len == 3 ==> a->length <= 0xFFFF) && \valid(a->buffer + (0 .. a->cap - 1));
 */

/* Reads a stream in any chunks. Ciphertext (all after a ChangeCipherSpec up to TLS 1.2, content type 23 in TLS 1.3),
 * alerts and other records are passed over; their place is judged. A TLS 1.3 stream may also be one that was decrypted
 * and put back into plaintext records.
 *
 * Started by cauth_handshake_reader_init. To be read, not written, by the caller; result and flags are those of
 * `records`. */
typedef struct {
    cauth_record_reader records;
    size_t offset; /* of the first byte not yet consumed, which may lie inside a record */
    uint16_t record_version;
    bool any_message;             /* one is complete */
    bool finished;                /* Finished is complete */
    uint8_t last_type;            /* of the last complete message, HelloRequest aside */
    uint32_t change_cipher_specs; /* TLS 1.3; stops counting past CAUTH_MAX_TLS13_CHANGE_CIPHER_SPEC */
    cauth_handshake_assembly assembly;
} cauth_handshake_reader;

/*@ predicate handshake_reader_ok{L}(cauth_handshake_reader *r) =
        r->offset <= r->records.offset && assembly_ok(&r->assembly) &&
        (accepted(r->records.result) && 2 <= r->assembly.header_len ==> r->assembly.length_offset <= r->offset) &&
        (accepted(r->records.result) && r->assembly.header_len == CAUTH_HANDSHAKE_HEADER_LEN ==>
            r->assembly.body_len < r->assembly.length);

    // The body of a message lies in the input or in the caller's buffer.
    predicate body_lies{L}(cauth_handshake *message, cauth_bytes input, cauth_handshake_assembly *a) =
        readable(&message->body) && (within(&message->body, input) ||
            (message->body.ptr == a->buffer && message->body.len <= a->cap));
 */

/* The buffer receives the bodies that cross records. It lives as long as the reader, overlaps with nothing else that is
 * given, and may be NULL with cap 0: such messages are then counted and judged, but not handed out. As many bytes as
 * the largest of ctx->limits always suffice. */
/*@ requires \valid(buffer + (0 .. cap - 1));
    assigns \nothing;
 */
cauth_handshake_reader cauth_handshake_reader_init(uint8_t *buffer, size_t cap);

/* The next message of the stream whose bytes from r->offset on are `unread`. A record is consumed when all of it is
 * there; type and length of a message are judged on its header, before any of its body is needed. */
/*@ requires \valid(r) && handshake_reader_ok(r) && \valid_read(ctx) && context_ok(ctx);
    requires readable(unread) && \valid(message);
    requires \separated(r, ctx, message, r->assembly.buffer + (0 .. r->assembly.cap - 1));
    requires r->offset + unread.len <= SIZE_MAX;
    assigns *r, message->msg_type, message->length, message->whole, message->body.ptr, message->body.len,
            message->offset, r->assembly.buffer[0 .. r->assembly.cap - 1];
    ensures handshake_reader_ok(r);
    ensures r->assembly.buffer == \old(r->assembly.buffer) && r->assembly.cap == \old(r->assembly.cap);
    ensures \old(r->offset) <= r->offset <= \old(r->offset) + unread.len;
    ensures \result == CAUTH_READ_REJECTED <==> !accepted(r->records.result);
    ensures \result == CAUTH_READ_REJECTED && \old(r->records.result.rule) == CAUTH_RULE_NONE ==>
        r->records.result.offset <= \old(r->offset) + unread.len;
    ensures \result == CAUTH_READ_ITEM ==> \old(r->offset) < r->offset;
    ensures \result == CAUTH_READ_ITEM ==> body_lies(message, unread, &r->assembly);
    ensures \result == CAUTH_READ_ITEM ==> (message->whole <==> message->body.len == message->length);
    ensures \result != CAUTH_READ_ITEM ==> *message == \old(*message);
 */
cauth_event cauth_handshake_next(cauth_handshake_reader *r, const cauth_context *ctx, cauth_bytes unread,
                                 cauth_handshake *message);

/* A whole stream. Spans alias the input. */
typedef struct {
    cauth_bytes records; /* complete records: cauth_record_list_next */
    size_t num_messages; /* complete plaintext messages: cauth_handshake_iter_next */
    bool pending;        /* the records end in the middle of a message (flagged REC-01) */
    cauth_bytes rest;    /* as in cauth_records */
} cauth_handshakes;

/* Accepted: *out and *flags are set. Rejected: both are untouched. */
/*@ requires readable(in) && \valid_read(ctx) && context_ok(ctx) && \valid(out) && \valid(flags);
    requires \separated(out, flags, ctx, in.ptr + (0 .. in.len - 1));
    assigns *out, *flags;
    ensures \result.offset <= in.len;
    ensures accepted(\result) ==> within(&out->records, in) && readable(&out->records);
    ensures accepted(\result) ==> within(&out->rest, in) && readable(&out->rest);
    ensures accepted(\result) ==> out->records.len + out->rest.len == in.len;
    ensures !accepted(\result) ==> *out == \old(*out) && *flags == \old(*flags);
 */
cauth_result cauth_handshakes_parse(cauth_bytes in, const cauth_context *ctx, cauth_handshakes *out,
                                    cauth_flags *flags);

/* Appends the stream, record by record, then the rest. */
/*@ requires \valid_read(v) && readable(&v->records) && readable(&v->rest) && \valid(w) && writer_ok(w);
    requires \separated(v, w, w->ptr + (0 .. w->cap - 1));
    assigns w->len, w->failed, w->ptr[w->len .. w->cap - 1];
    ensures writer_ok(w) && \old(w->len) <= w->len;
    ensures (\result <==> !w->failed) && (\old(w->failed) ==> w->failed);
 */
bool cauth_handshakes_write(const cauth_handshakes *v, cauth_writer *w);

/* Appends a message header, or a whole message. */
/*@ requires \valid(w) && writer_ok(w);
    assigns w->len, w->failed, w->ptr[w->len .. w->cap - 1];
    ensures writer_ok(w) && \old(w->len) <= w->len;
    ensures (\result <==> !w->failed) && (\old(w->failed) ==> w->failed);
 */
bool cauth_handshake_write_header(uint8_t msg_type, uint32_t length, cauth_writer *w);
/*@ requires readable(body) && \valid(w) && writer_ok(w);
    assigns w->len, w->failed, w->ptr[w->len .. w->cap - 1];
    ensures writer_ok(w) && \old(w->len) <= w->len;
    ensures (\result <==> !w->failed) && (\old(w->failed) ==> w->failed);
 */
bool cauth_handshake_write(uint8_t msg_type, cauth_bytes body, cauth_writer *w);

/* The messages of a view, in order. buffer as for the reader. */
typedef struct {
    cauth_iter records;
    cauth_record record; /* the one being read */
    size_t pos;          /* in its fragment */
    size_t left;         /* messages still to come */
    cauth_handshake_assembly assembly;
} cauth_handshake_iter;

/*@ predicate handshake_iter_ok{L}(cauth_handshake_iter *it) =
        readable(&it->records.list) && it->records.pos <= it->records.list.len &&
        readable(&it->record.fragment) && within(&it->record.fragment, &it->records.list) &&
        it->pos <= it->record.fragment.len && assembly_ok(&it->assembly) &&
        it->record.offset + CAUTH_RECORD_HEADER_LEN + it->record.fragment.len <= SIZE_MAX;
 */

/*@ requires \valid_read(v) && readable(&v->records) && \valid(buffer + (0 .. cap - 1));
    assigns \nothing;
    ensures \result.records.list == v->records && \result.records.pos == 0 && \result.pos == 0 &&
        \result.record.fragment.len == 0 && \result.record.offset == 0 && \result.left == v->num_messages;
    ensures \result.assembly.header_len == 0 && \result.assembly.length == 0 && \result.assembly.body_len == 0;
    ensures \result.assembly.buffer == buffer && \result.assembly.cap == cap;
 */
cauth_handshake_iter cauth_handshake_iter_init(const cauth_handshakes *v, uint8_t *buffer, size_t cap);
/*@ requires \valid(it) && handshake_iter_ok(it) && \valid(message);
    requires \separated(it, message, it->assembly.buffer + (0 .. it->assembly.cap - 1));
    assigns *it, *message, it->assembly.buffer[0 .. it->assembly.cap - 1];
    ensures handshake_iter_ok(it);
    ensures it->left == \old(it->left) - (\result ? 1 : 0);
    ensures it->assembly.buffer == \old(it->assembly.buffer) && it->assembly.cap == \old(it->assembly.cap);
    ensures \result ==> body_lies(message, it->records.list, &it->assembly);
    ensures \result ==> (message->whole <==> message->body.len == message->length);
    ensures !\result ==> *message == \old(*message);
 */
bool cauth_handshake_iter_next(cauth_handshake_iter *it, cauth_handshake *message);

#ifdef __cplusplus
}
#endif
#endif
