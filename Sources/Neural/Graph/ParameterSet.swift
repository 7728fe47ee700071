// Parameters by name: what a weight file holds and what a model takes.

/// An ordered collection of named tensors, with torchvision's names and shapes.
public struct ParameterSet: Sendable, Equatable {
  /// The names in the order they were added.
  public private(set) var names: [String] = []
  private var tensors: [String: Tensor] = [:]

  public init() {}

  /// The tensor called `name`, or nil.
  public subscript(name: String) -> Tensor? { tensors[name] }

  /// The number of tensors.
  public var count: Int { names.count }

  /// Adds a tensor, or replaces the one of the same name whatever its shape.
  public mutating func add(_ name: String, _ tensor: Tensor) {
    if tensors.updateValue(tensor, forKey: name) == nil { names.append(name) }
  }

  /// Replaces an existing tensor by one of the same shape.
  public mutating func set(_ name: String, to tensor: Tensor) throws(NeuralError) {
    guard let old = tensors[name] else {
      throw .unknownParameter(name: name, nearest: nearestName(to: name, among: names))
    }
    guard old.shape == tensor.shape else {
      throw .shapeMismatch(name: name, expected: old.shape, found: tensor.shape)
    }
    tensors[name] = tensor
  }

  /// Takes every tensor of `pretrained`, except those of the layer `classifier`, which stay.
  ///
  /// Every tensor is accounted for: the error names what is missing, what is unexpected and what
  /// has another shape, and nothing is changed then.
  public mutating func load(
    _ pretrained: ParameterSet, exceptLayer classifier: String? = nil
  ) throws(NeuralError) {
    func excepted(_ name: String) -> Bool {
      classifier.map { name.hasPrefix($0 + ".") } ?? false
    }
    let wanted = names.filter { !excepted($0) }
    try pretrained.check(
      has: wanted.map { ($0, tensors[$0]!.shape) }, ignoring: excepted,
      knowing: { tensors[$0] != nil })
    for name in wanted { tensors[name] = pretrained[name] }
  }

  /// Checks that the set has exactly the tensors `wanted`.
  func check(has wanted: [(name: String, shape: [Int])]) throws(NeuralError) {
    let known = Set(wanted.map(\.name))
    try check(has: wanted, ignoring: { _ in false }, knowing: known.contains)
  }

  private func check(
    has wanted: [(name: String, shape: [Int])], ignoring isExcepted: (String) -> Bool,
    knowing isKnown: (String) -> Bool
  ) throws(NeuralError) {
    let missing = wanted.map(\.name).filter { self[$0] == nil }
    let unexpected = names.filter { !isExcepted($0) && !isKnown($0) }
    let conflicting = wanted.filter { self[$0.name].map(\.shape) ?? $0.shape != $0.shape }
      .map(\.name)
    guard missing.isEmpty, unexpected.isEmpty, conflicting.isEmpty else {
      throw .parameterMismatch(
        missing: missing, unexpected: unexpected, conflicting: conflicting)
    }
  }
}
