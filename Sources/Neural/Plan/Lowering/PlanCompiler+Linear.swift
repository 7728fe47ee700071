// Linear layers as oneDNN's inner products.

import COneDNN

extension PlanCompiler {
  func lowerLinear(_ index: Int, outputs: Int) throws(NeuralError) {
    let name = network.layers[index].name
    let previous = input(index)
    let shape = network.layers[previous].shape
    let weight = store.slot(name, "weight")!
    let bias = store.slot(name, "bias")
    let learns = isTrained(index)
    let isFlat = shape[1] * shape[2] == 1
    let productCount = 2 * batch * outputs * shape.reduce(1, *)
    let sourceExtents = isFlat ? [batch, shape[0]] : [batch] + shape

    var last = index
    var operations: [PostOperation] = []
    if let next = soleActivation(after: index), isTrained(next.index) == learns,
      !learns || next.kind == .relu
    {
      operations = next.kind.postOperations
      last = next.index
      absorb(last)
    }
    var (x, w, b) = (
      TensorLayout.any(sourceExtents, type), TensorLayout.any(weight.layout.extents, type),
      TensorLayout.any([outputs])
    )
    // Logits keep all digits.
    var y = TensorLayout.plain([batch, outputs], isOutput[last] ? dnnl_f32 : type)
    let gradientLayout = y.holding(type)
    var description = dnnl_inner_product_desc_t()
    var status = withUnsafePointer(to: &b.raw) {
      dnnl_inner_product_forward_desc_init(
        &description, learns ? dnnl_forward_training : dnnl_forward_inference, &x.raw, &w.raw,
        bias == nil ? nil : $0, &y.raw)
    }
    try DNN.check(status, name, "inner_product_forward_desc_init")
    let forward = try PrimitiveDescriptor(
      &description, PrimitiveAttributes(operations), layer: name)
    let flat = isFlat ? try flattened(previous) : try spatial(previous)

    var backwardWeights: PrimitiveDescriptor?
    if learns {
      var description = dnnl_inner_product_desc_t()
      (w, y) = (w.holding(dnnl_f32), gradientLayout)
      status = withUnsafePointer(to: &b.raw) {
        dnnl_inner_product_backward_weights_desc_init(
          &description, &x.raw, &w.raw, bias == nil ? nil : $0, &y.raw)
      }
      try DNN.check(status, name, "inner_product_backward_weights_desc_init")
      backwardWeights = try PrimitiveDescriptor(
        &description, PrimitiveAttributes(), hint: forward, layer: name)
      try weight.adopt(backwardWeights!.layout(dnnl_query_diff_weights_md)!)
    }
    let source = try recorder.aligned(flat, to: forward.source)
    let destination = recorder.value(forward.destination)
    let weights =
      learns
      ? try transient(weight, as: forward.weights) : try prepared(weight, as: forward.weights)
    var arguments = [
      (DNNL_ARG_SRC, source), (DNNL_ARG_WEIGHTS, weights), (DNNL_ARG_DST, destination),
    ]
    if let bias { arguments.append((DNNL_ARG_BIAS, try prepared(bias, as: bias.layout))) }
    try recorder.record("linear", forward, arguments, operations: productCount)
    values[last] = destination
    guard learns, let backwardWeights else { return }

    let (weightGradient, biasGradient) = (trainedGradient(weight), bias.map(trainedGradient))
    backward.append(
      (
        name,
        { [unowned self] () throws(NeuralError) in
          guard var gradient = try self.gradient(of: last) else { return }
          if last != index {
            let (dx, dy) = (target(for: gradient), gradient.value)
            recorder.record("activation gradient", [dx, dy, destination]) {
              Kernels.reluBackward(
                dx.numbers, dy.numbers, output: destination.numbers, limit: .infinity,
                destination.layout.count)
            }
            gradient = Gradient(value: dx, isExclusive: true)
          }
          gradient.value = try recorder.aligned(gradient.value, to: gradientLayout)
          if needsGradient[previous] {
            var description = dnnl_inner_product_desc_t()
            var (x, w, y) = (
              TensorLayout.any(sourceExtents, type),
              TensorLayout.any(weight.layout.extents, type), gradientLayout
            )
            try DNN.check(
              dnnl_inner_product_backward_data_desc_init(&description, &x.raw, &w.raw, &y.raw),
              name,
              "inner_product_backward_data_desc_init")
            let descriptor = try PrimitiveDescriptor(
              &description, PrimitiveAttributes(), hint: forward, layer: name)
            let dx = recorder.value(descriptor.layout(dnnl_query_diff_src_md)!)
            try recorder.record(
              "linear data gradient", descriptor,
              [
                (DNNL_ARG_DIFF_DST, gradient.value),
                (DNNL_ARG_WEIGHTS, try transient(weight, as: descriptor.weights)),
                (DNNL_ARG_DIFF_SRC, dx),
              ], operations: productCount)
            try contributeFlat(dx, to: previous)
          }
          let x = try recorder.aligned(source, to: backwardWeights.source)
          let whole = WeightGradient(
            label: "linear weight gradient", descriptor: backwardWeights, x: x, dy: gradient.value,
            weight: (weight, weightGradient), bias: bias.map { ($0, biasGradient!) },
            operations: productCount)
          try recordByOutputs(whole, outputs: outputs) { rows throws(NeuralError) in
            let window = backwardWeights.layout(dnnl_query_diff_weights_md)!.window(
              [rows] + weight.layout.extents.dropFirst(), at: weight.layout.extents.map { _ in 0 })
            return try linearWeightGradient(
              x, window, TensorLayout.plain([batch, rows], gradientLayout.type),
              bias: bias == nil ? nil : .plain([rows]), name)
          }
        }
      ))
  }

  /// The gradient of some rows of a linear layer's weights, all layouts given.
  private func linearWeightGradient(
    _ x: Value, _ weights: TensorLayout?, _ y: TensorLayout, bias: TensorLayout?, _ name: String
  ) throws(NeuralError) -> PrimitiveDescriptor {
    guard let weights else { throw .unsupported(layer: name, reason: "its weights lie in blocks") }
    var (x, y, b) = (x.layout, y, bias ?? .plain([1]))
    func describe(
      _ w: TensorLayout, _ hint: PrimitiveDescriptor?,
      _ initialise: (
        inout dnnl_inner_product_desc_t, UnsafePointer<dnnl_memory_desc_t>?,
        UnsafePointer<dnnl_memory_desc_t>
      ) -> dnnl_status_t
    ) throws(NeuralError) -> PrimitiveDescriptor {
      var (description, w) = (dnnl_inner_product_desc_t(), w)
      let status = withUnsafePointer(to: &b.raw) { b in
        withUnsafePointer(to: &w.raw) { initialise(&description, bias == nil ? nil : b, $0) }
      }
      try DNN.check(status, name, "inner_product_desc_init")
      return try PrimitiveDescriptor(&description, PrimitiveAttributes(), hint: hint, layer: name)
    }
    let forward = try describe(weights.holding(type), nil) {
      dnnl_inner_product_forward_desc_init(&$0, dnnl_forward_training, &x.raw, $2, $1, &y.raw)
    }
    return try describe(weights, forward) {
      dnnl_inner_product_backward_weights_desc_init(&$0, &x.raw, $2, $1, &y.raw)
    }
  }

  /// The output of a layer with one pixel as N, C.
  private func flattened(_ index: Int) throws(NeuralError) -> Value {
    let value = values[index]!
    if value.layout.raw.ndims == 2 { return value }
    let extents = extents(index)
    let type = value.layout.type
    let plain = try recorder.aligned(value, to: .plain(extents, type))
    return recorder.view(of: plain.buffer, .plain([extents[0], extents[1]], type))
  }

  /// Contributes a gradient that may have lost its two trailing extents of one.
  private func contributeFlat(_ gradient: Value, to index: Int) throws(NeuralError) {
    guard values[index]!.layout.raw.ndims == 4, gradient.layout.raw.ndims == 2 else {
      return contribute(gradient, to: index, isExclusive: true)
    }
    let extents = extents(index)
    let type = gradient.layout.type
    let plain = try recorder.aligned(gradient, to: .plain([extents[0], extents[1]], type))
    contribute(
      recorder.view(of: plain.buffer, .plain(extents, type)), to: index, isExclusive: true)
  }
}
