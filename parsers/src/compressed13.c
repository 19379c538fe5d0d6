#include "cauth/compressed13.h"

#include "reader.h"

/* A Certificate needs an octet for the length of its context and three for that of its list. */
#define SMALLEST_CERTIFICATE 4u

/*@ requires \valid(r) && rd_ok(r) && \valid(value) && \separated(r, value);
    assigns r->pos, *value;
    ensures accepted(\result) ==> r->pos == \old(r->pos) + 2;
    ensures r->pos <= r->end && \result.offset <= r->end;
 */
static cauth_result algorithm(rd *r, uint16_t *value)
{
    size_t at = r->pos;
    cauth_result e = rd_u16(r, CAUTH_FIELD_ALGORITHM, value);
    if (cauth_is_accepted(e) && *value == 0)
        e = cauth_rejected(CAUTH_CERT_13_17, CAUTH_FIELD_ALGORITHM, at);
    return e;
}

/*@ requires \valid(r) && rd_ok(r) && \valid_read(ctx) && \valid(value) && \separated(r, ctx, value);
    assigns r->pos, *value;
    ensures accepted(\result) ==> r->pos == \old(r->pos) + 3 && *value <= ctx->limits.certificate;
    ensures r->pos <= r->end && \result.offset <= r->end;
 */
static cauth_result uncompressed_length(rd *r, const cauth_context *ctx, uint32_t *value)
{
    size_t at = r->pos;
    cauth_result e = rd_u24(r, CAUTH_FIELD_UNCOMPRESSED_LENGTH, value);
    if (!cauth_is_accepted(e))
        return e;
    if (*value < SMALLEST_CERTIFICATE)
        return cauth_rejected(CAUTH_CERT_13_20, CAUTH_FIELD_UNCOMPRESSED_LENGTH, at);
    if (*value > ctx->limits.certificate)
        return cauth_rejected(CAUTH_CERT_13_18, CAUTH_FIELD_UNCOMPRESSED_LENGTH, at);
    return cauth_accepted();
}

cauth_result cauth_compressed13_parse(cauth_bytes body, const cauth_context *ctx, cauth_compressed13 *out,
                                      cauth_flags *flags)
{
    static const rd_vec message_vec = {
        3, 1, 1, 0xFFFFFF, CAUTH_FIELD_COMPRESSED_CERTIFICATE_MESSAGE, CAUTH_RULE_NONE,
    };
    cauth_compressed13 v;
    rd r = rd_init(body);

    cauth_result e = algorithm(&r, &v.algorithm);
    if (!cauth_is_accepted(e))
        return e;
    e = uncompressed_length(&r, ctx, &v.uncompressed_length);
    if (!cauth_is_accepted(e))
        return e;
    e = rd_opaque(&r, &message_vec, &v.compressed_certificate_message);
    if (!cauth_is_accepted(e))
        return e;
    e = rd_finish(&r, CAUTH_VEC_07, CAUTH_FIELD_BODY);
    if (!cauth_is_accepted(e))
        return e;

    *out = v;
    *flags = cauth_flags_none();
    return cauth_accepted();
}

bool cauth_compressed13_write(const cauth_compressed13 *v, cauth_writer *w)
{
    cauth_write_u16(w, v->algorithm);
    cauth_write_u24(w, v->uncompressed_length);
    return cauth_write_vector(w, 3, v->compressed_certificate_message);
}
