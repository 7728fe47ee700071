// BreCaHAD: 162 breast histology pictures with points of six kinds.
import FoundationEssentials

/// Reads `images/Case_1-01.tif` and `groundTruth/Case_1-01.json`, and cuts a patch of 64 pixels
/// around each annotated point: the set's labels are of points, not of pictures.
///
/// The files call a tubule `lumen` and add `non_mitosis`, which the paper's six kinds leave out: its
/// points are counted in a note and not read.
package struct BreCaHADReader: DatasetReader {
  package let card = DatasetCard(
    id: "brecahad", name: "BreCaHAD", tasks: ["six-class-patches", "tumour-patches"],
    layout: "images/Case_1-01.tif beside groundTruth/Case_1-01.json",
    licence: "CC BY 4.0", homepage: "https://doi.org/10.6084/m9.figshare.7379186",
    citation: "Aksac et al. 2019, doi 10.1186/s13104-019-4121-7",
    access: "download BreCaHAD.zip from the homepage and unpack it")

  /// What the files call the paper's tubules.
  private static let synonyms = ["lumen": "tubule", "non_lumen": "non_tubule"]

  private static let kinds = [
    "mitosis", "apoptosis", "tumor", "non_tumor", "tubule", "non_tubule",
  ]

  private struct Point: Decodable {
    let x: Double
    let y: Double
  }

  package init() {}

  package func read(
    _ path: String, task: String, options: ReadingOptions
  ) throws(ImagingError) -> ImageDataset {
    let index = try FolderIndex(path)
    let pictures = index.picturesByStem()
    let annotations = index.files.filter { FolderIndex.fileExtension($0) == "json" }
    let isBinary = task == "tumour-patches"
    var samples: [Sample] = []
    var missing: [String] = []
    var leftOut = 0
    for file in annotations {
      let stem = FolderIndex.stem(file)
      guard let picture = pictures[stem] else {
        missing.append(stem)
        continue
      }
      let points = try points(index.absolute(file), &leftOut)
      let patient = stem.split(separator: "-").first.map(String.init)
      for (kind, number, point) in points {
        guard !isBinary || kind == 2 || kind == 3 else { continue }
        samples.append(
          Sample(
            id: "\(stem)/\(Self.kinds[kind])-\(number)",
            source: .patch(
              file: index.absolute(picture), centreX: point.x, centreY: point.y, side: 64),
            label: isBinary ? 3 - kind : kind, patient: patient))
      }
    }
    var notes = try missingNote(missing, of: annotations.count, path, options)
    if leftOut > 0 {
      notes.append("\(leftOut) points of non_mitosis are of none of the six kinds and left out")
    }
    return try dataset(
      path, task: task,
      classes: isBinary
        ? ["non-tumour nuclei", "tumour nuclei"]
        : [
          "mitosis", "apoptosis", "tumour nuclei", "non-tumour nuclei", "tubule", "non-tubule",
        ],
      samples: samples,
      notes: notes + ["patients are the case numbers of the file names"])
  }

  /// Points by kind, in the order of the file; coordinates are fractions of width and height.
  private func points(
    _ file: String, _ leftOut: inout Int
  ) throws(ImagingError) -> [(Int, Int, Point)] {
    let bytes = try FileBytes.read(file)
    let decoded: [String: [Point]]
    do {
      decoded = try JSONDecoder().decode([String: [Point]].self, from: Data(bytes))
    } catch {
      throw .badTable(file: file, line: 1, reason: "not an annotation of points {kind: [{x, y}]}")
    }
    var result: [(Int, Int, Point)] = []
    for key in decoded.keys.sorted() {
      var name = key.lowercased().replacing("-", with: "_").replacing(" ", with: "_")
      if name.hasPrefix("non"), !name.hasPrefix("non_") { name = "non_" + name.dropFirst(3) }
      if name == "non_mitosis" {
        leftOut += decoded[key]?.count ?? 0
        continue
      }
      name = Self.synonyms[name] ?? name
      guard let kind = Self.kinds.firstIndex(where: { name == $0 || name == $0 + "_nuclei" }) else {
        throw .badTable(file: file, line: 1, reason: "'\(key)' is none of the six kinds")
      }
      for (number, point) in (decoded[key] ?? []).enumerated() {
        guard (0...1).contains(point.x), (0...1).contains(point.y) else {
          throw .badTable(
            file: file, line: 1, reason: "a point at (\(point.x), \(point.y)) outside 0...1")
        }
        result.append((kind, number + 1, point))
      }
    }
    return result
  }
}
