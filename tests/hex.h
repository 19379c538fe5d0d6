/* Octets as digits, for the readable cases of the tests. */
#ifndef CAUTH_TESTS_HEX_H
#define CAUTH_TESTS_HEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

static inline int hex_digit(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* Reads pairs of digits behind the `*len` octets that are there, blanks anywhere between pairs. False where the text is
 * something else, or gives more than `cap` octets. */
static inline bool octets_from_hex(const char *text, uint8_t *octets, size_t cap, size_t *len)
{
    while (*text != '\0') {
        if (*text == ' ' || *text == '\t') {
            text++;
            continue;
        }
        int high = hex_digit(text[0]);
        int low = high >= 0 ? hex_digit(text[1]) : -1;
        if (low < 0 || *len == cap)
            return false;
        octets[*len] = (uint8_t)(16 * high + low);
        *len += 1;
        text += 2;
    }
    return true;
}

#endif
