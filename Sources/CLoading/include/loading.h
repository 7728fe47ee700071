// Loading a shared library when something of it is first needed: a command that does not use it
// neither needs it nor pays for its start.
#ifndef LOADING_H
#define LOADING_H

#include <stddef.h>

/// A function or variable of the library, and where its address goes.
typedef struct {
  const char *name;
  void *place;
  /// The name that other versions of the library give it; NULL where there is none.
  const char *other_name;
} loading_symbol;

enum { LOADING_REASON_LENGTH = 256 };

/// Loads the first of `names` (closed by NULL) that is there and finds `symbols` (closed by one without
/// a name) in it. Returns 1 when all is there, else 0 with the loader's words in `reason`: of the first
/// name, or of the first path at which a file is that cannot be loaded. Not to be called by two threads
/// at once for the same places.
int loading_library(const char *const *names, const loading_symbol *symbols,
                    char reason[LOADING_REASON_LENGTH]);

#endif
