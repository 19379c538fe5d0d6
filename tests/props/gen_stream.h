/* Building blocks of streams, for generators, breakers and tests. */
#ifndef CAUTH_PROPS_GEN_STREAM_H
#define CAUTH_PROPS_GEN_STREAM_H

#include "cauth/alert.h"
#include "cauth/handshake.h"
#include "cauth/record.h"
#include "choices.h"

/* The version that a record of the connection carries: 0x0303 for TLS 1.3. */
uint16_t gen_record_version(const cauth_context *ctx);

/* Appends one record of that version. */
void gen_record(const cauth_context *ctx, uint8_t content_type, cauth_bytes fragment, cauth_writer *w);

/* Messages that a peer sends in this order: the start of a full handshake up to its ChangeCipherSpec, or in TLS 1.3 up
 * to Finished, as if not encrypted. `position` counts from 0; false past the last. Bodies are of choice, and small. */
bool gen_handshake(choices *c, const cauth_context *ctx, arena *a, unsigned position, cauth_handshake *msg);

/* The same records cut anew at places of choice, so that every legal cut can come out: neighbours of one version hold
 * the same bytes in other portions of 1 to 16384. Handshake records, and alert records up to TLS 1.2, are cut; in
 * TLS 1.3 a record still ends where RFC 8446 §5.1 wants it to. Others, empty records, ciphertext and the rest stay as
 * they are. The input is one that `layout` (records, alerts or handshakes) accepts. Needs at most 6 times the room of
 * the input. */
void stream_recut(const char *layout, const cauth_context *ctx, cauth_bytes in, choices *c, cauth_writer *w);

/* Appends the stream with none to CAUTH_MAX_WARNINGS_IN_A_ROW warning alerts at each of its gaps: before the first
 * record, and behind each one, the last too, as long as what comes is plaintext, and no alert has begun. Up to TLS 1.2
 * a gap may lie between two fragments of a message (REC-20), in TLS 1.3 not. */
void stream_interleave(const char *layout, const cauth_context *ctx, cauth_bytes in, choices *c, cauth_writer *w);

/* Both: the records cut anew (stream_recut), and warnings at the gaps of what comes of it. Up to TLS 1.2 these are cut
 * as well, at places of choice: several in a record, or one over two, of which the second may stand at a later gap,
 * behind records of another type, but before ciphertext. An exact_copy. */
cauth_bytes stream_scatter(const char *layout, const cauth_context *ctx, cauth_bytes in, choices *c);

/* How many gaps there are. */
size_t stream_num_gaps(const char *layout, const cauth_context *ctx, cauth_bytes in);

#endif
