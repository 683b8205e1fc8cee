/* The engine: every network of the store gives its golden answers, by name and by place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>
#include <math.h>

#include "model/runtime.h"

/* Of the largest number of an output; engines add in different orders. */
#define TOLERANCE 1e-4

static pv_model_store *store;
static pv_runtime *runtime;
static json_t *golden;

static int set_up(void **state)
{
    (void)state;
    json_error_t error;
    golden = json_load_file(PRIVID_SOURCE_DIR "/tests/model/golden.json", 0, &error);
    assert_non_null(golden);
    if (pv_model_store_open(NULL, NULL, &store) || pv_runtime_create(store, 2, &runtime))
        fail_msg("%s", pv_error_message());
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    pv_runtime_destroy(runtime);
    pv_model_store_close(store);
    json_decref(golden);
    return 0;
}

/* What synthetic() of tests/model/golden.py makes. */
static void fill(const json_t *entry, float *input, size_t count)
{
    float mean = (float)json_number_value(json_object_get(entry, "mean"));
    float scale = (float)json_number_value(json_object_get(entry, "scale"));
    for (size_t i = 0; i < count; i++)
        input[i] = ((float)((uint32_t)((uint64_t)i * 2654435761U) >> 24) - mean) / scale;
}

static void compare(const char *id, const char *name, const json_t *expected, size_t every,
                    const float *data, size_t count)
{
    double largest = 1;
    assert_int_equal((count + every - 1) / every, json_array_size(expected));
    for (size_t i = 0; i < json_array_size(expected); i++)
        largest = fmax(largest, fabs(json_number_value(json_array_get(expected, i))));
    for (size_t i = 0; i < json_array_size(expected); i++) {
        double wanted = json_number_value(json_array_get(expected, i));
        /* The other way round a NaN would pass. */
        if (!(fabs(data[i * every] - wanted) <= TOLERANCE * largest))
            fail_msg("%s: %s[%zu] is %g, not %g", id, name, i * every, (double)data[i * every],
                     wanted);
    }
}

static void check_outputs(pv_inference *inference, const char *id, const json_t *entry)
{
    size_t place = 0, count;
    const float *data;
    const char *name;
    json_t *expected;
    json_t *outputs = json_object_get(entry, "outputs");
    size_t every = (size_t)json_integer_value(json_object_get(entry, "every"));
    json_object_foreach(outputs, name, expected)
    {
        if (pv_inference_output(inference, name, &data, &count))
            fail_msg("%s", pv_error_message());
        compare(id, name, expected, every, data, count);
        pv_status status = pv_inference_output_at(inference, place++, &data, &count);
        assert_int_equal(status, PV_OK);
        compare(id, name, expected, every, data, count);
    }
    assert_int_not_equal(pv_inference_output(inference, "no such output", &data, &count), PV_OK);
    assert_int_not_equal(pv_inference_output_at(inference, place, &data, &count), PV_OK);
}

static void every_network_gives_its_golden_answers(void **state)
{
    (void)state;
    const char *id;
    json_t *entry;
    json_object_foreach(golden, id, entry)
    {
        pv_model *model;
        pv_inference *inference = NULL;
        float *input = NULL;
        size_t shape[PV_TENSOR_RANK_MAX], count = 1;
        json_t *sides = json_object_get(entry, "input");
        size_t rank = json_array_size(sides);
        for (size_t i = 0; i < rank; i++)
            count *= shape[i] = (size_t)json_integer_value(json_array_get(sides, i));
        if (pv_runtime_model(runtime, id, &model) ||
            pv_inference_begin(model, shape, rank, &inference, &input)) {
            fail_msg("%s: %s", id, pv_error_message());
            return;
        }
        fill(entry, input, count);
        assert_int_equal(pv_inference_run(inference), PV_OK);
        check_outputs(inference, id, entry);
        pv_inference_end(inference);
    }
}

static void every_network_of_the_manifest_has_golden_answers(void **state)
{
    (void)state;
    pv_manifest *manifest;
    size_t count;
    assert_int_equal(pv_manifest_open(&manifest), PV_OK);
    const pv_manifest_row *rows = pv_manifest_rows(manifest, &count);
    for (size_t i = 0; i < count; i++) {
        const char *suffix = strrchr(rows[i].file.name, '.');
        bool network = strcmp(suffix, ".onnx") == 0 || strcmp(suffix, ".tflite") == 0;
        if (network != (json_object_get(golden, rows[i].id) != NULL))
            fail_msg("%s: tests/model/golden.py has no input for it", rows[i].id);
    }
    pv_manifest_close(manifest);
}

static void shapes_that_no_tensor_has_are_refused(void **state)
{
    (void)state;
    static const size_t shape[PV_TENSOR_RANK_MAX + 1] = {1, 3, 32, 32};
    pv_model *model;
    pv_inference *inference;
    float *input;
    assert_int_equal(pv_runtime_model(runtime, "yunet", &model), PV_OK);
    assert_int_not_equal(pv_inference_begin(model, shape, 0, &inference, &input), PV_OK);
    assert_null(inference);
    assert_int_not_equal(
        pv_inference_begin(model, shape, PV_TENSOR_RANK_MAX + 1, &inference, &input), PV_OK);
    assert_null(inference);
    /* The network itself has four sides. After the refusal the request still serves. */
    pv_status status = pv_inference_begin(model, shape, 3, &inference, &input);
    if (status == PV_OK)
        status = pv_inference_run(inference);
    assert_int_not_equal(status, PV_OK);
    pv_inference_end(inference);
    assert_int_equal(pv_inference_begin(model, shape, 4, &inference, &input), PV_OK);
    memset(input, 0, 3 * 32 * 32 * sizeof *input);
    assert_int_equal(pv_inference_run(inference), PV_OK);
    pv_inference_end(inference);
}

static void the_canonical_face_is_a_face(void **state)
{
    (void)state;
    const float *mesh, *again;
    size_t count;
    assert_int_equal(pv_runtime_numbers(runtime, "face_mesh", &mesh, &count), PV_OK);
    assert_int_equal(count, 468 * 3);
    /* The outer corner of the person's right eye is at the left of the picture and above the chin;
     * the tip of the nose is nearer to the camera than both. */
    const float *eye = mesh + 3 * 33, *chin = mesh + 3 * 152, *nose = mesh + 3 * 1;
    assert_true(eye[0] < 0 && eye[1] > chin[1] && nose[2] > eye[2] && nose[2] > chin[2]);
    /* Its two halves mirror each other: these are the outer corners of both eyes. */
    const float *other = mesh + 3 * 263;
    assert_true(eye[0] == -other[0] && eye[1] == other[1] && eye[2] == other[2]);
    assert_int_equal(pv_runtime_numbers(runtime, "face_mesh", &again, &count), PV_OK);
    assert_ptr_equal(mesh, again);
}

static void a_model_that_is_not_there_is_named(void **state)
{
    (void)state;
    pv_model *model;
    const float *numbers;
    size_t count;
    assert_int_not_equal(pv_runtime_model(runtime, "no_such_model", &model), PV_OK);
    assert_non_null(strstr(pv_error_message(), "no_such_model"));
    assert_int_not_equal(pv_runtime_numbers(runtime, "no_such_model", &numbers, &count), PV_OK);
    assert_non_null(strstr(pv_error_message(), "no_such_model"));
    /* A network is no list of numbers, and the other way round. */
    assert_int_not_equal(pv_runtime_model(runtime, "face_mesh", &model), PV_OK);
    assert_non_null(strstr(pv_error_message(), "face_mesh"));
}

static void a_model_outside_of_the_profile_is_named_with_it(void **state)
{
    (void)state;
    pv_model_store *documented;
    pv_runtime *small;
    pv_model *model;
    assert_int_equal(pv_model_store_open(NULL, PV_PROFILE_DOCUMENTED, &documented), PV_OK);
    assert_int_equal(pv_runtime_create(documented, 1, &small), PV_OK);
    assert_true(pv_runtime_has(runtime, "fr_liveness"));
    assert_false(pv_runtime_has(small, "fr_liveness"));
    assert_true(pv_runtime_has(small, "face_landmarks"));
    assert_int_not_equal(pv_runtime_model(small, "fr_liveness", &model), PV_OK);
    assert_non_null(strstr(pv_error_message(), "'fr_liveness' is not part of the profile "
                                               "'documented'"));
    assert_int_equal(pv_runtime_model(small, "yunet", &model), PV_OK);
    pv_runtime_destroy(small);
    pv_model_store_close(documented);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_network_gives_its_golden_answers),
        cmocka_unit_test(every_network_of_the_manifest_has_golden_answers),
        cmocka_unit_test(shapes_that_no_tensor_has_are_refused),
        cmocka_unit_test(the_canonical_face_is_a_face),
        cmocka_unit_test(a_model_that_is_not_there_is_named),
        cmocka_unit_test(a_model_outside_of_the_profile_is_named_with_it),
    };
    return cmocka_run_group_tests_name("runtime", tests, set_up, tear_down);
}
