// The principal directions of a cloud of optical densities.

/// A symmetric 3 × 3 matrix and its eigenvectors, by Jacobi's rotations.
struct SymmetricMatrix {
  private var m: [[Double]]

  init(covarianceOf points: [(Double, Double, Double)]) {
    let n = Double(points.count)
    var mean = [0.0, 0, 0]
    for p in points {
      mean[0] += p.0
      mean[1] += p.1
      mean[2] += p.2
    }
    mean = mean.map { $0 / n }
    m = [[0, 0, 0], [0, 0, 0], [0, 0, 0]]
    for p in points {
      let d = [p.0 - mean[0], p.1 - mean[1], p.2 - mean[2]]
      for i in 0..<3 { for j in i..<3 { m[i][j] += d[i] * d[j] } }
    }
    for i in 0..<3 {
      for j in i..<3 {
        m[i][j] /= n - 1
        m[j][i] = m[i][j]
      }
    }
  }

  /// The eigenvectors of the largest and the second eigenvalue, each with a first component that
  /// is not negative; nil for a degenerate cloud.
  var largestTwo: ((Double, Double, Double), (Double, Double, Double))? {
    var a = m
    var v: [[Double]] = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    for _ in 0..<60 {
      for (p, q) in [(0, 1), (0, 2), (1, 2)] where abs(a[p][q]) > 1e-300 {
        let theta = (a[q][q] - a[p][p]) / (2 * a[p][q])
        let t = (theta >= 0 ? 1.0 : -1) / (abs(theta) + (theta * theta + 1).squareRoot())
        let c = 1 / (t * t + 1).squareRoot()
        let s = t * c
        for k in 0..<3 {
          let (x, y) = (a[k][p], a[k][q])
          a[k][p] = c * x - s * y
          a[k][q] = s * x + c * y
        }
        for k in 0..<3 {
          let (x, y) = (a[p][k], a[q][k])
          a[p][k] = c * x - s * y
          a[q][k] = s * x + c * y
        }
        for k in 0..<3 {
          let (x, y) = (v[k][p], v[k][q])
          v[k][p] = c * x - s * y
          v[k][q] = s * x + c * y
        }
      }
    }
    let order = [0, 1, 2].sorted { a[$0][$0] > a[$1][$1] }
    guard a[order[0]][order[0]] > 1e-12, a[order[1]][order[1]] > 1e-15 else { return nil }
    func vector(_ at: Int) -> (Double, Double, Double) {
      let (x, y, z) = (v[0][at], v[1][at], v[2][at])
      return x < 0 ? (-x, -y, -z) : (x, y, z)
    }
    return (vector(order[0]), vector(order[1]))
  }
}
