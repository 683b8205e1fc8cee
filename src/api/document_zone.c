/* The machine readable zone of a document. */
#include <string.h>

#include "api/document.h"
#include "api/points.h"
#include "document/mrz_read.h"

/* The page of each kind of zone. */
static const pv_page_format pages[PV_MRZ_FORMATS] = {
    [PV_MRZ_TD1] = PV_PAGE_ID1,  [PV_MRZ_TD2] = PV_PAGE_ID2,  [PV_MRZ_TD3] = PV_PAGE_ID3,
    [PV_MRZ_MRVA] = PV_PAGE_ID3, [PV_MRZ_MRVB] = PV_PAGE_ID2, [PV_MRZ_IDFRA] = PV_PAGE_ID2,
};

static const char advice_no_zone[] = "Show the whole machine readable zone, sharp and flat.";

bool pv_scan_wants_zone(const pv_config *config)
{
    return config->detect_and_recognize_mrz_code || config->mrz_segmented_input ||
           config->calculate_age_from_ocr_text;
}

static pv_status read_zone(pv_scan *scan)
{
    pv_mrz *mrz = pv_arena_take(scan->call->arena, 1, sizeof *mrz);
    if (!mrz)
        return PV_ERROR_GENERIC;
    pv_status status = pv_mrz_read(pv_library_runtime(), &scan->page.image, &scan->page.print,
                                   scan->call->config.mrz_segmented_input, pv_date_today(), mrz);
    if (status != PV_OK || mrz->format == PV_MRZ_NONE)
        return status;
    for (int i = 0; i < 4; i++)
        mrz->corners[i] = pv_projective_apply(&scan->page.to_picture, mrz->corners[i]);
    scan->zone = mrz;
    return PV_OK;
}

pv_status pv_scan_read_zone(pv_scan *scan)
{
    pv_status status = read_zone(scan);
    if (status != PV_OK || !scan->zone || !scan->zone->valid)
        return status;
    int quarters = scan->call->config.document_auto_rotation ? scan->zone->turn : 0;
    scan->upright = quarters == scan->zone->turn;
    if (quarters == 0 && pages[scan->zone->format] == scan->page.format)
        return PV_OK;
    return pv_scan_redraw(scan, pages[scan->zone->format], quarters);
}

static json_t *lines_to_json(const pv_mrz *mrz)
{
    json_t *lines = json_array();
    for (int i = 0; mrz && i < mrz->line_count; i++)
        if (json_array_append_new(lines, json_string(mrz->lines[i])) != 0) {
            json_decref(lines);
            return NULL;
        }
    return lines;
}

static int add_fields(const pv_mrz *mrz, json_t *out)
{
    json_t *fields = json_object();
    int failed = json_object_set_new(out, "fields", fields);
    for (int i = 0; i < PV_MRZ_FIELD_COUNT && !failed; i++)
        failed = json_object_set_new(fields, pv_mrz_field_name((pv_mrz_field)i),
                                     json_string(mrz->values[i]));
    return failed;
}

static int add_checks(const pv_mrz *mrz, json_t *out)
{
    json_t *checks = json_array();
    int failed = json_object_set_new(out, "check_digits", checks);
    for (int i = 0; i < mrz->check_count && !failed; i++)
        failed = json_array_append_new(checks, json_pack("{s:s, s:b}", "name", mrz->checks[i].name,
                                                         "valid", mrz->checks[i].valid));
    return failed;
}

static int add_repairs(const pv_mrz *mrz, json_t *out)
{
    json_t *repairs = json_array();
    int failed = json_object_set_new(out, "repaired", repairs);
    for (int i = 0; i < mrz->repair_count && !failed; i++) {
        const pv_mrz_repair *repair = &mrz->repairs[i];
        const char from[2] = {repair->from, '\0'};
        const char to[2] = {repair->to, '\0'};
        failed = json_array_append_new(repairs,
                                       json_pack("{s:i, s:i, s:s, s:s, s:b}", "line", repair->line,
                                                 "column", repair->column, "read_as", from,
                                                 "taken_for", to, "guarded", repair->guarded));
    }
    return failed;
}

static json_t *zone_to_json(const pv_mrz *mrz)
{
    json_t *out =
        json_pack("{s:s, s:b, s:f, s:b, s:o}", "format", pv_mrz_format_name(mrz->format), "valid",
                  mrz->valid, "confidence", (double)mrz->confidence, "name_truncated",
                  mrz->name_truncated, "box", pv_quad_to_json(mrz->corners));
    if (out && (add_fields(mrz, out) || add_checks(mrz, out) || add_repairs(mrz, out))) {
        json_decref(out);
        return NULL;
    }
    return out;
}

/* A zone that was only read for the age is not reported. */
pv_status pv_scan_add_zone(const pv_scan *scan, json_t *data)
{
    const pv_config *config = &scan->call->config;
    bool asked = config->detect_and_recognize_mrz_code || config->mrz_segmented_input;
    const pv_mrz *mrz = asked ? scan->zone : NULL;
    int failed = json_object_set_new(data, "mrz_data", lines_to_json(mrz));
    if (mrz)
        failed |= json_object_set_new(data, "mrz", zone_to_json(mrz));
    return failed ? pv_fail(PV_ERROR_GENERIC, "out of memory for the answer") : PV_OK;
}

/* The picture itself as a page. */
static pv_status take_picture(pv_scan *scan)
{
    const pv_plane *plane = &scan->picture.levels[0];
    const float right = (float)plane->width - 0.5F;
    const float bottom = (float)plane->height - 0.5F;
    const pv_point corners[4] = {{-0.5F, -0.5F}, {right, -0.5F}, {right, bottom}, {-0.5F, bottom}};
    scan->page = (pv_page){.to_picture = {{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}}};
    memcpy(scan->page.corners, corners, sizeof corners);
    const size_t pixels = (size_t)plane->width * (size_t)plane->height;
    uint8_t *rgb = pv_arena_take(scan->call->arena, pixels, 3);
    if (!rgb)
        return PV_ERROR_GENERIC;
    const uint8_t *pixel = plane->pixels;
    for (size_t i = 0; i < pixels; i++, pixel += plane->channels) {
        rgb[3 * i] = pixel[plane->red];
        rgb[3 * i + 1] = pixel[plane->green];
        rgb[3 * i + 2] = pixel[plane->blue];
    }
    return pv_image_open("page", rgb, plane->width, plane->height, PV_FORMAT_RGB, scan->call->arena,
                         &scan->page.image);
}

pv_status pv_scan_report_zone(pv_scan *scan, const pv_scan_output *output)
{
    pv_call *call = scan->call;
    pv_page turned;
    pv_status status = take_picture(scan);
    if (status == PV_OK)
        status = read_zone(scan);
    if (status != PV_OK)
        return status;
    if (!scan->zone)
        return pv_call_add(call, "user_feedback_message", json_string(advice_no_zone));
    scan->found.confidence = scan->zone->confidence;
    if (call->config.document_auto_rotation && scan->zone->turn != 0) {
        status = pv_page_turn(&scan->page, scan->zone->turn, &turned);
        if (status != PV_OK)
            return status;
        scan->page = turned;
    }
    if (call->config.calculate_age_from_ocr_text)
        status = pv_scan_read_birth(scan);
    return status == PV_OK ? pv_scan_report_document(scan, output) : status;
}
