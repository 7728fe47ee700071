// Classifiers on features that are not trained by gradient steps of the engine.

import Foundation
import Neural

/// Multinomial logistic regression with an L2 penalty, ½‖W‖² + Σ loss, as scikit-learn's default
/// (C = 1, the intercept free), solved by L-BFGS (Liu and Nocedal 1989, doi 10.1007/BF01589116).
struct LogisticRegression {
  private let classes: Int
  private let width: Int
  /// K × F weights, then K intercepts.
  private let solution: [Double]

  init(features: Tensor, labels: [Int], classes: Int) {
    self.classes = classes
    width = features.shape[1]
    let objective = Objective(features: features, labels: labels, classes: classes)
    solution = LBFGS.minimise(
      [Double](repeating: 0, count: classes * (features.shape[1] + 1)), objective.evaluate)
  }

  /// K × F.
  var weights: [Float] { solution[..<(classes * width)].map { Float($0) } }
  /// One for each class.
  var bias: [Float] { solution[(classes * width)...].map { Float($0) } }

  func probabilities(_ features: Tensor) -> [[Float]] {
    (0..<features.shape[0]).map { n in
      Objective.softmax(
        Objective.logits(features, n, solution, classes: classes, width: width)
      ).map(Float.init)
    }
  }

  private struct Objective {
    let features: Tensor
    let labels: [Int]
    let classes: Int

    static func logits(
      _ features: Tensor, _ n: Int, _ w: [Double], classes: Int, width: Int
    ) -> [Double] {
      (0..<classes).map { k in
        var sum = w[classes * width + k]
        for f in 0..<width { sum += w[k * width + f] * Double(features.values[n * width + f]) }
        return sum
      }
    }

    static func softmax(_ logits: [Double]) -> [Double] {
      let top = logits.max() ?? 0
      let terms = logits.map { exp($0 - top) }
      let sum = terms.reduce(0, +)
      return terms.map { $0 / sum }
    }

    /// The penalised loss and its gradient.
    func evaluate(_ w: [Double]) -> (value: Double, gradient: [Double]) {
      let width = features.shape[1]
      let weights = classes * width
      var gradient = w
      for k in 0..<classes { gradient[weights + k] = 0 }
      var value = 0.0
      for index in 0..<weights { value += w[index] * w[index] / 2 }
      for n in labels.indices {
        let p = Self.softmax(
          Self.logits(features, n, w, classes: classes, width: width))
        value -= log(max(p[labels[n]], 1e-300))
        for k in 0..<classes {
          let slope = p[k] - (k == labels[n] ? 1 : 0)
          gradient[weights + k] += slope
          for f in 0..<width {
            gradient[k * width + f] += slope * Double(features.values[n * width + f])
          }
        }
      }
      return (value, gradient)
    }
  }
}

/// Limited-memory BFGS with a backtracking line search, for smooth convex functions.
enum LBFGS {
  /// The minimum, from `start`, to a gradient below 1e-4 of the function's scale or 200 steps.
  static func minimise(
    _ start: [Double], _ evaluate: ([Double]) -> (value: Double, gradient: [Double])
  ) -> [Double] {
    var x = start
    var (value, gradient) = evaluate(x)
    var history: [(s: [Double], y: [Double])] = []
    for _ in 0..<200 {
      if (gradient.map(abs).max() ?? 0) < 1e-4 { break }
      let direction = step(gradient, history)
      let slope = dot(gradient, direction)
      guard slope < 0 else { break }
      var length = history.isEmpty ? 1 / max(1, dot(gradient, gradient).squareRoot()) : 1
      var next = x
      var trial = (value: Double.infinity, gradient: gradient)
      while length > 1e-12 {
        next = zip(x, direction).map { $0 + length * $1 }
        trial = evaluate(next)
        if trial.value <= value + 1e-4 * length * slope { break }
        length /= 2
      }
      guard trial.value < value else { break }
      let s = zip(next, x).map { $0 - $1 }
      let y = zip(trial.gradient, gradient).map { $0 - $1 }
      if dot(s, y) > 1e-12 {
        history.append((s, y))
        if history.count > 10 { history.removeFirst() }
      }
      x = next
      (value, gradient) = trial
    }
    return x
  }

  /// Minus the approximate inverse Hessian times the gradient (two-loop recursion).
  private static func step(_ gradient: [Double], _ history: [(s: [Double], y: [Double])])
    -> [Double]
  {
    var q = gradient
    var factors: [Double] = []
    for (s, y) in history.reversed() {
      let a = dot(s, q) / dot(s, y)
      factors.append(a)
      for index in q.indices { q[index] -= a * y[index] }
    }
    if let (s, y) = history.last {
      let scale = dot(s, y) / dot(y, y)
      for index in q.indices { q[index] *= scale }
    }
    for ((s, y), a) in zip(history, factors.reversed()) {
      let b = dot(y, q) / dot(s, y)
      for index in q.indices { q[index] += s[index] * (a - b) }
    }
    return q.map { -$0 }
  }

  private static func dot(_ a: [Double], _ b: [Double]) -> Double {
    var sum = 0.0
    for index in a.indices { sum += a[index] * b[index] }
    return sum
  }
}

/// k nearest neighbours by Euclidean distance; a class's probability is its share of the k votes.
/// Equal distances go to the earlier training image.
struct NearestNeighbours {
  private let features: Tensor
  private let labels: [Int]
  private let classes: Int
  private let neighbours: Int

  init(features: Tensor, labels: [Int], classes: Int, neighbours: Int) {
    self.features = features
    self.labels = labels
    self.classes = classes
    self.neighbours = min(neighbours, labels.count)
  }

  func probabilities(_ queries: Tensor) -> [[Float]] {
    let width = features.shape[1]
    return (0..<queries.shape[0]).map { n in
      var nearest: [(distance: Float, index: Int)] = []
      for m in labels.indices {
        var distance: Float = 0
        for f in 0..<width {
          let difference = queries.values[n * width + f] - features.values[m * width + f]
          distance += difference * difference
        }
        if nearest.count == neighbours, let last = nearest.last, distance >= last.distance {
          continue
        }
        let place = nearest.firstIndex { $0.distance > distance } ?? nearest.count
        nearest.insert((distance, m), at: place)
        if nearest.count > neighbours { nearest.removeLast() }
      }
      var votes = [Float](repeating: 0, count: classes)
      for (_, index) in nearest { votes[labels[index]] += 1 }
      return votes.map { $0 / Float(max(nearest.count, 1)) }
    }
  }
}
