/* The machine readable zone of travel documents: ICAO Doc 9303, parts 3 to 7. Text only. */
#ifndef PV_DOCUMENT_MRZ_H
#define PV_DOCUMENT_MRZ_H

#include <stdbool.h>
#include <stddef.h>

#include "document/date.h"
#include "image/image.h"

#define PV_MRZ_LINES 3
#define PV_MRZ_LINE_MOST 44
#define PV_MRZ_VALUE_SIZE 48 /* with the NUL; no field is longer */
#define PV_MRZ_CHECKS_MOST 5
#define PV_MRZ_REPAIRS_MOST 64
#define PV_MRZ_UNSEEN '?'    /* stands for a character that a picture does not show */
#define PV_MRZ_TEXT_MOST 512 /* bytes of a text that are looked at */

typedef enum pv_mrz_format {
    PV_MRZ_NONE,
    PV_MRZ_TD1,   /* cards: 3 lines of 30 */
    PV_MRZ_TD2,   /* larger cards: 2 of 36 */
    PV_MRZ_TD3,   /* passports: 2 of 44 */
    PV_MRZ_MRVA,  /* visas of size A: 2 of 44 */
    PV_MRZ_MRVB,  /* visas of size B: 2 of 36 */
    PV_MRZ_IDFRA, /* French identity cards from 1988 to 2021: 2 of 36 in an order of their own */
    PV_MRZ_FORMATS
} pv_mrz_format;

typedef enum pv_mrz_field {
    PV_MRZ_DOCUMENT_CODE, /* "P", "ID" */
    PV_MRZ_ISSUER,        /* three letters, or "D" */
    PV_MRZ_LAST_NAME,     /* the primary identifier; spaces for fillers */
    PV_MRZ_FIRST_NAME,    /* the secondary identifier */
    PV_MRZ_DOCUMENT_NUMBER,
    PV_MRZ_NATIONALITY,
    PV_MRZ_DATE_OF_BIRTH, /* ISO 8601 */
    PV_MRZ_SEX,           /* "M", "F", "X"; "" where nothing is said */
    PV_MRZ_EXPIRATION_DATE,
    PV_MRZ_OPTIONAL_DATA,
    PV_MRZ_OPTIONAL_DATA2, /* of the second line of TD1 */
    PV_MRZ_FIELD_COUNT
} pv_mrz_field;

/* A check digit of the zone. */
typedef struct pv_mrz_check {
    const char *name; /* "document_number", "date_of_birth", "expiration_date", "optional_data",
                       * "composite" */
    bool valid;
} pv_mrz_check;

/* A character that was read as one thing and taken for another. */
typedef struct pv_mrz_repair {
    int line, column; /* from 0 */
    char from, to;
    bool guarded; /* a check digit that holds now stands over it */
} pv_mrz_repair;

typedef struct pv_mrz {
    pv_mrz_format format; /* PV_MRZ_NONE: there is no zone, and all else is empty */
    int line_count;
    char lines[PV_MRZ_LINES][PV_MRZ_LINE_MOST + 1];     /* after the repairs */
    char values[PV_MRZ_FIELD_COUNT][PV_MRZ_VALUE_SIZE]; /* "" where nothing is said */
    pv_date birth;  /* not valid where unknown in part or no date */
    pv_date expiry; /* the same */
    pv_mrz_check checks[PV_MRZ_CHECKS_MOST];
    int check_count;
    bool valid;          /* every check digit holds, the dates are dates or unknown, and every
                          * character was seen */
    bool name_truncated; /* the name fills its field to the end: it may have been cut */
    pv_mrz_repair repairs[PV_MRZ_REPAIRS_MOST];
    int repair_count;

    /* Of a zone that was read from a picture, else 0. */
    float confidence;    /* 0 to 1: chance that every character is right */
    int turn;            /* quarters clockwise after which the picture stands upright */
    pv_point corners[4]; /* of the zone in the picture: where its first line starts, clockwise as
                          * it is read */
} pv_mrz;

/* "TD1" and so on; "" for PV_MRZ_NONE. */
const char *pv_mrz_format_name(pv_mrz_format format);

/* Name of a field in the answer. */
const char *pv_mrz_field_name(pv_mrz_field field);

/* The check digit (Doc 9303-3, 4.9) of `length` characters: 0 to 9; what is neither letter, digit
 * nor filler counts as a filler. */
int pv_mrz_check_digit(const char *text, size_t length);

/* Reads the lines of a zone, which stand one below the other, or all in one. Blanks do not count,
 * small letters count as capitals. False where it is no zone: wrong lengths or other characters;
 * out is then empty. Characters that cannot stand where they do are taken for the ones that look
 * like them (0 for O in a name, S for 5 in a date), and where a check digit fails, look-alikes are
 * tried that make all of them hold; every such repair is listed.
 *
 * `today` decides centuries: a birth is the last one not after it, an expiry the one from 49 years
 * before its year to 50 after it. */
bool pv_mrz_parse(const char *text, size_t length, pv_date today, pv_mrz *out);

#endif
