#include "cauth/context.h"

cauth_limits cauth_limits_default(void)
{
    cauth_limits limits = { 262144, 131329, 65539, 131396 };
    return limits;
}

cauth_context cauth_context_default(cauth_version version, cauth_sender sender)
{
    cauth_context ctx = { version, CAUTH_STRICT, sender, CAUTH_X509, false, cauth_limits_default() };
    return ctx;
}
