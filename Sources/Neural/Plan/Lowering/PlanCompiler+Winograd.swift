// Convolutions in bfloat16 by the engine's own Winograd kernels: the choice, their weights, their steps.

import COneDNN

extension PlanCompiler {
  /// The engine's own Winograd for one pass, where it exists and was chosen instead of `direct`.
  func chooseWinograd(
    _ shape: ConvolutionShape, _ pass: AlgorithmLedger.Pass, _ name: String,
    instead direct: PrimitiveDescriptor
  ) -> WinogradConvolution? {
    guard let winograd = WinogradConvolution(shape, pass) else { return nil }
    let isChosen = isWinogradChosen(shape, pass, name, instead: direct) {
      winograd.seconds(transforming: purpose.training != nil)
    }
    return isChosen ? winograd : nil
  }

  /// The same for the gradient of the weights.
  func chooseWinogradGradient(
    _ shape: ConvolutionShape, _ name: String, instead direct: PrimitiveDescriptor
  ) -> WinogradGradient? {
    guard let winograd = WinogradGradient(shape) else { return nil }
    let isChosen = isWinogradChosen(
      shape, .backwardWeights, name, instead: direct, seconds: winograd.seconds)
    return isChosen ? winograd : nil
  }

  private func isWinogradChosen(
    _ shape: ConvolutionShape, _ pass: AlgorithmLedger.Pass, _ name: String,
    instead direct: PrimitiveDescriptor, seconds: () -> Double
  ) -> Bool {
    algorithms.decide(
      name, pass, shape.convolution, input: Array(shape.source.dropFirst()), batch: batch, tile: 2
    ) {
      let other = try? PrimitiveTrial.seconds(direct, arguments(direct, pass, shape))
      return other.map { ($0, seconds()) }
    }
  }

  private func arguments(
    _ direct: PrimitiveDescriptor, _ pass: AlgorithmLedger.Pass, _ shape: ConvolutionShape
  ) -> [(Int32, TensorLayout)] {
    switch pass {
    case .backwardData:
      [
        (DNNL_ARG_DIFF_SRC, direct.layout(dnnl_query_diff_src_md)!),
        (DNNL_ARG_WEIGHTS, direct.weights),
        (DNNL_ARG_DIFF_DST, direct.layout(dnnl_query_diff_dst_md)!),
      ]
    case .backwardWeights:
      [
        (DNNL_ARG_SRC, direct.source),
        (DNNL_ARG_DIFF_WEIGHTS, direct.layout(dnnl_query_diff_weights_md)!),
        (DNNL_ARG_DIFF_DST, direct.layout(dnnl_query_diff_dst_md)!),
        (DNNL_ARG_DIFF_BIAS, .plain([shape.convolution.outputs])),
      ]
    case .forward:
      [
        (DNNL_ARG_SRC, direct.source), (DNNL_ARG_WEIGHTS, direct.weights),
        (DNNL_ARG_DST, direct.destination), (DNNL_ARG_BIAS, .plain([shape.convolution.outputs])),
      ]
    }
  }

  /// A parameter as `winograd` reads it: a copy that is refreshed when the parameter changes.
  func prepared(
    _ slot: ParameterSlot, for winograd: WinogradConvolution
  ) throws(NeuralError) -> Value {
    slot.isBound = true
    if let shared = slot.copy(in: winograd.transformed) {
      preparations.append(shared.preparation)
      return recorder.shared(shared.value)
    }
    let copy = recorder.persistent(winograd.transformed)
    let preparation = Preparation(slots: [slot]) {
      if slot.layout == winograd.weights {
        return winograd.transform(slot.value.floats, to: copy.numbers)
      }
      let blocks = Value(persistent: winograd.weights)
      try? ParameterSlot.copy(slot.value, to: blocks)
      withExtendedLifetime(blocks) { winograd.transform(blocks.floats, to: copy.numbers) }
    }
    preparations.append(preparation)
    slot.share(copy, preparation)
    return copy
  }

  /// A trained parameter as `winograd` reads it, made right here in the plan's own memory.
  func transient(
    _ slot: ParameterSlot, for winograd: WinogradConvolution
  ) throws(NeuralError) -> Value {
    let blocks = try transient(slot, as: winograd.weights)
    let copy = recorder.value(winograd.transformed)
    recorder.record("weights", [blocks, copy]) {
      winograd.transform(blocks.floats, to: copy.numbers)
    }
    return copy
  }

  /// Records a run on weights that are transformed already.
  func record(
    _ winograd: WinogradConvolution, _ label: String, _ source: Value, _ weights: Value,
    _ destination: Value, bias: Value?, _ ends: WinogradConvolution.Ends, _ operations: Int
  ) {
    let work = recorder.value(winograd.work)
    recorder.record(
      label, [source, weights, destination, work] + (bias.map { [$0] } ?? []),
      operations: operations, implementation: "winograd_2x3:avx512_bf16"
    ) {
      winograd.run(
        destination.numbers, source.numbers, weights.numbers, bias: bias?.floats, ends,
        work: work.floats)
    }
  }

  /// Records the gradient of a convolution's weights, and of its bias.
  func record(
    _ winograd: WinogradGradient, _ x: Value, _ dy: Value, to gradient: Value, bias: Value?,
    _ operations: Int
  ) throws(NeuralError) {
    let x = try recorder.aligned(x, to: winograd.source)
    let dy = try recorder.aligned(dy, to: winograd.destination)
    let isDirect = gradient.layout == winograd.weights
    let dw = isDirect ? gradient : recorder.value(winograd.weights)
    let work = recorder.value(winograd.work)
    recorder.record(
      "convolution weight gradient", [x, dy, dw, work] + (bias.map { [$0] } ?? []),
      operations: operations, implementation: "winograd_2x3:avx512_bf16"
    ) {
      winograd.run(
        dw.floats, bias: bias?.floats, x.numbers, dy.numbers, work: work.floats)
    }
    if !isDirect { try recorder.reorder(dw, to: gradient) }
  }
}
