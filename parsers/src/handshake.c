#include "cauth/handshake.h"

#include "reader.h"
#include "record.h"

/* --- types --- */

/* Who sends a message. */
#define NOBODY 0u
#define SERVER 1u
#define CLIENT 2u
#define BOTH 3u

typedef struct {
    const char *name; /* NULL: not a message of any TLS stream */
    uint8_t versions;
    uint8_t senders;
} row;

/* RFC 5246 §7.4, RFC 8446 §4, RFC 5077 §3.3, RFC 6066 §5 and §8, RFC 4680 §2, RFC 8879 §7.2. Numbers of DTLS (3, 9,
 * 10), of exported authenticators (17) and of the transcript (254) are not messages of a stream. */
static const row rows[256] = {
    [CAUTH_HELLO_REQUEST] = { "hello_request", CAUTH_V_SSL30_TLS12, SERVER },
    [CAUTH_CLIENT_HELLO] = { "client_hello", CAUTH_V_ALL, CLIENT },
    [CAUTH_SERVER_HELLO] = { "server_hello", CAUTH_V_ALL, SERVER },
    [CAUTH_NEW_SESSION_TICKET] = { "new_session_ticket", CAUTH_V_ALL, SERVER },
    [CAUTH_END_OF_EARLY_DATA] = { "end_of_early_data", CAUTH_V_TLS13, CLIENT },
    [8] = { "encrypted_extensions", CAUTH_V_TLS13, SERVER },
    [CAUTH_CERTIFICATE] = { "certificate", CAUTH_V_ALL, BOTH },
    [12] = { "server_key_exchange", CAUTH_V_SSL30_TLS12, SERVER },
    [CAUTH_CERTIFICATE_REQUEST] = { "certificate_request", CAUTH_V_ALL, SERVER },
    [CAUTH_SERVER_HELLO_DONE] = { "server_hello_done", CAUTH_V_SSL30_TLS12, SERVER },
    [CAUTH_CERTIFICATE_VERIFY] = { "certificate_verify", CAUTH_V_ALL, BOTH },
    [CAUTH_CLIENT_KEY_EXCHANGE] = { "client_key_exchange", CAUTH_V_SSL30_TLS12, CLIENT },
    [CAUTH_FINISHED] = { "finished", CAUTH_V_ALL, BOTH },
    [21] = { "certificate_url", CAUTH_V_SSL30_TLS12, CLIENT },
    [22] = { "certificate_status", CAUTH_V_SSL30_TLS12, SERVER },
    [23] = { "supplemental_data", CAUTH_V_SSL30_TLS12, BOTH },
    [CAUTH_KEY_UPDATE] = { "key_update", CAUTH_V_TLS13, BOTH },
    [CAUTH_COMPRESSED_CERTIFICATE] = { "compressed_certificate", CAUTH_V_TLS13, BOTH },
};

/* Who may send what in TLS 1.3 after its own Finished (RFC 8446 §4.6). */
static const uint8_t after_finished[256] = {
    [CAUTH_NEW_SESSION_TICKET] = SERVER,     [CAUTH_CERTIFICATE] = CLIENT, [CAUTH_CERTIFICATE_REQUEST] = SERVER,
    [CAUTH_CERTIFICATE_VERIFY] = CLIENT,     [CAUTH_FINISHED] = CLIENT,    [CAUTH_KEY_UPDATE] = BOTH,
    [CAUTH_COMPRESSED_CERTIFICATE] = CLIENT,
};

/*@ assigns \nothing;
    ensures \valid_read(\result);
 */
static const row *row_of(uint8_t msg_type)
{
    return &rows[msg_type];
}

const char *cauth_handshake_type_name(uint8_t msg_type)
{
    const char *name = row_of(msg_type)->name;
    return name != NULL ? name : "";
}

/*@ assigns \nothing; */
static bool may_send(uint8_t senders, cauth_sender sender)
{
    if (sender == CAUTH_FROM_CLIENT)
        return (senders & CLIENT) != 0;
    if (sender == CAUTH_FROM_SERVER)
        return (senders & SERVER) != 0;
    return senders != NOBODY;
}

/* The rule against a CertificateRequest or HelloRequest from a client, else that against messages out of order. */
/*@ assigns \nothing;
    ensures \result != CAUTH_RULE_NONE;
 */
static cauth_rule wrong_sender_rule(uint8_t msg_type)
{
    if (msg_type == CAUTH_CERTIFICATE_REQUEST)
        return CAUTH_CR_COM_01;
    return msg_type == CAUTH_HELLO_REQUEST ? CAUTH_HS_08 : CAUTH_HS_09;
}

/*@ requires \valid_read(r) && \valid_read(ctx) && context_ok(ctx);
    assigns \nothing;
 */
static cauth_rule rule_against_type(const cauth_handshake_reader *r, const cauth_context *ctx, uint8_t msg_type)
{
    const row *type = row_of(msg_type);
    if ((type->versions & CAUTH_V(ctx->version)) == 0)
        return CAUTH_HS_03;
    if (!may_send(type->senders, ctx->sender))
        return wrong_sender_rule(msg_type);
    /* Before TLS 1.3 a server proves its key in the key exchange (RFC 5246 §7.3). */
    if (msg_type == CAUTH_CERTIFICATE_VERIFY && ctx->version != CAUTH_TLS13 && ctx->sender == CAUTH_FROM_SERVER)
        return CAUTH_CV_12;
    /* Up to TLS 1.2 Finished is the first message under the new keys, never a plaintext one (RFC 5246 §7.4.9). */
    if (msg_type == CAUTH_FINISHED && ctx->version != CAUTH_TLS13)
        return CAUTH_HS_09;
    if (r->finished && !may_send(after_finished[msg_type], ctx->sender))
        return CAUTH_HS_17;
    return CAUTH_RULE_NONE;
}

/* --- lengths --- */

/*@ requires \valid_read(limits);
    assigns \nothing;
 */
static uint32_t cap_of(const cauth_limits *limits, uint8_t msg_type)
{
    if (msg_type == CAUTH_CERTIFICATE || msg_type == CAUTH_COMPRESSED_CERTIFICATE)
        return limits->certificate;
    if (msg_type == CAUTH_CERTIFICATE_REQUEST)
        return limits->certificate_request;
    return msg_type == CAUTH_CERTIFICATE_VERIFY ? limits->certificate_verify : limits->other;
}

/*@ assigns \nothing; */
static bool is_impossible_request(cauth_version version, uint32_t length)
{
    return length > (version == CAUTH_TLS12 ? CAUTH_MAX_CERTIFICATE_REQUEST_TLS12 : CAUTH_MAX_CERTIFICATE_REQUEST);
}

/*@ requires \valid_read(ctx);
    assigns \nothing;
 */
static cauth_rule rule_against_length(const cauth_context *ctx, uint8_t msg_type, uint32_t length)
{
    if (length > 0 && (msg_type == CAUTH_HELLO_REQUEST || msg_type == CAUTH_SERVER_HELLO_DONE))
        return CAUTH_HS_07;
    if (msg_type == CAUTH_CERTIFICATE_REQUEST && is_impossible_request(ctx->version, length))
        return CAUTH_CR_COM_06;
    return length > cap_of(&ctx->limits, msg_type) ? CAUTH_HS_04 : CAUTH_RULE_NONE;
}

/* --- putting one message together --- */

/*@ requires \valid(a) && \valid(buffer + (0 .. cap - 1));
    assigns *a;
    ensures assembly_ok(a) && a->buffer == buffer && a->cap == cap && a->header_len == 0;
 */
static void start_assembly(cauth_handshake_assembly *a, uint8_t *buffer, size_t cap)
{
    a->buffer = buffer;
    a->cap = cap;
    a->header_len = 0;
    a->msg_type = 0;
    a->length = 0;
    a->body_len = 0;
    a->offset = 0;
    a->length_offset = 0;
    a->body.ptr = NULL;
    a->body.len = 0;
}

/*@ requires \valid(a);
    assigns a->header_len, a->msg_type, a->length, a->body_len, a->offset;
    ensures a->header_len == 1 && a->length == 0 && a->body_len == 0;
 */
static void take_type(cauth_handshake_assembly *a, uint8_t msg_type, size_t offset)
{
    a->header_len = 1;
    a->msg_type = msg_type;
    a->length = 0;
    a->body_len = 0;
    a->offset = offset;
}

/* Takes what is there of the length; `offset` is that of the fragment in the stream. */
/*@ requires \valid(a) && assembly_ok(a) && 1 <= a->header_len && readable(fragment);
    requires pos <= fragment.len && offset + fragment.len <= SIZE_MAX;
    assigns a->header_len, a->length, a->length_offset;
    ensures assembly_ok(a) && \old(a->header_len) <= a->header_len && pos <= \result <= fragment.len;
    ensures \old(a->header_len) < CAUTH_HANDSHAKE_HEADER_LEN && pos < fragment.len ==> pos < \result;
    ensures a->length_offset == \old(a->length_offset) || a->length_offset <= offset + \result;
    ensures \old(a->header_len) == 1 < a->header_len ==> a->length_offset <= offset + \result;
 */
static size_t take_length(cauth_handshake_assembly *a, cauth_bytes fragment, size_t pos, size_t offset)
{
    if (a->header_len == 1)
        a->length_offset = offset + pos;
    /*@ loop invariant assembly_ok(a) && \at(a->header_len, Pre) <= a->header_len;
        loop invariant \at(pos, Pre) <= pos <= fragment.len;
        loop invariant a->header_len == \at(a->header_len, Pre) || \at(pos, Pre) < pos;
        loop assigns a->header_len, a->length, pos;
        loop variant CAUTH_HANDSHAKE_HEADER_LEN - a->header_len;
     */
    while (a->header_len < CAUTH_HANDSHAKE_HEADER_LEN && pos < fragment.len) {
        a->length = a->length * 256u + fragment.ptr[pos];
        a->header_len++;
        pos++;
    }
    return pos;
}

/*@ requires \valid(a) && assembly_ok(a) && readable(piece) && a->body_len + piece.len <= a->length;
    requires \separated(a, a->buffer + (0 .. a->cap - 1));
    assigns a->buffer[0 .. a->cap - 1];
 */
static void copy_body(cauth_handshake_assembly *a, cauth_bytes piece)
{
    if (a->length > a->cap)
        return;
    /*@ loop invariant i <= piece.len;
        loop assigns i, a->buffer[0 .. a->cap - 1];
        loop variant piece.len - i;
     */
    for (size_t i = 0; i < piece.len; i++)
        a->buffer[a->body_len + i] = piece.ptr[i];
}

/*@ predicate body_taken{L}(cauth_handshake_assembly *a, cauth_bytes input) = readable(&a->body) &&
        (within(&a->body, input) || (a->body.ptr == a->buffer && a->body.len <= a->cap));
 */

/* Takes what is there of the body, the header being complete. The message is complete when body_len is length. */
/*@ requires \valid(a) && assembly_ok(a) && readable(fragment) && pos <= fragment.len;
    requires \separated(a, a->buffer + (0 .. a->cap - 1));
    assigns a->body_len, a->body.ptr, a->body.len, a->buffer[0 .. a->cap - 1];
    ensures \old(a->body_len) <= a->body_len <= a->length && pos <= \result <= fragment.len;
    ensures \old(a->body_len) < a->length && pos < fragment.len ==> pos < \result;
    ensures body_taken(a, fragment);
 */
static inline size_t take_body(cauth_handshake_assembly *a, cauth_bytes fragment, size_t pos)
{
    cauth_bytes piece = bytes_first(bytes_from(fragment, pos), a->length - a->body_len);
    if (piece.len == a->length) {
        set_bytes(&a->body, piece);
    } else {
        copy_body(a, piece);
        a->body.ptr = a->length <= a->cap ? a->buffer : NULL;
        a->body.len = a->length <= a->cap ? a->length : 0;
    }
    a->body_len += (uint32_t)piece.len;
    return pos + piece.len;
}

/*@ requires \valid_read(a);
    assigns \nothing;
    ensures \result <==> a->header_len == CAUTH_HANDSHAKE_HEADER_LEN && a->body_len == a->length;
 */
static bool is_complete(const cauth_handshake_assembly *a)
{
    return a->header_len == CAUTH_HANDSHAKE_HEADER_LEN && a->body_len == a->length;
}

/* Hands the message out and is ready for the next one. */
/*@ requires \valid(a) && assembly_ok(a) && \valid(message) && \separated(a, message);
    assigns a->header_len, message->msg_type, message->length, message->whole, message->body.ptr, message->body.len,
            message->offset;
    ensures assembly_ok(a) && a->header_len == 0;
    ensures message->body.ptr == a->body.ptr && message->body.len == a->body.len;
    ensures message->whole <==> message->body.len == message->length;
 */
static void take_message(cauth_handshake_assembly *a, cauth_handshake *message)
{
    message->msg_type = a->msg_type;
    message->length = a->length;
    message->whole = a->body.len == a->length;
    set_bytes(&message->body, a->body);
    message->offset = a->offset;
    a->header_len = 0;
}

/* --- the stream --- */

/*@ // handshake_reader_ok, except that the message may be complete.
    predicate reader_holds{L}(cauth_handshake_reader *r) =
        r->offset <= r->records.offset && assembly_ok(&r->assembly) &&
        (accepted(r->records.result) && 2 <= r->assembly.header_len ==> r->assembly.length_offset <= r->offset);
 */

/*@ requires \valid(r) && \valid(buffer + (0 .. cap - 1));
    assigns *r;
    ensures handshake_reader_ok(r) && r->offset == 0 && accepted(r->records.result);
    ensures r->assembly.buffer == buffer && r->assembly.cap == cap;
 */
static void start(cauth_handshake_reader *r, uint8_t *buffer, size_t cap)
{
    record_start(&r->records);
    r->offset = 0;
    r->record_version = 0;
    r->any_message = false;
    r->finished = false;
    r->last_type = 0;
    r->change_cipher_specs = 0;
    start_assembly(&r->assembly, buffer, cap);
}

cauth_handshake_reader cauth_handshake_reader_init(uint8_t *buffer, size_t cap)
{
    cauth_handshake_reader r;
    start(&r, buffer, cap);
    return r;
}

/*@ requires \valid_read(r);
    assigns \nothing;
 */
static bool is_pending(const cauth_handshake_reader *r)
{
    return r->assembly.header_len > 0;
}

/* Up to TLS 1.2: a client switches keys after its last message of key exchange or authentication, a server after what
 * it answers that with; in an abbreviated handshake both do so after their hello (RFC 5246 §7.3, RFC 5077 §3.3). */
/*@ requires \valid_read(r);
    assigns \nothing;
 */
static bool may_change_cipher(const cauth_handshake_reader *r, cauth_sender sender)
{
    bool client = r->last_type == CAUTH_CLIENT_HELLO || r->last_type == CAUTH_CLIENT_KEY_EXCHANGE ||
                  r->last_type == CAUTH_CERTIFICATE_VERIFY;
    bool server = r->last_type == CAUTH_SERVER_HELLO || r->last_type == CAUTH_NEW_SESSION_TICKET ||
                  r->last_type == CAUTH_SERVER_HELLO_DONE;
    return r->any_message && ((client && sender != CAUTH_FROM_SERVER) || (server && sender != CAUTH_FROM_CLIENT));
}

/*@ requires \valid(r) && \valid_read(record) && \separated(r, record) && rule != CAUTH_RULE_NONE;
    assigns r->records.result.rule, r->records.result.field, r->records.result.offset;
    ensures \result == CAUTH_READ_REJECTED && !accepted(r->records.result);
    ensures r->records.result.offset == record->offset;
 */
static cauth_event reject_record(cauth_handshake_reader *r, const cauth_record *record, cauth_rule rule)
{
    return record_reject(&r->records, rule, CAUTH_FIELD_CONTENT_TYPE, record->offset);
}

/* In TLS 1.3 a ChangeCipherSpec means nothing. It may come from the first ClientHello until the sender's Finished
 * (RFC 8446 §5); between two records of one message RFC 8446 §5 and §5.1 disagree about it. */
/*@ requires \valid(r) && \valid_read(ctx) && \valid_read(record) && \separated(r, ctx, record);
    requires accepted(r->records.result);
    assigns r->records.flags, r->records.result.rule, r->records.result.field, r->records.result.offset,
            r->change_cipher_specs;
    ensures \result == CAUTH_READ_MORE || \result == CAUTH_READ_REJECTED;
    ensures \result == CAUTH_READ_REJECTED <==> !accepted(r->records.result);
    ensures \result == CAUTH_READ_REJECTED ==> r->records.result.offset == record->offset;
 */
static cauth_event pass_change_cipher_spec_tls13(cauth_handshake_reader *r, const cauth_context *ctx,
                                                 const cauth_record *record)
{
    bool before_hello = ctx->sender == CAUTH_FROM_CLIENT && !r->any_message && !is_pending(r);
    if (before_hello || r->finished)
        return reject_record(r, record, CAUTH_REC_26);
    if (is_pending(r))
        cauth_flags_set(&r->records.flags, CAUTH_REC_19);
    if (r->change_cipher_specs < CAUTH_MAX_TLS13_CHANGE_CIPHER_SPEC)
        r->change_cipher_specs++;
    else
        cauth_flags_set(&r->records.flags, CAUTH_REC_26);
    return CAUTH_READ_MORE;
}

/* A record that holds no plaintext handshake bytes. */
/*@ requires \valid(r) && \valid_read(ctx) && \valid_read(record) && \separated(r, ctx, record);
    requires accepted(r->records.result);
    assigns r->records.flags, r->records.result.rule, r->records.result.field, r->records.result.offset,
            r->change_cipher_specs, r->offset;
    ensures \result == CAUTH_READ_MORE || \result == CAUTH_READ_REJECTED;
    ensures \result == CAUTH_READ_REJECTED <==> !accepted(r->records.result);
    ensures \result == CAUTH_READ_REJECTED ==> r->records.result.offset == record->offset;
    ensures r->offset == r->records.offset;
 */
static cauth_event pass_record(cauth_handshake_reader *r, const cauth_context *ctx, const cauth_record *record)
{
    bool change = record->content_type == CAUTH_CHANGE_CIPHER_SPEC && !record->is_protected && record->fragment.len > 0;
    r->offset = r->records.offset;
    if (ctx->version == CAUTH_TLS13) {
        if (change)
            return pass_change_cipher_spec_tls13(r, ctx, record);
        return is_pending(r) ? reject_record(r, record, CAUTH_REC_19) : CAUTH_READ_MORE;
    }
    if (change && is_pending(r))
        return reject_record(r, record, CAUTH_REC_24);
    if (change && !may_change_cipher(r, ctx->sender))
        return reject_record(r, record, CAUTH_REC_25);
    return CAUTH_READ_MORE;
}

/* Opens the next record: the reader then stands at the start of its fragment, or behind it if it holds no plaintext
 * handshake bytes. MORE: the record is not complete. */
/*@ requires \valid(r) && handshake_reader_ok(r) && \valid_read(ctx) && context_ok(ctx) && readable(unread);
    requires \separated(r, ctx) && r->offset == r->records.offset && r->offset + unread.len <= SIZE_MAX;
    requires accepted(r->records.result);
    assigns r->records, r->offset, r->record_version, r->change_cipher_specs;
    ensures handshake_reader_ok(r) && \old(r->offset) <= r->offset <= \old(r->offset) + unread.len;
    ensures \result == CAUTH_READ_REJECTED <==> !accepted(r->records.result);
    ensures \result == CAUTH_READ_REJECTED ==> r->records.result.offset <= \old(r->offset) + unread.len;
    ensures \result == CAUTH_READ_ITEM ==> \old(r->offset) < r->offset;
 */
static cauth_event open_record(cauth_handshake_reader *r, const cauth_context *ctx, cauth_bytes unread)
{
    cauth_record record;
    cauth_event event = record_read(&r->records, ctx, unread, &record);
    //@ assert r->offset == \at(r->offset, Pre) && r->offset <= r->records.offset;
    //@ assert assembly_ok(&r->assembly);
    //@ assert handshake_reader_ok(r);
    if (event != CAUTH_READ_ITEM)
        return event;
    //@ assert r->offset + CAUTH_RECORD_HEADER_LEN <= r->records.offset <= \at(r->offset, Pre) + unread.len;
    //@ assert record.offset == r->offset && accepted(r->records.result);
    if (record.content_type != CAUTH_HANDSHAKE_RECORD || record.is_protected) {
        event = pass_record(r, ctx, &record);
        return event == CAUTH_READ_MORE ? CAUTH_READ_ITEM : event;
    }
    r->offset = record.offset + CAUTH_RECORD_HEADER_LEN;
    r->record_version = record.version;
    if (record.fragment.len == 0)
        record_flag_version(ctx, record.version, false, &r->records.flags);
    return CAUTH_READ_ITEM;
}

/* The messages that keys may change after (RFC 8446 §5.1). */
/*@ assigns \nothing; */
static bool ends_record(uint8_t msg_type)
{
    return msg_type == CAUTH_CLIENT_HELLO || msg_type == CAUTH_SERVER_HELLO || msg_type == CAUTH_END_OF_EARLY_DATA ||
           msg_type == CAUTH_FINISHED || msg_type == CAUTH_KEY_UPDATE;
}

/* Whether a record goes on behind a complete message that should have ended it. */
/*@ requires \valid_read(r) && \valid_read(ctx);
    assigns \nothing;
 */
static bool goes_on(const cauth_handshake_reader *r, const cauth_context *ctx)
{
    return ctx->version == CAUTH_TLS13 && ends_record(r->assembly.msg_type) && r->offset < r->records.offset;
}

/* Hands out a message all of whose body is there. */
/*@ requires \valid(r) && assembly_ok(&r->assembly) && \valid(message) && \separated(r, message);
    assigns r->any_message, r->last_type, r->finished, r->assembly.header_len, message->msg_type, message->length,
            message->whole, message->body.ptr, message->body.len, message->offset;
    ensures assembly_ok(&r->assembly) && r->assembly.header_len == 0;
    ensures message->body.ptr == r->assembly.body.ptr && message->body.len == r->assembly.body.len;
    ensures message->whole <==> message->body.len == message->length;
 */
static void complete_message(cauth_handshake_reader *r, cauth_handshake *message)
{
    uint8_t msg_type = r->assembly.msg_type;
    r->any_message = true;
    if (msg_type != CAUTH_HELLO_REQUEST)
        r->last_type = msg_type;
    if (msg_type == CAUTH_FINISHED)
        r->finished = true;
    take_message(&r->assembly, message);
}

/*@ requires \valid(r) && handshake_reader_ok(r) && accepted(r->records.result) && \valid_read(ctx) && context_ok(ctx);
    requires readable(fragment) && fragment.len > 0 && r->offset + fragment.len <= SIZE_MAX;
    requires r->assembly.header_len < CAUTH_HANDSHAKE_HEADER_LEN;
    requires \valid(pos) && \valid(field) && \valid(at) && \separated(r, ctx, pos, field, at) && *pos == 0;
    assigns r->assembly.header_len, r->assembly.msg_type, r->assembly.length, r->assembly.body_len,
            r->assembly.offset, r->assembly.length_offset, *pos, *field, *at;
    ensures assembly_ok(&r->assembly);
    ensures \result == CAUTH_RULE_NONE ==> 0 < *pos <= fragment.len && 0 < r->assembly.header_len;
    ensures \result == CAUTH_RULE_NONE && 2 <= r->assembly.header_len ==>
        r->assembly.length_offset <= r->offset + *pos;
    ensures \result != CAUTH_RULE_NONE ==> *at <= r->offset + fragment.len;
 */
static cauth_rule take_header(cauth_handshake_reader *r, const cauth_context *ctx, cauth_bytes fragment, size_t *pos,
                              cauth_field *field, size_t *at)
{
    cauth_handshake_assembly *a = &r->assembly;
    if (a->header_len == 0) {
        cauth_rule rule = rule_against_type(r, ctx, fragment.ptr[0]);
        *field = CAUTH_FIELD_MSG_TYPE;
        *at = r->offset;
        if (rule != CAUTH_RULE_NONE)
            return rule;
        take_type(a, fragment.ptr[0], r->offset);
        *pos = 1;
    }
    *pos = take_length(a, fragment, *pos, r->offset);
    *field = CAUTH_FIELD_MSG_LENGTH;
    *at = a->length_offset;
    if (a->header_len < CAUTH_HANDSHAKE_HEADER_LEN)
        return CAUTH_RULE_NONE;
    return rule_against_length(ctx, a->msg_type, a->length);
}

/* What follows the header, or as much of it as there is; the first `pos` bytes of the fragment are taken. */
/*@ requires \valid(r) && assembly_ok(&r->assembly) && accepted(r->records.result) && \valid_read(ctx);
    requires context_ok(ctx) && readable(fragment) && r->offset + fragment.len <= r->records.offset;
    requires \separated(r, ctx, r->assembly.buffer + (0 .. r->assembly.cap - 1));
    requires 2 <= r->assembly.header_len ==> r->assembly.length_offset <= r->offset + pos;
    requires pos <= fragment.len && (0 < pos || (0 < fragment.len &&
        r->assembly.header_len == CAUTH_HANDSHAKE_HEADER_LEN && r->assembly.body_len < r->assembly.length));
    assigns r->records.flags, r->offset, r->assembly.body_len, r->assembly.body.ptr, r->assembly.body.len,
            r->assembly.buffer[0 .. r->assembly.cap - 1];
    ensures reader_holds(r);
    ensures \old(r->offset) < r->offset <= \old(r->offset) + fragment.len;
    ensures \result == CAUTH_READ_MORE || \result == CAUTH_READ_ITEM;
    ensures \result == CAUTH_READ_MORE ==> handshake_reader_ok(r);
    ensures \result == CAUTH_READ_ITEM ==> body_taken(&r->assembly, fragment);
 */
static cauth_event take_rest(cauth_handshake_reader *r, const cauth_context *ctx, cauth_bytes fragment, size_t pos)
{
    cauth_handshake_assembly *a = &r->assembly;
    record_flag_version(ctx, r->record_version, a->msg_type == CAUTH_CLIENT_HELLO, &r->records.flags);
    if (a->header_len == CAUTH_HANDSHAKE_HEADER_LEN)
        pos = take_body(a, fragment, pos);
    r->offset += pos;
    return is_complete(a) ? CAUTH_READ_ITEM : CAUTH_READ_MORE;
}

/* Takes bytes of the record being read, up to the end of one message: `fragment`, not empty, is what is left of it.
 * ITEM: the message is complete: its body is that of the assembly. */
/*@ requires \valid(r) && handshake_reader_ok(r) && accepted(r->records.result) && \valid_read(ctx) && context_ok(ctx);
    requires readable(fragment) && fragment.len > 0 && r->offset + fragment.len <= r->records.offset;
    requires \separated(r, ctx, r->assembly.buffer + (0 .. r->assembly.cap - 1));
    assigns r->records.flags, r->records.result.rule, r->records.result.field, r->records.result.offset, r->offset,
            r->assembly.header_len, r->assembly.msg_type, r->assembly.length, r->assembly.body_len,
            r->assembly.offset, r->assembly.length_offset, r->assembly.body.ptr, r->assembly.body.len,
            r->assembly.buffer[0 .. r->assembly.cap - 1];
    ensures reader_holds(r);
    ensures \old(r->offset) <= r->offset <= \old(r->offset) + fragment.len;
    ensures \result == CAUTH_READ_MORE || \result == CAUTH_READ_ITEM || \result == CAUTH_READ_REJECTED;
    ensures \result == CAUTH_READ_REJECTED <==> !accepted(r->records.result);
    ensures \result == CAUTH_READ_REJECTED ==> r->records.result.offset <= \old(r->offset) + fragment.len;
    ensures \result != CAUTH_READ_REJECTED ==> \old(r->offset) < r->offset;
    ensures \result == CAUTH_READ_MORE ==> handshake_reader_ok(r);
    ensures \result == CAUTH_READ_ITEM ==> body_taken(&r->assembly, fragment);
 */
static cauth_event take_fragment(cauth_handshake_reader *r, const cauth_context *ctx, cauth_bytes fragment)
{
    cauth_field field = CAUTH_FIELD_NONE;
    size_t at = 0;
    size_t pos = 0;
    if (r->assembly.header_len < CAUTH_HANDSHAKE_HEADER_LEN) {
        cauth_rule rule = take_header(r, ctx, fragment, &pos, &field, &at);
        if (rule != CAUTH_RULE_NONE)
            return record_reject(&r->records, rule, field, at);
    }
    return take_rest(r, ctx, fragment, pos);
}

/* Takes bytes of the record being read, or opens the next one. MORE: neither could be done, unless the reader has moved
 * on. */
/*@ requires \valid(r) && handshake_reader_ok(r) && accepted(r->records.result) && \valid_read(ctx) && context_ok(ctx);
    requires readable(unread) && r->offset + unread.len <= SIZE_MAX;
    requires \separated(r, ctx, r->assembly.buffer + (0 .. r->assembly.cap - 1));
    assigns r->records, r->offset, r->record_version, r->change_cipher_specs, r->assembly.header_len,
            r->assembly.msg_type, r->assembly.length, r->assembly.body_len, r->assembly.offset,
            r->assembly.length_offset, r->assembly.body.ptr, r->assembly.body.len,
            r->assembly.buffer[0 .. r->assembly.cap - 1];
    ensures reader_holds(r);
    ensures \old(r->offset) <= r->offset <= \old(r->offset) + unread.len;
    ensures \result == CAUTH_READ_REJECTED <==> !accepted(r->records.result);
    ensures \result == CAUTH_READ_REJECTED ==> r->records.result.offset <= \old(r->offset) + unread.len;
    ensures \result != CAUTH_READ_ITEM ==> handshake_reader_ok(r);
    ensures \result == CAUTH_READ_ITEM ==> \old(r->offset) < r->offset;
    ensures \result == CAUTH_READ_ITEM ==> body_taken(&r->assembly, unread);
 */
static cauth_event take_some(cauth_handshake_reader *r, const cauth_context *ctx, cauth_bytes unread)
{
    size_t in_record = r->records.offset - r->offset;
    if (unread.len == 0 || unread.len < in_record)
        return CAUTH_READ_MORE;
    if (in_record > 0)
        return take_fragment(r, ctx, bytes_first(unread, in_record));
    cauth_event event = open_record(r, ctx, unread);
    return event == CAUTH_READ_ITEM ? CAUTH_READ_MORE : event;
}

/* Until a message is complete. Each turn consumes something. */
/*@ requires \valid(r) && handshake_reader_ok(r) && accepted(r->records.result) && \valid_read(ctx) && context_ok(ctx);
    requires readable(unread) && r->offset + unread.len <= SIZE_MAX;
    requires \separated(r, ctx, r->assembly.buffer + (0 .. r->assembly.cap - 1));
    assigns r->records, r->offset, r->record_version, r->change_cipher_specs, r->assembly.header_len,
            r->assembly.msg_type, r->assembly.length, r->assembly.body_len, r->assembly.offset,
            r->assembly.length_offset, r->assembly.body.ptr, r->assembly.body.len,
            r->assembly.buffer[0 .. r->assembly.cap - 1];
    ensures reader_holds(r);
    ensures \old(r->offset) <= r->offset <= \old(r->offset) + unread.len;
    ensures \result == CAUTH_READ_REJECTED <==> !accepted(r->records.result);
    ensures \result == CAUTH_READ_REJECTED ==> r->records.result.offset <= \old(r->offset) + unread.len;
    ensures \result != CAUTH_READ_ITEM ==> handshake_reader_ok(r);
    ensures \result == CAUTH_READ_ITEM ==> \old(r->offset) < r->offset;
    ensures \result == CAUTH_READ_ITEM ==> body_taken(&r->assembly, unread);
 */
static cauth_event take_whole(cauth_handshake_reader *r, const cauth_context *ctx, cauth_bytes unread)
{
    size_t start = r->offset;
    size_t before;
    cauth_event event;
    /*@ loop invariant handshake_reader_ok(r) && accepted(r->records.result);
        loop invariant start <= r->offset <= start + unread.len;
        loop assigns event, before, r->records, r->offset, r->record_version, r->change_cipher_specs,
                r->assembly.header_len, r->assembly.msg_type, r->assembly.length, r->assembly.body_len,
                r->assembly.offset, r->assembly.length_offset, r->assembly.body.ptr, r->assembly.body.len,
                r->assembly.buffer[0 .. r->assembly.cap - 1];
        loop variant unread.len - (r->offset - start);
     */
    do {
        before = r->offset;
        event = take_some(r, ctx, bytes_from(unread, r->offset - start));
    } while (event == CAUTH_READ_MORE && r->offset > before);
    return event;
}

/*@ requires \valid(r) && handshake_reader_ok(r) && accepted(r->records.result) && \valid_read(ctx) && context_ok(ctx);
    requires readable(unread) && r->offset + unread.len <= SIZE_MAX && \valid(message);
    requires \separated(r, ctx, message, r->assembly.buffer + (0 .. r->assembly.cap - 1));
    assigns r->records, r->offset, r->record_version, r->any_message, r->finished, r->last_type,
            r->change_cipher_specs, r->assembly.header_len, r->assembly.msg_type, r->assembly.length,
            r->assembly.body_len, r->assembly.offset, r->assembly.length_offset, r->assembly.body.ptr,
            r->assembly.body.len, message->msg_type, message->length,
            message->whole, message->body.ptr, message->body.len, message->offset,
            r->assembly.buffer[0 .. r->assembly.cap - 1];
    ensures handshake_reader_ok(r);
    ensures \old(r->offset) <= r->offset <= \old(r->offset) + unread.len;
    ensures \result == CAUTH_READ_REJECTED <==> !accepted(r->records.result);
    ensures \result == CAUTH_READ_REJECTED ==> r->records.result.offset <= \old(r->offset) + unread.len;
    ensures \result == CAUTH_READ_ITEM ==> \old(r->offset) < r->offset;
    ensures \result == CAUTH_READ_ITEM ==> body_lies(message, unread, &r->assembly);
    ensures \result == CAUTH_READ_ITEM ==> (message->whole <==> message->body.len == message->length);
    ensures \result != CAUTH_READ_ITEM ==> *message == \old(*message);
 */
static cauth_event next_message(cauth_handshake_reader *r, const cauth_context *ctx, cauth_bytes unread,
                                cauth_handshake *message)
{
    cauth_event event = take_whole(r, ctx, unread);
    //@ assert *message == \at(*message, Pre);
    if (event != CAUTH_READ_ITEM)
        return event;
    if (goes_on(r, ctx))
        return record_reject(&r->records, CAUTH_REC_23, CAUTH_FIELD_FRAGMENT, r->offset);
    complete_message(r, message);
    //@ assert handshake_reader_ok(r);
    return CAUTH_READ_ITEM;
}

cauth_event cauth_handshake_next(cauth_handshake_reader *r, const cauth_context *ctx, cauth_bytes unread,
                                 cauth_handshake *message)
{
    if (!cauth_is_accepted(r->records.result))
        return CAUTH_READ_REJECTED;
    if (r->records.ended)
        return CAUTH_READ_END;
    return next_message(r, ctx, unread, message);
}

/* The next message of a stream all of which is there, by a reader without a buffer. */
/*@ requires \valid(r) && handshake_reader_ok(r) && r->assembly.buffer == \null && r->assembly.cap == 0;
    requires readable(in) && r->offset <= in.len && \valid_read(ctx) && context_ok(ctx) && \valid(message);
    requires \separated(r, ctx, message);
    assigns *r, message->msg_type, message->length, message->whole, message->body.ptr, message->body.len,
            message->offset;
    ensures handshake_reader_ok(r) && r->assembly.buffer == \null && r->assembly.cap == 0;
    ensures \old(r->offset) <= r->offset <= in.len;
    ensures \result == CAUTH_READ_REJECTED <==> !accepted(r->records.result);
    ensures \result == CAUTH_READ_REJECTED && \old(r->records.result.rule) == CAUTH_RULE_NONE ==>
        r->records.result.offset <= in.len;
    ensures \result == CAUTH_READ_ITEM ==> \old(r->offset) < r->offset;
 */
static cauth_event next_of(cauth_handshake_reader *r, const cauth_context *ctx, cauth_bytes in,
                           cauth_handshake *message)
{
    return cauth_handshake_next(r, ctx, bytes_from(in, r->offset), message);
}

/* Reads until no further message comes. */
/*@ requires \valid(r) && handshake_reader_ok(r) && r->offset == 0 && accepted(r->records.result);
    requires r->assembly.buffer == \null && r->assembly.cap == 0;
    requires readable(in) && \valid_read(ctx) && context_ok(ctx) && \valid(num_messages);
    requires \separated(r, ctx, num_messages);
    assigns *r, *num_messages;
    ensures \result == CAUTH_READ_REJECTED <==> !accepted(r->records.result);
    ensures \result == CAUTH_READ_REJECTED ==> r->records.result.offset <= in.len;
 */
static cauth_event read_all(cauth_handshake_reader *r, const cauth_context *ctx, cauth_bytes in, size_t *num_messages)
{
    cauth_handshake message;
    size_t num = 0;
    cauth_event event = next_of(r, ctx, in, &message);
    /*@ loop invariant handshake_reader_ok(r) && r->offset <= in.len && num <= r->offset;
        loop invariant r->assembly.buffer == \null && r->assembly.cap == 0;
        loop invariant event == CAUTH_READ_REJECTED <==> !accepted(r->records.result);
        loop invariant event == CAUTH_READ_REJECTED ==> r->records.result.offset <= in.len;
        loop invariant event == CAUTH_READ_ITEM ==> num < r->offset;
        loop assigns *r, message.msg_type, message.length, message.whole, message.body.ptr, message.body.len,
                message.offset, num, event;
        loop variant in.len - r->offset + (event == CAUTH_READ_ITEM ? 1 : 0);
     */
    while (event == CAUTH_READ_ITEM) {
        num++;
        event = next_of(r, ctx, in, &message);
    }
    *num_messages = num;
    return event;
}

cauth_result cauth_handshakes_parse(cauth_bytes in, const cauth_context *ctx, cauth_handshakes *out, cauth_flags *flags)
{
    cauth_handshake_reader r;
    size_t num_messages = 0;
    start(&r, NULL, 0);
    cauth_event event = read_all(&r, ctx, in, &num_messages);
    if (event == CAUTH_READ_REJECTED)
        return r.records.result;
    if (event == CAUTH_READ_MORE && (is_pending(&r) || r.offset < in.len))
        cauth_flags_set(&r.records.flags, CAUTH_REC_01);
    *flags = r.records.flags;
    out->num_messages = num_messages;
    out->pending = is_pending(&r);
    set_bytes(&out->records, bytes_first(in, r.records.offset));
    set_bytes(&out->rest, bytes_from(in, r.records.offset));
    return cauth_accepted();
}

bool cauth_handshakes_write(const cauth_handshakes *v, cauth_writer *w)
{
    return records_write(v->records, v->rest, w);
}

bool cauth_handshake_write_header(uint8_t msg_type, uint32_t length, cauth_writer *w)
{
    cauth_write_u8(w, msg_type);
    return cauth_write_u24(w, length);
}

bool cauth_handshake_write(uint8_t msg_type, cauth_bytes body, cauth_writer *w)
{
    cauth_write_u8(w, msg_type);
    return cauth_write_vector(w, 3, body);
}

/* --- iterator --- */

cauth_handshake_iter cauth_handshake_iter_init(const cauth_handshakes *v, uint8_t *buffer, size_t cap)
{
    cauth_handshake_iter it = {
        cauth_iter_init(v->records),
        { 0, 0, { NULL, 0 }, 0, false },
        0,
        v->num_messages,
        { buffer, cap, 0, 0, 0, 0, 0, 0, { NULL, 0 } },
    };
    return it;
}

/*@ // What is left to be looked at: it falls with every byte taken.
    logic integer bytes_left{L}(cauth_handshake_iter *it) =
        it->records.list.len - it->records.pos + it->record.fragment.len - it->pos;
 */

/* Moves to a record with handshake bytes left. All of those are plaintext as long as messages are still to come. */
/*@ requires \valid(it) && handshake_iter_ok(it);
    assigns it->records.pos, it->record, it->pos;
    ensures handshake_iter_ok(it) && bytes_left(it) <= \old(bytes_left(it));
    ensures \result ==> it->pos < it->record.fragment.len;
 */
static bool find_bytes(cauth_handshake_iter *it)
{
    /*@ loop invariant handshake_iter_ok(it) && bytes_left(it) <= \at(bytes_left(it), Pre);
        loop assigns it->records.pos, it->record, it->pos;
        loop variant it->records.list.len - it->records.pos;
     */
    while (it->record.content_type != CAUTH_HANDSHAKE_RECORD || it->pos >= it->record.fragment.len) {
        if (!cauth_record_list_next(&it->records, &it->record))
            return false;
        it->pos = 0;
    }
    return true;
}

/* Takes bytes of the record found, up to the end of one message. */
/*@ requires \valid(it) && handshake_iter_ok(it) && it->pos < it->record.fragment.len;
    requires \separated(it, it->assembly.buffer + (0 .. it->assembly.cap - 1));
    assigns it->pos, it->assembly.header_len, it->assembly.msg_type, it->assembly.length, it->assembly.body_len,
            it->assembly.offset, it->assembly.length_offset, it->assembly.body.ptr, it->assembly.body.len,
            it->assembly.buffer[0 .. it->assembly.cap - 1];
    ensures handshake_iter_ok(it);
    ensures \result || bytes_left(it) < \old(bytes_left(it));
    ensures \result ==> body_taken(&it->assembly, it->records.list);
 */
static bool take_bytes(cauth_handshake_iter *it)
{
    cauth_handshake_assembly *a = &it->assembly;
    size_t offset = it->record.offset + CAUTH_RECORD_HEADER_LEN;
    if (a->header_len == 0) {
        take_type(a, it->record.fragment.ptr[it->pos], offset + it->pos);
        it->pos++;
    }
    it->pos = take_length(a, it->record.fragment, it->pos, offset);
    if (a->header_len == CAUTH_HANDSHAKE_HEADER_LEN)
        it->pos = take_body(a, it->record.fragment, it->pos);
    return is_complete(a);
}

/* Until a message is complete. */
/*@ requires \valid(it) && handshake_iter_ok(it);
    requires \separated(it, it->assembly.buffer + (0 .. it->assembly.cap - 1));
    assigns it->records.pos, it->record, it->pos, it->assembly.header_len, it->assembly.msg_type,
            it->assembly.length, it->assembly.body_len, it->assembly.offset, it->assembly.length_offset,
            it->assembly.body.ptr, it->assembly.body.len, it->assembly.buffer[0 .. it->assembly.cap - 1];
    ensures handshake_iter_ok(it);
    ensures \result ==> body_taken(&it->assembly, it->records.list);
 */
static bool take_next(cauth_handshake_iter *it)
{
    /*@ loop invariant handshake_iter_ok(it);
        loop assigns it->records.pos, it->record, it->pos, it->assembly.header_len, it->assembly.msg_type,
                it->assembly.length, it->assembly.body_len, it->assembly.offset, it->assembly.length_offset,
                it->assembly.body.ptr, it->assembly.body.len, it->assembly.buffer[0 .. it->assembly.cap - 1];
        loop variant it->records.list.len - it->records.pos + it->record.fragment.len - it->pos;
     */
    while (find_bytes(it))
        if (take_bytes(it))
            return true;
    return false;
}

bool cauth_handshake_iter_next(cauth_handshake_iter *it, cauth_handshake *message)
{
    if (it->left == 0 || !take_next(it))
        return false;
    it->left--;
    take_message(&it->assembly, message);
    //@ assert handshake_iter_ok(it);
    return true;
}
