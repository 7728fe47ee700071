// The loops of batch_norm.c for one kind of numbers (numbers.h).

// Deviations from each item's first pixel: sum and sum of squares.
VECTORISED static void NAME(moments)(void *context, size_t from, size_t to) {
  Norm n = *(Norm *)context;
  for (size_t o = from; o < to; o++) {
    const NUMBER *x = (const NUMBER *)n.x + o * n.spatial * n.inner;
    float *sum = n.first + o * n.inner, *square = n.second + o * n.inner;
    if (n.inner == LANES) {
      Lanes pivot = WIDE(x, 0);
      DoubleLanes s = {0}, q = {0};
      for (size_t p = 0; p < n.spatial;) {
        size_t end = p + RUN < n.spatial ? p + RUN : n.spatial;
        Lanes s0 = {0}, q0 = {0}, s1 = {0}, q1 = {0};
        for (; p + 2 <= end; p += 2) {
          Lanes d = WIDE(x, p) - pivot, e = WIDE(x, p + 1) - pivot;
          s0 += d;
          q0 += d * d;
          s1 += e;
          q1 += e * e;
        }
        if (p < end) {
          Lanes d = WIDE(x, p++) - pivot;
          s0 += d;
          q0 += d * d;
        }
        s += DOUBLED(s0 + s1);
        q += DOUBLED(q0 + q1);
      }
      *(Lanes *)sum = SINGLE(s);
      *(Lanes *)square = SINGLE(q);
    } else if (n.inner == 1) {
      float pivot = READ(x[0]);
      double total = 0, squares = 0;
      for (size_t p = 0; p < n.spatial;) {
        size_t end = p + RUN * LANES < n.spatial ? p + RUN * LANES : n.spatial;
        float s[LANES] = {0}, q[LANES] = {0};
        for (; p + LANES <= end; p += LANES)
          for (size_t c = 0; c < LANES; c++) {
            float d = READ(x[p + c]) - pivot;
            s[c] += d;
            q[c] += d * d;
          }
        for (; p < end; p++) {
          float d = READ(x[p]) - pivot;
          s[0] += d;
          q[0] += d * d;
        }
        for (size_t c = 0; c < LANES; c++) {
          total += s[c];
          squares += q[c];
        }
      }
      sum[0] = (float)total;
      square[0] = (float)squares;
    } else {
      for (size_t c = 0; c < n.inner; c++) sum[c] = square[c] = 0;
      for (size_t p = 0; p < n.spatial; p++)
        for (size_t c = 0; c < n.inner; c++) {
          float d = READ(x[p * n.inner + c]) - READ(x[c]);
          sum[c] += d;
          square[c] += d * d;
        }
    }
  }
}

void NAME(nk_batch_moments)(const NUMBER *x, float *work, float *mean, float *variance, size_t outer,
                      size_t blocks, size_t spatial, size_t inner) {
  Norm n = {.x = x, .first = work, .second = work + outer * inner, .spatial = spatial,
            .inner = inner, .blocks = blocks};
  nk_parallel(outer, 16384 / (spatial * inner) + 1, NAME(moments), &n);
  double count = (double)spatial;
  for (size_t b = 0; b < blocks; b++)
    for (size_t c = 0; c < inner; c++) {
      double total = 0, center = 0, deviation = 0;
      for (size_t o = b; o < outer; o += blocks) {
        double sum = n.first[o * inner + c], square = n.second[o * inner + c];
        double m = READ(x[o * spatial * inner + c]) + sum / count, d = m - center;
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
VECTORISED static void NAME(apply)(void *context, size_t from, size_t to) {
  Norm n = *(Norm *)context;
  for (size_t o = from; o < to; o++) {
    size_t start = o * n.spatial * n.inner, channel = o % n.blocks * n.inner;
    const NUMBER *x = (const NUMBER *)n.x + start;
    const float *a = n.scale + channel, *b = n.shift + channel;
    const NUMBER *residual = n.residual ? (const NUMBER *)n.residual + start : 0;
    NUMBER *y = (NUMBER *)n.out + start;
    int clips = n.activation == CLIPPED;
    float low = clips ? 0 : -INFINITY, high = clips ? n.limit : INFINITY;
    if (n.activation == SILU && n.inner == LANES) {
      Lanes gain = AT(a, 0), offset = AT(b, 0);
      for (size_t p = 0; p < n.spatial; p++) {
        Lanes v = WIDE(x, p) * gain + offset;
        PUT(y, p, v * SIGMOID(v));
      }
    } else if (n.activation == SILU) {
      for (size_t p = 0; p < n.spatial; p++)
        for (size_t c = 0; c < n.inner; c++) {
          float v = READ(x[p * n.inner + c]) * a[c] + b[c];
          y[p * n.inner + c] = WRITE(v * SIGMOID_OF_ONE(v));
        }
    } else if (n.inner == LANES) {
      Lanes gain = AT(a, 0), offset = AT(b, 0), bottom = (Lanes){0} + low, top = (Lanes){0} + high;
      for (size_t p = 0; p < n.spatial; p++) {
        Lanes v = WIDE(x, p) * gain + offset;
        if (residual) v += WIDE(residual, p);
        v = __builtin_elementwise_max(v, bottom);
        v = __builtin_elementwise_min(v, top);
        PUT(y, p, v);
      }
    } else if (n.inner == 1) {
      float gain = a[0], offset = b[0];
      for (size_t p = 0; p < n.spatial; p++) {
        float v = READ(x[p]) * gain + offset;
        if (residual) v += READ(residual[p]);
        v = v > low ? v : low;
        y[p] = WRITE(v < high ? v : high);
      }
    } else {
      for (size_t p = 0; p < n.spatial; p++)
        for (size_t c = 0; c < n.inner; c++) {
          float v = READ(x[p * n.inner + c]) * a[c] + b[c];
          if (residual) v += READ(residual[p * n.inner + c]);
          v = v > low ? v : low;
          y[p * n.inner + c] = WRITE(v < high ? v : high);
        }
    }
  }
}

void NAME(nk_batch_apply)(NUMBER *y, const NUMBER *x, const NUMBER *residual, const float *scale,
                    const float *shift, int activation, float limit, size_t outer, size_t blocks,
                    size_t spatial, size_t inner) {
  Norm n = {.x = x, .residual = residual, .out = y, .scale = scale, .shift = shift,
            .spatial = spatial, .inner = inner, .blocks = blocks, .limit = limit,
            .activation = activation};
  nk_parallel(outer, 16384 / (spatial * inner) + 1, NAME(apply), &n);
}

#ifndef GRADIENT_OF_ONE
// One number's gradient before the activation, v being the normalisation's input.
#define GRADIENT_OF_ONE(i, c, v)                                                   \
  ({                                                                               \
    float g_ = READ(dy[i]);                                                        \
    if (gate) g_ *= READ(gate[c]);                                                 \
    if (base) g_ += READ(base[c]) * share;                                         \
    float out_ = y ? READ(y[i]) : (v) * a[c] + b[c];                               \
    if (n.activation == CLIPPED) g_ = ((out_ > 0) & (out_ < n.limit)) ? g_ : 0;    \
    if (n.activation == SILU) {                                                    \
      float sigmoid_ = SIGMOID_OF_ONE(out_);                                       \
      g_ *= SILU_SLOPE(out_, sigmoid_);                                            \
    }                                                                              \
    g_;                                                                            \
  })
#endif

// Sums of g and g * (x - center), where g is the gradient before the activation: dy * gate + base,
// both of them per item, times the activation's slope. With `kept`, g is stored too. y is recomputed
// as scale * x + shift unless it is given.
VECTORISED static void NAME(gradient_sums)(void *context, size_t from, size_t to) {
  Norm n = *(Norm *)context;
  size_t inner = n.inner;
  for (size_t o = from; o < to; o++) {
    size_t start = o * n.spatial * inner, channel = o % n.blocks * inner;
    const NUMBER *x = (const NUMBER *)n.x + start, *dy = (const NUMBER *)n.dy + start;
    const NUMBER *y = n.y ? (const NUMBER *)n.y + start : 0;
    const float *a = n.scale + channel, *b = n.shift + channel, *m = n.center + channel;
    const NUMBER *gate = n.gate ? (const NUMBER *)n.gate + o * inner : 0;
    const NUMBER *base = n.base ? (const NUMBER *)n.base + o * inner : 0;
    float share = 1.0f / (float)n.spatial;
    NUMBER *kept = n.kept ? (NUMBER *)n.kept + start : 0;
    float *sum = n.first + o * inner, *dot = n.second + o * inner;
    if (inner == LANES) {
      Lanes gain = AT(a, 0), offset = AT(b, 0), center = AT(m, 0);
      DoubleLanes total = {0}, dots = {0};
      Lanes factor = (Lanes){0} + 1, added = {0};
      if (gate) factor = WIDE(gate, 0);
      if (base) added = WIDE(base, 0) * share;
      for (size_t p = 0; p < n.spatial;) {
        size_t end = p + RUN < n.spatial ? p + RUN : n.spatial;
        Lanes s = {0}, t = {0};
        for (; p < end; p++) {
          Lanes g = WIDE(dy, p) * factor + added, v = WIDE(x, p);
          if (n.activation == CLIPPED) {
            Lanes out = v * gain + offset;
            if (y) out = WIDE(y, p);
            g = MASKED(g, out, n.limit);
          } else if (n.activation == SILU) {
            Lanes out = v * gain + offset, sigmoid = SIGMOID(out);
            g *= SILU_SLOPE(out, sigmoid);
          }
          if (kept) PUT(kept, p, g);
          s += g;
          t += g * (v - center);
        }
        total += DOUBLED(s);
        dots += DOUBLED(t);
      }
      *(Lanes *)sum = SINGLE(total);
      *(Lanes *)dot = SINGLE(dots);
    } else if (inner == 1) {
      double total = 0, dots = 0;
      size_t whole = n.spatial / LANES * LANES;
      for (size_t p = 0; p < n.spatial;) {
        size_t end = p + RUN * LANES < n.spatial ? p + RUN * LANES : n.spatial;
        float s[LANES] = {0}, t[LANES] = {0};
        for (; p < end; p += p < whole ? LANES : 1)
          for (size_t c = 0; c < (p < whole ? LANES : 1); c++) {
            size_t i = p + c;
            float v = READ(x[i]), g = GRADIENT_OF_ONE(i, 0, v);
            if (kept) kept[i] = WRITE(g);
            s[c] += g;
            t[c] += g * (v - m[0]);
          }
        for (size_t c = 0; c < LANES; c++) {
          total += s[c];
          dots += t[c];
        }
      }
      sum[0] = (float)total;
      dot[0] = (float)dots;
    } else {
      for (size_t c = 0; c < inner; c++) sum[c] = dot[c] = 0;
      for (size_t p = 0; p < n.spatial; p++)
        for (size_t c = 0; c < inner; c++) {
          size_t i = p * inner + c;
          float v = READ(x[i]), g = GRADIENT_OF_ONE(i, c, v);
          if (kept) kept[i] = WRITE(g);
          sum[c] += g;
          dot[c] += g * (v - m[c]);
        }
    }
  }
}

void NAME(nk_batch_gradient_sums)(const NUMBER *dy, const NUMBER *x, const NUMBER *y, NUMBER *kept,
                            float *work, float *sum, float *dot, const float *scale,
                            const float *shift, const float *mean, const NUMBER *gate,
                            const NUMBER *base, int activation, float limit, size_t outer,
                            size_t blocks, size_t spatial, size_t inner) {
  Norm n = {.x = x, .dy = dy, .gate = gate, .base = base, .y = y, .kept = kept, .first = work,
            .second = work + outer * inner, .scale = scale, .shift = shift, .center = mean,
            .spatial = spatial, .inner = inner, .blocks = blocks, .limit = limit,
            .activation = activation};
  nk_parallel(outer, 16384 / (spatial * inner) + 1, NAME(gradient_sums), &n);
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

// dx = scale * g + slope * x + offset, g as above (coefficient: slopes; center: offsets).
VECTORISED static void NAME(gradient_apply)(void *context, size_t from, size_t to) {
  Norm n = *(Norm *)context;
  size_t inner = n.inner;
  for (size_t o = from; o < to; o++) {
    size_t start = o * n.spatial * inner, channel = o % n.blocks * inner;
    const NUMBER *x = (const NUMBER *)n.x + start, *dy = (const NUMBER *)n.dy + start;
    const float *a = n.scale + channel, *b = n.shift + channel;
    const float *slope = n.coefficient + channel, *offset = n.center + channel;
    const NUMBER *gate = n.gate ? (const NUMBER *)n.gate + o * inner : 0;
    const NUMBER *base = n.base ? (const NUMBER *)n.base + o * inner : 0;
    const NUMBER *y = 0;
    float share = 1.0f / (float)n.spatial;
    NUMBER *dx = (NUMBER *)n.out + start;
    if (inner == LANES) {
      Lanes gain = AT(a, 0), shift = AT(b, 0), tilt = AT(slope, 0), constant = AT(offset, 0);
      Lanes factor = (Lanes){0} + 1, added = {0};
      if (gate) factor = WIDE(gate, 0);
      if (base) added = WIDE(base, 0) * share;
      for (size_t p = 0; p < n.spatial; p++) {
        Lanes g = WIDE(dy, p) * factor + added, v = WIDE(x, p);
        if (n.activation == CLIPPED) {
          Lanes out = v * gain + shift;
          g = MASKED(g, out, n.limit);
        } else if (n.activation == SILU) {
          Lanes out = v * gain + shift, sigmoid = SIGMOID(out);
          g *= SILU_SLOPE(out, sigmoid);
        }
        PUT(dx, p, gain * g + (tilt * v + constant));
      }
    } else {
      for (size_t p = 0; p < n.spatial; p++)
        for (size_t c = 0; c < inner; c++) {
          size_t i = p * inner + c;
          float v = READ(x[i]), g = GRADIENT_OF_ONE(i, c, v);
          dx[i] = WRITE(a[c] * g + slope[c] * v + offset[c]);
        }
    }
  }
}

void NAME(nk_batch_gradient_apply)(NUMBER *dx, const NUMBER *dy, const NUMBER *x, const float *scale,
                             const float *shift, const float *slope, const float *offset,
                             const NUMBER *gate, const NUMBER *base, int activation, float limit,
                             size_t outer, size_t blocks, size_t spatial, size_t inner) {
  Norm n = {.x = x, .dy = dy, .gate = gate, .base = base, .out = dx, .scale = scale, .shift = shift, .center = offset,
            .coefficient = slope, .spatial = spatial, .inner = inner, .blocks = blocks,
            .limit = limit, .activation = activation};
  nk_parallel(outer, 16384 / (spatial * inner) + 1, NAME(gradient_apply), &n);
}
