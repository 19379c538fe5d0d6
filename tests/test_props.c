/* Every property over every message: corpus, short inputs, generated and broken messages, and mutations of them.
 *
 * test_props [MESSAGE ...]; CAUTH_SEED=<number> for other random choices (docs/fuzzing.md). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "corpus_file.h"
#include "exact.h"
#include "mutate.h"
#include "prop.h"
#include "seeded.h"

#define GENERATED 400
#define PER_BREAKER 20
#define MUTATED 10
#define NOISE 2000
#define DECISIONS 96

typedef struct {
    const message *m;
    prop_tally tally;
} subject;

/* `origin` says where the input came from, so that it can be built again. */
static void check_with(subject *s, cauth_bytes in, prop_effort effort, const char *origin)
{
    prop_failure failure;
    seeded_try(s->m, in, origin);
    bool held = prop_check(s->m, in, effort, &s->tally, &failure);
    seeded_tried();
    if (held)
        return;
    seeded_say_broken(s->m, &failure, in, origin);
    fail();
}

static void check(subject *s, cauth_bytes in, const char *origin)
{
    check_with(s, in, PROP_THOROUGH, origin);
}

static void check_file(void *user, const char *path, const message *m, cauth_bytes in)
{
    (void)m;
    check(user, in, path);
    random_source r = random_init(seed);
    for (int i = 0; i < MUTATED; i++) {
        cauth_bytes changed = mutate(&r, in);
        check(user, changed, path);
        exact_free(changed);
    }
}

static void corpus(void **state)
{
    subject *s = *state;
    at_hand_watch();
    replay_corpus(s->m, check_file, s);
}

/* All inputs of up to two bytes. As decisions, most of those of two bytes say nothing new. */
static void short_inputs(void **state)
{
    uint8_t bytes[2];
    at_hand_watch();
    for (unsigned value = 0; value < 1 + 256 + 65536; value++) {
        size_t len = value == 0 ? 0 : value <= 256 ? 1 : 2;
        unsigned number = value == 0 ? 0 : value <= 256 ? value - 1 : value - 257;
        bytes[0] = (uint8_t)(len == 2 ? number / 256 : number % 256);
        bytes[1] = (uint8_t)(number % 256);
        cauth_bytes in = exact_copy(bytes, len);
        check_with(*state, in, len < 2 ? PROP_THOROUGH : PROP_QUICK, "all short inputs");
        exact_free(in);
    }
}

static void check_with_mutations(subject *s, random_source *r, cauth_bytes in, const char *origin)
{
    check(s, in, origin);
    for (int i = 0; i < MUTATED; i++) {
        cauth_bytes changed = mutate(r, in);
        check(s, changed, origin);
        exact_free(changed);
    }
}

static void generated(void **state)
{
    subject *s = *state;
    random_source r = random_init(seed);
    at_hand_watch();
    for (unsigned i = 0; i < GENERATED; i++) {
        cauth_bytes decisions = decisions_number(&r, i, DECISIONS);
        cauth_bytes in;
        char origin[64];
        snprintf(origin, sizeof origin, "generated message %u", i);
        check(s, decisions, origin);
        assert_true(prop_build_valid(s->m, decisions, &in));
        check_with_mutations(s, &r, in, origin);
        exact_free(in);
        exact_free(decisions);
    }
}

static void check_breaker(subject *s, const breaker *b)
{
    random_source r = random_init(seed);
    for (unsigned i = 0; i < PER_BREAKER; i++) {
        cauth_bytes decisions = decisions_number(&r, i, DECISIONS);
        cauth_bytes in;
        size_t offset;
        prop_failure failure;
        char origin[64];
        snprintf(origin, sizeof origin, "breaker %s, number %u", cauth_rule_info(b->rule)->id, i);
        cauth_bytes picking = prop_input_of_breaker(b, decisions);
        seeded_try(s->m, picking, origin);
        bool held = prop_check_breaker(b, decisions, &failure);
        seeded_tried();
        if (!held) {
            seeded_say_broken(s->m, &failure, picking, origin);
            fail();
        }
        exact_free(picking);
        assert_true(prop_build_broken(b, decisions, &in, &offset));
        check_with_mutations(s, &r, in, origin);
        exact_free(in);
        exact_free(decisions);
    }
}

static void broken(void **state)
{
    subject *s = *state;
    at_hand_watch();
    for (size_t i = 0; breaker_at(i) != NULL; i++)
        if (strcmp(breaker_at(i)->message, s->m->name) == 0)
            check_breaker(s, breaker_at(i));
}

static void noise(void **state)
{
    random_source r = random_init(seed);
    uint8_t bytes[64];
    at_hand_watch();
    for (unsigned i = 0; i < NOISE; i++) {
        random_bytes(&r, bytes, sizeof bytes);
        cauth_bytes in = exact_copy(bytes, random_below(&r, sizeof bytes));
        check(*state, in, "random bytes");
        exact_free(in);
    }
}

/* A property that never held for a message has not been tested on it. */
static void every_property_held(void **state)
{
    const subject *s = *state;
    bool never = false;
    for (size_t i = 0; i < NUM_PROPERTIES; i++) {
        const property *p = &properties[i];
        if (p->is_about(s->m) && !p->counting && s->tally.held[i] == 0) {
            print_error("%s never held for %s\n", p->name, s->m->name);
            never = true;
        }
    }
    assert_false(never);
}

static int run_message(const message *m)
{
    static const struct {
        const char *name;
        CMUnitTestFunction run;
    } parts[] = {
        { "corpus", corpus },       { "short inputs", short_inputs },
        { "generated", generated }, { "broken", broken },
        { "noise", noise },         { "every property held", every_property_held },
    };
    enum { PARTS = sizeof parts / sizeof parts[0] };
    subject s = { .m = m };
    char names[PARTS][64];
    struct CMUnitTest tests[PARTS];
    memset(tests, 0, sizeof tests);
    for (size_t i = 0; i < PARTS; i++) {
        snprintf(names[i], sizeof names[i], "%s: %s", m->name, parts[i].name);
        tests[i].name = names[i];
        tests[i].test_func = parts[i].run;
        tests[i].initial_state = &s;
    }
    return _cmocka_run_group_tests(m->name, tests, PARTS, NULL, NULL);
}

int main(int argc, char **argv)
{
    int failed = 0;
    seeded_init("test_props");
    for (int i = 1; i < argc; i++)
        if (message_by_name(argv[i]) == NULL) {
            fprintf(stderr, "test_props: no message is called %s\n", argv[i]);
            return 2;
        }
    for (size_t i = 0; i < num_messages; i++) {
        bool wanted = argc == 1;
        for (int arg = 1; arg < argc; arg++)
            wanted = wanted || strcmp(argv[arg], messages[i].name) == 0;
        if (wanted)
            failed += run_message(&messages[i]);
    }
    return failed > 0 ? 1 : 0;
}
