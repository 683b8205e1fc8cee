/* The parts of pv_corner_maps_decode(). */
#ifndef PV_DOCUMENT_CORNER_MAPS_INTERNAL_H
#define PV_DOCUMENT_CORNER_MAPS_INTERNAL_H

#include "document/corner_maps.h"

#define PV_HULL_MOST 512
#define PV_MAPS_ENDS 0.4F /* along the picture's border: the page ends there, below it was cut */

/* The maps as the parts work with them. */
typedef struct pv_map_work {
    const pv_corner_maps *maps;
    uint8_t *visible; /* the cell lies in the picture */
    short *region;    /* 0: none, else the region that the cell belongs to */
    float *gain;      /* sums along each row, PV_MAPS_SIDE + 1 a row, of inside - 1/2 */
    float *mass;      /* the same of inside */
    float *space;     /* the same of visible */
    double positive;  /* sum of the positive inside - 1/2 of the region */
    double total;     /* sum of inside of the region */
} pv_map_work;

/* At (x, y), bilinearly; the border's value beyond. */
float pv_map_sample(const float *map, double x, double y);

/* Whether a place in cells lies in the picture, `margin` cells from its border. */
bool pv_map_visible(const pv_corner_maps *maps, double x, double y, double margin);

/* Whether the outline of a document that ends there is drawn in the maps: also where the page ends
 * with its picture. */
bool pv_map_drawn(const pv_corner_maps *maps, double x, double y);

/* The convex hull of a region's 0.5 contour, clockwise; PV_HULL_MOST corners at most. */
PV_CHECKED pv_status pv_map_hull(const pv_map_work *work, int region, pv_arena *arena,
                                 pv_point *hull, int *count);

/* The quadrilateral left when those sides of the hull are dropped whose loss adds least. Sides that
 * run along the picture's border count `border_cost` times, for there the picture was cut and not
 * the document. `hull` is used up. False where there is none. */
bool pv_hull_to_quad(const pv_corner_maps *maps, double border_cost, pv_point *hull, int count,
                     pv_quad *out);

/* The smallest rectangle around the hull (H. Freeman, R. Shapira, "Determining the minimum-area
 * encasing rectangle for an arbitrary closed curve", 1975). False where there is none. */
bool pv_hull_to_box(const pv_point *hull, int count, pv_quad *out);

/* Sums within the quadrilateral. */
typedef struct pv_map_sums {
    double gain, mass, space;
} pv_map_sums;

pv_map_sums pv_map_sum(const pv_map_work *work, const pv_quad *quad);

/* Means of the outline map along the four sides, where they can be seen; -1 where a side cannot. On
 * the border the outline is that of a page that ends with its picture, or there is none. */
void pv_map_outline(const pv_corner_maps *maps, const pv_quad *quad, float out[4]);

/* Moves corners and sides to where region, outline and corners agree best; returns how well they
 * do, about 1.4 at best. */
double pv_map_climb(const pv_map_work *work, pv_quad *quad);

/* Places each side by a robust line through the edge found on many lines across it. */
void pv_map_fit_sides(const pv_corner_maps *maps, pv_quad *quad);

#endif
