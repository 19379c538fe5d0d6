#include "prop.h"

#include <stdio.h>
#include <string.h>

#include "at_hand.h"
#include "properties.h"

prop_steps_fn *prop_count_steps;
prop_print_fn *prop_print_name = cauth_name_print;
bool prop_choices = true;

const char *prop_profile_name(cauth_profile profile)
{
    return profile == CAUTH_STRICT ? "strict" : "interop";
}

static bool is_body(const message *m)
{
    return m->form == MESSAGE_BODY;
}

static bool is_stream(const message *m)
{
    return m->form == MESSAGE_STREAM;
}

static bool is_any(const message *m)
{
    (void)m;
    return true;
}

static bool has_items(const message *m)
{
    return m->items != MESSAGE_NO_ITEMS;
}

static bool has_names(const message *m)
{
    return m->items == MESSAGE_NAMES || strcmp(m->layout, "x509") == 0;
}

static bool is_or_has_names(const message *m)
{
    return has_names(m) || strcmp(m->layout, "name") == 0;
}

static bool has_count(const message *m)
{
    return strcmp(m->layout, "certreq13") == 0;
}

static bool is_records(const message *m)
{
    return strcmp(m->layout, "records") == 0;
}

static bool is_handshakes(const message *m)
{
    return strcmp(m->layout, "handshakes") == 0;
}

#define BODY is_body
#define STREAM is_stream
#define BODY_AND_STREAM is_any
#define WITH_ITEMS has_items
#define WITH_NAMES has_names
#define NAMES is_or_has_names
#define RECORDS is_records
#define HANDSHAKES is_handshakes
#define WITH_SIBLINGS prop_has_siblings
#define RECUT prop_is_recut
#define WITH_COUNT has_count
#define ACCEPTED true, false, false
#define REJECTED false, true, false
#define ANY true, true, false
#define CHOICES true, true, true
#define STRICT false
#define BOTH true
#define EVERYWHERE false, false
#define COSTLY true, false
#define COUNTING false, true
const property properties[NUM_PROPERTIES] = {
#define CAUTH_PROPERTY(name, messages, inputs, profiles, engines, meaning)                                             \
    { #name, messages, inputs, profiles, engines, prop_##name, meaning },
#include "properties.def"
#undef CAUTH_PROPERTY
};

const property *property_by_name(const char *name)
{
    for (size_t i = 0; i < NUM_PROPERTIES; i++)
        if (strcmp(properties[i].name, name) == 0)
            return &properties[i];
    return NULL;
}

/* A number made of the input, for what is to be chosen by the bytes. */
static uint64_t digest(cauth_bytes in)
{
    uint64_t state = in.len + 1;
    for (size_t i = 0; i < in.len && i < 64; i++)
        state = prop_mix(state + in.ptr[i]);
    return state;
}

static void begin(prop_case *c, const message *m, cauth_profile profile, cauth_bytes in, prop_effort effort)
{
    c->m = m;
    c->ctx = message_context(m, profile);
    c->effort = effort;
    c->in = in;
    c->digest = digest(in);
    c->flags = cauth_flags_none();
    c->result = m->parse(in, &c->ctx, &c->view, &c->flags);
    c->why[0] = '\0';
}

static bool applies(const property *p, const prop_case *c)
{
    if (!p->is_about(c->m) || (p->counting && prop_count_steps == NULL))
        return false;
    if (p->choices && !prop_choices)
        return false;
    if (c->ctx.profile == CAUTH_INTEROP && !p->interop)
        return false;
    return cauth_is_accepted(c->result) ? p->accepted : p->rejected;
}

/* What a fuzz target leaves out, to be quick: of costly properties, all but one input in 64; and of interop, where no
 * rule tells it from strict (which profiles_nested sees to), all but one in 8. */
static bool leaves_out(size_t index, const prop_case *c, cauth_rule strict_rule)
{
    uint64_t number = c->digest / 64;
    if (c->effort == PROP_THOROUGH)
        return false;
    if (properties[index].costly && (number + index) % 64 != 0)
        return true;
    return c->ctx.profile == CAUTH_INTEROP && !cauth_rule_info(strict_rule)->interop_flags && number / 64 % 8 != 0;
}

static void at_hand_runs(const property *p, const prop_case *c)
{
    now_at_hand.property = p->name;
    now_at_hand.profile = prop_profile_name(c->ctx.profile);
}

/* A property that declares a kind of input and skips it hides a hole: that is a failure too. */
static prop_verdict run(const property *p, prop_case *c, prop_failure *failure)
{
    at_hand_runs(p, c);
    prop_verdict v = p->run(c);
    now_at_hand.property = NULL;
    if (v == PROP_HELD || v == PROP_NOT_ABOUT)
        return v;
    if (v == PROP_SKIP)
        snprintf(c->why, sizeof c->why, "skipped, though it declares this kind of input");
    failure->property = p;
    failure->profile = c->ctx.profile;
    memcpy(failure->why, c->why, sizeof failure->why);
    return PROP_BROKEN;
}

bool prop_check(const message *m, cauth_bytes in, prop_effort effort, prop_tally *tally, prop_failure *failure)
{
    static prop_case c;
    cauth_rule strict_rule = CAUTH_RULE_NONE;
    for (int profile = CAUTH_STRICT; profile <= CAUTH_INTEROP; profile++) {
        begin(&c, m, (cauth_profile)profile, in, effort);
        if (profile == CAUTH_STRICT)
            strict_rule = c.result.rule;
        for (size_t i = 0; i < NUM_PROPERTIES; i++) {
            if (!applies(&properties[i], &c) || leaves_out(i, &c, strict_rule))
                continue;
            prop_verdict v = run(&properties[i], &c, failure);
            if (v == PROP_BROKEN)
                return false;
            if (tally != NULL && v == PROP_HELD)
                tally->held[i]++;
        }
    }
    return true;
}

prop_verdict prop_check_one(const property *p, const message *m, cauth_profile profile, cauth_bytes in,
                            prop_effort effort, prop_failure *failure)
{
    static prop_case c;
    begin(&c, m, profile, in, effort);
    return applies(p, &c) ? run(p, &c, failure) : PROP_SKIP;
}

/* A number by itself, "-" and "0x" before it or not; what is part of a name, as that of a rule, stays. */
static bool is_number(const char *word, size_t len)
{
    size_t sign = len > 1 && word[0] == '-' ? 1 : 0;
    if (len > sign + 2 && word[sign] == '0' && word[sign + 1] == 'x')
        return true;
    for (size_t i = sign; i < len; i++)
        if (word[i] < '0' || word[i] > '9')
            return false;
    return len > 0;
}

void prop_signature(const message *m, const prop_failure *failure, char *text, size_t size)
{
    static const char word_octets[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
    int begun = snprintf(text, size, "broken: %s of %s (%s): ", failure->property->name, m->name,
                         prop_profile_name(failure->profile));
    size_t len = begun < 0 ? 0 : (size_t)begun < size ? (size_t)begun : size - 1;
    const char *end = strstr(failure->why, ", but: ");
    if (end == NULL)
        end = failure->why + strlen(failure->why);
    for (const char *at = failure->why; at < end && len + 1 < size;) {
        size_t word = strspn(at, word_octets);
        bool number = is_number(at, word);
        word = word == 0 ? 1 : word;
        for (size_t i = 0; i < (number ? 1 : word) && at + i < end && len + 1 < size; i++, len++)
            text[len] = number ? 'N' : at[i];
        at += word;
    }
    text[len] = '\0';
}

bool prop_check_breaker(const breaker *b, cauth_bytes decisions, prop_failure *failure)
{
    static prop_case c;
    for (int profile = CAUTH_STRICT; profile <= CAUTH_INTEROP; profile++) {
        begin(&c, message_by_name(b->message), (cauth_profile)profile, decisions, PROP_THOROUGH);
        at_hand_runs(&properties[PROP_breaker_named], &c);
        prop_verdict v = prop_run_breaker(&c, b, decisions);
        now_at_hand.property = NULL;
        if (v == PROP_BROKEN) {
            failure->property = &properties[PROP_breaker_named];
            failure->profile = (cauth_profile)profile;
            memcpy(failure->why, c.why, sizeof failure->why);
            return false;
        }
    }
    return true;
}
