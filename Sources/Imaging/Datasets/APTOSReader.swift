// APTOS 2019: fundus photographs graded 0 to 4.

/// Reads `train.csv` with `train_images/`, or Kaggle's copy in folders named for the grades.
package struct APTOSReader: DatasetReader {
  package let card = DatasetCard(
    id: "aptos-2019", name: "APTOS 2019", tasks: ["five-class", "any-retinopathy", "referable"],
    layout:
      "train.csv (id_code,diagnosis) beside train_images/*.png, or colored_images/No_DR/*.png",
    licence: "competition rules: research only",
    homepage: "https://www.kaggle.com/c/aptos2019-blindness-detection",
    citation: "APTOS 2019 Blindness Detection, Asia Pacific Tele-Ophthalmology Society",
    access: "join the competition at the homepage and download its data")

  static let fiveClasses = ["negative", "mild", "moderate", "severe", "proliferative"]

  package init() {}

  package func classes(_ task: String) -> [String]? {
    DiabeticRetinopathy.classes(task, of: Self.fiveClasses)
  }

  package func merged(_ label: String, task: String) -> String? {
    DiabeticRetinopathy.merged(label, task, of: Self.fiveClasses)
  }

  package func read(
    _ path: String, task: String, options: ReadingOptions
  ) throws(ImagingError) -> ImageDataset {
    let index = try FolderIndex(path)
    if let table = index.file(named: "train.csv") {
      return try readGradeTables(
        index, [(table, .train)], image: "id_code", grade: "diagnosis",
        fiveClasses: Self.fiveClasses, task: task,
        options: options, patient: { _ in nil })
    }
    let grades = ["no_dr": 0, "mild": 1, "moderate": 2, "severe": 3, "proliferate_dr": 4]
    return try readClassFolders(
      path, task: task, classes: DiabeticRetinopathy.classes(task, of: Self.fiveClasses),
      names: grades.mapValues { DiabeticRetinopathy.label($0, task) })
  }
}

/// The international scale of diabetic retinopathy and the two usual ways of halving it.
enum DiabeticRetinopathy {
  static func classes(_ task: String, of fiveClasses: [String]) -> [String] {
    switch task {
    case "any-retinopathy": ["no retinopathy", "retinopathy"]
    case "referable": ["not referable", "referable"]
    default: fiveClasses
    }
  }

  static func label(_ grade: Int, _ task: String) -> Int {
    switch task {
    case "any-retinopathy": grade > 0 ? 1 : 0
    case "referable": grade > 1 ? 1 : 0
    default: grade
    }
  }

  static func merged(_ label: String, _ task: String, of fiveClasses: [String]) -> String? {
    fiveClasses.firstIndex(of: label).map {
      classes(task, of: fiveClasses)[self.label($0, task)]
    }
  }
}

extension DatasetReader {
  /// Pictures named in tables of (image, grade).
  func readGradeTables(
    _ index: FolderIndex, _ tables: [(file: String, partition: Partition)], image: String,
    grade: String, fiveClasses: [String], task: String, options: ReadingOptions,
    patient: (String) -> String?
  ) throws(ImagingError) -> ImageDataset {
    let pictures = index.picturesByStem()
    var samples: [Sample] = []
    var missing: [String] = []
    var total = 0
    for (file, partition) in tables {
      let table = try MetadataTable(path: index.absolute(file))
      let imageAt = try table.column(image)
      let gradeAt = try table.column(grade)
      for (row, cells) in table.rows.enumerated() {
        total += 1
        let value = try table.integer(row: row, column: gradeAt)
        guard (0...4).contains(value) else {
          throw .badTable(
            file: table.file, line: table.lines[row], reason: "grade \(value) is not 0 to 4")
        }
        let name =
          FolderIndex.pictureExtensions.contains(
            FolderIndex.fileExtension(cells[imageAt]))
          ? FolderIndex.stem(cells[imageAt])
          : cells[imageAt]
        guard let picture = pictures[name] else {
          missing.append(name)
          continue
        }
        samples.append(
          Sample(
            id: name, source: .file(index.absolute(picture)),
            label: DiabeticRetinopathy.label(value, task), patient: patient(name),
            officialPartition: partition, attributes: ["grade": String(value)]))
      }
    }
    let notes = try missingNote(missing, of: total, index.root, options)
    return try dataset(
      index.root, task: task, classes: DiabeticRetinopathy.classes(task, of: fiveClasses),
      samples: samples,
      notes: notes)
  }
}
