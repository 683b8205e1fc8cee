/* Which character of a zone belongs to what. */
#ifndef PV_DOCUMENT_MRZ_LAYOUT_H
#define PV_DOCUMENT_MRZ_LAYOUT_H

#include "document/mrz.h"

/* What may stand at a place. Bits, so that sets can be asked for. */
typedef enum pv_mrz_kind {
    PV_MRZ_LETTERS, /* and fillers */
    PV_MRZ_MIXED,   /* letters, digits and fillers */
    PV_MRZ_DIGITS,  /* and fillers, where a part of a date is unknown */
    PV_MRZ_DIGIT,   /* a check digit */
    PV_MRZ_DIGIT_OR_FILLER,
    PV_MRZ_SEX_SIGN /* M, F, X or a filler */
} pv_mrz_kind;

/* A run of characters in a line that are a field, a part of one, or a check digit. */
typedef struct pv_mrz_part {
    int line, from, length;
    pv_mrz_kind kind;
    int field;      /* of pv_mrz_field; -1: none */
    int check;      /* number of the check that it is the digit of; -1: of none */
    int guard;      /* number of the check that stands over it, beside the composite; -1: none */
    bool composite; /* the composite check stands over it */
} pv_mrz_part;

#define PV_MRZ_PARTS_MOST 20
#define PV_MRZ_COMPOSITE 4 /* number of the composite check */

typedef struct pv_mrz_layout {
    pv_mrz_format format;
    int line_count, line_length;
    pv_mrz_part parts[PV_MRZ_PARTS_MOST]; /* in the order in which they are read and summed */
    int part_count;
} pv_mrz_layout;

/* The lines of a zone as they were read. */
typedef struct pv_mrz_lines {
    char text[PV_MRZ_LINES][PV_MRZ_LINE_MOST + 1];
    int count, length;
} pv_mrz_lines;

/* "document_number" and so on, by number of the check. */
const char *pv_mrz_check_name(int check);

/* Lines and their length of a format. */
int pv_mrz_format_lines(pv_mrz_format format);
int pv_mrz_format_length(pv_mrz_format format);

/* The format of lines of these numbers, by their first letters; PV_MRZ_NONE where there is none. */
pv_mrz_format pv_mrz_lines_format(const pv_mrz_lines *lines);

/* The parts of a zone. A number that is too long for its field goes on in the optional data
 * (Doc 9303-5, 4.2.4), which the lines tell. */
void pv_mrz_layout_make(pv_mrz_format format, const pv_mrz_lines *lines, pv_mrz_layout *out);

/* Whether a character may stand at a place of a kind. */
bool pv_mrz_allows(pv_mrz_kind kind, char character);

/* 0 to 9 for digits, 10 to 35 for letters, 0 for all else. */
int pv_mrz_value(char character);

typedef enum pv_mrz_outcome { PV_MRZ_ABSENT, PV_MRZ_WRONG, PV_MRZ_HOLDS } pv_mrz_outcome;

/* Whether a check digit holds. */
pv_mrz_outcome pv_mrz_check_outcome(const pv_mrz_layout *layout, const pv_mrz_lines *lines,
                                    int check);

/* Replaces look-alikes as pv_mrz_parse() says; the list goes on where *count ends. */
void pv_mrz_repair_lines(const pv_mrz_layout *layout, pv_mrz_lines *lines, pv_mrz_repair *repairs,
                         int *count);

/* Only what cannot stand where it does. */
void pv_mrz_repair_kinds(const pv_mrz_layout *layout, pv_mrz_lines *lines, pv_mrz_repair *repairs,
                         int *count);

/* Marks the repairs over which a check digit that holds stands. */
void pv_mrz_mark_guarded(const pv_mrz_layout *layout, const pv_mrz_lines *lines,
                         pv_mrz_repair *repairs, int count);

/* Everything that the lines say, as pv_mrz_parse() does; the repairs are there already, all else is
 * zero. */
void pv_mrz_fill(pv_mrz_format format, const pv_mrz_lines *lines, pv_date today, pv_mrz *out);

#endif
