/* The OpenSSL oracle: what it answers, what it shows, and that every row of divergences.def is true of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/err.h>

#include "compare.h"
#include "exact.h"
#include "files.h"

#define BYTES(array) ((cauth_bytes){ (array), sizeof(array) })

/* types 1, 64 · algorithms 0403, 0401 · one name: CN=ca */
static const uint8_t request[] = { 2,  1,    64, 0,    4, 4, 3, 4,    1, 0, 17, 0, 15,  0x30,
                                   13, 0x31, 11, 0x30, 9, 6, 3, 0x55, 4, 3, 12, 2, 'c', 'a' };
static const uint8_t no_certificate[] = { 0, 0, 0 };
static const uint8_t garbage_certificate[] = { 0, 0, 6, 0, 0, 3, 'a', 'b', 'c' };

/* One certificate of version 1: serial 1, from ca to me, 2020 to 2040, an RSA key of 16 bits, the signature "sig". */
static const uint8_t certificate[] = {
    0x00, 0x00, 0x8e, 0x00, 0x00, 0x8b, 0x30, 0x81, 0x88, 0x30, 0x71, 0x02, 0x01, 0x01, 0x30, 0x0d, 0x06, 0x09, 0x2a,
    0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b, 0x05, 0x00, 0x30, 0x0d, 0x31, 0x0b, 0x30, 0x09, 0x06, 0x03, 0x55,
    0x04, 0x03, 0x0c, 0x02, 0x63, 0x61, 0x30, 0x1e, 0x17, 0x0d, 0x32, 0x30, 0x30, 0x31, 0x30, 0x31, 0x30, 0x30, 0x30,
    0x30, 0x30, 0x30, 0x5a, 0x17, 0x0d, 0x34, 0x30, 0x30, 0x31, 0x30, 0x31, 0x30, 0x30, 0x30, 0x30, 0x30, 0x30, 0x5a,
    0x30, 0x0d, 0x31, 0x0b, 0x30, 0x09, 0x06, 0x03, 0x55, 0x04, 0x03, 0x0c, 0x02, 0x6d, 0x65, 0x30, 0x1f, 0x30, 0x0d,
    0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00, 0x03, 0x0e, 0x00, 0x30, 0x0b, 0x02,
    0x04, 0x00, 0xc3, 0x05, 0x07, 0x02, 0x03, 0x01, 0x00, 0x01, 0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7,
    0x0d, 0x01, 0x01, 0x0b, 0x05, 0x00, 0x03, 0x04, 0x00, 0x73, 0x69, 0x67,
};

static oracle_observation ask(const oracle *o, const char *name, cauth_bytes in)
{
    oracle_observation seen;
    const message *m = message_by_name(name);
    assert_non_null(m);
    cauth_bytes copy = exact_copy(in.ptr, in.len);
    o->judge(m, copy, &seen);
    exact_free(copy);
    assert_int_equal(ERR_peek_error(), 0);
    return seen;
}

static void expect_accept(const oracle *o, const char *name, cauth_bytes in)
{
    oracle_observation seen = ask(o, name, in);
    assert_int_equal(seen.verdict, ORACLE_ACCEPT);
}

static void expect_reject(const oracle *o, const char *name, cauth_bytes in, uint8_t alert)
{
    oracle_observation seen = ask(o, name, in);
    assert_int_equal(seen.verdict, ORACLE_REJECT);
    assert_int_equal(seen.alert.description, alert);
    assert_int_equal(seen.alert.level, alert == CAUTH_NO_ALERT ? 0 : 2);
    assert_true(seen.reason[0] != '\0');
}

static const oracle_field *field_of(const oracle_observation *seen, cauth_field field)
{
    for (size_t i = 0; i < seen->num_fields; i++)
        if (seen->fields[i].field == field)
            return &seen->fields[i];
    fail_msg("%s is not visible", cauth_field_name(field));
    return NULL;
}

/* Verdicts and alerts that RFC 5246 leaves no choice about, but for certificate lists, where OpenSSL's is documented.
 */
static void test_request_verdicts(void **state)
{
    (void)state;
    uint8_t longer[sizeof request + 1] = { 0 };
    memcpy(longer, request, sizeof request);
    expect_accept(&oracle_openssl, "certreq_tls12", BYTES(request));
    expect_reject(&oracle_openssl, "certreq_tls12", BYTES(longer), 50);
    for (size_t len = 0; len < sizeof request; len++) {
        oracle_observation seen = ask(&oracle_openssl, "certreq_tls12", (cauth_bytes){ request, len });
        assert_int_equal(seen.verdict, ORACLE_REJECT);
    }
    expect_accept(&oracle_openssl, "certreq_tls12", BYTES(request));
}

static void test_request_fields(void **state)
{
    (void)state;
    oracle_observation seen = ask(&oracle_openssl, "certreq_tls12", BYTES(request));
    const oracle_field *types = field_of(&seen, CAUTH_FIELD_CERTIFICATE_TYPES);
    const oracle_field *algorithms = field_of(&seen, CAUTH_FIELD_SUPPORTED_SIGNATURE_ALGORITHMS);
    const oracle_field *names = field_of(&seen, CAUTH_FIELD_DISTINGUISHED_NAME);
    assert_true(types->numbers && algorithms->numbers && !names->numbers);
    assert_int_equal(types->num_values, 2);
    assert_int_equal(types->values[0].number, 1);
    assert_int_equal(types->values[1].number, 64);
    assert_int_equal(algorithms->num_values, 2);
    assert_int_equal(algorithms->values[0].number, 0x0403);
    assert_int_equal(algorithms->values[1].number, 0x0401);
    assert_int_equal(names->num_values, 1);
    assert_int_equal(names->values[0].span.len, 15);
    assert_memory_equal(names->values[0].span.ptr, request + 13, 15);
}

/* Four full records: the message is cut where records end. */
static void test_request_of_many_records(void **state)
{
    (void)state;
    enum { NAMES = 3800, ITEM = 17, LEN = 1 + 1 + 2 + 2 + 2 + NAMES * ITEM };
    uint8_t *body = malloc(LEN);
    assert_non_null(body);
    const uint8_t head[] = { 1, 1, 0, 2, 4, 1, NAMES * ITEM / 256, NAMES * ITEM % 256 };
    memcpy(body, head, sizeof head);
    for (size_t i = 0; i < NAMES; i++)
        memcpy(body + sizeof head + i * ITEM, request + 11, ITEM);
    oracle_observation seen = ask(&oracle_openssl, "certreq_tls12", (cauth_bytes){ body, LEN });
    assert_int_equal(seen.verdict, ORACLE_ACCEPT);
    assert_int_equal(field_of(&seen, CAUTH_FIELD_DISTINGUISHED_NAME)->num_values, NAMES);
    free(body);
}

static void test_certificate_verdicts(void **state)
{
    (void)state;
    expect_accept(&oracle_openssl, "cert_tls12_client", BYTES(certificate));
    expect_accept(&oracle_openssl, "cert_tls12_server", BYTES(certificate));
    expect_accept(&oracle_openssl, "cert_tls12_client", BYTES(no_certificate));
    expect_reject(&oracle_openssl, "cert_tls12_server", BYTES(no_certificate), 50);
    expect_reject(&oracle_openssl, "cert_tls12_client", BYTES(garbage_certificate), 50);
    expect_reject(&oracle_openssl, "cert_tls12_server", BYTES(garbage_certificate), 42);
}

/* A server that insists on a certificate answers handshake_failure (RFC 5246 §7.4.6): policy, no fault of the message.
 */
static void test_required_certificate(void **state)
{
    (void)state;
    oracle_observation seen = ask(&oracle_openssl_required, "cert_tls12_client", BYTES(no_certificate));
    assert_int_equal(seen.verdict, ORACLE_REJECT);
    assert_true(seen.by_policy);
    assert_int_equal(seen.alert.description, 40);
    seen = ask(&oracle_openssl_required, "cert_tls12_client", BYTES(garbage_certificate));
    assert_int_equal(seen.verdict, ORACLE_REJECT);
    assert_false(seen.by_policy);
    assert_int_equal(seen.alert.description, 50);
}

static void test_alert_verdicts(void **state)
{
    (void)state;
    static const char *const names[] = { "alert_tls12_client", "alert_tls12_server" };
    static const uint8_t fatal[] = { 21, 3, 3, 0, 2, 2, 40 };
    static const uint8_t warnings[] = { 21, 3, 3, 0, 2, 1, 90, 21, 3, 3, 0, 2, 1, 0 };
    static const uint8_t level[] = { 21, 3, 3, 0, 2, 3, 40 };
    static const uint8_t two[] = { 21, 3, 3, 0, 4, 1, 90, 1, 0 };
    for (size_t i = 0; i < 2; i++) {
        expect_accept(&oracle_openssl, names[i], (cauth_bytes){ NULL, 0 });
        oracle_observation seen = ask(&oracle_openssl, names[i], BYTES(fatal));
        assert_int_equal(seen.verdict, ORACLE_ACCEPT);
        assert_int_equal(field_of(&seen, CAUTH_FIELD_ALERT_LEVEL)->values[0].number, 2);
        assert_int_equal(field_of(&seen, CAUTH_FIELD_ALERT_DESCRIPTION)->values[0].number, 40);
        seen = ask(&oracle_openssl, names[i], BYTES(warnings));
        assert_int_equal(seen.verdict, ORACLE_ACCEPT);
        assert_int_equal(field_of(&seen, CAUTH_FIELD_ALERT_DESCRIPTION)->num_values, 2);
        expect_reject(&oracle_openssl, names[i], BYTES(level), 47);
        expect_reject(&oracle_openssl, names[i], BYTES(two), 10);
    }
}

static void test_refused_stream_is_measured(void **state)
{
    (void)state;
    static const uint8_t second_of_three[] = { 21, 3, 3, 0, 2, 1, 90, 21, 3, 3, 0, 2, 3, 0, 21, 3, 3, 0, 2, 1, 0 };
    oracle_observation seen = ask(&oracle_openssl, "alert_tls12_server", BYTES(second_of_three));
    assert_int_equal(seen.verdict, ORACLE_REJECT);
    assert_int_equal(seen.judged, 14);
}

static void test_what_cannot_be_asked(void **state)
{
    (void)state;
    static const uint8_t handshake[] = { 21, 3, 3, 0, 2, 1, 90, 22, 3, 3, 0, 1, 14 };
    static const uint8_t closed[] = { 21, 3, 3, 0, 2, 1, 0, 22, 3, 3, 0, 1, 14 };
    oracle_observation seen = ask(&oracle_openssl, "alert_tls12_client", BYTES(handshake));
    assert_int_equal(seen.verdict, ORACLE_UNSUPPORTED);
    expect_accept(&oracle_openssl, "alert_tls12_client", BYTES(closed)); /* never read that far */
    seen = ask(&oracle_openssl, "certreq_tls13", BYTES(request));
    assert_int_equal(seen.verdict, ORACLE_UNSUPPORTED);
    seen = ask(&oracle_openssl_required, "certreq_tls12", BYTES(request));
    assert_int_equal(seen.verdict, ORACLE_UNSUPPORTED);

    enum { TOO_LONG = 0x1000000 };
    uint8_t *body = calloc(1, TOO_LONG);
    assert_non_null(body);
    oracle_openssl.judge(message_by_name("cert_tls12_client"), (cauth_bytes){ body, TOO_LONG }, &seen);
    assert_int_equal(seen.verdict, ORACLE_UNSUPPORTED);
    free(body);
}

static void test_starts_again_after_end(void **state)
{
    (void)state;
    expect_accept(&oracle_openssl, "certreq_tls12", BYTES(request));
    oracle_openssl.end();
    oracle_openssl.end();
    expect_accept(&oracle_openssl, "certreq_tls12", BYTES(request));
    expect_reject(&oracle_openssl, "cert_tls12_client", BYTES(garbage_certificate), 50);
}

/* --- the fields are really compared: cauth reads one message, OpenSSL another --- */

static cauth_bytes instead;

static void judge_instead(const message *m, cauth_bytes in, oracle_observation *out)
{
    (void)in;
    oracle_openssl.judge(m, instead, out);
}

static void expect_difference(const char *name, cauth_bytes ours, cauth_bytes theirs, cauth_field field)
{
    oracle other = oracle_openssl;
    comparison c;
    other.judge = judge_instead;
    instead = ours;
    compare(&other, message_by_name(name), ours, &c);
    assert_int_equal(c.num, 0);
    instead = theirs;
    compare(&other, message_by_name(name), ours, &c);
    assert_int_equal(c.num, 1);
    assert_int_equal(c.list[0].kind, OTHER_FIELD);
    assert_int_equal(c.list[0].field, field);
    assert_null(c.list[0].row);
}

static void expect_request_difference(size_t at, uint8_t value, cauth_field field)
{
    uint8_t altered[sizeof request];
    memcpy(altered, request, sizeof request);
    altered[at] = value;
    expect_difference("certreq_tls12", BYTES(request), BYTES(altered), field);
}

static void test_altered_request(void **state)
{
    (void)state;
    expect_request_difference(1, 2, CAUTH_FIELD_CERTIFICATE_TYPES);
    expect_request_difference(8, 3, CAUTH_FIELD_SUPPORTED_SIGNATURE_ALGORITHMS);
    expect_request_difference(sizeof request - 1, 'b', CAUTH_FIELD_DISTINGUISHED_NAME);
}

static void test_altered_alert(void **state)
{
    (void)state;
    static const uint8_t alert[] = { 21, 3, 3, 0, 2, 1, 46 };
    static const uint8_t description[] = { 21, 3, 3, 0, 2, 1, 45 };
    static const uint8_t level[] = { 21, 3, 3, 0, 2, 2, 46 };
    expect_difference("alert_tls12_client", BYTES(alert), BYTES(description), CAUTH_FIELD_ALERT_DESCRIPTION);
    expect_difference("alert_tls12_client", BYTES(alert), BYTES(level), CAUTH_FIELD_ALERT_LEVEL);
}

static void test_altered_certificate(void **state)
{
    (void)state;
    uint8_t altered[sizeof certificate];
    memcpy(altered, certificate, sizeof certificate);
    altered[sizeof altered - 1] = 'G'; /* the last byte of the signature */
    expect_difference("cert_tls12_client", BYTES(certificate), BYTES(altered), CAUTH_FIELD_ASN1_CERT);
    expect_difference("cert_tls12_server", BYTES(certificate), BYTES(altered), CAUTH_FIELD_ASN1_CERT);
}

/* --- divergences.def --- */

static bool speaks_of(const divergence *row, const char *library, const char *name, const char *group)
{
    return strcmp(row->library, library) == 0 &&
           (strcmp(row->messages, name) == 0 || strcmp(row->messages, group) == 0);
}

static cauth_bytes read_corpus(const char *path)
{
    char whole[4096];
    cauth_bytes content = { NULL, 0 };
    const char *error = NULL;
    snprintf(whole, sizeof whole, "%s/%s", CAUTH_CORPUS, path);
    if (!file_read(whole, &content, &error))
        fail_msg("%s: %s", whole, error);
    return content;
}

static void expect_shown(const divergence *row, const oracle *o, const char *name, cauth_bytes evidence)
{
    comparison c;
    char text[SIGNATURE_SIZE];
    compare(o, message_by_name(name), evidence, &c);
    for (size_t i = 0; i < c.num; i++) {
        if (c.list[i].row == row)
            return;
        compare_signature(&c, &c.list[i], text);
        print_message("%s\n", text);
    }
    fail_msg("%s does not show: %s (%s %s)", row->evidence, row->why, o->name, name);
}

/* The rows that speak of the linked version; for each message of a group its evidence must show it. */
static void test_every_row_is_shown_by_its_evidence(void **state)
{
    (void)state;
    uint32_t version = oracle_openssl.version_number();
    for (size_t i = 0; i < num_divergences; i++) {
        const divergence *row = &divergences[i];
        if (version < row->since || version > row->until)
            continue;
        cauth_bytes evidence = read_corpus(row->evidence);
#define CAUTH_ORACLE(name, library)
#define CAUTH_COMPARED(name, message, group)                                                                           \
    if (speaks_of(row, oracle_##name.library, #message, #group))                                                       \
        expect_shown(row, &oracle_##name, #message, evidence);
#include "oracles.def"
#undef CAUTH_ORACLE
#undef CAUTH_COMPARED
        exact_free(evidence);
    }
}

static int end_oracle(void **state)
{
    (void)state;
    oracle_openssl.end();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_request_verdicts),
        cmocka_unit_test(test_request_fields),
        cmocka_unit_test(test_request_of_many_records),
        cmocka_unit_test(test_certificate_verdicts),
        cmocka_unit_test(test_required_certificate),
        cmocka_unit_test(test_alert_verdicts),
        cmocka_unit_test(test_refused_stream_is_measured),
        cmocka_unit_test(test_what_cannot_be_asked),
        cmocka_unit_test(test_starts_again_after_end),
        cmocka_unit_test(test_altered_request),
        cmocka_unit_test(test_altered_alert),
        cmocka_unit_test(test_altered_certificate),
        cmocka_unit_test(test_every_row_is_shown_by_its_evidence),
    };
    return cmocka_run_group_tests_name("oracle_openssl", tests, NULL, end_oracle);
}
