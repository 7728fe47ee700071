// CBIS-DDSM as DICOM files or in its picture exports: four tables of abnormalities, mammograms by series.

/// Reads `mass_case_description_train_set.csv` and its three siblings with `jpeg/<series>/*.jpg`,
/// with the DICOM files of each series, or with the tables' own paths ending in `.png` or `.jpg`.
///
/// One sample is one mammogram: malignant where any of its abnormalities is.
package struct CBISDDSMReader: DatasetReader {
  package let card = DatasetCard(
    id: "cbis-ddsm", name: "CBIS-DDSM", tasks: ["benign-malignant", "mass-calcification"],
    layout:
      "csv/mass_case_description_train_set.csv … beside jpeg/<series>/*.jpg or <series>/*.dcm",
    licence: "CC BY 3.0", homepage: "https://doi.org/10.7937/K9/TCIA.2016.7O02S9CY",
    citation: "Lee et al. 2017, doi 10.1038/sdata.2017.177",
    access: "take the DICOMs from the homepage, or the JPEG export from Kaggle "
      + "(awsaf49/cbis-ddsm-breast-cancer-image-dataset)")

  private static let tables: [(name: String, partition: Partition, isMass: Bool)] = [
    ("mass_case_description_train_set.csv", .train, true),
    ("calc_case_description_train_set.csv", .train, false),
    ("mass_case_description_test_set.csv", .test, true),
    ("calc_case_description_test_set.csv", .test, false),
  ]

  package init() {}

  private struct Mammogram {
    let id: String
    let picture: String
    let patient: String
    let partition: Partition
    let isMass: Bool
    var isMalignant: Bool
  }

  package func read(
    _ path: String, task: String, options: ReadingOptions
  ) throws(ImagingError) -> ImageDataset {
    let index = try FolderIndex(path)
    let lookup = PictureLookup(index)
    var found: [String: Mammogram] = [:]
    var order: [String] = []
    var missing: Set<String> = []
    for (name, partition, isMass) in Self.tables {
      guard let file = index.file(named: name) else { continue }
      let table = try MetadataTable(path: index.absolute(file))
      let patientAt = try table.column("patient_id")
      let pathologyAt = try table.column("pathology")
      let imageAt = try table.column("image file path")
      for cells in table.rows {
        let id = cells[imageAt].split(separator: "/").first.map(String.init) ?? cells[imageAt]
        let isMalignant = cells[pathologyAt].uppercased() == "MALIGNANT"
        if found[id] != nil {
          if isMalignant { found[id]?.isMalignant = true }
        } else if let picture = lookup.picture(cells[imageAt]) {
          order.append(id)
          found[id] = Mammogram(
            id: id, picture: picture, patient: cells[patientAt], partition: partition,
            isMass: isMass, isMalignant: isMalignant)
        } else {
          missing.insert(id)
        }
      }
    }
    let samples = order.compactMap { found[$0] }.map { mammogram in
      Sample(
        id: mammogram.id, source: .file(index.absolute(mammogram.picture)),
        label: task == "mass-calcification"
          ? (mammogram.isMass ? 0 : 1) : (mammogram.isMalignant ? 1 : 0),
        patient: mammogram.patient, officialPartition: mammogram.partition)
    }
    let notes = try missingNote(
      missing.sorted(), of: order.count + missing.count, path, options)
    return try dataset(
      path, task: task,
      classes: task == "mass-calcification" ? ["mass", "calcification"] : ["benign", "malignant"],
      samples: samples, notes: notes)
  }

  /// Where an export keeps the picture that a table calls `…/<series>/000000.dcm`.
  private struct PictureLookup {
    private var bySeries: [String: String] = [:]
    private var byPath: Set<String> = []

    init(_ index: FolderIndex) {
      for file in index.pictures {
        byPath.insert(file)
        if let series = FolderIndex.folders(file).last, bySeries[series] == nil {
          bySeries[series] = file
        }
      }
    }

    func picture(_ dicom: String) -> String? {
      let plain = dicom.filter { !$0.isNewline }
      if let series = FolderIndex.folders(plain).last, let file = bySeries[series] { return file }
      guard let dot = plain.lastIndex(of: ".") else { return nil }
      return ["dcm", "png", "jpg"].map { plain[..<dot] + "." + $0 }.map(String.init).first {
        byPath.contains($0)
      }
    }
  }
}
