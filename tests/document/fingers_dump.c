/* fingers_dump: reads rectified documents from standard input, each "WIDTH HEIGHT\n" and its RGB
 * pixels, and writes one line for each: the covered share and its measure.
 * training/fingers/measure.py calls it. */
#include <stdio.h>

#include "document/fingers.h"
#include "dump.h"

static pv_status dump(pv_runtime *runtime, pv_image *page, const char *rest, const void *context)
{
    (void)rest;
    (void)context;
    float share;
    pv_status status = pv_fingers_cover(runtime, page, &share);
    if (status == PV_OK)
        printf("%.5f %.4f\n", (double)share, (double)pv_fingers_scale(share));
    return status;
}

int main(void)
{
    return pv_dump_pictures("fingers_dump", dump, NULL);
}
