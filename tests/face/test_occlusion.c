/* Masks and glasses, on photographs and on the same photographs with some painted on. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "../api/support.h"
#include "../fixture.h"
#include "face/detect.h"
#include "face/occlusion.h"
#include "face/select.h"

static const char *const names[] = {"obama.jpg", "biden.jpg", "astronaut.png"};
#define NAMES (sizeof names / sizeof names[0])

static pv_image open_picture(const picture *p)
{
    pv_image image;
    if (pv_image_open("image", p->pixels, p->width, p->height, PV_FORMAT_RGB, arena, &image))
        fail_msg("%s", pv_error_message());
    return image;
}

static pv_face face_of(const picture *p)
{
    pv_image image = open_picture(p);
    pv_face_list list;
    if (pv_face_detect(runtime, &image, 0.5F, &list))
        fail_msg("%s", pv_error_message());
    pv_face_select(&list, PV_STRATEGY_BIGGEST);
    assert_true(list.count == 1);
    return list.faces[0];
}

static float mask_of(const picture *p, const pv_face *face)
{
    pv_image image = open_picture(p);
    float probability = NAN;
    if (pv_occlusion_mask(runtime, &image, face, &probability))
        fail_msg("%s", pv_error_message());
    if (!(probability >= 0.0F && probability <= 1.0F))
        fail_msg("mask: %f", (double)probability);
    return probability;
}

static pv_eyewear eyewear_of(const picture *p, const pv_face *face)
{
    pv_image image = open_picture(p);
    pv_eyewear found = {NAN, NAN};
    if (pv_occlusion_eyewear(runtime, &image, face, &found))
        fail_msg("%s", pv_error_message());
    if (!(found.glasses >= 0.0F && found.glasses <= 1.0F && found.dark >= 0.0F &&
          found.dark <= 1.0F))
        fail_msg("glasses: %f, dark: %f", (double)found.glasses, (double)found.dark);
    return found;
}

/* Where a pixel is in a face: from the middle of the eyes, in distances of the eyes, x towards the
 * eye on the picture's right, y towards the mouth. */
typedef struct face_frame {
    double x, y;   /* the middle of the eyes */
    double ux, uy; /* from eye to eye over the square of its length */
} face_frame;

static face_frame frame_of(const pv_face *face)
{
    const pv_point *a = &face->points[PV_POINT_EYE_RIGHT];
    const pv_point *b = &face->points[PV_POINT_EYE_LEFT];
    double dx = (double)b->x - a->x;
    double dy = (double)b->y - a->y;
    double square = dx * dx + dy * dy;
    return (face_frame){(a->x + b->x) / 2, (a->y + b->y) / 2, dx / square, dy / square};
}

static void place(const face_frame *frame, int px, int py, double *x, double *y)
{
    double dx = px - frame->x;
    double dy = py - frame->y;
    *x = dx * frame->ux + dy * frame->uy;
    *y = dy * frame->ux - dx * frame->uy;
}

static void paint(picture *p, int px, int py, double red, double green, double blue)
{
    uint8_t *pixel = p->pixels + 3 * ((size_t)py * (size_t)p->width + (size_t)px);
    pixel[0] = (uint8_t)red;
    pixel[1] = (uint8_t)green;
    pixel[2] = (uint8_t)blue;
}

/* A surgical mask: from the bridge of the nose to below the chin, pleated, darker at the sides, and
 * its strings. */
static void paint_mask(picture *p, const pv_face *face)
{
    face_frame frame = frame_of(face);
    for (int py = 0; py < p->height; py++) {
        for (int px = 0; px < p->width; px++) {
            double x;
            double y;
            place(&frame, px, py, &x, &y);
            double top = 0.42 + 0.35 * x * x;
            double half = 0.86 - 0.45 * fmax(0.0, y - 0.95);
            double light = 1.0 - 0.35 * x * x - 0.05 * (sin(y * 30) > 0.8);
            if (y > top && y < 1.75 && fabs(x) < half)
                paint(p, px, py, 165 * light, 205 * light, 225 * light);
            else if (fabs(x) >= half && fabs(x) < 1.15 && fabs(y - 0.75 + 0.4 * fabs(x)) < 0.02)
                paint(p, px, py, 230, 235, 235);
        }
    }
}

/* Glasses: two rims of this thickness around the eyes, a bridge and arms; lenses are dark or clear.
 */
static void paint_glasses(picture *p, const pv_face *face, double thickness, bool dark)
{
    face_frame frame = frame_of(face);
    for (int py = 0; py < p->height; py++) {
        for (int px = 0; px < p->width; px++) {
            double x;
            double y;
            place(&frame, px, py, &x, &y);
            double lens_x = (fabs(x) - 0.52) / 0.4;
            double lens_y = (y - 0.08) / 0.29;
            /* distance from the rim, about: a rounded box */
            double edge = 0.33 * (pow(pow(lens_x, 4) + pow(lens_y, 4), 0.25) - 1.0);
            bool bridge = fabs(x) < 0.13 && fabs(y + 0.03) < thickness / 2;
            bool arm = fabs(x) > 0.92 && fabs(x) < 1.2 && fabs(y + 0.05) < thickness / 2;
            if ((edge >= 0.0 && edge < thickness) || bridge || arm)
                paint(p, px, py, 30, 25, 25);
            else if (edge < 0.0 && dark)
                paint(p, px, py, 22, 20, 24);
        }
    }
}

static void test_mask_is_told_from_its_twin(void **state)
{
    (void)state;
    for (size_t i = 0; i < NAMES; i++) {
        picture p = picture_load(names[i]);
        pv_face face = face_of(&p);
        float bare = mask_of(&p, &face);
        paint_mask(&p, &face);
        face = face_of(&p); /* a masked face is found, too */
        float masked = mask_of(&p, &face);
        picture_free(&p);
        if (!(bare < 0.5F && masked >= 0.5F))
            fail_msg("%s: mask %f without, %f with", names[i], (double)bare, (double)masked);
    }
}

static void test_glasses_are_told_from_their_twins(void **state)
{
    (void)state;
    static const struct {
        double thickness;
        bool dark;
    } kinds[] = {{0.02, false}, {0.04, false}, {0.09, false}, {0.05, true}};
    for (size_t i = 0; i < NAMES; i++) {
        picture p = picture_load(names[i]);
        const pv_face face = face_of(&p);
        pv_eyewear bare = eyewear_of(&p, &face);
        if (!(bare.glasses < 0.5F && bare.dark < 0.5F))
            fail_msg("%s: glasses %f, dark %f without any", names[i], (double)bare.glasses,
                     (double)bare.dark);
        for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
            picture copy = picture_copy(&p, 3, 0);
            paint_glasses(&copy, &face, kinds[k].thickness, kinds[k].dark);
            pv_face again = face_of(&copy);
            pv_eyewear worn = eyewear_of(&copy, &again);
            picture_free(&copy);
            if (!(worn.glasses >= 0.5F && (worn.dark >= 0.5F) == kinds[k].dark))
                fail_msg("%s, rims of %f, dark lenses %d: glasses %f, dark %f", names[i],
                         kinds[k].thickness, kinds[k].dark, (double)worn.glasses,
                         (double)worn.dark);
        }
        picture_free(&p);
    }
}

/* Bare faces of other pictures, are not taken for faces with glasses. */
static void test_bare_faces_stay_bare(void **state)
{
    (void)state;
    const char *more[] = {"obama2.jpg", "obama3.jpg"};
    for (size_t i = 0; i < sizeof more / sizeof more[0]; i++) {
        picture p = picture_load(more[i]);
        const pv_face face = face_of(&p);
        pv_eyewear bare = eyewear_of(&p, &face);
        picture_free(&p);
        if (!(bare.glasses < 0.5F && bare.dark < 0.5F))
            fail_msg("%s: glasses %f, dark %f", more[i], (double)bare.glasses, (double)bare.dark);
    }
}

/* What cannot be judged has to be answered all the same. */
static void test_odd_faces_are_answered(void **state)
{
    (void)state;
    picture p = picture_load("obama.jpg");
    const pv_face face = face_of(&p);
    float width = (float)p.width;
    float height = (float)p.height;
    const pv_face shifts[] = {
        {.left = -face.left}, {.left = width - face.left}, {.left = 10 * width}, {.top = -height}};
    for (size_t i = 0; i < sizeof shifts / sizeof shifts[0]; i++) {
        pv_face moved = face;
        moved.left += shifts[i].left;
        moved.right += shifts[i].left;
        moved.top += shifts[i].top;
        moved.bottom += shifts[i].top;
        for (int k = 0; k < PV_FACE_POINTS; k++) {
            moved.points[k].x += shifts[i].left;
            moved.points[k].y += shifts[i].top;
        }
        mask_of(&p, &moved);
        eyewear_of(&p, &moved);
    }
    picture tiny = picture_shrink(&p, (int)((face.right - face.left) / 8), 64, 64);
    pv_face small = {.left = 20,
                     .top = 20,
                     .right = 28,
                     .bottom = 29,
                     .points = {{22, 23}, {26, 23}, {24, 25}, {22, 27}, {26, 27}}};
    mask_of(&tiny, &small);
    eyewear_of(&tiny, &small);
    small.right = small.left; /* a box without an area */
    mask_of(&tiny, &small);
    eyewear_of(&tiny, &small);
    memset(tiny.pixels, 0, (size_t)tiny.width * (size_t)tiny.height * 3);
    mask_of(&tiny, &small);
    eyewear_of(&tiny, &small);
    memset(tiny.pixels, 255, (size_t)tiny.width * (size_t)tiny.height * 3);
    mask_of(&tiny, &small);
    eyewear_of(&tiny, &small);
    picture one = {.pixels = tiny.pixels, .width = 1, .height = 1};
    mask_of(&one, &small);
    eyewear_of(&one, &small);
    pv_image image = open_picture(&tiny);
    pv_eyewear found;
    memset(small.points, 0, sizeof small.points);
    assert_int_equal(pv_occlusion_eyewear(runtime, &image, &small, &found), PV_ERROR_GENERIC);
    picture_free(&tiny);
    picture_free(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_mask_is_told_from_its_twin, make_arena, drop_arena),
        cmocka_unit_test_setup_teardown(test_glasses_are_told_from_their_twins, make_arena,
                                        drop_arena),
        cmocka_unit_test_setup_teardown(test_bare_faces_stay_bare, make_arena, drop_arena),
        cmocka_unit_test_setup_teardown(test_odd_faces_are_answered, make_arena, drop_arena),
    };
    return cmocka_run_group_tests_name("occlusion", tests, set_up, tear_down);
}
