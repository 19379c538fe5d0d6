#include "cauth/rule.h"

#include <stddef.h>

#include "cauth/alert.h"
#include "id.h"

/* An id too long for its room is an error of the compiler's. */
struct ids_fit {
#define CAUTH_RULE(ident, id, ...) char ident[sizeof(id) <= ID_SIZE ? 1 : -1];
#include "cauth/rules.def"
#undef CAUTH_RULE
};

static const char rule_ids[CAUTH_NUM_RULES][ID_SIZE] = {
    "",
#define CAUTH_RULE(ident, id, ...) id,
#include "cauth/rules.def"
#undef CAUTH_RULE
};

static const cauth_rule_row rule_rows[CAUTH_NUM_RULES] = {
    { rule_ids[CAUTH_RULE_NONE], CAUTH_LEVEL_MESSAGE, CAUTH_LEGAL, CAUTH_V_NONE, CAUTH_V_NONE, false, CAUTH_NO_ALERT,
      "", "", "" },
#define BOTH_PROFILES false
#define STRICT_ONLY true
#define CAUTH_RULE(ident, id, level, disposition, versions, reject, profiles, alert, source, sentence, note)           \
    { rule_ids[CAUTH_##ident],                                                                                         \
      CAUTH_LEVEL_##level,                                                                                             \
      CAUTH_##disposition,                                                                                             \
      CAUTH_V_##versions,                                                                                              \
      CAUTH_V_##reject,                                                                                                \
      profiles,                                                                                                        \
      (alert),                                                                                                         \
      (source),                                                                                                        \
      (sentence),                                                                                                      \
      (note) },
#include "cauth/rules.def"
#undef CAUTH_RULE
};

static const char *const field_names[CAUTH_NUM_FIELDS] = {
#define CAUTH_FIELD(ident, name) name,
#include "cauth/fields.def"
#undef CAUTH_FIELD
};

const cauth_rule_row *cauth_rule_info(cauth_rule rule)
{
    return &rule_rows[(size_t)rule < CAUTH_NUM_RULES ? rule : CAUTH_RULE_NONE];
}

cauth_rule cauth_rule_by_id(const char *id)
{
    /*@ loop invariant 1 <= rule <= CAUTH_NUM_RULES;
        loop assigns rule;
        loop variant CAUTH_NUM_RULES - rule;
     */
    for (unsigned rule = 1; rule < (unsigned)CAUTH_NUM_RULES; rule++)
        if (id_equals(rule_ids[rule], id))
            return (cauth_rule)rule;
    return CAUTH_RULE_NONE;
}

bool cauth_rule_rejects(cauth_rule rule, cauth_version version, cauth_profile profile)
{
    const cauth_rule_row *row = cauth_rule_info(rule);
    bool strict = (row->reject & CAUTH_V(version)) != 0;
    return strict && !(profile == CAUTH_INTEROP && row->interop_flags);
}

/*@ assigns \nothing; */
static bool in_ssl30(uint8_t alert)
{
    return cauth_alert_describe(alert, CAUTH_SSL30, CAUTH_FROM_EITHER).status == CAUTH_ALERT_DEFINED;
}

uint8_t cauth_rule_alert(cauth_rule rule, cauth_version version)
{
    uint8_t alert = cauth_rule_info(rule)->alert;
    if (version == CAUTH_SSL30 && alert != CAUTH_NO_ALERT && !in_ssl30(alert))
        return 47;
    return alert;
}

const char *cauth_field_name(cauth_field field)
{
    return (size_t)field < CAUTH_NUM_FIELDS ? field_names[field] : "";
}
