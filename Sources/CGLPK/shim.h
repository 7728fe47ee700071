// What folds and linear programs use of GLPK.
#include <glpk.h>
