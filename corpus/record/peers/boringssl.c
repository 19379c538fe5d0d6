/* BoringSSL, as Android's packages in Debian have it, as server or client: see peer.h. */
#include "peer.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/bytestring.h>
#include <openssl/pool.h>
#include <openssl/x509.h>
#include <zlib.h>

static FILE *key_log;

static void need(bool well, const char *what)
{
    char why[200];
    if (well)
        return;
    ERR_error_string_n(ERR_get_error(), why, sizeof why);
    peer_failed(what, why);
}

static void log_keys(const SSL *ssl, const char *line)
{
    (void)ssl;
    fprintf(key_log, "%s\n", line);
    fflush(key_log);
}

static int deflated(SSL *ssl, CBB *out, const uint8_t *in, size_t len)
{
    uLongf size = compressBound(len);
    uint8_t *space;
    (void)ssl;
    return CBB_reserve(out, &space, size) && compress(space, &size, in, len) == Z_OK && CBB_did_write(out, size);
}

static int inflated(SSL *ssl, CRYPTO_BUFFER **out, size_t len, const uint8_t *in, size_t in_len)
{
    uLongf size = len;
    uint8_t *space;
    (void)ssl;
    *out = CRYPTO_BUFFER_alloc(&space, len);
    return *out != NULL && uncompress(space, &size, in, in_len) == Z_OK && size == len;
}

static uint16_t version_of(const struct peer *p)
{
    return peer_is(p, "tls10")   ? TLS1_VERSION
           : peer_is(p, "tls11") ? TLS1_1_VERSION
           : peer_is(p, "tls12") ? TLS1_2_VERSION
           : peer_is(p, "tls13") ? TLS1_3_VERSION
                                 : DTLS1_2_VERSION;
}

int main(int argc, char **argv)
{
    struct peer p = peer_options(argc, argv);
    SSL_CTX *ctx = SSL_CTX_new(peer_is(&p, "dtls12") ? DTLS_method() : TLS_method());
    SSL *ssl;
    char bytes[256];
    int s;
    need(ctx != NULL && SSL_CTX_set_min_proto_version(ctx, version_of(&p)) &&
             SSL_CTX_set_max_proto_version(ctx, version_of(&p)),
         p.version);
    if (p.keys != NULL) {
        key_log = fopen(p.keys, "a");
        need(key_log != NULL, p.keys);
        SSL_CTX_set_keylog_callback(ctx, log_keys);
    }
    if (p.cert != NULL)
        need(SSL_CTX_use_certificate_chain_file(ctx, p.cert) &&
                 SSL_CTX_use_PrivateKey_file(ctx, p.key, SSL_FILETYPE_PEM),
             p.cert);
    if (p.server && p.ca != NULL)
        need(SSL_CTX_load_verify_locations(ctx, p.ca, NULL), p.ca);
    if (p.crl != NULL) {
        X509_STORE *store = SSL_CTX_get_cert_store(ctx);
        X509_LOOKUP *lookup = X509_STORE_add_lookup(store, X509_LOOKUP_file());
        need(lookup != NULL && X509_load_crl_file(lookup, p.crl, X509_FILETYPE_PEM) > 0, p.crl);
        X509_STORE_set_flags(store, X509_V_FLAG_CRL_CHECK);
    }
    if (p.compress)
        need(SSL_CTX_add_cert_compression_alg(ctx, TLSEXT_cert_compression_zlib, deflated, inflated), "compression");
    if (p.ask) {
        SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER | (p.require ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0), NULL);
        SSL_CTX_set_client_CA_list(ctx, SSL_load_client_CA_file(p.ca));
    }
    ssl = SSL_new(ctx);
    s = peer_socket(&p);
    SSL_set_fd(ssl, s);
    need((p.server ? SSL_accept(ssl) : SSL_connect(ssl)) == 1, "handshake");
    peer_connected();
    peer_limit(&p, s);
    while (peer_readable(&p, s) && SSL_read(ssl, bytes, sizeof bytes) > 0)
        ;
    SSL_shutdown(ssl);
    return 0;
}
