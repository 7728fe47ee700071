// Passes in parts, of some images or of some outputs each, where a whole one would need much memory.

import COneDNN

extension PlanCompiler {
  /// Scratch memory from which on a pass is worth splitting.
  private var muchScratch: Int { 32 << 20 }

  // MARK: Some images at a time

  /// Records a convolution's forward pass or data gradient. Winograd's algorithm keeps all transformed
  /// tiles of a batch at once; in two or four parts it takes as long and gives the same bits, as long
  /// as it adds up few enough channels (measured up to 128) to do so in one go.
  ///
  /// - Parameter make: the same pass on fewer images.
  func recordByImages(
    _ label: String, _ whole: PrimitiveDescriptor, _ arguments: [(Int32, Value)],
    _ shape: ConvolutionShape, summedOver channels: Int,
    make: (ConvolutionShape) throws(NeuralError) -> PrimitiveDescriptor
  ) throws(NeuralError) {
    let queries = [
      DNNL_ARG_SRC: dnnl_query_src_md, DNNL_ARG_DST: dnnl_query_dst_md,
      DNNL_ARG_DIFF_SRC: dnnl_query_diff_src_md, DNNL_ARG_DIFF_DST: dnnl_query_diff_dst_md,
    ]
    for count in [4, 2]
    where whole.isWinograd && whole.scratch >= muchScratch && channels <= 128 && batch % count == 0
    {
      guard let part = try? make(shape.part(images: batch / count)),
        part.isWinograd, part.weights == whole.weights, part.scratch * count >= whole.scratch
      else { continue }
      var parts = Array(repeating: [(Int32, Value)](), count: count)
      for (argument, value) in arguments {
        let pieces =
          queries[argument].map { split(value, into: count, as: part.layout($0)) }
          ?? Array(repeating: value, count: count)
        for (index, piece) in (pieces ?? []).enumerated() {
          parts[index].append((argument, piece))
        }
      }
      guard parts.allSatisfy({ $0.count == arguments.count }) else { continue }
      for piece in parts {
        try recorder.record(label, part, piece, operations: shape.operations / count)
      }
      return
    }
    try recorder.record(label, whole, arguments, operations: shape.operations)
  }

  /// `value` cut along its first extent; nil where the pieces would not be stretches of memory.
  private func split(_ value: Value, into count: Int, as layout: TensorLayout?) -> [Value]? {
    guard let layout, isPiece(layout, of: value.layout, count) else { return nil }
    return (0..<count).map {
      recorder.view(of: value.buffer, layout, at: value.offset + $0 * layout.byteCount)
    }
  }

  /// Whether `count` tensors in `part` one after the other are a tensor in `whole`.
  private func isPiece(_ part: TensorLayout, of whole: TensorLayout, _ count: Int) -> Bool {
    let extents = part.extents
    return extents[0] * count == whole.extents[0] && part.byteCount * count == whole.byteCount
      && whole.window(extents, at: extents.map { _ in 0 }) == part
  }

  // MARK: Some outputs at a time

  /// A weight gradient to record.
  struct WeightGradient {
    let label: String
    let descriptor: PrimitiveDescriptor
    let x: Value, dy: Value
    let weight: (slot: ParameterSlot, gradient: Value)
    let bias: (slot: ParameterSlot, gradient: Value)?
    let operations: Int
  }

  /// Records the gradient of a convolution's weights. Winograd's algorithm keeps all transformed
  /// weights several times; of a half or a quarter of the outputs it keeps less, in the same time. The
  /// bits are the same where it goes on working in the same way, which its scratch memory tells: the
  /// transformed input is as large as ever, and the rest shrinks with the outputs.
  func recordByOutputs(
    _ gradient: WeightGradient, _ shape: ConvolutionShape,
    make: (ConvolutionShape) throws(NeuralError) -> PrimitiveDescriptor
  ) throws(NeuralError) {
    let (whole, outputs) = (gradient.descriptor, shape.convolution.outputs)
    func part(_ count: Int) -> PrimitiveDescriptor? {
      outputs % (16 * count) == 0 ? try? make(shape.part(outputs: outputs / count)) : nil
    }
    guard whole.isWinograd, whole.scratch >= muchScratch, let half = part(2), half.isWinograd else {
      return try recordWhole(gradient)
    }
    let tiles = ((shape.source[2] + 3) / 4) * ((shape.source[3] + 3) / 4) * batch
    let fixed = 2 * half.scratch - whole.scratch
    guard fixed >= tiles * shape.source[1] * 36 * 4 else { return try recordWhole(gradient) }
    if let quarter = part(4), quarter.isWinograd,
      abs(quarter.scratch - fixed - (whole.scratch - fixed) / 4) < whole.scratch / 100,
      try record(gradient, in: 4, quarter)
    {
      return
    }
    if try !record(gradient, in: 2, half) { try recordWhole(gradient) }
  }

  /// Records the gradient of a linear layer's weights: of a large one (VGG's first has 103 million) in
  /// parts of at most 16 MB, so that there is never a gradient of them all.
  func recordByOutputs(
    _ gradient: WeightGradient, outputs: Int,
    make: (Int) throws(NeuralError) -> PrimitiveDescriptor
  ) throws(NeuralError) {
    let bytes = gradient.weight.slot.layout.byteCount
    var count = 1
    while bytes / count > 16 << 20, outputs % (128 * count) == 0 { count *= 2 }
    if count > 1, let part = try? make(outputs / count), try record(gradient, in: count, part) {
      return
    }
    try recordWhole(gradient)
  }

  private func recordWhole(_ gradient: WeightGradient) throws(NeuralError) {
    let (weight, bias) = (gradient.weight, gradient.bias)
    let layout = gradient.descriptor.layout(dnnl_query_diff_weights_md)!
    let dw = layout == weight.gradient.layout ? weight.gradient : recorder.value(layout)
    var arguments = [
      (DNNL_ARG_SRC, gradient.x), (DNNL_ARG_DIFF_DST, gradient.dy), (DNNL_ARG_DIFF_WEIGHTS, dw),
    ]
    if let bias { arguments.append((DNNL_ARG_DIFF_BIAS, bias.gradient)) }
    try recorder.record(
      gradient.label, gradient.descriptor, arguments, operations: gradient.operations)
    if dw !== weight.gradient { try recorder.reorder(dw, to: weight.gradient) }
    finish(weight.slot, weight.gradient)
    if let bias { finish(bias.slot, bias.gradient) }
  }

  /// Records `gradient` in `count` parts, each used up before the next; false where layouts forbid it.
  private func record(
    _ gradient: WeightGradient, in count: Int, _ part: PrimitiveDescriptor
  ) throws(NeuralError) -> Bool {
    let (weight, whole) = (gradient.weight, gradient.dy.layout)
    guard part.implementation == gradient.descriptor.implementation,
      part.source == gradient.x.layout,
      let weights = part.layout(dnnl_query_diff_weights_md),
      let layout = part.layout(dnnl_query_diff_dst_md),
      isPiece(weights, of: weight.slot.layout, count), isByImage(layout), isByImage(whole),
      layout.byteCount * count == whole.byteCount
    else { return false }
    let rows = weights.extents[0]
    let stretch = layout.byteCount / batch
    for index in 0..<count {
      let (dy, piece) = (gradient.dy, recorder.value(layout))
      recorder.record("part of gradient", [dy, piece]) { [batch] in
        let (from, to) = (dy.numbers.address, piece.numbers.address)
        for image in 0..<batch {
          (to + image * stretch).copyMemory(
            from: from + (image * count + index) * stretch, byteCount: stretch)
        }
      }
      let dw =
        updates
        ? recorder.value(weights)
        : recorder.view(of: weight.gradient.buffer, weights, at: index * weights.byteCount)
      var arguments = [
        (DNNL_ARG_SRC, gradient.x), (DNNL_ARG_DIFF_DST, piece), (DNNL_ARG_DIFF_WEIGHTS, dw),
      ]
      if let bias = gradient.bias {
        let db = recorder.view(of: bias.gradient.buffer, .plain([rows]), at: 4 * index * rows)
        arguments.append((DNNL_ARG_DIFF_BIAS, db))
      }
      try recorder.record(
        gradient.label, part, arguments, operations: gradient.operations / count)
      finish(weight.slot, dw, at: index * weights.count)
    }
    if let bias = gradient.bias { finish(bias.slot, bias.gradient) }
    return true
  }

  /// Whether a tensor is image after image, each with its channels (or blocks of them) in order.
  private func isByImage(_ layout: TensorLayout) -> Bool {
    let extents = layout.extents
    let tags = extents.count == 4 ? [dnnl_nChw16c, dnnl_nchw] : [dnnl_ab]
    return tags.contains { layout == TensorLayout(extents, $0, layout.type) }
      && (extents.count == 2 || extents[1] % 16 == 0)
  }
}
