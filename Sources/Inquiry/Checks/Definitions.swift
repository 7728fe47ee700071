// Definitions that disagree between places, and formulas that are not the metric's.

import Evidence

extension RuleCheck {
  /// One thing defined or judged in two ways by one source.
  static let conflictingDefinitions = RuleCheck("conflicting-definitions") { corpus, _ in
    struct Key: Hashable {
      let source: String
      let of: String
    }
    // What a place holds is the matter of the pointers to it.
    let pointedTo = corpus.statements("cross-reference").compactMap { statement in
      statement.text("to").map { "\(statement.source) \($0)" }
    }
    let all = corpus.statements("definition").filter { statement in
      !pointedTo.contains("\(statement.source) \(statement.text("of") ?? "")")
    }
    let words = { (statement: Statement) in statement["value"].joined(separator: ", ") }
    return ordered(all.map { Key(source: $0.source, of: $0.text("of") ?? "") }).compactMap { key in
      let about = all.filter { $0.source == key.source && $0.text("of") == key.of }
      let properties = ordered(about.compactMap { $0.text("property") }).filter { property in
        Set(about.filter { $0.text("property") == property }.map { $0["value"] }).count > 1
      }
      let same = about.filter { properties.contains($0.text("property") ?? "") }
      guard let one = same.first,
        let other = same.first(where: {
          $0.text("property") == one.text("property") && $0["value"] != one["value"]
        })
      else { return nil }
      let entity = EntityReference(parsing: key.of)
      let name =
        entity.map { entity in
          corpus.knowledge.recommendations.first {
            entity.kind == .recommendation && $0.id == entity.id
          }.map { "the recommendation \"\($0.name)\"" } ?? corpus.knowledge.name(of: entity)
        }
        ?? (corpus.knowledge.source(key.source)?.part(key.of) == nil
          ? key.of.replacing("-", with: " ") : Place.title(of: key.of))
      return Draft(
        key: "\(key.source).\(key.of.replacing("/", with: "."))",
        subjects: entity.map { [$0] } ?? same.map { EntityReference(.statement, $0.id) },
        confidence: same.contains { $0.uncertain != nil } ? .low : .high,
        severity: same.contains { $0.uncertain != nil } ? .low : nil,
        summary: "\(name): \(one.text("property") ?? "") is \(words(one)) in \(one.at.label) and "
          + "\(words(other)) " + (other.at == one.at ? "there too" : "in \(other.at.label)"),
        computation: properties.map { property in
          "\(property): "
            + ordered(same.filter { $0.text("property") == property }.map(words))
            .joined(separator: " ≠ ")
        }.joined(separator: "; "),
        resolution: "one statement of the two",
        evidence: same.map {
          Finding.Evidence(
            "\(name), \($0.text("property") ?? "")", $0.text("printed") ?? words($0), at: $0.at)
        })
    }
  }

  /// A printed formula that gives another value than the metric on some confusion matrix.
  static let formulas = RuleCheck("formulas") { corpus, _ in
    wrongFormulas(corpus) + ambiguousWording(corpus) + namedMeans(corpus)
  }

  /// Metrics told in words that can be read as another formula than the one printed.
  private static func ambiguousWording(_ corpus: Corpus) -> [Draft] {
    let counts: [String: Double] = ["TP": 41, "TN": 67, "FP": 13, "FN": 29]
    let all = corpus.statements("formula").filter { statement in
      guard statement.text("wording") == "true", let metric = statement.text("metric"),
        let other = statement.uncertain?.alternative.flatMap({ Formula($0)?.value(counts) }),
        let right = Formula.value(of: metric, counts)
      else { return false }
      return abs(other - right) > 1e-12
    }
    return ordered(all.map(\.source)).map { source in
      let same = all.filter { $0.source == source }
      let readings = same.map { statement in
        "\(statement.text("metric") ?? "") as \(statement.uncertain?.alternative ?? "") instead of "
          + (statement.text("expression") ?? "")
      }
      return Draft(
        key: "\(source).wording",
        subjects: same.map { EntityReference(.statement, $0.id) }, confidence: .medium,
        severity: .low,
        summary: "the words for \(listed(same.compactMap { $0.text("metric") })) in "
          + "\(listed(ordered(same.map(\.at.label)))) can be read as other formulas than those "
          + "printed beside them",
        computation: "read with the source's own FP and FN: \(listed(readings))",
        resolution: "naming the predicted positives and the actual positives",
        evidence: same.map {
          Finding.Evidence(
            "\($0.text("metric") ?? "") in words",
            $0.text("printed") ?? $0.uncertain?.because ?? "",
            at: $0.at)
        })
    }
  }

  /// A mean named otherwise than its formula.
  private static func namedMeans(_ corpus: Corpus) -> [Draft] {
    corpus.statements("definition").compactMap { statement -> Draft? in
      guard statement.text("of") == "metrics/f1", statement.text("property") == "mean",
        let value = statement.text("value"), value != "harmonic"
      else { return nil }
      return Draft(
        key: "\(statement.source).f1-mean",
        subjects: [EntityReference(.statement, statement.id)], severity: .low,
        summary: "\(statement.at.label) calls F1 the \(value) mean of precision and recall; its "
          + "formula is their harmonic mean",
        computation: "2PR/(P + R) = 1/((1/P + 1/R)/2), the harmonic mean",
        resolution: "harmonic instead of \(value)",
        evidence: [
          Finding.Evidence("mean", statement.text("printed") ?? value, at: statement.at)
        ])
    }
  }

  private static func wrongFormulas(_ corpus: Corpus) -> [Draft] {
    corpus.statements("formula").compactMap { statement in
      guard statement.uncertain == nil, let metric = statement.text("metric"),
        let expression = statement.text("expression"), let parsed = Formula(expression)
      else { return nil }
      // Four primes: no two metrics agree on them by chance.
      let counts: [String: Double] = ["TP": 41, "TN": 67, "FP": 13, "FN": 29]
      guard let right = Formula.value(of: metric, counts),
        let printed = parsed.value(counts)
      else { return nil }
      guard abs(printed - right) > 1e-12 else { return nil }
      return Draft(
        key: statement.id, subjects: [EntityReference(.statement, statement.id)],
        summary: "the formula of \(metric) in \(statement.at.label) is not that of \(metric)",
        computation:
          "with TP 41, TN 67, FP 13, FN 29 it gives \(decimal(printed, 4)), \(metric) is "
          + decimal(right, 4),
        resolution: "the definition of \(metric)",
        evidence: [Finding.Evidence("formula of \(metric)", expression, at: statement.at)])
    }
  }
}

/// An arithmetic expression in TP, TN, FP, FN and names of metrics.
struct Formula {
  private indirect enum Node {
    case number(Double)
    case name(String)
    case operation(Character, Node, Node)
  }

  private let root: Node

  /// Reads `2 × (precision × recall) / (precision + recall)`; nil for anything else.
  init?(_ text: String) {
    var tokens: [String] = []
    var word = ""
    for character in text {
      if character.isLetter || character.isNumber || character == "." {
        word.append(character)
        continue
      }
      if !word.isEmpty { tokens.append(word) }
      word = ""
      switch character {
      case " ": break
      case "×", "·", "*": tokens.append("*")
      case "−", "-": tokens.append("-")
      case "+", "/", "(", ")": tokens.append(String(character))
      default: return nil
      }
    }
    if !word.isEmpty { tokens.append(word) }
    var rest = tokens[...]
    guard let node = Self.sum(&rest, depth: 0), rest.isEmpty else { return nil }
    root = node
  }

  private static func sum(_ tokens: inout ArraySlice<String>, depth: Int) -> Node? {
    guard depth < 64, var left = product(&tokens, depth: depth) else { return nil }
    while let sign = tokens.first, sign == "+" || sign == "-" {
      tokens.removeFirst()
      guard let right = product(&tokens, depth: depth) else { return nil }
      left = .operation(Character(sign), left, right)
    }
    return left
  }

  private static func product(_ tokens: inout ArraySlice<String>, depth: Int) -> Node? {
    guard var left = factor(&tokens, depth: depth) else { return nil }
    while let sign = tokens.first, sign == "*" || sign == "/" {
      tokens.removeFirst()
      guard let right = factor(&tokens, depth: depth) else { return nil }
      left = .operation(Character(sign), left, right)
    }
    return left
  }

  private static func factor(_ tokens: inout ArraySlice<String>, depth: Int) -> Node? {
    guard let token = tokens.popFirst() else { return nil }
    if token == "(" {
      let node = sum(&tokens, depth: depth + 1)
      guard tokens.popFirst() == ")" else { return nil }
      return node
    }
    if let number = Double(token) { return .number(number) }
    return token.first?.isLetter == true ? .name(token) : nil
  }

  /// Its value for these counts; nil where a name is unknown or a divisor is 0.
  func value(_ counts: [String: Double]) -> Double? { Self.value(of: root, counts) }

  private static func value(of node: Node, _ counts: [String: Double]) -> Double? {
    switch node {
    case .number(let number): return number
    case .name(let name): return counts[name.uppercased()] ?? value(of: name, counts)
    case .operation(let sign, let left, let right):
      guard let a = value(of: left, counts), let b = value(of: right, counts) else { return nil }
      switch sign {
      case "+": return a + b
      case "-": return a - b
      case "*": return a * b
      default: return b == 0 ? nil : a / b
      }
    }
  }

  /// The value of a metric for these counts; nil for one that four counts do not decide.
  static func value(of metric: String, _ counts: [String: Double]) -> Double? {
    guard let tp = counts["TP"], let tn = counts["TN"], let fp = counts["FP"], let fn = counts["FN"]
    else { return nil }
    switch metric.lowercased() {
    case "accuracy": return (tp + tn) / (tp + tn + fp + fn)
    case "error-rate": return (fp + fn) / (tp + tn + fp + fn)
    case "precision": return tp / (tp + fp)
    case "recall", "tpr", "sensitivity": return tp / (tp + fn)
    case "specificity": return tn / (tn + fp)
    case "npv": return tn / (tn + fn)
    case "fpr": return fp / (fp + tn)
    case "f1": return 2 * tp / (2 * tp + fp + fn)
    case "jaccard": return tp / (tp + fp + fn)
    default: return nil
    }
  }
}
