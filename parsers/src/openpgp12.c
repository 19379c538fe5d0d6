#include "cauth/openpgp12.h"

#include "reader.h"

static const rd_vec key_id_vec = { 1, 1, 8, 255, CAUTH_FIELD_OPENPGP_KEY_ID, CAUTH_RULE_NONE };

/*@ requires \valid(bytes);
    assigns bytes->ptr, bytes->len;
    ensures bytes->len == 0;
 */
static void clear(cauth_bytes *bytes)
{
    bytes->ptr = NULL;
    bytes->len = 0;
}

/* uint24 OpenPGPEmptyCert = 0: read as a vector that must be empty, which it looks like on the wire. */
/*@ requires \valid(r) && rd_ok(r) && \valid(v) && \separated(r, v);
    assigns r->pos, v->key_id.ptr, v->key_id.len, v->cert.ptr, v->cert.len, v->fingerprint.ptr,
            v->fingerprint.len;
    ensures \old(r->pos) <= r->pos <= r->end && \result.offset <= r->end;
    ensures accepted(\result) ==> readable(&v->key_id) && readable(&v->cert) && readable(&v->fingerprint);
    ensures accepted(\result) ==> rd_inside(&v->key_id, r) && rd_inside(&v->cert, r) && rd_inside(&v->fingerprint, r);
 */
static cauth_result empty_cert(rd *r, cauth_openpgp12 *v)
{
    static const rd_vec empty_vec = { 3, 1, 0, 0, CAUTH_FIELD_OPENPGP_CERT, CAUTH_RULE_NONE };
    clear(&v->key_id);
    clear(&v->fingerprint);
    return rd_opaque(r, &empty_vec, &v->cert);
}

/*@ requires \valid(r) && rd_ok(r) && \valid(v) && \separated(r, v);
    assigns r->pos, v->key_id.ptr, v->key_id.len, v->cert.ptr, v->cert.len, v->fingerprint.ptr,
            v->fingerprint.len;
    ensures \old(r->pos) <= r->pos <= r->end && \result.offset <= r->end;
    ensures accepted(\result) ==> readable(&v->key_id) && readable(&v->cert) && readable(&v->fingerprint);
    ensures accepted(\result) ==> rd_inside(&v->key_id, r) && rd_inside(&v->cert, r) && rd_inside(&v->fingerprint, r);
 */
static cauth_result subkey_cert(rd *r, cauth_openpgp12 *v)
{
    static const rd_vec cert_vec = { 3, 1, 0, 0xFFFFFF, CAUTH_FIELD_OPENPGP_CERT, CAUTH_RULE_NONE };
    clear(&v->fingerprint);
    cauth_result e = rd_opaque(r, &key_id_vec, &v->key_id);
    if (!cauth_is_accepted(e))
        return e;
    return rd_opaque(r, &cert_vec, &v->cert);
}

/*@ requires \valid(r) && rd_ok(r) && \valid(v) && \separated(r, v);
    assigns r->pos, v->key_id.ptr, v->key_id.len, v->cert.ptr, v->cert.len, v->fingerprint.ptr,
            v->fingerprint.len;
    ensures \old(r->pos) <= r->pos <= r->end && \result.offset <= r->end;
    ensures accepted(\result) ==> readable(&v->key_id) && readable(&v->cert) && readable(&v->fingerprint);
    ensures accepted(\result) ==> rd_inside(&v->key_id, r) && rd_inside(&v->cert, r) && rd_inside(&v->fingerprint, r);
 */
static cauth_result subkey_cert_fingerprint(rd *r, cauth_openpgp12 *v)
{
    static const rd_vec fingerprint_vec = { 1, 1, 20, 255, CAUTH_FIELD_OPENPGP_FINGERPRINT, CAUTH_RULE_NONE };
    clear(&v->cert);
    cauth_result e = rd_opaque(r, &key_id_vec, &v->key_id);
    if (!cauth_is_accepted(e))
        return e;
    return rd_opaque(r, &fingerprint_vec, &v->fingerprint);
}

/* The descriptor is a closed enumeration: an unknown one leaves the rest without a grammar. */
/*@ requires \valid(r) && rd_ok(r) && \valid(v) && \separated(r, v);
    assigns r->pos, v->key_id.ptr, v->key_id.len, v->cert.ptr, v->cert.len, v->fingerprint.ptr,
            v->fingerprint.len;
    ensures \old(r->pos) <= r->pos <= r->end && \result.offset <= r->end;
    ensures accepted(\result) ==> readable(&v->key_id) && readable(&v->cert) && readable(&v->fingerprint);
    ensures accepted(\result) ==> rd_inside(&v->key_id, r) && rd_inside(&v->cert, r) && rd_inside(&v->fingerprint, r);
 */
static cauth_result described(rd *r, cauth_openpgp12 *v)
{
    if (v->descriptor == CAUTH_OPENPGP_EMPTY_CERT)
        return empty_cert(r, v);
    if (v->descriptor == CAUTH_OPENPGP_SUBKEY_CERT)
        return subkey_cert(r, v);
    if (v->descriptor == CAUTH_OPENPGP_SUBKEY_CERT_FINGERPRINT)
        return subkey_cert_fingerprint(r, v);
    return cauth_rejected(CAUTH_VEC_09, CAUTH_FIELD_CERT_DESCRIPTOR, 0);
}

cauth_result cauth_openpgp12_parse(cauth_bytes body, const cauth_context *ctx, cauth_openpgp12 *out, cauth_flags *flags)
{
    cauth_openpgp12 v;
    cauth_flags f = cauth_flags_none();
    rd r = rd_init(body);

    (void)ctx;
    cauth_result e = rd_u8(&r, CAUTH_FIELD_CERT_DESCRIPTOR, &v.descriptor);
    if (!cauth_is_accepted(e))
        return e;
    e = described(&r, &v);
    if (!cauth_is_accepted(e))
        return e;
    e = rd_finish(&r, CAUTH_VEC_07, CAUTH_FIELD_BODY);
    if (!cauth_is_accepted(e))
        return e;

    cauth_flags_set(&f, CAUTH_CERT_12_04);
    *out = v;
    *flags = f;
    return cauth_accepted();
}

bool cauth_openpgp12_write(const cauth_openpgp12 *v, cauth_writer *w)
{
    bool written = cauth_write_u8(w, v->descriptor);
    if (v->descriptor == CAUTH_OPENPGP_SUBKEY_CERT || v->descriptor == CAUTH_OPENPGP_SUBKEY_CERT_FINGERPRINT)
        written = cauth_write_vector(w, 1, v->key_id);
    if (v->descriptor == CAUTH_OPENPGP_EMPTY_CERT || v->descriptor == CAUTH_OPENPGP_SUBKEY_CERT)
        written = cauth_write_vector(w, 3, v->cert);
    if (v->descriptor == CAUTH_OPENPGP_SUBKEY_CERT_FINGERPRINT)
        written = cauth_write_vector(w, 1, v->fingerprint);
    return written;
}
