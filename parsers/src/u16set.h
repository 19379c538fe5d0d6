/* A set of 16-bit values: finds duplicates in linear time. Private to libcauth. */
#ifndef CAUTH_SRC_U16SET_H
#define CAUTH_SRC_U16SET_H

#include <stdbool.h>
#include <stdint.h>

#include "cauth/version.h"

/* One bit per value, in 256 pages that are cleared when first used: clearing all 8 KB would cost more than parsing a
 * usual message. This is the table that makes parsers of lists need more than 2 KB of stack. */
typedef struct {
    uint32_t page_used[8];
    uint32_t page[256][8];
} u16set;

/*@ requires \valid(set);
    assigns set->page_used[0 .. 7];
 */
static inline void u16set_init(u16set *set)
{
    /*@ loop invariant 0 <= i <= 8;
        loop assigns i, set->page_used[0 .. 7];
        loop variant 8 - i;
     */
    for (unsigned i = 0; i < 8; i++)
        set->page_used[i] = 0;
}

/* Adds a value; true if it was there already. */
/*@ requires \valid(set);
    assigns set->page_used[0 .. 7], set->page[0 .. 255][0 .. 7];
 */
static inline bool u16set_add(u16set *set, uint16_t value)
{
    unsigned high = value / 256u;
    unsigned word = value % 256u / 32u;
    uint32_t high_bit = (uint32_t)1 << (high % 32u);
    uint32_t bit = (uint32_t)1 << (value % 32u);
    if ((set->page_used[high / 32u] & high_bit) == 0) {
        set->page_used[high / 32u] |= high_bit;
        /*@ loop invariant 0 <= i <= 8;
            loop assigns i, set->page[high][0 .. 7];
            loop variant 8 - i;
         */
        for (unsigned i = 0; i < 8; i++)
            set->page[high][i] = 0;
    }
    bool there = (set->page[high][word] & bit) != 0;
    set->page[high][word] |= bit;
    return there;
}

#endif
