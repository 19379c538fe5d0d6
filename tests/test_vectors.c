/* The readable cases of tests/vectors/<message>.txt; blocks separated by empty lines:
 *
 *   # what and why
 *   name: odd signature algorithm list
 *   hex: 01 01  00 03 04 01 05  00 00     # several hex: lines are joined; a comment ends a line
 *   strict: reject CR-12-02 @2            # or: accept, accept CR-12-06,CR-COM-05 (exactly these flags)
 *   interop: reject CR-12-02 @2           # left out: as strict
 *   field: certificate_types = 01 40      # all items of one field, in order; spans in hex, numbers in hex too */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "events.h"
#include "exact.h"
#include "files.h"
#include "hex.h"
#include "verdict.h"

#define MAX_BYTES 70000
#define MAX_FIELDS 32

typedef struct {
    size_t line;
    char field[64];
    char *value;
} field_line;

typedef struct {
    const message *m;
    const char *path;
    size_t line; /* of the line being read */
    size_t cases;
    size_t wrong;
    /* the block being read */
    size_t begun;
    char name[128];
    bool has_hex, has_strict, has_interop;
    verdict strict, interop;
    field_line fields[MAX_FIELDS];
    size_t num_fields;
    size_t len;
    uint8_t bytes[MAX_BYTES];
} reader;

static void complain(reader *r, size_t line, const char *what, const char *detail)
{
    print_error("%s:%zu: %s%s%s\n", r->path, line, what, detail[0] != '\0' ? ": " : "", detail);
    r->wrong++;
}

static void check_verdict(reader *r, cauth_bytes in, cauth_profile profile, const verdict *expected)
{
    char expected_text[VERDICT_TEXT_SIZE];
    char given_text[VERDICT_TEXT_SIZE];
    verdict given = verdict_of(r->m, in, profile);
    if (verdict_equal(&given, expected))
        return;
    verdict_to_text(expected, expected_text);
    verdict_to_text(&given, given_text);
    print_error("%s:%zu: %s (%s): expected %s, given %s\n", r->path, r->begun, r->name,
                profile == CAUTH_STRICT ? "strict" : "interop", expected_text, given_text);
    r->wrong++;
}

/* Whether the items of a field, one after the other, are the words of the value: a span is one word (or "-" when
 * empty), a number is compared by value. */
static bool field_is(const events *list, const field_line *expected)
{
    const char *rest = expected->value;
    for (size_t i = 0; i < list->num; i++) {
        const event *e = &list->at[i];
        if (strcmp(cauth_field_name(e->field), expected->field) != 0)
            continue;
        rest += strspn(rest, " \t");
        size_t word_len = strcspn(rest, " \t");
        char word[2 * 1024 + 1];
        if (word_len == 0 || word_len >= sizeof word)
            return false;
        memcpy(word, rest, word_len);
        word[word_len] = '\0';
        rest += word_len;
        if (e->is_number) {
            char *end;
            if (strtoull(word, &end, 16) != e->number || *end != '\0')
                return false;
        } else {
            uint8_t bytes[1024];
            size_t len = 0;
            if (strcmp(word, "-") != 0 && !octets_from_hex(word, bytes, sizeof bytes, &len))
                return false;
            if (len != e->span.len || (len > 0 && memcmp(bytes, e->span.ptr, len) != 0))
                return false;
        }
    }
    return rest[strspn(rest, " \t")] == '\0';
}

static void check_fields(reader *r, cauth_bytes in)
{
    cauth_context ctx = message_context(r->m, CAUTH_STRICT);
    message_view view;
    cauth_flags flags;
    events list = { NULL, 0, 0 };
    if (r->num_fields == 0)
        return;
    if (!cauth_is_accepted(r->m->parse(in, &ctx, &view, &flags))) {
        complain(r, r->begun, r->name, "fields are given for a message that strict refuses");
        return;
    }
    events_of(&list, r->m, &view);
    for (size_t i = 0; i < r->num_fields; i++)
        if (!field_is(&list, &r->fields[i]))
            complain(r, r->fields[i].line, r->name, "the message has another value here");
    free(list.at);
}

static void end_block(reader *r)
{
    if (r->begun != 0) {
        if (r->name[0] == '\0' || !r->has_hex || !r->has_strict) {
            complain(r, r->begun, "a case needs name:, hex: and strict:", r->name);
        } else {
            cauth_bytes in = exact_copy(r->bytes, r->len);
            check_verdict(r, in, CAUTH_STRICT, &r->strict);
            check_verdict(r, in, CAUTH_INTEROP, r->has_interop ? &r->interop : &r->strict);
            check_fields(r, in);
            exact_free(in);
            r->cases++;
        }
    }
    for (size_t i = 0; i < r->num_fields; i++)
        free(r->fields[i].value);
    r->begun = r->num_fields = r->len = 0;
    r->name[0] = '\0';
    r->has_hex = r->has_strict = r->has_interop = false;
}

static void add_field(reader *r, char *text)
{
    char *equals = strstr(text, " =");
    if (equals == NULL || r->num_fields == MAX_FIELDS || (size_t)(equals - text) >= sizeof r->fields[0].field) {
        complain(r, r->line, "not a field line", text);
        return;
    }
    field_line *f = &r->fields[r->num_fields];
    *equals = '\0';
    f->line = r->line;
    snprintf(f->field, sizeof f->field, "%s", text);
    f->value = malloc(strlen(equals + 2) + 1);
    if (f->value == NULL)
        abort();
    strcpy(f->value, equals + 2);
    r->num_fields++;
}

static void read_line(reader *r, char *line)
{
    char *comment = line[0] == '#' ? line : strstr(line, " #");
    bool was_comment = comment == line;
    if (comment != NULL)
        *comment = '\0';
    size_t len = strlen(line);
    while (len > 0 && (line[len - 1] == ' ' || line[len - 1] == '\t' || line[len - 1] == '\r'))
        line[--len] = '\0';
    if (len == 0) {
        if (!was_comment)
            end_block(r);
        return;
    }
    if (r->begun == 0)
        r->begun = r->line;
    char *colon = strchr(line, ':');
    if (colon == NULL) {
        complain(r, r->line, "not a line of a case", line);
        return;
    }
    *colon = '\0';
    char *value = colon + 1 + strspn(colon + 1, " \t");
    bool good = true;
    if (strcmp(line, "name") == 0) {
        snprintf(r->name, sizeof r->name, "%s", value);
    } else if (strcmp(line, "hex") == 0) {
        good = octets_from_hex(value, r->bytes, sizeof r->bytes, &r->len);
        r->has_hex = true;
    } else if (strcmp(line, "strict") == 0) {
        good = verdict_from_text(value, &r->strict);
        r->has_strict = true;
    } else if (strcmp(line, "interop") == 0) {
        good = verdict_from_text(value, &r->interop);
        r->has_interop = true;
    } else if (strcmp(line, "field") == 0) {
        add_field(r, value);
    } else {
        good = false;
    }
    if (!good)
        complain(r, r->line, "cannot be read", line);
}

static void vectors(void **state)
{
    const char *path = *state;
    static reader r;
    cauth_bytes content;
    const char *error;
    char name[64];
    const char *base = strrchr(path, '/') + 1;
    memset(&r, 0, sizeof r);
    snprintf(name, sizeof name, "%.*s", (int)strcspn(base, "."), base);
    r.m = message_by_name(name);
    r.path = path;
    if (r.m == NULL)
        fail_msg("%s: no message is called %s", path, name);
    if (!file_read(path, &content, &error))
        fail_msg("%s: %s", path, error);
    char *text = calloc(content.len + 1, 1);
    assert_non_null(text);
    if (content.len > 0)
        memcpy(text, content.ptr, content.len);
    exact_free(content);
    for (char *line = text; line != NULL;) {
        char *end = strchr(line, '\n');
        if (end != NULL)
            *end = '\0';
        r.line++;
        read_line(&r, line);
        line = end != NULL ? end + 1 : NULL;
    }
    end_block(&r);
    free(text);
    if (r.cases == 0)
        complain(&r, 1, "there are no cases in it", "");
    assert_int_equal(r.wrong, 0);
}

/* One test per file. */
static struct CMUnitTest tests[128];
static size_t num_tests;

static void add_file(void *user, const char *path, const char *error)
{
    (void)user;
    char *copy = malloc(strlen(path) + 1);
    if (error != NULL || copy == NULL || num_tests == sizeof tests / sizeof tests[0]) {
        fprintf(stderr, "%s: %s\n", path, error != NULL ? error : "too many files");
        exit(3);
    }
    strcpy(copy, path);
    tests[num_tests].name = strrchr(copy, '/') + 1;
    tests[num_tests].test_func = vectors;
    tests[num_tests].initial_state = copy;
    num_tests++;
}

int main(void)
{
    files_walk(CAUTH_VECTORS, add_file, NULL);
    int failed = _cmocka_run_group_tests("vectors", tests, num_tests, NULL, NULL);
    for (size_t i = 0; i < num_tests; i++)
        free(tests[i].initial_state);
    return failed != 0 || num_tests == 0;
}
