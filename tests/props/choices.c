#include "choices.h"

#include <string.h>

choices choices_init(cauth_bytes bytes)
{
    choices c = { bytes.ptr, bytes.len, 0 };
    return c;
}

static uint32_t next_byte(choices *c)
{
    uint32_t byte = 0;
    if (c->pos < c->len) {
        byte = c->ptr[c->pos];
        c->pos++;
    }
    return byte;
}

uint32_t choose(choices *c, uint32_t n)
{
    uint32_t value = 0;
    for (uint32_t room = n - 1; room > 0; room /= 256)
        value = (value << 8) + next_byte(c);
    return value % n;
}

size_t choice_write(uint32_t n, uint32_t value, uint8_t bytes[4])
{
    size_t num = 0;
    for (uint32_t room = n - 1; room > 0; room /= 256)
        num++;
    for (size_t i = num; i > 0; i--, value >>= 8)
        bytes[i - 1] = (uint8_t)(value & 0xFF);
    return num;
}

cauth_bytes choices_rest(const choices *c)
{
    cauth_bytes rest = { c->pos < c->len ? c->ptr + c->pos : NULL, c->len - c->pos };
    return rest;
}

uint8_t *arena_take(arena *a, size_t len)
{
    if (a->cap - a->len < len)
        return NULL;
    uint8_t *taken = a->ptr + a->len;
    memset(taken, 0, len);
    a->len += len;
    return taken;
}

static cauth_bytes span_of(uint8_t *taken, size_t len)
{
    return (cauth_bytes){ taken, taken != NULL ? len : 0 };
}

cauth_bytes arena_zeros(arena *a, size_t len)
{
    return span_of(len > 0 ? arena_take(a, len) : NULL, len);
}

cauth_bytes arena_copy(arena *a, const void *p, size_t len)
{
    uint8_t *taken = len > 0 ? arena_take(a, len) : NULL;
    if (taken != NULL)
        memcpy(taken, p, len);
    return span_of(taken, len);
}

cauth_writer arena_writer(arena *a)
{
    return cauth_writer_init(a->ptr + a->len, a->cap - a->len);
}

cauth_bytes arena_keep(arena *a, const cauth_writer *w)
{
    a->len += w->len;
    return cauth_written(w);
}
