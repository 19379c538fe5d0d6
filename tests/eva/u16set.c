/* What Frama-C Eva analyses of the set of 16-bit values itself. In the runs of the messages it is replaced by one that
 * answers anything, because which of its pages are cleared depends on each value that came before.
 *
 * inputs: a value on one of five pages, then any value */
#include <__fc_builtin.h>

#include "u16set.h"

int main(void)
{
    /* Both ends of the words that say which pages are cleared. */
    static const uint8_t pages[] = { 0, 1, 31, 32, 255 };
    u16set set;
    unsigned page = (unsigned)Frama_C_interval(0, sizeof pages - 1);
    unsigned other = (unsigned)Frama_C_interval(0, 255);
    /*@ split page; */
    u16set_init(&set);
    bool there = u16set_add(&set, (uint16_t)(pages[page] * 256u + (unsigned)Frama_C_interval(0, 255)));
    /*@ split other; */
    there = u16set_add(&set, (uint16_t)(other * 256u + (unsigned)Frama_C_interval(0, 255)));
    return there;
}
