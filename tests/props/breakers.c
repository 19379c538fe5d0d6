#include "breaker.h"

const breaker *breaker_at(size_t i)
{
    const struct {
        const breaker *rows;
        size_t num;
    } areas[] = {
        { breakers_stream, num_breakers_stream },
        { breakers_certreq, num_breakers_certreq },
        { breakers_cert, num_breakers_cert },
        { breakers_der, num_breakers_der },
    };
    for (size_t area = 0; area < sizeof areas / sizeof areas[0]; area++) {
        if (i < areas[area].num)
            return &areas[area].rows[i];
        i -= areas[area].num;
    }
    return NULL;
}
