/* The bodies of the properties, for prop.c alone. */
#ifndef CAUTH_PROPS_PROPERTIES_H
#define CAUTH_PROPS_PROPERTIES_H

#include "prop.h"
#include "random.h"

#define CAUTH_PROPERTY(name, ...) prop_verdict prop_##name(prop_case *c);
#include "properties.def"
#undef CAUTH_PROPERTY

/* breaker_named for this breaker. */
prop_verdict prop_run_breaker(prop_case *c, const breaker *b, cauth_bytes decisions);

/* Whether siblings.def speaks of the message. */
bool prop_has_siblings(const message *m);

/* Whether stream_recut cuts records of such a stream: all but alerts of TLS 1.3, one in a record (RFC 8446 §5.1). */
bool prop_is_recut(const message *m);

#endif
