/* The properties: written once, over any message and any bytes. Engines supply the bytes. */
#ifndef CAUTH_PROPS_PROP_H
#define CAUTH_PROPS_PROP_H

#include "breaker.h"
#include "message.h"
#include "places.h"
#include "verdict.h"

typedef enum {
    PROP_HELD,
    PROP_NOT_ABOUT, /* nothing in the input is what the property speaks of: no failure, and not counted as held */
    PROP_SKIP,
    PROP_BROKEN
} prop_verdict;

/* How much work one input is worth. */
typedef enum {
    PROP_QUICK,   /* a fuzz target: a few positions, chosen by the bytes */
    PROP_THOROUGH /* a test: all positions of inputs up to a few hundred bytes */
} prop_effort;

/* One input under one profile, with what parsing it gave. */
typedef struct {
    const message *m;
    cauth_context ctx;
    prop_effort effort;
    cauth_bytes in;
    uint64_t digest; /* of in, for what the bytes choose */
    cauth_result result;
    cauth_flags flags; /* when accepted */
    message_view view; /* when accepted */
    char why[512];     /* when a property is BROKEN: what broke, in one line */
} prop_case;

typedef prop_verdict prop_fn(prop_case *c);

typedef enum {
#define CAUTH_PROPERTY(name, ...) PROP_##name,
#include "properties.def"
#undef CAUTH_PROPERTY
    NUM_PROPERTIES
} prop_id;

typedef struct {
    const char *name;
    bool (*is_about)(const message *m);
    bool accepted; /* applies to inputs that the parser accepts */
    bool rejected; /* applies to inputs that the parser refuses */
    bool choices;  /* the bytes are decisions */
    bool interop;  /* applies to both profiles; otherwise to strict alone */
    bool costly;   /* a fuzz target runs it on some of its inputs only */
    bool counting; /* needs prop_count_steps */
    prop_fn *run;
    const char *meaning;
} property;

extern const property properties[NUM_PROPERTIES];

/* NULL when there is none of this name. */
const property *property_by_name(const char *name);

/* How often each property held for one message: was tried, and is true. */
typedef struct {
    unsigned long held[NUM_PROPERTIES];
} prop_tally;

typedef struct {
    const property *property;
    cauth_profile profile;
    char why[512];
} prop_failure;

/* Runs every property that applies, under both profiles. Gives false at the first that is BROKEN, or that says SKIP on
 * an input of the kind it declares. `in` must be an exact_copy. tally may be NULL. */
bool prop_check(const message *m, cauth_bytes in, prop_effort effort, prop_tally *tally, prop_failure *failure);

/* The same for one property and one profile; PROP_SKIP when it does not apply, PROP_NOT_ABOUT when it had nothing to
 * try. */
prop_verdict prop_check_one(const property *p, const message *m, cauth_profile profile, cauth_bytes in,
                            prop_effort effort, prop_failure *failure);

/* breaker_named for a chosen breaker, under both profiles: every breaker can be run, not just one picked by the bytes.
 */
bool prop_check_breaker(const breaker *b, cauth_bytes decisions, prop_failure *failure);

/* One line that is the same for every input with the same fault: property, message, profile and what was expected,
 * without the numbers in it and without what came instead. Cut off where `size` is used up; ends with a NUL. */
#define PROP_SIGNATURE_SIZE 700
void prop_signature(const message *m, const prop_failure *failure, char *text, size_t size);

/* The message that a property of CHOICES builds from the bytes, as an exact_copy; false when it builds none. */
bool prop_build(const property *p, const message *m, cauth_bytes in, cauth_bytes *built);

/* The bytes from which breaker_named takes this breaker, and place_named this place, and then the decisions: an
 * exact_copy. */
cauth_bytes prop_input_of_breaker(const breaker *b, cauth_bytes decisions);
cauth_bytes prop_input_of_place(size_t number, cauth_bytes decisions);

/* What place_named does with the bytes: the number of the place, the decisions behind it, which lie in `in`, the
 * message, as an exact_copy, and what must be said of it. False when no place can be broken: *built is not set then.
 * BODY messages only. */
bool prop_pick_place(const message *m, cauth_bytes in, size_t *number, cauth_bytes *decisions, cauth_bytes *built,
                     broken_place *broken);

/* How many bytes at the front pick what a property of CHOICES does; the others are its decisions. */
size_t prop_num_picking(const property *p, const message *m, cauth_bytes in);

/* Runs the breaker; the exact_copy of what it wrote, and where it says the rule is broken. False when it wrote nothing.
 */
bool prop_build_broken(const breaker *b, cauth_bytes decisions, cauth_bytes *input, size_t *offset);

/* What a profile must say of what the breaker wrote, from its declaration alone. */
verdict prop_expected(const breaker *b, cauth_profile profile, size_t offset);

/* Whether what a broken place must give is given; if not, why, in one line. */
bool prop_place_is_named(const message *m, cauth_profile profile, cauth_bytes in, const broken_place *broken, char *why,
                         size_t size);

/* Builds a valid message from decisions; exact_copy. False when it did not fit. */
bool prop_build_valid(const message *m, cauth_bytes decisions, cauth_bytes *input);

/* Counts the steps of one judgement; set by the test that can, NULL elsewhere. */
typedef unsigned long prop_steps_fn(const message *m, cauth_bytes in, cauth_profile profile);
extern prop_steps_fn *prop_count_steps;

/* What prints names: cauth_name_print, save in the test of the property. */
typedef bool prop_print_fn(const cauth_name *name, cauth_writer *w);
extern prop_print_fn *prop_print_name;

/* Whether the properties that take the input for decisions, and build messages with generators of our own, are run:
 * true. Without them an engine is measured by what its own inputs do to the parsers. */
extern bool prop_choices;

const char *prop_profile_name(cauth_profile profile);

#endif
