/* What a test with random inputs says when it fails, or dies: seed, origin and input, whole. */
#define _POSIX_C_SOURCE 200809L

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "exact.h"
#include "seeded.h"

static char said[16384];

/* Runs it in a process of its own: how that ends, and in `said` what it writes to standard error. */
static int end_of(void (*run)(void))
{
    int ends[2], status = 0;
    size_t len = 0;
    assert_int_equal(pipe(ends), 0);
    fflush(NULL);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        signal(SIGSEGV, SIG_DFL); /* cmocka's handler would go on with its tests */
        dup2(ends[1], STDERR_FILENO);
        close(ends[0]);
        close(ends[1]);
        if (freopen("/dev/null", "w", stdout) != NULL) /* cmocka speaks up when a test ends its program */
            run();
        _exit(0);
    }
    close(ends[1]);
    for (ssize_t got = 1; got > 0 && len + 1 < sizeof said; len += got > 0 ? (size_t)got : 0)
        got = read(ends[0], said + len, sizeof said - 1 - len);
    said[len] = '\0';
    close(ends[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    return status;
}

static void assert_said(const char *what)
{
    if (strstr(said, what) == NULL)
        fail_msg("not said: %s\nbut: %s", what, said);
}

static const uint8_t some[] = { 0x01, 0xA2, 0x7F };

static void try_some(void)
{
    seeded_init("test_seeded");
    seed = 77;
    at_hand_watch();
    seeded_try(message_by_name("certreq_tls12"), (cauth_bytes){ some, sizeof some }, "nowhere");
}

static void aborts(void)
{
    try_some();
    abort();
}

static void is_ended(void)
{
    try_some();
    raise(SIGSEGV);
}

static void aborts_later(void)
{
    try_some();
    seeded_tried();
    abort();
}

static void death_is_told(void **state)
{
    (void)state;
    const struct {
        void (*run)(void);
        int number;
    } deaths[] = { { aborts, SIGABRT }, { is_ended, SIGSEGV } };
    for (size_t i = 0; i < 2; i++) {
        int status = end_of(deaths[i].run);
        assert_said("certreq_tls12, from nowhere, CAUTH_SEED=77\n");
        assert_said("input, 3 octets: 01a27f\n");
        assert_said("cauth-reduce --fault certreq_tls12 ");
        assert_true(WIFSIGNALED(status) ? WTERMSIG(status) == deaths[i].number : WEXITSTATUS(status) != 0);
    }
    end_of(aborts_later);
    assert_null(strstr(said, "from nowhere"));
}

/* A property of decisions says the message too, whoever ends the program while it is looked at. */
static cauth_result ends_the_program(cauth_bytes in, const cauth_context *ctx, message_view *v, cauth_flags *f)
{
    if (now_at_hand.built.len > 0)
        abort();
    return message_by_name("certreq_tls12")->parse(in, ctx, v, f);
}

static void dies_of_what_was_built(void)
{
    message m = *message_by_name("certreq_tls12");
    prop_failure failure;
    m.parse = ends_the_program;
    try_some();
    prop_check_one(&properties[PROP_place_named], &m, CAUTH_STRICT, (cauth_bytes){ NULL, 0 }, PROP_THOROUGH, &failure);
}

static void what_was_built_is_told(void **state)
{
    (void)state;
    end_of(dies_of_what_was_built);
    assert_said("which gives the message, 9 octets: 010100020403000000\n");
    assert_said("cauth-reduce --fault --property place_named --profile strict certreq_tls12 ");
}

/* What is long is written into a file of the current folder, all of it. A folder of its own: the same test may run
 * beside this one. */
static char place[] = "test_seeded-XXXXXX";

static void says_much(void)
{
    static uint8_t much[3000];
    for (size_t i = 0; i < sizeof much; i++)
        much[i] = (uint8_t)(i % 251);
    if (chdir(place) != 0)
        return;
    try_some();
    octets_say("a long input", (cauth_bytes){ much, sizeof much });
}

static void long_inputs_are_files(void **state)
{
    char path[100];
    uint8_t octets[4000];
    (void)state;
    assert_non_null(mkdtemp(place));
    snprintf(path, sizeof path, "%s/test_seeded-certreq_tls12-a-long-input", place);
    end_of(says_much);
    assert_said("a long input, 3000 octets: in the file test_seeded-certreq_tls12-a-long-input\n");
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    assert_int_equal(fread(octets, 1, sizeof octets, f), 3000);
    fclose(f);
    for (size_t i = 0; i < 3000; i++)
        assert_int_equal(octets[i], i % 251);
    remove(path);
    remove(place);
}

static cauth_result accepts_surplus(cauth_bytes in, const cauth_context *ctx, message_view *v, cauth_flags *f)
{
    const message *real = message_by_name("certreq_tls12");
    cauth_result r = real->parse(in, ctx, v, f);
    return r.rule == CAUTH_VEC_07 ? real->parse((cauth_bytes){ in.ptr, r.offset }, ctx, v, f) : r;
}

/* A failure shows what was built, and the smallest with its reason. Decisions 00 00 00: place 0, behind the message. */
static void says_what_broke(void)
{
    static const uint8_t decisions[] = { 0, 0, 0, 1, 2, 3, 4, 5, 6 };
    message m = *message_by_name("certreq_tls12");
    prop_failure failure;
    cauth_bytes in = exact_copy(decisions, sizeof decisions);
    m.parse = accepts_surplus;
    try_some();
    if (prop_check_one(&properties[PROP_place_named], &m, CAUTH_STRICT, in, PROP_THOROUGH, &failure) == PROP_BROKEN)
        seeded_say_broken(&m, &failure, in, "these decisions");
    exact_free(in);
}

static void a_failure_is_shown_reduced(void **state)
{
    (void)state;
    assert_int_equal(end_of(says_what_broke), 0);
    assert_said("broken: place_named of certreq_tls12 (strict): the message, surplus, breaks VEC-07 at ");
    assert_said("from these decisions, CAUTH_SEED=77\n");
    assert_said("\ndecisions, 9 octets: 000000010203040506\nmessage, ");
    assert_said("\nreduced decisions, 0 octets: \nreduced message, 9 octets: 010100020403000000\n"
                "reduced: the message, surplus, breaks VEC-07 at 8 (message body), but: accept\n");
}

static void starts(void)
{
    seeded_init("test_seeded");
    fprintf(stderr, "seed %llu", (unsigned long long)seed);
}

static void seeds_are_numbers(void **state)
{
    static const char *const none[] = { "", "0", "abc", "-5", "5x", " 5", "+5", "18446744073709551616" };
    (void)state;
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
        setenv("CAUTH_SEED", none[i], 1);
        int status = end_of(starts);
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 2);
        assert_said("test_seeded: CAUTH_SEED is a number from 1 to 18446744073709551615, not '");
    }
    setenv("CAUTH_SEED", "18446744073709551615", 1);
    assert_int_equal(end_of(starts), 0);
    assert_string_equal(said, "seed 18446744073709551615");
    unsetenv("CAUTH_SEED");
    assert_int_equal(end_of(starts), 0);
    assert_string_equal(said, "seed 1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(death_is_told),         cmocka_unit_test(what_was_built_is_told),
        cmocka_unit_test(long_inputs_are_files), cmocka_unit_test(a_failure_is_shown_reduced),
        cmocka_unit_test(seeds_are_numbers),
    };
    unsetenv("CAUTH_SEED");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
