#include "breaker_rows.h"
#include "gen_certreq.h"

#define LENGTH_OF(array) (sizeof(array) / sizeof(array)[0])

static cauth_bytes octets(const uint8_t *ptr, size_t len)
{
    cauth_bytes bytes = { ptr, len };
    return bytes;
}

static cauth_bytes nothing(void)
{
    return octets(NULL, 0);
}

static cauth_bytes chosen_octets(choices *c, arena *a, size_t len)
{
    cauth_writer w = arena_writer(a);
    for (size_t i = 0; i < len; i++)
        cauth_write_u8(&w, (uint8_t)choose(c, 256));
    return arena_keep(a, &w);
}

static cauth_bytes joined(arena *a, cauth_bytes first, cauth_bytes second)
{
    cauth_writer w = arena_writer(a);
    cauth_write_bytes(&w, first);
    cauth_write_bytes(&w, second);
    return arena_keep(a, &w);
}

/* ---- SSL 3.0 to TLS 1.2: certificate_types, in TLS 1.2 the algorithms, certificate_authorities ---- */

typedef struct {
    cauth_bytes types;
    bool has_algorithms;
    cauth_bytes algorithms;
    cauth_bytes authorities;
} request;

static request gen_request(choices *c, const cauth_context *ctx, arena *a)
{
    request r;
    r.types = gen_certificate_types(c, a);
    r.has_algorithms = ctx->version == CAUTH_TLS12;
    r.algorithms = r.has_algorithms ? gen_schemes(c, ctx, a) : nothing();
    r.authorities = gen_names(c, a, 1 + choose(c, 3));
    return r;
}

/* Everything before certificate_authorities; gives the offset of its length prefix. */
static size_t write_head(const request *r, cauth_writer *w)
{
    cauth_write_vector(w, 1, r->types);
    if (r->has_algorithms)
        cauth_write_vector(w, 2, r->algorithms);
    return 1 + r->types.len + (r->has_algorithms ? 2 + r->algorithms.len : 0);
}

/* The whole body; gives the offset of the length prefix of certificate_authorities. */
static size_t write_request(const request *r, cauth_writer *w)
{
    size_t at = write_head(r, w);
    cauth_write_vector(w, 2, r->authorities);
    return at;
}

static void no_types(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    request r = gen_request(c, ctx, a);
    r.types = nothing();
    write_request(&r, w);
    *offset = 0;
}

static void types_past_end(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    uint32_t len = choose(c, 200);
    (void)ctx;
    cauth_write_u8(w, (uint8_t)(len + 1 + choose(c, 50)));
    cauth_write_bytes(w, chosen_octets(c, a, len));
    *offset = 0;
}

static void repeated_type(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    request r = gen_request(c, ctx, a);
    (void)offset;
    r.types = joined(a, r.types, octets(r.types.ptr + choose(c, (uint32_t)r.types.len), 1));
    write_request(&r, w);
}

static void reserved_type(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    static const uint8_t reserved[] = { 5, 6, 20 };
    request r = gen_request(c, ctx, a);
    (void)offset;
    r.types = joined(a, r.types, octets(&reserved[choose(c, 3)], 1));
    write_request(&r, w);
}

static void fixed_ecdh_type(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    static const uint8_t deprecated[] = { 65, 66 };
    request r = gen_request(c, ctx, a);
    (void)offset;
    r.types = joined(a, octets(&deprecated[choose(c, 2)], 1), r.types);
    write_request(&r, w);
}

static void bad_algorithms_length(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    request r = gen_request(c, ctx, a);
    uint32_t shape = choose(c, 3);
    if (shape == 0)
        r.algorithms = joined(a, r.algorithms, chosen_octets(c, a, 1)); /* odd */
    else if (shape == 1)
        r.algorithms = nothing();
    else
        r.algorithms = octets(arena_take(a, 65535), 65535);
    write_request(&r, w);
    *offset = 1 + r.types.len;
}

static void algorithms_past_end(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    request r = gen_request(c, ctx, a);
    cauth_write_vector(w, 1, r.types);
    cauth_write_u16(w, (uint16_t)(r.algorithms.len + 2 + 2 * choose(c, 1000)));
    cauth_write_bytes(w, r.algorithms);
    *offset = 1 + r.types.len;
}

/* A list of algorithms as given, and all else valid. */
static void write_algorithms(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, const uint16_t *list,
                             size_t num)
{
    request r = gen_request(c, ctx, a);
    cauth_writer list_writer = arena_writer(a);
    for (size_t i = 0; i < num; i++)
        cauth_write_u16(&list_writer, list[i]);
    r.algorithms = arena_keep(a, &list_writer);
    write_request(&r, w);
}

static void repeated_algorithm(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    static const uint16_t list[] = { 0x0401, 0x0804, 0x0503, 0x0401 };
    (void)offset;
    write_algorithms(c, ctx, a, w, list, LENGTH_OF(list));
}

static void meaningless_algorithm(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    static const uint16_t pool[] = { 0x0400, 0x0000, 0x0001, 0x0002, 0x0003, 0x0100, 0x0600 };
    uint16_t list[] = { 0x0401, pool[choose(c, LENGTH_OF(pool))] };
    (void)offset;
    write_algorithms(c, ctx, a, w, list, LENGTH_OF(list));
}

static void weak_algorithms(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    static const uint16_t sha1[] = { 0x0201, 0x0203 };
    static const uint16_t md5[] = { 0x0101, 0x0103 };
    static const uint16_t dsa[] = { 0x0402, 0x0502, 0x0202 };
    uint32_t shape = choose(c, 3);
    (void)offset;
    if (shape == 0)
        write_algorithms(c, ctx, a, w, sha1, LENGTH_OF(sha1));
    else if (shape == 1)
        write_algorithms(c, ctx, a, w, md5, LENGTH_OF(md5));
    else
        write_algorithms(c, ctx, a, w, dsa, LENGTH_OF(dsa));
}

static void grease_algorithm(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    uint16_t list[] = { (uint16_t)(0x0A0A + 0x1010 * choose(c, 16)), 0x0403 };
    (void)offset;
    write_algorithms(c, ctx, a, w, list, LENGTH_OF(list));
}

static void no_authorities(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    request r = gen_request(c, ctx, a);
    r.authorities = nothing();
    *offset = write_request(&r, w);
}

static void short_authorities(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    request r = gen_request(c, ctx, a);
    r.authorities = chosen_octets(c, a, 1 + choose(c, 2));
    *offset = write_request(&r, w);
}

/* Cut off before, or in the middle of, the length of certificate_authorities. */
static void cut_authorities(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    request r = gen_request(c, ctx, a);
    size_t cut = choose(c, 2);
    *offset = write_head(&r, w) + cut;
    cauth_write_bytes(w, chosen_octets(c, a, cut));
}

static void authorities_past_end(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    request r = gen_request(c, ctx, a);
    *offset = write_head(&r, w);
    cauth_write_u16(w, (uint16_t)(r.authorities.len + 1 + choose(c, 1000)));
    cauth_write_bytes(w, r.authorities);
}

/* A list of names with something else behind them. */
static size_t write_names_and(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, cauth_bytes tail)
{
    request r = gen_request(c, ctx, a);
    size_t names_len = r.authorities.len;
    r.authorities = joined(a, r.authorities, tail);
    return write_request(&r, w) + 2 + names_len;
}

static void name_past_end(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    static const uint8_t past[] = { 0x00, 0x05, 0x30, 0x03, 0x31, 0x00 };
    *offset = write_names_and(c, ctx, a, w, octets(past, sizeof past));
}

static void stray_octet(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    *offset = write_names_and(c, ctx, a, w, chosen_octets(c, a, 1)) + 1;
}

static void empty_name(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    static const uint8_t empty[] = { 0x00, 0x00 };
    *offset = write_names_and(c, ctx, a, w, octets(empty, sizeof empty));
}

static void surplus(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    request r = gen_request(c, ctx, a);
    *offset = write_request(&r, w) + 2 + r.authorities.len;
    cauth_write_bytes(w, chosen_octets(c, a, 1 + choose(c, 4)));
}

/* ---- TLS 1.3: certificate_request_context, extensions ---- */

static cauth_certreq13 gen13(choices *c, const cauth_context *ctx, arena *a)
{
    cauth_certreq13 v;
    gen_certreq13(c, ctx, a, &v);
    return v;
}

/* The extensions of v from number `from` up to, not including, number `to`, but those of type `without`. Gives the
 * number of bytes written. */
static size_t write_some(const cauth_certreq13 *v, size_t from, size_t to, uint16_t without, cauth_writer *w)
{
    size_t start = w->len;
    cauth_iter it = cauth_iter_init(v->extensions);
    cauth_extension x;
    for (size_t i = 0; i < to && cauth_extension_next(&it, &x); i++)
        if (i >= from && x.type != without)
            cauth_extension_write(w, x.type, x.data);
    return w->len - start;
}

/* A whole body in which the extension of this type, there or not before, has these data. Gives the offset of the
 * data. */
static size_t write_with(choices *c, const cauth_certreq13 *v, cauth_writer *w, uint16_t type, cauth_bytes data)
{
    size_t place = choose(c, (uint32_t)v->num_extensions + 1);
    cauth_write_vector(w, 1, v->certificate_request_context);
    size_t block = cauth_write_begin(w, 2);
    size_t before = write_some(v, 0, place, type, w);
    cauth_extension_write(w, type, data);
    write_some(v, place, v->num_extensions, type, w);
    cauth_write_end(w, 2, block);
    return 1 + v->certificate_request_context.len + 2 + before + 4;
}

/* A whole body whose last extension, behind the valid ones, is these bytes. Gives their offset. */
static size_t write_last(const cauth_certreq13 *v, cauth_writer *w, cauth_bytes raw)
{
    cauth_write_vector(w, 1, v->certificate_request_context);
    size_t block = cauth_write_begin(w, 2);
    cauth_write_bytes(w, v->extensions);
    cauth_write_bytes(w, raw);
    cauth_write_end(w, 2, block);
    return 1 + v->certificate_request_context.len + 2 + v->extensions.len;
}

static void context_in_handshake(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    cauth_certreq13 v = gen13(c, ctx, a);
    v.certificate_request_context = chosen_octets(c, a, 1 + choose(c, 255));
    cauth_certreq13_write(&v, w);
    *offset = 1;
}

static void context_past_end(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    uint32_t len = choose(c, 200);
    (void)ctx;
    cauth_write_u8(w, (uint8_t)(len + 1 + choose(c, 50)));
    cauth_write_bytes(w, chosen_octets(c, a, len));
    *offset = 0;
}

static void empty_context(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    cauth_certreq13 v = gen13(c, ctx, a);
    (void)offset;
    v.certificate_request_context = nothing();
    cauth_certreq13_write(&v, w);
}

static void surplus13(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    cauth_certreq13 v = gen13(c, ctx, a);
    cauth_certreq13_write(&v, w);
    *offset = 1 + v.certificate_request_context.len + 2 + v.extensions.len;
    cauth_write_bytes(w, chosen_octets(c, a, 1 + choose(c, 4)));
}

static void short_extensions(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    cauth_certreq13 v = gen13(c, ctx, a);
    v.extensions = chosen_octets(c, a, 1 + choose(c, 3));
    cauth_certreq13_write(&v, w);
    *offset = 1 + v.certificate_request_context.len;
}

static void cut_extensions(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    cauth_certreq13 v = gen13(c, ctx, a);
    size_t cut = choose(c, 2);
    cauth_write_vector(w, 1, v.certificate_request_context);
    cauth_write_bytes(w, chosen_octets(c, a, cut));
    *offset = 1 + v.certificate_request_context.len + cut;
}

static void extensions_past_end(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    cauth_certreq13 v = gen13(c, ctx, a);
    cauth_write_vector(w, 1, v.certificate_request_context);
    cauth_write_u16(w, (uint16_t)(v.extensions.len + 1 + choose(c, 1000)));
    cauth_write_bytes(w, v.extensions);
    *offset = 1 + v.certificate_request_context.len;
}

static void no_algorithms(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    cauth_certreq13 v = gen13(c, ctx, a);
    cauth_write_vector(w, 1, v.certificate_request_context);
    size_t block = cauth_write_begin(w, 2);
    size_t len = write_some(&v, 0, v.num_extensions, CAUTH_EXT_SIGNATURE_ALGORITHMS, w);
    cauth_write_end(w, 2, block);
    *offset = 1 + v.certificate_request_context.len + 2 + len;
}

static void cut_extension_type(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    cauth_certreq13 v = gen13(c, ctx, a);
    *offset = write_last(&v, w, chosen_octets(c, a, 1)) + 1;
}

static void cut_extension_length(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    static const uint8_t cut[] = { 0x7F, 0xF0, 0x00 };
    cauth_certreq13 v = gen13(c, ctx, a);
    size_t len = 2 + choose(c, 2);
    *offset = write_last(&v, w, octets(cut, len)) + len;
}

static void extension_past_end(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    static const uint8_t past[] = { 0x7F, 0xF0, 0x00, 0x03, 0x01, 0x02 };
    cauth_certreq13 v = gen13(c, ctx, a);
    *offset = write_last(&v, w, octets(past, sizeof past)) + 2;
}

static void repeated_extension(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    cauth_certreq13 v = gen13(c, ctx, a);
    cauth_iter it = cauth_iter_init(v.extensions);
    cauth_extension x = { 0, { NULL, 0 } };
    for (size_t i = choose(c, (uint32_t)v.num_extensions) + 1; i > 0; i--)
        cauth_extension_next(&it, &x);
    cauth_writer again = arena_writer(a);
    cauth_extension_write(&again, x.type, x.data);
    *offset = write_last(&v, w, arena_keep(a, &again));
}

static void refused_extension(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    /* what RFC 8446 §4.2 and IANA's registry place in other messages only */
    static const uint16_t refused[] = { 0,  1,  10, 14, 15, 16, 17, 19, 20,     21,     28,    35,
                                        41, 42, 43, 44, 45, 49, 51, 57, 0xFD00, 0xFE0D, 0xFF01 };
    cauth_certreq13 v = gen13(c, ctx, a);
    uint16_t type = refused[choose(c, LENGTH_OF(refused))];
    cauth_bytes data = chosen_octets(c, a, choose(c, 5));
    *offset = write_with(c, &v, w, type, data) - 4;
}

/* A SignatureSchemeList whose length is out of range or odd. */
static void bad_schemes(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset, uint16_t type)
{
    static const uint8_t empty[] = { 0x00, 0x00 };
    static const uint8_t odd[] = { 0x00, 0x03, 0x04, 0x03, 0x05 };
    static const uint8_t too_long[] = { 0xFF, 0xFF, 0x04, 0x03 };
    static const cauth_bytes shapes[] = { { odd, sizeof odd }, { empty, sizeof empty }, { too_long, sizeof too_long } };
    cauth_certreq13 v = gen13(c, ctx, a);
    *offset = write_with(c, &v, w, type, shapes[choose(c, 3)]);
}

static void bad_algorithms13(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    bad_schemes(c, ctx, a, w, offset, CAUTH_EXT_SIGNATURE_ALGORITHMS);
}

static void bad_algorithms_cert(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    bad_schemes(c, ctx, a, w, offset, CAUTH_EXT_SIGNATURE_ALGORITHMS_CERT);
}

static void bad_credential(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    bad_schemes(c, ctx, a, w, offset, CAUTH_EXT_DELEGATED_CREDENTIAL);
}

/* An inner list that is longer than the data of its extension. */
static void algorithms13_past_end(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    static const uint8_t past[] = { 0x00, 0x04, 0x04, 0x03 };
    cauth_certreq13 v = gen13(c, ctx, a);
    *offset = write_with(c, &v, w, CAUTH_EXT_SIGNATURE_ALGORITHMS, octets(past, sizeof past));
}

static void cut_algorithms13(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    static const uint8_t cut[] = { 0x00 };
    cauth_certreq13 v = gen13(c, ctx, a);
    size_t len = choose(c, 2);
    *offset = write_with(c, &v, w, CAUTH_EXT_SIGNATURE_ALGORITHMS, octets(cut, len)) + len;
}

/* Signature schemes as given, and all else valid. */
static void write_schemes(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, uint16_t type,
                          const uint16_t *list, size_t num)
{
    cauth_certreq13 v = gen13(c, ctx, a);
    cauth_writer list_writer = arena_writer(a);
    size_t begun = cauth_write_begin(&list_writer, 2);
    for (size_t i = 0; i < num; i++)
        cauth_write_u16(&list_writer, list[i]);
    cauth_write_end(&list_writer, 2, begun);
    write_with(c, &v, w, type, arena_keep(a, &list_writer));
}

static void repeated_scheme(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    static const uint16_t list[] = { 0x0403, 0x0807, 0x0403 };
    static const uint16_t types[] = { CAUTH_EXT_SIGNATURE_ALGORITHMS, CAUTH_EXT_SIGNATURE_ALGORITHMS_CERT,
                                      CAUTH_EXT_DELEGATED_CREDENTIAL };
    uint16_t type = types[choose(c, LENGTH_OF(types))];
    (void)offset;
    write_schemes(c, ctx, a, w, type, list, LENGTH_OF(list));
}

static void forbidden_scheme(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    /* MD5, SHA-224, DSA (RFC 8446 §4.2.3) */
    static const uint16_t pool[] = { 0x0101, 0x0103, 0x0301, 0x0302, 0x0303, 0x0202, 0x0402, 0x0502, 0x0602 };
    static const uint16_t types[] = { CAUTH_EXT_SIGNATURE_ALGORITHMS, CAUTH_EXT_SIGNATURE_ALGORITHMS_CERT };
    uint16_t list[] = { 0x0403, pool[choose(c, LENGTH_OF(pool))] };
    uint16_t type = types[choose(c, LENGTH_OF(types))];
    (void)offset;
    write_schemes(c, ctx, a, w, type, list, LENGTH_OF(list));
}

static void rsae_credential(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    uint16_t list[] = { 0x0403, (uint16_t)(0x0804 + choose(c, 3)) };
    (void)offset;
    write_schemes(c, ctx, a, w, CAUTH_EXT_DELEGATED_CREDENTIAL, list, LENGTH_OF(list));
}

/* Valid data, and something behind them inside the same extension. */
static void surplus_in(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset, uint16_t type,
                       cauth_bytes data)
{
    cauth_certreq13 v = gen13(c, ctx, a);
    cauth_bytes more = chosen_octets(c, a, 1 + choose(c, 3));
    *offset = write_with(c, &v, w, type, joined(a, data, more)) + data.len;
}

static void surplus_in_algorithms(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    static const uint8_t data[] = { 0x00, 0x04, 0x04, 0x03, 0x08, 0x07 };
    surplus_in(c, ctx, a, w, offset, CAUTH_EXT_SIGNATURE_ALGORITHMS, octets(data, sizeof data));
}

static void surplus_in_algorithms_cert(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    static const uint8_t data[] = { 0x00, 0x04, 0x04, 0x03, 0x08, 0x07 };
    surplus_in(c, ctx, a, w, offset, CAUTH_EXT_SIGNATURE_ALGORITHMS_CERT, octets(data, sizeof data));
}

static void surplus_in_credential(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    static const uint8_t data[] = { 0x00, 0x02, 0x04, 0x03 };
    surplus_in(c, ctx, a, w, offset, CAUTH_EXT_DELEGATED_CREDENTIAL, octets(data, sizeof data));
}

static void surplus_in_compress(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    static const uint8_t data[] = { 0x02, 0x00, 0x01 };
    surplus_in(c, ctx, a, w, offset, CAUTH_EXT_COMPRESS_CERTIFICATE, octets(data, sizeof data));
}

static void surplus_in_filters(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    static const uint8_t data[] = { 0x00, 0x00 };
    surplus_in(c, ctx, a, w, offset, CAUTH_EXT_OID_FILTERS, octets(data, sizeof data));
}

static void surplus_in_authorities(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    cauth_bytes names = gen_names(c, a, 1);
    cauth_writer list = arena_writer(a);
    cauth_write_vector(&list, 2, names);
    surplus_in(c, ctx, a, w, offset, CAUTH_EXT_CERTIFICATE_AUTHORITIES, arena_keep(a, &list));
}

static void bad_compress(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    static const uint8_t odd[] = { 0x03, 0x00, 0x01, 0x00 };
    static const uint8_t empty[] = { 0x00 };
    static const uint8_t too_long[] = { 0xFF, 0x00, 0x01 };
    static const cauth_bytes shapes[] = { { odd, sizeof odd }, { empty, sizeof empty }, { too_long, sizeof too_long } };
    cauth_certreq13 v = gen13(c, ctx, a);
    *offset = write_with(c, &v, w, CAUTH_EXT_COMPRESS_CERTIFICATE, shapes[choose(c, 3)]);
}

static void content_in_status_request(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    cauth_certreq13 v = gen13(c, ctx, a);
    cauth_bytes data = chosen_octets(c, a, 1 + choose(c, 5));
    *offset = write_with(c, &v, w, CAUTH_EXT_STATUS_REQUEST, data);
}

static void content_in_timestamp(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    cauth_certreq13 v = gen13(c, ctx, a);
    cauth_bytes data = chosen_octets(c, a, 1 + choose(c, 5));
    (void)offset;
    write_with(c, &v, w, CAUTH_EXT_SIGNED_CERTIFICATE_TIMESTAMP, data);
}

/* A certificate_authorities extension with these names; gives the offset of the list's length prefix. */
static size_t write_authorities13(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, cauth_bytes names)
{
    cauth_certreq13 v = gen13(c, ctx, a);
    cauth_writer list = arena_writer(a);
    cauth_write_vector(&list, 2, names);
    return write_with(c, &v, w, CAUTH_EXT_CERTIFICATE_AUTHORITIES, arena_keep(a, &list));
}

static void no_authorities13(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    *offset = write_authorities13(c, ctx, a, w, nothing());
}

static void empty_name13(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    static const uint8_t empty[] = { 0x00, 0x00 };
    cauth_bytes names = gen_names(c, a, 1 + choose(c, 3));
    *offset = write_authorities13(c, ctx, a, w, joined(a, names, octets(empty, sizeof empty))) + 2 + names.len;
}

static void stray_octet13(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    cauth_bytes names = gen_names(c, a, 1 + choose(c, 3));
    cauth_bytes stray = chosen_octets(c, a, 1);
    *offset = write_authorities13(c, ctx, a, w, joined(a, names, stray)) + 2 + names.len + 1;
}

static void name_past_end13(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    static const uint8_t past[] = { 0x00, 0x03, 0x30, 0x00 };
    cauth_bytes names = gen_names(c, a, 1 + choose(c, 3));
    *offset = write_authorities13(c, ctx, a, w, joined(a, names, octets(past, sizeof past))) + 2 + names.len;
}

/* An oid_filters extension with up to two valid filters and these bytes behind them; gives the offset of the bytes. */
static size_t write_filters(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, cauth_bytes raw)
{
    cauth_certreq13 v = gen13(c, ctx, a);
    cauth_bytes valid = gen_oid_filters(c, a, choose(c, 3));
    cauth_writer list = arena_writer(a);
    size_t begun = cauth_write_begin(&list, 2);
    cauth_write_bytes(&list, valid);
    cauth_write_bytes(&list, raw);
    cauth_write_end(&list, 2, begun);
    return write_with(c, &v, w, CAUTH_EXT_OID_FILTERS, arena_keep(a, &list)) + 2 + valid.len;
}

/* The OID below, 2.5.29.19 basicConstraints, is not among those of gen_oid_filters. */

static void empty_oid(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    static const uint8_t raw[] = { 0x00, 0x00, 0x00 };
    *offset = write_filters(c, ctx, a, w, octets(raw, sizeof raw));
}

static void oid_past_end(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    static const uint8_t raw[] = { 0x06, 0x06, 0x03, 0x55, 0x1D, 0x13 };
    *offset = write_filters(c, ctx, a, w, octets(raw, sizeof raw));
}

static void missing_values(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    static const uint8_t raw[] = { 0x05, 0x06, 0x03, 0x55, 0x1D, 0x13, 0x00 };
    size_t len = 6 + choose(c, 2);
    *offset = write_filters(c, ctx, a, w, octets(raw, len)) + len;
}

static void not_an_oid(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    static const uint8_t bare[] = { 0x03, 0x55, 0x1D, 0x13, 0x00, 0x00 }; /* no tag and length */
    static const uint8_t surplus_octet[] = { 0x06, 0x06, 0x03, 0x55, 0x1D, 0x13, 0x00, 0x00, 0x00 };
    static const uint8_t no_content[] = { 0x02, 0x06, 0x00, 0x00, 0x00 };
    static const uint8_t unfinished[] = { 0x05, 0x06, 0x03, 0x55, 0x1D, 0x93, 0x00, 0x00 }; /* last octet goes on */
    static const uint8_t leading_zero[] = { 0x06, 0x06, 0x04, 0x55, 0x1D, 0x80, 0x13, 0x00, 0x00 };
    static const uint8_t long_length[] = { 0x06, 0x06, 0x81, 0x03, 0x55, 0x1D, 0x13, 0x00, 0x00 };
    static const cauth_bytes shapes[] = {
        { bare, sizeof bare },
        { surplus_octet, sizeof surplus_octet },
        { no_content, sizeof no_content },
        { unfinished, sizeof unfinished },
        { leading_zero, sizeof leading_zero },
        { long_length, sizeof long_length },
    };
    cauth_bytes raw = shapes[choose(c, LENGTH_OF(shapes))];
    *offset = write_filters(c, ctx, a, w, raw) + 1;
}

static void repeated_oid(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    static const uint8_t raw[] = { 0x05, 0x06, 0x03, 0x55, 0x1D, 0x13, 0x00, 0x02, 0x30,
                                   0x00, 0x05, 0x06, 0x03, 0x55, 0x1D, 0x13, 0x00, 0x00 };
    *offset = write_filters(c, ctx, a, w, octets(raw, sizeof raw)) + 11;
}

static void values_not_der(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    /* cut short, surplus, indefinite length, needlessly long length */
    static const uint8_t cut[] = { 0x05, 0x06, 0x03, 0x55, 0x1D, 0x13, 0x00, 0x03, 0x30, 0x02, 0x05 };
    static const uint8_t more[] = { 0x05, 0x06, 0x03, 0x55, 0x1D, 0x13, 0x00, 0x03, 0x05, 0x00, 0x00 };
    static const uint8_t indefinite[] = { 0x05, 0x06, 0x03, 0x55, 0x1D, 0x13, 0x00, 0x04, 0x30, 0x80, 0x00, 0x00 };
    static const uint8_t padded[] = { 0x05, 0x06, 0x03, 0x55, 0x1D, 0x13, 0x00, 0x03, 0x30, 0x81, 0x00 };
    static const cauth_bytes shapes[] = {
        { cut, sizeof cut },
        { more, sizeof more },
        { indefinite, sizeof indefinite },
        { padded, sizeof padded },
    };
    cauth_bytes raw = shapes[choose(c, LENGTH_OF(shapes))];
    *offset = write_filters(c, ctx, a, w, raw) + 8;
}

static void any_purpose(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    /* extKeyUsage with clientAuth and anyExtendedKeyUsage */
    static const uint8_t data[] = {
        0x00, 0x1A, 0x05, 0x06, 0x03, 0x55, 0x1D, 0x25, 0x00, 0x12, 0x30, 0x10, 0x06, 0x08,
        0x2B, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x02, 0x06, 0x04, 0x55, 0x1D, 0x25, 0x00
    };
    cauth_certreq13 v = gen13(c, ctx, a);
    *offset = write_with(c, &v, w, CAUTH_EXT_OID_FILTERS, octets(data, sizeof data)) + 22;
}

static void too_many_filters(choices *c, const cauth_context *ctx, arena *a, cauth_writer *w, size_t *offset)
{
    cauth_certreq13 v = gen13(c, ctx, a);
    cauth_writer list = arena_writer(a);
    uint8_t oid[] = { 0x06, 0x02, 0x2A, 0x00 };
    cauth_oid_filter filter = { { oid, sizeof oid }, { NULL, 0 } };
    unsigned num = CAUTH_MAX_OID_FILTERS + 1 + choose(c, 5);
    size_t begun = cauth_write_begin(&list, 2);
    for (unsigned i = 0; i < num; i++) {
        oid[3] = (uint8_t)i;
        cauth_oid_filter_write(&list, &filter);
    }
    cauth_write_end(&list, 2, begun);
    size_t data = write_with(c, &v, w, CAUTH_EXT_OID_FILTERS, arena_keep(a, &list));
    *offset = data + 2 + CAUTH_MAX_OID_FILTERS * (1 + sizeof oid + 2);
}

const breaker breakers_certreq[] = {
    REJECTED(VEC_03, "certreq_ssl30", CERTIFICATE_TYPES, types_past_end),
    REJECTED(VEC_03, "certreq_tls10", CERTIFICATE_AUTHORITIES, authorities_past_end),
    REJECTED(VEC_03, "certreq_tls11", CERTIFICATE_AUTHORITIES, cut_authorities),
    REJECTED(VEC_03, "certreq_tls12", SUPPORTED_SIGNATURE_ALGORITHMS, algorithms_past_end),
    REJECTED(VEC_03, "certreq_tls12", CERTIFICATE_AUTHORITIES, authorities_past_end),
    REJECTED(VEC_03, "certreq_tls12", CERTIFICATE_AUTHORITIES, cut_authorities),
    REJECTED(VEC_03, "certreq_tls12", DISTINGUISHED_NAME, name_past_end),
    REJECTED(VEC_03, "certreq_tls13", CERTIFICATE_REQUEST_CONTEXT, context_past_end),
    REJECTED(VEC_03, "certreq_tls13", EXTENSIONS, cut_extensions),
    REJECTED(VEC_03, "certreq_tls13", EXTENSIONS, extensions_past_end),
    REJECTED(VEC_03, "certreq_tls13", SIGNATURE_ALGORITHMS, algorithms13_past_end),
    REJECTED(VEC_03, "certreq_tls13", SIGNATURE_ALGORITHMS, cut_algorithms13),
    REJECTED(VEC_03, "certreq_tls13", DISTINGUISHED_NAME, name_past_end13),
    REJECTED(VEC_03, "certreq_tls13", CERTIFICATE_EXTENSION_OID, oid_past_end),
    REJECTED(VEC_03, "certreq_tls13", CERTIFICATE_EXTENSION_VALUES, missing_values),
    REJECTED(VEC_04, "certreq_tls10", CERTIFICATE_TYPES, no_types),
    REJECTED(VEC_04, "certreq_tls10", CERTIFICATE_AUTHORITIES, short_authorities),
    REJECTED(VEC_04, "certreq_tls11", CERTIFICATE_TYPES, no_types),
    REJECTED(VEC_04, "certreq_tls12", CERTIFICATE_TYPES, no_types),
    REJECTED(VEC_04, "certreq_tls13", CERTIFICATE_EXTENSION_OID, empty_oid),
    REJECTED(VEC_06, "certreq_ssl30", DISTINGUISHED_NAME, stray_octet),
    REJECTED(VEC_06, "certreq_tls10", DISTINGUISHED_NAME, stray_octet),
    REJECTED(VEC_06, "certreq_tls11", DISTINGUISHED_NAME, stray_octet),
    REJECTED(VEC_06, "certreq_tls12", DISTINGUISHED_NAME, stray_octet),
    REJECTED(VEC_06, "certreq_tls13", DISTINGUISHED_NAME, stray_octet13),
    REJECTED(VEC_07, "certreq_ssl30", BODY, surplus),
    REJECTED(VEC_07, "certreq_tls10", BODY, surplus),
    REJECTED(VEC_07, "certreq_tls11", BODY, surplus),
    REJECTED(VEC_07, "certreq_tls12", BODY, surplus),
    FLAGGED(CR_COM_05, "certreq_ssl30", repeated_type),
    FLAGGED(CR_COM_05, "certreq_tls12", repeated_type),
    FLAGGED(CR_COM_05, "certreq_tls12", repeated_algorithm),
    FLAGGED(CR_COM_05, "certreq_tls13", repeated_scheme),
    REJECTED(CR_S3_02, "certreq_ssl30", CERTIFICATE_TYPES, no_types),
    REJECTED(CR_S3_03, "certreq_ssl30", CERTIFICATE_AUTHORITIES, no_authorities),
    REJECTED(CR_10_02, "certreq_tls10", CERTIFICATE_AUTHORITIES, no_authorities),
    FLAGGED(CR_11_02, "certreq_tls11", reserved_type),
    FLAGGED(CR_11_02, "certreq_tls12", reserved_type),
    REJECTED(CR_12_02, "certreq_tls12", SUPPORTED_SIGNATURE_ALGORITHMS, bad_algorithms_length),
    FLAGGED(CR_12_04, "certreq_tls12", meaningless_algorithm),
    FLAGGED(CR_12_05, "certreq_tls12", weak_algorithms),
    FLAGGED(CR_12_06, "certreq_tls12", grease_algorithm),
    FLAGGED(CR_12_10, "certreq_tls12", fixed_ecdh_type),
    REJECTED(CR_13_01, "certreq_tls13", BODY, surplus13),
    REJECTED(CR_13_01, "certreq_tls13_post", BODY, surplus13),
    REJECTED(CR_13_02, "certreq_tls13", EXTENSIONS, short_extensions),
    REJECTED(CR_13_03, "certreq_tls13", CERTIFICATE_REQUEST_CONTEXT, context_in_handshake),
    FLAGGED(CR_13_04, "certreq_tls13_post", empty_context),
    REJECTED(CR_13_05, "certreq_tls13", EXTENSION_TYPE, cut_extension_type),
    REJECTED(CR_13_05, "certreq_tls13", EXTENSION_DATA, cut_extension_length),
    REJECTED(CR_13_05, "certreq_tls13_post", EXTENSION_DATA, extension_past_end),
    REJECTED(CR_13_06, "certreq_tls13", SIGNATURE_ALGORITHMS, surplus_in_algorithms),
    REJECTED(CR_13_06, "certreq_tls13", SIGNATURE_ALGORITHMS_CERT, surplus_in_algorithms_cert),
    REJECTED(CR_13_06, "certreq_tls13", CERTIFICATE_AUTHORITIES, surplus_in_authorities),
    REJECTED(CR_13_06, "certreq_tls13", OID_FILTERS, surplus_in_filters),
    REJECTED(CR_13_06, "certreq_tls13", COMPRESS_CERTIFICATE, surplus_in_compress),
    REJECTED(CR_13_06, "certreq_tls13", DELEGATED_CREDENTIAL, surplus_in_credential),
    REJECTED(CR_13_07, "certreq_tls13", SIGNATURE_ALGORITHMS, no_algorithms),
    REJECTED(CR_13_08, "certreq_tls13", EXTENSION_TYPE, repeated_extension),
    REJECTED(CR_13_09, "certreq_tls13", EXTENSION_TYPE, refused_extension),
    REJECTED(CR_13_11, "certreq_tls13", SIGNATURE_ALGORITHMS, bad_algorithms13),
    REJECTED(CR_13_11, "certreq_tls13", SIGNATURE_ALGORITHMS_CERT, bad_algorithms_cert),
    FLAGGED(CR_13_12, "certreq_tls13", forbidden_scheme),
    REJECTED(CR_13_14, "certreq_tls13", CERTIFICATE_AUTHORITIES, no_authorities13),
    REJECTED(CR_13_15, "certreq_tls13", CERTIFICATE_EXTENSION_OID, not_an_oid),
    REJECTED(CR_13_15, "certreq_tls13", CERTIFICATE_EXTENSION_OID, repeated_oid),
    REJECTED(CR_13_15, "certreq_tls13", CERTIFICATE_EXTENSION_VALUES, values_not_der),
    REJECTED(CR_13_15, "certreq_tls13", CERTIFICATE_EXTENSION_VALUES, any_purpose),
    REJECTED(CR_13_16, "certreq_tls13", STATUS_REQUEST, content_in_status_request),
    FLAGGED(CR_13_17, "certreq_tls13", content_in_timestamp),
    REJECTED(CR_13_18, "certreq_tls13", COMPRESS_CERTIFICATE, bad_compress),
    REJECTED(CR_13_19, "certreq_tls13", DELEGATED_CREDENTIAL, bad_credential),
    FLAGGED(CR_13_19, "certreq_tls13", rsae_credential),
    REJECTED(DN_01, "certreq_tls10", DISTINGUISHED_NAME, empty_name),
    REJECTED(DN_01, "certreq_tls12", DISTINGUISHED_NAME, empty_name),
    REJECTED(DN_01, "certreq_tls13", DISTINGUISHED_NAME, empty_name13),
    REJECTED(LIM_01, "certreq_tls13", OID_FILTERS, too_many_filters),
};
const size_t num_breakers_certreq = LENGTH_OF(breakers_certreq);
