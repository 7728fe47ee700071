// Combinations of network, dataset and strategy that no study has tried.

import Evidence

/// One cell of the matrix of networks and datasets: who tried it and how.
public struct MatrixCell: Sendable, Hashable {
  public let backbone: String
  public let dataset: String
  /// Strategies tried, in the order of ``Experiment/Strategy/Kind``.
  public let strategies: [Experiment.Strategy.Kind]
  public let studies: [String]
}

extension Corpus {
  /// Networks of studies by their own name, not a family's general one.
  private var usedBackbones: [String] {
    let used = Set(experimentalStudies.flatMap { $0.experiments.flatMap(\.backbones) })
    return knowledge.backbones.map(\.id).filter { id in
      used.contains(id) && !isFamilyName(id) && family(of: id) != "custom"
    }
  }

  /// Whether an id names a family of which members are catalogued.
  func isFamilyName(_ id: String) -> Bool {
    knowledge.backbones.contains { $0.id != id && $0.family == id }
  }

  /// Datasets that studies worked on and that can still be had, pools and hosts left out.
  private var usedDatasets: [String] {
    let used = Set(experimentalStudies.flatMap { $0.experiments.flatMap(\.datasets) })
    return knowledge.datasets.filter { dataset in
      used.contains(dataset.id) && dataset.includes.isEmpty && imageCount(dataset.id) != nil
        && !dataset.counts.isEmpty
        && !dataset.facts.contains { $0.about == "availability" && $0.value == "disabled" }
        && !knowledge.datasets.contains { $0.partOf == dataset.id }
    }.map(\.id)
  }

  /// Every pair of a network and a dataset that a study has tried or could.
  var matrix: [MatrixCell] {
    let backbones = usedBackbones
    return usedDatasets.flatMap { dataset in
      backbones.map { backbone in
        var strategies: Set<Experiment.Strategy.Kind> = []
        var studies: Set<String> = []
        for study in experimentalStudies {
          for experiment in study.experiments
          where experiment.datasets.contains(dataset) && experiment.backbones.contains(backbone) {
            studies.insert(study.id)
            if let strategy = experiment.strategy.stated { strategies.insert(strategy.kind) }
          }
        }
        return MatrixCell(
          backbone: backbone, dataset: dataset,
          strategies: Experiment.Strategy.Kind.allCases.filter(strategies.contains),
          studies: studies.sorted())
      }
    }
  }

  /// Pairs nobody tried, and strategies nobody tried on tried pairs.
  var untriedGaps: [Gap] {
    matrix.flatMap { cell -> [Gap] in
      let onDataset = studies { $0.datasets.contains(cell.dataset) }
      let tasks = Set(knowledge.dataset(cell.dataset)?.tasks ?? [])
      let withBackbone = studies { experiment in
        experiment.backbones.contains(cell.backbone)
          && (experiment.task.stated.map(tasks.contains) ?? false)
      }
      let cost = ease(dataset: cell.dataset, backbone: cell.backbone)
      let subjects = [
        EntityReference(.backbone, cell.backbone), EntityReference(.dataset, cell.dataset),
      ]
      let (network, data) = (name(.backbone, cell.backbone), name(.dataset, cell.dataset))
      guard cell.studies.isEmpty else {
        return strategyGaps(cell, cost: cost, subjects: subjects)
      }
      // A network without a study of the same disease would connect nothing new.
      guard !withBackbone.isEmpty else { return [] }
      return [
        gap(
          .untriedPair, "\(cell.backbone).\(cell.dataset)",
          connects: onDataset.union(withBackbone), ease: cost.value, because: cost.because,
          subjects: subjects, summary: "no study tried \(network) on \(data)",
          filledBy: "running \(network) on \(data)")
      ]
    }
  }

  private func strategyGaps(
    _ cell: MatrixCell, cost: (value: Double, because: String), subjects: [EntityReference]
  ) -> [Gap] {
    let main: [Experiment.Strategy.Kind] = [.featureExtraction, .fineTuning, .fromScratch]
    let covers: [Experiment.Strategy.Kind: Set<Experiment.Strategy.Kind>] = [
      .fineTuning: [.fineTuning, .fullFineTuning, .partialFineTuning]
    ]
    let tried = Set(cell.strategies)
    let missing = main.filter { (covers[$0] ?? [$0]).isDisjoint(with: tried) }
    guard !missing.isEmpty, missing.count < main.count || tried == [.transferLearning] else {
      return []
    }
    let (network, data) = (name(.backbone, cell.backbone), name(.dataset, cell.dataset))
    let words = missing.map { $0.rawValue.replacing("-", with: " ") }
    let told = cell.strategies.filter { $0 != .transferLearning }
    return [
      gap(
        .untriedStrategy, "\(cell.backbone).\(cell.dataset)", connects: Set(cell.studies),
        ease: cost.value, because: cost.because, subjects: subjects,
        summary: "\(network) on \(data): "
          + (told.isEmpty
            ? "how it was transferred is not reported"
            : "only \(listed(told.map { $0.rawValue.replacing("-", with: " ") })) is reported")
          + "; no result says \(listed(words))",
        filledBy: "comparing \(listed(main.map { $0.rawValue.replacing("-", with: " ") }))")
    ]
  }

  /// The studies with an experiment that fits.
  func studies(_ fits: (Experiment) -> Bool) -> Set<String> {
    Set(experimentalStudies.filter { $0.experiments.contains(where: fits) }.map(\.id))
  }
}
