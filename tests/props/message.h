/* Every message of messages.def behind one interface. */
#ifndef CAUTH_PROPS_MESSAGE_H
#define CAUTH_PROPS_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "cauth/cauth.h"
#include "choices.h"
#include "describe.h"

/* The view of any message, under the name of its row. */
typedef union {
#define CAUTH_MESSAGE(name, layout, ...) cauth_##layout name;
#include "messages.def"
#undef CAUTH_MESSAGE
} message_view;

/* What each layout brings along in describe_<area>.c and gen_<area>.c. */
#define CAUTH_MESSAGE(name, layout, ...)                                                                               \
    void describe_##layout(const cauth_##layout *v, const describe_sink *s);                                           \
    void gen_##layout(choices *c, const cauth_context *ctx, arena *a, cauth_##layout *v);
#include "messages.def"
#undef CAUTH_MESSAGE

typedef enum { MESSAGE_BODY, MESSAGE_STREAM } message_form;
typedef enum { MESSAGE_NO_ITEMS, MESSAGE_NAMES, MESSAGE_CERTIFICATES, MESSAGE_SPKI } message_items;

/* A row of messages.def. The functions take a message_view of this row. */
typedef struct message {
    const char *name;
    const char *layout;
    cauth_version version;
    cauth_sender sender;
    bool post_handshake;
    cauth_certificate_type certificate_type;
    int handshake_type; /* -1: not a handshake message */
    message_form form;
    message_items items;
    cauth_result (*parse)(cauth_bytes in, const cauth_context *ctx, message_view *view, cauth_flags *flags);
    /* Judges the items of an accepted input, adding flags; NULL without items. */
    cauth_result (*judge_items)(const message_view *view, cauth_bytes in, const cauth_context *ctx, cauth_flags *flags);
    bool (*write)(const message_view *view, cauth_writer *w);
    void (*describe)(const message_view *view, const describe_sink *s);
    void (*generate)(choices *c, const cauth_context *ctx, arena *a, message_view *view);
} message;

extern const message messages[];
extern const size_t num_messages;

/* NULL when no row has that name. */
const message *message_by_name(const char *name);

/* What the row says, with default limits. */
cauth_context message_context(const message *m, cauth_profile profile);

/* The whole verdict: framing first, then the DER of the items inside it. Accepted: *flags holds those of both. */
cauth_result message_judge(const message *m, cauth_bytes in, cauth_profile profile, cauth_flags *flags);

#endif
