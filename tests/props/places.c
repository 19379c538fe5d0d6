#include "places.h"

#include <stdlib.h>
#include <string.h>

#include "exact.h"
#include "tree.h"

const char *const place_way_names[NUM_PLACE_WAYS] = {
#define X(name) #name,
    PLACE_WAYS(X)
#undef X
};

const place_length place_lengths[] = {
#define WAY(name) (1u << PLACE_##name)
#define RULES(...)                                                                                                     \
    {                                                                                                                  \
        __VA_ARGS__                                                                                                    \
    }
#define PLACE(within, production, field, ...) { within, production, CAUTH_FIELD_##field, __VA_ARGS__ },
#include "places.def"
#undef RULES
#undef WAY
};

const size_t num_place_lengths = sizeof place_lengths / sizeof place_lengths[0];

const place_form place_forms[] = {
#define FORM(within, indefinite, padded) { within, NULL, CAUTH_FIELD_NONE, CAUTH_##indefinite, CAUTH_##padded },
#define REPEATED(around, production, field, rule)                                                                      \
    { around, production, CAUTH_FIELD_##field, CAUTH_##rule, CAUTH_##rule },
#include "places.def"
};

const size_t num_place_forms = sizeof place_forms / sizeof place_forms[0];

const place_value place_values[] = {
#define OCTETS(octets) .instead = { (const uint8_t *)(octets), sizeof(octets) - 1 }
#define EXPECTED(number, of, broken) .at = (number), .field = CAUTH_FIELD_##of, .rule = CAUTH_##broken
#define REJECTED(around, parts, octets, number, of, broken)                                                            \
    { around, parts, PLACE_instead, OCTETS(octets), EXPECTED(number, of, broken) },
#define FLAGGED(around, parts, octets, broken)                                                                         \
    { around, parts, PLACE_instead, OCTETS(octets), .flagged = true, .rule = CAUTH_##broken },
#define ACCEPTED(around, parts, octets) { around, parts, PLACE_instead, OCTETS(octets), .whole = true },
#define TWICE(around, parts, number, of, broken) { around, parts, PLACE_twice, EXPECTED(number, of, broken) },
#include "places.def"
#undef OCTETS
#undef EXPECTED
};

const size_t num_place_values = sizeof place_values / sizeof place_values[0];

/* What is broken next, and where it can be; kept between calls, since a tree is large. */
static tree the_tree;
static uint8_t room[(size_t)1 << 20];
static uint8_t filling[70000];

typedef struct {
    uint32_t node;
    uint16_t way;
    uint16_t value; /* of place_values */
} place;

static place the_places[MOST_PLACES];
static size_t num_places;
static bool is_broken; /* the tree was changed since it was made: whatever changes it says so */
static bool fills_lists;

/* Octets of a message that is made to be broken. A larger one takes long to make, and has no other places. */
#define PLACES_MOST ((size_t)1 << 12)

static bool is_kind(const node *n, grammar_kind kind)
{
    return n->is != NULL && !n->leaf && n->is->kind == kind;
}

/* Whether one of the words, with blanks between them, is the name, or, for `prefix`, what it begins with. */
static bool has_word(const char *words, const char *name, bool prefix)
{
    for (const char *word = words; *word != '\0';) {
        size_t len = strcspn(word, " ");
        if (strncmp(word, name, len) == 0 && (prefix || name[len] == '\0'))
            return true;
        word += len + (word[len] == ' ');
    }
    return false;
}

/* How many levels up a production of `within` stands, or 1000 where it is a message; NOWHERE for none of them. */
#define NOWHERE 2000u

static unsigned distance(const message *m, const node *n, const char *within)
{
    unsigned levels = 1;
    for (const node *around = n->parent; within[0] != '\0' && around != NULL; around = around->parent, levels++)
        if (around->is != NULL && has_word(within, around->is->name, false))
            return levels;
    bool named = within[0] == '_' ? strstr(m->name, within) != NULL : has_word(within, m->name, true);
    return within[0] == '\0' || named ? 1000 : NOWHERE;
}

static const place_length *row_of(const message *m, const node *n)
{
    const char *name = n->parent == NULL ? "" : n->is->name;
    const place_length *found = NULL;
    unsigned nearest = NOWHERE;
    for (size_t i = 0; i < num_place_lengths; i++) {
        const place_length *row = &place_lengths[i];
        unsigned away = strcmp(row->production, name) == 0 ? distance(m, n, row->within) : NOWHERE;
        if (away >= nearest)
            continue;
        nearest = away;
        found = row;
    }
    return found;
}

static cauth_rule rule_of(const place_length *row, place_way way)
{
    switch (way) {
    case PLACE_empty:
        return row->is.empty;
    case PLACE_below:
        return row->is.below;
    case PLACE_above:
        return row->is.above;
    case PLACE_past:
        return row->is.past;
    case PLACE_stray:
        return row->is.stray;
    case PLACE_surplus:
        return row->is.surplus;
    case PLACE_tag:
        return row->is.tag;
    case PLACE_longer:
        return row->is.longer;
    default:
        return CAUTH_RULE_NONE;
    }
}

/* An element that holds others has a length that can be too small for the last of them. */
static bool holds_elements(const production *p)
{
    return p != NULL && p->kind == GRAMMAR_ELEMENT && p->width != ANY_TAG && p->width / 32 % 2 == 1;
}

bool places_asks(const place_length *row, place_way way)
{
    if (way == PLACE_shorter)
        return holds_elements(grammar_by_name(row->production));
    return rule_of(row, way) != CAUTH_RULE_NONE;
}

const place_length *places_row(const message *m, const node *n)
{
    return row_of(m, n);
}

/* --- what stands in a vector --- */

static const node *only_child(const node *n)
{
    return n->first != NULL && n->first == n->last ? n->first : NULL;
}

static bool holds_list(const node *n)
{
    const node *child = only_child(n);
    return child != NULL && (is_kind(child, GRAMMAR_LIST) || is_kind(child, GRAMMAR_EACH_ONCE));
}

static bool holds_numbers(const node *n)
{
    return holds_list(n) && grammar_part(n->first->is, 0)->kind == GRAMMAR_NUMBER;
}

static size_t unit_of(const node *n)
{
    return holds_numbers(n) ? grammar_part(n->first->is, 0)->width : 1;
}

static bool holds_octets(const node *n)
{
    const node *child = only_child(n);
    return child == NULL || child->leaf;
}

/* Replaces what is inside by octets: of the first number, where that is all there is, so that the list is one still. */
static void fill(node *n, size_t len)
{
    cauth_bytes pattern = { NULL, 0 };
    is_broken = true;
    if (holds_numbers(n) && n->first->first != NULL)
        pattern = n->first->first->octets;
    for (size_t i = 0; i < len; i++)
        filling[i] = pattern.len > 0 ? pattern.ptr[i % pattern.len] : 0x61;
    while (n->first != NULL)
        tree_remove(n->first);
    node *all = tree_octets(&the_tree, NULL, 0);
    all->octets = (cauth_bytes){ filling, len };
    tree_insert(n, NULL, all);
}

static void append(node *n, uint8_t octet)
{
    node *one = tree_octets(&the_tree, &octet, 1);
    is_broken = true;
    tree_insert(n, NULL, one);
}

/* --- the ways --- */

/* Whether the lengths around a node still are in their ranges: else another rule is broken first. */
static bool around_is_whole(const node *n)
{
    for (const node *around = n->parent; around != NULL; around = around->parent)
        if (is_kind(around, GRAMMAR_VECTOR) &&
            (tree_inside(around) < around->is->floor || tree_inside(around) > around->is->ceiling))
            return false;
    return true;
}

/* How many octets of what holds the node stand behind it. */
static size_t behind(const node *n)
{
    size_t len = 0;
    for (const node *at = n; at->parent != NULL && (at == n || !tree_has_prefix(at)); at = at->parent)
        for (const node *next = at->next; next != NULL; next = next->next)
            len += tree_len(next);
    return len;
}

static uint32_t prefix_most(const node *n)
{
    return n->is->width == 4 ? 0xFFFFFFFFu : ((uint32_t)1 << 8 * n->is->width) - 1;
}

static bool set_prefix(node *n, size_t len)
{
    uint8_t octets[4];
    for (size_t i = 0; i < n->is->width; i++)
        octets[i] = (uint8_t)(len >> 8 * (n->is->width - 1 - i) & 0xFF);
    is_broken = true;
    n->prefix = arena_copy(&the_tree.bytes, octets, n->is->width);
    return n->prefix.len > 0;
}

static bool run_past(node *n)
{
    size_t unit = unit_of(n);
    size_t len = tree_inside(n) + behind(n) + 1;
    len += (unit - len % unit) % unit;
    if (len < n->is->floor)
        len = n->is->floor;
    bool always_empty = n->is->ceiling == 0; /* every length that runs past the end is over this ceiling */
    return (always_empty || len <= n->is->ceiling) && len <= prefix_most(n) && set_prefix(n, len);
}

/* A number of one octet is an item by itself, and one of a list of items with a prefix of one octet another length. */
static bool cuts_an_item(const node *n)
{
    const production *item = grammar_part(n->first->is, 0);
    while (item->kind == GRAMMAR_SEQUENCE || item->kind == GRAMMAR_CHOICE)
        item = grammar_part(item, item->num_parts - 1u - (item->kind == GRAMMAR_SEQUENCE ? item->num_parts - 1u : 0));
    return (item->kind == GRAMMAR_VECTOR || item->kind == GRAMMAR_NUMBER) && item->width > 1;
}

/* Whether one octet more than its ceiling can be said by its prefix, and be in what is around it. */
static bool can_be_above(const node *n)
{
    size_t len = (size_t)n->is->ceiling + 1;
    bool fits = n->is->ceiling < 65535 && len <= prefix_most(n);
    for (const node *at = n; fits && at != NULL; at = at->parent) {
        fits = at == n || !is_kind(at, GRAMMAR_VECTOR) || len <= at->is->ceiling;
        len += is_kind(at, GRAMMAR_VECTOR) ? at->is->width : 0;
    }
    return fits;
}

/* What another length of a vector can be by its row of the grammar. */
static bool vector_can_be(const node *n, place_way way)
{
    switch (way) {
    case PLACE_empty:
        return n->is->floor > 0;
    case PLACE_below:
        return n->is->floor > 1;
    case PLACE_above:
        return can_be_above(n);
    case PLACE_past:
        return true;
    case PLACE_stray:
        return holds_list(n) && cuts_an_item(n);
    case PLACE_surplus:
        return !holds_list(n) && !holds_octets(n) && tree_inside(n) > 0;
    default:
        return false;
    }
}

static void expect(broken_place *b, cauth_rule rule, cauth_field field, size_t offset)
{
    b->rule = rule;
    b->field = field;
    b->offset = offset;
}

/* What is wrong in the DER inside a vector is said of a part of the DER. */
static bool is_der(cauth_rule rule)
{
    return cauth_rule_info(rule)->level == CAUTH_LEVEL_DER;
}

/* What has to be DER, but not by a rule of DER, is a value, and wrong as a whole. */
static bool is_value(const node *n, cauth_rule rule)
{
    const node *inside = n->first;
    while (inside != NULL && is_kind(inside, GRAMMAR_OPTIONAL))
        inside = inside->first;
    return inside != NULL && is_kind(inside, GRAMMAR_ELEMENT) && !is_der(rule);
}

static bool break_vector(node *n, place_way way, broken_place *b)
{
    cauth_rule rule = rule_of(b->length, way);
    cauth_field field = b->length->field;
    size_t at = tree_offset(n);
    if (rule == CAUTH_RULE_NONE || !vector_can_be(n, way))
        return false;
    switch (way) {
    case PLACE_empty:
        fill(n, 0);
        expect(b, rule, field, at);
        return around_is_whole(n);
    case PLACE_below:
        fill(n, n->is->floor - 1);
        expect(b, rule, field, at);
        b->beyond = true;
        return around_is_whole(n);
    case PLACE_above:
        fill(n, n->is->ceiling + 1);
        expect(b, rule, field, at);
        return around_is_whole(n);
    case PLACE_past:
        expect(b, rule, b->length->is.length_of != CAUTH_FIELD_NONE ? b->length->is.length_of : field, at);
        return run_past(n);
    case PLACE_stray:
        if (holds_numbers(n)) { /* the length is that of no list */
            append(n, 0);
            expect(b, rule, field, at);
        } else {
            append(n, 0);
            expect(b, rule, b->length->is.item, at + tree_len(n));
        }
        return tree_inside(n) <= n->is->ceiling && around_is_whole(n);
    case PLACE_surplus:
        append(n, 0);
        expect(b, rule, is_der(rule) ? CAUTH_FIELD_NONE : field,
               is_value(n, rule) ? at + n->is->width : at + tree_len(n) - 1);
        return tree_inside(n) <= n->is->ceiling && around_is_whole(n);
    default:
        return false;
    }
}

/* At its floor or ceiling it is as good as before; a list of what has prefixes when empty, where it may be, or full. */
static bool fill_whole(node *n, size_t len, broken_place *b)
{
    const node *list = only_child(n);
    bool may_be_empty = holds_list(n) && list->is->kind == GRAMMAR_LIST && list->is->floor == 0;
    bool of_any_length = holds_numbers(n) || (holds_octets(n) && list != NULL) || (len == 0 && may_be_empty);
    if (len > 65535 || (!of_any_length && len != n->is->ceiling))
        return false;
    is_broken = true;
    if (of_any_length)
        fill(n, len);
    else if (!tree_fill(&the_tree, n, sizeof room) || tree_inside(n) != len)
        return false;
    b->whole = true;
    return around_is_whole(n);
}

/* An element of whatever tag stands for itself alone: what is inside is nobody's business. */
static bool is_looked_at(const node *n)
{
    for (const node *at = n->parent; at != NULL; at = at->parent)
        if (is_kind(at, GRAMMAR_ELEMENT) && at->is->width == ANY_TAG)
            return false;
    return true;
}

static bool is_one_of(const node *n, const char *productions)
{
    return n != NULL && n->is != NULL && has_word(productions, n->is->name, false);
}

/* Whose length is named when that of the element has another form: its own, or that of what it is part of; NULL where
 * the row is of others. */
static const node *named_by(const place_form *row, const node *n)
{
    for (const node *at = n; at != NULL; at = at->parent) {
        if (row->repeated == NULL && is_one_of(at, row->within))
            return n;
        if (row->repeated != NULL && at != n && is_one_of(at, row->repeated) && is_one_of(at->parent, row->within))
            return at;
    }
    return NULL;
}

static const place_form *form_of(const node *n, const node **named)
{
    for (size_t i = 0; i < num_place_forms; i++) {
        *named = named_by(&place_forms[i], n);
        if (*named != NULL)
            return &place_forms[i];
    }
    return NULL;
}

/* The element around this one that repeats another, NULL for none. */
static const node *repeats(const node *n)
{
    for (size_t i = 0; i < num_place_forms; i++) {
        const node *named = place_forms[i].repeated != NULL ? named_by(&place_forms[i], n) : NULL;
        if (named != NULL)
            return named;
    }
    return NULL;
}

/* Whether a part is this production, as one that a CHOICE chose or not. */
static bool leads_to(const production *part, const production *is)
{
    bool leads = part == is;
    for (size_t i = 0; !leads && (part->kind == GRAMMAR_CHOICE || part->kind == GRAMMAR_SAME) && i < part->num_parts;
         i++)
        leads = leads_to(grammar_part(part, i), is);
    return leads;
}

/* Whether an element of any tag may stand instead. */
static bool any_tag_fits(const node *n)
{
    for (size_t i = 0; n->parent->is != NULL && i < n->parent->is->num_parts; i++) {
        const production *part = grammar_part(n->parent->is, i);
        for (size_t k = 0; part->kind == GRAMMAR_CHOICE && leads_to(part, n->is) && k < part->num_parts; k++)
            if (grammar_part(part, k)->kind == GRAMMAR_ELEMENT && grammar_part(part, k)->width == ANY_TAG)
                return true;
    }
    return false;
}

static bool element_can_be(const node *n, place_way way)
{
    if (!is_looked_at(n))
        return false;
    switch (way) {
    case PLACE_indefinite:
        return n->tag.len > 0 && n->tag.ptr[0] / 32 % 2 == 1;
    case PLACE_padded:
    case PLACE_longer:
        return true;
    case PLACE_tag:
        return n->is->width != ANY_TAG && !any_tag_fits(n);
    default:
        return false;
    }
}

bool places_due(const node *n, place_way way)
{
    if (n->parent == NULL)
        return way == PLACE_surplus;
    return is_kind(n, GRAMMAR_VECTOR) ? vector_can_be(n, way) : is_kind(n, GRAMMAR_ELEMENT) && element_can_be(n, way);
}

/* Whether the octets that take the place of a vector or an element are wrong in this way. */
static bool goes(cauth_bytes octets, const production *is, place_way way)
{
    size_t len = 0;
    if (is->kind == GRAMMAR_ELEMENT)
        return way == PLACE_tag && octets.len > 0 && octets.ptr[0] != is->width;
    if (is->kind != GRAMMAR_VECTOR || octets.len < is->width)
        return false;
    for (size_t i = 0; i < is->width; i++)
        len = len << 8 | octets.ptr[i];
    if (len != octets.len - is->width)
        return false;
    return (way == PLACE_empty && len == 0) || (way == PLACE_below && len > 0 && len < is->floor) ||
           (way == PLACE_above && len > is->ceiling);
}

bool places_goes(cauth_bytes octets, const char *name, place_way way)
{
    return goes(octets, grammar_by_name(name), way);
}

/* Whether a row of values has it that way here. */
static bool a_value_goes(const message *m, const node *n, place_way way)
{
    for (size_t i = 0; i < num_place_values; i++) {
        const place_value *v = &place_values[i];
        if (v->way == PLACE_instead && !v->whole && is_one_of(n, v->productions) && goes(v->instead, n->is, way) &&
            distance(m, n, v->within) != NOWHERE)
            return true;
    }
    return false;
}

bool places_says(const message *m, const node *n, place_way way)
{
    const place_length *row = row_of(m, n);
    const node *named;
    if (way == PLACE_indefinite || way == PLACE_padded)
        return form_of(n, &named) != NULL;
    return row != NULL &&
           (rule_of(row, way) != CAUTH_RULE_NONE || ((row->is.elsewhere >> way & 1) == 1 && a_value_goes(m, n, way)));
}

static bool set_length(node *n, size_t len)
{
    uint8_t octets[TREE_LENGTH_OCTETS];
    n->prefix = arena_copy(&the_tree.bytes, octets, tree_encode_length(len, octets));
    return n->prefix.len > 0;
}

/* Which octet is named of a length that runs past the end. What has to be DER, but not by a rule of DER, is a value,
 * and wrong as a whole. */
static size_t octet_of_length(const node *n, cauth_rule rule)
{
    return tree_offset(n) + (is_der(rule) ? n->tag.len : 0);
}

/* Which is named of an element that repeats another, and has another length in it, of n, where that one has what n had:
 * its own length, if that is another one now, else the first octet that differs. */
static size_t octet_that_differs(const node *again, const node *n)
{
    uint8_t before[TREE_LENGTH_OCTETS];
    size_t num = tree_encode_length(tree_inside(n), before);
    size_t i = 0;
    if (again == n || num != n->prefix.len)
        return tree_offset(again) + again->tag.len;
    while (i + 1 < num && before[i] == n->prefix.ptr[i])
        i++;
    return tree_offset(n) + n->tag.len + i;
}

/* Another tag, or a length that runs past the end of what holds the element. Where it is in what repeats another
 * element, and that is no more than flagged, it is something of its own that is refused. */
static bool break_part(node *n, place_way way, broken_place *b)
{
    static const uint8_t other = 0x0A; /* ENUMERATED, which stands nowhere */
    const node *again = repeats(n);
    cauth_rule rule = rule_of(b->length, way);
    if (rule == CAUTH_RULE_NONE || !is_looked_at(n) || (way == PLACE_tag && n->tag.ptr[0] == other))
        return false;
    is_broken = true;
    b->beyond = again != NULL;
    if (way == PLACE_tag) {
        n->tag = arena_copy(&the_tree.bytes, &other, 1);
        expect(b, rule, b->length->field, tree_offset(n));
        return true;
    }
    if (!set_length(n, tree_inside(n) + behind(n) + 1))
        return false;
    expect(b, rule, b->length->field, again != NULL ? octet_that_differs(again, n) : octet_of_length(n, rule));
    return around_is_whole(n);
}

/* The element at the end of another one; NULL where octets that are no element are. */
static const node *last_element(const node *n)
{
    const node *at = n->last;
    while (at != NULL && !tree_has_prefix(at))
        at = tree_len(at) == 0 ? at->prev : at->last;
    return at;
}

/* A length one too small, so that what is last inside runs past the end. Where nothing is, the octet left over is read
 * as what comes next, and breaks whatever it happens to. */
static bool break_around(const message *m, node *n, broken_place *b)
{
    const node *last = last_element(n);
    if (!is_looked_at(n) || last == NULL || tree_inside(last) == 0)
        return false;
    const place_length *row = row_of(m, last);
    if (b->length == NULL || row == NULL || row->is.longer == CAUTH_RULE_NONE)
        return false;
    is_broken = true;
    if (!set_length(n, tree_inside(n) - 1))
        return false;
    b->beyond = repeats(last) != NULL;
    /* a value, which is wrong as a whole, ends too early itself */
    const node *named = is_der(row->is.longer) ? last : n;
    expect(b, row->is.longer, row->field,
           b->beyond ? octet_that_differs(n, n) : octet_of_length(named, row->is.longer));
    return around_is_whole(n);
}

static bool break_element(node *n, place_way way, broken_place *b)
{
    const node *named = NULL;
    b->form = form_of(n, &named);
    if (named == NULL || !element_can_be(n, way))
        return false;
    is_broken = true;
    n->form = (uint8_t)(way == PLACE_indefinite ? TREE_INDEFINITE : tree_length_octets(tree_inside(n)));
    cauth_rule rule = way == PLACE_padded ? b->form->padded : b->form->indefinite;
    expect(b, rule, b->form->field, tree_offset(named) + (is_der(rule) ? named->tag.len : 0));
    return around_is_whole(n);
}

/* --- other values --- */

static bool break_value(node *n, const place_value *v, broken_place *b)
{
    bool twice = v->way == PLACE_twice;
    is_broken = true;
    node *put = twice ? tree_copy(&the_tree, n) : tree_octets(&the_tree, v->instead.ptr, v->instead.len);
    if (put == NULL)
        return false;
    tree_insert(n->parent, n->next, put);
    if (!twice)
        tree_remove(n);
    expect(b, v->rule, v->field, tree_offset(put) + v->at);
    b->flagged = v->flagged;
    b->whole = v->whole;
    return around_is_whole(put);
}

/* --- finding them --- */

static void generate(const message *m, cauth_bytes decisions)
{
    choices c = choices_init(decisions);
    if (the_tree.nodes == NULL && !tree_init(&the_tree))
        abort();
    tree_generate(&the_tree, grammar_of(m->name), &c, PLACES_MOST);
    is_broken = false;
}

/* Parts that were made and not used have no parent. */
static bool is_part(const node *n)
{
    while (n->parent != NULL)
        n = n->parent;
    return n == the_tree.root;
}

static void add_place(size_t at, place_way way, size_t value)
{
    if (num_places == sizeof the_places / sizeof the_places[0])
        return;
    the_places[num_places] = (place){ (uint32_t)at, (uint16_t)way, (uint16_t)value };
    num_places++;
}

/* The rows of place_values by production, of which a message may have very many. */
#define MOST_VALUES 64u

typedef struct {
    size_t num;
    uint16_t at[MOST_VALUES];
} value_list;

static const value_list *values_of(const production *is)
{
    static value_list *lists;
    if (lists == NULL) {
        lists = calloc(num_productions, sizeof *lists);
        for (size_t i = 0; i < num_place_values * num_productions; i++) {
            value_list *list = lists != NULL ? &lists[i % num_productions] : NULL;
            if (list == NULL || list->num == MOST_VALUES)
                abort();
            if (has_word(place_values[i / num_productions].productions, grammar[i % num_productions].name, false))
                list->at[list->num++] = (uint16_t)(i / num_productions);
        }
    }
    return &lists[is - grammar];
}

static void add_values(const message *m, size_t at)
{
    const node *n = &the_tree.nodes[at];
    const value_list *list = n->is != NULL ? values_of(n->is) : NULL;
    unsigned away[MOST_VALUES], nearest = NOWHERE;
    if (list == NULL || list->num == 0 || !is_looked_at(n) || !is_part(n))
        return;
    for (size_t i = 0; i < list->num; i++) {
        const char *within = place_values[list->at[i]].within;
        bool same = i > 0 && strcmp(within, place_values[list->at[i - 1]].within) == 0;
        away[i] = same ? away[i - 1] : distance(m, n, within);
        nearest = away[i] < nearest ? away[i] : nearest;
    }
    for (size_t i = 0; nearest != NOWHERE && i < list->num; i++)
        if (away[i] == nearest)
            add_place(at, place_values[list->at[i]].way, list->at[i]);
}

/* Not every way suits every length: what comes of it is seen when it is gone. */
static void add_lengths(size_t at)
{
    const node *n = &the_tree.nodes[at];
    if (n == the_tree.root) {
        add_place(at, PLACE_surplus, 0);
    } else if (is_kind(n, GRAMMAR_VECTOR) && is_part(n)) {
        for (place_way way = PLACE_empty; way <= PLACE_ceiling; way++)
            add_place(at, way, 0);
    } else if (is_kind(n, GRAMMAR_ELEMENT) && is_part(n)) {
        for (place_way way = PLACE_indefinite; way <= PLACE_shorter; way++)
            add_place(at, way, 0);
    }
}

void places_fill_lists(bool fill)
{
    fills_lists = fill;
}

size_t places_num(const message *m, cauth_bytes decisions)
{
    generate(m, decisions);
    num_places = 0;
    for (size_t at = 0; at < the_tree.num; at++) {
        add_lengths(at);
        add_values(m, at);
    }
    return num_places;
}

static const char *name_of(const node *n)
{
    return n->is != NULL ? n->is->name : NULL;
}

static bool break_message(broken_place *b)
{
    expect(b, b->length->is.surplus, b->length->field, tree_inside(the_tree.root));
    append(the_tree.root, 0);
    return true;
}

static bool break_node(const message *m, const place *p, broken_place *b)
{
    node *n = &the_tree.nodes[p->node];
    memset(b, 0, sizeof *b);
    b->way = (place_way)p->way;
    b->at = name_of(n);
    b->value = places_value((size_t)(p - the_places));
    switch (b->way) {
    case PLACE_floor:
        return fill_whole(n, n->is->floor, b);
    case PLACE_ceiling: /* the place counts all the same: its number is part of inputs */
        return (fills_lists || !holds_list(n) || holds_numbers(n)) && fill_whole(n, n->is->ceiling, b);
    case PLACE_instead:
    case PLACE_twice:
        return break_value(n, b->value, b);
    case PLACE_indefinite:
    case PLACE_padded:
        return break_element(n, b->way, b);
    default:
        break;
    }
    b->length = row_of(m, n);
    if (b->way == PLACE_shorter)
        return break_around(m, n, b);
    if (b->length == NULL)
        return false;
    if (n == the_tree.root)
        return break_message(b);
    return b->way == PLACE_tag || b->way == PLACE_longer ? break_part(n, b->way, b) : break_vector(n, b->way, b);
}

const place_value *places_value(size_t number)
{
    const place *p = &the_places[number];
    return p->way == PLACE_instead || p->way == PLACE_twice ? &place_values[p->value] : NULL;
}

static bool is_of_length(place_way way)
{
    return (way >= PLACE_empty && way <= PLACE_surplus) || (way >= PLACE_tag && way <= PLACE_shorter);
}

const place_length *places_length(const message *m, size_t number, place_way *way)
{
    const place *p = &the_places[number];
    *way = (place_way)p->way;
    return is_of_length(*way) ? row_of(m, &the_tree.nodes[p->node]) : NULL;
}

bool places_is_alike(size_t number, const broken_place *broken)
{
    const place *p = &the_places[number];
    return p->way == broken->way && name_of(&the_tree.nodes[p->node]) == broken->at &&
           places_value(number) == broken->value;
}

bool places_break(const message *m, cauth_bytes decisions, size_t number, cauth_bytes *input, broken_place *broken)
{
    cauth_bytes written;
    if (is_broken)
        generate(m, decisions);
    if (number >= num_places || !break_node(m, &the_places[number], broken) ||
        !tree_write(&the_tree, room, sizeof room, &written))
        return false;
    *input = exact_copy(written.ptr, written.len);
    return true;
}
