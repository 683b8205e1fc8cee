/* Dot products of one query with many rows: the inner loop of the exact scan.
 *
 * One kernel for each instruction set; the best that this processor has is picked at run time. */
#ifndef PV_SERVER_KERNEL_H
#define PV_SERVER_KERNEL_H

#include <stdbool.h>
#include <stddef.h>

/* Rows are padded with zeros to a multiple of this many floats and aligned to as many bytes as
 * that is, so that no kernel has a tail. */
#define PV_KERNEL_FLOATS 16
#define PV_KERNEL_ALIGNMENT 64

/* scores[i] = query . rows[i], for count rows of stride floats each. */
typedef void (*pv_kernel_function)(const float *query, const float *rows, size_t stride,
                                   size_t count, float *scores);

typedef struct pv_kernel {
    const char *name;
    pv_kernel_function function;
    bool (*supported)(void);
} pv_kernel;

/* Best first, "scalar" last; NULL beyond the end. */
const pv_kernel *pv_kernel_at(size_t index);

/* The first that this processor supports; never NULL. */
const pv_kernel *pv_kernel_best(void);

/* dimension rounded up to whole kernel steps. */
size_t pv_kernel_stride(size_t dimension);

/* One dot product in double precision: what scores are reported from, equal on every processor. */
double pv_kernel_dot(const float *a, const float *b, size_t count);

#endif
