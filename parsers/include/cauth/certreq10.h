/* CertificateRequest of SSL 3.0 (RFC 6101 §5.6.4), TLS 1.0 (RFC 2246 §7.4.4) and TLS 1.1 (RFC 4346 §7.4.4). */
#ifndef CAUTH_CERTREQ10_H
#define CAUTH_CERTREQ10_H

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
    cauth_bytes certificate_types;       /* ClientCertificateType, one octet each: cauth_u8_next */
    cauth_bytes certificate_authorities; /* DistinguishedName items with their prefixes: cauth_vector16_next */
} cauth_certreq10;

/* Parses one message body. Accepted: *out and *flags are set. Rejected: both are untouched. Judges the framing; the
 * DER of the names is judged by cauth_name_list_check.
 *
 * One layout under three versions, told apart by ctx->version: certificate_authorities has a floor of 3 in SSL 3.0 and
 * TLS 1.0, of 0 in TLS 1.1. Servers without configured CA names send an empty list all the same, so the interop
 * profile only flags that (CR-S3-03, CR-10-02), and empty certificate_types in SSL 3.0 (CR-S3-02). */
/*@ requires readable(body) && \valid_read(ctx) && context_ok(ctx) && \valid(out) && \valid(flags);
    requires \separated(out, flags, ctx, body.ptr + (0 .. body.len - 1));
    assigns *out, *flags;
    ensures \result.offset <= body.len;
    ensures accepted(\result) ==> within(&out->certificate_types, body) && readable(&out->certificate_types);
    ensures accepted(\result) ==> within(&out->certificate_authorities, body) &&
        readable(&out->certificate_authorities);
    ensures accepted(\result) ==> 3 + out->certificate_types.len + out->certificate_authorities.len == body.len;
    ensures !accepted(\result) ==> *out == \old(*out) && *flags == \old(*flags);
 */
cauth_result cauth_certreq10_parse(cauth_bytes body, const cauth_context *ctx, cauth_certreq10 *out,
                                   cauth_flags *flags);

/* Appends the message body; false if it did not fit the writer or a length prefix. */
/*@ requires \valid_read(v) && readable(&v->certificate_types) && readable(&v->certificate_authorities) && \valid(w) &&
        writer_ok(w);
    requires \separated(v, w, w->ptr + (0 .. w->cap - 1));
    assigns w->len, w->failed, w->ptr[w->len .. w->cap - 1];
    ensures writer_ok(w) && \old(w->len) <= w->len;
    ensures (\result <==> !w->failed) && (\old(w->failed) ==> w->failed);
 */
bool cauth_certreq10_write(const cauth_certreq10 *v, cauth_writer *w);

#ifdef __cplusplus
}
#endif
#endif
