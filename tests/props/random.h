/* Repeatable random numbers: the same seed gives the same bytes on every machine. */
#ifndef CAUTH_PROPS_RANDOM_H
#define CAUTH_PROPS_RANDOM_H

#include <stddef.h>
#include <stdint.h>

typedef struct {
    uint64_t state; /* 1 .. 2^31 - 2 */
} random_source;

static inline random_source random_init(uint64_t seed)
{
    random_source r = { seed % 2147483645u + 1u };
    return r;
}

/* A number from 0 to n - 1; n is 1 to 2^24. The generator of Park and Miller. */
static inline uint32_t random_below(random_source *r, uint32_t n)
{
    r->state = r->state * 48271u % 2147483647u;
    return (uint32_t)(r->state / 64u % n);
}

/* The next of a repeatable row of numbers: of numbers that lie near each other, some that do not. */
static inline uint64_t prop_mix(uint64_t state)
{
    state ^= state >> 30;
    return state % 0xFFFFFFFFu * 0x9E3779B9u + (state >> 32);
}

/* For seeds that lie near each other, as those of a fuzzer may: their first numbers are near each other too, so that
 * the first is thrown away. */
static inline random_source random_init_near(uint64_t seed)
{
    random_source r = random_init(seed);
    random_below(&r, 2);
    return r;
}

/* An octet at which parsers decide: a length at an edge, a sign, a tag. */
static inline uint8_t random_edge(random_source *r)
{
    static const uint8_t edges[] = { 0x00, 0x01, 0x02, 0x7F, 0x80, 0xFE, 0xFF, 0x30, 0x0A };
    return edges[random_below(r, sizeof edges)];
}

static inline void random_bytes(random_source *r, uint8_t *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++)
        bytes[i] = (uint8_t)random_below(r, 256);
}

#endif
