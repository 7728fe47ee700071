// The result of a request, for people and for machines.
import Scoring

/// What a request found: sentences to read and fields to write.
public struct CheckReport: Hashable, Sendable {
  public let id: String?
  public let verdict: Verdict
  /// The main finding and what supports it, one sentence each.
  public let sentences: [String]
  public let assessment: Assessment
  /// How the area under the curve compares with sensitivity and specificity, when all are given.
  public let areaVerdict: Verdict?

  /// Runs a request.
  ///
  /// - Throws: ``ConsistencyError`` when the counts make no sense.
  public init(_ request: CheckRequest, effort: Int = 10_000_000) throws(ConsistencyError) {
    let assessment = try Assessment(
      request.scores, designs: request.designs.map { ($0.name, $0.design) },
      hypotheses: request.hypotheses, effort: effort)
    self.assessment = assessment
    id = request.id
    var sentences = Self.sentences(assessment, request)
    var areaVerdict: Verdict?
    if let area = request.area,
      let recall = request.scores.first(where: { $0.kind == .recall }),
      let specificity = request.scores.first(where: { $0.kind == .specificity })
    {
      let found = AUCBounds.check(area: area, points: [(recall, specificity)])
      areaVerdict = found.verdict
      sentences.append(found.computation)
    }
    self.areaVerdict = areaVerdict
    verdict = areaVerdict == .inconsistent ? .inconsistent : assessment.verdict
    self.sentences = sentences
  }

  private static func sentences(_ assessment: Assessment, _ request: CheckRequest) -> [String] {
    var sentences = ["\(assessment.verdict.rawValue): \(assessment.computation)"]
    let others = assessment.explanations.dropFirst().map(\.name)
    if !others.isEmpty {
      sentences.append("also possible as " + others.joined(separator: "; "))
    }
    if assessment.verdict == .undecided, let missing = assessment.certificate?.missing {
      sentences.append(missing)
    }
    // Without counts, say what the printed decimals ask of the number of samples.
    if request.designs.map(\.design) == [.unknown],
      let accuracy = request.scores.first(where: { $0.kind == .accuracy })
    {
      let sizes = Grim(accuracy).possibleSampleSizes(upTo: 1000)
      if let least = sizes.first {
        sentences.append(
          "an accuracy of \(accuracy.text) needs at least \(least) samples"
            + (sizes.count < 1000 - least
              ? "; \(sizes.count) of the numbers up to 1000 can give it" : ""))
      }
    }
    return sentences
  }

  /// The report as ordered text fields, for tables.
  public var fields: [(name: String, value: String)] {
    let certificate = assessment.certificate
    var witness = ""
    if case .counts(let counts) = certificate?.witness {
      witness = Sentences.describe(counts)
    } else if case .matrix(let matrix) = certificate?.witness {
      witness = Sentences.describe(matrix)
    }
    return [
      ("id", id ?? ""), ("verdict", verdict.rawValue),
      ("reading", assessment.readings.first?.name ?? ""),
      ("explanations", assessment.explanations.map(\.name).joined(separator: "; ")),
      ("witness", witness), ("solutions", certificate?.solutionCount.map(String.init) ?? ""),
      ("conflict", certificate.map { Sentences.list($0.conflict) } ?? ""),
      (
        "nearest",
        certificate?.nearest.map { item in
          "\(item.score.kind.name): "
            + [item.below, item.above].compactMap { $0 }.joined(separator: " or ")
        }.joined(separator: "; ") ?? ""
      ),
      ("computation", sentences.joined(separator: ". ")),
    ]
  }
}
