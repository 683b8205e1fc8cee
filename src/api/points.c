#include "api/points.h"

json_t *pv_point_to_json(pv_point point)
{
    return json_pack("{s:f, s:f}", "x", (double)point.x, "y", (double)point.y);
}

static bool add_point(json_t *geometry, const char *name, const pv_point *point)
{
    return json_object_set_new(geometry, name, pv_point_to_json(*point)) == 0;
}

static bool add_landmarks(const pv_landmarks *landmarks, json_t *result)
{
    json_t *array = json_array();
    for (size_t i = 0; i < PV_LANDMARKS; i++) {
        const pv_point3 *point = &landmarks->points[i];
        if (json_array_append_new(array, json_pack("{s:f, s:f, s:f}", "x", (double)point->x, "y",
                                                   (double)point->y, "z", (double)point->z)) != 0) {
            json_decref(array);
            return false;
        }
    }
    return json_object_set_new(result, "landmarks", array) == 0;
}

bool pv_points_add(const pv_face *face, const pv_facts *facts, json_t *result)
{
    json_t *geometry = json_object_get(result, "geometry");
    if (!add_point(geometry, "nose", &face->points[PV_POINT_NOSE]) ||
        !add_point(geometry, "mouth_left", &face->points[PV_POINT_MOUTH_LEFT]) ||
        !add_point(geometry, "mouth_right", &face->points[PV_POINT_MOUTH_RIGHT]))
        return false;
    if (!facts->landmarks || !facts->landmarks_believed)
        return true;
    return add_landmarks(facts->landmarks, result);
}
