/* Whether two of a kind are the same. */
#ifndef CAUTH_PROPS_SAME_H
#define CAUTH_PROPS_SAME_H

#include <stdbool.h>
#include <string.h>

#include "cauth/bytes.h"
#include "cauth/result.h"

static inline bool same_bytes(cauth_bytes a, cauth_bytes b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

static inline bool same_flags(const cauth_flags *a, const cauth_flags *b)
{
    return memcmp(a, b, sizeof *a) == 0;
}

static inline bool same_result(cauth_result a, cauth_result b)
{
    return a.rule == b.rule && a.field == b.field && a.offset == b.offset;
}

#endif
