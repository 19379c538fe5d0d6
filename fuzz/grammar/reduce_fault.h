/* Makes the input that breaks a property, or in it ends the process, smaller: with this property alone, all of its work
 * done, while it breaks or ends in the same way. */
#ifndef CAUTH_FUZZ_REDUCE_FAULT_H
#define CAUTH_FUZZ_REDUCE_FAULT_H

#include "prop.h"
#include "reduce_end.h"

/* The smallest that was found, to be released with exact_free, and in *failure what it breaks; at least a copy of `in`,
 * with which it was `failure`. Where the input is decisions, the breaker stays the same, and so do the row of
 * places.def, the way and the production. */
cauth_bytes reduce_fault(const message *m, cauth_bytes in, prop_failure *failure);

/* What is tried. */
typedef struct {
    const message *m;
    const property *property; /* NULL: any */
    int profile;              /* -1: either */
    unsigned seconds;         /* that a run may take; 0: as many as its input is worth */
} fault;

/* 30, and as many as a slow build needs to do all work on a long input: 60 for each MiB. */
unsigned fault_seconds(const fault *f, size_t len);

/* As reduce_fault, with each candidate in a process of its own first: one that takes too long there, or ends it, is
 * passed over. */
cauth_bytes reduce_fault_alone(const fault *f, cauth_bytes in, prop_failure *failure);

/* Whether a property breaks: of all, the first. */
bool fault_breaks(const fault *f, cauth_bytes in, prop_failure *failure);

/* What a process was at when it ended, or why it did not. */
typedef enum {
    FAULT_NOWHERE,     /* it lives, and nothing breaks */
    FAULT_BROKEN,      /* it lives, and a property breaks */
    FAULT_LATE,        /* some of it took too long, and the rest breaks nothing */
    FAULT_IN_PARSER,   /* parsing the input, before any property */
    FAULT_IN_PROPERTY, /* and the parser alone does not end it */
    FAULT_IN_ALL       /* only what was tried before it, too, ends the process */
} fault_place;

typedef struct {
    process_end end;
    fault_place place;
    /* Of FAULT_IN_PROPERTY; of FAULT_BROKEN, where others took too long; of FAULT_LATE, the first that did, unless it
     * is the parser. Otherwise NULL. */
    const property *property;
    cauth_profile profile; /* of FAULT_IN_PARSER, FAULT_LATE, and wherever there is a property */
} fault_end;

/* Is told of what took too long: of everything one after the other (FAULT_IN_ALL), of the parser or of a property. */
typedef void fault_late(const fault_end *at, unsigned seconds);

/* Where all of it together takes too long, each part of it is run alone, and what breaks or ends is looked for in the
 * others. `late` may be NULL. */
fault_end fault_end_of(const fault *f, cauth_bytes in, fault_late *late);

/* The smallest that was found, to be released with exact_free, of an input with which it was `end`: with what it was at
 * run alone. An input that is a message stays one that ends it, and decisions stay decisions of the same property. */
cauth_bytes reduce_fault_end(const fault *f, cauth_bytes in, const fault_end *end);

#endif
