#include "face/spectrum.h"

#include <complex.h>
#include <math.h>
#include <string.h>

#define SIDE 128
#define AREA ((size_t)SIDE * SIDE)
#define PI 3.14159265358979323846

#define LOW 12  /* cycles a window, below which it is the face */
#define HIGH 62 /* and above which there is no room for a peak's surroundings */
#define AXIS 2  /* on both sides of the axes, where JPEG's blocks and straight edges show */
#define AROUND 7
#define POWER_FLOOR 1e-3F /* of a flat picture; values are 0..255 */

/* Fast Fourier transform in place, length SIDE, stride as given (J. Cooley, J. Tukey, 1965). */
static void transform(float complex *values, size_t stride)
{
    for (size_t i = 1, j = 0; i < SIDE; i++) {
        size_t bit = SIDE >> 1;
        for (; j & bit; bit >>= 1)
            j ^= bit;
        j ^= bit;
        if (i < j) {
            float complex swap = values[i * stride];
            values[i * stride] = values[j * stride];
            values[j * stride] = swap;
        }
    }
    for (size_t length = 2; length <= SIDE; length <<= 1) {
        for (size_t k = 0; k < length / 2; k++) {
            double angle = -2.0 * PI * (double)k / (double)length;
            float complex turn = (float)cos(angle) + (float)sin(angle) * (float complex)I;
            for (size_t start = k; start < SIDE; start += length) {
                float complex a = values[start * stride];
                float complex b = values[(start + length / 2) * stride] * turn;
                values[start * stride] = a + b;
                values[(start + length / 2) * stride] = a - b;
            }
        }
    }
}

/* Luminance of the window, without its slow part, under a Hann window. */
static void load_window(const pv_plane *plane, int left, int top, float *luma,
                        float complex *values)
{
    for (int y = 0; y < SIDE; y++) {
        const uint8_t *row =
            plane->pixels +
            ((size_t)(top + y) * (size_t)plane->width + (size_t)left) * (size_t)plane->channels;
        for (int x = 0; x < SIDE; x++) {
            const uint8_t *pixel = row + (size_t)x * (size_t)plane->channels;
            luma[(size_t)y * SIDE + (size_t)x] = 0.299F * (float)pixel[plane->red] +
                                                 0.587F * (float)pixel[plane->green] +
                                                 0.114F * (float)pixel[plane->blue];
        }
    }
    for (int y = 0; y < SIDE; y++) {
        double wy = 0.5 - 0.5 * cos(2.0 * PI * y / (SIDE - 1));
        for (int x = 0; x < SIDE; x++) {
            float sum = 0.0F;
            int count = 0;
            for (int v = y > 3 ? y - 3 : 0; v <= y + 3 && v < SIDE; v++)
                for (int u = x > 3 ? x - 3 : 0; u <= x + 3 && u < SIDE; u++, count++)
                    sum += luma[(size_t)v * SIDE + (size_t)u];
            double wx = 0.5 - 0.5 * cos(2.0 * PI * x / (SIDE - 1));
            size_t at = (size_t)y * SIDE + (size_t)x;
            values[at] = (luma[at] - sum / (float)count) * (float)(wx * wy);
        }
    }
}

static float mean_around(const float *map, int x, int y, int radius)
{
    float sum = 0.0F;
    int count = 0;
    for (int v = -radius; v <= radius; v++)
        for (int u = -radius; u <= radius; u++, count++)
            sum += map[(size_t)((y + v) & (SIDE - 1)) * SIDE + (size_t)((x + u) & (SIDE - 1))];
    return sum / (float)count;
}

/* Frequency of a column or row, -SIDE/2 to SIDE/2 - 1. */
static int frequency(int place)
{
    return place < SIDE / 2 ? place : place - SIDE;
}

static float strongest_peak(const float *power)
{
    float best = 0.0F;
    for (int y = 0; y < SIDE / 2; y++) { /* the other half mirrors it */
        for (int x = 0; x < SIDE; x++) {
            int u = frequency(x);
            int v = frequency(y);
            int distance = u * u + v * v;
            if (distance < LOW * LOW || distance >= HIGH * HIGH || (u <= AXIS && u >= -AXIS) ||
                v <= AXIS)
                continue;
            float height = power[(size_t)y * SIDE + (size_t)x] - mean_around(power, x, y, AROUND);
            best = height > best ? height : best;
        }
    }
    return best;
}

static int clamp_start(double middle, int size)
{
    double start = fmin(fmax(round(middle - SIDE / 2.0), 0.0), (double)size - SIDE);
    return (int)start;
}

pv_status pv_spectrum_peak(pv_image *image, const pv_face *face, bool *known, float *peak)
{
    const pv_plane *plane = &image->levels[0];
    *known = plane->width >= SIDE && plane->height >= SIDE;
    *peak = 0.0F;
    if (!*known)
        return PV_OK;
    float complex *values = pv_arena_take(image->arena, AREA, sizeof *values);
    float *map = pv_arena_take(image->arena, 2 * AREA, sizeof *map);
    if (!values || !map)
        return PV_ERROR_GENERIC;
    float *power = map + AREA;
    load_window(plane, clamp_start(((double)face->left + face->right) / 2, plane->width),
                clamp_start(((double)face->top + face->bottom) / 2, plane->height), map, values);
    for (size_t y = 0; y < SIDE; y++)
        transform(values + y * SIDE, 1);
    for (size_t x = 0; x < SIDE; x++)
        transform(values + x, SIDE);
    for (size_t i = 0; i < AREA; i++)
        map[i] = crealf(values[i]) * crealf(values[i]) + cimagf(values[i]) * cimagf(values[i]);
    for (int y = 0; y < SIDE; y++)
        for (int x = 0; x < SIDE; x++)
            power[(size_t)y * SIDE + (size_t)x] = log10f(mean_around(map, x, y, 1) + POWER_FLOOR);
    *peak = strongest_peak(power);
    return PV_OK;
}
