#include "server/kernel.h"

#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

/* All kernels read one row after the other, in the order of memory, with several sums side by side
 * to hide the latency of the multiply-add. A scan is bound by memory, and the processor's own
 * prefetching follows one rising stream best: four rows at a time are faster from the cache but
 * take almost three times as long from memory, and prefetch instructions only cost. index_bench
 * shows it. */

static void dot_scalar(const float *query, const float *rows, size_t stride, size_t count,
                       float *scores)
{
    for (size_t i = 0; i < count; i++) {
        const float *row = rows + i * stride;
        float sum[4] = {0.0F, 0.0F, 0.0F, 0.0F};
        for (size_t j = 0; j < stride; j += 4) {
            sum[0] += query[j] * row[j];
            sum[1] += query[j + 1] * row[j + 1];
            sum[2] += query[j + 2] * row[j + 2];
            sum[3] += query[j + 3] * row[j + 3];
        }
        scores[i] = (sum[0] + sum[1]) + (sum[2] + sum[3]);
    }
}

static bool always(void)
{
    return true;
}

#if defined(__x86_64__)

static bool has_avx512(void)
{
    return __builtin_cpu_supports("avx512f");
}

static bool has_avx2(void)
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}

__attribute__((target("avx512f"))) static void
dot_avx512(const float *query, const float *rows, size_t stride, size_t count, float *scores)
{
    for (size_t i = 0; i < count; i++) {
        const float *row = rows + i * stride;
        __m512 a = _mm512_setzero_ps();
        __m512 b = a;
        __m512 c = a;
        __m512 d = a;
        size_t j = 0;
        for (; j + 64 <= stride; j += 64) {
            a = _mm512_fmadd_ps(_mm512_load_ps(query + j), _mm512_load_ps(row + j), a);
            b = _mm512_fmadd_ps(_mm512_load_ps(query + j + 16), _mm512_load_ps(row + j + 16), b);
            c = _mm512_fmadd_ps(_mm512_load_ps(query + j + 32), _mm512_load_ps(row + j + 32), c);
            d = _mm512_fmadd_ps(_mm512_load_ps(query + j + 48), _mm512_load_ps(row + j + 48), d);
        }
        for (; j < stride; j += 16)
            a = _mm512_fmadd_ps(_mm512_load_ps(query + j), _mm512_load_ps(row + j), a);
        scores[i] = _mm512_reduce_add_ps(_mm512_add_ps(_mm512_add_ps(a, b), _mm512_add_ps(c, d)));
    }
}

__attribute__((target("avx2,fma"))) static float add_lanes_avx2(__m256 value)
{
    __m128 half = _mm_add_ps(_mm256_castps256_ps128(value), _mm256_extractf128_ps(value, 1));
    half = _mm_add_ps(half, _mm_movehl_ps(half, half));
    half = _mm_add_ss(half, _mm_movehdup_ps(half));
    return _mm_cvtss_f32(half);
}

__attribute__((target("avx2,fma"))) static void dot_avx2(const float *query, const float *rows,
                                                         size_t stride, size_t count, float *scores)
{
    for (size_t i = 0; i < count; i++) {
        const float *row = rows + i * stride;
        __m256 a = _mm256_setzero_ps();
        __m256 b = a;
        __m256 c = a;
        __m256 d = a;
        size_t j = 0;
        for (; j + 32 <= stride; j += 32) {
            a = _mm256_fmadd_ps(_mm256_load_ps(query + j), _mm256_load_ps(row + j), a);
            b = _mm256_fmadd_ps(_mm256_load_ps(query + j + 8), _mm256_load_ps(row + j + 8), b);
            c = _mm256_fmadd_ps(_mm256_load_ps(query + j + 16), _mm256_load_ps(row + j + 16), c);
            d = _mm256_fmadd_ps(_mm256_load_ps(query + j + 24), _mm256_load_ps(row + j + 24), d);
        }
        for (; j < stride; j += 8)
            a = _mm256_fmadd_ps(_mm256_load_ps(query + j), _mm256_load_ps(row + j), a);
        scores[i] = add_lanes_avx2(_mm256_add_ps(_mm256_add_ps(a, b), _mm256_add_ps(c, d)));
    }
}

#elif defined(__aarch64__)

static void dot_neon(const float *query, const float *rows, size_t stride, size_t count,
                     float *scores)
{
    for (size_t i = 0; i < count; i++) {
        const float *row = rows + i * stride;
        float32x4_t a = vdupq_n_f32(0.0F);
        float32x4_t b = a;
        float32x4_t c = a;
        float32x4_t d = a;
        for (size_t j = 0; j < stride; j += 16) {
            a = vfmaq_f32(a, vld1q_f32(query + j), vld1q_f32(row + j));
            b = vfmaq_f32(b, vld1q_f32(query + j + 4), vld1q_f32(row + j + 4));
            c = vfmaq_f32(c, vld1q_f32(query + j + 8), vld1q_f32(row + j + 8));
            d = vfmaq_f32(d, vld1q_f32(query + j + 12), vld1q_f32(row + j + 12));
        }
        scores[i] = vaddvq_f32(vaddq_f32(vaddq_f32(a, b), vaddq_f32(c, d)));
    }
}

#endif

static const pv_kernel kernels[] = {
#if defined(__x86_64__)
    {"avx512", dot_avx512, has_avx512},
    {"avx2", dot_avx2, has_avx2},
#elif defined(__aarch64__)
    {"neon", dot_neon, always},
#endif
    {"scalar", dot_scalar, always},
};

#define KERNEL_COUNT (sizeof kernels / sizeof kernels[0])

const pv_kernel *pv_kernel_at(size_t index)
{
    return index < KERNEL_COUNT ? &kernels[index] : NULL;
}

const pv_kernel *pv_kernel_best(void)
{
    size_t i = 0;
    while (i + 1 < KERNEL_COUNT && !kernels[i].supported())
        i++;
    return &kernels[i];
}

size_t pv_kernel_stride(size_t dimension)
{
    return (dimension + PV_KERNEL_FLOATS - 1) / PV_KERNEL_FLOATS * PV_KERNEL_FLOATS;
}

double pv_kernel_dot(const float *a, const float *b, size_t count)
{
    double sum = 0.0;
    for (size_t i = 0; i < count; i++)
        sum += (double)a[i] * (double)b[i];
    return sum;
}
