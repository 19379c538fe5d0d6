/* Mbed TLS as server or client: see peer.h. */
#include "peer.h"

#include <mbedtls/ctr_drbg.h>
#include <mbedtls/entropy.h>
#include <mbedtls/error.h>
#include <mbedtls/net_sockets.h>
#include <mbedtls/ssl.h>
#include <mbedtls/ssl_cookie.h>
#include <mbedtls/timing.h>
#include <mbedtls/version.h>

static void need(int result, const char *what)
{
    char why[200];
    if (result == 0)
        return;
    mbedtls_strerror(result, why, sizeof why);
    peer_failed(what, why);
}

static int minor_version(const struct peer *p)
{
    return peer_is(p, "tls10")   ? MBEDTLS_SSL_MINOR_VERSION_1
           : peer_is(p, "tls11") ? MBEDTLS_SSL_MINOR_VERSION_2
                                 : MBEDTLS_SSL_MINOR_VERSION_3;
}

static void handshake(mbedtls_ssl_context *ssl)
{
    int result;
    static const unsigned char who[] = "127.0.0.1";
    do {
        result = mbedtls_ssl_handshake(ssl);
        if (result == MBEDTLS_ERR_SSL_HELLO_VERIFY_REQUIRED) { /* the client comes again, with the cookie */
            need(mbedtls_ssl_session_reset(ssl), "reset");
            need(mbedtls_ssl_set_client_transport_id(ssl, who, sizeof who), "transport id");
            result = MBEDTLS_ERR_SSL_WANT_READ;
        }
    } while (result == MBEDTLS_ERR_SSL_WANT_READ || result == MBEDTLS_ERR_SSL_WANT_WRITE);
    need(result, "handshake");
}

int main(int argc, char **argv)
{
    struct peer p = peer_options(argc, argv);
    bool datagrams = peer_is(&p, "dtls12");
    mbedtls_entropy_context entropy;
    mbedtls_ctr_drbg_context random;
    mbedtls_ssl_config config;
    mbedtls_ssl_context ssl;
    mbedtls_x509_crt trusted;
    mbedtls_x509_crt own;
    mbedtls_x509_crl revoked;
    mbedtls_pk_context key;
    mbedtls_net_context net;
    mbedtls_ssl_cookie_ctx cookies;
    mbedtls_timing_delay_context timer;
    unsigned char bytes[256];
    int got;

    mbedtls_entropy_init(&entropy);
    mbedtls_ctr_drbg_init(&random);
    mbedtls_ssl_config_init(&config);
    mbedtls_ssl_init(&ssl);
    mbedtls_x509_crt_init(&trusted);
    mbedtls_x509_crt_init(&own);
    mbedtls_x509_crl_init(&revoked);
    mbedtls_pk_init(&key);
    mbedtls_net_init(&net);
    mbedtls_ssl_cookie_init(&cookies);
    need(mbedtls_ctr_drbg_seed(&random, mbedtls_entropy_func, &entropy, NULL, 0), "random numbers");
    need(mbedtls_ssl_config_defaults(&config, p.server ? MBEDTLS_SSL_IS_SERVER : MBEDTLS_SSL_IS_CLIENT,
                                     datagrams ? MBEDTLS_SSL_TRANSPORT_DATAGRAM : MBEDTLS_SSL_TRANSPORT_STREAM,
                                     MBEDTLS_SSL_PRESET_DEFAULT),
         "defaults");
    mbedtls_ssl_conf_rng(&config, mbedtls_ctr_drbg_random, &random);
    mbedtls_ssl_conf_min_version(&config, MBEDTLS_SSL_MAJOR_VERSION_3, minor_version(&p));
    mbedtls_ssl_conf_max_version(&config, MBEDTLS_SSL_MAJOR_VERSION_3, minor_version(&p));
    /* a client does not judge here: recordings are about what it is asked for */
    mbedtls_ssl_conf_authmode(&config, p.server && p.require ? MBEDTLS_SSL_VERIFY_REQUIRED
                                       : p.server && p.ask   ? MBEDTLS_SSL_VERIFY_OPTIONAL
                                                             : MBEDTLS_SSL_VERIFY_NONE);
    if (p.ca != NULL) {
        need(mbedtls_x509_crt_parse_file(&trusted, p.ca), p.ca);
        if (p.crl != NULL)
            need(mbedtls_x509_crl_parse_file(&revoked, p.crl), p.crl);
        mbedtls_ssl_conf_ca_chain(&config, &trusted, p.crl != NULL ? &revoked : NULL);
    }
    if (p.cert != NULL) {
        need(mbedtls_x509_crt_parse_file(&own, p.cert), p.cert);
        need(mbedtls_pk_parse_keyfile(&key, p.key, NULL), p.key);
        need(mbedtls_ssl_conf_own_cert(&config, &own, &key), "own certificate");
    }
    need(mbedtls_ssl_cookie_setup(&cookies, mbedtls_ctr_drbg_random, &random), "cookies");
    mbedtls_ssl_conf_dtls_cookies(&config, mbedtls_ssl_cookie_write, mbedtls_ssl_cookie_check, &cookies);
    mbedtls_ssl_conf_read_timeout(&config, (uint32_t)peer_patience_ms(&p));
    need(mbedtls_ssl_setup(&ssl, &config), "setup");
    net.fd = peer_socket(&p);
    if (datagrams) {
        mbedtls_ssl_set_timer_cb(&ssl, &timer, mbedtls_timing_set_delay, mbedtls_timing_get_delay);
        if (p.server)
            need(mbedtls_ssl_set_client_transport_id(&ssl, (const unsigned char *)"127.0.0.1", 10), "transport id");
    }
    mbedtls_ssl_set_bio(&ssl, &net, mbedtls_net_send, mbedtls_net_recv, mbedtls_net_recv_timeout);
    handshake(&ssl);
    peer_connected();
    do
        got = mbedtls_ssl_read(&ssl, bytes, sizeof bytes);
    while (got > 0);
    mbedtls_ssl_close_notify(&ssl);
    return 0;
}
