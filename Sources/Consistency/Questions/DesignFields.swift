// Reads the experimental set-up from a request's fields.

/// The fields of a request that describe test set, folds and aggregation.
struct DesignFields {
  private let values: [String: String]

  init(_ values: [String: String]) { self.values = values }

  /// The designs that the fields leave open: more than one when a paper does not say how it
  /// aggregated its folds.
  func designs() throws(ConsistencyError) -> [CheckRequest.NamedDesign] {
    try rejectConflicts()
    let designs = try unbounded()
    guard values["fold-bounds"] != nil else { return designs }
    guard designs.contains(where: { if case .meanOverFolds = $0.design { true } else { false } })
    else {
      throw .missingField("folds", reason: "fold-bounds are bounds on the scores of single folds")
    }
    return designs
  }

  private func unbounded() throws(ConsistencyError) -> [CheckRequest.NamedDesign] {
    if let text = values["fold-counts"] { return try explicitFolds(text) }
    let folds = try count("folds", values["folds"] ?? "1", least: 1)
    let repeats = try count("repeats", values["repeats"] ?? "1", least: 1)
    if let text = values["classes"] {
      return try classes(try list("classes", text), folds, repeats)
    }
    if let text = values["n"] {
      let total = try range("n", text)
      // Pooled repetitions multiply the counts.
      return [
        .init(
          name: nil,
          design: .binaryTotal(CountRange(total.lower * repeats, total.upper * repeats)))
      ]
    }
    guard let positiveText = values["n-positive"], let negativeText = values["n-negative"] else {
      if values["n-positive"] != nil {
        throw .missingField("n-negative", reason: "n-positive is given; give both, or n")
      }
      if values["n-negative"] != nil {
        throw .missingField("n-positive", reason: "n-negative is given; give both, or n")
      }
      if folds > 1 {
        throw .missingField("n-positive", reason: "folds are given without class counts")
      }
      return [.init(name: nil, design: .unknown)]
    }
    let positives = try range("n-positive", positiveText)
    let negatives = try range("n-negative", negativeText)
    return try binary(positives, negatives, folds, repeats)
  }

  private func rejectConflicts() throws(ConsistencyError) {
    for (first, second) in [
      ("classes", "n-positive"), ("classes", "n-negative"), ("classes", "n"), ("n", "n-positive"),
      ("n", "n-negative"), ("fold-counts", "folds"), ("fold-counts", "classes"),
      ("fold-counts", "n"), ("fold-counts", "n-positive"), ("fold-counts", "repeats"),
    ] where values[first] != nil && values[second] != nil {
      throw .conflictingFields(first, second)
    }
  }

  private enum Aggregation {
    case meanOfScores, scoreOfMeans, either
  }

  private func aggregation() throws(ConsistencyError) -> Aggregation {
    switch values["aggregation"] {
    case nil, "unknown", "any": return .either
    case "mean-of-scores", "mos": return .meanOfScores
    case "score-of-means", "som": return .scoreOfMeans
    case .some(let text):
      throw .invalidField(
        "aggregation", value: text, expected: "mean-of-scores, score-of-means or unknown")
    }
  }

  private func binary(
    _ positives: CountRange, _ negatives: CountRange, _ folds: Int, _ repeats: Int
  ) throws(ConsistencyError) -> [CheckRequest.NamedDesign] {
    let pooled = Design.binary(
      positives: CountRange(positives.lower * repeats, positives.upper * repeats),
      negatives: CountRange(negatives.lower * repeats, negatives.upper * repeats))
    if folds == 1 && repeats == 1 { return [.init(name: nil, design: pooled)] }
    let aggregation = try aggregation()
    guard positives.isExact, negatives.isExact else {
      throw .invalidField(
        "n-positive", value: "\(positives.lower)..\(positives.upper)",
        expected: "one number when folds are given")
    }
    let counts = ClassCounts(positives: positives.lower, negatives: negatives.lower)
    let bounds = try foldBounds()
    let isStratified = try boolean("stratified", values["stratified"] ?? "no")
    let mean = Design.meanOverFolds(
      [
        isStratified
          ? .stratified(counts, folds: folds, repeats: repeats, foldBounds: bounds)
          : FoldedDataset(.unknown(counts, folds: folds, repeats: repeats), foldBounds: bounds)
      ], datasetBounds: [])
    switch aggregation {
    case .meanOfScores: return [.init(name: nil, design: mean)]
    case .scoreOfMeans: return [.init(name: nil, design: pooled)]
    case .either:
      return [
        .init(name: "means over folds", design: mean),
        .init(name: "folds pooled", design: pooled),
      ]
    }
  }

  private func classes(
    _ sizes: [Int], _ folds: Int, _ repeats: Int
  ) throws(ConsistencyError) -> [CheckRequest.NamedDesign] {
    guard sizes.count >= 2 else {
      throw .invalidField(
        "classes", value: values["classes"] ?? "", expected: "the sizes of at least two classes")
    }
    let pooled = Design.multiclass(sizes.map { $0 * repeats })
    if folds == 1 && repeats == 1 { return [.init(name: nil, design: pooled)] }
    let parts = FoldedDataset.stratifiedSizes(sizes, folds: folds)
    let mean = Design.meanOverMulticlassFolds(
      Array(repeating: parts, count: repeats).flatMap { $0 })
    let aggregation = try aggregation()
    if aggregation == .scoreOfMeans { return [.init(name: nil, design: pooled)] }
    guard let text = values["stratified"], try boolean("stratified", text) else {
      throw .missingField(
        "stratified", reason: "means over folds of several classes need known (stratified) folds")
    }
    if aggregation == .meanOfScores { return [.init(name: nil, design: mean)] }
    return [
      .init(name: "means over folds", design: mean),
      .init(name: "folds pooled", design: pooled),
    ]
  }

  /// Data sets divided by `|`: the folds of each, `38+262, 37+263`, or its counts and the number of
  /// its folds, `177+223/5`, repeated `177+223/5x2`.
  private func explicitFolds(
    _ text: String
  ) throws(ConsistencyError) -> [CheckRequest.NamedDesign] {
    let bounds = try foldBounds()
    var datasets: [FoldedDataset] = []
    for part in text.split(separator: "|", omittingEmptySubsequences: false) {
      datasets.append(try dataset(part, of: text, bounds))
    }
    let sums = datasets.map(\.sum)
    let pooled = Design.pooled(sums)
    var means = [
      CheckRequest.NamedDesign(
        name: "means over folds", design: .meanOverFolds(datasets, datasetBounds: []))
    ]
    if datasets.count > 1, bounds.isEmpty, datasets.contains(where: { $0.foldCount > 1 }) {
      means.append(.init(name: "means over data sets, folds pooled", design: .mean(of: sums)))
    }
    switch try aggregation() {
    case .meanOfScores:
      return means.count > 1 ? means : [.init(name: nil, design: means[0].design)]
    case .scoreOfMeans: return [.init(name: nil, design: pooled)]
    case .either: return means + [.init(name: "folds pooled", design: pooled)]
    }
  }

  private func dataset(
    _ part: Substring, of text: String, _ bounds: [ScoreBound]
  ) throws(ConsistencyError) -> FoldedDataset {
    guard part.contains("/") else {
      return FoldedDataset(.known(try folds(part, of: text)), foldBounds: bounds)
    }
    let halves = part.split(separator: "/", omittingEmptySubsequences: false)
    let numbers = (halves.last ?? "").split(
      separator: "x", omittingEmptySubsequences: false
    ).map { Int(CheckRequest.trimmed(String($0))) }
    let counts = try folds(halves[0], of: text)
    guard halves.count == 2, counts.count == 1, (1...2).contains(numbers.count),
      let folds = numbers[0], let repeats = numbers.count == 2 ? numbers[1] : 1,
      (2...10_000).contains(folds), (1...10_000).contains(repeats)
    else { throw invalidFolds(text) }
    let isStratified = try boolean("stratified", values["stratified"] ?? "no")
    return isStratified
      ? .stratified(counts[0], folds: folds, repeats: repeats, foldBounds: bounds)
      : FoldedDataset(.unknown(counts[0], folds: folds, repeats: repeats), foldBounds: bounds)
  }

  private func folds(
    _ part: Substring, of text: String
  ) throws(ConsistencyError) -> [ClassCounts] {
    var folds: [ClassCounts] = []
    for item in part.split(whereSeparator: { $0 == "," || $0 == ";" }) {
      let pair = item.split(separator: "+").map { CheckRequest.trimmed(String($0)) }
      guard pair.count == 2, let p = Int(pair[0]), let n = Int(pair[1]),
        (0...Self.limit).contains(p), (0...Self.limit).contains(n)
      else { throw invalidFolds(text) }
      folds.append(ClassCounts(positives: p, negatives: n))
    }
    if folds.isEmpty { throw invalidFolds(text) }
    return folds
  }

  private func invalidFolds(_ text: String) -> ConsistencyError {
    .invalidField(
      "fold-counts", value: text,
      expected: "positives+negatives of each fold, like 38+262, 37+263, or of a data set with the "
        + "number of its folds, like 177+223/5; data sets divided by |")
  }

  /// `accuracy 0.8..0.95; recall 0.7..1`
  private func foldBounds() throws(ConsistencyError) -> [ScoreBound] {
    guard let text = values["fold-bounds"] else { return [] }
    var bounds: [ScoreBound] = []
    for item in text.split(whereSeparator: { $0 == ";" || $0 == "," }) {
      let words = item.split(whereSeparator: { $0.isWhitespace || $0 == "=" || $0 == ":" })
      let ends = (words.last ?? "").split(separator: "..", omittingEmptySubsequences: false)
      let name = words.dropLast().joined(separator: "-")
      guard let kind = ScoreKind(named: name), ends.count == 2 else {
        throw .invalidField(
          "fold-bounds", value: text,
          expected: "bounds like “accuracy 0.8..0.95; recall 0.7..1”")
      }
      func end(_ index: Int, _ open: Double) throws(ConsistencyError) -> Double {
        ends[index].isEmpty ? open : try DecimalNumber(String(ends[index])).double
      }
      let lower = try end(0, Double(kind.range.lower))
      let upper = try end(1, kind.range.upper.map(Double.init) ?? 1e9)
      guard lower <= upper else {
        throw .invalidField(
          "fold-bounds", value: text, expected: "the least before the greatest score of a fold")
      }
      bounds.append(ScoreBound(kind, lower, upper))
    }
    return bounds
  }

  // MARK: Numbers

  private static let limit = 1 << 30

  private func count(_ field: String, _ text: String, least: Int) throws(ConsistencyError) -> Int {
    guard let number = Int(text), number >= least, number <= 10_000 else {
      throw .invalidField(
        field, value: text, expected: "a whole number between \(least) and 10000")
    }
    return number
  }

  private func list(_ field: String, _ text: String) throws(ConsistencyError) -> [Int] {
    var numbers: [Int] = []
    for item in text.split(whereSeparator: { $0 == "," || $0 == ";" || $0 == " " }) {
      guard let number = Int(item), number >= 1, number <= Self.limit / 64 else {
        throw .invalidField(field, value: text, expected: "class sizes like 10,100,80")
      }
      numbers.append(number)
    }
    return numbers
  }

  private func range(_ field: String, _ text: String) throws(ConsistencyError) -> CountRange {
    var parts: [String] = []
    for separator in ["..", "–", "-"] {
      let pieces = text.split(separator: separator, omittingEmptySubsequences: false)
      if pieces.count == 2 {
        parts = pieces.map { CheckRequest.trimmed(String($0)) }
        break
      }
    }
    if parts.isEmpty { parts = [text, text] }
    guard let lower = Int(parts[0]), let upper = Int(parts[1]), lower >= 0, lower <= upper,
      upper <= Self.limit
    else {
      throw .invalidField(
        field, value: text, expected: "a number of samples or a range like 100..120")
    }
    return CountRange(lower, upper)
  }
}
