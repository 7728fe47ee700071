// What is done to weights before a network's first run: drawing them, folding factors in, and Winograd's
// transform, which oneDNN's own copy does one number at a time.
#include <string.h>

#include "neural_kernels.h"
#include "numbers.h"
#include "parallel.h"

#define WIDTH 8
typedef double Doubles __attribute__((vector_size(8 * WIDTH)));
typedef uint64_t Words __attribute__((vector_size(8 * WIDTH)));
typedef int64_t Whole __attribute__((vector_size(8 * WIDTH)));

#define GAMMA 0x9E3779B97F4A7C15u
#define GRAIN 4096

typedef struct {
  float *out;
  uint64_t state;
  double deviation;
} Draw;

// SplitMix64's output for a state.
#define MIX(z)                                              \
  ({                                                        \
    Words z_ = (z);                                         \
    z_ = (z_ ^ (z_ >> 30)) * 0xBF58476D1CE4E5B9u;           \
    z_ = (z_ ^ (z_ >> 27)) * 0x94D049BB133111EBu;           \
    z_ ^ (z_ >> 31);                                        \
  })
#define UNIFORM(z) (__builtin_convertvector(MIX(z) >> 11, Doubles) * 0x1p-53)

// log of numbers in (0, 1]: the exponent, and 2 artanh((m - 1) / (m + 1)) of a mantissa near 1.
#define LOGARITHM(x)                                                                     \
  ({                                                                                     \
    Words bits_ = (Words)(x) - 0x3FE6A09E667F3BCDu;                                      \
    Whole power_ = (Whole)bits_ >> 52;                                                   \
    Doubles m_ = (Doubles)((Words)(x) - ((Words)power_ << 52));                          \
    Doubles s_ = (m_ - 1.0) / (m_ + 1.0), q_ = s_ * s_;                                  \
    Doubles p_ = q_ * (1.0 / 17) + 1.0 / 15;                                             \
    p_ = p_ * q_ + 1.0 / 13;                                                             \
    p_ = p_ * q_ + 1.0 / 11;                                                             \
    p_ = p_ * q_ + 1.0 / 9;                                                              \
    p_ = p_ * q_ + 1.0 / 7;                                                              \
    p_ = p_ * q_ + 1.0 / 5;                                                              \
    p_ = p_ * q_ + 1.0 / 3;                                                              \
    p_ = p_ * q_ + 1.0;                                                                  \
    2.0 * s_ * p_ + __builtin_convertvector(power_, Doubles) * 0.6931471805599453;       \
  })

// cos(2 pi u) for u in [0, 1), as the sine of a quarter turn less the distance from a half turn.
#define COSINE(u)                                                                        \
  ({                                                                                     \
    Doubles t_ = (u) - 0.5;                                                              \
    Doubles y_ = 6.283185307179586 * (__builtin_elementwise_max(t_, -t_) - 0.25);        \
    Doubles q_ = y_ * y_;                                                                \
    Doubles p_ = q_ * (1.0 / 355687428096000) - 1.0 / 1307674368000;                     \
    p_ = p_ * q_ + 1.0 / 6227020800;                                                     \
    p_ = p_ * q_ - 1.0 / 39916800;                                                       \
    p_ = p_ * q_ + 1.0 / 362880;                                                         \
    p_ = p_ * q_ - 1.0 / 5040;                                                           \
    p_ = p_ * q_ + 1.0 / 120;                                                            \
    p_ = p_ * q_ - 1.0 / 6;                                                              \
    p_ = p_ * q_ + 1.0;                                                                  \
    p_ * y_;                                                                             \
  })

VECTORISED static void normals(void *context, size_t from, size_t to) {
  Draw draw = *(Draw *)context;
  Words lane = {1, 3, 5, 7, 9, 11, 13, 15};
  for (size_t i = from; i < to; i += WIDTH) {
    Words first = draw.state + (lane + 2 * i) * GAMMA;
    Doubles open = 1.0 - UNIFORM(first);
    Doubles radius = __builtin_elementwise_sqrt(-2.0 * LOGARITHM(open));
    Doubles value = radius * COSINE(UNIFORM(first + GAMMA)) * draw.deviation;
    size_t count = to - i < WIDTH ? to - i : WIDTH;
    for (size_t k = 0; k < count; k++) draw.out[i + k] = (float)value[k];
  }
}
void nk_normals(float *out, uint64_t state, double deviation, size_t count) {
  Draw draw = {out, state, deviation};
  nk_parallel(count, GRAIN, normals, &draw);
}

typedef struct {
  float *out;
  const float *w;
  const double *factor;
  size_t inputs, per_output;
  nk_winograd_layout layout;
} Fold;

VECTORISED static void fold(void *context, size_t from, size_t to) {
  Fold f = *(Fold *)context;
  for (size_t k = from; k < to; k++)
    for (size_t j = k * f.per_output; j < (k + 1) * f.per_output; j++)
      f.out[j] = (float)((double)f.w[j] * f.factor[k]);
}
void nk_fold(float *out, const float *w, const double *factor, size_t outputs, size_t per_output) {
  Fold f = {.out = out, .w = w, .factor = factor, .per_output = per_output};
  nk_parallel(outputs, GRAIN / (per_output + 1) + 1, fold, &f);
}

// Three numbers through the matrix G of F(4, 3) as oneDNN scales it.
#define SIX(to, step, x, y, z)                                          \
  do {                                                                  \
    Lanes x_ = (x), y_ = (y), z_ = (z);                                 \
    Lanes near_ = x_ * -0.688403361344538f + z_ * -0.26890756302521f;   \
    Lanes far_ = x_ * 0.119514472455649f + z_ * 0.26890756302521f;      \
    (to)[0] = x_ * 1.13777777777778f;                                   \
    (to)[1 * (step)] = near_ + y_ * -0.430252100840336f;                \
    (to)[2 * (step)] = near_ + y_ * 0.430252100840336f;                 \
    (to)[3 * (step)] = far_ + y_ * 0.179271708683473f;                  \
    (to)[4 * (step)] = far_ - y_ * 0.179271708683473f;                  \
    (to)[5 * (step)] = z_;                                              \
  } while (0)

// Blocks of 16 outputs, each for all inputs: [output group][row][column][input group][output block]
// [input block][input][output].
VECTORISED static void winograd(void *context, size_t from, size_t to) {
  Fold f = *(Fold *)context;
  nk_winograd_layout l = f.layout;
  size_t block = l.input_block * LANES, group = l.output_blocks * l.input_blocks * block;
  size_t groups = f.inputs / (l.input_blocks * l.input_block), plane = groups * group;
  for (size_t ob = from; ob < to; ob++) {
    for (size_t i = 0; i < f.inputs; i++) {
      Lanes w[9], rows[18], all[36];
      for (size_t o = 0; o < LANES; o++) {
        const float *kernel = f.w + ((ob * LANES + o) * f.inputs + i) * 9;
        double factor = f.factor ? f.factor[ob * LANES + o] : 1;
        for (size_t t = 0; t < 9; t++) w[t][o] = (float)((double)kernel[t] * factor);
      }
      for (size_t c = 0; c < 3; c++) SIX(rows + c, 3, w[c], w[3 + c], w[6 + c]);
      for (size_t r = 0; r < 6; r++) SIX(all + 6 * r, 1, rows[3 * r], rows[3 * r + 1], rows[3 * r + 2]);
      size_t ib = i / l.input_block;
      float *out = f.out + ob / l.output_blocks * 36 * plane + ib / l.input_blocks * group +
                   (ob % l.output_blocks * l.input_blocks + ib % l.input_blocks) * block +
                   i % l.input_block * LANES;
      for (size_t t = 0; t < 36; t++) *(Lanes *)(out + t * plane) = all[t];
    }
  }
}
void nk_winograd_weights(float *out, const float *w, const double *factor, size_t outputs,
                         size_t inputs, nk_winograd_layout layout) {
  Fold f = {.out = out, .w = w, .factor = factor, .inputs = inputs, .layout = layout};
  nk_parallel(outputs / LANES, 1, winograd, &f);
}
