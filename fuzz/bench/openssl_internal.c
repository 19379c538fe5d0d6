#include "openssl_internal.h"

#include <stdio.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

/* ssl/packet_local.h and ssl/statem/statem_local.h of OpenSSL 3.0 and 3.1. The result is 0 for an error. */
typedef struct {
    const unsigned char *curr;
    size_t remaining;
} PACKET;

int tls_process_certificate_request(SSL *s, PACKET *pkt);
int tls_process_server_certificate(SSL *s, PACKET *pkt);
int tls_process_client_certificate(SSL *s, PACKET *pkt);

static SSL_CTX *client;
static SSL_CTX *server;
static bool chain_seen;
static const describe_sink *to; /* NULL: nothing is to be shown */

/* --- fields --- */

static void show_chain(const STACK_OF(X509) * chain)
{
    for (int i = 0; to != NULL && i < sk_X509_num(chain); i++) {
        unsigned char *der = NULL;
        int len = i2d_X509(sk_X509_value(chain, i), &der);
        to->span(to->user, CAUTH_FIELD_ASN1_CERT, (cauth_bytes){ der, len > 0 ? (size_t)len : 0 });
        OPENSSL_free(der);
    }
}

static void show_request(SSL *ssl)
{
    const unsigned char *types;
    size_t num_types = (size_t)SSL_get0_certificate_types(ssl, &types);
    for (size_t i = 0; i < num_types; i++)
        to->number(to->user, CAUTH_FIELD_CERTIFICATE_TYPES, types[i]);
    int num_schemes = SSL_get_sigalgs(ssl, -1, NULL, NULL, NULL, NULL, NULL);
    for (int i = 0; i < num_schemes; i++) {
        unsigned char signature;
        unsigned char hash;
        SSL_get_sigalgs(ssl, i, NULL, NULL, NULL, &signature, &hash);
        to->number(to->user, CAUTH_FIELD_SUPPORTED_SIGNATURE_ALGORITHMS, hash * 256u + signature);
    }
    const STACK_OF(X509_NAME) *names = SSL_get0_peer_CA_list(ssl);
    for (int i = 0; i < sk_X509_NAME_num(names); i++) {
        const unsigned char *der = NULL;
        size_t len = 0;
        if (X509_NAME_get0_der(sk_X509_NAME_value(names, i), &der, &len) == 1)
            to->span(to->user, CAUTH_FIELD_DISTINGUISHED_NAME, (cauth_bytes){ der, len });
    }
}

/* --- the functions --- */

/* Called once a client's certificates are decoded. 0 ends it there, as in the oracle. */
static int take_chain(X509_STORE_CTX *store, void *arg)
{
    (void)arg;
    chain_seen = true;
    show_chain(X509_STORE_CTX_get0_untrusted(store));
    return 0;
}

static SSL *connection(SSL_CTX *ctx)
{
    SSL *ssl = SSL_new(ctx);
    SSL_SESSION *session = SSL_SESSION_new();
    SSL_set_bio(ssl, BIO_new(BIO_s_null()), BIO_new(BIO_s_null()));
    if (ctx == server)
        SSL_set_accept_state(ssl);
    else
        SSL_set_connect_state(ssl);
    SSL_set_session(ssl, session);
    SSL_SESSION_free(session);
    return ssl;
}

static bool run(SSL_CTX *ctx, int (*process)(SSL *, PACKET *), cauth_bytes body, const describe_sink *sink)
{
    PACKET packet = { body.len > 0 ? body.ptr : (const uint8_t *)"", body.len };
    SSL *ssl = connection(ctx);
    chain_seen = false;
    to = sink;
    bool accepted = process(ssl, &packet) != 0 || chain_seen;
    if (accepted && sink != NULL && process == tls_process_certificate_request)
        show_request(ssl);
    if (accepted && process == tls_process_server_certificate)
        show_chain(SSL_get_peer_cert_chain(ssl));
    SSL_free(ssl);
    ERR_clear_error();
    return accepted;
}

static bool request(cauth_bytes body, const describe_sink *sink)
{
    return run(client, tls_process_certificate_request, body, sink);
}

static bool server_certificate(cauth_bytes body, const describe_sink *sink)
{
    return run(client, tls_process_server_certificate, body, sink);
}

static bool client_certificate(cauth_bytes body, const describe_sink *sink)
{
    return run(server, tls_process_client_certificate, body, sink);
}

openssl_internal_fn *openssl_internal_find(const char *message)
{
    if (strcmp(message, "certreq_tls12") == 0)
        return request;
    if (strcmp(message, "cert_tls12_server") == 0)
        return server_certificate;
    if (strcmp(message, "cert_tls12_client") == 0)
        return client_certificate;
    return NULL;
}

#define BYTES(string) ((cauth_bytes){ (const uint8_t *)(string), sizeof(string) - 1 })

/* Verdicts of the public way, on messages that take each of its branches. */
static bool known_messages_hold(void)
{
    /* version 1, serial 1, from ca to me, 2020 to 2040, an RSA key of 16 bits, the signature "sig" */
#define CERTIFICATE                                                                                                    \
    "\x30\x81\x88\x30\x71\x02\x01\x01\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b\x05\x00\x30\x0d\x31\x0b\x30" \
    "\x09\x06\x03\x55\x04\x03\x0c\x02\x63\x61\x30\x1e\x17\x0d\x32\x30\x30\x31\x30\x31\x30\x30\x30\x30\x30\x30\x5a\x17" \
    "\x0d\x34\x30\x30\x31\x30\x31\x30\x30\x30\x30\x30\x30\x5a\x30\x0d\x31\x0b\x30\x09\x06\x03\x55\x04\x03\x0c\x02\x6d" \
    "\x65\x30\x1f\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00\x03\x0e\x00\x30\x0b\x02\x04\x00\xc3\x05" \
    "\x07\x02\x03\x01\x00\x01\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b\x05\x00\x03\x04\x00\x73\x69\x67"
    static const struct {
        openssl_internal_fn *read;
        cauth_bytes body;
        bool accepted;
    } known[] = {
        { request, BYTES("\x01\x01\x00\x02\x04\x01\x00\x00"), true },
        { request, BYTES("\x00\x00\x02\x04\x01\x00\x00"), true },
        { request, BYTES("\x01\x01\x00\x03\x04\x01\x04\x00\x00"), false },
        { request, BYTES("\x01\x01\x00\x02\x04\x01\x00\x04\x00\x02\x30\x00"), true },
        { request, BYTES("\x01\x01\x00\x02\x04\x01\x00\x04\x00\x02\x05\x00"), false },
        { request, BYTES("\x01\x01\x00\x02\x04\x01\x00\x00\x00"), false },
        { server_certificate, BYTES("\x00\x00\x8e\x00\x00\x8b" CERTIFICATE), true },
        { server_certificate, BYTES("\x00\x00\x8e\x00\x00\x8b" CERTIFICATE "\x00"), false },
        { server_certificate,
          BYTES("\x00\x00\x06\x00\x00\x03"
                "abc"),
          false },
        { server_certificate, BYTES("\x00\x00\x00"), false },
        { client_certificate, BYTES("\x00\x00\x8e\x00\x00\x8b" CERTIFICATE), true },
        { client_certificate,
          BYTES("\x00\x00\x06\x00\x00\x03"
                "abc"),
          false },
        { client_certificate, BYTES("\x00\x00\x00"), true },
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (known[i].read(known[i].body, NULL) != known[i].accepted) {
            fprintf(stderr, "cauth-bench: known message %zu: libssl.a does not read it as it should\n", i);
            return false;
        }
    return true;
}

bool openssl_internal_start(void)
{
    if (OPENSSL_version_major() != 3 || OPENSSL_version_minor() > 1) {
        fprintf(stderr, "cauth-bench: internal functions are known of OpenSSL 3.0 and 3.1 only\n");
        return false;
    }
    client = SSL_CTX_new(TLS_client_method());
    server = SSL_CTX_new(TLS_server_method());
    if (client == NULL || server == NULL)
        return false;
    SSL_CTX_set_verify(server, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_cert_verify_callback(server, take_chain, NULL);
    return known_messages_hold();
}

void openssl_internal_end(void)
{
    SSL_CTX_free(client);
    SSL_CTX_free(server);
    client = NULL;
    server = NULL;
}
