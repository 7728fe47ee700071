// The answer of a consistency check, with what proves it.
import Scoring

/// Whether any confusion matrix can give a set of scores.
public enum Verdict: String, Hashable, Sendable, Codable {
  /// A confusion matrix was found whose scores print exactly as reported.
  case consistent
  /// Proved: no confusion matrix gives the reported scores.
  case inconsistent
  /// Neither could be shown with what is known, within the effort allowed.
  case undecided
}

/// Counts whose scores print as reported.
public enum Witness: Hashable, Sendable {
  case counts(BinaryCounts)
  case matrix(ConfusionMatrix)
  /// One entry per fold, data sets one after the other.
  case folds([BinaryCounts])
  case foldMatrices([ConfusionMatrix])
  /// So many patients classified rightly, where only the share of them was checked.
  case patients(correct: Int, of: Int)
}

/// The values nearest to a printed score that would be possible with the other scores.
public struct NearestValues: Hashable, Sendable {
  public let score: ReportedScore
  /// The next possible printed value below; nil when there is none or none was found.
  public let below: String?
  public let above: String?
}

/// The answer to a consistency check: a verdict with its proof or witness.
public struct Certificate: Hashable, Sendable {
  public let verdict: Verdict
  public let hypothesis: Hypothesis
  /// A confusion matrix (or several) that gives the scores, when consistent.
  public let witness: Witness?
  /// How many (TP, TN) pairs give the scores, where they were counted.
  public let solutionCount: Int?
  /// The smallest set of scores that contradict each other, when inconsistent.
  public let conflict: [ReportedScore]
  /// For each score of the conflict, the nearest values that the others allow.
  public let nearest: [NearestValues]
  /// How the contradiction was proved, when inconsistent.
  public let proof: Proof?
  /// Why, in one line that shows the computation.
  public let computation: String
  /// When undecided: what would decide it.
  public let missing: String?

  init(
    _ verdict: Verdict, _ hypothesis: Hypothesis, witness: Witness? = nil,
    solutionCount: Int? = nil, conflict: [ReportedScore] = [], nearest: [NearestValues] = [],
    proof: Proof? = nil, computation: String, missing: String? = nil
  ) {
    self.verdict = verdict
    self.hypothesis = hypothesis
    self.witness = witness
    self.solutionCount = solutionCount
    self.conflict = conflict
    self.nearest = nearest
    self.proof = proof
    self.computation = computation
    self.missing = missing
  }
}

/// What a solver finds out about a set of requirements.
enum Feasibility {
  case feasible(Witness)
  case infeasible(Proof)
  case unknown

  var isInfeasible: Bool { proof != nil }

  /// How infeasibility was proved.
  var proof: Proof? {
    if case .infeasible(let proof) = self { return proof }
    return nil
  }
}
