// The weights' gradient of depthwise convolutions, for which oneDNN has fast code with 3x3 kernels only.
#include <string.h>

#include "neural_kernels.h"
#include "numbers.h"
#include "parallel.h"

#define LARGEST 7

typedef struct {
  nk_depthwise_shape shape;
  const void *x, *dy;
  float *work, *weights;
} Depthwise;

#define NUMBER float
#define NAME(name) name
#define WIDE WIDE_FLOAT
#include "depthwise_loops.h"
#undef NUMBER
#undef NAME
#undef WIDE

#define NUMBER uint16_t
#define NAME(name) name##_half
#define WIDE WIDE_HALF
#include "depthwise_loops.h"
