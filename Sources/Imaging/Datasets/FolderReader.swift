// Any dataset kept as a folder for each class.

/// Reads `class/picture` or `train/class/picture`; classes are the folder names, sorted.
package struct FolderReader: DatasetReader {
  package let card = DatasetCard(
    id: "folder", name: "a folder for each class", tasks: ["classification"],
    layout: "class-a/*.png, class-b/*.png, or train/class-a/*.png, test/class-a/*.png",
    licence: "the user's", homepage: "", citation: "", access: "the user's own data")

  package init() {}

  package func read(
    _ path: String, task: String, options: ReadingOptions
  ) throws(ImagingError) -> ImageDataset {
    let index = try FolderIndex(path)
    var found: [(file: String, className: String, partition: Partition?)] = []
    for file in index.pictures {
      let folders = FolderIndex.folders(file)
      let partition = folders.first.flatMap(Partition.init(named:))
      let inside = partition == nil ? folders[...] : folders.dropFirst()
      guard let name = inside.first else { continue }
      found.append((file, name, partition))
    }
    let classes = Array(Set(found.map(\.className))).sorted()
    guard classes.count >= 2 else {
      throw layoutError(path, "\(classes.count) class folders with pictures")
    }
    var samples: [Sample] = []
    for item in found {
      samples.append(
        Sample(
          id: item.file, source: .file(index.absolute(item.file)),
          label: classes.firstIndex(of: item.className) ?? 0, officialPartition: item.partition))
    }
    return try dataset(path, task: task, classes: classes, samples: samples)
  }
}
