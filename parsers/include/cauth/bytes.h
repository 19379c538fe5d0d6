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

/*@ // The bytes of a span are there.
    predicate readable{L}(cauth_bytes span) = \valid_read(span.ptr + (0 .. span.len - 1));
    predicate readable{L}(cauth_bytes *span) = \valid_read(span->ptr + (0 .. span->len - 1));

    // A part of a span. An empty part may point anywhere.
    predicate within(cauth_bytes part, cauth_bytes whole) = part.len == 0 ||
        (\base_addr(part.ptr) == \base_addr(whole.ptr) && whole.ptr <= part.ptr &&
         part.ptr + part.len <= whole.ptr + whole.len);
    predicate within{L}(cauth_bytes *part, cauth_bytes whole) = part->len == 0 ||
        (\base_addr(part->ptr) == \base_addr(whole.ptr) && whole.ptr <= part->ptr &&
         part->ptr + part->len <= whole.ptr + whole.len);
    predicate within{L}(cauth_bytes *part, cauth_bytes *whole) = part->len == 0 ||
        (\base_addr(part->ptr) == \base_addr(whole->ptr) && whole->ptr <= part->ptr &&
         part->ptr + part->len <= whole->ptr + whole->len);
 */

#ifdef __cplusplus
}
#endif
#endif
