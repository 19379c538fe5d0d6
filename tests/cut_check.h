/* What the tests of iterators over DER share. */
#ifndef CAUTH_TESTS_CUT_CHECK_H
#define CAUTH_TESTS_CUT_CHECK_H

#include "expect.h"

#include "cauth/list.h"
#include "exact.h"

typedef bool next_fn(cauth_iter *it);

/* Elements that end after their OBJECT IDENTIFIER, or inside it, and what is none at all: neither read nor passed. */
static inline void check_cut_elements(next_fn *next)
{
    static const struct {
        const char *list;
        size_t len;
    } cases[] = { { "\x30\x03\x06\x01\x2A", 5 }, { "\x30\x01\x06", 3 }, { "\x30\x00", 2 }, { "\x30\x01", 2 } };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        cauth_bytes copy = exact_copy(cases[i].list, cases[i].len);
        cauth_iter it = cauth_iter_init(copy);
        assert_false(next(&it));
        assert_int_equal(it.pos, 0);
        exact_free(copy);
    }
}

#endif
