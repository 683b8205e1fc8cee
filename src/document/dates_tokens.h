/* Words and numbers of a text, as dates are made of them. */
#ifndef PV_DOCUMENT_DATES_TOKENS_H
#define PV_DOCUMENT_DATES_TOKENS_H

#include <stdbool.h>
#include <stddef.h>

#define PV_TOKENS_MOST 128
#define PV_TOKEN_WORD_MOST 24 /* folded letters; of a longer word only its length is right */

/* What stands between a token and the one before. */
enum {
    PV_GAP_NONE = 0, /* nothing: letters and digits touch */
    PV_GAP_SPACE = 1,
    PV_GAP_DOT = 2, /* full stop, comma, middle dot */
    PV_GAP_SLASH = 4,
    PV_GAP_DASH = 8,
    PV_GAP_OTHER = 16
};

typedef struct pv_token {
    size_t from, to; /* bytes */
    unsigned gap;    /* before it */
    int digits;      /* of a number; 0: it is none */
    int sure;        /* of these, how many are digits and no look-alikes */
    int value;       /* of the first nine digits */
    char word[PV_TOKEN_WORD_MOST + 1];
    size_t letters; /* of a word; 0: it is none. What consists of look-alikes only is both */
} pv_token;

/* Returns the number of tokens, at most PV_TOKENS_MOST. */
size_t pv_tokens_make(const char *text, size_t length, pv_token out[PV_TOKENS_MOST]);

#endif
