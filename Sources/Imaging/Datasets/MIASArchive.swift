// Mini-MIAS as one NumPy archive: all films reduced to a common size, with their records.

/// Reads an `.npz` with `images` (N×H×W bytes) beside `ids`, `tissue`, `abnormality` and `severity`
/// (`B`, `M` or empty), one entry a film.
///
/// Such archives pass from hand to hand because the films may not be distributed. They are not the
/// films: the dataset's notes say that they were reduced. Where a film has several records an
/// archive has one of them, and the circles are lost, so that patches cannot be cut.
struct MIASArchive {
  private let records: [MIASRecord]
  private let store: PixelStore
  private let width: Int
  private let height: Int

  init(path: String) throws(ImagingError) {
    let archive = try NumPyArchive(path: path)
    let images = try archive.array("images")
    guard images.shape.count == 3, images.shape.allSatisfy({ $0 > 0 }) else {
      throw .badArray(file: images.name, reason: "a shape of \(images.shape) is not N×H×W")
    }
    height = images.shape[1]
    width = images.shape[2]
    store = try images.pictures(width: width, height: height, channels: 1)
    var columns: [[String]] = []
    for name in ["ids", "tissue", "abnormality", "severity"] {
      let column = try archive.array(name)
      guard column.count == images.shape[0] else {
        throw .badArray(
          file: column.name, reason: "\(column.count) entries for \(images.shape[0]) films")
      }
      columns.append(try column.strings())
    }
    var records: [MIASRecord] = []
    for i in 0..<images.shape[0] {
      let fields = columns.map { $0[i] }
      guard fields[0].hasPrefix("mdb"), let record = MIASRecord(fields) else {
        throw .badArray(
          file: path,
          reason: "'\(fields.joined(separator: " "))' is not a record of mini-MIAS")
      }
      records.append(record)
    }
    self.records = records
  }

  /// One sample a film; normal films are left out of `benign-malignant`.
  func samples(task: String) -> [Sample] {
    records.enumerated().compactMap { index, record in
      record.film(.memory(store, index), severity: record.severity.rawValue, task: task)
    }
  }

  var notes: [String] {
    width < 1024 || height < 1024
      ? ["an archive of films reduced to \(width) × \(height) pixels (published: 1024 × 1024)"] : []
  }
}
