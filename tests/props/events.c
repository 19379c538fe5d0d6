#include "events.h"

#include <stdio.h>
#include <stdlib.h>

#include "same.h"

static void append(events *list, event e)
{
    if (list->num == list->cap) {
        list->cap = list->cap > 0 ? 2 * list->cap : 64;
        list->at = realloc(list->at, list->cap * sizeof *list->at);
        if (list->at == NULL) {
            fputs("out of memory\n", stderr);
            abort();
        }
    }
    list->at[list->num] = e;
    list->num++;
}

static void add_span(void *user, cauth_field field, cauth_bytes bytes)
{
    event e = { field, false, 0, bytes };
    append(user, e);
}

static void add_number(void *user, cauth_field field, uint64_t number)
{
    event e = { field, true, number, { NULL, 0 } };
    append(user, e);
}

void events_of(events *list, const message *m, const message_view *view)
{
    describe_sink sink = { add_span, add_number, list };
    list->num = 0;
    m->describe(view, &sink);
}

bool event_equal(const event *a, const event *b)
{
    return a->field == b->field && a->is_number == b->is_number && a->number == b->number &&
           same_bytes(a->span, b->span);
}

size_t events_common(const events *a, const events *b)
{
    size_t i = 0;
    while (i < a->num && i < b->num && event_equal(&a->at[i], &b->at[i]))
        i++;
    return i;
}

bool events_equal(const events *a, const events *b)
{
    return a->num == b->num && events_common(a, b) == a->num;
}
