/* Makes the input that breaks a property smaller: with this property alone, all of its work done, while it breaks in
 * the same way. */
#ifndef CAUTH_FUZZ_REDUCE_FAULT_H
#define CAUTH_FUZZ_REDUCE_FAULT_H

#include "prop.h"

/* The smallest that was found, to be released with exact_free, and in *failure what it breaks; at least a copy of `in`,
 * with which it was `failure`. Where the input is decisions, the breaker stays the same, and so do the row of
 * places.def, the way and the production. */
cauth_bytes reduce_fault(const message *m, cauth_bytes in, prop_failure *failure);

#endif
