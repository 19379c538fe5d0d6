#define _POSIX_C_SOURCE 200809L

#include "expect.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "exact.h"
#include "files.h"

#define FOLDER "/certreq_tls12"

typedef struct {
    char root[PATH_MAX - 64];
    size_t files;
    size_t errors;
    size_t not_regular;
} scene;

static const char *below(const scene *s, const char *name)
{
    static char path[PATH_MAX];
    snprintf(path, sizeof path, "%s%s", s->root, name);
    return path;
}

/* root/certreq_tls12/ with a file of two bytes, a FIFO, and a link to itself. */
static int set_up(void **state)
{
    const char *place = getenv("TMPDIR");
    scene *s = calloc(1, sizeof *s);
    *state = s;
    if (s == NULL)
        return -1;
    snprintf(s->root, sizeof s->root, "%s/test_files.XXXXXX", place != NULL ? place : "/tmp");
    if (mkdtemp(s->root) == NULL || mkdir(below(s, FOLDER), 0700) != 0)
        return -1;
    FILE *file = fopen(below(s, FOLDER "/file"), "wb");
    if (file == NULL || fputs("ab", file) < 0 || fclose(file) != 0)
        return -1;
    return mkfifo(below(s, FOLDER "/fifo"), 0600) != 0 || symlink(".", below(s, FOLDER "/link")) != 0;
}

static int tear_down(void **state)
{
    static const char *const names[] = { "/file", "/fifo", "/link", "" };
    scene *s = *state;
    char folder[PATH_MAX];
    snprintf(folder, sizeof folder, "%s", below(s, FOLDER));
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[PATH_MAX + 16];
        snprintf(path, sizeof path, "%s%s", folder, names[i]);
        remove(path);
    }
    int status = remove(s->root);
    free(s);
    return status;
}

static void count(void *user, const char *path, const char *error)
{
    scene *s = user;
    if (error == NULL) {
        s->files++;
        return;
    }
    s->errors++;
    s->not_regular += strcmp(path, below(s, FOLDER "/fifo")) == 0 && strcmp(error, "not a regular file") == 0;
}

static void only_regular_files_are_read(void **state)
{
    const scene *s = *state;
    cauth_bytes content;
    const char *error = NULL;
    assert_false(file_read(below(s, FOLDER "/fifo"), &content, &error));
    assert_string_equal(error, "not a regular file");
    assert_false(file_read("/dev/zero", &content, &error));
    assert_string_equal(error, "not a regular file");
    assert_false(file_read(below(s, FOLDER), &content, &error));
    assert_string_equal(error, "a directory, not a file");
    assert_true(file_read(below(s, FOLDER "/file"), &content, &error));
    assert_int_equal(content.len, 2);
    assert_memory_equal(content.ptr, "ab", 2);
    exact_free(content);
}

/* A walk meets each file once, in spite of the link, and says what it cannot read. */
static void a_walk_ends(void **state)
{
    scene *s = *state;
    assert_int_equal(files_walk(s->root, count, s), 1);
    assert_int_equal(s->files, 1);
    assert_int_equal(s->errors, 2);
    assert_int_equal(s->not_regular, 1);
}

static void a_link_that_is_named_is_walked(void **state)
{
    scene *s = *state;
    char link[PATH_MAX];
    snprintf(link, sizeof link, "%s", below(s, FOLDER "/link"));
    assert_int_equal(files_walk(link, count, s), 1);
    assert_int_equal(s->files, 1);
}

static void folders_name_messages(void **state)
{
    const message *m = message_by_name("certreq_tls12");
    (void)state;
    assert_non_null(m);
    assert_ptr_equal(message_of_folder("certreq_tls12/x"), m);
    assert_ptr_equal(message_of_folder("/a/certreq_tls12//x"), m);
    assert_null(message_of_folder("certreq_tls12"));
    assert_null(message_of_folder("certreq_tls12/below/x"));
    assert_null(message_of_folder("/x"));
    assert_null(message_of_folder("//x"));
}

static void joined(const char *folder, const char *name, const char *expected)
{
    char *path = path_join(folder, name);
    assert_string_equal(path, expected);
    free(path);
}

static void paths_are_joined_by_one_slash(void **state)
{
    (void)state;
    joined("a", "b", "a/b");
    joined("a/", "b", "a/b");
    joined("/", "b", "/b");
    joined("", "b", "b");
}

static void printed(const char *path, const char *expected)
{
    char *text = NULL;
    size_t len = 0;
    FILE *to = open_memstream(&text, &len);
    assert_non_null(to);
    print_path(to, path);
    assert_int_equal(fclose(to), 0);
    assert_string_equal(text, expected);
    free(text);
}

static void paths_stay_in_their_line_and_column(void **state)
{
    (void)state;
    printed("a b/c", "a b/c");
    printed("a\tb\nc\rd\\e", "a\\tb\\nc\\rd\\\\e");
    printed("\x01\x1b[m\x7f", "\\x01\\x1b[m\\x7f");
    printed("\xc3\xa9\xff", "\xc3\xa9\xff");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(only_regular_files_are_read, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_walk_ends, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_link_that_is_named_is_walked, set_up, tear_down),
        cmocka_unit_test(folders_name_messages),
        cmocka_unit_test(paths_are_joined_by_one_slash),
        cmocka_unit_test(paths_stay_in_their_line_and_column),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
