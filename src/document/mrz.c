#include "document/mrz.h"

#include <string.h>

#include "document/mrz_layout.h"

#define EXPIRY_YEARS_PAST 49 /* an expiry lies at most so many years before this one */

const char *pv_mrz_format_name(pv_mrz_format format)
{
    static const char *const names[PV_MRZ_FORMATS] = {"",      "TD1",   "TD2",  "TD3",
                                                      "MRV-A", "MRV-B", "IDFRA"};
    return (unsigned)format < PV_MRZ_FORMATS ? names[format] : "";
}

const char *pv_mrz_field_name(pv_mrz_field field)
{
    static const char *const names[PV_MRZ_FIELD_COUNT] = {
        [PV_MRZ_DOCUMENT_CODE] = "document_code",
        [PV_MRZ_ISSUER] = "issuing_state",
        [PV_MRZ_LAST_NAME] = "last_name",
        [PV_MRZ_FIRST_NAME] = "first_name",
        [PV_MRZ_DOCUMENT_NUMBER] = "document_number",
        [PV_MRZ_NATIONALITY] = "nationality",
        [PV_MRZ_DATE_OF_BIRTH] = "date_of_birth",
        [PV_MRZ_SEX] = "sex",
        [PV_MRZ_EXPIRATION_DATE] = "expiration_date",
        [PV_MRZ_OPTIONAL_DATA] = "optional_data",
        [PV_MRZ_OPTIONAL_DATA2] = "optional_data2",
    };
    return (unsigned)field < PV_MRZ_FIELD_COUNT ? names[field] : "";
}

int pv_mrz_check_digit(const char *text, size_t length)
{
    static const int weights[3] = {7, 3, 1};
    int sum = 0;
    for (size_t i = 0; i < length; i++)
        sum = (sum + pv_mrz_value(text[i]) * weights[i % 3]) % 10;
    return sum;
}

/* The characters of the text without its blanks, and where its lines end. */
typedef struct bare_text {
    char text[PV_MRZ_LINES * PV_MRZ_LINE_MOST + 1];
    int length;
    int ends[PV_MRZ_LINES]; /* of lines that are not empty */
    int line_count;
} bare_text;

static bool end_line(bare_text *bare)
{
    int start = bare->line_count > 0 ? bare->ends[bare->line_count - 1] : 0;
    if (bare->length == start)
        return true;
    if (bare->line_count == PV_MRZ_LINES)
        return false;
    bare->ends[bare->line_count++] = bare->length;
    return true;
}

static bool add_character(bare_text *bare, char character)
{
    if (character == ' ' || character == '\t' || character == '\r')
        return true;
    if (character == '\n')
        return end_line(bare);
    if (character >= 'a' && character <= 'z')
        character = (char)(character - 'a' + 'A');
    if (!pv_mrz_allows(PV_MRZ_MIXED, character) || bare->length == PV_MRZ_LINES * PV_MRZ_LINE_MOST)
        return false;
    bare->text[bare->length++] = character;
    return true;
}

/* All lines in one: their number follows from the length. */
static void split_one_line(bare_text *bare)
{
    if (bare->line_count != 1)
        return;
    int count = bare->length == 90 ? 3 : 2;
    if (bare->length != 90 && bare->length != 72 && bare->length != 88)
        return;
    bare->line_count = count;
    for (int i = 0; i < count; i++)
        bare->ends[i] = bare->length / count * (i + 1);
}

static bool split_lines(const char *text, size_t length, pv_mrz_lines *out)
{
    bare_text bare = {.length = 0};
    memset(out, 0, sizeof *out);
    if (length > PV_MRZ_TEXT_MOST)
        return false;
    for (size_t i = 0; i < length; i++)
        if (!add_character(&bare, text[i]))
            return false;
    if (!end_line(&bare))
        return false;
    split_one_line(&bare);
    if (bare.line_count == 0)
        return false;
    out->count = bare.line_count;
    out->length = bare.ends[0];
    for (int i = 0; i < bare.line_count; i++) {
        int start = i > 0 ? bare.ends[i - 1] : 0;
        if (bare.ends[i] - start != out->length || out->length > PV_MRZ_LINE_MOST)
            return false;
        memcpy(out->text[i], bare.text + start, (size_t)out->length);
    }
    return true;
}

/* Two digits; -1 where they are none. */
static int two_digits(const char *text)
{
    if (text[0] < '0' || text[0] > '9' || text[1] < '0' || text[1] > '9')
        return -1;
    return (text[0] - '0') * 10 + text[1] - '0';
}

/* YYMMDD in the century that `born` and today ask for; not valid where it is no date. */
static pv_date read_date(const char *text, bool born, pv_date today)
{
    pv_date date = {two_digits(text), two_digits(text + 2), two_digits(text + 4)};
    if (strlen(text) != 6 || date.year < 0 || date.month < 0 || date.day < 0 ||
        !pv_date_is_valid(today))
        return (pv_date){0};
    int first = today.year - (born ? 99 : EXPIRY_YEARS_PAST);
    date.year += first / 100 * 100;
    if (date.year < first)
        date.year += 100;
    if (born && pv_date_compare(date, today) > 0)
        date.year -= 100;
    return pv_date_is_valid(date) ? date : (pv_date){0};
}

static bool is_unknown(const char *date)
{
    return strchr(date, '<') != NULL;
}

/* The characters of a field as they stand in the zone. */
static void gather(const pv_mrz_layout *layout, const pv_mrz_lines *lines, pv_mrz_field field,
                   char out[PV_MRZ_VALUE_SIZE])
{
    size_t length = 0;
    for (int i = 0; i < layout->part_count; i++) {
        const pv_mrz_part *part = &layout->parts[i];
        if (part->field != (int)field || length + (size_t)part->length >= PV_MRZ_VALUE_SIZE)
            continue;
        memcpy(out + length, lines->text[part->line] + part->from, (size_t)part->length);
        length += (size_t)part->length;
    }
    out[length] = '\0';
}

/* Fillers at the end go, others become spaces; several in a row become one. */
static void to_words(char *text)
{
    size_t length = 0;
    for (size_t i = 0; text[i]; i++) {
        char character = text[i] == '<' ? ' ' : text[i];
        if (character != ' ' || (length > 0 && text[length - 1] != ' '))
            text[length++] = character;
    }
    while (length > 0 && text[length - 1] == ' ')
        length--;
    text[length] = '\0';
}

/* Primary and secondary identifier stand in one field, two fillers between them. */
static void split_names(pv_mrz *out)
{
    char *last = out->values[PV_MRZ_LAST_NAME];
    size_t length = strlen(last);
    out->name_truncated = length > 0 && last[length - 1] != '<';
    char *between = strstr(last, "<<");
    if (between && out->format != PV_MRZ_IDFRA) {
        memcpy(out->values[PV_MRZ_FIRST_NAME], between + 2, strlen(between + 2) + 1);
        *between = '\0';
    }
}

static void fill_date(pv_mrz *out, pv_mrz_field field, pv_date today, pv_date *date)
{
    char *text = out->values[field];
    *date = read_date(text, field == PV_MRZ_DATE_OF_BIRTH, today);
    if (text[0] && !pv_date_is_valid(*date) && !is_unknown(text))
        out->valid = false;
    pv_date_print(*date, text);
}

static void fill_fields(const pv_mrz_layout *layout, const pv_mrz_lines *lines, pv_date today,
                        pv_mrz *out)
{
    for (int field = 0; field < PV_MRZ_FIELD_COUNT; field++)
        gather(layout, lines, (pv_mrz_field)field, out->values[field]);
    split_names(out);
    fill_date(out, PV_MRZ_DATE_OF_BIRTH, today, &out->birth);
    fill_date(out, PV_MRZ_EXPIRATION_DATE, today, &out->expiry);
    for (int field = 0; field < PV_MRZ_FIELD_COUNT; field++)
        if (field != PV_MRZ_DATE_OF_BIRTH && field != PV_MRZ_EXPIRATION_DATE)
            to_words(out->values[field]);
    if (!pv_mrz_allows(PV_MRZ_SEX_SIGN, out->values[PV_MRZ_SEX][0]))
        out->values[PV_MRZ_SEX][0] = '\0';
}

static void fill_checks(const pv_mrz_layout *layout, const pv_mrz_lines *lines, pv_mrz *out)
{
    for (int check = 0; check < PV_MRZ_CHECKS_MOST; check++) {
        pv_mrz_outcome outcome = pv_mrz_check_outcome(layout, lines, check);
        if (outcome == PV_MRZ_ABSENT)
            continue;
        out->checks[out->check_count++] =
            (pv_mrz_check){pv_mrz_check_name(check), outcome == PV_MRZ_HOLDS};
        out->valid = out->valid && outcome == PV_MRZ_HOLDS;
    }
}

void pv_mrz_fill(pv_mrz_format format, const pv_mrz_lines *lines, pv_date today, pv_mrz *out)
{
    pv_mrz_layout layout;
    pv_mrz_layout_make(format, lines, &layout);
    pv_mrz_mark_guarded(&layout, lines, out->repairs, out->repair_count);
    out->format = format;
    out->line_count = lines->count;
    memcpy(out->lines, lines->text, sizeof out->lines);
    out->valid = true;
    for (int i = 0; i < lines->count; i++)
        out->valid = out->valid && !strchr(lines->text[i], PV_MRZ_UNSEEN);
    fill_checks(&layout, lines, out);
    fill_fields(&layout, lines, today, out);
}

/* The format of the lines, told by what their first letters will be taken for: IDFR4 is a misread
 * IDFRA. */
static pv_mrz_format tell_format(const pv_mrz_lines *lines)
{
    pv_mrz_lines mended = *lines;
    pv_mrz_layout layout;
    pv_mrz_repair repairs[PV_MRZ_REPAIRS_MOST];
    int count = 0;
    pv_mrz_format format = pv_mrz_lines_format(lines);
    if (format == PV_MRZ_NONE)
        return format;
    pv_mrz_layout_make(format, lines, &layout);
    pv_mrz_repair_kinds(&layout, &mended, repairs, &count);
    return pv_mrz_lines_format(&mended);
}

bool pv_mrz_parse(const char *text, size_t length, pv_date today, pv_mrz *out)
{
    pv_mrz_lines lines;
    pv_mrz_layout layout;
    memset(out, 0, sizeof *out);
    if (!split_lines(text, length, &lines))
        return false;
    pv_mrz_format format = tell_format(&lines);
    if (format == PV_MRZ_NONE)
        return false;
    pv_mrz_layout_make(format, &lines, &layout);
    pv_mrz_repair_lines(&layout, &lines, out->repairs, &out->repair_count);
    pv_mrz_fill(format, &lines, today, out);
    return true;
}
