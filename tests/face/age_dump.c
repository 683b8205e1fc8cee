/* age_dump: reads pictures from standard input, each "WIDTH HEIGHT\n" and its RGB pixels, and
 * writes one line of JSON for each: what pv_age_look() sees in its foremost face and what
 * pv_age_judge() makes of it, or {"faces":0}. tools/calibrate_age.py calls it. */
#include <stdio.h>

#include "dump.h"
#include "face/age.h"
#include "face/detect.h"
#include "face/select.h"

#define CONFIDENCE_MIN 0.1F

static void print_net(const pv_age_facts *facts, pv_age_net_id net, const char *name)
{
    if (facts->present[net])
        printf(",\"%s\":[%.4f,%.4f]", name, facts->years[net][0], facts->years[net][1]);
}

static pv_status dump(pv_runtime *runtime, pv_image *image, const char *rest, const void *context)
{
    (void)rest;
    (void)context;
    pv_face_list list;
    pv_age_facts facts;
    pv_status status = pv_face_detect(runtime, image, CONFIDENCE_MIN, &list);
    if (status != PV_OK)
        return status;
    pv_face_select(&list, PV_STRATEGY_HYBRID);
    if (list.count == 0) {
        printf("{\"faces\":0}\n");
        return PV_OK;
    }
    status = pv_age_look(runtime, image, &list.faces[0], &facts);
    if (status != PV_OK)
        return status;
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
    return PV_OK;
}

int main(void)
{
    return pv_dump_pictures("age_dump", dump, NULL);
}
