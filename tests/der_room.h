/* Room to build DER in, for the tests of names and certificates. */
#ifndef CAUTH_TESTS_DER_ROOM_H
#define CAUTH_TESTS_DER_ROOM_H

#include "gen_der.h"

static uint8_t der_room[(size_t)8 << 20];
static arena memory = { der_room, sizeof der_room, 0 };

/* The room, empty again: what was built in it is gone. */
static inline arena *fresh(void)
{
    memory.len = 0;
    return &memory;
}

/* AttributeTypeAndValue. */
static inline piece attribute(arena *a, piece type, piece value)
{
    return piece_wrap(a, DER_SEQUENCE_TAG, piece_pair(a, piece_wrap(a, DER_OID_TAG, type), value));
}

#endif
