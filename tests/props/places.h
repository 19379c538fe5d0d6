/* Breakers by place: in a message that the grammar makes, every length, the form of every length of DER, and the values
 * that rules speak of can be made wrong, one at a time. Which rule is broken then is said by places.def, never by a
 * parser. */
#ifndef CAUTH_PROPS_PLACES_H
#define CAUTH_PROPS_PLACES_H

#include "message.h"

struct node; /* of tree.h */

/* Lengths of vectors from `empty` to `ceiling`, DER from `indefinite` to `shorter`, then the values. */
#define PLACE_WAYS(X)                                                                                                  \
    X(empty)                                                                                                           \
    X(below)                                                                                                           \
    X(above)                                                                                                           \
    X(past)                                                                                                            \
    X(stray) X(surplus) X(floor) X(ceiling) X(indefinite) X(padded) X(tag) X(longer) X(shorter) X(instead) X(twice)

typedef enum {
#define X(name) PLACE_##name,
    PLACE_WAYS(X)
#undef X
        NUM_PLACE_WAYS
} place_way;

extern const char *const place_way_names[NUM_PLACE_WAYS];

/* A row of places.def that says what is broken by a wrong length, or a wrong tag. */
typedef struct {
    const char *within;
    const char *production;
    cauth_field field; /* CAUTH_FIELD_NONE: any */
    struct {
        cauth_rule empty, below, above, past, stray, surplus, tag, longer;
        cauth_field item;      /* of stray: what lacks octets; none of a list of numbers */
        cauth_field length_of; /* of past, where it is not the field's own */
        unsigned elsewhere;    /* ways that values speak of, a bit for each */
    } is;
} place_length;

extern const place_length place_lengths[];
extern const size_t num_place_lengths;

/* Whether the row is about this way. */
bool places_asks(const place_length *row, place_way way);

/* A row of places.def that says what a length of DER breaks that has another form. */
typedef struct {
    const char *within;
    const char *repeated; /* NULL: the length that is named is the element's own */
    cauth_field field;
    cauth_rule indefinite, padded;
} place_form;

extern const place_form place_forms[];
extern const size_t num_place_forms;

/* A row of places.def that says what another value breaks. */
typedef struct {
    const char *within;
    const char *productions;
    place_way way;
    cauth_bytes instead; /* PLACE_instead: what takes the place of the production */
    size_t at;
    bool flagged;
    bool whole;
    cauth_field field;
    cauth_rule rule;
} place_value;

extern const place_value place_values[];
extern const size_t num_place_values;

typedef struct {
    place_way way;
    const char *at;             /* the production; NULL: behind the message */
    const place_value *value;   /* of PLACE_instead and PLACE_twice, else NULL */
    const place_length *length; /* the row of another length, or tag, that is wrong, else NULL */
    const place_form *form;     /* of PLACE_indefinite and PLACE_padded, else NULL */
    bool whole;                 /* still a message: accepted */
    bool flagged;               /* accepted, and flagged with the rule */
    bool beyond;       /* what is inside is no message either: refused by another rule where this one only flags */
    cauth_rule rule;   /* what is broken; where the version only flags it, a flag */
    cauth_field field; /* of a refusal; CAUTH_FIELD_NONE: any */
    size_t offset;     /* of a refusal */
} broken_place;

#define MOST_PLACES ((uint32_t)1 << 18)

/* How many places the message of these decisions can be broken at, MOST_PLACES at most. BODY messages only. */
size_t places_num(const message *m, cauth_bytes decisions);

/* Whether lists of what has prefixes are filled to their ceiling too; the numbers of places are the same either way. At
 * first they are not: that takes a hundred times as long as other ways. test_places does it, and fuzzers do better
 * without. */
void places_fill_lists(bool fill);

/* The row that place `number` is of; NULL where a length is broken. */
const place_value *places_value(size_t number);

/* The row of lengths that place `number` is of, and which way it goes; NULL where it is of another row. */
const place_length *places_length(const message *m, size_t number, place_way *way);

/* Whether place `number` is of the same kind as a broken one: in another message the same row, way and production. */
bool places_is_alike(size_t number, const broken_place *broken);

/* The message that places_num was asked about last, broken at place `number`, as an exact_copy, and what must be said
 * of it. Not every way suits every place: false where it does not. */
bool places_break(const message *m, cauth_bytes decisions, size_t number, cauth_bytes *input, broken_place *broken);

/* What places.def has to say of a vector, an element or the whole message: whether the grammar has a wrong length, form
 * or tag there that is of this way; and whether a row says what it breaks, or that values do, and one of them does. */
bool places_due(const struct node *n, place_way way);
bool places_says(const message *m, const struct node *n, place_way way);

/* Whether octets in the place of a vector or an element are wrong in this way, one that values may speak of: `empty`,
 * `below`, `above` or `tag`. */
bool places_goes(cauth_bytes octets, const char *name, place_way way);

/* The row of lengths of a vector, an element or the whole message; NULL for none. */
const place_length *places_row(const message *m, const struct node *n);

#endif
