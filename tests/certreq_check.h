/* What the tests of the CertificateRequest layouts share: verdicts on exact-size copies. */
#ifndef CAUTH_TESTS_CERTREQ_CHECK_H
#define CAUTH_TESTS_CERTREQ_CHECK_H

#include "expect.h"

#include "cauth/context.h"
#include "cauth/writer.h"
#include "exact.h"

#define LENGTH_OF(array) (sizeof(array) / sizeof(array)[0])

/* Parses and throws the view away. */
typedef cauth_result judge_fn(cauth_bytes body, const cauth_context *ctx, cauth_flags *flags);

static inline cauth_context server_context(cauth_version version, cauth_profile profile)
{
    cauth_context ctx = cauth_context_default(version, CAUTH_FROM_SERVER);
    ctx.profile = profile;
    return ctx;
}

static inline cauth_result judged(judge_fn *judge, const cauth_context *ctx, const uint8_t *ptr, size_t len,
                                  cauth_flags *flags)
{
    cauth_bytes body = exact_copy(ptr, len);
    cauth_result e = judge(body, ctx, flags);
    exact_free(body);
    return e;
}

static inline void check_rejected(judge_fn *judge, const cauth_context *ctx, cauth_bytes body, cauth_rule rule,
                                  cauth_field field, size_t offset)
{
    cauth_flags flags = cauth_flags_none();
    cauth_result e = judged(judge, ctx, body.ptr, body.len, &flags);
    expect_result(e, cauth_rejected(rule, field, offset), __FILE__, __LINE__);
}

/* Accepted with exactly these flags; the second may be CAUTH_RULE_NONE, or both. */
static inline void check_accepted(judge_fn *judge, const cauth_context *ctx, cauth_bytes body, cauth_rule flag,
                                  cauth_rule second)
{
    cauth_flags flags = cauth_flags_none();
    cauth_flags expected = cauth_flags_none();
    cauth_result e = judged(judge, ctx, body.ptr, body.len, &flags);
    cauth_flags_set(&expected, flag);
    cauth_flags_set(&expected, second);
    expect_result(e, cauth_accepted(), __FILE__, __LINE__);
    assert_memory_equal(&flags, &expected, sizeof flags);
}

/* No prefix of an accepted message is a message. */
static inline void check_prefixes(judge_fn *judge, const cauth_context *ctx, cauth_bytes body)
{
    for (size_t len = 0; len < body.len; len++) {
        cauth_flags flags = cauth_flags_none();
        cauth_result e = judged(judge, ctx, body.ptr, len, &flags);
        assert_false(cauth_is_accepted(e));
        assert_true(e.offset <= len);
    }
}

#define BYTES(array) ((cauth_bytes){ array, sizeof(array) })

/* CN=A, as the list item: 2 + 14 bytes. */
#define NAME_A 0x00, 0x0E, 0x30, 0x0C, 0x31, 0x0A, 0x30, 0x08, 0x06, 0x03, 0x55, 0x04, 0x03, 0x0C, 0x01, 0x41

#endif
