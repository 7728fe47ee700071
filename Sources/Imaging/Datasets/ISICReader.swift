// The ISIC challenges 2016 to 2020: pictures, and ground truth in a table per part.

/// Reads one year's challenge from its ground-truth tables, official parts included.
package struct ISICReader: DatasetReader {
  package let card: DatasetCard
  private let year: Year

  private enum Year: Int, CaseIterable {
    case y2016 = 2016
    case y2017, y2018, y2019, y2020
  }

  package static let all: [any DatasetReader] = Year.allCases.map { ISICReader($0) }

  private init(_ year: Year) {
    self.year = year
    let (tasks, example): ([String], String) =
      switch year {
      case .y2016: (["binary"], "ISBI2016_ISIC_Part3_Training_GroundTruth.csv")
      case .y2017: (["three-class", "melanoma"], "ISIC-2017_Training_Part3_GroundTruth.csv")
      case .y2018: (["seven-class"], "ISIC2018_Task3_Training_GroundTruth.csv")
      case .y2019: (["eight-class"], "ISIC_2019_Training_GroundTruth.csv")
      case .y2020: (["binary"], "ISIC_2020_Training_GroundTruth.csv")
      }
    card = DatasetCard(
      id: "isic-\(year.rawValue)", name: "ISIC \(year.rawValue)", tasks: tasks,
      layout: "\(example) with folders of ISIC_0000000.jpg",
      licence: year == .y2016 || year == .y2017 ? "CC0" : "CC BY-NC 4.0",
      homepage: "https://challenge.isic-archive.com/data/#\(year.rawValue)",
      citation: "ISIC Challenge \(year.rawValue), International Skin Imaging Collaboration",
      access: "download the training (and test) input and ground truth from the homepage")
  }

  package func read(
    _ path: String, task: String, options: ReadingOptions
  ) throws(ImagingError) -> ImageDataset {
    let index = try FolderIndex(path)
    let pictures = index.picturesByStem { !FolderIndex.stem($0).hasSuffix("_superpixels") }
    let lesions = try lesionIDs(index)
    var samples: [Sample] = []
    var missing: [String] = []
    var total = 0
    for (file, partition) in groundTruth(index) {
      let table = try table(index.absolute(file))
      let imageAt = try table.column("image", "image_id", "image_name")
      let patientAt = table.optionalColumn(["patient_id"])
      for (row, cells) in table.rows.enumerated() {
        let name = cells[imageAt]
        total += 1
        guard let label = try label(table, row, task) else { continue }
        guard let picture = pictures[name] else {
          missing.append(name)
          continue
        }
        samples.append(
          Sample(
            id: name, source: .file(index.absolute(picture)), label: label,
            patient: patientAt.map { cells[$0] }, lesion: lesions[name],
            officialPartition: partition))
      }
    }
    guard total > 0 else { throw layoutError(path, "no ground truth of \(card.name) in it") }
    let notes = try missingNote(missing, of: total, path, options)
    return try dataset(
      path, task: task, classes: classes(task) ?? [], samples: samples, notes: notes)
  }

  private func groundTruth(_ index: FolderIndex) -> [(String, Partition)] {
    let parts: [(Partition, [String])] =
      switch year {
      case .y2016:
        [
          (.train, ["ISBI2016_ISIC_Part3_Training_GroundTruth.csv"]),
          (.test, ["ISBI2016_ISIC_Part3_Test_GroundTruth.csv"]),
        ]
      case .y2017:
        [
          (.train, ["ISIC-2017_Training_Part3_GroundTruth.csv"]),
          (.validation, ["ISIC-2017_Validation_Part3_GroundTruth.csv"]),
          (
            .test,
            ["ISIC-2017_Test_v2_Part3_GroundTruth.csv", "ISIC-2017_Test_Part3_GroundTruth.csv"]
          ),
        ]
      case .y2018:
        [
          (.train, ["ISIC2018_Task3_Training_GroundTruth.csv"]),
          (.validation, ["ISIC2018_Task3_Validation_GroundTruth.csv"]),
          (.test, ["ISIC2018_Task3_Test_GroundTruth.csv"]),
        ]
      case .y2019:
        [
          (.train, ["ISIC_2019_Training_GroundTruth.csv"]),
          (.test, ["ISIC_2019_Test_GroundTruth.csv"]),
        ]
      case .y2020:
        [
          (
            .train,
            [
              "ISIC_2020_Training_GroundTruth_v2.csv", "ISIC_2020_Training_GroundTruth.csv",
              "train.csv",
            ]
          )
        ]
      }
    return parts.compactMap { partition, names in
      names.lazy.compactMap { index.file(named: $0) }.first.map { ($0, partition) }
    }
  }

  /// The tables of 2016 have no header line.
  private func table(_ path: String) throws(ImagingError) -> MetadataTable {
    let bytes = try FileBytes.read(path)
    let hasHeader = !bytes.starts(with: Array("ISIC_".utf8))
    return try MetadataTable(bytes, file: path, header: hasHeader ? nil : ["image", "label"])
  }

  /// Lesion groups of 2018, lesions of the metadata of 2019 and 2020.
  private func lesionIDs(_ index: FolderIndex) throws(ImagingError) -> [String: String] {
    var result: [String: String] = [:]
    let names = [
      "ISIC2018_Task3_Training_LesionGroupings.csv", "ISIC_2019_Training_Metadata.csv",
      "ISIC_2020_Training_GroundTruth_v2.csv",
    ]
    let prefix = "ISIC\(year == .y2018 ? "" : "_")\(year.rawValue)"
    for name in names where name.hasPrefix(prefix) {
      guard let file = index.file(named: name) else { continue }
      let table = try MetadataTable(path: index.absolute(file))
      let image = try table.column("image", "image_name")
      guard let lesion = table.optionalColumn(["lesion_id"]) else { continue }
      for cells in table.rows where !cells[lesion].isEmpty { result[cells[image]] = cells[lesion] }
    }
    return result
  }

  private static let seven = ["MEL", "NV", "BCC", "AKIEC", "BKL", "DF", "VASC"]
  private static let eight = ["MEL", "NV", "BCC", "AK", "BKL", "DF", "VASC", "SCC"]

  package func merged(_ label: String, task: String) -> String? {
    guard year == .y2017, task == "melanoma" else { return nil }
    return label == "melanoma" ? label : "other"
  }

  package func classes(_ task: String) -> [String]? {
    switch task {
    case "binary": ["benign", "malignant"]
    case "melanoma": ["other", "melanoma"]
    case "three-class": ["melanoma", "seborrheic keratosis", "benign nevus"]
    case "seven-class": Self.seven
    default:
      [
        "melanoma", "nevus", "BCC", "AK", "benign keratosis", "dermatofibroma", "vascular", "SCC",
      ]
    }
  }

  /// Nil for a row of no class of the task (2019's unknowns).
  private func label(
    _ table: MetadataTable, _ row: Int, _ task: String
  ) throws(ImagingError) -> Int? {
    let cells = table.rows[row]
    switch year {
    case .y2016, .y2020:
      let column = try table.column("label", "target", "benign_malignant")
      switch cells[column] {
      case "benign", "0", "0.0": return 0
      case "malignant", "1", "1.0": return 1
      default:
        throw .badTable(
          file: table.file, line: table.lines[row],
          reason: "'\(cells[column])' is neither benign nor malignant")
      }
    case .y2017:
      let isMelanoma = try table.integer(row: row, column: try table.column("melanoma")) == 1
      let keratosis = try table.column("seborrheic_keratosis")
      let isKeratosis = try table.integer(row: row, column: keratosis) == 1
      if task == "melanoma" { return isMelanoma ? 1 : 0 }
      return isMelanoma ? 0 : (isKeratosis ? 1 : 2)
    case .y2018, .y2019:
      for (label, name) in (year == .y2018 ? Self.seven : Self.eight).enumerated() {
        let column = try table.column(name)
        if try table.integer(row: row, column: column) == 1 { return label }
      }
      return nil
    }
  }
}
