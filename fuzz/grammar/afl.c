/* The mutator as AFL++ loads it: AFL_CUSTOM_MUTATOR_LIBRARY names this library, CAUTH_MESSAGE the row of messages.def
 * that the target parses. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mutator.h"

typedef struct {
    mutator m;
    random_source random;
    uint8_t *out;
    size_t cap;
} state;

void *afl_custom_init(void *afl, unsigned int seed);
size_t afl_custom_fuzz(void *data, uint8_t *buf, size_t buf_size, uint8_t **out_buf, uint8_t *add_buf,
                       size_t add_buf_size, size_t max_size);
void afl_custom_deinit(void *data);

void *afl_custom_init(void *afl, unsigned int seed)
{
    const char *message = getenv("CAUTH_MESSAGE");
    state *s = calloc(1, sizeof *s);
    (void)afl;
    if (message == NULL || s == NULL || !mutator_init(&s->m, message)) {
        fprintf(stderr, "cauth: CAUTH_MESSAGE=%s has no grammar, or there is no memory\n",
                message != NULL ? message : "");
        exit(1);
    }
    s->random = random_init(seed);
    return s;
}

/* One change in eight is one of octets, as in what does not parse. */
size_t afl_custom_fuzz(void *data, uint8_t *buf, size_t buf_size, uint8_t **out_buf, uint8_t *add_buf,
                       size_t add_buf_size, size_t max_size)
{
    state *s = data;
    const cauth_bytes in = { buf, buf_size };
    cauth_bytes other = { NULL, 0 };
    cauth_bytes changed = { NULL, 0 };
    uint32_t seed = random_below(&s->random, 1u << 24);
    if (random_below(&s->random, 4) == 0 && add_buf != NULL) {
        other.ptr = add_buf;
        other.len = add_buf_size;
    }
    if (random_below(&s->random, 8) != 0)
        changed = mutator_change(&s->m, in, other, max_size, seed);
    if (changed.len > 0) {
        *out_buf = (uint8_t *)(uintptr_t)changed.ptr;
        return changed.len;
    }
    if (s->cap < buf_size + 1) {
        free(s->out);
        s->cap = 2 * buf_size + 64;
        s->out = malloc(s->cap);
        if (s->out == NULL)
            abort();
    }
    memcpy(s->out, buf, buf_size);
    *out_buf = s->out;
    return mutator_change_octets(s->out, buf_size, buf_size + 1 < max_size ? buf_size + 1 : max_size, seed);
}

void afl_custom_deinit(void *data)
{
    state *s = data;
    mutator_free(&s->m);
    free(s->out);
    free(s);
}
