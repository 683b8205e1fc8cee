/* liveness_dump: reads pictures from standard input, each "WIDTH HEIGHT\n" and its RGB pixels, and
 * writes one line of JSON for each: what every measure of liveness says of its foremost face, or
 * {"faces":0}. tools/calibrate_liveness.py calls it. */
#include <math.h>
#include <stdio.h>

#include "dump.h"
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

static pv_status dump(pv_runtime *runtime, pv_image *image, const char *rest, const void *context)
{
    (void)rest;
    (void)context;
    pv_face_list list;
    pv_status status = pv_face_detect(runtime, image, CONFIDENCE_MIN, &list);
    if (status != PV_OK)
        return status;
    pv_face_select(&list, PV_STRATEGY_BEST_CONFIDENCE);
    if (list.count > 0)
        return dump_face(runtime, image, &list.faces[0]);
    printf("{\"faces\":0}\n");
    return PV_OK;
}

int main(void)
{
    return pv_dump_pictures("liveness_dump", dump, NULL);
}
