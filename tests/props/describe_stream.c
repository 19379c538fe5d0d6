#include "message.h"

void describe_records(const cauth_records *v, const describe_sink *s)
{
    cauth_iter it = cauth_iter_init(v->records);
    cauth_record record;
    while (cauth_record_list_next(&it, &record)) {
        s->number(s->user, CAUTH_FIELD_CONTENT_TYPE, record.content_type);
        s->number(s->user, CAUTH_FIELD_RECORD_VERSION, record.version);
        s->span(s->user, CAUTH_FIELD_FRAGMENT, record.fragment);
    }
}

void describe_alerts(const cauth_alerts *v, const describe_sink *s)
{
    cauth_alert_iter it = cauth_alert_iter_init(v);
    cauth_alert alert;
    while (cauth_alert_iter_next(&it, &alert)) {
        s->number(s->user, CAUTH_FIELD_ALERT_LEVEL, alert.level);
        s->number(s->user, CAUTH_FIELD_ALERT_DESCRIPTION, alert.description);
    }
}

/* The body of a message that crosses records lies nowhere in one piece; its length stands for it. */
void describe_handshakes(const cauth_handshakes *v, const describe_sink *s)
{
    cauth_handshake_iter it = cauth_handshake_iter_init(v, NULL, 0);
    cauth_handshake msg;
    while (cauth_handshake_iter_next(&it, &msg)) {
        s->number(s->user, CAUTH_FIELD_MSG_TYPE, msg.msg_type);
        s->number(s->user, CAUTH_FIELD_MSG_LENGTH, msg.length);
        if (msg.whole)
            s->span(s->user, CAUTH_FIELD_BODY, msg.body);
    }
}
