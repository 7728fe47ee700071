// The answer over every reading of a paper's scores: designs times averagings.
import Scoring

/// One reading of a paper's numbers and its certificate.
public struct Reading: Hashable, Sendable {
  /// What distinguishes this design from the others tried; nil when only one was.
  public let designName: String?
  public let design: Design
  public let certificate: Certificate

  /// The reading in words.
  public var name: String {
    [certificate.hypothesis.name, designName].compactMap { $0 }.joined(separator: ", ")
  }
}

/// What can be said of a set of scores whose averaging or folding may be unknown.
public struct Assessment: Hashable, Sendable {
  /// Possible readings first, then undecided ones, then refuted ones; the usual before the rare.
  public let readings: [Reading]

  /// A design to try, with its name when several are.
  public typealias NamedDesign = (name: String?, design: Design)

  /// Consistent when some reading is, inconsistent only when every reading is.
  public var verdict: Verdict { readings.first?.certificate.verdict ?? .undecided }

  /// The first reading's certificate: a witness if there is one, else the usual reading's refutation.
  public var certificate: Certificate? { readings.first?.certificate }

  /// The readings that explain the numbers.
  public var explanations: [Reading] {
    readings.filter { $0.certificate.verdict == .consistent }
  }

  /// One line to print: the verdict's computation and how many readings were tried.
  public var computation: String {
    guard let first = readings.first else { return "nothing was checked" }
    let sentence = first.certificate.computation
    switch verdict {
    case .consistent:
      return readings.count == 1 ? sentence : "as \(first.name): \(sentence)"
    case .inconsistent:
      return readings.count == 1
        ? sentence : "\(sentence); impossible under all \(readings.count) readings tried"
    case .undecided: return sentence
    }
  }

  /// Tries every design under every hypothesis, those the field uses unless given.
  ///
  /// `effort` is per reading, in elementary steps of about ten nanoseconds.
  public init(
    _ scores: [ReportedScore], designs: [NamedDesign], hypotheses: [Hypothesis]? = nil,
    acceptsConvention: Bool = true, effort: Int = 10_000_000, patients: Int? = nil
  ) throws(ConsistencyError) {
    var tried: [Reading] = []
    for (name, design) in designs {
      let check = ConsistencyCheck(
        design: design, scores: scores, acceptsConvention: acceptsConvention, effort: effort,
        patients: patients)
      let candidates =
        hypotheses
        ?? Self.distinct(
          Hypothesis.candidates(classCount: check.classCount, knowsPatients: patients != nil),
          scores)
      for hypothesis in candidates {
        tried.append(
          Reading(
            designName: name, design: design,
            certificate: try check.certificate(hypothesis, explaining: false)))
      }
    }
    let rank: [Verdict: Int] = [.consistent: 0, .undecided: 1, .inconsistent: 2]
    var sorted = tried.enumerated().sorted {
      (rank[$0.element.certificate.verdict] ?? 3, $0.offset)
        < (rank[$1.element.certificate.verdict] ?? 3, $1.offset)
    }.map(\.element)
    // Only the first reading is explained in full: it is the one that is printed.
    if let first = sorted.first, first.certificate.verdict != .undecided {
      let check = ConsistencyCheck(
        design: first.design, scores: scores, acceptsConvention: acceptsConvention,
        effort: effort, patients: patients)
      sorted[0] = Reading(
        designName: first.designName, design: first.design,
        certificate: try check.certificate(first.certificate.hypothesis))
    }
    readings = sorted
  }

  /// The hypotheses that differ for these scores: averaging does not matter to accuracy alone.
  private static func distinct(
    _ candidates: [Hypothesis], _ scores: [ReportedScore]
  ) -> [Hypothesis] {
    let kinds = Set(scores.map(\.kind))
    let wholeMatrix: Set<ScoreKind> = [
      .accuracy, .errorRate, .matthews, .kappa, .balancedAccuracy,
    ]
    let isAveraged = !kinds.isSubset(of: wholeMatrix)
    let hasAccuracy = kinds.contains(.accuracy) || kinds.contains(.errorRate)
    let hasF1 = kinds.contains(.f1)
    let usual = candidates[0].averaging
    return candidates.filter { hypothesis in
      (isAveraged || hypothesis.averaging == usual)
        && (hasAccuracy || hypothesis.accuracy == .overall)
        && (hasF1
          || ![.f1OfMacroAverages, .f1OfWeightedAverages].contains(hypothesis.averaging))
    }
  }
}
