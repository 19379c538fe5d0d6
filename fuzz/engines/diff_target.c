/* A fuzz target: one message of one oracle against cauth. The input is the message itself. An unexplained disagreement
 * prints its signature and aborts, or with DIFF_CRASHES_ONLY passes. DIFF_ORACLE and DIFF_MESSAGE come from the build,
 * from oracles.def. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "choices.h"
#include "compare.h"
#include "digest.h"
#include "random.h"

#define QUOTE(x) #x
#define TEXT(x) QUOTE(x)
#define PASTE(a, b) a##b
#define ORACLE_NAMED(name) PASTE(oracle_, name)

/* Most libraries are not instrumented. These counters show libFuzzer a new answer as it shows a new edge: our rule and
 * its field, their verdict, alert and words, and what disagrees; each also with every flag that we set. The environment
 * has two switches, to measure what it is worth (docs/fuzzing.md): CAUTH_GUIDE=off, and CAUTH_COUNT=on, which prints at
 * the end how many answers there were. */
#define ANSWERS (1u << 15)
__attribute__((section("__libfuzzer_extra_counters"), used)) static uint8_t answers[ANSWERS];
static uint8_t met[ANSWERS];
static unsigned num_met;

static bool is_set(const char *name, const char *value)
{
    const char *is = getenv(name);
    return is != NULL && strcmp(is, value) == 0;
}

static void count(uint64_t digest)
{
    static int guided = -1;
    if (guided < 0)
        guided = !is_set("CAUTH_GUIDE", "off");
    if (guided)
        answers[digest % ANSWERS] = 1;
}

static void count_answer(const comparison *c)
{
    uint64_t digest = digest_number(digest_number(1, (uint64_t)c->ours.rule), (uint64_t)c->ours.field);
    digest = digest_number(digest_number(digest, (uint64_t)c->theirs.verdict), c->theirs.alert.description);
    digest = digest_words(digest_words(digest, c->theirs.reason), c->theirs.cause);
    for (size_t i = 0; i < c->num; i++)
        digest = digest_number(digest_number(digest, (uint64_t)c->list[i].kind), (uint64_t)c->list[i].field);
    num_met += met[digest % ANSWERS] == 0;
    met[digest % ANSWERS] = 1;
    count(digest);
    for (cauth_rule flag = cauth_flags_next(&c->flags, CAUTH_RULE_NONE); flag != CAUTH_RULE_NONE;
         flag = cauth_flags_next(&c->flags, flag))
        count(digest_number(digest, (uint64_t)flag));
}

__attribute__((destructor)) static void tell_answers(void)
{
    if (is_set("CAUTH_COUNT", "on"))
        fprintf(stderr, "cauth: %u answers\n", num_met);
}

/* Services for continuous fuzzing tell findings apart by the functions on the stack. So each stops in a function of its
 * rule, which is called by one of its kind: divergence_CR_12_02 from they_accept. */
typedef void stop_fn(void);
#define CAUTH_RULE(ident, ...)                                                                                         \
    __attribute__((noinline)) static void divergence_##ident(void)                                                     \
    {                                                                                                                  \
        abort();                                                                                                       \
    }
CAUTH_RULE(NONE)
#include "cauth/rules.def"
#undef CAUTH_RULE

static stop_fn *const stop_in[CAUTH_NUM_RULES] = {
    divergence_NONE,
#define CAUTH_RULE(ident, ...) divergence_##ident,
#include "cauth/rules.def"
#undef CAUTH_RULE
};

__attribute__((noinline)) static void they_accept(cauth_rule rule)
{
    stop_in[rule]();
    fputs("they accept\n", stderr); /* never comes here; keeps the call above from being the last thing done */
}

__attribute__((noinline)) static void they_reject(cauth_rule flag)
{
    stop_in[flag]();
    fputs("they reject\n", stderr);
}

__attribute__((noinline)) static void other_alert(cauth_rule rule)
{
    stop_in[rule]();
    fputs("other alert\n", stderr);
}

__attribute__((noinline)) static void other_field(cauth_rule flag)
{
    stop_in[flag]();
    fputs("other field\n", stderr);
}

static void report(const comparison *c, const disagreement *d)
{
    char signature[SIGNATURE_SIZE];
    cauth_rule flag = cauth_flags_next(&c->flags, CAUTH_RULE_NONE);
    compare_signature(c, d, signature);
    fprintf(stderr, "cauth: finding: %s\n", signature);
    switch (d->kind) {
    case THEY_ACCEPT:
        they_accept(c->ours.rule);
        break;
    case THEY_REJECT:
        they_reject(flag);
        break;
    case OTHER_ALERT:
        other_alert(c->ours.rule);
        break;
    case OTHER_FIELD:
        other_field(flag);
        break;
    }
}

#ifdef DIFF_CRASHES_ONLY
static const bool crashes_only = true;
#else
static const bool crashes_only = false;
#endif

static const message *target(void)
{
    static const message *m;
    if (m == NULL)
        m = message_by_name(TEXT(DIFF_MESSAGE));
    if (m == NULL)
        abort();
    return m;
}

/* A valid message now and then, from the generators: what a fuzzer could hardly guess, such as the DER of a
 * certificate, it needs not find in the corpus. In between, the engine's own mutations; an engine without any gets what
 * is there. */
#define ONE_IN 16u
__attribute__((weak)) size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed);

static size_t generate(uint8_t *data, size_t max_size, unsigned seed)
{
    static uint8_t memory[ARENA_SIZE];
    uint8_t decisions[256];
    random_source r = random_init(seed);
    message_view view;
    arena a = { memory, sizeof memory, 0 };
    cauth_writer w = cauth_writer_init(data, max_size);
    cauth_context ctx = message_context(target(), CAUTH_STRICT);
    random_bytes(&r, decisions, sizeof decisions);
    choices ch = choices_init((cauth_bytes){ decisions, random_below(&r, sizeof decisions) });
    target()->generate(&ch, &ctx, &a, &view);
    return target()->write(&view, &w) ? w.len : 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
    size_t len = seed % ONE_IN == 0 ? generate(data, max_size, seed / ONE_IN) : 0;
    return len > 0 ? len : LLVMFuzzerMutate != NULL ? LLVMFuzzerMutate(data, size, max_size) : size;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    comparison c;
    compare(&ORACLE_NAMED(DIFF_ORACLE), target(), (cauth_bytes){ size > 0 ? data : NULL, size }, &c);
    count_answer(&c);
    for (size_t i = 0; i < c.num && !crashes_only; i++)
        if (c.list[i].row == NULL)
            report(&c, &c.list[i]);
    return 0;
}
