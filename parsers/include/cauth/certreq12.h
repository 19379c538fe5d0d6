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
/*@ requires readable(body) && \valid_read(ctx) && context_ok(ctx) && \valid(out) && \valid(flags);
    requires \separated(out, flags, ctx, body.ptr + (0 .. body.len - 1));
    assigns *out, *flags;
    ensures \result.offset <= body.len;
    ensures accepted(\result) ==> within(&out->certificate_types, body) && readable(&out->certificate_types);
    ensures accepted(\result) ==> within(&out->supported_signature_algorithms, body) &&
        readable(&out->supported_signature_algorithms);
    ensures accepted(\result) ==> within(&out->certificate_authorities,
        body) && readable(&out->certificate_authorities);
    ensures accepted(\result) ==> 5 + out->certificate_types.len +
        out->supported_signature_algorithms.len + out->certificate_authorities.len == body.len;
    ensures !accepted(\result)
        ==> *out == \old(*out) && *flags == \old(*flags);
 */
cauth_result cauth_certreq12_parse(cauth_bytes body, const cauth_context *ctx, cauth_certreq12 *out,
                                   cauth_flags *flags);

/* Appends the message body; false if it did not fit the writer or a length prefix. */
/*@ requires \valid_read(v) && readable(&v->certificate_types) && readable(&v->supported_signature_algorithms) &&
        readable(&v->certificate_authorities) && \valid(w) && writer_ok(w);
    requires \separated(v, w, w->ptr + (0 .. w->cap - 1));
    assigns w->len, w->failed, w->ptr[w->len .. w->cap - 1];
    ensures writer_ok(w) && \old(w->len) <= w->len;
    ensures (\result <==> !w->failed) && (\old(w->failed) ==> w->failed);
 */
bool cauth_certreq12_write(const cauth_certreq12 *v, cauth_writer *w);

#ifdef __cplusplus
}
#endif
#endif
