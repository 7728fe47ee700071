// How far a download is, as a line on standard error.

import Foundation

/// How far a transfer is.
public struct TransferProgress: Sendable, Equatable {
  /// Bytes that are here, those of an earlier attempt included.
  public let received: Int
  /// Bytes of the whole file, where known.
  public let total: Int?
  /// Bytes that came during this run, for the speed.
  public let fresh: Int
  public let seconds: Double

  /// One line: a bar, how much, how fast, how long still.
  ///
  /// "[=========>          ]  9.4 of 18.8 MB   3.1 MB/s   3 s left"
  public var line: String {
    let speed = seconds > 0 ? Double(fresh) / seconds : 0
    let pace = speed > 0 ? "   \(Self.size(speed))/s" : ""
    guard let total, total > 0 else { return "\(Self.size(Double(received)))\(pace)" }
    let width = 20
    let filled = min(width, received * width / total)
    let head = filled < width ? ">" : ""
    let bar =
      String(repeating: "=", count: filled) + head
      + String(repeating: " ", count: width - filled - head.count)
    let amount = "\(Self.size(Double(received))) of \(Self.size(Double(total)))"
    let left =
      speed > 0 && received < total
      ? "   \(Self.duration(Double(total - received) / speed)) left" : ""
    return "[\(bar)]  \(amount)\(pace)\(left)"
  }

  /// Bytes in decimal units, as downloads are told: "18.8 MB".
  static func size(_ bytes: Double) -> String {
    switch bytes {
    case ..<1000: String(format: "%.0f B", bytes)
    case ..<1e6: String(format: "%.1f kB", bytes / 1e3)
    case ..<1e9: String(format: "%.1f MB", bytes / 1e6)
    default: String(format: "%.2f GB", bytes / 1e9)
    }
  }

  static func duration(_ seconds: Double) -> String {
    switch seconds {
    case ..<90: String(format: "%.0f s", max(1, seconds))
    case ..<5400: String(format: "%.0f min", seconds / 60)
    default: String(format: "%.1f h", seconds / 3600)
    }
  }
}

/// Shows progress on standard error: a line that is rewritten on a terminal, and elsewhere one line at
/// the start and one for each 10 s, so that a log stays readable.
public final class ProgressLine {
  private let name: String
  private let isTerminal = isatty(STDERR_FILENO) == 1
  private var shown = -Double.infinity
  private var width = 0

  /// - Parameter name: what is fetched, in front of the line.
  public init(_ name: String) { self.name = name }

  public func show(_ progress: TransferProgress) {
    let isWhole = progress.total == progress.received
    guard isWhole || progress.seconds - shown >= (isTerminal ? 0.1 : 10) else { return }
    shown = progress.seconds
    let line = "\(name)  \(progress.line)"
    if isTerminal {
      let padding = String(repeating: " ", count: max(0, width - line.count))
      width = line.count
      write("\r\(line)\(padding)")
    } else {
      write(line + "\n")
    }
  }

  /// Ends the line, after success and failure alike.
  public func end() { if isTerminal, width > 0 { write("\n") } }

  private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
