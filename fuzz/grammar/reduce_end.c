#define _POSIX_C_SOURCE 200809L

#include "reduce_end.h"

#include <ctype.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define LIVES 100 /* exit statuses that no sanitizer has: of a run that gave false, and true */
#define LIVES_TRUE 101
#define FRAMES 3
#define SAID (1u << 20) /* octets of what it says that are looked at: half of them the first, half the last */

/* ---- signatures ---- */

typedef struct {
    char *text;
    size_t len;
} line;

static void add_octet(line *to, char octet)
{
    if (to->len + 1 < END_SIGNATURE_SIZE)
        to->text[to->len++] = octet;
    to->text[to->len] = '\0';
}

static void add(line *to, const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        add_octet(to, text[i]);
}

static bool is_word(char octet)
{
    return isalnum((unsigned char)octet) || octet == '_' || octet == '-';
}

/* Sizes, offsets and addresses change from input to input: N stands for each number that is no part of a name, with the
 * sign before it. */
static void add_without_numbers(line *to, const char *text, size_t len)
{
    for (size_t at = 0; at < len;) {
        size_t word = 0, digits = 0, sign = text[at] == '-' ? 1 : 0;
        const char *number = text + at + sign;
        while (at + word < len && is_word(text[at + word]))
            word++;
        while (sign + digits < word && isdigit((unsigned char)number[digits]))
            digits++;
        bool is_number =
            (digits > 0 && sign + digits == word) || (word > sign + 2 && number[0] == '0' && number[1] == 'x');
        word = word == 0 ? 1 : word;
        add(to, is_number ? "N" : text + at, is_number ? 1 : word);
        at += word;
    }
}

static size_t line_len(const char *text)
{
    return strcspn(text, "\n");
}

/* Up to the first of these, or to the end of the line. */
static size_t len_before(const char *text, const char *const *ends, size_t num)
{
    size_t len = line_len(text);
    for (size_t i = 0; i < num; i++) {
        const char *end = strstr(text, ends[i]);
        if (end != NULL && (size_t)(end - text) < len)
            len = (size_t)(end - text);
    }
    return len;
}

static bool is_passed_over(const char *name, size_t len)
{
    static const char *const beginnings[] = {
#define ALL_PASSED_OVER(beginning) beginning,
#include "frames.def"
    };
    static const char *const names[] = {
#define PASSED_OVER(whole) whole,
#include "frames.def"
    };
    for (size_t i = 0; i < sizeof beginnings / sizeof beginnings[0]; i++)
        if (strncmp(name, beginnings[i], strlen(beginnings[i])) == 0)
            return true;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (len == strlen(names[i]) && memcmp(name, names[i], len) == 0)
            return true;
    return false;
}

/* The innermost functions of the first stack: lines such as "    #0 0x55d0 in name file:line"; without symbols
 * "    #0 0x55d0  (program+0x12)", of which the offset tells. */
static void add_frames(line *to, const char *text)
{
    unsigned depth = 0, num = 0;
    for (const char *at = text; *at != '\0' && num < FRAMES; at += line_len(at) + (at[line_len(at)] == '\n')) {
        const char *frame = at + strspn(at, " ");
        char number[16];
        snprintf(number, sizeof number, "#%u 0x", depth);
        if (strncmp(frame, number, strlen(number)) != 0) {
            if (depth > 0)
                return; /* another stack says where the memory came from */
            continue;
        }
        depth++;
        const char *name = frame + strcspn(frame + strlen(number), " \n") + strlen(number);
        name += strspn(name, " ");
        bool has_symbol = strncmp(name, "in ", 3) == 0;
        name += has_symbol ? 3 : 0;
        size_t len = strcspn(name, " \n");
        if (len == 0 || is_passed_over(name, len) || (has_symbol && memchr(name, '(', len) != NULL))
            continue;
        add(to, num == 0 ? " in " : " < ", num == 0 ? 4 : 3);
        add(to, name, len);
        num++;
    }
}

void end_signature(const char *text, char signature[END_SIGNATURE_SIZE])
{
    static const char undefined[] = ": runtime error: ", sanitizer[] = "Sanitizer: ";
    static const char *const after_undefined[] = { ":" };
    static const char *const after_kind[] = { " on ", " after ", " (", ":" };
    line to = { signature, 0 };
    const char *said = strstr(text, undefined);
    signature[0] = '\0';
    if (said != NULL) {
        said += sizeof undefined - 1;
        add_without_numbers(&to, said, len_before(said, after_undefined, 1));
        add_frames(&to, said);
        return;
    }
    said = strstr(text, sanitizer);
    if (said != NULL) {
        said += sizeof sanitizer - 1;
        add_without_numbers(&to, said, len_before(said, after_kind, sizeof after_kind / sizeof after_kind[0]));
        add_frames(&to, said);
        return;
    }
    const char *last = text;
    for (const char *at = text; *at != '\0'; at += line_len(at) + (at[line_len(at)] == '\n'))
        last = line_len(at) > 0 ? at : last;
    add_without_numbers(&to, last, line_len(last));
}

/* ---- processes ---- */

/* All that comes, of which the first octets and the last are kept: a sanitizer may say much behind its report, and what
 * it is not may say much before its last line. */
static void listen_to(int from, char *said)
{
    const size_t half = SAID / 2, less = SAID / 4;
    size_t len = 0;
    for (ssize_t got = 1; got > 0; len += got > 0 ? (size_t)got : 0) {
        if (len + 1 == SAID) {
            memmove(said + half, said + half + less, len - half - less);
            said[half - 1] = '\n';
            len -= less;
        }
        got = read(from, said + len, SAID - 1 - len);
    }
    said[len] = '\0';
}

process_end end_of(end_run *run, void *user, cauth_bytes in, unsigned seconds)
{
    process_end end = { .status = -1 };
    int ends[2];
    char *said = malloc(SAID);
    if (said == NULL || pipe(ends) != 0) {
        free(said);
        return end;
    }
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        close(ends[0]);
        if (dup2(ends[1], STDERR_FILENO) < 0)
            _exit(LIVES);
        close(ends[1]);
        signal(SIGALRM, SIG_DFL); /* which who started us may have had ignored */
        alarm(seconds);
        _exit(run(user, in) ? LIVES_TRUE : LIVES);
    }
    close(ends[1]);
    if (child > 0)
        listen_to(ends[0], said);
    close(ends[0]);
    if (child > 0 && waitpid(child, &end.status, 0) != child)
        end.status = -1;
    end.late = end.status != -1 && WIFSIGNALED(end.status) && WTERMSIG(end.status) == SIGALRM;
    end.answer = end.status != -1 && WIFEXITED(end.status) && WEXITSTATUS(end.status) == LIVES_TRUE;
    if (!end_lives(&end) && !end.late)
        end_signature(said, end.signature);
    free(said);
    return end;
}

bool end_lives(const process_end *end)
{
    return end->status == -1 || end->answer || (WIFEXITED(end->status) && WEXITSTATUS(end->status) == LIVES);
}

bool end_is_alike(const process_end *a, const process_end *b)
{
    return !a->late && !b->late && a->status == b->status && strcmp(a->signature, b->signature) == 0;
}
