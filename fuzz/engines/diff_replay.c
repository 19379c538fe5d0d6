/* cauth-diff: corpus files, or any others, through cauth and through the TLS libraries beside it. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compare.h"
#include "exact.h"
#include "files.h"
#include "verdict.h"

enum { CLEAN = 0, FINDING = 1, USAGE = 2, COULD_NOT_RUN = 3 };

static const char usage_text[] =
    "usage: cauth-diff [--message NAME] [--oracle NAME] [--summary] [--quiet] FILE|DIRECTORY ...\n"
    "\n"
    "Judges each file by cauth (strict profile) and by each TLS library that is compared on its message, and says "
    "where\n"
    "they agree, where a known difference explains that they do not, and what is left: a finding.\n"
    "\n"
    "  --message NAME   the message that the files hold; by default the name of the folder each file lies in\n"
    "  --oracle NAME    only this one; by default all of them\n"
    "  --summary        prints at the end how often each known difference was met\n"
    "  --quiet          prints findings and the totals only\n"
    "  --list           prints the oracles, the messages they are compared on, and the names of the fuzz targets\n"
    "\n"
    "exit status: 0 no finding, 1 a finding, 2 wrong usage, 3 a file that could not be read or no file that is "
    "compared\n";

typedef struct {
    const char *message; /* --message */
    const char *oracle;  /* --oracle */
    bool summary;
    bool quiet;
    size_t files;
    size_t errors;
    size_t compared;
    size_t agreed;
    size_t unsupported;
    size_t findings;
    size_t *explained; /* by row of divergences.def */
    char **signatures; /* one per distinct finding, then how often */
    size_t *times;
    size_t num_signatures;
} run;

/* The name of the folder that a file lies in, as a message; NULL when it is none. */
static const message *message_of_path(const char *path)
{
    const char *end = strrchr(path, '/');
    char name[64];
    if (end == NULL)
        return NULL;
    const char *begin = end;
    while (begin > path && begin[-1] != '/')
        begin--;
    size_t len = (size_t)(end - begin);
    if (len >= sizeof name)
        return NULL;
    memcpy(name, begin, len);
    name[len] = '\0';
    return message_by_name(name);
}

static void print_ours(const comparison *c)
{
    const cauth_rule_row *row = cauth_rule_info(c->ours.rule);
    char flags[VERDICT_TEXT_SIZE];
    char alert[ALERT_TEXT_SIZE];
    if (cauth_is_accepted(c->ours)) {
        flags_to_text(&c->flags, flags);
        printf("    cauth: accepts%s%s\n", flags[0] != '\0' ? ", flags " : "", flags);
        return;
    }
    alert_to_text(cauth_rule_alert(c->ours.rule, c->message->version), alert);
    printf("    cauth: refuses: %s at byte %zu, %s: %s (%s) -> %s\n", row->id, c->ours.offset,
           cauth_field_name(c->ours.field), row->sentence, row->source, alert);
}

static void print_theirs(const comparison *c)
{
    const oracle_observation *o = &c->theirs;
    char alert[ALERT_TEXT_SIZE];
    alert_to_text(o->alert.description, alert);
    if (o->verdict == ORACLE_ACCEPT)
        printf("    %s: accepts\n", c->oracle->version());
    else
        printf("    %s: %s: %s -> %s\n", c->oracle->version(),
               o->by_policy ? "understands it, does not want it" : "refuses", o->reason, alert);
}

static void remember(run *r, const char *signature)
{
    for (size_t i = 0; i < r->num_signatures; i++)
        if (strcmp(r->signatures[i], signature) == 0) {
            r->times[i]++;
            return;
        }
    size_t num = r->num_signatures + 1;
    char *copy = malloc(strlen(signature) + 1);
    char **signatures = realloc(r->signatures, num * sizeof *signatures);
    if (signatures != NULL)
        r->signatures = signatures;
    size_t *times = realloc(r->times, num * sizeof *times);
    if (times != NULL)
        r->times = times;
    if (copy == NULL || signatures == NULL || times == NULL) {
        fputs("cauth-diff: out of memory\n", stderr);
        exit(COULD_NOT_RUN);
    }
    strcpy(copy, signature);
    signatures[num - 1] = copy;
    times[num - 1] = 1;
    r->num_signatures = num;
}

static void print_disagreement(run *r, const comparison *c, const disagreement *d)
{
    char signature[SIGNATURE_SIZE];
    if (d->row != NULL) {
        r->explained[d->row - divergences]++;
        if (!r->quiet)
            printf("    known: %s, %s: %s\n", divergence_class_name(d->row->class), d->row->clause, d->row->why);
        return;
    }
    compare_signature(c, d, signature);
    remember(r, signature);
    printf("    FINDING: %s\n", signature);
}

static void judge(run *r, const char *path, const oracle *o, const message *m, cauth_bytes in)
{
    comparison c;
    compare(o, m, in, &c);
    r->compared++;
    if (c.theirs.verdict == ORACLE_UNSUPPORTED) {
        r->unsupported++;
        if (!r->quiet)
            printf("%s: %s: cannot be asked\n", path, o->name);
        return;
    }
    if (c.num == 0) {
        r->agreed++;
        if (!r->quiet)
            printf("%s: %s: agrees: both %s%s%s\n", path, o->name, cauth_is_accepted(c.ours) ? "accept" : "refuse, ",
                   cauth_rule_info(c.ours.rule)->id,
                   c.theirs.by_policy ? " (it does not want the message, by its configuration)" : "");
        return;
    }
    bool clean = compare_is_clean(&c);
    if (!clean)
        r->findings++;
    if (!clean || !r->quiet) {
        printf("%s: %s: %s\n", path, o->name, clean ? "differs as known" : "DIFFERS");
        print_ours(&c);
        print_theirs(&c);
    }
    for (size_t i = 0; i < c.num; i++)
        print_disagreement(r, &c, &c.list[i]);
}

static void each_file(void *user, const char *path, const char *error)
{
    run *r = user;
    cauth_bytes in;
    if (error != NULL || !file_read(path, &in, &error)) {
        fprintf(stderr, "cauth-diff: %s: %s\n", path, error);
        r->errors++;
        return;
    }
    const message *m = r->message != NULL ? message_by_name(r->message) : message_of_path(path);
    r->files++;
    for (size_t i = 0; m != NULL && i < num_oracles_compared; i++) {
        const oracle_compared *row = &oracles_compared[i];
        if (strcmp(row->message, m->name) == 0 && (r->oracle == NULL || strcmp(r->oracle, row->oracle->name) == 0))
            judge(r, path, row->oracle, m, in);
    }
    exact_free(in);
}

static void print_summary(const run *r)
{
    size_t explained = r->compared - r->agreed - r->unsupported - r->findings;
    printf("%zu files, %zu comparisons: %zu agree, %zu differ as known, %zu findings, %zu cannot be asked\n", r->files,
           r->compared, r->agreed, explained, r->findings, r->unsupported);
    for (size_t i = 0; r->summary && i < num_divergences; i++)
        if (r->explained[i] > 0)
            printf("%8zu  %s %s: %s, %s: %s\n", r->explained[i], divergences[i].library, divergences[i].messages,
                   divergence_class_name(divergences[i].class), divergences[i].clause, divergences[i].why);
    for (size_t i = 0; i < r->num_signatures; i++)
        printf("%8zu  FINDING %s\n", r->times[i], r->signatures[i]);
}

static void print_list(void)
{
    for (size_t i = 0; i < num_oracles_compared; i++)
        printf("%s\t%s\tdiff_%s_%s\t%s\n", oracles_compared[i].oracle->name, oracles_compared[i].message,
               oracles_compared[i].oracle->name, oracles_compared[i].message, oracles_compared[i].oracle->version());
}

static bool knows_oracle(const char *name)
{
    for (size_t i = 0; i < num_oracles_compared; i++)
        if (strcmp(oracles_compared[i].oracle->name, name) == 0)
            return true;
    return false;
}

/* The value of an option that needs one. */
static const char *value_of(int argc, char **argv, int *i)
{
    if (*i + 1 >= argc) {
        fprintf(stderr, "cauth-diff: %s needs a name\n", argv[*i]);
        exit(USAGE);
    }
    *i += 1;
    return argv[*i];
}

static int read_options(int argc, char **argv, run *r)
{
    int i = 1;
    for (; i < argc && argv[i][0] == '-' && argv[i][1] != '\0'; i++) {
        if (strcmp(argv[i], "--message") == 0) {
            r->message = value_of(argc, argv, &i);
        } else if (strcmp(argv[i], "--oracle") == 0) {
            r->oracle = value_of(argc, argv, &i);
        } else if (strcmp(argv[i], "--summary") == 0) {
            r->summary = true;
        } else if (strcmp(argv[i], "--quiet") == 0) {
            r->quiet = true;
        } else if (strcmp(argv[i], "--list") == 0) {
            print_list();
            exit(CLEAN);
        } else if (strcmp(argv[i], "--help") == 0) {
            fputs(usage_text, stdout);
            exit(CLEAN);
        } else if (strcmp(argv[i], "--") == 0) {
            return i + 1;
        } else {
            fprintf(stderr, "cauth-diff: unknown option %s; see --help\n", argv[i]);
            exit(USAGE);
        }
    }
    return i;
}

int main(int argc, char **argv)
{
    run r = { 0 };
    int first = read_options(argc, argv, &r);
    if (r.message != NULL && message_by_name(r.message) == NULL) {
        fprintf(stderr, "cauth-diff: no message is called %s\n", r.message);
        return USAGE;
    }
    if (r.oracle != NULL && !knows_oracle(r.oracle)) {
        fprintf(stderr, "cauth-diff: no oracle is called %s; see --list\n", r.oracle);
        return USAGE;
    }
    if (first >= argc) {
        fputs(usage_text, stderr);
        return USAGE;
    }
    r.explained = calloc(num_divergences, sizeof *r.explained);
    if (r.explained == NULL)
        return COULD_NOT_RUN;
    for (int i = first; i < argc; i++)
        files_walk(argv[i], each_file, &r);
    print_summary(&r);
    if (r.compared == 0 && r.errors == 0)
        fputs("cauth-diff: no file of a message that is compared (folder names tell the message; or use --message)\n",
              stderr);
    int status = r.findings > 0 ? FINDING : r.errors > 0 || r.compared == 0 ? COULD_NOT_RUN : CLEAN;
    for (size_t i = 0; i < r.num_signatures; i++)
        free(r.signatures[i]);
    free(r.signatures);
    free(r.times);
    free(r.explained);
    for (size_t i = 0; i < num_oracles_compared; i++)
        oracles_compared[i].oracle->end();
    return status;
}
