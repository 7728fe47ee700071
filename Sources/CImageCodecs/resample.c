// The two passes of a separable resize in whole numbers: the same bytes on every machine, whatever
// instructions it has. Between the passes a sample keeps 6 bits after the point.
#include "image_codecs.h"

#include <stdlib.h>
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#define FAST __attribute__((target("avx2")))
#endif

enum { WEIGHT_BITS = 14, KEPT_BITS = 6, BLOCK = 256 };

static inline int32_t clamped(int32_t v, int32_t high) { return v < 0 ? 0 : v > high ? high : v; }

static inline int16_t kept(int32_t sum) {
  return (int16_t)clamped((sum + (1 << (WEIGHT_BITS - KEPT_BITS - 1))) >> (WEIGHT_BITS - KEPT_BITS),
                          255 << KEPT_BITS);
}

static inline uint8_t final(int32_t sum) {
  const int bits = WEIGHT_BITS + KEPT_BITS;
  return (uint8_t)clamped((sum + (1 << (bits - 1))) >> bits, 255);
}

// ---- down the columns: rows are weighted and added, all of a row's samples alike -----------------

#define DOWN(NAME, FROM, TO, ROUND, TARGET)                                                        \
  TARGET static void NAME(const FROM *from, size_t stride, TO *to, const imc_taps *taps) {          \
    for (uint32_t y = 0; y < taps->count; y++) {                                                    \
      const int16_t *w = taps->weights + (size_t)y * taps->longest;                                 \
      const FROM *first = from + (size_t)taps->starts[y] * stride;                                  \
      for (size_t at = 0; at < stride; at += BLOCK) {                                               \
        int32_t sums[BLOCK] = {0};                                                                  \
        size_t n = stride - at < BLOCK ? stride - at : BLOCK;                                       \
        for (int32_t k = 0; k < taps->lengths[y]; k++) {                                            \
          const FROM *row = first + (size_t)k * stride + at;                                        \
          int32_t weight = w[k];                                                                    \
          for (size_t i = 0; i < n; i++) sums[i] += weight * row[i];                                \
        }                                                                                           \
        TO *out = to + (size_t)y * stride + at;                                                     \
        for (size_t i = 0; i < n; i++) out[i] = ROUND(sums[i]);                                     \
      }                                                                                             \
    }                                                                                               \
  }

DOWN(down_first, uint8_t, int16_t, kept, )
DOWN(down_last, int16_t, uint8_t, final, )

// ---- along the rows: each output sample has its own few input samples ----------------------------

#define ALONG(NAME, TO, ROUND)                                                                     \
  static void NAME(const int16_t *row, TO *to, int channels, const imc_taps *taps) {                \
    for (uint32_t x = 0; x < taps->count; x++) {                                                    \
      const int16_t *w = taps->weights + (size_t)x * taps->longest;                                 \
      const int16_t *first = row + (size_t)taps->starts[x] * channels;                              \
      for (int c = 0; c < channels; c++) {                                                          \
        int32_t sum = 0;                                                                            \
        for (int32_t k = 0; k < taps->lengths[x]; k++) sum += w[k] * first[k * channels + c];       \
        to[(size_t)x * channels + c] = ROUND(sum);                                                  \
      }                                                                                             \
    }                                                                                               \
  }

// A row that still has whole grey levels is weighted like one that keeps 6 more bits.
ALONG(along_first, int16_t, kept)
ALONG(along_last, uint8_t, final)

#if defined(__x86_64__)

DOWN(down_first_fast, uint8_t, int16_t, kept, FAST)
DOWN(down_last_fast, int16_t, uint8_t, final, FAST)

// Two RGB pixels at a time: R R G G B B, each pair multiplied by two weights and added. A row has 8
// samples to spare behind it, and the weights an even number of places.
#define ALONG_RGB(NAME, TO, ROUND)                                                                 \
  FAST static void NAME(const int16_t *row, TO *to, const imc_taps *taps) {                         \
    const __m128i pairs = _mm_setr_epi8(0, 1, 6, 7, 2, 3, 8, 9, 4, 5, 10, 11, -1, -1, -1, -1);      \
    for (uint32_t x = 0; x < taps->count; x++) {                                                    \
      const int16_t *w = taps->weights + (size_t)x * taps->longest;                                 \
      const int16_t *first = row + (size_t)taps->starts[x] * 3;                                     \
      __m128i sum = _mm_setzero_si128();                                                            \
      for (int32_t k = 0; k < taps->lengths[x]; k += 2) {                                           \
        int32_t two;                                                                                \
        memcpy(&two, w + k, 4);                                                                     \
        __m128i pixels = _mm_loadu_si128((const __m128i *)(first + 3 * k));                         \
        sum = _mm_add_epi32(                                                                        \
            sum, _mm_madd_epi16(_mm_shuffle_epi8(pixels, pairs), _mm_set1_epi32(two)));             \
      }                                                                                             \
      int32_t parts[4];                                                                             \
      _mm_storeu_si128((__m128i *)parts, sum);                                                      \
      for (int c = 0; c < 3; c++) to[3 * (size_t)x + c] = ROUND(parts[c]);                          \
    }                                                                                               \
  }

ALONG_RGB(along_first_rgb, int16_t, kept)
ALONG_RGB(along_last_rgb, uint8_t, final)

#endif

static int is_fast(void) {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx2");
#else
  return 0;
#endif
}

imc_status imc_resize(const uint8_t *from, uint32_t width, uint32_t height, int channels,
                      const imc_taps *across, const imc_taps *down, int along_rows_first,
                      uint8_t *to) {
  const size_t spare = 8;
  const size_t in_stride = (size_t)width * channels, out_stride = (size_t)across->count * channels;
  const int fast = is_fast();
  size_t between = along_rows_first ? out_stride * height : in_stride * down->count;
  int16_t *middle = malloc((between + spare) * sizeof(int16_t));
  int16_t *row = malloc((in_stride + spare) * sizeof(int16_t));
  if (!middle || !row) {
    free(middle);
    free(row);
    return IMC_NO_MEMORY;
  }
  memset(middle + between, 0, spare * sizeof(int16_t));
  memset(row + in_stride, 0, spare * sizeof(int16_t));
  if (along_rows_first) {
    for (uint32_t y = 0; y < height; y++) {
      for (size_t i = 0; i < in_stride; i++) row[i] = from[y * in_stride + i];
      int16_t *out = middle + y * out_stride;
#if defined(__x86_64__)
      if (fast && channels == 3) {
        along_first_rgb(row, out, across);
        continue;
      }
#endif
      along_first(row, out, channels, across);
    }
#if defined(__x86_64__)
    if (fast) down_last_fast(middle, out_stride, to, down);
#endif
    if (!fast) down_last(middle, out_stride, to, down);
  } else {
#if defined(__x86_64__)
    if (fast) down_first_fast(from, in_stride, middle, down);
#endif
    if (!fast) down_first(from, in_stride, middle, down);
    for (uint32_t y = 0; y < down->count; y++) {
      const int16_t *in = middle + y * in_stride;
      uint8_t *out = to + y * out_stride;
#if defined(__x86_64__)
      if (fast && channels == 3) {
        along_last_rgb(in, out, across);
        continue;
      }
#endif
      along_last(in, out, channels, across);
    }
  }
  free(middle);
  free(row);
  return IMC_OK;
}

// ---- rows that come one after the other ----------------------------------------------------------

enum { ROWS_AHEAD = 16, SPARE = 8 };

// The rows that are still needed lie in `window`, the first of them number `base`.
struct imc_shrink {
  const imc_taps *across, *down;
  int channels;
  size_t stride, out_stride;
  uint32_t base, have, capacity, next;
  uint8_t *window, *to;
  int16_t *between;
};

void imc_shrink_free(imc_shrink *shrink) {
  if (!shrink) return;
  free(shrink->window);
  free(shrink->between);
  free(shrink);
}

imc_shrink *imc_shrink_new(uint32_t width, int channels, const imc_taps *across,
                           const imc_taps *down, uint8_t *to) {
  imc_shrink *shrink = calloc(1, sizeof *shrink);
  if (!shrink) return NULL;
  shrink->across = across;
  shrink->down = down;
  shrink->channels = channels;
  shrink->stride = (size_t)width * channels;
  shrink->out_stride = (size_t)across->count * channels;
  shrink->capacity = down->longest + ROWS_AHEAD;
  shrink->to = to;
  shrink->window = malloc(shrink->stride * shrink->capacity);
  shrink->between = calloc(shrink->stride + SPARE, sizeof *shrink->between);
  if (shrink->window && shrink->between) return shrink;
  imc_shrink_free(shrink);
  return NULL;
}

uint8_t *imc_shrink_row(imc_shrink *shrink) {
  if (shrink->have == shrink->capacity) {
    uint32_t first = shrink->next < shrink->down->count ? (uint32_t)shrink->down->starts[shrink->next]
                                                        : shrink->base + shrink->have;
    uint32_t dropped = first - shrink->base;
    memmove(shrink->window, shrink->window + shrink->stride * dropped,
            shrink->stride * (shrink->have - dropped));
    shrink->base = first;
    shrink->have -= dropped;
  }
  return shrink->window + shrink->stride * shrink->have;
}

void imc_shrink_take(imc_shrink *shrink) {
  const imc_taps *down = shrink->down;
  shrink->have++;
  for (; shrink->next < down->count; shrink->next++) {
    uint32_t y = shrink->next;
    if ((uint32_t)(down->starts[y] + down->lengths[y]) > shrink->base + shrink->have) return;
    int32_t start = down->starts[y] - (int32_t)shrink->base;
    imc_taps one = {.count = 1, .longest = down->longest, .starts = &start,
                    .lengths = down->lengths + y,
                    .weights = down->weights + (size_t)y * down->longest};
    uint8_t *out = shrink->to + y * shrink->out_stride;
#if defined(__x86_64__)
    if (is_fast()) {
      down_first_fast(shrink->window, shrink->stride, shrink->between, &one);
      if (shrink->channels == 3) {
        along_last_rgb(shrink->between, out, shrink->across);
        continue;
      }
    }
#endif
    if (!is_fast()) down_first(shrink->window, shrink->stride, shrink->between, &one);
    along_last(shrink->between, out, shrink->channels, shrink->across);
  }
}
