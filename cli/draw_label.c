/* What is written about faces, and where. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "draw_internal.h"
#include "internal.h"

#define LINE_HEIGHT 1.3 /* of the font's size, as are the next two */
#define PADDING 0.5
#define GAP 0.6
#define TRAIT_BITS 32

void pv_label_add(pv_label *label, const char *format, ...)
{
    va_list values;
    if (label->count == PV_LABEL_LINES_MAX)
        return;
    va_start(values, format);
    vsnprintf(label->lines[label->count++], PV_LABEL_TEXT_MAX, format, values);
    va_end(values);
}

static void add_angle(pv_label *label, const char *name, double degrees)
{
    double whole = round(degrees);
    if (whole == 0) /* not "-0" */
        pv_label_add(label, "%s 0°", name);
    else
        pv_label_add(label, "%s %+.0f°", name, whole);
}

static void add_liveness(pv_label *label, const json_t *face)
{
    double score;
    if (pv_view_score(face, "liveness", &score))
        pv_label_add(label, "%s %.2f", pv_view_liveness(face), score);
    else
        pv_label_add(label, "liveness %s", pv_view_liveness(face));
}

static void add_facts(pv_label *label, const json_t *face)
{
    int status = pv_view_spoof_status(face);
    double value;
    double pitch;
    double roll;
    if (pv_view_score(face, "UnifiedQualityScore", &value))
        pv_label_add(label, "quality %.0f", value);
    if (status == PV_AS_NOT_PERFORMED)
        pv_label_add(label, "liveness not checked");
    else if (status == PV_AS_NO_SPOOF_DETECTED)
        add_liveness(label, face);
    if (pv_view_score(face, "yaw", &value) && pv_view_score(face, "pitch", &pitch) &&
        pv_view_score(face, "roll", &roll)) {
        add_angle(label, "yaw", value);
        add_angle(label, "pitch", pitch);
        add_angle(label, "roll", roll);
    }
}

/* What is wrong. */
static void add_remarks(pv_label *label, const json_t *face)
{
    int status = pv_view_spoof_status(face);
    if (status != PV_AS_NO_SPOOF_DETECTED && status != PV_AS_NOT_PERFORMED)
        add_liveness(label, face);
    uint32_t traits = pv_view_traits(face);
    for (int bit = 0; bit < TRAIT_BITS; bit++) {
        const char *word = pv_trait_word(traits & (uint32_t)1 << bit);
        if (word)
            pv_label_add(label, "%s", word);
    }
}

static void describe(pv_label *label, const json_t *face, size_t number, size_t count)
{
    if (count > 1)
        pv_label_add(label, "face %zu", number);
    add_facts(label, face);
    label->remarks = label->count;
    add_remarks(label, face);
    label->colour = pv_draw_colour(face);
}

static void measure(const pv_canvas *canvas, pv_label *label)
{
    double widest = 0;
    for (size_t i = 0; i < label->count; i++) {
        cairo_text_extents_t extents;
        cairo_text_extents(canvas->cairo, label->lines[i], &extents);
        widest = fmax(widest, extents.x_advance);
    }
    label->width = ceil(widest + 2 * PADDING * canvas->font);
    label->height = ceil(((double)label->count * LINE_HEIGHT + 2 * PADDING - 0.2) * canvas->font);
}

static bool overlaps(const pv_label *label, const pv_view_box *box)
{
    return label->left < box->right && label->left + label->width > box->left &&
           label->top < box->bottom && label->top + label->height > box->top;
}

/* Whether the label lies in the picture, on no face and on no label that has its place. */
static bool fits(const pv_canvas *canvas, const pv_label *labels, size_t count, size_t index)
{
    const pv_label *label = &labels[index];
    if (label->left < 0 || label->top < 0 || label->left + label->width > canvas->width ||
        label->top + label->height > canvas->height)
        return false;
    for (size_t i = 0; i < count; i++) {
        const pv_label *other = &labels[i];
        const pv_view_box taken = {other->left, other->top, other->left + other->width,
                                   other->top + other->height};
        if (overlaps(label, &other->face))
            return false;
        if (i < index && !other->in_strip && overlaps(label, &taken))
            return false;
    }
    return true;
}

static bool place_beside(const pv_canvas *canvas, pv_label *labels, size_t count, size_t index)
{
    pv_label *label = &labels[index];
    const pv_view_box *face = &label->face;
    double gap = GAP * canvas->font;
    double top = fmax(0, fmin(face->top, canvas->height - label->height));
    double left = fmax(0, fmin(face->left, canvas->width - label->width));
    const pv_view_point places[] = {{face->right + gap, top},
                                    {face->left - gap - label->width, top},
                                    {left, face->bottom + gap},
                                    {left, face->top - gap - label->height}};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        label->left = round(places[i].x);
        label->top = round(places[i].y);
        if (fits(canvas, labels, count, index))
            return true;
    }
    return false;
}

/* Those without a place go into the strip, one below the other. Returns its height. */
static double place_all(pv_canvas *canvas, pv_label *labels, size_t count)
{
    double gap = ceil(GAP * canvas->font);
    double top = gap;
    for (size_t i = 0; i < count; i++) {
        pv_label *label = &labels[i];
        label->in_strip =
            label->face.right <= label->face.left || !place_beside(canvas, labels, count, i);
        if (!label->in_strip)
            continue;
        label->left = canvas->width + gap;
        label->top = top;
        top += label->height + gap;
        canvas->strip = fmax(canvas->strip, label->width + 2 * gap);
    }
    return top;
}

pv_status pv_labels_make(pv_canvas *canvas, const json_t *answer, bool is_scan, pv_label **out,
                         size_t *count, double *height)
{
    const json_t *faces = json_object_get(answer, "faces");
    size_t face_count = json_array_size(faces);
    *count = face_count + (is_scan || face_count == 0 ? 1 : 0);
    *out = calloc(*count, sizeof **out);
    if (!*out)
        return pv_fail(PV_ERROR_GENERIC, "out of memory for drawing");
    for (size_t i = 0; i < face_count; i++) {
        const json_t *face = json_array_get(faces, i);
        pv_view_box box = pv_view_face_box(face);
        double zoom = canvas->zoom;
        describe(&(*out)[i], face, i + 1, face_count);
        (*out)[i].face =
            (pv_view_box){box.left * zoom, box.top * zoom, box.right * zoom, box.bottom * zoom};
    }
    if (is_scan) {
        pv_label_describe_document(canvas, &(*out)[face_count], answer);
    } else if (face_count == 0) {
        pv_label_add(*out, "no face");
        (*out)->colour = (pv_colour){1.0, 0.75, 0.1};
    }
    for (size_t i = 0; i < *count; i++)
        measure(canvas, &(*out)[i]);
    *height = place_all(canvas, *out, *count);
    return PV_OK;
}

static void draw_label(const pv_canvas *canvas, const pv_label *label)
{
    cairo_t *cairo = canvas->cairo;
    cairo_new_path(cairo);
    cairo_rectangle(cairo, label->left, label->top, label->width, label->height);
    cairo_set_source_rgba(cairo, 0.08, 0.08, 0.1, 0.78);
    cairo_fill_preserve(cairo);
    cairo_set_source_rgb(cairo, label->colour.red, label->colour.green, label->colour.blue);
    cairo_set_line_width(cairo, canvas->font / 10);
    cairo_stroke(cairo);
    for (size_t i = 0; i < label->count; i++) {
        if (i < label->remarks)
            cairo_set_source_rgb(cairo, 1, 1, 1);
        else
            cairo_set_source_rgb(cairo, label->colour.red, label->colour.green, label->colour.blue);
        cairo_move_to(cairo, label->left + PADDING * canvas->font,
                      label->top + ((double)i * LINE_HEIGHT + PADDING + 0.85) * canvas->font);
        cairo_show_text(cairo, label->lines[i]);
    }
}

/* The number by which a box finds its label, at the upper left corner outside the box. */
static void draw_number(const pv_canvas *canvas, const pv_label *label, size_t number)
{
    char text[24];
    cairo_text_extents_t extents;
    snprintf(text, sizeof text, "%zu", number);
    cairo_text_extents(canvas->cairo, text, &extents);
    double width = extents.x_advance + PADDING * canvas->font;
    double height = canvas->font;
    double left = fmax(0, label->face.left);
    double top = fmax(0, label->face.top - height);
    cairo_new_path(canvas->cairo);
    cairo_rectangle(canvas->cairo, left, top, width, height);
    cairo_set_source_rgb(canvas->cairo, label->colour.red, label->colour.green, label->colour.blue);
    cairo_fill(canvas->cairo);
    cairo_set_source_rgb(canvas->cairo, 0, 0, 0);
    cairo_move_to(canvas->cairo, left + PADDING / 2 * canvas->font, top + 0.86 * height);
    cairo_show_text(canvas->cairo, text);
}

void pv_labels_draw(const pv_canvas *canvas, const pv_label *labels, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (count > 1)
            draw_number(canvas, &labels[i], i + 1);
        draw_label(canvas, &labels[i]);
    }
}
