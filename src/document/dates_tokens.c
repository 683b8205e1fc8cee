#include "document/dates_tokens.h"

#include <string.h>

#include "document/fold.h"
#include "document/months.h"

#define DIGITS_VALUED 9
#define ALIKES_MOST 2 /* look-alikes in a row that may be a number without any digit */

typedef enum kind { KIND_SIGN, KIND_DIGIT, KIND_LETTER } kind;

typedef struct scan {
    const char *text;
    size_t length;
    size_t at;
    pv_token *tokens;
    size_t count;
    unsigned gap;
} scan;

static kind kind_at(const char *text, size_t left, size_t *size)
{
    char folded[4];
    *size = pv_fold_character(text, left, folded);
    if (!folded[0])
        return KIND_SIGN;
    return folded[0] >= '0' && folded[0] <= '9' ? KIND_DIGIT : KIND_LETTER;
}

/* The digit that a character is or is taken for; -1 for none. */
static int digit_of(char character)
{
    if (character >= '0' && character <= '9')
        return character - '0';
    if (character == 'O' || character == 'o')
        return 0;
    return character && strchr("lIi", character) ? 1 : -1;
}

static unsigned gap_of(const char *text, size_t size)
{
    static const struct {
        const char *signs; /* each behind a space */
        unsigned gap;
    } gaps[] = {{" . , · •", PV_GAP_DOT},
                {" / \\ | ⁄ ∕", PV_GAP_SLASH},
                {" - – — ‐ ‑ −", PV_GAP_DASH},
                {" ' ’ \t \xC2\xA0", PV_GAP_SPACE}};
    if (*text == ' ')
        return PV_GAP_SPACE;
    for (size_t i = 0; i < sizeof gaps / sizeof gaps[0]; i++) {
        for (const char *sign = gaps[i].signs; *sign == ' '; sign += 1 + strcspn(sign + 1, " ")) {
            if (strcspn(sign + 1, " ") == size && strncmp(sign + 1, text, size) == 0)
                return gaps[i].gap;
        }
    }
    return PV_GAP_OTHER;
}

/* The bytes from `from` to `to` as a number, where they may be one. */
static bool read_number(const scan *s, size_t from, size_t to, pv_token *out)
{
    int digits = 0;
    int sure = 0;
    int value = 0;
    for (size_t i = from; i < to; i++) {
        int digit = digit_of(s->text[i]);
        if (digit < 0)
            return false;
        sure += s->text[i] >= '0' && s->text[i] <= '9';
        if (digits < DIGITS_VALUED)
            value = 10 * value + digit;
        digits++;
    }
    if (sure == 0 && digits > ALIKES_MOST)
        return false;
    out->digits = digits;
    out->sure = sure;
    out->value = value;
    return true;
}

/* The letters of a word; a zero within is an O. */
static void read_word(const scan *s, size_t from, size_t to, pv_token *out)
{
    pv_folded folded;
    pv_fold(s->text + from, to - from, &folded);
    out->letters = folded.length;
    for (size_t i = 0; i < folded.length && i < PV_TOKEN_WORD_MOST; i++)
        out->word[i] = folded.text[i];
    for (char *zero = strchr(out->word, '0'); zero; zero = strchr(zero, '0'))
        *zero = 'o';
}

static void add(scan *s, pv_token *token, size_t from, size_t to)
{
    token->from = from;
    token->to = to;
    token->gap = s->gap;
    s->gap = PV_GAP_NONE;
    if (s->count < PV_TOKENS_MOST)
        s->tokens[s->count++] = *token;
}

/* A month whose O was read as a zero. */
static bool is_month_with_zero(const scan *s, size_t from, size_t to)
{
    pv_token word = {0};
    size_t letters = 0;
    for (size_t i = from; i < to; i++) {
        if (s->text[i] >= '1' && s->text[i] <= '9')
            return false;
        letters += s->text[i] != '0';
    }
    if (letters < 2 || letters == to - from || to - from > PV_TOKEN_WORD_MOST)
        return false;
    read_word(s, from, to, &word);
    return pv_months_of(word.word, word.letters) != 0;
}

/* Letters and digits that touch. */
static void split_run(scan *s, size_t from, size_t to)
{
    pv_token whole = {0};
    if (read_number(s, from, to, &whole)) {
        if (whole.sure == 0)
            read_word(s, from, to, &whole);
        add(s, &whole, from, to);
        return;
    }
    if (is_month_with_zero(s, from, to)) {
        read_word(s, from, to, &whole);
        add(s, &whole, from, to);
        return;
    }
    for (size_t at = from; at < to;) {
        pv_token part = {0};
        size_t size;
        kind first = kind_at(s->text + at, to - at, &size);
        size_t end = at + size;
        while (end < to && kind_at(s->text + end, to - end, &size) == first)
            end += size;
        if (first != KIND_DIGIT || !read_number(s, at, end, &part))
            read_word(s, at, end, &part);
        add(s, &part, at, end);
        at = end;
    }
}

size_t pv_tokens_make(const char *text, size_t length, pv_token out[PV_TOKENS_MOST])
{
    scan s = {.text = text, .length = length, .tokens = out};
    while (s.at < length && text[s.at]) {
        size_t size;
        size_t from = s.at;
        while (s.at < length && text[s.at] &&
               kind_at(text + s.at, length - s.at, &size) != KIND_SIGN)
            s.at += size;
        if (s.at > from)
            split_run(&s, from, s.at);
        if (s.at < length && text[s.at]) {
            kind_at(text + s.at, length - s.at, &size);
            s.gap |= gap_of(text + s.at, size);
            s.at += size;
        }
    }
    return s.count;
}
