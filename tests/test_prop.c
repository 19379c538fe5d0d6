/* The properties themselves: each is shown a message that is wrong in just its way, and must call it BROKEN. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "exact.h"
#include "gen_stream.h"
#include "prop.h"
#include "random.h"

static const message *real;
static const message *real_stream;

/* ---- wrong parsers, writers and generators, all of certreq_tls12 ---- */

static cauth_result names_a_legal_rule(cauth_bytes in, const cauth_context *ctx, message_view *v, cauth_flags *f)
{
    cauth_result r = real->parse(in, ctx, v, f);
    if (!cauth_is_accepted(r))
        r.rule = CAUTH_VEC_08;
    return r;
}

static cauth_result accepts_cut_names(cauth_bytes in, const cauth_context *ctx, message_view *v, cauth_flags *f)
{
    cauth_result r = real->parse(in, ctx, v, f);
    if (r.rule != CAUTH_VEC_03 || r.field != CAUTH_FIELD_CERTIFICATE_AUTHORITIES)
        return r;
    memset(v, 0, sizeof *v);
    *f = cauth_flags_none();
    return cauth_accepted();
}

static cauth_result accepts_surplus(cauth_bytes in, const cauth_context *ctx, message_view *v, cauth_flags *f)
{
    cauth_result r = real->parse(in, ctx, v, f);
    if (r.rule == CAUTH_VEC_07) {
        cauth_bytes less = { in.ptr, r.offset };
        r = real->parse(less, ctx, v, f);
    }
    return r;
}

static cauth_result accepts_odd_lists(cauth_bytes in, const cauth_context *ctx, message_view *v, cauth_flags *f)
{
    cauth_result r = real->parse(in, ctx, v, f);
    if (r.rule != CAUTH_CR_12_02)
        return r;
    memset(v, 0, sizeof *v);
    *f = cauth_flags_none();
    return cauth_accepted();
}

static cauth_result wants_no_names(cauth_bytes in, const cauth_context *ctx, message_view *v, cauth_flags *f)
{
    cauth_result r = real->parse(in, ctx, v, f);
    if (cauth_is_accepted(r) && v->certreq_tls12.certificate_authorities.len > 0)
        r = cauth_rejected(CAUTH_VEC_04, CAUTH_FIELD_CERTIFICATE_AUTHORITIES, 0);
    return r;
}

static bool prints_no_values(const cauth_name *name, cauth_writer *w)
{
    (void)name;
    return cauth_write_bytes(w, (cauth_bytes){ (const uint8_t *)"CN=", 3 });
}

static cauth_result writes_before_it_refuses(cauth_bytes in, const cauth_context *ctx, message_view *v, cauth_flags *f)
{
    cauth_result r = real->parse(in, ctx, v, f);
    if (!cauth_is_accepted(r))
        v->certreq_tls12.certificate_types.len = 0;
    return r;
}

static cauth_result points_elsewhere(cauth_bytes in, const cauth_context *ctx, message_view *v, cauth_flags *f)
{
    static const uint8_t elsewhere[] = { 0, 1, 0x30 };
    cauth_result r = real->parse(in, ctx, v, f);
    if (cauth_is_accepted(r))
        v->certreq_tls12.certificate_authorities = (cauth_bytes){ elsewhere, sizeof elsewhere };
    return r;
}

static cauth_result changes_its_mind(cauth_bytes in, const cauth_context *ctx, message_view *v, cauth_flags *f)
{
    static unsigned calls;
    cauth_result r = real->parse(in, ctx, v, f);
    calls++;
    if (cauth_is_accepted(r) && calls % 2 == 0)
        cauth_flags_set(f, CAUTH_CR_12_06);
    return r;
}

static cauth_result looks_at_the_end_first(cauth_bytes in, const cauth_context *ctx, message_view *v, cauth_flags *f)
{
    cauth_result r = real->parse(in, ctx, v, f);
    if (!cauth_is_accepted(r) && in.ptr[in.len - 1] >= 0x80)
        r.rule = CAUTH_VEC_07;
    return r;
}

static cauth_result refuses_under_large_limits(cauth_bytes in, const cauth_context *ctx, message_view *v,
                                               cauth_flags *f)
{
    if (ctx->limits.certificate_request > cauth_limits_default().certificate_request)
        return cauth_rejected(CAUTH_VEC_04, CAUTH_FIELD_BODY, 0);
    return real->parse(in, ctx, v, f);
}

static cauth_result reports_the_next_byte(cauth_bytes in, const cauth_context *ctx, message_view *v, cauth_flags *f)
{
    cauth_result r = message_by_name("certverify_tls12")->parse(in, ctx, v, f);
    if (!cauth_is_accepted(r))
        r.offset++;
    return r;
}

static cauth_result interop_is_stricter(cauth_bytes in, const cauth_context *ctx, message_view *v, cauth_flags *f)
{
    return ctx->profile == CAUTH_INTEROP ? cauth_rejected(CAUTH_VEC_04, CAUTH_FIELD_BODY, 0)
                                         : real->parse(in, ctx, v, f);
}

static bool writes_names_twice(const message_view *v, cauth_writer *w)
{
    real->write(v, w);
    return cauth_write_vector(w, 2, v->certreq_tls12.certificate_authorities);
}

static cauth_result flags_before_it_refuses(const message_view *v, cauth_bytes in, const cauth_context *ctx,
                                            cauth_flags *f)
{
    cauth_flags_set(f, CAUTH_DN_12);
    return real->judge_items(v, in, ctx, f);
}

static cauth_result finds_a_stray_octet(const message_view *v, cauth_bytes in, const cauth_context *ctx, cauth_flags *f)
{
    (void)v, (void)ctx, (void)f;
    return cauth_rejected(CAUTH_VEC_06, CAUTH_FIELD_DISTINGUISHED_NAME, in.len);
}

static cauth_result counts_to_zero(cauth_bytes in, const cauth_context *ctx, message_view *v, cauth_flags *f)
{
    cauth_result r = message_by_name("certreq_tls13")->parse(in, ctx, v, f);
    if (cauth_is_accepted(r))
        v->certreq_tls13.num_extensions = 0;
    return r;
}

static cauth_result forgets_flags(const message_view *v, cauth_bytes in, const cauth_context *ctx, cauth_flags *f)
{
    cauth_flags lost = *f;
    return real->judge_items(v, in, ctx, &lost);
}

static void generates_no_types(choices *c, const cauth_context *ctx, arena *a, message_view *v)
{
    real->generate(c, ctx, a, v);
    v->certreq_tls12.certificate_types.len = 0;
}

static cauth_result refuses_incomplete_streams(cauth_bytes in, const cauth_context *ctx, message_view *v,
                                               cauth_flags *f)
{
    cauth_result r = real_stream->parse(in, ctx, v, f);
    if (cauth_is_accepted(r) && cauth_flags_has(f, CAUTH_REC_01))
        r = cauth_rejected(CAUTH_VEC_03, CAUTH_FIELD_BODY, in.len);
    return r;
}

static cauth_result refuses_short_records(cauth_bytes in, const cauth_context *ctx, message_view *v, cauth_flags *f)
{
    (void)in, (void)ctx, (void)v, (void)f;
    return cauth_rejected(CAUTH_REC_08, CAUTH_FIELD_RECORD_LENGTH, 3);
}

static cauth_result counts_alerts_from_the_end(cauth_bytes in, const cauth_context *ctx, message_view *v,
                                               cauth_flags *f)
{
    cauth_result r = real_stream->parse(in, ctx, v, f);
    if (cauth_is_accepted(r) && cauth_flags_has(f, CAUTH_REC_01))
        v->alert_tls12_server.num_alerts = 0;
    return r;
}

static unsigned long counts_quadratic_steps(const message *m, cauth_bytes in, cauth_profile profile)
{
    (void)m;
    (void)profile;
    return 1000 * in.len * in.len;
}

static unsigned long counts_linear_steps(const message *m, cauth_bytes in, cauth_profile profile)
{
    (void)m;
    (void)profile;
    return in.len + 1;
}

static cauth_result reads_another_type(cauth_bytes in, const cauth_context *ctx, message_view *v, cauth_flags *f)
{
    static const uint8_t other[1] = { 99 };
    cauth_result r = message_by_name("certreq_tls10")->parse(in, ctx, v, f);
    if (cauth_is_accepted(r))
        v->certreq_tls10.certificate_types = (cauth_bytes){ other, 1 };
    return r;
}

static bool has_record(cauth_bytes in, bool (*is_meant)(const cauth_record *))
{
    cauth_iter it = cauth_iter_init(in);
    cauth_record record;
    while (cauth_record_list_next(&it, &record))
        if (is_meant(&record))
            return true;
    return false;
}

static bool is_alert(const cauth_record *record)
{
    return record->content_type == CAUTH_ALERT_RECORD;
}

static bool is_cut_alert(const cauth_record *record)
{
    return is_alert(record) && record->fragment.len != 2;
}

/* All messages of `done` have four octets. */
static bool is_cut_message(const cauth_record *record)
{
    return record->content_type == CAUTH_HANDSHAKE_RECORD && record->fragment.len % 4 != 0;
}

static cauth_result refuses(bool (*is_meant)(const cauth_record *), cauth_bytes in, const cauth_context *ctx,
                            message_view *v, cauth_flags *f)
{
    if (has_record(in, is_meant))
        return cauth_rejected(CAUTH_VEC_03, CAUTH_FIELD_FRAGMENT, 0);
    return message_by_name("handshake_tls12_server")->parse(in, ctx, v, f);
}

static cauth_result refuses_alerts(cauth_bytes in, const cauth_context *ctx, message_view *v, cauth_flags *f)
{
    return refuses(is_alert, in, ctx, v, f);
}

/* Knows an alert only where it has a record of its own. */
static cauth_result refuses_cut_alerts(cauth_bytes in, const cauth_context *ctx, message_view *v, cauth_flags *f)
{
    return refuses(is_cut_alert, in, ctx, v, f);
}

static cauth_result refuses_cut_messages(cauth_bytes in, const cauth_context *ctx, message_view *v, cauth_flags *f)
{
    return refuses(is_cut_message, in, ctx, v, f);
}

static cauth_result refuses_elsewhere(cauth_bytes in, const cauth_context *ctx, message_view *v, cauth_flags *f)
{
    cauth_result r = message_by_name("handshake_tls12_server")->parse(in, ctx, v, f);
    if (!cauth_is_accepted(r))
        r.offset++;
    return r;
}

/* ---- wrong readers ---- */

typedef cauth_event read_fn(cauth_handshake_reader *r, const cauth_context *ctx, cauth_bytes unread,
                            cauth_handshake *msg);
read_fn __real_cauth_handshake_next, __wrap_cauth_handshake_next;
static read_fn *read_next = __real_cauth_handshake_next;

cauth_event __wrap_cauth_handshake_next(cauth_handshake_reader *r, const cauth_context *ctx, cauth_bytes unread,
                                        cauth_handshake *msg)
{
    return read_next(r, ctx, unread, msg);
}

/* A message that begins where none of `done` does. */
static cauth_event adds_an_octet_further_on(cauth_handshake_reader *r, const cauth_context *ctx, cauth_bytes unread,
                                            cauth_handshake *msg)
{
    cauth_event event = __real_cauth_handshake_next(r, ctx, unread, msg);
    if (event == CAUTH_READ_ITEM && msg->offset > 25)
        msg->length++;
    return event;
}

/* A message of which a part was waited for. */
static cauth_event adds_an_octet_after_waiting(cauth_handshake_reader *r, const cauth_context *ctx, cauth_bytes unread,
                                               cauth_handshake *msg)
{
    static const cauth_handshake_reader *waiting;
    if (r->offset == 0) /* a reader that waited may have stood in the same place */
        waiting = NULL;
    cauth_event event = __real_cauth_handshake_next(r, ctx, unread, msg);
    if (event == CAUTH_READ_ITEM && waiting == r)
        msg->length++;
    waiting = event == CAUTH_READ_MORE ? r : waiting == r ? NULL : waiting;
    return event;
}

static cauth_event hands_out_what_it_has_not(cauth_handshake_reader *r, const cauth_context *ctx, cauth_bytes unread,
                                             cauth_handshake *msg)
{
    cauth_event event = __real_cauth_handshake_next(r, ctx, unread, msg);
    if (event == CAUTH_READ_ITEM)
        msg->whole = true;
    return event;
}

/* ---- the tests ---- */

static const uint8_t accepted[] = { 1, 1, 0, 2, 4, 3, 0, 4, 0, 2, 0x30, 0 };
static const uint8_t refused[] = { 1, 1, 0, 3, 4, 3, 0, 0, 4, 0, 2, 0x30, 0 }; /* CR-12-02, at 2 */
static const uint8_t bad_name[] = { 1, 1, 0, 2, 4, 3, 0, 4, 0, 2, 0x31, 0 };   /* DN-05: a Name is no SET */
static const uint8_t named[] = { 1,    1,    0,    2,    4,    3,    0,    16, 0,    14,   0x30, 0x0C,
                                 0x31, 0x0A, 0x30, 0x08, 0x06, 0x03, 0x55, 4,  0x03, 0x0C, 1,    'x' }; /* CN=x */
static const uint8_t hidden[] = {
    1, 1, 0, 2, 4, 3, 0, 16, 0, 14, 0x30, 0x0C, 0x31, 0x0A, 0x30, 0x08, 0x06, 0x03, 0x55, 4, 0x03, 0x0C, 1, 7
}; /* CN=\07: DN-17 */
static const uint8_t extension[] = { 0, 0, 8, 0, 13, 0, 4, 0, 2, 4, 3 };
static const uint8_t surplus_place[] = { 0, 0 };            /* an octet behind the message */
static const uint8_t old[] = { 1, 1, 0, 4, 0, 2, 0x30, 0 }; /* before TLS 1.2 */
static const uint8_t warning[] = { 21, 3, 3, 0, 2, 1, 90 }; /* user_canceled */

/* Six of server_hello_done: */
static const uint8_t done[] = { 22, 3, 3,  0, 24, 14, 0,  0, 0, 14, 0,  0, 0, 14, 0,
                                0,  0, 14, 0, 0,  0,  14, 0, 0, 0,  14, 0, 0, 0 };
static const uint8_t too_long[] = { 22, 3, 3, 0xFF, 0xFF }; /* REC-08 */
/* A body in two records: */
static const uint8_t crossing[] = { 22, 3, 3, 0, 5, 11, 0, 0, 4, 9, 22, 3, 3, 0, 3, 9, 9, 9 };

/* What is wrong in a message: NULL where it is as it should be. */
typedef struct {
    const char *name;
    prop_id property;
    const char *message;
    const uint8_t *bytes;
    size_t len;
    cauth_result (*parse)(cauth_bytes in, const cauth_context *ctx, message_view *v, cauth_flags *f);
    bool (*write)(const message_view *v, cauth_writer *w);
    void (*generate)(choices *c, const cauth_context *ctx, arena *a, message_view *v);
    prop_steps_fn *count;
    cauth_result (*judge_items)(const message_view *v, cauth_bytes in, const cauth_context *ctx, cauth_flags *f);
    prop_print_fn *print;
    read_fn *next;
} fault;

#define INPUT(message, bytes) message, bytes, sizeof bytes
#define PARSES(function) function, NULL, NULL, NULL, NULL, NULL, NULL
#define WRITES(function) NULL, function, NULL, NULL, NULL, NULL, NULL
#define GENERATES(function) NULL, NULL, function, NULL, NULL, NULL, NULL
#define COUNTS(function) NULL, NULL, NULL, function, NULL, NULL, NULL
#define JUDGES_ITEMS(function) NULL, NULL, NULL, NULL, function, NULL, NULL
#define PRINTS(function) NULL, NULL, NULL, NULL, NULL, function, NULL
#define READS(function) NULL, NULL, NULL, NULL, NULL, NULL, function
static const fault faults[] = {
    { "total", PROP_total, INPUT("certreq_tls12", refused), PARSES(names_a_legal_rule) },
    { "no_prefix", PROP_no_prefix, INPUT("certreq_tls12", accepted), PARSES(accepts_cut_names) },
    { "no_prefix (stream)", PROP_no_prefix, INPUT("alert_tls12_server", warning), PARSES(refuses_incomplete_streams) },
    { "no_suffix", PROP_no_suffix, INPUT("certreq_tls12", accepted), PARSES(accepts_surplus) },
    { "no_suffix (stream)", PROP_no_suffix, INPUT("alert_tls12_server", warning), PARSES(counts_alerts_from_the_end) },
    { "untouched_on_error", PROP_untouched_on_error, INPUT("certreq_tls12", refused),
      PARSES(writes_before_it_refuses) },
    { "items_untouched", PROP_items_untouched, INPUT("certreq_tls12", bad_name),
      JUDGES_ITEMS(flags_before_it_refuses) },
    { "items_untouched (framing)", PROP_items_untouched, INPUT("certreq_tls12", accepted),
      JUDGES_ITEMS(finds_a_stray_octet) },
    { "extensions_counted", PROP_extensions_counted, INPUT("certreq_tls13", extension), PARSES(counts_to_zero) },
    { "views_inside_input", PROP_views_inside_input, INPUT("certreq_tls12", accepted), PARSES(points_elsewhere) },
    { "reparse_equal", PROP_reparse_equal, INPUT("certreq_tls12", accepted), PARSES(changes_its_mind) },
    { "roundtrip", PROP_roundtrip, INPUT("certreq_tls12", accepted), WRITES(writes_names_twice) },
    { "local_error", PROP_local_error, INPUT("certreq_tls12", refused), PARSES(looks_at_the_end_first) },
    { "limit_monotone", PROP_limit_monotone, INPUT("certreq_tls12", accepted), PARSES(refuses_under_large_limits) },
    { "generated_accepted", PROP_generated_accepted, INPUT("certreq_tls12", accepted), GENERATES(generates_no_types) },
    { "breaker_named", PROP_breaker_named, INPUT("certverify_tls12", accepted), PARSES(reports_the_next_byte) },
    { "grammar_agrees", PROP_grammar_agrees, INPUT("certreq_tls12", refused), PARSES(accepts_odd_lists) },
    { "grammar_agrees (refused)", PROP_grammar_agrees, INPUT("certreq_tls12", accepted), PARSES(wants_no_names) },
    { "names_printed", PROP_names_printed, INPUT("certreq_tls12", named), PRINTS(prints_no_values) },
    { "names_flagged", PROP_names_flagged, INPUT("certreq_tls12", hidden), JUDGES_ITEMS(forgets_flags) },
    { "refragment_equal", PROP_refragment_equal, INPUT("handshake_tls12_server", done), PARSES(refuses_cut_messages) },
    { "refragment_equal (messages)", PROP_refragment_equal, INPUT("handshake_tls12_server", done),
      READS(adds_an_octet_further_on) },
    { "interleave_equal", PROP_interleave_equal, INPUT("handshake_tls12_server", done), PARSES(refuses_alerts) },
    { "interleave_equal (messages)", PROP_interleave_equal, INPUT("handshake_tls12_server", done),
      READS(adds_an_octet_further_on) },
    { "chunk_equal", PROP_chunk_equal, INPUT("handshake_tls12_server", crossing), READS(adds_an_octet_after_waiting) },
    { "chunk_equal (refused)", PROP_chunk_equal, INPUT("handshake_tls12_server", too_long), PARSES(refuses_elsewhere) },
    { "buffer_equal", PROP_buffer_equal, INPUT("handshake_tls12_server", crossing), READS(hands_out_what_it_has_not) },
    { "scatter_equal (messages)", PROP_scatter_equal, INPUT("handshake_tls12_server", done),
      READS(adds_an_octet_further_on) },
    { "scatter_equal (pieces)", PROP_scatter_equal, INPUT("handshake_tls12_server", done),
      READS(adds_an_octet_after_waiting) },
    { "scatter_equal", PROP_scatter_equal, INPUT("handshake_tls12_server", done), PARSES(refuses_cut_alerts) },
    { "records_bounded", PROP_records_bounded, INPUT("record_tls12", warning), PARSES(refuses_short_records) },
    { "place_named", PROP_place_named, INPUT("certverify_tls12", surplus_place), PARSES(reports_the_next_byte) },
    { "siblings_equal", PROP_siblings_equal, INPUT("certreq_tls10", old), PARSES(reads_another_type) },
    { "linear_work", PROP_linear_work, INPUT("certreq_tls12", accepted), COUNTS(counts_quadratic_steps) },
    { "profiles_nested", PROP_profiles_nested, INPUT("certreq_tls12", accepted), PARSES(interop_is_stricter) },
};
#define NUM_FAULTS (sizeof faults / sizeof faults[0])

/* HELD for the message as it is, BROKEN for the one with the fault. */
static void is_found(void **state)
{
    const fault *f = *state;
    prop_failure failure;
    cauth_bytes in = exact_copy(f->bytes, f->len);
    const property *p = &properties[f->property];
    message m = *message_by_name(f->message);
    prop_count_steps = counts_linear_steps;
    read_next = __real_cauth_handshake_next;
    prop_verdict right = prop_check_one(p, &m, CAUTH_STRICT, in, PROP_THOROUGH, &failure);
    assert_true(right == PROP_HELD || right == PROP_NOT_ABOUT);
    m.parse = f->parse != NULL ? f->parse : m.parse;
    m.write = f->write != NULL ? f->write : m.write;
    m.judge_items = f->judge_items != NULL ? f->judge_items : m.judge_items;
    m.generate = f->generate != NULL ? f->generate : m.generate;
    prop_count_steps = f->count != NULL ? f->count : prop_count_steps;
    prop_print_name = f->print != NULL ? f->print : prop_print_name;
    read_next = f->next != NULL ? f->next : read_next;
    assert_int_equal(prop_check_one(p, &m, CAUTH_STRICT, in, PROP_THOROUGH, &failure), PROP_BROKEN);
    prop_print_name = cauth_name_print;
    read_next = __real_cauth_handshake_next;
    assert_ptr_equal(failure.property, p);
    assert_true(failure.why[0] != '\0');
    exact_free(in);
    prop_count_steps = NULL;
}

/* Iterators are no part of a message or a reader: a planted bug breaks them (iterator-past-end; ci/power). */
static void every_property_has_a_fault(void **state)
{
    (void)state;
    for (size_t i = 0; i < NUM_PROPERTIES; i++) {
        bool has = i == PROP_iterators_end;
        for (size_t k = 0; k < NUM_FAULTS; k++)
            has = has || faults[k].property == i;
        if (!has)
            fail_msg("%s: nothing here that breaks it", properties[i].name);
    }
}

static void assert_held(const property *p, const char *message_name, const uint8_t *bytes, size_t len)
{
    cauth_bytes in = exact_copy(bytes, len);
    prop_failure failure;
    assert_int_equal(prop_check_one(p, message_by_name(message_name), CAUTH_STRICT, in, PROP_THOROUGH, &failure),
                     PROP_HELD);
    exact_free(in);
}

/* The second attribute is the longer one and comes last, as it should; with the length of its value as DER has it, it
 * is the shorter one. That the writer keeps the order of the fields is no fault. */
static void roundtrip_of_an_order_that_ber_made(void **state)
{
    static const uint8_t bytes[] = { 0x30, 0x23, 0x31, 0x21, 0x30, 0x0C, 0x06, 0x03, 0x55, 0x04, 0x07, 0x0C, 0x05,
                                     'c',  'a',  'u',  't',  'h',  0x30, 0x11, 0x06, 0x03, 0x55, 0x04, 0x06, 0x13,
                                     0x88, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 'D',  'E' };
    (void)state;
    assert_held(&properties[PROP_roundtrip], "name_tls10", bytes, sizeof bytes);
}

/* An empty record holds no ChangeCipherSpec: the record behind it is plaintext, and too long for that. */
static void records_bounded_behind_an_empty_record(void **state)
{
    static const uint8_t bytes[] = { 0x14, 0x03, 0x01, 0x00, 0x00, 0x16, 0x03, 0x01, 0x48, 0x00 };
    (void)state;
    assert_held(&properties[PROP_records_bounded], "record_tls10", bytes, sizeof bytes);
}

/* A property that is about some messages only is about so many, counted by hand in messages.def and siblings.def; of
 * the others it says nothing, not that it held. */
static void some_messages_are_spoken_of(void **state)
{
    static const struct {
        prop_id property;
        size_t num;
    } narrow[] = {
        { PROP_items_untouched, 14 }, /* six requests, six lists of certificates, two keys */
        { PROP_extensions_counted, 2 }, { PROP_refragment_equal, 15 }, /* all streams but two of alerts */
        { PROP_interleave_equal, 4 },   { PROP_buffer_equal, 4 },      { PROP_scatter_equal, 4 },
        { PROP_records_bounded, 3 },    { PROP_names_flagged, 7 }, /* six requests, x509 */
        { PROP_names_printed, 9 },      { PROP_siblings_equal, 19 },
    };
    size_t bodies = 0;
    (void)state;
    for (size_t i = 0; i < num_messages; i++)
        bodies += messages[i].form == MESSAGE_BODY ? 1 : 0;
    for (size_t i = 0; i < NUM_PROPERTIES; i++) {
        size_t num = 0, expected = SIZE_MAX;
        for (size_t k = 0; k < num_messages; k++)
            num += properties[i].is_about(&messages[k]) ? 1 : 0;
        for (size_t k = 0; k < sizeof narrow / sizeof narrow[0]; k++)
            expected = narrow[k].property == i ? narrow[k].num : expected;
        if (expected == SIZE_MAX ? num != num_messages && num != bodies && num != num_messages - bodies
                                 : num != expected)
            fail_msg("%s is about %zu messages", properties[i].name, num);
    }
}

/* Inputs in which there is nothing of the kind are not counted. */
static void nothing_to_try_is_not_held(void **state)
{
    static const struct {
        prop_id property;
        const char *message;
        uint8_t bytes[16];
        size_t len;
    } cases[] = {
        { PROP_names_printed, "certreq_tls12", { 1, 1, 0, 2, 4, 3, 0, 0 }, 8 }, /* no names */
        { PROP_names_flagged, "certreq_tls12", { 1, 1, 0, 2, 4, 3, 0, 0 }, 8 },
        { PROP_buffer_equal, "handshake_tls12_server", { 22, 3, 3, 0, 4, 14, 0, 0, 0 }, 9 }, /* no body */
        { PROP_interleave_equal, "handshake_tls12_server", { 0 }, 0 },
        { PROP_scatter_equal, "handshake_tls12_server", { 0 }, 0 },
        { PROP_refragment_equal, "handshake_tls12_server", { 0 }, 0 },
        { PROP_refragment_equal, "alert_tls12_server", { 0 }, 0 },
        { PROP_refragment_equal, "record_tls12", { 20, 3, 3, 0, 1, 1 }, 6 }, /* a ChangeCipherSpec is not cut */
        { PROP_chunk_equal, "handshake_tls12_server", { 0 }, 0 },
        { PROP_chunk_equal, "alert_tls13_client", { 21 }, 1 },
        { PROP_records_bounded, "record_tls10", { 22, 3 }, 2 },
        { PROP_siblings_equal, "certreq_tls10", { 1, 1, 0, 0 }, 4 }, /* VEC-04, which is for one of the two only */
        { PROP_local_error, "certverify_tls12", { 4 }, 1 },          /* nothing behind the error */
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const message *m = message_by_name(cases[i].message);
        cauth_bytes in = exact_copy(cases[i].bytes, cases[i].len);
        prop_failure failure;
        prop_tally tally = { { 0 } };
        if (prop_check_one(&properties[cases[i].property], m, CAUTH_STRICT, in, PROP_THOROUGH, &failure) !=
            PROP_NOT_ABOUT)
            fail_msg("%s of %s, case %zu", properties[cases[i].property].name, m->name, i);
        assert_true(prop_check(m, in, PROP_THOROUGH, &tally, &failure));
        if (cases[i].property != PROP_siblings_equal)
            assert_int_equal(tally.held[cases[i].property], 0);
        assert_true(tally.held[PROP_total] > 0);
        exact_free(in);
    }
}

/* How many warnings stand at each gap of a stream of `num` records with one octet each. */
static void count_warnings(cauth_bytes stream, size_t num, size_t *at)
{
    cauth_iter it = cauth_iter_init(stream);
    cauth_record record;
    size_t gap = 0;
    memset(at, 0, (num + 1) * sizeof *at);
    while (cauth_record_list_next(&it, &record)) {
        if (record.content_type == CAUTH_ALERT_RECORD)
            at[gap]++;
        else
            gap++;
    }
    assert_int_equal(gap, num);
}

/* Messages of one type, cut into records of one octet: at every gap where the version allows it none to four warnings
 * come out, behind the last record too, and nowhere else. */
static void warnings_come_at_every_gap(void **state)
{
    enum { MESSAGES = 12, RECORDS = 4 * MESSAGES };
    static const char *const names[] = { "handshake_tls12_server", "handshake_tls13_server" };
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        const message *m = message_by_name(names[i]);
        cauth_context ctx = message_context(m, CAUTH_STRICT);
        bool tls13 = ctx.version == CAUTH_TLS13;
        uint8_t stream[RECORDS * 6], room[RECORDS * 64], decisions[RECORDS * 8];
        uint32_t seen[RECORDS + 1] = { 0 };
        size_t at[RECORDS + 1];
        for (size_t r = 0; r < RECORDS; r++) /* encrypted_extensions or server_hello_done, without a body */
            memcpy(stream + 6 * r, (const uint8_t[]){ 22, 3, 3, 0, 1, r % 4 == 0 ? (tls13 ? 8 : 14) : 0 }, 6);
        const cauth_bytes in = { stream, sizeof stream };
        assert_int_equal(stream_num_gaps(m->layout, &ctx, in), tls13 ? MESSAGES + 1 : RECORDS + 1);
        random_source source = random_init(3);
        for (unsigned round = 0; round < 300; round++) {
            random_bytes(&source, decisions, sizeof decisions);
            choices c = choices_init((cauth_bytes){ decisions, sizeof decisions });
            cauth_writer w = cauth_writer_init(room, sizeof room);
            stream_interleave(m->layout, &ctx, in, &c, &w);
            assert_false(w.failed);
            count_warnings(cauth_written(&w), RECORDS, at);
            for (size_t g = 0; g <= RECORDS; g++) {
                assert_in_range(at[g], 0, CAUTH_MAX_WARNINGS_IN_A_ROW);
                seen[g] |= 1u << at[g];
            }
        }
        for (size_t g = 0; g <= RECORDS; g++)
            assert_int_equal(seen[g], tls13 && g % 4 != 0 ? 1 : (2u << CAUTH_MAX_WARNINGS_IN_A_ROW) - 1);
    }
}

/* What a scattered stream has: the handshake octets are those of `in`, and the alerts whole warnings, before ciphertext
 * too; gives which cuts there are. */
enum { ONE_MESSAGE_OCTET = 1, HALF_ALERT = 2, ONE_ALERT = 4, SOME_ALERTS = 8, HALF_BEHIND_MESSAGE = 16, ALL_CUTS = 31 };

#define OWN_ALERT 42 /* of the stream, not put in between */

static unsigned cuts_in(cauth_bytes scattered, cauth_bytes content)
{
    cauth_iter it = cauth_iter_init(scattered);
    cauth_record record;
    size_t pos = 0, alert_octets = 0;
    bool message_in_half = false;
    unsigned cuts = 0;
    while (cauth_record_list_next(&it, &record)) {
        cauth_bytes fragment = record.fragment;
        if (record.content_type == CAUTH_HANDSHAKE_RECORD) {
            assert_true(pos + fragment.len <= content.len);
            assert_memory_equal(fragment.ptr, content.ptr + pos, fragment.len);
            pos += fragment.len;
            cuts |= fragment.len == 1 ? ONE_MESSAGE_OCTET : 0;
            message_in_half = alert_octets % 2 == 1;
            continue;
        }
        if (record.content_type == CAUTH_CHANGE_CIPHER_SPEC) {
            assert_int_equal(alert_octets % 2, 0);
            continue;
        }
        assert_int_equal(record.content_type, CAUTH_ALERT_RECORD);
        cuts |= fragment.len == 1 ? HALF_ALERT : fragment.len == 2 ? ONE_ALERT : SOME_ALERTS;
        cuts |= message_in_half ? HALF_BEHIND_MESSAGE : 0;
        message_in_half = false;
        for (size_t i = 0; i < fragment.len; i++, alert_octets++) {
            uint8_t octet = fragment.ptr[i];
            assert_true(alert_octets % 2 == 0
                            ? octet == CAUTH_ALERT_WARNING
                            : octet == CAUTH_USER_CANCELED || octet == 100 || octet == 112 || octet == OWN_ALERT);
        }
    }
    assert_int_equal(pos, content.len);
    assert_int_equal(alert_octets % 2, 0);
    return cuts;
}

/* Records and the alerts between them are cut together; in TLS 1.3 the alerts are not. */
static void warnings_are_cut_too(void **state)
{
    static const uint8_t done13[] = { 22, 3, 3, 0, 8, 8, 0, 0, 0, 8, 0, 0, 0 };
    static const uint8_t changes[] = { 22, 3, 3, 0, 8, 14, 0, 0, 0, 14, 0, 0, 0, 20, 3, 3, 0, 1, 1 };
    static const uint8_t warns[] = { 22, 3, 3, 0, 8, 14, 0,  0, 0, 14, 0, 0,        0,
                                     21, 3, 3, 0, 1, 1,  21, 3, 3, 0,  1, OWN_ALERT };
    static const struct {
        const char *message;
        cauth_bytes in;
        size_t first; /* octets in the first record, which has all messages */
        unsigned cuts;
    } cases[] = {
        { "handshake_tls12_server", { done, sizeof done }, 24, ALL_CUTS },
        { "handshake_tls12_server", { changes, sizeof changes }, 8, ALL_CUTS },
        { "handshake_tls12_server", { warns, sizeof warns }, 8, ALL_CUTS },
        { "handshake_tls13_server", { done13, sizeof done13 }, 8, ONE_MESSAGE_OCTET | ONE_ALERT },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const message *m = message_by_name(cases[i].message);
        const cauth_bytes in = cases[i].in, content = { in.ptr + 5, cases[i].first };
        cauth_context ctx = message_context(m, CAUTH_STRICT);
        random_source source = random_init(3);
        unsigned cuts = 0;
        for (unsigned round = 0; round < 300; round++) {
            uint8_t decisions[200];
            random_bytes(&source, decisions, sizeof decisions);
            choices c = choices_init((cauth_bytes){ decisions, sizeof decisions });
            cauth_bytes scattered = stream_scatter(m->layout, &ctx, in, &c);
            cuts |= cuts_in(scattered, content);
            exact_free(scattered);
        }
        assert_int_equal(cuts, cases[i].cuts);
    }
}

/* No plaintext alert stands inside another one: a half one of the stream's own, and the gap behind the other half. */
static void no_warnings_inside_an_alert(void **state)
{
    static const uint8_t stream[] = { 21, 3, 3, 0, 1, 1, 22, 3, 3, 0, 4, 14, 0, 0, 0, 21, 3, 3, 0, 1, 90 };
    const message *m = message_by_name("handshake_tls12_server");
    cauth_context ctx = message_context(m, CAUTH_STRICT);
    (void)state;
    assert_int_equal(stream_num_gaps(m->layout, &ctx, (cauth_bytes){ stream, sizeof stream }), 2);
}

/* What either property alone does not see. */
static void cut_alerts_are_seen_by_scattering_alone(void **state)
{
    static const prop_id ids[] = { PROP_refragment_equal, PROP_interleave_equal, PROP_scatter_equal };
    message m = *message_by_name("handshake_tls12_server");
    cauth_bytes in = exact_copy(done, sizeof done);
    (void)state;
    m.parse = refuses_cut_alerts;
    for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++) {
        prop_failure failure;
        assert_int_equal(prop_check_one(&properties[ids[i]], &m, CAUTH_STRICT, in, PROP_THOROUGH, &failure),
                         ids[i] == PROP_scatter_equal ? PROP_BROKEN : PROP_HELD);
    }
    exact_free(in);
}

/* No plaintext alert stands behind what says that ciphertext comes. */
static void no_warnings_between_ciphertext(void **state)
{
    static const uint8_t stream[] = { 22, 3, 3, 0, 4, 14, 0, 0, 0, 20, 3, 3, 0, 1, 1, 23, 3, 3, 0, 1, 9 };
    const message *m = message_by_name("handshake_tls12_server");
    cauth_context ctx = message_context(m, CAUTH_STRICT);
    (void)state;
    assert_int_equal(stream_num_gaps(m->layout, &ctx, (cauth_bytes){ stream, sizeof stream }), 2);
    m = message_by_name("handshake_tls13_server");
    ctx = message_context(m, CAUTH_STRICT);
    static const uint8_t stream13[] = { 22, 3, 3, 0, 4, 8, 0, 0, 0, 20, 3, 3, 0, 1, 1, 23, 3, 3, 0,
                                        17, 0, 0, 0, 0, 0, 0, 0, 0, 0,  0, 0, 0, 0, 0, 0,  0, 0 };
    assert_int_equal(stream_num_gaps(m->layout, &ctx, (cauth_bytes){ stream13, sizeof stream13 }), 3);
}

/* One fault is met with other octets, sizes, offsets and answers each time. */
static void one_fault_has_one_signature(void **state)
{
    static const struct {
        prop_id property;
        const char *why;
        const char *signature;
    } cases[] = {
        { PROP_no_prefix, "its first 1 bytes alone are refused with CR-12-02 at 20",
          "broken: no_prefix of name_tls12 (interop): its first N bytes alone are refused with CR-12-02 at N" },
        { PROP_no_suffix, "accepted with the byte 0xa5 behind it",
          "broken: no_suffix of name_tls12 (interop): accepted with the byte N behind it" },
        { PROP_place_named, "rdn, instead, is flagged with DN-11, but: accept with 31 0C 0A",
          "broken: place_named of name_tls12 (interop): rdn, instead, is flagged with DN-11" },
        { PROP_breaker_named, "the breaker of DN-08 (4 bytes) expects reject:DN-08@2, but: accept:DN-12,DN-13",
          "broken: breaker_named of name_tls12 (interop): the breaker of DN-08 (N bytes) expects reject:DN-08@N" },
        { PROP_roundtrip, "-13 of -0x1f are not 3-4, utf-8, - or --5",
          "broken: roundtrip of name_tls12 (interop): N of N are not 3-4, utf-8, - or --5" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[PROP_SIGNATURE_SIZE], begun[20];
        prop_failure failure = { .property = &properties[cases[i].property], .profile = CAUTH_INTEROP };
        strcpy(failure.why, cases[i].why);
        prop_signature(message_by_name("name_tls12"), &failure, text, sizeof text);
        assert_string_equal(text, cases[i].signature);
        prop_signature(message_by_name("name_tls12"), &failure, begun, sizeof begun);
        assert_int_equal(strlen(begun), sizeof begun - 1);
        assert_memory_equal(begun, text, sizeof begun - 1);
    }
}

/* A way that does not suit its place is passed over: whatever the bytes, something is broken. */
static void every_pick_breaks_something(void **state)
{
    (void)state;
    for (size_t i = 0; i < num_messages; i++) {
        const message *m = &messages[i];
        for (unsigned picked = 0; m->form == MESSAGE_BODY && picked < 200; picked++) {
            const cauth_bytes none = { NULL, 0 };
            cauth_bytes in = prop_input_of_place(picked, none);
            cauth_bytes decisions, built;
            broken_place broken;
            size_t number;
            assert_true(prop_pick_place(m, in, &number, &decisions, &built, &broken));
            /* the place that it came to is picked by its own number */
            cauth_bytes again = prop_input_of_place(number, decisions);
            cauth_bytes same;
            size_t other;
            assert_true(prop_pick_place(m, again, &other, &decisions, &same, &broken));
            assert_int_equal(other, number);
            assert_int_equal(same.len, built.len);
            assert_memory_equal(same.ptr, built.ptr, built.len);
            exact_free(same);
            exact_free(again);
            exact_free(built);
            exact_free(in);
        }
    }
}

/* What is written for a choice is what makes it. */
static void choices_are_written(void **state)
{
    static const uint32_t most[] = { 1, 2, 255, 256, 257, 65535, 65536, 65537, 1 << 18 };
    (void)state;
    for (size_t i = 0; i < sizeof most / sizeof most[0]; i++) {
        const uint32_t values[] = { 0, most[i] / 2, most[i] - 1 };
        for (size_t k = 0; k < 3; k++) {
            uint8_t bytes[4];
            cauth_bytes in = { bytes, choice_write(most[i], values[k], bytes) };
            choices c = choices_init(in);
            assert_int_equal(choose(&c, most[i]), values[k]);
            assert_int_equal(choices_rest(&c).len, 0);
        }
    }
}

int main(void)
{
    enum { MORE = 13 };
    struct CMUnitTest tests[NUM_FAULTS + MORE] = {
        [NUM_FAULTS] = cmocka_unit_test(every_property_has_a_fault),
        [NUM_FAULTS + 1] = cmocka_unit_test(roundtrip_of_an_order_that_ber_made),
        [NUM_FAULTS + 2] = cmocka_unit_test(records_bounded_behind_an_empty_record),
        [NUM_FAULTS + 3] = cmocka_unit_test(some_messages_are_spoken_of),
        [NUM_FAULTS + 4] = cmocka_unit_test(nothing_to_try_is_not_held),
        [NUM_FAULTS + 5] = cmocka_unit_test(warnings_come_at_every_gap),
        [NUM_FAULTS + 6] = cmocka_unit_test(no_warnings_between_ciphertext),
        [NUM_FAULTS + 7] = cmocka_unit_test(warnings_are_cut_too),
        [NUM_FAULTS + 8] = cmocka_unit_test(no_warnings_inside_an_alert),
        [NUM_FAULTS + 9] = cmocka_unit_test(cut_alerts_are_seen_by_scattering_alone),
        [NUM_FAULTS + 10] = cmocka_unit_test(one_fault_has_one_signature),
        [NUM_FAULTS + 11] = cmocka_unit_test(every_pick_breaks_something),
        [NUM_FAULTS + 12] = cmocka_unit_test(choices_are_written),
    };
    for (size_t i = 0; i < NUM_FAULTS; i++) {
        tests[i].name = faults[i].name;
        tests[i].test_func = is_found;
        tests[i].initial_state = (void *)(uintptr_t)&faults[i];
    }
    real = message_by_name("certreq_tls12");
    real_stream = message_by_name("alert_tls12_server");
    return _cmocka_run_group_tests("faults", tests, NUM_FAULTS + MORE, NULL, NULL);
}
