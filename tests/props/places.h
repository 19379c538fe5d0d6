/* Breakers by place: in a message that the grammar makes, every length, and the form of every length of DER, can be
 * made wrong, one at a time. Which rule is broken then is said by places.def, or, for DER, by what the element is part
 * of: never by a parser. */
#ifndef CAUTH_PROPS_PLACES_H
#define CAUTH_PROPS_PLACES_H

#include "message.h"

struct node; /* of tree.h */

#define PLACE_WAYS(X)                                                                                                  \
    X(empty) X(below) X(above) X(past) X(stray) X(surplus) X(floor) X(ceiling) X(indefinite) X(padded) X(tag) X(longer)

typedef enum {
#define X(name) PLACE_##name,
    PLACE_WAYS(X)
#undef X
        NUM_PLACE_WAYS
} place_way;

extern const char *const place_way_names[NUM_PLACE_WAYS];

typedef struct {
    place_way way;
    const char *at;    /* the production; NULL: behind the message */
    bool whole;        /* at an edge, and still a message: accepted */
    cauth_rule rule;   /* what is broken; where the version only flags it, a flag */
    cauth_field field; /* of a refusal; CAUTH_FIELD_NONE: any */
    size_t offset;     /* of a refusal */
} broken_place;

/* How many places the message of these decisions can be broken at. BODY messages only. */
size_t places_num(const message *m, cauth_bytes decisions);

/* The message broken at place `number`, as an exact_copy, and what must be said of it. */
bool places_break(const message *m, cauth_bytes decisions, size_t number, cauth_bytes *input, broken_place *broken);

/* Whether a vector of this message, found at a place, has a row. */
bool places_has_row(const message *m, const struct node *vector);

#endif
