/* What a message is parsed under: everything that its bytes do not say themselves. */
#ifndef CAUTH_CONTEXT_H
#define CAUTH_CONTEXT_H

#include <stdbool.h>

#include "cauth/limits.h"
#include "cauth/rule.h"
#include "cauth/version.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Who sent the message. */
typedef enum { CAUTH_FROM_EITHER, CAUTH_FROM_CLIENT, CAUTH_FROM_SERVER } cauth_sender;

/* The negotiated certificate type, with the numbers of its registry (RFC 6091 §3.1, RFC 7250 §3). */
typedef enum { CAUTH_X509 = 0, CAUTH_OPENPGP = 1, CAUTH_RAW_PUBLIC_KEY = 2 } cauth_certificate_type;

typedef struct {
    cauth_version version;
    cauth_profile profile;
    cauth_sender sender;
    cauth_certificate_type certificate_type;
    bool post_handshake; /* TLS 1.3: the message follows the main handshake (RFC 8446 §4.6.2) */
    cauth_limits limits;
} cauth_context;

/*@ predicate context_ok{L}(cauth_context *ctx) = ctx->version <= CAUTH_TLS13; */

/* Strict profile, X.509, main handshake, default limits. */
/*@ requires version <= CAUTH_TLS13;
    assigns \nothing;
    ensures \result.version == version;
 */
cauth_context cauth_context_default(cauth_version version, cauth_sender sender);

#ifdef __cplusplus
}
#endif
#endif
