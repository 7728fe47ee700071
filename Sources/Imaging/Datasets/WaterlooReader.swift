// DermIS and DermQuest as the University of Waterloo gathered them for lesion segmentation.

/// Reads `skin_data/{melanoma,notmelanoma}/{dermis,dermquest}/1_orig.jpg`; contours are left out.
package struct WaterlooReader: DatasetReader {
  package enum Source: String, Sendable {
    case dermIS = "dermis"
    case dermQuest = "dermquest"
  }

  package let card: DatasetCard
  private let source: Source

  package init(source: Source) {
    self.source = source
    card = DatasetCard(
      id: source.rawValue, name: source == .dermIS ? "DermIS" : "DermQuest", tasks: ["binary"],
      layout: "skin_data/{melanoma,notmelanoma}/\(source.rawValue)/1_orig.jpg",
      licence: "research only",
      homepage:
        "https://uwaterloo.ca/vision-image-processing-lab/research-demos/skin-cancer-detection",
      citation: "Glaister, Wong and Clausi 2014, doi 10.1109/TBME.2013.2297622",
      access: "download Skin Image Data Set-1 and -2 from the homepage and unpack them")
  }

  package func read(
    _ path: String, task: String, options: ReadingOptions
  ) throws(ImagingError) -> ImageDataset {
    let name = source.rawValue
    return try readClassFolders(
      path, task: task, classes: ["non-melanoma", "melanoma"],
      names: ["notmelanoma": 0, "melanoma": 1]
    ) { file in
      FolderIndex.folders(file).contains { $0.lowercased() == name }
        && FolderIndex.stem(file).hasSuffix("_orig")
    }
  }
}
