/* privid document: what an identity document says. */
#include <stdio.h>

#include "commands.h"
#include "internal.h"
#include "print_internal.h"
#include "privid/privid.h"
#include "run.h"

enum { OPTION_BARCODE = PV_CLI_EXTRA };

static const struct option own_options[] = {
    {"barcode", no_argument, NULL, OPTION_BARCODE},
    {NULL, 0, NULL, 0},
};

static const char own_help[] =
    "  --barcode             read the barcode alone; this version reads nothing else\n";

typedef struct document_options {
    bool barcode;
} document_options;

static pv_status read_own_option(int option, const char *text, void *context)
{
    (void)option;
    (void)text;
    ((document_options *)context)->barcode = true;
    return PV_OK;
}

static pv_status finish_options(void *context, pv_cli_options *common)
{
    const document_options *options = context;
    if (!options->barcode)
        return pv_fail(PV_ERROR_ARGUMENT, "--barcode is missing: nothing else is read yet");
    int failed =
        json_object_set_new(common->configuration, "document_scan_barcode_only", json_true());
    return failed ? pv_fail(PV_ERROR_GENERIC, "out of memory") : PV_OK;
}

static int status_of(const json_t *barcode)
{
    return (int)json_integer_value(json_object_get(barcode, "bar_code_detection_status"));
}

static const char *name_status(int status)
{
    switch (status) {
    case PV_BS_NO_VALID_BARCODE_FOUND: return "none found";
    case PV_BS_SUCCESS: return "read";
    case PV_BS_UNSUPPORTED_BARCODE_DETECTED: return "found, of a kind that is not read";
    default: return "found, contents not understood";
    }
}

/* The strings that say something, in the answer's order; the keys made from the text only as JSON.
 */
static void print_data(const json_t *data)
{
    static const char *const names[] = {"type",
                                        "format",
                                        "text",
                                        "document_type",
                                        "first_name",
                                        "middle_name",
                                        "last_name",
                                        "name_suffix",
                                        "first_name_alias",
                                        "last_name_alias",
                                        "suffix_alias",
                                        "date_of_birth",
                                        "place_of_birth",
                                        "gender",
                                        "eye_color",
                                        "hair_color",
                                        "height",
                                        "street_address1",
                                        "street_address2",
                                        "city",
                                        "state",
                                        "postal_code",
                                        "issuing_country",
                                        "res_street_address1",
                                        "res_street_address2",
                                        "customer_id",
                                        "document_id",
                                        "issue_date",
                                        "expiration_date",
                                        "first_name_truncation",
                                        "middle_name_truncation",
                                        "last_name_truncation",
                                        "audit_information",
                                        "inventory_control_number"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *value = pv_view_text(data, names[i]);
        if (!value[0])
            continue;
        printf("  %-25s", names[i]);
        pv_print_text(stdout, value);
        putchar('\n');
    }
}

static void print_barcode(const char *title, const json_t *barcode)
{
    pv_print_text(stdout, title);
    printf(": barcode %s", name_status(status_of(barcode)));
    pv_view_point middle;
    if (status_of(barcode) != PV_BS_NO_VALID_BARCODE_FOUND &&
        pv_view_read_point(barcode, "barcode_box_center", &middle))
        printf(", confidence %.2f, about (%.0f, %.0f)", pv_view_number(barcode, "confidence_score"),
               middle.x, middle.y);
    putchar('\n');
    print_data(json_object_get(barcode, "barcode_data"));
}

static pv_exit scan(const pv_command_run *run, const pv_picture *picture)
{
    pv_answer result = {0};
    privid_doc_scan_face(run->session, run->configuration, run->configuration_length,
                         picture->pixels, picture->width, picture->height, NULL, NULL, NULL, NULL,
                         &result.text, NULL);
    pv_exit status = pv_command_take_answer(run, &result);
    const json_t *barcode = json_object_get(result.json, "barcode");
    if (status == PV_EXIT_SUCCESS) {
        if (!run->options.json)
            print_barcode(run->options.arguments[0], barcode);
        if (status_of(barcode) != PV_BS_SUCCESS)
            status = PV_EXIT_NEGATIVE;
    }
    pv_answer_release(&result);
    return status;
}

int pv_command_document(int argc, char **argv)
{
    static const pv_cli_extra extra = {own_options, "", own_help, read_own_option, finish_options};
    static const pv_command_kind kind = {
        "document",
        "--barcode PICTURE",
        "Reads the barcode of an identity document: PDF417 with the fields of North American\n"
        "licences, QR Code, Data Matrix and Code 128 as text.\n"
        "Exit status 0: read; 1: none found, or not understood.",
        1,
        1,
        false,
        &extra};
    document_options options = {false};
    pv_command_run run;
    bool done;
    pv_exit status = pv_command_begin(&kind, argc, argv, &options, &run, &done);
    if (done || status != PV_EXIT_SUCCESS)
        return pv_command_end(&run, status);
    pv_picture picture = {0};
    status = pv_command_load(&run, run.options.arguments[0], &picture);
    if (status == PV_EXIT_SUCCESS)
        status = scan(&run, &picture);
    pv_picture_release(&picture);
    return pv_command_end(&run, status);
}
