#include "tree.h"

#include <stdlib.h>
#include <string.h>

/* Lists of the most numbers and of the shortest names, and what is around them. */
#define MOST_NODES ((size_t)1 << 17)
#define SPARE_NODES 128u /* reading stops making nodes before they are used up, so that something can be added */
#define MANY_NODES 500u  /* what is made beyond them is small */
#define MOST_LENGTH_OCTETS 8u

bool tree_init(tree *t)
{
    memset(t, 0, sizeof *t);
    t->cap = MOST_NODES;
    t->nodes = malloc(t->cap * sizeof *t->nodes);
    t->bytes.cap = (size_t)1 << 22;
    t->bytes.ptr = malloc(t->bytes.cap);
    return t->nodes != NULL && t->bytes.ptr != NULL;
}

void tree_free(tree *t)
{
    free(t->nodes);
    free(t->bytes.ptr);
    free(t->large.ptr);
}

uint8_t *tree_take(tree *t, size_t len)
{
    if (len <= t->bytes.cap / 4)
        return arena_take(&t->bytes, len);
    if (t->large.ptr == NULL) {
        t->large.ptr = malloc(TREE_LARGEST);
        t->large.cap = t->large.ptr != NULL ? TREE_LARGEST : 0;
    }
    return arena_take(&t->large, len);
}

static node *new_node(tree *t, const production *p)
{
    if (t->num == t->cap)
        return NULL;
    node *n = &t->nodes[t->num];
    t->num++;
    memset(n, 0, sizeof *n);
    n->is = p;
    return n;
}

void tree_insert(node *parent, node *before, node *n)
{
    n->parent = parent;
    n->next = before;
    n->prev = before != NULL ? before->prev : parent->last;
    if (n->prev != NULL)
        n->prev->next = n;
    else
        parent->first = n;
    if (before != NULL)
        before->prev = n;
    else
        parent->last = n;
}

static void drop(node *n)
{
    n->dropped = true;
    for (node *child = n->first; child != NULL; child = child->next)
        drop(child);
}

static void unlink_node(node *n)
{
    if (n->prev != NULL)
        n->prev->next = n->next;
    else
        n->parent->first = n->next;
    if (n->next != NULL)
        n->next->prev = n->prev;
    else
        n->parent->last = n->prev;
}

void tree_remove(node *n)
{
    unlink_node(n);
    drop(n);
}

void tree_move(node *n, node *parent, node *before)
{
    unlink_node(n);
    tree_insert(parent, before, n);
}

static cauth_bytes span(const uint8_t *ptr, size_t len)
{
    cauth_bytes bytes = { ptr, len };
    return bytes;
}

static node *leaf_of(tree *t, const production *p, const uint8_t *ptr, size_t len)
{
    node *n = new_node(t, p);
    if (n != NULL) {
        n->leaf = true;
        n->octets = span(ptr, len);
    }
    return n;
}

/* --- reading --- */

typedef struct {
    tree *t;
    const uint8_t *in;
} source;

/* Identifier and length octets of an element. */
typedef struct {
    size_t tag_len;
    size_t head_len;
    size_t content_len;
    size_t close_len; /* of the end-of-contents octets */
    uint8_t form;
    bool wrong; /* the length promises more than there is, or has a form that is kept as it is */
} head;

size_t tree_length_octets(uint64_t len)
{
    size_t num = 1;
    if (len >= 128)
        for (uint64_t rest = len; rest > 0; rest /= 256)
            num++;
    return num;
}

size_t tree_encode_length(uint64_t len, uint8_t octets[TREE_LENGTH_OCTETS])
{
    size_t num = tree_length_octets(len);
    octets[0] = (uint8_t)(num > 1 ? 0x80 + num - 1 : len);
    for (size_t i = num - 1; i > 0; i--) {
        octets[i] = (uint8_t)(len % 256);
        len /= 256;
    }
    return num;
}

static bool read_head(const source *s, size_t pos, size_t end, unsigned depth, head *h);

/* The content of an indefinite length, up to the end-of-contents octets that close it. */
static bool find_close(const source *s, size_t pos, size_t end, unsigned depth, size_t *content_len)
{
    size_t at = pos;
    while (end - at >= 2) {
        head inner;
        if (s->in[at] == 0 && s->in[at + 1] == 0) {
            *content_len = at - pos;
            return true;
        }
        if (depth == 0 || !read_head(s, at, end, depth - 1, &inner) || inner.wrong)
            return false;
        at += inner.head_len + inner.content_len + inner.close_len;
    }
    return false;
}

/* False when not even the octets of tag and length are there. */
static bool read_head(const source *s, size_t pos, size_t end, unsigned depth, head *h)
{
    size_t at = pos;
    size_t len = 0;
    memset(h, 0, sizeof *h);
    if (at == end)
        return false;
    bool more = s->in[at] % 32 == 31;
    at++;
    while (more && at < end) {
        more = s->in[at] >= 128;
        at++;
    }
    if (more || at == end)
        return false;
    h->tag_len = at - pos;
    uint8_t first = s->in[at];
    size_t num = first > 0x80 ? first - 0x80u : 0;
    at++;
    if (end - at < num)
        return false;
    for (size_t i = 0; i < num; i++)
        len = len > end ? len : len * 256 + s->in[at + i];
    at += num;
    h->head_len = at - pos;
    h->content_len = num > 0 ? len : first;
    if (first == 0x80) {
        h->form = TREE_INDEFINITE;
        h->close_len = 2;
        h->wrong = s->in[pos] / 32 % 2 == 0 || !find_close(s, at, end, depth, &h->content_len);
        if (!h->wrong)
            return true;
        h->close_len = 0;
        h->content_len = end - at;
        return true;
    }
    h->form = num + 1 != tree_length_octets(h->content_len) ? (uint8_t)num : TREE_DER;
    h->wrong = h->content_len > end - at || num > MOST_LENGTH_OCTETS;
    if (h->content_len > end - at)
        h->content_len = end - at;
    return true;
}

static bool is_sample(const production *number, const uint8_t *octets)
{
    for (size_t i = 0; i < grammar_num_samples(number); i++)
        if (memcmp(grammar_sample(number, i).ptr, octets, number->width) == 0)
            return true;
    return false;
}

static bool starts(const source *s, const production *p, size_t pos, size_t end);

static bool element_starts(const source *s, const production *p, size_t pos, size_t end)
{
    head h;
    if (pos == end || (p->width != ANY_TAG && s->in[pos] != p->width))
        return false;
    const production *part = grammar_part(p, 0);
    if (!read_head(s, pos, end, TREE_DEPTH, &h))
        return true;
    if (part->kind == GRAMMAR_CONSTANT && h.content_len != part->constant.len)
        return false; /* what begins with a constant is another value */
    return h.content_len == 0 || starts(s, part, pos + h.head_len, pos + h.head_len + h.content_len);
}

/* One of an element with a constant, such as an OID, holds that and nothing else, or is another value. */
static bool vector_starts(const source *s, const production *p, size_t pos, size_t end)
{
    const production *part = grammar_part(p, 0);
    size_t content = pos + p->width, len = 0;
    head h;
    if (end - pos < p->width)
        return false;
    if (part->kind != GRAMMAR_ELEMENT || grammar_part(part, 0)->kind != GRAMMAR_CONSTANT)
        return true;
    for (size_t i = pos; i < content; i++)
        len = len * 256 + s->in[i];
    return len <= end - content && element_starts(s, part, content, content + len) &&
           read_head(s, content, content + len, TREE_DEPTH, &h) && h.head_len + h.content_len + h.close_len == len;
}

/* Whether the octets can be this production, as far as constants and tags tell. */
static bool starts(const source *s, const production *p, size_t pos, size_t end)
{
    switch (p->kind) {
    case GRAMMAR_CONSTANT:
        return end - pos >= p->constant.len && memcmp(s->in + pos, p->constant.ptr, p->constant.len) == 0;
    case GRAMMAR_ELEMENT:
        return element_starts(s, p, pos, end);
    case GRAMMAR_NUMBER:
        return end - pos >= p->width && (!p->closed || is_sample(p, s->in + pos));
    case GRAMMAR_VECTOR:
        return vector_starts(s, p, pos, end);
    case GRAMMAR_FRAGMENT:
        return end - pos >= p->width;
    case GRAMMAR_SEQUENCE:
    case GRAMMAR_SAME:
        return starts(s, grammar_part(p, 0), pos, end);
    case GRAMMAR_CHOICE:
        for (size_t i = 0; i < p->num_parts; i++)
            if (starts(s, grammar_part(p, i), pos, end))
                return true;
        return false;
    default:
        return true;
    }
}

static size_t read_part(source *s, const production *p, size_t pos, size_t end, node *parent, unsigned depth);

static size_t add_leaf(source *s, const production *p, size_t pos, size_t len, node *parent)
{
    node *n = leaf_of(s->t, p, s->in + pos, len);
    if (n == NULL)
        return pos;
    tree_insert(parent, NULL, n);
    return pos + len;
}

/* What is left in a node, as octets that fit nothing. */
static void add_rest(source *s, size_t pos, size_t end, node *parent)
{
    if (pos < end)
        add_leaf(s, NULL, pos, end - pos, parent);
}

static size_t read_vector(source *s, const production *p, size_t pos, size_t end, node *parent, unsigned depth)
{
    size_t content = pos + p->width;
    size_t len = 0;
    bool before = s->t->in_record;
    if (end - pos < p->width)
        return pos;
    node *n = new_node(s->t, p);
    if (n == NULL)
        return pos;
    tree_insert(parent, NULL, n);
    for (size_t i = pos; i < content; i++)
        len = len * 256 + s->in[i];
    if (len > end - content) {
        n->prefix = span(s->in + pos, p->width);
        n->cut = before;
        len = end - content;
    }
    s->t->in_record = before || p->kind == GRAMMAR_FRAGMENT;
    add_rest(s, read_part(s, grammar_part(p, 0), content, content + len, n, depth + 1), content + len, n);
    s->t->in_record = before;
    return content + len;
}

/* An element of whatever tag has elements inside when it is constructed. */
static const production *inside_of(const production *p, uint8_t tag)
{
    static const production *elements;
    if (elements == NULL)
        elements = grammar_by_name("elements");
    return p->width == ANY_TAG && tag / 32 % 2 == 1 ? elements : grammar_part(p, 0);
}

static size_t read_element(source *s, const production *p, size_t pos, size_t end, node *parent, unsigned depth)
{
    static const production *any_element;
    head h;
    if (any_element == NULL)
        any_element = grammar_by_name("any_element");
    if (!read_head(s, pos, end, TREE_DEPTH, &h))
        return pos;
    bool expected = p->width == ANY_TAG || (h.tag_len == 1 && s->in[pos] == p->width);
    node *n = new_node(s->t, expected ? p : any_element);
    if (n == NULL)
        return pos;
    tree_insert(parent, NULL, n);
    n->misplaced = !expected;
    n->tag = span(s->in + pos, h.tag_len);
    n->form = h.form;
    if (h.wrong)
        n->prefix = span(s->in + pos + h.tag_len, h.head_len - h.tag_len);
    size_t content = pos + h.head_len;
    size_t content_end = content + h.content_len;
    add_rest(s, read_part(s, inside_of(n->is, s->in[pos]), content, content_end, n, depth + 1), content_end, n);
    return content_end + h.close_len;
}

static bool may_be_empty(const production *p)
{
    return p->kind == GRAMMAR_OPTIONAL || p->kind == GRAMMAR_LIST || p->kind == GRAMMAR_EACH_ONCE ||
           p->kind == GRAMMAR_OCTETS;
}

static size_t read_inner(source *s, const production *p, size_t pos, size_t end, node *parent, unsigned depth)
{
    bool list = p->kind == GRAMMAR_LIST || p->kind == GRAMMAR_EACH_ONCE;
    size_t num = p->kind == GRAMMAR_SEQUENCE ? p->num_parts : 1;
    node *n = new_node(s->t, p);
    if (n == NULL)
        return pos;
    tree_insert(parent, NULL, n);
    if (p->kind == GRAMMAR_OPTIONAL && (pos == end || !starts(s, grammar_part(p, 0), pos, end)))
        return pos;
    for (size_t i = 0; i < num || (list && pos < end); i++) {
        size_t before = pos;
        if (pos < end || may_be_empty(grammar_part(p, i < num ? i : 0)))
            pos = read_part(s, grammar_part(p, list ? 0 : i), pos, end, n, depth + 1);
        if (list && pos == before)
            break;
    }
    return pos;
}

/* Moves behind what could be read as the production. */
static size_t read_part(source *s, const production *p, size_t pos, size_t end, node *parent, unsigned depth)
{
    if (depth >= TREE_DEPTH || s->t->num + SPARE_NODES >= s->t->cap) {
        s->t->limited = true;
        return pos;
    }
    switch (p->kind) {
    case GRAMMAR_NUMBER:
        return end - pos >= p->width ? add_leaf(s, p, pos, p->width, parent) : pos;
    case GRAMMAR_CONSTANT:
        return end - pos >= p->constant.len ? add_leaf(s, p, pos, p->constant.len, parent) : pos;
    case GRAMMAR_OCTETS:
        return add_leaf(s, p, pos, end - pos < p->ceiling ? end - pos : p->ceiling, parent);
    case GRAMMAR_VECTOR:
    case GRAMMAR_FRAGMENT:
        return read_vector(s, p, pos, end, parent, depth);
    case GRAMMAR_ELEMENT:
        return read_element(s, p, pos, end, parent, depth);
    case GRAMMAR_SAME:
        return read_part(s, grammar_part(p, 0), pos, end, parent, depth);
    case GRAMMAR_CHOICE:
        for (size_t i = 0; i < p->num_parts; i++)
            if (i + 1u == p->num_parts || starts(s, grammar_part(p, i), pos, end))
                return read_part(s, grammar_part(p, i), pos, end, parent, depth);
        return pos;
    default:
        return read_inner(s, p, pos, end, parent, depth);
    }
}

static void start(tree *t)
{
    t->num = 0;
    t->bytes.len = 0;
    t->large.len = 0;
    t->limited = false;
    t->in_record = false;
    t->num_same = 0;
    t->root = new_node(t, NULL);
}

void tree_read(tree *t, const production *message, cauth_bytes in)
{
    static const uint8_t nothing[1];
    source s = { t, in.len > 0 ? in.ptr : nothing };
    start(t);
    add_rest(&s, read_part(&s, message, 0, in.len, t->root, 0), in.len, t->root);
}

/* --- writing: from the end to the start, where the lengths of all that follows are known --- */

typedef struct {
    uint8_t *begin;
    uint8_t *at;
    bool failed;
} back_writer;

static void put(back_writer *w, const uint8_t *octets, size_t len)
{
    if (w->failed || (size_t)(w->at - w->begin) < len) {
        w->failed = true;
    } else if (len > 0) {
        w->at -= len;
        memcpy(w->at, octets, len);
    }
}

static void put_number(back_writer *w, size_t value, size_t width)
{
    for (size_t i = 0; i < width; i++) {
        uint8_t octet = (uint8_t)(value % 256);
        put(w, &octet, 1);
        value /= 256;
    }
}

static void put_length(back_writer *w, const node *n, size_t len)
{
    if (n->prefix.ptr != NULL) {
        put(w, n->prefix.ptr, n->prefix.len);
    } else if (n->is->kind != GRAMMAR_ELEMENT) {
        put_number(w, len, n->is->width);
    } else if (n->form == TREE_INDEFINITE) {
        put_number(w, 0x80, 1);
    } else if (n->form == TREE_DER) {
        uint8_t octets[TREE_LENGTH_OCTETS];
        put(w, octets, tree_encode_length(len, octets));
    } else {
        put_number(w, len, n->form);
        put_number(w, 0x80u + n->form, 1);
    }
}

static void put_node(back_writer *w, const node *n)
{
    static const uint8_t end_of_contents[2];
    if (n->leaf) {
        put(w, n->octets.ptr, n->octets.len);
        return;
    }
    bool prefixed = tree_has_prefix(n);
    if (prefixed && n->is->kind == GRAMMAR_ELEMENT && n->form == TREE_INDEFINITE && n->prefix.ptr == NULL)
        put(w, end_of_contents, 2);
    const uint8_t *end = w->at;
    for (const node *child = n->last; child != NULL; child = child->prev)
        put_node(w, child);
    if (prefixed)
        put_length(w, n, (size_t)(end - w->at));
    if (prefixed && n->is->kind == GRAMMAR_ELEMENT)
        put(w, n->tag.ptr, n->tag.len);
}

bool tree_write_node(const node *n, uint8_t *room, size_t cap, cauth_bytes *written)
{
    back_writer w = { room, room + cap, false };
    put_node(&w, n);
    *written = span(w.at, cap - (size_t)(w.at - room));
    return !w.failed;
}

bool tree_write(const tree *t, uint8_t *room, size_t cap, cauth_bytes *written)
{
    return tree_write_node(t->root, room, cap, written);
}

/* --- making --- */

/* Lengths that octets without a meaning of their own may have. */
static const size_t lengths[] = { 0, 1, 2, 3, 20, 32, 127, 128, 255, 256 };

static node *make_octets(tree *t, const production *p, choices *c)
{
    grammar_octets o = grammar_sample(p, choose(c, (uint32_t)grammar_num_samples(p)));
    size_t len = o.len;
    if (p->floor == 0 && p->ceiling == ANY && choose(c, 8) == 7)
        len = lengths[choose(c, sizeof lengths / sizeof lengths[0])];
    len = len < p->floor ? p->floor : len > p->ceiling ? p->ceiling : len;
    if (len <= o.len)
        return leaf_of(t, p, o.ptr, len);
    uint8_t *octets = arena_take(&t->bytes, len);
    for (size_t i = 0; octets != NULL && o.len > 0 && i < len; i++)
        octets[i] = o.ptr[i % o.len];
    return leaf_of(t, p, octets, octets != NULL ? len : 0);
}

size_t tree_inside(const node *n)
{
    size_t len = n->leaf ? n->octets.len : 0;
    for (const node *child = n->first; child != NULL; child = child->next)
        len += tree_len(child);
    return len;
}

size_t tree_len(const node *n)
{
    size_t len = tree_inside(n);
    size_t head_len = 0;
    if (tree_has_prefix(n)) {
        if (n->is->kind != GRAMMAR_ELEMENT)
            head_len = n->is->width;
        else if (n->form == TREE_INDEFINITE)
            head_len = n->tag.len + 1 + (n->prefix.ptr == NULL ? 2 : 0);
        else
            head_len = n->tag.len + (n->form != TREE_DER ? n->form + 1u : tree_length_octets(len));
        if (n->prefix.ptr != NULL)
            head_len = n->prefix.len + n->tag.len;
    }
    return head_len + len;
}

static node *make(tree *t, const production *p, choices *c, unsigned depth);

static void add_made(tree *t, node *parent, const production *p, choices *c, unsigned depth)
{
    node *n = parent != NULL ? make(t, p, c, depth + 1) : NULL;
    if (n != NULL)
        tree_insert(parent, NULL, n);
}

/* Octets enough for the floor, or no more than the ceiling, where what is inside does not say so itself. */
static void fit(tree *t, node *n)
{
    size_t len = tree_inside(n);
    node *only = n->first;
    if (only == NULL || !only->leaf || only->is->kind != GRAMMAR_OCTETS || n->is->kind == GRAMMAR_ELEMENT)
        return;
    size_t wanted = len < n->is->floor ? n->is->floor : len > n->is->ceiling ? n->is->ceiling : len;
    if (wanted == len)
        return;
    uint8_t *octets = arena_take(&t->bytes, wanted);
    if (octets != NULL && len > 0)
        memcpy(octets, only->octets.ptr, len < wanted ? len : wanted);
    only->octets = span(octets, octets != NULL ? wanted : 0);
}

static node *make_same(tree *t, const production *p, choices *c, unsigned depth)
{
    for (size_t i = 0; i < t->num_same; i++)
        if (t->same[i]->is == grammar_part(p, 0))
            return tree_copy(t, t->same[i]);
    node *n = make(t, grammar_part(p, 0), c, depth + 1);
    if (n != NULL && t->num_same < sizeof t->same / sizeof t->same[0])
        t->same[t->num_same++] = n;
    return n;
}

static void make_list(tree *t, node *n, choices *c, unsigned depth)
{
    static const uint8_t more[] = { 0, 1, 2, 3, 40 };
    const production *item = grammar_part(n->is, 0);
    if (n->is->kind == GRAMMAR_LIST) {
        size_t num = n->is->floor + more[choose(c, t->num < MANY_NODES ? sizeof more : 2)];
        for (size_t i = 0; i < num; i++)
            add_made(t, n, item, c, depth);
        return;
    }
    bool reversed = choose(c, 2) == 1;
    for (size_t i = 0; i < item->num_parts; i++) {
        if (i > 0 && choose(c, 2) == 0)
            continue;
        node *made = make(t, grammar_part(item, i), c, depth + 1);
        if (made != NULL)
            tree_insert(n, reversed ? n->first : NULL, made);
    }
}

static node *make_element(tree *t, const production *p, choices *c, unsigned depth)
{
    static const uint8_t tags[] = { 0x02, 0x04, 0x01, 0x0A, 0x30, 0x31, 0x80, 0xA0 };
    node *n = new_node(t, p);
    uint8_t *tag = arena_take(&t->bytes, 1);
    if (n == NULL || tag == NULL)
        return NULL;
    *tag = (uint8_t)(p->width != ANY_TAG ? p->width : tags[choose(c, sizeof tags)]);
    n->tag = span(tag, 1);
    if (p->width != ANY_TAG || *tag / 32 % 2 == 0)
        add_made(t, n, grammar_part(p, 0), c, depth);
    return n;
}

static node *make(tree *t, const production *p, choices *c, unsigned depth)
{
    node *n;
    size_t same_before = t->num_same;
    if (depth >= TREE_DEPTH || t->num + SPARE_NODES / 2 >= t->cap)
        return NULL;
    switch (p->kind) {
    case GRAMMAR_CONSTANT:
        return leaf_of(t, p, p->constant.ptr, p->constant.len);
    case GRAMMAR_NUMBER: {
        grammar_octets o = grammar_sample(p, choose(c, (uint32_t)grammar_num_samples(p)));
        return leaf_of(t, p, o.ptr, o.len);
    }
    case GRAMMAR_OCTETS:
        return make_octets(t, p, c);
    case GRAMMAR_CHOICE:
        return make(t, grammar_part(p, choose(c, p->num_parts)), c, depth + 1);
    case GRAMMAR_SAME:
        return make_same(t, p, c, depth);
    case GRAMMAR_ELEMENT:
        return make_element(t, p, c, depth);
    default:
        break;
    }
    n = new_node(t, p);
    if (n == NULL)
        return NULL;
    if (p->kind == GRAMMAR_LIST || p->kind == GRAMMAR_EACH_ONCE) {
        make_list(t, n, c, depth);
    } else if (p->kind != GRAMMAR_OPTIONAL || choose(c, 2) == 1) {
        for (size_t i = 0; i < p->num_parts; i++)
            add_made(t, n, grammar_part(p, i), c, depth);
    }
    if (p->kind == GRAMMAR_VECTOR || p->kind == GRAMMAR_FRAGMENT) {
        t->num_same = same_before;
        fit(t, n);
    }
    return n;
}

node *tree_make(tree *t, const production *p, choices *c)
{
    t->num_same = 0;
    return make(t, p, c, 0);
}

static cauth_bytes keep(tree *t, cauth_bytes octets)
{
    return octets.len > 0 ? arena_copy(&t->bytes, octets.ptr, octets.len) : octets;
}

node *tree_octets(tree *t, const void *octets, size_t len)
{
    cauth_bytes all = { octets, len };
    cauth_bytes kept = keep(t, all);
    return leaf_of(t, NULL, kept.ptr, kept.len);
}

node *tree_copy(tree *t, const node *n)
{
    node *copy = new_node(t, n->is);
    if (copy == NULL)
        return NULL;
    copy->leaf = n->leaf;
    copy->octets = keep(t, n->octets);
    copy->tag = keep(t, n->tag);
    copy->prefix = keep(t, n->prefix);
    copy->cut = n->cut;
    copy->form = n->form;
    for (const node *child = n->first; child != NULL; child = child->next) {
        node *inner = tree_copy(t, child);
        if (inner != NULL)
            tree_insert(copy, NULL, inner);
    }
    return copy;
}

/* --- growing --- */

#define MOST_HEAD 8u /* octets that the length of an element, and its end, can become longer by */
#define MOST_TEXTS 8u

static size_t bounded_by(const node *n)
{
    bool bounded = n->is != NULL && !n->leaf && (n->is->kind == GRAMMAR_VECTOR || n->is->kind == GRAMMAR_FRAGMENT);
    return bounded ? n->is->ceiling : SIZE_MAX;
}

/* What has the fewest octets left of those that hold the node, and the node itself; NULL where one has too many. */
static node *tightest(node *n, size_t most, size_t *left)
{
    node *found = NULL;
    *left = SIZE_MAX;
    for (node *at = n; at != NULL; at = at->parent) {
        size_t ceiling = at->parent == NULL ? most : bounded_by(at);
        size_t len = ceiling < SIZE_MAX ? tree_inside(at) : 0;
        if (len > ceiling)
            return NULL;
        if (ceiling - len < *left) {
            *left = ceiling - len;
            found = at;
        }
    }
    return found;
}

static bool comes_again(const node *n)
{
    for (const node *at = n; at->parent != NULL; at = at->parent)
        for (size_t i = 0; i < num_productions; i++)
            if (grammar[i].kind == GRAMMAR_SAME && grammar_part(&grammar[i], 0) == at->is)
                return true;
    return false;
}

static size_t nodes_in(const node *n)
{
    size_t num = 1;
    for (const node *child = n->first; child != NULL; child = child->next)
        num += nodes_in(child);
    return num;
}

static node *number_of(node *item)
{
    node *n = item->leaf ? item : item->first;
    return n != NULL && n->leaf && n->is->kind == GRAMMAR_NUMBER ? n : NULL;
}

static uint32_t value_of(const node *number)
{
    uint32_t value = 0;
    for (size_t i = 0; i < number->octets.len; i++)
        value = value * 256 + number->octets.ptr[i];
    return value;
}

static void set_value(tree *t, node *number, uint32_t value)
{
    uint8_t *octets = arena_take(&t->bytes, number->octets.len);
    if (octets == NULL)
        return;
    for (size_t i = number->octets.len; i > 0; i--) {
        octets[i - 1] = (uint8_t)(value % 256);
        value /= 256;
    }
    number->octets.ptr = octets;
}

/* Whether what is numbered cannot have this number: an item up to `end` has it, or nobody may. */
static bool is_taken(const node *list, const node *end, uint32_t value)
{
    static const production *grease;
    const uint8_t octets[2] = { (uint8_t)(value / 256), (uint8_t)(value % 256) };
    if (grease == NULL)
        grease = grammar_by_name("type_grease");
    for (node *item = list->first; item != end; item = item->next)
        if (number_of(item) != NULL && value_of(number_of(item)) == value)
            return true;
    return is_sample(grease, octets);
}

/* What an EACH_ONCE may have many of: its last alternative, numbered from where nothing is defined. */
static node *first_unknown(tree *t, const production *list)
{
    const cauth_bytes none = { NULL, 0 };
    const production *item = grammar_part(list, 0);
    choices c = choices_init(none);
    node *made = list->counted > 0 ? tree_make(t, grammar_part(item, item->num_parts - 1u), &c) : NULL;
    if (made != NULL && number_of(made) != NULL)
        set_value(t, number_of(made), list->counted);
    return made;
}

/* Items of a list, as many as fit into `room` octets, but no more than so many times. */
static bool repeat(tree *t, node *list, size_t room, size_t times)
{
    const cauth_bytes none = { NULL, 0 };
    choices c = choices_init(none);
    bool once = list->is->kind == GRAMMAR_EACH_ONCE;
    node *last = list->last;
    node *item = last;
    if (once)
        item = first_unknown(t, list->is);
    else if (item == NULL)
        item = tree_make(t, grammar_part(list->is, 0), &c);
    size_t len = item != NULL ? tree_len(item) : 0;
    if (len == 0 || len > room)
        return false;
    uint32_t value = number_of(item) != NULL ? value_of(number_of(item)) : 0;
    size_t free_nodes = t->cap - t->num > SPARE_NODES ? t->cap - t->num - SPARE_NODES : 0;
    size_t num = room / len < times ? room / len : times;
    if (num > free_nodes / nodes_in(item))
        num = free_nodes / nodes_in(item);
    for (size_t i = 0; i < num; i++) {
        node *copy = tree_copy(t, item);
        if (copy == NULL)
            return i > 0;
        if (number_of(copy) != NULL) {
            do
                value = (value + 1) % ((uint32_t)1 << 8 * number_of(copy)->octets.len);
            while (once && is_taken(list, last != NULL ? last->next : NULL, value));
            set_value(t, number_of(copy), value);
        }
        tree_insert(list, NULL, copy);
    }
    return num > 0;
}

static bool is_text(const node *n)
{
    return n->leaf && n->is != NULL && n->is->kind == GRAMMAR_OCTETS && n->is->ceiling == ANY;
}

/* Texts in a node, from the end. */
static size_t find_texts(node *n, node **found, size_t num)
{
    if (num < MOST_TEXTS && is_text(n) && !comes_again(n))
        found[num++] = n;
    for (node *child = n->last; child != NULL && num < MOST_TEXTS; child = child->prev)
        num = find_texts(child, found, num);
    return num;
}

/* What is there again and again, and then what may stand at the end of every text, or the first character. */
static void write_text(tree *t, node *text, size_t len)
{
    size_t before = text->octets.len;
    size_t unit = text->is->floor > 1 ? text->is->floor : 1;
    size_t whole = before > 0 ? len / before * before : 0;
    uint8_t *octets = arena_take(&t->bytes, len);
    for (size_t i = 0; octets != NULL && i < len; i++)
        octets[i] = i < whole ? text->octets.ptr[i % before] : unit > 1 ? text->octets.ptr[i % unit] : 'a';
    text->octets = span(octets, octets != NULL ? len : 0);
}

/* One text becomes longer, until nothing is left where it has its bound; how much is left. The length of an element may
 * become longer too, and characters may be of several octets: not every number can be reached. */
static size_t stretch(node *text, const node *bound, size_t most)
{
    size_t left;
    size_t unit = text->is->floor > 1 ? text->is->floor : 1;
    if (tightest(text, most, &left) != bound)
        return SIZE_MAX;
    size_t end = tree_inside(bound) + left;
    for (int tries = 0; left > 0 && tries < 4; tries++) {
        text->octets.len = (text->octets.len + left) / unit * unit;
        while (tree_inside(bound) > end)
            text->octets.len -= unit;
        left = end - tree_inside(bound);
    }
    return left;
}

/* The text that leaves the least. */
static bool stretch_one(tree *t, node *n, const node *bound, size_t most)
{
    node *texts[MOST_TEXTS];
    node *best = NULL;
    size_t least = SIZE_MAX;
    size_t wanted = 0;
    for (size_t i = 0, num = find_texts(n, texts, 0); i < num && least > 0; i++) {
        size_t before = texts[i]->octets.len;
        size_t left = stretch(texts[i], bound, most);
        if (left < least && texts[i]->octets.len > before) {
            best = texts[i];
            least = left;
            wanted = best->octets.len;
        }
        texts[i]->octets.len = before;
    }
    if (best != NULL)
        write_text(t, best, wanted);
    return best != NULL;
}

bool tree_fill(tree *t, node *n, size_t most)
{
    size_t left;
    size_t heads = 0;
    node *list = n->first;
    const node *bound = tightest(n, most, &left);
    bool any = false;
    if (bound == NULL || left == 0 || comes_again(n))
        return false;
    for (const node *at = n; at != bound; at = at->parent)
        heads += MOST_HEAD;
    bool holds_list = list != NULL && list == n->last && !list->leaf && list->is != NULL &&
                      (list->is->kind == GRAMMAR_LIST || list->is->kind == GRAMMAR_EACH_ONCE);
    if (holds_list && left > heads)
        any = repeat(t, list, left - heads, SIZE_MAX);
    /* one by one where lengths could become longer, and did not all */
    while (holds_list && list->is->kind == GRAMMAR_LIST && tightest(n, most, &left) != NULL &&
           repeat(t, list, left, 1)) {
        if (tightest(n, most, &left) == NULL) {
            tree_remove(list->last);
            break;
        }
        any = true;
    }
    return stretch_one(t, n, bound, most) || any;
}

/* A few decisions say whether something is to be filled and what, before those that make the message, which may need
 * all that there are. */
void tree_generate(tree *t, const production *message, choices *c, size_t most)
{
    uint32_t filled = choose(c, 256);
    uint32_t num = filled == TREE_FILLS_ONE ? 1 : filled == TREE_FILLS_SOME ? 3 : 0;
    size_t first = num > 0 ? choose(c, 65536) : 0;
    start(t);
    node *n = tree_make(t, message, c);
    if (n != NULL)
        tree_insert(t->root, NULL, n);
    size_t there = tree_inside(t->root) < most ? t->num : 0; /* without room, nothing is looked for in vain */
    for (size_t i = 0; i < there && num > 0; i++) {
        node *at = &t->nodes[(first + i) % there];
        if (at == t->root || (at->parent != NULL && tree_has_prefix(at)))
            num -= tree_fill(t, at, most) ? 1 : 0;
    }
}

/* --- what a tree says about its octets --- */

size_t tree_offset(const node *n)
{
    if (n->parent == NULL)
        return 0;
    size_t before = tree_offset(n->parent);
    for (const node *child = n->prev; child != NULL; child = child->prev)
        before += tree_len(child);
    size_t around = tree_len(n->parent) - tree_inside(n->parent);
    bool closed = tree_has_prefix(n->parent) && n->parent->form == TREE_INDEFINITE && n->parent->prefix.ptr == NULL;
    return before + (closed ? around - 2 : around);
}

static size_t wrong_in(const node *n)
{
    size_t num = n->prefix.ptr != NULL && !n->cut ? 1 : 0;
    for (const node *child = n->first; child != NULL; child = child->next)
        num += wrong_in(child);
    return num;
}

size_t tree_wrong_lengths(const tree *t)
{
    return wrong_in(t->root);
}

static bool in_range(const node *n)
{
    if (n->is->kind == GRAMMAR_CONSTANT)
        return n->octets.len == n->is->constant.len && memcmp(n->octets.ptr, n->is->constant.ptr, n->octets.len) == 0;
    if (n->misplaced || (n->is->kind == GRAMMAR_NUMBER && n->is->closed && !is_sample(n->is, n->octets.ptr)))
        return false;
    size_t len = tree_inside(n);
    size_t num = 0;
    if (n->leaf)
        return n->is->kind != GRAMMAR_OCTETS || (len >= n->is->floor && len <= n->is->ceiling);
    for (const node *child = n->first; child != NULL; child = child->next)
        num++;
    switch (n->is->kind) {
    case GRAMMAR_VECTOR:
    case GRAMMAR_FRAGMENT:
        return num > 0 && (n->prefix.ptr == NULL || n->cut) && (n->cut || len >= n->is->floor) && len <= n->is->ceiling;
    case GRAMMAR_ELEMENT:
        return (num > 0 || n->is->width == ANY_TAG) && n->prefix.ptr == NULL && n->form == TREE_DER;
    case GRAMMAR_SEQUENCE:
        return num == n->is->num_parts;
    case GRAMMAR_LIST:
        return num >= n->is->floor;
    default:
        return true;
    }
}

static bool node_fits(const node *n, bool in_record)
{
    if (n->is == NULL && !(in_record && n->leaf)) /* a record may end anywhere in what it carries */
        return false;
    if (n->is != NULL && !in_range(n) && !in_record)
        return false;
    if (n->is != NULL && n->is->kind == GRAMMAR_ELEMENT && n->is->width == ANY_TAG) /* whatever is in it */
        return true;
    in_record = in_record || (n->is != NULL && n->is->kind == GRAMMAR_FRAGMENT);
    for (const node *child = n->first; child != NULL; child = child->next)
        if (!node_fits(child, in_record))
            return false;
    return true;
}

bool tree_fits(const tree *t)
{
    return t->root->first != NULL && t->root->first == t->root->last && node_fits(t->root->first, false);
}
