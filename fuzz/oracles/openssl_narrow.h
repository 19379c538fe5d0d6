/* An OpenSSL library context with few algorithms, for speed, and without chance. */
#ifndef CAUTH_ORACLE_OPENSSL_NARROW_H
#define CAUTH_ORACLE_OPENSSL_NARROW_H

#include <stdbool.h>
#include <stddef.h>

#include <openssl/types.h>

/* A context that has of the default provider what the questions need: of key types RSA, EC, X25519 and HMAC, and of
 * what decodes keys, only what reads RSA and EC keys of certificates. To decode the public key of a certificate OpenSSL
 * walks through all algorithms it knows, under locks: most of the time of a handshake that is as short as an oracle's.
 * A key that cannot be decoded is no fault of its certificate, so that the verdict about the message is the same.
 *
 * X25519 has one key and one secret, without arithmetic. Random numbers come from a fixed sequence: the same questions
 * give the same bytes on the wire, in any process. Nothing secret may ever be made with it. Released with
 * openssl_narrow_free. NULL when it cannot be made. */
OSSL_LIB_CTX *openssl_narrow_new(void);
void openssl_narrow_free(OSSL_LIB_CTX *libctx);

/* Starts the sequence anew. */
void openssl_narrow_restart(void);

/* The next time so many bytes are drawn it will be these, which must live until then or until the sequence starts
 * anew. */
void openssl_narrow_next(const unsigned char *ptr, size_t len);

/* Whether keys in certificates are decoded, which takes half the time of a question about a certificate. Where they are
 * not, each is one that the library does not know. At first they are. */
void openssl_narrow_want_keys(bool wanted);

/* Whether RSA and ECDSA are calculated. Where they are not, each signature is a bad one when it is verified, what ECDSA
 * signs has the same signature, and what RSA decrypts is the same secret. At first they are. */
void openssl_narrow_want_arithmetic(bool wanted);

#endif
