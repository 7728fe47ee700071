// What the engine uses of OpenBLAS: the C interface to BLAS.
#include <cblas-openblas.h>
