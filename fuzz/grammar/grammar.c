#include "grammar.h"

#include <string.h>

/* Every production under its own name, so that one row can name another that stands behind it. */
enum {
#define NUMBER(production, ...) production,
#define ONE_OF(production, ...) production,
#define CONSTANT(production, ...) production,
#define OCTETS(production, ...) production,
#define VECTOR(production, ...) production,
#define FRAGMENT(production, ...) production,
#define ELEMENT(production, ...) production,
#define LIST(production, ...) production,
#define EACH_ONCE(production, ...) production,
#define SEQUENCE(production, ...) production,
#define CHOICE(production, ...) production,
#define OPTIONAL(production, ...) production,
#define SAME(production, ...) production,
#define MESSAGE(message, production)
#include "grammar.def"
#include "no_rows.h"
    NUM_PRODUCTIONS
};

#define ROW(row, of_kind, ...) [row] = { .name = #row, .kind = GRAMMAR_##of_kind, __VA_ARGS__ },
#define PARTS(...) .parts = { __VA_ARGS__ }, .num_parts = sizeof((uint16_t[]){ __VA_ARGS__ }) / sizeof(uint16_t)
#define LITERAL(octets)                                                                                                \
    {                                                                                                                  \
        (const uint8_t *)(octets), sizeof(octets) - 1                                                                  \
    }

const production grammar[] = {
#define NUMBER(row, octets, values) ROW(row, NUMBER, .width = (octets), .samples = SAMPLES_##values)
#define ONE_OF(row, octets, values) ROW(row, NUMBER, .width = (octets), .samples = SAMPLES_##values, .closed = true)
#define CONSTANT(row, literal) ROW(row, CONSTANT, .constant = LITERAL(literal))
#define OCTETS(row, least, most, values)                                                                               \
    ROW(row, OCTETS, .floor = (least), .ceiling = (most), .samples = SAMPLES_##values)
#define VECTOR(row, octets, least, most, part)                                                                         \
    ROW(row, VECTOR, .width = (octets), .floor = (least), .ceiling = (most), PARTS(part))
#define FRAGMENT(row, least, most, part)                                                                               \
    ROW(row, FRAGMENT, .width = 2, .floor = (least), .ceiling = (most), PARTS(part))
#define ELEMENT(row, tag, part) ROW(row, ELEMENT, .width = (tag), .ceiling = ANY, PARTS(part))
#define LIST(row, least, part) ROW(row, LIST, .floor = (least), PARTS(part))
#define EACH_ONCE(row, part, first) ROW(row, EACH_ONCE, .counted = (first), PARTS(part))
#define SEQUENCE(row, ...) ROW(row, SEQUENCE, PARTS(__VA_ARGS__))
#define CHOICE(row, ...) ROW(row, CHOICE, PARTS(__VA_ARGS__))
#define OPTIONAL(row, part) ROW(row, OPTIONAL, PARTS(part))
#define SAME(row, part) ROW(row, SAME, PARTS(part))
#define MESSAGE(message, production)
#include "grammar.def"
#include "no_rows.h"
};

const size_t num_productions = NUM_PRODUCTIONS;

typedef struct {
    const char *of;
    uint16_t production;
} root;

static const root roots[] = {
#define NUMBER(...)
#define ONE_OF(...)
#define CONSTANT(...)
#define OCTETS(...)
#define VECTOR(...)
#define FRAGMENT(...)
#define ELEMENT(...)
#define LIST(...)
#define EACH_ONCE(...)
#define SEQUENCE(...)
#define CHOICE(...)
#define OPTIONAL(...)
#define SAME(...)
#define MESSAGE(message, production) { #message, production },
#include "grammar.def"
#include "no_rows.h"
};

#define S(octets) LITERAL(octets)
#define SAMPLES(row, ...) static const grammar_octets samples_##row[] = { __VA_ARGS__ };
#include "samples.def"
#undef SAMPLES

typedef struct {
    const grammar_octets *at;
    size_t num;
} sample_row;

static const sample_row sample_rows[NUM_SAMPLES] = {
#define SAMPLES(row, ...) [SAMPLES_##row] = { samples_##row, sizeof samples_##row / sizeof samples_##row[0] },
#include "samples.def"
#undef SAMPLES
};

const production *grammar_of(const char *message)
{
    for (size_t i = 0; i < sizeof roots / sizeof roots[0]; i++)
        if (strcmp(roots[i].of, message) == 0)
            return &grammar[roots[i].production];
    return NULL;
}

const production *grammar_by_name(const char *wanted)
{
    for (size_t i = 0; i < num_productions; i++)
        if (strcmp(grammar[i].name, wanted) == 0)
            return &grammar[i];
    return NULL;
}

size_t grammar_num_samples(const production *p)
{
    return sample_rows[p->samples].num;
}

grammar_octets grammar_sample(const production *p, size_t i)
{
    return sample_rows[p->samples].at[i];
}
