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
cauth_result rd_extension_type(rd *block, cauth_rule rule, uint16_t *type);
cauth_result rd_extension_data(rd *block, cauth_rule rule, rd *data);

#endif
