#define _POSIX_C_SOURCE 200809L

#include "files.h"

#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

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

bool file_read(const char *path, cauth_bytes *content, const char **error)
{
    struct stat info;
    if (strcmp(path, "-") == 0)
        return read_all(stdin, content, error);
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        *error = strerror(errno);
        return false;
    }
    bool done = false;
    if (fstat(fileno(file), &info) != 0)
        *error = strerror(errno);
    else if (S_ISDIR(info.st_mode))
        *error = "a directory, not a file";
    else if (info.st_size > (off_t)FILES_MAX_SIZE)
        *error = "larger than 32 MiB, more than any message can be";
    else
        done = read_all(file, content, error);
    fclose(file);
    return done;
}

static int not_hidden(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

size_t files_walk(const char *path, file_fn *each, void *user)
{
    struct stat info;
    if (strcmp(path, "-") != 0 && stat(path, &info) != 0) {
        each(user, path, strerror(errno));
        return 0;
    }
    if (strcmp(path, "-") == 0 || !S_ISDIR(info.st_mode)) {
        each(user, path, NULL);
        return 1;
    }
    struct dirent **entries;
    int num = scandir(path, &entries, not_hidden, alphasort);
    if (num < 0) {
        each(user, path, strerror(errno));
        return 0;
    }
    size_t files = 0;
    for (int i = 0; i < num; i++) {
        size_t len = strlen(path) + 1 + strlen(entries[i]->d_name) + 1;
        char *below = malloc(len);
        if (below != NULL) {
            snprintf(below, len, "%s/%s", path, entries[i]->d_name);
            files += files_walk(below, each, user);
        }
        free(below);
        free(entries[i]);
    }
    free(entries);
    return files;
}
