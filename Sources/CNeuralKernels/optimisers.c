// One step of each optimiser, in PyTorch's order of operations.
#include <math.h>

#include "neural_kernels.h"
#include "parallel.h"

typedef struct {
  float *w, *m, *v;
  const float *g;
  float rate, beta1, beta2, epsilon, decay, correction1, correction2;
  int nesterov, first, decoupled;
} Update;

#define GRAIN 16384

VECTORISED static void sgd(void *context, size_t from, size_t to) {
  Update u = *(Update *)context;
  float *restrict w = u.w, *restrict m = u.m;
  const float *restrict g = u.g;
  float keep = u.first ? 0 : u.beta1;
  for (size_t i = from; i < to; i++) {
    float d = g[i] + u.decay * w[i];
    float next = keep * m[i] + d;
    m[i] = next;
    w[i] -= u.rate * (u.nesterov ? d + u.beta1 * next : next);
  }
}
void nk_sgd(float *w, const float *g, float *m, float rate, float momentum, float decay,
            int nesterov, int first, size_t count) {
  Update u = {.w = w, .g = g, .m = m, .rate = rate, .beta1 = momentum, .decay = decay,
              .nesterov = nesterov, .first = first};
  nk_parallel(count, GRAIN, sgd, &u);
}

VECTORISED static void adam(void *context, size_t from, size_t to) {
  Update u = *(Update *)context;
  float *restrict w = u.w, *restrict m = u.m, *restrict v = u.v;
  const float *restrict g = u.g;
  float shrink = u.decoupled ? 1 - u.rate * u.decay : 1, decay = u.decoupled ? 0 : u.decay;
  float step = u.rate / u.correction1, root = sqrtf(u.correction2);
  for (size_t i = from; i < to; i++) {
    float x = w[i] * shrink, d = g[i] + decay * x;
    float mean = u.beta1 * m[i] + (1 - u.beta1) * d;
    float square = u.beta2 * v[i] + (1 - u.beta2) * d * d;
    m[i] = mean;
    v[i] = square;
    w[i] = x - step * mean / (sqrtf(square) / root + u.epsilon);
  }
}
void nk_adam(float *w, const float *g, float *m, float *v, float rate, float beta1, float beta2,
             float epsilon, float decay, int decoupled, float correction1, float correction2,
             size_t count) {
  Update u = {.w = w, .g = g, .m = m, .v = v, .rate = rate, .beta1 = beta1, .beta2 = beta2,
              .epsilon = epsilon, .decay = decay, .decoupled = decoupled,
              .correction1 = correction1, .correction2 = correction2};
  nk_parallel(count, GRAIN, adam, &u);
}

VECTORISED static void rmsprop(void *context, size_t from, size_t to) {
  Update u = *(Update *)context;
  float *restrict w = u.w, *restrict m = u.m, *restrict v = u.v;
  const float *restrict g = u.g;
  for (size_t i = from; i < to; i++) {
    float d = g[i] + u.decay * w[i];
    float square = u.beta2 * v[i] + (1 - u.beta2) * d * d;
    float next = u.beta1 * m[i] + d / (sqrtf(square) + u.epsilon);
    v[i] = square;
    m[i] = next;
    w[i] -= u.rate * next;
  }
}
void nk_rmsprop(float *w, const float *g, float *square, float *m, float rate, float alpha,
                float epsilon, float momentum, float decay, size_t count) {
  Update u = {.w = w, .g = g, .m = m, .v = square, .rate = rate, .beta1 = momentum,
              .beta2 = alpha, .epsilon = epsilon, .decay = decay};
  nk_parallel(count, GRAIN, rmsprop, &u);
}
