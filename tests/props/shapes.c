#include "shapes.h"

#include <string.h>

#include "message.h"
#include "tree.h"

static unsigned digit(char c)
{
    return c <= '9' ? (unsigned)(c - '0') : (unsigned)(c - 'a') + 10u;
}

static void write_hex(cauth_writer *w, const char *hex)
{
    for (; *hex != '\0'; hex += 2)
        cauth_write_u8(w, (uint8_t)(digit(hex[0]) * 16u + digit(hex[1])));
}

/* `hex` again and again, until `room` is filled. */
static void write_many(cauth_writer *w, const char *hex, size_t room)
{
    size_t end = w->len + room;
    while (w->len + strlen(hex) / 2 <= end)
        write_hex(w, hex);
}

/* The whole of a DER element with `len` content octets. */
static size_t der_size(size_t len)
{
    return 1 + tree_length_octets(len) + len;
}

static void write_der_header(cauth_writer *w, uint8_t tag, size_t len)
{
    uint8_t octets[TREE_LENGTH_OCTETS];
    size_t num = tree_encode_length(len, octets);
    cauth_write_u8(w, tag);
    for (size_t i = 0; i < num; i++)
        cauth_write_u8(w, octets[i]);
}

/* A list with a length prefix of 2 octets ends there. */
static size_t at_most(size_t room, size_t most)
{
    return room < most ? room : most;
}

static void write_algorithms(cauth_writer *w, size_t room)
{
    size_t begun = cauth_write_begin(w, 2);
    for (size_t i = 0; i < at_most(room, 65534) / 2; i++)
        cauth_write_u16(w, (uint16_t)(i * 257 % 65536));
    cauth_write_end(w, 2, begun);
}

static void write_names(cauth_writer *w, size_t room)
{
    size_t begun = cauth_write_begin(w, 2);
    write_many(w, "000e300c310a300806035504030c0141", at_most(room, 65535));
    cauth_write_end(w, 2, begun);
}

static void distinct_algorithms(cauth_writer *w, size_t room)
{
    write_hex(w, "0101");
    write_algorithms(w, room - 6);
    write_names(w, 0);
}

static void many_names(cauth_writer *w, size_t room)
{
    write_hex(w, "010100020401");
    write_names(w, room - 8);
}

static void old_names(cauth_writer *w, size_t room)
{
    write_hex(w, "0101");
    write_names(w, room - 4);
}

/* The only way to more than 64 KB. */
static void algorithms_and_names(cauth_writer *w, size_t room)
{
    write_hex(w, "0101");
    write_algorithms(w, (room - 6) / 2);
    write_names(w, (room - 6) / 2);
}

static void many_extensions(cauth_writer *w, size_t room)
{
    cauth_write_u8(w, 0);
    size_t begun = cauth_write_begin(w, 2);
    write_hex(w, "000d000400020403");
    for (size_t i = 0; i < at_most(room - 11, 65520) / 4; i++)
        cauth_extension_write(w, (uint16_t)(0x4000 + i), (cauth_bytes){ NULL, 0 });
    cauth_write_end(w, 2, begun);
}

static void many_rdns(cauth_writer *w, size_t room)
{
    size_t items = (room - 4) / 12;
    write_der_header(w, 0x30, items * 12);
    write_many(w, "310a300806035504030c0141", items * 12);
}

static void many_attributes(cauth_writer *w, size_t room)
{
    size_t items = (room - 8) / 10;
    write_der_header(w, 0x30, der_size(items * 10));
    write_der_header(w, 0x31, items * 10);
    write_many(w, "300806035504030c0141", items * 10);
}

/* Attributes of an RDN, each with a long type that differs at its end only. */
static void long_types(cauth_writer *w, size_t room)
{
    size_t type = room / 70 - 11;
    size_t attribute = der_size(type) + 3;
    size_t rdn = 70 * der_size(attribute);
    write_der_header(w, 0x30, der_size(rdn));
    write_der_header(w, 0x31, rdn);
    for (uint8_t i = 0; i < 70; i++) {
        write_der_header(w, 0x30, attribute);
        write_der_header(w, 0x06, type);
        for (size_t k = 1; k < type; k++)
            cauth_write_u8(w, 0x55);
        cauth_write_u8(w, i);
        write_hex(w, "0c0141");
    }
}

/* Attributes whose types are all compared; the first of indefinite length, so that only reading its content tells where
 * it ends. */
static void indefinite_attribute(cauth_writer *w, size_t room)
{
    size_t others = (CAUTH_MAX_COMPARED_OIDS - 1) * 11;
    size_t levels = (room - others - 20) / 4; /* of the value: one SEQUENCE in another */
    size_t rdn = 8 + levels * 4 + others;
    write_der_header(w, 0x30, der_size(rdn));
    write_der_header(w, 0x31, rdn);
    write_hex(w, "308006022a01");
    write_many(w, "3080", levels * 2);
    write_many(w, "0000", levels * 2 + 2);
    for (uint8_t i = 1; i < CAUTH_MAX_COMPARED_OIDS; i++) {
        write_hex(w, "300906045504037f");
        w->ptr[w->len - 1] = i;
        write_hex(w, "0c0141");
    }
}

static void long_value(cauth_writer *w, size_t room)
{
    size_t value = room - 21;
    size_t attribute = 5 + der_size(value);
    size_t rdn = der_size(attribute);
    write_der_header(w, 0x30, der_size(rdn));
    write_der_header(w, 0x31, rdn);
    write_der_header(w, 0x30, attribute);
    write_hex(w, "0603550403");
    write_der_header(w, 0x0C, value);
    for (size_t i = 0; i < value; i++)
        cauth_write_u8(w, 0x41);
}

static void long_signature(cauth_writer *w, size_t room)
{
    write_hex(w, "0401");
    size_t begun = cauth_write_begin(w, 2);
    write_many(w, "55", at_most(room - 4, 65535));
    cauth_write_end(w, 2, begun);
}

static void small_records(cauth_writer *w, size_t room)
{
    size_t messages_len = room / 6 / 4 * 4;
    for (size_t i = 0; i < messages_len; i++)
        write_hex(w, "160303000100"); /* HelloRequest, one byte of it per record */
}

static void small_warnings(cauth_writer *w, size_t room)
{
    write_many(w, "1503030002015a", room);
}

static void many_messages(cauth_writer *w, size_t room)
{
    for (size_t i = 0; i < room / 16389; i++) {
        write_hex(w, "1603034000");
        write_many(w, "00000000", 16384);
    }
}

static uint8_t list_room[SHAPE_MAX];

/* A small valid certificate but for what `change` puts in. */
static void write_certificate(cauth_writer *w, void (*change)(cauth_x509 *v, cauth_writer *list, size_t room),
                              size_t room)
{
    static uint8_t arena_room[16384];
    const message *m = message_by_name("x509");
    cauth_context ctx = message_context(m, CAUTH_STRICT);
    choices none = { NULL, 0, 0 };
    arena a = { arena_room, sizeof arena_room, 0 };
    cauth_writer list = cauth_writer_init(list_room, sizeof list_room);
    message_view view;
    m->generate(&none, &ctx, &a, &view);
    if (change != NULL)
        change(&view.x509, &list, room);
    if (list.failed || !m->write(&view, w))
        w->failed = true;
}

static void put_extensions(cauth_x509 *v, cauth_writer *list, size_t room)
{
    static const uint8_t v3[] = { 2 };
    for (size_t i = 0; i < (room - 800) / 12; i++) {
        write_hex(list, "300a06062a8648");
        cauth_write_u8(list, (uint8_t)(i / 128 % 128));
        write_hex(list, "05"); /* last of 1.2.840.x.5 */
        cauth_write_u8(list, (uint8_t)(i % 128));
        write_hex(list, "0400");
    }
    v->version = (cauth_bytes){ v3, 1 };
    v->has_extensions = true;
    v->extensions = cauth_written(list);
}

static void put_serial(cauth_x509 *v, cauth_writer *list, size_t room)
{
    write_many(list, "55", room - 800);
    v->serial_number = cauth_written(list);
}

static void put_issuer(cauth_x509 *v, cauth_writer *list, size_t room)
{
    many_rdns(list, room - 800);
    v->issuer = cauth_written(list);
}

static void certificate_extensions(cauth_writer *w, size_t room)
{
    write_certificate(w, put_extensions, room);
}

static void certificate_serial(cauth_writer *w, size_t room)
{
    write_certificate(w, put_serial, room);
}

static void certificate_issuer(cauth_writer *w, size_t room)
{
    write_certificate(w, put_issuer, room);
}

static void many_certificates(cauth_writer *w, size_t room)
{
    static uint8_t one_room[4096];
    cauth_writer one = cauth_writer_init(one_room, sizeof one_room);
    write_certificate(&one, NULL, 0);
    size_t begun = cauth_write_begin(w, 3);
    for (size_t i = 0; i < (room - 3) / (one.len + 3); i++)
        cauth_write_vector(w, 3, cauth_written(&one));
    cauth_write_end(w, 3, begun);
}

static void many_entries(cauth_writer *w, size_t room)
{
    static uint8_t one_room[4096];
    cauth_writer one = cauth_writer_init(one_room, sizeof one_room);
    write_certificate(&one, NULL, 0);
    cauth_write_u8(w, 0);
    size_t begun = cauth_write_begin(w, 3);
    for (size_t i = 0; i < (room - 4) / (one.len + 5); i++) {
        cauth_write_vector(w, 3, cauth_written(&one));
        cauth_write_u16(w, 0);
    }
    cauth_write_end(w, 3, begun);
}

static void many_urls(cauth_writer *w, size_t room)
{
    cauth_write_u8(w, 0); /* individual_certs */
    size_t begun = cauth_write_begin(w, 2);
    for (size_t i = 0; i < at_most(room, 65535) / 24; i++)
        write_hex(w, "00016101000102030405060708090a0b0c0d0e0f10111213");
    cauth_write_end(w, 2, begun);
}

static void long_openpgp(cauth_writer *w, size_t room)
{
    write_hex(w, "02080102030405060708"); /* subkey_cert and its OpenPGPKeyID */
    size_t begun = cauth_write_begin(w, 3);
    write_many(w, "99", room);
    cauth_write_end(w, 3, begun);
}

static void long_compressed(cauth_writer *w, size_t room)
{
    cauth_write_u16(w, 1); /* zlib */
    cauth_write_u24(w, 200000);
    size_t begun = cauth_write_begin(w, 3);
    write_many(w, "78", room);
    cauth_write_end(w, 3, begun);
}

static void long_key(cauth_writer *w, size_t room)
{
    static const char algorithm[] = "300506032b6570"; /* Ed25519 */
    size_t key = room - 32;
    size_t begun = cauth_write_begin(w, 3);
    write_der_header(w, 0x30, (sizeof algorithm - 1) / 2 + der_size(key + 1));
    write_hex(w, algorithm);
    write_der_header(w, 0x03, key + 1);
    cauth_write_u8(w, 0);
    write_many(w, "42", key);
    cauth_write_end(w, 3, begun);
}

const shape shapes[] = {
    { "certreq_tls10", "names", old_names },
    { "certreq_tls12", "algorithms", distinct_algorithms },
    { "certreq_tls12", "names", many_names },
    { "certreq_tls12", "both", algorithms_and_names },
    { "certreq_tls13", "extensions", many_extensions },
    { "certreq_tls13_post", "extensions", many_extensions },
    { "name_tls10", "RDNs", many_rdns },
    { "name_tls10", "indefinite", indefinite_attribute },
    { "name_tls12", "RDNs", many_rdns },
    { "name_tls12", "attributes", many_attributes },
    { "name_tls12", "long types", long_types },
    { "name_tls12", "a long value", long_value },
    { "handshake_tls12_server", "records", small_records },
    { "handshake_tls12_server", "messages", many_messages },
    { "x509", "extensions", certificate_extensions },
    { "x509", "serial", certificate_serial },
    { "x509", "issuer", certificate_issuer },
    { "cert_tls12_client", "certificates", many_certificates },
    { "cert_tls13_client", "entries", many_entries },
    { "cert_ssl30", "certificates", many_certificates },
    { "rawkey_tls12", "a long key", long_key },
    { "openpgp_tls12", "a long certificate", long_openpgp },
    { "certurl_tls12", "URLs", many_urls },
    { "compressed_tls13", "long data", long_compressed },
    { "certverify_tls12", "a long signature", long_signature },
    { "alert_tls12_server", "warnings", small_warnings },
    { "record_tls12", "records", small_records },
};

const size_t num_shapes = sizeof shapes / sizeof shapes[0];
