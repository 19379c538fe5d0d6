/* The functions inside libssl.a that read one message, called directly: what OpenSSL's parsing itself costs, without
 * the connection around it. They are no public interface: built only against 3.0 and 3.1, and tried on known messages
 * first. */
#ifndef CAUTH_BENCH_OPENSSL_INTERNAL_H
#define CAUTH_BENCH_OPENSSL_INTERNAL_H

#include <stdbool.h>

#include "cauth/bytes.h"
#include "describe.h"

/* One message body; whether it was accepted. Then the sink, if there is one, is given the fields that the public way
 * shows. */
typedef bool openssl_internal_fn(cauth_bytes body, const describe_sink *sink);

/* Makes ready; false, with a line to stderr, when the library is not one of those versions, or a known message gets
 * another verdict than it should. */
bool openssl_internal_start(void);
void openssl_internal_end(void);

/* What reads a message of messages.def; NULL when there is no such function. */
openssl_internal_fn *openssl_internal_find(const char *message);

#endif
