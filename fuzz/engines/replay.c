/* cauth-replay: what the fuzz targets run, over files, with any compiler: properties, verdicts, the manifest. */
#define _POSIX_C_SOURCE 200809L

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "exact.h"
#include "files.h"
#include "manifest.h"
#include "prop.h"

enum { CLEAN = 0, FINDING = 1, USAGE = 2, COULD_NOT_RUN = 3 };

static const char usage_text[] =
    "usage: cauth-replay [--message NAME] [--profile strict|interop] [--verdicts] [--flags] [--explain] FILE|DIR ...\n"
    "       cauth-replay --manifest FILE\n"
    "       cauth-replay --list\n"
    "\n"
    "Runs every property over files that hold one message each: raw bytes, for a handshake message its body without "
    "the\n"
    "4-byte header. Directories are walked; - is standard input. Without --message, the name of the folder that a "
    "file\n"
    "lies in says which message it is; other folders found on a walk are passed over.\n"
    "\n"
    "  --message NAME    the message of all files\n"
    "  --profile NAME    strict or interop; properties are run under both, verdicts under strict, unless said "
    "otherwise\n"
    "  --verdicts        prints, for each file, separated by tabs: path, message, profile, accept or reject, rule (or "
    "-),\n"
    "                    offset (or -); no properties are run\n"
    "  --flags           the same with a seventh column: the flags, separated by commas (or -)\n"
    "  --explain         the same in words\n"
    "  --manifest FILE   compares verdicts, under both profiles, with a manifest, and its rows with the files beside "
    "it\n"
    "  --list            prints the messages: name, version, sender, handshake type (or -), form\n"
    "\n"
    "exit status: 0 clean, 1 a property broke or a verdict differs, 2 wrong usage, 3 something could not be read\n";

typedef enum { PROPERTIES, VERDICTS, EXPLAIN, MANIFEST } mode;

typedef struct {
    mode mode;
    bool flags;
    const message *message; /* --message */
    int profile;            /* --profile, or -1 */
    const char *manifest;   /* --manifest */
    manifest rows;
    size_t root_len; /* of the manifest's folder, with its slash */
    size_t files;
    size_t findings;
    size_t errors;
    size_t passed_over;   /* found below a directory, in a folder of another name than a message's */
    const char *argument; /* the path being walked */
    time_t told;          /* when progress was last shown */
} run;

static void complain(run *r, const char *path, const char *reason)
{
    fprintf(stderr, "cauth-replay: %s: %s\n", path, reason);
    r->errors++;
}

/* The name of the folder that a file lies in, as a message. */
static const message *message_of_folder(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *begin = slash;
    char name[64];
    if (slash == NULL)
        return NULL;
    while (begin > path && begin[-1] != '/')
        begin--;
    if ((size_t)(slash - begin) >= sizeof name)
        return NULL;
    snprintf(name, sizeof name, "%.*s", (int)(slash - begin), begin);
    return message_by_name(name);
}

/* On a terminal, a long run shows where it is. */
static void show_progress(run *r, const char *path)
{
    time_t now = time(NULL);
    if (now == r->told || !isatty(STDERR_FILENO))
        return;
    if (r->told != 0)
        fprintf(stderr, "\r\033[K%zu files, %zu findings: %.60s", r->files, r->findings, path);
    r->told = now;
}

static void clear_progress(void)
{
    if (isatty(STDERR_FILENO))
        fputs("\r\033[K", stderr);
}

static void check_properties(run *r, const char *path, const message *m, cauth_bytes in)
{
    prop_failure failure;
    if (r->profile < 0) {
        if (prop_check(m, in, PROP_THOROUGH, NULL, &failure))
            return;
    } else {
        size_t i = 0;
        while (i < NUM_PROPERTIES &&
               prop_check_one(&properties[i], m, (cauth_profile)r->profile, in, PROP_THOROUGH, &failure) != PROP_BROKEN)
            i++;
        if (i == NUM_PROPERTIES)
            return;
    }
    r->findings++;
    clear_progress();
    printf("%s: cauth: broken: %s of %s (%s): %s\n", path, failure.property->name, m->name,
           prop_profile_name(failure.profile), failure.why);
}

static void print_verdict(const run *r, const char *path, const message *m, cauth_profile profile, const verdict *v)
{
    char flags[VERDICT_TEXT_SIZE];
    bool accepted = v->rule == CAUTH_RULE_NONE;
    printf("%s\t%s\t%s\t%s\t", path, m->name, prop_profile_name(profile), accepted ? "accept" : "reject");
    if (accepted)
        printf("-\t-");
    else
        printf("%s\t%zu", cauth_rule_info(v->rule)->id, v->offset);
    if (r->flags) {
        flags_to_text(&v->flags, flags);
        printf("\t%s", flags[0] != '\0' ? flags : "-");
    }
    putchar('\n');
}

static void explain_rule(cauth_rule rule)
{
    const cauth_rule_row *row = cauth_rule_info(rule);
    printf("%s (%s)", row->sentence, row->source);
}

static void explain(const char *path, const message *m, cauth_profile profile, const verdict *v)
{
    printf("%s: %s, %s: ", path, m->name, prop_profile_name(profile));
    if (v->rule != CAUTH_RULE_NONE) {
        printf("%s at byte %zu: ", cauth_rule_info(v->rule)->id, v->offset);
        explain_rule(v->rule);
        uint8_t alert = cauth_rule_alert(v->rule, m->version);
        printf(" → %s(%u)\n", cauth_alert_describe(alert, m->version, CAUTH_FROM_EITHER).name, (unsigned)alert);
        return;
    }
    puts("accepted");
    for (cauth_rule f = cauth_flags_next(&v->flags, CAUTH_RULE_NONE); f != CAUTH_RULE_NONE;
         f = cauth_flags_next(&v->flags, f)) {
        printf("    flagged %s: ", cauth_rule_info(f)->id);
        explain_rule(f);
        putchar('\n');
    }
}

static void say_verdict(run *r, const char *path, const message *m, cauth_bytes in)
{
    cauth_profile profile = r->profile < 0 ? CAUTH_STRICT : (cauth_profile)r->profile;
    verdict v = verdict_of(m, in, profile);
    if (r->mode == EXPLAIN)
        explain(path, m, profile, &v);
    else
        print_verdict(r, path, m, profile, &v);
}

static void compare_verdict(run *r, const manifest_row *row, const message *m, cauth_bytes in, cauth_profile profile)
{
    char expected_text[VERDICT_TEXT_SIZE];
    char given_text[VERDICT_TEXT_SIZE];
    const verdict *expected = profile == CAUTH_STRICT ? &row->strict : &row->interop;
    verdict given = verdict_of(m, in, profile);
    if (verdict_equal(expected, &given))
        return;
    verdict_to_text(expected, expected_text);
    verdict_to_text(&given, given_text);
    clear_progress();
    printf("%s:%zu: %s (%s): the manifest says %s, the parsers %s\n", r->manifest, row->line, row->path,
           prop_profile_name(profile), expected_text, given_text);
    r->findings++;
}

static void check_manifest(run *r, const char *path, cauth_bytes in)
{
    const manifest_row *row = manifest_find(&r->rows, path + r->root_len);
    if (row == NULL) {
        clear_progress();
        printf("%s: has no row in %s\n", path, r->manifest);
        r->findings++;
        return;
    }
    const message *m = message_by_name(row->message);
    if (r->profile != CAUTH_INTEROP)
        compare_verdict(r, row, m, in, CAUTH_STRICT);
    if (r->profile != CAUTH_STRICT)
        compare_verdict(r, row, m, in, CAUTH_INTEROP);
}

static void each_file(void *user, const char *path, const char *error)
{
    run *r = user;
    cauth_bytes in;
    const message *m = r->message != NULL ? r->message : message_of_folder(path);
    if (error == NULL && m == NULL && strcmp(path, r->argument) != 0) {
        r->passed_over++;
        return;
    }
    if (error == NULL && m == NULL)
        error = "no message has the name of its folder; say --message NAME (--list shows them)";
    if (error != NULL || !file_read(path, &in, &error)) {
        complain(r, path, error);
        return;
    }
    r->files++;
    show_progress(r, path);
    if (r->mode == MANIFEST)
        check_manifest(r, path, in);
    else if (r->mode == PROPERTIES)
        check_properties(r, path, m, in);
    else
        say_verdict(r, path, m, in);
    exact_free(in);
}

/* Every row has its file and every file its row; below the manifest's folder only folders named after messages count.
 */
static void replay_manifest(run *r)
{
    const char *slash = strrchr(r->manifest, '/');
    r->root_len = slash != NULL ? (size_t)(slash - r->manifest) + 1 : 0;
    if (!manifest_read(r->manifest, &r->rows)) {
        r->errors++;
        return;
    }
    size_t len = r->root_len + 4096;
    char *path = malloc(len);
    for (size_t i = 0; path != NULL && i < r->rows.num; i++) {
        snprintf(path, len, "%.*s%s", (int)r->root_len, r->manifest, r->rows.rows[i].path);
        if (access(path, F_OK) != 0)
            complain(r, path, "in the manifest, but there is no such file");
    }
    for (size_t i = 0; path != NULL && i < num_messages; i++) {
        snprintf(path, len, "%.*s%s", (int)r->root_len, r->manifest, messages[i].name);
        r->argument = path;
        if (access(path, F_OK) == 0)
            files_walk(path, each_file, r);
    }
    free(path);
    manifest_free(&r->rows);
}

static void replay_path(run *r, const char *path)
{
    size_t before = r->files + r->errors;
    r->argument = path;
    files_walk(path, each_file, r);
    if (r->files + r->errors == before)
        complain(r, path,
                 r->passed_over > 0 ? "no folder in it has the name of a message; say --message NAME"
                                    : "there are no files in it");
}

static void print_list(void)
{
    static const char *const versions[] = { "SSL 3.0", "TLS 1.0", "TLS 1.1", "TLS 1.2", "TLS 1.3" };
    static const char *const senders[] = { "either", "client", "server" };
    for (size_t i = 0; i < num_messages; i++) {
        const message *m = &messages[i];
        printf("%s\t%s\t%s\t", m->name, versions[m->version], senders[m->sender]);
        if (m->handshake_type < 0)
            printf("-");
        else
            printf("%d", m->handshake_type);
        printf("\t%s\n", m->form == MESSAGE_BODY ? "body" : "stream");
    }
}

static int wrong_usage(const char *what, const char *which)
{
    fprintf(stderr, "cauth-replay: %s %s; see --help\n", what, which);
    return USAGE;
}

/* Takes one option and, where it has one, its value; gives how many arguments that were, or 0 when it is wrong. */
static int read_option(run *r, const char *option, const char *value)
{
    if (strcmp(option, "--verdicts") == 0) {
        r->mode = VERDICTS;
        return 1;
    }
    if (strcmp(option, "--flags") == 0) {
        r->mode = VERDICTS;
        r->flags = true;
        return 1;
    }
    if (strcmp(option, "--explain") == 0) {
        r->mode = EXPLAIN;
        return 1;
    }
    if (value == NULL)
        return 0;
    if (strcmp(option, "--message") == 0) {
        r->message = message_by_name(value);
        return r->message != NULL ? 2 : 0;
    }
    if (strcmp(option, "--profile") == 0) {
        r->profile = strcmp(value, "strict") == 0 ? CAUTH_STRICT : strcmp(value, "interop") == 0 ? CAUTH_INTEROP : -1;
        return r->profile >= 0 ? 2 : 0;
    }
    if (strcmp(option, "--manifest") == 0) {
        r->mode = MANIFEST;
        r->manifest = value;
        return 2;
    }
    return 0;
}

int main(int argc, char **argv)
{
    run r = { .profile = -1 };
    int i = 1;
    while (i < argc && argv[i][0] == '-' && argv[i][1] != '\0') {
        if (strcmp(argv[i], "--help") == 0) {
            fputs(usage_text, stdout);
            return CLEAN;
        }
        if (strcmp(argv[i], "--list") == 0) {
            print_list();
            return CLEAN;
        }
        if (strcmp(argv[i], "--") == 0) {
            i++;
            break;
        }
        int taken = read_option(&r, argv[i], argv[i + 1]);
        if (taken == 0)
            return strcmp(argv[i], "--message") == 0 && argv[i + 1] != NULL
                       ? wrong_usage("no message is called", argv[i + 1])
                       : wrong_usage("unknown option, or one without its value:", argv[i]);
        i += taken;
    }
    if ((r.mode == MANIFEST) != (i == argc)) {
        fputs(usage_text, stderr);
        return USAGE;
    }
    if (r.mode == MANIFEST)
        replay_manifest(&r);
    for (; i < argc; i++)
        replay_path(&r, argv[i]);
    clear_progress();
    if (r.mode == PROPERTIES || r.mode == MANIFEST)
        printf("%zu files, %zu findings, %zu not read%s\n", r.files, r.findings, r.errors,
               r.passed_over > 0 ? "; files in folders of no message were passed over" : "");
    return r.findings > 0 ? FINDING : r.errors > 0 ? COULD_NOT_RUN : CLEAN;
}
