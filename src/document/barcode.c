#include "document/barcode.h"

#include <math.h>
#include <string.h>

#include <ZXing/ZXingC.h>

#include "document/aamva.h"
#include "document/gray.h"
#include "document/stripes.h"

#define WHOLE_PIXELS_MOST 4000000   /* the picture as a whole is looked at no larger */
#define DOUBLED_PIXELS_MOST 1000000 /* the picture as a whole is doubled no larger */
#define CROP_PIXELS_MOST 6000000
#define CROP_SIDE_LEAST 16
#define FILLED_LEAST 0.4  /* a region that stripes fill less is seldom a code */
#define SLOPE_LEAST 1.0   /* pixels over a region's width; rows that run less downhill are level */
#define QUIET 0.04        /* share of a region's size that is added around it, beyond the cells */
#define LINES_ENOUGH 8.0F /* scan lines that agree on a linear code */
#define LEAST_CONFIDENCE 0.6F /* of what two readings agree on */
#define TRY_COST 0.02F        /* confidence that each further try takes */
#define LEVELS 3
#define TEXTS_MOST 16

/* How much a reading is worth. PDF417 has weak spots: with many errors, its correction may end in
 * another text. So one reading is not enough, two that agree are, and what is a licence is no
 * accident. */
typedef enum rank {
    RANK_NONE,
    RANK_OTHER,
    RANK_LINEAR,
    RANK_MATRIX,
    RANK_PDF417_ONCE,
    RANK_PDF417,
    RANK_LICENCE_ONCE,
    RANK_LICENCE
} rank;

/* What is under way. */
typedef struct search {
    pv_arena *arena;
    pv_gray levels[LEVELS]; /* the picture, a half, a quarter */
    int level_count;
    int tries;
    rank found;                    /* of `out` */
    const char *texts[TEXTS_MOST]; /* that PDF417 codes were read as */
    int text_count;
    pv_barcode *out;
} search;

static const ZXing_BarcodeFormat striped_formats[] = {ZXing_BarcodeFormat_PDF417,
                                                      ZXing_BarcodeFormat_Code128};

static rank rank_of_format(ZXing_BarcodeFormat symbology)
{
    switch (symbology) {
    case ZXing_BarcodeFormat_PDF417: return RANK_PDF417_ONCE;
    case ZXing_BarcodeFormat_QRCode:
    case ZXing_BarcodeFormat_DataMatrix: return RANK_MATRIX;
    case ZXing_BarcodeFormat_Code128: return RANK_LINEAR;
    default: return RANK_OTHER;
    }
}

/* Whether an earlier try read the same; remembers the text for later ones. */
static bool was_read(search *s, const char *text)
{
    for (int i = 0; i < s->text_count; i++)
        if (strcmp(s->texts[i], text) == 0)
            return true;
    if (s->text_count < TEXTS_MOST)
        s->texts[s->text_count++] = text;
    return false;
}

static rank rank_licence(search *s, const char *text)
{
    pv_licence licence;
    bool parsed = pv_licence_parse(text, strlen(text), &licence);
    if (was_read(s, text))
        return parsed ? RANK_LICENCE : RANK_PDF417;
    return parsed ? RANK_LICENCE_ONCE : RANK_PDF417_ONCE;
}

static const char *keep_text(search *s, char *text)
{
    size_t length = text ? strlen(text) : 0;
    char *copy = pv_arena_take(s->arena, length + 1, 1);
    if (copy && length > 0)
        memcpy(copy, text, length);
    ZXing_free(text);
    return copy;
}

static float judge_confidence(const search *s, const ZXing_Barcode *code, rank worth)
{
    float confidence = fmaxf(LEAST_CONFIDENCE, 1.0F - TRY_COST * (float)s->tries);
    if (worth == RANK_PDF417_ONCE || worth == RANK_LICENCE_ONCE)
        return PV_BARCODE_ONCE;
    int lines = ZXing_Barcode_lineCount(code);
    /* the one check character of a linear code is weak; that many lines agree is not */
    if (worth <= RANK_LINEAR && lines > 0)
        confidence *= fminf(1.0F, (float)lines / LINES_ENOUGH);
    return confidence;
}

static double area_of(const pv_point corners[4])
{
    double twice = 0.0;
    for (int i = 0; i < 4; i++) {
        const pv_point *a = &corners[i];
        const pv_point *b = &corners[(i + 1) % 4];
        twice += (double)a->x * (double)b->y - (double)b->x * (double)a->y;
    }
    return 0.5 * fabs(twice);
}

/* Takes over what is better than what was found before. */
static pv_status take(search *s, const ZXing_Barcode *code, const pv_affine *to_picture)
{
    const ZXing_BarcodeFormat symbology = ZXing_Barcode_symbology(code);
    rank worth = rank_of_format(symbology);
    pv_barcode found = {.state = worth == RANK_OTHER ? PV_BARCODE_OTHER : PV_BARCODE_READ,
                        .licence_code = worth == RANK_PDF417_ONCE,
                        .text = ""};
    if (worth < s->found && worth != RANK_PDF417_ONCE)
        return PV_OK;
    if (found.state == PV_BARCODE_READ)
        found.text = keep_text(s, ZXing_Barcode_text(code));
    found.format = keep_text(s, ZXing_BarcodeFormatToString(symbology));
    if (!found.text || !found.format)
        return PV_ERROR_GENERIC;
    if (found.licence_code)
        worth = rank_licence(s, found.text);
    if (worth <= s->found)
        return PV_OK;
    const ZXing_Position at = ZXing_Barcode_position(code);
    const ZXing_PointI places[4] = {at.topLeft, at.topRight, at.bottomRight, at.bottomLeft};
    for (int i = 0; i < 4; i++)
        found.corners[i] = pv_affine_apply(
            to_picture, (pv_point){.x = (float)places[i].x, .y = (float)places[i].y});
    /* of the same code, more of it was found before */
    if (strcmp(found.text, s->out->text) == 0 && area_of(s->out->corners) > area_of(found.corners))
        memcpy(found.corners, s->out->corners, sizeof found.corners);
    found.confidence = judge_confidence(s, code, worth);
    s->found = worth;
    *s->out = found;
    return PV_OK;
}

static ZXing_ReaderOptions *make_options(ZXing_Binarizer binarizer, bool striped)
{
    ZXing_ReaderOptions *options = ZXing_ReaderOptions_new();
    if (!options)
        return NULL;
    ZXing_ReaderOptions_setBinarizer(options, binarizer);
    ZXing_ReaderOptions_setTextMode(options, ZXing_TextMode_Plain);
    if (striped) {
        ZXing_ReaderOptions_setTryInvert(options, false);
        ZXing_ReaderOptions_setFormats(options, striped_formats,
                                       sizeof striped_formats / sizeof striped_formats[0]);
    }
    return options;
}

/* One try. */
static pv_status read_codes(search *s, const pv_gray *picture, const pv_affine *to_picture,
                            ZXing_Binarizer binarizer, bool striped)
{
    pv_status status = PV_OK;
    ZXing_ImageView *view = ZXing_ImageView_new(picture->pixels, picture->width, picture->height,
                                                ZXing_ImageFormat_Lum, 0, 0);
    ZXing_ReaderOptions *options = make_options(binarizer, striped);
    ZXing_Barcodes *codes = view && options ? ZXing_ReadBarcodes(view, options) : NULL;
    if (codes) {
        for (int i = 0; status == PV_OK && i < ZXing_Barcodes_size(codes); i++)
            status = take(s, ZXing_Barcodes_at(codes, i), to_picture);
    } else {
        char *message = ZXing_LastErrorMsg();
        status = pv_fail(PV_ERROR_GENERIC, "barcode reading: %s", message ? message : "no memory");
        ZXing_free(message);
    }
    ZXing_Barcodes_delete(codes);
    ZXing_ReaderOptions_delete(options);
    ZXing_ImageView_delete(view);
    s->tries++;
    return status;
}

static bool is_done(const search *s)
{
    return s->found == RANK_LICENCE;
}

/* From pixels of a level to those of the picture. */
static pv_affine from_level(int level)
{
    double scale = 1 << level;
    double shift = 0.5 * scale - 0.5;
    return (pv_affine){.xx = scale, .x0 = shift, .yy = scale, .y0 = shift};
}

static pv_status read_whole(search *s)
{
    int level = 0;
    while (level + 1 < s->level_count &&
           (double)s->levels[level].width * s->levels[level].height > WHOLE_PIXELS_MOST)
        level++;
    const pv_gray *picture = &s->levels[level];
    const pv_affine to_picture = from_level(level);
    pv_status status = read_codes(s, picture, &to_picture, ZXing_Binarizer_LocalAverage, false);
    if (status != PV_OK || is_done(s))
        return status;
    /* matrix codes turn up at once or not at all */
    if (s->found < RANK_MATRIX)
        status = read_codes(s, picture, &to_picture, ZXing_Binarizer_GlobalHistogram, false);
    if (status != PV_OK || s->found >= RANK_MATRIX ||
        (double)picture->width * picture->height > DOUBLED_PIXELS_MOST)
        return status;
    const pv_affine half = {.xx = 0.5, .x0 = -0.25, .yy = 0.5, .y0 = -0.25};
    pv_gray doubled = {.width = 2 * picture->width, .height = 2 * picture->height};
    doubled.pixels = pv_arena_take(s->arena, (size_t)doubled.width * (size_t)doubled.height, 1);
    if (!doubled.pixels)
        return PV_ERROR_GENERIC;
    pv_gray_warp(picture, &half, &doubled);
    return read_codes(s, &doubled, &half, ZXing_Binarizer_LocalAverage, false);
}

/* A region turned upright, `scale` pixels for one of the picture, its rows levelled. */
static pv_status cut_out(search *s, const pv_stripes *region, double scale, double slope,
                         pv_gray *out, pv_affine *to_picture)
{
    double quiet_across = QUIET * (region->to_across - region->from_across);
    double quiet_along = QUIET * (region->to_along - region->from_along);
    double across = region->to_across - region->from_across + 2.0 * quiet_across;
    double along = region->to_along - region->from_along + 2.0 * quiet_along;
    /* levelling moves the left and right ends up and down */
    double tilt = fabs(slope) * across;
    *out = (pv_gray){.width = (int)(across * scale), .height = (int)((along + tilt) * scale)};
    if (out->width < CROP_SIDE_LEAST || out->height < CROP_SIDE_LEAST ||
        (double)out->width * out->height > CROP_PIXELS_MOST) {
        out->width = 0;
        return PV_OK;
    }
    int level = 0;
    while (level + 1 < s->level_count && scale * (2 << level) <= 1.0)
        level++;
    double u = region->from_across - quiet_across;
    double v = region->from_along - quiet_along - 0.5 * tilt;
    double c = cos(region->angle);
    double w = sin(region->angle);
    double step = 1.0 / scale;
    /* place (x, y) of the crop: across = u + x, along = v + y + slope (x - middle) */
    double along_x = slope * step;
    double along_0 = v - slope * 0.5 * across;
    *to_picture = (pv_affine){.xx = c * step - w * along_x,
                              .xy = -w * step,
                              .x0 = c * u - w * along_0,
                              .yx = w * step + c * along_x,
                              .yy = c * step,
                              .y0 = w * u + c * along_0};
    out->pixels = pv_arena_take(s->arena, (size_t)out->width * (size_t)out->height, 1);
    if (!out->pixels)
        return PV_ERROR_GENERIC;
    double shrink = 1.0 / (1 << level);
    const pv_affine to_level = {
        .xx = shrink, .x0 = 0.5 * shrink - 0.5, .yy = shrink, .y0 = 0.5 * shrink - 0.5};
    const pv_affine map = pv_affine_compose(to_picture, &to_level);
    pv_gray_warp(&s->levels[level], &map, out);
    return PV_OK;
}

/* How a region is tried: at these scales, with its rows levelled or not. */
static const struct {
    double scale;
    bool levelled;
} region_tries[] = {{1.0, true},  {2.0, true},  {1.5, true}, {0.5, true},
                    {1.0, false}, {2.0, false}, {3.0, true}};

static pv_status read_cut(search *s, const pv_stripes *region, double scale, double slope)
{
    pv_gray crop;
    pv_affine to_picture;
    pv_status status = cut_out(s, region, scale, slope, &crop, &to_picture);
    if (status == PV_OK && crop.width > 0)
        status = read_codes(s, &crop, &to_picture, ZXing_Binarizer_LocalAverage, true);
    if (status == PV_OK && crop.width > 0 && !is_done(s))
        status = read_codes(s, &crop, &to_picture, ZXing_Binarizer_GlobalHistogram, true);
    return status;
}

/* What is not filled with stripes is mostly edges and print that hang together: one scale is enough
 * for it. More would be most of the time that a picture without a code takes. */
static pv_status read_region(search *s, const pv_stripes *region)
{
    pv_gray crop;
    pv_affine to_picture;
    double slope = 0.0;
    const rank before = s->found;
    if (region->filled < FILLED_LEAST)
        return read_cut(s, region, 1.0, 0.0);
    pv_status status = cut_out(s, region, 1.0, 0.0, &crop, &to_picture);
    if (status == PV_OK && crop.width > 0)
        status = pv_stripes_slope(&crop, s->arena, &slope);
    bool level = fabs(slope) * (region->to_across - region->from_across) < SLOPE_LEAST;
    for (size_t i = 0; i < sizeof region_tries / sizeof region_tries[0]; i++) {
        /* what two readings agree on is what this region holds */
        if (status != PV_OK || is_done(s) || (s->found == RANK_PDF417 && before != RANK_PDF417))
            break;
        if (region_tries[i].levelled || !level)
            status =
                read_cut(s, region, region_tries[i].scale, region_tries[i].levelled ? slope : 0.0);
    }
    return status;
}

static pv_status make_levels(search *s, pv_image *image)
{
    pv_status status = pv_gray_make(&image->levels[0], s->arena, &s->levels[0]);
    for (s->level_count = 1; status == PV_OK && s->level_count < LEVELS; s->level_count++)
        status =
            pv_gray_halve(&s->levels[s->level_count - 1], s->arena, &s->levels[s->level_count]);
    return status;
}

static pv_status begin(search *s, pv_image *image, pv_barcode *out)
{
    *out = (pv_barcode){.state = PV_BARCODE_NONE, .format = "", .text = ""};
    *s = (search){.arena = image->arena, .out = out};
    pv_status status = make_levels(s, image);
    return status == PV_OK ? read_whole(s) : status;
}

pv_status pv_barcode_find_level(pv_image *image, pv_barcode *out)
{
    search s;
    return begin(&s, image, out);
}

pv_status pv_barcode_find(pv_image *image, pv_barcode *out)
{
    search s;
    pv_status status = begin(&s, image, out);
    if (status != PV_OK || is_done(&s))
        return status;
    pv_stripes regions[PV_STRIPES_MOST];
    int count = 0;
    status = pv_stripes_find(&s.levels[0], s.arena, regions, &count);
    for (int i = 0; status == PV_OK && i < count && !is_done(&s); i++)
        status = read_region(&s, &regions[i]);
    return status;
}

void pv_barcode_widen(const pv_point corners[4], double margin, int width, int height,
                      pv_point out[4])
{
    double x = 0.0;
    double y = 0.0;
    for (int i = 0; i < 4; i++) {
        x += 0.25 * (double)corners[i].x;
        y += 0.25 * (double)corners[i].y;
    }
    /* a margin on both sides */
    double grow = 1.0 + 2.0 * margin;
    for (int i = 0; i < 4; i++) {
        double moved_x = x + grow * ((double)corners[i].x - x);
        double moved_y = y + grow * ((double)corners[i].y - y);
        out[i].x = (float)fmin(fmax(moved_x, 0.0), width - 1.0);
        out[i].y = (float)fmin(fmax(moved_y, 0.0), height - 1.0);
    }
}
