// Element-wise kernels of the engine, vectorised for the CPU at hand and run on OpenMP's own team,
// which oneDNN uses too, so that the two never compete for cores.
#pragma once
#include <stddef.h>
#include <stdint.h>

// Threads of the calling thread's team from now on.
void nk_set_threads(int count);
int nk_max_threads(void);

// Runs body(context, from, to) over 0..<count in contiguous pieces, one per thread, when there are
// at least `grain` items for each. The pieces depend only on count and the thread count.
typedef void (*nk_range)(void *context, size_t from, size_t to);
void nk_parallel(size_t count, size_t grain, nk_range body, void *context);

// Tensors hold floats, or bfloat16 in the functions ending in _half, which compute in floats too.
// z = max(0, x + y); here and below the result may be one of the operands
void nk_add_relu(float *z, const float *x, const float *y, size_t count);
void nk_add_relu_half(uint16_t *z, const uint16_t *x, const uint16_t *y, size_t count);
// y += x
void nk_accumulate(float *y, const float *x, size_t count);
void nk_accumulate_half(uint16_t *y, const uint16_t *x, size_t count);
// z = x + y
void nk_add(float *z, const float *x, const float *y, size_t count);
void nk_add_half(uint16_t *z, const uint16_t *x, const uint16_t *y, size_t count);
// dx = dy where 0 < y < limit, else 0 (dx may be dy)
void nk_relu_backward(float *dx, const float *dy, const float *y, float limit, size_t count);
void nk_relu_backward_half(uint16_t *dx, const uint16_t *dy, const uint16_t *y, float limit,
                           size_t count);
// y = x * scale
void nk_scale(float *y, const float *x, float scale, size_t count);
void nk_scale_half(uint16_t *y, const uint16_t *x, float scale, size_t count);
// y[i] = x[i] / (1 - rate) where element i is kept, else 0; kept is decided by a hash of key and i
void nk_dropout(float *y, const float *x, uint64_t key, float rate, size_t count);
void nk_dropout_half(uint16_t *y, const uint16_t *x, uint64_t key, float rate, size_t count);

// Tensors as [outer][spatial][inner]; gates and per-image sums as [outer][inner].
// y = x * gate
void nk_channel_scale(float *y, const float *x, const float *gate, size_t outer, size_t spatial,
                      size_t inner);
void nk_channel_scale_half(uint16_t *y, const uint16_t *x, const uint16_t *gate, size_t outer,
                           size_t spatial, size_t inner);
// sum[outer][inner] = sum over spatial of a * b
void nk_channel_dot(float *sum, const float *a, const float *b, size_t outer, size_t spatial,
                    size_t inner);
void nk_channel_dot_half(uint16_t *sum, const uint16_t *a, const uint16_t *b, size_t outer,
                         size_t spatial, size_t inner);

// Optimisers; w weights, g gradients, m and v their moments. g is first increased by decay * w
// except in AdamW, where w is shrunk instead.
void nk_sgd(float *w, const float *g, float *m, float rate, float momentum, float decay,
            int nesterov, int first, size_t count);
void nk_adam(float *w, const float *g, float *m, float *v, float rate, float beta1, float beta2,
             float epsilon, float decay, int decoupled, float correction1, float correction2,
             size_t count);
void nk_rmsprop(float *w, const float *g, float *square, float *m, float rate, float alpha,
                float epsilon, float momentum, float decay, size_t count);

// Batch normalisation on [outer][spatial][inner], `outer` being images × `blocks` of channels; the
// per-channel arrays have blocks * inner entries, zero where channels are padding. `work` holds
// 2 * outer * inner floats. Activation 0 is none, 1 is ReLU up to `limit` (infinity for plain ReLU),
// 2 is SiLU (never with a residual).
void nk_batch_moments(const float *x, float *work, float *mean, float *variance, size_t outer,
                      size_t blocks, size_t spatial, size_t inner);
void nk_batch_moments_half(const uint16_t *x, float *work, float *mean, float *variance,
                           size_t outer, size_t blocks, size_t spatial, size_t inner);
// y = activation(scale * x + shift + residual); residual may be null
void nk_batch_apply(float *y, const float *x, const float *residual, const float *scale,
                    const float *shift, int activation, float limit, size_t outer, size_t blocks,
                    size_t spatial, size_t inner);
void nk_batch_apply_half(uint16_t *y, const uint16_t *x, const uint16_t *residual,
                         const float *scale, const float *shift, int activation, float limit,
                         size_t outer, size_t blocks, size_t spatial, size_t inner);
// Per channel the sums of g and of g * (x - mean), where g is (dy * gate + base / spatial) times the
// activation's slope; gate and base are [outer][inner] and may be null. y may be null: then it is
// recomputed. kept may be null: else it receives g.
void nk_batch_gradient_sums(const float *dy, const float *x, const float *y, float *kept,
                            float *work, float *sum, float *dot, const float *scale,
                            const float *shift, const float *mean, const float *gate,
                            const float *base, int activation, float limit, size_t outer,
                            size_t blocks, size_t spatial, size_t inner);
void nk_batch_gradient_sums_half(const uint16_t *dy, const uint16_t *x, const uint16_t *y,
                                 uint16_t *kept, float *work, float *sum, float *dot,
                                 const float *scale, const float *shift, const float *mean,
                                 const uint16_t *gate, const uint16_t *base, int activation,
                                 float limit, size_t outer, size_t blocks, size_t spatial,
                                 size_t inner);
// dx = scale * g + slope * x + offset, g as above; dx may be dy
void nk_batch_gradient_apply(float *dx, const float *dy, const float *x, const float *scale,
                             const float *shift, const float *slope, const float *offset,
                             const float *gate, const float *base, int activation, float limit,
                             size_t outer, size_t blocks, size_t spatial, size_t inner);
void nk_batch_gradient_apply_half(uint16_t *dx, const uint16_t *dy, const uint16_t *x,
                                  const float *scale, const float *shift, const float *slope,
                                  const float *offset, const uint16_t *gate, const uint16_t *base,
                                  int activation, float limit, size_t outer, size_t blocks,
                                  size_t spatial, size_t inner);

// The weights' gradient of a depthwise convolution of kernel 3, 5 or 7 on [images][blocks][height]
// [width][16]: weights as [blocks][kernel][kernel][16]. `work` holds images * blocks * kernel *
// kernel * 16 floats. Returns 0 for other kernels, doing nothing.
typedef struct {
  size_t images, blocks, height, width, out_height, out_width, kernel, stride, top, left;
} nk_depthwise_shape;
int nk_depthwise_weights(float *weights, const float *x, const float *dy, float *work,
                         nk_depthwise_shape shape);
int nk_depthwise_weights_half(float *weights, const uint16_t *x, const uint16_t *dy, float *work,
                              nk_depthwise_shape shape);

// `count` normal numbers of a standard deviation, from the words of SplitMix64 after `state`, two for
// each (Box and Muller); the same on every machine and with every number of threads.
void nk_normals(float *out, uint64_t state, double deviation, size_t count);
// out = w * factor[output], rounded once
void nk_fold(float *out, const float *w, const double *factor, size_t outputs, size_t per_output);
// oneDNN's layout of weights transformed by Winograd's F(4x4, 3x3): blocks of 16 outputs and
// `input_block` inputs, grouped.
typedef struct {
  size_t input_block, input_blocks, output_blocks;
} nk_winograd_layout;
// The transform of w [outputs][inputs][3][3], times a factor for each output (or null). Outputs are a
// multiple of 16 * output_blocks, inputs of input_block * input_blocks.
void nk_winograd_weights(float *out, const float *w, const double *factor, size_t outputs,
                         size_t inputs, nk_winograd_layout layout);

// 3x3 convolutions of stride 1 in bfloat16 by Winograd's F(2x2, 3x3), in blocks of 16 channels. Only where
// `nk_winograd_half_exists`; elsewhere the functions do nothing.
int nk_winograd_half_exists(void);
typedef struct {
  size_t images, inputs, height, width, outputs, out_height, out_width, top, left;
} nk_winograd_shape;
// What follows the convolution: a bias (or null), what y held before, and a clip to [0, limit].
typedef struct {
  const float *bias;
  int adds, clips;
  float limit;
} nk_winograd_ends;
// Numbers in the transformed weights, and their transform from blocks [outputs / 16][inputs / 16][3][3]
// [16 inputs][16 outputs]. `backward` makes those of the gradient of the input: the same convolution from
// outputs to inputs.
size_t nk_winograd_half_weights_count(size_t outputs, size_t inputs);
void nk_winograd_half_weights(uint16_t *u, const float *w, size_t outputs, size_t inputs,
                              int backward);
// Bytes of scratch memory.
size_t nk_winograd_half_work(nk_winograd_shape shape, int threads);
void nk_winograd_half(uint16_t *y, const uint16_t *x, const uint16_t *u, void *work, int threads,
                      nk_winograd_shape shape, nk_winograd_ends ends);

// The gradient of such a convolution's weights, in blocks [outputs / 16][inputs / 16][3][3][16 inputs][16
// outputs], and of its bias (or null), from its input x and the gradient dy of its output. `work` holds
// as many bytes as the first function says.
size_t nk_winograd_half_gradient_work(nk_winograd_shape shape, int threads);
void nk_winograd_half_gradient(float *weights, float *bias, const uint16_t *x, const uint16_t *dy,
                               void *work, int threads, nk_winograd_shape shape);

// What the machine can do at best: runs `rounds` of multiply-adds on each thread and returns how many
// operations those were; zero where the CPU has no instructions for bfloat16.
double nk_peak_float(size_t rounds, int threads);
double nk_peak_half(size_t rounds, int threads);
// Reads all of data; returns a sum of it so that the reading is done.
double nk_peak_read(const float *data, size_t count);
