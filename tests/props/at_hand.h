/* What is being tried right now: said when the program dies of it, so that what killed it can be tried again. */
#ifndef CAUTH_PROPS_AT_HAND_H
#define CAUTH_PROPS_AT_HAND_H

#include <stdbool.h>
#include <stdint.h>

#include "cauth/bytes.h"

/* Nothing is copied: all of it must live as long as `trying` is true, `program` for ever. */
typedef struct {
    const char *program;  /* its name */
    bool trying;          /* false: nothing is at hand */
    const char *message;  /* row of messages.def */
    const char *origin;   /* where the input came from; NULL: not said */
    uint64_t seed;        /* 0: there is none */
    cauth_bytes input;    /* or the decisions, of a property of CHOICES */
    const char *property; /* NULL: none is running */
    const char *profile;
    cauth_bytes built; /* by a property of CHOICES: the message that is looked at */
} at_hand;

extern at_hand now_at_hand;

/* From here on says what is at hand before the program dies: by a signal, or by a sanitizer. cmocka has handlers of its
 * own while a test runs, which are called afterwards: to be called in every test. */
void at_hand_watch(void);

/* Writes "<what>, <n> octets: <hex>" to standard error, whole: what is long goes into a file in the current folder,
 * <program>-<message>-<what>, which is named instead. Calls only what a signal handler may. */
void octets_say(const char *what, cauth_bytes octets);

#endif
