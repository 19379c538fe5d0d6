/* Where generators and breakers take their decisions and their memory from. */
#ifndef CAUTH_PROPS_CHOICES_H
#define CAUTH_PROPS_CHOICES_H

#include <stddef.h>
#include <stdint.h>

#include "cauth/bytes.h"
#include "cauth/writer.h"

/* A source of decisions, so that a fuzzer or a seeded random generator can steer what is built. Past its end every
 * choice is 0: a generator with no choices left gives its small typical message, and always ends. */
typedef struct {
    const uint8_t *ptr;
    size_t len;
    size_t pos;
} choices;

choices choices_init(cauth_bytes bytes);

/* A number from 0 to n - 1; n is at least 1. Takes as few bytes as n needs. */
uint32_t choose(choices *c, uint32_t n);

/* Writes the bytes that make choose(c, n) give the value, which is less than n; gives their number. */
size_t choice_write(uint32_t n, uint32_t value, uint8_t bytes[4]);

/* What no choice has taken yet. */
cauth_bytes choices_rest(const choices *c);

/* Memory for the spans of a generated view; the caller owns ptr. Nothing is given back: drop the arena as a whole. */
typedef struct {
    uint8_t *ptr;
    size_t cap;
    size_t len;
} arena;

#define ARENA_SIZE ((size_t)1 << 20)

/* `len` zero bytes, or NULL when they do not fit. */
uint8_t *arena_take(arena *a, size_t len);

/* A copy of `len` bytes, or as many zeros; an empty span when they do not fit. */
cauth_bytes arena_copy(arena *a, const void *p, size_t len);
cauth_bytes arena_zeros(arena *a, size_t len);

/* A list is written into the arena's free room, then kept. Between the two calls nothing else may be taken. */
cauth_writer arena_writer(arena *a);
cauth_bytes arena_keep(arena *a, const cauth_writer *w);

#endif
