/* The parts of text reading that need no net: boxes of a map, letters of probabilities. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "document/ocr_boxes.h"
#include "document/ocr_decode.h"

#define SIDE 200

static pv_arena *arena;
static float *map;

static int set_up(void **state)
{
    (void)state;
    if (pv_arena_create(&arena) != PV_OK)
        return -1;
    map = pv_arena_take(arena, (size_t)SIDE * SIDE, sizeof *map);
    return map ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    pv_arena_destroy(arena);
    return 0;
}

/* A bar about (x, y), turned; the largest value stays. */
static void draw(float x, float y, float width, float height, float degrees, float value)
{
    float c = cosf(degrees * 3.14159265F / 180.0F);
    float s = sinf(degrees * 3.14159265F / 180.0F);
    for (int py = 0; py < SIDE; py++) {
        for (int px = 0; px < SIDE; px++) {
            float u = ((float)px - x) * c + ((float)py - y) * s;
            float v = ((float)py - y) * c - ((float)px - x) * s;
            float *at = &map[py * SIDE + px];
            if (fabsf(u) <= width / 2 && fabsf(v) <= height / 2 && value > *at)
                *at = value;
        }
    }
}

static size_t find(pv_text_box **boxes)
{
    size_t count;
    if (pv_ocr_boxes_from_map(map, SIDE, SIDE, arena, boxes, &count) != PV_OK)
        fail_msg("%s", pv_error_message());
    return count;
}

/* Grown by area * 1.6 / perimeter on each side, and in the direction of reading. */
static void test_bars_become_boxes(void **state)
{
    (void)state;
    static const struct {
        float drawn, read; /* degrees */
    } turns[] = {{0, 0},   {10, 10},   {-30, -30}, {44, 44},  {90, 90},
                 {80, 80}, {100, 100}, {-80, 100}, {170, -10}};
    for (size_t i = 0; i < sizeof turns / sizeof turns[0]; i++) {
        pv_text_box *boxes;
        memset(map, 0, (size_t)SIDE * SIDE * sizeof *map);
        draw(100, 90, 80, 10, turns[i].drawn, 0.9F);
        assert_int_equal(find(&boxes), 1);
        const pv_point *c = boxes[0].corners;
        float growth = 2 * 80 * 10 * 1.6F / 180;
        float angle = atan2f(c[1].y - c[0].y, c[1].x - c[0].x) * 180 / 3.14159265F;
        if (fabsf(angle - turns[i].read) > 1.0F)
            fail_msg("drawn at %g: read at %g", (double)turns[i].drawn, (double)angle);
        assert_true(fabsf(pv_text_box_width(&boxes[0]) - 80 - growth) < 2.0F);
        assert_true(fabsf(pv_text_box_height(&boxes[0]) - 10 - growth) < 2.0F);
        assert_true(fabsf((c[0].x + c[2].x) / 2 - 100) < 1.0F);
        assert_true(fabsf((c[0].y + c[2].y) / 2 - 90) < 1.0F);
        /* clockwise */
        assert_true((c[1].x - c[0].x) * (c[3].y - c[0].y) > (c[1].y - c[0].y) * (c[3].x - c[0].x));
        assert_true(boxes[0].score > 0.6F && boxes[0].score <= 0.9F + 1e-6F);
    }
}

static void test_what_is_no_line_is_left_out(void **state)
{
    (void)state;
    pv_text_box *boxes;
    assert_int_equal(find(&boxes), 0);
    draw(50, 50, 60, 10, 0, 0.29F); /* below the threshold of a pixel */
    draw(50, 80, 60, 10, 0, 0.45F); /* below that of a line */
    draw(50, 110, 60, 1, 0, 0.9F);  /* too thin */
    map[150 * SIDE + 150] = 0.9F;
    map[151 * SIDE + 190] = NAN;
    assert_int_equal(find(&boxes), 0);
    draw(50, 140, 60, 10, 0, 0.55F);
    draw(50, 170, 60, 10, 0, 0.8F);
    assert_int_equal(find(&boxes), 2);
    assert_true(boxes[0].corners[0].y > boxes[1].corners[0].y); /* the better one is first */
}

/* Everything is text, and every second pixel: bounded in number and inside what is sensible. */
static void test_full_maps(void **state)
{
    (void)state;
    pv_text_box *boxes;
    for (int i = 0; i < SIDE * SIDE; i++)
        map[i] = 1.0F;
    assert_int_equal(find(&boxes), 1);
    for (int y = 0; y < SIDE; y++)
        for (int x = 0; x < SIDE; x++)
            map[y * SIDE + x] = x % 6 < 5 && y % 6 < 5 ? 1.0F : 0.0F;
    size_t count = find(&boxes);
    assert_int_equal(count, PV_OCR_BOXES_MOST);
    for (size_t i = 0; i < count; i++)
        for (int k = 0; k < 4; k++)
            assert_true(boxes[i].corners[k].x > -SIDE && boxes[i].corners[k].x < 2 * SIDE);
}

static void test_rectangle_of_a_point(void **state)
{
    (void)state;
    const pv_point point = {3, 4};
    pv_point room[2];
    const pv_rectangle found = pv_rectangle_around(&point, 1, room);
    assert_true(found.centre.x == 3 && found.centre.y == 4);
    assert_true(found.width == 0 && found.height == 0);
}

static void test_boxes_are_turned(void **state)
{
    (void)state;
    const pv_text_box box = {.corners = {{0, 0}, {9, 0}, {9, 2}, {0, 2}}};
    const pv_text_box turned = pv_text_box_turn(&box, 1);
    assert_true(turned.corners[0].x == 9 && turned.corners[0].y == 0);
    assert_true(turned.corners[1].x == 9 && turned.corners[1].y == 2);
    assert_true(pv_text_box_width(&turned) == 2 && pv_text_box_height(&turned) == 9);
    const pv_text_box back = pv_text_box_turn(&turned, -5 + 4);
    assert_memory_equal(&back.corners[0], &box.corners[0], sizeof back.corners);
}

/* A reader of five classes: the blank, A, B, a wide colon, é; and the space as the sixth. */
static const float codes[] = {'A', 'B', 0xFF1A, 0xE9};
static const pv_ocr_classes classes = {codes, 4};

#define STEP(blank, a, b, colon, e, space) blank, a, b, colon, e, space

static pv_text_line decode(const float *steps, size_t count, const char *limit)
{
    pv_text_line line = {0};
    const pv_ocr_alphabet *alphabet = NULL;
    if ((limit && pv_ocr_alphabet_from(&classes, limit, arena, &alphabet) != PV_OK) ||
        pv_ocr_decode(&classes, steps, count, 1.0, alphabet, arena, &line) != PV_OK)
        fail_msg("%s", pv_error_message());
    return line;
}

static const float steps[] = {
    STEP(0.1F, 0.8F, 0.1F, 0, 0, 0), /* A */
    STEP(0.1F, 0.6F, 0.3F, 0, 0, 0), /* still A */
    STEP(0.9F, 0.1F, 0, 0, 0, 0),    /* blank */
    STEP(0.2F, 0.5F, 0.3F, 0, 0, 0), /* another A */
    STEP(0.1F, 0.3F, 0.6F, 0, 0, 0), /* B */
    STEP(0.1F, 0, 0, 0.9F, 0, 0),    /* : */
    STEP(0, 0, 0, 0, 0.1F, 0.9F),    /* space */
    STEP(0.3F, 0.1F, 0, 0, 0.6F, 0), /* é */
};

static void test_letters_of_probabilities(void **state)
{
    (void)state;
    const pv_text_line line = decode(steps, 8, NULL);
    assert_string_equal(line.text, "AAB: é");
    assert_int_equal(line.count, 6);
    assert_true(fabsf(line.signs[0].probability - 0.8F) < 1e-6F);
    assert_true(line.signs[0].from == 0.0F && fabsf(line.signs[0].to - 0.25F) < 1e-6F);
    assert_true(fabsf(line.signs[1].from - 0.375F) < 1e-6F);
    assert_int_equal(line.signs[3].code, ':');
    assert_int_equal(line.signs[5].code, 0xE9);
    const pv_text_choice *choices = line.signs[1].choices;
    assert_true(choices[0].code == 'A' && fabsf(choices[0].probability - 0.5F) < 1e-6F);
    assert_true(choices[1].code == 'B' && fabsf(choices[1].probability - 0.3F) < 1e-6F);
    assert_true(choices[2].probability == 0.0F);
    float mean = (0.8F + 0.5F + 0.6F + 0.9F + 0.9F + 0.6F) / 6;
    assert_true(fabsf(line.confidence - mean) < 1e-5F);
}

static void test_a_limit_leaves_out_the_rest(void **state)
{
    (void)state;
    const pv_text_line line = decode(steps, 8, "B: ");
    assert_string_equal(line.text, "BB: "); /* A was likelier, but there is none */
    const pv_text_line other = decode(steps + 3 * 6, 1, "B");
    assert_string_equal(other.text, "B");
    const pv_text_sign *sign = other.signs;
    if (!sign) {
        fail();
        return;
    }
    assert_true(fabsf(sign->probability - 0.6F) < 1e-6F); /* 0.3 of 0.2 + 0.3 */
    assert_true(sign->choices[1].probability == 0.0F);
}

static void test_padding_counts_for_nothing(void **state)
{
    (void)state;
    pv_text_line line = {0};
    assert_int_equal(pv_ocr_decode(&classes, steps, 8, 0.5, NULL, arena, &line), PV_OK);
    assert_true(fabsf(line.signs[1].from - 0.75F) < 1e-6F);
    assert_true(line.signs[5].to == 1.0F);
}

static void test_alphabets(void **state)
{
    (void)state;
    const pv_ocr_alphabet *alphabet;
    assert_int_equal(pv_ocr_alphabet_from(&classes, "AB", arena, &alphabet), PV_OK);
    assert_int_equal(pv_ocr_alphabet_from(&classes, "", arena, &alphabet), PV_ERROR_ARGUMENT);
    assert_int_equal(pv_ocr_alphabet_from(&classes, "Z", arena, &alphabet), PV_ERROR_ARGUMENT);
    assert_int_equal(pv_ocr_alphabet_from(&classes, "A\xFF", arena, &alphabet), PV_ERROR_ARGUMENT);
    assert_int_equal(pv_ocr_alphabet_from(&classes, "Zé", arena, &alphabet), PV_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_bars_become_boxes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_what_is_no_line_is_left_out, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_full_maps, set_up, tear_down),
        cmocka_unit_test(test_rectangle_of_a_point),
        cmocka_unit_test(test_boxes_are_turned),
        cmocka_unit_test_setup_teardown(test_letters_of_probabilities, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_limit_leaves_out_the_rest, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_padding_counts_for_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_alphabets, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("ocr", tests, NULL, NULL);
}
