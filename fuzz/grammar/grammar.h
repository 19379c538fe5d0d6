/* The grammar of grammar.def as data. */
#ifndef CAUTH_FUZZ_GRAMMAR_H
#define CAUTH_FUZZ_GRAMMAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ANY 0xFFFFFFFFu   /* no ceiling */
#define ANY_TAG 0x100u    /* an element with whatever tag */
#define GRAMMAR_PARTS 12u /* of one production, at most */

typedef enum {
    GRAMMAR_NUMBER,
    GRAMMAR_CONSTANT,
    GRAMMAR_OCTETS,
    GRAMMAR_VECTOR,
    GRAMMAR_FRAGMENT,
    GRAMMAR_ELEMENT,
    GRAMMAR_LIST,
    GRAMMAR_EACH_ONCE,
    GRAMMAR_SEQUENCE,
    GRAMMAR_CHOICE,
    GRAMMAR_OPTIONAL,
    GRAMMAR_SAME
} grammar_kind;

typedef enum {
#define SAMPLES(name, ...) SAMPLES_##name,
#include "samples.def"
#undef SAMPLES
    NUM_SAMPLES
} grammar_samples;

/* A string literal with its length. */
typedef struct {
    const uint8_t *ptr;
    size_t len;
} grammar_octets;

typedef struct {
    const char *name;
    grammar_kind kind;
    uint32_t width; /* NUMBER, VECTOR, FRAGMENT: octets; ELEMENT: the tag */
    uint32_t floor; /* of the content in octets; LIST: of the items in number */
    uint32_t ceiling;
    uint32_t counted;        /* EACH_ONCE: from where its last alternative is numbered, if it may come more than once */
    grammar_samples samples; /* NUMBER, OCTETS */
    bool closed;             /* NUMBER: none but the samples */
    grammar_octets constant; /* CONSTANT */
    uint16_t parts[GRAMMAR_PARTS];
    uint8_t num_parts;
} production;

extern const production grammar[];
extern const size_t num_productions;

/* The production of a message of messages.def; NULL when there is none of that name. */
const production *grammar_of(const char *message);

const production *grammar_by_name(const char *wanted);

static inline const production *grammar_part(const production *p, size_t i)
{
    return &grammar[p->parts[i]];
}

size_t grammar_num_samples(const production *p);
grammar_octets grammar_sample(const production *p, size_t i);

#endif
