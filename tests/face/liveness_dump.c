/* liveness_dump: reads pictures from standard input, each "WIDTH HEIGHT\n" and its RGB pixels, and
 * writes one line of JSON for each: what every measure of liveness says of its foremost face, or
 * {"faces":0}. tools/calibrate_liveness.py calls it. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "face/detect.h"
#include "face/liveness.h"
#include "face/select.h"

#define CONFIDENCE_MIN 0.1F

static pv_status dump_face(pv_runtime *runtime, pv_image *image, const pv_face *face)
{
    printf("{\"faces\":1,\"obstacle\":%d", (int)pv_liveness_find_obstacle(image, face));
    for (int mode = PV_LIVENESS_TWO_SCALES; mode <= PV_LIVENESS_BOTH; mode++) {
        pv_liveness found;
        pv_status status = pv_liveness_measure(runtime, image, face, mode, true, &found);
        if (status != PV_OK)
            return status;
        printf(",\"mode_%d\":%.6f", mode, (double)(found.document ? 0.0F : found.score));
        for (int i = 0; i < PV_LIVENESS_PARTS && mode == PV_LIVENESS_BOTH; i++)
            if (found.known[i])
                printf(",\"%s\":%.8g", pv_liveness_part_name((pv_liveness_part)i),
                       (double)found.parts[i]);
    }
    printf("}\n");
    return PV_OK;
}

static pv_status dump(pv_runtime *runtime, const uint8_t *pixels, int width, int height)
{
    pv_arena *arena;
    pv_image image;
    pv_face_list list;
    pv_status status = pv_arena_create(&arena);
    if (status != PV_OK)
        return status;
    status = pv_image_open("picture", pixels, width, height, PV_FORMAT_RGB, arena, &image);
    if (status == PV_OK)
        status = pv_face_detect(runtime, &image, CONFIDENCE_MIN, &list);
    if (status == PV_OK) {
        pv_face_select(&list, PV_STRATEGY_BEST_CONFIDENCE);
        if (list.count == 0)
            printf("{\"faces\":0}\n");
        else
            status = dump_face(runtime, &image, &list.faces[0]);
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
        fprintf(stderr, "liveness_dump: %s\n", pv_error_message());
    pv_runtime_destroy(runtime);
    pv_model_store_close(store);
    return status == PV_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
