#include "cauth/certreq10.h"

#include "certreq.h"
#include "judge.h"

/*@ requires \valid(r) && rd_ok(r) && \valid_read(ctx) && context_ok(ctx) && \valid(flags) && \valid(types);
    requires \separated(r, ctx, flags, types);
    assigns r->pos, types->base, types->pos, types->end, *flags;
    ensures accepted(\result) ==> rd_ok(types) && types->base == r->base &&
        types->pos == \old(r->pos) + 1 && types->end == r->pos;
    ensures r->pos <= r->end;
    ensures \result.offset <= r->end;
 */
static cauth_result read_types(rd *r, const cauth_context *ctx, cauth_flags *flags, rd *types)
{
    static const rd_vec ssl30_vec = { 1, 1, 1, 255, CAUTH_FIELD_CERTIFICATE_TYPES, CAUTH_CR_S3_02 };
    static const rd_vec types_vec = { 1, 1, 1, 255, CAUTH_FIELD_CERTIFICATE_TYPES, CAUTH_RULE_NONE };
    if (ctx->version == CAUTH_SSL30)
        return certreq_judged_vector(r, &ssl30_vec, ctx, flags, types);
    return rd_vector(r, &types_vec, types);
}

/* CR-10-02 speaks of the empty list only: a length of 1 or 2 holds no name in any version. */
/*@ requires \valid(r) && rd_ok(r) && \valid_read(ctx) && context_ok(ctx) && \valid(flags) && \valid(names);
    requires \separated(r, ctx, flags, names);
    assigns r->pos, names->base, names->pos, names->end, *flags;
    ensures accepted(\result) ==> rd_ok(names) && names->base == r->base &&
        names->pos == \old(r->pos) + 2 && names->end == r->pos;
    ensures r->pos <= r->end;
    ensures \result.offset <= r->end;
 */
static cauth_result read_authorities_tls10(rd *r, const cauth_context *ctx, cauth_flags *flags, rd *names)
{
    static const rd_vec names_vec = { 2, 1, 3, 65535, CAUTH_FIELD_CERTIFICATE_AUTHORITIES, CAUTH_RULE_NONE };
    static const rd_vec empty_vec = { 2, 1, 0, 0, CAUTH_FIELD_CERTIFICATE_AUTHORITIES, CAUTH_RULE_NONE };
    cauth_result e = rd_vector(r, &names_vec, names);
    if (e.rule == CAUTH_VEC_04 && cauth_is_accepted(rd_vector(r, &empty_vec, names)))
        return judge(ctx, CAUTH_CR_10_02, e.field, e.offset, flags);
    return e;
}

/*@ requires \valid(r) && rd_ok(r) && \valid_read(ctx) && context_ok(ctx) && \valid(flags) && \valid(names);
    requires \separated(r, ctx, flags, names);
    assigns r->pos, names->base, names->pos, names->end, *flags;
    ensures accepted(\result) ==> rd_ok(names) && names->base == r->base &&
        names->pos == \old(r->pos) + 2 && names->end == r->pos;
    ensures r->pos <= r->end;
    ensures \result.offset <= r->end;
 */
static cauth_result read_authorities(rd *r, const cauth_context *ctx, cauth_flags *flags, rd *names)
{
    static const rd_vec ssl30_vec = { 2, 1, 3, 65535, CAUTH_FIELD_CERTIFICATE_AUTHORITIES, CAUTH_CR_S3_03 };
    static const rd_vec names_vec = { 2, 1, 0, 65535, CAUTH_FIELD_CERTIFICATE_AUTHORITIES, CAUTH_RULE_NONE };
    if (ctx->version == CAUTH_SSL30)
        return certreq_judged_vector(r, &ssl30_vec, ctx, flags, names);
    if (ctx->version == CAUTH_TLS10)
        return read_authorities_tls10(r, ctx, flags, names);
    return rd_vector(r, &names_vec, names);
}

cauth_result cauth_certreq10_parse(cauth_bytes body, const cauth_context *ctx, cauth_certreq10 *out, cauth_flags *flags)
{
    cauth_certreq10 v;
    cauth_flags f = cauth_flags_none();
    rd r = rd_init(body);
    rd types;
    rd names;

    cauth_result e = read_types(&r, ctx, &f, &types);
    if (!cauth_is_accepted(e))
        return e;
    e = read_authorities(&r, ctx, &f, &names);
    if (!cauth_is_accepted(e))
        return e;
    e = certreq_names(names);
    if (!cauth_is_accepted(e))
        return e;
    e = rd_finish(&r, CAUTH_VEC_07, CAUTH_FIELD_BODY);
    if (!cauth_is_accepted(e))
        return e;

    v.certificate_types = rd_rest(&types);
    v.certificate_authorities = rd_rest(&names);
    certreq_flag_types(v.certificate_types, ctx, &f);
    *out = v;
    *flags = f;
    return cauth_accepted();
}

bool cauth_certreq10_write(const cauth_certreq10 *v, cauth_writer *w)
{
    cauth_write_vector(w, 1, v->certificate_types);
    return cauth_write_vector(w, 2, v->certificate_authorities);
}
