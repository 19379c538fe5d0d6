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

typedef struct {
    cauth_bytes oid; /* content octets of extnID */
    bool critical;
    cauth_bytes value; /* content octets of extnValue */
} cauth_x509_extension;

/* Parses one certificate that is the whole input. Accepted: *out and *flags are set. Rejected: both are untouched. */
cauth_result cauth_x509_parse(cauth_bytes in, const cauth_context *ctx, cauth_x509 *out, cauth_flags *flags);

/* Appends the certificate: the levels that the view takes apart with definite, minimal lengths, the spans as they are.
 * For DER input the same bytes. spki_algorithm, public_key and the spans of single extensions are not looked at: they
 * are parts of spki and of extensions. */
bool cauth_x509_write(const cauth_x509 *v, cauth_writer *w);

/* Extensions of a certificate, with cauth_iter_init(certificate.extensions). */
bool cauth_x509_extension_next(cauth_iter *it, cauth_x509_extension *extension);

/* Judges a subjectPublicKeyInfo that is the whole of `spki`: the raw public key of RFC 7250 §3. */
cauth_result cauth_spki_check(cauth_bytes spki, size_t offset, const cauth_context *ctx, cauth_flags *flags);

/* Judge every ASN.1Cert of a certificate_list whose framing was accepted: items with 3-octet prefixes (SSL 3.0 to
 * TLS 1.2), and CertificateEntry (TLS 1.3), where ctx->certificate_type says whether the entries hold certificates or
 * raw public keys. A certificate that did not issue the one before it is flagged, names compared byte by byte.
 *
 * For all three, `offset` is the position of the first argument in the message body, so that the result speaks of the
 * body. Accepted: flags are added to *flags. Rejected: *flags is untouched. */
cauth_result cauth_certificate_list_check(cauth_bytes list, size_t offset, const cauth_context *ctx,
                                          cauth_flags *flags);
cauth_result cauth_certificate_entry_list_check(cauth_bytes list, size_t offset, const cauth_context *ctx,
                                                cauth_flags *flags);

#ifdef __cplusplus
}
#endif
#endif
