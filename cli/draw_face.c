/* What is drawn on a face itself. */
#include <math.h>

#include "draw_internal.h"
#include "internal.h"

#define RADIANS (3.14159265358979323846 / 180.0)
/* Of the box's width. */
#define AXIS_LENGTH 0.4
#define RING_RADIUS 0.022

pv_colour pv_draw_colour(const json_t *face)
{
    int status = pv_view_spoof_status(face);
    if (status != PV_AS_NO_SPOOF_DETECTED && status != PV_AS_NOT_PERFORMED)
        return (pv_colour){1.0, 0.25, 0.2};
    if (pv_view_traits(face) != 0)
        return (pv_colour){1.0, 0.75, 0.1};
    return (pv_colour){0.3, 0.9, 0.4};
}

void pv_draw_stroke(const pv_canvas *canvas, pv_colour colour, double width)
{
    cairo_set_source_rgba(canvas->cairo, 0, 0, 0, 0.45);
    cairo_set_line_width(canvas->cairo, width * 2);
    cairo_stroke_preserve(canvas->cairo);
    cairo_set_source_rgb(canvas->cairo, colour.red, colour.green, colour.blue);
    cairo_set_line_width(canvas->cairo, width);
    cairo_stroke(canvas->cairo);
}

static void draw_box(const pv_canvas *canvas, const json_t *face)
{
    pv_view_box box = pv_view_face_box(face);
    double zoom = canvas->zoom;
    cairo_new_path(canvas->cairo);
    cairo_rectangle(canvas->cairo, box.left * zoom, box.top * zoom, (box.right - box.left) * zoom,
                    (box.bottom - box.top) * zoom);
    pv_draw_stroke(canvas, pv_draw_colour(face), canvas->font / 7);
}

/* Rings, so that what lies inside stays to be seen. */
static void draw_points(const pv_canvas *canvas, const json_t *face, double width)
{
    static const char *const names[] = {"eye_right", "eye_left", "nose", "mouth_right",
                                        "mouth_left"};
    const json_t *geometry = json_object_get(face, "geometry");
    double radius = fmax(width * RING_RADIUS, 2.0);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        pv_view_point point;
        if (!pv_view_read_point(geometry, names[i], &point))
            continue;
        cairo_new_path(canvas->cairo);
        cairo_arc(canvas->cairo, point.x * canvas->zoom, point.y * canvas->zoom, radius, 0,
                  360 * RADIANS);
        pv_draw_stroke(canvas, (pv_colour){1.0, 0.95, 0.2}, fmax(radius / 4, 0.7));
    }
}

/* Where the axes of a head point to in the picture (y down), by the angles as face/pose.h signs
 * them: x to the person's left, y to the crown, z out of the face. */
static void project_axes(double yaw, double pitch, double roll, pv_view_point axes[3])
{
    const pv_view_point upright[3] = {
        {cos(yaw), 0}, {sin(yaw) * sin(pitch), -cos(pitch)}, {sin(yaw) * cos(pitch), sin(pitch)}};
    for (int i = 0; i < 3; i++) {
        axes[i].x = cos(roll) * upright[i].x + sin(roll) * upright[i].y;
        axes[i].y = cos(roll) * upright[i].y - sin(roll) * upright[i].x;
    }
}

static void draw_pose(const pv_canvas *canvas, const json_t *face, double width)
{
    static const pv_colour colours[3] = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}};
    double yaw;
    double pitch;
    double roll;
    pv_view_point nose;
    pv_view_point axes[3];
    if (!pv_view_score(face, "yaw", &yaw) || !pv_view_score(face, "pitch", &pitch) ||
        !pv_view_score(face, "roll", &roll) ||
        !pv_view_read_point(json_object_get(face, "geometry"), "nose", &nose))
        return;
    project_axes(yaw * RADIANS, pitch * RADIANS, roll * RADIANS, axes);
    cairo_set_line_cap(canvas->cairo, CAIRO_LINE_CAP_ROUND);
    for (int i = 0; i < 3; i++) {
        double x = nose.x * canvas->zoom;
        double y = nose.y * canvas->zoom;
        cairo_new_path(canvas->cairo);
        cairo_move_to(canvas->cairo, x, y);
        cairo_line_to(canvas->cairo, x + axes[i].x * width * AXIS_LENGTH,
                      y + axes[i].y * width * AXIS_LENGTH);
        pv_draw_stroke(canvas, colours[i], fmax(width / 90, 1.2));
    }
    cairo_set_line_cap(canvas->cairo, CAIRO_LINE_CAP_BUTT);
}

void pv_draw_face(const pv_canvas *canvas, const json_t *face)
{
    pv_view_box box = pv_view_face_box(face);
    double width = (box.right - box.left) * canvas->zoom;
    pv_draw_landmarks(canvas, face);
    draw_box(canvas, face);
    draw_points(canvas, face, width);
    draw_pose(canvas, face, width);
}
