/* Building blocks of valid Certificate messages, for generators and breakers. */
#ifndef CAUTH_PROPS_GEN_CERT_H
#define CAUTH_PROPS_GEN_CERT_H

#include "cauth/cauth.h"
#include "choices.h"

/* `len` bytes of choice; all zero when there is nothing left to choose. */
cauth_bytes gen_bytes(choices *c, arena *a, size_t len);

/* The parts one after the other. */
cauth_bytes gen_join(arena *a, const cauth_bytes *parts, size_t num);

/* A DER SubjectPublicKeyInfo: Ed25519 (RFC 8410 §4). */
cauth_bytes gen_spki(choices *c, arena *a);

/* A DER certificate without anomalies, from the issuer to the subject of these numbers; 0 is an end entity, others are
 * authorities. It is signed by nobody. */
cauth_bytes gen_certificate(choices *c, arena *a, unsigned issuer, unsigned subject);

/* A certificate_list of `num` certificates, each issued by the next: ASN.1Cert items with their prefixes. */
cauth_bytes gen_certificate_list(choices *c, arena *a, unsigned num);

/* One CertificateEntry, and a certificate_list of `num` whose certificates are each issued by the next. Extensions are
 * of choice. */
cauth_bytes gen_certificate_entry(choices *c, arena *a, cauth_bytes cert_data);
cauth_bytes gen_certificate_entry_list(choices *c, arena *a, unsigned num);

/* An extension of choice that a Certificate may have: type, length, data. */
cauth_bytes gen_cert_extension(choices *c, arena *a, uint16_t type);

/* One URLAndHash. */
cauth_bytes gen_url_and_hash(choices *c, arena *a);

#endif
