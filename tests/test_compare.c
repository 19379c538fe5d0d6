/* compare.c against an oracle that says what the test wants. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "compare.h"
#include "corpus_file.h"
#include "exact.h"
#include "exact_octets.h"

#define BYTES(array) ((cauth_bytes){ (array), sizeof(array) })
#define NUM(array) (sizeof(array) / sizeof((array)[0]))
#define NO_ALERT CAUTH_NO_ALERT

/* types 1, 64 · algorithms 0403, 0401 · one name: CN=ca */
static const uint8_t request[] = { 2,  1,    64, 0,    4, 4, 3, 4,    1, 0, 17, 0, 15,  0x30,
                                   13, 0x31, 11, 0x30, 9, 6, 3, 0x55, 4, 3, 12, 2, 'c', 'a' };
static const uint8_t no_types[] = { 0, 0, 2, 4, 1, 0, 0 };
static const uint8_t odd_algorithms[] = { 1, 1, 0, 3, 4, 1, 4, 0, 0 };
/* the name's value is an INTEGER: DN-13 flags it */
static const uint8_t integer_name[] = { 1,    1,  0,    2, 4, 1, 0,    16, 0, 14, 0x30, 12,
                                        0x31, 10, 0x30, 8, 6, 3, 0x55, 4,  3, 2,  1,    1 };
/* the same in an attribute that RFC 5280 does not define: LIM-04 */
static const uint8_t integer_unknown[] = { 1,    1,  0,    2, 4, 1, 0,    16, 0, 14, 0x30, 12,
                                           0x31, 10, 0x30, 8, 6, 3, 0x2A, 3,  4, 2,  1,    1 };
/* the same with an IA5String, which any such attribute may have */
static const uint8_t ia5_unknown[] = { 1,    1,  0,    2, 4, 1, 0,    16, 0, 14,   0x30, 12,
                                       0x31, 10, 0x30, 8, 6, 3, 0x2A, 3,  4, 0x16, 1,    'a' };
/* the name has the type NULL: DN-05 refuses it, at the DER level */
static const uint8_t null_name[] = { 1, 1, 0, 2, 4, 1, 0, 4, 0, 2, 5, 0 };

static oracle_observation answer;
static const oracle_observation *answer_to_items; /* names, certificates and keys alone; NULL: as to all */
static uint32_t version = ORACLE_VERSION(3, 0, 17);

static const char *version_text(void)
{
    return "test";
}

static size_t asked_for_version; /* with each row that is looked at */

static uint32_t version_number(void)
{
    asked_for_version++;
    return version;
}

static size_t asked_about_items;

static void judge(const message *m, cauth_bytes in, oracle_observation *out)
{
    (void)in;
    bool is_item =
        strcmp(m->layout, "name") == 0 || strcmp(m->layout, "x509") == 0 || strcmp(m->layout, "rawkey12") == 0;
    asked_about_items += is_item;
    *out = is_item && answer_to_items != NULL ? *answer_to_items : answer;
}

static void end(void)
{
}

/* Takes the name of a library that has rows. */
static const oracle fake = { "fake", "openssl", version_text, version_number, judge, end };
static const oracle stranger = { "stranger", "nobody", version_text, version_number, judge, end };

static int reset(void **state)
{
    (void)state;
    memset(&answer, 0, sizeof answer);
    answer.alert.description = NO_ALERT;
    answer.reason = answer.cause = "";
    answer_to_items = NULL;
    version = ORACLE_VERSION(3, 0, 17);
    return 0;
}

static void refuses(uint8_t alert)
{
    answer.verdict = ORACLE_REJECT;
    answer.alert.level = 2;
    answer.alert.description = alert;
}

static comparison compared_by(const oracle *o, const char *name, cauth_bytes in)
{
    comparison c;
    const message *m = message_by_name(name);
    assert_non_null(m);
    compare(o, m, in, &c);
    return c;
}

static comparison compared(cauth_bytes in)
{
    return compared_by(&fake, "certreq_tls12", in);
}

static void expect_signature(const comparison *c, const char *expected)
{
    char text[SIGNATURE_SIZE];
    assert_int_equal(c->num, 1);
    assert_null(c->list[0].row);
    assert_false(compare_is_clean(c));
    compare_signature(c, &c->list[0], text);
    assert_string_equal(text, expected);
}

static void expect_explained(const comparison *c, divergence_kind kind, cauth_rule rule)
{
    assert_int_equal(c->num, 1);
    assert_true(compare_is_clean(c));
    assert_non_null(c->list[0].row);
    assert_int_equal(c->list[0].row->kind, kind);
    assert_int_equal(c->list[0].row->rule, rule);
}

static void expect_agreement(const comparison *c)
{
    assert_int_equal(c->num, 0);
    assert_true(compare_is_clean(c));
}

static void test_agreement(void **state)
{
    (void)state;
    comparison c = compared(BYTES(request));
    expect_agreement(&c);
    refuses(50);
    c = compared(BYTES(null_name));
    expect_agreement(&c);
}

static void test_unsupported_is_no_disagreement(void **state)
{
    (void)state;
    answer.verdict = ORACLE_UNSUPPORTED;
    comparison c = compared(BYTES(request));
    expect_agreement(&c);
}

static void test_refusal_by_policy_is_no_disagreement(void **state)
{
    (void)state;
    refuses(40);
    answer.by_policy = true;
    comparison c = compared(BYTES(request));
    expect_agreement(&c);
}

static void test_they_accept(void **state)
{
    (void)state;
    comparison c = compared(BYTES(odd_algorithms));
    expect_signature(&c, "fake certreq_tls12 they-accept message CR-12-02 supported_signature_algorithms");
    c = compared(BYTES(no_types));
    expect_explained(&c, THEY_ACCEPT, CAUTH_VEC_04);
}

static void test_they_reject(void **state)
{
    (void)state;
    refuses(50);
    comparison c = compared(BYTES(request));
    expect_signature(&c, "fake certreq_tls12 they-reject alert 50 for '' where flagged nothing");
    refuses(CAUTH_NO_ALERT);
    c = compared(BYTES(request));
    expect_signature(&c, "fake certreq_tls12 they-reject no alert for '' where flagged nothing");
    refuses(50);
    c = compared(BYTES(integer_name));
    expect_signature(&c, "fake certreq_tls12 they-reject alert 50 for '' where flagged DN-13");
    const char *const causes[] = { "mstring wrong tag", "mstring not universal", "too long", "string too short" };
    for (size_t i = 0; i < NUM(causes); i++) {
        answer.cause = causes[i];
        c = compared(BYTES(integer_name));
        expect_explained(&c, THEY_REJECT, CAUTH_DN_13);
    }
    answer.cause = "string too"; /* a part of one */
    c = compared(BYTES(integer_name));
    expect_signature(&c, "fake certreq_tls12 they-reject alert 50 for 'string too' where flagged DN-13");
    answer.cause = "mstring wrong tag";
    refuses(47);
    c = compared(BYTES(integer_name));
    expect_signature(&c, "fake certreq_tls12 they-reject alert 47 for 'mstring wrong tag' where flagged DN-13");
    refuses(50);
    c = compared(BYTES(integer_unknown));
    expect_explained(&c, THEY_REJECT, CAUTH_LIM_04);
    assert_int_equal(c.list[0].row->class, THEIR_BUG);
    c = compared(BYTES(ia5_unknown));
    expect_signature(&c, "fake certreq_tls12 they-reject alert 50 for 'mstring wrong tag' where flagged nothing");
}

/* A constructed string with a broken piece is a string, be it in an attribute that may not have its type. */
static void test_broken_string_is_no_value_of_another_kind(void **state)
{
    (void)state;
    static const uint8_t countries[] = { 1, 1, 0,    19, 0, 17,   0x30, 15, 0x31, 13,  0x30, 11,
                                         6, 3, 0x55, 4,  6, 0x2C, 4,    4,  0x7F, 'a', 'b' };
    refuses(50);
    answer.cause = "too long";
    comparison c = compared_by(&fake, "certreq_tls10", BYTES(countries));
    assert_true(cauth_flags_has(&c.flags, CAUTH_DN_13));
    expect_explained(&c, THEY_REJECT, CAUTH_DN_15);
    answer.cause = "mstring wrong tag"; /* that they say of its type */
    c = compared_by(&fake, "certreq_tls10", BYTES(countries));
    expect_explained(&c, THEY_REJECT, CAUTH_DN_13);
}

/* A flag excuses a refusal only where they refuse the name that has it for the same cause when it comes alone. */
static void test_they_reject_the_flagged_item(void **state)
{
    (void)state;
    static const struct {
        oracle_verdict verdict;
        const char *cause;
        bool explained;
    } cases[] = {
        { ORACLE_ACCEPT, "", false },
        { ORACLE_REJECT, "mstring wrong tag", true },
        { ORACLE_REJECT, "string too short", false }, /* another row's */
        { ORACLE_REJECT, "wrong tag", false },
        { ORACLE_UNSUPPORTED, "", true },
    };
    for (size_t i = 0; i < NUM(cases); i++) {
        oracle_observation alone = { .verdict = cases[i].verdict, .reason = "", .cause = cases[i].cause };
        refuses(50);
        answer.cause = "mstring wrong tag";
        answer_to_items = &alone;
        comparison c = compared(BYTES(integer_name));
        assert_int_equal(c.num, 1);
        assert_int_equal(c.list[0].row != NULL, cases[i].explained);
        assert_int_equal(c.theirs.verdict, ORACLE_REJECT); /* about the message, not about the name */
        assert_string_equal(c.theirs.cause, "mstring wrong tag");
    }
}

/* Of names alone, refuses those that end in an odd octet. */
static void judge_by_last_octet(const message *m, cauth_bytes in, oracle_observation *out)
{
    *out = answer;
    if (strcmp(m->layout, "name") == 0 && in.ptr[in.len - 1] % 2 == 0)
        out->verdict = ORACLE_ACCEPT;
}

/* Of two names they refuse one that has the flag of the row: a flag of the other excuses nothing. */
static void test_they_reject_one_of_two_items(void **state)
{
    (void)state;
    enum { NAMES = 8, NAME = 16 }; /* where they begin, and how long one is */
    enum { READ = 0, REFUSED = 1 };
    static const struct {
        bool known[2]; /* its flag is DN-13, else LIM-04 */
        uint8_t last[2];
        cauth_rule rule; /* of the only row that explains it; none: a finding */
    } cases[] = {
        { { true, false }, { READ, REFUSED }, CAUTH_LIM_04 }, { { false, true }, { REFUSED, READ }, CAUTH_LIM_04 },
        { { true, false }, { REFUSED, READ }, CAUTH_DN_13 },  { { true, true }, { REFUSED, READ }, CAUTH_DN_13 },
        { { true, true }, { READ, REFUSED }, CAUTH_DN_13 },   { { true, true }, { READ, READ }, CAUTH_RULE_NONE },
    };
    oracle o = fake;
    o.judge = judge_by_last_octet;
    refuses(50);
    answer.cause = "mstring wrong tag";
    for (size_t i = 0; i < NUM(cases); i++) {
        uint8_t in[NAMES + 2 * NAME];
        memcpy(in, integer_name, NAMES);
        in[NAMES - 1] = 2 * NAME;
        for (size_t j = 0; j < 2; j++) {
            uint8_t *name = in + NAMES + NAME * j;
            memcpy(name, (cases[i].known[j] ? integer_name : integer_unknown) + NAMES, NAME);
            name[NAME - 1] = cases[i].last[j];
        }
        comparison c = compared_by(&o, "certreq_tls12", BYTES(in));
        assert_int_equal(c.num, 1);
        const divergence *row = c.list[0].row;
        if ((row == NULL ? CAUTH_RULE_NONE : row->rule) != cases[i].rule)
            fail_msg("case %zu: %s", i, row == NULL ? "not explained" : row->why);
        compare_without(row, &o, c.message, BYTES(in), &c);
        assert_int_equal(c.num, 1);
        assert_null(c.list[0].row);
    }
}

static void test_alert_families(void **state)
{
    (void)state;
    refuses(47);
    comparison c = compared(BYTES(odd_algorithms));
    expect_signature(
        &c, "fake certreq_tls12 other-alert 47 for '' instead of message CR-12-02 supported_signature_algorithms");
    refuses(NO_ALERT);
    c = compared(BYTES(odd_algorithms));
    expect_signature(
        &c, "fake certreq_tls12 other-alert none for '' instead of message CR-12-02 supported_signature_algorithms");
    refuses(80);
    answer.reason = "signature algorithms error";
    c = compared(BYTES(odd_algorithms));
    expect_explained(&c, OTHER_ALERT, CAUTH_CR_12_02);
    answer.reason = "internal error"; /* the right alert for another reason */
    answer.cause = "signature algorithms error";
    c = compared(BYTES(odd_algorithms));
    expect_signature(&c, "fake certreq_tls12 other-alert 80 for 'internal error' instead of message CR-12-02 "
                         "supported_signature_algorithms");
}

/* bad_certificate says "corrupt": of DER it is another word for decode_error, of the message around it not. */
static void test_bad_certificate_is_syntax_of_der_only(void **state)
{
    (void)state;
    refuses(42);
    comparison c = compared(BYTES(null_name));
    expect_agreement(&c);
    c = compared(BYTES(odd_algorithms));
    expect_signature(
        &c, "fake certreq_tls12 other-alert 42 for '' instead of message CR-12-02 supported_signature_algorithms");
}

static void test_row_is_of_its_library_version_and_message(void **state)
{
    (void)state;
    comparison c = compared_by(&stranger, "certreq_tls12", BYTES(no_types));
    expect_signature(&c, "stranger certreq_tls12 they-accept message VEC-04 certificate_types");
    c = compared_by(&fake, "certreq_ssl30", BYTES(no_types));
    expect_signature(&c, "fake certreq_ssl30 they-accept message CR-S3-02 certificate_types");
    version = ORACLE_VERSION(2, 999, 999);
    c = compared(BYTES(no_types));
    expect_signature(&c, "fake certreq_tls12 they-accept message VEC-04 certificate_types");
}

/* A row of a rule and field does not speak of the rule in another field: a short body breaks VEC-03 everywhere. */
static void test_row_is_of_its_field(void **state)
{
    (void)state;
    static const uint8_t long_name[] = { 1, 1, 0, 2, 4, 1, 0, 2, 0, 0 };
    comparison c = compared((cauth_bytes){ NULL, 0 });
    assert_int_equal(c.num, 1);
    assert_null(c.list[0].row);
    c = compared(BYTES(long_name));
    assert_int_equal(c.num, 1);
    assert_null(c.list[0].row);
}

/* Rows of a place explain what is there, and not the same elsewhere. */
static void test_row_is_of_its_place(void **state)
{
    (void)state;
    static const struct {
        const char *message;
        const char *file;
        int alert; /* 0: they accept */
        bool explained;
        const char *cause;
    } cases[] = {
        { "certreq_tls13", "certreq_tls13/div-unknown-twice", 0, true, "" },
        { "certreq_tls13", "certreq_tls13/div-oid-filters-twice", 0, true, "" },
        { "certreq_tls13", "certreq_tls13/rule-CR-13-08", 0, false, "" }, /* one that they know */
        { "certreq_tls13", "certreq_tls13/div-unknown-twice-odd-algorithms", 50, true, "" },
        { "certreq_tls13", "certreq_tls13/rule-CR-13-08", 50, false, "" },
        { "certreq_tls13", "certreq_tls13/div-quic-parameters-odd-algorithms", 50, true, "" },
        { "certreq_tls13", "certreq_tls13/rule-CR-13-09", 50, false, "" },
        { "certreq_tls13", "certreq_tls13/div-odd-algorithms-key-share", 47, true, "bad extension" },
        { "certreq_tls13", "certreq_tls13/div-odd-algorithms-key-share", 47, false, "bad value" },
        { "certreq_tls13", "certreq_tls13/odd-algorithms-heartbeat", 47, false, "bad extension" },
        { "certreq_tls13", "certreq_tls13/div-no-algorithms-broken-name", 50, true, "" },
        { "certreq_tls13", "certreq_tls13/rule-CR-13-07", 50, false, "" }, /* the only fault of each */
        { "certreq_tls13", "certreq_tls13/div-context-odd-algorithms", 50, true, "" },
        { "certreq_tls13", "certreq_tls13/div-context-and-nothing", 50, true, "" },
        { "certreq_tls13", "certreq_tls13/rule-CR-13-03", 50, false, "" },
        { "certreq_tls13", "certreq_tls13/div-filter-not-der-odd-algorithms", 50, true, "" },
        { "certreq_tls13", "certreq_tls13/rule-CR-13-15", 50, false, "" },
        { "certreq_tls13", "certreq_tls13/div-many-filters-odd-algorithms", 50, true, "" },
        { "certreq_tls13", "certreq_tls13/rule-LIM-01", 50, false, "" },
        { "certreq_tls12", "certreq_tls12/div-no-certificate-types-no-algorithms", 80, true,
          "signature algorithms error" },
        { "certreq_tls12", "certreq_tls12/div-no-certificate-types", 80, false, "" },
        { "cert_tls13_client", "cert_tls13_client/div-grease-then-stray-byte", 50, true, "" },
        { "cert_tls13_client", "cert_tls13_client/div-cut-grease", 50, true, "bad extension" },
        { "cert_tls13_client", "cert_tls13_client/div-grease-extension", 50, false, "" },
        { "certreq_tls13", "certreq_tls13/div-cut-key-share", 50, true, "bad extension" },
        { "certreq_tls13", "certreq_tls13/div-cut-algorithms-twice", 50, true, "bad extension" },
        { "cert_tls13_client", "cert_tls13_client/div-cut-key-share", 50, true, "bad extension" },
        { "cert_tls13_client", "cert_tls13_client/div-cut-scts-twice", 50, true, "bad extension" },
        { "cert_tls13_client", "cert_tls13_client/div-key-share-then-stray-byte", 50, true, "length mismatch" },
        { "cert_tls13_client", "cert_tls13_client/misplaced-srp", 50, false, "" },
        { "cert_tls13_server", "cert_tls13_server/div-empty-certificate", 42, true, "ASN1 lib" },
        { "cert_tls13_server", "cert_tls13_server/div-second-status-type", 0, true, "" },
        { "cert_tls13_server", "cert_tls13_client/rule-CERT-13-10", 0, false, "" }, /* in the first entry */
        { "cert_tls13_server", "cert_tls13_server/div-garbage-unknown-twice", 42, true, "ASN1 lib" },
        { "cert_tls13_server", "cert_tls13_client/div-unknown-extension-twice", 42, false, "" }, /* behind a good one */
        { "cert_tls13_server", "cert_tls13_server/div-unknown-twice-then-garbage", 42, true, "ASN1 lib" },
        { "cert_tls13_client", "cert_tls13_server/div-garbage-key-share", 50, true, "ASN1 lib" },
        { "cert_tls13_client", "cert_tls13_client/rule-CERT-13-06", 50, false, "ASN1 lib" },
        { "cert_tls12_server", "cert_tls12_server/div-garbage-then-stray-byte", 42, true, "ASN1 lib" },
        { "cert_tls13_client", "cert_tls13_client/div-cut-key-share", 50, false, "ASN1 lib" },
        { "cert_tls13_client", "cert_tls13_client/div-garbage-key-share", 50, false, "length mismatch" },
        { "cert_tls13_client", "cert_tls13_client/div-garbage-cut-grease", 50, true, "ASN1 lib" },
        { "cert_tls12_server", "cert_tls12_server/rule-CERT-10-03", 42, false, "ASN1 lib" },
        { "cert_tls12_server", "cert_tls12_server/div-empty-item", 42, true, "ASN1 lib" },
        { "cert_tls12_server", "cert_tls12_server/div-garbage-then-empty-item", 42, true, "ASN1 lib" },
        { "cert_tls13_server", "cert_tls13_server/div-garbage-then-empty-certificate", 42, true, "ASN1 lib" },
    };
    for (size_t i = 0; i < NUM(cases); i++) {
        cauth_bytes in = read_corpus(cases[i].file);
        reset(NULL);
        if (cases[i].alert != 0)
            refuses((uint8_t)cases[i].alert);
        answer.reason = answer.cause = cases[i].cause;
        comparison c = compared_by(&fake, cases[i].message, in);
        assert_int_equal(c.num, 1);
        if ((c.list[0].row != NULL) != cases[i].explained)
            fail_msg("%s: %s", cases[i].file, cases[i].explained ? "not explained" : c.list[0].row->why);
        exact_free(in);
    }
}

/* Whether a file is explained with these octets where our result points, as it still does then. */
static void holds_form(const char *of, const char *name, cauth_bytes octets, bool explained)
{
    char path[96];
    uint8_t bytes[256];
    snprintf(path, sizeof path, "%s/%s", of, name);
    cauth_bytes in = read_corpus(path);
    assert_true(in.len <= sizeof bytes);
    memcpy(bytes, in.ptr, in.len);
    reset(NULL);
    size_t at = compared_by(&fake, of, in).ours.offset;
    assert_true(in.len - at >= octets.len);
    memcpy(bytes + at, octets.ptr, octets.len);
    comparison c = compared_by(&fake, of, (cauth_bytes){ bytes, in.len });
    assert_int_equal(c.ours.offset, at);
    assert_int_equal(c.num, 1);
    if ((c.list[0].row != NULL) != explained)
        fail_msg("%s with %02x %02x: %s", path, (unsigned)bytes[at], (unsigned)bytes[at + 1],
                 explained ? "not explained" : c.list[0].row->why);
    exact_free(in);
}

/* Rows about the form of a tag explain that form, and no other octet in its place. */
static void test_row_is_of_a_form_of_tag(void **state)
{
    (void)state;
    static const struct {
        const char *message;
        const char *name;
        uint8_t octet; /* in place of the one that our result points at */
        bool explained;
    } cases[] = {
        { "cert_tls12_client", "div-key-tag-high-form", 0x1F, true },
        { "cert_tls12_client", "div-key-tag-high-form", 0x04, false }, /* another type */
        { "cert_tls12_client", "div-key-tag-high-form", 0x00, false },
        { "cert_tls12_client", "div-key-constructed", 0x23, true },
        { "cert_tls12_client", "div-key-constructed", 0x13, false },
        { "cert_tls12_client", "div-key-unused-bits-of-nothing", 1, true },
        { "cert_tls12_client", "div-key-unused-bits-of-nothing", 8, false }, /* that many no octet has */
        { "cert_tls12_client", "div-constructed-unique-id", 0xA1, true },
        { "cert_tls12_client", "div-constructed-unique-id", 0x83, false },
        { "cert_tls12_client", "div-extension-value-constructed", 0x24, true },
        { "cert_tls12_client", "div-extension-value-constructed", 0x0C, false },
        { "cert_tls12_client", "div-critical-tag-high-form", 0x1F, true },
        { "cert_tls12_client", "div-critical-tag-high-form", 0x02, false },
        { "cert_tls12_client", "div-version-tag-high-form", 0xBF, true },
        { "cert_tls12_client", "div-version-tag-high-form", 0xA1, false },
        { "cert_tls12_client", "div-tbs-signature-tag-zero", 0x00, true },
        { "cert_tls12_client", "div-tbs-signature-tag-zero", 0x20, true },
        { "cert_tls12_client", "div-extensions-tag-primitive", 0x10, true },
        { "cert_tls12_client", "div-extensions-tag-primitive", 0x31, false }, /* constructed */
        { "certreq_tls12", "div-name-tag-primitive", 0x31, false },
        { "certreq_tls12", "div-name-tag-primitive", 0x00, false },
        { "certreq_tls12", "div-name-tag-primitive", 0x20, false },
        { "certreq_tls12", "div-rdn-tag-high-form", 0x3F, true },
        { "certreq_tls12", "div-rdn-tag-high-form", 0x30, false },
        { "cert_tls12_client", "div-key-constructed", 0x30, false },
        { "cert_tls12_client", "div-key-constructed", 0x24, false },
        { "cert_tls12_client", "div-signature-value-constructed", 0x31, false },
        { "cert_tls12_client", "div-extension-value-constructed", 0x30, false },
        { "cert_tls12_client", "div-constructed-unique-id", 0x30, false },
        { "cert_tls12_client", "div-constructed-unique-id", 0xA7, false },
        { "cert_tls12_client", "div-key-tag-high-form", 0x9F, false },
        { "cert_tls12_client", "div-key-tag-high-form", 0xFF, false },
        { "cert_tls12_client", "div-extensions-explicit-tag-high-form", 0xFF, false },
        { "cert_tls12_client", "div-version-tag-high-form", 0xFF, false },
        { "cert_tls12_client", "div-extensions-tag-primitive", 0x04, false },
        { "cert_tls12_client", "div-issuer-tag-primitive", 0x02, false },
        { "cert_tls12_client", "div-attribute-value-tag-high-form", 0x9F, false },
        { "certreq_tls12", "div-name-tag-primitive", 0x04, false },
        { "certreq_tls12", "div-name-tag-primitive", 0x02, false },
        { "certreq_tls12", "div-name-tag-high-form", 0xFF, false },
        { "certreq_tls12", "div-rdn-tag-primitive", 0x10, false },
        { "certreq_tls12", "div-rdn-tag-high-form", 0x1F, true }, /* both: primitive, in the high form */
        { "certreq_tls12", "div-attribute-tag-high-form", 0x1F, false },
        { "cert_tls12_client", "div-extensions-explicit-tag-high-form", 0x9F, false },
        { "cert_tls12_client", "div-unique-id-tag-high-form", 0xBF, true }, /* both, again: constructed */
        { "cert_tls12_client", "div-unique-id-tag-high-form", 0x1F, false },
        { "cert_tls12_client", "div-not-before-tag-high-form", 0x3F, true }, /* both, again */
        { "cert_tls12_client", "div-not-after-tag-high-form", 0x3F, true },
        { "cert_tls12_client", "div-not-after-tag-high-form", 0x9F, false },
        { "cert_tls12_client", "div-unique-id-tag-high-form", 0x83, false },
        { "cert_tls12_client", "div-tbs-signature-padded-number", 0x3F, true },
        { "cert_tls12_client", "div-tbs-signature-padded-number", 0xDF, true },
        { "cert_tls12_client", "div-key-algorithm-padded-number", 0x1F, true },
        { "certreq_tls12", "div-name-tag-primitive", 0x3F, false }, /* then its length is the number */
        { "cert_tls12_client", "div-key-constructed", 0x1F, false },
    };
    for (size_t i = 0; i < NUM(cases); i++)
        holds_form(cases[i].message, cases[i].name, (cauth_bytes){ &cases[i].octet, 1 }, cases[i].explained);
}

/* Octets of zero before the number of a tag are explained where any tag may stand; elsewhere, in the high form of the
 * tag that belongs there. */
static void test_row_is_of_a_padded_number(void **state)
{
    (void)state;
    static const struct {
        const char *message;
        const char *name;
        uint8_t octets[3];
        bool explained;
    } cases[] = {
        { "cert_tls12_client", "div-tbs-signature-padded-number", { 0x1F, 0x80, 0x7F }, true },
        { "cert_tls12_client", "div-key-algorithm-padded-number", { 0x5F, 0x80, 0x1F }, true },
        { "cert_tls12_client", "div-tbs-signature-tag-high-form", { 0x3F, 0x1F, 0x0D }, false }, /* no octet of zero */
        { "cert_tls12_client", "div-tbs-signature-tag-high-form", { 0x04, 0x80, 0x1F }, false },
        { "cert_tls12_client", "div-key-algorithm-tag-high-form", { 0x3F, 0x1F, 0x0D }, false },
        { "cert_tls12_client", "div-signature-algorithm-tag-high-form", { 0x3F, 0x80, 0x1F }, false },
        { "cert_tls12_client", "div-validity-tag-high-form", { 0x3F, 0x80, 0x1F }, false },
        { "cert_tls12_client", "div-validity-tag-high-form", { 0x3F, 0x80, 0x10 }, true },
        { "cert_tls12_client", "div-attribute-value-tag-high-form", { 0x1F, 0x80, 0x1F }, false },
        { "cert_tls12_client", "div-attribute-value-tag-high-form", { 0x1F, 0x80, 0x0C }, true },
        { "cert_tls12_client", "div-key-tag-high-form", { 0x1F, 0x80, 0x1F }, false },
        { "cert_tls12_client", "div-key-tag-high-form", { 0x1F, 0x80, 0x03 }, true },
        { "cert_tls12_client", "div-extension-value-tag-high-form", { 0x1F, 0x80, 0x1F }, false },
        { "cert_tls12_client", "div-unique-id-tag-high-form", { 0x9F, 0x80, 0x1F }, false },
        { "certreq_tls12", "div-value-tag-high-form", { 0x1F, 0x80, 0x1F }, false },
    };
    for (size_t i = 0; i < NUM(cases); i++)
        holds_form(cases[i].message, cases[i].name, (cauth_bytes){ cases[i].octets, sizeof cases[i].octets },
                   cases[i].explained);
}

/* A number up to 30 is of the high form, whose row alone explains it, with octets of zero before it too. */
static void test_row_of_a_padded_number_asks_for_a_large_one(void **state)
{
    (void)state;
    static const struct {
        uint8_t octets[3];
        divergence_place place; /* of the row */
    } cases[] = {
        { { 0x1F, 0x80, 0x10 }, OF_HIGH_FORM },
        { { 0x1F, 0x80, 30 }, OF_HIGH_FORM },
        { { 0x1F, 0x80, 31 }, OF_PADDED_NUMBER },
    };
    uint8_t bytes[256];
    cauth_bytes file = read_corpus("cert_tls12_client/div-tbs-signature-padded-number");
    assert_true(file.len <= sizeof bytes);
    memcpy(bytes, file.ptr, file.len);
    cauth_bytes in = { bytes, file.len };
    size_t at = compared_by(&fake, "cert_tls12_client", file).ours.offset;
    assert_true(file.len - at >= 3);
    for (size_t i = 0; i < NUM(cases); i++) {
        memcpy(bytes + at, cases[i].octets, sizeof cases[i].octets);
        comparison c = compared_by(&fake, "cert_tls12_client", in);
        expect_explained(&c, THEY_ACCEPT, CAUTH_X5_02);
        assert_int_equal(c.list[0].row->place, cases[i].place);
        compare_without(c.list[0].row, &fake, c.message, in, &c);
        assert_int_equal(c.num, 1);
        assert_null(c.list[0].row);
    }
    exact_free(file);
}

/* A certificate counts as broken where they refuse it alone, and a row says why we do not: not for its flag. */
static void test_broken_is_what_they_refuse_alone(void **state)
{
    (void)state;
    static const struct {
        const char *file;
        oracle_verdict verdict; /* of the certificate alone */
        const char *cause;
        bool explained;
    } cases[] = {
        { "x509/rule-X5-08-flag", ORACLE_REJECT, "mstring wrong tag", true }, /* a date */
        { "x509/rule-X5-08-flag", ORACLE_UNSUPPORTED, "", true },
        { "x509/rule-X5-08-flag", ORACLE_ACCEPT, "", false },
        { "x509/rule-X5-08-flag", ORACLE_REJECT, "wrong tag", false }, /* that is no fault of it */
        { "x509/rule-X5-13-flag", ORACLE_REJECT, "mstring wrong tag", false },
        { "x509/rule-X5-13", ORACLE_REJECT, "wrong tag", true }, /* we refuse it too */
        { "x509/rule-X5-13", ORACLE_ACCEPT, "", false },
    };
    for (size_t i = 0; i < NUM(cases); i++) {
        uint8_t list[4096] = { 0 };
        oracle_observation alone = { .verdict = cases[i].verdict,
                                     .no_alerts = true,
                                     .alert = { 0, NO_ALERT },
                                     .reason = "",
                                     .cause = cases[i].cause };
        cauth_bytes in = read_corpus(cases[i].file);
        assert_in_range(in.len, 1, sizeof list - 7);
        size_t len = in.len + 4; /* one entry, and a byte that begins another */
        for (size_t byte = 0; byte < 3; byte++) {
            list[byte] = (uint8_t)(len >> (16 - 8 * byte));
            list[3 + byte] = (uint8_t)(in.len >> (16 - 8 * byte));
        }
        memcpy(list + 6, in.ptr, in.len);
        refuses(42);
        answer.reason = "ASN1 lib";
        answer_to_items = &alone;
        comparison c = compared_by(&fake, "cert_tls12_server", (cauth_bytes){ list, 3 + len });
        assert_int_equal(c.ours.rule, CAUTH_CERT_10_03);
        assert_int_equal(c.num, 1);
        if ((c.list[0].row != NULL) != cases[i].explained)
            fail_msg("case %zu: %s", i, cases[i].explained ? "not explained" : c.list[0].row->why);
        exact_free(in);
    }
}

/* A raw public key is what they say of it in a message of its own; and of what stands beside it each row asks. */
static void test_row_of_a_raw_key_asks_for_its_place(void **state)
{
    (void)state;
    static const struct {
        const char *message;
        const char *file;
        int alert; /* 0: they accept */
        const char *cause;
        bool read_alone;
        bool explained;
    } cases[] = {
        { "rawkey_tls13", "rawkey_tls13/div-scts", 47, "bad extension", true, true },
        { "rawkey_tls13", "rawkey_tls13/div-status-request", 47, "bad extension", true, true },
        { "rawkey_tls13", "rawkey_tls13/gnutls-tls13-raw-p256", 47, "bad extension", true, false },
        { "rawkey_tls13", "rawkey_tls13/div-scts-then-half-extension", 47, "bad extension", true, true },
        { "rawkey_tls13", "cert_tls13_server/div-garbage-half-extension", 47, "bad extension", true, false },
        { "rawkey_tls13", "rawkey_tls13/div-constructed-key-beside-scts", 47, "bad extension", true, true },
        { "rawkey_tls13", "rawkey_tls13/div-constructed-key-beside-scts", 47, "bad extension", false, false },
        { "rawkey_tls13", "rawkey_tls13/div-second-key", 50, "length mismatch", true, true },
        { "rawkey_tls13", "rawkey_tls13/div-second-key", 50, "length mismatch", false, false },
        { "rawkey_tls13", "rawkey_tls13/div-garbage-then-second-key", 50, "length mismatch", false, true },
        { "rawkey_tls13", "rawkey_tls13/div-second-key", 50, "bad extension", true, false },
        { "rawkey_tls13", "rawkey_tls13/div-key-share-then-second-key", 50, "length mismatch", true, true },
        { "rawkey_tls13", "rawkey_tls13/div-cut-key-share", 50, "length mismatch", true, false },
        { "rawkey_tls13", "rawkey_tls13/div-garbage-key-share", 50, "length mismatch", false, true },
        { "rawkey_tls13", "rawkey_tls13/div-garbage-key-share", 50, "length mismatch", true, false },
        { "rawkey_tls13", "rawkey_tls13/div-quic-parameters", 0, "", true, true },
        { "rawkey_tls12", "rawkey_tls12/div-long-key-algorithm", 50, "length mismatch", false, true },
        { "rawkey_tls12", "rawkey_tls12/gnutls-tls12-raw-p256", 50, "length mismatch", false, false },
        { "rawkey_tls12", "rawkey_tls12/div-padded-length", 0, "", true, true },
        { "rawkey_tls12", "rawkey_tls12/rule-X5-09", 0, "", true, false },
    };
    for (size_t i = 0; i < NUM(cases); i++) {
        cauth_bytes in = read_corpus(cases[i].file);
        reset(NULL);
        version = ORACLE_VERSION(3, 5, 7);
        if (cases[i].alert != 0)
            refuses((uint8_t)cases[i].alert);
        answer.reason = answer.cause = cases[i].cause;
        oracle_observation alone = answer;
        alone.verdict = cases[i].read_alone ? ORACLE_ACCEPT : ORACLE_REJECT;
        answer_to_items = &alone;
        comparison c = compared_by(&fake, cases[i].message, in);
        assert_int_equal(c.num, 1);
        if ((c.list[0].row != NULL) != cases[i].explained)
            fail_msg("case %zu, %s: %s", i, cases[i].file, cases[i].explained ? "not explained" : c.list[0].row->why);
        exact_free(in);
    }
}

/* What they meet in a date says whether it is of another type, or a constructed one with a broken piece. */
static void test_row_of_a_date_is_of_its_cause(void **state)
{
    (void)state;
    static const struct {
        const char *message;
        uint8_t alert;
    } folders[] = { { "x509", NO_ALERT }, { "cert_tls12_client", 50 }, { "cert_tls12_server", 42 } };
    static const struct {
        const char *name;
        const char *cause;
    } cases[] = { { "div-printable-string-date", "mstring wrong tag" },
                  { "div-printable-string-date", "mstring not universal" },
                  { "div-broken-constructed-date", "header too long" },
                  { "div-broken-constructed-date", "too long" },
                  { "div-broken-constructed-date", "unexpected eoc" },
                  { "div-broken-constructed-date", "missing eoc" },
                  { "div-broken-constructed-date", "nested asn1 string" } };
    for (size_t i = 0; i < NUM(folders); i++)
        for (size_t j = 0; j < NUM(cases); j++) {
            char file[64];
            snprintf(file, sizeof file, "%s/%s", folders[i].message, cases[j].name);
            cauth_bytes in = read_corpus(file);
            reset(NULL);
            refuses(folders[i].alert);
            answer.cause = cases[j].cause;
            comparison c = compared_by(&fake, folders[i].message, in);
            expect_explained(&c, THEY_REJECT, CAUTH_X5_08);
            assert_string_equal(c.list[0].row->evidence, file);
            exact_free(in);
        }
}

/* An element of DER around what is there; how long it is then. */
static size_t enclosed(uint8_t tag, uint8_t *at, size_t len)
{
    size_t header = len < 128 ? 2 : len < 256 ? 3 : len < 65536 ? 4 : 5;
    memmove(at + header, at, len);
    at[0] = tag;
    at[1] = (uint8_t)(0x80 + header - 2); /* how many octets of the length follow, */
    for (size_t i = 2; i < header; i++)
        at[i] = (uint8_t)(len >> 8 * (header - 1 - i) & 0xFF);
    if (header == 2)
        at[1] = (uint8_t)len; /* or the length itself */
    return header + len;
}

/* The smallest certificate, whose key's algorithm has so many octets. */
static cauth_bytes certificate_of_algorithm(uint8_t *out, size_t octets)
{
    static const uint8_t before[] = { 2,    1,   1,    0x30, 3,    6,   1,   0x2A, /* serialNumber, signature */
                                      0x30, 13,  0x31, 11,   0x30, 9,   6,   3,    0x55, 4,   3,    12,
                                      2,    'c', 'a', /* issuer */
                                      0x30, 30,  23,   13,   '2',  '5', '0', '1',  '0',  '1', '0',  '0',
                                      '0',  '0', '0',  '0',  'Z',  23,  13,  '3',  '5',  '0', '1',  '0',
                                      '1',  '0', '0',  '0',  '0',  '0', '0', 'Z',  0x30, 13,  0x31, 11,
                                      0x30, 9,   6,    3,    0x55, 4,   3,   12,   2,    'c', 'a' }; /* subject */
    static const uint8_t key[] = { 3, 2, 0, 0 };
    static const uint8_t behind[] = { 0x30, 3, 6, 1, 0x2A, 3, 2, 0, 0 }; /* signatureAlgorithm, signatureValue */
    memcpy(out, before, sizeof before);
    uint8_t *spki = out + sizeof before;
    memset(spki, 0x2A, octets);
    size_t len = enclosed(0x30, spki, enclosed(6, spki, octets));
    memcpy(spki + len, key, sizeof key);
    len = enclosed(0x30, out, sizeof before + enclosed(0x30, spki, len + sizeof key));
    memcpy(out + len, behind, sizeof behind);
    return (cauth_bytes){ out, enclosed(0x30, out, len + sizeof behind) };
}

/* An empty certificate is what they refuse where they read each before it alone; where they do not, a row has to say
 * why: not for a certificate that we accept, and no row knows them to refuse. */
static void test_empty_certificate_is_what_they_refuse(void **state)
{
    (void)state;
    static const struct {
        oracle_verdict verdict; /* of the certificate before it, alone */
        bool explained;
    } cases[] = { { ORACLE_ACCEPT, true }, { ORACLE_REJECT, false } };
    static const char *const names[] = { "cert_tls12_server", "cert_tls13_server" };
    for (size_t i = 0; i < NUM(cases) * NUM(names); i++) {
        const char *name = names[i % 2];
        bool tls13 = message_by_name(name)->version == CAUTH_TLS13;
        uint8_t list[256] = { 0 }; /* its entries: that certificate, and an empty one, without extensions */
        uint8_t room[256];
        cauth_bytes first = certificate_of_algorithm(room, 1);
        oracle_observation alone = { .verdict = cases[i / 2].verdict,
                                     .no_alerts = true,
                                     .alert = { 0, NO_ALERT },
                                     .reason = "",
                                     .cause = "nested asn1 error" };
        size_t at = tls13 ? 4 : 3; /* behind the context and the length of the list */
        size_t len = first.len + (tls13 ? 10 : 6);
        assert_in_range(at + len, 1, sizeof list);
        assert_in_range(len, 1, 255);
        list[at - 1] = (uint8_t)len;
        list[at + 2] = (uint8_t)first.len;
        memcpy(list + at + 3, first.ptr, first.len);
        reset(NULL);
        refuses(42);
        answer.reason = "ASN1 lib";
        answer_to_items = &alone;
        comparison c = compared_by(&fake, name, (cauth_bytes){ list, at + len });
        assert_int_equal(c.ours.rule, tls13 ? CAUTH_CERT_13_03 : CAUTH_CERT_10_02);
        assert_int_equal(c.num, 1);
        if ((c.list[0].row != NULL) != cases[i / 2].explained)
            fail_msg("%s, case %zu: %s", name, i / 2, cases[i / 2].explained ? "not explained" : c.list[0].row->why);
    }
}

/* An OCSPResponse that is missing whole, from the version on that reads it so, and one that is empty or cut short. */
static void test_missing_response(void **state)
{
    (void)state;
    static const struct {
        const char *file;
        uint32_t version;
        bool explained;
    } cases[] = {
        { "cert_tls13_server/div-status-type-alone", ORACLE_VERSION(3, 6, 0), true },
        { "cert_tls13_server/div-status-type-alone", ORACLE_VERSION(3, 5, 99), false },
        { "cert_tls13_server/div-no-ocsp-response", ORACLE_VERSION(3, 6, 0), false },
        { "cert_tls13_client/rule-CERT-13-10-4", ORACLE_VERSION(3, 6, 0), false },
    };
    for (size_t i = 0; i < NUM(cases); i++) {
        cauth_bytes in = read_corpus(cases[i].file);
        version = cases[i].version;
        comparison c = compared_by(&fake, "cert_tls13_server", in);
        assert_int_equal(c.ours.rule, CAUTH_CERT_13_10);
        assert_int_equal(c.ours.field, CAUTH_FIELD_OCSP_RESPONSE);
        assert_int_equal(c.num, 1);
        if ((c.list[0].row != NULL) != cases[i].explained)
            fail_msg("case %zu: %s", i, cases[i].explained ? "not explained" : c.list[0].row->why);
        exact_free(in);
    }
}

/* How long an algorithm the library reads is what the length says, whichever form it has. */
static void test_long_key_algorithm(void **state)
{
    (void)state;
    static const struct {
        size_t octets;
        bool explained;
    } cases[] = { { 1, false },  { 2, false },   { 127, false },  { 128, false },  { 586, false },
                  { 587, true }, { 1000, true }, { 65535, true }, { 65536, true }, { 65537, true } };
    static uint8_t room[66000];
    for (size_t i = 0; i < NUM(cases); i++) {
        refuses(NO_ALERT);
        answer.cause = "nested asn1 error";
        comparison c = compared_by(&fake, "x509", certificate_of_algorithm(room, cases[i].octets));
        assert_int_equal(c.ours.rule, CAUTH_RULE_NONE);
        assert_int_equal(c.num, 1);
        if ((c.list[0].row != NULL) != cases[i].explained)
            fail_msg("%zu octets: %s", cases[i].octets, cases[i].explained ? "not explained" : c.list[0].row->why);
    }
}

/* --- two faults in a Certificate of TLS 1.3 --- */

static const uint8_t grease[] = { 0x0A, 0x0A, 0, 0 };
static const uint8_t unknown_twice[] = { 0x12, 0x34, 0, 0, 0x12, 0x34, 0, 0 };
static const uint8_t heartbeat[] = { 0, 15, 0, 0 };
static const uint8_t key_share[] = { 0, 51, 0, 0 };
static const uint8_t no_status[] = { 0, 5, 0, 0 };
static const uint8_t no_response[] = { 0, 5, 0, 4, 1, 0, 0, 0 };
static const uint8_t scts_twice[] = { 0, 18, 0, 7, 0, 5, 0, 3, 0, 0, 0, 0, 18, 0, 7, 0, 5, 0, 3, 0, 0, 0 };

#define NO_EXTENSIONS                                                                                                  \
    {                                                                                                                  \
        NULL, 0                                                                                                        \
    }

typedef struct {
    bool garbage;              /* a certificate that is none */
    cauth_bytes extensions[2]; /* one behind the other */
} entry;

static size_t put_bytes(uint8_t *out, size_t at, const uint8_t *ptr, size_t len)
{
    if (len > 0)
        memcpy(out + at, ptr, len);
    return at + len;
}

/* An empty context, and so many entries. */
static cauth_bytes certificate13_of_entries(uint8_t *out, const entry *entries, size_t num)
{
    uint8_t room[256];
    const cauth_bytes right = certificate_of_algorithm(room, 1);
    static const uint8_t wrong[] = { 0x30, 0 };
    size_t at = 4;
    for (size_t i = 0; i < num; i++) {
        const cauth_bytes *x = entries[i].extensions;
        cauth_bytes certificate = entries[i].garbage ? BYTES(wrong) : right;
        const uint8_t len[] = { 0, 0, (uint8_t)certificate.len };
        const uint8_t block[] = { 0, (uint8_t)(x[0].len + x[1].len) };
        at = put_bytes(out, at, len, sizeof len);
        at = put_bytes(out, at, certificate.ptr, certificate.len);
        at = put_bytes(out, at, block, sizeof block);
        at = put_bytes(out, at, x[0].ptr, x[0].len);
        at = put_bytes(out, at, x[1].ptr, x[1].len);
    }
    out[0] = out[1] = 0;
    out[2] = (uint8_t)((at - 4) >> 8);
    out[3] = (uint8_t)(at - 4);
    return (cauth_bytes){ out, at };
}

static cauth_bytes certificate13_of(uint8_t *out, const entry entries[2])
{
    return certificate13_of_entries(out, entries, 2);
}

/* What they ignore excuses what they say of what is left, and nothing else; a fault that they know, nothing. */
static void test_row_of_two_faults_asks_for_both(void **state)
{
    (void)state;
    static const struct {
        const char *message;
        entry entries[2];
        int alert; /* 0: they accept */
        const char *cause;
        bool explained;
    } cases[] = {
#define GOOD(a, b) { false, { a, b } }
#define GARBAGE                                                                                                        \
    {                                                                                                                  \
        true,                                                                                                          \
        {                                                                                                              \
            NO_EXTENSIONS, NO_EXTENSIONS                                                                               \
        }                                                                                                              \
    }
#define NOTHING GOOD(NO_EXTENSIONS, NO_EXTENSIONS)
#define X(array)                                                                                                       \
    {                                                                                                                  \
        (array), sizeof(array)                                                                                         \
    }
        { "cert_tls13_client", { GOOD(X(grease), NO_EXTENSIONS), NOTHING }, 0, "", true },
        { "cert_tls13_client", { GOOD(X(grease), NO_EXTENSIONS), GOOD(X(heartbeat), NO_EXTENSIONS) }, 0, "", true },
        { "cert_tls13_client", { GOOD(X(grease), NO_EXTENSIONS), GOOD(X(key_share), NO_EXTENSIONS) }, 0, "", false },
        { "cert_tls13_client", { GOOD(X(grease), NO_EXTENSIONS), NOTHING }, 50, "", false },
        { "cert_tls13_client", { GOOD(X(grease), NO_EXTENSIONS), NOTHING }, 47, "", false },
        { "cert_tls13_client", { GOOD(X(grease), NO_EXTENSIONS), GOOD(X(key_share), NO_EXTENSIONS) }, 47, "", true },
        { "cert_tls13_client", { GOOD(X(grease), NO_EXTENSIONS), GOOD(X(scts_twice), NO_EXTENSIONS) }, 47, "", true },
        { "cert_tls13_client", { GOOD(X(grease), X(heartbeat)), GOOD(X(key_share), NO_EXTENSIONS) }, 47, "", true },
        { "cert_tls13_client", { GOOD(X(grease), NO_EXTENSIONS), GARBAGE }, 47, "", false },
        { "cert_tls13_client", { GOOD(X(grease), NO_EXTENSIONS), GARBAGE }, 50, "", true },
        { "cert_tls13_server", { GOOD(X(heartbeat), NO_EXTENSIONS), GARBAGE }, 42, "ASN1 lib", true },
        { "cert_tls13_server", { GOOD(X(unknown_twice), NO_EXTENSIONS), GARBAGE }, 42, "ASN1 lib", true },
        { "cert_tls13_server", { GOOD(X(heartbeat), NO_EXTENSIONS), NOTHING }, 42, "ASN1 lib", false },
        { "cert_tls13_server", { GOOD(X(key_share), NO_EXTENSIONS), GARBAGE }, 42, "ASN1 lib", false },
        { "cert_tls13_server", { GOOD(X(scts_twice), NO_EXTENSIONS), GARBAGE }, 42, "ASN1 lib", false },
        { "cert_tls13_server", { GOOD(X(no_response), NO_EXTENSIONS), NOTHING }, 80, "malloc failure", true },
        { "cert_tls13_server", { GOOD(X(grease), X(no_response)), NOTHING }, 80, "malloc failure", true },
        { "cert_tls13_server", { GOOD(X(heartbeat), X(no_response)), NOTHING }, 80, "malloc failure", true },
        { "cert_tls13_server", { GOOD(X(unknown_twice), X(no_response)), NOTHING }, 80, "malloc failure", true },
        { "cert_tls13_server", { GOOD(X(grease), NO_EXTENSIONS), NOTHING }, 80, "malloc failure", false },
        { "cert_tls13_server", { GOOD(X(key_share), X(no_response)), NOTHING }, 80, "malloc failure", false },
        { "cert_tls13_server", { GOOD(X(no_status), X(key_share)), NOTHING }, 47, "bad extension", true },
        { "cert_tls13_server", { GOOD(X(no_status), X(key_share)), NOTHING }, 47, "bad value", false },
        { "cert_tls13_server",
          { GOOD(X(no_status), NO_EXTENSIONS), GOOD(X(key_share), NO_EXTENSIONS) },
          47,
          "bad extension",
          false }, /* the second entry is never reached */
        { "cert_tls13_server",
          { GOOD(X(no_status), NO_EXTENSIONS), GOOD(X(scts_twice), NO_EXTENSIONS) },
          47,
          "bad extension",
          false },
        { "cert_tls13_server", { NOTHING, GOOD(X(no_status), NO_EXTENSIONS) }, 47, "bad extension", false },
#undef GOOD
#undef GARBAGE
#undef NOTHING
#undef X
    };
    uint8_t room[1024];
    for (size_t i = 0; i < NUM(cases); i++) {
        reset(NULL);
        if (cases[i].alert != 0)
            refuses((uint8_t)cases[i].alert);
        answer.reason = answer.cause = cases[i].cause;
        comparison c = compared_by(&fake, cases[i].message, certificate13_of(room, cases[i].entries));
        assert_int_equal(c.num, 1);
        if ((c.list[0].row != NULL) != cases[i].explained)
            fail_msg("case %zu: %s", i, cases[i].explained ? "not explained" : c.list[0].row->why);
    }
}

/* A row about another fault explains it only behind what they look at later, or not at all: not what they should have
 * refused before it. */
static void test_row_of_another_fault_asks_what_comes_first(void **state)
{
    (void)state;
    static const struct {
        const char *message;
        uint8_t in[16];
        size_t len;
        uint8_t alert;
        const char *cause;
        cauth_rule first; /* what we report */
        bool accepted;    /* which a row says that they accept, and needs to */
        bool explained;
    } cases[] = {
        /* signature_algorithms is missing: status_request holds a byte, there are no authorities, there is a context */
        { "certreq_tls13",
          { 0, 0, 5, 0, 5, 0, 1, 1 },
          8,
          109,
          "missing sigalgs extension",
          CAUTH_CR_13_16,
          true,
          true },
        { "certreq_tls13",
          { 0, 0, 6, 0, 47, 0, 2, 0, 0 },
          9,
          109,
          "missing sigalgs extension",
          CAUTH_CR_13_14,
          true,
          true },
        { "certreq_tls13", { 1, 7, 0, 0 }, 4, 109, "missing sigalgs extension", CAUTH_CR_13_03, true, true },
        { "certreq_tls13", { 1, 7, 0, 0, 0 }, 5, 109, "missing sigalgs extension", CAUTH_CR_13_03, true, true },
        { "certreq_tls13", { 0, 0, 0, 0 }, 4, 109, "missing sigalgs extension", CAUTH_CR_13_01, false, true },
        { "certreq_tls13",
          { 0, 0, 5, 0, 50, 0, 1, 1 },
          8,
          109,
          "missing sigalgs extension",
          CAUTH_VEC_03,
          false,
          false },
        { "certreq_tls13", { 0, 0, 5, 0, 5, 0, 1, 1 }, 8, 109, "bad extension", CAUTH_CR_13_16, false, false },
        /* key_share, behind an odd list of algorithms, and in a block that is not all there */
        { "certreq_tls13",
          { 0, 0, 9, 0, 13, 0, 1, 1, 0, 51, 0, 0 },
          12,
          47,
          "bad extension",
          CAUTH_VEC_03,
          false,
          true },
        { "certreq_tls13", { 0, 0, 20, 0, 51, 0, 0 }, 7, 47, "bad extension", CAUTH_VEC_03, false, false },
        { "cert_tls13_server",
          { 0, 0, 0, 10, 0, 0, 1, 0x30, 0, 9, 0, 51, 0, 0 },
          14,
          47,
          "bad extension",
          CAUTH_CERT_13_03,
          false,
          false },
        /* a byte behind the list, and a fault in it or in the context */
        { "cert_tls13_client",
          { 0, 0, 0, 10, 0, 0, 1, 0x30, 0, 4, 0, 51, 0, 0, 7 },
          15,
          50,
          "length mismatch",
          CAUTH_CERT_13_06,
          false,
          true },
        { "cert_tls13_client", { 1, 7, 0, 0, 0, 7 }, 6, 50, "length mismatch", CAUTH_CERT_13_02, false, false },
    };
    for (size_t i = 0; i < NUM(cases); i++) {
        cauth_bytes in = { cases[i].in, cases[i].len };
        reset(NULL);
        refuses(cases[i].alert);
        answer.reason = cases[i].cause;
        comparison c = compared_by(&fake, cases[i].message, in);
        if (c.ours.rule != cases[i].first)
            fail_msg("case %zu: we report %s", i, cauth_rule_info(c.ours.rule)->id);
        assert_int_equal(c.num, 1);
        if ((c.list[0].row != NULL) != cases[i].explained)
            fail_msg("case %zu: %s", i, cases[i].explained ? "not explained" : c.list[0].row->why);
        for (size_t j = 0; cases[i].accepted && j < num_divergences; j++) {
            const divergence *row = &divergences[j];
            if (row->kind != THEY_ACCEPT || row->rule != cases[i].first ||
                !divergence_is_of(row, &fake, cases[i].message))
                continue;
            compare_without(row, &fake, c.message, in, &c);
            if (compare_is_clean(&c))
                fail_msg("case %zu: explained without the row: %s", i, row->why);
        }
    }
}

/* Three faults in a request of TLS 1.3, of which we report the first: each row is asked for, behind another too. */
static void test_row_of_three_faults_asks_for_each(void **state)
{
    (void)state;
    static const struct {
        uint8_t in[32];
        size_t len;
        int alert; /* 0: they accept */
        cauth_rule rules[3];
    } cases[] = {
#define ALGORITHMS 0, 13, 0, 4, 0, 2, 4, 3
#define QUIC 0, 57, 0, 0
#define TWICE 0x12, 0x34, 0, 0, 0x12, 0x34, 0, 0
#define BROKEN_NAME 0, 47, 0, 5, 0, 3, 0, 1, 0x30
        { { 1, 7, 0, 20, ALGORITHMS, QUIC, TWICE }, 24, 0, { CAUTH_CR_13_03, CAUTH_CR_13_09, CAUTH_CR_13_08 } },
        { { 1, 7, 0, 20, ALGORITHMS, TWICE, QUIC }, 24, 0, { CAUTH_CR_13_03, CAUTH_CR_13_08, CAUTH_CR_13_09 } },
        { { 0, 0, 13, QUIC, BROKEN_NAME }, 16, 50, { CAUTH_CR_13_09, CAUTH_CR_13_07, CAUTH_RULE_NONE } },
#undef ALGORITHMS
#undef QUIC
#undef TWICE
#undef BROKEN_NAME
    };
    for (size_t i = 0; i < NUM(cases); i++) {
        cauth_bytes in = { cases[i].in, cases[i].len };
        reset(NULL);
        if (cases[i].alert != 0)
            refuses((uint8_t)cases[i].alert);
        answer.reason = answer.cause = "ASN1 lib";
        comparison c = compared_by(&fake, "certreq_tls13", in);
        expect_explained(&c, cases[i].alert == 0 ? THEY_ACCEPT : OTHER_ALERT, cases[i].rules[0]);
        for (size_t j = 0; j < 3 && cases[i].rules[j] != CAUTH_RULE_NONE; j++) {
            bool is_asked_for = false;
            for (size_t k = 0; k < num_divergences; k++) {
                compare_without(&divergences[k], &fake, c.message, in, &c);
                is_asked_for |= divergences[k].rule == cases[i].rules[j] && !compare_is_clean(&c);
            }
            if (!is_asked_for)
                fail_msg("case %zu: explained without a row of %s", i, cauth_rule_info(cases[i].rules[j])->id);
        }
    }
}

/* The first row of what they accept of a rule in a message. */
static const divergence *row_of_accepted(const char *name, cauth_rule rule)
{
    for (size_t i = 0; i < num_divergences; i++)
        if (divergences[i].kind == THEY_ACCEPT && divergences[i].rule == rule &&
            divergence_is_of(&divergences[i], &fake, name))
            return &divergences[i];
    fail_msg("no row of %s in %s", cauth_rule_info(rule)->id, name);
    return NULL;
}

/* A name or a certificate that they accept, as a row says, excuses no other in which something else is wrong. */
static void test_row_of_an_item_asks_for_the_others(void **state)
{
    (void)state;
    static const struct {
        const char *message;
        uint8_t in[32]; /* what goes before the list, its length and its items */
        size_t len;
        cauth_rule first;
        cauth_rule rules[2]; /* of the faults in the items */
    } cases[] = {
#define TYPES 1, 1, 0, 2, 4, 1
#define PADDED 0, 3, 0x30, 0x81, 0 /* a name without RDNs, whose length takes an octet too many */
#define EMPTY 0, 4, 0x30, 2, 0x31, 0
#define RIGHT 0, 2, 0x30, 0
        { "certreq_tls12", { TYPES, 0, 11, PADDED, EMPTY }, 19, CAUTH_DN_07, { CAUTH_DN_07, CAUTH_DN_08 } },
        { "certreq_tls12", { TYPES, 0, 11, EMPTY, PADDED }, 19, CAUTH_DN_08, { CAUTH_DN_08, CAUTH_DN_07 } },
        { "certreq_tls12", { TYPES, 0, 15, PADDED, RIGHT, EMPTY }, 23, CAUTH_DN_07, { CAUTH_DN_07, CAUTH_DN_08 } },
        { "certreq_tls12", { TYPES, 0, 10, PADDED, PADDED }, 18, CAUTH_DN_07, { CAUTH_DN_07, CAUTH_RULE_NONE } },
        /* in TLS 1.3 behind a context that they accept too */
        { "certreq_tls13",
          { 1, 7, 0, 25, 0, 13, 0, 4, 0, 2, 4, 3, 0, 47, 0, 13, 0, 11, PADDED, EMPTY },
          29,
          CAUTH_CR_13_03,
          { CAUTH_DN_07, CAUTH_DN_08 } },
#undef TYPES
#undef PADDED
#undef EMPTY
#undef RIGHT
    };
    for (size_t i = 0; i < NUM(cases); i++) {
        cauth_bytes in = { cases[i].in, cases[i].len };
        comparison c = compared_by(&fake, cases[i].message, in);
        expect_explained(&c, THEY_ACCEPT, cases[i].first);
        for (size_t j = 0; j < 2 && cases[i].rules[j] != CAUTH_RULE_NONE; j++) {
            const divergence *row = row_of_accepted(cases[i].message, cases[i].rules[j]);
            compare_without(row, &fake, c.message, in, &c);
            if (compare_is_clean(&c))
                fail_msg("case %zu: explained without the row: %s", i, row->why);
        }
    }
}

/* The same of certificates: the first with a length of an octet too many, the second with an empty RDN. */
static void test_row_of_a_certificate_asks_for_the_others(void **state)
{
    (void)state;
    static const char *const names[] = { "cert_tls12_client", "cert_tls13_client" };
    for (size_t i = 0; i < NUM(names); i++) {
        static const char *const files[] = { "cert_tls12_client/div-tbs-padded-length",
                                             "cert_tls12_client/div-empty-rdn" };
        bool tls13 = i == 1;
        uint8_t list[2048] = { 0 };
        size_t begin = tls13 ? 4 : 3;
        size_t at = begin;
        for (size_t j = 0; j < NUM(files); j++) {
            cauth_bytes in = read_corpus(files[j]); /* a list of one */
            assert_true(in.len > 3 && in.len - 3 <= sizeof list - at - 2);
            memcpy(list + at, in.ptr + 3, in.len - 3);
            at += in.len - 3 + (tls13 ? 2 : 0); /* no extensions */
            exact_free(in);
        }
        list[begin - 2] = (uint8_t)((at - begin) >> 8);
        list[begin - 1] = (uint8_t)(at - begin);
        reset(NULL);
        comparison c = compared_by(&fake, names[i], (cauth_bytes){ list, at });
        expect_explained(&c, THEY_ACCEPT, CAUTH_X5_03);
        compare_without(row_of_accepted(names[i], CAUTH_DN_08), &fake, c.message, (cauth_bytes){ list, at }, &c);
        expect_signature(&c, i == 0 ? "fake cert_tls12_client they-accept DER X5-03 tbsCertificate"
                                    : "fake cert_tls13_client they-accept DER X5-03 tbsCertificate");
    }
}

/* How often rows are looked at does not depend on how many extensions they ignore: with each step it would, and each
 * judges the whole message. */
static void test_ignored_extensions_are_taken_out_at_once(void **state)
{
    (void)state;
    uint8_t many[200];
    uint8_t room[1024];
    size_t asked[2];
    for (size_t i = 0; i < 2; i++) {
        size_t num = i == 0 ? 4 : sizeof many / 4;
        for (size_t at = 0; at < num; at++) { /* GREASE, and types that nobody knows, each twice */
            const uint8_t next[] = { at % 2 == 0 ? 0x0A : 0x12, at % 2 == 0 ? 0x0A : (uint8_t)(at / 4), 0, 0 };
            memcpy(many + 4 * at, next, sizeof next);
        }
        const entry entries[] = { { false, { { many, 4 * num }, NO_EXTENSIONS } },
                                  { false, { { many, 4 * num }, NO_EXTENSIONS } } };
        reset(NULL);
        asked_for_version = 0;
        comparison c = compared_by(&fake, "cert_tls13_client", certificate13_of(room, entries));
        assert_int_equal(c.num, 1);
        assert_non_null(c.list[0].row);
        asked[i] = asked_for_version;
    }
    assert_int_equal(asked[0], asked[1]);
}

/* Where what they accept in later entries is taken out one by one, no step asks about a certificate again. */
static void test_certificates_are_asked_about_once(void **state)
{
    (void)state;
    static const uint8_t other_status[] = { 0, 5, 0, 1, 2 };
    enum { NUM_LATER = 20 };
    entry entries[NUM_LATER + 2] = { { false, { NO_EXTENSIONS, NO_EXTENSIONS } } };
    uint8_t room[8192];
    for (size_t i = 1; i <= NUM_LATER; i++)
        entries[i] = (entry){ false, { BYTES(other_status), NO_EXTENSIONS } };
    entries[NUM_LATER + 1] = (entry){ true, { NO_EXTENSIONS, NO_EXTENSIONS } };
    const oracle_observation read = { .verdict = ORACLE_ACCEPT, .reason = "", .cause = "" };
    answer_to_items = &read;
    refuses(42);
    answer.reason = "ASN1 lib";
    asked_about_items = 0;
    comparison c = compared_by(&fake, "cert_tls13_server", certificate13_of_entries(room, entries, NUM(entries)));
    expect_explained(&c, OTHER_ALERT, CAUTH_CERT_13_10);
    assert_in_range(asked_about_items, NUM_LATER, NUM(entries));
}

/* --- records of alerts --- */

/* Rows about the version of a record, its length or its description ask for another one than is right. */
typedef struct {
    const char *oracle;
    const char *message;
    uint8_t bytes[14]; /* one or two records, */
    size_t len;        /* and zeros behind them */
    uint8_t alert;     /* 0: they accept */
    bool explained;
} record_case;

static const record_case records[] = {
    /* a whole record of four bytes, and one that is not all there */
    { "openssl_before_hello", "alert_tls13_server", { 21, 3, 3, 0, 4, 2, 40, 2, 40 }, 9, 0, false },
    { "openssl_before_hello", "alert_tls13_server", { 21, 3, 3, 0, 4, 2, 40, 2, 40 }, 8, 0, true },
    { "openssl_before_hello", "alert_tls13_server", { 21, 3, 3, 0x40, 1 }, 16390, 0, false },
    { "openssl_before_hello", "alert_tls13_server", { 21, 3, 3, 0x40, 1 }, 16389, 0, true },
    { "openssl_before_hello", "alert_tls13_server", { 21, 3, 3, 0x41, 0x40 }, 9, 0, true },
    { "openssl_before_hello", "alert_tls13_server", { 21, 3, 3, 0x41, 0x41 }, 9, 0, false },
    { "openssl", "alert_tls12_client", { 21, 3, 3, 0x40, 1 }, 16390, 0, false },
    { "openssl", "alert_tls12_client", { 21, 3, 3, 0x40, 1 }, 16389, 0, true },
    { "openssl", "alert_tls12_client", { 21, 3, 3, 0x41, 0x40 }, 9, 0, true },
    { "openssl", "alert_tls12_client", { 21, 3, 3, 0x41, 0x41 }, 9, 0, false },
    { "openssl_after_finished", "alert_tls12_client", { 21, 3, 3, 0x41, 0x2c }, 9, 0, true },
    { "openssl_after_finished", "alert_tls12_client", { 21, 3, 3, 0x41, 0x2d }, 9, 0, false },
    { "openssl_plaintext", "alert_tls13_client", { 21, 3, 3, 0x41, 0 }, 9, 0, true },
    { "openssl_plaintext", "alert_tls13_client", { 21, 3, 3, 0x41, 1 }, 9, 0, false },
    /* the major version, of the first record and of another */
    { "openssl_before_hello", "alert_tls13_server", { 21, 3, 3, 0, 4, 2, 40, 2, 40 }, 9, NO_ALERT, false },
    { "openssl_before_hello", "alert_tls13_server", { 21, 4, 3, 0, 4, 2, 40, 2, 40 }, 9, NO_ALERT, true },
    { "openssl_before_hello", "alert_tls13_server", { 21, 3, 3, 0, 2, 1, 90, 21, 4, 3, 0, 0 }, 12, NO_ALERT, false },
    { "openssl_before_hello", "alert_tls13_server", { 21, 3, 3, 0, 2, 1, 90, 21, 4, 3, 0, 0 }, 12, 70, true },
    { "openssl_before_hello", "alert_tls13_server", { 21, 3, 3, 0, 2, 1, 90, 21, 3, 3, 0, 0 }, 12, 70, false },
    { "openssl_before_hello", "alert_tls12_server", { 21, 4, 3, 0x40, 1 }, 9, NO_ALERT, true },
    { "openssl_before_hello", "alert_tls12_server", { 21, 3, 3, 0x40, 1 }, 9, NO_ALERT, false },
    { "openssl_before_hello", "alert_tls12_server", { 21, 4, 3, 0, 0 }, 5, NO_ALERT, true },
    { "openssl_before_hello", "alert_tls12_server", { 21, 3, 3, 0, 0 }, 5, NO_ALERT, false },
    { "openssl_before_hello", "alert_tls12_server", { 21, 4, 3, 0, 2, 3, 40 }, 7, NO_ALERT, true },
    { "openssl_before_hello", "alert_tls12_server", { 21, 3, 3, 0, 2, 3, 40 }, 7, NO_ALERT, false },
    { "openssl_before_hello",
      "alert_tls12_server",
      { 21, 3, 3, 0, 2, 1, 90, 21, 4, 3, 0, 2, 3, 40 },
      14,
      NO_ALERT,
      false },
    { "openssl_before_hello", "alert_tls12_server", { 21, 3, 3, 0, 2, 1, 90, 21, 4, 3, 0, 0 }, 12, 70, true },
    { "openssl_before_hello", "alert_tls12_server", { 21, 3, 2, 0, 0 }, 5, NO_ALERT, false },
    { "openssl", "alert_tls12_client", { 21, 4, 3, 0x40, 1 }, 9, 70, true },
    { "openssl", "alert_tls12_client", { 21, 3, 3, 0x40, 1 }, 9, 70, false },
    { "openssl", "alert_tls12_client", { 21, 4, 3, 0, 0 }, 5, 70, true },
    { "openssl", "alert_tls12_client", { 21, 3, 3, 0, 0 }, 5, 70, false },
    { "openssl", "alert_tls12_client", { 21, 4, 3, 0, 2, 3, 40 }, 7, 70, true },
    { "openssl", "alert_tls12_client", { 21, 3, 3, 0, 2, 3, 40 }, 7, 70, false },
    { "openssl", "alert_tls12_client", { 21, 3, 3, 0, 2, 1, 90, 21, 4, 3, 0, 2, 3, 40 }, 14, 70, true },
    { "openssl", "alert_tls12_client", { 21, 4, 3, 0, 2, 1, 90, 21, 3, 3, 0, 2, 3, 40 }, 14, 70, false },
    { "openssl_before_hello", "alert_tls13_server", { 21, 4, 3, 0, 2, 2, 40 }, 7, NO_ALERT, true },
    { "openssl_before_hello", "alert_tls13_server", { 21, 4, 3, 0, 2, 2, 40 }, 7, 70, false },
    { "openssl_before_hello", "alert_tls13_server", { 21, 3, 3, 0, 2, 1, 90, 21, 4, 3, 0, 2, 2, 40 }, 14, 70, true },
    { "openssl_before_hello",
      "alert_tls13_server",
      { 21, 3, 3, 0, 2, 1, 90, 21, 4, 3, 0, 2, 2, 40 },
      14,
      NO_ALERT,
      false },
    { "openssl_before_hello", "alert_tls13_server", { 21, 4, 3, 0, 0 }, 5, 70, false },
    { "openssl_before_hello", "alert_tls13_server", { 21, 4, 3, 0x40, 1 }, 9, 70, false },
    { "openssl_before_hello", "alert_tls13_server", { 21, 4, 3, 0, 4, 2, 40, 2, 40 }, 9, 70, false },
    { "openssl_before_hello", "alert_tls12_server", { 21, 4, 3, 0, 2, 2, 40 }, 7, NO_ALERT, true },
    { "openssl_before_hello", "alert_tls12_server", { 21, 4, 3, 0, 2, 2, 40 }, 7, 70, false },
    { "openssl_before_hello", "alert_tls12_server", { 21, 3, 3, 0, 2, 1, 90, 21, 4, 3, 0, 2, 2, 40 }, 14, 70, true },
    { "openssl_before_hello",
      "alert_tls12_server",
      { 21, 3, 3, 0, 2, 1, 90, 21, 4, 3, 0, 2, 2, 40 },
      14,
      NO_ALERT,
      false },
    { "openssl_before_hello", "alert_tls12_server", { 21, 4, 3, 0, 0 }, 5, 70, false },
    { "openssl_before_hello", "alert_tls12_server", { 21, 4, 3, 0x40, 1 }, 9, 70, false },
    { "openssl_before_hello", "alert_tls12_server", { 21, 4, 3, 0, 2, 3, 40 }, 7, 70, false },
    { "openssl_before_hello", "alert_tls12_server", { 21, 3, 3, 0, 2, 1, 90, 21, 4, 3, 0, 2, 3, 40 }, 14, 70, true },
    { "openssl_before_hello", "alert_tls12_server", { 21, 3, 3, 0, 2, 1, 90, 21, 4, 3, 0x40, 1 }, 14, 70, true },
    { "openssl_plaintext", "alert_tls13_client", { 21, 4, 3, 0, 2, 2, 40 }, 7, 70, true },
    { "openssl_plaintext", "alert_tls13_client", { 21, 4, 3, 0, 2, 2, 40 }, 7, 50, false },
    { "openssl_plaintext", "alert_tls13_client", { 21, 4, 3, 0, 0 }, 5, 70, true },
    /* the number of SSL 2.0 in its place */
    { "openssl_before_hello", "alert_tls13_server", { 21, 0, 2, 0, 2, 2, 40 }, 7, NO_ALERT, true },
    { "openssl_before_hello", "alert_tls13_server", { 21, 0, 2, 0, 2, 2, 40 }, 7, 70, false },
    { "openssl_before_hello", "alert_tls13_server", { 21, 0, 2, 0, 4, 2, 40, 2, 40 }, 9, NO_ALERT, true },
    { "openssl_before_hello", "alert_tls13_server", { 21, 0, 2, 0, 4, 2, 40, 2, 40 }, 9, 70, false },
    { "openssl_before_hello", "alert_tls13_server", { 21, 0, 2, 0x40, 1 }, 9, NO_ALERT, true },
    { "openssl_before_hello", "alert_tls13_server", { 21, 0, 2, 0x40, 1 }, 9, 70, false },
    { "openssl_before_hello", "alert_tls13_server", { 21, 0, 2, 0, 0 }, 5, NO_ALERT, true },
    { "openssl_before_hello", "alert_tls13_server", { 21, 0, 2, 0, 0 }, 5, 70, false },
    { "openssl_before_hello", "alert_tls12_server", { 21, 0, 2, 0, 2, 2, 40 }, 7, NO_ALERT, true },
    { "openssl_before_hello", "alert_tls12_server", { 21, 0, 2, 0, 2, 2, 40 }, 7, 70, false },
    { "openssl_before_hello", "alert_tls12_server", { 21, 0, 2, 0, 2, 3, 40 }, 7, NO_ALERT, true },
    { "openssl_before_hello", "alert_tls12_server", { 21, 0, 2, 0, 2, 3, 40 }, 7, 70, false },
    { "openssl_before_hello", "alert_tls12_server", { 21, 0, 2, 0x40, 1 }, 9, NO_ALERT, true },
    { "openssl_before_hello", "alert_tls12_server", { 21, 0, 2, 0x40, 1 }, 9, 70, false },
    { "openssl_before_hello", "alert_tls12_server", { 21, 0, 2, 0, 0 }, 5, NO_ALERT, true },
    { "openssl_before_hello", "alert_tls12_server", { 21, 0, 2, 0, 0 }, 5, 70, false },
    { "openssl_before_hello", "alert_tls13_server", { 21, 3, 3, 0, 2, 1, 90, 21, 0, 2, 0, 2, 2, 40 }, 14, 70, true },
    { "openssl_before_hello", "alert_tls12_server", { 21, 3, 3, 0, 2, 1, 90, 21, 0, 2, 0, 2, 2, 40 }, 14, 70, true },
    { "openssl_before_hello",
      "alert_tls13_server",
      { 21, 3, 3, 0, 2, 1, 90, 21, 0, 2, 0, 2, 2, 40 },
      14,
      NO_ALERT,
      false },
    { "openssl_before_hello",
      "alert_tls12_server",
      { 21, 3, 3, 0, 2, 1, 90, 21, 0, 2, 0, 2, 2, 40 },
      14,
      NO_ALERT,
      false },
    { "openssl_plaintext", "alert_tls13_client", { 21, 0, 2, 0, 2, 2, 40 }, 7, 70, true },
    { "openssl_plaintext", "alert_tls13_client", { 21, 0, 2, 0, 2, 2, 40 }, 7, 50, false },
    { "openssl_plaintext", "alert_tls13_client", { 21, 0, 2, 0, 4, 2, 40, 2, 40 }, 9, 70, true },
    { "openssl_plaintext", "alert_tls13_client", { 21, 0, 2, 0, 4, 2, 40, 2, 40 }, 9, 50, false },
    { "openssl_plaintext", "alert_tls13_client", { 21, 0, 2, 0x40, 1 }, 9, 70, true },
    { "openssl_plaintext", "alert_tls13_client", { 21, 0, 2, 0x40, 1 }, 9, 50, false },
    { "openssl_plaintext", "alert_tls13_client", { 21, 0, 2, 0, 0 }, 5, 70, true },
    { "openssl_plaintext", "alert_tls13_client", { 21, 0, 2, 0, 0 }, 5, 50, false },
    /* the minor version */
    { "openssl", "alert_tls12_client", { 21, 3, 2, 0x40, 1 }, 9, NO_ALERT, true },
    { "openssl", "alert_tls12_client", { 21, 3, 3, 0x40, 1 }, 9, NO_ALERT, false },
    { "openssl", "alert_tls12_client", { 21, 3, 2, 0, 0 }, 5, NO_ALERT, true },
    { "openssl", "alert_tls12_client", { 21, 3, 3, 0, 0 }, 5, NO_ALERT, false },
    { "openssl", "alert_tls12_client", { 21, 3, 2, 0, 2, 3, 40 }, 7, NO_ALERT, true },
    { "openssl", "alert_tls12_client", { 21, 3, 3, 0, 2, 3, 40 }, 7, NO_ALERT, false },
    { "openssl", "alert_tls12_client", { 21, 3, 2, 0, 2, 3, 40 }, 7, 70, false },
    { "openssl_after_finished", "alert_tls12_client", { 21, 3, 2, 0, 2, 3, 40 }, 7, 70, true },
    { "openssl_after_finished", "alert_tls12_client", { 21, 3, 2, 0, 2, 3, 40 }, 7, NO_ALERT, false },
    { "openssl_plaintext", "alert_tls13_client", { 21, 3, 1, 0, 4, 2, 40, 2, 40 }, 9, 50, true },
    { "openssl_plaintext", "alert_tls13_client", { 21, 3, 3, 0, 4, 2, 40, 2, 40 }, 9, 50, false },
    { "openssl_plaintext", "alert_tls13_client", { 21, 3, 1, 0, 0 }, 5, 50, true },
    { "openssl_plaintext", "alert_tls13_client", { 21, 3, 3, 0, 0 }, 5, 50, false },
    /* what stands in it */
    { "openssl", "alert_tls12_client", { 21, 3, 3, 0, 3, 3, 40, 0 }, 8, 10, true },
    { "openssl", "alert_tls12_client", { 21, 3, 3, 0, 2, 3, 40 }, 7, 10, false },
    { "openssl", "alert_tls12_client", { 21, 3, 3, 0, 2, 3, 100 }, 7, 40, true },
    { "openssl", "alert_tls12_client", { 21, 3, 3, 0, 2, 3, 40 }, 7, 40, false },
    { "openssl", "alert_tls12_client", { 21, 3, 3, 0, 3, 3, 100, 0 }, 8, 40, false },
    /* of a record behind an alert whose level says that the connection goes on */
    { "openssl", "alert_tls12_client", { 21, 3, 3, 0, 2, 1, 40, 21, 3, 3, 0, 2, 2, 40 }, 14, 10, false },
    { "openssl", "alert_tls12_client", { 21, 3, 3, 0, 2, 1, 40, 21, 3, 3, 0, 3, 2, 40 }, 14, 10, true },
    { "openssl", "alert_tls12_client", { 21, 3, 3, 0, 2, 1, 40, 21, 3, 3, 0, 2, 2, 40 }, 14, 47, false },
    { "openssl", "alert_tls12_client", { 21, 3, 3, 0, 2, 1, 40, 21, 3, 3, 0, 2, 3, 40 }, 14, 47, true },
    { "openssl", "alert_tls12_client", { 21, 3, 3, 0, 2, 1, 40, 21, 3, 3, 0, 2, 1, 40 }, 14, 40, false },
    { "openssl", "alert_tls12_client", { 21, 3, 3, 0, 2, 1, 40, 21, 3, 3, 0, 2, 1, 100 }, 14, 40, true },
    { "openssl", "alert_tls12_client", { 21, 3, 3, 0, 2, 1, 40, 21, 3, 3, 0x40, 0 }, 12, 22, false },
    { "openssl", "alert_tls12_client", { 21, 3, 3, 0, 2, 1, 40, 21, 3, 3, 0x40, 1 }, 12, 22, true },
    { "openssl", "alert_tls12_client", { 21, 3, 3, 0, 2, 1, 40, 21, 3, 3, 0, 2, 2, 40 }, 14, 70, false },
    { "openssl", "alert_tls12_client", { 21, 3, 3, 0, 2, 1, 40, 21, 4, 3, 0, 2, 2, 40 }, 14, 70, true },
    { "openssl", "alert_tls12_client", { 21, 3, 3, 0, 2, 1, 40, 21, 3, 2, 0, 2, 2, 40 }, 14, 70, false },
    { "openssl", "alert_tls12_client", { 21, 3, 3, 0, 2, 1, 40, 21, 3, 2, 0, 2, 2, 40 }, 14, NO_ALERT, true },
    { "openssl", "alert_tls12_client", { 21, 3, 3, 0, 2, 1, 40, 21, 3, 3, 0, 2, 2, 40 }, 14, NO_ALERT, false },
    { "openssl_before_hello", "alert_tls13_server", { 21, 3, 3, 0, 2, 1, 40, 21, 3, 3, 0, 2, 2, 40 }, 14, 10, false },
    { "openssl_before_hello", "alert_tls13_server", { 21, 3, 3, 0, 2, 1, 40, 21, 3, 3, 0, 3, 2, 40 }, 14, 10, true },
    { "openssl_before_hello", "alert_tls13_server", { 21, 3, 3, 0, 2, 1, 40, 21, 3, 3, 0, 2, 2, 40 }, 14, 47, false },
    { "openssl_before_hello", "alert_tls13_server", { 21, 3, 3, 0, 2, 1, 40, 21, 3, 3, 0, 2, 3, 40 }, 14, 47, true },
    { "openssl_before_hello", "alert_tls13_server", { 21, 3, 3, 0, 2, 1, 40, 21, 3, 3, 0, 2, 1, 40 }, 14, 40, false },
    { "openssl_before_hello", "alert_tls13_server", { 21, 3, 3, 0, 2, 1, 40, 21, 3, 3, 0, 2, 1, 100 }, 14, 40, true },
    { "openssl_before_hello", "alert_tls13_server", { 21, 3, 3, 0, 2, 1, 40, 21, 3, 3, 0x40, 0 }, 12, 22, false },
    { "openssl_before_hello", "alert_tls13_server", { 21, 3, 3, 0, 2, 1, 40, 21, 3, 3, 0x40, 1 }, 12, 22, true },
    { "openssl_before_hello", "alert_tls13_server", { 21, 3, 3, 0, 2, 1, 40, 21, 3, 3, 0, 2, 2, 40 }, 14, 70, false },
    { "openssl_before_hello", "alert_tls13_server", { 21, 3, 3, 0, 2, 1, 40, 21, 4, 3, 0, 2, 2, 40 }, 14, 70, true },
    { "openssl_before_hello", "alert_tls13_server", { 21, 3, 3, 0, 2, 1, 40, 21, 3, 2, 0, 2, 2, 40 }, 14, 70, false },
    { "openssl_after_finished", "alert_tls12_client", { 21, 3, 3, 0, 2, 1, 40, 21, 3, 3, 0, 2, 2, 40 }, 14, 70, false },
    { "openssl_after_finished", "alert_tls12_client", { 21, 3, 3, 0, 2, 1, 40, 21, 3, 2, 0, 2, 2, 40 }, 14, 70, true },
    { "openssl_after_finished", "alert_tls12_client", { 21, 3, 3, 0, 2, 1, 40, 21, 4, 3, 0, 2, 2, 40 }, 14, 70, true },
    { "openssl_before_hello", "alert_tls13_server", { 21, 4, 3, 0, 2, 2, 90 }, 7, 70, false },
    { "openssl_before_hello", "alert_tls12_server", { 21, 4, 3, 0, 2, 1, 40 }, 7, 70, false },
    { "openssl_before_hello", "alert_tls13_server", { 21, 3, 3, 0, 2, 3, 100 }, 7, 40, true },
    { "openssl_before_hello", "alert_tls13_server", { 21, 3, 3, 0, 2, 3, 90 }, 7, 40, false },
};

static const record_case records_since_3_2[] = {
    { "openssl_before_hello", "alert_tls13_server", { 21, 3, 3, 0x40, 1 }, 9, 0, false },
    { "openssl_before_hello", "alert_tls12_server", { 21, 3, 3, 0x40, 1 }, 9, 0, false },
    { "openssl_plaintext", "alert_tls13_client", { 21, 3, 3, 0x41, 0 }, 9, 0, true },
    { "openssl_plaintext", "alert_tls13_client", { 21, 3, 3, 0x41, 1 }, 9, 0, false },
    { "openssl", "alert_tls12_client", { 21, 3, 3, 0x40, 1 }, 9, 0, false },
    { "openssl_after_finished", "alert_tls12_client", { 21, 3, 3, 0x41, 0x2c }, 9, 0, true },
    { "openssl_after_finished", "alert_tls12_client", { 21, 3, 3, 0x41, 0x2d }, 9, 0, false },
    { "openssl_before_hello", "alert_tls13_server", { 21, 4, 3, 0, 2, 2, 40 }, 7, NO_ALERT, true },
    { "openssl_plaintext", "alert_tls13_client", { 21, 4, 3, 0, 2, 2, 40 }, 7, 50, true },
    { "openssl_plaintext", "alert_tls13_client", { 21, 4, 3, 0, 2, 2, 40 }, 7, 70, false },
    { "openssl_plaintext", "alert_tls13_client", { 21, 4, 3, 0, 0 }, 5, 50, true },
    { "openssl_plaintext", "alert_tls13_client", { 21, 4, 3, 0, 0 }, 5, 70, false },
    { "openssl_plaintext", "alert_tls13_client", { 21, 4, 3, 0x40, 1 }, 9, 70, false },
    { "openssl_plaintext", "alert_tls13_client", { 21, 4, 3, 0, 4, 2, 40, 2, 40 }, 9, 70, false },
    { "openssl_before_hello", "alert_tls13_server", { 21, 0, 2, 0, 2, 2, 40 }, 7, 70, true },
    { "openssl_before_hello", "alert_tls13_server", { 21, 0, 2, 0, 2, 2, 40 }, 7, NO_ALERT, false },
    { "openssl_before_hello", "alert_tls13_server", { 21, 0, 2, 0, 4, 2, 40, 2, 40 }, 9, 70, true },
    { "openssl_before_hello", "alert_tls13_server", { 21, 0, 2, 0, 4, 2, 40, 2, 40 }, 9, NO_ALERT, false },
    { "openssl_before_hello", "alert_tls13_server", { 21, 0, 2, 0x40, 1 }, 9, 70, true },
    { "openssl_before_hello", "alert_tls13_server", { 21, 0, 2, 0x40, 1 }, 9, NO_ALERT, false },
    { "openssl_before_hello", "alert_tls13_server", { 21, 0, 2, 0, 0 }, 5, 70, true },
    { "openssl_before_hello", "alert_tls13_server", { 21, 0, 2, 0, 0 }, 5, NO_ALERT, false },
    { "openssl_before_hello", "alert_tls12_server", { 21, 0, 2, 0, 2, 2, 40 }, 7, 70, true },
    { "openssl_before_hello", "alert_tls12_server", { 21, 0, 2, 0, 2, 2, 40 }, 7, NO_ALERT, false },
    { "openssl_before_hello", "alert_tls12_server", { 21, 0, 2, 0, 2, 3, 40 }, 7, 70, true },
    { "openssl_before_hello", "alert_tls12_server", { 21, 0, 2, 0, 2, 3, 40 }, 7, NO_ALERT, false },
    { "openssl_before_hello", "alert_tls12_server", { 21, 0, 2, 0x40, 1 }, 9, 70, true },
    { "openssl_before_hello", "alert_tls12_server", { 21, 0, 2, 0x40, 1 }, 9, NO_ALERT, false },
    { "openssl_before_hello", "alert_tls12_server", { 21, 0, 2, 0, 0 }, 5, 70, true },
    { "openssl_before_hello", "alert_tls12_server", { 21, 0, 2, 0, 0 }, 5, NO_ALERT, false },
    { "openssl_before_hello", "alert_tls13_server", { 21, 3, 3, 0, 2, 1, 90, 21, 0, 2, 0, 2, 2, 40 }, 14, 70, true },
    { "openssl_before_hello", "alert_tls12_server", { 21, 3, 3, 0, 2, 1, 90, 21, 0, 2, 0, 2, 2, 40 }, 14, 70, true },
    { "openssl_plaintext", "alert_tls13_client", { 21, 0, 2, 0, 2, 2, 40 }, 7, 70, true },
    { "openssl_plaintext", "alert_tls13_client", { 21, 0, 2, 0, 2, 2, 40 }, 7, 50, false },
    { "openssl_plaintext", "alert_tls13_client", { 21, 0, 2, 0, 4, 2, 40, 2, 40 }, 9, 70, true },
    { "openssl_plaintext", "alert_tls13_client", { 21, 0, 2, 0, 4, 2, 40, 2, 40 }, 9, 50, false },
    { "openssl_plaintext", "alert_tls13_client", { 21, 0, 2, 0x40, 1 }, 9, 70, true },
    { "openssl_plaintext", "alert_tls13_client", { 21, 0, 2, 0x40, 1 }, 9, 50, false },
    { "openssl_plaintext", "alert_tls13_client", { 21, 0, 2, 0, 0 }, 5, 70, true },
    { "openssl_plaintext", "alert_tls13_client", { 21, 0, 2, 0, 0 }, 5, 50, false },
};

static const record_case records_since_4_0[] = {
    { "openssl_before_hello", "alert_tls13_server", { 21, 0, 2, 0, 2, 2, 40 }, 7, NO_ALERT, true },
    { "openssl_before_hello", "alert_tls13_server", { 21, 0, 2, 0, 2, 2, 40 }, 7, 70, false },
    { "openssl_before_hello", "alert_tls13_server", { 21, 0, 2, 0, 4, 2, 40, 2, 40 }, 9, NO_ALERT, true },
    { "openssl_before_hello", "alert_tls13_server", { 21, 0, 2, 0, 4, 2, 40, 2, 40 }, 9, 70, false },
    { "openssl_before_hello", "alert_tls13_server", { 21, 0, 2, 0x40, 1 }, 9, NO_ALERT, true },
    { "openssl_before_hello", "alert_tls13_server", { 21, 0, 2, 0x40, 1 }, 9, 70, false },
    { "openssl_before_hello", "alert_tls13_server", { 21, 0, 2, 0, 0 }, 5, NO_ALERT, true },
    { "openssl_before_hello", "alert_tls13_server", { 21, 0, 2, 0, 0 }, 5, 70, false },
    { "openssl_before_hello", "alert_tls12_server", { 21, 0, 2, 0, 2, 2, 40 }, 7, NO_ALERT, true },
    { "openssl_before_hello", "alert_tls12_server", { 21, 0, 2, 0, 2, 2, 40 }, 7, 70, false },
    { "openssl_before_hello", "alert_tls12_server", { 21, 0, 2, 0, 2, 3, 40 }, 7, NO_ALERT, true },
    { "openssl_before_hello", "alert_tls12_server", { 21, 0, 2, 0, 2, 3, 40 }, 7, 70, false },
    { "openssl_before_hello", "alert_tls12_server", { 21, 0, 2, 0x40, 1 }, 9, NO_ALERT, true },
    { "openssl_before_hello", "alert_tls12_server", { 21, 0, 2, 0x40, 1 }, 9, 70, false },
    { "openssl_before_hello", "alert_tls12_server", { 21, 0, 2, 0, 0 }, 5, NO_ALERT, true },
    { "openssl_before_hello", "alert_tls12_server", { 21, 0, 2, 0, 0 }, 5, 70, false },
    { "openssl_plaintext", "alert_tls13_client", { 21, 0, 2, 0, 2, 2, 40 }, 7, 50, true },
    { "openssl_plaintext", "alert_tls13_client", { 21, 0, 2, 0, 2, 2, 40 }, 7, 70, false },
    { "openssl_plaintext", "alert_tls13_client", { 21, 0, 2, 0, 4, 2, 40, 2, 40 }, 9, 50, true },
    { "openssl_plaintext", "alert_tls13_client", { 21, 0, 2, 0, 4, 2, 40, 2, 40 }, 9, 70, false },
    { "openssl_plaintext", "alert_tls13_client", { 21, 0, 2, 0x40, 1 }, 9, 50, true },
    { "openssl_plaintext", "alert_tls13_client", { 21, 0, 2, 0x40, 1 }, 9, 70, false },
    { "openssl_plaintext", "alert_tls13_client", { 21, 0, 2, 0, 0 }, 5, 50, true },
    { "openssl_plaintext", "alert_tls13_client", { 21, 0, 2, 0, 0 }, 5, 70, false },
};

static const char *words_for(uint8_t alert)
{
    return alert == 10   ? "invalid alert"
           : alert == 22 ? "data length too long"
           : alert == 40 ? "no renegotiation"
           : alert == 47 ? "unknown alert type"
                         : "wrong version number";
}

static void check_record(const record_case *r, size_t number)
{
    static uint8_t room[16390];
    oracle o = fake;
    memcpy(room, r->bytes, sizeof r->bytes);
    o.name = r->oracle;
    if (r->alert != 0)
        refuses(r->alert);
    answer.reason = answer.cause = words_for(r->alert);
    answer.judged = r->len;
    comparison c = compared_by(&o, r->message, (cauth_bytes){ room, r->len });
    assert_int_equal(c.num, 1);
    if ((c.list[0].row != NULL) != r->explained)
        fail_msg("case %zu: %s", number, r->explained ? "not explained" : c.list[0].row->why);
    if (r->alert == 0)
        return;
    answer.reason = answer.cause = "internal error";
    c = compared_by(&o, r->message, (cauth_bytes){ room, r->len });
    assert_null(c.list[0].row);
}

static void check_records(const record_case *cases, size_t num, uint32_t of)
{
    for (size_t i = 0; i < num; i++) {
        reset(NULL);
        version = of;
        check_record(&cases[i], i);
    }
}

static void test_row_is_of_a_records_header(void **state)
{
    (void)state;
    check_records(records, NUM(records), ORACLE_VERSION(3, 0, 0));
    check_records(records_since_3_2, NUM(records_since_3_2), ORACLE_VERSION(3, 2, 0));
    check_records(records_since_4_0, NUM(records_since_4_0), ORACLE_VERSION(4, 0, 0));
}

/* --- fields --- */

static const oracle_value types[] = { { .number = 1 }, { .number = 64 } };
static const oracle_value algorithms[] = { { .number = 0x0403 }, { .number = 0x0401 } };
static const oracle_value names[] = { { .span = { request + 13, 15 } } };

static const oracle_field known[] = {
    { CAUTH_FIELD_CERTIFICATE_TYPES, true, NUM(types), types, NULL },
    { CAUTH_FIELD_SUPPORTED_SIGNATURE_ALGORITHMS, true, NUM(algorithms), algorithms, NULL },
    { CAUTH_FIELD_DISTINGUISHED_NAME, false, NUM(names), names, NULL },
};

static comparison compared_fields(const oracle_field *fields, size_t num)
{
    answer.fields = fields;
    answer.num_fields = num;
    return compared(BYTES(request));
}

static void test_fields_agree(void **state)
{
    (void)state;
    comparison c = compared_fields(known, NUM(known));
    expect_agreement(&c);
}

static void test_other_value(void **state)
{
    (void)state;
    oracle_value values[] = { types[0], types[1] };
    oracle_field field = { CAUTH_FIELD_CERTIFICATE_TYPES, true, 2, values, NULL };
    for (size_t i = 0; i < 2; i++) {
        values[i].number++;
        comparison c = compared_fields(&field, 1);
        expect_signature(&c, "fake certreq_tls12 other-field certificate_types where flagged nothing");
        values[i].number--;
    }
    comparison c = compared_fields(&field, 1);
    expect_agreement(&c);
}

static bool is_odd(uint64_t number)
{
    return number % 2 == 1;
}

/* Of numbers that a library does not show, nothing is held against it. */
static void test_what_is_shown(void **state)
{
    (void)state;
    const oracle_value odd[] = { { .number = 1 } };
    const oracle_value other[] = { { .number = 3 } };
    oracle_field field = { CAUTH_FIELD_CERTIFICATE_TYPES, true, NUM(odd), odd, is_odd };
    comparison c = compared_fields(&field, 1);
    expect_agreement(&c);
    field.shows = NULL;
    c = compared_fields(&field, 1);
    expect_signature(&c, "fake certreq_tls12 other-field certificate_types by fewer values where flagged nothing");
    field.shows = is_odd;
    field.values = other;
    c = compared_fields(&field, 1);
    expect_signature(&c, "fake certreq_tls12 other-field certificate_types where flagged nothing");
    field.num_values = 0;
    c = compared_fields(&field, 1);
    expect_signature(&c, "fake certreq_tls12 other-field certificate_types by fewer values where flagged nothing");
}

static void test_one_value_less_or_more(void **state)
{
    (void)state;
    oracle_value values[] = { algorithms[0], algorithms[1], algorithms[1] };
    oracle_field field = { CAUTH_FIELD_SUPPORTED_SIGNATURE_ALGORITHMS, true, 0, values, NULL };
    for (field.num_values = 0; field.num_values <= 3; field.num_values++) {
        comparison c = compared_fields(&field, 1);
        if (field.num_values == 2)
            expect_agreement(&c);
        else if (field.num_values < 2)
            expect_signature(
                &c,
                "fake certreq_tls12 other-field supported_signature_algorithms by fewer values where flagged nothing");
        else
            expect_signature(
                &c,
                "fake certreq_tls12 other-field supported_signature_algorithms by more values where flagged nothing");
    }
}

static void test_other_bytes(void **state)
{
    (void)state;
    uint8_t name[15];
    oracle_value value = { .span = { name, sizeof name } };
    oracle_field field = { CAUTH_FIELD_DISTINGUISHED_NAME, false, 1, &value, NULL };
    for (size_t i = 0; i < sizeof name; i++) {
        memcpy(name, request + 13, sizeof name);
        name[i] ^= 1;
        comparison c = compared_fields(&field, 1);
        expect_signature(&c, "fake certreq_tls12 other-field DistinguishedName where flagged nothing");
    }
    memcpy(name, request + 13, sizeof name);
    value.span.len--;
    comparison c = compared_fields(&field, 1);
    expect_signature(&c, "fake certreq_tls12 other-field DistinguishedName where flagged nothing");
}

/* What the library clears counts as it is only where it says so. */
static void test_cleared_bits(void **state)
{
    (void)state;
    uint8_t name[15];
    oracle_value value = { .span = { name, sizeof name }, .cleared_bits = 1 };
    oracle_field field = { CAUTH_FIELD_DISTINGUISHED_NAME, false, 1, &value, NULL };
    memcpy(name, request + 13, sizeof name);
    name[14] ^= 1; /* 'a' is odd */
    comparison c = compared_fields(&field, 1);
    expect_agreement(&c);
    value.cleared_bits = 0;
    c = compared_fields(&field, 1);
    expect_signature(&c, "fake certreq_tls12 other-field DistinguishedName where flagged nothing");
    value.cleared_bits = 1;
    name[14] = 'a';
    c = compared_fields(&field, 1);
    expect_signature(&c, "fake certreq_tls12 other-field DistinguishedName where flagged nothing");
    name[14] = 'a' ^ 3;
    c = compared_fields(&field, 1);
    expect_signature(&c, "fake certreq_tls12 other-field DistinguishedName where flagged nothing");
}

/* Of what is encoded anew only the number is compared. */
static void test_encoded_anew(void **state)
{
    (void)state;
    oracle_value values[] = { { .span = { request, 1 }, .encoded_anew = true }, { .encoded_anew = true } };
    oracle_field field = { CAUTH_FIELD_DISTINGUISHED_NAME, false, 1, values, NULL };
    comparison c = compared_fields(&field, 1);
    expect_agreement(&c);
    field.num_values = 2;
    c = compared_fields(&field, 1);
    expect_signature(&c, "fake certreq_tls12 other-field DistinguishedName by more values where flagged nothing");
}

static void test_number_is_no_span(void **state)
{
    (void)state;
    oracle_field field = { CAUTH_FIELD_CERTIFICATE_TYPES, false, NUM(types), types, NULL };
    comparison c = compared_fields(&field, 1);
    expect_signature(&c, "fake certreq_tls12 other-field certificate_types where flagged nothing");
}

static void test_two_fields_are_two_disagreements(void **state)
{
    (void)state;
    oracle_field fields[] = { known[0], known[1], known[2] };
    fields[0].num_values = 0;
    fields[2].num_values = 0;
    comparison c = compared_fields(fields, NUM(fields));
    assert_int_equal(c.num, 2);
    assert_int_equal(c.list[0].field, CAUTH_FIELD_CERTIFICATE_TYPES);
    assert_int_equal(c.list[1].field, CAUTH_FIELD_DISTINGUISHED_NAME);
}

/* A row about alerts that they go on to read says nothing of those before. */
static void test_row_of_more_alerts_asks_for_the_same_before(void **state)
{
    (void)state;
    static const uint8_t fatal_as_warning[] = { 21, 3, 3, 0, 2, 1, 40, 21, 3, 3, 0, 2, 1, 90 };
    static const struct {
        const char *oracle;
        const char *message;
        uint8_t theirs[2];
        size_t num;
        bool explained;
    } cases[] = {
        { "openssl", "alert_tls12_client", { 40, 90 }, 2, true },
        { "openssl", "alert_tls12_client", { 41, 90 }, 2, false },
        { "openssl", "alert_tls12_client", { 41 }, 1, false },
        { "openssl", "alert_tls12_client", { 0 }, 0, false }, /* fewer */
        { "openssl_before_hello", "alert_tls13_server", { 40, 90 }, 2, true },
        { "openssl_before_hello", "alert_tls13_server", { 41, 90 }, 2, false },
        { "openssl_before_hello", "alert_tls13_server", { 41 }, 1, false },
        { "openssl_before_hello", "alert_tls13_server", { 0 }, 0, true },
    };
    for (size_t i = 0; i < NUM(cases); i++) {
        oracle o = fake;
        const oracle_value values[] = { { .number = cases[i].theirs[0] }, { .number = cases[i].theirs[1] } };
        const oracle_field field = { CAUTH_FIELD_ALERT_DESCRIPTION, true, cases[i].num, values, NULL };
        o.name = cases[i].oracle;
        answer.fields = &field;
        answer.num_fields = 1;
        comparison c = compared_by(&o, cases[i].message, BYTES(fatal_as_warning));
        assert_int_equal(c.num, 1);
        if ((c.list[0].row != NULL) != cases[i].explained)
            fail_msg("case %zu: %s", i, cases[i].explained ? "not explained" : c.list[0].row->why);
    }
}

typedef struct {
    uint64_t tags[2];
    const char *values[2];
    size_t num;
    size_t num_findings;
} pieces_case;

static void check_pieces(cauth_bytes name, const pieces_case *of, size_t number)
{
    oracle_value tags[2] = { { .number = of->tags[0] }, { .number = of->tags[1] } };
    oracle_value values[2] = { { .number = 0 } };
    for (size_t i = 0; i < 2; i++)
        values[i].span = (cauth_bytes){ (const uint8_t *)of->values[i], strlen(of->values[i]) };
    const oracle_field fields[] = {
        { CAUTH_FIELD_ATTRIBUTE, true, of->num, tags, NULL },
        { CAUTH_FIELD_ATTRIBUTE_VALUE, false, of->num, values, NULL },
    };
    answer.fields = fields;
    answer.num_fields = NUM(fields);
    comparison c = compared_by(&fake, "name_tls10", name);
    assert_true(cauth_flags_has(&c.flags, CAUTH_DN_15));
    assert_int_equal(c.num, NUM(fields)); /* one of each: of what no row explains, no more is said */
    size_t findings = 0;
    for (size_t i = 0; i < c.num; i++)
        findings += c.list[i].row == NULL;
    if (findings != of->num_findings)
        fail_msg("case %zu: %zu findings", number, findings);
}

/* A constructed string is excused by what its pieces come to, of that value alone. */
static void test_row_of_constructed_values_asks_for_their_pieces(void **state)
{
    (void)state;
    /* CN=(c)(a) in two pieces, the second in an indefinite length of its own; O=b */
    static const uint8_t name[] = { 0x30, 33,   0x31, 19,  0x30, 17,   6, 3,  0x55, 4, 3,  0x2C,
                                    10,   4,    1,    'c', 0x24, 0x80, 4, 1,  'a',  0, 0,  0x31,
                                    10,   0x30, 8,    6,   3,    0x55, 4, 10, 12,   1, 'b' };
    static const pieces_case cases[] = {
        { { 12, 12 }, { "ca", "b" }, 2, 0 },   { { 12, 12 }, { "c", "b" }, 2, 1 },
        { { 12, 12 }, { "cb", "b" }, 2, 1 },   { { 12, 12 }, { "cab", "b" }, 2, 1 },
        { { 12, 12 }, { "", "b" }, 2, 1 },     { { 12, 12 }, { "ca", "c" }, 2, 1 },
        { { 12, 12 }, { "ca", "" }, 2, 1 },    { { 19, 12 }, { "ca", "b" }, 2, 1 },
        { { 12, 19 }, { "ca", "b" }, 2, 1 },   { { 12, 12 }, { "ca", "b" }, 1, 2 },
        { { 12, 0x2C }, { "ca", "b" }, 2, 1 }, /* it is theirs that is constructed */
    };
    /* O=b before it */
    static const uint8_t behind[] = { 0x30, 33,  0x31, 10,  0x30, 8,    6, 3, 0x55, 4, 10, 12,
                                      1,    'b', 0x31, 19,  0x30, 17,   6, 3, 0x55, 4, 3,  0x2C,
                                      10,   4,   1,    'c', 0x24, 0x80, 4, 1, 'a',  0, 0 };
    static const pieces_case cases_behind[] = {
        { { 12, 12 }, { "b", "ca" }, 2, 0 },
        { { 12, 12 }, { "c", "ca" }, 2, 1 },
        { { 19, 12 }, { "b", "ca" }, 2, 1 },
    };
    for (size_t i = 0; i < NUM(cases); i++)
        check_pieces(BYTES(name), &cases[i], i);
    for (size_t i = 0; i < NUM(cases_behind); i++)
        check_pieces(BYTES(behind), &cases_behind[i], NUM(cases) + i);
}

#define MOST_WAYS 3

typedef struct {
    field_difference difference;
    cauth_rule rule; /* of the row; none: a finding */
} explained_way;

/* As expected, but for the way of a row that is taken out. */
static void expect_ways(size_t i, const comparison *c, const explained_way expected[MOST_WAYS], const divergence *out)
{
    size_t num = 0;
    while (num < MOST_WAYS &&
           (num == 0 || expected[num].rule != CAUTH_RULE_NONE || expected[num].difference != IN_VALUES)) {
        cauth_rule rule = num < c->num && c->list[num].row != NULL ? c->list[num].row->rule : CAUTH_RULE_NONE;
        bool taken_out = out != NULL && out->rule == expected[num].rule;
        if (num >= c->num || c->list[num].difference != expected[num].difference)
            fail_msg("case %zu: way %zu is another", i, num);
        if (rule != (taken_out ? CAUTH_RULE_NONE : expected[num].rule))
            fail_msg("case %zu: way %zu is explained by %s", i, num, cauth_rule_info(rule)->id);
        num++;
    }
    if (c->num != num)
        fail_msg("case %zu: %zu ways", i, c->num);
}

/* A whole name that is encoded anew differs in what BER leaves free, each way with a row of its own,
 * whose flag is set. Each row is taken out in turn: then its way is a finding, and the others are explained as before.
 */
static void test_each_way_has_its_row(void **state)
{
    (void)state;
    static const struct {
        const char *message;
        const char *ours;
        const char *theirs;
        explained_way expected[MOST_WAYS];
    } cases[] = {
        /* each alone */
        { "name_tls10",
          "3080310a30080603550403 0c0161 0000",
          "300c310a30080603550403 0c0161",
          { { IN_INDEFINITE_LENGTHS, CAUTH_DN_06 } } },
        { "name_tls10",
          "30810c310a30080603550403 0c0161",
          "300c310a30080603550403 0c0161",
          { { IN_PADDED_LENGTHS, CAUTH_DN_07 } } },
        { "name_tls10",
          "300e310c300a0603550403 2c03040161",
          "300c310a30080603550403 0c0161",
          { { IN_CONSTRUCTED, CAUTH_DN_15 } } },
        { "name_tls12",
          "3016311430080603550403 0c016230080603550403 0c0161",
          "3016311430080603550403 0c016130080603550403 0c0162",
          { { IN_ORDER, CAUTH_DN_11 } } },
        { "name_tls12",
          "300d310b30090603550403 030207ff",
          "300d310b30090603550403 03020780",
          { { IN_UNUSED_BITS, CAUTH_DN_13 } } },
        { "name_tls12",
          "300d310b300906032a0304 030207ff",
          "300d310b300906032a0304 03020780",
          { { IN_UNUSED_BITS, CAUTH_LIM_04 } } },
        /* two and three */
        { "name_tls10",
          "3080310b300906032a0304 030207ff0000",
          "300d310b300906032a0304 03020780",
          { { IN_INDEFINITE_LENGTHS, CAUTH_DN_06 }, { IN_UNUSED_BITS, CAUTH_LIM_04 } } },
        { "name_tls10",
          "3080310b30810806032a0304 0301000000",
          "300c310a300806032a0304 030100",
          { { IN_INDEFINITE_LENGTHS, CAUTH_DN_06 }, { IN_PADDED_LENGTHS, CAUTH_DN_07 } } },
        { "name_tls12",
          "30173115300906032a0304 030207ff30080603550403 0c0162",
          "3017311530080603550403 0c0162300906032a0304 03020780",
          { { IN_ORDER, CAUTH_DN_11 }, { IN_UNUSED_BITS, CAUTH_LIM_04 } } },
        { "name_tls10",
          "3080 3116 300a0603550403 2c03040162 30080603550403 0c0161 0000",
          "3016 3114 30080603550403 0c0161 30080603550403 0c0162",
          { { IN_CONSTRUCTED, CAUTH_DN_15 }, { IN_INDEFINITE_LENGTHS, CAUTH_DN_06 }, { IN_ORDER, CAUTH_DN_11 } } },
        /* a way without its flag, behind one that has it */
        { "name_tls10",
          "3080310a30080603550403 0c0161 0000",
          "300d31810a30080603550403 0c0161",
          { { IN_INDEFINITE_LENGTHS, CAUTH_DN_06 }, { IN_PADDED_LENGTHS, CAUTH_RULE_NONE } } },
        { "name_tls12",
          "3016311430080603550403 0c016230080603550403 0c0161",
          "3080311430080603550403 0c016130080603550403 0c0162 0000",
          { { IN_INDEFINITE_LENGTHS, CAUTH_RULE_NONE }, { IN_ORDER, CAUTH_DN_11 } } },
        { "name_tls12",
          "3017311530080603550403 0c0162300906032a0304 030207ff",
          "30173115300906032a0304 0302078030080603550403 0c0162",
          { { IN_ORDER, CAUTH_RULE_NONE }, { IN_UNUSED_BITS, CAUTH_LIM_04 } } },
        /* what is no way at all: a BOOLEAN that is gone; and behind one, unused bits of what is no BIT STRING */
        { "name_tls12", "300c310a300806032a0304 010100", "30093107300506032a0304", { { IN_VALUES, CAUTH_RULE_NONE } } },
        { "name_tls12",
          "30173115300906032a0304 810207ff30080603550403 0c0162",
          "3017311530080603550403 0c0162300906032a0304 81020780",
          { { IN_VALUES, CAUTH_RULE_NONE } } },
    };
    for (size_t i = 0; i < NUM(cases); i++) {
        cauth_bytes in = exact_octets(cases[i].ours);
        const oracle_value value = { .span = exact_octets(cases[i].theirs) };
        const oracle_field field = { CAUTH_FIELD_NAME, false, 1, &value, NULL };
        const message *m = message_by_name(cases[i].message);
        comparison c;
        reset(NULL);
        answer.fields = &field;
        answer.num_fields = 1;
        compare(&fake, m, in, &c);
        expect_ways(i, &c, cases[i].expected, NULL);
        for (size_t j = 0; j < c.num; j++) {
            comparison without;
            if (c.list[j].row == NULL)
                continue;
            compare_without(c.list[j].row, &fake, m, in, &without);
            expect_ways(i, &without, cases[i].expected, c.list[j].row);
        }
        exact_free(in);
        exact_free(value.span);
    }
}

/* Findings in one field that differ in how, or in which part of it, are two. */
static void test_each_way_has_its_signature(void **state)
{
    (void)state;
    static char texts[33][SIGNATURE_SIZE];
    size_t num = 0;
    cauth_bytes in = exact_octets("3080310a30080603550403 0c0161 0000");
    const oracle_value value = { .span = exact_octets("300c310a30080603550403 0c0161") };
    const oracle_field field = { CAUTH_FIELD_NAME, false, 1, &value, NULL };
    const message *m = message_by_name("name_tls10");
    comparison explained;
    comparison c;
    reset(NULL);
    answer.fields = &field;
    answer.num_fields = 1;
    compare(&fake, m, in, &explained);
    assert_int_equal(explained.num, 1);
    compare_without(explained.list[0].row, &fake, m, in, &c);
    expect_signature(&c, "fake name_tls10 other-field Name by indefinite lengths where flagged DN-06");
    for (unsigned difference = IN_VALUES; difference <= THEIRS_SHORTER; difference++) {
        bool is_way = difference >= IN_CONSTRUCTED && difference <= IN_NO_STRING;
        for (unsigned part = 0; part < (is_way ? NUM_PARTS : 1u); part++) {
            assert_true(num < NUM(texts));
            c.list[0].difference = (field_difference)difference;
            c.list[0].part = (value_part)part;
            compare_signature(&c, &c.list[0], texts[num]);
            for (size_t i = 0; i < num; i++)
                assert_string_not_equal(texts[i], texts[num]);
            num++;
        }
    }
    assert_int_equal(num, NUM(texts));
    exact_free(in);
    exact_free(value.span);
}

/* --- streams --- */

static const uint8_t closed_then_bad_level[] = { 21, 3, 3, 0, 2, 1, 90, 21, 3, 3, 0, 2, 3, 0 };

/* What the library never read is not judged by us either. */
static void test_refused_stream_is_judged_as_far_as_they_read(void **state)
{
    (void)state;
    refuses(47);
    answer.judged = 7;
    comparison c = compared_by(&fake, "alert_tls12_client", BYTES(closed_then_bad_level));
    assert_int_equal(c.in.len, 7);
    expect_signature(&c, "fake alert_tls12_client they-reject alert 47 for '' where flagged nothing");
    answer.judged = sizeof closed_then_bad_level;
    c = compared_by(&fake, "alert_tls12_client", BYTES(closed_then_bad_level));
    expect_agreement(&c);
}

static void test_accepted_stream_is_judged_whole(void **state)
{
    (void)state;
    comparison c = compared_by(&fake, "alert_tls12_client", BYTES(closed_then_bad_level));
    expect_signature(&c, "fake alert_tls12_client they-accept record ALERT-02 AlertLevel");
}

/* --- the table --- */

static const oracle named[] = {
#define CAUTH_ORACLE(name, library) { #name, #library, version_text, version_number, judge, end },
#define CAUTH_COMPARED(name, message)
#define CAUTH_COMPARED_WHERE(name, message, feature)
#define CAUTH_GROUP(group, member)
#include "oracles.def"
#undef CAUTH_ORACLE
#undef CAUTH_COMPARED
#undef CAUTH_COMPARED_WHERE
#undef CAUTH_GROUP
};

static bool speaks_of_something(const divergence *row)
{
    for (size_t i = 0; i < num_messages; i++)
        for (size_t j = 0; j < NUM(named); j++)
            if (divergence_is_of(row, &named[j], messages[i].name))
                return true;
    return false;
}

/* A row may be about some oracles of a library: here that a record has another minor version, which is answered by an
 * alert once records are sealed. */
static void test_row_is_of_its_oracles(void **state)
{
    (void)state;
    static const uint8_t minor[] = { 21, 3, 2, 0, 2, 2, 40 };
    static const struct {
        const char *name;
        uint8_t alert;
        bool explained;
    } cases[] = {
        { "openssl", NO_ALERT, true },
        { "openssl_after_request", NO_ALERT, true },
        { "openssl_after_finished", NO_ALERT, false },
        { "openssl", 70, false },
        { "openssl_after_finished", 70, true },
    };
    for (size_t i = 0; i < NUM(cases); i++) {
        oracle o = fake;
        o.name = cases[i].name;
        refuses(cases[i].alert);
        answer.cause = "wrong version number";
        answer.judged = sizeof minor;
        comparison c = compared_by(&o, "alert_tls12_server", BYTES(minor));
        assert_int_equal(c.num, 1);
        assert_int_equal(c.list[0].row != NULL, cases[i].explained);
    }
}

/* Rows about the level of an alert of TLS 1.3 explain what is behind one whose level says otherwise, and nothing else.
 */
static void test_row_is_of_an_alerts_level(void **state)
{
    (void)state;
    static const struct {
        uint8_t level;
        uint8_t description;
        uint8_t next_length; /* of the record behind it */
        uint8_t alert;       /* NO_ALERT: they accept */
        bool explained;
    } cases[] = {
        { 2, 90, 0, NO_ALERT, true }, { 1, 90, 0, NO_ALERT, false }, /* we refuse the empty record */
        { 1, 40, 2, 10, true },       { 1, 90, 2, 10, false },       /* we accept */
        { 2, 90, 2, 10, true },       { 2, 40, 2, 10, false },
    };
    for (size_t i = 0; i < NUM(cases); i++) {
        oracle o = fake;
        const uint8_t in[] = { 21, 3, 3, 0, 2, cases[i].level, cases[i].description, 21, 3, 3, 0, cases[i].next_length,
                               2,  40 };
        cauth_bytes whole = { in, sizeof in - 2 + cases[i].next_length };
        o.name = "openssl_before_hello";
        reset(NULL);
        if (cases[i].alert != NO_ALERT)
            refuses(cases[i].alert);
        answer.cause = "too many warn alerts";
        answer.judged = whole.len;
        comparison c = compared_by(&o, "alert_tls13_server", whole);
        assert_int_equal(c.num, 1);
        assert_int_equal(c.list[0].row != NULL, cases[i].explained);
    }
}

/* A row without a flag asks that it is the record that they refuse which has the version of TLS 1.0. */
static void test_row_is_of_a_record_of_tls10(void **state)
{
    (void)state;
    static const struct {
        uint8_t minors[2]; /* of two records, a warning and a fatal alert */
        uint8_t alert;
        bool explained;
    } cases[] = {
        { { 3, 1 }, 50, true },
        { { 3, 3 }, 50, false },
        { { 1, 3 }, 50, false },
        { { 3, 1 }, 47, false },
    };
    for (size_t i = 0; i < NUM(cases); i++) {
        const uint8_t in[] = { 21, 3, cases[i].minors[0], 0, 2, 1, 90, 21, 3, cases[i].minors[1], 0, 2, 2, 40 };
        oracle o = fake;
        o.name = "openssl_plaintext";
        refuses(cases[i].alert);
        answer.cause = "wrong version number";
        answer.judged = sizeof in;
        comparison c = compared_by(&o, "alert_tls13_client", BYTES(in));
        assert_int_equal(c.num, 1);
        assert_int_equal(c.list[0].row != NULL, cases[i].explained);
    }
}

static bool same_key(const divergence *a, const divergence *b)
{
    return strcmp(a->library, b->library) == 0 && a->since == b->since && strcmp(a->messages, b->messages) == 0 &&
           a->kind == b->kind && a->rule == b->rule && a->field == b->field && a->alert == b->alert &&
           strcmp(a->causes, b->causes) == 0 && a->extension == b->extension && a->place == b->place &&
           a->also == b->also;
}

static bool is_about_types(cauth_rule rule)
{
    return rule == CAUTH_CR_13_08 || rule == CAUTH_CR_13_09 || rule == CAUTH_CERT_13_06 || rule == CAUTH_CERT_13_09;
}

static bool says_how_they_differ(divergence_place place)
{
    return place >= LONGER;
}

static bool is_of_a_record(divergence_place place)
{
    return place >= OF_AWAITED_RECORD && place <= OF_RECORD_OF_TLS10;
}

static void check_row(const divergence *row)
{
    const cauth_rule_row *rule = cauth_rule_info(row->rule);
    bool by_result = row->kind == THEY_ACCEPT || row->kind == OTHER_ALERT;
    assert_true(speaks_of_something(row));
    assert_true(row->since <= row->until);
    /* a refusal or a field that no flag explains says where it is */
    if (row->rule == CAUTH_RULE_NONE)
        assert_true(!by_result && row->place != ANYWHERE);
    if (row->kind == THEY_REJECT && row->place != ANYWHERE)
        assert_true(row->rule == CAUTH_RULE_NONE || is_of_a_record(row->place));
    assert_true(row->clause[0] != '\0' && row->why[0] != '\0' && row->evidence[0] != '\0');
    if (row->kind == THEY_ACCEPT || row->kind == OTHER_FIELD)
        assert_int_equal(row->alert, NO_ALERT);
    /* of a rule that we do not report, the place says what stands before it */
    if (row->also)
        assert_int_not_equal(row->place, ANYWHERE);
    /* an alert has a cause, or what is left without the fault has to have it */
    bool by_rest = row->place == NONE_TO_THEM || row->place == FOUND_LAST;
    assert_int_equal(row->kind == THEY_REJECT || row->also || (row->kind == OTHER_ALERT && !by_rest),
                     row->causes[0] != '\0');
    if (row->kind == THEY_REJECT)
        assert_int_equal(row->field, CAUTH_FIELD_NONE);
    if (row->kind == OTHER_FIELD)
        assert_int_not_equal(row->field, CAUTH_FIELD_NONE);
    /* that both read another value of a field is no divergence: a row says how they differ */
    assert_int_equal(row->kind == OTHER_FIELD, says_how_they_differ(row->place));
    /* of two faults, one is looked for by what is left without the other */
    if (by_rest)
        assert_int_equal(row->kind, OTHER_ALERT);
    /* the rules of the presentation language hold in every field: a row without one would be a wildcard */
    if (by_result && !row->also && strncmp(rule->id, "VEC-", 4) == 0)
        assert_int_not_equal(row->field, CAUTH_FIELD_NONE);
    /* the rules about types hold for every type that we know: a row speaks of one, or says which */
    if (by_result && !row->also && is_about_types(row->rule))
        assert_true(row->extension != -1 || row->place != ANYWHERE);
    /* what the level of an alert says is no anomaly to TLS 1.3: faults.h looks for it */
    if (row->rule != CAUTH_ALERT_14 && row->rule != CAUTH_RULE_NONE)
        assert_true(by_result ? rule->reject != 0 : rule->disposition != CAUTH_LEGAL);
}

static void test_rows_are_sound_and_distinct(void **state)
{
    (void)state;
    for (size_t i = 0; i < num_divergences; i++) {
        check_row(&divergences[i]);
        for (size_t j = 0; j < i; j++)
            assert_false(same_key(&divergences[i], &divergences[j]));
    }
}

static void test_alert_names(void **state)
{
    (void)state;
    char text[ALERT_TEXT_SIZE];
    alert_to_text(50, text);
    assert_string_equal(text, "decode_error(50)");
    alert_to_text(5, text);
    assert_string_equal(text, "undefined(5)");
    alert_to_text(NO_ALERT, text);
    assert_string_equal(text, "no alert");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_agreement, reset),
        cmocka_unit_test_setup(test_unsupported_is_no_disagreement, reset),
        cmocka_unit_test_setup(test_refusal_by_policy_is_no_disagreement, reset),
        cmocka_unit_test_setup(test_they_accept, reset),
        cmocka_unit_test_setup(test_they_reject, reset),
        cmocka_unit_test_setup(test_broken_string_is_no_value_of_another_kind, reset),
        cmocka_unit_test_setup(test_they_reject_the_flagged_item, reset),
        cmocka_unit_test_setup(test_they_reject_one_of_two_items, reset),
        cmocka_unit_test_setup(test_alert_families, reset),
        cmocka_unit_test_setup(test_bad_certificate_is_syntax_of_der_only, reset),
        cmocka_unit_test_setup(test_row_is_of_its_library_version_and_message, reset),
        cmocka_unit_test_setup(test_row_is_of_its_field, reset),
        cmocka_unit_test_setup(test_row_is_of_its_oracles, reset),
        cmocka_unit_test_setup(test_row_is_of_a_form_of_tag, reset),
        cmocka_unit_test_setup(test_row_is_of_a_padded_number, reset),
        cmocka_unit_test_setup(test_row_of_a_padded_number_asks_for_a_large_one, reset),
        cmocka_unit_test_setup(test_row_is_of_its_place, reset),
        cmocka_unit_test_setup(test_row_is_of_an_alerts_level, reset),
        cmocka_unit_test_setup(test_row_is_of_a_record_of_tls10, reset),
        cmocka_unit_test_setup(test_broken_is_what_they_refuse_alone, reset),
        cmocka_unit_test_setup(test_row_of_a_raw_key_asks_for_its_place, reset),
        cmocka_unit_test_setup(test_row_of_a_date_is_of_its_cause, reset),
        cmocka_unit_test_setup(test_empty_certificate_is_what_they_refuse, reset),
        cmocka_unit_test_setup(test_missing_response, reset),
        cmocka_unit_test_setup(test_long_key_algorithm, reset),
        cmocka_unit_test_setup(test_row_of_two_faults_asks_for_both, reset),
        cmocka_unit_test_setup(test_row_of_another_fault_asks_what_comes_first, reset),
        cmocka_unit_test_setup(test_row_of_three_faults_asks_for_each, reset),
        cmocka_unit_test_setup(test_row_of_an_item_asks_for_the_others, reset),
        cmocka_unit_test_setup(test_row_of_a_certificate_asks_for_the_others, reset),
        cmocka_unit_test_setup(test_ignored_extensions_are_taken_out_at_once, reset),
        cmocka_unit_test_setup(test_certificates_are_asked_about_once, reset),
        cmocka_unit_test_setup(test_row_is_of_a_records_header, reset),
        cmocka_unit_test_setup(test_fields_agree, reset),
        cmocka_unit_test_setup(test_other_value, reset),
        cmocka_unit_test_setup(test_what_is_shown, reset),
        cmocka_unit_test_setup(test_one_value_less_or_more, reset),
        cmocka_unit_test_setup(test_other_bytes, reset),
        cmocka_unit_test_setup(test_cleared_bits, reset),
        cmocka_unit_test_setup(test_encoded_anew, reset),
        cmocka_unit_test_setup(test_number_is_no_span, reset),
        cmocka_unit_test_setup(test_two_fields_are_two_disagreements, reset),
        cmocka_unit_test_setup(test_row_of_more_alerts_asks_for_the_same_before, reset),
        cmocka_unit_test_setup(test_row_of_constructed_values_asks_for_their_pieces, reset),
        cmocka_unit_test_setup(test_each_way_has_its_row, reset),
        cmocka_unit_test_setup(test_each_way_has_its_signature, reset),
        cmocka_unit_test_setup(test_refused_stream_is_judged_as_far_as_they_read, reset),
        cmocka_unit_test_setup(test_accepted_stream_is_judged_whole, reset),
        cmocka_unit_test(test_rows_are_sound_and_distinct),
        cmocka_unit_test(test_alert_names),
    };
    return cmocka_run_group_tests_name("compare", tests, NULL, NULL);
}
