/* Inputs in heap blocks of exactly their size, so that AddressSanitizer sees a read one byte past the end. */
#ifndef CAUTH_PROPS_EXACT_H
#define CAUTH_PROPS_EXACT_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cauth/bytes.h"

/* Gives a copy, to be released with exact_free. A copy of no bytes has a NULL pointer, so that reading it faults. */
static inline cauth_bytes exact_copy(const void *p, size_t len)
{
    cauth_bytes copy = { NULL, 0 };
    if (len > 0) {
        uint8_t *block = malloc(len);
        if (block == NULL) {
            fputs("out of memory\n", stderr);
            abort();
        }
        memcpy(block, p, len);
        copy.ptr = block;
        copy.len = len;
    }
    return copy;
}

static inline void exact_free(cauth_bytes copy)
{
    free((void *)(uintptr_t)copy.ptr);
}

#endif
