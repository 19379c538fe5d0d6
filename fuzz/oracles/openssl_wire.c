#include "openssl_wire.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/ssl.h>

#include "digest.h"
#include "random.h"

void wire_fail(const char *what)
{
    fprintf(stderr, "OpenSSL: %s failed\n", what);
    ERR_print_errors_fp(stderr);
    abort();
}

void *wire_grow(void *ptr, size_t *cap, size_t len, size_t more, size_t size)
{
    if (*cap - len >= more)
        return ptr;
    *cap = 2 * *cap + more;
    ptr = realloc(ptr, *cap * size);
    if (ptr == NULL)
        wire_fail("realloc");
    return ptr;
}

void wire_put(buffer *b, const void *p, size_t len)
{
    if (len == 0)
        return;
    b->ptr = wire_grow(b->ptr, &b->cap, b->len, len, 1);
    memcpy(b->ptr + b->len, p, len);
    b->len += len;
}

void wire_free(buffer *b)
{
    free(b->ptr);
    memset(b, 0, sizeof *b);
}

/* How a message, or a flight, is cut. */
typedef struct {
    bool scattered;
    size_t border; /* where a fragment ends, whatever else is; 0 for nowhere */
    random_source source;
} cut;

static cut cut_init(cauth_bytes body, int scattered)
{
    cut c = { scattered != 0, 0, random_init(scattered ? digest_octets(1, body) : 1) };
    return c;
}

/* The fragment that begins at `pos` of `total` bytes. */
static size_t cut_next(cut *c, size_t pos, size_t total)
{
    size_t fragment = c->scattered ? 1 + random_below(&c->source, 64) : WIRE_MAX_FRAGMENT;
    size_t end = pos < c->border ? c->border : total;
    return end - pos < fragment ? end - pos : fragment;
}

/* RFC 5246 §6.2.1 lets records of other types come between the fragments of a message. Five warnings in a row would be
 * too many for OpenSSL; with a fragment after each they are not in a row. */
static bool cut_wants_alert(cut *c)
{
    return c->scattered && random_below(&c->source, 8) == 0;
}

/* The message in one piece: its header, then its body. */
static void put_message(buffer *b, unsigned type, cauth_bytes body)
{
    const uint8_t header[4] = { (uint8_t)type, (uint8_t)(body.len >> 16), (uint8_t)(body.len >> 8), (uint8_t)body.len };
    wire_put(b, header, sizeof header);
    wire_put(b, body.ptr, body.len);
}

static void put_record_header(buffer *b, unsigned content_type, unsigned minor, size_t len)
{
    const uint8_t header[5] = { (uint8_t)content_type, 3, (uint8_t)minor, (uint8_t)(len >> 8), (uint8_t)len };
    wire_put(b, header, sizeof header);
}

/* RFC 5246 §6.2.1 lets several messages share a record, and one be cut over several. */
static cut cut_flight(const flight *f, wire_cutting cutting)
{
    enum { HEADER = 4 };
    cauth_bytes message = { f->bytes.ptr + f->start, f->end - f->start };
    cut c = { cutting == WIRE_CUT_FINE, 0, random_init(digest_octets(1, message)) };
    if (cutting == WIRE_CUT_HEADER)
        c.border = f->start + 1 + random_below(&c.source, HEADER);
    else if (cutting == WIRE_CUT_BODY && message.len > HEADER + 1)
        c.border = f->start + HEADER + 1 + random_below(&c.source, (uint32_t)(message.len - HEADER - 1));
    return c;
}

void wire_join(flight *f, unsigned type, cauth_bytes body)
{
    put_message(&f->bytes, type, body);
}

static void put_user_canceled(buffer *b, unsigned minor)
{
    static const uint8_t user_canceled[2] = { 1, 90 };
    put_record_header(b, WIRE_ALERT, minor, sizeof user_canceled);
    wire_put(b, user_canceled, sizeof user_canceled);
}

void wire_put_flight(buffer *b, unsigned minor, const flight *f, wire_cutting cutting)
{
    cut c = cut_flight(f, cutting);
    for (size_t pos = 0; pos < f->bytes.len;) {
        size_t fragment = cut_next(&c, pos, f->bytes.len);
        if (cut_wants_alert(&c))
            put_user_canceled(b, minor);
        put_record_header(b, WIRE_HANDSHAKE, minor, fragment);
        wire_put(b, f->bytes.ptr + pos, fragment);
        pos += fragment;
    }
}

void wire_put_handshake(buffer *b, unsigned minor, unsigned type, cauth_bytes body, int scattered)
{
    cut c = cut_init(body, scattered);
    const uint8_t header[4] = { (uint8_t)type, (uint8_t)(body.len >> 16), (uint8_t)(body.len >> 8), (uint8_t)body.len };
    size_t total = sizeof header + body.len;
    for (size_t pos = 0; pos < total;) {
        size_t fragment = cut_next(&c, pos, total);
        if (cut_wants_alert(&c))
            put_user_canceled(b, minor);
        put_record_header(b, WIRE_HANDSHAKE, minor, fragment);
        for (; fragment > 0 && pos < sizeof header; fragment--)
            wire_put(b, &header[pos++], 1);
        if (fragment > 0)
            wire_put(b, body.ptr + (pos - sizeof header), fragment);
        pos += fragment;
    }
}

/* HKDF-Expand-Label of RFC 8446 §7.1 without a context, for at most one block of SHA-256. */
static void expand_label(OSSL_LIB_CTX *libctx, const uint8_t secret[32], const char *label, uint8_t *out, size_t len)
{
    uint8_t info[64] = { 0, (uint8_t)len };
    uint8_t block[EVP_MAX_MD_SIZE];
    size_t done = 0;
    int labelled = snprintf((char *)info + 3, sizeof info - 3, "tls13 %s", label);
    info[2] = (uint8_t)labelled;
    info[3 + labelled] = 0; /* no context */
    info[4 + labelled] = 1; /* the first block */
    if (EVP_Q_mac(libctx, "HMAC", NULL, "SHA256", NULL, secret, 32, info, (size_t)labelled + 5, block, sizeof block,
                  &done) == NULL)
        wire_fail("EVP_Q_mac");
    memcpy(out, block, len);
}

void wire_seal_with(sealer *s, OSSL_LIB_CTX *libctx, const uint8_t secret[32])
{
    s->number = 0;
    if (s->ctx != NULL && memcmp(s->secret, secret, sizeof s->secret) == 0)
        return;
    uint8_t key[16];
    expand_label(libctx, secret, "key", key, sizeof key);
    expand_label(libctx, secret, "iv", s->iv, sizeof s->iv);
    EVP_CIPHER *cipher = EVP_CIPHER_fetch(libctx, "AES-128-GCM", NULL);
    EVP_CIPHER_CTX_free(s->ctx);
    s->ctx = EVP_CIPHER_CTX_new();
    if (cipher == NULL || s->ctx == NULL || EVP_EncryptInit_ex2(s->ctx, cipher, key, NULL, NULL) != 1)
        wire_fail("EVP_EncryptInit_ex2");
    EVP_CIPHER_free(cipher);
    memcpy(s->secret, secret, sizeof s->secret);
}

void wire_seal_record(sealer *s, buffer *b, unsigned content_type, cauth_bytes content)
{
    uint8_t nonce[12];
    uint8_t tag[16];
    const uint8_t type = (uint8_t)content_type;
    int done;
    memcpy(nonce, s->iv, sizeof nonce);
    for (unsigned i = 0; i < 8; i++)
        nonce[11 - i] ^= (uint8_t)(s->number >> (8 * i));
    s->number++;
    put_record_header(b, 23, 3, content.len + WIRE_SEAL_OVERHEAD);
    size_t aad = b->len - 5;
    b->ptr = wire_grow(b->ptr, &b->cap, b->len, content.len + WIRE_SEAL_OVERHEAD, 1);
    uint8_t *out = b->ptr + b->len;
    if (EVP_EncryptInit_ex2(s->ctx, NULL, NULL, nonce, NULL) != 1 ||
        EVP_EncryptUpdate(s->ctx, NULL, &done, b->ptr + aad, 5) != 1 ||
        (content.len > 0 && EVP_EncryptUpdate(s->ctx, out, &done, content.ptr, (int)content.len) != 1) ||
        EVP_EncryptUpdate(s->ctx, out + content.len, &done, &type, 1) != 1 ||
        EVP_EncryptFinal_ex(s->ctx, out + content.len + 1, &done) != 1 ||
        EVP_CIPHER_CTX_ctrl(s->ctx, EVP_CTRL_AEAD_GET_TAG, sizeof tag, tag) != 1)
        wire_fail("sealing a record");
    memcpy(out + content.len + 1, tag, sizeof tag);
    b->len += content.len + WIRE_SEAL_OVERHEAD;
}

void wire_seal_handshake(sealer *s, buffer *b, unsigned type, cauth_bytes body, int scattered)
{
    cut c = cut_init(body, scattered);
    s->plain.len = 0;
    put_message(&s->plain, type, body);
    for (size_t pos = 0; pos < s->plain.len;) {
        size_t fragment = cut_next(&c, pos, s->plain.len);
        wire_seal_record(s, b, WIRE_HANDSHAKE, (cauth_bytes){ s->plain.ptr + pos, fragment });
        pos += fragment;
    }
}

void wire_seal_flight(sealer *s, buffer *b, const flight *f, wire_cutting cutting)
{
    cut c = cut_flight(f, cutting);
    for (size_t pos = 0; pos < f->bytes.len;) {
        size_t fragment = cut_next(&c, pos, f->bytes.len);
        wire_seal_record(s, b, WIRE_HANDSHAKE, (cauth_bytes){ f->bytes.ptr + pos, fragment });
        pos += fragment;
    }
}

void wire_seal_free(sealer *s)
{
    EVP_CIPHER_CTX_free(s->ctx);
    wire_free(&s->plain);
    memset(s, 0, sizeof *s);
}

/* The key block of RFC 5246 §6.3: the key of the client's MAC, then that of the server's. */
void wire_mac_with(macer *m, OSSL_LIB_CTX *libctx, SSL *ssl)
{
    static char label[] = "key expansion";
    unsigned char master[48];
    unsigned char server_random[32];
    unsigned char client_random[32];
    uint8_t block[2 * sizeof m->key];
    char *digest = SSL_version(ssl) == TLS1_2_VERSION ? "SHA256" : "MD5-SHA1";
    EVP_KDF *prf = EVP_KDF_fetch(libctx, "TLS1-PRF", NULL);
    EVP_KDF_CTX *kdf = EVP_KDF_CTX_new(prf);
    if (kdf == NULL || SSL_SESSION_get_master_key(SSL_get_session(ssl), master, sizeof master) != sizeof master ||
        SSL_get_server_random(ssl, server_random, 32) != 32 || SSL_get_client_random(ssl, client_random, 32) != 32)
        wire_fail("the secrets of a connection");
    const OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SECRET, master, sizeof master),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SEED, label, sizeof label - 1),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SEED, server_random, sizeof server_random),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SEED, client_random, sizeof client_random),
        OSSL_PARAM_construct_end(),
    };
    if (EVP_KDF_derive(kdf, block, sizeof block, params) != 1)
        wire_fail("EVP_KDF_derive");
    m->libctx = libctx;
    m->number = 1; /* Finished was 0 */
    memcpy(m->key, block + (SSL_is_server(ssl) ? 0 : sizeof m->key), sizeof m->key);
    EVP_KDF_CTX_free(kdf);
    EVP_KDF_free(prf);
}

static void put_longer_header(buffer *b, const uint8_t header[5], size_t len)
{
    const uint8_t longer[5] = { header[0], header[1], header[2], (uint8_t)(len >> 8), (uint8_t)len };
    wire_put(b, longer, sizeof longer);
}

/* The MAC of RFC 5246 §6.2.3.1: over the number of the record, its header, and its content. */
void wire_mac_record(macer *m, buffer *b, const uint8_t header[5], cauth_bytes content)
{
    buffer *text = &m->text;
    uint8_t mac[WIRE_MAC_OVERHEAD];
    size_t done = 0;
    put_longer_header(b, header, content.len + WIRE_MAC_OVERHEAD);
    wire_put(b, content.ptr, content.len);
    text->len = 0;
    for (unsigned i = 8; i > 0; i--) {
        uint8_t octet = (uint8_t)(m->number >> (8 * (i - 1)));
        wire_put(text, &octet, 1);
    }
    wire_put(text, header, 5);
    wire_put(text, content.ptr, content.len);
    if (EVP_Q_mac(m->libctx, "HMAC", NULL, "SHA1", NULL, m->key, sizeof m->key, text->ptr, text->len, mac, sizeof mac,
                  &done) == NULL)
        wire_fail("EVP_Q_mac");
    wire_put(b, mac, sizeof mac);
    m->number++;
}

bool wire_mac_start(buffer *b, cauth_bytes start)
{
    if (start.len < 5) {
        wire_put(b, start.ptr, start.len);
        return true;
    }
    size_t len = start.ptr[3] * 256u + start.ptr[4] + WIRE_MAC_OVERHEAD;
    if (len > 0xFFFF)
        return false;
    put_longer_header(b, start.ptr, len);
    wire_put(b, start.ptr + 5, start.len - 5);
    return true;
}

void wire_mac_free(macer *m)
{
    wire_free(&m->text);
    memset(m, 0, sizeof *m);
}
