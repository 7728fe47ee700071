// The fused normalisation kernel on large maps, in every layout, against double precision.

import COneDNN
import Testing

@testable import Neural

#if canImport(Glibc)
  import Glibc
#endif

@Suite("Batch norm kernel") struct BatchNormKernelTests {
  /// Outer, spatial and inner extents with the channels they hold.
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let images: Int, channels: Int, inner: Int
    let limit: Float?
    let hasResidual: Bool
    var isHalf = false
    var isSilu = false
    /// Whether squeeze and excitation left its parts of the gradient.
    var isGated = false
    var testDescription: String { name }
  }

  static let cases = [
    Case(name: "blocked", images: 3, channels: 32, inner: 16, limit: nil, hasResidual: false),
    Case(name: "blocked, ReLU6", images: 3, channels: 20, inner: 16, limit: 6, hasResidual: false),
    Case(
      name: "blocked, sum, ReLU", images: 3, channels: 16, inner: 16, limit: .infinity,
      hasResidual: true),
    Case(
      name: "plain, ReLU", images: 2, channels: 5, inner: 1, limit: .infinity, hasResidual: false),
    Case(name: "plain, sum", images: 2, channels: 5, inner: 1, limit: nil, hasResidual: true),
    Case(
      name: "channels last, ReLU6", images: 2, channels: 7, inner: 7, limit: 6, hasResidual: true),
    Case(
      name: "blocked, sum, ReLU, bfloat16", images: 3, channels: 20, inner: 16, limit: .infinity,
      hasResidual: true, isHalf: true),
    Case(
      name: "blocked, ReLU6, bfloat16", images: 2, channels: 16, inner: 16, limit: 6,
      hasResidual: false, isHalf: true),
    Case(
      name: "plain, sum, ReLU, bfloat16", images: 2, channels: 5, inner: 1, limit: .infinity,
      hasResidual: true, isHalf: true),
    Case(
      name: "blocked, SiLU", images: 2, channels: 20, inner: 16, limit: nil, hasResidual: false,
      isSilu: true),
    Case(
      name: "blocked, SiLU, gated", images: 3, channels: 20, inner: 16, limit: nil,
      hasResidual: false, isSilu: true, isGated: true),
    Case(
      name: "blocked, SiLU, gated, bfloat16", images: 2, channels: 16, inner: 16, limit: nil,
      hasResidual: false, isHalf: true, isSilu: true, isGated: true),
    Case(
      name: "blocked, ReLU, gated", images: 2, channels: 16, inner: 16, limit: .infinity,
      hasResidual: false, isGated: true),
    Case(
      name: "plain, SiLU, gated", images: 2, channels: 5, inner: 1, limit: nil, hasResidual: false,
      isSilu: true, isGated: true),
    Case(
      name: "channels last, SiLU, gated", images: 2, channels: 7, inner: 7, limit: nil,
      hasResidual: false, isSilu: true, isGated: true),
    Case(
      name: "channels last, bfloat16", images: 2, channels: 7, inner: 7, limit: nil,
      hasResidual: false, isHalf: true),
  ]

  /// Numbers of one kind in memory of their own.
  private struct Stored {
    let buffer: Buffer
    let count: Int
    let isHalf: Bool
    var numbers: Numbers { Numbers(address: buffer.address!, isHalf: isHalf) }

    init(_ values: [Float], isHalf: Bool) {
      buffer = Buffer(persistent: 4 * values.count)
      count = values.count
      self.isHalf = isHalf
      for (i, value) in values.enumerated() {
        if isHalf {
          numbers.halves[i] = UInt16(
            (value.bitPattern + 0x7FFF + (value.bitPattern >> 16 & 1)) >> 16)
        } else {
          numbers.floats[i] = value
        }
      }
    }

    var values: [Float] {
      (0..<count).map {
        isHalf ? Float(bitPattern: UInt32(numbers.halves[$0]) << 16) : numbers.floats[$0]
      }
    }
  }

  @Test("outputs and gradients are those of the definition", arguments: cases)
  func matches(_ situation: Case) {
    let spatial = 3001
    let (images, channels, inner) = (situation.images, situation.channels, situation.inner)
    let blocks = (channels + inner - 1) / inner
    let count = images * blocks * spatial * inner
    let kernel = BatchNormKernel(
      layout: ChannelLayout(outer: images * blocks, spatial: spatial, inner: inner, tag: dnnl_nchw),
      channels: channels, count: images * spatial, epsilon: 1e-5,
      activation: situation.isSilu ? .silu : situation.limit.map { .clipped($0) } ?? .none)
    /// The channel of an element, or nil for padding.
    func channel(_ i: Int) -> Int? {
      let k = i / (spatial * inner) % blocks * inner + i % inner
      return k < channels ? k : nil
    }
    func drawn(_ name: String, _ size: Int, _ map: (Double) -> Double) -> [Float] {
      SharedNumbers.uniform(name, size).map { Float(map($0)) }
    }
    var x = drawn("x", count) { 3 + 2 * $0 }
    var dy = drawn("dy", count) { $0 - 0.3 }
    var residual = drawn("residual", count) { 2 * $0 - 1 }
    for i in 0..<count where channel(i) == nil { (x[i], dy[i], residual[i]) = (0, 0, 0) }
    var scale = drawn("scale", channels) { 0.5 + $0 }
    var shift = drawn("shift", channels) { $0 - 0.5 }

    func zeros(_ size: Int) -> [Float] { [Float](repeating: 0, count: size) }
    let padded = kernel.padded
    var (mean, variance, gain, offset) = (
      zeros(padded), zeros(padded), zeros(padded), zeros(padded)
    )
    func stored(_ values: [Float]) -> Stored { Stored(values, isHalf: situation.isHalf) }
    // One number for each image and channel, in the order [image][block][inner].
    let gate = stored(drawn("gate", images * padded) { $0 })
    let base = stored(drawn("base", images * padded) { 200 * $0 - 100 })
    let (input, gradient, extra) = (stored(x), stored(dy), stored(residual))
    (x, dy, residual) = (input.values, gradient.values, extra.values)
    let (output, result, kept) = (stored(zeros(count)), stored(zeros(count)), stored(zeros(count)))
    let (gates, bases) = (gate.values, base.values)
    let work = Buffer(persistent: 4 * kernel.workCount)
    let shared = (0..<4).map { _ in Buffer(persistent: 4 * padded) }
    var (scaleGradient, shiftGradient) = (zeros(channels), zeros(channels))
    kernel.moments(input.numbers, work: work.floats, mean: &mean, variance: &variance)
    kernel.forward(
      output.numbers, input.numbers, residual: situation.hasResidual ? extra.numbers : nil,
      scale: &scale, shift: &shift, mean: &mean, variance: &variance, gain: &gain, offset: &offset)
    let isMasked = situation.hasResidual && situation.limit != nil
    kernel.backward(
      result.numbers, gradient.numbers, input.numbers, output: isMasked ? output.numbers : nil,
      masked: isMasked ? kept.numbers : nil,
      gating: situation.isGated ? .init(gate: gate.numbers, base: base.numbers) : nil, mean: &mean,
      variance: &variance, gain: &gain,
      offset: &offset, scaleGradient: &scaleGradient, shiftGradient: &shiftGradient,
      scratch: BatchNormKernel.Scratch(
        work: work.floats, sum: shared[0].floats, dot: shared[1].floats, slope: shared[2].floats,
        base: shared[3].floats), usesBatch: true)
    // The kernels saw addresses only: what they belong to must last until here.
    let (y, dx) = withExtendedLifetime((input, gradient, extra, kept, work, shared, gate, base)) {
      (output.values, result.values)
    }

    // The definition, in double precision.
    let n = Double(images * spatial)
    var (m, v) = ([Double](repeating: 0, count: channels), [Double](repeating: 0, count: channels))
    for i in 0..<count { if let k = channel(i) { m[k] += Double(x[i]) / n } }
    for i in 0..<count {
      if let k = channel(i) { v[k] += (Double(x[i]) - m[k]) * (Double(x[i]) - m[k]) / n }
    }
    func normal(_ i: Int, _ k: Int) -> Double { (Double(x[i]) - m[k]) / (v[k] + 1e-5).squareRoot() }
    var expected = [Double](repeating: 0, count: count)
    var g = expected
    var (sums, dots) = (m.map { _ in 0.0 }, m.map { _ in 0.0 })
    for i in 0..<count {
      guard let k = channel(i) else { continue }
      var value = Double(scale[k]) * normal(i, k) + Double(shift[k])
      if situation.hasResidual { value += Double(residual[i]) }
      if let limit = situation.limit { value = min(max(value, 0), Double(limit)) }
      let sigmoid = 1 / (1 + exp(-value))
      let slope = situation.isSilu ? sigmoid * (1 + value * (1 - sigmoid)) : 1
      if situation.isSilu { value *= sigmoid }
      expected[i] = value
      // The mask follows the engine's own output: on the edge rounding decides.
      let passes = situation.limit.map { y[i] > 0 && y[i] < $0 } ?? true
      var share = Double(dy[i])
      if situation.isGated {
        let place = i / (spatial * inner) * inner + i % inner
        share = share * Double(gates[place]) + Double(bases[place]) / Double(spatial)
      }
      g[i] = passes ? share * slope : 0
      sums[k] += g[i]
      dots[k] += g[i] * normal(i, k)
    }
    // bfloat16 rounds each output once; sums stay exact.
    let rounding = situation.isHalf ? 4e-3 : 1e-5
    #expect(Difference.relative(y.map(Double.init), expected) < rounding)
    #expect(Difference.relative(shiftGradient.map(Double.init), sums) < 1e-5)
    #expect(Difference.relative(scaleGradient.map(Double.init), dots) < 1e-4)
    for i in 0..<count {
      guard let k = channel(i) else { continue }
      expected[i] =
        Double(scale[k]) / (v[k] + 1e-5).squareRoot()
        * (g[i] - sums[k] / n - normal(i, k) * dots[k] / n)
    }
    #expect(Difference.relative(dx.map(Double.init), expected) < rounding)
  }

  /// Plain sums in single precision of this many numbers of a thousand are wrong by 10 in 100,000.
  @Test("sums keep their digits where many numbers have a large common offset", arguments: [16, 1])
  func sums(inner: Int) {
    // Sixteen sums side by side in either layout, of as many numbers each.
    let spatial = (1 << 19) / inner
    let drawn = SharedNumbers.uniform("noise", 1 << 12).map { Float(1000.1 + 0.1 * $0) }
    let noise = (0..<spatial).map { drawn[$0 % drawn.count] }
    // The first number is what the kernel's own sums are relative to.
    let values = (0..<spatial * inner).map { $0 < inner ? 0 : noise[$0 / inner] }
    let kernel = BatchNormKernel(
      layout: ChannelLayout(outer: 1, spatial: spatial, inner: inner, tag: dnnl_nchw),
      channels: inner, count: spatial, epsilon: 1e-5)
    let (x, dx) = (Stored(values, isHalf: false), Stored(values, isHalf: false))
    let work = Buffer(persistent: 4 * kernel.workCount)
    func zeros() -> [Float] { [Float](repeating: 0, count: inner) }
    var (mean, variance, gain, offset) = (zeros(), zeros(), zeros(), zeros())
    var (scaleGradient, shiftGradient) = (zeros(), zeros())
    let shared = (0..<4).map { _ in Buffer(persistent: 4 * inner) }
    kernel.moments(x.numbers, work: work.floats, mean: &mean, variance: &variance)
    kernel.backward(
      dx.numbers, x.numbers, x.numbers, output: nil, masked: nil, mean: &mean,
      variance: &variance, gain: &gain, offset: &offset, scaleGradient: &scaleGradient,
      shiftGradient: &shiftGradient,
      scratch: BatchNormKernel.Scratch(
        work: work.floats, sum: shared[0].floats, dot: shared[1].floats, slope: shared[2].floats,
        base: shared[3].floats), usesBatch: true)
    withExtendedLifetime((x, dx, work, shared)) {}
    let sum = noise.dropFirst().reduce(0.0) { $0 + Double($1) }
    for lane in 0..<inner {
      #expect(abs(Double(mean[lane]) * Double(spatial) / sum - 1) < 1e-5)
      #expect(abs(Double(shiftGradient[lane]) / sum - 1) < 1e-5)
    }
  }
}
