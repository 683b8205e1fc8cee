/* corners_dump: reads pictures from standard input, each "WIDTH HEIGHT\n" and its RGB pixels, and
 * writes one line of JSON for each: where pv_corners_find() sees a document, how surely, what that
 * was blended from, and how long it took. tools/measure_corners.py calls it. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "document/corners_internal.h"

static double now(void)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return (double)at.tv_sec + 1e-9 * (double)at.tv_nsec;
}

static void write_evidence(const pv_corner_evidence *evidence, int width, int height)
{
    float terms[PV_CORNER_TERMS];
    pv_corner_terms(evidence, width, height, terms);
    printf(",\"confidence\":%.5f,\"corners\":[", (double)pv_corner_confidence(terms));
    for (int k = 0; k < 4; k++)
        printf("%s[%.3f,%.3f]", k ? "," : "", (double)evidence->quad.corners[k].x,
               (double)evidence->quad.corners[k].y);
    printf("],\"terms\":[");
    for (int i = 0; i < PV_CORNER_TERMS; i++)
        printf("%s%.4f", i ? "," : "", (double)terms[i]);
    printf("],\"net\":[");
    for (int k = 0; k < 4; k++)
        printf("%s[%.3f,%.3f]", k ? "," : "", (double)evidence->maps.quad.corners[k].x,
               (double)evidence->maps.quad.corners[k].y);
    printf("],\"moved\":%d", evidence->edges.moved);
}

static pv_status dump(pv_runtime *runtime, const uint8_t *pixels, int width, int height)
{
    pv_arena *arena;
    pv_image image;
    pv_corner_evidence evidence;
    bool found = false;
    pv_status status = pv_arena_create(&arena);
    if (status != PV_OK)
        return status;
    double start = now();
    status = pv_image_open("picture", pixels, width, height, PV_FORMAT_RGB, arena, &image);
    if (status == PV_OK)
        status = pv_corners_search(runtime, &image, &found, &evidence);
    if (status == PV_OK) {
        printf("{\"found\":%s,\"milliseconds\":%.2f", found ? "true" : "false",
               1e3 * (now() - start));
        if (found)
            write_evidence(&evidence, width, height);
        printf("}\n");
    }
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
        fprintf(stderr, "corners_dump: %s\n", pv_error_message());
    pv_runtime_destroy(runtime);
    pv_model_store_close(store);
    return status == PV_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
