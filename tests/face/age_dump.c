/* age_dump: reads pictures from standard input, each "WIDTH HEIGHT\n" and its RGB pixels, and
 * writes one line of JSON for each: what pv_age_look() sees in its foremost face and what
 * pv_age_judge() makes of it, or {"faces":0}. tools/calibrate_age.py calls it. */
#include <stdio.h>
#include <stdlib.h>

#include "face/age.h"
#include "face/detect.h"
#include "face/select.h"

#define CONFIDENCE_MIN 0.1F

static void print_net(const pv_age_facts *facts, pv_age_net_id net, const char *name)
{
    if (facts->present[net])
        printf(",\"%s\":[%.4f,%.4f]", name, facts->years[net][0], facts->years[net][1]);
}

static pv_status dump(pv_runtime *runtime, const uint8_t *pixels, int width, int height)
{
    pv_arena *arena;
    pv_image image;
    pv_face_list list;
    pv_age_facts facts;
    pv_status status = pv_arena_create(&arena);
    if (status != PV_OK)
        return status;
    status = pv_image_open("picture", pixels, width, height, PV_FORMAT_RGB, arena, &image);
    if (status == PV_OK)
        status = pv_face_detect(runtime, &image, CONFIDENCE_MIN, &list);
    if (status != PV_OK)
        goto out;
    pv_face_select(&list, PV_STRATEGY_HYBRID);
    if (list.count == 0) {
        printf("{\"faces\":0}\n");
        goto out;
    }
    status = pv_age_look(runtime, &image, &list.faces[0], &facts);
    if (status != PV_OK)
        goto out;
    printf("{\"faces\":1,\"class_spread\":%.4f,\"size\":%.3f,\"outside\":%.4f", facts.class_spread,
           facts.size, facts.outside);
    print_net(&facts, PV_AGE_V1, "age_v1");
    print_net(&facts, PV_AGE_XCEPTION, "age_xception");
    for (int use = 0; use < 2; use++) {
        pv_age age = pv_age_judge(&facts, use == 1);
        printf(",\"%s\":[%.4f,%.5f,%.4f]", use ? "by_spread" : "by_age", age.years, age.confidence,
               age.deviation);
    }
    printf("}\n");
out:
    pv_arena_destroy(arena);
    return status;
}

int main(void)
{
    pv_model_store *store = NULL;
    pv_runtime *runtime = NULL;
    pv_status status = pv_model_store_open(NULL, NULL, &store);
    if (status == PV_OK)
        status = pv_runtime_create(store, 1, &runtime);
    char line[64];
    int width;
    int height;
    while (status == PV_OK && fgets(line, sizeof line, stdin)) {
        if (sscanf(line, "%d %d", &width, &height) != 2 || width < 1 || height < 1) {
            status = pv_fail(PV_ERROR_ARGUMENT, "not a size: %s", line);
            break;
        }
        size_t size = 3 * (size_t)width * (size_t)height;
        uint8_t *pixels = malloc(size);
        if (!pixels || fread(pixels, 1, size, stdin) != size)
            status = pv_fail(PV_ERROR_ARGUMENT, "the picture ends early");
        else
            status = dump(runtime, pixels, width, height);
        free(pixels);
        if (fflush(stdout) != 0 && status == PV_OK)
            status = pv_fail(PV_ERROR_GENERIC, "cannot write");
    }
    if (status != PV_OK)
        fprintf(stderr, "age_dump: %s\n", pv_error_message());
    pv_runtime_destroy(runtime);
    pv_model_store_close(store);
    return status == PV_OK ? 0 : 1;
}
