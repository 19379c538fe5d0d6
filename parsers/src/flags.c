#include "cauth/result.h"

cauth_flags cauth_flags_none(void)
{
    cauth_flags flags;
    for (size_t i = 0; i < CAUTH_FLAG_WORDS; i++)
        flags.word[i] = 0;
    return flags;
}

void cauth_flags_set(cauth_flags *flags, cauth_rule rule)
{
    if (rule > CAUTH_RULE_NONE && rule < CAUTH_NUM_RULES)
        flags->word[(unsigned)rule / 64u] |= (uint64_t)1 << ((unsigned)rule % 64u);
}

bool cauth_flags_has(const cauth_flags *flags, cauth_rule rule)
{
    if (rule <= CAUTH_RULE_NONE || rule >= CAUTH_NUM_RULES)
        return false;
    return (flags->word[(unsigned)rule / 64u] >> ((unsigned)rule % 64u) & 1u) != 0;
}

void cauth_flags_merge(cauth_flags *to, const cauth_flags *from)
{
    for (size_t i = 0; i < CAUTH_FLAG_WORDS; i++)
        to->word[i] |= from->word[i];
}

cauth_rule cauth_flags_next(const cauth_flags *flags, cauth_rule rule)
{
    unsigned next = (unsigned)rule + 1u;
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
