/* Borrowed spans of bytes, the only way cauth hands data in or out. */
#ifndef CAUTH_BYTES_H
#define CAUTH_BYTES_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* `len` readable bytes at `ptr`, owned by someone else. When len is 0, ptr may be NULL and is never computed with. */
typedef struct {
    const uint8_t *ptr;
    size_t len;
} cauth_bytes;

#ifdef __cplusplus
}
#endif
#endif
