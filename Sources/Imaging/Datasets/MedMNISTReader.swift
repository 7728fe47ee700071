// MedMNIST v2: twelve 2D sets as NumPy archives at 28, 64, 128 or 224 pixels, splits included.

/// Reads `<set>.npz` or `<set>_224.npz`, given as a file or as the folder that holds it.
///
/// ChestMNIST has fourteen findings a picture: its label says whether there is any, `findings`
/// says which.
package struct MedMNISTReader: DatasetReader {
  package let card: DatasetCard
  private let classes: [String]
  private let findings: [String]

  private init(_ id: String, _ licence: String, _ classes: [String], findings: [String] = []) {
    self.classes = classes
    self.findings = findings
    card = DatasetCard(
      id: id, name: "MedMNIST \(id)", tasks: ["classification"],
      layout: "\(id).npz or \(id)_64.npz, \(id)_128.npz, \(id)_224.npz",
      licence: licence, homepage: "https://medmnist.com",
      citation: "Yang et al. 2023, doi 10.1038/s41597-022-01721-8",
      access: "download https://zenodo.org/records/10519652/files/\(id).npz")
  }

  private static let organs = [
    "bladder", "femur-left", "femur-right", "heart", "kidney-left", "kidney-right", "liver",
    "lung-left", "lung-right", "pancreas", "spleen",
  ]
  private static let chestFindings = [
    "atelectasis", "cardiomegaly", "effusion", "infiltration", "mass", "nodule", "pneumonia",
    "pneumothorax", "consolidation", "edema", "emphysema", "fibrosis", "pleural", "hernia",
  ]

  /// Class names in the order of the labels, from the set's own description.
  package static let all: [any DatasetReader] = [
    MedMNISTReader(
      "pathmnist", "CC BY 4.0",
      [
        "adipose", "background", "debris", "lymphocytes", "mucus", "smooth muscle",
        "normal colon mucosa", "cancer-associated stroma", "colorectal adenocarcinoma epithelium",
      ]),
    MedMNISTReader(
      "chestmnist", "CC BY 4.0", ["no finding", "any finding"], findings: chestFindings),
    MedMNISTReader(
      "dermamnist", "CC BY-NC 4.0",
      [
        "actinic keratoses and intraepithelial carcinoma", "basal cell carcinoma",
        "benign keratosis-like lesions", "dermatofibroma", "melanoma", "melanocytic nevi",
        "vascular lesions",
      ]),
    MedMNISTReader(
      "octmnist", "CC BY 4.0",
      ["choroidal neovascularization", "diabetic macular edema", "drusen", "normal"]),
    MedMNISTReader("pneumoniamnist", "CC BY 4.0", ["normal", "pneumonia"]),
    MedMNISTReader("retinamnist", "CC BY 4.0", ["0", "1", "2", "3", "4"]),
    MedMNISTReader("breastmnist", "CC BY 4.0", ["malignant", "normal, benign"]),
    MedMNISTReader(
      "bloodmnist", "CC BY 4.0",
      [
        "basophil", "eosinophil", "erythroblast", "immature granulocytes", "lymphocyte",
        "monocyte", "neutrophil", "platelet",
      ]),
    MedMNISTReader(
      "tissuemnist", "CC BY 4.0",
      [
        "collecting duct, connecting tubule", "distal convoluted tubule",
        "glomerular endothelial cells", "interstitial endothelial cells", "leukocytes",
        "podocytes", "proximal tubule segments", "thick ascending limb",
      ]),
    MedMNISTReader("organamnist", "CC BY 4.0", organs),
    MedMNISTReader("organcmnist", "CC BY 4.0", organs),
    MedMNISTReader("organsmnist", "CC BY 4.0", organs),
  ]

  package func read(
    _ path: String, task: String, options: ReadingOptions
  ) throws(ImagingError) -> ImageDataset {
    let file = try archive(at: path)
    let archive = try NumPyArchive(path: file)
    var samples: [Sample] = []
    for (name, partition) in [
      ("train", Partition.train), ("val", .validation), ("test", .test),
    ] {
      let images = try archive.array("\(name)_images")
      let labels = try archive.array("\(name)_labels")
      samples += try read(images, labels, name: name, partition)
    }
    return try dataset(path, task: task, classes: classes, findings: findings, samples: samples)
  }

  /// The one archive of this set in a folder: the smallest pictures where there are several.
  private func archive(at path: String) throws(ImagingError) -> String {
    guard FolderIndex.isFolder(path) else { return path }
    let index = try FolderIndex(path)
    for suffix in ["", "_64", "_128", "_224"] {
      if let file = index.file(named: "\(card.id)\(suffix).npz") { return index.absolute(file) }
    }
    throw layoutError(path, "no \(card.id).npz in it")
  }

  private func read(
    _ images: NumPyArray, _ labels: NumPyArray, name: String, _ partition: Partition
  ) throws(ImagingError) -> [Sample] {
    let shape = images.shape
    guard shape.count == 3 || (shape.count == 4 && shape[3] == 3), shape[1] > 0, shape[2] > 0
    else {
      throw .badArray(file: images.name, reason: "a shape of \(shape) is not N×H×W or N×H×W×3")
    }
    let width = max(1, findings.count)
    guard labels.count == shape[0] * width else {
      throw .badArray(
        file: labels.name,
        reason: "\(labels.count) labels for \(shape[0]) pictures: another set's archive?")
    }
    let store = try images.pictures(
      width: shape[2], height: shape[1], channels: shape.count == 4 ? 3 : 1)
    let numbers = try labels.integers()
    var samples: [Sample] = []
    samples.reserveCapacity(shape[0])
    for i in 0..<shape[0] {
      let present =
        findings.isEmpty
        ? nil : (0..<width).filter { numbers[i * width + $0] != 0 }
      let label = present.map { $0.isEmpty ? 0 : 1 } ?? numbers[i]
      guard classes.indices.contains(label) else {
        throw .badArray(
          file: labels.name, reason: "label \(label) of picture \(i): another set's archive?")
      }
      samples.append(
        Sample(
          id: "\(name)-\(i)", source: .memory(store, i), label: label, findings: present,
          officialPartition: partition))
    }
    return samples
  }
}
