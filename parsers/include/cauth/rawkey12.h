/* Certificate of TLS 1.2 and before that carries a raw public key (RFC 7250 §3). TLS 1.3 puts the key into a
 * CertificateEntry: cert13.h. */
#ifndef CAUTH_RAWKEY12_H
#define CAUTH_RAWKEY12_H

#include <stdbool.h>

#include "cauth/bytes.h"
#include "cauth/context.h"
#include "cauth/result.h"
#include "cauth/writer.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A view: the span aliases the parsed body and lives as long as it. */
typedef struct {
    cauth_bytes subject_public_key_info; /* one DER SubjectPublicKeyInfo; empty when CERT-12-03 is flagged */
} cauth_rawkey12;

/* Parses one message body. Accepted: *out and *flags are set. Rejected: both are untouched.
 *
 * There is no list, so no way to say "no certificate"; a client that sends a key of length 0 for it is flagged with
 * CERT-12-03, a server refused. Judges the framing, not the DER of the key. */
/*@ requires readable(body) && \valid_read(ctx) && context_ok(ctx) && \valid(out) && \valid(flags);
    requires \separated(out, flags, ctx, body.ptr + (0 .. body.len - 1));
    assigns *out, *flags;
    ensures \result.offset <= body.len;
    ensures accepted(\result) ==> within(&out->subject_public_key_info, body) &&
        readable(&out->subject_public_key_info);
    ensures accepted(\result) ==> 3 + out->subject_public_key_info.len == body.len;
    ensures !accepted(\result) ==> *out == \old(*out) && *flags == \old(*flags);
 */
cauth_result cauth_rawkey12_parse(cauth_bytes body, const cauth_context *ctx, cauth_rawkey12 *out, cauth_flags *flags);

/* Appends the message body; false if it did not fit the writer or a length prefix. */
/*@ requires \valid_read(v) && readable(&v->subject_public_key_info) && \valid(w) && writer_ok(w);
    requires \separated(v, w, w->ptr + (0 .. w->cap - 1));
    assigns w->len, w->failed, w->ptr[w->len .. w->cap - 1];
    ensures writer_ok(w) && \old(w->len) <= w->len;
    ensures (\result <==> !w->failed) && (\old(w->failed) ==> w->failed);
 */
bool cauth_rawkey12_write(const cauth_rawkey12 *v, cauth_writer *w);

#ifdef __cplusplus
}
#endif
#endif
