// Gradients of layers' outputs: their shares, where they meet, and in which memory.

import COneDNN

extension PlanCompiler {
  /// Adds a share to the gradient of layer `index`'s output.
  func contribute(_ gradient: Value, to index: Int, isExclusive: Bool) {
    guard needsGradient[index] else { return }
    var value = gradient
    let wanted = values[index]!.layout
    if wanted.raw.ndims != value.layout.raw.ndims,
      let layout = value.layout.reshaped(wanted.extents)
    {
      value = recorder.view(of: value.buffer, layout)
    }
    gradients[index].append(Gradient(value: value, isExclusive: isExclusive))
  }

  /// The whole gradient of layer `index`'s output in the layout of the output itself; nil when none
  /// flows here.
  func gradient(of index: Int) throws(NeuralError) -> Gradient? {
    let layout = values[index]!.layout
    var shares: [Gradient] = []
    for share in gradients[index] {
      let value = try recorder.aligned(share.value, to: layout)
      shares.append(Gradient(value: value, isExclusive: share.isExclusive || value !== share.value))
    }
    gradients[index] = []
    guard var total = shares.first else { return nil }
    guard shares.count > 1 else { return total }
    let target = shares.firstIndex(where: \.isExclusive)
    let count = layout.count
    if let target {
      total = shares.remove(at: target)
    } else {
      let (a, b) = (shares.removeFirst().value, shares.removeFirst().value)
      let sum = recorder.value(layout)
      recorder.record("gradient sum", [a, b, sum]) {
        Kernels.add(sum.numbers, a.numbers, b.numbers, count)
      }
      total = Gradient(value: sum, isExclusive: true)
    }
    for share in shares {
      let (sum, other) = (total.value, share.value)
      recorder.record("gradient sum", [sum, other]) {
        Kernels.accumulate(sum.numbers, other.numbers, count)
      }
    }
    return total
  }

  /// Memory for a gradient computed from `gradient` element by element: its own if possible.
  func target(for gradient: Gradient) -> Value {
    gradient.isExclusive ? gradient.value : recorder.value(gradient.value.layout)
  }
}
