#include "openssl_narrow.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include <openssl/core.h>
#include <openssl/core_dispatch.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/provider.h>
#include <openssl/rand.h>

/* Room for the kept rows of a table, of which there are one or two, and the row of zeros that ends it. */
#define MAX_KEPT 16u

/* The default provider, loaded into the default context, does all the work. */
static OSSL_PROVIDER *whole;
static OSSL_PROVIDER *narrow;
static OSSL_ALGORITHM kept_keys[MAX_KEPT];
static OSSL_ALGORITHM kept_decoders[MAX_KEPT];

/* Names are "RSA" or "RSA:rsaEncryption:1.2.840.113549.1.1.1"; those of RSA-PSS begin with "RSA-PSS". */
static bool is_rsa(const OSSL_ALGORITHM *row)
{
    const char *names = row->algorithm_names;
    return strncmp(names, "RSA", 3) == 0 && (names[3] == '\0' || names[3] == ':');
}

/* Properties are "provider=default,input=der,structure=SubjectPublicKeyInfo"; certificates hold no other structure. */
static bool is_of_certificates(const OSSL_ALGORITHM *row)
{
    return row->property_definition != NULL && strstr(row->property_definition, "SubjectPublicKeyInfo") != NULL;
}

static const OSSL_ALGORITHM *keep_rsa(const OSSL_ALGORITHM *all, bool decoders, OSSL_ALGORITHM *kept)
{
    size_t num = 0;
    memset(kept, 0, MAX_KEPT * sizeof *kept);
    for (; all != NULL && all->algorithm_names != NULL && num + 1 < MAX_KEPT; all++)
        if (is_rsa(all) && (!decoders || is_of_certificates(all)))
            kept[num++] = *all;
    return kept;
}

static const OSSL_ALGORITHM *query(void *provctx, int operation, int *no_cache)
{
    (void)provctx;
    const OSSL_ALGORITHM *all = OSSL_PROVIDER_query_operation(whole, operation, no_cache);
    if (operation == OSSL_OP_KEYMGMT)
        return keep_rsa(all, false, kept_keys);
    if (operation == OSSL_OP_DECODER)
        return keep_rsa(all, true, kept_decoders);
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
        { OSSL_FUNC_PROVIDER_QUERY_OPERATION, (void (*)(void))query },
        { OSSL_FUNC_PROVIDER_GET_CAPABILITIES, (void (*)(void))capabilities },
        { 0, NULL },
    };
    (void)handle;
    (void)in;
    *out = functions;
    *provctx = OSSL_PROVIDER_get0_provider_ctx(whole);
    return 1;
}

/* From OpenSSL 3.5 on, a provider that borrows from another one gets no random generator of its own. */
static bool is_usable(OSSL_LIB_CTX *libctx)
{
    unsigned char byte;
    bool usable = RAND_bytes_ex(libctx, &byte, 1, 0) == 1;
    ERR_clear_error();
    return usable;
}

OSSL_LIB_CTX *openssl_narrow_new(void)
{
    OSSL_LIB_CTX *libctx = OSSL_LIB_CTX_new();
    whole = OSSL_PROVIDER_load(NULL, "default");
    if (libctx != NULL && whole != NULL && OSSL_PROVIDER_add_builtin(libctx, "narrow", init) == 1)
        narrow = OSSL_PROVIDER_load(libctx, "narrow");
    if (narrow != NULL && is_usable(libctx))
        return libctx;
    /* `whole` stays loaded: once loaded by name, the default provider no longer comes by itself. */
    if (narrow != NULL)
        OSSL_PROVIDER_unload(narrow);
    narrow = NULL;
    OSSL_LIB_CTX_free(libctx);
    return NULL;
}

void openssl_narrow_free(OSSL_LIB_CTX *libctx)
{
    if (narrow != NULL)
        OSSL_PROVIDER_unload(narrow);
    OSSL_LIB_CTX_free(libctx);
    if (whole != NULL)
        OSSL_PROVIDER_unload(whole);
    narrow = NULL;
    whole = NULL;
}
