/* From one picture to what an evaluation keeps of it, through the operations that everybody uses.
 */
#include <string.h>

#include "cli/evaluate_internal.h"
#include "privid/privid.h"

typedef int32_t (*face_operation)(void *session, const char *config_json, int config_length,
                                  const uint8_t *pixels, int width, int height, char **json_out,
                                  int *length_out);

static pv_status set(json_t *record, const char *name, json_t *value)
{
    return json_object_set_new(record, name, value) == 0
               ? PV_OK
               : pv_fail(PV_ERROR_GENERIC, "out of memory for a result");
}

/* The list of {name, value} as an object, so that a score is found by its name. */
static pv_status keep_scores(const json_t *face, json_t *record)
{
    json_t *kept = json_object();
    const json_t *scores = json_object_get(face, "scores");
    for (size_t i = 0; i < json_array_size(scores); i++) {
        const json_t *score = json_array_get(scores, i);
        const char *name = json_string_value(json_object_get(score, "name"));
        if (name)
            json_object_set(kept, name, json_object_get(score, "value"));
    }
    return set(record, "scores", kept);
}

static void keep(const json_t *from, const char *member, json_t *record, const char *name)
{
    json_t *value = json_object_get(from, member);
    if (value)
        json_object_set(record, name, value);
}

static pv_status keep_face(const json_t *face, json_t *record)
{
    const json_t *geometry = json_object_get(face, "geometry");
    const json_t *age = json_object_get(face, "age_data");
    keep(geometry, "face_confidence_score", record, "confidence");
    keep(face, "face_traits_flags", record, "flags");
    keep(face, "spoof_status", record, "spoof_status");
    keep(age, "estimated_age", record, "age");
    keep(age, "age_confidence_score", record, "age_confidence");
    return keep_scores(face, record);
}

static pv_status read_answer(const json_t *answer, json_t *record)
{
    const json_t *header = json_object_get(answer, "call_status");
    const json_t *code = json_object_get(header, "return_code");
    if (!json_is_integer(code))
        return pv_fail(PV_ERROR_GENERIC, "the library's answer has no return_code");
    if (json_integer_value(code) != 0) {
        const char *message = json_string_value(json_object_get(header, "return_message"));
        return pv_fail((pv_status)json_integer_value(code), "%s",
                       message ? message : "unknown failure");
    }
    const json_t *faces = json_object_get(answer, "faces");
    size_t count = json_array_size(faces);
    pv_status status = set(record, "faces", json_integer((json_int_t)count));
    if (status == PV_OK && count > 0)
        status = keep_face(json_array_get(faces, 0), record);
    return status;
}

static pv_status measure(face_operation operation, const pv_evaluation *evaluation,
                         const pv_picture *picture, json_t *record)
{
    char *text = NULL;
    operation(evaluation->session, evaluation->configuration,
              (int)strlen(evaluation->configuration), picture->pixels, picture->width,
              picture->height, &text, NULL);
    if (!text)
        return pv_fail(PV_ERROR_GENERIC, "the library gave no answer");
    json_t *answer = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    pv_status status = read_answer(answer, record);
    json_decref(answer);
    privid_free_char_buffer(text);
    return status;
}

pv_status pv_measure_validate(const pv_evaluation *evaluation, const pv_picture *picture,
                              json_t *record)
{
    return measure(privid_validate, evaluation, picture, record);
}

pv_status pv_measure_liveness(const pv_evaluation *evaluation, const pv_picture *picture,
                              json_t *record)
{
    return measure(privid_anti_spoofing, evaluation, picture, record);
}

pv_status pv_measure_age(const pv_evaluation *evaluation, const pv_picture *picture, json_t *record)
{
    return measure(privid_estimate_age, evaluation, picture, record);
}

bool pv_record_has_face(const json_t *record)
{
    return json_integer_value(json_object_get(record, "faces")) > 0;
}

bool pv_record_score(const json_t *record, const char *name, double *out)
{
    const json_t *value = json_object_get(json_object_get(record, "scores"), name);
    if (!value)
        value = json_object_get(record, name);
    if (!json_is_number(value))
        return false;
    *out = json_number_value(value);
    return true;
}
