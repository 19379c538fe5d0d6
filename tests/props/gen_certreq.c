#include "gen_certreq.h"

#define LENGTH_OF(array) (sizeof(array) / sizeof(array)[0])

cauth_bytes gen_certificate_types(choices *c, arena *a)
{
    static const uint8_t pool[] = { 1, 2, 64, 3, 4, 67, 68, 33, 224, 255 };
    static const uint8_t counts[] = { 3, 1, 2, 4, 5, 10 };
    cauth_writer w = arena_writer(a);
    size_t start = choose(c, LENGTH_OF(pool));
    size_t num = counts[choose(c, LENGTH_OF(counts))];
    for (size_t i = 0; i < num; i++)
        cauth_write_u8(&w, pool[(start + i) % LENGTH_OF(pool)]);
    return arena_keep(a, &w);
}

cauth_bytes gen_schemes(choices *c, const cauth_context *ctx, arena *a)
{
    enum { STRONG = 14, NUM = 17 };
    static const uint16_t strong[STRONG] = { 0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806,
                                             0x0601, 0x0603, 0x0807, 0x0808, 0x0809, 0x080B, 0xFE01 };
    static const uint16_t other12[NUM - STRONG] = { 0x0201, 0x0203, 0x0402 };
    static const uint16_t other13[NUM - STRONG] = { 0x0201, 0x0420, 0x1A1A };
    static const uint8_t counts[] = { 2, 1, 3, 4, 9, NUM };
    cauth_writer w = arena_writer(a);
    size_t start = choose(c, STRONG);
    size_t num = counts[choose(c, LENGTH_OF(counts))];
    for (size_t i = 0; i < num; i++) {
        size_t at = (start + i) % NUM;
        const uint16_t *other = ctx->version == CAUTH_TLS13 ? other13 : other12;
        cauth_write_u16(&w, at < STRONG ? strong[at] : other[at - STRONG]);
    }
    return arena_keep(a, &w);
}

/* CN=CA <number>aaa..., as one UTF8String in one RDN. */
static void write_name(choices *c, cauth_writer *w, unsigned number)
{
    static const uint8_t common_name[] = { 0x06, 0x03, 0x55, 0x04, 0x03 };
    uint8_t value[32] = { 'C',
                          'A',
                          ' ',
                          (uint8_t)('0' + number / 100 % 10),
                          (uint8_t)('0' + number / 10 % 10),
                          (uint8_t)('0' + number % 10) };
    size_t len = 6 + choose(c, 27);
    for (size_t i = 6; i < len; i++)
        value[i] = (uint8_t)('a' + choose(c, 26));
    cauth_bytes oid = { common_name, sizeof common_name };
    cauth_bytes text = { value, len };
    size_t item = cauth_write_begin(w, 2);
    cauth_write_u8(w, 0x30);
    size_t name = cauth_write_begin(w, 1);
    cauth_write_u8(w, 0x31);
    size_t rdn = cauth_write_begin(w, 1);
    cauth_write_u8(w, 0x30);
    size_t attribute = cauth_write_begin(w, 1);
    cauth_write_bytes(w, oid);
    cauth_write_u8(w, 0x0C);
    cauth_write_vector(w, 1, text);
    cauth_write_end(w, 1, attribute);
    cauth_write_end(w, 1, rdn);
    cauth_write_end(w, 1, name);
    cauth_write_end(w, 2, item);
}

cauth_bytes gen_names(choices *c, arena *a, unsigned num)
{
    cauth_writer w = arena_writer(a);
    for (unsigned i = 0; i < num; i++)
        write_name(c, &w, i);
    return arena_keep(a, &w);
}

cauth_bytes gen_oid_filters(choices *c, arena *a, unsigned num)
{
    static const uint8_t ext_key_usage[] = { 0x06, 0x03, 0x55, 0x1D, 0x25 };
    static const uint8_t client_auth[] = { 0x30, 0x0A, 0x06, 0x08, 0x2B, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x02 };
    static const uint8_t key_usage[] = { 0x06, 0x03, 0x55, 0x1D, 0x0F };
    static const uint8_t digital_signature[] = { 0x03, 0x02, 0x07, 0x80 };
    static const uint8_t policies[] = { 0x06, 0x03, 0x55, 0x1D, 0x20 };
    static const uint8_t private_oid[] = { 0x06, 0x07, 0x2B, 0x06, 0x01, 0x04, 0x01, 0x87, 0x67 };
    /* An element of a long tag and a long length: [APPLICATION 200] with 128 octets. */
    static const uint8_t private_value[3 + 2 + 128] = { 0x5F, 0x81, 0x48, 0x81, 0x80 };
    static const cauth_oid_filter pool[] = {
        { { ext_key_usage, sizeof ext_key_usage }, { client_auth, sizeof client_auth } },
        { { key_usage, sizeof key_usage }, { digital_signature, sizeof digital_signature } },
        { { policies, sizeof policies }, { NULL, 0 } },
        { { private_oid, sizeof private_oid }, { private_value, sizeof private_value } },
    };
    cauth_writer w = arena_writer(a);
    size_t start = choose(c, LENGTH_OF(pool));
    for (unsigned i = 0; i < num && i < LENGTH_OF(pool); i++)
        cauth_oid_filter_write(&w, &pool[(start + i) % LENGTH_OF(pool)]);
    return arena_keep(a, &w);
}

/* Mostly one name; none only where the version has no floor. */
static cauth_bytes gen_authorities(choices *c, const cauth_context *ctx, arena *a)
{
    static const uint8_t counts[] = { 1, 0, 2, 3, 8 };
    unsigned num = counts[choose(c, LENGTH_OF(counts))];
    if (num == 0 && ctx->version != CAUTH_TLS11 && ctx->version != CAUTH_TLS12)
        num = 1;
    return gen_names(c, a, num);
}

static cauth_bytes gen_octets(choices *c, arena *a, size_t len)
{
    cauth_writer w = arena_writer(a);
    for (size_t i = 0; i < len; i++)
        cauth_write_u8(&w, (uint8_t)choose(c, 256));
    return arena_keep(a, &w);
}

void gen_certreq10(choices *c, const cauth_context *ctx, arena *a, cauth_certreq10 *v)
{
    v->certificate_types = gen_certificate_types(c, a);
    v->certificate_authorities = gen_authorities(c, ctx, a);
}

void gen_certreq12(choices *c, const cauth_context *ctx, arena *a, cauth_certreq12 *v)
{
    v->certificate_types = gen_certificate_types(c, a);
    v->supported_signature_algorithms = gen_schemes(c, ctx, a);
    v->certificate_authorities = gen_authorities(c, ctx, a);
}

static cauth_certreq13_list list_of(cauth_bytes bytes)
{
    cauth_certreq13_list list = { true, bytes };
    return list;
}

static cauth_bytes gen_compression(choices *c, arena *a)
{
    static const uint16_t pool[] = { 1, 2, 3, 0x4000, 0xFFFF };
    cauth_writer w = arena_writer(a);
    size_t num = 1 + choose(c, LENGTH_OF(pool));
    for (size_t i = 0; i < num; i++)
        cauth_write_u16(&w, pool[i]);
    return arena_keep(a, &w);
}

/* SignatureSchemes that may stand in a delegated_credential: no rsa_pss_rsae. */
static cauth_bytes gen_credential_schemes(choices *c, arena *a)
{
    static const uint16_t pool[] = { 0x0403, 0x0807, 0x0503, 0x0809 };
    cauth_writer w = arena_writer(a);
    size_t num = 1 + choose(c, LENGTH_OF(pool));
    for (size_t i = 0; i < num; i++)
        cauth_write_u16(&w, pool[i]);
    return arena_keep(a, &w);
}

/* Gives the view what an extension of this type says. */
static void gen_known(choices *c, const cauth_context *ctx, arena *a, uint16_t type, cauth_certreq13 *v)
{
    switch (type) {
    case CAUTH_EXT_SIGNATURE_ALGORITHMS:
        v->signature_algorithms = list_of(gen_schemes(c, ctx, a));
        break;
    case CAUTH_EXT_SIGNATURE_ALGORITHMS_CERT:
        v->signature_algorithms_cert = list_of(gen_schemes(c, ctx, a));
        break;
    case CAUTH_EXT_CERTIFICATE_AUTHORITIES:
        v->certificate_authorities = list_of(gen_names(c, a, 1 + choose(c, 4)));
        break;
    case CAUTH_EXT_OID_FILTERS:
        v->oid_filters = list_of(gen_oid_filters(c, a, choose(c, 5)));
        break;
    case CAUTH_EXT_COMPRESS_CERTIFICATE:
        v->compress_certificate = list_of(gen_compression(c, a));
        break;
    case CAUTH_EXT_DELEGATED_CREDENTIAL:
        v->delegated_credential = list_of(gen_credential_schemes(c, a));
        break;
    case CAUTH_EXT_STATUS_REQUEST:
        v->status_request = true;
        break;
    case CAUTH_EXT_SIGNED_CERTIFICATE_TIMESTAMP:
        v->signed_certificate_timestamp = true;
        break;
    default:
        break;
    }
}

static cauth_bytes vector_data(arena *a, size_t width, cauth_bytes list)
{
    cauth_writer w = arena_writer(a);
    cauth_write_vector(&w, width, list);
    return arena_keep(a, &w);
}

cauth_bytes gen_extension_data(const cauth_certreq13 *v, arena *a, uint16_t type)
{
    cauth_bytes none = { NULL, 0 };
    switch (type) {
    case CAUTH_EXT_SIGNATURE_ALGORITHMS:
        return vector_data(a, 2, v->signature_algorithms.list);
    case CAUTH_EXT_SIGNATURE_ALGORITHMS_CERT:
        return vector_data(a, 2, v->signature_algorithms_cert.list);
    case CAUTH_EXT_CERTIFICATE_AUTHORITIES:
        return vector_data(a, 2, v->certificate_authorities.list);
    case CAUTH_EXT_OID_FILTERS:
        return vector_data(a, 2, v->oid_filters.list);
    case CAUTH_EXT_COMPRESS_CERTIFICATE:
        return vector_data(a, 1, v->compress_certificate.list);
    case CAUTH_EXT_DELEGATED_CREDENTIAL:
        return vector_data(a, 2, v->delegated_credential.list);
    default:
        return none;
    }
}

/* signature_algorithms, and any of the others: which ones, and in which order, is chosen. */
void gen_certreq13(choices *c, const cauth_context *ctx, arena *a, cauth_certreq13 *v)
{
    static const uint16_t types[] = {
        CAUTH_EXT_SIGNATURE_ALGORITHMS,
        CAUTH_EXT_SIGNATURE_ALGORITHMS_CERT,
        CAUTH_EXT_CERTIFICATE_AUTHORITIES,
        CAUTH_EXT_OID_FILTERS,
        CAUTH_EXT_STATUS_REQUEST,
        CAUTH_EXT_SIGNED_CERTIFICATE_TIMESTAMP,
        CAUTH_EXT_COMPRESS_CERTIFICATE,
        CAUTH_EXT_DELEGATED_CREDENTIAL,
        CAUTH_EXT_TRANSPARENCY_INFO,
        0x2A2A, /* GREASE (RFC 8701 §4.1) */
        0x1234, /* unassigned */
    };
    cauth_certreq13 generated = { .num_extensions = 0 };
    cauth_bytes data[LENGTH_OF(types)];
    bool chosen[LENGTH_OF(types)];
    size_t first = choose(c, LENGTH_OF(types));
    generated.certificate_request_context = gen_octets(c, a, ctx->post_handshake ? 8 + choose(c, 25) : 0);
    for (size_t i = 0; i < LENGTH_OF(types); i++) {
        chosen[i] = types[i] == CAUTH_EXT_SIGNATURE_ALGORITHMS || choose(c, 3) == 1;
        if (!chosen[i])
            continue;
        gen_known(c, ctx, a, types[i], &generated);
        if (cauth_extension_in_certreq(types[i]) == CAUTH_EXTENSION_UNKNOWN)
            data[i] = gen_octets(c, a, choose(c, 9));
        else
            data[i] = gen_extension_data(&generated, a, types[i]);
        generated.num_extensions++;
    }
    cauth_writer w = arena_writer(a);
    for (size_t i = 0; i < LENGTH_OF(types); i++) {
        size_t at = (first + i) % LENGTH_OF(types);
        if (chosen[at])
            cauth_extension_write(&w, types[at], data[at]);
    }
    generated.extensions = arena_keep(a, &w);
    *v = generated;
}
