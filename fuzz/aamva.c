/* libFuzzer target: the contents of licence barcodes. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "document/aamva.h"

#define HEADER "@\n\x1e\rANSI 636014080102DL00410278ZV03190024DL"
#define LENGTH_MAX ((size_t)4096)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const char *text, size_t length)
{
    static pv_licence licence;
    bool parsed = pv_licence_parse(text, length, &licence);
    for (int i = 0; i < PV_LICENCE_FIELD_COUNT; i++) {
        size_t said = strnlen(licence.values[i], PV_LICENCE_VALUE_SIZE);
        if (said == PV_LICENCE_VALUE_SIZE || (!parsed && said > 0))
            abort();
    }
    const char *birth = licence.values[PV_LICENCE_DATE_OF_BIRTH];
    if (birth[0] && (strlen(birth) != 10 || birth[4] != '-' || birth[7] != '-'))
        abort();
}

/* As it is, and behind a header that is right, so that the elements are reached at once. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char text[sizeof HEADER + LENGTH_MAX];
    if (size > LENGTH_MAX)
        return 0;
    check((const char *)data, size);
    memcpy(text, HEADER, sizeof HEADER - 1);
    memcpy(text + sizeof HEADER - 1, data, size);
    check(text, sizeof HEADER - 1 + size);
    return 0;
}
