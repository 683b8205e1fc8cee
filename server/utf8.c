#include "server/utf8.h"

#include <stdint.h>

/* Bytes of the sequence at text, 0 if it is not well-formed. */
static size_t sequence(const unsigned char *text, size_t length, uint32_t *code)
{
    static const uint32_t lowest[] = {0, 0, 0x80, 0x800, 0x10000};
    unsigned char first = text[0];
    size_t size = first < 0x80   ? 1
                  : first < 0xC2 ? 0
                  : first < 0xE0 ? 2
                  : first < 0xF0 ? 3
                  : first < 0xF5 ? 4
                                 : 0;
    if (size == 0 || size > length)
        return 0;
    *code = size == 1 ? first : first & (0x7FU >> size);
    for (size_t i = 1; i < size; i++) {
        if ((text[i] & 0xC0) != 0x80)
            return 0;
        *code = *code << 6 | (text[i] & 0x3FU);
    }
    bool surrogate = *code >= 0xD800 && *code <= 0xDFFF;
    return *code < lowest[size] || *code > 0x10FFFF || surrogate ? 0 : size;
}

bool pv_utf8_printable(const char *text, size_t length)
{
    const unsigned char *bytes = (const unsigned char *)text;
    for (size_t i = 0; i < length;) {
        uint32_t code = 0;
        size_t size = sequence(bytes + i, length - i, &code);
        if (size == 0 || code < 0x20 || (code >= 0x7F && code < 0xA0))
            return false;
        i += size;
    }
    return true;
}
