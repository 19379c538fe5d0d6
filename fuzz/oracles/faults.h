/* A second look at what is wrong with a message. Parsers report the first fault in reading order; a library that looks
 * in another order reports another one. Whether that one is there too is asked here, leniently, past the first. */
#ifndef CAUTH_ORACLE_FAULTS_H
#define CAUTH_ORACLE_FAULTS_H

#include <stdbool.h>
#include <stddef.h>

#include "cauth/cauth.h"
#include "message.h"

/* Knows the rules about the extensions of a TLS 1.3 request as a whole: CR-13-07 (signature_algorithms is missing),
 * CR-13-08 (one occurs twice), CR-13-09 (one does not belong here); CERT-13-01 (bytes follow the list), CERT-13-06 (an
 * extension does not belong into an entry), CERT-13-09 (one occurs twice in it); and ALERT-14 (the level of an alert of
 * TLS 1.3 says otherwise than its description). Of the types that the library ignores, as is asked with `user`, none is
 * a fault to it. False for any other rule or message. */
typedef bool fault_is_ignored(const void *user, cauth_rule rule, int type);
bool fault_is_there(const message *m, cauth_bytes in, cauth_rule rule, fault_is_ignored *is_ignored, const void *user);

/* Whether the extension that begins at the offset, in a request or a Certificate of TLS 1.3, does not end inside the
 * block of extensions that it stands in. */
bool is_cut_short(const message *m, cauth_bytes in, size_t offset);

/* Whether the offset lies behind the first entry of a Certificate of TLS 1.3. */
bool is_in_later_entry(const message *m, cauth_bytes in, size_t offset);

/* Whether the offset lies behind an alert of TLS 1.3 that has the level fatal, and does not end the connection. */
bool is_behind_fatal(const message *m, cauth_bytes in, size_t offset);

/* Whether in a Certificate, of TLS 1.3 or before it, a certificate between two offsets is empty, or is refused or
 * flagged with what the library may refuse, as is asked with `user`, or has_long_key_algorithm: its entry begins before
 * `until`, and not before `from`. Some decode each certificate before what is behind it is looked at. */
typedef bool flag_is_refused(const void *user, cauth_rule flag);
bool has_broken_certificate(const message *m, cauth_bytes in, size_t from, size_t until, flag_is_refused *is_refused,
                            const void *user);

/* Whether in a Certificate, or a certificate alone, the algorithm of a key is an OBJECT IDENTIFIER of more octets than
 * OpenSSL reads there. */
#define LONGEST_KEY_ALGORITHM 586u
bool has_long_key_algorithm(const message *m, cauth_bytes in);

#endif
