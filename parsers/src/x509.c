#include "cauth/x509.h"

#include "judge.h"
#include "name.h"

#define VERSION_TAG 0xA0u
#define ISSUER_UNIQUE_ID_TAG 0x81u
#define SUBJECT_UNIQUE_ID_TAG 0x82u
#define EXTENSIONS_TAG 0xA3u

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

static bool is_id_ce(cauth_bytes oid, unsigned arc)
{
    return oid.len == 3 && oid.ptr[0] == 0x55 && oid.ptr[1] == 0x1D && oid.ptr[2] == arc;
}

static bool next_is(const rd *r, uint8_t tag)
{
    return rd_left(r) > 0 && r->base[r->pos] == tag;
}

/* The parameters of an AlgorithmIdentifier, whose type the algorithm decides. All algorithms in use have a NULL,
 * without content (X.690 §8.8.2), an OBJECT IDENTIFIER or a SEQUENCE; the content of anything else is not looked into.
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

static cauth_result walk_algorithm(rd *r, const der_want *want, const cauth_context *ctx, cauth_bytes *algorithm,
                                   cauth_flags *flags)
{
    der_tlv t;
    cauth_result e = der_expect(r, want, ctx, &t, flags);
    if (!cauth_is_accepted(e))
        return e;
    rd inside = der_inside(r, &t);
    *algorithm = rd_rest(&inside);
    return check_algorithm(&inside, want, ctx, flags);
}

/* version [0] EXPLICIT Version DEFAULT v1 */
static cauth_result walk_version(rd *r, const cauth_context *ctx, cauth_x509 *v, cauth_flags *flags)
{
    static const der_want outer = { VERSION_TAG, CAUTH_FIELD_X509_VERSION, CAUTH_X5_02, &body_rules };
    static const der_want integer = { DER_INTEGER, CAUTH_FIELD_X509_VERSION, CAUTH_X5_02, &body_rules };
    der_tlv t;
    v->version = rd_span(r, r->pos, r->pos);
    if (!next_is(r, VERSION_TAG))
        return cauth_accepted();
    cauth_result e = der_expect(r, &outer, ctx, &t, flags);
    if (!cauth_is_accepted(e))
        return e;
    rd inside = der_inside(r, &t);
    e = der_expect(&inside, &integer, ctx, &t, flags);
    if (!cauth_is_accepted(e))
        return e;
    v->version = der_content(&inside, &t);
    if (v->version.len == 0)
        return cauth_rejected(CAUTH_X5_02, CAUTH_FIELD_X509_VERSION, t.length_at);
    if (v->version.len != 1 || v->version.ptr[0] == 0 || v->version.ptr[0] > 2)
        e = judge(ctx, CAUTH_X5_04, CAUTH_FIELD_X509_VERSION, t.content, flags);
    if (!cauth_is_accepted(e))
        return e;
    return rd_finish(&inside, CAUTH_X5_02, CAUTH_FIELD_X509_VERSION);
}

/* Whether the version is at least v2 (1) or v3 (2). One that is no number of a version was judged already. */
static bool version_is_at_least(const cauth_x509 *v, uint8_t least)
{
    return v->version.len > 1 || (v->version.len == 1 && v->version.ptr[0] >= least);
}

/* X5-05, of the INTEGER: two's complement (X.690 §8.3). */
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

static cauth_result walk_serial(rd *r, const cauth_context *ctx, cauth_x509 *v, cauth_flags *flags)
{
    static const der_want want = { DER_INTEGER, CAUTH_FIELD_X509_SERIAL, CAUTH_X5_05, &serial_rules };
    der_tlv t;
    cauth_result e = der_expect(r, &want, ctx, &t, flags);
    if (!cauth_is_accepted(e))
        return e;
    v->serial_number = der_content(r, &t);
    return check_serial(r, &t, flags);
}

/* A Name; its encoding, and whether it has no RDN. */
static cauth_result walk_name(rd *r, cauth_field field, const cauth_context *ctx, cauth_bytes *encoding, bool *empty,
                              cauth_flags *flags)
{
    size_t start = r->pos;
    cauth_name name;
    cauth_result e = name_walk(r, field, &name_rules, ctx, &name, flags);
    if (!cauth_is_accepted(e))
        return e;
    *encoding = rd_span(r, start, r->pos);
    *empty = name.rdns.len == 0;
    return e;
}

/* Two digits at i as a number; 100 when they are not digits. */
static unsigned two_digits(cauth_bytes value, size_t i)
{
    unsigned tens = value.ptr[i];
    unsigned ones = value.ptr[i + 1];
    if (tens < '0' || tens > '9' || ones < '0' || ones > '9')
        return 100;
    return (tens - '0') * 10u + (ones - '0');
}

/* MMDDHHMMSSZ at i, the last octets of a time. */
static bool is_time_of_year(cauth_bytes value, size_t i)
{
    unsigned month = two_digits(value, i);
    unsigned day = two_digits(value, i + 2);
    return month >= 1 && month <= 12 && day >= 1 && day <= 31 && two_digits(value, i + 4) <= 23 &&
           two_digits(value, i + 6) <= 59 && two_digits(value, i + 8) <= 59 && value.ptr[i + 10] == 'Z';
}

/* RFC 5280 §4.1.2.5: YYMMDDHHMMSSZ through 2049, YYYYMMDDHHMMSSZ from 2050 on. */
static bool is_date(const cauth_x509_time *time)
{
    if (time->tag == DER_UTC_TIME && time->value.len == 13)
        return two_digits(time->value, 0) < 100 && is_time_of_year(time->value, 2);
    if (time->tag != DER_GENERALIZED_TIME || time->value.len != 15)
        return false;
    unsigned century = two_digits(time->value, 0);
    unsigned year = two_digits(time->value, 2);
    return century < 100 && year < 100 && century * 100 + year >= 2050 && is_time_of_year(time->value, 4);
}

static cauth_result walk_time(rd *r, cauth_field field, const cauth_context *ctx, cauth_x509_time *time,
                              cauth_flags *flags)
{
    der_tlv t;
    if (rd_left(r) < 1)
        return cauth_rejected(CAUTH_X5_02, field, r->end);
    if (r->base[r->pos] % 32u == 31u)
        return cauth_rejected(CAUTH_X5_02, field, r->pos);
    cauth_result e = der_next(r, field, &body_rules, ctx, &t, flags);
    if (!cauth_is_accepted(e))
        return e;
    time->tag = t.tag;
    time->value = der_content(r, &t);
    if (!is_date(time))
        cauth_flags_set(flags, CAUTH_X5_08);
    return e;
}

static cauth_result walk_validity(rd *r, const cauth_context *ctx, cauth_x509 *v, cauth_flags *flags)
{
    static const der_want want = { DER_SEQUENCE, CAUTH_FIELD_X509_VALIDITY, CAUTH_X5_02, &body_rules };
    der_tlv t;
    cauth_result e = der_expect(r, &want, ctx, &t, flags);
    if (!cauth_is_accepted(e))
        return e;
    rd inside = der_inside(r, &t);
    e = walk_time(&inside, CAUTH_FIELD_X509_NOT_BEFORE, ctx, &v->not_before, flags);
    if (!cauth_is_accepted(e))
        return e;
    e = walk_time(&inside, CAUTH_FIELD_X509_NOT_AFTER, ctx, &v->not_after, flags);
    if (!cauth_is_accepted(e))
        return e;
    return rd_finish(&inside, CAUTH_X5_02, CAUTH_FIELD_X509_VALIDITY);
}

/* A BIT STRING has an octet that counts the unused bits of the last one, 0 to 7; none where no other follows (X.690
 * §8.6.2). */
static cauth_result check_bit_string(const rd *r, const der_tlv *t, cauth_rule rule, cauth_field field)
{
    if (t->content == t->content_end)
        return cauth_rejected(rule, field, t->length_at);
    bool is_empty = t->content_end - t->content == 1;
    if (r->base[t->content] > (is_empty ? 0 : 7))
        return cauth_rejected(rule, field, t->content);
    return cauth_accepted();
}

/* SubjectPublicKeyInfo ::= SEQUENCE { algorithm AlgorithmIdentifier, subjectPublicKey BIT STRING } */
static cauth_result walk_spki(rd *r, const cauth_context *ctx, cauth_x509 *v, cauth_flags *flags)
{
    static const der_want outer = { DER_SEQUENCE, CAUTH_FIELD_X509_SPKI, CAUTH_X5_09, &spki_rules };
    static const der_want algorithm = { DER_SEQUENCE, CAUTH_FIELD_X509_SPKI_ALGORITHM, CAUTH_X5_09, &spki_rules };
    static const der_want key = { DER_BIT_STRING, CAUTH_FIELD_X509_PUBLIC_KEY, CAUTH_X5_09, &spki_rules };
    der_tlv t;
    cauth_result e = der_expect(r, &outer, ctx, &t, flags);
    if (!cauth_is_accepted(e))
        return e;
    v->spki = rd_span(r, t.start, t.next);
    rd inside = der_inside(r, &t);
    e = walk_algorithm(&inside, &algorithm, ctx, &v->spki_algorithm, flags);
    if (!cauth_is_accepted(e))
        return e;
    e = der_expect(&inside, &key, ctx, &t, flags);
    if (!cauth_is_accepted(e))
        return e;
    v->public_key = der_content(&inside, &t);
    e = check_bit_string(&inside, &t, CAUTH_X5_09, CAUTH_FIELD_X509_PUBLIC_KEY);
    if (!cauth_is_accepted(e))
        return e;
    return rd_finish(&inside, CAUTH_X5_09, CAUTH_FIELD_X509_SPKI);
}

/* issuerUniqueID [1] and subjectUniqueID [2], IMPLICIT BIT STRING OPTIONAL, from v2 on */
static cauth_result walk_unique_id(rd *r, uint8_t tag, const cauth_context *ctx, const cauth_x509 *v, cauth_bytes *id,
                                   cauth_flags *flags)
{
    const der_want want = { tag, CAUTH_FIELD_X509_UNIQUE_ID, CAUTH_X5_10, &tail_rules };
    cauth_result e = cauth_accepted();
    der_tlv t;
    *id = rd_span(r, r->pos, r->pos);
    if (!next_is(r, tag))
        return e;
    if (!version_is_at_least(v, 1))
        e = judge(ctx, CAUTH_X5_04, CAUTH_FIELD_X509_UNIQUE_ID, r->pos, flags);
    if (!cauth_is_accepted(e))
        return e;
    e = der_expect(r, &want, ctx, &t, flags);
    if (!cauth_is_accepted(e))
        return e;
    *id = der_content(r, &t);
    return check_bit_string(r, &t, CAUTH_X5_10, CAUTH_FIELD_X509_UNIQUE_ID);
}

/* critical BOOLEAN DEFAULT FALSE: written out only when true, and then as FF (X.690 §11.1, §11.5). */
static cauth_result walk_critical(rd *r, const cauth_context *ctx, cauth_flags *flags)
{
    static const der_want want = { DER_BOOLEAN, CAUTH_FIELD_X509_EXTENSION_CRITICAL, CAUTH_X5_10, &tail_rules };
    der_tlv t;
    if (!next_is(r, DER_BOOLEAN))
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

static void keep_if_none(cauth_bytes *kept, cauth_bytes value)
{
    if (kept->len == 0)
        *kept = value;
}

static void keep_known_extension(cauth_bytes oid, cauth_bytes value, cauth_x509 *v)
{
    if (is_id_ce(oid, KEY_USAGE))
        keep_if_none(&v->key_usage, value);
    if (is_id_ce(oid, EXTENDED_KEY_USAGE))
        keep_if_none(&v->extended_key_usage, value);
    if (is_id_ce(oid, BASIC_CONSTRAINTS))
        keep_if_none(&v->basic_constraints, value);
}

/* Extension ::= SEQUENCE { extnID OBJECT IDENTIFIER, critical BOOLEAN DEFAULT FALSE, extnValue OCTET STRING } */
static cauth_result walk_extension(rd *r, const cauth_context *ctx, cauth_bytes *oid, cauth_x509 *v, cauth_flags *flags)
{
    static const der_want outer = { DER_SEQUENCE, CAUTH_FIELD_X509_EXTENSION, CAUTH_X5_10, &tail_rules };
    static const der_want id = { DER_OID, CAUTH_FIELD_X509_EXTENSION_OID, CAUTH_X5_10, &tail_rules };
    static const der_want octets = { DER_OCTET_STRING, CAUTH_FIELD_X509_EXTENSION_VALUE, CAUTH_X5_10, &tail_rules };
    der_tlv t;
    cauth_result e = der_expect(r, &outer, ctx, &t, flags);
    if (!cauth_is_accepted(e))
        return e;
    rd inside = der_inside(r, &t);
    e = der_expect(&inside, &id, ctx, &t, flags);
    if (!cauth_is_accepted(e))
        return e;
    e = der_oid(&inside, &t, CAUTH_X5_10, CAUTH_FIELD_X509_EXTENSION_OID);
    if (!cauth_is_accepted(e))
        return e;
    *oid = der_content(&inside, &t);
    e = walk_critical(&inside, ctx, flags);
    if (!cauth_is_accepted(e))
        return e;
    e = der_expect(&inside, &octets, ctx, &t, flags);
    if (!cauth_is_accepted(e))
        return e;
    keep_known_extension(*oid, der_content(&inside, &t), v);
    return rd_finish(&inside, CAUTH_X5_10, CAUTH_FIELD_X509_EXTENSION);
}

static cauth_result walk_extension_list(rd *r, const cauth_context *ctx, cauth_x509 *v, cauth_flags *flags)
{
    der_oids types;
    types.num = 0;
    if (rd_left(r) == 0)
        cauth_flags_set(flags, CAUTH_X5_10);
    while (r->pos < r->end) {
        cauth_bytes oid;
        cauth_result e = walk_extension(r, ctx, &oid, v, flags);
        if (!cauth_is_accepted(e))
            return e;
        der_compare_oid(&types, oid, CAUTH_X5_11, flags);
    }
    return cauth_accepted();
}

/* extensions [3] EXPLICIT Extensions OPTIONAL, from v3 on */
static cauth_result walk_extensions(rd *r, const cauth_context *ctx, cauth_x509 *v, cauth_flags *flags)
{
    static const der_want outer = { EXTENSIONS_TAG, CAUTH_FIELD_X509_EXTENSIONS, CAUTH_X5_10, &tail_rules };
    static const der_want sequence = { DER_SEQUENCE, CAUTH_FIELD_X509_EXTENSIONS, CAUTH_X5_10, &tail_rules };
    cauth_result e = cauth_accepted();
    der_tlv t;
    v->has_extensions = next_is(r, EXTENSIONS_TAG);
    v->extensions = v->key_usage = v->extended_key_usage = v->basic_constraints = rd_span(r, r->pos, r->pos);
    if (!v->has_extensions)
        return e;
    if (!version_is_at_least(v, 2))
        e = judge(ctx, CAUTH_X5_04, CAUTH_FIELD_X509_EXTENSIONS, r->pos, flags);
    if (!cauth_is_accepted(e))
        return e;
    e = der_expect(r, &outer, ctx, &t, flags);
    if (!cauth_is_accepted(e))
        return e;
    rd inside = der_inside(r, &t);
    e = der_expect(&inside, &sequence, ctx, &t, flags);
    if (!cauth_is_accepted(e))
        return e;
    rd list = der_inside(&inside, &t);
    v->extensions = rd_rest(&list);
    e = walk_extension_list(&list, ctx, v, flags);
    if (!cauth_is_accepted(e))
        return e;
    return rd_finish(&inside, CAUTH_X5_10, CAUTH_FIELD_X509_EXTENSIONS);
}

static bool has_critical_alt_name(const cauth_x509 *v)
{
    cauth_iter it = cauth_iter_init(v->extensions);
    cauth_x509_extension extension;
    while (cauth_x509_extension_next(&it, &extension))
        if (extension.critical && is_id_ce(extension.oid, SUBJECT_ALT_NAME))
            return true;
    return false;
}

/* serialNumber to subject */
static cauth_result walk_identity(rd *r, const cauth_context *ctx, cauth_x509 *v, bool *empty_subject,
                                  cauth_flags *flags)
{
    static const der_want algorithm = { DER_SEQUENCE, CAUTH_FIELD_X509_TBS_SIGNATURE, CAUTH_X5_02, &body_rules };
    bool empty_issuer = false;
    cauth_result e = walk_serial(r, ctx, v, flags);
    if (!cauth_is_accepted(e))
        return e;
    e = walk_algorithm(r, &algorithm, ctx, &v->tbs_signature, flags);
    if (!cauth_is_accepted(e))
        return e;
    e = walk_name(r, CAUTH_FIELD_X509_ISSUER, ctx, &v->issuer, &empty_issuer, flags);
    if (!cauth_is_accepted(e))
        return e;
    if (empty_issuer)
        cauth_flags_set(flags, CAUTH_X5_07);
    e = walk_validity(r, ctx, v, flags);
    if (!cauth_is_accepted(e))
        return e;
    return walk_name(r, CAUTH_FIELD_X509_SUBJECT, ctx, &v->subject, empty_subject, flags);
}

/* The content of TBSCertificate (RFC 5280 §4.1.2). */
static cauth_result walk_tbs(rd *r, const cauth_context *ctx, cauth_x509 *v, cauth_flags *flags)
{
    bool empty_subject = false;
    cauth_result e = walk_version(r, ctx, v, flags);
    if (!cauth_is_accepted(e))
        return e;
    e = walk_identity(r, ctx, v, &empty_subject, flags);
    if (!cauth_is_accepted(e))
        return e;
    e = walk_spki(r, ctx, v, flags);
    if (!cauth_is_accepted(e))
        return e;
    e = walk_unique_id(r, ISSUER_UNIQUE_ID_TAG, ctx, v, &v->issuer_unique_id, flags);
    if (!cauth_is_accepted(e))
        return e;
    e = walk_unique_id(r, SUBJECT_UNIQUE_ID_TAG, ctx, v, &v->subject_unique_id, flags);
    if (!cauth_is_accepted(e))
        return e;
    e = walk_extensions(r, ctx, v, flags);
    if (!cauth_is_accepted(e))
        return e;
    if (empty_subject && !has_critical_alt_name(v))
        cauth_flags_set(flags, CAUTH_X5_07);
    return rd_finish(r, CAUTH_X5_10, CAUTH_FIELD_X509_TBS);
}

/* X5-06: the algorithm outside the signed part must be the one inside, byte by byte. */
static cauth_result compare_algorithms(const rd *r, const der_tlv *t, cauth_bytes inner, const cauth_context *ctx,
                                       cauth_flags *flags)
{
    cauth_bytes outer = der_content(r, t);
    size_t i = 0;
    if (outer.len != inner.len)
        return judge(ctx, CAUTH_X5_06, CAUTH_FIELD_X509_SIGNATURE_ALGORITHM, t->length_at, flags);
    while (i < outer.len && outer.ptr[i] == inner.ptr[i])
        i += 1;
    if (i < outer.len)
        return judge(ctx, CAUTH_X5_06, CAUTH_FIELD_X509_SIGNATURE_ALGORITHM, t->content + i, flags);
    return cauth_accepted();
}

/* Compared before it is looked into, so that the first wrong byte decides. */
static cauth_result walk_signature_algorithm(rd *r, const cauth_context *ctx, cauth_x509 *v, cauth_flags *flags)
{
    static const der_want want = { DER_SEQUENCE, CAUTH_FIELD_X509_SIGNATURE_ALGORITHM, CAUTH_X5_02, &body_rules };
    der_tlv t;
    cauth_result e = der_expect(r, &want, ctx, &t, flags);
    if (!cauth_is_accepted(e))
        return e;
    rd inside = der_inside(r, &t);
    v->signature_algorithm = rd_rest(&inside);
    e = compare_algorithms(r, &t, v->tbs_signature, ctx, flags);
    if (!cauth_is_accepted(e))
        return e;
    return check_algorithm(&inside, &want, ctx, flags);
}

static cauth_result walk_signature_value(rd *r, const cauth_context *ctx, cauth_x509 *v, cauth_flags *flags)
{
    static const der_want want = { DER_BIT_STRING, CAUTH_FIELD_X509_SIGNATURE_VALUE, CAUTH_X5_02, &body_rules };
    der_tlv t;
    cauth_result e = der_expect(r, &want, ctx, &t, flags);
    if (!cauth_is_accepted(e))
        return e;
    v->signature_value = der_content(r, &t);
    e = check_bit_string(r, &t, CAUTH_X5_13, CAUTH_FIELD_X509_SIGNATURE_VALUE);
    if (!cauth_is_accepted(e))
        return e;
    if (v->signature_value.ptr[0] != 0)
        cauth_flags_set(flags, CAUTH_X5_13);
    return e;
}

/* The certificate that is all of r. */
static cauth_result walk_certificate(rd *r, const cauth_context *ctx, cauth_x509 *v, cauth_flags *flags)
{
    static const der_want whole = { DER_SEQUENCE, CAUTH_FIELD_X509_CERTIFICATE, CAUTH_X5_01, &whole_rules };
    static const der_want tbs_want = { DER_SEQUENCE, CAUTH_FIELD_X509_TBS, CAUTH_X5_02, &body_rules };
    der_tlv t;
    cauth_result e = der_expect(r, &whole, ctx, &t, flags);
    if (!cauth_is_accepted(e))
        return e;
    rd inside = der_inside(r, &t);
    e = der_expect(&inside, &tbs_want, ctx, &t, flags);
    if (!cauth_is_accepted(e))
        return e;
    rd tbs = der_inside(&inside, &t);
    e = walk_tbs(&tbs, ctx, v, flags);
    if (!cauth_is_accepted(e))
        return e;
    e = walk_signature_algorithm(&inside, ctx, v, flags);
    if (!cauth_is_accepted(e))
        return e;
    e = walk_signature_value(&inside, ctx, v, flags);
    if (!cauth_is_accepted(e))
        return e;
    e = rd_finish(&inside, CAUTH_X5_02, CAUTH_FIELD_X509_CERTIFICATE);
    if (!cauth_is_accepted(e))
        return e;
    return rd_finish(r, CAUTH_X5_01, CAUTH_FIELD_X509_CERTIFICATE);
}

cauth_result cauth_x509_parse(cauth_bytes in, const cauth_context *ctx, cauth_x509 *out, cauth_flags *flags)
{
    cauth_x509 v;
    cauth_flags f = cauth_flags_none();
    rd r = rd_init(in);
    cauth_result e = walk_certificate(&r, ctx, &v, &f);
    if (!cauth_is_accepted(e))
        return e;
    *out = v;
    *flags = f;
    return e;
}

/* The subjectPublicKeyInfo that is all of r. */
static cauth_result whole_spki(rd *r, const cauth_context *ctx, cauth_flags *flags)
{
    cauth_x509 v;
    cauth_result e = walk_spki(r, ctx, &v, flags);
    if (!cauth_is_accepted(e))
        return e;
    return rd_finish(r, CAUTH_X5_09, CAUTH_FIELD_X509_SPKI);
}

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

/* The next certificate of a chain. *issuer is that of the certificate before, NULL for the first, and is replaced. */
static cauth_result next_certificate(rd *r, const cauth_context *ctx, cauth_bytes *issuer, cauth_flags *flags)
{
    cauth_x509 v;
    cauth_result e = walk_certificate(r, ctx, &v, flags);
    if (!cauth_is_accepted(e))
        return e;
    if (issuer->ptr != NULL && !der_equal(*issuer, v.subject)) {
        if (ctx->version == CAUTH_TLS13)
            cauth_flags_set(flags, CAUTH_CERT_13_11);
        else if (ctx->version != CAUTH_SSL30)
            cauth_flags_set(flags, CAUTH_CERT_10_06);
    }
    *issuer = v.issuer;
    return e;
}

cauth_result cauth_certificate_list_check(cauth_bytes list, size_t offset, const cauth_context *ctx, cauth_flags *flags)
{
    static const rd_vec item = { 3, 1, 1, 0xFFFFFF, CAUTH_FIELD_ASN1_CERT, CAUTH_RULE_NONE };
    cauth_flags f = cauth_flags_none();
    cauth_bytes issuer = { NULL, 0 };
    rd r = rd_init(list);
    while (r.pos < r.end) {
        rd certificate;
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
    while (r.pos < r.end) {
        cauth_result e = next_entry(&r, ctx, &issuer, &f);
        if (!cauth_is_accepted(e))
            return shifted(e, offset);
    }
    cauth_flags_merge(flags, &f);
    return cauth_accepted();
}

bool cauth_x509_extension_next(cauth_iter *it, cauth_x509_extension *extension)
{
    cauth_iter next = *it;
    cauth_x509_extension x;
    rd inside;
    der_tlv t;
    der_tlv oid;
    if (!der_iter_next(&next, &inside, &t) || !der_read(&inside, &oid) || !der_read(&inside, &t))
        return false;
    x.oid = der_content(&inside, &oid);
    x.critical = false;
    if (t.tag == DER_BOOLEAN) {
        x.critical = t.content < t.content_end && inside.base[t.content] != 0;
        if (!der_read(&inside, &t))
            return false;
    }
    x.value = der_content(&inside, &t);
    *extension = x;
    *it = next;
    return true;
}

/* Sizes come first when writing DER. Each is that of a whole TLV; 0 for what is absent. */

static size_t version_size(const cauth_x509 *v)
{
    return v->version.len > 0 ? der_size(der_size(v->version.len)) : 0;
}

static size_t validity_len(const cauth_x509 *v)
{
    return der_size(v->not_before.value.len) + der_size(v->not_after.value.len);
}

static size_t unique_id_size(cauth_bytes id)
{
    return id.len > 0 ? der_size(id.len) : 0;
}

static size_t extensions_size(const cauth_x509 *v)
{
    return v->has_extensions ? der_size(der_size(v->extensions.len)) : 0;
}

static size_t tbs_len(const cauth_x509 *v)
{
    return version_size(v) + der_size(v->serial_number.len) + der_size(v->tbs_signature.len) + v->issuer.len +
           der_size(validity_len(v)) + v->subject.len + v->spki.len + unique_id_size(v->issuer_unique_id) +
           unique_id_size(v->subject_unique_id) + extensions_size(v);
}

static void write_optional(cauth_writer *w, uint8_t tag, cauth_bytes content)
{
    if (content.len > 0)
        der_write(w, tag, content);
}

static void write_extensions(const cauth_x509 *v, cauth_writer *w)
{
    if (v->has_extensions) {
        der_write_header(w, EXTENSIONS_TAG, der_size(v->extensions.len));
        der_write(w, DER_SEQUENCE, v->extensions);
    }
}

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
