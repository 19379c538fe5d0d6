/* OpenSSL, from 3.0 up, through its public API alone, in process.
 *
 * Each question is one connection over memory: the handshake as it stands before the message under test, then the
 * message. TLS 1.2 with RSA key exchange needs no asymmetric operation before that point, and nothing random that
 * decides anything: the same bytes get the same answer in every process. Two things are made at start: a key and a
 * certificate, which the server side needs to speak at all and the client side to be shown one. */
#include "oracle.h"

#include "openssl_narrow.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>

#if OPENSSL_VERSION_MAJOR < 3
#error "OpenSSL 3.0 or later is needed"
#endif

#define ALERT 21u
#define HANDSHAKE 22u
#define CLIENT_HELLO 1u
#define SERVER_HELLO 2u
#define CERTIFICATE 11u
#define CERTIFICATE_REQUEST 13u
#define MAX_BODY ((size_t)0xffffff)
#define MAX_FRAGMENT ((size_t)1 << 14)
#define MAX_FIELDS 3u

/* Bytes that grow; never shrinks, so that most messages allocate nothing here. */
typedef struct {
    uint8_t *ptr;
    size_t len;
    size_t cap;
} buffer;

typedef struct {
    oracle_value *ptr;
    size_t len;
    size_t cap;
} values;

/* All there is: built at the first question, given back by end. */
static struct {
    OSSL_LIB_CTX *libctx;
    SSL_CTX *client;
    SSL_CTX *server;
    SSL_CTX *server_required;
    buffer client_hello;  /* the client's first flight, as records */
    buffer server_hello;  /* the server's up to ServerHello */
    buffer server_flight; /* the server's up to its Certificate */
} made;

/* The question being asked and what was seen of it, for the callbacks and for the observation. */
static struct {
    bool stop_at_certificate; /* a certificate list ends the question, accepted */
    bool certificate_seen;
    bool request_seen;
    oracle_alert alert;
    buffer wire;
    values first;
    values second;
    values third;
    oracle_field fields[MAX_FIELDS];
} now;

static void fail(const char *what)
{
    fprintf(stderr, "OpenSSL: %s failed\n", what);
    ERR_print_errors_fp(stderr);
    abort();
}

static void *grow(void *ptr, size_t *cap, size_t len, size_t more, size_t size)
{
    if (*cap - len >= more)
        return ptr;
    *cap = 2 * *cap + more;
    ptr = realloc(ptr, *cap * size);
    if (ptr == NULL)
        fail("realloc");
    return ptr;
}

static void put(buffer *b, const void *p, size_t len)
{
    if (len == 0)
        return;
    b->ptr = grow(b->ptr, &b->cap, b->len, len, 1);
    memcpy(b->ptr + b->len, p, len);
    b->len += len;
}

static void put_value(values *v, cauth_bytes span, uint64_t number, uint8_t cleared_bits)
{
    v->ptr = grow(v->ptr, &v->cap, v->len, 1, sizeof *v->ptr);
    v->ptr[v->len].span = span;
    v->ptr[v->len].number = number;
    v->ptr[v->len].cleared_bits = cleared_bits;
    v->len += 1;
}

/* A handshake message as records: its header, then as many full fragments as it takes. */
static void put_handshake(buffer *b, unsigned type, cauth_bytes body)
{
    uint8_t header[4] = { (uint8_t)type, (uint8_t)(body.len >> 16), (uint8_t)(body.len >> 8), (uint8_t)body.len };
    size_t left = sizeof header + body.len;
    size_t pos = 0; /* in the body */
    bool begun = false;
    while (left > 0) {
        size_t fragment = left < MAX_FRAGMENT ? left : MAX_FRAGMENT;
        uint8_t record[5] = { HANDSHAKE, 3, 3, (uint8_t)(fragment >> 8), (uint8_t)fragment };
        put(b, record, sizeof record);
        left -= fragment;
        if (!begun) {
            put(b, header, sizeof header);
            fragment -= sizeof header;
            begun = true;
        }
        if (fragment > 0)
            put(b, body.ptr + pos, fragment);
        pos += fragment;
    }
}

static int no_client_certificate_yet(SSL *ssl, void *arg)
{
    (void)ssl;
    (void)arg;
    now.request_seen = true;
    return -1; /* suspends the handshake: the request was read to its end and accepted */
}

/* Of a signature, the last part of a certificate and the only one that OpenSSL encodes anew: it clears them. */
static uint8_t unused_bits(const X509 *cert)
{
    const ASN1_BIT_STRING *signature;
    X509_get0_signature(&signature, NULL, cert);
    return ASN1_STRING_length(signature) > 0 ? (uint8_t)(signature->flags & 7) : 0;
}

/* Called when a certificate list was decoded whole. No path is validated. */
static int take_chain(X509_STORE_CTX *store, void *arg)
{
    (void)arg;
    if (!now.stop_at_certificate)
        return 1;
    const STACK_OF(X509) *chain = X509_STORE_CTX_get0_untrusted(store);
    now.certificate_seen = true;
    for (int i = 0; i < sk_X509_num(chain); i++) {
        unsigned char *der = NULL;
        int len = i2d_X509(sk_X509_value(chain, i), &der);
        if (len < 0)
            len = 0;
        put_value(&now.first, (cauth_bytes){ der, (size_t)len }, 0, unused_bits(sk_X509_value(chain, i)));
    }
    SSL *ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
    if (SSL_is_server(ssl))
        return 0;              /* ends the connection; the verdict is known */
    SSL_set_retry_verify(ssl); /* suspends it */
    return 1;
}

static void take_alert(const SSL *ssl, int where, int ret)
{
    (void)ssl;
    uint8_t level = (uint8_t)(ret >> 8);
    uint8_t description = (uint8_t)ret;
    if (where == SSL_CB_WRITE_ALERT) {
        now.alert.level = level;
        now.alert.description = description;
    } else if (where == SSL_CB_READ_ALERT) {
        put_value(&now.first, (cauth_bytes){ NULL, 0 }, level, 0);
        put_value(&now.second, (cauth_bytes){ NULL, 0 }, description, 0);
    }
}

static SSL_CTX *make_ctx(const SSL_METHOD *method)
{
    SSL_CTX *ctx = SSL_CTX_new_ex(made.libctx, NULL, method);
    if (ctx == NULL)
        fail("SSL_CTX_new");
    SSL_CTX_set_security_level(ctx, 0);
    if (SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION) != 1 ||
        SSL_CTX_set_max_proto_version(ctx, TLS1_2_VERSION) != 1 || SSL_CTX_set_cipher_list(ctx, "AES128-SHA") != 1)
        fail("configuring an SSL_CTX");
    SSL_CTX_set_options(ctx, SSL_OP_NO_TICKET);
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_max_cert_list(ctx, (long)MAX_BODY); /* the default, 102 400, is below what the RFC allows */
    SSL_CTX_set_cert_verify_callback(ctx, take_chain, NULL);
    SSL_CTX_set_info_callback(ctx, take_alert);
    return ctx;
}

/* A certificate for the key, by the key. */
static X509 *make_certificate(EVP_PKEY *key)
{
    X509 *cert = X509_new_ex(made.libctx, NULL);
    X509_NAME *name = X509_NAME_new();
    if (cert == NULL || name == NULL ||
        X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)"peer", -1, -1, 0) != 1 ||
        X509_set_version(cert, X509_VERSION_3) != 1 || ASN1_INTEGER_set(X509_get_serialNumber(cert), 1) != 1 ||
        X509_set_issuer_name(cert, name) != 1 || X509_set_subject_name(cert, name) != 1 ||
        X509_gmtime_adj(X509_getm_notBefore(cert), 0) == NULL ||
        X509_gmtime_adj(X509_getm_notAfter(cert), 86400) == NULL || X509_set_pubkey(cert, key) != 1 ||
        X509_sign(cert, key, EVP_sha256()) == 0)
        fail("making a certificate");
    X509_NAME_free(name);
    return cert;
}

static SSL_CTX *make_server(X509 *cert, EVP_PKEY *key, int verify_mode)
{
    SSL_CTX *ctx = make_ctx(TLS_server_method());
    if (SSL_CTX_use_certificate(ctx, cert) != 1 || SSL_CTX_use_PrivateKey(ctx, key) != 1)
        fail("giving the server its certificate");
    SSL_CTX_set_verify(ctx, verify_mode, NULL);
    return ctx;
}

/* version 3.3 · random · no session id · TLS_RSA_WITH_AES_128_CBC_SHA and, from the client, the renegotiation SCSV ·
 * null compression · from the server, an empty renegotiation_info (RFC 5746 §3.4, §3.6) */
static void make_flights(X509 *cert)
{
    static const uint8_t client_tail[] = { 0, 0, 4, 0, 0x2f, 0, 0xff, 1, 0 };
    static const uint8_t server_tail[] = { 0, 0, 0x2f, 0, 0, 5, 0xff, 1, 0, 1, 0 };
    uint8_t hello[2 + 32 + sizeof server_tail] = { 3, 3 };
    memset(hello + 2, 0x5a, 32);
    memcpy(hello + 34, client_tail, sizeof client_tail);
    put_handshake(&made.client_hello, CLIENT_HELLO, (cauth_bytes){ hello, 34 + sizeof client_tail });
    memcpy(hello + 34, server_tail, sizeof server_tail);
    put_handshake(&made.server_hello, SERVER_HELLO, (cauth_bytes){ hello, 34 + sizeof server_tail });

    unsigned char *der = NULL;
    int len = i2d_X509(cert, &der);
    if (len <= 0)
        fail("i2d_X509");
    size_t item = (size_t)len;
    size_t list = item + 3;
    uint8_t prefixes[6] = { (uint8_t)(list >> 16), (uint8_t)(list >> 8), (uint8_t)list,
                            (uint8_t)(item >> 16), (uint8_t)(item >> 8), (uint8_t)item };
    buffer body = { NULL, 0, 0 };
    put(&body, prefixes, sizeof prefixes);
    put(&body, der, item);
    put(&made.server_flight, made.server_hello.ptr, made.server_hello.len);
    put_handshake(&made.server_flight, CERTIFICATE, (cauth_bytes){ body.ptr, body.len });
    free(body.ptr);
    OPENSSL_free(der);
}

static void make_all(void)
{
    if (made.client != NULL)
        return;
    /* No configuration file: what the machine's administrator wants of its servers must not decide a verdict. */
    if (OPENSSL_init_ssl(OPENSSL_INIT_NO_LOAD_CONFIG, NULL) != 1)
        fail("OPENSSL_init_ssl");
    made.libctx = openssl_narrow_new();
    EVP_PKEY *key = EVP_PKEY_Q_keygen(made.libctx, NULL, "RSA", (size_t)1024);
    if (key == NULL)
        fail("EVP_PKEY_Q_keygen");
    X509 *cert = make_certificate(key);
    made.client = make_ctx(TLS_client_method());
    SSL_CTX_set_cert_cb(made.client, no_client_certificate_yet, NULL);
    made.server = make_server(cert, key, SSL_VERIFY_PEER);
    made.server_required = make_server(cert, key, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT);
    make_flights(cert);
    X509_free(cert);
    EVP_PKEY_free(key);
    ERR_clear_error();
}

/* Forgets the last question. Values with a span were allocated by OpenSSL. */
static void begin(void)
{
    for (size_t i = 0; i < now.first.len; i++)
        if (now.stop_at_certificate)
            OPENSSL_free((void *)(uintptr_t)now.first.ptr[i].span.ptr);
    now.first.len = 0;
    now.second.len = 0;
    now.third.len = 0;
    now.wire.len = 0;
    now.stop_at_certificate = false;
    now.certificate_seen = false;
    now.request_seen = false;
    now.alert.level = 0;
    now.alert.description = CAUTH_NO_ALERT;
}

/* One connection that reads the wire to its end. It can be asked for fields until it is freed. */
static SSL *run(SSL_CTX *ctx, bool server)
{
    if (now.wire.len > INT32_MAX)
        fail("a message of more than 2 GB");
    SSL *ssl = SSL_new(ctx);
    BIO *in = BIO_new_mem_buf(now.wire.ptr, (int)now.wire.len);
    BIO *out = BIO_new(BIO_s_null());
    if (ssl == NULL || in == NULL || out == NULL)
        fail("SSL_new");
    BIO_set_mem_eof_return(in, -1); /* the end of the wire is "nothing yet", not the end of the connection */
    SSL_set_bio(ssl, in, out);
    if (server)
        SSL_set_accept_state(ssl);
    else
        SSL_set_connect_state(ssl);
    return ssl;
}

/* What the error queue held. */
typedef struct {
    unsigned long cause; /* its first error, 0 for none */
    unsigned long error; /* the first of the TLS library itself, 0 for none */
} errors;

/* Empties the error queue. */
static errors take_errors(void)
{
    errors found = { ERR_peek_error(), 0 };
    for (unsigned long e = ERR_get_error(); e != 0; e = ERR_get_error())
        if (found.error == 0 && ERR_GET_LIB(e) == ERR_LIB_SSL)
            found.error = e;
    return found;
}

static const char *words_of(unsigned long error)
{
    const char *words = ERR_reason_error_string(error);
    return words == NULL ? "" : words;
}

static void conclude(bool accepted, errors found, oracle_observation *out)
{
    out->verdict = accepted ? ORACLE_ACCEPT : ORACLE_REJECT;
    out->by_policy = !accepted && ERR_GET_REASON(found.error) == SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE;
    out->alert = now.alert;
    out->reason = words_of(found.error);
    out->cause = words_of(found.cause);
    out->fields = now.fields;
    out->num_fields = 0;
}

static void add_field(oracle_observation *out, cauth_field field, bool numbers, const values *v)
{
    oracle_field *f = &now.fields[out->num_fields];
    f->field = field;
    f->numbers = numbers;
    f->num_values = v->len;
    f->values = v->ptr;
    out->num_fields += 1;
}

static cauth_bytes to_bytes(const unsigned char *ptr, size_t len)
{
    return len > 0 ? (cauth_bytes){ ptr, len } : (cauth_bytes){ NULL, 0 };
}

/* What a client makes of a CertificateRequest: after ServerHello and Certificate it reads the message; that it turns to
 * choosing a certificate of its own shows that it accepted. */
static void judge_request(cauth_bytes in, oracle_observation *out)
{
    put(&now.wire, made.server_flight.ptr, made.server_flight.len);
    put_handshake(&now.wire, CERTIFICATE_REQUEST, in);
    SSL *ssl = run(made.client, false);
    (void)SSL_do_handshake(ssl);
    conclude(now.request_seen, take_errors(), out);
    if (now.request_seen) {
        const unsigned char *types;
        size_t num_types = (size_t)SSL_get0_certificate_types(ssl, &types);
        for (size_t i = 0; i < num_types; i++)
            put_value(&now.first, (cauth_bytes){ NULL, 0 }, types[i], 0);
        int num_schemes = SSL_get_sigalgs(ssl, -1, NULL, NULL, NULL, NULL, NULL);
        for (int i = 0; i < num_schemes; i++) {
            unsigned char signature;
            unsigned char hash;
            SSL_get_sigalgs(ssl, i, NULL, NULL, NULL, &signature, &hash);
            put_value(&now.second, (cauth_bytes){ NULL, 0 }, hash * 256u + signature, 0);
        }
        /* The names themselves live in the SSL; their bytes are copied out before it goes. */
        const STACK_OF(X509_NAME) *names = SSL_get0_peer_CA_list(ssl);
        now.wire.len = 0;
        for (int i = 0; i < sk_X509_NAME_num(names); i++) {
            const unsigned char *der;
            size_t len;
            if (X509_NAME_get0_der(sk_X509_NAME_value(names, i), &der, &len) != 1)
                fail("X509_NAME_get0_der");
            put(&now.wire, der, len); /* within what the message itself took: it does not move */
            put_value(&now.third, to_bytes(now.wire.ptr + now.wire.len - len, len), 0, 0);
        }
        add_field(out, CAUTH_FIELD_CERTIFICATE_TYPES, true, &now.first);
        add_field(out, CAUTH_FIELD_SUPPORTED_SIGNATURE_ALGORITHMS, true, &now.second);
        add_field(out, CAUTH_FIELD_DISTINGUISHED_NAME, false, &now.third);
    }
    SSL_free(ssl);
    ERR_clear_error();
}

static void judge_certificate(SSL_CTX *ctx, bool server, const buffer *before, cauth_bytes in, oracle_observation *out)
{
    now.stop_at_certificate = true;
    put(&now.wire, before->ptr, before->len);
    put_handshake(&now.wire, CERTIFICATE, in);
    SSL *ssl = run(ctx, server);
    int ret = SSL_do_handshake(ssl);
    /* A list without certificates ends no question early: whoever can do without one waits for the next message. */
    bool accepted = now.certificate_seen || SSL_get_error(ssl, ret) == SSL_ERROR_WANT_READ;
    conclude(accepted, take_errors(), out);
    if (accepted)
        add_field(out, CAUTH_FIELD_ASN1_CERT, false, &now.first);
    SSL_free(ssl);
    ERR_clear_error();
}

static void judge_client_certificate(cauth_bytes in, oracle_observation *out)
{
    judge_certificate(made.server, true, &made.client_hello, in, out);
}

static void judge_required_certificate(cauth_bytes in, oracle_observation *out)
{
    judge_certificate(made.server_required, true, &made.client_hello, in, out);
}

static void judge_server_certificate(cauth_bytes in, oracle_observation *out)
{
    judge_certificate(made.client, false, &made.server_hello, in, out);
}

/* How far into a stream the library has read. */
typedef struct {
    size_t end; /* of the record it stopped in, or of the stream */
    bool alerts_only;
} reach;

static reach reach_of(cauth_bytes in, size_t pos)
{
    reach r = { 0, true };
    while (r.end < pos && in.len - r.end >= 5) {
        size_t record = 5u + in.ptr[r.end + 3] * 256u + in.ptr[r.end + 4];
        if (in.ptr[r.end] != ALERT)
            r.alerts_only = false;
        r.end = in.len - r.end < record ? in.len : r.end + record;
    }
    if (r.end < pos)
        r.end = in.len;
    return r;
}

/* Records that carry alerts, once the version is settled and before anything is encrypted. Accepted: all were read, or
 * the connection ended as an alert among them asks for. A record of another content type takes the library into its
 * state machine, where the question is another one: unsupported, once it has read that far. */
static void judge_alerts(SSL_CTX *ctx, bool server, const buffer *before, cauth_bytes in, oracle_observation *out)
{
    put(&now.wire, before->ptr, before->len);
    put(&now.wire, in.ptr, in.len);
    SSL *ssl = run(ctx, server);
    int ret = SSL_do_handshake(ssl);
    int error = SSL_get_error(ssl, ret);
    errors found = take_errors();
    bool closed = error == SSL_ERROR_ZERO_RETURN;
    bool ended = error == SSL_ERROR_SSL && ERR_GET_REASON(found.error) >= SSL_AD_REASON_OFFSET;
    reach r = reach_of(in, now.wire.len - before->len - BIO_ctrl_pending(SSL_get_rbio(ssl)));
    conclude(error == SSL_ERROR_WANT_READ || closed || ended, found, out);
    out->judged = r.end;
    if (!r.alerts_only) {
        out->verdict = ORACLE_UNSUPPORTED;
    } else if (out->verdict == ORACLE_ACCEPT) {
        add_field(out, CAUTH_FIELD_ALERT_LEVEL, true, &now.first);
        add_field(out, CAUTH_FIELD_ALERT_DESCRIPTION, true, &now.second);
    }
    SSL_free(ssl);
    ERR_clear_error();
}

static void judge_alerts_to_server(cauth_bytes in, oracle_observation *out)
{
    judge_alerts(made.server, true, &made.client_hello, in, out);
}

static void judge_alerts_to_client(cauth_bytes in, oracle_observation *out)
{
    judge_alerts(made.client, false, &made.server_hello, in, out);
}

typedef struct {
    const char *message;
    void (*judge)(cauth_bytes in, oracle_observation *out);
} way;

static void judge_by(const way *ways, size_t num, const message *m, cauth_bytes in, oracle_observation *out)
{
    make_all();
    begin();
    memset(out, 0, sizeof *out);
    out->verdict = ORACLE_UNSUPPORTED;
    out->alert = now.alert;
    out->reason = out->cause = "";
    if (m->form == MESSAGE_BODY && in.len > MAX_BODY)
        return;
    for (size_t i = 0; i < num; i++)
        if (strcmp(ways[i].message, m->name) == 0)
            ways[i].judge(in, out);
}

static void judge(const message *m, cauth_bytes in, oracle_observation *out)
{
    static const way ways[] = {
        { "certreq_tls12", judge_request },
        { "cert_tls12_client", judge_client_certificate },
        { "cert_tls12_server", judge_server_certificate },
        { "alert_tls12_client", judge_alerts_to_server },
        { "alert_tls12_server", judge_alerts_to_client },
    };
    judge_by(ways, sizeof ways / sizeof ways[0], m, in, out);
}

static void judge_required(const message *m, cauth_bytes in, oracle_observation *out)
{
    static const way ways[] = { { "cert_tls12_client", judge_required_certificate } };
    judge_by(ways, sizeof ways / sizeof ways[0], m, in, out);
}

static const char *version(void)
{
    return OpenSSL_version(OPENSSL_VERSION);
}

static uint32_t version_number(void)
{
    return ORACLE_VERSION(OPENSSL_version_major(), OPENSSL_version_minor(), OPENSSL_version_patch());
}

static void end(void)
{
    begin();
    SSL_CTX_free(made.client);
    SSL_CTX_free(made.server);
    SSL_CTX_free(made.server_required);
    openssl_narrow_free(made.libctx);
    free(made.client_hello.ptr);
    free(made.server_hello.ptr);
    free(made.server_flight.ptr);
    free(now.wire.ptr);
    free(now.first.ptr);
    free(now.second.ptr);
    free(now.third.ptr);
    memset(&made, 0, sizeof made);
    memset(&now, 0, sizeof now);
}

const oracle oracle_openssl = { "openssl", "openssl", version, version_number, judge, end };
const oracle oracle_openssl_required = { "openssl_required", "openssl", version, version_number, judge_required, end };
