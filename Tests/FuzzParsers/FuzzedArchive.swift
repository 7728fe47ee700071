// Unpacking whatever bytes come: whole or not at all, and nothing outside the folder.

import Downloads
import Files
import Foundation

/// One input of the fuzzer as an archive, unpacked in a place that is looked at afterwards.
struct FuzzedArchive {
  private static let limits: UnpackingLimits = {
    var limits = UnpackingLimits()
    limits.maximumFiles = 64
    limits.maximumRatio = 20
    limits.allowance = 1 << 16
    limits.reserve = 0
    return limits
  }()

  private let bytes: [UInt8]
  private let folder: String
  private var place: String { folder + "/place" }
  private var outside: String { folder + "/outside" }

  init(_ bytes: [UInt8], in folder: String) {
    self.bytes = Self.summed(bytes)
    self.folder = folder + "/archive"
  }

  /// Unpacks and traps where a promise of ``Unpacking`` is broken.
  func run() {
    let files = FileManager.default
    try? files.removeItem(atPath: folder)
    guard (try? makeFolder(place)) != nil, (try? makeFolder(outside)) != nil,
      (try? writeAtomically("untouched", to: outside + "/canary")) != nil,
      (try? writeAtomically(bytes, to: place + "/a.bin")) != nil
    else { return }
    let unpacking = Unpacking(place + "/a.bin", to: place + "/target", identity: "fuzz")
    let outcome = try? unpacking.run(Self.limits)
    precondition(names(folder) == ["outside", "place"], "something beside the folder")
    precondition(names(outside) == ["canary"], "something outside the folder")
    precondition(
      (try? readFile(outside + "/canary")) == Array("untouched".utf8), "a changed file outside")
    guard case .unpacked(let count, let bytes) = outcome else {
      precondition(names(place) == ["a.bin"], "a refused archive left something")
      return
    }
    precondition(names(place) == ["a.bin", "target"], "something beside the target")
    precondition(unpacking.isDone && count <= Self.limits.maximumFiles)
    precondition(
      bytes <= max(Self.limits.allowance, Self.limits.maximumRatio * self.bytes.count))
    check(bytes)
  }

  /// Only files of their own and folders, of no more bytes than were told.
  private func check(_ told: Int) {
    var found = 0
    let paths = (try? FileManager.default.subpathsOfDirectory(atPath: place + "/target")) ?? []
    for path in paths {
      var status = stat()
      precondition(lstat("\(place)/target/\(path)", &status) == 0, "an unreadable path")
      let kind = status.st_mode & S_IFMT
      precondition(kind == S_IFDIR || kind == S_IFREG, "neither a file nor a folder")
      guard kind == S_IFREG, path != ".unpacked-from" else { continue }
      precondition(status.st_nlink == 1, "a file that is also somewhere else")
      found += Int(status.st_size)
    }
    // A file that an archive holds twice counts twice there.
    precondition(found <= told, "\(found) bytes where \(told) are told")
  }

  private func names(_ path: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
  }

  /// A tar's headers with their checksums made right, without which no change in them is looked at.
  private static func summed(_ bytes: [UInt8]) -> [UInt8] {
    guard bytes.count >= 512, !bytes.starts(with: [0x50, 0x4B]), !bytes.starts(with: [0x1F, 0x8B])
    else { return bytes }
    var bytes = bytes
    var at = 0
    while at + 512 <= bytes.count {
      guard bytes[at] != 0 else { break }
      for i in 148..<156 { bytes[at + i] = 0x20 }
      let sum = bytes[at..<at + 512].reduce(0) { $0 + Int($1) }
      let digits = String(sum, radix: 8).utf8
      bytes.replaceSubrange(
        at + 148..<at + 155,
        with: [UInt8](repeating: 0x30, count: 6 - digits.count) + Array(digits) + [0])
      let size = bytes[at + 124..<at + 135].reduce(0) { sum, byte in
        (0x30...0x37).contains(byte) ? sum * 8 + Int(byte - 0x30) : sum
      }
      at += 512 + (size + 511) / 512 * 512
    }
    return bytes
  }
}
