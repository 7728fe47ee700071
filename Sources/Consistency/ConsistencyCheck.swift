// The question: can any confusion matrix give these scores? And the way to its answer.
import Scoring

/// A consistency check of one set of printed scores.
///
/// ```swift
/// let check = ConsistencyCheck(
///   design: .binary(177, 223),
///   scores: [try ReportedScore(.accuracy, "0.9833"), try ReportedScore(.recall, "0.983")])
/// print(try check.certificate().computation)
/// ```
public struct ConsistencyCheck: Sendable {
  public let design: Design
  public let scores: [ReportedScore]
  /// Whether a score without a value may have been printed as 0, as scikit-learn does.
  public let acceptsConvention: Bool
  /// How many elementary steps a verdict may cost; about ten nanoseconds each.
  public let effort: Int
  /// The number of patients, for accuracies that were counted over them.
  public let patients: Int?

  public init(
    design: Design, scores: [ReportedScore], acceptsConvention: Bool = true,
    effort: Int = 30_000_000, patients: Int? = nil
  ) {
    self.design = design
    self.scores = scores
    self.acceptsConvention = acceptsConvention
    self.effort = effort
    self.patients = patients
  }

  /// The answer under one reading of the scores' averaging, the field's usual one unless given.
  ///
  /// With `explaining`, an inconsistent certificate names the smallest conflict and the nearest
  /// possible values, and a consistent one counts its solutions where that is cheap.
  /// - Throws: ``ConsistencyError`` when there are no scores or the counts make no sense.
  public func certificate(
    _ hypothesis: Hypothesis? = nil, explaining: Bool = true
  ) throws(ConsistencyError) -> Certificate {
    try validate()
    let solver = solver(hypothesis ?? usualHypothesis, effort)
    switch solver.decide(scores) {
    case .feasible(let witness): return consistent(solver, witness, explaining: explaining)
    case .infeasible(let proof): return inconsistent(solver, proof, explaining: explaining)
    case .unknown: return undecided(solver)
    }
  }

  /// Whether the scores are possible, as fast as can be: no explanation, no count.
  public func verdict(_ hypothesis: Hypothesis? = nil) throws(ConsistencyError) -> Verdict {
    try validate()
    switch solver(hypothesis ?? usualHypothesis, effort).decide(scores) {
    case .feasible: return .consistent
    case .infeasible: return .inconsistent
    case .unknown: return .undecided
    }
  }

  private func solver(_ hypothesis: Hypothesis, _ effort: Int) -> Solver {
    Solver(
      design: design, hypothesis: hypothesis, acceptsConvention: acceptsConvention,
      effort: effort, patients: patients)
  }

  /// The answers under every reading the field uses, possible ones first, the usual ones before
  /// the rarer within them.
  public func rankedHypotheses() throws(ConsistencyError) -> [Certificate] {
    var certificates: [Certificate] = []
    for hypothesis in Hypothesis.candidates(
      classCount: classCount, knowsPatients: patients != nil)
    {
      certificates.append(try certificate(hypothesis, explaining: false))
    }
    let rank: [Verdict: Int] = [.consistent: 0, .undecided: 1, .inconsistent: 2]
    return certificates.enumerated().sorted {
      (rank[$0.element.verdict] ?? 3, $0.offset) < (rank[$1.element.verdict] ?? 3, $1.offset)
    }.map(\.element)
  }

  /// The number of classes the design speaks of.
  public var classCount: Int {
    switch design {
    case .multiclass(let sizes): sizes.count
    case .meanOverMulticlassFolds(let folds): folds.first?.count ?? 2
    default: 2
    }
  }

  /// Scores of the positive class for two classes, macro averages for more.
  public var usualHypothesis: Hypothesis { Hypothesis(classCount == 2 ? .binary : .macro) }

  private func validate() throws(ConsistencyError) {
    guard !scores.isEmpty else { throw .noScores }
    func require(_ condition: Bool, _ message: String) throws(ConsistencyError) {
      if !condition { throw .invalidCounts(message) }
    }
    let limit = 1 << 30
    if let patients {
      try require(
        patients >= 1 && patients <= limit,
        "the number of patients must lie between 1 and \(limit), got \(patients)")
    }
    switch design {
    case .unknown: break
    case .binary(let positives, let negatives):
      for (name, range) in [("positives", positives), ("negatives", negatives)] {
        try require(
          range.lower >= 0 && range.lower <= range.upper && range.upper <= limit,
          "the number of \(name) must lie between 0 and \(limit), got "
            + "\(range.lower) … \(range.upper)")
      }
      try require(
        positives.upper + negatives.upper > 0, "a test set needs at least one sample")
    case .binaryTotal(let total):
      try require(
        total.lower >= 1 && total.lower <= total.upper && total.upper <= limit,
        "the number of samples must lie between 1 and \(limit), got "
          + "\(total.lower) … \(total.upper)")
    case .multiclass(let sizes):
      try require(sizes.count >= 2, "give the sizes of at least two classes")
      try require(
        sizes.allSatisfy { $0 >= 1 && $0 <= limit / 64 },
        "every class needs at least one sample, got \(sizes)")
    case .meanOverFolds(let datasets, _):
      try require(!datasets.isEmpty, "give at least one data set with its folds")
      for dataset in datasets {
        switch dataset.folds {
        case .known(let folds):
          try require(
            !folds.isEmpty
              && folds.allSatisfy {
                $0.positives >= 0 && $0.negatives >= 0 && $0.total > 0 && $0.total <= limit
              }, "every fold needs at least one sample")
        case .unknown(let counts, let folds, let repeats):
          try require(
            counts.positives >= 1 && counts.negatives >= 1 && folds >= 1 && repeats >= 1
              && counts.total >= folds && counts.total <= limit,
            "\(folds) folds of \(counts.positives) + \(counts.negatives) samples make no sense")
        }
      }
    case .meanOverMulticlassFolds(let folds):
      try require(
        !folds.isEmpty && folds.allSatisfy { $0.count == folds[0].count && $0.count >= 2 },
        "every fold needs the sizes of the same classes")
      try require(
        folds.allSatisfy { $0.allSatisfy { $0 >= 1 && $0 <= limit / 64 } },
        "every class needs at least one sample in every fold")
    }
  }

  // MARK: Certificates

  private func consistent(
    _ solver: Solver, _ witness: Witness, explaining: Bool
  ) -> Certificate {
    var count: Int?
    if explaining, solver.hypothesis.accuracy != .patientLevel,
      case .binary(let positives, let negatives) = design, positives.isExact, negatives.isExact
    {
      count = BinaryDecision(
        hypothesis: solver.hypothesis, acceptsConvention: acceptsConvention, budget: effort
      ).countSolutions(positives.lower, negatives.lower, scores)
    }
    return Certificate(
      .consistent, solver.hypothesis, witness: witness, solutionCount: count,
      computation: solver.hypothesis.accuracy == .patientLevel
        ? Sentences.consistent(witness, scores, patients: patients)
        : Sentences.consistent(witness, scores, count))
  }

  private func inconsistent(
    _ solver: Solver, _ proof: Proof, explaining: Bool
  ) -> Certificate {
    guard explaining else {
      return Certificate(
        .inconsistent, solver.hypothesis, proof: proof,
        computation: Sentences.inconsistent(scores, [], design))
    }
    // Explaining asks many questions, so each gets less effort; what stays open only makes the
    // conflict larger than it might be.
    let quicker = self.solver(solver.hypothesis, effort / 10)
    let explainer = ConflictExplainer(decide: quicker.decide)
    let conflict = explainer.smallestConflict(in: scores)
    let shorter = conflict.count < scores.count ? quicker.decide(conflict).proof : nil
    let nearest = explainer.nearestValues(in: conflict)
    return Certificate(
      .inconsistent, solver.hypothesis, conflict: conflict, nearest: nearest,
      proof: shorter ?? proof, computation: Sentences.inconsistent(conflict, nearest, design))
  }

  private func undecided(_ solver: Solver) -> Certificate {
    Certificate(
      .undecided, solver.hypothesis,
      computation: "neither a confusion matrix nor a contradiction was found",
      missing: Sentences.missing(design))
  }
}
