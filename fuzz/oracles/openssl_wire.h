/* What goes over the wire to OpenSSL: buffers that grow, handshake messages as records, and the records of TLS 1.3,
 * sealed under a secret of its key log. */
#ifndef CAUTH_ORACLE_OPENSSL_WIRE_H
#define CAUTH_ORACLE_OPENSSL_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <openssl/types.h>

#include "cauth/bytes.h"

#define WIRE_ALERT 21u
#define WIRE_HANDSHAKE 22u
#define WIRE_MAX_FRAGMENT ((size_t)1 << 14)
#define WIRE_MAX_BODY ((size_t)0xffffff)

/* Never shrinks, so that most messages allocate nothing. All zero is an empty one. */
typedef struct {
    uint8_t *ptr;
    size_t len;
    size_t cap;
} buffer;

void wire_put(buffer *b, const void *p, size_t len);
void wire_free(buffer *b);

/* Ends the program: what the library refuses to set up is no verdict. */
void wire_fail(const char *what);

/* Makes room for `more` items of `size` bytes after `len` of them. */
void *wire_grow(void *ptr, size_t *cap, size_t len, size_t more, size_t size);

/* A handshake message as it is cut into records of the version 3.`minor`: as few as it takes, or, `scattered`, into
 * fragments of 1 to 64 bytes, some with a warning alert before them. The content decides where. */
void wire_put_handshake(buffer *b, unsigned minor, unsigned type, cauth_bytes body, int scattered);

/* Messages of one sender, one behind the other, and which octets of them are the message that is asked about. */
typedef struct {
    buffer bytes;
    size_t start;
    size_t end;
} flight;

void wire_join(flight *f, unsigned type, cauth_bytes body);

/* How they share records. Where one is cut, the content of the message decides where. */
typedef enum {
    WIRE_APART,      /* not at all: each message has records of its own */
    WIRE_TOGETHER,   /* as few records as all take together */
    WIRE_CUT_HEADER, /* the same, but that one ends in the header of the message, or right behind it */
    WIRE_CUT_BODY,   /* the same in its body */
    WIRE_CUT_FINE,   /* fragments as of a message that is scattered, without regard to where messages end */
    WIRE_NUM_CUTTINGS
} wire_cutting;

void wire_put_flight(buffer *b, unsigned minor, const flight *f, wire_cutting cutting);

/* One direction of a TLS 1.3 connection under one traffic secret, for TLS_AES_128_GCM_SHA256. */
typedef struct {
    EVP_CIPHER_CTX *ctx;
    uint8_t secret[32];
    uint8_t iv[12];
    uint64_t number; /* of the next record */
    buffer plain;
} sealer;

/* Starts with record 0. Cheap when the secret is that of the last time. */
void wire_seal_with(sealer *s, OSSL_LIB_CTX *libctx, const uint8_t secret[32]);
void wire_seal_record(sealer *s, buffer *b, unsigned content_type, cauth_bytes content);
void wire_seal_handshake(sealer *s, buffer *b, unsigned type, cauth_bytes body, int scattered);
void wire_seal_flight(sealer *s, buffer *b, const flight *f, wire_cutting cutting);
void wire_seal_free(sealer *s);
#define WIRE_SEAL_OVERHEAD ((size_t)17) /* content type and tag */

/* What the peer of a connection up to TLS 1.2 sends after its Finished, for TLS_RSA_WITH_NULL_SHA: each record has a
 * MAC behind it. */
typedef struct {
    OSSL_LIB_CTX *libctx;
    uint8_t key[20];
    uint64_t number; /* of the next record */
    buffer text;     /* that a MAC is over */
} macer;

void wire_mac_with(macer *m, OSSL_LIB_CTX *libctx, SSL *ssl);

/* A record with this header but for the length. */
void wire_mac_record(macer *m, buffer *b, const uint8_t header[5], cauth_bytes content);

/* The start of a record, which is not all there. False when a length with the MAC is more than a header can say. */
bool wire_mac_start(buffer *b, cauth_bytes start);
void wire_mac_free(macer *m);
#define WIRE_MAC_OVERHEAD ((size_t)20)

#endif
