#include "certreq.h"

#include "cauth/extension.h"
#include "judge.h"
#include "u16set.h"

cauth_result certreq_judged_vector(rd *r, const rd_vec *vec, const cauth_context *ctx, cauth_flags *flags, rd *inner)
{
    const rd_vec any = { vec->width, vec->unit, 0, vec->ceiling, vec->field, vec->rule };
    cauth_result e = rd_vector(r, vec, inner);
    if (e.rule != vec->rule)
        return e;
    e = judge(ctx, vec->rule, e.field, e.offset, flags);
    if (!cauth_is_accepted(e))
        return e;
    return rd_vector(r, &any, inner);
}

cauth_result certreq_names(rd names)
{
    static const rd_vec name_vec = { 2, 1, 1, 65535, CAUTH_FIELD_DISTINGUISHED_NAME, CAUTH_DN_01 };
    cauth_bytes name;
    /*@ loop invariant names.pos <= names.end;
        loop assigns names.pos, name.ptr, name.len;
        loop variant names.end - names.pos;
     */
    while (rd_left(&names) >= 2) {
        cauth_result e = rd_opaque(&names, &name_vec, &name);
        if (!cauth_is_accepted(e))
            return e;
    }
    if (rd_left(&names) > 0)
        return cauth_rejected(CAUTH_VEC_06, CAUTH_FIELD_DISTINGUISHED_NAME, names.end);
    return cauth_accepted();
}

/* Ephemeral DH and Fortezza, which are SSL 3.0's; no longer to be used from TLS 1.1 on (RFC 4346 §7.4.4). */
/*@ assigns \nothing; */
static bool is_ssl30_type(uint8_t type)
{
    return type == 5 || type == 6 || type == 20;
}

/* rsa_fixed_ecdh and ecdsa_fixed_ecdh, deprecated by RFC 8422 §5.5. */
/*@ assigns \nothing; */
static bool is_fixed_ecdh(uint8_t type)
{
    return type == 65 || type == 66;
}

void certreq_flag_types(cauth_bytes types, const cauth_context *ctx, cauth_flags *flags)
{
    uint32_t seen[8] = { 0, 0, 0, 0, 0, 0, 0, 0 };
    /*@ loop invariant at <= types.len;
        loop assigns at, seen[0 .. 7], *flags;
        loop variant types.len - at;
     */
    for (size_t at = 0; at < types.len; at++) {
        uint8_t type = types.ptr[at];
        uint32_t bit = (uint32_t)1 << (type % 32u);
        if ((seen[type / 32u] & bit) != 0)
            cauth_flags_set(flags, CAUTH_CR_COM_05);
        seen[type / 32u] |= bit;
        if (ctx->version >= CAUTH_TLS11 && is_ssl30_type(type))
            cauth_flags_set(flags, CAUTH_CR_11_02);
        if (ctx->version == CAUTH_TLS12 && is_fixed_ecdh(type))
            cauth_flags_set(flags, CAUTH_CR_12_10);
    }
}

/* The two octets of a SignatureAndHashAlgorithm (RFC 5246 §7.4.1.4.1). Only pairs of defined halves are pairs: 0x0804
 * and other SignatureSchemes are one number (RFC 8446 §4.2.3). */
enum { HASH_NONE = 0, HASH_MD5 = 1, HASH_SHA1 = 2, HASH_SHA224 = 3, HASH_SHA512 = 6 };
enum { SIGNATURE_ANONYMOUS = 0, SIGNATURE_DSA = 2, SIGNATURE_ECDSA = 3 };

/*@ assigns \nothing; */
static bool is_pair(uint16_t algorithm)
{
    return algorithm / 256u <= HASH_SHA512 && algorithm % 256u <= SIGNATURE_ECDSA;
}

/*@ assigns \nothing; */
static bool is_meaningless(uint16_t algorithm)
{
    return is_pair(algorithm) && (algorithm / 256u == HASH_NONE || algorithm % 256u == SIGNATURE_ANONYMOUS);
}

/*@ assigns \nothing; */
static bool is_weak(uint16_t algorithm)
{
    unsigned hash = algorithm / 256u;
    return is_pair(algorithm) && (hash == HASH_MD5 || hash == HASH_SHA1 || algorithm % 256u == SIGNATURE_DSA);
}

/* What RFC 8446 §4.2.3 forbids to offer. */
/*@ assigns \nothing; */
static bool is_forbidden13(uint16_t scheme)
{
    unsigned hash = scheme / 256u;
    return is_pair(scheme) && (hash == HASH_MD5 || hash == HASH_SHA224 || scheme % 256u == SIGNATURE_DSA);
}

/* The two octets at `at` of a list of even length. */
/*@ requires readable(list) && at + 2 <= list.len;
    assigns \nothing;
 */
static uint16_t u16_at(cauth_bytes list, size_t at)
{
    return (uint16_t)(list.ptr[at] * 256u + list.ptr[at + 1]);
}

/* CR-12-05 is about lists that leave a client nothing but MD5, SHA-1 or DSA; entries that no client can use do not
 * count. */
void certreq_flag_algorithms12(cauth_bytes algorithms, cauth_flags *flags)
{
    u16set seen;
    bool weak = false;
    bool better = false;
    u16set_init(&seen);
    /*@ loop invariant at <= algorithms.len && at % 2 == 0;
        loop assigns at, seen, weak, better, *flags;
        loop variant algorithms.len - at;
     */
    for (size_t at = 0; at < algorithms.len; at += 2) {
        uint16_t algorithm = u16_at(algorithms, at);
        if (u16set_add(&seen, algorithm))
            cauth_flags_set(flags, CAUTH_CR_COM_05);
        if (cauth_is_grease(algorithm))
            cauth_flags_set(flags, CAUTH_CR_12_06);
        else if (is_meaningless(algorithm))
            cauth_flags_set(flags, CAUTH_CR_12_04);
        else if (is_weak(algorithm))
            weak = true;
        else
            better = true;
    }
    if (weak && !better)
        cauth_flags_set(flags, CAUTH_CR_12_05);
}

void certreq_flag_schemes13(cauth_bytes schemes, cauth_flags *flags)
{
    u16set seen;
    u16set_init(&seen);
    /*@ loop invariant at <= schemes.len && at % 2 == 0;
        loop assigns at, seen, *flags;
        loop variant schemes.len - at;
     */
    for (size_t at = 0; at < schemes.len; at += 2) {
        uint16_t scheme = u16_at(schemes, at);
        if (u16set_add(&seen, scheme))
            cauth_flags_set(flags, CAUTH_CR_COM_05);
        if (is_forbidden13(scheme))
            cauth_flags_set(flags, CAUTH_CR_13_12);
    }
}
