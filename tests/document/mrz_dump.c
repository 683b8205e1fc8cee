/* mrz_dump [TODAY]: reads pictures from standard input, each "WIDTH HEIGHT SEGMENTED\n" and its RGB
 * pixels, and writes one line of JSON for each: what pv_mrz_read() says and what it took.
 * tests/document/test_mrz_read.py and tools/measure_mrz.py call it. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "document/mrz_read.h"

static double milliseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

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

static pv_status dump(pv_runtime *runtime, const uint8_t *pixels, int width, int height,
                      bool segmented, pv_date today)
{
    pv_arena *arena;
    pv_image image;
    pv_mrz zone;
    double start = milliseconds();
    pv_status status = pv_arena_create(&arena);
    if (status != PV_OK)
        return status;
    status = pv_image_open("picture", pixels, width, height, PV_FORMAT_RGB, arena, &image);
    if (status == PV_OK)
        status = pv_mrz_read(runtime, &image, segmented, today, &zone);
    pv_arena_destroy(arena);
    if (status != PV_OK)
        return status;
    json_t *json = zone_json(&zone);
    json_object_set_new(json, "milliseconds", json_real(milliseconds() - start));
    json_dumpf(json, stdout, JSON_COMPACT | JSON_REAL_PRECISION(6));
    printf("\n");
    json_decref(json);
    return PV_OK;
}

static pv_status read_all(pv_runtime *runtime, pv_date today)
{
    char line[64];
    pv_status status = PV_OK;
    while (status == PV_OK && fgets(line, sizeof line, stdin)) {
        int width;
        int height;
        int segmented;
        if (sscanf(line, "%d %d %d", &width, &height, &segmented) != 3 || width < 1 || height < 1)
            return pv_fail(PV_ERROR_ARGUMENT, "not a size: %s", line);
        size_t count = (size_t)width * (size_t)height * 3;
        uint8_t *pixels = malloc(count);
        if (!pixels || fread(pixels, 1, count, stdin) != count)
            status = pv_fail(PV_ERROR_ARGUMENT, "fewer pixels than %d x %d", width, height);
        else
            status = dump(runtime, pixels, width, height, segmented != 0, today);
        free(pixels);
        fflush(stdout);
    }
    return status;
}

int main(int argc, char **argv)
{
    pv_date today = pv_date_today();
    if (argc == 2 && (sscanf(argv[1], "%d-%d-%d", &today.year, &today.month, &today.day) != 3 ||
                      !pv_date_is_valid(today))) {
        fprintf(stderr, "mrz_dump: no date: %s\n", argv[1]);
        return EXIT_FAILURE;
    }
    pv_model_store *store = NULL;
    pv_runtime *runtime = NULL;
    pv_status status = pv_model_store_open(NULL, NULL, &store);
    if (status == PV_OK)
        status = pv_runtime_create(store, 1, &runtime);
    if (status == PV_OK)
        status = read_all(runtime, today);
    if (status != PV_OK)
        fprintf(stderr, "mrz_dump: %s\n", pv_error_message());
    pv_runtime_destroy(runtime);
    pv_model_store_close(store);
    return status == PV_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
