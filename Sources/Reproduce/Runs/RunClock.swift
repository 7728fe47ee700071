// Time spent on a run, over all of its parts.

/// Wall and processor time of a run that may have been interrupted and resumed.
final class RunClock {
  private let watch = Stopwatch()
  private var earlierWall = 0.0
  private var earlierCPU = 0.0

  /// Counts what earlier parts of the run had taken; the largest known is kept.
  func include(wall: Double, cpu: Double) {
    earlierWall = max(earlierWall, wall)
    earlierCPU = max(earlierCPU, cpu)
  }

  var wallSeconds: Double { earlierWall + watch.wallSeconds }
  var cpuSeconds: Double { earlierCPU + watch.cpuSeconds }
}
