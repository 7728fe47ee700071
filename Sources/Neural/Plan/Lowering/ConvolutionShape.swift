// A convolution's extents as oneDNN describes them.

import COneDNN

#if canImport(Glibc)
  import Glibc
#endif

/// Extents, strides and padding of one convolution for one batch size, and the descriptions of its
/// three passes with layouts left to the library.
struct ConvolutionShape {
  private(set) var convolution: Convolution
  /// N, C, H, W.
  private(set) var source: [Int]
  private(set) var destination: [Int]
  /// O, I, height, width; groups apart when there are several.
  private(set) var weights: [Int]
  /// What is multiplied; sums are floats in any case.
  let type: dnnl_data_type_t
  private let strides: [Int64], dilation: [Int64], before: [Int64], after: [Int64]

  init(
    _ convolution: Convolution, _ network: Network, _ index: Int, batch: Int,
    _ type: dnnl_data_type_t
  ) {
    let layer = network.layers[index]
    self.convolution = convolution
    self.type = type
    source = [batch] + network.layers[layer.inputs[0]].shape
    destination = [batch] + layer.shape
    let groups = convolution.groups
    let kernel = [convolution.kernel.height, convolution.kernel.width]
    let inputs = source[1] / groups
    weights =
      groups > 1
      ? [groups, convolution.outputs / groups, inputs] + kernel
      : [convolution.outputs, inputs] + kernel
    let padding = convolution.padding
    strides = DNN.dims([convolution.stride, convolution.stride])
    dilation = DNN.dims([convolution.dilation - 1, convolution.dilation - 1])
    before = DNN.dims([padding.top, padding.left])
    // Rows that no window reaches must not be counted as padding.
    func end(_ size: Int, _ out: Int, _ kernel: Int, _ first: Int) -> Int {
      (out - 1) * convolution.stride + (kernel - 1) * convolution.dilation + 1 - size - first
    }
    after = DNN.dims([
      end(source[2], destination[2], kernel[0], padding.top),
      end(source[3], destination[3], kernel[1], padding.left),
    ])
  }

  /// The same for fewer images, or (without groups) fewer outputs.
  func part(images: Int? = nil, outputs: Int? = nil) -> ConvolutionShape {
    var part = self
    if let images { (part.source[0], part.destination[0]) = (images, images) }
    if let outputs {
      (part.convolution.outputs, part.destination[1], part.weights[0]) = (outputs, outputs, outputs)
    }
    return part
  }

  /// Operations of any one pass, two per multiply-add.
  var operations: Int {
    2 * destination.reduce(1, *) * weights.dropFirst().reduce(1, *) / groupFactor
  }

  /// Weights of several groups have one extent more, of which an output uses a single entry.
  private var groupFactor: Int { convolution.groups > 1 ? weights[1] : 1 }

  private func algorithm(_ winograd: Bool) -> dnnl_alg_kind_t {
    winograd ? dnnl_convolution_winograd : dnnl_convolution_direct
  }

  private var layouts: (TensorLayout, TensorLayout, TensorLayout, TensorLayout) {
    (
      .any(source, type), .any(weights, type), .any([convolution.outputs]), .any(destination, type)
    )
  }

  /// `input` fixes the layout of the input; nil leaves it to the library.
  func forward(
    _ kind: dnnl_prop_kind_t, bias: Bool, winograd: Bool, layer: String, input: TensorLayout? = nil
  ) throws(NeuralError) -> dnnl_convolution_desc_t {
    var description = dnnl_convolution_desc_t()
    var (x, w, b, y) = layouts
    if let input { x = input }
    let status = withUnsafePointer(to: &b.raw) { b in
      dnnl_dilated_convolution_forward_desc_init(
        &description, kind, algorithm(winograd), &x.raw, &w.raw, bias ? b : nil, &y.raw, strides,
        dilation, before, after)
    }
    try DNN.check(status, layer, "convolution_forward_desc_init")
    return description
  }

  func backwardData(winograd: Bool, layer: String) throws(NeuralError) -> dnnl_convolution_desc_t {
    var description = dnnl_convolution_desc_t()
    var (x, w, _, y) = layouts
    try DNN.check(
      dnnl_dilated_convolution_backward_data_desc_init(
        &description, algorithm(winograd), &x.raw, &w.raw, &y.raw, strides, dilation, before, after),
      layer, "convolution_backward_data_desc_init")
    return description
  }

  func backwardWeights(
    bias: Bool, winograd: Bool, layer: String
  ) throws(NeuralError) -> dnnl_convolution_desc_t {
    var description = dnnl_convolution_desc_t()
    var (x, w, b, y) = layouts
    w = w.holding(dnnl_f32)
    let status = withUnsafePointer(to: &b.raw) { b in
      dnnl_dilated_convolution_backward_weights_desc_init(
        &description, algorithm(winograd), &x.raw, &w.raw, bias ? b : nil, &y.raw, strides,
        dilation, before, after)
    }
    try DNN.check(status, layer, "convolution_backward_weights_desc_init")
    return description
  }
}

/// Measures a primitive on memory of its own.
enum PrimitiveTrial {
  /// The best of four runs after a first one, in processor time: others' work on the machine must
  /// not decide.
  static func seconds(
    _ descriptor: PrimitiveDescriptor, _ layouts: [(Int32, TensorLayout)]
  ) throws(NeuralError) -> Double {
    let recorder = StepRecorder()
    var arguments: [(Int32, Value)] = []
    for (argument, layout) in layouts { arguments.append((argument, recorder.persistent(layout))) }
    try recorder.record("trial", descriptor, arguments)
    let arena = recorder.layOut()
    return withExtendedLifetime(arena) {
      seconds {
        recorder.steps[0].run()
        recorder.stream.wait()
      }
    }
  }

  /// The same of anything.
  static func seconds(_ work: () -> Void) -> Double {
    var best = Double.infinity
    for run in 0..<5 {
      let start = Clock.processorSeconds
      work()
      if run > 0 { best = min(best, Clock.processorSeconds - start) }
    }
    return best
  }
}

/// Time for measurements; never an input of a computation.
enum Clock {
  static var seconds: Double { read(CLOCK_MONOTONIC) }

  /// Processor time of all threads: what to compare on a machine that others use too.
  static var processorSeconds: Double { read(CLOCK_PROCESS_CPUTIME_ID) }

  private static func read(_ clock: clockid_t) -> Double {
    var time = timespec()
    clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
