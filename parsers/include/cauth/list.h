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

/*@ assigns \nothing;
    ensures \result.list == list && \result.pos == 0;
 */
cauth_iter cauth_iter_init(cauth_bytes list);

/* Each gives the next item and true, or false at the end, the output untouched. */
/*@ requires \valid(it) && readable(&it->list) && \valid(value) && \separated(it, value);
    assigns it->pos, *value;
    ensures !\result ==> it->pos == \old(it->pos) && *value == \old(*value);
    ensures \result ==> \old(it->pos) < it->pos <= it->list.len;
 */
bool cauth_u8_next(cauth_iter *it, uint8_t *value);
/*@ requires \valid(it) && readable(&it->list) && \valid(value) && \separated(it, value);
    assigns it->pos, *value;
    ensures !\result ==> it->pos == \old(it->pos) && *value == \old(*value);
    ensures \result ==> \old(it->pos) < it->pos <= it->list.len;
 */
bool cauth_u16_next(cauth_iter *it, uint16_t *value);
/* Items with a length prefix of 2 or of 3 octets; the item is given without it. */
/*@ requires \valid(it) && readable(&it->list) && \valid(item) && \separated(it, item);
    assigns it->pos, item->ptr, item->len;
    ensures !\result ==> it->pos == \old(it->pos) && item->ptr == \old(item->ptr) && item->len == \old(item->len);
    ensures \result ==> \old(it->pos) < it->pos <= it->list.len && readable(item) && within(item, &it->list);
 */
bool cauth_vector16_next(cauth_iter *it, cauth_bytes *item);
/*@ requires \valid(it) && readable(&it->list) && \valid(item) && \separated(it, item);
    assigns it->pos, item->ptr, item->len;
    ensures !\result ==> it->pos == \old(it->pos) && item->ptr == \old(item->ptr) && item->len == \old(item->len);
    ensures \result ==> \old(it->pos) < it->pos <= it->list.len && readable(item) && within(item, &it->list);
 */
bool cauth_vector24_next(cauth_iter *it, cauth_bytes *item);

#ifdef __cplusplus
}
#endif
#endif
