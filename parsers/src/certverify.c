#include "cauth/certverify.h"

#include "cauth/extension.h"
#include "reader.h"

static const rd_vec signature_vec = { 2, 1, 0, 65535, CAUTH_FIELD_SIGNATURE, CAUTH_RULE_NONE };

cauth_result cauth_certverify10_parse(cauth_bytes body, const cauth_context *ctx, cauth_certverify10 *out,
                                      cauth_flags *flags)
{
    cauth_certverify10 v;
    rd r = rd_init(body);

    (void)ctx;
    cauth_result e = rd_opaque(&r, &signature_vec, &v.signature);
    if (!cauth_is_accepted(e))
        return e;
    e = rd_finish(&r, CAUTH_CV_01, CAUTH_FIELD_BODY);
    if (!cauth_is_accepted(e))
        return e;

    *out = v;
    *flags = cauth_flags_none();
    return cauth_accepted();
}

bool cauth_certverify10_write(const cauth_certverify10 *v, cauth_writer *w)
{
    return cauth_write_vector(w, 2, v->signature);
}

/* Whether a value stands in the part of the registry that was hash and signature octets, up to SHA-512. */
/*@ assigns \nothing; */
static bool is_hash_and_signature(uint16_t algorithm)
{
    return algorithm <= 0x06FFu;
}

/*@ assigns \nothing; */
static bool is_ecdsa_tls13(uint16_t algorithm)
{
    return algorithm == 0x0403u || algorithm == 0x0503u || algorithm == 0x0603u;
}

/* rsa_pkcs1_sha256_legacy, _sha384_legacy, _sha512_legacy: code points of their own for clients whose keys cannot do
 * PSS. */
/*@ assigns \nothing; */
static bool is_pkcs1_legacy(uint16_t algorithm)
{
    return algorithm == 0x0420u || algorithm == 0x0520u || algorithm == 0x0620u;
}

/* RFC 8446 §4.4.3 wants PSS of RSA keys and no SHA-1; §4.2.3 reserves MD5, SHA-224, DSA and the gaps between them. */
/*@ assigns \nothing; */
static bool never_signs_tls13(uint16_t algorithm, cauth_sender sender)
{
    if (is_pkcs1_legacy(algorithm))
        return sender == CAUTH_FROM_SERVER;
    return is_hash_and_signature(algorithm) && !is_ecdsa_tls13(algorithm);
}

/*@ requires \valid_read(ctx);
    assigns \nothing;
 */
static cauth_rule algorithm_breaks(uint16_t algorithm, const cauth_context *ctx)
{
    if (cauth_is_grease(algorithm))
        return CAUTH_CV_04;
    if (ctx->version == CAUTH_TLS13 && never_signs_tls13(algorithm, ctx->sender))
        return CAUTH_CV_05;
    return CAUTH_RULE_NONE;
}

cauth_result cauth_certverify12_parse(cauth_bytes body, const cauth_context *ctx, cauth_certverify12 *out,
                                      cauth_flags *flags)
{
    cauth_certverify12 v;
    rd r = rd_init(body);

    cauth_result e = rd_u16(&r, CAUTH_FIELD_ALGORITHM, &v.algorithm);
    if (!cauth_is_accepted(e))
        return e;
    cauth_rule broken = algorithm_breaks(v.algorithm, ctx);
    if (broken != CAUTH_RULE_NONE)
        return cauth_rejected(broken, CAUTH_FIELD_ALGORITHM, 0);
    e = rd_opaque(&r, &signature_vec, &v.signature);
    if (!cauth_is_accepted(e))
        return e;
    e = rd_finish(&r, ctx->version == CAUTH_TLS13 ? CAUTH_CV_03 : CAUTH_CV_02, CAUTH_FIELD_BODY);
    if (!cauth_is_accepted(e))
        return e;

    *out = v;
    *flags = cauth_flags_none();
    return cauth_accepted();
}

bool cauth_certverify12_write(const cauth_certverify12 *v, cauth_writer *w)
{
    cauth_write_u16(w, v->algorithm);
    return cauth_write_vector(w, 2, v->signature);
}
