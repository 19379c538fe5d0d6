#include "cauth/certurl12.h"

#include "reader.h"

/* An item is read in two steps, so that its padding can be judged before its hash is looked for. */
/*@ requires \valid(r) && rd_ok(r) && \valid(item) && \separated(r, item);
    assigns r->pos, item->url.ptr, item->url.len, item->padding;
    ensures accepted(\result) ==> \old(r->pos) < r->pos && readable(&item->url) && rd_inside(&item->url, r);
    ensures \old(r->pos) <= r->pos <= r->end && \result.offset <= r->end;
 */
static cauth_result url_and_padding(rd *r, cauth_url_and_hash *item)
{
    static const rd_vec url_vec = { 2, 1, 1, 65535, CAUTH_FIELD_URL, CAUTH_CERT_12_05 };
    cauth_result e = rd_opaque(r, &url_vec, &item->url);
    if (!cauth_is_accepted(e))
        return e;
    return rd_u8(r, CAUTH_FIELD_URL_PADDING, &item->padding);
}

/*@ requires \valid(r) && rd_ok(r) && \valid(item) && \separated(r, item);
    assigns r->pos, item->sha1_hash.ptr, item->sha1_hash.len;
    ensures accepted(\result) ==> r->pos == \old(r->pos) + 20 && readable(&item->sha1_hash) &&
        rd_inside(&item->sha1_hash, r);
    ensures \old(r->pos) <= r->pos <= r->end && \result.offset <= r->end;
 */
static cauth_result sha1_hash(rd *r, cauth_url_and_hash *item)
{
    return rd_bytes(r, 20, CAUTH_FIELD_URL_HASH, &item->sha1_hash);
}

/*@ requires rd_ok(list);
    assigns \nothing;
    ensures \result.offset <= list.end;
 */
static cauth_result each_url(rd list, uint8_t type)
{
    size_t first = list.pos;
    /*@ loop invariant first <= list.pos <= list.end;
        loop assigns list.pos;
        loop variant list.end - list.pos;
     */
    while (rd_left(&list) > 0) {
        cauth_url_and_hash item;
        if (type == CAUTH_PKIPATH && list.pos > first)
            return cauth_rejected(CAUTH_CERT_12_05, CAUTH_FIELD_URL_AND_HASH_LIST, list.pos);
        cauth_result e = url_and_padding(&list, &item);
        if (!cauth_is_accepted(e))
            return e;
        if (item.padding != 1)
            return cauth_rejected(CAUTH_CERT_12_05, CAUTH_FIELD_URL_PADDING, list.pos - 1);
        e = sha1_hash(&list, &item);
        if (!cauth_is_accepted(e))
            return e;
    }
    return cauth_accepted();
}

cauth_result cauth_certurl12_parse(cauth_bytes body, const cauth_context *ctx, cauth_certurl12 *out, cauth_flags *flags)
{
    static const rd_vec list_vec = { 2, 1, 1, 65535, CAUTH_FIELD_URL_AND_HASH_LIST, CAUTH_CERT_12_05 };
    cauth_certurl12 v;
    rd r = rd_init(body);
    rd list;

    (void)ctx;
    cauth_result e = rd_u8(&r, CAUTH_FIELD_CERT_CHAIN_TYPE, &v.type);
    if (!cauth_is_accepted(e))
        return e;
    if (v.type > CAUTH_PKIPATH)
        return cauth_rejected(CAUTH_CERT_12_05, CAUTH_FIELD_CERT_CHAIN_TYPE, 0);
    e = rd_vector(&r, &list_vec, &list);
    if (!cauth_is_accepted(e))
        return e;
    v.url_and_hash_list = rd_rest(&list);
    e = each_url(list, v.type);
    if (!cauth_is_accepted(e))
        return e;
    e = rd_finish(&r, CAUTH_VEC_07, CAUTH_FIELD_BODY);
    if (!cauth_is_accepted(e))
        return e;

    *out = v;
    *flags = cauth_flags_none();
    return cauth_accepted();
}

bool cauth_certurl12_write(const cauth_certurl12 *v, cauth_writer *w)
{
    cauth_write_u8(w, v->type);
    return cauth_write_vector(w, 2, v->url_and_hash_list);
}

bool cauth_url_and_hash_next(cauth_iter *it, cauth_url_and_hash *item)
{
    cauth_url_and_hash next;
    rd r = rd_init_at(it->list, it->pos);
    if (!cauth_is_accepted(url_and_padding(&r, &next)) || !cauth_is_accepted(sha1_hash(&r, &next)))
        return false;
    it->pos = r.pos;
    set_bytes(&item->url, next.url);
    item->padding = next.padding;
    set_bytes(&item->sha1_hash, next.sha1_hash);
    return true;
}

bool cauth_url_and_hash_write(cauth_writer *w, const cauth_url_and_hash *item)
{
    cauth_write_vector(w, 2, item->url);
    cauth_write_u8(w, item->padding);
    return cauth_write_bytes(w, item->sha1_hash);
}
