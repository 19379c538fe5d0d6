/* Work is linear in the input: steps are counted, not time. A copy of libcauth, linked here in place of the usual one,
 * calls __sanitizer_cov_trace_pc at every edge of its control flow. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "corpus_file.h"
#include "exact.h"
#include "mutate.h"
#include "prop.h"
#include "shapes.h"

static unsigned long steps;

void __sanitizer_cov_trace_pc(void);
void __sanitizer_cov_trace_pc(void)
{
    steps++;
}

static unsigned long count_steps(const message *m, cauth_bytes in, cauth_profile profile)
{
    cauth_flags flags;
    steps = 0;
    message_judge(m, in, profile, &flags);
    return steps;
}

static double worst_per_byte;
static const message *worst_message;

static void check(const message *m, cauth_bytes in, const char *origin)
{
    prop_failure failure;
    for (int profile = CAUTH_STRICT; profile <= CAUTH_INTEROP; profile++) {
        prop_verdict v =
            prop_check_one(&properties[PROP_linear_work], m, (cauth_profile)profile, in, PROP_QUICK, &failure);
        if (v != PROP_HELD)
            fail_msg("linear_work of %s (%s): %s: %s", m->name, prop_profile_name((cauth_profile)profile), origin,
                     failure.why);
        if (in.len >= 1024) {
            double per_byte = (double)count_steps(m, in, (cauth_profile)profile) / (double)in.len;
            if (per_byte > worst_per_byte) {
                worst_per_byte = per_byte;
                worst_message = m;
            }
        }
    }
}

static void check_file(void *user, const char *path, const message *m, cauth_bytes in)
{
    (void)user;
    check(m, in, path);
}

static void corpus(void **state)
{
    (void)state;
    for (size_t i = 0; i < num_messages; i++)
        replay_corpus(&messages[i], check_file, NULL);
}

/* Valid messages, and mutations of them. */
static void generated(void **state)
{
    (void)state;
    for (size_t i = 0; i < num_messages; i++) {
        random_source r = random_init(i);
        for (int round = 0; round < 200; round++) {
            uint8_t bytes[256];
            random_bytes(&r, bytes, sizeof bytes);
            cauth_bytes decisions = { bytes, sizeof bytes };
            cauth_bytes in;
            assert_true(prop_build_valid(&messages[i], decisions, &in));
            check(&messages[i], in, "generated");
            cauth_bytes changed = mutate(&r, in);
            check(&messages[i], changed, "generated and mutated");
            exact_free(changed);
            exact_free(in);
        }
    }
}

static void worst_shapes(void **state)
{
    static uint8_t room[70000];
    static const size_t sizes[] = { 1024, 4096, 16384, 65000 };
    (void)state;
    for (size_t i = 0; i < num_shapes; i++) {
        for (size_t k = 0; k < sizeof sizes / sizeof sizes[0]; k++) {
            cauth_writer w = cauth_writer_init(room, sizeof room);
            shapes[i].build(&w, sizes[k]);
            assert_false(w.failed);
            cauth_bytes in = exact_copy(w.ptr, w.len);
            const message *m = message_by_name(shapes[i].message);
            check(m, in, shapes[i].name);
            verdict v = verdict_of(m, in, CAUTH_STRICT);
            if (v.rule != CAUTH_RULE_NONE) /* refused early, it would show nothing */
                fail_msg("%s: %s: refused with %s", m->name, shapes[i].name, cauth_rule_info(v.rule)->id);
            if (k == 3)
                print_message("%-24s %-12s %6zu bytes: %5.1f steps per byte\n", m->name, shapes[i].name, in.len,
                              (double)count_steps(m, in, CAUTH_STRICT) / (double)in.len);
            exact_free(in);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(corpus), cmocka_unit_test(generated),
                                        cmocka_unit_test(worst_shapes) };
    prop_count_steps = count_steps;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    if (worst_message != NULL)
        print_message("most steps per byte, from 1 KiB on: %.1f (%s)\n", worst_per_byte, worst_message->name);
    return failed;
}
