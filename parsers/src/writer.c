#include "cauth/writer.h"

cauth_writer cauth_writer_init(uint8_t *ptr, size_t cap)
{
    cauth_writer w = { ptr, cap, 0, false };
    return w;
}

/*@ requires \valid(w) && writer_ok(w);
    assigns w->failed;
    ensures (\result <==> !w->failed) && (\old(w->failed) ==> w->failed);
    ensures \result ==> w->len + len <= w->cap;
 */
static bool has_room(cauth_writer *w, size_t len)
{
    if (w->failed || w->cap - w->len < len)
        w->failed = true;
    return !w->failed;
}

/*@ requires \valid(w) && writer_ok(w) && w->len < w->cap;
    assigns w->len, w->ptr[w->len];
    ensures w->len == \old(w->len) + 1;
 */
static void put(cauth_writer *w, uint32_t octet)
{
    w->ptr[w->len] = (uint8_t)(octet % 256u);
    w->len += 1;
}

bool cauth_write_u8(cauth_writer *w, uint8_t value)
{
    if (has_room(w, 1))
        put(w, value);
    return !w->failed;
}

bool cauth_write_u16(cauth_writer *w, uint16_t value)
{
    if (has_room(w, 2)) {
        put(w, value / 256u);
        put(w, value);
    }
    return !w->failed;
}

bool cauth_write_u24(cauth_writer *w, uint32_t value)
{
    if (value > 0xFFFFFFu)
        w->failed = true;
    if (has_room(w, 3)) {
        put(w, value / 65536u);
        put(w, value / 256u);
        put(w, value);
    }
    return !w->failed;
}

bool cauth_write_bytes(cauth_writer *w, cauth_bytes bytes)
{
    if (has_room(w, bytes.len))
        /*@ loop invariant 0 <= i <= bytes.len && w->len == \at(w->len, Pre) + i && w->len + (bytes.len - i) <= w->cap;
            loop assigns i, w->len, w->ptr[\at(w->len, Pre) .. w->cap - 1];
            loop variant bytes.len - i;
         */
        for (size_t i = 0; i < bytes.len; i++)
            put(w, bytes.ptr[i]);
    return !w->failed;
}

bool cauth_write_vector(cauth_writer *w, size_t width, cauth_bytes content)
{
    size_t begun = cauth_write_begin(w, width);
    cauth_write_bytes(w, content);
    return cauth_write_end(w, width, begun);
}

size_t cauth_write_begin(cauth_writer *w, size_t width)
{
    size_t begun = w->len;
    if (has_room(w, width))
        /*@ loop invariant 0 <= i <= width && w->len == \at(w->len, Pre) + i && w->len + (width - i) <= w->cap;
            loop assigns i, w->len, w->ptr[\at(w->len, Pre) .. w->cap - 1];
            loop variant width - i;
         */
        for (size_t i = 0; i < width; i++)
            put(w, 0);
    return begun;
}

bool cauth_write_end(cauth_writer *w, size_t width, size_t begun)
{
    if (w->failed)
        return false;
    size_t len = w->len - begun - width;
    /*@ loop invariant 0 <= i <= width;
        loop assigns i, len, w->ptr[begun .. begun + width - 1];
        loop variant i;
     */
    for (size_t i = width; i > 0; i--) {
        w->ptr[begun + i - 1] = (uint8_t)(len % 256u);
        len /= 256u;
    }
    if (len != 0)
        w->failed = true;
    return !w->failed;
}

cauth_bytes cauth_written(const cauth_writer *w)
{
    cauth_bytes bytes = { w->len > 0 ? w->ptr : NULL, w->len };
    return bytes;
}
