#include "certreq_check.h"

#include "cauth/extension.h"

/* RFC 8446 §4.2, RFC 8879 §4, RFC 9345 §4, RFC 9162 §6: what may stand in CertificateRequest and in Certificate. Those
 * of RFC 8422 (11), RFC 5054 (12), RFC 7366 (22) and RFC 7627 (23) are specified for hellos before TLS 1.3,
 * as are two that no RFC has (13172, 65000); those of RFC 9849 (0xFD00, 0xFE0D), for hellos and EncryptedExtensions. */
static void tables_match_the_rfcs(void **state)
{
    static const uint16_t in_certreq[] = { 5, 13, 18, 27, 34, 47, 48, 50, 52 };
    static const uint16_t in_cert[] = { 5, 18, 34, 52 };
    static const uint16_t recognised[] = { 0,  1,  5,  10, 11, 12, 13, 14,    15,     16,    17,     18,    19,
                                           20, 21, 22, 23, 27, 28, 34, 35,    41,     42,    43,     44,    45,
                                           47, 48, 49, 50, 51, 52, 57, 13172, 0xFD00, 65000, 0xFE0D, 0xFF01 };
    static cauth_extension_use certreq[65536];
    static cauth_extension_use cert[65536];
    (void)state;
    for (size_t i = 0; i < LENGTH_OF(recognised); i++)
        certreq[recognised[i]] = cert[recognised[i]] = CAUTH_EXTENSION_REFUSED;
    for (size_t i = 0; i < LENGTH_OF(in_certreq); i++)
        certreq[in_certreq[i]] = CAUTH_EXTENSION_ALLOWED;
    for (size_t i = 0; i < LENGTH_OF(in_cert); i++)
        cert[in_cert[i]] = CAUTH_EXTENSION_ALLOWED;
    certreq[13] = CAUTH_EXTENSION_REQUIRED;
    for (unsigned type = 0; type < 65536; type++) {
        assert_int_equal(cauth_extension_in_certreq((uint16_t)type), certreq[type]);
        assert_int_equal(cauth_extension_in_cert((uint16_t)type), cert[type]);
        assert_int_equal(cauth_extension_name((uint16_t)type)[0] != '\0', certreq[type] != CAUTH_EXTENSION_UNKNOWN);
    }
    assert_string_equal(cauth_extension_name(48), "oid_filters");
    assert_string_equal(cauth_extension_name(0xFF01), "renegotiation_info");
    assert_string_equal(cauth_extension_name(13172), "next_protocol_negotiation");
    assert_string_equal(cauth_extension_name(2), "");
    assert_int_equal(CAUTH_EXT_SIGNATURE_ALGORITHMS_CERT, 50);
}

/* RFC 8701 §2 lists sixteen values. */
static void grease_values(void **state)
{
    static const uint16_t values[] = { 0x0A0A, 0x1A1A, 0x2A2A, 0x3A3A, 0x4A4A, 0x5A5A, 0x6A6A, 0x7A7A,
                                       0x8A8A, 0x9A9A, 0xAAAA, 0xBABA, 0xCACA, 0xDADA, 0xEAEA, 0xFAFA };
    (void)state;
    size_t found = 0;
    for (unsigned value = 0; value < 65536; value++) {
        if (cauth_is_grease((uint16_t)value)) {
            assert_true(found < LENGTH_OF(values));
            assert_int_equal(value, values[found]);
            found++;
        }
    }
    assert_int_equal(found, LENGTH_OF(values));
}

/* opaque extension_data<0..2^16-1> (RFC 8446 §4.2): the iterator takes a list of any length. */
static void data_at_the_ceiling(void **state)
{
    static uint8_t bytes[4 + 65535] = { 0x12, 0x34, 0xFF, 0xFF };
    const cauth_bytes list = { bytes, sizeof bytes };
    cauth_iter it = cauth_iter_init(list);
    cauth_extension extension;
    (void)state;
    assert_true(cauth_extension_next(&it, &extension));
    assert_int_equal(extension.type, 0x1234);
    assert_int_equal(extension.data.len, 65535);
    assert_false(cauth_extension_next(&it, &extension));
}

static void written_and_walked(void **state)
{
    static const uint8_t expected[] = { 0x00, 0x0D, 0x00, 0x02, 0xAA, 0xBB, 0x00, 0x05, 0x00, 0x00 };
    static const uint8_t data[] = { 0xAA, 0xBB };
    uint8_t out[sizeof expected];
    (void)state;
    cauth_writer w = cauth_writer_init(out, sizeof out);
    assert_true(cauth_extension_write(&w, 13, BYTES(data)));
    assert_true(cauth_extension_write(&w, 5, (cauth_bytes){ NULL, 0 }));
    assert_int_equal(w.len, sizeof expected);
    assert_memory_equal(out, expected, sizeof expected);
    assert_false(cauth_extension_write(&w, 5, (cauth_bytes){ NULL, 0 }));

    cauth_extension x;
    cauth_iter it = cauth_iter_init(BYTES(out));
    assert_true(cauth_extension_next(&it, &x));
    assert_int_equal(x.type, 13);
    assert_ptr_equal(x.data.ptr, out + 4);
    assert_int_equal(x.data.len, 2);
    assert_true(cauth_extension_next(&it, &x));
    assert_int_equal(x.type, 5);
    assert_int_equal(x.data.len, 0);
    assert_false(cauth_extension_next(&it, &x));
    assert_int_equal(x.type, 5);
}

/* On bytes that no parser has accepted, the iterator ends inside them. */
static void walk_of_anything_ends(void **state)
{
    static const uint8_t raw[] = { 0x00, 0x0D, 0x00, 0x00, 0x00, 0x05, 0x00, 0x04, 0x01, 0x02, 0x03 };
    (void)state;
    for (size_t len = 0; len <= sizeof raw; len++) {
        cauth_bytes block = exact_copy(raw, len);
        cauth_iter it = cauth_iter_init(block);
        cauth_extension x = { 99, { NULL, 0 } };
        assert_int_equal(cauth_extension_next(&it, &x), len >= 4);
        assert_int_equal(x.type, len >= 4 ? 13 : 99);
        assert_false(cauth_extension_next(&it, &x));
        assert_int_equal(it.pos, len >= 4 ? 4 : 0);
        exact_free(block);
    }
}

static void data_too_long_to_write(void **state)
{
    static uint8_t data[65536];
    static uint8_t out[65536 + 4];
    (void)state;
    cauth_writer w = cauth_writer_init(out, sizeof out);
    assert_false(cauth_extension_write(&w, 1, BYTES(data)));
    w = cauth_writer_init(out, sizeof out);
    assert_true(cauth_extension_write(&w, 1, (cauth_bytes){ data, 65535 }));
    assert_int_equal(w.len, 65539);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(data_at_the_ceiling),   cmocka_unit_test(tables_match_the_rfcs),
        cmocka_unit_test(grease_values),         cmocka_unit_test(written_and_walked),
        cmocka_unit_test(walk_of_anything_ends), cmocka_unit_test(data_too_long_to_write),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
