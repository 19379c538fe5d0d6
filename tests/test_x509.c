#include "expect.h"

#include <stdlib.h>
#include <string.h>

#include "cauth/x509.h"
#include "cut_check.h"
#include "der_room.h"
#include "exact.h"
#include "random.h"

static cauth_x509 view;
static cauth_flags flags;

static cauth_result parse_as(const void *p, size_t len, cauth_version version, cauth_profile profile)
{
    cauth_context ctx = cauth_context_default(version, CAUTH_FROM_CLIENT);
    ctx.profile = profile;
    cauth_bytes copy = exact_copy(p, len);
    cauth_result e = cauth_x509_parse(copy, &ctx, &view, &flags);
    exact_free(copy);
    return e;
}

static cauth_result parse_piece(piece p)
{
    return parse_as(p.bytes.ptr, p.bytes.len, CAUTH_TLS12, CAUTH_STRICT);
}

/* ---- building ---- */

static certificate_parts random_parts(arena *a, uint64_t seed)
{
    static uint8_t decisions[512];
    random_source r = random_init(seed);
    random_bytes(&r, decisions, sizeof decisions);
    cauth_bytes bytes = { decisions, seed == 0 ? 0 : sizeof decisions };
    choices c = choices_init(bytes);
    cauth_context ctx = cauth_context_default(CAUTH_TLS12, CAUTH_FROM_CLIENT);
    cauth_x509 v;
    gen_x509(&c, &ctx, a, &v);
    return certificate_parts_of(a, &v);
}

/* The plain version 3 certificate that no choices give. */
static certificate_parts plain_parts(arena *a)
{
    return random_parts(a, 0);
}

static void expect_flagged(arena *a, const certificate_parts *parts, cauth_rule flag)
{
    EXPECT_ACCEPTED(parse_piece(certificate_whole(a, parts)));
    EXPECT_FLAG(&flags, flag);
}

static piece extension(arena *a, piece oid, piece critical, piece value)
{
    piece list[] = { piece_wrap(a, DER_OID_TAG, oid), critical, piece_wrap(a, DER_OCTET_STRING_TAG, value) };
    return piece_wrap(a, DER_SEQUENCE_TAG, piece_join(a, list, 3));
}

static piece extensions(arena *a, piece list)
{
    return piece_wrap(a, DER_EXTENSIONS_TAG, piece_wrap(a, DER_SEQUENCE_TAG, list));
}

/* ---- fields ---- */

static void expect_bytes(cauth_bytes is, const char *expected, size_t len)
{
    assert_int_equal(is.len, len);
    if (len > 0)
        assert_memory_equal(is.ptr, expected, len);
}

#define EXPECT_BYTES(is, literal) expect_bytes((is), (literal), sizeof(literal) - 1)

static void fields_of_a_certificate(void **state)
{
    (void)state;
    arena *a = fresh();
    certificate_parts p = plain_parts(a);
    p.serial = PIECE(a, "\x02\x02\x12\x34");
    p.tbs_signature = PIECE(a, "\x30\x07\x06\x03\x2A\x03\x04\x05\x00");
    p.signature_algorithm = p.tbs_signature;
    p.issuer = PIECE(a, "\x30\x0C\x31\x0A\x30\x08\x06\x03\x55\x04\x03\x0C\x01"
                        "A");
    p.subject = PIECE(a, "\x30\x0C\x31\x0A\x30\x08\x06\x03\x55\x04\x03\x0C\x01"
                         "B");
    p.validity = PIECE(a, "\x30\x20\x17\x0D"
                          "250101000000Z"
                          "\x18\x0F"
                          "20500101000000Z");
    p.spki = PIECE(a, "\x30\x0B\x30\x05\x06\x03\x2B\x65\x70\x03\x02\x00\x99");
    p.issuer_id = PIECE(a, "\x81\x02\x00\x11");
    p.subject_id = PIECE(a, "\x82\x02\x00\x22");
    piece list[] = {
        extension(a, PIECE(a, "\x55\x1D\x13"), PIECE(a, "\x01\x01\xFF"), PIECE(a, "\x30\x00")),
        extension(a, PIECE(a, "\x55\x1D\x0F"), piece_empty(), PIECE(a, "\x03\x02\x05\xA0")),
        extension(a, PIECE(a, "\x55\x1D\x25"), piece_empty(), PIECE(a, "\x30\x03\x06\x01\x2A")),
        extension(a, PIECE(a, "\x55\x1D\x0F"), piece_empty(), PIECE(a, "\x03\x02\x07\x80")),
    };
    p.extensions = extensions(a, piece_join(a, list, 4));
    p.signature_value = PIECE(a, "\x03\x03\x00\x55\x66");
    piece whole = certificate_whole(a, &p);
    cauth_context ctx = cauth_context_default(CAUTH_TLS13, CAUTH_FROM_SERVER);
    EXPECT_ACCEPTED(cauth_x509_parse(whole.bytes, &ctx, &view, &flags));
    EXPECT_FLAG(&flags, CAUTH_X5_11);
    EXPECT_BYTES(view.version, "\x02");
    EXPECT_BYTES(view.serial_number, "\x12\x34");
    EXPECT_BYTES(view.tbs_signature, "\x06\x03\x2A\x03\x04\x05\x00");
    EXPECT_BYTES(view.issuer, "\x30\x0C\x31\x0A\x30\x08\x06\x03\x55\x04\x03\x0C\x01"
                              "A");
    assert_int_equal(view.not_before.tag, 0x17);
    EXPECT_BYTES(view.not_before.value, "250101000000Z");
    assert_int_equal(view.not_after.tag, 0x18);
    EXPECT_BYTES(view.not_after.value, "20500101000000Z");
    EXPECT_BYTES(view.subject, "\x30\x0C\x31\x0A\x30\x08\x06\x03\x55\x04\x03\x0C\x01"
                               "B");
    EXPECT_BYTES(view.spki, "\x30\x0B\x30\x05\x06\x03\x2B\x65\x70\x03\x02\x00\x99");
    EXPECT_BYTES(view.spki_algorithm, "\x06\x03\x2B\x65\x70");
    EXPECT_BYTES(view.public_key, "\x00\x99");
    EXPECT_BYTES(view.issuer_unique_id, "\x00\x11");
    EXPECT_BYTES(view.subject_unique_id, "\x00\x22");
    assert_true(view.has_extensions);
    EXPECT_BYTES(view.basic_constraints, "\x30\x00");
    EXPECT_BYTES(view.key_usage, "\x03\x02\x05\xA0"); /* the first of two */
    EXPECT_BYTES(view.extended_key_usage, "\x30\x03\x06\x01\x2A");
    EXPECT_BYTES(view.signature_algorithm, "\x06\x03\x2A\x03\x04\x05\x00");
    EXPECT_BYTES(view.signature_value, "\x00\x55\x66");

    cauth_iter it = cauth_iter_init(view.extensions);
    cauth_x509_extension x;
    assert_true(cauth_x509_extension_next(&it, &x));
    EXPECT_BYTES(x.oid, "\x55\x1D\x13");
    assert_true(x.critical);
    EXPECT_BYTES(x.value, "\x30\x00");
    assert_true(cauth_x509_extension_next(&it, &x));
    EXPECT_BYTES(x.oid, "\x55\x1D\x0F");
    assert_false(x.critical);
    assert_true(cauth_x509_extension_next(&it, &x));
    assert_true(cauth_x509_extension_next(&it, &x));
    EXPECT_BYTES(x.value, "\x03\x02\x07\x80");
    assert_false(cauth_x509_extension_next(&it, &x));
}

/* With a pointer that was set all the same: even a copy of one that was not is undefined. */
static void absent_fields_are_empty(void **state)
{
    (void)state;
    arena *a = fresh();
    certificate_parts p = plain_parts(a);
    p.version = piece_empty();
    p.extensions = piece_empty();
    expect_flagged(a, &p, CAUTH_RULE_NONE);
    assert_false(view.has_extensions);
    const cauth_bytes absent[] = {
        view.version,   view.issuer_unique_id,   view.subject_unique_id, view.extensions,
        view.key_usage, view.extended_key_usage, view.basic_constraints,
    };
    for (size_t i = 0; i < sizeof absent / sizeof absent[0]; i++) {
        assert_null(absent[i].ptr);
        assert_int_equal(absent[i].len, 0);
    }
}

/* Of two, the first that is not empty. */
static void first_of_an_extension_is_kept(void **state)
{
    (void)state;
    arena *a = fresh();
    certificate_parts p = plain_parts(a);
    piece oid = PIECE(a, "\x55\x1D\x0F");
    piece first = extension(a, oid, piece_empty(), piece_empty());
    piece second = extension(a, oid, piece_empty(), PIECE(a, "\x03\x02\x07\x80"));
    p.extensions = extensions(a, piece_pair(a, first, second));
    expect_flagged(a, &p, CAUTH_X5_11);
    assert_int_equal(view.key_usage.len, 4);
    p.extensions = extensions(a, piece_pair(a, second, extension(a, oid, piece_empty(), PIECE(a, "\x03\x01\x00"))));
    expect_flagged(a, &p, CAUTH_X5_11);
    assert_int_equal(view.key_usage.len, 4);
    p.extensions = extensions(a, first);
    expect_flagged(a, &p, CAUTH_RULE_NONE);
    assert_int_equal(view.key_usage.len, 0);
}

/* id-ce-keyUsage is 2.5.29.15, 55 1D 0F; one octet more, or another one, makes another type. */
static void types_that_are_like_key_usage(void **state)
{
    (void)state;
    static const char *const oids[] = { "\x2A\x1D\x0F", "\x55\x1C\x0F", "\x55\x1D\x10", "\x55\x1D\x0F\x01",
                                        "\x55\x1D" };
    for (size_t i = 0; i < sizeof oids / sizeof oids[0]; i++) {
        arena *a = fresh();
        certificate_parts p = plain_parts(a);
        piece value = PIECE(a, "\x03\x02\x07\x80");
        p.extensions = extensions(a, extension(a, piece_of(a, oids[i], strlen(oids[i])), piece_empty(), value));
        expect_flagged(a, &p, CAUTH_RULE_NONE);
        assert_int_equal(view.key_usage.len, 0);
    }
}

/* Two octets, where one is asked for, and a length that is not minimal, which is judged before it is used. */
static void critical_with_a_long_length(void **state)
{
    (void)state;
    arena *a = fresh();
    certificate_parts p = plain_parts(a);
    piece critical = piece_wrap_marked(a, DER_BOOLEAN_TAG, DER_PADDED, PIECE(a, "\xFF\xFF"));
    p.extensions = extensions(a, extension(a, PIECE(a, "\x55\x1D\x0F"), critical, piece_empty()));
    piece whole = certificate_whole(a, &p);
    EXPECT_REJECTED(parse_piece(whole), X5_03, X509_EXTENSION_CRITICAL, whole.mark);
}

/* What is OPTIONAL is looked for only where octets are left: one is enough to be of that field. */
static void ends_of_the_signed_part(void **state)
{
    (void)state;
    arena *a = fresh();
    certificate_parts p = plain_parts(a);
    p.extensions = piece_empty();
    p.signature_algorithm = piece_marked(PIECE(a, "\x81\x02\x00\x11"), 0);
    piece whole = certificate_whole(a, &p);
    EXPECT_REJECTED(parse_piece(whole), X5_02, X509_SIGNATURE_ALGORITHM, whole.mark);
    p = plain_parts(a);
    p.extensions = piece_marked(PIECE(a, "\xA3"), 1);
    whole = certificate_whole(a, &p);
    EXPECT_REJECTED(parse_piece(whole), X5_10, X509_EXTENSIONS, whole.mark);
}

static void rejection_leaves_the_output(void **state)
{
    (void)state;
    arena *a = fresh();
    certificate_parts p = plain_parts(a);
    static cauth_x509 before;
    memset(&before, 0x5A, sizeof before);
    memcpy(&view, &before, sizeof view);
    flags = cauth_flags_none();
    cauth_flags_set(&flags, CAUTH_CERT_12_03);
    p.signature_value = PIECE(a, "\x04\x01\x00");
    assert_int_equal(parse_piece(certificate_whole(a, &p)).rule, CAUTH_X5_02);
    assert_memory_equal(&view, &before, sizeof view);
    EXPECT_FLAG(&flags, CAUTH_CERT_12_03);
}

static void extension_iterator_over_anything(void **state)
{
    (void)state;
    random_source r = random_init(5);
    for (int round = 0; round < 5000; round++) {
        uint8_t bytes[40];
        size_t len = random_below(&r, sizeof bytes + 1);
        random_bytes(&r, bytes, len);
        for (size_t i = 0; i < len; i++)
            if (random_below(&r, 2) == 0)
                bytes[i] = (uint8_t)("\x30\x04\x06\x80\x00\x01\x02\xFF"[random_below(&r, 8)]);
        cauth_bytes copy = exact_copy(bytes, len);
        cauth_iter it = cauth_iter_init(copy);
        cauth_x509_extension x;
        size_t num = 0;
        while (cauth_x509_extension_next(&it, &x))
            num++;
        assert_true(num <= len);
        exact_free(copy);
    }
}

/* critical without content, which no parser accepts */
static void extension_iterator_over_an_empty_boolean(void **state)
{
    static const uint8_t list[] = { 0x30, 0x08, 0x06, 0x01, 0x2A, 0x01, 0x00, 0x04, 0x01, 0xFF };
    (void)state;
    cauth_bytes copy = exact_copy(list, sizeof list);
    cauth_iter it = cauth_iter_init(copy);
    cauth_x509_extension x;
    assert_true(cauth_x509_extension_next(&it, &x));
    assert_false(x.critical);
    EXPECT_BYTES(x.value, "\xFF");
    exact_free(copy);
}

/* FALSE written out, which parsers flag, and an extension without its value, which none accepts. */
static void extension_iterator_over_booleans(void **state)
{
    static const uint8_t list[] = { 0x30, 0x08, 0x06, 0x01, 0x2A, 0x01, 0x01, 0x00, 0x04,
                                    0x00, 0x30, 0x06, 0x06, 0x01, 0x2A, 0x01, 0x01, 0xFF };
    (void)state;
    cauth_bytes copy = exact_copy(list, sizeof list);
    cauth_iter it = cauth_iter_init(copy);
    cauth_x509_extension x;
    assert_true(cauth_x509_extension_next(&it, &x));
    assert_false(x.critical);
    assert_false(cauth_x509_extension_next(&it, &x));
    assert_int_equal(it.pos, 10);
    exact_free(copy);
}

static bool next_extension(cauth_iter *it)
{
    cauth_x509_extension x;
    return cauth_x509_extension_next(it, &x);
}

static void extension_iterator_over_cut_extensions(void **state)
{
    (void)state;
    check_cut_elements(next_extension);
}

/* 00, 01 and 02 are versions; a longer INTEGER is none. */
static void versions(void **state)
{
    (void)state;
    static const struct {
        const char *integer;
        size_t len;
        bool known;
    } cases[] = {
        { "\x02\x01\x01", 3, true },  { "\x02\x01\x02", 3, true },      { "\x02\x01\x00", 3, false },
        { "\x02\x01\x03", 3, false }, { "\x02\x02\x01\x00", 4, false }, { "\x02\x02\x00\x80", 4, false },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        arena *a = fresh();
        certificate_parts p = plain_parts(a);
        p.version = piece_wrap(a, DER_VERSION_TAG, piece_of(a, cases[i].integer, cases[i].len));
        if (cases[i].len == 3) /* those with content are of version 3 */
            p.extensions = PIECE(a, "");
        cauth_bytes whole = certificate_whole(a, &p).bytes;
        cauth_result e = parse_as(whole.ptr, whole.len, CAUTH_TLS12, CAUTH_INTEROP);
        EXPECT_ACCEPTED(e);
        EXPECT_FLAG(&flags, cases[i].known ? CAUTH_RULE_NONE : CAUTH_X5_04);
        e = parse_as(whole.ptr, whole.len, CAUTH_TLS12, CAUTH_STRICT);
        assert_int_equal(e.rule, cases[i].known ? CAUTH_RULE_NONE : CAUTH_X5_04);
    }
}

/* X.690 §8.3.2: the first nine bits are neither all ones nor all zeros. */
static void serial_numbers(void **state)
{
    (void)state;
    static const struct {
        const char *integer;
        size_t len;
        char outcome; /* accepted, flagged, refused */
    } cases[] = {
        { "\x02\x01\x01", 3, 'a' },     { "\x02\x02\x00\x80", 4, 'a' }, { "\x02\x02\x00\x7F", 4, 'r' },
        { "\x02\x02\xFF\x80", 4, 'r' }, { "\x02\x02\xFF\x7F", 4, 'f' }, { "\x02\x01\xFF", 3, 'f' },
        { "\x02\x01\x00", 3, 'f' },     { "\x02\x00", 2, 'r' },         { "\x02\x01\x80", 3, 'f' },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        arena *a = fresh();
        certificate_parts p = plain_parts(a);
        p.serial = piece_of(a, cases[i].integer, cases[i].len);
        cauth_result e = parse_piece(certificate_whole(a, &p));
        assert_int_equal(e.rule, cases[i].outcome == 'r' ? CAUTH_X5_05 : CAUTH_RULE_NONE);
        if (cases[i].outcome != 'r')
            EXPECT_FLAG(&flags, cases[i].outcome == 'f' ? CAUTH_X5_05 : CAUTH_RULE_NONE);
    }
}

/* ---- prefixes and suffixes ---- */

static void prefixes_are_refused(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 30; seed++) {
        arena *a = fresh();
        certificate_parts p = random_parts(a, seed);
        cauth_bytes whole = certificate_whole(a, &p).bytes;
        EXPECT_ACCEPTED(parse_as(whole.ptr, whole.len, CAUTH_TLS12, CAUTH_STRICT));
        EXPECT_FLAG(&flags, CAUTH_RULE_NONE);
        for (size_t len = 0; len < whole.len; len++) {
            size_t header = whole.ptr[1] < 128 ? 2 : (size_t)whole.ptr[1] - 126;
            size_t offset = len < header ? len : 1;
            EXPECT_REJECTED(parse_as(whole.ptr, len, CAUTH_TLS12, CAUTH_STRICT), X5_01, X509_CERTIFICATE, offset);
        }
    }
}

/* Cut inside, with the lengths around mended: the certificate ends early, and is still no certificate. */
static void cut_fields_are_refused(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 10; seed++) {
        arena *a = fresh();
        certificate_parts p = random_parts(a, seed);
        cauth_bytes tbs = certificate_tbs(a, &p).bytes;
        size_t header = tbs.ptr[1] < 128 ? 2 : (size_t)tbs.ptr[1] - 126;
        size_t optional = p.issuer_id.bytes.len + p.subject_id.bytes.len + p.extensions.bytes.len;
        for (size_t len = 0; len < tbs.len - header - optional; len++) {
            piece list[] = { piece_wrap(a, DER_SEQUENCE_TAG, piece_of(a, tbs.ptr + header, len)), p.signature_algorithm,
                             p.signature_value };
            piece whole = piece_wrap(a, DER_SEQUENCE_TAG, piece_join(a, list, 3));
            cauth_result e = parse_piece(whole);
            assert_int_not_equal(e.rule, CAUTH_RULE_NONE);
            assert_true(e.offset <= whole.bytes.len);
        }
    }
}

/* ---- BER in every version and profile ---- */

static void expect_ber(piece whole, size_t offset)
{
    for (int version = CAUTH_SSL30; version <= CAUTH_TLS13; version++) {
        cauth_result e = parse_as(whole.bytes.ptr, whole.bytes.len, (cauth_version)version, CAUTH_STRICT);
        assert_int_equal(e.rule, CAUTH_X5_03);
        assert_int_equal(e.offset, offset);
        EXPECT_ACCEPTED(parse_as(whole.bytes.ptr, whole.bytes.len, (cauth_version)version, CAUTH_INTEROP));
        EXPECT_FLAG(&flags, CAUTH_X5_03);
    }
}

static void ber_lengths(void **state)
{
    (void)state;
    for (int form = DER_PADDED; form <= DER_INDEFINITE; form++) {
        arena *a = fresh();
        certificate_parts p = plain_parts(a);
        p.form = (length_form)form;
        expect_ber(certificate_whole(a, &p), 1);
        p = plain_parts(a);
        p.tbs_form = (length_form)form;
        piece whole = certificate_whole(a, &p);
        expect_ber(whole, whole.bytes.ptr[1] < 128 ? 3 : whole.bytes.ptr[1] - 126 + 1u);
        p = plain_parts(a);
        p.version = piece_wrap_marked(a, DER_VERSION_TAG, (length_form)form, PIECE(a, "\x02\x01\x02"));
        whole = certificate_whole(a, &p);
        expect_ber(whole, whole.mark);
        p = plain_parts(a);
        p.extensions = piece_wrap_marked(a, DER_EXTENSIONS_TAG, (length_form)form,
                                         PIECE(a, "\x30\x07\x30\x05\x06\x01\x2A\x04\x00"));
        whole = certificate_whole(a, &p);
        expect_ber(whole, whole.mark);
        p.extensions =
            extensions(a, piece_wrap_marked(a, DER_SEQUENCE_TAG, (length_form)form, PIECE(a, "\x06\x01\x2A\x04\x00")));
        whole = certificate_whole(a, &p);
        expect_ber(whole, whole.mark);
    }
}

/* All levels at once, closed one after the other. */
static void indefinite_at_every_level(void **state)
{
    (void)state;
    arena *a = fresh();
    certificate_parts p = plain_parts(a);
    p.form = p.tbs_form = DER_INDEFINITE;
    p.version = piece_wrap_as(a, DER_VERSION_TAG, DER_INDEFINITE, PIECE(a, "\x02\x01\x02"));
    p.tbs_signature = piece_wrap_as(a, DER_SEQUENCE_TAG, DER_INDEFINITE, PIECE(a, "\x06\x01\x2A\x30\x80\x00\x00"));
    p.signature_algorithm = p.tbs_signature;
    p.issuer = PIECE(a, "\x30\x80\x31\x80\x30\x80\x06\x03\x55\x04\x03\x0C\x01"
                        "A\0\0\0\0\0\0");
    p.subject = p.issuer;
    p.validity = piece_wrap_as(a, DER_SEQUENCE_TAG, DER_INDEFINITE,
                               PIECE(a, "\x17\x0D"
                                        "250101000000Z"
                                        "\x17\x0D"
                                        "250101000000Z"));
    p.spki = PIECE(a, "\x30\x80\x30\x80\x06\x01\x2A\x00\x00\x03\x01\x00\x00\x00");
    p.extensions = PIECE(a, "\xA3\x80\x30\x80\x30\x80\x06\x01\x2A\x04\x01\x00\x00\x00\x00\x00\x00\x00");
    piece whole = certificate_whole(a, &p);
    expect_ber(whole, 1);
    cauth_context ctx = cauth_context_default(CAUTH_TLS12, CAUTH_FROM_CLIENT);
    ctx.profile = CAUTH_INTEROP;
    EXPECT_ACCEPTED(cauth_x509_parse(whole.bytes, &ctx, &view, &flags));
    EXPECT_BYTES(view.version, "\x02");
    EXPECT_BYTES(view.spki_algorithm, "\x06\x01\x2A");
    EXPECT_BYTES(view.extensions, "\x30\x80\x06\x01\x2A\x04\x01\x00\x00\x00");
    for (size_t len = 0; len < whole.bytes.len; len++)
        assert_int_not_equal(parse_as(whole.bytes.ptr, len, CAUTH_TLS12, CAUTH_INTEROP).rule, CAUTH_RULE_NONE);
}

/* ---- dates ---- */

static void dates(void **state)
{
    (void)state;
    static const struct {
        uint8_t tag;
        const char *value;
        bool good;
    } cases[] = {
        { 0x17, "000101000000Z", true },    { 0x17, "991231235959Z", true },
        { 0x17, "250001000000Z", false },   { 0x17, "251301000000Z", false },
        { 0x17, "250100000000Z", false },   { 0x17, "250132000000Z", false },
        { 0x17, "250101240000Z", false },   { 0x17, "250101006000Z", false },
        { 0x17, "250101000060Z", false },   { 0x17, "250101000000", false },
        { 0x17, "250101000000z", false },   { 0x17, "2501010000Z", false },
        { 0x17, "20250101000000Z", false }, { 0x17, "25010100000aZ", false },
        { 0x17, "/50101000000Z", false },   { 0x17, "", false },
        { 0x18, "20500101000000Z", true },  { 0x18, "99991231235959Z", true },
        { 0x18, "20491231235959Z", false }, { 0x18, "19500101000000Z", false },
        { 0x18, "2050010100000Z", false },  { 0x18, "20500101000000.Z", false },
        { 0x18, "20501301000000Z", false }, { 0x18, "205:0101000000Z", false },
        { 0x18, "2a500101000000Z", false }, { 0x13, "250101000000Z", false },
        { 0x37, "250101000000Z", false },   { 0x17, "20500101000000Z", false },
        { 0x17, "2/0101000000Z", false },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        arena *a = fresh();
        certificate_parts p = plain_parts(a);
        piece date = piece_wrap(a, cases[i].tag, piece_of(a, cases[i].value, strlen(cases[i].value)));
        piece good = PIECE(a, "\x17\x0D"
                              "250101000000Z");
        p.validity = piece_wrap(a, DER_SEQUENCE_TAG, piece_pair(a, date, good));
        expect_flagged(a, &p, cases[i].good ? CAUTH_RULE_NONE : CAUTH_X5_08);
        p.validity = piece_wrap(a, DER_SEQUENCE_TAG, piece_pair(a, good, date));
        expect_flagged(a, &p, cases[i].good ? CAUTH_RULE_NONE : CAUTH_X5_08);
    }
}

/* A time without its seconds is not completed by the octets behind it: here 30 5A, the start of subject, which are '0'
 * and 'Z'. */
static void a_time_ends_where_it_ends(void **state)
{
    (void)state;
    static const uint8_t digits[34] = "0123456789012345678901234567890123";
    arena *a = fresh();
    certificate_parts p = plain_parts(a);
    piece good = PIECE(a, "\x17\x0D"
                          "250101000000Z");
    piece date = PIECE(a, "\x17\x0B"
                          "26010100000");
    piece text = piece_wrap(a, DER_PRINTABLE_TAG, piece_of(a, digits, sizeof digits));
    piece attribute = piece_pair(a, PIECE(a, "\x06\x03\x55\x04\x0A"), text);
    piece rdn = piece_wrap(a, DER_SET_TAG, piece_wrap(a, DER_SEQUENCE_TAG, attribute));
    p.subject = piece_wrap(a, DER_SEQUENCE_TAG, piece_pair(a, rdn, rdn));
    assert_int_equal(p.subject.bytes.ptr[1], 'Z');
    p.validity = piece_wrap(a, DER_SEQUENCE_TAG, piece_pair(a, good, date));
    expect_flagged(a, &p, CAUTH_X5_08);
}

/* Two times, one after the other and nothing else: a tag in the high form, whatever the number (31 here), is that of no
 * time. */
static void what_is_no_time(void **state)
{
    (void)state;
    static const struct {
        const char *validity;
        size_t len;
        size_t at; /* in it */
        cauth_field field;
    } cases[] = {
        { "\x30\x06\x1F\x1F\x00\x1F\x1F\x00", 8, 2, CAUTH_FIELD_X509_NOT_BEFORE },
        { "\x30\x06\x3F\x1F\x00\x3F\x1F\x00", 8, 2, CAUTH_FIELD_X509_NOT_BEFORE },
        { "\x30\x05\x17\x00\x1F\x1F\x00", 7, 4, CAUTH_FIELD_X509_NOT_AFTER },
        { "\x30\x01\x1F", 3, 2, CAUTH_FIELD_X509_NOT_BEFORE },
        { "\x30\x00", 2, 2, CAUTH_FIELD_X509_NOT_BEFORE },
        { "\x30\x04\x17\x7F\x17\x00", 6, 3, CAUTH_FIELD_X509_NOT_BEFORE },
        { "\x30\x02\x17\x00", 4, 4, CAUTH_FIELD_X509_NOT_AFTER },
        { "\x30\x06\x17\x00\x17\x00\x17\x00", 8, 6, CAUTH_FIELD_X509_VALIDITY },
        { "\x31\x04\x17\x00\x17\x00", 6, 0, CAUTH_FIELD_X509_VALIDITY },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        arena *a = fresh();
        certificate_parts p = plain_parts(a);
        p.validity = piece_marked(piece_of(a, cases[i].validity, cases[i].len), cases[i].at);
        piece whole = certificate_whole(a, &p);
        expect_result(parse_piece(whole), cauth_rejected(CAUTH_X5_02, cases[i].field, whole.mark), __FILE__, __LINE__);
    }
}

/* ---- subject and its substitute ---- */

static void empty_subject(void **state)
{
    (void)state;
    arena *a = fresh();
    certificate_parts p = plain_parts(a);
    piece alt_name = PIECE(a, "\x55\x1D\x11");
    p.subject = PIECE(a, "\x30\x00");
    expect_flagged(a, &p, CAUTH_X5_07);
    p.extensions = extensions(a, extension(a, alt_name, piece_empty(), PIECE(a, "\x30\x00")));
    expect_flagged(a, &p, CAUTH_X5_07);
    p.extensions = extensions(a, extension(a, alt_name, PIECE(a, "\x01\x01\xFF"), PIECE(a, "\x30\x00")));
    expect_flagged(a, &p, CAUTH_RULE_NONE);
    p.extensions =
        extensions(a, extension(a, PIECE(a, "\x55\x1D\x12"), PIECE(a, "\x01\x01\xFF"), PIECE(a, "\x30\x00")));
    expect_flagged(a, &p, CAUTH_X5_07);
}

/* ---- large ---- */

static piece many_extensions(arena *a, size_t num)
{
    piece *list = malloc(num * sizeof *list);
    assert_non_null(list);
    for (size_t i = 0; i < num; i++) {
        uint8_t oid[] = { 0x2A, (uint8_t)(i / 100), (uint8_t)(i % 100) };
        list[i] = extension(a, piece_of(a, oid, sizeof oid), piece_empty(), PIECE(a, "x"));
    }
    piece joined = piece_join(a, list, num);
    free(list);
    return extensions(a, joined);
}

static void a_thousand_extensions(void **state)
{
    (void)state;
    static const size_t nums[] = { 1, CAUTH_MAX_COMPARED_OIDS, CAUTH_MAX_COMPARED_OIDS + 1, 1000 };
    for (size_t i = 0; i < 4; i++) {
        arena *a = fresh();
        certificate_parts p = plain_parts(a);
        p.extensions = many_extensions(a, nums[i]);
        expect_flagged(a, &p, nums[i] > CAUTH_MAX_COMPARED_OIDS ? CAUTH_LIM_02 : CAUTH_RULE_NONE);
        cauth_context ctx = cauth_context_default(CAUTH_TLS12, CAUTH_FROM_CLIENT);
        EXPECT_ACCEPTED(cauth_x509_parse(certificate_whole(a, &p).bytes, &ctx, &view, &flags));
        cauth_iter it = cauth_iter_init(view.extensions);
        cauth_x509_extension x;
        size_t num = 0;
        while (cauth_x509_extension_next(&it, &x))
            num++;
        assert_int_equal(num, nums[i]);
    }
}

static void an_extension_oid_of_100_kib(void **state)
{
    (void)state;
    arena *a = fresh();
    certificate_parts p = plain_parts(a);
    size_t len = 100 * 1024;
    uint8_t *octets = arena_take(a, len);
    memset(octets, 0x81, len);
    octets[len - 1] = 1;
    piece oid = { { octets, len }, NO_MARK };
    p.extensions = extensions(a, extension(a, oid, piece_empty(), PIECE(a, "x")));
    expect_flagged(a, &p, CAUTH_RULE_NONE);
}

/* Parameters of an algorithm are any one TLV, however deep. */
static void parameters_nested_10000_deep(void **state)
{
    (void)state;
    arena *a = fresh();
    static uint8_t nest[40000];
    memset(nest, 0, sizeof nest);
    for (size_t i = 0; i < 10000; i++) {
        nest[2 * i] = 0x30;
        nest[2 * i + 1] = 0x80;
    }
    certificate_parts p = plain_parts(a);
    piece parameters = piece_of(a, nest, sizeof nest);
    piece algorithm = piece_wrap(a, DER_SEQUENCE_TAG, piece_pair(a, PIECE(a, "\x06\x01\x2A"), parameters));
    p.spki = piece_wrap(a, DER_SEQUENCE_TAG, piece_pair(a, algorithm, PIECE(a, "\x03\x01\x00")));
    cauth_bytes whole = certificate_whole(a, &p).bytes;
    cauth_result e = parse_as(whole.ptr, whole.len, CAUTH_TLS12, CAUTH_STRICT);
    assert_int_equal(e.rule, CAUTH_X5_03);
    EXPECT_ACCEPTED(parse_as(whole.ptr, whole.len, CAUTH_TLS12, CAUTH_INTEROP));
    EXPECT_FLAG(&flags, CAUTH_X5_03);
}

/* ---- algorithms ---- */

static cauth_result parse_outer(arena *a, const char *octets, size_t len, cauth_profile profile)
{
    certificate_parts p = plain_parts(a);
    p.signature_algorithm = piece_of(a, octets, len);
    cauth_bytes whole = certificate_whole(a, &p).bytes;
    cauth_result e = parse_as(whole.ptr, whole.len, CAUTH_TLS12, profile);
    if (!cauth_is_accepted(e)) /* as an offset of the outer AlgorithmIdentifier */
        e.offset -= whole.len - len - p.signature_value.bytes.len;
    return e;
}

#define PARSE_OUTER(literal, profile) parse_outer(fresh(), (literal), sizeof(literal) - 1, CAUTH_##profile)

/* Inside it is 30 05 06 03 2B 65 70. */
static void algorithms_must_agree(void **state)
{
    (void)state;
    EXPECT_ACCEPTED(PARSE_OUTER("\x30\x05\x06\x03\x2B\x65\x70", STRICT));
    EXPECT_FLAG(&flags, CAUTH_RULE_NONE);
    EXPECT_REJECTED(PARSE_OUTER("\x30\x05\x06\x03\x2B\x65\x71", STRICT), X5_06, X509_SIGNATURE_ALGORITHM, 6);
    EXPECT_REJECTED(PARSE_OUTER("\x30\x05\x06\x03\x2A\x65\x70", STRICT), X5_06, X509_SIGNATURE_ALGORITHM, 4);
    EXPECT_REJECTED(PARSE_OUTER("\x30\x03\x06\x01\x2B", STRICT), X5_06, X509_SIGNATURE_ALGORITHM, 1);
    EXPECT_ACCEPTED(PARSE_OUTER("\x30\x03\x06\x01\x2B", INTEROP));
    EXPECT_FLAG(&flags, CAUTH_X5_06);
    EXPECT_REJECTED(PARSE_OUTER("\x30\x05\x06\x03\x2B\x66\x70", STRICT), X5_06, X509_SIGNATURE_ALGORITHM, 5);
    EXPECT_REJECTED(PARSE_OUTER("\x30\x05\x02\x03\x2B\x65\x70", STRICT), X5_06, X509_SIGNATURE_ALGORITHM, 2);
    /* whatever the profile, it has to be an algorithm */
    EXPECT_REJECTED(PARSE_OUTER("\x30\x00", INTEROP), X5_02, X509_SIGNATURE_ALGORITHM, 2);
    EXPECT_REJECTED(PARSE_OUTER("\x30\x02\x06\x00", INTEROP), X5_02, X509_SIGNATURE_ALGORITHM, 3);
    EXPECT_REJECTED(PARSE_OUTER("\x30\x07\x06\x01\x2B\x05\x00\x05\x00", INTEROP), X5_02, X509_SIGNATURE_ALGORITHM, 7);
}

/* A unique identifier is a BIT STRING: an octet that counts the unused bits of the last one (X.690 §8.6). */
static void unique_identifiers(void **state)
{
    (void)state;
    for (int subject = 0; subject < 2; subject++) {
        arena *a = fresh();
        certificate_parts p = plain_parts(a);
        piece *id = subject ? &p.subject_id : &p.issuer_id;
        uint8_t tag = subject ? DER_SUBJECT_ID_TAG : DER_ISSUER_ID_TAG;
        *id = piece_wrap(a, tag, PIECE(a, "\x04\xF0"));
        EXPECT_ACCEPTED(parse_piece(certificate_whole(a, &p)));
        *id = piece_wrap(a, tag, PIECE(a, "\x07\x80"));
        EXPECT_ACCEPTED(parse_piece(certificate_whole(a, &p)));
        *id = piece_wrap_marked(a, tag, DER_PADDED, PIECE(a, "\x04\xF0"));
        piece padded = certificate_whole(a, &p);
        EXPECT_REJECTED(parse_piece(padded), X5_03, X509_UNIQUE_ID, padded.mark);
        *id = piece_wrap(a, tag, PIECE(a, "\x08\xF0"));
        cauth_bytes whole = certificate_whole(a, &p).bytes;
        size_t from_end = p.extensions.bytes.len + p.signature_algorithm.bytes.len + p.signature_value.bytes.len + 2;
        EXPECT_REJECTED(parse_as(whole.ptr, whole.len, CAUTH_TLS12, CAUTH_STRICT), X5_10, X509_UNIQUE_ID,
                        whole.len - from_end);
    }
}

/* ---- keys and lists ---- */

static cauth_result check_spki(const char *octets, size_t len, cauth_flags *to)
{
    cauth_context ctx = cauth_context_default(CAUTH_TLS13, CAUTH_FROM_CLIENT);
    cauth_bytes copy = exact_copy(octets, len);
    cauth_result e = cauth_spki_check(copy, 50, &ctx, to);
    exact_free(copy);
    return e;
}

#define CHECK_SPKI(literal, to) check_spki((literal), sizeof(literal) - 1, (to))

static void raw_public_keys(void **state)
{
    (void)state;
    cauth_flags to = cauth_flags_none();
    cauth_flags_set(&to, CAUTH_CERT_12_03);
    EXPECT_ACCEPTED(CHECK_SPKI("\x30\x08\x30\x03\x06\x01\x2A\x03\x01\x00", &to));
    EXPECT_REJECTED(CHECK_SPKI("", &to), X5_09, X509_SPKI, 50);
    EXPECT_REJECTED(CHECK_SPKI("\x30\x08\x30\x03\x06\x01\x2A\x03\x01\x00\x00", &to), X5_09, X509_SPKI, 60);
    EXPECT_REJECTED(CHECK_SPKI("\x30\x09\x30\x03\x06\x01\x2A\x03\x01\x00", &to), X5_09, X509_SPKI, 51);
    EXPECT_REJECTED(CHECK_SPKI("\x30\x07\x30\x03\x06\x01\x2A\x03\x00", &to), X5_09, X509_PUBLIC_KEY, 58);
    /* parameters that are NULL are empty (X.690 §8.8.2) */
    EXPECT_ACCEPTED(CHECK_SPKI("\x30\x0A\x30\x05\x06\x01\x2A\x05\x00\x03\x01\x00", &to));
    EXPECT_REJECTED(CHECK_SPKI("\x30\x0B\x30\x06\x06\x01\x2A\x05\x01\x00\x03\x01\x00", &to), X5_09, X509_SPKI_ALGORITHM,
                    58);
    /* parameters behind a broken algorithm, in BER, and cut off */
    EXPECT_REJECTED(CHECK_SPKI("\x30\x09\x30\x04\x06\x00\x05\x00\x03\x01\x00", &to), X5_09, X509_SPKI_ALGORITHM, 55);
    EXPECT_REJECTED(CHECK_SPKI("\x30\x0C\x30\x07\x06\x01\x2A\x06\x81\x01\x2A\x03\x01\x00", &to), X5_03,
                    X509_SPKI_ALGORITHM, 58);
    EXPECT_REJECTED(CHECK_SPKI("\x30\x09\x30\x04\x06\x01\x2A\x05\x03\x01\x00", &to), X5_09, X509_SPKI_ALGORITHM, 58);
    EXPECT_REJECTED(CHECK_SPKI("\x30\x81\x08\x30\x03\x06\x01\x2A\x03\x01\x00", &to), X5_03, X509_SPKI, 51);
    EXPECT_FLAG(&to, CAUTH_CERT_12_03);
    /* what is flagged comes to what was: here an INTEGER as parameters */
    to = cauth_flags_none();
    EXPECT_ACCEPTED(CHECK_SPKI("\x30\x0B\x30\x06\x06\x01\x2A\x02\x01\x00\x03\x01\x00", &to));
    EXPECT_FLAG(&to, CAUTH_LIM_03);
}

static piece named_certificate(arena *a, char subject, char issuer)
{
    certificate_parts p = plain_parts(a);
    char name[] = "\x30\x0C\x31\x0A\x30\x08\x06\x03\x55\x04\x03\x0C\x01?";
    name[13] = subject;
    p.subject = piece_of(a, name, 14);
    name[13] = issuer;
    p.issuer = piece_of(a, name, 14);
    return certificate_whole(a, &p);
}

/* A list of certificates, each given by the letters of its subject and issuer, from which the order is judged. */
static cauth_result check_chain(const char *letters, cauth_version version, cauth_flags *to)
{
    arena *a = fresh();
    static uint8_t bytes[20000];
    cauth_writer w = cauth_writer_init(bytes, sizeof bytes);
    for (size_t i = 0; letters[i] != '\0'; i += 2) {
        cauth_write_vector(&w, 3, named_certificate(a, letters[i], letters[i + 1]).bytes);
        if (version == CAUTH_TLS13)
            cauth_write_u16(&w, 0);
    }
    assert_false(w.failed);
    cauth_context ctx = cauth_context_default(version, CAUTH_FROM_CLIENT);
    cauth_bytes copy = exact_copy(bytes, w.len);
    *to = cauth_flags_none();
    cauth_result e = version == CAUTH_TLS13 ? cauth_certificate_entry_list_check(copy, 7, &ctx, to)
                                            : cauth_certificate_list_check(copy, 7, &ctx, to);
    exact_free(copy);
    return e;
}

static void expect_chain(const char *letters, cauth_version version, cauth_rule flag)
{
    cauth_flags to;
    EXPECT_ACCEPTED(check_chain(letters, version, &to));
    EXPECT_FLAG(&to, flag);
}

static void order_of_chains(void **state)
{
    (void)state;
    for (int version = CAUTH_SSL30; version <= CAUTH_TLS13; version++) {
        cauth_rule rule = version == CAUTH_TLS13   ? CAUTH_CERT_13_11
                          : version == CAUTH_SSL30 ? CAUTH_RULE_NONE
                                                   : CAUTH_CERT_10_06;
        expect_chain("", (cauth_version)version, CAUTH_RULE_NONE);
        expect_chain("AB", (cauth_version)version, CAUTH_RULE_NONE);
        expect_chain("ABBCCC", (cauth_version)version, CAUTH_RULE_NONE);
        expect_chain("ABCC", (cauth_version)version, rule);
        expect_chain("ABCCBC", (cauth_version)version, rule);
        expect_chain("ABBCAB", (cauth_version)version, rule);
    }
}

static void list_offsets(void **state)
{
    (void)state;
    arena *a = fresh();
    piece good = named_certificate(a, 'A', 'B');
    piece bad = piece_marked(piece_of(a, good.bytes.ptr, good.bytes.len), 0);
    ((uint8_t *)(uintptr_t)bad.bytes.ptr)[0] = 0x31;
    for (int entries = 0; entries < 2; entries++) {
        static uint8_t bytes[20000];
        cauth_writer w = cauth_writer_init(bytes, sizeof bytes);
        cauth_write_vector(&w, 3, good.bytes);
        if (entries)
            cauth_write_vector(&w, 2, PIECE(a, "\x00\x05\x00\x00").bytes);
        size_t offset = w.len + 3;
        cauth_write_vector(&w, 3, bad.bytes);
        if (entries)
            cauth_write_u16(&w, 0);
        cauth_context ctx = cauth_context_default(entries ? CAUTH_TLS13 : CAUTH_TLS12, CAUTH_FROM_CLIENT);
        cauth_flags to = cauth_flags_none();
        cauth_bytes list = { bytes, w.len };
        cauth_result e = entries ? cauth_certificate_entry_list_check(list, 4, &ctx, &to)
                                 : cauth_certificate_list_check(list, 3, &ctx, &to);
        EXPECT_REJECTED(e, X5_01, X509_CERTIFICATE, offset + (entries ? 4 : 3));
        EXPECT_FLAG(&to, CAUTH_RULE_NONE);
    }
}

static void entries_of_raw_keys(void **state)
{
    (void)state;
    static const uint8_t good[] = "\0\0\x0A\x30\x08\x30\x03\x06\x01\x2A\x03\x01\x00\0\0";
    static const uint8_t bad[] = "\0\0\x09\x30\x07\x30\x03\x06\x01\x2A\x03\x00\0\0";
    cauth_context ctx = cauth_context_default(CAUTH_TLS13, CAUTH_FROM_CLIENT);
    cauth_flags to = cauth_flags_none();
    cauth_bytes list = { good, sizeof good - 1 };
    cauth_result e = cauth_certificate_entry_list_check(list, 4, &ctx, &to);
    assert_int_equal(e.rule, CAUTH_X5_05); /* a key is no certificate: an OID where the serial number should be */
    ctx.certificate_type = CAUTH_RAW_PUBLIC_KEY;
    EXPECT_ACCEPTED(cauth_certificate_entry_list_check(list, 4, &ctx, &to));
    cauth_bytes bad_list = { bad, sizeof bad - 1 };
    EXPECT_REJECTED(cauth_certificate_entry_list_check(bad_list, 4, &ctx, &to), X5_09, X509_PUBLIC_KEY, 4 + 3 + 8);
}

/* Lists that no parser gave end inside a vector. */
static void cut_lists(void **state)
{
    static const uint8_t bytes[] = { 0, 0, 2, 0x30 };
    (void)state;
    for (int entries = 0; entries < 2; entries++) {
        cauth_context ctx = cauth_context_default(entries ? CAUTH_TLS13 : CAUTH_TLS12, CAUTH_FROM_CLIENT);
        cauth_flags to = cauth_flags_none();
        for (size_t len = 1; len <= sizeof bytes; len++) {
            cauth_bytes list = exact_copy(bytes, len);
            cauth_result e = entries ? cauth_certificate_entry_list_check(list, 4, &ctx, &to)
                                     : cauth_certificate_list_check(list, 3, &ctx, &to);
            assert_int_equal(e.rule, CAUTH_VEC_03);
            exact_free(list);
        }
    }
}

/* opaque cert_data<1..2^24-1>: the shortest and the longest, which are no certificates, and the one that is too short.
 */
static void lengths_in_lists(void **state)
{
    (void)state;
    size_t longest = 0xFFFFFF;
    uint8_t *bytes = calloc(1, 3 + longest);
    assert_non_null(bytes);
    for (int entries = 0; entries < 2; entries++) {
        cauth_context ctx = cauth_context_default(entries ? CAUTH_TLS13 : CAUTH_TLS12, CAUTH_FROM_CLIENT);
        cauth_flags to = cauth_flags_none();
        static const size_t lens[] = { 0, 1, 0xFFFFFF };
        for (size_t i = 0; i < 3; i++) {
            for (size_t k = 0; k < 3; k++)
                bytes[k] = (uint8_t)(lens[i] >> (16 - 8 * k));
            cauth_bytes list = { bytes, 3 + lens[i] };
            cauth_result e = entries ? cauth_certificate_entry_list_check(list, 4, &ctx, &to)
                                     : cauth_certificate_list_check(list, 3, &ctx, &to);
            if (lens[i] > 0)
                EXPECT_REJECTED(e, X5_01, X509_CERTIFICATE, entries ? 7 : 6);
            else if (entries)
                EXPECT_REJECTED(e, VEC_04, CERT_DATA, 4);
            else
                EXPECT_REJECTED(e, VEC_04, ASN1_CERT, 3);
        }
    }
    free(bytes);
}

/* Extension extensions<0..2^16-1> */
static void longest_extensions_of_an_entry(void **state)
{
    (void)state;
    static uint8_t entry[13 + 2 + 65535] = "\0\0\x0A\x30\x08\x30\x03\x06\x01\x2A\x03\x01\x00\xFF\xFF";
    cauth_context ctx = cauth_context_default(CAUTH_TLS13, CAUTH_FROM_CLIENT);
    ctx.certificate_type = CAUTH_RAW_PUBLIC_KEY;
    cauth_flags to = cauth_flags_none();
    cauth_bytes list = { entry, sizeof entry };
    EXPECT_ACCEPTED(cauth_certificate_entry_list_check(list, 4, &ctx, &to));
}

/* ---- writing ---- */

static void der_is_written_back(void **state)
{
    (void)state;
    static uint8_t bytes[1 << 16];
    for (uint64_t seed = 0; seed < 300; seed++) {
        arena *a = fresh();
        certificate_parts p = random_parts(a, seed);
        cauth_bytes whole = certificate_whole(a, &p).bytes;
        cauth_context ctx = cauth_context_default(CAUTH_TLS12, CAUTH_FROM_CLIENT);
        EXPECT_ACCEPTED(cauth_x509_parse(whole, &ctx, &view, &flags));
        cauth_writer w = cauth_writer_init(bytes, sizeof bytes);
        assert_true(cauth_x509_write(&view, &w));
        assert_int_equal(w.len, whole.len);
        assert_memory_equal(bytes, whole.ptr, w.len);
        w = cauth_writer_init(bytes, whole.len - 1);
        assert_false(cauth_x509_write(&view, &w));
    }
}

static void outer_ber_is_written_as_der(void **state)
{
    (void)state;
    arena *a = fresh();
    certificate_parts p = plain_parts(a);
    cauth_bytes der = certificate_whole(a, &p).bytes;
    p.form = DER_INDEFINITE;
    p.tbs_form = DER_PADDED_BY_4;
    cauth_context ctx = cauth_context_default(CAUTH_TLS12, CAUTH_FROM_CLIENT);
    ctx.profile = CAUTH_INTEROP;
    EXPECT_ACCEPTED(cauth_x509_parse(certificate_whole(a, &p).bytes, &ctx, &view, &flags));
    static uint8_t bytes[4096];
    cauth_writer w = cauth_writer_init(bytes, sizeof bytes);
    assert_true(cauth_x509_write(&view, &w));
    assert_int_equal(w.len, der.len);
    assert_memory_equal(bytes, der.ptr, w.len);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_of_a_certificate),
        cmocka_unit_test(absent_fields_are_empty),
        cmocka_unit_test(first_of_an_extension_is_kept),
        cmocka_unit_test(types_that_are_like_key_usage),
        cmocka_unit_test(critical_with_a_long_length),
        cmocka_unit_test(ends_of_the_signed_part),
        cmocka_unit_test(rejection_leaves_the_output),
        cmocka_unit_test(extension_iterator_over_anything),
        cmocka_unit_test(extension_iterator_over_an_empty_boolean),
        cmocka_unit_test(extension_iterator_over_booleans),
        cmocka_unit_test(extension_iterator_over_cut_extensions),
        cmocka_unit_test(versions),
        cmocka_unit_test(serial_numbers),
        cmocka_unit_test(prefixes_are_refused),
        cmocka_unit_test(cut_fields_are_refused),
        cmocka_unit_test(ber_lengths),
        cmocka_unit_test(indefinite_at_every_level),
        cmocka_unit_test(dates),
        cmocka_unit_test(a_time_ends_where_it_ends),
        cmocka_unit_test(what_is_no_time),
        cmocka_unit_test(empty_subject),
        cmocka_unit_test(a_thousand_extensions),
        cmocka_unit_test(an_extension_oid_of_100_kib),
        cmocka_unit_test(parameters_nested_10000_deep),
        cmocka_unit_test(algorithms_must_agree),
        cmocka_unit_test(unique_identifiers),
        cmocka_unit_test(raw_public_keys),
        cmocka_unit_test(order_of_chains),
        cmocka_unit_test(list_offsets),
        cmocka_unit_test(entries_of_raw_keys),
        cmocka_unit_test(cut_lists),
        cmocka_unit_test(lengths_in_lists),
        cmocka_unit_test(longest_extensions_of_an_entry),
        cmocka_unit_test(der_is_written_back),
        cmocka_unit_test(outer_ber_is_written_as_der),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
