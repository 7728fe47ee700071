// DermIS and DermQuest as the University of Waterloo gathered them for lesion segmentation.

/// Reads `skin_data/{melanoma,notmelanoma}/{dermis,dermquest}/1_orig.jpg`; contours are left out.
package struct WaterlooReader: DatasetReader {
  package enum Source: String, CaseIterable, Sendable {
    case dermIS = "dermis"
    case dermQuest = "dermquest"
    /// The two pooled, as Hosny and others used them.
    case both = "derm-is-quest"

    var name: String {
      switch self {
      case .dermIS: "DermIS"
      case .dermQuest: "DermQuest"
      case .both: "DermIS and DermQuest"
      }
    }

    var folders: [String] { self == .both ? ["dermis", "dermquest"] : [rawValue] }
  }

  package let card: DatasetCard
  private let source: Source

  package init(source: Source) {
    self.source = source
    card = DatasetCard(
      id: source.rawValue, name: source.name, tasks: ["binary"],
      layout: "skin_data/{melanoma,notmelanoma}/\(source.folders[0])/1_orig.jpg",
      licence: "research only",
      homepage:
        "https://uwaterloo.ca/vision-image-processing-lab/research-demos/skin-cancer-detection",
      citation: "Glaister, Wong and Clausi 2014, doi 10.1109/TBME.2013.2297622",
      access: "download Skin Image Data Set-1 and -2 from the homepage and unpack them")
  }

  package func classes(_ task: String) -> [String]? { ["non-melanoma", "melanoma"] }

  package func read(
    _ path: String, task: String, options: ReadingOptions
  ) throws(ImagingError) -> ImageDataset {
    return try readClassFolders(
      path, task: task, classes: classes(task) ?? [],
      names: ["notmelanoma": 0, "melanoma": 1]
    ) { file in
      FolderIndex.folders(file).contains { source.folders.contains($0.lowercased()) }
        && FolderIndex.stem(file).hasSuffix("_orig")
    }
  }
}
