/* UTF-8 in texts that end with a NUL. */
#ifndef PV_BASE_UTF8_H
#define PV_BASE_UTF8_H

#include <stddef.h>

/* Length of the valid sequence at text, 0 for none. */
size_t pv_utf8_sequence(const char *text);

/* Puts "?" in the place of every byte that belongs to no valid sequence. */
void pv_utf8_repair(char *text);

#endif
