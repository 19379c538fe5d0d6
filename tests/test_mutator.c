/* What the mutator picks and what comes of it: that each of its mutations is made as often as mutator.def has it and
 * does what that says, each edge of each length is reached, parts are taken from a second message, and octets alone
 * changed now and then, by itself and as libFuzzer and AFL++ call it. That mutations change every message that they
 * can, and leave lengths right, test_grammar asks. CAUTH_SEED=<number> for other random choices. */
#define _POSIX_C_SOURCE 200809L

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "exact.h"
#include "hex.h"
#include "message.h"
#include "mutator.h"
#include "prop.h"
#include "random.h"
#include "same.h"
#include "seeded.h"

#define CHANGES 400u   /* of each message */
#define CALLS 4096u    /* of an engine */
#define RESIZED 40000u /* of one message */
#define ROOM ((size_t)1 << 18)
#define DECISIONS 64

static const cauth_bytes none = { NULL, 0 };

/* That of change k: others for each CAUTH_SEED. Mixed once, one seed and another that is 2^32 larger could be
 * neighbours. */
static uint32_t change_seed(uint32_t k)
{
    return (uint32_t)prop_mix(prop_mix(seed)) + k;
}

static cauth_bytes generated(const message *m, random_source *r)
{
    static tree t;
    static uint8_t room[ROOM];
    uint8_t bytes[DECISIONS];
    cauth_bytes written;
    if (t.nodes == NULL)
        assert_true(tree_init(&t));
    random_bytes(r, bytes, sizeof bytes);
    choices c = choices_init((cauth_bytes){ bytes, sizeof bytes });
    tree_generate(&t, grammar_of(m->name), &c, 0);
    assert_true(tree_write(&t, room, sizeof room, &written));
    return exact_copy(written.ptr, written.len);
}

/* Not all messages have what each mutation is about: elements, say. So some are made less often than their weight has
 * it, but none less than an eighth as often. */
static void every_mutation_is_picked(void **state)
{
    static const unsigned long weights[NUM_MUTATIONS] = {
#define MUTATION(name, weight, meaning) weight,
#include "mutator.def"
#undef MUTATION
    };
    unsigned long done[NUM_MUTATIONS] = { 0 };
    unsigned long all = 0, all_weights = 0;
    random_source r = random_init(seed);
    (void)state;
    for (size_t i = 0; i < num_messages; i++) {
        mutator m;
        assert_true(mutator_init(&m, messages[i].name));
        cauth_bytes other = generated(&messages[i], &r);
        for (uint32_t k = 0; k < CHANGES; k++) {
            cauth_bytes in = generated(&messages[i], &r);
            mutator_change(&m, in, k % 8 == 0 ? other : none, 4096, change_seed((uint32_t)i * CHANGES + k));
            exact_free(in);
        }
        exact_free(other);
        for (size_t kind = 0; kind < NUM_MUTATIONS; kind++)
            done[kind] += m.done[kind];
        mutator_free(&m);
    }
    for (size_t kind = 0; kind < NUM_MUTATIONS; kind++) {
        all += done[kind];
        all_weights += weights[kind];
    }
    for (size_t kind = 0; kind < NUM_MUTATIONS; kind++) {
        print_message("%s: %lu of %lu\n", mutation_names[kind], done[kind], all);
        if (done[kind] == 0 || 8 * done[kind] * all_weights < all * weights[kind])
            fail_msg("%s was made %lu times of %lu, and has a weight of %lu in %lu", mutation_names[kind], done[kind],
                     all, weights[kind], all_weights);
    }
}

/* --- edges --- */

enum { BELOW_FLOOR, AT_FLOOR, AT_CEILING, ABOVE_CEILING, NUM_EDGES };

/* Sets a bit for each edge at which a vector is, by its production. */
static void note_edges(const tree *t, unsigned *seen)
{
    for (size_t i = 1; i < t->num; i++) {
        const node *n = &t->nodes[i];
        if (n->parent == NULL || n->dropped || n->is == NULL || n->is->kind != GRAMMAR_VECTOR)
            continue;
        const uint64_t len = tree_inside(n);
        const bool at[NUM_EDGES] = { len + 1 == n->is->floor, len == n->is->floor, len == n->is->ceiling,
                                     len == (uint64_t)n->is->ceiling + 1 };
        for (unsigned edge = 0; edge < NUM_EDGES; edge++)
            seen[n->is - grammar] |= at[edge] ? 1u << edge : 0;
    }
}

/* The contents of a vector of octets or of a list get to both ends of its range, and to one beyond. */
static void every_edge_is_reached(void **state)
{
    static const struct {
        const char *message;
        const char *vector;
    } cases[] = {
        { "certreq_tls12", "certificate_types" },
        { "certreq_tls12", "algorithms" },
        { "certreq_tls12", "authorities" },
        { "certreq_tls13", "compression_algorithms" },
        { "certreq_tls13", "request_extensions" },
        { "cert_tls13_client_post", "context" },
        { "certurl_tls12", "url" },
        { "openpgp_tls12", "fingerprint" },
        { "certverify_tls12", "signature" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        static unsigned seen[1024];
        const production *vector = grammar_by_name(cases[i].vector);
        unsigned all = vector->floor > 0 ? 15 : 14;
        random_source r = random_init(seed + i);
        mutator m;
        memset(seen, 0, sizeof seen);
        assert_true(mutator_init(&m, cases[i].message));
        for (uint32_t k = 0; k < RESIZED && seen[vector - grammar] != all; k++) {
            cauth_bytes in = generated(message_by_name(cases[i].message), &r);
            tree_read(&m.t, m.message, in);
            if (mutator_apply(&m, MUTATION_resize, &r, ROOM))
                note_edges(&m.t, seen);
            exact_free(in);
        }
        mutator_free(&m);
        if (seen[vector - grammar] != all)
            fail_msg("%s: of %s the edges %x were reached, not %x", cases[i].message, cases[i].vector,
                     seen[vector - grammar], all);
    }
}

/* --- what each does --- */

/* Three types, two schemes, and two names, both empty: as hex digits, so that a row shows what was changed. */
#define TYPES "03010240"
#define SCHEMES "0004040308ff"
#define NAMES "00080002300000023000"

/* The message changed in its types, in its schemes, in all of its names, or in its first name alone. */
#define ITS_TYPES(octets) octets SCHEMES NAMES
#define ITS_SCHEMES(octets) TYPES octets NAMES
#define ITS_NAMES(octets) TYPES SCHEMES octets
#define ITS_FIRST(len, octets) ITS_NAMES(len octets "00023000")
#define EMPTY_4 "00000000"

#define EFFECTS 12000u /* of each mutation */
#define EFFECT_ROOM 5000u
#define EFFECT_MOST 16384u

/* Each has to be seen. */
static const struct {
    mutation kind;
    const char *out;
} effects[] = {
    { MUTATION_insert, ITS_TYPES("0401024001") },
    { MUTATION_insert, ITS_TYPES("0440010240") },
    { MUTATION_insert, ITS_TYPES("0401400240") },
    { MUTATION_replace, ITS_TYPES("03014040") },
    { MUTATION_replace, ITS_TYPES("03010201") },
    { MUTATION_remove, "" },
    { MUTATION_remove, ITS_TYPES("") },
    { MUTATION_remove, ITS_TYPES("00") },
    { MUTATION_remove, ITS_TYPES("020240") },
    { MUTATION_remove, ITS_TYPES("020140") },
    { MUTATION_remove, ITS_TYPES("020102") },
    { MUTATION_remove, ITS_SCHEMES("") },
    { MUTATION_remove, ITS_SCHEMES("0000") },
    { MUTATION_remove, ITS_SCHEMES("000208ff") },
    { MUTATION_remove, ITS_SCHEMES("00020403") },
    { MUTATION_remove, ITS_NAMES("") },
    { MUTATION_remove, ITS_NAMES("0000") },
    { MUTATION_remove, ITS_NAMES("000400023000") },
    { MUTATION_remove, ITS_NAMES("0006000000023000") },
    { MUTATION_remove, ITS_NAMES("0006000230000000") },
    { MUTATION_remove, ITS_NAMES(NAMES) }, /* what is in a name, which is nothing */
    { MUTATION_duplicate, ITS_TYPES("0401010240") },
    { MUTATION_duplicate, ITS_TYPES("0401020240") },
    { MUTATION_duplicate, ITS_TYPES("06010101010240") },
    { MUTATION_duplicate, ITS_TYPES(TYPES TYPES) },
    { MUTATION_duplicate, ITS_SCHEMES("00060403040308ff") },
    { MUTATION_duplicate, ITS_NAMES("000c000230000002300000023000") },
    { MUTATION_enumerate, ITS_TYPES("0402010240") },
    { MUTATION_enumerate, ITS_TYPES("050203010240") },
    { MUTATION_enumerate, ITS_TYPES("050102414240") },
    { MUTATION_enumerate, ITS_TYPES("06020304010240") },
    { MUTATION_enumerate, ITS_SCHEMES("00060404040308ff") },
    { MUTATION_enumerate, ITS_SCHEMES("00060403090008ff") },
    { MUTATION_append, ITS_TYPES("04010240ff") },
    { MUTATION_append, ITS_TYPES("050102400130") },
    { MUTATION_append, ITS_FIRST("0009", "0003300100") },
    { MUTATION_append, ITS_FIRST("0009", "0003300030") },
    { MUTATION_swap, ITS_TYPES("03020140") },
    { MUTATION_swap, ITS_TYPES("03014002") },
    { MUTATION_swap, ITS_SCHEMES("000408ff0403") },
    { MUTATION_swap, ITS_NAMES(NAMES) }, /* which are the same */
    { MUTATION_swap, SCHEMES TYPES NAMES },
    { MUTATION_swap, TYPES NAMES SCHEMES },
    { MUTATION_reorder, NAMES SCHEMES TYPES },
    { MUTATION_reorder, ITS_TYPES("03400201") },
    { MUTATION_reorder, ITS_SCHEMES("000408ff0403") },
    { MUTATION_reorder, ITS_NAMES(NAMES) },
    { MUTATION_resize, ITS_TYPES("00") },
    { MUTATION_resize, ITS_TYPES("0101") },
    { MUTATION_resize, ITS_TYPES("020102") },
    { MUTATION_resize, ITS_SCHEMES("0003040308") },
    { MUTATION_number, ITS_TYPES("03020240") },
    { MUTATION_number, ITS_TYPES("03010140") },
    { MUTATION_number, ITS_TYPES("03ff0240") },
    { MUTATION_number, ITS_TYPES("03014040") },
    { MUTATION_number, ITS_SCHEMES("000404030900") },
    { MUTATION_number, ITS_SCHEMES("0004ffff08ff") },
    { MUTATION_octet, ITS_TYPES("03000240") },
    { MUTATION_octet, ITS_TYPES("03010242") },
    { MUTATION_octet, ITS_SCHEMES("0004040308fe") },
    { MUTATION_length, ITS_TYPES("04010240") },
    { MUTATION_length, ITS_TYPES("02010240") },
    { MUTATION_length, ITS_TYPES("ff010240") },
    { MUTATION_length, ITS_SCHEMES("0005040308ff") },
    { MUTATION_length, ITS_FIRST("0008", "00023001") },
    { MUTATION_length, ITS_FIRST("000c", "00063084ffffffff") },
#define RETAG(len, inner, tag)                                                                                         \
    {                                                                                                                  \
        MUTATION_retag, ITS_FIRST(len, inner tag "00")                                                                 \
    }
#define RETAG_1(tag) RETAG("0008", "0002", tag)
    RETAG_1("01"),
    RETAG_1("02"),
    RETAG_1("03"),
    RETAG_1("04"),
    RETAG_1("05"),
    RETAG_1("06"),
    RETAG_1("0c"),
    RETAG_1("13"),
    RETAG_1("14"),
    RETAG_1("16"),
    RETAG_1("17"),
    RETAG_1("18"),
    RETAG_1("1c"),
    RETAG_1("1e"),
    RETAG_1("30"),
    RETAG_1("31"),
    RETAG_1("24"),
    RETAG_1("33"),
    RETAG_1("80"),
    RETAG_1("81"),
    RETAG_1("82"),
    RETAG_1("a0"),
    RETAG_1("a3"),
    RETAG_1("00"),
    RETAG_1("1f"),
    RETAG("0009", "0003", "1f81"),
    RETAG("000a", "0004", "1f817f"),
    { MUTATION_ber, ITS_FIRST("000a", "000430800000") },
    { MUTATION_ber, ITS_FIRST("0009", "0003308100") },
    { MUTATION_ber, ITS_FIRST("000a", "000430820000") },
    { MUTATION_ber, ITS_FIRST("000b", "00053083000000") },
    { MUTATION_ber, ITS_FIRST("000c", "00063084" EMPTY_4) },
    { MUTATION_ber, ITS_FIRST("000d", "00073085" EMPTY_4 "00") },
    { MUTATION_ber, ITS_FIRST("0010", "000a3088" EMPTY_4 EMPTY_4) },
    { MUTATION_nest, ITS_FIRST("000a", "000430023000") },
    { MUTATION_nest, ITS_FIRST("000c", "0006308030000000") },
    { MUTATION_nest, ITS_FIRST("001a", "001430123010300e300c300a30083006300430023000") },
    { MUTATION_cut, ITS_TYPES("0003010240") },
    { MUTATION_cut, ITS_TYPES("0101020240") },
    { MUTATION_cut, ITS_TYPES("0201020140") },
    { MUTATION_cut, ITS_TYPES("0301024000") },
    { MUTATION_cut, ITS_SCHEMES("00000004040308ff") },
    { MUTATION_cut, ITS_SCHEMES("00010400030308ff") },
    { MUTATION_cut, ITS_SCHEMES("00020403000208ff") },
    { MUTATION_cut, ITS_SCHEMES("00030403080001ff") },
    { MUTATION_cut, ITS_SCHEMES("0004040308ff0000") },
    { MUTATION_cut, ITS_NAMES("000000080002300000023000") },
    { MUTATION_cut, ITS_NAMES("000100000702300000023000") },
    { MUTATION_cut, ITS_NAMES("000400023000000400023000") },
    { MUTATION_cut, ITS_NAMES("000800023000000230000000") },
    { MUTATION_cut, ITS_FIRST("000a", "000000023000") },
    { MUTATION_cut, ITS_FIRST("000a", "000130000100") },
    { MUTATION_cut, ITS_FIRST("000a", "000430003000") },
    { MUTATION_join, ITS_NAMES("0006000430003000") },
    { MUTATION_splice, "0107" SCHEMES NAMES },
    { MUTATION_splice, ITS_TYPES("03070240") },
    { MUTATION_splice, ITS_TYPES("0401070240") },
    { MUTATION_splice, ITS_SCHEMES("00020505") },
    { MUTATION_splice, ITS_SCHEMES("000404030505") },
    { MUTATION_splice, ITS_NAMES("0000") },
};

/* Of these nothing else comes than what stands above. */
static const mutation whole_effects[] = { MUTATION_remove, MUTATION_swap, MUTATION_reorder, MUTATION_join };

static bool is_whole(mutation kind)
{
    for (size_t i = 0; i < sizeof whole_effects / sizeof whole_effects[0]; i++)
        if (whole_effects[i] == kind)
            return true;
    return false;
}

static size_t from_hex(const char *text, uint8_t *octets, size_t cap)
{
    size_t len = 0;
    assert_true(octets_from_hex(text, octets, cap, &len));
    return len;
}

/* The first name between as many elements opened and closed, which is the least that `nest` makes of octets alone. */
static size_t nested_octets(uint8_t octets[EFFECT_MOST])
{
    const size_t times = 1024;
    size_t len = from_hex(TYPES SCHEMES "10081002", octets, EFFECT_MOST);
    for (size_t i = 0; i < times; i++)
        len += from_hex("3080", octets + len, 2);
    len += from_hex("3000", octets + len, 2);
    memset(octets + len, 0, 2 * times);
    len += 2 * times;
    return len + from_hex("00023000", octets + len, 4);
}

static void every_mutation_has_its_effect(void **state)
{
    enum { NUM_EFFECTS = sizeof effects / sizeof effects[0] };
    static uint8_t expected[NUM_EFFECTS][64], nested[EFFECT_MOST], out[EFFECT_MOST];
    static size_t lengths[NUM_EFFECTS];
    uint8_t message_octets[32], other_octets[32];
    const cauth_bytes in = { message_octets, from_hex(TYPES SCHEMES NAMES, message_octets, sizeof message_octets) };
    const cauth_bytes other = { other_octets, from_hex("0107000205050000", other_octets, sizeof other_octets) };
    const size_t nested_len = nested_octets(nested);
    bool seen[NUM_EFFECTS] = { false };
    bool nested_seen = false, all = true;
    mutator m;
    (void)state;
    for (size_t i = 0; i < NUM_EFFECTS; i++)
        lengths[i] = from_hex(effects[i].out, expected[i], sizeof expected[i]);
    assert_true(mutator_init(&m, "certreq_tls12"));
    for (int kind = 0; kind < NUM_MUTATIONS; kind++) {
        random_source r = random_init(seed + (uint64_t)kind);
        for (unsigned k = 0; k < EFFECTS; k++) {
            cauth_bytes written;
            bool known = false;
            tree_read(&m.t, m.message, in);
            tree_read(&m.other, m.message, other);
            if (!mutator_apply(&m, (mutation)kind, &r, EFFECT_ROOM))
                continue;
            assert_true(tree_write(&m.t, out, sizeof out, &written));
            for (size_t i = 0; i < NUM_EFFECTS; i++) {
                bool same =
                    (int)effects[i].kind == kind && same_bytes(written, (cauth_bytes){ expected[i], lengths[i] });
                seen[i] = seen[i] || same;
                known = known || same;
            }
            nested_seen =
                nested_seen || (kind == MUTATION_nest && same_bytes(written, (cauth_bytes){ nested, nested_len }));
            if (!known && is_whole((mutation)kind))
                fail_msg("%s makes %zu octets that are none of its effects", mutation_names[kind], written.len);
        }
    }
    mutator_free(&m);
    for (size_t i = 0; i < NUM_EFFECTS; i++) {
        if (!seen[i])
            print_error("%s never makes %s\n", mutation_names[effects[i].kind], effects[i].out);
        all = all && seen[i];
    }
    if (!nested_seen)
        print_error("nest never opens and closes 1024 elements as octets alone\n");
    assert_true(all && nested_seen);
}

/* --- all of a change --- */

#define WHOLE 2000u /* changes of one message */

static unsigned long changes_of(const mutator *m)
{
    unsigned long num = 0;
    for (size_t kind = 0; kind < NUM_MUTATIONS; kind++)
        num += m->done[kind];
    return num;
}

/* Docs: a node or a few. Half of the changes ask for one, the others for one to four. */
static void a_node_or_a_few_are_changed(void **state)
{
    uint8_t octets[32];
    const cauth_bytes in = { octets, from_hex(TYPES SCHEMES NAMES, octets, sizeof octets) };
    unsigned by_num[5] = { 0 };
    mutator m;
    (void)state;
    assert_true(mutator_init(&m, "certreq_tls12"));
    for (uint32_t k = 0; k < WHOLE; k++) {
        unsigned long before = changes_of(&m);
        mutator_change(&m, in, none, 4096, change_seed(k));
        assert_in_range(changes_of(&m) - before, 0, 4);
        by_num[changes_of(&m) - before]++;
    }
    mutator_free(&m);
    print_message("%u, %u, %u and %u have 1 to 4 changes\n", by_num[1], by_num[2], by_num[3], by_num[4]);
    assert_in_range(by_num[1], WHOLE / 2, WHOLE * 3 / 4);
    for (int num = 2; num <= 4; num++)
        assert_in_range(by_num[num], WHOLE / 12, WHOLE / 6);
}

/* Docs: what is larger than 4096 octets is mostly made small again first; what is not, is not. Of a list items are left
 * out, of octets those at the end. */
static void what_is_large_is_mostly_made_small(void **state)
{
    static const struct {
        const char *message;
        uint8_t begin[2]; /* then a length of two octets, so many octets, and the end */
        size_t end;       /* 00 00, or nothing */
    } cases[] = {
        { "certreq_tls12", { 1, 1 }, 2 },    /* a type, the list of schemes, no authorities */
        { "certverify_tls12", { 4, 3 }, 0 }, /* a scheme, the signature */
    };
    static uint8_t octets[4100];
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        unsigned small = 0, large = 0, kept = 0;
        mutator m;
        assert_true(mutator_init(&m, cases[i].message));
        for (size_t len = 4097; len >= 4096; len--) {
            size_t inside = len - 4 - cases[i].end;
            memcpy(octets,
                   (const uint8_t[]){ cases[i].begin[0], cases[i].begin[1], (uint8_t)(inside >> 8), (uint8_t)inside },
                   4);
            for (size_t at = 4; at < len; at++)
                octets[at] = at >= 4 + inside ? 0 : at % 2 == 0 ? 4 : 3;
            for (uint32_t k = 0; k < WHOLE; k++) {
                size_t changed =
                    mutator_change(&m, (cauth_bytes){ octets, len }, none, sizeof octets, change_seed(k)).len;
                small += len > 4096 && changed < 1024;
                large += len > 4096 && changed > 1024;
                kept += len <= 4096 && changed > 1024;
            }
        }
        mutator_free(&m);
        print_message("%s: %u of what is large become small, %u stay, and %u of what is not\n", cases[i].message, small,
                      large, kept);
        assert_in_range(small, WHOLE * 3 / 4, WHOLE * 31 / 32); /* 7 in 8, and where nearly all was taken out */
        assert_in_range(kept, WHOLE / 2, WHOLE);
        assert_in_range(large, kept / 12, kept / 6); /* 1 in 8 of what would stay is not made small first */
    }
}

/* Of the records that are whole: whether one is longer than TLS lets it be, and whether one that is as long as that has
 * another one behind it. */
static void look_at_records(cauth_bytes in, bool *over, bool *cut)
{
    const size_t most = 16384;
    *over = *cut = false;
    for (size_t at = 0, before = 0; at + 5 <= in.len;) {
        size_t len = in.ptr[at + 3] * 256u + in.ptr[at + 4];
        if (at + 5 + len > in.len)
            return;
        *over = *over || len > most;
        *cut = *cut || before == most;
        before = len;
        at += 5 + len;
    }
}

/* Docs: what became too long for one record is mostly cut into several. One record with as many HelloRequests as there
 * is room for, so that whatever is put in is too much. */
static void what_is_too_long_is_mostly_cut(void **state)
{
    static uint8_t octets[5 + 16384];
    const cauth_bytes in = { octets, sizeof octets };
    unsigned num_over = 0, num_cut = 0;
    mutator m;
    (void)state;
    memcpy(octets, (const uint8_t[]){ 22, 3, 3, 0x40, 0 }, 5);
    assert_true(mutator_init(&m, "handshake_tls12_server"));
    for (uint32_t k = 0; k < 4 * WHOLE; k++) {
        bool over, cut;
        look_at_records(mutator_change(&m, in, none, 4 * sizeof octets, change_seed(k)), &over, &cut);
        num_over += over;
        num_cut += cut;
    }
    mutator_free(&m);
    print_message("%u are cut, %u have a record that is too long\n", num_cut, num_over);
    assert_in_range(num_cut + num_over, WHOLE / 20, 4 * WHOLE);
    assert_in_range(num_over, (num_cut + num_over) / 8, (num_cut + num_over) * 3 / 8); /* 1 in 4 is not cut */
}

/* --- octets alone --- */

/* Whether one octet was put in, left out or changed, or none. */
static bool differs_by_an_octet(cauth_bytes a, cauth_bytes b)
{
    size_t front = 0, back = 0, less = a.len < b.len ? a.len : b.len;
    while (front < less && a.ptr[front] == b.ptr[front])
        front++;
    while (back < less - front && a.ptr[a.len - 1 - back] == b.ptr[b.len - 1 - back])
        back++;
    return a.len + b.len - less - front - back <= 1;
}

static void octets_alone_are_changed(void **state)
{
    static const uint8_t before[] = "some octets, which are no message";
    size_t longer = 0, shorter = 0, changed = 0, edges = 0, neighbours = 0, bits = 0;
    (void)state;
    for (uint32_t k = 0; k < 3000; k++) {
        uint8_t octets[sizeof before + 1];
        size_t most = k % 3 == 0 ? sizeof before : sizeof octets;
        const cauth_bytes in = { before, sizeof before };
        memcpy(octets, before, sizeof before);
        const cauth_bytes out = { octets, mutator_change_octets(octets, sizeof before, most, change_seed(k)) };
        assert_true(out.len <= most);
        assert_true(differs_by_an_octet(in, out));
        longer += out.len > in.len;
        shorter += out.len < in.len;
        for (size_t i = 0; out.len == in.len && i < in.len; i++) {
            unsigned a = in.ptr[i], b = out.ptr[i], flipped = a ^ b;
            changed += a != b;
            neighbours += b == (a + 1) % 256 || b == (a + 255) % 256;
            edges += a != b && (b == 0 || b == 0x80 || b == 0xFF);
            bits += flipped != 0 && (flipped & (flipped - 1)) == 0;
        }
    }
    print_message("%zu longer, %zu shorter, %zu changed: %zu at an edge, %zu by one, %zu in a bit\n", longer, shorter,
                  changed, edges, neighbours, bits);
    assert_true(longer > 100 && shorter > 100 && edges > 50 && neighbours > 100 && bits > 100);
}

/* --- as the engines call it --- */

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed);
size_t LLVMFuzzerCustomCrossOver(const uint8_t *data1, size_t size1, const uint8_t *data2, size_t size2, uint8_t *out,
                                 size_t max_out_size, unsigned seed);
void *afl_custom_init(void *afl, unsigned int seed);
size_t afl_custom_fuzz(void *data, uint8_t *buf, size_t buf_size, uint8_t **out_buf, uint8_t *add_buf,
                       size_t add_buf_size, size_t max_size);
void afl_custom_deinit(void *data);

/* Where libFuzzer would mutate octets by itself. */
static size_t by_itself;

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size)
{
    (void)data;
    (void)max_size;
    by_itself++;
    return size;
}

/* Two types, two schemes, and two names: CN=A, and 00 with nothing behind it. */
static uint8_t plain[] = { 2,    1,    0x40, 0,    4,    4,    3,    8,    4,    0, 20,  0, 14, 0x30, 0x0C, 0x31,
                           0x0A, 0x30, 0x08, 0x06, 0x03, 0x55, 0x04, 0x03, 0x0C, 1, 'A', 0, 2,  0x30, 0 };

/* A type, a scheme, and a name that is none. */
static uint8_t marked[] = { 1, 0x40, 0, 2, 4, 3, 0, 6, 0, 4, 0xDE, 0xAD, 0xBE, 0xEF };

static bool has_mark(cauth_bytes in)
{
    for (size_t i = 0; i + 4 <= in.len; i++)
        if (memcmp(in.ptr + i, marked + sizeof marked - 4, 4) == 0)
            return true;
    return false;
}

/* What libFuzzer is given for each seed. */
static void ask_libfuzzer(cauth_bytes in, cauth_bytes *out)
{
    for (unsigned k = 0; k < CALLS; k++) {
        uint8_t data[512];
        memcpy(data, in.ptr, in.len);
        size_t len = LLVMFuzzerCustomMutator(data, in.len, sizeof data, change_seed(k));
        assert_true(len <= sizeof data);
        out[k] = exact_copy(data, len);
    }
}

/* One change in eight is libFuzzer's own, one in eight noise, unless nothing takes its input for decisions. */
static void libfuzzer_changes_octets_too(void **state)
{
    static cauth_bytes with[CALLS], without[CALLS];
    const cauth_bytes in = { plain, sizeof plain };
    size_t noise = 0, changed = 0;
    (void)state;
    by_itself = 0;
    ask_libfuzzer(in, with);
    assert_in_range(by_itself, CALLS / 8, CALLS / 5); /* and where nothing came of a change */
    prop_choices = false;
    ask_libfuzzer(in, without);
    prop_choices = true;
    for (size_t k = 0; k < CALLS; k++) {
        noise += !same_bytes(with[k], without[k]);
        changed += !same_bytes(with[k], in);
        exact_free(with[k]);
        exact_free(without[k]);
    }
    assert_in_range(noise, CALLS / 9, CALLS / 8);
    assert_true(changed > CALLS / 2);
}

static void libfuzzer_crosses_over(void **state)
{
    size_t taken = 0;
    (void)state;
    for (unsigned k = 0; k < CALLS; k++) {
        uint8_t out[512];
        size_t len =
            LLVMFuzzerCustomCrossOver(plain, sizeof plain, marked, sizeof marked, out, sizeof out, change_seed(k));
        assert_true(len <= sizeof out);
        taken += has_mark((cauth_bytes){ out, len });
    }
    print_message("%zu of %u have a part of the other\n", taken, CALLS);
    assert_true(taken > CALLS / 16);
}

/* One change in eight is of octets: in a third of them one is put in or left out, and no length says so. */
static void afl_has_both(void **state)
{
    size_t taken = 0, octets = 0;
    (void)state;
    assert_int_equal(setenv("CAUTH_MESSAGE", "certreq_tls12", 1), 0);
    void *afl = afl_custom_init(NULL, change_seed(0));
    for (unsigned k = 0; k < CALLS; k++) {
        uint8_t *out;
        size_t len = afl_custom_fuzz(afl, plain, sizeof plain, &out, marked, sizeof marked, 512);
        assert_true(len <= 512);
        taken += has_mark((cauth_bytes){ out, len });
        octets +=
            len != sizeof plain && differs_by_an_octet((cauth_bytes){ plain, sizeof plain }, (cauth_bytes){ out, len });
    }
    afl_custom_deinit(afl);
    print_message("%zu of %u have a part of the other, %zu are an octet longer or shorter\n", taken, CALLS, octets);
    assert_true(taken > CALLS / 64);
    assert_true(octets > CALLS / 17);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_mutation_is_picked),
        cmocka_unit_test(every_edge_is_reached),
        cmocka_unit_test(every_mutation_has_its_effect),
        cmocka_unit_test(a_node_or_a_few_are_changed),
        cmocka_unit_test(what_is_large_is_mostly_made_small),
        cmocka_unit_test(what_is_too_long_is_mostly_cut),
        cmocka_unit_test(octets_alone_are_changed),
        cmocka_unit_test(libfuzzer_changes_octets_too),
        cmocka_unit_test(libfuzzer_crosses_over),
        cmocka_unit_test(afl_has_both),
    };
    seeded_init("test_mutator");
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    if (failed > 0)
        print_error("CAUTH_SEED=%llu\n", (unsigned long long)seed);
    return failed;
}
