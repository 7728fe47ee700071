// What the passes of Winograd's F(2x2, 3x3) in bfloat16 share: tiles of 4x4 pixels and their transform.
#pragma once
#include "neural_kernels.h"

#define POSITIONS 16

static size_t round_up(size_t value, size_t unit) { return (value + unit - 1) / unit * unit; }
static size_t smaller(size_t a, size_t b) { return a < b ? a : b; }

static size_t tile_count(nk_winograd_shape s) {
  return s.images * ((s.out_height + 1) / 2) * ((s.out_width + 1) / 2);
}

#if defined(__x86_64__)
#include <immintrin.h>

#define TARGET __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512bf16")))
#define INLINE TARGET __attribute__((always_inline)) static inline

// 16 numbers of bfloat16 as floats, and back.
INLINE __m512 wide(const uint16_t *x) {
  __m256i half = _mm256_loadu_si256((const __m256i *)x);
  return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(half), 16));
}
INLINE void put(uint16_t *x, __m512 v) {
  _mm256_storeu_si256((__m256i *)x, (__m256i)_mm512_cvtneps_pbh(v));
}
// Two vectors' numbers in turn.
INLINE __m512i pairs(__m512 a, __m512 b) {
  __m512i low = _mm512_cvtepu16_epi32((__m256i)_mm512_cvtneps_pbh(a));
  __m512i high = _mm512_cvtepu16_epi32((__m256i)_mm512_cvtneps_pbh(b));
  return _mm512_or_si512(low, _mm512_slli_epi32(high, 16));
}

// Bᵀ d B of 4×4 vectors.
INLINE void transform_input(__m512 d[16]) {
#pragma clang loop unroll(full)
  for (int c = 0; c < 4; c++) {
    __m512 a = d[c], b = d[4 + c], e = d[8 + c], f = d[12 + c];
    d[c] = _mm512_sub_ps(a, e);
    d[4 + c] = _mm512_add_ps(b, e);
    d[8 + c] = _mm512_sub_ps(e, b);
    d[12 + c] = _mm512_sub_ps(b, f);
  }
#pragma clang loop unroll(full)
  for (int r = 0; r < 16; r += 4) {
    __m512 a = d[r], b = d[r + 1], e = d[r + 2], f = d[r + 3];
    d[r] = _mm512_sub_ps(a, e);
    d[r + 1] = _mm512_add_ps(b, e);
    d[r + 2] = _mm512_sub_ps(e, b);
    d[r + 3] = _mm512_sub_ps(b, f);
  }
}

typedef struct {
  size_t image, row, column;
} Tile;

INLINE Tile tile_at(nk_winograd_shape s, size_t index) {
  size_t columns = (s.out_width + 1) / 2, rows = (s.out_height + 1) / 2;
  return (Tile){index / (rows * columns), index / columns % rows, index % columns};
}
INLINE Tile next(nk_winograd_shape s, Tile tile) {
  size_t columns = (s.out_width + 1) / 2, rows = (s.out_height + 1) / 2;
  if (++tile.column == columns) {
    tile.column = 0;
    if (++tile.row == rows) {
      tile.row = 0;
      tile.image++;
    }
  }
  return tile;
}

// The 4×4 pixels of a tile, zeros outside of the image.
INLINE void load_tile(const uint16_t *image, nk_winograd_shape s, Tile tile, __m512 d[16]) {
  long y = (long)(2 * tile.row) - (long)s.top, x = (long)(2 * tile.column) - (long)s.left;
  long height = (long)s.height, width = (long)s.width;
  if (y >= 0 && x >= 0 && y + 4 <= height && x + 4 <= width) {
    const uint16_t *pixel = image + (y * width + x) * 16;
#pragma clang loop unroll(full)
    for (int r = 0; r < 4; r++)
#pragma clang loop unroll(full)
      for (int c = 0; c < 4; c++) d[4 * r + c] = wide(pixel + (r * width + c) * 16);
    return;
  }
#pragma clang loop unroll(full)
  for (int r = 0; r < 4; r++)
#pragma clang loop unroll(full)
    for (int c = 0; c < 4; c++) {
      long row = y + r, column = x + c;
      int inside = row >= 0 && row < height && column >= 0 && column < width;
      d[4 * r + c] =
          inside ? wide(image + (row * width + column) * 16) : _mm512_setzero_ps();
    }
}
#endif
