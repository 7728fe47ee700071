// The weights' gradient of 3×3 convolutions in bfloat16 by Winograd's algorithm: Gᵀ [Σ BᵀxB ⊙ A dy Aᵀ] G
// over all tiles of 4×4 pixels of input x and 2×2 of the output's gradient dy.
//
// Some hundred tiles at a time: first both sides are transformed, into pairs of tiles, which is what the
// CPU's instruction for bfloat16 multiplies; then for each of the 16 positions a matrix product sums over
// the tiles. The order of sums depends on the shape only, not on threads.
#include <string.h>

#include "neural_kernels.h"
#include "parallel.h"
#include "winograd_tiles.h"

// Parts of the tiles at hand that are transformed by themselves.
#define SLICES 4
// Blocks of outputs multiplied at a time, and pairs of tiles: those of the outputs stay in the first-level
// cache.
#define VECTORS 4
#define PAIRS 64
#define ROWS 4
// Bytes that the transformed tiles at hand take, and bounds of their number.
#define BUDGET (4 << 20)
#define MOST 2048
#define LEAST 256
// Floats between positions of a unit's sums, an odd number of cache lines.
#define PLANE (16 * 16 * VECTORS + 16)

typedef struct {
  float *weights, *bias, *sums, *shares;
  const uint16_t *x, *dy;
  uint16_t *v, *g;
  nk_winograd_shape shape;
  size_t threads, input_blocks, output_blocks, tiles;
  // The tiles at hand.
  size_t first, count;
  int is_last;
} Gradient;

static size_t tiles_at_once(nk_winograd_shape s) {
  size_t blocks = (s.inputs + 15) / 16 + (s.outputs + 15) / 16;
  size_t tiles = (size_t)(BUDGET) / (512 * blocks);
  tiles = tiles < LEAST ? LEAST : tiles > MOST ? MOST : round_up(tiles, 2 * SLICES);
  return smaller(tiles, round_up(tile_count(s), 2 * SLICES));
}

// bfloat16 numbers between blocks of 16 channels.
static size_t line(size_t tiles) { return (tiles / 2 + 1) * 32; }

static size_t unit_count(const Gradient *c) {
  return c->input_blocks * ((c->output_blocks + VECTORS - 1) / VECTORS);
}

// One turn for all tiles needs sums for the units being worked on only.
static int is_one_turn(const Gradient *c) { return tile_count(c->shape) <= c->tiles; }

static Gradient lay_out(nk_winograd_shape s, int threads, void *work, size_t *bytes) {
  Gradient c = {.shape = s,
                .threads = (size_t)threads,
                .input_blocks = (s.inputs + 15) / 16,
                .output_blocks = (s.outputs + 15) / 16,
                .tiles = tiles_at_once(s)};
  char *start = work, *end = start;
  c.v = (uint16_t *)end;
  end += POSITIONS * c.input_blocks * line(c.tiles) * 2;
  c.g = (uint16_t *)end;
  end += POSITIONS * c.output_blocks * line(c.tiles) * 2;
  c.sums = (float *)end;
  end += (is_one_turn(&c) ? c.threads : unit_count(&c)) * POSITIONS * PLANE * 4;
  c.shares = (float *)end;
  end += SLICES * c.output_blocks * 16 * 4;
  *bytes = (size_t)(end - start);
  return c;
}

size_t nk_winograd_half_gradient_work(nk_winograd_shape shape, int threads) {
  size_t bytes;
  lay_out(shape, threads, NULL, &bytes);
  return bytes;
}

#if defined(__x86_64__)

// MARK: Transforms

// A dy Aᵀ of 2×2 vectors.
INLINE void transform_gradient(const __m512 d[4], __m512 t[16]) {
  __m512 r[8], zero = _mm512_setzero_ps();
#pragma clang loop unroll(full)
  for (int c = 0; c < 2; c++) {
    r[c] = d[c];
    r[2 + c] = _mm512_add_ps(d[c], d[2 + c]);
    r[4 + c] = _mm512_sub_ps(d[c], d[2 + c]);
    r[6 + c] = _mm512_sub_ps(zero, d[2 + c]);
  }
#pragma clang loop unroll(full)
  for (int k = 0; k < 4; k++) {
    t[4 * k] = r[2 * k];
    t[4 * k + 1] = _mm512_add_ps(r[2 * k], r[2 * k + 1]);
    t[4 * k + 2] = _mm512_sub_ps(r[2 * k], r[2 * k + 1]);
    t[4 * k + 3] = _mm512_sub_ps(zero, r[2 * k + 1]);
  }
}

INLINE void load_gradient(const uint16_t *image, nk_winograd_shape s, Tile tile, __m512 d[4]) {
#pragma clang loop unroll(full)
  for (int k = 0; k < 4; k++) {
    size_t row = 2 * tile.row + k / 2, column = 2 * tile.column + k % 2;
    int inside = row < s.out_height && column < s.out_width;
    d[k] = inside ? wide(image + (row * s.out_width + column) * 16) : _mm512_setzero_ps();
  }
}

// One block of channels of a slice's tiles, x or dy.
TARGET static void transform_slice(const Gradient *c, size_t block, size_t slice, int is_input) {
  nk_winograd_shape s = c->shape;
  size_t blocks = is_input ? c->input_blocks : c->output_blocks;
  size_t from = round_up(c->count, 2 * SLICES) / SLICES * slice;
  size_t to = smaller(c->count, round_up(c->count, 2 * SLICES) / SLICES * (slice + 1));
  size_t plane = blocks * line(c->tiles);
  uint16_t *out = (is_input ? c->v : c->g) + block * line(c->tiles);
  size_t pixels = is_input ? s.height * s.width : s.out_height * s.out_width;
  const uint16_t *in = (is_input ? c->x : c->dy) + block * pixels * 16;
  __m512 sum = _mm512_setzero_ps();
  Tile tile = tile_at(s, c->first + smaller(from, c->count));
  for (size_t t = from; t < to; t += 2) {
    __m512 d[2][16];
    for (size_t k = 0; k < 2; k++) {
      if (t + k >= to) {
        for (int p = 0; p < POSITIONS; p++) d[1][p] = _mm512_setzero_ps();
        break;
      }
      const uint16_t *image = in + tile.image * blocks * pixels * 16;
      if (is_input) {
        load_tile(image, s, tile, d[k]);
        transform_input(d[k]);
      } else {
        __m512 g[4];
        load_gradient(image, s, tile, g);
        sum = _mm512_add_ps(sum, _mm512_add_ps(_mm512_add_ps(g[0], g[1]), _mm512_add_ps(g[2], g[3])));
        transform_gradient(g, d[k]);
      }
      tile = next(s, tile);
    }
#pragma clang loop unroll(full)
    for (int p = 0; p < POSITIONS; p++)
      _mm512_storeu_si512(out + p * plane + t / 2 * 32, pairs(d[0][p], d[1][p]));
  }
  if (is_input || !c->bias) return;
  float *share = c->shares + (slice * blocks + block) * 16;
  if (c->first > 0) sum = _mm512_add_ps(_mm512_loadu_ps(share), sum);
  _mm512_storeu_ps(share, sum);
}

TARGET static void transform(void *context, size_t from, size_t to) {
  const Gradient *c = context;
  size_t blocks = c->input_blocks > c->output_blocks ? c->input_blocks : c->output_blocks;
  size_t all = blocks * SLICES;
  for (size_t i = all * from / c->threads; i < all * to / c->threads; i++) {
    size_t block = i % blocks, slice = i / blocks;
    if (block < c->input_blocks) transform_slice(c, block, slice, 1);
    if (block < c->output_blocks) transform_slice(c, block, slice, 0);
  }
}

// MARK: Products

// sums[4][count of blocks * 16] (+)= over pairs of tiles: v[4 inputs] · g[16 outputs] of each block.
#define MULTIPLY(BLOCKS)                                                                           \
  TARGET static void multiply##BLOCKS(float *sums, const uint16_t *v, const uint16_t *g,           \
                                      size_t stride, size_t count, int adds) {                     \
    __m512 sum[ROWS][BLOCKS];                                                                      \
    _Pragma("clang loop unroll(full)") for (int r = 0; r < ROWS; r++)                              \
        _Pragma("clang loop unroll(full)") for (int j = 0; j < BLOCKS; j++)                        \
            sum[r][j] = adds ? _mm512_loadu_ps(sums + (r * VECTORS + j) * 16)                      \
                             : _mm512_setzero_ps();                                                \
    for (size_t k = 0; k < count; k++) {                                                           \
      __m512bh y[BLOCKS];                                                                          \
      _Pragma("clang loop unroll(full)") for (int j = 0; j < BLOCKS; j++)                          \
          y[j] = (__m512bh)_mm512_loadu_si512(g + j * stride + k * 32);                            \
      _Pragma("clang loop unroll(full)") for (int r = 0; r < ROWS; r++) {                          \
        int32_t two;                                                                               \
        memcpy(&two, v + k * 32 + 2 * r, 4);                                                       \
        __m512bh x = (__m512bh)_mm512_set1_epi32(two);                                             \
        _Pragma("clang loop unroll(full)") for (int j = 0; j < BLOCKS; j++)                        \
            sum[r][j] = _mm512_dpbf16_ps(sum[r][j], x, y[j]);                                      \
      }                                                                                            \
    }                                                                                              \
    _Pragma("clang loop unroll(full)") for (int r = 0; r < ROWS; r++)                              \
        _Pragma("clang loop unroll(full)") for (int j = 0; j < BLOCKS; j++)                        \
            _mm512_storeu_ps(sums + (r * VECTORS + j) * 16, sum[r][j]);                            \
  }
MULTIPLY(1)
MULTIPLY(2)
MULTIPLY(3)
MULTIPLY(4)
typedef void (*Multiply)(float *, const uint16_t *, const uint16_t *, size_t, size_t, int);
static const Multiply multiplies[] = {multiply1, multiply2, multiply3, multiply4};

// Gᵀ u G of 16 outputs and one input: nine vectors, `step` apart.
INLINE void finish(const float *u, float *w, size_t step) {
  __m512 t[12], half = _mm512_set1_ps(0.5f);
#pragma clang loop unroll(full)
  for (int k = 0; k < 4; k++) {
    __m512 a = _mm512_loadu_ps(u + k * PLANE), d = _mm512_loadu_ps(u + (12 + k) * PLANE);
    __m512 b = _mm512_mul_ps(half, _mm512_loadu_ps(u + (4 + k) * PLANE));
    __m512 c = _mm512_mul_ps(half, _mm512_loadu_ps(u + (8 + k) * PLANE));
    __m512 sum = _mm512_add_ps(b, c);
    t[k] = _mm512_add_ps(a, sum);
    t[4 + k] = _mm512_sub_ps(b, c);
    t[8 + k] = _mm512_add_ps(sum, d);
  }
#pragma clang loop unroll(full)
  for (int r = 0; r < 3; r++) {
    __m512 b = _mm512_mul_ps(half, t[4 * r + 1]), c = _mm512_mul_ps(half, t[4 * r + 2]);
    __m512 sum = _mm512_add_ps(b, c);
    _mm512_storeu_ps(w + (3 * r) * step, _mm512_add_ps(t[4 * r], sum));
    _mm512_storeu_ps(w + (3 * r + 1) * step, _mm512_sub_ps(b, c));
    _mm512_storeu_ps(w + (3 * r + 2) * step, _mm512_add_ps(sum, t[4 * r + 3]));
  }
}

TARGET static void multiply(void *context, size_t from, size_t to) {
  const Gradient *c = context;
  size_t all = unit_count(c), width = line(c->tiles), pairs_at_hand = (c->count + 1) / 2;
  for (size_t unit = all * from / c->threads; unit < all * to / c->threads; unit++) {
    // The thread that this unit falls to: its sums have room for one unit.
    size_t place = is_one_turn(c) ? from : unit;
    size_t block = unit % c->input_blocks, output = unit / c->input_blocks * VECTORS;
    size_t vectors = smaller(VECTORS, c->output_blocks - output);
    float *sums = c->sums + place * POSITIONS * PLANE;
    for (size_t p = 0; p < POSITIONS; p++) {
      const uint16_t *v = c->v + (p * c->input_blocks + block) * width;
      const uint16_t *g = c->g + (p * c->output_blocks + output) * width;
      for (size_t k = 0; k < pairs_at_hand; k += PAIRS)
        for (size_t row = 0; row < 16; row += ROWS)
          multiplies[vectors - 1](sums + p * PLANE + row * VECTORS * 16, v + k * 32 + 2 * row,
                                  g + k * 32, width, smaller(PAIRS, pairs_at_hand - k),
                                  k > 0 || c->first > 0);
    }
    if (!c->is_last) continue;
    for (size_t j = 0; j < vectors; j++)
      for (size_t row = 0; row < 16; row++)
        finish(sums + (row * VECTORS + j) * 16,
               c->weights + ((output + j) * c->input_blocks + block) * 9 * 256 + row * 16, 256);
  }
}

void nk_winograd_half_gradient(float *weights, float *bias, const uint16_t *x, const uint16_t *dy,
                               void *work, int threads, nk_winograd_shape shape) {
  size_t bytes, all = tile_count(shape);
  Gradient c = lay_out(shape, threads, work, &bytes);
  c.weights = weights;
  c.bias = bias;
  c.x = x;
  c.dy = dy;
  for (c.first = 0; c.first < all; c.first += c.tiles) {
    c.count = smaller(c.tiles, all - c.first);
    c.is_last = c.first + c.count == all;
    nk_parallel(c.threads, 1, transform, &c);
    nk_parallel(c.threads, 1, multiply, &c);
  }
  if (!bias) return;
  for (size_t k = 0; k < shape.outputs; k++) {
    bias[k] = 0;
    for (size_t slice = 0; slice < SLICES; slice++)
      bias[k] += c.shares[slice * c.output_blocks * 16 + k];
  }
}

#else

void nk_winograd_half_gradient(float *weights, float *bias, const uint16_t *x, const uint16_t *dy,
                               void *work, int threads, nk_winograd_shape shape) {
  (void)weights, (void)bias, (void)x, (void)dy, (void)work, (void)threads, (void)shape;
}

#endif
