// The engine's networks computed by plain loops in double precision: what the plans are tested with.

import Foundation

@testable import Neural

/// Evaluates a network one layer at a time. Slow and simple; batch statistics in training mode.
struct ReferenceNetwork {
  let network: Network
  var parameters: [String: [Double]]
  var isTraining = false
  /// Normalisation uses running statistics although `isTraining`.
  var frozenStatistics = false

  init(_ network: Network, _ set: ParameterSet, isTraining: Bool = false) {
    self.network = network
    self.isTraining = isTraining
    parameters = [:]
    for name in set.names { parameters[name] = set[name]!.values.map(Double.init) }
  }

  /// A batch of feature maps, N, C, H, W.
  struct Maps {
    var n: Int, c: Int, h: Int, w: Int
    var values: [Double]
    subscript(_ i: Int, _ k: Int, _ y: Int, _ x: Int) -> Double {
      get { values[((i * c + k) * h + y) * w + x] }
      set { values[((i * c + k) * h + y) * w + x] = newValue }
    }
    init(_ n: Int, _ shape: [Int]) {
      (self.n, c, h, w) = (n, shape[0], shape[1], shape[2])
      values = Array(repeating: 0, count: n * c * h * w)
    }
  }

  /// The output of every layer.
  func outputs(_ images: Tensor) -> [Maps] {
    var maps: [Maps] = []
    for layer in network.layers {
      var out = Maps(images.shape[0], layer.shape)
      let inputs = layer.inputs.map { maps[$0] }
      switch layer.operation {
      case .input: out.values = images.values.map(Double.init)
      case .convolution(let convolution): convolve(layer.name, convolution, inputs[0], &out)
      case .batchNorm(let norm): normalise(layer.name, norm, inputs[0], &out)
      case .activation(let kind): out.values = inputs[0].values.map { Self.activate(kind, $0) }
      case .pooling(let pooling): pool(pooling, inputs[0], &out)
      case .globalAveragePooling: adaptive(inputs[0], &out)
      case .adaptiveAveragePooling: adaptive(inputs[0], &out)
      case .linear(let outputs, let bias):
        let weights = parameters[layer.name + ".weight"]!
        let count = weights.count / outputs
        for i in 0..<out.n {
          for o in 0..<outputs {
            var sum = bias ? parameters[layer.name + ".bias"]![o] : 0
            for j in 0..<count { sum += weights[o * count + j] * inputs[0].values[i * count + j] }
            out[i, o, 0, 0] = sum
          }
        }
      case .dropout, .stochasticDepth: out.values = inputs[0].values
      case .add: out.values = zip(inputs[0].values, inputs[1].values).map(+)
      case .scaling(let factor): out.values = inputs[0].values.map { $0 * Double(factor) }
      case .concat:
        for i in 0..<out.n {
          var k = 0
          for input in inputs {
            for c in 0..<input.c {
              for y in 0..<out.h { for x in 0..<out.w { out[i, k, y, x] = input[i, c, y, x] } }
              k += 1
            }
          }
        }
      case .channelScale:
        for i in 0..<out.n {
          for k in 0..<out.c {
            for y in 0..<out.h {
              for x in 0..<out.w { out[i, k, y, x] = inputs[0][i, k, y, x] * inputs[1][i, k, 0, 0] }
            }
          }
        }
      case .localResponseNorm(let norm): respond(norm, inputs[0], &out)
      }
      maps.append(out)
    }
    return maps
  }

  func logits(_ images: Tensor) -> [Double] { outputs(images).last!.values }

  /// Cross-entropy, averaged over the batch.
  func loss(_ images: Tensor, _ labels: [Int]) -> Double {
    let logits = logits(images)
    let classes = network.classes
    var total = 0.0
    for (n, label) in labels.enumerated() {
      let row = logits[n * classes..<(n + 1) * classes]
      total += log(row.reduce(0) { $0 + exp($1) }) - row[row.startIndex + label]
    }
    return total / Double(labels.count)
  }

  private func convolve(_ name: String, _ convolution: Convolution, _ x: Maps, _ y: inout Maps) {
    let weights = parameters[name + ".weight"]!
    let bias = parameters[name + ".bias"]
    let (groups, kernel) = (convolution.groups, convolution.kernel)
    let (ins, outs) = (x.c / groups, y.c / groups)
    for n in 0..<x.n {
      for o in 0..<y.c {
        for row in 0..<y.h {
          for column in 0..<y.w {
            var sum = bias?[o] ?? 0
            for i in 0..<ins {
              for a in 0..<kernel.height {
                for b in 0..<kernel.width {
                  let r =
                    row * convolution.stride + a * convolution.dilation - convolution.padding.top
                  let c =
                    column * convolution.stride + b * convolution.dilation
                    - convolution.padding.left
                  guard r >= 0, r < x.h, c >= 0, c < x.w else { continue }
                  sum +=
                    weights[((o * ins + i) * kernel.height + a) * kernel.width + b]
                    * x[n, o / outs * ins + i, r, c]
                }
              }
            }
            y[n, o, row, column] = sum
          }
        }
      }
    }
  }

  private func normalise(_ name: String, _ norm: BatchNorm, _ x: Maps, _ y: inout Maps) {
    for k in 0..<x.c {
      var (mean, variance) = (
        parameters[name + ".running_mean"]![k], parameters[name + ".running_var"]![k]
      )
      if isTraining && !frozenStatistics {
        var values: [Double] = []
        for n in 0..<x.n { for r in 0..<x.h { for c in 0..<x.w { values.append(x[n, k, r, c]) } } }
        mean = values.reduce(0, +) / Double(values.count)
        variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
      }
      let gain =
        (parameters[name + ".weight"]?[k] ?? 1) / (variance + Double(norm.epsilon)).squareRoot()
      let shift = parameters[name + ".bias"]![k]
      for n in 0..<x.n {
        for r in 0..<x.h {
          for c in 0..<x.w { y[n, k, r, c] = (x[n, k, r, c] - mean) * gain + shift }
        }
      }
    }
  }

  static func activate(_ kind: Activation, _ x: Double) -> Double {
    switch kind {
    case .relu: max(x, 0)
    case .relu6: min(max(x, 0), 6)
    case .silu: x / (1 + exp(-x))
    case .sigmoid: 1 / (1 + exp(-x))
    case .hardSwish: x * min(max(x + 3, 0), 6) / 6
    case .hardSigmoid: min(max(x + 3, 0), 6) / 6
    case .tanh: Foundation.tanh(x)
    }
  }

  private func pool(_ pooling: Pooling, _ x: Maps, _ y: inout Maps) {
    for n in 0..<x.n {
      for k in 0..<x.c {
        for row in 0..<y.h {
          for column in 0..<y.w {
            var values: [Double] = []
            for a in 0..<pooling.kernel {
              for b in 0..<pooling.kernel {
                let r = row * pooling.stride + a - pooling.padding.top
                let c = column * pooling.stride + b - pooling.padding.left
                if r >= 0, r < x.h, c >= 0, c < x.w { values.append(x[n, k, r, c]) }
              }
            }
            let count = pooling.countsPadding ? pooling.kernel * pooling.kernel : values.count
            y[n, k, row, column] =
              pooling.kind == .max ? values.max()! : values.reduce(0, +) / Double(count)
          }
        }
      }
    }
  }

  private func adaptive(_ x: Maps, _ y: inout Maps) {
    for n in 0..<x.n {
      for k in 0..<x.c {
        for i in 0..<y.h {
          for j in 0..<y.w {
            var values: [Double] = []
            for r in i * x.h / y.h..<((i + 1) * x.h + y.h - 1) / y.h {
              for c in j * x.w / y.w..<((j + 1) * x.w + y.w - 1) / y.w {
                values.append(x[n, k, r, c])
              }
            }
            y[n, k, i, j] = values.reduce(0, +) / Double(values.count)
          }
        }
      }
    }
  }

  private func respond(_ norm: LocalResponseNorm, _ x: Maps, _ y: inout Maps) {
    for n in 0..<x.n {
      for k in 0..<x.c {
        for r in 0..<x.h {
          for c in 0..<x.w {
            var sum = 0.0
            for j in max(0, k - norm.size / 2)...min(x.c - 1, k + norm.size / 2) {
              sum += x[n, j, r, c] * x[n, j, r, c]
            }
            y[n, k, r, c] =
              x[n, k, r, c]
              / pow(
                Double(norm.k) + Double(norm.alpha) / Double(norm.size) * sum, Double(norm.beta))
          }
        }
      }
    }
  }
}
