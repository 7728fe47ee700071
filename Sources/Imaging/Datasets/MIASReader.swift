// Mini-MIAS: 322 mammograms as PGM, described in Info.txt.

/// Reads `Info.txt` and `mdb001.pgm` …; a patient is a pair of films (left even, right odd). An
/// `.npz` of all films at a smaller size is read as ``MIASArchive`` says.
///
/// `abnormality-patches` cuts a square around each annotated abnormality. Where a picture has
/// several records, its label is the most severe of them.
package struct MIASReader: DatasetReader {
  package let card = DatasetCard(
    id: "mias", name: "mini-MIAS",
    tasks: ["normal-abnormal", "severity", "benign-malignant", "abnormality-patches"],
    layout: "Info.txt beside mdb001.pgm … mdb322.pgm",
    licence: "MIAS licence: research only, no redistribution",
    homepage: "http://peipa.essex.ac.uk/info/mias.html",
    citation:
      "Suckling et al. 1994, The Mammographic Image Analysis Society digital mammogram database",
    access: "download all-mias.tar.gz from the homepage and unpack it")

  package init() {}

  package func read(
    _ path: String, task: String, options: ReadingOptions
  ) throws(ImagingError) -> ImageDataset {
    if path.lowercased().hasSuffix(".npz") { return try archive(path, task: task) }
    let index = try FolderIndex(path)
    guard let info = index.file(named: "Info.txt") else {
      throw layoutError(path, "no Info.txt in it")
    }
    let records = try MIASRecord.parse(file: index.absolute(info))
    let pictures = index.picturesByStem()
    let named = Array(Set(records.map(\.picture))).sorted()
    let missing = named.filter { pictures[$0] == nil }
    let present = records.filter { pictures[$0.picture] != nil }
    let file = { (record: MIASRecord) in index.absolute(pictures[record.picture] ?? "") }
    let samples =
      task == "abnormality-patches"
      ? patches(present, file) : whole(present, named, task, file)
    let mixed = named.filter { name in
      Set(records.filter { $0.picture == name }.map(\.severity)).count > 1
    }
    let notes =
      try missingNote(missing, of: named.count, path, options)
      + (mixed.isEmpty || task == "abnormality-patches"
        ? []
        : [
          "benign and malignant records in one film, counted as malignant: "
            + mixed.joined(separator: ", ")
        ])
    return try dataset(
      path, task: task, classes: classes(task) ?? [], samples: samples, notes: notes)
  }

  private func archive(_ path: String, task: String) throws(ImagingError) -> ImageDataset {
    guard task != "abnormality-patches" else {
      throw .badSetting(
        name: "task", value: task, expected: "the films themselves: an archive has no circles")
    }
    let archive = try MIASArchive(path: path)
    return try dataset(
      path, task: task, classes: classes(task) ?? [], samples: archive.samples(task: task),
      notes: archive.notes)
  }

  package func merged(_ label: String, task: String) -> String? {
    switch task {
    case "normal-abnormal": label == "normal" ? label : "abnormal"
    case "benign-malignant": label == "normal" ? nil : label
    default: nil
    }
  }

  package func classes(_ task: String) -> [String]? {
    switch task {
    case "normal-abnormal": ["normal", "abnormal"]
    case "severity": ["normal", "benign", "malignant"]
    default: ["benign", "malignant"]
    }
  }

  private func whole(
    _ records: [MIASRecord], _ names: [String], _ task: String, _ file: (MIASRecord) -> String
  ) -> [Sample] {
    names.compactMap { name in
      let own = records.filter { $0.picture == name }
      guard let first = own.first else { return nil }
      return first.film(
        .file(file(first)), severity: own.map(\.severity.rawValue).max() ?? 0, task: task)
    }
  }

  private func patches(_ records: [MIASRecord], _ file: (MIASRecord) -> String) -> [Sample] {
    var seen: [String: Int] = [:]
    return records.compactMap { record in
      guard let circle = record.circle, record.severity != .normal else { return nil }
      seen[record.picture, default: 0] += 1
      // The origin of Info.txt is the bottom-left corner of a 1024 × 1024 picture.
      return Sample(
        id: "\(record.picture)-\(seen[record.picture] ?? 1)",
        source: .patch(
          file: file(record), centreX: Double(circle.x) / 1024,
          centreY: Double(1024 - circle.y) / 1024, side: max(32, 2 * circle.radius)),
        label: record.severity.rawValue - 1, patient: record.patient,
        attributes: ["tissue": record.tissue, "abnormality": record.abnormality])
    }
  }
}

/// One line of Info.txt.
struct MIASRecord: Equatable {
  enum Severity: Int { case normal, benign, malignant }
  struct Circle: Equatable { let x, y, radius: Int }

  let picture: String
  let tissue: String
  let abnormality: String
  let severity: Severity
  /// Centre and radius, absent for normal films and for widely spread calcifications.
  let circle: Circle?

  /// Films are numbered in pairs, one pair a patient.
  var patient: String {
    let number = Int(picture.dropFirst(3)) ?? 0
    return "patient-\((number + 1) / 2)"
  }

  /// The whole film as a sample; nil for a normal one where `task` is about abnormal films alone.
  func film(_ source: PixelSource, severity: Int, task: String) -> Sample? {
    let label: Int
    switch task {
    case "normal-abnormal": label = min(severity, 1)
    case "severity": label = severity
    default:
      guard severity > 0 else { return nil }
      label = severity - 1
    }
    return Sample(
      id: picture, source: source, label: label, patient: patient,
      attributes: ["tissue": tissue, "abnormality": abnormality])
  }

  static func parse(file: String) throws(ImagingError) -> [MIASRecord] {
    var records: [MIASRecord] = []
    for (number, line) in try FileBytes.lines(file) {
      let fields = line.split(whereSeparator: \.isWhitespace).map(String.init)
      guard let name = fields.first, name.count == 6, name.hasPrefix("mdb"),
        Int(name.dropFirst(3)) != nil
      else { continue }
      guard let record = MIASRecord(fields) else {
        throw .badTable(
          file: file, line: number, reason: "'\(line)' is not a record of mini-MIAS")
      }
      records.append(record)
    }
    return records
  }

  init?(_ fields: [String]) {
    guard fields.count >= 3, ["F", "G", "D"].contains(fields[1]),
      ["CALC", "CIRC", "SPIC", "MISC", "ARCH", "ASYM", "NORM"].contains(fields[2])
    else { return nil }
    picture = fields[0]
    tissue = fields[1]
    abnormality = fields[2]
    switch fields.count > 3 ? fields[3] : "" {
    case "B": severity = .benign
    case "M": severity = .malignant
    default:
      guard fields[2] == "NORM" else { return nil }
      severity = .normal
    }
    if fields.count >= 7, let x = Int(fields[4]), let y = Int(fields[5]), let r = Int(fields[6]) {
      circle = Circle(x: x, y: y, radius: r)
    } else {
      circle = nil
    }
  }
}
