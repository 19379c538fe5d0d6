/* Breakers: each builds inputs that are valid but for exactly one rule, so that the rule table is covered by
 * construction. What a breaker declares is the expected verdict; it never asks the parser. */
#ifndef CAUTH_PROPS_BREAKER_H
#define CAUTH_PROPS_BREAKER_H

#include <stdbool.h>
#include <stddef.h>

#include "cauth/context.h"
#include "cauth/rule.h"
#include "cauth/writer.h"
#include "choices.h"

typedef struct {
    cauth_rule rule;     /* exactly this rule is broken */
    const char *message; /* row of messages.def */
    cauth_field field;   /* rejected: the field of the result; else CAUTH_FIELD_NONE */
    bool rejected;   /* strict refuses with rule at *offset; false: strict accepts and flags exactly {rule} plus also */
    cauth_rule also; /* a second flag that cannot be avoided, or CAUTH_RULE_NONE */
    /* Writes the broken input and, when rejected, sets *offset, from the lengths it wrote. */
    void (*make)(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset);
} breaker;

/* One table per area, in breakers_<area>.c. */
extern const breaker breakers_stream[];
extern const size_t num_breakers_stream;
extern const breaker breakers_certreq[];
extern const size_t num_breakers_certreq;
extern const breaker breakers_cert[];
extern const size_t num_breakers_cert;
extern const breaker breakers_der[];
extern const size_t num_breakers_der;

/* All areas as one list: the breaker of index i, or NULL past the last. */
const breaker *breaker_at(size_t i);

#endif
