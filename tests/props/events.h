/* The fields of a view, kept as a list. */
#ifndef CAUTH_PROPS_EVENTS_H
#define CAUTH_PROPS_EVENTS_H

#include "message.h"

typedef struct {
    cauth_field field;
    bool is_number;
    uint64_t number;
    cauth_bytes span;
} event;

/* Grows as needed and can be used again; free(at) when done. */
typedef struct {
    event *at;
    size_t num;
    size_t cap;
} events;

/* Replaces the list by the fields of a view. The spans alias what the view aliases. */
void events_of(events *list, const message *m, const message_view *view);

/* Whether two events say the same, by content. */
bool event_equal(const event *a, const event *b);

/* The index of the first event that differs, or is in only one of the lists; the common length when there is none. */
size_t events_common(const events *a, const events *b);
bool events_equal(const events *a, const events *b);

#endif
