// What the engine uses of oneDNN: its C API.
#include <dnnl.h>
