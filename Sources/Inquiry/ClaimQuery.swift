// Finding claims: filters by name and value, answered by one SQL query.

import Catalog
import Evidence
import GRDB

/// What to look for among the claims. Nil and empty fields do not filter.
public struct ClaimQuery: Sendable {
  /// What the answer is sorted by.
  public enum Order: String, Sendable, CaseIterable { case study, dataset, metric, value, year }

  public var dataset: String?
  public var metric: String?
  public var backbone: String?
  public var study: String?
  public var task: String?
  public var modality: String?
  public var technique: String?
  public var year: ClosedRange<Int>?
  /// Bounds of the value as a fraction.
  public var minimum: Double?
  public var maximum: Double?
  public var order = Order.study
  public var limit: Int?

  public init() {}
}

/// One claim as a query answers it.
public struct ClaimRow: Sendable, Hashable {
  public let study: String
  public let studyTitle: String
  public let year: Int?
  public let experiment: String
  /// Datasets, backbones of the experiment by name.
  public let datasets: [String]
  public let backbones: [String]
  public let strategy: String
  public let metric: Metric
  /// The value as printed with its unit, and as a fraction.
  public let printed: String
  public let value: Double
  /// What the value is of, where not of the whole: class, subset, clinicians.
  public let scope: String?
  public let averaging: String
  public let at: Place
  public let citation: Int?
  public let isUncertain: Bool
}

extension ClaimQuery {
  /// The claims that pass every filter, in a stable order.
  ///
  /// A dataset also finds its parts (ISIC finds ISIC 2019); a family of networks its members
  /// (VGG finds VGG-16).
  /// - Throws: ``CatalogError/unknownName(kind:name:suggestion:)`` for a name that matches nothing.
  public func answer(from store: Store) throws -> [ClaimRow] {
    var conditions: [String] = []
    var arguments: [any DatabaseValueConvertible] = []
    func add(_ condition: String, _ values: any DatabaseValueConvertible...) {
      conditions.append(condition)
      arguments += values
    }
    if let dataset {
      let id = try store.resolve(dataset, .dataset).id
      add(
        """
        EXISTS (SELECT 1 FROM experiment_dataset x JOIN dataset d ON d.id = x.dataset
          WHERE x.study = claim.study AND x.experiment = claim.experiment
            AND (d.id = ? OR d.part_of = ?))
        """, id, id)
    }
    if let backbone {
      let id = try store.resolve(backbone, .backbone).id
      add(
        """
        EXISTS (SELECT 1 FROM experiment_backbone x JOIN backbone b ON b.id = x.backbone
          WHERE x.study = claim.study AND x.experiment = claim.experiment
            AND (b.id = ? OR b.family = ?))
        """, id, id)
    }
    if let study { add("claim.study IN (\(try Self.studies(study, store)))") }
    if let metric {
      guard let known = Metric.named(metric) else {
        throw CatalogError.unknownName(
          kind: "metric", name: metric, suggestion: nearestName(to: metric, in: Metric.allNames))
      }
      add("claim.metric = ?", known.rawValue)
    }
    if let task {
      let id = try store.resolve(task, .task).id
      add(
        """
        (experiment.task = ? OR (experiment.task = 'not reported' AND EXISTS (
          SELECT 1 FROM study_task t WHERE t.study = claim.study AND t.task = ?)))
        """, id, id)
    }
    if let modality {
      let id = try store.resolve(modality, .modality).id
      add(
        """
        (EXISTS (SELECT 1 FROM study_modality m WHERE m.study = claim.study AND m.modality = ?)
          OR EXISTS (SELECT 1 FROM experiment_dataset x JOIN dataset d ON d.id = x.dataset
            WHERE x.study = claim.study AND x.experiment = claim.experiment AND d.modality = ?))
        """, id, id)
    }
    if let technique {
      let id = try store.resolve(technique, .technique).id
      add(
        """
        (experiment.head = ? OR experiment.strategy = ?
          OR EXISTS (SELECT 1 FROM experiment_technique x WHERE x.study = claim.study
            AND x.experiment = claim.experiment AND x.technique = ?)
          OR EXISTS (SELECT 1 FROM augmentation a, json_each(a.operations) o
            WHERE a.study = claim.study AND o.value ->> 'technique' = ?
              AND a.dataset IN (SELECT dataset FROM experiment_dataset x
                WHERE x.study = claim.study AND x.experiment = claim.experiment)))
        """, id, id, id, id)
    }
    if let year { add("study.year BETWEEN ? AND ?", year.lowerBound, year.upperBound) }
    if let minimum { add("claim.high >= ?", minimum - 1e-9) }
    if let maximum { add("claim.value <= ?", maximum + 1e-9) }
    let rows = try store.read { database in
      try Row.fetchAll(
        database, sql: sql(conditions), arguments: StatementArguments(arguments))
    }
    return rows.compactMap(ClaimRow.init)
  }

  /// The quoted ids of the studies a name means: an id, a short author form, or a surname.
  private static func studies(_ name: String, _ store: Store) throws -> String {
    let folded = foldedName(name)
    let ids = try store.read { database in
      try String.fetchAll(
        database,
        sql: """
          SELECT DISTINCT id FROM alias WHERE kind = 'studies'
            AND (folded = ? OR (length(?) >= 3 AND folded LIKE ? || '%'))
          ORDER BY id
          """, arguments: [folded, folded, folded])
    }
    if ids.isEmpty { _ = try store.resolve(name, .study) }
    return ids.map { "'\($0)'" }.joined(separator: ", ")
  }

  private func sql(_ conditions: [String]) -> String {
    let sorting =
      switch order {
      case .study: ""
      case .dataset: "datasets, "
      case .metric: "claim.metric, "
      case .value: "claim.value DESC, "
      case .year: "study.year DESC, "
      }
    return """
      SELECT claim.*, study.title, study.year, experiment.strategy, appearance.citation,
        (SELECT group_concat(name, char(31)) FROM (
          SELECT d.name FROM experiment_dataset x JOIN dataset d ON d.id = x.dataset
          WHERE x.study = claim.study AND x.experiment = claim.experiment ORDER BY x.rowid)
        ) AS datasets,
        (SELECT group_concat(name, char(31)) FROM (
          SELECT b.name FROM experiment_backbone x JOIN backbone b ON b.id = x.backbone
          WHERE x.study = claim.study AND x.experiment = claim.experiment ORDER BY x.rowid)
        ) AS backbones
      FROM claim
      JOIN study ON study.id = claim.study
      JOIN experiment ON experiment.study = claim.study AND experiment.id = claim.experiment
      JOIN appearance ON appearance.study = claim.study AND appearance.key = claim.appearance
      \(conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND "))
      ORDER BY \(sorting)claim.study, claim.experiment, claim.position
      \(limit.map { "LIMIT \($0)" } ?? "")
      """
  }
}

extension ClaimRow {
  fileprivate init?(_ row: Row) {
    guard let metric = Metric(rawValue: row["metric"]) else { return nil }
    let names = { (column: String) in
      ((row[column] as String?) ?? "").split(separator: "\u{1f}").map(String.init)
    }
    let printed: String = row["printed"]
    let subject: String = row["subject"]
    let scope = [
      (row["of_class"] as String?).map { "class \($0)" }, row["subset"] as String?,
      subject == "model" ? nil : "by \(subject)",
    ].compactMap { $0 }
    self.init(
      study: row["study"], studyTitle: row["title"], year: row["year"],
      experiment: row["experiment"], datasets: names("datasets"), backbones: names("backbones"),
      strategy: row["strategy"], metric: metric,
      printed: row["unit"] == "percent" ? printed + "%" : printed, value: row["value"],
      scope: scope.isEmpty ? nil : scope.joined(separator: ", "), averaging: row["averaging"],
      at: Place(
        source: row["source"], place: row["place"], row: row["row"], column: row["column"]),
      citation: row["citation"], isUncertain: (row["doubt"] as String?) != nil)
  }
}
