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

// bfloat16: the upper half of a float, rounded to nearest even; NaN stays NaN.
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
    Bits bits_ = (Bits)put_, nan_ = (Bits)(put_ != put_);                            \
    bits_ = (bits_ + 0x7fff + ((bits_ >> 16) & 1)) >> 16;                            \
    bits_ = (bits_ & ~nan_) | (nan_ & 0x7fc0);                                       \
    ((Halves *)(pointer))[pixel] = __builtin_convertvector(bits_, Halves);           \
  } while (0)
