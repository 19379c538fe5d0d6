#include "cauth/cert12.h"

#include "judge.h"
#include "reader.h"

/* One grammar, whose breaches have other names per version and sender. */
typedef struct {
    rd_vec list;
    rd_vec cert;
    cauth_rule past;    /* an ASN.1Cert that runs past the end of the list */
    cauth_rule stray;   /* one or two bytes at the end of the list, too few for a length prefix */
    cauth_rule surplus; /* bytes after the list */
} grammar;

static const grammar ssl30 = {
    { 3, 1, 1, 0xFFFFFF, CAUTH_FIELD_CERTIFICATE_LIST, CAUTH_CERT_S3_01 },
    { 3, 1, 1, 0xFFFFFF, CAUTH_FIELD_ASN1_CERT, CAUTH_RULE_NONE },
    CAUTH_VEC_03,
    CAUTH_VEC_06,
    CAUTH_VEC_07,
};

static const grammar tls_client = {
    { 3, 1, 0, 0xFFFFFF, CAUTH_FIELD_CERTIFICATE_LIST, CAUTH_RULE_NONE },
    { 3, 1, 1, 0xFFFFFF, CAUTH_FIELD_ASN1_CERT, CAUTH_CERT_10_02 },
    CAUTH_CERT_10_01,
    CAUTH_CERT_10_03,
    CAUTH_CERT_10_01,
};

static const grammar tls_server = {
    { 3, 1, 1, 0xFFFFFF, CAUTH_FIELD_CERTIFICATE_LIST, CAUTH_CERT_10_05 },
    { 3, 1, 1, 0xFFFFFF, CAUTH_FIELD_ASN1_CERT, CAUTH_CERT_10_02 },
    CAUTH_CERT_10_01,
    CAUTH_CERT_10_03,
    CAUTH_CERT_10_01,
};

/*@ requires \valid_read(ctx);
    assigns \nothing;
    ensures \result == &ssl30 || \result == &tls_client || \result == &tls_server;
 */
static const grammar *grammar_of(const cauth_context *ctx)
{
    if (ctx->version == CAUTH_SSL30)
        return &ssl30;
    return ctx->sender == CAUTH_FROM_SERVER ? &tls_server : &tls_client;
}

/*@ requires rd_ok(list) && \valid_read(g) && g->cert.width == 3;
    requires g->stray != CAUTH_RULE_NONE && g->past != CAUTH_RULE_NONE;
    assigns \nothing;
    ensures \result.offset <= list.end;
 */
static cauth_result each_cert(rd list, const grammar *g)
{
    /*@ loop invariant list.pos <= list.end;
        loop assigns list.pos;
        loop variant list.end - list.pos;
     */
    while (rd_left(&list) > 0) {
        cauth_bytes cert;
        if (rd_left(&list) < 3)
            return cauth_rejected(g->stray, CAUTH_FIELD_ASN1_CERT, list.end);
        cauth_result e = rd_opaque(&list, &g->cert, &cert);
        if (e.rule == CAUTH_VEC_03)
            e.rule = g->past;
        if (!cauth_is_accepted(e))
            return e;
    }
    return cauth_accepted();
}

/* Some clients of TLS 1.2 and before send no body at all when they have no certificate. */
/*@ requires \valid_read(ctx) && context_ok(ctx) && \valid(out) && \valid(flags) && \separated(out, flags, ctx);
    assigns out->certificate_list.ptr, out->certificate_list.len, out->list_missing, *flags;
    ensures \result.offset == 0;
    ensures accepted(\result) ==> out->list_missing && out->certificate_list.len == 0;
    ensures !accepted(\result) ==> out->certificate_list.ptr == \old(out->certificate_list.ptr) &&
        out->certificate_list.len == \old(out->certificate_list.len) && out->list_missing == \old(out->list_missing) &&
        *flags == \old(*flags);
 */
static cauth_result no_body(const cauth_context *ctx, cauth_cert12 *out, cauth_flags *flags)
{
    cauth_flags f = cauth_flags_none();
    cauth_result e = judge(ctx, CAUTH_VEC_10, CAUTH_FIELD_BODY, 0, &f);
    if (!cauth_is_accepted(e))
        return e;
    out->certificate_list.ptr = NULL;
    out->certificate_list.len = 0;
    out->list_missing = true;
    *flags = f;
    return e;
}

cauth_result cauth_cert12_parse(cauth_bytes body, const cauth_context *ctx, cauth_cert12 *out, cauth_flags *flags)
{
    const grammar *g = grammar_of(ctx);
    rd r = rd_init(body);
    rd list;

    if (body.len == 0 && ctx->sender != CAUTH_FROM_SERVER)
        return no_body(ctx, out, flags);
    cauth_result e = rd_vector(&r, &g->list, &list);
    if (!cauth_is_accepted(e))
        return e;
    e = each_cert(list, g);
    if (!cauth_is_accepted(e))
        return e;
    e = rd_finish(&r, g->surplus, CAUTH_FIELD_BODY);
    if (!cauth_is_accepted(e))
        return e;

    out->certificate_list = rd_rest(&list);
    out->list_missing = false;
    *flags = cauth_flags_none();
    return cauth_accepted();
}

bool cauth_cert12_write(const cauth_cert12 *v, cauth_writer *w)
{
    if (v->list_missing)
        return !w->failed;
    return cauth_write_vector(w, 3, v->certificate_list);
}
