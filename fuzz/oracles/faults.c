#include "faults.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define MAX_TYPES 256u

/* The extension types of a request, as far as its framing goes. */
typedef struct {
    uint16_t types[MAX_TYPES];
    size_t num;
} extension_types;

static size_t number_at(cauth_bytes in, size_t pos)
{
    return in.ptr[pos] * 256u + in.ptr[pos + 1];
}

/* certificate_request_context<0..255>, extensions<0..65535>, each a type and a vector (RFC 8446 §4.2, §4.3.2). */
static void read_types(cauth_bytes in, extension_types *x)
{
    x->num = 0;
    if (in.len < 1 || in.len - 1 < in.ptr[0] || in.len - 1 - in.ptr[0] < 2)
        return;
    size_t pos = 1u + in.ptr[0];
    size_t end = pos + 2 + number_at(in, pos);
    if (end > in.len)
        end = in.len;
    for (pos += 2; end - pos >= 4 && x->num < MAX_TYPES;) {
        x->types[x->num++] = (uint16_t)number_at(in, pos);
        size_t len = number_at(in, pos + 2);
        if (end - pos - 4 < len)
            return;
        pos += 4 + len;
    }
}

static bool has_twice(const extension_types *x)
{
    for (size_t i = 0; i < x->num; i++)
        for (size_t j = 0; j < i; j++)
            if (x->types[i] == x->types[j])
                return true;
    return false;
}

static bool has_misplaced(const extension_types *x)
{
    for (size_t i = 0; i < x->num; i++)
        if (cauth_extension_in_certreq(x->types[i]) == CAUTH_EXTENSION_REFUSED)
            return true;
    return false;
}

static bool has(const extension_types *x, uint16_t type)
{
    for (size_t i = 0; i < x->num; i++)
        if (x->types[i] == type)
            return true;
    return false;
}

bool fault_is_there(const message *m, cauth_bytes in, cauth_rule rule)
{
    extension_types x;
    if (strcmp(m->layout, "certreq13") != 0)
        return false;
    read_types(in, &x);
    switch (rule) {
    case CAUTH_CR_13_07:
        return !has(&x, CAUTH_EXT_SIGNATURE_ALGORITHMS);
    case CAUTH_CR_13_08:
        return has_twice(&x);
    case CAUTH_CR_13_09:
        return has_misplaced(&x);
    default:
        return false;
    }
}
