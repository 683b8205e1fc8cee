/* Document scanning: so far the barcode alone. */
#include <string.h>

#include "api/call.h"
#include "api/points.h"
#include "base/digest.h"
#include "document/aamva.h"
#include "document/barcode.h"
#include "privid/privid.h"

static void clear_buffer(uint8_t **buffer, int *length)
{
    if (buffer)
        *buffer = NULL;
    if (length)
        *length = 0;
}

/* The interface spells the last corner two ways. */
static json_t *box_to_json(const pv_point corners[4])
{
    return json_pack("{s:o, s:o, s:o, s:o, s:o}", "top_left", pv_point_to_json(corners[0]),
                     "top_right", pv_point_to_json(corners[1]), "bottom_right",
                     pv_point_to_json(corners[2]), "bottom_lef", pv_point_to_json(corners[3]),
                     "bottom_left", pv_point_to_json(corners[3]));
}

static pv_point middle_of(const pv_point corners[4])
{
    pv_point middle = {0.0F, 0.0F};
    for (int i = 0; i < 4; i++) {
        middle.x += 0.25F * corners[i].x;
        middle.y += 0.25F * corners[i].y;
    }
    return middle;
}

/* Keys under which the same contents are found again: nobody reads the contents out of them alone.
 */
static pv_status make_keys(const char *text, char key[PV_SHA256_HEX_SIZE], char half[33],
                           char quarter[17])
{
    half[0] = quarter[0] = key[0] = '\0';
    if (!text[0])
        return PV_OK;
    pv_status status = pv_sha256_bytes(text, strlen(text), key);
    if (status != PV_OK)
        return status;
    memcpy(half, key, 32);
    memcpy(quarter, key, 16);
    half[32] = quarter[16] = '\0';
    return PV_OK;
}

/* All 38 strings. `licence` is NULL where the contents are not parsed. */
static pv_status data_to_json(const pv_barcode *code, const char *type, const pv_licence *licence,
                              bool keyed, json_t **out)
{
    char key[PV_SHA256_HEX_SIZE];
    char half[33];
    char quarter[17];
    pv_status status = make_keys(keyed ? code->text : "", key, half, quarter);
    if (status != PV_OK)
        return status;
    json_t *data =
        json_pack("{s:s, s:s, s:o, s:s, s:s, s:s, s:s}", "type", type, "format", code->format,
                  "text", json_string(code->text), "barcode_key", key, "barcode_key_encoding",
                  key[0] ? "sha256" : "", "barcode_hash64", quarter, "barcode_hash128", half);
    int failed = data ? 0 : -1;
    for (int i = 0; i < PV_LICENCE_FIELD_COUNT && !failed; i++)
        failed = json_object_set_new(data, pv_licence_field_name((pv_licence_field)i),
                                     json_string(licence ? licence->values[i] : ""));
    if (failed) {
        json_decref(data);
        return pv_fail(PV_ERROR_GENERIC, "the barcode's contents cannot be written");
    }
    *out = data;
    return PV_OK;
}

/* What is said of a code that was found. */
static pv_barcode_status judge(const pv_config *config, const pv_barcode *code, pv_licence *licence,
                               const char **type)
{
    *type = "";
    if (code->state == PV_BARCODE_NONE)
        return PV_BS_NO_VALID_BARCODE_FOUND;
    if (code->state == PV_BARCODE_OTHER)
        return PV_BS_UNSUPPORTED_BARCODE_DETECTED;
    *type = "text";
    if (config->detect_barcode_without_parsing || !code->licence_code)
        return PV_BS_SUCCESS;
    if (!pv_licence_parse(code->text, strlen(code->text), licence))
        return PV_BS_UNABLE_TO_PARSE_BARCODE;
    *type = "AAMVA";
    return PV_BS_SUCCESS;
}

static pv_status report(pv_call *call, const pv_image *image, const pv_barcode *code)
{
    pv_licence *licence = pv_arena_take(call->arena, 1, sizeof *licence);
    if (!licence)
        return PV_ERROR_GENERIC;
    const char *type;
    pv_barcode_status outcome = judge(&call->config, code, licence, &type);
    bool parsed = strcmp(type, "AAMVA") == 0;
    json_t *data = NULL;
    pv_status status = data_to_json(code, type, parsed ? licence : NULL,
                                    !call->config.detect_barcode_without_parsing, &data);
    if (status != PV_OK)
        return status;
    pv_point wide[4];
    pv_barcode_widen(code->corners, call->config.barcode_margin, image->levels[0].width,
                     image->levels[0].height, wide);
    return pv_call_add(call, "barcode",
                       json_pack("{s:f, s:o, s:o, s:o, s:i, s:o}", "confidence_score",
                                 (double)code->confidence, "barcode_box_center",
                                 pv_point_to_json(middle_of(code->corners)),
                                 "non_cropped_barcode_box", box_to_json(code->corners),
                                 "cropped_barcode_box", box_to_json(wide),
                                 "bar_code_detection_status", (int)outcome, "barcode_data", data));
}

static pv_status scan_barcode(pv_call *call, pv_image *image)
{
    pv_barcode code;
    pv_status status = pv_barcode_find(image, &code);
    if (status != PV_OK)
        return status;
    if (code.state == PV_BARCODE_NONE ||
        (double)code.confidence < call->config.conf_score_thr_barcode)
        code = (pv_barcode){.state = PV_BARCODE_NONE, .format = "", .text = ""};
    return report(call, image, &code);
}

static pv_status scan(pv_call *call, const uint8_t *pixels, int width, int height)
{
    pv_image image;
    pv_status status = pv_call_open_image(call, "image", pixels, width, height, &image);
    if (status != PV_OK)
        return status;
    if (call->config.document_scan_barcode_only)
        return scan_barcode(call, &image);
    return pv_fail(PV_ERROR_GENERIC,
                   "%s is not available in this version, but for document_scan_barcode_only",
                   pv_operation_name(call->operation));
}

int32_t privid_doc_scan_face(void *session, const char *config_json, int config_length,
                             const uint8_t *pixels, int width, int height, uint8_t **document_out,
                             int *document_length, uint8_t **face_out, int *face_length,
                             char **json_out, int *length_out)
{
    clear_buffer(document_out, document_length);
    clear_buffer(face_out, face_length);
    pv_call call;
    pv_status status =
        pv_call_begin(&call, PV_OPERATION_DOC_SCAN, session, config_json, config_length);
    if (status == PV_OK)
        status = scan(&call, pixels, width, height);
    return pv_call_finish(&call, status, json_out, length_out);
}
