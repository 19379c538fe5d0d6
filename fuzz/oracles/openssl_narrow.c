#include "openssl_narrow.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <openssl/core.h>
#include <openssl/core_dispatch.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/params.h>
#include <openssl/provider.h>
#include <openssl/rand.h>

#include "random.h"

/* Room for the kept rows of a table, and the row of zeros that ends it; for the functions of an algorithm, the same. */
#define MAX_KEPT 16u
#define MAX_CALLS 64u
#define SHARE 32u
#define PREMASTER 48u

/* The default provider does all the work. It lies in a context of its own, where it finds the fixed sequence when it
 * makes a key. */
static OSSL_LIB_CTX *base;
static OSSL_PROVIDER *fixed;
static OSSL_PROVIDER *whole;
static OSSL_PROVIDER *narrow;

/* --- the fixed sequence --- */

static random_source sequence;
static const unsigned char *next; /* to be drawn instead, or NULL */
static size_t next_len;

void openssl_narrow_restart(void)
{
    sequence = random_init(0);
    next = NULL;
}

void openssl_narrow_next(const unsigned char *ptr, size_t len)
{
    next = ptr;
    next_len = len;
}

static void *fixed_new(void *provctx, void *parent, const OSSL_DISPATCH *parent_calls)
{
    static char context;
    (void)provctx;
    (void)parent;
    (void)parent_calls;
    return &context;
}

static void fixed_free(void *ctx)
{
    (void)ctx;
}

static int fixed_instantiate(void *ctx, unsigned strength, int prediction_resistance, const unsigned char *text,
                             size_t len, const OSSL_PARAM params[])
{
    (void)ctx;
    (void)strength;
    (void)prediction_resistance;
    (void)text;
    (void)len;
    (void)params;
    return 1;
}

static int fixed_uninstantiate(void *ctx)
{
    (void)ctx;
    return 1;
}

static int fixed_generate(void *ctx, unsigned char *out, size_t len, unsigned strength, int prediction_resistance,
                          const unsigned char *more, size_t more_len)
{
    (void)ctx;
    (void)strength;
    (void)prediction_resistance;
    (void)more;
    (void)more_len;
    if (next != NULL && next_len == len) {
        memcpy(out, next, len);
        next = NULL;
    } else {
        random_bytes(&sequence, out, len);
    }
    return 1;
}

/* One thread asks: there is nothing to lock. */
static int fixed_lock(void *ctx)
{
    (void)ctx;
    return 1;
}

static void fixed_unlock(void *ctx)
{
    (void)ctx;
}

static int fixed_params(void *ctx, OSSL_PARAM params[])
{
    (void)ctx;
    OSSL_PARAM *p = OSSL_PARAM_locate(params, OSSL_RAND_PARAM_STATE);
    if (p != NULL && OSSL_PARAM_set_int(p, EVP_RAND_STATE_READY) != 1)
        return 0;
    p = OSSL_PARAM_locate(params, OSSL_RAND_PARAM_STRENGTH);
    if (p != NULL && OSSL_PARAM_set_uint(p, 256) != 1)
        return 0;
    p = OSSL_PARAM_locate(params, OSSL_RAND_PARAM_MAX_REQUEST);
    return p == NULL || OSSL_PARAM_set_size_t(p, 1u << 16) == 1;
}

#define CALL(id, function)                                                                                             \
    {                                                                                                                  \
        id, (void (*)(void))(function)                                                                                 \
    }
static const OSSL_DISPATCH fixed_calls[] = {
    CALL(OSSL_FUNC_RAND_NEWCTX, fixed_new),
    CALL(OSSL_FUNC_RAND_FREECTX, fixed_free),
    CALL(OSSL_FUNC_RAND_INSTANTIATE, fixed_instantiate),
    CALL(OSSL_FUNC_RAND_UNINSTANTIATE, fixed_uninstantiate),
    CALL(OSSL_FUNC_RAND_GENERATE, fixed_generate),
    CALL(OSSL_FUNC_RAND_ENABLE_LOCKING, fixed_lock),
    CALL(OSSL_FUNC_RAND_LOCK, fixed_lock),
    CALL(OSSL_FUNC_RAND_UNLOCK, fixed_unlock),
    CALL(OSSL_FUNC_RAND_GET_CTX_PARAMS, fixed_params),
    { 0, NULL },
};
static const OSSL_ALGORITHM fixed_rand[] = {
    { "FIXED", "provider=narrow", fixed_calls, "the same numbers every time" },
    { NULL, NULL, NULL, NULL },
};

/* --- the few algorithms --- */

/* Names are "RSA" or "RSA:rsaEncryption:1.2.840.113549.1.1.1"; those of RSA-PSS begin with "RSA-PSS". */
static bool is_called(const OSSL_ALGORITHM *row, const char *name)
{
    size_t len = strlen(name);
    const char *names = row->algorithm_names;
    return strncmp(names, name, len) == 0 && (names[len] == '\0' || names[len] == ':');
}

/* Of these operations what is kept; of others all. OpenSSL walks through every algorithm of a context whenever it
 * decodes a key, and the default provider has hundreds. */
static const struct {
    int operation;
    const char *names[MAX_KEPT];
} kept_names[] = {
    { OSSL_OP_CIPHER, { "AES-128-CBC", "AES-128-GCM", "NULL" } },
    { OSSL_OP_DIGEST, { "SHA1", "SHA2-224", "SHA2-256", "SHA2-384", "SHA2-512", "MD5", "MD5-SHA1" } },
    { OSSL_OP_MAC, { "HMAC" } },
    { OSSL_OP_KDF, { "HKDF", "TLS13-KDF", "TLS1-PRF" } },
    { OSSL_OP_KEYMGMT, { "RSA", "RSA-PSS", "EC", "X25519", "HMAC" } },
    { OSSL_OP_KEYEXCH, { "X25519" } },
    { OSSL_OP_SIGNATURE, { "RSA", "ECDSA", "HMAC" } },
    { OSSL_OP_ASYM_CIPHER, { "RSA" } },
    { OSSL_OP_DECODER, { "RSA", "EC" } },
};
#define NUM_KEPT (sizeof kept_names / sizeof kept_names[0])
static OSSL_ALGORITHM kept[NUM_KEPT][MAX_KEPT];

/* Properties are "provider=default,input=der,structure=SubjectPublicKeyInfo"; certificates hold no other structure. */
static bool is_wanted(const OSSL_ALGORITHM *row, size_t table)
{
    if (kept_names[table].operation == OSSL_OP_DECODER &&
        (row->property_definition == NULL || strstr(row->property_definition, "SubjectPublicKeyInfo") == NULL))
        return false;
    for (const char *const *name = kept_names[table].names; *name != NULL; name++)
        if (is_called(row, *name))
            return true;
    return false;
}

/* --- what is not calculated --- */

/* The functions of the default provider that are exchanged for others, which may call them. */
typedef enum {
    X25519_GENERATE,
    X25519_DERIVE,
    DECODE_RSA,
    DECODE_EC,
    VERIFY_RSA,
    VERIFY_ECDSA,
    SIGN_ECDSA,
    DECRYPT_RSA,
    NUM_EXCHANGED
} exchanged;

static const OSSL_DISPATCH *originals[NUM_EXCHANGED];
static OSSL_DISPATCH calls[NUM_EXCHANGED][MAX_CALLS];
static bool keys_wanted = true;
static bool arithmetic_wanted = true;

void openssl_narrow_want_keys(bool wanted)
{
    keys_wanted = wanted;
}

void openssl_narrow_want_arithmetic(bool wanted)
{
    arithmetic_wanted = wanted;
}

static const OSSL_DISPATCH *function_of(const OSSL_DISPATCH *all, int id)
{
    while (all->function_id != 0 && all->function_id != id)
        all++;
    return all;
}

/* X25519 with one key for all and one secret for all: what a question cost in TLS 1.3 was mostly this arithmetic. Its
 * result decides nothing; that both sides have the same secret is enough. */
static void *constant_key(void *ctx, OSSL_CALLBACK *callback, void *arg)
{
    static uint8_t share[SHARE] = { 9 };
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, share, sizeof share),
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PRIV_KEY, share, sizeof share),
        OSSL_PARAM_construct_end(),
    };
    const OSSL_DISPATCH *all = calls[X25519_GENERATE];
    OSSL_FUNC_keymgmt_new_fn *make = OSSL_FUNC_keymgmt_new(function_of(all, OSSL_FUNC_KEYMGMT_NEW));
    OSSL_FUNC_keymgmt_import_fn *import = OSSL_FUNC_keymgmt_import(function_of(all, OSSL_FUNC_KEYMGMT_IMPORT));
    OSSL_FUNC_keymgmt_free_fn *unmake = OSSL_FUNC_keymgmt_free(function_of(all, OSSL_FUNC_KEYMGMT_FREE));
    (void)ctx;
    (void)callback;
    (void)arg;
    if (make == NULL || import == NULL || unmake == NULL)
        return NULL;
    void *key = make(OSSL_PROVIDER_get0_provider_ctx(whole));
    if (key != NULL && import(key, OSSL_KEYMGMT_SELECT_KEYPAIR, params) == 1)
        return key;
    unmake(key);
    return NULL;
}

static int constant_secret(void *ctx, unsigned char *secret, size_t *len, size_t room)
{
    (void)ctx;
    *len = SHARE;
    if (secret == NULL)
        return 1;
    if (room < SHARE)
        return 0;
    memset(secret, 1, SHARE);
    return 1;
}

/* "Nothing of mine" is no error of a decoder. */
static int decode_rsa(void *ctx, OSSL_CORE_BIO *in, int selection, OSSL_CALLBACK *take, void *take_arg,
                      OSSL_PASSPHRASE_CALLBACK *ask, void *ask_arg)
{
    OSSL_FUNC_decoder_decode_fn *decode = OSSL_FUNC_decoder_decode(originals[DECODE_RSA]);
    return keys_wanted ? decode(ctx, in, selection, take, take_arg, ask, ask_arg) : 1;
}

static int decode_ec(void *ctx, OSSL_CORE_BIO *in, int selection, OSSL_CALLBACK *take, void *take_arg,
                     OSSL_PASSPHRASE_CALLBACK *ask, void *ask_arg)
{
    OSSL_FUNC_decoder_decode_fn *decode = OSSL_FUNC_decoder_decode(originals[DECODE_EC]);
    return keys_wanted ? decode(ctx, in, selection, take, take_arg, ask, ask_arg) : 1;
}

static int verify_rsa(void *ctx, const unsigned char *signature, size_t len)
{
    return arithmetic_wanted && OSSL_FUNC_signature_digest_verify_final(originals[VERIFY_RSA])(ctx, signature, len);
}

static int verify_ecdsa(void *ctx, const unsigned char *signature, size_t len)
{
    return arithmetic_wanted && OSSL_FUNC_signature_digest_verify_final(originals[VERIFY_ECDSA])(ctx, signature, len);
}

/* SEQUENCE { 1, 1 }, to be verified by nobody. */
static int sign_ecdsa(void *ctx, unsigned char *signature, size_t *len, size_t room)
{
    static const uint8_t ones[] = { 0x30, 6, 2, 1, 1, 2, 1, 1 };
    if (arithmetic_wanted)
        return OSSL_FUNC_signature_digest_sign_final(originals[SIGN_ECDSA])(ctx, signature, len, room);
    *len = sizeof ones;
    if (signature == NULL)
        return 1;
    if (room < sizeof ones)
        return 0;
    memcpy(signature, ones, sizeof ones);
    return 1;
}

/* A premaster secret of TLS. */
static int decrypt_rsa(void *ctx, unsigned char *out, size_t *len, size_t room, const unsigned char *in, size_t in_len)
{
    if (arithmetic_wanted)
        return OSSL_FUNC_asym_cipher_decrypt(originals[DECRYPT_RSA])(ctx, out, len, room, in, in_len);
    *len = PREMASTER;
    if (out == NULL)
        return 1;
    if (room < PREMASTER)
        return 0;
    memset(out, 1, PREMASTER);
    return 1;
}

static const struct {
    int operation;
    const char *name;
    OSSL_DISPATCH call;
} exchanges[NUM_EXCHANGED] = {
    [X25519_GENERATE] = { OSSL_OP_KEYMGMT, "X25519", CALL(OSSL_FUNC_KEYMGMT_GEN, constant_key) },
    [X25519_DERIVE] = { OSSL_OP_KEYEXCH, "X25519", CALL(OSSL_FUNC_KEYEXCH_DERIVE, constant_secret) },
    [DECODE_RSA] = { OSSL_OP_DECODER, "RSA", CALL(OSSL_FUNC_DECODER_DECODE, decode_rsa) },
    [DECODE_EC] = { OSSL_OP_DECODER, "EC", CALL(OSSL_FUNC_DECODER_DECODE, decode_ec) },
    [VERIFY_RSA] = { OSSL_OP_SIGNATURE, "RSA", CALL(OSSL_FUNC_SIGNATURE_DIGEST_VERIFY_FINAL, verify_rsa) },
    [VERIFY_ECDSA] = { OSSL_OP_SIGNATURE, "ECDSA", CALL(OSSL_FUNC_SIGNATURE_DIGEST_VERIFY_FINAL, verify_ecdsa) },
    [SIGN_ECDSA] = { OSSL_OP_SIGNATURE, "ECDSA", CALL(OSSL_FUNC_SIGNATURE_DIGEST_SIGN_FINAL, sign_ecdsa) },
    [DECRYPT_RSA] = { OSSL_OP_ASYM_CIPHER, "RSA", CALL(OSSL_FUNC_ASYM_CIPHER_DECRYPT, decrypt_rsa) },
};

/* The row with the functions exchanged that are not its own here. */
static void exchange(OSSL_ALGORITHM *row, int operation)
{
    for (size_t i = 0; i < NUM_EXCHANGED; i++) {
        const OSSL_DISPATCH *all = row->implementation;
        size_t num = 0;
        if (exchanges[i].operation != operation || !is_called(row, exchanges[i].name))
            continue;
        originals[i] = function_of(all, exchanges[i].call.function_id);
        for (; all->function_id != 0 && num + 1 < MAX_CALLS; all++)
            calls[i][num++] = all == originals[i] ? exchanges[i].call : *all;
        calls[i][num] = (OSSL_DISPATCH){ 0, NULL };
        row->implementation = calls[i];
    }
}

static const OSSL_ALGORITHM *keep(const OSSL_ALGORITHM *all, size_t table)
{
    size_t num = 0;
    memset(kept[table], 0, sizeof kept[table]);
    for (; all != NULL && all->algorithm_names != NULL && num + 1 < MAX_KEPT; all++) {
        if (!is_wanted(all, table))
            continue;
        kept[table][num] = *all;
        exchange(&kept[table][num++], kept_names[table].operation);
    }
    return kept[table];
}

static const OSSL_ALGORITHM *query(void *provctx, int operation, int *no_cache)
{
    (void)provctx;
    if (operation == OSSL_OP_RAND) {
        *no_cache = 0;
        return fixed_rand;
    }
    const OSSL_ALGORITHM *all = OSSL_PROVIDER_query_operation(whole, operation, no_cache);
    for (size_t i = 0; i < NUM_KEPT; i++)
        if (kept_names[i].operation == operation)
            return keep(all, i);
    return all;
}

static int capabilities(void *provctx, const char *capability, OSSL_CALLBACK *cb, void *arg)
{
    (void)provctx;
    return OSSL_PROVIDER_get_capabilities(whole, capability, cb, arg);
}

static int init(const OSSL_CORE_HANDLE *handle, const OSSL_DISPATCH *in, const OSSL_DISPATCH **out, void **provctx)
{
    static const OSSL_DISPATCH functions[] = {
        CALL(OSSL_FUNC_PROVIDER_QUERY_OPERATION, query),
        CALL(OSSL_FUNC_PROVIDER_GET_CAPABILITIES, capabilities),
        { 0, NULL },
    };
    (void)handle;
    (void)in;
    *out = functions;
    *provctx = OSSL_PROVIDER_get0_provider_ctx(whole);
    return 1;
}

static const OSSL_ALGORITHM *query_fixed(void *provctx, int operation, int *no_cache)
{
    (void)provctx;
    *no_cache = 0;
    return operation == OSSL_OP_RAND ? fixed_rand : NULL;
}

static int init_fixed(const OSSL_CORE_HANDLE *handle, const OSSL_DISPATCH *in, const OSSL_DISPATCH **out,
                      void **provctx)
{
    static const OSSL_DISPATCH functions[] = {
        CALL(OSSL_FUNC_PROVIDER_QUERY_OPERATION, query_fixed),
        { 0, NULL },
    };
    static char context;
    (void)handle;
    (void)in;
    *out = functions;
    *provctx = &context;
    return 1;
}

/* Lets a context take its random numbers from the fixed sequence. */
static bool is_fixed(OSSL_LIB_CTX *libctx)
{
    unsigned char byte;
    return RAND_set_seed_source_type(libctx, "FIXED", NULL) == 1 &&
           RAND_set_DRBG_type(libctx, "FIXED", NULL, NULL, NULL) == 1 && RAND_bytes_ex(libctx, &byte, 1, 0) == 1;
}

OSSL_LIB_CTX *openssl_narrow_new(void)
{
    openssl_narrow_restart();
    base = OSSL_LIB_CTX_new();
    if (base != NULL && OSSL_PROVIDER_add_builtin(base, "fixed", init_fixed) == 1)
        fixed = OSSL_PROVIDER_load(base, "fixed");
    if (fixed != NULL && is_fixed(base))
        whole = OSSL_PROVIDER_load(base, "default");
    OSSL_LIB_CTX *libctx = OSSL_LIB_CTX_new();
    if (libctx != NULL && whole != NULL && OSSL_PROVIDER_add_builtin(libctx, "narrow", init) == 1)
        narrow = OSSL_PROVIDER_load(libctx, "narrow");
    if (narrow != NULL && is_fixed(libctx))
        return libctx;
    openssl_narrow_free(libctx);
    return NULL;
}

void openssl_narrow_free(OSSL_LIB_CTX *libctx)
{
    if (narrow != NULL)
        OSSL_PROVIDER_unload(narrow);
    OSSL_LIB_CTX_free(libctx);
    if (whole != NULL)
        OSSL_PROVIDER_unload(whole);
    if (fixed != NULL)
        OSSL_PROVIDER_unload(fixed);
    OSSL_LIB_CTX_free(base);
    narrow = NULL;
    whole = NULL;
    fixed = NULL;
    base = NULL;
}
