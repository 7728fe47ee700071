// Support vector machines of LIBSVM and LIBLINEAR, loaded when first used.
#ifndef SUPPORT_VECTORS_H
#define SUPPORT_VECTORS_H

/// Why a call failed.
enum sv_result {
  SV_DONE = 0,
  /// The library is not installed; `error` has the loader's words.
  SV_MISSING = 1,
  /// The library refuses the settings or memory is short; `error` says why.
  SV_REFUSED = 2
};

/// Trains a C-SVC with the kernel exp(-gamma |x - y|²) and gives its decisions on queries.
///
/// images: n × width, row-major. labels: n, whole numbers, sorted. queries: m × width. decisions: m ×
/// classes·(classes − 1)/2, positive where the first class of the pair wins; pairs in the order (0,1),
/// (0,2) … of the labels that occur. classes: how many labels occur; checked.
int sv_kernel(const double *images, const double *labels, long n, int width, double cost,
              double gamma, const double *queries, long m, int classes, double *decisions,
              char *error, int capacity);

/// Trains a linear SVM (L2 penalty, squared hinge, primal, regularised bias) one class against the
/// rest and gives its decisions on queries: m × classes, m × 1 for two classes (positive: the second).
int sv_linear(const double *images, const double *labels, long n, int width, double cost,
              const double *queries, long m, int classes, double *decisions, char *error,
              int capacity);

#endif
