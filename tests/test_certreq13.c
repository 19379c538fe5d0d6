#include "certreq_check.h"

#include "cauth/certreq13.h"

static cauth_result judge13(cauth_bytes body, const cauth_context *ctx, cauth_flags *flags)
{
    cauth_certreq13 v;
    return cauth_certreq13_parse(body, ctx, &v, flags);
}

#define FILTER_KEY_USAGE 0x05, 0x06, 0x03, 0x55, 0x1D, 0x0F, 0x00, 0x04, 0x03, 0x02, 0x07, 0x80
#define FILTER_POLICIES 0x05, 0x06, 0x03, 0x55, 0x1D, 0x20, 0x00, 0x00

/* Every known extension, an unknown one and GREASE. */
static const uint8_t full[] = {
    0x00,
    0x00,
    0x73, /* context, extensions */
    0x00,
    0x05,
    0x00,
    0x00, /* status_request */
    0x00,
    0x12,
    0x00,
    0x00, /* signed_certificate_timestamp */
    0x00,
    0x0D,
    0x00,
    0x06,
    0x00,
    0x04,
    0x04,
    0x03,
    0x08,
    0x04, /* signature_algorithms */
    0x1A,
    0x1A,
    0x00,
    0x01,
    0x00, /* GREASE */
    0x00,
    0x1B,
    0x00,
    0x05,
    0x04,
    0x00,
    0x01,
    0x00,
    0x02, /* compress_certificate */
    0x00,
    0x22,
    0x00,
    0x04,
    0x00,
    0x02,
    0x04,
    0x03, /* delegated_credential */
    0x00,
    0x2F,
    0x00,
    0x12,
    0x00,
    0x10,
    NAME_A, /* certificate_authorities */
    0x00,
    0x30,
    0x00,
    0x16,
    0x00,
    0x14,
    FILTER_KEY_USAGE,
    FILTER_POLICIES, /* oid_filters */
    0x00,
    0x32,
    0x00,
    0x06,
    0x00,
    0x04,
    0x02,
    0x01,
    0x04,
    0x01, /* signature_algorithms_cert */
    0x00,
    0x34,
    0x00,
    0x00, /* transparency_info */
    0x12,
    0x34,
    0x00,
    0x09,
    1,
    2,
    3,
    4,
    5,
    6,
    7,
    8,
    9, /* unknown */
};
static const uint8_t minimal[] = { 0x00, 0x00, 0x08, 0x00, 0x0D, 0x00, 0x04, 0x00, 0x02, 0x04, 0x03 };

static void check_flags(cauth_bytes body, cauth_rule flag, cauth_rule second)
{
    cauth_context ctx = server_context(CAUTH_TLS13, CAUTH_STRICT);
    check_accepted(judge13, &ctx, body, flag, second);
    ctx.profile = CAUTH_INTEROP;
    check_accepted(judge13, &ctx, body, flag, second);
}

static void check_refused(cauth_bytes body, cauth_rule rule, cauth_field field, size_t offset)
{
    cauth_context ctx = server_context(CAUTH_TLS13, CAUTH_STRICT);
    check_rejected(judge13, &ctx, body, rule, field, offset);
    ctx.profile = CAUTH_INTEROP;
    check_rejected(judge13, &ctx, body, rule, field, offset);
}

/* A body of one extension, and signature_algorithms behind it unless it is that itself. Its data start at 7. */
static cauth_bytes with_extension(uint8_t *out, size_t cap, uint16_t type, cauth_bytes data)
{
    cauth_writer w = cauth_writer_init(out, cap);
    cauth_write_u8(&w, 0);
    size_t block = cauth_write_begin(&w, 2);
    cauth_extension_write(&w, type, data);
    if (type != 13)
        cauth_write_bytes(&w, (cauth_bytes){ minimal + 3, 8 });
    assert_true(cauth_write_end(&w, 2, block));
    return cauth_written(&w);
}

static void refuse_data(uint16_t type, cauth_bytes data, cauth_rule rule, cauth_field field, size_t offset_in_data)
{
    uint8_t out[600];
    check_refused(with_extension(out, sizeof out, type, data), rule, field, 7 + offset_in_data);
}

static void accept_data(uint16_t type, cauth_bytes data, cauth_rule flag, cauth_rule second)
{
    uint8_t out[600];
    check_flags(with_extension(out, sizeof out, type, data), flag, second);
}

static void fields_come_back(void **state)
{
    (void)state;
    cauth_context ctx = server_context(CAUTH_TLS13, CAUTH_STRICT);
    cauth_certreq13 v;
    cauth_flags flags;
    assert_int_equal(sizeof full, 3 + 0x73);
    assert_true(cauth_is_accepted(cauth_certreq13_parse(BYTES(full), &ctx, &v, &flags)));
    assert_int_equal(v.certificate_request_context.len, 0);
    assert_ptr_equal(v.extensions.ptr, full + 3);
    assert_int_equal(v.extensions.len, 0x73);
    assert_int_equal(v.num_extensions, 11);
    assert_true(v.status_request);
    assert_true(v.signed_certificate_timestamp);
    assert_true(v.signature_algorithms.present);
    assert_memory_equal(v.signature_algorithms.list.ptr, "\x04\x03\x08\x04", 4);
    assert_int_equal(v.signature_algorithms.list.len, 4);
    assert_true(v.signature_algorithms_cert.present);
    assert_memory_equal(v.signature_algorithms_cert.list.ptr, "\x02\x01\x04\x01", 4);
    assert_int_equal(v.signature_algorithms_cert.list.len, 4);
    assert_true(v.compress_certificate.present);
    assert_memory_equal(v.compress_certificate.list.ptr, "\x00\x01\x00\x02", 4);
    assert_int_equal(v.compress_certificate.list.len, 4);
    assert_true(v.delegated_credential.present);
    assert_memory_equal(v.delegated_credential.list.ptr, "\x04\x03", 2);
    assert_int_equal(v.delegated_credential.list.len, 2);
    assert_true(v.certificate_authorities.present);
    assert_int_equal(v.certificate_authorities.list.len, 16);
    assert_true(v.oid_filters.present);
    assert_int_equal(v.oid_filters.list.len, 20);

    cauth_iter it = cauth_iter_init(v.oid_filters.list);
    cauth_oid_filter filter;
    assert_true(cauth_oid_filter_next(&it, &filter));
    assert_int_equal(filter.certificate_extension_oid.len, 5);
    assert_memory_equal(filter.certificate_extension_oid.ptr, "\x06\x03\x55\x1D\x0F", 5);
    assert_int_equal(filter.certificate_extension_values.len, 4);
    assert_memory_equal(filter.certificate_extension_values.ptr, "\x03\x02\x07\x80", 4);
    assert_true(cauth_oid_filter_next(&it, &filter));
    assert_int_equal(filter.certificate_extension_values.len, 0);
    assert_false(cauth_oid_filter_next(&it, &filter));
    it = cauth_iter_init((cauth_bytes){ v.oid_filters.list.ptr, 7 }); /* inside the values of the first */
    assert_false(cauth_oid_filter_next(&it, &filter));

    static const uint16_t order[] = { 5, 18, 13, 0x1A1A, 27, 34, 47, 48, 50, 52, 0x1234 };
    cauth_extension x;
    it = cauth_iter_init(v.extensions);
    for (size_t i = 0; i < LENGTH_OF(order); i++) {
        assert_true(cauth_extension_next(&it, &x));
        assert_int_equal(x.type, order[i]);
    }
    assert_int_equal(x.data.len, 9);
    assert_false(cauth_extension_next(&it, &x));
}

/* An extension that is not there, and one whose list is empty, are told apart. */
static void absent_and_empty_differ(void **state)
{
    static const uint8_t no_filters[] = { 0x00, 0x00 };
    uint8_t out[32];
    (void)state;
    cauth_context ctx = server_context(CAUTH_TLS13, CAUTH_STRICT);
    cauth_certreq13 v;
    cauth_flags flags;
    assert_true(cauth_is_accepted(cauth_certreq13_parse(BYTES(minimal), &ctx, &v, &flags)));
    assert_false(v.oid_filters.present);
    assert_false(v.status_request);
    assert_false(v.signed_certificate_timestamp);
    assert_false(v.signature_algorithms_cert.present);
    assert_false(v.certificate_authorities.present);
    assert_false(v.compress_certificate.present);
    assert_false(v.delegated_credential.present);
    cauth_bytes body = with_extension(out, sizeof out, 48, BYTES(no_filters));
    assert_true(cauth_is_accepted(cauth_certreq13_parse(body, &ctx, &v, &flags)));
    assert_true(v.oid_filters.present);
    assert_int_equal(v.oid_filters.list.len, 0);
}

static void no_prefix_and_no_suffix(void **state)
{
    (void)state;
    cauth_context ctx = server_context(CAUTH_TLS13, CAUTH_STRICT);
    const cauth_bytes samples[] = { BYTES(full), BYTES(minimal) };
    for (size_t i = 0; i < LENGTH_OF(samples); i++) {
        uint8_t longer[sizeof full + 1] = { 0 };
        check_flags(samples[i], CAUTH_RULE_NONE, CAUTH_RULE_NONE);
        check_prefixes(judge13, &ctx, samples[i]);
        memcpy(longer, samples[i].ptr, samples[i].len);
        check_refused((cauth_bytes){ longer, samples[i].len + 1 }, CAUTH_CR_13_01, CAUTH_FIELD_BODY, samples[i].len);
    }
}

/* In the main handshake the context is empty; after it, it should not be. */
static void contexts(void **state)
{
    uint8_t body[1 + 255 + 10];
    (void)state;
    cauth_context ctx = server_context(CAUTH_TLS13, CAUTH_STRICT);
    for (size_t len = 0; len < 256; len++) {
        body[0] = (uint8_t)len;
        for (size_t i = 0; i < len; i++)
            body[1 + i] = (uint8_t)i;
        memcpy(body + 1 + len, minimal + 1, sizeof minimal - 1);
        cauth_bytes in = { body, len + sizeof minimal };
        ctx.post_handshake = false;
        if (len == 0)
            check_accepted(judge13, &ctx, in, CAUTH_RULE_NONE, CAUTH_RULE_NONE);
        else
            check_rejected(judge13, &ctx, in, CAUTH_CR_13_03, CAUTH_FIELD_CERTIFICATE_REQUEST_CONTEXT, 1);
        ctx.post_handshake = true;
        check_accepted(judge13, &ctx, in, len == 0 ? CAUTH_CR_13_04 : CAUTH_RULE_NONE, CAUTH_RULE_NONE);
    }
}

static void lengths_of_the_block(void **state)
{
    static const uint8_t context_past[] = { 0x02, 0x00 };
    static const uint8_t no_block[] = { 0x00 };
    static const uint8_t half_length[] = { 0x00, 0x00 };
    static const uint8_t empty[] = { 0x00, 0x00, 0x00 };
    static const uint8_t one[] = { 0x00, 0x00, 0x01, 0x00 };
    static const uint8_t two[] = { 0x00, 0x00, 0x02, 0x00, 0x0D };
    static const uint8_t three[] = { 0x00, 0x00, 0x03, 0x00, 0x0D, 0x00 };
    static const uint8_t three_cut[] = { 0x00, 0x00, 0x03 };
    static const uint8_t four[] = { 0x00, 0x00, 0x04, 0x12, 0x34, 0x00, 0x00 };
    static const uint8_t block_past[] = { 0x00, 0x00, 0x09, 0x00, 0x0D, 0x00, 0x04, 0x00, 0x02, 0x04, 0x03 };
    static const uint8_t type_cut[] = { 0x00, 0x00, 0x09, 0x00, 0x0D, 0x00, 0x04, 0x00, 0x02, 0x04, 0x03, 0x00 };
    static const uint8_t length_missing[] = { 0x00, 0x00, 0x0A, 0x00, 0x0D, 0x00, 0x04,
                                              0x00, 0x02, 0x04, 0x03, 0x12, 0x34 };
    static const uint8_t length_cut[] = { 0x00, 0x00, 0x0B, 0x00, 0x0D, 0x00, 0x04,
                                          0x00, 0x02, 0x04, 0x03, 0x12, 0x34, 0x00 };
    static const uint8_t data_past[] = { 0x00, 0x00, 0x0C, 0x00, 0x0D, 0x00, 0x04, 0x00,
                                         0x02, 0x04, 0x03, 0x12, 0x34, 0x00, 0x01 };
    (void)state;
    check_refused((cauth_bytes){ NULL, 0 }, CAUTH_VEC_03, CAUTH_FIELD_CERTIFICATE_REQUEST_CONTEXT, 0);
    check_refused(BYTES(context_past), CAUTH_VEC_03, CAUTH_FIELD_CERTIFICATE_REQUEST_CONTEXT, 0);
    check_refused(BYTES(no_block), CAUTH_VEC_03, CAUTH_FIELD_EXTENSIONS, 1);
    check_refused(BYTES(half_length), CAUTH_VEC_03, CAUTH_FIELD_EXTENSIONS, 2);
    check_refused(BYTES(empty), CAUTH_CR_13_07, CAUTH_FIELD_SIGNATURE_ALGORITHMS, 3);
    check_refused(BYTES(one), CAUTH_CR_13_02, CAUTH_FIELD_EXTENSIONS, 1);
    check_refused(BYTES(two), CAUTH_CR_13_02, CAUTH_FIELD_EXTENSIONS, 1);
    check_refused(BYTES(three), CAUTH_CR_13_02, CAUTH_FIELD_EXTENSIONS, 1);
    check_refused(BYTES(three_cut), CAUTH_CR_13_02, CAUTH_FIELD_EXTENSIONS, 1);
    check_refused(BYTES(four), CAUTH_CR_13_07, CAUTH_FIELD_SIGNATURE_ALGORITHMS, 7);
    check_refused(BYTES(block_past), CAUTH_VEC_03, CAUTH_FIELD_EXTENSIONS, 1);
    check_refused(BYTES(type_cut), CAUTH_CR_13_05, CAUTH_FIELD_EXTENSION_TYPE, 12);
    check_refused(BYTES(length_missing), CAUTH_CR_13_05, CAUTH_FIELD_EXTENSION_DATA, 13);
    check_refused(BYTES(length_cut), CAUTH_CR_13_05, CAUTH_FIELD_EXTENSION_DATA, 14);
    check_refused(BYTES(data_past), CAUTH_CR_13_05, CAUTH_FIELD_EXTENSION_DATA, 13);
}

/* All 65 536 types with data that suit none of the known ones: those refuse them, by their own rules; unknown ones and
 * GREASE are ignored. */
static void every_type(void **state)
{
    static const uint16_t refused[] = { 0,  1,  10, 11, 12, 14, 15, 16, 17, 19,    20,     21,    22,     23,    28,
                                        35, 41, 42, 43, 44, 45, 49, 51, 57, 13172, 0xFD00, 65000, 0xFE0D, 0xFF01 };
    static const uint8_t data[] = { 0x00 };
    static bool is_refused[65536];
    uint8_t out[32];
    (void)state;
    cauth_context ctx = server_context(CAUTH_TLS13, CAUTH_STRICT);
    for (size_t i = 0; i < LENGTH_OF(refused); i++)
        is_refused[refused[i]] = true;
    for (unsigned type = 0; type < 65536; type++) {
        cauth_bytes body = with_extension(out, sizeof out, (uint16_t)type, BYTES(data));
        if (is_refused[type])
            check_rejected(judge13, &ctx, body, CAUTH_CR_13_09, CAUTH_FIELD_EXTENSION_TYPE, 3);
        else if (type == 5)
            check_rejected(judge13, &ctx, body, CAUTH_CR_13_16, CAUTH_FIELD_STATUS_REQUEST, 7);
        else if (type == 18)
            check_accepted(judge13, &ctx, body, CAUTH_CR_13_17, CAUTH_RULE_NONE);
        else if (type == 27)
            check_rejected(judge13, &ctx, body, CAUTH_CR_13_18, CAUTH_FIELD_COMPRESS_CERTIFICATE, 7);
        else if (type == 13)
            check_rejected(judge13, &ctx, body, CAUTH_VEC_03, CAUTH_FIELD_SIGNATURE_ALGORITHMS, 8);
        else if (type == 34)
            check_rejected(judge13, &ctx, body, CAUTH_VEC_03, CAUTH_FIELD_DELEGATED_CREDENTIAL, 8);
        else if (type == 47)
            check_rejected(judge13, &ctx, body, CAUTH_VEC_03, CAUTH_FIELD_CERTIFICATE_AUTHORITIES, 8);
        else if (type == 48)
            check_rejected(judge13, &ctx, body, CAUTH_VEC_03, CAUTH_FIELD_OID_FILTERS, 8);
        else if (type == 50)
            check_rejected(judge13, &ctx, body, CAUTH_VEC_03, CAUTH_FIELD_SIGNATURE_ALGORITHMS_CERT, 8);
        else
            check_accepted(judge13, &ctx, body, CAUTH_RULE_NONE, CAUTH_RULE_NONE);
    }
}

/* Each of the extensions of the full sample again at its end: known, unknown or GREASE, all are found. */
static void every_repeat(void **state)
{
    uint8_t body[2 * sizeof full];
    (void)state;
    cauth_extension x;
    cauth_iter it = cauth_iter_init((cauth_bytes){ full + 3, sizeof full - 3 });
    unsigned num = 0;
    while (cauth_extension_next(&it, &x)) {
        cauth_writer w = cauth_writer_init(body, sizeof body);
        cauth_write_u8(&w, 0);
        size_t block = cauth_write_begin(&w, 2);
        cauth_write_bytes(&w, (cauth_bytes){ full + 3, sizeof full - 3 });
        cauth_extension_write(&w, x.type, x.data);
        assert_true(cauth_write_end(&w, 2, block));
        check_refused(cauth_written(&w), CAUTH_CR_13_08, CAUTH_FIELD_EXTENSION_TYPE, sizeof full);
        num++;
    }
    assert_int_equal(num, 11);
}

static const struct {
    uint16_t type;
    cauth_field field;
    cauth_rule rule;
} scheme_lists[] = {
    { 13, CAUTH_FIELD_SIGNATURE_ALGORITHMS, CAUTH_CR_13_11 },
    { 50, CAUTH_FIELD_SIGNATURE_ALGORITHMS_CERT, CAUTH_CR_13_11 },
    { 34, CAUTH_FIELD_DELEGATED_CREDENTIAL, CAUTH_CR_13_19 },
};

static void scheme_list_lengths(void **state)
{
    static const uint8_t none[] = { 0x00, 0x00 };
    static const uint8_t one[] = { 0x00, 0x01, 0x04 };
    static const uint8_t two[] = { 0x00, 0x02, 0x04, 0x03 };
    static const uint8_t three[] = { 0x00, 0x03, 0x04, 0x03, 0x05 };
    static const uint8_t past[] = { 0x00, 0x04, 0x04, 0x03 };
    static const uint8_t ceiling[] = { 0xFF, 0xFE, 0x04, 0x03 };
    static const uint8_t above[] = { 0xFF, 0xFF, 0x04, 0x03 };
    static const uint8_t more[] = { 0x00, 0x02, 0x04, 0x03, 0x00 };
    (void)state;
    for (size_t i = 0; i < LENGTH_OF(scheme_lists); i++) {
        uint16_t type = scheme_lists[i].type;
        cauth_field field = scheme_lists[i].field;
        cauth_rule rule = scheme_lists[i].rule;
        refuse_data(type, (cauth_bytes){ NULL, 0 }, CAUTH_VEC_03, field, 0);
        refuse_data(type, BYTES(none), rule, field, 0);
        refuse_data(type, BYTES(one), rule, field, 0);
        accept_data(type, BYTES(two), CAUTH_RULE_NONE, CAUTH_RULE_NONE);
        refuse_data(type, BYTES(three), rule, field, 0);
        refuse_data(type, BYTES(past), CAUTH_VEC_03, field, 0);
        refuse_data(type, BYTES(ceiling), CAUTH_VEC_03, field, 0);
        refuse_data(type, BYTES(above), rule, field, 0);
        refuse_data(type, BYTES(more), CAUTH_CR_13_06, field, 4);
    }
}

/* Each of the 65 536 schemes behind ecdsa_secp256r1_sha256, in each of the three lists. */
static void every_scheme(void **state)
{
    uint8_t out[64];
    (void)state;
    cauth_context ctx = server_context(CAUTH_TLS13, CAUTH_STRICT);
    for (size_t i = 0; i < LENGTH_OF(scheme_lists); i++) {
        for (unsigned value = 0; value < 65536; value++) {
            uint8_t hash = (uint8_t)(value / 256);
            uint8_t signature = (uint8_t)(value % 256);
            uint8_t data[] = { 0x00, 0x04, 0x04, 0x03, hash, signature };
            cauth_rule flag = CAUTH_RULE_NONE;
            if (value == 0x0403)
                flag = CAUTH_CR_COM_05;
            else if (signature <= 3 && (hash == 1 || hash == 3))
                flag = CAUTH_CR_13_12; /* MD5, SHA-224 */
            else if (signature == 2 && hash <= 6)
                flag = CAUTH_CR_13_12; /* DSA */
            else if (scheme_lists[i].type == 34 && value >= 0x0804 && value <= 0x0806)
                flag = CAUTH_CR_13_19;
            cauth_bytes body = with_extension(out, sizeof out, scheme_lists[i].type, BYTES(data));
            check_accepted(judge13, &ctx, body, flag, CAUTH_RULE_NONE);
        }
    }
}

/* The same scheme in two lists is no repeat. */
static void lists_are_apart(void **state)
{
    static const uint8_t same[] = { 0x00, 0x02, 0x04, 0x03 };
    (void)state;
    accept_data(50, BYTES(same), CAUTH_RULE_NONE, CAUTH_RULE_NONE);
}

static void authorities(void **state)
{
    static const uint8_t none[] = { 0x00, 0x00 };
    static const uint8_t one[] = { 0x00, 0x01, 0x00 };
    static const uint8_t two[] = { 0x00, 0x02, 0x00, 0x01 };
    static const uint8_t three[] = { 0x00, 0x03, 0x00, 0x01, 0x05 };
    static const uint8_t half[] = { 0x00 };
    static const uint8_t list_past[] = { 0x00, 0x05, 0x00, 0x02, 0x30, 0x00 };
    static const uint8_t name_past[] = { 0x00, 0x04, 0x00, 0x03, 0x30, 0x00 };
    static const uint8_t name_empty[] = { 0x00, 0x06, 0x00, 0x02, 0x30, 0x00, 0x00, 0x00 };
    static const uint8_t stray[] = { 0x00, 0x05, 0x00, 0x02, 0x30, 0x00, 0x00 };
    static const uint8_t more[] = { 0x00, 0x04, 0x00, 0x02, 0x30, 0x00, 0x00 };
    uint8_t out[64];
    (void)state;
    cauth_context strict = server_context(CAUTH_TLS13, CAUTH_STRICT);
    cauth_context interop = server_context(CAUTH_TLS13, CAUTH_INTEROP);

    cauth_bytes body = with_extension(out, sizeof out, 47, BYTES(none));
    check_rejected(judge13, &strict, body, CAUTH_CR_13_14, CAUTH_FIELD_CERTIFICATE_AUTHORITIES, 7);
    check_accepted(judge13, &interop, body, CAUTH_CR_13_14, CAUTH_RULE_NONE);
    body = with_extension(out, sizeof out, 47, BYTES(one));
    check_rejected(judge13, &strict, body, CAUTH_CR_13_14, CAUTH_FIELD_CERTIFICATE_AUTHORITIES, 7);
    check_rejected(judge13, &interop, body, CAUTH_VEC_06, CAUTH_FIELD_DISTINGUISHED_NAME, 10);
    body = with_extension(out, sizeof out, 47, BYTES(two));
    check_rejected(judge13, &strict, body, CAUTH_CR_13_14, CAUTH_FIELD_CERTIFICATE_AUTHORITIES, 7);
    check_rejected(judge13, &interop, body, CAUTH_VEC_03, CAUTH_FIELD_DISTINGUISHED_NAME, 9);

    accept_data(47, BYTES(three), CAUTH_RULE_NONE, CAUTH_RULE_NONE);
    refuse_data(47, BYTES(half), CAUTH_VEC_03, CAUTH_FIELD_CERTIFICATE_AUTHORITIES, 1);
    refuse_data(47, BYTES(list_past), CAUTH_VEC_03, CAUTH_FIELD_CERTIFICATE_AUTHORITIES, 0);
    refuse_data(47, BYTES(name_past), CAUTH_VEC_03, CAUTH_FIELD_DISTINGUISHED_NAME, 2);
    refuse_data(47, BYTES(name_empty), CAUTH_DN_01, CAUTH_FIELD_DISTINGUISHED_NAME, 6);
    refuse_data(47, BYTES(stray), CAUTH_VEC_06, CAUTH_FIELD_DISTINGUISHED_NAME, 7);
    refuse_data(47, BYTES(more), CAUTH_CR_13_06, CAUTH_FIELD_CERTIFICATE_AUTHORITIES, 6);
}

static void compression(void **state)
{
    static const uint8_t one[] = { 0x01, 0x00 };
    static const uint8_t two[] = { 0x02, 0x00, 0x01 };
    static const uint8_t reserved[] = { 0x06, 0x00, 0x00, 0x00, 0x03, 0x40, 0x00 };
    static const uint8_t three[] = { 0x03, 0x00, 0x01, 0x00 };
    static const uint8_t past[] = { 0x04, 0x00, 0x01 };
    static const uint8_t more[] = { 0x02, 0x00, 0x01, 0x00 };
    uint8_t longest[1 + 255] = { 254 };
    (void)state;
    refuse_data(27, (cauth_bytes){ NULL, 0 }, CAUTH_VEC_03, CAUTH_FIELD_COMPRESS_CERTIFICATE, 0);
    refuse_data(27, BYTES(one), CAUTH_CR_13_18, CAUTH_FIELD_COMPRESS_CERTIFICATE, 0);
    accept_data(27, BYTES(two), CAUTH_RULE_NONE, CAUTH_RULE_NONE);
    accept_data(27, BYTES(reserved), CAUTH_RULE_NONE, CAUTH_RULE_NONE);
    refuse_data(27, BYTES(three), CAUTH_CR_13_18, CAUTH_FIELD_COMPRESS_CERTIFICATE, 0);
    refuse_data(27, BYTES(past), CAUTH_VEC_03, CAUTH_FIELD_COMPRESS_CERTIFICATE, 0);
    refuse_data(27, BYTES(more), CAUTH_CR_13_06, CAUTH_FIELD_COMPRESS_CERTIFICATE, 3);
    accept_data(27, (cauth_bytes){ longest, 255 }, CAUTH_RULE_NONE, CAUTH_RULE_NONE);
    longest[0] = 255;
    refuse_data(27, BYTES(longest), CAUTH_CR_13_18, CAUTH_FIELD_COMPRESS_CERTIFICATE, 0);
}

/* Filters as the content of the extension's list: offsets count from the first filter. */
static cauth_bytes filters_data(uint8_t *out, size_t cap, cauth_bytes filters)
{
    cauth_writer w = cauth_writer_init(out, cap);
    assert_true(cauth_write_vector(&w, 2, filters));
    return cauth_written(&w);
}

static void accept_filters(cauth_bytes filters)
{
    uint8_t data[600];
    accept_data(48, filters_data(data, sizeof data, filters), CAUTH_RULE_NONE, CAUTH_RULE_NONE);
}

static void refuse_filters(cauth_bytes filters, cauth_rule rule, cauth_field field, size_t offset)
{
    uint8_t data[600];
    refuse_data(48, filters_data(data, sizeof data, filters), rule, field, 2 + offset);
}

/* More extensions than an octet counts. */
static void many_extensions(void **state)
{
    static uint8_t out[4096];
    cauth_writer w = cauth_writer_init(out, sizeof out);
    cauth_context ctx = server_context(CAUTH_TLS13, CAUTH_STRICT);
    cauth_certreq13 v;
    cauth_flags flags;
    (void)state;
    cauth_write_bytes(&w, (cauth_bytes){ minimal, 1 });
    size_t block = cauth_write_begin(&w, 2);
    cauth_write_bytes(&w, (cauth_bytes){ minimal + 3, 8 });
    for (unsigned i = 0; i < 600; i++)
        cauth_extension_write(&w, (uint16_t)(0xC000 + i), (cauth_bytes){ NULL, 0 });
    assert_true(cauth_write_end(&w, 2, block));
    assert_true(cauth_is_accepted(cauth_certreq13_parse(cauth_written(&w), &ctx, &v, &flags)));
    assert_int_equal(v.num_extensions, 601);
}

static void filter_framing(void **state)
{
    static const uint8_t no_oid[] = { 0x00, 0x00, 0x00 };
    static const uint8_t oid_past[] = { 0x06, 0x06, 0x03, 0x55, 0x1D, 0x0F };
    static const uint8_t no_values[] = { 0x05, 0x06, 0x03, 0x55, 0x1D, 0x0F };
    static const uint8_t half_values[] = { 0x05, 0x06, 0x03, 0x55, 0x1D, 0x0F, 0x00 };
    static const uint8_t values_past[] = { 0x05, 0x06, 0x03, 0x55, 0x1D, 0x0F, 0x00, 0x03, 0x05, 0x00 };
    static const uint8_t stray[] = { FILTER_POLICIES, 0x05 };
    static const uint8_t list_past[] = { 0x00, 0x09, FILTER_POLICIES };
    static const uint8_t more[] = { 0x00, 0x08, FILTER_POLICIES, 0x00 };
    (void)state;
    accept_filters((cauth_bytes){ NULL, 0 });
    refuse_filters(BYTES(no_oid), CAUTH_VEC_04, CAUTH_FIELD_CERTIFICATE_EXTENSION_OID, 0);
    refuse_filters(BYTES(oid_past), CAUTH_VEC_03, CAUTH_FIELD_CERTIFICATE_EXTENSION_OID, 0);
    refuse_filters(BYTES(no_values), CAUTH_VEC_03, CAUTH_FIELD_CERTIFICATE_EXTENSION_VALUES, 6);
    refuse_filters(BYTES(half_values), CAUTH_VEC_03, CAUTH_FIELD_CERTIFICATE_EXTENSION_VALUES, 7);
    refuse_filters(BYTES(values_past), CAUTH_VEC_03, CAUTH_FIELD_CERTIFICATE_EXTENSION_VALUES, 6);
    refuse_filters(BYTES(stray), CAUTH_VEC_03, CAUTH_FIELD_CERTIFICATE_EXTENSION_OID, 8);
    refuse_data(48, BYTES(list_past), CAUTH_VEC_03, CAUTH_FIELD_OID_FILTERS, 0);
    refuse_data(48, BYTES(more), CAUTH_CR_13_06, CAUTH_FIELD_OID_FILTERS, 10);
}

static void filter_oids(void **state)
{
    static const uint8_t bare[] = { 0x03, 0x55, 0x1D, 0x0F, 0x00, 0x00 };
    static const uint8_t wrong_tag[] = { 0x03, 0x04, 0x01, 0x55, 0x00, 0x00 };
    static const uint8_t empty[] = { 0x02, 0x06, 0x00, 0x00, 0x00 };
    static const uint8_t unfinished[] = { 0x03, 0x06, 0x01, 0x81, 0x00, 0x00 };
    static const uint8_t leading_zero[] = { 0x05, 0x06, 0x03, 0x55, 0x80, 0x01, 0x00, 0x00 };
    static const uint8_t two_octets[] = { 0x05, 0x06, 0x03, 0x55, 0x81, 0x00, 0x00, 0x00 };
    static const uint8_t more[] = { 0x04, 0x06, 0x01, 0x55, 0x00, 0x00, 0x00 };
    static const uint8_t cut[] = { 0x03, 0x06, 0x02, 0x55, 0x00, 0x00 };
    static const uint8_t padded_length[] = { 0x04, 0x06, 0x81, 0x01, 0x55, 0x00, 0x00 };
    static const uint8_t same[] = { FILTER_POLICIES, FILTER_KEY_USAGE, FILTER_POLICIES };
    static const uint8_t longer[] = { 0x03, 0x06, 0x01, 0x55, 0x00, 0x00, 0x04, 0x06, 0x02, 0x55, 0x00, 0x00, 0x00 };
    uint8_t longest[1 + 255 + 2] = { 0xFF, 0x06, 0x81, 252 };
    (void)state;
    refuse_filters(BYTES(bare), CAUTH_CR_13_15, CAUTH_FIELD_CERTIFICATE_EXTENSION_OID, 1);
    refuse_filters(BYTES(wrong_tag), CAUTH_CR_13_15, CAUTH_FIELD_CERTIFICATE_EXTENSION_OID, 1);
    refuse_filters(BYTES(empty), CAUTH_CR_13_15, CAUTH_FIELD_CERTIFICATE_EXTENSION_OID, 1);
    refuse_filters(BYTES(unfinished), CAUTH_CR_13_15, CAUTH_FIELD_CERTIFICATE_EXTENSION_OID, 1);
    refuse_filters(BYTES(leading_zero), CAUTH_CR_13_15, CAUTH_FIELD_CERTIFICATE_EXTENSION_OID, 1);
    accept_filters(BYTES(two_octets));
    refuse_filters(BYTES(more), CAUTH_CR_13_15, CAUTH_FIELD_CERTIFICATE_EXTENSION_OID, 1);
    refuse_filters(BYTES(cut), CAUTH_CR_13_15, CAUTH_FIELD_CERTIFICATE_EXTENSION_OID, 1);
    refuse_filters(BYTES(padded_length), CAUTH_CR_13_15, CAUTH_FIELD_CERTIFICATE_EXTENSION_OID, 1);
    refuse_filters(BYTES(same), CAUTH_CR_13_15, CAUTH_FIELD_CERTIFICATE_EXTENSION_OID, 21);
    accept_filters(BYTES(longer));
    accept_filters(BYTES(longest));
}

#define EXT_KEY_USAGE 0x05, 0x06, 0x03, 0x55, 0x1D, 0x25
#define CLIENT_AUTH 0x06, 0x08, 0x2B, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x02
#define ANY_PURPOSE 0x06, 0x04, 0x55, 0x1D, 0x25, 0x00

static void filter_values(void **state)
{
    static const uint8_t cut[] = { EXT_KEY_USAGE, 0x00, 0x02, 0x30, 0x01 };
    static const uint8_t more[] = { EXT_KEY_USAGE, 0x00, 0x03, 0x30, 0x00, 0x00 };
    static const uint8_t indefinite[] = { EXT_KEY_USAGE, 0x00, 0x04, 0x30, 0x80, 0x00, 0x00 };
    static const uint8_t padded[] = { EXT_KEY_USAGE, 0x00, 0x03, 0x30, 0x81, 0x00 };
    static const uint8_t purposes[] = { EXT_KEY_USAGE, 0x00, 0x0C, 0x30, 0x0A, CLIENT_AUTH };
    static const uint8_t only_any[] = { EXT_KEY_USAGE, 0x00, 0x08, 0x30, 0x06, ANY_PURPOSE };
    static const uint8_t any_last[] = { EXT_KEY_USAGE, 0x00, 0x12, 0x30, 0x10, CLIENT_AUTH, ANY_PURPOSE };
    static const uint8_t any_first[] = { EXT_KEY_USAGE, 0x00, 0x12, 0x30, 0x10, ANY_PURPOSE, CLIENT_AUTH };
    static const uint8_t purpose_cut[] = { EXT_KEY_USAGE, 0x00, 0x04, 0x30, 0x02, 0x06, 0x04 };
    static const uint8_t elsewhere[] = { 0x05, 0x06, 0x03, 0x55, 0x1D, 0x20, 0x00, 0x08, 0x30, 0x06, ANY_PURPOSE };
    static const uint8_t not_a_sequence[] = { EXT_KEY_USAGE, 0x00, 0x06, ANY_PURPOSE };
    static const uint8_t end_of_contents[] = { 0x05, 0x06, 0x03, 0x55, 0x1D, 0x20, 0x00, 0x02, 0x00, 0x00 };
    static const uint8_t not_an_oid[] = { EXT_KEY_USAGE, 0x00, 0x04, 0x30, 0x02, 0x05, 0x00 };
    static const uint8_t no_purpose[] = { EXT_KEY_USAGE, 0x00, 0x02, 0x30, 0x00 };
    static const uint8_t no_arcs[] = { EXT_KEY_USAGE, 0x00, 0x04, 0x30, 0x02, 0x06, 0x00 };
    static const uint8_t padded_arc[] = { EXT_KEY_USAGE, 0x00, 0x06, 0x30, 0x04, 0x06, 0x02, 0x80, 0x01 };
    static const uint8_t arc_cut[] = { EXT_KEY_USAGE, 0x00, 0x06, 0x30, 0x04, 0x06, 0x02, 0x2A, 0x81 };
    (void)state;
    refuse_filters(BYTES(no_purpose), CAUTH_CR_13_15, CAUTH_FIELD_CERTIFICATE_EXTENSION_VALUES, 8);
    refuse_filters(BYTES(no_arcs), CAUTH_CR_13_15, CAUTH_FIELD_CERTIFICATE_EXTENSION_VALUES, 10);
    refuse_filters(BYTES(padded_arc), CAUTH_CR_13_15, CAUTH_FIELD_CERTIFICATE_EXTENSION_VALUES, 10);
    refuse_filters(BYTES(arc_cut), CAUTH_CR_13_15, CAUTH_FIELD_CERTIFICATE_EXTENSION_VALUES, 10);
    refuse_filters(BYTES(cut), CAUTH_CR_13_15, CAUTH_FIELD_CERTIFICATE_EXTENSION_VALUES, 8);
    refuse_filters(BYTES(more), CAUTH_CR_13_15, CAUTH_FIELD_CERTIFICATE_EXTENSION_VALUES, 8);
    refuse_filters(BYTES(indefinite), CAUTH_CR_13_15, CAUTH_FIELD_CERTIFICATE_EXTENSION_VALUES, 8);
    refuse_filters(BYTES(padded), CAUTH_CR_13_15, CAUTH_FIELD_CERTIFICATE_EXTENSION_VALUES, 8);
    accept_filters(BYTES(purposes));
    refuse_filters(BYTES(only_any), CAUTH_CR_13_15, CAUTH_FIELD_CERTIFICATE_EXTENSION_VALUES, 10);
    refuse_filters(BYTES(any_last), CAUTH_CR_13_15, CAUTH_FIELD_CERTIFICATE_EXTENSION_VALUES, 20);
    refuse_filters(BYTES(any_first), CAUTH_CR_13_15, CAUTH_FIELD_CERTIFICATE_EXTENSION_VALUES, 10);
    refuse_filters(BYTES(purpose_cut), CAUTH_CR_13_15, CAUTH_FIELD_CERTIFICATE_EXTENSION_VALUES, 10);
    accept_filters(BYTES(elsewhere));
    refuse_filters(BYTES(not_a_sequence), CAUTH_CR_13_15, CAUTH_FIELD_CERTIFICATE_EXTENSION_VALUES, 8);
    refuse_filters(BYTES(end_of_contents), CAUTH_CR_13_15, CAUTH_FIELD_CERTIFICATE_EXTENSION_VALUES, 8);
    refuse_filters(BYTES(not_an_oid), CAUTH_CR_13_15, CAUTH_FIELD_CERTIFICATE_EXTENSION_VALUES, 10);
}

static void filter_limit(void **state)
{
    uint8_t filters[33 * 6];
    (void)state;
    for (uint8_t i = 0; i < 33; i++) {
        const uint8_t filter[] = { 0x03, 0x06, 0x01, i, 0x00, 0x00 };
        memcpy(filters + 6 * i, filter, 6);
    }
    accept_filters((cauth_bytes){ filters, 32 * 6 });
    refuse_filters(BYTES(filters), CAUTH_LIM_01, CAUTH_FIELD_OID_FILTERS, 32 * 6);
    filters[31 * 6 + 3] = 0;
    refuse_filters((cauth_bytes){ filters, 32 * 6 }, CAUTH_CR_13_15, CAUTH_FIELD_CERTIFICATE_EXTENSION_OID, 31 * 6 + 1);
}

/* Of two faults the first in reading order is reported; a missing extension comes last. */
static void first_fault_wins(void **state)
{
    static const uint8_t refused_and_past[] = { 0x00, 0x00, 0x04, 0x00, 0x00, 0x00, 0x09 };
    static const uint8_t missing_and_surplus[] = { 0x00, 0x00, 0x04, 0x12, 0x34, 0x00, 0x00, 0x00 };
    static const uint8_t context_and_block[] = { 0x01, 0x07, 0x00, 0x01, 0x00 };
    (void)state;
    check_refused(BYTES(refused_and_past), CAUTH_CR_13_09, CAUTH_FIELD_EXTENSION_TYPE, 3);
    check_refused(BYTES(missing_and_surplus), CAUTH_CR_13_01, CAUTH_FIELD_BODY, 7);
    check_refused(BYTES(context_and_block), CAUTH_CR_13_03, CAUTH_FIELD_CERTIFICATE_REQUEST_CONTEXT, 1);
}

/* One extension that fills the block, of each kind that can. */
static void largest_messages(void **state)
{
    enum { BLOCK = 65535, SIZE = 1 + 255 + 2 + BLOCK };
    static uint8_t body[SIZE];
    (void)state;
    cauth_context ctx = server_context(CAUTH_TLS13, CAUTH_STRICT);
    ctx.post_handshake = true;
    body[0] = 255;
    uint8_t *block = body + 258;
    body[256] = body[257] = 0xFF;

    /* signature_algorithms of 32 761 schemes, and an unknown extension in the 3 + 2 bytes left */
    block[1] = 13;
    block[2] = 0xFF;
    block[3] = 0xF4;
    block[4] = 0xFF;
    block[5] = 0xF2;
    for (unsigned i = 0; i < 0xFFF2 / 2; i++) {
        block[6 + 2 * i] = (uint8_t)((0xFFFF - i) / 256);
        block[7 + 2 * i] = (uint8_t)((0xFFFF - i) % 256);
    }
    block[65528] = 0x12;
    block[65531] = 3;
    check_accepted(judge13, &ctx, BYTES(body), CAUTH_RULE_NONE, CAUTH_RULE_NONE);
    block[65531] = 4;
    check_rejected(judge13, &ctx, BYTES(body), CAUTH_CR_13_05, CAUTH_FIELD_EXTENSION_DATA, 258 + 65530);

    /* signature_algorithms, then 16 381 empty extensions, then one of 3 bytes */
    memset(block, 0, BLOCK);
    memcpy(block, minimal + 3, 8);
    for (unsigned i = 0; i < 16381; i++) {
        block[8 + 4 * i] = (uint8_t)((0x4000 + i) / 256);
        block[9 + 4 * i] = (uint8_t)((0x4000 + i) % 256);
    }
    block[8 + 4 * 16380 + 3] = 3;
    check_accepted(judge13, &ctx, BYTES(body), CAUTH_RULE_NONE, CAUTH_RULE_NONE);
    block[8 + 4 * 16380] = 0x40;
    block[8 + 4 * 16380 + 1] = 0x01;
    check_rejected(judge13, &ctx, BYTES(body), CAUTH_CR_13_08, CAUTH_FIELD_EXTENSION_TYPE, 258 + 8 + 4 * 16380);

    /* certificate_authorities of 65 521 bytes */
    memset(block, 0, BLOCK);
    memcpy(block, minimal + 3, 8);
    block[9] = 47;
    block[10] = 0xFF;
    block[11] = 0xF3;
    block[12] = 0xFF;
    block[13] = 0xF1;
    block[15] = 3; /* a name of 3 bytes, then 16 379 of 2 */
    for (size_t at = 19; at < BLOCK; at += 4)
        block[at + 1] = 2;
    check_accepted(judge13, &ctx, BYTES(body), CAUTH_RULE_NONE, CAUTH_RULE_NONE);
}

static void rejection_leaves_outputs(void **state)
{
    static const uint8_t no_algorithms[] = { 0x00, 0x00, 0x00 };
    (void)state;
    cauth_context ctx = server_context(CAUTH_TLS13, CAUTH_STRICT);
    cauth_certreq13 v = { .num_extensions = 77, .status_request = true };
    cauth_flags flags = cauth_flags_none();
    cauth_flags_set(&flags, CAUTH_REC_05);
    assert_false(cauth_is_accepted(cauth_certreq13_parse(BYTES(no_algorithms), &ctx, &v, &flags)));
    assert_int_equal(v.num_extensions, 77);
    assert_true(v.status_request);
    assert_true(cauth_flags_has(&flags, CAUTH_REC_05));
}

static void written_as_read(void **state)
{
    (void)state;
    cauth_context ctx = server_context(CAUTH_TLS13, CAUTH_STRICT);
    cauth_certreq13 v;
    cauth_flags flags;
    uint8_t out[sizeof full];
    assert_true(cauth_is_accepted(cauth_certreq13_parse(BYTES(full), &ctx, &v, &flags)));
    cauth_writer w = cauth_writer_init(out, sizeof out);
    assert_true(cauth_certreq13_write(&v, &w));
    assert_int_equal(w.len, sizeof full);
    assert_memory_equal(out, full, sizeof full);
}

static void filters_written_as_read(void **state)
{
    static const uint8_t filters[] = { FILTER_KEY_USAGE, FILTER_POLICIES };
    uint8_t out[sizeof filters];
    (void)state;
    cauth_writer w = cauth_writer_init(out, sizeof out);
    cauth_iter it = cauth_iter_init(BYTES(filters));
    cauth_oid_filter filter;
    while (cauth_oid_filter_next(&it, &filter))
        assert_true(cauth_oid_filter_write(&w, &filter));
    assert_int_equal(w.len, sizeof filters);
    assert_memory_equal(out, filters, sizeof filters);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_come_back),
        cmocka_unit_test(absent_and_empty_differ),
        cmocka_unit_test(no_prefix_and_no_suffix),
        cmocka_unit_test(contexts),
        cmocka_unit_test(lengths_of_the_block),
        cmocka_unit_test(every_type),
        cmocka_unit_test(every_repeat),
        cmocka_unit_test(scheme_list_lengths),
        cmocka_unit_test(every_scheme),
        cmocka_unit_test(lists_are_apart),
        cmocka_unit_test(authorities),
        cmocka_unit_test(compression),
        cmocka_unit_test(many_extensions),
        cmocka_unit_test(filter_framing),
        cmocka_unit_test(filter_oids),
        cmocka_unit_test(filter_values),
        cmocka_unit_test(filter_limit),
        cmocka_unit_test(first_fault_wins),
        cmocka_unit_test(largest_messages),
        cmocka_unit_test(rejection_leaves_outputs),
        cmocka_unit_test(written_as_read),
        cmocka_unit_test(filters_written_as_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
