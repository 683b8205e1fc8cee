/* corners_dump: reads pictures from standard input, each "WIDTH HEIGHT\n" and its RGB pixels, and
 * writes one line of JSON for each: where pv_corners_find() sees a document, how surely, what that
 * was blended from, and how long it took. tools/measure_corners.py calls it. */
#include <stdio.h>

#include "document/corners_internal.h"
#include "dump.h"

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

static pv_status dump(pv_runtime *runtime, pv_image *image, const char *rest, const void *context)
{
    (void)rest;
    (void)context;
    pv_corner_evidence evidence;
    bool found = false;
    double start = pv_dump_milliseconds();
    pv_status status = pv_corners_search(runtime, image, &found, &evidence);
    if (status != PV_OK)
        return status;
    printf("{\"found\":%s,\"milliseconds\":%.2f", found ? "true" : "false",
           pv_dump_milliseconds() - start);
    if (found)
        write_evidence(&evidence, image->levels[0].width, image->levels[0].height);
    printf("}\n");
    return PV_OK;
}

int main(void)
{
    return pv_dump_pictures("corners_dump", dump, NULL);
}
