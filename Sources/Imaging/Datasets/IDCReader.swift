// Invasive ductal carcinoma patches: 277,524 of 50×50, a folder for each of 279 patients.

/// Reads `10253/0/10253_idx5_x1001_y1001_class0.png`; the archive's second copy is passed over.
package struct IDCReader: DatasetReader {
  package let card = DatasetCard(
    id: "idc", name: "IDC", tasks: ["binary"],
    layout: "10253/0/10253_idx5_x1001_y1001_class0.png",
    licence: "not stated",
    homepage: "https://www.kaggle.com/datasets/paultimothymooney/breast-histopathology-images",
    citation: "Cruz-Roa et al. 2014, doi 10.1117/12.2043872",
    access: "download the archive from the homepage and unpack it")

  package init() {}

  package func classes(_ task: String) -> [String]? { ["negative", "positive"] }

  package func read(
    _ path: String, task: String, options: ReadingOptions
  ) throws(ImagingError) -> ImageDataset {
    let index = try FolderIndex(path)
    var seen: Set<String> = []
    var samples: [Sample] = []
    for file in index.pictures {
      let stem = FolderIndex.stem(file)
      let parts = stem.split(separator: "_").map(String.init)
      guard parts.count == 5, parts[1].hasPrefix("idx"),
        parts[4] == "class0" || parts[4] == "class1",
        seen.insert(stem).inserted
      else { continue }
      samples.append(
        Sample(
          id: stem, source: .file(index.absolute(file)), label: parts[4] == "class1" ? 1 : 0,
          patient: parts[0]))
    }
    return try dataset(path, task: task, classes: classes(task) ?? [], samples: samples)
  }
}
