// How per-class metrics become one number, and the metrics of the whole K × K matrix.

/// How a per-class metric is averaged over classes.
public enum Averaging: Hashable, Sendable {
  /// The metric of one class against the rest.
  case binary(positive: Int)
  /// The unweighted mean over classes.
  case macro
  /// The mean over classes, weighted by their numbers of samples.
  case weighted
  /// The metric of the summed one-vs-rest matrices.
  case micro
}

/// What an undefined class contributes to an average.
public enum UndefinedHandling: Hashable, Sendable {
  /// The average is undefined too.
  case propagate
  /// The class counts as zero (scikit-learn's default, with a warning).
  case zero
  /// The class is left out (scikit-learn's `zero_division=nan`).
  case skip
}

extension ConfusionMatrix {
  /// A per-class metric, averaged; for instance `matrix.average(\.f1, .macro)`.
  public func average(
    _ metric: (BinaryCounts) -> Score, _ averaging: Averaging,
    undefined: UndefinedHandling = .propagate
  ) -> Score {
    switch averaging {
    case .binary(let positive): return metric(counts(of: positive))
    case .micro: return metric(pooledCounts)
    case .macro: return mean(metric, weights: nil, undefined)
    case .weighted: return mean(metric, weights: trueCounts.map(Double.init), undefined)
    }
  }

  private func mean(
    _ metric: (BinaryCounts) -> Score, weights: [Double]?, _ undefined: UndefinedHandling
  ) -> Score {
    var sum = 0.0
    var total = 0.0
    for label in 0..<classCount {
      let weight = weights?[label] ?? 1
      switch (metric(counts(of: label)), undefined) {
      case (.value(let value), _):
        sum += weight * value
        total += weight
      case (.undefined, .zero): total += weight
      case (.undefined, .skip): continue
      case (.undefined(let reason), .propagate):
        if weight > 0 { return .undefined(reason) }
      }
    }
    return .ratio(sum, total, .noSamples)
  }

  /// The share of samples on the diagonal.
  public var accuracy: Score { .ratio(Double(correct), Double(total), .noSamples) }
  /// One minus accuracy.
  public var errorRate: Score { accuracy.map { 1 - $0 } }
  /// The mean recall of the classes that occur.
  public var balancedAccuracy: Score { average(\.recall, .macro, undefined: .skip) }

  /// The harmonic mean of averaged precision and averaged recall, which some papers print as F1.
  ///
  /// It is never below the average of the per-class F1 (Opitz & Burst 2019, arXiv:1911.03347).
  public func f1OfAverages(
    _ averaging: Averaging = .macro, undefined: UndefinedHandling = .propagate
  ) -> Score {
    .combine(
      average(\.precision, averaging, undefined: undefined),
      average(\.recall, averaging, undefined: undefined)
    ) { .ratio(2 * $0 * $1, $0 + $1, .zeroDenominator) }
  }

  /// Matthews' correlation coefficient of K classes (Gorodkin 2004).
  public var matthews: Score {
    let total = Double(self.total)
    let rows = trueCounts.map(Double.init)
    let columns = predictedCounts.map(Double.init)
    let agreement = zip(rows, columns).reduce(0) { $0 + $1.0 * $1.1 }
    let rowSquares = rows.reduce(0) { $0 + $1 * $1 }
    let columnSquares = columns.reduce(0) { $0 + $1 * $1 }
    let denominator =
      (total * total - columnSquares).squareRoot() * (total * total - rowSquares).squareRoot()
    return .ratio(Double(correct) * total - agreement, denominator, .oneLabelOnly)
  }

  /// Disagreement weights of Cohen's kappa.
  public enum KappaWeights: Hashable, Sendable {
    case none, linear, quadratic
  }

  /// Cohen's kappa; quadratic weights suit ordered grades such as those of retinopathy.
  public func kappa(weights: KappaWeights = .none) -> Score {
    let total = Double(self.total)
    let rows = trueCounts.map(Double.init)
    let columns = predictedCounts.map(Double.init)
    var observed = 0.0
    var expected = 0.0
    for row in 0..<classCount {
      for column in 0..<classCount where row != column {
        let distance = Double(abs(row - column))
        let weight: Double =
          switch weights {
          case .none: 1
          case .linear: distance
          case .quadratic: distance * distance
          }
        observed += weight * Double(self[row, column])
        expected += weight * rows[row] * columns[column]
      }
    }
    return Score.ratio(observed * total, expected, .oneLabelOnly).map { 1 - $0 }
  }
}
