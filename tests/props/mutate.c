#include "mutate.h"

#include <stdlib.h>
#include <string.h>

#include "exact.h"

#define MAX_INSERTED 8u

typedef struct {
    uint8_t *bytes; /* room for MAX_INSERTED more per step */
    size_t len;
} draft;

static size_t some_position(random_source *r, size_t below)
{
    return below > 0 ? random_below(r, below < 65536 ? (uint32_t)below : 65536) : 0;
}

static void change_byte(random_source *r, draft *d)
{
    if (d->len == 0)
        return;
    uint8_t *byte = &d->bytes[some_position(r, d->len)];
    switch (random_below(r, 4)) {
    case 0:
        *byte = (uint8_t)(*byte ^ (1u << random_below(r, 8)));
        break;
    case 1:
        *byte = random_edge(r);
        break;
    case 2:
        *byte = (uint8_t)((*byte + 1u) % 256u);
        break;
    default:
        *byte = (uint8_t)((*byte + 255u) % 256u);
        break;
    }
}

/* Random bytes, or a copy of some that are there. */
static void insert(random_source *r, draft *d)
{
    uint8_t inserted[MAX_INSERTED];
    size_t at = some_position(r, d->len + 1);
    size_t num = 1 + random_below(r, MAX_INSERTED);
    size_t from = some_position(r, d->len);
    random_bytes(r, inserted, num);
    if (random_below(r, 2) == 0)
        for (size_t i = 0; i < num && d->len > 0; i++)
            inserted[i] = d->bytes[(from + i) % d->len];
    memmove(d->bytes + at + num, d->bytes + at, d->len - at);
    memcpy(d->bytes + at, inserted, num);
    d->len += num;
}

static void take_out(random_source *r, draft *d)
{
    if (d->len == 0)
        return;
    size_t at = some_position(r, d->len);
    size_t num = 1 + random_below(r, 4);
    if (num > d->len - at)
        num = d->len - at;
    memmove(d->bytes + at, d->bytes + at + num, d->len - at - num);
    d->len -= num;
}

cauth_bytes mutate(random_source *r, cauth_bytes in)
{
    uint32_t steps = 1 + random_below(r, 3);
    draft d = { malloc(in.len + 3 * MAX_INSERTED), in.len };
    if (d.bytes == NULL)
        abort();
    if (in.len > 0)
        memcpy(d.bytes, in.ptr, in.len);
    for (uint32_t i = 0; i < steps; i++) {
        switch (random_below(r, 8)) {
        case 0:
            insert(r, &d);
            break;
        case 1:
            take_out(r, &d);
            break;
        case 2:
            d.len = some_position(r, d.len + 1);
            break;
        default:
            change_byte(r, &d);
            break;
        }
    }
    cauth_bytes changed = exact_copy(d.bytes, d.len);
    free(d.bytes);
    return changed;
}
