// LIBSVM and LIBLINEAR through dlopen, so that commands that need neither do not load them.
#include "support_vectors.h"

#include <dlfcn.h>
#include <libsvm/svm.h>
#include <linear.h>
#include <stdio.h>
#include <stdlib.h>

static void silent(const char *text) { (void)text; }

static void *library(const char *exact, const char *any, char *error, int capacity) {
  void *handle = dlopen(exact, RTLD_NOW | RTLD_LOCAL);
  if (!handle) handle = dlopen(any, RTLD_NOW | RTLD_LOCAL);
  if (!handle) {
    const char *why = dlerror();
    snprintf(error, (size_t)capacity, "%s", why ? why : "it cannot be loaded");
  }
  return handle;
}

#define FUNCTION(name) __typeof__(&name) name##_ = (__typeof__(&name))dlsym(handle, #name)

static int refused(char *error, int capacity, const char *why) {
  snprintf(error, (size_t)capacity, "%s", why);
  return SV_REFUSED;
}

int sv_kernel(const double *images, const double *labels, long n, int width, double cost,
              double gamma, const double *queries, long m, int classes, double *decisions,
              char *error, int capacity) {
  void *handle = library("libsvm.so.3", "libsvm.so", error, capacity);
  if (!handle) return SV_MISSING;
  FUNCTION(svm_train);
  FUNCTION(svm_predict_values);
  FUNCTION(svm_check_parameter);
  FUNCTION(svm_free_and_destroy_model);
  FUNCTION(svm_set_print_string_function);
  FUNCTION(svm_get_nr_class);
  if (!svm_train_ || !svm_predict_values_ || !svm_check_parameter_ || !svm_get_nr_class_ ||
      !svm_free_and_destroy_model_ || !svm_set_print_string_function_)
    return refused(error, capacity, "libsvm lacks a function");
  svm_set_print_string_function_(silent);

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
  const char *complaint = svm_check_parameter_(&problem, &parameter);
  if (complaint) {
    result = refused(error, capacity, complaint);
    goto end;
  }
  struct svm_model *model = svm_train_(&problem, &parameter);
  if (svm_get_nr_class_(model) != classes) {
    result = refused(error, capacity, "the labels are not the classes that were counted");
  } else {
    int pairs = classes * (classes - 1) / 2;
    for (long i = 0; i < m; i++) {
      for (int f = 0; f < width; f++) {
        query[f].index = f + 1;
        query[f].value = queries[i * width + f];
      }
      query[width].index = -1;
      svm_predict_values_(model, query, decisions + i * pairs);
    }
  }
  svm_free_and_destroy_model_(&model);
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
  void *handle = library("liblinear.so.4", "liblinear.so", error, capacity);
  if (!handle) return SV_MISSING;
  FUNCTION(train);
  FUNCTION(predict_values);
  FUNCTION(check_parameter);
  FUNCTION(free_and_destroy_model);
  FUNCTION(set_print_string_function);
  FUNCTION(get_nr_class);
  if (!train_ || !predict_values_ || !check_parameter_ || !free_and_destroy_model_ ||
      !set_print_string_function_ || !get_nr_class_)
    return refused(error, capacity, "liblinear lacks a function");
  set_print_string_function_(silent);

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
  const char *complaint = check_parameter_(&problem, &parameter);
  if (complaint) {
    result = refused(error, capacity, complaint);
    goto end;
  }
  struct model *model = train_(&problem, &parameter);
  if (get_nr_class_(model) != classes) {
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
      predict_values_(model, query, values);
      // With two classes LIBLINEAR's value is positive for the first.
      if (classes == 2) {
        decisions[i] = -values[0];
      } else {
        for (int k = 0; k < width_out; k++) decisions[i * width_out + k] = values[k];
      }
    }
  }
  free_and_destroy_model_(&model);
end:
  free(nodes);
  free(query);
  free(x);
  free(y);
  free(values);
  return result;
}
