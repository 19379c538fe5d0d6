#include "cauth/x509.h"

#include "judge.h"
#include "name.h"

#define VERSION_TAG 0xA0u
#define ISSUER_UNIQUE_ID_TAG 0x81u
#define SUBJECT_UNIQUE_ID_TAG 0x82u
#define EXTENSIONS_TAG 0xA3u

/*@ predicate want_ok{L}(der_want *want) =
        \valid_read(want) && want->rule != CAUTH_RULE_NONE && rules_ok(want->rules);

    // A span that is a part of what r has read.
    predicate rd_part{L}(cauth_bytes *span, rd *r) = readable(span) && rd_inside(span, r);

    // A span in the first `end` bytes at `base`, as values: what is written to memory meanwhile cannot matter to a
    // proof. With base and end of a reader it is readable.
    predicate part(uint8_t *ptr, integer len, uint8_t *base, integer end) = len == 0 ||
        (\base_addr(ptr) == \base_addr(base) && base <= ptr && ptr + len <= base + end);

    // The signature, the last part of a certificate, ends where r stands, but for end-of-contents octets.
    predicate signature_ends{L}(cauth_x509 *v, rd *r) = v->signature_value.len > 0 &&
        (v->signature_value.ptr + v->signature_value.len == r->base + r->pos ||
         v->signature_value.ptr + v->signature_value.len + 2 == r->base + r->pos);
 */

/* What a broken TLV is called in each part. The form of lengths is one rule for the whole certificate, its names
 * included: X.509 asks for DER whatever the version of TLS. */
static const der_rules whole_rules = { CAUTH_X5_01, CAUTH_X5_03, CAUTH_X5_03 };
static const der_rules body_rules = { CAUTH_X5_02, CAUTH_X5_03, CAUTH_X5_03 };
static const der_rules serial_rules = { CAUTH_X5_05, CAUTH_X5_03, CAUTH_X5_03 };
static const der_rules name_rules = { CAUTH_DN_02, CAUTH_X5_03, CAUTH_X5_03 };
static const der_rules spki_rules = { CAUTH_X5_09, CAUTH_X5_03, CAUTH_X5_03 };
static const der_rules tail_rules = { CAUTH_X5_10, CAUTH_X5_03, CAUTH_X5_03 };

/* The extension types that are looked for: id-ce (RFC 5280 §4.2.1) and the last arc. */
#define KEY_USAGE 15u
#define SUBJECT_ALT_NAME 17u
#define BASIC_CONSTRAINTS 19u
#define EXTENDED_KEY_USAGE 37u

/* What two_digits gives for anything but digits. */
#define NO_NUMBER 100u

/*@ requires readable(oid);
    assigns \nothing;
 */
static bool is_id_ce(cauth_bytes oid, unsigned arc)
{
    return oid.len == 3 && oid.ptr[0] == 0x55 && oid.ptr[1] == 0x1D && oid.ptr[2] == arc;
}

/* The first identifier octet at r; 0, which begins no value, where there is none. */
/*@ requires \valid_read(r) && rd_ok(r);
    assigns \nothing;
 */
static uint8_t next_tag(const rd *r)
{
    return rd_left(r) > 0 ? r->base[r->pos] : 0;
}

/* The parameters of an AlgorithmIdentifier, whose type the algorithm decides. All algorithms in use have a NULL,
 * without content (X.690 §8.8.2), an OBJECT IDENTIFIER or a SEQUENCE; the content of anything else is not looked into.
 */
/*@ requires \valid(r) && rd_ok(r) && want_ok(want) && \valid_read(ctx) && context_ok(ctx) && \valid(flags);
    requires \separated(r, want, want->rules, ctx, flags);
    assigns r->pos, *flags;
    ensures \old(r->pos) <= r->pos <= r->end;
    ensures \result.offset <= r->end;
 */
static cauth_result check_parameters(rd *r, const der_want *want, const cauth_context *ctx, cauth_flags *flags)
{
    der_tlv t;
    cauth_result e = der_next(r, want->field, want->rules, ctx, &t, flags);
    if (!cauth_is_accepted(e))
        return e;
    if (t.tag == DER_OID)
        return der_oid(r, &t, want->rule, want->field);
    if (t.tag == DER_NULL && t.content < t.content_end)
        return cauth_rejected(want->rule, want->field, t.length_at);
    if (t.tag != DER_NULL && t.tag != DER_SEQUENCE)
        cauth_flags_set(flags, CAUTH_LIM_03);
    return e;
}

/* AlgorithmIdentifier ::= SEQUENCE { algorithm OBJECT IDENTIFIER, parameters ANY OPTIONAL } (RFC 5280 §4.1.1.2). The
 * content left in r; `want` is how the SEQUENCE was asked for. */
/*@ requires \valid(r) && rd_ok(r) && want_ok(want) && \valid_read(ctx) && context_ok(ctx) && \valid(flags);
    requires \separated(r, want, want->rules, ctx, flags);
    assigns r->pos, *flags;
    ensures accepted(\result) ==> r->pos == r->end;
    ensures \old(r->pos) <= r->pos <= r->end;
    ensures \result.offset <= r->end;
 */
static cauth_result check_algorithm(rd *r, const der_want *want, const cauth_context *ctx, cauth_flags *flags)
{
    const der_want oid_want = { DER_OID, want->field, want->rule, want->rules };
    der_tlv t;
    cauth_result e = der_expect(r, &oid_want, ctx, &t, flags);
    if (!cauth_is_accepted(e))
        return e;
    e = der_oid(r, &t, want->rule, want->field);
    if (!cauth_is_accepted(e))
        return e;
    if (rd_left(r) > 0)
        e = check_parameters(r, want, ctx, flags);
    if (!cauth_is_accepted(e))
        return e;
    return rd_finish(r, want->rule, want->field);
}

/*@ requires \valid(r) && rd_ok(r) && want_ok(want) && \valid_read(ctx) && context_ok(ctx);
    requires \valid(algorithm) && \valid(flags) && \separated(r, want, want->rules, ctx, algorithm, flags);
    assigns r->pos, algorithm->ptr, algorithm->len, *flags;
    ensures accepted(\result) ==> rd_part(algorithm, r);
    ensures \old(r->pos) <= r->pos <= r->end;
    ensures \result.offset <= r->end;
 */
static cauth_result walk_algorithm(rd *r, const der_want *want, const cauth_context *ctx, cauth_bytes *algorithm,
                                   cauth_flags *flags)
{
    der_tlv t;
    cauth_result e = der_expect(r, want, ctx, &t, flags);
    if (!cauth_is_accepted(e))
        return e;
    rd inside = der_inside(r, &t);
    set_bytes(algorithm, rd_rest(&inside));
    return check_algorithm(&inside, want, ctx, flags);
}

/* The INTEGER that is all of r. */
/*@ requires \valid(r) && rd_ok(r) && \valid_read(ctx) && context_ok(ctx) && \valid(v) && \valid(flags);
    requires \separated(r, ctx, v, flags);
    assigns r->pos, v->version.ptr, v->version.len, *flags;
    ensures accepted(\result) ==> rd_part(&v->version, r);
    ensures \old(r->pos) <= r->pos <= r->end;
    ensures \result.offset <= r->end;
 */
static cauth_result walk_version_number(rd *r, const cauth_context *ctx, cauth_x509 *v, cauth_flags *flags)
{
    static const der_want want = { DER_INTEGER, CAUTH_FIELD_X509_VERSION, CAUTH_X5_02, &body_rules };
    der_tlv t;
    cauth_result e = der_expect(r, &want, ctx, &t, flags);
    if (!cauth_is_accepted(e))
        return e;
    set_bytes(&v->version, der_content(r, &t));
    if (v->version.len == 0)
        return cauth_rejected(CAUTH_X5_02, CAUTH_FIELD_X509_VERSION, t.length_at);
    if (v->version.len != 1 || v->version.ptr[0] == 0 || v->version.ptr[0] > 2)
        e = judge(ctx, CAUTH_X5_04, CAUTH_FIELD_X509_VERSION, t.content, flags);
    if (!cauth_is_accepted(e))
        return e;
    return rd_finish(r, CAUTH_X5_02, CAUTH_FIELD_X509_VERSION);
}

/* version [0] EXPLICIT Version DEFAULT v1 */
/*@ requires \valid(r) && rd_ok(r) && \valid_read(ctx) && context_ok(ctx) && \valid(v) && \valid(flags);
    requires \separated(r, ctx, v, flags);
    assigns r->pos, v->version.ptr, v->version.len, *flags;
    ensures accepted(\result) ==> rd_part(&v->version, r);
    ensures \old(r->pos) <= r->pos <= r->end;
    ensures \result.offset <= r->end;
 */
static cauth_result walk_version(rd *r, const cauth_context *ctx, cauth_x509 *v, cauth_flags *flags)
{
    static const der_want want = { VERSION_TAG, CAUTH_FIELD_X509_VERSION, CAUTH_X5_02, &body_rules };
    der_tlv t;
    set_bytes(&v->version, rd_span(r, r->pos, r->pos));
    if (next_tag(r) != VERSION_TAG)
        return cauth_accepted();
    cauth_result e = der_expect(r, &want, ctx, &t, flags);
    if (!cauth_is_accepted(e))
        return e;
    rd inside = der_inside(r, &t);
    return walk_version_number(&inside, ctx, v, flags);
}

/* X5-05, of the INTEGER: two's complement (X.690 §8.3). */
/*@ requires \valid_read(r) && rd_ok(r) && \valid_read(t) && t->length_at <= t->content <= t->content_end <= r->end;
    requires \valid(flags) && \separated(r, t, flags);
    assigns *flags;
    ensures \result.offset <= r->end;
 */
static cauth_result check_serial(const rd *r, const der_tlv *t, cauth_flags *flags)
{
    size_t len = t->content_end - t->content;
    if (len == 0)
        return cauth_rejected(CAUTH_X5_05, CAUTH_FIELD_X509_SERIAL, t->length_at);
    uint8_t first = r->base[t->content];
    if (len > 1) {
        bool next_is_negative = r->base[t->content + 1] >= 0x80;
        if ((first == 0 && !next_is_negative) || (first == 0xFF && next_is_negative))
            return cauth_rejected(CAUTH_X5_05, CAUTH_FIELD_X509_SERIAL, t->content);
    }
    if ((len == 1 && first == 0) || first >= 0x80 || len > 20)
        cauth_flags_set(flags, CAUTH_X5_05);
    return cauth_accepted();
}

/*@ requires \valid(r) && rd_ok(r) && \valid_read(ctx) && context_ok(ctx) && \valid(v) && \valid(flags);
    requires \separated(r, ctx, v, flags);
    assigns r->pos, v->serial_number.ptr, v->serial_number.len, *flags;
    ensures accepted(\result) ==> rd_part(&v->serial_number, r);
    ensures \old(r->pos) <= r->pos <= r->end;
    ensures \result.offset <= r->end;
 */
static cauth_result walk_serial(rd *r, const cauth_context *ctx, cauth_x509 *v, cauth_flags *flags)
{
    static const der_want want = { DER_INTEGER, CAUTH_FIELD_X509_SERIAL, CAUTH_X5_05, &serial_rules };
    der_tlv t;
    cauth_result e = der_expect(r, &want, ctx, &t, flags);
    if (!cauth_is_accepted(e))
        return e;
    set_bytes(&v->serial_number, der_content(r, &t));
    return check_serial(r, &t, flags);
}

/* A Name, and its encoding. */
/*@ requires \valid(r) && rd_ok(r) && \valid_read(ctx) && context_ok(ctx) && \valid(encoding) && \valid(name);
    requires \valid(flags) && \separated(r, ctx, encoding, name, flags);
    assigns r->pos, encoding->ptr, encoding->len, name->rdns.ptr, name->rdns.len, *flags;
    ensures accepted(\result) ==> rd_part(encoding, r);
    ensures \old(r->pos) <= r->pos <= r->end;
    ensures \result.offset <= r->end;
 */
static cauth_result walk_name(rd *r, cauth_field field, const cauth_context *ctx, cauth_bytes *encoding,
                              cauth_name *name, cauth_flags *flags)
{
    size_t start = r->pos;
    cauth_result e = name_walk(r, field, &name_rules, ctx, name, flags);
    if (cauth_is_accepted(e))
        set_bytes(encoding, rd_span(r, start, r->pos));
    return e;
}

/*@ assigns \nothing;
    ensures \result <==> '0' <= c <= '9';
 */
static bool is_digit(unsigned c)
{
    return c >= '0' && c <= '9';
}

/* Two digits at i as a number; NO_NUMBER, which is larger than all of those, where they are none. */
/*@ requires readable(value) && i + 2 <= value.len;
    assigns \nothing;
    ensures \result <= NO_NUMBER;
 */
static unsigned two_digits(cauth_bytes value, size_t i)
{
    unsigned tens = value.ptr[i];
    unsigned ones = value.ptr[i + 1];
    if (!is_digit(tens) || !is_digit(ones))
        return NO_NUMBER;
    return (tens - '0') * 10u + (ones - '0');
}

/* MMDDHHMMSSZ at i, the last octets of a time. */
/*@ requires readable(value) && i + 11 <= value.len;
    assigns \nothing;
 */
static bool is_time_of_year(cauth_bytes value, size_t i)
{
    unsigned month = two_digits(value, i);
    unsigned day = two_digits(value, i + 2);
    return month >= 1 && month <= 12 && day >= 1 && day <= 31 && two_digits(value, i + 4) <= 23 &&
           two_digits(value, i + 6) <= 59 && two_digits(value, i + 8) <= 59 && value.ptr[i + 10] == 'Z';
}

/* RFC 5280 §4.1.2.5: YYMMDDHHMMSSZ through 2049, YYYYMMDDHHMMSSZ from 2050 on. */
/*@ requires \valid_read(time) && readable(&time->value);
    assigns \nothing;
 */
static bool is_date(const cauth_x509_time *time)
{
    if (time->tag == DER_UTC_TIME && time->value.len == 13)
        return two_digits(time->value, 0) != NO_NUMBER && is_time_of_year(time->value, 2);
    if (time->tag != DER_GENERALIZED_TIME || time->value.len != 15)
        return false;
    unsigned century = two_digits(time->value, 0);
    unsigned year = two_digits(time->value, 2);
    return century != NO_NUMBER && year != NO_NUMBER && century * 100 + year >= 2050 && is_time_of_year(time->value, 4);
}

/*@ requires \valid(r) && rd_ok(r) && \valid_read(ctx) && context_ok(ctx) && \valid(time) && \valid(flags);
    requires \separated(r, ctx, time, flags);
    assigns r->pos, time->tag, time->value.ptr, time->value.len, *flags;
    ensures accepted(\result) ==> rd_part(&time->value, r);
    ensures \old(r->pos) <= r->pos <= r->end;
    ensures \result.offset <= r->end;
 */
static cauth_result walk_time(rd *r, cauth_field field, const cauth_context *ctx, cauth_x509_time *time,
                              cauth_flags *flags)
{
    der_tlv t;
    if (next_tag(r) % 32u == 31u)
        return cauth_rejected(CAUTH_X5_02, field, r->pos);
    cauth_result e = der_next(r, field, &body_rules, ctx, &t, flags);
    if (!cauth_is_accepted(e))
        return e;
    time->tag = t.tag;
    set_bytes(&time->value, der_content(r, &t));
    if (!is_date(time))
        cauth_flags_set(flags, CAUTH_X5_08);
    return cauth_accepted();
}

/* The content of Validity. */
/*@ requires \valid(r) && rd_ok(r) && \valid_read(ctx) && context_ok(ctx) && \valid(v) && \valid(flags);
    requires \separated(r, ctx, v, flags);
    assigns r->pos, v->not_before.tag, v->not_before.value.ptr, v->not_before.value.len, v->not_after.tag,
        v->not_after.value.ptr, v->not_after.value.len, *flags;
    ensures accepted(\result) ==> rd_part(&v->not_before.value, r) && rd_part(&v->not_after.value, r);
    ensures \old(r->pos) <= r->pos <= r->end;
    ensures \result.offset <= r->end;
 */
static cauth_result walk_times(rd *r, const cauth_context *ctx, cauth_x509 *v, cauth_flags *flags)
{
    cauth_result e = walk_time(r, CAUTH_FIELD_X509_NOT_BEFORE, ctx, &v->not_before, flags);
    if (!cauth_is_accepted(e))
        return e;
    e = walk_time(r, CAUTH_FIELD_X509_NOT_AFTER, ctx, &v->not_after, flags);
    if (!cauth_is_accepted(e))
        return e;
    return rd_finish(r, CAUTH_X5_02, CAUTH_FIELD_X509_VALIDITY);
}

/*@ requires \valid(r) && rd_ok(r) && \valid_read(ctx) && context_ok(ctx) && \valid(v) && \valid(flags);
    requires \separated(r, ctx, v, flags);
    assigns r->pos, v->not_before.tag, v->not_before.value.ptr, v->not_before.value.len, v->not_after.tag,
        v->not_after.value.ptr, v->not_after.value.len, *flags;
    ensures accepted(\result) ==> rd_part(&v->not_before.value, r) && rd_part(&v->not_after.value, r);
    ensures \old(r->pos) <= r->pos <= r->end;
    ensures \result.offset <= r->end;
 */
static cauth_result walk_validity(rd *r, const cauth_context *ctx, cauth_x509 *v, cauth_flags *flags)
{
    static const der_want want = { DER_SEQUENCE, CAUTH_FIELD_X509_VALIDITY, CAUTH_X5_02, &body_rules };
    der_tlv t;
    cauth_result e = der_expect(r, &want, ctx, &t, flags);
    if (!cauth_is_accepted(e))
        return e;
    rd inside = der_inside(r, &t);
    return walk_times(&inside, ctx, v, flags);
}

/* A BIT STRING has an octet that counts the unused bits of the last one, 0 to 7; none where no other follows (X.690
 * §8.6.2). */
/*@ requires \valid_read(r) && rd_ok(r) && \valid_read(t) && t->length_at <= t->content <= t->content_end <= r->end;
    requires rule != CAUTH_RULE_NONE;
    assigns \nothing;
    ensures accepted(\result) ==> t->content < t->content_end;
    ensures \result.offset <= r->end;
 */
static cauth_result check_bit_string(const rd *r, const der_tlv *t, cauth_rule rule, cauth_field field)
{
    if (t->content == t->content_end)
        return cauth_rejected(rule, field, t->length_at);
    bool is_empty = t->content_end - t->content == 1;
    if (r->base[t->content] > (is_empty ? 0 : 7))
        return cauth_rejected(rule, field, t->content);
    return cauth_accepted();
}

/* The content of SubjectPublicKeyInfo. */
/*@ requires \valid(r) && rd_ok(r) && \valid_read(ctx) && context_ok(ctx) && \valid(v) && \valid(flags);
    requires \separated(r, ctx, v, flags);
    assigns r->pos, v->spki_algorithm.ptr, v->spki_algorithm.len, v->public_key.ptr, v->public_key.len, *flags;
    ensures accepted(\result) ==> rd_part(&v->spki_algorithm, r) && rd_part(&v->public_key, r);
    ensures \old(r->pos) <= r->pos <= r->end;
    ensures \result.offset <= r->end;
 */
static cauth_result walk_key(rd *r, const cauth_context *ctx, cauth_x509 *v, cauth_flags *flags)
{
    static const der_want algorithm = { DER_SEQUENCE, CAUTH_FIELD_X509_SPKI_ALGORITHM, CAUTH_X5_09, &spki_rules };
    static const der_want key = { DER_BIT_STRING, CAUTH_FIELD_X509_PUBLIC_KEY, CAUTH_X5_09, &spki_rules };
    der_tlv t;
    cauth_result e = walk_algorithm(r, &algorithm, ctx, &v->spki_algorithm, flags);
    if (!cauth_is_accepted(e))
        return e;
    e = der_expect(r, &key, ctx, &t, flags);
    if (!cauth_is_accepted(e))
        return e;
    set_bytes(&v->public_key, der_content(r, &t));
    e = check_bit_string(r, &t, CAUTH_X5_09, CAUTH_FIELD_X509_PUBLIC_KEY);
    if (!cauth_is_accepted(e))
        return e;
    return rd_finish(r, CAUTH_X5_09, CAUTH_FIELD_X509_SPKI);
}

/* SubjectPublicKeyInfo ::= SEQUENCE { algorithm AlgorithmIdentifier, subjectPublicKey BIT STRING } */
/*@ requires \valid(r) && rd_ok(r) && \valid_read(ctx) && context_ok(ctx) && \valid(v) && \valid(flags);
    requires \separated(r, ctx, v, flags);
    assigns r->pos, v->spki.ptr, v->spki.len, v->spki_algorithm.ptr, v->spki_algorithm.len, v->public_key.ptr,
        v->public_key.len, *flags;
    ensures accepted(\result) ==> rd_part(&v->spki, r) && rd_part(&v->spki_algorithm, r) &&
        rd_part(&v->public_key, r);
    ensures \old(r->pos) <= r->pos <= r->end;
    ensures \result.offset <= r->end;
 */
static cauth_result walk_spki(rd *r, const cauth_context *ctx, cauth_x509 *v, cauth_flags *flags)
{
    static const der_want want = { DER_SEQUENCE, CAUTH_FIELD_X509_SPKI, CAUTH_X5_09, &spki_rules };
    der_tlv t;
    cauth_result e = der_expect(r, &want, ctx, &t, flags);
    if (!cauth_is_accepted(e))
        return e;
    rd inside = der_inside(r, &t);
    e = walk_key(&inside, ctx, v, flags);
    if (cauth_is_accepted(e))
        set_bytes(&v->spki, rd_span(r, t.start, t.next));
    return e;
}

/* issuerUniqueID [1] and subjectUniqueID [2], IMPLICIT BIT STRING OPTIONAL, from v2 on: v1 has no version field, and
 * one that says anything but v2 or v3 was judged already. */
/*@ requires \valid(r) && rd_ok(r) && \valid_read(ctx) && context_ok(ctx) && \valid_read(v);
    requires \valid(id) && \valid(flags) && \separated(r, ctx, v, flags) && \separated(r, ctx, &v->version, id, flags);
    assigns r->pos, id->ptr, id->len, *flags;
    ensures accepted(\result) ==> rd_part(id, r);
    ensures \old(r->pos) <= r->pos <= r->end;
    ensures \result.offset <= r->end;
 */
static cauth_result walk_unique_id(rd *r, uint8_t tag, const cauth_context *ctx, const cauth_x509 *v, cauth_bytes *id,
                                   cauth_flags *flags)
{
    const der_want want = { tag, CAUTH_FIELD_X509_UNIQUE_ID, CAUTH_X5_10, &tail_rules };
    cauth_result e = cauth_accepted();
    der_tlv t;
    set_bytes(id, rd_span(r, r->pos, r->pos));
    if (next_tag(r) != tag)
        return e;
    if (v->version.len == 0)
        e = judge(ctx, CAUTH_X5_04, CAUTH_FIELD_X509_UNIQUE_ID, r->pos, flags);
    if (!cauth_is_accepted(e))
        return e;
    e = der_expect(r, &want, ctx, &t, flags);
    if (!cauth_is_accepted(e))
        return e;
    set_bytes(id, der_content(r, &t));
    return check_bit_string(r, &t, CAUTH_X5_10, CAUTH_FIELD_X509_UNIQUE_ID);
}

/* critical BOOLEAN DEFAULT FALSE: written out only when true, and then as FF (X.690 §11.1, §11.5). */
/*@ requires \valid(r) && rd_ok(r) && \valid_read(ctx) && context_ok(ctx) && \valid(flags) && \separated(r, ctx, flags);
    assigns r->pos, *flags;
    ensures \old(r->pos) <= r->pos <= r->end;
    ensures \result.offset <= r->end;
 */
static cauth_result walk_critical(rd *r, const cauth_context *ctx, cauth_flags *flags)
{
    static const der_want want = { DER_BOOLEAN, CAUTH_FIELD_X509_EXTENSION_CRITICAL, CAUTH_X5_10, &tail_rules };
    der_tlv t;
    if (next_tag(r) != DER_BOOLEAN)
        return cauth_accepted();
    cauth_result e = der_expect(r, &want, ctx, &t, flags);
    if (!cauth_is_accepted(e))
        return e;
    if (t.content_end - t.content != 1)
        return cauth_rejected(CAUTH_X5_10, CAUTH_FIELD_X509_EXTENSION_CRITICAL, t.length_at);
    if (r->base[t.content] != 0xFF)
        cauth_flags_set(flags, CAUTH_X5_12);
    return e;
}

/*@ requires \valid(kept);
    assigns kept->ptr, kept->len;
    ensures \old(kept->len) == 0 ? kept->ptr == value.ptr && kept->len == value.len :
        kept->ptr == \old(kept->ptr) && kept->len == \old(kept->len);
 */
static void keep_if_none(cauth_bytes *kept, cauth_bytes value)
{
    if (kept->len == 0)
        set_bytes(kept, value);
}

/*@ requires readable(oid) && \valid(v);
    assigns v->key_usage.ptr, v->key_usage.len, v->extended_key_usage.ptr, v->extended_key_usage.len,
        v->basic_constraints.ptr, v->basic_constraints.len;
    ensures v->key_usage.ptr == value.ptr && v->key_usage.len == value.len ||
        v->key_usage.ptr == \old(v->key_usage.ptr) && v->key_usage.len == \old(v->key_usage.len);
    ensures v->extended_key_usage.ptr == value.ptr && v->extended_key_usage.len == value.len ||
        v->extended_key_usage.ptr == \old(v->extended_key_usage.ptr) &&
        v->extended_key_usage.len == \old(v->extended_key_usage.len);
    ensures v->basic_constraints.ptr == value.ptr && v->basic_constraints.len == value.len ||
        v->basic_constraints.ptr == \old(v->basic_constraints.ptr) &&
        v->basic_constraints.len == \old(v->basic_constraints.len);
 */
static void keep_known_extension(cauth_bytes oid, cauth_bytes value, cauth_x509 *v)
{
    if (is_id_ce(oid, KEY_USAGE))
        keep_if_none(&v->key_usage, value);
    if (is_id_ce(oid, EXTENDED_KEY_USAGE))
        keep_if_none(&v->extended_key_usage, value);
    if (is_id_ce(oid, BASIC_CONSTRAINTS))
        keep_if_none(&v->basic_constraints, value);
}

/* The content of Extension. */
/*@ requires \valid(r) && rd_ok(r) && \valid_read(ctx) && context_ok(ctx) && \valid(oid) && \valid(v) && \valid(flags);
    requires \separated(r, ctx, oid, v, flags);
    requires part(v->key_usage.ptr, v->key_usage.len, r->base, r->end);
    requires part(v->extended_key_usage.ptr, v->extended_key_usage.len, r->base, r->end);
    requires part(v->basic_constraints.ptr, v->basic_constraints.len, r->base, r->end);
    assigns r->pos, oid->ptr, oid->len, *flags, v->key_usage.ptr, v->key_usage.len, v->extended_key_usage.ptr,
        v->extended_key_usage.len, v->basic_constraints.ptr, v->basic_constraints.len;
    ensures accepted(\result) ==> part(v->key_usage.ptr, v->key_usage.len, r->base, r->end);
    ensures accepted(\result) ==> part(v->extended_key_usage.ptr, v->extended_key_usage.len, r->base, r->end);
    ensures accepted(\result) ==> part(v->basic_constraints.ptr, v->basic_constraints.len, r->base, r->end);
    ensures accepted(\result) ==> part(oid->ptr, oid->len, r->base, r->end);
    ensures \old(r->pos) <= r->pos <= r->end;
    ensures \result.offset <= r->end;
 */
static cauth_result walk_extension_fields(rd *r, const cauth_context *ctx, cauth_bytes *oid, cauth_x509 *v,
                                          cauth_flags *flags)
{
    static const der_want id = { DER_OID, CAUTH_FIELD_X509_EXTENSION_OID, CAUTH_X5_10, &tail_rules };
    static const der_want octets = { DER_OCTET_STRING, CAUTH_FIELD_X509_EXTENSION_VALUE, CAUTH_X5_10, &tail_rules };
    der_tlv t;
    cauth_result e = der_expect(r, &id, ctx, &t, flags);
    if (!cauth_is_accepted(e))
        return e;
    e = der_oid(r, &t, CAUTH_X5_10, CAUTH_FIELD_X509_EXTENSION_OID);
    if (!cauth_is_accepted(e))
        return e;
    set_bytes(oid, der_content(r, &t));
    //@ assert part(oid->ptr, oid->len, r->base, r->end);
    //@ assert \at(r->pos, Pre) <= r->pos <= r->end;
    e = walk_critical(r, ctx, flags);
    if (!cauth_is_accepted(e))
        return e;
    //@ assert \at(r->pos, Pre) <= r->pos <= r->end;
    //@ assert part(oid->ptr, oid->len, r->base, r->end);
    e = der_expect(r, &octets, ctx, &t, flags);
    if (!cauth_is_accepted(e))
        return e;
    keep_known_extension(*oid, der_content(r, &t), v);
    //@ assert part(v->key_usage.ptr, v->key_usage.len, r->base, r->end);
    //@ assert part(v->extended_key_usage.ptr, v->extended_key_usage.len, r->base, r->end);
    //@ assert part(v->basic_constraints.ptr, v->basic_constraints.len, r->base, r->end);
    //@ assert \at(r->pos, Pre) <= r->pos <= r->end;
    //@ assert part(oid->ptr, oid->len, r->base, r->end);
    //@ assert r->base == \at(r->base, Pre) && r->end == \at(r->end, Pre);
    return rd_finish(r, CAUTH_X5_10, CAUTH_FIELD_X509_EXTENSION);
}

/* Extension ::= SEQUENCE { extnID OBJECT IDENTIFIER, critical BOOLEAN DEFAULT FALSE, extnValue OCTET STRING } */
/*@ requires \valid(r) && rd_ok(r) && \valid_read(ctx) && context_ok(ctx) && \valid(oid) && \valid(v) && \valid(flags);
    requires \separated(r, ctx, oid, v, flags);
    requires part(v->key_usage.ptr, v->key_usage.len, r->base, r->pos);
    requires part(v->extended_key_usage.ptr, v->extended_key_usage.len, r->base, r->pos);
    requires part(v->basic_constraints.ptr, v->basic_constraints.len, r->base, r->pos);
    assigns r->pos, oid->ptr, oid->len, *flags, v->key_usage.ptr, v->key_usage.len, v->extended_key_usage.ptr,
        v->extended_key_usage.len, v->basic_constraints.ptr, v->basic_constraints.len;
    ensures accepted(\result) ==> part(v->key_usage.ptr, v->key_usage.len, r->base, r->pos);
    ensures accepted(\result) ==> part(v->extended_key_usage.ptr, v->extended_key_usage.len, r->base, r->pos);
    ensures accepted(\result) ==> part(v->basic_constraints.ptr, v->basic_constraints.len, r->base, r->pos);
    ensures accepted(\result) ==> part(oid->ptr, oid->len, r->base, r->end);
    ensures accepted(\result) ==> \old(r->pos) < r->pos;
    ensures \old(r->pos) <= r->pos <= r->end;
    ensures \result.offset <= r->end;
 */
static cauth_result walk_extension(rd *r, const cauth_context *ctx, cauth_bytes *oid, cauth_x509 *v, cauth_flags *flags)
{
    static const der_want want = { DER_SEQUENCE, CAUTH_FIELD_X509_EXTENSION, CAUTH_X5_10, &tail_rules };
    der_tlv t;
    cauth_result e = der_expect(r, &want, ctx, &t, flags);
    if (!cauth_is_accepted(e))
        return e;
    rd inside = der_inside(r, &t);
    //@ assert inside.base == r->base && \at(r->pos, Pre) <= inside.pos <= inside.end <= r->pos;
    e = walk_extension_fields(&inside, ctx, oid, v, flags);
    //@ assert inside.base == r->base && inside.end <= r->end;
    //@ assert r->pos <= r->end;
    //@ assert \at(r->pos, Pre) < r->pos;
    return e;
}

/*@ requires \valid(r) && rd_ok(r) && \valid_read(ctx) && context_ok(ctx) && \valid(v) && \valid(flags);
    requires \separated(r, ctx, v, flags);
    requires v->key_usage.len == 0;
    requires v->extended_key_usage.len == 0;
    requires v->basic_constraints.len == 0;
    assigns r->pos, *flags, v->key_usage.ptr, v->key_usage.len, v->extended_key_usage.ptr, v->extended_key_usage.len,
        v->basic_constraints.ptr, v->basic_constraints.len;
    ensures accepted(\result) ==> part(v->key_usage.ptr, v->key_usage.len, r->base, r->end);
    ensures accepted(\result) ==> part(v->extended_key_usage.ptr, v->extended_key_usage.len, r->base, r->end);
    ensures accepted(\result) ==> part(v->basic_constraints.ptr, v->basic_constraints.len, r->base, r->end);
    ensures accepted(\result) ==> r->pos == r->end;
    ensures \old(r->pos) <= r->pos <= r->end;
    ensures \result.offset <= r->end;
 */
static cauth_result walk_extension_list(rd *r, const cauth_context *ctx, cauth_x509 *v, cauth_flags *flags)
{
    der_oids types;
    cauth_bytes oid;
    types.num = 0;
    if (rd_left(r) == 0)
        cauth_flags_set(flags, CAUTH_X5_10);
    /*@ loop invariant \at(r->pos, Pre) <= r->pos <= r->end;
        loop invariant part(v->key_usage.ptr, v->key_usage.len, r->base, r->pos);
        loop invariant part(v->extended_key_usage.ptr, v->extended_key_usage.len, r->base, r->pos);
        loop invariant part(v->basic_constraints.ptr, v->basic_constraints.len, r->base, r->pos);
        loop invariant oids_ok(&types);
        loop assigns r->pos, types, oid, *flags, v->key_usage.ptr, v->key_usage.len, v->extended_key_usage.ptr,
            v->extended_key_usage.len, v->basic_constraints.ptr, v->basic_constraints.len;
        loop variant r->end - r->pos;
     */
    while (r->pos < r->end) {
        cauth_result e = walk_extension(r, ctx, &oid, v, flags);
        if (!cauth_is_accepted(e))
            return e;
        der_compare_oid(&types, oid, CAUTH_X5_11, flags);
    }
    return cauth_accepted();
}

/*@ requires \valid(bytes);
    assigns bytes->ptr, bytes->len;
    ensures bytes->ptr == \null && bytes->len == 0;
 */
static void clear(cauth_bytes *bytes)
{
    bytes->ptr = NULL;
    bytes->len = 0;
}

/*@ requires \valid(v);
    assigns v->extensions.ptr, v->extensions.len, v->key_usage.ptr, v->key_usage.len, v->extended_key_usage.ptr,
        v->extended_key_usage.len, v->basic_constraints.ptr, v->basic_constraints.len;
    ensures v->extensions.len == 0 && v->key_usage.len == 0 && v->extended_key_usage.len == 0 &&
        v->basic_constraints.len == 0;
 */
static void clear_extensions(cauth_x509 *v)
{
    clear(&v->extensions);
    clear(&v->key_usage);
    clear(&v->extended_key_usage);
    clear(&v->basic_constraints);
}

/* The Extensions that are all of r. */
/*@ requires \valid(r) && rd_ok(r) && \valid_read(ctx) && context_ok(ctx) && \valid(v) && \valid(flags);
    requires \separated(r, ctx, v, flags);
    requires v->key_usage.len == 0;
    requires v->extended_key_usage.len == 0;
    requires v->basic_constraints.len == 0;
    assigns r->pos, *flags, v->extensions.ptr, v->extensions.len, v->key_usage.ptr, v->key_usage.len,
        v->extended_key_usage.ptr, v->extended_key_usage.len, v->basic_constraints.ptr, v->basic_constraints.len;
    ensures accepted(\result) ==> part(v->extensions.ptr, v->extensions.len, r->base, r->end);
    ensures accepted(\result) ==> part(v->key_usage.ptr, v->key_usage.len, r->base, r->end);
    ensures accepted(\result) ==> part(v->extended_key_usage.ptr, v->extended_key_usage.len, r->base, r->end);
    ensures accepted(\result) ==> part(v->basic_constraints.ptr, v->basic_constraints.len, r->base, r->end);
    ensures \old(r->pos) <= r->pos <= r->end;
    ensures \result.offset <= r->end;
 */
static cauth_result whole_extensions(rd *r, const cauth_context *ctx, cauth_x509 *v, cauth_flags *flags)
{
    static const der_want want = { DER_SEQUENCE, CAUTH_FIELD_X509_EXTENSIONS, CAUTH_X5_10, &tail_rules };
    der_tlv t;
    cauth_result e = der_expect(r, &want, ctx, &t, flags);
    if (!cauth_is_accepted(e))
        return e;
    set_bytes(&v->extensions, der_content(r, &t));
    //@ assert part(v->extensions.ptr, v->extensions.len, r->base, r->end);
    rd list = der_inside(r, &t);
    //@ assert list.base == r->base && \at(r->pos, Pre) <= list.pos <= list.end <= r->pos;
    e = walk_extension_list(&list, ctx, v, flags);
    //@ assert r->base == \at(r->base, Pre) && r->end == \at(r->end, Pre);
    //@ assert list.base == r->base && list.end <= r->end;
    //@ assert \at(r->pos, Pre) <= r->pos <= r->end;
    if (!cauth_is_accepted(e))
        return e;
    //@ assert part(v->extensions.ptr, v->extensions.len, r->base, r->end);
    return rd_finish(r, CAUTH_X5_10, CAUTH_FIELD_X509_EXTENSIONS);
}

/* [3] EXPLICIT Extensions */
/*@ requires \valid(r) && rd_ok(r) && \valid_read(ctx) && context_ok(ctx) && \valid(v) && \valid(flags);
    requires \separated(r, ctx, v, flags);
    requires v->key_usage.len == 0;
    requires v->extended_key_usage.len == 0;
    requires v->basic_constraints.len == 0;
    assigns r->pos, *flags, v->extensions.ptr, v->extensions.len, v->key_usage.ptr, v->key_usage.len,
        v->extended_key_usage.ptr, v->extended_key_usage.len, v->basic_constraints.ptr, v->basic_constraints.len;
    ensures accepted(\result) ==> part(v->extensions.ptr, v->extensions.len, r->base, r->end);
    ensures accepted(\result) ==> part(v->key_usage.ptr, v->key_usage.len, r->base, r->end);
    ensures accepted(\result) ==> part(v->extended_key_usage.ptr, v->extended_key_usage.len, r->base, r->end);
    ensures accepted(\result) ==> part(v->basic_constraints.ptr, v->basic_constraints.len, r->base, r->end);
    ensures \old(r->pos) <= r->pos <= r->end;
    ensures \result.offset <= r->end;
 */
static cauth_result open_extensions(rd *r, const cauth_context *ctx, cauth_x509 *v, cauth_flags *flags)
{
    static const der_want want = { EXTENSIONS_TAG, CAUTH_FIELD_X509_EXTENSIONS, CAUTH_X5_10, &tail_rules };
    der_tlv t;
    cauth_result e = der_expect(r, &want, ctx, &t, flags);
    if (!cauth_is_accepted(e))
        return e;
    rd inside = der_inside(r, &t);
    //@ assert inside.base == r->base && \at(r->pos, Pre) <= inside.pos <= inside.end <= r->pos;
    e = whole_extensions(&inside, ctx, v, flags);
    //@ assert inside.base == r->base && inside.end <= r->end;
    return e;
}

/* extensions [3] EXPLICIT Extensions OPTIONAL, from v3, whose number is 2, on */
/*@ requires \valid(r) && rd_ok(r) && \valid_read(ctx) && context_ok(ctx) && \valid(v) && \valid(flags);
    requires \separated(r, ctx, v, flags);
    requires readable(&v->version);
    assigns r->pos, *flags, v->has_extensions, v->extensions.ptr, v->extensions.len, v->key_usage.ptr, v->key_usage.len,
        v->extended_key_usage.ptr, v->extended_key_usage.len, v->basic_constraints.ptr, v->basic_constraints.len;
    ensures accepted(\result) ==> part(v->extensions.ptr, v->extensions.len, r->base, r->end);
    ensures accepted(\result) ==> part(v->key_usage.ptr, v->key_usage.len, r->base, r->end);
    ensures accepted(\result) ==> part(v->extended_key_usage.ptr, v->extended_key_usage.len, r->base, r->end);
    ensures accepted(\result) ==> part(v->basic_constraints.ptr, v->basic_constraints.len, r->base, r->end);
    ensures \old(r->pos) <= r->pos <= r->end;
    ensures \result.offset <= r->end;
 */
static cauth_result walk_extensions(rd *r, const cauth_context *ctx, cauth_x509 *v, cauth_flags *flags)
{
    cauth_result e = cauth_accepted();
    v->has_extensions = next_tag(r) == EXTENSIONS_TAG;
    clear_extensions(v);
    if (!v->has_extensions)
        return e;
    if (v->version.len == 0 || v->version.ptr[0] < 2)
        e = judge(ctx, CAUTH_X5_04, CAUTH_FIELD_X509_EXTENSIONS, r->pos, flags);
    if (!cauth_is_accepted(e))
        return e;
    return open_extensions(r, ctx, v, flags);
}

/*@ requires \valid_read(v) && readable(&v->extensions);
    assigns \nothing;
 */
static bool has_critical_alt_name(const cauth_x509 *v)
{
    cauth_iter it = cauth_iter_init(v->extensions);
    cauth_x509_extension extension;
    /*@ loop invariant it.pos <= v->extensions.len;
        loop assigns it.pos, extension;
        loop variant v->extensions.len - it.pos;
     */
    while (cauth_x509_extension_next(&it, &extension))
        if (extension.critical && is_id_ce(extension.oid, SUBJECT_ALT_NAME))
            return true;
    return false;
}

/* serialNumber to subject */
/*@ requires \valid(r) && rd_ok(r) && \valid_read(ctx) && context_ok(ctx) && \valid(v) && \valid(subject);
    requires \valid(flags) && \separated(r, ctx, v, subject, flags);
    assigns r->pos, *subject, *flags, v->serial_number.ptr, v->serial_number.len, v->tbs_signature.ptr,
        v->tbs_signature.len, v->issuer.ptr, v->issuer.len, v->not_before.tag, v->not_before.value.ptr,
        v->not_before.value.len, v->not_after.tag, v->not_after.value.ptr, v->not_after.value.len, v->subject.ptr,
        v->subject.len;
    ensures accepted(\result) ==> rd_part(&v->serial_number, r) && rd_part(&v->tbs_signature, r) &&
        rd_part(&v->issuer, r) && rd_part(&v->not_before.value, r) && rd_part(&v->not_after.value, r) &&
        rd_part(&v->subject, r);
    ensures \old(r->pos) <= r->pos <= r->end;
    ensures \result.offset <= r->end;
 */
static cauth_result walk_identity(rd *r, const cauth_context *ctx, cauth_x509 *v, cauth_name *subject,
                                  cauth_flags *flags)
{
    static const der_want algorithm = { DER_SEQUENCE, CAUTH_FIELD_X509_TBS_SIGNATURE, CAUTH_X5_02, &body_rules };
    cauth_name issuer;
    cauth_result e = walk_serial(r, ctx, v, flags);
    if (!cauth_is_accepted(e))
        return e;
    e = walk_algorithm(r, &algorithm, ctx, &v->tbs_signature, flags);
    if (!cauth_is_accepted(e))
        return e;
    e = walk_name(r, CAUTH_FIELD_X509_ISSUER, ctx, &v->issuer, &issuer, flags);
    if (!cauth_is_accepted(e))
        return e;
    if (issuer.rdns.len == 0)
        cauth_flags_set(flags, CAUTH_X5_07);
    e = walk_validity(r, ctx, v, flags);
    if (!cauth_is_accepted(e))
        return e;
    return walk_name(r, CAUTH_FIELD_X509_SUBJECT, ctx, &v->subject, subject, flags);
}

/* issuerUniqueID to extensions, all OPTIONAL */
/*@ requires \valid(r) && rd_ok(r) && \valid_read(ctx) && context_ok(ctx) && \valid(v) && \valid(flags);
    requires \separated(r, ctx, v, flags);
    requires readable(&v->version);
    assigns r->pos, *flags, v->issuer_unique_id.ptr, v->issuer_unique_id.len, v->subject_unique_id.ptr,
        v->subject_unique_id.len, v->has_extensions, v->extensions.ptr, v->extensions.len, v->key_usage.ptr,
        v->key_usage.len, v->extended_key_usage.ptr, v->extended_key_usage.len, v->basic_constraints.ptr,
        v->basic_constraints.len;
    ensures accepted(\result) ==> part(v->issuer_unique_id.ptr, v->issuer_unique_id.len, r->base, r->end);
    ensures accepted(\result) ==> part(v->subject_unique_id.ptr, v->subject_unique_id.len, r->base, r->end);
    ensures accepted(\result) ==> part(v->extensions.ptr, v->extensions.len, r->base, r->end);
    ensures accepted(\result) ==> part(v->key_usage.ptr, v->key_usage.len, r->base, r->end);
    ensures accepted(\result) ==> part(v->extended_key_usage.ptr, v->extended_key_usage.len, r->base, r->end);
    ensures accepted(\result) ==> part(v->basic_constraints.ptr, v->basic_constraints.len, r->base, r->end);
    ensures \old(r->pos) <= r->pos <= r->end;
    ensures \result.offset <= r->end;
 */
static cauth_result walk_tail(rd *r, const cauth_context *ctx, cauth_x509 *v, cauth_flags *flags)
{
    cauth_result e = walk_unique_id(r, ISSUER_UNIQUE_ID_TAG, ctx, v, &v->issuer_unique_id, flags);
    if (!cauth_is_accepted(e))
        return e;
    e = walk_unique_id(r, SUBJECT_UNIQUE_ID_TAG, ctx, v, &v->subject_unique_id, flags);
    if (!cauth_is_accepted(e))
        return e;
    return walk_extensions(r, ctx, v, flags);
}

/* version to subjectPublicKeyInfo */
/*@ requires \valid(r) && rd_ok(r) && \valid_read(ctx) && context_ok(ctx) && \valid(v) && \valid(subject);
    requires \valid(flags) && \separated(r, ctx, v, subject, flags);
    assigns r->pos, *v, *subject, *flags;
    ensures accepted(\result) ==> part(v->version.ptr, v->version.len, r->base, r->end);
    ensures accepted(\result) ==> part(v->serial_number.ptr, v->serial_number.len, r->base, r->end);
    ensures accepted(\result) ==> part(v->tbs_signature.ptr, v->tbs_signature.len, r->base, r->end);
    ensures accepted(\result) ==> part(v->issuer.ptr, v->issuer.len, r->base, r->end);
    ensures accepted(\result) ==> part(v->not_before.value.ptr, v->not_before.value.len, r->base, r->end);
    ensures accepted(\result) ==> part(v->not_after.value.ptr, v->not_after.value.len, r->base, r->end);
    ensures accepted(\result) ==> part(v->subject.ptr, v->subject.len, r->base, r->end);
    ensures accepted(\result) ==> part(v->spki.ptr, v->spki.len, r->base, r->end);
    ensures accepted(\result) ==> part(v->spki_algorithm.ptr, v->spki_algorithm.len, r->base, r->end);
    ensures accepted(\result) ==> part(v->public_key.ptr, v->public_key.len, r->base, r->end);
    ensures \old(r->pos) <= r->pos <= r->end;
    ensures \result.offset <= r->end;
 */
static cauth_result walk_head(rd *r, const cauth_context *ctx, cauth_x509 *v, cauth_name *subject, cauth_flags *flags)
{
    cauth_result e = walk_version(r, ctx, v, flags);
    if (!cauth_is_accepted(e))
        return e;
    //@ assert part(v->version.ptr, v->version.len, r->base, r->end);
    e = walk_identity(r, ctx, v, subject, flags);
    if (!cauth_is_accepted(e))
        return e;
    //@ assert part(v->serial_number.ptr, v->serial_number.len, r->base, r->end);
    //@ assert part(v->tbs_signature.ptr, v->tbs_signature.len, r->base, r->end);
    //@ assert part(v->issuer.ptr, v->issuer.len, r->base, r->end);
    //@ assert part(v->not_before.value.ptr, v->not_before.value.len, r->base, r->end);
    //@ assert part(v->not_after.value.ptr, v->not_after.value.len, r->base, r->end);
    //@ assert part(v->subject.ptr, v->subject.len, r->base, r->end);
    return walk_spki(r, ctx, v, flags);
}

/* The content of TBSCertificate (RFC 5280 §4.1.2). */
/*@ requires \valid(r) && rd_ok(r) && \valid_read(ctx) && context_ok(ctx) && \valid(v) && \valid(flags);
    requires \separated(r, ctx, v, flags);
    assigns r->pos, *v, *flags;
    ensures accepted(\result) ==> part(v->version.ptr, v->version.len, r->base, r->end);
    ensures accepted(\result) ==> part(v->serial_number.ptr, v->serial_number.len, r->base, r->end);
    ensures accepted(\result) ==> part(v->tbs_signature.ptr, v->tbs_signature.len, r->base, r->end);
    ensures accepted(\result) ==> part(v->issuer.ptr, v->issuer.len, r->base, r->end);
    ensures accepted(\result) ==> part(v->not_before.value.ptr, v->not_before.value.len, r->base, r->end);
    ensures accepted(\result) ==> part(v->not_after.value.ptr, v->not_after.value.len, r->base, r->end);
    ensures accepted(\result) ==> part(v->subject.ptr, v->subject.len, r->base, r->end);
    ensures accepted(\result) ==> part(v->spki.ptr, v->spki.len, r->base, r->end);
    ensures accepted(\result) ==> part(v->spki_algorithm.ptr, v->spki_algorithm.len, r->base, r->end);
    ensures accepted(\result) ==> part(v->public_key.ptr, v->public_key.len, r->base, r->end);
    ensures accepted(\result) ==> part(v->issuer_unique_id.ptr, v->issuer_unique_id.len, r->base, r->end);
    ensures accepted(\result) ==> part(v->subject_unique_id.ptr, v->subject_unique_id.len, r->base, r->end);
    ensures accepted(\result) ==> part(v->extensions.ptr, v->extensions.len, r->base, r->end);
    ensures accepted(\result) ==> part(v->key_usage.ptr, v->key_usage.len, r->base, r->end);
    ensures accepted(\result) ==> part(v->extended_key_usage.ptr, v->extended_key_usage.len, r->base, r->end);
    ensures accepted(\result) ==> part(v->basic_constraints.ptr, v->basic_constraints.len, r->base, r->end);
    ensures accepted(\result) ==> r->pos == r->end;
    ensures \old(r->pos) <= r->pos <= r->end;
    ensures \result.offset <= r->end;
 */
static cauth_result walk_tbs(rd *r, const cauth_context *ctx, cauth_x509 *v, cauth_flags *flags)
{
    cauth_name subject;
    cauth_result e = walk_head(r, ctx, v, &subject, flags);
    if (!cauth_is_accepted(e))
        return e;
    //@ assert r->base == \at(r->base, Pre) && r->end == \at(r->end, Pre);
    e = walk_tail(r, ctx, v, flags);
    if (!cauth_is_accepted(e))
        return e;
    //@ assert r->base == \at(r->base, Pre) && r->end == \at(r->end, Pre);
    //@ assert part(v->version.ptr, v->version.len, r->base, r->end);
    //@ assert part(v->serial_number.ptr, v->serial_number.len, r->base, r->end);
    //@ assert part(v->tbs_signature.ptr, v->tbs_signature.len, r->base, r->end);
    //@ assert part(v->issuer.ptr, v->issuer.len, r->base, r->end);
    //@ assert part(v->not_before.value.ptr, v->not_before.value.len, r->base, r->end);
    //@ assert part(v->not_after.value.ptr, v->not_after.value.len, r->base, r->end);
    //@ assert part(v->subject.ptr, v->subject.len, r->base, r->end);
    //@ assert part(v->spki.ptr, v->spki.len, r->base, r->end);
    //@ assert part(v->spki_algorithm.ptr, v->spki_algorithm.len, r->base, r->end);
    //@ assert part(v->public_key.ptr, v->public_key.len, r->base, r->end);
    //@ assert part(v->issuer_unique_id.ptr, v->issuer_unique_id.len, r->base, r->end);
    //@ assert part(v->subject_unique_id.ptr, v->subject_unique_id.len, r->base, r->end);
    //@ assert part(v->extensions.ptr, v->extensions.len, r->base, r->end);
    //@ assert part(v->key_usage.ptr, v->key_usage.len, r->base, r->end);
    //@ assert part(v->extended_key_usage.ptr, v->extended_key_usage.len, r->base, r->end);
    //@ assert part(v->basic_constraints.ptr, v->basic_constraints.len, r->base, r->end);
    if (subject.rdns.len == 0 && !has_critical_alt_name(v))
        cauth_flags_set(flags, CAUTH_X5_07);
    //@ assert r->base == \at(r->base, Pre) && r->end == \at(r->end, Pre);
    return rd_finish(r, CAUTH_X5_10, CAUTH_FIELD_X509_TBS);
}

/* X5-06: the algorithm outside the signed part must be the one inside, byte by byte. */
/*@ requires \valid_read(r) && rd_ok(r) && \valid_read(t) && t->length_at <= t->content <= t->content_end <= r->end;
    requires readable(inner) && \valid_read(ctx) && context_ok(ctx) && \valid(flags) && \separated(r, t, ctx, flags);
    assigns *flags;
    ensures \result.offset <= r->end;
 */
static cauth_result compare_algorithms(const rd *r, const der_tlv *t, cauth_bytes inner, const cauth_context *ctx,
                                       cauth_flags *flags)
{
    cauth_bytes outer = der_content(r, t);
    if (outer.len != inner.len)
        return judge(ctx, CAUTH_X5_06, CAUTH_FIELD_X509_SIGNATURE_ALGORITHM, t->length_at, flags);
    /*@ loop invariant 0 <= i <= outer.len;
        loop assigns i;
        loop variant outer.len - i;
     */
    for (size_t i = 0; i < outer.len; i++)
        if (outer.ptr[i] != inner.ptr[i])
            return judge(ctx, CAUTH_X5_06, CAUTH_FIELD_X509_SIGNATURE_ALGORITHM, t->content + i, flags);
    return cauth_accepted();
}

/* Compared before it is looked into, so that the first wrong byte decides. */
/*@ requires \valid(r) && rd_ok(r) && \valid_read(ctx) && context_ok(ctx) && \valid(v) && \valid(flags);
    requires \separated(r, ctx, v, flags);
    requires readable(&v->tbs_signature);
    assigns r->pos, v->signature_algorithm.ptr, v->signature_algorithm.len, *flags;
    ensures accepted(\result) ==> rd_part(&v->signature_algorithm, r);
    ensures \old(r->pos) <= r->pos <= r->end;
    ensures \result.offset <= r->end;
 */
static cauth_result walk_signature_algorithm(rd *r, const cauth_context *ctx, cauth_x509 *v, cauth_flags *flags)
{
    static const der_want want = { DER_SEQUENCE, CAUTH_FIELD_X509_SIGNATURE_ALGORITHM, CAUTH_X5_02, &body_rules };
    der_tlv t;
    cauth_result e = der_expect(r, &want, ctx, &t, flags);
    if (!cauth_is_accepted(e))
        return e;
    set_bytes(&v->signature_algorithm, der_content(r, &t));
    //@ assert rd_part(&v->signature_algorithm, r);
    e = compare_algorithms(r, &t, v->tbs_signature, ctx, flags);
    if (!cauth_is_accepted(e))
        return e;
    rd inside = der_inside(r, &t);
    return check_algorithm(&inside, &want, ctx, flags);
}

/*@ requires \valid(r) && rd_ok(r) && \valid_read(ctx) && context_ok(ctx) && \valid(v) && \valid(flags);
    requires \separated(r, ctx, v, flags);
    assigns r->pos, v->signature_value.ptr, v->signature_value.len, *flags;
    ensures accepted(\result) ==> rd_part(&v->signature_value, r) && signature_ends(v, r);
    ensures \old(r->pos) <= r->pos <= r->end;
    ensures \result.offset <= r->end;
 */
static cauth_result walk_signature_value(rd *r, const cauth_context *ctx, cauth_x509 *v, cauth_flags *flags)
{
    static const der_want want = { DER_BIT_STRING, CAUTH_FIELD_X509_SIGNATURE_VALUE, CAUTH_X5_02, &body_rules };
    der_tlv t;
    cauth_result e = der_expect(r, &want, ctx, &t, flags);
    if (!cauth_is_accepted(e))
        return e;
    set_bytes(&v->signature_value, der_content(r, &t));
    e = check_bit_string(r, &t, CAUTH_X5_13, CAUTH_FIELD_X509_SIGNATURE_VALUE);
    if (!cauth_is_accepted(e))
        return e;
    if (v->signature_value.ptr[0] != 0)
        cauth_flags_set(flags, CAUTH_X5_13);
    return e;
}

/* tbsCertificate */
/*@ requires \valid(r) && rd_ok(r) && \valid_read(ctx) && context_ok(ctx) && \valid(v) && \valid(flags);
    requires \separated(r, ctx, v, flags);
    assigns r->pos, *v, *flags;
    ensures accepted(\result) ==> part(v->version.ptr, v->version.len, r->base, r->end);
    ensures accepted(\result) ==> part(v->serial_number.ptr, v->serial_number.len, r->base, r->end);
    ensures accepted(\result) ==> part(v->tbs_signature.ptr, v->tbs_signature.len, r->base, r->end);
    ensures accepted(\result) ==> part(v->issuer.ptr, v->issuer.len, r->base, r->end);
    ensures accepted(\result) ==> part(v->not_before.value.ptr, v->not_before.value.len, r->base, r->end);
    ensures accepted(\result) ==> part(v->not_after.value.ptr, v->not_after.value.len, r->base, r->end);
    ensures accepted(\result) ==> part(v->subject.ptr, v->subject.len, r->base, r->end);
    ensures accepted(\result) ==> part(v->spki.ptr, v->spki.len, r->base, r->end);
    ensures accepted(\result) ==> part(v->spki_algorithm.ptr, v->spki_algorithm.len, r->base, r->end);
    ensures accepted(\result) ==> part(v->public_key.ptr, v->public_key.len, r->base, r->end);
    ensures accepted(\result) ==> part(v->issuer_unique_id.ptr, v->issuer_unique_id.len, r->base, r->end);
    ensures accepted(\result) ==> part(v->subject_unique_id.ptr, v->subject_unique_id.len, r->base, r->end);
    ensures accepted(\result) ==> part(v->extensions.ptr, v->extensions.len, r->base, r->end);
    ensures accepted(\result) ==> part(v->key_usage.ptr, v->key_usage.len, r->base, r->end);
    ensures accepted(\result) ==> part(v->extended_key_usage.ptr, v->extended_key_usage.len, r->base, r->end);
    ensures accepted(\result) ==> part(v->basic_constraints.ptr, v->basic_constraints.len, r->base, r->end);
    ensures \old(r->pos) <= r->pos <= r->end;
    ensures \result.offset <= r->end;
 */
static cauth_result walk_signed(rd *r, const cauth_context *ctx, cauth_x509 *v, cauth_flags *flags)
{
    static const der_want want = { DER_SEQUENCE, CAUTH_FIELD_X509_TBS, CAUTH_X5_02, &body_rules };
    der_tlv t;
    cauth_result e = der_expect(r, &want, ctx, &t, flags);
    if (!cauth_is_accepted(e))
        return e;
    rd inside = der_inside(r, &t);
    //@ assert inside.base == r->base && inside.end <= r->pos;
    e = walk_tbs(&inside, ctx, v, flags);
    //@ assert inside.base == r->base && inside.end <= r->end;
    return e;
}

/* signatureAlgorithm and signatureValue */
/*@ requires \valid(r) && rd_ok(r) && \valid_read(ctx) && context_ok(ctx) && \valid(v) && \valid(flags);
    requires \separated(r, ctx, v, flags);
    requires readable(&v->tbs_signature);
    assigns r->pos, v->signature_algorithm.ptr, v->signature_algorithm.len, v->signature_value.ptr,
        v->signature_value.len, *flags;
    ensures accepted(\result) ==> part(v->signature_algorithm.ptr, v->signature_algorithm.len, r->base, r->end);
    ensures accepted(\result) ==> part(v->signature_value.ptr, v->signature_value.len, r->base, r->end);
    ensures accepted(\result) ==> v->signature_value.len > 0;
    ensures accepted(\result) ==> v->signature_value.ptr + v->signature_value.len == r->base + r->pos ||
        v->signature_value.ptr + v->signature_value.len + 2 == r->base + r->pos;
    ensures \old(r->pos) <= r->pos <= r->end;
    ensures \result.offset <= r->end;
 */
static cauth_result walk_signature(rd *r, const cauth_context *ctx, cauth_x509 *v, cauth_flags *flags)
{
    cauth_result e = walk_signature_algorithm(r, ctx, v, flags);
    if (!cauth_is_accepted(e))
        return e;
    //@ assert part(v->signature_algorithm.ptr, v->signature_algorithm.len, r->base, r->end);
    return walk_signature_value(r, ctx, v, flags);
}

/* The content of Certificate. */
/*@ requires \valid(r) && rd_ok(r) && \valid_read(ctx) && context_ok(ctx) && \valid(v) && \valid(flags);
    requires \separated(r, ctx, v, flags);
    assigns r->pos, *v, *flags;
    ensures accepted(\result) ==> part(v->version.ptr, v->version.len, r->base, r->end);
    ensures accepted(\result) ==> part(v->serial_number.ptr, v->serial_number.len, r->base, r->end);
    ensures accepted(\result) ==> part(v->tbs_signature.ptr, v->tbs_signature.len, r->base, r->end);
    ensures accepted(\result) ==> part(v->issuer.ptr, v->issuer.len, r->base, r->end);
    ensures accepted(\result) ==> part(v->not_before.value.ptr, v->not_before.value.len, r->base, r->end);
    ensures accepted(\result) ==> part(v->not_after.value.ptr, v->not_after.value.len, r->base, r->end);
    ensures accepted(\result) ==> part(v->subject.ptr, v->subject.len, r->base, r->end);
    ensures accepted(\result) ==> part(v->spki.ptr, v->spki.len, r->base, r->end);
    ensures accepted(\result) ==> part(v->spki_algorithm.ptr, v->spki_algorithm.len, r->base, r->end);
    ensures accepted(\result) ==> part(v->public_key.ptr, v->public_key.len, r->base, r->end);
    ensures accepted(\result) ==> part(v->issuer_unique_id.ptr, v->issuer_unique_id.len, r->base, r->end);
    ensures accepted(\result) ==> part(v->subject_unique_id.ptr, v->subject_unique_id.len, r->base, r->end);
    ensures accepted(\result) ==> part(v->extensions.ptr, v->extensions.len, r->base, r->end);
    ensures accepted(\result) ==> part(v->key_usage.ptr, v->key_usage.len, r->base, r->end);
    ensures accepted(\result) ==> part(v->extended_key_usage.ptr, v->extended_key_usage.len, r->base, r->end);
    ensures accepted(\result) ==> part(v->basic_constraints.ptr, v->basic_constraints.len, r->base, r->end);
    ensures accepted(\result) ==> part(v->signature_algorithm.ptr, v->signature_algorithm.len, r->base, r->end);
    ensures accepted(\result) ==> part(v->signature_value.ptr, v->signature_value.len, r->base, r->end);
    ensures accepted(\result) ==> v->signature_value.len > 0;
    ensures accepted(\result) ==> v->signature_value.ptr + v->signature_value.len == r->base + r->pos ||
        v->signature_value.ptr + v->signature_value.len + 2 == r->base + r->pos;
    ensures accepted(\result) ==> r->pos == r->end;
    ensures \old(r->pos) <= r->pos <= r->end;
    ensures \result.offset <= r->end;
 */
static cauth_result walk_parts(rd *r, const cauth_context *ctx, cauth_x509 *v, cauth_flags *flags)
{
    cauth_result e = walk_signed(r, ctx, v, flags);
    if (!cauth_is_accepted(e))
        return e;
    //@ assert r->base == \at(r->base, Pre) && r->end == \at(r->end, Pre);
    e = walk_signature(r, ctx, v, flags);
    if (!cauth_is_accepted(e))
        return e;
    //@ assert r->base == \at(r->base, Pre) && r->end == \at(r->end, Pre);
    //@ assert part(v->version.ptr, v->version.len, r->base, r->end);
    //@ assert part(v->serial_number.ptr, v->serial_number.len, r->base, r->end);
    //@ assert part(v->tbs_signature.ptr, v->tbs_signature.len, r->base, r->end);
    //@ assert part(v->issuer.ptr, v->issuer.len, r->base, r->end);
    //@ assert part(v->not_before.value.ptr, v->not_before.value.len, r->base, r->end);
    //@ assert part(v->not_after.value.ptr, v->not_after.value.len, r->base, r->end);
    //@ assert part(v->subject.ptr, v->subject.len, r->base, r->end);
    //@ assert part(v->spki.ptr, v->spki.len, r->base, r->end);
    //@ assert part(v->spki_algorithm.ptr, v->spki_algorithm.len, r->base, r->end);
    //@ assert part(v->public_key.ptr, v->public_key.len, r->base, r->end);
    //@ assert part(v->issuer_unique_id.ptr, v->issuer_unique_id.len, r->base, r->end);
    //@ assert part(v->subject_unique_id.ptr, v->subject_unique_id.len, r->base, r->end);
    //@ assert part(v->extensions.ptr, v->extensions.len, r->base, r->end);
    //@ assert part(v->key_usage.ptr, v->key_usage.len, r->base, r->end);
    //@ assert part(v->extended_key_usage.ptr, v->extended_key_usage.len, r->base, r->end);
    //@ assert part(v->basic_constraints.ptr, v->basic_constraints.len, r->base, r->end);
    return rd_finish(r, CAUTH_X5_02, CAUTH_FIELD_X509_CERTIFICATE);
}

/* The certificate that is all of r. */
/*@ requires \valid(r) && rd_ok(r) && \valid_read(ctx) && context_ok(ctx) && \valid(v) && \valid(flags);
    requires \separated(r, ctx, v, flags);
    assigns r->pos, *v, *flags;
    ensures accepted(\result) ==> part(v->version.ptr, v->version.len, r->base, r->end);
    ensures accepted(\result) ==> part(v->serial_number.ptr, v->serial_number.len, r->base, r->end);
    ensures accepted(\result) ==> part(v->tbs_signature.ptr, v->tbs_signature.len, r->base, r->end);
    ensures accepted(\result) ==> part(v->issuer.ptr, v->issuer.len, r->base, r->end);
    ensures accepted(\result) ==> part(v->not_before.value.ptr, v->not_before.value.len, r->base, r->end);
    ensures accepted(\result) ==> part(v->not_after.value.ptr, v->not_after.value.len, r->base, r->end);
    ensures accepted(\result) ==> part(v->subject.ptr, v->subject.len, r->base, r->end);
    ensures accepted(\result) ==> part(v->spki.ptr, v->spki.len, r->base, r->end);
    ensures accepted(\result) ==> part(v->spki_algorithm.ptr, v->spki_algorithm.len, r->base, r->end);
    ensures accepted(\result) ==> part(v->public_key.ptr, v->public_key.len, r->base, r->end);
    ensures accepted(\result) ==> part(v->issuer_unique_id.ptr, v->issuer_unique_id.len, r->base, r->end);
    ensures accepted(\result) ==> part(v->subject_unique_id.ptr, v->subject_unique_id.len, r->base, r->end);
    ensures accepted(\result) ==> part(v->extensions.ptr, v->extensions.len, r->base, r->end);
    ensures accepted(\result) ==> part(v->key_usage.ptr, v->key_usage.len, r->base, r->end);
    ensures accepted(\result) ==> part(v->extended_key_usage.ptr, v->extended_key_usage.len, r->base, r->end);
    ensures accepted(\result) ==> part(v->basic_constraints.ptr, v->basic_constraints.len, r->base, r->end);
    ensures accepted(\result) ==> part(v->signature_algorithm.ptr, v->signature_algorithm.len, r->base, r->end);
    ensures accepted(\result) ==> part(v->signature_value.ptr, v->signature_value.len, r->base, r->end);
    ensures accepted(\result) ==> r->pos == r->end;
    ensures accepted(\result) ==> v->signature_value.len > 0;
    ensures accepted(\result) ==> r->base + r->pos <= v->signature_value.ptr + v->signature_value.len + 4;
    ensures \old(r->pos) <= r->pos <= r->end;
    ensures \result.offset <= r->end;
 */
static cauth_result walk_certificate(rd *r, const cauth_context *ctx, cauth_x509 *v, cauth_flags *flags)
{
    static const der_want want = { DER_SEQUENCE, CAUTH_FIELD_X509_CERTIFICATE, CAUTH_X5_01, &whole_rules };
    der_tlv t;
    cauth_result e = der_expect(r, &want, ctx, &t, flags);
    if (!cauth_is_accepted(e))
        return e;
    rd inside = der_inside(r, &t);
    //@ assert inside.base == r->base && inside.end <= r->pos;
    e = walk_parts(&inside, ctx, v, flags);
    //@ assert inside.base == r->base && inside.end <= r->end;
    if (!cauth_is_accepted(e))
        return e;
    return rd_finish(r, CAUTH_X5_01, CAUTH_FIELD_X509_CERTIFICATE);
}

/* Member by member for the same reason as set_bytes. */
/*@ requires \valid(to);
    assigns *to;
    ensures to->version.ptr == from.version.ptr && to->version.len == from.version.len;
    ensures to->serial_number.ptr == from.serial_number.ptr && to->serial_number.len == from.serial_number.len;
    ensures to->tbs_signature.ptr == from.tbs_signature.ptr && to->tbs_signature.len == from.tbs_signature.len;
    ensures to->issuer.ptr == from.issuer.ptr && to->issuer.len == from.issuer.len;
    ensures to->not_before.value.ptr == from.not_before.value.ptr &&
        to->not_before.value.len == from.not_before.value.len;
    ensures to->not_after.value.ptr == from.not_after.value.ptr &&
        to->not_after.value.len == from.not_after.value.len;
    ensures to->subject.ptr == from.subject.ptr && to->subject.len == from.subject.len;
    ensures to->spki.ptr == from.spki.ptr && to->spki.len == from.spki.len;
    ensures to->spki_algorithm.ptr == from.spki_algorithm.ptr && to->spki_algorithm.len == from.spki_algorithm.len;
    ensures to->public_key.ptr == from.public_key.ptr && to->public_key.len == from.public_key.len;
    ensures to->issuer_unique_id.ptr == from.issuer_unique_id.ptr &&
        to->issuer_unique_id.len == from.issuer_unique_id.len;
    ensures to->subject_unique_id.ptr == from.subject_unique_id.ptr &&
        to->subject_unique_id.len == from.subject_unique_id.len;
    ensures to->extensions.ptr == from.extensions.ptr && to->extensions.len == from.extensions.len;
    ensures to->key_usage.ptr == from.key_usage.ptr && to->key_usage.len == from.key_usage.len;
    ensures to->extended_key_usage.ptr == from.extended_key_usage.ptr &&
        to->extended_key_usage.len == from.extended_key_usage.len;
    ensures to->basic_constraints.ptr == from.basic_constraints.ptr &&
        to->basic_constraints.len == from.basic_constraints.len;
    ensures to->signature_algorithm.ptr == from.signature_algorithm.ptr &&
        to->signature_algorithm.len == from.signature_algorithm.len;
    ensures to->signature_value.ptr == from.signature_value.ptr &&
        to->signature_value.len == from.signature_value.len;
 */
static void assign_view(cauth_x509 *to, cauth_x509 from)
{
    set_bytes(&to->version, from.version);
    set_bytes(&to->serial_number, from.serial_number);
    set_bytes(&to->tbs_signature, from.tbs_signature);
    set_bytes(&to->issuer, from.issuer);
    to->not_before.tag = from.not_before.tag;
    set_bytes(&to->not_before.value, from.not_before.value);
    to->not_after.tag = from.not_after.tag;
    set_bytes(&to->not_after.value, from.not_after.value);
    set_bytes(&to->subject, from.subject);
    set_bytes(&to->spki, from.spki);
    set_bytes(&to->spki_algorithm, from.spki_algorithm);
    set_bytes(&to->public_key, from.public_key);
    set_bytes(&to->issuer_unique_id, from.issuer_unique_id);
    set_bytes(&to->subject_unique_id, from.subject_unique_id);
    to->has_extensions = from.has_extensions;
    set_bytes(&to->extensions, from.extensions);
    set_bytes(&to->key_usage, from.key_usage);
    set_bytes(&to->extended_key_usage, from.extended_key_usage);
    set_bytes(&to->basic_constraints, from.basic_constraints);
    set_bytes(&to->signature_algorithm, from.signature_algorithm);
    set_bytes(&to->signature_value, from.signature_value);
}

/* Like cauth_x509_parse. */
/*@ requires readable(in) && \valid_read(ctx) && context_ok(ctx) && \valid(out) && \valid(flags);
    requires \separated(out, flags, ctx);
    assigns *out, *flags;
    ensures accepted(\result) ==> part(out->version.ptr, out->version.len, in.ptr, in.len);
    ensures accepted(\result) ==> part(out->serial_number.ptr, out->serial_number.len, in.ptr, in.len);
    ensures accepted(\result) ==> part(out->tbs_signature.ptr, out->tbs_signature.len, in.ptr, in.len);
    ensures accepted(\result) ==> part(out->issuer.ptr, out->issuer.len, in.ptr, in.len);
    ensures accepted(\result) ==> part(out->not_before.value.ptr, out->not_before.value.len, in.ptr, in.len);
    ensures accepted(\result) ==> part(out->not_after.value.ptr, out->not_after.value.len, in.ptr, in.len);
    ensures accepted(\result) ==> part(out->subject.ptr, out->subject.len, in.ptr, in.len);
    ensures accepted(\result) ==> part(out->spki.ptr, out->spki.len, in.ptr, in.len);
    ensures accepted(\result) ==> part(out->spki_algorithm.ptr, out->spki_algorithm.len, in.ptr, in.len);
    ensures accepted(\result) ==> part(out->public_key.ptr, out->public_key.len, in.ptr, in.len);
    ensures accepted(\result) ==> part(out->issuer_unique_id.ptr, out->issuer_unique_id.len, in.ptr, in.len);
    ensures accepted(\result) ==> part(out->subject_unique_id.ptr, out->subject_unique_id.len, in.ptr, in.len);
    ensures accepted(\result) ==> part(out->extensions.ptr, out->extensions.len, in.ptr, in.len);
    ensures accepted(\result) ==> part(out->key_usage.ptr, out->key_usage.len, in.ptr, in.len);
    ensures accepted(\result) ==> part(out->extended_key_usage.ptr, out->extended_key_usage.len, in.ptr, in.len);
    ensures accepted(\result) ==> part(out->basic_constraints.ptr, out->basic_constraints.len, in.ptr, in.len);
    ensures accepted(\result) ==> part(out->signature_algorithm.ptr, out->signature_algorithm.len, in.ptr, in.len);
    ensures accepted(\result) ==> part(out->signature_value.ptr, out->signature_value.len, in.ptr, in.len);
    ensures accepted(\result) ==> out->signature_value.len > 0;
    ensures accepted(\result) ==> in.ptr + in.len <= out->signature_value.ptr + out->signature_value.len + 4;
    ensures !accepted(\result) ==> *out == \old(*out) && *flags == \old(*flags);
    ensures \result.offset <= in.len;
 */
static cauth_result parse_view(cauth_bytes in, const cauth_context *ctx, cauth_x509 *out, cauth_flags *flags)
{
    cauth_x509 v;
    cauth_flags f = cauth_flags_none();
    rd r = rd_init(in);
    cauth_result e = walk_certificate(&r, ctx, &v, &f);
    if (!cauth_is_accepted(e))
        return e;
    //@ assert r.base == in.ptr && r.pos == in.len && r.end == in.len;
    *flags = f;
    assign_view(out, v);
    return e;
}

cauth_result cauth_x509_parse(cauth_bytes in, const cauth_context *ctx, cauth_x509 *out, cauth_flags *flags)
{
    cauth_result e = parse_view(in, ctx, out, flags);
    if (!cauth_is_accepted(e))
        return e;
    //@ assert readable(&out->version);
    //@ assert within(&out->version, in);
    //@ assert readable(&out->serial_number);
    //@ assert within(&out->serial_number, in);
    //@ assert readable(&out->tbs_signature);
    //@ assert within(&out->tbs_signature, in);
    //@ assert readable(&out->issuer);
    //@ assert within(&out->issuer, in);
    //@ assert readable(&out->not_before.value);
    //@ assert within(&out->not_before.value, in);
    //@ assert readable(&out->not_after.value);
    //@ assert within(&out->not_after.value, in);
    //@ assert readable(&out->subject);
    //@ assert within(&out->subject, in);
    //@ assert readable(&out->spki);
    //@ assert within(&out->spki, in);
    //@ assert readable(&out->spki_algorithm);
    //@ assert within(&out->spki_algorithm, in);
    //@ assert readable(&out->public_key);
    //@ assert within(&out->public_key, in);
    //@ assert readable(&out->issuer_unique_id);
    //@ assert within(&out->issuer_unique_id, in);
    //@ assert readable(&out->subject_unique_id);
    //@ assert within(&out->subject_unique_id, in);
    //@ assert readable(&out->extensions);
    //@ assert within(&out->extensions, in);
    //@ assert readable(&out->key_usage);
    //@ assert within(&out->key_usage, in);
    //@ assert readable(&out->extended_key_usage);
    //@ assert within(&out->extended_key_usage, in);
    //@ assert readable(&out->basic_constraints);
    //@ assert within(&out->basic_constraints, in);
    //@ assert readable(&out->signature_algorithm);
    //@ assert within(&out->signature_algorithm, in);
    //@ assert readable(&out->signature_value);
    //@ assert within(&out->signature_value, in);
    return e;
}

/* The subjectPublicKeyInfo that is all of r. */
/*@ requires \valid(r) && rd_ok(r) && \valid_read(ctx) && context_ok(ctx) && \valid(flags) && \separated(r, ctx, flags);
    assigns r->pos, *flags;
    ensures accepted(\result) ==> r->pos == r->end;
    ensures \old(r->pos) <= r->pos <= r->end;
    ensures \result.offset <= r->end;
 */
static cauth_result whole_spki(rd *r, const cauth_context *ctx, cauth_flags *flags)
{
    cauth_x509 v;
    cauth_result e = walk_spki(r, ctx, &v, flags);
    if (!cauth_is_accepted(e))
        return e;
    return rd_finish(r, CAUTH_X5_09, CAUTH_FIELD_X509_SPKI);
}

/*@ requires offset + e.offset <= SIZE_MAX;
    assigns \nothing;
    ensures \result.rule == e.rule && \result.offset == offset + e.offset;
 */
static cauth_result shifted(cauth_result e, size_t offset)
{
    return cauth_rejected(e.rule, e.field, offset + e.offset);
}

cauth_result cauth_spki_check(cauth_bytes spki, size_t offset, const cauth_context *ctx, cauth_flags *flags)
{
    cauth_flags f = cauth_flags_none();
    rd r = rd_init(spki);
    cauth_result e = whole_spki(&r, ctx, &f);
    if (!cauth_is_accepted(e))
        return shifted(e, offset);
    cauth_flags_merge(flags, &f);
    return e;
}

/* Issuer and subject of the certificate that is all of r. */
/*@ requires \valid(r) && rd_ok(r) && \valid_read(ctx) && context_ok(ctx) && \valid(issuer) && \valid(subject);
    requires \valid(flags) && \separated(r, ctx, issuer, subject, flags);
    assigns r->pos, issuer->ptr, issuer->len, subject->ptr, subject->len, *flags;
    ensures accepted(\result) ==> part(issuer->ptr, issuer->len, r->base, r->end);
    ensures accepted(\result) ==> part(subject->ptr, subject->len, r->base, r->end);
    ensures accepted(\result) ==> r->pos == r->end;
    ensures \old(r->pos) <= r->pos <= r->end;
    ensures \result.offset <= r->end;
 */
static cauth_result walk_names(rd *r, const cauth_context *ctx, cauth_bytes *issuer, cauth_bytes *subject,
                               cauth_flags *flags)
{
    cauth_x509 v;
    cauth_result e = walk_certificate(r, ctx, &v, flags);
    if (!cauth_is_accepted(e))
        return e;
    set_bytes(issuer, v.issuer);
    set_bytes(subject, v.subject);
    return e;
}

/* The next certificate of a chain. *issuer is that of the certificate before, empty for the first, and is replaced. */
/*@ requires \valid(r) && rd_ok(r) && \valid_read(ctx) && context_ok(ctx) && \valid(issuer) && readable(issuer);
    requires \valid(flags) && \separated(r, ctx, issuer, flags);
    assigns r->pos, issuer->ptr, issuer->len, *flags;
    ensures accepted(\result) ==> part(issuer->ptr, issuer->len, r->base, r->end);
    ensures accepted(\result) ==> r->pos == r->end;
    ensures \old(r->pos) <= r->pos <= r->end;
    ensures \result.offset <= r->end;
 */
static cauth_result next_certificate(rd *r, const cauth_context *ctx, cauth_bytes *issuer, cauth_flags *flags)
{
    cauth_bytes next_issuer;
    cauth_bytes subject;
    cauth_result e = walk_names(r, ctx, &next_issuer, &subject, flags);
    if (!cauth_is_accepted(e))
        return e;
    if (issuer->len != 0 && !der_equal(*issuer, subject)) {
        if (ctx->version == CAUTH_TLS13)
            cauth_flags_set(flags, CAUTH_CERT_13_11);
        else if (ctx->version != CAUTH_SSL30)
            cauth_flags_set(flags, CAUTH_CERT_10_06);
    }
    set_bytes(issuer, next_issuer);
    return cauth_accepted();
}

cauth_result cauth_certificate_list_check(cauth_bytes list, size_t offset, const cauth_context *ctx, cauth_flags *flags)
{
    static const rd_vec item = { 3, 1, 1, 0xFFFFFF, CAUTH_FIELD_ASN1_CERT, CAUTH_RULE_NONE };
    cauth_flags f = cauth_flags_none();
    cauth_bytes issuer = { NULL, 0 };
    rd r = rd_init(list);
    rd certificate = r;
    /*@ loop invariant r.pos <= r.end;
        loop invariant part(issuer.ptr, issuer.len, r.base, r.end);
        loop assigns r.pos, certificate, issuer, f;
        loop variant r.end - r.pos;
     */
    while (r.pos < r.end) {
        cauth_result e = rd_vector(&r, &item, &certificate);
        if (cauth_is_accepted(e))
            e = next_certificate(&certificate, ctx, &issuer, &f);
        if (!cauth_is_accepted(e))
            return shifted(e, offset);
    }
    cauth_flags_merge(flags, &f);
    return cauth_accepted();
}

/* CertificateEntry (RFC 8446 §4.4.2). */
/*@ requires \valid(r) && rd_ok(r) && \valid_read(ctx) && context_ok(ctx) && \valid(issuer) && readable(issuer);
    requires \valid(flags) && \separated(r, ctx, issuer, flags);
    requires part(issuer->ptr, issuer->len, r->base, r->end);
    assigns r->pos, issuer->ptr, issuer->len, *flags;
    ensures accepted(\result) ==> part(issuer->ptr, issuer->len, r->base, r->end);
    ensures accepted(\result) ==> \old(r->pos) < r->pos;
    ensures \old(r->pos) <= r->pos <= r->end;
    ensures \result.offset <= r->end;
 */
static cauth_result next_entry(rd *r, const cauth_context *ctx, cauth_bytes *issuer, cauth_flags *flags)
{
    static const rd_vec data = { 3, 1, 1, 0xFFFFFF, CAUTH_FIELD_CERT_DATA, CAUTH_RULE_NONE };
    static const rd_vec extensions = { 2, 1, 0, 65535, CAUTH_FIELD_EXTENSIONS, CAUTH_RULE_NONE };
    cauth_bytes ignored;
    rd inside;
    cauth_result e = rd_vector(r, &data, &inside);
    if (!cauth_is_accepted(e))
        return e;
    if (ctx->certificate_type == CAUTH_RAW_PUBLIC_KEY)
        e = whole_spki(&inside, ctx, flags);
    else
        e = next_certificate(&inside, ctx, issuer, flags);
    if (!cauth_is_accepted(e))
        return e;
    return rd_opaque(r, &extensions, &ignored);
}

cauth_result cauth_certificate_entry_list_check(cauth_bytes list, size_t offset, const cauth_context *ctx,
                                                cauth_flags *flags)
{
    cauth_flags f = cauth_flags_none();
    cauth_bytes issuer = { NULL, 0 };
    rd r = rd_init(list);
    /*@ loop invariant r.pos <= r.end;
        loop invariant part(issuer.ptr, issuer.len, r.base, r.end);
        loop assigns r.pos, issuer, f;
        loop variant r.end - r.pos;
     */
    while (r.pos < r.end) {
        cauth_result e = next_entry(&r, ctx, &issuer, &f);
        if (!cauth_is_accepted(e))
            return shifted(e, offset);
    }
    cauth_flags_merge(flags, &f);
    return cauth_accepted();
}

/* The parts of the Extension whose content is left in r. */
/*@ requires \valid(r) && rd_ok(r) && \valid(oid) && \valid(value) && \valid(critical);
    requires \separated(r, oid, value, critical);
    assigns r->pos, *oid, *value, *critical;
    ensures \result ==> oid->content <= oid->content_end <= r->end && value->content <= value->content_end <= r->end;
    ensures \old(r->pos) <= r->pos <= r->end;
 */
static bool read_extension(rd *r, der_tlv *oid, der_tlv *value, bool *critical)
{
    if (!der_read(r, oid) || !der_read(r, value))
        return false;
    *critical = false;
    if (value->tag != DER_BOOLEAN)
        return true;
    *critical = value->content < value->content_end && r->base[value->content] != 0;
    return der_read(r, value);
}

bool cauth_x509_extension_next(cauth_iter *it, cauth_x509_extension *extension)
{
    size_t start = it->pos;
    rd inside;
    der_tlv t;
    der_tlv oid;
    der_tlv value;
    bool critical = false;
    if (!der_iter_next(it, &inside, &t) || !read_extension(&inside, &oid, &value, &critical)) {
        it->pos = start;
        return false;
    }
    set_bytes(&extension->oid, der_content(&inside, &oid));
    extension->critical = critical;
    set_bytes(&extension->value, der_content(&inside, &value));
    return true;
}

/* Sizes come first when writing DER. Each is that of a whole TLV; 0 for what is absent. */

/*@ requires \valid_read(v) && x509_can_be_written(v);
    assigns \nothing;
    ensures \result <= v->version.len + 20;
 */
static size_t version_size(const cauth_x509 *v)
{
    return v->version.len > 0 ? der_size(der_size(v->version.len)) : 0;
}

/*@ requires \valid_read(v) && x509_can_be_written(v);
    assigns \nothing;
    ensures \result <= v->not_before.value.len + v->not_after.value.len + 20;
 */
static size_t validity_len(const cauth_x509 *v)
{
    return der_size(v->not_before.value.len) + der_size(v->not_after.value.len);
}

/*@ requires id.len <= SIZE_MAX / 64;
    assigns \nothing;
    ensures \result <= id.len + 10;
 */
static size_t unique_id_size(cauth_bytes id)
{
    return id.len > 0 ? der_size(id.len) : 0;
}

/*@ requires \valid_read(v) && x509_can_be_written(v);
    assigns \nothing;
    ensures \result <= v->extensions.len + 20;
 */
static size_t extensions_size(const cauth_x509 *v)
{
    return v->has_extensions ? der_size(der_size(v->extensions.len)) : 0;
}

/*@ requires \valid_read(v) && x509_can_be_written(v);
    assigns \nothing;
    ensures \result <= SIZE_MAX / 4;
 */
static size_t tbs_len(const cauth_x509 *v)
{
    return version_size(v) + der_size(v->serial_number.len) + der_size(v->tbs_signature.len) + v->issuer.len +
           der_size(validity_len(v)) + v->subject.len + v->spki.len + unique_id_size(v->issuer_unique_id) +
           unique_id_size(v->subject_unique_id) + extensions_size(v);
}

/*@ requires readable(content) && \valid(w) && writer_ok(w);
    assigns w->len, w->failed, w->ptr[w->len .. w->cap - 1];
    ensures writer_ok(w) && \old(w->len) <= w->len && (\old(w->failed) ==> w->failed);
 */
static void write_optional(cauth_writer *w, uint8_t tag, cauth_bytes content)
{
    if (content.len > 0)
        der_write(w, tag, content);
}

/*@ requires \valid_read(v) && x509_can_be_written(v) && \valid(w) && writer_ok(w);
    requires \separated(v, w, w->ptr + (0 .. w->cap - 1));
    assigns w->len, w->failed, w->ptr[w->len .. w->cap - 1];
    ensures writer_ok(w) && \old(w->len) <= w->len && (\old(w->failed) ==> w->failed);
 */
static void write_extensions(const cauth_x509 *v, cauth_writer *w)
{
    if (v->has_extensions) {
        der_write_header(w, EXTENSIONS_TAG, der_size(v->extensions.len));
        der_write(w, DER_SEQUENCE, v->extensions);
    }
}

/*@ requires \valid_read(v) && x509_can_be_written(v) && \valid(w) && writer_ok(w);
    requires \separated(v, w, w->ptr + (0 .. w->cap - 1));
    assigns w->len, w->failed, w->ptr[w->len .. w->cap - 1];
    ensures writer_ok(w) && \old(w->len) <= w->len && (\old(w->failed) ==> w->failed);
 */
static void write_tbs(const cauth_x509 *v, cauth_writer *w)
{
    der_write_header(w, DER_SEQUENCE, tbs_len(v));
    if (v->version.len > 0) {
        der_write_header(w, VERSION_TAG, der_size(v->version.len));
        der_write(w, DER_INTEGER, v->version);
    }
    der_write(w, DER_INTEGER, v->serial_number);
    der_write(w, DER_SEQUENCE, v->tbs_signature);
    cauth_write_bytes(w, v->issuer);
    der_write_header(w, DER_SEQUENCE, validity_len(v));
    der_write(w, v->not_before.tag, v->not_before.value);
    der_write(w, v->not_after.tag, v->not_after.value);
    cauth_write_bytes(w, v->subject);
    cauth_write_bytes(w, v->spki);
    write_optional(w, ISSUER_UNIQUE_ID_TAG, v->issuer_unique_id);
    write_optional(w, SUBJECT_UNIQUE_ID_TAG, v->subject_unique_id);
    write_extensions(v, w);
}

bool cauth_x509_write(const cauth_x509 *v, cauth_writer *w)
{
    size_t len = der_size(tbs_len(v)) + der_size(v->signature_algorithm.len) + der_size(v->signature_value.len);
    der_write_header(w, DER_SEQUENCE, len);
    write_tbs(v, w);
    der_write(w, DER_SEQUENCE, v->signature_algorithm);
    return der_write(w, DER_BIT_STRING, v->signature_value);
}
