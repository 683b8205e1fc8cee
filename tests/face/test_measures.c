/* Light, colour, sharpness, background and compression, on drawn faces whose answers can be worked
 * out by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <math.h>

#include "face/background.h"
#include "face/chip.h"
#include "face/compression.h"
#include "face/light.h"

#define TURN (2 * 3.14159265358979323846)
#define PERIOD 16
#define CHIP_PIXELS ((size_t)PV_CHIP_WIDTH * PV_CHIP_HEIGHT)
#define SIDE 400

static pv_arena *arena;
static float rgb[3 * CHIP_PIXELS];
static float luma[CHIP_PIXELS];
static bool inside[CHIP_PIXELS];
static uint8_t pixels[SIDE * SIDE * 3];

static int make_arena(void **state)
{
    (void)state;
    memset(pixels, 0, sizeof pixels);
    return pv_arena_create(&arena) == PV_OK ? 0 : -1;
}

static int drop_arena(void **state)
{
    (void)state;
    pv_arena_destroy(arena);
    return 0;
}

static void assert_close(double value, double expected, double tolerance)
{
    if (!(fabs(value - expected) <= tolerance))
        fail_msg("%f is not within %f of %f", value, tolerance, expected);
}

/* A drawing in grey: its value at a column and row. */
typedef double (*drawing)(int x, int y);

/* Only whole periods of the waves below count as the face. */
static pv_chip draw_chip(drawing draw)
{
    pv_chip chip = {.width = PV_CHIP_WIDTH,
                    .height = PV_CHIP_HEIGHT,
                    .scale = 1,
                    .rgb = rgb,
                    .luma = luma,
                    .inside = inside};
    for (int y = 0; y < PV_CHIP_HEIGHT; y++) {
        for (int x = 0; x < PV_CHIP_WIDTH; x++) {
            int i = y * PV_CHIP_WIDTH + x;
            luma[i] = (float)draw(x, y);
            for (size_t c = 0; c < 3; c++)
                rgb[c * CHIP_PIXELS + (size_t)i] = luma[i];
            inside[i] = x >= PERIOD && x < PV_CHIP_WIDTH - PERIOD && y >= PERIOD &&
                        y < PV_CHIP_HEIGHT - PERIOD;
            chip.inside_count += inside[i];
        }
    }
    return chip;
}

static double flat(int x, int y)
{
    (void)x;
    (void)y;
    return 100;
}

static double wave(double x, double y)
{
    return cos(TURN * x / PERIOD) * cos(TURN * y / PERIOD);
}

static double even_wave(int x, int y)
{
    return 128 + 40 * wave(x, y);
}

static double weak_wave(int x, int y)
{
    return 60 + 10 * wave(x, y);
}

static double flat_sideways(int x, int y)
{
    return 128 + 40 * wave(x, 2 * y);
}

static double moved_along(int x, int y)
{
    (void)y;
    return 128 + 40 * wave(x, 0);
}

static double barely(int x, int y)
{
    return 128 + 2 * wave(x, y);
}

static double sharpness_of(drawing draw)
{
    pv_chip chip = draw_chip(draw);
    float sharpness = -1;
    assert_int_equal(pv_sharpness_measure(arena, &chip, &sharpness), PV_OK);
    return (double)sharpness;
}

/* The second difference of a wave of 16 pixels is itself times 2 - 2 cos(360/16) = 0.15224; by the
 * scale of 2500 that is 2500 * 0.15224^2 = 57.94. */
static void test_sharpness(void **state)
{
    (void)state;
    assert_close(sharpness_of(even_wave), 57.94, 0.05);
    assert_close(sharpness_of(weak_wave), 57.94, 0.05); /* contrast does not count */
    /* most detail is down: the less sharp direction decides, weighed by 1.5 */
    assert_close(sharpness_of(flat_sideways), 1.5 * 57.94, 0.1);
    assert_close(sharpness_of(moved_along), 0, 1e-3);
    assert_close(sharpness_of(flat), 0, 1e-6);
    assert_close(sharpness_of(barely), 0, 1e-6); /* noise */
}

/* Bands across the face: 51 (0.2) and 204 (0.8) in turn, or one of them on each side. */
static double bands(int x, int y)
{
    (void)x;
    return y % 2 ? 51 : 204;
}

static double sides(int x, int y)
{
    (void)y;
    return x < PV_CHIP_WIDTH / 2 ? 51 : 204;
}

/* Of 16 rows 12 are too dark, 1 is too bright and 3 are neither. */
static double extremes(int x, int y)
{
    (void)x;
    return y % 16 < 12 ? 20 : y % 16 == 12 ? 250 : 100;
}

static void test_light(void **state)
{
    (void)state;
    pv_light light;
    pv_chip chip = draw_chip(bands);
    pv_light_measure(&chip, &light);
    assert_close(light.mean, 0.5, 1e-4);
    assert_close(light.variance, 0.09, 1e-4); /* 0.3 squared */
    /* the brighter two thirds: all of the bright half and a third of the dark one */
    assert_close(light.brightness, (0.5 * 0.8 + 0.5 / 3 * 0.2) * 1.5, 1e-3);
    assert_close(light.entropy, 1, 1e-4);
    assert_close(light.uniformity, 1, 1e-4);
    assert_true(light.underexposed == 0.0F && light.overexposed == 0.0F);
    chip = draw_chip(sides);
    pv_light_measure(&chip, &light);
    assert_close(light.mean, 0.5, 1e-4);
    assert_close(light.uniformity, 0, 1e-4);
    chip = draw_chip(extremes);
    pv_light_measure(&chip, &light);
    assert_close(light.underexposed, 12.0 / 16, 1e-4);
    assert_close(light.overexposed, 1.0 / 16, 1e-4);
    /* 1 row of 250, 3 of 100 and 6 2/3 of the dark ones */
    assert_close(light.brightness, (250 + 300 + 20 * 20 / 3.0) / (32 / 3.0) / 255, 1e-3);
    chip = draw_chip(flat);
    pv_light_measure(&chip, &light);
    assert_close(light.variance, 0, 1e-6);
    assert_close(light.entropy, 0, 1e-6);
}

static double colour_of(float red, float green, float blue)
{
    pv_light light;
    pv_chip chip = draw_chip(flat);
    for (size_t i = 0; i < CHIP_PIXELS; i++) {
        rgb[i] = red;
        rgb[CHIP_PIXELS + i] = green;
        rgb[2 * CHIP_PIXELS + i] = blue;
    }
    pv_light_measure(&chip, &light);
    return (double)light.colour;
}

/* In CIE L*a*b* skin is taken to lie at a* 5 to 25 and b* 5 to 35. */
static void test_colour(void **state)
{
    (void)state;
    assert_close(colour_of(224, 172, 150), 0, 1e-6); /* light and dark skin */
    assert_close(colour_of(90, 56, 37), 0, 1e-6);
    assert_close(colour_of(128, 128, 128), hypot(5, 5), 0.05);              /* (0, 0) */
    assert_close(colour_of(0, 0, 255), hypot(79.19 - 25, 107.86 + 5), 0.1); /* (79.19, -107.86) */
    assert_close(colour_of(0, 255, 0), hypot(86.18 + 5, 83.18 - 35), 0.1);  /* (-86.18, 83.18) */
}

static pv_image open_pixels(int width, int height)
{
    pv_image image;
    assert_int_equal(pv_image_open("image", pixels, width, height, PV_FORMAT_RGB, arena, &image),
                     PV_OK);
    return image;
}

static void set_grey(int width, int x, int y, int value)
{
    memset(pixels + 3 * (size_t)(y * width + x), value, 3);
}

/* A face whose points are the reference points at this scale, 20 pixels from the corner. */
static pv_face reference_face(float scale)
{
    static const pv_point points[PV_FACE_POINTS] = {{38.2946F, 51.6963F},
                                                    {73.5318F, 51.5014F},
                                                    {56.0252F, 71.7366F},
                                                    {41.5493F, 92.3655F},
                                                    {70.7299F, 92.2041F}};
    pv_face face = {0};
    for (int i = 0; i < PV_FACE_POINTS; i++)
        face.points[i] = (pv_point){scale * points[i].x + 20, scale * points[i].y + 20};
    return face;
}

static void brightest(const pv_chip *chip, int from, int to, int *x, int *y)
{
    float most = -1;
    for (int row = 0; row < chip->height; row++)
        for (int column = from; column < to; column++)
            if (chip->luma[row * chip->width + column] > most) {
                most = chip->luma[row * chip->width + column];
                *x = column;
                *y = row;
            }
}

/* Lights in the eyes appear 48 pixels apart in row 56. */
static void test_chip(void **state)
{
    (void)state;
    pv_face face = reference_face(3);
    for (int eye = 0; eye < 2; eye++)
        for (int y = -2; y <= 2; y++)
            for (int x = -2; x <= 2; x++)
                set_grey(SIDE, (int)lroundf(face.points[eye].x) + x,
                         (int)lroundf(face.points[eye].y) + y, x || y ? 150 : 250);
    pv_image image = open_pixels(SIDE, SIDE);
    pv_chip chip;
    assert_int_equal(pv_chip_make(&image, &face, &chip), PV_OK);
    assert_int_equal(chip.width, PV_CHIP_WIDTH);
    assert_int_equal(chip.height, PV_CHIP_HEIGHT);
    int x = 0;
    int y = 0;
    brightest(&chip, 0, chip.width / 2, &x, &y);
    assert_close(x, 40, 1);
    assert_close(y, 56, 1);
    brightest(&chip, chip.width / 2, chip.width, &x, &y);
    assert_close(x, 88, 1);
    assert_close(y, 56, 1);
    /* an ellipse with half axes of 40 and 54 pixels; its lowest rows are below the chip */
    assert_close((double)chip.inside_count, TURN / 2 * 40 * 54, 60);
    assert_false(chip.inside[0]);
    assert_true(chip.inside[84 * chip.width + 64]);
}

/* A small face is not drawn larger than it is. */
static void test_chip_of_a_small_face(void **state)
{
    (void)state;
    pv_face face = reference_face(0.681128F); /* eyes 24 pixels apart */
    pv_image image = open_pixels(SIDE, SIDE);
    pv_chip chip;
    assert_int_equal(pv_chip_make(&image, &face, &chip), PV_OK);
    assert_close(chip.scale, 0.5, 1e-3);
    assert_int_equal(chip.width, PV_CHIP_WIDTH / 2);
    assert_int_equal(chip.height, PV_CHIP_HEIGHT / 2);
    memset(&face, 0, sizeof face);
    assert_int_equal(pv_chip_make(&image, &face, &chip), PV_ERROR_GENERIC);
}

static pv_background background_of(float left)
{
    /* neighbouring samples are one pixel apart in both directions */
    const pv_face face = {
        .left = left, .right = left + 95.0F / 3, .top = 100, .bottom = 100 + 63 / 1.3F};
    pv_image image = open_pixels(SIDE, SIDE);
    pv_background background;
    assert_int_equal(pv_background_measure(&image, &face, &background), PV_OK);
    return background;
}

static void test_background(void **state)
{
    (void)state;
    for (int y = 0; y < SIDE; y++)
        for (int x = 0; x < SIDE; x++)
            set_grey(SIDE, x, y, 77);
    pv_background found = background_of(150);
    assert_close(found.unevenness, 0, 1e-4);
    assert_close(found.visible, 1, 1e-4);
    for (int y = 0; y < SIDE; y++)
        for (int x = 0; x < SIDE; x++)
            set_grey(SIDE, x, y, (3 * x + 4 * y) % 1024 / 8);
    for (int y = 60; y < 160; y++)
        for (int x = 90; x < 240; x++)
            set_grey(SIDE, x, y, 3 * (x - 100) / 2 + 1);
    found = background_of(150);
    assert_close(found.unevenness, 1.5, 0.05); /* a ramp of 3 steps in two pixels */
    /* half of what is looked at lies outside the picture */
    found = background_of(-95.0F / 6);
    assert_in_range((int)(100 * found.visible), 30, 60);
    found = background_of(-200);
    assert_close(found.visible, 0, 1e-4);
}

static bool blockiness_of(int side, int ramp, int jump, float *blockiness)
{
    for (int y = 0; y < side; y++)
        for (int x = 0; x < side; x++)
            set_grey(side, x, y, ramp * x + jump * (x / 8));
    const pv_face face = {.left = 0, .top = 0, .right = (float)side, .bottom = (float)side};
    pv_image image = open_pixels(side, side);
    return pv_compression_measure(&image, &face, blockiness);
}

static void test_compression(void **state)
{
    (void)state;
    float blockiness = -1;
    assert_true(blockiness_of(64, 2, 0, &blockiness));
    assert_close(blockiness, 1, 1e-5);
    assert_true(blockiness_of(64, 2, 5, &blockiness));
    assert_close(blockiness, 3.5, 1e-5);                /* 2 + 5 across borders, 2 elsewhere */
    assert_false(blockiness_of(64, 0, 0, &blockiness)); /* nothing to compare with */
    assert_false(blockiness_of(32, 2, 5, &blockiness)); /* too few blocks */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_sharpness, make_arena, drop_arena),
        cmocka_unit_test_setup_teardown(test_light, make_arena, drop_arena),
        cmocka_unit_test_setup_teardown(test_colour, make_arena, drop_arena),
        cmocka_unit_test_setup_teardown(test_chip, make_arena, drop_arena),
        cmocka_unit_test_setup_teardown(test_chip_of_a_small_face, make_arena, drop_arena),
        cmocka_unit_test_setup_teardown(test_background, make_arena, drop_arena),
        cmocka_unit_test_setup_teardown(test_compression, make_arena, drop_arena),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
