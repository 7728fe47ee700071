// The computer a run was made on, and what the process has used of it.

import Foundation

extension RunRecord.Machine {
  /// This computer; `threads` is what the run uses.
  package static func current(threads: Int) -> RunRecord.Machine {
    var name = utsname()
    uname(&name)
    return RunRecord.Machine(
      processor: processorName(), cores: processors, threads: threads, memoryBytes: totalMemory,
      system: "\(text(&name.sysname)) \(text(&name.release)) \(text(&name.machine))")
  }

  package static var processors: Int { max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }

  private static var totalMemory: Int {
    Int(sysconf(Int32(_SC_PHYS_PAGES))) * Int(sysconf(Int32(_SC_PAGESIZE)))
  }

  private static func processorName() -> String {
    value(of: "model name", in: "/proc/cpuinfo") ?? "unknown processor"
  }

  /// The text after the colon of the first line that starts with a key.
  fileprivate static func value(of key: String, in file: String) -> String? {
    guard let text = try? String(contentsOfFile: file, encoding: .utf8) else { return nil }
    for line in text.split(separator: "\n") where line.hasPrefix(key) {
      guard let colon = line.firstIndex(of: ":") else { continue }
      return String(line[line.index(after: colon)...].drop { $0.isWhitespace })
    }
    return nil
  }

  private static func text<Tuple>(_ field: inout Tuple) -> String {
    withUnsafePointer(to: &field) {
      $0.withMemoryRebound(to: CChar.self, capacity: MemoryLayout<Tuple>.size) {
        String(cString: $0)
      }
    }
  }

  /// Bytes that can be taken without swapping; nil where the system does not say.
  package static var availableMemory: Int? {
    value(of: "MemAvailable", in: "/proc/meminfo")
      .flatMap { Int($0.split(separator: " ").first ?? "") }.map { $0 * 1024 }
  }
}

/// Wall time, processor time and memory of this process.
package struct Stopwatch: Sendable {
  private let start = Stopwatch.now
  private let startCPU = Stopwatch.cpu

  package init() {}

  package var wallSeconds: Double { Self.now - start }
  package var cpuSeconds: Double { Self.cpu - startCPU }

  /// The most memory the process has held.
  package static var peakMemoryBytes: Int {
    RunRecord.Machine.value(of: "VmHWM", in: "/proc/self/status")
      .flatMap { Int($0.split(separator: " ").first ?? "") }.map { $0 * 1024 } ?? 0
  }

  private static var now: Double { seconds(CLOCK_MONOTONIC) }
  private static var cpu: Double { seconds(CLOCK_PROCESS_CPUTIME_ID) }

  private static func seconds(_ clock: clockid_t) -> Double {
    var time = timespec()
    clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}

/// A moment as ISO 8601 in UTC, `2026-11-23T09:40:00Z`.
func timestamp() -> String {
  var seconds = time(nil)
  var parts = tm()
  gmtime_r(&seconds, &parts)
  func two(_ value: Int32) -> String { value < 10 ? "0\(value)" : "\(value)" }
  return "\(parts.tm_year + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))"
    + "T\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))Z"
}
