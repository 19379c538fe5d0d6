/* Changes messages along their grammar: one or a few nodes of the tree, then all lengths around them anew, so that a
 * change reaches the parser of its place instead of dying in the first check. At most one length is left wrong, but for
 * those whose content is larger than their prefix can say. The same seed gives the same message, on every machine. */
#ifndef CAUTH_FUZZ_MUTATOR_H
#define CAUTH_FUZZ_MUTATOR_H

#include "random.h"
#include "tree.h"

typedef enum {
#define MUTATION(name, weight, meaning) MUTATION_##name,
#include "mutator.def"
#undef MUTATION
    NUM_MUTATIONS
} mutation;

typedef struct {
    const production *message;
    tree t;        /* of what is changed */
    tree other;    /* of what is spliced from */
    uint8_t *room; /* to write to; grows */
    size_t cap;
    unsigned long done[NUM_MUTATIONS]; /* how often each was made */
} mutator;

extern const char *const mutation_names[NUM_MUTATIONS];

/* False when the message has no grammar, or without memory. */
bool mutator_init(mutator *m, const char *message);
void mutator_free(mutator *m);

/* Changes m->t once; false when there is nothing that this mutation could change. Nothing becomes larger than about
 * `room` octets. */
bool mutator_apply(mutator *m, mutation kind, random_source *r, size_t room);

/* A changed message of at most `max` octets, in memory of the mutator: good until its next call. `other` is a second
 * message to take parts from; it may be empty. Empty when nothing came of it. */
cauth_bytes mutator_change(mutator *m, cauth_bytes in, cauth_bytes other, size_t max, uint32_t seed);

/* Changes octets and knows nothing of grammars: for what does not parse, and now and then for what does. */
size_t mutator_change_octets(uint8_t *octets, size_t len, size_t max, uint32_t seed);

#endif
