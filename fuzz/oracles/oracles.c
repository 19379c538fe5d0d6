#include "oracle.h"

const oracle_compared oracles_compared[] = {
#define CAUTH_ORACLE(name, library)
#define CAUTH_COMPARED(name, message) { &oracle_##name, #message },
#define CAUTH_GROUP(group, member)
#include "oracles.def"
#undef CAUTH_ORACLE
#undef CAUTH_COMPARED
#undef CAUTH_GROUP
};

const size_t num_oracles_compared = sizeof oracles_compared / sizeof oracles_compared[0];
