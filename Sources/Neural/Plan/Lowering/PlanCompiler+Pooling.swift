// Maximum and mean pooling, global and adaptive.

import COneDNN

/// A pooling's windows as oneDNN describes them.
struct PoolingWindow {
  let kind: dnnl_alg_kind_t
  let kernel: [Int64], strides: [Int64], before: [Int64], after: [Int64]

  init(_ pooling: Pooling, _ layer: Layer, _ network: Network) {
    let input = network.layers[layer.inputs[0]].shape
    let padding = pooling.padding
    kind =
      switch (pooling.kind, pooling.countsPadding) {
      case (.max, _): dnnl_pooling_max
      case (.average, true): dnnl_pooling_avg_include_padding
      case (.average, false): dnnl_pooling_avg_exclude_padding
      }
    kernel = DNN.dims([pooling.kernel, pooling.kernel])
    strides = DNN.dims([pooling.stride, pooling.stride])
    before = DNN.dims([padding.top, padding.left])
    func end(_ size: Int, _ out: Int, _ first: Int) -> Int {
      (out - 1) * pooling.stride + pooling.kernel - size - first
    }
    after = DNN.dims([
      end(input[1], layer.shape[1], padding.top), end(input[2], layer.shape[2], padding.left),
    ])
  }

  init(globalOver input: [Int]) { self.init(grid: input, height: 1, width: 1) }

  /// Windows that divide the image evenly.
  init(grid input: [Int], height: Int, width: Int) {
    kind = dnnl_pooling_avg_exclude_padding
    kernel = DNN.dims([input[1] / height, input[2] / width])
    strides = kernel
    before = [0, 0]
    after = [0, 0]
  }
}

extension PlanCompiler {
  func lowerPooling(_ index: Int, _ window: PoolingWindow) throws(NeuralError) {
    let name = network.layers[index].name
    let previous = input(index)
    let source = try spatial(previous)
    let learns = needsGradient[index]
    var description = dnnl_pooling_v2_desc_t()
    var (x, y) = (source.layout.raw, TensorLayout.any(extents(index), source.layout.type).raw)
    let dilation: [Int64] = [0, 0]
    try DNN.check(
      dnnl_pooling_v2_forward_desc_init(
        &description, learns ? dnnl_forward_training : dnnl_forward_inference, window.kind, &x, &y,
        window.strides, window.kernel, dilation, window.before, window.after), name,
      "pooling_v2_forward_desc_init")
    let forward = try PrimitiveDescriptor(&description, PrimitiveAttributes(), layer: name)
    let destination = recorder.value(forward.destination)
    var arguments = [(DNNL_ARG_SRC, source), (DNNL_ARG_DST, destination)]
    var workspace: Value?
    if let layout = forward.layout(dnnl_query_workspace_md) {
      workspace = recorder.value(layout)
      arguments.append((DNNL_ARG_WORKSPACE, workspace!))
    }
    try recorder.record("pooling", forward, arguments)
    values[index] = destination
    // A maximum's gradient goes to the element it took, which was cut off just as the maximum was: the
    // cut's mask may come first, from the smaller side, and the larger one need not be kept.
    let limit =
      learns && window.kind == dnnl_pooling_max && soleConsumer(previous) == index
      ? clipped.removeValue(forKey: previous) : nil
    if limit != nil { masking.insert(index) }
    guard learns else { return }
    backward.append(
      (
        name,
        { [unowned self] () throws(NeuralError) in
          guard var gradient = try self.gradient(of: index) else { return }
          if let limit {
            let (dx, dy, y) = (target(for: gradient), gradient.value, destination)
            let count = y.layout.count
            recorder.record("activation gradient", [dx, dy, y]) {
              Kernels.reluBackward(dx.numbers, dy.numbers, output: y.numbers, limit: limit, count)
            }
            gradient = Gradient(value: dx, isExclusive: true)
          }
          if gatings[previous] != nil, let tag = source.layout.channels?.tag {
            let layout = TensorLayout(extents(index), tag, source.layout.type)
            gatings[previous]?.pooled = try recorder.aligned(gradient.value, to: layout)
            return
          }
          var description = dnnl_pooling_v2_desc_t()
          var (dx, dy) = (source.layout.raw, gradient.value.layout.raw)
          try DNN.check(
            dnnl_pooling_v2_backward_desc_init(
              &description, window.kind, &dx, &dy, window.strides, window.kernel, dilation,
              window.before, window.after), name, "pooling_v2_backward_desc_init")
          let descriptor = try PrimitiveDescriptor(
            &description, PrimitiveAttributes(), hint: forward, layer: name)
          let result = recorder.value(source.layout)
          var arguments = [(DNNL_ARG_DIFF_DST, gradient.value), (DNNL_ARG_DIFF_SRC, result)]
          if let workspace { arguments.append((DNNL_ARG_WORKSPACE, workspace)) }
          try recorder.record("pooling gradient", descriptor, arguments)
          contribute(result, to: previous, isExclusive: true)
        }
      ))
  }

  /// Even windows are ordinary pooling; others are summed here, in the plain layout.
  func lowerAdaptivePooling(_ index: Int) throws(NeuralError) {
    let previous = input(index)
    let from = network.layers[previous].shape
    let to = network.layers[index].shape
    if from[1] % to[1] == 0, from[2] % to[2] == 0 {
      return try lowerPooling(
        index, PoolingWindow(grid: from, height: to[1], width: to[2]))
    }
    let source = try recorder.aligned(spatial(previous), to: .plain(extents(previous)))
    let destination = recorder.value(.plain(extents(index)))
    let grid = AdaptiveGrid(planes: batch * from[0], from: from, to: to)
    recorder.record("adaptive pooling", [source, destination]) {
      grid.forward(source.floats, destination.floats)
    }
    values[index] = destination
    guard needsGradient[index] else { return }
    backward.append(
      (
        network.layers[index].name,
        { [unowned self] () throws(NeuralError) in
          guard let gradient = try self.gradient(of: index) else { return }
          let dy = gradient.value
          let dx = recorder.value(.plain(extents(previous)))
          recorder.record("adaptive pooling gradient", [dy, dx]) {
            grid.backward(dy.floats, dx.floats)
          }
          contribute(dx, to: previous, isExclusive: true)
        }
      ))
  }
}

/// Windows ⌊i · in / out⌋ ..< ⌈(i + 1) · in / out⌉, as PyTorch's adaptive pooling has them.
private struct AdaptiveGrid {
  let planes: Int
  let from: [Int]
  let to: [Int]

  private func window(_ i: Int, _ size: Int, _ count: Int) -> Range<Int> {
    i * size / count..<((i + 1) * size + count - 1) / count
  }

  /// Calls `body` with each output's position and its window's row and column ranges.
  private func each(_ body: (Int, Int, Range<Int>, Range<Int>) -> Void) {
    for plane in 0..<planes {
      for i in 0..<to[1] {
        for j in 0..<to[2] {
          body(
            plane * from[1] * from[2], (plane * to[1] + i) * to[2] + j, window(i, from[1], to[1]),
            window(j, from[2], to[2]))
        }
      }
    }
  }

  func forward(_ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>) {
    each { base, output, rows, columns in
      var sum: Float = 0
      for row in rows { for column in columns { sum += x[base + row * from[2] + column] } }
      y[output] = sum / Float(rows.count * columns.count)
    }
  }

  func backward(_ dy: UnsafePointer<Float>, _ dx: UnsafeMutablePointer<Float>) {
    dx.update(repeating: 0, count: planes * from[1] * from[2])
    each { base, output, rows, columns in
      let share = dy[output] / Float(rows.count * columns.count)
      for row in rows { for column in columns { dx[base + row * from[2] + column] += share } }
    }
  }
}
