// Loops that measure what the machine can do at best.
#include "neural_kernels.h"
#include "numbers.h"
#include "parallel.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#define CHAINS 12

typedef struct {
  size_t rounds;
  const float *data;
  float result[256];
} Peak;

// Independent chains of multiply-adds, enough to hide an instruction's latency.
VECTORISED static void multiply(void *context, size_t from, size_t to) {
  Peak *peak = context;
  for (size_t thread = from; thread < to; thread++) {
    Lanes chain[CHAINS], factor = (Lanes){0} + 0.999f, term = (Lanes){0} + 0.001f;
    for (int c = 0; c < CHAINS; c++) chain[c] = (Lanes){0} + (float)c;
    for (size_t round = 0; round < peak->rounds; round++) {
#pragma clang loop unroll(full)
      for (int c = 0; c < CHAINS; c++) {
#pragma clang fp contract(fast)
        chain[c] = chain[c] * factor + term;
      }
    }
    for (int c = 1; c < CHAINS; c++) chain[0] += chain[c];
    peak->result[thread % 256] = chain[0][0];
  }
}

double nk_peak_float(size_t rounds, int threads) {
  Peak peak = {.rounds = rounds};
  nk_parallel((size_t)threads, 1, multiply, &peak);
  return 2.0 * LANES * CHAINS * (double)rounds * threads;
}

#if defined(__x86_64__)
__attribute__((target("avx512f,avx512bf16"))) static void multiply_half(void *context, size_t from,
                                                                        size_t to) {
  Peak *peak = context;
  for (size_t thread = from; thread < to; thread++) {
    __m512 chain[CHAINS];
    __m512bh factor = (__m512bh)_mm512_set1_epi32(0x3f803f80);
    for (int c = 0; c < CHAINS; c++) chain[c] = _mm512_set1_ps((float)c);
    for (size_t round = 0; round < peak->rounds; round++) {
#pragma clang loop unroll(full)
      for (int c = 0; c < CHAINS; c++) chain[c] = _mm512_dpbf16_ps(chain[c], factor, factor);
    }
    for (int c = 1; c < CHAINS; c++) chain[0] = _mm512_add_ps(chain[0], chain[c]);
    peak->result[thread % 256] = _mm512_reduce_add_ps(chain[0]);
  }
}
#endif

double nk_peak_half(size_t rounds, int threads) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512bf16")) {
    Peak peak = {.rounds = rounds};
    nk_parallel((size_t)threads, 1, multiply_half, &peak);
    return 4.0 * LANES * CHAINS * (double)rounds * threads;
  }
#endif
  (void)rounds;
  (void)threads;
  return 0;
}

VECTORISED static void sum_up(void *context, size_t from, size_t to) {
  Peak *peak = context;
  Lanes a = {0}, b = {0}, c = {0}, d = {0};
  const float *x = peak->data;
  for (size_t i = from / LANES; i + 4 <= to / LANES; i += 4) {
    a += AT(x, i);
    b += AT(x, i + 1);
    c += AT(x, i + 2);
    d += AT(x, i + 3);
  }
  a += b + c + d;
  peak->result[from / 16 % 256] = a[0];
}

double nk_peak_read(const float *data, size_t count) {
  Peak peak = {.data = data};
  nk_parallel(count, 1 << 16, sum_up, &peak);
  double sum = 0;
  for (int i = 0; i < 256; i++) sum += peak.result[i];
  return sum;
}
