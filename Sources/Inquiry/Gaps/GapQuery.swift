// Finding gaps and ranking them by a stated value.

import Catalog
import Evidence

/// Which gaps are listed.
///
/// A gap's value is the number of studies that filling it would connect times how easy that is:
/// - an experiment: 1 / (1 + hours), where hours is one pass of all images through the network at
///   2·10¹⁰ multiply-adds per second, two cores' worth, twenty times over (training a head);
///   a network whose size is not known counts as 4·10⁹ multiply-adds, a dataset whose size is not
///   printed as 10,000 images;
/// - an answer that only the paper's authors have: 1/4.
public struct GapQuery: Sendable {
  public var kind: Gap.Kind?
  public var study: String?
  public var dataset: String?
  public var backbone: String?
  public var limit: Int?

  public init() {}

  /// The ease of what can only be asked of the authors.
  static let easeOfAsking = 0.25
  /// Multiply-adds per second that an experiment is reckoned with.
  static let speed = 2e10
  /// Passes over the images that an experiment is reckoned with.
  static let passes = 20.0
}

extension GapQuery {
  /// The gaps of a store, the most valuable first.
  /// - Throws: ``CatalogError/unknownName(kind:name:suggestion:)`` for a name that matches nothing.
  public func gaps(
    in store: Store, architecture: @Sendable (Backbone) -> ArchitectureFacts? = { _ in nil }
  ) throws -> [Gap] {
    let studies = try study.map { try store.studies(named: $0) }
    let wanted = [
      try dataset.map { try store.resolve($0, .dataset) },
      try backbone.map { try store.resolve($0, .backbone) },
    ].compactMap { $0 }
    let knowledge = try store.knowledge()
    let corpus = Corpus(
      knowledge, architectures: Corpus.facts(of: knowledge.backbones, architecture))
    let found = Self.gaps(in: corpus).filter { gap in
      (kind.map { $0 == gap.kind } ?? true) && wanted.allSatisfy(gap.subjects.contains)
        && (studies.map { $0.contains(where: gap.subjects.contains) } ?? true)
    }
    return limit.map { Array(found.prefix($0)) } ?? found
  }

  /// The matrix of networks and datasets of a store, with the names to show it.
  public static func matrix(
    of store: Store
  ) throws -> (cells: [MatrixCell], knowledge: KnowledgeBase) {
    let knowledge = try store.knowledge()
    return (Corpus(knowledge).matrix, knowledge)
  }

  /// Every gap, the most valuable first, then by id.
  static func gaps(in corpus: Corpus) -> [Gap] {
    let all = corpus.untriedGaps + corpus.reportingGaps + corpus.unusedGaps
    return all.sorted { left, right in
      left.value != right.value ? left.value > right.value : left.id < right.id
    }
  }
}

extension Corpus {
  /// Studies with an experiment: those that can be compared with anything.
  var experimentalStudies: [Study] { knowledge.studies.filter { !$0.experiments.isEmpty } }

  /// The largest printed number of images of a dataset.
  func imageCount(_ dataset: String) -> Int? {
    guard let dataset = knowledge.dataset(dataset) else { return nil }
    let samples = dataset.counts.filter {
      ["images", "samples", "patches", "volumes"].contains($0.of)
    }
    let whole = samples.filter { $0.split == nil && $0.label == nil && $0.magnification == nil }
    let parts = samples.filter { $0.split != nil && $0.label == nil && $0.magnification == nil }
    return whole.map(\.n).max() ?? (parts.isEmpty ? nil : parts.map(\.n).reduce(0, +))
  }

  /// How cheap an experiment is, as ``GapQuery`` defines it, with the reckoning in words.
  func ease(dataset: String?, backbone: String?) -> (value: Double, because: String) {
    let images = dataset.flatMap(imageCount)
    let work = backbone.flatMap { architectures[$0]?.multiplyAdds }
    let total =
      Double(images ?? 10_000) * Double(work ?? 4_000_000_000) * GapQuery.passes / GapQuery.speed
    let hours = total / 3600
    let imagesText = images.map { "\(grouped($0)) images" } ?? "number of images not printed"
    let workText = work.map { metric(Double($0)) + " multiply-adds" } ?? "network of unknown size"
    return (
      1 / (1 + hours), "\(imagesText), \(workText): about \(decimal(hours, 1)) h"
    )
  }

  /// A gap with its value.
  func gap(
    _ kind: Gap.Kind, _ key: String, connects: Set<String>, ease: Double, because: String,
    subjects: [EntityReference], summary: String, filledBy: String
  ) -> Gap {
    let count = max(1, connects.count)
    return Gap(
      id: "\(kind.rawValue)/\(key)", kind: kind,
      value: (Double(count) * ease * 1000).rounded() / 1000, connects: count,
      ease: (ease * 1000).rounded() / 1000, subjects: subjects.sorted(), summary: summary,
      because: "\(count) \(count == 1 ? "study" : "studies") connected; \(because)",
      filledBy: filledBy)
  }
}
