/* Maps in perspective, the aspect of a rectangle seen by a camera, and the page drawn flat. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../fixture_arena.h"
#include "base/arena.h"
#include "document/page.h"

#define RADIANS (3.14159265358979323846 / 180.0)
#define WIDTH 640
#define HEIGHT 480

static const pv_point square[4] = {{0, 0}, {10, 0}, {10, 10}, {0, 10}};
static const pv_point slanted[4] = {{100, 80}, {500, 120}, {450, 400}, {90, 330}};

static void assert_point(pv_point point, double x, double y, double tolerance)
{
    if (fabs(point.x - x) > tolerance || fabs(point.y - y) > tolerance)
        fail_msg("(%g, %g) is not (%g, %g)", (double)point.x, (double)point.y, x, y);
}

static void test_fit_takes_corners_to_corners(void **state)
{
    (void)state;
    pv_projective map;
    assert_int_equal(pv_projective_fit(square, slanted, &map), PV_OK);
    pv_projective back = pv_projective_invert(&map);
    pv_projective both = pv_projective_compose(&map, &back);
    for (int i = 0; i < 4; i++) {
        assert_point(pv_projective_apply(&map, square[i]), slanted[i].x, slanted[i].y, 1e-3);
        assert_point(pv_projective_apply(&back, slanted[i]), square[i].x, square[i].y, 1e-4);
    }
    assert_point(pv_projective_apply(&both, (pv_point){3, 7}), 3, 7, 1e-4);
    /* the crossing of the diagonals stays one: (5, 5) lies on both in the square */
    pv_point middle = pv_projective_apply(&map, (pv_point){5, 5});
    for (int i = 0; i < 2; i++) {
        double dx = slanted[i + 2].x - slanted[i].x;
        double dy = slanted[i + 2].y - slanted[i].y;
        double off = (middle.x - slanted[i].x) * dy - (middle.y - slanted[i].y) * dx;
        assert_true(fabs(off) / hypot(dx, dy) < 1e-2);
    }
}

static void test_what_is_no_rectangle_is_refused(void **state)
{
    (void)state;
    static const pv_point bad[][4] = {
        {{0, 0}, {0, 0}, {10, 10}, {0, 10}},  /* two corners in one place */
        {{0, 0}, {5, 0}, {10, 0}, {0, 10}},   /* three on a line */
        {{0, 0}, {10, 10}, {10, 0}, {0, 10}}, /* crossing itself */
        {{0, 0}, {10, 0}, {2, 2}, {0, 10}},   /* a corner pushed in */
        {{0, 0}, {10, 0}, {NAN, 2}, {0, 10}}, {{0, 0}, {10, 0}, {INFINITY, 10}, {0, 10}},
        {{1, 1}, {1, 1}, {1, 1}, {1, 1}},
    };
    pv_projective map;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(pv_projective_fit(square, bad[i], &map), PV_ERROR_GENERIC);
        assert_int_equal(pv_projective_fit(bad[i], square, &map), PV_ERROR_GENERIC);
        assert_false(pv_quad_is_convex(bad[i]));
    }
    assert_true(fabs(pv_quad_area(square) - 100.0) < 1e-9);
}

static pv_image open_picture(uint8_t *rgb, int width, int height)
{
    pv_image image;
    assert_int_equal(pv_image_open("test", rgb, width, height, PV_FORMAT_RGB, arena, &image),
                     PV_OK);
    return image;
}

/* Each pixel has a colour of its own, and neighbours are alike. */
static uint8_t *draw_ramp(int width, int height)
{
    uint8_t *rgb = malloc((size_t)width * (size_t)height * 3);
    assert_non_null(rgb);
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++) {
            uint8_t *p = rgb + 3 * (y * width + x);
            p[0] = (uint8_t)(255 * x / width);
            p[1] = (uint8_t)(255 * y / height);
            p[2] = (uint8_t)(128 + 127 * ((x / 40 + y / 40) % 2));
        }
    return rgb;
}

static void test_identity_copies(void **state)
{
    (void)state;
    uint8_t *rgb = draw_ramp(67, 41);
    uint8_t *copy = malloc(67 * 41 * 3);
    pv_image image = open_picture(rgb, 67, 41);
    const pv_projective identity = {{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
    assert_int_equal(pv_image_warp_projective(&image, &identity, 67, 41, copy), PV_OK);
    assert_memory_equal(copy, rgb, 67 * 41 * 3);
    free(copy);
    free(rgb);
}

/* Of the kernel of Catmull and Rom for one place, in full precision. */
static double expect_cubic(const uint8_t *rgb, int width, int height, double x, double y,
                           int channel)
{
    double sum = 0.0;
    if (x < -0.5 || y < -0.5 || x >= width - 0.5 || y >= height - 0.5)
        return 0.0;
    for (int j = (int)floor(y) - 1; j <= (int)floor(y) + 2; j++)
        for (int i = (int)floor(x) - 1; i <= (int)floor(x) + 2; i++) {
            const double away[2] = {fabs(x - i), fabs(y - j)};
            double weight = 1.0;
            for (int axis = 0; axis < 2; axis++) {
                double d = away[axis];
                weight *= d < 1.0   ? (1.5 * d - 2.5) * d * d + 1.0
                          : d < 2.0 ? ((-0.5 * d + 2.5) * d - 4.0) * d + 2.0
                                    : 0.0;
            }
            int column = i < 0 ? 0 : i >= width ? width - 1 : i;
            int row = j < 0 ? 0 : j >= height ? height - 1 : j;
            sum += weight * rgb[3 * (row * width + column) + channel];
        }
    return fmin(fmax(sum, 0.0), 255.0);
}

/* Noise at fractional places, near the border and beyond it, where a vector may end anywhere. */
static void test_enlarging_is_bicubic(void **state)
{
    (void)state;
    uint8_t rgb[40 * 30 * 3];
    uint8_t out[131 * 67 * 3];
    srand(5);
    for (size_t i = 0; i < sizeof rgb; i++)
        rgb[i] = (uint8_t)(rand() & 255);
    static const pv_point target[4] = {{0, 0}, {130, 0}, {130, 66}, {0, 66}};
    static const pv_point seen[4] = {{-4, 3}, {38.3F, -5}, {43, 33}, {1.7F, 28}};
    pv_projective map;
    pv_image image = open_picture(rgb, 40, 30);
    assert_int_equal(pv_projective_fit(target, seen, &map), PV_OK);
    assert_int_equal(pv_image_warp_projective(&image, &map, 131, 67, out), PV_OK);
    for (int i = 0; i < 131 * 67 * 3; i++) {
        const int x = i / 3 % 131;
        const int y = i / 3 / 131;
        double w = map.m[2][0] * x + map.m[2][1] * y + map.m[2][2];
        double sx = (map.m[0][0] * x + map.m[0][1] * y + map.m[0][2]) / w;
        double sy = (map.m[1][0] * x + map.m[1][1] * y + map.m[1][2]) / w;
        double expected = expect_cubic(rgb, 40, 30, sx, sy, i % 3);
        if (fabs(out[i] - expected) > 2.0)
            fail_msg("(%d, %d) has %d instead of %g", x, y, out[i], expected);
    }
}

/* Whatever the order and number of bytes in a pixel, and for each kernel. */
static void test_formats_are_drawn_alike(void **state)
{
    (void)state;
    enum { SIDE = 90, TARGET = 70 };
    static uint8_t pixels[3][SIDE * SIDE * 4];
    static uint8_t out[3][TARGET * TARGET * 3];
    srand(6);
    for (int i = 0; i < SIDE * SIDE; i++)
        for (int c = 0; c < 3; c++) {
            uint8_t value = (uint8_t)(rand() & 255);
            pixels[PV_FORMAT_RGB][3 * i + c] = value;
            pixels[PV_FORMAT_BGR][3 * i + 2 - c] = value;
            pixels[PV_FORMAT_RGBA][4 * i + c] = value;
        }
    for (double scale = 0.4; scale < 4.0; scale *= 1.5) {
        const pv_projective map = {{{scale, 0.1, -3.2}, {-0.2, scale, 5.1}, {1e-4, 2e-4, 1}}};
        for (int format = 0; format < 3; format++) {
            pv_image image;
            assert_int_equal(pv_image_open("picture", pixels[format], SIDE, SIDE,
                                           (pv_pixel_format)format, arena, &image),
                             PV_OK);
            assert_int_equal(pv_image_warp_projective(&image, &map, TARGET, TARGET, out[format]),
                             PV_OK);
        }
        assert_memory_equal(out[PV_FORMAT_RGB], out[PV_FORMAT_BGR], sizeof out[0]);
        assert_memory_equal(out[PV_FORMAT_RGB], out[PV_FORMAT_RGBA], sizeof out[0]);
    }
}

/* Stripes finer than the target's pixels become their mean, however the scale differs between the
 * directions and from one end to the other. */
static void test_shrinking_averages(void **state)
{
    (void)state;
    const int sides[2] = {1200, 900};
    uint8_t *rgb = malloc((size_t)sides[0] * (size_t)sides[1] * 3);
    assert_non_null(rgb);
    for (int i = 0; i < sides[0] * sides[1]; i++)
        memset(rgb + 3 * i, (i % sides[0] + i / sides[0]) % 2 ? 255 : 0, 3);
    pv_image image = open_picture(rgb, sides[0], sides[1]);
    static const pv_point quads[][4] = {
        {{0, 0}, {1199, 0}, {1199, 899}, {0, 899}},
        {{0, 0}, {1199, 0}, {1199, 210}, {0, 210}},    /* six to one across, one down */
        {{0, 400}, {1190, 10}, {1190, 890}, {0, 500}}, /* the right end near, the left far */
    };
    static const pv_point target[4] = {
        {-0.5F, -0.5F}, {199.5F, -0.5F}, {199.5F, 99.5F}, {-0.5F, 99.5F}};
    uint8_t out[200 * 100 * 3];
    for (size_t q = 0; q < sizeof quads / sizeof quads[0]; q++) {
        pv_projective map;
        assert_int_equal(pv_projective_fit(target, quads[q], &map), PV_OK);
        assert_int_equal(pv_image_warp_projective(&image, &map, 200, 100, out), PV_OK);
        double square_sum = 0.0;
        for (size_t i = 0; i < sizeof out; i++)
            square_sum += pow(out[i] - 127.5, 2);
        /* one sample a pixel would leave 60 and more */
        double deviation = sqrt(square_sum / (double)sizeof out);
        if (deviation > 40.0)
            fail_msg("figure %zu: %g", q, deviation);
    }
    free(rgb);
}

static void test_a_horizon_is_refused(void **state)
{
    (void)state;
    uint8_t *rgb = draw_ramp(20, 20);
    uint8_t out[20 * 20 * 3];
    pv_image image = open_picture(rgb, 20, 20);
    static const pv_projective bad[] = {
        {{{1, 0, 0}, {0, 1, 0}, {-0.1, 0, 1}}}, /* where x is 10 */
        {{{NAN, 0, 0}, {0, 1, 0}, {0, 0, 1}}},
        {{{1, 0, 0}, {0, 1, 0}, {0, 0, 0}}},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(pv_image_warp_projective(&image, &bad[i], 20, 20, out), PV_ERROR_GENERIC);
    free(rgb);
}

/* Where a camera with that focal length (by the picture's diagonal) sees the corners of a sheet
 * that lies `turn` degrees turned and `tilt` degrees tilted about an axis at `axis` degrees. */
static void look_at(double aspect, double focal, double turn, double tilt, double axis,
                    pv_point out[4])
{
    double f = focal * hypot(WIDTH, HEIGHT);
    double distance = f / 200.0;
    double c = cos(tilt * RADIANS);
    double s = sin(tilt * RADIANS);
    double ax = cos(axis * RADIANS);
    double ay = sin(axis * RADIANS);
    for (int i = 0; i < 4; i++) {
        double px = (i == 1 || i == 2 ? 0.5 : -0.5) * aspect;
        double py = i >= 2 ? 0.5 : -0.5;
        double x = px * cos(turn * RADIANS) - py * sin(turn * RADIANS);
        double y = px * sin(turn * RADIANS) + py * cos(turn * RADIANS);
        /* turned about (ax, ay, 0), by Rodrigues */
        double along = (ax * x + ay * y) * (1 - c);
        double rx = x * c + ax * along;
        double ry = y * c + ay * along;
        double rz = (ax * y - ay * x) * s + distance;
        out[i] = (pv_point){(float)((WIDTH - 1) / 2.0 + f * (rx + 0.1) / rz),
                            (float)((HEIGHT - 1) / 2.0 + f * (ry - 0.05) / rz)};
    }
}

static void test_aspect_under_perspective(void **state)
{
    (void)state;
    static const double aspects[] = {85.60 / 53.98, 125.0 / 88.0, 88.0 / 125.0};
    static const double turns[] = {0, 20, 75, 140};
    for (size_t a = 0; a < sizeof aspects / sizeof aspects[0]; a++)
        for (size_t t = 0; t < sizeof turns / sizeof turns[0]; t++)
            for (double tilt = 0; tilt <= 45; tilt += 15)
                for (double axis = 10; axis < 180; axis += 50) {
                    pv_point corners[4];
                    look_at(aspects[a], 0.8, turns[t], tilt, axis, corners);
                    double found = pv_page_aspect(corners, WIDTH, HEIGHT);
                    if (fabs(log(found / aspects[a])) > 0.01)
                        fail_msg("%g for %g, turned %g, tilted %g at %g", found, aspects[a],
                                 turns[t], tilt, axis);
                    assert_int_equal(pv_page_guess_format(found), a ? PV_PAGE_ID3 : PV_PAGE_ID1);
                }
    /* another lens, which the corners alone tell */
    pv_point corners[4];
    look_at(aspects[0], 1.6, 20, 40, 70, corners);
    assert_true(fabs(log(pv_page_aspect(corners, WIDTH, HEIGHT) / aspects[0])) < 0.01);
    /* the lengths of the sides say something else */
    look_at(aspects[0], 0.8, 20, 40, 10, corners);
    assert_true(fabs(log(pv_page_aspect(corners, WIDTH, HEIGHT) / aspects[0])) < 0.01);
    double across = hypot((double)corners[1].x - corners[0].x, (double)corners[1].y - corners[0].y);
    double down = hypot((double)corners[3].x - corners[0].x, (double)corners[3].y - corners[0].y);
    assert_true(fabs(log(across / down / aspects[0])) > 0.05);
}

static void test_page_has_the_size_of_its_format(void **state)
{
    (void)state;
    uint8_t *rgb = draw_ramp(WIDTH, HEIGHT);
    pv_image picture = open_picture(rgb, WIDTH, HEIGHT);
    static const double dots = 300.0 / 25.4;
    static const double sizes[PV_PAGE_FORMATS][2] = {{85.60, 53.98}, {105, 74}, {125, 88}};
    for (int format = 0; format < PV_PAGE_FORMATS; format++)
        for (int portrait = 0; portrait < 2; portrait++) {
            pv_point corners[4];
            double aspect = sizes[format][portrait] / sizes[format][1 - portrait];
            look_at(aspect, 0.8, 10, 25, 30, corners);
            pv_page page;
            assert_int_equal(pv_page_make(&picture, corners, (pv_page_format)format, &page), PV_OK);
            assert_int_equal(page.portrait, portrait);
            assert_true(fabs(page.image.levels[0].width - dots * sizes[format][portrait]) < 1.0);
            assert_true(fabs(page.image.levels[0].height - dots * sizes[format][1 - portrait]) <
                        1.0);
        }
    free(rgb);
}

/* What stands in the page at a place stands in the picture where to_picture says, also after it
 * was turned. */
static void test_page_shows_the_picture(void **state)
{
    (void)state;
    uint8_t *rgb = draw_ramp(WIDTH, HEIGHT);
    pv_image picture = open_picture(rgb, WIDTH, HEIGHT);
    pv_page page;
    pv_page turned;
    assert_int_equal(pv_page_make(&picture, slanted, PV_PAGE_ID1, &page), PV_OK);
    for (int quarters = -1; quarters < 6; quarters++) {
        assert_int_equal(pv_page_turn(&page, quarters, &turned), PV_OK);
        const pv_plane *plane = &turned.image.levels[0];
        assert_int_equal(plane->width > plane->height, quarters % 2 == 0);
        assert_int_equal(turned.portrait, quarters % 2 != 0);
        for (int i = 0; i < 4; i++) {
            pv_point end = {(i == 1 || i == 2) ? (float)plane->width - 0.5F : -0.5F,
                            i >= 2 ? (float)plane->height - 0.5F : -0.5F};
            pv_point seen = pv_projective_apply(&turned.to_picture, end);
            assert_point(seen, turned.corners[i].x, turned.corners[i].y, 1e-2);
            assert_point(turned.corners[i], slanted[((i - quarters) % 4 + 4) % 4].x,
                         slanted[((i - quarters) % 4 + 4) % 4].y, 1e-6);
        }
        for (int k = 1; k < 8; k++) {
            int x = plane->width * k / 8;
            int y = plane->height * ((3 * k) % 8) / 8;
            const uint8_t *pixel = plane->pixels + 3 * (y * plane->width + x);
            pv_point there =
                pv_projective_apply(&turned.to_picture, (pv_point){(float)x, (float)y});
            assert_true(fabs(pixel[0] - 255.0 * there.x / WIDTH) < 2.0);
            assert_true(fabs(pixel[1] - 255.0 * there.y / HEIGHT) < 2.0);
        }
    }
    free(rgb);
}

static void test_page_of_bad_corners(void **state)
{
    (void)state;
    uint8_t *rgb = draw_ramp(WIDTH, HEIGHT);
    pv_image picture = open_picture(rgb, WIDTH, HEIGHT);
    static const pv_point folded[4] = {{0, 0}, {100, 100}, {100, 0}, {0, 100}};
    pv_page page;
    assert_int_equal(pv_page_make(&picture, folded, PV_PAGE_ID1, &page), PV_ERROR_GENERIC);
    /* corners beyond the border of the picture are good ones */
    static const pv_point beyond[4] = {{-40, -30}, {700, -10}, {690, 500}, {-20, 480}};
    assert_int_equal(pv_page_make(&picture, beyond, PV_PAGE_ID1, &page), PV_OK);
    free(rgb);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_fit_takes_corners_to_corners, make_arena, drop_arena),
        cmocka_unit_test_setup_teardown(test_what_is_no_rectangle_is_refused, make_arena,
                                        drop_arena),
        cmocka_unit_test_setup_teardown(test_identity_copies, make_arena, drop_arena),
        cmocka_unit_test_setup_teardown(test_enlarging_is_bicubic, make_arena, drop_arena),
        cmocka_unit_test_setup_teardown(test_formats_are_drawn_alike, make_arena, drop_arena),
        cmocka_unit_test_setup_teardown(test_shrinking_averages, make_arena, drop_arena),
        cmocka_unit_test_setup_teardown(test_a_horizon_is_refused, make_arena, drop_arena),
        cmocka_unit_test_setup_teardown(test_aspect_under_perspective, make_arena, drop_arena),
        cmocka_unit_test_setup_teardown(test_page_has_the_size_of_its_format, make_arena,
                                        drop_arena),
        cmocka_unit_test_setup_teardown(test_page_shows_the_picture, make_arena, drop_arena),
        cmocka_unit_test_setup_teardown(test_page_of_bad_corners, make_arena, drop_arena),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
