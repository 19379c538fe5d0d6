/* Certificate of TLS 1.3 (RFC 8446 §4.4.2), with X.509 certificates or one raw public key (RFC 7250). */
#ifndef CAUTH_CERT13_H
#define CAUTH_CERT13_H

#include <stdbool.h>

#include "cauth/bytes.h"
#include "cauth/context.h"
#include "cauth/extension.h"
#include "cauth/list.h"
#include "cauth/result.h"
#include "cauth/writer.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A view: every span aliases the parsed body and lives as long as it. */
typedef struct {
    cauth_bytes certificate_request_context;
    cauth_bytes certificate_list; /* CertificateEntry items, the sender's own first: cauth_certificate_entry_next */
} cauth_cert13;

typedef struct {
    cauth_bytes cert_data;  /* a DER certificate or, under CAUTH_RAW_PUBLIC_KEY, a DER SubjectPublicKeyInfo */
    cauth_bytes extensions; /* cauth_extension_next */
} cauth_certificate_entry;

/* Parses one message body. Accepted: *out and *flags are set. Rejected: both are untouched.
 *
 * A client without a suitable certificate sends an empty list (RFC 8446 §4.4.2.4); a server may not, nor may it send a
 * certificate_request_context. That a client's context repeats the request's is for the caller to compare, as is
 * whether each extension was asked for. Judges the framing; the DER is judged by cauth_certificate_entry_list_check. */
/*@ requires readable(body) && \valid_read(ctx) && context_ok(ctx) && \valid(out) && \valid(flags);
    requires \separated(out, flags, ctx, body.ptr + (0 .. body.len - 1));
    assigns *out, *flags;
    ensures \result.offset <= body.len;
    ensures accepted(\result) ==> within(&out->certificate_request_context, body) &&
        readable(&out->certificate_request_context);
    ensures accepted(\result) ==> within(&out->certificate_list, body) && readable(&out->certificate_list);
    ensures accepted(\result) ==> 4 + out->certificate_request_context.len + out->certificate_list.len == body.len;
    ensures !accepted(\result) ==> *out == \old(*out) && *flags == \old(*flags);
 */
cauth_result cauth_cert13_parse(cauth_bytes body, const cauth_context *ctx, cauth_cert13 *out, cauth_flags *flags);

/* Appends the message body; false if it did not fit the writer or a length prefix. */
/*@ requires \valid_read(v) && readable(&v->certificate_request_context) && readable(&v->certificate_list) &&
        \valid(w) && writer_ok(w);
    requires \separated(v, w, w->ptr + (0 .. w->cap - 1));
    assigns w->len, w->failed, w->ptr[w->len .. w->cap - 1];
    ensures writer_ok(w) && \old(w->len) <= w->len;
    ensures (\result <==> !w->failed) && (\old(w->failed) ==> w->failed);
 */
bool cauth_cert13_write(const cauth_cert13 *v, cauth_writer *w);

/* The next entry of a certificate_list and true, or false at the end, the output untouched. As in list.h. */
/*@ requires \valid(it) && readable(&it->list) && \valid(entry) && \separated(it, entry);
    assigns it->pos, entry->cert_data.ptr, entry->cert_data.len, entry->extensions.ptr, entry->extensions.len;
    ensures !\result ==> it->pos == \old(it->pos) && *entry == \old(*entry);
    ensures \result ==> \old(it->pos) < it->pos <= it->list.len;
    ensures \result ==> readable(&entry->cert_data) && within(&entry->cert_data, &it->list);
    ensures \result ==> readable(&entry->extensions) && within(&entry->extensions, &it->list);
 */
bool cauth_certificate_entry_next(cauth_iter *it, cauth_certificate_entry *entry);

/* Appends one entry; several in a row make a list. */
/*@ requires \valid_read(entry) && readable(&entry->cert_data) && readable(&entry->extensions) && \valid(w) &&
        writer_ok(w);
    requires \separated(entry, w, w->ptr + (0 .. w->cap - 1));
    assigns w->len, w->failed, w->ptr[w->len .. w->cap - 1];
    ensures writer_ok(w) && \old(w->len) <= w->len;
    ensures (\result <==> !w->failed) && (\old(w->failed) ==> w->failed);
 */
bool cauth_certificate_entry_write(cauth_writer *w, const cauth_certificate_entry *entry);

#ifdef __cplusplus
}
#endif
#endif
