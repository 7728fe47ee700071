// PH2: 200 dermoscopic bitmaps, each in a folder of its own, with a table of diagnoses.

/// Reads `PH2 Dataset images/IMD002/IMD002_Dermoscopic_Image/IMD002.bmp` and `PH2_dataset.txt`.
package struct PH2Reader: DatasetReader {
  package let card = DatasetCard(
    id: "ph2", name: "PH2", tasks: ["melanoma", "three-class"],
    layout: "PH2_dataset.txt beside PH2 Dataset images/IMD003/IMD003_Dermoscopic_Image/IMD003.bmp",
    licence: "research and education", homepage: "https://www.fc.up.pt/addi/ph2%20database.html",
    citation: "Mendonça et al. 2013, doi 10.1109/EMBC.2013.6610779",
    access: "request the archive at the homepage and unpack it")

  package init() {}

  package func classes(_ task: String) -> [String]? {
    task == "melanoma" ? ["nevus", "melanoma"] : ["common nevus", "atypical nevus", "melanoma"]
  }

  package func merged(_ label: String, task: String) -> String? {
    guard task == "melanoma" else { return nil }
    return label == "melanoma" ? label : "nevus"
  }

  package func read(
    _ path: String, task: String, options: ReadingOptions
  ) throws(ImagingError) -> ImageDataset {
    let index = try FolderIndex(path)
    guard let file = index.file(named: "PH2_dataset.txt") else {
      throw layoutError(path, "no PH2_dataset.txt in it")
    }
    let diagnoses = try diagnoses(index.absolute(file))
    let pictures = index.picturesByStem { $0.contains("_Dermoscopic_Image") }
    var samples: [Sample] = []
    var missing: [String] = []
    for (name, diagnosis) in diagnoses {
      guard let picture = pictures[name] else {
        missing.append(name)
        continue
      }
      samples.append(
        Sample(
          id: name, source: .file(index.absolute(picture)),
          label: task == "melanoma" ? diagnosis / 2 : diagnosis))
    }
    let notes = try missingNote(missing, of: diagnoses.count, path, options)
    return try dataset(
      path, task: task, classes: classes(task) ?? [], samples: samples, notes: notes)
  }

  /// Rows such as `|| IMD003 || … || 0 || …`; the third field is 0, 1 or 2.
  private func diagnoses(_ file: String) throws(ImagingError) -> [(String, Int)] {
    var result: [(String, Int)] = []
    for (number, line) in try FileBytes.lines(file) {
      guard let start = line.firstIndex(of: "I"), line[start...].hasPrefix("IMD") else { continue }
      let fields = line.split(separator: "|", omittingEmptySubsequences: false)
        .map { $0.split(whereSeparator: \.isWhitespace).joined(separator: " ") }
      // `||` leaves an empty field between each pair of real ones.
      let real = stride(from: 2, to: fields.count, by: 2).map { fields[$0] }
      guard real.count >= 3, let diagnosis = Int(real[2]), (0...2).contains(diagnosis) else {
        throw .badTable(
          file: file, line: number,
          reason: "the third field (clinical diagnosis) is not 0, 1 or 2")
      }
      result.append((real[0], diagnosis))
    }
    return result
  }
}
