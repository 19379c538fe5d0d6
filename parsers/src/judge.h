/* What the version and the profile make of a breach. Private to libcauth. */
#ifndef CAUTH_SRC_JUDGE_H
#define CAUTH_SRC_JUDGE_H

#include "cauth/context.h"
#include "cauth/result.h"

/* A breach of `rule` at `offset`: rejected, or, where the rule table says so, flagged and accepted. */
/*@ requires \valid_read(ctx) && context_ok(ctx) && \valid(flags) && \separated(ctx, flags);
    requires rule != CAUTH_RULE_NONE;
    assigns *flags;
    ensures accepted(\result) ? \result.offset == 0 : \result.rule == rule && \result.offset == offset;
    ensures !accepted(\result) ==> *flags == \old(*flags);
 */
static inline cauth_result judge(const cauth_context *ctx, cauth_rule rule, cauth_field field, size_t offset,
                                 cauth_flags *flags)
{
    if (cauth_rule_rejects(rule, ctx->version, ctx->profile))
        return cauth_rejected(rule, field, offset);
    cauth_flags_set(flags, rule);
    return cauth_accepted();
}

#endif
