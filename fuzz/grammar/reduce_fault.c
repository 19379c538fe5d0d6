#include "reduce_fault.h"

#include "exact.h"
#include "reduce.h"

typedef struct {
    const message *m;
    prop_failure failure; /* of the last candidate that passed */
    char signature[PROP_SIGNATURE_SIZE];
    cauth_bytes picking; /* what stands before the decisions */
    broken_place place;
    size_t number; /* of the place in the last candidate that passed */
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

static bool breaks(search *s, cauth_bytes in)
{
    prop_failure failure;
    return prop_check_one(s->failure.property, s->m, s->failure.profile, in, PROP_THOROUGH, &failure) == PROP_BROKEN &&
           is_same(s, &failure);
}

static bool input_breaks(void *user, cauth_bytes candidate)
{
    return breaks(user, candidate);
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

static bool decisions_break(void *user, cauth_bytes candidate)
{
    search *s = user;
    cauth_bytes in = joined(s->picking, candidate);
    bool broken = breaks(s, in);
    exact_free(in);
    return broken;
}

/* At any place of the same kind. */
static bool place_breaks(void *user, cauth_bytes candidate)
{
    search *s = user;
    prop_failure failure = s->failure;
    bool broken = false;
    size_t num = places_num(s->m, candidate);
    for (size_t number = 0; number < num && !broken; number++) {
        cauth_bytes built;
        broken_place place;
        if (!places_is_alike(number, &s->place) || !places_break(s->m, candidate, number, &built, &place))
            continue;
        broken = !prop_place_is_named(s->m, failure.profile, built, &place, failure.why, sizeof failure.why) &&
                 is_same(s, &failure);
        if (broken)
            s->number = number;
        exact_free(built);
    }
    return broken;
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

cauth_bytes reduce_fault(const message *m, cauth_bytes in, prop_failure *failure)
{
    search s = { .m = m, .failure = *failure };
    size_t picking = prop_num_picking(failure->property, m, in);
    cauth_bytes small, decisions, built;
    prop_signature(m, failure, s.signature, sizeof s.signature);
    if (!failure->property->choices) {
        small = reduce(m->name, in, input_breaks, &s);
    } else if (failure->property == &properties[PROP_place_named] &&
               prop_pick_place(m, in, &s.number, &decisions, &built, &s.place)) {
        exact_free(built);
        cauth_bytes fewer = reduce(NULL, decisions, place_breaks, &s);
        small = without_zeros(prop_input_of_place(s.number, fewer));
        exact_free(fewer);
    } else {
        s.picking = (cauth_bytes){ in.ptr, picking };
        decisions = (cauth_bytes){ picking < in.len ? in.ptr + picking : NULL, in.len - picking };
        cauth_bytes fewer = reduce(NULL, decisions, decisions_break, &s);
        small = without_zeros(joined(s.picking, fewer));
        exact_free(fewer);
    }
    *failure = s.failure;
    return small;
}
