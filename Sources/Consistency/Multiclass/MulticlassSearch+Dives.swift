// Random choices of missed samples, which find most witnesses before a systematic search does.
import Scoring

extension MulticlassSearch {
  /// One random choice of missed samples, then a bounded search for false alarms.
  func dive(_ errors: Int) {
    guard randomMissed(errors) else { return }
    let saved = budget
    budget = min(budget, 3000)
    let allowed = budget
    chooseAlarms()
    budget = saved - (allowed - budget)
  }

  /// Random missed samples that sum to `errors`, the last two classes settled by mean recall.
  private func randomMissed(_ errors: Int) -> Bool {
    var left = errors
    var sum = 0.0
    let shuffled = order.dropLast(2).shuffled(using: &generator)
    var capacity = problem.total
    for label in shuffled {
      capacity -= problem.sizes[label]
      let low = max(0, left - capacity)
      let high = min(problem.sizes[label], left)
      guard low <= high else { return false }
      let share =
        Double(left) * Double(problem.sizes[label])
        / Double(capacity + problem.sizes[label])
      let drawn = Int((share * 2 * generator.uniform()).rounded())
      missed[label] = min(high, max(low, drawn))
      left -= missed[label]
      sum += Double(missed[label]) / Double(problem.sizes[label])
    }
    let first = order[count - 2]
    let second = order[count - 1]
    let low = max(0, left - problem.sizes[second])
    let high = min(problem.sizes[first], left)
    guard low <= high else { return false }
    var range = low...high
    let slope = 1 / Double(problem.sizes[first]) - 1 / Double(problem.sizes[second])
    let base = sum + Double(left) / Double(problem.sizes[second])
    if hasMissedBound {
      if slope > 1e-15 {
        let from = max(Double(low), ((missedLow - base) / slope).rounded(.up))
        let to = min(Double(high), ((missedHigh - base) / slope).rounded(.down))
        guard from <= to else { return false }
        range = Int(from)...Int(to)
      } else if base < missedLow || base > missedHigh {
        return false
      }
    }
    missed[first] = range.lowerBound + generator.below(range.count)
    missed[second] = left - missed[first]
    return true
  }
}
