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
#include "exact_octets.h"
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

/* No row speaks of lengths in a certificate, whatever else a row speaks of. */
static void test_lengths_of_a_certificate(void **state)
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
        assert_int_equal(c.list[0].difference, IN_PADDED_LENGTHS);
        assert_null(c.list[0].row);
        exact_free(in);
    }
}

/* Where a unique identifier of one bit begins. */
static uint8_t *unique_id_of(uint8_t *certificate, size_t len)
{
    for (size_t i = 0; i + 4 <= len; i++)
        if (memcmp(certificate + i + 1, "\x02\x07", 2) == 0 && (certificate[i] == 0x81 || certificate[i] == 0x82))
            return certificate + i;
    fail_msg("no unique identifier of one bit");
    return NULL;
}

/* Gives the whole certificate with unused bits that are set. */
static void judge_with_unused_bits(const message *m, cauth_bytes in, oracle_observation *out)
{
    static oracle_field fields[MAX_FIELDS_COMPARED];
    static oracle_value value;
    static uint8_t altered[1024];
    oracle_openssl.judge(m, in, out);
    assert_true(in.len < sizeof altered);
    memcpy(fields, out->fields, out->num_fields * sizeof *fields);
    out->fields = fields;
    memcpy(altered, in.ptr, in.len);
    unique_id_of(altered, in.len)[3] = 0xFF;
    value.span = (cauth_bytes){ altered, in.len };
    for (size_t i = 0; i < out->num_fields; i++)
        if (fields[i].field == CAUTH_FIELD_X509_CERTIFICATE)
            fields[i].values = &value;
}

/* A row without a flag asks that it is ours that has such bits, too. */
static void test_row_of_unused_bits(void **state)
{
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        comparison c;
        oracle other = oracle_openssl;
        cauth_bytes file = read_corpus("x509/div-unused-bits-of-unique-id");
        bool ours = i % 2 == 1;
        uint8_t *bytes = malloc(file.len);
        assert_non_null(bytes);
        memcpy(bytes, file.ptr, file.len);
        unique_id_of(bytes, file.len)[0] = i < 2 ? 0x82 : 0x81; /* the subject's, or the issuer's */
        if (!ours) {
            unique_id_of(bytes, file.len)[3] = 0x80;
            other.judge = judge_with_unused_bits;
        }
        compare(&other, message_by_name("x509"), (cauth_bytes){ bytes, file.len }, &c);
        assert_int_equal(c.num, 1);
        assert_int_equal(c.list[0].field, CAUTH_FIELD_X509_CERTIFICATE);
        assert_int_equal(c.list[0].difference, IN_UNUSED_BITS_OF_KEYS);
        assert_int_equal(c.list[0].row != NULL, ours);
        free(bytes);
        exact_free(file);
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
        { CAUTH_FIELD_NAME, IN_CONSTRUCTED, PUT_TOGETHER },
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

#define DIFFERENT (-1)

/* In whatever part. */
static void expect_ways(const char *a, const char *b, int expected)
{
    uint32_t all = 0;
    unsigned ways = 0;
    cauth_bytes first = exact_octets(a);
    cauth_bytes second = exact_octets(b);
    bool same = is_same_but_for(first, second, &all);
    for (unsigned part = 0; part < NUM_PARTS; part++)
        ways |= all >> part * NUM_WAYS & (WAYS_OF(1, 1) - 1);
    if ((same ? (int)ways : DIFFERENT) != expected)
        fail_msg("%s and %s: %d", a, b, same ? (int)ways : DIFFERENT);
    exact_free(first);
    exact_free(second);
}

static void expect_together(uint8_t tag, const char *a, const char *b, int expected)
{
    unsigned ways = 0;
    cauth_bytes whole = exact_octets(a);
    cauth_bytes pieces = exact_octets(b);
    bool same = is_put_together(tag, whole, pieces, &ways);
    if ((same ? (int)ways : DIFFERENT) != expected)
        fail_msg("%s of %s: %d", a, b, same ? (int)ways : DIFFERENT);
    exact_free(whole);
    exact_free(pieces);
}

/* What BER leaves free, and what it does not. */
static void test_ways_of_ber(void **state)
{
    (void)state;
    static const struct {
        const char *a;
        const char *b;
        int ways;
    } cases[] = {
        { "", "", 0 },
        { "0500", "", DIFFERENT },
        { "020101", "020101", 0 },
        { "020101", "020102", DIFFERENT },
        { "020101", "030101", DIFFERENT },
        { "020101020102", "020102020101", DIFFERENT },
        { "30030201013000", "3003020101", DIFFERENT },
        { "3003020101", "308103020101", PADDED_LENGTHS },                     /* a length of more octets */
        { "3003020101", "30800201010000", INDEFINITE_LENGTHS },               /* indefinite */
        { "300530030201 01", "30803080020101 00000000", INDEFINITE_LENGTHS }, /* twice */
        { "3106020101020102", "3106020102020101", ORDER_IN_SETS },            /* the order in a SET */
        { "3006020101020102", "3006020102020101", DIFFERENT },
        { "3106020101020101", "3106020101020102", DIFFERENT },
        { "3106020101040102", "3106020102040101", DIFFERENT },
        { "3103020101", "3106020101020101", DIFFERENT },
        { "0c026162", "2c06040161040162", STRINGS_IN_PIECES }, /* in pieces */
        { "0c026162", "2c080401610401620400", STRINGS_IN_PIECES },
        { "0c026162", "2c80240304016104016200 00", STRINGS_IN_PIECES | INDEFINITE_LENGTHS },
        { "0c026162", "2c06040162040161", DIFFERENT },
        { "0c026162", "2c0c 2403 040161 2400 040162 2400", STRINGS_IN_PIECES },
        { "0c026162", "2c060c01610c0162", PIECES_OF_ANY_TYPE }, /* each is an OCTET STRING */
        { "0c026162", "2c060401610c0162", PIECES_OF_ANY_TYPE },
        { "2c03040161", "2c0404810161", STRINGS_IN_PIECES }, /* the pieces are no list whose lengths count */
        { "0c026162", "2c052c03040161 040162", DIFFERENT },
        { "0c026162", "2c08040161040162 0300", PIECES_OF_ANY_TYPE },
        { "1f850101ff", "1f850101ff", 0 }, /* the high form of tag */
        { "1f850101ff", "1f850201ff", DIFFERENT },
        { "3f85018000 00", "3f850100", INDEFINITE_LENGTHS },
        { "0c026162", "2c03040161", DIFFERENT },
        { "0c026162", "16026162", DIFFERENT },
        { "0c026162", "2c026162", DIFFERENT },
        { "030207ff", "03020780", UNUSED_BITS_OF_KEYS }, /* unused bits */
        { "030207ff", "03020700", DIFFERENT },
        { "030207ff", "03020680", DIFFERENT },
        { "030300ffff", "030300fffe", DIFFERENT },
        { "820207ff", "82020780", UNUSED_BITS_OF_KEYS },
        { "030103", "030100", UNUSED_BITS_OF_KEYS },                 /* of nothing */
        { "0303006162", "23080302006103020062", STRINGS_IN_PIECES }, /* bits in pieces */
        { "030400610062", "23080302006103020062", BITS_RAW },
        { "0303046160", "23080302006103020460", STRINGS_IN_PIECES }, /* the last piece may have unused ones, */
        { "0303046160", "2308030200610302046f", STRINGS_IN_PIECES | UNUSED_BITS_OF_KEYS },
        { "0303006160", "23080302006103020460", DIFFERENT },
        { "0303006104", "2307030200610301 04", BITS_RAW },
        { "0303046060", "23080302046003020460", DIFFERENT }, /* no other may */
        { "0303006060", "23080302046003020060", DIFFERENT },
        { "03020460", "2307030204600301 00", DIFFERENT },
        { "03020061", "23070301000302 0061", STRINGS_IN_PIECES }, /* a piece of nothing */
        { "03020061", "2307030200610301 00", STRINGS_IN_PIECES },
        { "030100", "2303030100", STRINGS_IN_PIECES },
        { "030100", "2300", STRINGS_IN_PIECES },
        { "0303006162", "230c23080302006103020062 2300", STRINGS_IN_PIECES }, /* pieces of pieces */
        { "0303006162", "238023800302006100000302006200 00", STRINGS_IN_PIECES | INDEFINITE_LENGTHS },
        { "0303006162", "30083006030200610302 0062", DIFFERENT },
        { "03020061", "2304 04020061", PIECES_OF_ANY_TYPE }, /* what is no BIT STRING has no such octet, */
        { "03020061", "2304 24020061", DIFFERENT },
        { "0303006162", "23083006030200610302 0062", DIFFERENT },
        { "03020061", "230603020061 0300", BITS_RAW }, /* nor has what is empty, */
        { "03020061", "2304 03020861", DIFFERENT },    /* and it goes up to 7 */
        { "03020861", "2304 03020861", BITS_RAW },
        { "23080302046003020060", "23080302046003020060", 0 },
        { "23080302046003020060", "23080302046003020061", BITS_RAW | UNUSED_BITS_OF_KEYS },
        { "2c08030200610302 0062", "0c0400610062", PIECES_OF_ANY_TYPE }, /* no BIT STRING around them */
        { "0c080302006103020062", "2c080302006103020062", DIFFERENT },
        { "040103", "040100", DIFFERENT },
        { "040207ff", "04020780", DIFFERENT },
        { "300602017f010100", "300302017f", DIFFERENT }, /* FALSE */
        { "300602017f0101ff", "300302017f", DIFFERENT },
        { "300602017f0101ff", "300602017f010101", DIFFERENT },
        { "300402010130", "300402010130", 0 }, /* what is no list of TLVs */
        { "300402010130", "300402010131", DIFFERENT },
        { "3005020101", "3005020101", DIFFERENT }, /* nothing that can be told */
        /* forms of lengths, each alone and both */
        { "020101", "02810101", PADDED_LENGTHS },
        { "3003020101", "3082000302 0101", PADDED_LENGTHS },
        { "3003020101", "308002810101 0000", INDEFINITE_LENGTHS | PADDED_LENGTHS },
        { "1f1f00", "1f801f00", DIFFERENT }, /* of a tag there is no other form */
        /* what has unused bits, and where */
        { "300706012a03020780", "300706012a030207ff", UNUSED_BITS_OF_VALUES },
        { "300706012a82020780", "300706012a820207ff", DIFFERENT },
        { "3006300003020780", "30063000030207ff", UNUSED_BITS_OF_KEYS },
        { "300706012a03020780 03020780", "300706012a030207ff 030207ff", UNUSED_BITS_OF_VALUES | UNUSED_BITS_OF_KEYS },
        /* what is sorted, in two ways: as it came, and as it is put together */
        { "31070c01620c026161", "31090c0261612c03040162", STRINGS_IN_PIECES },
        { "31070c0261610c0162", "31090c0261612c03040162", ORDER_IN_SETS | STRINGS_IN_PIECES },
        { "31070c01620c026161", "31092c030401620c026161", ORDER_IN_SETS | STRINGS_IN_PIECES },
        /* FALSE is the DEFAULT in an extension alone */
        { "300706012a04023000", "300a06012a01010004023000", FALSE_WRITTEN_OUT },
        { "300706012a04023000", "300a06012a0101ff04023000", DIFFERENT },
        { "300a06012a01010104023000", "300a06012a0101ff04023000", DIFFERENT },
        { "300306012a", "300606012a010100", DIFFERENT },
        { "300506012a0500", "300806012a0101000500", DIFFERENT },
        { "300404023000", "300701010004023000", DIFFERENT },
    };
    for (size_t i = 0; i < NUM(cases); i++) {
        expect_ways(cases[i].a, cases[i].b, cases[i].ways);
        expect_ways(cases[i].b, cases[i].a, cases[i].ways);
    }
}

/* Names, parameters and the rest are told apart; lengths and the order in SETs are of the rest. */
static void test_ways_of_parts(void **state)
{
    (void)state;
    static const struct {
        const char *a;
        const char *b;
        uint32_t ways;
    } cases[] = {
        { "310b3009 06032a0304 03020780", "310b3009 06032a0304 030207ff", WAYS_OF(PART_NAMES, UNUSED_BITS_OF_VALUES) },
        { "3009 06032a0304 03020780", "3009 06032a0304 030207ff", WAYS_OF(PART_PARAMETERS, UNUSED_BITS_OF_VALUES) },
        { "03020780", "030207ff", WAYS_OF(PART_REST, UNUSED_BITS_OF_KEYS) },
        { "310403020780", "3104030207ff", WAYS_OF(PART_NAMES, UNUSED_BITS_OF_KEYS) },
        { "310a3008 06032a0304 0c0161", "310c300a 06032a0304 2c03040161", WAYS_OF(PART_NAMES, STRINGS_IN_PIECES) },
        { "3008 06032a0304 0c0161", "300a 06032a0304 2c03040161", WAYS_OF(PART_PARAMETERS, STRINGS_IN_PIECES) },
        { "3003170161", "3005 3703040161", WAYS_OF(PART_REST, STRINGS_IN_PIECES) },
        { "310a3008 06032a0304 0c0161 170161", "310c300a 06032a0304 2c030c0161 3703040161",
          WAYS_OF(PART_NAMES, PIECES_OF_ANY_TYPE) | WAYS_OF(PART_REST, STRINGS_IN_PIECES) },
        { "310a3008 06032a0304 090161 3008 06032a0304 090161",
          "310c300a 06032a0304 2903040161 300a 06032a0304 2903040161",
          WAYS_OF(PART_NAMES, OF_NO_STRING) | WAYS_OF(PART_PARAMETERS, OF_NO_STRING) },
        { "310a3008 06032a0304 0c0161", "310b308108 06032a0304 0c0161", WAYS_OF(PART_REST, PADDED_LENGTHS) },
        { "310a3008 06032a0304 0c0161", "3180 3080 06032a0304 0c0161 0000 0000",
          WAYS_OF(PART_REST, INDEFINITE_LENGTHS) },
        { "3008 3106020101020102", "3008 3106020102020101", WAYS_OF(PART_REST, ORDER_IN_SETS) },
        { "310930070601 2a 04023000", "310c300a0601 2a 010100 04023000", 0 }, /* no extension is in a SET */
    };
    for (size_t i = 0; i < NUM(cases); i++) {
        uint32_t ways = 0;
        cauth_bytes a = exact_octets(cases[i].a);
        cauth_bytes b = exact_octets(cases[i].b);
        bool same = is_same_but_for(a, b, &ways);
        if (same != (cases[i].ways != 0) || (same && ways != cases[i].ways))
            fail_msg("%s and %s: %lx", cases[i].a, cases[i].b, (unsigned long)ways);
        exact_free(a);
        exact_free(b);
    }
}

/* Parameters and a name with unused bits: the row about the ones does not explain the others. */
static void test_row_is_of_its_part(void **state)
{
    (void)state;
    static const cauth_rule rules[] = { CAUTH_DN_13, CAUTH_LIM_03 };
    static const uint8_t from[] = { 12, 2, 'm', 'e' };
    static const uint8_t to[] = { 3, 2, 7, 0xFF };
    comparison c;
    cauth_bytes file = read_corpus("x509/div-unused-bits-of-parameters");
    uint8_t *bytes = malloc(file.len);
    size_t at = 0;
    assert_non_null(bytes);
    memcpy(bytes, file.ptr, file.len);
    while (at + sizeof from < file.len && memcmp(bytes + at, from, sizeof from) != 0)
        at++;
    assert_true(at + sizeof from < file.len);
    memcpy(bytes + at, to, sizeof to);
    for (size_t i = 0; i <= NUM(rules); i++) {
        const divergence *row = NULL;
        for (size_t j = 0; j < num_divergences && i < NUM(rules); j++)
            if (divergences[j].kind == OTHER_FIELD && divergences[j].field == CAUTH_FIELD_X509_CERTIFICATE &&
                divergences[j].place == UNUSED_BITS && divergences[j].rule == rules[i])
                row = &divergences[j];
        assert_true(i == NUM(rules) || row != NULL);
        compare_without(row, &oracle_openssl, message_by_name("x509"), (cauth_bytes){ bytes, file.len }, &c);
        size_t num = 0;
        for (size_t j = 0; j < c.num; j++) {
            if (c.list[j].field != CAUTH_FIELD_X509_CERTIFICATE)
                continue;
            assert_true(num < NUM(rules));
            assert_int_equal(c.list[j].difference, IN_UNUSED_BITS);
            assert_int_equal(c.list[j].row == NULL, num == i);
            assert_true(num == i || c.list[j].row->rule == rules[num]);
            num++;
        }
        assert_int_equal(num, NUM(rules));
    }
    free(bytes);
    exact_free(file);
}

/* Unused bits at the end that are not compared, of a signature or a key, are no difference behind another one either.
 */
static void test_cleared_bits_behind_a_way(void **state)
{
    (void)state;
    static const struct {
        const char *path;
        const char *bits; /* with the octet that counts the unused ones, which is to be 7 */
        cauth_field field;
    } cases[] = {
        { "x509/div-unused-bits-of-parameters", "03 04 00 736967", CAUTH_FIELD_X509_CERTIFICATE },
        { "x509/div-unused-bits-of-key-parameters", "03 0e 00 300b", CAUTH_FIELD_X509_SPKI },
    };
    for (size_t i = 0; i < NUM(cases); i++) {
        comparison c;
        size_t at = 0;
        bool differs = false;
        cauth_bytes file = read_corpus(cases[i].path);
        cauth_bytes bits = exact_octets(cases[i].bits);
        uint8_t *bytes = malloc(file.len);
        assert_non_null(bytes);
        memcpy(bytes, file.ptr, file.len);
        while (at + bits.len < file.len && memcmp(bytes + at, bits.ptr, bits.len) != 0)
            at++;
        assert_memory_equal(bytes + at, bits.ptr, bits.len);
        bytes[at + 2] = 7;
        compare(&oracle_openssl, message_by_name("x509"), (cauth_bytes){ bytes, file.len }, &c);
        for (size_t j = 0; j < c.num; j++) {
            if (c.list[j].field != cases[i].field)
                continue;
            assert_int_equal(c.list[j].difference, IN_UNUSED_BITS);
            assert_non_null(c.list[j].row);
            differs = true;
        }
        assert_true(differs);
        free(bytes);
        exact_free(bits);
        exact_free(file);
    }
}

static void test_put_together(void **state)
{
    (void)state;
    static const struct {
        uint8_t tag;
        const char *whole;
        const char *pieces;
        int ways;
    } cases[] = {
        { 0x2c, "", "", STRINGS_IN_PIECES },
        { 0x2c, "6162", "04026162", STRINGS_IN_PIECES },
        { 0x2c, "6162", "040161040162", STRINGS_IN_PIECES },
        { 0x2c, "6162", "2480040161 2403040162 00000400", STRINGS_IN_PIECES },
        { 0x2c, "6162", "0c0261 62", PIECES_OF_ANY_TYPE },
        { 0x2c, "6162", "2c0404026162", PIECES_OF_ANY_TYPE },
        { 0x2c, "6162", "24040c026162", PIECES_OF_ANY_TYPE },
        { 0x2c, "6162", "1f04026162", PIECES_OF_ANY_TYPE },
        { 0x2c, "6162", "84026162", PIECES_OF_ANY_TYPE },
        { 0x2c, "6162", "040162040161", DIFFERENT },
        { 0x2c, "6162", "040161", DIFFERENT },
        { 0x2c, "61", "040161040162", DIFFERENT },
        { 0x2c, "6162", "04036162", DIFFERENT }, /* cut short */
        { 0x2c, "0780", "040207ff", DIFFERENT },
        { 0x29, "61", "040161", OF_NO_STRING }, /* no string */
        { 0x29, "61", "090161", OF_NO_STRING },
        { 0x29, "", "", OF_NO_STRING },
        { 0x23, "0780", "030207ff", STRINGS_IN_PIECES | UNUSED_BITS_OF_VALUES },
        { 0x23, "0780", "0302077f", DIFFERENT },
        { 0x23, "0780", "030206ff", DIFFERENT },
        { 0x23, "0700", "030207ff", DIFFERENT },
        { 0x23, "00", "030103", STRINGS_IN_PIECES },
        { 0x23, "006162", "0302006103020062", STRINGS_IN_PIECES },
        { 0x23, "00610062", "0302006103020062", BITS_RAW },
        { 0x23, "046160", "0302006103020460", STRINGS_IN_PIECES },
        { 0x23, "006160", "0302006103020460", DIFFERENT },
        { 0x23, "040060", "0302046103020060", DIFFERENT },
        { 0x23, "0061", "04020061", PIECES_OF_ANY_TYPE },
    };
    for (size_t i = 0; i < NUM(cases); i++)
        expect_together(cases[i].tag, cases[i].whole, cases[i].pieces, cases[i].ways);
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
        uint32_t ways = 0;
        if (is_same_but_for(whole, pieces, &ways) == sequence)
            fail_msg("the type %u", tag);
        if (!sequence && ways != WAYS_OF(PART_REST, string ? STRINGS_IN_PIECES : OF_NO_STRING))
            fail_msg("the type %u: %lx", tag, (unsigned long)ways);
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
        const char *theirs;
        const char *ours;
        int ways;
    } cases[] = {
        { "030400610062", "23080302006103020062", BITS_RAW },
        { "0303006162", "23080302006103020062", STRINGS_IN_PIECES },
        { "030404610060", "23080302046103020062",
          BITS_RAW | UNUSED_BITS_OF_KEYS },                   /* the count of the first piece is that of all */
        { "030404610062", "23080302046103020062", BITS_RAW }, /* unused bits do not count */
        { "030404610070", "23080302046103020062", DIFFERENT },
        { "030400610060", "23080302046103020062", DIFFERENT },
        { "030400610962", "23080302006103020962", BITS_RAW }, /* other counts are not looked at */
        { "0303000061", "230703010003020061", BITS_RAW },
        { "03020061", "2306030003020061", BITS_RAW },
        { "030400610062", "23080402006104020062", BITS_RAW | PIECES_OF_ANY_TYPE },
        { "30063004 0c026162", "3008 3006 2c04 04026162", STRINGS_IN_PIECES }, /* what else BER leaves free */
        { "30060304 00610062", "300a 2308 03020061 03020062", BITS_RAW },
        { "30060304 00610063", "300a 2308 03020061 03020062", DIFFERENT },
        { "0c026162", "2c040c026162", PIECES_OF_ANY_TYPE },
        { "090161", "2903040161", OF_NO_STRING },
        { "0c026162", "2c060401610c0162", PIECES_OF_ANY_TYPE },
        { "0c026162", "2c060c01620c0161", DIFFERENT },
        { "0c026162", "2c030c0161", DIFFERENT },
        { "0c026162", "2c0f0c0161a980040162 00003f0100 0c00", PIECES_OF_ANY_TYPE },
        { "0c026162", "2c06 5f8101026162", PIECES_OF_ANY_TYPE },
        { "0c026162", "2c808001610001 6230000000", PIECES_OF_ANY_TYPE | INDEFINITE_LENGTHS },
        { "0c0400610062", "2c080302006103020062", PIECES_OF_ANY_TYPE }, /* no BIT STRING around them */
        { "03020061", "230404020061", PIECES_OF_ANY_TYPE },
        { "03020061", "2306a30403020061", PIECES_OF_ANY_TYPE },
        { "0303006162", "23080402006103020062", PIECES_OF_ANY_TYPE },
        { "03020061", "230604000402 0061", BITS_RAW | PIECES_OF_ANY_TYPE },
        { "300603040061 0062", "300a 2308 04020061 04020062", BITS_RAW | PIECES_OF_ANY_TYPE },
        { "30040c026162", "3006 2c04 16026162", PIECES_OF_ANY_TYPE },
        { "090161", "2903040161", OF_NO_STRING },
        { "09026162", "29060901610a0162", OF_NO_STRING },
        { "090161", "2903040162", DIFFERENT },
        { "1d0141", "3d07a002850081 0141", OF_NO_STRING },
        { "1f290161", "3f2903040161", OF_NO_STRING },
        { "100161", "3003040161", DIFFERENT },
        { "110161", "3103040161", DIFFERENT },
        { "890161", "a903040161", DIFFERENT },
        { "0901610c0161", "2903040161 2c030c0161", OF_NO_STRING | PIECES_OF_ANY_TYPE },
    };
    for (size_t i = 0; i < NUM(cases); i++)
        expect_ways(cases[i].theirs, cases[i].ours, cases[i].ways);
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
        cmocka_unit_test(test_lengths_of_a_certificate),
        cmocka_unit_test(test_row_of_unused_bits),
        cmocka_unit_test(test_each_way_is_a_disagreement),
        cmocka_unit_test(test_ways_of_ber),
        cmocka_unit_test(test_ways_of_parts),
        cmocka_unit_test(test_row_is_of_its_part),
        cmocka_unit_test(test_cleared_bits_behind_a_way),
        cmocka_unit_test(test_put_together),
        cmocka_unit_test(test_string_types),
        cmocka_unit_test(test_other_joinings),
        cmocka_unit_test(test_octets_are_kept),
    };
    return cmocka_run_group_tests_name("oracle_fields", tests, NULL, end_oracle);
}
