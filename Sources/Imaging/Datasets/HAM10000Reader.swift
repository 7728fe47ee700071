// HAM10000: dermoscopy with a metadata table, as JPEG folders or as Kaggle's tables of pixels.

/// Reads `HAM10000_metadata.csv` with its pictures, or a `hmnist_*.csv` table of pixels.
///
/// The lesion is kept with each sample: 10,015 pictures show 7,470 lesions.
package struct HAM10000Reader: DatasetReader {
  package let card = DatasetCard(
    id: "ham10000", name: "HAM10000", tasks: ["seven-class", "malignancy"],
    layout: "HAM10000_metadata.csv beside HAM10000_images_part_1/ and _2/ with ISIC_0024306.jpg, "
      + "or hmnist_28_28_RGB.csv",
    licence: "CC BY-NC 4.0", homepage: "https://doi.org/10.7910/DVN/DBW86T",
    citation: "Tschandl et al. 2018, doi 10.1038/sdata.2018.161",
    access: "download both picture archives and the metadata from Harvard Dataverse")

  /// In the order of the numbers in Kaggle's pixel tables.
  private static let codes = ["akiec", "bcc", "bkl", "df", "nv", "vasc", "mel"]
  private static let malignant: Set<String> = ["akiec", "bcc", "mel"]

  package init() {}

  package func read(
    _ path: String, task: String, options: ReadingOptions
  ) throws(ImagingError) -> ImageDataset {
    if !FolderIndex.isFolder(path) { return try pixelTable(path, task: task) }
    let index = try FolderIndex(path)
    guard let file = index.file(named: "HAM10000_metadata.csv", "HAM10000_metadata") else {
      throw layoutError(path, "no HAM10000_metadata.csv in it")
    }
    let table = try MetadataTable(path: index.absolute(file))
    let lesion = try table.column("lesion_id")
    let image = try table.column("image_id")
    let diagnosis = try table.column("dx")
    let others = ["dx_type", "age", "sex", "localization"].compactMap { name in
      table.optionalColumn([name]).map { (name, $0) }
    }
    let pictures = index.picturesByStem { !$0.lowercased().contains("segmentation") }
    var samples: [Sample] = []
    var missing: [String] = []
    for (row, cells) in table.rows.enumerated() {
      guard let picture = pictures[cells[image]] else {
        missing.append(cells[image])
        continue
      }
      var attributes = ["diagnosis": cells[diagnosis]]
      for (name, at) in others { attributes[name] = cells[at] }
      samples.append(
        Sample(
          id: cells[image], source: .file(index.absolute(picture)),
          label: try label(cells[diagnosis], task, table, row), lesion: cells[lesion],
          attributes: attributes))
    }
    let notes = try missingNote(missing, of: table.rows.count, path, options)
    return try dataset(
      path, task: task, classes: classes(task) ?? [], samples: samples, notes: notes)
  }

  /// Pictures of a table of pixels, in metadata order.
  private func pixelTable(_ path: String, task: String) throws(ImagingError) -> ImageDataset {
    let table = try PixelTable(path: path)
    var labels: [Int] = []
    var diagnoses: [String] = []
    for (row, number) in table.labels.enumerated() {
      guard Self.codes.indices.contains(number) else {
        throw .badTable(file: path, line: row + 2, reason: "label \(number) is not 0 to 6")
      }
      let code = Self.codes[number]
      diagnoses.append(code)
      labels.append(task == "malignancy" ? (Self.malignant.contains(code) ? 1 : 0) : number)
    }
    let lesions = try lesionsBeside(path, diagnoses)
    let samples = labels.enumerated().map { row, label in
      Sample(
        id: "row-\(row + 1)", source: .memory(table.pictures, row), label: label,
        lesion: lesions?[row])
    }
    return try dataset(
      path, task: task, classes: classes(task) ?? [], samples: samples,
      notes: lesions == nil
        ? ["the pixel table has no lesion ids: put HAM10000_metadata.csv beside it to have them"]
        : ["lesion ids were taken from HAM10000_metadata.csv, whose order the pixel table shares"])
  }

  /// Lesion ids by row, where the metadata lie beside the pixels and every diagnosis agrees.
  private func lesionsBeside(
    _ path: String, _ diagnoses: [String]
  ) throws(ImagingError) -> [String]? {
    let folder = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
    let metadata = (folder + ["HAM10000_metadata.csv"]).joined(separator: "/")
    guard let bytes = try? FileBytes.read(metadata) else { return nil }
    let table = try MetadataTable(bytes, file: metadata)
    let lesion = try table.column("lesion_id")
    let diagnosis = try table.column("dx")
    guard table.rows.map({ $0[diagnosis] }) == diagnoses else { return nil }
    return table.rows.map { $0[lesion] }
  }

  package func merged(_ label: String, task: String) -> String? {
    guard task == "malignancy" else { return nil }
    return Self.malignant.contains(label) ? "malignant" : "benign"
  }

  package func classes(_ task: String) -> [String]? {
    task == "malignancy" ? ["benign", "malignant"] : Self.codes
  }

  private func label(
    _ code: String, _ task: String, _ table: MetadataTable, _ row: Int
  ) throws(ImagingError) -> Int {
    guard let index = Self.codes.firstIndex(of: code) else {
      throw .badTable(
        file: table.file, line: table.lines[row], reason: "'\(code)' is not a HAM10000 diagnosis")
    }
    return task == "malignancy" ? (Self.malignant.contains(code) ? 1 : 0) : index
  }
}
