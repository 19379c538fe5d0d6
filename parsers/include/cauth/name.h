/* DistinguishedName: one X.501 Name in DER (RFC 5280 §4.1.2.4, RFC 4346 §7.4.4). */
#ifndef CAUTH_NAME_H
#define CAUTH_NAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cauth/bytes.h"
#include "cauth/context.h"
#include "cauth/list.h"
#include "cauth/result.h"
#include "cauth/writer.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A view: every span aliases the parsed input and lives as long as it. */
typedef struct {
    cauth_bytes rdns; /* RelativeDistinguishedName, most significant first: cauth_rdn_next; empty for the empty Name */
} cauth_name;

/* One AttributeTypeAndValue. */
typedef struct {
    cauth_bytes type;  /* content octets of the OBJECT IDENTIFIER */
    uint8_t value_tag; /* identifier octet of the value, such as 0x0C for UTF8String */
    cauth_bytes value; /* content octets of the value */
} cauth_attribute;

/* Parses one Name that is the whole input, down to the characters of its attribute values. Accepted: *out and *flags
 * are set. Rejected: both are untouched. SSL 3.0 and TLS 1.0 do not ask for DER, so that other BER is only flagged
 * there. */
/*@ requires readable(in) && \valid_read(ctx) && context_ok(ctx) && \valid(out) && \valid(flags);
    requires \separated(out, flags, ctx, in.ptr + (0 .. in.len - 1));
    assigns *out, *flags;
    ensures \result.offset <= in.len;
    ensures accepted(\result) ==> within(&out->rdns, in) && readable(&out->rdns);
    // Consumed to its end, where only end-of-contents octets can stand behind the RDNs.
    ensures accepted(\result) ==> out->rdns.len == 0 || out->rdns.ptr + out->rdns.len == in.ptr + in.len ||
        out->rdns.ptr + out->rdns.len + 2 == in.ptr + in.len;
    ensures !accepted(\result) ==> *out == \old(*out) && *flags == \old(*flags);
 */
cauth_result cauth_name_parse(cauth_bytes in, const cauth_context *ctx, cauth_name *out, cauth_flags *flags);

/* Appends the Name, of at most SIZE_MAX / 8 octets, with definite, minimal lengths: for DER input the same bytes.
 * Values are copied as they are. */
/*@ requires \valid_read(v) && readable(&v->rdns) && v->rdns.len <= SIZE_MAX / 8 && \valid(w) && writer_ok(w);
    requires \separated(v, w, w->ptr + (0 .. w->cap - 1));
    assigns w->len, w->failed, w->ptr[w->len .. w->cap - 1];
    ensures writer_ok(w) && \old(w->len) <= w->len;
    ensures (\result <==> !w->failed) && (\old(w->failed) ==> w->failed);
 */
bool cauth_name_write(const cauth_name *v, cauth_writer *w);

/* RDNs of a name, with cauth_iter_init(name.rdns); each is given as the list of its attributes. */
/*@ requires \valid(it) && readable(&it->list) && \valid(rdn) && \separated(it, rdn);
    assigns it->pos, rdn->ptr, rdn->len;
    ensures !\result ==> it->pos == \old(it->pos) && rdn->ptr == \old(rdn->ptr) && rdn->len == \old(rdn->len);
    ensures \result ==> \old(it->pos) + 2 + rdn->len <= it->pos <= it->list.len;
    ensures \result ==> readable(rdn) && within(rdn, &it->list);
 */
bool cauth_rdn_next(cauth_iter *it, cauth_bytes *rdn);

/* Attributes of an RDN, with cauth_iter_init(rdn). */
/*@ requires \valid(it) && readable(&it->list) && \valid(attribute) && \separated(it, attribute);
    assigns it->pos, attribute->type.ptr, attribute->type.len, attribute->value_tag, attribute->value.ptr,
        attribute->value.len;
    ensures !\result ==> it->pos == \old(it->pos) && attribute->type.ptr == \old(attribute->type.ptr) &&
        attribute->type.len == \old(attribute->type.len) && attribute->value_tag == \old(attribute->value_tag) &&
        attribute->value.ptr == \old(attribute->value.ptr) && attribute->value.len == \old(attribute->value.len);
    ensures \result ==> \old(it->pos) + 6 + attribute->type.len + attribute->value.len <= it->pos <= it->list.len;
    ensures \result ==> readable(&attribute->type) && within(&attribute->type, &it->list);
    ensures \result ==> readable(&attribute->value) && within(&attribute->value, &it->list);
 */
bool cauth_attribute_next(cauth_iter *it, cauth_attribute *attribute);

/* Judges every DistinguishedName of a list whose framing was accepted (certificate_authorities, items with 2-octet
 * prefixes). `offset` is the position of the list in the message body, so that the result speaks of the body.
 * Accepted: the flags of all names are added to *flags. Rejected: *flags is untouched. */
/*@ requires readable(list) && offset + list.len <= SIZE_MAX && \valid_read(ctx) && context_ok(ctx) && \valid(flags);
    requires \separated(flags, ctx, list.ptr + (0 .. list.len - 1));
    assigns *flags;
    ensures \result.offset <= offset + list.len;
    ensures !accepted(\result) ==> *flags == \old(*flags);
 */
cauth_result cauth_name_list_check(cauth_bytes list, size_t offset, const cauth_context *ctx, cauth_flags *flags);

/* Appends the string form of RFC 4514: RDNs from last to first, "CN=Steve Kille,O=Isode Limited,C=GB". Types that
 * RFC 4514 §3 names no keyword for are dotted, with their value as "#" and the hexadecimal encoding; so is any value
 * that is not text in its own character set. Control characters, NUL among them, and characters that do not show are
 * escaped as \XX, and nothing is ever cut off: the string is valid UTF-8 without control characters, and has no final
 * NUL. TeletexString is read as ISO 8859-1, as certificates use it. A type with an arc above 2^64-1 is given as "#" and
 * the hexadecimal encoding, because converting it to decimal would not be linear work. Takes at most 6 octets per
 * octet of the name. False if it did not fit. */
/*@ requires \valid_read(name) && readable(&name->rdns) && \valid(w) && writer_ok(w);
    requires \separated(name, w, w->ptr + (0 .. w->cap - 1));
    assigns w->len, w->failed, w->ptr[w->len .. w->cap - 1];
    ensures writer_ok(w) && \old(w->len) <= w->len;
    ensures (\result <==> !w->failed) && (\old(w->failed) ==> w->failed);
 */
bool cauth_name_print(const cauth_name *name, cauth_writer *w);

#ifdef __cplusplus
}
#endif
#endif
