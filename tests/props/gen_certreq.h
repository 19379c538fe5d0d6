/* Valid CertificateRequests and valid parts of them. None has anything to flag, so that breakers can be built on them.
 */
#ifndef CAUTH_PROPS_GEN_CERTREQ_H
#define CAUTH_PROPS_GEN_CERTREQ_H

#include "cauth/certreq10.h"
#include "cauth/certreq12.h"
#include "cauth/certreq13.h"
#include "choices.h"

void gen_certreq10(choices *c, const cauth_context *ctx, arena *a, cauth_certreq10 *v);
void gen_certreq12(choices *c, const cauth_context *ctx, arena *a, cauth_certreq12 *v);
void gen_certreq13(choices *c, const cauth_context *ctx, arena *a, cauth_certreq13 *v);

/* ClientCertificateTypes without repeats: 1 to 10 of them. */
cauth_bytes gen_certificate_types(choices *c, arena *a);

/* SignatureAndHashAlgorithms or SignatureSchemes without repeats, the first one strong: 1 to 17 of them. */
cauth_bytes gen_schemes(choices *c, const cauth_context *ctx, arena *a);

/* `num` DistinguishedNames with their length prefixes, all different. */
cauth_bytes gen_names(choices *c, arena *a, unsigned num);

/* `num` (up to 4) OIDFilters. */
cauth_bytes gen_oid_filters(choices *c, arena *a, unsigned num);

/* The data of a known extension, as the view has it; for a type that is not in the view, no data. */
cauth_bytes gen_extension_data(const cauth_certreq13 *v, arena *a, uint16_t type);

#endif
