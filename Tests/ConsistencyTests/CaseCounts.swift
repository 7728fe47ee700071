// How many seeded cases a property is tried on, and what came out.
import Consistency
import Foundation
import Testing

/// `usual` cases, or at least `long` when `TLKB_SLOW_TESTS=all` asks for the long run.
func cases(_ usual: Int, long: Int = 100_000) -> Int { runsAll ? max(usual, long) : usual }

/// Whether the long run was asked for.
let runsAll = ProcessInfo.processInfo.environment["TLKB_SLOW_TESTS"] == "all"

/// The verdicts on the cases of one set-up; the long run prints them with the processor time.
struct Tally {
  let setUp: String
  private(set) var consistent = 0
  private(set) var undecided = 0
  private(set) var inconsistent = 0
  private let start = Self.processorSeconds

  init(_ setUp: String) { self.setUp = setUp }

  /// Counts a verdict on scores that were computed from counts: 'inconsistent' is a false alarm.
  mutating func add(
    _ verdict: Verdict, _ place: @autoclosure () -> String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    switch verdict {
    case .consistent: consistent += 1
    case .undecided: undecided += 1
    case .inconsistent:
      inconsistent += 1
      Issue.record("\(place())", sourceLocation: sourceLocation)
    }
    if runsAll, count % 20_000 == 0 || count == 1_000 { report("so far") }
  }

  var count: Int { consistent + undecided + inconsistent }

  /// Whether enough cases were decided; prints the long run's counts.
  func decides(atLeast share: Double) -> Bool {
    if runsAll { report("done") }
    return Double(count - undecided) >= share * Double(count)
  }

  /// Processor time of this thread.
  private static var processorSeconds: Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  private func report(_ state: String) {
    let seconds = Int(Self.processorSeconds - start)
    FileHandle.standardError.write(
      Data(
        ("\(setUp): \(count) cases \(state), \(consistent) consistent, \(undecided) undecided, "
          + "\(inconsistent) inconsistent, \(seconds) s\n").utf8))
  }
}
