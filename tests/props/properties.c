/* The properties: what each says is in properties.def and in docs/architecture.md. */
#include "properties.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "at_hand.h"
#include "events.h"
#include "exact.h"
#include "same.h"
#include "stream_equal.h"
#include "tree.h"

__attribute__((format(printf, 2, 3))) static prop_verdict broken(prop_case *c, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(c->why, sizeof c->why, format, args);
    va_end(args);
    return PROP_BROKEN;
}

/* One parse: of the message's framing unless said otherwise. */
typedef struct {
    cauth_result result;
    cauth_flags flags;
    message_view view;
} parsed;

static parsed parse_as(const message *m, const cauth_context *ctx, cauth_bytes in)
{
    parsed p;
    p.flags = cauth_flags_none();
    p.result = m->parse(in, ctx, &p.view, &p.flags);
    return p;
}

static parsed parse(const prop_case *c, cauth_bytes in)
{
    return parse_as(c->m, &c->ctx, in);
}

static const char *id_of(cauth_rule rule)
{
    return rule == CAUTH_RULE_NONE ? "accepted" : cauth_rule_info(rule)->id;
}

/* Two lists of events are enough for every comparison; kept between runs so that a fuzz target allocates little. */
static events these, those;

/* The name of the first field in which `these` and `those` differ. */
static const char *first_difference(void)
{
    size_t i = events_common(&these, &those);
    const events *longer = these.num > those.num ? &these : &those;
    return i < longer->num ? cauth_field_name(longer->at[i].field) : "nothing";
}

/* Positions 0 .. n-1 to look at: all of them, or some chosen by the bytes, always with the last. */
typedef struct {
    size_t n;
    size_t left; /* how many are still to come */
    bool all;
    uint64_t state;
} positions;

static positions positions_of(const prop_case *c, size_t n)
{
    size_t enough = c->effort == PROP_QUICK ? 2 : 300;
    positions p = { n, n, true, 0 };
    if (n > enough) {
        p.all = false;
        p.left = c->effort == PROP_QUICK ? 2 : 64;
        p.state = c->digest;
    }
    return p;
}

static bool position_next(positions *p, size_t *position)
{
    if (p->left == 0)
        return false;
    p->left--;
    p->state = prop_mix(p->state + 1);
    *position = p->all ? p->left : p->left == 0 ? p->n - 1 : (size_t)(p->state % p->n);
    return true;
}

/* A client Certificate without any byte is taken for an absent list by interop alone (VEC-10). */
static bool absent_body(const cauth_flags *flags)
{
    return cauth_flags_has(flags, CAUTH_VEC_10);
}

/* Room for what is written: one message, and the arena of its view. */
static uint8_t message_room[ARENA_SIZE];
static uint8_t arena_room[ARENA_SIZE];

static arena fresh_arena(void)
{
    arena a = { arena_room, sizeof arena_room, 0 };
    return a;
}

static cauth_writer fresh_writer(void)
{
    return cauth_writer_init(message_room, sizeof message_room);
}

static bool enforced(cauth_rule rule)
{
    cauth_disposition d = cauth_rule_info(rule)->disposition;
    return d == CAUTH_REJECT || d == CAUTH_PARTLY;
}

static bool flagged(cauth_rule rule)
{
    return cauth_rule_info(rule)->disposition == CAUTH_FLAG || enforced(rule);
}

prop_verdict prop_total(prop_case *c)
{
    cauth_flags flags = cauth_flags_none();
    cauth_result r = message_judge(c->m, c->in, c->ctx.profile, &flags);
    if (!cauth_is_accepted(c->result) && !same_result(r, c->result))
        return broken(c, "framing is refused with %s, the whole with %s", id_of(c->result.rule), id_of(r.rule));
    if (!cauth_is_accepted(r)) {
        if (!enforced(r.rule))
            return broken(c, "refused with %s, which is not a rule to refuse with", id_of(r.rule));
        if (!cauth_rule_rejects(r.rule, c->ctx.version, c->ctx.profile))
            return broken(c, "refused with %s, which this version and profile only flag", id_of(r.rule));
        if (r.offset > c->in.len)
            return broken(c, "%s at offset %zu of %zu", id_of(r.rule), r.offset, c->in.len);
        if (r.field <= CAUTH_FIELD_NONE || r.field >= CAUTH_NUM_FIELDS)
            return broken(c, "%s names no field", id_of(r.rule));
        return PROP_HELD;
    }
    if (r.field != CAUTH_FIELD_NONE || r.offset != 0)
        return broken(c, "accepted, but with a field or an offset");
    for (cauth_rule f = cauth_flags_next(&flags, CAUTH_RULE_NONE); f != CAUTH_RULE_NONE;
         f = cauth_flags_next(&flags, f))
        if (!flagged(f))
            return broken(c, "flagged with %s, which is not a rule to flag", id_of(f));
    return PROP_HELD;
}

prop_verdict prop_no_prefix(prop_case *c)
{
    positions p = positions_of(c, c->in.len);
    for (size_t len; position_next(&p, &len);) {
        cauth_bytes prefix = exact_copy(c->in.ptr, len);
        parsed cut = parse(c, prefix);
        prop_verdict v = PROP_HELD;
        if (c->m->form == MESSAGE_BODY) {
            if (cauth_is_accepted(cut.result) && !absent_body(&cut.flags))
                v = broken(c, "its first %zu bytes alone are accepted too", len);
        } else if (!cauth_is_accepted(cut.result)) {
            v = broken(c, "its first %zu bytes alone are refused with %s", len, id_of(cut.result.rule));
        } else {
            events_of(&these, c->m, &c->view);
            events_of(&those, c->m, &cut.view);
            if (events_common(&these, &those) != those.num)
                v = broken(c, "its first %zu bytes alone give another %s", len, first_difference());
        }
        exact_free(prefix);
        if (v != PROP_HELD)
            return v;
    }
    return PROP_HELD;
}

/* The input and one byte behind it. */
static prop_verdict with_suffix(prop_case *c, uint8_t byte)
{
    uint8_t *block = malloc(c->in.len + 1);
    if (block == NULL)
        return broken(c, "out of memory");
    if (c->in.len > 0)
        memcpy(block, c->in.ptr, c->in.len);
    block[c->in.len] = byte;
    cauth_bytes longer = { block, c->in.len + 1 };
    parsed p = parse(c, longer);
    prop_verdict v = PROP_HELD;
    if (c->m->form == MESSAGE_BODY) {
        if (cauth_is_accepted(p.result))
            v = broken(c, "accepted with the byte 0x%02x behind it", byte);
        else if (p.result.offset != c->in.len && !absent_body(&c->flags))
            v = broken(c, "the byte 0x%02x behind it is refused with %s at %zu, not at %zu", byte, id_of(p.result.rule),
                       p.result.offset, c->in.len);
    } else if (cauth_is_accepted(p.result)) {
        events_of(&these, c->m, &c->view);
        events_of(&those, c->m, &p.view);
        if (events_common(&these, &those) != these.num)
            v = broken(c, "the byte 0x%02x behind it changes an earlier %s", byte, first_difference());
    }
    free(block);
    return v;
}

prop_verdict prop_no_suffix(prop_case *c)
{
    const uint8_t bytes[] = { 0x00, 0xFF, c->in.len > 0 ? c->in.ptr[0] : 0x15 };
    size_t first = c->effort == PROP_QUICK ? (size_t)(c->digest / 64 % sizeof bytes) : 0;
    size_t end = c->effort == PROP_QUICK ? first + 1 : sizeof bytes;
    for (size_t i = first; i < end; i++)
        if (with_suffix(c, bytes[i]) == PROP_BROKEN)
            return PROP_BROKEN;
    return PROP_HELD;
}

prop_verdict prop_untouched_on_error(prop_case *c)
{
    message_view view, view_before;
    cauth_flags flags, flags_before;
    memset(&view, 0xA5, sizeof view);
    memset(&flags, 0xA5, sizeof flags);
    memcpy(&view_before, &view, sizeof view);
    memcpy(&flags_before, &flags, sizeof flags);
    cauth_result r = c->m->parse(c->in, &c->ctx, &view, &flags);
    if (!same_result(r, c->result))
        return broken(c, "a second parse says %s at %zu", id_of(r.rule), r.offset);
    if (memcmp(&view, &view_before, sizeof view) != 0)
        return broken(c, "refused with %s, but the view was written to", id_of(r.rule));
    if (memcmp(&flags, &flags_before, sizeof flags) != 0)
        return broken(c, "refused with %s, but the flags were written to", id_of(r.rule));
    return PROP_HELD;
}

prop_verdict prop_items_untouched(prop_case *c)
{
    cauth_flags flags = c->flags;
    cauth_result r = c->m->judge_items(&c->view, c->in, &c->ctx, &flags);
    if (!cauth_is_accepted(r) && cauth_rule_info(r.rule)->level != CAUTH_LEVEL_DER)
        return broken(c, "its items are refused with %s, which is for its own parser to see", id_of(r.rule));
    if (!cauth_is_accepted(r))
        return same_flags(&flags, &c->flags)
                   ? PROP_HELD
                   : broken(c, "items are refused with %s, but the flags were written to", id_of(r.rule));
    cauth_flags both = flags;
    cauth_flags_merge(&both, &c->flags);
    return same_flags(&both, &flags) ? PROP_HELD : broken(c, "judging the items takes a flag away");
}

prop_verdict prop_views_inside_input(prop_case *c)
{
    events_of(&these, c->m, &c->view);
    uintptr_t begin = (uintptr_t)c->in.ptr;
    for (size_t i = 0; i < these.num; i++) {
        cauth_bytes span = these.at[i].span;
        uintptr_t at = (uintptr_t)span.ptr;
        if (span.len > 0 && (at < begin || at - begin > c->in.len || span.len > c->in.len - (at - begin)))
            return broken(c, "%s lies outside the input", cauth_field_name(these.at[i].field));
    }
    return PROP_HELD;
}

/* The number is described before what it counts. */
prop_verdict prop_extensions_counted(prop_case *c)
{
    uint64_t left = 0;
    bool is_counted = false;
    events_of(&these, c->m, &c->view);
    for (size_t i = 0; i < these.num; i++) {
        const event *e = &these.at[i];
        if (e->field == CAUTH_FIELD_EXTENSIONS && e->is_number) {
            is_counted = true;
            left = e->number;
        } else if (e->field == CAUTH_FIELD_EXTENSION_TYPE && is_counted) {
            if (left == 0)
                return broken(c, "there are more extensions than the view counts");
            left -= 1;
        }
    }
    if (!is_counted)
        return PROP_NOT_ABOUT;
    return left == 0 ? PROP_HELD : broken(c, "the view counts %llu extensions too many", (unsigned long long)left);
}

prop_verdict prop_reparse_equal(prop_case *c)
{
    cauth_bytes copy = exact_copy(c->in.ptr, c->in.len);
    parsed p = parse(c, copy);
    prop_verdict v = PROP_HELD;
    if (!same_result(p.result, c->result)) {
        v = broken(c, "%s at %zu, then %s at %zu", id_of(c->result.rule), c->result.offset, id_of(p.result.rule),
                   p.result.offset);
    } else if (cauth_is_accepted(p.result)) {
        events_of(&these, c->m, &c->view);
        events_of(&those, c->m, &p.view);
        if (!same_flags(&p.flags, &c->flags))
            v = broken(c, "other flags the second time");
        else if (!events_equal(&these, &those))
            v = broken(c, "another %s the second time", first_difference());
    }
    exact_free(copy);
    return v;
}

/* Other BER than DER: the only inputs that are not written back byte by byte. */
static const cauth_rule ber_rules[] = { CAUTH_DN_06, CAUTH_DN_07, CAUTH_DN_15, CAUTH_X5_03 };

static bool is_ber(const cauth_flags *flags)
{
    for (size_t i = 0; i < sizeof ber_rules / sizeof ber_rules[0]; i++)
        if (cauth_flags_has(flags, ber_rules[i]))
            return true;
    return false;
}

/* What was written for a BER input: its fields are the input's, it has no flag that the input has not, and written once
 * more it stays as it is. A Name comes out as DER; a certificate keeps spans as they are, and BER inside them. */
static prop_verdict equal_but_for_ber(prop_case *c, cauth_bytes written)
{
    parsed p = parse(c, written);
    if (!cauth_is_accepted(p.result))
        return broken(c, "written again it is refused with %s at %zu", id_of(p.result.rule), p.result.offset);
    events_of(&these, c->m, &c->view);
    events_of(&those, c->m, &p.view);
    if (!events_equal(&these, &those))
        return broken(c, "written again it has another %s", first_difference());
    /* The order of a SET OF is that of the encodings, whose lengths are shorter now. */
    cauth_flags allowed = c->flags;
    cauth_flags_set(&allowed, CAUTH_DN_11);
    cauth_flags both = allowed;
    cauth_flags_merge(&both, &p.flags);
    if (!same_flags(&both, &allowed))
        return broken(c, "written again it has a flag more");
    if (cauth_flags_has(&p.flags, CAUTH_DN_06) || cauth_flags_has(&p.flags, CAUTH_DN_07))
        return broken(c, "written again it is still flagged as BER");
    cauth_writer w = fresh_writer();
    c->m->write(&p.view, &w);
    return same_bytes(cauth_written(&w), written) ? PROP_HELD : broken(c, "written twice it is other bytes");
}

prop_verdict prop_roundtrip(prop_case *c)
{
    cauth_writer w = fresh_writer();
    if (!c->m->write(&c->view, &w))
        return c->in.len > sizeof message_room ? PROP_NOT_ABOUT : broken(c, "the view cannot be written");
    if (same_bytes(cauth_written(&w), c->in))
        return PROP_HELD;
    if (!is_ber(&c->flags))
        return broken(c, "written again it is other bytes (%zu for %zu)", w.len, c->in.len);
    cauth_bytes written = exact_copy(w.ptr, w.len);
    prop_verdict v = equal_but_for_ber(c, written);
    exact_free(written);
    return v;
}

/* The length that the `width` octets before a position state. */
static size_t stated_before(cauth_bytes in, size_t at, size_t width)
{
    size_t len = 0;
    for (size_t i = at > width ? at - width : 0; i < at; i++)
        len = len * 256 + in.ptr[i];
    return len;
}

/* The length of the DER element at a position, header included; 8 when its length is not a short or usual long one. */
static size_t element_len(cauth_bytes in, size_t at)
{
    size_t left = in.len - at;
    if (left < 2)
        return left;
    size_t octets = in.ptr[at + 1] < 0x80 ? 0 : in.ptr[at + 1] - 0x80u;
    if (octets == 0)
        return in.ptr[at + 1] < 0x80 ? 2u + in.ptr[at + 1] : 8;
    if (octets > 3 || left < 2 + octets)
        return 8;
    return 2 + octets + stated_before(in, at + 2 + octets, octets);
}

/* Whether an indefinite length may have been let pass: in names where DN-06, in certificates where X5-03 only flags. */
static bool has_indefinite_length(const prop_case *c)
{
    bool refused = cauth_rule_rejects(CAUTH_DN_06, c->ctx.version, c->ctx.profile) &&
                   cauth_rule_rejects(CAUTH_X5_03, c->ctx.version, c->ctx.profile);
    return !refused && c->in.len > 0 && memchr(c->in.ptr, 0x80, c->in.len) != NULL;
}

/* How many bytes, from the offset of the result on, the field that is wrong may have. An element of indefinite length
 * ends where its content says, so that all of it is read before any of it is judged. */
static size_t reach_of(const prop_case *c)
{
    size_t at = c->result.offset;
    bool is_der = c->m->form == MESSAGE_BODY && c->m->handshake_type < 0;
    if (is_der) {
        size_t element = has_indefinite_length(c) ? c->in.len : element_len(c->in, at);
        size_t length = at < c->in.len && c->in.ptr[at] > 0x80 ? 1u + c->in.ptr[at] - 0x80u : 0;
        return element > length ? element : length;
    }
    if (c->result.field == CAUTH_FIELD_CERTIFICATE_EXTENSION_OID)
        return stated_before(c->in, at, 1);
    if (c->result.field == CAUTH_FIELD_CERTIFICATE_EXTENSION_VALUES) { /* of the values, or of an element inside */
        size_t values = stated_before(c->in, at, 2);
        size_t element = element_len(c->in, at);
        return values > element ? values : element;
    }
    return 0;
}

/* From where on bytes must not matter. A length prefix, or a number, has up to 3 bytes. */
static size_t behind_error(const prop_case *c)
{
    if (c->m->form == MESSAGE_STREAM)
        return stream_decided_by(c->m, &c->ctx, c->in);
    size_t reach = reach_of(c) > 3 ? reach_of(c) : 3;
    return c->in.len - c->result.offset > reach ? c->result.offset + reach : c->in.len;
}

prop_verdict prop_local_error(prop_case *c)
{
    size_t begin = behind_error(c);
    positions p = positions_of(c, c->in.len - begin);
    cauth_bytes copy = exact_copy(c->in.ptr, c->in.len);
    uint8_t *bytes = (uint8_t *)(uintptr_t)copy.ptr;
    prop_verdict v = p.n > 0 ? PROP_HELD : PROP_NOT_ABOUT;
    for (size_t i; v == PROP_HELD && position_next(&p, &i);) {
        bytes[begin + i] ^= 0xFF;
        parsed changed = parse(c, copy);
        if (!same_result(changed.result, c->result))
            v = broken(c, "%s at %zu becomes %s at %zu when byte %zu is changed", id_of(c->result.rule),
                       c->result.offset, id_of(changed.result.rule), changed.result.offset, begin + i);
        bytes[begin + i] ^= 0xFF;
    }
    exact_free(copy);
    return v;
}

/* The rules that a limit of the context decides. */
static bool is_limit(cauth_rule rule)
{
    return rule == CAUTH_HS_04 || rule == CAUTH_CERT_13_18;
}

static cauth_limits all_limits(uint32_t value)
{
    cauth_limits limits = { value, value, value, value };
    return limits;
}

/* Between smaller and larger limits, nothing differs but what the smaller ones refuse. */
static prop_verdict between_limits(prop_case *c, cauth_result small, const cauth_flags *small_flags, cauth_result large,
                                   const cauth_flags *large_flags)
{
    if (is_limit(small.rule))
        return PROP_HELD;
    if (!same_result(small, large))
        return broken(c, "%s at %zu, but with larger limits %s at %zu", id_of(small.rule), small.offset,
                      id_of(large.rule), large.offset);
    if (cauth_is_accepted(large) && !same_flags(small_flags, large_flags))
        return broken(c, "other flags with larger limits");
    return PROP_HELD;
}

prop_verdict prop_limit_monotone(prop_case *c)
{
    cauth_context ctx = c->ctx;
    ctx.limits = all_limits(16);
    parsed small = parse_as(c->m, &ctx, c->in);
    ctx.limits = all_limits(0xFFFFFF);
    parsed large = parse_as(c->m, &ctx, c->in);
    if (between_limits(c, small.result, &small.flags, c->result, &c->flags) == PROP_BROKEN)
        return PROP_BROKEN;
    return between_limits(c, c->result, &c->flags, large.result, &large.flags);
}

static bool build_valid(const message *m, cauth_bytes decisions, message_view *view, cauth_bytes *input)
{
    cauth_context ctx = message_context(m, CAUTH_STRICT);
    choices ch = choices_init(decisions);
    arena a = fresh_arena();
    cauth_writer w = fresh_writer();
    m->generate(&ch, &ctx, &a, view);
    if (!m->write(view, &w))
        return false;
    *input = exact_copy(w.ptr, w.len);
    return true;
}

bool prop_build_valid(const message *m, cauth_bytes decisions, cauth_bytes *input)
{
    message_view view;
    return build_valid(m, decisions, &view, input);
}

/* The message that is looked at from here on, so that it can be told when that is the end; and no longer. */
static void take_in_hand(cauth_bytes built)
{
    now_at_hand.built = built;
}

static void let_go(cauth_bytes built)
{
    now_at_hand.built = (cauth_bytes){ NULL, 0 };
    exact_free(built);
}

prop_verdict prop_generated_accepted(prop_case *c)
{
    message_view view;
    cauth_bytes input;
    if (!build_valid(c->m, c->in, &view, &input))
        return broken(c, "the generated view cannot be written");
    take_in_hand(input);
    parsed p = parse(c, input);
    cauth_flags flags = cauth_flags_none();
    cauth_result whole = message_judge(c->m, input, c->ctx.profile, &flags);
    prop_verdict v = PROP_HELD;
    if (!cauth_is_accepted(whole)) {
        v = broken(c, "what was generated is refused with %s at %zu of %zu", id_of(whole.rule), whole.offset,
                   input.len);
    } else {
        events_of(&these, c->m, &view);
        events_of(&those, c->m, &p.view);
        if (!events_equal(&these, &those))
            v = broken(c, "another %s comes back than was generated", first_difference());
    }
    let_go(input);
    return v;
}

bool prop_build_broken(const breaker *b, cauth_bytes decisions, cauth_bytes *input, size_t *offset)
{
    cauth_context ctx = message_context(message_by_name(b->message), CAUTH_STRICT);
    choices ch = choices_init(decisions);
    arena a = fresh_arena();
    cauth_writer w = fresh_writer();
    *offset = SIZE_MAX;
    b->make(&ch, &ctx, &a, &w, offset);
    if (w.failed)
        return false;
    *input = exact_copy(w.ptr, w.len);
    return true;
}

verdict prop_expected(const breaker *b, cauth_profile profile, size_t offset)
{
    verdict v = { CAUTH_RULE_NONE, 0, cauth_flags_none() };
    if (b->rejected && !(profile == CAUTH_INTEROP && cauth_rule_info(b->rule)->interop_flags)) {
        v.rule = b->rule;
        v.offset = offset;
    } else {
        cauth_flags_set(&v.flags, b->rule);
        cauth_flags_set(&v.flags, b->also);
    }
    return v;
}

prop_verdict prop_run_breaker(prop_case *c, const breaker *b, cauth_bytes decisions)
{
    cauth_bytes input;
    size_t offset;
    char expected_text[VERDICT_TEXT_SIZE];
    char given_text[VERDICT_TEXT_SIZE];
    if (!prop_build_broken(b, decisions, &input, &offset))
        return broken(c, "the breaker of %s did not write its message", id_of(b->rule));
    verdict expected = prop_expected(b, c->ctx.profile, offset);
    verdict given = { CAUTH_RULE_NONE, 0, cauth_flags_none() };
    take_in_hand(input);
    cauth_result r = message_judge(c->m, input, c->ctx.profile, &given.flags);
    given.rule = r.rule;
    given.offset = r.offset;
    prop_verdict v = PROP_HELD;
    if (!verdict_equal(&expected, &given)) {
        verdict_to_text(&expected, expected_text);
        verdict_to_text(&given, given_text);
        v = broken(c, "the breaker of %s (%zu bytes) expects %.200s, but: %.200s", id_of(b->rule), input.len,
                   expected_text, given_text);
    } else if (!cauth_is_accepted(r) && r.field != b->field) {
        v = broken(c, "the breaker of %s expects the field %s, but: %s", id_of(b->rule), cauth_field_name(b->field),
                   cauth_field_name(r.field));
    }
    let_go(input);
    return v;
}

/* What other octets stand there: " with 31 00". */
static void octets_to_text(const broken_place *b, char *text, size_t size)
{
    cauth_bytes instead = { NULL, 0 };
    if (b->value != NULL && b->value->way == PLACE_instead)
        instead = b->value->instead;
    int len = snprintf(text, size, "%s", instead.len > 0 ? " with" : "");
    for (size_t i = 0; i < instead.len && i < 24 && len >= 0 && (size_t)len < size; i++)
        len += snprintf(text + len, size - (size_t)len, " %02X", instead.ptr[i]);
}

/* What is expected comes first, and then, behind a "but:", what the signature leaves out. */
bool prop_place_is_named(const message *m, cauth_profile profile, cauth_bytes in, const broken_place *b, char *why,
                         size_t size)
{
    verdict given = { CAUTH_RULE_NONE, 0, cauth_flags_none() };
    char text[VERDICT_TEXT_SIZE];
    char octets[100];
    char expected[160];
    cauth_result r = message_judge(m, in, profile, &given.flags);
    bool refused = !b->whole && !b->flagged && cauth_rule_rejects(b->rule, m->version, profile);
    bool otherwise = b->beyond && !refused;
    bool held = cauth_is_accepted(r) && (b->whole || cauth_flags_has(&given.flags, b->rule));
    if (refused)
        held = r.rule == b->rule && r.offset == b->offset && (b->field == CAUTH_FIELD_NONE || r.field == b->field);
    else if (otherwise)
        held = !cauth_is_accepted(r);
    if (held)
        return true;
    given.rule = r.rule;
    given.offset = r.offset;
    verdict_to_text(&given, text);
    octets_to_text(b, octets, sizeof octets);
    if (refused)
        snprintf(expected, sizeof expected, "breaks %s at %zu (%s)", id_of(b->rule), b->offset,
                 b->field != CAUTH_FIELD_NONE ? cauth_field_name(b->field) : "any field");
    else if (otherwise)
        snprintf(expected, sizeof expected, "breaks another rule than %s", id_of(b->rule));
    else if (b->whole)
        snprintf(expected, sizeof expected, "is a message still");
    else
        snprintf(expected, sizeof expected, "is flagged with %s", id_of(b->rule));
    snprintf(why, size, "%s, %s, %s, but: %.200s%s%s%s%s", b->at != NULL ? b->at : "the message",
             place_way_names[b->way], expected, text, cauth_is_accepted(r) ? "" : " (",
             cauth_is_accepted(r) ? "" : cauth_field_name(r.field), cauth_is_accepted(r) ? "" : ")", octets);
    return false;
}

/* The breakers of a message; found once per message, since a fuzz target has but one. */
static const breaker **breakers_of(const message *m, size_t *num)
{
    static const message *found_for;
    static const breaker **found;
    static size_t num_found;
    if (m != found_for) {
        num_found = 0;
        for (size_t i = 0; breaker_at(i) != NULL; i++) {
            if (strcmp(breaker_at(i)->message, m->name) != 0)
                continue;
            found = realloc(found, (num_found + 1) * sizeof *found);
            if (found == NULL)
                abort();
            found[num_found] = breaker_at(i);
            num_found++;
        }
        found_for = m;
    }
    *num = num_found;
    return found;
}

/* One breaker of the message, picked by the bytes, and the decisions behind; NULL when it has none. */
static const breaker *pick_breaker(const message *m, cauth_bytes in, cauth_bytes *decisions)
{
    choices ch = choices_init(in);
    size_t num;
    const breaker **breakers = breakers_of(m, &num);
    if (num == 0)
        return NULL;
    size_t picked = choose(&ch, (uint32_t)num);
    *decisions = choices_rest(&ch);
    return breakers[picked];
}

prop_verdict prop_breaker_named(prop_case *c)
{
    cauth_bytes decisions;
    const breaker *picked = pick_breaker(c->m, c->in, &decisions);
    return picked != NULL ? prop_run_breaker(c, picked, decisions) : broken(c, "no breaker is of this message");
}

/* The rules of the presentation language: all that they speak of, the grammar knows. */
static bool is_framing(cauth_rule rule)
{
    return rule == CAUTH_VEC_03 || rule == CAUTH_VEC_04 || rule == CAUTH_VEC_06 || rule == CAUTH_VEC_07;
}

/* The flags that speak of shapes that the grammar has not; all others speak of values and orders, or of what a shape
 * that it has means. */
static bool has_other_shape(const cauth_flags *flags)
{
    static const cauth_rule rules[] = { CAUTH_DN_06, CAUTH_DN_07,    CAUTH_DN_13,     CAUTH_DN_14,
                                        CAUTH_DN_15, CAUTH_DN_16,    CAUTH_X5_08,     CAUTH_X5_10,
                                        CAUTH_X5_12, CAUTH_CR_13_17, CAUTH_CERT_12_03 };
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++)
        if (cauth_flags_has(flags, rules[i]))
            return true;
    return false;
}

/* The grammar knows shapes and lengths, and no values: what it describes may still be refused for those. */
prop_verdict prop_grammar_agrees(prop_case *c)
{
    static tree t;
    static const message *found_for;
    static const production *message_grammar;
    cauth_flags flags = cauth_flags_none();
    cauth_result whole = message_judge(c->m, c->in, c->ctx.profile, &flags);
    bool accepted = cauth_is_accepted(whole);
    if (accepted ? has_other_shape(&flags) : !is_framing(whole.rule))
        return PROP_NOT_ABOUT;
    if (t.nodes == NULL && !tree_init(&t))
        return broken(c, "out of memory");
    if (c->m != found_for) {
        found_for = c->m;
        message_grammar = grammar_of(c->m->name);
    }
    if (message_grammar == NULL)
        return broken(c, "no grammar");
    tree_read(&t, message_grammar, c->in);
    if (accepted && !tree_fits(&t) && !t.limited)
        return broken(c, "accepted, but the grammar has no such message");
    if (!accepted && tree_fits(&t))
        return broken(c, "refused with %s at %zu of %zu, but the grammar has such a message", id_of(whole.rule),
                      whole.offset, c->in.len);
    return PROP_HELD;
}

/* The string of a name, in a block of just the size that is promised to suffice; ptr NULL when it cannot be read. */
static cauth_writer printed(const prop_case *c, cauth_bytes encoded)
{
    cauth_writer w = { NULL, 0, 0, true };
    cauth_name name;
    cauth_flags flags;
    if (!cauth_is_accepted(cauth_name_parse(encoded, &c->ctx, &name, &flags)))
        return w;
    w = cauth_writer_init(malloc(6 * encoded.len), 6 * encoded.len);
    if (w.ptr == NULL)
        abort();
    prop_print_name(&name, &w);
    return w;
}

/* The last octet of the value of one of the first attributes; encoded.len when there is none. */
static size_t octet_of_a_value(const prop_case *c, cauth_bytes encoded)
{
    cauth_name name;
    cauth_flags flags;
    cauth_bytes rdn;
    cauth_attribute attribute;
    size_t octet = encoded.len;
    size_t num = 0;
    size_t last = 1 + (size_t)(prop_mix(c->digest) % 4);
    if (!cauth_is_accepted(cauth_name_parse(encoded, &c->ctx, &name, &flags)))
        return octet;
    for (cauth_iter it = cauth_iter_init(name.rdns); num < last && cauth_rdn_next(&it, &rdn);)
        for (cauth_iter inner = cauth_iter_init(rdn); num < last && cauth_attribute_next(&inner, &attribute);)
            if (attribute.value.len > 0) {
                octet = (size_t)(attribute.value.ptr - encoded.ptr) + attribute.value.len - 1;
                num++;
            }
    return octet;
}

/* Another octet at the end of a value is another string, if it still is a name. */
static prop_verdict prints_every_octet(prop_case *c, cauth_bytes encoded, const cauth_writer *text)
{
    size_t octet = octet_of_a_value(c, encoded);
    if (octet == encoded.len)
        return PROP_HELD;
    cauth_bytes changed = exact_copy(encoded.ptr, encoded.len);
    ((uint8_t *)(uintptr_t)changed.ptr)[octet] ^= 1;
    cauth_writer other = printed(c, changed);
    prop_verdict v = PROP_HELD;
    if (other.ptr != NULL && other.len == text->len && memcmp(other.ptr, text->ptr, other.len) == 0)
        v = broken(c, "a name prints the same with another octet at %zu of its %zu", octet, encoded.len);
    free(other.ptr);
    exact_free(changed);
    return v;
}

static prop_verdict print_name(prop_case *c, cauth_bytes span)
{
    cauth_bytes encoded = exact_copy(span.ptr, span.len);
    cauth_writer text = printed(c, encoded);
    prop_verdict v = text.ptr != NULL ? PROP_HELD : PROP_NOT_ABOUT;
    if (text.ptr != NULL && text.failed)
        v = broken(c, "a name of %zu octets needs more than %zu to be printed", encoded.len, text.cap);
    for (size_t i = 0; v == PROP_HELD && text.ptr != NULL && i < text.len; i++)
        if (text.ptr[i] < 0x20 || text.ptr[i] == 0x7F)
            v = broken(c, "a name prints with the control character 0x%02x", text.ptr[i]);
    if (v == PROP_HELD && text.ptr != NULL)
        v = prints_every_octet(c, encoded, &text);
    free(text.ptr);
    exact_free(encoded);
    return v;
}

static bool is_name(cauth_field field)
{
    return field == CAUTH_FIELD_DISTINGUISHED_NAME || field == CAUTH_FIELD_X509_ISSUER ||
           field == CAUTH_FIELD_X509_SUBJECT;
}

/* The names inside a message, or the message that is one. Refused ones are nothing to print. */
prop_verdict prop_names_printed(prop_case *c)
{
    if (strcmp(c->m->layout, "name") == 0)
        return print_name(c, c->in);
    events_of(&these, c->m, &c->view);
    size_t left = c->effort == PROP_QUICK ? 4 : SIZE_MAX;
    prop_verdict v = PROP_NOT_ABOUT;
    for (size_t i = 0; i < these.num && left > 0; i++) {
        if (!is_name(these.at[i].field))
            continue;
        left--;
        prop_verdict one = print_name(c, these.at[i].span);
        if (one == PROP_BROKEN)
            return one;
        v = one == PROP_HELD ? one : v;
    }
    return v;
}

/* What a certificate has rules of its own for: that a name is empty, and BER. */
static bool says_otherwise(cauth_rule rule)
{
    return rule == CAUTH_DN_04 || rule == CAUTH_DN_06 || rule == CAUTH_DN_07 || rule == CAUTH_DN_15;
}

static prop_verdict flags_of_name(prop_case *c, cauth_bytes encoded, const cauth_flags *whole)
{
    cauth_name name;
    cauth_flags flags = cauth_flags_none();
    if (!cauth_is_accepted(cauth_name_parse(encoded, &c->ctx, &name, &flags)))
        return PROP_HELD;
    for (cauth_rule r = cauth_flags_next(&flags, CAUTH_RULE_NONE); r != CAUTH_RULE_NONE;
         r = cauth_flags_next(&flags, r))
        if (!says_otherwise(r) && !cauth_flags_has(whole, r))
            return broken(c, "one of its names is flagged with %s, it is not", id_of(r));
    return PROP_HELD;
}

prop_verdict prop_names_flagged(prop_case *c)
{
    cauth_flags whole = cauth_flags_none();
    prop_verdict v = PROP_NOT_ABOUT;
    if (!cauth_is_accepted(message_judge(c->m, c->in, c->ctx.profile, &whole)))
        return v;
    events_of(&these, c->m, &c->view);
    for (size_t i = 0; i < these.num; i++) {
        if (!is_name(these.at[i].field))
            continue;
        v = flags_of_name(c, these.at[i].span, &whole);
        if (v == PROP_BROKEN)
            return v;
    }
    return v;
}

prop_verdict prop_iterators_end(prop_case *c)
{
    const size_t past[] = { 0, 1, c->in.len + 1 };
    events_of(&these, c->m, &c->view);
    for (size_t i = 0; i < these.num && i < 64; i++) {
        for (size_t k = 0; k < sizeof past / sizeof past[0]; k++) {
            cauth_iter it = cauth_iter_init(these.at[i].span);
            cauth_extension extension;
            cauth_bytes bytes;
            uint16_t number;
            uint8_t octet;
            it.pos = these.at[i].span.len + past[k];
            if (cauth_u8_next(&it, &octet) || cauth_u16_next(&it, &number) || cauth_vector16_next(&it, &bytes) ||
                cauth_vector24_next(&it, &bytes) || cauth_extension_next(&it, &extension))
                return broken(c, "an iterator %zu past the end of %s goes on", past[k],
                              cauth_field_name(these.at[i].field));
        }
    }
    return PROP_HELD;
}

/* RFC 5246 §6.2, RFC 8446 §5.1 and §5.2: 2^14 octets in plaintext, and what protecting them may add. */
static size_t longest_record(const prop_case *c, uint8_t type, bool is_protected)
{
    if (c->ctx.version == CAUTH_TLS13)
        return type == CAUTH_APPLICATION_DATA ? 16640 : 16384;
    return is_protected ? 18432 : 16384;
}

/* The headers alone, as far as the records were read. Not of alerts and handshakes, which may end before their records
 * do (properties.def), and not of what an SSL 2.0 ClientHello opens. */
prop_verdict prop_records_bounded(prop_case *c)
{
    bool refused = !cauth_is_accepted(c->result);
    bool is_protected = false;
    if (c->in.len < CAUTH_RECORD_HEADER_LEN || c->in.ptr[0] >= 0x80)
        return PROP_NOT_ABOUT;
    for (size_t at = 0; c->in.len - at >= CAUTH_RECORD_HEADER_LEN;) {
        const uint8_t *header = c->in.ptr + at;
        size_t len = header[3] * 256u + header[4];
        bool longer = len > longest_record(c, header[0], is_protected);
        cauth_rule rule = c->result.rule;
        if (refused && c->result.offset < at + CAUTH_RECORD_HEADER_LEN) {
            if (!longer && (rule == CAUTH_REC_08 || rule == CAUTH_REC_10 || rule == CAUTH_REC_11))
                return broken(c, "%s for a record of %zu octets at %zu", id_of(rule), len, at);
            return PROP_HELD;
        }
        if (longer)
            return broken(c, "a record of %zu octets at %zu is read", len, at);
        if (len > c->in.len - at - CAUTH_RECORD_HEADER_LEN)
            return PROP_HELD;
        /* an empty record holds no ChangeCipherSpec */
        is_protected |= header[0] == CAUTH_CHANGE_CIPHER_SPEC && len > 0 && c->ctx.version != CAUTH_TLS13;
        at += CAUTH_RECORD_HEADER_LEN + len;
    }
    return PROP_HELD;
}

prop_verdict prop_buffer_equal(prop_case *c)
{
    size_t largest = stream_largest_message(c->m, &c->ctx, c->in);
    const size_t caps[] = { largest, largest > 0 ? largest - 1 : 0, largest / 2, 0 };
    size_t first = c->effort == PROP_QUICK ? (size_t)(c->digest / 64 % 2) : 0;
    for (size_t i = first; i < (c->effort == PROP_QUICK ? first + 1 : 4); i++)
        if (!stream_buffer_equal(c->m, &c->ctx, c->in, caps[i]))
            return broken(c, "a buffer of %zu octets gives other messages", caps[i]);
    return largest > 0 ? PROP_HELD : PROP_NOT_ABOUT; /* no message has a body */
}

bool prop_pick_place(const message *m, cauth_bytes in, size_t *number, cauth_bytes *decisions, cauth_bytes *built,
                     broken_place *broken)
{
    choices ch = choices_init(in);
    size_t picked = choose(&ch, MOST_PLACES);
    *decisions = choices_rest(&ch);
    size_t num = places_num(m, *decisions);
    for (size_t i = 0; i < num; i++) {
        *number = (picked + i) % num;
        if (places_break(m, *decisions, *number, built, broken))
            return true;
    }
    return false;
}

/* One place of one message, both picked by the bytes: the next one where the way suits. */
prop_verdict prop_place_named(prop_case *c)
{
    size_t number;
    cauth_bytes decisions, input;
    broken_place b;
    if (!prop_pick_place(c->m, c->in, &number, &decisions, &input, &b))
        return broken(c, "there is no place");
    take_in_hand(input);
    prop_verdict v =
        prop_place_is_named(c->m, c->ctx.profile, input, &b, c->why, sizeof c->why) ? PROP_HELD : PROP_BROKEN;
    let_go(input);
    return v;
}

/* --- the same from outside --- */

static size_t picking(const property *p, const message *m, uint32_t value, uint8_t bytes[4])
{
    size_t num = 1;
    if (p == &properties[PROP_place_named])
        return choice_write(MOST_PLACES, value, bytes);
    if (p == &properties[PROP_breaker_named])
        breakers_of(m, &num);
    return num > 0 ? choice_write((uint32_t)num, value, bytes) : 0;
}

size_t prop_num_picking(const property *p, const message *m, cauth_bytes in)
{
    uint8_t bytes[4];
    size_t num = picking(p, m, 0, bytes);
    return num < in.len ? num : in.len;
}

static cauth_bytes picked_by(const property *p, const message *m, uint32_t value, cauth_bytes decisions)
{
    uint8_t bytes[4];
    size_t num = picking(p, m, value, bytes);
    uint8_t *block = malloc(num + decisions.len + 1);
    if (block == NULL)
        abort();
    memcpy(block, bytes, num);
    if (decisions.len > 0)
        memcpy(block + num, decisions.ptr, decisions.len);
    cauth_bytes input = exact_copy(block, num + decisions.len);
    free(block);
    return input;
}

cauth_bytes prop_input_of_place(size_t number, cauth_bytes decisions)
{
    return picked_by(&properties[PROP_place_named], NULL, (uint32_t)number, decisions);
}

cauth_bytes prop_input_of_breaker(const breaker *b, cauth_bytes decisions)
{
    const message *m = message_by_name(b->message);
    size_t num, i = 0;
    const breaker **breakers = breakers_of(m, &num);
    while (i < num && breakers[i] != b)
        i++;
    return picked_by(&properties[PROP_breaker_named], m, (uint32_t)i, decisions);
}

bool prop_build(const property *p, const message *m, cauth_bytes in, cauth_bytes *built)
{
    cauth_bytes decisions;
    broken_place place;
    size_t at;
    if (p == &properties[PROP_generated_accepted])
        return prop_build_valid(m, in, built);
    if (p == &properties[PROP_place_named])
        return m->form == MESSAGE_BODY && prop_pick_place(m, in, &at, &decisions, built, &place);
    const breaker *b = p == &properties[PROP_breaker_named] ? pick_breaker(m, in, &decisions) : NULL;
    return b != NULL && prop_build_broken(b, decisions, built, &at);
}

typedef struct {
    const char *a;
    const char *b;
    cauth_rule differ[8];
} siblings;

static const siblings sibling_rows[] = {
#define NO_RULE CAUTH_RULE_NONE
#define CAUTH_SIBLINGS(a, b, ...) { #a, #b, { __VA_ARGS__ } },
#include "siblings.def"
#undef CAUTH_SIBLINGS
};

#define NUM_SIBLINGS (sizeof sibling_rows / sizeof sibling_rows[0])

static bool may_differ(const siblings *s, cauth_rule rule)
{
    for (size_t i = 0; i < sizeof s->differ / sizeof s->differ[0]; i++)
        if (rule != CAUTH_RULE_NONE && s->differ[i] == rule)
            return true;
    return false;
}

static bool flags_one(const siblings *s, const cauth_flags *flags)
{
    for (size_t i = 0; i < sizeof s->differ / sizeof s->differ[0]; i++)
        if (cauth_flags_has(flags, s->differ[i]))
            return true;
    return false;
}

static prop_verdict compare_siblings(prop_case *c, const siblings *s, const message *other)
{
    cauth_context ctx = message_context(other, c->ctx.profile);
    parsed p = parse_as(other, &ctx, c->in);
    if (may_differ(s, c->result.rule) || may_differ(s, p.result.rule))
        return PROP_NOT_ABOUT;
    if (cauth_is_accepted(c->result) != cauth_is_accepted(p.result) &&
        (flags_one(s, &c->flags) || flags_one(s, &p.flags)))
        return PROP_NOT_ABOUT;
    if (!same_result(c->result, p.result))
        return broken(c, "%s at %zu, but %s says %s at %zu", id_of(c->result.rule), c->result.offset, other->name,
                      id_of(p.result.rule), p.result.offset);
    if (!cauth_is_accepted(p.result))
        return PROP_HELD;
    for (int r = 1; r < (int)CAUTH_NUM_RULES && !same_flags(&c->flags, &p.flags); r++)
        if (cauth_flags_has(&c->flags, (cauth_rule)r) != cauth_flags_has(&p.flags, (cauth_rule)r) &&
            !may_differ(s, (cauth_rule)r))
            return broken(c, "only one of it and %s flags %s", other->name, id_of((cauth_rule)r));
    events_of(&these, c->m, &c->view);
    events_of(&those, other, &p.view);
    if (!events_equal(&these, &those))
        return broken(c, "%s sees another %s", other->name, first_difference());
    return PROP_HELD;
}

bool prop_has_siblings(const message *m)
{
    for (size_t i = 0; i < NUM_SIBLINGS; i++)
        if (strcmp(m->name, sibling_rows[i].a) == 0 || strcmp(m->name, sibling_rows[i].b) == 0)
            return true;
    return false;
}

prop_verdict prop_siblings_equal(prop_case *c)
{
    static const message *members[NUM_SIBLINGS][2];
    prop_verdict v = PROP_NOT_ABOUT;
    if (members[0][0] == NULL) {
        for (size_t i = 0; i < NUM_SIBLINGS; i++) {
            members[i][0] = message_by_name(sibling_rows[i].a);
            members[i][1] = message_by_name(sibling_rows[i].b);
        }
    }
    for (size_t i = 0; i < NUM_SIBLINGS; i++) {
        const message *other = c->m->name == members[i][0]->name   ? members[i][1]
                               : c->m->name == members[i][1]->name ? members[i][0]
                                                                   : NULL;
        prop_verdict one = other != NULL ? compare_siblings(c, &sibling_rows[i], other) : PROP_NOT_ABOUT;
        if (one == PROP_BROKEN)
            return one;
        v = one == PROP_HELD ? one : v;
    }
    return v;
}

/* Steps are edges of the control flow. The line is above what the worst input needs, whose bytes are identifiers that
 * are each compared with CAUTH_MAX_COMPARED_OIDS others (20 steps per byte; other lists need 3 to 16), and far below
 * anything quadratic. The constant is for clearing tables. */
#define STEPS_PER_BYTE 100u
#define STEPS_PER_MESSAGE 4000u

prop_verdict prop_linear_work(prop_case *c)
{
    unsigned long steps = prop_count_steps(c->m, c->in, c->ctx.profile);
    if (steps > STEPS_PER_BYTE * c->in.len + STEPS_PER_MESSAGE)
        return broken(c, "%lu steps for %zu bytes", steps, c->in.len);
    return steps > 0 ? PROP_HELD : broken(c, "no steps were counted");
}

prop_verdict prop_profiles_nested(prop_case *c)
{
    cauth_context ctx = message_context(c->m, CAUTH_INTEROP);
    parsed p = parse_as(c->m, &ctx, c->in);
    if (!cauth_is_accepted(c->result)) {
        if (!cauth_rule_info(c->result.rule)->interop_flags && !same_result(c->result, p.result))
            return broken(c, "strict refuses with %s, interop says %s", id_of(c->result.rule), id_of(p.result.rule));
        return PROP_HELD;
    }
    if (!cauth_is_accepted(p.result))
        return broken(c, "strict accepts, interop refuses with %s", id_of(p.result.rule));
    if (!same_flags(&c->flags, &p.flags))
        return broken(c, "strict and interop accept with different flags");
    events_of(&these, c->m, &c->view);
    events_of(&those, c->m, &p.view);
    return events_equal(&these, &those) ? PROP_HELD : broken(c, "interop sees another %s", first_difference());
}

/* Where to cut, chosen by the bytes; the caller frees what the choices come from. */
static choices cuts_of(const prop_case *c, uint64_t round)
{
    size_t len = c->in.len + 64; /* enough for every gap between records */
    uint8_t *bytes = malloc(len);
    uint64_t state = c->digest + round;
    if (bytes == NULL)
        abort();
    for (size_t i = 0; i < len; i++) {
        state = prop_mix(state + 1);
        bytes[i] = (uint8_t)(state >> 24);
    }
    return choices_init((cauth_bytes){ bytes, len });
}

typedef bool stream_cut_equal(const message *m, const cauth_context *ctx, cauth_bytes in, choices *c);
typedef void stream_rewrite(const char *layout, const cauth_context *ctx, cauth_bytes in, choices *c, cauth_writer *w);

/* Whether the choices of a round make another stream of it; where there is no room for it, they do. */
static bool is_rewritten(const prop_case *c, uint64_t round, stream_rewrite *rewrite)
{
    size_t cap = c->in.len * 7 + 64; /* what recut and interleave need */
    uint8_t *bytes = malloc(cap);
    if (bytes == NULL)
        abort();
    choices cuts = cuts_of(c, round);
    cauth_writer w = cauth_writer_init(bytes, cap);
    rewrite(c->m->layout, &c->ctx, c->in, &cuts, &w);
    bool other = w.failed || !same_bytes(cauth_written(&w), c->in);
    free((void *)(uintptr_t)cuts.ptr);
    free(bytes);
    return other;
}

/* Whether a stream says the same wherever it is cut; `changed` is the complaint. It was tried where a round of
 * `rewrite` made another stream of it, or without one in any case. */
static prop_verdict hold_for_cuts(prop_case *c, stream_cut_equal *is_equal, stream_rewrite *rewrite,
                                  const char *changed)
{
    uint64_t rounds = c->effort == PROP_QUICK ? 1 : 4;
    bool is_tried = rewrite == NULL;
    for (uint64_t round = 0; round < rounds; round++) {
        choices cuts = cuts_of(c, round);
        bool same = is_equal(c->m, &c->ctx, c->in, &cuts);
        free((void *)(uintptr_t)cuts.ptr);
        if (!same)
            return broken(c, "%s (cut %llu)", changed, (unsigned long long)round);
        is_tried = is_tried || is_rewritten(c, round, rewrite);
    }
    return is_tried ? PROP_HELD : PROP_NOT_ABOUT;
}

bool prop_is_recut(const message *m)
{
    return m->form == MESSAGE_STREAM && !(strcmp(m->layout, "alerts") == 0 && m->version == CAUTH_TLS13);
}

prop_verdict prop_refragment_equal(prop_case *c)
{
    return hold_for_cuts(c, stream_refragment_equal, stream_recut, "its records cut anew give other messages");
}

prop_verdict prop_interleave_equal(prop_case *c)
{
    return hold_for_cuts(c, stream_interleave_equal, stream_interleave,
                         "alerts between its records change its messages");
}

static void scatter(const char *layout, const cauth_context *ctx, cauth_bytes in, choices *c, cauth_writer *w)
{
    cauth_bytes scattered = stream_scatter(layout, ctx, in, c);
    cauth_write_bytes(w, scattered);
    exact_free(scattered);
}

prop_verdict prop_scatter_equal(prop_case *c)
{
    return hold_for_cuts(c, stream_scatter_equal, scatter,
                         "its records cut anew, with alerts between them, give other messages");
}

prop_verdict prop_chunk_equal(prop_case *c)
{
    if (c->in.len < 2)
        return PROP_NOT_ABOUT; /* there are no pieces */
    return hold_for_cuts(c, stream_chunk_equal, NULL, "it reads differently when it arrives in pieces");
}
