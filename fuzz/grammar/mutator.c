#include "mutator.h"

#include <stdlib.h>
#include <string.h>

#define MOST_ROOM (TREE_LARGEST + ((size_t)1 << 17)) /* no message that is written is larger */
#define SOME_ROOM ((size_t)1 << 21)                  /* and hardly one, since it takes long to try, larger than this */
#define FEW_DECISIONS 64u
#define FEW_NODES 6u /* what has no more is hardly a message */
#define LARGE 4096u  /* what is larger is mostly made small again before it is changed, to try more in the same time */
#define TRIMMED_OCTETS 64u
#define TRIMMED_ITEMS 3u
#define LITTLE_GROWTH 128u /* mostly no more than that at once: large messages take long to try */

typedef bool mutation_fn(mutator *m, random_source *r, size_t room);

#define MUTATION(name, weight, meaning) static mutation_fn mutate_##name;
#include "mutator.def"
#undef MUTATION

static mutation_fn *const functions[NUM_MUTATIONS] = {
#define MUTATION(name, weight, meaning) mutate_##name,
#include "mutator.def"
#undef MUTATION
};

const char *const mutation_names[NUM_MUTATIONS] = {
#define MUTATION(name, weight, meaning) #name,
#include "mutator.def"
#undef MUTATION
};

static const uint8_t weights[NUM_MUTATIONS] = {
#define MUTATION(name, weight, meaning) weight,
#include "mutator.def"
#undef MUTATION
};

bool mutator_init(mutator *m, const char *message)
{
    memset(m, 0, sizeof *m);
    m->message = grammar_of(message);
    m->cap = SOME_ROOM;
    m->room = malloc(m->cap);
    return m->message != NULL && m->room != NULL && tree_init(&m->t) && tree_init(&m->other);
}

void mutator_free(mutator *m)
{
    tree_free(&m->t);
    tree_free(&m->other);
    free(m->room);
}

/* --- picking a node --- */

typedef bool node_test(const node *n);

static bool is_list(const node *n)
{
    return n->is != NULL && (n->is->kind == GRAMMAR_LIST || n->is->kind == GRAMMAR_EACH_ONCE);
}

static bool is_any(const node *n)
{
    (void)n;
    return true;
}

/* An item of a list, or of what could be read as one. */
static bool is_item(const node *n)
{
    return is_list(n->parent) || n->is == NULL;
}

static bool can_insert(const node *n)
{
    return is_list(n) || (n->is != NULL && n->is->kind == GRAMMAR_OPTIONAL && n->first == NULL);
}

static bool is_production(const node *n)
{
    return n->is != NULL && n->is->kind != GRAMMAR_CONSTANT;
}

static bool has_neighbour(const node *n)
{
    return n->next != NULL;
}

static bool has_items(const node *n)
{
    return n->first != NULL && n->first != n->last;
}

static bool has_octets(const node *n)
{
    return n->leaf && n->octets.len > 0;
}

static bool is_number(const node *n)
{
    return n->leaf && n->is != NULL && n->is->kind == GRAMMAR_NUMBER;
}

static bool can_resize(const node *n)
{
    return is_list(n) || (n->leaf && (n->is == NULL || n->is->kind == GRAMMAR_OCTETS));
}

static bool is_element(const node *n)
{
    return n->is != NULL && n->is->kind == GRAMMAR_ELEMENT;
}

static bool can_cut(const node *n)
{
    return tree_has_prefix(n) || (n->is != NULL && n->is->kind == GRAMMAR_SEQUENCE && n->last != NULL &&
                                  tree_has_prefix(n->last) && is_list(n->parent));
}

static bool can_join(const node *n)
{
    return n->prev != NULL && n->is != NULL && n->prev->is == n->is && !n->leaf;
}

static bool can_be_picked(const node *n, node_test *passes, const production *is)
{
    return n->parent != NULL && !n->dropped && (is == NULL || n->is == is) && passes(n);
}

/* One of the nodes that pass, of one production where it is given, each with the same chance; NULL when there is none.
 */
static node *pick_of(tree *t, random_source *r, node_test *passes, const production *is)
{
    uint32_t num = 0;
    for (size_t i = 1; i < t->num; i++)
        num += can_be_picked(&t->nodes[i], passes, is) ? 1 : 0;
    if (num == 0)
        return NULL;
    uint32_t left = random_below(r, num) + 1;
    node *picked = NULL;
    for (size_t i = 1; left > 0; i++) {
        picked = &t->nodes[i];
        left -= can_be_picked(picked, passes, is) ? 1 : 0;
    }
    return picked;
}

static node *pick(tree *t, random_source *r, node_test *passes)
{
    return pick_of(t, r, passes, NULL);
}

static node *pick_child(const node *n, random_source *r)
{
    uint32_t num = 0;
    node *child = n->first;
    for (const node *each = n->first; each != NULL; each = each->next)
        num++;
    for (uint32_t skip = num > 0 ? random_below(r, num) : 0; skip > 0; skip--)
        child = child->next;
    return child;
}

/* A production made at random; often the small one that no decisions give. */
static node *make_some(mutator *m, const production *p, random_source *r)
{
    uint8_t bytes[FEW_DECISIONS];
    cauth_bytes decisions = { bytes, random_below(r, 4) == 0 ? 0 : 1 + random_below(r, FEW_DECISIONS) };
    random_bytes(r, bytes, decisions.len);
    choices c = choices_init(decisions);
    return tree_make(&m->t, p, &c);
}

/* Lets the length be made anew from what is inside. */
static void right_length(node *n)
{
    n->prefix.ptr = NULL;
    n->prefix.len = 0;
}

/* --- the mutations --- */

static bool mutate_insert(mutator *m, random_source *r, size_t room)
{
    node *n = pick(&m->t, r, can_insert);
    (void)room;
    if (n == NULL)
        return false;
    node *made = make_some(m, grammar_part(n->is, 0), r);
    if (made != NULL)
        tree_insert(n, random_below(r, 2) == 0 ? NULL : pick_child(n, r), made);
    return made != NULL;
}

static bool mutate_replace(mutator *m, random_source *r, size_t room)
{
    node *n = pick(&m->t, r, is_production);
    (void)room;
    node *made = n != NULL ? make_some(m, n->is, r) : NULL;
    if (made == NULL)
        return false;
    tree_insert(n->parent, n, made);
    tree_remove(n);
    return true;
}

static bool mutate_remove(mutator *m, random_source *r, size_t room)
{
    node *n = pick(&m->t, r, random_below(r, 2) == 0 ? is_item : is_any);
    (void)room;
    if (n == NULL)
        return false;
    tree_remove(n);
    return true;
}

/* How often something is repeated: mostly once. */
static uint32_t some_times(random_source *r, uint32_t most_doublings)
{
    if (random_below(r, 2) == 0)
        return 1;
    uint32_t times = 1u << random_below(r, most_doublings + 1);
    return times + random_below(r, 2);
}

static size_t size_of(const node *n)
{
    size_t size = n->octets.len + n->prefix.len + n->tag.len + 4;
    for (const node *child = n->first; child != NULL; child = child->next)
        size += size_of(child);
    return size;
}

static bool mutate_duplicate(mutator *m, random_source *r, size_t room)
{
    node *n = pick(&m->t, r, random_below(r, 4) > 0 ? is_item : is_any);
    if (n == NULL)
        return false;
    uint32_t times = some_times(r, 8);
    size_t size = size_of(n);
    for (uint32_t i = 0; i < times && (i == 0 || (i + 1) * size < room); i++) {
        node *copy = tree_copy(&m->t, n);
        if (copy == NULL)
            return i > 0;
        tree_insert(n->parent, n, copy);
    }
    return true;
}

static bool has_number(const node *n)
{
    return is_item(n) && n->is != NULL &&
           (is_number(n) || (n->first != NULL && is_number(n->first) && n->is->kind == GRAMMAR_SEQUENCE));
}

/* The item again and again, its number (its type, say) counting up. */
static bool mutate_enumerate(mutator *m, random_source *r, size_t room)
{
    node *n = pick(&m->t, r, has_number);
    if (n == NULL)
        return false;
    uint32_t times = some_times(r, 9);
    size_t size = size_of(n);
    for (uint32_t i = 1; i <= times && (i == 1 || (i + 1) * size < room); i++) {
        node *copy = tree_copy(&m->t, n);
        node *number = copy == NULL || copy->leaf ? copy : copy->first;
        uint8_t *octets = number != NULL ? arena_take(&m->t.bytes, number->octets.len) : NULL;
        if (octets == NULL)
            return i > 1;
        uint32_t carry = i;
        for (size_t at = number->octets.len; at > 0; at--) {
            carry += number->octets.ptr[at - 1];
            octets[at - 1] = (uint8_t)(carry % 256);
            carry /= 256;
        }
        number->octets.ptr = octets;
        tree_insert(n->parent, n, copy);
    }
    return true;
}

static bool holds_more(const node *n)
{
    return is_list(n) || tree_has_prefix(n);
}

static bool mutate_append(mutator *m, random_source *r, size_t room)
{
    static const uint8_t few[] = { 0x00, 0x01, 0x30, 0xFF };
    uint8_t octets[3];
    node *n = pick(&m->t, r, holds_more);
    (void)room;
    if (n == NULL)
        return false;
    for (size_t i = 0; i < sizeof octets; i++)
        octets[i] = few[random_below(r, sizeof few)];
    node *more = tree_octets(&m->t, octets, 1 + random_below(r, 2) * random_below(r, 3));
    if (more != NULL)
        tree_insert(n, NULL, more);
    return more != NULL;
}

static bool mutate_swap(mutator *m, random_source *r, size_t room)
{
    node *n = pick(&m->t, r, has_neighbour);
    (void)room;
    if (n == NULL)
        return false;
    tree_move(n, n->parent, n->next->next);
    return true;
}

static bool mutate_reorder(mutator *m, random_source *r, size_t room)
{
    node *n = pick(&m->t, r, has_items);
    (void)room;
    if (n == NULL)
        return false;
    for (node *child = n->first->next; child != NULL;) {
        node *next = child->next;
        tree_move(child, n, n->first);
        child = next;
    }
    return true;
}

static bool has_room(mutator *m, size_t len)
{
    uint8_t *larger = len > m->cap ? malloc(len) : NULL;
    if (larger != NULL) {
        free(m->room);
        m->room = larger;
        m->cap = len;
    }
    return len <= m->cap;
}

/* The octets of one node. */
static cauth_bytes written(mutator *m, const node *n)
{
    cauth_bytes octets = { NULL, 0 };
    if (!has_room(m, tree_len(n)) || !tree_write_node(n, m->room, m->cap, &octets))
        octets.len = 0;
    return octets;
}

/* `len` octets that repeat what is inside the node; it holds nothing else afterwards. */
static bool fill(mutator *m, node *n, size_t len)
{
    cauth_bytes pattern = written(m, n);
    uint8_t *octets = tree_take(&m->t, len);
    if (len > 0 && octets == NULL)
        return false;
    size_t done = pattern.len < len ? pattern.len : len;
    if (done > 0)
        memcpy(octets, pattern.ptr, done);
    else if (len > 0)
        memset(octets, 0x41, done = len);
    for (; done < len; done += done < len - done ? done : len - done)
        memcpy(octets + done, octets, done < len - done ? done : len - done);
    cauth_bytes filled = { octets, len };
    if (n->leaf) {
        n->octets = filled;
        return true;
    }
    while (n->first != NULL)
        tree_remove(n->first);
    node *all = tree_octets(&m->t, NULL, 0);
    if (all == NULL)
        return false;
    all->octets = filled;
    tree_insert(n, NULL, all);
    return true;
}

static uint64_t edge(random_source *r, const production *prefixed)
{
    static const size_t edges[] = { 0,     1,     2,     3,     127,   128,   129,    255,      256,      257,
                                    511,   512,   513,   4095,  4096,  16383, 16384,  16385,    17408,    18432,
                                    18433, 32768, 65535, 65536, 65537, 65800, 131072, 0xFFFFFF, 0x1000000 };
    if (prefixed != NULL && random_below(r, 2) == 0) {
        uint64_t own[] = { prefixed->floor > 0 ? prefixed->floor - 1 : 0, prefixed->floor, prefixed->ceiling,
                           (uint64_t)prefixed->ceiling + 1 };
        return own[random_below(r, 4)];
    }
    uint32_t num = sizeof edges / sizeof edges[0];
    if (prefixed != NULL && prefixed->kind == GRAMMAR_VECTOR && prefixed->width < 3)
        while (edges[num - 1] > (size_t)1 << 8 * prefixed->width)
            num--;
    return edges[random_below(r, num)];
}

/* Written lengths are those of the whole prefix: what else stands in it is taken into account. */
static bool mutate_resize(mutator *m, random_source *r, size_t room)
{
    node *n = pick(&m->t, r, can_resize);
    if (n == NULL)
        return false;
    node *prefixed = n->parent;
    while (prefixed->parent != NULL && !tree_has_prefix(prefixed))
        prefixed = prefixed->parent;
    if (is_list(n) && n->first == NULL) {
        node *item = make_some(m, grammar_part(n->is, 0), r);
        if (item != NULL)
            tree_insert(n, NULL, item);
    }
    size_t own = tree_len(n);
    size_t around = tree_has_prefix(prefixed) ? tree_inside(prefixed) - own : 0;
    for (int tries = 0; tries < 8; tries++) {
        uint64_t wanted = edge(r, tree_has_prefix(prefixed) ? prefixed->is : NULL);
        uint64_t len = wanted > around ? wanted - around : 0;
        if (len != own && len < room + own)
            return fill(m, n, (size_t)len);
    }
    return false;
}

static bool mutate_number(mutator *m, random_source *r, size_t room)
{
    static const uint32_t edges[] = { 0,      1,      2,      0x7F,    0x80,     0xFF,  0x100,
                                      0x7FFF, 0x8000, 0xFFFF, 0x10000, 0xFFFFFF, 0x0A0A };
    node *n = pick(&m->t, r, is_number);
    (void)room;
    if (n == NULL)
        return false;
    uint8_t *octets = arena_take(&m->t.bytes, n->is->width);
    if (octets == NULL)
        return false;
    uint32_t value = 0;
    for (size_t i = 0; i < n->octets.len; i++)
        value = value * 256 + n->octets.ptr[i];
    grammar_octets sample = grammar_sample(n->is, random_below(r, (uint32_t)grammar_num_samples(n->is)));
    switch (random_below(r, 4)) {
    case 0:
        value = edges[random_below(r, sizeof edges / sizeof edges[0])];
        break;
    case 1:
        value = value + (random_below(r, 2) == 0 ? 1 : 0xFFFFFF);
        break;
    case 2:
        value = random_below(r, 0xFFFF);
        break;
    default:
        value = 0;
        for (size_t i = 0; i < sample.len; i++)
            value = value * 256 + sample.ptr[i];
        break;
    }
    for (size_t i = n->is->width; i > 0; i--) {
        octets[i - 1] = (uint8_t)(value % 256);
        value /= 256;
    }
    n->octets.ptr = octets;
    n->octets.len = n->is->width;
    return true;
}

static bool mutate_octet(mutator *m, random_source *r, size_t room)
{
    node *n = pick(&m->t, r, has_octets);
    (void)room;
    if (n == NULL)
        return false;
    cauth_bytes copy = arena_copy(&m->t.bytes, n->octets.ptr, n->octets.len);
    uint8_t *more = arena_take(&m->t.bytes, 16);
    if (copy.len == 0 || more == NULL)
        return false;
    uint8_t *octets = (uint8_t *)(uintptr_t)copy.ptr;
    n->octets.ptr = copy.ptr;
    n->octets.len = mutator_change_octets(octets, copy.len,
                                          n->is != NULL && n->is->kind != GRAMMAR_OCTETS ? copy.len : copy.len + 16,
                                          random_below(r, 1u << 24));
    return true;
}

static void right_all_lengths(node *n)
{
    if (!n->cut)
        right_length(n);
    for (node *child = n->first; child != NULL; child = child->next)
        right_all_lengths(child);
}

static bool is_wrong(const node *n)
{
    return n->prefix.ptr != NULL && !n->cut;
}

/* What is copied may have a wrong length, and be copied again: of several, one is left. */
static void right_all_lengths_but_one(mutator *m, random_source *r)
{
    node *left = tree_wrong_lengths(&m->t) > 1 ? pick(&m->t, r, is_wrong) : NULL;
    if (left == NULL)
        return;
    cauth_bytes prefix = left->prefix;
    right_all_lengths(m->t.root);
    left->prefix = prefix;
}

static size_t encode_length(const node *n, uint64_t len, uint8_t octets[TREE_LENGTH_OCTETS])
{
    if (n->is->kind == GRAMMAR_ELEMENT)
        return tree_encode_length(len, octets);
    for (size_t i = n->is->width; i > 0; i--) {
        octets[i - 1] = (uint8_t)(len % 256);
        len /= 256;
    }
    return n->is->width;
}

/* The largest length that the prefix can state. */
static uint64_t most_stated(const node *n)
{
    return n->is->kind == GRAMMAR_ELEMENT ? UINT64_MAX : ((uint64_t)1 << 8 * n->is->width) - 1;
}

static bool mutate_length(mutator *m, random_source *r, size_t room)
{
    node *n = pick(&m->t, r, tree_has_prefix);
    uint8_t octets[TREE_LENGTH_OCTETS];
    (void)room;
    if (n == NULL)
        return false;
    size_t right = tree_inside(n);
    uint64_t len = right;
    switch (random_below(r, 6)) {
    case 0:
        len = len + 1;
        break;
    case 1:
        len = len > 0 ? len - 1 : 1;
        break;
    case 2:
        len = len > 1 ? len - 2 : len + 2;
        break;
    case 3:
        len = edge(r, n->is);
        break;
    case 4:
        len = len + random_below(r, 64);
        break;
    default:
        len = 0xFFFFFFFFu;
        break;
    }
    if (len > most_stated(n))
        len = most_stated(n);
    if (len == right)
        len = len < most_stated(n) ? len + 1 : len - 1;
    size_t num = encode_length(n, len, octets);
    right_all_lengths(m->t.root);
    n->cut = false;
    n->prefix = arena_copy(&m->t.bytes, octets, num);
    return n->prefix.ptr != NULL;
}

static bool mutate_retag(mutator *m, random_source *r, size_t room)
{
    static const uint8_t tags[] = { 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x0C, 0x13, 0x14, 0x16, 0x17, 0x18, 0x1C,
                                    0x1E, 0x30, 0x31, 0x24, 0x33, 0x80, 0x81, 0x82, 0xA0, 0xA3, 0x1F, 0x00 };
    node *n = pick(&m->t, r, is_element);
    (void)room;
    if (n == NULL)
        return false;
    uint8_t long_tag[] = { 0x1F, 0x81, 0x7F };
    uint8_t tag = tags[random_below(r, sizeof tags)];
    n->tag = tag == 0x1F ? arena_copy(&m->t.bytes, long_tag, 1 + random_below(r, 3)) : arena_copy(&m->t.bytes, &tag, 1);
    return n->tag.ptr != NULL;
}

static bool mutate_ber(mutator *m, random_source *r, size_t room)
{
    static const uint8_t forms[] = { TREE_INDEFINITE, 1, 2, 3, 4, 5, 8 };
    node *n = pick(&m->t, r, is_element);
    (void)room;
    if (n == NULL)
        return false;
    n->form = forms[random_below(r, sizeof forms)];
    right_length(n);
    return true;
}

/* More levels than a tree has: the node between the octets that open and close elements of indefinite length. */
static bool nest_octets(mutator *m, node *n, random_source *r, size_t room)
{
    uint32_t times = 1u << (10 + random_below(r, 8));
    while (times > 2 && (size_t)times * 4 > room)
        times /= 2;
    uint8_t *opened = arena_take(&m->t.bytes, (size_t)times * 2);
    uint8_t *closed = arena_take(&m->t.bytes, (size_t)times * 2);
    node *before = tree_octets(&m->t, NULL, 0);
    node *behind = tree_octets(&m->t, NULL, 0);
    if (opened == NULL || closed == NULL || before == NULL || behind == NULL)
        return false;
    for (uint32_t i = 0; i < times; i++) {
        opened[2 * i] = (uint8_t)(n->tag.len > 0 ? n->tag.ptr[0] | 0x20u : 0x30u);
        opened[2 * i + 1] = 0x80;
    }
    before->octets = (cauth_bytes){ opened, (size_t)times * 2 };
    behind->octets = (cauth_bytes){ closed, (size_t)times * 2 };
    tree_insert(n->parent, n, before);
    tree_insert(n->parent, n->next, behind);
    return true;
}

/* The node as often around itself; indefinite lengths may be deep and stay small. */
static bool mutate_nest(mutator *m, random_source *r, size_t room)
{
    node *n = pick(&m->t, r, is_element);
    if (n == NULL)
        return false;
    uint32_t times = some_times(r, 9);
    bool indefinite = random_below(r, 2) == 0;
    bool whole = false;
    if (random_below(r, 8) == 0)
        return nest_octets(m, n, r, room);
    for (uint32_t i = 0; i < times && (size_t)i * 4 < room; i++) {
        node *outer = tree_octets(&m->t, NULL, 0);
        if (outer == NULL)
            return whole;
        outer->leaf = false;
        outer->is = n->is;
        outer->tag = n->tag;
        outer->form = indefinite ? TREE_INDEFINITE : TREE_DER;
        tree_insert(n->parent, n, outer);
        tree_move(n, outer, NULL);
        whole = true;
    }
    return whole;
}

/* The octets inside a node, in memory of the tree. */
static cauth_bytes content_of(mutator *m, const node *n)
{
    node inside = *n;
    inside.is = NULL;
    inside.leaf = false;
    cauth_bytes content = written(m, &inside);
    return arena_copy(&m->t.bytes, content.ptr, content.len);
}

/* What has the prefix: the node, or the last part of it. */
static node *prefixed_of(node *n)
{
    return tree_has_prefix(n) ? n : n->last;
}

/* Lets the node hold nothing but these octets. */
static bool hold(mutator *m, node *n, const uint8_t *octets, size_t len)
{
    node *only = tree_octets(&m->t, NULL, 0);
    if (only == NULL)
        return false;
    only->octets = (cauth_bytes){ octets, len };
    while (n->first != NULL)
        tree_remove(n->first);
    right_length(n);
    tree_insert(n, NULL, only);
    return true;
}

/* In two, behind `at` octets of the content. Gives the second one, or NULL. */
static node *cut_at(mutator *m, node *n, cauth_bytes content, size_t at)
{
    node *behind = tree_copy(&m->t, n);
    if (behind == NULL || !hold(m, prefixed_of(n), content.ptr, at) ||
        !hold(m, prefixed_of(behind), content.len > at ? content.ptr + at : NULL, content.len - at))
        return NULL;
    tree_insert(n->parent, n->next, behind);
    return behind;
}

static bool mutate_cut(mutator *m, random_source *r, size_t room)
{
    node *n = pick(&m->t, r, can_cut);
    (void)room;
    if (n == NULL)
        return false;
    cauth_bytes content = content_of(m, prefixed_of(n));
    size_t at = content.len > 0 ? random_below(r, (uint32_t)(content.len < 65536 ? content.len + 1 : 65536)) : 0;
    return cut_at(m, n, content, at) != NULL;
}

/* What became too long for one record goes on in the next ones. A node that was made and not used has no parent. */
static void cut_records(mutator *m)
{
    for (size_t i = 1, num = m->t.num; i < num; i++) {
        node *fragment = &m->t.nodes[i];
        if (fragment->dropped || fragment->is == NULL || fragment->is->kind != GRAMMAR_FRAGMENT ||
            fragment->prefix.ptr != NULL || fragment->parent == NULL || fragment->parent->parent == NULL ||
            !can_cut(fragment->parent))
            continue;
        cauth_bytes content = content_of(m, fragment);
        node *record = fragment->parent;
        size_t most = fragment->is->ceiling;
        for (size_t left = content.len; record != NULL && left > most; left -= most)
            record = cut_at(m, record, (cauth_bytes){ content.ptr + (content.len - left), left }, most);
    }
}

static bool mutate_join(mutator *m, random_source *r, size_t room)
{
    node *n = pick(&m->t, r, can_join);
    (void)room;
    if (n == NULL)
        return false;
    node *to = n->prev;
    node *from = n;
    if (!tree_has_prefix(n) && n->last != NULL && to->last != NULL && tree_has_prefix(n->last) &&
        tree_has_prefix(to->last)) {
        to = to->last;
        from = n->last;
    }
    while (from->first != NULL)
        tree_move(from->first, to, NULL);
    tree_remove(n);
    return true;
}

/* --- splicing --- */

static bool mutate_splice(mutator *m, random_source *r, size_t room)
{
    if (m->other.root == NULL || m->other.num < 2)
        return false;
    for (int tries = 0; tries < 4; tries++) {
        node *n = pick(&m->t, r, is_production);
        if (n == NULL)
            return false;
        node *there = pick_of(&m->other, r, is_any, n->is);
        if (there == NULL || size_of(there) > room)
            continue;
        node *copy = tree_copy(&m->t, there);
        if (copy == NULL)
            return false;
        bool beside = is_list(n->parent) && random_below(r, 2) == 0;
        tree_insert(n->parent, n, copy);
        if (!beside)
            tree_remove(n);
        return true;
    }
    return false;
}

bool mutator_apply(mutator *m, mutation kind, random_source *r, size_t room)
{
    bool done = functions[kind](m, r, room);
    m->done[kind] += done ? 1 : 0;
    return done;
}

static mutation pick_mutation(random_source *r)
{
    uint32_t sum = 0;
    for (size_t i = 0; i < NUM_MUTATIONS; i++)
        sum += weights[i];
    uint32_t left = random_below(r, sum);
    size_t i = 0;
    while (left >= weights[i])
        left -= weights[i++];
    return (mutation)i;
}

/* A few items of every list, and the first of many octets. */
static void trim(node *n)
{
    if (n->leaf && n->octets.len > TRIMMED_OCTETS && (n->is == NULL || n->is->kind == GRAMMAR_OCTETS))
        n->octets.len = TRIMMED_OCTETS;
    uint32_t kept = 0;
    for (node *child = n->first; child != NULL;) {
        node *next = child->next;
        if (is_list(n) && kept >= TRIMMED_ITEMS && next != NULL) {
            tree_remove(child);
        } else {
            trim(child);
            kept++;
        }
        child = next;
    }
}

cauth_bytes mutator_change(mutator *m, cauth_bytes in, cauth_bytes other, size_t max, uint32_t seed)
{
    random_source r = random_init_near(seed);
    cauth_bytes out = { NULL, 0 };
    size_t cap = max < MOST_ROOM ? max : MOST_ROOM;
    if (cap > SOME_ROOM && random_below(&r, 64) != 0)
        cap = SOME_ROOM;
    if (random_below(&r, 12) != 0 && in.len + LITTLE_GROWTH < cap)
        cap = in.len + LITTLE_GROWTH;
    size_t room = in.len < cap ? cap - in.len : 0;
    tree_read(&m->t, m->message, in);
    m->other.num = 0;
    if (other.len > 0)
        tree_read(&m->other, m->message, other);
    if (tree_wrong_lengths(&m->t) > 1 || random_below(&r, 2) == 0)
        right_all_lengths(m->t.root);
    if (in.len > LARGE && random_below(&r, 8) != 0) {
        right_all_lengths(m->t.root);
        trim(m->t.root);
    }
    uint32_t wanted_changes = 1 + (random_below(&r, 2) == 0 ? random_below(&r, 4) : 0);
    uint32_t changes = 0;
    uint32_t rarely = m->t.num < FEW_NODES ? 2 : 64;
    if (in.len == 0 || m->t.root->first == NULL || (random_below(&r, rarely) == 0 && room > 64)) {
        uint8_t bytes[FEW_DECISIONS];
        cauth_bytes decisions = { bytes, random_below(&r, FEW_DECISIONS) };
        random_bytes(&r, bytes, decisions.len);
        choices c = choices_init(decisions);
        tree_generate(&m->t, m->message, &c, cap < TREE_MOST ? cap : TREE_MOST);
        changes++;
    }
    for (int tries = 0; changes < wanted_changes && tries < 24; tries++)
        changes += mutator_apply(m, other.len > 0 && changes == 0 ? MUTATION_splice : pick_mutation(&r), &r, room);
    if (random_below(&r, 4) != 0)
        cut_records(m);
    right_all_lengths_but_one(m, &r);
    if (changes > 0 && tree_len(m->t.root) <= cap)
        out = written(m, m->t.root);
    return out;
}

size_t mutator_change_octets(uint8_t *octets, size_t len, size_t max, uint32_t seed)
{
    random_source r = random_init_near(seed);
    size_t at = len > 0 ? random_below(&r, (uint32_t)(len < 1u << 23 ? len : 1u << 23)) : 0;
    switch (random_below(&r, 6)) {
    case 0:
        if (len < max) {
            memmove(octets + at + 1, octets + at, len - at);
            octets[at] = (uint8_t)random_below(&r, 256);
            return len + 1;
        }
        break;
    case 1:
        if (len > 1 && max != len) {
            memmove(octets + at, octets + at + 1, len - at - 1);
            return len - 1;
        }
        break;
    case 2:
        if (len > 0)
            octets[at] = random_edge(&r);
        return len;
    case 3:
        if (len > 0)
            octets[at] = (uint8_t)((octets[at] + (random_below(&r, 2) == 0 ? 1u : 255u)) % 256u);
        return len;
    default:
        break;
    }
    if (len > 0)
        octets[at] ^= (uint8_t)(1u << random_below(&r, 8));
    return len;
}
