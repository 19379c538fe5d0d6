#include "cauth/list.h"

#include "reader.h"

cauth_iter cauth_iter_init(cauth_bytes list)
{
    cauth_iter it = { list, 0 };
    return it;
}

bool cauth_u8_next(cauth_iter *it, uint8_t *value)
{
    rd r = rd_init_at(it->list, it->pos);
    if (!cauth_is_accepted(rd_u8(&r, CAUTH_FIELD_NONE, value)))
        return false;
    it->pos = r.pos;
    return true;
}

bool cauth_u16_next(cauth_iter *it, uint16_t *value)
{
    rd r = rd_init_at(it->list, it->pos);
    if (!cauth_is_accepted(rd_u16(&r, CAUTH_FIELD_NONE, value)))
        return false;
    it->pos = r.pos;
    return true;
}

/*@ requires (width == 2 || width == 3) && \valid(it) && readable(&it->list) && \valid(item) && \separated(it, item);
    assigns it->pos, item->ptr, item->len;
    ensures !\result ==> it->pos == \old(it->pos) && item->ptr == \old(item->ptr) && item->len == \old(item->len);
    ensures \result ==> \old(it->pos) < it->pos <= it->list.len && readable(item) && within(item, &it->list);
 */
static bool vector_next(cauth_iter *it, uint8_t width, cauth_bytes *item)
{
    const rd_vec any = { width, 1, 0, 0xFFFFFF, CAUTH_FIELD_NONE, CAUTH_RULE_NONE };
    rd r = rd_init_at(it->list, it->pos);
    if (!cauth_is_accepted(rd_opaque(&r, &any, item)))
        return false;
    it->pos = r.pos;
    return true;
}

bool cauth_vector16_next(cauth_iter *it, cauth_bytes *item)
{
    return vector_next(it, 2, item);
}

bool cauth_vector24_next(cauth_iter *it, cauth_bytes *item)
{
    return vector_next(it, 3, item);
}
