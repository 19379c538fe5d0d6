#include "breaker_rows.h"
#include "gen_cert.h"
#include "message.h"

/* Every offset below is added up from the lengths that were written, never asked of the parser. A certificate_list of
 * Certificate up to TLS 1.2 starts at 3, behind its length. */

typedef cauth_bytes bytes;

static const bytes nothing = { NULL, 0 };

static bytes joined(arena *a, bytes first, bytes second)
{
    bytes parts[] = { first, second };
    return gen_join(a, parts, 2);
}

static bytes vector(arena *a, size_t width, bytes content)
{
    cauth_writer w = arena_writer(a);
    cauth_write_vector(&w, width, content);
    return arena_keep(a, &w);
}

/* One to three bytes that do not belong where they are written. */
static bytes surplus(choices *c, arena *a)
{
    return gen_bytes(c, a, 1 + choose(c, 3));
}

/* A vector whose prefix counts more bytes than follow. */
static void write_overlong(cauth_writer *w, size_t width, bytes content, uint32_t more)
{
    uint32_t len = (uint32_t)content.len + more;
    if (width == 1)
        cauth_write_u8(w, (uint8_t)len);
    else if (width == 2)
        cauth_write_u16(w, (uint16_t)len);
    else
        cauth_write_u24(w, len);
    cauth_write_bytes(w, content);
}

/* ---- Certificate up to TLS 1.2 ---- */

static bytes some_certificates(choices *c, arena *a)
{
    return gen_certificate_list(c, a, 1 + choose(c, 2));
}

static void no_bytes(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    (void)c;
    (void)ctx;
    (void)a;
    (void)w;
    *offset = 0;
}

static void empty_list(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    (void)c;
    (void)ctx;
    (void)a;
    cauth_write_u24(w, 0);
    *offset = 0;
}

static void list_past_body(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    (void)ctx;
    bytes list = some_certificates(c, a);
    write_overlong(w, 3, list, 1 + choose(c, 1000));
    *offset = 0;
}

static void cert_past_list(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    (void)ctx;
    bytes list = some_certificates(c, a);
    bytes cert = gen_certificate(c, a, 9, 8);
    size_t begun = cauth_write_begin(w, 3);
    cauth_write_bytes(w, list);
    write_overlong(w, 3, cert, 1 + choose(c, 1000));
    cauth_write_end(w, 3, begun);
    *offset = 3 + list.len;
}

static void empty_cert(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    (void)ctx;
    bytes list = some_certificates(c, a);
    cauth_write_vector(w, 3, joined(a, list, TEXT(a, "\0\0\0")));
    *offset = 3 + list.len;
}

static void stray_bytes(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    (void)ctx;
    bytes list = some_certificates(c, a);
    list = joined(a, list, gen_bytes(c, a, 1 + choose(c, 2)));
    cauth_write_vector(w, 3, list);
    *offset = 3 + list.len;
}

static void surplus_after_list(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    (void)ctx;
    bytes list = some_certificates(c, a);
    cauth_write_vector(w, 3, list);
    cauth_write_bytes(w, surplus(c, a));
    *offset = 3 + list.len;
}

static void unrelated_certificates(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    (void)ctx;
    (void)offset;
    bytes leaf = vector(a, 3, gen_certificate(c, a, 1, 0));
    bytes other = vector(a, 3, gen_certificate(c, a, 3, 2));
    cauth_write_vector(w, 3, joined(a, leaf, other));
}

/* ---- Certificate of TLS 1.3: an empty context, so that the list starts at 4 ---- */

static void write_cert13(cauth_writer *w, bytes list)
{
    cauth_write_u8(w, 0);
    cauth_write_vector(w, 3, list);
}

static bytes some_entries(choices *c, arena *a)
{
    return gen_certificate_entry_list(c, a, 1 + choose(c, 2));
}

static void surplus_after_entries(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    (void)ctx;
    bytes list = some_entries(c, a);
    write_cert13(w, list);
    cauth_write_bytes(w, surplus(c, a));
    *offset = 4 + list.len;
}

static void filled_context(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    (void)ctx;
    cauth_write_vector(w, 1, gen_bytes(c, a, 1 + choose(c, 255)));
    cauth_write_vector(w, 3, some_entries(c, a));
    *offset = 1;
}

static void context_past_body(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    (void)ctx;
    write_overlong(w, 1, gen_bytes(c, a, choose(c, 100)), 1 + choose(c, 100));
    *offset = 0;
}

static void entries_past_body(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    (void)ctx;
    bytes list = some_entries(c, a);
    cauth_write_u8(w, 0);
    write_overlong(w, 3, list, 1 + choose(c, 1000));
    *offset = 1;
}

static void empty_cert_data(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    (void)ctx;
    bytes list = some_entries(c, a);
    write_cert13(w, joined(a, list, TEXT(a, "\0\0\0\0\0")));
    *offset = 4 + list.len;
}

static void cert_data_past_list(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    (void)ctx;
    bytes list = some_entries(c, a);
    bytes cert = gen_certificate(c, a, 9, 8);
    cauth_write_u8(w, 0);
    size_t begun = cauth_write_begin(w, 3);
    cauth_write_bytes(w, list);
    write_overlong(w, 3, cert, 1 + choose(c, 1000));
    cauth_write_end(w, 3, begun);
    *offset = 4 + list.len;
}

/* The list ends one or two bytes into the length of the next cert_data. */
static void half_cert_data(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    (void)ctx;
    bytes list = some_entries(c, a);
    list = joined(a, list, gen_bytes(c, a, 1 + choose(c, 2)));
    write_cert13(w, list);
    *offset = 4 + list.len;
}

/* The list ends before the extensions of its last entry, or one byte into their length. */
static void no_entry_extensions(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    (void)ctx;
    bytes list = vector(a, 3, gen_certificate(c, a, 1, 0));
    list = joined(a, list, gen_bytes(c, a, choose(c, 2)));
    write_cert13(w, list);
    *offset = 4 + list.len;
}

static void extensions_past_list(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    (void)ctx;
    bytes cert = gen_certificate(c, a, 1, 0);
    bytes extension = gen_cert_extension(c, a, CAUTH_EXT_SIGNED_CERTIFICATE_TIMESTAMP);
    cauth_write_u8(w, 0);
    size_t begun = cauth_write_begin(w, 3);
    cauth_write_vector(w, 3, cert);
    write_overlong(w, 2, extension, 1 + choose(c, 1000));
    cauth_write_end(w, 3, begun);
    *offset = 4 + 3 + cert.len;
}

static void no_entries(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    (void)c;
    (void)ctx;
    (void)a;
    cauth_write_bytes(w, TEXT(a, "\0\0\0\0"));
    *offset = 1;
}

/* One certificate whose block of extensions is given; gives the position of the block. */
static size_t write_with_extensions(choices *c, arena *a, cauth_writer *w, bytes block)
{
    cauth_certificate_entry entry = { gen_certificate(c, a, 1, 0), block };
    cauth_writer list = arena_writer(a);
    cauth_certificate_entry_write(&list, &entry);
    write_cert13(w, arena_keep(a, &list));
    return 4 + 3 + entry.cert_data.len + 2;
}

/* A valid extension, then one of the type. */
static void write_with_type(choices *c, arena *a, cauth_writer *w, size_t *offset, uint16_t type)
{
    bytes before = gen_cert_extension(c, a, CAUTH_EXT_STATUS_REQUEST);
    bytes wrong = gen_cert_extension(c, a, type);
    *offset = write_with_extensions(c, a, w, joined(a, before, wrong)) + before.len;
}

static void misplaced_extension(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    static const uint16_t types[] = {
        0,  1,  10, 13, 14, 15, 16, 17, 19, 20, 21, 27,     28,     35,
        41, 42, 43, 44, 45, 47, 48, 49, 50, 51, 57, 0xFD00, 0xFE0D, 0xFF01,
    };
    (void)ctx;
    write_with_type(c, a, w, offset, types[choose(c, sizeof types / sizeof types[0])]);
}

static void grease_extension(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    (void)ctx;
    write_with_type(c, a, w, offset, (uint16_t)(0x0A0A + 0x1010 * choose(c, 16)));
}

static void repeated_extension(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    static const uint16_t types[] = { 5, 18, 34, 52, 0x1234 };
    (void)ctx;
    uint16_t type = types[choose(c, 5)];
    bytes first = gen_cert_extension(c, a, type);
    bytes between = gen_cert_extension(c, a, 0x4321);
    bytes before = choose(c, 2) == 1 ? joined(a, first, between) : first;
    *offset = write_with_extensions(c, a, w, joined(a, before, gen_cert_extension(c, a, type))) + before.len;
}

static void half_extension_type(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    (void)ctx;
    bytes block = gen_cert_extension(c, a, CAUTH_EXT_STATUS_REQUEST);
    block = joined(a, block, gen_bytes(c, a, 1));
    *offset = write_with_extensions(c, a, w, block) + block.len;
}

static void extension_past_block(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    (void)ctx;
    cauth_writer x = arena_writer(a);
    cauth_write_u16(&x, CAUTH_EXT_SIGNED_CERTIFICATE_TIMESTAMP);
    write_overlong(&x, 2, nothing, 1 + choose(c, 1000));
    bytes block = arena_keep(a, &x);
    *offset = write_with_extensions(c, a, w, block) + 2;
}

/* status_request with the given data; gives the position of the data. */
static size_t write_with_status(choices *c, arena *a, cauth_writer *w, bytes data)
{
    cauth_writer x = arena_writer(a);
    cauth_extension_write(&x, CAUTH_EXT_STATUS_REQUEST, data);
    return write_with_extensions(c, a, w, arena_keep(a, &x)) + 4;
}

static void wrong_status_type(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    (void)ctx;
    uint8_t type = choose(c, 2) == 1 ? (uint8_t)(2 + choose(c, 254)) : 0;
    *offset = write_with_status(c, a, w, joined(a, arena_copy(a, &type, 1), TEXT(a, "\0\0\x02\x30\0")));
}

static void empty_ocsp_response(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    (void)ctx;
    *offset = write_with_status(c, a, w, TEXT(a, "\x01\0\0\0")) + 1;
}

static void ocsp_response_past_end(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    (void)ctx;
    cauth_writer data = arena_writer(a);
    cauth_write_u8(&data, 1);
    write_overlong(&data, 3, nothing, 1 + choose(c, 1000));
    *offset = write_with_status(c, a, w, arena_keep(a, &data)) + 1;
}

static void surplus_after_ocsp_response(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    (void)ctx;
    bytes status = TEXT(a, "\x01\0\0\x02\x30\0");
    bytes more = surplus(c, a);
    *offset = write_with_status(c, a, w, joined(a, status, more)) + status.len;
}

static void empty_status_request(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    (void)ctx;
    *offset = write_with_status(c, a, w, nothing);
}

static void unrelated_entries(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    (void)ctx;
    (void)offset;
    bytes leaf = gen_certificate_entry(c, a, gen_certificate(c, a, 1, 0));
    bytes other = gen_certificate_entry(c, a, gen_certificate(c, a, 3, 2));
    write_cert13(w, joined(a, leaf, other));
}

static void two_raw_keys(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    (void)ctx;
    bytes first = gen_certificate_entry(c, a, gen_spki(c, a));
    bytes second = gen_certificate_entry(c, a, gen_spki(c, a));
    write_cert13(w, joined(a, first, second));
    *offset = 4 + first.len;
}

/* ---- raw public key ---- */

static void empty_raw_key(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    (void)c;
    (void)ctx;
    (void)a;
    (void)offset;
    cauth_write_u24(w, 0);
}

static void raw_key_past_body(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    (void)ctx;
    write_overlong(w, 3, gen_spki(c, a), 1 + choose(c, 1000));
    *offset = 0;
}

static void surplus_after_raw_key(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    (void)ctx;
    bytes spki = gen_spki(c, a);
    cauth_write_vector(w, 3, spki);
    cauth_write_bytes(w, surplus(c, a));
    *offset = 3 + spki.len;
}

/* ---- OpenPGP ---- */

static void any_openpgp(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    cauth_openpgp12 v;
    (void)offset;
    gen_openpgp12(c, ctx, a, &v);
    cauth_openpgp12_write(&v, w);
}

static void unknown_descriptor(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    (void)ctx;
    cauth_write_u8(w, choose(c, 2) == 1 ? 0 : (uint8_t)(4 + choose(c, 252)));
    cauth_write_bytes(w, surplus(c, a));
    *offset = 0;
}

static void nonempty_empty_cert(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    (void)ctx;
    cauth_write_u8(w, CAUTH_OPENPGP_EMPTY_CERT);
    cauth_write_vector(w, 3, surplus(c, a));
    *offset = 1;
}

static void short_key_id(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    (void)ctx;
    cauth_write_u8(w, CAUTH_OPENPGP_SUBKEY_CERT);
    cauth_write_vector(w, 1, gen_bytes(c, a, choose(c, 8)));
    cauth_write_vector(w, 3, gen_bytes(c, a, 20));
    *offset = 1;
}

static void short_fingerprint(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    (void)ctx;
    cauth_write_u8(w, CAUTH_OPENPGP_SUBKEY_CERT_FINGERPRINT);
    cauth_write_vector(w, 1, gen_bytes(c, a, 8));
    cauth_write_vector(w, 1, gen_bytes(c, a, choose(c, 20)));
    *offset = 1 + 1 + 8;
}

static void openpgp_cert_past_body(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    (void)ctx;
    cauth_write_u8(w, CAUTH_OPENPGP_SUBKEY_CERT);
    cauth_write_vector(w, 1, gen_bytes(c, a, 8));
    write_overlong(w, 3, gen_bytes(c, a, choose(c, 50)), 1 + choose(c, 1000));
    *offset = 1 + 1 + 8;
}

static void surplus_after_openpgp(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    any_openpgp(c, ctx, a, w, offset);
    *offset = w->len;
    cauth_write_bytes(w, surplus(c, a));
}

/* ---- CertificateURL ---- */

static void unknown_chain_type(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    (void)ctx;
    cauth_write_u8(w, (uint8_t)(2 + choose(c, 254)));
    cauth_write_vector(w, 2, gen_url_and_hash(c, a));
    *offset = 0;
}

static void no_urls(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    (void)ctx;
    (void)a;
    cauth_write_u8(w, (uint8_t)choose(c, 2));
    cauth_write_u16(w, 0);
    *offset = 1;
}

static void two_pkipaths(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    (void)ctx;
    bytes first = gen_url_and_hash(c, a);
    bytes second = gen_url_and_hash(c, a);
    cauth_write_u8(w, CAUTH_PKIPATH);
    cauth_write_vector(w, 2, joined(a, first, second));
    *offset = 3 + first.len;
}

static void empty_url(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    (void)ctx;
    bytes first = gen_url_and_hash(c, a);
    cauth_write_u8(w, CAUTH_INDIVIDUAL_CERTS);
    cauth_write_vector(w, 2, joined(a, first, joined(a, TEXT(a, "\0\0\x01"), arena_zeros(a, 20))));
    *offset = 3 + first.len;
}

static void wrong_padding(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    cauth_url_and_hash item;
    (void)ctx;
    item.url = TEXT(a, "http://example.com/");
    item.padding = choose(c, 2) == 1 ? (uint8_t)(2 + choose(c, 254)) : 0;
    item.sha1_hash = gen_bytes(c, a, 20);
    cauth_write_u8(w, CAUTH_INDIVIDUAL_CERTS);
    size_t begun = cauth_write_begin(w, 2);
    cauth_url_and_hash_write(w, &item);
    cauth_write_end(w, 2, begun);
    *offset = 3 + 2 + item.url.len;
}

static void short_hash(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    cauth_url_and_hash item;
    (void)ctx;
    item.url = TEXT(a, "http://example.com/");
    item.padding = 1;
    item.sha1_hash = gen_bytes(c, a, choose(c, 20));
    cauth_write_u8(w, CAUTH_INDIVIDUAL_CERTS);
    size_t begun = cauth_write_begin(w, 2);
    cauth_url_and_hash_write(w, &item);
    cauth_write_end(w, 2, begun);
    *offset = w->len;
}

static void url_past_list(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    (void)ctx;
    bytes first = gen_url_and_hash(c, a);
    cauth_write_u8(w, CAUTH_INDIVIDUAL_CERTS);
    size_t begun = cauth_write_begin(w, 2);
    cauth_write_bytes(w, first);
    write_overlong(w, 2, TEXT(a, "http://example.com/"), 1 + choose(c, 1000));
    cauth_write_end(w, 2, begun);
    *offset = 3 + first.len;
}

static void surplus_after_urls(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    cauth_certurl12 v;
    gen_certurl12(c, ctx, a, &v);
    cauth_certurl12_write(&v, w);
    *offset = 3 + v.url_and_hash_list.len;
    cauth_write_bytes(w, surplus(c, a));
}

/* ---- CompressedCertificate ---- */

static void write_compressed(choices *c, arena *a, cauth_writer *w, uint16_t algorithm, uint32_t uncompressed_length)
{
    cauth_compressed13 v;
    v.algorithm = algorithm;
    v.uncompressed_length = uncompressed_length;
    v.compressed_certificate_message = gen_bytes(c, a, 1 + choose(c, 100));
    cauth_compressed13_write(&v, w);
}

static void reserved_compression(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    (void)ctx;
    write_compressed(c, a, w, 0, 1000);
    *offset = 0;
}

static void decompresses_to_too_much(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    uint32_t limit = ctx->limits.certificate;
    write_compressed(c, a, w, 1, choose(c, 2) == 1 ? 0xFFFFFF : limit + 1 + choose(c, 1000));
    *offset = 2;
}

static void decompresses_to_too_little(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    (void)ctx;
    write_compressed(c, a, w, 2, choose(c, 4));
    *offset = 2;
}

static void nothing_compressed(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    (void)c;
    (void)ctx;
    cauth_write_bytes(w, TEXT(a, "\0\x01\0\x04\0\0\0\0"));
    *offset = 5;
}

static void compressed_past_body(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    (void)ctx;
    cauth_write_bytes(w, TEXT(a, "\0\x01\0\x04\0"));
    write_overlong(w, 3, gen_bytes(c, a, choose(c, 50)), 1 + choose(c, 1000));
    *offset = 5;
}

static void surplus_after_compressed(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    (void)ctx;
    write_compressed(c, a, w, 3, 1000);
    *offset = w->len;
    cauth_write_bytes(w, surplus(c, a));
}

/* ---- CertificateVerify ---- */

static void write_verify(const cauth_context *ctx, cauth_writer *w, uint16_t algorithm, bytes signature)
{
    if (ctx->version >= CAUTH_TLS12)
        cauth_write_u16(w, algorithm);
    cauth_write_vector(w, 2, signature);
}

static void surplus_after_signature(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    write_verify(ctx, w, 0x0403, gen_bytes(c, a, choose(c, 100)));
    *offset = w->len;
    cauth_write_bytes(w, surplus(c, a));
}

static void signature_past_body(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    if (ctx->version >= CAUTH_TLS12)
        cauth_write_u16(w, 0x0403);
    *offset = w->len;
    write_overlong(w, 2, gen_bytes(c, a, choose(c, 100)), 1 + choose(c, 1000));
}

static void grease_algorithm(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    uint16_t algorithm = (uint16_t)(0x0A0A + 0x1010 * choose(c, 16));
    write_verify(ctx, w, algorithm, gen_bytes(c, a, 64));
    *offset = 0;
}

static void algorithm_not_for_tls13(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    static const uint16_t algorithms[] = {
        0x0401, 0x0501, 0x0601, 0x0201, 0x0203, 0x0101, 0x0301, 0x0303, 0x0202, 0x0402, 0x0000, 0x06FF,
    };
    uint16_t algorithm = algorithms[choose(c, sizeof algorithms / sizeof algorithms[0])];
    write_verify(ctx, w, algorithm, gen_bytes(c, a, 64));
    *offset = 0;
}

const breaker breakers_cert[] = {
    REJECTED(CERT_S3_01, "cert_ssl30", CERTIFICATE_LIST, empty_list),
    REJECTED(VEC_10, "cert_ssl30", BODY, no_bytes),
    REJECTED(VEC_03, "cert_ssl30", CERTIFICATE_LIST, list_past_body),
    REJECTED(VEC_03, "cert_ssl30", ASN1_CERT, cert_past_list),
    REJECTED(VEC_04, "cert_ssl30", ASN1_CERT, empty_cert),
    REJECTED(VEC_06, "cert_ssl30", ASN1_CERT, stray_bytes),
    REJECTED(VEC_07, "cert_ssl30", BODY, surplus_after_list),

    REJECTED(VEC_10, "cert_tls12_client", BODY, no_bytes),
    REJECTED(VEC_03, "cert_tls12_client", CERTIFICATE_LIST, list_past_body),
    REJECTED(CERT_10_01, "cert_tls12_client", ASN1_CERT, cert_past_list),
    REJECTED(CERT_10_01, "cert_tls12_client", BODY, surplus_after_list),
    REJECTED(CERT_10_02, "cert_tls12_client", ASN1_CERT, empty_cert),
    REJECTED(CERT_10_03, "cert_tls12_client", ASN1_CERT, stray_bytes),
    FLAGGED(CERT_10_06, "cert_tls12_client", unrelated_certificates),

    REJECTED(VEC_03, "cert_tls12_server", CERTIFICATE_LIST, list_past_body),
    REJECTED(CERT_10_01, "cert_tls12_server", ASN1_CERT, cert_past_list),
    REJECTED(CERT_10_01, "cert_tls12_server", BODY, surplus_after_list),
    REJECTED(CERT_10_02, "cert_tls12_server", ASN1_CERT, empty_cert),
    REJECTED(CERT_10_03, "cert_tls12_server", ASN1_CERT, stray_bytes),
    REJECTED(CERT_10_05, "cert_tls12_server", CERTIFICATE_LIST, empty_list),
    FLAGGED(CERT_10_06, "cert_tls12_server", unrelated_certificates),

    REJECTED(VEC_03, "cert_tls13_client", CERTIFICATE_REQUEST_CONTEXT, context_past_body),
    REJECTED(VEC_03, "cert_tls13_client_post", CERTIFICATE_REQUEST_CONTEXT, context_past_body),
    REJECTED(VEC_03, "cert_tls13_client", CERTIFICATE_LIST, entries_past_body),
    REJECTED(VEC_03, "cert_tls13_client", EXTENSION_TYPE, half_extension_type),
    REJECTED(VEC_03, "cert_tls13_client", EXTENSION_DATA, extension_past_block),
    REJECTED(CERT_13_01, "cert_tls13_client", BODY, surplus_after_entries),
    REJECTED(CERT_13_03, "cert_tls13_client", CERT_DATA, empty_cert_data),
    REJECTED(CERT_13_03, "cert_tls13_client", CERT_DATA, cert_data_past_list),
    REJECTED(CERT_13_03, "cert_tls13_client", CERT_DATA, half_cert_data),
    REJECTED(CERT_13_03, "cert_tls13_client", EXTENSIONS, no_entry_extensions),
    REJECTED(CERT_13_03, "cert_tls13_client", EXTENSIONS, extensions_past_list),
    REJECTED(CERT_13_06, "cert_tls13_client", EXTENSION_TYPE, misplaced_extension),
    REJECTED(CERT_13_07, "cert_tls13_client", EXTENSION_TYPE, grease_extension),
    REJECTED(CERT_13_09, "cert_tls13_client", EXTENSION_TYPE, repeated_extension),
    REJECTED(CERT_13_10, "cert_tls13_client", STATUS_TYPE, empty_status_request),
    REJECTED(CERT_13_10, "cert_tls13_client", STATUS_TYPE, wrong_status_type),
    REJECTED(CERT_13_10, "cert_tls13_client", OCSP_RESPONSE, empty_ocsp_response),
    REJECTED(CERT_13_10, "cert_tls13_client", OCSP_RESPONSE, ocsp_response_past_end),
    REJECTED(CERT_13_10, "cert_tls13_client", STATUS_REQUEST, surplus_after_ocsp_response),
    FLAGGED(CERT_13_11, "cert_tls13_client", unrelated_entries),

    REJECTED(CERT_13_01, "cert_tls13_server", BODY, surplus_after_entries),
    REJECTED(CERT_13_02, "cert_tls13_server", CERTIFICATE_REQUEST_CONTEXT, filled_context),
    REJECTED(CERT_13_02, "cert_tls13_client", CERTIFICATE_REQUEST_CONTEXT, filled_context),
    REJECTED(CERT_13_05, "cert_tls13_server", CERTIFICATE_LIST, no_entries),
    FLAGGED(CERT_13_11, "cert_tls13_server", unrelated_entries),

    REJECTED(CERT_13_12, "rawkey_tls13", CERTIFICATE_LIST, two_raw_keys),

    REJECTED(VEC_03, "rawkey_tls12", SUBJECT_PUBLIC_KEY_INFO, raw_key_past_body),
    REJECTED(VEC_07, "rawkey_tls12", BODY, surplus_after_raw_key),
    FLAGGED(CERT_12_03, "rawkey_tls12", empty_raw_key),

    REJECTED(VEC_03, "openpgp_tls12", OPENPGP_CERT, openpgp_cert_past_body),
    REJECTED(VEC_04, "openpgp_tls12", OPENPGP_CERT, nonempty_empty_cert),
    REJECTED(VEC_04, "openpgp_tls12", OPENPGP_KEY_ID, short_key_id),
    REJECTED(VEC_04, "openpgp_tls12", OPENPGP_FINGERPRINT, short_fingerprint),
    REJECTED(VEC_07, "openpgp_tls12", BODY, surplus_after_openpgp),
    REJECTED(VEC_09, "openpgp_tls12", CERT_DESCRIPTOR, unknown_descriptor),
    FLAGGED(CERT_12_04, "openpgp_tls12", any_openpgp),

    REJECTED(VEC_03, "certurl_tls12", URL, url_past_list),
    REJECTED(VEC_03, "certurl_tls12", URL_HASH, short_hash),
    REJECTED(VEC_07, "certurl_tls12", BODY, surplus_after_urls),
    REJECTED(CERT_12_05, "certurl_tls12", CERT_CHAIN_TYPE, unknown_chain_type),
    REJECTED(CERT_12_05, "certurl_tls12", URL_AND_HASH_LIST, no_urls),
    REJECTED(CERT_12_05, "certurl_tls12", URL_AND_HASH_LIST, two_pkipaths),
    REJECTED(CERT_12_05, "certurl_tls12", URL, empty_url),
    REJECTED(CERT_12_05, "certurl_tls12", URL_PADDING, wrong_padding),

    REJECTED(VEC_03, "compressed_tls13", COMPRESSED_CERTIFICATE_MESSAGE, compressed_past_body),
    REJECTED(VEC_04, "compressed_tls13", COMPRESSED_CERTIFICATE_MESSAGE, nothing_compressed),
    REJECTED(VEC_07, "compressed_tls13", BODY, surplus_after_compressed),
    REJECTED(CERT_13_17, "compressed_tls13", ALGORITHM, reserved_compression),
    REJECTED(CERT_13_18, "compressed_tls13", UNCOMPRESSED_LENGTH, decompresses_to_too_much),
    REJECTED(CERT_13_20, "compressed_tls13", UNCOMPRESSED_LENGTH, decompresses_to_too_little),

    REJECTED(VEC_03, "certverify_tls10", SIGNATURE, signature_past_body),
    REJECTED(CV_01, "certverify_tls10", BODY, surplus_after_signature),
    REJECTED(VEC_03, "certverify_tls12", SIGNATURE, signature_past_body),
    REJECTED(CV_02, "certverify_tls12", BODY, surplus_after_signature),
    REJECTED(CV_04, "certverify_tls12", ALGORITHM, grease_algorithm),
    REJECTED(VEC_03, "certverify_tls13", SIGNATURE, signature_past_body),
    REJECTED(CV_03, "certverify_tls13", BODY, surplus_after_signature),
    REJECTED(CV_04, "certverify_tls13", ALGORITHM, grease_algorithm),
    REJECTED(CV_05, "certverify_tls13", ALGORITHM, algorithm_not_for_tls13),
};

const size_t num_breakers_cert = sizeof breakers_cert / sizeof breakers_cert[0];
