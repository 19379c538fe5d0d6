#include "message.h"

#include <string.h>

static size_t offset_of(cauth_bytes part, cauth_bytes in)
{
    return part.len > 0 ? (size_t)(part.ptr - in.ptr) : 0;
}

/* What the next level walks in the layouts that have such items. */

static cauth_result items_certreq10(const cauth_certreq10 *v, cauth_bytes in, const cauth_context *ctx, cauth_flags *f)
{
    cauth_bytes names = v->certificate_authorities;
    return cauth_name_list_check(names, offset_of(names, in), ctx, f);
}

static cauth_result items_certreq12(const cauth_certreq12 *v, cauth_bytes in, const cauth_context *ctx, cauth_flags *f)
{
    cauth_bytes names = v->certificate_authorities;
    return cauth_name_list_check(names, offset_of(names, in), ctx, f);
}

static cauth_result items_certreq13(const cauth_certreq13 *v, cauth_bytes in, const cauth_context *ctx, cauth_flags *f)
{
    cauth_bytes names = v->certificate_authorities.list;
    return cauth_name_list_check(names, offset_of(names, in), ctx, f);
}

static cauth_result items_cert12(const cauth_cert12 *v, cauth_bytes in, const cauth_context *ctx, cauth_flags *f)
{
    return cauth_certificate_list_check(v->certificate_list, offset_of(v->certificate_list, in), ctx, f);
}

static cauth_result items_cert13(const cauth_cert13 *v, cauth_bytes in, const cauth_context *ctx, cauth_flags *f)
{
    return cauth_certificate_entry_list_check(v->certificate_list, offset_of(v->certificate_list, in), ctx, f);
}

static cauth_result items_rawkey12(const cauth_rawkey12 *v, cauth_bytes in, const cauth_context *ctx, cauth_flags *f)
{
    cauth_bytes spki = v->subject_public_key_info;
    return spki.len > 0 ? cauth_spki_check(spki, offset_of(spki, in), ctx, f) : cauth_accepted();
}

#define ITEMS_OF_ROW(name, layout)                                                                                     \
    static cauth_result items_of_##name(const message_view *view, cauth_bytes in, const cauth_context *ctx,            \
                                        cauth_flags *flags)                                                            \
    {                                                                                                                  \
        return items_##layout(&view->name, in, ctx, flags);                                                            \
    }
#define ROW_NO_ITEMS(name, layout)
#define ROW_NAMES(name, layout) ITEMS_OF_ROW(name, layout)
#define ROW_CERTIFICATES(name, layout) ITEMS_OF_ROW(name, layout)
#define ROW_SPKI(name, layout) ITEMS_OF_ROW(name, layout)
#define CAUTH_MESSAGE(name, layout, version, sender, phase, certificate_type, handshake_type, form, items)             \
    ROW_##items(name, layout)
#include "messages.def"
#undef CAUTH_MESSAGE

/* One wrapper per row and function, from the row's own view to message_view. */
#define CAUTH_MESSAGE(name, layout, ...)                                                                               \
    static cauth_result parse_##name(cauth_bytes in, const cauth_context *ctx, message_view *view, cauth_flags *flags) \
    {                                                                                                                  \
        return cauth_##layout##_parse(in, ctx, &view->name, flags);                                                    \
    }                                                                                                                  \
    static bool write_##name(const message_view *view, cauth_writer *w)                                                \
    {                                                                                                                  \
        return cauth_##layout##_write(&view->name, w);                                                                 \
    }                                                                                                                  \
    static void describe_row_##name(const message_view *view, const describe_sink *s)                                  \
    {                                                                                                                  \
        describe_##layout(&view->name, s);                                                                             \
    }                                                                                                                  \
    static void generate_##name(choices *c, const cauth_context *ctx, arena *a, message_view *view)                    \
    {                                                                                                                  \
        gen_##layout(c, ctx, a, &view->name);                                                                          \
    }
#include "messages.def"
#undef CAUTH_MESSAGE

#define HANDSHAKE false
#define POST_HANDSHAKE true
#define NO_TYPE (-1)
#define POINTER_NO_ITEMS(name) NULL
#define POINTER_NAMES(name) items_of_##name
#define POINTER_CERTIFICATES(name) items_of_##name
#define POINTER_SPKI(name) items_of_##name
#define CAUTH_MESSAGE(name, layout, version, sender, phase, certificate_type, handshake_type, form, items)             \
    { #name,                                                                                                           \
      #layout,                                                                                                         \
      CAUTH_##version,                                                                                                 \
      CAUTH_FROM_##sender,                                                                                             \
      phase,                                                                                                           \
      CAUTH_##certificate_type,                                                                                        \
      handshake_type,                                                                                                  \
      MESSAGE_##form,                                                                                                  \
      MESSAGE_##items,                                                                                                 \
      parse_##name,                                                                                                    \
      POINTER_##items(name),                                                                                           \
      write_##name,                                                                                                    \
      describe_row_##name,                                                                                             \
      generate_##name },
const message messages[] = {
#include "messages.def"
};
#undef CAUTH_MESSAGE

const size_t num_messages = sizeof messages / sizeof messages[0];

const message *message_by_name(const char *name)
{
    for (size_t i = 0; i < num_messages; i++)
        if (strcmp(messages[i].name, name) == 0)
            return &messages[i];
    return NULL;
}

cauth_context message_context(const message *m, cauth_profile profile)
{
    cauth_context ctx = cauth_context_default(m->version, m->sender);
    ctx.profile = profile;
    ctx.certificate_type = m->certificate_type;
    ctx.post_handshake = m->post_handshake;
    return ctx;
}

cauth_result message_judge(const message *m, cauth_bytes in, cauth_profile profile, cauth_flags *flags)
{
    cauth_context ctx = message_context(m, profile);
    message_view view;
    cauth_flags all;
    cauth_result result = m->parse(in, &ctx, &view, &all);
    if (cauth_is_accepted(result) && m->judge_items != NULL)
        result = m->judge_items(&view, in, &ctx, &all);
    if (cauth_is_accepted(result))
        *flags = all;
    return result;
}
