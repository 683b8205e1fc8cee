/* Templates in 8 bits, with a bound on what that leaves out: a first look that reads a quarter of
 * the memory and is never wrong about who cannot be the answer. */
#ifndef PV_SERVER_CODES_H
#define PV_SERVER_CODES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PV_CODES_STEP 64 /* codes of a row are padded to a multiple of this many bytes */
#define PV_CODES_MAX 2048

/* A row's codes are bytes c; its vector is about scale * (c - 128), with 128 in the padding. */
typedef struct pv_code {
    float scale;
    float error; /* length of the difference between the vector and what its codes stand for */
} pv_code;

typedef struct pv_code_query {
    _Alignas(64) int8_t bytes[PV_CODES_MAX];  /* -127..127, 0 in the padding */
    _Alignas(64) int16_t words[PV_CODES_MAX]; /* the same numbers */
    int32_t offset;                           /* 128 times their sum */
    float scale;
    float error;
    float length; /* of the vector */
} pv_code_query;

/* Bytes of a row's codes. */
size_t pv_codes_stride(size_t dimension);

void pv_codes_make(const float *vector, size_t dimension, uint8_t *codes, pv_code *code);
void pv_codes_make_query(const float *vector, size_t dimension, pv_code_query *query);

/* dots[i] = sum of query * codes, exactly; of count rows of stride codes each. */
typedef void (*pv_codes_function)(const pv_code_query *query, const uint8_t *codes, size_t stride,
                                  size_t count, int32_t *dots);

typedef struct pv_codes_kernel {
    const char *name;
    pv_codes_function function;
    bool (*supported)(void);
} pv_codes_kernel;

/* Best first, "scalar" last; NULL beyond the end. */
const pv_codes_kernel *pv_codes_kernel_at(size_t index);

/* NULL when this processor has no kernel but the scalar one, which takes longer than to look at
 * the full precision at once. */
const pv_codes_kernel *pv_codes_kernel_best(void);

/* bounds[i]: the dot product of query and row i is not above it, also when it is computed in
 * single precision. longest: no row's vector is longer. */
void pv_codes_bounds(const pv_code_query *query, const pv_code *codes, const int32_t *dots,
                     size_t count, float longest, float *bounds);

#endif
