/* A second look at what is wrong with a message. Parsers report the first fault in reading order; a library that looks
 * in another order reports another one. Whether that one is there too is asked here, leniently, past the first. */
#ifndef CAUTH_ORACLE_FAULTS_H
#define CAUTH_ORACLE_FAULTS_H

#include <stdbool.h>
#include <stddef.h>

#include "cauth/cauth.h"
#include "message.h"

/* Knows the rules about the extensions of a TLS 1.3 request as a whole: CR-13-07 (signature_algorithms is missing),
 * CR-13-08 (one occurs twice), CR-13-09 (one does not belong here); CERT-13-01 (bytes follow the list); and, of the
 * entry of a Certificate that the offset points into, CERT-13-06 (an extension does not belong there), CERT-13-09 (one
 * occurs twice) and, of a raw public key, CERT-13-12 (there is more behind it). ALERT-14 is that the level of an alert
 * of TLS 1.3 says otherwise than its description. Of the types that the library ignores, as is asked with `user`, none
 * is a fault to it. False for any other rule or message.
 */
typedef bool fault_is_ignored(const void *user, cauth_rule rule, int type);
bool fault_is_there(const message *m, cauth_bytes in, size_t offset, cauth_rule rule, fault_is_ignored *is_ignored,
                    const void *user);

/* Whether cauth recognises the type of an extension in such a message, be it to refuse it. */
bool is_recognised(const message *m, uint16_t type);

/* Takes a fault out of a message, so that what else is wrong can be asked. Of a request or a Certificate of TLS 1.3,
 * the context (CR-13-03), or the extension that the fault is in, or, where its type is the fault, all of that type, or
 * of any that cauth does not recognise: in one pass, since there may be very many; in goes signature_algorithms where
 * it is missing (CR-13-07), a certificate type where there is none (VEC-04), and a longer uncompressed_length
 * (CERT-13-20). The lengths around it change with it, and *len, for which there is room for MEND_ROOM more. False: this
 * fault is no such thing, and the bytes mean nothing then. */
#define MEND_ROOM 8u
bool mend(const message *m, cauth_result fault, uint8_t *bytes, size_t *len);

/* Whether the extension that begins at the offset, in a request or a Certificate of TLS 1.3, does not end inside the
 * block of extensions that it stands in. */
bool is_cut_short(const message *m, cauth_bytes in, size_t offset);

/* Whether what is wrong with an extension of a Certificate of TLS 1.3 is that it ends. */
bool is_at_extension_end(const message *m, cauth_bytes in, cauth_result fault);

/* Whether a fault is in what an extension of a request or a Certificate of TLS 1.3 holds, which ends inside its block.
 */
bool is_in_extension(const message *m, cauth_bytes in, cauth_result fault);

/* Whether the offset lies behind the context of a Certificate of TLS 1.3. */
bool is_behind_context(const message *m, cauth_bytes in, size_t offset);

/* Whether the offset lies behind the first entry of a Certificate of TLS 1.3. */
bool is_in_later_entry(const message *m, cauth_bytes in, size_t offset);

/* The record of a stream that the offset lies in: whether the major version of its header, or the minor version behind
 * the right major one, is another than the message's; whether it is the first of the stream; whether its version is
 * that one. */
bool is_in_other_major(cauth_bytes in, size_t offset);
bool is_in_other_minor(const message *m, cauth_bytes in, size_t offset);
bool is_in_first_record(cauth_bytes in, size_t offset);
bool is_in_record_of(cauth_bytes in, size_t offset, unsigned version);

/* Whether that record is longer than a plaintext may be; whether it is not all there, and no longer than that. */
#define LONGEST_PLAINTEXT 16384u
bool is_in_long_record(cauth_bytes in, size_t offset);
bool is_in_awaited_record(cauth_bytes in, size_t offset, size_t longest);

/* Whether that record has another length than an alert; of an alert that fills it, whether its level is none that there
 * is, or its description no_renegotiation. */
bool is_in_other_length(cauth_bytes in, size_t offset);
bool is_of_other_level(cauth_bytes in, size_t offset);
bool is_of_no_renegotiation(cauth_bytes in, size_t offset);

/* Whether the offset lies behind an alert of TLS 1.3 that has the level fatal, and does not end the connection. */
bool is_behind_fatal(const message *m, cauth_bytes in, size_t offset);

/* Whether in a Certificate, of TLS 1.3 or before it, a certificate that begins before the offset is a broken one, as is
 * asked with `user`. Some decode each certificate before what is behind it is looked at. So many from the front as
 * `unbroken` says are not asked about; it is brought up to date. */
typedef bool certificate_is_broken(const void *user, cauth_bytes certificate);
bool has_broken_certificate(const message *m, cauth_bytes in, size_t until, certificate_is_broken *is_broken,
                            const void *user, size_t *unbroken);

/* Of the identifier octets that the fault lies at: whether they are those that cauth asks for there, but in the high
 * form, of tag numbers above 30 (X.690 §8.1.2.4), constructed or not where both are read, and with or without octets of
 * zero before the number; whether they are so those of an optional part which comes before that, and is none to cauth:
 * critical before extnValue, the version before serialNumber, a unique identifier before the extensions; whether any
 * may stand there, and these have such octets before a number above 30 (§8.1.2.4.2 c); whether they are the right ones
 * but for being constructed, or for not being so, where that is read; whether they are those of end-of-contents octets,
 * or the same constructed. */
bool is_in_high_form(cauth_bytes in, cauth_result fault);
bool is_in_high_form_before(cauth_bytes in, cauth_result fault);
bool is_of_padded_number(cauth_bytes in, cauth_result fault);
bool is_in_other_form(cauth_bytes in, cauth_result fault);
bool is_tag_zero(cauth_bytes in, size_t offset);

/* Whether at the offset a BIT STRING counts unused bits, as many as an octet can have, of which it has none. */
bool is_bits_of_nothing(cauth_bytes in, size_t offset);

/* Whether the entry of a raw public key has extensions that speak of an X.509 certificate: status_request or
 * signed_certificate_timestamp. */
bool has_x509_extension(const message *m, cauth_bytes in);

/* Whether in a Certificate, or a certificate alone, the algorithm of a key is an OBJECT IDENTIFIER of more octets than
 * OpenSSL reads there. */
#define LONGEST_KEY_ALGORITHM 586u
bool has_long_key_algorithm(const message *m, cauth_bytes in);

/* Whether in a certificate alone the key or a unique identifier has unused bits that are not zero, which DER asks for
 * (X.690 §11.2.1). Of those of the signature cauth has a flag. */
bool has_unused_bits(const message *m, cauth_bytes in);

#endif
