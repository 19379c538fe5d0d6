/* Whether several answers about one message are the same one. */
#ifndef CAUTH_ORACLE_OPENSSL_ALIKE_H
#define CAUTH_ORACLE_OPENSSL_ALIKE_H

#include <stdbool.h>
#include <stdint.h>

#include "oracle.h"

/* The answers so far, of which nothing else may be kept: the next question ends what they point to. At first zero. */
typedef struct {
    bool any;
    bool differ;
    uint64_t first; /* a number that tells the first one from others */
} openssl_answers;

#define OPENSSL_READ_OTHERWISE "read otherwise where records end elsewhere"

/* Takes one more. Once two differ, in verdict, words, alert, a field or what was sent, this one and each that follows
 * is made a refusal in words of our own, which no row explains. */
void openssl_make_alike(openssl_answers *answers, oracle_observation *o);

#endif
