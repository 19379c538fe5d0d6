/* Simple mutations of a message, for tests: the fuzzers bring better ones. */
#ifndef CAUTH_PROPS_MUTATE_H
#define CAUTH_PROPS_MUTATE_H

#include "cauth/bytes.h"
#include "random.h"

/* A changed exact_copy: bytes flipped, replaced by boundary values, counted up or down, inserted, removed, doubled or
 * cut off, one to three times. */
cauth_bytes mutate(random_source *r, cauth_bytes in);

#endif
