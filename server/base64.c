#include "server/base64.h"

size_t pv_base64_size(size_t text_length)
{
    return text_length / 4 * 3;
}

static int value_of(char character)
{
    if (character >= 'A' && character <= 'Z')
        return character - 'A';
    if (character >= 'a' && character <= 'z')
        return character - 'a' + 26;
    if (character >= '0' && character <= '9')
        return character - '0' + 52;
    return character == '+' ? 62 : character == '/' ? 63 : -1;
}

bool pv_base64_decode(const char *text, size_t text_length, uint8_t *bytes, size_t *length)
{
    size_t padding = 0;
    *length = 0;
    if (text_length % 4 != 0)
        return false;
    while (padding < 2 && padding < text_length && text[text_length - 1 - padding] == '=')
        padding++;
    uint32_t bits = 0;
    for (size_t i = 0; i < text_length; i++) {
        int value = i < text_length - padding ? value_of(text[i]) : 0;
        if (value < 0)
            return false;
        bits = bits << 6 | (uint32_t)value;
        if (i % 4 != 3)
            continue;
        size_t count = i + 1 == text_length ? 3 - padding : 3;
        for (size_t j = 0; j < 3; j++) {
            uint8_t byte = (uint8_t)(bits >> (16 - 8 * j) & 0xFF);
            if (j < count)
                bytes[(*length)++] = byte;
            else if (byte != 0) /* bits that no encoder sets */
                return false;
        }
        bits = 0;
    }
    return true;
}
