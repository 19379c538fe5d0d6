/* The only place where cauth's verdict is held against an oracle's: verdict, alert and fields. A disagreement that no
 * row of divergences.def explains is a finding. */
#ifndef CAUTH_COMPARE_H
#define CAUTH_COMPARE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cauth/cauth.h"
#include "message.h"
#include "normal.h"
#include "oracle.h"

typedef enum {
    THEY_ACCEPT, /* what cauth refuses */
    THEY_REJECT, /* what cauth accepts */
    OTHER_ALERT, /* both refuse, with alerts of different families */
    OTHER_FIELD  /* both accept and read a field differently */
} divergence_kind;

typedef enum {
    THEIR_BUG,     /* the RFC asks for what cauth does */
    OUR_TOLERANCE, /* the RFC asks for more than cauth does */
    RFC_SILENT,    /* the RFC leaves it to the receiver */
    NOT_VISIBLE    /* the library decides it at another layer than the one asked */
} divergence_class;

/* What a row asks of the place that our result points at, beside its field; of THEY_REJECT, of the record that they
 * refuse; of OTHER_FIELD, of the difference. */
typedef enum {
    ANYWHERE,
    OF_UNRECOGNISED,   /* an extension of a type that cauth does not recognise there */
    OF_CUT_SHORT,      /* an extension that does not end inside its block */
    AT_EXTENSION_END,  /* the end of an extension of a Certificate of TLS 1.3: what should stand there is missing whole
                        */
    IN_EXTENSION,      /* what an extension holds that ends inside its block */
    BEHIND_EXTENSIONS, /* the bytes behind the extensions of a request */
    BEHIND_CONTEXT,    /* a Certificate of TLS 1.3 behind its context */
    IN_LATER_ENTRY,    /* behind the first entry of a Certificate of TLS 1.3 */
    NONE_TO_THEM,      /* they accept it, as another row says: what they refuse is something else, about which we
                          say what they say once this is taken out (faults.h), or a row says why not */
    FOUND_LAST,        /* what else is wrong they find before it: the same is asked */
    BEHIND_BROKEN_CERTIFICATE, /* a certificate that begins before it they refuse when it comes alone, and so do we, or
                                  a row says why we do not */
    BEHIND_READ_CERTIFICATES,  /* every certificate that begins before it they read when it comes alone */
    BESIDE_X509_EXTENSION,     /* in the entry of a raw public key that they read when it comes alone, with an extension
                                  that is about a certificate */
    BEHIND_FATAL,              /* behind an alert of TLS 1.3 with the level fatal that does not end the connection */
    OF_AWAITED_RECORD,         /* a record that is not all there */
    OF_AWAITED_TO_256,         /* the same, of at most 2^14 + 256 bytes, which a record of TLS 1.3 has when sealed */
    OF_AWAITED_TO_300,         /* the same, of at most 2^14 + 300: with the 20 of the MAC, the next */
    OF_AWAITED_TO_320,         /* the same, of at most 2^14 + 320, which OpenSSL takes for the most before TLS 1.3 */
    OF_LONG_RECORD,            /* a record of more than 2^14 bytes */
    OF_OTHER_MAJOR,            /* a record of another major version */
    OF_OTHER_MAJOR_BUT_SSL2,   /* the same, but not of version 0.2, the number of SSL 2.0 */
    OF_OTHER_MAJOR_FIRST,      /* the same of the first record */
    OF_OTHER_MAJOR_LATER,      /* a record behind the first, of another major version, be it that of SSL 2.0 */
    OF_VERSION_OF_SSL2,        /* a record of version 0.2 */
    OF_VERSION_OF_SSL2_FIRST,  /* the same of the first record */
    OF_OTHER_MINOR,            /* a record of another minor version */
    OF_OTHER_LENGTH,           /* a record of another length than an alert */
    OF_OTHER_LEVEL,            /* an alert with another level than the two */
    OF_NO_RENEGOTIATION,       /* such an alert */
    OF_RECORD_OF_TLS10,        /* a record of the version of TLS 1.0 */
    OF_HIGH_FORM,              /* identifier octets in the high form, of what cauth asks for there */
    OF_HIGH_FORM_BEFORE,       /* the same of an optional part before it, which is then none to cauth (faults.h) */
    OF_PADDED_NUMBER,          /* a tag number above 30 with octets of zero before it, where any tag may stand */
    OF_PRIMITIVE,              /* what cauth asks for there, not constructed */
    OF_CONSTRUCTED,            /* what cauth asks for there, constructed */
    OF_TAG_ZERO,               /* the tag of end-of-contents octets, or the same constructed */
    OF_BITS_OF_NOTHING,        /* the unused bits of a BIT STRING that has no octet for them */
    OF_LONG_KEY_ALGORITHM, /* THEY_REJECT: no flag, but a key whose algorithm is too long for the library (faults.h) */
    LONGER,                /* OTHER_FIELD: theirs goes on behind our last value */
    LONGER_OR_SHORTER,     /* OTHER_FIELD: theirs goes on, or ends before our last value */
    /* OTHER_FIELD: the values differ in one of the ways of normal.h, in the part that the rule is about */
    PUT_TOGETHER,         /* strings that are constructed; theirs are primitive, of their pieces */
    INDEFINITE_LENGTH,    /* lengths that are indefinite; theirs are not */
    PADDED_LENGTH,        /* lengths of more octets than theirs */
    OTHER_ORDER,          /* the order in a SET */
    UNUSED_BITS,          /* unused bits of a BIT STRING in a name, or of one that is parameters */
    OF_UNUSED_BITS,       /* no flag, but unused bits of a key or a unique identifier that are not zero (faults.h) */
    DEFAULT_WRITTEN_OUT,  /* critical that is FALSE; theirs leave it out */
    BITS_IN_PIECES,       /* constructed BIT STRINGs, whose pieces they join as BITS_RAW says */
    PIECES_OF_OTHER_TYPE, /* the same of strings, and PIECES_OF_ANY_TYPE */
    NO_STRING_IN_PIECES   /* the same of values that are no strings, and OF_NO_STRING */
} divergence_place;

/* A row of divergences.def: a disagreement that is understood. Every column must match. */
typedef struct {
    const char *library; /* or an oracle, or a group of oracles.def */
    uint32_t since;      /* ORACLE_VERSIONs, both included */
    uint32_t until;
    const char *messages; /* a message, or a group of oracles.def */
    divergence_kind kind;
    cauth_rule rule;    /* THEY_ACCEPT, OTHER_ALERT: our rule. THEY_REJECT, OTHER_FIELD: a flag of ours, or a rule whose
                           fault is there (faults.h); none in THEY_REJECT where the place says it all, and in
                           OTHER_FIELD with OF_UNUSED_BITS */
    cauth_field field;  /* THEY_ACCEPT, OTHER_ALERT: of our result, or none where the rule is one thing at every level.
                           OTHER_FIELD: the one that differs. Else none */
    uint8_t alert;      /* theirs, CAUTH_NO_ALERT for none. Always none in THEY_ACCEPT and OTHER_FIELD */
    const char *causes; /* THEY_REJECT: what they met, and OTHER_ALERT: why they sent the alert, one of these words of
                           theirs, a bar between them. "" in THEY_ACCEPT and OTHER_FIELD, and in OTHER_ALERT where what
                           is left of the message has to say it (NONE_TO_THEM, FOUND_LAST) */
    int extension;      /* THEY_ACCEPT: the type that our result points at, where the rule is about types. Else -1 */
    divergence_place place;
    bool also; /* OTHER_ALERT: the rule is not the one we report, but one that is broken too (faults.h). The place is
                  that of what we report: they look at it behind the other, or it is none to them */
    divergence_class class;
    const char *clause;   /* "RFC 5246 §7.4.4" */
    const char *why;      /* in one line */
    const char *evidence; /* a file below corpus/ that shows it; for a group, a file that shows it for each message */
} divergence;

extern const divergence divergences[];
extern const size_t num_divergences;

/* Whether a row speaks of an oracle and a message, by their names, by groups of them, or of the oracle by its library.
 */
bool divergence_is_of(const divergence *row, const oracle *o, const char *message_name);

/* How values of a field differ: in what they say; in one of the ways of normal.h, in that order; or in number alone. */
typedef enum {
    IN_VALUES,
    IN_CONSTRUCTED,
    IN_INDEFINITE_LENGTHS,
    IN_PADDED_LENGTHS,
    IN_ORDER,
    IN_UNUSED_BITS,
    IN_UNUSED_BITS_OF_KEYS,
    IN_DEFAULT,
    IN_BITS_IN_PIECES,
    IN_PIECES_OF_OTHER_TYPE,
    IN_NO_STRING,
    THEIRS_LONGER,
    THEIRS_SHORTER
} field_difference;

typedef struct {
    divergence_kind kind;
    cauth_field field;           /* as in the row */
    field_difference difference; /* OTHER_FIELD */
    value_part part;             /* the same, of a way of normal.h */
    const divergence *row;       /* NULL: a finding */
} disagreement;

/* A verdict or an alert; or every field that an oracle knows, in each way that its values can differ in. */
#define MAX_FIELDS_COMPARED 32u
#define MAX_DISAGREEMENTS (MAX_FIELDS_COMPARED * 11u)

/* Both verdicts of one input and where they disagree. `theirs` points into the oracle (see oracle_observation), which
 * may have been asked about items since: of a refusal, only its words are there still. */
typedef struct {
    const oracle *oracle;
    const message *message;
    cauth_bytes in;    /* what both have judged: of a stream that they refuse, only as far as they read */
    cauth_result ours; /* strict: framing, then the items */
    cauth_flags flags; /* when accepted */
    oracle_observation theirs;
    bool is_rest; /* `in` is what is left of a message without a fault: see NONE_TO_THEM, which is not asked again */
    size_t *unbroken; /* of a rest: how many certificates from the front they do not refuse alone, as was asked of the
                         rests before it: no step takes out an entry. Else NULL */
    const divergence *without; /* a row that is taken as not there; or NULL */
    size_t num;
    disagreement list[MAX_DISAGREEMENTS];
} comparison;

/* Asks both sides. */
void compare(const oracle *o, const message *m, cauth_bytes in, comparison *c);

/* The same as if a row were not in the table, to see what it alone explains. */
void compare_without(const divergence *row, const oracle *o, const message *m, cauth_bytes in, comparison *c);

/* Whether all its disagreements are explained. */
bool compare_is_clean(const comparison *c);

/* One line, without a newline, that is the same for every input with the same disagreement:
 *   openssl certreq_tls12 they-accept message CR-12-02 supported_signature_algorithms
 *   openssl certreq_tls12 they-reject alert 50 for 'mstring wrong tag' where flagged DN-13,DN-16
 *   openssl certreq_tls12 they-reject no alert for 'unsupported' where flagged nothing
 *   openssl certreq_tls12 other-alert 47 for 'bad value' instead of message CR-12-02 supported_signature_algorithms
 *   openssl certreq_tls12 other-alert none for 'bad value' instead of message CR-12-02 supported_signature_algorithms
 *   openssl certreq_tls12 other-field certificate_types where flagged nothing
 *   openssl name_tls10 other-field Name by indefinite lengths where flagged DN-06 */
#define SIGNATURE_SIZE 4096
void compare_signature(const comparison *c, const disagreement *d, char text[SIGNATURE_SIZE]);

/* Names, as the tables spell them. */
const char *divergence_class_name(divergence_class class);
#define ALERT_TEXT_SIZE 64
void alert_to_text(uint8_t description, char text[ALERT_TEXT_SIZE]); /* "decode_error(50)"; "no alert" */
const char *level_name(cauth_level level);

#endif
