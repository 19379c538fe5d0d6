/* Files of the corpus, for a cmocka test. */
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

/* Judges all files of a message. There must be some, and all must be readable. */
static inline void replay_corpus(const message *m, replay_fn *judge, void *user)
{
    replay r = { .tool = CAUTH_CORPUS, .message = m, .judge = judge, .user = user };
    char folder[4096];
    snprintf(folder, sizeof folder, "%s/%s", CAUTH_CORPUS, m->name);
    replay_path(&r, folder);
    assert_int_equal(r.errors, 0);
}

#endif
