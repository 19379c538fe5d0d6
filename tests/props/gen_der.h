/* DER built piece by piece, for generators, breakers and tests of names and certificates. It shares nothing with the
 * parsers, and writes wrong DER as readily as right. */
#ifndef CAUTH_PROPS_GEN_DER_H
#define CAUTH_PROPS_GEN_DER_H

#include <stddef.h>
#include <stdint.h>

#include "cauth/name.h"
#include "cauth/x509.h"
#include "choices.h"

enum {
    DER_BOOLEAN_TAG = 0x01,
    DER_INTEGER_TAG = 0x02,
    DER_BIT_STRING_TAG = 0x03,
    DER_OCTET_STRING_TAG = 0x04,
    DER_NULL_TAG = 0x05,
    DER_OID_TAG = 0x06,
    DER_UTF8_TAG = 0x0C,
    DER_PRINTABLE_TAG = 0x13,
    DER_TELETEX_TAG = 0x14,
    DER_IA5_TAG = 0x16,
    DER_UTC_TIME_TAG = 0x17,
    DER_GENERALIZED_TIME_TAG = 0x18,
    DER_UNIVERSAL_TAG = 0x1C,
    DER_BMP_TAG = 0x1E,
    DER_SEQUENCE_TAG = 0x30,
    DER_SET_TAG = 0x31,
    DER_VERSION_TAG = 0xA0,
    DER_ISSUER_ID_TAG = 0x81,
    DER_SUBJECT_ID_TAG = 0x82,
    DER_EXTENSIONS_TAG = 0xA3
};

/* Octets in an arena, and a marked position among them, which joining and wrapping carry along: so that a breaker knows
 * where in the whole its fault has come to stand. */
typedef struct {
    cauth_bytes bytes;
    size_t mark;
} piece;

#define NO_MARK SIZE_MAX

/* All return an empty piece when the arena is full. */
piece piece_of(arena *a, const void *p, size_t len);
#define PIECE(a, literal) piece_of((a), (literal), sizeof(literal) - 1)
piece piece_empty(void);

/* The piece with its mark set to position `at`. */
piece piece_marked(piece p, size_t at);

/* One after the other. At most one of them is marked. */
piece piece_join(arena *a, const piece *parts, size_t num);
piece piece_pair(arena *a, piece first, piece second);

/* How a length is written. */
typedef enum {
    DER_MINIMAL,
    DER_PADDED,      /* one octet more than needed: 81 nn, 82 00 nn … */
    DER_PADDED_BY_4, /* five or more length octets, leading ones zero */
    DER_INDEFINITE   /* 80, and end-of-contents octets after the content */
} length_form;

/* A TLV around a content. A mark in the content stays; piece_wrap_marked marks the first length octet instead. */
piece piece_wrap(arena *a, uint8_t tag, piece content);
piece piece_wrap_as(arena *a, uint8_t tag, length_form form, piece content);
piece piece_wrap_marked(arena *a, uint8_t tag, length_form form, piece content);

/* AttributeTypeAndValue, RelativeDistinguishedName and Name of valid content, as the choices say. */
piece gen_attribute(choices *c, arena *a);
piece gen_rdn(choices *c, arena *a);
piece gen_name_piece(choices *c, arena *a);

void gen_name(choices *c, const cauth_context *ctx, arena *a, cauth_name *v);
void gen_x509(choices *c, const cauth_context *ctx, arena *a, cauth_x509 *v);

/* The parts of a certificate as encodings, to be exchanged one by one and put together again. */
typedef struct {
    piece version; /* these are those of TBSCertificate, in order; empty when absent */
    piece serial;
    piece tbs_signature;
    piece issuer;
    piece validity;
    piece subject;
    piece spki;
    piece issuer_id;
    piece subject_id;
    piece extensions;
    piece signature_algorithm;
    piece signature_value;
    length_form tbs_form;
    length_form form;
} certificate_parts;

certificate_parts certificate_parts_of(arena *a, const cauth_x509 *v);
piece certificate_tbs(arena *a, const certificate_parts *parts);
piece certificate_whole(arena *a, const certificate_parts *parts);

#endif
