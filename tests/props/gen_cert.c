#include "gen_cert.h"

#include <string.h>

#include "message.h"

#define NUM(array) (sizeof(array) / sizeof(array)[0])

static const cauth_bytes nothing = { NULL, 0 };

static cauth_bytes literal(arena *a, const char *bytes, size_t len)
{
    return arena_copy(a, bytes, len);
}

#define LITERAL(a, string) literal((a), (string), sizeof(string) - 1)

cauth_bytes gen_bytes(choices *c, arena *a, size_t len)
{
    uint8_t *p = len > 0 ? arena_take(a, len) : NULL;
    if (p == NULL)
        return nothing;
    for (size_t i = 0; i < len; i++)
        p[i] = (uint8_t)choose(c, 256);
    cauth_bytes bytes = { p, len };
    return bytes;
}

cauth_bytes gen_join(arena *a, const cauth_bytes *parts, size_t num)
{
    cauth_writer w = arena_writer(a);
    for (size_t i = 0; i < num; i++)
        cauth_write_bytes(&w, parts[i]);
    return arena_keep(a, &w);
}

/* ---- DER ---- */

static cauth_bytes der(arena *a, uint8_t tag, cauth_bytes content)
{
    cauth_writer w = arena_writer(a);
    cauth_write_u8(&w, tag);
    if (content.len > 255) {
        cauth_write_u8(&w, 0x82);
        cauth_write_u16(&w, (uint16_t)content.len);
    } else {
        if (content.len > 127)
            cauth_write_u8(&w, 0x81);
        cauth_write_u8(&w, (uint8_t)content.len);
    }
    cauth_write_bytes(&w, content);
    return arena_keep(a, &w);
}

enum { INTEGER = 0x02, BIT_STRING = 0x03, SEQUENCE = 0x30, SET = 0x31, VERSION = 0xA0, EXTENSIONS = 0xA3 };

static cauth_bytes ed25519(arena *a)
{
    return LITERAL(a, "\x30\x05\x06\x03\x2B\x65\x70");
}

/* A BIT STRING of whole octets. */
static cauth_bytes bit_string(choices *c, arena *a, size_t len)
{
    cauth_bytes parts[] = { LITERAL(a, "\0"), gen_bytes(c, a, len) };
    return der(a, BIT_STRING, gen_join(a, parts, NUM(parts)));
}

cauth_bytes gen_spki(choices *c, arena *a)
{
    cauth_bytes parts[] = { ed25519(a), bit_string(c, a, 32) };
    return der(a, SEQUENCE, gen_join(a, parts, NUM(parts)));
}

/* CN=Test A for number 0, and so on. */
static cauth_bytes name(arena *a, unsigned number)
{
    char attribute[] = "\x30\x0D\x06\x03\x55\x04\x03\x0C\x06Test A";
    attribute[sizeof attribute - 2] = (char)('A' + number % 26);
    return der(a, SEQUENCE, der(a, SET, literal(a, attribute, sizeof attribute - 1)));
}

/* Positive and without a superfluous octet. */
static cauth_bytes serial_number(choices *c, arena *a)
{
    uint8_t serial[20];
    size_t len = 1 + choose(c, 20);
    serial[0] = (uint8_t)(1 + choose(c, 127));
    for (size_t i = 1; i < len; i++)
        serial[i] = (uint8_t)choose(c, 256);
    return der(a, INTEGER, arena_copy(a, serial, len));
}

/* keyUsage: digitalSignature for an end entity, basicConstraints: cA for an authority; both critical. */
static cauth_bytes extensions(arena *a, bool end_entity)
{
    cauth_bytes extension = end_entity
                                ? LITERAL(a, "\x30\x0E\x06\x03\x55\x1D\x0F\x01\x01\xFF\x04\x04\x03\x02\x07\x80")
                                : LITERAL(a, "\x30\x0F\x06\x03\x55\x1D\x13\x01\x01\xFF\x04\x05\x30\x03\x01\x01\xFF");
    return der(a, EXTENSIONS, der(a, SEQUENCE, extension));
}

/* What takes choices is built in statements of its own: C leaves the order inside an initializer open. */
cauth_bytes gen_certificate(choices *c, arena *a, unsigned issuer, unsigned subject)
{
    bool v1 = choose(c, 4) == 3;
    cauth_bytes serial = serial_number(c, a);
    cauth_bytes spki = gen_spki(c, a);
    cauth_bytes signature = bit_string(c, a, 64);
    cauth_bytes tbs[] = {
        v1 ? nothing : der(a, VERSION, LITERAL(a, "\x02\x01\x02")),
        serial,
        ed25519(a),
        name(a, issuer),
        LITERAL(a, "\x30\x1E\x17\x0D"
                   "250101000000Z\x17\x0D"
                   "350101000000Z"),
        name(a, subject),
        spki,
        v1 ? nothing : extensions(a, subject == 0),
    };
    cauth_bytes certificate[] = {
        der(a, SEQUENCE, gen_join(a, tbs, NUM(tbs))),
        ed25519(a),
        signature,
    };
    return der(a, SEQUENCE, gen_join(a, certificate, NUM(certificate)));
}

/* ---- lists ---- */

static cauth_bytes with_prefix(arena *a, size_t width, cauth_bytes content)
{
    cauth_writer w = arena_writer(a);
    cauth_write_vector(&w, width, content);
    return arena_keep(a, &w);
}

/* The issuer of number i in a chain of num; the last may have issued itself. */
static unsigned issuer_of(choices *c, unsigned i, unsigned num)
{
    return i + 1 == num && choose(c, 2) == 1 ? i : i + 1;
}

#define MOST_CERTIFICATES 10u

cauth_bytes gen_certificate_list(choices *c, arena *a, unsigned num)
{
    cauth_bytes items[MOST_CERTIFICATES];
    for (unsigned i = 0; i < num; i++) {
        unsigned issuer = issuer_of(c, i, num);
        items[i] = with_prefix(a, 3, gen_certificate(c, a, issuer, i));
    }
    return gen_join(a, items, num);
}

/* CertificateStatus with an OCSPResponse of any content (RFC 6066 §8). */
static cauth_bytes certificate_status(choices *c, arena *a)
{
    cauth_bytes parts[] = { LITERAL(a, "\x01"), with_prefix(a, 3, gen_bytes(c, a, 1 + choose(c, 8))) };
    return gen_join(a, parts, NUM(parts));
}

cauth_bytes gen_cert_extension(choices *c, arena *a, uint16_t type)
{
    cauth_bytes data = type == CAUTH_EXT_STATUS_REQUEST ? certificate_status(c, a) : gen_bytes(c, a, choose(c, 8));
    cauth_writer w = arena_writer(a);
    cauth_extension_write(&w, type, data);
    return arena_keep(a, &w);
}

cauth_bytes gen_certificate_entry(choices *c, arena *a, cauth_bytes cert_data)
{
    static const uint16_t types[] = {
        CAUTH_EXT_STATUS_REQUEST,
        CAUTH_EXT_SIGNED_CERTIFICATE_TIMESTAMP,
        CAUTH_EXT_DELEGATED_CREDENTIAL,
        CAUTH_EXT_TRANSPARENCY_INFO,
        0x1234,
    };
    cauth_bytes chosen[NUM(types)];
    size_t num = 0;
    bool any = choose(c, 2) == 1;
    for (size_t i = 0; i < NUM(types); i++)
        if (any && choose(c, 3) == 0)
            chosen[num++] = gen_cert_extension(c, a, types[i]);
    cauth_certificate_entry entry = { cert_data, gen_join(a, chosen, num) };
    cauth_writer w = arena_writer(a);
    cauth_certificate_entry_write(&w, &entry);
    return arena_keep(a, &w);
}

cauth_bytes gen_certificate_entry_list(choices *c, arena *a, unsigned num)
{
    cauth_bytes items[MOST_CERTIFICATES];
    for (unsigned i = 0; i < num; i++) {
        unsigned issuer = issuer_of(c, i, num);
        items[i] = gen_certificate_entry(c, a, gen_certificate(c, a, issuer, i));
    }
    return gen_join(a, items, num);
}

cauth_bytes gen_url_and_hash(choices *c, arena *a)
{
    static const char url[] = "http://example.com/certificates/1234.cer";
    size_t whole = strlen(url);
    cauth_url_and_hash item;
    item.url = literal(a, url, whole - choose(c, (uint32_t)whole));
    item.padding = 1;
    item.sha1_hash = gen_bytes(c, a, 20);
    cauth_writer w = arena_writer(a);
    cauth_url_and_hash_write(&w, &item);
    return arena_keep(a, &w);
}

/* ---- messages ---- */

/* One certificate, the usual case, first; none only where that is allowed. */
static unsigned num_certificates(choices *c, bool may_be_none)
{
    static const unsigned nums[] = { 1, 2, 3, 0 };
    return nums[choose(c, may_be_none ? 4 : 3)];
}

void gen_cert12(choices *c, const cauth_context *ctx, arena *a, cauth_cert12 *v)
{
    bool may_be_none = ctx->version != CAUTH_SSL30 && ctx->sender != CAUTH_FROM_SERVER;
    v->certificate_list = gen_certificate_list(c, a, num_certificates(c, may_be_none));
    v->list_missing = false;
}

void gen_cert13(choices *c, const cauth_context *ctx, arena *a, cauth_cert13 *v)
{
    bool server = ctx->sender == CAUTH_FROM_SERVER;
    unsigned num = num_certificates(c, !server);
    v->certificate_request_context = ctx->post_handshake ? gen_bytes(c, a, choose(c, 33)) : nothing;
    if (ctx->certificate_type == CAUTH_RAW_PUBLIC_KEY)
        v->certificate_list = num > 0 ? gen_certificate_entry(c, a, gen_spki(c, a)) : nothing;
    else
        v->certificate_list = gen_certificate_entry_list(c, a, num);
}

void gen_rawkey12(choices *c, const cauth_context *ctx, arena *a, cauth_rawkey12 *v)
{
    (void)ctx;
    v->subject_public_key_info = gen_spki(c, a);
}

void gen_openpgp12(choices *c, const cauth_context *ctx, arena *a, cauth_openpgp12 *v)
{
    static const uint8_t descriptors[] = {
        CAUTH_OPENPGP_SUBKEY_CERT,
        CAUTH_OPENPGP_SUBKEY_CERT_FINGERPRINT,
        CAUTH_OPENPGP_EMPTY_CERT,
    };
    (void)ctx;
    v->descriptor = descriptors[choose(c, 3)];
    v->key_id = nothing;
    v->cert = nothing;
    v->fingerprint = nothing;
    if (v->descriptor != CAUTH_OPENPGP_EMPTY_CERT)
        v->key_id = gen_bytes(c, a, 8 + choose(c, 32));
    if (v->descriptor == CAUTH_OPENPGP_SUBKEY_CERT)
        v->cert = gen_bytes(c, a, choose(c, 100));
    if (v->descriptor == CAUTH_OPENPGP_SUBKEY_CERT_FINGERPRINT)
        v->fingerprint = gen_bytes(c, a, 20 + choose(c, 32));
}

void gen_certurl12(choices *c, const cauth_context *ctx, arena *a, cauth_certurl12 *v)
{
    cauth_bytes items[4];
    (void)ctx;
    v->type = (uint8_t)choose(c, 2);
    size_t num = v->type == CAUTH_PKIPATH ? 1 : 1 + choose(c, NUM(items));
    for (size_t i = 0; i < num; i++)
        items[i] = gen_url_and_hash(c, a);
    v->url_and_hash_list = gen_join(a, items, num);
}

void gen_compressed13(choices *c, const cauth_context *ctx, arena *a, cauth_compressed13 *v)
{
    static const uint16_t algorithms[] = { 1, 2, 3, 0x4000, 0xFFFF };
    uint32_t room = ctx->limits.certificate - 3;
    v->algorithm = algorithms[choose(c, NUM(algorithms))];
    v->uncompressed_length = 4 + choose(c, choose(c, 2) == 1 ? room : 2000);
    v->compressed_certificate_message = gen_bytes(c, a, 1 + choose(c, 200));
}

void gen_certverify10(choices *c, const cauth_context *ctx, arena *a, cauth_certverify10 *v)
{
    static const uint32_t lengths[] = { 72, 128, 256, 0, 1 };
    (void)ctx;
    v->signature = gen_bytes(c, a, lengths[choose(c, NUM(lengths))]);
}

void gen_certverify12(choices *c, const cauth_context *ctx, arena *a, cauth_certverify12 *v)
{
    static const uint16_t tls13[] = {
        0x0403, 0x0503, 0x0603, 0x0804, 0x0805, 0x0806, 0x0807, 0x0808,
        0x0809, 0x080A, 0x080B, 0x0420, 0x0520, 0x0620, 0xFE00, 0x1234,
    };
    static const uint16_t tls12[] = { 0x0403, 0x0401, 0x0804, 0x0201, 0x0203, 0x0402, 0x0101, 0x0807 };
    static const uint32_t lengths[] = { 72, 64, 256, 0, 1 };
    if (ctx->version == CAUTH_TLS13)
        v->algorithm = tls13[choose(c, NUM(tls13))];
    else
        v->algorithm = tls12[choose(c, NUM(tls12))];
    v->signature = gen_bytes(c, a, lengths[choose(c, NUM(lengths))]);
}
