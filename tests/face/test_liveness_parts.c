/* What liveness looks at, on drawn pictures: the crop, the spectrum, the sheet, the limits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <math.h>

#include "face/liveness.h"
#include "face/liveness_crop.h"
#include "face/sheet.h"
#include "face/spectrum.h"

typedef struct canvas {
    uint8_t *pixels;
    int width;
    int height;
    pv_arena *arena;
    pv_image image;
} canvas;

static int set_up(void **state)
{
    canvas *c = calloc(1, sizeof *c);
    assert_non_null(c);
    *state = c;
    return pv_arena_create(&c->arena) == PV_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    canvas *c = *state;
    pv_arena_destroy(c->arena);
    free(c->pixels);
    free(c);
    return 0;
}

static void blank(canvas *c, int width, int height, uint8_t value)
{
    free(c->pixels);
    c->pixels = malloc((size_t)width * (size_t)height * 3);
    assert_non_null(c->pixels);
    memset(c->pixels, value, (size_t)width * (size_t)height * 3);
    c->width = width;
    c->height = height;
}

static void rectangle(canvas *c, int left, int top, int right, int bottom, uint8_t value)
{
    for (int y = top; y < bottom; y++)
        memset(c->pixels + ((size_t)y * (size_t)c->width + (size_t)left) * 3, value,
               (size_t)(right - left) * 3);
}

/* The same numbers every time: a linear congruential generator (Numerical Recipes). */
static int noise(uint32_t *seed, int amplitude)
{
    *seed = *seed * 1664525U + 1013904223U;
    return (int)((*seed >> 16) % (uint32_t)(2 * amplitude + 1)) - amplitude;
}

static uint8_t byte(double value)
{
    return (uint8_t)fmin(fmax(round(value), 0.0), 255.0);
}

static void open_image(canvas *c)
{
    assert_int_equal(
        pv_image_open("image", c->pixels, c->width, c->height, PV_FORMAT_RGB, c->arena, &c->image),
        PV_OK);
}

/* An upright face around (x, y). */
static pv_face face_at(float x, float y, float side)
{
    pv_face face = {
        .left = x - side / 2, .right = x + side / 2, .top = y - side / 2, .bottom = y + side / 2};
    face.points[PV_POINT_EYE_RIGHT] = (pv_point){x - side / 5, y - side / 8};
    face.points[PV_POINT_EYE_LEFT] = (pv_point){x + side / 5, y - side / 8};
    return face;
}

/* A picture whose red is its column and whose green its row. */
static void ramps(canvas *c, int width, int height)
{
    blank(c, width, height, 0);
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++) {
            uint8_t *pixel = c->pixels + ((size_t)y * (size_t)width + (size_t)x) * 3;
            pixel[0] = (uint8_t)x;
            pixel[1] = (uint8_t)y;
        }
    open_image(c);
}

#define CROP 64
static float at(const float *crop, int colour, int x, int y)
{
    return crop[(colour * CROP + y) * CROP + x];
}

/* One pixel of the crop is one of the picture; what is beyond the left and upper border is the
 * picture mirrored there. */
static void test_crop_mirrors_at_the_border(void **state)
{
    canvas *c = *state;
    float crop[3 * CROP * CROP];
    ramps(c, 200, 200);
    const pv_square square = {.x = 11.5, .y = 21.5, .side = CROP}; /* from (-20, -10) */
    assert_int_equal(pv_square_crop(&c->image, &square, CROP, false, crop), PV_OK);
    for (int i = 0; i < CROP; i++) {
        assert_float_equal(at(crop, 0, i, 32), (float)abs(i - 20), 0.01F);
        assert_float_equal(at(crop, 1, 32, i), (float)abs(i - 10), 0.01F);
    }
    const pv_square corner = {.x = 190.5, .y = 190.5, .side = CROP}; /* to (222, 222) */
    assert_int_equal(pv_square_crop(&c->image, &corner, CROP, true, crop), PV_OK);
    for (int i = 0; i < CROP; i++) {
        int x = 159 + i;
        assert_float_equal(at(crop, 2, i, 3), (float)(x > 199 ? 398 - x : x), 0.01F);
    }
}

static float peak_of(canvas *c)
{
    bool known = false;
    float peak = 0;
    open_image(c);
    pv_face face = face_at(100, 100, 80);
    assert_int_equal(pv_spectrum_peak(&c->image, &face, &known, &peak), PV_OK);
    assert_true(known);
    assert_true(isfinite(peak));
    return peak;
}

/* Noise over a slope, and a grid of the given amplitude at an angle. */
static void textured(canvas *c, int amplitude, double grid)
{
    uint32_t seed = 7;
    blank(c, 200, 200, 0);
    for (int y = 0; y < 200; y++)
        for (int x = 0; x < 200; x++) {
            double wave = sin(0.9 * x + 0.35 * y) + sin(0.9 * y - 0.35 * x);
            uint8_t value = byte(90 + 0.3 * x + grid * wave + noise(&seed, amplitude));
            memset(c->pixels + (y * 200 + x) * 3, value, 3);
        }
}

static void test_spectrum_finds_grids_only(void **state)
{
    canvas *c = *state;
    textured(c, 8, 0.0);
    assert_true(peak_of(c) < 1.0F);
    textured(c, 8, 4.0);
    assert_true(peak_of(c) > 1.5F);
    blank(c, 200, 200, 0);
    assert_true(peak_of(c) < 0.5F);
    blank(c, 200, 200, 255);
    assert_true(peak_of(c) < 0.5F);
}

/* Blocks of eight, as JPEG leaves them, are no grid of dots: they lie along the axes. */
static void test_spectrum_forgives_jpeg(void **state)
{
    canvas *c = *state;
    uint32_t seed = 9;
    textured(c, 6, 0.0);
    for (int y = 0; y < 200; y += 8)
        for (int x = 0; x < 200; x += 8) {
            int shift = noise(&seed, 5);
            for (int i = 0; i < 64; i++) {
                uint8_t *pixel = c->pixels + ((y + i / 8) * 200 + x + i % 8) * 3;
                memset(pixel, byte(pixel[0] + shift), 3);
            }
        }
    assert_true(peak_of(c) < 1.0F);
}

static void test_spectrum_needs_pixels(void **state)
{
    canvas *c = *state;
    bool known = true;
    float peak;
    blank(c, 127, 300, 10);
    open_image(c);
    pv_face face = face_at(60, 60, 50);
    assert_int_equal(pv_spectrum_peak(&c->image, &face, &known, &peak), PV_OK);
    assert_false(known);
}

static float sheet_of(canvas *c, float x, float y, float side)
{
    float found = -1;
    open_image(c);
    pv_face face = face_at(x, y, side);
    assert_int_equal(pv_sheet_measure(&c->image, &face, &found), PV_OK);
    assert_true(found >= 0.0F && found <= 1.0F);
    return found;
}

static void add_noise(canvas *c, int amplitude)
{
    uint32_t seed = 3;
    size_t count = (size_t)c->width * (size_t)c->height * 3;
    for (size_t i = 0; i < count; i++)
        c->pixels[i] = byte(c->pixels[i] + noise(&seed, amplitude));
}

/* A card with the face at its left. */
static void test_card(void **state)
{
    canvas *c = *state;
    blank(c, 640, 480, 90);
    add_noise(c, 3);
    assert_true(sheet_of(c, 250, 240, 80) < 0.2F);
    rectangle(c, 190, 150, 500, 345, 200);
    add_noise(c, 3);
    assert_true(sheet_of(c, 250, 240, 80) > 0.9F);
    /* of a face beside the card it says nothing */
    assert_true(sheet_of(c, 90, 240, 80) < 0.2F);
}

/* Three sides and a hand over the fourth are still a sheet; two lines are not. */
static void test_sheet_held_by_a_hand(void **state)
{
    canvas *c = *state;
    blank(c, 640, 480, 90);
    rectangle(c, 200, 120, 440, 400, 210);
    rectangle(c, 210, 330, 430, 480, 110);
    assert_true(sheet_of(c, 320, 220, 90) > 0.8F);
    blank(c, 640, 480, 90);
    rectangle(c, 200, 120, 440, 124, 210);
    rectangle(c, 200, 120, 204, 400, 210);
    assert_true(sheet_of(c, 320, 220, 90) < 0.7F);
}

/* Door frames and horizons go on behind the head: no corners, no card. */
static void test_lines_that_go_on(void **state)
{
    canvas *c = *state;
    blank(c, 640, 480, 90);
    rectangle(c, 220, 0, 420, 480, 180);
    assert_true(sheet_of(c, 320, 240, 80) < 0.7F);
    for (int bar = 0; bar < 480; bar += 170)
        rectangle(c, 0, bar, 640, bar + 20, 30);
    assert_true(sheet_of(c, 320, 240, 80) < 0.8F);
}

/* A picture with black bars around it. */
static void test_black_bars(void **state)
{
    canvas *c = *state;
    blank(c, 640, 480, 0);
    rectangle(c, 190, 150, 500, 345, 120);
    assert_true(sheet_of(c, 300, 240, 80) < 0.3F);
}

static void test_obstacles(void **state)
{
    canvas *c = *state;
    blank(c, 640, 480, 100);
    open_image(c);
    const struct {
        pv_face face;
        pv_liveness_obstacle expected;
    } rows[] = {
        {face_at(320, 240, 100), PV_LIVENESS_FIT},
        {face_at(320, 240, 40.5F), PV_LIVENESS_FIT},
        {face_at(320, 240, 39), PV_LIVENESS_TOO_SMALL},
        {face_at(320, 240, 0), PV_LIVENESS_TOO_SMALL},
        {face_at(320, 240, -50), PV_LIVENESS_TOO_SMALL},
        {face_at(320, 240, NAN), PV_LIVENESS_TOO_SMALL},
        {face_at(45, 240, 100), PV_LIVENESS_FIT}, /* a twentieth is outside */
        {face_at(35, 240, 100), PV_LIVENESS_CUT_OFF},
        {face_at(320, 450, 100), PV_LIVENESS_CUT_OFF},
        {face_at(-300, 240, 100), PV_LIVENESS_CUT_OFF},
        {face_at(320, 240, 340), PV_LIVENESS_FIT},
        {face_at(320, 240, 345), PV_LIVENESS_TOO_CLOSE},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        pv_liveness_obstacle found = pv_liveness_find_obstacle(&c->image, &rows[i].face);
        if (found != rows[i].expected)
            fail_msg("row %zu: %d instead of %d", i, (int)found, (int)rows[i].expected);
        assert_true((pv_liveness_obstacle_text(found) == NULL) == (found == PV_LIVENESS_FIT));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_crop_mirrors_at_the_border, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_spectrum_finds_grids_only, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_spectrum_forgives_jpeg, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_spectrum_needs_pixels, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_card, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_sheet_held_by_a_hand, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_lines_that_go_on, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_black_bars, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_obstacles, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("liveness_parts", tests, NULL, NULL);
}
