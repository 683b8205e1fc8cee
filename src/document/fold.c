#include "document/fold.h"

#include <string.h>

/* U+00C0 to U+017F, without accents; two letters a character, the second one may be a space. A dot
 * stands for a sign. */
static const char latin[] =
    "a a a a a a aec e e e e i i i i d n o o o o o . o u u u u y thss"  /* U+00C0 */
    "a a a a a a aec e e e e i i i i d n o o o o o . o u u u u y thy "  /* U+00E0 */
    "a a a a a a c c c c c c c c d d d d e e e e e e e e e e g g g g "  /* U+0100 */
    "g g g g h h h h i i i i i i i i i i ijijj j k k k l l l l l l l "  /* U+0120 */
    "l l l n n n n n n n n n o o o o o o oeoer r r r r r s s s s s s "  /* U+0140 */
    "s s t t t t t t u u u u u u u u u u u u w w y y y z z z z z z s "; /* U+0160 */
_Static_assert(sizeof latin == 2 * (0x180 - 0xC0) + 1, "two letters a character");

/* The code point at `text` and its length; a length of 0 where there is no valid one. */
static size_t read_code(const char *text, size_t left, uint32_t *code)
{
    const unsigned char *bytes = (const unsigned char *)text;
    *code = bytes[0];
    if (bytes[0] < 0x80)
        return 1;
    size_t length = bytes[0] < 0xC2 ? 0 : bytes[0] < 0xE0 ? 2 : bytes[0] < 0xF0 ? 3 : 4;
    if (length == 0 || bytes[0] > 0xF4 || length > left)
        return 0;
    *code = bytes[0] & (0x7FU >> length);
    for (size_t i = 1; i < length; i++) {
        if ((bytes[i] & 0xC0) != 0x80)
            return 0;
        *code = *code << 6 | (bytes[i] & 0x3FU);
    }
    return length;
}

/* General punctuation, signs and symbols: no letters. */
static bool is_sign(uint32_t code)
{
    return code < 0xC0 || (code >= 0x2000 && code < 0x2C00) || (code >= 0x3000 && code < 0x3040);
}

size_t pv_fold_character(const char *text, size_t left, char out[4])
{
    uint32_t code;
    size_t length = read_code(text, left, &code);
    memset(out, 0, 4);
    if (length == 0)
        return 1;
    if ((code >= 'a' && code <= 'z') || (code >= '0' && code <= '9')) {
        out[0] = (char)code;
    } else if (code >= 'A' && code <= 'Z') {
        out[0] = (char)(code + ('a' - 'A'));
    } else if (code >= 0xC0 && code < 0x180) {
        const char *pair = latin + 2 * (code - 0xC0);
        out[0] = pair[0] == '.' ? '\0' : pair[0];
        out[1] = pair[1] == ' ' || pair[0] == '.' ? '\0' : pair[1];
    } else if (!is_sign(code)) {
        out[0] = '?';
    }
    return length;
}

void pv_fold(const char *text, size_t length, pv_folded *out)
{
    out->length = 0;
    bool starts = true;
    bool after_digit = false;
    for (size_t at = 0; at < length && text[at] && at < UINT16_MAX - 4;) {
        char letters[4];
        size_t size = pv_fold_character(text + at, length - at, letters);
        if (!letters[0])
            starts = true;
        for (const char *letter = letters; *letter && out->length < PV_FOLD_MOST; letter++) {
            out->text[out->length] = *letter;
            out->from[out->length] = (uint16_t)at;
            out->to[out->length] = (uint16_t)(at + size);
            bool digit = *letter >= '0' && *letter <= '9';
            out->starts[out->length++] = starts || digit != after_digit;
            after_digit = digit;
            starts = false;
        }
        at += size;
    }
    out->text[out->length] = '\0';
    out->starts[out->length] = true;
}
