// Batch normalisation in training, fused with a following ReLU (or ReLU6) and a residual sum.
//
// Tensors are [outer][spatial][inner]; channel c of item o is (o % blocks) * inner + lane. Sums are
// made per item in single precision around a pivot, and merged over items in double precision in a
// fixed order, so that the thread count never changes a bit.
#include <math.h>

#include "neural_kernels.h"
#include "parallel.h"

typedef struct {
  const float *x, *dy, *y, *residual;
  float *out, *kept, *first, *second;
  const float *scale, *shift, *center, *coefficient;
  size_t spatial, inner, blocks;
  float limit;
  int activated;
} Norm;

// The inner extent of the layout that convolutions choose on a CPU with 512-bit vectors; smaller
// vectors take it in several pieces. Written out, because the compiler would vectorise over pixels.
#define LANES 16
typedef float Lanes __attribute__((vector_size(4 * LANES), aligned(4)));
typedef int32_t Mask __attribute__((vector_size(4 * LANES)));
#define AT(pointer, pixel) (((const Lanes *)(pointer))[pixel])

// g where 0 < y < limit, else 0.
#define MASKED(g, y, limit) \
  (Lanes)((Mask)(g) & (Mask)((y) > (Lanes){0}) & (Mask)((y) < (Lanes){0} + (limit)))

// Deviations from each item's first pixel: sum and sum of squares.
VECTORISED static void moments(void *context, size_t from, size_t to) {
  Norm n = *(Norm *)context;
  for (size_t o = from; o < to; o++) {
    const float *x = n.x + o * n.spatial * n.inner;
    float *sum = n.first + o * n.inner, *square = n.second + o * n.inner;
    if (n.inner == LANES) {
      Lanes pivot = AT(x, 0), s0 = {0}, q0 = {0}, s1 = {0}, q1 = {0};
      size_t p = 0;
      for (; p + 2 <= n.spatial; p += 2) {
        Lanes d = AT(x, p) - pivot, e = AT(x, p + 1) - pivot;
        s0 += d;
        q0 += d * d;
        s1 += e;
        q1 += e * e;
      }
      if (p < n.spatial) {
        Lanes d = AT(x, p) - pivot;
        s0 += d;
        q0 += d * d;
      }
      *(Lanes *)sum = s0 + s1;
      *(Lanes *)square = q0 + q1;
    } else if (n.inner == 1) {
      float s[LANES] = {0}, q[LANES] = {0}, pivot = x[0];
      size_t p = 0;
      for (; p + LANES <= n.spatial; p += LANES)
        for (size_t c = 0; c < LANES; c++) {
          float d = x[p + c] - pivot;
          s[c] += d;
          q[c] += d * d;
        }
      for (; p < n.spatial; p++) {
        float d = x[p] - pivot;
        s[0] += d;
        q[0] += d * d;
      }
      sum[0] = square[0] = 0;
      for (size_t c = 0; c < LANES; c++) {
        sum[0] += s[c];
        square[0] += q[c];
      }
    } else {
      for (size_t c = 0; c < n.inner; c++) sum[c] = square[c] = 0;
      for (size_t p = 0; p < n.spatial; p++)
        for (size_t c = 0; c < n.inner; c++) {
          float d = x[p * n.inner + c] - x[c];
          sum[c] += d;
          square[c] += d * d;
        }
    }
  }
}

void nk_batch_moments(const float *x, float *work, float *mean, float *variance, size_t outer,
                      size_t blocks, size_t spatial, size_t inner) {
  Norm n = {.x = x, .first = work, .second = work + outer * inner, .spatial = spatial,
            .inner = inner, .blocks = blocks};
  nk_parallel(outer, 16384 / (spatial * inner) + 1, moments, &n);
  double count = (double)spatial;
  for (size_t b = 0; b < blocks; b++)
    for (size_t c = 0; c < inner; c++) {
      double total = 0, center = 0, deviation = 0;
      for (size_t o = b; o < outer; o += blocks) {
        double sum = n.first[o * inner + c], square = n.second[o * inner + c];
        double m = x[o * spatial * inner + c] + sum / count, d = m - center;
        double next = total + count;
        deviation += square - sum * sum / count + d * d * total * count / next;
        center += d * count / next;
        total = next;
      }
      mean[b * inner + c] = (float)center;
      variance[b * inner + c] = (float)(deviation > 0 ? deviation / total : 0);
    }
}

// out = activation(scale * x + shift + residual)
VECTORISED static void apply(void *context, size_t from, size_t to) {
  Norm n = *(Norm *)context;
  for (size_t o = from; o < to; o++) {
    size_t start = o * n.spatial * n.inner, channel = o % n.blocks * n.inner;
    const float *x = n.x + start, *a = n.scale + channel, *b = n.shift + channel;
    const float *residual = n.residual ? n.residual + start : 0;
    float *y = n.out + start;
    float low = n.activated ? 0 : -INFINITY, high = n.activated ? n.limit : INFINITY;
    if (n.inner == LANES) {
      Lanes gain = AT(a, 0), offset = AT(b, 0), bottom = (Lanes){0} + low, top = (Lanes){0} + high;
      for (size_t p = 0; p < n.spatial; p++) {
        Lanes v = AT(x, p) * gain + offset;
        if (residual) v += AT(residual, p);
        v = __builtin_elementwise_max(v, bottom);
        ((Lanes *)y)[p] = __builtin_elementwise_min(v, top);
      }
    } else if (n.inner == 1) {
      float gain = a[0], offset = b[0];
      for (size_t p = 0; p < n.spatial; p++) {
        float v = x[p] * gain + offset;
        if (residual) v += residual[p];
        v = v > low ? v : low;
        y[p] = v < high ? v : high;
      }
    } else {
      for (size_t p = 0; p < n.spatial; p++)
        for (size_t c = 0; c < n.inner; c++) {
          float v = x[p * n.inner + c] * a[c] + b[c];
          if (residual) v += residual[p * n.inner + c];
          v = v > low ? v : low;
          y[p * n.inner + c] = v < high ? v : high;
        }
    }
  }
}

void nk_batch_apply(float *y, const float *x, const float *residual, const float *scale,
                    const float *shift, int activated, float limit, size_t outer, size_t blocks,
                    size_t spatial, size_t inner) {
  Norm n = {.x = x, .residual = residual, .out = y, .scale = scale, .shift = shift,
            .spatial = spatial, .inner = inner, .blocks = blocks, .limit = limit,
            .activated = activated};
  nk_parallel(outer, 16384 / (spatial * inner) + 1, apply, &n);
}

// Sums of g and g * (x - center), where g is dy where 0 < y < limit. With `kept`, g is stored too.
// y is recomputed as scale * x + shift unless it is given.
VECTORISED static void gradient_sums(void *context, size_t from, size_t to) {
  Norm n = *(Norm *)context;
  size_t inner = n.inner;
  for (size_t o = from; o < to; o++) {
    size_t start = o * n.spatial * inner, channel = o % n.blocks * inner;
    const float *x = n.x + start, *dy = n.dy + start, *y = n.y ? n.y + start : 0;
    const float *a = n.scale + channel, *b = n.shift + channel, *m = n.center + channel;
    float *kept = n.kept ? n.kept + start : 0;
    float *sum = n.first + o * inner, *dot = n.second + o * inner;
    if (inner == LANES) {
      Lanes gain = AT(a, 0), offset = AT(b, 0), center = AT(m, 0), s = {0}, t = {0};
      for (size_t p = 0; p < n.spatial; p++) {
        Lanes g = AT(dy, p), v = AT(x, p);
        if (n.activated) {
          Lanes out = y ? AT(y, p) : v * gain + offset;
          g = MASKED(g, out, n.limit);
        }
        if (kept) ((Lanes *)kept)[p] = g;
        s += g;
        t += g * (v - center);
      }
      *(Lanes *)sum = s;
      *(Lanes *)dot = t;
    } else if (inner == 1) {
      float s[LANES] = {0}, t[LANES] = {0};
      float gain = a[0], offset = b[0], center = m[0];
      size_t whole = n.spatial / LANES * LANES;
      for (size_t p = 0; p < n.spatial; p += p < whole ? LANES : 1)
        for (size_t c = 0; c < (p < whole ? LANES : 1); c++) {
          size_t i = p + c;
          float g = dy[i];
          if (n.activated) {
            float v = y ? y[i] : x[i] * gain + offset;
            g = ((v > 0) & (v < n.limit)) ? g : 0;
          }
          if (kept) kept[i] = g;
          s[c] += g;
          t[c] += g * (x[i] - center);
        }
      sum[0] = dot[0] = 0;
      for (size_t c = 0; c < LANES; c++) {
        sum[0] += s[c];
        dot[0] += t[c];
      }
    } else {
      for (size_t c = 0; c < inner; c++) sum[c] = dot[c] = 0;
      for (size_t p = 0; p < n.spatial; p++)
        for (size_t c = 0; c < inner; c++) {
          size_t i = p * inner + c;
          float g = dy[i];
          if (n.activated) {
            float v = y ? y[i] : x[i] * a[c] + b[c];
            g = ((v > 0) & (v < n.limit)) ? g : 0;
          }
          if (kept) kept[i] = g;
          sum[c] += g;
          dot[c] += g * (x[i] - m[c]);
        }
    }
  }
}

void nk_batch_gradient_sums(const float *dy, const float *x, const float *y, float *kept,
                            float *work, float *sum, float *dot, const float *scale,
                            const float *shift, const float *mean, int activated, float limit,
                            size_t outer, size_t blocks, size_t spatial, size_t inner) {
  Norm n = {.x = x, .dy = dy, .y = y, .kept = kept, .first = work,
            .second = work + outer * inner, .scale = scale, .shift = shift, .center = mean,
            .spatial = spatial, .inner = inner, .blocks = blocks, .limit = limit,
            .activated = activated};
  nk_parallel(outer, 16384 / (spatial * inner) + 1, gradient_sums, &n);
  for (size_t b = 0; b < blocks; b++)
    for (size_t c = 0; c < inner; c++) {
      double s = 0, t = 0;
      for (size_t o = b; o < outer; o += blocks) {
        s += n.first[o * inner + c];
        t += n.second[o * inner + c];
      }
      sum[b * inner + c] = (float)s;
      dot[b * inner + c] = (float)t;
    }
}

// dx = scale * g + slope * x + offset, g masked as above (coefficient: slopes, then offsets).
VECTORISED static void gradient_apply(void *context, size_t from, size_t to) {
  Norm n = *(Norm *)context;
  size_t inner = n.inner;
  for (size_t o = from; o < to; o++) {
    size_t start = o * n.spatial * inner, channel = o % n.blocks * inner;
    const float *x = n.x + start, *dy = n.dy + start;
    const float *a = n.scale + channel, *b = n.shift + channel;
    const float *slope = n.coefficient + channel, *offset = n.center + channel;
    float *dx = n.out + start;
    if (inner == LANES) {
      Lanes gain = AT(a, 0), shift = AT(b, 0), tilt = AT(slope, 0), base = AT(offset, 0);
      for (size_t p = 0; p < n.spatial; p++) {
        Lanes g = AT(dy, p), v = AT(x, p);
        if (n.activated) {
          Lanes out = v * gain + shift;
          g = MASKED(g, out, n.limit);
        }
        ((Lanes *)dx)[p] = gain * g + (tilt * v + base);
      }
    } else {
      for (size_t p = 0; p < n.spatial; p++)
        for (size_t c = 0; c < inner; c++) {
          size_t i = p * inner + c;
          float g = dy[i], v = x[i];
          if (n.activated) {
            float y = v * a[c] + b[c];
            g = ((y > 0) & (y < n.limit)) ? g : 0;
          }
          dx[i] = a[c] * g + slope[c] * v + offset[c];
        }
    }
  }
}

void nk_batch_gradient_apply(float *dx, const float *dy, const float *x, const float *scale,
                             const float *shift, const float *slope, const float *offset,
                             int activated, float limit, size_t outer, size_t blocks,
                             size_t spatial, size_t inner) {
  Norm n = {.x = x, .dy = dy, .out = dx, .scale = scale, .shift = shift, .center = offset,
            .coefficient = slope, .spatial = spatial, .inner = inner, .blocks = blocks,
            .limit = limit, .activated = activated};
  nk_parallel(outer, 16384 / (spatial * inner) + 1, gradient_apply, &n);
}
