/* Liveness on photographs, and on what a program makes of them: prints and screens. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "../api/support.h"
#include "../fixture.h"
#include "face/detect.h"
#include "face/liveness.h"
#include "face/select.h"

#define THRESHOLD 0.9F /* the default of anti_spoofing_threshold */

static pv_image open_picture(const picture *p)
{
    pv_image image;
    if (pv_image_open("image", p->pixels, p->width, p->height, PV_FORMAT_RGB, arena, &image))
        fail_msg("%s", pv_error_message());
    return image;
}

static pv_face face_of(pv_image *image)
{
    pv_face_list list;
    if (pv_face_detect(runtime, image, 0.3F, &list))
        fail_msg("%s", pv_error_message());
    pv_face_select(&list, PV_STRATEGY_BIGGEST);
    assert_true(list.count == 1);
    return list.faces[0];
}

static pv_liveness measure(pv_image *image, const pv_face *face, int mode, bool document)
{
    pv_liveness found;
    if (pv_liveness_measure(runtime, image, face, mode, document, &found))
        fail_msg("%s", pv_error_message());
    if (!(found.score >= 0.0F && found.score <= 1.0F))
        fail_msg("mode %d: score %f", mode, (double)found.score);
    for (int i = 0; i < PV_LIVENESS_PARTS; i++)
        if (found.known[i] && !(found.parts[i] >= 0.0F && found.parts[i] <= 1.0F))
            fail_msg("mode %d: %s %f", mode, pv_liveness_part_name((pv_liveness_part)i),
                     (double)found.parts[i]);
    return found;
}

static void test_photographs_are_live(void **state)
{
    (void)state;
    const char *names[] = {"obama.jpg", "obama2.jpg", "biden.jpg", "astronaut.png"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        picture p = picture_load(names[i]);
        pv_image image = open_picture(&p);
        pv_face face = face_of(&image);
        assert_int_equal(pv_liveness_find_obstacle(&image, &face), PV_LIVENESS_FIT);
        pv_liveness found = measure(&image, &face, PV_LIVENESS_TWO_SCALES, true);
        if (!(found.score >= THRESHOLD) || found.document)
            fail_msg("%s: score %f, document %d", names[i], (double)found.score, found.document);
        picture_free(&p);
    }
}

/* On a screen held a little askew: stripes of red, green and blue, dark between the lines. */
static picture on_screen(const picture *source)
{
    picture p = picture_copy(source, 3, 0);
    for (int y = 0; y < p.height; y++)
        for (int x = 0; x < p.width; x++) {
            uint8_t *pixel = p.pixels + ((size_t)y * (size_t)p.width + (size_t)x) * 3;
            double along = 0.92 * x + 0.3 * y + p.height;
            double down = 0.92 * y - 0.3 * x + p.width;
            for (int c = 0; c < 3; c++) {
                int percent = ((int)along % 3 == c ? 130 : 85) - ((int)down % 3 == 0 ? 35 : 0);
                int value = pixel[c] * percent / 100;
                pixel[c] = (uint8_t)(value > 255 ? 255 : value);
            }
        }
    return p;
}

/* Printed with dots of one size a cell, the darker the more, on grey paper. */
static picture as_print(const picture *source)
{
    picture p = picture_copy(source, 3, 0);
    for (int y = 0; y < p.height; y++)
        for (int x = 0; x < p.width; x++) {
            uint8_t *pixel = p.pixels + ((size_t)y * (size_t)p.width + (size_t)x) * 3;
            double wave = sin(1.25 * x + 0.55 * y) * sin(1.25 * y - 0.55 * x);
            for (int c = 0; c < 3; c++) {
                double value = pixel[c] + 90.0 * wave;
                pixel[c] = (uint8_t)fmin(fmax(50.0 + 0.65 * value, 0.0), 215.0);
            }
        }
    return p;
}

/* On a white card that lies on a brown table: the picture fills its left third. */
static picture on_card(const picture *source)
{
    picture shrunk = picture_shrink(source, source->width / 300, 300, 375);
    picture p = {.pixels = malloc((size_t)1280 * 960 * 3), .width = 1280, .height = 960};
    assert_non_null(p.pixels);
    for (int y = 0; y < p.height; y++)
        for (int x = 0; x < p.width; x++) {
            uint8_t *pixel = p.pixels + ((size_t)y * (size_t)p.width + (size_t)x) * 3;
            bool card = x >= 200 && x < 1060 && y >= 220 && y < 760;
            bool photo = x >= 240 && x < 540 && y >= 300 && y < 675;
            const uint8_t table[3] = {110, 80, 60};
            for (int c = 0; c < 3; c++)
                pixel[c] = photo  ? shrunk.pixels[((y - 300) * 300 + x - 240) * 3 + c]
                           : card ? 225
                                  : table[c];
        }
    picture_free(&shrunk);
    return p;
}

typedef struct named_picture {
    const char *file;
    picture (*alter)(const picture *); /* NULL: as it is */
    bool live[3];                      /* modes 1 to 3 at the default threshold */
} named_picture;

/* The set that docs/liveness.md names: between any two modes there is a picture that they decide
 * differently. */
static const named_picture named[] = {
    {"obama2.jpg", NULL, {true, true, true}},
    {"biden.jpg", NULL, {true, true, true}},
    {"astronaut.png", NULL, {true, true, true}},
    {"sample2.jpg", NULL, {false, true, false}},
    {"obama.jpg", on_screen, {true, false, false}},
    {"obama2.jpg", on_screen, {true, false, false}},
    {"obama2.jpg", as_print, {true, false, false}},
    {"biden.jpg", as_print, {true, false, false}},
    {"astronaut.png", as_print, {false, false, false}},
    {"biden.jpg", on_card, {true, false, false}},
};

static void decide(const named_picture *row)
{
    picture source = picture_load(row->file);
    picture p = row->alter ? row->alter(&source) : picture_copy(&source, 3, 0);
    pv_image image = open_picture(&p);
    pv_face face = face_of(&image);
    for (int mode = 1; mode <= 3; mode++) {
        pv_liveness found = measure(&image, &face, mode, false);
        if ((found.score >= THRESHOLD) != row->live[mode - 1])
            fail_msg("%s %s, mode %d: score %f", row->file,
                     row->alter == on_screen  ? "on a screen"
                     : row->alter == as_print ? "printed"
                     : row->alter == on_card  ? "on a card"
                                              : "as it is",
                     mode, (double)found.score);
        assert_false(found.document);
    }
    picture_free(&p);
    picture_free(&source);
}

static void test_modes_decide_differently(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof named / sizeof named[0]; i++)
        decide(&named[i]);
}

/* What was looked at is known, what was not is not. */
static void test_parts_of_modes(void **state)
{
    (void)state;
    const bool expected[4][PV_LIVENESS_PARTS] = {{0},
                                                 {true, true, false, false, false},
                                                 {false, false, true, true, true},
                                                 {true, true, true, true, true}};
    picture p = picture_load("biden.jpg");
    pv_image image = open_picture(&p);
    pv_face face = face_of(&image);
    for (int mode = 1; mode <= 3; mode++) {
        pv_liveness found = measure(&image, &face, mode, false);
        assert_memory_equal(found.known, expected[mode], sizeof found.known);
    }
    assert_true(measure(&image, &face, 1, true).known[PV_LIVENESS_PART_SHEET]);
    pv_liveness found;
    assert_int_equal(pv_liveness_measure(runtime, &image, &face, 0, false, &found),
                     PV_ERROR_ARGUMENT);
    assert_int_equal(pv_liveness_measure(runtime, &image, &face, 4, false, &found),
                     PV_ERROR_ARGUMENT);
    picture_free(&p);
}

/* A document is a spoof where it was asked for, and only there. */
static void test_documents(void **state)
{
    (void)state;
    const char *names[] = {"obama.jpg", "obama2.jpg", "biden.jpg", "astronaut.png"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        picture source = picture_load(names[i]);
        picture card = on_card(&source);
        pv_image image = open_picture(&source);
        pv_face face = face_of(&image);
        assert_false(measure(&image, &face, PV_LIVENESS_TWO_SCALES, true).document);
        image = open_picture(&card);
        face = face_of(&image);
        pv_liveness found = measure(&image, &face, PV_LIVENESS_TWO_SCALES, true);
        if (!found.document || found.score > 0.0F)
            fail_msg("%s: %f of a card", names[i],
                     1.0 - (double)found.parts[PV_LIVENESS_PART_SHEET]);
        assert_false(measure(&image, &face, PV_LIVENESS_TWO_SCALES, false).document);
        picture_free(&card);
        picture_free(&source);
    }
}

static pv_face placed(float x, float y, float side)
{
    pv_face face = {
        .left = x - side / 2, .right = x + side / 2, .top = y - side / 2, .bottom = y + side / 2};
    face.points[PV_POINT_EYE_RIGHT] = (pv_point){x - side / 5, y - side / 8};
    face.points[PV_POINT_EYE_LEFT] = (pv_point){x + side / 5, y - side / 8};
    return face;
}

/* Whatever the picture and wherever the box: an answer that is a number. */
static void measure_everywhere(const picture *p)
{
    pv_image image = open_picture(p);
    float width = (float)p->width;
    float height = (float)p->height;
    const pv_face faces[] = {placed(width / 2, height / 2, 8),
                             placed(width / 2, height / 2, width / 2),
                             placed(0, 0, width),
                             placed(width, height / 2, 60),
                             placed(-900, 4000, 50),
                             placed(width / 2, height / 2, 5 * width),
                             placed(3, 3, 0)};
    for (size_t i = 0; i < sizeof faces / sizeof faces[0]; i++)
        measure(&image, &faces[i], PV_LIVENESS_BOTH, true);
}

static void test_bad_pictures(void **state)
{
    (void)state;
    const int sizes[][2] = {{1, 1}, {2, 300}, {130, 128}, {640, 480}};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        size_t count = (size_t)sizes[i][0] * (size_t)sizes[i][1] * 3;
        picture p = {.pixels = malloc(count), .width = sizes[i][0], .height = sizes[i][1]};
        assert_non_null(p.pixels);
        memset(p.pixels, 0, count);
        measure_everywhere(&p);
        memset(p.pixels, 255, count);
        measure_everywhere(&p);
        uint32_t seed = 5;
        for (size_t at = 0; at < count; at++) {
            seed = seed * 1664525U + 1013904223U;
            p.pixels[at] = (uint8_t)(seed >> 24);
        }
        measure_everywhere(&p);
        picture_free(&p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_photographs_are_live, make_arena, drop_arena),
        cmocka_unit_test_setup_teardown(test_modes_decide_differently, make_arena, drop_arena),
        cmocka_unit_test_setup_teardown(test_parts_of_modes, make_arena, drop_arena),
        cmocka_unit_test_setup_teardown(test_documents, make_arena, drop_arena),
        cmocka_unit_test_setup_teardown(test_bad_pictures, make_arena, drop_arena),
    };
    return cmocka_run_group_tests_name("liveness", tests, set_up, tear_down);
}
