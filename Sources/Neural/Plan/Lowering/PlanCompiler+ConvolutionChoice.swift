// Which primitive computes a pass of a convolution: oneDNN's direct or Winograd's, by timed trial.

import COneDNN

extension PlanCompiler {
  /// The forward primitive in the algorithm chosen for it.
  func chooseForward(
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

  func chooseBackwardData(
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

  func chooseBackwardWeights(
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
