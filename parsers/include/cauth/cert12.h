/* Certificate of SSL 3.0 to TLS 1.2, X.509 form (RFC 6101 §5.6.2, RFC 5246 §7.4.2). */
#ifndef CAUTH_CERT12_H
#define CAUTH_CERT12_H

#include <stdbool.h>

#include "cauth/bytes.h"
#include "cauth/context.h"
#include "cauth/list.h"
#include "cauth/result.h"
#include "cauth/writer.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A view: the span aliases the parsed body and lives as long as it. */
typedef struct {
    cauth_bytes certificate_list; /* ASN.1Cert items with their prefixes, the sender's own first: cauth_vector24_next */
    bool list_missing;            /* the body had no bytes at all, not even the list's length: interop only (VEC-10) */
} cauth_cert12;

/* Parses one message body. Accepted: *out and *flags are set. Rejected: both are untouched.
 *
 * A list without certificates is how a client of TLS 1.0 to 1.2 says that it has none (RFC 5246 §7.4.6). A server may
 * not send it, and in SSL 3.0 nobody: there the client sends a no_certificate alert (RFC 6101 §5.6.6).
 * Judges the framing; the DER of the certificates is judged by cauth_certificate_list_check. */
/*@ requires readable(body) && \valid_read(ctx) && context_ok(ctx) && \valid(out) && \valid(flags);
    requires \separated(out, flags, ctx, body.ptr + (0 .. body.len - 1));
    assigns *out, *flags;
    ensures \result.offset <= body.len;
    ensures accepted(\result) ==> within(&out->certificate_list, body) && readable(&out->certificate_list);
    ensures accepted(\result) ==> (out->list_missing ? 0 : 3 + out->certificate_list.len) == body.len;
    ensures !accepted(\result) ==> *out == \old(*out) && *flags == \old(*flags);
 */
cauth_result cauth_cert12_parse(cauth_bytes body, const cauth_context *ctx, cauth_cert12 *out, cauth_flags *flags);

/* Appends the message body; false if it did not fit the writer or a length prefix. */
/*@ requires \valid_read(v) && readable(&v->certificate_list) && \valid(w) && writer_ok(w);
    requires \separated(v, w, w->ptr + (0 .. w->cap - 1));
    assigns w->len, w->failed, w->ptr[w->len .. w->cap - 1];
    ensures writer_ok(w) && \old(w->len) <= w->len;
    ensures (\result <==> !w->failed) && (\old(w->failed) ==> w->failed);
 */
bool cauth_cert12_write(const cauth_cert12 *v, cauth_writer *w);

#ifdef __cplusplus
}
#endif
#endif
