/* Verdicts as text: in the manifest, in vectors, on the terminal. */
#ifndef CAUTH_PROPS_VERDICT_H
#define CAUTH_PROPS_VERDICT_H

#include <stdbool.h>
#include <stddef.h>

#include "message.h"

typedef struct {
    cauth_rule rule;   /* CAUTH_RULE_NONE: accepted */
    size_t offset;     /* when rejected */
    cauth_flags flags; /* when accepted: exactly these */
} verdict;

/* What the parsers say (framing, then items). */
verdict verdict_of(const message *m, cauth_bytes in, cauth_profile profile);

bool verdict_equal(const verdict *a, const verdict *b);

/* Reads "accept", "accept:CR-12-06,CR-COM-05" or "reject:CR-12-02@2"; blanks may stand in place of ':' and around '@'
 * and
 * ','. False when the text is anything else or names an unknown rule. */
bool verdict_from_text(const char *text, verdict *v);

/* Writes that form, without blanks, rules in the order of the table. */
#define VERDICT_TEXT_SIZE 4096
void verdict_to_text(const verdict *v, char text[VERDICT_TEXT_SIZE]);

/* The rules of a set, separated by commas; "" for none. */
void flags_to_text(const cauth_flags *flags, char text[VERDICT_TEXT_SIZE]);

#endif
