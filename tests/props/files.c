#define _POSIX_C_SOURCE 200809L

#include "files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "exact.h"

static bool read_all(FILE *file, cauth_bytes *content, const char **error)
{
    size_t cap = 4096;
    size_t len = 0;
    uint8_t *block = malloc(cap);
    while (block != NULL) {
        len += fread(block + len, 1, cap - len, file);
        if (len < cap || len > FILES_MAX_SIZE)
            break;
        cap *= 2;
        uint8_t *larger = realloc(block, cap);
        if (larger == NULL)
            free(block);
        block = larger;
    }
    *error = block == NULL          ? "out of memory"
             : ferror(file)         ? strerror(errno)
             : len > FILES_MAX_SIZE ? "larger than 32 MiB, more than any message can be"
                                    : NULL;
    if (*error == NULL)
        *content = exact_copy(block, len);
    free(block);
    return *error == NULL;
}

/* Why what stat found is not to be read, or NULL. */
static const char *objection(int failed, const struct stat *info)
{
    if (failed != 0)
        return strerror(errno);
    if (S_ISDIR(info->st_mode))
        return "a directory, not a file";
    if (!S_ISREG(info->st_mode))
        return "not a regular file";
    return info->st_size > (off_t)FILES_MAX_SIZE ? "larger than 32 MiB, more than any message can be" : NULL;
}

bool file_read(const char *path, cauth_bytes *content, const char **error)
{
    struct stat info;
    if (strcmp(path, "-") == 0)
        return read_all(stdin, content, error);
    /* Opening a device can do something, so it is asked before; opening a FIFO must not wait even if it came since. */
    *error = objection(stat(path, &info), &info);
    if (*error != NULL)
        return false;
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    FILE *file = fd >= 0 ? fdopen(fd, "rb") : NULL;
    if (file == NULL) {
        *error = strerror(errno);
        if (fd >= 0)
            close(fd);
        return false;
    }
    *error = objection(fstat(fd, &info), &info);
    bool done = *error == NULL && read_all(file, content, error);
    fclose(file);
    return done;
}

static int not_hidden(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

char *path_join(const char *folder, const char *name)
{
    size_t len = strlen(folder);
    const char *slash = len > 0 && folder[len - 1] != '/' ? "/" : "";
    size_t size = len + 1 + strlen(name) + 1;
    char *path = malloc(size);
    if (path == NULL) {
        fputs("out of memory\n", stderr);
        abort();
    }
    snprintf(path, size, "%s%s%s", folder, slash, name);
    return path;
}

static size_t walk(const char *path, bool is_start, file_fn *each, void *user)
{
    struct stat info;
    struct stat link;
    bool is_stdin = is_start && strcmp(path, "-") == 0;
    if (!is_stdin && (stat(path, &info) != 0 || lstat(path, &link) != 0)) {
        each(user, path, strerror(errno));
        return 0;
    }
    if (is_stdin || S_ISREG(info.st_mode)) {
        each(user, path, NULL);
        return 1;
    }
    if (!S_ISDIR(info.st_mode)) {
        each(user, path, "not a regular file");
        return 0;
    }
    if (!is_start && S_ISLNK(link.st_mode)) {
        each(user, path, "a link to a directory, which a walk does not follow");
        return 0;
    }
    struct dirent **entries;
    int num = scandir(path, &entries, not_hidden, alphasort);
    if (num < 0) {
        each(user, path, strerror(errno));
        return 0;
    }
    size_t files = 0;
    for (int i = 0; i < num; i++) {
        char *below = path_join(path, entries[i]->d_name);
        files += walk(below, false, each, user);
        free(below);
        free(entries[i]);
    }
    free(entries);
    return files;
}

size_t files_walk(const char *path, file_fn *each, void *user)
{
    return walk(path, true, each, user);
}

const message *message_of_folder(const char *path)
{
    const char *end = strrchr(path, '/');
    char name[64];
    if (end == NULL)
        return NULL;
    while (end > path && end[-1] == '/')
        end--;
    const char *begin = end;
    while (begin > path && begin[-1] != '/')
        begin--;
    if ((size_t)(end - begin) >= sizeof name)
        return NULL;
    snprintf(name, sizeof name, "%.*s", (int)(end - begin), begin);
    return message_by_name(name);
}

void print_path(FILE *to, const char *path)
{
    for (; *path != '\0'; path++) {
        unsigned char c = (unsigned char)*path;
        if (c == '\t')
            fputs("\\t", to);
        else if (c == '\n')
            fputs("\\n", to);
        else if (c == '\r')
            fputs("\\r", to);
        else if (c == '\\')
            fputs("\\\\", to);
        else if (c < 0x20 || c == 0x7f)
            fprintf(to, "\\x%02x", (unsigned)c);
        else
            putc(c, to);
    }
}

void tool_says(const char *tool, const char *path, const char *reason)
{
    fprintf(stderr, "%s: ", tool);
    print_path(stderr, path);
    fprintf(stderr, ": %s\n", reason);
}

void tool_refuses(const char *tool, const char *before, const char *argument, const char *after)
{
    fprintf(stderr, "%s: %s '", tool, before);
    print_path(stderr, argument);
    fprintf(stderr, "'%s\n", after);
}

bool tool_wrote(const char *tool)
{
    bool flushed = fflush(stdout) == 0;
    if (flushed && !ferror(stdout))
        return true;
    fprintf(stderr, "%s: standard output could not be written%s%s\n", tool, flushed ? "" : ": ",
            flushed ? "" : strerror(errno));
    return false;
}

static void replay_file(void *user, const char *path, const char *error)
{
    replay *r = user;
    cauth_bytes in;
    const message *m = r->message != NULL ? r->message : message_of_folder(path);
    if (error == NULL && m == NULL && strcmp(path, r->argument) != 0) {
        r->passed_over++;
        return;
    }
    if (error == NULL && m == NULL)
        error = "no message has the name of its folder; say --message NAME (--list shows them)";
    if (error != NULL || !file_read(path, &in, &error)) {
        tool_says(r->tool, path, error);
        r->errors++;
        return;
    }
    r->files++;
    r->judge(r->user, path, m, in);
    exact_free(in);
}

void replay_path(replay *r, const char *path)
{
    size_t met = r->files + r->errors;
    size_t passed_over = r->passed_over;
    r->argument = path;
    files_walk(path, replay_file, r);
    if (r->files + r->errors > met)
        return;
    tool_says(r->tool, path,
              r->passed_over > passed_over ? "no folder in it has the name of a message; say --message NAME"
                                           : "there are no files in it");
    r->errors++;
}

const char *plural(size_t n)
{
    return n == 1 ? "" : "s";
}
