/* A fuzz target: the properties over one message. The input is the message itself, nothing is carved out of it. A
 * broken property prints a line that names it, and its signature, and aborts. FUZZ_MESSAGE comes from the build, from
 * messages.def. CAUTH_CHOICES=off in the environment leaves out the properties that take the input for decisions. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exact.h"
#include "prop.h"

#define QUOTE(x) #x
#define TEXT(x) QUOTE(x)

/* libFuzzer keeps an input that sets a counter for the first time as it keeps one that reaches a new edge: a rule that
 * refuses, or flags, here for the first time, in either profile. */
__attribute__((section("__libfuzzer_extra_counters"), used)) static uint8_t rules_seen[2][2][CAUTH_NUM_RULES];

static void count_rules(const message *m, cauth_bytes in)
{
    for (int profile = CAUTH_STRICT; profile <= CAUTH_INTEROP; profile++) {
        verdict v = verdict_of(m, in, (cauth_profile)profile);
        rules_seen[profile][0][v.rule] = 1;
        for (cauth_rule r = cauth_flags_next(&v.flags, CAUTH_RULE_NONE); r != CAUTH_RULE_NONE;
             r = cauth_flags_next(&v.flags, r))
            rules_seen[profile][1][r] = 1;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const message *m;
    prop_failure failure;
    if (m == NULL) {
        const char *choices = getenv("CAUTH_CHOICES");
        prop_choices = choices == NULL || strcmp(choices, "off") != 0;
        m = message_by_name(TEXT(FUZZ_MESSAGE));
    }
    if (m == NULL)
        abort();
    cauth_bytes in = exact_copy(data, size);
    count_rules(m, in);
    if (!prop_check(m, in, PROP_QUICK, NULL, &failure)) {
        char signature[PROP_SIGNATURE_SIZE];
        prop_signature(m, &failure, signature, sizeof signature);
        fprintf(stderr, "cauth: broken: %s of %s (%s): %s\ncauth: signature: %s\n", failure.property->name, m->name,
                prop_profile_name(failure.profile), failure.why, signature);
        abort();
    }
    exact_free(in);
    return 0;
}
