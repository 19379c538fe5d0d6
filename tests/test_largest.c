/* Vectors with a prefix of three octets at their ceiling, 2^24 - 1: in every message that has one, with an octet too
 * few and one too many. What the grammar makes is smaller, and no handshake message is so large; parsers take bodies.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "exact.h"
#include "grammar.h"
#include "message.h"

#define CEILING 0xFFFFFFu

/* What stands before the vector; in it an item with such a prefix too, or none; and as many zeros behind the item. */
static const struct {
    const char *message;
    const char *front;
    size_t front_len;
    bool item;
    size_t behind;
} rows[] = {
    { "cert_ssl30", "", 0, true, 0 },
    { "cert_tls12_server", "", 0, true, 0 },
    { "cert_tls12_client", "", 0, true, 0 },
    { "cert_tls13_server", "\0", 1, true, 2 }, /* no context; no extensions */
    { "cert_tls13_client", "\0", 1, true, 2 },
    { "cert_tls13_client_post", "\1C", 2, true, 2 },
    { "rawkey_tls12", "", 0, false, 0 },
    { "rawkey_tls13", "\0", 1, true, 2 },
    { "openpgp_tls12", "\2\10key id 8", 10, false, 0 }, /* subkey_cert */
    { "compressed_tls13", "\0\2\0\1\0", 5, false, 0 },  /* brotli, of 256 octets */
};

static void put_length(uint8_t *at, size_t len)
{
    at[0] = (uint8_t)(len >> 16);
    at[1] = (uint8_t)(len >> 8 & 0xFF);
    at[2] = (uint8_t)(len & 0xFF);
}

static cauth_result parse(const message *m, const uint8_t *octets, size_t len)
{
    cauth_context ctx = message_context(m, CAUTH_STRICT);
    message_view view;
    cauth_flags flags;
    cauth_bytes in = exact_copy(octets, len);
    cauth_result r = m->parse(in, &ctx, &view, &flags);
    exact_free(in);
    return r;
}

static void ceilings(void **state)
{
    static uint8_t room[16 + CEILING + 1];
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const message *m = message_by_name(rows[i].message);
        size_t front = rows[i].front_len;
        size_t whole = front + 3 + CEILING;
        memset(room, 0, sizeof room);
        memcpy(room, rows[i].front, front);
        put_length(room + front, CEILING);
        if (rows[i].item)
            put_length(room + front + 3, CEILING - 3 - rows[i].behind);
        cauth_result r = parse(m, room, whole);
        if (!cauth_is_accepted(r))
            fail_msg("%s: refused with %s at %zu", m->name, cauth_rule_info(r.rule)->id, r.offset);
        r = parse(m, room, whole - 1);
        assert_int_equal(r.rule, CAUTH_VEC_03);
        assert_int_equal(r.offset, front);
        r = parse(m, room, whole + 1);
        assert_false(cauth_is_accepted(r));
        assert_int_equal(r.offset, whole);
    }
}

/* Whether such a vector stands in it, and in no smaller one. */
static bool can_be_largest(const production *p, unsigned depth)
{
    if (p->kind == GRAMMAR_VECTOR)
        return p->width == 3;
    for (size_t i = 0; i < p->num_parts && depth < 30; i++)
        if (can_be_largest(grammar_part(p, i), depth + 1))
            return true;
    return false;
}

static void every_message_that_has_one(void **state)
{
    (void)state;
    for (size_t i = 0; i < num_messages; i++) {
        size_t found = 0;
        for (size_t k = 0; k < sizeof rows / sizeof rows[0]; k++)
            found += strcmp(rows[k].message, messages[i].name) == 0;
        bool wanted = messages[i].form == MESSAGE_BODY && can_be_largest(grammar_of(messages[i].name), 0);
        if (found != (wanted ? 1 : 0))
            fail_msg("%s has %zu rows", messages[i].name, found);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(ceilings), cmocka_unit_test(every_message_that_has_one) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
