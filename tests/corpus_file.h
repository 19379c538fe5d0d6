/* A file of the corpus, for a cmocka test. */
#ifndef CAUTH_TESTS_CORPUS_FILE_H
#define CAUTH_TESTS_CORPUS_FILE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "files.h"

/* Its content, to be freed with exact_free; `path` is below the corpus. One that cannot be read fails the test. */
static inline cauth_bytes read_corpus(const char *path)
{
    char whole[4096];
    cauth_bytes content = { NULL, 0 };
    const char *error = NULL;
    snprintf(whole, sizeof whole, "%s/%s", CAUTH_CORPUS, path);
    if (!file_read(whole, &content, &error))
        fail_msg("%s: %s", whole, error);
    return content;
}

#endif
