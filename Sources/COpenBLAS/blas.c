// Loading OpenBLAS on first use; see include/blas.h.
#include "blas.h"

#include <cblas-openblas.h>
#include <loading.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;
static __typeof__(&cblas_sgemm) multiply;
static char failure[LOADING_REASON_LENGTH];

static void load(void) {
  // Threads of its own would compete with OpenMP's for the cores; the matrices here are small.
  setenv("OPENBLAS_NUM_THREADS", "1", 1);
  static const char *const names[] = {"libopenblas.so.0", NULL};
  const loading_symbol symbols[] = {{"cblas_sgemm", &multiply}, {NULL}};
  loading_library(names, symbols, failure);
}

int blas_load(char *reason, int capacity) {
  pthread_once(&once, load);
  if (failure[0] == 0) return 0;
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
