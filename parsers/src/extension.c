#include "extension.h"

typedef struct {
    uint16_t type;
    const char *name; /* NULL in the rows of unassigned and unrecognised types */
    uint8_t certreq;
    uint8_t cert;
} extension_row;

/* Types up to 63 have the row of their number; those above, one of sixteen by their last bits: two in one row are an
 * error of the compiler's. The last row is that of types without one: unknown, and without a name. */
#define UNKNOWN_ROW 80u
#define ROW_OF(type) ((type) < 64u ? (type) : 64u + ((type)&15u))

static const extension_row extension_rows[UNKNOWN_ROW + 1] = {
#define CAUTH_EXTENSION(ident, type, name, certreq, cert)                                                              \
    [ROW_OF(type)] = { type, name, CAUTH_EXTENSION_##certreq, CAUTH_EXTENSION_##cert },
#include "cauth/extensions.def"
#undef CAUTH_EXTENSION
};

/*@ assigns \nothing;
    ensures \result <= UNKNOWN_ROW;
 */
static size_t row_of(uint16_t type)
{
    size_t row = ROW_OF(type);
    return extension_rows[row].name != NULL && extension_rows[row].type == type ? row : UNKNOWN_ROW;
}

cauth_extension_use cauth_extension_in_certreq(uint16_t type)
{
    return (cauth_extension_use)extension_rows[row_of(type)].certreq;
}

cauth_extension_use cauth_extension_in_cert(uint16_t type)
{
    return (cauth_extension_use)extension_rows[row_of(type)].cert;
}

const char *cauth_extension_name(uint16_t type)
{
    const char *name = extension_rows[row_of(type)].name;
    return name != NULL ? name : "";
}

cauth_result rd_extension_type(rd *block, cauth_rule rule, uint16_t *type)
{
    cauth_result e = rd_u16(block, CAUTH_FIELD_EXTENSION_TYPE, type);
    if (!cauth_is_accepted(e))
        e.rule = rule;
    return e;
}

cauth_result rd_extension_data(rd *block, cauth_rule rule, rd *data)
{
    static const rd_vec data_vec = { 2, 1, 0, 65535, CAUTH_FIELD_EXTENSION_DATA, CAUTH_RULE_NONE };
    cauth_result e = rd_vector(block, &data_vec, data);
    if (!cauth_is_accepted(e))
        e.rule = rule;
    return e;
}

bool cauth_extension_next(cauth_iter *it, cauth_extension *extension)
{
    uint16_t type;
    rd data;
    rd r = rd_init_at(it->list, it->pos);
    if (!cauth_is_accepted(rd_extension_type(&r, CAUTH_VEC_03, &type)) ||
        !cauth_is_accepted(rd_extension_data(&r, CAUTH_VEC_03, &data)))
        return false;
    extension->type = type;
    extension->data = rd_rest(&data);
    it->pos = r.pos;
    return true;
}

bool cauth_extension_write(cauth_writer *w, uint16_t type, cauth_bytes data)
{
    cauth_write_u16(w, type);
    return cauth_write_vector(w, 2, data);
}
