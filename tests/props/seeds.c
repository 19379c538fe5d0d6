/* cauth-seeds: one corpus file per breaker and message, and the manifest rows that go with them. */
#define _POSIX_C_SOURCE 200809L

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "exact.h"
#include "files.h"
#include "prop.h"

static const char usage_text[] =
    "usage: cauth-seeds DIR\n"
    "\n"
    "Writes what each breaker builds without decisions to DIR/<message>/rule-<ID>, or rule-<ID>-flag where the rule is "
    "only\n"
    "flagged (-2, -3 where a message has several for one rule), and prints for each, separated by tabs: path, "
    "message,\n"
    "rule, and the verdicts that the breaker itself declares for the strict and the interop profile.\n"
    "DIR must exist.\n"
    "\n"
    "exit status: 0 written, 2 wrong usage, 3 could not write\n";

/* How many breakers before number i have the same rule, message and outcome. */
static unsigned earlier(size_t i)
{
    const breaker *b = breaker_at(i);
    unsigned num = 0;
    for (size_t j = 0; j < i; j++) {
        const breaker *other = breaker_at(j);
        num += other->rule == b->rule && other->rejected == b->rejected && strcmp(other->message, b->message) == 0;
    }
    return num;
}

static bool write_file(const char *path, cauth_bytes content)
{
    FILE *file = fopen(path, "wb");
    if (file == NULL)
        return false;
    bool done = content.len == 0 || fwrite(content.ptr, content.len, 1, file) == 1;
    return fclose(file) == 0 && done;
}

static bool write_seed(const char *folder, size_t i)
{
    const breaker *b = breaker_at(i);
    char name[128];
    char number[16] = "";
    char path[4096];
    char strict[VERDICT_TEXT_SIZE];
    char interop[VERDICT_TEXT_SIZE];
    cauth_bytes no_decisions = { NULL, 0 };
    cauth_bytes input;
    size_t offset;
    if (earlier(i) > 0)
        snprintf(number, sizeof number, "-%u", earlier(i) + 1);
    snprintf(name, sizeof name, "%s/rule-%s%s%s", b->message, cauth_rule_info(b->rule)->id, b->rejected ? "" : "-flag",
             number);
    if (message_by_name(b->message) == NULL || !prop_build_broken(b, no_decisions, &input, &offset)) {
        fprintf(stderr, "cauth-seeds: %s: the breaker writes nothing\n", name);
        return false;
    }
    snprintf(path, sizeof path, "%s/%s", folder, b->message);
    bool done = mkdir(path, 0777) == 0 || errno == EEXIST;
    if (done) {
        snprintf(path, sizeof path, "%s/%s", folder, name);
        done = write_file(path, input);
    }
    if (!done)
        tool_says("cauth-seeds", path, strerror(errno));
    exact_free(input);
    verdict expected = prop_expected(b, CAUTH_STRICT, offset);
    verdict_to_text(&expected, strict);
    expected = prop_expected(b, CAUTH_INTEROP, offset);
    verdict_to_text(&expected, interop);
    printf("%s\t%s\t%s\t%s\t%s\n", name, b->message, cauth_rule_info(b->rule)->id, strict, interop);
    return done;
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "--help") == 0) {
        fputs(usage_text, stdout);
        return tool_wrote("cauth-seeds") ? 0 : 3;
    }
    bool marked = argc == 3 && strcmp(argv[1], "--") == 0;
    if (!marked && (argc != 2 || argv[1][0] == '-')) {
        fputs(usage_text, stderr);
        return 2;
    }
    const char *folder = argv[argc - 1];
    struct stat info;
    bool found = stat(folder, &info) == 0;
    if (!found || !S_ISDIR(info.st_mode)) {
        tool_says("cauth-seeds", folder, found ? "not a directory" : strerror(errno));
        return 3;
    }
    bool done = true;
    for (size_t i = 0; breaker_at(i) != NULL; i++)
        done = write_seed(folder, i) && done;
    return tool_wrote("cauth-seeds") && done ? 0 : 3;
}
