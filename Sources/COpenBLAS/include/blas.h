// The one product of OpenBLAS that the engine uses, loaded when it is first needed: OpenBLAS starts
// its threads when it is loaded, which no command that trains nothing should pay for.
#ifndef TLKB_BLAS_H
#define TLKB_BLAS_H

/// Loads the library, once; 0 when it is there, otherwise `reason` (of `capacity` bytes) says why not.
int blas_load(char *reason, int capacity);

/// c = a · b + beta · c on the calling thread, row-major: c is rows × columns, inner is summed over.
/// Only after `blas_load` has returned 0.
void blas_multiply(
  int transpose_a, int transpose_b, int rows, int columns, int inner, const float *a, int stride_a,
  const float *b, int stride_b, float beta, float *c, int stride_c);

#endif
