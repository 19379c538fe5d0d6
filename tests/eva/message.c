/* What Frama-C Eva analyses of one message: every input of a kind is judged, and what is accepted is read in full.
 * ci/lib/eva.py gives MESSAGE, the CAPACITY of an input, and either LONGEST (every content of every length up to it) or
 * the file skeleton.inc (one accepted input, with WIDTH bytes free from FIRST on or at one of NUM_WINDOWS places). */
#include <__fc_builtin.h>

#include "message.h"

#define INDEX_OF_(name) INDEX_##name
#define INDEX_OF(name) INDEX_OF_(name)

enum {
#define CAUTH_MESSAGE(name, ...) INDEX_##name,
#include "messages.def"
#undef CAUTH_MESSAGE
};

/* Reading a value is what needs it to be initialised. */
static volatile uint64_t seen;

static void see(cauth_bytes bytes)
{
    if (bytes.len > 0) {
        seen = bytes.ptr[0];
        seen = bytes.ptr[bytes.len - 1];
    }
}

static void see_span(void *user, cauth_field field, cauth_bytes bytes)
{
    (void)user;
    seen = (uint64_t)field;
    see(bytes);
}

static void see_number(void *user, cauth_field field, uint64_t value)
{
    (void)user;
    seen = (uint64_t)field;
    seen = value;
}

/* Eva prints what it knows of the argument; ci/lib/eva.py looks for members that were not set. */
void Frama_C_show_each_view();

static void see_flags(const cauth_flags *flags)
{
    for (size_t i = 0; i < CAUTH_FLAG_WORDS; i++)
        seen = flags->word[i];
}

static void write_again(const message *m, const message_view *view, uint8_t *out, size_t cap)
{
    cauth_writer w = cauth_writer_init(out, cap);
    seen = m->write(view, &w);
    cauth_bytes written = cauth_written(&w);
    for (size_t i = 0; i < written.len; i++)
        seen = written.ptr[i];
}

static void judge_items(const message *m, const message_view *view, cauth_bytes in, const cauth_context *ctx,
                        cauth_flags *flags)
{
    if (m->judge_items == NULL)
        return;
    cauth_result result = m->judge_items(view, in, ctx, flags);
    seen = (uint64_t)result.rule + (uint64_t)result.field + result.offset;
    see_flags(flags);
}

/* What can be done with an accepted input; one thing at a time, so that their cases add up and do not multiply. */
static void accepted(const message *m, const message_view *view, cauth_bytes in, const cauth_context *ctx,
                     cauth_flags *flags, uint8_t *out, size_t cap)
{
    const describe_sink sink = { see_span, see_number, NULL };
    int what = Frama_C_interval(0, 3);
    /*@ split what; */
    if (what == 0) {
        see_flags(flags);
        Frama_C_show_each_view(view->MESSAGE);
    } else if (what == 1) {
        m->describe(view, &sink);
    } else if (what == 2) {
        judge_items(m, view, in, ctx, flags);
    } else {
        write_again(m, view, out, cap);
    }
}

#ifndef LONGEST
static const uint8_t skeleton[CAPACITY] = {
#include "skeleton.inc"
};
#endif

/* The bytes behind the input stay uninitialised, so that reading one of them raises an alarm. */
static size_t any_input(uint8_t *input)
{
#ifdef LONGEST
    size_t len = (size_t)Frama_C_interval(0, LONGEST);
    /*@ split len; */
    if (len > 0)
        Frama_C_make_unknown((char *)input, len);
    return len;
#else
    size_t window = (size_t)Frama_C_interval(0, NUM_WINDOWS - 1);
    for (size_t i = 0; i < sizeof skeleton; i++)
        input[i] = skeleton[i];
    /*@ split window; */
    if (NUM_WINDOWS > 1)
        window = window * (sizeof skeleton - WIDTH) / (NUM_WINDOWS - 1);
    Frama_C_make_unknown((char *)input + FIRST + window, WIDTH);
    return sizeof skeleton;
#endif
}

int main(void)
{
    uint8_t input[CAPACITY + 1];
    uint8_t out[6 * CAPACITY + 16];
    const message *m = &messages[INDEX_OF(MESSAGE)];
    cauth_context ctx = message_context(m, (cauth_profile)Frama_C_interval(CAUTH_STRICT, CAUTH_INTEROP));
    cauth_bytes in = { NULL, any_input(input) };
    if (in.len > 0)
        in.ptr = input;
    message_view view;
    cauth_flags flags;
    cauth_result result = m->parse(in, &ctx, &view, &flags);
    seen = (uint64_t)result.rule + (uint64_t)result.field + result.offset;
    if (cauth_is_accepted(result))
        accepted(m, &view, in, &ctx, &flags, out, sizeof out);
    return 0;
}
