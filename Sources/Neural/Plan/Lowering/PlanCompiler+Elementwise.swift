// Activations, sums and random masks that stand by themselves.

import COneDNN

extension PlanCompiler {
  // MARK: Activations

  func lowerActivation(_ index: Int, _ kind: Activation) throws(NeuralError) {
    let previous = input(index)
    let source = values[previous]!
    // SiLU and hard swish need what they were given for their gradient; the others only their result.
    let keepsInput = needsGradient[index] && (kind == .silu || kind == .hardSwish)
    let isInPlace = mayOverwrite(previous, by: index) && !keepsInput
    let destination =
      isInPlace
      ? recorder.view(of: source.buffer, source.layout) : recorder.value(source.layout)
    var from = source
    for case .elementwise(let algorithm, let alpha, let beta) in kind.postOperations {
      let forward = try elementwise(algorithm, alpha, beta, source.layout)
      try recorder.record(
        "activation", forward, [(DNNL_ARG_SRC, from), (DNNL_ARG_DST, destination)])
      from = destination
    }
    values[index] = destination
    guard needsGradient[index] else { return }
    backward.append(
      (
        network.layers[index].name,
        { [unowned self] () throws(NeuralError) in
          guard let gradient = try self.gradient(of: index) else { return }
          let (dx, dy, y) = (target(for: gradient), gradient.value, destination)
          let count = source.layout.count
          switch kind {
          case .relu, .relu6, .hardSigmoid:
            let limit: Float = kind == .relu ? .infinity : kind == .relu6 ? 6 : 1
            recorder.record("activation gradient", [dx, dy, y]) {
              Kernels.reluBackward(dx.numbers, dy.numbers, output: y.numbers, limit: limit, count)
              if kind == .hardSigmoid { Kernels.scale(dx.numbers, dx.numbers, by: 1 / 6, count) }
            }
          case .silu: try recordGradient(dnnl_eltwise_swish, 1, 0, (DNNL_ARG_SRC, source), dy, dx)
          case .hardSwish:
            try recordGradient(dnnl_eltwise_hardswish, 1 / 6, 0.5, (DNNL_ARG_SRC, source), dy, dx)
          case .sigmoid:
            try recordGradient(
              dnnl_eltwise_logistic_use_dst_for_bwd, 0, 0, (DNNL_ARG_DST, y), dy, dx)
          case .tanh:
            try recordGradient(dnnl_eltwise_tanh_use_dst_for_bwd, 0, 0, (DNNL_ARG_DST, y), dy, dx)
          }
          contribute(dx, to: previous, isExclusive: true)
        }
      ))
  }

  private func elementwise(
    _ algorithm: dnnl_alg_kind_t, _ alpha: Float, _ beta: Float, _ layout: TensorLayout
  ) throws(NeuralError) -> PrimitiveDescriptor {
    var description = dnnl_eltwise_desc_t()
    var raw = layout.raw
    try DNN.check(
      dnnl_eltwise_forward_desc_init(
        &description, dnnl_forward_training, algorithm, &raw, alpha, beta), recorder.layer,
      "eltwise_forward_desc_init")
    return try PrimitiveDescriptor(&description, PrimitiveAttributes(), layer: recorder.layer)
  }

  private func recordGradient(
    _ algorithm: dnnl_alg_kind_t, _ alpha: Float, _ beta: Float, _ data: (Int32, Value),
    _ dy: Value, _ dx: Value
  ) throws(NeuralError) {
    let hint = try elementwise(algorithm, alpha, beta, data.1.layout)
    var description = dnnl_eltwise_desc_t()
    var (gradient, raw) = (dy.layout.raw, data.1.layout.raw)
    try DNN.check(
      dnnl_eltwise_backward_desc_init(&description, algorithm, &gradient, &raw, alpha, beta),
      recorder.layer, "eltwise_backward_desc_init")
    let descriptor = try PrimitiveDescriptor(
      &description, PrimitiveAttributes(), hint: hint, layer: recorder.layer)
    try recorder.record(
      "activation gradient", descriptor,
      [data, (DNNL_ARG_DIFF_DST, dy), (DNNL_ARG_DIFF_SRC, dx)])
  }

  func lowerScaling(_ index: Int, _ factor: Float) throws(NeuralError) {
    let previous = input(index)
    let source = values[previous]!
    let destination =
      mayOverwrite(previous, by: index)
      ? recorder.view(of: source.buffer, source.layout) : recorder.value(source.layout)
    let count = source.layout.count
    recorder.record("scaling", [source, destination]) {
      Kernels.scale(destination.numbers, source.numbers, by: factor, count)
    }
    values[index] = destination
    guard needsGradient[index] else { return }
    backward.append(
      (
        network.layers[index].name,
        { [unowned self] () throws(NeuralError) in
          guard let gradient = try self.gradient(of: index) else { return }
          let (dx, dy) = (target(for: gradient), gradient.value)
          recorder.record("scaling gradient", [dx, dy]) {
            Kernels.scale(dx.numbers, dy.numbers, by: factor, count)
          }
          contribute(dx, to: previous, isExclusive: true)
        }
      ))
  }

  // MARK: Sums

  /// The sum of two outputs, with a following ReLU.
  func lowerAdd(_ index: Int) throws(NeuralError) {
    let (first, second) = (input(index, 0), input(index, 1))
    var last = index
    if let next = soleActivation(after: index), next.kind == .relu {
      last = next.index
      absorb(last)
    }
    let isOverSecond = !mayOverwrite(first, by: index) && mayOverwrite(second, by: index)
    let (a, other) =
      isOverSecond
      ? (try spatial(second), try spatial(first)) : (try spatial(first), try spatial(second))
    let b = try recorder.aligned(other, to: a.layout)
    let isInPlace = isOverSecond || mayOverwrite(first, by: index)
    let sum = isInPlace ? recorder.view(of: a.buffer, a.layout) : recorder.value(a.layout)
    let count = a.layout.count
    let hasRelu = last != index
    recorder.record("add", [a, b, sum]) {
      if hasRelu {
        Kernels.addRelu(sum.numbers, a.numbers, b.numbers, count)
      } else {
        Kernels.add(sum.numbers, a.numbers, b.numbers, count)
      }
    }
    values[last] = sum
    guard needsGradient[index] else { return }
    backward.append(
      (
        network.layers[index].name,
        { [unowned self] () throws(NeuralError) in
          guard var gradient = try self.gradient(of: last) else { return }
          if hasRelu {
            let (dx, dy) = (target(for: gradient), gradient.value)
            recorder.record("activation gradient", [dx, dy, sum]) {
              Kernels.reluBackward(
                dx.numbers, dy.numbers, output: sum.numbers, limit: .infinity, count)
            }
            gradient = Gradient(value: dx, isExclusive: true)
          }
          let areBoth = needsGradient[first] && needsGradient[second]
          contribute(gradient.value, to: first, isExclusive: gradient.isExclusive && !areBoth)
          contribute(gradient.value, to: second, isExclusive: gradient.isExclusive && !areBoth)
        }
      ))
  }

  // MARK: Random masks

  /// Only called in training: elsewhere dropout does nothing and is no layer of the plan.
  func lowerDropout(_ index: Int, _ rate: Float) throws(NeuralError) {
    let (context, batch) = (context, batch)
    try lowerMask(index) { destination, source, count in
      Kernels.dropout(
        destination, source, key: context.key(ofLayer: index), rate: rate,
        first: context.firstImage * (count / batch), count)
    }
  }

  func lowerStochasticDepth(_ index: Int, _ rate: Float) throws(NeuralError) {
    let (context, batch) = (context, batch)
    try lowerMask(index) { destination, source, count in
      let size = count / batch
      var generator = SeededGenerator(seed: context.key(ofLayer: index))
      for _ in 0..<context.firstImage { _ = generator.uniform() }
      for image in 0..<batch {
        let isKept = Float(generator.uniform()) >= rate
        Kernels.scale(
          destination + image * size, source + image * size, by: isKept ? 1 / (1 - rate) : 0, size)
      }
    }
  }

  /// A linear mask that is drawn the same way forward and backward.
  private func lowerMask(
    _ index: Int,
    _ mask: @escaping (Numbers, Numbers, Int) -> Void
  ) throws(NeuralError) {
    let previous = input(index)
    let source = values[previous]!
    let destination =
      mayOverwrite(previous, by: index)
      ? recorder.view(of: source.buffer, source.layout) : recorder.value(source.layout)
    let count = source.layout.count
    recorder.record("mask", [source, destination]) {
      mask(destination.numbers, source.numbers, count)
    }
    values[index] = destination
    guard needsGradient[index] else { return }
    backward.append(
      (
        network.layers[index].name,
        { [unowned self] () throws(NeuralError) in
          guard let gradient = try self.gradient(of: index) else { return }
          let (dx, dy) = (target(for: gradient), gradient.value)
          recorder.record("mask gradient", [dx, dy]) { mask(dx.numbers, dy.numbers, count) }
          contribute(dx, to: previous, isExclusive: true)
        }
      ))
  }
}
