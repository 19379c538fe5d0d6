/* The grammar of the messages, what is made from it, and the mutator. The grammar shares nothing with the parsers:
 * where they are asked here, both have to come to the same. CAUTH_SEED=<number> for other random choices. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "corpus_file.h"
#include "exact.h"
#include "hex.h"
#include "mutate.h"
#include "mutator.h"
#include "reduce.h"
#include "same.h"
#include "seeded.h"
#include "verdict.h"

#define ROOM ((size_t)1 << 21)
#define LARGEST_ROOM (((size_t)1 << 24) + ((size_t)1 << 17))
#define GENERATED 300
#define DECISIONS 64
#define MUTATED 2000
#define MOST_MUTATED 2000 /* until one of them is changed */
#define FILLED 6

static tree the_tree;
static uint8_t room[ROOM];
static uint8_t largest_room[LARGEST_ROOM];

static void every_message_has_a_grammar(void **state)
{
    (void)state;
    for (size_t i = 0; i < num_messages; i++)
        if (grammar_of(messages[i].name) == NULL)
            fail_msg("%s has no row in grammar.def", messages[i].name);
    assert_null(grammar_of("certreq_tls14"));
}

/* Each production is part of some message. */
static void mark(const production *p, bool *reached)
{
    if (reached[p - grammar])
        return;
    reached[p - grammar] = true;
    for (size_t i = 0; i < p->num_parts; i++)
        mark(grammar_part(p, i), reached);
}

static void every_production_is_used(void **state)
{
    bool reached[1024] = { false };
    (void)state;
    assert_true(num_productions < sizeof reached);
    for (size_t i = 0; i < num_messages; i++)
        mark(grammar_of(messages[i].name), reached);
    mark(grammar_by_name("elements"), reached); /* what an element of whatever tag holds */
    for (size_t i = 0; i < num_productions; i++)
        if (!reached[i])
            fail_msg("%s is part of no message", grammar[i].name);
}

/* What strict says of it; and that it was asked, should that be the end. */
static verdict judged(const message *m, cauth_bytes in)
{
    seeded_try(m, in, "test_grammar");
    verdict v = verdict_of(m, in, CAUTH_STRICT);
    seeded_tried();
    return v;
}

static void assert_same(const char *what, cauth_bytes a, cauth_bytes b)
{
    if (same_bytes(a, b))
        return;
    octets_say("message", a);
    fail_msg("%s: read as a tree and written again, %zu octets become %zu others", what, a.len, b.len);
}

static void assert_written_back(const char *what, const message *m, cauth_bytes in)
{
    cauth_bytes written;
    tree_read(&the_tree, grammar_of(m->name), in);
    assert_true(tree_write(&the_tree, room, sizeof room, &written));
    assert_same(what, in, written);
}

static void check_file(void *user, const char *path, const message *m, cauth_bytes in)
{
    (void)user;
    assert_written_back(path, m, in);
    verdict v = judged(m, in);
    bool clean = v.rule == CAUTH_RULE_NONE && cauth_flags_next(&v.flags, CAUTH_RULE_NONE) == CAUTH_RULE_NONE;
    if (clean && m->form == MESSAGE_BODY) {
        tree_read(&the_tree, grammar_of(m->name), in);
        if (!tree_fits(&the_tree))
            fail_msg("%s: accepted, but the grammar has no such message", path);
    }
    random_source r = random_init(seed);
    for (int i = 0; i < 20; i++) {
        cauth_bytes changed = mutate(&r, in);
        assert_written_back(path, m, changed);
        exact_free(changed);
    }
}

/* Any octets come back from their tree; and what the parsers accept without a flag is in the grammar. */
static void corpus_is_written_back(void **state)
{
    (void)state;
    at_hand_watch();
    for (size_t i = 0; i < num_messages; i++)
        replay_corpus(&messages[i], check_file, NULL);
}

static void noise_is_written_back(void **state)
{
    random_source r = random_init(seed);
    (void)state;
    for (size_t i = 0; i < num_messages; i++) {
        for (int k = 0; k < 500; k++) {
            uint8_t bytes[80];
            size_t len = random_below(&r, sizeof bytes);
            random_bytes(&r, bytes, len);
            for (size_t at = 0; at < len; at++)
                bytes[at] = (uint8_t)(random_below(&r, 2) == 0 ? bytes[at] % 8 : bytes[at]);
            cauth_bytes in = exact_copy(bytes, len);
            assert_written_back("random octets", &messages[i], in);
            exact_free(in);
        }
    }
}

/* The first of these productions that is part of the tree. */
static const char *found_of(const char *const *names, size_t num)
{
    for (size_t i = 0; i < the_tree.num; i++)
        for (size_t k = 0; the_tree.nodes[i].is != NULL && k < num; k++)
            if (strcmp(the_tree.nodes[i].is->name, names[k]) == 0)
                return names[k];
    return "";
}

/* A filter is one for an OID that the grammar knows if it holds that and nothing else. */
static void filters_are_told_apart_by_the_whole_oid(void **state)
{
    static const char *const filters[] = { "key_usage_filter", "purpose_filter", "other_filter" };
    static const struct {
        const char *in;
        const char *filter;
    } cases[] = {
        { "0008 05 0603551d0f 0000", "key_usage_filter" },
        { "0008 05 0603551d25 0000", "purpose_filter" },
        { "0008 05 0603551d13 0000", "other_filter" },
        { "0009 06 068103551d0f 0000", "key_usage_filter" }, /* whose length is not DER */
        { "0009 06 0603551d0f00 0000", "other_filter" },     /* with an octet behind it */
        { "0009 06 0603551d2506 0000", "other_filter" },
        { "000d 0a 0603551d0f0603551d0f 0000", "other_filter" },
        { "0009 06 0604551d0f01 0000", "other_filter" },
        { "0007 04 0602551d 0000", "other_filter" },
        { "0007 04 0603551d 0000", "other_filter" },    /* which runs past the end of what holds it */
        { "0008 08 0603551d0f 0000", "other_filter" },  /* and that does as well */
        { "0005 05 0603551d 0f 0000", "other_filter" }, /* as that of the list has it */
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint8_t octets[32];
        size_t len = 0;
        assert_true(octets_from_hex(cases[i].in, octets, sizeof octets, &len));
        cauth_bytes in = exact_copy(octets, len);
        tree_read(&the_tree, grammar_by_name("oid_filters"), in);
        assert_string_equal(found_of(filters, sizeof filters / sizeof filters[0]), cases[i].filter);
        exact_free(in);
    }
}

/* The decisions of the last message that was generated, for what is to be said of it. */
static uint8_t last_bytes[DECISIONS];
static cauth_bytes last_decisions;
static size_t last_most; /* what was filled came to no more */

static cauth_bytes made_of(const message *m, cauth_bytes decisions)
{
    cauth_bytes written;
    choices c = choices_init(decisions);
    tree_generate(&the_tree, grammar_of(m->name), &c, last_most);
    assert_true(tree_fits(&the_tree) || m->form == MESSAGE_STREAM);
    assert_true(tree_write(&the_tree, room, sizeof room, &written));
    return exact_copy(written.ptr, written.len);
}

static cauth_bytes generated_of(const message *m, random_source *r, bool none, size_t most)
{
    last_decisions = (cauth_bytes){ last_bytes, none ? 0 : 1 + random_below(r, sizeof last_bytes) };
    last_most = most;
    random_bytes(r, last_bytes, sizeof last_bytes);
    return made_of(m, last_decisions);
}

/* With nothing in it that is filled. */
static cauth_bytes generated(const message *m, random_source *r, bool none)
{
    return generated_of(m, r, none, 0);
}

/* Of what the parsers say and what the grammar has, one thing: a rule, or that it is accepted, and whether it fits. */
typedef struct {
    const message *m;
    cauth_rule rule;
    bool fits;
} opinion;

static opinion opinion_of(const message *m, cauth_bytes in)
{
    verdict v = judged(m, in);
    tree_read(&the_tree, grammar_of(m->name), in);
    return (opinion){ m, v.rule, tree_fits(&the_tree) };
}

static bool same_opinion(void *user, cauth_bytes in)
{
    const opinion *o = user;
    opinion other = opinion_of(o->m, in);
    return other.rule == o->rule && other.fits == o->fits && !(other.rule == CAUTH_RULE_NONE && the_tree.limited);
}

/* The same of accepted messages that are not flagged. */
static bool same_without_flags(void *user, cauth_bytes in)
{
    const opinion *o = user;
    verdict v = judged(o->m, in);
    return cauth_flags_next(&v.flags, CAUTH_RULE_NONE) == CAUTH_RULE_NONE && same_opinion(user, in);
}

static bool same_of_generated(void *user, cauth_bytes decisions)
{
    const opinion *o = user;
    cauth_bytes in = made_of(o->m, decisions);
    bool same = same_opinion(user, in);
    exact_free(in);
    return same;
}

static void say_opinion(const char *what, const message *m, cauth_bytes in)
{
    char text[VERDICT_TEXT_SIZE];
    verdict v = judged(m, in);
    verdict_to_text(&v, text);
    tree_read(&the_tree, grammar_of(m->name), in);
    octets_say(what, in);
    print_error("%s: the parsers say %s, and the grammar %s\n", what, text,
                tree_fits(&the_tree) ? "has such a message" : "has no such message");
}

/* Says a message that the two do not agree on, and the smallest one. Of one that was generated, `decisions` are made
 * fewer, so that it stays one. */
static void fail_of_disagreement(const message *m, cauth_bytes in, const cauth_bytes *decisions, reduce_test *same)
{
    opinion o = opinion_of(m, in);
    print_error("\ncauth: parsers and grammar disagree about %s, CAUTH_SEED=%llu\n", m->name, (unsigned long long)seed);
    say_opinion("message", m, in);
    if (decisions != NULL)
        octets_say("decisions", *decisions);
    cauth_bytes small = reduce(decisions != NULL ? NULL : m->name, decisions != NULL ? *decisions : in, same, &o);
    if (decisions != NULL) {
        octets_say("reduced decisions", small);
        small = made_of(m, small);
    }
    say_opinion("reduced", m, small);
    fail();
}

/* What the grammar makes fits the grammar once it is read again, and strict accepts it. Streams have an order too,
 * which no grammar knows. */
static void generated_is_accepted(void **state)
{
    random_source r = random_init(seed);
    (void)state;
    at_hand_watch();
    for (size_t i = 0; i < num_messages; i++) {
        const message *m = &messages[i];
        for (int k = 0; k < GENERATED; k++) {
            cauth_bytes in = generated_of(m, &r, k == 0, TREE_MOST);
            assert_written_back("generated", m, in);
            if (m->form == MESSAGE_BODY) {
                opinion o = opinion_of(m, in);
                if (o.rule != CAUTH_RULE_NONE || !o.fits)
                    fail_of_disagreement(m, in, &last_decisions, same_of_generated);
            }
            exact_free(in);
        }
    }
}

static bool without_flags(const verdict *v)
{
    return v->rule == CAUTH_RULE_NONE && cauth_flags_next(&v->flags, CAUTH_RULE_NONE) == CAUTH_RULE_NONE;
}

/* What the parsers accept without a flag, the grammar describes, however it came about. */
static void mutated_agrees_with_the_parsers(void **state)
{
    random_source r = random_init(seed + 8);
    size_t accepted = 0;
    (void)state;
    at_hand_watch();
    for (size_t i = 0; i < num_messages; i++) {
        const message *m = &messages[i];
        mutator mutations;
        if (m->form != MESSAGE_BODY)
            continue;
        assert_true(mutator_init(&mutations, m->name));
        for (uint32_t k = 0; k < MUTATED; k++) {
            const cauth_bytes none = { NULL, 0 };
            cauth_bytes in = generated(m, &r, k % 4 == 0);
            cauth_bytes out = mutator_change(&mutations, in, none, 70000, (uint32_t)seed - 1 + k);
            cauth_bytes changed = exact_copy(out.ptr, out.len);
            verdict v = judged(m, changed);
            tree_read(&the_tree, grammar_of(m->name), changed);
            if (without_flags(&v) && !tree_fits(&the_tree) && !the_tree.limited)
                fail_of_disagreement(m, changed, NULL, same_without_flags);
            accepted += v.rule == CAUTH_RULE_NONE;
            exact_free(changed);
            exact_free(in);
        }
        mutator_free(&mutations);
    }
    print_message("%zu mutated messages were accepted\n", accepted);
    assert_true(accepted > MUTATED);
}

static bool has_another_flag(const verdict *changed, const verdict *before)
{
    cauth_rule at = CAUTH_RULE_NONE;
    do
        at = cauth_flags_next(&changed->flags, at);
    while (at != CAUTH_RULE_NONE && cauth_flags_has(&before->flags, at));
    return changed->rule == CAUTH_RULE_NONE && at != CAUTH_RULE_NONE;
}

/* Gives what stands in a vector another length, where that is just octets or numbers; false where it is not. */
static bool set_length(node *n, size_t len)
{
    static uint8_t octets[70000];
    node *inside = n->first;
    if (inside == NULL || inside->next != NULL || len > sizeof octets ||
        (n->is->width < 3 && len >> 8 * n->is->width > 0))
        return false;
    if (!inside->leaf && inside->is->kind == GRAMMAR_LIST && grammar_part(inside->is, 0)->kind == GRAMMAR_NUMBER) {
        if (inside->first == NULL || !inside->first->leaf || inside->first->is == NULL)
            return false;
        cauth_bytes item = inside->first->octets;
        for (size_t i = 0; i < len; i++)
            octets[i] = item.ptr[i % item.len];
        while (inside->last != inside->first)
            tree_remove(inside->last);
        inside = inside->first;
    } else if (!inside->leaf) {
        return false;
    } else {
        memset(octets, 'a', len);
    }
    inside->octets.ptr = octets;
    inside->octets.len = len;
    return true;
}

/* Every length in a message at its floor and ceiling, and one beyond: the grammar says which of them are messages, and
 * the parsers must say the same, or set a flag for it. */
static void every_edge_is_where_the_grammar_has_it(void **state)
{
    size_t tried = 0, whole = 0;
    (void)state;
    at_hand_watch();
    for (size_t i = 0; i < num_messages; i++) {
        const message *m = &messages[i];
        random_source r = random_init(seed - 1 + i);
        for (int round = 0; m->form == MESSAGE_BODY && round < 12; round++) {
            cauth_bytes in = generated(m, &r, round == 0);
            verdict before = judged(m, in);
            for (size_t k = 0; k < 400; k++) {
                tree_read(&the_tree, grammar_of(m->name), in);
                if (k / 4 + 1 >= the_tree.num)
                    break;
                node *n = &the_tree.nodes[k / 4 + 1];
                if (n->is == NULL || n->is->kind != GRAMMAR_VECTOR)
                    continue;
                const size_t lengths[] = { n->is->floor > 0 ? n->is->floor - 1 : 0, n->is->floor, n->is->ceiling,
                                           (size_t)n->is->ceiling + 1 };
                const char *name = n->is->name;
                cauth_bytes out;
                if (!set_length(n, lengths[k % 4]) || !tree_write(&the_tree, room, sizeof room, &out))
                    continue;
                cauth_bytes changed = exact_copy(out.ptr, out.len);
                verdict v = judged(m, changed);
                tree_read(&the_tree, grammar_of(m->name), changed);
                if (((v.rule == CAUTH_RULE_NONE) != tree_fits(&the_tree)) && !has_another_flag(&v, &before)) {
                    print_error("%s of %zu octets\n", name, lengths[k % 4]);
                    fail_of_disagreement(m, changed, NULL, same_opinion);
                }
                tried++;
                whole += v.rule == CAUTH_RULE_NONE;
                exact_free(changed);
            }
            exact_free(in);
        }
    }
    print_message("%zu messages with a length at an edge, %zu of them whole\n", tried, whole);
    assert_true(whole > 100 && tried - whole > 100);
}

/* Whether a mutation changes a message made of random decisions. */
static bool mutation_changes(mutator *m, const message *of, mutation kind, random_source *r)
{
    cauth_bytes in = generated(of, r, false);
    cauth_bytes other = generated(of, r, false);
    cauth_bytes out;
    tree_read(&m->t, m->message, in);
    tree_read(&m->other, m->message, other);
    bool did = mutator_apply(m, kind, r, 70000);
    assert_true(tree_write(&m->t, room, sizeof room, &out));
    if (did && tree_wrong_lengths(&m->t) != (kind == MUTATION_length ? 1 : 0))
        fail_msg("%s of %s leaves %zu lengths wrong", mutation_names[kind], of->name, tree_wrong_lengths(&m->t));
    bool changed = did && (out.len != in.len || (in.len > 0 && memcmp(out.ptr, in.ptr, in.len) != 0));
    exact_free(in);
    exact_free(other);
    return changed;
}

/* What a mutation finds nothing in to change: messages whose names begin like one of the words. */
typedef struct {
    mutation kind;
    const char *messages;
} nothing_to_change;

static const nothing_to_change unchanged[] = {
    /* neither a list nor an optional part */
    { MUTATION_insert, "openpgp compressed certverify" },
    /* no list of what begins with a number */
    { MUTATION_enumerate, "cert_ssl30 cert_tls12 rawkey_tls12 openpgp certurl compressed certverify name x509" },
    /* nothing next to anything */
    { MUTATION_swap, "certverify_tls10" },
    { MUTATION_reorder, "certverify_tls10" },
    /* no number */
    { MUTATION_number, "openpgp certurl certverify_tls10 name" },
    /* no DER */
    { MUTATION_retag, "record alert handshake openpgp certurl compressed certverify" },
    { MUTATION_ber, "record alert handshake openpgp certurl compressed certverify" },
    { MUTATION_nest, "record alert handshake openpgp certurl compressed certverify" },
    /* no two of a kind with a prefix, one next to the other */
    { MUTATION_join, "rawkey openpgp certurl compressed certverify" },
};

static bool has_nothing_to_change(mutation kind, const char *name)
{
    for (size_t i = 0; i < sizeof unchanged / sizeof unchanged[0]; i++)
        for (const char *word = unchanged[i].messages; unchanged[i].kind == kind && *word != '\0';) {
            size_t len = strcspn(word, " ");
            if (strncmp(name, word, len) == 0)
                return true;
            word += len + (word[len] == ' ');
        }
    return false;
}

/* Every mutation changes every kind of message but those, and leaves no length wrong: but for `length`, which leaves
 * one. */
static void every_mutation_changes_every_message(void **state)
{
    bool all = true;
    (void)state;
    for (int kind = 0; kind < NUM_MUTATIONS; kind++) {
        for (size_t i = 0; i < num_messages; i++) {
            mutator m;
            random_source r = random_init(seed - 1 + (uint64_t)kind * 100 + i);
            bool wanted = !has_nothing_to_change((mutation)kind, messages[i].name);
            size_t changed = 0;
            assert_true(mutator_init(&m, messages[i].name));
            for (int k = 0; k < 40 || (wanted && changed == 0 && k < MOST_MUTATED); k++)
                changed += mutation_changes(&m, &messages[i], (mutation)kind, &r);
            if ((changed > 0) != wanted)
                print_error("%s changes %zu messages of %s\n", mutation_names[kind], changed, messages[i].name);
            all = all && (changed > 0) == wanted;
            mutator_free(&m);
        }
    }
    assert_true(all);
}

/* Whatever is changed, and changed again, what is written has no more than one length wrong. */
static void at_most_one_length_is_wrong(void **state)
{
    random_source r = random_init(seed + 10);
    size_t one = 0;
    (void)state;
    for (size_t i = 0; i < num_messages; i++) {
        mutator m;
        const cauth_bytes none = { NULL, 0 };
        assert_true(mutator_init(&m, messages[i].name));
        cauth_bytes in = generated(&messages[i], &r, false);
        for (uint32_t number = 0; number < MUTATED; number++) {
            cauth_bytes out = mutator_change(&m, in, none, 4096, (uint32_t)seed + number);
            size_t wrong = out.len > 0 ? tree_wrong_lengths(&m.t) : 0;
            if (wrong > 1)
                fail_msg("%s, mutation %u: %zu lengths are wrong", messages[i].name, number, wrong);
            one += wrong;
            exact_free(in);
            in = number % 50 == 49 ? generated(&messages[i], &r, false) : exact_copy(out.ptr, out.len);
        }
        exact_free(in);
        mutator_free(&m);
    }
    assert_true(one > num_messages * MUTATED / 20);
}

/* A length of DER is stated as DER has it, and is not what is there. */
static void stated_lengths_are_der(void **state)
{
    random_source r = random_init(seed + 12);
    size_t large = 0;
    mutator m;
    (void)state;
    assert_true(mutator_init(&m, "name_tls12"));
    for (int k = 0; k < 20000; k++) {
        cauth_bytes in = generated(message_by_name("name_tls12"), &r, k % 2 == 0);
        tree_read(&m.t, m.message, in);
        if (mutator_apply(&m, MUTATION_length, &r, 70000)) {
            uint8_t octets[TREE_LENGTH_OCTETS];
            size_t at = 1;
            uint64_t len = 0;
            while (m.t.nodes[at].prefix.ptr == NULL)
                at++;
            cauth_bytes stated = m.t.nodes[at].prefix;
            for (size_t i = stated.len > 1 ? 1 : 0; i < stated.len; i++)
                len = len * 256 + stated.ptr[i];
            cauth_bytes encoded = { octets, tree_encode_length(len, octets) };
            assert_same("a length as it is stated", stated, encoded);
            assert_true(len != tree_inside(&m.t.nodes[at]));
            large += len > 0xFFFFFFFFu;
        }
        exact_free(in);
    }
    assert_true(large > 0); /* one more than four octets can say */
    mutator_free(&m);
}

/* There are contents, not lengths alone, at the edges of a prefix of three octets: given room, one below 2^24 and one
 * above. */
static void contents_reach_the_largest_edge(void **state)
{
    random_source r = random_init(seed + 18);
    bool ceiling = false, above = false;
    mutator m;
    cauth_bytes out;
    (void)state;
    assert_true(mutator_init(&m, "cert_tls12_client"));
    cauth_bytes in = generated(message_by_name("cert_tls12_client"), &r, false);
    for (int k = 0; k < 50000 && !(ceiling && above); k++) {
        tree_read(&m.t, m.message, in);
        if (!mutator_apply(&m, MUTATION_resize, &r, LARGEST_ROOM) || tree_len(m.t.root) < 0xFFFFFF)
            continue;
        assert_true(tree_write(&m.t, largest_room, sizeof largest_room, &out));
        tree_read(&m.t, m.message, out);
        const node *list = m.t.root->first;
        ceiling = ceiling || (list->is->kind == GRAMMAR_VECTOR && tree_inside(list) == list->is->ceiling);
        above = above || tree_len(m.t.root) == 3 + (size_t)0x1000000;
    }
    assert_true(ceiling && above);
    exact_free(in);
    mutator_free(&m);
}

/* Octets whose number is free; not characters of two or four of them. */
static bool has_text(const node *n)
{
    if (n->leaf && n->is->kind == GRAMMAR_OCTETS && n->is->ceiling == ANY && n->is->floor <= 1)
        return true;
    for (const node *child = n->first; child != NULL; child = child->next)
        if (has_text(child))
            return true;
    return false;
}

/* What is filled is as long as what it stands in allows: but for three octets that no length of DER may let it reach,
 * or, where nothing in it can be of any length, for less than one more item. */
static void check_filled(const message *m, cauth_bytes in, size_t at, size_t *whole)
{
    cauth_bytes out;
    char text[VERDICT_TEXT_SIZE];
    tree_read(&the_tree, grammar_of(m->name), in);
    node *n = &the_tree.nodes[at];
    const char *name = n->is != NULL ? n->is->name : "all of it";
    if ((n != the_tree.root && !tree_has_prefix(n)) || !tree_fill(&the_tree, n, TREE_MOST))
        return;
    size_t left = TREE_MOST - tree_inside(the_tree.root);
    for (const node *held = n; held->parent != NULL; held = held->parent)
        if (tree_has_prefix(held) && held->is->kind != GRAMMAR_ELEMENT && held->is->ceiling - tree_inside(held) < left)
            left = held->is->ceiling - tree_inside(held);
    size_t item = n->first != NULL && n->first->last != NULL ? tree_len(n->first->last) : 4;
    if (m->form == MESSAGE_BODY && left >= (has_text(n) ? 4 : item))
        fail_msg("%s: %s is filled, and %zu octets are left", m->name, name, left);
    assert_true(tree_write(&the_tree, room, sizeof room, &out));
    cauth_bytes filled = exact_copy(out.ptr, out.len);
    verdict v = judged(m, filled);
    verdict_to_text(&v, text);
    if (m->form == MESSAGE_BODY && v.rule != CAUTH_RULE_NONE)
        octets_say("message", filled);
    if (m->form == MESSAGE_BODY && v.rule != CAUTH_RULE_NONE)
        fail_msg("%s: %s is filled, %zu octets: %s", m->name, name, filled.len, text);
    assert_written_back(name, m, filled);
    assert_true(tree_fits(&the_tree) || m->form == MESSAGE_STREAM);
    exact_free(filled);
    (*whole)++;
}

static void every_place_can_be_filled(void **state)
{
    random_source r = random_init(seed + 14);
    size_t whole = 0;
    (void)state;
    for (size_t i = 0; i < num_messages; i++) {
        for (int k = 0; k < FILLED; k++) {
            cauth_bytes in = generated(&messages[i], &r, k == 0);
            tree_read(&the_tree, grammar_of(messages[i].name), in);
            for (size_t num = the_tree.num, at = random_below(&r, (uint32_t)(num / 20 + 1)); at < num;
                 at += num / 20 + 1)
                check_filled(&messages[i], in, at, &whole);
            exact_free(in);
        }
    }
    print_message("%zu messages with something filled\n", whole);
    assert_true(whole > num_messages * FILLED);
}

/* Whether a vector of so many octets fits into what holds it. */
static bool fits_into(const production *holder, const production *vector)
{
    return holder->kind != GRAMMAR_VECTOR || holder->ceiling >= vector->ceiling + vector->width;
}

/* Of an element with a constant, which has one length. */
static bool is_constant(const production *vector)
{
    const production *part = grammar_part(vector, 0);
    return part->kind == GRAMMAR_ELEMENT && grammar_part(part, 0)->kind == GRAMMAR_CONSTANT;
}

/* Marks the vectors that can be at their ceiling in what is inside `holder`, itself for a start. */
static void mark_full(const production *holder, const production *p, bool *can_be, unsigned depth)
{
    for (size_t i = 0; i < p->num_parts && depth < 30; i++) {
        const production *part = grammar_part(p, i);
        bool vector = part->kind == GRAMMAR_VECTOR;
        if (vector && fits_into(holder, part) && part->ceiling > 0 && part->ceiling <= 65535 && !is_constant(part))
            can_be[part - grammar] = true;
        mark_full(vector ? part : holder, part, can_be, depth + 1);
    }
}

/* Takes away the marks of those that are. */
static size_t unmark_full(bool *can_be)
{
    size_t left = 0;
    for (size_t at = 0; at < the_tree.num; at++) {
        const node *n = &the_tree.nodes[at];
        bool vector = n->parent != NULL && n->is != NULL && n->is->kind == GRAMMAR_VECTOR;
        if (vector && can_be[n->is - grammar] && tree_inside(n) == n->is->ceiling)
            can_be[n->is - grammar] = false;
    }
    for (size_t i = 0; i < num_productions; i++)
        left += can_be[i];
    return left;
}

/* Decisions make every vector as long as it may be, in every message. */
static void decisions_fill(void **state)
{
    random_source r = random_init(seed + 16);
    bool can_be[1024] = { false };
    (void)state;
    for (size_t i = 0; i < num_messages; i++) {
        const production *whole = grammar_of(messages[i].name);
        size_t left = 1;
        mark_full(whole, whole, can_be, 0);
        for (unsigned k = 0; messages[i].form == MESSAGE_BODY && left > 0 && k < 4000; k++) {
            uint8_t bytes[DECISIONS];
            random_bytes(&r, bytes, sizeof bytes);
            bytes[0] = k % 4 == 3 ? TREE_FILLS_SOME : TREE_FILLS_ONE;
            choices c = choices_init((cauth_bytes){ bytes, sizeof bytes });
            tree_generate(&the_tree, whole, &c, TREE_MOST);
            left = unmark_full(can_be);
        }
        for (size_t p = 0; messages[i].form == MESSAGE_BODY && p < num_productions; p++)
            if (can_be[p])
                fail_msg("%s: no %s of %u octets is made", messages[i].name, grammar[p].name, grammar[p].ceiling);
    }
}

/* A new item in a message that fits gives one that fits: the lengths around it were made anew. */
static void inserting_keeps_a_message_whole(void **state)
{
    random_source r = random_init(seed + 2);
    mutator m;
    size_t longer = 0;
    (void)state;
    assert_true(mutator_init(&m, "certreq_tls12"));
    for (int k = 0; k < 200; k++) {
        cauth_bytes in = generated(message_by_name("certreq_tls12"), &r, false);
        cauth_bytes out;
        tree_read(&m.t, m.message, in);
        if (mutator_apply(&m, MUTATION_insert, &r, 70000)) {
            assert_true(tree_write(&m.t, room, sizeof room, &out));
            longer += out.len > in.len;
            tree_read(&the_tree, m.message, out);
            assert_true(tree_fits(&the_tree));
        }
        exact_free(in);
    }
    assert_true(longer > 150);
    mutator_free(&m);
}

static void same_seed_same_message(void **state)
{
    random_source r = random_init(seed + 4);
    size_t differ = 0;
    (void)state;
    for (size_t i = 0; i < num_messages; i++) {
        mutator m, again;
        assert_true(mutator_init(&m, messages[i].name) && mutator_init(&again, messages[i].name));
        for (uint32_t k = 0; k < 50; k++) {
            cauth_bytes in = generated(&messages[i], &r, k == 0);
            cauth_bytes other = k % 2 == 0 ? generated(&messages[i], &r, false) : exact_copy(NULL, 0);
            cauth_bytes once = mutator_change(&m, in, other, 65536, k);
            cauth_bytes kept = exact_copy(once.ptr, once.len);
            mutator_change(&m, other, in, 4096, k + 1); /* what came between does not matter */
            assert_same("the same seed", kept, mutator_change(&again, in, other, 65536, k));
            cauth_bytes third = mutator_change(&again, in, other, 65536, k + 100);
            differ += third.len != kept.len || (kept.len > 0 && memcmp(third.ptr, kept.ptr, kept.len) != 0);
            exact_free(in);
            exact_free(other);
            exact_free(kept);
        }
        mutator_free(&m);
        mutator_free(&again);
    }
    assert_true(differ > num_messages * 40);
}

/* Whatever comes in, no more comes out than was asked for. */
static void no_more_than_the_room(void **state)
{
    random_source r = random_init(seed + 6);
    size_t some = 0;
    (void)state;
    for (size_t i = 0; i < num_messages; i++) {
        mutator m;
        assert_true(mutator_init(&m, messages[i].name));
        for (uint32_t k = 0; k < 100; k++) {
            uint8_t bytes[64];
            random_bytes(&r, bytes, sizeof bytes);
            cauth_bytes in = k % 2 == 0 ? generated(&messages[i], &r, false) : exact_copy(bytes, k % 64);
            const cauth_bytes none = { NULL, 0 };
            size_t max = random_below(&r, 600);
            cauth_bytes out = mutator_change(&m, in, none, max, k);
            assert_true(out.len <= max);
            some += out.len > 0;
            exact_free(in);
        }
        mutator_free(&m);
    }
    assert_true(some > num_messages * 30);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_message_has_a_grammar),
        cmocka_unit_test(every_production_is_used),
        cmocka_unit_test(corpus_is_written_back),
        cmocka_unit_test(noise_is_written_back),
        cmocka_unit_test(filters_are_told_apart_by_the_whole_oid),
        cmocka_unit_test(mutated_agrees_with_the_parsers),
        cmocka_unit_test(every_edge_is_where_the_grammar_has_it),
        cmocka_unit_test(generated_is_accepted),
        cmocka_unit_test(every_mutation_changes_every_message),
        cmocka_unit_test(inserting_keeps_a_message_whole),
        cmocka_unit_test(same_seed_same_message),
        cmocka_unit_test(no_more_than_the_room),
        cmocka_unit_test(at_most_one_length_is_wrong),
        cmocka_unit_test(stated_lengths_are_der),
        cmocka_unit_test(every_place_can_be_filled),
        cmocka_unit_test(decisions_fill),
        cmocka_unit_test(contents_reach_the_largest_edge),
    };
    seeded_init("test_grammar");
    if (!tree_init(&the_tree))
        return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    tree_free(&the_tree);
    if (failed > 0)
        print_error("CAUTH_SEED=%llu\n", (unsigned long long)seed);
    return failed;
}
