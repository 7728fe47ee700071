// EyePACS (Kaggle 2015): 88,702 fundus photographs, two eyes a patient.

/// Reads `trainLabels.csv` and, where there is one, `retinopathy_solution.csv` for the test part.
package struct EyePACSReader: DatasetReader {
  package let card = DatasetCard(
    id: "eyepacs", name: "EyePACS", tasks: ["five-class", "any-retinopathy", "referable"],
    layout: "trainLabels.csv (image,level) beside train/10_left.jpeg",
    licence: "competition rules: research only",
    homepage: "https://www.kaggle.com/c/diabetic-retinopathy-detection",
    citation: "Kaggle Diabetic Retinopathy Detection 2015, EyePACS",
    access: "join the competition at the homepage and download its data")

  static let fiveClasses = ["normal", "mild NPDR", "moderate NPDR", "severe NPDR", "PDR"]

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
    guard let train = index.file(named: "trainLabels.csv") else {
      throw layoutError(path, "no trainLabels.csv in it")
    }
    var tables = [(file: train, partition: Partition.train)]
    if let test = index.file(named: "retinopathy_solution.csv", "testLabels.csv") {
      tables.append((test, .test))
    }
    return try readGradeTables(
      index, tables, image: "image", grade: "level",
      fiveClasses: Self.fiveClasses, task: task, options: options,
      patient: { name in name.split(separator: "_").first.map(String.init) })
  }
}
