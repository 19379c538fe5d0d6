/* wolfSSL as server or client: see peer.h. */
#include <wolfssl/options.h>

#include <wolfssl/ssl.h>

#include "peer.h"

static void need(bool well, const char *what)
{
    if (!well)
        peer_failed(what, wolfSSL_ERR_reason_error_string(wolfSSL_ERR_get_error()));
}

static WOLFSSL_METHOD *method(const struct peer *p)
{
    if (peer_is(p, "tls11"))
        return p->server ? wolfTLSv1_1_server_method() : wolfTLSv1_1_client_method();
    if (peer_is(p, "tls12"))
        return p->server ? wolfTLSv1_2_server_method() : wolfTLSv1_2_client_method();
    if (peer_is(p, "tls13"))
        return p->server ? wolfTLSv1_3_server_method() : wolfTLSv1_3_client_method();
    return p->server ? wolfDTLSv1_2_server_method() : wolfDTLSv1_2_client_method();
}

int main(int argc, char **argv)
{
    struct peer p = peer_options(argc, argv);
    WOLFSSL_CTX *ctx;
    WOLFSSL *ssl;
    char bytes[256];
    int s;
    int result;
    wolfSSL_Init();
    ctx = wolfSSL_CTX_new(method(&p));
    need(ctx != NULL, p.version);
    if (p.cert != NULL)
        need(wolfSSL_CTX_use_certificate_chain_file(ctx, p.cert) == WOLFSSL_SUCCESS &&
                 wolfSSL_CTX_use_PrivateKey_file(ctx, p.key, WOLFSSL_FILETYPE_PEM) == WOLFSSL_SUCCESS,
             p.cert);
    if (p.server && p.ca != NULL)
        need(wolfSSL_CTX_load_verify_locations(ctx, p.ca, NULL) == WOLFSSL_SUCCESS, p.ca);
    if (p.ask) {
        wolfSSL_CTX_set_verify(ctx, WOLFSSL_VERIFY_PEER | (p.require ? WOLFSSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0), NULL);
        wolfSSL_CTX_set_client_CA_list(ctx, wolfSSL_load_client_CA_file(p.ca));
    } else {
        wolfSSL_CTX_set_verify(ctx, WOLFSSL_VERIFY_NONE, NULL);
    }
    if (p.post && !p.server)
        wolfSSL_CTX_allow_post_handshake_auth(ctx);
    ssl = wolfSSL_new(ctx);
    need(ssl != NULL, "wolfSSL_new");
    s = peer_socket(&p);
    wolfSSL_set_fd(ssl, s);
    result = p.server ? wolfSSL_accept(ssl) : wolfSSL_connect(ssl);
    if (result != WOLFSSL_SUCCESS)
        peer_failed("handshake", wolfSSL_ERR_reason_error_string((unsigned long)wolfSSL_get_error(ssl, result)));
    peer_connected();
    if (p.post && p.server) {
        wolfSSL_set_verify(ssl, WOLFSSL_VERIFY_PEER, NULL);
        need(wolfSSL_request_certificate(ssl) == WOLFSSL_SUCCESS, "request after the handshake");
        wolfSSL_write(ssl, "\n", 1); /* with which the request is sent */
    }
    peer_limit(&p, s);
    while (peer_readable(&p, s) && wolfSSL_read(ssl, bytes, sizeof bytes) > 0)
        ;
    wolfSSL_shutdown(ssl);
    return 0;
}
