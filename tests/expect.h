/* Expected verdicts in unit tests: a mismatch prints both verdicts and the line of the test. */
#ifndef CAUTH_TESTS_EXPECT_H
#define CAUTH_TESTS_EXPECT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "cauth/result.h"

static inline void expect_result(cauth_result is, cauth_result expected, const char *file, int line)
{
    if (is.rule == expected.rule && is.field == expected.field && is.offset == expected.offset)
        return;
    print_error("verdict is '%s' '%s' @%zu, expected '%s' '%s' @%zu\n", cauth_rule_info(is.rule)->id,
                cauth_field_name(is.field), is.offset, cauth_rule_info(expected.rule)->id,
                cauth_field_name(expected.field), expected.offset);
    _fail(file, line);
}

/* Exactly this one flag; CAUTH_RULE_NONE: no flag at all. */
static inline void expect_flag(const cauth_flags *is, cauth_rule expected, const char *file, int line)
{
    cauth_rule first = cauth_flags_next(is, CAUTH_RULE_NONE);
    if (first == expected && cauth_flags_next(is, first) == CAUTH_RULE_NONE)
        return;
    print_error("the first flag is '%s', expected '%s' and no other\n", cauth_rule_info(first)->id,
                cauth_rule_info(expected)->id);
    _fail(file, line);
}

#define EXPECT_ACCEPTED(result) expect_result((result), cauth_accepted(), __FILE__, __LINE__)
#define EXPECT_REJECTED(result, rule, field, offset)                                                                   \
    expect_result((result), cauth_rejected(CAUTH_##rule, CAUTH_FIELD_##field, (offset)), __FILE__, __LINE__)
#define EXPECT_FLAG(flags, rule) expect_flag((flags), (rule), __FILE__, __LINE__)

#endif
