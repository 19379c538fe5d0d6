#define _POSIX_C_SOURCE 200809L

#include "at_hand.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#define SHORT 512u /* octets that are still written as hex */

at_hand now_at_hand;

/* The sanitizers' run-time libraries, where one is linked. */
extern void __sanitizer_set_death_callback(void (*callback)(void)) __attribute__((weak));

static const int deadly[] = { SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGTRAP };
#define NUM_DEADLY (sizeof deadly / sizeof deadly[0])
static struct sigaction before[NUM_DEADLY];

static void put(int file, const void *octets, size_t len)
{
    const char *at = octets;
    while (len > 0) {
        ssize_t done = write(file, at, len);
        if (done <= 0)
            return;
        at += done;
        len -= (size_t)done;
    }
}

static void say(const char *text)
{
    put(STDERR_FILENO, text, strlen(text));
}

static void say_number(uint64_t number)
{
    char digits[20];
    size_t at = sizeof digits;
    do {
        at--;
        digits[at] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    put(STDERR_FILENO, digits + at, sizeof digits - at);
}

static void say_hex(cauth_bytes octets)
{
    static const char digits[] = "0123456789abcdef";
    char text[2 * SHORT];
    for (size_t i = 0; i < octets.len; i++) {
        text[2 * i] = digits[octets.ptr[i] / 16];
        text[2 * i + 1] = digits[octets.ptr[i] % 16];
    }
    put(STDERR_FILENO, text, 2 * octets.len);
}

/* Adds the text, with a dash for every blank; cut off where the path is full. */
static void add(char *path, size_t size, const char *text)
{
    size_t len = strlen(path);
    for (; *text != '\0' && len + 1 < size; text++, len++)
        path[len] = *text == ' ' ? '-' : *text;
    path[len] = '\0';
}

static void say_file(const char *what, cauth_bytes octets)
{
    char path[160] = "";
    const char *parts[] = { now_at_hand.program, "-", now_at_hand.message, "-", what };
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        add(path, sizeof path, parts[i] != NULL ? parts[i] : "");
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    if (file < 0) {
        say("cannot be written into ");
    } else {
        put(file, octets.ptr, octets.len);
        close(file);
        say("in the file ");
    }
    say(path);
}

void octets_say(const char *what, cauth_bytes octets)
{
    say(what);
    say(", ");
    say_number(octets.len);
    say(octets.len == 1 ? " octet: " : " octets: ");
    if (octets.len <= SHORT)
        say_hex(octets);
    else
        say_file(what, octets);
    say("\n");
}

static void say_what_is_at_hand(void)
{
    at_hand last = now_at_hand;
    if (!last.trying)
        return;
    say("\ncauth: died of a message of ");
    say(last.message);
    if (last.origin != NULL) {
        say(", from ");
        say(last.origin);
    }
    if (last.seed != 0) {
        say(", CAUTH_SEED=");
        say_number(last.seed);
    }
    say("\n");
    if (last.seed != 0) /* otherwise it is a file */
        octets_say("input", last.input);
    if (last.built.len > 0)
        octets_say("which gives the message", last.built);
    say("with the input in a file: cauth-reduce --fault");
    if (last.property != NULL) {
        say(" --property ");
        say(last.property);
        say(" --profile ");
        say(last.profile);
    }
    say(" ");
    say(last.message);
    say(" FILE SMALLER\n");
    now_at_hand.trying = false; /* a sanitizer ends with a signal */
}

/* What faults does so again when the handler returns, now before whoever had the signal: a sanitizer wants to see
 * where.
 */
static void die(int number, siginfo_t *info, void *context)
{
    (void)context;
    say_what_is_at_hand();
    for (size_t i = 0; i < NUM_DEADLY; i++)
        if (deadly[i] == number)
            sigaction(number, &before[i], NULL);
    if (number == SIGTRAP || info->si_code <= 0) /* a process sent it, as abort() does */
        raise(number);
}

void at_hand_watch(void)
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_sigaction = die;
    action.sa_flags = SA_SIGINFO;
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < NUM_DEADLY; i++) {
        struct sigaction old;
        if (sigaction(deadly[i], &action, &old) == 0 && old.sa_sigaction != die)
            before[i] = old;
    }
    if (__sanitizer_set_death_callback != NULL)
        __sanitizer_set_death_callback(say_what_is_at_hand);
}
