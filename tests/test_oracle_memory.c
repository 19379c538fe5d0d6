/* Asking oracles takes no memory that is not given back: a campaign asks millions of times in one process. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <openssl/crypto.h>

#include "corpus_file.h"
#include "message.h"
#include "oracle.h"

#define LONGEST 4096u
#define WARM 2u /* passes until all that is made once is there */
#define PASSES 5u

/* Blocks of memory that OpenSSL holds. */
static long blocks;

static void *counted_malloc(size_t size, const char *file, int line)
{
    (void)file;
    (void)line;
    void *ptr = malloc(size);
    blocks += ptr != NULL;
    return ptr;
}

static void counted_free(void *ptr, const char *file, int line)
{
    (void)file;
    (void)line;
    blocks -= ptr != NULL;
    free(ptr);
}

static void *counted_realloc(void *ptr, size_t size, const char *file, int line)
{
    if (ptr == NULL)
        return counted_malloc(size, file, line);
    if (size == 0) {
        counted_free(ptr, file, line);
        return NULL;
    }
    return realloc(ptr, size);
}

static size_t asked;

static void ask(void *user, const char *path, const message *m, cauth_bytes in)
{
    const oracle *o = user;
    oracle_observation seen;
    (void)path;
    if (in.len > LONGEST)
        return;
    o->judge(m, in, &seen);
    asked++;
}

static void memory_is_given_back(void **state)
{
    (void)state;
    for (size_t i = 0; i < num_oracles_compared; i++) {
        const message *m = message_by_name(oracles_compared[i].message);
        long before = 0;
        for (unsigned pass = 0; pass < PASSES; pass++) {
            if (pass == WARM)
                before = blocks;
            replay_corpus(m, ask, (void *)(uintptr_t)oracles_compared[i].oracle);
        }
        if (blocks != before)
            fail_msg("%s %s: OpenSSL held %ld blocks of memory, and %ld after %u passes more",
                     oracles_compared[i].oracle->name, m->name, before, blocks, PASSES - WARM);
    }
    assert_true(blocks > 0);
    printf("%zu questions, %ld blocks held\n", asked, blocks);
    oracles_compared[0].oracle->end();
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(memory_is_given_back) };
    if (CRYPTO_set_mem_functions(counted_malloc, counted_realloc, counted_free) != 1) {
        fputs("OpenSSL does not let its memory be counted\n", stderr);
        return 1;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
