#include "reduce.h"

#include "exact.h"

typedef struct {
    const production *message; /* NULL: none is known */
    cauth_bytes best;
    reduce_test *test;
    void *user;
    tree t;
    uint8_t *room;
    size_t cap;
} reduction;

/* Takes a candidate over if it is smaller, or as small and of lower octets, and still passes. */
static bool try_candidate(reduction *r, cauth_bytes candidate)
{
    bool better = candidate.len < r->best.len || (candidate.len == r->best.len && candidate.len > 0 &&
                                                  memcmp(candidate.ptr, r->best.ptr, candidate.len) < 0);
    if (!better)
        return false;
    cauth_bytes copy = exact_copy(candidate.ptr, candidate.len);
    if (!r->test(r->user, copy)) {
        exact_free(copy);
        return false;
    }
    exact_free(r->best);
    r->best = copy;
    return true;
}

static bool try_tree(reduction *r)
{
    cauth_bytes written;
    return tree_write(&r->t, r->room, r->cap, &written) && try_candidate(r, written);
}

/* --- by nodes: number `i` of the tree that the best so far gives --- */

typedef bool step_fn(reduction *r, node *n);

static bool without(reduction *r, node *n)
{
    tree_remove(n);
    return try_tree(r);
}

/* All that stands behind the node in its parent as well. */
static bool without_rest(reduction *r, node *n)
{
    if (n->next == NULL)
        return false;
    while (n->next != NULL)
        tree_remove(n->next);
    tree_remove(n);
    return try_tree(r);
}

/* The node in the place of its parent, for what is nested. */
static bool lifted(reduction *r, node *n)
{
    node *parent = n->parent;
    if (parent->parent == NULL || parent->is == NULL || n->is != parent->is)
        return false;
    tree_move(n, parent->parent, parent);
    tree_remove(parent);
    return try_tree(r);
}

/* The small production that no decisions make. */
static bool made_small(reduction *r, node *n)
{
    const cauth_bytes none = { NULL, 0 };
    choices c = choices_init(none);
    node *made = n->is != NULL && !n->leaf ? tree_make(&r->t, n->is, &c) : NULL;
    if (made == NULL)
        return false;
    tree_insert(n->parent, n, made);
    tree_remove(n);
    return try_tree(r);
}

static bool halved(reduction *r, node *n)
{
    if (!n->leaf || n->octets.len < 2)
        return false;
    n->octets.len /= 2;
    return try_tree(r);
}

/* One octet less; what is no leaf becomes octets for that. */
static bool shorter(reduction *r, node *n)
{
    cauth_bytes octets;
    if (!tree_write_node(n, r->room, r->cap, &octets) || octets.len < 2)
        return false;
    node *less = tree_octets(&r->t, octets.ptr, octets.len - 1);
    if (less == NULL)
        return false;
    tree_insert(n->parent, n, less);
    tree_remove(n);
    return try_tree(r);
}

/* A length that is wrong, made right. */
static bool righted(reduction *r, node *n)
{
    if (n->prefix.ptr == NULL)
        return false;
    n->prefix.ptr = NULL;
    n->prefix.len = 0;
    return try_tree(r);
}

/* Every node once; a step that worked is tried again at the same place, where another node stands now. */
static bool by_nodes(reduction *r, step_fn *step)
{
    bool any = false;
    for (size_t i = 1;;) {
        tree_read(&r->t, r->message, r->best);
        if (i >= r->t.num)
            return any;
        bool worked = r->t.nodes[i].parent != NULL && step(r, &r->t.nodes[i]);
        any = any || worked;
        i += worked ? 0 : 1;
    }
}

/* --- by octets --- */

static bool drop_octets(reduction *r)
{
    bool any = false;
    for (size_t size = r->best.len / 2 + 1; size > 0; size /= 2) {
        for (size_t at = 0; at + size <= r->best.len;) {
            memcpy(r->room, r->best.ptr, at);
            if (r->best.len > at + size)
                memcpy(r->room + at, r->best.ptr + at + size, r->best.len - at - size);
            cauth_bytes less = { r->room, r->best.len - size };
            if (try_candidate(r, less))
                any = true;
            else
                at += size;
        }
    }
    return any;
}

static bool lower_octets(reduction *r)
{
    static const uint8_t values[] = { 0x00, 0x01, 'a' };
    bool any = false;
    for (size_t at = 0; at < r->best.len; at++) {
        for (size_t i = 0; i < sizeof values; i++) {
            if (values[i] >= r->best.ptr[at])
                continue;
            memcpy(r->room, r->best.ptr, r->best.len);
            r->room[at] = values[i];
            cauth_bytes lower = { r->room, r->best.len };
            any = try_candidate(r, lower) || any;
        }
    }
    return any;
}

static bool along_the_grammar(reduction *r)
{
    static step_fn *const steps[] = { without_rest, without, lifted, made_small, halved, righted };
    bool any = false;
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
        any = by_nodes(r, steps[i]) || any;
    return any;
}

cauth_bytes reduce(const char *message, cauth_bytes in, reduce_test *test, void *user)
{
    reduction r = { .best = exact_copy(in.ptr, in.len), .test = test, .user = user, .cap = 2 * in.len + 4096 };
    r.message = message != NULL ? grammar_of(message) : NULL;
    r.room = malloc(r.cap);
    if (r.room != NULL && tree_init(&r.t)) {
        bool any = true;
        while (any) {
            any = r.message != NULL && along_the_grammar(&r);
            any = drop_octets(&r) || any;
            any = (r.message != NULL && by_nodes(&r, shorter)) || any;
            any = lower_octets(&r) || any;
        }
    }
    tree_free(&r.t);
    free(r.room);
    return r.best;
}
