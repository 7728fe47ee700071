// INbreast: 410 mammograms with BI-RADS categories, as DICOM files or in PNG exports.

/// Reads `INbreast Release 1.0/INbreast.csv` (semicolons) with `AllDICOMs/*.dcm`, or a PNG export, named
/// `20586908_6c613a14b80a8591_MG_R_CC_ANON.dcm`; the second part of a name is the patient.
///
/// `benign-malignant` counts BI-RADS 1 to 3 as benign and 4 to 6 as malignant, the usual reading.
package struct INbreastReader: DatasetReader {
  package let card = DatasetCard(
    id: "inbreast", name: "INbreast", tasks: ["benign-malignant", "birads"],
    layout: "INbreast.csv beside AllDICOMs/20586908_6c613a14b80a8591_MG_R_CC_ANON.dcm (or .png)",
    licence: "research, on request", homepage: "https://doi.org/10.1016/j.acra.2011.09.014",
    citation: "Moreira et al. 2012, doi 10.1016/j.acra.2011.09.014",
    access: "request the set from its authors (its DICOM files are read as they are)")

  package init() {}

  package func read(
    _ path: String, task: String, options: ReadingOptions
  ) throws(ImagingError) -> ImageDataset {
    let index = try FolderIndex(path)
    guard let file = index.file(named: "INbreast.csv") else {
      throw layoutError(path, "no INbreast.csv in it")
    }
    let table = try MetadataTable(path: index.absolute(file), separator: ";")
    let nameAt = try table.column("File Name")
    let gradeAt = try table.column("Bi-Rads", "BiRads", "Bi-rads")
    var pictures: [String: String] = [:]
    for picture in index.pictures {
      let number = FolderIndex.stem(picture).split(separator: "_").first.map(String.init) ?? ""
      if pictures[number] == nil { pictures[number] = picture }
    }
    var samples: [Sample] = []
    var missing: [String] = []
    for (row, cells) in table.rows.enumerated() {
      guard let grade = cells[gradeAt].first?.wholeNumberValue, (1...6).contains(grade) else {
        throw .badTable(
          file: table.file, line: table.lines[row],
          reason: "'\(cells[gradeAt])' is not a BI-RADS category of 1 to 6")
      }
      guard let picture = pictures[cells[nameAt]] else {
        missing.append(cells[nameAt])
        continue
      }
      let parts = FolderIndex.stem(picture).split(separator: "_").map(String.init)
      samples.append(
        Sample(
          id: cells[nameAt], source: .file(index.absolute(picture)),
          label: task == "birads" ? grade - 1 : (grade >= 4 ? 1 : 0),
          patient: parts.count > 1 ? parts[1] : nil,
          attributes: ["birads": cells[gradeAt]]))
    }
    let notes = try missingNote(missing, of: table.rows.count, path, options)
    return try dataset(
      path, task: task,
      classes: task == "birads" ? (1...6).map { "BI-RADS \($0)" } : ["benign", "malignant"],
      samples: samples, notes: notes)
  }
}
