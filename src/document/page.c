#include "document/page.h"

#include <math.h>
#include <string.h>

/* Focal lengths by the picture's diagonal: what the lenses of telephones and cameras have, from
 * wide to long, and the ordinary one. */
#define FOCAL_LEAST 0.5
#define FOCAL_MOST 2.5
#define FOCAL_USUAL 0.8
/* Where one pair of sides looks more parallel than this, the focal length would follow from errors
 * of the corners. */
#define RECESSION_LEAST 0.05
/* Longer by shorter side: 10 % beyond the formats' own. */
#define ASPECT_LEAST 1.29
#define ASPECT_MOST 1.75

/* Longer and shorter side at 300 dots an inch. */
static const struct {
    const char *name;
    double millimetres[2];
    int pixels[2];
} formats[PV_PAGE_FORMATS] = {
    [PV_PAGE_ID1] = {"ID-1", {85.60, 53.98}, {1011, 638}},
    [PV_PAGE_ID2] = {"ID-2", {105.0, 74.0}, {1240, 874}},
    [PV_PAGE_ID3] = {"ID-3", {125.0, 88.0}, {1476, 1039}},
};

void pv_page_size(pv_page_format format, int *longer, int *shorter)
{
    *longer = formats[format].pixels[0];
    *shorter = formats[format].pixels[1];
}

const char *pv_page_format_name(pv_page_format format)
{
    return formats[format].name;
}

/* Homogeneous points of the picture, with the middle as origin and the diagonal as unit. */
typedef struct vector {
    double x, y, z;
} vector;

static vector cross(vector a, vector b)
{
    return (vector){a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x};
}

static double dot(vector a, vector b)
{
    return a.x * b.x + a.y * b.y + a.z * b.z;
}

/* scale * a - b: the direction of one side of the rectangle, as the camera sees it. */
static vector side(double scale, vector a, vector b)
{
    return (vector){scale * a.x - b.x, scale * a.y - b.y, scale * a.z - b.z};
}

/* How much nearer one end of the side is than the other. */
static double recession(vector v)
{
    return fabs(v.z) / hypot(v.x, v.y);
}

/* The square of the focal length by the diagonal: the two sides are at right angles in space. */
static double focal_square(vector across, vector down)
{
    double square = -(across.x * down.x + across.y * down.y) / (across.z * down.z);
    bool told = fmin(recession(across), recession(down)) > RECESSION_LEAST &&
                square > FOCAL_LEAST * FOCAL_LEAST && square < FOCAL_MOST * FOCAL_MOST;
    return told ? square : FOCAL_USUAL * FOCAL_USUAL;
}

static double length_square(vector v, double focal)
{
    return (v.x * v.x + v.y * v.y) / focal + v.z * v.z;
}

static double from_perspective(const pv_point corners[4], int width, int height)
{
    double diagonal = hypot(width, height);
    vector m[4];
    for (int i = 0; i < 4; i++)
        m[i] = (vector){(corners[i].x - (width - 1) / 2.0) / diagonal,
                        (corners[i].y - (height - 1) / 2.0) / diagonal, 1.0};
    vector diagonal_line = cross(m[0], m[2]);
    double k_across = dot(diagonal_line, m[3]) / dot(cross(m[1], m[2]), m[3]);
    double k_down = dot(diagonal_line, m[1]) / dot(cross(m[3], m[2]), m[1]);
    vector across = side(k_across, m[1], m[0]);
    vector down = side(k_down, m[3], m[0]);
    double focal = focal_square(across, down);
    return sqrt(length_square(across, focal) / length_square(down, focal));
}

static double between(pv_point a, pv_point b)
{
    return hypot((double)b.x - a.x, (double)b.y - a.y);
}

double pv_page_aspect(const pv_point corners[4], int width, int height)
{
    double aspect = from_perspective(corners, width, height);
    double longer = fmax(aspect, 1.0 / aspect);
    if (longer > ASPECT_LEAST && longer < ASPECT_MOST)
        return aspect;
    return (between(corners[0], corners[1]) + between(corners[3], corners[2])) /
           (between(corners[0], corners[3]) + between(corners[1], corners[2]));
}

static double format_aspect(pv_page_format format)
{
    return formats[format].millimetres[0] / formats[format].millimetres[1];
}

pv_page_format pv_page_guess_format(double aspect)
{
    double longer = aspect < 1.0 ? 1.0 / aspect : aspect;
    double border = sqrt(format_aspect(PV_PAGE_ID1) * format_aspect(PV_PAGE_ID3));
    return longer > border ? PV_PAGE_ID1 : PV_PAGE_ID3;
}

static pv_status open_pixels(uint8_t *rgb, int width, int height, pv_arena *arena, pv_image *out)
{
    return pv_image_open("page", rgb, width, height, PV_FORMAT_RGB, arena, out);
}

pv_status pv_page_make(pv_image *picture, const pv_point corners[4], pv_page_format format,
                       pv_page *out)
{
    const pv_plane *plane = &picture->levels[0];
    int width;
    int height;
    memset(out, 0, sizeof *out);
    out->format = format;
    out->portrait = pv_page_aspect(corners, plane->width, plane->height) < 1.0;
    pv_page_size(format, &width, &height);
    if (out->portrait)
        pv_page_size(format, &height, &width);
    memcpy(out->corners, corners, sizeof out->corners);
    /* the corners are where the outermost pixels end */
    const float right = (float)width - 0.5F;
    const float bottom = (float)height - 0.5F;
    const pv_point own[4] = {{-0.5F, -0.5F}, {right, -0.5F}, {right, bottom}, {-0.5F, bottom}};
    pv_status status = pv_projective_fit(own, corners, &out->to_picture);
    if (status != PV_OK)
        return status;
    uint8_t *rgb = pv_arena_take(picture->arena, (size_t)width * (size_t)height, 3);
    if (!rgb)
        return PV_ERROR_GENERIC;
    status = pv_image_warp_projective(picture, &out->to_picture, width, height, rgb);
    return status == PV_OK ? open_pixels(rgb, width, height, picture->arena, &out->image) : status;
}

/* Where the pixel (x, y) of the turned page stands in the other, of width x height. */
static size_t source_of(int quarters, int x, int y, int width, int height)
{
    switch (quarters) {
    case 1: return (size_t)(height - 1 - x) * (size_t)width + (size_t)y;
    case 2: return (size_t)(height - 1 - y) * (size_t)width + (size_t)(width - 1 - x);
    case 3: return (size_t)x * (size_t)width + (size_t)(width - 1 - y);
    default: return (size_t)y * (size_t)width + (size_t)x;
    }
}

pv_status pv_page_turn(const pv_page *page, int quarters, pv_page *out)
{
    const pv_plane *plane = &page->image.levels[0];
    int turn = ((quarters % 4) + 4) % 4;
    int width = turn % 2 ? plane->height : plane->width;
    int height = turn % 2 ? plane->width : plane->height;
    if (turn == 0) {
        *out = *page;
        return PV_OK;
    }
    uint8_t *rgb = pv_arena_take(page->image.arena, (size_t)width * (size_t)height, 3);
    if (!rgb)
        return PV_ERROR_GENERIC;
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++)
            memcpy(rgb + 3 * ((size_t)y * (size_t)width + (size_t)x),
                   plane->pixels + 3 * source_of(turn, x, y, plane->width, plane->height), 3);
    const pv_projective map = pv_projective_turn_back(turn, plane->width, plane->height);
    pv_page turned = {.format = page->format,
                      .portrait = turn % 2 ? !page->portrait : page->portrait};
    turned.to_picture = pv_projective_compose(&map, &page->to_picture);
    for (int i = 0; i < 4; i++)
        turned.corners[i] = page->corners[(i + 4 - turn) % 4];
    pv_status status = open_pixels(rgb, width, height, page->image.arena, &turned.image);
    if (status == PV_OK)
        *out = turned;
    return status;
}
