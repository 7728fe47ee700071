// What the network's outputs mean: one of several classes, or several findings at once.

import Foundation
import Imaging
import Neural

/// The names of the outputs, and how many of them an image can show.
struct Outputs: Sendable {
  let names: [String]
  /// Whether an image shows any number of them instead of exactly one.
  let isMultiLabel: Bool

  var count: Int { names.count }

  /// What the images of a training batch should give: shares of the classes where they were mixed.
  func targets(of batch: Batch, in samples: [Sample]) -> Targets {
    guard let shares = batch.targets, !isMultiLabel else {
      return targets(batch.indices.map { samples[$0] })
    }
    return .shares(Tensor(shape: [batch.count, shares.count / batch.count], values: shares))
  }

  /// What the samples should give.
  func targets(_ samples: some Collection<Sample>) -> Targets {
    guard isMultiLabel else { return .classes(samples.map(\.label)) }
    var values = [Float](repeating: 0, count: samples.count * count)
    for (row, sample) in samples.enumerated() {
      for finding in sample.findings ?? [] { values[row * count + finding] = 1 }
    }
    return .labels(Tensor(shape: [samples.count, count], values: values))
  }

  /// One row per image: softmax of the logits, or each logit's own probability.
  func probabilities(_ logits: Tensor) -> [[Float]] {
    RunPlan.rows(logits).map { row in
      if isMultiLabel { return row.map { Float(1 / (1 + exp(-Double($0)))) } }
      let top = row.reduce(-Double.infinity) { max($0, Double($1)) }
      let terms = row.map { exp(Double($0) - top) }
      let sum = terms.reduce(0, +)
      return terms.map { Float($0 / sum) }
    }
  }
}
