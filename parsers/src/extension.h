/* Reading extensions. Private to libcauth. */
#ifndef CAUTH_SRC_EXTENSION_H
#define CAUTH_SRC_EXTENSION_H

#include "cauth/extension.h"
#include "reader.h"

/* An extension (RFC 8446 §4.2) is read in two steps, so that its type can be judged before its length is: a loop over
 * a block reads type and data while rd_left(block) is not 0, and finds repeated types with a u16set.
 *
 * Cut short: `rule`, which is VEC-03 or the message's own, with the offset that VEC-03 has. On rejection block and the
 * output are untouched. */
/*@ requires \valid(block) && rd_ok(block) && \valid(type) && \separated(block, type) && rule != CAUTH_RULE_NONE;
    assigns block->pos, *type;
    ensures accepted(\result) ==> block->pos == \old(block->pos) + 2 && block->pos <= block->end;
    ensures !accepted(\result) ==> block->pos == \old(block->pos) && *type == \old(*type);
    ensures \result.offset <= block->end;
 */
cauth_result rd_extension_type(rd *block, cauth_rule rule, uint16_t *type);
/*@ requires \valid(block) && rd_ok(block) && \valid(data) && \separated(block, data) && rule != CAUTH_RULE_NONE;
    assigns block->pos, data->base, data->pos, data->end;
    ensures accepted(\result) ==> \old(block->pos) + 2 <= block->pos <= block->end && rd_ok(data) &&
        data->base == block->base && data->end == block->pos;
    ensures !accepted(\result) ==> block->pos == \old(block->pos);
    ensures \result.offset <= block->end;
 */
cauth_result rd_extension_data(rd *block, cauth_rule rule, rd *data);

#endif
