// What can go wrong with a network, its parameters or a run, each with its sentence.

/// A failure that input can cause: a wrong name, shape or file.
public enum NeuralError: Error, Equatable, CustomStringConvertible {
  /// No architecture has this name.
  case unknownArchitecture(name: String, nearest: String?)
  /// No layer (or group of layers) has this name.
  case unknownLayer(name: String, network: String, nearest: String?)
  /// No parameter has this name.
  case unknownParameter(name: String, nearest: String?)
  /// A layer's output would have no elements: the image is too small for the network.
  case imageTooSmall(network: String, layer: String, inputShape: [Int])
  /// A layer's inputs do not fit together.
  case incompatibleInputs(layer: String, shapes: [[Int]])
  /// A tensor has another shape than its place asks for.
  case shapeMismatch(name: String, expected: [Int], found: [Int])
  /// A parameter set does not fit a network.
  case parameterMismatch(missing: [String], unexpected: [String], conflicting: [String])
  /// A label is outside the classes the network has.
  case labelOutOfRange(label: Int, classes: Int)
  /// The number of targets is not the number of images.
  case targetCount(images: Int, targets: Int)
  /// Two layers share one name.
  case duplicateLayer(name: String)
  /// The library cannot run this layer on this machine.
  case unsupported(layer: String, reason: String)
  /// Bytes given as a saved state are not one, or not this network's.
  case badState(reason: String)
  /// An option has a value outside its range.
  case badOption(name: String, value: String, expected: String)

  /// The CPU cannot compute in this precision.
  case unsupportedPrecision(String)
  /// Not even a single image at a time fits; sizes in bytes.
  case memoryLimit(network: String, limit: Int, needed: Int)

  public var description: String {
    switch self {
    case .unknownArchitecture(let name, let nearest):
      "no network is called '\(name)'; "
        + (nearest.map { "did you mean '\($0)'?" } ?? "`tlkb model list` shows them")
    case .unknownLayer(let name, let network, let nearest):
      "\(network) has no layer or group called '\(name)'; "
        + (nearest.map { "did you mean '\($0)'?" } ?? "`tlkb model show \(network)` lists them")
    case .unknownParameter(let name, let nearest):
      "no parameter is called '\(name)'" + (nearest.map { "; did you mean '\($0)'?" } ?? "")
    case .imageTooSmall(let network, let layer, let inputShape):
      "an image of \(inputShape) is too small for \(network): layer '\(layer)' would be empty; "
        + "use larger images"
    case .incompatibleInputs(let layer, let shapes):
      "layer '\(layer)' cannot combine inputs of shapes \(shapes)"
    case .shapeMismatch(let name, let expected, let found):
      "'\(name)' must have shape \(expected), found \(found)"
    case .parameterMismatch(let missing, let unexpected, let conflicting):
      "the parameters do not fit the network: "
        + [("missing", missing), ("unexpected", unexpected), ("of another shape", conflicting)]
        .filter { !$0.1.isEmpty }
        .map { "\($0.1.count) \($0.0) (\(Self.listing($0.1)))" }
        .joined(separator: "; ")
    case .labelOutOfRange(let label, let classes):
      "label \(label) is outside 0..<\(classes), the classes of the network"
    case .targetCount(let images, let targets):
      "\(images) images came with \(targets) targets; there must be one for each"
    case .duplicateLayer(let name):
      "two layers are called '\(name)'; give each its own name"
    case .unsupported(let layer, let reason):
      "layer '\(layer)' cannot run here: \(reason)"
    case .badState(let reason):
      "the saved training state cannot be used: \(reason)"
    case .badOption(let name, let value, let expected):
      "\(name) is \(value); it must be \(expected)"
    case .unsupportedPrecision(let name):
      "this computer's processor cannot compute in \(name) (it needs AVX-512); use \(Precision.float32)"
    case .memoryLimit(let network, let limit, let needed):
      "training \(network) takes \(needed >> 20) MiB even with one image at a time, more than the "
        + "limit of \(limit >> 20) MiB; raise the limit, freeze layers or use smaller images"
    }
  }

  private static func listing(_ names: [String]) -> String {
    names.count <= 6
      ? names.joined(separator: ", ")
      : names.prefix(5).joined(separator: ", ") + ", … and \(names.count - 5) more"
  }
}

/// The candidate nearest to a mistyped name, the first of several; nil when none is near enough to be
/// meant: at most a third of the name's length in edits, or beginning with the name.
package func nearestName(to name: String, among candidates: [String]) -> String? {
  let wanted = Array(name.lowercased().utf8)
  var best: (distance: Int, name: String)?
  for candidate in candidates {
    let other = Array(candidate.lowercased().utf8)
    var row = Array(0...other.count)
    for (i, a) in wanted.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, b) in other.enumerated() {
        let substitution = diagonal + (a == b ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = min(substitution, row[j] + 1, row[j + 1] + 1)
      }
    }
    let begins = wanted.count >= 3 && other.starts(with: wanted)
    let distance = begins ? min(1, row[other.count]) : row[other.count]
    guard distance <= max(1, wanted.count / 3), distance < best?.distance ?? .max else { continue }
    best = (distance, candidate)
  }
  return best?.name
}
