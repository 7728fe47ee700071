// Batch normalisation in training, fused with a following ReLU, ReLU6 or SiLU and a residual sum.
//
// Tensors are [outer][spatial][inner]; channel c of item o is (o % blocks) * inner + lane. Sums are
// made of runs in single precision around a pivot, and merged over runs and items in double precision
// in a fixed order, so that the thread count never changes a bit.
#include <math.h>

#include "neural_kernels.h"
#include "numbers.h"
#include "parallel.h"

typedef struct {
  const void *x, *dy, *y, *residual, *gate, *base;
  void *out, *kept;
  float *first, *second;
  const float *scale, *shift, *center, *coefficient;
  size_t spatial, inner, blocks;
  float limit;
  int activation;
} Norm;

enum { NONE, CLIPPED, SILU };

// How many numbers are added up in single precision. The gradient before a normalisation is what is
// left of the one behind it after its mean and slope are taken away, often a thousandth: so their
// rounding errors count a thousandfold.
enum { RUN = 64 };

typedef double DoubleLanes __attribute__((vector_size(LANES * sizeof(double))));
#define DOUBLED(v) __builtin_convertvector(v, DoubleLanes)
#define SINGLE(v) __builtin_convertvector(v, Lanes)

// The derivative of v * sigmoid(v), s being the sigmoid.
#define SILU_SLOPE(v, s) ((s) + (v) * (s) * (1.0f - (s)))

// g where 0 < y < limit, else 0.
#define MASKED(g, y, limit) \
  (Lanes)((Mask)(g) & (Mask)((y) > (Lanes){0}) & (Mask)((y) < (Lanes){0} + (limit)))

#define NUMBER float
#define NAME(name) name
#define READ READ_FLOAT
#define WRITE WRITE_FLOAT
#define WIDE WIDE_FLOAT
#define PUT PUT_FLOAT
#include "batch_norm_loops.h"
#undef NUMBER
#undef NAME
#undef READ
#undef WRITE
#undef WIDE
#undef PUT

#define NUMBER uint16_t
#define NAME(name) name##_half
#define READ READ_HALF
#define WRITE WRITE_HALF
#define WIDE WIDE_HALF
#define PUT PUT_HALF
#include "batch_norm_loops.h"
