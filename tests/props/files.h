/* Files and directories, for whatever replays a corpus. */
#ifndef CAUTH_PROPS_FILES_H
#define CAUTH_PROPS_FILES_H

#include <stdbool.h>
#include <stddef.h>

#include "cauth/bytes.h"

/* Far above the largest message (16 MiB by its length field): a larger file is a mistake, and is refused unread. */
#define FILES_MAX_SIZE ((size_t)32 << 20)

/* Reads a whole file ("-": standard input) into a heap block of exactly its size, to be released with exact_free. On
 * failure *error says why, in words. */
bool file_read(const char *path, cauth_bytes *content, const char **error);

/* Calls `each` for a file, or for every file below a directory in the order of their names; those whose name begins
 * with a dot are passed over. error is NULL, or why the path cannot be walked. Gives the number of files. */
typedef void file_fn(void *user, const char *path, const char *error);
size_t files_walk(const char *path, file_fn *each, void *user);

#endif
