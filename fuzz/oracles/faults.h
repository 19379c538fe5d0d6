/* A second look at what is wrong with a message. Parsers report the first fault in reading order; a library that looks
 * in another order reports another one. Whether that one is there too is asked here, leniently, past the first. */
#ifndef CAUTH_ORACLE_FAULTS_H
#define CAUTH_ORACLE_FAULTS_H

#include <stdbool.h>

#include "cauth/cauth.h"
#include "message.h"

/* Knows the rules about the extensions of a TLS 1.3 request as a whole: CR-13-07 (signature_algorithms is missing),
 * CR-13-08 (one occurs twice), CR-13-09 (one does not belong here). False for any other rule or message. */
bool fault_is_there(const message *m, cauth_bytes in, cauth_rule rule);

#endif
