// What the comparisons with PyTorch measured, as rows of Reports/benchmarks/parity.md.

import Foundation

/// Rows for a table, appended to the file that TLKB_PARITY names; nothing without it.
enum ParityTable {
  private static let file = ProcessInfo.processInfo.environment["TLKB_PARITY"]

  /// Appends "| kind | network | … |".
  static func print(
    _ kind: String, _ network: String, _ images: String, _ measured: [String], noise: Double
  ) {
    guard let file else { return }
    let cells = [kind, network, images] + measured + [Difference.text(noise)]
    let row = "| " + cells.joined(separator: " | ") + " |\n"
    let path = URL(fileURLWithPath: file)
    let before = (try? Data(contentsOf: path)) ?? Data()
    try? (before + Data(row.utf8)).write(to: path)
  }
}

extension Difference {
  /// Two digits, "3.1e-06".
  static func text(_ difference: Double) -> String { String(format: "%.1e", difference) }
}
