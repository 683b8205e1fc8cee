/* Documents: what is kept of each picture, and the labels that it is judged by. */
#include "cli/evaluate_document.h"

#include <math.h>
#include <string.h>
#include <time.h>

#include "config/config.h"
#include "document/date.h"
#include "privid/privid.h"

#define COORDINATE_MAX 1e6
#define ZONE_SEPARATOR '|'

static const char *const corner_names[4] = {"top_left", "top_right", "bottom_right", "bottom_left"};

void pv_document_columns_find(const pv_table *table, pv_document_columns *out)
{
    char name[24];
    for (int i = 0; i < 8; i++) {
        snprintf(name, sizeof name, "%s_%c", corner_names[i / 2], "xy"[i % 2]);
        out->corners[i] = pv_table_column(table, name);
    }
    out->mrz = pv_table_column(table, "mrz");
    out->birth_date = pv_table_column(table, "birth_date");
    out->barcode_text = pv_table_column(table, "barcode_text");
}

pv_status pv_document_corners_read(const pv_table *table, size_t row,
                                   const pv_document_columns *columns, double corners[8],
                                   bool *labelled)
{
    *labelled = false;
    if (columns->corners[0] == PV_TABLE_NO_COLUMN ||
        !*pv_table_cell(table, row, columns->corners[0]))
        return PV_OK;
    for (int i = 0; i < 8; i++) {
        pv_status status = pv_table_number(table, row, columns->corners[i], -COORDINATE_MAX,
                                           COORDINATE_MAX, &corners[i]);
        if (status != PV_OK)
            return status;
    }
    if (!pv_quadrilateral_is_convex(corners))
        return pv_table_fail(table, row, columns->corners[0],
                             "the corners are not those of a convex quadrilateral");
    *labelled = true;
    return PV_OK;
}

/* --- labels --- */

static pv_status check_columns(const pv_table *table, const pv_document_columns *columns)
{
    char name[24];
    bool some = false;
    for (int i = 0; i < 8; i++)
        some |= columns->corners[i] != PV_TABLE_NO_COLUMN;
    for (int i = 0; i < 8 && some; i++) {
        size_t column;
        snprintf(name, sizeof name, "%s_%c", corner_names[i / 2], "xy"[i % 2]);
        pv_status status = pv_table_require(table, name, &column);
        if (status != PV_OK)
            return status;
    }
    if (!some && columns->mrz == PV_TABLE_NO_COLUMN && columns->birth_date == PV_TABLE_NO_COLUMN &&
        columns->barcode_text == PV_TABLE_NO_COLUMN)
        return pv_fail(PV_ERROR_ARGUMENT,
                       "%s: there is no label: corners (top_left_x to bottom_left_y), mrz, "
                       "birth_date or barcode_text",
                       table->path);
    return PV_OK;
}

static pv_status check_zone(const pv_table *table, size_t row, size_t column)
{
    const char *text = pv_table_cell(table, row, column);
    size_t lines = 1;
    for (const char *c = text; *c; c++) {
        lines += *c == ZONE_SEPARATOR;
        if (!strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789<|", *c))
            return pv_table_fail(table, row, column,
                                 "a zone has letters, digits, < and | between its lines");
    }
    if (lines > PV_DOCUMENT_LINES_MAX)
        return pv_table_fail(table, row, column, "a zone has %d lines at most",
                             PV_DOCUMENT_LINES_MAX);
    return PV_OK;
}

static pv_status check_date(const pv_table *table, size_t row, size_t column)
{
    const char *text = pv_table_cell(table, row, column);
    char again[PV_DATE_TEXT_SIZE];
    pv_date date;
    int length = 0;
    if (!*text)
        return PV_OK;
    if (sscanf(text, "%4d-%2d-%2d%n", &date.year, &date.month, &date.day, &length) == 3 &&
        length == (int)strlen(text)) {
        pv_date_print(date, again);
        if (strcmp(text, again) == 0)
            return PV_OK;
    }
    return pv_table_fail(table, row, column, "\"%.40s\" is not a date like 1985-03-12", text);
}

/* The cell's text as it stands between the quotes of a JSON string. NULL: it is none. */
static json_t *unescape(const char *cell)
{
    json_t *quoted = json_sprintf("\"%s\"", cell);
    json_t *text = quoted ? json_loads(json_string_value(quoted), JSON_DECODE_ANY, NULL) : NULL;
    json_decref(quoted);
    if (json_is_string(text))
        return text;
    json_decref(text);
    return NULL;
}

static pv_status check_row(const pv_table *table, size_t row, const pv_document_columns *columns)
{
    double corners[8];
    bool labelled;
    pv_status status = pv_document_corners_read(table, row, columns, corners, &labelled);
    if (status == PV_OK && columns->mrz != PV_TABLE_NO_COLUMN)
        status = check_zone(table, row, columns->mrz);
    if (status == PV_OK && columns->birth_date != PV_TABLE_NO_COLUMN)
        status = check_date(table, row, columns->birth_date);
    if (status == PV_OK && columns->barcode_text != PV_TABLE_NO_COLUMN) {
        json_t *text = unescape(pv_table_cell(table, row, columns->barcode_text));
        if (!text)
            status = pv_table_fail(table, row, columns->barcode_text,
                                   "not a text with the escapes of JSON");
        json_decref(text);
    }
    return status;
}

static bool has_labels(const pv_table *table, size_t column)
{
    for (size_t row = 0; column != PV_TABLE_NO_COLUMN && row < table->rows; row++)
        if (*pv_table_cell(table, row, column))
            return true;
    return false;
}

/* A key that the labels need, unless --set has a word on it. */
static pv_status need(json_t *configuration, const char *key, bool needed)
{
    if (!needed || json_object_get(configuration, key))
        return PV_OK;
    return json_object_set_new(configuration, key, json_true()) == 0
               ? PV_OK
               : pv_fail(PV_ERROR_GENERIC, "out of memory for the configuration");
}

pv_status pv_document_check(pv_evaluation *evaluation)
{
    const pv_table *table = &evaluation->table;
    json_t *configuration = evaluation->options.common.configuration;
    pv_document_columns columns;
    pv_document_columns_find(table, &columns);
    pv_status status = pv_evaluation_check_image(evaluation);
    if (status == PV_OK)
        status = check_columns(table, &columns);
    for (size_t row = 0; row < table->rows && status == PV_OK; row++)
        status = check_row(table, row, &columns);
    /* What is read of a document does not hang on how it stands in the picture. */
    if (status == PV_OK)
        status = need(configuration, "doc_validations_off", true);
    if (status == PV_OK)
        status =
            need(configuration, "detect_and_recognize_mrz_code", has_labels(table, columns.mrz));
    if (status == PV_OK)
        status = need(configuration, "calculate_age_from_ocr_text",
                      has_labels(table, columns.birth_date));
    return status;
}

/* --- measuring --- */

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static pv_status read_header(const json_t *answer)
{
    const json_t *header = json_object_get(answer, "call_status");
    const json_t *code = json_object_get(header, "return_code");
    if (!json_is_integer(code))
        return pv_fail(PV_ERROR_GENERIC, "the library's answer has no return_code");
    if (json_integer_value(code) == 0)
        return PV_OK;
    const char *message = json_string_value(json_object_get(header, "return_message"));
    return pv_fail((pv_status)json_integer_value(code), "%s",
                   message ? message : "unknown failure");
}

static pv_status scan(const pv_evaluation *evaluation, const char *configuration,
                      const pv_picture *picture, json_t **answer, double *seconds)
{
    char *text = NULL;
    double start = now();
    privid_doc_scan_face(evaluation->session, configuration, (int)strlen(configuration),
                         picture->pixels, picture->width, picture->height, NULL, NULL, NULL, NULL,
                         &text, NULL);
    *seconds = now() - start;
    if (!text)
        return pv_fail(PV_ERROR_GENERIC, "the library gave no answer");
    *answer = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    privid_free_char_buffer(text);
    return read_header(*answer);
}

static json_t *corners_of(const json_t *box)
{
    json_t *list = json_array();
    for (int i = 0; i < 4; i++) {
        const json_t *point = json_object_get(box, corner_names[i]);
        json_array_append(list, json_object_get(point, "x"));
        json_array_append(list, json_object_get(point, "y"));
    }
    return list;
}

static void keep_document(const json_t *answer, json_t *record)
{
    const json_t *found = json_object_get(json_object_get(answer, "document"), "detected_document");
    json_object_set_new(
        record, "faces",
        json_integer((json_int_t)json_array_size(json_object_get(answer, "faces"))));
    if (!found)
        return;
    const json_t *age = json_object_get(found, "ocr_age_data");
    json_object_set_new(record, "corners", corners_of(json_object_get(found, "document_box")));
    json_object_set(record, "confidence", json_object_get(found, "confidence_score"));
    json_object_set(record, "traits", json_object_get(found, "document_traits"));
    json_object_set(record, "mrz", json_object_get(found, "mrz_data"));
    json_object_set(record, "mrz_valid", json_object_get(json_object_get(found, "mrz"), "valid"));
    json_object_set(record, "birth_date", json_object_get(age, "dob"));
}

static void keep_barcode(const json_t *barcode, json_t *record)
{
    json_object_set(record, "barcode_status",
                    json_object_get(barcode, "bar_code_detection_status"));
    json_object_set(record, "barcode_text",
                    json_object_get(json_object_get(barcode, "barcode_data"), "text"));
}

/* A search for the barcode alone, in the whole picture. */
static pv_status measure_barcode(const pv_evaluation *evaluation, const pv_picture *picture,
                                 json_t *record)
{
    json_t *configuration = json_copy(evaluation->options.common.configuration);
    json_object_set_new(configuration, "document_scan_barcode_only", json_true());
    char *text = configuration ? json_dumps(configuration, JSON_COMPACT) : NULL;
    json_decref(configuration);
    if (!text)
        return pv_fail(PV_ERROR_GENERIC, "out of memory for the configuration");
    json_t *answer = NULL;
    double seconds;
    pv_status status = scan(evaluation, text, picture, &answer, &seconds);
    if (status == PV_OK) {
        keep_barcode(json_object_get(answer, "barcode"), record);
        json_object_set_new(record, "barcode_seconds", json_real(seconds));
    }
    json_decref(answer);
    free(text);
    return status;
}

pv_status pv_measure_document(const pv_evaluation *evaluation, const pv_picture *picture,
                              json_t *record)
{
    json_t *answer = NULL;
    double seconds;
    pv_document_columns columns;
    pv_document_columns_find(&evaluation->table, &columns);
    pv_status status = scan(evaluation, evaluation->configuration, picture, &answer, &seconds);
    if (status == PV_OK) {
        json_object_set_new(record, "width", json_integer(picture->width));
        json_object_set_new(record, "height", json_integer(picture->height));
        json_object_set_new(record, "seconds", json_real(seconds));
        keep_document(answer, record);
        if (json_object_get(answer, "barcode"))
            keep_barcode(json_object_get(answer, "barcode"), record);
        else if (has_labels(&evaluation->table, columns.barcode_text))
            status = measure_barcode(evaluation, picture, record);
    }
    json_decref(answer);
    return status;
}

/* --- judging --- */

static pv_reading compare(const char *label, const char *read)
{
    if (!*label)
        return PV_READING_NOT_LABELLED;
    if (!read || !*read)
        return PV_READING_NONE;
    return strcmp(label, read) == 0 ? PV_READING_RIGHT : PV_READING_WRONG;
}

static void judge_zone(const char *label, const json_t *lines, pv_document_outcome *out)
{
    size_t right = 0;
    size_t count = 0;
    for (const char *rest = label; *rest;) {
        size_t length = strcspn(rest, "|");
        const char *read = json_string_value(json_array_get(lines, count++));
        right += read && strlen(read) == length && strncmp(read, rest, length) == 0;
        rest += length + (rest[length] == ZONE_SEPARATOR);
    }
    out->lines = count;
    out->lines_right = right;
    out->zone = count == 0                                          ? PV_READING_NOT_LABELLED
                : json_array_size(lines) == 0                       ? PV_READING_NONE
                : right == count && json_array_size(lines) == count ? PV_READING_RIGHT
                                                                    : PV_READING_WRONG;
}

static void judge_corners(const json_t *record, const double truth[8], pv_document_outcome *out)
{
    double found[8];
    const json_t *list = json_object_get(record, "corners");
    double width = json_number_value(json_object_get(record, "width"));
    double height = json_number_value(json_object_get(record, "height"));
    double top = hypot(truth[2] - truth[0], truth[3] - truth[1]);
    double side = hypot(truth[6] - truth[0], truth[7] - truth[1]);
    double turn = fabs(remainder(atan2(truth[3] - truth[1], truth[2] - truth[0]), acos(0.0)));
    out->turn = turn * 90.0 / acos(0.0);
    out->width = fmax(top, side) / fmax(1.0, fmax(width, height));
    for (size_t i = 0; i < 8; i++)
        found[i] = json_number_value(json_array_get(list, i));
    out->iou = out->found ? pv_quadrilateral_iou(found, truth) : 0.0;
}

static double number_of(const json_t *record, const char *name)
{
    const json_t *value = json_object_get(record, name);
    return json_is_number(value) ? json_number_value(value) : NAN;
}

/* Documents below it are answered with a trait that refuses them. */
static double least_confidence(const pv_evaluation *evaluation)
{
    pv_config defaults;
    const json_t *given =
        json_object_get(evaluation->options.common.configuration, "conf_score_thr_doc");
    if (json_is_number(given))
        return json_number_value(given);
    pv_config_defaults(PV_OPERATION_DOC_SCAN, &defaults);
    return defaults.conf_score_thr_doc;
}

pv_status pv_document_judge(const pv_evaluation *evaluation, size_t row,
                            const pv_document_columns *columns, pv_document_outcome *out)
{
    const pv_table *table = &evaluation->table;
    size_t picture = pv_evaluation_picture(evaluation, row, evaluation->picture_columns[0]);
    const json_t *record = evaluation->records[picture];
    double truth[8];
    *out = (pv_document_outcome){.measured = !json_object_get(record, "error"),
                                 .found = json_object_get(record, "corners") != NULL,
                                 .confidence = number_of(record, "confidence"),
                                 .seconds = number_of(record, "seconds"),
                                 .barcode_seconds = number_of(record, "barcode_seconds")};
    out->sure = out->confidence >= least_confidence(evaluation);
    pv_status status = pv_document_corners_read(table, row, columns, truth, &out->labelled);
    if (status != PV_OK || !out->measured)
        return status;
    out->empty = columns->corners[0] != PV_TABLE_NO_COLUMN && !out->labelled;
    if (out->labelled)
        judge_corners(record, truth, out);
    if (columns->mrz != PV_TABLE_NO_COLUMN)
        judge_zone(pv_table_cell(table, row, columns->mrz), json_object_get(record, "mrz"), out);
    out->zone_valid = json_is_true(json_object_get(record, "mrz_valid"));
    if (columns->birth_date != PV_TABLE_NO_COLUMN)
        out->birth_date = compare(pv_table_cell(table, row, columns->birth_date),
                                  json_string_value(json_object_get(record, "birth_date")));
    if (columns->barcode_text != PV_TABLE_NO_COLUMN) {
        json_t *label = unescape(pv_table_cell(table, row, columns->barcode_text));
        out->barcode = compare(label ? json_string_value(label) : "",
                               json_string_value(json_object_get(record, "barcode_text")));
        json_decref(label);
    }
    return PV_OK;
}
