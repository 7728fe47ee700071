// Pictures of what filters respond to: activation maximisation.

import Imaging
import Neural

/// How pictures of filters are grown.
package struct VisualiserOptions: Sendable, Equatable {
  /// Side of the square picture in pixels.
  package var side = 128
  package var steps = 160
  /// Grey levels (of 255) that an average pixel moves in one step.
  package var stride: Float = 3
  /// The picture is shifted by up to so many pixels in each step, so that no single pixel counts.
  package var jitter = 6
  package var seed: UInt64 = 1

  package init() {}
}

/// Grows pictures that make single channels of a layer respond as strongly as possible, by gradient
/// ascent on the pixels (Erhan et al. 2009; jitter and smoothed gradients as Olah et al., doi
/// 10.23915/distill.00007, describe them).
///
/// The pictures show what excites a channel in isolation; they prove nothing about how the network
/// uses it.
package struct Visualiser {
  private let network: Network
  private let parameters: ParameterSet
  private let normalisation: Normalisation
  private let options: VisualiserOptions
  private let threads: Int

  /// - Parameter architecture: the network's name in ``Architectures``; it is built for the
  ///   pictures' own size.
  package init(
    _ architecture: String, classes: Int, _ parameters: ParameterSet,
    _ normalisation: Normalisation, _ options: VisualiserOptions = VisualiserOptions(),
    threads: Int = 0
  ) throws(NeuralError) {
    guard (16...1024).contains(options.side) else {
      throw .badOption(name: "side", value: "\(options.side)", expected: "16 to 1024")
    }
    guard (1...10_000).contains(options.steps) else {
      throw .badOption(name: "steps", value: "\(options.steps)", expected: "1 to 10000")
    }
    network = try Architectures.named(
      architecture, classes: classes, inputShape: [3, options.side, options.side])
    self.parameters = parameters
    self.normalisation = normalisation
    self.options = options
    self.threads = threads
  }

  /// The layer that a name or group stands for, and how many channels it has.
  package func channels(of layer: String) throws(NeuralError) -> (layer: String, count: Int) {
    let found = network.layers[try network.lastIndex(ofGroup: layer)]
    return (found.name, found.shape[0])
  }

  /// One picture for each of some channels of a layer, with the mean response it reaches.
  /// - Parameter progress: told after each step how many are done.
  package func pictures(
    of layer: String, channels: [Int], progress: (Int) -> Void = { _ in }
  ) throws(NeuralError) -> [(picture: Image, response: Float)] {
    let (name, count) = try self.channels(of: layer)
    if let wrong = channels.first(where: { !(0..<count).contains($0) }) {
      throw .badOption(name: "channel", value: "\(wrong)", expected: "0 to \(count - 1)")
    }
    guard !channels.isEmpty else { return [] }
    let side = options.side
    let probe = try GradientProbe(
      network, parameters, at: "input", output: name, batch: channels.count, threads: threads)
    var generator = Neural.SeededGenerator(seed: options.seed)
    // In grey levels, red first; a little noise around the middle grey.
    var pixels = (0..<channels.count * 3 * side * side).map { _ in
      128 + 8 * Float(generator.normal())
    }
    var responses = [Float](repeating: 0, count: channels.count)
    for step in 0..<options.steps {
      let range = -options.jitter...options.jitter
      let down = Int.random(in: range, using: &generator)
      let across = Int.random(in: range, using: &generator)
      let shifted = shift(pixels, down, across)
      let result = try probe.run(network(shifted, channels.count)) { output in
        var weights = Tensor(zeros: output.shape)
        let area = output.shape[2] * output.shape[3]
        for (row, channel) in channels.enumerated() {
          let start = (row * output.shape[1] + channel) * area
          responses[row] = output.values[start..<start + area].reduce(0, +) / Float(area)
          for position in start..<start + area { weights.values[position] = 1 / Float(area) }
        }
        return weights
      }
      let progressed = Float(step) / Float(options.steps)
      var gradient = shift(inPixels(result.gradient.values, channels.count), -down, -across)
      // Coarse shapes first, details later.
      for _ in 0..<Int((1 - progressed) * 4) { gradient = blur(gradient) }
      let size = 3 * side * side
      for picture in 0..<channels.count {
        let part = picture * size..<(picture + 1) * size
        let mean = gradient[part].reduce(0) { $0 + abs($1) } / Float(size)
        guard mean > 0 else { continue }
        for position in part {
          let moved = pixels[position] + options.stride * gradient[position] / mean
          pixels[position] = min(255, max(0, moved))
        }
      }
      progress(step + 1)
    }
    return channels.indices.map { (image(pixels, $0), responses[$0]) }
  }

  /// Grey levels as the network's numbers.
  private func network(_ pixels: [Float], _ count: Int) -> Tensor {
    Tensor(
      shape: [count, 3, options.side, options.side],
      values: plane(pixels, count) { value, channel, _ in
        (value * normalisation.scale - normalisation.mean[channel]) / normalisation.sd[channel]
      })
  }

  /// The gradient with respect to the network's numbers as one with respect to grey levels.
  private func inPixels(_ gradient: [Float], _ count: Int) -> [Float] {
    plane(gradient, count) { value, _, target in
      value * normalisation.scale / normalisation.sd[target]
    }
  }

  /// Maps every number, channels in the other order where the network wants blue first. The closure
  /// gets the value, its new channel and its old one.
  private func plane(
    _ values: [Float], _ count: Int, _ change: (Float, Int, Int) -> Float
  ) -> [Float] {
    let area = options.side * options.side
    var result: [Float] = []
    result.reserveCapacity(values.count)
    for picture in 0..<count {
      for channel in 0..<3 {
        let source = normalisation.isBGR ? 2 - channel : channel
        let start = (picture * 3 + source) * area
        for position in start..<start + area {
          result.append(change(values[position], channel, source))
        }
      }
    }
    return result
  }

  /// Every plane shifted in a circle.
  private func shift(_ values: [Float], _ down: Int, _ across: Int) -> [Float] {
    let side = options.side
    var result = values
    for plane in stride(from: 0, to: values.count, by: side * side) {
      for y in 0..<side {
        let row = plane + (y - down + 2 * side) % side * side
        for x in 0..<side {
          result[plane + y * side + x] = values[row + (x - across + 2 * side) % side]
        }
      }
    }
    return result
  }

  /// Every plane smoothed by (1 2 1)/4 in both directions, in a circle.
  private func blur(_ values: [Float]) -> [Float] {
    let side = options.side
    var across = values
    for row in stride(from: 0, to: values.count, by: side) {
      for x in 0..<side {
        let (left, right) = (row + (x + side - 1) % side, row + (x + 1) % side)
        across[row + x] = (values[left] + 2 * values[row + x] + values[right]) / 4
      }
    }
    var result = across
    for plane in stride(from: 0, to: values.count, by: side * side) {
      for y in 0..<side {
        let (above, below) = (plane + (y + side - 1) % side * side, plane + (y + 1) % side * side)
        let row = plane + y * side
        for x in 0..<side {
          result[row + x] = (across[above + x] + 2 * across[row + x] + across[below + x]) / 4
        }
      }
    }
    return result
  }

  private func image(_ pixels: [Float], _ index: Int) -> Image {
    let area = options.side * options.side
    var bytes = [UInt8](repeating: 0, count: 3 * area)
    for channel in 0..<3 {
      for position in 0..<area {
        bytes[3 * position + channel] = UInt8(pixels[(index * 3 + channel) * area + position])
      }
    }
    return Image(width: options.side, height: options.side, channels: 3, pixels: bytes)
  }
}
