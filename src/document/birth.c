#include "document/birth.h"

#include <math.h>
#include <string.h>

#include "document/birth_labels.h"

#define PIECES_MOST 96 /* labels, and dates, of a page */
#define DATES_IN_LINE 8
#define LEAST_SURE 0.5F  /* probability of every letter and digit of the date */
#define ACROSS_MOST 0.5F /* sine of the angle between a line and the page's direction */
/* In heights of a line of text: */
#define SAME_ROW 0.6F    /* between the middles of a label and a date beside it */
#define FIELD_REACH 4.0F /* from the number of a field to its date */
#define ROW_REACH 30.0F  /* from a label to a date beside it */
#define BENEATH_LEAST 0.45F
#define BENEATH_MOST 2.6F  /* from a label's middle to that of a date beneath it */
#define OVERLAP_LEAST 0.3F /* of the shorter of label and date, where one is beneath the other */

/* A part of a line, in the page's own directions: x along the text, y across it, downwards. */
typedef struct piece {
    const pv_text_line *line;
    size_t from, to; /* bytes of the line */
    float left, right, y, height;
} piece;

typedef struct date_piece {
    piece place;
    pv_found_date said;
} date_piece;

typedef struct label_piece {
    piece place;
    pv_label_kind kind;
} label_piece;

typedef struct sheet {
    const pv_text_line *lines;
    size_t count;
    float ux, uy; /* along the text */
    pv_date today;
    pv_date_order order;
    bool licence;   /* has the numbered fields of a driving licence */
    bool day_first; /* has labels of a language that writes the day first */
    date_piece dates[PIECES_MOST];
    size_t date_count;
    label_piece labels[PIECES_MOST];
    size_t label_count;
} sheet;

static void find_direction(sheet *s)
{
    double x = 0.0;
    double y = 0.0;
    for (size_t i = 0; i < s->count; i++) {
        const pv_point *c = s->lines[i].box.corners;
        x += (double)(c[1].x - c[0].x);
        y += (double)(c[1].y - c[0].y);
    }
    double length = hypot(x, y);
    s->ux = length > 0.0 ? (float)(x / length) : 1.0F;
    s->uy = length > 0.0 ? (float)(y / length) : 0.0F;
}

static bool runs_across(const sheet *s, const pv_text_line *line)
{
    const pv_point *c = line->box.corners;
    float x = c[1].x - c[0].x;
    float y = c[1].y - c[0].y;
    return x * s->ux + y * s->uy <= 0.0F ||
           fabsf(y * s->ux - x * s->uy) > ACROSS_MOST * hypotf(x, y);
}

/* Where the character that holds a byte starts or ends along the line, 0 to 1. */
static float share_at(const pv_text_line *line, size_t byte, bool end)
{
    size_t sign = 0;
    size_t at = 0;
    size_t length = strlen(line->text);
    if (!line->signs || line->count == 0 || length == 0)
        return length > 0 ? (float)(byte + end) / (float)length : (float)end;
    while (at < byte && line->text[at]) {
        at++;
        sign += ((unsigned char)line->text[at] & 0xC0) != 0x80;
    }
    sign = sign < line->count ? sign : line->count - 1;
    return end ? line->signs[sign].to : line->signs[sign].from;
}

static piece cut(const sheet *s, const pv_text_line *line, size_t from, size_t to)
{
    const pv_point *c = line->box.corners;
    float start = share_at(line, from, false);
    float end = share_at(line, to - 1, true);
    float x = (c[0].x + c[3].x) / 2.0F;
    float y = (c[0].y + c[3].y) / 2.0F;
    float along_x = (c[1].x + c[2].x) / 2.0F - x;
    float along_y = (c[1].y + c[2].y) / 2.0F - y;
    float left = x * s->ux + y * s->uy;
    float width = along_x * s->ux + along_y * s->uy;
    float middle = (start + end) / 2.0F;
    return (piece){.line = line,
                   .from = from,
                   .to = to,
                   .left = left + start * width,
                   .right = left + end * width,
                   .y = (y + middle * along_y) * s->ux - (x + middle * along_x) * s->uy,
                   .height = pv_text_box_height(&line->box)};
}

static void collect_labels(sheet *s, const pv_text_line *line)
{
    pv_label labels[PV_LABELS_MOST];
    size_t count = pv_labels_find(line->text, labels);
    for (size_t k = 0; k < count && s->label_count < PIECES_MOST; k++) {
        s->licence |= labels[k].kind == PV_LABEL_OTHER_FIELD;
        s->day_first |= labels[k].day_first;
        s->labels[s->label_count++] =
            (label_piece){cut(s, line, labels[k].from, labels[k].to), labels[k].kind};
    }
}

static void collect_dates(sheet *s, const pv_text_line *line)
{
    pv_found_date dates[DATES_IN_LINE];
    size_t count =
        pv_dates_find(line->text, strlen(line->text), s->order, s->today, dates, DATES_IN_LINE);
    for (size_t k = 0; k < count && s->date_count < PIECES_MOST; k++)
        s->dates[s->date_count++] =
            (date_piece){cut(s, line, dates[k].from, dates[k].to), dates[k]};
}

/* The order that the page shows: its words, the language of its labels, its other dates. Unknown
 * where they disagree. */
static pv_date_order find_order(const sheet *s)
{
    bool day = s->day_first;
    bool month = false;
    for (size_t i = 0; i < s->count; i++) {
        const char *text = s->lines[i].text;
        pv_found_date dates[DATES_IN_LINE];
        pv_date_order said = pv_labels_order(text);
        day |= said == PV_DATE_ORDER_DAY_FIRST;
        month |= said == PV_DATE_ORDER_MONTH_FIRST;
        size_t count = pv_dates_find(text, strlen(text), PV_DATE_ORDER_UNKNOWN, s->today, dates,
                                     DATES_IN_LINE);
        for (size_t k = 0; k < count; k++) {
            day |= dates[k].shows == PV_DATE_ORDER_DAY_FIRST;
            month |= dates[k].shows == PV_DATE_ORDER_MONTH_FIRST;
        }
    }
    if (day == month)
        return PV_DATE_ORDER_UNKNOWN;
    return day ? PV_DATE_ORDER_DAY_FIRST : PV_DATE_ORDER_MONTH_FIRST;
}

static bool is_birth_label(const sheet *s, const pv_text_line *line)
{
    for (size_t i = 0; i < s->label_count; i++)
        if (s->labels[i].place.line == line && s->labels[i].kind == PV_LABEL_BIRTH)
            return true;
    return false;
}

/* Whether anything but labels of birth stands between a label and a date in one row. */
static bool is_blocked(const sheet *s, const piece *label, const piece *date)
{
    for (size_t i = 0; i < s->label_count; i++) {
        const label_piece *other = &s->labels[i];
        if (other->place.line == date->line && other->kind != PV_LABEL_BIRTH &&
            other->place.from > label->from && other->place.from < date->from)
            return true;
    }
    for (size_t i = 0; label->line != date->line && i < s->count; i++) {
        const pv_text_line *line = &s->lines[i];
        if (line == label->line || line == date->line || runs_across(s, line) || !line->text[0])
            continue;
        const piece whole = cut(s, line, 0, strlen(line->text));
        float middle = (whole.left + whole.right) / 2.0F;
        if (fabsf(whole.y - date->y) < SAME_ROW * date->height && middle > label->right &&
            middle < date->left && !is_birth_label(s, line))
            return true;
    }
    return false;
}

/* How far a date is from a label that it may belong to, in heights; INFINITY where it does not. */
static float distance(const sheet *s, const label_piece *label, const piece *date)
{
    const piece *place = &label->place;
    bool field = label->kind == PV_LABEL_BIRTH_FIELD || label->kind == PV_LABEL_OTHER_FIELD;
    float height = fmaxf(place->height, date->height);
    float down = (date->y - place->y) / height;
    float aside = (date->left - place->right) / height;
    if (place->line == date->line) {
        bool behind = date->from >= place->to && !is_blocked(s, place, date);
        return behind ? fmaxf(aside, 0.0F) / ROW_REACH : INFINITY;
    }
    if (fabsf(down) <= SAME_ROW && aside > -1.0F && aside < (field ? FIELD_REACH : ROW_REACH) &&
        !is_blocked(s, place, date))
        return 1.0F + fmaxf(aside, 0.0F) / ROW_REACH;
    float overlap = fminf(place->right, date->right) - fmaxf(place->left, date->left);
    float shorter = fminf(place->right - place->left, date->right - date->left);
    if (!field && down >= BENEATH_LEAST && down <= BENEATH_MOST &&
        overlap >= OVERLAP_LEAST * shorter)
        return down;
    return INFINITY;
}

/* Whether another label is nearer to the date, or stands above it in a nearer row. */
static bool belongs_to_other(const sheet *s, const date_piece *date, float reached)
{
    for (size_t i = 0; i < s->label_count; i++) {
        const label_piece *label = &s->labels[i];
        bool other = label->kind == PV_LABEL_OTHER || label->kind == PV_LABEL_OTHER_FIELD;
        if (other && distance(s, label, &date->place) < reached)
            return true;
    }
    return false;
}

static const date_piece *nearest_date(const sheet *s, const label_piece *label)
{
    const date_piece *best = NULL;
    float least = INFINITY;
    for (size_t i = 0; i < s->date_count; i++) {
        float reached = distance(s, label, &s->dates[i].place);
        if (reached < least) {
            least = reached;
            best = &s->dates[i];
        }
    }
    return best && !belongs_to_other(s, best, least) ? best : NULL;
}

static bool is_letter_or_digit(uint32_t code)
{
    return (code >= '0' && code <= '9') || (code >= 'A' && code <= 'Z') ||
           (code >= 'a' && code <= 'z') || code >= 0xC0;
}

static float least_sure(const piece *date)
{
    const pv_text_line *line = date->line;
    size_t at = 0;
    float least = line->count > 0 ? 1.0F : line->confidence;
    for (size_t i = 0; i < line->count && at < date->to; i++) {
        if (at >= date->from && is_letter_or_digit(line->signs[i].code))
            least = fminf(least, line->signs[i].probability);
        at++;
        while (((unsigned char)line->text[at] & 0xC0) == 0x80)
            at++;
    }
    return least;
}

static void set_corners(const piece *date, pv_point corners[4])
{
    const pv_point *c = date->line->box.corners;
    float from = share_at(date->line, date->from, false);
    float to = share_at(date->line, date->to - 1, true);
    const float shares[4] = {from, to, to, from};
    for (int i = 0; i < 4; i++) {
        const pv_point *start = &c[i < 2 ? 0 : 3];
        const pv_point *end = &c[i < 2 ? 1 : 2];
        corners[i] = (pv_point){start->x + shares[i] * (end->x - start->x),
                                start->y + shares[i] * (end->y - start->y)};
    }
}

/* The one date that all labels of birth point to; NULL for none or several. */
static const date_piece *agreed_date(const sheet *s)
{
    const date_piece *chosen = NULL;
    for (size_t i = 0; i < s->label_count; i++) {
        const label_piece *label = &s->labels[i];
        if (label->kind != PV_LABEL_BIRTH && (label->kind != PV_LABEL_BIRTH_FIELD || !s->licence))
            continue;
        const date_piece *date = nearest_date(s, label);
        if (!date)
            continue;
        if (date->said.ambiguous ||
            (chosen && pv_date_compare(chosen->said.date, date->said.date) != 0))
            return NULL;
        chosen = date;
    }
    return chosen;
}

/* A year of two digits says nothing here: 35 may be the end of a document as well. */
static bool is_earliest(const sheet *s, const date_piece *date)
{
    for (size_t i = 0; i < s->date_count; i++)
        if (!s->dates[i].said.ambiguous && !s->dates[i].said.short_year &&
            pv_date_compare(s->dates[i].said.date, date->said.date) < 0)
            return false;
    return true;
}

void pv_birth_choose(const pv_text_line *lines, size_t count, pv_date today, pv_birth *out)
{
    static const pv_birth nothing = {.age = PV_AGE_UNKNOWN};
    sheet s = {.lines = lines, .count = count, .today = today};
    *out = nothing;
    find_direction(&s);
    for (size_t i = 0; i < count; i++)
        if (!runs_across(&s, &lines[i]))
            collect_labels(&s, &lines[i]);
    s.order = find_order(&s);
    for (size_t i = 0; i < count; i++)
        if (!runs_across(&s, &lines[i]))
            collect_dates(&s, &lines[i]);
    const date_piece *date = agreed_date(&s);
    if (!date || !is_earliest(&s, date))
        return;
    int age = pv_date_age(date->said.date, today);
    float confidence = least_sure(&date->place);
    if (age == PV_AGE_UNKNOWN || confidence < LEAST_SURE)
        return;
    *out = (pv_birth){.found = true, .date = date->said.date, .age = age, .confidence = confidence};
    set_corners(&date->place, out->corners);
}

pv_status pv_birth_find(pv_runtime *runtime, pv_image *page, pv_ocr_found *found, int turn,
                        pv_date today, pv_birth *out)
{
    pv_text_line *lines;
    pv_ocr_turn told;
    size_t count = 0;
    pv_status status = pv_ocr_page(runtime, page, found, turn, &told, &lines, &count);
    if (status == PV_OK)
        pv_birth_choose(lines, count, today, out);
    return status;
}
