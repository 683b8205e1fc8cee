/* Look-alikes: characters that readers take for one another. */
#include <string.h>

#include "document/mrz_layout.h"

/* Letters that look like each digit, likeliest first. */
static const char *const like_digits[10] = {"ODQU", "IL", "Z", "", "A", "S", "G", "T", "B", ""};

static void note(pv_mrz_repair *repairs, int *count, int line, int column, char from, char to)
{
    for (int i = 0; i < *count; i++) {
        if (repairs[i].line == line && repairs[i].column == column) {
            repairs[i].to = to;
            return;
        }
    }
    if (*count < PV_MRZ_REPAIRS_MOST)
        repairs[(*count)++] =
            (pv_mrz_repair){.line = line, .column = column, .from = from, .to = to};
}

/* The digit that a letter looks like; NUL: none. */
static char as_digit(char letter)
{
    for (int digit = 0; digit < 10; digit++)
        if (letter && strchr(like_digits[digit], letter))
            return (char)('0' + digit);
    return '\0';
}

/* The letter that a digit looks like most; NUL: none. */
static char as_letter(char digit)
{
    return digit >= '0' && digit <= '9' ? like_digits[digit - '0'][0] : '\0';
}

void pv_mrz_repair_kinds(const pv_mrz_layout *layout, pv_mrz_lines *lines, pv_mrz_repair *repairs,
                         int *count)
{
    for (int i = 0; i < layout->part_count; i++) {
        const pv_mrz_part *part = &layout->parts[i];
        for (int k = 0; k < part->length; k++) {
            char *place = &lines->text[part->line][part->from + k];
            if (pv_mrz_allows(part->kind, *place))
                continue;
            char other = part->kind == PV_MRZ_LETTERS ? as_letter(*place) : as_digit(*place);
            if (!other || !pv_mrz_allows(part->kind, other))
                continue;
            note(repairs, count, part->line, part->from + k, *place, other);
            *place = other;
        }
    }
}

/* A search for the one set of replacements after which every check holds. */
typedef struct search {
    const pv_mrz_layout *layout;
    pv_mrz_lines *lines;
    int failing[PV_MRZ_CHECKS_MOST]; /* checks, or -1 for what the composite alone stands over */
    int failing_count;
    int found; /* sets */
    pv_mrz_lines answer;
} search;

static bool all_hold(const search *s)
{
    for (int check = 0; check < PV_MRZ_CHECKS_MOST; check++)
        if (pv_mrz_check_outcome(s->layout, s->lines, check) == PV_MRZ_WRONG)
            return false;
    return true;
}

static void try_check(search *s, int number);

static void try_place(search *s, int number, char *place)
{
    const char original = *place;
    char others[8] = {0};
    if (original >= '0' && original <= '9')
        strncpy(others, like_digits[original - '0'], sizeof others - 1);
    else
        others[0] = as_digit(original);
    for (const char *other = others; *other; other++) {
        *place = *other;
        try_check(s, number + 1);
    }
    *place = original;
}

/* Tries one replacement for each failing check from `number` on. */
static void try_check(search *s, int number)
{
    if (number == s->failing_count) {
        if (all_hold(s)) {
            s->found++;
            s->answer = *s->lines;
        }
        return;
    }
    for (int i = 0; i < s->layout->part_count; i++) {
        const pv_mrz_part *part = &s->layout->parts[i];
        if (part->kind != PV_MRZ_MIXED || part->guard != s->failing[number] ||
            (part->guard < 0 && !part->composite))
            continue;
        for (int k = 0; k < part->length; k++)
            try_place(s, number, &s->lines->text[part->line][part->from + k]);
    }
}

static void repair_guarded(const pv_mrz_layout *layout, pv_mrz_lines *lines, pv_mrz_repair *repairs,
                           int *count)
{
    pv_mrz_lines trial = *lines;
    search s = {.layout = layout, .lines = &trial};
    for (int check = 0; check < PV_MRZ_COMPOSITE; check++)
        if (pv_mrz_check_outcome(layout, lines, check) == PV_MRZ_WRONG)
            s.failing[s.failing_count++] = check;
    if (s.failing_count == 0) {
        if (pv_mrz_check_outcome(layout, lines, PV_MRZ_COMPOSITE) != PV_MRZ_WRONG)
            return;
        s.failing[s.failing_count++] = -1;
    }
    try_check(&s, 0);
    if (s.found != 1)
        return;
    for (int line = 0; line < lines->count; line++)
        for (int column = 0; column < lines->length; column++)
            if (lines->text[line][column] != s.answer.text[line][column])
                note(repairs, count, line, column, lines->text[line][column],
                     s.answer.text[line][column]);
    *lines = s.answer;
}

void pv_mrz_repair_lines(const pv_mrz_layout *layout, pv_mrz_lines *lines, pv_mrz_repair *repairs,
                         int *count)
{
    pv_mrz_repair_kinds(layout, lines, repairs, count);
    repair_guarded(layout, lines, repairs, count);
}

static bool holds(const pv_mrz_layout *layout, const pv_mrz_lines *lines, int check)
{
    return check >= 0 && pv_mrz_check_outcome(layout, lines, check) == PV_MRZ_HOLDS;
}

void pv_mrz_mark_guarded(const pv_mrz_layout *layout, const pv_mrz_lines *lines,
                         pv_mrz_repair *repairs, int count)
{
    for (int i = 0; i < layout->part_count; i++) {
        const pv_mrz_part *part = &layout->parts[i];
        bool guarded = holds(layout, lines, part->guard) || holds(layout, lines, part->check) ||
                       (part->composite && holds(layout, lines, PV_MRZ_COMPOSITE));
        for (int k = 0; k < count; k++)
            if (repairs[k].line == part->line && repairs[k].column >= part->from &&
                repairs[k].column < part->from + part->length)
                repairs[k].guarded = guarded;
    }
}
