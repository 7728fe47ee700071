// What the area under the ROC curve says about accuracy, and accuracy about the area.

extension AUCBounds {
  /// The accuracies that a point of a curve with this area can have, over all monotone curves.
  ///
  /// Through (f, s) the area is between s(1 − f) and 1 − (1 − s)f; every accuracy for which some such
  /// point exists is returned as one interval (`acc_min` … `acc_max`).
  public static func accuracy(
    area: Double, positives: Int, negatives: Int
  ) -> ClosedRange<Double> {
    let p = Double(positives)
    let n = Double(negatives)
    let area = min(1, max(0, area))
    // Greatest: se·sp ≤ AUC, so the best corner is (se, sp) = (1, AUC) or (AUC, 1), as the accuracy
    // is linear and the region's upper edge convex. Least: (1 − se)(1 − sp) ≤ 1 − AUC mirrors it.
    let most = max(p + n * area, p * area + n) / (p + n)
    let least = min(p * area, n * area) / (p + n)
    return least...most
  }

  /// The greatest accuracy over a curve's points lies between these two (`macc_min` … `acc_max`).
  ///
  /// A curve whose best accuracy is A lies below the line of equal accuracy, so its area is at most
  /// the area under that line; the least A is found by bisection. It is never below max(p, n)/(p + n),
  /// which the corners of every curve reach.
  public static func bestAccuracy(
    area: Double, positives: Int, negatives: Int
  ) -> ClosedRange<Double> {
    let p = Double(positives)
    let n = Double(negatives)
    var low = max(p, n) / (p + n)
    let most = max(low, accuracy(area: area, positives: positives, negatives: negatives).upperBound)
    if areaUnderAccuracyLine(low, p, n) < area {
      var high = 1.0
      for _ in 0..<200 {
        let middle = (low + high) / 2
        if areaUnderAccuracyLine(middle, p, n) < area { low = middle } else { high = middle }
      }
    }
    return min(low, most)...most
  }

  /// The areas of all monotone curves with a point of this accuracy (`min` … `max` from accuracy).
  ///
  /// Both se·sp and (1 − se)(1 − sp) are concave along a line of equal accuracy, so both are least at
  /// its ends.
  public static func area(
    accuracy: Double, positives: Int, negatives: Int
  ) -> ClosedRange<Double> {
    let ends = endsOfAccuracyLine(accuracy, Double(positives), Double(negatives))
    let lower = ends.map(minimum).min() ?? 0
    return lower...max(lower, ends.map(maximum).max() ?? 1)
  }

  /// The least area of a curve that nowhere falls below the diagonal and has a point of this accuracy
  /// (`rmin` from accuracy); nil when no such point lies on or above the diagonal.
  public static func regulatedMinimum(
    accuracy: Double, positives: Int, negatives: Int
  ) -> Double? {
    let gains = endsOfAccuracyLine(accuracy, Double(positives), Double(negatives))
      .map { $0.sensitivity + $0.specificity - 1 }
    guard let least = gains.min(), let most = gains.max(), most >= 0 else { return nil }
    let gain = max(0, least)
    return 0.5 + gain * gain / 2
  }

  /// The accuracies of points on curves with this area that nowhere fall below the diagonal
  /// (`acc_rmin` … `acc_rmax`): se + sp − 1 ≤ √(2·AUC − 1). Nil below an area of one half.
  public static func regulatedAccuracy(
    area: Double, positives: Int, negatives: Int
  ) -> ClosedRange<Double>? {
    guard area >= 0.5 else { return nil }
    let (p, n) = (Double(positives), Double(negatives))
    let gain = max(0, 2 * min(1, area) - 1).squareRoot()
    return min(p, n) / (p + n)...(max(p, n) + min(p, n) * gain) / (p + n)
  }

  private static func endsOfAccuracyLine(
    _ accuracy: Double, _ p: Double, _ n: Double
  ) -> [RatePoint] {
    let correct = min(1, max(0, accuracy)) * (p + n)
    return [min(p, correct), max(0, correct - n)].map {
      RatePoint(sensitivity: $0 / p, specificity: (correct - $0) / n)
    }
  }

  /// Checks a printed accuracy of one point against the printed area of the curve through it.
  ///
  /// The verdict is inconsistent when no monotone curve with the area has a point of the accuracy.
  public static func check(
    accuracy: ReportedScore, area: ReportedScoreInterval, positives: Int, negatives: Int
  ) -> Finding {
    // Both ends rise with the area.
    let range =
      self.accuracy(
        area: area.interval.low, positives: positives, negatives: negatives
      )
      .lowerBound...self
      .accuracy(area: area.interval.high, positives: positives, negatives: negatives).upperBound
    let sentence =
      "with an area of \(area.text), accuracy lies in \(rounded(range.lowerBound)) … "
      + "\(rounded(range.upperBound)) for \(positives) positives and \(negatives) negatives"
    let isOutside =
      accuracy.interval.high < range.lowerBound - 1e-12
      || accuracy.interval.low > range.upperBound + 1e-12
    return Finding(
      verdict: isOutside ? .inconsistent : .consistent,
      computation: sentence + (isOutside ? ", not \(accuracy.text)" : ""), kinds: [.accuracy])
  }
}
