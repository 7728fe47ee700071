// Sensitivity and specificity pooled together over the studies of the store.

import Catalog
import Evidence
import Scoring

/// Sensitivity and specificity of studies pooled by the bivariate model.
public struct DiagnosticSynthesis: Sendable {
  public let level: Double
  public let rows: [SynthesisRow<BinaryCounts>]
  /// Studies that print both values and cannot be pooled.
  public let omissions: [SynthesisOmission]
  public let disagreements: [SynthesisDisagreement]
  /// Studies found that do not print both.
  public let withoutBoth: Int
  /// Nil for fewer than two rows.
  public let pooling: DiagnosticPooling?
  public let warnings: [String]
}

extension SynthesisQuestion {
  /// Pools sensitivity and specificity where a set-up prints both.
  public func diagnosticSynthesis(from store: Store) throws -> DiagnosticSynthesis {
    let (units, knowledge) = try units(from: store)
    let chooser = ClaimChooser(preference: preference, knowledge: knowledge)
    let sizes = SampleSizes(question: self, knowledge: knowledge)
    var rows: [SynthesisRow<BinaryCounts>] = []
    var omissions: [SynthesisOmission] = []
    var disagreements: [SynthesisDisagreement] = []
    let both: [Metric] = [.recall, .specificity]
    let found = units.filter { unit in
      unit.experiments.contains { experiment in
        both.allSatisfy { metric in
          experiment.claims.contains { $0.metric == metric && $0.of == .model }
        }
      }
    }
    for unit in found {
      do throws(Omitted) {
        let choices = try chooser.choices(of: both, in: unit, setUp: setUp(of: unit))
        disagreements += self.disagreements(choices, unit)
        rows.append(try row(choices, of: unit, sizes))
      } catch {
        omissions.append(
          SynthesisOmission(label: unit.label, study: unit.study.id, reason: error.reason))
      }
    }
    rows += try addedTables()
    let pooling = DiagnosticPooling(rows.map(\.measure))
    _ = try pooling?.sensitivityInterval(level: level)
    var warnings = SynthesisWarnings(knowledge: knowledge).common(rows)
    if pooling != nil, (3..<6).contains(rows.count) {
      warnings.append("with fewer than 6 studies the covariance between studies is a rough guess")
    }
    if let pooling, pooling.curveSlope == nil {
      warnings.append(
        "sensitivity does not rise with the false positive rate between studies: no SROC curve")
    }
    return DiagnosticSynthesis(
      level: level, rows: rows, omissions: omissions, disagreements: disagreements,
      withoutBoth: units.count - found.count, pooling: pooling, warnings: warnings)
  }

  private func row(
    _ choices: [ClaimChoice], of unit: SynthesisUnit, _ sizes: SampleSizes
  ) throws(Omitted) -> SynthesisRow<BinaryCounts> {
    let claims = choices.map(\.claim)
    let sized = try sizes.parts(for: claims, of: unit, in: choices[0].experiment)
    guard case .parts(let positives, let negatives) = sized.size else {
      throw Omitted("positives and negatives are needed apart")
    }
    let assumed = sized.origin.isAssumed
    let hits = try successes(of: claims[0], in: positives, assumed: assumed)
    let passes = try successes(of: claims[1], in: negatives, assumed: assumed)
    return SynthesisRow(
      label: unit.label, study: unit.study.id, datasets: unit.datasets,
      experiment: choices[0].experiment.id, claims: claims,
      measure: BinaryCounts(
        truePositives: hits.proportion.successes,
        falsePositives: negatives - passes.proportion.successes,
        trueNegatives: passes.proportion.successes,
        falseNegatives: positives - hits.proportion.successes),
      size: sized.size, sizeOrigin: sized.origin,
      notes: sized.notes + [hits.note, passes.note].compactMap { $0 } + notes(of: claims))
  }
}
