/* Limits that are cauth's own, not the RFCs'. Each has its reason here, and fails (or flags) with a LIM rule or HS-04.
 */
#ifndef CAUTH_LIMITS_H
#define CAUTH_LIMITS_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Filters of one oid_filters extension (RFC 8446 §4.2.5) that are compared with each other for a repeated OID. The
 * comparison is quadratic in their number; no deployed server sends more than a handful. Exceeding it is LIM-01. */
#define CAUTH_MAX_OID_FILTERS 32u

/* Attributes of one RDN, and extensions of one X.509 certificate, that are compared for repeated types: the same
 * quadratic work. The surplus is parsed but not compared, and flagged LIM-02. */
#define CAUTH_MAX_COMPARED_OIDS 32u

/* Warning alerts in a row before ALERT-23 flags them: the lowest cap of a deployed stack (BoringSSL 4, OpenSSL 5). */
#define CAUTH_MAX_WARNINGS_IN_A_ROW 4u

/* ChangeCipherSpec records of one direction of TLS 1.3 before REC-26 flags them. A conforming peer sends one (RFC 8446
 * §D.4); rustls takes two. */
#define CAUTH_MAX_TLS13_CHANGE_CIPHER_SPEC 2u

/* Largest handshake message bodies accepted when the header is read (HS-04), in bytes. Per type, as deployed stacks do.
 */
typedef struct {
    uint32_t certificate;         /* default 262 144: the largest default of a deployed stack (Go's crypto/tls) */
    uint32_t certificate_request; /* default 131 329: the largest well-formed one (CR-COM-06) */
    uint32_t certificate_verify;  /* default 65 539: the largest well-formed one */
    uint32_t other;               /* default 131 396: the largest ClientHello that OpenSSL takes */
} cauth_limits;

/*@ assigns \nothing;
 */
cauth_limits cauth_limits_default(void);

#ifdef __cplusplus
}
#endif
#endif
