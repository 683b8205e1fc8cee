/* Base64 (RFC 4648, with padding, nothing else between the characters). */
#ifndef PV_SERVER_BASE64_H
#define PV_SERVER_BASE64_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes that the text stands for at most. */
size_t pv_base64_size(size_t text_length);

/* False when text is not base64 in its one canonical form; bytes has room for pv_base64_size. */
bool pv_base64_decode(const char *text, size_t text_length, uint8_t *bytes, size_t *length);

#endif
