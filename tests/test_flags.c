/* Sets of rules, held against the plain way of keeping one: an array with a place for each. */
#include "expect.h"

#include <string.h>

#include "cauth/result.h"
#include "random.h"

#define NUM_RULES ((int)CAUTH_NUM_RULES)

static void expect_set(const cauth_flags *flags, const bool *members, const char *file, int line)
{
    cauth_rule at = CAUTH_RULE_NONE;
    for (int rule = 1; rule < NUM_RULES; rule++) {
        if (cauth_flags_has(flags, (cauth_rule)rule) != members[rule]) {
            print_error("rule %d is %s the set\n", rule, members[rule] ? "missing from" : "not to be in");
            _fail(file, line);
        }
        if (members[rule]) {
            at = cauth_flags_next(flags, at);
            _assert_int_equal((unsigned)at, (unsigned)rule, file, line);
        }
    }
    _assert_int_equal((unsigned)cauth_flags_next(flags, at), CAUTH_RULE_NONE, file, line);
}

#define EXPECT_SET(flags, members) expect_set((flags), (members), __FILE__, __LINE__)

static void sets_of_up_to_two(void **state)
{
    (void)state;
    for (int a = 0; a < NUM_RULES; a++) {
        for (int b = a; b < NUM_RULES; b++) {
            bool members[CAUTH_NUM_RULES] = { false };
            cauth_flags flags = cauth_flags_none();
            cauth_flags_set(&flags, (cauth_rule)b);
            cauth_flags_set(&flags, (cauth_rule)a);
            members[a] = members[b] = true;
            members[CAUTH_RULE_NONE] = false;
            EXPECT_SET(&flags, members);
        }
    }
}

/* From any rule on, whether it is in the set or not. */
static void the_next_of_any_rule(void **state)
{
    (void)state;
    for (int member = 1; member < NUM_RULES; member++) {
        cauth_flags flags = cauth_flags_none();
        cauth_flags_set(&flags, (cauth_rule)member);
        for (int from = 0; from < NUM_RULES; from++)
            assert_int_equal(cauth_flags_next(&flags, (cauth_rule)from), from < member ? member : CAUTH_RULE_NONE);
    }
}

static void random_sets_and_their_union(void **state)
{
    random_source r = random_init(1);
    (void)state;
    for (int i = 0; i < 200; i++) {
        bool first[CAUTH_NUM_RULES] = { false }, both[CAUTH_NUM_RULES] = { false };
        cauth_flags to = cauth_flags_none(), from = cauth_flags_none();
        for (int rule = 1; rule < NUM_RULES; rule++) {
            bool in_second = random_below(&r, 4) == 0;
            first[rule] = random_below(&r, 4) == 0;
            both[rule] = first[rule] || in_second;
            if (first[rule])
                cauth_flags_set(&to, (cauth_rule)rule);
            if (in_second)
                cauth_flags_set(&from, (cauth_rule)rule);
        }
        EXPECT_SET(&to, first);
        cauth_flags_merge(&to, &from);
        EXPECT_SET(&to, both);
    }
}

/* What is no rule is in no set, not even in one whose every bit is set, and cannot be put into one. */
static void what_is_no_rule(void **state)
{
    cauth_flags full, empty = cauth_flags_none(), none = cauth_flags_none();
    (void)state;
    memset(&full, 0xFF, sizeof full);
    assert_false(cauth_flags_has(&full, CAUTH_RULE_NONE));
    assert_false(cauth_flags_has(&full, CAUTH_NUM_RULES));
    assert_false(cauth_flags_has(&full, (cauth_rule)(NUM_RULES + 1)));
    assert_int_equal(cauth_flags_next(&full, (cauth_rule)(NUM_RULES - 1)), CAUTH_RULE_NONE);
    assert_int_equal(cauth_flags_next(&full, CAUTH_NUM_RULES), CAUTH_RULE_NONE);
    assert_int_equal(cauth_flags_next(&full, (cauth_rule)(NUM_RULES + 1)), CAUTH_RULE_NONE);
    cauth_flags_set(&empty, CAUTH_RULE_NONE);
    cauth_flags_set(&empty, CAUTH_NUM_RULES);
    assert_memory_equal(&empty, &none, sizeof empty);
}

/* The words of a set, and nothing behind them. */
static void a_union_ends_with_the_set(void **state)
{
    struct {
        cauth_flags flags;
        uint64_t behind;
    } to = { cauth_flags_none(), 0 }, from = { cauth_flags_none(), UINT64_MAX };
    (void)state;
    cauth_flags_merge(&to.flags, &from.flags);
    assert_true(to.behind == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sets_of_up_to_two),           cmocka_unit_test(the_next_of_any_rule),
        cmocka_unit_test(random_sets_and_their_union), cmocka_unit_test(what_is_no_rule),
        cmocka_unit_test(a_union_ends_with_the_set),
    };
    return cmocka_run_group_tests_name("flags", tests, NULL, NULL);
}
