/* The reducer: what it gives still shows what it was to show, is as small as it gets, and is the same each time. */
#define _POSIX_C_SOURCE 200809L

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "at_hand.h"
#include "exact.h"
#include "prop.h"
#include "random.h"
#include "reduce.h"
#include "reduce_end.h"
#include "reduce_fault.h"
#include "verdict.h"

typedef struct {
    const message *m;
    verdict wanted;
    size_t asked;
} search;

static bool refused_alike(void *user, cauth_bytes candidate)
{
    search *s = user;
    verdict v = verdict_of(s->m, candidate, CAUTH_STRICT);
    s->asked++;
    return v.rule == s->wanted.rule;
}

/* A rule that is broken deep in a message of hundreds of octets is still broken in the few that are left, the lengths
 * around them made anew. */
static void a_broken_rule_stays_broken(void **state)
{
    static const struct {
        const char *message;
        cauth_rule rule;
        size_t most; /* octets that the smallest message with this fault has, by hand */
    } cases[] = {
        /* type 1, no algorithms: 01 01 00 00 */
        { "certreq_tls12", CAUTH_CR_12_02, 4 },
        { "name_tls12", CAUTH_DN_08, 4 }, /* 30 02 31 00 */
        /* 30 0E 30 0C | 02 01 00 | 30 03 06 01 00 | 30 02 31 00: the issuer is looked at before what should follow it
         */
        { "x509", CAUTH_DN_08, 16 },
        /* 00 | 00 0A | 00 0D 00 04 00 02 and a scheme | 00 0D: of the second one the type is enough */
        { "certreq_tls13", CAUTH_CR_13_08, 13 },
        /* 00 | 00 00 08 | 00 00 01 and an octet | 00 02 and a type that has no place there */
        { "cert_tls13_client", CAUTH_CERT_13_06, 12 },
        /* 00 00: no algorithm */
        { "compressed_tls13", CAUTH_CERT_13_17, 2 },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        random_source r = random_init(i);
        const breaker *b = NULL;
        for (size_t k = 0; breaker_at(k) != NULL; k++)
            if (breaker_at(k)->rule == cases[i].rule && strcmp(breaker_at(k)->message, cases[i].message) == 0)
                b = breaker_at(k);
        if (b == NULL)
            fail_msg("%s has no breaker of %s", cases[i].message, cauth_rule_info(cases[i].rule)->id);
        for (int round = 0; round < 5; round++) {
            uint8_t bytes[96];
            cauth_bytes decisions = { bytes, sizeof bytes };
            cauth_bytes in;
            size_t offset;
            random_bytes(&r, bytes, sizeof bytes);
            assert_true(prop_build_broken(b, decisions, &in, &offset));
            search s = { message_by_name(cases[i].message),
                         verdict_of(message_by_name(cases[i].message), in, CAUTH_STRICT), 0 };
            assert_int_equal(s.wanted.rule, cases[i].rule);
            cauth_bytes small = reduce(cases[i].message, in, refused_alike, &s);
            assert_true(refused_alike(&s, small));
            if (small.len > cases[i].most)
                fail_msg("%s in %s: %zu octets become %zu, not %zu", cauth_rule_info(cases[i].rule)->id,
                         cases[i].message, in.len, small.len, cases[i].most);
            cauth_bytes again = reduce(cases[i].message, small, refused_alike, &s);
            assert_int_equal(again.len, small.len);
            assert_memory_equal(again.ptr, small.ptr, small.len);
            exact_free(again);
            exact_free(small);
            exact_free(in);
        }
    }
}

/* What only a whole message shows cannot be found by leaving octets out: an accepted message with two names. */
static bool has_two_names(void *user, cauth_bytes candidate)
{
    const message *m = user;
    verdict v = verdict_of(m, candidate, CAUTH_STRICT);
    cauth_certreq12 view;
    cauth_flags flags;
    cauth_context ctx = message_context(m, CAUTH_STRICT);
    if (v.rule != CAUTH_RULE_NONE || !cauth_is_accepted(cauth_certreq12_parse(candidate, &ctx, &view, &flags)))
        return false;
    cauth_iter it = cauth_iter_init(view.certificate_authorities);
    cauth_bytes first, second;
    return cauth_vector16_next(&it, &first) && cauth_vector16_next(&it, &second) && first.len > 2 && second.len > 2;
}

static void lengths_are_made_anew(void **state)
{
    const message *m = message_by_name("certreq_tls12");
    random_source r = random_init(11);
    (void)state;
    for (int tried = 0, round = 0; tried < 5; round++) {
        uint8_t bytes[96];
        cauth_bytes decisions = { bytes, sizeof bytes };
        cauth_bytes in;
        random_bytes(&r, bytes, sizeof bytes);
        assert_true(prop_build_valid(m, decisions, &in));
        assert_true(round < 1000);
        if (has_two_names((void *)(uintptr_t)m, in)) {
            cauth_bytes small = reduce(m->name, in, has_two_names, (void *)(uintptr_t)m);
            assert_true(has_two_names((void *)(uintptr_t)m, small));
            /* 01 00 | 00 02 00 00 | length | twice: length, 30 0A 31 08 30 06 06 01 00 0C 01 00, or without a text */
            if (small.len > 8 + 2 * 14)
                fail_msg("%zu octets become %zu", in.len, small.len);
            exact_free(small);
            tried++;
        }
        exact_free(in);
    }
}

/* Without a grammar, octets alone are left out. */
static bool holds_a_7(void *user, cauth_bytes candidate)
{
    (void)user;
    return candidate.len > 0 && memchr(candidate.ptr, 7, candidate.len) != NULL;
}

static void octets_without_a_grammar(void **state)
{
    uint8_t bytes[100];
    (void)state;
    memset(bytes, 9, sizeof bytes);
    bytes[61] = 7;
    cauth_bytes in = { bytes, sizeof bytes };
    cauth_bytes small = reduce(NULL, in, holds_a_7, NULL);
    assert_int_equal(small.len, 1);
    assert_int_equal(small.ptr[0], 7);
    exact_free(small);
}

/* --- properties whose input is decisions --- */

static cauth_result takes_odd_lists_and_surplus(cauth_bytes in, const cauth_context *ctx, message_view *v,
                                                cauth_flags *f)
{
    const message *real = message_by_name("certreq_tls12");
    cauth_result r = real->parse(in, ctx, v, f);
    if (r.rule == CAUTH_VEC_07) {
        cauth_bytes less = { in.ptr, r.offset };
        r = real->parse(less, ctx, v, f);
    }
    if (r.rule != CAUTH_CR_12_02 || in.len < 6 || in.ptr[2] * 256u + in.ptr[3] == 0)
        return r;
    memset(v, 0, sizeof *v);
    *f = cauth_flags_none();
    return cauth_accepted();
}

static cauth_result refuses_names(cauth_bytes in, const cauth_context *ctx, message_view *v, cauth_flags *f)
{
    cauth_result r = message_by_name("certreq_tls12")->parse(in, ctx, v, f);
    if (cauth_is_accepted(r) && v->certreq_tls12.certificate_authorities.len > 0)
        r = cauth_rejected(CAUTH_VEC_04, CAUTH_FIELD_CERTIFICATE_AUTHORITIES, 0);
    return r;
}

/* The first inputs of a seed with which the property breaks with `expected` in its signature are reduced: what is left
 * has the same signature, and gives a message of so many octets at most. */
static void stays_what_it_is(const message *m, prop_id id, const char *expected, size_t most)
{
    random_source r = random_init(21);
    const property *p = &properties[id];
    int tried = 0;
    for (int round = 0; tried < 5; round++) {
        uint8_t bytes[60];
        char before[PROP_SIGNATURE_SIZE], after[PROP_SIGNATURE_SIZE];
        prop_failure failure, again;
        cauth_bytes built;
        random_bytes(&r, bytes, sizeof bytes);
        assert_true(round < 20000);
        cauth_bytes in = exact_copy(bytes, sizeof bytes);
        if (prop_check_one(p, m, CAUTH_STRICT, in, PROP_THOROUGH, &failure) == PROP_BROKEN &&
            strstr(failure.why, expected) != NULL) {
            prop_signature(m, &failure, before, sizeof before);
            cauth_bytes small = reduce_fault(m, in, &failure);
            assert_int_equal(prop_check_one(p, m, CAUTH_STRICT, small, PROP_THOROUGH, &again), PROP_BROKEN);
            prop_signature(m, &again, after, sizeof after);
            assert_string_equal(before, after);
            assert_string_equal(failure.why, again.why);
            assert_true(prop_build(p, m, small, &built));
            if (built.len > most)
                fail_msg("%s: %zu octets are left, not %zu", before, built.len, most);
            exact_free(built);
            exact_free(small);
            tried++;
        }
        exact_free(in);
    }
}

/* Two faults, of which the shorter input shows the other one: no decisions at all put an octet behind the message. */
static void one_fault_does_not_become_another(void **state)
{
    message m = *message_by_name("certreq_tls12");
    (void)state;
    m.parse = takes_odd_lists_and_surplus;
    /* 01 01 | 00 03 and three octets | 00 00 */
    stays_what_it_is(&m, PROP_place_named, "algorithms, stray, breaks CR-12-02", 9);
    /* 01 01 | 00 02 04 03 | 00 00 | 00 */
    stays_what_it_is(&m, PROP_place_named, "the message, surplus, breaks VEC-07", 9);
    /* a sample of the generators, with one type where no decision makes three: 01 and a type | 00 03 and three octets |
     * 00 and a length, twice, and a name of seven letters, 20 octets */
    stays_what_it_is(&m, PROP_breaker_named, "the breaker of CR-12-02", 2 + 5 + 4 + 20);
}

/* 01 and a type | 00 02 and a scheme | 00 and a length, twice, and a name of seven letters, 20 octets: no decisions at
 * all make three types and two schemes, so that it takes more of them than are left, to make less */
static void generated_messages_are_reduced(void **state)
{
    message m = *message_by_name("certreq_tls12");
    (void)state;
    m.parse = refuses_names;
    stays_what_it_is(&m, PROP_generated_accepted, "what was generated is refused with VEC-04", 2 + 4 + 4 + 20);
}

static cauth_result refuses_for_what_is_flagged(cauth_bytes in, const cauth_context *ctx, message_view *v,
                                                cauth_flags *f)
{
    cauth_result r = message_by_name("certreq_tls12")->parse(in, ctx, v, f);
    if (cauth_is_accepted(r))
        r = cauth_rejected(v->certreq_tls12.certificate_types.len > 1 ? CAUTH_CR_12_06 : CAUTH_CR_COM_05,
                           CAUTH_FIELD_BODY, 0);
    return r;
}

/* The same of an input that is a message: 02 and two types | 00 02 and a scheme | 00 00, where 01 would be less. */
static void a_message_keeps_its_fault(void **state)
{
    message m = *message_by_name("certreq_tls12");
    const property *p = &properties[PROP_total];
    random_source r = random_init(4);
    int tried = 0;
    (void)state;
    m.parse = refuses_for_what_is_flagged;
    for (int round = 0; tried < 5; round++) {
        uint8_t bytes[60];
        cauth_bytes decisions = { bytes, sizeof bytes };
        cauth_bytes in;
        prop_failure failure;
        random_bytes(&r, bytes, sizeof bytes);
        assert_true(round < 1000);
        assert_true(prop_build_valid(&m, decisions, &in));
        assert_int_equal(prop_check_one(p, &m, CAUTH_STRICT, in, PROP_THOROUGH, &failure), PROP_BROKEN);
        if (strstr(failure.why, "CR-12-06") != NULL) {
            cauth_bytes small = reduce_fault(&m, in, &failure);
            assert_non_null(strstr(failure.why, "CR-12-06"));
            assert_int_equal(small.len, 9);
            exact_free(small);
            tried++;
        }
        exact_free(in);
    }
}

/* --- inputs that end the process --- */

/* What a process says, and what names it: of a sanitizer the kind and functions that ci/lib/findings.py takes; where
 * there are no symbols, offsets, which findings do not have. */
static void an_end_has_a_signature(void **state)
{
    static const struct {
        const char *said;
        const char *signature;
    } cases[] = {
        { "", "" },
        { "=================\n"
          "==71==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x602000000017 at pc 0x55e5\n"
          "READ of size 1 at 0x602000000017 thread T0\n"
          "    #0 0x7f11 in __interceptor_memcpy asan.cpp:9\n"
          "    #1 0x55e5 in rd_u8 src/reader.h:50\n"
          "    #2 0x55e6 in cauth_name_parse src/name.c:20\n"
          "    #3 0x55e7 in prop_total props/properties.c:9\n"
          "    #4 0x55e8 in main engines/reduce.c:9\n"
          "\n"
          "0x602000000017 is located 0 bytes to the right of 7-byte region\n"
          "allocated by thread T0 here:\n"
          "    #0 0x7f12 in malloc asan.cpp:1\n"
          "    #1 0x55e9 in exact_copy props/exact.h:9\n",
          "heap-buffer-overflow in rd_u8 < cauth_name_parse < prop_total" },
        { "==5==ERROR: AddressSanitizer: SEGV on unknown address 0x000000000000\n"
          "    #0 0x55d0  (reduce+0x12d0) (BuildId: 01)\n"
          "    #1 0x55d1  (reduce+0x44)\n",
          "SEGV in (reduce+0x12d0) < (reduce+0x44)" },
        { "==9==ERROR: AddressSanitizer: stack-overflow on address 0x7ffc\n"
          "    #0 0x7f11 in __pthread_kill_implementation nptl/pthread_kill.c:4\n"
          "    #1 0x7f12 in _GI_raise raise.c:2\n"
          "    #2 0x7f13 in std::terminate eh.cc:5\n"
          "    #3 0x55e5 in mainly src/a.c:50\n"
          "    #4 0x55e6 in called(int) b.cc:20\n"
          "    #5 0x55e7 in LLVMFuzzerTestOneInput target.c:9\n"
          "    #6 0x55e8 in fuzzer::Fuzzer::ExecuteCallback f.cpp:9\n"
          "    #7 0x55e9 in main f.cpp:1\n"
          "    #8 0x55ea in _start (reduce+0x20)\n",
          "stack-overflow in mainly" },
        { "src/der.c:77:12: runtime error: shift exponent 32 is too large for 32-bit type 'uint32_t'\n"
          "    #0 0x55d0 in der_length src/der.c:77\n"
          "    #1 0x55d1 in cauth_name_parse src/name.c:8\n"
          "\n"
          "SUMMARY: UndefinedBehaviorSanitizer: undefined-behavior src/der.c:77:12\n",
          "shift exponent N is too large for 32-bit type 'uint32_t' in der_length < cauth_name_parse" },
        { "a.c:7:12: runtime error: left shift of negative value -128\n    #0 0x1 in f a.c:7\n",
          "left shift of negative value N in f" },
        { "a.c:7:12: runtime error: index -7 out of bounds for type 'int [-3]'\n    #0 0x1 in f a.c:7\n",
          "index N out of bounds for type 'int [N]' in f" },
        { "a.c:7:12: runtime error: -1.5 is outside the range of type 'unsigned int'\n",
          "N.N is outside the range of type 'unsigned int'" },
        { "f(-13) - 1 = -0x1f of utf-8, x-9, 3-4, --5, -x, -", "f(N) - N = N of utf-8, x-9, 3-4, --5, -x, -" },
        { "0x1f and 71 of 0x1F", "N and N of N" },
        { "x2, 0x, 32-bit, uint32_t", "x2, 0x, 32-bit, uint32_t" },
        { "a word before\nreduce: prop.c:71: run: Assertion `left == 19 && x2 != 0x1f' failed.\n",
          "reduce: prop.c:N: run: Assertion `left == N && x2 != N' failed." },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char signature[END_SIGNATURE_SIZE];
        end_signature(cases[i].said, signature);
        assert_string_equal(signature, cases[i].signature);
    }
    char much[3 * END_SIGNATURE_SIZE], signature[END_SIGNATURE_SIZE];
    memset(much, 'x', sizeof much);
    much[sizeof much - 1] = '\0';
    end_signature(much, signature);
    assert_int_equal(strlen(signature), END_SIGNATURE_SIZE - 1);
}

/* A name of frames.def is passed over, and one that is longer is if all that begin so are. */
static void frames_are_passed_over(void **state)
{
    static const struct {
        const char *name;
        bool all;
    } rows[] = {
#define PASSED_OVER(name) { name, false },
#define ALL_PASSED_OVER(name) { name, true },
#include "frames.def"
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char said[256], longer[64], signature[END_SIGNATURE_SIZE];
        snprintf(said, sizeof said,
                 "==1==ERROR: AddressSanitizer: SEGV on it\n    #0 0x1 in %s a.c:1\n    #1 0x2 in %s_x a.c:2\n"
                 "    #2 0x3 in x%s a.c:3\n",
                 rows[i].name, rows[i].name, rows[i].name);
        snprintf(longer, sizeof longer, "%s_x < ", rows[i].name);
        end_signature(said, signature);
        snprintf(said, sizeof said, "SEGV in %sx%s", rows[i].all ? "" : longer, rows[i].name);
        assert_string_equal(signature, said);
    }
}

/* An end that the input reaches as a message, and decisions reach by what is built of them. */
__attribute__((noinline)) static void end_of_names(void)
{
    fprintf(stderr, "end_of_names\n");
    _exit(1);
}

static cauth_result ends_with_names(cauth_bytes in, const cauth_context *ctx, message_view *v, cauth_flags *f)
{
    cauth_result r = message_by_name("certreq_tls12")->parse(in, ctx, v, f);
    if (cauth_is_accepted(r) && v->certreq_tls12.certificate_authorities.len > 0)
        end_of_names();
    return r;
}

static bool has_names(const message *m, cauth_bytes in)
{
    cauth_bytes copy = exact_copy(in.ptr, in.len);
    message_view view;
    cauth_flags flags = cauth_flags_none();
    cauth_context ctx = message_context(m, CAUTH_STRICT);
    bool is =
        cauth_is_accepted(m->parse(copy, &ctx, &view, &flags)) && view.certreq_tls12.certificate_authorities.len > 0;
    exact_free(copy);
    return is;
}

static void a_message_does_not_become_decisions(void **state)
{
    const message *real = message_by_name("certreq_tls12");
    message m = *real;
    random_source r = random_init(33);
    int whole = 0, decided = 0;
    (void)state;
    m.parse = ends_with_names;
    fault f = { &m, NULL, -1, 0 };
    for (int round = 0; whole < 2 || decided < 2; round++) {
        uint8_t bytes[60];
        cauth_bytes in;
        random_bytes(&r, bytes, sizeof bytes);
        assert_true(round < 1000);
        assert_true(prop_build_valid(real, (cauth_bytes){ bytes, sizeof bytes }, &in));
        if (whole < 2 && has_names(real, in)) {
            fault_end end = fault_end_of(&f, in, NULL);
            assert_int_equal(end.place, FAULT_IN_PARSER);
            assert_string_equal(end.end.signature, "end_of_names");
            cauth_bytes small = reduce_fault_end(&f, in, &end);
            assert_true(has_names(real, small));
            /* 01 01 | 00 02 and a scheme | 00 04 00 02 30 00 */
            if (small.len > 12)
                fail_msg("%zu octets become %zu", in.len, small.len);
            exact_free(small);
            whole++;
        }
        exact_free(in);
        in = exact_copy(bytes, sizeof bytes);
        fault_end end = decided < 2 ? fault_end_of(&f, in, NULL) : (fault_end){ .place = FAULT_NOWHERE };
        if (end.place != FAULT_NOWHERE) {
            assert_int_equal(end.place, FAULT_IN_PROPERTY);
            assert_true(end.property->choices);
            cauth_bytes small = reduce_fault_end(&f, in, &end);
            assert_false(has_names(real, small));
            fault_end again = fault_end_of(&(fault){ &m, end.property, (int)end.profile, 0 }, small, NULL);
            assert_int_equal(again.place, FAULT_IN_PROPERTY);
            assert_true(end_is_alike(&again.end, &end.end));
            assert_true(small.len < in.len);
            exact_free(small);
            decided++;
        }
        exact_free(in);
    }
}

/* The same end by what is parsed first, wherever the decisions are few. */
static cauth_result ends_with_names_and_when_short(cauth_bytes in, const cauth_context *ctx, message_view *v,
                                                   cauth_flags *f)
{
    if (in.len < 3)
        end_of_names();
    return ends_with_names(in, ctx, v, f);
}

static void decisions_do_not_become_a_message(void **state)
{
    message m = *message_by_name("certreq_tls12");
    const property *p = &properties[PROP_generated_accepted];
    random_source r = random_init(33);
    fault f = { &m, p, -1, 0 };
    int tried = 0;
    (void)state;
    m.parse = ends_with_names_and_when_short;
    for (int round = 0; tried < 3; round++) {
        uint8_t bytes[60];
        random_bytes(&r, bytes, sizeof bytes);
        assert_true(round < 1000);
        cauth_bytes in = exact_copy(bytes, sizeof bytes);
        fault_end end = fault_end_of(&f, in, NULL);
        if (end.place == FAULT_IN_PROPERTY) {
            cauth_bytes small = reduce_fault_end(&f, in, &end);
            fault_end again = fault_end_of(&f, small, NULL);
            assert_int_equal(again.place, FAULT_IN_PROPERTY);
            assert_true(end_is_alike(&again.end, &end.end));
            exact_free(small);
            tried++;
        }
        exact_free(in);
    }
}

/* An end of one profile alone, and one of both. */
static cauth_result ends_when_strict(cauth_bytes in, const cauth_context *ctx, message_view *v, cauth_flags *f)
{
    if (ctx->profile == CAUTH_STRICT)
        end_of_names();
    return message_by_name("certreq_tls12")->parse(in, ctx, v, f);
}

static cauth_result always_ends(cauth_bytes in, const cauth_context *ctx, message_view *v, cauth_flags *f)
{
    (void)in;
    (void)ctx;
    (void)v;
    (void)f;
    end_of_names();
    return cauth_accepted();
}

static void an_end_is_of_a_profile(void **state)
{
    message m = *message_by_name("certreq_tls12");
    cauth_bytes in = exact_copy(NULL, 0);
    (void)state;
    for (int asked = -1; asked <= CAUTH_INTEROP; asked++) {
        const fault f = { &m, NULL, asked, 0 };
        m.parse = ends_when_strict;
        fault_end end = fault_end_of(&f, in, NULL);
        assert_int_equal(end.place, asked == CAUTH_INTEROP ? FAULT_NOWHERE : FAULT_IN_PARSER);
        assert_int_equal(end.profile, CAUTH_STRICT);
        m.parse = always_ends;
        end = fault_end_of(&f, in, NULL);
        assert_int_equal(end.place, FAULT_IN_PARSER);
        assert_int_equal(end.profile, asked == CAUTH_INTEROP ? CAUTH_INTEROP : CAUTH_STRICT);
    }
    exact_free(in);
}

/* Each reads behind a block, which a sanitizer sees; without one the process says as much itself. */
__attribute__((noinline)) static void of_long_inputs(cauth_bytes in)
{
    volatile uint8_t sink = in.ptr[in.len];
    (void)sink;
    fprintf(stderr, "of_long_inputs: read at %zu\n", in.len);
    _exit(1);
}

__attribute__((noinline)) static void of_short_inputs(cauth_bytes in)
{
    volatile uint8_t sink = in.ptr[in.len];
    (void)sink;
    fprintf(stderr, "of_short_inputs: read at %zu\n", in.len);
    _exit(1);
}

/* Two faults that end the process with one status, of which the shorter input always shows the second. */
static cauth_result ends_in_two_ways(cauth_bytes in, const cauth_context *ctx, message_view *v, cauth_flags *f)
{
    if (in.len > 20)
        of_long_inputs(in);
    if (in.len > 0)
        of_short_inputs(in);
    return message_by_name("certreq_tls12")->parse(in, ctx, v, f);
}

static void one_end_does_not_become_another(void **state)
{
    uint8_t bytes[71] = { 0 };
    message m = *message_by_name("certreq_tls12");
    fault f = { &m, NULL, -1, 0 };
    (void)state;
    m.parse = ends_in_two_ways;
    cauth_bytes in = exact_copy(bytes, sizeof bytes), shorter = exact_copy(bytes, 20);
    fault_end end = fault_end_of(&f, in, NULL);
    assert_int_equal(end.place, FAULT_IN_PARSER);
    assert_int_not_equal(end.end.signature[0], 0);
    cauth_bytes small = reduce_fault_end(&f, in, &end);
    assert_int_equal(small.len, 21);
    fault_end other = fault_end_of(&f, shorter, NULL);
    assert_int_equal(other.end.status, end.end.status);
    assert_string_not_equal(other.end.signature, end.end.signature);
    exact_free(small);
    exact_free(shorter);
    exact_free(in);
}

#define MINUTE 60u

/* More than a pipe holds, and only the last line counts; nothing at all; and no end. */
static bool says_much(void *user, cauth_bytes in)
{
    (void)user;
    for (unsigned i = 0; i < 20000; i++)
        fprintf(stderr, "line %u\n", i);
    if (in.len > 0)
        _exit(1);
    return true;
}

/* More than is kept: the last line is, and so is a report at the front. */
static bool says_very_much(void *user, cauth_bytes in)
{
    (void)user;
    (void)in;
    for (unsigned i = 0; i < 150000; i++)
        fprintf(stderr, "line %u\n", i);
    fprintf(stderr, "the last line\n");
    _exit(1);
}

static bool reports_first(void *user, cauth_bytes in)
{
    fprintf(stderr, "==5==ERROR: AddressSanitizer: SEGV on unknown address\n    #0 0x1 in here a.c:1\n\n");
    return says_very_much(user, in);
}

static bool says_nothing(void *user, cauth_bytes in)
{
    (void)user;
    (void)in;
    _exit(3);
}

static void an_end_is_waited_for(void **state)
{
    static const uint8_t octet[] = { 1 };
    (void)state;
    process_end end = end_of(says_much, NULL, (cauth_bytes){ octet, 1 }, MINUTE);
    assert_false(end_lives(&end));
    assert_string_equal(end.signature, "line N");
    end = end_of(says_much, NULL, (cauth_bytes){ NULL, 0 }, MINUTE);
    assert_true(end_lives(&end));
    assert_true(end.answer);
    end = end_of(says_very_much, NULL, (cauth_bytes){ octet, 1 }, MINUTE);
    assert_string_equal(end.signature, "the last line");
    end = end_of(reports_first, NULL, (cauth_bytes){ octet, 1 }, MINUTE);
    assert_string_equal(end.signature, "SEGV in here");
    end = end_of(says_nothing, NULL, (cauth_bytes){ NULL, 0 }, MINUTE);
    assert_true(WIFEXITED(end.status) && WEXITSTATUS(end.status) == 3);
    assert_string_equal(end.signature, "");
}

/* A minute where it may take a second; if nothing ends it before, it ends with a status of its own. */
static bool runs_on(void *user, cauth_bytes in)
{
    (void)user;
    (void)in;
    fprintf(stderr, "runs_on\n");
    nanosleep(&(struct timespec){ .tv_sec = MINUTE }, NULL);
    _exit(7);
}

/* Slowness is no end, and nothing tells one late run from another, whatever it said, and whether or not who started us
 * had the signal ignored. */
static void what_takes_too_long_is_no_end(void **state)
{
    const fault of_any_length = { NULL, NULL, -1, 0 }, of_seven = { NULL, NULL, -1, 7 };
    (void)state;
    signal(SIGALRM, SIG_IGN);
    process_end end = end_of(runs_on, NULL, (cauth_bytes){ NULL, 0 }, 1);
    signal(SIGALRM, SIG_DFL);
    assert_true(end.late);
    assert_false(end.answer);
    assert_string_equal(end.signature, "");
    assert_false(end_lives(&end));
    assert_false(end_is_alike(&end, &end));
    assert_int_equal(fault_seconds(&of_any_length, 0), 30);
    assert_int_equal(fault_seconds(&of_any_length, (size_t)16 << 20), 30 + 16 * 60);
    assert_int_equal(fault_seconds(&of_seven, (size_t)16 << 20), 7);
}

/* What comes in the end to a run that takes too long; here at once, so that no time is measured. */
static void is_late(void)
{
    raise(SIGALRM);
}

/* 01 01 | 00 02 04 03 | 00 00, with which no_suffix alone takes too long; and then interop refuses what strict accepts.
 */
static const uint8_t slow[] = { 1, 1, 0, 2, 4, 3, 0, 0 };
static const uint8_t not_slow[] = { 1, 1, 0, 2, 4, 3, 0, 4, 0, 2, 0x30, 0 };

static cauth_result is_slow_with_a_suffix(cauth_bytes in, const cauth_context *ctx, message_view *v, cauth_flags *f)
{
    if (in.len == sizeof slow + 1 && memcmp(in.ptr, slow, sizeof slow) == 0)
        is_late();
    return message_by_name("certreq_tls12")->parse(in, ctx, v, f);
}

static cauth_result is_slow_and_broken(cauth_bytes in, const cauth_context *ctx, message_view *v, cauth_flags *f)
{
    if (ctx->profile == CAUTH_INTEROP)
        return cauth_rejected(CAUTH_VEC_04, CAUTH_FIELD_BODY, 0);
    return is_slow_with_a_suffix(in, ctx, v, f);
}

static cauth_result is_slow_and_ends(cauth_bytes in, const cauth_context *ctx, message_view *v, cauth_flags *f)
{
    if (in.len == sizeof slow && ctx->profile == CAUTH_INTEROP)
        end_of_names();
    return is_slow_with_a_suffix(in, ctx, v, f);
}

static cauth_result is_slow_whole(cauth_bytes in, const cauth_context *ctx, message_view *v, cauth_flags *f)
{
    if (in.len == sizeof slow)
        is_late();
    return message_by_name("certreq_tls12")->parse(in, ctx, v, f);
}

#define SHORT 20u

static cauth_result is_slow_when_short(cauth_bytes in, const cauth_context *ctx, message_view *v, cauth_flags *f)
{
    if (in.len < SHORT && alarm(0) > 0) /* without a limit it would not end */
        is_late();
    return takes_odd_lists_and_surplus(in, ctx, v, f);
}

static cauth_result ends_when_short(cauth_bytes in, const cauth_context *ctx, message_view *v, cauth_flags *f)
{
    if (in.len < SHORT)
        end_of_names();
    return takes_odd_lists_and_surplus(in, ctx, v, f);
}

/* Of the message that the property is run on. */
static size_t message_len(const property *p, const message *m, cauth_bytes in)
{
    cauth_bytes built;
    if (!p->choices || !prop_build(p, m, in, &built))
        return in.len;
    size_t len = built.len;
    exact_free(built);
    return len;
}

typedef cauth_result parse_fn(cauth_bytes in, const cauth_context *ctx, message_view *v, cauth_flags *f);

/* A property breaks, and what is smaller takes too long or ends the process: neither ends the search. */
static void stays_in_time(prop_id id, const char *expected, parse_fn *parse)
{
    static const uint8_t odd[59] = { 1, 1, 0, 53 }; /* 01 01 | 00 35 and 53 octets | 00 00 */
    const property *p = &properties[id];
    message m = *message_by_name("certreq_tls12");
    const fault f = { &m, p, CAUTH_STRICT, 0 };
    random_source r = random_init(21);
    bool tried = false;
    for (int round = 0; !tried; round++) {
        uint8_t bytes[60];
        prop_failure failure;
        random_bytes(&r, bytes, sizeof bytes);
        assert_true(round < 20000);
        cauth_bytes in = p->choices ? exact_copy(bytes, sizeof bytes) : exact_copy(odd, sizeof odd);
        m.parse = takes_odd_lists_and_surplus;
        if (prop_check_one(p, &m, CAUTH_STRICT, in, PROP_THOROUGH, &failure) == PROP_BROKEN &&
            strstr(failure.why, expected) != NULL && message_len(p, &m, in) >= SHORT) {
            m.parse = parse;
            cauth_bytes small = reduce_fault_alone(&f, in, &failure);
            assert_non_null(strstr(failure.why, expected));
            assert_true(small.len < in.len);
            assert_true(message_len(p, &m, small) >= SHORT);
            exact_free(small);
            tried = true;
        }
        exact_free(in);
    }
}

static void what_is_smaller_may_end(void **state)
{
    (void)state;
    stays_in_time(PROP_grammar_agrees, "", is_slow_when_short);
    stays_in_time(PROP_grammar_agrees, "", ends_when_short);
    stays_in_time(PROP_place_named, "breaks CR-12-02", is_slow_when_short);
    stays_in_time(PROP_breaker_named, "the breaker of CR-12-02", ends_when_short);
}

static cauth_result is_slow_cut_and_with_a_suffix(cauth_bytes in, const cauth_context *ctx, message_view *v,
                                                  cauth_flags *f)
{
    if (in.len == sizeof slow - 1 && memcmp(in.ptr, slow, in.len) == 0)
        is_late();
    return is_slow_with_a_suffix(in, ctx, v, f);
}

/* Whether a property parses in a process in which another one did. */
static const char *first_property;

static bool is_behind_another(void)
{
    if (first_property == NULL)
        first_property = now_at_hand.property;
    return first_property != now_at_hand.property && now_at_hand.property != NULL;
}

static cauth_result is_slow_behind_another(cauth_bytes in, const cauth_context *ctx, message_view *v, cauth_flags *f)
{
    if (is_behind_another())
        is_late();
    return message_by_name("certreq_tls12")->parse(in, ctx, v, f);
}

/* And no_suffix alone, in a way of its own. */
static cauth_result ends_behind_another(cauth_bytes in, const cauth_context *ctx, message_view *v, cauth_flags *f)
{
    if (is_behind_another())
        end_of_names();
    if (first_property == properties[PROP_no_suffix].name)
        _exit(3);
    return message_by_name("certreq_tls12")->parse(in, ctx, v, f);
}

static size_t num_late;
static fault_end last_late;

static void note_late(const fault_end *at, unsigned seconds)
{
    assert_int_equal(seconds, MINUTE);
    num_late++;
    last_late = *at;
}

static void what_takes_too_long_hides_nothing(void **state)
{
    message m = *message_by_name("certreq_tls12");
    const property *of_suffix = &properties[PROP_no_suffix], *of_profiles = &properties[PROP_profiles_nested];
    fault f = { &m, NULL, CAUTH_STRICT, MINUTE };
    prop_failure failure;
    cauth_bytes in = exact_copy(slow, sizeof slow);
    (void)state;
    num_late = 0;
    m.parse = is_slow_and_broken;
    cauth_bytes quick = exact_copy(not_slow, sizeof not_slow);
    fault_end end = fault_end_of(&f, quick, note_late);
    assert_int_equal(end.place, FAULT_BROKEN);
    assert_null(end.property);
    assert_int_equal(num_late, 0);
    exact_free(quick);
    end = fault_end_of(&f, in, note_late);
    assert_int_equal(end.place, FAULT_BROKEN);
    assert_ptr_equal(end.property, of_profiles);
    assert_int_equal(num_late, 2);
    assert_int_equal(last_late.place, FAULT_IN_PROPERTY);
    assert_ptr_equal(last_late.property, of_suffix);
    assert_true(fault_breaks(&(fault){ &m, end.property, (int)end.profile, MINUTE }, in, &failure));

    m.parse = is_slow_with_a_suffix;
    end = fault_end_of(&f, in, note_late);
    assert_int_equal(end.place, FAULT_LATE);
    assert_ptr_equal(end.property, of_suffix);
    assert_int_equal(num_late, 4);
    end = fault_end_of(&(fault){ &m, of_profiles, CAUTH_STRICT, MINUTE }, in, note_late);
    assert_int_equal(end.place, FAULT_NOWHERE);
    assert_int_equal(num_late, 4);

    m.parse = is_slow_and_ends;
    end = fault_end_of(&(fault){ &m, of_suffix, -1, MINUTE }, in, note_late);
    assert_int_equal(end.place, FAULT_IN_PARSER);
    assert_int_equal(end.profile, CAUTH_INTEROP);
    assert_string_equal(end.end.signature, "end_of_names");
    assert_int_equal(num_late, 6);

    m.parse = is_slow_whole;
    end = fault_end_of(&f, in, note_late);
    assert_int_equal(end.place, FAULT_LATE);
    assert_null(end.property);
    assert_int_equal(last_late.place, FAULT_IN_PARSER);
    assert_int_equal(num_late, 8);

    m.parse = is_slow_cut_and_with_a_suffix;
    end = fault_end_of(&f, in, note_late);
    assert_int_equal(end.place, FAULT_LATE);
    assert_ptr_equal(end.property, &properties[PROP_no_prefix]);
    assert_ptr_equal(last_late.property, of_suffix);
    assert_int_equal(num_late, 11);

    m.parse = is_slow_behind_another;
    end = fault_end_of(&f, in, note_late);
    assert_int_equal(end.place, FAULT_NOWHERE);
    assert_int_equal(last_late.place, FAULT_IN_ALL);
    assert_int_equal(num_late, 12);
    exact_free(in);
}

static void what_ends_only_behind_another(void **state)
{
    message m = *message_by_name("certreq_tls12");
    const fault f = { &m, NULL, CAUTH_STRICT, MINUTE };
    cauth_bytes in = exact_copy(slow, sizeof slow);
    (void)state;
    m.parse = ends_behind_another;
    fault_end end = fault_end_of(&f, in, note_late);
    assert_int_equal(end.place, FAULT_IN_ALL);
    assert_null(end.property);
    assert_string_equal(end.end.signature, "end_of_names");
    exact_free(in);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_broken_rule_stays_broken),
        cmocka_unit_test(lengths_are_made_anew),
        cmocka_unit_test(octets_without_a_grammar),
        cmocka_unit_test(one_fault_does_not_become_another),
        cmocka_unit_test(generated_messages_are_reduced),
        cmocka_unit_test(a_message_keeps_its_fault),
        cmocka_unit_test(an_end_has_a_signature),
        cmocka_unit_test(one_end_does_not_become_another),
        cmocka_unit_test(frames_are_passed_over),
        cmocka_unit_test(an_end_is_waited_for),
        cmocka_unit_test(a_message_does_not_become_decisions),
        cmocka_unit_test(decisions_do_not_become_a_message),
        cmocka_unit_test(an_end_is_of_a_profile),
        cmocka_unit_test(what_takes_too_long_is_no_end),
        cmocka_unit_test(what_takes_too_long_hides_nothing),
        cmocka_unit_test(what_ends_only_behind_another),
        cmocka_unit_test(what_is_smaller_may_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
