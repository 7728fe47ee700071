// Convolutions: folded and fused in inference, with both gradients in training.

import CNeuralKernels
import COneDNN

extension PlanCompiler {
  func lowerConvolution(_ index: Int, _ convolution: Convolution) throws(NeuralError) {
    if isTrained(index) {
      try lowerTrainedConvolution(index, convolution)
    } else {
      try lowerFusedConvolution(index, convolution)
    }
  }

  // MARK: Inference

  /// Convolution, normalisation, scaling, residual sum and activation as one primitive; a depthwise
  /// convolution that follows joins where the library can do that.
  private func lowerFusedConvolution(
    _ index: Int, _ convolution: Convolution
  ) throws(NeuralError) {
    let shape = ConvolutionShape(convolution, network, index, batch: batch, type)
    let name = network.layers[index].name
    let chain = fusedChain(from: index)
    for member in chain.members { absorb(member) }
    if try lowerWithDepthwise(index, shape, chain) { return }

    let attributes = PrimitiveAttributes(chain.operations)
    // What a fused depthwise convolution left is taken as it lies: a copy would cost what it saved.
    let fixed =
      afterDepthwise.contains(input(index)) && convolution.kernel == (1, 1)
      ? try spatial(input(index)).layout : blockedInput(of: shape)
    let descriptor = try chooseForward(
      shape, dnnl_forward_inference, bias: chain.folding.hasBias, attributes, name, input: fixed)
    let ends = WinogradConvolution.Ends(chain.operations)
    let winograd = ends == nil ? nil : chooseWinograd(shape, .forward, name, instead: descriptor)
    let wanted = winograd?.source ?? descriptor.source
    let given = winograd?.destination ?? descriptor.destination
    let source = try recorder.aligned(spatial(input(index)), to: wanted)
    let destination: Value
    if let residual = chain.residual {
      let other = try spatial(residual)
      // Its memory may take the sum when every other reader has run, this convolution excepted.
      let isFree =
        !isOutput[residual] && residual != 0 && other.buffer !== source.buffer
        && consumers[residual].allSatisfy(lowered.contains)
      if isFree, other.layout == given {
        destination = other
      } else {
        destination = recorder.value(given)
        try recorder.reorder(other, to: destination)
      }
    } else {
      destination = recorder.value(given)
    }
    values[chain.last] = destination
    if let winograd, let ends {
      let (weights, bias) = try prepareFolded(
        chain.folding, weights: winograd.weights, winograd: winograd)
      record(
        winograd, "convolution", source, weights, destination,
        bias: chain.folding.hasBias ? bias : nil, ends, shape.operations)
      return
    }
    let (weights, bias) = try prepareFolded(chain.folding, weights: descriptor.weights)
    var arguments = [
      (DNNL_ARG_SRC, source), (DNNL_ARG_WEIGHTS, weights), (DNNL_ARG_DST, destination),
    ]
    if chain.folding.hasBias { arguments.append((DNNL_ARG_BIAS, bias)) }
    try recorder.record("convolution", descriptor, arguments, operations: shape.operations)
  }

  /// The layout in blocks of 16 channels, where the network's convolutions keep to it.
  private func blockedInput(of shape: ConvolutionShape) -> TensorLayout? {
    guard keepsBlocks, shape.convolution.groups == 1, shape.source[1] >= 16 else { return nil }
    return TensorLayout(shape.source, dnnl_nChw16c, type)
  }

  /// A convolution and the layers that run with it.
  private struct FusedChain {
    var folding: Folding
    var operations: [PostOperation] = []
    var residual: Int?
    var last: Int
    /// All but the convolution.
    var members: [Int] = []
  }

  /// Follows the only readers of a convolution's output as far as they can be fused.
  private func fusedChain(from index: Int) -> FusedChain {
    let name = network.layers[index].name
    var chain = FusedChain(
      folding: Folding(weight: store.slot(name, "weight")!, bias: store.slot(name, "bias")),
      last: index)
    func join(_ next: Int) {
      chain.last = next
      chain.members.append(next)
    }
    if let next = soleConsumer(chain.last), !isTrained(next),
      case .batchNorm(let norm) = network.layers[next].operation
    {
      chain.folding.normalisation = (norm, BatchNormSlots(store, network.layers[next].name))
      join(next)
    }
    if let next = soleConsumer(chain.last),
      case .scaling(let factor) = network.layers[next].operation
    {
      chain.folding.factor = factor
      join(next)
    }
    if let next = soleConsumer(chain.last), !needsGradient[next],
      case .add = network.layers[next].operation
    {
      let other = input(next, input(next) == chain.last ? 1 : 0)
      if values[other] != nil {
        chain.residual = other
        chain.operations.append(.sum)
        join(next)
      }
    }
    if let next = soleActivation(after: chain.last), !needsGradient[next.index] {
      chain.operations += next.kind.postOperations
      join(next.index)
    }
    return chain
  }

  /// Tries to run a 1×1 convolution and the depthwise 3×3 after it as one primitive. oneDNN offers
  /// it where the result between them would not stay in the cache.
  private func lowerWithDepthwise(
    _ index: Int, _ shape: ConvolutionShape, _ chain: FusedChain
  ) throws(NeuralError) -> Bool {
    let name = network.layers[index].name
    let first = shape.convolution
    guard first.kernel == (1, 1), first.stride == 1, first.groups == 1, chain.residual == nil,
      let next = soleConsumer(chain.last), !isTrained(next),
      case .convolution(let second) = network.layers[next].operation,
      second.kernel == (3, 3), second.groups == first.outputs, second.outputs == first.outputs,
      second.groups > 1, second.stride <= 2, second.dilation == 1, second.padding == Padding(1)
    else { return false }
    let following = fusedChain(from: next)
    guard following.residual == nil else { return false }
    let attributes = PrimitiveAttributes(
      chain.operations + [.depthwise(stride: second.stride, type: type)] + following.operations)
    var description = try shape.forward(
      dnnl_forward_inference, bias: true, winograd: false, layer: name)
    guard let descriptor = try? PrimitiveDescriptor(&description, attributes, layer: name),
      let layout = descriptor.layout(
        dnnl_query_exec_arg_md, DNNL_ARG_ATTR_POST_OP_DW | DNNL_ARG_WEIGHTS)
    else { return false }
    let source = try recorder.aligned(spatial(input(index)), to: descriptor.source)
    let destination = recorder.value(descriptor.destination)
    let (weights, bias) = try prepareFolded(chain.folding, weights: descriptor.weights)
    let (depthwiseWeights, depthwiseBias) = try prepareFolded(following.folding, weights: layout)
    try recorder.record(
      "convolution with depthwise", descriptor,
      [
        (DNNL_ARG_SRC, source), (DNNL_ARG_WEIGHTS, weights), (DNNL_ARG_BIAS, bias),
        (DNNL_ARG_ATTR_POST_OP_DW | DNNL_ARG_WEIGHTS, depthwiseWeights),
        (DNNL_ARG_ATTR_POST_OP_DW | DNNL_ARG_BIAS, depthwiseBias), (DNNL_ARG_DST, destination),
      ],
      operations: shape.operations
        + ConvolutionShape(second, network, next, batch: batch, type).operations)
    for member in [next] + following.members { absorb(member) }
    values[following.last] = destination
    afterDepthwise.insert(following.last)
    return true
  }

  /// What is folded into a convolution's weights and bias.
  private struct Folding {
    let weight: ParameterSlot
    let bias: ParameterSlot?
    var normalisation: (norm: BatchNorm, slots: BatchNormSlots)?
    var factor: Float = 1

    var hasBias: Bool { bias != nil || normalisation != nil }

    var slots: [ParameterSlot] {
      [weight] + (bias.map { [$0] } ?? []) + (normalisation?.slots.all ?? [])
    }
  }

  /// Weights and bias with everything folded in; computed in double precision. With `winograd` the
  /// weights are those that it reads.
  private func prepareFolded(
    _ folding: Folding, weights layout: TensorLayout, winograd: WinogradConvolution? = nil
  ) throws(NeuralError) -> (weights: Value, bias: Value) {
    let outputs = folding.weight.specification.shape[0]
    for slot in folding.slots { slot.isBound = true }
    if folding.normalisation == nil, folding.factor == 1 {
      let bias = folding.bias?.value ?? recorder.persistent(.plain([outputs]))
      if let winograd { return (try prepared(folding.weight, for: winograd), bias) }
      return (try prepared(folding.weight, as: layout), bias)
    }
    let weights = recorder.persistent(winograd?.transformed ?? layout)
    let bias = recorder.persistent(.plain([outputs]))
    let plain = TensorLayout.plain(folding.weight.layout.extents)
    preparations.append(
      Preparation(slots: folding.slots) {
        var offset = folding.bias?.read().map(Double.init) ?? Array(repeating: 0, count: outputs)
        var factor = Array(repeating: Double(folding.factor), count: outputs)
        if let (norm, slots) = folding.normalisation {
          let scale = slots.scale?.read()
          let (shift, mean, variance) = (
            slots.shift.read(), slots.mean.read(), slots.variance.read()
          )
          for k in 0..<outputs {
            let gain =
              Double(scale?[k] ?? 1) / (Double(variance[k]) + Double(norm.epsilon)).squareRoot()
            offset[k] = (offset[k] - Double(mean[k])) * gain + Double(shift[k])
            factor[k] *= gain
          }
        }
        for k in 0..<outputs { bias.floats[k] = Float(offset[k] * Double(folding.factor)) }
        folding.weight.withPlain { kernel in
          if let winograd = layout.winograd {
            let inputs = plain.count / (9 * outputs)
            return nk_winograd_weights(weights.floats, kernel, factor, outputs, inputs, winograd)
          }
          let folded = Value(plain, in: Buffer(persistent: plain.byteCount))
          nk_fold(folded.floats, kernel, factor, outputs, plain.count / outputs)
          guard let winograd else {
            try? ParameterSlot.copy(folded, to: weights)
            return
          }
          let blocks = Value(persistent: layout)
          try? ParameterSlot.copy(folded, to: blocks)
          withExtendedLifetime(blocks) { winograd.transform(blocks.floats, to: weights.numbers) }
        }
      })
    return (weights, bias)
  }

  // MARK: Training

  private func lowerTrainedConvolution(
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

  // MARK: Algorithms

  /// The forward primitive in the algorithm chosen for it.
  private func chooseForward(
    _ shape: ConvolutionShape, _ kind: dnnl_prop_kind_t, bias: Bool,
    _ attributes: PrimitiveAttributes, _ name: String, input: TensorLayout? = nil
  ) throws(NeuralError) -> PrimitiveDescriptor {
    func make(_ winograd: Bool) throws(NeuralError) -> PrimitiveDescriptor {
      var description = try shape.forward(
        kind, bias: bias, winograd: winograd, layer: name, input: input)
      return try PrimitiveDescriptor(&description, attributes, layer: name)
    }
    return try choose(shape, .forward, name, make) {
      [
        (DNNL_ARG_SRC, $0.source), (DNNL_ARG_WEIGHTS, $0.weights),
        (DNNL_ARG_DST, $0.destination), (DNNL_ARG_BIAS, .plain([shape.convolution.outputs])),
      ]
    }
  }

  private func chooseBackwardData(
    _ shape: ConvolutionShape, _ forward: PrimitiveDescriptor, _ name: String
  ) throws(NeuralError) -> PrimitiveDescriptor {
    func make(_ winograd: Bool) throws(NeuralError) -> PrimitiveDescriptor {
      var description = try shape.backwardData(winograd: winograd, layer: name)
      return try PrimitiveDescriptor(
        &description, PrimitiveAttributes(), hint: forward, layer: name)
    }
    return try choose(shape, .backwardData, name, make) {
      [
        (DNNL_ARG_DIFF_SRC, $0.layout(dnnl_query_diff_src_md)!), (DNNL_ARG_WEIGHTS, $0.weights),
        (DNNL_ARG_DIFF_DST, $0.layout(dnnl_query_diff_dst_md)!),
      ]
    }
  }

  private func chooseBackwardWeights(
    _ shape: ConvolutionShape, _ forward: PrimitiveDescriptor, bias: Bool, _ name: String
  ) throws(NeuralError) -> PrimitiveDescriptor {
    func make(_ winograd: Bool) throws(NeuralError) -> PrimitiveDescriptor {
      var description = try shape.backwardWeights(bias: bias, winograd: winograd, layer: name)
      return try PrimitiveDescriptor(
        &description, PrimitiveAttributes(), hint: forward, layer: name)
    }
    return try choose(shape, .backwardWeights, name, make) {
      [
        (DNNL_ARG_SRC, $0.source), (DNNL_ARG_DIFF_WEIGHTS, $0.layout(dnnl_query_diff_weights_md)!),
        (DNNL_ARG_DIFF_DST, $0.layout(dnnl_query_diff_dst_md)!),
        (DNNL_ARG_DIFF_BIAS, .plain([shape.convolution.outputs])),
      ]
    }
  }

  private func choose(
    _ shape: ConvolutionShape, _ pass: AlgorithmLedger.Pass, _ name: String,
    _ make: (Bool) throws(NeuralError) -> PrimitiveDescriptor,
    arguments: (PrimitiveDescriptor) -> [(Int32, TensorLayout)]
  ) throws(NeuralError) -> PrimitiveDescriptor {
    let direct = try make(false)
    guard type == dnnl_f32,
      AlgorithmLedger.isEligible(shape.convolution, inputs: shape.source[1]),
      let winograd = try? make(true)
    else { return direct }
    let isWinograd = algorithms.decide(
      name, pass, shape.convolution, input: Array(shape.source.dropFirst()), batch: batch
    ) {
      guard let a = try? PrimitiveTrial.seconds(direct, arguments(direct)),
        let b = try? PrimitiveTrial.seconds(winograd, arguments(winograd))
      else { return nil }
      return (a, b)
    }
    return isWinograd ? winograd : direct
  }
}

extension Activation {
  /// The same function as operations fused into a convolution.
  var postOperations: [PostOperation] {
    switch self {
    case .relu: [.elementwise(dnnl_eltwise_relu, 0, 0)]
    case .relu6: [.elementwise(dnnl_eltwise_clip, 0, 6)]
    case .silu: [.elementwise(dnnl_eltwise_swish, 1, 0)]
    case .sigmoid: [.elementwise(dnnl_eltwise_logistic, 0, 0)]
    case .tanh: [.elementwise(dnnl_eltwise_tanh, 0, 0)]
    case .hardSwish: [.elementwise(dnnl_eltwise_hardswish, 1 / 6, 0.5)]
    case .hardSigmoid:
      [
        .elementwise(dnnl_eltwise_linear, 1 / 6, 0.5), .elementwise(dnnl_eltwise_clip, 0, 1),
      ]
    }
  }
}
