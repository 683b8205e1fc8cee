/* The characters of one line of a zone, each with what it may be. */
#ifndef PV_DOCUMENT_MRZ_CELLS_H
#define PV_DOCUMENT_MRZ_CELLS_H

#include "document/mrz_layout.h"

#define PV_MRZ_SIGNS 37                   /* what a character may be */
#define PV_MRZ_CLASSES (PV_MRZ_SIGNS + 1) /* of the net: none comes first */
#define PV_MRZ_CELLS_MOST 96

/* 0 to 9, the filler, A to Z: in the order of the net. */
char pv_mrz_sign(int number);
int pv_mrz_sign_number(char character);

typedef struct pv_mrz_cell {
    float log_p[PV_MRZ_SIGNS]; /* natural logarithm of the probability, if there is one at all */
    float ink;                 /* probability that there is one */
    float place;               /* its middle, in steps of the net */
} pv_mrz_cell;

/* Cells at even distances, some before the first character and after the last. */
typedef struct pv_mrz_row_cells {
    pv_mrz_cell cells[PV_MRZ_CELLS_MOST];
    int count;
    float sureness; /* mean probability of the best sign of the cells that have one */
    float pitch;    /* steps from one to the next */
} pv_mrz_row_cells;

/* Where `steps` rows of PV_MRZ_CLASSES probabilities have characters at even distances; none where
 * there are fewer than eight. */
void pv_mrz_cells_make(const float *probabilities, int steps, pv_mrz_row_cells *out);

/* The start of the `length` cells that are likeliest to be all of the line, and how likely that is,
 * as a mean logarithm for each cell. */
int pv_mrz_cells_window(const pv_mrz_row_cells *row, int length, float *score);

/* The lines of a zone with what each place may hold. */
typedef struct pv_mrz_evidence {
    const pv_mrz_cell *lines[PV_MRZ_LINES]; /* line_length cells each */
    int line_count, line_length;
} pv_mrz_evidence;

/* The issuing state or nationality among those there are (ISO 3166-1 and the additions of Doc
 * 9303-3) that three cells are likeliest to say; returns the logarithm of its probability. */
float pv_mrz_state_find(const pv_mrz_cell cells[3], char out[3]);

/* The likeliest reading, and the likeliest one of all whose check digits hold, where it is not much
 * less likely. `free_text`: what would be read without check digits. `confidence`: chance that all
 * characters are right. Returns the format; PV_MRZ_NONE where there is none of these lines. */
pv_mrz_format pv_mrz_choose(const pv_mrz_evidence *evidence, pv_mrz_lines *free_text,
                            pv_mrz_lines *out, float *confidence);

#endif
