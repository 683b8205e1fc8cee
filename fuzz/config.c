/* libFuzzer target: the configuration parser. The first byte chooses the operation. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "config/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    /* A copy of the exact size: reading beyond it is seen. */
    char *text = malloc(size > 1 ? size - 1 : 1);
    if (!text)
        return 0;
    memcpy(text, data + 1, size - 1);
    pv_config config;
    pv_operation operation = (pv_operation)(data[0] % PV_OPERATION_COUNT);
    pv_status status = pv_config_parse(text, size - 1, operation, &config);
    if (status != PV_OK && status != PV_ERROR_CONFIGURATION)
        abort();
    if (status != PV_OK && pv_error_message()[0] == '\0')
        abort();
    free(text);
    return 0;
}
