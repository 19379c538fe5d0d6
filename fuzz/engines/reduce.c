/* cauth-reduce: makes a finding smaller along the grammar of its message. What a finding is, it does not know: it asks.
 * Every candidate is written to a file and announced by a line on standard output; the answer is a line on standard
 * input. ci/lib/findings.py answers for fuzz targets. With --fault it knows: a property that breaks, or the end of a
 * process of its own in which they run. */
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "exact.h"
#include "files.h"
#include "reduce.h"
#include "reduce_end.h"
#include "reduce_fault.h"

#define NAME "cauth-reduce"

/* Where UBSan stops is part of how a process ends. */
const char *__ubsan_default_options(void);
const char *__ubsan_default_options(void)
{
    return "print_stacktrace=1";
}

enum { DONE = 0, USAGE = 2, COULD_NOT_RUN = 3 };

static const char usage_text[] =
    "usage: " NAME " MESSAGE FILE TRIAL\n"
    "       " NAME " --fault [--property NAME [--built OUT]] [--profile strict|interop] MESSAGE FILE SMALLER\n"
    "\n"
    "Makes the input in FILE, a message of the row MESSAGE of messages.def, smaller: nodes of its grammar first, "
    "bytes\n"
    "last. Writes each candidate to the file TRIAL, prints the line '?', and reads a line: y, the candidate still "
    "shows\n"
    "what is looked for; n, it does not; q, enough. In the end the smallest that was answered with y, or FILE's own\n"
    "input, stands in TRIAL, and the line '=' is printed.\n"
    "\n"
    "With --fault it asks nobody: what it looks for is the property that FILE breaks, in the same way, or, where FILE "
    "ends\n"
    "the process, that it ends with the same status and signature: a sanitizer's kind and innermost functions, or the "
    "last\n"
    "line that the process wrote, without the numbers. If it says nothing, only the status is kept, and that is said.\n"
    "Writes the smallest to SMALLER, and says what it breaks.\n"
    "\n"
    "  --property NAME   this property alone, as a finding names it\n"
    "  --profile NAME    strict or interop; otherwise the first of the two that breaks\n"
    "  --built OUT       of a property whose input is decisions: the message that the smallest give, into OUT\n"
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

/* --- with --fault --- */

typedef struct {
    const message *m;
    const property *property; /* NULL: any */
    int profile;              /* -1: either */
    const char *built;        /* NULL: not wanted */
} fault;

/* Whether a property breaks: of all, the first. */
static bool breaks(const fault *f, cauth_bytes in, prop_failure *failure)
{
    for (int profile = CAUTH_STRICT; profile <= CAUTH_INTEROP; profile++)
        for (size_t i = 0; i < NUM_PROPERTIES; i++)
            if ((f->property == NULL || f->property == &properties[i]) && (f->profile < 0 || f->profile == profile) &&
                prop_check_one(&properties[i], f->m, (cauth_profile)profile, in, PROP_THOROUGH, failure) == PROP_BROKEN)
                return true;
    return false;
}

static void try_to_break(void *user, cauth_bytes in)
{
    prop_failure failure;
    breaks(user, in, &failure);
}

static bool write_file(const char *path, cauth_bytes content)
{
    dialogue d = { path, false, false };
    return write_trial(&d, content);
}

static void say_end(const process_end *end)
{
    printf(NAME ": the process ends with %s %d", WIFSIGNALED(end->status) ? "signal" : "status",
           WIFSIGNALED(end->status) ? WTERMSIG(end->status) : WEXITSTATUS(end->status));
    if (end->signature[0] != '\0')
        printf(": %s\n", end->signature);
    else
        printf(" and says nothing: this alone is kept, so that another fault may have taken its place\n");
}

static int reduce_to(fault *f, const char *path, cauth_bytes in, const char *smaller)
{
    prop_failure failure;
    cauth_bytes small, built;
    char signature[PROP_SIGNATURE_SIZE];
    bool written = true;
    process_end end = end_of(try_to_break, f, in);
    if (!end_lives(&end)) {
        bool decisions = f->property != NULL && f->property->choices;
        small = reduce_end(decisions ? NULL : f->m->name, in, &end, try_to_break, f);
        say_end(&end);
        printf(NAME ": %zu octets of %zu end the process in this way\n", small.len, in.len);
    } else if (breaks(f, in, &failure)) {
        small = reduce_fault(f->m, in, &failure);
        prop_signature(f->m, &failure, signature, sizeof signature);
        printf("cauth: broken: %s of %s (%s): %s\ncauth: signature: %s\n", failure.property->name, f->m->name,
               prop_profile_name(failure.profile), failure.why, signature);
    } else {
        tool_says(NAME, path, "breaks no property");
        return COULD_NOT_RUN;
    }
    if (f->built != NULL && prop_build(f->property, f->m, small, &built)) {
        written = write_file(f->built, built);
        exact_free(built);
    }
    written = written && write_file(smaller, small);
    exact_free(small);
    return tool_wrote(NAME) && written ? DONE : COULD_NOT_RUN;
}

/* Takes an option and its value; false, with a line, when it is none. */
static bool set_option(fault *f, const char *option, const char *value)
{
    if (strcmp(option, "--built") == 0) {
        f->built = value;
        return true;
    }
    if (strcmp(option, "--profile") == 0) {
        f->profile = strcmp(value, "strict") == 0 ? CAUTH_STRICT : strcmp(value, "interop") == 0 ? CAUTH_INTEROP : -1;
        if (f->profile < 0)
            tool_refuses(NAME, "--profile takes strict or interop, not", value, "");
        return f->profile >= 0;
    }
    if (strcmp(option, "--property") != 0) {
        tool_refuses(NAME, "unknown option", option, "; see --help");
        return false;
    }
    f->property = property_by_name(value);
    if (f->property == NULL)
        tool_refuses(NAME, "no property is called", value, "; tests/props/properties.def has them");
    return f->property != NULL;
}

int main(int argc, char **argv)
{
    const char *error = NULL;
    cauth_bytes in = { NULL, 0 };
    if (argc == 2 && strcmp(argv[1], "--help") == 0) {
        fputs(usage_text, stdout);
        return tool_wrote(NAME) ? DONE : COULD_NOT_RUN;
    }
    fault f = { .profile = -1 };
    bool is_fault = argc > 1 && strcmp(argv[1], "--fault") == 0;
    int first = is_fault ? 2 : 1;
    for (; is_fault && first + 1 < argc && argv[first][0] == '-'; first += 2)
        if (!set_option(&f, argv[first], argv[first + 1]))
            return USAGE;
    if (argc - first != 3 || argv[first][0] == '-' || (f.built != NULL && f.property == NULL)) {
        fputs(usage_text, stderr);
        return USAGE;
    }
    if (f.built != NULL && !f.property->choices) {
        tool_refuses(NAME, "--built is of properties whose input is decisions, not of", f.property->name, "");
        return USAGE;
    }
    const char *path = argv[first + 1], *to = argv[first + 2];
    f.m = message_by_name(argv[first]);
    if (f.m == NULL) {
        tool_refuses(NAME, "no message is called", argv[first], "; cauth-replay --list shows them");
        return USAGE;
    }
    if (!file_read(path, &in, &error)) {
        tool_says(NAME, path, error);
        return COULD_NOT_RUN;
    }
    if (is_fault) {
        int status = reduce_to(&f, path, in, to);
        exact_free(in);
        return status;
    }
    dialogue d = { to, false, false };
    cauth_bytes smallest = reduce(f.m->name, in, ask, &d);
    write_trial(&d, smallest);
    exact_free(smallest);
    exact_free(in);
    puts("=");
    return tool_wrote(NAME) && !d.failed ? DONE : COULD_NOT_RUN;
}
