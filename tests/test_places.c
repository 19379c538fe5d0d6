/* Every length of every message, at every place where the grammar has one: empty, at its floor and ceiling, one below,
 * one above, past its end; a list that ends in the middle of an item; an octet too many; and every length of DER in a
 * form that DER has not. What must be said of it is in places.def. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "exact.h"
#include "places.h"
#include "prop.h"
#include "random.h"
#include "tree.h"
#include "verdict.h"

#define GENERATED 12
#define DECISIONS 64

static cauth_bytes decisions_number(random_source *r, unsigned i)
{
    uint8_t bytes[DECISIONS];
    random_bytes(r, bytes, sizeof bytes);
    return exact_copy(bytes, i == 0 ? 0 : 1 + random_below(r, sizeof bytes));
}

static unsigned long tried[NUM_PLACE_WAYS];

static void check_place(const message *m, cauth_bytes decisions, size_t number)
{
    cauth_bytes in;
    broken_place broken;
    char why[512];
    if (!places_break(m, decisions, number, &in, &broken))
        return;
    tried[broken.way]++;
    for (int profile = CAUTH_STRICT; profile <= CAUTH_INTEROP; profile++)
        if (!prop_place_is_named(m, (cauth_profile)profile, in, &broken, why, sizeof why)) {
            for (size_t i = 0; i < in.len && i < 200; i++)
                print_error("%02x", in.ptr[i]);
            fail_msg("\n%s (%s): %s", m->name, prop_profile_name((cauth_profile)profile), why);
        }
    exact_free(in);
}

static void every_place_is_named(void **state)
{
    const message *m = *state;
    random_source r = random_init(1);
    for (unsigned i = 0; i < GENERATED; i++) {
        cauth_bytes decisions = decisions_number(&r, i);
        size_t num = places_num(m, decisions);
        for (size_t number = 0; number < num && number < 4000; number++)
            check_place(m, decisions, number);
        exact_free(decisions);
    }
}

/* A way that suits no place at all would test nothing. */
static void every_way_was_gone(void **state)
{
    (void)state;
    for (size_t i = 0; i < NUM_PLACE_WAYS; i++) {
        print_message("%s: %lu times\n", place_way_names[i], tried[i]);
        assert_true(tried[i] > 0);
    }
}

/* Each vector of a message has a row, so that a new one is not forgotten. */
static void every_vector_has_a_row(void **state)
{
    static tree t;
    random_source r = random_init(2);
    (void)state;
    assert_true(tree_init(&t));
    for (size_t i = 0; i < num_messages; i++) {
        const message *m = &messages[i];
        for (unsigned k = 0; m->form == MESSAGE_BODY && k < 50; k++) {
            cauth_bytes decisions = decisions_number(&r, k);
            choices c = choices_init(decisions);
            tree_generate(&t, grammar_of(m->name), &c);
            for (size_t at = 0; at < t.num; at++) {
                const node *n = &t.nodes[at];
                if (n->parent != NULL && n->is != NULL && n->is->kind == GRAMMAR_VECTOR && !places_has_row(m, n))
                    fail_msg("%s: places.def has no row for %s", m->name, n->is->name);
            }
            exact_free(decisions);
        }
    }
    tree_free(&t);
}

int main(void)
{
    static struct CMUnitTest tests[64];
    size_t num = 0;
    tests[num++] = (struct CMUnitTest)cmocka_unit_test(every_vector_has_a_row);
    for (size_t i = 0; i < num_messages; i++)
        if (messages[i].form == MESSAGE_BODY)
            tests[num++] = (struct CMUnitTest){ messages[i].name, every_place_is_named, NULL, NULL,
                                                (void *)(uintptr_t)&messages[i] };
    tests[num++] = (struct CMUnitTest)cmocka_unit_test(every_way_was_gone);
    return _cmocka_run_group_tests("places", tests, num, NULL, NULL);
}
