// 3×3 convolutions in bfloat16 by Winograd's F(2×2, 3×3) (doi 10.1109/CVPR.2016.435), which needs 2.25
// times fewer multiplications and which oneDNN has in single precision only. Tensors are in blocks of 16
// channels. Products of transformed numbers, rounded to bfloat16, are summed in single precision.
//
// A tile is 4×4 pixels of input and 2×2 of output. A thread takes some tiles at a time, so that all they
// need stays in its cache: transform them (V), multiply each of the 16 positions by its matrix of weights
// (U) for up to 64 outputs (M), transform M back. No sum depends on how tiles are shared out.
#include <string.h>

#include "neural_kernels.h"
#include "parallel.h"
#include "winograd_tiles.h"

#define ROWS 6
#define GROUP 64
// Pairs of inputs multiplied at a time: their weights stay in the first-level cache.
#define PAIRS 64
#define BUDGET 640000

// Tiles that a thread takes at a time, at most.
static size_t most_tiles(nk_winograd_shape s) {
  size_t inputs = round_up(s.inputs, 16);
  size_t tiles = BUDGET / (POSITIONS * (2 * inputs + 4 * GROUP)) / ROWS * ROWS;
  size_t all = round_up(tile_count(s), ROWS);
  if (tiles < 4 * ROWS) tiles = 4 * ROWS;
  return smaller(tiles, all);
}

// Distances between positions; odd numbers of cache lines, so that positions do not evict each other.
static size_t v_plane(size_t tiles, size_t inputs) { return tiles * inputs + 32; }
static size_t m_plane(size_t tiles) { return tiles * GROUP + 16; }

static size_t work_per_thread(nk_winograd_shape s) {
  size_t tiles = most_tiles(s);
  size_t v = POSITIONS * v_plane(tiles, round_up(s.inputs, 16)) * 2;
  return round_up(v + POSITIONS * m_plane(tiles) * 4, 4096) + 128;
}

size_t nk_winograd_half_work(nk_winograd_shape s, int threads) {
  return (size_t)threads * work_per_thread(s);
}

size_t nk_winograd_half_weights_count(size_t outputs, size_t inputs) {
  return POSITIONS * round_up(outputs, 16) * round_up(inputs, 16);
}

#if defined(__x86_64__)
int nk_winograd_half_exists(void) {
  return __builtin_cpu_supports("avx512bf16") && __builtin_cpu_supports("avx512vl") &&
         __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq");
}

// MARK: Weights

typedef struct {
  uint16_t *u;
  const float *w;
  size_t outputs, inputs;
  int backward;
} Weights;

INLINE void transform_weights(const __m512 g[9], __m512 u[16]) {
  __m512 t[12], half = _mm512_set1_ps(0.5f);
#pragma clang loop unroll(full)
  for (int c = 0; c < 3; c++) {
    __m512 sum = _mm512_mul_ps(half, _mm512_add_ps(g[c], g[6 + c]));
    __m512 middle = _mm512_mul_ps(half, g[3 + c]);
    t[c] = g[c];
    t[3 + c] = _mm512_add_ps(sum, middle);
    t[6 + c] = _mm512_sub_ps(sum, middle);
    t[9 + c] = g[6 + c];
  }
#pragma clang loop unroll(full)
  for (int r = 0; r < 4; r++) {
    __m512 sum = _mm512_mul_ps(half, _mm512_add_ps(t[3 * r], t[3 * r + 2]));
    __m512 middle = _mm512_mul_ps(half, t[3 * r + 1]);
    u[4 * r] = t[3 * r];
    u[4 * r + 1] = _mm512_add_ps(sum, middle);
    u[4 * r + 2] = _mm512_sub_ps(sum, middle);
    u[4 * r + 3] = t[3 * r + 2];
  }
}

// Of blocks of 16 outputs (inputs, backward) those from `from` on.
TARGET static void weights(void *context, size_t from, size_t to) {
  Weights w = *(Weights *)context;
  size_t input_blocks = (w.inputs + 15) / 16;
  size_t rows = round_up(w.backward ? w.inputs : w.outputs, 16) / 16;
  size_t columns = round_up(w.backward ? w.outputs : w.inputs, 16);
  __m512i steps = _mm512_mullo_epi32(
      _mm512_set_epi32(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0), _mm512_set1_epi32(16));
  for (size_t row = from; row < to; row++) {
    size_t first = row / 4 * 4, vectors = smaller(4, rows - first);
    uint16_t *group = w.u + first * 16 * POSITIONS * columns + (row - first) * 32;
    for (size_t column = 0; column < columns; column += 2) {
      __m512 u[2][16];
      for (int k = 0; k < 2; k++) {
        __m512 g[9];
        size_t other = column + k;
        for (int t = 0; t < 9; t++)
          if (w.backward) {
            // Turned by 180 degrees, inputs and outputs exchanged.
            const float *block =
                w.w + ((other / 16 * input_blocks + row) * 9 + (8 - t)) * 256 + other % 16;
            g[t] = _mm512_i32gather_ps(steps, block, 4);
          } else {
            g[t] = _mm512_loadu_ps(w.w + ((row * input_blocks + other / 16) * 9 + t) * 256 +
                                   other % 16 * 16);
          }
        transform_weights(g, u[k]);
      }
      for (int p = 0; p < POSITIONS; p++)
        _mm512_storeu_si512(group + (p * columns / 2 + column / 2) * vectors * 32,
                            pairs(u[0][p], u[1][p]));
    }
  }
}

void nk_winograd_half_weights(uint16_t *u, const float *w, size_t outputs, size_t inputs,
                              int backward) {
  Weights context = {u, w, outputs, inputs, backward};
  size_t rows = ((backward ? inputs : outputs) + 15) / 16;
  nk_parallel(rows, 1, weights, &context);
}

// MARK: Products

// m[6][vectors * 16] (+)= v[6][2 * count] · u[count][vectors * 16][2].
#define MULTIPLY(VECTORS)                                                                          \
  TARGET static void multiply##VECTORS(const uint16_t *v, size_t stride, const uint16_t *u,        \
                                       float *m, size_t count, int adds) {                         \
    __m512 sum[ROWS][VECTORS];                                                                     \
    _Pragma("clang loop unroll(full)") for (int r = 0; r < ROWS; r++)                              \
        _Pragma("clang loop unroll(full)") for (int j = 0; j < VECTORS; j++)                       \
            sum[r][j] = adds ? _mm512_loadu_ps(m + (r * VECTORS + j) * 16) : _mm512_setzero_ps();  \
    for (size_t k = 0; k < count; k++) {                                                           \
      __m512bh w[VECTORS];                                                                         \
      _Pragma("clang loop unroll(full)") for (int j = 0; j < VECTORS; j++)                         \
          w[j] = (__m512bh)_mm512_loadu_si512(u + (k * VECTORS + j) * 32);                         \
      _Pragma("clang loop unroll(full)") for (int r = 0; r < ROWS; r++) {                          \
        int32_t two;                                                                               \
        memcpy(&two, v + r * stride + 2 * k, 4);                                                   \
        __m512bh x = (__m512bh)_mm512_set1_epi32(two);                                             \
        _Pragma("clang loop unroll(full)") for (int j = 0; j < VECTORS; j++)                       \
            sum[r][j] = _mm512_dpbf16_ps(sum[r][j], x, w[j]);                                      \
      }                                                                                            \
    }                                                                                              \
    _Pragma("clang loop unroll(full)") for (int r = 0; r < ROWS; r++)                              \
        _Pragma("clang loop unroll(full)") for (int j = 0; j < VECTORS; j++)                       \
            _mm512_storeu_ps(m + (r * VECTORS + j) * 16, sum[r][j]);                               \
  }
MULTIPLY(1)
MULTIPLY(2)
MULTIPLY(3)
MULTIPLY(4)
typedef void (*Multiply)(const uint16_t *, size_t, const uint16_t *, float *, size_t, int);
static const Multiply multiplies[] = {multiply1, multiply2, multiply3, multiply4};

// MARK: Output

typedef struct {
  nk_winograd_shape shape;
  nk_winograd_ends ends;
  uint16_t *y;
  const uint16_t *x, *u;
  char *work;
  size_t threads;
} Convolution;

// Aᵀ m A of one tile and 16 outputs, and what follows the convolution.
INLINE void store_tile(uint16_t *y, const Convolution *c, Tile tile, const float *m, size_t plane,
                       __m512 bias) {
  __m512 t[8];
#pragma clang loop unroll(full)
  for (int k = 0; k < 4; k++) {
    __m512 a = _mm512_loadu_ps(m + k * plane), b = _mm512_loadu_ps(m + (4 + k) * plane);
    __m512 d = _mm512_loadu_ps(m + (8 + k) * plane), e = _mm512_loadu_ps(m + (12 + k) * plane);
    t[k] = _mm512_add_ps(_mm512_add_ps(a, b), d);
    t[4 + k] = _mm512_sub_ps(_mm512_sub_ps(b, d), e);
  }
  size_t height = c->shape.out_height, width = c->shape.out_width;
#pragma clang loop unroll(full)
  for (int r = 0; r < 2; r++) {
    size_t row = 2 * tile.row + r;
    if (row >= height) break;
    const __m512 *s = t + 4 * r;
    __m512 out[2] = {_mm512_add_ps(_mm512_add_ps(s[0], s[1]), s[2]),
                     _mm512_sub_ps(_mm512_sub_ps(s[1], s[2]), s[3])};
#pragma clang loop unroll(full)
    for (int k = 0; k < 2; k++) {
      size_t column = 2 * tile.column + k;
      if (column >= width) break;
      uint16_t *pixel = y + (row * width + column) * 16;
      __m512 value = _mm512_add_ps(out[k], bias);
      if (c->ends.adds) value = _mm512_add_ps(value, wide(pixel));
      if (c->ends.clips) {
        // In this order NaN stays NaN.
        value = _mm512_max_ps(_mm512_setzero_ps(), value);
        value = _mm512_min_ps(_mm512_set1_ps(c->ends.limit), value);
      }
      put(pixel, value);
    }
  }
}

// MARK: All of it

TARGET static void some_tiles(const Convolution *c, size_t first, size_t count, uint16_t *v,
                              float *m) {
  nk_winograd_shape s = c->shape;
  size_t inputs = round_up(s.inputs, 16), outputs = round_up(s.outputs, 16);
  size_t rows = round_up(count, ROWS), plane = v_plane(rows, inputs);
  Tile start = tile_at(s, first);
  for (size_t block = 0; block < inputs / 16; block++) {
    Tile tile = start;
    for (size_t t = 0; t < count; t++, tile = next(s, tile)) {
      __m512 d[16];
      load_tile(c->x + (tile.image * inputs / 16 + block) * s.height * s.width * 16, s, tile, d);
      transform_input(d);
#pragma clang loop unroll(full)
      for (int p = 0; p < POSITIONS; p++) put(v + p * plane + t * inputs + block * 16, d[p]);
    }
  }
  for (size_t output = 0; output < outputs; output += GROUP) {
    size_t vectors = smaller(GROUP, outputs - output) / 16;
    size_t back = rows * vectors * 16 + 16;
    for (size_t p = 0; p < POSITIONS; p++) {
      const uint16_t *u = c->u + (output * POSITIONS + p * vectors * 16) * inputs;
      for (size_t k = 0; k < inputs / 2; k += PAIRS)
        for (size_t t = 0; t < rows; t += ROWS)
          multiplies[vectors - 1](v + p * plane + t * inputs + 2 * k, inputs,
                                  u + k * vectors * 32, m + p * back + t * vectors * 16,
                                  smaller(PAIRS, inputs / 2 - k), k > 0);
    }
    for (size_t j = 0; j < vectors; j++) {
      size_t channel = output + 16 * j;
      __m512 bias = _mm512_setzero_ps();
      if (c->ends.bias && channel < s.outputs) {
        size_t left = s.outputs - channel;
        __mmask16 mask = left >= 16 ? 0xffff : (__mmask16)((1u << left) - 1);
        bias = _mm512_maskz_loadu_ps(mask, c->ends.bias + channel);
      }
      Tile tile = start;
      for (size_t t = 0; t < count; t++, tile = next(s, tile))
        store_tile(
            c->y + (tile.image * outputs + channel) * s.out_height * s.out_width, c,
            tile, m + (t * vectors + j) * 16, back, bias);
    }
  }
}

TARGET static void convolve(void *context, size_t from, size_t to) {
  const Convolution *c = context;
  size_t all = tile_count(c->shape), most = most_tiles(c->shape);
  for (size_t thread = from; thread < to; thread++) {
    size_t first = all * thread / c->threads, end = all * (thread + 1) / c->threads;
    if (first == end) continue;
    size_t parts = (end - first + most - 1) / most;
    char *work = c->work + thread * work_per_thread(c->shape);
    uint16_t *v = (uint16_t *)work;
    float *m = (float *)(work + round_up(POSITIONS *
                                             v_plane(most, round_up(c->shape.inputs, 16)) * 2,
                                         64));
    for (size_t part = 0; part < parts; part++) {
      size_t a = first + (end - first) * part / parts;
      size_t b = first + (end - first) * (part + 1) / parts;
      some_tiles(c, a, b - a, v, m);
    }
  }
}

void nk_winograd_half(uint16_t *y, const uint16_t *x, const uint16_t *u, void *work, int threads,
                      nk_winograd_shape shape, nk_winograd_ends ends) {
  Convolution c = {shape, ends, y, x, u, work, (size_t)threads};
  nk_parallel(c.threads, 1, convolve, &c);
}

#else

int nk_winograd_half_exists(void) { return 0; }
void nk_winograd_half_weights(uint16_t *u, const float *w, size_t outputs, size_t inputs,
                              int backward) {
  (void)u, (void)w, (void)outputs, (void)inputs, (void)backward;
}
void nk_winograd_half(uint16_t *y, const uint16_t *x, const uint16_t *u, void *work, int threads,
                      nk_winograd_shape shape, nk_winograd_ends ends) {
  (void)y, (void)x, (void)u, (void)work, (void)threads, (void)shape, (void)ends;
}

#endif
