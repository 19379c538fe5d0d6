/* Every property over every message: corpus, short inputs, generated and broken messages, and mutations of them.
 *
 * test_props [MESSAGE ...]; CAUTH_SEED=<number> for other random choices. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "exact.h"
#include "files.h"
#include "mutate.h"
#include "prop.h"
#include "reduce.h"

#define GENERATED 400
#define PER_BREAKER 20
#define MUTATED 10
#define NOISE 2000
#define DECISIONS 96

static uint64_t seed = 1;

typedef struct {
    const message *m;
    prop_tally tally;
} subject;

static void print_bytes(const char *what, cauth_bytes in)
{
    print_error("%s, %zu bytes:", what, in.len);
    for (size_t i = 0; i < in.len && i < 400; i++)
        print_error(" %02x", in.ptr[i]);
    print_error(in.len > 400 ? " ...\n" : "\n");
}

typedef struct {
    const message *m;
    const prop_failure *found;
} search;

static bool still_broken(void *user, cauth_bytes candidate)
{
    const search *s = user;
    prop_failure failure;
    return prop_check_one(s->found->property, s->m, s->found->profile, candidate, PROP_THOROUGH, &failure) ==
           PROP_BROKEN;
}

/* `origin` says where the input came from, so that it can be built again. */
static void check_with(subject *s, cauth_bytes in, prop_effort effort, const char *origin)
{
    prop_failure failure;
    if (prop_check(s->m, in, effort, &s->tally, &failure))
        return;
    print_error("\ncauth: broken: %s of %s (%s): %s\n", failure.property->name, s->m->name,
                prop_profile_name(failure.profile), failure.why);
    print_error("%s: %s\n", failure.property->name, failure.property->meaning);
    print_error("from %s, CAUTH_SEED=%llu\n", origin, (unsigned long long)seed);
    const char *kind = failure.property->choices ? "decisions" : "input";
    print_bytes(kind, in);
    search same = { s->m, &failure };
    cauth_bytes reduced = reduce(failure.property->choices ? NULL : s->m->name, in, still_broken, &same);
    print_bytes("reduced", reduced);
    exact_free(reduced);
    fail();
}

static void check(subject *s, cauth_bytes in, const char *origin)
{
    check_with(s, in, PROP_THOROUGH, origin);
}

static void check_file(void *user, const char *path, const char *error)
{
    cauth_bytes in;
    if (error == NULL && file_read(path, &in, &error)) {
        check(user, in, path);
        random_source r = random_init(seed);
        for (int i = 0; i < MUTATED; i++) {
            cauth_bytes changed = mutate(&r, in);
            check(user, changed, path);
            exact_free(changed);
        }
        exact_free(in);
    } else {
        fail_msg("%s: %s", path, error);
    }
}

static void corpus(void **state)
{
    subject *s = *state;
    char path[1024];
    snprintf(path, sizeof path, "%s/%s", CAUTH_CORPUS, s->m->name);
    if (files_walk(path, check_file, s) == 0)
        fail_msg("%s: there are no files in it", path);
}

/* All inputs of up to two bytes. As decisions, most of those of two bytes say nothing new. */
static void short_inputs(void **state)
{
    uint8_t bytes[2];
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

/* Decisions number i of this seed; number 0 has none, so that everything is the default. */
static cauth_bytes decisions_number(random_source *r, unsigned i)
{
    uint8_t bytes[DECISIONS];
    random_bytes(r, bytes, sizeof bytes);
    return exact_copy(bytes, i == 0 ? 0 : 1 + random_below(r, sizeof bytes));
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
    for (unsigned i = 0; i < GENERATED; i++) {
        cauth_bytes decisions = decisions_number(&r, i);
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

static bool breaker_still_broken(void *user, cauth_bytes candidate)
{
    prop_failure failure;
    return !prop_check_breaker(user, candidate, &failure);
}

static void print_broken(const char *what, const breaker *b, cauth_bytes decisions)
{
    cauth_bytes in;
    size_t offset;
    print_bytes(what, decisions);
    if (prop_build_broken(b, decisions, &in, &offset)) {
        print_bytes("which give the message", in);
        exact_free(in);
    }
}

static void check_breaker(subject *s, const breaker *b)
{
    random_source r = random_init(seed);
    for (unsigned i = 0; i < PER_BREAKER; i++) {
        cauth_bytes decisions = decisions_number(&r, i);
        cauth_bytes in;
        size_t offset;
        prop_failure failure;
        char origin[64];
        snprintf(origin, sizeof origin, "breaker %s, number %u", cauth_rule_info(b->rule)->id, i);
        if (!prop_check_breaker(b, decisions, &failure)) {
            print_error("\ncauth: broken: breaker_named of %s (%s): %s\n", s->m->name,
                        prop_profile_name(failure.profile), failure.why);
            print_error("from %s, CAUTH_SEED=%llu\n", origin, (unsigned long long)seed);
            print_broken("decisions", b, decisions);
            cauth_bytes reduced = reduce(NULL, decisions, breaker_still_broken, (void *)(uintptr_t)b);
            print_broken("reduced", b, reduced);
            exact_free(reduced);
            fail();
        }
        assert_true(prop_build_broken(b, decisions, &in, &offset));
        check_with_mutations(s, &r, in, origin);
        exact_free(in);
        exact_free(decisions);
    }
}

static void broken(void **state)
{
    subject *s = *state;
    for (size_t i = 0; breaker_at(i) != NULL; i++)
        if (strcmp(breaker_at(i)->message, s->m->name) == 0)
            check_breaker(s, breaker_at(i));
}

static void noise(void **state)
{
    random_source r = random_init(seed);
    uint8_t bytes[64];
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
        if ((s->m->form == MESSAGE_BODY ? p->bodies : p->streams) && !p->counting && s->tally.held[i] == 0) {
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
    const char *chosen = getenv("CAUTH_SEED");
    int failed = 0;
    if (chosen != NULL)
        seed = strtoull(chosen, NULL, 10);
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
