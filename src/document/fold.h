/* Text made comparable: lower-case letters a to z and digits only. */
#ifndef PV_DOCUMENT_FOLD_H
#define PV_DOCUMENT_FOLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PV_FOLD_MOST 512 /* characters; what is longer is cut */

/* Accents are dropped ("é" is e, "ß" ss, "ø" o, "ł" l), and so are signs and spaces; letters of
 * other alphabets are "?". */
typedef struct pv_folded {
    char text[PV_FOLD_MOST + 1]; /* NUL-terminated */
    size_t length;
    uint16_t from[PV_FOLD_MOST]; /* where the source of a character starts and ends, in bytes */
    uint16_t to[PV_FOLD_MOST];
    bool starts[PV_FOLD_MOST + 1]; /* whether a word or number may start here */
} pv_folded;

/* `length` bytes, which need not be valid UTF-8: what is not counts as a sign. */
void pv_fold(const char *text, size_t length, pv_folded *out);

/* The folded form of the character at `text`, up to three letters and a NUL, "" for a sign; returns
 * its length in bytes, at least 1. `left`: bytes that are there, at least 1. */
size_t pv_fold_character(const char *text, size_t left, char out[4]);

#endif
