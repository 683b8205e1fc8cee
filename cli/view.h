/* Reads the faces of an answer, for printing and drawing. */
#ifndef PV_CLI_VIEW_H
#define PV_CLI_VIEW_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct pv_view_point {
    double x;
    double y;
} pv_view_point;

/* In pixels of the picture. */
typedef struct pv_view_box {
    double left, top, right, bottom;
} pv_view_box;

/* 0 where there is none. */
double pv_view_number(const json_t *object, const char *key);

/* "" where there is none. */
const char *pv_view_text(const json_t *object, const char *key);

/* False where there is none. */
bool pv_view_read_point(const json_t *object, const char *key, pv_view_point *out);

/* Of a FaceResult: */
pv_view_box pv_view_face_box(const json_t *face);
uint32_t pv_view_traits(const json_t *face);
int pv_view_spoof_status(const json_t *face);

/* The outcome of the liveness check in words. */
const char *pv_view_liveness(const json_t *face);

/* Looks a name up among the scores; false where it is not there. */
bool pv_view_score(const json_t *face, const char *name, double *out);

#endif
