// What a run tells while it goes on: a line that renews itself, plain lines, JSON lines or nothing.

import Foundation

/// Something that happened in a run.
package enum RunEvent: Sendable {
  case note(String)
  /// Features of a frozen backbone.
  case features(done: Int, total: Int, imagesPerSecond: Double)
  case batch(Position, imagesPerSecond: Double, secondsLeft: Double)
  case epoch(Position, point: RunRecord.EpochPoint, imagesPerSecond: Double, secondsLeft: Double)
  case seed(Int, metrics: [MetricValue])

  /// Where in the run.
  package struct Position: Sendable {
    package let seed: Int
    package let fold: Int
    package let folds: Int
    /// 1-based.
    package let epoch: Int
    package let epochs: Int
    /// Images done of this epoch.
    package let done: Int
    package let total: Int
    /// Mean loss so far.
    package let loss: Double
  }
}

/// How progress is told on standard error.
package enum ProgressMode: String, Sendable, CaseIterable {
  /// One renewed line on a terminal, else plain lines.
  case auto
  case plain
  case jsonl
  case quiet
}

/// Writes events to standard error, or to a test's sink.
package final class ProgressReporter {
  private let mode: ProgressMode
  private let isTerminal: Bool
  private let write: (String) -> Void
  private var hasOpenLine = false
  private var lastDrawn = -1.0
  private let clock = Stopwatch()
  private let stop: () -> Bool

  /// - Parameter stop: whether the user wants the run to stop; ctrl-C by default.
  package init(
    _ mode: ProgressMode, isTerminal: Bool,
    stop: @escaping () -> Bool = { Interruption.isRequested },
    write: @escaping (String) -> Void
  ) {
    self.mode = mode
    self.stop = stop
    self.isTerminal = isTerminal && mode == .auto
    self.write = write
  }

  /// To standard error.
  package convenience init(_ mode: ProgressMode) {
    self.init(mode, isTerminal: isatty(STDERR_FILENO) == 1) {
      FileHandle.standardError.write(Foundation.Data($0.utf8))
    }
  }

  /// Whether the run should keep its state and end.
  var isStopRequested: Bool { stop() }

  package func report(_ event: RunEvent) {
    switch mode {
    case .quiet: return
    case .jsonl: write(Self.json(event) + "\n")
    case .auto, .plain: tell(event)
    }
  }

  /// Ends a line that is still being renewed.
  package func finish() {
    if hasOpenLine { write("\r\u{1b}[K") }
    hasOpenLine = false
  }

  private func tell(_ event: RunEvent) {
    switch event {
    case .note(let text): line(text)
    case .features(let done, let total, let speed):
      var text = "features \(done)/\(total)  \(rate(speed))"
      if done < total, speed > 0 { text += "  \(duration(Double(total - done) / speed)) left" }
      if done == total { line(text) } else { renew(text) }
    case .batch(let at, let speed, let left):
      renew(
        "\(place(at))  \(at.done)/\(at.total)  loss \(short(at.loss))  \(rate(speed))  "
          + "\(duration(left)) left")
    case .epoch(let at, let point, let speed, let left):
      var text = "\(place(at))  loss \(short(point.trainingLoss))"
      if let accuracy = point.validationAccuracy { text += "  accuracy \(short(accuracy))" }
      if let area = point.validationAUC { text += "  AUC \(short(area))" }
      line(text + "  \(rate(speed))  \(duration(left)) left")
    case .seed(let seed, let metrics):
      let shown = metrics.prefix(2).map { value in
        "\(value.name.metric.title) \(value.value.map(short) ?? "undefined")"
      }
      line("seed \(seed) tested: " + shown.joined(separator: ", "))
    }
  }

  private func line(_ text: String) {
    finish()
    write(text + "\n")
  }

  /// At most ten times a second, and only where a line can be renewed.
  private func renew(_ text: String) {
    guard isTerminal, clock.wallSeconds - lastDrawn > 0.1 else { return }
    lastDrawn = clock.wallSeconds
    hasOpenLine = true
    write("\r\u{1b}[K" + text)
  }

  private func place(_ at: RunEvent.Position) -> String {
    "seed \(at.seed)" + (at.folds > 1 ? " fold \(at.fold + 1)/\(at.folds)" : "")
      + " epoch \(at.epoch)/\(at.epochs)"
  }

  private func rate(_ speed: Double) -> String {
    speed >= 10 ? "\(Int(speed)) images/s" : "\((speed * 10).rounded() / 10) images/s"
  }

  private func short(_ value: Double) -> String { "\((value * 10_000).rounded() / 10_000)" }

  private static func json(_ event: RunEvent) -> String {
    switch event {
    case .note(let text): return object([("event", quote("note")), ("text", quote(text))])
    case .features(let done, let total, let speed):
      return object([
        ("event", quote("features")), ("done", "\(done)"), ("total", "\(total)"),
        ("imagesPerSecond", number(speed)),
      ])
    case .batch(let at, let speed, let left):
      return object(
        [("event", quote("batch"))] + fields(at) + [
          ("imagesPerSecond", number(speed)), ("secondsLeft", number(left)),
        ])
    case .epoch(let at, let point, let speed, let left):
      return object(
        [("event", quote("epoch"))] + fields(at) + [
          ("learningRate", number(point.learningRate)),
          ("validationLoss", point.validationLoss.map(number) ?? "null"),
          ("validationAccuracy", point.validationAccuracy.map(number) ?? "null"),
          ("validationAUC", point.validationAUC.map(number) ?? "null"),
          ("imagesPerSecond", number(speed)), ("secondsLeft", number(left)),
        ])
    case .seed(let seed, let metrics):
      let values = metrics.map {
        "\(quote($0.name.description)): \($0.value.map(number) ?? "null")"
      }
      return object([
        ("event", quote("seed")), ("seed", "\(seed)"),
        ("metrics", "{" + values.joined(separator: ", ") + "}"),
      ])
    }
  }

  private static func fields(_ at: RunEvent.Position) -> [(String, String)] {
    [
      ("seed", "\(at.seed)"), ("fold", "\(at.fold)"), ("epoch", "\(at.epoch)"),
      ("epochs", "\(at.epochs)"), ("done", "\(at.done)"), ("total", "\(at.total)"),
      ("loss", number(at.loss)),
    ]
  }

  private static func object(_ fields: [(String, String)]) -> String {
    "{" + fields.map { "\(quote($0.0)): \($0.1)" }.joined(separator: ", ") + "}"
  }

  private static func number(_ value: Double) -> String { value.isFinite ? "\(value)" : "null" }

  private static func quote(_ text: String) -> String {
    let data = (try? JSONEncoder().encode(text)) ?? Foundation.Data("\"\"".utf8)
    return String(decoding: data, as: UTF8.self)
  }
}

/// `45 s`, `3 min 20 s`, `2 h 5 min`.
package func duration(_ seconds: Double) -> String {
  guard seconds.isFinite, seconds < 1e9 else { return "unknown time" }
  let whole = Int(seconds.rounded(.up))
  if whole < 60 { return "\(whole) s" }
  if whole < 3600 { return "\(whole / 60) min \(whole % 60) s" }
  return "\(whole / 3600) h \(whole % 3600 / 60) min"
}
