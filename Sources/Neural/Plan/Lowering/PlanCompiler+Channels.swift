// Layers that work on whole channels: concatenation, squeeze and excitation, local normalisation.

import COneDNN

extension PlanCompiler {
  // MARK: Concatenation

  func lowerConcat(_ index: Int) throws(NeuralError) {
    let name = network.layers[index].name
    let inputs = network.layers[index].inputs.map { roots[$0] }
    var sources: [Value] = []
    for input in inputs {
      // All of one kind, that of the first.
      let source = try spatial(input)
      let type = sources.first?.layout.type ?? source.layout.type
      sources.append(try recorder.aligned(source, to: source.layout.holding(type)))
    }
    let layouts = sources.map(\.layout.raw)
    var handle: dnnl_primitive_desc_t?
    let attributes = PrimitiveAttributes()
    let status = withExtendedLifetime(attributes) {
      dnnl_concat_primitive_desc_create(
        &handle, nil, Int32(layouts.count), 1, layouts, attributes.handle, DNN.engine)
    }
    try DNN.check(status, name, "concat_primitive_desc_create")
    let descriptor = PrimitiveDescriptor(taking: handle)
    let destination = recorder.value(descriptor.destination)
    try recorder.record(
      "concat", descriptor,
      sources.enumerated().map { (DNNL_ARG_MULTIPLE_SRC + Int32($0.offset), $0.element) }
        + [(DNNL_ARG_DST, destination)])
    values[index] = destination
    guard needsGradient[index] else { return }
    backward.append(
      (
        name,
        { [unowned self] () throws(NeuralError) in
          guard let gradient = try self.gradient(of: index) else { return }
          var channel = 0
          for (input, source) in zip(inputs, sources) {
            let extents = extents(input)
            if needsGradient[input] {
              var whole = gradient.value
              if whole.layout.window(extents, at: [0, channel, 0, 0]) == nil {
                whole = try recorder.aligned(
                  whole, to: .plain(self.extents(index), whole.layout.type))
              }
              let part = recorder.view(
                of: whole.buffer, whole.layout.window(extents, at: [0, channel, 0, 0])!)
              let dx = recorder.value(source.layout)
              try recorder.reorder(part, to: dx)
              contribute(dx, to: input, isExclusive: true)
            }
            channel += extents[1]
          }
        }
      ))
  }

  // MARK: Squeeze and excitation

  func lowerChannelScale(_ index: Int) throws(NeuralError) {
    let name = network.layers[index].name
    let (image, gateIndex) = (input(index, 0), input(index, 1))
    var source = try spatial(image)
    if source.layout.channels == nil {
      source = try recorder.aligned(source, to: .plain(extents(image), source.layout.type))
    }
    let layout = source.layout.channels!
    let gateLayout = TensorLayout(extents(gateIndex), layout.tag, source.layout.type)
    let gate = try recorder.aligned(spatial(gateIndex), to: gateLayout)
    let isInPlace = !needsGradient[index] && mayOverwrite(image, by: index)
    let destination =
      isInPlace
      ? recorder.view(of: source.buffer, source.layout) : recorder.value(source.layout)
    recorder.record("channel scale", [source, gate, destination]) {
      Kernels.channelScale(destination.numbers, source.numbers, gate: gate.numbers, layout)
    }
    values[index] = destination
    guard needsGradient[index] else { return }
    // The image and the gate are kept for their gradients: their product costs one more pass.
    if remakesScaled, feedsConvolutions(index) {
      remake(destination) { [unowned self] in
        let again = recorder.value(source.layout)
        recorder.record("channel scale again", [source, gate, again]) {
          Kernels.channelScale(again.numbers, source.numbers, gate: gate.numbers, layout)
        }
        return again
      }
    }
    backward.append(
      (
        name,
        { [unowned self] () throws(NeuralError) in
          guard let gradient = try self.gradient(of: index) else { return }
          let dy = gradient.value
          if needsGradient[gateIndex] {
            let dg = recorder.value(gateLayout)
            recorder.record("channel scale gradient", [dy, source, dg]) {
              Kernels.channelDot(dg.numbers, dy.numbers, source.numbers, layout)
            }
            contribute(dg, to: gateIndex, isExclusive: true)
          }
          if acceptsGating.contains(image), source === values[image] {
            gatings[image] = Gating(gradient: gradient, gate: gate)
            return
          }
          let dx = target(for: gradient)
          recorder.record("channel scale gradient", [dy, gate, dx]) {
            Kernels.channelScale(dx.numbers, dy.numbers, gate: gate.numbers, layout)
          }
          contribute(dx, to: image, isExclusive: true)
        }
      ))
  }

  // MARK: Local response normalisation

  func lowerLocalResponseNorm(_ index: Int, _ norm: LocalResponseNorm) throws(NeuralError) {
    let name = network.layers[index].name
    let previous = input(index)
    let source = try spatial(previous)
    let learns = needsGradient[index]
    var description = dnnl_lrn_desc_t()
    var layout = source.layout.raw
    try DNN.check(
      dnnl_lrn_forward_desc_init(
        &description, learns ? dnnl_forward_training : dnnl_forward_inference,
        dnnl_lrn_across_channels, &layout, Int64(norm.size), norm.alpha, norm.beta, norm.k), name,
      "lrn_forward_desc_init")
    let forward = try PrimitiveDescriptor(&description, PrimitiveAttributes(), layer: name)
    let destination = recorder.value(forward.destination)
    var arguments = [(DNNL_ARG_SRC, source), (DNNL_ARG_DST, destination)]
    var workspace: Value?
    if let layout = forward.layout(dnnl_query_workspace_md) {
      workspace = recorder.value(layout)
      arguments.append((DNNL_ARG_WORKSPACE, workspace!))
    }
    try recorder.record("local response norm", forward, arguments)
    values[index] = destination
    guard learns else { return }
    backward.append(
      (
        name,
        { [unowned self] () throws(NeuralError) in
          guard let gradient = try self.gradient(of: index) else { return }
          var description = dnnl_lrn_desc_t()
          var (raw, data) = (gradient.value.layout.raw, source.layout.raw)
          try DNN.check(
            dnnl_lrn_backward_desc_init(
              &description, dnnl_lrn_across_channels, &raw, &data, Int64(norm.size), norm.alpha,
              norm.beta, norm.k), name, "lrn_backward_desc_init")
          let descriptor = try PrimitiveDescriptor(
            &description, PrimitiveAttributes(), hint: forward, layer: name)
          let dx = recorder.value(source.layout)
          var arguments = [
            (DNNL_ARG_SRC, source), (DNNL_ARG_DIFF_DST, gradient.value), (DNNL_ARG_DIFF_SRC, dx),
          ]
          if let workspace { arguments.append((DNNL_ARG_WORKSPACE, workspace)) }
          try recorder.record("local response norm gradient", descriptor, arguments)
          contribute(dx, to: previous, isExclusive: true)
        }
      ))
  }
}
