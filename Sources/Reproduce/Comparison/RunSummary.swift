// From the seeds' results to summaries, and from claims to comparisons.

import Evidence
import Scoring

/// Summaries over seeds, and the verdict of each claim.
enum RunSummary {
  /// Every metric that has a value for at least one seed, in the order of the first seed.
  static func summaries(_ results: [RunRecord.SeedResult], level: Double) -> [MetricSummary] {
    guard let first = results.first else { return [] }
    return first.metrics.compactMap { metric in
      let values = results.compactMap { result in
        result.metrics.first { $0.name == metric.name }?.value
      }
      return values.isEmpty
        ? nil : MetricSummary(name: metric.name, values: values, level: level)
    }
  }

  /// Every claim of the recipe's experiment beside the run, in the knowledge base's order.
  static func comparisons(
    plan: RunPlan, knowledge: KnowledgeBase, results: [RunRecord.SeedResult],
    summaries: [MetricSummary]
  ) -> [ClaimComparison] {
    guard let experiment = plan.experiment else { return [] }
    let rules = VerdictRules(plan.recipe, overrides: plan.options.overrides)
    return experiment.claims.map { claim in
      let run = summary(for: claim, plan: plan, among: summaries)
      return rules.judge(
        ReportedValue(claim), run: run, kind: plan.kind, ledger: plan.ledger,
        testVariance: run.map { testVariance($0, plan: plan, results: results) } ?? 0,
        testImages: results.first?.testImages ?? 0)
    }
  }

  /// The run's metric that a claim means; nil for one class, a subset, clinicians or a metric that
  /// is not computed.
  private static func summary(
    for claim: Claim, plan: RunPlan, among summaries: [MetricSummary]
  ) -> MetricSummary? {
    guard claim.ofClass == nil, claim.of == .model, !claim.printed.isRange else { return nil }
    let averaging =
      claim.averaging.stated?.rawValue ?? plan.recipe.evaluation.averaging.value.rawValue
    let candidates = summaries.filter { $0.name.metric == claim.metric }
    if candidates.count == 1 { return candidates.first }
    return candidates.first { $0.name.averaging == averaging }
      ?? (claim.averaging.stated == nil ? candidates.first : nil)
  }

  /// What the choice of test images adds to the mean's variance: nothing where the study's own
  /// official parts are used or every seed draws its own, else the variance of one interval.
  private static func testVariance(
    _ summary: MetricSummary, plan: RunPlan, results: [RunRecord.SeedResult]
  ) -> Double {
    let split = plan.recipe.split
    if split.kind.value == .official || split.seed.value == "per-seed" { return 0 }
    let interval = results.first?.metrics.first { $0.name == summary.name }?.intervals.first
    guard let interval else { return 0 }
    let z = Normal.quantile(1 - (1 - interval.level) / 2)
    let deviation = (interval.high - interval.low) / (2 * z)
    return deviation * deviation
  }
}

extension ReportedValue {
  package init(_ claim: Claim) {
    let divisor = claim.unit.divisor
    metric = claim.metric
    text = claim.text
    value = claim.value
    halfWidth = claim.printed.halfWidth / divisor
    at = claim.at
    averaging = claim.averaging.map(\.rawValue).description
    var parts: [String] = []
    if let name = claim.ofClass { parts.append("class \(name)") }
    if let subset = claim.subset { parts.append(subset) }
    if claim.of == .clinicians { parts.append("clinicians") }
    if claim.printed.isRange { parts.append("a range") }
    scope = parts.isEmpty ? nil : parts.joined(separator: ", ")
    isUncertain = claim.uncertain != nil
  }
}
