/* Portraits of real pictures: the geometry of the standard, measured by finding the landmarks again
 * in the portrait. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "../api/support.h"
#include "../fixture.h"
#include "face/detect.h"
#include "face/portrait.h"
#include "image/resample.h"

#define BACKGROUND 0x3060A0

static void assert_within(const char *name, const char *what, double value, double least,
                          double most)
{
    if (!(value >= least && value <= most))
        fail_msg("%s: %s is %f, not within %f to %f", name, what, value, least, most);
}

static pv_image open_picture(const picture *p)
{
    pv_image image;
    assert_int_equal(
        pv_image_open("image", p->pixels, p->width, p->height, PV_FORMAT_RGB, arena, &image),
        PV_OK);
    return image;
}

/* The biggest face, its landmarks, and the other faces behind it in the list. */
static pv_face_list find(pv_image *image, pv_landmarks *landmarks)
{
    pv_face_list faces;
    assert_int_equal(pv_face_detect(runtime, image, 0.5F, &faces), PV_OK);
    assert_true(faces.count > 0);
    size_t biggest = 0;
    for (size_t i = 1; i < faces.count; i++)
        if (faces.faces[i].right - faces.faces[i].left >
            faces.faces[biggest].right - faces.faces[biggest].left)
            biggest = i;
    pv_face swap = faces.faces[0];
    faces.faces[0] = faces.faces[biggest];
    faces.faces[biggest] = swap;
    assert_int_equal(pv_landmarks_find(runtime, image, &faces.faces[0], landmarks), PV_OK);
    return faces;
}

static pv_portrait make(const picture *p, pv_portrait_format format, int width)
{
    static pv_landmarks landmarks;
    pv_image image = open_picture(p);
    pv_face_list faces = find(&image, &landmarks);
    const pv_portrait_request request = {
        .format = format, .width = width, .background = BACKGROUND};
    pv_portrait portrait;
    assert_int_equal(pv_portrait_make(runtime, &image, &faces.faces[0], &landmarks, faces.faces + 1,
                                      faces.count - 1, &request, &portrait),
                     PV_OK);
    return portrait;
}

/* The head as it is found in the portrait, without anything that the portrait says of itself. */
static pv_head measure(const pv_portrait *portrait)
{
    static pv_landmarks landmarks;
    const picture p = {portrait->rgb, portrait->width, portrait->height};
    pv_image image = open_picture(&p);
    pv_face_list faces = find(&image, &landmarks);
    pv_head head;
    assert_int_equal(pv_head_measure(&faces.faces[0], &landmarks, &head), PV_OK);
    return head;
}

/* The numbers of the standard. */
static void check_full_frontal(const char *name, const pv_portrait *portrait)
{
    pv_head head = measure(portrait);
    double width = portrait->width;
    double height = portrait->height;
    assert_within(name, "width to height", width / height, 0.74, 0.80);
    assert_within(name, "eyes across", (head.origin_x + 0.5) / width, 0.45, 0.55);
    assert_within(name, "eyes up", 1.0 - (head.origin_y + 0.5) / height, 0.5, 0.7);
    assert_within(name, "head width", (head.side_right - head.side_left) / width, 0.5, 0.75);
    assert_within(name, "crown to chin", (head.chin - head.crown) / height, 0.6, 0.9);
    double roll = atan2(head.axis_y, head.axis_x) * 180.0 / 3.14159265358979;
    assert_within(name, "roll", roll, -5.0, 5.0);
    assert_within(name, "enlargement", portrait->scale, 0.0, PV_PORTRAIT_ENLARGE_MAX);
    double source = portrait->head.eye_distance;
    double least = source * PV_PORTRAIT_ENLARGE_MAX >= 92.0 ? 90.0 : 0.0;
    assert_within(name, "distance between the eyes", head.eye_distance, least, 1000.0);
}

static void check_token(const char *name, const pv_portrait *portrait)
{
    pv_head head = measure(portrait);
    double width = portrait->width;
    assert_int_equal(portrait->height * 3, portrait->width * 4);
    double half = head.eye_distance / 2;
    assert_within(name, "right eye", (head.origin_x - half + 0.5) / width, 0.355, 0.395);
    assert_within(name, "left eye", (head.origin_x + half + 0.5) / width, 0.605, 0.645);
    assert_within(name, "eyes down", (head.origin_y + 0.5) / width, 0.58, 0.62);
}

static picture blank(int width, int height)
{
    picture p = {malloc((size_t)width * (size_t)height * 3), width, height};
    assert_non_null(p.pixels);
    memset(p.pixels, 128, (size_t)width * (size_t)height * 3);
    return p;
}

/* Part of a picture under a map, as a new picture. */
static picture mapped(const picture *p, const pv_affine *map, int width, int height)
{
    picture out = blank(width, height);
    pv_image image = open_picture(p);
    assert_int_equal(pv_image_resample(&image, map, width, height, out.pixels), PV_OK);
    return out;
}

static picture mirrored(const picture *p)
{
    const pv_affine map = {.xx = -1, .x0 = p->width - 1, .yy = 1};
    return mapped(p, &map, p->width, p->height);
}

static picture rolled(const picture *p, double degrees)
{
    double c = cos(degrees * 3.14159265358979 / 180);
    double s = sin(degrees * 3.14159265358979 / 180);
    double x = (p->width - 1) / 2.0;
    double y = (p->height - 1) / 2.0;
    const pv_affine map = {
        .xx = c, .xy = -s, .x0 = x - c * x + s * y, .yx = s, .yy = c, .y0 = y - s * x - c * y};
    return mapped(p, &map, p->width, p->height);
}

static picture shrunk(const picture *p, double by)
{
    const pv_affine map = {.xx = by, .x0 = (by - 1) / 2, .yy = by, .y0 = (by - 1) / 2};
    return mapped(p, &map, (int)(p->width / by), (int)(p->height / by));
}

/* Three heads' widths to the right of where it was, on a wider canvas of repeated border. */
static picture off_centre(const picture *p)
{
    const pv_affine map = {.xx = 1, .x0 = -p->width, .yy = 1};
    return mapped(p, &map, 2 * p->width, p->height);
}

static const char *const ordinary[] = {"astronaut.png", "obama.jpg", "obama2.jpg", "biden.jpg"};

static void test_geometry(void **state)
{
    (void)state;
    static const char *const variants[] = {
        "as it is",         "mirrored",      "rolled by 20 degrees", "rolled by -20 degrees",
        "shrunk to a half", "off the centre"};
    for (size_t i = 0; i < sizeof ordinary / sizeof ordinary[0]; i++) {
        picture original = picture_load(ordinary[i]);
        for (int variant = 0; variant < 6; variant++) {
            char name[100];
            snprintf(name, sizeof name, "%s %s", ordinary[i], variants[variant]);
            picture p = variant == 0   ? picture_copy(&original, 3, 0)
                        : variant == 1 ? mirrored(&original)
                        : variant == 2 ? rolled(&original, 20)
                        : variant == 3 ? rolled(&original, -20)
                        : variant == 4 ? shrunk(&original, 2)
                                       : off_centre(&original);
            pv_portrait portrait = make(&p, PV_PORTRAIT_FULL_FRONTAL, 826);
            check_full_frontal(name, &portrait);
            portrait = make(&p, PV_PORTRAIT_TOKEN, 480);
            check_token(name, &portrait);
            picture_free(&p);
            drop_arena(state);
            assert_int_equal(make_arena(state), 0);
        }
        picture_free(&original);
    }
}

/* The width asked for is the most; from a picture of few pixels less comes. */
static void test_size(void **state)
{
    (void)state;
    picture p = picture_load("obama.jpg");
    pv_portrait portrait = make(&p, PV_PORTRAIT_FULL_FRONTAL, 420);
    assert_int_equal(portrait.width, 420);
    assert_int_equal(portrait.height, 540);
    portrait = make(&p, PV_PORTRAIT_FULL_FRONTAL, 4200);
    assert_in_range(portrait.width, 421, 826);
    assert_within("obama.jpg", "enlargement", portrait.scale, 1.45, 1.5);
    assert_int_equal(portrait.problems, 0);
    portrait = make(&p, PV_PORTRAIT_FULL_FRONTAL, 100);
    assert_int_equal(portrait.problems, PV_PORTRAIT_TOO_NARROW);
    picture small = shrunk(&p, 4);
    portrait = make(&small, PV_PORTRAIT_FULL_FRONTAL, 826);
    assert_true(portrait.problems & PV_PORTRAIT_TOO_SMALL);
    assert_false(portrait.problems & PV_PORTRAIT_TOO_NARROW);
    assert_within("shrunk", "enlargement", portrait.scale, 1.3, 1.5);
    picture_free(&small);
    picture_free(&p);
}

static picture cropped(const picture *p, int left, int top, int right, int bottom)
{
    const pv_affine map = {.xx = 1, .x0 = left, .yy = 1, .y0 = top};
    return mapped(p, &map, right - left, bottom - top);
}

/* obama.jpg: eyes at about (440, 214) and (556, 214), the hair begins at 60, the chin is at 430. */
static void test_cut_off(void **state)
{
    (void)state;
    picture p = picture_load("obama.jpg");
    picture whole = cropped(&p, 150, 0, 850, 800);
    pv_portrait portrait = make(&whole, PV_PORTRAIT_FULL_FRONTAL, 826);
    assert_int_equal(portrait.problems, 0);
    picture part = cropped(&p, 150, 110, 850, 800);
    portrait = make(&part, PV_PORTRAIT_FULL_FRONTAL, 826);
    assert_true(portrait.problems & PV_PORTRAIT_HEAD_CUT);
    picture_free(&part);
    part = cropped(&p, 150, 0, 570, 800);
    portrait = make(&part, PV_PORTRAIT_FULL_FRONTAL, 826);
    assert_true(portrait.problems & PV_PORTRAIT_HEAD_CUT);
    picture_free(&part);
    part = cropped(&p, 150, 0, 850, 440);
    portrait = make(&part, PV_PORTRAIT_FULL_FRONTAL, 826);
    assert_int_equal(portrait.problems, PV_PORTRAIT_SHOULDERS_CUT);
    picture_free(&part);
    picture_free(&whole);
    picture_free(&p);
}

static bool is_background(const uint8_t *rgb)
{
    return abs(rgb[0] - 0x30) <= 1 && abs(rgb[1] - 0x60) <= 1 && abs(rgb[2] - 0xA0) <= 1;
}

/* In the upper corners there is even background, and the face is none of it. */
static void test_background(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof ordinary / sizeof ordinary[0]; i++) {
        picture p = picture_load(ordinary[i]);
        pv_portrait portrait = make(&p, PV_PORTRAIT_FULL_FRONTAL, 826);
        int even = 0;
        int all = 0;
        for (int y = 0; y < portrait.height / 8; y++)
            for (int x = 0; x < portrait.width / 12; x++, all += 2) {
                const uint8_t *row = portrait.rgb + 3 * (size_t)y * (size_t)portrait.width;
                even += is_background(row + 3 * x);
                even += is_background(row + 3 * (portrait.width - 1 - x));
            }
        assert_within(ordinary[i], "share of background", (double)even / all, 0.85, 1.0);
        for (double u = -1.0; u <= 1.0; u += 0.25) {
            double x = (1 - u) / 2 * portrait.points[PV_PORTRAIT_EYE_RIGHT].x +
                       (1 + u) / 2 * portrait.points[PV_PORTRAIT_EYE_LEFT].x;
            double y = portrait.points[PV_PORTRAIT_EYE_RIGHT].y;
            assert_false(
                is_background(portrait.rgb + 3 * ((size_t)y * (size_t)portrait.width + (size_t)x)));
        }
        picture_free(&p);
    }
}

/* Two persons side by side: the other one's face is not in the portrait. */
static void test_bystander(void **state)
{
    (void)state;
    picture p = picture_load("sample6.jpg");
    pv_portrait portrait = make(&p, PV_PORTRAIT_FULL_FRONTAL, 826);
    const picture made = {portrait.rgb, portrait.width, portrait.height};
    pv_image image = open_picture(&made);
    pv_face_list faces;
    assert_int_equal(pv_face_detect(runtime, &image, 0.12F, &faces), PV_OK);
    assert_int_equal(faces.count, 1);
    picture_free(&p);
}

static pv_portrait portray_alone(pv_image *image)
{
    const pv_portrait_request request = {.width = 826, .background = BACKGROUND};
    const pv_face face = {.left = 10,
                          .top = 10,
                          .right = 50,
                          .bottom = 60,
                          .points = {{20, 30}, {40, 30}, {30, 40}, {22, 50}, {38, 50}}};
    pv_portrait portrait;
    assert_int_equal(pv_portrait_make(runtime, image, &face, NULL, NULL, 0, &request, &portrait),
                     PV_OK);
    return portrait;
}

/* A face that is none, in pictures without anybody: a portrait, or none, but no crash. */
static void test_nobody(void **state)
{
    (void)state;
    static const struct {
        int width, height, seed;
    } cases[] = {{1, 1, 0}, {64, 64, 0}, {64, 64, 1}, {300, 2, 1}, {20000, 20, 0}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        picture p = blank(cases[i].width, cases[i].height);
        unsigned seed = 1;
        for (int j = 0; cases[i].seed && j < p.width * p.height * 3; j++) {
            seed = seed * 1664525 + 1013904223;
            p.pixels[j] = (uint8_t)(seed >> 24);
        }
        pv_image image = open_picture(&p);
        pv_portrait portrait = portray_alone(&image);
        assert_true(portrait.problems != 0);
        assert_true(portrait.width >= 7 && portrait.height >= 9);
        picture_free(&p);
    }
}

static void test_coinciding_eyes(void **state)
{
    (void)state;
    picture p = blank(100, 100);
    pv_image image = open_picture(&p);
    const pv_face face = {.left = 10, .right = 50, .bottom = 60};
    const pv_portrait_request request = {.width = 826};
    pv_portrait portrait;
    assert_int_equal(pv_portrait_make(runtime, &image, &face, NULL, NULL, 0, &request, &portrait),
                     PV_ERROR_GENERIC);
    picture_free(&p);
}

#define IN_ARENA(test) cmocka_unit_test_setup_teardown(test, make_arena, drop_arena)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_ARENA(test_coinciding_eyes), IN_ARENA(test_nobody),     IN_ARENA(test_size),
        IN_ARENA(test_cut_off),         IN_ARENA(test_background), IN_ARENA(test_bystander),
        IN_ARENA(test_geometry),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
