/* The sharpness of a page: blur and motion lower it, light, exposure, noise and white areas do not
 * count. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "document/sharpness.h"

#define WIDTH 1011
#define HEIGHT 638

static uint32_t seed;

static uint32_t draw_number(void)
{
    seed = seed * 1664525U + 1013904223U;
    return seed >> 16;
}

/* Lines of strokes the size of small print, on paper; `rows` lines. */
static uint8_t *draw_page(int rows)
{
    uint8_t *gray = malloc(WIDTH * HEIGHT);
    assert_non_null(gray);
    memset(gray, 220, WIDTH * HEIGHT);
    seed = 7;
    for (int row = 0; row < rows; row++)
        for (int x = 60; x + 20 < WIDTH - 60; x += 14) {
            int top = 50 + row * 40;
            uint32_t strokes = draw_number();
            for (int i = 0; i < 4; i++)
                if (strokes & (1U << i))
                    for (int k = 0; k < 18; k++)
                        for (int w = 0; w < 3; w++) {
                            int px = i < 2 ? x + 8 * i + w : x + k % 11;
                            int py = i < 2 ? top + k : top + 8 * (i - 2) + w;
                            gray[py * WIDTH + px] = 40;
                        }
        }
    return gray;
}

/* The mean over width x height pixels, `times` times. */
static void soften(uint8_t *gray, int width, int height, int times)
{
    uint8_t *copy = malloc(WIDTH * HEIGHT);
    assert_non_null(copy);
    for (int t = 0; t < times; t++) {
        memcpy(copy, gray, WIDTH * HEIGHT);
        for (int y = height / 2; y < HEIGHT - height / 2; y++)
            for (int x = width / 2; x < WIDTH - width / 2; x++) {
                int sum = 0;
                for (int j = 0; j < height; j++)
                    for (int i = 0; i < width; i++)
                        sum += copy[(y + j - height / 2) * WIDTH + x + i - width / 2];
                gray[y * WIDTH + x] = (uint8_t)(sum / (width * height));
            }
    }
    free(copy);
}

static double measure(const uint8_t *gray)
{
    pv_arena *arena;
    pv_image image;
    float sharpness;
    uint8_t *rgb = malloc(WIDTH * HEIGHT * 3);
    assert_non_null(rgb);
    for (int i = 0; i < WIDTH * HEIGHT; i++)
        memset(rgb + 3 * i, gray[i], 3);
    assert_int_equal(pv_arena_create(&arena), PV_OK);
    assert_int_equal(pv_image_open("page", rgb, WIDTH, HEIGHT, PV_FORMAT_RGB, arena, &image),
                     PV_OK);
    assert_int_equal(pv_page_sharpness(&image, &sharpness), PV_OK);
    pv_arena_destroy(arena);
    free(rgb);
    return (double)sharpness;
}

static double measure_softened(int width, int height, int times)
{
    uint8_t *gray = draw_page(13);
    soften(gray, width, height, times);
    double sharpness = measure(gray);
    free(gray);
    return sharpness;
}

static void test_blur_lowers_it(void **state)
{
    (void)state;
    double sharp = measure_softened(1, 1, 1);
    double little = measure_softened(3, 3, 2); /* sigma 1.2 */
    double more = measure_softened(5, 5, 2);   /* sigma 2 */
    double much = measure_softened(9, 9, 2);   /* sigma 3.7 */
    assert_true(sharp > 1700.0);
    assert_true(little < sharp / 2 && little > 100.0);
    assert_true(more < little / 2);
    assert_true(much < 100.0 && much < more / 2);
}

static void test_motion_counts_in_its_direction(void **state)
{
    (void)state;
    double sharp = measure_softened(1, 1, 1);
    double sideways = measure_softened(9, 1, 1);
    double downwards = measure_softened(1, 9, 1);
    assert_true(sideways < sharp / 8);
    assert_true(downwards < sharp / 8);
}

static void test_light_and_noise_do_not_count(void **state)
{
    (void)state;
    uint8_t *gray = draw_page(13);
    double sharp = measure(gray);
    uint8_t *other = malloc(WIDTH * HEIGHT);
    for (int i = 0; i < WIDTH * HEIGHT; i++)
        other[i] = (uint8_t)(gray[i] * 2 / 5);
    assert_true(fabs(measure(other) / sharp - 1.0) < 0.1);
    for (int i = 0; i < WIDTH * HEIGHT; i++) /* a lamp on one side */
        other[i] = (uint8_t)(gray[i] * (WIDTH + 2 * (i % WIDTH)) / (3 * WIDTH));
    assert_true(fabs(measure(other) / sharp - 1.0) < 0.15);
    free(gray);
    gray = draw_page(13);
    soften(gray, 9, 9, 2);
    double soft = measure(gray);
    for (int i = 0; i < WIDTH * HEIGHT; i++) {
        int value = gray[i] + (int)(draw_number() % 17) - 8;
        gray[i] = (uint8_t)(value > 255 ? 255 : value < 0 ? 0 : value);
    }
    assert_true(measure(gray) < soft + 100.0);
    free(gray);
    free(other);
}

static void test_white_areas_do_not_count(void **state)
{
    (void)state;
    uint8_t *full = draw_page(13);
    uint8_t *part = draw_page(3);
    double all = measure(full);
    double some = measure(part);
    assert_true(some > all / 1.6 && some < all * 1.6);
    free(full);
    free(part);
}

static void test_nothing_to_see(void **state)
{
    (void)state;
    uint8_t *gray = malloc(WIDTH * HEIGHT);
    memset(gray, 200, WIDTH * HEIGHT);
    assert_true(measure(gray) == 0.0);
    memset(gray, 0, WIDTH * HEIGHT);
    assert_true(measure(gray) == 0.0);
    free(gray);
    /* pictures too small for a single block */
    static const int sides[][2] = {{1, 1}, {1, 700}, {700, 1}, {2, 3}};
    for (size_t i = 0; i < sizeof sides / sizeof sides[0]; i++) {
        pv_arena *arena;
        pv_image image;
        float sharpness = -1.0F;
        uint8_t rgb[700 * 3] = {0};
        assert_int_equal(pv_arena_create(&arena), PV_OK);
        assert_int_equal(
            pv_image_open("page", rgb, sides[i][0], sides[i][1], PV_FORMAT_RGB, arena, &image),
            PV_OK);
        assert_int_equal(pv_page_sharpness(&image, &sharpness), PV_OK);
        assert_true(sharpness == 0.0F);
        pv_arena_destroy(arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_blur_lowers_it),
        cmocka_unit_test(test_motion_counts_in_its_direction),
        cmocka_unit_test(test_light_and_noise_do_not_count),
        cmocka_unit_test(test_white_areas_do_not_count),
        cmocka_unit_test(test_nothing_to_see),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
