#include "face/compression.h"

#include <math.h>
#include <stdlib.h>

#define BLOCK 8
#define LEAST_SIDE (4 * BLOCK)
/* Large faces are sampled in every n-th row and column, so that the cost stays bounded. */
#define LINES_MAX 128

static int luma(const pv_plane *plane, int x, int y)
{
    const uint8_t *p =
        plane->pixels + ((size_t)y * (size_t)plane->width + (size_t)x) * (size_t)plane->channels;
    return (77 * p[plane->red] + 150 * p[plane->green] + 29 * p[plane->blue]) >> 8;
}

static int limit(float value, int most)
{
    return value > 0.0F ? value < (float)most ? (int)value : most : 0;
}

bool pv_compression_measure(const pv_image *image, const pv_face *face, float *blockiness)
{
    const pv_plane *plane = &image->levels[0];
    int left = limit(face->left, plane->width - 1);
    int right = limit(face->right, plane->width - 1);
    int top = limit(face->top, plane->height - 1);
    int bottom = limit(face->bottom, plane->height - 1);
    if (right - left < LEAST_SIDE || bottom - top < LEAST_SIDE)
        return false;
    int skip = 1 + (bottom - top) / LINES_MAX;
    double step[2] = {0, 0}; /* elsewhere, across block borders */
    double count[2] = {0, 0};
    for (int y = top; y < bottom; y += skip) {
        int before = luma(plane, left, y);
        for (int x = left + 1; x <= right; x++) {
            int here = luma(plane, x, y);
            step[x % BLOCK == 0] += abs(here - before);
            count[x % BLOCK == 0] += 1.0;
            before = here;
        }
    }
    double elsewhere = step[0] / count[0];
    if (!(elsewhere > 0.0))
        return false;
    *blockiness = (float)(step[1] / count[1] / elsewhere);
    return true;
}
