// How the kernels are compiled: once per CPU generation, the best one picked when the program loads.
#pragma once

#if defined(__x86_64__)
#define VECTORISED __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define VECTORISED
#endif
