/* What is drawn and written about a document. */
#include <math.h>

#include "api/document_traits.h"
#include "document.h"
#include "draw_internal.h"
#include "internal.h"

static const char *const corner_names[4] = {"top_left", "top_right", "bottom_right", "bottom_left"};

static const pv_colour green = {0.3, 0.9, 0.4};
static const pv_colour amber = {1.0, 0.75, 0.1};
static const pv_colour blue = {0.3, 0.65, 1.0};

static uint32_t traits_of(const json_t *document)
{
    return (uint32_t)json_integer_value(json_object_get(document, "document_traits"));
}

/* In pixels of the canvas; false where there is no such box. */
static bool read_corners(const pv_canvas *canvas, const json_t *box, pv_view_point out[4])
{
    for (int i = 0; i < 4; i++) {
        if (!pv_view_read_point(box, corner_names[i], &out[i]))
            return false;
        out[i].x *= canvas->zoom;
        out[i].y *= canvas->zoom;
    }
    return true;
}

static void outline(const pv_canvas *canvas, const pv_view_point corners[4], pv_colour colour)
{
    cairo_new_path(canvas->cairo);
    for (int i = 0; i < 4; i++)
        cairo_line_to(canvas->cairo, corners[i].x, corners[i].y);
    cairo_close_path(canvas->cairo);
    pv_draw_stroke(canvas, colour, canvas->font / 5);
}

/* A ring at the top left and a tick inwards from the top side tell which way up it was taken. */
static void mark_top(const pv_canvas *canvas, const pv_view_point corners[4], pv_colour colour)
{
    double middle_x = (corners[0].x + corners[1].x) / 2;
    double middle_y = (corners[0].y + corners[1].y) / 2;
    double foot_x = (corners[2].x + corners[3].x) / 2;
    double foot_y = (corners[2].y + corners[3].y) / 2;
    cairo_new_path(canvas->cairo);
    cairo_arc(canvas->cairo, corners[0].x, corners[0].y, canvas->font / 2, 0, 2 * acos(-1.0));
    pv_draw_stroke(canvas, colour, canvas->font / 6);
    cairo_new_path(canvas->cairo);
    cairo_move_to(canvas->cairo, middle_x, middle_y);
    cairo_line_to(canvas->cairo, middle_x + 0.07 * (foot_x - middle_x),
                  middle_y + 0.07 * (foot_y - middle_y));
    pv_draw_stroke(canvas, colour, canvas->font / 6);
}

void pv_draw_outlines(const pv_canvas *canvas, const json_t *answer)
{
    const json_t *document = pv_view_document(answer);
    const json_t *barcode = json_object_get(answer, "barcode");
    pv_view_point corners[4];
    if (read_corners(canvas, json_object_get(document, "document_box"), corners)) {
        pv_colour colour = traits_of(document) ? amber : green;
        outline(canvas, corners, colour);
        mark_top(canvas, corners, colour);
    }
    if (barcode && pv_barcode_state(barcode) != PV_BS_NO_VALID_BARCODE_FOUND &&
        read_corners(canvas, json_object_get(barcode, "non_cropped_barcode_box"), corners))
        outline(canvas, corners, blue);
}

/* The upright box around the corners, for the label's place. */
static pv_view_box around(const pv_view_point corners[4])
{
    pv_view_box box = {corners[0].x, corners[0].y, corners[0].x, corners[0].y};
    for (int i = 1; i < 4; i++) {
        box.left = fmin(box.left, corners[i].x);
        box.right = fmax(box.right, corners[i].x);
        box.top = fmin(box.top, corners[i].y);
        box.bottom = fmax(box.bottom, corners[i].y);
    }
    return box;
}

static void describe_readings(pv_label *label, const json_t *answer)
{
    const json_t *document = pv_view_document(answer);
    const json_t *barcode = json_object_get(answer, "barcode");
    const json_t *birth = json_object_get(document, "ocr_age_data");
    size_t lines = json_array_size(json_object_get(document, "mrz_data"));
    if (lines)
        pv_label_add(label, "MRZ of %zu lines", lines);
    if (*pv_view_text(birth, "dob"))
        pv_label_add(label, "born %s, age %.0f", pv_view_text(birth, "dob"),
                     pv_view_number(birth, "age"));
    if (barcode && pv_barcode_state(barcode) == PV_BS_SUCCESS)
        pv_label_add(label, "%s read",
                     pv_view_text(json_object_get(barcode, "barcode_data"), "format"));
}

void pv_label_describe_document(const pv_canvas *canvas, pv_label *label, const json_t *answer)
{
    const json_t *document = pv_view_document(answer);
    pv_view_point corners[4];
    char word[64];
    label->colour = document && !traits_of(document) ? green : amber;
    if (document)
        pv_label_add(label, "document, %s, %.2f", pv_view_text(document, "document_format"),
                     pv_view_number(document, "confidence_score"));
    else
        pv_label_add(label, "no document");
    describe_readings(label, answer);
    label->remarks = label->count;
    for (uint32_t flag = 1; flag <= PV_DT_FINGERS_DETECTED; flag <<= 1) {
        pv_document_traits_words(traits_of(document) & flag, word, sizeof word);
        if (*word)
            pv_label_add(label, "%s", word);
    }
    if (read_corners(canvas, json_object_get(document, "document_box"), corners))
        label->face = around(corners);
}
