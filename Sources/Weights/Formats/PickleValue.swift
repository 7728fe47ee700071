// What a pickle can describe here: plain values, and the few objects that hold tensors.

/// A value on the unpickler's stack. Containers are handles into its table of nodes, so that values
/// may be shared or even contain themselves without any recursion in memory management.
enum PickleValue: Equatable {
  case none
  case bool(Bool)
  case integer(Int)
  case real(Double)
  case text(String)
  /// A stretch of the file.
  case bytes(Range<Int>)
  /// Bytes made from text (how protocol 2 writes them).
  case madeBytes([UInt8])
  /// A name that the pickle refers to; nothing is looked up or run.
  case global(String)
  case node(Int)
}

/// A container or tensor that a pickle builds.
enum PickleNode {
  case sequence([PickleValue])
  case mapping([(key: PickleValue, value: PickleValue)])
  /// Elements that lie elsewhere in the file, by key.
  case storage(StorageReference)
  /// A view of a storage.
  case view(TensorView)
  case numpyType(name: String, isBigEndian: Bool)
  /// A NumPy array, complete once its state was given.
  case numpyArray(NumpyState?)
}

/// PyTorch's reference to a storage.
struct StorageReference: Equatable {
  let type: String
  let key: String
  let count: Int
}

/// A strided view of a storage.
struct TensorView: Equatable {
  let storage: StorageReference
  let offset: Int
  let shape: [Int]
  let strides: [Int]
}

/// What a pickled NumPy array consists of.
struct NumpyState {
  let shape: [Int]
  let type: String
  let isBigEndian: Bool
  let isColumnMajor: Bool
  let bytes: PickleValue
}
