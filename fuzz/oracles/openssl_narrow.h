/* An OpenSSL library context with few algorithms, for speed. */
#ifndef CAUTH_ORACLE_OPENSSL_NARROW_H
#define CAUTH_ORACLE_OPENSSL_NARROW_H

#include <openssl/types.h>

/* A context that has all of the default provider but, of key types and of what decodes keys, only RSA. To decode the
 * public key of a certificate OpenSSL walks through all the decoders it knows, under locks: most of the time of a
 * handshake that is as short as an oracle's. A key that cannot be decoded is no fault of its certificate, so that the
 * verdict about the message is the same.
 *
 * NULL, which is the usual context, when the context cannot be made. Released with openssl_narrow_free. */
OSSL_LIB_CTX *openssl_narrow_new(void);
void openssl_narrow_free(OSSL_LIB_CTX *libctx);

#endif
