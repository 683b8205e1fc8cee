#include "dump.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static pv_status dump_picture(pv_runtime *runtime, const uint8_t *pixels, int width, int height,
                              const char *rest, pv_dump_function dump, const void *context)
{
    pv_arena *arena;
    pv_image image;
    pv_status status = pv_arena_create(&arena);
    if (status != PV_OK)
        return status;
    status = pv_image_open("picture", pixels, width, height, PV_FORMAT_RGB, arena, &image);
    if (status == PV_OK)
        status = dump(runtime, &image, rest, context);
    pv_arena_destroy(arena);
    return status;
}

static pv_status read_all(pv_runtime *runtime, pv_dump_function dump, const void *context)
{
    char line[64];
    pv_status status = PV_OK;
    while (status == PV_OK && fgets(line, sizeof line, stdin)) {
        int width;
        int height;
        int used = 0;
        if (sscanf(line, "%9d %9d%n", &width, &height, &used) != 2 || width < 1 || height < 1)
            return pv_fail(PV_ERROR_ARGUMENT, "not a size: %s", line);
        size_t count = (size_t)width * (size_t)height * 3;
        uint8_t *pixels = malloc(count);
        if (!pixels || fread(pixels, 1, count, stdin) != count)
            status = pv_fail(PV_ERROR_ARGUMENT, "fewer pixels than %d x %d", width, height);
        else
            status = dump_picture(runtime, pixels, width, height, line + used, dump, context);
        free(pixels);
        if (fflush(stdout) != 0 && status == PV_OK)
            status = pv_fail(PV_ERROR_GENERIC, "cannot write");
    }
    return status;
}

int pv_dump_pictures(const char *program, pv_dump_function dump, const void *context)
{
    pv_model_store *store = NULL;
    pv_runtime *runtime = NULL;
    pv_status status = pv_model_store_open(NULL, NULL, &store);
    if (status == PV_OK)
        status = pv_runtime_create(store, 1, &runtime);
    if (status == PV_OK)
        status = read_all(runtime, dump, context);
    if (status != PV_OK)
        fprintf(stderr, "%s: %s\n", program, pv_error_message());
    pv_runtime_destroy(runtime);
    pv_model_store_close(store);
    return status == PV_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}

bool pv_dump_read_today(const char *program, int argc, char **argv, pv_date *out)
{
    *out = pv_date_today();
    if (argc != 2 || (sscanf(argv[1], "%4d-%2d-%2d", &out->year, &out->month, &out->day) == 3 &&
                      pv_date_is_valid(*out)))
        return true;
    fprintf(stderr, "%s: no date: %s\n", program, argv[1]);
    return false;
}

double pv_dump_milliseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}
