#include "face/liveness.h"

#include <math.h>

#include "face/liveness_crop.h"
#include "face/liveness_points.h"
#include "face/sheet.h"
#include "face/spectrum.h"

#define SIDE 128
#define PLANES (3 * (size_t)SIDE * SIDE)
#define CLASSES 3 /* of both nets; the first is a living face */
#define CROPS 2
#define LOG_ODDS_LIMIT 14.0

/* A crop needs so much of the picture, else most of it would be mirror images. */
#define VISIBLE_SURROUNDINGS 1.4
#define CUT_OFF_SHARE 0.1

/* Below the first it is skin and hair, or the lines of a room; from the second on it is a grid, or
 * a sheet. In between the score falls, so that it is 0.9 a tenth of the way: the operating point.
 */
#define PEAK_CLEAR 1.0
#define PEAK_CERTAIN 1.5
#define SHEET_CLEAR 0.78
#define SHEET_CERTAIN 0.98
#define DOCUMENT_THRESHOLD 0.8F
/* No picture proves life: a threshold of 1 refuses everybody. */
#define HIGHEST_SCORE 0.9999F

typedef struct calibration {
    double offset; /* the log-odds that score 0.9 */
    double slope;
} calibration;

typedef struct net_use {
    const char *id;
    double scales[CROPS];
    bool blue_first;
    calibration points;
} net_use;

/* The general net was trained on crops 2.7 times the box of another detector, pushed into the
 * picture. On press photographs that is too wide: it then judges the surroundings. These two scales
 * refuse the fewest living faces at a good distance from every print; docs/liveness.md has the
 * table. */
static const net_use general_net = {
    .id = "fr_liveness", .scales = {2.0, 2.2}, .blue_first = true, .points = PV_LIVENESS_GENERAL};
static const net_use recapture_net = {
    .id = "recapture", .scales = {1.5, 1.8}, .points = PV_LIVENESS_RECAPTURE_NET};

typedef struct liveness_job {
    pv_runtime *runtime;
    pv_image *image;
    const pv_face *face;
} liveness_job;

static const char *const part_names[PV_LIVENESS_PARTS] = {
    [PV_LIVENESS_PART_CLOSE] = "liveness_close",         [PV_LIVENESS_PART_WIDE] = "liveness_wide",
    [PV_LIVENESS_PART_RECAPTURE] = "liveness_recapture", [PV_LIVENESS_PART_GRID] = "liveness_grid",
    [PV_LIVENESS_PART_SHEET] = "liveness_sheet",
};

const char *pv_liveness_part_name(pv_liveness_part part)
{
    return part_names[part];
}

const char *pv_liveness_obstacle_text(pv_liveness_obstacle obstacle)
{
    switch (obstacle) {
    case PV_LIVENESS_TOO_SMALL: return "the face is too small for the liveness check";
    case PV_LIVENESS_CUT_OFF: return "the face is cut off by the border of the picture";
    case PV_LIVENESS_TOO_CLOSE:
        return "the face fills too much of the picture for the liveness check";
    default: return NULL;
    }
}

pv_liveness_obstacle pv_liveness_find_obstacle(const pv_image *image, const pv_face *face)
{
    double picture_width = image->levels[0].width;
    double picture_height = image->levels[0].height;
    double width = (double)face->right - face->left;
    double height = (double)face->bottom - face->top;
    if (!(width > 0 && height > 0) ||
        !(width * height >= (double)PV_LIVENESS_LEAST_SIDE * PV_LIVENESS_LEAST_SIDE))
        return PV_LIVENESS_TOO_SMALL;
    double seen_width = fmin(face->right, picture_width) - fmax(face->left, 0.0);
    double seen_height = fmin(face->bottom, picture_height) - fmax(face->top, 0.0);
    if (!(seen_width > 0 && seen_height > 0) ||
        seen_width * seen_height < (1.0 - CUT_OFF_SHARE) * width * height)
        return PV_LIVENESS_CUT_OFF;
    pv_square around = pv_face_square(face, VISIBLE_SURROUNDINGS);
    if (fmin(picture_width, picture_height) < around.side)
        return PV_LIVENESS_TOO_CLOSE;
    return PV_LIVENESS_FIT;
}

static double probability(double log_odds)
{
    return 1.0 / (1.0 + exp(-log_odds));
}

/* 0.9 at the operating point, for every measure. */
static float calibrated(const calibration *points, double log_odds)
{
    return (float)probability(points->slope * (log_odds - points->offset) + log(9.0));
}

/* The classes against the first: their log-odds, bounded because sums of the net's answers are. */
static double live_log_odds(const float *logits)
{
    double highest = fmax((double)logits[1], (double)logits[2]);
    double attack = highest + log1p(exp(fmin((double)logits[1], (double)logits[2]) - highest));
    return fmin(fmax(logits[0] - attack, -LOG_ODDS_LIMIT), LOG_ODDS_LIMIT);
}

static pv_status run_net(const liveness_job *job, const net_use *use, double log_odds[CROPS])
{
    pv_model *model;
    pv_status status = pv_runtime_model(job->runtime, use->id, &model);
    if (status != PV_OK)
        return status;
    static const size_t shape[] = {CROPS, 3, SIDE, SIDE};
    pv_inference *inference;
    float *input;
    status = pv_inference_begin(model, shape, 4, &inference, &input);
    if (status != PV_OK)
        return status;
    for (size_t i = 0; i < CROPS && status == PV_OK; i++) {
        pv_square square = pv_face_square(job->face, use->scales[i]);
        status = pv_square_crop(job->image, &square, SIDE, use->blue_first, input + i * PLANES);
    }
    const float *logits = NULL;
    size_t count = 0;
    if (status == PV_OK)
        status = pv_inference_run(inference);
    if (status == PV_OK)
        status = pv_inference_output(inference, NULL, &logits, &count);
    if (status == PV_OK && count != CROPS * CLASSES)
        status = pv_fail(PV_ERROR_GENERIC, "model %s: %zu values instead of %zu", use->id, count,
                         (size_t)CROPS * CLASSES);
    for (size_t i = 0; i < CROPS && status == PV_OK; i++) {
        log_odds[i] = live_log_odds(logits + i * CLASSES);
        if (!isfinite(log_odds[i]))
            status = pv_fail(PV_ERROR_GENERIC, "model %s gave no number", use->id);
    }
    pv_inference_end(inference);
    return status;
}

static void set_part(pv_liveness *out, pv_liveness_part part, double value)
{
    out->parts[part] = (float)value;
    out->known[part] = true;
}

static pv_status judge_general(const liveness_job *job, pv_liveness *out, float *score)
{
    double log_odds[CROPS];
    pv_status status = run_net(job, &general_net, log_odds);
    if (status != PV_OK)
        return status;
    set_part(out, PV_LIVENESS_PART_CLOSE, probability(log_odds[0]));
    set_part(out, PV_LIVENESS_PART_WIDE, probability(log_odds[1]));
    *score = calibrated(&general_net.points, (log_odds[0] + log_odds[1]) / 2);
    return PV_OK;
}

/* Full marks up to `clear`, none from `certain` on. */
static double fading(double value, double clear, double certain)
{
    return fmin(fmax((certain - value) / (certain - clear), 0.0), 1.0);
}

static pv_status judge_recapture(const liveness_job *job, pv_liveness *out, float *score)
{
    double log_odds[CROPS];
    bool known;
    float peak;
    pv_status status = run_net(job, &recapture_net, log_odds);
    if (status == PV_OK)
        status = pv_spectrum_peak(job->image, job->face, &known, &peak);
    if (status != PV_OK)
        return status;
    double mean = (log_odds[0] + log_odds[1]) / 2;
    set_part(out, PV_LIVENESS_PART_RECAPTURE, probability(mean));
    *score = calibrated(&recapture_net.points, mean);
    if (known) {
        double clear = fading(peak, PEAK_CLEAR, PEAK_CERTAIN);
        set_part(out, PV_LIVENESS_PART_GRID, clear);
        *score = fminf(*score, (float)clear);
    }
    return PV_OK;
}

/* A sheet around the face is a trace too, and with `detect_document` a verdict. */
static pv_status judge_sheet(const liveness_job *job, bool detect_document, pv_liveness *out,
                             float *score)
{
    float rectangle;
    pv_status status = pv_sheet_measure(job->image, job->face, &rectangle);
    if (status != PV_OK)
        return status;
    set_part(out, PV_LIVENESS_PART_SHEET, 1.0 - (double)rectangle);
    out->document = detect_document && rectangle >= DOCUMENT_THRESHOLD;
    *score = (float)fading(rectangle, SHEET_CLEAR, SHEET_CERTAIN);
    return PV_OK;
}

pv_status pv_liveness_measure(pv_runtime *runtime, pv_image *image, const pv_face *face, int mode,
                              bool detect_document, pv_liveness *out)
{
    *out = (pv_liveness){.score = 1.0F};
    if (mode < PV_LIVENESS_TWO_SCALES || mode > PV_LIVENESS_BOTH)
        return pv_fail(PV_ERROR_ARGUMENT, "liveness mode %d is not 1, 2 or 3", mode);
    const liveness_job job = {.runtime = runtime, .image = image, .face = face};
    const bool traces = mode != PV_LIVENESS_TWO_SCALES;
    float general = 1.0F;
    float recapture = 1.0F;
    float sheet = 1.0F;
    pv_status status = PV_OK;
    if (mode != PV_LIVENESS_RECAPTURE)
        status = judge_general(&job, out, &general);
    if (status == PV_OK && traces)
        status = judge_recapture(&job, out, &recapture);
    if (status == PV_OK && (traces || detect_document))
        status = judge_sheet(&job, detect_document, out, &sheet);
    out->score = fminf(fminf(general, recapture), HIGHEST_SCORE);
    if (traces)
        out->score = fminf(out->score, sheet);
    if (out->document)
        out->score = 0.0F;
    return status;
}
