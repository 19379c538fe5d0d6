/* What must hold of the three kinds of streams (layouts records, alerts, handshakes) however their bytes are cut. */
#ifndef CAUTH_PROPS_STREAM_EQUAL_H
#define CAUTH_PROPS_STREAM_EQUAL_H

#include "gen_stream.h"
#include "message.h"

/* Whether the stream, arriving in pieces of choice, gives the same items, flags and verdict as in one piece. Any input.
 */
bool stream_chunk_equal(const message *m, const cauth_context *ctx, cauth_bytes in, choices *c);

/* Whether the stream, its records cut anew (stream_recut), gives the same items and verdict, and the same flags but for
 * those that speak of the cuts. For inputs that ctx accepts. */
bool stream_refragment_equal(const message *m, const cauth_context *ctx, cauth_bytes in, choices *c);

/* The length of the largest message of a stream of handshakes; 0 without any. */
size_t stream_largest_message(const message *m, const cauth_context *ctx, cauth_bytes in);

/* Whether a stream of handshakes gives the same messages with a buffer of `cap` octets, save the bodies that do not fit
 * into it. For inputs that ctx accepts. */
bool stream_buffer_equal(const message *m, const cauth_context *ctx, cauth_bytes in, size_t cap);

/* Whether a stream of handshakes gives the same messages with warning alerts at its gaps (stream_interleave). For
 * inputs that ctx accepts. */
bool stream_interleave_equal(const message *m, const cauth_context *ctx, cauth_bytes in, choices *c);

/* Whether it gives them with its records cut anew as well, and the alerts cut too (stream_scatter), in one piece and in
 * pieces of choice. For inputs that ctx accepts. */
bool stream_scatter_equal(const message *m, const cauth_context *ctx, cauth_bytes in, choices *c);

/* How many bytes of a refused stream the verdict rests on: the record that is wrong and all before it, or only its
 * header if that is wrong. */
size_t stream_decided_by(const message *m, const cauth_context *ctx, cauth_bytes in);

#endif
