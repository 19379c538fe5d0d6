/* The encoder behind every cauth_<layout>_write: appends to a buffer of the caller's, never past its capacity. */
#ifndef CAUTH_WRITER_H
#define CAUTH_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cauth/bytes.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Owned by the caller, as is ptr. len bytes are written. Once something did not fit, or a length did not fit its
 * prefix, `failed` stays set and nothing more is written. Writers do not judge: they encode what they are given, so
 * that a test can write what a parser must refuse. */
typedef struct {
    uint8_t *ptr;
    size_t cap;
    size_t len;
    bool failed;
} cauth_writer;

/*@ predicate writer_ok{L}(cauth_writer *w) = w->len <= w->cap && \valid(w->ptr + (0 .. w->cap - 1)); */

/*@ requires \valid(ptr + (0 .. cap - 1));
    assigns \nothing;
    ensures \result.ptr == ptr && \result.cap == cap && \result.len == 0 && !\result.failed;
 */
cauth_writer cauth_writer_init(uint8_t *ptr, size_t cap);

/* Each appends and returns false if the writer has failed, now or before. */
/*@ requires \valid(w) && writer_ok(w);
    assigns w->len, w->failed, w->ptr[w->len .. w->cap - 1];
    ensures writer_ok(w) && \old(w->len) <= w->len && (\result <==> !w->failed);
    ensures \old(w->failed) ==> w->failed && w->len == \old(w->len);
    ensures !w->failed ==> w->len == \old(w->len) + 1;
 */
bool cauth_write_u8(cauth_writer *w, uint8_t value);
/*@ requires \valid(w) && writer_ok(w);
    assigns w->len, w->failed, w->ptr[w->len .. w->cap - 1];
    ensures writer_ok(w) && \old(w->len) <= w->len && (\result <==> !w->failed);
    ensures \old(w->failed) ==> w->failed && w->len == \old(w->len);
    ensures !w->failed ==> w->len == \old(w->len) + 2;
 */
bool cauth_write_u16(cauth_writer *w, uint16_t value);
/*@ requires \valid(w) && writer_ok(w);
    assigns w->len, w->failed, w->ptr[w->len .. w->cap - 1];
    ensures writer_ok(w) && \old(w->len) <= w->len && (\result <==> !w->failed);
    ensures \old(w->failed) ==> w->failed && w->len == \old(w->len);
    ensures !w->failed ==> w->len == \old(w->len) + 3;
 */
bool cauth_write_u24(cauth_writer *w, uint32_t value);
/*@ requires readable(bytes);
    requires \valid(w) && writer_ok(w);
    assigns w->len, w->failed, w->ptr[w->len .. w->cap - 1];
    ensures writer_ok(w) && \old(w->len) <= w->len && (\result <==> !w->failed);
    ensures \old(w->failed) ==> w->failed && w->len == \old(w->len);
    ensures !w->failed ==> w->len == \old(w->len) + bytes.len;
 */
bool cauth_write_bytes(cauth_writer *w, cauth_bytes bytes);

/* A vector: a length prefix of `width` octets (1, 2 or 3), then the bytes (RFC 8446 §3.4). */
/*@ requires 1 <= width <= 8 && readable(content);
    requires \valid(w) && writer_ok(w);
    assigns w->len, w->failed, w->ptr[w->len .. w->cap - 1];
    ensures writer_ok(w) && \old(w->len) <= w->len && (\result <==> !w->failed);
    ensures \old(w->failed) ==> w->failed && w->len == \old(w->len);
    ensures !w->failed ==> w->len == \old(w->len) + width + content.len;
 */
bool cauth_write_vector(cauth_writer *w, size_t width, cauth_bytes content);

/* A vector whose content is written piece by piece: begin reserves the prefix and gives its position, end fills it in
 * with the number of bytes written since. */
/*@ requires width <= 8;
    requires \valid(w) && writer_ok(w);
    assigns w->len, w->failed, w->ptr[w->len .. w->cap - 1];
    ensures writer_ok(w) && \old(w->len) <= w->len;
    ensures \old(w->failed) ==> w->failed && w->len == \old(w->len);
    ensures \result == \old(w->len) && (!w->failed ==> w->len == \old(w->len) + width);
 */
size_t cauth_write_begin(cauth_writer *w, size_t width);
/*@ requires \valid(w) && writer_ok(w) && width <= 8;
    requires !w->failed ==> begun + width <= w->len;
    assigns w->failed, w->ptr[begun .. w->len - 1];
    ensures writer_ok(w) && (\result <==> !w->failed) && (\old(w->failed) ==> w->failed);
 */
bool cauth_write_end(cauth_writer *w, size_t width, size_t begun);

/* What has been written so far. */
/*@ requires \valid_read(w) && writer_ok(w);
    assigns \nothing;
    ensures readable(\result) && \result.len == w->len;
 */
cauth_bytes cauth_written(const cauth_writer *w);

#ifdef __cplusplus
}
#endif
#endif
