/* The steps of a portrait on values that can be worked out by hand: frame, person, matte,
 * resampling.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../fixture_arena.h"
#include "face/matte.h"
#include "face/portrait_frame.h"
#include "face/segment_person.h"
#include "image/resample.h"

#define SIDE PV_SEGMENT_SIDE
#define POINTS ((size_t)SIDE * SIDE)

typedef struct picture {
    uint8_t *pixels; /* RGB */
    int width;
    int height;
} picture;

static void assert_within(const char *name, const char *what, double value, double least,
                          double most)
{
    if (!(value >= least && value <= most))
        fail_msg("%s: %s is %f, not within %f to %f", name, what, value, least, most);
}

static picture blank(int width, int height)
{
    picture p = {malloc((size_t)width * (size_t)height * 3), width, height};
    assert_non_null(p.pixels);
    memset(p.pixels, 128, (size_t)width * (size_t)height * 3);
    return p;
}

static picture mapped(const picture *p, const pv_affine *map, int width, int height)
{
    picture out = blank(width, height);
    pv_image image;
    assert_int_equal(
        pv_image_open("image", p->pixels, p->width, p->height, PV_FORMAT_RGB, arena, &image),
        PV_OK);
    assert_int_equal(pv_image_resample(&image, map, width, height, out.pixels), PV_OK);
    return out;
}

static void fill(float *alpha, int left, int top, int right, int bottom, float value)
{
    for (int y = top; y < bottom; y++)
        for (int x = left; x < right; x++)
            alpha[y * SIDE + x] = value;
}

/* Places and sizes without a net: an upright, symmetric head on an endless picture. */
static void test_frame(void **state)
{
    (void)state;
    float *alpha = calloc(POINTS, sizeof *alpha);
    pv_head head = {.origin_x = 5000,
                    .origin_y = 5000,
                    .axis_x = 1,
                    .eye_distance = 100,
                    .side_left = -122,
                    .side_right = 122,
                    .crown = -180,
                    .chin = 190};
    pv_frame frame;
    assert_true(pv_frame_choose(PV_PORTRAIT_FULL_FRONTAL, &head, alpha, 10000, 10000, &frame));
    assert_within("frame", "shape", frame.width / frame.height, 7.0 / 9 - 1e-9, 7.0 / 9 + 1e-9);
    assert_within("frame", "head height", 370 / frame.height, 0.68, 0.79);
    assert_within("frame", "head width", 244 / frame.width, 0.57, 0.68);
    assert_within("frame", "eyes across", -frame.left / frame.width, 0.5 - 1e-9, 0.5 + 1e-9);
    assert_within("frame", "eyes up", 1 + frame.top / frame.height, 0.56, 0.62);
    pv_frame_loss loss = pv_frame_measure_loss(&frame, &head, alpha, 10000, 10000, 60);
    assert_true(loss.head == 0.0 && loss.body == 0.0);

    assert_true(pv_frame_choose(PV_PORTRAIT_TOKEN, &head, alpha, 10000, 10000, &frame));
    assert_within("token", "right eye", (-50 - frame.left) / frame.width, 0.375, 0.375);
    assert_within("token", "left eye", (50 - frame.left) / frame.width, 0.625, 0.625);
    assert_within("token", "eyes down", -frame.top / frame.width, 0.6, 0.6);
    assert_within("token", "shape", frame.width / frame.height, 0.75, 0.75);

    /* a head three times as wide as high is none */
    head.side_left = -550;
    head.side_right = 550;
    assert_false(pv_frame_choose(PV_PORTRAIT_FULL_FRONTAL, &head, alpha, 10000, 10000, &frame));
    free(alpha);
}

/* Joined to the head, with soft border and small holes: kept; apart from it: not. */
static void test_join(void **state)
{
    (void)state;
    float *alpha = pv_arena_take(arena, POINTS, sizeof *alpha);
    const pv_grid_head head = {.x = 190, .y = 160, .radius_x = 40, .radius_y = 50, .down_y = 1};
    fill(alpha, 150, 100, 230, 380, 1.0F);
    fill(alpha, 230, 100, 234, 380, 0.3F); /* soft border */
    fill(alpha, 180, 300, 190, 310, 0.3F); /* a doubtful hole */
    fill(alpha, 200, 300, 210, 310, 0.0F); /* one that is seen through */
    fill(alpha, 10, 10, 60, 60, 1.0F);     /* somebody else */
    assert_int_equal(pv_segment_join(arena, &head, alpha), PV_OK);
    assert_true(alpha[160 * SIDE + 190] == 1.0F && alpha[370 * SIDE + 160] == 1.0F);
    assert_true(alpha[200 * SIDE + 232] == 0.3F);
    assert_true(alpha[305 * SIDE + 185] == 1.0F);
    assert_true(alpha[305 * SIDE + 205] == 0.0F);
    assert_true(alpha[30 * SIDE + 30] == 0.0F);
}

/* Two persons who touch are parted where the colour changes, not in the middle. */
static void test_split(void **state)
{
    (void)state;
    float *alpha = pv_arena_take(arena, POINTS, sizeof *alpha);
    float *rgb = pv_arena_take(arena, 3 * POINTS, sizeof *rgb);
    const pv_grid_head heads[2] = {
        {.x = 120, .y = 160, .radius_x = 30, .radius_y = 40, .down_y = 1},
        {.x = 280, .y = 160, .radius_x = 30, .radius_y = 40, .down_y = 1}};
    fill(alpha, 60, 100, 340, 380, 1.0F);
    for (int y = 0; y < SIDE; y++)
        for (int x = 212; x < SIDE; x++)
            for (int c = 0; c < 3; c++)
                rgb[3 * (y * SIDE + x) + c] = 0.8F;
    assert_int_equal(pv_segment_split(arena, rgb, &heads[0], &heads[1], 1, alpha), PV_OK);
    assert_true(alpha[200 * SIDE + 120] == 1.0F);
    assert_true(alpha[200 * SIDE + 208] == 1.0F);
    assert_true(alpha[200 * SIDE + 216] == 0.0F);
    assert_true(alpha[200 * SIDE + 280] == 0.0F);
}

/* A red person before green, mixed along a soft border: on blue nothing green is left. */
static void test_compose_removes_the_old_background(void **state)
{
    (void)state;
    enum { W = 400, H = 60 };
    static float alpha[W * H];
    static uint8_t rgb[W * H * 3];
    for (int y = 0; y < H; y++)
        for (int x = 0; x < W; x++) {
            float a = fminf(1.0F, fmaxf(0.0F, ((float)x - 190.0F) / 20.0F));
            alpha[y * W + x] = a;
            uint8_t *p = rgb + 3 * (y * W + x);
            p[0] = (uint8_t)(200 * a);
            p[1] = (uint8_t)(200 * (1 - a));
            p[2] = 0;
        }
    assert_int_equal(pv_matte_compose(arena, alpha, 0x0000FF, W, H, rgb), PV_OK);
    for (int x = 0; x < W; x++) {
        const uint8_t *p = rgb + 3 * (30 * W + x);
        float a = alpha[30 * W + x];
        assert_within("column", "red", p[0], 200 * a - 12, 200 * a + 12);
        assert_within("column", "green", p[1], 0, 12);
        assert_within("column", "blue", p[2], 255 * (1 - a) - 12, 255 * (1 - a) + 12);
    }
}

/* A coarse border is moved to where the picture has its edge. */
static void test_refine_follows_the_edge(void **state)
{
    (void)state;
    enum { W = 800, H = 80, EDGE = 400 };
    float *alpha = pv_arena_take(arena, (size_t)W * H, sizeof *alpha);
    uint8_t *rgb = pv_arena_take(arena, (size_t)W * H, 3);
    for (int y = 0; y < H; y++)
        for (int x = 0; x < W; x++) {
            alpha[y * W + x] = fminf(1.0F, fmaxf(0.0F, ((float)x - 388.0F) / 16.0F));
            memset(rgb + 3 * (y * W + x), x < EDGE ? 220 : 40, 3);
        }
    assert_int_equal(pv_matte_refine(arena, rgb, W, H, alpha), PV_OK);
    const float *row = alpha + 40 * W;
    assert_within("refine", "outside", row[EDGE - 3], 0, 0.1);
    assert_within("refine", "inside", row[EDGE + 2], 0.9, 1);
    assert_true(row[0] == 0.0F && row[W - 1] == 1.0F);
}

static void test_resample(void **state)
{
    (void)state;
    picture p = blank(32, 32);
    for (int i = 0; i < 32 * 32 * 3; i++)
        p.pixels[i] = (uint8_t)(i * 7 % 251);
    const pv_affine same = {.xx = 1, .yy = 1};
    picture copy = mapped(&p, &same, 32, 32);
    assert_memory_equal(copy.pixels, p.pixels, 32 * 32 * 3);
    free(copy.pixels);
    /* a chessboard of single pixels becomes even grey when it is made half as large */
    for (int i = 0; i < 32 * 32 * 3; i++)
        p.pixels[i] = (i / 3 + i / 96) % 2 ? 255 : 0;
    const pv_affine shrink = {.xx = 2, .x0 = 0.5, .yy = 2, .y0 = 0.5};
    picture half = mapped(&p, &shrink, 16, 16);
    for (int y = 2; y < 14; y++)
        for (int x = 2; x < 14; x++)
            assert_in_range(half.pixels[3 * (16 * y + x)], 126, 129);
    free(half.pixels);
    /* a ramp stays one when it is enlarged: the kernel is exact for straight lines */
    for (int i = 0; i < 32 * 32; i++)
        memset(p.pixels + 3 * i, 4 * (i % 32), 3);
    const pv_affine enlarge = {.xx = 0.5, .x0 = 4, .yy = 0.5, .y0 = 4};
    picture large = mapped(&p, &enlarge, 40, 40);
    for (int x = 0; x < 40; x++)
        assert_int_equal(large.pixels[3 * (20 * 40 + x)], 16 + 2 * x);
    free(large.pixels);
    free(p.pixels);
}

#define IN_ARENA(test) cmocka_unit_test_setup_teardown(test, make_arena, drop_arena)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_ARENA(test_resample),
        IN_ARENA(test_frame),
        IN_ARENA(test_join),
        IN_ARENA(test_split),
        IN_ARENA(test_compose_removes_the_old_background),
        IN_ARENA(test_refine_follows_the_edge),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
