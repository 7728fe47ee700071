// The minimum of a function of a few variables without derivatives.

/// Nelder and Mead's simplex search (1965), started anew at its own minimum until that stays.
///
/// Deterministic; meant for smooth functions of two to four variables.
/// - Returns: the lowest point found.
func simplexMinimum(
  from start: [Double], step: Double, _ function: ([Double]) -> Double
) -> [Double] {
  var best = start
  var lowest = function(start)
  var reach = step
  for _ in 0..<40 {
    let (point, value) = simplexDescent(from: best, step: reach, function)
    let gain = lowest - value
    if value < lowest { (best, lowest) = (point, value) }
    if gain <= 1e-12 * (1 + abs(lowest)), reach < step { break }
    reach = max(reach / 4, step * 1e-3)
  }
  return best
}

private func simplexDescent(
  from start: [Double], step: Double, _ function: ([Double]) -> Double
) -> ([Double], Double) {
  typealias Vertex = (point: [Double], value: Double)
  func vertex(_ point: [Double]) -> Vertex { (point, function(point)) }
  var simplex = [vertex(start)]
  for index in start.indices {
    var point = start
    point[index] += step
    simplex.append(vertex(point))
  }
  for _ in 0..<(400 * start.count) {
    simplex.sort { $0.value < $1.value }
    let worst = simplex[start.count]
    if worst.value - simplex[0].value <= 1e-15 * (1 + abs(simplex[0].value)) { break }
    let centre = start.indices.map { index in
      simplex.dropLast().reduce(0) { $0 + $1.point[index] } / Double(start.count)
    }
    func moved(_ factor: Double) -> Vertex {
      vertex(start.indices.map { centre[$0] + factor * (worst.point[$0] - centre[$0]) })
    }
    let reflected = moved(-1)
    if reflected.value < simplex[0].value {
      let expanded = moved(-2)
      simplex[start.count] = expanded.value < reflected.value ? expanded : reflected
    } else if reflected.value < simplex[start.count - 1].value {
      simplex[start.count] = reflected
    } else {
      let contracted = reflected.value < worst.value ? moved(-0.5) : moved(0.5)
      if contracted.value < min(reflected.value, worst.value) {
        simplex[start.count] = contracted
      } else {
        let first = simplex[0].point
        for index in 1...start.count {
          let point = simplex[index].point
          simplex[index] = vertex(zip(first, point).map { $0 + ($1 - $0) / 2 })
        }
      }
    }
  }
  simplex.sort { $0.value < $1.value }
  return simplex[0]
}
