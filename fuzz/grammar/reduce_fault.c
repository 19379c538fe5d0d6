#include "reduce_fault.h"

#include "exact.h"
#include "reduce.h"

typedef struct {
    const message *m;
    prop_failure failure; /* of the last candidate that passed */
    char signature[PROP_SIGNATURE_SIZE];
    /* of decisions: */
    cauth_bytes picking; /* what stands before them */
    broken_place place;
    size_t number; /* of the place in the last candidate that passed */
    size_t most;   /* octets that the message may have */
    reduce_test *test;
    const fault *alone; /* of candidates that are run in a process of their own first; NULL: in this one only */
} search;

/* Whether it is the fault that is looked for, which is remembered. */
static bool is_same(search *s, const prop_failure *failure)
{
    char signature[PROP_SIGNATURE_SIZE];
    prop_signature(s->m, failure, signature, sizeof signature);
    if (strcmp(signature, s->signature) != 0)
        return false;
    s->failure = *failure;
    return true;
}

static bool breaks(search *s, cauth_bytes in, prop_failure *failure)
{
    return prop_check_one(s->failure.property, s->m, s->failure.profile, in, PROP_THOROUGH, failure) == PROP_BROKEN;
}

static bool input_breaks(void *user, cauth_bytes candidate)
{
    search *s = user;
    prop_failure failure;
    return breaks(s, candidate, &failure) && is_same(s, &failure);
}

static cauth_bytes joined(cauth_bytes a, cauth_bytes b)
{
    uint8_t *block = malloc(a.len + b.len + 1);
    if (block == NULL)
        abort();
    if (a.len > 0)
        memcpy(block, a.ptr, a.len);
    if (b.len > 0)
        memcpy(block + a.len, b.ptr, b.len);
    cauth_bytes both = exact_copy(block, a.len + b.len);
    free(block);
    return both;
}

/* Fewer decisions must not make a larger message: that is what somebody has to read. */
static bool decisions_break(void *user, cauth_bytes candidate)
{
    search *s = user;
    prop_failure failure;
    cauth_bytes built;
    cauth_bytes in = joined(s->picking, candidate);
    bool broken = breaks(s, in, &failure);
    size_t len = 0;
    if (broken && prop_build(failure.property, s->m, in, &built)) {
        len = built.len;
        exact_free(built);
    }
    exact_free(in);
    if (!broken || len > s->most || !is_same(s, &failure))
        return false;
    s->most = len;
    return true;
}

/* At any place of the same kind. */
static bool place_breaks(void *user, cauth_bytes candidate)
{
    search *s = user;
    size_t num = places_num(s->m, candidate);
    for (size_t number = 0; number < num; number++) {
        prop_failure failure = s->failure;
        cauth_bytes built;
        broken_place place;
        if (!places_is_alike(number, &s->place) || !places_break(s->m, candidate, number, &built, &place))
            continue;
        bool broken = built.len <= s->most &&
                      !prop_place_is_named(s->m, failure.profile, built, &place, failure.why, sizeof failure.why) &&
                      is_same(s, &failure);
        size_t len = built.len;
        exact_free(built);
        if (broken) {
            s->number = number;
            s->most = len;
            return true;
        }
    }
    return false;
}

/* What is smaller may take too long, or end the process, by another fault: it is run here, for what it leaves in the
 * search, only after it has passed elsewhere. */
static bool passes(void *user, cauth_bytes candidate)
{
    search *s = user;
    if (s->alone != NULL && !end_of(s->test, s, candidate, fault_seconds(s->alone, candidate.len)).answer)
        return false;
    return s->test(s, candidate);
}

#define DECIDED 24u /* octets of decisions of which others are tried */
#define FURTHER 6u  /* of these, behind the last one */
#define OTHERS 64u  /* most decisions are between fewer things than that */

/* Another decision may make a smaller message, whatever octet it is, and so may one that is not taken yet, which is 0.
 * Gives whether one did. */
static bool decide_otherwise(search *s, cauth_bytes *decisions)
{
    static const uint8_t zeros[FURTHER];
    bool any = false;
    cauth_bytes longer = joined(*decisions, (cauth_bytes){ zeros, decisions->len + FURTHER <= DECIDED ? FURTHER : 0 });
    exact_free(*decisions);
    *decisions = longer;
    for (size_t at = 0; at < decisions->len && at < DECIDED; at++) {
        for (unsigned value = 0; value < OTHERS && s->most > 0; value++) {
            cauth_bytes other = exact_copy(decisions->ptr, decisions->len);
            size_t most = s->most;
            ((uint8_t *)(uintptr_t)other.ptr)[at] = (uint8_t)value;
            s->most = most - 1;
            if (passes(s, other)) {
                exact_free(*decisions);
                *decisions = other;
                any = true;
            } else {
                s->most = most;
                exact_free(other);
            }
        }
    }
    return any;
}

/* Few and low decisions of those that make a small message: until neither fewer, nor a lower octet that reduce() tries,
 * nor another one at the front makes it smaller. */
static cauth_bytes reduce_decisions(search *s, cauth_bytes decisions, reduce_test *test)
{
    s->test = test;
    cauth_bytes best = reduce(NULL, decisions, passes, s);
    while (decide_otherwise(s, &best)) {
        cauth_bytes fewer = reduce(NULL, best, passes, s);
        exact_free(best);
        best = fewer;
    }
    return best;
}

/* Past their end all decisions are 0: those at the end change nothing. */
static cauth_bytes without_zeros(cauth_bytes in)
{
    size_t len = in.len;
    while (len > 0 && in.ptr[len - 1] == 0)
        len--;
    cauth_bytes fewer = exact_copy(in.ptr, len);
    exact_free(in);
    return fewer;
}

static cauth_bytes reduce_broken(const message *m, const fault *alone, cauth_bytes in, prop_failure *failure)
{
    search s = { .m = m, .failure = *failure, .most = SIZE_MAX, .test = input_breaks, .alone = alone };
    size_t picking = prop_num_picking(failure->property, m, in);
    cauth_bytes small, decisions, built;
    prop_signature(m, failure, s.signature, sizeof s.signature);
    if (!failure->property->choices) {
        small = reduce(m->name, in, passes, &s);
    } else if (failure->property == &properties[PROP_place_named] &&
               prop_pick_place(m, in, &s.number, &decisions, &built, &s.place)) {
        s.most = built.len;
        exact_free(built);
        cauth_bytes fewer = reduce_decisions(&s, decisions, place_breaks);
        small = without_zeros(prop_input_of_place(s.number, fewer));
        exact_free(fewer);
    } else {
        s.picking = (cauth_bytes){ in.ptr, picking };
        decisions = (cauth_bytes){ picking < in.len ? in.ptr + picking : NULL, in.len - picking };
        cauth_bytes fewer = reduce_decisions(&s, decisions, decisions_break);
        small = without_zeros(joined(s.picking, fewer));
        exact_free(fewer);
    }
    *failure = s.failure;
    return small;
}

cauth_bytes reduce_fault(const message *m, cauth_bytes in, prop_failure *failure)
{
    return reduce_broken(m, NULL, in, failure);
}

cauth_bytes reduce_fault_alone(const fault *f, cauth_bytes in, prop_failure *failure)
{
    return reduce_broken(f->m, f, in, failure);
}

/* ---- inputs that end the process ---- */

bool fault_breaks(const fault *f, cauth_bytes in, prop_failure *failure)
{
    for (int profile = CAUTH_STRICT; profile <= CAUTH_INTEROP; profile++)
        for (size_t i = 0; i < NUM_PROPERTIES; i++)
            if ((f->property == NULL || f->property == &properties[i]) && (f->profile < 0 || f->profile == profile) &&
                prop_check_one(&properties[i], f->m, (cauth_profile)profile, in, PROP_THOROUGH, failure) == PROP_BROKEN)
                return true;
    return false;
}

#define SECONDS 30u
#define SECONDS_OF_MIB 60u

unsigned fault_seconds(const fault *f, size_t len)
{
    return f->seconds > 0 ? f->seconds : SECONDS + (unsigned)(len * SECONDS_OF_MIB >> 20);
}

typedef struct {
    const fault *f;
    const fault_end *at;
} end_search;

static bool run_parser(void *user, cauth_bytes in)
{
    const end_search *s = user;
    message_view view;
    cauth_flags flags = cauth_flags_none();
    cauth_context ctx = message_context(s->f->m, s->at->profile);
    s->f->m->parse(in, &ctx, &view, &flags);
    return false;
}

static bool run_property(void *user, cauth_bytes in)
{
    const end_search *s = user;
    prop_failure failure;
    return prop_check_one(s->at->property, s->f->m, s->at->profile, in, PROP_THOROUGH, &failure) == PROP_BROKEN;
}

static bool run_all(void *user, cauth_bytes in)
{
    const end_search *s = user;
    prop_failure failure;
    return fault_breaks(s->f, in, &failure);
}

/* Decisions are parsed as a message, too, before their property runs: that must not be what ends it. */
static process_end end_at(end_search *s, cauth_bytes in)
{
    unsigned seconds = fault_seconds(s->f, in.len);
    if (s->at->property != NULL && s->at->property->choices) {
        process_end parsed = end_of(run_parser, s, in, seconds);
        if (!end_lives(&parsed))
            return (process_end){ .status = -1 };
    }
    switch (s->at->place) {
    case FAULT_IN_PARSER:
        return end_of(run_parser, s, in, seconds);
    case FAULT_IN_PROPERTY:
        return end_of(run_property, s, in, seconds);
    default:
        return end_of(run_all, s, in, seconds);
    }
}

static bool ends_at_the_same(void *user, cauth_bytes candidate)
{
    end_search *s = user;
    process_end end = end_at(s, candidate);
    return end_is_alike(&end, &s->at->end);
}

/* Runs one part of it alone: *at is how that ended. Whether it is what was looked for: the same end as that of all
 * together; where that came late, any end, or a property that breaks. */
static bool is_found_at(end_search *s, fault_end *at, fault_end *whole, cauth_bytes in, fault_late *late)
{
    at->end = end_at(s, in);
    if (!whole->end.late)
        return at->end.status == whole->end.status;
    if (!at->end.late)
        return !end_lives(&at->end) || at->end.answer;
    if (late != NULL)
        late(at, fault_seconds(s->f, in.len));
    if (whole->place != FAULT_LATE) {
        *whole = *at;
        whole->place = FAULT_LATE;
    }
    return false;
}

/* In the order in which they ran, each in a process of its own: the first that ends it is where it ended. */
fault_end fault_end_of(const fault *f, cauth_bytes in, fault_late *late)
{
    fault_end at = { .place = FAULT_IN_ALL };
    end_search s = { f, &at };
    at.end = end_at(&s, in);
    if (end_lives(&at.end)) {
        at.place = at.end.answer ? FAULT_BROKEN : FAULT_NOWHERE;
        return at;
    }
    fault_end whole = at;
    if (at.end.late && late != NULL)
        late(&at, fault_seconds(f, in.len));
    for (int profile = CAUTH_STRICT; profile <= CAUTH_INTEROP; profile++) {
        if (f->profile >= 0 && f->profile != profile)
            continue;
        at = (fault_end){ .place = FAULT_IN_PARSER, .profile = (cauth_profile)profile };
        if (is_found_at(&s, &at, &whole, in, late))
            return at;
        if (at.end.late)
            continue; /* and so is every property, which parses first */
        at.place = FAULT_IN_PROPERTY;
        for (size_t i = 0; i < NUM_PROPERTIES; i++) {
            at.property = &properties[i];
            if ((f->property == NULL || f->property == at.property) && is_found_at(&s, &at, &whole, in, late)) {
                at.place = at.end.answer ? FAULT_BROKEN : FAULT_IN_PROPERTY;
                return at;
            }
        }
    }
    if (whole.place == FAULT_IN_ALL && whole.end.late)
        whole.place = FAULT_NOWHERE; /* one after the other, all are done in time */
    return whole;
}

cauth_bytes reduce_fault_end(const fault *f, cauth_bytes in, const fault_end *end)
{
    end_search s = { f, end };
    bool decisions = end->property != NULL && end->property->choices;
    return reduce(decisions ? NULL : f->m->name, in, ends_at_the_same, &s);
}
