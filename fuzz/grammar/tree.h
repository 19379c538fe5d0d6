/* A message as the tree of its productions. Reading never fails: what fits no production is kept as octets, what a
 * length promises and does not keep is cut off, and what is written from a tree that nobody changed are the same
 * octets again. Lengths are not kept but made anew, save those that were wrong. */
#ifndef CAUTH_FUZZ_TREE_H
#define CAUTH_FUZZ_TREE_H

#include "choices.h"
#include "grammar.h"

#define TREE_DEPTH 48u /* levels that are read; what is deeper stays octets */

/* How the length of an ELEMENT is written: TREE_DER, or in the long form with 1 to 8 octets, or not at all. */
#define TREE_DER 0u
#define TREE_INDEFINITE 0x80u

typedef struct node node;
struct node {
    const production *is; /* NULL: octets that fit nothing */
    node *parent, *first, *last, *prev, *next;
    bool leaf;
    bool dropped;
    bool misplaced;     /* an element where one of another tag belongs */
    cauth_bytes octets; /* of a leaf */
    cauth_bytes tag;    /* ELEMENT: its identifier octets */
    cauth_bytes prefix; /* VECTOR, FRAGMENT, ELEMENT: not NULL where the length is wrong, and written like this */
    bool cut;           /* and wrong because a record ended: it goes on in the next one */
    uint8_t form;       /* ELEMENT: of its length */
};

typedef struct {
    node *nodes;
    size_t num, cap;
    node *root;   /* made up: the message, and what stands behind it */
    arena bytes;  /* of what is not in the input */
    arena large;  /* the same, of a length that is rare; there is room for one of TREE_LARGEST */
    bool limited; /* too deep or too large to be read whole: some of it stays octets */
    bool in_record;
    node *same[16]; /* while generating: the first of each SAME */
    size_t num_same;
} tree;

#define TREE_LARGEST ((size_t)1 << 24)

/* False without memory. What is read must live as long as the tree is used. */
bool tree_init(tree *t);
void tree_free(tree *t);
void tree_read(tree *t, const production *message, cauth_bytes in);

/* A valid message made of decisions, as far as a grammar without context can tell. Small without decisions, and mostly
 * so with some: one in 128 has a part or three that are as long as they may be in a message of `most` octets. The first
 * decision is whether, and for those two the next one, of two octets, is which. */
void tree_generate(tree *t, const production *message, choices *c, size_t most);
#define TREE_FILLS_ONE 254u
#define TREE_FILLS_SOME 255u
#define TREE_MOST ((size_t)1 << 17) /* two vectors with a prefix of two octets, and more */

/* Lets what is inside a node become as long as the ceilings around it and a message of `most` octets allow: the last
 * item of a list comes again and again, its number counting up where it is one, and then one text becomes longer, so
 * that, where there is one, no octet is left but those that no length of DER lets it reach: three at most. False where
 * nothing can grow, or where that would make two parts differ that have to be the same. */
bool tree_fill(tree *t, node *n, size_t most);

/* The octets, written to the end of `room`; false when it is too small. */
bool tree_write(const tree *t, uint8_t *room, size_t cap, cauth_bytes *written);
bool tree_write_node(const node *n, uint8_t *room, size_t cap, cauth_bytes *written);

/* One production made of decisions, not yet part of the tree; NULL when the tree is full. */
node *tree_make(tree *t, const production *p, choices *c);
node *tree_octets(tree *t, const void *octets, size_t len); /* a leaf that fits nothing */
node *tree_copy(tree *t, const node *n);                    /* of this or another tree */
uint8_t *tree_take(tree *t, size_t len);               /* octets in memory of the tree; NULL when there is no room */
void tree_insert(node *parent, node *before, node *n); /* before NULL: at the end */
void tree_remove(node *n);
void tree_move(node *n, node *parent, node *before); /* before: another node; as for tree_insert */

static inline bool tree_has_prefix(const node *n)
{
    return n->is != NULL && !n->leaf &&
           (n->is->kind == GRAMMAR_VECTOR || n->is->kind == GRAMMAR_FRAGMENT || n->is->kind == GRAMMAR_ELEMENT);
}

/* How many octets a node is written as, how many of them are inside it, and how many are written before it. */
size_t tree_len(const node *n);
size_t tree_inside(const node *n);
size_t tree_offset(const node *n);

/* The length of DER: how many octets it takes, the first of which says how many follow; and those octets, written. */
#define TREE_LENGTH_OCTETS 9u

size_t tree_length_octets(uint64_t len);
size_t tree_encode_length(uint64_t len, uint8_t octets[TREE_LENGTH_OCTETS]);

/* How many lengths are wrong, those that a record cut aside. */
size_t tree_wrong_lengths(const tree *t);

/* Whether the octets are a message as the grammar has it: everything in its production, no length wrong or out of its
 * range. */
bool tree_fits(const tree *t);

#endif
