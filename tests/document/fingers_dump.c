/* fingers_dump: reads rectified documents from standard input, each "WIDTH HEIGHT\n" and its RGB
 * pixels, and writes one line for each: the covered share and its measure.
 * training/fingers/measure.py calls it. */
#include <stdio.h>
#include <stdlib.h>

#include "document/fingers.h"

static pv_status dump(pv_runtime *runtime, const uint8_t *pixels, int width, int height)
{
    pv_arena *arena;
    pv_image page;
    float share;
    pv_status status = pv_arena_create(&arena);
    if (status != PV_OK)
        return status;
    status = pv_image_open("page", pixels, width, height, PV_FORMAT_RGB, arena, &page);
    if (status == PV_OK)
        status = pv_fingers_cover(runtime, &page, &share);
    if (status == PV_OK)
        printf("%.5f %.4f\n", (double)share, (double)pv_fingers_scale(share));
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
        fprintf(stderr, "fingers_dump: %s\n", pv_error_message());
    pv_runtime_destroy(runtime);
    pv_model_store_close(store);
    return status == PV_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
