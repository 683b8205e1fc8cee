/* Templates. The public operations send them to a backend and don't show them; so this one file
 * uses the library from inside. */
#include <stdlib.h>
#include <string.h>

#include "api/library.h"
#include "cli/evaluate_internal.h"
#include "config/config.h"
#include "face/detect.h"
#include "face/embed.h"
#include "face/select.h"

static pv_status set(json_t *record, const char *name, json_t *value)
{
    return json_object_set_new(record, name, value) == 0
               ? PV_OK
               : pv_fail(PV_ERROR_GENERIC, "out of memory for a result");
}

/* As many hexadecimal digits as the template has bits by four: exact, and a line stays text. */
static pv_status keep_template(const float *template, size_t dimension, json_t *record)
{
    static const char digits[] = "0123456789abcdef";
    size_t size = dimension * sizeof *template;
    const unsigned char *bytes = (const unsigned char *)template;
    char *text = malloc(2 * size);
    if (!text)
        return pv_fail(PV_ERROR_GENERIC, "out of memory for a result");
    for (size_t i = 0; i < size; i++) {
        text[2 * i] = digits[bytes[i] >> 4];
        text[2 * i + 1] = digits[bytes[i] & 15];
    }
    pv_status status = set(record, "template", json_stringn(text, 2 * size));
    free(text);
    return status;
}

/* The face that an enrolment with this configuration would take. */
static pv_status find_face(const pv_config *config, pv_image *image, pv_face_list *faces)
{
    double threshold = config->context_string == PV_CONTEXT_STRING_PREDICT
                           ? config->conf_score_thr_predict
                           : config->conf_score_thr_enroll;
    pv_status status = pv_face_detect(pv_library_runtime(), image, (float)threshold, faces);
    if (status == PV_OK)
        pv_face_select(faces, (pv_selection)config->face_detection_strategy);
    return status;
}

static pv_status embed(const pv_evaluation *evaluation, const pv_config *config, pv_image *image,
                       json_t *record)
{
    float template[PV_EMBEDDING_DIMENSION_MAX];
    pv_face_list faces;
    pv_status status = find_face(config, image, &faces);
    if (status == PV_OK)
        status = set(record, "faces", json_integer((json_int_t)faces.count));
    if (status != PV_OK || faces.count == 0)
        return status;
    status =
        pv_face_embed(pv_library_runtime(), image, &faces.faces[0], evaluation->model, 0, template);
    if (status == PV_OK)
        status = set(record, "confidence", json_real(faces.faces[0].confidence));
    if (status == PV_OK)
        status = keep_template(template, evaluation->model->dimension, record);
    return status;
}

pv_status pv_measure_template(const pv_evaluation *evaluation, const pv_picture *picture,
                              json_t *record)
{
    pv_config config;
    pv_image image;
    pv_arena *arena = NULL;
    pv_status status = pv_library_enter();
    if (status != PV_OK)
        return status;
    status = pv_config_parse(evaluation->configuration, strlen(evaluation->configuration),
                             PV_OPERATION_ENROLL, &config);
    if (status == PV_OK)
        status = pv_arena_create(&arena);
    /* The picture is as it was decoded: RGB. */
    if (status == PV_OK)
        status = pv_image_open("image", picture->pixels, picture->width, picture->height,
                               PV_FORMAT_RGB, arena, &image);
    if (status == PV_OK)
        status = embed(evaluation, &config, &image, record);
    pv_arena_destroy(arena);
    pv_library_leave();
    return status;
}

pv_status pv_evaluation_profile(char **out)
{
    *out = NULL;
    pv_status status = pv_library_enter();
    if (status != PV_OK)
        return status;
    *out = strdup(pv_model_store_profile(pv_library_store()));
    pv_library_leave();
    return *out ? PV_OK : pv_fail(PV_ERROR_GENERIC, "out of memory");
}

static int digit_value(char digit)
{
    const char *digits = "0123456789abcdef";
    const char *found = digit ? strchr(digits, digit) : NULL;
    return found ? (int)(found - digits) : -1;
}

pv_status pv_record_template(const pv_evaluation *evaluation, const json_t *record, float **out)
{
    *out = NULL;
    const char *text = json_string_value(json_object_get(record, "template"));
    if (!text)
        return PV_OK;
    size_t size = evaluation->model->dimension * sizeof **out;
    if (strlen(text) != 2 * size)
        return pv_fail(PV_ERROR_GENERIC, "a result holds a template of another length");
    unsigned char *bytes = malloc(size);
    if (!bytes)
        return pv_fail(PV_ERROR_GENERIC, "out of memory for the templates");
    for (size_t i = 0; i < size; i++) {
        int high = digit_value(text[2 * i]);
        int low = digit_value(text[2 * i + 1]);
        if (high < 0 || low < 0) {
            free(bytes);
            return pv_fail(PV_ERROR_GENERIC, "a result holds a damaged template");
        }
        bytes[i] = (unsigned char)(high << 4 | low);
    }
    *out = (float *)(void *)bytes;
    return PV_OK;
}
