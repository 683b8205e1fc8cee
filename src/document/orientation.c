#include "document/orientation.h"

#include <math.h>
#include <stdlib.h>

#include "document/ocr.h"

#define QUARTER (3.14159265358979323846 / 2.0)
/* Lines that are read, the longest ones. */
#define LINES_MOST 5
/* A line is this much longer than high; shorter ones do not tell along which side they run. */
#define LINE_ASPECT_LEAST 2.5F
/* By how much surer the lines have to be read, together, one way round than the other. */
#define SURER_LEAST 0.5F

int pv_page_quarters_of_face(const pv_face *face)
{
    const pv_point *right = &face->points[PV_POINT_EYE_RIGHT];
    const pv_point *left = &face->points[PV_POINT_EYE_LEFT];
    double tilt = atan2((double)left->y - right->y, (double)left->x - right->x);
    int quarters = (int)lround(-tilt / QUARTER);
    return (quarters + 4) % 4;
}

static bool is_line(const pv_text_box *box)
{
    return pv_text_box_width(box) > LINE_ASPECT_LEAST * pv_text_box_height(box);
}

/* Whether it runs down the page: as pv_ocr_find() gives it, its first side is the reading one. */
static bool runs_down(const pv_text_box *box)
{
    return fabsf(box->corners[1].y - box->corners[0].y) >
           fabsf(box->corners[1].x - box->corners[0].x);
}

static int longer_first(const void *a, const void *b)
{
    float first = pv_text_box_width(a);
    float second = pv_text_box_width(b);
    return first > second ? -1 : first < second;
}

/* The lines that run as most of the print does, the longest first; returns how many. */
static size_t choose_lines(const pv_text_box *boxes, size_t count, pv_text_box *lines, bool *down)
{
    float lengths[2] = {0.0F, 0.0F};
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        if (is_line(&boxes[i]))
            lengths[runs_down(&boxes[i])] += pv_text_box_width(&boxes[i]);
    *down = lengths[1] > lengths[0];
    for (size_t i = 0; i < count; i++)
        if (is_line(&boxes[i]) && runs_down(&boxes[i]) == *down)
            lines[kept++] = boxes[i];
    qsort(lines, kept, sizeof *lines, longer_first);
    return kept < LINES_MOST ? kept : LINES_MOST;
}

static pv_status compare_ways(pv_runtime *runtime, pv_image *page, const pv_text_box *box,
                              float *surer)
{
    pv_text_line line;
    pv_text_line turned;
    pv_text_box other = pv_text_box_turn(box, 2);
    pv_status status = pv_ocr_read(runtime, page, box, NULL, &line);
    if (status == PV_OK)
        status = pv_ocr_read(runtime, page, &other, NULL, &turned);
    if (status == PV_OK)
        *surer += line.confidence * (float)(line.count > 0) -
                  turned.confidence * (float)(turned.count > 0);
    return status;
}

pv_status pv_page_quarters_of_print(pv_runtime *runtime, pv_image *page, pv_ocr_found *found,
                                    int *quarters)
{
    pv_text_box lines[PV_OCR_BOXES_MOST];
    const pv_text_box *boxes;
    size_t count;
    bool down;
    float surer = 0.0F;
    *quarters = 0;
    if (!pv_runtime_has(runtime, "text_detect") || !pv_runtime_has(runtime, "text_read"))
        return PV_OK;
    pv_status status = pv_ocr_find(runtime, page, 0, found, &boxes, &count);
    if (status != PV_OK)
        return status;
    count = choose_lines(boxes, count, lines, &down);
    for (size_t i = 0; i < count && status == PV_OK; i++)
        status = compare_ways(runtime, page, &lines[i], &surer);
    if (status != PV_OK || count == 0)
        return status;
    /* a line that is read downwards has to be turned back by a quarter */
    if (down)
        *quarters = surer >= 0.0F ? 3 : 1;
    else
        *quarters = surer < -SURER_LEAST ? 2 : 0;
    return PV_OK;
}
