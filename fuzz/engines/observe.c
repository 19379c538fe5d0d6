/* cauth-observe: what a TLS library makes of messages, one line each, for ci/compare-builds, which holds the answers of
 * two builds against each other. It is run as a worker: questions on standard input, answers on standard output.
 *
 *   question  <oracle> <message> <seed> <length>\n and so many bytes; a seed other than 0 asks about a mutated copy
 *   answer    <input> \t <cauth's rule, or accept> \t <verdict> \t <alert> \t <reason> \t <cause> \t
 *             <field>=<value>,<value>...\n
 *
 * The fields are separated by ';', bytes are hexadecimal. <input> is the mutated copy, "" where the seed is 0; it is
 * written before the library is asked, so that it is known if that is the end. What the library itself writes to
 * standard output goes to standard error. A worker that a signal ends, or exit(), says before it how much memory it had
 * at most, in the words of /proc, where nobody finds them afterwards. */
#define _XOPEN_SOURCE 700

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "compare.h"
#include "exact.h"
#include "files.h"
#include "mutate.h"

#define NAME "cauth-observe"

enum { CLEAN = 0, USAGE = 2, COULD_NOT_RUN = 3 };

static FILE *answers;
static int answers_fd;

/* Takes standard output for the answers alone. */
static bool keep_answers_apart(void)
{
    answers_fd = dup(STDOUT_FILENO);
    answers = answers_fd < 0 || dup2(STDERR_FILENO, STDOUT_FILENO) < 0 ? NULL : fdopen(answers_fd, "w");
    return answers != NULL && setvbuf(stdout, NULL, _IOLBF, 0) == 0;
}

static void say_peak(void)
{
    static char text[4096];
    int fd = open("/proc/self/status", O_RDONLY);
    ssize_t len = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
    const char *peak = len > 0 ? strstr(text, "VmPeak:") : NULL;
    if (peak != NULL && write(answers_fd, peak, strcspn(peak, "\n")) < 0)
        return; /* nobody reads it */
}

static void say_peak_and_end(int number)
{
    say_peak();
    raise(number); /* which waits until this returns, and then is what it was without this */
}

/* A sanitizer's own handlers stay. */
static void say_peak_at_the_end(void)
{
    static const int numbers[] = { SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV };
    static uint8_t stack[1 << 16]; /* where there is no memory left */
    const stack_t apart = { .ss_sp = stack, .ss_size = sizeof stack };
    const struct sigaction say = { .sa_handler = say_peak_and_end, .sa_flags = (int)(SA_ONSTACK | SA_RESETHAND) };
    struct sigaction now;
    if (sigaltstack(&apart, NULL) != 0 || atexit(say_peak) != 0)
        return;
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        if (sigaction(numbers[i], NULL, &now) == 0 && now.sa_handler == SIG_DFL)
            sigaction(numbers[i], &say, NULL);
}

static void print_hex(cauth_bytes bytes)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < bytes.len; i++) {
        putc(digits[bytes.ptr[i] >> 4], answers);
        putc(digits[bytes.ptr[i] & 15], answers);
    }
}

static void print_fields(const oracle_observation *o)
{
    for (size_t i = 0; i < o->num_fields; i++) {
        const oracle_field *f = &o->fields[i];
        fprintf(answers, "%s%s=", i > 0 ? ";" : "", cauth_field_name(f->field));
        for (size_t j = 0; j < f->num_values; j++) {
            if (j > 0)
                putc(',', answers);
            if (f->numbers)
                fprintf(answers, "%llx", (unsigned long long)f->values[j].number);
            else
                print_hex(f->values[j].span);
        }
    }
}

static const char *verdict_name(const oracle_observation *o)
{
    if (o->verdict == ORACLE_UNSUPPORTED)
        return "undecided";
    return o->verdict == ORACLE_ACCEPT ? "accepts" : o->by_policy ? "understands" : "refuses";
}

static void answer(const oracle *o, const message *m, cauth_bytes in, bool mutated)
{
    oracle_observation seen;
    cauth_flags flags;
    if (mutated) {
        print_hex(in);
        putc('\t', answers);
        fflush(answers);
    } else {
        putc('\t', answers);
    }
    cauth_result ours = message_judge(m, in, CAUTH_STRICT, &flags);
    o->judge(m, in, &seen);
    fprintf(answers, "%s\t%s\t%d\t%s\t%s\t", cauth_is_accepted(ours) ? "accept" : cauth_rule_info(ours.rule)->id,
            verdict_name(&seen), seen.alert.description == CAUTH_NO_ALERT ? -1 : (int)seen.alert.description,
            seen.reason, seen.cause);
    print_fields(&seen);
    putc('\n', answers);
}

static const oracle *oracle_for(const char *name, const char *message_name)
{
    for (size_t i = 0; i < num_oracles_compared; i++)
        if (strcmp(oracles_compared[i].oracle->name, name) == 0 &&
            strcmp(oracles_compared[i].message, message_name) == 0)
            return oracles_compared[i].oracle;
    return NULL;
}

/* False at the end of the questions. */
static bool answer_next(void)
{
    char name[64];
    char message_name[64];
    unsigned long long seed;
    size_t len;
    int read = scanf("%63s %63s %llu %zu", name, message_name, &seed, &len);
    if (read == EOF)
        return false;
    const message *m = read == 4 ? message_by_name(message_name) : NULL;
    const oracle *o = m != NULL ? oracle_for(name, message_name) : NULL;
    if (o == NULL || len > FILES_MAX_SIZE || getchar() != '\n') {
        fputs(NAME ": a question that is none\n", stderr);
        exit(USAGE);
    }
    uint8_t *bytes = malloc(len + 1);
    if (bytes == NULL || fread(bytes, 1, len, stdin) != len) {
        fputs(NAME ": a question cut short\n", stderr);
        exit(COULD_NOT_RUN);
    }
    random_source r = random_init(seed);
    cauth_bytes whole = { len > 0 ? bytes : NULL, len };
    cauth_bytes in = seed != 0 ? mutate(&r, whole) : exact_copy(bytes, len);
    answer(o, m, in, seed != 0);
    fflush(answers);
    exact_free(in);
    free(bytes);
    return true;
}

static int usage(FILE *out, int status)
{
    fputs("usage: " NAME " [--list]\nA worker of ci/compare-builds: questions on standard input, answers on standard "
          "output.\n",
          out);
    return status;
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "--help") == 0)
        return usage(stdout, CLEAN);
    if (argc > 2 || (argc == 2 && strcmp(argv[1], "--list") != 0))
        return usage(stderr, USAGE);
    if (!keep_answers_apart()) {
        fprintf(stderr, NAME ": standard output cannot be taken: %s\n", strerror(errno));
        return COULD_NOT_RUN;
    }
    if (argc == 2) {
        for (size_t i = 0; i < num_oracles_compared; i++)
            if (oracles_compared[i].lacks == NULL)
                fprintf(answers, "%s\t%s\t%s\n", oracles_compared[i].oracle->name, oracles_compared[i].message,
                        oracles_compared[i].oracle->version());
    } else {
        say_peak_at_the_end();
        while (answer_next())
            continue;
    }
    for (size_t i = 0; i < num_oracles_compared; i++)
        oracles_compared[i].oracle->end();
    if (fclose(answers) != 0) {
        fprintf(stderr, NAME ": the answers could not be written: %s\n", strerror(errno));
        return COULD_NOT_RUN;
    }
    return CLEAN;
}
