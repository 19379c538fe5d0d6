/* cauth-diff: corpus files, or any others, through cauth and through the TLS libraries beside it. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compare.h"
#include "exact.h"
#include "files.h"
#include "verdict.h"

#define NAME "cauth-diff"

enum { CLEAN = 0, FINDING = 1, USAGE = 2, COULD_NOT_RUN = 3 };

static const char usage_text[] =
    "usage: cauth-diff [--message NAME] [--oracle NAME] [--summary] [--quiet] FILE|DIRECTORY ...\n"
    "       cauth-diff --list\n"
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
    replay files;
    const char *oracle; /* --oracle */
    bool summary;
    bool quiet;
    size_t compared;
    size_t agreed;
    size_t unsupported;
    size_t findings;
    size_t *explained;              /* by row of divergences.def */
    const oracle_compared *lacking; /* a row that the linked library cannot be asked about */
    char **signatures;              /* one per distinct finding, then how often */
    size_t *times;
    size_t num_signatures;
} run;

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
        printf("    %s: %s: %s%s%s -> %s\n", c->oracle->version(),
               o->by_policy ? "understands it, does not want it" : "refuses", o->reason,
               strcmp(o->cause, o->reason) == 0 ? "" : ": ", strcmp(o->cause, o->reason) == 0 ? "" : o->cause, alert);
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
        fputs(NAME ": out of memory\n", stderr);
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
            printf("    known: %s, %s%s%s: %s\n", divergence_class_name(d->row->class), d->row->clause,
                   d->kind == OTHER_FIELD ? ", " : "", d->kind == OTHER_FIELD ? cauth_field_name(d->field) : "",
                   d->row->why);
        return;
    }
    compare_signature(c, d, signature);
    remember(r, signature);
    printf("    FINDING: %s\n", signature);
}

static void print_head(const char *path, const oracle *o, const char *rest)
{
    print_path(stdout, path);
    printf(": %s: %s", o->name, rest);
}

static void ask(run *r, const char *path, const oracle *o, const message *m, cauth_bytes in)
{
    comparison c;
    compare(o, m, in, &c);
    r->compared++;
    if (c.theirs.verdict == ORACLE_UNSUPPORTED) {
        r->unsupported++;
        if (!r->quiet)
            print_head(path, o, "cannot be asked\n");
        return;
    }
    if (c.num == 0) {
        r->agreed++;
        if (r->quiet)
            return;
        print_head(path, o, "agrees: both ");
        printf("%s%s%s\n", cauth_is_accepted(c.ours) ? "accept" : "refuse, ", cauth_rule_info(c.ours.rule)->id,
               c.theirs.by_policy ? " (it does not want the message, by its configuration)" : "");
        return;
    }
    bool clean = compare_is_clean(&c);
    if (!clean)
        r->findings++;
    if (!clean || !r->quiet) {
        print_head(path, o, clean ? "differs as known\n" : "DIFFERS\n");
        print_ours(&c);
        print_theirs(&c);
    }
    for (size_t i = 0; i < c.num; i++)
        print_disagreement(r, &c, &c.list[i]);
}

static void judge(void *user, const char *path, const message *m, cauth_bytes in)
{
    run *r = user;
    for (size_t i = 0; i < num_oracles_compared; i++) {
        const oracle_compared *row = &oracles_compared[i];
        if (strcmp(row->message, m->name) != 0 || (r->oracle != NULL && strcmp(r->oracle, row->oracle->name) != 0))
            continue;
        if (row->lacks == NULL) {
            ask(r, path, row->oracle, m, in);
            continue;
        }
        r->unsupported++;
        r->compared++;
        r->lacking = row;
        if (!r->quiet)
            print_head(path, row->oracle, "cannot be asked\n");
    }
}

static void print_summary(const run *r)
{
    size_t explained = r->compared - r->agreed - r->unsupported - r->findings;
    printf("%zu file%s, %zu comparison%s: %zu agree, %zu differ as known, %zu finding%s, %zu cannot be asked, %zu not "
           "read",
           r->files.files, plural(r->files.files), r->compared, plural(r->compared), r->agreed, explained, r->findings,
           plural(r->findings), r->unsupported, r->files.errors);
    puts(r->files.passed_over > 0 ? "; files in folders of no message were passed over" : "");
    if (r->lacking != NULL)
        printf("%s: %s cannot be asked: it lacks %s\n", r->lacking->message, r->lacking->oracle->version(),
               r->lacking->lacks);
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
        if (oracles_compared[i].lacks == NULL)
            printf("%s\t%s\tdiff_%s_%s\t%s\n", oracles_compared[i].oracle->name, oracles_compared[i].message,
                   oracles_compared[i].oracle->name, oracles_compared[i].message,
                   oracles_compared[i].oracle->version());
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
        fprintf(stderr, NAME ": %s needs a value; see --help\n", argv[*i]);
        exit(USAGE);
    }
    *i += 1;
    return argv[*i];
}

static int finish(int status)
{
    return tool_wrote(NAME) ? status : COULD_NOT_RUN;
}

/* Gives the number of the first argument that is no option. */
static int read_options(int argc, char **argv, run *r)
{
    int i = 1;
    for (; i < argc && argv[i][0] == '-' && argv[i][1] != '\0'; i++) {
        if (strcmp(argv[i], "--message") == 0) {
            const char *name = value_of(argc, argv, &i);
            r->files.message = message_by_name(name);
            if (r->files.message == NULL) {
                tool_refuses(NAME, "no message is called", name, "; see --list");
                exit(USAGE);
            }
        } else if (strcmp(argv[i], "--oracle") == 0) {
            r->oracle = value_of(argc, argv, &i);
            if (!knows_oracle(r->oracle)) {
                tool_refuses(NAME, "no oracle is called", r->oracle, "; see --list");
                exit(USAGE);
            }
        } else if (strcmp(argv[i], "--summary") == 0) {
            r->summary = true;
        } else if (strcmp(argv[i], "--quiet") == 0) {
            r->quiet = true;
        } else if (strcmp(argv[i], "--list") == 0) {
            print_list();
            exit(finish(CLEAN));
        } else if (strcmp(argv[i], "--help") == 0) {
            fputs(usage_text, stdout);
            exit(finish(CLEAN));
        } else if (strcmp(argv[i], "--") == 0) {
            return i + 1;
        } else {
            tool_refuses(NAME, "unknown option", argv[i], "; see --help");
            exit(USAGE);
        }
    }
    return i;
}

int main(int argc, char **argv)
{
    run r = { .files = { .tool = NAME, .judge = judge, .user = &r } };
    setvbuf(stdout, NULL, _IOLBF, BUFSIZ); /* as in cauth-replay */
    int first = read_options(argc, argv, &r);
    if (first >= argc) {
        fputs(usage_text, stderr);
        return USAGE;
    }
    r.explained = calloc(num_divergences, sizeof *r.explained);
    if (r.explained == NULL)
        return COULD_NOT_RUN;
    for (int i = first; i < argc; i++)
        replay_path(&r.files, argv[i]);
    print_summary(&r);
    if (r.compared == 0 && r.files.errors == 0)
        fputs(NAME ": no file of a message that is compared (folder names tell the message; or use --message)\n",
              stderr);
    int status = r.findings > 0 ? FINDING : r.files.errors > 0 || r.compared == 0 ? COULD_NOT_RUN : CLEAN;
    for (size_t i = 0; i < r.num_signatures; i++)
        free(r.signatures[i]);
    free(r.signatures);
    free(r.times);
    free(r.explained);
    for (size_t i = 0; i < num_oracles_compared; i++)
        oracles_compared[i].oracle->end();
    return finish(status);
}
