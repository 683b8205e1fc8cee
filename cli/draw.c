#include "draw.h"

#include <errno.h>
#include <fontconfig/fontconfig.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "draw_internal.h"

/* The longer side of a picture is enlarged to at least this, so that the text can be read. */
#define LEAST_SIDE 640
#define FONT_SHARE (1.0 / 56.0) /* of the longer side */
#define LEAST_FONT 12.0

static pv_status fail_cairo(cairo_status_t status)
{
    return pv_fail(PV_ERROR_GENERIC, "drawing: %s", cairo_status_to_string(status));
}

static cairo_surface_t *surface_of_picture(const pv_picture *picture, bool is_bgr)
{
    cairo_surface_t *surface =
        cairo_image_surface_create(CAIRO_FORMAT_RGB24, picture->width, picture->height);
    uint8_t *data = cairo_image_surface_get_data(surface);
    if (!data)
        return surface; /* its status says why */
    size_t stride = (size_t)cairo_image_surface_get_stride(surface);
    size_t channels = (size_t)picture->channels;
    size_t width = (size_t)picture->width;
    size_t red = is_bgr ? 2 : 0;
    for (size_t y = 0; y < (size_t)picture->height; y++) {
        uint32_t *row = (uint32_t *)(void *)(data + y * stride);
        const uint8_t *from = picture->pixels + y * width * channels;
        for (size_t x = 0; x < width; x++, from += channels)
            row[x] = (uint32_t)from[red] << 16 | (uint32_t)from[1] << 8 | from[2 - red];
    }
    cairo_surface_mark_dirty(surface);
    return surface;
}

static void prepare_text(const pv_canvas *canvas)
{
    cairo_select_font_face(canvas->cairo, "sans-serif", CAIRO_FONT_SLANT_NORMAL,
                           CAIRO_FONT_WEIGHT_BOLD);
    cairo_set_font_size(canvas->cairo, canvas->font);
}

/* The size of what is drawn follows the picture's. */
static pv_canvas canvas_of(const pv_picture *picture)
{
    int longer = picture->width > picture->height ? picture->width : picture->height;
    int zoom = (LEAST_SIDE + longer - 1) / longer;
    return (pv_canvas){.zoom = zoom,
                       .width = (double)picture->width * zoom,
                       .height = (double)picture->height * zoom,
                       .font = fmax(LEAST_FONT, round(longer * zoom * FONT_SHARE))};
}

static pv_status place_labels(pv_canvas *canvas, const json_t *answer, bool is_scan,
                              pv_label **labels, size_t *count, double *height)
{
    cairo_surface_t *scratch = cairo_image_surface_create(CAIRO_FORMAT_RGB24, 1, 1);
    canvas->cairo = cairo_create(scratch);
    prepare_text(canvas);
    pv_status status = pv_labels_make(canvas, answer, is_scan, labels, count, height);
    cairo_destroy(canvas->cairo);
    cairo_surface_destroy(scratch);
    canvas->cairo = NULL;
    return status;
}

static void paint_picture(const pv_canvas *canvas, cairo_surface_t *picture)
{
    cairo_set_source_rgb(canvas->cairo, 0.16, 0.16, 0.18);
    cairo_paint(canvas->cairo);
    cairo_save(canvas->cairo);
    cairo_rectangle(canvas->cairo, 0, 0, canvas->width, canvas->height);
    cairo_clip(canvas->cairo);
    cairo_scale(canvas->cairo, canvas->zoom, canvas->zoom);
    cairo_set_source_surface(canvas->cairo, picture, 0, 0);
    cairo_pattern_set_filter(cairo_get_source(canvas->cairo),
                             canvas->zoom > 1 ? CAIRO_FILTER_BILINEAR : CAIRO_FILTER_NEAREST);
    cairo_pattern_set_extend(cairo_get_source(canvas->cairo), CAIRO_EXTEND_PAD);
    cairo_paint(canvas->cairo);
    cairo_restore(canvas->cairo);
}

/* What reaches beyond the picture is cut off, so that the strip stays readable. */
static void paint_answer(const pv_canvas *canvas, const json_t *answer)
{
    const json_t *faces = json_object_get(answer, "faces");
    cairo_save(canvas->cairo);
    cairo_rectangle(canvas->cairo, 0, 0, canvas->width, canvas->height);
    cairo_clip(canvas->cairo);
    pv_draw_outlines(canvas, answer);
    for (size_t i = 0; i < json_array_size(faces); i++)
        pv_draw_face(canvas, json_array_get(faces, i));
    cairo_restore(canvas->cairo);
}

static cairo_status_t write_bytes(void *file, const unsigned char *data, unsigned int length)
{
    return fwrite(data, 1, length, file) == length ? CAIRO_STATUS_SUCCESS
                                                   : CAIRO_STATUS_WRITE_ERROR;
}

static pv_status write_file(cairo_surface_t *surface, const char *path)
{
    FILE *file = fopen(path, "wb");
    if (!file)
        return pv_fail(PV_ERROR_ARGUMENT, "%s: %s", path, strerror(errno));
    errno = 0;
    cairo_status_t status = cairo_surface_write_to_png_stream(surface, write_bytes, file);
    int reason = errno;
    if (fclose(file) != 0 && status == CAIRO_STATUS_SUCCESS) {
        reason = errno;
        status = CAIRO_STATUS_WRITE_ERROR;
    }
    if (status == CAIRO_STATUS_SUCCESS)
        return PV_OK;
    return pv_fail(PV_ERROR_GENERIC, "%s: %s", path,
                   reason != 0 ? strerror(reason) : cairo_status_to_string(status));
}

static pv_status draw(pv_canvas *canvas, cairo_surface_t *picture, const json_t *answer,
                      const pv_label *labels, size_t label_count, double label_height,
                      const char *path)
{
    double height = canvas->strip > 0 ? fmax(canvas->height, label_height) : canvas->height;
    cairo_surface_t *surface = cairo_image_surface_create(
        CAIRO_FORMAT_RGB24, (int)(canvas->width + canvas->strip), (int)height);
    canvas->cairo = cairo_create(surface);
    prepare_text(canvas);
    paint_picture(canvas, picture);
    paint_answer(canvas, answer);
    pv_labels_draw(canvas, labels, label_count);
    cairo_status_t drawn = cairo_status(canvas->cairo);
    cairo_surface_flush(surface);
    pv_status status =
        drawn == CAIRO_STATUS_SUCCESS ? write_file(surface, path) : fail_cairo(drawn);
    cairo_destroy(canvas->cairo);
    cairo_surface_destroy(surface);
    return status;
}

static pv_status draw_answer(const pv_picture *picture, bool is_bgr, const json_t *answer,
                             bool is_scan, const char *path)
{
    pv_canvas canvas = canvas_of(picture);
    pv_label *labels = NULL;
    size_t count = 0;
    double height = 0;
    cairo_surface_t *surface = surface_of_picture(picture, is_bgr);
    cairo_status_t made = cairo_surface_status(surface);
    pv_status status = made == CAIRO_STATUS_SUCCESS ? PV_OK : fail_cairo(made);
    if (status == PV_OK)
        status = place_labels(&canvas, answer, is_scan, &labels, &count, &height);
    if (status == PV_OK)
        status = draw(&canvas, surface, answer, labels, count, height, path);
    cairo_surface_destroy(surface);
    free(labels);
    /* Fonts are kept for the process; leak checkers would name them. */
    cairo_debug_reset_static_data();
    FcFini();
    return status;
}

pv_status pv_draw_faces(const pv_picture *picture, bool is_bgr, const json_t *answer,
                        const char *path)
{
    return draw_answer(picture, is_bgr, answer, false, path);
}

pv_status pv_draw_document(const pv_picture *picture, bool is_bgr, const json_t *answer,
                           const char *path)
{
    return draw_answer(picture, is_bgr, answer, true, path);
}
