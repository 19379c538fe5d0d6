#include "oracle.h"

#include <stddef.h>

/* What CMake found out about the library. */
#if ORACLES_CERTIFICATE_COMPRESSION
#define LACKS_certificate_compression NULL
#else
#define LACKS_certificate_compression "certificate compression: OpenSSL 3.2 or later, built with zlib"
#endif
#if ORACLES_RAW_PUBLIC_KEYS
#define LACKS_raw_public_keys NULL
#else
#define LACKS_raw_public_keys "raw public keys: OpenSSL 3.2 or later"
#endif

const oracle_compared oracles_compared[] = {
#define CAUTH_ORACLE(name, library)
#define CAUTH_COMPARED(name, message) { &oracle_##name, #message, NULL },
#define CAUTH_COMPARED_WHERE(name, message, feature) { &oracle_##name, #message, LACKS_##feature },
#define CAUTH_GROUP(group, member)
#include "oracles.def"
#undef CAUTH_ORACLE
#undef CAUTH_COMPARED
#undef CAUTH_COMPARED_WHERE
#undef CAUTH_GROUP
};

const size_t num_oracles_compared = sizeof oracles_compared / sizeof oracles_compared[0];
