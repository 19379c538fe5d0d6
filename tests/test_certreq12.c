#include "certreq_check.h"

#include "cauth/certreq12.h"

static cauth_result judge12(cauth_bytes body, const cauth_context *ctx, cauth_flags *flags)
{
    cauth_certreq12 v;
    return cauth_certreq12_parse(body, ctx, &v, flags);
}

static const uint8_t sample[] = { 0x02, 0x01, 0x40, 0x00, 0x04, 0x04, 0x03, 0x08, 0x04, 0x00, 0x10, NAME_A };
static const uint8_t minimal[] = { 0x01, 0x01, 0x00, 0x02, 0x04, 0x01, 0x00, 0x00 };

static void check_flags(cauth_bytes body, cauth_rule flag, cauth_rule second)
{
    cauth_context ctx = server_context(CAUTH_TLS12, CAUTH_STRICT);
    check_accepted(judge12, &ctx, body, flag, second);
    ctx.profile = CAUTH_INTEROP;
    check_accepted(judge12, &ctx, body, flag, second);
}

static void check_refused(cauth_bytes body, cauth_rule rule, cauth_field field, size_t offset)
{
    cauth_context ctx = server_context(CAUTH_TLS12, CAUTH_STRICT);
    check_rejected(judge12, &ctx, body, rule, field, offset);
    ctx.profile = CAUTH_INTEROP;
    check_rejected(judge12, &ctx, body, rule, field, offset);
}

static void fields_come_back(void **state)
{
    (void)state;
    cauth_context ctx = server_context(CAUTH_TLS12, CAUTH_STRICT);
    cauth_certreq12 v;
    cauth_flags flags;
    assert_true(cauth_is_accepted(cauth_certreq12_parse(BYTES(sample), &ctx, &v, &flags)));
    assert_ptr_equal(v.certificate_types.ptr, sample + 1);
    assert_int_equal(v.certificate_types.len, 2);
    assert_ptr_equal(v.supported_signature_algorithms.ptr, sample + 5);
    assert_int_equal(v.supported_signature_algorithms.len, 4);
    assert_ptr_equal(v.certificate_authorities.ptr, sample + 11);
    assert_int_equal(v.certificate_authorities.len, 16);

    cauth_iter it = cauth_iter_init(v.supported_signature_algorithms);
    uint16_t algorithm;
    assert_true(cauth_u16_next(&it, &algorithm));
    assert_int_equal(algorithm, 0x0403);
    assert_true(cauth_u16_next(&it, &algorithm));
    assert_int_equal(algorithm, 0x0804);
    assert_false(cauth_u16_next(&it, &algorithm));
}

static void no_prefix_and_no_suffix(void **state)
{
    (void)state;
    cauth_context ctx = server_context(CAUTH_TLS12, CAUTH_STRICT);
    const cauth_bytes samples[] = { BYTES(sample), BYTES(minimal) };
    for (size_t i = 0; i < LENGTH_OF(samples); i++) {
        uint8_t longer[64] = { 0 };
        check_flags(samples[i], CAUTH_RULE_NONE, CAUTH_RULE_NONE);
        check_prefixes(judge12, &ctx, samples[i]);
        memcpy(longer, samples[i].ptr, samples[i].len);
        cauth_bytes one_more = { longer, samples[i].len + 1 };
        check_refused(one_more, CAUTH_VEC_07, CAUTH_FIELD_BODY, samples[i].len);
    }
}

static void broken_lengths(void **state)
{
    static const uint8_t no_types[] = { 0x00, 0x00, 0x02, 0x04, 0x01, 0x00, 0x00 };
    static const uint8_t types_past[] = { 0x03, 0x01, 0x02 };
    static const uint8_t no_algorithms_length[] = { 0x01, 0x01 };
    static const uint8_t half_length[] = { 0x01, 0x01, 0x00 };
    static const uint8_t no_algorithms[] = { 0x01, 0x01, 0x00, 0x00, 0x00, 0x00 };
    static const uint8_t one[] = { 0x01, 0x01, 0x00, 0x01, 0x04, 0x00, 0x00 };
    static const uint8_t odd[] = { 0x01, 0x01, 0x00, 0x03, 0x04, 0x01, 0x05, 0x00, 0x00 };
    static const uint8_t odd_and_past[] = { 0x01, 0x01, 0x00, 0x05, 0x04, 0x01 };
    static const uint8_t ceiling_and_one[] = { 0x01, 0x01, 0xFF, 0xFF, 0x04, 0x01 };
    static const uint8_t algorithms_past[] = { 0x01, 0x01, 0x00, 0x06, 0x04, 0x01, 0x00, 0x00 };
    static const uint8_t no_authorities_length[] = { 0x01, 0x01, 0x00, 0x02, 0x04, 0x01 };
    static const uint8_t authorities_past[] = {
        0x01, 0x01, 0x00, 0x02, 0x04, 0x01, 0x00, 0x05, 0x00, 0x02, 0x30, 0x00
    };
    static const uint8_t name_empty[] = { 0x01, 0x01, 0x00, 0x02, 0x04, 0x01, 0x00, 0x02, 0x00, 0x00 };
    static const uint8_t name_past[] = { 0x01, 0x01, 0x00, 0x02, 0x04, 0x01, 0x00, 0x04, 0x00, 0x03, 0x30, 0x00 };
    static const uint8_t stray[] = { 0x01, 0x01, 0x00, 0x02, 0x04, 0x01, 0x00, 0x05, 0x00, 0x02, 0x30, 0x00, 0x00 };
    (void)state;
    check_refused((cauth_bytes){ NULL, 0 }, CAUTH_VEC_03, CAUTH_FIELD_CERTIFICATE_TYPES, 0);
    check_refused(BYTES(no_types), CAUTH_VEC_04, CAUTH_FIELD_CERTIFICATE_TYPES, 0);
    check_refused(BYTES(types_past), CAUTH_VEC_03, CAUTH_FIELD_CERTIFICATE_TYPES, 0);
    check_refused(BYTES(no_algorithms_length), CAUTH_VEC_03, CAUTH_FIELD_SUPPORTED_SIGNATURE_ALGORITHMS, 2);
    check_refused(BYTES(half_length), CAUTH_VEC_03, CAUTH_FIELD_SUPPORTED_SIGNATURE_ALGORITHMS, 3);
    check_refused(BYTES(no_algorithms), CAUTH_CR_12_02, CAUTH_FIELD_SUPPORTED_SIGNATURE_ALGORITHMS, 2);
    check_refused(BYTES(one), CAUTH_CR_12_02, CAUTH_FIELD_SUPPORTED_SIGNATURE_ALGORITHMS, 2);
    check_refused(BYTES(odd), CAUTH_CR_12_02, CAUTH_FIELD_SUPPORTED_SIGNATURE_ALGORITHMS, 2);
    check_refused(BYTES(odd_and_past), CAUTH_CR_12_02, CAUTH_FIELD_SUPPORTED_SIGNATURE_ALGORITHMS, 2);
    check_refused(BYTES(ceiling_and_one), CAUTH_CR_12_02, CAUTH_FIELD_SUPPORTED_SIGNATURE_ALGORITHMS, 2);
    check_refused(BYTES(algorithms_past), CAUTH_VEC_03, CAUTH_FIELD_SUPPORTED_SIGNATURE_ALGORITHMS, 2);
    check_refused(BYTES(no_authorities_length), CAUTH_VEC_03, CAUTH_FIELD_CERTIFICATE_AUTHORITIES, 6);
    check_refused(BYTES(authorities_past), CAUTH_VEC_03, CAUTH_FIELD_CERTIFICATE_AUTHORITIES, 6);
    check_refused(BYTES(name_empty), CAUTH_DN_01, CAUTH_FIELD_DISTINGUISHED_NAME, 8);
    check_refused(BYTES(name_past), CAUTH_VEC_03, CAUTH_FIELD_DISTINGUISHED_NAME, 8);
    check_refused(BYTES(stray), CAUTH_VEC_06, CAUTH_FIELD_DISTINGUISHED_NAME, 13);
}

/* Every algorithm alone: whether a client that has no other is left with MD5 (1), SHA-1 (2) or DSA (2) (RFC 5246
 * §7.4.1.4.1). Other numbers, as those of RFC 8446 §4.2.3, have no such halves. */
static void every_algorithm_alone(void **state)
{
    (void)state;
    for (unsigned value = 0; value < 65536; value++) {
        uint8_t hash = (uint8_t)(value / 256);
        uint8_t signature = (uint8_t)(value % 256);
        uint8_t body[] = { 0x01, 0x01, 0x00, 0x02, hash, signature, 0x00, 0x00 };
        cauth_rule flag = CAUTH_RULE_NONE;
        if (hash == signature && hash % 16 == 10)
            flag = CAUTH_CR_12_06;
        else if ((hash == 0 && signature <= 3) || (hash <= 6 && signature == 0))
            flag = CAUTH_CR_12_04;
        else if (hash <= 6 && signature <= 3 && (hash <= 2 || signature == 2))
            flag = CAUTH_CR_12_05;
        cauth_context ctx = server_context(CAUTH_TLS12, CAUTH_STRICT);
        check_accepted(judge12, &ctx, BYTES(body), flag, CAUTH_RULE_NONE);
    }
}

/* Every one of the 65 536 algorithms behind rsa_pkcs1_sha256, and what is to be flagged by RFC 5246 §7.4.1.4.1. */
static void every_algorithm(void **state)
{
    (void)state;
    for (unsigned value = 0; value < 65536; value++) {
        uint8_t hash = (uint8_t)(value / 256);
        uint8_t signature = (uint8_t)(value % 256);
        uint8_t body[] = { 0x01, 0x01, 0x00, 0x04, 0x04, 0x01, hash, signature, 0x00, 0x00 };
        cauth_rule flag = CAUTH_RULE_NONE;
        if (value == 0x0401)
            flag = CAUTH_CR_COM_05;
        else if (hash == signature && hash % 16 == 10)
            flag = CAUTH_CR_12_06;
        else if ((hash == 0 && signature <= 3) || (hash <= 6 && signature == 0))
            flag = CAUTH_CR_12_04;
        cauth_context ctx = server_context(CAUTH_TLS12, CAUTH_STRICT);
        check_accepted(judge12, &ctx, BYTES(body), flag, CAUTH_RULE_NONE);
    }
}

static void check_list(const uint16_t *list, size_t num, cauth_rule flag, cauth_rule second)
{
    uint8_t body[64];
    cauth_writer w = cauth_writer_init(body, sizeof body);
    cauth_write_u16(&w, 0x0101);
    cauth_write_u16(&w, (uint16_t)(2 * num));
    for (size_t i = 0; i < num; i++)
        cauth_write_u16(&w, list[i]);
    assert_true(cauth_write_u16(&w, 0));
    check_flags(cauth_written(&w), flag, second);
}

static void weak_lists(void **state)
{
    static const uint16_t sha1[] = { 0x0201, 0x0203 };
    static const uint16_t md5[] = { 0x0101 };
    static const uint16_t dsa[] = { 0x0402, 0x0502, 0x0602 };
    static const uint16_t all_three[] = { 0x0101, 0x0201, 0x0402 };
    static const uint16_t one_better[] = { 0x0201, 0x0101, 0x0402, 0x0403 };
    static const uint16_t scheme[] = { 0x0201, 0x0804 };
    static const uint16_t unknown[] = { 0x0201, 0xFE42 };
    static const uint16_t with_grease[] = { 0x0201, 0x6A6A };
    static const uint16_t grease[] = { 0x0A0A, 0xFAFA };
    static const uint16_t with_none[] = { 0x0001, 0x0203 };
    (void)state;
    check_list(sha1, LENGTH_OF(sha1), CAUTH_CR_12_05, CAUTH_RULE_NONE);
    check_list(md5, LENGTH_OF(md5), CAUTH_CR_12_05, CAUTH_RULE_NONE);
    check_list(dsa, LENGTH_OF(dsa), CAUTH_CR_12_05, CAUTH_RULE_NONE);
    check_list(all_three, LENGTH_OF(all_three), CAUTH_CR_12_05, CAUTH_RULE_NONE);
    check_list(one_better, LENGTH_OF(one_better), CAUTH_RULE_NONE, CAUTH_RULE_NONE);
    check_list(scheme, LENGTH_OF(scheme), CAUTH_RULE_NONE, CAUTH_RULE_NONE);
    check_list(unknown, LENGTH_OF(unknown), CAUTH_RULE_NONE, CAUTH_RULE_NONE);
    check_list(with_grease, LENGTH_OF(with_grease), CAUTH_CR_12_05, CAUTH_CR_12_06);
    check_list(grease, LENGTH_OF(grease), CAUTH_CR_12_06, CAUTH_RULE_NONE);
    check_list(with_none, LENGTH_OF(with_none), CAUTH_CR_12_04, CAUTH_CR_12_05);
}

/* A repeat is found wherever it stands, in both lists. */
static void repeats(void **state)
{
    static const uint16_t near[] = { 0x0403, 0x0403 };
    static const uint16_t far[] = { 0x0403, 0x0804, 0x0401, 0x0503, 0x0403 };
    static const uint16_t same_octets[] = { 0x0304, 0x0403, 0x0404, 0x0303 };
    static const uint8_t types[] = { 0x03, 0x40, 0x01, 0x40, 0x00, 0x02, 0x04, 0x01, 0x00, 0x00 };
    (void)state;
    check_list(near, LENGTH_OF(near), CAUTH_CR_COM_05, CAUTH_RULE_NONE);
    check_list(far, LENGTH_OF(far), CAUTH_CR_COM_05, CAUTH_RULE_NONE);
    check_list(same_octets, LENGTH_OF(same_octets), CAUTH_RULE_NONE, CAUTH_RULE_NONE);
    check_flags(BYTES(types), CAUTH_CR_COM_05, CAUTH_RULE_NONE);
}

/* Every ClientCertificateType alone, then 255 of them, the most that certificate_types<1..2^8-1> holds. */
static void every_type(void **state)
{
    static const uint8_t behind[] = { 0x00, 0x02, 0x04, 0x01, 0x00, 0x00 };
    uint8_t all[1 + 255 + sizeof behind] = { 255 };
    (void)state;
    for (unsigned type = 0; type < 256; type++) {
        uint8_t body[] = { 0x01, (uint8_t)type, 0x00, 0x02, 0x04, 0x01, 0x00, 0x00 };
        cauth_rule flag = CAUTH_RULE_NONE;
        if (type == 5 || type == 6 || type == 20)
            flag = CAUTH_CR_11_02;
        else if (type == 65 || type == 66)
            flag = CAUTH_CR_12_10;
        check_flags(BYTES(body), flag, CAUTH_RULE_NONE);
    }
    for (unsigned type = 1; type < 256; type++)
        all[type] = (uint8_t)type;
    memcpy(all + 256, behind, sizeof behind);
    check_flags(BYTES(all), CAUTH_CR_11_02, CAUTH_CR_12_10);
}

/* Both lists at their ceilings: all 32 767 algorithms but one, and 65 535 bytes of names; then one algorithm twice. */
static void largest_message(void **state)
{
    enum { ALGORITHMS = 1 + 1 + 2, AUTHORITIES = ALGORITHMS + 65534, SIZE = AUTHORITIES + 2 + 65535 };
    static uint8_t body[SIZE];
    (void)state;
    body[0] = 1;
    body[1] = 1;
    body[2] = 0xFF;
    body[3] = 0xFE;
    for (unsigned i = 0; i < 32767; i++) {
        unsigned value = 0xFFFF - i; /* from 0xFFFF down to 0x8001: unknown, or GREASE */
        body[ALGORITHMS + 2 * i] = (uint8_t)(value / 256);
        body[ALGORITHMS + 2 * i + 1] = (uint8_t)(value % 256);
    }
    body[AUTHORITIES] = body[AUTHORITIES + 1] = 0xFF;
    body[AUTHORITIES + 3] = 1; /* one name of 1 byte, then 16 383 of 2 */
    for (size_t at = AUTHORITIES + 5; at < SIZE; at += 4) {
        body[at + 1] = 2;
        body[at + 2] = 0x30;
    }
    check_flags(BYTES(body), CAUTH_CR_12_06, CAUTH_RULE_NONE);
    body[AUTHORITIES - 1] = body[AUTHORITIES - 2] = 0xFF;
    check_flags(BYTES(body), CAUTH_CR_12_06, CAUTH_CR_COM_05);
    body[SIZE - 3] = 3;
    check_refused(BYTES(body), CAUTH_VEC_03, CAUTH_FIELD_DISTINGUISHED_NAME, SIZE - 4);
}

static void rejection_leaves_outputs(void **state)
{
    static const uint8_t odd[] = { 0x01, 0x01, 0x00, 0x03, 0x04, 0x01, 0x05, 0x00, 0x00 };
    (void)state;
    cauth_context ctx = server_context(CAUTH_TLS12, CAUTH_STRICT);
    cauth_certreq12 v = { { sample, 7 }, { sample, 8 }, { sample, 9 } };
    cauth_flags flags = cauth_flags_none();
    cauth_flags_set(&flags, CAUTH_REC_05);
    assert_false(cauth_is_accepted(cauth_certreq12_parse(BYTES(odd), &ctx, &v, &flags)));
    assert_int_equal(v.certificate_types.len, 7);
    assert_int_equal(v.supported_signature_algorithms.len, 8);
    assert_int_equal(v.certificate_authorities.len, 9);
    assert_true(cauth_flags_has(&flags, CAUTH_REC_05));
}

static void written_as_read(void **state)
{
    (void)state;
    cauth_context ctx = server_context(CAUTH_TLS12, CAUTH_STRICT);
    cauth_certreq12 v;
    cauth_flags flags;
    uint8_t out[sizeof sample];
    assert_true(cauth_is_accepted(cauth_certreq12_parse(BYTES(sample), &ctx, &v, &flags)));
    cauth_writer w = cauth_writer_init(out, sizeof out);
    assert_true(cauth_certreq12_write(&v, &w));
    assert_int_equal(w.len, sizeof sample);
    assert_memory_equal(out, sample, sizeof sample);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_algorithm_alone),
        cmocka_unit_test(fields_come_back),
        cmocka_unit_test(no_prefix_and_no_suffix),
        cmocka_unit_test(broken_lengths),
        cmocka_unit_test(every_algorithm),
        cmocka_unit_test(weak_lists),
        cmocka_unit_test(repeats),
        cmocka_unit_test(every_type),
        cmocka_unit_test(largest_message),
        cmocka_unit_test(rejection_leaves_outputs),
        cmocka_unit_test(written_as_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
