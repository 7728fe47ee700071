// What the engine measured as listings: profiles of a run and speeds of networks.

import Neural

extension Table {
  /// Every step of a run in order, or its kinds of work with the longest first.
  package static func profile(_ profile: Profile, byWork: Bool) -> Table {
    let total = max(profile.seconds, 1e-12)
    let rows = byWork ? profile.byWork : profile.steps
    let speed = rounded(Double(profile.batch) / total, 1)
    return Table(
      title: "\(profile.network), batch \(profile.batch): "
        + "\(rounded(profile.seconds * 1000, 1)) ms, \(speed) images/s",
      columns: [
        Column("layer", "Layer"), Column("work", "Work"),
        Column("milliseconds", "ms", .right), Column("share", "Share (%)", .right),
        Column("gflops", "GFLOP/s", .right), Column("gb-per-s", "GB/s", .right),
        Column("implementation", "Implementation"),
      ],
      rows: rows.map { step in
        [
          step.layer.isEmpty ? .blank : .text(step.layer), .text(step.work),
          .rounded(step.seconds * 1000, 3), .rounded(100 * step.seconds / total, 1),
          step.operations == 0 ? .notApplicable : .rounded(step.gigaflops, 1),
          .rounded(step.gigabytesPerSecond, 1),
          step.implementation.isEmpty ? .blank : .text(step.implementation),
        ]
      })
  }

  /// Speeds of networks on this computer, each beside what it can do at best.
  package static func throughputs(_ results: [Throughput], peak: MachinePeak) -> Table {
    var title = "\(peak.threads) threads; measured peak \(rounded(peak.gigaflops, 0)) GFLOP/s"
    if let half = peak.bfloat16Gigaflops { title += " (bfloat16 \(rounded(half, 0)))" }
    title += ", \(rounded(peak.gigabytesPerSecond, 1)) GB/s"
    return Table(
      title: title,
      columns: [
        Column("network", "Network"), Column("work", "Work"), Column("precision", "Precision"),
        Column("batch", "Batch", .right), Column("side", "Side", .right),
        Column("threads", "Threads", .right),
        Column("images-per-s", "Images/s", .right), Column("gflops", "GFLOP/s", .right),
        Column("peak-share", "Of peak (%)", .right),
        Column("first-s", "First run (s)", .right), Column("memory-mib", "Memory (MiB)", .right),
      ],
      rows: results.map { result in
        let best =
          result.precision == .bfloat16 ? peak.bfloat16Gigaflops : Optional(peak.gigaflops)
        return [
          .text(result.network), .text(result.work.rawValue), .text(result.precision.rawValue),
          .count(result.batch), .count(result.side), .count(result.threads),
          .rounded(result.imagesPerSecond, 1), .rounded(result.gigaflops, 1),
          best.map { .rounded(100 * result.gigaflops / $0, 0) } ?? .notApplicable,
          .rounded(result.firstSeconds, 2), .count(result.memory.total >> 20),
        ]
      })
  }

  private static func rounded(_ value: Double, _ digits: Int) -> String {
    Cell.rounded(value, digits).shown
  }
}

extension Table.Cell {
  /// A measured number with this many decimal places.
  fileprivate static func rounded(_ value: Double, _ digits: Int) -> Table.Cell {
    var scale = 1.0
    for _ in 0..<digits { scale *= 10 }
    let rounded = (value * scale).rounded() / scale
    var text = digits == 0 ? "\(Int(rounded))" : "\(rounded)"
    if digits > 0, let point = text.firstIndex(of: ".") {
      let places = text.distance(from: point, to: text.endIndex) - 1
      if places < digits { text += String(repeating: "0", count: digits - places) }
    }
    return .number(rounded, shown: text)
  }
}
