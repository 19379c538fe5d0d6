/* Extensions of TLS 1.3 messages (RFC 8446 §4.2). */
#ifndef CAUTH_EXTENSION_H
#define CAUTH_EXTENSION_H

#include <stdbool.h>
#include <stdint.h>

#include "cauth/bytes.h"
#include "cauth/list.h"
#include "cauth/writer.h"

#ifdef __cplusplus
extern "C" {
#endif

/* CAUTH_EXT_SIGNATURE_ALGORITHMS = 13 and so on: one constant per row of extensions.def. */
typedef enum {
#define CAUTH_EXTENSION(ident, type, name, certreq, cert) CAUTH_EXT_##ident = (type),
#include "cauth/extensions.def"
#undef CAUTH_EXTENSION
} cauth_extension_type;

/* What a message makes of an extension, by extensions.def. */
typedef enum {
    CAUTH_EXTENSION_UNKNOWN, /* not in the table: the message decides whether that is ignored or refused */
    CAUTH_EXTENSION_REFUSED,
    CAUTH_EXTENSION_ALLOWED,
    CAUTH_EXTENSION_REQUIRED
} cauth_extension_use;

/*@ assigns \nothing; */
cauth_extension_use cauth_extension_in_certreq(uint16_t type);
/*@ assigns \nothing; */
cauth_extension_use cauth_extension_in_cert(uint16_t type);

/* The registered name; "" for a type that is not in the table. */
/*@ assigns \nothing; */
const char *cauth_extension_name(uint16_t type);

/* A value reserved to keep code points open, 0x0A0A, 0x1A1A to 0xFAFA (RFC 8701 §2), for extension types as for
 * signature schemes. */
/*@ assigns \nothing; */
static inline bool cauth_is_grease(uint16_t value)
{
    return value % 16u == 0xAu && value / 256u == value % 256u;
}

/* One extension. data aliases the block. */
typedef struct {
    uint16_t type;
    cauth_bytes data;
} cauth_extension;

/* The next extension of a block (a vector of extensions without its length prefix) and true, or false at the end, the
 * output untouched. As the iterators of list.h. */
/*@ requires \valid(it) && readable(&it->list) && \valid(extension) && \separated(it, extension);
    assigns it->pos, *extension;
    ensures !\result ==> it->pos == \old(it->pos) && *extension == \old(*extension);
    ensures \result ==> \old(it->pos) < it->pos <= it->list.len;
    ensures \result ==> readable(&extension->data) && within(&extension->data, &it->list);
 */
bool cauth_extension_next(cauth_iter *it, cauth_extension *extension);

/* Appends one extension: type, length of data, data. Several in a row make a block. */
/*@ requires readable(data) && \valid(w) && writer_ok(w);
    assigns w->len, w->failed, w->ptr[w->len .. w->cap - 1];
    ensures writer_ok(w) && \old(w->len) <= w->len;
    ensures (\result <==> !w->failed) && (\old(w->failed) ==> w->failed);
 */
bool cauth_extension_write(cauth_writer *w, uint16_t type, cauth_bytes data);

#ifdef __cplusplus
}
#endif
#endif
