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

/*@ predicate accepted(cauth_result result) = result.rule == CAUTH_RULE_NONE; */

/*@ assigns \nothing;
    ensures accepted(\result) && \result.field == CAUTH_FIELD_NONE && \result.offset == 0;
 */
static inline cauth_result cauth_accepted(void)
{
    cauth_result result = { CAUTH_RULE_NONE, CAUTH_FIELD_NONE, 0 };
    return result;
}

/*@ assigns \nothing;
    ensures \result.rule == rule && \result.field == field && \result.offset == offset;
 */
static inline cauth_result cauth_rejected(cauth_rule rule, cauth_field field, size_t offset)
{
    cauth_result result = { rule, field, offset };
    return result;
}

/*@ assigns \nothing;
    ensures \result <==> accepted(result);
 */
static inline bool cauth_is_accepted(cauth_result result)
{
    return result.rule == CAUTH_RULE_NONE;
}

#define CAUTH_FLAG_WORDS (((unsigned)CAUTH_NUM_RULES + 63u) / 64u)

/* The anomalies of an accepted input: a set of rules. */
typedef struct {
    uint64_t word[CAUTH_FLAG_WORDS];
} cauth_flags;

/*@ assigns \nothing;
    ensures \forall integer i; 0 <= i < CAUTH_FLAG_WORDS ==> \result.word[i] == 0;
 */
cauth_flags cauth_flags_none(void);
/*@ requires \valid(flags);
    assigns *flags;
 */
void cauth_flags_set(cauth_flags *flags, cauth_rule rule);
/*@ requires \valid_read(flags);
    assigns \nothing;
    ensures \result ==> CAUTH_RULE_NONE < rule < CAUTH_NUM_RULES;
 */
bool cauth_flags_has(const cauth_flags *flags, cauth_rule rule);

/* Adds every flag of `from` to `to`. */
/*@ requires \valid(to) && \valid_read(from) && \separated(to, from);
    assigns *to;
 */
void cauth_flags_merge(cauth_flags *to, const cauth_flags *from);

/* The first flagged rule after `rule` (start with CAUTH_RULE_NONE), or CAUTH_RULE_NONE when there is no further one. */
/*@ requires \valid_read(flags);
    assigns \nothing;
    ensures \result == CAUTH_RULE_NONE || rule < \result < CAUTH_NUM_RULES;
 */
cauth_rule cauth_flags_next(const cauth_flags *flags, cauth_rule rule);

#ifdef __cplusplus
}
#endif
#endif
