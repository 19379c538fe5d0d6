#include "certreq_check.h"

#include "cauth/certreq10.h"

static cauth_result judge10(cauth_bytes body, const cauth_context *ctx, cauth_flags *flags)
{
    cauth_certreq10 v;
    return cauth_certreq10_parse(body, ctx, &v, flags);
}

static const uint8_t sample[] = { 0x03, 0x01, 0x02, 0x40, 0x00, 0x14, NAME_A, 0x00, 0x02, 0x30, 0x00 };
static const uint8_t empty_list[] = { 0x01, 0x01, 0x00, 0x00 };
static const cauth_version versions[] = { CAUTH_SSL30, CAUTH_TLS10, CAUTH_TLS11 };
static const cauth_profile profiles[] = { CAUTH_STRICT, CAUTH_INTEROP };

static void fields_come_back(void **state)
{
    (void)state;
    cauth_context ctx = server_context(CAUTH_TLS10, CAUTH_STRICT);
    cauth_certreq10 v;
    cauth_flags flags;
    assert_true(cauth_is_accepted(cauth_certreq10_parse(BYTES(sample), &ctx, &v, &flags)));
    assert_ptr_equal(v.certificate_types.ptr, sample + 1);
    assert_int_equal(v.certificate_types.len, 3);
    assert_ptr_equal(v.certificate_authorities.ptr, sample + 6);
    assert_int_equal(v.certificate_authorities.len, 20);

    cauth_iter it = cauth_iter_init(v.certificate_authorities);
    cauth_bytes name;
    assert_true(cauth_vector16_next(&it, &name));
    assert_ptr_equal(name.ptr, sample + 8);
    assert_int_equal(name.len, 14);
    assert_true(cauth_vector16_next(&it, &name));
    assert_ptr_equal(name.ptr, sample + 24);
    assert_int_equal(name.len, 2);
    assert_false(cauth_vector16_next(&it, &name));
}

static void no_prefix_and_no_suffix(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH_OF(versions); i++) {
        for (size_t p = 0; p < LENGTH_OF(profiles); p++) {
            cauth_context ctx = server_context(versions[i], profiles[p]);
            uint8_t longer[sizeof sample + 1];
            check_accepted(judge10, &ctx, BYTES(sample), CAUTH_RULE_NONE, CAUTH_RULE_NONE);
            check_prefixes(judge10, &ctx, BYTES(sample));
            memcpy(longer, sample, sizeof sample);
            longer[sizeof sample] = 0;
            check_rejected(judge10, &ctx, BYTES(longer), CAUTH_VEC_07, CAUTH_FIELD_BODY, sizeof sample);
        }
    }
}

/* The floor is 3 in SSL 3.0 and TLS 1.0, 0 in TLS 1.1; interop lets the empty list pass everywhere. */
static void empty_authorities(void **state)
{
    (void)state;
    cauth_context ssl30 = server_context(CAUTH_SSL30, CAUTH_STRICT);
    cauth_context tls10 = server_context(CAUTH_TLS10, CAUTH_STRICT);
    cauth_context tls11 = server_context(CAUTH_TLS11, CAUTH_STRICT);
    check_rejected(judge10, &ssl30, BYTES(empty_list), CAUTH_CR_S3_03, CAUTH_FIELD_CERTIFICATE_AUTHORITIES, 2);
    check_rejected(judge10, &tls10, BYTES(empty_list), CAUTH_CR_10_02, CAUTH_FIELD_CERTIFICATE_AUTHORITIES, 2);
    check_accepted(judge10, &tls11, BYTES(empty_list), CAUTH_RULE_NONE, CAUTH_RULE_NONE);
    ssl30.profile = CAUTH_INTEROP;
    tls10.profile = CAUTH_INTEROP;
    tls11.profile = CAUTH_INTEROP;
    check_accepted(judge10, &ssl30, BYTES(empty_list), CAUTH_CR_S3_03, CAUTH_RULE_NONE);
    check_accepted(judge10, &tls10, BYTES(empty_list), CAUTH_CR_10_02, CAUTH_RULE_NONE);
    check_accepted(judge10, &tls11, BYTES(empty_list), CAUTH_RULE_NONE, CAUTH_RULE_NONE);
}

/* 1 and 2 are below the floor of 3, and hold no name anyway: no profile forgives them. */
static void authorities_of_one_and_two(void **state)
{
    static const uint8_t one[] = { 0x01, 0x01, 0x00, 0x01, 0x00 };
    static const uint8_t two[] = { 0x01, 0x01, 0x00, 0x02, 0x00, 0x01 };
    static const uint8_t two_cut[] = { 0x01, 0x01, 0x00, 0x02 };
    (void)state;
    cauth_context ctx = server_context(CAUTH_SSL30, CAUTH_STRICT);
    check_rejected(judge10, &ctx, BYTES(one), CAUTH_CR_S3_03, CAUTH_FIELD_CERTIFICATE_AUTHORITIES, 2);
    check_rejected(judge10, &ctx, BYTES(two), CAUTH_CR_S3_03, CAUTH_FIELD_CERTIFICATE_AUTHORITIES, 2);
    check_rejected(judge10, &ctx, BYTES(two_cut), CAUTH_CR_S3_03, CAUTH_FIELD_CERTIFICATE_AUTHORITIES, 2);
    ctx.profile = CAUTH_INTEROP;
    check_rejected(judge10, &ctx, BYTES(one), CAUTH_VEC_06, CAUTH_FIELD_DISTINGUISHED_NAME, 5);
    check_rejected(judge10, &ctx, BYTES(two), CAUTH_VEC_03, CAUTH_FIELD_DISTINGUISHED_NAME, 4);
    check_rejected(judge10, &ctx, BYTES(two_cut), CAUTH_VEC_03, CAUTH_FIELD_CERTIFICATE_AUTHORITIES, 2);
    for (size_t p = 0; p < LENGTH_OF(profiles); p++) {
        ctx = server_context(CAUTH_TLS10, profiles[p]);
        check_rejected(judge10, &ctx, BYTES(one), CAUTH_VEC_04, CAUTH_FIELD_CERTIFICATE_AUTHORITIES, 2);
        check_rejected(judge10, &ctx, BYTES(two), CAUTH_VEC_04, CAUTH_FIELD_CERTIFICATE_AUTHORITIES, 2);
        check_rejected(judge10, &ctx, BYTES(two_cut), CAUTH_VEC_04, CAUTH_FIELD_CERTIFICATE_AUTHORITIES, 2);
        ctx = server_context(CAUTH_TLS11, profiles[p]);
        check_rejected(judge10, &ctx, BYTES(one), CAUTH_VEC_06, CAUTH_FIELD_DISTINGUISHED_NAME, 5);
        check_rejected(judge10, &ctx, BYTES(two), CAUTH_VEC_03, CAUTH_FIELD_DISTINGUISHED_NAME, 4);
        check_rejected(judge10, &ctx, BYTES(two_cut), CAUTH_VEC_03, CAUTH_FIELD_CERTIFICATE_AUTHORITIES, 2);
    }
}

/* Three bytes are the floor: one name of one byte. */
static void authorities_at_the_floor(void **state)
{
    static const uint8_t three[] = { 0x01, 0x01, 0x00, 0x03, 0x00, 0x01, 0x05 };
    (void)state;
    for (size_t i = 0; i < LENGTH_OF(versions); i++) {
        cauth_context ctx = server_context(versions[i], CAUTH_STRICT);
        check_accepted(judge10, &ctx, BYTES(three), CAUTH_RULE_NONE, CAUTH_RULE_NONE);
    }
}

static void empty_types(void **state)
{
    static const uint8_t body[] = { 0x00, 0x00, 0x04, 0x00, 0x02, 0x30, 0x00 };
    (void)state;
    cauth_context ctx = server_context(CAUTH_SSL30, CAUTH_STRICT);
    check_rejected(judge10, &ctx, BYTES(body), CAUTH_CR_S3_02, CAUTH_FIELD_CERTIFICATE_TYPES, 0);
    ctx.profile = CAUTH_INTEROP;
    check_accepted(judge10, &ctx, BYTES(body), CAUTH_CR_S3_02, CAUTH_RULE_NONE);
    for (size_t p = 0; p < LENGTH_OF(profiles); p++) {
        ctx = server_context(CAUTH_TLS10, profiles[p]);
        check_rejected(judge10, &ctx, BYTES(body), CAUTH_VEC_04, CAUTH_FIELD_CERTIFICATE_TYPES, 0);
        ctx = server_context(CAUTH_TLS11, profiles[p]);
        check_rejected(judge10, &ctx, BYTES(body), CAUTH_VEC_04, CAUTH_FIELD_CERTIFICATE_TYPES, 0);
    }
}

/* Both lists empty in SSL 3.0: interop flags both. */
static void everything_empty(void **state)
{
    static const uint8_t body[] = { 0x00, 0x00, 0x00 };
    (void)state;
    cauth_context ctx = server_context(CAUTH_SSL30, CAUTH_INTEROP);
    check_accepted(judge10, &ctx, BYTES(body), CAUTH_CR_S3_02, CAUTH_CR_S3_03);
}

/* Every ClientCertificateType alone, then all 255 at once, then one of them again. */
static void every_type(void **state)
{
    uint8_t body[1 + 255 + 2 + 4] = { 0 };
    (void)state;
    for (size_t i = 0; i < LENGTH_OF(versions); i++) {
        cauth_context ctx = server_context(versions[i], CAUTH_STRICT);
        for (unsigned type = 0; type < 256; type++) {
            uint8_t one[] = { 0x01, (uint8_t)type, 0x00, 0x04, 0x00, 0x02, 0x30, 0x00 };
            bool old = versions[i] == CAUTH_TLS11 && (type == 5 || type == 6 || type == 20);
            check_accepted(judge10, &ctx, BYTES(one), old ? CAUTH_CR_11_02 : CAUTH_RULE_NONE, CAUTH_RULE_NONE);
        }
        body[0] = 255;
        for (unsigned at = 1; at <= 255; at++)
            body[at] = (uint8_t)at;
        body[257] = 4;
        body[259] = 2;
        body[260] = 0x30;
        check_accepted(judge10, &ctx, BYTES(body), versions[i] == CAUTH_TLS11 ? CAUTH_CR_11_02 : CAUTH_RULE_NONE,
                       CAUTH_RULE_NONE);
        body[255] = 1;
        check_accepted(judge10, &ctx, BYTES(body), versions[i] == CAUTH_TLS11 ? CAUTH_CR_11_02 : CAUTH_RULE_NONE,
                       CAUTH_CR_COM_05);
    }
}

static void broken_lengths(void **state)
{
    static const uint8_t nothing_at_all[] = { 0x00 };
    static const uint8_t types_past[] = { 0x02, 0x01 };
    static const uint8_t no_length[] = { 0x01, 0x01 };
    static const uint8_t half_length[] = { 0x01, 0x01, 0x00 };
    static const uint8_t list_past[] = { 0x01, 0x01, 0x00, 0x05, 0x00, 0x02, 0x30, 0x00 };
    static const uint8_t name_past[] = { 0x01, 0x01, 0x00, 0x04, 0x00, 0x03, 0x30, 0x00 };
    static const uint8_t name_empty[] = { 0x01, 0x01, 0x00, 0x06, 0x00, 0x02, 0x30, 0x00, 0x00, 0x00 };
    static const uint8_t stray[] = { 0x01, 0x01, 0x00, 0x05, 0x00, 0x02, 0x30, 0x00, 0x00 };
    static const struct {
        cauth_bytes body;
        cauth_rule rule;
        cauth_field field;
        size_t offset;
    } rows[] = {
        { { nothing_at_all, 0 }, CAUTH_VEC_03, CAUTH_FIELD_CERTIFICATE_TYPES, 0 },
        { { types_past, sizeof types_past }, CAUTH_VEC_03, CAUTH_FIELD_CERTIFICATE_TYPES, 0 },
        { { no_length, sizeof no_length }, CAUTH_VEC_03, CAUTH_FIELD_CERTIFICATE_AUTHORITIES, 2 },
        { { half_length, sizeof half_length }, CAUTH_VEC_03, CAUTH_FIELD_CERTIFICATE_AUTHORITIES, 3 },
        { { list_past, sizeof list_past }, CAUTH_VEC_03, CAUTH_FIELD_CERTIFICATE_AUTHORITIES, 2 },
        { { name_past, sizeof name_past }, CAUTH_VEC_03, CAUTH_FIELD_DISTINGUISHED_NAME, 4 },
        { { name_empty, sizeof name_empty }, CAUTH_DN_01, CAUTH_FIELD_DISTINGUISHED_NAME, 8 },
        { { stray, sizeof stray }, CAUTH_VEC_06, CAUTH_FIELD_DISTINGUISHED_NAME, 9 },
    };
    (void)state;
    for (size_t i = 0; i < LENGTH_OF(versions); i++) {
        for (size_t p = 0; p < LENGTH_OF(profiles); p++) {
            cauth_context ctx = server_context(versions[i], profiles[p]);
            for (size_t row = 0; row < LENGTH_OF(rows); row++)
                check_rejected(judge10, &ctx, rows[row].body, rows[row].rule, rows[row].field, rows[row].offset);
        }
    }
}

/* RFC 5246's layout has one field more; read as TLS 1.1 its algorithms are names that run past their list. */
static void tls12_layout(void **state)
{
    static const uint8_t body[] = { 0x01, 0x01, 0x00, 0x02, 0x04, 0x01, 0x00, 0x00 };
    (void)state;
    cauth_context ctx = server_context(CAUTH_TLS11, CAUTH_STRICT);
    check_rejected(judge10, &ctx, BYTES(body), CAUTH_VEC_03, CAUTH_FIELD_DISTINGUISHED_NAME, 4);
}

/* The largest message of all: 255 types and 65 535 bytes of names, more than any server sends. */
static void largest_message(void **state)
{
    enum { SIZE = 1 + 255 + 2 + 65535 };
    static uint8_t body[SIZE];
    (void)state;
    body[0] = 255; /* all of type 0, which has no meaning */
    body[256] = body[257] = 0xFF;
    body[259] = 1; /* one name of 1 byte, then 16 383 names of 2 */
    for (size_t at = 261; at < SIZE; at += 4) {
        body[at + 1] = 2;
        body[at + 2] = 0x30;
    }
    for (size_t i = 0; i < LENGTH_OF(versions); i++) {
        cauth_context ctx = server_context(versions[i], CAUTH_STRICT);
        check_accepted(judge10, &ctx, BYTES(body), CAUTH_CR_COM_05, CAUTH_RULE_NONE);
    }
}

static void rejection_leaves_outputs(void **state)
{
    (void)state;
    cauth_context ctx = server_context(CAUTH_TLS10, CAUTH_STRICT);
    cauth_certreq10 v = { { sample, 7 }, { sample, 8 } };
    cauth_flags flags = cauth_flags_none();
    cauth_flags_set(&flags, CAUTH_REC_05);
    assert_false(cauth_is_accepted(cauth_certreq10_parse(BYTES(empty_list), &ctx, &v, &flags)));
    assert_ptr_equal(v.certificate_types.ptr, sample);
    assert_int_equal(v.certificate_types.len, 7);
    assert_int_equal(v.certificate_authorities.len, 8);
    assert_true(cauth_flags_has(&flags, CAUTH_REC_05));
}

static void written_as_read(void **state)
{
    (void)state;
    cauth_context ctx = server_context(CAUTH_TLS10, CAUTH_STRICT);
    cauth_certreq10 v;
    cauth_flags flags;
    uint8_t out[sizeof sample];
    assert_true(cauth_is_accepted(cauth_certreq10_parse(BYTES(sample), &ctx, &v, &flags)));
    cauth_writer w = cauth_writer_init(out, sizeof out);
    assert_true(cauth_certreq10_write(&v, &w));
    assert_int_equal(w.len, sizeof sample);
    assert_memory_equal(out, sample, sizeof sample);
    w = cauth_writer_init(out, sizeof out - 1);
    assert_false(cauth_certreq10_write(&v, &w));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_come_back),         cmocka_unit_test(no_prefix_and_no_suffix),
        cmocka_unit_test(empty_authorities),        cmocka_unit_test(authorities_of_one_and_two),
        cmocka_unit_test(authorities_at_the_floor), cmocka_unit_test(empty_types),
        cmocka_unit_test(everything_empty),         cmocka_unit_test(every_type),
        cmocka_unit_test(broken_lengths),           cmocka_unit_test(tls12_layout),
        cmocka_unit_test(largest_message),          cmocka_unit_test(rejection_leaves_outputs),
        cmocka_unit_test(written_as_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
