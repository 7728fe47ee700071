// Phantoms: pictures drawn by rule, where the truth is known, for use where no data is at hand.

/// What a phantom is drawn to resemble.
package enum PhantomModality: String, Codable, CaseIterable, Sendable {
  case dermoscopy, histology, fundus, mammography, ultrasound
  case chestXRay = "chest-x-ray"

  /// Class names from mild to severe, where `count` of them are wanted.
  func classNames(_ count: Int) -> [String] {
    let two: [String]
    switch self {
    case .dermoscopy: two = ["phantom nevus", "phantom melanoma"]
    case .histology, .mammography, .ultrasound: two = ["phantom benign", "phantom malignant"]
    case .fundus: two = ["phantom healthy", "phantom retinopathy"]
    case .chestXRay: two = ["phantom clear lungs", "phantom pneumonia"]
    }
    return count == 2 ? two : (0..<count).map { "phantom grade \($0)" }
  }

  /// Grey where the real modality is.
  var channels: Int {
    switch self {
    case .mammography, .ultrasound, .chestXRay: 1
    case .dermoscopy, .histology, .fundus: 3
    }
  }
}

/// A recipe for a drawn dataset; never to be presented as real.
///
/// Every picture has a hidden severity: its class's place in 0...1, drawn towards the middle by
/// `difficulty`, plus noise of SD 0.2 of which the share `patientEffect` is the patient's own. Its
/// structure (border and colours of a lesion, crowding of nuclei, lesions of a retina, spicules of
/// a mass, clouding of a lung) follows the severity. The best possible accuracy for two balanced classes is therefore
/// Φ((1 − difficulty) / 0.4): 0.93 at 0.4, chance at 1. A patient has one class, and a look
/// (tone, geometry, stain) shared by all of his pictures, so that a split by image lets a network
/// recognise patients.
package struct PhantomPlan: Codable, Hashable, Sendable {
  package var modality: PhantomModality
  package var classes: Int
  package var images: Int
  package var imagesPerPatient: Int
  /// Width and height in pixels.
  package var size: Int
  /// 0 easy … 1 no signal.
  package var difficulty: Double
  /// Shares of the classes; equal where nil.
  package var classShares: [Double]?
  /// 0 pictures of a patient are unrelated … 1 they share all that is not the view.
  package var patientEffect: Double
  /// 0 one stain, tone and light for all … 1 strong variation between patients.
  package var stainVariation: Double
  /// Chance that a picture has a hair, fold, shadow or label.
  package var artefacts: Double
  package var seed: UInt64

  package init(
    modality: PhantomModality, classes: Int = 2, images: Int = 400, imagesPerPatient: Int = 4,
    size: Int = 64, difficulty: Double = 0.4, classShares: [Double]? = nil,
    patientEffect: Double = 0.5, stainVariation: Double = 0.3, artefacts: Double = 0.2,
    seed: UInt64
  ) {
    self.modality = modality
    self.classes = classes
    self.images = images
    self.imagesPerPatient = imagesPerPatient
    self.size = size
    self.difficulty = difficulty
    self.classShares = classShares
    self.patientEffect = patientEffect
    self.stainVariation = stainVariation
    self.artefacts = artefacts
    self.seed = seed
  }

  /// Draws the dataset: id `phantom-<modality>`, `isPhantom` set, the same bytes on every machine.
  package func dataset() throws(ImagingError) -> ImageDataset {
    try check()
    let labels = patientLabels()
    let channels = modality.channels
    var bytes: [UInt8] = []
    bytes.reserveCapacity(images * size * size * channels)
    var drawn: [(label: Int, patient: Int, severity: Double)] = []
    for index in 0..<images {
      let patient = index / imagesPerPatient
      let subject = PhantomSubject(
        plan: self, patient: patient, label: labels[patient], view: index % imagesPerPatient)
      bytes += subject.draw().pixels
      drawn.append((labels[patient], patient, subject.severity))
    }
    let store = PixelStore(width: size, height: size, channels: channels, bytes: bytes)
    let samples = drawn.enumerated().map { index, item in
      Sample(
        id: "phantom-\(index)", source: .memory(store, index), label: item.label,
        patient: "phantom-patient-\(item.patient)",
        lesion: "phantom-lesion-\(item.patient)",
        attributes: ["severity": String((item.severity * 1000).rounded() / 1000)])
    }
    return ImageDataset(
      id: "phantom-\(modality.rawValue)", task: classes == 2 ? "binary" : "\(classes)-class",
      classes: modality.classNames(classes), samples: samples, isPhantom: true,
      notes: ["these pictures are phantoms: drawn by rule, of no patient"])
  }

  private func check() throws(ImagingError) {
    func check(_ name: String, _ value: some Any, _ isRight: Bool, _ expected: String)
      throws(ImagingError)
    {
      guard isRight else {
        throw .badSetting(name: "phantom \(name)", value: "\(value)", expected: expected)
      }
    }
    try check("classes", classes, (2...20).contains(classes), "2 to 20")
    try check("images", images, (classes...1_000_000).contains(images), "\(classes) to 1000000")
    try check("images per patient", imagesPerPatient, imagesPerPatient >= 1, "1 or more")
    try check("size", size, (16...1024).contains(size), "16 to 1024")
    try check("pixels", images * size * size, images * size * size <= 1 << 30, "at most 2^30")
    for (name, value) in [
      ("difficulty", difficulty), ("patient effect", patientEffect),
      ("stain variation", stainVariation), ("artefacts", artefacts),
    ] { try check(name, value, (0...1).contains(value), "0 to 1") }
    if let shares = classShares {
      try check(
        "class shares", shares,
        shares.count == classes && shares.allSatisfy { $0 > 0 }
          && abs(shares.reduce(0, +) - 1) < 1e-6,
        "\(classes) shares above 0 that add up to 1")
    }
  }

  /// A class for each patient, as near to the shares as whole patients allow, in shuffled order.
  private func patientLabels() -> [Int] {
    let patients = (images + imagesPerPatient - 1) / imagesPerPatient
    let shares = classShares ?? [Double](repeating: 1 / Double(classes), count: classes)
    var labels: [Int] = []
    var reached = 0.0
    for label in 0..<classes {
      reached += shares[label]
      let upTo = label == classes - 1 ? patients : Int((reached * Double(patients)).rounded())
      while labels.count < upTo { labels.append(label) }
    }
    var generator = SeededGenerator(seed: seed, 1)
    generator.shuffle(&labels)
    return labels
  }
}
