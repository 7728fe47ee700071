// A metric pooled over the studies of the store, with everything that is left out.

import Catalog
import Evidence
import Scoring

/// One metric pooled over studies on the logit scale.
public struct Synthesis: Sendable {
  public let metric: Metric
  public let level: Double
  public let rows: [SynthesisRow<Proportion>]
  public let omissions: [SynthesisOmission]
  public let disagreements: [SynthesisDisagreement]
  /// Studies with a usable value and no n.
  public let unsized: [UnsizedStudy]
  /// By REML and by DerSimonian–Laird; nil for fewer than two rows.
  public let restricted: Pooling?
  public let moments: Pooling?
  public let egger: FunnelAsymmetry?
  /// Egger's regression within the random-effects model.
  public let mixedEgger: FunnelAsymmetry?
  /// What a reader must know before using the pooled value, a sentence each.
  public let warnings: [String]

  /// The plain mean of the studies without n, where fewer than two have one; nil otherwise.
  public var unweighted: UnweightedPooling? {
    restricted == nil ? UnweightedPooling(unsized.map(\.value)) : nil
  }

  /// The rows' effects on the logit scale.
  public var effects: [Effect] { rows.map { .logit(of: $0.measure) } }
}

extension SynthesisQuestion {
  /// Pools the metric of the question.
  /// - Throws: ``SynthesisError``, ``CatalogError`` for unknown names, ``ScoringError`` for a level
  ///   outside 0 and 1.
  public func synthesis(from store: Store) throws -> Synthesis {
    guard Self.poolable.contains(metric) else { throw SynthesisError.notPoolable(metric) }
    let (units, knowledge) = try units(from: store)
    let chooser = ClaimChooser(preference: preference, knowledge: knowledge)
    let sizes = SampleSizes(question: self, knowledge: knowledge)
    var rows: [SynthesisRow<Proportion>] = []
    var omissions: [SynthesisOmission] = []
    var disagreements: [SynthesisDisagreement] = []
    var unsized: [UnsizedStudy] = []
    for unit in units {
      do throws(Omitted) {
        let choices = try chooser.choices(of: [metric], in: unit, setUp: setUp(of: unit))
        disagreements += self.disagreements(choices, unit)
        do throws(Omitted) {
          rows.append(try row(choices[0], of: unit, sizes))
        } catch {
          unsized.append(
            UnsizedStudy(label: unit.label, study: unit.study.id, claim: choices[0].claim))
          throw error
        }
      } catch {
        omissions.append(
          SynthesisOmission(label: unit.label, study: unit.study.id, reason: error.reason))
      }
    }
    rows += try addedRows()
    let effects = rows.map { Effect.logit(of: $0.measure) }
    let restricted = Pooling(effects, knappHartung: knappHartung)
    let egger = FunnelAsymmetry.egger(effects)
    // Raises the error of a level outside 0 and 1 before any table is written.
    _ = try restricted?.interval(level: level)
    return Synthesis(
      metric: metric, level: level, rows: rows, omissions: omissions,
      disagreements: disagreements, unsized: unsized, restricted: restricted,
      moments: Pooling(effects, method: .derSimonianLaird, knappHartung: knappHartung),
      egger: egger, mixedEgger: effects.count < 3 ? nil : FunnelAsymmetry.mixedEffects(effects),
      warnings: SynthesisWarnings(knowledge: knowledge).of(
        rows, heterogeneity: restricted, egger: egger))
  }

  private func row(
    _ choice: ClaimChoice, of unit: SynthesisUnit, _ sizes: SampleSizes
  ) throws(Omitted) -> SynthesisRow<Proportion> {
    let isShareOfAll = [.accuracy, .errorRate].contains(metric)
    let sized =
      isShareOfAll
      ? try sizes.total(for: choice.claim, of: unit, in: choice.experiment)
      : try sizes.parts(for: [choice.claim], of: unit, in: choice.experiment)
    var n = sized.size.total
    if case .parts(let positives, let negatives) = sized.size, !isShareOfAll {
      n = metric == .recall ? positives : negatives
    }
    let counted = try successes(of: choice.claim, in: n, assumed: sized.origin.isAssumed)
    return SynthesisRow(
      label: unit.label, study: unit.study.id, datasets: unit.datasets,
      experiment: choice.experiment.id, claims: [choice.claim], measure: counted.proportion,
      size: sized.size, sizeOrigin: sized.origin,
      notes: sized.notes + [counted.note].compactMap { $0 } + notes(of: [choice.claim]))
  }

  /// The set-up that the reader chose for a unit.
  func setUp(of unit: SynthesisUnit) -> String? {
    unit.keys.reversed().lazy.compactMap { setUps[$0] }
      .first { name in unit.experiments.contains { $0.id == name } }
  }

  func notes(of claims: [Claim]) -> [String] {
    claims.flatMap { claim -> [String] in
      let doubt = claim.uncertain.map { "uncertain reading of \(claim.text): \($0.because)" }
      let best = claim.aggregation.stated == .bestOf ? "the best of several runs" : nil
      return [doubt, best].compactMap { $0 }
    }
  }

  func disagreements(
    _ choices: [ClaimChoice], _ unit: SynthesisUnit
  ) -> [SynthesisDisagreement] {
    choices.filter { !$0.others.isEmpty }.map {
      SynthesisDisagreement(
        label: unit.label, metric: $0.claim.metric, taken: $0.claim, others: $0.others,
        preference: preference)
    }
  }

  /// The studies that the question finds, one unit per study and dataset, sorted by study.
  func units(from store: Store) throws -> ([SynthesisUnit], KnowledgeBase) {
    let knowledge = try store.knowledge()
    guard var query = claims else {
      try check([])
      return ([], knowledge)
    }
    let task = try query.task.map { try store.resolve($0, .task).id }
    let modality = try query.modality.map { try store.resolve($0, .modality).id }
    query.metric = nil
    query.minimum = nil
    query.maximum = nil
    query.limit = nil
    query.order = .study
    let found = Set(try query.answer(from: store).map { "\($0.study)/\($0.experiment)" })
    var units: [SynthesisUnit] = []
    for study in knowledge.studies {
      let experiments = study.experiments.filter { experiment in
        found.contains("\(study.id)/\(experiment.id)")
          && matches(experiment, task: task, modality: modality, knowledge)
      }
      var pools: [[String]] = []
      for experiment in experiments where !pools.contains(experiment.datasets) {
        pools.append(experiment.datasets)
      }
      for pool in pools {
        let names = pool.map { knowledge.dataset($0)?.name ?? $0 }.joined(separator: " + ")
        units.append(
          SynthesisUnit(
            label: pools.count > 1 && !names.isEmpty ? "\(study.title), \(names)" : study.title,
            study: study, datasets: pool, experiments: experiments.filter { $0.datasets == pool },
            isOneOfSeveral: pools.count > 1))
      }
    }
    try check(units)
    return (units, knowledge)
  }

  /// Whether a set-up itself is of the task and modality asked for. A query also finds the other
  /// set-ups of a study that has the task among several; those are not pooled.
  private func matches(
    _ experiment: Experiment, task: String?, modality: String?, _ knowledge: KnowledgeBase
  ) -> Bool {
    if let task, let own = experiment.task.stated, own != task { return false }
    let modalities = experiment.datasets.compactMap { knowledge.dataset($0)?.modality.stated }
    if let modality, !modalities.isEmpty, !modalities.contains(modality) { return false }
    return true
  }

  /// An option about a study that is not among the units is a mistake, not a wish.
  private func check(_ units: [SynthesisUnit]) throws {
    let known = units.flatMap(\.keys)
    for (option, names) in [("--n", sizes.keys.sorted()), ("--set-up", setUps.keys.sorted())] {
      for name in names where !known.contains(name) {
        throw SynthesisError.unknownStudy(
          option: option, name: name, suggestion: nearestName(to: name, in: known))
      }
    }
    for (name, setUp) in setUps.sorted(by: { $0.key < $1.key }) {
      let experiments = units.filter { $0.keys.contains(name) }.flatMap(\.experiments).map(\.id)
      guard experiments.contains(setUp) else {
        throw SynthesisError.unknownSetUp(study: name, name: setUp, known: experiments)
      }
    }
  }
}
