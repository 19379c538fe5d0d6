/* Iterators over lists inside a view. A view was validated whole, so they cannot fail: they end. On a list that no
 * parser has accepted they stay inside its bytes and end at the first item that does not fit. */
#ifndef CAUTH_LIST_H
#define CAUTH_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cauth/bytes.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    cauth_bytes list;
    size_t pos; /* of the next item, from the start of the list */
} cauth_iter;

cauth_iter cauth_iter_init(cauth_bytes list);

/* Each gives the next item and true, or false at the end, the output untouched. */
bool cauth_u8_next(cauth_iter *it, uint8_t *value);
bool cauth_u16_next(cauth_iter *it, uint16_t *value);
/* Items with a length prefix of 2 or of 3 octets; the item is given without it. */
bool cauth_vector16_next(cauth_iter *it, cauth_bytes *item);
bool cauth_vector24_next(cauth_iter *it, cauth_bytes *item);

#ifdef __cplusplus
}
#endif
#endif
