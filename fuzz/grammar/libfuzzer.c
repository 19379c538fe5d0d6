/* The mutator as libFuzzer calls it. Linked into a fuzz target, it takes the place of libFuzzer's own mutations, which
 * are still used for what does not parse, and for one change in eight. Another one in eight is noise: some properties
 * take their input for decisions, and messages that all begin alike would always decide alike; without those properties
 * there is no noise. FUZZ_MESSAGE comes from the build. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mutator.h"
#include "prop.h"

#define QUOTE(x) #x
#define TEXT(x) QUOTE(x)

/* Weak: other engines that link the same targets do not have it. */
__attribute__((weak)) size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed);
size_t LLVMFuzzerCustomCrossOver(const uint8_t *data1, size_t size1, const uint8_t *data2, size_t size2, uint8_t *out,
                                 size_t max_out_size, unsigned seed);

static mutator *the_mutator(void)
{
    static mutator m;
    if (m.room == NULL && !mutator_init(&m, TEXT(FUZZ_MESSAGE))) {
        fputs("cauth: " TEXT(FUZZ_MESSAGE) " has no grammar, or there is no memory\n", stderr);
        abort();
    }
    return &m;
}

#define MOST_NOISE 96u

static size_t noise(uint8_t *data, size_t max_size, uint32_t seed)
{
    random_source r = random_init_near(seed);
    size_t len = random_below(&r, max_size < MOST_NOISE ? (uint32_t)max_size + 1 : MOST_NOISE);
    random_bytes(&r, data, len);
    return len;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
    const cauth_bytes in = { data, size };
    const cauth_bytes none = { NULL, 0 };
    if (seed % 8 == 1 && prop_choices)
        return noise(data, max_size, seed / 8);
    if (seed % 8 > 0) {
        cauth_bytes changed = mutator_change(the_mutator(), in, none, max_size, seed / 8);
        if (changed.len > 0) {
            memcpy(data, changed.ptr, changed.len);
            return changed.len;
        }
    }
    return LLVMFuzzerMutate != NULL ? LLVMFuzzerMutate(data, size, max_size)
                                    : mutator_change_octets(data, size, max_size, seed / 8);
}

size_t LLVMFuzzerCustomCrossOver(const uint8_t *data1, size_t size1, const uint8_t *data2, size_t size2, uint8_t *out,
                                 size_t max_out_size, unsigned seed)
{
    const cauth_bytes one = { data1, size1 };
    const cauth_bytes two = { data2, size2 };
    cauth_bytes changed = mutator_change(the_mutator(), one, two, max_out_size, seed);
    if (changed.len > 0)
        memcpy(out, changed.ptr, changed.len);
    return changed.len;
}
