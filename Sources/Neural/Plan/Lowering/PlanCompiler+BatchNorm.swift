// Batch normalisation that is not folded into a convolution.

import COneDNN

/// The parameters of one normalisation.
struct BatchNormSlots {
  let scale: ParameterSlot?
  let shift: ParameterSlot
  let mean: ParameterSlot
  let variance: ParameterSlot

  init(_ store: ParameterStore, _ layer: String) {
    scale = store.slot(layer, "weight")
    shift = store.slot(layer, "bias")!
    mean = store.slot(layer, "running_mean")!
    variance = store.slot(layer, "running_var")!
  }

  var all: [ParameterSlot] { (scale.map { [$0] } ?? []) + [shift, mean, variance] }

  /// running = (1 − momentum) · running + momentum · batch, the variance unbiased as in PyTorch.
  func follow(
    _ batchMean: UnsafePointer<Float>, _ batchVariance: UnsafePointer<Float>, momentum: Float,
    count: Int
  ) {
    let unbiased = count > 1 ? Float(count) / Float(count - 1) : 1
    let (m, v) = (mean.value.floats, variance.value.floats)
    for k in 0..<mean.layout.count {
      m[k] = (1 - momentum) * m[k] + momentum * batchMean[k]
      v[k] = (1 - momentum) * v[k] + momentum * unbiased * batchVariance[k]
    }
    mean.version += 1
    variance.version += 1
  }
}

extension PlanCompiler {
  func lowerBatchNorm(_ index: Int, _ norm: BatchNorm) throws(NeuralError) {
    let slots = BatchNormSlots(store, network.layers[index].name)
    if isTrained(index) {
      try lowerTrainedBatchNorm(index, norm, slots)
    } else {
      try lowerFixedBatchNorm(index, norm, slots)
    }
  }

  // MARK: Inference

  /// Normalisation by the running statistics, with a following ReLU.
  private func lowerFixedBatchNorm(
    _ index: Int, _ norm: BatchNorm, _ slots: BatchNormSlots
  ) throws(NeuralError) {
    let name = network.layers[index].name
    let source = try spatial(input(index))
    var last = index
    if let next = soleActivation(after: index), next.kind == .relu, !needsGradient[next.index] {
      last = next.index
      absorb(last)
    }
    let flags =
      dnnl_use_scale.rawValue | dnnl_use_shift.rawValue | dnnl_use_global_stats.rawValue
      | (last != index ? dnnl_fuse_norm_relu.rawValue : 0)
    var description = dnnl_batch_normalization_desc_t()
    var layout = source.layout.raw
    try DNN.check(
      dnnl_batch_normalization_forward_desc_init(
        &description, dnnl_forward_inference, &layout, norm.epsilon, flags), name,
      "batch_normalization_forward_desc_init")
    let forward = try PrimitiveDescriptor(&description, PrimitiveAttributes(), layer: name)
    let channels = TensorLayout.plain([source.layout.extents[1]])
    let scale: Value
    if let slot = slots.scale {
      scale = try prepared(slot, as: channels)
    } else {
      scale = recorder.persistent(channels)
      for k in 0..<channels.count { scale.floats[k] = 1 }
    }
    let destination = recorder.value(forward.destination)
    try recorder.record(
      "batch norm", forward,
      [
        (DNNL_ARG_SRC, source), (DNNL_ARG_DST, destination), (DNNL_ARG_SCALE, scale),
        (DNNL_ARG_SHIFT, try prepared(slots.shift, as: channels)),
        (DNNL_ARG_MEAN, try prepared(slots.mean, as: channels)),
        (DNNL_ARG_VARIANCE, try prepared(slots.variance, as: channels)),
      ])
    values[last] = destination
  }

  // MARK: Training

  /// What runs together with a normalisation: a residual sum whose other side is known already, and
  /// a ReLU, ReLU6 or (without a sum) SiLU.
  private struct Fusion {
    var last: Int
    var residual: Int?
    var activation = BatchNormKernel.FusedActivation.none
  }

  private func fusion(_ index: Int) -> Fusion {
    var fusion = Fusion(last: index)
    if let next = soleConsumer(index), case .add = network.layers[next].operation {
      let other = input(next, input(next) == index ? 1 : 0)
      if values[other] != nil {
        fusion.residual = other
        fusion.last = next
        absorb(next)
      }
    }
    guard let next = soleActivation(after: fusion.last) else { return fusion }
    switch next.kind {
    case .relu: fusion.activation = .clipped(.infinity)
    case .relu6: fusion.activation = .clipped(6)
    case .silu where fusion.residual == nil: fusion.activation = .silu
    default: return fusion
    }
    fusion.last = next.index
    absorb(next.index)
    return fusion
  }

  /// Whether the readers of layer `index` are squeeze and excitation alone, whose gradients the
  /// normalisation can then take in by itself.
  private func isGated(_ index: Int) -> Bool {
    guard !isOutput[index], consumers[index].count == 2 else { return false }
    let isPooled = consumers[index].contains {
      network.layers[$0].operation == .globalAveragePooling
    }
    return isPooled
      && consumers[index].contains {
        network.layers[$0].operation == .channelScale && input($0, 0) == index
          && input($0, 1) != index
      }
  }

  private func lowerTrainedBatchNorm(
    _ index: Int, _ norm: BatchNorm, _ slots: BatchNormSlots
  ) throws(NeuralError) {
    let previous = input(index)
    let fusion = fusion(index)
    var source = try spatial(previous)
    if source.layout.channels == nil {
      source = try recorder.aligned(source, to: .plain(extents(previous), source.layout.type))
    }
    let extents = extents(index)
    let kernel = BatchNormKernel(
      layout: source.layout.channels!, channels: extents[1],
      count: extents[0] * extents[2] * extents[3], epsilon: norm.epsilon,
      activation: fusion.activation)
    let residual = try fusion.residual.map { other throws(NeuralError) in
      try recorder.aligned(spatial(other), to: source.layout)
    }
    let context = context
    let usesBatch = purpose.training?.frozenStatistics != true
    let perChannel = TensorLayout.plain([kernel.padded])
    let (mean, variance, gain, offset) = (
      recorder.value(perChannel), recorder.value(perChannel), recorder.value(perChannel),
      recorder.value(perChannel)
    )
    let destination = recorder.value(source.layout)
    let work = recorder.value(.plain([kernel.workCount]))
    for slot in slots.all { slot.isBound = true }
    let (scaleGradient, shiftGradient) = (
      slots.scale.map(trainedGradient), trainedGradient(slots.shift)
    )
    recorder.record(
      "batch norm",
      [source, destination, mean, variance, gain, offset, work] + (residual.map { [$0] } ?? [])
    ) {
      if usesBatch {
        kernel.moments(
          source.numbers, work: work.floats, mean: mean.floats, variance: variance.floats)
        slots.follow(
          mean.floats, variance.floats, momentum: context.momentum(norm.momentum),
          count: kernel.count)
      } else {
        mean.floats.update(repeating: 0, count: kernel.padded)
        variance.floats.update(repeating: 0, count: kernel.padded)
        mean.floats.update(from: slots.mean.value.floats, count: kernel.channels)
        variance.floats.update(from: slots.variance.value.floats, count: kernel.channels)
      }
      kernel.forward(
        destination.numbers, source.numbers, residual: residual?.numbers,
        scale: slots.scale?.value.floats, shift: slots.shift.value.floats, mean: mean.floats,
        variance: variance.floats, gain: gain.floats, offset: offset.floats)
    }
    values[fusion.last] = destination
    if residual == nil, isGated(fusion.last) { acceptsGating.insert(fusion.last) }
    // A sum can be made again from another that is kept, so every second one of a chain.
    let hasParts = fusion.residual.map { other in
      residual === values[other] && !isRemade(residual!) && feedsConvolutions(other)
    }
    if remakesOutputs, hasParts ?? true, feedsConvolutions(fusion.last) {
      remake(destination) { [unowned self] in
        let again = recorder.value(destination.layout)
        recorder.record(
          "batch norm again",
          [source, again, mean, variance, gain, offset] + (residual.map { [$0] } ?? [])
        ) {
          kernel.forward(
            again.numbers, source.numbers, residual: residual?.numbers,
            scale: slots.scale?.value.floats, shift: slots.shift.value.floats, mean: mean.floats,
            variance: variance.floats, gain: gain.floats, offset: offset.floats)
        }
        return again
      }
    }

    backward.append(
      (
        network.layers[index].name,
        { [unowned self] () throws(NeuralError) in
          let gating = gatings[fusion.last]
          var whole = gating?.gradient
          if whole == nil { whole = try self.gradient(of: fusion.last) }
          guard let gradient = whole else { return }
          let dy = gradient.value
          let (gate, pooled) = (gating?.gate, gating?.pooled)
          let sharesGradient = fusion.residual.map { needsGradient[$0] } ?? false
          // With a sum, the activation's mask comes from the output and is applied once, in place.
          let masked = residual != nil && fusion.activation != .none ? target(for: gradient) : nil
          let isFree = !sharesGradient && (gradient.isExclusive || masked != nil)
          let dx = isFree ? masked ?? dy : recorder.value(dy.layout)
          let work = recorder.value(.plain([kernel.workCount]))
          let (sum, dot, slope, base) = (
            recorder.value(perChannel), recorder.value(perChannel), recorder.value(perChannel),
            recorder.value(perChannel)
          )
          let output = masked == nil ? nil : kept(destination)
          recorder.record(
            "batch norm gradient",
            [dy, dx, source, mean, variance, gain, offset, work, sum, dot, slope, base]
              + [masked, output, gate, pooled, scaleGradient, shiftGradient].compactMap { $0 }
          ) {
            kernel.backward(
              dx.numbers, dy.numbers, source.numbers, output: output?.numbers,
              masked: masked?.numbers,
              gating: gate.map { BatchNormKernel.Gating(gate: $0.numbers, base: pooled?.numbers) },
              mean: mean.floats, variance: variance.floats, gain: gain.floats,
              offset: offset.floats,
              scaleGradient: scaleGradient?.floats, shiftGradient: shiftGradient.floats,
              scratch: BatchNormKernel.Scratch(
                work: work.floats, sum: sum.floats, dot: dot.floats, slope: slope.floats,
                base: base.floats), usesBatch: usesBatch)
          }
          if let scale = slots.scale, let scaleGradient { finish(scale, scaleGradient) }
          finish(slots.shift, shiftGradient)
          if let other = fusion.residual {
            contribute(
              masked ?? dy, to: other, isExclusive: masked != nil || gradient.isExclusive)
          }
          contribute(dx, to: previous, isExclusive: true)
        }
      ))
  }
}
