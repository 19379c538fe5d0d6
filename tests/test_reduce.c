/* The reducer: what it gives still shows what it was to show, is as small as it gets, and is the same each time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "exact.h"
#include "prop.h"
#include "random.h"
#include "reduce.h"
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
    stays_what_it_is(&m, PROP_place_named, "algorithms, instead, breaks CR-12-02", 9);
    /* 01 01 | 00 02 04 03 | 00 00 | 00 */
    stays_what_it_is(&m, PROP_place_named, "the message, surplus, breaks VEC-07", 9);
    /* a sample of the generators, which has two types, an odd list and a name */
    stays_what_it_is(&m, PROP_breaker_named, "the breaker of CR-12-02", 40);
}

/* 02 and two types | 00 04 and two schemes | a name at least: 00 04 00 02 30 00 */
static void generated_messages_are_reduced(void **state)
{
    message m = *message_by_name("certreq_tls12");
    (void)state;
    m.parse = refuses_names;
    stays_what_it_is(&m, PROP_generated_accepted, "what was generated is refused with VEC-04", 40);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_broken_rule_stays_broken),     cmocka_unit_test(lengths_are_made_anew),
        cmocka_unit_test(octets_without_a_grammar),       cmocka_unit_test(one_fault_does_not_become_another),
        cmocka_unit_test(generated_messages_are_reduced), cmocka_unit_test(a_message_keeps_its_fault),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
