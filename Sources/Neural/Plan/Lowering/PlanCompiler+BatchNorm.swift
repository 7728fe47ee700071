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
}

extension PlanCompiler {
  func lowerBatchNorm(_ index: Int, _ norm: BatchNorm) throws(NeuralError) {
    let name = network.layers[index].name
    let slots = BatchNormSlots(store, name)
    let isTrained = isTrained(index)
    let usesRunning = !isTrained || purpose.training?.frozenStatistics == true
    let source = try spatial(input(index))
    var last = index
    if let next = soleActivation(after: index), next.kind == .relu {
      last = next.index
      absorb(last)
    }
    let flags =
      dnnl_use_scale.rawValue | dnnl_use_shift.rawValue
      | (usesRunning ? dnnl_use_global_stats.rawValue : 0)
      | (last != index ? dnnl_fuse_norm_relu.rawValue : 0)
    var description = dnnl_batch_normalization_desc_t()
    var layout = source.layout.raw
    try DNN.check(
      dnnl_batch_normalization_forward_desc_init(
        &description, isTrained ? dnnl_forward_training : dnnl_forward_inference, &layout,
        norm.epsilon, flags), name, "batch_normalization_forward_desc_init")
    let forward = try PrimitiveDescriptor(&description, PrimitiveAttributes(), layer: name)

    let channels = TensorLayout.plain([source.layout.extents[1]])
    let scale: Value
    if let slot = slots.scale {
      scale = try prepared(slot, as: channels)
    } else {
      scale = recorder.persistent(channels)
      for k in 0..<channels.floatCount { scale.floats[k] = 1 }
    }
    let mean = usesRunning ? try prepared(slots.mean, as: channels) : recorder.value(channels)
    let variance =
      usesRunning ? try prepared(slots.variance, as: channels) : recorder.value(channels)
    let shift = try prepared(slots.shift, as: channels)
    let destination = recorder.value(forward.destination)
    var arguments = [
      (DNNL_ARG_SRC, source), (DNNL_ARG_DST, destination), (DNNL_ARG_SCALE, scale),
      (DNNL_ARG_SHIFT, shift), (DNNL_ARG_MEAN, mean),
      (DNNL_ARG_VARIANCE, variance),
    ]
    var workspace: Value?
    if let layout = forward.layout(dnnl_query_workspace_md) {
      workspace = recorder.value(layout)
      arguments.append((DNNL_ARG_WORKSPACE, workspace!))
    }
    try recorder.record("batch norm", forward, arguments)
    values[last] = destination
    guard isTrained else { return }
    if !usesRunning { recordRunningStatistics(slots, norm, mean, variance, source) }

    let scaleGradient = slots.scale.map(trainedGradient) ?? recorder.persistent(channels)
    let shiftGradient = trainedGradient(slots.shift)
    let previous = input(index)
    backward.append(
      (
        name,
        { [unowned self] () throws(NeuralError) in
          guard let gradient = try self.gradient(of: last) else { return }
          var description = dnnl_batch_normalization_desc_t()
          var layout = source.layout.raw
          try DNN.check(
            dnnl_batch_normalization_backward_desc_init(
              &description, dnnl_backward, &layout, &layout, norm.epsilon, flags), name,
            "batch_normalization_backward_desc_init")
          let descriptor = try PrimitiveDescriptor(
            &description, PrimitiveAttributes(), hint: forward, layer: name)
          let dy = try recorder.aligned(gradient.value, to: source.layout)
          let dx =
            gradient.isExclusive || dy !== gradient.value ? dy : recorder.value(source.layout)
          var arguments = [
            (DNNL_ARG_SRC, source), (DNNL_ARG_MEAN, mean), (DNNL_ARG_VARIANCE, variance),
            (DNNL_ARG_DIFF_DST, dy), (DNNL_ARG_SCALE, scale), (DNNL_ARG_SHIFT, shift),
            (DNNL_ARG_DIFF_SRC, dx),
            (DNNL_ARG_DIFF_SCALE, scaleGradient), (DNNL_ARG_DIFF_SHIFT, shiftGradient),
          ]
          if let workspace { arguments.append((DNNL_ARG_WORKSPACE, workspace)) }
          try recorder.record("batch norm gradient", descriptor, arguments)
          contribute(dx, to: previous, isExclusive: true)
        }
      ))
  }

  /// running = (1 − momentum) · running + momentum · batch, the variance unbiased as in PyTorch.
  func recordRunningStatistics(
    _ slots: BatchNormSlots, _ norm: BatchNorm, _ mean: Value, _ variance: Value, _ source: Value
  ) {
    let extents = source.layout.extents
    let count = Float(extents[0] * extents[2] * extents[3])
    let unbiased = count > 1 ? count / (count - 1) : 1
    slots.mean.isBound = true
    slots.variance.isBound = true
    recorder.record("running statistics", [mean, variance]) {
      let (m, v) = (slots.mean.value.floats, slots.variance.value.floats)
      for k in 0..<extents[1] {
        m[k] = (1 - norm.momentum) * m[k] + norm.momentum * mean.floats[k]
        v[k] = (1 - norm.momentum) * v[k] + norm.momentum * unbiased * variance.floats[k]
      }
      slots.mean.version += 1
      slots.variance.version += 1
    }
  }
}
