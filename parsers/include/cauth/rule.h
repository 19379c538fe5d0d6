/* The rules of the RFCs as data. A rejection names one of them; so does every flag. */
#ifndef CAUTH_RULE_H
#define CAUTH_RULE_H

#include <stdbool.h>
#include <stdint.h>

#include "cauth/version.h"

#ifdef __cplusplus
extern "C" {
#endif

/* CAUTH_CR_12_02 and so on: one constant per row of rules.def. Zero is "no rule broken". */
typedef enum {
    CAUTH_RULE_NONE = 0,
#define CAUTH_RULE(ident, ...) CAUTH_##ident,
#include "cauth/rules.def"
#undef CAUTH_RULE
    CAUTH_NUM_RULES
} cauth_rule;

/* The part of a message that a result is about, spelled as the RFCs spell it. One constant per row of fields.def. */
typedef enum {
#define CAUTH_FIELD(ident, name) CAUTH_FIELD_##ident,
#include "cauth/fields.def"
#undef CAUTH_FIELD
    CAUTH_NUM_FIELDS
} cauth_field;

/* The layer whose grammar or policy a rule belongs to. TLS stacks are compared level by level. */
typedef enum {
    CAUTH_LEVEL_RECORD,
    CAUTH_LEVEL_HANDSHAKE,
    CAUTH_LEVEL_MESSAGE,
    CAUTH_LEVEL_DER,
    CAUTH_LEVEL_POLICY
} cauth_level;

/* What cauth does about a rule. */
typedef enum {
    CAUTH_REJECT,  /* a breach is refused in the versions of `reject` (interop may only flag it) and flagged in the
                      others */
    CAUTH_FLAG,    /* a breach is accepted and flagged */
    CAUTH_PARTLY,  /* one part of the rule is refused when broken, another flagged; the sentence says which */
    CAUTH_LEGAL,   /* describes what must be accepted or ignored; tested as such */
    CAUTH_LATER,   /* not decidable from the bytes of one message, or in a protocol not parsed yet; `note` says which */
    CAUTH_NOT_OURS /* describes other stacks or a duty of the caller; `note` says why nothing is enforced */
} cauth_disposition;

/* Sets of versions, for the table. */
#define CAUTH_V(version) (1u << (unsigned)(version))
#define CAUTH_V_NONE 0u
#define CAUTH_V_SSL30 CAUTH_V(CAUTH_SSL30)
#define CAUTH_V_TLS10 CAUTH_V(CAUTH_TLS10)
#define CAUTH_V_TLS11 CAUTH_V(CAUTH_TLS11)
#define CAUTH_V_TLS12 CAUTH_V(CAUTH_TLS12)
#define CAUTH_V_TLS13 CAUTH_V(CAUTH_TLS13)
#define CAUTH_V_SSL30_TLS10 (CAUTH_V_SSL30 | CAUTH_V_TLS10)
#define CAUTH_V_SSL30_TLS11 (CAUTH_V_SSL30_TLS10 | CAUTH_V_TLS11)
#define CAUTH_V_SSL30_TLS12 (CAUTH_V_SSL30_TLS11 | CAUTH_V_TLS12)
#define CAUTH_V_TLS10_TLS11 (CAUTH_V_TLS10 | CAUTH_V_TLS11)
#define CAUTH_V_TLS10_TLS12 (CAUTH_V_TLS10_TLS11 | CAUTH_V_TLS12)
#define CAUTH_V_TLS11_TLS12 (CAUTH_V_TLS11 | CAUTH_V_TLS12)
#define CAUTH_V_TLS12_TLS13 (CAUTH_V_TLS12 | CAUTH_V_TLS13)
#define CAUTH_V_TLS11_TLS13 (CAUTH_V_TLS11_TLS12 | CAUTH_V_TLS13)
#define CAUTH_V_TLS10_TLS13 (CAUTH_V_TLS10 | CAUTH_V_TLS11_TLS13)
#define CAUTH_V_ALL (CAUTH_V_SSL30 | CAUTH_V_TLS10_TLS13)

/* The alert column of a rule that has none. */
#define CAUTH_NO_ALERT 255u

typedef enum { CAUTH_STRICT, CAUTH_INTEROP } cauth_profile;

/* One row of rules.def. All strings are static. */
typedef struct {
    const char *id; /* "CR-12-02" */
    cauth_level level;
    cauth_disposition disposition;
    uint8_t versions;     /* set of versions the rule speaks about */
    uint8_t reject;       /* set of versions in which the strict profile refuses a breach */
    bool interop_flags;   /* the interop profile only flags what strict refuses, because deployed peers do it */
    uint8_t alert;        /* AlertDescription a conforming receiver sends, or CAUTH_NO_ALERT */
    const char *source;   /* "RFC 5246 §7.4.1.4.1" */
    const char *sentence; /* what the rule asks, in one sentence */
    const char *note;     /* why it is LATER or NOT_OURS; otherwise a remark or "" */
} cauth_rule_row;

/* The row of a rule, never NULL; CAUTH_RULE_NONE and values out of range give a row with id "". */
/*@ assigns \nothing;
    ensures \valid_read(\result);
 */
const cauth_rule_row *cauth_rule_info(cauth_rule rule);

/*@ predicate is_string{L}(char *text) =
        \exists integer end; 0 <= end && \valid_read(text + (0 .. end)) && text[end] == '\0';
 */

/* The rule whose id is the string (exact spelling), or CAUTH_RULE_NONE. */
/*@ requires is_string(id);
    assigns \nothing;
    ensures \result < CAUTH_NUM_RULES;
 */
cauth_rule cauth_rule_by_id(const char *id);

/* Whether a breach of the rule is refused (true) or only flagged under a version and a profile. For rules of
 * disposition CAUTH_REJECT and CAUTH_PARTLY; for the latter it speaks of the refused part. */
/*@ requires version <= CAUTH_TLS13;
    assigns \nothing;
 */
bool cauth_rule_rejects(cauth_rule rule, cauth_version version, cauth_profile profile);

/* The AlertDescription sent for a breach in a version: the row's, except that SSL 3.0 defines only 0, 10, 20, 30 and
 * 40 to 47 (RFC 6101 §5.4) and gets illegal_parameter(47) for the others. */
/*@ requires version <= CAUTH_TLS13;
    assigns \nothing;
 */
uint8_t cauth_rule_alert(cauth_rule rule, cauth_version version);

/* The RFC's spelling of a field, for messages; never NULL. */
/*@ assigns \nothing;
 */
const char *cauth_field_name(cauth_field field);

#ifdef __cplusplus
}
#endif
#endif
