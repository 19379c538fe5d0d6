/* A fuzz target with two planted faults, from which ci/lib/campaign_test.py sees what a campaign makes of them: a heap
 * overflow, whose size and address differ from input to input, and a finding of our own, as a property says it. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void overflow(const uint8_t *data, size_t size)
{
    uint8_t *volatile copy = malloc(size);
    if (copy == NULL)
        abort();
    memcpy(copy, data, size);
    copy[size + data[1] % 8u] = 1;
    free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size >= 4 && data[0] == 'M')
        overflow(data, size);
    if (size >= 4 && data[0] == 'B') {
        fprintf(stderr,
                "cauth: broken: planted of nothing (strict): CR-12-02 at %zu of %zu\n"
                "cauth: signature: broken: planted of nothing (strict): CR-12-02 at N of N\n",
                size / 2, size);
        abort();
    }
    return 0;
}
