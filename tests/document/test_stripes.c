/* Grey pictures, and the stripes in them. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../fixture_arena.h"
#include "document/barcode.h"
#include "document/gray.h"
#include "document/stripes.h"

#define WIDTH 640
#define HEIGHT 480

static int shade(uint8_t bars[10][60], double x, double y, double angle)
{
    double across = (x - 300) * cos(angle) + (y - 220) * sin(angle);
    double along = (y - 220) * cos(angle) - (x - 300) * sin(angle);
    bool inside = fabs(across) < 120 && fabs(along) < 60;
    return inside ? bars[(int)(along + 60) / 12][(int)(across + 120) / 4] : 128;
}

/* A rectangle of 240 x 120 about (300, 220), turned, with stripes 4 pixels wide of random
 * brightness that change every 12 pixels along; flat elsewhere. */
static pv_gray draw(double angle)
{
    pv_gray out = {pv_arena_take(arena, WIDTH * HEIGHT, 1), WIDTH, HEIGHT};
    assert_non_null(out.pixels);
    uint8_t bars[10][60];
    uint32_t random = 1;
    for (int i = 0; i < 600; i++) {
        random = random * 1664525U + 1013904223U;
        bars[i / 60][i % 60] = random >> 31 ? 230 : 20;
    }
    for (int y = 0; y < HEIGHT; y++) {
        for (int x = 0; x < WIDTH; x++) {
            int sum = 0;
            for (int i = 0; i < 16; i++)
                sum += shade(bars, x + i % 4 / 4.0 - 0.375, y + i / 4 / 4.0 - 0.375, angle);
            out.pixels[y * WIDTH + x] = (uint8_t)(sum / 16);
        }
    }
    return out;
}

static void test_region(void **state)
{
    (void)state;
    for (int degrees = -80; degrees <= 80; degrees += 10) {
        double angle = degrees * M_PI / 180.0;
        pv_gray picture = draw(angle);
        pv_stripes regions[PV_STRIPES_MOST];
        int count = 0;
        assert_int_equal(pv_stripes_find(&picture, arena, regions, &count), PV_OK);
        assert_in_range(count, 1, PV_STRIPES_MOST);
        assert_true(fabs(remainder(regions[0].angle - angle, M_PI)) < 0.09);
        /* the middle, and half the size with a cell's room */
        double c = cos(regions[0].angle);
        double s = sin(regions[0].angle);
        double across = 300 * c + 220 * s;
        double along = 220 * c - 300 * s;
        assert_in_range(lround(across - regions[0].from_across), 120, 145);
        assert_in_range(lround(regions[0].to_across - across), 120, 145);
        assert_in_range(lround(along - regions[0].from_along), 60, 85);
        assert_in_range(lround(regions[0].to_along - along), 60, 85);
    }
}

static void test_flat(void **state)
{
    (void)state;
    pv_gray flat = {pv_arena_take(arena, WIDTH * HEIGHT, 1), WIDTH, HEIGHT};
    pv_stripes regions[PV_STRIPES_MOST];
    int count = 7;
    assert_int_equal(pv_stripes_find(&flat, arena, regions, &count), PV_OK);
    assert_int_equal(count, 0);
    static const int sizes[][2] = {{1, 1}, {1, 300}, {300, 1}, {9, 9}, {11, 2}};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        pv_gray small = {flat.pixels, sizes[i][0], sizes[i][1]};
        assert_int_equal(pv_stripes_find(&small, arena, regions, &count), PV_OK);
        assert_int_equal(count, 0);
    }
}

/* Rows of a sheared code are found to run downhill as they do. */
static void test_slope(void **state)
{
    (void)state;
    for (int i = -2; i <= 2; i++) {
        double slope = 0.1 * i;
        pv_gray straight = draw(0.0);
        pv_gray sheared = {pv_arena_take(arena, 240 * 160, 1), 240, 160};
        assert_non_null(sheared.pixels);
        const pv_affine map = {.xx = 1, .x0 = 180, .yx = -slope, .yy = 1, .y0 = 140 + 120 * slope};
        pv_gray_warp(&straight, &map, &sheared);
        double found = 9.0;
        assert_int_equal(pv_stripes_slope(&sheared, arena, &found), PV_OK);
        assert_true(fabs(found - slope) < 0.015);
    }
}

static void test_gray(void **state)
{
    (void)state;
    const uint8_t rgb[] = {255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255};
    const pv_plane plane = {rgb, 2, 2, 3, 0, 1, 2};
    pv_gray gray;
    pv_gray half;
    assert_int_equal(pv_gray_make(&plane, arena, &gray), PV_OK);
    const uint8_t expected[] = {76, 150, 29, 255};
    assert_memory_equal(gray.pixels, expected, 4);
    assert_int_equal(pv_gray_halve(&gray, arena, &half), PV_OK);
    assert_int_equal(half.pixels[0], (76 + 150 + 29 + 255 + 2) / 4);
    assert_int_equal(pv_gray_halve(&half, arena, &half), PV_OK);
    assert_int_equal(half.width * half.height, 1);
    /* the same place gives the same pixel, a place far outside that of the border */
    const pv_affine same = {.xx = 1, .yy = 1};
    const pv_affine away = {.xx = 1, .yy = 1, .x0 = 1e9, .y0 = 1e9};
    uint8_t room[4];
    pv_gray target = {room, 2, 2};
    pv_gray_warp(&gray, &same, &target);
    assert_memory_equal(room, expected, 4);
    pv_gray_warp(&gray, &away, &target);
    assert_int_equal(room[0], 255);
}

static void test_widen(void **state)
{
    (void)state;
    const pv_point corners[4] = {{10, 20}, {110, 20}, {110, 60}, {10, 60}};
    pv_point wide[4];
    pv_barcode_widen(corners, 0.0, 200, 100, wide);
    assert_memory_equal(wide, corners, sizeof wide);
    pv_barcode_widen(corners, 0.25, 200, 100, wide);
    assert_true(wide[0].x == 0.0F && wide[0].y == 10.0F);
    assert_true(wide[2].x == 135.0F && wide[2].y == 70.0F);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_region, make_arena, drop_arena),
        cmocka_unit_test_setup_teardown(test_flat, make_arena, drop_arena),
        cmocka_unit_test_setup_teardown(test_slope, make_arena, drop_arena),
        cmocka_unit_test_setup_teardown(test_gray, make_arena, drop_arena),
        cmocka_unit_test(test_widen)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
