// Support vector machines on features: linear by LIBLINEAR, RBF kernel by LIBSVM.

import CSupportVectors
import Foundation
import Neural

/// A support vector machine; what it gives for each image are softmax values of its decisions.
///
/// They rank images as the decisions do and sum to 1, but they are no calibrated probabilities. With
/// the kernel, several classes are decided one against one, and votes and margins are combined as
/// scikit-learn's `SVC(break_ties=True)` does; the linear machine is scikit-learn's
/// `LinearSVC(dual=False)`.
struct SupportVectors {
  enum Kernel: Hashable {
    case linear
    /// exp(−γ‖x − y‖²); nil takes 1 / (features × their variance), scikit-learn's `scale`.
    case radial(gamma: Double?)
  }

  private let kernel: Kernel
  private let cost: Double
  private let classes: Int
  /// The classes that occur in training, in order.
  private let present: [Int]
  private let width: Int
  /// Sorted by label, so that the libraries number classes as we do.
  private let training: [Double]
  private let labels: [Double]

  init(features: Tensor, labels: [Int], classes: Int, kernel: Kernel, cost: Double) {
    self.kernel = kernel
    self.cost = cost
    self.classes = classes
    width = features.shape[1]
    present = Set(labels).sorted()
    let width = self.width
    let order = labels.indices.sorted { (labels[$0], $0) < (labels[$1], $1) }
    training = order.flatMap { row in
      features.values[(row * width)..<((row + 1) * width)].map(Double.init)
    }
    self.labels = order.map { Double(labels[$0]) }
  }

  /// One row per query, a number for every class.
  func probabilities(_ queries: Tensor) throws(ReproduceError) -> [[Float]] {
    try decisions(queries).map { row in
      var all = [Double](repeating: -.infinity, count: classes)
      for (value, label) in zip(row, present) { all[label] = value }
      let top = row.max() ?? 0
      let terms = all.map { exp($0 - top) }
      let sum = terms.reduce(0, +)
      return terms.map { Float($0 / sum) }
    }
  }

  /// The decisions, one for each class that occurs: of two classes ∓½ the machine's own value.
  func decisions(_ queries: Tensor) throws(ReproduceError) -> [[Double]] {
    let count = queries.shape[0]
    let k = present.count
    let raw = try solve(queries.values.map(Double.init), count)
    return (0..<count).map { n in
      if k == 2 { return [-raw[n] / 2, raw[n] / 2] }
      guard case .radial = kernel else { return Array(raw[(n * k)..<((n + 1) * k)]) }
      let pairs = k * (k - 1) / 2
      return Self.combined(raw[(n * pairs)..<((n + 1) * pairs)], k)
    }
  }

  /// Votes of the pairs, ties broken by their margins.
  private static func combined(_ pairs: ArraySlice<Double>, _ classes: Int) -> [Double] {
    var votes = [Double](repeating: 0, count: classes)
    var margins = votes
    var at = pairs.startIndex
    for i in 0..<classes {
      for j in (i + 1)..<max(classes, i + 1) {
        votes[pairs[at] < 0 ? j : i] += 1
        margins[i] += pairs[at]
        margins[j] -= pairs[at]
        at += 1
      }
    }
    return zip(votes, margins).map { $0 + $1 / (3 * (abs($1) + 1)) }
  }

  /// The library's decisions: for the kernel of pairs (negated for two classes), else of classes.
  private func solve(_ queries: [Double], _ count: Int) throws(ReproduceError) -> [Double] {
    let k = present.count
    var isRadial = false
    if case .radial = kernel { isRadial = true }
    let each = k == 2 ? 1 : isRadial ? k * (k - 1) / 2 : k
    var result = [Double](repeating: 0, count: count * each)
    var error = [CChar](repeating: 0, count: 256)
    let code: Int32
    switch kernel {
    case .linear:
      code = sv_linear(
        training, labels, labels.count, Int32(width), cost, queries, count, Int32(k), &result,
        &error, Int32(error.count))
    case .radial(let gamma):
      code = sv_kernel(
        training, labels, labels.count, Int32(width), cost, gamma ?? scale, queries, count,
        Int32(k), &result, &error, Int32(error.count))
      // With two classes the kernel's value is positive for the first.
      if k == 2 { result = result.map { -$0 } }
    }
    let reason = String(
      decoding: error.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    switch Int(code) {
    case Int(SV_DONE.rawValue): return result
    case Int(SV_MISSING.rawValue):
      throw isRadial
        ? .missingLibrary(name: "LIBSVM", package: "libsvm3", reason: reason)
        : .missingLibrary(name: "LIBLINEAR", package: "liblinear4", reason: reason)
    default: throw .badHead(head: isRadial ? "rbf-svm" : "linear-svm", reason: reason)
    }
  }

  /// 1 / (features × variance of all their values).
  private var scale: Double {
    let count = Double(max(training.count, 1))
    let mean = training.reduce(0, +) / count
    let variance = training.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
    return variance > 0 ? 1 / (Double(width) * variance) : 1
  }
}
