/* What the oracles claim to show of a message: that each field is known in the corpus and is compared, and that those
 * of certificates and names come from what OpenSSL decoded and not from the octets that it keeps. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/asn1.h>
#include <openssl/objects.h>
#include <openssl/x509.h>

#include "compare.h"
#include "corpus_file.h"
#include "exact.h"
#include "hex.h"
#include "normal.h"

#define NUM(array) (sizeof(array) / sizeof((array)[0]))

/* --- every field that is claimed: an answer that is altered in it is a finding --- */

/* The oracle that is asked, and where its answer is altered: one value of one field, or one value less. */
static struct {
    const oracle *real;
    size_t field;
    oracle_field fields[MAX_FIELDS_COMPARED];
    uint8_t *span; /* of the altered value */
} alter;

/* The first value that can be told from another; num_values: none can. */
static size_t value_to_alter(const oracle_field *f)
{
    size_t i = 0;
    while (i < f->num_values && !f->numbers && (f->values[i].encoded_anew || f->values[i].span.len == 0))
        i++;
    return i;
}

static void judge_altered(const message *m, cauth_bytes in, oracle_observation *out)
{
    static oracle_value values[4096];
    alter.real->judge(m, in, out);
    oracle_field *f = &alter.fields[alter.field];
    assert_true(out->num_fields <= NUM(alter.fields));
    memcpy(alter.fields, out->fields, out->num_fields * sizeof *out->fields);
    out->fields = alter.fields;
    size_t at = value_to_alter(f);
    assert_true(f->num_values <= NUM(values));
    memcpy(values, f->values, f->num_values * sizeof *values);
    f->values = values;
    if (at == f->num_values) {
        f->num_values--;
    } else if (f->numbers) {
        values[at].number ^= 1;
    } else {
        cauth_bytes span = values[at].span;
        free(alter.span);
        alter.span = malloc(span.len);
        assert_non_null(alter.span);
        memcpy(alter.span, span.ptr, span.len);
        alter.span[span.len - 1] ^= (uint8_t)(1u << values[at].cleared_bits);
        values[at].span.ptr = alter.span;
    }
}

typedef enum { NOT_CLAIMED, CLAIMED, COMPARED } claim;
static claim claims[128][CAUTH_NUM_FIELDS];

/* Files of one row of oracles.def. */
static void judge_file(void *user, const char *path, const message *m, cauth_bytes in)
{
    const oracle_compared *row = user;
    claim *of = claims[row - oracles_compared];
    oracle altered = *row->oracle;
    comparison c;
    alter.real = row->oracle;
    altered.judge = judge_altered;
    compare(row->oracle, m, in, &c);
    if (c.theirs.verdict != ORACLE_ACCEPT)
        return;
    size_t num = c.theirs.num_fields;
    for (size_t i = 0; i < num; i++)
        if (of[c.theirs.fields[i].field] == NOT_CLAIMED)
            of[c.theirs.fields[i].field] = CLAIMED;
    if (c.num > 0) /* of a file without any disagreement, all that is altered is seen */
        return;
    bool flagged = cauth_flags_next(&c.flags, CAUTH_RULE_NONE) != CAUTH_RULE_NONE;
    for (alter.field = 0; alter.field < num; alter.field++) {
        row->oracle->judge(m, in, &c.theirs);
        const oracle_field *f = &c.theirs.fields[alter.field];
        cauth_field field = f->field;
        if (of[field] == COMPARED || f->num_values == 0)
            continue;
        compare(&altered, m, in, &c);
        if (flagged && c.num == 1 && c.list[0].row != NULL) /* another file must do */
            continue;
        if (c.num != 1 || c.list[0].kind != OTHER_FIELD || c.list[0].field != field || c.list[0].row != NULL)
            fail_msg("%s: %s: %s is altered, and there are %zu disagreements", path, row->oracle->name,
                     cauth_field_name(field), c.num);
        of[field] = COMPARED;
    }
}

/* Of some messages no API shows a field; of a CompressedCertificate, only what is inside. */
static bool shows_no_field(const char *name)
{
    return strncmp(name, "certverify", 10) == 0 || strcmp(name, "compressed_tls13") == 0;
}

static void test_each_claimed_field_is_compared(void **state)
{
    (void)state;
    size_t missed = 0;
    assert_true(num_oracles_compared <= NUM(claims));
    for (size_t i = 0; i < num_oracles_compared; i++) {
        const oracle_compared *row = &oracles_compared[i];
        if (row->lacks != NULL)
            continue;
        replay_corpus(message_by_name(row->message), judge_file, (void *)(uintptr_t)row);
        size_t compared = 0;
        for (size_t field = 0; field < CAUTH_NUM_FIELDS; field++) {
            compared += claims[i][field] == COMPARED;
            if (claims[i][field] == CLAIMED) {
                print_message("%s, %s: no file of the corpus shows %s so that an alteration is a finding\n",
                              row->oracle->name, row->message, cauth_field_name((cauth_field)field));
                missed++;
            }
        }
        if ((compared == 0) != shows_no_field(row->message)) {
            print_message("%s, %s: %zu fields are compared\n", row->oracle->name, row->message, compared);
            missed++;
        }
    }
    free(alter.span);
    alter.span = NULL;
    assert_int_equal(missed, 0);
}

/* --- certificates and names: what OpenSSL decoded is altered before the oracle sees it --- */

/* The test is linked with --wrap: the oracle's calls of d2i_X509 and d2i_X509_NAME come here. */
X509 *__real_d2i_X509(X509 **cert, const unsigned char **in, long len);
X509 *__wrap_d2i_X509(X509 **cert, const unsigned char **in, long len);
X509_NAME *__real_d2i_X509_NAME(X509_NAME **name, const unsigned char **in, long len);
X509_NAME *__wrap_d2i_X509_NAME(X509_NAME **name, const unsigned char **in, long len);

static bool (*alter_certificate)(X509 *cert);
static bool (*alter_name)(X509_NAME *name);

X509 *__wrap_d2i_X509(X509 **cert, const unsigned char **in, long len)
{
    X509 *decoded = __real_d2i_X509(cert, in, len);
    if (decoded != NULL && alter_certificate != NULL)
        assert_true(alter_certificate(decoded));
    return decoded;
}

X509_NAME *__wrap_d2i_X509_NAME(X509_NAME **name, const unsigned char **in, long len)
{
    X509_NAME *decoded = __real_d2i_X509_NAME(name, in, len);
    if (decoded != NULL && alter_name != NULL)
        assert_true(alter_name(decoded));
    return decoded;
}

/* In place, so that OpenSSL does not notice. */
static bool alter_serial(X509 *cert)
{
    return ASN1_INTEGER_set(X509_get_serialNumber(cert), 77) == 1;
}

static bool alter_version(X509 *cert)
{
    return X509_set_version(cert, X509_VERSION_2) == 1;
}

static bool alter_version_to_first(X509 *cert)
{
    return X509_set_version(cert, X509_VERSION_1) == 1;
}

static bool alter_algorithm(const X509_ALGOR *algorithm)
{
    return X509_ALGOR_set0((X509_ALGOR *)(uintptr_t)algorithm, OBJ_nid2obj(NID_sha1WithRSAEncryption), V_ASN1_NULL,
                           NULL) == 1;
}

static bool alter_tbs_signature(X509 *cert)
{
    return alter_algorithm(X509_get0_tbs_sigalg(cert));
}

static bool alter_signature_algorithm(X509 *cert)
{
    const X509_ALGOR *algorithm;
    X509_get0_signature(NULL, &algorithm, cert);
    return alter_algorithm(algorithm);
}

static bool alter_parameters(X509 *cert)
{
    X509_ALGOR *algorithm = (X509_ALGOR *)(uintptr_t)X509_get0_tbs_sigalg(cert);
    const ASN1_OBJECT *oid;
    X509_ALGOR_get0(&oid, NULL, NULL, algorithm);
    return X509_ALGOR_set0(algorithm, OBJ_dup(oid), V_ASN1_UNDEF, NULL) == 1;
}

static bool alter_not_before(X509 *cert)
{
    return ASN1_TIME_set_string(X509_getm_notBefore(cert), "200101000001Z") == 1;
}

/* Whatever its type. */
static bool alter_not_before_in_place(X509 *cert)
{
    ASN1_TIME *time = X509_getm_notBefore(cert);
    return ASN1_STRING_set(time, "300101000000Z", 13) == 1;
}

static bool alter_not_after(X509 *cert)
{
    return ASN1_TIME_set_string(X509_getm_notAfter(cert), "20510101000000Z") == 1;
}

static X509_NAME_ENTRY *first_attribute(X509_NAME *name)
{
    return (X509_NAME_ENTRY *)X509_NAME_get_entry(name, 0); /* const since 4.0 */
}

static bool alter_first(X509_NAME *name)
{
    return X509_NAME_ENTRY_set_data(first_attribute(name), V_ASN1_UTF8STRING, (const unsigned char *)"X", 1) == 1;
}

/* The octets of the names stay: only the whole, encoded anew, is another. */
static bool alter_subject_in_place(X509 *cert)
{
    return alter_first((X509_NAME *)X509_get_subject_name(cert)); /* const since 4.0 */
}

static bool alter_issuer_in_place(X509 *cert)
{
    return alter_first((X509_NAME *)X509_get_issuer_name(cert));
}

static bool alter_subject(X509 *cert)
{
    return X509_set_subject_name(cert, X509_get_issuer_name(cert)) == 1;
}

static bool alter_issuer(X509 *cert)
{
    return X509_set_issuer_name(cert, X509_get_subject_name(cert)) == 1;
}

static bool alter_bits(const ASN1_BIT_STRING *bits)
{
    return ASN1_BIT_STRING_set_bit((ASN1_BIT_STRING *)(uintptr_t)bits, 7,
                                   !ASN1_BIT_STRING_get_bit((ASN1_BIT_STRING *)(uintptr_t)bits, 7)) == 1;
}

static bool alter_key(X509 *cert)
{
    return alter_bits(X509_get0_pubkey_bitstr(cert));
}

static bool alter_key_algorithm(X509 *cert)
{
    X509_ALGOR *algorithm;
    return X509_PUBKEY_get0_param(NULL, NULL, NULL, &algorithm, X509_get_X509_PUBKEY(cert)) == 1 &&
           alter_algorithm(algorithm);
}

static bool alter_issuer_id(X509 *cert)
{
    const ASN1_BIT_STRING *id;
    X509_get0_uids(cert, &id, NULL);
    return alter_bits(id);
}

static bool alter_subject_id(X509 *cert)
{
    const ASN1_BIT_STRING *id;
    X509_get0_uids(cert, NULL, &id);
    return alter_bits(id);
}

static bool alter_signature(X509 *cert)
{
    const ASN1_BIT_STRING *signature;
    X509_get0_signature(&signature, NULL, cert);
    return alter_bits(signature);
}

static X509_EXTENSION *first_extension(X509 *cert)
{
    return (X509_EXTENSION *)X509_get_ext(cert, 0); /* const since 4.0 */
}

static bool alter_extension_type(X509 *cert)
{
    return X509_EXTENSION_set_object(first_extension(cert), OBJ_nid2obj(NID_key_usage)) == 1;
}

static bool alter_extension_critical(X509 *cert)
{
    return X509_EXTENSION_set_critical(first_extension(cert), 0) == 1;
}

static bool alter_extension_value(X509 *cert)
{
    return ASN1_STRING_set(X509_EXTENSION_get_data(first_extension(cert)), "x", 1) == 1;
}

static bool alter_extensions(X509 *cert)
{
    X509_EXTENSION_free(X509_delete_ext(cert, 0));
    return X509_get_ext_count(cert) == 0;
}

/* Alters nothing: what the other tests see comes from what is altered. */
static bool alter_nothing(X509 *cert)
{
    return cert != NULL;
}

static cauth_bytes exact_octets(const char *hex)
{
    uint8_t octets[64];
    size_t len = 0;
    if (!octets_from_hex(hex, octets, sizeof octets, &len))
        fail_msg("%s: no octets", hex);
    return exact_copy(octets, len);
}

#define MOST 5u

/* The fields that differ are those, no others, and nothing explains them. `name` is of the message. */
static void expect_other_fields(const char *name, cauth_bytes in, size_t number, const cauth_field fields[MOST])
{
    comparison c;
    size_t num = 0;
    compare(&oracle_openssl, message_by_name(name), in, &c);
    while (num < MOST && fields[num] != CAUTH_FIELD_NONE)
        num++;
    bool same = c.num == num;
    for (size_t i = 0; i < c.num; i++) {
        size_t at = 0;
        while (at < num && fields[at] != c.list[i].field)
            at++;
        same = same && at < num && c.list[i].kind == OTHER_FIELD && c.list[i].row == NULL;
    }
    if (!same) {
        for (size_t i = 0; i < c.num; i++)
            print_message("%s\n", cauth_field_name(c.list[i].field));
        fail_msg("%s: alteration %zu shows in these fields, and not in those that it is of", name, number);
    }
}

static void test_altered_certificate(void **state)
{
    (void)state;
    static const struct {
        bool (*alter)(X509 *cert);
        cauth_field fields[MOST];
    } cases[] = {
        { alter_nothing, { CAUTH_FIELD_NONE } },
        { alter_version, { CAUTH_FIELD_X509_VERSION, CAUTH_FIELD_X509_CERTIFICATE } },
        { alter_version_to_first, { CAUTH_FIELD_X509_VERSION, CAUTH_FIELD_X509_CERTIFICATE } },
        { alter_serial, { CAUTH_FIELD_X509_SERIAL, CAUTH_FIELD_X509_CERTIFICATE } },
        { alter_tbs_signature, { CAUTH_FIELD_X509_TBS_SIGNATURE, CAUTH_FIELD_X509_CERTIFICATE } },
        { alter_parameters, { CAUTH_FIELD_X509_TBS_SIGNATURE, CAUTH_FIELD_X509_CERTIFICATE } },
        { alter_issuer, { CAUTH_FIELD_X509_ISSUER, CAUTH_FIELD_X509_CERTIFICATE } },
        { alter_issuer_in_place, { CAUTH_FIELD_X509_CERTIFICATE } },
        { alter_not_before, { CAUTH_FIELD_X509_NOT_BEFORE, CAUTH_FIELD_X509_CERTIFICATE } },
        { alter_not_after, { CAUTH_FIELD_X509_VALIDITY, CAUTH_FIELD_X509_NOT_AFTER, CAUTH_FIELD_X509_CERTIFICATE } },
        { alter_subject, { CAUTH_FIELD_X509_SUBJECT, CAUTH_FIELD_X509_CERTIFICATE } },
        { alter_subject_in_place, { CAUTH_FIELD_X509_CERTIFICATE } },
        { alter_key, { CAUTH_FIELD_X509_SPKI, CAUTH_FIELD_X509_PUBLIC_KEY, CAUTH_FIELD_X509_CERTIFICATE } },
        { alter_key_algorithm,
          { CAUTH_FIELD_X509_SPKI, CAUTH_FIELD_X509_SPKI_ALGORITHM, CAUTH_FIELD_X509_CERTIFICATE } },
        { alter_issuer_id, { CAUTH_FIELD_X509_UNIQUE_ID, CAUTH_FIELD_X509_CERTIFICATE } },
        { alter_subject_id, { CAUTH_FIELD_X509_UNIQUE_ID, CAUTH_FIELD_X509_CERTIFICATE } },
        { alter_extension_type, { CAUTH_FIELD_X509_EXTENSION_OID, CAUTH_FIELD_X509_CERTIFICATE } },
        { alter_extension_critical, { CAUTH_FIELD_X509_EXTENSION_CRITICAL, CAUTH_FIELD_X509_CERTIFICATE } },
        { alter_extension_value, { CAUTH_FIELD_X509_EXTENSION_VALUE, CAUTH_FIELD_X509_CERTIFICATE } },
        { alter_extensions,
          { CAUTH_FIELD_X509_EXTENSION_OID, CAUTH_FIELD_X509_EXTENSION_CRITICAL, CAUTH_FIELD_X509_EXTENSION_VALUE,
            CAUTH_FIELD_X509_CERTIFICATE } },
        { alter_signature_algorithm, { CAUTH_FIELD_X509_SIGNATURE_ALGORITHM, CAUTH_FIELD_X509_CERTIFICATE } },
        { alter_signature, { CAUTH_FIELD_X509_SIGNATURE_VALUE, CAUTH_FIELD_X509_CERTIFICATE } },
    };
    cauth_bytes in = read_corpus("x509/unique-ids");
    for (size_t i = 0; i < NUM(cases); i++) {
        alter_certificate = cases[i].alter;
        expect_other_fields("x509", in, i, cases[i].fields);
    }
    exact_free(in);
}

static bool alter_value(X509_NAME *name)
{
    return alter_first(name);
}

static bool alter_value_type(X509_NAME *name)
{
    return X509_NAME_ENTRY_set_data(first_attribute(name), V_ASN1_PRINTABLESTRING, (const unsigned char *)"a", 1) == 1;
}

static bool alter_type(X509_NAME *name)
{
    return X509_NAME_ENTRY_set_object(first_attribute(name), OBJ_nid2obj(NID_surname)) == 1;
}

/* The last attribute, alone in its RDN, goes to the one before. */
static bool alter_rdns(X509_NAME *name)
{
    X509_NAME_ENTRY *last = X509_NAME_delete_entry(name, X509_NAME_entry_count(name) - 1);
    bool done = X509_NAME_add_entry(name, last, -1, -1) == 1;
    X509_NAME_ENTRY_free(last);
    return done;
}

static bool keep_name(X509_NAME *name)
{
    return name != NULL;
}

static void test_altered_name(void **state)
{
    (void)state;
    static const struct {
        bool (*alter)(X509_NAME *name);
        cauth_field fields[MOST];
    } cases[] = {
        { keep_name, { CAUTH_FIELD_NONE } },
        { alter_type, { CAUTH_FIELD_ATTRIBUTE_TYPE, CAUTH_FIELD_NAME } },
        { alter_value_type, { CAUTH_FIELD_ATTRIBUTE, CAUTH_FIELD_NAME } },
        { alter_value, { CAUTH_FIELD_ATTRIBUTE_VALUE, CAUTH_FIELD_NAME } },
        { alter_rdns, { CAUTH_FIELD_RDN, CAUTH_FIELD_NAME } },
    };
    static const char *const names[] = { "name_tls10", "name_tls12" };
    /* CN=a + O=b, CN=c */
    static const uint8_t in[] = { 0x30, 0x22, 0x31, 0x14, 0x30, 8, 6,    3, 0x55, 4,  3, 12,
                                  1,    'a',  0x30, 8,    6,    3, 0x55, 4, 10,   12, 1, 'b',
                                  0x31, 0x0a, 0x30, 8,    6,    3, 0x55, 4, 3,    12, 1, 'c' };
    for (size_t i = 0; i < NUM(names) * NUM(cases); i++) {
        alter_name = cases[i / NUM(names)].alter;
        expect_other_fields(names[i % NUM(names)], (cauth_bytes){ in, sizeof in }, i / NUM(names),
                            cases[i / NUM(names)].fields);
    }
}

/* Rows about what is encoded anew explain the encoding: whatever else is altered in the files that show them does not
 * pass for it. */
static void test_row_explains_the_encoding_alone(void **state)
{
    (void)state;
    static bool (*const alterations[])(X509 * cert) = { alter_nothing, alter_issuer_in_place, alter_not_before_in_place,
                                                        alter_key };
    for (size_t i = 0; i < num_divergences; i++) {
        const divergence *row = &divergences[i];
        if (row->kind != OTHER_FIELD || strcmp(row->messages, "x509") != 0 ||
            row->field != CAUTH_FIELD_X509_CERTIFICATE || oracle_openssl.version_number() < row->since ||
            oracle_openssl.version_number() > row->until)
            continue;
        cauth_bytes in = read_corpus(row->evidence);
        for (size_t j = 0; j < NUM(alterations); j++) {
            comparison c;
            bool explained = false;
            bool differs = false;
            alter_certificate = alterations[j];
            compare(&oracle_openssl, message_by_name("x509"), in, &c);
            for (size_t k = 0; k < c.num; k++)
                if (c.list[k].field == CAUTH_FIELD_X509_CERTIFICATE) {
                    explained = j == 0 ? c.list[k].row == row : c.list[k].row != NULL;
                    differs = true;
                }
            assert_true(differs);
            if (explained != (j == 0))
                fail_msg("%s: alteration %zu: %s", row->evidence, j, explained ? "explained" : "not explained");
        }
        exact_free(in);
    }
}

/* Gives the whole certificate with a length of more octets than it needs. */
static void judge_with_padded_length(const message *m, cauth_bytes in, oracle_observation *out)
{
    static oracle_field fields[MAX_FIELDS_COMPARED];
    static oracle_value value;
    static uint8_t padded[1024];
    oracle_openssl.judge(m, in, out);
    assert_true(in.ptr[1] == 0x81 && in.len < sizeof padded);
    memcpy(fields, out->fields, out->num_fields * sizeof *fields);
    out->fields = fields;
    memcpy(padded, (const uint8_t[]){ 0x30, 0x82, 0 }, 3);
    memcpy(padded + 3, in.ptr + 2, in.len - 2);
    value.span = (cauth_bytes){ padded, in.len + 1 };
    for (size_t i = 0; i < out->num_fields; i++)
        if (fields[i].field == CAUTH_FIELD_X509_CERTIFICATE)
            fields[i].values = &value;
}

/* A row without a flag asks that there are such bits, too: the same in DER is not enough. */
static void test_row_of_unused_bits(void **state)
{
    (void)state;
    static const char *const paths[] = { "x509/unique-ids", "x509/div-unused-bits-of-unique-id" };
    oracle other = oracle_openssl;
    other.judge = judge_with_padded_length;
    for (size_t i = 0; i < NUM(paths); i++) {
        comparison c;
        cauth_bytes in = read_corpus(paths[i]);
        compare(&other, message_by_name("x509"), in, &c);
        assert_int_equal(c.num, 1);
        assert_int_equal(c.list[0].field, CAUTH_FIELD_X509_CERTIFICATE);
        assert_int_equal(c.list[0].difference, IN_ENCODING);
        assert_int_equal(c.list[0].row != NULL, i == 1);
        exact_free(in);
    }
}

/* Values that are put together in different ways, some as they should be: no row explains two of these. */
static void test_each_way_is_a_disagreement(void **state)
{
    (void)state;
    static const struct {
        cauth_field field;
        field_difference difference;
        divergence_place place;
    } expected[] = {
        { CAUTH_FIELD_ATTRIBUTE, IN_CONSTRUCTED, PUT_TOGETHER },
        { CAUTH_FIELD_ATTRIBUTE, IN_NO_STRING, NO_STRING_IN_PIECES },
        { CAUTH_FIELD_ATTRIBUTE_VALUE, IN_CONSTRUCTED, PUT_TOGETHER },
        { CAUTH_FIELD_ATTRIBUTE_VALUE, IN_BITS_IN_PIECES, BITS_IN_PIECES },
        { CAUTH_FIELD_ATTRIBUTE_VALUE, IN_PIECES_OF_OTHER_TYPE, PIECES_OF_OTHER_TYPE },
        { CAUTH_FIELD_ATTRIBUTE_VALUE, IN_NO_STRING, NO_STRING_IN_PIECES },
        { CAUTH_FIELD_NAME, IN_BITS_IN_PIECES, BITS_IN_PIECES },
        { CAUTH_FIELD_NAME, IN_PIECES_OF_OTHER_TYPE, PIECES_OF_OTHER_TYPE },
        { CAUTH_FIELD_NAME, IN_NO_STRING, NO_STRING_IN_PIECES },
    };
    cauth_bytes in = exact_octets("303d 310c300a 06032a0304 2903040141" /* REAL */
                                  "3111300f 060355042d 2308 03020061 03020062"
                                  "310c300a 0603550403 2c030c0141"
                                  "310c300a 060355040a 2c03040141");
    comparison c;
    compare(&oracle_openssl, message_by_name("name_tls10"), in, &c);
    assert_int_equal(c.num, NUM(expected));
    for (size_t i = 0; i < NUM(expected); i++) {
        assert_int_equal(c.list[i].field, expected[i].field);
        assert_int_equal(c.list[i].difference, expected[i].difference);
        assert_non_null(c.list[i].row);
        assert_int_equal(c.list[i].row->place, expected[i].place);
    }
    exact_free(in);
}

/* What BER leaves free, and what it does not. */
static void test_same_in_der(void **state)
{
    (void)state;
    static const struct {
        const char *a;
        const char *b;
        bool same;
    } cases[] = {
        { "", "", true },
        { "0500", "", false },
        { "020101", "020101", true },
        { "020101", "020102", false },
        { "020101", "030101", false },
        { "020101020102", "020102020101", false },
        { "30030201013000", "3003020101", false },
        { "3003020101", "308103020101", true },                 /* a length of more octets */
        { "3003020101", "30800201010000", true },               /* indefinite */
        { "300530030201 01", "30803080020101 00000000", true }, /* twice */
        { "3106020101020102", "3106020102020101", true },       /* the order in a SET */
        { "3006020101020102", "3006020102020101", false },
        { "3106020101020101", "3106020101020102", false },
        { "3106020101040102", "3106020102040101", false },
        { "3103020101", "3106020101020101", false },
        { "0c026162", "2c06040161040162", true }, /* in pieces */
        { "0c026162", "2c080401610401620400", true },
        { "0c026162", "2c80240304016104016200 00", true },
        { "0c026162", "2c06040162040161", false },
        { "0c026162", "2c0c 2403 040161 2400 040162 2400", true },
        { "0c026162", "2c060c01610c0162", false }, /* each is an OCTET STRING */
        { "0c026162", "2c060401610c0162", false },
        { "0c026162", "2c052c03040161 040162", false },
        { "0c026162", "2c08040161040162 0300", false },
        { "1f850101ff", "1f850101ff", true }, /* the high form of tag */
        { "1f850101ff", "1f850201ff", false },
        { "3f85018000 00", "3f850100", true },
        { "0c026162", "2c03040161", false },
        { "0c026162", "16026162", false },
        { "0c026162", "2c026162", false },
        { "030207ff", "03020780", true }, /* unused bits */
        { "030207ff", "03020700", false },
        { "030207ff", "03020680", false },
        { "030300ffff", "030300fffe", false },
        { "820207ff", "82020780", true },
        { "030103", "030100", true },                   /* of nothing */
        { "0303006162", "23080302006103020062", true }, /* bits in pieces */
        { "030400610062", "23080302006103020062", false },
        { "0303046160", "23080302006103020460", true }, /* the last piece may have unused ones, */
        { "0303046160", "2308030200610302046f", true },
        { "0303006160", "23080302006103020460", false },
        { "0303006104", "2307030200610301 04", false },
        { "0303046060", "23080302046003020460", false }, /* no other may */
        { "0303006060", "23080302046003020060", false },
        { "03020460", "2307030204600301 00", false },
        { "03020061", "23070301000302 0061", true }, /* a piece of nothing */
        { "03020061", "2307030200610301 00", true },
        { "030100", "2303030100", true },
        { "030100", "2300", true },
        { "0303006162", "230c23080302006103020062 2300", true }, /* pieces of pieces */
        { "0303006162", "238023800302006100000302006200 00", true },
        { "0303006162", "30083006030200610302 0062", false },
        { "03020061", "2304 04020061", false }, /* what is no BIT STRING has no such octet, */
        { "03020061", "2304 24020061", false },
        { "0303006162", "23083006030200610302 0062", false },
        { "03020061", "230603020061 0300", false }, /* nor has what is empty, */
        { "03020061", "2304 03020861", false },     /* and it goes up to 7 */
        { "23080302046003020060", "23080302046003020060", true },
        { "23080302046003020060", "23080302046003020061", false },
        { "2c08030200610302 0062", "0c0400610062", false }, /* no BIT STRING around them */
        { "0c080302006103020062", "2c080302006103020062", false },
        { "040103", "040100", false },
        { "040207ff", "04020780", false },
        { "300602017f010100", "300302017f", true }, /* FALSE */
        { "300602017f0101ff", "300302017f", false },
        { "300602017f0101ff", "300602017f010101", false },
        { "300402010130", "300402010130", true }, /* what is no list of TLVs */
        { "300402010130", "300402010131", false },
        { "3005020101", "3005020101", false }, /* nothing that can be told */
    };
    for (size_t i = 0; i < NUM(cases); i++) {
        cauth_bytes first = exact_octets(cases[i].a);
        cauth_bytes second = exact_octets(cases[i].b);
        if (is_same_in_der(first, second, BY_X690) != cases[i].same ||
            is_same_in_der(second, first, BY_X690) != cases[i].same)
            fail_msg("%s and %s", cases[i].a, cases[i].b);
        exact_free(first);
        exact_free(second);
    }
}

static void test_put_together(void **state)
{
    (void)state;
    static const struct {
        uint8_t tag;
        const char *whole;
        const char *pieces;
        bool same;
    } cases[] = {
        { 0x2c, "", "", true },
        { 0x2c, "6162", "04026162", true },
        { 0x2c, "6162", "040161040162", true },
        { 0x2c, "6162", "2480040161 2403040162 00000400", true },
        { 0x2c, "6162", "0c0261 62", false },
        { 0x2c, "6162", "2c0404026162", false },
        { 0x2c, "6162", "24040c026162", false },
        { 0x2c, "6162", "1f04026162", false },
        { 0x2c, "6162", "84026162", false },
        { 0x2c, "6162", "040162040161", false },
        { 0x2c, "6162", "040161", false },
        { 0x2c, "61", "040161040162", false },
        { 0x2c, "6162", "04036162", false }, /* cut short */
        { 0x2c, "0780", "040207ff", false },
        { 0x29, "61", "040161", false }, /* no string */
        { 0x29, "61", "090161", false },
        { 0x29, "", "", false },
        { 0x23, "0780", "030207ff", true },
        { 0x23, "0780", "0302077f", false },
        { 0x23, "0780", "030206ff", false },
        { 0x23, "0700", "030207ff", false },
        { 0x23, "00", "030103", true },
        { 0x23, "006162", "0302006103020062", true },
        { 0x23, "00610062", "0302006103020062", false },
        { 0x23, "046160", "0302006103020460", true },
        { 0x23, "006160", "0302006103020460", false },
        { 0x23, "040060", "0302046103020060", false },
        { 0x23, "0061", "04020061", false },
    };
    for (size_t i = 0; i < NUM(cases); i++) {
        cauth_bytes whole = exact_octets(cases[i].whole);
        cauth_bytes pieces = exact_octets(cases[i].pieces);
        if (is_put_together(cases[i].tag, whole, pieces, BY_X690) != cases[i].same)
            fail_msg("%s of %s", cases[i].whole, cases[i].pieces);
        exact_free(whole);
        exact_free(pieces);
    }
}

/* Every type of the universal class: which are strings (X.690 §8.6, §8.7, §8.23, §8.25), so that OCTET STRINGs in them,
 * or BIT STRINGs, are put together. */
static void test_string_types(void **state)
{
    (void)state;
    static const char strings[] = "\x03\x04\x07\x0c\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1e";
    for (uint8_t tag = 1; tag < 0x1f; tag++) {
        uint8_t type = tag == 3 ? 3 : 4;
        cauth_bytes whole = exact_copy((const uint8_t[]){ tag, 2, 0, 'a' }, 4);
        cauth_bytes pieces = exact_copy((const uint8_t[]){ tag | 0x20, 4, type, 2, 0, 'a' }, 6);
        bool string = strchr(strings, tag) != NULL;
        bool sequence = tag == 0x10 || tag == 0x11;
        assert_int_equal(is_string_type(tag), string);
        assert_int_equal(is_string_type(tag | 0x20), string);
        if (is_same_in_der(whole, pieces, BY_X690) != string)
            fail_msg("the type %u", tag);
        if (is_same_in_der(whole, pieces, OF_NO_STRING) == sequence)
            fail_msg("the type %u, joined though it is no string", tag);
        exact_free(whole);
        exact_free(pieces);
    }
    assert_false(is_string_type(0x1f) || is_string_type(0x3f) || is_string_type(0x83) || is_string_type(0xac));
}

/* What is joined otherwise, by OpenSSL too: BIT STRINGs content after content, pieces of any type, what is no string.
 * Each is told from the others. */
static void test_other_joinings(void **state)
{
    (void)state;
    static const struct {
        unsigned joining;
        const char *theirs;
        const char *ours;
        bool same;
    } cases[] = {
        { BITS_RAW, "030400610062", "23080302006103020062", true },
        { BITS_RAW, "0303006162", "23080302006103020062", false },
        { BITS_RAW, "030404610060", "23080302046103020062", true }, /* the count of the first piece is that of all */
        { BITS_RAW, "030404610062", "23080302046103020062", true }, /* unused bits do not count */
        { BITS_RAW, "030404610070", "23080302046103020062", false },
        { BITS_RAW, "030400610060", "23080302046103020062", false },
        { BITS_RAW, "030400610962", "23080302006103020962", true }, /* other counts are not looked at */
        { BITS_RAW, "0303000061", "230703010003020061", true },
        { BITS_RAW, "03020061", "2306030003020061", true },
        { BITS_RAW, "030400610062", "23080402006104020062", false },
        { BITS_RAW | PIECES_OF_ANY_TYPE, "030400610062", "23080402006104020062", true },
        { BITS_RAW, "30063004 0c026162", "3008 3006 2c04 04026162", true }, /* what else BER leaves free */
        { BITS_RAW, "30060304 00610062", "300a 2308 03020061 03020062", true },
        { BITS_RAW, "30060304 00610063", "300a 2308 03020061 03020062", false },
        { BITS_RAW, "0c026162", "2c040c026162", false },
        { BITS_RAW, "090161", "2903040161", false },
        { PIECES_OF_ANY_TYPE, "0c026162", "2c040c026162", true },
        { PIECES_OF_ANY_TYPE, "0c026162", "2c060401610c0162", true },
        { PIECES_OF_ANY_TYPE, "0c026162", "2c060c01620c0161", false },
        { PIECES_OF_ANY_TYPE, "0c026162", "2c030c0161", false },
        { PIECES_OF_ANY_TYPE, "0c026162", "2c0f0c0161a980040162 00003f0100 0c00", true },
        { PIECES_OF_ANY_TYPE, "0c026162", "2c06 5f8101026162", true },
        { PIECES_OF_ANY_TYPE, "0c026162", "2c808001610001 6230000000", true },
        { PIECES_OF_ANY_TYPE, "0c0400610062", "2c080302006103020062", true }, /* no BIT STRING around them */
        { PIECES_OF_ANY_TYPE, "03020061", "230404020061", true },
        { PIECES_OF_ANY_TYPE, "03020061", "2306a30403020061", true },
        { PIECES_OF_ANY_TYPE, "0303006162", "23080402006103020062", true },
        { PIECES_OF_ANY_TYPE, "030400610062", "23080302006103020062", false },
        { PIECES_OF_ANY_TYPE, "03020061", "230604000402 0061", false },
        { PIECES_OF_ANY_TYPE, "090161", "2903040161", false },
        { PIECES_OF_ANY_TYPE, "300603040061 0062", "300a 2308 04020061 04020062", false },
        { PIECES_OF_ANY_TYPE, "30040c026162", "3006 2c04 16026162", true },
        { OF_NO_STRING, "090161", "2903040161", true },
        { OF_NO_STRING, "09026162", "29060901610a0162", true },
        { OF_NO_STRING, "090161", "2903040162", false },
        { OF_NO_STRING, "1d0141", "3d07a002850081 0141", true },
        { OF_NO_STRING, "1f290161", "3f2903040161", true },
        { OF_NO_STRING, "100161", "3003040161", false },
        { OF_NO_STRING, "110161", "3103040161", false },
        { OF_NO_STRING, "890161", "a903040161", false },
        { OF_NO_STRING, "0c026162", "2c040c026162", false },
        { OF_NO_STRING, "030400610062", "23080302006103020062", false },
        { OF_NO_STRING | PIECES_OF_ANY_TYPE, "0901610c0161", "2903040161 2c030c0161", true },
        { OF_NO_STRING, "0901610c0161", "2903040161 2c030c0161", false },
    };
    for (size_t i = 0; i < NUM(cases); i++) {
        cauth_bytes theirs = exact_octets(cases[i].theirs);
        cauth_bytes ours = exact_octets(cases[i].ours);
        if (is_same_in_der(theirs, ours, cases[i].joining) != cases[i].same)
            fail_msg("%s and %s", cases[i].theirs, cases[i].ours);
        if (theirs.ptr[1] == theirs.len - 2 && ours.ptr[1] == ours.len - 2 && theirs.ptr[0] % 32 != 16) {
            cauth_bytes whole = { theirs.ptr + 2, theirs.len - 2 };
            cauth_bytes pieces = { ours.ptr + 2, ours.len - 2 };
            if (is_put_together(ours.ptr[0], whole, pieces, cases[i].joining) != cases[i].same)
                fail_msg("%s of %s", cases[i].theirs, cases[i].ours);
        }
        exact_free(theirs);
        exact_free(ours);
    }
}

/* Why the oracle does not ask i2d_X509 and i2d_X509_NAME as they are: they give back octets that were kept, whatever
 * was decoded. Should a version of OpenSSL do otherwise, the oracle needs less. */
static void test_octets_are_kept(void **state)
{
    (void)state;
    cauth_bytes in = read_corpus("x509/unique-ids");
    const unsigned char *at = in.ptr;
    unsigned char *der = NULL;
    X509 *cert = d2i_X509(NULL, &at, (long)in.len);
    assert_non_null(cert);
    assert_true(alter_serial(cert) && alter_subject_in_place(cert) && alter_extension_value(cert));
    assert_int_equal(i2d_X509(cert, &der), in.len);
    assert_memory_equal(der, in.ptr, in.len);
    X509_free(cert);
    OPENSSL_free(der);
    exact_free(in);
    in = read_corpus("name_tls12/openssl-tls12-cas-bundle-1");
    at = in.ptr;
    der = NULL;
    X509_NAME *name = d2i_X509_NAME(NULL, &at, (long)in.len);
    assert_non_null(name);
    assert_true(alter_first(name));
    assert_int_equal(i2d_X509_NAME(name, &der), in.len);
    assert_memory_equal(der, in.ptr, in.len);
    X509_NAME_free(name);
    OPENSSL_free(der);
    exact_free(in);
}

static int alter_no_more(void **state)
{
    (void)state;
    alter_certificate = NULL;
    alter_name = NULL;
    return 0;
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
        cmocka_unit_test(test_each_claimed_field_is_compared),
        cmocka_unit_test_teardown(test_altered_certificate, alter_no_more),
        cmocka_unit_test_teardown(test_altered_name, alter_no_more),
        cmocka_unit_test_teardown(test_row_explains_the_encoding_alone, alter_no_more),
        cmocka_unit_test(test_row_of_unused_bits),
        cmocka_unit_test(test_each_way_is_a_disagreement),
        cmocka_unit_test(test_same_in_der),
        cmocka_unit_test(test_put_together),
        cmocka_unit_test(test_string_types),
        cmocka_unit_test(test_other_joinings),
        cmocka_unit_test(test_octets_are_kept),
    };
    return cmocka_run_group_tests_name("oracle_fields", tests, NULL, end_oracle);
}
