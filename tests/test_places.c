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
#include "random.h"
#include "reduce.h"
#include "tree.h"
#include "verdict.h"

#define GENERATED 30
#define DECISIONS 128
#define MOST_SOUGHT 500u /* messages of each kind in which a row looks for its production */
#define MOST_PLACES 800u /* of one message; of more, so many all over it */
#define LARGE 20000u     /* of places: a message that takes long to make again and again */
#define MOST_OF_LARGE 40u

static cauth_bytes decisions_number(random_source *r, unsigned i)
{
    uint8_t bytes[DECISIONS];
    random_bytes(r, bytes, sizeof bytes);
    return exact_copy(bytes, i == 0 ? 0 : 1 + random_below(r, sizeof bytes));
}

static uint64_t seed = 1;
static unsigned long tried[NUM_PLACE_WAYS];
static bool value_tried[1024];
static bool length_tried[256][NUM_PLACE_WAYS];
static bool refused[CAUTH_NUM_RULES], flagged[CAUTH_NUM_RULES];

static void print_octets(const char *what, cauth_bytes in)
{
    print_error("%s, %zu octets: ", what, in.len);
    for (size_t i = 0; i < in.len && i < 400; i++)
        print_error("%02x", in.ptr[i]);
    print_error(in.len > 400 ? "...\n" : "\n");
}

/* Whether a place is wrong under either profile, and why. */
static bool is_wrong(const message *m, cauth_bytes in, const broken_place *broken, char *why, size_t size)
{
    for (int profile = CAUTH_STRICT; profile <= CAUTH_INTEROP; profile++)
        if (!prop_place_is_named(m, (cauth_profile)profile, in, broken, why, size))
            return true;
    return false;
}

/* The same way at the same kind of place, wrong in a message of fewer decisions. */
typedef struct {
    const message *m;
    const broken_place *found;
    cauth_bytes message; /* the last one, to be freed */
    char why[512];
} search;

static bool still_wrong(void *user, cauth_bytes decisions)
{
    search *s = user;
    size_t num = places_num(s->m, decisions);
    for (size_t number = 0; number < num; number++) {
        cauth_bytes in;
        broken_place broken;
        if (!places_break(s->m, decisions, number, &in, &broken))
            continue;
        if (broken.way == s->found->way && broken.at == s->found->at && broken.value == s->found->value &&
            is_wrong(s->m, in, &broken, s->why, sizeof s->why)) {
            exact_free(s->message);
            s->message = in;
            return true;
        }
        exact_free(in);
    }
    return false;
}

static void check_place(const message *m, cauth_bytes decisions, size_t number)
{
    cauth_bytes in;
    broken_place broken;
    char why[512];
    if (!places_break(m, decisions, number, &in, &broken))
        return;
    tried[broken.way]++;
    if (broken.value != NULL)
        value_tried[broken.value - place_values] = true;
    if (broken.length != NULL)
        length_tried[broken.length - place_lengths][broken.way] = true;
    if (!broken.whole)
        *(broken.flagged || !cauth_rule_rejects(broken.rule, m->version, CAUTH_STRICT) ? &flagged[broken.rule]
                                                                                       : &refused[broken.rule]) = true;
    if (is_wrong(m, in, &broken, why, sizeof why)) {
        search same = { m, &broken, { NULL, 0 }, "" };
        print_error("\n%s: %s\nfrom CAUTH_SEED=%llu\n", m->name, why, (unsigned long long)seed);
        print_octets("message", in);
        cauth_bytes reduced = reduce(NULL, decisions, still_wrong, &same);
        still_wrong(&same, reduced);
        print_octets("reduced", same.message);
        print_error("%s\n", same.why);
        fail();
    }
    exact_free(in);
}

static void every_place_is_named(void **state)
{
    const message *m = *state;
    random_source r = random_init(seed);
    for (unsigned i = 0; i < GENERATED; i++) {
        cauth_bytes decisions = decisions_number(&r, i);
        size_t num = places_num(m, decisions);
        uint32_t step = (uint32_t)(num / (num > LARGE ? MOST_OF_LARGE : MOST_PLACES) + 1);
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
        cauth_bytes decisions = decisions_number(r, i);
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
    random_source r = random_init(2);
    (void)state;
    assert_true(tree_init(&t));
    for (size_t i = 0; i < num_messages; i++) {
        const message *m = &messages[i];
        for (unsigned k = 0; m->form == MESSAGE_BODY && k < 50; k++) {
            cauth_bytes decisions = decisions_number(&r, k);
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
    const char *chosen = getenv("CAUTH_SEED");
    if (chosen != NULL)
        seed = strtoull(chosen, NULL, 10);
    tests[num++] = (struct CMUnitTest)cmocka_unit_test(every_vector_has_a_row);
    for (size_t i = 0; i < num_messages; i++)
        if (messages[i].form == MESSAGE_BODY)
            tests[num++] = (struct CMUnitTest){ messages[i].name, every_place_is_named, NULL, NULL,
                                                (void *)(uintptr_t)&messages[i] };
    tests[num++] = (struct CMUnitTest)cmocka_unit_test(every_way_was_gone);
    tests[num++] = (struct CMUnitTest)cmocka_unit_test(every_length_is_tried);
    tests[num++] = (struct CMUnitTest)cmocka_unit_test(every_value_is_tried);
    tests[num++] = (struct CMUnitTest)cmocka_unit_test(every_rule_is_broken);
    return _cmocka_run_group_tests("places", tests, num, NULL, NULL);
}
