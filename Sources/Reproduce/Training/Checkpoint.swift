// The state of a training in progress, written so that a kill at any moment loses little.

import Files
import Foundation

/// How far one seed and fold has come.
struct TrialState: Codable, Sendable {
  /// Of the run; a checkpoint of another recipe, data or weights is refused.
  let fingerprint: String
  /// Epochs completed.
  var epoch = 0
  /// Batches done of the epoch in progress, where it was left by ctrl-C.
  var batch = 0
  var lossSum = 0.0
  var imagesDone = 0
  var curve: [RunRecord.EpochPoint] = []
  /// The score and test probabilities of the best epoch so far, where one is selected.
  var bestScore: Double?
  var bestEpoch: Int?
  var bestProbabilities: [[Float]] = []
  /// Nil in states that older versions wrote.
  var stopping: EarlyStopping?
  var hasStopped: Bool?
  /// Time spent on the run until here.
  var wallSeconds = 0.0
  var cpuSeconds = 0.0

  init(fingerprint: String) { self.fingerprint = fingerprint }
}

/// A file of a trial's state and the trainer's bytes, with a hash over both.
///
/// Layout: magic, length of the JSON state (8 bytes, little-endian), JSON, trainer state, SHA-256 of
/// all before it as 64 hexadecimal digits.
struct Checkpoint {
  let state: TrialState
  let trainer: [UInt8]

  private static let magic = Array("tlkb-checkpoint-1\n".utf8)

  func write(to path: String) throws {
    let json = Array(try JSONEncoder().encode(state))
    var bytes = Self.magic
    bytes.reserveCapacity(json.count + trainer.count + 128)
    for shift in stride(from: 0, to: 64, by: 8) {
      bytes.append(UInt8(truncatingIfNeeded: json.count >> shift))
    }
    bytes += json
    bytes += trainer
    bytes += Array(SHA256.hex(bytes).utf8)
    try writeAtomically(bytes, to: path)
  }

  /// Nil when there is no file.
  static func read(_ path: String, fingerprint: String) throws -> Checkpoint? {
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    let bytes = try readFile(path)
    let header = magic.count + 8
    func bad(_ reason: String) -> ReproduceError { .badCheckpoint(path: path, reason: reason) }
    guard bytes.count >= header + 64, bytes.starts(with: magic) else {
      throw bad("it is not a checkpoint")
    }
    let body = bytes[..<(bytes.count - 64)]
    guard SHA256.hex(body) == String(decoding: bytes.suffix(64), as: UTF8.self) else {
      throw bad("its hash does not fit: it is damaged")
    }
    var length = 0
    for index in 0..<8 { length |= Int(bytes[magic.count + index]) << (8 * index) }
    guard length >= 0, length <= body.count - header else { throw bad("it is damaged") }
    let json = Foundation.Data(bytes[header..<(header + length)])
    guard let state = try? JSONDecoder().decode(TrialState.self, from: json) else {
      throw bad("its state is not readable")
    }
    guard state.fingerprint == fingerprint else {
      throw bad("it belongs to a run with another recipe, data or weights")
    }
    return Checkpoint(state: state, trainer: Array(body[(header + length)...]))
  }
}
