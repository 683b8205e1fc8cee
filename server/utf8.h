/* UTF-8 from outside. */
#ifndef PV_SERVER_UTF8_H
#define PV_SERVER_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/* Well-formed (no overlong forms, no surrogates, nothing above U+10FFFF) and without control
 * characters. */
bool pv_utf8_printable(const char *text, size_t length);

#endif
