/* cauth-replay: what the fuzz targets run, over files, with any compiler: properties, verdicts, the manifest. */
#define _POSIX_C_SOURCE 200809L

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "at_hand.h"
#include "exact.h"
#include "files.h"
#include "manifest.h"
#include "prop.h"

#define NAME "cauth-replay"

enum { CLEAN = 0, FINDING = 1, USAGE = 2, COULD_NOT_RUN = 3 };

static const char usage_text[] =
    "usage: cauth-replay [--message NAME] [--profile strict|interop] [--verdicts] [--flags] [--explain] FILE|DIR ...\n"
    "       cauth-replay --property NAME [--message NAME] [--profile strict|interop] [--built OUT] FILE|DIR ...\n"
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
    "  --property NAME   this property alone\n"
    "  --built OUT       of a property whose input is decisions (place_named, breaker_named, generated_accepted): the\n"
    "                    message that it builds from the last file is written there\n"
    "  --verdicts        prints, for each file, separated by tabs: path, message, profile, accept or reject, rule (or "
    "-),\n"
    "                    offset (or -); no properties are run; \\t \\n \\r \\\\ \\xNN stand for these bytes in a path\n"
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
    replay files;
    int profile;              /* --profile, or -1 */
    const property *property; /* --property, or NULL: all */
    const char *built;        /* --built */
    const char *manifest;     /* --manifest */
    manifest rows;
    const char *root; /* the manifest's folder, with its slash */
    size_t files_alone;
    size_t rows_alone;
    size_t findings;
    time_t told; /* when progress was last shown */
} run;

/* On a terminal, a long run shows where it is. */
static void show_progress(run *r, const char *path)
{
    time_t now = time(NULL);
    if (now == r->told || !isatty(STDERR_FILENO))
        return;
    if (r->told != 0) {
        char begin[61];
        snprintf(begin, sizeof begin, "%s", path);
        fprintf(stderr, "\r\033[K%zu files, %zu findings: ", r->files.files, r->findings);
        print_path(stderr, begin);
    }
    r->told = now;
}

static void clear_progress(void)
{
    if (isatty(STDERR_FILENO))
        fputs("\r\033[K", stderr);
}

#define MOST_SHOWN 4096u /* octets of a message that was built */

/* The message that a property of CHOICES looked at: an input that is decisions shows nothing by itself. */
static void show_built(run *r, const property *p, const message *m, cauth_bytes in, bool broken)
{
    cauth_bytes built;
    if (!p->choices || !prop_build(p, m, in, &built))
        return;
    if (broken) {
        printf("    the message that it built, %zu octets: ", built.len);
        for (size_t i = 0; i < built.len && built.len <= MOST_SHOWN; i++)
            printf("%02x", built.ptr[i]);
        puts(built.len <= MOST_SHOWN ? "" : "--property and --built write it into a file");
    }
    if (r->built != NULL) {
        FILE *f = fopen(r->built, "wb");
        bool written = f != NULL && (built.len == 0 || fwrite(built.ptr, 1, built.len, f) == built.len);
        if (f != NULL && fclose(f) != 0)
            written = false;
        if (!written) {
            tool_says(NAME, r->built, "cannot be written");
            r->files.errors++;
        }
    }
    exact_free(built);
}

/* Whether all that are asked for hold. */
static bool hold(const run *r, const message *m, cauth_bytes in, prop_failure *failure)
{
    if (r->property == NULL && r->profile < 0)
        return prop_check(m, in, PROP_THOROUGH, NULL, failure);
    for (int profile = CAUTH_STRICT; profile <= CAUTH_INTEROP; profile++)
        for (size_t i = 0; i < NUM_PROPERTIES; i++)
            if ((r->property == NULL || r->property == &properties[i]) && (r->profile < 0 || r->profile == profile) &&
                prop_check_one(&properties[i], m, (cauth_profile)profile, in, PROP_THOROUGH, failure) == PROP_BROKEN)
                return false;
    return true;
}

static void check_properties(run *r, const char *path, const message *m, cauth_bytes in)
{
    prop_failure failure;
    now_at_hand = (at_hand){ .program = NAME, .trying = true, .message = m->name, .origin = path, .input = in };
    bool held = hold(r, m, in, &failure);
    now_at_hand.trying = false;
    if (!held) {
        r->findings++;
        clear_progress();
        print_path(stdout, path);
        printf(": cauth: broken: %s of %s (%s): %s\n", failure.property->name, m->name,
               prop_profile_name(failure.profile), failure.why);
    }
    const property *p = held ? r->property : failure.property;
    if (p != NULL)
        show_built(r, p, m, in, !held);
}

static void print_verdict(const run *r, const char *path, const message *m, cauth_profile profile, const verdict *v)
{
    char flags[VERDICT_TEXT_SIZE];
    bool accepted = v->rule == CAUTH_RULE_NONE;
    print_path(stdout, path);
    printf("\t%s\t%s\t%s\t", m->name, prop_profile_name(profile), accepted ? "accept" : "reject");
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
    print_path(stdout, path);
    printf(": %s, %s: ", m->name, prop_profile_name(profile));
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
    print_path(stdout, r->manifest);
    printf(":%zu: ", row->line);
    print_path(stdout, row->path);
    printf(" (%s): the manifest says %s, the parsers %s\n", prop_profile_name(profile), expected_text, given_text);
    r->findings++;
}

static void check_row(run *r, const manifest_row *row)
{
    char *path = path_join(r->root, row->path);
    const char *error;
    cauth_bytes in;
    show_progress(r, path);
    if (access(path, F_OK) != 0) {
        tool_says(NAME, path, "in the manifest, but there is no such file");
        r->rows_alone++;
    } else if (!file_read(path, &in, &error)) {
        tool_says(NAME, path, error);
        r->files.errors++;
    } else {
        const message *m = message_by_name(row->message);
        r->files.files++;
        if (r->profile != CAUTH_INTEROP)
            compare_verdict(r, row, m, in, CAUTH_STRICT);
        if (r->profile != CAUTH_STRICT)
            compare_verdict(r, row, m, in, CAUTH_INTEROP);
        exact_free(in);
    }
    free(path);
}

/* Of a walk below the manifest's folder: the files that check_row has not seen. */
static void check_unlisted(void *user, const char *path, const char *error)
{
    run *r = user;
    if (manifest_find(&r->rows, path + strlen(r->root)) != NULL)
        return;
    if (error != NULL) {
        tool_says(NAME, path, error);
        r->files.errors++;
    } else if (message_of_folder(path) == NULL) {
        r->files.passed_over++;
    } else {
        clear_progress();
        print_path(stdout, path);
        fputs(": has no row in ", stdout);
        print_path(stdout, r->manifest);
        putchar('\n');
        r->files_alone++;
    }
}

static void judge(void *user, const char *path, const message *m, cauth_bytes in)
{
    run *r = user;
    show_progress(r, path);
    if (r->mode == PROPERTIES)
        check_properties(r, path, m, in);
    else
        say_verdict(r, path, m, in);
}

/* Every row has its file and every file its row; below the manifest's folder only folders named after messages count.
 */
static void replay_manifest(run *r)
{
    const char *slash = strrchr(r->manifest, '/');
    size_t len = slash != NULL ? (size_t)(slash - r->manifest) + 1 : 0;
    if (!manifest_read(r->manifest, &r->rows)) {
        r->files.errors++;
        return;
    }
    char *manifest_path = path_join("", r->manifest);
    manifest_path[len] = '\0';
    r->root = manifest_path;
    for (size_t i = 0; i < r->rows.num; i++)
        check_row(r, &r->rows.rows[i]);
    for (size_t i = 0; i < num_messages; i++) {
        char *path = path_join(r->root, messages[i].name);
        if (access(path, F_OK) == 0)
            files_walk(path, check_unlisted, r);
        free(path);
    }
    free(manifest_path);
    manifest_free(&r->rows);
}

static void print_totals(const run *r)
{
    const replay *f = &r->files;
    printf("%zu file%s, ", f->files, plural(f->files));
    if (r->mode == MANIFEST)
        printf("%zu verdict%s, %zu file%s without a row, %zu row%s without a file", r->findings,
               r->findings == 1 ? " differs" : "s differ", r->files_alone, plural(r->files_alone), r->rows_alone,
               plural(r->rows_alone));
    else
        printf("%zu finding%s", r->findings, plural(r->findings));
    printf(", %zu not read%s\n", f->errors,
           f->passed_over > 0 ? "; files in folders of no message were passed over" : "");
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

static bool has_value(const char *option)
{
    static const char *const options[] = { "--message", "--profile", "--manifest", "--property", "--built" };
    for (size_t i = 0; i < sizeof options / sizeof options[0]; i++)
        if (strcmp(option, options[i]) == 0)
            return true;
    return false;
}

/* Takes one option without a value; false when there is none of that name. */
static bool set_flag(run *r, const char *option)
{
    if (strcmp(option, "--verdicts") == 0) {
        r->mode = VERDICTS;
    } else if (strcmp(option, "--flags") == 0) {
        r->mode = VERDICTS;
        r->flags = true;
    } else if (strcmp(option, "--explain") == 0) {
        r->mode = EXPLAIN;
    } else {
        tool_refuses(NAME, "unknown option", option, "; see --help");
        return false;
    }
    return true;
}

/* The same for one with a value. */
static bool set_value(run *r, const char *option, const char *value)
{
    if (value == NULL) {
        fprintf(stderr, NAME ": %s needs a value; see --help\n", option);
        return false;
    }
    if (strcmp(option, "--manifest") == 0) {
        r->mode = MANIFEST;
        r->manifest = value;
        return true;
    }
    if (strcmp(option, "--built") == 0) {
        r->built = value;
        return true;
    }
    if (strcmp(option, "--property") == 0) {
        r->property = property_by_name(value);
        if (r->property == NULL)
            tool_refuses(NAME, "no property is called", value, "; tests/props/properties.def has them");
        return r->property != NULL;
    }
    if (strcmp(option, "--message") == 0) {
        r->files.message = message_by_name(value);
        if (r->files.message == NULL)
            tool_refuses(NAME, "no message is called", value, "; see --list");
        return r->files.message != NULL;
    }
    r->profile = strcmp(value, "strict") == 0 ? CAUTH_STRICT : strcmp(value, "interop") == 0 ? CAUTH_INTEROP : -1;
    if (r->profile < 0)
        tool_refuses(NAME, "--profile takes strict or interop, not", value, "");
    return r->profile >= 0;
}

static int finish(int status)
{
    return tool_wrote(NAME) ? status : COULD_NOT_RUN;
}

int main(int argc, char **argv)
{
    run r = { .files = { .tool = NAME, .judge = judge, .user = &r }, .profile = -1 };
    int i = 1;
    /* A run that is ended early has said whole lines, and those of all files before. */
    setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
    for (; i < argc && argv[i][0] == '-' && argv[i][1] != '\0'; i++) {
        if (strcmp(argv[i], "--help") == 0) {
            fputs(usage_text, stdout);
            return finish(CLEAN);
        }
        if (strcmp(argv[i], "--list") == 0) {
            print_list();
            return finish(CLEAN);
        }
        if (strcmp(argv[i], "--") == 0) {
            i++;
            break;
        }
        if (!has_value(argv[i])) {
            if (!set_flag(&r, argv[i]))
                return USAGE;
        } else {
            if (!set_value(&r, argv[i], argv[i + 1]))
                return USAGE;
            i++;
        }
    }
    bool alone = r.property != NULL || r.built != NULL;
    if ((r.mode == MANIFEST) != (i == argc) || (alone && (r.mode != PROPERTIES || r.property == NULL))) {
        fputs(usage_text, stderr);
        return USAGE;
    }
    if (r.built != NULL && !r.property->choices) {
        tool_refuses(NAME, "--built is of properties whose input is decisions, not of", r.property->name, "");
        return USAGE;
    }
    at_hand_watch();
    if (r.mode == MANIFEST)
        replay_manifest(&r);
    for (; i < argc; i++)
        replay_path(&r.files, argv[i]);
    clear_progress();
    if (r.mode == PROPERTIES || r.mode == MANIFEST)
        print_totals(&r);
    return finish(r.findings + r.files_alone > 0 ? FINDING : r.files.errors + r.rows_alone > 0 ? COULD_NOT_RUN : CLEAN);
}
