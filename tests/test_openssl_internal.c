/* The functions inside libssl.a (fuzz/bench/openssl_internal.h) say what the public way says: on the corpus, and on
 * 100 000 changed messages. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "exact.h"
#include "files.h"
#include "message.h"
#include "mutate.h"
#include "openssl_internal.h"
#include "oracle.h"

#define MUTATED 100000u

static const char *const names[] = { "certreq_tls12", "cert_tls12_server", "cert_tls12_client" };
#define NUM_NAMES (sizeof names / sizeof names[0])

/* What both ways were asked. */
static struct {
    size_t accepted;
    size_t refused;
} seen;

/* False when they differ. What the public way cannot be asked, they cannot differ on. */
static bool agrees(const message *m, openssl_internal_fn *read, cauth_bytes in)
{
    oracle_observation theirs;
    oracle_openssl.judge(m, in, &theirs);
    if (theirs.verdict == ORACLE_UNSUPPORTED)
        return true;
    bool accepted = theirs.verdict == ORACLE_ACCEPT;
    seen.accepted += accepted;
    seen.refused += !accepted;
    return read(in) == accepted;
}

static void both_ways_agree(void **state)
{
    (void)state;
    random_source r = random_init(1);
    size_t mutated = 0;
    assert_true(openssl_internal_start());
    while (mutated < MUTATED)
        for (size_t i = 0; i < NUM_NAMES; i++) {
            const message *m = message_by_name(names[i]);
            openssl_internal_fn *read = openssl_internal_find(names[i]);
            char place[4096];
            snprintf(place, sizeof place, "%s/%s", CAUTH_CORPUS, names[i]);
            DIR *folder = opendir(place);
            assert_non_null(folder);
            for (struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
                char path[sizeof place + sizeof entry->d_name];
                const char *error = NULL;
                cauth_bytes in;
                snprintf(path, sizeof path, "%s/%s", place, entry->d_name);
                if (entry->d_name[0] == '.' || !file_read(path, &in, &error))
                    continue;
                if (!agrees(m, read, in))
                    fail_msg("%s: the function inside says otherwise", path);
                for (unsigned k = 0; k < 50 && in.len <= 4096; k++, mutated++) {
                    cauth_bytes changed = mutate(&r, in);
                    if (!agrees(m, read, changed))
                        fail_msg("%s, changed copy %zu: the function inside says otherwise", path, mutated);
                    exact_free(changed);
                }
                exact_free(in);
            }
            closedir(folder);
        }
    printf("%zu accepted, %zu refused, the same in both ways\n", seen.accepted, seen.refused);
    assert_true(seen.accepted > MUTATED / 20 && seen.refused > MUTATED / 20);
    oracle_openssl.end();
    openssl_internal_end();
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(both_ways_agree) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
