#include "document/ocr_decode.h"

#include <math.h>
#include <string.h>

#include "base/utf8.h"

#define BLANK 0
#define CODE_BYTES_MOST 4
#define SPACE 0x20
#define WIDE_SPACE 0x3000
/* The wide forms of ASCII's printable characters, which the reader knows as well. */
#define WIDE_FIRST 0xFF01
#define WIDE_LAST 0xFF5E
#define WIDE_SHIFT 0xFEE0

/* The character of a class that is not the blank. Wide forms are what they are forms of: no
 * document of ours means the difference. */
static uint32_t code_of(const pv_ocr_classes *classes, size_t class)
{
    if (class > classes->characters)
        return SPACE;
    float listed = classes->codes[class - 1];
    uint32_t code = listed >= 1.0F && listed <= 1114111.0F ? (uint32_t)listed : '?';
    if (code >= WIDE_FIRST && code <= WIDE_LAST)
        return code - WIDE_SHIFT;
    return code == WIDE_SPACE ? SPACE : code;
}

static size_t write_code(uint32_t code, char *out)
{
    static const struct {
        uint32_t most;
        unsigned lead;
    } lengths[CODE_BYTES_MOST] = {{0x7F, 0}, {0x7FF, 0xC0}, {0xFFFF, 0xE0}, {0x10FFFF, 0xF0}};
    size_t length = 1;
    while (length < CODE_BYTES_MOST && code > lengths[length - 1].most)
        length++;
    for (size_t i = length; i-- > 1; code >>= 6)
        out[i] = (char)(0x80U | (code & 0x3FU));
    out[0] = (char)(lengths[length - 1].lead | code);
    return length;
}

/* The code point of a valid sequence. */
static uint32_t read_code(const char *text, size_t length)
{
    static const unsigned masks[CODE_BYTES_MOST] = {0x7F, 0x1F, 0x0F, 0x07};
    uint32_t code = (unsigned char)text[0] & masks[length - 1];
    for (size_t i = 1; i < length; i++)
        code = code << 6 | ((unsigned char)text[i] & 0x3FU);
    return code;
}

pv_status pv_ocr_classes_get(pv_runtime *runtime, pv_ocr_classes *out)
{
    return pv_runtime_numbers(runtime, "text_alphabet", &out->codes, &out->characters);
}

pv_status pv_ocr_alphabet_from(const pv_ocr_classes *classes, const char *characters,
                               pv_arena *arena, const pv_ocr_alphabet **out)
{
    pv_ocr_alphabet *alphabet = pv_arena_take(arena, 1, sizeof *alphabet);
    if (!alphabet)
        return PV_ERROR_GENERIC;
    alphabet->classes = classes->characters + 2;
    alphabet->allowed = pv_arena_take(arena, alphabet->classes, sizeof *alphabet->allowed);
    if (!alphabet->allowed)
        return PV_ERROR_GENERIC;
    bool any = false;
    for (const char *at = characters; *at;) {
        size_t length = pv_utf8_sequence(at);
        if (length < 1 || length > CODE_BYTES_MOST)
            return pv_fail(PV_ERROR_ARGUMENT, "characters: not valid UTF-8");
        uint32_t code = read_code(at, length);
        for (size_t class = BLANK + 1; class < alphabet->classes; class ++)
            if (code_of(classes, class) == code)
                any = alphabet->allowed[class] = true;
        at += length;
    }
    if (!any)
        return pv_fail(PV_ERROR_ARGUMENT, "characters: none that can be read");
    *out = alphabet;
    return PV_OK;
}

static bool may_be(const pv_ocr_alphabet *limit, size_t class)
{
    return class == BLANK || !limit || limit->allowed[class];
}

/* The likeliest class of a step, and its probability among those that may be. */
static size_t best_class(const float *step, size_t classes, const pv_ocr_alphabet *limit,
                         float *probability)
{
    size_t best = BLANK;
    double sum = 0.0;
    for (size_t class = 0; class < classes; class ++) {
        if (!may_be(limit, class))
            continue;
        sum += (double)step[class];
        if (step[class] > step[best])
            best = class;
    }
    *probability = sum > 0.0 ? (float)((double)step[best] / sum) : 0.0F;
    return best;
}

/* The likeliest characters of a step; `scale` makes probabilities of its numbers. */
static void fill_choices(const pv_ocr_classes *classes, const float *step,
                         const pv_ocr_alphabet *limit, double scale,
                         pv_text_choice choices[PV_OCR_CHOICES])
{
    for (size_t class = BLANK + 1; class < classes->characters + 2; class ++) {
        float probability = (float)((double)step[class] * scale);
        if (!may_be(limit, class) || !(probability > choices[PV_OCR_CHOICES - 1].probability))
            continue;
        int at = PV_OCR_CHOICES - 1;
        for (; at > 0 && probability > choices[at - 1].probability; at--)
            choices[at] = choices[at - 1];
        choices[at] = (pv_text_choice){code_of(classes, class), probability};
    }
}

/* Room for `steps` signs, and the text that they make at most. */
static pv_status take_room(pv_arena *arena, size_t steps, pv_text_sign **signs, char **text)
{
    *signs = pv_arena_take(arena, steps + 1, sizeof **signs);
    *text = pv_arena_take(arena, steps * CODE_BYTES_MOST + 1, 1);
    return *signs && *text ? PV_OK : PV_ERROR_GENERIC;
}

pv_status pv_ocr_decode(const pv_ocr_classes *classes, const float *probabilities, size_t steps,
                        double filled, const pv_ocr_alphabet *limit, pv_arena *arena,
                        pv_text_line *out)
{
    size_t width = classes->characters + 2;
    pv_text_sign *signs;
    char *text;
    if (take_room(arena, steps, &signs, &text) != PV_OK)
        return PV_ERROR_GENERIC;
    size_t last = BLANK;
    size_t length = 0;
    double sum = 0.0;
    out->count = 0;
    for (size_t i = 0; i < steps; i++) {
        const float *step = probabilities + i * width;
        float probability;
        size_t class = best_class(step, width, limit, &probability);
        double from = fmin((double)i / (double)steps / filled, 1.0);
        double to = fmin((double)(i + 1) / (double)steps / filled, 1.0);
        if (class != BLANK && class != last) {
            signs[out->count++] =
                (pv_text_sign){.code = code_of(classes, class), .from = (float)from};
            length += write_code(code_of(classes, class), text + length);
        }
        last = class;
        if (class == BLANK)
            continue;
        pv_text_sign *sign = &signs[out->count - 1];
        sign->to = (float)to;
        if (probability > sign->probability) {
            memset(sign->choices, 0, sizeof sign->choices);
            fill_choices(classes, step, limit, (double)probability / (double)step[class],
                         sign->choices);
            sign->probability = probability;
        }
    }
    for (size_t i = 0; i < out->count; i++)
        sum += (double)signs[i].probability;
    out->text = text;
    out->signs = signs;
    out->confidence = out->count > 0 ? (float)(sum / (double)out->count) : 0.0F;
    return PV_OK;
}
