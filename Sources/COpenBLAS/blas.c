// Loading OpenBLAS on first use; see include/blas.h.
#include "blas.h"

#include <cblas-openblas.h>
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;
static __typeof__(&cblas_sgemm) multiply;
static char failure[256];

static void load(void) {
  // Threads of its own would compete with OpenMP's for the cores; the matrices here are small.
  setenv("OPENBLAS_NUM_THREADS", "1", 1);
  void *library = dlopen("libopenblas.so.0", RTLD_NOW | RTLD_LOCAL);
  if (library) multiply = (__typeof__(multiply))dlsym(library, "cblas_sgemm");
  if (multiply) return;
  const char *said = dlerror();
  snprintf(failure, sizeof failure, "%s", said ? said : "cblas_sgemm is not in libopenblas.so.0");
}

int blas_load(char *reason, int capacity) {
  pthread_once(&once, load);
  if (multiply) return 0;
  snprintf(reason, (size_t)capacity, "%s", failure);
  return 1;
}

void blas_multiply(
  int transpose_a, int transpose_b, int rows, int columns, int inner, const float *a, int stride_a,
  const float *b, int stride_b, float beta, float *c, int stride_c) {
  multiply(
    CblasRowMajor, transpose_a ? CblasTrans : CblasNoTrans, transpose_b ? CblasTrans : CblasNoTrans,
    rows, columns, inner, 1, a, stride_a, b, stride_b, beta, c, stride_c);
}
