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
} fault;

/* Whether a property breaks: of all, the first. */
bool fault_breaks(const fault *f, cauth_bytes in, prop_failure *failure);

/* What a process was at when it ended. */
typedef enum {
    FAULT_NOWHERE,     /* it lives */
    FAULT_IN_PARSER,   /* parsing the input, before any property */
    FAULT_IN_PROPERTY, /* and the parser alone does not end it */
    FAULT_IN_ALL       /* only what was tried before it, too, ends the process */
} fault_place;

typedef struct {
    process_end end;
    fault_place place;
    const property *property; /* of FAULT_IN_PROPERTY; otherwise NULL */
    cauth_profile profile;    /* of FAULT_IN_PARSER and FAULT_IN_PROPERTY */
} fault_end;

fault_end fault_end_of(const fault *f, cauth_bytes in);

/* The smallest that was found, to be released with exact_free, of an input with which it was `end`: with what it was at
 * run alone. An input that is a message stays one that ends it, and decisions stay decisions of the same property. */
cauth_bytes reduce_fault_end(const fault *f, cauth_bytes in, const fault_end *end);

#endif
