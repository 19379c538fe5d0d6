#include "cauth/rawkey12.h"

#include "reader.h"

cauth_result cauth_rawkey12_parse(cauth_bytes body, const cauth_context *ctx, cauth_rawkey12 *out, cauth_flags *flags)
{
    static const rd_vec from_client = {
        3, 1, 0, 0xFFFFFF, CAUTH_FIELD_SUBJECT_PUBLIC_KEY_INFO, CAUTH_RULE_NONE,
    };
    static const rd_vec from_server = {
        3, 1, 1, 0xFFFFFF, CAUTH_FIELD_SUBJECT_PUBLIC_KEY_INFO, CAUTH_RULE_NONE,
    };
    cauth_rawkey12 v;
    cauth_flags f = cauth_flags_none();
    rd r = rd_init(body);

    const rd_vec *vec = ctx->sender == CAUTH_FROM_SERVER ? &from_server : &from_client;
    cauth_result e = rd_opaque(&r, vec, &v.subject_public_key_info);
    if (!cauth_is_accepted(e))
        return e;
    e = rd_finish(&r, CAUTH_VEC_07, CAUTH_FIELD_BODY);
    if (!cauth_is_accepted(e))
        return e;

    if (v.subject_public_key_info.len == 0)
        cauth_flags_set(&f, CAUTH_CERT_12_03);
    *out = v;
    *flags = f;
    return cauth_accepted();
}

bool cauth_rawkey12_write(const cauth_rawkey12 *v, cauth_writer *w)
{
    return cauth_write_vector(w, 3, v->subject_public_key_info);
}
