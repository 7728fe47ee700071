// Element-wise kernels; every one is memory bound, so plain loops that the compiler vectorises do.
#include "neural_kernels.h"
#include "numbers.h"
#include "parallel.h"

typedef struct {
  void *y;
  const void *a, *b;
  float scale;
  uint64_t key;
  size_t spatial, inner;
} Operands;

#define GRAIN 16384

#define NUMBER float
#define NAME(name) name
#define READ READ_FLOAT
#define WRITE WRITE_FLOAT
#include "elementwise_loops.h"
#undef NUMBER
#undef NAME
#undef READ
#undef WRITE

#define NUMBER uint16_t
#define NAME(name) name##_half
#define READ READ_HALF
#define WRITE WRITE_HALF
#include "elementwise_loops.h"
