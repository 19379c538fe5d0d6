#include "gen_der.h"

#include <string.h>

#define NUM(array) (sizeof(array) / sizeof((array)[0]))

/* ---- pieces ---- */

piece piece_empty(void)
{
    piece p = { { NULL, 0 }, NO_MARK };
    return p;
}

piece piece_of(arena *a, const void *p, size_t len)
{
    piece copy = piece_empty();
    copy.bytes = arena_copy(a, p, len);
    return copy;
}

piece piece_marked(piece p, size_t at)
{
    p.mark = at;
    return p;
}

piece piece_join(arena *a, const piece *parts, size_t num)
{
    piece whole = piece_empty();
    size_t len = 0;
    for (size_t i = 0; i < num; i++) {
        if (parts[i].mark != NO_MARK)
            whole.mark = len + parts[i].mark;
        len += parts[i].bytes.len;
    }
    uint8_t *to = len > 0 ? arena_take(a, len) : NULL;
    if (to == NULL)
        return whole;
    whole.bytes.ptr = to;
    whole.bytes.len = len;
    for (size_t i = 0; i < num; i++) {
        if (parts[i].bytes.len > 0)
            memcpy(to, parts[i].bytes.ptr, parts[i].bytes.len);
        to += parts[i].bytes.len;
    }
    return whole;
}

piece piece_pair(arena *a, piece first, piece second)
{
    piece parts[] = { first, second };
    return piece_join(a, parts, 2);
}

/* The length octets of `len`, `least` of them after the first at least. */
static piece length_octets(arena *a, size_t len, size_t least)
{
    uint8_t octets[1 + 8] = { 0 };
    size_t num = 0;
    for (size_t rest = len; rest > 0; rest /= 256)
        num++;
    if (num < least)
        num = least;
    octets[0] = (uint8_t)(0x80 + num);
    for (size_t i = num; i > 0; i--) {
        octets[i] = (uint8_t)(len % 256);
        len /= 256;
    }
    return piece_of(a, octets, 1 + num);
}

static piece length_as(arena *a, length_form form, size_t len)
{
    uint8_t octet = (uint8_t)(form == DER_INDEFINITE ? 0x80 : len % 128);
    bool single = form == DER_INDEFINITE || (form == DER_MINIMAL && len < 128);
    size_t needed = len < 128 ? 0 : len < 0x100 ? 1 : len < 0x10000 ? 2 : 3;
    if (single)
        return piece_of(a, &octet, 1);
    return length_octets(a, len, form == DER_MINIMAL ? 1 : form == DER_PADDED ? needed + 1 : needed + 4);
}

piece piece_wrap_as(arena *a, uint8_t tag, length_form form, piece content)
{
    piece parts[] = {
        piece_of(a, &tag, 1),
        length_as(a, form, content.bytes.len),
        content,
        form == DER_INDEFINITE ? PIECE(a, "\0\0") : piece_empty(),
    };
    return piece_join(a, parts, NUM(parts));
}

piece piece_wrap(arena *a, uint8_t tag, piece content)
{
    return piece_wrap_as(a, tag, DER_MINIMAL, content);
}

piece piece_wrap_marked(arena *a, uint8_t tag, length_form form, piece content)
{
    content.mark = NO_MARK;
    return piece_marked(piece_wrap_as(a, tag, form, content), 1);
}

/* ---- names ---- */

typedef struct {
    const char *oid;
    uint8_t oid_len;
    uint8_t max; /* characters that are generated at most */
    uint8_t tag; /* the one its values have, or 0 for any string type */
} attribute_kind;

static const attribute_kind kinds[] = {
    { "\x55\x04\x03", 3, 40, 0 },                                        /* commonName */
    { "\x55\x04\x0A", 3, 40, 0 },                                        /* organizationName */
    { "\x55\x04\x06", 3, 2, DER_PRINTABLE_TAG },                         /* countryName */
    { "\x55\x04\x0B", 3, 40, 0 },                                        /* organizationalUnitName */
    { "\x55\x04\x07", 3, 40, 0 },                                        /* localityName */
    { "\x55\x04\x05", 3, 20, DER_PRINTABLE_TAG },                        /* serialNumber */
    { "\x09\x92\x26\x89\x93\xF2\x2C\x64\x01\x19", 10, 20, DER_IA5_TAG }, /* domainComponent */
    { "\x2A\x86\x48\x86\xF7\x0D\x01\x09\x01", 9, 40, DER_IA5_TAG },      /* emailAddress */
    { "\x2B\x06\x01\x04\x01\x82\x37\x3C\x02\x01\x03", 11, 40, 0 },       /* a private one */
};

static const uint8_t string_tags[] = { DER_UTF8_TAG, DER_PRINTABLE_TAG, DER_TELETEX_TAG, DER_BMP_TAG,
                                       DER_UNIVERSAL_TAG };

/* One printable character of a type, at most four octets. */
static size_t gen_character(choices *c, uint8_t tag, uint8_t *to)
{
    static const char printable[] = "abcXYZ019 '()+,-./:=?";
    static const char *const beyond[] = { "\xC3\xA9",     "\xDF\xBF",         "\xE6\xBC\xA2",
                                          "\xEF\xBF\xBD", "\xF0\x9F\x98\x80", "\xF4\x8F\xBF\xBD" };
    uint8_t letter = (uint8_t)printable[choose(c, sizeof printable - 1)];
    if (tag == DER_UTF8_TAG && choose(c, 4) == 3) {
        const char *sequence = beyond[choose(c, NUM(beyond))];
        memcpy(to, sequence, strlen(sequence));
        return strlen(sequence);
    }
    if (tag == DER_BMP_TAG || tag == DER_UNIVERSAL_TAG) {
        size_t width = tag == DER_BMP_TAG ? 2 : 4;
        memset(to, 0, width);
        to[width - 2] = (uint8_t)(choose(c, 2) * 0x04); /* Cyrillic */
        to[width - 1] = letter;
        return width;
    }
    to[0] = letter;
    return 1;
}

static piece gen_value(choices *c, arena *a, const attribute_kind *kind)
{
    uint8_t octets[4 * 64];
    size_t len = 0;
    uint8_t tag = kind->tag != 0 ? kind->tag : string_tags[choose(c, NUM(string_tags))];
    size_t num = kind->max == 2 ? 2 : 1 + (choose(c, kind->max) + 6) % kind->max;
    for (size_t i = 0; i < num; i++)
        len += gen_character(c, tag, octets + len);
    return piece_wrap(a, tag, piece_of(a, octets, len));
}

static piece attribute_of_kind(choices *c, arena *a, const attribute_kind *kind)
{
    piece type = piece_wrap(a, DER_OID_TAG, piece_of(a, kind->oid, kind->oid_len));
    return piece_wrap(a, DER_SEQUENCE_TAG, piece_pair(a, type, gen_value(c, a, kind)));
}

piece gen_attribute(choices *c, arena *a)
{
    return attribute_of_kind(c, a, &kinds[choose(c, NUM(kinds))]);
}

/* The order of a SET OF: encodings ascending, neither the start of the other. */
static bool is_after(piece x, piece y)
{
    size_t len = x.bytes.len < y.bytes.len ? x.bytes.len : y.bytes.len;
    return memcmp(x.bytes.ptr, y.bytes.ptr, len) > 0;
}

piece gen_rdn(choices *c, arena *a)
{
    piece attributes[3];
    size_t num = choose(c, 4) == 3 ? 2 + choose(c, 2) : 1;
    size_t kind = choose(c, NUM(kinds));
    for (size_t i = 0; i < num; i++) {
        attributes[i] = attribute_of_kind(c, a, &kinds[(kind + i) % NUM(kinds)]);
        if (attributes[i].bytes.len == 0)
            return piece_empty();
    }
    for (size_t i = 1; i < num; i++)
        for (size_t j = i; j > 0 && is_after(attributes[j - 1], attributes[j]); j--) {
            piece swapped = attributes[j];
            attributes[j] = attributes[j - 1];
            attributes[j - 1] = swapped;
        }
    return piece_wrap(a, DER_SET_TAG, piece_join(a, attributes, num));
}

/* The content of a Name: at least one RDN. */
static piece gen_rdns(choices *c, arena *a)
{
    piece rdns[5];
    size_t num = 1 + choose(c, NUM(rdns));
    for (size_t i = 0; i < num; i++)
        rdns[i] = gen_rdn(c, a);
    return piece_join(a, rdns, num);
}

piece gen_name_piece(choices *c, arena *a)
{
    return piece_wrap(a, DER_SEQUENCE_TAG, gen_rdns(c, a));
}

void gen_name(choices *c, const cauth_context *ctx, arena *a, cauth_name *v)
{
    (void)ctx;
    v->rdns = gen_rdns(c, a).bytes;
}

/* ---- certificates ---- */

static cauth_bytes gen_octets(choices *c, arena *a, size_t len)
{
    uint8_t *octets = arena_take(a, len);
    cauth_bytes bytes = { octets, octets != NULL ? len : 0 };
    for (size_t i = 0; i < bytes.len; i++)
        octets[i] = (uint8_t)choose(c, 256);
    return bytes;
}

static cauth_bytes gen_serial(choices *c, arena *a)
{
    uint8_t octets[20];
    size_t len = 1 + choose(c, 20);
    octets[0] = (uint8_t)(1 + choose(c, 127));
    for (size_t i = 1; i < len; i++)
        octets[i] = (uint8_t)choose(c, 256);
    return arena_copy(a, octets, len);
}

/* The content of AlgorithmIdentifier: Ed25519; ECDSA with SHA-256; RSA with SHA-256 and NULL; RSA-PSS with parameters.
 */
static cauth_bytes gen_signature_algorithm(choices *c, arena *a)
{
    uint32_t which = choose(c, 4);
    if (which == 0)
        return PIECE(a, "\x06\x03\x2B\x65\x70").bytes;
    if (which == 1)
        return PIECE(a, "\x06\x08\x2A\x86\x48\xCE\x3D\x04\x03\x02").bytes;
    if (which == 2)
        return PIECE(a, "\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x01\x0B\x05\x00").bytes;
    return PIECE(a, "\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x01\x0A\x30\x00").bytes;
}

/* The content of the key's AlgorithmIdentifier: Ed25519, P-256, RSA. */
static cauth_bytes gen_key_algorithm(choices *c, arena *a)
{
    uint32_t which = choose(c, 3);
    if (which == 0)
        return PIECE(a, "\x06\x03\x2B\x65\x70").bytes;
    if (which == 1)
        return PIECE(a, "\x06\x07\x2A\x86\x48\xCE\x3D\x02\x01\x06\x08\x2A\x86\x48\xCE\x3D\x03\x01\x07").bytes;
    return PIECE(a, "\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x01\x01\x05\x00").bytes;
}

/* The content of a BIT STRING of whole octets. */
static cauth_bytes gen_bit_string(choices *c, arena *a, size_t len)
{
    piece key = { gen_octets(c, a, len), NO_MARK };
    return piece_pair(a, PIECE(a, "\0"), key).bytes;
}

static piece of_bytes(cauth_bytes bytes)
{
    piece p = { bytes, NO_MARK };
    return p;
}

static void gen_spki_parts(choices *c, arena *a, cauth_x509 *v)
{
    v->spki_algorithm = gen_key_algorithm(c, a);
    v->public_key = gen_bit_string(c, a, 1 + (choose(c, 70) + 31) % 70);
    piece algorithm = piece_wrap(a, DER_SEQUENCE_TAG, of_bytes(v->spki_algorithm));
    piece key = piece_wrap(a, DER_BIT_STRING_TAG, of_bytes(v->public_key));
    v->spki = piece_wrap(a, DER_SEQUENCE_TAG, piece_pair(a, algorithm, key)).bytes;
}

static cauth_x509_time gen_time(choices *c, arena *a, bool late)
{
    cauth_x509_time time = { DER_UTC_TIME_TAG, { NULL, 0 } };
    if (late && choose(c, 3) == 2) {
        time.tag = DER_GENERALIZED_TIME_TAG;
        time.value = choose(c, 2) == 0 ? PIECE(a, "20500101000000Z").bytes : PIECE(a, "99991231235959Z").bytes;
    } else {
        time.value = choose(c, 2) == 0 ? PIECE(a, "250101000000Z").bytes : PIECE(a, "491231235959Z").bytes;
    }
    return time;
}

static piece gen_extension(arena *a, piece oid, bool critical, cauth_bytes value)
{
    piece parts[] = {
        piece_wrap(a, DER_OID_TAG, oid),
        critical ? PIECE(a, "\x01\x01\xFF") : piece_empty(),
        piece_wrap(a, DER_OCTET_STRING_TAG, of_bytes(value)),
    };
    return piece_wrap(a, DER_SEQUENCE_TAG, piece_join(a, parts, NUM(parts)));
}

/* At least one extension; subjectAltName when the subject is empty. */
static void gen_extensions(choices *c, arena *a, bool empty_subject, cauth_x509 *v)
{
    piece list[6];
    size_t num = 0;
    uint32_t which = choose(c, 16);
    v->has_extensions = true;
    if (which % 2 == 0) {
        v->key_usage = PIECE(a, "\x03\x02\x07\x80").bytes;
        list[num++] = gen_extension(a, PIECE(a, "\x55\x1D\x0F"), true, v->key_usage);
    }
    if (which / 2 % 2 == 0) {
        v->basic_constraints = PIECE(a, "\x30\x00").bytes;
        list[num++] = gen_extension(a, PIECE(a, "\x55\x1D\x13"), choose(c, 2) != 0, v->basic_constraints);
    }
    if (which / 4 % 2 == 0) {
        v->extended_key_usage = PIECE(a, "\x30\x0A\x06\x08\x2B\x06\x01\x05\x05\x07\x03\x02").bytes;
        list[num++] = gen_extension(a, PIECE(a, "\x55\x1D\x25"), false, v->extended_key_usage);
    }
    if (which / 8 % 2 == 1 || num == 0) {
        cauth_bytes any = gen_octets(c, a, choose(c, 40));
        list[num++] = gen_extension(a, PIECE(a, "\x2B\x06\x01\x04\x01\x82\xDA\x1F\x01"), false, any);
    }
    if (empty_subject)
        list[num++] = gen_extension(a, PIECE(a, "\x55\x1D\x11"), true, PIECE(a, "\x30\x03\x82\x01\x61").bytes);
    v->extensions = piece_join(a, list, num).bytes;
}

void gen_x509(choices *c, const cauth_context *ctx, arena *a, cauth_x509 *v)
{
    (void)ctx;
    cauth_x509 none = { .has_extensions = false };
    *v = none;
    uint32_t version = (choose(c, 3) + 2) % 3; /* 2 for v3, the usual one, 0 for v1 */
    bool empty_subject = version == 2 && choose(c, 4) == 3;
    if (version == 1)
        v->version = PIECE(a, "\x01").bytes;
    if (version == 2)
        v->version = PIECE(a, "\x02").bytes;
    v->serial_number = gen_serial(c, a);
    v->tbs_signature = gen_signature_algorithm(c, a);
    v->issuer = gen_name_piece(c, a).bytes;
    v->not_before = gen_time(c, a, false);
    v->not_after = gen_time(c, a, true);
    v->subject = empty_subject ? PIECE(a, "\x30\x00").bytes : gen_name_piece(c, a).bytes;
    gen_spki_parts(c, a, v);
    if (version > 0 && choose(c, 4) == 3)
        v->issuer_unique_id = gen_bit_string(c, a, choose(c, 9));
    if (version > 0 && choose(c, 4) == 3)
        v->subject_unique_id = gen_bit_string(c, a, choose(c, 9));
    if (version == 2 && (empty_subject || choose(c, 4) != 3))
        gen_extensions(c, a, empty_subject, v);
    v->signature_algorithm = v->tbs_signature;
    v->signature_value = gen_bit_string(c, a, (choose(c, 80) + 64) % 80);
}

/* ---- certificates in parts ---- */

static piece wrap_optional(arena *a, uint8_t tag, cauth_bytes content)
{
    return content.len > 0 ? piece_wrap(a, tag, of_bytes(content)) : piece_empty();
}

static piece time_piece(arena *a, const cauth_x509_time *time)
{
    return piece_wrap(a, time->tag, of_bytes(time->value));
}

certificate_parts certificate_parts_of(arena *a, const cauth_x509 *v)
{
    certificate_parts parts;
    parts.version = v->version.len > 0
                        ? piece_wrap(a, DER_VERSION_TAG, piece_wrap(a, DER_INTEGER_TAG, of_bytes(v->version)))
                        : piece_empty();
    parts.serial = piece_wrap(a, DER_INTEGER_TAG, of_bytes(v->serial_number));
    parts.tbs_signature = piece_wrap(a, DER_SEQUENCE_TAG, of_bytes(v->tbs_signature));
    parts.issuer = of_bytes(v->issuer);
    parts.validity =
        piece_wrap(a, DER_SEQUENCE_TAG, piece_pair(a, time_piece(a, &v->not_before), time_piece(a, &v->not_after)));
    parts.subject = of_bytes(v->subject);
    parts.spki = of_bytes(v->spki);
    parts.issuer_id = wrap_optional(a, DER_ISSUER_ID_TAG, v->issuer_unique_id);
    parts.subject_id = wrap_optional(a, DER_SUBJECT_ID_TAG, v->subject_unique_id);
    parts.extensions = v->has_extensions
                           ? piece_wrap(a, DER_EXTENSIONS_TAG, piece_wrap(a, DER_SEQUENCE_TAG, of_bytes(v->extensions)))
                           : piece_empty();
    parts.signature_algorithm = piece_wrap(a, DER_SEQUENCE_TAG, of_bytes(v->signature_algorithm));
    parts.signature_value = piece_wrap(a, DER_BIT_STRING_TAG, of_bytes(v->signature_value));
    parts.tbs_form = DER_MINIMAL;
    parts.form = DER_MINIMAL;
    return parts;
}

piece certificate_tbs(arena *a, const certificate_parts *parts)
{
    piece list[] = {
        parts->version, parts->serial, parts->tbs_signature, parts->issuer,     parts->validity,
        parts->subject, parts->spki,   parts->issuer_id,     parts->subject_id, parts->extensions,
    };
    return piece_wrap_as(a, DER_SEQUENCE_TAG, parts->tbs_form, piece_join(a, list, NUM(list)));
}

piece certificate_whole(arena *a, const certificate_parts *parts)
{
    piece list[] = { certificate_tbs(a, parts), parts->signature_algorithm, parts->signature_value };
    return piece_wrap_as(a, DER_SEQUENCE_TAG, parts->form, piece_join(a, list, NUM(list)));
}
