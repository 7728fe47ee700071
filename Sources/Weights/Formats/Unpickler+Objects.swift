// The functions and classes that weight files may name, and what they mean here.

extension Unpickler {
  private static let arrayModules = ["numpy.core.multiarray", "numpy._core.multiarray"]
  private static let buffers = [
    "numpy.core.numeric._frombuffer", "numpy._core.numeric._frombuffer",
  ]
  private static let storages = [
    "FloatStorage", "DoubleStorage", "HalfStorage", "BFloat16Storage", "LongStorage",
    "IntStorage", "ShortStorage", "CharStorage", "ByteStorage", "BoolStorage",
  ]
  private static let allowed: Set<String> = Set(
    [
      "collections.OrderedDict", "torch._utils._rebuild_tensor_v2",
      "torch._utils._rebuild_tensor", "torch._utils._rebuild_parameter", "torch.Size",
      "numpy.ndarray", "numpy.dtype", "_codecs.encode",
    ] + arrayModules.flatMap { ["\($0)._reconstruct", "\($0).scalar"] }
      + buffers + storages.map { "torch.\($0)" })

  /// Puts a reference on the stack if it is on the list.
  mutating func refer(_ name: String) throws(WeightsError) {
    guard Self.allowed.contains(name) else {
      throw .forbidden(file: cursor.file, request: name)
    }
    pushGlobal(name)
  }

  /// What calling a listed function makes.
  mutating func call(
    _ name: String, _ arguments: [PickleValue]
  ) throws(WeightsError) -> PickleValue {
    switch name {
    case "collections.OrderedDict":
      var pairs: [(key: PickleValue, value: PickleValue)] = []
      for item in arguments.first.flatMap(sequence) ?? [] {
        guard let pair = sequence(item), pair.count == 2 else {
          throw cursor.damaged("an ordered dictionary is made of something else than pairs")
        }
        pairs.append((pair[0], pair[1]))
      }
      return add(.mapping(pairs))
    case "torch._utils._rebuild_tensor_v2", "torch._utils._rebuild_tensor":
      return try tensor(arguments)
    case "torch._utils._rebuild_parameter", "torch.Size":
      guard let first = arguments.first else { throw cursor.damaged("\(name) without arguments") }
      return first
    case "numpy.dtype":
      guard case .text(let type)? = arguments.first else {
        throw cursor.damaged("an array type without a name")
      }
      return add(.numpyType(name: type, isBigEndian: type.hasPrefix(">")))
    case "_codecs.encode":
      guard case .text(let text)? = arguments.first, arguments.dropFirst().first == .text("latin1"),
        text.unicodeScalars.allSatisfy({ $0.value < 256 })
      else { throw cursor.damaged("bytes in an encoding other than latin1") }
      return .madeBytes(text.unicodeScalars.map { UInt8($0.value) })
    default:
      if Self.arrayModules.contains(where: { name == "\($0)._reconstruct" }) {
        return add(.numpyArray(nil))
      }
      if Self.buffers.contains(name) { return try array(arguments) }
      // A NumPy scalar: some statistic of the training run, not a tensor.
      if Self.arrayModules.contains(where: { name == "\($0).scalar" }) { return .none }
      throw .forbidden(file: cursor.file, request: "calling \(name)")
    }
  }

  /// How protocol 5 writes an array: bytes, type, shape, order.
  private mutating func array(_ arguments: [PickleValue]) throws(WeightsError) -> PickleValue {
    guard arguments.count == 4, case .node(let type) = arguments[1],
      case .numpyType(let name, let isBig) = nodes[type], let shape = integers(arguments[2])
    else { throw cursor.damaged("an array's description is incomplete") }
    return add(
      .numpyArray(
        NumpyState(
          shape: shape, type: name, isBigEndian: isBig, isColumnMajor: arguments[3] == .text("F"),
          bytes: arguments[0])))
  }

  private mutating func tensor(_ arguments: [PickleValue]) throws(WeightsError) -> PickleValue {
    guard arguments.count >= 4, case .node(let index) = arguments[0],
      case .storage(let storage) = nodes[index], case .integer(let offset) = arguments[1],
      let shape = integers(arguments[2]), let strides = integers(arguments[3]),
      shape.count == strides.count
    else { throw cursor.damaged("a tensor's description is incomplete") }
    return add(
      .view(TensorView(storage: storage, offset: offset, shape: shape, strides: strides)))
  }

  /// Gives an object its state.
  mutating func build(_ state: PickleValue) throws(WeightsError) {
    guard case .node(let index)? = top else {
      throw cursor.damaged("its pickle gives a state to nothing")
    }
    switch nodes[index] {
    case .numpyType(let name, _):
      guard let parts = sequence(state), parts.count > 1, case .text(let order) = parts[1] else {
        throw cursor.damaged("an array type's state is incomplete")
      }
      replace(index, .numpyType(name: name, isBigEndian: order == ">"))
    case .numpyArray:
      guard let parts = sequence(state), parts.count == 5, let shape = integers(parts[1]),
        case .node(let type) = parts[2], case .numpyType(let name, let isBig) = nodes[type],
        case .bool(let isColumnMajor) = parts[3]
      else { throw cursor.damaged("an array's state is incomplete") }
      replace(
        index,
        .numpyArray(
          NumpyState(
            shape: shape, type: name, isBigEndian: isBig, isColumnMajor: isColumnMajor,
            bytes: parts[4])))
    case .mapping: break  // attributes of a dictionary, such as PyTorch's version notes
    default: throw .forbidden(file: cursor.file, request: "a state for an object of its own")
    }
  }

  /// PyTorch's reference to elements outside the pickle.
  mutating func storage(_ reference: PickleValue) throws(WeightsError) -> PickleValue {
    guard let parts = sequence(reference), parts.count >= 5, parts[0] == .text("storage"),
      case .global(let type) = parts[1], case .integer(let count) = parts[4], count >= 0
    else { throw cursor.damaged("a storage's description is incomplete") }
    let key: String
    switch parts[2] {
    case .text(let text): key = text
    case .integer(let number): key = String(number)
    case .bytes(let range): key = String(decoding: cursor.bytes[range], as: UTF8.self)
    default: throw cursor.damaged("a storage has no key")
    }
    guard parts.count == 5 || parts[5] == .none else {
      throw .forbidden(file: cursor.file, request: "a view of a storage (an old PyTorch format)")
    }
    return add(.storage(StorageReference(type: type, key: key, count: count)))
  }
}
