// One value per study: the claims that can be pooled, and which of several is taken.

import Evidence

/// A study's set-ups on one dataset (or one pool of datasets): the unit that counts once.
struct SynthesisUnit {
  let label: String
  let study: Study
  let datasets: [String]
  let experiments: [Experiment]

  /// Whether the study has other units as well.
  let isOneOfSeveral: Bool

  /// The name under which advice addresses it.
  var optionKey: String {
    isOneOfSeveral && !datasets.isEmpty ? "\(study.id)@\(datasets[0])" : study.id
  }

  /// The names under which options address it.
  var keys: [String] { [study.id] + datasets.map { "\(study.id)@\($0)" } }
}

/// The claim taken from a set-up, with those that say otherwise.
struct ClaimChoice {
  let claim: Claim
  let others: [Claim]
  let experiment: Experiment
}

struct ClaimChooser {
  let preference: SynthesisQuestion.Preference
  let knowledge: KnowledgeBase

  /// The value of a metric in one set-up.
  func choice(of metric: Metric, in experiment: Experiment) throws(Omitted) -> ClaimChoice {
    let claims = experiment.claims.filter { $0.metric == metric && $0.of == .model }
    guard !claims.isEmpty else { throw Omitted("prints no \(metric.rawValue)") }
    let obstacles = claims.map { obstacle($0, experiment) }
    let usable = zip(claims, obstacles).filter { $1 == nil }.map(\.0).sorted { $0.at < $1.at }
    guard let first = usable.first else { throw Omitted(joined(obstacles.compactMap { $0 })) }
    var taken = first
    switch preference {
    case .table: taken = usable.first { $0.at.place.hasPrefix("table") } ?? first
    case .text: taken = usable.first { !$0.at.place.hasPrefix("table") } ?? first
    case .highest: for claim in usable where claim.value > taken.value { taken = claim }
    case .lowest: for claim in usable where claim.value < taken.value { taken = claim }
    }
    let others = usable.filter { !agree($0, taken) }
    // Of values that agree, the one with the most digits: 93.12 rather than 93.
    for claim in usable where agree(claim, taken) && claim.printedHalfWidth < taken.printedHalfWidth
    {
      taken = claim
    }
    return ClaimChoice(claim: taken, others: others, experiment: experiment)
  }

  /// The values of all metrics in the one set-up of a unit that is taken.
  func choices(
    of metrics: [Metric], in unit: SynthesisUnit, setUp: String?
  ) throws(Omitted) -> [ClaimChoice] {
    var candidates: [[ClaimChoice]] = []
    var reasons: [String] = []
    for experiment in unit.experiments where setUp == nil || experiment.id == setUp {
      do throws(Omitted) {
        var choices: [ClaimChoice] = []
        for metric in metrics { choices.append(try choice(of: metric, in: experiment)) }
        candidates.append(choices)
      } catch {
        reasons.append(error.reason)
      }
    }
    guard var taken = candidates.first else { throw Omitted(joined(reasons)) }
    let sum = { (choices: [ClaimChoice]) in choices.reduce(0) { $0 + $1.claim.value } }
    switch preference {
    case .highest: for next in candidates where sum(next) > sum(taken) { taken = next }
    case .lowest: for next in candidates where sum(next) < sum(taken) { taken = next }
    case .table, .text:
      guard candidates.count == 1 else { throw Omitted(ambiguity(candidates, unit)) }
    }
    return taken
  }

  /// Several set-ups of one study print values, and nothing says which is meant.
  private func ambiguity(_ candidates: [[ClaimChoice]], _ unit: SynthesisUnit) -> String {
    let names = candidates.prefix(3).map { choices in
      let values = choices.map(\.claim.text).joined(separator: " and ")
      return "\(choices[0].experiment.id) \(values)"
    }
    let more = candidates.count - names.count
    return "\(candidates.count) set-ups (\(names.joined(separator: ", "))"
      + (more > 0 ? " and \(more) more" : "")
      + "): choose with --set-up \(unit.optionKey)=… or --prefer highest or lowest"
  }

  /// Why a claim is not a share of all evaluated units; nil when it is.
  private func obstacle(_ claim: Claim, _ experiment: Experiment) -> String? {
    if let label = claim.ofClass { return "printed for class \(label) only" }
    if let subset = claim.subset { return "printed for a part only (\(subset))" }
    if claim.printed.isRange { return "prints a range, \(claim.text)" }
    if !(0...1).contains(claim.value) { return "prints \(claim.text), which is no proportion" }
    switch claim.metric {
    case .recall, .specificity:
      if let averaging = claim.averaging.stated, averaging != .binary {
        return "a \(averaging.rawValue) average over classes has no single 2×2 table"
      }
      guard claim.averaging.stated == nil, let classes = classCount(experiment), classes > 2
      else { return nil }
      return "\(classes) classes and no word of the averaging: no single 2×2 table"
    default:
      guard let kind = claim.accuracyKind.stated, [.balanced, .meanOneVsRest].contains(kind)
      else { return nil }
      return "a \(kind.rawValue) accuracy is not a share of all units"
    }
  }

  /// The classes that a set-up tells apart: as stated, else as many as its dataset has.
  private func classCount(_ experiment: Experiment) -> Int? {
    if let classes = experiment.classes.stated { return classes }
    guard experiment.datasets.count == 1, experiment.datasetVersion.stated == nil,
      let dataset = knowledge.dataset(experiment.datasets[0])
    else { return nil }
    let parents = Set(dataset.labels.compactMap(\.parent))
    // Labels with a parent may be told apart or not; only a flat list gives a number.
    return parents.isEmpty && !dataset.labels.isEmpty ? dataset.labels.count : nil
  }

  /// Whether two prints can be one value, each to its own digits.
  private func agree(_ one: Claim, _ other: Claim) -> Bool {
    abs(one.value - other.value) <= max(one.printedHalfWidth, other.printedHalfWidth) * (1 + 1e-9)
      + 1e-12
  }

  private func joined(_ reasons: [String]) -> String {
    var seen: [String] = []
    for reason in reasons where !seen.contains(reason) { seen.append(reason) }
    return seen.joined(separator: "; ")
  }
}
