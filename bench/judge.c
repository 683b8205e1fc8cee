/* What judging a face or scanning a document costs beside the bare inferences that it needs, on one
 * thread.
 *
 *     judge faces PICTURE [ROUNDS]        default 40
 *     judge document PICTURE [ROUNDS]
 *
 * A face's picture is brought to 1280 x 720 first, its middle; a document's to 1920 x 1080. Each
 * row is an operation: the median of its time, the median of the time that the engine took of it,
 * their ratio, and how often each net ran. The rows on documents ask for one thing more than the
 * first of them, but for the last: what a stage costs is the difference.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "api/library.h"
#include "cli/picture.h"
#include "image/image.h"
#include "privid/privid.h"

#define PIXELS_MAX ((size_t)1920 * 1080)
#define ROUNDS 40
#define ROUNDS_MAX 10000
#define MODELS_MAX 32

typedef int32_t (*operation)(void *session, const char *config_json, int config_length,
                             const uint8_t *pixels, int width, int height, char **json_out,
                             int *length_out);

typedef struct row {
    const char *name;
    operation run;
    const char *config;
} row;

static int32_t scan(void *session, const char *config_json, int config_length,
                    const uint8_t *pixels, int width, int height, char **json_out, int *length_out)
{
    return privid_doc_scan_face(session, config_json, config_length, pixels, width, height, NULL,
                                NULL, NULL, NULL, json_out, length_out);
}

#define ALONE "{\"detect_document_only\":true,\"doc_validations_off\":true"

static const row document_rows[] = {
    {"corners and page", scan, ALONE "}"},
    {"and its traits", scan, "{\"detect_document_only\":true}"},
    {"and its face", scan, "{\"doc_validations_off\":true}"},
    {"and upright", scan, ALONE ",\"document_auto_rotation\":true}"},
    {"and its zone", scan, ALONE ",\"detect_and_recognize_mrz_code\":true}"},
    {"and the date of birth", scan, ALONE ",\"calculate_age_from_ocr_text\":true}"},
    {"and fingers", scan, "{\"detect_document_only\":true,\"check_fingers_over_document\":true}"},
    {"whole: traits, face, zone", scan, "{\"detect_and_recognize_mrz_code\":true}"},
};

static const row face_rows[] = {
    {"validate", privid_validate, "{}"},
    {"validate, liveness off", privid_validate, "{\"anti_spoofing_mode\":0}"},
    {"validate, liveness mode 2", privid_validate, "{\"anti_spoofing_mode\":2}"},
    {"validate, liveness mode 3", privid_validate, "{\"anti_spoofing_mode\":3}"},
    {"validate, pose model 22", privid_validate, "{\"base_landmarks_model_id\":22}"},
    {"validate, validations off", privid_validate,
     "{\"face_validations_off\":true,\"anti_spoofing_mode\":0}"},
    {"anti_spoofing", privid_anti_spoofing, "{\"face_validations_off\":true}"},
    {"estimate_age", privid_estimate_age, "{\"face_validations_off\":true}"},
};

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static size_t usage(pv_model_usage *out)
{
    size_t count = 0;
    if (pv_library_enter() == PV_OK) {
        count = pv_runtime_usage(pv_library_runtime(), out, MODELS_MAX);
        pv_library_leave();
    }
    return count;
}

static double engine_seconds(void)
{
    pv_model_usage models[MODELS_MAX];
    size_t count = usage(models);
    double sum = 0.0;
    for (size_t i = 0; i < count; i++)
        sum += models[i].seconds;
    return sum;
}

static int by_value(const void *a, const void *b)
{
    double first = *(const double *)a;
    double second = *(const double *)b;
    return (first > second) - (first < second);
}

static double median(double *values, int count)
{
    qsort(values, (size_t)count, sizeof *values, by_value);
    return values[count / 2];
}

static int width;
static int height;

static bool run_once(const row *measured, void *session, const uint8_t *pixels)
{
    char *text = NULL;
    int32_t id = measured->run(session, measured->config, (int)strlen(measured->config), pixels,
                               width, height, &text, NULL);
    bool good = id >= 0 && text && strstr(text, "confidence_score");
    if (!good)
        fprintf(stderr, "%s: %s\n", measured->name, text ? text : "no answer");
    privid_free_char_buffer(text);
    return good;
}

static void print_runs(const pv_model_usage *before, size_t before_count)
{
    pv_model_usage models[MODELS_MAX];
    size_t count = usage(models);
    for (size_t i = 0; i < count; i++) {
        unsigned long long runs = models[i].runs - (i < before_count ? before[i].runs : 0);
        double spent = models[i].seconds - (i < before_count ? before[i].seconds : 0.0);
        if (runs > 0)
            printf("  %llu x %s %.1f ms", runs, models[i].id, 1e3 * spent);
    }
    printf("\n");
}

static bool measure(const row *measured, void *session, const uint8_t *pixels, int rounds)
{
    static double whole[ROUNDS_MAX];
    static double engine[ROUNDS_MAX];
    if (!run_once(measured, session, pixels)) /* loads what it needs */
        return false;
    for (int i = 0; i < rounds; i++) {
        double engine_start = engine_seconds();
        double start = seconds();
        if (!run_once(measured, session, pixels))
            return false;
        whole[i] = seconds() - start;
        engine[i] = engine_seconds() - engine_start;
    }
    pv_model_usage before[MODELS_MAX];
    size_t count = usage(before);
    double whole_median = median(whole, rounds);
    double engine_median = median(engine, rounds);
    if (!run_once(measured, session, pixels))
        return false;
    printf("%-28s %7.1f %7.1f %6.2f ", measured->name, 1e3 * whole_median, 1e3 * engine_median,
           whole_median / engine_median);
    print_runs(before, count);
    return true;
}

/* The largest upright middle of the picture that has the wanted shape, resampled. */
static pv_status resample(const pv_picture *picture, pv_arena *arena, uint8_t *out)
{
    pv_image image;
    size_t count = (size_t)width * (size_t)height;
    float *values = pv_arena_take(arena, count, 3 * sizeof *values);
    pv_status status = pv_image_open("picture", picture->pixels, picture->width, picture->height,
                                     PV_FORMAT_RGB, arena, &image);
    if (status != PV_OK || !values)
        return PV_ERROR_GENERIC;
    double step = (double)picture->width / width;
    if (step * height > picture->height)
        step = (double)picture->height / height;
    const pv_affine map = {
        .xx = step, .x0 = (picture->width - step * width) / 2, .yy = step, .y0 = 0};
    const pv_planar target = {.data = values,
                              .width = width,
                              .height = height,
                              .scale = 1.0F,
                              .interleaved = true,
                              .border = PV_BORDER_REPLICATE};
    status = pv_image_warp(&image, &map, &target);
    for (size_t i = 0; i < 3 * count && status == PV_OK; i++)
        out[i] = (uint8_t)(values[i] + 0.5F);
    return status;
}

int main(int argc, char **argv)
{
    static uint8_t pixels[3 * PIXELS_MAX];
    static const char settings[] =
        "{\"collections\":{\"default\":{\"named_urls\":{}}},\"session_token\":\"\"}";
    long rounds = argc > 3 ? strtol(argv[3], NULL, 10) : ROUNDS;
    bool document = argc > 1 && strcmp(argv[1], "document") == 0;
    const row *rows = document ? document_rows : face_rows;
    size_t row_count = document ? sizeof document_rows / sizeof document_rows[0]
                                : sizeof face_rows / sizeof face_rows[0];
    pv_picture picture = {0};
    pv_arena *arena = NULL;
    void *session = NULL;
    if (argc < 3 || (!document && strcmp(argv[1], "faces") != 0) || rounds < 1 ||
        rounds > ROUNDS_MAX) {
        fprintf(stderr, "usage: judge faces|document PICTURE [ROUNDS]\n");
        return 2;
    }
    width = document ? 1920 : 1280;
    height = document ? 1080 : 720;
    pv_status status = pv_picture_load(argv[2], &picture);
    if (status == PV_OK)
        status = pv_arena_create(&arena);
    if (status == PV_OK)
        status = resample(&picture, arena, pixels);
    pv_arena_destroy(arena);
    pv_picture_release(&picture);
    bool good = status == PV_OK;
    if (good) {
        good = privid_set_option("threads", 7, "1", 1) == PV_OK;
        privid_initialize_lib(NULL, 0, 0);
        good = good && privid_initialize_session(settings, (int)sizeof settings - 1, &session);
    }
    if (good)
        printf("one thread, %d x %d, %ld rounds      whole  engine  ratio  net runs of one call\n",
               width, height, rounds);
    for (size_t i = 0; i < row_count && good; i++)
        good = measure(&rows[i], session, pixels, (int)rounds);
    if (!good)
        fprintf(stderr, "judge: %s\n", pv_error_message());
    privid_deinitialize_session(session);
    privid_shutdown_lib();
    return good ? 0 : 1;
}
