// Reads the shared cases with expected verdicts into checks of this module.
import Foundation
import Testing

@testable import Consistency

private let testsFolder = URL(filePath: #filePath).deletingLastPathComponent()
private let checksFolder = testsFolder.appending(path: "../../../shared/checks").standardized

/// The shared cases stand beside the checkout on some machines only.
let hasSharedChecks = FileManager.default.fileExists(
  atPath: checksFolder.appending(path: "score-feasibility.json").path)

typealias Object = [String: Any]

/// One check with the verdict it must have.
struct SharedCase: CustomTestStringConvertible, @unchecked Sendable {
  let id: String
  let family: String
  let check: ConsistencyCheck
  let hypothesis: Hypothesis?
  let isInconsistent: Bool
  /// Whether the verdict comes from full enumeration.
  let isExact: Bool
  var testDescription: String { id }
}

enum SharedCases {
  enum Failure: Error { case malformed(String) }

  private static var counts: Object {
    (try? object(at: testsFolder.appending(path: "Fixtures/counts.json"))) ?? [:]
  }

  static func object(at url: URL) throws -> Object {
    let read = try JSONSerialization.jsonObject(with: Data(contentsOf: url))
    guard let object = read as? Object else { throw Failure.malformed(url.path) }
    return object
  }

  static func feasibility() throws -> [SharedCase] {
    let file = try object(at: checksFolder.appending(path: "score-feasibility.json"))
    guard let cases = file["cases"] as? [Object] else { throw Failure.malformed("cases") }
    return try cases.flatMap { try expand($0) }
  }

  static func recorded() throws -> [SharedCase] {
    let text = try String(
      contentsOf: checksFolder.appending(path: "score-consistency.jsonl"), encoding: .utf8)
    return try text.split(separator: "\n").flatMap { line -> [SharedCase] in
      guard let item = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? Object,
        let setup = item["setup"] as? String, let name = setup.split(separator: ".").last
      else { throw Failure.malformed(String(line.prefix(80))) }
      var copy = item
      copy["function"] = String(name)
      copy["family"] = setup
      copy["mlscorecheck_inconsistent"] = item["expected_inconsistent"]
      return try expand(copy)
    }
  }

  static func grim() throws -> Object { try object(at: checksFolder.appending(path: "grim.json")) }

  // MARK: One case

  private static func expand(_ item: Object) throws -> [SharedCase] {
    guard let id = item["id"] as? String, let function = item["function"] as? String,
      let family = item["family"] as? String, let arguments = item["args"] as? Object
    else { throw Failure.malformed("\(item["id"] ?? "?")") }
    let exact = item["exact_inconsistent"] as? Bool
    let expected = exact ?? (item["mlscorecheck_inconsistent"] as? Bool)
    func made(
      _ suffix: String, _ design: Design, _ verdict: Bool?, _ hypothesis: Hypothesis? = nil
    ) throws -> SharedCase {
      guard let verdict else { throw Failure.malformed(id) }
      return SharedCase(
        id: id + suffix, family: family,
        check: ConsistencyCheck(
          design: design, scores: try scores(arguments), effort: 10_000_000),
        hypothesis: hypothesis, isInconsistent: verdict, isExact: exact != nil)
    }
    let oneVersusRest = Hypothesis(.macro, .meanOneVersusRest)
    let microRest = Hypothesis(.micro, .meanOneVersusRest)
    if let bundles = counts["bundles"] as? Object, let bundle = bundles[id] as? Object,
      let calls = bundle["calls"] as? [[Any]], let keys = bundle["keys"] as? [String]
    {
      return try zip(keys, calls).map { key, call in
        let sets = (call[1] as? [[Int]] ?? []).map {
          ClassCounts(positives: $0[0], negatives: $0[1])
        }
        let verdict =
          (item["mlscorecheck_inconsistent"] as? Object)?[key] as? Bool ?? expected
        let design = call[0] as? String == "mean" ? Design.mean(of: sets) : .pooled(sets)
        return try made(keys.count > 1 ? "-" + key : "", design, verdict)
      }
    }
    switch function {
    case "check_1_testset_no_kfold":
      return [try made("", .pooled([try pair(arguments["testset"])]), expected)]
    case "check_isic2016": return [try made("", .binary(75, 304), expected)]
    case "check_isic2017":
      let sizes = ["M": 117, "SK": 90, "N": 393]
      func sum(_ key: String) -> Int {
        let names = arguments[key] as? [String] ?? [arguments[key] as? String ?? ""]
        return names.reduce(0) { $0 + (sizes[$1] ?? 0) }
      }
      return [try made("", .binary(sum("target"), sum("against")), expected)]
    case "check_tpehg":
      return [
        try made(
          "",
          .meanOverFolds(
            [
              FoldedDataset(
                .unknown(ClassCounts(positives: 38, negatives: 262), folds: 5, repeats: 1))
            ], datasetBounds: []), expected)
      ]
    case "check_n_testsets_som_no_kfold":
      return [try made("", .pooled(try pairs(arguments["testsets"])), expected)]
    case "check_n_testsets_mos_no_kfold":
      return [try made("", .mean(of: try pairs(arguments["testsets"])), expected)]
    case "check_1_dataset_kfold_som":
      let folds = try dataset(arguments, pooled: true)
      guard case .known(let parts) = folds.folds else { throw Failure.malformed(id) }
      return [try made("", .pooled(parts), expected)]
    case "check_1_dataset_known_folds_mos", "check_1_dataset_unknown_folds_mos":
      let isUnknown = function.contains("unknown")
      let folds = try dataset(arguments, pooled: false, isUnknown: isUnknown)
      return [try made("", .meanOverFolds([folds], datasetBounds: []), expected)]
    case "check_n_datasets_mos_known_folds_mos", "check_n_datasets_mos_unknown_folds_mos":
      let isUnknown = function.contains("unknown")
      let parts = try evaluations(arguments).map {
        try dataset($0, pooled: false, isUnknown: isUnknown)
      }
      let bounds = scoreBounds(arguments["dataset_score_bounds"])
      return [try made("", .meanOverFolds(parts, datasetBounds: bounds), expected)]
    case "check_n_datasets_mos_kfold_som", "check_n_datasets_som_kfold_som":
      let parts = try evaluations(arguments).map { evaluation -> ClassCounts in
        guard case .known(let folds) = try dataset(evaluation, pooled: true).folds else {
          throw Failure.malformed(id)
        }
        return ClassCounts(
          positives: folds.reduce(0) { $0 + $1.positives },
          negatives: folds.reduce(0) { $0 + $1.negatives })
      }
      if function.contains("som_kfold") { return [try made("", .pooled(parts), expected)] }
      let bounds = scoreBounds(arguments["dataset_score_bounds"])
      return [try made("", .mean(of: parts, bounds: bounds), expected)]
    case "check_1_testset_no_kfold_macro", "check_1_testset_no_kfold_micro":
      let sizes = try classSizes(arguments["testset"])
      return [
        try made(
          "", .multiclass(sizes), expected,
          function.hasSuffix("macro") ? oneVersusRest : microRest)
      ]
    case "check_1_dataset_known_folds_som_macro", "check_1_dataset_known_folds_som_micro":
      let folds = try multiclassFolds(arguments)
      let sizes = folds[0].indices.map { label in folds.reduce(0) { $0 + $1[label] } }
      return [
        try made(
          "", .multiclass(sizes), expected,
          function.hasSuffix("macro") ? oneVersusRest : microRest)
      ]
    case "check_1_dataset_known_folds_mos_macro", "check_1_dataset_known_folds_mos_micro":
      return [
        try made(
          "", .meanOverMulticlassFolds(try multiclassFolds(arguments)),
          expected, function.hasSuffix("macro") ? oneVersusRest : microRest)
      ]
    case "exact enumeration of the K x K matrix":
      guard let sizes = arguments["class_sizes"] as? [Int],
        let names = (arguments["scores"] as? Object)?.keys
      else { throw Failure.malformed(id) }
      let hypothesis = Hypothesis(
        names.contains("f1_of_averages") ? .f1OfMacroAverages : .macro,
        names.contains("acc") ? .meanOneVersusRest : .overall)
      return [try made("", .multiclass(sizes), expected, hypothesis)]
    default: throw Failure.malformed("\(id): \(function)")
    }
  }

  private static func scores(_ arguments: Object) throws -> [ReportedScore] {
    guard let values = arguments["scores"] as? Object, let eps = arguments["eps"] as? NSNumber
    else { throw Failure.malformed("scores") }
    // The reference adds a tolerance of 1e-6 to every uncertainty.
    let decimal = try DecimalNumber(eps.doubleValue)
    let scale = max(6, decimal.decimals)
    let width = DecimalNumber(
      mantissa: (decimal.mantissa(atDecimals: scale) ?? 0)
        + DecimalNumber.integerPower(scale - 6), decimals: scale)
    return try values.keys.sorted().compactMap { name -> ReportedScore? in
      guard let value = values[name] as? NSNumber, !name.hasPrefix("beta_") else { return nil }
      let kind = name == "f1_of_averages" ? ScoreKind.f1 : ScoreKind(named: name)
      guard let kind else { throw Failure.malformed(name) }
      let beta = values[kind == .fBeta ? "beta_positive" : "beta_negative"] as? NSNumber
      if kind.usesBeta, beta == nil { return nil }
      return try ReportedScore(
        kind, try DecimalNumber(value.doubleValue), halfWidth: width,
        beta: try DecimalNumber(beta?.doubleValue ?? 1))
    }
  }

  private static func pair(_ value: Any?) throws -> ClassCounts {
    guard let object = value as? Object else { throw Failure.malformed("counts") }
    if let p = object["p"] as? Int, let n = object["n"] as? Int {
      return ClassCounts(positives: p, negatives: n)
    }
    let name = (object["dataset_name"] ?? object["name"]) as? String ?? "?"
    guard let named = (counts["datasets"] as? Object)?[name] as? [Int] else {
      throw Failure.malformed(name)
    }
    return ClassCounts(positives: named[0], negatives: named[1])
  }

  private static func pairs(_ value: Any?) throws -> [ClassCounts] {
    try (value as? [Any] ?? []).map { try pair($0) }
  }

  private static func evaluations(_ arguments: Object) throws -> [Object] {
    guard let list = arguments["evaluations"] as? [Object] else {
      throw Failure.malformed("evaluations")
    }
    return list
  }

  private static func scoreBounds(_ value: Any?) -> [ScoreBound] {
    guard let object = value as? Object else { return [] }
    return object.keys.sorted().compactMap { name in
      guard let kind = ScoreKind(named: name), let ends = object[name] as? [Double] else {
        return nil
      }
      return ScoreBound(kind, ends[0], ends[1])
    }
  }

  private static func dataset(
    _ object: Object, pooled: Bool, isUnknown: Bool = false
  ) throws -> FoldedDataset {
    let bounds = scoreBounds(object["fold_score_bounds"])
    let folding = object["folding"] as? Object ?? [:]
    if let folds = folding["folds"] as? [Any] {
      return FoldedDataset(.known(try pairs(folds)), foldBounds: bounds)
    }
    let counts = try pair(object["dataset"])
    let folds = folding["n_folds"] as? Int ?? 1
    let repeats = folding["n_repeats"] as? Int ?? 1
    if isUnknown {
      return FoldedDataset(
        .unknown(counts, folds: folds, repeats: repeats), foldBounds: bounds)
    }
    return .stratified(counts, folds: folds, repeats: repeats, foldBounds: bounds)
  }

  private static func classSizes(_ value: Any?) throws -> [Int] {
    guard let object = value as? [String: Int] else { throw Failure.malformed("classes") }
    return object.keys.sorted { (Int($0) ?? 0) < (Int($1) ?? 0) }.map { object[$0] ?? 0 }
  }

  private static func multiclassFolds(_ arguments: Object) throws -> [[Int]] {
    let folding = arguments["folding"] as? Object ?? [:]
    if let folds = folding["folds"] as? [Any] { return try folds.map { try classSizes($0) } }
    let sizes = try classSizes(arguments["dataset"])
    let folds = FoldedDataset.stratifiedSizes(sizes, folds: folding["n_folds"] as? Int ?? 1)
    let repeats = folding["n_repeats"] as? Int ?? 1
    return Array(repeating: folds, count: repeats).flatMap { $0 }
  }
}
