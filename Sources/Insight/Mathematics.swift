// The few functions of the system's mathematics library that are needed.

#if canImport(Glibc)
  import Glibc
#endif

func exponential(_ x: Double) -> Double { exp(x) }
