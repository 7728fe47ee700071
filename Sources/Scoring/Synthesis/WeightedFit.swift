// Weighted least squares with a few columns: the step that every pooling model repeats.

/// The fit of y = Xβ with given weights, and the traces of its residual matrix.
///
/// N studies, P columns; P = W − WX(X′WX)⁻¹X′W is the residual matrix.
struct WeightedFit {
  /// β, P numbers.
  let coefficients: [Double]
  /// (X′WX)⁻¹, P × P.
  let covariance: [[Double]]
  /// Σ wᵢ(yᵢ − xᵢβ)².
  let residual: Double
  /// Σ wᵢ²(yᵢ − xᵢβ)², y′PPy.
  let squaredResidual: Double
  private let weights: [Double]
  private let design: [[Double]]

  /// Nil when the columns are collinear under these weights.
  init?(_ outcomes: [Double], design: [[Double]], weights: [Double]) {
    let columns = design[0].count
    var cross = [[Double]](repeating: [Double](repeating: 0, count: columns), count: columns)
    var target = [Double](repeating: 0, count: columns)
    for (index, row) in design.enumerated() {
      for i in 0..<columns {
        target[i] += weights[index] * row[i] * outcomes[index]
        for j in 0..<columns { cross[i][j] += weights[index] * row[i] * row[j] }
      }
    }
    guard let inverse = invertedPositive(cross) else { return nil }
    let beta = inverse.map { dot($0, target) }
    var residual = 0.0
    var squared = 0.0
    for (index, row) in design.enumerated() {
      let error = outcomes[index] - dot(row, beta)
      residual += weights[index] * error * error
      squared += weights[index] * weights[index] * error * error
    }
    coefficients = beta
    covariance = inverse
    self.residual = residual
    squaredResidual = squared
    self.weights = weights
    self.design = design
  }

  /// tr(P).
  var trace: Double { weights.indices.reduce(0) { $0 + residualMatrix($1, $1) } }

  /// tr(PP) = Σ wᵢ² − 2·tr(V·X′W³X) + tr((V·X′W²X)²) with V = (X′WX)⁻¹.
  ///
  /// Where one weight outweighs all others that difference loses its digits, and the squares of P
  /// are summed one by one, in time N².
  var squaredTrace: Double {
    let squares = weights.reduce(0) { $0 + $1 * $1 }
    let second = multiplied(covariance, crossProduct(power: 2))
    let third = multiplied(covariance, crossProduct(power: 3))
    let sum = squares - 2 * diagonalSum(third) + diagonalSum(multiplied(second, second))
    if sum > 1e-4 * squares { return sum }
    return weights.indices.reduce(0) { total, i in
      weights.indices.reduce(total) { $0 + residualMatrix(i, $1) * residualMatrix(i, $1) }
    }
  }

  private func residualMatrix(_ i: Int, _ j: Int) -> Double {
    let leverage = weights[i] * dot(design[i], covariance.map { dot($0, design[j]) }) * weights[j]
    return (i == j ? weights[i] : 0) - leverage
  }

  /// X′WᵐX.
  private func crossProduct(power: Int) -> [[Double]] {
    let columns = covariance.count
    var cross = [[Double]](repeating: [Double](repeating: 0, count: columns), count: columns)
    for (index, row) in design.enumerated() {
      var weight = 1.0
      for _ in 0..<power { weight *= weights[index] }
      for i in 0..<columns {
        for j in 0..<columns { cross[i][j] += weight * row[i] * row[j] }
      }
    }
    return cross
  }
}

/// The product of two square matrices.
private func multiplied(_ a: [[Double]], _ b: [[Double]]) -> [[Double]] {
  a.map { row in b[0].indices.map { j in dot(row, b.map { $0[j] }) } }
}

/// The sum of a square matrix's diagonal.
private func diagonalSum(_ matrix: [[Double]]) -> Double {
  matrix.indices.reduce(0) { $0 + matrix[$1][$1] }
}

/// Σ aᵢbᵢ.
func dot(_ a: [Double], _ b: [Double]) -> Double {
  var sum = 0.0
  for index in a.indices { sum += a[index] * b[index] }
  return sum
}

/// The lower Cholesky factor of a symmetric matrix; nil when it is not positive definite.
func choleskyFactor(_ matrix: [[Double]]) -> [[Double]]? {
  let count = matrix.count
  var factor = [[Double]](repeating: [Double](repeating: 0, count: count), count: count)
  for i in 0..<count {
    for j in 0...i {
      var sum = matrix[i][j]
      for k in 0..<j { sum -= factor[i][k] * factor[j][k] }
      if i == j {
        guard sum > matrix[i][i].magnitude * 1e-14 else { return nil }
        factor[i][i] = sum.squareRoot()
      } else {
        factor[i][j] = sum / factor[j][j]
      }
    }
  }
  return factor
}

/// The inverse of a symmetric positive definite matrix; nil when it is not one.
func invertedPositive(_ matrix: [[Double]]) -> [[Double]]? {
  guard let factor = choleskyFactor(matrix) else { return nil }
  let count = matrix.count
  var inverse = [[Double]](repeating: [Double](repeating: 0, count: count), count: count)
  for column in 0..<count {
    var solution = (0..<count).map { $0 == column ? 1.0 : 0 }
    for i in 0..<count {
      for k in 0..<i { solution[i] -= factor[i][k] * solution[k] }
      solution[i] /= factor[i][i]
    }
    for i in (0..<count).reversed() {
      for k in (i + 1)..<max(i + 1, count) { solution[i] -= factor[k][i] * solution[k] }
      solution[i] /= factor[i][i]
    }
    for row in 0..<count { inverse[row][column] = solution[row] }
  }
  return inverse
}
