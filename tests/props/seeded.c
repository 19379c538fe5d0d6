#include "seeded.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exact.h"
#include "reduce_fault.h"

uint64_t seed = 1;

void seeded_init(const char *program)
{
    const char *chosen = getenv("CAUTH_SEED");
    now_at_hand.program = program;
    if (chosen == NULL)
        return;
    errno = 0;
    seed = strtoull(chosen, NULL, 10);
    if (chosen[strspn(chosen, "0123456789")] == '\0' && seed > 0 && errno == 0)
        return;
    fprintf(stderr, "%s: CAUTH_SEED is a number from 1 to 18446744073709551615, not '%s'\n", program, chosen);
    exit(2);
}

void seeded_try(const message *m, cauth_bytes in, const char *origin)
{
    now_at_hand.trying = true;
    now_at_hand.message = m->name;
    now_at_hand.input = in;
    now_at_hand.origin = origin;
    now_at_hand.seed = seed;
}

void seeded_tried(void)
{
    now_at_hand.trying = false;
}

cauth_bytes decisions_number(random_source *r, unsigned i, uint32_t most)
{
    uint8_t bytes[256];
    if (most > sizeof bytes)
        abort();
    random_bytes(r, bytes, most);
    return exact_copy(bytes, i == 0 ? 0 : 1 + random_below(r, most));
}

static void say_input(const message *m, const property *p, const char *what, const char *message_is, cauth_bytes in)
{
    cauth_bytes built;
    octets_say(what, in);
    if (p->choices && prop_build(p, m, in, &built)) {
        octets_say(message_is, built);
        exact_free(built);
    }
}

void seeded_say_broken(const message *m, const prop_failure *failure, cauth_bytes in, const char *origin)
{
    const property *p = failure->property;
    prop_failure now = *failure;
    seeded_try(m, in, origin);
    fprintf(stderr, "\ncauth: broken: %s of %s (%s): %s\n%s: %s\nfrom %s, CAUTH_SEED=%llu\n", p->name, m->name,
            prop_profile_name(failure->profile), failure->why, p->name, p->meaning, origin, (unsigned long long)seed);
    say_input(m, p, p->choices ? "decisions" : "input", "message", in);
    cauth_bytes small = reduce_fault(m, in, &now);
    say_input(m, p, p->choices ? "reduced decisions" : "reduced", "reduced message", small);
    fprintf(stderr, "reduced: %s\nwith it in a file: cauth-replay --message %s --property %s FILE\n", now.why, m->name,
            p->name);
    exact_free(small);
    seeded_tried();
}
