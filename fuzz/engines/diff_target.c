/* A fuzz target: one message of one oracle against cauth. The input is the message itself. An unexplained disagreement
 * prints its signature and aborts. DIFF_ORACLE and DIFF_MESSAGE come from the build, from oracles.def. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "compare.h"

#define QUOTE(x) #x
#define TEXT(x) QUOTE(x)
#define PASTE(a, b) a##b
#define ORACLE_NAMED(name) PASTE(oracle_, name)

/* Most libraries are not instrumented. These counters show libFuzzer a new answer as it shows a new edge: our rule, or
 * our flags, by their alert. */
#define ALERTS 128u
__attribute__((section("__libfuzzer_extra_counters"), used)) static uint8_t answers[CAUTH_NUM_RULES * ALERTS];

static void count(cauth_rule rule, uint8_t alert)
{
    answers[(unsigned)rule * ALERTS + alert % ALERTS] = 1;
}

static void count_answer(const comparison *c)
{
    uint8_t alert = c->theirs.verdict == ORACLE_ACCEPT ? ALERTS - 2u : c->theirs.alert.description;
    count(c->ours.rule, alert);
    for (cauth_rule flag = cauth_flags_next(&c->flags, CAUTH_RULE_NONE); flag != CAUTH_RULE_NONE;
         flag = cauth_flags_next(&c->flags, flag))
        count(flag, alert);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const message *m;
    comparison c;
    if (m == NULL)
        m = message_by_name(TEXT(DIFF_MESSAGE));
    if (m == NULL)
        abort();
    compare(&ORACLE_NAMED(DIFF_ORACLE), m, (cauth_bytes){ size > 0 ? data : NULL, size }, &c);
    count_answer(&c);
    for (size_t i = 0; i < c.num; i++)
        if (c.list[i].row == NULL) {
            char signature[SIGNATURE_SIZE];
            compare_signature(&c, &c.list[i], signature);
            fprintf(stderr, "cauth: finding: %s\n", signature);
            abort();
        }
    return 0;
}
