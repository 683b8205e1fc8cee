#include "server/codes.h"

#include <math.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#define CODE_ZERO 128
#define CODE_MAX 127

/* More than single precision can lose in a dot product of unit vectors and in a bound. */
#define ROUNDING 2e-5F

size_t pv_codes_stride(size_t dimension)
{
    return (dimension + PV_CODES_STEP - 1) / PV_CODES_STEP * PV_CODES_STEP;
}

/* The step between two codes: the largest element gets the largest code. */
static float scale_for(const float *vector, size_t dimension)
{
    float largest = 0.0F;
    for (size_t i = 0; i < dimension; i++)
        largest = fmaxf(largest, fabsf(vector[i]));
    return largest / CODE_MAX;
}

static int code_of(float value, float scale)
{
    if (!(scale > 0.0F))
        return 0;
    long code = lrintf(value / scale);
    return code > CODE_MAX ? CODE_MAX : code < -CODE_MAX ? -CODE_MAX : (int)code;
}

static double square_error(float value, int code, float scale)
{
    double difference = (double)value - (double)code * (double)scale;
    return difference * difference;
}

/* To single precision, never downwards. */
static float round_up(double value)
{
    return nextafterf((float)value, INFINITY);
}

void pv_codes_make(const float *vector, size_t dimension, uint8_t *codes, pv_code *code)
{
    double error = 0.0;
    size_t stride = pv_codes_stride(dimension);
    code->scale = scale_for(vector, dimension);
    for (size_t i = 0; i < dimension; i++) {
        int number = code_of(vector[i], code->scale);
        error += square_error(vector[i], number, code->scale);
        codes[i] = (uint8_t)(number + CODE_ZERO);
    }
    for (size_t i = dimension; i < stride; i++)
        codes[i] = CODE_ZERO;
    code->error = round_up(sqrt(error));
}

void pv_codes_make_query(const float *vector, size_t dimension, pv_code_query *query)
{
    double error = 0.0;
    double length = 0.0;
    size_t stride = pv_codes_stride(dimension);
    query->scale = scale_for(vector, dimension);
    query->offset = 0;
    for (size_t i = 0; i < stride; i++) {
        int number = i < dimension ? code_of(vector[i], query->scale) : 0;
        if (i < dimension) {
            error += square_error(vector[i], number, query->scale);
            length += (double)vector[i] * (double)vector[i];
        }
        query->bytes[i] = (int8_t)number;
        query->words[i] = (int16_t)number;
        query->offset += CODE_ZERO * number;
    }
    query->error = round_up(sqrt(error));
    query->length = round_up(sqrt(length));
}

static void dot_scalar(const pv_code_query *query, const uint8_t *codes, size_t stride,
                       size_t count, int32_t *dots)
{
    for (size_t i = 0; i < count; i++) {
        const uint8_t *row = codes + i * stride;
        int32_t sum = 0;
        for (size_t j = 0; j < stride; j++)
            sum += (int32_t)row[j] * query->bytes[j];
        dots[i] = sum - query->offset;
    }
}

static bool always(void)
{
    return true;
}

#if defined(__x86_64__)

static bool has_vnni(void)
{
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vnni");
}

static bool has_avx2(void)
{
    return __builtin_cpu_supports("avx2");
}

__attribute__((target("avx512f,avx512vnni"))) static void dot_vnni(const pv_code_query *query,
                                                                   const uint8_t *codes,
                                                                   size_t stride, size_t count,
                                                                   int32_t *dots)
{
    for (size_t i = 0; i < count; i++) {
        const uint8_t *row = codes + i * stride;
        __m512i a = _mm512_setzero_si512();
        __m512i b = a;
        size_t j = 0;
        for (; j + 128 <= stride; j += 128) {
            a = _mm512_dpbusd_epi32(a, _mm512_load_si512(row + j),
                                    _mm512_load_si512(query->bytes + j));
            b = _mm512_dpbusd_epi32(b, _mm512_load_si512(row + j + 64),
                                    _mm512_load_si512(query->bytes + j + 64));
        }
        if (j < stride)
            a = _mm512_dpbusd_epi32(a, _mm512_load_si512(row + j),
                                    _mm512_load_si512(query->bytes + j));
        dots[i] = _mm512_reduce_add_epi32(_mm512_add_epi32(a, b)) - query->offset;
    }
}

/* In 16 bits: the 8-bit multiply-add of AVX2 saturates. */
__attribute__((target("avx2"))) static void dot_avx2(const pv_code_query *query,
                                                     const uint8_t *codes, size_t stride,
                                                     size_t count, int32_t *dots)
{
    for (size_t i = 0; i < count; i++) {
        const uint8_t *row = codes + i * stride;
        __m256i a = _mm256_setzero_si256();
        __m256i b = a;
        for (size_t j = 0; j < stride; j += 32) {
            const __m128i *at = (const __m128i *)(const void *)(row + j);
            const __m256i *with = (const __m256i *)(const void *)(query->words + j);
            __m256i low = _mm256_cvtepu8_epi16(_mm_load_si128(at));
            __m256i high = _mm256_cvtepu8_epi16(_mm_load_si128(at + 1));
            a = _mm256_add_epi32(a, _mm256_madd_epi16(low, _mm256_load_si256(with)));
            b = _mm256_add_epi32(b, _mm256_madd_epi16(high, _mm256_load_si256(with + 1)));
        }
        a = _mm256_add_epi32(a, b);
        __m128i sum = _mm_add_epi32(_mm256_castsi256_si128(a), _mm256_extracti128_si256(a, 1));
        sum = _mm_add_epi32(sum, _mm_shuffle_epi32(sum, 0x4E));
        sum = _mm_add_epi32(sum, _mm_shuffle_epi32(sum, 0xB1));
        dots[i] = _mm_cvtsi128_si32(sum) - query->offset;
    }
}

#endif

static const pv_codes_kernel kernels[] = {
#if defined(__x86_64__)
    {"avx512-vnni", dot_vnni, has_vnni},
    {"avx2", dot_avx2, has_avx2},
#endif
    {"scalar", dot_scalar, always},
};

#define KERNEL_COUNT (sizeof kernels / sizeof kernels[0])

const pv_codes_kernel *pv_codes_kernel_at(size_t index)
{
    return index < KERNEL_COUNT ? &kernels[index] : NULL;
}

const pv_codes_kernel *pv_codes_kernel_best(void)
{
    for (size_t i = 0; i + 1 < KERNEL_COUNT; i++)
        if (kernels[i].supported())
            return &kernels[i];
    return NULL;
}

/* With x = x' + r and q = q' + s, where x' and q' are what the codes stand for:
 * x.q = x'.q' + r.q + x'.s <= x'.q' + |r||q| + (|x| + |r|)|s|. */
void pv_codes_bounds(const pv_code_query *query, const pv_code *codes, const int32_t *dots,
                     size_t count, float longest, float *bounds)
{
    float per_error = query->length + query->error;
    float fixed = longest * query->error + ROUNDING;
    for (size_t i = 0; i < count; i++)
        bounds[i] =
            (float)dots[i] * (codes[i].scale * query->scale) + codes[i].error * per_error + fixed;
}
