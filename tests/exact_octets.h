/* Octets that a cmocka test writes in hex. */
#ifndef CAUTH_TESTS_EXACT_OCTETS_H
#define CAUTH_TESTS_EXACT_OCTETS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "exact.h"
#include "hex.h"

/* To be freed with exact_free. What is no hex fails the test. */
static inline cauth_bytes exact_octets(const char *hex)
{
    uint8_t octets[64];
    size_t len = 0;
    if (!octets_from_hex(hex, octets, sizeof octets, &len))
        fail_msg("%s: no octets", hex);
    return exact_copy(octets, len);
}

#endif
