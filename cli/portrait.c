/* privid portrait: an ISO portrait from an ordinary picture. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "face_record.h"
#include "picture_write.h"
#include "print.h"
#include "privid/privid.h"
#include "run.h"

#define FILE_MAX ((size_t)512 * 1024 * 1024)
/* A portrait is printed 45 mm high, unless another resolution is asked for. */
#define PRINTED_HEIGHT_INCHES (45.0 / 25.4)
#define DPI_MOST 10000

enum {
    OPTION_OUTPUT = 'o',
    OPTION_TOKEN = PV_CLI_EXTRA,
    OPTION_BACKGROUND,
    OPTION_RECORD,
    OPTION_DPI
};

static const struct option own_options[] = {
    {"output", required_argument, NULL, OPTION_OUTPUT},
    {"token", no_argument, NULL, OPTION_TOKEN},
    {"background", required_argument, NULL, OPTION_BACKGROUND},
    {"iso-record", required_argument, NULL, OPTION_RECORD},
    {"dpi", required_argument, NULL, OPTION_DPI},
    {NULL, 0, NULL, 0},
};

static const char own_help[] =
    "  -o, --output FILE     the portrait; the name ends in .jpg or .png\n"
    "  --token               token format (3:4, eyes at fixed places) instead of full frontal\n"
    "  --background RRGGBB   colour of the background (default F0F0F0)\n"
    "  --iso-record FILE     also write a face record of ISO/IEC 19794-5:2005\n"
    "  --dpi N               resolution noted in the file (default: 45 mm high in print)\n";

typedef struct portrait_options {
    const char *output;
    const char *record;
    bool token;
    long background; /* -1: not given */
    double dpi;      /* 0: not given */
} portrait_options;

static pv_status read_own_option(int option, const char *text, void *context)
{
    portrait_options *options = context;
    char *end = NULL;
    switch (option) {
    case OPTION_OUTPUT: options->output = text; return PV_OK;
    case OPTION_RECORD: options->record = text; return PV_OK;
    case OPTION_TOKEN: options->token = true; return PV_OK;
    case OPTION_BACKGROUND:
        if (strlen(text) != 6 || strspn(text, "0123456789abcdefABCDEF") != 6)
            return pv_fail(PV_ERROR_ARGUMENT, "--background: \"%.40s\" is not RRGGBB", text);
        options->background = strtol(text, NULL, 16);
        return PV_OK;
    default:
        options->dpi = strtod(text, &end);
        if (end == text || *end || !(options->dpi >= 1.0 && options->dpi <= DPI_MOST))
            return pv_fail(PV_ERROR_ARGUMENT, "--dpi: \"%.40s\" is not a number in 1..%d", text,
                           DPI_MOST);
        return PV_OK;
    }
}

/* The options that are configuration keys win over --set. */
static pv_status finish_options(void *context, pv_cli_options *common)
{
    json_t *configuration = common->configuration;
    const portrait_options *options = context;
    pv_picture_format format;
    if (!options->output)
        return pv_fail(PV_ERROR_ARGUMENT, "-o FILE is missing");
    pv_status status = pv_picture_format_of(options->output, &format);
    if (status != PV_OK)
        return status;
    int failed = 0;
    if (options->token)
        failed |= json_object_set_new(configuration, "iso_image_format", json_string("token"));
    if (options->background >= 0)
        failed |= json_object_set_new(configuration, "background_color_rgb",
                                      json_integer(options->background));
    return failed ? pv_fail(PV_ERROR_GENERIC, "out of memory") : PV_OK;
}

/* The landmarks that go into the record, and their MPEG-4 codes. */
static const struct {
    const char *name;
    uint8_t group;
    uint8_t number;
} record_points[] = {
    {"eye_left", 12, 1},
    {"eye_right", 12, 2},
    {"eye_left_outer", 3, 7},
    {"eye_left_inner", 3, 11},
    {"eye_right_inner", 3, 8},
    {"eye_right_outer", 3, 12},
    {"nose", 9, 3},
    {"mouth_left", 8, 3},
    {"mouth_right", 8, 4},
    {"chin", 2, 1},
};
#define RECORD_POINTS (sizeof record_points / sizeof record_points[0])

static uint16_t to_pixel(const json_t *value, int size)
{
    double number = fmin(size - 1, fmax(0.0, round(json_number_value(value))));
    return (uint16_t)number;
}

static pv_status write_record(const char *path, const pv_picture *picture, double dpi,
                              const json_t *iso_image, bool token)
{
    const json_t *geometry = json_object_get(iso_image, "geometry");
    pv_feature_point points[RECORD_POINTS];
    uint16_t count = 0;
    for (size_t i = 0; i < RECORD_POINTS; i++) {
        const json_t *point = json_object_get(geometry, record_points[i].name);
        if (!point)
            continue;
        points[count++] =
            (pv_feature_point){.group = record_points[i].group,
                               .number = record_points[i].number,
                               .x = to_pixel(json_object_get(point, "x"), picture->width),
                               .y = to_pixel(json_object_get(point, "y"), picture->height)};
    }
    pv_buffer jpeg = pv_buffer_make(FILE_MAX);
    pv_buffer bytes = pv_buffer_make(FILE_MAX);
    pv_status status = pv_picture_encode(picture, PV_PICTURE_JPEG, dpi, &jpeg);
    bool compliant = json_is_true(json_object_get(iso_image, "success"));
    const pv_face_record record = {.type = !compliant ? PV_FACE_IMAGE_BASIC
                                           : token    ? PV_FACE_IMAGE_TOKEN_FRONTAL
                                                      : PV_FACE_IMAGE_FULL_FRONTAL,
                                   .width = (uint16_t)picture->width,
                                   .height = (uint16_t)picture->height,
                                   .points = points,
                                   .point_count = count,
                                   .jpeg = jpeg.data,
                                   .jpeg_length = jpeg.length};
    if (status == PV_OK)
        status = pv_face_record_append(&record, &bytes);
    if (status == PV_OK)
        status = pv_file_write(path, bytes.data, bytes.length);
    pv_buffer_release(&jpeg);
    pv_buffer_release(&bytes);
    return status;
}

static pv_status write_portrait(const portrait_options *options, const pv_picture *picture,
                                const json_t *iso_image, bool token)
{
    double dpi =
        options->dpi > 0.0 ? options->dpi : (double)picture->height / PRINTED_HEIGHT_INCHES;
    pv_picture_format format;
    pv_buffer bytes = pv_buffer_make(FILE_MAX);
    pv_status status = pv_picture_format_of(options->output, &format);
    if (status == PV_OK)
        status = pv_picture_encode(picture, format, dpi, &bytes);
    if (status == PV_OK)
        status = pv_file_write(options->output, bytes.data, bytes.length);
    pv_buffer_release(&bytes);
    if (status == PV_OK && options->record)
        status = write_record(options->record, picture, dpi, iso_image, token);
    return status;
}

static void print_portrait(const portrait_options *options, const json_t *answer)
{
    const json_t *iso_image = json_object_get(answer, "iso_image");
    const json_t *advice = json_object_get(answer, "user_feedback_message");
    if (!iso_image) {
        printf("no portrait");
    } else {
        int width;
        int height;
        double left;
        double right;
        json_unpack((json_t *)iso_image, "{s:{s:{s:i, s:i}}, s:{s:{s:F}, s:{s:F}}}", "image",
                    "info", "width", &width, "height", &height, "geometry", "eye_right", "x",
                    &right, "eye_left", "x", &left);
        pv_print_text(stdout, options->output);
        printf(": %d x %d, %.0f pixels between the eyes", width, height, left - right);
    }
    if (advice) {
        printf("; not as the standard asks: ");
        pv_print_text(stdout, json_string_value(advice));
    }
    putchar('\n');
}

static pv_exit portray(const pv_command_run *run, const portrait_options *options,
                       const pv_picture *source)
{
    pv_answer result = {0};
    uint8_t *pixels = NULL;
    privid_face_iso(run->session, run->configuration, run->configuration_length, source->pixels,
                    source->width, source->height, &pixels, NULL, &result.text, NULL);
    pv_exit status = pv_command_take_answer(run, &result);
    const json_t *iso_image = json_object_get(result.json, "iso_image");
    if (status == PV_EXIT_SUCCESS && pixels) {
        pv_picture picture = {.pixels = pixels, .channels = 3};
        const json_t *info = json_object_get(json_object_get(iso_image, "image"), "info");
        picture.width = (int)json_integer_value(json_object_get(info, "width"));
        picture.height = (int)json_integer_value(json_object_get(info, "height"));
        const json_t *format = json_object_get(run->options.configuration, "iso_image_format");
        bool token = format && strcmp(json_string_value(format), "token") == 0;
        if (write_portrait(options, &picture, iso_image, token) != PV_OK) {
            pv_complain(run->kind->name, pv_error_message());
            status = PV_EXIT_ARGUMENT;
        }
    }
    if (status == PV_EXIT_SUCCESS) {
        if (!run->options.json)
            print_portrait(options, result.json);
        if (!json_is_true(json_object_get(iso_image, "success")))
            status = PV_EXIT_NEGATIVE;
    }
    privid_free_buffer(pixels);
    pv_answer_release(&result);
    return status;
}

int pv_command_portrait(int argc, char **argv)
{
    static const pv_cli_extra extra = {own_options, "o:", own_help, read_own_option,
                                       finish_options};
    static const pv_command_kind kind = {
        "portrait",
        "PICTURE -o OUT.jpg|OUT.png",
        "Makes a portrait by the geometry of ISO/IEC 19794-5: upright, centred, before an even\n"
        "background. Exit status 0: as the standard asks; 1: it falls short, or nobody is there.\n"
        "A portrait that falls short is written all the same.",
        1,
        1,
        false,
        &extra};
    portrait_options options = {.background = -1};
    pv_command_run run;
    bool done;
    pv_exit status = pv_command_begin(&kind, argc, argv, &options, &run, &done);
    if (done || status != PV_EXIT_SUCCESS)
        return pv_command_end(&run, status);
    pv_picture source = {0};
    status = pv_command_load(&run, run.options.arguments[0], &source);
    if (status == PV_EXIT_SUCCESS)
        status = portray(&run, &options, &source);
    pv_picture_release(&source);
    return pv_command_end(&run, status);
}
