/* ocr_dump: reads pictures from standard input, each "WIDTH HEIGHT\n" and its RGB pixels, and
 * writes one line of JSON for each: its lines of text. tests/document/test_ocr.py calls it. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "document/ocr.h"

static json_t *line_json(const pv_text_line *line)
{
    json_t *corners = json_array();
    for (int i = 0; i < 4; i++)
        json_array_append_new(corners, json_pack("[f,f]", (double)line->box.corners[i].x,
                                                 (double)line->box.corners[i].y));
    return json_pack("{s:s,s:f,s:f,s:o}", "text", line->text, "confidence",
                     (double)line->confidence, "score", (double)line->box.score, "corners",
                     corners);
}

static pv_status dump_lines(pv_runtime *runtime, pv_image *image)
{
    pv_text_box *boxes;
    size_t count;
    pv_status status = pv_ocr_find(runtime, image, &boxes, &count);
    json_t *all = json_array();
    for (size_t i = 0; status == PV_OK && i < count; i++) {
        pv_text_line line;
        status = pv_ocr_read(runtime, image, &boxes[i], NULL, &line);
        if (status == PV_OK)
            json_array_append_new(all, line_json(&line));
    }
    if (status == PV_OK) {
        json_dumpf(all, stdout, JSON_COMPACT | JSON_REAL_PRECISION(6));
        printf("\n");
    }
    json_decref(all);
    return status;
}

static pv_status dump(pv_runtime *runtime, const uint8_t *pixels, int width, int height)
{
    pv_arena *arena;
    pv_image image;
    pv_status status = pv_arena_create(&arena);
    if (status != PV_OK)
        return status;
    status = pv_image_open("picture", pixels, width, height, PV_FORMAT_RGB, arena, &image);
    if (status == PV_OK)
        status = dump_lines(runtime, &image);
    pv_arena_destroy(arena);
    return status;
}

static pv_status read_all(pv_runtime *runtime)
{
    char line[64];
    pv_status status = PV_OK;
    while (status == PV_OK && fgets(line, sizeof line, stdin)) {
        int width;
        int height;
        if (sscanf(line, "%d %d", &width, &height) != 2 || width < 1 || height < 1)
            return pv_fail(PV_ERROR_ARGUMENT, "not a size: %s", line);
        size_t count = (size_t)width * (size_t)height * 3;
        uint8_t *pixels = malloc(count);
        if (!pixels || fread(pixels, 1, count, stdin) != count)
            status = pv_fail(PV_ERROR_ARGUMENT, "fewer pixels than %d x %d", width, height);
        else
            status = dump(runtime, pixels, width, height);
        free(pixels);
        fflush(stdout);
    }
    return status;
}

int main(void)
{
    pv_model_store *store = NULL;
    pv_runtime *runtime = NULL;
    pv_status status = pv_model_store_open(NULL, NULL, &store);
    if (status == PV_OK)
        status = pv_runtime_create(store, 1, &runtime);
    if (status == PV_OK)
        status = read_all(runtime);
    if (status != PV_OK)
        fprintf(stderr, "ocr_dump: %s\n", pv_error_message());
    pv_runtime_destroy(runtime);
    pv_model_store_close(store);
    return status == PV_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
