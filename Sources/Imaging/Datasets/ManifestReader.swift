// Any dataset described by a table: one row a picture.

/// Reads a CSV with columns path and label, and optionally patient, lesion, split, magnification.
package struct ManifestReader: DatasetReader {
  package let card = DatasetCard(
    id: "csv", name: "a CSV manifest", tasks: ["classification"],
    layout: "a .csv with columns path,label[,patient,lesion,split,magnification], paths relative "
      + "to it",
    licence: "the user's", homepage: "", citation: "", access: "the user's own data")

  package init() {}

  package func read(
    _ path: String, task: String, options: ReadingOptions
  ) throws(ImagingError) -> ImageDataset {
    let table = try MetadataTable(path: path)
    let pathAt = try table.column("path", "file", "filename", "image")
    let labelAt = try table.column("label", "class", "diagnosis", "target")
    let patientAt = table.optionalColumn(["patient", "patient_id"])
    let lesionAt = table.optionalColumn(["lesion", "lesion_id"])
    let splitAt = table.optionalColumn(["split", "partition", "subset"])
    let magnificationAt = table.optionalColumn(["magnification"])
    let classes = Array(Set(table.rows.map { $0[labelAt] })).sorted()
    let folder = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
      .joined(separator: "/")
    var samples: [Sample] = []
    var seen: Set<String> = []
    for (row, cells) in table.rows.enumerated() {
      func bad(_ reason: String) -> ImagingError {
        .badTable(file: path, line: table.lines[row], reason: reason)
      }
      func text(_ column: Int?) -> String? {
        column.map { cells[$0] }.flatMap { $0.isEmpty ? nil : $0 }
      }
      let relative = cells[pathAt]
      guard !relative.isEmpty else { throw bad("an empty path") }
      guard seen.insert(relative).inserted else { throw bad("'\(relative)' appears twice") }
      var partition: Partition?
      if let name = text(splitAt) {
        partition = Partition(named: name)
        guard partition != nil else { throw bad("split '\(name)' is not train, validation, test") }
      }
      var magnification: Int?
      if let at = magnificationAt, !cells[at].isEmpty {
        magnification = try table.integer(row: row, column: at)
      }
      let isAbsolute = relative.hasPrefix("/") || path.firstIndex(of: "/") == nil
      samples.append(
        Sample(
          id: relative, source: .file(isAbsolute ? relative : folder + "/" + relative),
          label: classes.firstIndex(of: cells[labelAt]) ?? 0, patient: text(patientAt),
          lesion: text(lesionAt), magnification: magnification, officialPartition: partition))
    }
    return try dataset(path, task: task, classes: classes, samples: samples)
  }
}
