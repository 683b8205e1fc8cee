#include "base/utf8.h"

#include <stdbool.h>

size_t pv_utf8_sequence(const char *text)
{
    const unsigned char *bytes = (const unsigned char *)text;
    size_t need = bytes[0] < 0x80   ? 1
                  : bytes[0] < 0xC2 ? 0
                  : bytes[0] < 0xE0 ? 2
                  : bytes[0] < 0xF0 ? 3
                  : bytes[0] < 0xF5 ? 4
                                    : 0;
    for (size_t i = 1; i < need; i++)
        if ((bytes[i] & 0xC0) != 0x80)
            return 0;
    bool overlong = (bytes[0] == 0xE0 && bytes[1] < 0xA0) || (bytes[0] == 0xF0 && bytes[1] < 0x90);
    bool beyond = (bytes[0] == 0xED && bytes[1] > 0x9F) || (bytes[0] == 0xF4 && bytes[1] > 0x8F);
    return overlong || beyond ? 0 : need;
}

void pv_utf8_repair(char *text)
{
    while (*text) {
        size_t width = pv_utf8_sequence(text);
        if (width == 0) {
            *text = '?';
            width = 1;
        }
        text += width;
    }
}
