/* What tests with random inputs share: the seed, the decisions made from it, and a failure shown whole, reduced, and
 * with what it takes to see it again. */
#ifndef CAUTH_PROPS_SEEDED_H
#define CAUTH_PROPS_SEEDED_H

#include "at_hand.h"
#include "prop.h"
#include "random.h"

/* Of CAUTH_SEED in the environment, a number from 1 to 2^64 - 1; 1 without it. */
extern uint64_t seed;

/* Reads the seed; ends the program, with status 2 and a line, when it is none. */
void seeded_init(const char *program);

/* The input to be tried, which is said should the program die of it after at_hand_watch(), until seeded_tried():
 * `origin` says where it came from, so that it can be made again. Neither is copied: both must live until then. */
void seeded_try(const message *m, cauth_bytes in, const char *origin);
void seeded_tried(void);

/* Decisions number i of this seed, of `most` octets at most; number 0 has none, so that everything is the default. An
 * exact_copy. */
cauth_bytes decisions_number(random_source *r, unsigned i, uint32_t most);

/* Says what broke with what input, whose failure it is, and with the smallest input with which it does. Calls
 * seeded_tried() in the end. */
void seeded_say_broken(const message *m, const prop_failure *failure, cauth_bytes in, const char *origin);

#endif
