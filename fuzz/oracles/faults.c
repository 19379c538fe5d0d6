#include "faults.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define MAX_TYPES 256u

/* The extension types of a request, or of an entry, as far as the framing goes. */
typedef struct {
    uint16_t types[MAX_TYPES];
    size_t num;
} extension_types;

static size_t number_at(cauth_bytes in, size_t pos)
{
    return in.ptr[pos] * 256u + in.ptr[pos + 1];
}

/* extensions<0..65535>, each a type and a vector (RFC 8446 §4.2), from the length on. */
static void read_types(cauth_bytes in, size_t pos, extension_types *x)
{
    x->num = 0;
    if (in.len < pos || in.len - pos < 2)
        return;
    size_t end = pos + 2 + number_at(in, pos);
    if (end > in.len)
        end = in.len;
    for (pos += 2; end - pos >= 4 && x->num < MAX_TYPES;) {
        x->types[x->num++] = (uint16_t)number_at(in, pos);
        size_t len = number_at(in, pos + 2);
        if (end - pos - 4 < len)
            return;
        pos += 4 + len;
    }
}

static bool is_twice(const extension_types *x, size_t i)
{
    for (size_t j = 0; j < i; j++)
        if (x->types[i] == x->types[j])
            return true;
    return false;
}

static bool has(const extension_types *x, uint16_t type)
{
    for (size_t i = 0; i < x->num; i++)
        if (x->types[i] == type)
            return true;
    return false;
}

/* Where the certificate_list<0..2^24-1> of a Certificate ends, as its length says; what stands before it in TLS 1.3 is
 * a certificate_request_context<0..255> (RFC 8446 §4.4.2). 0: there is no length. */
static size_t list_end(cauth_bytes in, bool tls13)
{
    size_t list = tls13 && in.len > 0 ? 1u + in.ptr[0] : 0;
    if (in.len < list || in.len - list < 3)
        return 0;
    return list + 3 + in.ptr[list] * 65536u + number_at(in, list + 1);
}

/* Whether among the alerts before an offset is one whose level says otherwise than TLS 1.3, which goes by the
 * description: fatal where the connection goes on or, if errors are asked about too, a warning where it ends. */
static bool has_other_level(const message *m, cauth_bytes in, size_t until, bool errors)
{
    cauth_context ctx = message_context(m, CAUTH_STRICT);
    cauth_alert_reader r = cauth_alert_reader_init();
    cauth_alert alert;
    while (r.offset < until &&
           cauth_alert_next(&r, &ctx, (cauth_bytes){ in.ptr + r.offset, in.len - r.offset }, &alert) == CAUTH_READ_ITEM)
        if ((alert.level == CAUTH_ALERT_FATAL && !r.ended) ||
            (errors && alert.level == CAUTH_ALERT_WARNING && r.ended_by_error))
            return true;
    return false;
}

bool is_behind_fatal(const message *m, cauth_bytes in, size_t offset)
{
    return m->version == CAUTH_TLS13 && has_other_level(m, in, offset, false);
}

/* --- the entries of a Certificate --- */

typedef struct {
    cauth_bytes in;
    size_t pos; /* of the next entry */
    bool has_extensions;
    size_t begin; /* of the last one */
    cauth_bytes certificate;
    bool cut; /* there is no whole one any more */
} entries;

/* As far as there is one, up to its list; what follows the list is no entry. A raw public key before TLS 1.3 stands in
 * none, and is the only one. */
static entries entries_of(const message *m, cauth_bytes in)
{
    bool tls13 = strcmp(m->layout, "cert13") == 0;
    if (strcmp(m->layout, "rawkey12") == 0)
        return (entries){ .in = in };
    entries e = { .in = in, .has_extensions = tls13 };
    size_t context = tls13 && in.len > 0 ? 1u + in.ptr[0] : 0;
    size_t end = list_end(in, tls13);
    e.pos = context + 3;
    e.cut = (!tls13 && strcmp(m->layout, "cert12") != 0) || end == 0;
    if (end < in.len)
        e.in.len = end;
    return e;
}

/* Gives the next certificate; what is behind it may be cut short. */
static bool next_entry(entries *e)
{
    if (e->cut || e->in.len - e->pos < 3)
        return false;
    size_t len = e->in.ptr[e->pos] * 65536u + number_at(e->in, e->pos + 1);
    size_t left = e->in.len - e->pos - 3;
    if (left < len)
        return false;
    e->begin = e->pos;
    e->certificate = (cauth_bytes){ e->in.ptr + e->pos + 3, len };
    e->pos += 3 + len;
    left -= len;
    if (!e->has_extensions)
        return true;
    e->cut = left < 2 || left - 2 < number_at(e->in, e->pos);
    if (!e->cut)
        e->pos += 2 + number_at(e->in, e->pos);
    return true;
}

/* --- two faults at once --- */

/* Whether one of the types occurs twice, or does not belong there, of those that the library does not ignore. */
static bool has_fault_of_types(const extension_types *x, cauth_rule rule, fault_is_ignored *is_ignored,
                               const void *user)
{
    for (size_t i = 0; i < x->num; i++) {
        uint16_t type = x->types[i];
        bool fault = false;
        if (rule == CAUTH_CR_13_08 || rule == CAUTH_CERT_13_09)
            fault = is_twice(x, i);
        if (rule == CAUTH_CR_13_09)
            fault = cauth_extension_in_certreq(type) == CAUTH_EXTENSION_REFUSED;
        if (rule == CAUTH_CERT_13_06)
            fault = cauth_extension_in_cert(type) == CAUTH_EXTENSION_REFUSED;
        if (fault && !is_ignored(user, rule, type))
            return true;
    }
    return false;
}

static size_t extensions_of_entry(const entries *e)
{
    return (size_t)(e->certificate.ptr - e->in.ptr) + e->certificate.len;
}

static bool is_fault_of_certificate(const message *m, cauth_bytes in, size_t offset, cauth_rule rule,
                                    fault_is_ignored *is_ignored, const void *user)
{
    extension_types x;
    entries e = entries_of(m, in);
    size_t end = list_end(in, true);
    if (rule == CAUTH_CERT_13_01)
        return end != 0 && end < in.len;
    if (rule == CAUTH_CERT_13_12)
        return m->certificate_type == CAUTH_RAW_PUBLIC_KEY && next_entry(&e) && !e.cut && offset < e.pos &&
               e.pos < e.in.len;
    while (next_entry(&e))
        if (offset > e.begin && (e.cut || offset <= e.pos)) { /* at its end, it is what is missing there */
            read_types(e.in, extensions_of_entry(&e), &x);
            return has_fault_of_types(&x, rule, is_ignored, user);
        }
    return false;
}

bool fault_is_there(const message *m, cauth_bytes in, size_t offset, cauth_rule rule, fault_is_ignored *is_ignored,
                    const void *user)
{
    extension_types x;
    if (strcmp(m->layout, "alerts") == 0)
        return rule == CAUTH_ALERT_14 && m->version == CAUTH_TLS13 && has_other_level(m, in, in.len, true);
    if (strcmp(m->layout, "cert13") == 0)
        return is_fault_of_certificate(m, in, offset, rule, is_ignored, user);
    if (strcmp(m->layout, "certreq13") != 0 || in.len == 0)
        return false;
    read_types(in, 1u + in.ptr[0], &x);
    if (rule == CAUTH_CR_13_07)
        return !has(&x, CAUTH_EXT_SIGNATURE_ALGORITHMS);
    return has_fault_of_types(&x, rule, is_ignored, user);
}

bool is_recognised(const message *m, uint16_t type)
{
    cauth_extension_use use =
        strcmp(m->layout, "certreq13") == 0 ? cauth_extension_in_certreq(type) : cauth_extension_in_cert(type);
    return use != CAUTH_EXTENSION_UNKNOWN;
}

/* --- a message without one of its faults --- */

/* Adds to a length of two or three octets, as far as that goes. */
static bool add_to_length(uint8_t *at, unsigned octets, long more)
{
    long len = 0;
    for (unsigned i = 0; i < octets; i++)
        len = len * 256 + at[i];
    len += more;
    if (len < 0 || len >= 1L << 8 * octets)
        return false;
    for (unsigned i = octets; i > 0; i--, len /= 256)
        at[i - 1] = (uint8_t)(len % 256);
    return true;
}

/* The extension of a block that the fault is about, which is where it begins, or in, to its end. */
static bool find_extension(cauth_bytes in, size_t block, cauth_result fault, cauth_bytes *found)
{
    if (in.len < block || in.len - block < 2 || in.len - block - 2 < number_at(in, block))
        return false;
    size_t end = block + 2 + number_at(in, block);
    bool by_type = fault.field == CAUTH_FIELD_EXTENSION_TYPE;
    for (size_t pos = block + 2; end - pos >= 4;) {
        size_t len = 4 + number_at(in, pos + 2);
        if (end - pos < len)
            return false;
        *found = (cauth_bytes){ in.ptr + pos, len };
        if (by_type ? fault.offset == pos : fault.offset > pos && fault.offset <= pos + len)
            return true;
        pos += len;
    }
    return false;
}

/* A message from which extensions are taken out, in one pass: what is kept moves to the front. */
typedef struct {
    const message *m;
    cauth_result fault;
    uint16_t type; /* where the fault is about one */
    uint8_t *bytes;
    size_t from; /* what is not looked at yet */
    size_t to;   /* what is kept */
} packing;

static packing begin_packing(const message *m, cauth_result fault, uint8_t *bytes)
{
    bool by_type = fault.field == CAUTH_FIELD_EXTENSION_TYPE;
    uint16_t type = by_type ? (uint16_t)(bytes[fault.offset] * 256u + bytes[fault.offset + 1]) : 0;
    return (packing){ m, fault, type, bytes, 0, 0 };
}

static void keep(packing *p, size_t until)
{
    memmove(p->bytes + p->to, p->bytes + p->from, until - p->from);
    p->to += until - p->from;
    p->from = until;
}

/* Whether an extension is taken out: the one that the fault is in; where a type is the fault, all of that type, or, of
 * one that cauth does not recognise, of any such: who ignores one ignores them wherever they stand. */
static bool goes_out(const packing *p, size_t pos, size_t len)
{
    if (p->fault.field != CAUTH_FIELD_EXTENSION_TYPE)
        return p->fault.offset > pos && p->fault.offset <= pos + len;
    uint16_t type = (uint16_t)(p->bytes[pos] * 256u + p->bytes[pos + 1]);
    return type == p->type || (!is_recognised(p->m, type) && !is_recognised(p->m, p->type));
}

/* What stands up to a block of extensions, and the block without what goes out. */
static void pack_block(packing *p, size_t block)
{
    size_t pos = block + 2;
    size_t end = pos + p->bytes[block] * 256u + p->bytes[block + 1];
    keep(p, pos);
    size_t begin = p->to;
    while (end - pos >= 4) {
        size_t len = 4u + p->bytes[pos + 2] * 256u + p->bytes[pos + 3];
        if (end - pos < len)
            break;
        if (goes_out(p, pos, len)) {
            keep(p, pos);
            p->from = pos + len;
        }
        pos += len;
    }
    keep(p, end);
    p->bytes[begin - 2] = (uint8_t)((p->to - begin) / 256);
    p->bytes[begin - 1] = (uint8_t)((p->to - begin) % 256);
}

static bool mend_request(const message *m, cauth_result fault, uint8_t *bytes, size_t *len)
{
    static const uint8_t algorithms[MEND_ROOM] = { 0, CAUTH_EXT_SIGNATURE_ALGORITHMS, 0, 4, 0, 2, 4, 3 };
    cauth_bytes in = { bytes, *len };
    cauth_bytes extension;
    size_t block = in.len > 0 ? 1u + in.ptr[0] : 0;
    if (in.len == 0 || in.len < block)
        return false;
    if (fault.rule == CAUTH_CR_13_03) {
        *len -= bytes[0];
        memmove(bytes + 1, bytes + block, *len - 1);
        bytes[0] = 0;
        return true;
    }
    if (in.len < block + 2)
        return false;
    if (fault.rule == CAUTH_CR_13_07) {
        if (!add_to_length(bytes + block, 2, MEND_ROOM))
            return false;
        memmove(bytes + block + 2 + MEND_ROOM, bytes + block + 2, *len - block - 2);
        memcpy(bytes + block + 2, algorithms, MEND_ROOM);
        *len += MEND_ROOM;
        return true;
    }
    if (!find_extension(in, block, fault, &extension))
        return false;
    packing p = begin_packing(m, fault, bytes);
    pack_block(&p, block);
    keep(&p, *len);
    *len = p.to;
    return true;
}

/* The extension that the fault is about in a Certificate of TLS 1.3, of whose blocks it gives the place too. */
static bool find_extension_of_entry(const message *m, cauth_bytes in, cauth_result fault, size_t *block,
                                    cauth_bytes *found)
{
    entries e = entries_of(m, in);
    while (e.has_extensions && next_entry(&e) && !e.cut) {
        *block = extensions_of_entry(&e);
        if (find_extension(e.in, *block, fault, found))
            return true;
    }
    return false;
}

static bool mend_certificate(const message *m, cauth_result fault, uint8_t *bytes, size_t *len)
{
    cauth_bytes in = { bytes, *len };
    cauth_bytes extension;
    size_t block;
    if (!find_extension_of_entry(m, in, fault, &block, &extension))
        return false;
    packing p = begin_packing(m, fault, bytes);
    entries e = entries_of(m, in);
    while (next_entry(&e) && !e.cut)
        pack_block(&p, extensions_of_entry(&e));
    keep(&p, *len);
    if (!add_to_length(bytes + 1 + bytes[0], 3, (long)p.to - (long)*len))
        return false;
    *len = p.to;
    return true;
}

/* certificate_types<1..2^8-1> without a type. */
static bool mend_types(cauth_result fault, uint8_t *bytes, size_t *len)
{
    static const uint8_t rsa_sign[] = { 1, 1 };
    if (fault.rule != CAUTH_VEC_04 || fault.field != CAUTH_FIELD_CERTIFICATE_TYPES || *len == 0 || bytes[0] != 0)
        return false;
    memmove(bytes + 2, bytes + 1, *len - 1);
    memcpy(bytes, rsa_sign, sizeof rsa_sign);
    (*len)++;
    return true;
}

/* An uncompressed_length below that of any Certificate; it stands behind the algorithm, in three octets. */
static bool mend_uncompressed_length(cauth_result fault, uint8_t *bytes, const size_t *len)
{
    if (fault.rule != CAUTH_CERT_13_20 || *len < 5)
        return false;
    bytes[3] = 1;
    return true;
}

bool mend(const message *m, cauth_result fault, uint8_t *bytes, size_t *len)
{
    if (cauth_rule_info(fault.rule)->level != CAUTH_LEVEL_MESSAGE)
        return false;
    if (strcmp(m->layout, "certreq10") == 0 || strcmp(m->layout, "certreq12") == 0)
        return mend_types(fault, bytes, len);
    if (strcmp(m->layout, "certreq13") == 0)
        return mend_request(m, fault, bytes, len);
    if (strcmp(m->layout, "compressed13") == 0)
        return mend_uncompressed_length(fault, bytes, len);
    return strcmp(m->layout, "cert13") == 0 && mend_certificate(m, fault, bytes, len);
}

/* --- places --- */

/* The end of the block of extensions around the offset: in a request the only one, in a Certificate that of an entry.
 */
static size_t block_end(const message *m, cauth_bytes in, size_t offset)
{
    if (strcmp(m->layout, "certreq13") == 0) {
        size_t block = in.len > 0 ? 1u + in.ptr[0] : 0;
        return in.len >= block + 2 ? block + 2 + number_at(in, block) : 0;
    }
    entries e = entries_of(m, in);
    while (next_entry(&e) && !e.cut)
        if (offset < e.pos)
            return e.has_extensions ? e.pos : 0;
    return 0;
}

bool is_cut_short(const message *m, cauth_bytes in, size_t offset)
{
    size_t end = block_end(m, in, offset);
    if (end > in.len || offset >= end)
        return false;
    return end - offset < 4 || end - offset - 4 < number_at(in, offset + 2);
}

bool is_at_extension_end(const message *m, cauth_bytes in, cauth_result fault)
{
    size_t block;
    cauth_bytes extension;
    return find_extension_of_entry(m, in, fault, &block, &extension) &&
           extension.ptr + extension.len == in.ptr + fault.offset;
}

bool is_in_extension(const message *m, cauth_bytes in, cauth_result fault)
{
    size_t block;
    cauth_bytes extension;
    if (fault.field == CAUTH_FIELD_EXTENSION_TYPE)
        return false;
    if (strcmp(m->layout, "certreq13") == 0)
        return in.len > 0 && find_extension(in, 1u + in.ptr[0], fault, &extension);
    return find_extension_of_entry(m, in, fault, &block, &extension);
}

bool is_behind_context(const message *m, cauth_bytes in, size_t offset)
{
    return strcmp(m->layout, "cert13") == 0 && in.len > 0 && offset > in.ptr[0];
}

bool is_in_later_entry(const message *m, cauth_bytes in, size_t offset)
{
    entries e = entries_of(m, in);
    return e.has_extensions && next_entry(&e) && !e.cut && offset > e.pos; /* at its end, it is what is missing there */
}

/* The record that the offset lies in: the five octets of its header; false where there is no whole one. */
static bool find_record(cauth_bytes in, size_t offset, size_t *at, size_t *len)
{
    for (*at = 0; in.len - *at >= 5; *at += 5 + *len) {
        *len = number_at(in, *at + 3);
        if (offset - *at < 5 + *len)
            return true;
        if (in.len - *at < 5 + *len)
            return false;
    }
    return false;
}

bool is_in_other_major(cauth_bytes in, size_t offset)
{
    size_t at, len;
    return find_record(in, offset, &at, &len) && in.ptr[at + 1] != 3;
}

bool is_in_other_minor(const message *m, cauth_bytes in, size_t offset)
{
    size_t at, len;
    unsigned minor = m->version == CAUTH_TLS13 ? 3 : m->version - CAUTH_SSL30; /* RFC 8446 §5.1 */
    return find_record(in, offset, &at, &len) && in.ptr[at + 1] == 3 && in.ptr[at + 2] != minor;
}

bool is_in_first_record(cauth_bytes in, size_t offset)
{
    size_t at, len;
    return find_record(in, offset, &at, &len) && at == 0;
}

bool is_in_record_of(cauth_bytes in, size_t offset, unsigned version)
{
    size_t at, len;
    return find_record(in, offset, &at, &len) && number_at(in, at + 1) == version;
}

bool is_in_long_record(cauth_bytes in, size_t offset)
{
    size_t at, len;
    return find_record(in, offset, &at, &len) && len > LONGEST_PLAINTEXT;
}

bool is_in_awaited_record(cauth_bytes in, size_t offset, size_t longest)
{
    size_t at, len;
    return find_record(in, offset, &at, &len) && in.len - at - 5 < len && len <= longest;
}

bool is_in_other_length(cauth_bytes in, size_t offset)
{
    size_t at, len;
    return find_record(in, offset, &at, &len) && len != 2;
}

/* The alert that fills the record which the offset lies in. */
static bool find_alert(cauth_bytes in, size_t offset, size_t *at)
{
    size_t record, len;
    if (!find_record(in, offset, &record, &len) || len != 2 || in.len - record - 5 < len)
        return false;
    *at = record + 5;
    return true;
}

bool is_of_other_level(cauth_bytes in, size_t offset)
{
    size_t at;
    return find_alert(in, offset, &at) && in.ptr[at] != CAUTH_ALERT_WARNING && in.ptr[at] != CAUTH_ALERT_FATAL;
}

bool is_of_no_renegotiation(cauth_bytes in, size_t offset)
{
    size_t at;
    return find_alert(in, offset, &at) && in.ptr[at + 1] == 100;
}

#define HIGH_FORM 0x1Fu
#define CONSTRUCTED 0x20u
#define CLASS 0xC0u
#define LARGEST_LOW 30u
#define ANY_UNIVERSAL HIGH_FORM
#define ANY 0xFFu

/* The identifier octets that belong where cauth finds this fault; those of the optional parts before; and those of
 * either that libraries read primitive instead of constructed too, or constructed instead of primitive, in that form.
 * Zeros fill up. Neither ANY is an identifier of the low form. */
#define MOST_IDENTIFIERS 2
typedef struct {
    cauth_rule rule;
    cauth_field field;
    uint8_t right[MOST_IDENTIFIERS];
    uint8_t before[MOST_IDENTIFIERS];
    uint8_t other[MOST_IDENTIFIERS];
} identifiers;

/* Algorithms have parameters of any type, and these the same rule and field; those of the outer one are held to the
 * inner one first. Behind a key come the unique identifiers and the extensions. */
static const identifiers all_identifiers[] = {
    { CAUTH_DN_05, CAUTH_FIELD_NAME, { 0x30 }, { 0 }, { 0x10 } },
    { CAUTH_DN_05, CAUTH_FIELD_X509_ISSUER, { 0x30 }, { 0 }, { 0x10 } },
    { CAUTH_DN_05, CAUTH_FIELD_X509_SUBJECT, { 0x30 }, { 0 }, { 0x10 } },
    { CAUTH_DN_05, CAUTH_FIELD_RDN, { 0x31 }, { 0 }, { 0x11 } },
    { CAUTH_DN_05, CAUTH_FIELD_ATTRIBUTE, { 0x30 }, { 0 }, { 0 } },
    { CAUTH_DN_09, CAUTH_FIELD_ATTRIBUTE_TYPE, { 0x06 }, { 0 }, { 0 } },
    { CAUTH_DN_05, CAUTH_FIELD_ATTRIBUTE_VALUE, { ANY_UNIVERSAL }, { 0 }, { 0 } },
    { CAUTH_X5_01, CAUTH_FIELD_X509_CERTIFICATE, { 0x30 }, { 0 }, { 0 } },
    { CAUTH_X5_02, CAUTH_FIELD_X509_TBS, { 0x30 }, { 0 }, { 0 } },
    { CAUTH_X5_02, CAUTH_FIELD_X509_VERSION, { 0x02 }, { 0 }, { 0 } },
    { CAUTH_X5_05, CAUTH_FIELD_X509_SERIAL, { 0x02 }, { 0xA0 }, { 0 } },
    { CAUTH_X5_02, CAUTH_FIELD_X509_TBS_SIGNATURE, { ANY }, { 0 }, { 0 } },
    { CAUTH_X5_02, CAUTH_FIELD_X509_VALIDITY, { 0x30 }, { 0 }, { 0 } },
    { CAUTH_X5_02, CAUTH_FIELD_X509_NOT_BEFORE, { 0x17, 0x18 }, { 0 }, { 0x37, 0x38 } },
    { CAUTH_X5_02, CAUTH_FIELD_X509_NOT_AFTER, { 0x17, 0x18 }, { 0 }, { 0x37, 0x38 } },
    { CAUTH_X5_09, CAUTH_FIELD_X509_SPKI, { 0x30 }, { 0 }, { 0 } },
    { CAUTH_X5_09, CAUTH_FIELD_X509_SPKI_ALGORITHM, { ANY }, { 0 }, { 0 } },
    { CAUTH_X5_09, CAUTH_FIELD_X509_PUBLIC_KEY, { 0x03 }, { 0 }, { 0x23 } },
    { CAUTH_X5_10, CAUTH_FIELD_X509_TBS, { 0xA3 }, { 0x81, 0x82 }, { 0xA1, 0xA2 } },
    { CAUTH_X5_10, CAUTH_FIELD_X509_EXTENSIONS, { 0x30 }, { 0 }, { 0x10 } },
    { CAUTH_X5_10, CAUTH_FIELD_X509_EXTENSION, { 0x30 }, { 0 }, { 0 } },
    { CAUTH_X5_10, CAUTH_FIELD_X509_EXTENSION_OID, { 0x06 }, { 0 }, { 0 } },
    { CAUTH_X5_10, CAUTH_FIELD_X509_EXTENSION_VALUE, { 0x04 }, { 0x01 }, { 0x24 } },
    { CAUTH_X5_02, CAUTH_FIELD_X509_SIGNATURE_ALGORITHM, { 0x30 }, { 0 }, { 0 } },
    { CAUTH_X5_02, CAUTH_FIELD_X509_SIGNATURE_VALUE, { 0x03 }, { 0 }, { 0x23 } },
};

static const identifiers *identifiers_of(cauth_result fault)
{
    for (size_t i = 0; i < sizeof all_identifiers / sizeof all_identifiers[0]; i++)
        if (all_identifiers[i].rule == fault.rule && all_identifiers[i].field == fault.field)
            return &all_identifiers[i];
    return NULL;
}

/* The number of a tag in the high form; UINT32_MAX for one that is larger than those looked for. */
static uint32_t high_number(cauth_bytes in, size_t offset)
{
    uint32_t number = 0;
    for (size_t i = offset + 1; i < in.len && number <= 0xFFFF; i++) {
        number = number << 7 | (in.ptr[i] & 0x7Fu);
        if ((in.ptr[i] & 0x80) == 0)
            return number;
    }
    return UINT32_MAX;
}

/* Whether the identifier octets at the offset are the expected one in the high form. */
static bool is_high_form_of(cauth_bytes in, size_t offset, unsigned expected)
{
    if (expected == 0 || offset >= in.len || (in.ptr[offset] & HIGH_FORM) != HIGH_FORM)
        return false;
    uint32_t number = high_number(in, offset);
    if (expected == ANY)
        return number <= LARGEST_LOW;
    if (expected == ANY_UNIVERSAL)
        return number <= LARGEST_LOW && (in.ptr[offset] & CLASS) == 0;
    return in.ptr[offset] == (expected | HIGH_FORM) && number == (expected & HIGH_FORM);
}

static bool is_one_of(const uint8_t list[MOST_IDENTIFIERS], unsigned identifier)
{
    for (size_t i = 0; i < MOST_IDENTIFIERS; i++)
        if (list[i] == identifier)
            return true;
    return false;
}

/* The same of one of several, constructed or not where both are read. */
static bool is_high_form_of_one(cauth_bytes in, size_t offset, const identifiers *x,
                                const uint8_t list[MOST_IDENTIFIERS])
{
    for (size_t i = 0; i < MOST_IDENTIFIERS; i++) {
        unsigned other = list[i] ^ CONSTRUCTED;
        if (is_high_form_of(in, offset, list[i]) || (is_one_of(x->other, other) && is_high_form_of(in, offset, other)))
            return true;
    }
    return false;
}

bool is_in_high_form(cauth_bytes in, cauth_result fault)
{
    const identifiers *x = identifiers_of(fault);
    return x != NULL && is_high_form_of_one(in, fault.offset, x, x->right);
}

bool is_in_high_form_before(cauth_bytes in, cauth_result fault)
{
    const identifiers *x = identifiers_of(fault);
    return x != NULL && is_high_form_of_one(in, fault.offset, x, x->before);
}

bool is_of_padded_number(cauth_bytes in, cauth_result fault)
{
    const identifiers *x = identifiers_of(fault);
    return x != NULL && is_one_of(x->right, ANY) && fault.offset < in.len && in.len - fault.offset >= 2 &&
           (in.ptr[fault.offset] & HIGH_FORM) == HIGH_FORM && in.ptr[fault.offset + 1] == 0x80 &&
           high_number(in, fault.offset) > LARGEST_LOW;
}

bool is_tag_zero(cauth_bytes in, size_t offset)
{
    return offset < in.len && (in.ptr[offset] & ~CONSTRUCTED) == 0;
}

bool is_in_other_form(cauth_bytes in, cauth_result fault)
{
    const identifiers *x = identifiers_of(fault);
    return x != NULL && fault.offset < in.len && in.ptr[fault.offset] != 0 && is_one_of(x->other, in.ptr[fault.offset]);
}

bool is_bits_of_nothing(cauth_bytes in, size_t offset)
{
    return offset >= 2 && offset < in.len && in.ptr[offset - 1] == 1 && in.ptr[offset] > 0 && in.ptr[offset] <= 7;
}

/* What a TLV that is right begins with, tag and length, is taken from the front. */
static cauth_bytes content_of(cauth_bytes tlv)
{
    size_t header = tlv.len < 2 ? tlv.len : tlv.ptr[1] <= 0x80 ? 2u : 2u + (tlv.ptr[1] & 0x7Fu);
    return header > tlv.len ? (cauth_bytes){ tlv.ptr, 0 } : (cauth_bytes){ tlv.ptr + header, tlv.len - header };
}

/* The certificate, or the raw public key, is looked at as far as it is right. */
static bool is_key_algorithm_long(const message *m, cauth_bytes certificate)
{
    cauth_context ctx = message_context(message_by_name("x509"), CAUTH_INTEROP);
    cauth_x509 v;
    cauth_flags flags = cauth_flags_none();
    cauth_bytes algorithm;
    if (m->certificate_type == CAUTH_RAW_PUBLIC_KEY) {
        if (!cauth_is_accepted(cauth_spki_check(certificate, 0, &ctx, &flags)))
            return false;
        algorithm = content_of(content_of(certificate));
    } else {
        if (!cauth_is_accepted(cauth_x509_parse(certificate, &ctx, &v, &flags)))
            return false;
        algorithm = v.spki_algorithm;
    }
    if (algorithm.len < 4)
        return false;
    /* its own length: below 128 in one octet, and above 586 in two or more */
    uint8_t first = algorithm.ptr[1];
    return first > 0x82 || (first == 0x82 && number_at(algorithm, 2) > LONGEST_KEY_ALGORITHM);
}

bool has_long_key_algorithm(const message *m, cauth_bytes in)
{
    entries e = entries_of(m, in);
    if (strcmp(m->layout, "x509") == 0)
        return is_key_algorithm_long(m, in);
    while (next_entry(&e))
        if (is_key_algorithm_long(m, e.certificate))
            return true;
    return false;
}

bool has_x509_extension(const message *m, cauth_bytes in)
{
    extension_types x;
    entries e = entries_of(m, in);
    if (m->certificate_type != CAUTH_RAW_PUBLIC_KEY || !e.has_extensions || !next_entry(&e) || e.cut)
        return false;
    read_types(e.in, extensions_of_entry(&e), &x);
    return has(&x, CAUTH_EXT_STATUS_REQUEST) || has(&x, CAUTH_EXT_SIGNED_CERTIFICATE_TIMESTAMP);
}

/* Of the content of a BIT STRING: the number of the bits that do not count, and the octets that end with them. */
static bool ends_in_unused_bits(cauth_bytes bits)
{
    return bits.len > 1 && (bits.ptr[bits.len - 1] & ((1u << bits.ptr[0]) - 1)) != 0;
}

bool has_unused_bits(const message *m, cauth_bytes in)
{
    cauth_context ctx = message_context(m, CAUTH_STRICT);
    cauth_x509 v;
    cauth_flags flags;
    if (strcmp(m->layout, "x509") != 0 || !cauth_is_accepted(cauth_x509_parse(in, &ctx, &v, &flags)))
        return false;
    return ends_in_unused_bits(v.public_key) || ends_in_unused_bits(v.issuer_unique_id) ||
           ends_in_unused_bits(v.subject_unique_id);
}

bool has_broken_certificate(const message *m, cauth_bytes in, size_t until, certificate_is_broken *is_broken,
                            const void *user, size_t *unbroken)
{
    entries e = entries_of(m, in);
    for (size_t i = 0; e.pos < until && next_entry(&e); i++) {
        if (i < *unbroken)
            continue;
        if (is_broken(user, e.certificate))
            return true;
        *unbroken = i + 1;
    }
    return false;
}
