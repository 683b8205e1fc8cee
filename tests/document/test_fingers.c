/* Fingers over a document: drawn ones, reaching in further and further, over a page with a real
 * portrait; and what only resembles them. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../api/support.h"
#include "../fixture.h"
#include "document/fingers.h"

/* An ID-1 card at 10 pixels a millimetre. */
#define WIDTH 856
#define HEIGHT 540
#define MILLIMETRE 10.0
#define RADIUS 8.5 /* of a finger, in millimetres */
/* As the table of the configuration has it. */
#define THRESHOLD 0.5F

typedef struct colour {
    double red, green, blue; /* 0 to 1 */
} colour;

static const colour skins[] = {{0.93, 0.76, 0.67}, {0.72, 0.50, 0.37}, {0.36, 0.23, 0.17}};
#define SKINS (sizeof skins / sizeof skins[0])

typedef struct drawing {
    uint8_t *pixels; /* RGB */
    int width;
    int height;
} drawing;

static uint8_t *pixel(const drawing *d, int x, int y)
{
    return d->pixels + 3 * ((size_t)y * (size_t)d->width + (size_t)x);
}

static void blend(uint8_t *p, colour c, double share)
{
    const double values[] = {c.red, c.green, c.blue};
    for (int i = 0; i < 3; i++) {
        double value = p[i] + share * (255.0 * fmin(fmax(values[i], 0.0), 1.0) - p[i]);
        p[i] = (uint8_t)(value + 0.5);
    }
}

static void fill(const drawing *d, int left, int top, int right, int bottom, colour c)
{
    for (int y = top; y < bottom; y++)
        for (int x = left; x < right; x++)
            blend(pixel(d, x, y), c, 1.0);
}

/* Words, more or less: strokes of the size of letters. */
static void write_line(const drawing *d, int left, int top, int letters)
{
    for (int i = 0; i < letters; i++) {
        int x = left + 24 * i;
        if (i % 7 == 5)
            continue;
        fill(d, x, top, x + 5, top + 28, (colour){0.15, 0.15, 0.2});
        fill(d, x, top + 12 * (i % 3), x + 16, top + 12 * (i % 3) + 4, (colour){0.15, 0.15, 0.2});
    }
}

static void put_portrait(const drawing *d, const picture *face, int left, int top, int height)
{
    for (int y = 0; y < height; y++) {
        for (int x = 0; x < height * face->width / face->height; x++) {
            if (left + x < 0 || left + x >= d->width || top + y >= d->height)
                continue;
            size_t from = (size_t)(y * face->height / height) * (size_t)face->width +
                          (size_t)(x * face->height / height);
            memcpy(pixel(d, left + x, top + y), face->pixels + 3 * from, 3);
        }
    }
}

static drawing draw_card(colour paper)
{
    drawing d = {malloc(3 * WIDTH * HEIGHT), WIDTH, HEIGHT};
    assert_non_null(d.pixels);
    fill(&d, 0, 0, WIDTH, HEIGHT, paper);
    for (int x = 0; x < WIDTH; x++)
        for (int line = 0; line < 30; line++) {
            int y = (int)(20 * line - 20 + 14 * sin(x / 30.0 + line));
            if (y >= 0 && y < HEIGHT)
                blend(pixel(&d, x, y), (colour){0.4, 0.6, 0.7}, 0.4);
        }
    fill(&d, 0, 0, WIDTH, 70, (colour){0.2, 0.35, 0.55});
    for (int line = 0; line < 5; line++)
        write_line(&d, 330, 110 + 60 * line, 18 - 2 * line);
    return d;
}

/* A card with the portrait in its usual place. */
static drawing draw_identity_card(const picture *face)
{
    drawing d = draw_card((colour){0.87, 0.92, 0.9});
    put_portrait(&d, face, 40, 110, 300);
    return d;
}

/* From above on the fingertip: across -1 to 1, along in radii from the tip, both of the surface. */
static colour finger_colour(colour skin, double across, double along)
{
    double end = along < 1.0 ? 1.0 - along : 0.0;
    double up = sqrt(fmax(0.0, 1.0 - across * across - end * end));
    double light = 0.35 + 0.65 * fmax(0.0, 0.8 * up - 0.45 * across - 0.2 * end);
    if (fabs(along - 3.2) < 0.06 || fabs(along - 3.45) < 0.04)
        light *= 0.82; /* creases of the joint */
    double nail = pow(fabs(across / 0.62), 4) + pow(fabs((along - 1.0) / 0.8), 4);
    if (nail < 1.0)
        skin = (colour){0.5 * skin.red + 0.48, 0.5 * skin.green + 0.36, 0.5 * skin.blue + 0.34};
    return (colour){light * skin.red * 1.1, light * skin.green * 1.05, light * skin.blue};
}

/* Over the middle of the lower border, or of the upper one, reaching in by so many millimetres;
 * `lean` sideways for each step inwards. */
static void put_finger(const drawing *d, colour skin, double depth, bool from_above, double at,
                       double lean)
{
    const double length = sqrt(1.0 + lean * lean);
    for (int pass = 0; pass < 2; pass++) { /* its shadow, then itself */
        for (int y = 0; y < d->height; y++) {
            for (int x = 0; x < d->width; x++) {
                double inwards = (from_above ? y : d->height - 1 - y) / MILLIMETRE;
                double sideways = (x - at * d->width) / MILLIMETRE - (pass ? 0.0 : 1.5);
                double along = ((depth - inwards) - lean * (sideways - lean * depth)) / length;
                double across = ((sideways - lean * inwards)) / length;
                double end = along < RADIUS ? RADIUS - along : 0.0;
                double far = sqrt(across * across + end * end) / RADIUS;
                if (pass)
                    blend(pixel(d, x, y), finger_colour(skin, across / RADIUS, along / RADIUS),
                          fmin(fmax((1.0 - far) * 40.0, 0.0), 1.0));
                else
                    blend(pixel(d, x, y), (colour){0, 0, 0},
                          0.45 * fmin(fmax((1.25 - far) * 2.5, 0.0), 1.0));
            }
        }
    }
}

static pv_image open_drawing(const drawing *d)
{
    pv_image page;
    if (pv_image_open("page", d->pixels, d->width, d->height, PV_FORMAT_RGB, arena, &page))
        fail_msg("%s", pv_error_message());
    return page;
}

static float measure(const drawing *d)
{
    pv_image page = open_drawing(d);
    float covered = NAN;
    if (pv_fingers_measure(runtime, &page, &covered))
        fail_msg("%s", pv_error_message());
    if (!(covered >= 0.0F && covered < 1.0F))
        fail_msg("measure: %f", (double)covered);
    return covered;
}

static void test_scale(void **state)
{
    (void)state;
    assert_true(pv_fingers_scale(0.0F) == 0.0F);
    assert_true(fabsf(pv_fingers_scale(PV_FINGERS_HALF) - 0.5F) < 1e-6F);
    for (int i = 0; i < 100; i++)
        assert_true(pv_fingers_scale((float)i / 100) < pv_fingers_scale((float)(i + 1) / 100));
    assert_true(pv_fingers_scale(1.0F) < 1.0F);
}

/* The further in, the more; from 12 millimetres on it is reported, and none is without a finger. */
static void test_rises_with_the_finger(void **state)
{
    (void)state;
    picture face = picture_load("obama.jpg");
    for (size_t skin = 0; skin < SKINS; skin++) {
        float before = -1.0F;
        for (int depth = 0; depth <= 24; depth += depth == 0 ? 12 : 6) {
            drawing card = draw_identity_card(&face);
            if (depth > 0)
                put_finger(&card, skins[skin], depth, false, 0.7, 0.0);
            float now = measure(&card);
            free(card.pixels);
            if (!(now > before) || (depth == 0 ? now > 0.1F : !(now > THRESHOLD)))
                fail_msg("skin %zu, %d mm: %f after %f", skin, depth, (double)now, (double)before);
            before = now;
        }
    }
    picture_free(&face);
}

/* About as much as is drawn: the finger of 24 mm covers its rectangle and half a disc. */
static void test_share_is_the_area(void **state)
{
    (void)state;
    picture face = picture_load("obama.jpg");
    const double area = 2 * RADIUS * (24 - RADIUS) + 3.14159 / 2 * RADIUS * RADIUS;
    const double share = area * MILLIMETRE * MILLIMETRE / (WIDTH * HEIGHT);
    for (int above = 0; above < 2; above++) {
        drawing card = draw_identity_card(&face);
        put_finger(&card, skins[0], 24, above == 1, 0.6, 0.0);
        pv_image page = open_drawing(&card);
        float found = NAN;
        if (pv_fingers_cover(runtime, &page, &found))
            fail_msg("%s", pv_error_message());
        free(card.pixels);
        if (!(found > 0.6 * share && found < 1.4 * share))
            fail_msg("%f instead of %f", (double)found, share);
    }
    picture_free(&face);
}

static drawing turned(const drawing *d)
{
    drawing out = {malloc(3 * WIDTH * HEIGHT), d->height, d->width};
    assert_non_null(out.pixels);
    for (int y = 0; y < out.height; y++)
        for (int x = 0; x < out.width; x++)
            memcpy(pixel(&out, x, y), pixel(d, y, d->height - 1 - x), 3);
    return out;
}

/* A page that is higher than wide, and one of a quarter of the size. */
static void test_any_size_and_turn(void **state)
{
    (void)state;
    picture face = picture_load("obama.jpg");
    for (int covered = 0; covered < 2; covered++) {
        drawing card = draw_identity_card(&face);
        if (covered)
            put_finger(&card, skins[1], 20, false, 0.65, 0.2);
        drawing upright = turned(&card);
        drawing small = {malloc(3 * (WIDTH / 4) * (HEIGHT / 4)), WIDTH / 4, HEIGHT / 4};
        assert_non_null(small.pixels);
        for (int y = 0; y < small.height; y++)
            for (int x = 0; x < small.width; x++)
                memcpy(pixel(&small, x, y), pixel(&card, 4 * x + 2, 4 * y + 2), 3);
        const float answers[] = {measure(&card), measure(&upright), measure(&small)};
        for (int i = 0; i < 3; i++)
            if (covered ? !(answers[i] > 0.7F) : !(answers[i] < 0.1F))
                fail_msg("page %d, %d: %f", i, covered, (double)answers[i]);
        free(card.pixels);
        free(upright.pixels);
        free(small.pixels);
    }
    picture_free(&face);
}

/* Faces, also where a portrait is cut by the border, and paper in the colours of skin. */
static void test_what_only_resembles_fingers(void **state)
{
    (void)state;
    static const char *const faces[] = {"obama.jpg", "biden.jpg", "astronaut.png"};
    for (size_t i = 0; i < 3; i++) {
        picture face = picture_load(faces[i]);
        drawing card = draw_card((colour){0.9, 0.88, 0.85});
        put_portrait(&card, &face, 0, HEIGHT - 380, 380);
        float now = measure(&card);
        if (!(now < THRESHOLD))
            fail_msg("%s at the border: %f", faces[i], (double)now);
        free(card.pixels);
        picture_free(&face);
    }
    for (size_t skin = 0; skin < SKINS; skin++) {
        drawing card = draw_card(skins[skin]);
        float now = measure(&card);
        free(card.pixels);
        if (!(now < THRESHOLD))
            fail_msg("skin %zu as paper: %f", skin, (double)now);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scale),
        cmocka_unit_test_setup_teardown(test_rises_with_the_finger, make_arena, drop_arena),
        cmocka_unit_test_setup_teardown(test_share_is_the_area, make_arena, drop_arena),
        cmocka_unit_test_setup_teardown(test_any_size_and_turn, make_arena, drop_arena),
        cmocka_unit_test_setup_teardown(test_what_only_resembles_fingers, make_arena, drop_arena),
    };
    return cmocka_run_group_tests_name("fingers", tests, set_up, tear_down);
}
