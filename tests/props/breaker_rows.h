/* How the tables of breakers_<area>.c write their rows. */
#ifndef CAUTH_PROPS_BREAKER_ROWS_H
#define CAUTH_PROPS_BREAKER_ROWS_H

#include "breaker.h"

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
