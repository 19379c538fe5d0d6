/* Every length of generated messages, at every place where the grammar has one: empty, one below its floor, one above
 * its ceiling where its prefix can say so, past its end; of numbers and of octets at its floor; at its ceiling up to
 * 65535, full of names, say, or extensions; a list of these empty where it may be, and ending in the middle of one; an
 * octet too many; every length of DER in a
 * form that DER has not; and every value of places.def, wherever its production stands. What must be said of it is
 * there. */
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
#include "seeded.h"
#include "tree.h"

#define GENERATED 30
#define DECISIONS 128
#define MOST_SOUGHT 500u /* messages of each kind in which a row looks for its production */
#define MOST_TRIED 800u  /* of one message; of more, so many all over it */
#define LARGE 20000u     /* of places: a message that takes long to make again and again */
#define MOST_OF_LARGE 40u

static unsigned long tried[NUM_PLACE_WAYS];
static bool value_tried[1024];
static bool length_tried[256][NUM_PLACE_WAYS];
static bool form_tried[16];
static bool refused[CAUTH_NUM_RULES], flagged[CAUTH_NUM_RULES];

/* Whether a place is wrong under either profile, and why. */
static bool is_wrong(const message *m, cauth_bytes in, const broken_place *broken, prop_failure *failure)
{
    failure->property = &properties[PROP_place_named];
    for (int profile = CAUTH_STRICT; profile <= CAUTH_INTEROP; profile++) {
        failure->profile = (cauth_profile)profile;
        if (!prop_place_is_named(m, failure->profile, in, broken, failure->why, sizeof failure->why))
            return true;
    }
    return false;
}

static void check_place(const message *m, cauth_bytes decisions, size_t number)
{
    char origin[64];
    cauth_bytes in;
    broken_place broken;
    prop_failure failure;
    if (!places_break(m, decisions, number, &in, &broken))
        return;
    tried[broken.way]++;
    if (broken.value != NULL)
        value_tried[broken.value - place_values] = true;
    if (broken.length != NULL)
        length_tried[broken.length - place_lengths][broken.way] = true;
    if (broken.form != NULL)
        form_tried[broken.form - place_forms] = true;
    if (!broken.whole)
        *(broken.flagged || !cauth_rule_rejects(broken.rule, m->version, CAUTH_STRICT) ? &flagged[broken.rule]
                                                                                       : &refused[broken.rule]) = true;
    snprintf(origin, sizeof origin, "a generated message broken at place %zu", number);
    seeded_try(m, in, origin);
    bool wrong = is_wrong(m, in, &broken, &failure);
    seeded_tried();
    if (wrong) {
        cauth_bytes picking = prop_input_of_place(number, decisions);
        seeded_say_broken(m, &failure, picking, origin);
        exact_free(picking);
        fail();
    }
    exact_free(in);
}

static void every_place_is_named(void **state)
{
    const message *m = *state;
    random_source r = random_init(seed);
    at_hand_watch();
    for (unsigned i = 0; i < GENERATED; i++) {
        cauth_bytes decisions = decisions_number(&r, i, DECISIONS);
        size_t num = places_num(m, decisions);
        uint32_t step = (uint32_t)(num / (num > LARGE ? MOST_OF_LARGE : MOST_TRIED) + 1);
        for (size_t number = random_below(&r, step); number < num; number += step)
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

/* Nor would a row: those of values that chance left out are looked for. */
static void try_value(const place_value *value, random_source *r)
{
    for (unsigned i = 0; i < MOST_SOUGHT * num_messages && !value_tried[value - place_values]; i++) {
        const message *m = &messages[i % num_messages];
        if (m->form != MESSAGE_BODY)
            continue;
        cauth_bytes decisions = decisions_number(r, i, DECISIONS);
        size_t num = places_num(m, decisions);
        for (size_t number = 0; number < num; number++)
            if (places_value(number) == value)
                check_place(m, decisions, number);
        exact_free(decisions);
    }
}

static void every_value_is_tried(void **state)
{
    random_source r = random_init(seed);
    (void)state;
    assert_true(num_place_values <= sizeof value_tried / sizeof value_tried[0]);
    at_hand_watch();
    for (size_t i = 0; i < num_place_values; i++) {
        const place_value *value = &place_values[i];
        try_value(value, &r);
        if (!value_tried[i])
            fail_msg("no \"%s\" is within \"%s\": row %zu of values in places.def", value->productions, value->within,
                     i + 1);
    }
}

/* Nor would what a row expects of a length: one below the floor and one above the ceiling are the same to it. */
static void every_length_is_tried(void **state)
{
    bool all = true;
    (void)state;
    assert_true(num_place_lengths <= sizeof length_tried / sizeof length_tried[0]);
    for (size_t i = 0; i < num_place_lengths; i++) {
        const place_length *row = &place_lengths[i];
        const bool *was = length_tried[i];
        assert_true((row->is.stray == CAUTH_RULE_NONE) == (row->is.item == CAUTH_FIELD_NONE));
        for (place_way way = PLACE_empty; way < NUM_PLACE_WAYS; way++) {
            bool of_range = way == PLACE_below || way == PLACE_above;
            if (places_expected(row, way) == CAUTH_RULE_NONE || was[way] ||
                (of_range && (was[PLACE_below] || was[PLACE_above])))
                continue;
            print_error("%s of \"%s\" within \"%s\" is never tried\n", place_way_names[way], row->production,
                        row->within);
            all = false;
        }
    }
    assert_true(all);
}

/* Or of its form. */
static void every_form_is_tried(void **state)
{
    (void)state;
    assert_true(num_place_forms <= sizeof form_tried / sizeof form_tried[0]);
    for (size_t i = 0; i < num_place_forms; i++)
        if (!form_tried[i])
            fail_msg("no length within \"%s\" has another form", place_forms[i].within);
}

/* Each rule about the bytes of a body is broken somewhere, and both parts of one that is refused in part. Records and
 * handshake framing have breakers by name only. */
static void every_rule_is_broken(void **state)
{
    bool all = true;
    (void)state;
    for (unsigned i = 1; i < CAUTH_NUM_RULES; i++) {
        const cauth_rule_row *row = cauth_rule_info((cauth_rule)i);
        bool of_streams = row->level == CAUTH_LEVEL_RECORD || row->level == CAUTH_LEVEL_HANDSHAKE;
        bool refuses = row->disposition == CAUTH_REJECT || row->disposition == CAUTH_PARTLY;
        bool flags = row->disposition == CAUTH_FLAG || row->disposition == CAUTH_PARTLY;
        if (of_streams || ((!refuses || refused[i]) && (!flags || flagged[i])))
            continue;
        print_error("%s is %s at no place\n", row->id, refuses && !refused[i] ? "refused" : "flagged");
        all = false;
    }
    assert_true(all);
}

/* Each vector of a message has a row, so that a new one is not forgotten. */
static void every_vector_has_a_row(void **state)
{
    static tree t;
    random_source r = random_init(seed + 1);
    (void)state;
    assert_true(tree_init(&t));
    for (size_t i = 0; i < num_messages; i++) {
        const message *m = &messages[i];
        for (unsigned k = 0; m->form == MESSAGE_BODY && k < 50; k++) {
            cauth_bytes decisions = decisions_number(&r, k, DECISIONS);
            choices c = choices_init(decisions);
            tree_generate(&t, grammar_of(m->name), &c, TREE_MOST);
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
    seeded_init("test_places");
    places_fill_lists(true);
    tests[num++] = (struct CMUnitTest)cmocka_unit_test(every_vector_has_a_row);
    for (size_t i = 0; i < num_messages; i++)
        if (messages[i].form == MESSAGE_BODY)
            tests[num++] = (struct CMUnitTest){ messages[i].name, every_place_is_named, NULL, NULL,
                                                (void *)(uintptr_t)&messages[i] };
    tests[num++] = (struct CMUnitTest)cmocka_unit_test(every_way_was_gone);
    tests[num++] = (struct CMUnitTest)cmocka_unit_test(every_length_is_tried);
    tests[num++] = (struct CMUnitTest)cmocka_unit_test(every_form_is_tried);
    tests[num++] = (struct CMUnitTest)cmocka_unit_test(every_value_is_tried);
    tests[num++] = (struct CMUnitTest)cmocka_unit_test(every_rule_is_broken);
    return _cmocka_run_group_tests("places", tests, num, NULL, NULL);
}
