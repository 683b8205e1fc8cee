#include "face/liveness_crop.h"

#include <math.h>
#include <string.h>

pv_square pv_face_square(const pv_face *face, double scale)
{
    double width = (double)face->right - face->left;
    double height = (double)face->bottom - face->top;
    return (pv_square){.x = ((double)face->left + face->right) / 2,
                       .y = ((double)face->top + face->bottom) / 2,
                       .side = scale * sqrt(fmax(width * height, 1.0))};
}

/* For each place along a side of the target the place whose content it shows: itself, or, beyond
 * the picture's border, its mirror image there. step, start: the source is start + step * place. */
static void mirror_places(double step, double start, int source_size, int side, int *places)
{
    int first = side;
    int last = -1;
    for (int i = 0; i < side; i++) {
        double at = start + step * i;
        if (at >= 0.0 && at <= source_size - 1.0) {
            first = i < first ? i : first;
            last = i;
        }
    }
    for (int i = 0; i < side; i++) {
        places[i] = i;
        if (last < 0)
            continue; /* nothing of the picture: the replicated border stays */
        double at = start + step * i;
        if (at < 0.0)
            at = -at;
        else if (at > source_size - 1.0)
            at = 2.0 * (source_size - 1.0) - at;
        else
            continue;
        double place = fmin(fmax(round((at - start) / step), first), last);
        places[i] = (int)place;
    }
}

static void exchange(float *plane, int side, const int *columns, const int *rows, float *line)
{
    size_t width = (size_t)side;
    for (int y = 0; y < side; y++) {
        float *row = plane + (size_t)y * width;
        memcpy(line, row, width * sizeof *line);
        for (int x = 0; x < side; x++)
            row[x] = line[columns[x]];
    }
    for (int y = 0; y < side; y++)
        if (rows[y] != y)
            memcpy(plane + (size_t)y * width, plane + (size_t)rows[y] * width,
                   width * sizeof *line);
}

pv_status pv_square_crop(pv_image *image, const pv_square *square, int side, bool blue_first,
                         float *out)
{
    double step = square->side / side;
    double half = (side - 1) / 2.0 * step;
    pv_affine map = {.xx = step, .x0 = square->x - half, .yy = step, .y0 = square->y - half};
    const pv_planar target = {.data = out,
                              .width = side,
                              .height = side,
                              .blue_first = blue_first,
                              .scale = 1.0F,
                              .border = PV_BORDER_REPLICATE};
    pv_status status = pv_image_warp(image, &map, &target);
    int *columns = pv_arena_take(image->arena, 2 * (size_t)side, sizeof *columns);
    float *line = pv_arena_take(image->arena, (size_t)side, sizeof *line);
    if (!columns || !line)
        return PV_ERROR_GENERIC;
    int *rows = columns + side;
    mirror_places(map.xx, map.x0, image->levels[0].width, side, columns);
    mirror_places(map.yy, map.y0, image->levels[0].height, side, rows);
    for (size_t plane = 0; plane < 3 && status == PV_OK; plane++)
        exchange(out + plane * (size_t)side * (size_t)side, side, columns, rows, line);
    return status;
}
