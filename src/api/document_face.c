/* The face on a document. */
#include <math.h>

#include "api/document.h"
#include "api/judge.h"
#include "api/points.h"
#include "document/orientation.h"

/* How much is shown around the detector's box, by its width and height: hair, ears and neck. */
#define MARGIN_SIDE 0.4F
#define MARGIN_ABOVE 0.5F
#define MARGIN_BELOW 0.35F

static const char advice_no_face[] = "Show the side of the document that has the photograph.";
static const char advice_face_other[] = "Show the photograph on the document clearly.";

/* What to do with the document where its face is refused. */
static const struct {
    uint32_t flags;
    const char *advice;
} texts[] = {
    {PV_FT_FACE_ROTATED_LEFT | PV_FT_FACE_ROTATED_RIGHT, "Turn the document upright."},
    {PV_FT_FACE_TOO_FAR, "Bring the document closer."},
    {PV_FT_IMAGE_BLURR, "Hold the document still, in good light."},
};

static const char *find_advice(uint32_t failing)
{
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (texts[i].flags & failing)
            return texts[i].advice;
    return advice_face_other;
}

typedef struct crop {
    uint8_t *rgb;
    int width;
    int height;
} crop;

/* What is cut out of the page, whole pixels: columns from left to before right, rows alike. */
typedef struct region {
    int left, top, right, bottom;
} region;

static int limited(float value, int most)
{
    return value <= 0.0F ? 0 : value >= (float)most ? most : (int)value;
}

/* The box with its margins, as the face lies, within the page. */
static region find_region(const pv_face *face, int quarters, int width, int height)
{
    float w = face->right - face->left;
    float h = face->bottom - face->top;
    /* left, above, right, below as the face lies; each quarter moves them on by one */
    float across = quarters % 2 ? h : w;
    float along = quarters % 2 ? w : h;
    const float margins[4] = {MARGIN_SIDE * across, MARGIN_ABOVE * along, MARGIN_SIDE * across,
                              MARGIN_BELOW * along};
    float left = face->left - margins[quarters % 4];
    float top = face->top - margins[(quarters + 1) % 4];
    float right = face->right + margins[(quarters + 2) % 4];
    float bottom = face->bottom + margins[(quarters + 3) % 4];
    return (region){limited(left, width - 1), limited(top, height - 1),
                    limited(right + 1.0F, width), limited(bottom + 1.0F, height)};
}

static pv_status cut_out(pv_scan *scan, const pv_face *face, crop *out)
{
    const pv_plane *plane = &scan->page.image.levels[0];
    int quarters = pv_page_quarters_of_face(face);
    region r = find_region(face, quarters, plane->width, plane->height);
    int width = r.right > r.left ? r.right - r.left : 1;
    int height = r.bottom > r.top ? r.bottom - r.top : 1;
    *out = (crop){.width = quarters % 2 ? height : width, .height = quarters % 2 ? width : height};
    out->rgb = pv_arena_take(scan->call->arena, (size_t)width * (size_t)height, 3);
    if (!out->rgb)
        return PV_ERROR_GENERIC;
    const pv_projective shift = {{{1, 0, r.left}, {0, 1, r.top}, {0, 0, 1}}};
    const pv_projective turn = pv_projective_turn_back(quarters, width, height);
    const pv_projective map = pv_projective_compose(&turn, &shift);
    return pv_image_warp_projective(&scan->page.image, &map, out->width, out->height, out->rgb);
}

/* Moves a point of the answer from the page into the picture. */
static bool move_point(const pv_projective *map, json_t *point)
{
    pv_point there =
        pv_projective_apply(map, (pv_point){(float)json_number_value(json_object_get(point, "x")),
                                            (float)json_number_value(json_object_get(point, "y"))});
    return json_object_set_new(point, "x", json_real((double)there.x)) == 0 &&
           json_object_set_new(point, "y", json_real((double)there.y)) == 0;
}

/* The upright box around the box on the page. */
static json_t *move_box(const pv_projective *map, const pv_face *face)
{
    const pv_point corners[4] = {{face->left, face->top},
                                 {face->right, face->top},
                                 {face->right, face->bottom},
                                 {face->left, face->bottom}};
    pv_point least = {INFINITY, INFINITY};
    pv_point most = {-INFINITY, -INFINITY};
    for (int i = 0; i < 4; i++) {
        pv_point p = pv_projective_apply(map, corners[i]);
        least = (pv_point){fminf(least.x, p.x), fminf(least.y, p.y)};
        most = (pv_point){fmaxf(most.x, p.x), fmaxf(most.y, p.y)};
    }
    return json_pack("{s:o, s:o}", "top_left", pv_point_to_json(least), "bottom_right",
                     pv_point_to_json(most));
}

/* The answer's places are those of the caller's picture. */
static bool move_face(const pv_scan *scan, const pv_face *face, json_t *result)
{
    const pv_projective *map = &scan->page.to_picture;
    json_t *geometry = json_object_get(result, "geometry");
    const char *name;
    json_t *point;
    size_t index;
    bool moved = true;
    json_object_foreach(geometry, name, point) if (json_object_get(point, "x")) moved =
        moved && move_point(map, point);
    json_array_foreach(json_object_get(result, "landmarks"), index, point) moved =
        moved && move_point(map, point);
    return moved && json_object_set_new(geometry, "bounding_box", move_box(map, face)) == 0;
}

/* Keeps the faces that pass; returns the flags for which the others do not. */
static uint32_t sift(const pv_call *call, pv_face_list *faces, pv_judgement *judgements)
{
    uint32_t failing = 0;
    size_t kept = 0;
    for (size_t i = 0; i < faces->count; i++) {
        uint32_t flags = pv_judge_failing(call, call->operation, &judgements[i]);
        failing |= flags;
        if (flags)
            continue;
        faces->faces[kept] = faces->faces[i];
        judgements[kept++] = judgements[i];
    }
    faces->count = kept;
    return failing;
}

static pv_status show_first(pv_scan *scan, const pv_scan_output *output, json_t *result)
{
    crop picture;
    pv_status status = cut_out(scan, &scan->faces.faces[0], &picture);
    if (status != PV_OK)
        return status;
    if (json_object_set_new(result, "cropped_image_info",
                            pv_call_image_info(picture.width, picture.height)) != 0)
        return pv_fail(PV_ERROR_GENERIC, "out of memory for the answer");
    return pv_call_hand_out(picture.rgb, picture.width, picture.height, output->face,
                            output->face_length);
}

pv_status pv_scan_report_faces(pv_scan *scan, const pv_scan_output *output, const char **advice)
{
    pv_call *call = scan->call;
    pv_judgement *judgements;
    json_t *array = json_array();
    pv_status status = pv_call_add(call, "faces", array);
    if (status == PV_OK)
        status = pv_scan_find_faces(scan);
    if (status != PV_OK)
        return status;
    if (scan->faces.count == 0) {
        *advice = advice_no_face;
        return PV_OK;
    }
    status = pv_judge_faces(call, &scan->page.image, &scan->faces, &judgements);
    if (status != PV_OK)
        return status;
    uint32_t failing = sift(call, &scan->faces, judgements);
    if (scan->faces.count == 0) {
        *advice = find_advice(failing);
        return PV_OK;
    }
    status = pv_judgements_to_json(call, &scan->page.image, &scan->faces, judgements, array);
    for (size_t i = 0; i < scan->faces.count && status == PV_OK; i++)
        if (!move_face(scan, &scan->faces.faces[i], json_array_get(array, i)))
            status = pv_fail(PV_ERROR_GENERIC, "out of memory for the answer");
    return status == PV_OK ? show_first(scan, output, json_array_get(array, 0)) : status;
}
