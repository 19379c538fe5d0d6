/* The oid_filters extension. Private to libcauth. */
#ifndef CAUTH_SRC_OID_FILTERS_H
#define CAUTH_SRC_OID_FILTERS_H

#include "reader.h"

/* Reads the filters of an oid_filters list (RFC 8446 §4.2.5): their framing, the DER shape of OIDs and values, no OID
 * twice and no anyExtendedKeyUsage (CR-13-15), at most CAUTH_MAX_OID_FILTERS of them (LIM-01). */
/*@ requires rd_ok(filters);
    assigns \nothing;
    ensures \result.offset <= filters.end;
 */
cauth_result rd_oid_filters(rd filters);

#endif
