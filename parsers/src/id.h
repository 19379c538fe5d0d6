/* Ids of rules as strings. Private to libcauth. Not in rule.c: what is known of its tables drowns the proof of a loop
 * over characters. */
#ifndef CAUTH_SRC_ID_H
#define CAUTH_SRC_ID_H

#include <stddef.h>

#include "cauth/rule.h"

/* Room for the longest id, and its end. */
#define ID_SIZE 11

/*@ requires \valid_read(row + (0 .. ID_SIZE - 1)) && is_string(id);
    assigns \nothing;
 */
static inline bool id_equals(const char *row, const char *id)
{
    size_t i = 0;
    /*@ loop invariant i < ID_SIZE && \forall integer k; 0 <= k < i ==> id[k] != '\0';
        loop assigns i;
        loop variant ID_SIZE - i;
     */
    while (i + 1 < ID_SIZE && id[i] != '\0' && id[i] == row[i])
        i++;
    return id[i] == row[i];
}

#endif
