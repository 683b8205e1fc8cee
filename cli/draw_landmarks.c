/* The dense landmarks: every point where there is room for them, else the outlines alone, so that
 * the face stays to be seen. */
#include <math.h>

#include "draw_internal.h"

/* Pixels of the canvas; below it dots would hide the face. */
#define DOTS_FACE_WIDTH 150.0

/* Outlines in the numbering of the canonical face mesh; each ends with -1, or with -2 where it is
 * closed. */
static const short outlines[] = {
    /* face */
    10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152,
    148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109, -2,
    /* right eye, left eye */
    33, 246, 161, 160, 159, 158, 157, 173, 133, 155, 154, 153, 145, 144, 163, 7, -2, 263, 466, 388,
    387, 386, 385, 384, 398, 362, 382, 381, 380, 374, 373, 390, 249, -2,
    /* right brow, left brow */
    70, 63, 105, 66, 107, -1, 300, 293, 334, 296, 336, -1,
    /* lips, outside and inside */
    61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291, 375, 321, 405, 314, 17, 84, 181, 91, 146, -2,
    78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308, 324, 318, 402, 317, 14, 87, 178, 88, 95, -2,
    /* bridge of the nose */
    168, 6, 197, 195, 5, 4, -1,
    /* irises */
    469, 470, 471, 472, -2, 474, 475, 476, 477, -2};

static pv_view_point point_at(const pv_canvas *canvas, const json_t *landmarks, size_t index)
{
    const json_t *point = json_array_get(landmarks, index);
    return (pv_view_point){pv_view_number(point, "x") * canvas->zoom,
                           pv_view_number(point, "y") * canvas->zoom};
}

static void trace_outlines(const pv_canvas *canvas, const json_t *landmarks)
{
    cairo_new_path(canvas->cairo);
    for (size_t i = 0; i < sizeof outlines / sizeof *outlines; i++) {
        if (outlines[i] < 0) {
            if (outlines[i] == -2)
                cairo_close_path(canvas->cairo);
            cairo_new_sub_path(canvas->cairo);
            continue;
        }
        pv_view_point point = point_at(canvas, landmarks, (size_t)outlines[i]);
        cairo_line_to(canvas->cairo, point.x, point.y);
    }
}

static void draw_dots(const pv_canvas *canvas, const json_t *landmarks, double radius)
{
    cairo_new_path(canvas->cairo);
    for (size_t i = 0; i < json_array_size(landmarks); i++) {
        pv_view_point point = point_at(canvas, landmarks, i);
        cairo_new_sub_path(canvas->cairo);
        cairo_arc(canvas->cairo, point.x, point.y, radius, 0, 2 * 3.14159265358979323846);
    }
    cairo_set_source_rgba(canvas->cairo, 0.6, 0.95, 1.0, 0.85);
    cairo_fill(canvas->cairo);
}

void pv_draw_landmarks(const pv_canvas *canvas, const json_t *face)
{
    const json_t *landmarks = json_object_get(face, "landmarks");
    pv_view_box box = pv_view_face_box(face);
    double width = (box.right - box.left) * canvas->zoom;
    if (!landmarks)
        return;
    trace_outlines(canvas, landmarks);
    cairo_set_source_rgba(canvas->cairo, 0.6, 0.95, 1.0, 0.6);
    cairo_set_line_width(canvas->cairo, fmin(fmax(width / 300, 0.6), canvas->font / 8));
    cairo_stroke(canvas->cairo);
    if (width >= DOTS_FACE_WIDTH)
        draw_dots(canvas, landmarks, fmax(width / 260, 0.7));
}
