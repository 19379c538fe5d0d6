/* A view as a flat list of its fields in wire order: what properties compare, vectors state and tools print. */
#ifndef CAUTH_PROPS_DESCRIBE_H
#define CAUTH_PROPS_DESCRIBE_H

#include <stdint.h>

#include "cauth/bytes.h"
#include "cauth/rule.h"

/* Receives the fields. A list gives one call per item: numbers for items of one or two octets (certificate types,
 * signature schemes), spans for the others (names, certificates). describe_<layout> calls it; message.h declares those.
 */
typedef struct {
    void (*span)(void *user, cauth_field field, cauth_bytes bytes);
    void (*number)(void *user, cauth_field field, uint64_t value);
    void *user;
} describe_sink;

#endif
