#include "document/mrz_strip.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define READER "mrz_read"
#define HEIGHT 32
#define CAP 18.0 /* pixels of a capital in what the net sees */
#define STRIDE 4
#define WIDTH_STEP 32
#define WIDTH_MOST 2048

#define EVEN_REACH 48  /* columns to each side over which light is made even */
#define EVEN_LEAST 3.0 /* less contrast than this is noise */

/* Where nothing is printed, in pixels of what the net sees. */
#define PRINT_STEP 3      /* about a stroke */
#define PRINT_TOP 8       /* rows above and below that may be other lines' */
#define PRINT_REACH 0.28F /* of the distance of two characters, to each side */
#define PRINT_LEAST 0.15F /* of the line's median */
#define INK_UNSEEN 0.1F

/* What the exact place is sought in. */
#define SEEN_CAP 12.0
#define SEEN_HEIGHT 48
#define SEEN_WIDTH_MOST 1024
#define LEANS 12       /* tried to each side */
#define LEAN_STEP 1.5F /* pixels over the whole length */

pv_point pv_mrz_strip_point(const pv_mrz_strip *strip, float along, float below)
{
    return (pv_point){strip->start.x + along * strip->ux - below * strip->uy,
                      strip->start.y + along * strip->uy + below * strip->ux};
}

pv_mrz_strip pv_mrz_strip_reverse(const pv_mrz_strip *strip)
{
    pv_mrz_strip other = *strip;
    other.start = pv_mrz_strip_point(strip, strip->length, 0.0F);
    other.ux = -strip->ux;
    other.uy = -strip->uy;
    return other;
}

/* Draws a strip in grey, capitals `cap` pixels high, its middle in the middle. */
static pv_status draw(pv_image *image, const pv_mrz_strip *strip, double cap, int width, int height,
                      float *out)
{
    double scale = (double)strip->cap / cap;
    double ux = (double)strip->ux * scale;
    double uy = (double)strip->uy * scale;
    double up = (height - 1) / 2.0;
    const pv_affine map = {.xx = ux,
                           .xy = -uy,
                           .x0 = (double)strip->start.x + up * uy + 0.5 * ux,
                           .yx = uy,
                           .yy = ux,
                           .y0 = (double)strip->start.y - up * ux + 0.5 * uy};
    size_t pixels = (size_t)width * (size_t)height;
    float *colours = pv_arena_take(image->arena, 3 * pixels, sizeof *colours);
    if (!colours)
        return PV_ERROR_GENERIC;
    const pv_planar target = {.data = colours,
                              .width = width,
                              .height = height,
                              .scale = 1.0F,
                              .border = PV_BORDER_REPLICATE};
    pv_status status = pv_image_warp(image, &map, &target);
    for (size_t i = 0; i < pixels; i++)
        out[i] =
            0.299F * colours[i] + 0.587F * colours[pixels + i] + 0.114F * colours[2 * pixels + i];
    return status;
}

/* How much changes from left to right: letters do, ruled lines and edges along the text do not. */
static void mark_changes(float *grey, int width)
{
    for (int y = 0; y < SEEN_HEIGHT; y++) {
        float *row = grey + (size_t)y * (size_t)width;
        for (int x = 0; x + 1 < width; x++)
            row[x] = fminf(fabsf(row[x + 1] - row[x]), 60.0F);
        row[width - 1] = 0.0F;
    }
}

/* Changes by row of a picture that is sheared by `lean` pixels over its width. */
static void sum_rows(const float *changes, int width, float lean, float out[SEEN_HEIGHT])
{
    memset(out, 0, SEEN_HEIGHT * sizeof *out);
    for (int x = 0; x < width; x++) {
        int shift = (int)lroundf(lean * ((float)x / (float)width - 0.5F));
        for (int y = 0; y < SEEN_HEIGHT; y++)
            if (y + shift >= 0 && y + shift < SEEN_HEIGHT)
                out[y] += changes[(size_t)(y + shift) * (size_t)width + (size_t)x];
    }
}

static float contrast(const float rows[SEEN_HEIGHT])
{
    float sum = 0.0F;
    for (int y = 1; y < SEEN_HEIGHT; y++) {
        float step = rows[y] - rows[y - 1];
        sum += step * step;
    }
    return sum;
}

/* The rows around the strongest one near the middle that have a third of its changes. */
static bool find_band(const float rows[SEEN_HEIGHT], float *middle, float *height)
{
    int peak = SEEN_HEIGHT / 2;
    float least = rows[0];
    for (int y = SEEN_HEIGHT / 4; y < SEEN_HEIGHT * 3 / 4; y++)
        if (rows[y] > rows[peak])
            peak = y;
    for (int y = 1; y < SEEN_HEIGHT; y++)
        least = fminf(least, rows[y]);
    float threshold = least + 0.3F * (rows[peak] - least);
    int from = peak;
    int to = peak;
    while (from > 0 && rows[from - 1] >= threshold)
        from--;
    while (to < SEEN_HEIGHT - 1 && rows[to + 1] >= threshold)
        to++;
    *middle = (float)(from + to) / 2.0F;
    *height = (float)(to - from + 1);
    return rows[peak] > least && from > 0 && to < SEEN_HEIGHT - 1;
}

static void place(pv_mrz_strip *strip, float lean, float middle, float height, int width)
{
    float scale = strip->cap / (float)SEEN_CAP;
    float below = (middle - (SEEN_HEIGHT - 1) / 2.0F) * scale;
    float rise = lean * scale;
    float along = (float)width * scale;
    pv_point start = pv_mrz_strip_point(strip, 0.0F, below - rise / 2.0F);
    pv_point end = pv_mrz_strip_point(strip, along, below + rise / 2.0F);
    float length = hypotf(end.x - start.x, end.y - start.y);
    strip->start = start;
    strip->ux = (end.x - start.x) / length;
    strip->uy = (end.y - start.y) / length;
    float ratio = height / (float)SEEN_CAP;
    strip->cap *= fminf(fmaxf(ratio, 0.6F), 1.6F);
}

pv_status pv_mrz_strip_refine(pv_image *image, pv_mrz_strip *strip)
{
    int width = (int)fmin((double)strip->length / (double)strip->cap * SEEN_CAP, SEEN_WIDTH_MOST);
    if (width < SEEN_HEIGHT)
        return PV_OK;
    float *changes = pv_arena_take(image->arena, (size_t)width * SEEN_HEIGHT, sizeof *changes);
    if (!changes)
        return PV_ERROR_GENERIC;
    pv_status status = draw(image, strip, SEEN_CAP, width, SEEN_HEIGHT, changes);
    if (status != PV_OK)
        return status;
    mark_changes(changes, width);
    float rows[SEEN_HEIGHT];
    float best_rows[SEEN_HEIGHT] = {0};
    float best = -1.0F;
    float best_lean = 0.0F;
    for (int i = -LEANS; i <= LEANS; i++) {
        float lean = LEAN_STEP * (float)i;
        sum_rows(changes, width, lean, rows);
        float clear = contrast(rows);
        if (clear > best) {
            best = clear;
            best_lean = lean;
            memcpy(best_rows, rows, sizeof rows);
        }
    }
    float middle;
    float height;
    if (find_band(best_rows, &middle, &height))
        place(strip, best_lean, middle, height, width);
    return PV_OK;
}

/* Brings mean and contrast around each column to the same. */
static void make_even(float *grey, int width)
{
    double sums[WIDTH_MOST + 1] = {0};
    double squares[WIDTH_MOST + 1] = {0};
    for (int x = 0; x < width; x++) {
        sums[x + 1] = sums[x];
        squares[x + 1] = squares[x];
        for (int y = 0; y < HEIGHT; y++) {
            double value = (double)grey[y * width + x];
            sums[x + 1] += value;
            squares[x + 1] += value * value;
        }
    }
    for (int x = 0; x < width; x++) {
        int from = x > EVEN_REACH ? x - EVEN_REACH : 0;
        int to = x + EVEN_REACH < width ? x + EVEN_REACH : width;
        double count = (double)(to - from) * HEIGHT;
        double mean = (sums[to] - sums[from]) / count;
        double spread = sqrt(fmax((squares[to] - squares[from]) / count - mean * mean, 0.0));
        double gain = 40.0 / fmax(spread, EVEN_LEAST);
        for (int y = 0; y < HEIGHT; y++)
            grey[y * width + x] = (float)(128.0 + gain * ((double)grey[y * width + x] - mean));
    }
}

/* How much print there is in each column: second differences, which shading does not have. */
static void measure_print(const float *grey, int width, float *print)
{
    for (int x = 0; x < width; x++) {
        int left = x > PRINT_STEP ? x - PRINT_STEP : 0;
        int right = x + PRINT_STEP < width ? x + PRINT_STEP : width - 1;
        print[x] = 0.0F;
        for (int y = PRINT_TOP; y < HEIGHT - PRINT_TOP; y++) {
            const float *row = grey + (size_t)y * (size_t)width;
            float above = grey[(size_t)(y - PRINT_STEP) * (size_t)width + (size_t)x];
            float below = grey[(size_t)(y + PRINT_STEP) * (size_t)width + (size_t)x];
            print[x] += fabsf(2.0F * row[x] - row[left] - row[right]) +
                        fabsf(2.0F * row[x] - above - below);
        }
    }
}

/* Print about the middle of a cell, apart from edges beside it. */
static float print_of(const pv_mrz_cell *cell, float pitch, const float *print, int width)
{
    float middle = (cell->place + 0.5F) * STRIDE - 0.5F;
    float reach = PRINT_REACH * pitch * STRIDE;
    int from = (int)fmaxf(middle - reach, 0.0F);
    int to = (int)fminf(middle + reach, (float)(width - 1));
    float sum = 0.0F;
    for (int x = from; x <= to; x++)
        sum += print[x];
    return to >= from ? sum / (float)(to - from + 1) : 0.0F;
}

static int by_value(const void *a, const void *b)
{
    float first = *(const float *)a;
    float second = *(const float *)b;
    return first < second ? -1 : first > second;
}

/* The net also guesses at characters that are not there, from their neighbours: where there is much
 * less print than elsewhere in the line, none was seen. */
static void doubt_blanks(const float *print, int width, pv_mrz_row_cells *row)
{
    float all[PV_MRZ_CELLS_MOST];
    size_t count = 0;
    for (int i = 0; i < row->count; i++)
        if (row->cells[i].ink > 0.5F)
            all[count++] = print_of(&row->cells[i], row->pitch, print, width);
    if (count == 0)
        return;
    qsort(all, count, sizeof *all, by_value);
    for (int i = 0; i < row->count; i++) {
        pv_mrz_cell *cell = &row->cells[i];
        if (print_of(cell, row->pitch, print, width) < PRINT_LEAST * all[count / 2])
            cell->ink = fminf(cell->ink, INK_UNSEEN);
    }
}

static pv_status infer(pv_runtime *runtime, pv_image *image, const pv_mrz_strip *strip, bool even,
                       size_t width, pv_mrz_row_cells *out)
{
    const size_t shape[4] = {1, 1, HEIGHT, width};
    pv_model *model;
    pv_inference *inference = NULL;
    float *input;
    const float *data;
    float print[WIDTH_MOST];
    size_t size = 0;
    pv_status status = pv_runtime_model(runtime, READER, &model);
    if (status == PV_OK)
        status = pv_inference_begin(model, shape, 4, &inference, &input);
    if (status == PV_OK)
        status = draw(image, strip, CAP, (int)width, HEIGHT, input);
    if (status == PV_OK)
        measure_print(input, (int)width, print);
    if (status == PV_OK && even)
        make_even(input, (int)width);
    if (status == PV_OK)
        status = pv_inference_run(inference);
    if (status == PV_OK)
        status = pv_inference_output(inference, NULL, &data, &size);
    if (status == PV_OK && size != width / STRIDE * PV_MRZ_CLASSES)
        status =
            pv_fail(PV_ERROR_GENERIC, "model " READER ": %zu values for %zu pixels", size, width);
    if (status == PV_OK) {
        pv_mrz_cells_make(data, (int)(width / STRIDE), out);
        doubt_blanks(print, (int)width, out);
    }
    pv_inference_end(inference);
    return status;
}

pv_status pv_mrz_strip_read(pv_runtime *runtime, pv_image *image, const pv_mrz_strip *strip,
                            bool even, pv_mrz_row_cells *out, float *along)
{
    double wanted = (double)strip->length / (double)strip->cap * CAP;
    memset(out, 0, sizeof *out);
    *along = (float)(STRIDE / CAP) * strip->cap;
    if (!(wanted >= HEIGHT) || !(strip->cap >= 3.0F))
        return PV_OK;
    size_t width = (size_t)fmin(ceil(wanted / WIDTH_STEP) * WIDTH_STEP, WIDTH_MOST);
    return infer(runtime, image, strip, even, width, out);
}
