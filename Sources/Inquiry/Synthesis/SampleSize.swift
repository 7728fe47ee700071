// The number of evaluated units behind a value: printed, given by the reader, or assumed aloud.

import Evidence
import Scoring

struct SampleSizes {
  let question: SynthesisQuestion
  let knowledge: KnowledgeBase

  typealias Sized = (size: SynthesisQuestion.Size, origin: SizeOrigin, notes: [String])

  /// All evaluated units of a set-up.
  func total(
    for claim: Claim, of unit: SynthesisUnit, in experiment: Experiment
  ) throws(Omitted) -> Sized {
    if let given = given(for: unit) {
      let printed = claim.n.stated.flatMap { $0 == given.total ? nil : $0 }
      return (
        given, .reader, printed.map { ["the given n replaces the printed \($0)"] } ?? []
      )
    }
    if let printed = claim.n.stated { return (.total(printed), .claim, []) }
    let assumed = try catalogued(of: unit, in: experiment, label: nil)
    return (.total(assumed.n), .catalogue(dataset: assumed.dataset, assumed.at), [])
  }

  /// Positives and negatives of a set-up.
  func parts(
    for claims: [Claim], of unit: SynthesisUnit, in experiment: Experiment
  ) throws(Omitted) -> Sized {
    if let given = given(for: unit) {
      guard case .parts = given else {
        throw Omitted(
          "positives and negatives are needed apart; give --n \(unit.optionKey)=POSITIVES+NEGATIVES"
        )
      }
      return (given, .reader, [])
    }
    guard let positive = claims.lazy.compactMap(\.positive.stated).first else {
      throw Omitted(
        "no number of positives: the positive class is not stated; give "
          + "--n \(unit.optionKey)=POSITIVES+NEGATIVES")
    }
    let all = try catalogued(of: unit, in: experiment, label: nil)
    let some = try catalogued(of: unit, in: experiment, label: positive)
    guard some.n < all.n else { throw Omitted("the catalogue counts no negatives") }
    return (
      .parts(positives: some.n, negatives: all.n - some.n),
      .catalogue(dataset: all.dataset, some.at), []
    )
  }

  private func given(for unit: SynthesisUnit) -> SynthesisQuestion.Size? {
    unit.keys.reversed().lazy.compactMap { question.sizes[$0] }.first
  }

  /// The exact count of the test images of the one dataset of a set-up.
  private func catalogued(
    of unit: SynthesisUnit, in experiment: Experiment, label: String?
  ) throws(Omitted) -> (n: Int, dataset: String, at: Place) {
    let ask = "give it with --n \(unit.optionKey)=…"
    guard question.assumesCatalogueCounts else { throw Omitted("no n is printed; \(ask)") }
    guard experiment.datasets.count == 1, let dataset = knowledge.dataset(experiment.datasets[0])
    else { throw Omitted("no n is printed, and the test set is not of one known dataset; \(ask)") }
    if let version = experiment.datasetVersion.stated {
      throw Omitted("no n is printed, and only a part of the dataset is used (\(version)); \(ask)")
    }
    if let kind = experiment.split.stated?.kind.stated, kind != .official {
      throw Omitted("no n is printed, and the split is the study's own (\(kind.rawValue)); \(ask)")
    }
    let counts = dataset.counts.filter { count in
      count.split == .test && ["images", "volumes", "samples"].contains(count.of)
        && count.label == label.flatMap { dataset.labelID($0) } && count.magnification == nil
        && count.subset == nil && count.bound == nil && count.uncertain == nil
    }
    guard let count = counts.first, label == nil || count.label != nil else {
      let what = label.map { "test count of its class \($0)" } ?? "test count"
      throw Omitted("no n is printed, and the catalogue has no \(what) of \(dataset.name); \(ask)")
    }
    guard counts.allSatisfy({ $0.n == count.n }) else {
      throw Omitted("no n is printed, and the test counts of \(dataset.name) disagree; \(ask)")
    }
    return (count.n, dataset.name, count.at)
  }
}

extension Dataset {
  /// The id of the label that is so called.
  fileprivate func labelID(_ name: String) -> String? {
    let folded = foldedName(name)
    return labels.first { foldedName($0.id) == folded || foldedName($0.name) == folded }?.id
  }
}

/// The number of successes that a printed value means, and a note when no number gives that value.
///
/// An assumed n that the value itself refutes, even were it cut off instead of rounded, is not used.
func successes(
  of claim: Claim, in n: Int, assumed: Bool
) throws(Omitted) -> (proportion: Proportion, note: String?) {
  let count = Int((claim.value * Double(n)).rounded())
  guard let proportion = try? Proportion(successes: min(max(count, 0), n), trials: n) else {
    throw Omitted("\(claim.text) of \(n) units is no number of units")
  }
  let isMean = [.meanOfFolds, .meanOfSeeds].contains(claim.aggregation.stated)
  let miss = abs(proportion.estimate - claim.value)
  let slack = claim.printedHalfWidth * (1 + 1e-9) + 1e-12
  guard !isMean, miss > slack else { return (proportion, nil) }
  if assumed, miss > 2 * slack {
    throw Omitted(
      "no n is printed, and the catalogue's test count cannot be it: no number out of \(n) is "
        + "\(claim.text); give it with --n")
  }
  return (
    proportion, "no number out of \(n) is \(claim.text): another n, or a mean of several runs"
  )
}
