#include "cauth/result.h"

/*@ lemma bit_fits64: \forall integer n;
        0 <= n < 64 ==> (uint64_t)(1 << n) == (1 << n) && (1 << n) <= 0xFFFFFFFFFFFFFFFF;
 */

cauth_flags cauth_flags_none(void)
{
    cauth_flags flags;
    /*@ loop invariant 0 <= i <= CAUTH_FLAG_WORDS && \forall integer k; 0 <= k < i ==> flags.word[k] == 0;
        loop assigns i, flags;
        loop variant CAUTH_FLAG_WORDS - i;
     */
    for (size_t i = 0; i < CAUTH_FLAG_WORDS; i++)
        flags.word[i] = 0;
    return flags;
}

void cauth_flags_set(cauth_flags *flags, cauth_rule rule)
{
    unsigned bit = (unsigned)rule % 64u;
    if (rule > CAUTH_RULE_NONE && rule < CAUTH_NUM_RULES)
        flags->word[(unsigned)rule / 64u] |= (uint64_t)1 << bit;
}

bool cauth_flags_has(const cauth_flags *flags, cauth_rule rule)
{
    if (rule <= CAUTH_RULE_NONE || rule >= CAUTH_NUM_RULES)
        return false;
    return (flags->word[(unsigned)rule / 64u] >> ((unsigned)rule % 64u) & 1u) != 0;
}

void cauth_flags_merge(cauth_flags *to, const cauth_flags *from)
{
    /*@ loop invariant 0 <= i <= CAUTH_FLAG_WORDS;
        loop assigns i, *to;
        loop variant CAUTH_FLAG_WORDS - i;
     */
    for (size_t i = 0; i < CAUTH_FLAG_WORDS; i++)
        to->word[i] |= from->word[i];
}

cauth_rule cauth_flags_next(const cauth_flags *flags, cauth_rule rule)
{
    if (rule >= CAUTH_NUM_RULES)
        return CAUTH_RULE_NONE;
    unsigned next = (unsigned)rule + 1u;
    /*@ loop invariant rule < next <= 64 * CAUTH_FLAG_WORDS;
        loop assigns next;
        loop variant 64 * CAUTH_FLAG_WORDS - next;
     */
    while (next < (unsigned)CAUTH_NUM_RULES) {
        if (flags->word[next / 64u] == 0)
            next = (next / 64u + 1u) * 64u;
        else if (cauth_flags_has(flags, (cauth_rule)next))
            return (cauth_rule)next;
        else
            next++;
    }
    return CAUTH_RULE_NONE;
}
