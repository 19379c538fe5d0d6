/* Protocol versions. */
#ifndef CAUTH_VERSION_H
#define CAUTH_VERSION_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Small and ordered, so that a set of versions is a bit mask and "TLS 1.1 and later" is a comparison. */
typedef enum { CAUTH_SSL30, CAUTH_TLS10, CAUTH_TLS11, CAUTH_TLS12, CAUTH_TLS13 } cauth_version;

#define CAUTH_NUM_VERSIONS 5

/*@ lemma bit_fits32: \forall integer n;
        0 <= n < 32 ==> (uint32_t)(1 << n) == (1 << n) && (1 << n) <= 0xFFFFFFFF;
 */

/* The ProtocolVersion on the wire: 0x0300 to 0x0304. TLS 1.3 records carry 0x0303 (RFC 8446 §5.1). */
/*@ requires version <= CAUTH_TLS13;
    assigns \nothing;
 */
static inline uint16_t cauth_version_wire(cauth_version version)
{
    return (uint16_t)(0x0300u + (unsigned)version);
}

#ifdef __cplusplus
}
#endif
#endif
