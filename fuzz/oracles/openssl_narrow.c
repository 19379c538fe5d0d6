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

/* Room for the kept rows of a table, and the row of zeros that ends it. */
#define MAX_KEPT 16u

/* The default provider does all the work. It lies in a context of its own, where it finds the fixed sequence when it
 * makes a key. */
static OSSL_LIB_CTX *base;
static OSSL_PROVIDER *fixed;
static OSSL_PROVIDER *whole;
static OSSL_PROVIDER *narrow;
static OSSL_ALGORITHM kept_keys[MAX_KEPT];
static OSSL_ALGORITHM kept_decoders[MAX_KEPT];

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

static bool is_key(const OSSL_ALGORITHM *row)
{
    return is_called(row, "RSA") || is_called(row, "EC") || is_called(row, "X25519") || is_called(row, "HMAC");
}

/* Properties are "provider=default,input=der,structure=SubjectPublicKeyInfo"; certificates hold no other structure. */
static bool is_decoder(const OSSL_ALGORITHM *row)
{
    return (is_called(row, "RSA") || is_called(row, "EC")) && row->property_definition != NULL &&
           strstr(row->property_definition, "SubjectPublicKeyInfo") != NULL;
}

static const OSSL_ALGORITHM *keep(const OSSL_ALGORITHM *all, bool (*wanted)(const OSSL_ALGORITHM *row),
                                  OSSL_ALGORITHM *kept)
{
    size_t num = 0;
    memset(kept, 0, MAX_KEPT * sizeof *kept);
    for (; all != NULL && all->algorithm_names != NULL && num + 1 < MAX_KEPT; all++)
        if (wanted(all))
            kept[num++] = *all;
    return kept;
}

static const OSSL_ALGORITHM *query(void *provctx, int operation, int *no_cache)
{
    (void)provctx;
    if (operation == OSSL_OP_RAND) {
        *no_cache = 0;
        return fixed_rand;
    }
    const OSSL_ALGORITHM *all = OSSL_PROVIDER_query_operation(whole, operation, no_cache);
    if (operation == OSSL_OP_KEYMGMT)
        return keep(all, is_key, kept_keys);
    if (operation == OSSL_OP_DECODER)
        return keep(all, is_decoder, kept_decoders);
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
