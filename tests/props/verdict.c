#include "verdict.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

verdict verdict_of(const message *m, cauth_bytes in, cauth_profile profile)
{
    verdict v = { CAUTH_RULE_NONE, 0, cauth_flags_none() };
    cauth_result result = message_judge(m, in, profile, &v.flags);
    v.rule = result.rule;
    v.offset = result.offset;
    return v;
}

bool verdict_equal(const verdict *a, const verdict *b)
{
    if (a->rule != b->rule)
        return false;
    if (a->rule != CAUTH_RULE_NONE)
        return a->offset == b->offset;
    return memcmp(&a->flags, &b->flags, sizeof a->flags) == 0;
}

static const char *after_blanks(const char *text)
{
    return text + strspn(text, " \t");
}

/* Reads a rule id and steps over it; CAUTH_RULE_NONE when there is none. */
static cauth_rule rule_from_text(const char **text)
{
    char id[16];
    size_t len = strspn(*text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-");
    if (len >= sizeof id)
        return CAUTH_RULE_NONE;
    memcpy(id, *text, len);
    id[len] = '\0';
    *text = after_blanks(*text + len);
    return cauth_rule_by_id(id);
}

static bool rejected_from_text(const char *text, verdict *v)
{
    v->rule = rule_from_text(&text);
    if (v->rule == CAUTH_RULE_NONE || *text != '@')
        return false;
    char *end;
    text = after_blanks(text + 1);
    if (*text < '0' || *text > '9')
        return false;
    v->offset = strtoul(text, &end, 10);
    return *after_blanks(end) == '\0';
}

static bool accepted_from_text(const char *text, verdict *v)
{
    while (*text != '\0') {
        cauth_rule rule = rule_from_text(&text);
        if (rule == CAUTH_RULE_NONE || cauth_flags_has(&v->flags, rule))
            return false;
        cauth_flags_set(&v->flags, rule);
        if (*text == '\0')
            return true;
        if (*text != ',')
            return false;
        text = after_blanks(text + 1);
        if (*text == '\0')
            return false;
    }
    return true;
}

bool verdict_from_text(const char *text, verdict *v)
{
    verdict read = { CAUTH_RULE_NONE, 0, cauth_flags_none() };
    text = after_blanks(text);
    bool accept = strncmp(text, "accept", 6) == 0;
    if (!accept && strncmp(text, "reject", 6) != 0)
        return false;
    text += 6;
    if (*text != '\0' && *text != ':' && *text != ' ' && *text != '\t')
        return false;
    if (*text == ':' && text[1] == '\0')
        return false;
    text = after_blanks(*text == ':' ? text + 1 : text);
    if (!(accept ? accepted_from_text(text, &read) : rejected_from_text(text, &read)))
        return false;
    *v = read;
    return true;
}

void flags_to_text(const cauth_flags *flags, char text[VERDICT_TEXT_SIZE])
{
    size_t len = 0;
    text[0] = '\0';
    for (cauth_rule r = cauth_flags_next(flags, CAUTH_RULE_NONE); r != CAUTH_RULE_NONE;
         r = cauth_flags_next(flags, r)) {
        int more = snprintf(text + len, VERDICT_TEXT_SIZE - len, "%s%s", len > 0 ? "," : "", cauth_rule_info(r)->id);
        len += (size_t)more;
    }
}

void verdict_to_text(const verdict *v, char text[VERDICT_TEXT_SIZE])
{
    if (v->rule != CAUTH_RULE_NONE) {
        snprintf(text, VERDICT_TEXT_SIZE, "reject:%s@%zu", cauth_rule_info(v->rule)->id, v->offset);
        return;
    }
    char list[VERDICT_TEXT_SIZE];
    flags_to_text(&v->flags, list);
    snprintf(text, VERDICT_TEXT_SIZE, "accept%s%.*s", list[0] != '\0' ? ":" : "", VERDICT_TEXT_SIZE - 8, list);
}
