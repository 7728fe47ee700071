// Convolutions in bfloat16 by the engine's own Winograd kernels: the choice, their weights, their steps.

import COneDNN

extension PlanCompiler {
  /// The engine's own Winograd for one pass, where it exists and was chosen instead of `direct`.
  func chooseWinograd(
    _ shape: ConvolutionShape, _ pass: AlgorithmLedger.Pass, _ name: String,
    instead direct: PrimitiveDescriptor
  ) -> WinogradConvolution? {
    guard let winograd = WinogradConvolution(shape, pass) else { return nil }
    let isChosen = algorithms.decide(
      name, pass, shape.convolution, input: Array(shape.source.dropFirst()), batch: batch, tile: 2
    ) {
      guard let seconds = try? PrimitiveTrial.seconds(direct, arguments(direct, pass, shape))
      else { return nil }
      return (seconds, winograd.seconds(transforming: purpose.training != nil))
    }
    return isChosen ? winograd : nil
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
    case .forward, .backwardWeights:
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
}
