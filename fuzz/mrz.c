/* libFuzzer target: machine readable zones. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "document/mrz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_values(const pv_mrz *zone)
{
    for (int i = 0; i < PV_MRZ_FIELD_COUNT; i++)
        if (strnlen(zone->values[i], PV_MRZ_VALUE_SIZE) == PV_MRZ_VALUE_SIZE)
            abort();
    const char *birth = zone->values[PV_MRZ_DATE_OF_BIRTH];
    if (birth[0] && (strlen(birth) != 10 || !pv_date_is_valid(zone->birth)))
        abort();
}

static void check_repairs(const pv_mrz *zone)
{
    for (int i = 0; i < zone->repair_count; i++) {
        const pv_mrz_repair *repair = &zone->repairs[i];
        if (repair->line < 0 || repair->line >= zone->line_count ||
            zone->lines[repair->line][repair->column] != repair->to || repair->from == repair->to)
            abort();
    }
}

static bool is_empty(const pv_mrz *zone)
{
    bool empty = zone->format == PV_MRZ_NONE && !zone->valid && !zone->name_truncated &&
                 zone->line_count == 0 && zone->check_count == 0 && zone->repair_count == 0;
    for (int i = 0; i < PV_MRZ_LINES; i++)
        empty = empty && zone->lines[i][0] == '\0';
    for (int i = 0; i < PV_MRZ_FIELD_COUNT; i++)
        empty = empty && zone->values[i][0] == '\0';
    return empty;
}

/* What a zone says of itself holds, and reading its lines again changes nothing. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const pv_date today = {2026, 6, 15};
    static pv_mrz zone, again;
    if (!pv_mrz_parse((const char *)data, size, today, &zone)) {
        if (!is_empty(&zone))
            abort();
        return 0;
    }
    check_values(&zone);
    check_repairs(&zone);
    char text[PV_MRZ_LINES * (PV_MRZ_LINE_MOST + 1) + 1] = "";
    size_t length = 0;
    for (int i = 0; i < zone.line_count; i++)
        length += (size_t)snprintf(text + length, sizeof text - length, "%s\n", zone.lines[i]);
    if (!pv_mrz_parse(text, length, today, &again))
        abort();
    if (zone.valid && (again.repair_count > 0 || !again.valid))
        abort();
    return 0;
}
