/* CompressedCertificate of TLS 1.3 (RFC 8879 §4): its header. Nothing is decompressed here; what decompression gives is
 * the body of a Certificate, to be parsed by cauth_cert13_parse. */
#ifndef CAUTH_COMPRESSED13_H
#define CAUTH_COMPRESSED13_H

#include <stdbool.h>
#include <stdint.h>

#include "cauth/bytes.h"
#include "cauth/context.h"
#include "cauth/result.h"
#include "cauth/writer.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A view: the span aliases the parsed body and lives as long as it. */
typedef struct {
    uint16_t algorithm;                         /* CertificateCompressionAlgorithm: 1 zlib, 2 brotli, 3 zstd */
    uint32_t uncompressed_length;               /* bytes that decompression must give, exactly */
    cauth_bytes compressed_certificate_message; /* at least one byte */
} cauth_compressed13;

/* Parses one message body. Accepted: *out and *flags are set. Rejected: both are untouched.
 *
 * uncompressed_length is held against ctx->limits.certificate (CERT-13-18) and against the 4 bytes that the smallest
 * Certificate has (CERT-13-20), so that it is safe to allocate. Whether the algorithm was offered is for the caller to
 * know; the reserved value 0 never was. */
/*@ requires readable(body) && \valid_read(ctx) && context_ok(ctx) && \valid(out) && \valid(flags);
    requires \separated(out, flags, ctx, body.ptr + (0 .. body.len - 1));
    assigns *out, *flags;
    ensures \result.offset <= body.len;
    ensures accepted(\result) ==> within(&out->compressed_certificate_message, body) &&
        readable(&out->compressed_certificate_message);
    ensures accepted(\result) ==> 8 + out->compressed_certificate_message.len == body.len;
    ensures accepted(\result) ==> out->uncompressed_length <= ctx->limits.certificate;
    ensures !accepted(\result) ==> *out == \old(*out) && *flags == \old(*flags);
 */
cauth_result cauth_compressed13_parse(cauth_bytes body, const cauth_context *ctx, cauth_compressed13 *out,
                                      cauth_flags *flags);

/* Appends the message body; false if it did not fit the writer, or a length its 3 octets. */
/*@ requires \valid_read(v) && readable(&v->compressed_certificate_message) && \valid(w) && writer_ok(w);
    requires \separated(v, w, w->ptr + (0 .. w->cap - 1));
    assigns w->len, w->failed, w->ptr[w->len .. w->cap - 1];
    ensures writer_ok(w) && \old(w->len) <= w->len;
    ensures (\result <==> !w->failed) && (\old(w->failed) ==> w->failed);
 */
bool cauth_compressed13_write(const cauth_compressed13 *v, cauth_writer *w);

#ifdef __cplusplus
}
#endif
#endif
