/* Documents in pictures, with the net. Needs the models and the pictures that "make setup" makes.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../fixture_models.h"
#include "cli/picture.h"
#include "document/corners.h"
#include "document/quad.h"

static void require(pv_status status)
{
    if (status != PV_OK)
        fail_msg("%s", pv_error_message());
}

static pv_document_corners find(const uint8_t *pixels, int width, int height,
                                pv_pixel_format format)
{
    pv_arena *arena;
    pv_image image;
    pv_document_corners out;
    require(pv_arena_create(&arena));
    require(pv_image_open("picture", pixels, width, height, format, arena, &image));
    require(pv_corners_find(runtime, &image, &out));
    pv_arena_destroy(arena);
    assert_true(out.confidence >= 0.0F && out.confidence <= 1.0F);
    assert_true(out.found || out.confidence == 0.0F);
    pv_quad quad;
    memcpy(quad.corners, out.corners, sizeof quad.corners);
    if (out.found) {
        assert_true(pv_quad_convex(&quad));
        assert_true(fabs(pv_quad_angle(&quad)) <= 0.8);
    }
    return out;
}

static pv_picture load(const char *name)
{
    char path[512];
    pv_picture out;
    snprintf(path, sizeof path, "%s/build/pictures/documents/photographs/%s", PRIVID_SOURCE_DIR,
             name);
    require(pv_picture_load(path, &out));
    return out;
}

static double distance(pv_point a, double x, double y)
{
    return hypot(a.x - x, a.y - y);
}

/* A quarter turn of the picture turns the corners with it, and the first one stays top left. */
static void test_quarter_turns(void **state)
{
    (void)state;
    pv_picture picture = load("permit-front-demir-careful.jpg");
    int width = picture.width;
    int height = picture.height;
    pv_document_corners upright = find(picture.pixels, width, height, PV_FORMAT_RGB);
    assert_true(upright.confidence >= 0.8F);
    size_t count = (size_t)width * (size_t)height;
    uint8_t *turned = malloc(3 * count);
    assert_non_null(turned);
    for (int turns = 1; turns < 4; turns++) {
        int wide = turns == 2 ? width : height;
        int high = turns == 2 ? height : width;
        for (int y = 0; y < height; y++)
            for (int x = 0; x < width; x++) {
                int tx = turns == 1 ? height - 1 - y : turns == 2 ? width - 1 - x : y;
                int ty = turns == 1 ? x : turns == 2 ? height - 1 - y : width - 1 - x;
                memcpy(turned + 3 * ((size_t)ty * (size_t)wide + (size_t)tx),
                       picture.pixels + 3 * ((size_t)y * (size_t)width + (size_t)x), 3);
            }
        pv_document_corners found = find(turned, wide, high, PV_FORMAT_RGB);
        assert_true(found.confidence >= 0.8F);
        for (int k = 0; k < 4; k++) {
            pv_point p = upright.corners[(k + 4 - turns) % 4];
            double x = turns == 1   ? height - 1 - (double)p.y
                       : turns == 2 ? width - 1 - (double)p.x
                                    : (double)p.y;
            double y = turns == 1   ? (double)p.x
                       : turns == 2 ? height - 1 - (double)p.y
                                    : width - 1 - (double)p.x;
            assert_true(distance(found.corners[k], x, y) < 0.006 * width);
        }
    }
    free(turned);
    pv_picture_release(&picture);
}

/* The order of the colours says nothing about where the document is. */
static void test_formats(void **state)
{
    (void)state;
    pv_picture picture = load("franklin-front-2-careful.jpg");
    size_t count = (size_t)picture.width * (size_t)picture.height;
    uint8_t *other = malloc(4 * count);
    assert_non_null(other);
    pv_document_corners expected =
        find(picture.pixels, picture.width, picture.height, PV_FORMAT_RGB);
    assert_true(expected.found);
    for (size_t i = 0; i < count; i++) {
        memcpy(other + 4 * i, picture.pixels + 3 * i, 3);
        other[4 * i + 3] = (uint8_t)i;
    }
    pv_document_corners found = find(other, picture.width, picture.height, PV_FORMAT_RGBA);
    assert_memory_equal(&found, &expected, sizeof found);
    for (size_t i = 0; i < count; i++)
        for (size_t c = 0; c < 3; c++)
            other[3 * i + c] = picture.pixels[3 * i + 2 - c];
    found = find(other, picture.width, picture.height, PV_FORMAT_BGR);
    assert_memory_equal(&found, &expected, sizeof found);
    free(other);
    pv_picture_release(&picture);
}

/* Pictures too small, too thin or too even to hold a document. */
static void test_nothing(void **state)
{
    (void)state;
    static const int sizes[][2] = {{1, 1},   {2, 2},     {1, 4000},  {4000, 1}, {7, 3},
                                   {64, 64}, {640, 480}, {3000, 20}, {33, 900}, {241, 239}};
    uint8_t *pixels = calloc(3, 1000 * 1000);
    assert_non_null(pixels);
    for (int shade = 0; shade < 256; shade += 85) {
        memset(pixels, shade, (size_t)3 * 1000 * 1000);
        for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
            pv_document_corners found = find(pixels, sizes[i][0], sizes[i][1], PV_FORMAT_RGB);
            assert_true(found.confidence < 0.3F);
        }
    }
    uint32_t random = 5;
    for (size_t i = 0; i < (size_t)3 * 1000 * 1000; i++) {
        random = random * 1664525U + 1013904223U;
        pixels[i] = (uint8_t)(random >> 24);
    }
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        pv_document_corners found = find(pixels, sizes[i][0], sizes[i][1], PV_FORMAT_RGB);
        assert_true(found.confidence < 0.3F);
    }
    free(pixels);
}

/* The largest picture that is accepted: the document of a small one, each pixel many times. */
static void test_largest(void **state)
{
    (void)state;
    pv_picture picture = load("permit-front-demir-careful.jpg");
    pv_document_corners small = find(picture.pixels, picture.width, picture.height, PV_FORMAT_RGB);
    int times = 1;
    while ((long long)(times + 1) * (times + 1) * picture.width * picture.height <=
           PV_IMAGE_PIXELS_MAX)
        times++;
    int width = times * picture.width;
    int height = times * picture.height;
    uint8_t *large = malloc((size_t)3 * (size_t)width * (size_t)height);
    assert_non_null(large);
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++)
            memcpy(large + 3 * ((size_t)y * (size_t)width + (size_t)x),
                   picture.pixels +
                       3 * ((size_t)(y / times) * (size_t)picture.width + (size_t)(x / times)),
                   3);
    pv_document_corners found = find(large, width, height, PV_FORMAT_RGB);
    assert_true(found.confidence >= 0.8F);
    for (int k = 0; k < 4; k++)
        assert_true(distance(found.corners[k], times * (small.corners[k].x + 0.5) - 0.5,
                             times * (small.corners[k].y + 0.5) - 0.5) < 0.006 * width);
    free(large);
    pv_picture_release(&picture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_quarter_turns),
        cmocka_unit_test(test_formats),
        cmocka_unit_test(test_nothing),
        cmocka_unit_test(test_largest),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
