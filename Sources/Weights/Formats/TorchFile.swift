// PyTorch's checkpoint files: zip archives and the older bare pickles.

import Neural

/// Reads `torch.save` files and pickles of NumPy arrays into named tensors.
enum TorchFile {
  /// PyTorch's zip format: `<name>/data.pkl` beside `<name>/data/<key>`.
  static func readArchive(_ bytes: [UInt8], file: String) throws(WeightsError) -> ParameterSet {
    let archive = try ZipArchive(bytes, file: file)
    guard let pickle = archive.entries.first(where: { $0.name.hasSuffix("/data.pkl") }) else {
      throw WeightsError.unknownFormat(file: file)
    }
    let prefix = pickle.name.dropLast("data.pkl".count)
    var unpickler = Unpickler(ByteCursor(try archive.content(pickle), file: file))
    let root = try unpickler.load()
    return try Collector(unpickler) { reference throws(WeightsError) in
      guard
        let entry = archive.entries.first(where: { $0.name == "\(prefix)data/\(reference.key)" })
      else { throw unpickler.cursor.damaged("storage \(reference.key) is missing") }
      return try archive.content(entry)[...]
    }.tensors(root)
  }

  /// A bare pickle; PyTorch's has three pickles before the object, and its storages after it.
  static func readPickle(_ bytes: [UInt8], file: String) throws(WeightsError) -> ParameterSet {
    var unpickler = Unpickler(ByteCursor(bytes, file: file))
    let first = try unpickler.load()
    guard first == .text("long") else {
      return try Collector(unpickler) { reference throws(WeightsError) in
        throw unpickler.cursor.damaged("storage \(reference.key) is missing")
      }.tensors(first)
    }
    _ = try unpickler.load()
    _ = try unpickler.load()
    let root = try unpickler.load()
    let list = try unpickler.load()
    guard let keys = unpickler.sequence(list) else {
      throw unpickler.cursor.damaged("the list of storages is missing")
    }
    var widths: [String: Int] = [:]
    for case .storage(let reference) in unpickler.nodes {
      widths[reference.key] = try Collector.elementType(reference, file: file).width
    }
    var contents: [String: ArraySlice<UInt8>] = [:]
    for case .text(let key) in keys {
      let count = try unpickler.cursor.length(8)
      let (size, overflow) = count.multipliedReportingOverflow(by: widths[key] ?? 4)
      guard !overflow else { throw unpickler.cursor.damaged("storage \(key) is too long") }
      contents[key] = try unpickler.cursor.take(size)
    }
    return try Collector(unpickler) { reference throws(WeightsError) in
      guard let content = contents[reference.key] else {
        throw unpickler.cursor.damaged("storage \(reference.key) is missing")
      }
      return content
    }.tensors(root)
  }
}

/// Gathers the tensors that an unpickled object holds.
private struct Collector {
  let unpickler: Unpickler
  let content: (StorageReference) throws(WeightsError) -> ArraySlice<UInt8>
  private var file: String { unpickler.cursor.file }

  init(
    _ unpickler: Unpickler,
    _ content: @escaping (StorageReference) throws(WeightsError) -> ArraySlice<UInt8>
  ) {
    self.unpickler = unpickler
    self.content = content
  }

  /// Checkpoints hold the weights beside other things; these are their usual keys.
  private static let wrappers = ["state_dict", "model_state_dict", "model_state", "model", "net"]

  /// All tensors by name; entries of nested containers are joined by dots.
  func tensors(_ root: PickleValue) throws(WeightsError) -> ParameterSet {
    var start = root
    for wrapper in Self.wrappers {
      let inner = unpickler.mapping(root)?.last { $0.key == .text(wrapper) }?.value
      if let inner, unpickler.mapping(inner) != nil {
        start = inner
        break
      }
    }
    var set = ParameterSet()
    var visited: Set<Int> = []
    try collect(start, "", depth: 0, &visited, into: &set)
    guard set.count > 0 else {
      throw unpickler.cursor.damaged("it holds no tensors")
    }
    return set
  }

  private func collect(
    _ value: PickleValue, _ name: String, depth: Int, _ visited: inout Set<Int>,
    into set: inout ParameterSet
  ) throws(WeightsError) {
    guard case .node(let index) = value else { return }
    func child(_ key: String) -> String { name.isEmpty ? key : "\(name).\(key)" }
    switch unpickler.nodes[index] {
    case .view(let view): set.add(name, try tensor(view, name))
    case .numpyArray(let state):
      guard let state else { throw unpickler.cursor.damaged("array '\(name)' has no content") }
      set.add(name, try tensor(state, name))
    case .mapping(let pairs):
      guard depth < 8, visited.insert(index).inserted else { return }
      for (key, value) in pairs {
        switch key {
        case .text(let text):
          try collect(value, child(text), depth: depth + 1, &visited, into: &set)
        case .integer(let number):
          try collect(value, child("\(number)"), depth: depth + 1, &visited, into: &set)
        default: break
        }
      }
    case .sequence(let values):
      guard depth < 8, visited.insert(index).inserted else { return }
      for (position, value) in values.enumerated() {
        try collect(value, child("\(position)"), depth: depth + 1, &visited, into: &set)
      }
    case .storage, .numpyType: break
    }
  }

  static func elementType(
    _ reference: StorageReference, file: String
  ) throws(WeightsError) -> ElementType {
    let types: [String: ElementType] = [
      "torch.FloatStorage": .float32, "torch.DoubleStorage": .float64,
      "torch.HalfStorage": .float16, "torch.BFloat16Storage": .bfloat16,
      "torch.LongStorage": .int64, "torch.IntStorage": .int32, "torch.ShortStorage": .int16,
      "torch.CharStorage": .int8, "torch.ByteStorage": .uint8, "torch.BoolStorage": .bool,
    ]
    guard let type = types[reference.type] else {
      throw .unsupportedType(
        file: file, tensor: "storage \(reference.key)", type: reference.type)
    }
    return type
  }

  private func tensor(_ view: TensorView, _ name: String) throws(WeightsError) -> Tensor {
    let type = try Self.elementType(view.storage, file: file)
    let bytes = try content(view.storage)
    let available = bytes.count / type.width
    guard let count = elementCount(view.shape), view.offset >= 0 else {
      throw unpickler.cursor.damaged("tensor '\(name)' has the shape \(view.shape)")
    }
    if count == 0 { return Tensor(shape: view.shape, values: []) }
    // The last element that the strides reach must exist, and no stride may point backwards.
    var last = view.offset
    for (extent, stride) in zip(view.shape, view.strides) {
      let (step, overflow) = stride.multipliedReportingOverflow(by: extent - 1)
      let (sum, more) = last.addingReportingOverflow(step)
      guard stride >= 0, !overflow, !more else {
        throw unpickler.cursor.damaged("tensor '\(name)' has the strides \(view.strides)")
      }
      last = sum
    }
    guard last < available, count <= max(available, 1) else {
      throw unpickler.cursor.damaged("tensor '\(name)' reaches beyond its storage")
    }
    let start = bytes.startIndex + view.offset * type.width
    let values = type.floats(bytes[start..<bytes.startIndex + (last + 1) * type.width])
    return Strided.gather(values, shape: view.shape, strides: view.strides, offset: 0)
  }

  private func tensor(_ state: NumpyState, _ name: String) throws(WeightsError) -> Tensor {
    guard let (type, _) = ElementType.numpy(state.type) else {
      throw .unsupportedType(file: file, tensor: name, type: state.type)
    }
    guard let bytes = unpickler.bytes(state.bytes), let count = elementCount(state.shape),
      count <= bytes.count, bytes.count == count * type.width
    else { throw unpickler.cursor.damaged("the bytes of '\(name)' do not fit its shape") }
    let values = type.floats(bytes[...], isBigEndian: state.isBigEndian)
    return state.isColumnMajor
      ? NumpyFile.fromColumns(values, state.shape) : Tensor(shape: state.shape, values: values)
  }
}
