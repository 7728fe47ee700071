// What a trained model said of every test image, so that any metric can be computed later.

import Files

/// One test image's prediction.
package struct Prediction: Hashable, Sendable {
  package let sample: String
  package let fold: Int
  /// Index of the true class.
  package let label: Int
  /// One per class, adding up to 1.
  package let probabilities: [Float]
  /// What the bootstrap keeps together; nil where each image is on its own.
  package let patient: String?

  package init(
    sample: String, fold: Int, label: Int, probabilities: [Float], patient: String? = nil
  ) {
    self.sample = sample
    self.fold = fold
    self.label = label
    self.probabilities = probabilities
    self.patient = patient
  }

  /// The most probable class, the first of equals.
  package var predicted: Int {
    var best = 0
    for index in probabilities.indices where probabilities[index] > probabilities[best] {
      best = index
    }
    return best
  }
}

/// The predictions of one seed, in the order of folds and samples.
package struct Predictions: Sendable {
  package let classes: [String]
  package let rows: [Prediction]

  package init(classes: [String], rows: [Prediction]) {
    self.classes = classes
    self.rows = rows
  }

  /// RFC 4180 with a header: sample, fold, label, one column per class.
  package var csv: String {
    let header = ["sample", "fold", "label"] + classes
    let lines = rows.map { row in
      [Self.quoted(row.sample), "\(row.fold)", Self.quoted(classes[row.label])]
        + row.probabilities.map { "\($0)" }
    }
    return ([header.map(Self.quoted)] + lines)
      .map { $0.joined(separator: ",") + "\r\n" }.joined()
  }

  private static func quoted(_ text: String) -> String {
    guard text.contains(where: { ",\"\r\n".contains($0) || $0 == "\r\n" }) else { return text }
    return "\""
      + text.split(separator: "\"", omittingEmptySubsequences: false)
      .joined(separator: "\"\"") + "\""
  }
}
