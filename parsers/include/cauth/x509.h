/* The outer shape of X.509 certificates and of their keys (RFC 5280 §4.1). Nothing is verified. */
#ifndef CAUTH_X509_H
#define CAUTH_X509_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cauth/bytes.h"
#include "cauth/context.h"
#include "cauth/list.h"
#include "cauth/result.h"
#include "cauth/writer.h"

#ifdef __cplusplus
extern "C" {
#endif

/* UTCTime (0x17) or GeneralizedTime (0x18), when DER and RFC 5280 are kept to. */
typedef struct {
    uint8_t tag;
    cauth_bytes value;
} cauth_x509_time;

/* A view: every span aliases the parsed input and lives as long as it. "Content" is the content octets, without tag and
 * length; "encoding" is with them. */
typedef struct {
    cauth_bytes version;       /* content of the INTEGER: 01 for v2, 02 for v3; empty when absent: v1 */
    cauth_bytes serial_number; /* content of the INTEGER */
    cauth_bytes tbs_signature; /* content of the AlgorithmIdentifier in the signed part */
    cauth_bytes issuer;        /* encoding, for cauth_name_parse */
    cauth_x509_time not_before;
    cauth_x509_time not_after;
    cauth_bytes subject;           /* encoding, for cauth_name_parse */
    cauth_bytes spki;              /* encoding of subjectPublicKeyInfo */
    cauth_bytes spki_algorithm;    /* content of its AlgorithmIdentifier */
    cauth_bytes public_key;        /* content of its BIT STRING: the number of unused bits, then the key */
    cauth_bytes issuer_unique_id;  /* content of the BIT STRING; empty when absent */
    cauth_bytes subject_unique_id; /* likewise */
    bool has_extensions;
    cauth_bytes extensions;          /* Extension, one after the other: cauth_x509_extension_next */
    cauth_bytes key_usage;           /* the first extnValue of this type that is not empty; else empty */
    cauth_bytes extended_key_usage;  /* likewise */
    cauth_bytes basic_constraints;   /* likewise */
    cauth_bytes signature_algorithm; /* content of the AlgorithmIdentifier */
    cauth_bytes signature_value;     /* content of the BIT STRING: the number of unused bits, then the signature */
} cauth_x509;

/*@ // A span that is not so long that sums of lengths would wrap around.
    predicate x509_span{L}(cauth_bytes *span) = readable(span) && span->len <= SIZE_MAX / 64;
    predicate x509_can_be_written{L}(cauth_x509 *v) = x509_span(&v->version) &&
        x509_span(&v->serial_number) &&
        x509_span(&v->tbs_signature) &&
        x509_span(&v->issuer) &&
        x509_span(&v->not_before.value) &&
        x509_span(&v->not_after.value) &&
        x509_span(&v->subject) &&
        x509_span(&v->spki) &&
        x509_span(&v->issuer_unique_id) &&
        x509_span(&v->subject_unique_id) &&
        x509_span(&v->extensions) &&
        x509_span(&v->signature_algorithm) &&
        x509_span(&v->signature_value);
 */

typedef struct {
    cauth_bytes oid; /* content octets of extnID */
    bool critical;
    cauth_bytes value; /* content octets of extnValue */
} cauth_x509_extension;

/* Parses one certificate that is the whole input. Accepted: *out and *flags are set. Rejected: both are untouched. */
/*@ requires readable(in) && \valid_read(ctx) && context_ok(ctx) && \valid(out) && \valid(flags);
    requires \separated(out, flags, ctx, in.ptr + (0 .. in.len - 1));
    assigns *out, *flags;
    ensures \result.offset <= in.len;
    ensures accepted(\result) ==> within(&out->version, in) && readable(&out->version);
    ensures accepted(\result) ==> within(&out->serial_number, in) && readable(&out->serial_number);
    ensures accepted(\result) ==> within(&out->tbs_signature, in) && readable(&out->tbs_signature);
    ensures accepted(\result) ==> within(&out->issuer, in) && readable(&out->issuer);
    ensures accepted(\result) ==> within(&out->not_before.value, in) && readable(&out->not_before.value);
    ensures accepted(\result) ==> within(&out->not_after.value, in) && readable(&out->not_after.value);
    ensures accepted(\result) ==> within(&out->subject, in) && readable(&out->subject);
    ensures accepted(\result) ==> within(&out->spki, in) && readable(&out->spki);
    ensures accepted(\result) ==> within(&out->spki_algorithm, in) && readable(&out->spki_algorithm);
    ensures accepted(\result) ==> within(&out->public_key, in) && readable(&out->public_key);
    ensures accepted(\result) ==> within(&out->issuer_unique_id, in) && readable(&out->issuer_unique_id);
    ensures accepted(\result) ==> within(&out->subject_unique_id, in) && readable(&out->subject_unique_id);
    ensures accepted(\result) ==> within(&out->extensions, in) && readable(&out->extensions);
    ensures accepted(\result) ==> within(&out->key_usage, in) && readable(&out->key_usage);
    ensures accepted(\result) ==> within(&out->extended_key_usage, in) && readable(&out->extended_key_usage);
    ensures accepted(\result) ==> within(&out->basic_constraints, in) && readable(&out->basic_constraints);
    ensures accepted(\result) ==> within(&out->signature_algorithm, in) && readable(&out->signature_algorithm);
    ensures accepted(\result) ==> within(&out->signature_value, in) && readable(&out->signature_value);
    // Consumed to its end, where only end-of-contents octets can stand behind the signature.
    ensures accepted(\result) ==> out->signature_value.len > 0 &&
        in.ptr + in.len <= out->signature_value.ptr + out->signature_value.len + 4;
    ensures !accepted(\result) ==> *out == \old(*out) && *flags == \old(*flags);
 */
cauth_result cauth_x509_parse(cauth_bytes in, const cauth_context *ctx, cauth_x509 *out, cauth_flags *flags);

/* Appends the certificate: the levels that the view takes apart with definite, minimal lengths, the spans as they are.
 * For DER input the same bytes. spki_algorithm, public_key and the spans of single extensions are not looked at: they
 * are parts of spki and of extensions. */
/*@ requires \valid_read(v) && x509_can_be_written(v) && \valid(w) && writer_ok(w);
    requires \separated(v, w, w->ptr + (0 .. w->cap - 1));
    assigns w->len, w->failed, w->ptr[w->len .. w->cap - 1];
    ensures writer_ok(w) && \old(w->len) <= w->len;
    ensures (\result <==> !w->failed) && (\old(w->failed) ==> w->failed);
 */
bool cauth_x509_write(const cauth_x509 *v, cauth_writer *w);

/* Extensions of a certificate, with cauth_iter_init(certificate.extensions). */
/*@ requires \valid(it) && readable(&it->list) && \valid(extension) && \separated(it, extension);
    assigns it->pos, extension->oid.ptr, extension->oid.len, extension->critical, extension->value.ptr,
        extension->value.len;
    ensures !\result ==> it->pos == \old(it->pos) && extension->oid.ptr == \old(extension->oid.ptr) &&
        extension->oid.len == \old(extension->oid.len) && extension->critical == \old(extension->critical) &&
        extension->value.ptr == \old(extension->value.ptr) && extension->value.len == \old(extension->value.len);
    ensures \result ==> \old(it->pos) < it->pos <= it->list.len;
    ensures \result ==> readable(&extension->oid) && within(&extension->oid, &it->list);
    ensures \result ==> readable(&extension->value) && within(&extension->value, &it->list);
 */
bool cauth_x509_extension_next(cauth_iter *it, cauth_x509_extension *extension);

/* Judges a subjectPublicKeyInfo that is the whole of `spki`: the raw public key of RFC 7250 §3. */
/*@ requires readable(spki) && offset + spki.len <= SIZE_MAX && \valid_read(ctx) && context_ok(ctx) && \valid(flags);
    requires \separated(flags, ctx, spki.ptr + (0 .. spki.len - 1));
    assigns *flags;
    ensures \result.offset <= offset + spki.len;
    ensures !accepted(\result) ==> *flags == \old(*flags);
 */
cauth_result cauth_spki_check(cauth_bytes spki, size_t offset, const cauth_context *ctx, cauth_flags *flags);

/* Judge every ASN.1Cert of a certificate_list whose framing was accepted: items with 3-octet prefixes (SSL 3.0 to
 * TLS 1.2), and CertificateEntry (TLS 1.3), where ctx->certificate_type says whether the entries hold certificates or
 * raw public keys. A certificate that did not issue the one before it is flagged, names compared byte by byte.
 *
 * For all three, `offset` is the position of the first argument in the message body, so that the result speaks of the
 * body. Accepted: flags are added to *flags. Rejected: *flags is untouched. */
/*@ requires readable(list) && offset + list.len <= SIZE_MAX && \valid_read(ctx) && context_ok(ctx) && \valid(flags);
    requires \separated(flags, ctx, list.ptr + (0 .. list.len - 1));
    assigns *flags;
    ensures \result.offset <= offset + list.len;
    ensures !accepted(\result) ==> *flags == \old(*flags);
 */
cauth_result cauth_certificate_list_check(cauth_bytes list, size_t offset, const cauth_context *ctx,
                                          cauth_flags *flags);
/*@ requires readable(list) && offset + list.len <= SIZE_MAX && \valid_read(ctx) && context_ok(ctx) && \valid(flags);
    requires \separated(flags, ctx, list.ptr + (0 .. list.len - 1));
    assigns *flags;
    ensures \result.offset <= offset + list.len;
    ensures !accepted(\result) ==> *flags == \old(*flags);
 */
cauth_result cauth_certificate_entry_list_check(cauth_bytes list, size_t offset, const cauth_context *ctx,
                                                cauth_flags *flags);

#ifdef __cplusplus
}
#endif
#endif
