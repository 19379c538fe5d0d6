#include "compare.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cauth/extension.h"
#include "faults.h"
#include "normal.h"
#include "verdict.h"

#define VERSION(major, minor) ORACLE_VERSION(major, minor, 0)
#define NEWEST UINT32_MAX
#define LAST_OF(major, minor) ORACLE_VERSION(major, minor, 999)
/* Of a library that was built without certificate compression, newer versions too do not look into its extension. */
#if ORACLES_NO_CERTIFICATE_COMPRESSION
#define LAST_WITHOUT_COMPRESSION(major, minor) NEWEST
#else
#define LAST_WITHOUT_COMPRESSION(major, minor) LAST_OF(major, minor)
#endif
#define NO_ALERT CAUTH_NO_ALERT
/* OpenSSL's words where its decoder meets what is of ANY type: a type it does not take, and encodings that break X.690
 * in types that it does take. Constructed strings it collects, so that what is inside can be at fault too. */
#define BROKEN_INSIDE "header too long|too long|unexpected eoc|missing eoc|nested asn1 string"
#define BROKEN_STRING                                                                                                  \
    BROKEN_INSIDE                                                                                                      \
    "|invalid utf8string|bmpstring is wrong length|universalstring is wrong length|illegal characters|wrong tag"
#define OTHER_TYPE "mstring wrong tag|mstring not universal"
#define BROKEN_VALUE "string too short|invalid bit string bits left|type not constructed|" BROKEN_INSIDE
#define BROKEN_PARAMETERS                                                                                              \
    "boolean is wrong length|illegal zero content|illegal padding|bmpstring is wrong length|"                          \
    "universalstring is wrong length|type not primitive|" BROKEN_VALUE
#define ANY_EXTENSION (-1)
#define VERSION_OF_SSL2 0x0002u
#define VERSION_OF_TLS10 0x0301u
#define CAUTH_DIVERGENCE(library, since, until, messages, kind, rule, field, alert, class, clause, why, evidence)      \
    CAUTH_DIVERGENCE_AT(library, since, until, messages, kind, rule, field, ANYWHERE, alert, class, clause, why,       \
                        evidence)
#define CAUTH_DIVERGENCE_AT(library, since, until, messages, kind, rule, field, place, alert, class, clause, why,      \
                            evidence)                                                                                  \
    { #library, since, until, #messages, kind, CAUTH_##rule, CAUTH_FIELD_##field, alert, "", ANY_EXTENSION,            \
      place,    false, class, clause,    why,  evidence },
#define CAUTH_OTHER_ALERT(library, since, until, messages, rule, field, place, alert, causes, class, clause, why,      \
                          evidence)                                                                                    \
    { #library, since, until, #messages, OTHER_ALERT, CAUTH_##rule, CAUTH_FIELD_##field, alert, causes, ANY_EXTENSION, \
      place,    false, class, clause,    why,         evidence },
#define CAUTH_REFUSAL(library, since, until, messages, flag, alert, causes, class, clause, why, evidence)              \
    { #library,      since,    until, #messages, THEY_REJECT, CAUTH_##flag, CAUTH_FIELD_NONE, alert, causes,           \
      ANY_EXTENSION, ANYWHERE, false, class,     clause,      why,          evidence },
#define CAUTH_REFUSAL_AT(library, since, until, messages, place, alert, causes, class, clause, why, evidence)          \
    { #library, since, until, #messages, THEY_REJECT, CAUTH_RULE_NONE, CAUTH_FIELD_NONE, alert, causes, ANY_EXTENSION, \
      place,    false, class, clause,    why,         evidence },
#define CAUTH_REFUSED_RECORD(library, since, until, messages, flag, place, alert, causes, class, clause, why,          \
                             evidence)                                                                                 \
    { #library,      since, until, #messages, THEY_REJECT, CAUTH_##flag, CAUTH_FIELD_NONE, alert, causes,              \
      ANY_EXTENSION, place, false, class,     clause,      why,          evidence },
#define CAUTH_OTHER_FAULT(library, since, until, messages, rule, place, alert, causes, class, clause, why, evidence)   \
    { #library,      since, until, #messages, OTHER_ALERT, CAUTH_##rule, CAUTH_FIELD_NONE, alert, causes,              \
      ANY_EXTENSION, place, true,  class,     clause,      why,          evidence },
#define CAUTH_UNKNOWN_TO_THEM(library, since, until, messages, rule, extension, class, clause, why, evidence)          \
    { #library,                                                                                                        \
      since,                                                                                                           \
      until,                                                                                                           \
      #messages,                                                                                                       \
      THEY_ACCEPT,                                                                                                     \
      CAUTH_##rule,                                                                                                    \
      CAUTH_FIELD_EXTENSION_TYPE,                                                                                      \
      NO_ALERT,                                                                                                        \
      "",                                                                                                              \
      CAUTH_EXT_##extension,                                                                                           \
      ANYWHERE,                                                                                                        \
      false,                                                                                                           \
      class,                                                                                                           \
      clause,                                                                                                          \
      why,                                                                                                             \
      evidence },
const divergence divergences[] = {
#include "divergences.def"
};
#undef CAUTH_DIVERGENCE
#undef CAUTH_DIVERGENCE_AT
#undef CAUTH_OTHER_ALERT
#undef CAUTH_REFUSAL
#undef CAUTH_REFUSAL_AT
#undef CAUTH_OTHER_FAULT
#undef CAUTH_UNKNOWN_TO_THEM

const size_t num_divergences = sizeof divergences / sizeof divergences[0];

/* What an alert says went wrong. Stacks choose different codes for one fault; RFC 8446 §6 only tells syntax from value.
 */
typedef enum {
    FAMILY_NONE,
    FAMILY_SYNTAX,
    FAMILY_VALUE,
    FAMILY_ORDER,
    FAMILY_SIZE,
    FAMILY_OWN,
    FAMILY_POLICY
} alert_family;

/* bad_certificate says that "a certificate was corrupt" (RFC 5246 §7.2.2): of a certificate's DER it is the syntax that
 * it speaks of. */
static alert_family family_of(uint8_t description, cauth_level level)
{
    switch (description) {
    case CAUTH_NO_ALERT:
        return FAMILY_NONE;
    case 50: /* decode_error */
        return FAMILY_SYNTAX;
    case 42: /* bad_certificate */
        return level == CAUTH_LEVEL_DER ? FAMILY_SYNTAX : FAMILY_POLICY;
    case 47: /* illegal_parameter */
        return FAMILY_VALUE;
    case 10: /* unexpected_message */
        return FAMILY_ORDER;
    case 22: /* record_overflow */
        return FAMILY_SIZE;
    case 80: /* internal_error: not the message is wrong, but whoever read it */
        return FAMILY_OWN;
    default:
        return FAMILY_POLICY;
    }
}

static const struct {
    const char *group;
    const char *member;
} groups[] = {
#define CAUTH_ORACLE(name, library)
#define CAUTH_COMPARED(name, message)
#define CAUTH_COMPARED_WHERE(name, message, feature)
#define CAUTH_GROUP(group, member) { #group, #member },
#include "oracles.def"
#undef CAUTH_ORACLE
#undef CAUTH_COMPARED
#undef CAUTH_COMPARED_WHERE
#undef CAUTH_GROUP
};

/* A name means itself, or the members of a group. */
static bool means(const char *name, const char *member)
{
    if (strcmp(name, member) == 0)
        return true;
    for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++)
        if (strcmp(groups[i].group, name) == 0 && strcmp(groups[i].member, member) == 0)
            return true;
    return false;
}

bool divergence_is_of(const divergence *row, const oracle *o, const char *message_name)
{
    return (strcmp(row->library, o->library) == 0 || means(row->library, o->name)) &&
           means(row->messages, message_name);
}

static bool speaks_of(const divergence *row, const comparison *c)
{
    uint32_t version = c->oracle->version_number();
    return row != c->without && version >= row->since && version <= row->until &&
           divergence_is_of(row, c->oracle, c->message->name);
}

/* Whether `cause` is one of `causes`, which stand with a bar between them. */
static bool names_cause(const char *causes, const char *cause)
{
    size_t len = strlen(cause);
    for (const char *at = causes; at != NULL; at = strchr(at, '|')) {
        at += *at == '|';
        if (strncmp(at, cause, len) == 0 && (at[len] == '|' || at[len] == '\0'))
            return true;
    }
    return false;
}

/* The type that a result about one points at. */
static int extension_at(const comparison *c)
{
    size_t at = c->ours.offset;
    return at < c->in.len && c->in.len - at >= 2 ? c->in.ptr[at] * 256 + c->in.ptr[at + 1] : ANY_EXTENSION;
}

/* Whether a row of the rule says that they ignore extensions of the type. */
static bool is_ignored(const void *user, cauth_rule rule, int type)
{
    const comparison *c = user;
    for (size_t i = 0; i < num_divergences; i++) {
        const divergence *row = &divergences[i];
        if (row->kind == THEY_ACCEPT && row->rule == rule && speaks_of(row, c) &&
            (row->extension == type || (row->place == OF_UNRECOGNISED && !is_recognised(c->message, (uint16_t)type))))
            return true;
    }
    return false;
}

/* What stands in an entry of a Certificate as a message of its own: a raw public key is one of TLS 1.2 with the length
 * before it. */
static const message *message_alone(const comparison *c, cauth_bytes *certificate)
{
    if (c->message->certificate_type != CAUTH_RAW_PUBLIC_KEY)
        return message_by_name("x509");
    *certificate = (cauth_bytes){ certificate->ptr - 3, certificate->len + 3 };
    return message_by_name("rawkey_tls12");
}

/* Whether they refuse a certificate when it comes alone, and so do we, or a row says why we do not. */
static bool is_refused_alone(const void *user, cauth_bytes certificate)
{
    const comparison *c = user;
    comparison alone;
    const message *m = message_alone(c, &certificate);
    compare_without(c->without, c->oracle, m, certificate, &alone);
    return alone.theirs.verdict != ORACLE_ACCEPT && compare_is_clean(&alone);
}

/* Whether they do not read a certificate when it comes alone, whatever we say of it. */
static bool is_unread_alone(const void *user, cauth_bytes certificate)
{
    const comparison *c = user;
    oracle_observation alone;
    const message *m = message_alone(c, &certificate);
    c->oracle->judge(m, certificate, &alone);
    return alone.verdict != ORACLE_ACCEPT;
}

/* Whether a certificate before what our result points at is one that is refused alone. */
static bool is_behind_refused(const comparison *c)
{
    size_t none = 0;
    return has_broken_certificate(c->message, c->in, c->ours.offset, is_refused_alone, c,
                                  c->unbroken != NULL ? c->unbroken : &none);
}

/* The same of one that is unread alone. */
static bool is_behind_unread(const comparison *c)
{
    size_t none = 0;
    return has_broken_certificate(c->message, c->in, c->ours.offset, is_unread_alone, c, &none);
}

/* A refusal by policy says that the message was read and understood: to every level compared here, accepted. */
static bool do_they_accept(const comparison *c)
{
    return c->theirs.verdict == ORACLE_ACCEPT || c->theirs.by_policy;
}

static void hold_refusals(comparison *c);

static bool is_none_to_them(const comparison *c);

/* Whether a row says that they look for such a fault when they have found no other. */
static bool is_found_last(const comparison *c)
{
    for (size_t i = 0; i < num_divergences; i++)
        if (divergences[i].place == FOUND_LAST && divergences[i].rule == c->ours.rule && speaks_of(&divergences[i], c))
            return true;
    return false;
}

/* Takes the fault out that our result points at, then each behind it that is none to them either, or found last, and
 * asks whether we say of the rest what they say, or a row says why not: where they refuse, of what is left after any
 * of these steps; where they accept, after the last. `unmended` where the first fault cannot be taken out. */
static bool is_explained_without(const comparison *c, bool unmended)
{
    comparison rest = *c;
    uint8_t *bytes = malloc(c->in.len + MEND_ROOM);
    bool they_accept = do_they_accept(c);
    size_t unbroken = 0;
    bool once = false;
    bool explained = false;
    if (bytes == NULL)
        abort();
    if (c->in.len > 0)
        memcpy(bytes, c->in.ptr, c->in.len);
    rest.in.ptr = bytes;
    rest.is_rest = true;
    rest.unbroken = &unbroken;
    while (mend(c->message, rest.ours, bytes, &rest.in.len)) {
        once = true;
        rest.num = 0;
        rest.flags = cauth_flags_none();
        rest.ours = message_judge(c->message, rest.in, CAUTH_STRICT, &rest.flags);
        hold_refusals(&rest);
        explained = compare_is_clean(&rest);
        bool goes_on = is_none_to_them(&rest) || (!they_accept && is_found_last(&rest));
        if (!goes_on || (explained && !they_accept))
            break;
    }
    free(bytes);
    return once ? explained : unmended;
}

/* Where a row about records looks: where our result points; of an input that we accept, the last record, which they
 * refuse. */
static size_t record_at(const comparison *c)
{
    if (!cauth_is_accepted(c->ours))
        return c->ours.offset;
    return c->in.len > 0 ? c->in.len - 1 : 0;
}

static bool is_at_its_place(const divergence *row, const comparison *c)
{
    int type = extension_at(c);
    size_t record = record_at(c);
    if (row->extension != ANY_EXTENSION && row->extension != type)
        return false;
    switch (row->place) {
    case ANYWHERE:
    case LONGER:
    case LONGER_OR_SHORTER:
    case PUT_TOGETHER:
    case INDEFINITE_LENGTH:
    case PADDED_LENGTH:
    case OTHER_ORDER:
    case UNUSED_BITS:
    case DEFAULT_WRITTEN_OUT:
    case BITS_IN_PIECES:
    case PIECES_OF_OTHER_TYPE:
    case NO_STRING_IN_PIECES:
        return true;
    case OF_UNRECOGNISED:
        return type != ANY_EXTENSION && !is_recognised(c->message, (uint16_t)type);
    case OF_CUT_SHORT:
        return is_cut_short(c->message, c->in, c->ours.offset);
    case AT_EXTENSION_END:
        return is_at_extension_end(c->message, c->in, c->ours);
    case IN_EXTENSION:
        return is_in_extension(c->message, c->in, c->ours);
    case BEHIND_EXTENSIONS:
        return c->ours.rule == CAUTH_CR_13_01;
    case BEHIND_CONTEXT:
        return is_behind_context(c->message, c->in, c->ours.offset);
    case IN_LATER_ENTRY:
        return is_in_later_entry(c->message, c->in, c->ours.offset);
    case NONE_TO_THEM:
        return !c->is_rest && is_none_to_them(c) && is_explained_without(c, false);
    case FOUND_LAST:
        return !c->is_rest && is_explained_without(c, false);
    case BEHIND_BROKEN_CERTIFICATE:
        return is_behind_refused(c);
    case BEHIND_READ_CERTIFICATES:
        return !is_behind_unread(c);
    case BEHIND_FATAL:
        return is_behind_fatal(c->message, c->in, c->ours.offset);
    case OF_AWAITED_RECORD:
        return is_in_awaited_record(c->in, record, SIZE_MAX);
    case OF_AWAITED_TO_256:
        return is_in_awaited_record(c->in, record, LONGEST_PLAINTEXT + 256);
    case OF_AWAITED_TO_300:
        return is_in_awaited_record(c->in, record, LONGEST_PLAINTEXT + 300);
    case OF_AWAITED_TO_320:
        return is_in_awaited_record(c->in, record, LONGEST_PLAINTEXT + 320);
    case OF_LONG_RECORD:
        return is_in_long_record(c->in, record);
    case OF_OTHER_MAJOR:
        return is_in_other_major(c->in, record);
    case OF_OTHER_MAJOR_BUT_SSL2:
        return is_in_other_major(c->in, record) && !is_in_record_of(c->in, record, VERSION_OF_SSL2);
    case OF_OTHER_MAJOR_FIRST:
        return is_in_other_major(c->in, record) && !is_in_record_of(c->in, record, VERSION_OF_SSL2) &&
               is_in_first_record(c->in, record);
    case OF_OTHER_MAJOR_LATER:
        return is_in_other_major(c->in, record) && !is_in_first_record(c->in, record);
    case OF_VERSION_OF_SSL2:
        return is_in_record_of(c->in, record, VERSION_OF_SSL2);
    case OF_VERSION_OF_SSL2_FIRST:
        return is_in_record_of(c->in, record, VERSION_OF_SSL2) && is_in_first_record(c->in, record);
    case OF_OTHER_MINOR:
        return is_in_other_minor(c->message, c->in, record);
    case OF_OTHER_LENGTH:
        return is_in_other_length(c->in, record);
    case OF_OTHER_LEVEL:
        return is_of_other_level(c->in, record);
    case OF_NO_RENEGOTIATION:
        return is_of_no_renegotiation(c->in, record);
    case OF_RECORD_OF_TLS10:
        return is_in_record_of(c->in, record, VERSION_OF_TLS10);
    case OF_HIGH_FORM:
        return is_in_high_form(c->in, c->ours);
    case OF_HIGH_FORM_BEFORE:
        return is_in_high_form_before(c->in, c->ours);
    case OF_PADDED_NUMBER:
        return is_of_padded_number(c->in, c->ours);
    case OF_PRIMITIVE:
    case OF_CONSTRUCTED:
        return is_in_other_form(c->in, c->ours);
    case OF_TAG_ZERO:
        return is_tag_zero(c->in, c->ours.offset);
    case OF_BITS_OF_NOTHING:
        return is_bits_of_nothing(c->in, c->ours.offset);
    case OF_LONG_KEY_ALGORITHM:
        return has_long_key_algorithm(c->message, c->in);
    case OF_UNUSED_BITS:
        return has_unused_bits(c->message, c->in);
    case BESIDE_X509_EXTENSION:
        return has_x509_extension(c->message, c->in) && !is_behind_unread(c);
    }
    return false;
}

/* Whether a row says that they accept what our result points at. */
static bool is_none_to_them(const comparison *c)
{
    for (size_t i = 0; i < num_divergences; i++) {
        const divergence *row = &divergences[i];
        if (row->kind == THEY_ACCEPT && row->rule == c->ours.rule &&
            (row->field == CAUTH_FIELD_NONE || row->field == c->ours.field) && speaks_of(row, c) &&
            is_at_its_place(row, c))
            return true;
    }
    return false;
}

/* Whether a fault of the row's rule is there beside what our result points at. */
static bool has_other_fault(const divergence *row, const comparison *c)
{
    return fault_is_there(c->message, c->in, c->ours.offset, row->rule, is_ignored, c);
}

/* Whether what a row says of an input that we accept is true of it: that it has a flag, and a place. */
static bool is_true_of_accepted(const divergence *row, const comparison *c)
{
    bool has_flag = row->rule == CAUTH_RULE_NONE || cauth_flags_has(&c->flags, row->rule) || has_other_fault(row, c);
    return has_flag && is_at_its_place(row, c);
}

/* --- items, each alone --- */

typedef struct {
    const divergence *row;
    const oracle *oracle;
    const message *message;
    bool flagged; /* one has the flag of the row */
    bool refused; /* and they refuse it, for one of the causes of the row */
} item_walk;

/* What an item of a message is on its own; NULL: it is none, as a raw public key, which is the only one. */
static const message *message_of_item(const message *m, cauth_field field)
{
    if (m->certificate_type == CAUTH_RAW_PUBLIC_KEY)
        return NULL;
    if (field == CAUTH_FIELD_DISTINGUISHED_NAME)
        return message_by_name(m->version < CAUTH_TLS11 ? "name_tls10" : "name_tls12");
    return field == CAUTH_FIELD_ASN1_CERT || field == CAUTH_FIELD_CERT_DATA ? message_by_name("x509") : NULL;
}

static void walk_item(void *user, cauth_field field, cauth_bytes bytes)
{
    item_walk *walk = user;
    const message *m = message_of_item(walk->message, field);
    cauth_flags flags = cauth_flags_none();
    oracle_observation alone;
    if (m == NULL || walk->refused || !cauth_is_accepted(message_judge(m, bytes, CAUTH_STRICT, &flags)) ||
        !cauth_flags_has(&flags, walk->row->rule))
        return;
    walk->flagged = true;
    walk->oracle->judge(m, bytes, &alone);
    walk->refused = alone.verdict == ORACLE_UNSUPPORTED ||
                    (alone.verdict == ORACLE_REJECT && names_cause(walk->row->causes, alone.cause));
}

static void walk_no_number(void *user, cauth_field field, uint64_t value)
{
    (void)user;
    (void)field;
    (void)value;
}

/* Whether they refuse a name or certificate that has the flag of the row when they are asked about it alone, as the row
 * says; true where the flag is of no such item. */
static bool refuse_flagged_item(const divergence *row, const comparison *c)
{
    message_view view;
    cauth_flags flags;
    cauth_context ctx = message_context(c->message, CAUTH_STRICT);
    item_walk walk = { row, c->oracle, c->message, false, false };
    describe_sink sink = { walk_item, walk_no_number, &walk };
    if (c->message->items == MESSAGE_NO_ITEMS || !cauth_is_accepted(c->message->parse(c->in, &ctx, &view, &flags)))
        return true;
    c->message->describe(&view, &sink);
    return !walk.flagged || walk.refused;
}

typedef struct {
    comparison one; /* of the item that is looked at */
    bool all;
} accepted_walk;

static void walk_accepted(void *user, cauth_field field, cauth_bytes bytes)
{
    accepted_walk *walk = user;
    const message *m = message_of_item(walk->one.message, field);
    cauth_flags flags;
    if (m == NULL || !walk->all)
        return;
    walk->one.in = bytes;
    walk->one.ours = message_judge(m, bytes, CAUTH_STRICT, &flags);
    walk->all = cauth_is_accepted(walk->one.ours) || is_none_to_them(&walk->one);
}

/* Whether rows say that they accept every name or certificate of a message that we refuse: our result points at the
 * first of them only. True where the message has no such items. */
static bool is_every_item_accepted(const comparison *c)
{
    message_view view;
    cauth_flags flags;
    cauth_context ctx = message_context(c->message, CAUTH_STRICT);
    accepted_walk walk = { *c, true };
    describe_sink sink = { walk_accepted, walk_no_number, &walk };
    if (c->message->items == MESSAGE_NO_ITEMS || !cauth_is_accepted(c->message->parse(c->in, &ctx, &view, &flags)))
        return true;
    c->message->describe(&view, &sink);
    return walk.all;
}

/* Whether what else is wrong with a message is explained too, where they accept what our result points at. */
static bool is_rest_explained(const comparison *c)
{
    if (cauth_rule_info(c->ours.rule)->level == CAUTH_LEVEL_DER)
        return is_every_item_accepted(c);
    return c->is_rest || is_explained_without(c, true);
}

/* The part of a name or certificate that a flag speaks of. */
static value_part part_of_rule(cauth_rule rule)
{
    switch (rule) {
    case CAUTH_DN_13:
    case CAUTH_DN_15:
    case CAUTH_LIM_04:
        return PART_NAMES;
    case CAUTH_LIM_03:
        return PART_PARAMETERS;
    default:
        return PART_REST;
    }
}

/* The same of a field whose values are no list of TLVs. */
static value_part part_of_field(cauth_field field)
{
    return field == CAUTH_FIELD_ATTRIBUTE || field == CAUTH_FIELD_ATTRIBUTE_VALUE ? PART_NAMES : PART_REST;
}

static bool is_such_a_difference(const divergence *row, field_difference difference)
{
    switch (row->place) {
    case LONGER:
        return difference == THEIRS_LONGER;
    case LONGER_OR_SHORTER:
        return difference == THEIRS_LONGER || difference == THEIRS_SHORTER;
    case PUT_TOGETHER:
        return difference == IN_CONSTRUCTED;
    case INDEFINITE_LENGTH:
        return difference == IN_INDEFINITE_LENGTHS;
    case PADDED_LENGTH:
        return difference == IN_PADDED_LENGTHS;
    case OTHER_ORDER:
        return difference == IN_ORDER;
    case UNUSED_BITS:
        return difference == IN_UNUSED_BITS;
    case OF_UNUSED_BITS:
        return difference == IN_UNUSED_BITS_OF_KEYS;
    case DEFAULT_WRITTEN_OUT:
        return difference == IN_DEFAULT;
    case BITS_IN_PIECES:
        return difference == IN_BITS_IN_PIECES;
    case PIECES_OF_OTHER_TYPE:
        return difference == IN_PIECES_OF_OTHER_TYPE;
    case NO_STRING_IN_PIECES:
        return difference == IN_NO_STRING;
    default:
        return true;
    }
}

/* Whether the alert is theirs, for a cause of the row; one without causes asks it of the rest, by its place. */
static bool is_their_alert(const divergence *row, const comparison *c)
{
    return row->alert == c->theirs.alert.description &&
           (row->causes[0] == '\0' || names_cause(row->causes, c->theirs.reason));
}

static bool explains(const divergence *row, const comparison *c, const disagreement *d)
{
    if (row->also)
        return d->kind == OTHER_ALERT && is_their_alert(row, c) && has_other_fault(row, c) && is_at_its_place(row, c);
    bool any_field = row->field == CAUTH_FIELD_NONE && row->rule != CAUTH_RULE_NONE;
    if (row->kind != d->kind || (row->field != d->field && !any_field))
        return false;
    switch (d->kind) {
    case THEY_ACCEPT:
        return row->rule == c->ours.rule && is_at_its_place(row, c) && is_rest_explained(c);
    case THEY_REJECT:
        return is_true_of_accepted(row, c) && row->alert == c->theirs.alert.description &&
               names_cause(row->causes, c->theirs.cause) && refuse_flagged_item(row, c);
    case OTHER_ALERT:
        return row->rule == c->ours.rule && is_their_alert(row, c) && is_at_its_place(row, c);
    case OTHER_FIELD:
        return is_such_a_difference(row, d->difference) && d->part == part_of_rule(row->rule) &&
               is_true_of_accepted(row, c);
    }
    return false;
}

static void disagree_in_part(comparison *c, divergence_kind kind, cauth_field field, field_difference difference,
                             value_part part)
{
    disagreement d = { kind, field, difference, part, NULL };
    for (size_t i = 0; i < num_divergences && d.row == NULL; i++)
        if (speaks_of(&divergences[i], c) && explains(&divergences[i], c, &d))
            d.row = &divergences[i];
    if (c->num < MAX_DISAGREEMENTS)
        c->list[c->num++] = d;
}

static void disagree(comparison *c, divergence_kind kind, cauth_field field, field_difference difference)
{
    disagree_in_part(c, kind, field, difference, PART_REST);
}

_Static_assert(IN_NO_STRING == IN_CONSTRUCTED + NUM_WAYS - 1, "differences are in the order of normal.h");

/* The fields of our view against theirs, one by one as describe gives them. */
typedef struct {
    const oracle_observation *theirs;
    size_t seen[MAX_FIELDS_COMPARED];
    bool differs[MAX_FIELDS_COMPARED];  /* a value says something else */
    uint32_t ways[MAX_FIELDS_COMPARED]; /* or the same, and differs in one of these (normal.h) */
    uint64_t tag;                       /* the last number: of a value of any type, its tag */
} field_walk;

#define CONSTRUCTED 0x20u

static bool same_span(const oracle_value *theirs, cauth_bytes span)
{
    if (theirs->encoded_anew)
        return true;
    if (theirs->span.len != span.len || span.len == 0)
        return theirs->span.len == span.len;
    size_t last = span.len - 1;
    return memcmp(theirs->span.ptr, span.ptr, last) == 0 &&
           theirs->span.ptr[last] == (span.ptr[last] & 0xFFu << theirs->cleared_bits);
}

/* In which way the tags of two values differ that say the same; 0: they do not say the same. */
static unsigned way_of_numbers(uint64_t theirs, uint64_t ours)
{
    if ((ours & CONSTRUCTED) == 0 || theirs != (ours ^ CONSTRUCTED))
        return 0;
    return is_string_type(ours) ? STRINGS_IN_PIECES : OF_NO_STRING;
}

/* Fields whose values are content without a tag, which is the number before. */
static bool is_content(cauth_field field)
{
    return field == CAUTH_FIELD_ATTRIBUTE_VALUE || field == CAUTH_FIELD_X509_NOT_BEFORE ||
           field == CAUTH_FIELD_X509_NOT_AFTER;
}

/* Whether both say the same, and in which ways they differ. What is not compared counts for none: the bits at the end
 * that are cleared in theirs. */
static bool say_the_same(const field_walk *walk, cauth_field field, const oracle_value *theirs, cauth_bytes ours,
                         uint32_t *ways)
{
    if (is_content(field)) {
        unsigned own = 0;
        bool together = (walk->tag & CONSTRUCTED) != 0 && is_put_together((uint8_t)walk->tag, theirs->span, ours, &own);
        if (theirs->cleared_bits > 0)
            own &= ~(unsigned)UNUSED_BITS_OF_VALUES;
        *ways = WAYS_OF(part_of_field(field), own);
        return together;
    }
    if (theirs->cleared_bits == 0 || ours.len == 0)
        return is_same_but_for(theirs->span, ours, ways);
    uint8_t *cleared = malloc(ours.len);
    if (cleared == NULL)
        abort();
    memcpy(cleared, ours.ptr, ours.len);
    cleared[ours.len - 1] &= (uint8_t)(0xFFu << theirs->cleared_bits);
    bool same = is_same_but_for(theirs->span, (cauth_bytes){ cleared, ours.len }, ways);
    free(cleared);
    return same;
}

static void walk_value(field_walk *walk, cauth_field field, bool is_number, cauth_bytes span, uint64_t number)
{
    for (size_t i = 0; i < walk->theirs->num_fields; i++) {
        const oracle_field *f = &walk->theirs->fields[i];
        if (f->field != field || (is_number && f->shows != NULL && !f->shows(number)))
            continue;
        size_t n = walk->seen[i]++;
        if (f->numbers != is_number)
            walk->differs[i] = true;
        if (f->numbers != is_number || n >= f->num_values)
            continue;
        const oracle_value *value = &f->values[n];
        if (is_number ? value->number == number : same_span(value, span))
            continue;
        uint32_t ways = 0;
        if (is_number)
            ways = WAYS_OF(part_of_field(field), way_of_numbers(value->number, number));
        else if (!say_the_same(walk, field, value, span, &ways))
            ways = 0;
        walk->differs[i] |= ways == 0;
        walk->ways[i] |= ways;
    }
}

static void walk_span(void *user, cauth_field field, cauth_bytes bytes)
{
    walk_value(user, field, false, bytes, 0);
}

static void walk_number(void *user, cauth_field field, uint64_t value)
{
    field_walk *walk = user;
    walk->tag = value;
    walk_value(walk, field, true, (cauth_bytes){ NULL, 0 }, value);
}

/* A certificate or a name as a whole, which is no part of its own description: what they encode anew. */
static cauth_field field_of_whole(const message *m)
{
    return strcmp(m->layout, "x509") == 0   ? CAUTH_FIELD_X509_CERTIFICATE
           : strcmp(m->layout, "name") == 0 ? CAUTH_FIELD_NAME
                                            : CAUTH_FIELD_NONE;
}

/* Where their number differs too, no way that values differ in says what happened. */
static void disagree_in_field(comparison *c, const oracle_field *f, size_t seen, bool differs, uint32_t ways)
{
    bool same_number = seen == f->num_values;
    if (differs || (ways != 0 && !same_number)) {
        disagree(c, OTHER_FIELD, f->field, IN_VALUES);
        return;
    }
    for (unsigned way = 0; way < NUM_WAYS; way++)
        for (unsigned part = 0; part < NUM_PARTS; part++)
            if ((ways & WAYS_OF(part, 1u << way)) != 0)
                disagree_in_part(c, OTHER_FIELD, f->field, (field_difference)(IN_CONSTRUCTED + way), (value_part)part);
    if (!same_number)
        disagree(c, OTHER_FIELD, f->field, seen < f->num_values ? THEIRS_LONGER : THEIRS_SHORTER);
}

static void compare_fields(comparison *c)
{
    message_view view;
    cauth_flags flags;
    cauth_context ctx = message_context(c->message, CAUTH_STRICT);
    field_walk walk = { .theirs = &c->theirs };
    describe_sink sink = { walk_span, walk_number, &walk };
    if (c->theirs.num_fields > MAX_FIELDS_COMPARED)
        abort(); /* an oracle with more fields needs more room here */
    if (!cauth_is_accepted(c->message->parse(c->in, &ctx, &view, &flags)))
        return;
    c->message->describe(&view, &sink);
    walk_span(&walk, field_of_whole(c->message), c->in);
    for (size_t i = 0; i < c->theirs.num_fields; i++)
        disagree_in_field(c, &c->theirs.fields[i], walk.seen[i], walk.differs[i], walk.ways[i]);
}

static void compare_alerts(comparison *c)
{
    cauth_level level = cauth_rule_info(c->ours.rule)->level;
    uint8_t alert = cauth_rule_alert(c->ours.rule, c->message->version);
    if (family_of(alert, level) != family_of(c->theirs.alert.description, level))
        disagree(c, OTHER_ALERT, c->ours.field, IN_VALUES);
}

/* What is to say when not both accept. */
static void hold_refusals(comparison *c)
{
    bool we_accept = cauth_is_accepted(c->ours);
    bool they_accept = do_they_accept(c);
    if (we_accept && !they_accept)
        disagree(c, THEY_REJECT, CAUTH_FIELD_NONE, IN_VALUES);
    else if (!we_accept && they_accept)
        disagree(c, THEY_ACCEPT, c->ours.field, IN_VALUES);
    else if (!we_accept && !c->theirs.no_alerts)
        compare_alerts(c);
}

void compare(const oracle *o, const message *m, cauth_bytes in, comparison *c)
{
    compare_without(NULL, o, m, in, c);
}

void compare_without(const divergence *row, const oracle *o, const message *m, cauth_bytes in, comparison *c)
{
    memset(c, 0, sizeof *c);
    c->without = row;
    c->oracle = o;
    c->message = m;
    c->in = in;
    o->judge(m, in, &c->theirs);
    if (m->form == MESSAGE_STREAM && c->theirs.verdict == ORACLE_REJECT && c->theirs.judged < in.len)
        c->in.len = c->theirs.judged;
    c->flags = cauth_flags_none();
    c->ours = message_judge(m, c->in, CAUTH_STRICT, &c->flags);
    if (c->theirs.verdict == ORACLE_UNSUPPORTED)
        return;
    if (cauth_is_accepted(c->ours) && do_they_accept(c))
        compare_fields(c);
    else
        hold_refusals(c);
}

bool compare_is_clean(const comparison *c)
{
    for (size_t i = 0; i < c->num; i++)
        if (c->list[i].row == NULL)
            return false;
    return true;
}

/* How two values differ and, of a way of normal.h, in which part. */
static const char *difference_name(field_difference difference)
{
    static const char *const names[] = {
        "",
        " by strings in pieces",
        " by indefinite lengths",
        " by padded lengths",
        " by order in a SET",
        " by unused bits",
        " by unused bits of keys",
        " by FALSE written out",
        " by BIT STRINGs in pieces",
        " by pieces of another type",
        " by pieces of no string",
        " by more values",
        " by fewer values",
    };
    return names[difference];
}

static const char *part_name(const disagreement *d)
{
    static const char *const names[] = { " in names", " in parameters", "" };
    bool is_way = d->difference >= IN_CONSTRUCTED && d->difference <= IN_NO_STRING;
    return is_way ? names[d->part] : "";
}

void compare_signature(const comparison *c, const disagreement *d, char text[SIGNATURE_SIZE])
{
    const cauth_rule_row *rule = cauth_rule_info(c->ours.rule);
    const char *field = cauth_field_name(d->field);
    char start[128];
    char flags[VERDICT_TEXT_SIZE];
    char alert[ALERT_TEXT_SIZE] = "";
    bool is_sent = c->theirs.alert.description != CAUTH_NO_ALERT;
    if (is_sent)
        snprintf(alert, sizeof alert, "%u", (unsigned)c->theirs.alert.description);
    snprintf(start, sizeof start, "%s %s", c->oracle->name, c->message->name);
    switch (d->kind) {
    case THEY_ACCEPT:
        snprintf(text, SIGNATURE_SIZE, "%s they-accept %s %s %s", start, level_name(rule->level), rule->id, field);
        break;
    case THEY_REJECT:
        flags_to_text(&c->flags, flags);
        snprintf(text, SIGNATURE_SIZE, "%s they-reject %s%s for '%.100s' where flagged %.3700s", start,
                 is_sent ? "alert " : "no alert", alert, c->theirs.cause, flags[0] == '\0' ? "nothing" : flags);
        break;
    case OTHER_ALERT:
        snprintf(text, SIGNATURE_SIZE, "%s other-alert %s for '%.100s' instead of %s %s %s", start,
                 is_sent ? alert : "none", c->theirs.reason, level_name(rule->level), rule->id, field);
        break;
    case OTHER_FIELD:
        flags_to_text(&c->flags, flags);
        snprintf(text, SIGNATURE_SIZE, "%s other-field %s%s%s where flagged %.3800s", start, field,
                 difference_name(d->difference), part_name(d), flags[0] == '\0' ? "nothing" : flags);
        break;
    }
}

const char *divergence_class_name(divergence_class class)
{
    static const char *const names[] = { "their bug", "our tolerance", "RFC silent", "not visible at that layer" };
    return names[class];
}

const char *level_name(cauth_level level)
{
    static const char *const names[] = { "record", "handshake", "message", "DER", "policy" };
    return names[level];
}

void alert_to_text(uint8_t description, char text[ALERT_TEXT_SIZE])
{
    const char *name = cauth_alert_describe(description, CAUTH_TLS13, CAUTH_FROM_EITHER).name;
    if (description == CAUTH_NO_ALERT)
        snprintf(text, ALERT_TEXT_SIZE, "no alert");
    else
        snprintf(text, ALERT_TEXT_SIZE, "%.48s(%u)", name[0] == '\0' ? "undefined" : name, (unsigned)description);
}
