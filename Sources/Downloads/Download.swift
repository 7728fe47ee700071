// Fetching one file whole and checked, in as many attempts as that takes.

import Files
import Foundation

/// How patient a download is.
public struct TransferSettings: Sendable {
  /// Seconds for the connection to be made.
  public var connectTimeout = 20
  /// Seconds without a single byte after which an attempt is given up.
  public var stallTimeout = 30
  /// Attempts in a row that may bring nothing new.
  public var attempts = 5
  /// Seconds before the second attempt; doubled for each further one.
  public var firstPause = 1.0
  /// Where proxies are named.
  public var environment = ProcessInfo.processInfo.environment

  public init() {}
}

/// A file to fetch by http or https.
///
/// The bytes go to `PATH.part`, which becomes `PATH` in one step once size and checksum fit, so `PATH`
/// is never half a file. An interrupted download goes on where it stopped, in this run and in later
/// ones, when the server says that the file is still the same one (`If-Range`), or when a checksum
/// will tell in the end.
///
/// ```swift
/// let file = Download(
///   "https://example.org/weights.pth", to: "weights.pth", checksum: .sha256("5793…"))
/// try file.run { print($0.line) }
/// ```
public struct Download: Sendable {
  public enum Outcome: Sendable, Equatable {
    /// The file was here already and its checksum fits.
    case alreadyHere
    /// Bytes that came over the network in this run.
    case fetched(bytes: Int)
  }

  public let url: String
  public let path: String
  /// What the file must have; without it only the size is checked.
  public let checksum: Checksum?
  /// The file's size, where known beforehand.
  public let byteCount: Int?

  public init(_ url: String, to path: String, checksum: Checksum?, byteCount: Int? = nil) {
    self.url = url
    self.path = path
    self.checksum = checksum
    self.byteCount = byteCount
  }

  /// The server's name in the address; nil where that is no http or https address.
  var host: String? {
    guard let scheme = url.range(of: "://"),
      ["http", "https"].contains(url[..<scheme.lowerBound].lowercased()),
      !url.utf8.contains(where: { $0 <= 0x20 || $0 == 0x7F })
    else { return nil }
    let authority = url[scheme.upperBound...].prefix { !"/?#".contains($0) }
    let host = authority.split(separator: "@", omittingEmptySubsequences: false).last ?? ""
    return host.isEmpty ? nil : String(host)
  }

  /// Fetches the file, blocking until it is whole.
  /// - Parameter progress: called for every piece that arrives, on the calling thread.
  /// - Throws: ``DownloadError``; what has arrived stays for the next run unless it was wrong.
  @discardableResult
  public func run(
    _ settings: TransferSettings = TransferSettings(),
    progress: @escaping (TransferProgress) -> Void = { _ in }
  ) throws(DownloadError) -> Outcome {
    guard let host else { throw .badAddress(url) }
    if let checksum, checksum.fits(path) { return .alreadyHere }
    let part = PartialFile(target: path)
    let lock: FileLock
    do { lock = try FileLock(part.path, wait: false) } catch {
      if case .busy = error { throw .busy(path: path) }
      throw .cannotWrite(path: part.path, reason: "\(error)")
    }
    defer {
      if part.byteCount == 0 { part.remove() }
      withExtendedLifetime(lock) {}
    }
    let transfer = Transfer(
      download: self, part: part, host: host, settings: settings, progress: progress)
    var mayRestart = true
    while true {
      let resumed = try transfer.complete()
      guard let checksum, case let found = try checksum.ofFile(part.path),
        found.description != checksum.description
      else { break }
      try part.empty()
      // Bytes of an earlier version of the file may be in front: once more, from the start.
      guard resumed, mayRestart else {
        throw .checksum(
          url: url, expected: checksum.description, found: found.description)
      }
      mayRestart = false
    }
    try part.finish()
    return .fetched(bytes: transfer.fresh)
  }
}
