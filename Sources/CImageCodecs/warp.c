// One row of an affine warp, sampled bilinearly in whole numbers: the same bytes on every machine.
#include "image_codecs.h"

#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

typedef struct {
  const uint8_t *top, *bottom;
  int32_t wx, wy;
} corner;

static inline int64_t clamped(int64_t v, int64_t high) { return v < 0 ? 0 : v > high ? high : v; }

// The pixel left above (x, y), that below it, and the shares of their right and lower neighbours. At the
// last column and row those shares are 0, so that what lies beyond is read and not used.
static inline corner corner_at(const uint8_t *from, uint32_t width, uint32_t height, int channels,
                               int64_t x, int64_t y) {
  x = clamped(x, (int64_t)(width - 1) << 16);
  y = clamped(y, (int64_t)(height - 1) << 16);
  const size_t stride = (size_t)width * channels;
  const uint8_t *top = from + (size_t)(y >> 16) * stride + (size_t)(x >> 16) * channels;
  return (corner){top, (y >> 16) + 1 < height ? top + stride : top, (x >> 8) & 255, (y >> 8) & 255};
}

static void plain(const uint8_t *from, uint32_t width, uint32_t height, int channels, int64_t x,
                  int64_t y, int64_t step_x, int64_t step_y, uint8_t *out) {
  for (uint32_t i = 0; i < width; i++, x += step_x, y += step_y, out += channels) {
    corner c = corner_at(from, width, height, channels, x, y);
    for (int k = 0; k < channels; k++) {
      int32_t upper = c.top[k] * (256 - c.wx) + c.top[k + channels] * c.wx;
      int32_t lower = c.bottom[k] * (256 - c.wx) + c.bottom[k + channels] * c.wx;
      out[k] = (uint8_t)((upper * (256 - c.wy) + lower * c.wy + 32768) >> 16);
    }
  }
}

#if defined(__x86_64__)

// The three colours of a pixel at a time; four bytes are written, the last of which the next overwrites.
__attribute__((target("sse4.1"))) static void rgb(const uint8_t *from, uint32_t width,
                                                  uint32_t height, int64_t x, int64_t y,
                                                  int64_t step_x, int64_t step_y, uint8_t *out) {
  const __m128i pairs = _mm_setr_epi8(0, -1, 3, -1, 1, -1, 4, -1, 2, -1, 5, -1, -1, -1, -1, -1);
  const __m128i gather = _mm_setr_epi8(0, 4, 8, 12, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1);
  const __m128i half = _mm_set1_epi32(32768);
  for (uint32_t i = 0; i < width; i++, x += step_x, y += step_y, out += 3) {
    corner c = corner_at(from, width, height, 3, x, y);
    __m128i share = _mm_set1_epi32((256 - c.wx) | c.wx << 16);
    __m128i top = _mm_shuffle_epi8(_mm_loadl_epi64((const __m128i *)c.top), pairs);
    __m128i bottom = _mm_shuffle_epi8(_mm_loadl_epi64((const __m128i *)c.bottom), pairs);
    __m128i upper = _mm_mullo_epi32(_mm_madd_epi16(top, share), _mm_set1_epi32(256 - c.wy));
    __m128i lower = _mm_mullo_epi32(_mm_madd_epi16(bottom, share), _mm_set1_epi32(c.wy));
    __m128i sum = _mm_srli_epi32(_mm_add_epi32(_mm_add_epi32(upper, lower), half), 16);
    int32_t four = _mm_cvtsi128_si32(_mm_shuffle_epi8(sum, gather));
    memcpy(out, &four, i + 1 < width ? 4 : 3);
  }
}

#endif

void imc_warp_row(const uint8_t *from, uint32_t width, uint32_t height, int channels, int64_t x,
                  int64_t y, int64_t step_x, int64_t step_y, uint8_t *out) {
#if defined(__x86_64__)
  if (channels == 3 && __builtin_cpu_supports("sse4.1")) {
    rgb(from, width, height, x, y, step_x, step_y, out);
    return;
  }
#endif
  plain(from, width, height, channels, x, y, step_x, step_y, out);
}
