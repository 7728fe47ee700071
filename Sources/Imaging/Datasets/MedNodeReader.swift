// MED-NODE: 170 clinical photographs in two folders.

/// Reads `complete_mednode_dataset/{melanoma,naevus}`.
package struct MedNodeReader: DatasetReader {
  package let card = DatasetCard(
    id: "med-node", name: "MED-NODE", tasks: ["binary"],
    layout: "complete_mednode_dataset/melanoma/*.jpg and naevus/*.jpg",
    licence: "research only", homepage: "https://www.cs.rug.nl/~imaging/databases/melanoma_naevi/",
    citation: "Giotis et al. 2015, doi 10.1016/j.eswa.2015.04.034",
    access: "download complete_mednode_dataset.zip from the homepage and unpack it")

  package init() {}

  package func read(
    _ path: String, task: String, options: ReadingOptions
  ) throws(ImagingError) -> ImageDataset {
    try readClassFolders(
      path, task: task, classes: ["nevus", "melanoma"],
      names: ["naevus": 0, "nevus": 0, "melanoma": 1])
  }
}

extension DatasetReader {
  /// Samples whose class is told by the nearest folder in `names` (lower case).
  func readClassFolders(
    _ path: String, task: String, classes: [String], names: [String: Int],
    where isKept: (String) -> Bool = { _ in true }
  ) throws(ImagingError) -> ImageDataset {
    let index = try FolderIndex(path)
    var samples: [Sample] = []
    for file in index.pictures where isKept(file) {
      let folders = FolderIndex.folders(file).map { $0.lowercased() }
      guard let label = folders.last(where: { names[$0] != nil }).flatMap({ names[$0] }) else {
        continue
      }
      samples.append(
        Sample(
          id: file, source: .file(index.absolute(file)), label: label,
          officialPartition: folders.compactMap(Partition.init(named:)).first))
    }
    return try dataset(path, task: task, classes: classes, samples: samples)
  }
}
