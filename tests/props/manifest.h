/* corpus/MANIFEST.tsv: where each corpus file came from and what must be said of it. */
#ifndef CAUTH_PROPS_MANIFEST_H
#define CAUTH_PROPS_MANIFEST_H

#include <stdbool.h>
#include <stddef.h>

#include "verdict.h"

/* What is used of one row, whose columns corpus/README.md explains; the strings live as long as the manifest. */
typedef struct {
    size_t line;
    const char *path; /* below the manifest's folder */
    const char *message;
    const char *origin;
    verdict strict;
    verdict interop;
} manifest_row;

typedef struct {
    manifest_row *rows; /* sorted by path */
    size_t num;
    char *text;
} manifest;

/* Reads a manifest; one without rows is none. On failure prints "<program>: <path>:<line>: <reason>" lines to stderr
 * and gives false. */
bool manifest_read(const char *path, manifest *m);
void manifest_free(manifest *m);

/* The row of a path below the manifest's folder, or NULL. */
const manifest_row *manifest_find(const manifest *m, const char *path);

#endif
