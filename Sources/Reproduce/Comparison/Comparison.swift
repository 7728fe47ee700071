// Reported beside reproduced: results with intervals, and the verdict of each claim.

import Evidence

/// A value's interval and how it was computed.
package struct Bounds: Codable, Hashable, Sendable {
  package let low: Double
  package let high: Double
  package let level: Double
  /// `wilson`, `clopper-pearson`, `delong`, `clustered delong`, `bootstrap`, `patient bootstrap`,
  /// `prediction`, `t`.
  package let method: String
}

/// A metric with what makes it comparable: its averaging, or the one class it is of.
package struct MetricName: Codable, Hashable, Sendable, CustomStringConvertible {
  package let metric: Metric
  /// `binary`, `macro`, `weighted`, `micro`; nil where averaging does not arise (accuracy).
  package let averaging: String?
  /// The positive class of a binary value.
  package let positive: String?

  package init(metric: Metric, averaging: String?, positive: String?) {
    self.metric = metric
    self.averaging = averaging
    self.positive = positive
  }

  package var description: String {
    switch (averaging, positive) {
    case (nil, _): metric.title
    case (let averaging?, nil): "\(metric.title) (\(averaging))"
    case (let averaging?, let positive?): "\(metric.title) (\(averaging), positive: \(positive))"
    }
  }
}

/// One metric of one run's test predictions.
package struct MetricValue: Codable, Hashable, Sendable {
  package let name: MetricName
  /// Nil where the metric is undefined on these predictions.
  package let value: Double?
  /// Why it is undefined, or what was counted as 0.
  package let note: String?
  /// The first is the one to read: where patients have several images it counts whole patients.
  package let intervals: [Bounds]
}

/// One metric over the seeds of a run.
package struct MetricSummary: Codable, Hashable, Sendable {
  package let name: MetricName
  /// The values in the order of the seeds, those that are defined.
  package let values: [Double]
  package let mean: Double
  /// Nil with a single seed.
  package let sd: Double?
  /// mean ± t·s·√(1 + 1/n): where one further seed would fall. Nil with a single seed.
  package let prediction: Bounds?

  /// - Precondition: there is a value.
  package init(name: MetricName, values: [Double], level: Double) {
    precondition(!values.isEmpty, "a summary of no values")
    self.name = name
    self.values = values
    mean = values.reduce(0, +) / Double(values.count)
    sd = VerdictRules.spread(values)?.sd
    prediction = VerdictRules.prediction(values, level: level)
  }

  /// ``prediction`` cut to the values that the metric can have, for people to read.
  package var possiblePrediction: Bounds? {
    let least: Double = [.kappa, .mcc].contains(name.metric) ? -1 : 0
    return prediction.map { bounds in
      Bounds(
        low: max(least, bounds.low), high: min(1, bounds.high), level: bounds.level,
        method: bounds.method)
    }
  }
}

/// What a run says about a claim.
package enum Verdict: String, Codable, Sendable, CaseIterable {
  /// Equivalent within the declared margin (two one-sided tests).
  case reproduced
  /// The reported value lies in the seeds' prediction interval; equivalence is not shown.
  case compatible
  /// Too few seeds or images to say.
  case inconclusive
  case notReproducedHigher = "not-reproduced-higher"
  case notReproducedLower = "not-reproduced-lower"
  /// The ledger has a deviation that makes it another question.
  case notComparable = "not-comparable"
  /// Run on other data than the study's: it shows the procedure, never a reproduction.
  case protocolOnly = "protocol-only"

  /// For people: `not reproduced (lower)`.
  package var title: String {
    switch self {
    case .reproduced: "reproduced"
    case .compatible: "compatible"
    case .inconclusive: "inconclusive"
    case .notReproducedHigher: "not reproduced (run is higher)"
    case .notReproducedLower: "not reproduced (run is lower)"
    case .notComparable: "not comparable"
    case .protocolOnly: "protocol only"
    }
  }
}

/// A claim as the record keeps it.
package struct ReportedValue: Codable, Hashable, Sendable {
  package let metric: Metric
  /// As a person writes it: `98.88%`.
  package let text: String
  /// As a fraction.
  package let value: Double
  /// Half of the last printed place, as a fraction.
  package let halfWidth: Double
  package let at: Place
  /// As the source gives it, `not reported` when it does not.
  package let averaging: String
  /// What it is of, when not of everything: a class, a subset, clinicians.
  package let scope: String?
  package let isUncertain: Bool
}

/// A claim beside what the run gave.
package struct ClaimComparison: Codable, Hashable, Sendable {
  package let reported: ReportedValue
  /// The run's value; nil when the run has no such metric. On a protocol run it is what the
  /// procedure gave on other data and is never subtracted from the reported value.
  package let run: MetricSummary?
  /// run − reported, as a fraction; only on the study's own data and a comparable set-up.
  package let difference: Double?
  /// The interval of the difference that the equivalence test looks at.
  package let equivalence: Bounds?
  package let margin: Double
  package let verdict: Verdict
  /// One sentence with the numbers that decided.
  package let because: String
  /// Seeds or test images that would decide; nil when no number would or none is needed.
  package let seedsToDecide: Int?
  package let imagesToDecide: Int?
}
