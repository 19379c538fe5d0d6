/* CertificateRequest of TLS 1.3 (RFC 8446 §4.3.2), in the main handshake and after it (§4.6.2). */
#ifndef CAUTH_CERTREQ13_H
#define CAUTH_CERTREQ13_H

#include "cauth/bytes.h"
#include "cauth/context.h"
#include "cauth/extension.h"
#include "cauth/list.h"
#include "cauth/result.h"
#include "cauth/writer.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A known extension: an absent one differs from one without content. `list` is what stands inside the inner length
 * prefix. */
typedef struct {
    bool present;
    cauth_bytes list;
} cauth_certreq13_list;

/* A view: every span aliases the parsed body and lives as long as it. */
typedef struct {
    cauth_bytes certificate_request_context;
    cauth_bytes extensions; /* all of them, in the order received: cauth_extension_next */
    size_t num_extensions;

    /* The same extensions by their meaning; those cauth does not know are found in `extensions` only. */
    bool status_request;                            /* §4.4.2.1; has no content */
    bool signed_certificate_timestamp;              /* RFC 6962 §3.3.1; should have no content */
    cauth_certreq13_list signature_algorithms;      /* §4.2.3, SignatureScheme: cauth_u16_next; always present */
    cauth_certreq13_list signature_algorithms_cert; /* the same */
    cauth_certreq13_list certificate_authorities;   /* §4.2.4, DistinguishedName: cauth_vector16_next */
    cauth_certreq13_list oid_filters;               /* §4.2.5: cauth_oid_filter_next */
    cauth_certreq13_list compress_certificate;      /* RFC 8879 §3, CertificateCompressionAlgorithm: cauth_u16_next */
    cauth_certreq13_list delegated_credential;      /* RFC 9345 §4.1.2, SignatureScheme: cauth_u16_next */
} cauth_certreq13;

/* One OIDFilter (RFC 8446 §4.2.5), each part one DER element; without values the extension need only be there. */
typedef struct {
    cauth_bytes certificate_extension_oid;
    cauth_bytes certificate_extension_values; /* may be empty */
} cauth_oid_filter;

/* The next filter of an oid_filters list and true, or false at the end, the output untouched. As in list.h. */
/*@ requires \valid(it) && readable(&it->list) && \valid(filter) && \separated(it, filter);
    assigns it->pos, filter->certificate_extension_oid.ptr, filter->certificate_extension_oid.len,
            filter->certificate_extension_values.ptr, filter->certificate_extension_values.len;
    ensures !\result ==> it->pos == \old(it->pos) && *filter == \old(*filter);
    ensures \result ==> \old(it->pos) < it->pos <= it->list.len;
    ensures \result ==> readable(&filter->certificate_extension_oid) && within(&filter->certificate_extension_oid,
        &it->list);
    ensures \result ==> readable(&filter->certificate_extension_values) &&
        within(&filter->certificate_extension_values, &it->list);
 */
bool cauth_oid_filter_next(cauth_iter *it, cauth_oid_filter *filter);

/* Appends one filter; several in a row make a list. */
/*@ requires \valid_read(filter) && readable(&filter->certificate_extension_oid) &&
        readable(&filter->certificate_extension_values) && \valid(w) && writer_ok(w);
    requires \separated(filter, w, w->ptr + (0 .. w->cap - 1));
    assigns w->len, w->failed, w->ptr[w->len .. w->cap - 1];
    ensures writer_ok(w) && \old(w->len) <= w->len;
    ensures (\result <==> !w->failed) && (\old(w->failed) ==> w->failed);
 */
bool cauth_oid_filter_write(cauth_writer *w, const cauth_oid_filter *filter);

/* Parses one message body. Accepted: *out and *flags are set. Rejected: both are untouched. Judges the framing of the
 * message and of its known extensions; the DER of the names is judged by cauth_name_list_check. ctx->post_handshake
 * says where the message stood: only after the main handshake may it have a certificate_request_context. */
/*@ requires readable(body) && \valid_read(ctx) && context_ok(ctx) && \valid(out) && \valid(flags);
    requires \separated(out, flags, ctx, body.ptr + (0 .. body.len - 1));
    assigns *out, *flags;
    ensures \result.offset <= body.len;
    ensures accepted(\result) ==> within(&out->certificate_request_context, body);
    ensures accepted(\result) ==> readable(&out->certificate_request_context);
    ensures accepted(\result) ==> within(&out->extensions, body);
    ensures accepted(\result) ==> readable(&out->extensions);
    ensures accepted(\result) ==> within(&out->signature_algorithms.list, body);
    ensures accepted(\result) ==> readable(&out->signature_algorithms.list);
    ensures accepted(\result) ==> within(&out->signature_algorithms_cert.list, body);
    ensures accepted(\result) ==> readable(&out->signature_algorithms_cert.list);
    ensures accepted(\result) ==> within(&out->certificate_authorities.list, body);
    ensures accepted(\result) ==> readable(&out->certificate_authorities.list);
    ensures accepted(\result) ==> within(&out->oid_filters.list, body);
    ensures accepted(\result) ==> readable(&out->oid_filters.list);
    ensures accepted(\result) ==> within(&out->compress_certificate.list, body);
    ensures accepted(\result) ==> readable(&out->compress_certificate.list);
    ensures accepted(\result) ==> within(&out->delegated_credential.list, body);
    ensures accepted(\result) ==> readable(&out->delegated_credential.list);
    ensures accepted(\result) ==> 3 + out->certificate_request_context.len + out->extensions.len == body.len;
    ensures accepted(\result) ==> out->signature_algorithms.present;
    ensures !accepted(\result) ==> *out == \old(*out) && *flags == \old(*flags);
 */
cauth_result cauth_certreq13_parse(cauth_bytes body, const cauth_context *ctx, cauth_certreq13 *out,
                                   cauth_flags *flags);

/* Appends the message body, from certificate_request_context and extensions alone; false if it did not fit the writer
 * or a length prefix. cauth_extension_write makes the extensions. */
/*@ requires \valid_read(v) && readable(&v->certificate_request_context) && readable(&v->extensions) && \valid(w) &&
        writer_ok(w);
    requires \separated(v, w, w->ptr + (0 .. w->cap - 1));
    assigns w->len, w->failed, w->ptr[w->len .. w->cap - 1];
    ensures writer_ok(w) && \old(w->len) <= w->len;
    ensures (\result <==> !w->failed) && (\old(w->failed) ==> w->failed);
 */
bool cauth_certreq13_write(const cauth_certreq13 *v, cauth_writer *w);

#ifdef __cplusplus
}
#endif
#endif
