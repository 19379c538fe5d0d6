/* Asking oracles takes no memory that is not given back: a campaign asks millions of times in one process. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/crypto.h>

#include "exact.h"
#include "files.h"
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

/* Every question that the corpus of its message gives; how many there were. */
static size_t ask_all(const oracle *o, const message *m)
{
    char place[4096];
    size_t asked = 0;
    snprintf(place, sizeof place, "%s/%s", CAUTH_CORPUS, m->name);
    DIR *folder = opendir(place);
    assert_non_null(folder);
    for (struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        char path[sizeof place + sizeof entry->d_name];
        const char *error = NULL;
        oracle_observation seen;
        cauth_bytes in;
        snprintf(path, sizeof path, "%s/%s", place, entry->d_name);
        if (entry->d_name[0] == '.' || !file_read(path, &in, &error))
            continue;
        if (in.len <= LONGEST) {
            o->judge(m, in, &seen);
            asked++;
        }
        exact_free(in);
    }
    closedir(folder);
    return asked;
}

static void memory_is_given_back(void **state)
{
    (void)state;
    size_t asked = 0;
    for (size_t i = 0; i < num_oracles_compared; i++) {
        const message *m = message_by_name(oracles_compared[i].message);
        long before = 0;
        for (unsigned pass = 0; pass < PASSES; pass++) {
            if (pass == WARM)
                before = blocks;
            asked += ask_all(oracles_compared[i].oracle, m);
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
