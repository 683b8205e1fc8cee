/* What the programs have in common that tell tools and tests what the library sees in pictures.
 * tools/dumps.py calls them. */
#ifndef PV_TESTS_DUMP_H
#define PV_TESTS_DUMP_H

#include "document/date.h"
#include "image/image.h"
#include "model/runtime.h"

/* Writes what is seen in one picture, as one line. `rest` is what stood behind the picture's size.
 */
typedef pv_status (*pv_dump_function)(pv_runtime *runtime, pv_image *image, const char *rest,
                                      const void *context);

/* Reads pictures from standard input, each "WIDTH HEIGHT[ REST]\n" and its RGB pixels, and calls
 * `dump` with each, in an arena of its own. Returns the exit status; what went wrong is said on
 * standard error. */
int pv_dump_pictures(const char *program, pv_dump_function dump, const void *context);

/* The day that the program is told as its only argument, YYYY-MM-DD, or today; false, and said on
 * standard error, where it is none. */
bool pv_dump_read_today(const char *program, int argc, char **argv, pv_date *out);

/* Of a clock that only goes on. */
double pv_dump_milliseconds(void);

#endif
