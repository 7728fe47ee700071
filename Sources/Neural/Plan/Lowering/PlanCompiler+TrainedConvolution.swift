// Convolutions in training: the forward pass and both gradients.

import COneDNN

extension PlanCompiler {
  func lowerTrainedConvolution(
    _ index: Int, _ convolution: Convolution
  ) throws(NeuralError) {
    let shape = ConvolutionShape(convolution, network, index, batch: batch, type)
    let name = network.layers[index].name
    let weight = store.slot(name, "weight")!
    let bias = store.slot(name, "bias")
    var last = index
    var operations: [PostOperation] = []
    if let next = soleActivation(after: index), next.kind == .relu || next.kind == .relu6 {
      operations = next.kind.postOperations
      last = next.index
      absorb(last)
    }
    let limit: Float? =
      last == index ? nil : network.layers[last].operation == .activation(.relu6) ? 6 : .infinity

    let forward = try chooseForward(
      shape, dnnl_forward_training, bias: bias != nil, PrimitiveAttributes(operations), name)
    let backwardWeights = try chooseBackwardWeights(shape, forward, bias: bias != nil, name)
    let depthwise = bias == nil ? DepthwiseGradient(shape, forward, backwardWeights) : nil
    let winograd = chooseWinograd(shape, .forward, name, instead: forward)
    let winogradGradient = chooseWinogradGradient(shape, name, instead: backwardWeights)
    try weight.adopt(
      depthwise?.weights ?? winogradGradient?.weights
        ?? backwardWeights.layout(dnnl_query_diff_weights_md)!)

    let original = try spatial(input(index))
    let source = try recorder.aligned(original, to: winograd?.source ?? forward.source)
    let destination = recorder.value(winograd?.destination ?? forward.destination)
    values[last] = destination
    clipped[last] = limit
    let offset = try bias.map { slot throws(NeuralError) in try prepared(slot, as: slot.layout) }
    if let winograd, let ends = WinogradConvolution.Ends(operations) {
      record(
        winograd, "convolution", source, try transient(weight, for: winograd), destination,
        bias: offset, ends, shape.operations)
    } else {
      var arguments = [
        (DNNL_ARG_SRC, source), (DNNL_ARG_WEIGHTS, try transient(weight, as: forward.weights)),
        (DNNL_ARG_DST, destination),
      ]
      if let offset { arguments.append((DNNL_ARG_BIAS, offset)) }
      let attributes = PrimitiveAttributes(operations)
      try recordByImages(
        convolution.groups > 1 ? "grouped convolution" : "convolution", forward, arguments, shape,
        summedOver: shape.source[1]
      ) { part throws(NeuralError) in
        var description = try part.forward(
          dnnl_forward_training, bias: bias != nil, winograd: true, layer: name)
        return try PrimitiveDescriptor(&description, attributes, layer: name)
      }
    }

    let (weightGradient, biasGradient) = (trainedGradient(weight), bias.map(trainedGradient))
    let previous = input(index)
    backward.append(
      (
        name,
        { [unowned self] () throws(NeuralError) in
          guard var gradient = try self.gradient(of: last) else { return }
          if let limit = clipped[last] {
            let (dx, dy, y) = (target(for: gradient), gradient.value, destination)
            let count = destination.layout.count
            recorder.record("activation gradient", [dx, dy, y]) {
              Kernels.reluBackward(dx.numbers, dy.numbers, output: y.numbers, limit: limit, count)
            }
            gradient = Gradient(value: dx, isExclusive: true)
          }
          if needsGradient[previous] {
            try recordDataGradient(shape, forward, weight, name, gradient.value, to: previous)
          }
          if let depthwise {
            let dy = try recorder.aligned(gradient.value, to: destination.layout)
            record(depthwise, kept(source), dy, to: weightGradient, shape.operations)
            return finish(weight, weightGradient)
          }
          if let winogradGradient {
            try record(
              winogradGradient, kept(source), gradient.value, to: weightGradient,
              bias: biasGradient, shape.operations)
            finish(weight, weightGradient)
            if let bias, let biasGradient { finish(bias, biasGradient) }
            return
          }
          let x = try recorder.aligned(kept(source), to: backwardWeights.source)
          let dy = try recorder.aligned(
            gradient.value, to: backwardWeights.layout(dnnl_query_diff_dst_md)!)
          let whole = WeightGradient(
            label: convolution.groups > 1
              ? "grouped convolution weight gradient" : "convolution weight gradient",
            descriptor: backwardWeights, x: x, dy: dy, weight: (weight, weightGradient),
            bias: bias.map { ($0, biasGradient!) }, operations: shape.operations)
          try recordByOutputs(whole, shape) { part throws(NeuralError) in
            let hint = try winogradForward(part, bias: bias != nil, name)
            var description = try part.backwardWeights(
              bias: bias != nil, winograd: true, layer: name)
            return try PrimitiveDescriptor(
              &description, PrimitiveAttributes(), hint: hint, layer: name)
          }
        }
      ))
  }

  /// Records what layer `previous` gets from a convolution of its output.
  private func recordDataGradient(
    _ shape: ConvolutionShape, _ forward: PrimitiveDescriptor, _ weight: ParameterSlot,
    _ name: String, _ gradient: Value, to previous: Int
  ) throws(NeuralError) {
    let descriptor = try chooseBackwardData(shape, forward, name)
    let isGrouped = shape.convolution.groups > 1
    let label = isGrouped ? "grouped convolution data gradient" : "convolution data gradient"
    let dx: Value
    if let winograd = chooseWinograd(shape, .backwardData, name, instead: descriptor) {
      let dy = try recorder.aligned(gradient, to: winograd.source)
      dx = recorder.value(winograd.destination)
      record(
        winograd, label, dy, try transient(weight, for: winograd), dx, bias: nil,
        WinogradConvolution.Ends(), shape.operations)
    } else {
      let dy = try recorder.aligned(gradient, to: descriptor.layout(dnnl_query_diff_dst_md)!)
      dx = recorder.value(descriptor.layout(dnnl_query_diff_src_md)!)
      let arguments = [
        (DNNL_ARG_DIFF_DST, dy),
        (DNNL_ARG_WEIGHTS, try transient(weight, as: descriptor.weights)),
        (DNNL_ARG_DIFF_SRC, dx),
      ]
      try recordByImages(
        label, descriptor, arguments, shape, summedOver: shape.convolution.outputs
      ) { part throws(NeuralError) in
        let hint = try winogradForward(part, bias: false, name)
        var description = try part.backwardData(winograd: true, layer: name)
        return try PrimitiveDescriptor(
          &description, PrimitiveAttributes(), hint: hint, layer: name)
      }
    }
    contribute(dx, to: previous, isExclusive: true)
  }

  /// What oneDNN asks to see before it describes a gradient.
  private func winogradForward(
    _ shape: ConvolutionShape, bias: Bool, _ name: String
  ) throws(NeuralError) -> PrimitiveDescriptor {
    var description = try shape.forward(
      dnnl_forward_training, bias: bias, winograd: true, layer: name)
    return try PrimitiveDescriptor(&description, PrimitiveAttributes(), layer: name)
  }

  /// Records the engine's own weights' gradient of a depthwise convolution.
  private func record(
    _ depthwise: DepthwiseGradient, _ x: Value, _ dy: Value, to gradient: Value, _ operations: Int
  ) {
    let isDirect = gradient.layout == depthwise.weights
    let dw = isDirect ? gradient : recorder.value(depthwise.weights)
    let work = recorder.value(.plain([depthwise.workCount]))
    recorder.record(
      "grouped convolution weight gradient", [x, dy, dw, work], operations: operations
    ) { depthwise.run(dw.floats, x.numbers, dy.numbers, work: work.floats) }
    if !isDirect { try? recorder.reorder(dw, to: gradient) }
  }
}
