#include "oid_filters.h"

#include "cauth/certreq13.h"
#include "cauth/limits.h"
#include "der.h"

/* 2.5.29.37 id-ce-extKeyUsage and 2.5.29.37.0 anyExtendedKeyUsage (RFC 5280 §4.2.1.12), as DER elements. */
static const uint8_t ext_key_usage[] = { 0x06, 0x03, 0x55, 0x1D, 0x25 };
static const uint8_t any_ext_key_usage[] = { 0x06, 0x04, 0x55, 0x1D, 0x25, 0x00 };

static const rd_vec oid_vec = { 1, 1, 1, 255, CAUTH_FIELD_CERTIFICATE_EXTENSION_OID, CAUTH_RULE_NONE };
static const rd_vec values_vec = { 2, 1, 0, 65535, CAUTH_FIELD_CERTIFICATE_EXTENSION_VALUES, CAUTH_RULE_NONE };

/*@ requires \valid_read(ptr + (0 .. len - 1));
    assigns \nothing;
    ensures \result.ptr == ptr && \result.len == len;
 */
static cauth_bytes element(const uint8_t *ptr, size_t len)
{
    cauth_bytes bytes = { ptr, len };
    return bytes;
}

/*@ requires \valid(r) && rd_ok(r) && \valid(t) && \separated(r, t);
    assigns r->pos, t->tag, t->high_tag, t->indefinite, t->nonminimal, t->start, t->length_at, t->content,
        t->content_end, t->next, t->fault;
    ensures \result ==> der_whole(t, \old(r->pos), r->end) && r->pos == t->next;
    ensures \old(r->pos) <= r->pos <= r->end;
 */
static bool rd_der_element(rd *r, der_tlv *t)
{
    return der_tag_is_sound(r) && der_read(r, t) && !t->indefinite && !t->nonminimal;
}

/* Moves r past an OBJECT IDENTIFIER; false when there is none, or none that is DER. */
/*@ requires \valid(r) && rd_ok(r);
    assigns r->pos;
    ensures \result ==> \old(r->pos) < r->pos;
    ensures \old(r->pos) <= r->pos <= r->end;
 */
static bool rd_der_oid(rd *r)
{
    der_tlv t;
    return rd_der_element(r, &t) && t.tag == DER_OID &&
           cauth_is_accepted(der_oid(r, &t, CAUTH_CR_13_15, CAUTH_FIELD_CERTIFICATE_EXTENSION_OID));
}

/*@ requires rd_ok(oid);
    assigns \nothing;
 */
static bool is_der_oid(rd oid)
{
    return rd_der_oid(&oid) && rd_left(&oid) == 0;
}

/* Whether a filter from the start of the list to `end`, all of them read before, has this OID. */
/*@ requires rd_ok(filters) && filters.pos <= end <= filters.end && readable(oid);
    assigns \nothing;
 */
static bool is_repeated(rd filters, size_t end, cauth_bytes oid)
{
    cauth_bytes before;
    cauth_bytes values;
    filters.end = end;
    /*@ loop invariant filters.pos <= filters.end;
        loop assigns filters.pos, before.ptr, before.len, values.ptr, values.len;
        loop variant filters.end - filters.pos;
     */
    while (cauth_is_accepted(rd_opaque(&filters, &oid_vec, &before))) {
        if (der_equal(before, oid))
            return true;
        if (!cauth_is_accepted(rd_opaque(&filters, &values_vec, &values)))
            return false;
    }
    return false;
}

/* ExtKeyUsageSyntax ::= SEQUENCE SIZE (1..MAX) OF KeyPurposeId (RFC 5280 §4.2.1.12), without anyExtendedKeyUsage. */
/*@ requires rd_ok(purposes);
    assigns \nothing;
    ensures \result.offset <= purposes.end;
 */
static cauth_result check_purposes(rd purposes)
{
    cauth_bytes any = element(any_ext_key_usage, sizeof any_ext_key_usage);
    /*@ loop invariant purposes.pos <= purposes.end;
        loop assigns purposes.pos;
        loop variant purposes.end - purposes.pos;
     */
    while (rd_left(&purposes) > 0) {
        size_t start = purposes.pos;
        if (!rd_der_oid(&purposes) || der_equal(rd_span(&purposes, start, purposes.pos), any))
            return cauth_rejected(CAUTH_CR_13_15, CAUTH_FIELD_CERTIFICATE_EXTENSION_VALUES, start);
    }
    return cauth_accepted();
}

/*@ requires \valid_read(oid) && rd_ok(oid) && rd_ok(values);
    assigns \nothing;
    ensures \result.offset <= values.end;
 */
static cauth_result check_values(const rd *oid, rd values)
{
    rd r = { values.base, values.pos, values.end };
    der_tlv t;
    if (rd_left(&values) == 0)
        return cauth_accepted();
    if (!rd_der_element(&r, &t) || rd_left(&r) > 0)
        return cauth_rejected(CAUTH_CR_13_15, CAUTH_FIELD_CERTIFICATE_EXTENSION_VALUES, values.pos);
    if (!der_equal(rd_rest(oid), element(ext_key_usage, sizeof ext_key_usage)))
        return cauth_accepted();
    if (t.tag != DER_SEQUENCE || t.content == t.content_end)
        return cauth_rejected(CAUTH_CR_13_15, CAUTH_FIELD_CERTIFICATE_EXTENSION_VALUES, values.pos);
    return check_purposes(der_inside(&values, &t));
}

/*@ requires \valid(r) && rd_ok(r) && \valid_read(filters) && rd_ok(filters) && \separated(r, filters);
    requires filters->pos <= r->pos && r->end == filters->end;
    assigns r->pos;
    ensures accepted(\result) ==> \old(r->pos) < r->pos;
    ensures \old(r->pos) <= r->pos <= r->end;
    ensures \result.offset <= r->end;
 */
static cauth_result rd_oid_filter(rd *r, const rd *filters)
{
    rd oid;
    rd values;
    size_t start = r->pos;
    cauth_result e = rd_vector(r, &oid_vec, &oid);
    if (!cauth_is_accepted(e))
        return e;
    if (!is_der_oid(oid) || is_repeated(*filters, start, rd_rest(&oid)))
        return cauth_rejected(CAUTH_CR_13_15, CAUTH_FIELD_CERTIFICATE_EXTENSION_OID, oid.pos);
    e = rd_vector(r, &values_vec, &values);
    if (!cauth_is_accepted(e))
        return e;
    return check_values(&oid, values);
}

cauth_result rd_oid_filters(rd filters)
{
    rd r = { filters.base, filters.pos, filters.end };
    unsigned num = 0;
    /*@ loop invariant filters.pos <= r.pos <= r.end && num <= CAUTH_MAX_OID_FILTERS;
        loop assigns r.pos, num;
        loop variant r.end - r.pos;
     */
    while (rd_left(&r) > 0) {
        if (num == CAUTH_MAX_OID_FILTERS)
            return cauth_rejected(CAUTH_LIM_01, CAUTH_FIELD_OID_FILTERS, r.pos);
        cauth_result e = rd_oid_filter(&r, &filters);
        if (!cauth_is_accepted(e))
            return e;
        num += 1;
    }
    return cauth_accepted();
}

bool cauth_oid_filter_next(cauth_iter *it, cauth_oid_filter *filter)
{
    rd r = rd_init_at(it->list, it->pos);
    cauth_oid_filter f;
    if (!cauth_is_accepted(rd_opaque(&r, &oid_vec, &f.certificate_extension_oid)) ||
        !cauth_is_accepted(rd_opaque(&r, &values_vec, &f.certificate_extension_values)))
        return false;
    set_bytes(&filter->certificate_extension_oid, f.certificate_extension_oid);
    set_bytes(&filter->certificate_extension_values, f.certificate_extension_values);
    it->pos = r.pos;
    return true;
}

bool cauth_oid_filter_write(cauth_writer *w, const cauth_oid_filter *filter)
{
    cauth_write_vector(w, 1, filter->certificate_extension_oid);
    return cauth_write_vector(w, 2, filter->certificate_extension_values);
}
