/* The barcode of a document. */
#include <string.h>

#include "api/document.h"
#include "api/points.h"
#include "base/digest.h"
#include "document/aamva.h"
#include "document/barcode.h"

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
                                 "non_cropped_barcode_box", pv_quad_to_json(code->corners),
                                 "cropped_barcode_box", pv_quad_to_json(wide),
                                 "bar_code_detection_status", (int)outcome, "barcode_data", data));
}

static bool is_enough(const pv_call *call, const pv_barcode *code)
{
    return code->state != PV_BARCODE_NONE &&
           (double)code->confidence >= call->config.conf_score_thr_barcode;
}

/* A code that leans too far away to be read in the picture may be read on the page. */
static pv_status read_page(pv_scan *scan, pv_barcode *code)
{
    pv_barcode found;
    if (!pv_runtime_has(pv_library_runtime(), PV_SCAN_MODEL))
        return PV_OK;
    pv_status status = pv_scan_find(scan);
    if (status != PV_OK || !scan->found.found)
        return status;
    status = pv_barcode_find(&scan->page.image, &found);
    if (status != PV_OK || found.state == PV_BARCODE_NONE ||
        (code->state != PV_BARCODE_NONE && found.confidence <= code->confidence))
        return status;
    for (int i = 0; i < 4; i++)
        found.corners[i] = pv_projective_apply(&scan->page.to_picture, found.corners[i]);
    *code = found;
    return PV_OK;
}

pv_status pv_scan_report_barcode(pv_scan *scan)
{
    pv_barcode code;
    pv_status status = pv_barcode_find(&scan->picture, &code);
    if (status == PV_OK && (code.state == PV_BARCODE_NONE || code.confidence <= PV_BARCODE_ONCE))
        status = read_page(scan, &code);
    if (status == PV_OK && !is_enough(scan->call, &code))
        code = (pv_barcode){.state = PV_BARCODE_NONE, .format = "", .text = ""};
    return status == PV_OK ? report(scan->call, &scan->picture, &code) : status;
}
