/* cauth-fields: the fields of accepted messages, for comparing with what other programs make of the same bytes. */
#define _POSIX_C_SOURCE 200809L

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "exact.h"
#include "files.h"
#include "message.h"

#define NAME "cauth-fields"

static const char usage_text[] = "usage: cauth-fields FILE|DIR ...\n"
                                 "\n"
                                 "Prints the fields of every message that the interop profile accepts, in wire order, "
                                 "one per line and separated by\n"
                                 "tabs: path, the field's name, and its number, or the length of its bytes. The folder "
                                 "that a file lies in says which\n"
                                 "message it is.\n"
                                 "\n"
                                 "exit status: 0 done, 2 wrong usage, 3 something could not be read\n";

static void print_field(const char *path, cauth_field field, uint64_t value)
{
    print_path(stdout, path);
    printf("\t%s\t%" PRIu64 "\n", cauth_field_name(field), value);
}

static void print_span(void *user, cauth_field field, cauth_bytes bytes)
{
    print_field(user, field, bytes.len);
}

static void print_number(void *user, cauth_field field, uint64_t value)
{
    print_field(user, field, value);
}

static void print_fields(void *user, const char *path, const message *m, cauth_bytes in)
{
    char place[4096];
    describe_sink sink = { print_span, print_number, place };
    cauth_context ctx = message_context(m, CAUTH_INTEROP);
    message_view view;
    cauth_flags flags;
    (void)user;
    snprintf(place, sizeof place, "%s", path);
    if (cauth_is_accepted(m->parse(in, &ctx, &view, &flags)))
        m->describe(&view, &sink);
}

int main(int argc, char **argv)
{
    replay files = { .tool = NAME, .judge = print_fields };
    if (argc == 2 && strcmp(argv[1], "--help") == 0) {
        fputs(usage_text, stdout);
        return tool_wrote(NAME) ? 0 : 3;
    }
    if (argc < 2 || argv[1][0] == '-') {
        fputs(usage_text, stderr);
        return 2;
    }
    for (int i = 1; i < argc; i++)
        replay_path(&files, argv[i]);
    return tool_wrote(NAME) && files.errors == 0 ? 0 : 3;
}
