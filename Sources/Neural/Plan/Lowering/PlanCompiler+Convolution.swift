// Convolutions in inference: folded and fused with what follows them.

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
