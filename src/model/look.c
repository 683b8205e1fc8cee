#include "model/look.h"

#include <string.h>

pv_status pv_model_look(pv_runtime *runtime, const char *id, pv_image *image, const pv_affine *map,
                        const pv_planar *how, float *out, size_t count)
{
    const size_t shape[] = {1, 3, (size_t)how->height, (size_t)how->width};
    pv_planar target = *how;
    pv_model *model;
    pv_inference *inference;
    pv_status status = pv_runtime_model(runtime, id, &model);
    if (status == PV_OK)
        status = pv_inference_begin(model, shape, 4, &inference, &target.data);
    if (status != PV_OK)
        return status;
    const float *data = NULL;
    size_t size = 0;
    status = pv_image_warp(image, map, &target);
    if (status == PV_OK)
        status = pv_inference_run(inference);
    if (status == PV_OK)
        status = pv_inference_output(inference, NULL, &data, &size);
    if (status == PV_OK && size != count)
        status = pv_fail(PV_ERROR_GENERIC, "model %s: %zu values instead of %zu", id, size, count);
    if (status == PV_OK)
        memcpy(out, data, count * sizeof *out);
    pv_inference_end(inference);
    return status;
}
