/* Liveness on photographs, and on what a program makes of them: prints and screens. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "../api/support.h"
#include "face/detect.h"
#include "face/liveness.h"
#include "face/select.h"

#define THRESHOLD 0.9F /* the default of anti_spoofing_threshold */

static pv_model_store *store;
static pv_runtime *runtime;
static pv_arena *arena;

static int set_up(void **state)
{
    (void)state;
    if (pv_model_store_open(NULL, NULL, &store) || pv_runtime_create(store, 1, &runtime))
        fail_msg("%s", pv_error_message());
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    pv_runtime_destroy(runtime);
    pv_model_store_close(store);
    return 0;
}

static int make_arena(void **state)
{
    (void)state;
    return pv_arena_create(&arena) == PV_OK ? 0 : -1;
}

static int drop_arena(void **state)
{
    (void)state;
    pv_arena_destroy(arena);
    return 0;
}

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_photographs_are_live, make_arena, drop_arena),
    };
    return cmocka_run_group_tests_name("liveness", tests, set_up, tear_down);
}
