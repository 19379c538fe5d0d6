/* CertificateRequest of TLS 1.2 (RFC 5246 §7.4.4). */
#ifndef CAUTH_CERTREQ12_H
#define CAUTH_CERTREQ12_H

#include "cauth/bytes.h"
#include "cauth/context.h"
#include "cauth/list.h"
#include "cauth/result.h"
#include "cauth/writer.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A view: every span aliases the parsed body and lives as long as it. */
typedef struct {
    cauth_bytes certificate_types;              /* ClientCertificateType, one octet each: cauth_u8_next */
    cauth_bytes supported_signature_algorithms; /* SignatureAndHashAlgorithm, two octets each: cauth_u16_next */
    cauth_bytes certificate_authorities;        /* DistinguishedName items with their prefixes: cauth_vector16_next */
} cauth_certreq12;

/* Parses one message body. Accepted: *out and *flags are set. Rejected: both are untouched. Judges the framing; the
 * DER of the names is judged by cauth_name_list_check. */
cauth_result cauth_certreq12_parse(cauth_bytes body, const cauth_context *ctx, cauth_certreq12 *out,
                                   cauth_flags *flags);

/* Appends the message body; false if it did not fit the writer or a length prefix. */
bool cauth_certreq12_write(const cauth_certreq12 *v, cauth_writer *w);

#ifdef __cplusplus
}
#endif
#endif
