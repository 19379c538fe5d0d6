/* What a TLS library beside cauth answers about a message. One file per library implements it; compare.c is the only
 * code that holds the answers against cauth's. */
#ifndef CAUTH_ORACLE_H
#define CAUTH_ORACLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cauth/cauth.h"
#include "message.h"

typedef enum {
    ORACLE_ACCEPT,     /* the library went on after the message */
    ORACLE_REJECT,     /* it ended the connection because of it */
    ORACLE_UNSUPPORTED /* it cannot be asked: no way to bring this message or these bytes before it */
} oracle_verdict;

/* The alert the library sent. description is CAUTH_NO_ALERT when it sent none; level is then 0. */
typedef struct {
    uint8_t level;
    uint8_t description;
} oracle_alert;

/* One decoded item: `number` for items of one or two octets, `span` for the others, as describe.h has it. */
typedef struct {
    cauth_bytes span;
    uint64_t number;
    uint8_t cleared_bits; /* of the last octet of the span, which the library does not keep and gives as zero: 0 to 7 */
    bool encoded_anew;    /* the library does not keep the span as it was: that it is there is all that is known */
} oracle_value;

/* A field that the library's API shows, with its items in wire order. */
typedef struct {
    cauth_field field;
    bool numbers; /* the items are numbers, not spans */
    size_t num_values;
    const oracle_value *values;
    bool (*shows)(uint64_t number); /* those among the numbers that the library does show; NULL: all */
} oracle_field;

/* An answer. Everything it points to belongs to the library's file and lives until the next judge or end of any of its
 * oracles; words, until the end of the program. */
typedef struct {
    oracle_verdict verdict;
    bool by_policy;     /* ORACLE_REJECT: the message was understood, the library's configuration does not want it */
    bool no_alerts;     /* what was asked sends none: a decoder, not a connection. There is nothing to compare then */
    oracle_alert alert; /* ORACLE_REJECT */
    const char *reason; /* ORACLE_REJECT: the words of the TLS library for why it sent the alert; "" when none */
    const char *cause;  /* ORACLE_REJECT: its words for what it met first, which may be far below; "" when none */
    size_t judged;      /* ORACLE_REJECT of a stream: the bytes up to the end of the record it refused */
    const oracle_field *fields; /* ORACLE_ACCEPT: what is known. A field that is not here is not visible */
    size_t num_fields;
    cauth_bytes written; /* all that the library sent; the same bytes for the same question, in every process */
} oracle_observation;

/* 3.0.17 as one number that grows with the version. */
#define ORACLE_VERSION(major, minor, patch) ((uint32_t)(major)*1000000u + (uint32_t)(minor)*1000u + (uint32_t)(patch))

/* A configured library. Not for several threads at once: the observation is one per oracle. */
typedef struct oracle {
    const char *name;                 /* its row in oracles.def */
    const char *library;              /* divergences.def is per library */
    const char *(*version)(void);     /* name and version of the library that is really linked */
    uint32_t (*version_number)(void); /* an ORACLE_VERSION */
    void (*judge)(const message *m, cauth_bytes in, oracle_observation *out);
    void (*end)(void); /* gives back all memory; judge may be called again afterwards */
} oracle;

/* oracle_<name>, one per row of oracles.def. */
#define CAUTH_ORACLE(name, library) extern const oracle oracle_##name;
#define CAUTH_COMPARED(name, message)
#define CAUTH_COMPARED_WHERE(name, message, feature)
#define CAUTH_GROUP(group, member)
#include "oracles.def"
#undef CAUTH_ORACLE
#undef CAUTH_COMPARED
#undef CAUTH_COMPARED_WHERE
#undef CAUTH_GROUP

/* A row of oracles.def that says where an oracle is compared. */
typedef struct {
    const oracle *oracle;
    const char *message;
    const char *lacks; /* what the library that is linked would have to have for it, in words; NULL: it has all */
} oracle_compared;

extern const oracle_compared oracles_compared[];
extern const size_t num_oracles_compared;

#endif
