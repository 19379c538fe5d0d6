/* How breakers_<area>.c write octets, and the rows of their tables. */
#ifndef CAUTH_PROPS_BREAKER_ROWS_H
#define CAUTH_PROPS_BREAKER_ROWS_H

#include "breaker.h"

#define TEXT(a, literal) arena_copy((a), (literal), sizeof(literal) - 1)

#define REJECTED(rule, message, field, make)                                                                           \
    {                                                                                                                  \
        CAUTH_##rule, message, CAUTH_FIELD_##field, true, CAUTH_RULE_NONE, make                                        \
    }
#define FLAGGED_ALSO(rule, also, message, make)                                                                        \
    {                                                                                                                  \
        CAUTH_##rule, message, CAUTH_FIELD_NONE, false, CAUTH_##also, make                                             \
    }
#define FLAGGED(rule, message, make) FLAGGED_ALSO(rule, RULE_NONE, message, make)

#endif
