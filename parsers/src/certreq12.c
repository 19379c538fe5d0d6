#include "cauth/certreq12.h"

#include "certreq.h"
#include "reader.h"

cauth_result cauth_certreq12_parse(cauth_bytes body, const cauth_context *ctx, cauth_certreq12 *out, cauth_flags *flags)
{
    static const rd_vec types_vec = { 1, 1, 1, 255, CAUTH_FIELD_CERTIFICATE_TYPES, CAUTH_RULE_NONE };
    static const rd_vec algorithms_vec = {
        2, 2, 2, 65534, CAUTH_FIELD_SUPPORTED_SIGNATURE_ALGORITHMS, CAUTH_CR_12_02,
    };
    static const rd_vec authorities_vec = { 2, 1, 0, 65535, CAUTH_FIELD_CERTIFICATE_AUTHORITIES, CAUTH_RULE_NONE };
    cauth_certreq12 v;
    cauth_flags f = cauth_flags_none();
    rd r = rd_init(body);
    rd names;

    cauth_result e = rd_opaque(&r, &types_vec, &v.certificate_types);
    if (!cauth_is_accepted(e))
        return e;
    e = rd_opaque(&r, &algorithms_vec, &v.supported_signature_algorithms);
    if (!cauth_is_accepted(e))
        return e;
    e = rd_vector(&r, &authorities_vec, &names);
    if (!cauth_is_accepted(e))
        return e;
    v.certificate_authorities = rd_rest(&names);
    e = certreq_names(names);
    if (!cauth_is_accepted(e))
        return e;
    e = rd_finish(&r, CAUTH_VEC_07, CAUTH_FIELD_BODY);
    if (!cauth_is_accepted(e))
        return e;

    certreq_flag_types(v.certificate_types, ctx, &f);
    certreq_flag_algorithms12(v.supported_signature_algorithms, &f);
    *out = v;
    *flags = f;
    return cauth_accepted();
}

bool cauth_certreq12_write(const cauth_certreq12 *v, cauth_writer *w)
{
    cauth_write_vector(w, 1, v->certificate_types);
    cauth_write_vector(w, 2, v->supported_signature_algorithms);
    return cauth_write_vector(w, 2, v->certificate_authorities);
}
