/* cauth-reduce: makes a finding smaller along the grammar of its message. What a finding is, it does not know: it asks.
 * Every candidate is written to a file and announced by a line on standard output; the answer is a line on standard
 * input. ci/lib/findings.py answers for fuzz targets. With --fault it knows: a property that breaks, or the end of a
 * process of its own, in which every candidate runs. */
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "exact.h"
#include "files.h"
#include "reduce.h"
#include "reduce_fault.h"

#define NAME "cauth-reduce"

/* Where UBSan stops is part of how a process ends. */
const char *__ubsan_default_options(void);
const char *__ubsan_default_options(void)
{
    return "print_stacktrace=1";
}

enum { DONE = 0, USAGE = 2, COULD_NOT_RUN = 3 };

#define MOST_SECONDS 1000000u

static const char usage_text[] =
    "usage: " NAME " MESSAGE FILE TRIAL\n"
    "       " NAME " --fault [--property NAME [--built OUT]] [--profile strict|interop] [--seconds N]\n"
    "                            MESSAGE FILE SMALLER\n"
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
    "the process, that it ends in the same property, or in the parser before any, with the same status and signature: "
    "a\n"
    "sanitizer's kind and innermost functions, or the last line that the process wrote, without the numbers. If it "
    "says\n"
    "nothing, only the status is kept, and that is said.\n"
    "What takes longer than it may is said, and is no end: where that is everything one after the other, each property "
    "is\n"
    "run alone, and what breaks or ends is looked for in the others. Smaller inputs that take longer, or of which "
    "another\n"
    "fault ends the process, are passed over.\n"
    "Writes the smallest to SMALLER, and says what it breaks.\n"
    "\n"
    "  --property NAME   this property alone, as a finding names it\n"
    "  --profile NAME    strict or interop; otherwise the first of the two that breaks\n"
    "  --seconds N       how long a run may take (default: 30, and 60 for each MiB of the input)\n"
    "  --built OUT       of a property whose input is decisions: the message that the smallest give, into OUT;\n"
    "                    none, if the input ends the process before it is taken for decisions\n"
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

static bool write_file(const char *path, cauth_bytes content)
{
    dialogue d = { path, false, false };
    return write_trial(&d, content);
}

static void say_end(const fault_end *at)
{
    const process_end *end = &at->end;
    const char *profile = prop_profile_name(at->profile);
    if (at->place == FAULT_IN_PARSER)
        printf(NAME ": in the parser (%s), before any property\n", profile);
    else if (at->place == FAULT_IN_PROPERTY)
        printf(NAME ": in the property %s (%s)%s\n", at->property->name, profile,
               at->property->choices ? ", whose input is decisions" : "");
    else
        printf(NAME ": in no property alone: all are run, so that another fault may have taken its place\n");
    printf(NAME ": the process ends with %s %d", WIFSIGNALED(end->status) ? "signal" : "status",
           WIFSIGNALED(end->status) ? WTERMSIG(end->status) : WEXITSTATUS(end->status));
    if (end->signature[0] != '\0')
        printf(": %s\n", end->signature);
    else
        printf(" and says nothing: this alone is kept, so that another fault may have taken its place\n");
}

static void say_late(const fault_end *at, unsigned seconds)
{
    const char *profile = prop_profile_name(at->profile);
    if (at->place == FAULT_IN_ALL)
        fprintf(stderr, NAME ": all of it took longer than %u s; each property is run alone\n", seconds);
    else if (at->place == FAULT_IN_PARSER)
        fprintf(stderr, NAME ": the parser (%s) took longer than %u s\n", profile, seconds);
    else
        fprintf(stderr, NAME ": the property %s (%s) took longer than %u s\n", at->property->name, profile, seconds);
}

/* built_path: where the message goes that decisions give; NULL: not wanted. */
static int reduce_to(const fault *f, const char *built_path, const char *path, cauth_bytes in, const char *smaller)
{
    prop_failure failure;
    cauth_bytes small, built;
    char signature[PROP_SIGNATURE_SIZE];
    bool written = true;
    fault_end end = fault_end_of(f, in, say_late);
    fault broken = *f;
    if (end.property != NULL) {
        broken.property = end.property;
        broken.profile = (int)end.profile;
    }
    if (end.place == FAULT_LATE) {
        tool_says(NAME, path, "took longer than it may, and breaks nothing else; --seconds gives it more");
        return COULD_NOT_RUN;
    }
    if (end.place != FAULT_NOWHERE && end.place != FAULT_BROKEN) {
        small = reduce_fault_end(f, in, &end);
        say_end(&end);
        printf(NAME ": %zu octets of %zu end the process in this way\n", small.len, in.len);
        if (built_path != NULL && end.place == FAULT_IN_PARSER) {
            printf(NAME ": no message is built: the input itself ends the process\n");
            built_path = NULL;
        }
    } else if (end.place == FAULT_BROKEN && fault_breaks(&broken, in, &failure)) {
        small = reduce_fault_alone(f, in, &failure);
        prop_signature(f->m, &failure, signature, sizeof signature);
        printf("cauth: broken: %s of %s (%s): %s\ncauth: signature: %s\n", failure.property->name, f->m->name,
               prop_profile_name(failure.profile), failure.why, signature);
    } else {
        tool_says(NAME, path, "breaks no property");
        return COULD_NOT_RUN;
    }
    if (built_path != NULL && prop_build(f->property, f->m, small, &built)) {
        written = write_file(built_path, built);
        exact_free(built);
    }
    written = written && write_file(smaller, small);
    exact_free(small);
    return tool_wrote(NAME) && written ? DONE : COULD_NOT_RUN;
}

/* Takes an option and its value; false, with a line, when it is none. */
static bool set_option(fault *f, const char **built, const char *option, const char *value)
{
    if (strcmp(option, "--built") == 0) {
        *built = value;
        return true;
    }
    if (strcmp(option, "--profile") == 0) {
        f->profile = strcmp(value, "strict") == 0 ? CAUTH_STRICT : strcmp(value, "interop") == 0 ? CAUTH_INTEROP : -1;
        if (f->profile < 0)
            tool_refuses(NAME, "--profile takes strict or interop, not", value, "");
        return f->profile >= 0;
    }
    if (strcmp(option, "--seconds") == 0) {
        char *end;
        errno = 0;
        unsigned long seconds = strtoul(value, &end, 10);
        if (value[0] < '0' || value[0] > '9' || *end != '\0' || errno != 0 || seconds == 0 || seconds > MOST_SECONDS) {
            char refusal[64];
            snprintf(refusal, sizeof refusal, "--seconds takes a number from 1 to %u, not", MOST_SECONDS);
            tool_refuses(NAME, refusal, value, "");
            return false;
        }
        f->seconds = (unsigned)seconds;
        return true;
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
    const char *built = NULL; /* not wanted */
    bool is_fault = argc > 1 && strcmp(argv[1], "--fault") == 0;
    int first = is_fault ? 2 : 1;
    for (; is_fault && first + 1 < argc && argv[first][0] == '-'; first += 2)
        if (!set_option(&f, &built, argv[first], argv[first + 1]))
            return USAGE;
    if (argc - first != 3 || argv[first][0] == '-' || (built != NULL && f.property == NULL)) {
        fputs(usage_text, stderr);
        return USAGE;
    }
    if (built != NULL && !f.property->choices) {
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
        int status = reduce_to(&f, built, path, in, to);
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
