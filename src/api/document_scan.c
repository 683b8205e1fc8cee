/* Find the document, draw it flat, judge it, look for the face on it. */
#include "api/document.h"

#include <math.h>

#include "api/points.h"
#include "document/fingers.h"
#include "document/orientation.h"
#include "document/sharpness.h"

/* Corners that are more likely bad than good are none, unless the caller asks for less. */
#define LEAST_CONFIDENCE 0.5

/* A face that no other turn of the page shows better. */
#define SURE_FACE 0.95F

static const char advice_no_document[] = "Show the whole document to the camera.";

static pv_status draw_page(pv_scan *scan, pv_page_format format)
{
    scan->faces_known = false;
    return pv_page_make(&scan->picture, scan->found.corners, format, &scan->page);
}

pv_status pv_scan_find(pv_scan *scan)
{
    const pv_plane *plane = &scan->picture.levels[0];
    double least = fmin(LEAST_CONFIDENCE, scan->call->config.conf_score_thr_doc);
    if (!pv_runtime_has(pv_library_runtime(), PV_SCAN_MODEL))
        return pv_fail(PV_ERROR_GENERIC,
                       "%s is not available in this version, but for document_scan_barcode_only: "
                       "the model %s is not there",
                       pv_operation_name(scan->call->operation), PV_SCAN_MODEL);
    pv_status status = pv_corners_find(pv_library_runtime(), &scan->picture, &scan->found);
    scan->found.found = status == PV_OK && scan->found.found &&
                        (double)scan->found.confidence >= least &&
                        pv_quad_is_convex(scan->found.corners);
    if (!scan->found.found)
        return status;
    return draw_page(scan, pv_page_guess_format(
                               pv_page_aspect(scan->found.corners, plane->width, plane->height)));
}

pv_status pv_scan_find_faces(pv_scan *scan)
{
    if (scan->faces_known)
        return PV_OK;
    pv_status status = pv_call_find_faces(scan->call, &scan->page.image, &scan->faces);
    scan->faces_known = status == PV_OK;
    return status;
}

/* The page as it was found, turned by quarters. */
static pv_status turn_page(pv_scan *scan, const pv_page *lying, int quarters)
{
    scan->faces_known = false;
    return pv_page_turn(lying, quarters, &scan->page);
}

/* The confidence of the selected face if it stands upright on the page, else 0. */
static pv_status look_for_upright_face(pv_scan *scan, float *confidence)
{
    pv_status status = pv_scan_find_faces(scan);
    const pv_face *face = scan->faces.faces;
    bool upright = status == PV_OK && scan->faces.count > 0 && pv_page_quarters_of_face(face) == 0;
    *confidence = upright ? face->confidence : 0.0F;
    return status;
}

/* The page turned so that its face stands upright, and is surest: the detector may take a face that
 * lies for one that stands otherwise. *turned is false where no turn shows one. */
static pv_status turn_by_face(pv_scan *scan, const pv_page *lying, bool *turned)
{
    int guess = scan->faces.count > 0 ? pv_page_quarters_of_face(&scan->faces.faces[0]) : 0;
    int best = 0;
    float most = 0.0F;
    for (int i = 0; i < 4 && most < SURE_FACE; i++) {
        float confidence;
        int quarters = (guess + i) % 4;
        pv_status status = quarters > 0 || i > 0 ? turn_page(scan, lying, quarters) : PV_OK;
        if (status == PV_OK)
            status = look_for_upright_face(scan, &confidence);
        if (status != PV_OK)
            return status;
        if (confidence > most) {
            most = confidence;
            best = quarters;
        }
    }
    *turned = most > 0.0F;
    return most >= SURE_FACE ? PV_OK : turn_page(scan, lying, best);
}

pv_status pv_scan_turn_upright(pv_scan *scan)
{
    const pv_page lying = scan->page;
    bool turned = false;
    int quarters = 0;
    pv_status status = pv_scan_find_faces(scan);
    if (status == PV_OK && scan->faces.count > 0)
        status = turn_by_face(scan, &lying, &turned);
    if (status == PV_OK && !turned)
        status = pv_page_quarters_of_print(pv_library_runtime(), &scan->page.image,
                                           &scan->page.print, &quarters);
    if (status == PV_OK && quarters > 0)
        status = turn_page(scan, &lying, quarters);
    scan->upright = status == PV_OK;
    return status;
}

pv_status pv_scan_redraw(pv_scan *scan, pv_page_format format, int quarters)
{
    pv_point corners[4];
    for (int i = 0; i < 4; i++)
        corners[i] = scan->page.corners[(i + 4 - quarters) % 4];
    scan->faces_known = false;
    return pv_page_make(&scan->picture, corners, format, &scan->page);
}

static pv_status measure_sharpness(pv_scan *scan, float *value)
{
    return pv_page_sharpness(&scan->page.image, value);
}

static pv_status measure_fingers(pv_scan *scan, float *value)
{
    return pv_fingers_measure(pv_library_runtime(), &scan->page.image, value);
}

/* What is measured on the page, where a flag rests on it. */
static const struct {
    pv_document_fact fact;
    pv_status (*measure)(pv_scan *scan, float *value);
} measures[] = {
    {PV_DOCUMENT_SHARPNESS, measure_sharpness},
    {PV_DOCUMENT_FINGERS, measure_fingers},
};

pv_status pv_scan_judge(pv_scan *scan)
{
    const pv_config *config = &scan->call->config;
    const pv_plane *plane = &scan->picture.levels[0];
    pv_document_facts *facts = &scan->facts;
    pv_document_measure_place(&scan->found, plane->width, plane->height, facts);
    for (size_t i = 0; i < sizeof measures / sizeof measures[0]; i++) {
        pv_document_fact fact = measures[i].fact;
        if (!pv_document_fact_is_wanted(config, fact))
            continue;
        pv_status status = measures[i].measure(scan, &facts->values[fact]);
        if (status != PV_OK)
            return status;
        facts->known[fact] = true;
    }
    scan->traits = pv_document_traits_judge(config, facts);
    return PV_OK;
}

/* Where the diagonals cross: the middle of the document itself, however it is seen. */
static pv_point middle_of(const pv_page *page)
{
    const pv_plane *plane = &page->image.levels[0];
    return pv_projective_apply(&page->to_picture, (pv_point){(float)(plane->width - 1) / 2.0F,
                                                             (float)(plane->height - 1) / 2.0F});
}

static json_t *scores_to_json(const pv_scan *scan)
{
    json_t *scores = json_array();
    for (int i = 0; i < PV_DOCUMENT_FACTS; i++) {
        if (!scan->facts.known[i] ||
            !pv_document_fact_is_wanted(&scan->call->config, (pv_document_fact)i))
            continue;
        if (json_array_append_new(scores, json_pack("{s:s, s:f}", "name",
                                                    pv_document_fact_name((pv_document_fact)i),
                                                    "value", (double)scan->facts.values[i])) != 0) {
            json_decref(scores);
            return NULL;
        }
    }
    return scores;
}

static json_t *document_to_json(const pv_scan *scan)
{
    const pv_page *page = &scan->page;
    json_t *data =
        json_pack("{s:o, s:o, s:f, s:I}", "document_box", pv_quad_to_json(page->corners),
                  "document_box_center", pv_point_to_json(middle_of(page)), "confidence_score",
                  (double)scan->found.confidence, "document_traits", (json_int_t)scan->traits);
    json_t *scores = scores_to_json(scan);
    int failed = pv_scan_add_zone(scan, data) != PV_OK;
    failed |= json_object_set_new(data, "ocr_age_data", pv_scan_birth_to_json(scan));
    if (!scan->call->config.mrz_segmented_input)
        failed |= json_object_set_new(data, "document_format",
                                      json_string(pv_page_format_name(page->format)));
    if (json_array_size(scores) > 0)
        failed |= json_object_set(data, "scores", scores);
    json_decref(scores);
    if (failed) {
        json_decref(data);
        return NULL;
    }
    const pv_plane *plane = &page->image.levels[0];
    return json_pack("{s:o, s:o}", "detected_document", data, "cropped_document_image_info",
                     pv_call_image_info(plane->width, plane->height));
}

pv_status pv_scan_report_document(pv_scan *scan, const pv_scan_output *output)
{
    const pv_plane *plane = &scan->page.image.levels[0];
    pv_status status = pv_call_add(scan->call, "document", document_to_json(scan));
    if (status != PV_OK)
        return status;
    return pv_call_hand_out(plane->pixels, plane->width, plane->height, output->document,
                            output->document_length);
}

static pv_status advise(pv_call *call, const char *advice)
{
    return advice ? pv_call_add(call, "user_feedback_message", json_string(advice)) : PV_OK;
}

/* What is read, and which way up the page is: its zone says so for sure. */
static pv_status read_page(pv_scan *scan)
{
    const pv_config *config = &scan->call->config;
    pv_status status = pv_scan_wants_zone(config) ? pv_scan_read_zone(scan) : PV_OK;
    if (status == PV_OK && config->document_auto_rotation && !scan->upright)
        status = pv_scan_turn_upright(scan);
    if (status == PV_OK && config->calculate_age_from_ocr_text)
        status = pv_scan_read_birth(scan);
    return status;
}

pv_status pv_scan_report(pv_scan *scan, const pv_scan_output *output)
{
    pv_call *call = scan->call;
    const char *advice = NULL;
    bool faces_wanted = !call->config.detect_document_only;
    pv_status status = pv_scan_find(scan);
    if (status == PV_OK && !scan->found.found) {
        if (faces_wanted)
            status = pv_call_add(call, "faces", json_array());
        return status == PV_OK ? advise(call, advice_no_document) : status;
    }
    if (status == PV_OK)
        status = read_page(scan);
    if (status == PV_OK)
        status = pv_scan_judge(scan);
    if (status == PV_OK)
        status = pv_scan_report_document(scan, output);
    advice = pv_document_traits_advice(scan->traits);
    if (status == PV_OK && faces_wanted)
        status = scan->traits ? pv_call_add(call, "faces", json_array())
                              : pv_scan_report_faces(scan, output, &advice);
    return status == PV_OK ? advise(call, advice) : status;
}
