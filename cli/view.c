#include "view.h"

#include <string.h>

#include "internal.h"

double pv_view_number(const json_t *object, const char *key)
{
    return json_number_value(json_object_get(object, key));
}

const char *pv_view_text(const json_t *object, const char *key)
{
    const char *value = json_string_value(json_object_get(object, key));
    return value ? value : "";
}

bool pv_view_read_point(const json_t *object, const char *key, pv_view_point *out)
{
    const json_t *point = json_object_get(object, key);
    *out = (pv_view_point){pv_view_number(point, "x"), pv_view_number(point, "y")};
    return point != NULL;
}

pv_view_box pv_view_face_box(const json_t *face)
{
    const json_t *box = json_object_get(json_object_get(face, "geometry"), "bounding_box");
    pv_view_point from;
    pv_view_point to;
    (void)pv_view_read_point(box, "top_left", &from);
    (void)pv_view_read_point(box, "bottom_right", &to);
    return (pv_view_box){from.x, from.y, to.x, to.y};
}

uint32_t pv_view_traits(const json_t *face)
{
    return (uint32_t)json_integer_value(json_object_get(face, "face_traits_flags"));
}

int pv_view_spoof_status(const json_t *face)
{
    const json_t *status = json_object_get(face, "spoof_status");
    return json_is_integer(status) ? (int)json_integer_value(status) : PV_AS_NOT_PERFORMED;
}

const char *pv_view_liveness(const json_t *face)
{
    switch (pv_view_spoof_status(face)) {
    case PV_AS_NO_SPOOF_DETECTED: return "live";
    case PV_AS_SPOOF_DETECTED: return "not live";
    case PV_AS_INVALID_FACE: return "cannot be checked";
    case PV_AS_NOT_PERFORMED: return "not checked";
    default: return "check failed";
    }
}

bool pv_view_score(const json_t *face, const char *name, double *out)
{
    const json_t *scores = json_object_get(face, "scores");
    for (size_t i = 0; i < json_array_size(scores); i++) {
        const json_t *score = json_array_get(scores, i);
        if (strcmp(pv_view_text(score, "name"), name) != 0)
            continue;
        *out = pv_view_number(score, "value");
        return true;
    }
    return false;
}
