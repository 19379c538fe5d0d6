/* Files and directories, for whatever replays a corpus, and what the tools that do so have in common. */
#ifndef CAUTH_PROPS_FILES_H
#define CAUTH_PROPS_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "cauth/bytes.h"
#include "message.h"

/* Far above the largest message (16 MiB by its length field): a larger file is a mistake, and is refused unread. */
#define FILES_MAX_SIZE ((size_t)32 << 20)

/* Reads a whole regular file, or with "-" standard input, whatever it is, into a heap block of exactly its size, to be
 * released with exact_free. On failure *error says why, in words. */
bool file_read(const char *path, cauth_bytes *content, const char **error);

/* Calls `each` for a file, or for every file below a directory in the order of their names; those whose name begins
 * with a dot are passed over. Links to directories, which could lead in circles, are not followed, but
 * for path itself. error is NULL, or why the path cannot be walked or read. Gives the number of files. */
typedef void file_fn(void *user, const char *path, const char *error);
size_t files_walk(const char *path, file_fn *each, void *user);

/* The path of something in a folder ("": the current one), to be released with free. */
char *path_join(const char *folder, const char *name);

/* The name of the folder that a file lies in, as a message; NULL when it is none. */
const message *message_of_folder(const char *path);

/* Prints a path so that it stays in its line and column: tab, newline, carriage return and backslash as \t \n \r \\,
 * other control bytes as \x1b. */
void print_path(FILE *to, const char *path);

/* A line on standard error: "<tool>: <path>: <reason>". */
void tool_says(const char *tool, const char *path, const char *reason);

/* A line about an argument: "<tool>: <before> '<argument>'<after>". */
void tool_refuses(const char *tool, const char *before, const char *argument, const char *after);

/* False, with a line on standard error, when not all of standard output could be written. */
bool tool_wrote(const char *tool);

/* A tool judging one file after the other. */
typedef void replay_fn(void *user, const char *path, const message *m, cauth_bytes in);

typedef struct {
    const char *tool;       /* its name */
    const message *message; /* of all files; NULL: their folders say it */
    replay_fn *judge;
    void *user;
    size_t files;         /* judged */
    size_t errors;        /* not read, each with a line on standard error */
    size_t passed_over;   /* found below a directory, in a folder of another name than a message's */
    const char *argument; /* the path being walked */
} replay;

/* Judges a file, or every file below a directory. Finding nothing to judge is an error too. */
void replay_path(replay *r, const char *path);

/* "" for one, "s" for any other number: for messages that count. */
const char *plural(size_t n);

#endif
