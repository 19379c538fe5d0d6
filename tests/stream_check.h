/* What the tests of streams share: building records and judging a whole stream. */
#ifndef CAUTH_TESTS_STREAM_CHECK_H
#define CAUTH_TESTS_STREAM_CHECK_H

#include <string.h>

#include "expect.h"

#include "cauth/record.h"
#include "cauth/rule.h"
#include "exact.h"

#define BYTES_OF(...) ((cauth_bytes){ (const uint8_t[]){ __VA_ARGS__ }, sizeof((const uint8_t[]){ __VA_ARGS__ }) })

static const cauth_bytes nothing = { NULL, 0 };

/* Room for the largest stream that these tests write. */
static uint8_t stream_room[1 << 20];

static inline cauth_writer fresh(void)
{
    return cauth_writer_init(stream_room, sizeof stream_room);
}

static inline cauth_context context(cauth_version version, cauth_sender sender)
{
    return cauth_context_default(version, sender);
}

/* One record under the version's own number. */
static inline void put(cauth_writer *w, cauth_version version, uint8_t content_type, cauth_bytes fragment)
{
    uint16_t wire = version == CAUTH_TLS13 ? 0x0303 : cauth_version_wire(version);
    assert_true(cauth_record_write(content_type, wire, fragment, w));
}

/* The content as records, cut behind each byte whose bit is set in `cuts`, the first byte's being the lowest. */
static inline cauth_bytes cut_into_records(cauth_version version, uint8_t content_type, cauth_bytes content,
                                           unsigned cuts)
{
    cauth_writer w = fresh();
    size_t begin = 0;
    for (size_t i = 1; i <= content.len; i++) {
        if (i == content.len || (cuts >> (i - 1) & 1u) != 0) {
            const cauth_bytes part = { content.ptr + begin, i - begin };
            put(&w, version, content_type, part);
            begin = i;
        }
    }
    return cauth_written(&w);
}

/* A record of that many zero bytes. */
static inline void put_zeros(cauth_writer *w, cauth_version version, uint8_t content_type, uint16_t len)
{
    static const uint8_t zeros[65535];
    const cauth_bytes fragment = { zeros, len };
    put(w, version, content_type, fragment);
}

/* A record of an iterator that has read none. */
static inline void check_no_record(const cauth_record *record)
{
    assert_int_equal(record->content_type, 0);
    assert_int_equal(record->version, 0);
    assert_null(record->fragment.ptr);
    assert_int_equal(record->fragment.len, 0);
    assert_int_equal(record->offset, 0);
    assert_false(record->is_protected);
}

typedef cauth_result judge_fn(cauth_bytes in, const cauth_context *ctx, cauth_flags *flags);

static inline void expect_same_flags(const cauth_flags *is, const cauth_flags *expected, const char *file, int line)
{
    bool same = true;
    for (int rule = 1; rule < (int)CAUTH_NUM_RULES; rule++) {
        bool flagged = cauth_flags_has(is, (cauth_rule)rule);
        if (flagged != cauth_flags_has(expected, (cauth_rule)rule)) {
            print_error("%s is %s\n", cauth_rule_info((cauth_rule)rule)->id, flagged ? "flagged" : "not flagged");
            same = false;
        }
    }
    if (!same)
        _fail(file, line);
}

/* Judged in an exact copy, under both profiles: accepted with exactly these flags. */
static inline void check_accepted(judge_fn *judge, cauth_context ctx, cauth_bytes in, const cauth_flags *expected,
                                  const char *file, int line)
{
    cauth_bytes copy = exact_copy(in.ptr, in.len);
    for (int profile = CAUTH_STRICT; profile <= CAUTH_INTEROP; profile++) {
        cauth_flags flags = cauth_flags_none();
        ctx.profile = (cauth_profile)profile;
        expect_result(judge(copy, &ctx, &flags), cauth_accepted(), file, line);
        expect_same_flags(&flags, expected, file, line);
    }
    exact_free(copy);
}

/* The same, rejected; the flags must come back as they were. */
static inline void check_rejected(judge_fn *judge, cauth_context ctx, cauth_bytes in, cauth_result expected,
                                  const char *file, int line)
{
    cauth_bytes copy = exact_copy(in.ptr, in.len);
    for (int profile = CAUTH_STRICT; profile <= CAUTH_INTEROP; profile++) {
        cauth_flags flags, before;
        memset(&flags, 0x5A, sizeof flags);
        before = flags;
        ctx.profile = (cauth_profile)profile;
        expect_result(judge(copy, &ctx, &flags), expected, file, line);
        assert_memory_equal(&flags, &before, sizeof flags);
    }
    exact_free(copy);
}

/* The set of up to two rules. */
static inline cauth_flags flags_of(cauth_rule first, cauth_rule second)
{
    cauth_flags flags = cauth_flags_none();
    cauth_flags_set(&flags, first);
    cauth_flags_set(&flags, second);
    return flags;
}

#define CHECK_FLAGS(judge, ctx, in, first, second)                                                                     \
    check_accepted((judge), (ctx), (in), (const cauth_flags[]){ flags_of((first), (second)) }, __FILE__, __LINE__)
#define CHECK_ACCEPTED(judge, ctx, in) CHECK_FLAGS((judge), (ctx), (in), CAUTH_RULE_NONE, CAUTH_RULE_NONE)
#define CHECK_REJECTED(judge, ctx, in, rule, field, offset)                                                            \
    check_rejected((judge), (ctx), (in), cauth_rejected((rule), CAUTH_FIELD_##field, (offset)), __FILE__, __LINE__)

#endif
