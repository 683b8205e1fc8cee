/* Documents: answers counted, and the counts as rows of a table and as figures. */
#include "cli/evaluate_document.h"
#include "cli/evaluate_report.h"

#define VERY_GOOD 0.95

static void count_corners(const pv_document_outcome *outcome, pv_document_tally *out)
{
    out->empty += outcome->empty;
    out->false_found += outcome->empty && outcome->found;
    out->false_sure += outcome->empty && outcome->found && outcome->sure;
    if (!outcome->labelled)
        return;
    out->labelled++;
    out->found += outcome->found;
    out->good += outcome->iou > PV_DOCUMENT_GOOD;
    out->very_good += outcome->iou > VERY_GOOD;
    out->iou_sum += outcome->iou;
}

static void count_readings(const pv_document_outcome *outcome, pv_document_tally *out)
{
    if (outcome->zone != PV_READING_NOT_LABELLED) {
        out->zones++;
        out->lines += outcome->lines;
        out->lines_right += outcome->lines_right;
        out->zones_read += outcome->zone != PV_READING_NONE;
        out->zones_right += outcome->zone == PV_READING_RIGHT;
        out->zones_valid += outcome->zone_valid;
        out->zones_deceiving += outcome->zone_valid && outcome->zone == PV_READING_WRONG;
    }
    if (outcome->birth_date != PV_READING_NOT_LABELLED) {
        out->dates++;
        out->dates_right += outcome->birth_date == PV_READING_RIGHT;
        out->dates_wrong += outcome->birth_date == PV_READING_WRONG;
    }
    if (outcome->barcode != PV_READING_NOT_LABELLED) {
        out->barcodes++;
        out->barcodes_read += outcome->barcode != PV_READING_NONE;
        out->barcodes_right += outcome->barcode == PV_READING_RIGHT;
    }
}

void pv_document_count(const pv_document_outcome *outcome, pv_document_tally *out)
{
    count_corners(outcome, out);
    count_readings(outcome, out);
}

/* --- as rows and figures --- */

const char *const pv_document_corner_columns[] = {
    "documents", "number", "found (95 %)", "IoU above 0.9 (95 %)", "IoU above 0.95 (95 %)",
    "mean IoU",  NULL};

void pv_document_add_corners(json_t *rows, const char *name, const pv_document_tally *found)
{
    if (found->labelled == 0)
        return;
    json_t *cells[] = {pv_cell("%s", name),
                       pv_cell("%zu", found->labelled),
                       pv_cell_rate(found->found, found->labelled),
                       pv_cell_rate(found->good, found->labelled),
                       pv_cell_rate(found->very_good, found->labelled),
                       pv_cell("%.3f", found->iou_sum / (double)found->labelled)};
    pv_report_row(rows, sizeof cells / sizeof cells[0], cells);
}

json_t *pv_document_pack_corners(const pv_document_tally *found)
{
    return json_pack("{s:o, s:o, s:o, s:f}", "found", pv_report_rate(found->found, found->labelled),
                     "above_90", pv_report_rate(found->good, found->labelled), "above_95",
                     pv_report_rate(found->very_good, found->labelled), "mean",
                     found->iou_sum / (double)found->labelled);
}

const char *const pv_document_reading_columns[] = {"documents",
                                                   "MRZ whole (95 %)",
                                                   "MRZ lines",
                                                   "check digits hold",
                                                   "birth date right (95 %)",
                                                   "wrong",
                                                   "barcode read",
                                                   "text equal",
                                                   NULL};

static json_t *share(size_t part, size_t whole)
{
    return whole ? pv_cell("%zu of %zu", part, whole) : NULL;
}

void pv_document_add_readings(json_t *rows, const char *name, const pv_document_tally *found)
{
    if (found->zones + found->dates + found->barcodes == 0)
        return;
    json_t *cells[] = {pv_cell("%s", name),
                       pv_cell_rate(found->zones_right, found->zones),
                       share(found->lines_right, found->lines),
                       share(found->zones_valid, found->zones),
                       pv_cell_rate(found->dates_right, found->dates),
                       share(found->dates_wrong, found->dates),
                       share(found->barcodes_read, found->barcodes),
                       share(found->barcodes_right, found->barcodes)};
    pv_report_row(rows, sizeof cells / sizeof cells[0], cells);
}

json_t *pv_document_pack_readings(const pv_document_tally *found)
{
    json_t *figures = json_object();
    if (found->zones) {
        json_object_set_new(figures, "mrz_read", pv_report_rate(found->zones_read, found->zones));
        json_object_set_new(figures, "mrz_exact", pv_report_rate(found->zones_right, found->zones));
        json_object_set_new(figures, "mrz_lines", pv_report_rate(found->lines_right, found->lines));
        json_object_set_new(figures, "mrz_valid", pv_report_rate(found->zones_valid, found->zones));
        json_object_set_new(figures, "mrz_valid_but_wrong",
                            pv_report_rate(found->zones_deceiving, found->zones));
    }
    if (found->dates) {
        json_object_set_new(figures, "birth_date_right",
                            pv_report_rate(found->dates_right, found->dates));
        json_object_set_new(figures, "birth_date_wrong",
                            pv_report_rate(found->dates_wrong, found->dates));
    }
    if (found->barcodes) {
        json_object_set_new(figures, "barcode_read",
                            pv_report_rate(found->barcodes_read, found->barcodes));
        json_object_set_new(figures, "barcode_equal",
                            pv_report_rate(found->barcodes_right, found->barcodes));
    }
    return figures;
}
