/* OpenSSL, from 3.0 up, through its public API alone, in process.
 *
 * Each question is one connection over memory: the handshake as it stands before the message under test, then the
 * message. Nothing in it is left to chance (openssl_narrow.h): the same bytes get the same answer, and the same bytes
 * back, in every process. Up to TLS 1.2, RSA key exchange leads to the message without an asymmetric operation. In TLS
 * 1.3 the library's key log gives the secret under which the message is sealed. */
#include "oracle.h"

#include "cauth/extension.h"
#include "digest.h"
#include "openssl_alike.h"
#include "openssl_narrow.h"
#include "openssl_wire.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/ct.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/rsa.h>
#include <openssl/ssl.h>
#include <openssl/sslerr.h>
#include <openssl/tls1.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>

#if OPENSSL_VERSION_MAJOR < 3
#error "OpenSSL 3.0 or later is needed"
#endif

#define CLIENT_HELLO 1u
#define SERVER_HELLO 2u
#define NEW_SESSION_TICKET 4u
#define ENCRYPTED_EXTENSIONS 8u
#define CERTIFICATE 11u
#define CERTIFICATE_REQUEST 13u
#define SERVER_HELLO_DONE 14u
#define CERTIFICATE_VERIFY 15u
#define CLIENT_KEY_EXCHANGE 16u
#define COMPRESSED_CERTIFICATE 25u
#define MAX_FIELDS 18u
#define SECRET 32u
#define REQUEST_CONTEXT 32u            /* bytes of the context that a server asks with after the handshake */
#define MAX_NAME ((size_t)1024 * 1024) /* longer ones OpenSSL does not look into */
#define RSA_BITS 512                   /* short: a client's key exchange is decrypted with it */
#define NUM(array) (sizeof(array) / sizeof((array)[0]))

/* What the library is in a question. */
typedef enum { CLIENT, SERVER, SERVER_REQUIRED, NUM_ROLES } role;

/* TLS 1.0 to 1.3 by their minor version number. */
#define NUM_MINORS 5u
#define TLS12 3u
#define TLS13 4u

/* All there is: built at the first question, given back by end. */
static struct {
    OSSL_LIB_CTX *libctx;
    SSL_CTX *ctx[NUM_ROLES][NUM_MINORS];
    buffer hello[NUM_ROLES][NUM_MINORS]; /* to a client ServerHello, to a server ClientHello, as records */
    buffer hello_of_raw_key[NUM_MINORS]; /* a ClientHello that offers a raw public key, from TLS 1.2 on */
    buffer rsa_certificate;              /* bodies of Certificate up to TLS 1.2 */
    buffer ec_certificate;
    buffer rsa_certificate13; /* and of TLS 1.3 */
    buffer ec_certificate13;
    buffer handshake[2][NUM_MINORS]; /* all that a peer sends to a client or a server, up to its Finished */
    sealer sealer;
    macer macer;
} made;

/* A field of the observation as it is collected: spans are places in now.bytes until the end. */
typedef struct {
    cauth_field field;
    bool numbers;
    oracle_value *ptr;
    size_t len;
    size_t cap;
} values;

/* The question being asked and what was seen of it, for the callbacks and for the observation. */
static struct {
    bool stop_at_certificate; /* a certificate list ends the question, accepted */
    bool about_alerts;        /* alerts are what is asked about */
    bool goes_on;             /* a client answers a request, without a certificate, and goes on with the handshake */
    bool about_extensions;    /* extensions come in what is asked about */
    bool certificate_read;    /* a whole list of them */
    bool certificate_seen;    /* the same, and it is what was asked about */
    bool request_seen;
    unsigned asked; /* the type of the message that is asked about */
    oracle_alert alert;
    bool has_handshake_secret;
    bool has_traffic_secret;
    uint8_t handshake_secret[SECRET]; /* of the peer of the library */
    uint8_t traffic_secret[SECRET];
    buffer wire;
    buffer bytes;
    buffer written;      /* by the library */
    buffer context;      /* of a server's request, with its length before it */
    buffer body;         /* of a message that is not sent as it is */
    cauth_bytes raw_key; /* where it stands in what is asked about */
    flight flight;       /* messages that share records */
    values values[MAX_FIELDS];
    size_t num_values;
    oracle_field fields[MAX_FIELDS];
} now;

/* --- fields --- */

static values *values_of(cauth_field field, bool numbers)
{
    for (size_t i = 0; i < now.num_values; i++)
        if (now.values[i].field == field)
            return &now.values[i];
    if (now.num_values == MAX_FIELDS)
        wire_fail("a field too many");
    values *v = &now.values[now.num_values++];
    v->field = field;
    v->numbers = numbers;
    v->len = 0;
    return v;
}

static oracle_value *put_value(values *v, size_t len, uint64_t number)
{
    v->ptr = wire_grow(v->ptr, &v->cap, v->len, 1, sizeof *v->ptr);
    v->ptr[v->len] = (oracle_value){ .span = { NULL, len }, .number = number };
    return &v->ptr[v->len++];
}

static void put_number(cauth_field field, uint64_t number)
{
    (void)put_value(values_of(field, true), 0, number);
}

static oracle_value *put_span(cauth_field field, const uint8_t *ptr, size_t len)
{
    size_t at = now.bytes.len;
    wire_put(&now.bytes, ptr, len);
    return put_value(values_of(field, false), len, at);
}

/* A list of 16-bit numbers. */
static void put_u16s(cauth_field field, const uint8_t *ptr, size_t len)
{
    (void)values_of(field, true);
    for (size_t i = 0; i + 2 <= len; i += 2)
        put_number(field, ptr[i] * 256u + ptr[i + 1]);
}

/* Whether OpenSSL looks at extensions of this type at all: of others it shows nothing. */
static bool is_known_extension(uint64_t type)
{
#ifdef OPENSSL_NO_COMP_ALG
    if (type == CAUTH_EXT_COMPRESS_CERTIFICATE)
        return false;
#endif
    return SSL_extension_supported((unsigned)type) == 1 || type == TLSEXT_TYPE_signature_algorithms_cert;
}

static void give_fields(oracle_observation *out)
{
    for (size_t i = 0; i < now.num_values; i++) {
        values *v = &now.values[i];
        for (size_t j = 0; !v->numbers && j < v->len; j++) {
            if (v->ptr[j].span.len > 0)
                v->ptr[j].span.ptr = now.bytes.ptr + v->ptr[j].number;
            v->ptr[j].number = 0;
        }
        now.fields[i] = (oracle_field){ v->field, v->numbers, v->len, v->ptr,
                                        v->field == CAUTH_FIELD_EXTENSION_TYPE ? is_known_extension : NULL };
    }
    out->fields = now.fields;
    out->num_fields = now.num_values;
}

/* --- callbacks --- */

static int no_client_certificate_yet(SSL *ssl, void *arg)
{
    (void)arg;
    now.request_seen = true;
    /* Up to TLS 1.2 this suspends the handshake: the request was read to its end and accepted. In TLS 1.3 the answer
     * shows the context: it is given, without a certificate. */
    return SSL_version(ssl) == TLS1_3_VERSION || now.about_alerts || now.goes_on ? 1 : -1;
}

/* Unused bits of the signature, the last part of a certificate: OpenSSL clears them. */
static uint8_t unused_bits(const X509 *cert)
{
    const ASN1_BIT_STRING *signature;
    X509_get0_signature(&signature, NULL, cert);
#if OPENSSL_VERSION_MAJOR >= 4
    size_t length;
    int unused = 0;
    return ASN1_BIT_STRING_get_length(signature, &length, &unused) == 1 ? (uint8_t)unused : 0;
#else
    return ASN1_STRING_length(signature) > 0 ? (uint8_t)(signature->flags & 7) : 0;
#endif
}

/* Whether the outer signatureAlgorithm, which OpenSSL does not keep as it was, may come out in other octets: BER, and
 * BIT STRINGs, in parameters of types other than those that all algorithms in use have. */
static bool has_odd_parameters(const X509 *cert)
{
    const X509_ALGOR *algorithm;
    int type = V_ASN1_UNDEF;
    X509_get0_signature(NULL, &algorithm, cert);
    X509_ALGOR_get0(NULL, &type, NULL, algorithm);
    return type != V_ASN1_UNDEF && type != V_ASN1_NULL && type != V_ASN1_OBJECT && type != V_ASN1_SEQUENCE;
}

static void put_certificate(cauth_field field, X509 *cert)
{
    unsigned char *der = NULL;
    int len = i2d_X509(cert, &der);
    oracle_value *value = put_span(field, der, len > 0 ? (size_t)len : 0);
    value->cleared_bits = unused_bits(cert);
    value->encoded_anew = has_odd_parameters(cert);
    OPENSSL_free(der);
}

#if ORACLES_RAW_PUBLIC_KEYS
static cauth_field field_of_raw_key(const SSL *ssl)
{
    return SSL_version(ssl) == TLS1_3_VERSION ? CAUTH_FIELD_CERT_DATA : CAUTH_FIELD_SUBJECT_PUBLIC_KEY_INFO;
}

/* The key as it is encoded from what was decoded, which may be in other octets than it came in: parameters that RSA
 * does not ask for, DER inside that is none. Or it is not encoded at all, as a point at infinity, which is read. Then
 * it is the one that came if these octets alone are decoded to the same. */
static void put_raw_key(cauth_field field, const EVP_PKEY *key)
{
    unsigned char *der = NULL;
    unsigned char *again = NULL;
    ERR_set_mark();
    int len = i2d_PUBKEY(key, &der);
    oracle_value *value = put_span(field, der, len > 0 ? (size_t)len : 0);
    bool same = (size_t)len == now.raw_key.len && memcmp(der, now.raw_key.ptr, now.raw_key.len) == 0;
    if (!same && now.raw_key.len > 0) {
        const unsigned char *at = now.raw_key.ptr;
        EVP_PKEY *alone = d2i_PUBKEY_ex(NULL, &at, (long)now.raw_key.len, made.libctx, NULL);
        int again_len = alone != NULL ? i2d_PUBKEY(alone, &again) : 0;
        value->encoded_anew = alone != NULL && again_len == len && (len <= 0 || memcmp(again, der, (size_t)len) == 0);
        EVP_PKEY_free(alone);
    }
    ERR_pop_to_mark(); /* no reason of theirs for what the message gets */
    OPENSSL_free(der);
    OPENSSL_free(again);
}
#endif

/* Called when a certificate list was decoded whole, or a raw public key. No path is validated. */
static int take_chain(X509_STORE_CTX *store, void *arg)
{
    (void)arg;
    now.certificate_read = true;
    if (!now.stop_at_certificate)
        return 1;
    SSL *ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
    const STACK_OF(X509) *chain = X509_STORE_CTX_get0_untrusted(store);
    now.certificate_seen = true;
    for (int i = 0; i < sk_X509_num(chain); i++)
        put_certificate(SSL_version(ssl) == TLS1_3_VERSION ? CAUTH_FIELD_CERT_DATA : CAUTH_FIELD_ASN1_CERT,
                        sk_X509_value(chain, i));
#if ORACLES_RAW_PUBLIC_KEYS
    if (X509_STORE_CTX_get0_rpk(store) != NULL)
        put_raw_key(field_of_raw_key(ssl), X509_STORE_CTX_get0_rpk(store));
#endif
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
    } else if (where == SSL_CB_READ_ALERT && now.about_alerts) {
        put_number(CAUTH_FIELD_ALERT_LEVEL, level);
        put_number(CAUTH_FIELD_ALERT_DESCRIPTION, description);
    }
}

static unsigned hex_digit(char c)
{
    return c <= '9' ? (unsigned)(c - '0') : (unsigned)((c | 0x20) - 'a') + 10u;
}

/* A line of the key log: label, client random, secret. */
static bool read_secret(const char *line, const char *label, uint8_t secret[SECRET])
{
    size_t len = strlen(label);
    if (strncmp(line, label, len) != 0 || line[len] != ' ')
        return false;
    const char *hex = strrchr(line, ' ') + 1;
    if (strlen(hex) != 2 * SECRET)
        return false;
    for (size_t i = 0; i < SECRET; i++)
        secret[i] = (uint8_t)(hex_digit(hex[2 * i]) * 16u + hex_digit(hex[2 * i + 1]));
    return true;
}

/* What the library's peer writes under. */
static void take_secret(const SSL *ssl, const char *line)
{
    bool server = SSL_is_server(ssl) == 1;
    now.has_handshake_secret |= read_secret(
        line, server ? "CLIENT_HANDSHAKE_TRAFFIC_SECRET" : "SERVER_HANDSHAKE_TRAFFIC_SECRET", now.handshake_secret);
    now.has_traffic_secret |=
        read_secret(line, server ? "CLIENT_TRAFFIC_SECRET_0" : "SERVER_TRAFFIC_SECRET_0", now.traffic_secret);
}

/* The context of a post-handshake request: of the one that a client answers, in its Certificate, and of the one that a
 * server sends; both begin with it, behind their header of 4 bytes. */
static void take_written(int write, int version, int type, const void *data, size_t len, SSL *ssl, void *arg)
{
    const uint8_t *body = data;
    (void)version;
    (void)arg;
    if (write != 1 || type != (int)WIRE_HANDSHAKE || len < 5 || body[4] > len - 5)
        return;
    if (now.request_seen && !now.about_alerts && SSL_version(ssl) == TLS1_3_VERSION && body[0] == CERTIFICATE)
        put_span(CAUTH_FIELD_CERTIFICATE_REQUEST_CONTEXT, body + 5, body[4]);
    if (SSL_is_server(ssl) && body[0] == CERTIFICATE_REQUEST) {
        now.context.len = 0;
        wire_put(&now.context, body + 4, 1u + body[4]);
    }
}

/* Extensions that OpenSSL knows, before it looks into them. */
static void take_extension(SSL *ssl, int from_server, int type, const unsigned char *data, int len, void *arg)
{
    (void)ssl;
    (void)from_server;
    (void)arg;
    if (!now.about_extensions)
        return;
    put_number(CAUTH_FIELD_EXTENSION_TYPE, (uint64_t)type);
    if (type == TLSEXT_TYPE_signature_algorithms_cert && len >= 2)
        put_u16s(CAUTH_FIELD_SIGNATURE_ALGORITHMS_CERT, data + 2, (size_t)len - 2);
}

/* --- what is made once --- */

/* A certificate for the key, by the key. Its dates are fixed, as everything is. */
static X509 *make_certificate(EVP_PKEY *key)
{
    X509 *cert = X509_new_ex(made.libctx, NULL);
    X509_NAME *name = X509_NAME_new();
    if (cert == NULL || name == NULL ||
        X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)"peer", -1, -1, 0) != 1 ||
        X509_set_version(cert, X509_VERSION_3) != 1 || ASN1_INTEGER_set(X509_get_serialNumber(cert), 1) != 1 ||
        X509_set_issuer_name(cert, name) != 1 || X509_set_subject_name(cert, name) != 1 ||
        ASN1_TIME_set_string(X509_getm_notBefore(cert), "20200101000000Z") != 1 ||
        ASN1_TIME_set_string(X509_getm_notAfter(cert), "20491231235959Z") != 1 || X509_set_pubkey(cert, key) != 1 ||
        X509_sign(cert, key, EVP_sha256()) == 0)
        wire_fail("making a certificate");
    X509_NAME_free(name);
    return cert;
}

static SSL_CTX *make_ctx(role r, unsigned minor, X509 *cert, EVP_PKEY *key)
{
    int version = 0x0300 + (int)minor;
    SSL_CTX *ctx = SSL_CTX_new_ex(made.libctx, NULL, r == CLIENT ? TLS_client_method() : TLS_server_method());
    if (ctx == NULL)
        wire_fail("SSL_CTX_new");
    SSL_CTX_set_security_level(ctx, 0);
    if (SSL_CTX_set_min_proto_version(ctx, version) != 1 || SSL_CTX_set_max_proto_version(ctx, version) != 1 ||
        SSL_CTX_set_cipher_list(ctx, "AES128-SHA") != 1 ||
        SSL_CTX_set_ciphersuites(ctx, "TLS_AES_128_GCM_SHA256") != 1 ||
        SSL_CTX_set1_groups_list(ctx, "X25519:P-256") != 1)
        wire_fail("configuring an SSL_CTX");
    SSL_CTX_set_options(ctx, SSL_OP_NO_TICKET);
    SSL_CTX_clear_options(ctx, SSL_OP_ENABLE_MIDDLEBOX_COMPAT);
    SSL_CTX_set_num_tickets(ctx, 0);
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_max_cert_list(ctx, (long)WIRE_MAX_BODY); /* the default, 102 400, is below what the RFC allows */
    SSL_CTX_set_cert_verify_callback(ctx, take_chain, NULL);
    SSL_CTX_set_info_callback(ctx, take_alert);
    SSL_CTX_set_keylog_callback(ctx, take_secret);
    SSL_CTX_set_msg_callback(ctx, take_written);
    if (r == CLIENT) {
        SSL_CTX_set_cert_cb(ctx, no_client_certificate_yet, NULL);
        SSL_CTX_set_post_handshake_auth(ctx, 1);
    } else {
        if (SSL_CTX_use_certificate(ctx, cert) != 1 || SSL_CTX_use_PrivateKey(ctx, key) != 1)
            wire_fail("giving the server its certificate");
        SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER | (r == SERVER_REQUIRED ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0), NULL);
#if ORACLES_RAW_PUBLIC_KEYS
        /* Of a client that says nothing of it, certificates are X.509. */
        static const unsigned char types[] = { TLSEXT_cert_type_rpk, TLSEXT_cert_type_x509 };
        if (SSL_CTX_set1_client_cert_type(ctx, types, sizeof types) != 1)
            wire_fail("taking raw public keys");
#endif
    }
#if ORACLES_CERTIFICATE_COMPRESSION
    int zlib = TLSEXT_comp_cert_zlib;
    if (SSL_CTX_set1_cert_comp_preference(ctx, &zlib, 1) != 1)
        wire_fail("offering certificate compression");
#endif
    /* A client offers what may stand in a Certificate of TLS 1.3, so that it is read. */
    if (r == CLIENT && minor == TLS13) {
        if (SSL_CTX_set_tlsext_status_type(ctx, TLSEXT_STATUSTYPE_ocsp) != 1 ||
            SSL_CTX_enable_ct(ctx, SSL_CT_VALIDATION_PERMISSIVE) != 1)
            wire_fail("offering status_request and signed_certificate_timestamp");
    }
    return ctx;
}

/* To a server: version 3.minor, random, no session id, TLS_RSA_WITH_AES_128_CBC_SHA and the renegotiation SCSV, null
 * compression. To a client the same, chosen, and an empty renegotiation_info (RFC 5746 §3.4, §3.6). */
static void make_hellos(unsigned minor)
{
    static const uint8_t to_server[] = { 0, 0, 4, 0, 0x2f, 0, 0xff, 1, 0 };
    static const uint8_t to_client[] = { 0, 0, 0x2f, 0, 0, 5, 0xff, 1, 0, 1, 0 };
    uint8_t hello[2 + 32 + sizeof to_client] = { 3, (uint8_t)minor };
    memset(hello + 2, 0x5a, 32);
    memcpy(hello + 34, to_server, sizeof to_server);
    wire_put_handshake(&made.hello[SERVER][minor], minor, CLIENT_HELLO, (cauth_bytes){ hello, 34 + sizeof to_server },
                       0);
    memcpy(hello + 34, to_client, sizeof to_client);
    wire_put_handshake(&made.hello[CLIENT][minor], minor, SERVER_HELLO, (cauth_bytes){ hello, 34 + sizeof to_client },
                       0);
}

/* TLS_AES_128_GCM_SHA256 and X25519 with the public value 9, the base point, whose private one is nobody's: the library
 * itself tells the secrets that come of it. To a server also the groups, schemes (ecdsa_secp256r1_sha256,
 * rsa_pss_rsae_sha256) and versions. */
static void make_hellos13(void)
{
    static const uint8_t to_server[] = { 0, 0, 2, 0x13, 1, 1,  0, 0, 67, 0, 10, 0, 4,  0, 2,  0, 29, 0, 13, 0, 6,  0, 4,
                                         4, 3, 8, 4,    0, 43, 0, 3, 2,  3, 4,  0, 51, 0, 38, 0, 36, 0, 29, 0, 32, 9 };
    static const uint8_t to_client[] = { 0, 0x13, 1, 0, 0, 46, 0, 43, 0, 2, 3, 4, 0, 51, 0, 36, 0, 29, 0, 32, 9 };
    uint8_t hello[2 + 32 + sizeof to_server + 31] = { 3, 3 };
    memset(hello + 2, 0x5a, 32);
    memcpy(hello + 34, to_server, sizeof to_server);
    wire_put_handshake(&made.hello[SERVER][TLS13], 3, CLIENT_HELLO, (cauth_bytes){ hello, 34 + sizeof to_server + 31 },
                       0);
    memset(hello + 34, 0, sizeof hello - 34);
    memcpy(hello + 34, to_client, sizeof to_client);
    wire_put_handshake(&made.hello[CLIENT][TLS13], 3, SERVER_HELLO, (cauth_bytes){ hello, 34 + sizeof to_client + 31 },
                       0);
}

#if ORACLES_RAW_PUBLIC_KEYS
/* A ClientHello with client_certificate_type (RFC 7250 §3) behind its other extensions: RawPublicKey alone. Its length
 * stands in two octets before the extensions, which a ClientHello up to TLS 1.2 has none of. */
static void make_hello_of_raw_key(unsigned minor)
{
    static const uint8_t extension[] = { 0, 19, 0, 2, 1, TLSEXT_cert_type_rpk };
    const size_t header = 5 + 4;
    const size_t before_extensions = 2 + 32 + 1 + 2 + (minor == TLS13 ? 2 : 4) + 2;
    const buffer *plain = &made.hello[SERVER][minor];
    buffer body = { NULL, 0, 0 };
    wire_put(&body, plain->ptr + header, plain->len - header);
    if (body.len == before_extensions)
        wire_put(&body, (const uint8_t[]){ 0, 0 }, 2);
    wire_put(&body, extension, sizeof extension);
    size_t len = body.len - before_extensions - 2;
    body.ptr[before_extensions] = (uint8_t)(len >> 8);
    body.ptr[before_extensions + 1] = (uint8_t)len;
    wire_put_handshake(&made.hello_of_raw_key[minor], minor == TLS13 ? TLS12 : minor, CLIENT_HELLO,
                       (cauth_bytes){ body.ptr, body.len }, 0);
    wire_free(&body);
}
#endif

/* The body of a Certificate that holds this one; of TLS 1.3 with an empty context and without extensions. */
static void make_certificate_body(buffer *b, X509 *cert, bool tls13)
{
    unsigned char *der = NULL;
    int len = i2d_X509(cert, &der);
    if (len <= 0)
        wire_fail("i2d_X509");
    size_t item = (size_t)len;
    size_t list = item + 3 + (tls13 ? 2 : 0);
    uint8_t prefixes[7] = { 0,
                            (uint8_t)(list >> 16),
                            (uint8_t)(list >> 8),
                            (uint8_t)list,
                            (uint8_t)(item >> 16),
                            (uint8_t)(item >> 8),
                            (uint8_t)item };
    static const uint8_t no_extensions[2] = { 0, 0 };
    wire_put(b, prefixes + (tls13 ? 0 : 1), tls13 ? 7 : 6);
    wire_put(b, der, item);
    wire_put(b, no_extensions, tls13 ? 2 : 0);
    OPENSSL_free(der);
}

static SSL *begin_connection(role r, unsigned minor);
static int go_on(SSL *ssl);
static void begin(void);

/* A connection that will make a whole handshake. Up to TLS 1.2 what comes after it is not encrypted, only
 * authenticated. */
static SSL *begin_whole(role r, unsigned minor)
{
    SSL *ssl = begin_connection(r, minor);
    if (minor < TLS13 && SSL_set_cipher_list(ssl, "NULL-SHA") != 1)
        wire_fail("choosing a cipher suite");
    if (r != CLIENT && minor == TLS13) /* it asks afterwards */
        SSL_set_verify(ssl, SSL_VERIFY_NONE, NULL);
    now.goes_on = true;
    return ssl;
}

/* What a client and a server say to each other. Since nothing is left to chance, each says the same every time, and
 * what the other said once fits: they are asked in turn, each time from the start. */
static void record_handshake(unsigned minor)
{
    enum { TURNS = 4 };
    bool done = false;
    for (unsigned turn = 0; turn < TURNS; turn++) {
        role r = turn % 2 == 0 ? CLIENT : SERVER;
        buffer *from = &made.handshake[r][minor];
        buffer *to = &made.handshake[r == CLIENT ? SERVER : CLIENT][minor];
        begin();
        wire_put(&now.wire, from->ptr, from->len);
        SSL *ssl = begin_whole(r, minor);
        (void)go_on(ssl);
        done = SSL_is_init_finished(ssl);
        SSL_free(ssl);
        to->len = 0;
        wire_put(to, now.written.ptr, now.written.len);
    }
    if (!done)
        wire_fail("recording a handshake");
    begin();
}

static void make_all(void)
{
    if (made.libctx != NULL)
        return;
    /* No configuration file: what the machine's administrator wants of its servers must not decide a verdict. */
    if (OPENSSL_init_ssl(OPENSSL_INIT_NO_LOAD_CONFIG, NULL) != 1)
        wire_fail("OPENSSL_init_ssl");
    made.libctx = openssl_narrow_new();
    if (made.libctx == NULL)
        wire_fail("openssl_narrow_new");
    EVP_PKEY *rsa = EVP_PKEY_Q_keygen(made.libctx, NULL, "RSA", (size_t)RSA_BITS);
    EVP_PKEY *ec = EVP_PKEY_Q_keygen(made.libctx, NULL, "EC", "P-256");
    if (rsa == NULL || ec == NULL)
        wire_fail("EVP_PKEY_Q_keygen");
    X509 *rsa_cert = make_certificate(rsa);
    X509 *ec_cert = make_certificate(ec);
    for (unsigned minor = 1; minor < NUM_MINORS; minor++)
        for (role r = CLIENT; r < NUM_ROLES; r++)
            made.ctx[r][minor] = make_ctx(r, minor, minor == TLS13 ? ec_cert : rsa_cert, minor == TLS13 ? ec : rsa);
    for (unsigned minor = 1; minor < TLS13; minor++)
        make_hellos(minor);
    make_hellos13();
#if ORACLES_RAW_PUBLIC_KEYS
    make_hello_of_raw_key(TLS12);
    make_hello_of_raw_key(TLS13);
#endif
    make_certificate_body(&made.rsa_certificate, rsa_cert, false);
    make_certificate_body(&made.ec_certificate, ec_cert, false);
    make_certificate_body(&made.rsa_certificate13, rsa_cert, true);
    make_certificate_body(&made.ec_certificate13, ec_cert, true);
    X509_free(rsa_cert);
    X509_free(ec_cert);
    EVP_PKEY_free(rsa);
    EVP_PKEY_free(ec);
    for (unsigned minor = 1; minor < NUM_MINORS; minor++)
        record_handshake(minor);
}

/* --- what goes over the wire --- */

/* What was read before alerts: nothing, a hello, and then more of what the peer sends. With a request comes what
 * follows it from a server: ServerHelloDone, or in TLS 1.3 its Certificate. */
typedef enum { BEFORE_HELLO, AFTER_HELLO, AFTER_CERTIFICATE, AFTER_REQUEST, AFTER_FINISHED } phase;

/* How a message is asked about. */
typedef struct {
    role role;
    unsigned minor;
    int scattered;
    wire_cutting cutting; /* with what goes before and comes behind */
    phase phase;
    bool plaintext; /* alerts of TLS 1.3 that are not sealed, where their peer could seal them */
    bool raw_key;   /* the client offers a raw public key */
} way;

/* --- a connection --- */

/* Forgets the last question. */
static void begin(void)
{
    now.num_values = 0;
    now.wire.len = 0;
    now.flight.bytes.len = 0;
    now.bytes.len = 0;
    now.written.len = 0;
    now.context.len = 0;
    now.raw_key = (cauth_bytes){ NULL, 0 };
    now.stop_at_certificate = false;
    now.about_alerts = false;
    now.goes_on = false;
    now.about_extensions = false;
    now.certificate_read = false;
    now.certificate_seen = false;
    now.request_seen = false;
    now.has_handshake_secret = false;
    now.has_traffic_secret = false;
    now.alert.level = 0;
    now.alert.description = CAUTH_NO_ALERT;
    openssl_narrow_restart();
    openssl_narrow_want_keys(true);
    openssl_narrow_want_arithmetic(true);
    ERR_clear_error();
}

static const buffer *hello_of(const way *w)
{
    return w->raw_key ? &made.hello_of_raw_key[w->minor] : &made.hello[w->role == CLIENT ? CLIENT : SERVER][w->minor];
}

static void put_hello(const way *w)
{
    const buffer *hello = hello_of(w);
    if (w->cutting != WIRE_APART && w->role == CLIENT)
        wire_put(&now.flight.bytes, hello->ptr + 5, hello->len - 5); /* without the header of its record */
    else
        wire_put(&now.wire, hello->ptr, hello->len);
}

/* A message that goes before the one that is asked about, or behind it; sealed or not. */
static void put_message(const way *w, unsigned type, cauth_bytes body)
{
    if (w->cutting != WIRE_APART)
        wire_join(&now.flight, type, body);
    else if (w->minor == TLS13)
        wire_seal_handshake(&made.sealer, &now.wire, type, body, 0);
    else
        wire_put_handshake(&now.wire, w->minor, type, body, 0);
}

/* The one that is asked about. */
static void put_asked(const way *w, unsigned type, cauth_bytes body)
{
    now.asked = type;
    now.flight.start = now.flight.bytes.len;
    if (w->cutting != WIRE_APART)
        wire_join(&now.flight, type, body);
    else if (w->minor == TLS13)
        wire_seal_handshake(&made.sealer, &now.wire, type, body, w->scattered);
    else
        wire_put_handshake(&now.wire, w->minor, type, body, w->scattered);
    now.flight.end = now.flight.bytes.len;
}

/* What shares records is on the wire then. */
static void put_flight(const way *w)
{
    if (w->cutting == WIRE_APART)
        return;
    if (w->minor == TLS13)
        wire_seal_flight(&made.sealer, &now.wire, &now.flight, w->cutting);
    else
        wire_put_flight(&now.wire, w->minor, &now.flight, w->cutting);
}

/* A connection that has read nothing. It can be asked for fields until it is freed. */
static SSL *begin_connection(role r, unsigned minor)
{
    SSL *ssl = SSL_new(made.ctx[r][minor]);
    BIO *out = BIO_new(BIO_s_mem());
    if (ssl == NULL || out == NULL)
        wire_fail("SSL_new");
    SSL_set0_wbio(ssl, out);
    if (r == CLIENT)
        SSL_set_connect_state(ssl);
    else
        SSL_set_accept_state(ssl);
    SSL_set_tlsext_debug_callback(ssl, take_extension);
    return ssl;
}

/* Reads the wire to its end, and takes what is written. Once the handshake is done, what comes is read as data. */
static int go_on(SSL *ssl)
{
    if (now.wire.len > INT32_MAX)
        wire_fail("a message of more than 2 GB");
    BIO *in = BIO_new_mem_buf(now.wire.ptr == NULL ? (const void *)"" : now.wire.ptr, (int)now.wire.len);
    if (in == NULL)
        wire_fail("BIO_new_mem_buf");
    BIO_set_mem_eof_return(in, -1); /* the end of the wire is "nothing yet", not the end of the connection */
    SSL_set0_rbio(ssl, in);
    char data;
    int ret = SSL_is_init_finished(ssl) ? SSL_read(ssl, &data, 1) : SSL_do_handshake(ssl);
    int error = SSL_get_error(ssl, ret);
    char *written;
    long len = BIO_get_mem_data(SSL_get_wbio(ssl), &written);
    if (len > 0)
        wire_put(&now.written, written, (size_t)len);
    (void)BIO_reset(SSL_get_wbio(ssl));
    return error;
}

/* How much of the wire it has read. */
static size_t num_read(SSL *ssl)
{
    return now.wire.len - BIO_ctrl_pending(SSL_get_rbio(ssl));
}

/* A connection of TLS 1.3 that has read the hello, and whose peer's messages can now be sealed; to a client,
 * EncryptedExtensions is on the wire, or in the flight. */
static SSL *begin_sealed(const way *w)
{
    static const uint8_t none[2] = { 0, 0 };
    SSL *ssl = begin_connection(w->role, TLS13);
    wire_put(&now.wire, hello_of(w)->ptr, hello_of(w)->len);
    (void)go_on(ssl);
    if (!now.has_handshake_secret)
        wire_fail("a TLS 1.3 handshake");
    wire_seal_with(&made.sealer, made.libctx, now.handshake_secret);
    now.wire.len = 0;
    if (w->role == CLIENT)
        put_message(w, ENCRYPTED_EXTENSIONS, (cauth_bytes){ none, sizeof none });
    return ssl;
}

/* A connection after a whole handshake, whose peer's next record can be sealed. */
static SSL *begin_finished(role r, unsigned minor)
{
    const buffer *handshake = &made.handshake[r == CLIENT ? CLIENT : SERVER][minor];
    SSL *ssl = begin_whole(r, minor);
    wire_put(&now.wire, handshake->ptr, handshake->len);
    (void)go_on(ssl);
    if (!SSL_is_init_finished(ssl) || (minor == TLS13 && !now.has_traffic_secret))
        wire_fail("a whole handshake");
    if (minor == TLS13)
        wire_seal_with(&made.sealer, made.libctx, now.traffic_secret);
    else
        wire_mac_with(&made.macer, made.libctx, ssl);
    now.wire.len = 0;
    now.num_values = 0;
    now.request_seen = false;
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

/* Reasons that speak of the configuration, once the message was read to its end. */
static bool is_policy(int reason)
{
    return reason == SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE || reason == SSL_R_BAD_SIGNATURE;
}

/* Reasons to stop before the end of the message that say nothing about it: what was offered or asked for, which the
 * message alone does not tell; that it is longer than they want to read; from OpenSSL 3.6 on the DER inside an
 * OCSPResponse, which cauth does not look into. */
static bool is_undecided(int reason)
{
    switch (reason) {
    case SSL_R_UNSOLICITED_EXTENSION:
    case SSL_R_WRONG_SIGNATURE_TYPE:
    case SSL_R_WRONG_CURVE:
    case SSL_R_EXCESSIVE_MESSAGE_SIZE:
    case SSL_R_TLSV1_BAD_CERTIFICATE_STATUS_RESPONSE:
        return true;
    default:
        return false;
    }
}

static void conclude(bool accepted, errors found, oracle_observation *out)
{
    int reason = ERR_GET_REASON(found.error);
    out->verdict = accepted ? ORACLE_ACCEPT : is_undecided(reason) ? ORACLE_UNSUPPORTED : ORACLE_REJECT;
    out->by_policy = !accepted && is_policy(reason);
    out->alert = now.alert;
    out->reason = words_of(found.error);
    out->cause = words_of(found.cause);
    if (accepted)
        give_fields(out);
}

/* Whether it is the message asked about that the library has begun to read last. */
static bool is_at_asked(const SSL *ssl)
{
    switch (SSL_get_state(ssl)) {
    case TLS_ST_CR_CERT_REQ:
        return now.asked == CERTIFICATE_REQUEST;
    case TLS_ST_CR_CERT:
    case TLS_ST_SR_CERT:
        return now.asked == CERTIFICATE;
#if ORACLES_CERTIFICATE_COMPRESSION
    case TLS_ST_SR_COMP_CERT:
        return now.asked == COMPRESSED_CERTIFICATE;
#endif
    case TLS_ST_SR_CERT_VRFY:
        return true; /* the other questions end before it */
    default:
        return false;
    }
}

/* Of a message of a handshake. What goes before it and comes behind it has no fault of its own: where the library meets
 * one there, for whatever reason, it has read the message otherwise than it is. */
static void conclude_message(const SSL *ssl, bool accepted, errors found, oracle_observation *out)
{
    conclude(accepted, found, out);
    if (accepted || is_at_asked(ssl))
        return;
    out->verdict = ORACLE_REJECT;
    out->by_policy = false;
}

/* --- the questions --- */

static void see_names(SSL *ssl)
{
    const STACK_OF(X509_NAME) *names = SSL_get0_peer_CA_list(ssl);
    (void)values_of(CAUTH_FIELD_DISTINGUISHED_NAME, false);
    for (int i = 0; i < sk_X509_NAME_num(names); i++) {
        const unsigned char *der;
        size_t len;
        if (X509_NAME_get0_der(sk_X509_NAME_value(names, i), &der, &len) != 1)
            wire_fail("X509_NAME_get0_der");
        put_span(CAUTH_FIELD_DISTINGUISHED_NAME, der, len);
    }
}

static void see_schemes(SSL *ssl, cauth_field field)
{
    int num = SSL_get_sigalgs(ssl, -1, NULL, NULL, NULL, NULL, NULL);
    (void)values_of(field, true);
    for (int i = 0; i < num; i++) {
        unsigned char signature;
        unsigned char hash;
        SSL_get_sigalgs(ssl, i, NULL, NULL, NULL, &signature, &hash);
        put_number(field, hash * 256u + signature);
    }
}

/* What a client makes of a CertificateRequest: after ServerHello and Certificate it reads the message; that it turns to
 * choosing a certificate of its own shows that it accepted. Where messages share records, it goes on and reads
 * ServerHelloDone too, and waits for the server's Finished. */
static void judge_request(const way *w, cauth_bytes in, oracle_observation *out)
{
    cauth_bytes certificate = { made.rsa_certificate.ptr, made.rsa_certificate.len };
    bool together = w->cutting != WIRE_APART;
    put_hello(w);
    put_message(w, CERTIFICATE, certificate);
    put_asked(w, CERTIFICATE_REQUEST, in);
    if (together)
        put_message(w, SERVER_HELLO_DONE, (cauth_bytes){ NULL, 0 });
    put_flight(w);
    now.goes_on = together;
    SSL *ssl = begin_connection(w->role, w->minor);
    bool waits = go_on(ssl) == SSL_ERROR_WANT_READ;
    bool accepted = now.request_seen && (waits || !together);
    if (accepted) {
        const unsigned char *types;
        size_t num_types = (size_t)SSL_get0_certificate_types(ssl, &types);
        (void)values_of(CAUTH_FIELD_CERTIFICATE_TYPES, true);
        for (size_t i = 0; i < num_types; i++)
            put_number(CAUTH_FIELD_CERTIFICATE_TYPES, types[i]);
        if (w->minor == 3)
            see_schemes(ssl, CAUTH_FIELD_SUPPORTED_SIGNATURE_ALGORITHMS);
        see_names(ssl);
    }
    conclude_message(ssl, accepted, take_errors(), out);
    SSL_free(ssl);
}

/* From here on extensions are those of the message that is asked about. */
static void see_extensions_of_message(void)
{
    now.about_extensions = true;
    (void)values_of(CAUTH_FIELD_EXTENSION_TYPE, true);
}

static void see_request13(SSL *ssl, bool accepted)
{
    if (!accepted)
        return;
    see_schemes(ssl, CAUTH_FIELD_SIGNATURE_ALGORITHMS);
    see_names(ssl);
}

/* In a TLS 1.3 handshake, that it waits for the server's Certificate shows that it accepted; where messages share
 * records, that it has read this one, and waits for the next. */
static void judge_request13(const way *w, cauth_bytes in, oracle_observation *out)
{
    cauth_bytes certificate = { made.ec_certificate13.ptr, made.ec_certificate13.len };
    bool together = w->cutting != WIRE_APART;
    SSL *ssl = begin_sealed(w);
    see_extensions_of_message();
    put_asked(w, CERTIFICATE_REQUEST, in);
    if (together)
        put_message(w, CERTIFICATE, certificate);
    put_flight(w);
    bool accepted = go_on(ssl) == SSL_ERROR_WANT_READ && (now.certificate_read || !together);
    see_request13(ssl, accepted);
    conclude_message(ssl, accepted, take_errors(), out);
    SSL_free(ssl);
}

/* After it, that it turns to choosing a certificate. Tickets may share its records. */
static void judge_request13_post(const way *w, cauth_bytes in, oracle_observation *out)
{
    /* lifetime 1, age_add 0, a nonce and a ticket of an octet each, no extensions */
    static const uint8_t ticket[] = { 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0 };
    bool together = w->cutting != WIRE_APART;
    SSL *ssl = begin_finished(w->role, TLS13);
    see_extensions_of_message();
    if (together)
        put_message(w, NEW_SESSION_TICKET, (cauth_bytes){ ticket, sizeof ticket });
    put_asked(w, CERTIFICATE_REQUEST, in);
    if (together)
        put_message(w, NEW_SESSION_TICKET, (cauth_bytes){ ticket, sizeof ticket });
    put_flight(w);
    bool waits = go_on(ssl) == SSL_ERROR_WANT_READ;
    bool accepted = now.request_seen && (waits || !together);
    see_request13(ssl, accepted);
    conclude_message(ssl, accepted, take_errors(), out);
    SSL_free(ssl);
}

/* What was made of a Certificate on the wire. A list without certificates ends no question early: whoever can do
 * without one waits for the next message. */
static void conclude_certificate(SSL *ssl, cauth_bytes in, oracle_observation *out)
{
    int error = go_on(ssl);
    bool accepted = now.certificate_seen || error == SSL_ERROR_WANT_READ;
    errors found = take_errors();
    (void)values_of(SSL_version(ssl) == TLS1_3_VERSION ? CAUTH_FIELD_CERT_DATA : CAUTH_FIELD_ASN1_CERT, false);
    conclude_message(ssl, accepted, found, out);
    if (!accepted && in.len > MAX_NAME && ERR_GET_REASON(found.cause) == ASN1_R_TOO_LONG)
        out->verdict = ORACLE_UNSUPPORTED;
    SSL_free(ssl);
}

/* What shares the records of a Certificate and stands behind it is not read once its list is known: of it there is as
 * much as says nothing, so that a list without certificates is followed by what it may be. */
static void put_start_of_next(const way *w)
{
    static const uint8_t start[] = { CERTIFICATE_VERIFY, 0, 0 };
    if (w->cutting != WIRE_APART)
        wire_put(&now.flight.bytes, start, sizeof start);
}

static void judge_certificate(const way *w, cauth_bytes in, oracle_observation *out)
{
    now.stop_at_certificate = true;
    openssl_narrow_want_keys(false);
    openssl_narrow_want_arithmetic(false);
    SSL *ssl;
    if (w->minor == TLS13) {
        ssl = begin_sealed(w);
        see_extensions_of_message();
    } else {
        ssl = begin_connection(w->role, w->minor);
        put_hello(w);
    }
    put_asked(w, CERTIFICATE, in);
    put_start_of_next(w);
    put_flight(w);
    conclude_certificate(ssl, in, out);
}

#if ORACLES_RAW_PUBLIC_KEYS
/* Where the key stands whose lengths are right, of TLS 1.3 that of the first entry. */
static cauth_bytes raw_key_of(const way *w, cauth_bytes in)
{
    size_t at = w->minor == TLS13 && in.len > 0 ? 1u + in.ptr[0] + 3u : 0;
    if (in.len < at + 3)
        return (cauth_bytes){ NULL, 0 };
    size_t len = (size_t)in.ptr[at] << 16 | (size_t)in.ptr[at + 1] << 8 | in.ptr[at + 2];
    return len <= in.len - at - 3 ? (cauth_bytes){ in.ptr + at + 3, len } : (cauth_bytes){ NULL, 0 };
}

/* A raw public key is taken by a server whose client has offered one. To the library it is no key where it cannot use
 * it: of an algorithm that it does not have here, or no number or point that makes one. That is not about its
 * SubjectPublicKeyInfo, which was decoded then, and leaves the rest of the message unread. It knows no extension of a
 * raw public key, so that none is shown. */
static void judge_raw_key(const way *w, cauth_bytes in, oracle_observation *out)
{
    now.stop_at_certificate = true;
    openssl_narrow_want_arithmetic(false);
    now.raw_key = raw_key_of(w, in);
    SSL *ssl = w->minor == TLS13 ? begin_sealed(w) : begin_connection(w->role, w->minor);
    if (w->minor < TLS13)
        put_hello(w);
    put_asked(w, CERTIFICATE, in);
    put_start_of_next(w);
    put_flight(w);
    int error = go_on(ssl);
    bool accepted = now.certificate_seen || error == SSL_ERROR_WANT_READ;
    errors found = take_errors();
    (void)values_of(field_of_raw_key(ssl), false);
    if (w->minor < TLS13 && !now.certificate_seen)
        put_span(CAUTH_FIELD_SUBJECT_PUBLIC_KEY_INFO, NULL,
                 0); /* no list that could be empty, but a key of no octets */
    conclude_message(ssl, accepted, found, out);
    bool unusable = ERR_GET_LIB(found.cause) == ERR_LIB_EVP && ERR_GET_REASON(found.cause) == EVP_R_DECODE_ERROR;
    bool incomplete = ERR_GET_REASON(found.error) == SSL_R_UNABLE_TO_FIND_PUBLIC_KEY_PARAMETERS;
    if (out->verdict == ORACLE_REJECT && is_at_asked(ssl) && (unusable || incomplete))
        out->verdict = ORACLE_UNSUPPORTED;
    SSL_free(ssl);
}
#endif

/* A server that asks for a certificate after the handshake wants the context of its request back: it is made to ask
 * with the context that the message has, where that is as long as its own. One of another length is exchanged for
 * its own. */
static void judge_certificate13_post(const way *w, cauth_bytes in, oracle_observation *out)
{
    bool has_context = in.len > 0 && in.len - 1 >= in.ptr[0];
    bool same_len = has_context && in.ptr[0] == REQUEST_CONTEXT;
    SSL *ssl = begin_finished(w->role, TLS13);
    SSL_set_verify(ssl,
                   SSL_VERIFY_PEER | SSL_VERIFY_POST_HANDSHAKE |
                       (w->role == SERVER_REQUIRED ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0),
                   NULL);
    if (same_len)
        openssl_narrow_next(in.ptr + 1, REQUEST_CONTEXT);
    if (SSL_verify_client_post_handshake(ssl) != 1 || SSL_do_handshake(ssl) != 1 ||
        now.context.len != 1 + REQUEST_CONTEXT)
        wire_fail("asking for a certificate after the handshake");
    now.body.len = 0;
    if (has_context) {
        wire_put(&now.body, now.context.ptr, now.context.len);
        wire_put(&now.body, in.ptr + 1 + in.ptr[0], in.len - 1 - in.ptr[0]);
    } else {
        wire_put(&now.body, in.ptr, in.len);
    }
    if (same_len)
        put_span(CAUTH_FIELD_CERTIFICATE_REQUEST_CONTEXT, now.context.ptr + 1, now.context.len - 1);
    now.stop_at_certificate = true;
    openssl_narrow_want_keys(false);
    see_extensions_of_message();
    put_asked(w, CERTIFICATE, (cauth_bytes){ now.body.ptr, now.body.len });
    put_start_of_next(w);
    put_flight(w);
    conclude_certificate(ssl, in, out);
}

#if ORACLES_CERTIFICATE_COMPRESSION
/* A server that has offered zlib reads CompressedCertificate. What is wrong once it looks at the compressed bytes, or
 * at what is inside, is policy: of the message itself everything was read. Its limit for what is inside is cauth's. */
static void judge_compressed(const way *w, cauth_bytes in, oracle_observation *out)
{
    const size_t before_bytes = 2 + 3 + 3;
    openssl_narrow_want_keys(false);
    openssl_narrow_want_arithmetic(false);
    SSL *ssl = begin_sealed(w);
    SSL_set_max_cert_list(ssl, (long)cauth_context_default(CAUTH_TLS13, CAUTH_FROM_CLIENT).limits.certificate);
    now.stop_at_certificate = true;
    put_asked(w, COMPRESSED_CERTIFICATE, in);
    put_start_of_next(w);
    put_flight(w);
    int error = go_on(ssl);
    errors found = take_errors();
    int reason = ERR_GET_REASON(found.error);
    now.num_values = 0; /* cauth does not see what is inside */
    conclude_message(ssl, now.certificate_seen || error == SSL_ERROR_WANT_READ, found, out);
    bool beside = !is_at_asked(ssl);
    SSL_free(ssl);
    if (out->verdict == ORACLE_ACCEPT || beside ||
        (reason == SSL_R_EXCESSIVE_MESSAGE_SIZE && now.alert.description != 42))
        return;
    bool algorithm = reason == SSL_R_BAD_COMPRESSION_ALGORITHM;
    bool not_offered = algorithm && in.ptr[0] + in.ptr[1] > 0;
    bool lengths =
        reason == SSL_R_EXCESSIVE_MESSAGE_SIZE || (reason == SSL_R_BAD_DECOMPRESSION && now.alert.description == 50);
    out->verdict = not_offered ? ORACLE_UNSUPPORTED : ORACLE_REJECT;
    out->by_policy = in.len >= before_bytes && !algorithm && !lengths;
}
#endif

/* A certificate whose key could have made the signature: the library reads no further when the scheme is for another
 * kind of key. From TLS 1.2 on the message begins with the scheme; those for ECDSA are (hash, 3). */
static const buffer *certificate_for(const way *w, cauth_bytes in)
{
    bool ec = w->minor >= TLS12 && in.len >= 2 && in.ptr[0] < 8 && in.ptr[1] == 3;
    if (w->minor == TLS13)
        return ec ? &made.ec_certificate13 : &made.rsa_certificate13;
    return ec ? &made.ec_certificate : &made.rsa_certificate;
}

/* A server that has the client's Certificate and, up to TLS 1.2, some ClientKeyExchange, reads CertificateVerify. That
 * the signature does not verify is policy: of the message everything was read. */
static void judge_verify(const way *w, cauth_bytes in, oracle_observation *out)
{
    static const uint8_t key_exchange[2 + RSA_BITS / 8] = { 0, RSA_BITS / 8 };
    const buffer *certificate = certificate_for(w, in);
    openssl_narrow_want_arithmetic(false);
    cauth_bytes body = { certificate->ptr, certificate->len };
    SSL *ssl;
    if (w->minor == TLS13) {
        ssl = begin_sealed(w);
        put_message(w, CERTIFICATE, body);
    } else {
        ssl = begin_connection(w->role, w->minor);
        put_hello(w);
        put_message(w, CERTIFICATE, body);
        put_message(w, CLIENT_KEY_EXCHANGE, (cauth_bytes){ key_exchange, sizeof key_exchange });
    }
    put_asked(w, CERTIFICATE_VERIFY, in);
    put_flight(w);
    int error = go_on(ssl);
    conclude_message(ssl, error == SSL_ERROR_WANT_READ, take_errors(), out);
    SSL_free(ssl);
}

/* How far into a stream the library has read. */
typedef struct {
    size_t end; /* of the record it stopped in, or of the stream */
    bool alerts_only;
} reach;

static size_t record_at(cauth_bytes in, size_t pos)
{
    return in.len - pos >= 5 ? 5u + in.ptr[pos + 3] * 256u + in.ptr[pos + 4] : 5u;
}

/* `overhead` is what each record is longer than it was in the stream. */
static reach reach_of(cauth_bytes in, size_t pos, size_t overhead)
{
    reach r = { 0, true };
    size_t read = 0;
    while (read < pos && in.len - r.end >= 5) {
        size_t record = record_at(in, r.end);
        if (in.ptr[r.end] != WIRE_ALERT)
            r.alerts_only = false;
        r.end = in.len - r.end < record ? in.len : r.end + record;
        read += record + overhead;
    }
    if (read < pos)
        r.end = in.len;
    return r;
}

/* Of the alerts read; once TLS 1.3 was chosen all but close_notify and user_canceled end the connection, whatever their
 * level. */
static bool last_is_error13(const way *w)
{
    const values *v = values_of(CAUTH_FIELD_ALERT_DESCRIPTION, true);
    return w->minor == TLS13 && w->phase != BEFORE_HELLO && v->len > 0 &&
           v->ptr[v->len - 1].number != SSL_AD_CLOSE_NOTIFY && v->ptr[v->len - 1].number != SSL_AD_USER_CANCELLED;
}

/* Accepted: all were read, or the connection ended as an alert among them asks for. A record of another content type
 * takes the library into its state machine, where the question is another one: unsupported, once it has read that far.
 */
static void conclude_alerts(const way *w, SSL *ssl, int error, cauth_bytes in, size_t before, size_t overhead,
                            oracle_observation *out)
{
    (void)values_of(CAUTH_FIELD_ALERT_LEVEL, true);
    errors found = take_errors();
    bool closed = (SSL_get_shutdown(ssl) & SSL_RECEIVED_SHUTDOWN) != 0 && now.alert.description == CAUTH_NO_ALERT;
    bool ended = (error == SSL_ERROR_SSL && ERR_GET_REASON(found.error) >= SSL_AD_REASON_OFFSET) || last_is_error13(w);
    size_t pos = num_read(ssl);
    reach r = reach_of(in, pos > before ? pos - before : 0, overhead);
    (void)values_of(CAUTH_FIELD_ALERT_DESCRIPTION, true);
    conclude(error == SSL_ERROR_WANT_READ || closed || ended, found, out);
    out->judged = r.end;
    if (!r.alerts_only)
        out->verdict = ORACLE_UNSUPPORTED;
}

/* rsa_sign, or rsa_pkcs1_sha256, or ecdsa_secp256r1_sha256; no names. */
static void put_request(const way *w)
{
    static const uint8_t before_tls12[] = { 1, 1, 0, 0 };
    static const uint8_t tls12[] = { 1, 1, 0, 2, 4, 1, 0, 0 };
    static const uint8_t tls13[] = { 0, 0, 8, 0, 13, 0, 4, 0, 2, 4, 3 };
    cauth_bytes body = w->minor == TLS13   ? (cauth_bytes){ tls13, sizeof tls13 }
                       : w->minor == TLS12 ? (cauth_bytes){ tls12, sizeof tls12 }
                                           : (cauth_bytes){ before_tls12, sizeof before_tls12 };
    put_message(w, CERTIFICATE_REQUEST, body);
}

/* A connection in that phase of the handshake; what leads to it is on the wire, or read. */
static SSL *begin_phase(const way *w)
{
    const buffer *certificate = w->minor == TLS13 ? &made.ec_certificate13 : &made.rsa_certificate;
    if (w->phase == BEFORE_HELLO)
        return begin_connection(w->role, w->minor);
    if (w->phase == AFTER_FINISHED)
        return begin_finished(w->role, w->minor);
    SSL *ssl = w->minor == TLS13 ? begin_sealed(w) : begin_connection(w->role, w->minor);
    if (w->minor < TLS13)
        put_hello(w);
    if (w->phase == AFTER_REQUEST && w->minor == TLS13)
        put_request(w);
    if (w->phase != AFTER_HELLO)
        put_message(w, CERTIFICATE, (cauth_bytes){ certificate->ptr, certificate->len });
    if (w->phase == AFTER_REQUEST && w->minor < TLS13)
        put_request(w);
    return ssl;
}

/* Whether it came to that phase. */
static bool is_in_phase(const way *w, SSL *ssl)
{
    bool certificate = w->phase == AFTER_CERTIFICATE || w->phase == AFTER_REQUEST;
    bool request =
        now.request_seen || (w->minor == TLS13 && SSL_get_sigalgs(ssl, -1, NULL, NULL, NULL, NULL, NULL) > 0);
    return w->phase == AFTER_FINISHED ||
           (now.certificate_read == certificate && (w->role != CLIENT || request == (w->phase == AFTER_REQUEST)));
}

/* Sealed records, as far as they are alerts. In TLS 1.3 what a record header says of the version is not on the wire,
 * and of a record that is not all there nothing is: false when so much was left out. Before, headers stay as they are
 * but for the length; an empty record cannot be had, since their null cipher takes its MAC for a wrong one. */
static bool put_sealed_alerts(const way *w, cauth_bytes in)
{
    size_t pos = 0;
    while (in.len - pos >= 5 && in.len - pos >= record_at(in, pos)) {
        size_t len = record_at(in, pos) - 5;
        cauth_bytes content = { in.ptr + pos + 5, len };
        if (len > WIRE_MAX_FRAGMENT || in.ptr[pos] != WIRE_ALERT || (len == 0 && w->minor < TLS13))
            return false;
        if (w->minor == TLS13)
            wire_seal_record(&made.sealer, &now.wire, WIRE_ALERT, content);
        else
            wire_mac_record(&made.macer, &now.wire, in.ptr + pos, content);
        pos += len + 5;
    }
    if (pos < in.len && w->minor < TLS13 && in.ptr[pos] == WIRE_ALERT)
        return wire_mac_start(&now.wire, (cauth_bytes){ in.ptr + pos, in.len - pos });
    return pos == in.len;
}

/* Records that carry alerts: in plaintext, or sealed, each with its content type, once the peer of the library seals
 * what it sends. */
static void judge_alerts(const way *w, cauth_bytes in, oracle_observation *out)
{
    bool plaintext = w->plaintext || w->phase == BEFORE_HELLO || (w->minor < TLS13 && w->phase != AFTER_FINISHED);
    size_t overhead = plaintext ? 0 : w->minor == TLS13 ? WIRE_SEAL_OVERHEAD : WIRE_MAC_OVERHEAD;
    SSL *ssl = begin_phase(w);
    now.about_alerts = true;
    size_t before = now.wire.len;
    bool all = true;
    if (plaintext)
        wire_put(&now.wire, in.ptr, in.len);
    else
        all = put_sealed_alerts(w, in);
    int error = go_on(ssl);
    conclude_alerts(w, ssl, error, in, before, overhead, out);
    if (!is_in_phase(w, ssl))
        wire_fail("alerts in a phase of the handshake");
    if (!all && error == SSL_ERROR_WANT_READ)
        out->verdict = ORACLE_UNSUPPORTED; /* it would have read on, into what cannot be sealed */
    SSL_free(ssl);
}

/* --- the decoders alone --- */

/* As the TLS library uses them: what is behind the value that was decoded belongs to no one. */
static void conclude_decoded(bool decoded, const uint8_t *end, cauth_bytes in, oracle_observation *out)
{
    bool whole = decoded && end == in.ptr + in.len;
    conclude(whole, take_errors(), out);
    out->no_alerts = true;
    if (decoded && !whole)
        out->reason = out->cause = "bytes are left over";
}

/* The content of the TLV that `der` begins with; *der is what is behind it then. What OpenSSL keeps as it was, values
 * of ANY type, has any form of length that it reads; it is the last of what is around it, so that an indefinite length
 * ends there. Not by ASN1_get_object, which up to 3.0.20 refuses a long form with nothing behind it. */
static cauth_bytes take_content(cauth_bytes *der)
{
    size_t at = 1;
    if ((der->ptr[0] & 0x1f) == 0x1f)
        while (at < der->len && (der->ptr[at++] & 0x80) != 0)
            continue;
    uint8_t first = at < der->len ? der->ptr[at++] : 0;
    size_t len = first;
    if (first > 0x80) {
        len = 0;
        for (unsigned i = 0; i < first - 0x80u && at < der->len && len <= der->len; i++)
            len = len << 8 | der->ptr[at++];
    }
    size_t left = der->len - at;
    if (first == 0x80)
        len = left - 2;
    if (len > left)
        wire_fail("reading what OpenSSL encoded");
    cauth_bytes content = { der->ptr + at, len };
    *der = (cauth_bytes){ content.ptr + len, left - len };
    return content;
}

/* What an i2d function has given. */
static cauth_bytes given(const unsigned char *der, int len)
{
    if (len <= 0)
        wire_fail("encoding what OpenSSL decoded");
    return (cauth_bytes){ der, (size_t)len };
}

static void put_content(cauth_field field, cauth_bytes der)
{
    cauth_bytes content = take_content(&der);
    (void)put_span(field, content.ptr, content.len);
}

/* As it was, octet for octet, which OpenSSL keeps. */
static void see_name(cauth_field field, const X509_NAME *name)
{
    const unsigned char *der;
    size_t len;
    if (X509_NAME_get0_der(name, &der, &len) != 1)
        wire_fail("X509_NAME_get0_der");
    put_span(field, der, len);
}

static void see_time(cauth_field field, const ASN1_TIME *time)
{
    put_number(CAUTH_FIELD_X509_VALIDITY, (uint64_t)ASN1_STRING_type(time));
    put_span(field, ASN1_STRING_get0_data(time), (size_t)ASN1_STRING_length(time));
}

/* v1 is not written out; one octet for all others that there are. */
static void see_version(const X509 *cert)
{
    long version = X509_get_version(cert);
    uint8_t octet = (uint8_t)version;
    (void)values_of(CAUTH_FIELD_X509_VERSION, false);
    if (version != X509_VERSION_1)
        put_span(CAUTH_FIELD_X509_VERSION, &octet, 1);
}

static void see_serial(const X509 *cert)
{
    unsigned char *der = NULL;
    int len = i2d_ASN1_INTEGER(X509_get0_serialNumber(cert), &der);
    put_content(CAUTH_FIELD_X509_SERIAL, given(der, len));
    OPENSSL_free(der);
}

static void see_algorithm(cauth_field field, const X509_ALGOR *algorithm)
{
    unsigned char *der = NULL;
    int len = i2d_X509_ALGOR(algorithm, &der);
    put_content(field, given(der, len));
    OPENSSL_free(der);
}

/* What OpenSSL clears in the content of a BIT STRING, of which the first octet counts the unused bits: these; and where
 * there are no others, their number. */
static uint8_t cleared_bits(cauth_bytes content)
{
    return content.len > 1 ? content.ptr[0] & 7 : 3;
}

static uint8_t see_bits(cauth_field field, const ASN1_BIT_STRING *bits)
{
    unsigned char *der = NULL;
    int len = i2d_ASN1_BIT_STRING(bits, &der);
    cauth_bytes rest = given(der, len);
    cauth_bytes content = take_content(&rest);
    uint8_t cleared = cleared_bits(content);
    put_span(field, content.ptr, content.len)->cleared_bits = cleared;
    OPENSSL_free(der);
    return cleared;
}

/* Its BIT STRING is the last of subjectPublicKeyInfo. */
static void see_key(const X509 *cert)
{
    const X509_PUBKEY *key = X509_get_X509_PUBKEY(cert);
    X509_ALGOR *algorithm;
    unsigned char *der = NULL;
    int len = i2d_X509_PUBKEY(key, &der);
    if (X509_PUBKEY_get0_param(NULL, NULL, NULL, &algorithm, key) != 1)
        wire_fail("X509_PUBKEY_get0_param");
    oracle_value *spki = put_span(CAUTH_FIELD_X509_SPKI, der, given(der, len).len);
    spki->cleared_bits = see_bits(CAUTH_FIELD_X509_PUBLIC_KEY, X509_get0_pubkey_bitstr(cert));
    see_algorithm(CAUTH_FIELD_X509_SPKI_ALGORITHM, algorithm);
    OPENSSL_free(der);
}

static void see_unique_ids(const X509 *cert)
{
    const ASN1_BIT_STRING *ids[2];
    X509_get0_uids(cert, &ids[0], &ids[1]);
    (void)values_of(CAUTH_FIELD_X509_UNIQUE_ID, false);
    for (size_t i = 0; i < 2; i++)
        if (ids[i] != NULL)
            see_bits(CAUTH_FIELD_X509_UNIQUE_ID, ids[i]);
}

static void see_extensions(const X509 *cert)
{
    (void)values_of(CAUTH_FIELD_X509_EXTENSION_OID, false);
    (void)values_of(CAUTH_FIELD_X509_EXTENSION_CRITICAL, true);
    (void)values_of(CAUTH_FIELD_X509_EXTENSION_VALUE, false);
    for (int i = 0; i < X509_get_ext_count(cert); i++) {
        X509_EXTENSION *extension = (X509_EXTENSION *)X509_get_ext(cert, i); /* const since 4.0 */
        const ASN1_OBJECT *oid = X509_EXTENSION_get_object(extension);
        const ASN1_OCTET_STRING *value = X509_EXTENSION_get_data(extension);
        put_span(CAUTH_FIELD_X509_EXTENSION_OID, OBJ_get0_data(oid), OBJ_length(oid));
        put_number(CAUTH_FIELD_X509_EXTENSION_CRITICAL, X509_EXTENSION_get_critical(extension) != 0);
        put_span(CAUTH_FIELD_X509_EXTENSION_VALUE, ASN1_STRING_get0_data(value), (size_t)ASN1_STRING_length(value));
    }
}

/* All the parts of a certificate, each encoded on its own; names as OpenSSL keeps them. */
static void see_certificate(const X509 *cert)
{
    const ASN1_BIT_STRING *signature;
    const X509_ALGOR *algorithm;
    X509_get0_signature(&signature, &algorithm, cert);
    see_version(cert);
    see_serial(cert);
    see_algorithm(CAUTH_FIELD_X509_TBS_SIGNATURE, X509_get0_tbs_sigalg(cert));
    see_name(CAUTH_FIELD_X509_ISSUER, X509_get_issuer_name(cert));
    see_time(CAUTH_FIELD_X509_NOT_BEFORE, X509_get0_notBefore(cert));
    see_time(CAUTH_FIELD_X509_NOT_AFTER, X509_get0_notAfter(cert));
    see_name(CAUTH_FIELD_X509_SUBJECT, X509_get_subject_name(cert));
    see_key(cert);
    see_unique_ids(cert);
    see_extensions(cert);
    see_algorithm(CAUTH_FIELD_X509_SIGNATURE_ALGORITHM, algorithm);
    see_bits(CAUTH_FIELD_X509_SIGNATURE_VALUE, signature);
}

/* OpenSSL keeps the octets of a name, and gives them back until it is changed: here by an attribute that comes and
 * goes. */
static void forget_octets(X509_NAME *name)
{
    static const unsigned char value[] = "x";
    if (X509_NAME_add_entry_by_NID(name, NID_commonName, V_ASN1_UTF8STRING, value, 1, -1, 0) != 1)
        wire_fail("changing a name");
    X509_NAME_ENTRY_free(X509_NAME_delete_entry(name, X509_NAME_entry_count(name) - 1));
}

/* The whole certificate as it is written from its parts. i2d_X509 alone would give back the octets of tbsCertificate
 * as they came. */
static void encode_certificate(X509 *cert)
{
    unsigned char *der = NULL;
    forget_octets((X509_NAME *)X509_get_issuer_name(cert)); /* const since 4.0 */
    forget_octets((X509_NAME *)X509_get_subject_name(cert));
    if (i2d_re_X509_tbs(cert, NULL) <= 0)
        wire_fail("encoding tbsCertificate");
    int len = i2d_X509(cert, &der);
    put_span(CAUTH_FIELD_X509_CERTIFICATE, der, given(der, len).len)->cleared_bits = unused_bits(cert);
    OPENSSL_free(der);
}

static void judge_x509(const way *w, cauth_bytes in, oracle_observation *out)
{
    (void)w;
    const unsigned char *end = in.ptr;
    X509 *cert = X509_new_ex(made.libctx, NULL);
    if (cert == NULL)
        wire_fail("X509_new_ex");
    openssl_narrow_want_keys(false);
    bool decoded = in.len > 0 && d2i_X509(&cert, &end, (long)in.len) != NULL; /* frees it when not */
    if (decoded) {
        see_certificate(cert);
        encode_certificate(cert);
    }
    conclude_decoded(decoded, end, in, out);
    if (decoded || in.len == 0)
        X509_free(cert);
}

/* The number of attributes of each RDN. */
static void see_rdns(const X509_NAME *name)
{
    int num = X509_NAME_entry_count(name);
    (void)values_of(CAUTH_FIELD_RDN, true);
    for (int i = 0, first = 0; i < num; i++) {
        const X509_NAME_ENTRY *next = X509_NAME_get_entry(name, i + 1); /* NULL behind the last */
        if (next == NULL || X509_NAME_ENTRY_set(next) != X509_NAME_ENTRY_set(X509_NAME_get_entry(name, i))) {
            put_number(CAUTH_FIELD_RDN, (uint64_t)(i + 1 - first));
            first = i + 1;
        }
    }
}

/* Type and value as the attribute is encoded: the API gives values of some types as their content, of some with what
 * is around it. */
static void see_attribute(const X509_NAME_ENTRY *attribute)
{
    unsigned char *der = NULL;
    int len = i2d_X509_NAME_ENTRY(attribute, &der);
    cauth_bytes rest = given(der, len);
    rest = take_content(&rest);
    cauth_bytes type = take_content(&rest);
    uint8_t tag = rest.ptr[0];
    cauth_bytes value = take_content(&rest);
    put_span(CAUTH_FIELD_ATTRIBUTE_TYPE, type.ptr, type.len);
    put_number(CAUTH_FIELD_ATTRIBUTE, tag);
    put_span(CAUTH_FIELD_ATTRIBUTE_VALUE, value.ptr, value.len)->cleared_bits =
        tag == V_ASN1_BIT_STRING ? cleared_bits(value) : 0;
    OPENSSL_free(der);
}

static void see_attributes(const X509_NAME *name)
{
    (void)values_of(CAUTH_FIELD_ATTRIBUTE_TYPE, false);
    (void)values_of(CAUTH_FIELD_ATTRIBUTE, true);
    (void)values_of(CAUTH_FIELD_ATTRIBUTE_VALUE, false);
    for (int i = 0; i < X509_NAME_entry_count(name); i++)
        see_attribute(X509_NAME_get_entry(name, i));
}

/* The whole name as it is written from its attributes. */
static void encode_name(X509_NAME *name)
{
    unsigned char *der = NULL;
    forget_octets(name);
    int len = i2d_X509_NAME(name, &der);
    put_span(CAUTH_FIELD_NAME, der, given(der, len).len);
    OPENSSL_free(der);
}

static void judge_name(const way *w, cauth_bytes in, oracle_observation *out)
{
    (void)w;
    const unsigned char *end = in.ptr;
    X509_NAME *name = in.len > 0 ? d2i_X509_NAME(NULL, &end, (long)in.len) : NULL;
    if (name != NULL) {
        see_rdns(name);
        see_attributes(name);
        encode_name(name);
    }
    conclude_decoded(name != NULL, end, in, out);
    X509_NAME_free(name);
}

/* --- which question a message is --- */

typedef void judge_fn(const way *w, cauth_bytes in, oracle_observation *out);

static judge_fn *question_of(const message *m)
{
    static const struct {
        const char *layout;
        judge_fn *before_tls13;
        judge_fn *tls13;
    } rows[] = {
        { "certreq10", judge_request, NULL },
        { "certreq12", judge_request, NULL },
        { "certreq13", NULL, judge_request13 },
        { "cert12", judge_certificate, NULL },
        { "cert13", NULL, judge_certificate },
#if ORACLES_CERTIFICATE_COMPRESSION
        { "compressed13", NULL, judge_compressed },
#endif
        { "certverify10", judge_verify, NULL },
        { "certverify12", judge_verify, judge_verify },
        { "alerts", judge_alerts, judge_alerts },
        { "x509", judge_x509, NULL },
        { "name", judge_name, NULL },
    };
#if ORACLES_RAW_PUBLIC_KEYS
    if (m->certificate_type == CAUTH_RAW_PUBLIC_KEY)
        return judge_raw_key;
#endif
    if (m->version == CAUTH_SSL30 || m->certificate_type != CAUTH_X509)
        return NULL;
    if (m->post_handshake)
        return strcmp(m->layout, "certreq13") == 0 ? judge_request13_post
               : strcmp(m->layout, "cert13") == 0  ? judge_certificate13_post
                                                   : NULL;
    for (size_t i = 0; i < NUM(rows); i++)
        if (strcmp(rows[i].layout, m->layout) == 0)
            return m->version == CAUTH_TLS13 ? rows[i].tls13 : rows[i].before_tls13;
    return NULL;
}

static void ask(const message *m, way w, cauth_bytes in, oracle_observation *out)
{
    judge_fn *question = question_of(m);
    make_all();
    begin();
    memset(out, 0, sizeof *out);
    out->verdict = ORACLE_UNSUPPORTED;
    out->alert = now.alert;
    out->reason = out->cause = "";
    if (question == NULL || (m->form == MESSAGE_BODY && in.len > WIRE_MAX_BODY))
        return;
    question(&w, in, out);
    out->written = (cauth_bytes){ now.written.ptr, now.written.len };
    ERR_clear_error();
}

static way way_of(const message *m)
{
    way w = {
        .role = m->sender == CAUTH_FROM_SERVER ? CLIENT : SERVER,
        .minor = (unsigned)(m->version - CAUTH_SSL30),
        .phase = AFTER_HELLO,
        .raw_key = m->certificate_type == CAUTH_RAW_PUBLIC_KEY,
    };
    return w;
}

static void judge(const message *m, cauth_bytes in, oracle_observation *out)
{
    ask(m, way_of(m), in, out);
}

static void judge_required(const message *m, cauth_bytes in, oracle_observation *out)
{
    way w = way_of(m);
    w.role = SERVER_REQUIRED;
    if (m->sender == CAUTH_FROM_CLIENT && m->handshake_type == (int)CERTIFICATE)
        ask(m, w, in, out);
    else
        ask(message_by_name("record_tls12"), w, in, out); /* nothing is asked about it */
}

static void judge_tls10(const message *m, cauth_bytes in, oracle_observation *out)
{
    way w = way_of(m);
    w.minor = 1;
    ask(m, w, in, out);
}

static void judge_tls11(const message *m, cauth_bytes in, oracle_observation *out)
{
    way w = way_of(m);
    w.minor = 2;
    ask(m, w, in, out);
}

static void judge_scattered(const message *m, cauth_bytes in, oracle_observation *out)
{
    way w = way_of(m);
    w.scattered = 1;
    ask(m, w, in, out);
}

static uint64_t digest_values(uint64_t digest, const oracle_field *f)
{
    digest = digest_number(digest, (uint64_t)f->field);
    digest = digest_number(digest, f->num_values);
    for (size_t i = 0; i < f->num_values; i++) {
        digest = digest_number(digest, f->values[i].number);
        digest = digest_octets(digest, f->values[i].span);
    }
    return digest;
}

/* All that is compared, and what was sent. */
static uint64_t digest_of(const oracle_observation *o)
{
    uint64_t digest = digest_number(1, (uint64_t)o->verdict);
    digest = digest_number(digest, o->by_policy);
    digest = digest_number(digest, o->alert.level);
    digest = digest_number(digest, o->alert.description);
    digest = digest_words(digest, o->reason);
    digest = digest_words(digest, o->cause);
    digest = digest_octets(digest, o->written);
    for (size_t i = 0; i < o->num_fields; i++)
        digest = digest_values(digest, &o->fields[i]);
    return digest;
}

void openssl_make_alike(openssl_answers *answers, oracle_observation *o)
{
    uint64_t digest = digest_of(o);
    if (!answers->any)
        answers->first = digest;
    answers->any = true;
    if (digest != answers->first)
        answers->differ = true;
    if (!answers->differ)
        return;
    memset(o, 0, sizeof *o);
    o->verdict = ORACLE_REJECT;
    o->alert.description = CAUTH_NO_ALERT;
    o->reason = o->cause = OPENSSL_READ_OTHERWISE;
}

/* Where records end says nothing about a message: it is asked about with the same ones before and behind it, cut in
 * each way. */
static void judge_coalesced(const message *m, cauth_bytes in, oracle_observation *out)
{
    way w = way_of(m);
    openssl_answers answers = { .any = false };
    for (w.cutting = WIRE_TOGETHER; w.cutting < WIRE_NUM_CUTTINGS; w.cutting++) {
        ask(m, w, in, out);
        openssl_make_alike(&answers, out);
    }
}

static void judge_plaintext(const message *m, cauth_bytes in, oracle_observation *out)
{
    way w = way_of(m);
    w.plaintext = true;
    ask(m, w, in, out);
}

static void judge_before_hello(const message *m, cauth_bytes in, oracle_observation *out)
{
    way w = way_of(m);
    w.phase = BEFORE_HELLO;
    ask(m, w, in, out);
}

static void judge_after_certificate(const message *m, cauth_bytes in, oracle_observation *out)
{
    way w = way_of(m);
    w.phase = AFTER_CERTIFICATE;
    ask(m, w, in, out);
}

static void judge_after_request(const message *m, cauth_bytes in, oracle_observation *out)
{
    way w = way_of(m);
    w.phase = AFTER_REQUEST;
    ask(m, w, in, out);
}

static void judge_after_finished(const message *m, cauth_bytes in, oracle_observation *out)
{
    way w = way_of(m);
    w.phase = AFTER_FINISHED;
    ask(m, w, in, out);
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
    for (role r = CLIENT; r < NUM_ROLES; r++)
        for (unsigned minor = 0; minor < NUM_MINORS; minor++) {
            SSL_CTX_free(made.ctx[r][minor]);
            wire_free(&made.hello[r][minor]);
            if (r == CLIENT)
                wire_free(&made.hello_of_raw_key[minor]);
            if (r != SERVER_REQUIRED)
                wire_free(&made.handshake[r][minor]);
        }
    wire_free(&made.rsa_certificate);
    wire_free(&made.ec_certificate);
    wire_free(&made.rsa_certificate13);
    wire_free(&made.ec_certificate13);
    wire_seal_free(&made.sealer);
    wire_mac_free(&made.macer);
    openssl_narrow_free(made.libctx);
    wire_free(&now.wire);
    wire_free(&now.bytes);
    wire_free(&now.written);
    wire_free(&now.context);
    wire_free(&now.body);
    wire_free(&now.flight.bytes);
    for (size_t i = 0; i < MAX_FIELDS; i++)
        free(now.values[i].ptr);
    memset(&made, 0, sizeof made);
    memset(&now, 0, sizeof now);
}

const oracle oracle_openssl = { "openssl", "openssl", version, version_number, judge, end };
const oracle oracle_openssl_required = { "openssl_required", "openssl", version, version_number, judge_required, end };
const oracle oracle_openssl_tls10 = { "openssl_tls10", "openssl", version, version_number, judge_tls10, end };
const oracle oracle_openssl_tls11 = { "openssl_tls11", "openssl", version, version_number, judge_tls11, end };
const oracle oracle_openssl_scattered = {
    "openssl_scattered", "openssl", version, version_number, judge_scattered, end
};
const oracle oracle_openssl_coalesced = {
    "openssl_coalesced", "openssl", version, version_number, judge_coalesced, end
};
const oracle oracle_openssl_plaintext = {
    "openssl_plaintext", "openssl", version, version_number, judge_plaintext, end
};
const oracle oracle_openssl_before_hello = { "openssl_before_hello", "openssl",          version,
                                             version_number,         judge_before_hello, end };
const oracle oracle_openssl_after_certificate = { "openssl_after_certificate", "openssl", version, version_number,
                                                  judge_after_certificate,     end };
const oracle oracle_openssl_after_request = { "openssl_after_request", "openssl",           version,
                                              version_number,          judge_after_request, end };
const oracle oracle_openssl_after_finished = { "openssl_after_finished", "openssl", version, version_number,
                                               judge_after_finished,     end };
