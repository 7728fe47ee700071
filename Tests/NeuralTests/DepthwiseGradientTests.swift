// The engine's own weights' gradient of depthwise convolutions, against the definition.

import CNeuralKernels
import Testing

@testable import Neural

@Suite("Depthwise weight gradient") struct DepthwiseGradientTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let height: Int, width: Int, kernel: Int, stride: Int, padding: Int
    var isHalf = false
    var testDescription: String {
      "\(height)×\(width), kernel \(kernel), stride \(stride), padding \(padding)"
        + (isHalf ? ", bfloat16" : "")
    }
    func out(_ size: Int) -> Int { (size + 2 * padding - kernel) / stride + 1 }
  }

  @Test(
    "is the sum over images and positions of gradient times input",
    arguments: [
      Case(height: 9, width: 11, kernel: 5, stride: 1, padding: 2),
      Case(height: 14, width: 13, kernel: 5, stride: 2, padding: 2),
      Case(height: 8, width: 8, kernel: 3, stride: 2, padding: 0),
      Case(height: 3, width: 2, kernel: 7, stride: 1, padding: 3),
      Case(height: 10, width: 9, kernel: 7, stride: 2, padding: 3),
      Case(height: 9, width: 11, kernel: 5, stride: 1, padding: 2, isHalf: true),
    ])
  func matches(_ situation: Case) {
    let (images, blocks, kernel) = (3, 2, situation.kernel)
    let (rows, columns) = (situation.out(situation.height), situation.out(situation.width))
    func drawn(_ name: String, _ count: Int) -> [Float] {
      SharedNumbers.uniform(name, count).map {
        let value = Float(2 * $0 - 1)
        return situation.isHalf ? Float(bitPattern: value.bitPattern & 0xFFFF_0000) : value
      }
    }
    let x = drawn("x", images * blocks * situation.height * situation.width * 16)
    let dy = drawn("dy", images * blocks * rows * columns * 16)
    let taps = kernel * kernel * 16
    var found = [Float](repeating: 0, count: blocks * taps)
    var work = [Float](repeating: 0, count: images * blocks * taps)
    let shape = nk_depthwise_shape(
      images: images, blocks: blocks, height: situation.height, width: situation.width,
      out_height: rows, out_width: columns, kernel: kernel, stride: situation.stride,
      top: situation.padding, left: situation.padding)
    if situation.isHalf {
      let halves = { (values: [Float]) in values.map { UInt16($0.bitPattern >> 16) } }
      #expect(nk_depthwise_weights_half(&found, halves(x), halves(dy), &work, shape) == 1)
    } else {
      #expect(nk_depthwise_weights(&found, x, dy, &work, shape) == 1)
    }

    var expected = [Double](repeating: 0, count: found.count)
    for item in 0..<images * blocks {
      for (oy, ox) in (0..<rows).flatMap({ row in (0..<columns).map { (row, $0) } }) {
        for (i, j) in (0..<kernel).flatMap({ row in (0..<kernel).map { (row, $0) } }) {
          let (iy, ix) = (
            oy * situation.stride + i - situation.padding,
            ox * situation.stride + j - situation.padding
          )
          guard (0..<situation.height).contains(iy), (0..<situation.width).contains(ix) else {
            continue
          }
          for c in 0..<16 {
            let source = ((item * situation.height + iy) * situation.width + ix) * 16 + c
            let target = ((item * rows + oy) * columns + ox) * 16 + c
            expected[item % blocks * taps + (i * kernel + j) * 16 + c] +=
              Double(x[source]) * Double(dy[target])
          }
        }
      }
    }
    #expect(Difference.relative(found.map(Double.init), expected) < 1e-5)
  }
}
