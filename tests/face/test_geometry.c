/* Warping, alignment and selection, on values that can be worked out by hand. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../fixture_arena.h"
#include "face/detect.h"
#include "face/embed.h"
#include "face/select.h"

static void assert_close(double value, double expected, double tolerance)
{
    if (!(fabs(value - expected) <= tolerance))
        fail_msg("%f is not within %f of %f", value, tolerance, expected);
}

static const pv_point canonical[PV_FACE_POINTS] = {{38.2946F, 51.6963F},
                                                   {73.5318F, 51.5014F},
                                                   {56.0252F, 71.7366F},
                                                   {41.5493F, 92.3655F},
                                                   {70.7299F, 92.2041F}};

/* A face whose points are the reference points under a known similarity is aligned by it. */
static void test_alignment(void **state)
{
    (void)state;
    const pv_affine known = {.xx = 1.2, .xy = -0.7, .x0 = 300, .yx = 0.7, .yy = 1.2, .y0 = 90};
    pv_face face = {0};
    pv_affine map;
    for (int i = 0; i < PV_FACE_POINTS; i++)
        face.points[i] = pv_affine_apply(&known, canonical[i]);
    assert_int_equal(pv_face_align(&face, 0, &map), PV_OK);
    assert_close(map.xx, known.xx, 1e-4);
    assert_close(map.xy, known.xy, 1e-4);
    assert_close(map.yx, known.yx, 1e-4);
    assert_close(map.x0, known.x0, 1e-2);
    assert_close(map.y0, known.y0, 1e-2);
    /* the second crop is tighter: its chip covers less of the picture, around the same centre */
    pv_affine tighter;
    assert_int_equal(pv_face_align(&face, 1, &tighter), PV_OK);
    assert_true(tighter.xx < map.xx);
    pv_point middle = {55.5F, 55.5F};
    assert_close(pv_affine_apply(&tighter, middle).x, pv_affine_apply(&map, middle).x, 1e-2);
    memset(face.points, 0, sizeof face.points);
    assert_int_equal(pv_face_align(&face, 0, &map), PV_ERROR_GENERIC);
}

/* Least squares: of points that no similarity maps exactly, the fit has the least error. */
static void test_fit_is_least_squares(void **state)
{
    (void)state;
    const pv_point from[3] = {{0, 0}, {10, 0}, {0, 10}};
    const pv_point to[3] = {{1, 1}, {12, 2}, {0, 9}};
    pv_affine best;
    assert_int_equal(pv_affine_fit_similarity(from, to, 3, &best), PV_OK);
    double least = 0;
    for (int variant = 0; variant < 9; variant++) {
        pv_affine other = best;
        double step = (variant & 1) ? 0.01 : -0.01;
        if (variant == 1 || variant == 2) {
            other.xx += step;
            other.yy += step;
        } else if (variant == 3 || variant == 4) {
            other.xy -= step;
            other.yx += step;
        } else if (variant == 5 || variant == 6) {
            other.x0 += step;
        } else if (variant > 6) {
            other.y0 += step;
        }
        double error = 0;
        for (int i = 0; i < 3; i++) {
            pv_point p = pv_affine_apply(&other, from[i]);
            error += pow(p.x - to[i].x, 2) + pow(p.y - to[i].y, 2);
        }
        if (variant == 0)
            least = error;
        assert_true(error >= least - 1e-5);
    }
}

static void warp(const uint8_t *pixels, int width, int height, pv_pixel_format format,
                 pv_affine map, pv_planar *target)
{
    pv_image image;
    assert_int_equal(pv_image_open("test", pixels, width, height, format, arena, &image), PV_OK);
    target->data = pv_arena_take(arena, 3 * (size_t)(target->width * target->height), 4);
    assert_int_equal(pv_image_warp(&image, &map, target), PV_OK);
}

static const pv_affine identity = {.xx = 1, .yy = 1};

static void test_warp_channels(void **state)
{
    (void)state;
    static const uint8_t rgb[6] = {10, 20, 30, 40, 50, 60};
    static const uint8_t rgba[8] = {10, 20, 30, 99, 40, 50, 60, 99};
    pv_planar t = {.width = 2, .height = 1, .mean = 10, .scale = 0.5F};
    warp(rgb, 2, 1, PV_FORMAT_RGB, identity, &t);
    const float expected[6] = {0, 15, 5, 20, 10, 25};
    assert_memory_equal(t.data, expected, sizeof expected);
    warp(rgba, 2, 1, PV_FORMAT_RGBA, identity, &t);
    assert_memory_equal(t.data, expected, sizeof expected);
    t.blue_first = 1;
    warp(rgb, 2, 1, PV_FORMAT_BGR, identity, &t);
    assert_memory_equal(t.data, expected, sizeof expected);
    warp(rgb, 2, 1, PV_FORMAT_RGB, identity, &t);
    assert_close(t.data[0], 10, 0);
}

static void test_warp_positions(void **state)
{
    (void)state;
    static uint8_t ramp[16 * 8 * 3];
    for (int i = 0; i < 16 * 8; i++)
        memset(ramp + 3 * i, 4 * (i % 16) + 10 * (i / 16), 3);
    pv_planar t = {.width = 4, .height = 4, .scale = 1};
    /* upright and slightly turned maps go different ways through the code and must agree */
    for (int turned = 0; turned < 2; turned++) {
        pv_affine map = {.xx = 1.5, .x0 = 2.25, .yy = 0.5, .y0 = 3.5};
        map.xy = turned ? 1e-9 : 0;
        warp(ramp, 16, 8, PV_FORMAT_RGB, map, &t);
        for (int y = 0; y < 4; y++)
            for (int x = 0; x < 4; x++)
                assert_close(t.data[4 * y + x], 4 * (1.5 * x + 2.25) + 10 * (0.5 * y + 3.5), 1e-3);
        /* outside is black, and half outside is half as bright */
        map.x0 = -100;
        warp(ramp, 16, 8, PV_FORMAT_RGB, map, &t);
        assert_close(t.data[0], 0, 0);
        map = (pv_affine){.xx = 1, .x0 = -0.5, .yy = 1, .y0 = 3, .xy = turned ? 1e-9 : 0};
        warp(ramp, 16, 8, PV_FORMAT_RGB, map, &t);
        assert_close(t.data[0], 15, 1e-3);
    }
}

/* Shrinking averages: a fine chessboard becomes grey, not black or white. */
static void test_warp_layout_and_border(void **state)
{
    (void)state;
    static const uint8_t rgb[12] = {10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120};
    for (int turned = 0; turned < 2; turned++) {
        pv_planar t = {.width = 4, .height = 4, .scale = 1, .interleaved = true};
        const pv_affine around = {
            .xx = 1, .x0 = -1, .yy = 1, .y0 = -1, .xy = turned ? 1e-9 : 0}; /* a margin of 1 */
        warp(rgb, 2, 2, PV_FORMAT_RGB, around, &t);
        assert_close(t.data[0], 0, 0);
        for (int c = 0; c < 3; c++) {
            assert_close(t.data[3 * 5 + c], rgb[c], 1e-3);
            assert_close(t.data[3 * 10 + c], rgb[9 + c], 1e-3);
        }
        t.border = PV_BORDER_REPLICATE;
        warp(rgb, 2, 2, PV_FORMAT_RGB, around, &t);
        for (int i = 0; i < 16; i++) {
            int x = i % 4 < 2 ? 0 : 1;
            int y = i / 4 < 2 ? 0 : 1;
            assert_close(t.data[3 * i + 1], rgb[6 * y + 3 * x + 1], 1e-3);
        }
    }
}

static void test_warp_shrinks_by_averaging(void **state)
{
    (void)state;
    static uint8_t board[64 * 64 * 3];
    for (int i = 0; i < 64 * 64; i++)
        memset(board + 3 * i, ((i % 64) + (i / 64)) % 2 ? 255 : 0, 3);
    pv_planar t = {.width = 16, .height = 16, .scale = 1};
    const pv_affine quarter = {.xx = 4, .x0 = 1.5, .yy = 4, .y0 = 1.5};
    warp(board, 64, 64, PV_FORMAT_RGB, quarter, &t);
    for (int i = 0; i < 16 * 16; i++)
        assert_close(t.data[i], 127.5, 1);
}

static void test_confidence(void **state)
{
    (void)state;
    assert_close(pv_face_confidence(0.72F), 0.5, 1e-5);
    assert_close(pv_face_confidence(0.30F), 0, 0);
    assert_close(pv_face_confidence(0.95F), 1, 0);
    for (float c = 0; c <= 1; c += 0.1F)
        assert_close(pv_face_confidence(pv_face_score(c)), c, 1e-5);
}

static pv_face make_face(float left, float size, float confidence)
{
    return (pv_face){.left = left, .right = left + size, .bottom = size, .confidence = confidence};
}

static void test_selection(void **state)
{
    (void)state;
    const pv_face faces[4] = {make_face(0, 10, 0.9F), make_face(50, 40, 0.3F),
                              make_face(100, 25, 0.8F), make_face(200, 20, 0.9F)};
    static const float expected_left[4] = {200, 200, 50, 100};
    for (int strategy = 0; strategy < 4; strategy++) {
        pv_face copy[4];
        memcpy(copy, faces, sizeof copy);
        pv_face_list list = {copy, 4};
        pv_face_select(&list, (pv_selection)strategy);
        assert_int_equal(list.count, strategy == 0 ? 4 : 1);
        assert_close(list.faces[0].left, expected_left[strategy], 0);
    }
    pv_face_list empty = {NULL, 0};
    pv_face_select(&empty, PV_STRATEGY_BIGGEST);
    assert_int_equal(empty.count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_alignment),
        cmocka_unit_test(test_fit_is_least_squares),
        cmocka_unit_test_setup_teardown(test_warp_channels, make_arena, drop_arena),
        cmocka_unit_test_setup_teardown(test_warp_positions, make_arena, drop_arena),
        cmocka_unit_test_setup_teardown(test_warp_layout_and_border, make_arena, drop_arena),
        cmocka_unit_test_setup_teardown(test_warp_shrinks_by_averaging, make_arena, drop_arena),
        cmocka_unit_test(test_confidence),
        cmocka_unit_test(test_selection),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
