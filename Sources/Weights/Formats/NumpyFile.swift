// NumPy's array files: npy and npz.

import Foundation
import Neural

/// Reads `.npz` archives of plain numeric arrays; objects are refused.
enum NumpyFile {
  /// All arrays of an archive, in its order, without the `.npy` of their names.
  static func readArchive(_ bytes: [UInt8], file: String) throws(WeightsError) -> ParameterSet {
    let archive = try ZipArchive(bytes, file: file)
    var set = ParameterSet()
    for entry in archive.entries where entry.name.hasSuffix(".npy") {
      let name = String(entry.name.dropLast(4))
      set.add(name, try readArray(try archive.content(entry), name: name, file: file))
    }
    return set
  }

  /// One `.npy` file (format 1.0 to 3.0).
  static func readArray(
    _ bytes: [UInt8], name: String, file: String
  ) throws(WeightsError) -> Tensor {
    var cursor = ByteCursor(bytes, file: file)
    guard Array(try cursor.take(6)) == [0x93] + Array("NUMPY".utf8) else {
      throw cursor.damaged("'\(name)' is not a NumPy array")
    }
    let major = try cursor.byte()
    _ = try cursor.byte()
    let header = try cursor.text(try cursor.length(major == 1 ? 2 : 4))
    guard let descriptor = value(of: "descr", in: header).flatMap(text),
      let order = value(of: "fortran_order", in: header),
      let extents = value(of: "shape", in: header)
    else { throw cursor.damaged("the header of '\(name)' is incomplete") }
    guard let (type, isBigEndian) = ElementType.numpy(descriptor) else {
      throw .unsupportedType(file: file, tensor: name, type: descriptor)
    }
    let numbers = extents.split { "(), ".contains($0) }
    let shape = numbers.compactMap { Int($0) }
    guard shape.count == numbers.count, let count = elementCount(shape), count <= bytes.count else {
      throw cursor.damaged("'\(name)' has the shape \(extents)")
    }
    let values = type.floats(try cursor.take(count * type.width), isBigEndian: isBigEndian)
    return order.hasPrefix("True")
      ? fromColumns(values, shape) : Tensor(shape: shape, values: values)
  }

  /// An array whose first index runs fastest, made row-major.
  static func fromColumns(_ values: [Float], _ shape: [Int]) -> Tensor {
    var strides: [Int] = []
    var step = 1
    for extent in shape {
      strides.append(step)
      step *= extent
    }
    return Strided.gather(values, shape: shape, strides: strides, offset: 0)
  }

  /// The source text after `'key':` in the header, a Python dictionary.
  private static func value(of key: String, in header: String) -> String? {
    guard let start = header.range(of: "'\(key)':") else { return nil }
    let rest = header[start.upperBound...].drop { $0 == " " }
    if rest.first == "(" {
      return rest.firstIndex(of: ")").map { String(rest[...$0]) }
    }
    return String(rest.prefix { $0 != "," && $0 != "}" })
  }

  private static func text(_ literal: String) -> String? {
    guard let quote = literal.first, quote == "'" || quote == "\"" else { return nil }
    return String(literal.dropFirst().prefix { $0 != quote })
  }
}

/// Arrays described by strides.
enum Strided {
  /// The row-major copy of a strided view. The caller has checked that every element is inside.
  static func gather(
    _ values: [Float], shape: [Int], strides: [Int], offset: Int
  ) -> Tensor {
    let count = shape.reduce(1, *)
    var result: [Float] = []
    result.reserveCapacity(count)
    var index = Array(repeating: 0, count: shape.count)
    var position = offset
    for _ in 0..<count {
      result.append(values[position])
      for axis in shape.indices.reversed() {
        index[axis] += 1
        position += strides[axis]
        if index[axis] < shape[axis] { break }
        position -= strides[axis] * shape[axis]
        index[axis] = 0
      }
    }
    return Tensor(shape: shape, values: result)
  }
}
