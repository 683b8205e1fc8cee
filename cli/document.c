/* privid document: what an identity document says. */
#include "document.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "internal.h"
#include "print.h"
#include "privid/privid.h"
#include "run.h"
#include "view.h"

enum { OPTION_BARCODE = PV_CLI_EXTRA, OPTION_MRZ, OPTION_AGE, OPTION_OUT };

static const struct option own_options[] = {
    {"barcode", no_argument, NULL, OPTION_BARCODE},
    {"mrz", no_argument, NULL, OPTION_MRZ},
    {"age", no_argument, NULL, OPTION_AGE},
    {"out", required_argument, NULL, OPTION_OUT},
    {NULL, 0, NULL, 0},
};

static const char own_help[] =
    "  --mrz                 read the machine readable zone\n"
    "  --age                 find the date of birth: in zone, barcode or print\n"
    "  --barcode             read the barcode: alone, no document is looked for\n"
    "  --out DIR             write document.png (laid flat), face.png and annotated.png into DIR\n";

typedef struct document_options {
    bool barcode;
    bool mrz;
    bool age;
    const char *folder; /* NULL: nothing is written */
} document_options;

static pv_status read_own_option(int option, const char *text, void *context)
{
    document_options *options = context;
    switch (option) {
    case OPTION_BARCODE: options->barcode = true; return PV_OK;
    case OPTION_MRZ: options->mrz = true; return PV_OK;
    case OPTION_AGE: options->age = true; return PV_OK;
    default:
        options->folder = text;
        return *text ? PV_OK : pv_fail(PV_ERROR_ARGUMENT, "--out: the name is empty");
    }
}

/* Whether the barcode is all that is wanted. */
static bool is_barcode_alone(const document_options *options)
{
    return options->barcode && !options->mrz && !options->age && !options->folder;
}

static pv_status finish_options(void *context, pv_cli_options *common)
{
    const document_options *options = context;
    int failed = 0;
    if (is_barcode_alone(options))
        failed |=
            json_object_set_new(common->configuration, "document_scan_barcode_only", json_true());
    if (options->mrz)
        failed |= json_object_set_new(common->configuration, "detect_and_recognize_mrz_code",
                                      json_true());
    if (options->age)
        failed |=
            json_object_set_new(common->configuration, "calculate_age_from_ocr_text", json_true());
    return failed ? pv_fail(PV_ERROR_GENERIC, "out of memory") : PV_OK;
}

static bool is_set(const pv_command_run *run, const char *key)
{
    return json_is_true(json_object_get(run->options.configuration, key));
}

/* --set may have asked as well. Without any other wish the face is what a scan is for. */
static pv_document_wishes wishes_of(const pv_command_run *run, const document_options *options)
{
    pv_document_wishes wishes = {.zone = is_set(run, "detect_and_recognize_mrz_code"),
                                 .age = is_set(run, "calculate_age_from_ocr_text")};
    wishes.face =
        !wishes.zone && !wishes.age && !options->barcode && !is_set(run, "detect_document_only");
    return wishes;
}

/* A document without a fault, with all that was asked for. */
static bool is_good(const json_t *answer, pv_document_wishes wishes)
{
    const json_t *document = pv_view_document(answer);
    return document && json_integer_value(json_object_get(document, "document_traits")) == 0 &&
           (!wishes.face || json_array_size(json_object_get(answer, "faces")) > 0) &&
           (!wishes.zone ||
            json_is_true(json_object_get(json_object_get(document, "mrz"), "valid"))) &&
           (!wishes.age || *pv_view_text(json_object_get(document, "ocr_age_data"), "dob"));
}

static pv_exit scan_barcode(const pv_command_run *run, const pv_picture *picture, pv_answer *result)
{
    char *text = NULL;
    json_t *configuration = json_copy(run->options.configuration);
    if (configuration &&
        json_object_set_new(configuration, "document_scan_barcode_only", json_true()) == 0)
        text = json_dumps(configuration, JSON_COMPACT);
    json_decref(configuration);
    if (!text) {
        pv_complain(run->kind->name, "out of memory");
        return PV_EXIT_FAILURE;
    }
    privid_doc_scan_face(run->session, text, (int)strlen(text), picture->pixels, picture->width,
                         picture->height, NULL, NULL, NULL, NULL, &result->text, NULL);
    free(text);
    pv_exit status = pv_command_take_answer(run, result);
    const json_t *barcode = json_object_get(result->json, "barcode");
    if (status == PV_EXIT_SUCCESS && !run->options.json)
        pv_print_barcode(run->options.arguments[0], barcode);
    if (status == PV_EXIT_SUCCESS && pv_barcode_state(barcode) != PV_BS_SUCCESS)
        status = PV_EXIT_NEGATIVE;
    return status;
}

static pv_exit write_files(const pv_command_run *run, const char *folder, const pv_picture *picture,
                           uint8_t *document, uint8_t *face, const json_t *answer)
{
    const char *format =
        json_string_value(json_object_get(run->options.configuration, "input_image_format"));
    const pv_document_files files = {.folder = folder,
                                     .picture = picture,
                                     .is_bgr = format && strcmp(format, "bgr") == 0,
                                     .document = document,
                                     .face = face};
    pv_status status = pv_document_write(&files, answer);
    if (status != PV_OK)
        pv_complain(run->kind->name, pv_error_message());
    return pv_exit_of(status);
}

static pv_exit scan_document(const pv_command_run *run, const document_options *options,
                             const pv_picture *picture)
{
    pv_answer result = {0};
    pv_answer barcode = {0};
    uint8_t *document = NULL;
    uint8_t *face = NULL;
    pv_document_wishes wishes = wishes_of(run, options);
    privid_doc_scan_face(run->session, run->configuration, run->configuration_length,
                         picture->pixels, picture->width, picture->height, &document, NULL, &face,
                         NULL, &result.text, NULL);
    pv_exit status = pv_command_take_answer(run, &result);
    if (status == PV_EXIT_SUCCESS && !run->options.json)
        pv_print_document(run->options.arguments[0], result.json, wishes);
    bool good = is_good(result.json, wishes);
    if (status == PV_EXIT_SUCCESS && options->barcode) {
        status = scan_barcode(run, picture, &barcode);
        good &= status == PV_EXIT_SUCCESS;
        if (barcode.json)
            json_object_set(result.json, "barcode", json_object_get(barcode.json, "barcode"));
    }
    if (status <= PV_EXIT_NEGATIVE && options->folder)
        status = write_files(run, options->folder, picture, document, face, result.json);
    if (status == PV_EXIT_SUCCESS && !good)
        status = PV_EXIT_NEGATIVE;
    privid_free_buffer(document);
    privid_free_buffer(face);
    pv_answer_release(&result);
    pv_answer_release(&barcode);
    return status;
}

static pv_exit scan(const pv_command_run *run, const document_options *options,
                    const pv_picture *picture)
{
    pv_answer result = {0};
    if (!is_barcode_alone(options))
        return scan_document(run, options, picture);
    pv_exit status = scan_barcode(run, picture, &result);
    pv_answer_release(&result);
    return status;
}

int pv_command_document(int argc, char **argv)
{
    static const pv_cli_extra extra = {own_options, "", own_help, read_own_option, finish_options};
    static const pv_command_kind kind = {
        "document",
        "PICTURE",
        "Finds an identity document, tells what is wrong with how it is shown, and reads it: its\n"
        "face, its machine readable zone, the date of birth, its barcode (PDF417 with the fields\n"
        "of North American licences; QR Code, Data Matrix and Code 128 as text).\n"
        "Exit status 0: a document without a fault, with all that was asked for, which is the "
        "face\n"
        "where no option asks for anything else; 1: not.",
        1,
        1,
        false,
        &extra};
    document_options options = {0};
    pv_command_run run;
    bool done;
    pv_exit status = pv_command_begin(&kind, argc, argv, &options, &run, &done);
    if (done || status != PV_EXIT_SUCCESS)
        return pv_command_end(&run, status);
    pv_picture picture = {0};
    status = pv_command_load(&run, run.options.arguments[0], &picture);
    if (status == PV_EXIT_SUCCESS)
        status = scan(&run, &options, &picture);
    pv_picture_release(&picture);
    return pv_command_end(&run, status);
}
