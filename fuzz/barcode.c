/* libFuzzer target: barcodes in small pictures. The reader behind it is not instrumented; what is
 * ours around it, and what comes back, is. */
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "document/barcode.h"

#define HEADER 3
#define SIDE_MOST 320
#define SCALE_MOST 4

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The input: cells across, cells down, pixels to a cell's side, and then a grey a cell, so that few
 * bytes make a picture that a code can be read of. What is missing is white. */
static uint8_t *draw(const uint8_t *data, size_t size, int *width, int *height)
{
    int scale = 1 + data[2] % SCALE_MOST;
    int across = 1 + data[0];
    int down = 1 + data[1];
    *width = across * scale < SIDE_MOST ? across * scale : SIDE_MOST;
    *height = down * scale < SIDE_MOST ? down * scale : SIDE_MOST;
    uint8_t *pixels = malloc((size_t)*width * (size_t)*height * 3);
    if (!pixels)
        return NULL;
    for (int y = 0; y < *height; y++) {
        for (int x = 0; x < *width; x++) {
            size_t cell = HEADER + (size_t)(y / scale) * (size_t)across + (size_t)(x / scale);
            uint8_t grey = cell < size ? data[cell] : 255;
            memset(pixels + 3 * ((size_t)y * (size_t)*width + (size_t)x), grey, 3);
        }
    }
    return pixels;
}

static void check(const pv_barcode *code, int width, int height)
{
    pv_point wide[4];
    if (!(code->confidence >= 0.0F && code->confidence <= 1.0F))
        abort();
    for (const char *rest = code->text; *rest;) {
        size_t length = pv_utf8_sequence(rest);
        if (length == 0)
            abort();
        rest += length;
    }
    if (!code->format)
        abort();
    if (code->state == PV_BARCODE_NONE)
        return;
    pv_barcode_widen(code->corners, 0.1, width, height, wide);
    for (int i = 0; i < 4; i++)
        if (!isfinite(code->corners[i].x) || !isfinite(code->corners[i].y) || wide[i].x < 0.0F ||
            wide[i].y < 0.0F || wide[i].x > (float)width || wide[i].y > (float)height)
            abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int width;
    int height;
    pv_arena *arena;
    pv_image image;
    pv_barcode code;
    if (size < HEADER)
        return 0;
    uint8_t *pixels = draw(data, size, &width, &height);
    if (!pixels || pv_arena_create(&arena) != PV_OK)
        abort();
    if (pv_image_open("fuzz", pixels, width, height, PV_FORMAT_RGB, arena, &image) != PV_OK ||
        pv_barcode_find(&image, &code) != PV_OK)
        abort();
    check(&code, width, height);
    pv_arena_destroy(arena);
    free(pixels);
    return 0;
}
