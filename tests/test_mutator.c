/* What the mutator picks: that each of its mutations is made as often as mutator.def has it, each edge of each length
 * reached, parts taken from a second message, and octets alone changed now and then, by itself and as libFuzzer and
 * AFL++ call it. What a mutation does to a message, test_grammar asks. CAUTH_SEED=<number> for other random choices. */
#define _POSIX_C_SOURCE 200809L

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "exact.h"
#include "message.h"
#include "mutator.h"
#include "prop.h"
#include "same.h"
#include "seeded.h"

#define CHANGES 400u   /* of each message */
#define CALLS 4096u    /* of an engine */
#define RESIZED 40000u /* of one message */
#define ROOM ((size_t)1 << 18)
#define DECISIONS 64

static const cauth_bytes none = { NULL, 0 };

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
            mutator_change(&m, in, k % 8 == 0 ? other : none, 4096, (uint32_t)(seed + i * CHANGES + k));
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
        const cauth_bytes out = { octets, mutator_change_octets(octets, sizeof before, most, (uint32_t)seed + k) };
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
        size_t len = LLVMFuzzerCustomMutator(data, in.len, sizeof data, (unsigned)seed + k);
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
            LLVMFuzzerCustomCrossOver(plain, sizeof plain, marked, sizeof marked, out, sizeof out, (unsigned)seed + k);
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
    void *afl = afl_custom_init(NULL, (unsigned)seed);
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
        cmocka_unit_test(every_mutation_is_picked), cmocka_unit_test(every_edge_is_reached),
        cmocka_unit_test(octets_alone_are_changed), cmocka_unit_test(libfuzzer_changes_octets_too),
        cmocka_unit_test(libfuzzer_crosses_over),   cmocka_unit_test(afl_has_both),
    };
    seeded_init("test_mutator");
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    if (failed > 0)
        print_error("CAUTH_SEED=%llu\n", (unsigned long long)seed);
    return failed;
}
