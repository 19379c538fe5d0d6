/* Makes a finding smaller along its grammar: nodes first, octets last. */
#ifndef CAUTH_FUZZ_REDUCE_H
#define CAUTH_FUZZ_REDUCE_H

#include "tree.h"

/* Whether a candidate still shows what is looked for. */
typedef bool reduce_test(void *user, cauth_bytes candidate);

/* The smallest that was found, to be released with exact_free; at least a copy of `in`, which passes the test.
 * `message` names its grammar; NULL or one without a grammar: octets only. */
cauth_bytes reduce(const char *message, cauth_bytes in, reduce_test *test, void *user);

#endif
