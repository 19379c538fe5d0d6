#include "record.h"

#include "judge.h"
#include "reader.h"

/* Position of the length in the header. */
#define LENGTH_AT 3u

typedef struct {
    uint8_t content_type;
    uint16_t version;
    uint16_t length;
    size_t offset;     /* of the record in the stream */
    bool is_protected; /* the fragment is ciphertext */
} header;

cauth_record_reader cauth_record_reader_init(void)
{
    cauth_record_reader r;
    record_start(&r);
    return r;
}

void record_start(cauth_record_reader *r)
{
    r->offset = 0;
    r->is_protected = false;
    r->half_alert = false;
    r->ended = false;
    r->result.rule = CAUTH_RULE_NONE;
    r->result.field = CAUTH_FIELD_NONE;
    r->result.offset = 0;
    r->flags = cauth_flags_none();
}

cauth_event record_reject(cauth_record_reader *r, cauth_rule rule, cauth_field field, size_t offset)
{
    r->result.rule = rule;
    r->result.field = field;
    r->result.offset = offset;
    return CAUTH_READ_REJECTED;
}

/*@ requires \valid_read(r) && \valid_read(ctx) && \valid_read(h);
    assigns \nothing;
 */
static bool is_ciphertext(const cauth_record_reader *r, const cauth_context *ctx, const header *h)
{
    if (ctx->version == CAUTH_TLS13)
        return h->content_type == CAUTH_APPLICATION_DATA;
    return r->is_protected;
}

/* A ClientHello in SSL 2.0 framing: a two-byte length with its high bit set, the message type 1, the version. Read as a
 * record it would have an unknown content type and a length of 2 or 0x0300 to 0x0304. */
/*@ requires \valid_read(ctx) && \valid_read(h);
    assigns \nothing;
 */
static bool is_sslv2_hello(const cauth_context *ctx, const header *h)
{
    bool names_version = h->length == 0x0002 || (h->length >= 0x0300 && h->length <= 0x0304);
    return h->offset == 0 && ctx->sender != CAUTH_FROM_SERVER && h->content_type >= 0x80 && h->version % 256u == 1 &&
           names_version;
}

/*@ requires \valid_read(ctx) && \valid_read(h) && context_ok(ctx);
    requires \valid(flags) && \separated(flags, ctx, h);
    assigns *flags;
    ensures accepted(\result) || \result.offset == h->offset;
    ensures accepted(\result) ==> \result.offset == 0;
 */
static cauth_result check_type(const cauth_context *ctx, const header *h, cauth_flags *flags)
{
    bool known = h->content_type >= CAUTH_CHANGE_CIPHER_SPEC && h->content_type <= CAUTH_APPLICATION_DATA;
    /* RFC 6520 §3 has a heartbeat that arrives during a handshake dropped; whether it was negotiated is not seen here.
     */
    if (h->content_type == CAUTH_HEARTBEAT && ctx->version != CAUTH_TLS13)
        cauth_flags_set(flags, CAUTH_REC_04);
    else if (!known)
        return judge(ctx, CAUTH_REC_04, CAUTH_FIELD_CONTENT_TYPE, h->offset, flags);
    if (h->content_type == CAUTH_APPLICATION_DATA && !h->is_protected)
        return cauth_rejected(CAUTH_REC_31, CAUTH_FIELD_CONTENT_TYPE, h->offset);
    return cauth_accepted();
}

/*@ requires \valid_read(h) && h->offset + LENGTH_AT <= SIZE_MAX && rule != CAUTH_RULE_NONE;
    assigns \nothing;
    ensures !accepted(\result) && \result.offset == h->offset + LENGTH_AT;
 */
static cauth_result bad_length(cauth_rule rule, const header *h)
{
    return cauth_rejected(rule, CAUTH_FIELD_RECORD_LENGTH, h->offset + LENGTH_AT);
}

/*@ requires \valid_read(ctx) && \valid_read(h) && h->offset + LENGTH_AT <= SIZE_MAX;
    assigns \nothing;
    ensures accepted(\result) ? \result.offset == 0 : \result.offset == h->offset + LENGTH_AT;
 */
static cauth_result check_ciphertext_length(const cauth_context *ctx, const header *h)
{
    if (ctx->version != CAUTH_TLS13) {
        /* A MAC or a tag stands behind whatever is protected (RFC 5246 §6.2.3): a single byte is a second
         * ChangeCipherSpec in plaintext. */
        if (h->content_type == CAUTH_CHANGE_CIPHER_SPEC && h->length == 1)
            return bad_length(CAUTH_REC_25, h);
        return h->length > CAUTH_MAX_CIPHERTEXT ? bad_length(CAUTH_REC_10, h) : cauth_accepted();
    }
    if (h->length > CAUTH_MAX_CIPHERTEXT_TLS13)
        return bad_length(CAUTH_REC_11, h);
    return h->length < CAUTH_MIN_CIPHERTEXT_TLS13 ? bad_length(CAUTH_REC_29, h) : cauth_accepted();
}

/*@ requires \valid_read(h) && h->offset + LENGTH_AT <= SIZE_MAX;
    assigns \nothing;
    ensures accepted(\result) ? \result.offset == 0 : \result.offset == h->offset + LENGTH_AT;
 */
static cauth_result check_plaintext_length_tls13(const header *h)
{
    if (h->content_type == CAUTH_CHANGE_CIPHER_SPEC)
        return h->length != 1 ? bad_length(CAUTH_REC_26, h) : cauth_accepted();
    if (h->length == 0)
        return bad_length(CAUTH_REC_17, h);
    if (h->content_type == CAUTH_ALERT_RECORD && h->length != 2)
        return bad_length(CAUTH_ALERT_06, h);
    return cauth_accepted();
}

/*@ requires \valid_read(ctx) && \valid_read(h) && h->offset + LENGTH_AT <= SIZE_MAX;
    requires \valid(flags) && \separated(flags, ctx, h);
    assigns *flags;
    ensures accepted(\result) ? \result.offset == 0 : \result.offset == h->offset + LENGTH_AT;
 */
static cauth_result check_plaintext_length(const cauth_context *ctx, const header *h, cauth_flags *flags)
{
    if (h->length > CAUTH_MAX_PLAINTEXT)
        return bad_length(CAUTH_REC_08, h);
    if (h->content_type < CAUTH_CHANGE_CIPHER_SPEC || h->content_type > CAUTH_HANDSHAKE_RECORD)
        return cauth_accepted();
    if (ctx->version == CAUTH_TLS13)
        return check_plaintext_length_tls13(h);
    if (h->length == 0 && ctx->version == CAUTH_TLS12)
        return bad_length(CAUTH_REC_16, h);
    if (h->length == 0)
        cauth_flags_set(flags, CAUTH_REC_15);
    if (h->content_type == CAUTH_CHANGE_CIPHER_SPEC && h->length > 1)
        return bad_length(CAUTH_REC_25, h);
    return cauth_accepted();
}

/* All that the five bytes tell, and the state of the direction. */
/*@ requires \valid_read(ctx) && \valid_read(h) && context_ok(ctx);
    requires \valid(flags) && \separated(flags, ctx, h) && h->offset + LENGTH_AT <= SIZE_MAX;
    assigns *flags;
    ensures \result.offset <= h->offset + LENGTH_AT;
 */
static cauth_result check_header(const cauth_context *ctx, const header *h, cauth_flags *flags)
{
    cauth_result e = check_type(ctx, h, flags);
    if (!cauth_is_accepted(e))
        return e;
    if (h->is_protected)
        return check_ciphertext_length(ctx, h);
    return check_plaintext_length(ctx, h, flags);
}

/*@ requires \valid(r) && \valid_read(ctx) && \valid_read(h) && readable(fragment);
    requires \separated(r, ctx, h) && h->offset + CAUTH_RECORD_HEADER_LEN <= SIZE_MAX;
    assigns r->is_protected;
    ensures accepted(\result) ? \result.offset == 0 : \result.offset == h->offset + CAUTH_RECORD_HEADER_LEN;
 */
static cauth_result check_change_cipher_spec(cauth_record_reader *r, const cauth_context *ctx, const header *h,
                                             cauth_bytes fragment)
{
    bool tls13 = ctx->version == CAUTH_TLS13;
    if (fragment.len == 0)
        return cauth_accepted();
    if (fragment.ptr[0] != 1)
        return cauth_rejected(tls13 ? CAUTH_REC_26 : CAUTH_REC_25, CAUTH_FIELD_CHANGE_CIPHER_SPEC,
                              h->offset + CAUTH_RECORD_HEADER_LEN);
    if (!tls13)
        r->is_protected = true;
    return cauth_accepted();
}

/* Before the ChangeCipherSpec there are no keys: more bytes than one alert needs, none of them a level, are no
 * encrypted alert, whatever a trace calls them. A half alert may be pending, so the level can be the second byte. */
/*@ requires \valid(r) && \valid_read(ctx) && readable(fragment) && \valid(flags);
    requires \separated(r, ctx, flags);
    assigns r->half_alert, *flags;
 */
static void flag_impossible_alert(cauth_record_reader *r, const cauth_context *ctx, cauth_bytes fragment,
                                  cauth_flags *flags)
{
    size_t level_at = r->half_alert ? 1 : 0;
    if (ctx->version == CAUTH_TLS13)
        return;
    if (fragment.len > 2 && (fragment.ptr[level_at] < 1 || fragment.ptr[level_at] > 2))
        cauth_flags_set(flags, CAUTH_REC_27);
    if (fragment.len % 2 != 0)
        r->half_alert = !r->half_alert;
}

/*@ requires \valid(r) && \valid_read(ctx) && \valid_read(h) && readable(fragment) && \valid(flags);
    requires \separated(r, ctx, h, flags) && h->offset + CAUTH_RECORD_HEADER_LEN <= SIZE_MAX;
    assigns r->half_alert, r->is_protected, *flags;
    ensures accepted(\result) ? \result.offset == 0 : \result.offset == h->offset + CAUTH_RECORD_HEADER_LEN;
 */
static cauth_result check_fragment(cauth_record_reader *r, const cauth_context *ctx, const header *h,
                                   cauth_bytes fragment, cauth_flags *flags)
{
    if (h->content_type == CAUTH_ALERT_RECORD)
        flag_impossible_alert(r, ctx, fragment, flags);
    if (h->content_type == CAUTH_CHANGE_CIPHER_SPEC)
        return check_change_cipher_spec(r, ctx, h, fragment);
    return cauth_accepted();
}

void record_flag_version(const cauth_context *ctx, uint16_t version, bool client_hello, cauth_flags *flags)
{
    if (version / 256u != 3)
        cauth_flags_set(flags, CAUTH_REC_05);
    else if (ctx->version == CAUTH_TLS13 && version != 0x0301 && version != 0x0303)
        cauth_flags_set(flags, CAUTH_REC_07);
    else if (ctx->version != CAUTH_TLS13 && version != cauth_version_wire(ctx->version) && !client_hello)
        cauth_flags_set(flags, CAUTH_REC_06);
}

/*@ requires \valid(in) && rd_ok(in) && \valid(h) && \separated(in, h);
    assigns in->pos, h->content_type, h->version, h->length;
    ensures \result ==> in->pos == \old(in->pos) + CAUTH_RECORD_HEADER_LEN <= in->end;
 */
static bool read_header(rd *in, header *h)
{
    return cauth_is_accepted(rd_u8(in, CAUTH_FIELD_CONTENT_TYPE, &h->content_type)) &&
           cauth_is_accepted(rd_u16(in, CAUTH_FIELD_RECORD_VERSION, &h->version)) &&
           cauth_is_accepted(rd_u16(in, CAUTH_FIELD_RECORD_LENGTH, &h->length));
}

/*@ requires \valid(record) && \valid_read(h) && \separated(record, h);
    assigns record->content_type, record->version, record->fragment.ptr, record->fragment.len, record->offset,
            record->is_protected;
    ensures record->content_type == h->content_type && record->version == h->version &&
        record->fragment.ptr == fragment.ptr && record->fragment.len == fragment.len &&
        record->offset == h->offset && record->is_protected == h->is_protected;
 */
static void set_record(cauth_record *record, const header *h, cauth_bytes fragment)
{
    record->content_type = h->content_type;
    record->version = h->version;
    record->fragment.ptr = fragment.ptr;
    record->fragment.len = fragment.len;
    record->offset = h->offset;
    record->is_protected = h->is_protected;
}

/*@ requires \valid(r) && \valid_read(ctx) && context_ok(ctx) && \valid_read(h) && readable(fragment);
    requires \valid(flags) && \valid(record) && \separated(r, ctx, h, flags, record);
    requires h->offset == r->offset && r->offset + CAUTH_RECORD_HEADER_LEN + fragment.len <= SIZE_MAX;
    requires r->result.rule == CAUTH_RULE_NONE;
    assigns *r, *flags, record->content_type, record->version, record->fragment.ptr, record->fragment.len,
            record->offset, record->is_protected;
    ensures r->result.rule == CAUTH_RULE_NONE ? \result == CAUTH_READ_ITEM : \result == CAUTH_READ_REJECTED;
    ensures \result != CAUTH_READ_ITEM ==> r->result.offset <= \old(r->offset) + CAUTH_RECORD_HEADER_LEN;
    ensures \result == CAUTH_READ_ITEM ==> record->offset == \old(r->offset) &&
        record->fragment.ptr == fragment.ptr && record->fragment.len == fragment.len &&
        r->offset == \old(r->offset) + CAUTH_RECORD_HEADER_LEN + fragment.len;
    ensures \result != CAUTH_READ_ITEM ==> r->offset == \old(r->offset) && *record == \old(*record);
 */
static cauth_event take_record(cauth_record_reader *r, const cauth_context *ctx, const header *h, cauth_bytes fragment,
                               cauth_flags *flags, cauth_record *record)
{
    cauth_result e = h->is_protected ? cauth_accepted() : check_fragment(r, ctx, h, fragment, flags);
    if (!cauth_is_accepted(e))
        return record_reject(r, e.rule, e.field, e.offset);
    r->flags = *flags;
    r->offset += CAUTH_RECORD_HEADER_LEN + fragment.len;
    set_record(record, h, fragment);
    return CAUTH_READ_ITEM;
}

cauth_event record_read(cauth_record_reader *r, const cauth_context *ctx, cauth_bytes unread, cauth_record *record)
{
    cauth_flags flags = r->flags;
    header h = { 0, 0, 0, r->offset, false };
    rd in = rd_init(unread);
    if (!cauth_is_accepted(r->result))
        return CAUTH_READ_REJECTED;
    if (r->ended)
        return CAUTH_READ_END;
    if (!read_header(&in, &h))
        return CAUTH_READ_MORE;
    if (is_sslv2_hello(ctx, &h)) {
        cauth_flags_set(&r->flags, CAUTH_REC_05);
        r->ended = true;
        return CAUTH_READ_END;
    }
    h.is_protected = is_ciphertext(r, ctx, &h);
    cauth_result e = check_header(ctx, &h, &flags);
    if (!cauth_is_accepted(e))
        return record_reject(r, e.rule, e.field, e.offset);
    if (h.content_type != CAUTH_HANDSHAKE_RECORD || h.is_protected)
        record_flag_version(ctx, h.version, false, &flags);
    if (rd_left(&in) < h.length) {
        r->flags = flags;
        return CAUTH_READ_MORE;
    }
    return take_record(r, ctx, &h, rd_span(&in, in.pos, in.pos + h.length), &flags, record);
}

cauth_event cauth_record_next(cauth_record_reader *r, const cauth_context *ctx, cauth_bytes unread,
                              cauth_record *record)
{
    bool first = r->offset == 0;
    cauth_event event = record_read(r, ctx, unread, record);
    if (event == CAUTH_READ_ITEM && record->content_type == CAUTH_HANDSHAKE_RECORD && !record->is_protected) {
        bool client_hello = first && record->fragment.len > 0 && record->fragment.ptr[0] == 1;
        record_flag_version(ctx, record->version, client_hello, &r->flags);
    }
    return event;
}

cauth_result cauth_records_parse(cauth_bytes in, const cauth_context *ctx, cauth_records *out, cauth_flags *flags)
{
    cauth_record_reader r;
    cauth_record record;
    size_t num_records = 0;
    record_start(&r);
    cauth_event event = cauth_record_next(&r, ctx, in, &record);
    /*@ loop invariant r.offset <= in.len && num_records <= r.offset;
        loop invariant event == CAUTH_READ_REJECTED <==> r.result.rule != CAUTH_RULE_NONE;
        loop invariant event == CAUTH_READ_REJECTED ==> r.result.offset <= in.len;
        loop invariant event == CAUTH_READ_ITEM ==> num_records < r.offset;
        loop assigns r, record, num_records, event;
        loop variant in.len - r.offset + (event == CAUTH_READ_ITEM ? 1 : 0);
     */
    while (event == CAUTH_READ_ITEM) {
        num_records++;
        event = cauth_record_next(&r, ctx, bytes_from(in, r.offset), &record);
    }
    if (event == CAUTH_READ_REJECTED)
        return r.result;
    if (event == CAUTH_READ_MORE && r.offset < in.len)
        cauth_flags_set(&r.flags, CAUTH_REC_01);
    out->records = bytes_first(in, r.offset);
    out->num_records = num_records;
    out->rest = bytes_from(in, r.offset);
    *flags = r.flags;
    return cauth_accepted();
}

bool cauth_record_list_next(cauth_iter *it, cauth_record *record)
{
    header h = { 0, 0, 0, it->pos, false };
    rd r = rd_init_at(it->list, it->pos);
    if (!read_header(&r, &h) || rd_left(&r) < h.length)
        return false;
    it->pos = r.pos + h.length;
    set_record(record, &h, rd_span(&r, r.pos, it->pos));
    return true;
}

bool cauth_record_write(uint8_t content_type, uint16_t version, cauth_bytes fragment, cauth_writer *w)
{
    cauth_write_u8(w, content_type);
    cauth_write_u16(w, version);
    return cauth_write_vector(w, 2, fragment);
}

bool records_write(cauth_bytes records, cauth_bytes rest, cauth_writer *w)
{
    cauth_iter it = cauth_iter_init(records);
    cauth_record record;
    /*@ loop invariant it.list.ptr == records.ptr && it.list.len == records.len && writer_ok(w) &&
            \at(w->len, Pre) <= w->len;
        loop invariant \at(w->failed, Pre) ==> w->failed;
        loop assigns it.pos, record.content_type, record.version, record.fragment.ptr, record.fragment.len,
            record.offset, record.is_protected, w->len, w->failed, w->ptr[\at(w->len, Pre) .. w->cap - 1];
        loop variant it.list.len - it.pos;
     */
    while (cauth_record_list_next(&it, &record))
        cauth_record_write(record.content_type, record.version, record.fragment, w);
    return cauth_write_bytes(w, rest);
}

bool cauth_records_write(const cauth_records *v, cauth_writer *w)
{
    return records_write(v->records, v->rest, w);
}
