/* Certificate of TLS 1.0 to 1.2 that carries an OpenPGP key (RFC 6091 §3.3). Not in use any more. */
#ifndef CAUTH_OPENPGP12_H
#define CAUTH_OPENPGP12_H

#include <stdbool.h>
#include <stdint.h>

#include "cauth/bytes.h"
#include "cauth/context.h"
#include "cauth/result.h"
#include "cauth/writer.h"

#ifdef __cplusplus
extern "C" {
#endif

/* OpenPGPCertDescriptorType. */
#define CAUTH_OPENPGP_EMPTY_CERT 1u
#define CAUTH_OPENPGP_SUBKEY_CERT 2u
#define CAUTH_OPENPGP_SUBKEY_CERT_FINGERPRINT 3u

/* A view: every span aliases the parsed body and lives as long as it. A span that the descriptor does not call for is
 * empty. */
typedef struct {
    uint8_t descriptor;
    cauth_bytes key_id;      /* subkey_cert and subkey_cert_fingerprint: 8 to 255 bytes */
    cauth_bytes cert;        /* subkey_cert: the OpenPGP certificate, may be empty */
    cauth_bytes fingerprint; /* subkey_cert_fingerprint: 20 to 255 bytes */
} cauth_openpgp12;

/* Parses one message body. Accepted: *out and *flags are set; CERT-12-04 is always among the flags. Rejected: both are
 * untouched. OpenPGP packets are not looked into. */
/*@ requires readable(body) && \valid_read(ctx) && context_ok(ctx) && \valid(out) && \valid(flags);
    requires \separated(out, flags, ctx, body.ptr + (0 .. body.len - 1));
    assigns *out, *flags;
    ensures \result.offset <= body.len;
    ensures accepted(\result) ==> within(&out->key_id, body) && readable(&out->key_id);
    ensures accepted(\result) ==> within(&out->cert, body) && readable(&out->cert);
    ensures accepted(\result) ==> within(&out->fingerprint, body) && readable(&out->fingerprint);
    ensures !accepted(\result) ==> *out == \old(*out) && *flags == \old(*flags);
 */
cauth_result cauth_openpgp12_parse(cauth_bytes body, const cauth_context *ctx, cauth_openpgp12 *out,
                                   cauth_flags *flags);

/* Appends the message body: the descriptor, and the spans it calls for. False if it did not fit the writer or a length
 * prefix. */
/*@ requires \valid_read(v) && readable(&v->key_id) && readable(&v->cert) && readable(&v->fingerprint) && \valid(w) &&
        writer_ok(w);
    requires \separated(v, w, w->ptr + (0 .. w->cap - 1));
    assigns w->len, w->failed, w->ptr[w->len .. w->cap - 1];
    ensures writer_ok(w) && \old(w->len) <= w->len;
    ensures (\result <==> !w->failed) && (\old(w->failed) ==> w->failed);
 */
bool cauth_openpgp12_write(const cauth_openpgp12 *v, cauth_writer *w);

#ifdef __cplusplus
}
#endif
#endif
