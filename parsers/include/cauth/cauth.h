/* libcauth: parsers for what TLS client authentication puts on the wire, SSL 3.0 to TLS 1.3.
 *
 * Every parser borrows its input: the spans of a view point into it and live as long as it does. Nothing is allocated,
 * nothing is global, and every function can be called from any number of threads at once. */
#ifndef CAUTH_CAUTH_H
#define CAUTH_CAUTH_H

#include "cauth/bytes.h"
#include "cauth/context.h"
#include "cauth/limits.h"
#include "cauth/list.h"
#include "cauth/result.h"
#include "cauth/rule.h"
#include "cauth/version.h"
#include "cauth/writer.h"

#include "cauth/alert.h"
#include "cauth/cert12.h"
#include "cauth/cert13.h"
#include "cauth/certreq10.h"
#include "cauth/certreq12.h"
#include "cauth/certreq13.h"
#include "cauth/certurl12.h"
#include "cauth/certverify.h"
#include "cauth/compressed13.h"
#include "cauth/extension.h"
#include "cauth/handshake.h"
#include "cauth/name.h"
#include "cauth/openpgp12.h"
#include "cauth/rawkey12.h"
#include "cauth/record.h"
#include "cauth/x509.h"

#endif
