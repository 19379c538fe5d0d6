/* A number that tells contents from others: two that differ have the same by chance alone, one pair in 2^32. */
#ifndef CAUTH_ORACLE_DIGEST_H
#define CAUTH_ORACLE_DIGEST_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "cauth/bytes.h"

/* The largest prime below 2^32, so that nothing wraps around. A digest begins with any number below it. */
#define DIGEST_PRIME 4294967291u

static inline uint64_t digest_number(uint64_t digest, uint64_t number)
{
    return (digest * 2654435761u + number % DIGEST_PRIME) % DIGEST_PRIME;
}

static inline uint64_t digest_octets(uint64_t digest, cauth_bytes octets)
{
    for (size_t i = 0; i < octets.len; i++)
        digest = digest_number(digest, octets.ptr[i]);
    return digest_number(digest, octets.len); /* where they end, for what follows */
}

static inline uint64_t digest_words(uint64_t digest, const char *words)
{
    return digest_octets(digest, (cauth_bytes){ (const uint8_t *)words, strlen(words) });
}

#endif
