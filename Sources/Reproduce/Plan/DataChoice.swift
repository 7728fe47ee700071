// Which images a run uses: the study's own, another set's, or phantoms.

import Evidence
import Files
import Imaging

/// The images of a run and what they are to the study.
struct DataChoice {
  let dataset: ImageDataset
  let kind: RunRecord.Kind
  /// SHA-256 over each sample's id, label and bytes.
  let manifest: String
  let outputs: Outputs
  /// The different sizes of some images, spread over the whole set.
  let sizes: [PixelSize]

  init(
    _ recipe: Recipe, _ experiment: Experiment?, _ knowledge: KnowledgeBase, _ options: RunOptions
  ) throws {
    let wanted = recipe.data.dataset.value
    if let path = options.dataPath {
      let id = options.substitute ?? wanted
      guard DatasetReaders.ids.contains(id.lowercased()) else {
        if options.substitute != nil { _ = try DatasetReaders.reader(for: id) }
        throw ReproduceError.noReader(dataset: wanted, readers: DatasetReaders.ids)
      }
      kind = id.lowercased() == wanted ? .studyData : .substitute
      let labels = recipe.data.labels.value
      let magnification = recipe.data.magnification.value
      let isStudy = kind == .studyData
      dataset = Self.limited(
        try DatasetReaders.read(
          id, at: path,
          options: ReadingOptions(
            task: labels == "any" || !isStudy ? nil : labels,
            magnification: magnification == 0 || !isStudy ? nil : magnification,
            missingFiles: .leaveOut)), options)
    } else {
      if let substitute = options.substitute {
        throw ReproduceError.substituteWithoutPath(substitute)
      }
      kind = .phantom
      dataset = Self.limited(try Self.phantom(recipe, experiment, knowledge, options), options)
    }
    let isMultiLabel = recipe.training.loss.value == .binaryCrossEntropy
    guard isMultiLabel != dataset.findings.isEmpty else {
      throw ReproduceError.wrongData(
        expected: wanted,
        reason: isMultiLabel
          ? "they show one class each: binary-cross-entropy is for several findings per image"
          : "they show several findings each: set training.loss to binary-cross-entropy")
    }
    outputs = Outputs(
      names: isMultiLabel ? dataset.findings : dataset.classes, isMultiLabel: isMultiLabel)
    guard dataset.classes.count > 1 else {
      throw ReproduceError.wrongData(expected: wanted, reason: "they have a single class")
    }
    manifest = try Self.manifest(dataset)
    sizes = try Self.sizes(dataset)
  }

  private static func sizes(_ dataset: ImageDataset) throws -> [PixelSize] {
    let step = max(1, dataset.samples.count / 8)
    var sizes: [PixelSize] = []
    for index in stride(from: 0, to: dataset.samples.count, by: step) {
      let size: PixelSize
      switch dataset.samples[index].source {
      case .memory(let store, _): size = PixelSize(width: store.width, height: store.height)
      case .file, .patch: size = try dataset.samples[index].load().size
      }
      if !sizes.contains(size) { sizes.append(size) }
    }
    return sizes
  }

  /// The first images of each class: of each official part where there are such, since a split by them
  /// needs all of them.
  private static func limited(_ dataset: ImageDataset, _ options: RunOptions) -> ImageDataset {
    guard let limit = options.imagesPerClass else { return dataset }
    var taken: [String: Int] = [:]
    return dataset.filtered { sample in
      let part = "\(sample.label) \(sample.officialPartition.map { "\($0)" } ?? "")"
      taken[part, default: 0] += 1
      return taken[part, default: 0] <= limit
    }
  }

  /// Phantoms of the modality nearest to the dataset's, at the recipe's size, always the same.
  private static func phantom(
    _ recipe: Recipe, _ experiment: Experiment?, _ knowledge: KnowledgeBase,
    _ options: RunOptions
  ) throws -> ImageDataset {
    let dataset = knowledge.dataset(recipe.data.dataset.value)
    let modality: PhantomModality =
      switch dataset?.modality.stated {
      case "histopathology", "cell-microscopy": .histology
      case "fundus": .fundus
      case "ultrasound": .ultrasound
      case "x-ray", "ct": .chestXRay
      case "dermoscopy", "clinical-photography", "endoscopy": .dermoscopy
      default: .mammography
      }
    let classes = min(max(experiment?.classes.stated ?? 2, 2), 20)
    let isMultiLabel = recipe.training.loss.value == .binaryCrossEntropy
    let grades = isMultiLabel ? max(classes, 3) : classes
    let drawn = try PhantomPlan(
      modality: modality, classes: grades, images: max(options.phantomImages, grades * 8),
      size: min(max(recipe.preprocessing.size.value, 16), 256), seed: 1
    ).dataset()
    return isMultiLabel ? withFindings(drawn) : drawn
  }

  /// Every grade reached is a finding of its own.
  private static func withFindings(_ drawn: ImageDataset) -> ImageDataset {
    ImageDataset(
      id: drawn.id, task: drawn.task, classes: drawn.classes,
      findings: drawn.classes.indices.dropFirst().map { "phantom grade \($0) or more" },
      samples: drawn.samples.map { sample in
        Sample(
          id: sample.id, source: sample.source, label: sample.label,
          findings: Array(0..<sample.label), patient: sample.patient, lesion: sample.lesion,
          magnification: sample.magnification, officialPartition: sample.officialPartition,
          attributes: sample.attributes)
      }, isPhantom: true, notes: drawn.notes)
  }

  private static func manifest(_ dataset: ImageDataset) throws -> String {
    let sum = SHA256()
    sum.update(Array("\(dataset.id)\n\(dataset.task)\n".utf8))
    for sample in dataset.samples {
      let content: String
      switch sample.source {
      case .memory(let store, let index): content = SHA256.hex(store.image(index).pixels)
      case .file(let path): content = SHA256.hex(try readFile(path))
      case .patch(let path, let x, let y, let side):
        content = SHA256.hex(try readFile(path)) + " \(x) \(y) \(side)"
      }
      sum.update(Array("\(sample.id)\t\(sample.label)\t\(content)\n".utf8))
    }
    return sum.finish()
  }
}
