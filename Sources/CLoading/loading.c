// dlopen and dlsym with one sentence of why not; see include/loading.h.
#include "loading.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int loading_library(const char *const *names, const loading_symbol *symbols,
                    char reason[LOADING_REASON_LENGTH]) {
  reason[0] = 0;
  void *handle = NULL;
  int is_of_a_file = 0;
  for (; handle == NULL && *names != NULL; names++) {
    handle = dlopen(*names, RTLD_NOW | RTLD_LOCAL);
    if (handle != NULL) break;
    const char *said = dlerror();
    // The first name is the usual one: its reason tells most, unless a file is there and cannot be loaded.
    int is_file = strchr(*names, '/') != NULL && access(*names, R_OK) == 0;
    if (reason[0] != 0 && (is_of_a_file || !is_file)) continue;
    is_of_a_file = is_file;
    snprintf(reason, LOADING_REASON_LENGTH, "%s", said ? said : "it is not there");
  }
  if (handle == NULL) return 0;
  for (; symbols->name != NULL; symbols++) {
    void *found = dlsym(handle, symbols->name);
    if (found == NULL && symbols->other_name != NULL) found = dlsym(handle, symbols->other_name);
    if (found == NULL) {
      snprintf(reason, LOADING_REASON_LENGTH, "it has no %s", symbols->name);
      return 0;
    }
    memcpy(symbols->place, &found, sizeof found);
  }
  reason[0] = 0;
  return 1;
}
