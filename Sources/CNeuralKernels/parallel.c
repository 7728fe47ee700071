// Contiguous ranges on the threads of libgomp's team, the one that oneDNN runs on.
#include "neural_kernels.h"

// libgomp's entry point for a parallel region (clang's own -fopenmp would bring a second runtime).
extern void GOMP_parallel(void (*body)(void *), void *data, unsigned threads, unsigned flags);
extern int omp_get_thread_num(void);
extern int omp_get_num_threads(void);
extern int omp_get_max_threads(void);
extern void omp_set_num_threads(int count);

typedef struct {
  size_t count;
  nk_range body;
  void *context;
} Work;

void nk_set_threads(int count) { omp_set_num_threads(count); }

int nk_max_threads(void) { return omp_get_max_threads(); }

static void piece(void *data) {
  Work *work = data;
  size_t thread = (size_t)omp_get_thread_num(), threads = (size_t)omp_get_num_threads();
  // Pieces end on multiples of 16 floats: a cache line belongs to one thread.
  size_t units = (work->count + 15) / 16;
  size_t from = units * thread / threads * 16, to = units * (thread + 1) / threads * 16;
  if (work->count < 16 * threads) {
    from = work->count * thread / threads;
    to = work->count * (thread + 1) / threads;
  }
  if (to > work->count) to = work->count;
  if (from < to) work->body(work->context, from, to);
}

void nk_parallel(size_t count, size_t grain, nk_range body, void *context) {
  size_t threads = (size_t)omp_get_max_threads();
  if (grain == 0) grain = 1;
  if (threads > count / grain) threads = count / grain;
  if (threads <= 1) {
    if (count) body(context, 0, count);
    return;
  }
  Work work = {count, body, context};
  GOMP_parallel(piece, &work, (unsigned)threads, 0);
}
