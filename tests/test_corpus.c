/* The corpus and its manifest: every row has its file, every file its row, and every verdict is the row's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "exact.h"
#include "files.h"
#include "manifest.h"

static manifest rows;

static int read_manifest(void **state)
{
    (void)state;
    return manifest_read(CAUTH_CORPUS "/MANIFEST.tsv", &rows) ? 0 : -1;
}

static int free_manifest(void **state)
{
    (void)state;
    manifest_free(&rows);
    return 0;
}

static bool verdict_is(const manifest_row *row, cauth_bytes in, cauth_profile profile, const verdict *expected)
{
    char expected_text[VERDICT_TEXT_SIZE];
    char given_text[VERDICT_TEXT_SIZE];
    verdict given = verdict_of(message_by_name(row->message), in, profile);
    if (verdict_equal(&given, expected))
        return true;
    verdict_to_text(expected, expected_text);
    verdict_to_text(&given, given_text);
    print_error("MANIFEST.tsv:%zu: %s (%s): expected %s, given %s\n", row->line, row->path,
                profile == CAUTH_STRICT ? "strict" : "interop", expected_text, given_text);
    return false;
}

static void rows_have_files_with_their_verdicts(void **state)
{
    size_t wrong = 0;
    (void)state;
    for (size_t i = 0; i < rows.num; i++) {
        const manifest_row *row = &rows.rows[i];
        char path[1024];
        const char *error;
        cauth_bytes in;
        snprintf(path, sizeof path, "%s/%s", CAUTH_CORPUS, row->path);
        if (!file_read(path, &in, &error)) {
            print_error("MANIFEST.tsv:%zu: %s: %s\n", row->line, row->path, error);
            wrong++;
            continue;
        }
        wrong += !verdict_is(row, in, CAUTH_STRICT, &row->strict);
        wrong += !verdict_is(row, in, CAUTH_INTEROP, &row->interop);
        exact_free(in);
    }
    assert_int_equal(wrong, 0);
    assert_true(rows.num > 0);
}

static void check_row(void *user, const char *path, const char *error)
{
    size_t *wrong = user;
    const char *below = path + strlen(CAUTH_CORPUS "/");
    if (error == NULL && manifest_find(&rows, below) != NULL)
        return;
    print_error("%s: %s\n", below, error != NULL ? error : "has no row in MANIFEST.tsv");
    *wrong += 1;
}

static void files_have_rows(void **state)
{
    size_t wrong = 0;
    (void)state;
    for (size_t i = 0; i < num_messages; i++) {
        char path[1024];
        snprintf(path, sizeof path, "%s/%s", CAUTH_CORPUS, messages[i].name);
        files_walk(path, check_row, &wrong);
    }
    assert_int_equal(wrong, 0);
}

/* A file lies in the folder of its message. */
static void folders_are_messages(void **state)
{
    (void)state;
    for (size_t i = 0; i < rows.num; i++) {
        const manifest_row *row = &rows.rows[i];
        size_t len = strlen(row->message);
        if (strncmp(row->path, row->message, len) != 0 || row->path[len] != '/')
            fail_msg("MANIFEST.tsv:%zu: %s does not lie in the folder %s", row->line, row->path, row->message);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_have_files_with_their_verdicts),
        cmocka_unit_test(files_have_rows),
        cmocka_unit_test(folders_are_messages),
    };
    return cmocka_run_group_tests(tests, read_manifest, free_manifest);
}
