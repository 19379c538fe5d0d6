/* Every length of generated messages, at every place where the grammar has one: empty, one below its floor, one above
 * its ceiling where its prefix can say so, past its end; of numbers and of octets at its floor; at its ceiling up to
 * 65535, full of names, say, or extensions; a list of these empty where it may be, and ending in the middle of one; an
 * octet too many; every length of DER in a form that DER has not, past its end, and one too small for the element that
 * is last in it; and every value of places.def, wherever its production stands. What must be said of it is there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "exact.h"
#include "hex.h"
#include "places.h"
#include "prop.h"
#include "seeded.h"
#include "tree.h"

#define GENERATED 30
#define DECISIONS 128
#define SEEN 50          /* messages of each kind that are asked what places.def has to say of them */
#define MOST_SOUGHT 500u /* messages of each kind in which a row looks for its production */
#define MOST_TRIED 800u  /* of one message; of more, so many all over it */
#define LARGE 20000u     /* of places: a message that takes long to make again and again */
#define MOST_OF_LARGE 40u

static unsigned long tried[NUM_PLACE_WAYS];
static bool value_tried[1024];
static bool length_tried[256][NUM_PLACE_WAYS];
static bool form_tried[16][NUM_PLACE_WAYS];
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
        form_tried[broken.form - place_forms][broken.way] = true;
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

/* Nor would a row: what chance left out, of a value or of one way of a length or a form, is looked for. Which row of
 * forms a place is of is known once it is broken: all that go that way are tried. */
typedef struct {
    const place_value *value;
    const place_length *length; /* neither: a form */
    place_way way;
    const bool *was_tried;
} sought;

static bool is_sought(const message *m, size_t number, const sought *s)
{
    place_way way;
    if (s->value != NULL)
        return places_value(number) == s->value;
    return places_length(m, number, &way) == s->length && way == s->way; /* NULL of a form */
}

static void look_for(const sought *s, random_source *r)
{
    for (unsigned i = 0; i < MOST_SOUGHT * num_messages && !*s->was_tried; i++) {
        const message *m = &messages[i % num_messages];
        if (m->form != MESSAGE_BODY)
            continue;
        cauth_bytes decisions = decisions_number(r, i, DECISIONS);
        size_t num = places_num(m, decisions);
        for (size_t number = 0; number < num && !*s->was_tried; number++)
            if (is_sought(m, number, s))
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
        const sought s = { .value = value, .was_tried = &value_tried[i] };
        look_for(&s, &r);
        if (!value_tried[i])
            fail_msg("no \"%s\" is within \"%s\": row %zu of values in places.def", value->productions, value->within,
                     i + 1);
    }
}

/* Whether an octet too many is said of an item. */
static bool names_an_item(const place_length *row)
{
    const production *p = grammar_by_name(row->production);
    return row->is.stray != CAUTH_RULE_NONE && grammar_part(grammar_part(p, 0), 0)->kind != GRAMMAR_NUMBER;
}

static void every_length_is_tried(void **state)
{
    random_source r = random_init(seed + 2);
    bool all = true;
    (void)state;
    assert_true(num_place_lengths <= sizeof length_tried / sizeof length_tried[0]);
    at_hand_watch();
    for (size_t i = 0; i < num_place_lengths; i++) {
        const place_length *row = &place_lengths[i];
        bool asks = false;
        assert_true(names_an_item(row) == (row->is.item != CAUTH_FIELD_NONE));
        for (place_way way = PLACE_empty; way < NUM_PLACE_WAYS; way++) {
            const sought s = { .length = row, .way = way, .was_tried = &length_tried[i][way] };
            if (!places_asks(row, way))
                continue;
            asks = true;
            look_for(&s, &r);
            if (length_tried[i][way])
                continue;
            print_error("%s of \"%s\" within \"%s\" is never tried\n", place_way_names[way], row->production,
                        row->within);
            all = false;
        }
        if (!asks)
            fail_msg("nothing is asked of \"%s\" within \"%s\"", row->production, row->within);
    }
    assert_true(all);
}

/* Or of its form. */
static void every_form_is_tried(void **state)
{
    static const place_way ways[] = { PLACE_indefinite, PLACE_padded };
    random_source r = random_init(seed + 3);
    (void)state;
    assert_true(num_place_forms <= sizeof form_tried / sizeof form_tried[0]);
    at_hand_watch();
    for (size_t i = 0; i < num_place_forms; i++) {
        for (size_t k = 0; k < sizeof ways / sizeof ways[0]; k++) {
            const sought s = { .way = ways[k], .was_tried = &form_tried[i][ways[k]] };
            look_for(&s, &r);
            if (!form_tried[i][ways[k]])
                fail_msg("%s of \"%s\" is never tried: row %zu of forms in places.def", place_way_names[ways[k]],
                         place_forms[i].within, i + 1);
        }
    }
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

/* What was made and not used hangs on nothing. */
static bool is_part(const tree *t, const node *n)
{
    while (n->parent != NULL)
        n = n->parent;
    return n == t->root;
}

static bool row_due[256][NUM_PLACE_WAYS];

/* What places.def has to say of a node, and does not: each way of each production once in a message. */
static bool says_all(const message *m, const node *n, bool *said)
{
    bool all = true;
    for (place_way way = PLACE_empty; way < NUM_PLACE_WAYS; way++) {
        const place_length *row = places_due(n, way) ? places_row(m, n) : NULL;
        bool *once = &said[(n->parent == NULL ? num_productions : (size_t)(n->is - grammar)) * NUM_PLACE_WAYS + way];
        if (row != NULL)
            row_due[row - place_lengths][way] = true;
        if (!places_due(n, way) || places_says(m, n, way))
            continue;
        if (!*once)
            print_error("%s: places.def does not say what .%s of \"%s\" breaks\n", m->name, place_way_names[way],
                        n->parent == NULL ? "" : n->is->name);
        *once = true;
        all = false;
    }
    return all;
}

/* Whatever the grammar says can be wrong with the length, form or tag of a vector or an element has a rule, so that no
 * column, and no row for a new one, is forgotten. Each column of a row is due somewhere, and of `elsewhere` has a value
 * that shows it; that an element is too short is due wherever others are in it. */
static void every_length_has_all_its_rules(void **state)
{
    static tree t;
    random_source r = random_init(seed + 1);
    bool all = true;
    bool *said = malloc((num_productions + 1) * NUM_PLACE_WAYS * sizeof *said);
    (void)state;
    assert_true(tree_init(&t));
    assert_non_null(said);
    for (size_t i = 0; i < num_messages; i++) {
        const message *m = &messages[i];
        memset(said, 0, (num_productions + 1) * NUM_PLACE_WAYS * sizeof *said);
        for (unsigned k = 0; m->form == MESSAGE_BODY && k < SEEN; k++) {
            cauth_bytes decisions = decisions_number(&r, k, DECISIONS);
            choices c = choices_init(decisions);
            tree_generate(&t, grammar_of(m->name), &c, TREE_MOST);
            for (size_t at = 0; at < t.num; at++)
                all = (!is_part(&t, &t.nodes[at]) || says_all(m, &t.nodes[at], said)) && all;
            exact_free(decisions);
        }
    }
    for (size_t i = 0; i < num_place_lengths; i++) {
        for (place_way way = PLACE_empty; way < NUM_PLACE_WAYS; way++) {
            bool elsewhere = (place_lengths[i].is.elsewhere >> way & 1) == 1;
            bool asks = way != PLACE_shorter && places_asks(&place_lengths[i], way);
            if ((!elsewhere && !asks) || (elsewhere != asks && row_due[i][way]))
                continue;
            print_error(".%s of \"%s\" within \"%s\" is %s in places.def, and %s\n", place_way_names[way],
                        place_lengths[i].production, place_lengths[i].within, elsewhere ? "elsewhere" : "a column",
                        elsewhere && asks ? "a column as well" : "asked of nothing");
            all = false;
        }
    }
    free(said);
    tree_free(&t);
    assert_true(all);
}

/* Which ways octets go that values put in the place of a vector or an element. */
static void values_go_the_ways_of_their_octets(void **state)
{
    static const struct {
        const char *production;
        const char *octets;
        const char *way; /* NULL: none of them */
    } cases[] = {
        { "authorities_not_empty", "0000", "empty" }, /* at least 3 */
        { "authorities_not_empty", "000161", "below" },
        { "authorities_not_empty", "00026161", "below" },
        { "authorities_not_empty", "0003616161", NULL },
        { "authorities_not_empty", "000061", NULL }, /* the length is that of something else */
        { "authorities_not_empty", "000261", NULL },
        { "authorities_not_empty", "0001", NULL },
        { "authorities_not_empty", "00", NULL },
        { "empty_context", "0161", "above" },
        { "empty_context", "01", NULL },
        { "empty_context", "0261", NULL },
        { "compression_algorithms", "fe61", NULL }, /* of 2 to 254 */
        { "compression_algorithms", "ff61", NULL },
        { "rdn", "3000", "tag" },
        { "rdn", "0a", "tag" },
        { "rdn", "3100", NULL },
        { "rdn", "3181", NULL },
        { "rdn", "", NULL },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint8_t octets[8];
        size_t len = 0;
        assert_true(octets_from_hex(cases[i].octets, octets, sizeof octets, &len));
        cauth_bytes in = exact_copy(octets, len);
        for (place_way way = PLACE_empty; way < NUM_PLACE_WAYS; way++) {
            bool wanted = cases[i].way != NULL && strcmp(cases[i].way, place_way_names[way]) == 0;
            if (places_goes(in, cases[i].production, way) != wanted)
                fail_msg("%s in the place of \"%s\": %s is %s", cases[i].octets, cases[i].production,
                         place_way_names[way], wanted ? "not seen" : "seen");
        }
        exact_free(in);
    }
}

int main(void)
{
    static struct CMUnitTest tests[64];
    size_t num = 0;
    seeded_init("test_places");
    places_fill_lists(true);
    tests[num++] = (struct CMUnitTest)cmocka_unit_test(values_go_the_ways_of_their_octets);
    tests[num++] = (struct CMUnitTest)cmocka_unit_test(every_length_has_all_its_rules);
    for (size_t i = 0; i < num_messages; i++)
        if (messages[i].form == MESSAGE_BODY)
            tests[num++] = (struct CMUnitTest){ messages[i].name, every_place_is_named, NULL, NULL,
                                                (void *)(uintptr_t)&messages[i] };
    tests[num++] = (struct CMUnitTest)cmocka_unit_test(every_length_is_tried);
    tests[num++] = (struct CMUnitTest)cmocka_unit_test(every_form_is_tried);
    tests[num++] = (struct CMUnitTest)cmocka_unit_test(every_value_is_tried);
    tests[num++] = (struct CMUnitTest)cmocka_unit_test(every_way_was_gone);
    tests[num++] = (struct CMUnitTest)cmocka_unit_test(every_rule_is_broken);
    int failed = _cmocka_run_group_tests("places", tests, num, NULL, NULL);
    if (failed > 0)
        print_error("CAUTH_SEED=%llu\n", (unsigned long long)seed);
    return failed;
}
