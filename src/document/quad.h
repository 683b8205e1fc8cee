/* Quadrilaterals: what a flat rectangle looks like in a picture. */
#ifndef PV_DOCUMENT_QUAD_H
#define PV_DOCUMENT_QUAD_H

#include <stdbool.h>

#include "image/projective.h"

/* Four corners one after the other around it; clockwise as seen in the picture (y points down)
 * wherever nothing else is said. */
typedef struct pv_quad {
    pv_point corners[4];
} pv_quad;

/* A line: all points with x * nx + y * ny = distance; (nx, ny) has length 1. */
typedef struct pv_line {
    double nx, ny;
    double distance;
} pv_line;

/* From `from` to `to`, its normal to the left hand in a picture: out of a clockwise polygon. False
 * where the points coincide. */
bool pv_line_through(pv_point from, pv_point to, pv_line *out);

/* False where the lines are nearly parallel. */
bool pv_line_meet(const pv_line *a, const pv_line *b, pv_point *out);

/* Side k runs from corner k to corner k + 1; false unless all four corners exist. */
bool pv_quad_from_lines(const pv_line sides[4], pv_quad *out);

/* Clockwise, every inner angle between 15 and 165 degrees. */
bool pv_quad_convex(const pv_quad *quad);

double pv_quad_side(const pv_quad *quad, int side);
double pv_quad_longest_side(const pv_quad *quad);

/* Intersection over union of two convex ones. */
double pv_quad_overlap(const pv_quad *a, const pv_quad *b);

pv_quad pv_quad_map(const pv_affine *map, const pv_quad *quad);

/* Turns the list of corners so that it starts with the one that is top left when the quadrilateral
 * is turned by the least angle after which it stands upright or lies flat. */
void pv_quad_order(pv_quad *quad);

/* The turn by that angle: how far the first side, from corner 0 to corner 1, and its opposite fall
 * to the right, in radians. */
double pv_quad_angle(const pv_quad *quad);

/* How far it is from a rectangle. */
typedef struct pv_quad_shape {
    double skew;        /* largest difference of an inner angle from 90 degrees, in degrees */
    double convergence; /* largest logarithm of the ratio of two opposite sides */
} pv_quad_shape;

pv_quad_shape pv_quad_measure(const pv_quad *quad);

#endif
