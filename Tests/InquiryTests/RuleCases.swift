// For every rule a small review in which it must find something, and an edit that must silence it.

import Testing

/// One rule with the files it needs, where they contradict, and the edit that makes them agree.
struct RuleCase: Sendable, CustomTestStringConvertible {
  let rule: String
  let files: [String: String]
  /// Makes the contradiction in the small review; empty where the files hold it.
  let broken: [SmallReview.Edit]
  /// Takes it away from the broken files.
  let mended: [SmallReview.Edit]

  init(
    _ rule: String, files: [String: String] = [:], broken: [SmallReview.Edit] = [],
    mended: [SmallReview.Edit] = []
  ) {
    self.rule = rule
    self.files = files
    self.broken = broken
    self.mended = mended
  }

  var testDescription: String { rule }

  static let roe = "studies/roe-2020.yaml"
  static let low = "studies/low-2021.yaml"
  static let alpha = "datasets/alpha.yaml"
  static let beta = "datasets/beta.yaml"

  static func statement(_ text: String) -> [String: String] {
    [
      "statements/review/one.yaml":
        "id: one\nat: {source: review, place: section-1, row: 2}\n" + text
    ]
  }

  static let one = "statements/review/one.yaml"

  static let all =
    results + rows + citations + entries + datasets + descriptions + augmentations + corpus + claims
    + networks
}
