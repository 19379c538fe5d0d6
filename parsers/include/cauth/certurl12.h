/* CertificateURL, which a client of TLS 1.0 to 1.2 may send in place of Certificate (RFC 6066 §5). */
#ifndef CAUTH_CERTURL12_H
#define CAUTH_CERTURL12_H

#include <stdbool.h>
#include <stdint.h>

#include "cauth/bytes.h"
#include "cauth/context.h"
#include "cauth/list.h"
#include "cauth/result.h"
#include "cauth/writer.h"

#ifdef __cplusplus
extern "C" {
#endif

/* CertChainType. */
#define CAUTH_INDIVIDUAL_CERTS 0u
#define CAUTH_PKIPATH 1u

/* A view: the span aliases the parsed body and lives as long as it. */
typedef struct {
    uint8_t type;                  /* CertChainType */
    cauth_bytes url_and_hash_list; /* URLAndHash items: cauth_url_and_hash_next */
} cauth_certurl12;

typedef struct {
    cauth_bytes url;
    uint8_t padding;       /* 1 in every accepted message */
    cauth_bytes sha1_hash; /* 20 bytes */
} cauth_url_and_hash;

/* Parses one message body. Accepted: *out and *flags are set. Rejected: both are untouched. The text of a URL is not
 * looked into: it is the business of whoever would fetch it. */
/*@ requires readable(body) && \valid_read(ctx) && context_ok(ctx) && \valid(out) && \valid(flags);
    requires \separated(out, flags, ctx, body.ptr + (0 .. body.len - 1));
    assigns *out, *flags;
    ensures \result.offset <= body.len;
    ensures accepted(\result) ==> within(&out->url_and_hash_list, body) && readable(&out->url_and_hash_list);
    ensures accepted(\result) ==> 3 + out->url_and_hash_list.len == body.len;
    ensures !accepted(\result) ==> *out == \old(*out) && *flags == \old(*flags);
 */
cauth_result cauth_certurl12_parse(cauth_bytes body, const cauth_context *ctx, cauth_certurl12 *out,
                                   cauth_flags *flags);

/* Appends the message body; false if it did not fit the writer or a length prefix. */
/*@ requires \valid_read(v) && readable(&v->url_and_hash_list) && \valid(w) && writer_ok(w);
    requires \separated(v, w, w->ptr + (0 .. w->cap - 1));
    assigns w->len, w->failed, w->ptr[w->len .. w->cap - 1];
    ensures writer_ok(w) && \old(w->len) <= w->len;
    ensures (\result <==> !w->failed) && (\old(w->failed) ==> w->failed);
 */
bool cauth_certurl12_write(const cauth_certurl12 *v, cauth_writer *w);

/* The next item of a url_and_hash_list and true, or false at the end, the output untouched. */
/*@ requires \valid(it) && readable(&it->list) && \valid(item) && \separated(it, item);
    assigns it->pos, item->url.ptr, item->url.len, item->padding, item->sha1_hash.ptr, item->sha1_hash.len;
    ensures !\result ==> it->pos == \old(it->pos) && *item == \old(*item);
    ensures \result ==> \old(it->pos) < it->pos <= it->list.len;
    ensures \result ==> readable(&item->url) && within(&item->url, &it->list);
    ensures \result ==> readable(&item->sha1_hash) && within(&item->sha1_hash, &it->list);
 */
bool cauth_url_and_hash_next(cauth_iter *it, cauth_url_and_hash *item);

/* Appends one item; the hash is written as long as it is. */
/*@ requires \valid_read(item) && readable(&item->url) && readable(&item->sha1_hash) && \valid(w) && writer_ok(w);
    requires \separated(item, w, w->ptr + (0 .. w->cap - 1));
    assigns w->len, w->failed, w->ptr[w->len .. w->cap - 1];
    ensures writer_ok(w) && \old(w->len) <= w->len;
    ensures (\result <==> !w->failed) && (\old(w->failed) ==> w->failed);
 */
bool cauth_url_and_hash_write(cauth_writer *w, const cauth_url_and_hash *item);

#ifdef __cplusplus
}
#endif
#endif
