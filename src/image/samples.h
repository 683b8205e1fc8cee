/* Arithmetic that everything that resamples pictures shares. */
#ifndef PV_IMAGE_SAMPLES_H
#define PV_IMAGE_SAMPLES_H

#include <stdint.h>

/* Weights of the four samples around a place that lies t, 0 to 1, behind the second of them; E.
 * Catmull, R. Rom, "A class of local interpolating splines", 1974. */
static inline void pv_cubic_weights(float t, float out[4])
{
    float t2 = t * t;
    float t3 = t2 * t;
    out[0] = 0.5F * (-t3 + 2.0F * t2 - t);
    out[1] = 0.5F * (3.0F * t3 - 5.0F * t2 + 2.0F);
    out[2] = 0.5F * (-3.0F * t3 + 4.0F * t2 + t);
    out[3] = 0.5F * (t3 - t2);
}

/* A row or column, or the nearest one of those from 0 to `most`. */
static inline int pv_index_within(int value, int most)
{
    return value < 0 ? 0 : value > most ? most : value;
}

/* Rounded, within 0 to 255. */
static inline uint8_t pv_byte_of(float value)
{
    return (uint8_t)(value <= 0.0F ? 0.0F : value >= 255.0F ? 255.0F : value + 0.5F);
}

#endif
