// The two kinds of numbers that tensors hold. A file with the loops (*_loops.h) is included once for
// each, after NUMBER, NAME and the macros below were set for it.
#pragma once
#include <stdint.h>

// The inner extent of the layout that convolutions choose on a CPU with 512-bit vectors; smaller
// vectors take it in several pieces. Written out, because the compiler would vectorise over pixels.
#define LANES 16
typedef float Lanes __attribute__((vector_size(4 * LANES), aligned(4)));
typedef int32_t Mask __attribute__((vector_size(4 * LANES)));
typedef uint32_t Bits __attribute__((vector_size(4 * LANES)));
typedef uint16_t Halves __attribute__((vector_size(2 * LANES), aligned(2)));
#define AT(pointer, pixel) (((const Lanes *)(pointer))[pixel])

// Single precision.
#define READ_FLOAT(x) (x)
#define WRITE_FLOAT(v) (v)
#define WIDE_FLOAT(pointer, pixel) AT(pointer, pixel)
#define PUT_FLOAT(pointer, pixel, lanes) ((Lanes *)(pointer))[pixel] = (lanes)

// bfloat16: the upper half of a float, rounded to nearest even. NaN stays NaN; whole vectors rely on
// arithmetic's own NaN, whose lower half is zero.
static inline float nk_read_half(uint16_t x) {
  union { uint32_t bits; float value; } u = {.bits = (uint32_t)x << 16};
  return u.value;
}
static inline uint16_t nk_write_half(float v) {
  union { float value; uint32_t bits; } u = {.value = v};
  uint32_t rounded = (u.bits + 0x7fff + ((u.bits >> 16) & 1)) >> 16;
  return v == v ? (uint16_t)rounded : 0x7fc0;
}
#define READ_HALF(x) nk_read_half(x)
#define WRITE_HALF(v) nk_write_half(v)
#define WIDE_HALF(pointer, pixel) \
  ((Lanes)(__builtin_convertvector(((const Halves *)(pointer))[pixel], Bits) << 16))
#define PUT_HALF(pointer, pixel, lanes)                                              \
  do {                                                                               \
    Lanes put_ = (lanes);                                                            \
    Bits bits_ = (Bits)put_;                                                         \
    bits_ = (bits_ + 0x7fff + ((bits_ >> 16) & 1)) >> 16;                            \
    ((Halves *)(pointer))[pixel] = __builtin_convertvector(bits_, Halves);           \
  } while (0)

// 1 / (1 + e^-v) to about two units in the last place. With u = -v log2(e) = n + r and |r| <= 1/2, e^-v
// is 2^r by a polynomial (fitted for the smallest largest error, 9.4e-8) times 2^n by the exponent's
// bits. Adding 1.5 * 2^23 rounds to the whole n, whose bits are then the sum's lowest.
#define NK_SIGMOID(Floats, FROM_BITS, TO_BITS, MIN, MAX, v)                                      \
  ({                                                                                             \
    Floats t_ = MIN(MAX(v, (Floats){0} - 88.0f), (Floats){0} + 87.0f);                           \
    Floats m_ = t_ * -1.44269504f + 12582912.0f;                                                 \
    Floats n_ = m_ - 12582912.0f;                                                                \
    Floats r_ = t_ * -1.44269504f - n_;                                                          \
    Floats e_ = r_ * 1.34072e-3f + 9.67185e-3f;                                                  \
    e_ = e_ * r_ + 5.550308e-2f;                                                                 \
    e_ = e_ * r_ + 2.4022235e-1f;                                                                \
    e_ = e_ * r_ + 6.9314721e-1f;                                                                \
    e_ = e_ * r_ + 1.0f;                                                                         \
    e_ = FROM_BITS(TO_BITS(e_) + (TO_BITS(m_) << 23));                                           \
    1.0f / (1.0f + e_);                                                                          \
  })
#define NK_LANES_OF(bits) ((Lanes)(bits))
#define NK_BITS_OF(lanes) ((Mask)(lanes))
#define SIGMOID(v)                                                                               \
  NK_SIGMOID(Lanes, NK_LANES_OF, NK_BITS_OF, __builtin_elementwise_min, __builtin_elementwise_max, v)

static inline float nk_float_of(int32_t bits) {
  union { int32_t bits; float value; } u = {.bits = bits};
  return u.value;
}
static inline int32_t nk_bits_of(float value) {
  union { float value; int32_t bits; } u = {.value = value};
  return u.bits;
}
#define NK_SMALLER(a, b) ({ float a_ = (a), b_ = (b); a_ < b_ ? a_ : b_; })
#define NK_LARGER(a, b) ({ float c_ = (a), d_ = (b); c_ > d_ ? c_ : d_; })
#define SIGMOID_OF_ONE(v) NK_SIGMOID(float, nk_float_of, nk_bits_of, NK_SMALLER, NK_LARGER, v)
