#define _GNU_SOURCE /* program_invocation_short_name */

#include "manifest.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exact.h"
#include "files.h"

#define COLUMNS 14
static const char header[] = "path\tsha256\tmessage\tversion\trole\torigin\tstacks\tsenders\tscenario\tcapture\t"
                             "frame\tsource\tstrict\tinterop";

/* Cuts a line at its tabs; gives the number of cells, of which the first COLUMNS are kept. */
static size_t split(char *line, char *cells[COLUMNS])
{
    size_t num = 0;
    for (char *cell = line; cell != NULL; num++) {
        char *tab = strchr(cell, '\t');
        if (tab != NULL)
            *tab = '\0';
        if (num < COLUMNS)
            cells[num] = cell;
        cell = tab != NULL ? tab + 1 : NULL;
    }
    return num;
}

static const char *row_from_line(char *line, manifest_row *row)
{
    char *cells[COLUMNS];
    if (split(line, cells) != COLUMNS)
        return "not 14 columns separated by tabs";
    row->path = cells[0];
    row->message = cells[2];
    row->origin = cells[5];
    if (message_by_name(row->message) == NULL)
        return "unknown message";
    if (!verdict_from_text(cells[12], &row->strict))
        return "the strict column is not a verdict";
    if (!verdict_from_text(cells[13], &row->interop))
        return "the interop column is not a verdict";
    return NULL;
}

/* number: of a line, or 0. */
static void complain(const char *path, size_t number, const char *reason)
{
    fprintf(stderr, "%s: ", program_invocation_short_name);
    print_path(stderr, path);
    if (number > 0)
        fprintf(stderr, ":%zu", number);
    fprintf(stderr, ": %s\n", reason);
}

static bool read_lines(const char *path, manifest *m)
{
    bool good = true;
    size_t number = 0;
    for (char *line = m->text; *line != '\0';) {
        char *end = strchr(line, '\n');
        char *next = end != NULL ? end + 1 : line + strlen(line);
        if (end != NULL)
            *end = '\0';
        number++;
        const char *error = NULL;
        if (number == 1) {
            error = strcmp(line, header) == 0 ? NULL : "not the header line of a manifest";
        } else {
            m->rows[m->num].line = number;
            error = row_from_line(line, &m->rows[m->num]);
            if (error == NULL && m->num > 0 && strcmp(m->rows[m->num - 1].path, m->rows[m->num].path) >= 0)
                error = "path not in sorted order, or twice";
            if (error == NULL)
                m->num++;
        }
        if (error != NULL) {
            complain(path, number, error);
            good = false;
            if (number == 1)
                return false;
        }
        line = next;
    }
    if (good && m->num == 0) {
        complain(path, 0, "no rows");
        return false;
    }
    return good;
}

bool manifest_read(const char *path, manifest *m)
{
    manifest none = { NULL, 0, NULL };
    cauth_bytes content = { NULL, 0 };
    const char *error;
    *m = none;
    if (!file_read(path, &content, &error)) {
        complain(path, 0, error);
        return false;
    }
    size_t lines = 1;
    for (size_t i = 0; i < content.len; i++)
        lines += content.ptr[i] == '\n';
    m->text = calloc(content.len + 1, 1);
    m->rows = calloc(lines, sizeof *m->rows);
    bool good = m->text != NULL && m->rows != NULL;
    if (good && content.len > 0)
        memcpy(m->text, content.ptr, content.len);
    exact_free(content);
    if (!good)
        complain(path, 0, "out of memory");
    else
        good = read_lines(path, m);
    if (!good)
        manifest_free(m);
    return good;
}

void manifest_free(manifest *m)
{
    manifest none = { NULL, 0, NULL };
    free(m->rows);
    free(m->text);
    *m = none;
}

const manifest_row *manifest_find(const manifest *m, const char *path)
{
    size_t low = 0;
    size_t high = m->num;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(m->rows[middle].path, path);
        if (order == 0)
            return &m->rows[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}
