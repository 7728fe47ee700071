// What the engine has to know about the computer.

#if canImport(Glibc)
  import Glibc
#endif

enum Machine {
  /// Processors that this process may run on.
  static let processors = max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
}
