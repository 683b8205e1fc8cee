/* mrz_dump [TODAY]: reads pictures from standard input, each "WIDTH HEIGHT SEGMENTED\n" and its RGB
 * pixels, and writes one line of JSON for each: what pv_mrz_read() says and what it took.
 * tests/document/test_mrz_read.py and tools/measure_mrz.py call it. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "document/mrz_read.h"
#include "dump.h"

static json_t *zone_json(const pv_mrz *zone)
{
    json_t *lines = json_array();
    json_t *checks = json_object();
    json_t *values = json_object();
    json_t *corners = json_array();
    json_t *repairs = json_array();
    for (int i = 0; i < zone->line_count; i++)
        json_array_append_new(lines, json_string(zone->lines[i]));
    for (int i = 0; i < zone->check_count; i++)
        json_object_set_new(checks, zone->checks[i].name, json_boolean(zone->checks[i].valid));
    for (int i = 0; i < PV_MRZ_FIELD_COUNT; i++)
        json_object_set_new(values, pv_mrz_field_name((pv_mrz_field)i),
                            json_string(zone->values[i]));
    for (int i = 0; i < 4; i++)
        json_array_append_new(
            corners, json_pack("[f,f]", (double)zone->corners[i].x, (double)zone->corners[i].y));
    for (int i = 0; i < zone->repair_count; i++)
        json_array_append_new(repairs,
                              json_pack("[i,i,s#,s#,b]", zone->repairs[i].line,
                                        zone->repairs[i].column, &zone->repairs[i].from, 1,
                                        &zone->repairs[i].to, 1, zone->repairs[i].guarded));
    return json_pack("{s:s,s:o,s:b,s:f,s:i,s:o,s:o,s:o,s:o}", "format",
                     pv_mrz_format_name(zone->format), "lines", lines, "valid", zone->valid,
                     "confidence", (double)zone->confidence, "turn", zone->turn, "checks", checks,
                     "values", values, "corners", corners, "repairs", repairs);
}

static pv_status dump(pv_runtime *runtime, pv_image *image, const char *rest, const void *context)
{
    const pv_date *today = context;
    int segmented;
    pv_mrz zone;
    pv_ocr_found found = {0};
    if (sscanf(rest, "%d", &segmented) != 1)
        return pv_fail(PV_ERROR_ARGUMENT, "neither whole (0) nor segmented (1): %s", rest);
    double start = pv_dump_milliseconds();
    pv_status status = pv_mrz_read(runtime, image, &found, segmented != 0, *today, &zone);
    if (status != PV_OK)
        return status;
    json_t *json = zone_json(&zone);
    json_object_set_new(json, "milliseconds", json_real(pv_dump_milliseconds() - start));
    json_dumpf(json, stdout, JSON_COMPACT | JSON_REAL_PRECISION(6));
    printf("\n");
    json_decref(json);
    return PV_OK;
}

int main(int argc, char **argv)
{
    pv_date today;
    if (!pv_dump_read_today("mrz_dump", argc, argv, &today))
        return EXIT_FAILURE;
    return pv_dump_pictures("mrz_dump", dump, &today);
}
