#include "cauth/handshake.h"

#include "record.h"

/* --- types --- */

/* Who sends a message. */
#define NOBODY 0u
#define CLIENT 1u
#define SERVER 2u
#define BOTH 3u

typedef struct {
    const char *name; /* NULL: not a message of any TLS stream */
    uint8_t versions;
    uint8_t senders;
    uint8_t after_finished; /* who may send it in TLS 1.3 after its own Finished (RFC 8446 §4.6) */
} row;

/* RFC 5246 §7.4, RFC 8446 §4, RFC 5077 §3.3, RFC 6066 §5 and §8, RFC 4680 §2, RFC 8879 §7.2. Numbers of DTLS (3, 9,
 * 10), of exported authenticators (17) and of the transcript (254) are not messages of a stream. */
static const row rows[256] = {
    [CAUTH_HELLO_REQUEST] = { "hello_request", CAUTH_V_SSL30_TLS12, SERVER, NOBODY },
    [CAUTH_CLIENT_HELLO] = { "client_hello", CAUTH_V_ALL, CLIENT, NOBODY },
    [CAUTH_SERVER_HELLO] = { "server_hello", CAUTH_V_ALL, SERVER, NOBODY },
    [CAUTH_NEW_SESSION_TICKET] = { "new_session_ticket", CAUTH_V_ALL, SERVER, SERVER },
    [CAUTH_END_OF_EARLY_DATA] = { "end_of_early_data", CAUTH_V_TLS13, CLIENT, NOBODY },
    [8] = { "encrypted_extensions", CAUTH_V_TLS13, SERVER, NOBODY },
    [CAUTH_CERTIFICATE] = { "certificate", CAUTH_V_ALL, BOTH, CLIENT },
    [12] = { "server_key_exchange", CAUTH_V_SSL30_TLS12, SERVER, NOBODY },
    [CAUTH_CERTIFICATE_REQUEST] = { "certificate_request", CAUTH_V_ALL, SERVER, SERVER },
    [CAUTH_SERVER_HELLO_DONE] = { "server_hello_done", CAUTH_V_SSL30_TLS12, SERVER, NOBODY },
    [CAUTH_CERTIFICATE_VERIFY] = { "certificate_verify", CAUTH_V_ALL, BOTH, CLIENT },
    [CAUTH_CLIENT_KEY_EXCHANGE] = { "client_key_exchange", CAUTH_V_SSL30_TLS12, CLIENT, NOBODY },
    [CAUTH_FINISHED] = { "finished", CAUTH_V_ALL, BOTH, CLIENT },
    [21] = { "certificate_url", CAUTH_V_SSL30_TLS12, CLIENT, NOBODY },
    [22] = { "certificate_status", CAUTH_V_SSL30_TLS12, SERVER, NOBODY },
    [23] = { "supplemental_data", CAUTH_V_SSL30_TLS12, BOTH, NOBODY },
    [CAUTH_KEY_UPDATE] = { "key_update", CAUTH_V_TLS13, BOTH, BOTH },
    [CAUTH_COMPRESSED_CERTIFICATE] = { "compressed_certificate", CAUTH_V_TLS13, BOTH, CLIENT },
};

const char *cauth_handshake_type_name(uint8_t msg_type)
{
    return rows[msg_type].name != NULL ? rows[msg_type].name : "";
}

static bool may_send(uint8_t senders, cauth_sender sender)
{
    if (sender == CAUTH_FROM_CLIENT)
        return (senders & CLIENT) != 0;
    if (sender == CAUTH_FROM_SERVER)
        return (senders & SERVER) != 0;
    return senders != NOBODY;
}

/* The rule against a CertificateRequest or HelloRequest from a client, else that against messages out of order. */
static cauth_rule wrong_sender_rule(uint8_t msg_type)
{
    if (msg_type == CAUTH_CERTIFICATE_REQUEST)
        return CAUTH_CR_COM_01;
    return msg_type == CAUTH_HELLO_REQUEST ? CAUTH_HS_08 : CAUTH_HS_09;
}

static cauth_rule rule_against_type(const cauth_handshake_reader *r, const cauth_context *ctx, uint8_t msg_type)
{
    const row *type = &rows[msg_type];
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
    if (r->finished && !may_send(type->after_finished, ctx->sender))
        return CAUTH_HS_17;
    return CAUTH_RULE_NONE;
}

/* --- lengths --- */

static uint32_t cap_of(const cauth_limits *limits, uint8_t msg_type)
{
    if (msg_type == CAUTH_CERTIFICATE || msg_type == CAUTH_COMPRESSED_CERTIFICATE)
        return limits->certificate;
    if (msg_type == CAUTH_CERTIFICATE_REQUEST)
        return limits->certificate_request;
    return msg_type == CAUTH_CERTIFICATE_VERIFY ? limits->certificate_verify : limits->other;
}

static bool is_impossible_request(cauth_version version, uint32_t length)
{
    return length > (version == CAUTH_TLS12 ? CAUTH_MAX_CERTIFICATE_REQUEST_TLS12 : CAUTH_MAX_CERTIFICATE_REQUEST);
}

static cauth_rule rule_against_length(const cauth_context *ctx, uint8_t msg_type, uint32_t length)
{
    if (length > 0 && (msg_type == CAUTH_HELLO_REQUEST || msg_type == CAUTH_SERVER_HELLO_DONE))
        return CAUTH_HS_07;
    if (msg_type == CAUTH_CERTIFICATE_REQUEST && is_impossible_request(ctx->version, length))
        return CAUTH_CR_COM_06;
    return length > cap_of(&ctx->limits, msg_type) ? CAUTH_HS_04 : CAUTH_RULE_NONE;
}

/* --- putting one message together --- */

static cauth_handshake_assembly assembly_init(uint8_t *buffer, size_t cap)
{
    cauth_handshake_assembly a = { buffer, cap, 0, 0, 0, 0, 0, 0 };
    return a;
}

static void take_type(cauth_handshake_assembly *a, uint8_t msg_type, size_t offset)
{
    a->header_len = 1;
    a->msg_type = msg_type;
    a->length = 0;
    a->body_len = 0;
    a->offset = offset;
}

/* Takes what is there of the length; `offset` is that of the fragment in the stream. */
static size_t take_length(cauth_handshake_assembly *a, cauth_bytes fragment, size_t pos, size_t offset)
{
    if (a->header_len == 1 && pos < fragment.len)
        a->length_offset = offset + pos;
    while (a->header_len < CAUTH_HANDSHAKE_HEADER_LEN && pos < fragment.len) {
        a->length = a->length * 256u + fragment.ptr[pos];
        a->header_len++;
        pos++;
    }
    return pos;
}

static void copy_body(cauth_handshake_assembly *a, cauth_bytes piece)
{
    if (a->length > a->cap)
        return;
    for (size_t i = 0; i < piece.len; i++)
        a->buffer[a->body_len + i] = piece.ptr[i];
}

/* Takes what is there of the body, the header being complete. The message is complete when body_len is length. */
static size_t take_body(cauth_handshake_assembly *a, cauth_bytes fragment, size_t pos, cauth_bytes *body)
{
    cauth_bytes piece = bytes_first(bytes_from(fragment, pos), a->length - a->body_len);
    if (piece.len == a->length) {
        *body = piece;
    } else {
        copy_body(a, piece);
        body->ptr = a->length <= a->cap ? a->buffer : NULL;
        body->len = a->length <= a->cap ? a->length : 0;
    }
    a->body_len += (uint32_t)piece.len;
    return pos + piece.len;
}

static bool is_complete(const cauth_handshake_assembly *a)
{
    return a->header_len == CAUTH_HANDSHAKE_HEADER_LEN && a->body_len == a->length;
}

/* Hands the message out and is ready for the next one. */
static cauth_handshake take_message(cauth_handshake_assembly *a, cauth_bytes body)
{
    cauth_handshake message = { a->msg_type, a->length, body.len == a->length, body, a->offset };
    a->header_len = 0;
    return message;
}

/* --- the stream --- */

cauth_handshake_reader cauth_handshake_reader_init(uint8_t *buffer, size_t cap)
{
    cauth_handshake_reader r = {
        cauth_record_reader_init(), 0, 0, false, false, 0, 0, assembly_init(buffer, cap),
    };
    return r;
}

static bool is_pending(const cauth_handshake_reader *r)
{
    return r->assembly.header_len > 0;
}

/* Up to TLS 1.2: a client switches keys after its last message of key exchange or authentication, a server after what
 * it answers that with; in an abbreviated handshake both do so after their hello (RFC 5246 §7.3, RFC 5077 §3.3). */
static bool may_change_cipher(const cauth_handshake_reader *r, cauth_sender sender)
{
    bool client = r->last_type == CAUTH_CLIENT_HELLO || r->last_type == CAUTH_CLIENT_KEY_EXCHANGE ||
                  r->last_type == CAUTH_CERTIFICATE_VERIFY;
    bool server = r->last_type == CAUTH_SERVER_HELLO || r->last_type == CAUTH_NEW_SESSION_TICKET ||
                  r->last_type == CAUTH_SERVER_HELLO_DONE;
    return r->any_message && ((client && sender != CAUTH_FROM_SERVER) || (server && sender != CAUTH_FROM_CLIENT));
}

static cauth_event reject_record(cauth_handshake_reader *r, const cauth_record *record, cauth_rule rule)
{
    return record_reject(&r->records, rule, CAUTH_FIELD_CONTENT_TYPE, record->offset);
}

/* In TLS 1.3 a ChangeCipherSpec means nothing. It may come from the first ClientHello until the sender's Finished
 * (RFC 8446 §5); between two records of one message RFC 8446 §5 and §5.1 disagree about it. */
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
static cauth_event open_record(cauth_handshake_reader *r, const cauth_context *ctx, cauth_bytes unread)
{
    cauth_record record;
    cauth_event event = record_read(&r->records, ctx, unread, &record);
    if (event != CAUTH_READ_ITEM)
        return event;
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
static bool ends_record(uint8_t msg_type)
{
    return msg_type == CAUTH_CLIENT_HELLO || msg_type == CAUTH_SERVER_HELLO || msg_type == CAUTH_END_OF_EARLY_DATA ||
           msg_type == CAUTH_FINISHED || msg_type == CAUTH_KEY_UPDATE;
}

static cauth_event complete_message(cauth_handshake_reader *r, const cauth_context *ctx, cauth_bytes body,
                                    cauth_handshake *message)
{
    uint8_t msg_type = r->assembly.msg_type;
    if (ctx->version == CAUTH_TLS13 && ends_record(msg_type) && r->offset < r->records.offset)
        return record_reject(&r->records, CAUTH_REC_23, CAUTH_FIELD_FRAGMENT, r->offset);
    r->any_message = true;
    if (msg_type != CAUTH_HELLO_REQUEST)
        r->last_type = msg_type;
    if (msg_type == CAUTH_FINISHED)
        r->finished = true;
    *message = take_message(&r->assembly, body);
    return CAUTH_READ_ITEM;
}

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

/* Takes bytes of the record being read, up to the end of one message: `fragment`, not empty, is what is left of it. */
static cauth_event take_fragment(cauth_handshake_reader *r, const cauth_context *ctx, cauth_bytes fragment,
                                 cauth_handshake *message)
{
    cauth_handshake_assembly *a = &r->assembly;
    cauth_bytes body = { NULL, 0 };
    cauth_field field = CAUTH_FIELD_NONE;
    size_t at = 0;
    size_t pos = 0;
    if (a->header_len < CAUTH_HANDSHAKE_HEADER_LEN) {
        cauth_rule rule = take_header(r, ctx, fragment, &pos, &field, &at);
        if (rule != CAUTH_RULE_NONE)
            return record_reject(&r->records, rule, field, at);
    }
    record_flag_version(ctx, r->record_version, a->msg_type == CAUTH_CLIENT_HELLO, &r->records.flags);
    if (a->header_len == CAUTH_HANDSHAKE_HEADER_LEN)
        pos = take_body(a, fragment, pos, &body);
    r->offset += pos;
    return is_complete(a) ? complete_message(r, ctx, body, message) : CAUTH_READ_MORE;
}

/* Until a message is complete: bytes of the record being read, or the next record. Each turn consumes something. */
cauth_event cauth_handshake_next(cauth_handshake_reader *r, const cauth_context *ctx, cauth_bytes unread,
                                 cauth_handshake *message)
{
    size_t start = r->offset;
    if (!cauth_is_accepted(r->records.result))
        return CAUTH_READ_REJECTED;
    if (r->records.ended)
        return CAUTH_READ_END;
    for (;;) {
        cauth_bytes tail = bytes_from(unread, r->offset - start);
        size_t in_record = r->records.offset - r->offset;
        if (tail.len == 0 || tail.len < in_record)
            return CAUTH_READ_MORE;
        if (in_record > 0) {
            cauth_event event = take_fragment(r, ctx, bytes_first(tail, in_record), message);
            if (event != CAUTH_READ_MORE)
                return event;
        } else {
            cauth_event event = open_record(r, ctx, tail);
            if (event != CAUTH_READ_ITEM)
                return event;
        }
    }
}

cauth_result cauth_handshakes_parse(cauth_bytes in, const cauth_context *ctx, cauth_handshakes *out, cauth_flags *flags)
{
    cauth_handshake_reader r = cauth_handshake_reader_init(NULL, 0);
    cauth_handshake message;
    size_t num_messages = 0;
    cauth_event event = cauth_handshake_next(&r, ctx, in, &message);
    while (event == CAUTH_READ_ITEM) {
        num_messages++;
        event = cauth_handshake_next(&r, ctx, bytes_from(in, r.offset), &message);
    }
    if (event == CAUTH_READ_REJECTED)
        return r.records.result;
    if (event == CAUTH_READ_MORE && (is_pending(&r) || r.offset < in.len))
        cauth_flags_set(&r.records.flags, CAUTH_REC_01);
    out->records = bytes_first(in, r.records.offset);
    out->num_messages = num_messages;
    out->pending = is_pending(&r);
    out->rest = bytes_from(in, r.records.offset);
    *flags = r.records.flags;
    return cauth_accepted();
}

bool cauth_handshakes_write(const cauth_handshakes *v, cauth_writer *w)
{
    const cauth_records records = { v->records, 0, v->rest };
    return cauth_records_write(&records, w);
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
        cauth_iter_init(v->records), { 0, 0, { NULL, 0 }, 0, false }, 0, v->num_messages, assembly_init(buffer, cap),
    };
    return it;
}

/* Moves to a record with handshake bytes left. All of those are plaintext as long as messages are still to come. */
static bool find_bytes(cauth_handshake_iter *it)
{
    while (it->record.content_type != CAUTH_HANDSHAKE_RECORD || it->pos >= it->record.fragment.len) {
        if (!cauth_record_list_next(&it->records, &it->record))
            return false;
        it->pos = 0;
    }
    return true;
}

bool cauth_handshake_iter_next(cauth_handshake_iter *it, cauth_handshake *message)
{
    cauth_handshake_assembly *a = &it->assembly;
    cauth_bytes body = { NULL, 0 };
    if (it->left == 0)
        return false;
    do {
        if (!find_bytes(it))
            return false;
        size_t offset = it->record.offset + CAUTH_RECORD_HEADER_LEN;
        if (a->header_len == 0) {
            take_type(a, it->record.fragment.ptr[it->pos], offset + it->pos);
            it->pos++;
        }
        it->pos = take_length(a, it->record.fragment, it->pos, offset);
        if (a->header_len == CAUTH_HANDSHAKE_HEADER_LEN)
            it->pos = take_body(a, it->record.fragment, it->pos, &body);
    } while (!is_complete(a));
    it->left--;
    *message = take_message(a, body);
    return true;
}
