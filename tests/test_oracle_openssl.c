/* The OpenSSL oracle: what it answers, what it shows, and that every row of divergences.def is true of it. */
#define _POSIX_C_SOURCE 200809L /* popen */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/err.h>

#include "cauth/extension.h"
#include "cauth/writer.h"
#include "compare.h"
#include "corpus_file.h"
#include "digest.h"
#include "exact.h"
#include "openssl_alike.h"
#include "openssl_wire.h"

#define BYTES(array) ((cauth_bytes){ (array), sizeof(array) })

/* types 1, 64 · algorithms 0403, 0401 · one name: CN=ca */
static const uint8_t request[] = { 2,  1,    64, 0,    4, 4, 3, 4,    1, 0, 17, 0, 15,  0x30,
                                   13, 0x31, 11, 0x30, 9, 6, 3, 0x55, 4, 3, 12, 2, 'c', 'a' };
/* How this program is run to print digest_of_all. */
static char self[4096];

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

/* no context · signature_algorithms 0403, 0804 · signature_algorithms_cert 0401 · one name: CN=ca */
static const uint8_t request13[] = { 0,  0,    41, 0,    13, 0, 6, 0,    4, 4,  3,  8,  4,   0,  50,
                                     0,  4,    0,  2,    4,  1, 0, 47,   0, 19, 0,  17, 0,   15, 0x30,
                                     13, 0x31, 11, 0x30, 9,  6, 3, 0x55, 4, 3,  12, 2,  'c', 'a' };
/* a context of 2 octets, and signature_algorithms 0403 */
static const uint8_t request13_post[] = { 2, 7, 8, 0, 8, 0, 13, 0, 4, 0, 2, 4, 3 };
static const uint8_t no_certificate13[] = { 0, 0, 0, 0 };

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

static void test_request13(void **state)
{
    (void)state;
    static const char *const names[] = { "certreq_tls13", "certreq_tls13_post" };
    uint8_t longer[sizeof request13 + 1] = { 0 };
    memcpy(longer, request13, sizeof request13);
    for (size_t i = 0; i < 2; i++) {
        oracle_observation seen = ask(&oracle_openssl, names[i], BYTES(request13));
        assert_int_equal(seen.verdict, ORACLE_ACCEPT);
        const oracle_field *schemes = field_of(&seen, CAUTH_FIELD_SIGNATURE_ALGORITHMS);
        const oracle_field *cert = field_of(&seen, CAUTH_FIELD_SIGNATURE_ALGORITHMS_CERT);
        const oracle_field *authorities = field_of(&seen, CAUTH_FIELD_DISTINGUISHED_NAME);
        assert_int_equal(schemes->num_values, 2);
        assert_int_equal(schemes->values[1].number, 0x0804);
        assert_int_equal(cert->num_values, 1);
        assert_int_equal(cert->values[0].number, 0x0401);
        assert_int_equal(authorities->num_values, 1);
        assert_memory_equal(authorities->values[0].span.ptr, request13 + 29, 15);
        expect_reject(&oracle_openssl, names[i], BYTES(longer), 50);
        for (size_t len = 0; len < sizeof request13; len++) {
            seen = ask(&oracle_openssl, names[i], (cauth_bytes){ request13, len });
            assert_int_equal(seen.verdict, ORACLE_REJECT);
        }
    }
    oracle_observation seen = ask(&oracle_openssl, "certreq_tls13_post", BYTES(request13_post));
    const oracle_field *context = field_of(&seen, CAUTH_FIELD_CERTIFICATE_REQUEST_CONTEXT);
    assert_int_equal(context->num_values, 1);
    assert_int_equal(context->values[0].span.len, 2);
    assert_memory_equal(context->values[0].span.ptr, request13_post + 1, 2);
}

/* The certificate of this file as a message of TLS 1.3, without extensions. */
static cauth_bytes certificate13(uint8_t last, uint8_t bytes[sizeof certificate + 3])
{
    const uint8_t head[] = { 0, 0, 0, sizeof certificate - 3 + 2 };
    memcpy(bytes, head, sizeof head);
    memcpy(bytes + 4, certificate + 3, sizeof certificate - 3);
    bytes[sizeof certificate] = last; /* of the signature */
    bytes[sizeof certificate + 1] = bytes[sizeof certificate + 2] = 0;
    return (cauth_bytes){ bytes, sizeof certificate + 3 };
}

static void test_certificate13(void **state)
{
    (void)state;
    static const char *const names[] = { "cert_tls13_client", "cert_tls13_server" };
    uint8_t bytes[sizeof certificate + 3];
    cauth_bytes whole = certificate13('g', bytes);
    for (size_t i = 0; i < 2; i++) {
        oracle_observation seen = ask(&oracle_openssl, names[i], whole);
        assert_int_equal(seen.verdict, ORACLE_ACCEPT);
        const oracle_field *chain = field_of(&seen, CAUTH_FIELD_CERT_DATA);
        assert_int_equal(chain->num_values, 1);
        assert_int_equal(chain->values[0].span.len, sizeof certificate - 6);
        assert_memory_equal(chain->values[0].span.ptr, certificate + 6, sizeof certificate - 6);
        for (size_t len = 0; len < whole.len; len++) {
            seen = ask(&oracle_openssl, names[i], (cauth_bytes){ bytes, len });
            assert_int_equal(seen.verdict, ORACLE_REJECT);
        }
    }
    expect_accept(&oracle_openssl, "cert_tls13_client", BYTES(no_certificate13));
    expect_reject(&oracle_openssl, "cert_tls13_server", BYTES(no_certificate13), 50);
    oracle_observation seen = ask(&oracle_openssl_required, "cert_tls13_client", BYTES(no_certificate13));
    assert_true(seen.by_policy);
    assert_int_equal(seen.alert.description, 116); /* certificate_required */
}

/* After the handshake a Certificate has the context of the server's request, which is as long as theirs always is, or
 * of another length. */
static void test_certificate13_post(void **state)
{
    (void)state;
    static const char *const name = "cert_tls13_client_post";
    uint8_t bytes[sizeof certificate + 3];
    cauth_bytes without = certificate13('g', bytes);
    for (unsigned len = 0; len < 256; len++) {
        uint8_t whole[256 + sizeof bytes];
        memset(whole, (int)len, sizeof whole);
        memcpy(whole + 1 + len, bytes + 1, without.len - 1);
        oracle_observation seen = ask(&oracle_openssl, name, (cauth_bytes){ whole, len + without.len });
        assert_int_equal(seen.verdict, ORACLE_ACCEPT);
        assert_int_equal(field_of(&seen, CAUTH_FIELD_CERT_DATA)->num_values, 1);
        assert_int_equal(field_of(&seen, CAUTH_FIELD_CERT_DATA)->values[0].span.len, sizeof certificate - 6);
        if (len == 32) {
            assert_int_equal(field_of(&seen, CAUTH_FIELD_CERTIFICATE_REQUEST_CONTEXT)->num_values, 1);
            assert_memory_equal(field_of(&seen, CAUTH_FIELD_CERTIFICATE_REQUEST_CONTEXT)->values[0].span.ptr, whole + 1,
                                32);
        }
        for (size_t cut = 0; len % 16 == 0 && cut < len + without.len; cut++) {
            seen = ask(&oracle_openssl, name, (cauth_bytes){ whole, cut });
            assert_int_equal(seen.verdict, ORACLE_REJECT);
            assert_int_equal(seen.alert.description, 50);
        }
    }
    expect_accept(&oracle_openssl, name, BYTES(no_certificate13));
    oracle_observation seen = ask(&oracle_openssl_required, name, BYTES(no_certificate13));
    assert_true(seen.by_policy);
    assert_int_equal(seen.alert.description, 116); /* certificate_required */
}

/* Why the linked library cannot be asked about a message that it is compared on; NULL: it can. */
static const char *lacks(const char *name)
{
    for (size_t i = 0; i < num_oracles_compared; i++)
        if (oracles_compared[i].oracle == &oracle_openssl && strcmp(oracles_compared[i].message, name) == 0)
            return oracles_compared[i].lacks;
    fail_msg("%s is not compared", name);
    return NULL;
}

/* What is inside decides about a CompressedCertificate only where its own framing is right: then it is policy. An
 * algorithm that was not offered cannot be judged, but the reserved one. */
static void test_compressed_certificate(void **state)
{
    (void)state;
    static const char *const name = "compressed_tls13";
    static const uint8_t brotli[] = { 0, 2, 0, 0, 16, 0, 0, 1, 7 };
    static const uint8_t reserved[] = { 0, 0, 0, 0, 16, 0, 0, 1, 7 };
    static const uint8_t no_stream[] = { 0, 1, 0, 0, 16, 0, 0, 1, 7 };
    static const uint8_t above_limit[] = { 0, 1, 4, 0, 1, 0, 0, 1, 7 };
    static const uint8_t at_limit[] = { 0, 1, 4, 0, 0, 0, 0, 1, 7 };
    cauth_bytes whole = read_corpus("compressed_tls13/rc-strict-zlib");
    oracle_observation seen = ask(&oracle_openssl, name, whole);
    if (lacks(name) != NULL) {
        assert_int_equal(seen.verdict, ORACLE_UNSUPPORTED);
        print_message("%s lacks %s\n", oracle_openssl.version(), lacks(name));
        exact_free(whole);
        skip();
    }
    assert_int_equal(seen.verdict, ORACLE_ACCEPT);
    for (size_t len = 0; len < whole.len; len++) {
        seen = ask(&oracle_openssl, name, (cauth_bytes){ whole.ptr, len });
        assert_int_equal(seen.verdict, ORACLE_REJECT);
        assert_false(seen.by_policy);
        assert_int_equal(seen.alert.description, len < 8 ? 42 : 50);
    }
    exact_free(whole);
    seen = ask(&oracle_openssl, name, BYTES(brotli));
    assert_int_equal(seen.verdict, ORACLE_UNSUPPORTED);
    expect_reject(&oracle_openssl, name, BYTES(reserved), 47);
    expect_reject(&oracle_openssl, name, BYTES(above_limit), 42);
    seen = ask(&oracle_openssl, name, BYTES(at_limit));
    assert_true(seen.by_policy);
    seen = ask(&oracle_openssl, name, BYTES(no_stream));
    assert_true(seen.by_policy);
    assert_int_equal(seen.alert.description, 42);
}

static cauth_bytes raw_key_of(const char *name, const char *algorithm)
{
    char path[128];
    snprintf(path, sizeof path, "%s/gnutls-%s-raw-%s", name, name + strlen("rawkey_"), algorithm);
    return read_corpus(path);
}

/* The message ends with the key, and in TLS 1.3 two octets. */
static void check_raw_key(const char *name, const char *algorithm, bool tls13)
{
    cauth_bytes whole = raw_key_of(name, algorithm);
    oracle_observation seen = ask(&oracle_openssl, name, whole);
    const oracle_field *key = field_of(&seen, tls13 ? CAUTH_FIELD_CERT_DATA : CAUTH_FIELD_SUBJECT_PUBLIC_KEY_INFO);
    size_t start = tls13 ? 7 : 3; /* behind context and lengths */
    size_t len = whole.len - start - (tls13 ? 2 : 0);
    assert_int_equal(seen.verdict, ORACLE_ACCEPT);
    assert_int_equal(key->num_values, 1);
    assert_false(key->values[0].encoded_anew);
    assert_int_equal(key->values[0].span.len, len);
    assert_memory_equal(key->values[0].span.ptr, whole.ptr + start, len);
    for (size_t cut = 0; cut < whole.len; cut++)
        expect_reject(&oracle_openssl, name, (cauth_bytes){ whole.ptr, cut }, 50);
    exact_free(whole);
}

/* A key that the library cannot use says nothing about the message. */
static void check_unusable_key(const char *name)
{
    cauth_bytes whole = raw_key_of(name, "ed25519");
    oracle_observation seen = ask(&oracle_openssl, name, whole);
    assert_int_equal(seen.verdict, ORACLE_UNSUPPORTED);
    exact_free(whole);
}

static void check_no_key(const char *name, cauth_bytes none, uint8_t alert)
{
    expect_accept(&oracle_openssl, name, none);
    oracle_observation seen = ask(&oracle_openssl_required, name, none);
    assert_int_equal(seen.verdict, ORACLE_REJECT);
    assert_true(seen.by_policy);
    assert_int_equal(seen.alert.description, alert);
}

static void test_raw_public_key(void **state)
{
    (void)state;
    static const char *const names[] = { "rawkey_tls12", "rawkey_tls13" };
    for (size_t i = 0; i < 2; i++) {
        check_unusable_key(names[i]);
        if (lacks(names[i]) != NULL) {
            print_message("%s lacks %s\n", oracle_openssl.version(), lacks(names[i]));
            skip();
        }
        check_raw_key(names[i], "rsa", i == 1);
        check_raw_key(names[i], "p256", i == 1);
        check_no_key(names[i], i == 1 ? BYTES(no_certificate13) : BYTES(no_certificate), i == 1 ? 116 : 40);
    }
}

/* Framing is judged before the signature, which is wrong: that is policy. An algorithm nobody asked for cannot be
 * judged.
 */
static void test_certificate_verify(void **state)
{
    (void)state;
    static const uint8_t signature[] = { 0, 2, 1, 2 };
    static const uint8_t with_algorithm[] = { 4, 1, 0, 2, 1, 2 };
    static const uint8_t with_algorithm13[] = { 4, 3, 0, 2, 1, 2 };
    static const uint8_t unasked[] = { 0xff, 0xff, 0, 2, 1, 2 };
    static const uint8_t longer[] = { 4, 1, 0, 2, 1, 2, 3 };
    oracle_observation seen = ask(&oracle_openssl, "certverify_tls10", BYTES(signature));
    assert_true(seen.by_policy);
    assert_int_equal(seen.alert.description, 51);
    seen = ask(&oracle_openssl, "certverify_tls12", BYTES(with_algorithm));
    assert_true(seen.by_policy);
    seen = ask(&oracle_openssl, "certverify_tls13", BYTES(with_algorithm13));
    assert_true(seen.by_policy);
    seen = ask(&oracle_openssl, "certverify_tls12", BYTES(unasked));
    assert_int_equal(seen.verdict, ORACLE_UNSUPPORTED);
    expect_reject(&oracle_openssl, "certverify_tls12", BYTES(longer), 50);
    expect_reject(&oracle_openssl, "certverify_tls10", (cauth_bytes){ signature, 3 }, 50);
    expect_reject(&oracle_openssl, "certverify_tls13", (cauth_bytes){ with_algorithm13, 5 }, 50);
}

static void test_alerts13(void **state)
{
    (void)state;
    static const char *const names[] = { "alert_tls13_client", "alert_tls13_server" };
    static const uint8_t fatal[] = { 21, 3, 3, 0, 2, 2, 40 };
    static const uint8_t two[] = { 21, 3, 3, 0, 4, 1, 90, 1, 0 };
    static const uint8_t data[] = { 21, 3, 3, 0, 2, 1, 90, 23, 3, 3, 0, 1, 0 };
    static const uint8_t closed[] = { 21, 3, 3, 0, 2, 1, 0, 23, 3, 3, 0, 1, 0 };
    for (size_t i = 0; i < 2; i++) {
        oracle_observation seen = ask(&oracle_openssl, names[i], BYTES(fatal));
        assert_int_equal(seen.verdict, ORACLE_ACCEPT);
        assert_int_equal(field_of(&seen, CAUTH_FIELD_ALERT_LEVEL)->values[0].number, 2);
        assert_int_equal(field_of(&seen, CAUTH_FIELD_ALERT_DESCRIPTION)->values[0].number, 40);
        seen = ask(&oracle_openssl, names[i], BYTES(two));
        assert_int_equal(seen.verdict, ORACLE_REJECT);
        assert_int_equal(seen.judged, sizeof two);
        seen = ask(&oracle_openssl, names[i], BYTES(data));
        assert_int_equal(seen.verdict, ORACLE_UNSUPPORTED);
        expect_accept(&oracle_openssl, names[i], BYTES(closed)); /* never read that far */
    }
}

/* Later in the handshake, and after it, an alert means the same; the oracle itself fails when it does not get there. */
static void test_alerts_in_each_phase(void **state)
{
    (void)state;
    size_t asked = 0;
    for (size_t i = 0; i < num_oracles_compared; i++) {
        const oracle *o = oracles_compared[i].oracle;
        const message *m = message_by_name(oracles_compared[i].message);
        if (strcmp(m->layout, "alerts") != 0)
            continue;
        const uint8_t minor = (uint8_t)(m->version == CAUTH_TLS13 ? 3 : m->version - CAUTH_SSL30);
        const uint8_t fatal[] = { 21, 3, minor, 0, 2, 2, 40 };
        const uint8_t level[] = { 21, 3, minor, 0, 2, 3, 40 };
        oracle_observation seen = ask(o, m->name, BYTES(fatal));
        assert_int_equal(seen.verdict, ORACLE_ACCEPT);
        assert_int_equal(field_of(&seen, CAUTH_FIELD_ALERT_DESCRIPTION)->num_values, 1);
        assert_int_equal(field_of(&seen, CAUTH_FIELD_ALERT_DESCRIPTION)->values[0].number, 40);
        if (m->version != CAUTH_TLS13 || o == &oracle_openssl_before_hello)
            expect_reject(o, m->name, BYTES(level), 47);
        expect_accept(o, m->name, (cauth_bytes){ NULL, 0 });
        asked++;
    }
    assert_int_equal(asked, 4 + 8 + 1 + 8 + 4 + 8); /* before a hello; after it, and then in plaintext at TLS 1.3; after
                                                       Certificate, CertificateRequest, Finished */
}

/* A client that cannot read the ServerHello says so in plaintext, and a server of TLS 1.3 reads it. A client that has
 * read one reads nothing in plaintext any more. */
static void test_plaintext_alerts13(void **state)
{
    (void)state;
    static const uint8_t fatal[] = { 21, 3, 3, 0, 2, 2, 47 };
    static const uint8_t canceled[] = { 21, 3, 3, 0, 2, 1, 90, 21, 3, 3, 0, 2, 1, 0 };
    static const uint8_t level[] = { 21, 3, 3, 0, 2, 3, 47 };
    static const uint8_t two[] = { 21, 3, 3, 0, 4, 1, 90, 1, 0 };
    static const uint8_t other_version[] = { 21, 3, 1, 0, 2, 2, 47 };
    static const uint8_t data[] = { 21, 3, 3, 0, 2, 1, 90, 23, 3, 3, 0, 1, 0 };
    const oracle *o = &oracle_openssl_plaintext;
    oracle_observation seen = ask(o, "alert_tls13_client", BYTES(canceled));
    assert_int_equal(seen.verdict, ORACLE_ACCEPT);
    assert_int_equal(field_of(&seen, CAUTH_FIELD_ALERT_DESCRIPTION)->num_values, 2);
    expect_accept(o, "alert_tls13_client", BYTES(level));
    expect_reject(o, "alert_tls13_client", BYTES(two), 10);
    expect_reject(o, "alert_tls13_client", BYTES(other_version), 50);
    seen = ask(o, "alert_tls13_client", BYTES(data));
    assert_int_equal(seen.verdict, ORACLE_UNSUPPORTED);
    expect_reject(o, "alert_tls13_server", BYTES(fatal), 10);
    expect_reject(o, "alert_tls13_server", BYTES(canceled), 10);
}

/* A client of TLS 1.3 that has read nothing goes by what was true up to TLS 1.2: a warning does not end the connection,
 * whatever it says. */
static void test_alerts_before_hello(void **state)
{
    (void)state;
    static const uint8_t error_as_warning[] = { 21, 3, 3, 0, 2, 1, 40, 21, 3, 3, 0, 2, 1, 41 };
    static const uint8_t fatal_canceled[] = { 21, 3, 3, 0, 2, 2, 90, 21, 3, 3, 0, 2, 1, 40 };
    static const uint8_t other_version[] = { 21, 4, 3, 0, 2, 2, 40 };
    static const struct {
        const oracle *o;
        size_t num_warnings;
        size_t num_canceled;
    } cases[] = { { &oracle_openssl_before_hello, 2, 1 }, { &oracle_openssl, 1, 2 } };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        oracle_observation seen = ask(cases[i].o, "alert_tls13_server", BYTES(error_as_warning));
        assert_int_equal(seen.verdict, ORACLE_ACCEPT);
        assert_int_equal(field_of(&seen, CAUTH_FIELD_ALERT_DESCRIPTION)->num_values, cases[i].num_warnings);
        seen = ask(cases[i].o, "alert_tls13_server", BYTES(fatal_canceled));
        assert_int_equal(seen.verdict, ORACLE_ACCEPT);
        assert_int_equal(field_of(&seen, CAUTH_FIELD_ALERT_DESCRIPTION)->num_values, cases[i].num_canceled);
    }
    expect_reject(&oracle_openssl_before_hello, "alert_tls13_server", BYTES(other_version), CAUTH_NO_ALERT);
    expect_accept(&oracle_openssl, "alert_tls13_server", BYTES(other_version)); /* sealed, it is not on the wire */
}

/* Up to TLS 1.2 a client that has read nothing takes records of any minor version, and the major version of the first
 * for a sign that it is no TLS at all. A server takes nothing but a ClientHello. */
static void test_versions_before_hello(void **state)
{
    (void)state;
    static const char *const names[][2] = { { "alert_tls10_server", "alert_tls10_client" },
                                            { "alert_tls11_server", "alert_tls11_client" },
                                            { "alert_tls12_server", "alert_tls12_client" },
                                            { "alert_tls13_server", "alert_tls13_client" } };
    const oracle *o = &oracle_openssl_before_hello;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const uint8_t minor = (uint8_t)(i < 3 ? i + 1 : 3);
        const uint8_t fatal[] = { 21, 3, minor, 0, 2, 2, 40 };
        const uint8_t first_major[] = { 21, 4, minor, 0, 2, 2, 40 };
        const uint8_t second_major[] = { 21, 3, minor, 0, 2, 1, 90, 21, 4, minor, 0, 2, 2, 40 };
        const uint8_t minors[] = { 21, 3, 0, 0, 2, 1, 90, 21, 3, 255, 0, 2, 2, 40 };
        expect_reject(o, names[i][0], BYTES(first_major), CAUTH_NO_ALERT);
        expect_reject(o, names[i][0], BYTES(second_major), 70);
        oracle_observation seen = ask(o, names[i][0], BYTES(minors));
        assert_int_equal(seen.verdict, ORACLE_ACCEPT);
        assert_int_equal(field_of(&seen, CAUTH_FIELD_ALERT_DESCRIPTION)->num_values, 2);
        expect_reject(o, names[i][1], BYTES(fatal), 10);
    }
}

/* Version 0.2, the number of SSL 2.0, is told from other major versions from 3.2 on, and no more in 4.0. */
static void test_version_of_ssl2(void **state)
{
    (void)state;
    static const uint8_t ssl2[] = { 21, 0, 2, 0, 2, 2, 40 };
    static const uint8_t second[] = { 21, 3, 3, 0, 2, 1, 90, 21, 0, 2, 0, 2, 2, 40 };
    static const uint8_t near[][7] = { { 21, 0, 1, 0, 2, 2, 40 },
                                       { 21, 0, 3, 0, 2, 2, 40 },
                                       { 21, 2, 0, 0, 2, 2, 40 } };
    static const char *const names[] = { "alert_tls12_server", "alert_tls13_server" };
    uint32_t version = oracle_openssl.version_number();
    uint8_t other = version < ORACLE_VERSION(3, 2, 0) ? 70 : 50;
    bool is_told = version >= ORACLE_VERSION(3, 2, 0) && version < ORACLE_VERSION(4, 0, 0);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        expect_reject(&oracle_openssl_before_hello, names[i], BYTES(ssl2), is_told ? 70 : CAUTH_NO_ALERT);
        expect_reject(&oracle_openssl_before_hello, names[i], BYTES(second), 70);
        for (size_t j = 0; j < sizeof near / sizeof near[0]; j++)
            expect_reject(&oracle_openssl_before_hello, names[i], BYTES(near[j]), CAUTH_NO_ALERT);
    }
    expect_reject(&oracle_openssl, "alert_tls12_client", BYTES(ssl2), 70);
    expect_reject(&oracle_openssl_plaintext, "alert_tls13_client", BYTES(ssl2), is_told ? 70 : other);
    for (size_t j = 0; j < sizeof near / sizeof near[0]; j++) {
        expect_reject(&oracle_openssl, "alert_tls12_client", BYTES(near[j]), 70);
        expect_reject(&oracle_openssl_plaintext, "alert_tls13_client", BYTES(near[j]), other);
    }
}

/* The longest record that is waited for: the header of one that is longer is refused. */
static void test_longest_record(void **state)
{
    (void)state;
    static const struct {
        const oracle *o;
        const char *message;
        size_t until_3_1;
        size_t since_3_2;
    } cases[] = {
        { &oracle_openssl, "alert_tls12_client", 16384 + 320, 16384 },
        { &oracle_openssl, "alert_tls12_server", 16384 + 320, 16384 },
        { &oracle_openssl_before_hello, "alert_tls12_server", 16384 + 320, 16384 },
        { &oracle_openssl_before_hello, "alert_tls13_server", 16384 + 320, 16384 },
        { &oracle_openssl_plaintext, "alert_tls13_client", 16384 + 256, 16384 + 256 },
        { &oracle_openssl_after_finished, "alert_tls12_client", 16384 + 300, 16384 + 300 }, /* and 20 of MAC */
        { &oracle_openssl_after_finished, "alert_tls12_server", 16384 + 300, 16384 + 300 },
    };
    bool is_new = oracle_openssl.version_number() >= ORACLE_VERSION(3, 2, 0);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t longest = is_new ? cases[i].since_3_2 : cases[i].until_3_1;
        const uint8_t waits[] = { 21, 3, 3, (uint8_t)(longest >> 8), (uint8_t)longest };
        const uint8_t refuses[] = { 21, 3, 3, (uint8_t)((longest + 1) >> 8), (uint8_t)(longest + 1) };
        expect_accept(cases[i].o, cases[i].message, BYTES(waits));
        expect_reject(cases[i].o, cases[i].message, BYTES(refuses), 22);
    }
}

/* Up to TLS 1.2 records that are sealed keep their header, and are longer; a stream is measured as it was. */
static void test_sealed_alerts(void **state)
{
    (void)state;
    static const char *const names[] = { "alert_tls10_client", "alert_tls11_server", "alert_tls12_client",
                                         "alert_tls12_server" };
    const oracle *o = &oracle_openssl_after_finished;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const uint8_t minor = (uint8_t)(names[i][10] - '0' + 1);
        const uint8_t second_of_three[] = { 21, 3, minor, 0,  2, 1,     90, 21, 3, minor, 0,
                                            2,  3, 0,     21, 3, minor, 0,  2,  1, 0 };
        const uint8_t incomplete[] = { 21, 3, minor, 0, 2, 1, 90, 21, 3, minor, 0, 2, 1 };
        const uint8_t other_version[] = { 21, 3, (uint8_t)(minor ^ 3), 0, 2, 1, 90 };
        const uint8_t other_version_begun[] = { 21, 3, (uint8_t)(minor ^ 3), 0, 2 };
        const uint8_t empty[] = { 21, 3, minor, 0, 0 };
        const uint8_t longest[] = { 21, 3, minor, 0xff, 0xff };
        const uint8_t data[] = { 21, 3, minor, 0, 2, 1, 90, 23, 3, minor, 0, 1, 0 };
        const uint8_t closed[] = { 21, 3, minor, 0, 2, 1, 0, 23, 3, minor, 0, 1, 0 };
        oracle_observation seen = ask(o, names[i], BYTES(second_of_three));
        assert_int_equal(seen.verdict, ORACLE_REJECT);
        assert_int_equal(seen.judged, 14);
        seen = ask(o, names[i], BYTES(incomplete));
        assert_int_equal(seen.verdict, ORACLE_ACCEPT);
        assert_int_equal(field_of(&seen, CAUTH_FIELD_ALERT_LEVEL)->num_values, 1);
        expect_reject(o, names[i], BYTES(other_version), 70);
        expect_reject(o, names[i], BYTES(other_version_begun), 70);
        seen = ask(o, names[i], BYTES(empty));
        assert_int_equal(seen.verdict, ORACLE_UNSUPPORTED);
        seen = ask(o, names[i], BYTES(longest));
        assert_int_equal(seen.verdict, ORACLE_UNSUPPORTED);
        seen = ask(o, names[i], BYTES(data));
        assert_int_equal(seen.verdict, ORACLE_UNSUPPORTED);
        expect_accept(o, names[i], BYTES(closed)); /* never read that far */
    }
}

/* The decoders alone: what is behind the value is refused as the TLS library refuses it, and no alert is sent. */
static void test_decoders(void **state)
{
    (void)state;
    static const char *const names[] = { "name_tls12", "x509" };
    const cauth_bytes whole[] = { { request + 13, 15 }, { certificate + 6, sizeof certificate - 6 } };
    uint8_t longer[sizeof certificate] = { 0 };
    for (size_t i = 0; i < 2; i++) {
        oracle_observation seen = ask(&oracle_openssl, names[i], whole[i]);
        assert_int_equal(seen.verdict, ORACLE_ACCEPT);
        memcpy(longer, whole[i].ptr, whole[i].len);
        seen = ask(&oracle_openssl, names[i], (cauth_bytes){ longer, whole[i].len + 1 });
        assert_int_equal(seen.verdict, ORACLE_REJECT);
        for (size_t len = 0; len < whole[i].len; len++) {
            seen = ask(&oracle_openssl, names[i], (cauth_bytes){ whole[i].ptr, len });
            assert_int_equal(seen.verdict, ORACLE_REJECT);
            assert_true(seen.no_alerts);
        }
    }
    oracle_observation seen = ask(&oracle_openssl, "name_tls12", whole[0]);
    assert_int_equal(field_of(&seen, CAUTH_FIELD_ATTRIBUTE)->values[0].number, 12);
    assert_memory_equal(field_of(&seen, CAUTH_FIELD_ATTRIBUTE_VALUE)->values[0].span.ptr, "ca", 2);
    seen = ask(&oracle_openssl, "x509", whole[1]);
    assert_int_equal(field_of(&seen, CAUTH_FIELD_X509_ISSUER)->values[0].span.len, 15);
    assert_int_equal(field_of(&seen, CAUTH_FIELD_X509_VALIDITY)->values[1].number, 23);
}

/* Cut into small records with alerts between them, a message means the same. */
static void test_scattered(void **state)
{
    (void)state;
    oracle_observation seen = ask(&oracle_openssl_scattered, "certreq_tls12", BYTES(request));
    assert_int_equal(seen.verdict, ORACLE_ACCEPT);
    assert_int_equal(seen.num_fields, 3);
    assert_int_equal(field_of(&seen, CAUTH_FIELD_DISTINGUISHED_NAME)->num_values, 1);
    expect_accept(&oracle_openssl_scattered, "certreq_tls13", BYTES(request13));
    expect_accept(&oracle_openssl_scattered, "cert_tls12_client", BYTES(certificate));
}

/* Together with what goes before it and comes behind it, a message means the same: what is cut off it is not taken from
 * the next one, which is read too. */
static void test_coalesced(void **state)
{
    (void)state;
    static const uint8_t request10[] = { 2,    1, 64, 0, 17,   0, 15, 0x30, 13, 0x31, 11,
                                         0x30, 9, 6,  3, 0x55, 4, 3,  12,   2,  'c',  'a' };
    uint8_t bytes[sizeof certificate + 3];
    const struct {
        const char *name;
        cauth_bytes in;
        size_t num_fields;
    } cases[] = {
        { "certreq_tls10", BYTES(request10), 2 },
        { "certreq_tls11", BYTES(request10), 2 },
        { "certreq_tls12", BYTES(request), 3 },
        { "certreq_tls13", BYTES(request13), 4 },
        { "certreq_tls13_post", BYTES(request13), 5 },
        { "cert_tls12_client", BYTES(certificate), 1 },
        { "cert_tls12_server", BYTES(certificate), 1 },
        { "cert_tls13_client", certificate13('g', bytes), 2 },
        { "cert_tls13_server", certificate13('g', bytes), 2 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        oracle_observation seen = ask(&oracle_openssl_coalesced, cases[i].name, cases[i].in);
        assert_int_equal(seen.verdict, ORACLE_ACCEPT);
        assert_int_equal(seen.num_fields, cases[i].num_fields);
        for (size_t len = 0; len < cases[i].in.len; len++) {
            cauth_bytes cut = { cases[i].in.ptr, len };
            seen = ask(&oracle_openssl, cases[i].name, cut);
            oracle_observation together = ask(&oracle_openssl_coalesced, cases[i].name, cut);
            assert_int_equal(together.verdict, seen.verdict);
            assert_int_equal(together.alert.description, seen.alert.description);
        }
    }
    expect_accept(&oracle_openssl_coalesced, "cert_tls12_client", BYTES(no_certificate));
    expect_accept(&oracle_openssl_coalesced, "cert_tls13_client", BYTES(no_certificate13));
}

/* Whether it was left as it was. */
static void check_same(const oracle_observation *seen, const oracle_observation *as)
{
    assert_int_equal(seen->verdict, as->verdict);
    assert_int_equal(seen->alert.description, as->alert.description);
    assert_ptr_equal(seen->cause, as->cause);
    assert_ptr_equal(seen->fields, as->fields);
    assert_ptr_equal(seen->written.ptr, as->written.ptr);
}

/* Two answers, and the first again: whether they are taken for one. */
static void check_alike(const oracle_observation *first, const oracle_observation *second, bool alike)
{
    openssl_answers answers = { .any = false };
    oracle_observation seen = *first;
    openssl_make_alike(&answers, &seen);
    check_same(&seen, first);
    for (int again = 0; again < 2; again++) {
        seen = again ? *first : *second; /* two that differ are not forgotten */
        openssl_make_alike(&answers, &seen);
        if (alike) {
            check_same(&seen, again ? first : second);
            continue;
        }
        assert_int_equal(seen.verdict, ORACLE_REJECT);
        assert_int_equal(seen.alert.description, CAUTH_NO_ALERT);
        assert_string_equal(seen.cause, OPENSSL_READ_OTHERWISE);
        assert_string_equal(seen.reason, OPENSSL_READ_OTHERWISE);
    }
}

/* Answers that differ in one thing. */
static void test_answers_are_alike(void **state)
{
    (void)state;
    static const uint8_t sent[] = { 1, 2, 3 };
    static const uint8_t other_octet[] = { 1, 2, 4 };
    uint8_t name[] = { 0x30, 0 };
    uint8_t same_name[] = { 0x30, 0 };
    uint8_t other_name[] = { 0x31, 0 };
    const oracle_value numbers[] = { { .number = 1 }, { .number = 64 } };
    const oracle_value other_numbers[] = { { .number = 1 }, { .number = 65 } };
    const oracle_value names[] = { { .span = BYTES(name) } };
    const oracle_value same_names[] = { { .span = BYTES(same_name) } };
    const oracle_value other_names[] = { { .span = BYTES(other_name) } };
    oracle_field fields[] = {
        { .field = CAUTH_FIELD_CERTIFICATE_TYPES, .numbers = true, .num_values = 2, .values = numbers },
        { .field = CAUTH_FIELD_DISTINGUISHED_NAME, .num_values = 1, .values = names },
    };
    const oracle_observation first = { .verdict = ORACLE_ACCEPT,
                                       .alert.description = CAUTH_NO_ALERT,
                                       .reason = "",
                                       .cause = "",
                                       .fields = fields,
                                       .num_fields = 2,
                                       .written = BYTES(sent) };
    check_alike(&first, &first, true);
    oracle_observation second = first;
    second.verdict = ORACLE_UNSUPPORTED;
    check_alike(&first, &second, false);
    check_alike(&second, &first, false);
    second = first;
    second.by_policy = true;
    check_alike(&first, &second, false);
    second = first;
    second.alert.level = 2;
    check_alike(&first, &second, false);
    second = first;
    second.alert.description = 50;
    check_alike(&first, &second, false);
    second = first;
    second.written = BYTES(other_octet);
    check_alike(&first, &second, false);
    second = first;
    second.written.len--;
    check_alike(&first, &second, false);
    second = first;
    second.cause = "bad value";
    check_alike(&first, &second, false);
    second = first;
    second.reason = "bad value";
    check_alike(&first, &second, false);
    second = first;
    second.num_fields--;
    check_alike(&first, &second, false);

    oracle_field others[2];
    memcpy(others, fields, sizeof others);
    second = first;
    second.fields = others;
    others[1].values = same_names; /* it is the octets that count, not where they are */
    check_alike(&first, &second, true);
    others[1].values = other_names;
    check_alike(&first, &second, false);
    others[1].values = names;
    others[0].values = other_numbers;
    check_alike(&first, &second, false);
    others[0].values = numbers;
    others[0].num_values--;
    check_alike(&first, &second, false);
    others[0].num_values++;
    others[0].field = CAUTH_FIELD_SUPPORTED_SIGNATURE_ALGORITHMS;
    check_alike(&first, &second, false);
}

/* The same message, and then one altered: two answers. */
static void judge_two_ways(const message *m, cauth_bytes in, oracle_observation *out)
{
    openssl_answers answers = { .any = false };
    uint8_t altered[sizeof certificate + 2];
    assert_true(in.len > 0 && in.len + 1 <= sizeof altered);
    memcpy(altered, in.ptr, in.len);
    altered[in.len] = 0;
    oracle_openssl.judge(m, in, out);
    openssl_make_alike(&answers, out);
    oracle_openssl.judge(m, (cauth_bytes){ altered, out->verdict == ORACLE_ACCEPT ? in.len + 1 : 0 }, out);
    openssl_make_alike(&answers, out);
}

/* To be of two minds is a finding, about what cauth accepts and about what it refuses. */
static void test_no_row_explains_two_answers(void **state)
{
    (void)state;
    static const uint8_t no_algorithms[] = { 1, 1, 0, 0, 0, 0 };
    static const struct {
        const char *name;
        cauth_bytes in;
        divergence_kind kind;
    } cases[] = {
        { "certreq_tls12", { request, sizeof request }, THEY_REJECT },
        { "certreq_tls13", { request13, sizeof request13 }, THEY_REJECT },
        { "cert_tls12_client", { certificate, sizeof certificate }, THEY_REJECT },
        { "certreq_tls12", { no_algorithms, sizeof no_algorithms }, OTHER_ALERT },
        { "cert_tls12_server", { garbage_certificate, sizeof garbage_certificate }, OTHER_ALERT },
    };
    oracle other = oracle_openssl_coalesced;
    comparison c;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const message *m = message_by_name(cases[i].name);
        other.judge = oracle_openssl_coalesced.judge;
        compare(&other, m, cases[i].in, &c);
        assert_true(compare_is_clean(&c));
        other.judge = judge_two_ways;
        compare(&other, m, cases[i].in, &c);
        assert_int_equal(c.num, 1);
        assert_int_equal(c.list[0].kind, cases[i].kind);
        assert_null(c.list[0].row);
        assert_false(compare_is_clean(&c));
        assert_string_equal(c.theirs.cause, OPENSSL_READ_OTHERWISE);
    }
}

/* What is put on the wire is altered on the way (tests/CMakeLists.txt has the linker lead here): octets before the
 * message that is asked about, or behind it, are others, or its own last octet is. */
void __real_wire_put_flight(buffer *b, unsigned minor, const flight *f, wire_cutting cutting);
void __wrap_wire_put_flight(buffer *b, unsigned minor, const flight *f, wire_cutting cutting);
void __real_wire_seal_flight(sealer *s, buffer *b, const flight *f, wire_cutting cutting);
void __wrap_wire_seal_flight(sealer *s, buffer *b, const flight *f, wire_cutting cutting);

typedef struct {
    bool last_octet;
    wire_cutting only; /* where records end so; WIRE_APART: in each way */
    cauth_bytes before;
    cauth_bytes behind;
} alteration;

static alteration alter;

static flight alter_flight(const flight *f, wire_cutting cutting)
{
    flight altered = { .start = 0 };
    bool alters = alter.only == WIRE_APART || alter.only == cutting;
    bool before = alters && alter.before.len > 0;
    bool behind = alters && alter.behind.len > 0;
    wire_put(&altered.bytes, before ? alter.before.ptr : f->bytes.ptr, before ? alter.before.len : f->start);
    altered.start = altered.bytes.len;
    wire_put(&altered.bytes, f->bytes.ptr + f->start, f->end - f->start);
    altered.end = altered.bytes.len;
    wire_put(&altered.bytes, behind ? alter.behind.ptr : f->bytes.ptr + f->end,
             behind ? alter.behind.len : f->bytes.len - f->end);
    if (alters && alter.last_octet)
        altered.bytes.ptr[altered.end - 1] ^= 1;
    return altered;
}

void __wrap_wire_put_flight(buffer *b, unsigned minor, const flight *f, wire_cutting cutting)
{
    flight altered = alter_flight(f, cutting);
    __real_wire_put_flight(b, minor, &altered, cutting);
    wire_free(&altered.bytes);
}

void __wrap_wire_seal_flight(sealer *s, buffer *b, const flight *f, wire_cutting cutting)
{
    flight altered = alter_flight(f, cutting);
    __real_wire_seal_flight(s, b, &altered, cutting);
    wire_free(&altered.bytes);
}

static oracle_observation ask_altered(alteration how, const char *name, cauth_bytes in)
{
    alter = how;
    oracle_observation seen = ask(&oracle_openssl_coalesced, name, in);
    alter = (alteration){ .only = WIRE_APART };
    return seen;
}

/* A message that is read otherwise in one of the ways its records end is of two minds; in all of them, of one. */
static void test_each_cutting_is_held_to_the_others(void **state)
{
    (void)state;
    uint8_t bytes[sizeof certificate + 3];
    const struct {
        const char *name;
        cauth_bytes in;
    } cases[] = {
        { "certreq_tls12", BYTES(request) },         { "certreq_tls13", BYTES(request13) },
        { "certreq_tls13_post", BYTES(request13) },  { "cert_tls12_client", BYTES(certificate) },
        { "cert_tls12_server", BYTES(certificate) }, { "cert_tls13_client", certificate13('g', bytes) },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        alteration how = { .last_octet = true };
        for (how.only = WIRE_APART; how.only < WIRE_NUM_CUTTINGS; how.only++) {
            oracle_observation seen = ask_altered(how, cases[i].name, cases[i].in);
            assert_int_equal(strcmp(seen.cause, OPENSSL_READ_OTHERWISE) == 0, how.only != WIRE_APART);
        }
        expect_accept(&oracle_openssl_coalesced, cases[i].name, cases[i].in);
    }
}

/* What the library refuses before the message or behind it is a refusal, for reasons too that say nothing of the
 * message where they are met in it: the others have no fault that it did not bring in itself. */
static void test_fault_beside_the_message_is_a_refusal(void **state)
{
    (void)state;
    static const uint8_t request10[] = { 1, 1, 0, 0 };
    static const uint8_t signature[] = { 0x08, 0x04, 0, 1, 2 };
    static const uint8_t long_hello[] = { 2, 255, 255, 255 };
    static const uint8_t long_extensions[] = { 8, 255, 255, 255 };
    static const uint8_t long_ticket[] = { 4, 255, 255, 255 };
    static const uint8_t long_done[] = { 14, 0, 0, 1, 0 };
    static const uint8_t no_stream[] = { 0, 1, 0, 0, 16, 0, 0, 1, 7 };
    uint8_t bytes[sizeof certificate + 3];
    cauth_bytes whole = certificate13('g', bytes);
    /* a certificate, and behind it a signature by an algorithm that nobody offered, or one that is too long, or bad */
    uint8_t wrong_signature[4 + sizeof bytes + 9] = { 11, 0, 0, sizeof bytes };
    uint8_t long_signature[4 + sizeof bytes + 4] = { 11, 0, 0, sizeof bytes };
    uint8_t bad_signature[4 + sizeof bytes + 10] = { 11, 0, 0, sizeof bytes };
    memcpy(wrong_signature + 4, bytes, sizeof bytes);
    memcpy(wrong_signature + 4 + sizeof bytes, (const uint8_t[]){ 15, 0, 0, 5, 4, 1, 0, 1, 2 }, 9);
    memcpy(long_signature + 4, bytes, sizeof bytes);
    memcpy(long_signature + 4 + sizeof bytes, (const uint8_t[]){ 15, 255, 255, 255 }, 4);
    memcpy(bad_signature + 4, bytes, sizeof bytes);
    memcpy(bad_signature + 4 + sizeof bytes, (const uint8_t[]){ 15, 0, 0, 6, 8, 4, 0, 2, 1, 2 }, 10);
    /* one with status_request, which the server did not ask for */
    uint8_t unasked[4 + sizeof bytes + 4] = { 11, 0, 0, sizeof bytes + 4 };
    memcpy(unasked + 4, bytes, sizeof bytes);
    unasked[4 + 3] += 4;
    memcpy(unasked + 4 + sizeof bytes - 2, (const uint8_t[]){ 0, 4, 0, 5, 0, 0 }, 6);
    const cauth_bytes none = { NULL, 0 };
    const struct {
        const char *name;
        cauth_bytes in;
        cauth_bytes before;
        cauth_bytes behind;
    } cases[] = {
        { "certreq_tls10", BYTES(request10), BYTES(long_hello), none },
        { "certreq_tls10", BYTES(request10), none, BYTES(long_done) },
        { "certreq_tls12", BYTES(request), BYTES(long_hello), none },
        { "certreq_tls12", BYTES(request), none, BYTES(long_done) },
        { "certreq_tls13", BYTES(request13), BYTES(long_extensions), none },
        { "certreq_tls13", BYTES(request13), none, BYTES(wrong_signature) },
        { "certreq_tls13", BYTES(request13), none, BYTES(long_signature) },
        { "certreq_tls13", BYTES(request13), none, BYTES(bad_signature) },
        { "certreq_tls13_post", BYTES(request13), BYTES(long_ticket), none },
        { "certreq_tls13_post", BYTES(request13), none, BYTES(long_ticket) },
        { "cert_tls12_server", BYTES(certificate), BYTES(long_hello), none },
        { "cert_tls13_server", whole, BYTES(long_extensions), none },
        { "certverify_tls13", BYTES(signature), BYTES(unasked), none },
        { "compressed_tls13", BYTES(no_stream), BYTES(unasked), none },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        if (lacks(cases[i].name) != NULL)
            continue;
        alteration how = { .before = cases[i].before, .behind = cases[i].behind };
        oracle_observation seen = ask_altered(how, cases[i].name, cases[i].in);
        assert_int_equal(seen.verdict, ORACLE_REJECT);
        assert_string_not_equal(seen.cause, OPENSSL_READ_OTHERWISE);
        assert_false(seen.by_policy);
    }
    oracle_observation seen =
        ask(&oracle_openssl_coalesced, "cert_tls13_client", (cauth_bytes){ unasked + 4, sizeof unasked - 4 });
    assert_int_equal(seen.verdict, ORACLE_UNSUPPORTED);
}

/* The records of a flight: put together they are its messages, and where they end is as the cutting says. Gives where
 * the first one ends. */
static size_t check_flight(const flight *f, wire_cutting cutting, bool longest)
{
    buffer records = { .len = 0 };
    buffer joined = { .len = 0 };
    size_t num_records = 0;
    size_t first_end = 0;
    size_t num_alerts = 0;
    wire_put_flight(&records, 3, f, cutting);
    for (size_t pos = 0; pos < records.len;) {
        const uint8_t *header = records.ptr + pos;
        size_t len = header[3] * 256u + header[4];
        assert_true(header[1] == 3 && header[2] == 3 && len > 0 && len <= (cutting == WIRE_CUT_FINE ? 64 : 16384));
        if (header[0] == WIRE_ALERT) {
            num_alerts++;
        } else {
            assert_int_equal(header[0], WIRE_HANDSHAKE);
            wire_put(&joined, header + 5, len);
            first_end = num_records++ == 0 ? len : first_end;
        }
        pos += 5 + len;
    }
    assert_int_equal(joined.len, f->bytes.len);
    assert_memory_equal(joined.ptr, f->bytes.ptr, joined.len);
    if (cutting != WIRE_CUT_FINE)
        assert_int_equal(num_alerts, 0);
    if (cutting == WIRE_TOGETHER)
        assert_int_equal(num_records, longest ? 2 : 1);
    if (cutting == WIRE_CUT_HEADER)
        assert_in_range(first_end, f->start + 1, f->start + 4);
    if (cutting == WIRE_CUT_BODY && f->end - f->start > 5 && !longest)
        assert_in_range(first_end, f->start + 5, f->end - 1);
    wire_free(&records);
    wire_free(&joined);
    return first_end;
}

static bool differ(size_t ends[16][WIRE_NUM_CUTTINGS], wire_cutting cutting)
{
    for (size_t i = 1; i < 16; i++)
        if (ends[i][cutting] != ends[0][cutting])
            return true;
    return false;
}

static void test_flight_is_cut(void **state)
{
    (void)state;
    static uint8_t body[16384];
    static const size_t lens[] = { 0, 1, 2, 60, sizeof body };
    for (size_t i = 0; i < sizeof lens / sizeof lens[0]; i++) {
        size_t ends[16][WIRE_NUM_CUTTINGS];
        for (uint8_t first = 0; first < 16; first++) {
            flight f = { .start = 0 };
            body[0] = first;
            wire_join(&f, 11, (cauth_bytes){ certificate, 7 });
            f.start = f.bytes.len;
            wire_join(&f, 13, (cauth_bytes){ body, lens[i] });
            f.end = f.bytes.len;
            wire_join(&f, 14, (cauth_bytes){ NULL, 0 });
            assert_int_equal(f.end - f.start, 4 + lens[i]);
            for (wire_cutting cutting = WIRE_TOGETHER; cutting < WIRE_NUM_CUTTINGS; cutting++)
                ends[first][cutting] = check_flight(&f, cutting, lens[i] == sizeof body);
            wire_free(&f.bytes);
        }
        /* where there is a choice, the content decides */
        assert_true(lens[i] == 0 || differ(ends, WIRE_CUT_HEADER));
        assert_true(lens[i] < 60 || lens[i] == sizeof body || differ(ends, WIRE_CUT_BODY));
        assert_true(lens[i] == 0 || differ(ends, WIRE_CUT_FINE));
    }
}

/* The same of a message that is scattered. */
static void test_message_is_cut(void **state)
{
    (void)state;
    uint8_t body[60] = { 0 };
    size_t first_len[16];
    size_t num_others = 0;
    for (uint8_t first = 0; first < 16; first++) {
        buffer records = { .len = 0 };
        size_t pos = 0;
        body[0] = first;
        wire_put_handshake(&records, 3, 13, BYTES(body), 1);
        while (records.ptr[pos] == WIRE_ALERT)
            pos += 5 + records.ptr[pos + 4];
        assert_int_equal(records.ptr[pos], WIRE_HANDSHAKE);
        first_len[first] = records.ptr[pos + 3] * 256u + records.ptr[pos + 4];
        assert_in_range(first_len[first], 1, 64);
        num_others += first_len[first] != first_len[0];
        wire_free(&records);
    }
    assert_int_not_equal(num_others, 0);
}

/* What the library wrote first is a hello: its version stands behind the headers of record and message. Messages that
 * are the same at several versions are asked about at the one that the oracle is named for. */
static void test_each_version_is_spoken(void **state)
{
    (void)state;
    static const uint8_t signature[] = { 0, 2, 1, 2 };
    static const struct {
        const oracle *o;
        uint8_t minor;
        const char *name;
    } cases[] = {
        { &oracle_openssl_tls10, 1, "cert_tls12_client" }, { &oracle_openssl_tls10, 1, "cert_tls12_server" },
        { &oracle_openssl_tls11, 2, "cert_tls12_client" }, { &oracle_openssl_tls11, 2, "cert_tls12_server" },
        { &oracle_openssl, 3, "cert_tls12_client" },       { &oracle_openssl, 3, "cert_tls12_server" },
        { &oracle_openssl, 1, "certverify_tls10" },        { &oracle_openssl_tls11, 2, "certverify_tls10" },
        { &oracle_openssl, 3, "certverify_tls12" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        bool verify = strncmp(cases[i].name, "certverify", 10) == 0;
        cauth_bytes in = verify ? (cauth_bytes){ signature, sizeof signature } : BYTES(certificate);
        oracle_observation seen = ask(cases[i].o, cases[i].name, in);
        assert_true(seen.written.len > 10);
        assert_int_equal(seen.written.ptr[9], 3);
        assert_int_equal(seen.written.ptr[10], cases[i].minor);
        if (verify)
            continue;
        assert_int_equal(seen.verdict, ORACLE_ACCEPT);
        expect_reject(cases[i].o, cases[i].name, BYTES(garbage_certificate), i % 2 == 0 ? 50 : 42);
    }
    oracle_observation seen = ask(&oracle_openssl_tls11, "certverify_tls10", BYTES(signature));
    assert_true(seen.by_policy);
    assert_int_equal(seen.alert.description, 51);
    expect_reject(&oracle_openssl_tls11, "certverify_tls10", (cauth_bytes){ signature, 3 }, 50);
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
    seen = ask(&oracle_openssl, "certreq_ssl30", BYTES(request));
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

/* --- what excuses a refusal --- */

/* Refuses every request, in words that a row knows; of names alone it says what OpenSSL says. */
static void judge_request_wrongly(const message *m, cauth_bytes in, oracle_observation *out)
{
    oracle_openssl.judge(m, in, out);
    if (strcmp(m->layout, "name") == 0)
        return;
    out->verdict = ORACLE_REJECT;
    out->alert.description = 50;
    out->cause = "mstring wrong tag";
}

/* Two names with the flag of a row that speaks of such words: one that OpenSSL does refuse for it excuses the refusal,
 * one that it reads does not. */
static void test_flag_of_an_item_that_they_read(void **state)
{
    (void)state;
    oracle other = oracle_openssl;
    comparison c;
    uint8_t altered[sizeof request];
    memcpy(altered, request, sizeof request);
    other.judge = judge_request_wrongly;
    static const uint8_t tags[] = { 0x02, 0x16 }; /* INTEGER, and IA5String: a commonName may have neither */
    for (size_t i = 0; i < sizeof tags; i++) {
        altered[24] = tags[i];
        compare(&other, message_by_name("certreq_tls12"), BYTES(altered), &c);
        assert_true(cauth_flags_has(&c.flags, CAUTH_DN_13));
        assert_int_equal(c.num, 1);
        assert_int_equal(c.list[0].row != NULL, i == 0);
    }
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

static void expect_request13_difference(const char *name, cauth_bytes whole, size_t at, uint8_t value,
                                        cauth_field field)
{
    uint8_t altered[sizeof request13];
    memcpy(altered, whole.ptr, whole.len);
    altered[at] = value;
    expect_difference(name, whole, (cauth_bytes){ altered, whole.len }, field);
}

static void test_altered_request13(void **state)
{
    (void)state;
    static const char *const names[] = { "certreq_tls13", "certreq_tls13_post" };
    for (size_t i = 0; i < 2; i++) {
        expect_request13_difference(names[i], BYTES(request13), 12, 5, CAUTH_FIELD_SIGNATURE_ALGORITHMS);
        expect_request13_difference(names[i], BYTES(request13), 20, 3, CAUTH_FIELD_SIGNATURE_ALGORITHMS_CERT);
        expect_request13_difference(names[i], BYTES(request13), sizeof request13 - 1, 'b',
                                    CAUTH_FIELD_DISTINGUISHED_NAME);
    }
    expect_request13_difference("certreq_tls13_post", BYTES(request13_post), 2, 9,
                                CAUTH_FIELD_CERTIFICATE_REQUEST_CONTEXT);
}

/* Which extensions were seen: one that asks for nothing more, instead of another or behind it. */
static void test_altered_extensions(void **state)
{
    (void)state;
    static const char *const requests[] = { "certreq_tls13", "certreq_tls13_post" };
    static const char *const certificates[] = { "cert_tls13_client", "cert_tls13_client_post", "cert_tls13_server" };
    static const uint8_t asks_for_scts[] = { 0, 0, 12, 0, 13, 0, 4, 0, 2, 4, 3, 0, 18, 0, 0 };
    static const uint8_t asks_for_status[] = { 0, 0, 12, 0, 13, 0, 4, 0, 2, 4, 3, 0, 5, 0, 0 };
    static const uint8_t asks_for_both[] = { 0, 0, 16, 0, 13, 0, 4, 0, 2, 4, 3, 0, 18, 0, 0, 0, 5, 0, 0 };
    static const uint8_t asks_for_unknown[] = { 0, 0, 12, 0, 13, 0, 4, 0, 2, 4, 3, 0xff, 0xee, 0, 0 };
    static const uint8_t asks_for_nothing[] = { 0, 0, 8, 0, 13, 0, 4, 0, 2, 4, 3 };
    static const uint8_t sct[] = { 0, 11, 0, 18, 0, 7, 0, 5, 0, 3, 0, 0, 0 };
    for (size_t i = 0; i < sizeof requests / sizeof requests[0]; i++) {
        comparison c;
        expect_difference(requests[i], BYTES(asks_for_scts), BYTES(asks_for_status), CAUTH_FIELD_EXTENSION_TYPE);
        expect_difference(requests[i], BYTES(asks_for_scts), BYTES(asks_for_both), CAUTH_FIELD_EXTENSION_TYPE);
        expect_difference(requests[i], BYTES(asks_for_scts), BYTES(asks_for_unknown), CAUTH_FIELD_EXTENSION_TYPE);
        expect_difference(requests[i], BYTES(asks_for_nothing), BYTES(asks_for_scts), CAUTH_FIELD_EXTENSION_TYPE);
        compare(&oracle_openssl, message_by_name(requests[i]), BYTES(asks_for_unknown), &c);
        assert_int_equal(c.theirs.verdict, ORACLE_ACCEPT);
        assert_int_equal(c.num, 0); /* nothing is shown of it */
    }
    uint8_t without[sizeof certificate + 3];
    uint8_t with[sizeof without + sizeof sct - 2];
    cauth_bytes ours = certificate13('g', without);
    memcpy(with, without, ours.len - 2);
    memcpy(with + ours.len - 2, sct, sizeof sct);
    with[3] = (uint8_t)(with[3] + sizeof sct - 2); /* the length of the list */
    for (size_t i = 0; i < sizeof certificates / sizeof certificates[0]; i++) {
        expect_difference(certificates[i], ours, BYTES(with), CAUTH_FIELD_EXTENSION_TYPE);
        expect_difference(certificates[i], BYTES(with), ours, CAUTH_FIELD_EXTENSION_TYPE);
    }
}

static void test_altered_alert(void **state)
{
    (void)state;
    static const uint8_t alert[] = { 21, 3, 3, 0, 2, 1, 46 };
    static const uint8_t description[] = { 21, 3, 3, 0, 2, 1, 45 };
    static const uint8_t level[] = { 21, 3, 3, 0, 2, 2, 46 };
    expect_difference("alert_tls12_client", BYTES(alert), BYTES(description), CAUTH_FIELD_ALERT_DESCRIPTION);
    expect_difference("alert_tls12_client", BYTES(alert), BYTES(level), CAUTH_FIELD_ALERT_LEVEL);
    expect_difference("alert_tls13_client", BYTES(alert), BYTES(description), CAUTH_FIELD_ALERT_DESCRIPTION);
    expect_difference("alert_tls13_server", BYTES(alert), BYTES(level), CAUTH_FIELD_ALERT_LEVEL);
}

static void test_altered_certificate(void **state)
{
    (void)state;
    uint8_t altered[sizeof certificate];
    memcpy(altered, certificate, sizeof certificate);
    altered[sizeof altered - 1] = 'G'; /* the last byte of the signature */
    expect_difference("cert_tls12_client", BYTES(certificate), BYTES(altered), CAUTH_FIELD_ASN1_CERT);
    expect_difference("cert_tls12_server", BYTES(certificate), BYTES(altered), CAUTH_FIELD_ASN1_CERT);
    uint8_t whole13[sizeof certificate + 3];
    uint8_t altered13[sizeof certificate + 3];
    cauth_bytes ours = certificate13('g', whole13);
    cauth_bytes theirs = certificate13('G', altered13);
    expect_difference("cert_tls13_client", ours, theirs, CAUTH_FIELD_CERT_DATA);
    expect_difference("cert_tls13_server", ours, theirs, CAUTH_FIELD_CERT_DATA);
    expect_difference("cert_tls13_client_post", ours, theirs, CAUTH_FIELD_CERT_DATA);
    uint8_t context[32 + sizeof no_certificate13] = { 32 };
    uint8_t other_context[sizeof context] = { 32, 0, 0, 1 };
    expect_difference("cert_tls13_client_post", BYTES(context), BYTES(other_context),
                      CAUTH_FIELD_CERTIFICATE_REQUEST_CONTEXT);
}

/* Another key is a difference, and so is one in place of none, which is a key of no octets before TLS 1.3. */
static void test_altered_raw_key(void **state)
{
    (void)state;
    static const char *const names[] = { "rawkey_tls12", "rawkey_tls13" };
    for (size_t i = 0; i < 2; i++) {
        cauth_field field = i == 1 ? CAUTH_FIELD_CERT_DATA : CAUTH_FIELD_SUBJECT_PUBLIC_KEY_INFO;
        if (lacks(names[i]) != NULL)
            skip();
        cauth_bytes ours = raw_key_of(names[i], "p256");
        cauth_bytes theirs = raw_key_of(names[i], "rsa");
        cauth_bytes none = i == 1 ? BYTES(no_certificate13) : BYTES(no_certificate);
        expect_difference(names[i], ours, theirs, field);
        expect_difference(names[i], none, theirs, field);
        expect_difference(names[i], ours, none, field);
        exact_free(ours);
        exact_free(theirs);
    }
}

/* --- every type of extension --- */

typedef struct {
    uint8_t bytes[2048];
    size_t len;
} extensions;

static void put_extension(extensions *x, uint16_t type)
{
    assert_true(sizeof x->bytes - x->len >= 4);
    x->bytes[x->len++] = (uint8_t)(type / 256u);
    x->bytes[x->len++] = (uint8_t)type;
    x->bytes[x->len++] = 0;
    x->bytes[x->len++] = 0;
}

/* A message of TLS 1.3 that is right but for what these extensions, without data, do in it. */
static size_t with_extensions(const message *m, const extensions *x, uint8_t *out)
{
    static const uint8_t algorithms[] = { 0, 13, 0, 4, 0, 2, 4, 3 };
    cauth_writer w = cauth_writer_init(out, 4096);
    uint8_t body[3072];
    cauth_writer inner = cauth_writer_init(body, sizeof body);
    cauth_write_u8(&w, 0); /* context */
    if (m->certificate_type == CAUTH_RAW_PUBLIC_KEY) {
        cauth_bytes key = raw_key_of("rawkey_tls12", "p256");
        cauth_write_bytes(&inner, key);
        exact_free(key);
        cauth_write_vector(&inner, 2, (cauth_bytes){ x->bytes, x->len });
        cauth_write_vector(&w, 3, (cauth_bytes){ body, inner.len });
    } else if (strcmp(m->layout, "certreq13") == 0) {
        cauth_write_bytes(&inner, BYTES(algorithms));
        cauth_write_bytes(&inner, (cauth_bytes){ x->bytes, x->len });
        cauth_write_vector(&w, 2, (cauth_bytes){ body, inner.len });
    } else {
        cauth_write_bytes(&inner, (cauth_bytes){ certificate + 3, sizeof certificate - 3 });
        cauth_write_vector(&inner, 2, (cauth_bytes){ x->bytes, x->len });
        cauth_write_vector(&w, 3, (cauth_bytes){ body, inner.len });
    }
    assert_false(inner.failed || w.failed);
    return w.len;
}

static size_t differs_with(const message *m, const extensions *x, bool accepted)
{
    uint8_t bytes[4096];
    char text[SIGNATURE_SIZE];
    comparison c;
    size_t found = 0;
    cauth_bytes whole = exact_copy(bytes, with_extensions(m, x, bytes));
    compare(&oracle_openssl, m, whole, &c);
    for (size_t i = 0; i < c.num; i++) {
        if (c.list[i].row != NULL)
            continue;
        compare_signature(&c, &c.list[i], text);
        print_message("with the extension %u, and what follows: %s\n", x->bytes[0] * 256u + x->bytes[1], text);
        found++;
    }
    exact_free(whole);
    if (accepted && (c.theirs.verdict != ORACLE_ACCEPT || !cauth_is_accepted(c.ours)))
        found++;
    return found;
}

/* Those that cauth does not recognise are ignored by both, 256 at once; where one that it does recognise stands, each
 * alone, both agree or a row says why not. GREASE is refused in a Certificate for what it is. */
static void test_every_extension_type(void **state)
{
    (void)state;
    static const char *const names[] = { "certreq_tls13",          "certreq_tls13_post", "cert_tls13_client",
                                         "cert_tls13_client_post", "cert_tls13_server",  "rawkey_tls13" };
    static extensions alone;
    static extensions ignored;
    size_t found = 0;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const message *m = message_by_name(names[i]);
        bool request_is_asked = strcmp(m->layout, "certreq13") == 0;
        if (lacks(names[i]) != NULL)
            continue;
        for (unsigned type = 0; type < 65536; type++) {
            uint16_t t = (uint16_t)type;
            bool known = (request_is_asked ? cauth_extension_in_certreq(t) : cauth_extension_in_cert(t)) !=
                         CAUTH_EXTENSION_UNKNOWN;
            alone.len = 0;
            put_extension(&alone, t);
            if (known || cauth_is_grease(t))
                found += differs_with(m, &alone, false);
            else
                put_extension(&ignored, t);
            if (type % 256 == 255) {
                found += differs_with(m, &ignored, true);
                ignored.len = 0;
            }
        }
    }
    assert_int_equal(found, 0);
}

/* --- the same bytes out --- */

/* Of all that the library sends in one question of every kind. */
static uint64_t digest_of_all(void)
{
    uint8_t bytes[sizeof certificate + 3];
    uint64_t d = 1;
    oracle_observation seen;
    for (size_t i = 0; i < num_oracles_compared; i++) {
        const message *m = message_by_name(oracles_compared[i].message);
        cauth_bytes in = strcmp(m->layout, "cert13") == 0      ? certificate13('g', bytes)
                         : strcmp(m->layout, "certreq13") == 0 ? BYTES(request13)
                         : strcmp(m->layout, "cert12") == 0    ? BYTES(certificate)
                                                               : BYTES(request);
        oracles_compared[i].oracle->judge(m, in, &seen);
        d = digest_octets(d, seen.written);
    }
    return d;
}

static void test_same_bytes_out(void **state)
{
    (void)state;
    char theirs[32] = "";
    char ours[32];
    oracle_observation seen;
    oracle_openssl.judge(message_by_name("cert_tls13_client"), BYTES(no_certificate13), &seen);
    assert_true(seen.written.len > 500); /* ServerHello to Finished */
    snprintf(ours, sizeof ours, "%016llx\n", (unsigned long long)digest_of_all());
    oracle_openssl.end(); /* keys and certificates are made anew, and are the same */
    snprintf(theirs, sizeof theirs, "%016llx\n", (unsigned long long)digest_of_all());
    assert_string_equal(ours, theirs);
    FILE *other = popen(self, "r");
    assert_non_null(other);
    assert_non_null(fgets(theirs, sizeof theirs, other));
    assert_int_equal(pclose(other), 0);
    assert_string_equal(ours, theirs);
}

/* --- divergences.def --- */

/* What evidence of one message becomes in another that holds the same: built here byte by byte, since what a row is
 * about may be what our own writers would not say. */
typedef struct {
    uint8_t bytes[4096];
    size_t len;
    const char *layout; /* of the message it is carried to */
} carried;

static void carry_bytes(carried *to, const uint8_t *ptr, size_t len)
{
    assert_true(len <= sizeof to->bytes - to->len);
    memcpy(to->bytes + to->len, ptr, len);
    to->len += len;
}

static void carry_number(carried *to, size_t number, unsigned octets)
{
    for (; octets > 0; octets--) {
        uint8_t octet = (uint8_t)(number >> (8 * (octets - 1)));
        carry_bytes(to, &octet, 1);
    }
}

static void carry_certificate(void *user, cauth_field field, cauth_bytes span)
{
    carried *to = user;
    if (field != CAUTH_FIELD_ASN1_CERT)
        return;
    carry_number(to, span.len, 3);
    carry_bytes(to, span.ptr, span.len);
    carry_number(to, 0, 2); /* no extensions */
}

static void carry_name(void *user, cauth_field field, cauth_bytes span)
{
    carried *to = user;
    if (field != CAUTH_FIELD_DISTINGUISHED_NAME)
        return;
    carry_number(to, span.len, 2);
    carry_bytes(to, span.ptr, span.len);
}

static void carry_nothing(void *user, cauth_field field, uint64_t number)
{
    (void)user;
    (void)field;
    (void)number;
}

/* Certificates of TLS 1.2 in a TLS 1.3 message: an empty context, then each without extensions. */
static void carry_certificates(const cauth_cert12 *v, carried *to)
{
    carried entries = { .len = 0 };
    describe_sink sink = { carry_certificate, carry_nothing, &entries };
    describe_cert12(v, &sink);
    carry_number(to, 0, 1);
    carry_number(to, entries.len, 3);
    carry_bytes(to, entries.bytes, entries.len);
}

/* A raw public key of TLS 1.2 in a TLS 1.3 message: an empty context, then the key without extensions. */
static void carry_raw_key(cauth_bytes in, carried *to)
{
    carry_number(to, 0, 1);
    carry_number(to, in.len + 2, 3);
    carry_bytes(to, in.ptr, in.len);
    carry_number(to, 0, 2);
}

/* The names of a TLS 1.2 request: before it there were no algorithms; after it they are extensions. */
static void carry_names(const cauth_certreq12 *v, carried *to)
{
    carried names = { .len = 0 };
    describe_sink sink = { carry_name, carry_nothing, &names };
    cauth_bytes types = v->certificate_types;
    cauth_bytes schemes = v->supported_signature_algorithms;
    describe_certreq12(v, &sink);
    if (strcmp(to->layout, "certreq10") == 0) {
        carry_number(to, types.len, 1);
        carry_bytes(to, types.ptr, types.len);
    } else {
        carry_number(to, 0, 1); /* context */
        carry_number(to, 6 + schemes.len + 6 + names.len, 2);
        carry_number(to, CAUTH_EXT_SIGNATURE_ALGORITHMS, 2);
        carry_number(to, schemes.len + 2, 2);
        carry_number(to, schemes.len, 2);
        carry_bytes(to, schemes.ptr, schemes.len);
        carry_number(to, CAUTH_EXT_CERTIFICATE_AUTHORITIES, 2);
        carry_number(to, names.len + 2, 2);
    }
    carry_number(to, names.len, 2);
    carry_bytes(to, names.bytes, names.len);
}

static void carry_first_name(const cauth_certreq12 *v, carried *to)
{
    cauth_iter it = cauth_iter_init(v->certificate_authorities);
    cauth_bytes name;
    assert_true(cauth_vector16_next(&it, &name));
    carry_bytes(to, name.ptr, name.len);
}

/* A stream of records of one version in another: where a record had the right version, so it has. */
static void carry_records(cauth_bytes in, unsigned from, unsigned minor, carried *to)
{
    carry_bytes(to, in.ptr, in.len);
    for (size_t pos = 0; in.len - pos >= 5; pos += 5u + in.ptr[pos + 3] * 256u + in.ptr[pos + 4]) {
        unsigned its = in.ptr[pos + 2]; /* behind another major version it means nothing */
        if (in.ptr[pos + 1] == 3)
            to->bytes[pos + 2] = (uint8_t)(its == from ? minor : its == minor ? from : its);
        if (in.len - pos < 5u + in.ptr[pos + 3] * 256u + in.ptr[pos + 4])
            break;
    }
}

/* Of a row's evidence: the message in whose folder it lies. */
static const message *message_of(const divergence *row)
{
    char name[128];
    snprintf(name, sizeof name, "%.*s", (int)strcspn(row->evidence, "/"), row->evidence);
    const message *m = message_by_name(name);
    if (m == NULL)
        fail_msg("%s lies in the folder of no message", row->evidence);
    return m;
}

static cauth_bytes carry(const divergence *row, cauth_bytes in, const message *m, carried *to)
{
    const message *from = message_of(row);
    cauth_context ctx = message_context(from, CAUTH_STRICT);
    message_view view;
    cauth_flags flags;
    to->len = 0;
    to->layout = m->layout;
    if (m->form == MESSAGE_STREAM && m->version != from->version)
        carry_records(in, (unsigned)(from->version - CAUTH_SSL30), (unsigned)(m->version - CAUTH_SSL30), to);
    else if (strcmp(from->layout, m->layout) == 0)
        return in;
    else if (!cauth_is_accepted(from->parse(in, &ctx, &view, &flags)))
        fail_msg("%s cannot be carried over to %s: its framing is broken", row->evidence, m->name);
    else if (strcmp(from->layout, "cert12") == 0 && strcmp(m->layout, "cert13") == 0)
        carry_certificates(&view.cert_tls12_client, to);
    else if (strcmp(from->layout, "rawkey12") == 0 && strcmp(m->layout, "cert13") == 0)
        carry_raw_key(in, to);
    else if (strcmp(from->layout, "certreq12") == 0 && strncmp(m->layout, "certreq1", 8) == 0)
        carry_names(&view.certreq_tls12, to);
    else if (strcmp(from->layout, "cert12") == 0 && strcmp(m->layout, "x509") == 0)
        carry_bytes(to, in.ptr + 6, in.len - 6); /* the only one */
    else if (strcmp(from->layout, "certreq12") == 0 && strcmp(m->layout, "name") == 0)
        carry_first_name(&view.certreq_tls12, to);
    else
        fail_msg("%s cannot be carried over to %s", row->evidence, m->name);
    return (cauth_bytes){ to->bytes, to->len };
}

static bool is_shown(const divergence *row, const oracle *o, const message *m, cauth_bytes evidence)
{
    comparison c;
    char text[SIGNATURE_SIZE];
    compare(o, m, evidence, &c);
    for (size_t i = 0; i < c.num; i++) {
        if (c.list[i].row == row)
            return true;
        compare_signature(&c, &c.list[i], text);
        print_message("%s\n", text);
    }
    print_message("%s does not show: %s (%s %s)\n", row->evidence, row->why, o->name, m->name);
    return false;
}

/* The rows that speak of the linked version, for every oracle and message they speak of. */
static void test_every_row_is_shown_by_its_evidence(void **state)
{
    (void)state;
    static carried to;
    size_t missed = 0;
    uint32_t version = oracle_openssl.version_number();
    for (size_t i = 0; i < num_divergences; i++) {
        const divergence *row = &divergences[i];
        if (version < row->since || version > row->until)
            continue;
        cauth_bytes evidence = read_corpus(row->evidence);
        for (size_t j = 0; j < num_oracles_compared; j++) {
            const oracle_compared *compared = &oracles_compared[j];
            const message *m = message_by_name(compared->message);
            if (compared->lacks == NULL && divergence_is_of(row, compared->oracle, m->name)) {
                cauth_bytes whole = carry(row, evidence, m, &to);
                cauth_bytes copy = exact_copy(whole.ptr, whole.len);
                missed += !is_shown(row, compared->oracle, m, copy);
                exact_free(copy);
            }
        }
        exact_free(evidence);
    }
    assert_int_equal(missed, 0);
}

/* Whether the evidence of a row, as it lies in the corpus, is a finding of some oracle once the row is taken out. */
static bool is_missed(const divergence *row, const message *m, cauth_bytes evidence)
{
    for (size_t i = 0; i < num_oracles_compared; i++) {
        const oracle_compared *compared = &oracles_compared[i];
        comparison c;
        if (compared->lacks != NULL || strcmp(compared->message, m->name) != 0 ||
            !divergence_is_of(row, compared->oracle, m->name))
            continue;
        compare_without(row, compared->oracle, m, evidence, &c);
        if (!compare_is_clean(&c))
            return true;
    }
    return false;
}

/* Each row is needed: without it, cauth-diff on its evidence, in the folder where it lies, reports a finding. */
static void test_no_row_can_be_taken_out(void **state)
{
    (void)state;
    size_t found = 0;
    uint32_t version = oracle_openssl.version_number();
    for (size_t i = 0; i < num_divergences; i++) {
        const divergence *row = &divergences[i];
        const message *m = message_of(row);
        if (version < row->since || version > row->until || lacks(m->name) != NULL)
            continue;
        cauth_bytes evidence = read_corpus(row->evidence);
        if (!is_missed(row, m, evidence)) {
            print_message("%s stays explained without the row that names it: %s\n", row->evidence, row->why);
            found++;
        }
        exact_free(evidence);
    }
    assert_int_equal(found, 0);
}

static int end_oracle(void **state)
{
    (void)state;
    oracle_openssl.end();
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "--digest") == 0) {
        printf("%016llx\n", (unsigned long long)digest_of_all());
        oracle_openssl.end();
        return 0;
    }
    snprintf(self, sizeof self, "'%s' --digest", argv[0]);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_request_verdicts),
        cmocka_unit_test(test_request_fields),
        cmocka_unit_test(test_request_of_many_records),
        cmocka_unit_test(test_certificate_verdicts),
        cmocka_unit_test(test_required_certificate),
        cmocka_unit_test(test_request13),
        cmocka_unit_test(test_certificate13),
        cmocka_unit_test(test_compressed_certificate),
        cmocka_unit_test(test_raw_public_key),
        cmocka_unit_test(test_certificate_verify),
        cmocka_unit_test(test_alerts13),
        cmocka_unit_test(test_alerts_in_each_phase),
        cmocka_unit_test(test_plaintext_alerts13),
        cmocka_unit_test(test_alerts_before_hello),
        cmocka_unit_test(test_versions_before_hello),
        cmocka_unit_test(test_version_of_ssl2),
        cmocka_unit_test(test_longest_record),
        cmocka_unit_test(test_sealed_alerts),
        cmocka_unit_test(test_certificate13_post),
        cmocka_unit_test(test_decoders),
        cmocka_unit_test(test_scattered),
        cmocka_unit_test(test_coalesced),
        cmocka_unit_test(test_answers_are_alike),
        cmocka_unit_test(test_no_row_explains_two_answers),
        cmocka_unit_test(test_each_cutting_is_held_to_the_others),
        cmocka_unit_test(test_fault_beside_the_message_is_a_refusal),
        cmocka_unit_test(test_flight_is_cut),
        cmocka_unit_test(test_message_is_cut),
        cmocka_unit_test(test_each_version_is_spoken),
        cmocka_unit_test(test_same_bytes_out),
        cmocka_unit_test(test_alert_verdicts),
        cmocka_unit_test(test_refused_stream_is_measured),
        cmocka_unit_test(test_what_cannot_be_asked),
        cmocka_unit_test(test_starts_again_after_end),
        cmocka_unit_test(test_flag_of_an_item_that_they_read),
        cmocka_unit_test(test_altered_request),
        cmocka_unit_test(test_altered_request13),
        cmocka_unit_test(test_altered_extensions),
        cmocka_unit_test(test_altered_alert),
        cmocka_unit_test(test_altered_certificate),
        cmocka_unit_test(test_altered_raw_key),
        cmocka_unit_test(test_every_extension_type),
        cmocka_unit_test(test_every_row_is_shown_by_its_evidence),
        cmocka_unit_test(test_no_row_can_be_taken_out),
    };
    return cmocka_run_group_tests_name("oracle_openssl", tests, NULL, end_oracle);
}
