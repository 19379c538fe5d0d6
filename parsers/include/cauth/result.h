/* Verdicts and flags. */
#ifndef CAUTH_RESULT_H
#define CAUTH_RESULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cauth/rule.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A verdict. rule is CAUTH_RULE_NONE when the input was accepted; field and offset are then 0.
 *
 * offset counts from 0 at the start of the input:
 *   a length that is out of range, odd or runs past its parent   its length prefix
 *   surplus bytes                                                 the first surplus byte
 *   a field, or a length prefix, that is cut short or missing     the end of the vector (or input) that should hold it
 *   a wrong value                                                 its first byte */
typedef struct {
    cauth_rule rule;
    cauth_field field;
    size_t offset;
} cauth_result;

static inline cauth_result cauth_accepted(void)
{
    cauth_result result = { CAUTH_RULE_NONE, CAUTH_FIELD_NONE, 0 };
    return result;
}

static inline cauth_result cauth_rejected(cauth_rule rule, cauth_field field, size_t offset)
{
    cauth_result result = { rule, field, offset };
    return result;
}

static inline bool cauth_is_accepted(cauth_result result)
{
    return result.rule == CAUTH_RULE_NONE;
}

#define CAUTH_FLAG_WORDS (((unsigned)CAUTH_NUM_RULES + 63u) / 64u)

/* The anomalies of an accepted input: a set of rules. */
typedef struct {
    uint64_t word[CAUTH_FLAG_WORDS];
} cauth_flags;

cauth_flags cauth_flags_none(void);
void cauth_flags_set(cauth_flags *flags, cauth_rule rule);
bool cauth_flags_has(const cauth_flags *flags, cauth_rule rule);

/* Adds every flag of `from` to `to`. */
void cauth_flags_merge(cauth_flags *to, const cauth_flags *from);

/* The first flagged rule after `rule` (start with CAUTH_RULE_NONE), or CAUTH_RULE_NONE when there is no further one. */
cauth_rule cauth_flags_next(const cauth_flags *flags, cauth_rule rule);

#ifdef __cplusplus
}
#endif
#endif
