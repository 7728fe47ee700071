// What in a run matches the study and what deviates, axis by axis.

import Evidence

/// One axis of a run beside the study's.
package struct LedgerEntry: Codable, Hashable, Sendable {
  /// What is compared, in the order of the ledger.
  package enum Axis: String, Codable, Sendable, CaseIterable {
    case dataset
    case classes
    case images
    /// Of the images as they are kept, before the network's input is made of them.
    case imageSize = "image-size"
    case split
    case resolution
    /// How much of a JPEG is decoded.
    case decoding
    case backbone
    case weights
    case strategy
    case head
    case augmentation
    case loss
    case optimiser
    case learningRate = "learning-rate"
    case epochs
    case batch
    case selection
    case evaluation
    case precision
  }

  package enum Status: String, Codable, Sendable, CaseIterable {
    /// The run does what the study states.
    case matches
    /// The run does something else than the study states, or less than the recipe asks for.
    case deviates
    /// The study is silent, so nobody can say.
    case unknown
  }

  package let axis: Axis
  /// What the study states; nil where it is not reported.
  package let study: String?
  /// Where it is stated.
  package let at: Place?
  /// Why a value is inferred, where it is.
  package let inferred: String?
  /// What the run does.
  package let run: String
  package let status: Status
  /// Whether a deviation makes it another question, so that numbers cannot be compared.
  package let changesQuestion: Bool
  package let note: String?

  package init(
    axis: Axis, study: String?, at: Place?, inferred: String?, run: String, status: Status,
    changesQuestion: Bool, note: String?
  ) {
    self.axis = axis
    self.study = study
    self.at = at
    self.inferred = inferred
    self.run = run
    self.status = status
    self.changesQuestion = changesQuestion
    self.note = note
  }
}

extension [LedgerEntry] {
  /// The deviations that forbid a comparison of numbers.
  package var blocking: [LedgerEntry] { filter { $0.status == .deviates && $0.changesQuestion } }

  package func count(of status: LedgerEntry.Status) -> Int { count { $0.status == status } }
}
