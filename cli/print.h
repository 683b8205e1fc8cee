/* Answers as text for people. What came from a server or a file is made safe for a terminal. */
#ifndef PV_CLI_PRINT_H
#define PV_CLI_PRINT_H

#include <jansson.h>
#include <stdio.h>

/* Writes text with control characters as "?". NULL is written as "". */
void pv_print_text(FILE *stream, const char *text);

/* The faces of an answer, a block each; `title` is the picture's name. */
void pv_print_faces(const char *title, const json_t *answer);

/* A table of the faces' ages; of their liveness. */
void pv_print_ages(const char *title, const json_t *answer);
void pv_print_liveness(const char *title, const json_t *answer);

void pv_print_compare(const json_t *answer);

/* member: "enroll" or "predict". */
void pv_print_person(const char *member, const json_t *answer);

void pv_print_delete(const json_t *answer);

#endif
