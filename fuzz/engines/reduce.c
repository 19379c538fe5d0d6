/* cauth-reduce: makes a finding smaller along the grammar of its message. What a finding is, it does not know: it asks.
 * Every candidate is written to a file and announced by a line on standard output; the answer is a line on standard
 * input. ci/lib/findings.py answers for fuzz targets. */
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "exact.h"
#include "files.h"
#include "reduce.h"

#define NAME "cauth-reduce"

enum { DONE = 0, USAGE = 2, COULD_NOT_RUN = 3 };

static const char usage_text[] =
    "usage: " NAME " MESSAGE FILE TRIAL\n"
    "\n"
    "Makes the input in FILE, a message of the row MESSAGE of messages.def, smaller: nodes of its grammar first, "
    "bytes\n"
    "last. Writes each candidate to the file TRIAL, prints the line '?', and reads a line: y, the candidate still "
    "shows\n"
    "what is looked for; n, it does not; q, enough. In the end the smallest that was answered with y, or FILE's own\n"
    "input, stands in TRIAL, and the line '=' is printed.\n"
    "\n"
    "exit status: 0 done, 2 usage, 3 could not run\n";

typedef struct {
    const char *trial;
    bool enough;
    bool failed;
} dialogue;

static bool write_trial(dialogue *d, cauth_bytes content)
{
    FILE *f = fopen(d->trial, "wb");
    bool written =
        f != NULL && fwrite(content.len > 0 ? content.ptr : (const uint8_t *)"", 1, content.len, f) == content.len;
    if (f != NULL && fclose(f) != 0)
        written = false;
    if (!written) {
        tool_says(NAME, d->trial, "cannot be written");
        d->failed = d->enough = true;
    }
    return written;
}

static bool ask(void *user, cauth_bytes candidate)
{
    dialogue *d = user;
    char answer[16];
    if (d->enough || !write_trial(d, candidate))
        return false;
    puts("?");
    if (fflush(stdout) != 0 || fgets(answer, sizeof answer, stdin) == NULL || answer[0] == 'q') {
        d->enough = true;
        return false;
    }
    return answer[0] == 'y';
}

int main(int argc, char **argv)
{
    const char *error = NULL;
    cauth_bytes in = { NULL, 0 };
    if (argc == 2 && strcmp(argv[1], "--help") == 0) {
        fputs(usage_text, stdout);
        return tool_wrote(NAME) ? DONE : COULD_NOT_RUN;
    }
    if (argc != 4) {
        fputs(usage_text, stderr);
        return USAGE;
    }
    if (message_by_name(argv[1]) == NULL) {
        tool_refuses(NAME, "no message is called", argv[1], "; cauth-replay --list shows them");
        return USAGE;
    }
    if (!file_read(argv[2], &in, &error)) {
        tool_says(NAME, argv[2], error);
        return COULD_NOT_RUN;
    }
    dialogue d = { argv[3], false, false };
    cauth_bytes smallest = reduce(argv[1], in, ask, &d);
    write_trial(&d, smallest);
    exact_free(smallest);
    exact_free(in);
    puts("=");
    return tool_wrote(NAME) && !d.failed ? DONE : COULD_NOT_RUN;
}
