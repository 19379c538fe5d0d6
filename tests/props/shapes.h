/* Large messages that cost the most work per byte: as many items of one list as fit. */
#ifndef CAUTH_PROPS_SHAPES_H
#define CAUTH_PROPS_SHAPES_H

#include <stddef.h>

#include "cauth/writer.h"

/* The largest room a shape is built for, and a margin. */
#define SHAPE_MAX ((size_t)144 * 1024)

/* `build` appends one message, which strict accepts, of about `room` bytes (1024 at least); of fewer where the
 * message's own lengths allow no more. Not for several threads at once. */
typedef struct {
    const char *message;
    const char *name;
    void (*build)(cauth_writer *w, size_t room);
} shape;

extern const shape shapes[];
extern const size_t num_shapes;

#endif
