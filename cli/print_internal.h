/* What the files that print answers share. */
#ifndef PV_CLI_PRINT_INTERNAL_H
#define PV_CLI_PRINT_INTERNAL_H

#include "print.h"
#include "view.h"

#define PV_LABEL_WIDTH 18

/* A label and a text that is made safe for a terminal. */
void pv_print_line(const char *label, const char *value);

#endif
