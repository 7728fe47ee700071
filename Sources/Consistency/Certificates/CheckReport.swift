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
  /// The scores that exclude the area, when some do.
  private let areaConflict: String?

  /// Runs a request.
  ///
  /// - Throws: ``ConsistencyError`` when the counts make no sense.
  public init(_ request: CheckRequest, effort: Int = 10_000_000) throws(ConsistencyError) {
    let assessment = try Assessment(
      request.scores, designs: request.designs.map { ($0.name, $0.design) },
      hypotheses: request.hypotheses, effort: effort, patients: request.patients)
    self.assessment = assessment
    id = request.id
    var areas: [AUCBounds.Finding] = []
    if let area = request.area {
      if let found = Self.accuracy(under: area, request) { areas.append(found) }
      if let recall = request.scores.first(where: { $0.kind == .recall }),
        let specificity = request.scores.first(where: { $0.kind == .specificity })
      {
        areas.append(AUCBounds.check(area: area, points: [(recall, specificity)]))
      }
    }
    let excluded = areas.first { $0.verdict == .inconsistent }
    areaVerdict = areas.isEmpty ? nil : excluded?.verdict ?? .consistent
    verdict = excluded?.verdict ?? assessment.verdict
    let others = areas.filter { $0.computation != excluded?.computation }.map(\.computation)
    if let excluded, assessment.verdict != .inconsistent {
      // The other scores are not at fault, so the area leads.
      let rest = Self.sentences(assessment, request)
      sentences =
        ["inconsistent: \(excluded.computation)", "proof: \(Proof.inequality.name)"] + others
        + ["the other scores by themselves are " + (rest.first ?? "")]
    } else {
      sentences =
        Self.sentences(assessment, request) + (excluded.map { [$0.computation] } ?? []) + others
    }
    areaConflict = excluded.map { found in
      let texts = request.scores.filter { found.kinds.contains($0.kind) }
      return Sentences.list(texts) + ", AUC " + (request.area?.text ?? "")
    }
  }

  private static func sentences(_ assessment: Assessment, _ request: CheckRequest) -> [String] {
    var sentences = ["\(assessment.verdict.rawValue): \(assessment.computation)"]
    let others = assessment.explanations.dropFirst().map(\.name)
    if !others.isEmpty {
      sentences.append("also possible as " + others.joined(separator: "; "))
    }
    if let proof = assessment.certificate?.proof { sentences.append("proof: \(proof.name)") }
    if let hint = patientHint(assessment, request) { sentences.append(hint) }
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

  /// The area against the accuracy of one test set whose counts are known.
  private static func accuracy(
    under area: ReportedScoreInterval, _ request: CheckRequest
  ) -> AUCBounds.Finding? {
    guard request.designs.count == 1,
      case .binary(let positives, let negatives) = request.designs[0].design,
      positives.isExact, negatives.isExact, positives.lower > 0, negatives.lower > 0,
      let accuracy = request.scores.first(where: { $0.kind == .accuracy }),
      request.hypotheses?.allSatisfy({ $0.accuracy == .overall }) ?? (request.patients == nil)
    else { return nil }
    return AUCBounds.check(
      accuracy: accuracy, area: area, positives: positives.lower, negatives: negatives.lower)
  }

  /// Which numbers of patients would explain an accuracy that the images cannot give.
  private static func patientHint(_ assessment: Assessment, _ request: CheckRequest) -> String? {
    guard assessment.verdict == .inconsistent, request.patients == nil,
      let conflict = assessment.certificate?.conflict, conflict.count == 1,
      conflict[0].kind == .accuracy, let design = request.designs.first?.design,
      let total = design.sampleCount
    else { return nil }
    let sizes = Grim(conflict[0]).possibleSampleSizes(upTo: min(total, 100_000))
    guard !sizes.isEmpty else { return nil }
    return "as an accuracy over patients, \(conflict[0].text) would need "
      + sizes.prefix(5).map(String.init).joined(separator: ", ")
      + (sizes.count > 5 ? " … of them" : " of them") + "; give --patients to check"
  }

  /// The report as ordered text fields, for tables.
  public var fields: [(name: String, value: String)] {
    let certificate = assessment.certificate
    var witness = ""
    if case .counts(let counts) = certificate?.witness {
      witness = Sentences.describe(counts)
    } else if case .matrix(let matrix) = certificate?.witness {
      witness = Sentences.describe(matrix)
    } else if case .folds(let folds) = certificate?.witness {
      witness = folds.map(Sentences.describe).joined(separator: "; ")
    } else if case .foldMatrices(let folds) = certificate?.witness {
      witness = folds.map(Sentences.describe).joined(separator: "; ")
    } else if case .patients(let correct, let total) = certificate?.witness {
      witness = "\(correct) of \(total) patients"
    }
    return [
      ("id", id ?? ""), ("verdict", verdict.rawValue),
      ("reading", assessment.readings.first?.name ?? ""),
      ("explanations", assessment.explanations.map(\.name).joined(separator: "; ")),
      ("witness", witness), ("solutions", certificate?.solutionCount.map(String.init) ?? ""),
      (
        "conflict",
        [certificate.map { Sentences.list($0.conflict) }, areaConflict].compactMap { $0 }
          .filter { !$0.isEmpty }.joined(separator: "; ")
      ),
      (
        "nearest",
        certificate?.nearest.map { item in
          "\(item.score.kind.name): "
            + [item.below, item.above].compactMap { $0 }.joined(separator: " or ")
        }.joined(separator: "; ") ?? ""
      ),
      (
        "proof",
        (certificate?.proof ?? (areaVerdict == .inconsistent ? Proof.inequality : nil))?.name ?? ""
      ),
      ("missing", certificate?.missing ?? ""),
      ("computation", sentences.joined(separator: ". ")),
    ]
  }
}
