#include "document/mrz_layout.h"

#include <string.h>

/* Checks by their numbers. */
enum { NUMBER, BIRTH, EXPIRY, OPTIONAL, COMPOSITE = PV_MRZ_COMPOSITE, NO = -1 };

#define CODE PV_MRZ_DOCUMENT_CODE
#define NUMBER_FIELD PV_MRZ_DOCUMENT_NUMBER

/* Where the number's digit and the optional data stand in the formats whose numbers may be long. */
typedef struct overflow {
    int line, digit, from, end;
} overflow;

static const pv_mrz_layout layouts[PV_MRZ_FORMATS] = {
    [PV_MRZ_TD1] = {PV_MRZ_TD1,
                    3,
                    30,
                    {{0, 0, 2, PV_MRZ_LETTERS, CODE, NO, NO, false},
                     {0, 2, 3, PV_MRZ_LETTERS, PV_MRZ_ISSUER, NO, NO, false},
                     {0, 5, 9, PV_MRZ_MIXED, NUMBER_FIELD, NO, NUMBER, true},
                     {0, 14, 1, PV_MRZ_DIGIT_OR_FILLER, NO, NUMBER, NO, true},
                     {0, 15, 15, PV_MRZ_MIXED, PV_MRZ_OPTIONAL_DATA, NO, NO, true},
                     {1, 0, 6, PV_MRZ_DIGITS, PV_MRZ_DATE_OF_BIRTH, NO, BIRTH, true},
                     {1, 6, 1, PV_MRZ_DIGIT, NO, BIRTH, NO, true},
                     {1, 7, 1, PV_MRZ_SEX_SIGN, PV_MRZ_SEX, NO, NO, false},
                     {1, 8, 6, PV_MRZ_DIGITS, PV_MRZ_EXPIRATION_DATE, NO, EXPIRY, true},
                     {1, 14, 1, PV_MRZ_DIGIT, NO, EXPIRY, NO, true},
                     {1, 15, 3, PV_MRZ_LETTERS, PV_MRZ_NATIONALITY, NO, NO, false},
                     {1, 18, 11, PV_MRZ_MIXED, PV_MRZ_OPTIONAL_DATA2, NO, NO, true},
                     {1, 29, 1, PV_MRZ_DIGIT, NO, COMPOSITE, NO, false},
                     {2, 0, 30, PV_MRZ_LETTERS, PV_MRZ_LAST_NAME, NO, NO, false}},
                    14},
    [PV_MRZ_TD2] = {PV_MRZ_TD2,
                    2,
                    36,
                    {{0, 0, 2, PV_MRZ_LETTERS, CODE, NO, NO, false},
                     {0, 2, 3, PV_MRZ_LETTERS, PV_MRZ_ISSUER, NO, NO, false},
                     {0, 5, 31, PV_MRZ_LETTERS, PV_MRZ_LAST_NAME, NO, NO, false},
                     {1, 0, 9, PV_MRZ_MIXED, NUMBER_FIELD, NO, NUMBER, true},
                     {1, 9, 1, PV_MRZ_DIGIT_OR_FILLER, NO, NUMBER, NO, true},
                     {1, 10, 3, PV_MRZ_LETTERS, PV_MRZ_NATIONALITY, NO, NO, false},
                     {1, 13, 6, PV_MRZ_DIGITS, PV_MRZ_DATE_OF_BIRTH, NO, BIRTH, true},
                     {1, 19, 1, PV_MRZ_DIGIT, NO, BIRTH, NO, true},
                     {1, 20, 1, PV_MRZ_SEX_SIGN, PV_MRZ_SEX, NO, NO, false},
                     {1, 21, 6, PV_MRZ_DIGITS, PV_MRZ_EXPIRATION_DATE, NO, EXPIRY, true},
                     {1, 27, 1, PV_MRZ_DIGIT, NO, EXPIRY, NO, true},
                     {1, 28, 7, PV_MRZ_MIXED, PV_MRZ_OPTIONAL_DATA, NO, NO, true},
                     {1, 35, 1, PV_MRZ_DIGIT, NO, COMPOSITE, NO, false}},
                    13},
    [PV_MRZ_TD3] = {PV_MRZ_TD3,
                    2,
                    44,
                    {{0, 0, 2, PV_MRZ_LETTERS, CODE, NO, NO, false},
                     {0, 2, 3, PV_MRZ_LETTERS, PV_MRZ_ISSUER, NO, NO, false},
                     {0, 5, 39, PV_MRZ_LETTERS, PV_MRZ_LAST_NAME, NO, NO, false},
                     {1, 0, 9, PV_MRZ_MIXED, NUMBER_FIELD, NO, NUMBER, true},
                     {1, 9, 1, PV_MRZ_DIGIT, NO, NUMBER, NO, true},
                     {1, 10, 3, PV_MRZ_LETTERS, PV_MRZ_NATIONALITY, NO, NO, false},
                     {1, 13, 6, PV_MRZ_DIGITS, PV_MRZ_DATE_OF_BIRTH, NO, BIRTH, true},
                     {1, 19, 1, PV_MRZ_DIGIT, NO, BIRTH, NO, true},
                     {1, 20, 1, PV_MRZ_SEX_SIGN, PV_MRZ_SEX, NO, NO, false},
                     {1, 21, 6, PV_MRZ_DIGITS, PV_MRZ_EXPIRATION_DATE, NO, EXPIRY, true},
                     {1, 27, 1, PV_MRZ_DIGIT, NO, EXPIRY, NO, true},
                     {1, 28, 14, PV_MRZ_MIXED, PV_MRZ_OPTIONAL_DATA, NO, OPTIONAL, true},
                     {1, 42, 1, PV_MRZ_DIGIT_OR_FILLER, NO, OPTIONAL, NO, true},
                     {1, 43, 1, PV_MRZ_DIGIT, NO, COMPOSITE, NO, false}},
                    14},
    [PV_MRZ_MRVA] = {PV_MRZ_MRVA,
                     2,
                     44,
                     {{0, 0, 2, PV_MRZ_LETTERS, CODE, NO, NO, false},
                      {0, 2, 3, PV_MRZ_LETTERS, PV_MRZ_ISSUER, NO, NO, false},
                      {0, 5, 39, PV_MRZ_LETTERS, PV_MRZ_LAST_NAME, NO, NO, false},
                      {1, 0, 9, PV_MRZ_MIXED, NUMBER_FIELD, NO, NUMBER, false},
                      {1, 9, 1, PV_MRZ_DIGIT, NO, NUMBER, NO, false},
                      {1, 10, 3, PV_MRZ_LETTERS, PV_MRZ_NATIONALITY, NO, NO, false},
                      {1, 13, 6, PV_MRZ_DIGITS, PV_MRZ_DATE_OF_BIRTH, NO, BIRTH, false},
                      {1, 19, 1, PV_MRZ_DIGIT, NO, BIRTH, NO, false},
                      {1, 20, 1, PV_MRZ_SEX_SIGN, PV_MRZ_SEX, NO, NO, false},
                      {1, 21, 6, PV_MRZ_DIGITS, PV_MRZ_EXPIRATION_DATE, NO, EXPIRY, false},
                      {1, 27, 1, PV_MRZ_DIGIT, NO, EXPIRY, NO, false},
                      {1, 28, 16, PV_MRZ_MIXED, PV_MRZ_OPTIONAL_DATA, NO, NO, false}},
                     12},
    [PV_MRZ_MRVB] = {PV_MRZ_MRVB,
                     2,
                     36,
                     {{0, 0, 2, PV_MRZ_LETTERS, CODE, NO, NO, false},
                      {0, 2, 3, PV_MRZ_LETTERS, PV_MRZ_ISSUER, NO, NO, false},
                      {0, 5, 31, PV_MRZ_LETTERS, PV_MRZ_LAST_NAME, NO, NO, false},
                      {1, 0, 9, PV_MRZ_MIXED, NUMBER_FIELD, NO, NUMBER, false},
                      {1, 9, 1, PV_MRZ_DIGIT, NO, NUMBER, NO, false},
                      {1, 10, 3, PV_MRZ_LETTERS, PV_MRZ_NATIONALITY, NO, NO, false},
                      {1, 13, 6, PV_MRZ_DIGITS, PV_MRZ_DATE_OF_BIRTH, NO, BIRTH, false},
                      {1, 19, 1, PV_MRZ_DIGIT, NO, BIRTH, NO, false},
                      {1, 20, 1, PV_MRZ_SEX_SIGN, PV_MRZ_SEX, NO, NO, false},
                      {1, 21, 6, PV_MRZ_DIGITS, PV_MRZ_EXPIRATION_DATE, NO, EXPIRY, false},
                      {1, 27, 1, PV_MRZ_DIGIT, NO, EXPIRY, NO, false},
                      {1, 28, 8, PV_MRZ_MIXED, PV_MRZ_OPTIONAL_DATA, NO, NO, false}},
                     12},
    [PV_MRZ_IDFRA] = {PV_MRZ_IDFRA,
                      2,
                      36,
                      {{0, 0, 2, PV_MRZ_LETTERS, CODE, NO, NO, true},
                       {0, 2, 3, PV_MRZ_LETTERS, PV_MRZ_ISSUER, NO, NO, true},
                       {0, 5, 25, PV_MRZ_LETTERS, PV_MRZ_LAST_NAME, NO, NO, true},
                       {0, 30, 6, PV_MRZ_MIXED, PV_MRZ_OPTIONAL_DATA, NO, NO, true},
                       {1, 0, 12, PV_MRZ_MIXED, NUMBER_FIELD, NO, NUMBER, true},
                       {1, 12, 1, PV_MRZ_DIGIT, NO, NUMBER, NO, true},
                       {1, 13, 14, PV_MRZ_LETTERS, PV_MRZ_FIRST_NAME, NO, NO, true},
                       {1, 27, 6, PV_MRZ_DIGITS, PV_MRZ_DATE_OF_BIRTH, NO, BIRTH, true},
                       {1, 33, 1, PV_MRZ_DIGIT, NO, BIRTH, NO, true},
                       {1, 34, 1, PV_MRZ_SEX_SIGN, PV_MRZ_SEX, NO, NO, true},
                       {1, 35, 1, PV_MRZ_DIGIT, NO, COMPOSITE, NO, false}},
                      11},
};

static const overflow overflows[PV_MRZ_FORMATS] = {
    [PV_MRZ_TD1] = {0, 14, 15, 30}, [PV_MRZ_TD2] = {1, 9, 28, 35}};

const char *pv_mrz_check_name(int check)
{
    static const char *const names[] = {"document_number", "date_of_birth", "expiration_date",
                                        "optional_data", "composite"};
    return check >= 0 && check <= COMPOSITE ? names[check] : "";
}

int pv_mrz_format_lines(pv_mrz_format format)
{
    return layouts[format].line_count;
}

int pv_mrz_format_length(pv_mrz_format format)
{
    return layouts[format].line_length;
}

pv_mrz_format pv_mrz_lines_format(const pv_mrz_lines *lines)
{
    if (lines->count == 3 && lines->length == 30)
        return PV_MRZ_TD1;
    if (lines->count == 2 && lines->length == 44)
        return lines->text[0][0] == 'V' ? PV_MRZ_MRVA : PV_MRZ_TD3;
    if (lines->count != 2 || lines->length != 36)
        return PV_MRZ_NONE;
    if (strncmp(lines->text[0], "IDFRA", 5) == 0)
        return PV_MRZ_IDFRA;
    return lines->text[0][0] == 'V' ? PV_MRZ_MRVB : PV_MRZ_TD2;
}

/* Splits the optional data, which is part `at`: the rest of the number, its check digit, and what
 * is left. */
static void split_optional(pv_mrz_layout *layout, int at, int used)
{
    const pv_mrz_part optional = layout->parts[at];
    const pv_mrz_part rest = {
        optional.line, optional.from, used - 1, PV_MRZ_MIXED, NUMBER_FIELD, NO, NUMBER, true};
    const pv_mrz_part digit = {
        optional.line, optional.from + used - 1, 1, PV_MRZ_DIGIT, NO, NUMBER, NO, true};
    const pv_mrz_part left = {optional.line,          optional.from + used,
                              optional.length - used, optional.kind,
                              optional.field,         NO,
                              optional.guard,         true};
    memmove(&layout->parts[at + 3], &layout->parts[at + 1],
            (size_t)(layout->part_count - at - 1) * sizeof layout->parts[0]);
    layout->parts[at] = rest;
    layout->parts[at + 1] = digit;
    layout->parts[at + 2] = left;
    layout->part_count += 2;
}

void pv_mrz_layout_make(pv_mrz_format format, const pv_mrz_lines *lines, pv_mrz_layout *out)
{
    *out = layouts[format];
    const overflow *long_number = &overflows[format];
    if (long_number->end == 0 || lines->text[long_number->line][long_number->digit] != '<')
        return;
    const char *text = lines->text[long_number->line];
    int used = 0;
    while (long_number->from + used < long_number->end && text[long_number->from + used] != '<')
        used++;
    if (used < 2)
        return;
    for (int i = 0; i < out->part_count; i++) {
        pv_mrz_part *part = &out->parts[i];
        if (part->check == NUMBER)
            part->check = NO;
        if (part->field == PV_MRZ_OPTIONAL_DATA) {
            split_optional(out, i, used);
            return;
        }
    }
}

bool pv_mrz_allows(pv_mrz_kind kind, char character)
{
    bool letter = character >= 'A' && character <= 'Z';
    bool digit = character >= '0' && character <= '9';
    bool filler = character == '<';
    switch (kind) {
    case PV_MRZ_LETTERS: return letter || filler;
    case PV_MRZ_MIXED: return letter || digit || filler;
    case PV_MRZ_DIGITS:
    case PV_MRZ_DIGIT_OR_FILLER: return digit || filler;
    case PV_MRZ_DIGIT: return digit;
    case PV_MRZ_SEX_SIGN: return filler || character == 'M' || character == 'F' || character == 'X';
    }
    return false;
}

int pv_mrz_value(char character)
{
    if (character >= '0' && character <= '9')
        return character - '0';
    return character >= 'A' && character <= 'Z' ? character - 'A' + 10 : 0;
}

static bool is_under(const pv_mrz_part *part, int check)
{
    return check == COMPOSITE ? part->composite : part->guard == check;
}

pv_mrz_outcome pv_mrz_check_outcome(const pv_mrz_layout *layout, const pv_mrz_lines *lines,
                                    int check)
{
    static const int weights[3] = {7, 3, 1};
    int sum = 0;
    int place = 0;
    bool empty = true;
    bool seen = true;
    char said = '\0';
    for (int i = 0; i < layout->part_count; i++) {
        const pv_mrz_part *part = &layout->parts[i];
        const char *text = lines->text[part->line] + part->from;
        if (part->check == check)
            said = text[0];
        for (int k = 0; is_under(part, check) && k < part->length; k++, place++) {
            sum += pv_mrz_value(text[k]) * weights[place % 3];
            empty = empty && text[k] == '<';
            seen = seen && text[k] != PV_MRZ_UNSEEN;
        }
    }
    if (!said)
        return PV_MRZ_ABSENT;
    if (!seen)
        return PV_MRZ_WRONG;
    if (said == '<')
        return empty ? PV_MRZ_HOLDS : PV_MRZ_WRONG;
    return said == '0' + sum % 10 ? PV_MRZ_HOLDS : PV_MRZ_WRONG;
}
