/* CertificateVerify: SSL 3.0 to TLS 1.1 (RFC 4346 §7.4.8), TLS 1.2 (RFC 5246 §7.4.8) and 1.3 (RFC 8446 §4.4.3). */
#ifndef CAUTH_CERTVERIFY_H
#define CAUTH_CERTVERIFY_H

#include <stdbool.h>
#include <stdint.h>

#include "cauth/bytes.h"
#include "cauth/context.h"
#include "cauth/result.h"
#include "cauth/writer.h"

#ifdef __cplusplus
extern "C" {
#endif

/* SSL 3.0 to TLS 1.1: the key decides the algorithm. A view: the span aliases the parsed body. */
typedef struct {
    cauth_bytes signature; /* may be empty: that is for the verification to fail */
} cauth_certverify10;

/* TLS 1.2 and 1.3: the same bytes, though TLS 1.2 reads algorithm as a hash and a signature octet. */
typedef struct {
    uint16_t algorithm; /* SignatureScheme */
    cauth_bytes signature;
} cauth_certverify12;

/* Each parses one message body. Accepted: *out and *flags are set. Rejected: both are untouched.
 *
 * That the algorithm was offered and fits the key is for the caller to check. Refused here is what can never be either:
 * GREASE (CV-04) and, in TLS 1.3, what RFC 8446 keeps out of this message (CV-05): RSASSA-PKCS1-v1_5, SHA-1 and the
 * reserved code points, except that a client may send the rsa_pkcs1_*_legacy schemes. */
/*@ requires readable(body) && \valid_read(ctx) && context_ok(ctx) && \valid(out) && \valid(flags);
    requires \separated(out, flags, ctx, body.ptr + (0 .. body.len - 1));
    assigns *out, *flags;
    ensures \result.offset <= body.len;
    ensures accepted(\result) ==> within(&out->signature, body) && readable(&out->signature);
    ensures accepted(\result) ==> 2 + out->signature.len == body.len;
    ensures !accepted(\result) ==> *out == \old(*out) && *flags == \old(*flags);
 */
cauth_result cauth_certverify10_parse(cauth_bytes body, const cauth_context *ctx, cauth_certverify10 *out,
                                      cauth_flags *flags);
/*@ requires readable(body) && \valid_read(ctx) && context_ok(ctx) && \valid(out) && \valid(flags);
    requires \separated(out, flags, ctx, body.ptr + (0 .. body.len - 1));
    assigns *out, *flags;
    ensures \result.offset <= body.len;
    ensures accepted(\result) ==> within(&out->signature, body) && readable(&out->signature);
    ensures accepted(\result) ==> 4 + out->signature.len == body.len;
    ensures !accepted(\result) ==> *out == \old(*out) && *flags == \old(*flags);
 */
cauth_result cauth_certverify12_parse(cauth_bytes body, const cauth_context *ctx, cauth_certverify12 *out,
                                      cauth_flags *flags);

/* Each appends the message body; false if it did not fit the writer or a length prefix. */
/*@ requires \valid_read(v) && readable(&v->signature) && \valid(w) && writer_ok(w);
    requires \separated(v, w, w->ptr + (0 .. w->cap - 1));
    assigns w->len, w->failed, w->ptr[w->len .. w->cap - 1];
    ensures writer_ok(w) && \old(w->len) <= w->len;
    ensures (\result <==> !w->failed) && (\old(w->failed) ==> w->failed);
 */
bool cauth_certverify10_write(const cauth_certverify10 *v, cauth_writer *w);
/*@ requires \valid_read(v) && readable(&v->signature) && \valid(w) && writer_ok(w);
    requires \separated(v, w, w->ptr + (0 .. w->cap - 1));
    assigns w->len, w->failed, w->ptr[w->len .. w->cap - 1];
    ensures writer_ok(w) && \old(w->len) <= w->len;
    ensures (\result <==> !w->failed) && (\old(w->failed) ==> w->failed);
 */
bool cauth_certverify12_write(const cauth_certverify12 *v, cauth_writer *w);

#ifdef __cplusplus
}
#endif
#endif
