// LIBSVM and LIBLINEAR through dlopen, so that commands that need neither do not load them.
#include "support_vectors.h"

#include <libsvm/svm.h>
#include <linear.h>
#include <loading.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

static void silent(const char *text) { (void)text; }

static struct {
  pthread_once_t once;
  char reason[LOADING_REASON_LENGTH];
  __typeof__(svm_train) *train;
  __typeof__(svm_predict_values) *predict_values;
  __typeof__(svm_check_parameter) *check_parameter;
  __typeof__(svm_free_and_destroy_model) *free_and_destroy_model;
  __typeof__(svm_set_print_string_function) *set_print_string_function;
  __typeof__(svm_get_nr_class) *get_nr_class;
} kernels = {.once = PTHREAD_ONCE_INIT};

static void load_kernels(void) {
  static const char *const names[] = {"libsvm.so.3", "libsvm.so", NULL};
  const loading_symbol symbols[] = {
      {"svm_train", &kernels.train},
      {"svm_predict_values", &kernels.predict_values},
      {"svm_check_parameter", &kernels.check_parameter},
      {"svm_free_and_destroy_model", &kernels.free_and_destroy_model},
      {"svm_set_print_string_function", &kernels.set_print_string_function},
      {"svm_get_nr_class", &kernels.get_nr_class},
      {NULL}};
  if (loading_library(names, symbols, kernels.reason)) kernels.set_print_string_function(silent);
}

static struct {
  pthread_once_t once;
  char reason[LOADING_REASON_LENGTH];
  __typeof__(train) *train;
  __typeof__(predict_values) *predict_values;
  __typeof__(check_parameter) *check_parameter;
  __typeof__(free_and_destroy_model) *free_and_destroy_model;
  __typeof__(set_print_string_function) *set_print_string_function;
  __typeof__(get_nr_class) *get_nr_class;
} linear = {.once = PTHREAD_ONCE_INIT};

static void load_linear(void) {
  static const char *const names[] = {"liblinear.so.4", "liblinear.so", NULL};
  const loading_symbol symbols[] = {
      {"train", &linear.train},
      {"predict_values", &linear.predict_values},
      {"check_parameter", &linear.check_parameter},
      {"free_and_destroy_model", &linear.free_and_destroy_model},
      {"set_print_string_function", &linear.set_print_string_function},
      {"get_nr_class", &linear.get_nr_class},
      {NULL}};
  if (loading_library(names, symbols, linear.reason)) linear.set_print_string_function(silent);
}

static int missing(char *error, int capacity, const char *why) {
  snprintf(error, (size_t)capacity, "%s", why);
  return SV_MISSING;
}

static int refused(char *error, int capacity, const char *why) {
  snprintf(error, (size_t)capacity, "%s", why);
  return SV_REFUSED;
}

int sv_kernel(const double *images, const double *labels, long n, int width, double cost,
              double gamma, const double *queries, long m, int classes, double *decisions,
              char *error, int capacity) {
  pthread_once(&kernels.once, load_kernels);
  if (kernels.reason[0]) return missing(error, capacity, kernels.reason);

  long rows = n > m ? n : m;
  struct svm_node *nodes = malloc(sizeof(struct svm_node) * (size_t)n * ((size_t)width + 1));
  struct svm_node *query = malloc(sizeof(struct svm_node) * ((size_t)width + 1));
  struct svm_node **x = malloc(sizeof(struct svm_node *) * (size_t)rows);
  double *y = malloc(sizeof(double) * (size_t)n);
  int result = SV_DONE;
  if (!nodes || !query || !x || !y) {
    result = refused(error, capacity, "memory is short");
    goto end;
  }
  for (long i = 0; i < n; i++) {
    x[i] = nodes + i * (width + 1);
    y[i] = labels[i];
    for (int f = 0; f < width; f++) {
      x[i][f].index = f + 1;
      x[i][f].value = images[i * width + f];
    }
    x[i][width].index = -1;
  }
  struct svm_problem problem = {.l = (int)n, .y = y, .x = x};
  struct svm_parameter parameter = {.svm_type = C_SVC, .kernel_type = RBF, .gamma = gamma,
                                    .C = cost, .cache_size = 200, .eps = 1e-3, .shrinking = 1};
  const char *complaint = kernels.check_parameter(&problem, &parameter);
  if (complaint) {
    result = refused(error, capacity, complaint);
    goto end;
  }
  struct svm_model *model = kernels.train(&problem, &parameter);
  if (kernels.get_nr_class(model) != classes) {
    result = refused(error, capacity, "the labels are not the classes that were counted");
  } else {
    int pairs = classes * (classes - 1) / 2;
    for (long i = 0; i < m; i++) {
      for (int f = 0; f < width; f++) {
        query[f].index = f + 1;
        query[f].value = queries[i * width + f];
      }
      query[width].index = -1;
      kernels.predict_values(model, query, decisions + i * pairs);
    }
  }
  kernels.free_and_destroy_model(&model);
end:
  free(nodes);
  free(query);
  free(x);
  free(y);
  return result;
}

int sv_linear(const double *images, const double *labels, long n, int width, double cost,
              const double *queries, long m, int classes, double *decisions, char *error,
              int capacity) {
  pthread_once(&linear.once, load_linear);
  if (linear.reason[0]) return missing(error, capacity, linear.reason);

  // The last feature is the bias, 1 for every image.
  struct feature_node *nodes =
      malloc(sizeof(struct feature_node) * (size_t)n * ((size_t)width + 2));
  struct feature_node *query = malloc(sizeof(struct feature_node) * ((size_t)width + 2));
  struct feature_node **x = malloc(sizeof(struct feature_node *) * (size_t)n);
  double *y = malloc(sizeof(double) * (size_t)n);
  double *values = malloc(sizeof(double) * (size_t)(classes > 2 ? classes : 2));
  int result = SV_DONE;
  if (!nodes || !query || !x || !y || !values) {
    result = refused(error, capacity, "memory is short");
    goto end;
  }
  for (long i = 0; i < n; i++) {
    x[i] = nodes + i * (width + 2);
    y[i] = labels[i];
    for (int f = 0; f < width; f++) {
      x[i][f].index = f + 1;
      x[i][f].value = images[i * width + f];
    }
    x[i][width].index = width + 1;
    x[i][width].value = 1;
    x[i][width + 1].index = -1;
  }
  struct problem problem = {.l = (int)n, .n = width + 1, .y = y, .x = x, .bias = 1};
  struct parameter parameter = {.solver_type = L2R_L2LOSS_SVC, .eps = 1e-4, .C = cost, .p = 0.1};
  const char *complaint = linear.check_parameter(&problem, &parameter);
  if (complaint) {
    result = refused(error, capacity, complaint);
    goto end;
  }
  struct model *model = linear.train(&problem, &parameter);
  if (linear.get_nr_class(model) != classes) {
    result = refused(error, capacity, "the labels are not the classes that were counted");
  } else {
    int width_out = classes == 2 ? 1 : classes;
    for (long i = 0; i < m; i++) {
      for (int f = 0; f < width; f++) {
        query[f].index = f + 1;
        query[f].value = queries[i * width + f];
      }
      query[width].index = width + 1;
      query[width].value = 1;
      query[width + 1].index = -1;
      linear.predict_values(model, query, values);
      // With two classes LIBLINEAR's value is positive for the first.
      if (classes == 2) {
        decisions[i] = -values[0];
      } else {
        for (int k = 0; k < width_out; k++) decisions[i * width_out + k] = values[k];
      }
    }
  }
  linear.free_and_destroy_model(&model);
end:
  free(nodes);
  free(query);
  free(x);
  free(y);
  free(values);
  return result;
}
