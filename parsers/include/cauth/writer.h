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

cauth_writer cauth_writer_init(uint8_t *ptr, size_t cap);

/* Each appends and returns false if the writer has failed, now or before. */
bool cauth_write_u8(cauth_writer *w, uint8_t value);
bool cauth_write_u16(cauth_writer *w, uint16_t value);
bool cauth_write_u24(cauth_writer *w, uint32_t value);
bool cauth_write_bytes(cauth_writer *w, cauth_bytes bytes);

/* A vector: a length prefix of `width` octets (1, 2 or 3), then the bytes (RFC 8446 §3.4). */
bool cauth_write_vector(cauth_writer *w, size_t width, cauth_bytes content);

/* A vector whose content is written piece by piece: begin reserves the prefix and gives its position, end fills it in
 * with the number of bytes written since. */
size_t cauth_write_begin(cauth_writer *w, size_t width);
bool cauth_write_end(cauth_writer *w, size_t width, size_t begun);

/* What has been written so far. */
cauth_bytes cauth_written(const cauth_writer *w);

#ifdef __cplusplus
}
#endif
#endif
