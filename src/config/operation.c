#include "config/operation.h"

#include <stddef.h>

#include "config/enums_generated.h"

typedef struct operation_row {
    const char *name;
    unsigned judges;
    uint32_t failing_traits;
} operation_row;

#include "config/operations_generated.inc"

static const operation_row *find(pv_operation operation)
{
    return (unsigned)operation < PV_OPERATION_COUNT ? &rows[operation] : NULL;
}

const char *pv_operation_name(pv_operation operation)
{
    const operation_row *row = find(operation);
    return row ? row->name : "unknown operation";
}

uint32_t pv_operation_failing_traits(pv_operation operation)
{
    const operation_row *row = find(operation);
    return row ? row->failing_traits : 0;
}

unsigned pv_operation_judges(pv_operation operation)
{
    const operation_row *row = find(operation);
    return row ? row->judges : 0;
}
