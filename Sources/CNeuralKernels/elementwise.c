// Element-wise kernels; every one is memory bound, so plain loops that the compiler vectorises do.
#include "neural_kernels.h"

#include "parallel.h"

typedef struct {
  float *y;
  const float *a, *b;
  float scale;
  uint64_t key;
  size_t spatial, inner;
} Operands;

#define GRAIN 16384

VECTORISED static void add_relu(void *context, size_t from, size_t to) {
  Operands o = *(Operands *)context;
  for (size_t i = from; i < to; i++) {
    float v = o.a[i] + o.b[i];
    o.y[i] = v > 0 ? v : 0;
  }
}
void nk_add_relu(float *z, const float *x, const float *y, size_t count) {
  Operands o = {.y = z, .a = x, .b = y};
  nk_parallel(count, GRAIN, add_relu, &o);
}

VECTORISED static void accumulate(void *context, size_t from, size_t to) {
  Operands o = *(Operands *)context;
  float *restrict y = o.y;
  const float *restrict x = o.a;
  for (size_t i = from; i < to; i++) y[i] += x[i];
}
void nk_accumulate(float *y, const float *x, size_t count) {
  Operands o = {.y = y, .a = x};
  nk_parallel(count, GRAIN, accumulate, &o);
}

VECTORISED static void add(void *context, size_t from, size_t to) {
  Operands o = *(Operands *)context;
  for (size_t i = from; i < to; i++) o.y[i] = o.a[i] + o.b[i];
}
void nk_add(float *z, const float *x, const float *y, size_t count) {
  Operands o = {.y = z, .a = x, .b = y};
  nk_parallel(count, GRAIN, add, &o);
}

VECTORISED static void relu_backward(void *context, size_t from, size_t to) {
  Operands o = *(Operands *)context;
  for (size_t i = from; i < to; i++) {
    float y = o.b[i];
    o.y[i] = ((y > 0) & (y < o.scale)) ? o.a[i] : 0;
  }
}
void nk_relu_backward(float *dx, const float *dy, const float *y, float limit, size_t count) {
  Operands o = {.y = dx, .a = dy, .b = y, .scale = limit};
  nk_parallel(count, GRAIN, relu_backward, &o);
}

VECTORISED static void scale(void *context, size_t from, size_t to) {
  Operands o = *(Operands *)context;
  for (size_t i = from; i < to; i++) o.y[i] = o.a[i] * o.scale;
}
void nk_scale(float *y, const float *x, float factor, size_t count) {
  Operands o = {.y = y, .a = x, .scale = factor};
  nk_parallel(count, GRAIN, scale, &o);
}

VECTORISED static void dropout(void *context, size_t from, size_t to) {
  Operands o = *(Operands *)context;
  uint32_t threshold = (uint32_t)(o.scale * 4294967296.0);
  float keep = 1 / (1 - o.scale);
  for (size_t i = from; i < to; i++) {
    uint64_t z = o.key + (uint64_t)i * 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    o.y[i] = (uint32_t)(z >> 32) >= threshold ? o.a[i] * keep : 0;
  }
}
void nk_dropout(float *y, const float *x, uint64_t key, float rate, size_t count) {
  Operands o = {.y = y, .a = x, .scale = rate, .key = key};
  nk_parallel(count, GRAIN, dropout, &o);
}

VECTORISED static void channel_scale(void *context, size_t from, size_t to) {
  Operands o = *(Operands *)context;
  for (size_t n = from; n < to; n++) {
    const float *gate = o.b + n * o.inner;
    const float *x = o.a + n * o.spatial * o.inner;
    float *y = o.y + n * o.spatial * o.inner;
    if (o.inner == 1) {
      for (size_t s = 0; s < o.spatial; s++) y[s] = x[s] * gate[0];
    } else {
      for (size_t s = 0; s < o.spatial; s++)
        for (size_t c = 0; c < o.inner; c++) y[s * o.inner + c] = x[s * o.inner + c] * gate[c];
    }
  }
}
void nk_channel_scale(float *y, const float *x, const float *gate, size_t outer, size_t spatial,
                      size_t inner) {
  Operands o = {.y = y, .a = x, .b = gate, .spatial = spatial, .inner = inner};
  nk_parallel(outer, GRAIN / (spatial * inner) + 1, channel_scale, &o);
}

VECTORISED static void channel_dot(void *context, size_t from, size_t to) {
  Operands o = *(Operands *)context;
  for (size_t n = from; n < to; n++) {
    const float *a = o.a + n * o.spatial * o.inner;
    const float *b = o.b + n * o.spatial * o.inner;
    float *sum = o.y + n * o.inner;
    for (size_t c = 0; c < o.inner; c++) sum[c] = 0;
    if (o.inner == 1) {
      // Sixteen partial sums in a fixed order, so that the result does not depend on vector width.
      float partial[16] = {0};
      size_t s = 0;
      for (; s + 16 <= o.spatial; s += 16)
        for (size_t k = 0; k < 16; k++) partial[k] += a[s + k] * b[s + k];
      for (; s < o.spatial; s++) partial[0] += a[s] * b[s];
      for (size_t k = 0; k < 16; k++) sum[0] += partial[k];
    } else {
      for (size_t s = 0; s < o.spatial; s++)
        for (size_t c = 0; c < o.inner; c++) sum[c] += a[s * o.inner + c] * b[s * o.inner + c];
    }
  }
}
void nk_channel_dot(float *sum, const float *a, const float *b, size_t outer, size_t spatial,
                    size_t inner) {
  Operands o = {.y = sum, .a = a, .b = b, .spatial = spatial, .inner = inner};
  nk_parallel(outer, GRAIN / (spatial * inner) + 1, channel_dot, &o);
}
