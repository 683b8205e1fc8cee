/* What the files that draw share. */
#ifndef PV_CLI_DRAW_INTERNAL_H
#define PV_CLI_DRAW_INTERNAL_H

#include <cairo.h>

#include "draw.h"
#include "view.h"

/* The canvas is `zoom` times as large as the picture, plus the strip; all sizes are its pixels. */
typedef struct pv_canvas {
    cairo_t *cairo;
    double zoom;
    double width;  /* of the picture on it */
    double height; /* likewise */
    double strip;  /* width of the strip */
    double font;
} pv_canvas;

typedef struct pv_colour {
    double red, green, blue;
} pv_colour;

/* Green: nothing to complain about; amber: traits; red: not live. */
pv_colour pv_draw_colour(const json_t *face);

/* Strokes the path with a dark border, to be seen on any ground. */
void pv_draw_stroke(const pv_canvas *canvas, pv_colour colour, double width);

/* Box, points and pose. */
void pv_draw_face(const pv_canvas *canvas, const json_t *face);

/* The dense landmarks. */
void pv_draw_landmarks(const pv_canvas *canvas, const json_t *face);

#define PV_LABEL_TEXT_MAX 64
#define PV_LABEL_LINES_MAX 28

/* What is written about a face. */
typedef struct pv_label {
    char lines[PV_LABEL_LINES_MAX][PV_LABEL_TEXT_MAX];
    size_t count;
    size_t remarks;   /* the lines from here on are what is wrong */
    pv_colour colour; /* of the frame */
    double left, top, width, height;
    pv_view_box face; /* on the canvas */
    bool in_strip;
} pv_label;

__attribute__((format(printf, 2, 3))) void pv_label_add(pv_label *label, const char *format, ...);

/* Outline of the document and of its barcode, and what is written about them. */
void pv_draw_outlines(const pv_canvas *canvas, const json_t *answer);
void pv_label_describe_document(const pv_canvas *canvas, pv_label *label, const json_t *answer);

/* Makes a label a face (to be freed), or one that says there is none, in a scan one more for the
 * document, and gives each its place, beside what it is about where there is room. Sets the
 * canvas's strip; what they need in height comes back in `height`. */
PV_CHECKED pv_status pv_labels_make(pv_canvas *canvas, const json_t *answer, bool is_scan,
                                    pv_label **out, size_t *count, double *height);
void pv_labels_draw(const pv_canvas *canvas, const pv_label *labels, size_t count);

#endif
