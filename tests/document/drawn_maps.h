/* Maps as a perfect document net would give them, for tests. */
#ifndef PV_TESTS_DRAWN_MAPS_H
#define PV_TESTS_DRAWN_MAPS_H

#include "document/corner_maps.h"

typedef struct drawn_maps {
    float inside[PV_MAPS_CELLS];
    float outline[PV_MAPS_CELLS];
    float corners[PV_MAPS_CELLS];
} drawn_maps;

/* A rectangle of 2 a by 2 b about (x, y), turned by `angle`, its far side shrunk by `taper`. */
pv_quad drawn_quad(double x, double y, double a, double b, double angle, double taper);

/* Adds a document to maps. `radius`: of its round corners. */
void draw_document(drawn_maps *maps, const pv_quad *quad, double radius);

/* The maps of a picture of which every cell is seen. */
pv_corner_maps whole_maps(const drawn_maps *maps);

#endif
