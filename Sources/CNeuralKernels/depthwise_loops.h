// The loops of depthwise.c for one kind of numbers (numbers.h).

// One row of the output against one row of the input: sums[j] += dy[ox] * x[ox * stride + j - left].
#define ROW(K)                                                                                 \
  do {                                                                                         \
    Lanes a[K];                                                                                \
    for (size_t j = 0; j < K; j++) a[j] = sums[j];                                             \
    const NUMBER *window = row + (first * s.stride - s.left) * LANES;                          \
    for (size_t ox = first; ox < last; ox++, window += s.stride * LANES) {                     \
      Lanes d = WIDE(g, ox);                                                                   \
      _Pragma("clang loop unroll(full)") for (size_t j = 0; j < K; j++) a[j] += d * WIDE(window, j); \
    }                                                                                          \
    for (size_t j = 0; j < K; j++) sums[j] = a[j];                                             \
  } while (0)

// Sums of one image's block of channels, row by row, so that both rows stay in the cache.
VECTORISED static void NAME(depthwise)(void *context, size_t from, size_t to) {
  Depthwise work = *(Depthwise *)context;
  nk_depthwise_shape s = work.shape;
  size_t kernel = s.kernel;
  // Output columns whose whole window lies inside the input.
  size_t first = (s.left + s.stride - 1) / s.stride, last = 0;
  if (s.width + s.left >= kernel) last = (s.width + s.left - kernel) / s.stride + 1;
  if (first > s.out_width) first = s.out_width;
  if (last > s.out_width) last = s.out_width;
  if (last < first) last = first;
  for (size_t o = from; o < to; o++) {
    const NUMBER *x = (const NUMBER *)work.x + o * s.height * s.width * LANES;
    const NUMBER *dy = (const NUMBER *)work.dy + o * s.out_height * s.out_width * LANES;
    Lanes total[LARGEST * LARGEST];
    memset(total, 0, sizeof total);
    for (size_t oy = 0; oy < s.out_height; oy++) {
      const NUMBER *g = dy + oy * s.out_width * LANES;
      for (size_t i = 0; i < kernel; i++) {
        size_t iy = oy * s.stride + i;
        if (iy < s.top || iy - s.top >= s.height) continue;
        const NUMBER *row = x + (iy - s.top) * s.width * LANES;
        Lanes *sums = total + i * kernel;
        for (size_t ox = 0; ox < s.out_width; ox++) {
          if (ox == first && last > first) ox = last;
          if (ox == s.out_width) break;
          Lanes d = WIDE(g, ox);
          for (size_t j = 0; j < kernel; j++) {
            size_t ix = ox * s.stride + j;
            if (ix >= s.left && ix - s.left < s.width) sums[j] += d * WIDE(row, ix - s.left);
          }
        }
        if (last == first) continue;
        if (kernel == 3) ROW(3);
        if (kernel == 5) ROW(5);
        if (kernel == 7) ROW(7);
      }
    }
    memcpy((Lanes *)work.work + o * kernel * kernel, total, kernel * kernel * sizeof(Lanes));
  }
}

// Adds up the images' sums in a fixed order.
VECTORISED static void NAME(depthwise_total)(void *context, size_t from, size_t to) {
  Depthwise work = *(Depthwise *)context;
  size_t taps = work.shape.kernel * work.shape.kernel, image = work.shape.blocks * taps * LANES;
  for (size_t t = from * taps; t < to * taps; t++) {
    double sum[LANES] = {0};
    for (size_t n = 0; n < work.shape.images; n++)
      for (size_t c = 0; c < LANES; c++) sum[c] += work.work[n * image + t * LANES + c];
    for (size_t c = 0; c < LANES; c++) work.weights[t * LANES + c] = (float)sum[c];
  }
}

int NAME(nk_depthwise_weights)(float *weights, const NUMBER *x, const NUMBER *dy, float *work,
                               nk_depthwise_shape shape) {
  if (shape.kernel != 3 && shape.kernel != 5 && shape.kernel != 7) return 0;
  Depthwise all = {.shape = shape, .x = x, .dy = dy, .work = work, .weights = weights};
  nk_parallel(shape.images * shape.blocks, 1, NAME(depthwise), &all);
  nk_parallel(shape.blocks, 4, NAME(depthwise_total), &all);
  return 1;
}
