/* What the CertificateRequest layouts share. Private to libcauth. */
#ifndef CAUTH_SRC_CERTREQ_H
#define CAUTH_SRC_CERTREQ_H

#include "cauth/context.h"
#include "reader.h"

/* Opens a vector whose floor a profile may forgive: a shorter one breaks vec->rule (not CAUTH_RULE_NONE), which is
 * judged; if only flagged, it is opened as it is. */
/*@ requires \valid(r) && rd_ok(r) && \valid_read(vec) && 1 <= vec->width <= 3 && vec->rule != CAUTH_RULE_NONE;
    requires \valid_read(ctx) && context_ok(ctx) && \valid(flags) && \valid(inner);
    requires \separated(r, vec, ctx, flags, inner);
    assigns r->pos, inner->base, inner->pos, inner->end, *flags;
    ensures accepted(\result) ==> rd_ok(inner) && inner->base == r->base &&
        inner->pos == \old(r->pos) + vec->width && inner->end == r->pos && inner->end - inner->pos <= vec->ceiling;
    ensures !accepted(\result) ==> r->pos == \old(r->pos);
    ensures r->pos <= r->end;
    ensures \result.offset <= r->end;
 */
cauth_result certreq_judged_vector(rd *r, const rd_vec *vec, const cauth_context *ctx, cauth_flags *flags, rd *inner);

/* DistinguishedName certificate_authorities<..>: items of 1 to 65535 bytes (DN-01) that end where the list ends
 * (VEC-06). */
/*@ requires rd_ok(names);
    assigns \nothing;
    ensures \result.offset <= names.end;
 */
cauth_result certreq_names(rd names);

/* Flags the anomalies of ClientCertificateType lists: CR-COM-05, CR-11-02, CR-12-10. */
/*@ requires readable(types) && \valid_read(ctx) && \valid(flags) && \separated(ctx, flags);
    assigns *flags;
 */
void certreq_flag_types(cauth_bytes types, const cauth_context *ctx, cauth_flags *flags);

/* Flags the anomalies of a SignatureAndHashAlgorithm list (TLS 1.2): CR-COM-05, CR-12-04, CR-12-05, CR-12-06. */
/*@ requires readable(algorithms) && algorithms.len % 2 == 0 && \valid(flags);
    assigns *flags;
 */
void certreq_flag_algorithms12(cauth_bytes algorithms, cauth_flags *flags);

/* Flags the anomalies of a SignatureSchemeList (TLS 1.3): CR-COM-05, CR-13-12. */
/*@ requires readable(schemes) && schemes.len % 2 == 0 && \valid(flags);
    assigns *flags;
 */
void certreq_flag_schemes13(cauth_bytes schemes, cauth_flags *flags);

#endif
