// Caffe's .caffemodel: the blobs of its layers.

import Neural

/// Reads a `NetParameter` (caffe.proto), with layers of version 2 or 1.
///
/// Tensors are named by layer and role: "conv1_1.weight", "bn_conv1.running_mean". The sums of a
/// BatchNorm layer are divided by their count, as Caffe does when it runs. Blobs of other layers are
/// numbered ("prelu1.0").
enum CaffeFile {
  /// Whether the bytes are a network: layers, by the fields' numbers, and nothing unknown.
  static func isNetwork(_ bytes: [UInt8]) -> Bool {
    guard bytes.first == 0x0A || bytes.first == 0x12 || bytes.first == 0xA2 else { return false }
    var reader = ProtobufReader(bytes, file: "")
    var hasLayer = false
    while let field = try? reader.next() {
      switch (field.number, field.value) {
      case (2, .bytes), (100, .bytes): hasLayer = true
      case (1, .bytes), (3...8, _): continue
      default: return false
      }
    }
    return hasLayer
  }

  static func read(_ bytes: [UInt8], file: String) throws(WeightsError) -> ParameterSet {
    var net = ProtobufReader(bytes, file: file)
    var set = ParameterSet()
    while let field = try net.next() {
      guard case .bytes(let range) = field.value else { continue }
      switch field.number {
      case 100: try layer(net.message(range), name: 1, type: 2, blobs: 7, to: &set)
      case 2: try layer(net.message(range), name: 4, type: 5, blobs: 6, to: &set)
      default: continue
      }
    }
    return set
  }

  /// One layer; the arguments are the numbers of its fields.
  private static func layer(
    _ message: ProtobufReader, name nameField: Int, type typeField: Int, blobs blobField: Int,
    to set: inout ParameterSet
  ) throws(WeightsError) {
    var message = message
    var (name, type) = ("", "")
    var blobs: [Tensor] = []
    while let field = try message.next() {
      switch (field.number, field.value) {
      case (nameField, .bytes(let range)): name = message.text(range)
      case (typeField, .bytes(let range)): type = message.text(range)
      case (typeField, .varint(let code)):
        // The only two kinds of version 1 with weights that the engine's networks have.
        type = code == 4 ? "Convolution" : code == 14 ? "InnerProduct" : ""
      case (blobField, .bytes(let range)): blobs.append(try blob(message.message(range), name))
      default: continue
      }
    }
    guard !blobs.isEmpty else { return }
    var named: [(String, Tensor)]
    switch (type, blobs.count) {
    case ("InnerProduct", 1...2):
      // Version 1 writes 1 × 1 × outputs × inputs.
      let weight = blobs[0]
      let flat = Array(weight.shape.suffix(2))
      if elementCount(flat) == weight.count {
        blobs[0] = Tensor(shape: flat, values: weight.values)
      }
      named = Array(zip(["weight", "bias"], blobs.enumerated().map(flatBias)))
    case ("Convolution", 1...2), ("Deconvolution", 1...2), ("Scale", 1...2):
      named = Array(zip(["weight", "bias"], blobs.enumerated().map(flatBias)))
    case ("BatchNorm", 3) where blobs[2].count == 1:
      let factor = blobs[2].values[0] == 0 ? 0 : 1 / blobs[2].values[0]
      named = zip(["running_mean", "running_var"], blobs).map { role, blob in
        (role, Tensor(shape: blob.shape, values: blob.values.map { $0 * factor }))
      }
    default: named = blobs.enumerated().map { ("\($0.offset)", $0.element) }
    }
    for (role, tensor) in named {
      let key = "\(name).\(role)"
      guard set[key] == nil else { throw message.damaged("two layers are called '\(name)'") }
      set.add(key, tensor)
    }
  }

  /// Version 1 writes a bias as 1 × 1 × 1 × outputs.
  private static func flatBias(_ index: Int, _ blob: Tensor) -> Tensor {
    index == 1 ? Tensor(shape: [blob.count], values: blob.values) : blob
  }

  private static func blob(
    _ message: ProtobufReader, _ layer: String
  ) throws(WeightsError) -> Tensor {
    var message = message
    var old: [Int: Int] = [:]
    var shape: [Int]?
    var values: [Float] = []
    while let field = try message.next() {
      switch (field.number, field.value) {
      case (1...4, .varint(let extent)): old[field.number] = Int(truncatingIfNeeded: extent)
      case (5, let value): try message.appendFloats(value, .float32, to: &values)
      case (8, let value): try message.appendFloats(value, .float64, to: &values)
      case (7, .bytes(let range)):
        var dimensions = message.message(range)
        var extents: [Int] = []
        while let part = try dimensions.next() {
          if part.number == 1 { extents += try dimensions.integers(part.value) }
        }
        shape = extents
      default: continue
      }
    }
    let extents = shape ?? (1...4).map { old[$0] ?? 0 }
    guard elementCount(extents) == values.count else {
      throw message.damaged(
        "a blob of layer '\(layer)' has \(values.count) numbers for the shape \(extents)")
    }
    return Tensor(shape: extents, values: values)
  }
}
