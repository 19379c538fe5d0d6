/* Walks rules.def: every rule that is enforced has breakers that work and a case in the corpus; every other says why.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "exact.h"
#include "files.h"
#include "manifest.h"
#include "prop.h"
#include "random.h"

static const char *const idents[] = {
    "",
#define CAUTH_RULE(ident, ...) #ident,
#include "cauth/rules.def"
#undef CAUTH_RULE
};

static manifest rows;
static bool have_file[CAUTH_NUM_RULES][2]; /* a corpus file that is refused [1] or flagged [0] with the rule */

static bool refuses(cauth_rule rule)
{
    cauth_disposition d = cauth_rule_info(rule)->disposition;
    return d == CAUTH_REJECT || d == CAUTH_PARTLY;
}

static bool flags(cauth_rule rule)
{
    cauth_disposition d = cauth_rule_info(rule)->disposition;
    return d == CAUTH_FLAG || d == CAUTH_PARTLY;
}

/* An id is spelled like its constant: CR-12-02 is CAUTH_CR_12_02. Texts are there, and are sentences. */
static void rows_are_complete(void **state)
{
    size_t wrong = 0;
    (void)state;
    for (int i = 1; i < (int)CAUTH_NUM_RULES; i++) {
        const cauth_rule_row *row = cauth_rule_info((cauth_rule)i);
        char ident[32];
        snprintf(ident, sizeof ident, "%s", row->id);
        for (char *p = ident; *p != '\0'; p++)
            if (*p == '-')
                *p = '_';
        const char *error = NULL;
        if (strcmp(ident, idents[i]) != 0)
            error = "its constant is spelled differently";
        else if (cauth_rule_by_id(row->id) != (cauth_rule)i)
            error = "its id is used twice";
        else if (row->sentence[0] == '\0' || row->source[0] == '\0')
            error = "it has no sentence or no source";
        else if ((row->reject & ~row->versions) != 0)
            error = "refused in versions it does not speak about";
        else if (refuses((cauth_rule)i) != (row->reject != 0))
            error = "its disposition and the versions in which it is refused disagree";
        else if (refuses((cauth_rule)i) && row->alert == CAUTH_NO_ALERT)
            error = "refused without an alert";
        else if (row->interop_flags && !refuses((cauth_rule)i))
            error = "downgraded by interop, but never refused";
        if (error != NULL) {
            print_error("%s: %s\n", row->id, error);
            wrong++;
        }
    }
    assert_int_equal(wrong, 0);
}

static void rules_not_enforced_say_why(void **state)
{
    size_t wrong = 0;
    (void)state;
    for (int i = 1; i < (int)CAUTH_NUM_RULES; i++) {
        const cauth_rule_row *row = cauth_rule_info((cauth_rule)i);
        bool unenforced = row->disposition == CAUTH_LATER || row->disposition == CAUTH_NOT_OURS;
        if (unenforced && strlen(row->note) < 8) {
            print_error("%s: LATER or NOT_OURS without a note that says why\n", row->id);
            wrong++;
        }
    }
    assert_int_equal(wrong, 0);
}

static bool has_breaker(cauth_rule rule, bool rejected)
{
    for (size_t i = 0; breaker_at(i) != NULL; i++)
        if (breaker_at(i)->rule == rule && breaker_at(i)->rejected == rejected)
            return true;
    return false;
}

static void enforced_rules_have_breakers(void **state)
{
    size_t wrong = 0;
    (void)state;
    for (int i = 1; i < (int)CAUTH_NUM_RULES; i++) {
        cauth_rule rule = (cauth_rule)i;
        if (refuses(rule) && !has_breaker(rule, true)) {
            print_error("%s: no breaker that is refused\n", cauth_rule_info(rule)->id);
            wrong++;
        }
        if (flags(rule) && !has_breaker(rule, false)) {
            print_error("%s: no breaker that is flagged\n", cauth_rule_info(rule)->id);
            wrong++;
        }
    }
    assert_int_equal(wrong, 0);
}

static const char *declaration_error(const breaker *b)
{
    const message *m = message_by_name(b->message);
    if (m == NULL)
        return "there is no such message";
    if (!refuses(b->rule) && !flags(b->rule))
        return "the rule is not enforced";
    bool rejects = cauth_rule_rejects(b->rule, m->version, CAUTH_STRICT);
    if (b->rejected && !rejects)
        return "declared as refused, but strict refuses the rule in no such version";
    if (!b->rejected && rejects && !flags(b->rule))
        return "declared as flagged, but strict refuses the rule in this version";
    if (b->rejected != (b->field != CAUTH_FIELD_NONE))
        return "a field belongs to a refusal, and only there";
    if (b->rejected && b->also != CAUTH_RULE_NONE && !cauth_rule_info(b->rule)->interop_flags)
        return "a second flag, though it is always refused";
    return NULL;
}

static void breakers_are_declared_consistently(void **state)
{
    size_t wrong = 0;
    (void)state;
    for (size_t i = 0; breaker_at(i) != NULL; i++) {
        const breaker *b = breaker_at(i);
        const char *error = declaration_error(b);
        if (error != NULL) {
            print_error("breaker %zu, %s in %s: %s\n", i, cauth_rule_info(b->rule)->id, b->message, error);
            wrong++;
        }
    }
    assert_int_equal(wrong, 0);
}

/* Each with no decisions (what becomes its seed) and with random ones. */
static void breakers_work(void **state)
{
    size_t wrong = 0;
    random_source r = random_init(2);
    (void)state;
    for (size_t i = 0; breaker_at(i) != NULL; i++) {
        const breaker *b = breaker_at(i);
        for (int round = 0; message_by_name(b->message) != NULL && round < 10; round++) {
            uint8_t bytes[64];
            prop_failure failure;
            random_bytes(&r, bytes, sizeof bytes);
            cauth_bytes decisions = { round > 0 ? bytes : NULL, round > 0 ? sizeof bytes : 0 };
            if (!prop_check_breaker(b, decisions, &failure)) {
                print_error("%s (%s): %s\n", b->message, prop_profile_name(failure.profile), failure.why);
                wrong++;
                break;
            }
        }
    }
    assert_int_equal(wrong, 0);
}

static void note_verdict(const verdict *v)
{
    have_file[v->rule][1] = true;
    for (cauth_rule f = cauth_flags_next(&v->flags, CAUTH_RULE_NONE); f != CAUTH_RULE_NONE;
         f = cauth_flags_next(&v->flags, f))
        have_file[f][0] = true;
}

static int read_manifest(void **state)
{
    (void)state;
    if (!manifest_read(CAUTH_CORPUS "/MANIFEST.tsv", &rows))
        return -1;
    for (size_t i = 0; i < rows.num; i++) {
        char path[1024];
        const char *error;
        cauth_bytes in;
        snprintf(path, sizeof path, "%s/%s", CAUTH_CORPUS, rows.rows[i].path);
        if (!file_read(path, &in, &error))
            continue; /* test_corpus says so */
        note_verdict(&rows.rows[i].strict);
        note_verdict(&rows.rows[i].interop);
        exact_free(in);
    }
    return 0;
}

static int free_manifest(void **state)
{
    (void)state;
    manifest_free(&rows);
    return 0;
}

static void enforced_rules_have_corpus_files(void **state)
{
    size_t wrong = 0;
    (void)state;
    for (int i = 1; i < (int)CAUTH_NUM_RULES; i++) {
        if (refuses((cauth_rule)i) && !have_file[i][1]) {
            print_error("%s: no corpus file is refused with it\n", cauth_rule_info((cauth_rule)i)->id);
            wrong++;
        }
        if (flags((cauth_rule)i) && !have_file[i][0]) {
            print_error("%s: no corpus file is flagged with it\n", cauth_rule_info((cauth_rule)i)->id);
            wrong++;
        }
    }
    assert_int_equal(wrong, 0);
}

/* What a corpus file is refused or flagged with is a rule that is enforced. */
static void other_rules_are_never_reported(void **state)
{
    (void)state;
    for (int i = 1; i < (int)CAUTH_NUM_RULES; i++) {
        cauth_rule rule = (cauth_rule)i;
        if (have_file[i][1] && !refuses(rule))
            fail_msg("%s refuses a corpus file, but is not a rule to refuse with", cauth_rule_info(rule)->id);
        if (have_file[i][0] && !flags(rule) && !refuses(rule))
            fail_msg("%s flags a corpus file, but is not a rule to flag", cauth_rule_info(rule)->id);
    }
}

/* SSL 3.0 knows the alerts of RFC 6101 §5.4 and no others; for all others it gets illegal_parameter. */
static void alerts_of_ssl30(void **state)
{
    static const uint8_t known[] = { 0, 10, 20, 30, 40, 41, 42, 43, 44, 45, 46, 47 };
    size_t kept = 0, replaced = 0;
    (void)state;
    for (int i = 1; i < (int)CAUTH_NUM_RULES; i++) {
        uint8_t alert = cauth_rule_info((cauth_rule)i)->alert;
        bool keeps = alert == CAUTH_NO_ALERT || memchr(known, alert, sizeof known) != NULL;
        assert_int_equal(cauth_rule_alert((cauth_rule)i, CAUTH_SSL30), keeps ? alert : 47);
        assert_int_equal(cauth_rule_alert((cauth_rule)i, CAUTH_TLS10), alert);
        *(keeps ? &kept : &replaced) += 1;
    }
    assert_true(kept > 0 && replaced > 0);
}

/* Numbers and ids of no rule or field have an empty row or name, and can be asked about. */
static void what_is_no_rule(void **state)
{
    (void)state;
    assert_int_equal(cauth_rule_by_id("CR-12-99"), CAUTH_RULE_NONE);
    assert_int_equal(cauth_rule_by_id("CR-12-0"), CAUTH_RULE_NONE);
    for (size_t i = 0; i < CAUTH_NUM_RULES; i++) { /* an id with a character behind it is none, the longest too */
        char longer[32];
        snprintf(longer, sizeof(longer), "%sx", cauth_rule_info((cauth_rule)i)->id);
        assert_int_equal(cauth_rule_by_id(longer), CAUTH_RULE_NONE);
    }
    assert_int_equal(cauth_rule_by_id(""), CAUTH_RULE_NONE);
    static const cauth_rule no_rules[] = { CAUTH_RULE_NONE, CAUTH_NUM_RULES };
    for (size_t i = 0; i < 2; i++) {
        const cauth_rule_row *row = cauth_rule_info(no_rules[i]);
        assert_string_equal(row->id, "");
        assert_int_equal(row->versions, 0);
        assert_int_equal(row->reject, 0);
        assert_false(row->interop_flags);
        assert_int_equal(row->alert, CAUTH_NO_ALERT);
        assert_string_equal(row->source, "");
        assert_string_equal(row->sentence, "");
    }
    assert_string_equal(cauth_field_name(CAUTH_NUM_FIELDS), "");
    cauth_flags none = cauth_flags_none();
    cauth_flags_set(&none, CAUTH_RULE_NONE);
    cauth_flags_set(&none, CAUTH_NUM_RULES);
    assert_int_equal(cauth_flags_next(&none, CAUTH_RULE_NONE), CAUTH_RULE_NONE);
    assert_int_equal(cauth_flags_next(&none, CAUTH_NUM_RULES), CAUTH_RULE_NONE);
    assert_false(cauth_flags_has(&none, CAUTH_NUM_RULES));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_complete),
        cmocka_unit_test(rules_not_enforced_say_why),
        cmocka_unit_test(enforced_rules_have_breakers),
        cmocka_unit_test(breakers_are_declared_consistently),
        cmocka_unit_test(breakers_work),
        cmocka_unit_test(enforced_rules_have_corpus_files),
        cmocka_unit_test(other_rules_are_never_reported),
        cmocka_unit_test(alerts_of_ssl30),
        cmocka_unit_test(what_is_no_rule),
    };
    return cmocka_run_group_tests(tests, read_manifest, free_manifest);
}
