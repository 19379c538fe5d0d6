/* The functions inside libssl.a (fuzz/bench/openssl_internal.h) say what the public way says, verdict and fields: on
 * the corpus, and on 100 000 changed messages. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "corpus_file.h"
#include "exact.h"
#include "message.h"
#include "mutate.h"
#include "openssl_internal.h"
#include "oracle.h"

#define MUTATED 100000u

static const char *const names[] = { "certreq_tls12", "cert_tls12_server", "cert_tls12_client" };
#define NUM_NAMES (sizeof names / sizeof names[0])

/* What both ways were asked, and the values of fields that both gave. */
static struct {
    size_t accepted;
    size_t refused;
    size_t values[3]; /* of each message */
} seen;

/* The fields that the function inside gives, held against those of the public way. */
typedef struct {
    const oracle_observation *theirs;
    size_t num[8]; /* values so far, by the place of the field in theirs */
    bool differs;
} field_walk;

static void walk_value(field_walk *walk, cauth_field field, bool is_number, cauth_bytes span, uint64_t number)
{
    size_t i = 0;
    while (i < walk->theirs->num_fields && walk->theirs->fields[i].field != field)
        i++;
    assert_true(i < sizeof walk->num / sizeof walk->num[0]);
    const oracle_field *f = &walk->theirs->fields[i];
    if (i == walk->theirs->num_fields || f->numbers != is_number || walk->num[i] == f->num_values) {
        walk->differs = true;
        return;
    }
    const oracle_value *theirs = &f->values[walk->num[i]++];
    walk->differs |=
        is_number ? theirs->number != number
                  : theirs->span.len != span.len || (span.len > 0 && memcmp(theirs->span.ptr, span.ptr, span.len) != 0);
}

static void walk_span(void *user, cauth_field field, cauth_bytes bytes)
{
    walk_value(user, field, false, bytes, 0);
}

static void walk_number(void *user, cauth_field field, uint64_t value)
{
    walk_value(user, field, true, (cauth_bytes){ NULL, 0 }, value);
}

/* Whether the function inside accepts what the public way accepted, with the same fields. `num` counts their values. */
static bool same_fields(openssl_internal_fn *read, cauth_bytes in, const oracle_observation *theirs, size_t *num)
{
    field_walk walk = { theirs, { 0 }, false };
    const describe_sink sink = { walk_span, walk_number, &walk };
    bool same = read(in, &sink) && !walk.differs;
    for (size_t i = 0; i < theirs->num_fields; i++) {
        same &= walk.num[i] == theirs->fields[i].num_values;
        *num += walk.num[i];
    }
    return same;
}

/* False when they differ. What the public way cannot be asked, they cannot differ on. */
static bool agrees(size_t which, openssl_internal_fn *read, cauth_bytes in)
{
    oracle_observation theirs;
    oracle_openssl.judge(message_by_name(names[which]), in, &theirs);
    if (theirs.verdict == ORACLE_UNSUPPORTED)
        return true;
    bool accepted = theirs.verdict == ORACLE_ACCEPT;
    seen.accepted += accepted;
    seen.refused += !accepted;
    return accepted ? same_fields(read, in, &theirs, &seen.values[which]) : !read(in, NULL);
}

/* A file, and changed copies of it. */
typedef struct {
    size_t which;
    random_source r;
    size_t mutated;
} trial;

static void both_ways(void *user, const char *path, const message *m, cauth_bytes in)
{
    trial *t = user;
    openssl_internal_fn *read = openssl_internal_find(m->name);
    if (!agrees(t->which, read, in))
        fail_msg("%s: the function inside says otherwise", path);
    for (unsigned k = 0; k < 50 && in.len <= 4096; k++, t->mutated++) {
        cauth_bytes changed = mutate(&t->r, in);
        if (!agrees(t->which, read, changed))
            fail_msg("%s, changed copy %zu: the function inside says otherwise", path, t->mutated);
        exact_free(changed);
    }
}

static void both_ways_agree(void **state)
{
    (void)state;
    trial t = { 0, random_init(1), 0 };
    assert_true(openssl_internal_start());
    while (t.mutated < MUTATED)
        for (t.which = 0; t.which < NUM_NAMES; t.which++)
            replay_corpus(message_by_name(names[t.which]), both_ways, &t);
    printf("%zu accepted, %zu refused, the same in both ways\n", seen.accepted, seen.refused);
    assert_true(seen.accepted > MUTATED / 20 && seen.refused > MUTATED / 20);
    for (size_t i = 0; i < NUM_NAMES; i++) {
        printf("%s: %zu values of fields, the same in both ways\n", names[i], seen.values[i]);
        assert_true(seen.values[i] > MUTATED / 50);
    }
    oracle_openssl.end();
    openssl_internal_end();
}

/* --- that a difference is noticed --- */

#define MAX_VALUES 512u

static bool is_same(size_t which, cauth_bytes in, const oracle_observation *theirs)
{
    size_t num = 0;
    return same_fields(openssl_internal_find(names[which]), in, theirs, &num);
}

/* One field of an observation, with each value altered, one missing and one too many. */
static void alter_field(size_t which, cauth_bytes in, oracle_observation *theirs, oracle_field *f)
{
    static oracle_value values[MAX_VALUES + 1];
    uint8_t octets[8192];
    const oracle_field unaltered = *f;
    size_t num = f->num_values;
    assert_in_range(num, 1, MAX_VALUES);
    memcpy(values, f->values, num * sizeof *values);
    values[num] = values[num - 1];
    f->values = values;
    for (size_t i = 0; i < num; i++) {
        oracle_value right = values[i];
        assert_true(right.span.len <= sizeof octets);
        if (right.span.len > 0)
            memcpy(octets, right.span.ptr, right.span.len);
        octets[right.span.len / 2] ^= 1;
        values[i].number ^= 1;
        values[i].span.ptr = octets;
        assert_false(is_same(which, in, theirs));
        values[i] = right;
        if (!f->numbers) {
            values[i].span.len--;
            assert_false(is_same(which, in, theirs));
            values[i] = right;
        }
    }
    f->num_values = num - 1;
    assert_false(is_same(which, in, theirs));
    f->num_values = num + 1;
    assert_false(is_same(which, in, theirs));
    *f = unaltered;
    assert_true(is_same(which, in, theirs));
}

static void differences_are_noticed(void **state)
{
    (void)state;
    static const struct {
        const char *file;
        size_t num_fields;
    } cases[NUM_NAMES] = {
        { "openssl-tls12-cas-several", 3 },
        { "openssl-tls12-chain4-required", 1 },
        { "openssl-tls12-chain4-required", 1 },
    };
    assert_true(openssl_internal_start());
    for (size_t i = 0; i < NUM_NAMES; i++) {
        char path[256];
        oracle_observation theirs;
        oracle_field fields[3];
        snprintf(path, sizeof path, "%s/%s", names[i], cases[i].file);
        cauth_bytes in = read_corpus(path);
        oracle_openssl.judge(message_by_name(names[i]), in, &theirs);
        assert_int_equal(theirs.verdict, ORACLE_ACCEPT);
        assert_int_equal(theirs.num_fields, cases[i].num_fields);
        memcpy(fields, theirs.fields, theirs.num_fields * sizeof *fields);
        theirs.fields = fields;
        assert_true(is_same(i, in, &theirs));
        for (size_t j = 0; j < theirs.num_fields; j++)
            alter_field(i, in, &theirs, &fields[j]);
        theirs.num_fields--; /* a field that the public way does not show */
        assert_false(is_same(i, in, &theirs));
        exact_free(in);
    }
    oracle_openssl.end();
    openssl_internal_end();
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(both_ways_agree), cmocka_unit_test(differences_are_noticed) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
