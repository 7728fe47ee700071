// The loops of elementwise.c for one kind of numbers (numbers.h).

VECTORISED static void NAME(add_relu)(void *context, size_t from, size_t to) {
  Operands o = *(Operands *)context;
  const NUMBER *a = o.a, *b = o.b;
  NUMBER *y = o.y;
  for (size_t i = from; i < to; i++) {
    float v = READ(a[i]) + READ(b[i]);
    y[i] = WRITE(v > 0 ? v : 0);
  }
}
void NAME(nk_add_relu)(NUMBER *z, const NUMBER *x, const NUMBER *y, size_t count) {
  Operands o = {.y = z, .a = x, .b = y};
  nk_parallel(count, GRAIN, NAME(add_relu), &o);
}

VECTORISED static void NAME(accumulate)(void *context, size_t from, size_t to) {
  Operands o = *(Operands *)context;
  NUMBER *restrict y = o.y;
  const NUMBER *restrict x = o.a;
  for (size_t i = from; i < to; i++) y[i] = WRITE(READ(y[i]) + READ(x[i]));
}
void NAME(nk_accumulate)(NUMBER *y, const NUMBER *x, size_t count) {
  Operands o = {.y = y, .a = x};
  nk_parallel(count, GRAIN, NAME(accumulate), &o);
}

VECTORISED static void NAME(add)(void *context, size_t from, size_t to) {
  Operands o = *(Operands *)context;
  const NUMBER *a = o.a, *b = o.b;
  NUMBER *y = o.y;
  for (size_t i = from; i < to; i++) y[i] = WRITE(READ(a[i]) + READ(b[i]));
}
void NAME(nk_add)(NUMBER *z, const NUMBER *x, const NUMBER *y, size_t count) {
  Operands o = {.y = z, .a = x, .b = y};
  nk_parallel(count, GRAIN, NAME(add), &o);
}

VECTORISED static void NAME(relu_backward)(void *context, size_t from, size_t to) {
  Operands o = *(Operands *)context;
  const NUMBER *dy = o.a, *y = o.b;
  NUMBER *dx = o.y;
  for (size_t i = from; i < to; i++) {
    float v = READ(y[i]);
    dx[i] = ((v > 0) & (v < o.scale)) ? dy[i] : 0;
  }
}
void NAME(nk_relu_backward)(NUMBER *dx, const NUMBER *dy, const NUMBER *y, float limit,
                            size_t count) {
  Operands o = {.y = dx, .a = dy, .b = y, .scale = limit};
  nk_parallel(count, GRAIN, NAME(relu_backward), &o);
}

VECTORISED static void NAME(scale)(void *context, size_t from, size_t to) {
  Operands o = *(Operands *)context;
  const NUMBER *x = o.a;
  NUMBER *y = o.y;
  for (size_t i = from; i < to; i++) y[i] = WRITE(READ(x[i]) * o.scale);
}
void NAME(nk_scale)(NUMBER *y, const NUMBER *x, float factor, size_t count) {
  Operands o = {.y = y, .a = x, .scale = factor};
  nk_parallel(count, GRAIN, NAME(scale), &o);
}

VECTORISED static void NAME(dropout)(void *context, size_t from, size_t to) {
  Operands o = *(Operands *)context;
  const NUMBER *x = o.a;
  NUMBER *y = o.y;
  uint32_t threshold = (uint32_t)(o.scale * 4294967296.0);
  float keep = 1 / (1 - o.scale);
  for (size_t i = from; i < to; i++) {
    uint64_t z = o.key + (uint64_t)i * 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    y[i] = (uint32_t)(z >> 32) >= threshold ? WRITE(READ(x[i]) * keep) : 0;
  }
}
void NAME(nk_dropout)(NUMBER *y, const NUMBER *x, uint64_t key, float rate, size_t count) {
  Operands o = {.y = y, .a = x, .scale = rate, .key = key};
  nk_parallel(count, GRAIN, NAME(dropout), &o);
}

VECTORISED static void NAME(channel_scale)(void *context, size_t from, size_t to) {
  Operands o = *(Operands *)context;
  for (size_t n = from; n < to; n++) {
    const NUMBER *gate = (const NUMBER *)o.b + n * o.inner;
    const NUMBER *x = (const NUMBER *)o.a + n * o.spatial * o.inner;
    NUMBER *y = (NUMBER *)o.y + n * o.spatial * o.inner;
    if (o.inner == 1) {
      for (size_t s = 0; s < o.spatial; s++) y[s] = WRITE(READ(x[s]) * READ(gate[0]));
    } else {
      for (size_t s = 0; s < o.spatial; s++)
        for (size_t c = 0; c < o.inner; c++)
          y[s * o.inner + c] = WRITE(READ(x[s * o.inner + c]) * READ(gate[c]));
    }
  }
}
void NAME(nk_channel_scale)(NUMBER *y, const NUMBER *x, const NUMBER *gate, size_t outer,
                            size_t spatial, size_t inner) {
  Operands o = {.y = y, .a = x, .b = gate, .spatial = spatial, .inner = inner};
  nk_parallel(outer, GRAIN / (spatial * inner) + 1, NAME(channel_scale), &o);
}

// Partial sums in a fixed order, so that the result does not depend on vector width.
VECTORISED static void NAME(channel_dot)(void *context, size_t from, size_t to) {
  Operands o = *(Operands *)context;
  for (size_t n = from; n < to; n++) {
    const NUMBER *a = (const NUMBER *)o.a + n * o.spatial * o.inner;
    const NUMBER *b = (const NUMBER *)o.b + n * o.spatial * o.inner;
    NUMBER *sum = (NUMBER *)o.y + n * o.inner;
    if (o.inner == 1) {
      float partial[16] = {0}, total = 0;
      size_t s = 0;
      for (; s + 16 <= o.spatial; s += 16)
        for (size_t k = 0; k < 16; k++) partial[k] += READ(a[s + k]) * READ(b[s + k]);
      for (; s < o.spatial; s++) partial[0] += READ(a[s]) * READ(b[s]);
      for (size_t k = 0; k < 16; k++) total += partial[k];
      sum[0] = WRITE(total);
      continue;
    }
    for (size_t first = 0; first < o.inner; first += 16) {
      size_t count = o.inner - first < 16 ? o.inner - first : 16;
      float partial[16] = {0};
      for (size_t s = 0; s < o.spatial; s++)
        for (size_t c = 0; c < count; c++) {
          size_t i = s * o.inner + first + c;
          partial[c] += READ(a[i]) * READ(b[i]);
        }
      for (size_t c = 0; c < count; c++) sum[first + c] = WRITE(partial[c]);
    }
  }
}
void NAME(nk_channel_dot)(NUMBER *sum, const NUMBER *a, const NUMBER *b, size_t outer,
                          size_t spatial, size_t inner) {
  Operands o = {.y = sum, .a = a, .b = b, .spatial = spatial, .inner = inner};
  nk_parallel(outer, GRAIN / (spatial * inner) + 1, NAME(channel_dot), &o);
}
