// One phantom picture: the patient's look and the view's chance, brought together.

/// The draws behind one picture. `own` is the patient's, the same for each of his views; `view`
/// is this picture's.
struct PhantomSubject {
  let plan: PhantomPlan
  let severity: Double
  private let patientSeed: UInt64
  private let viewSeed: UInt64

  init(plan: PhantomPlan, patient: Int, label: Int, view: Int) {
    self.plan = plan
    var own = SeededGenerator(seed: plan.seed, 2, UInt64(patient))
    var other = SeededGenerator(seed: plan.seed, 3, UInt64(patient), UInt64(view))
    let place = Double(label) / Double(plan.classes - 1)
    let share = plan.patientEffect
    let noise = share.squareRoot() * own.normal() + (1 - share).squareRoot() * other.normal()
    severity = 0.5 + (place - 0.5) * (1 - plan.difficulty) + 0.2 * noise
    patientSeed = own.next()
    viewSeed = other.next()
  }

  func draw() -> Image {
    var pen = PhantomPen(
      own: SeededGenerator(seed: patientSeed), view: SeededGenerator(seed: viewSeed),
      patientEffect: plan.patientEffect, variation: plan.stainVariation,
      artefacts: plan.artefacts, severity: min(max(severity, -0.2), 1.2))
    switch plan.modality {
    case .dermoscopy: return pen.dermoscopy(plan.size)
    case .histology: return pen.histology(plan.size)
    case .fundus: return pen.fundus(plan.size)
    case .mammography: return pen.mammography(plan.size)
    case .ultrasound: return pen.ultrasound(plan.size)
    case .chestXRay: return pen.chest(plan.size)
    }
  }
}

/// The chance that a drawing draws from, and how severe the disease is that it shows.
struct PhantomPen {
  var own: SeededGenerator
  var view: SeededGenerator
  let patientEffect: Double
  let variation: Double
  let artefacts: Double
  let severity: Double

  /// A number of the patient's look, in which the view has the share that the patient leaves.
  mutating func look(_ range: ClosedRange<Double>) -> Double {
    let patient = own.unit()
    let other = view.unit()
    return range.lowerBound
      + (range.upperBound - range.lowerBound)
      * (patientEffect * patient + (1 - patientEffect) * other)
  }

  /// A deviation of −1...1 between patients, scaled by the plan's variation.
  mutating func shift() -> Double { variation * (2 * own.unit() - 1) }

  mutating func chance(_ range: ClosedRange<Double>) -> Double { view.uniform(range) }

  mutating func hasArtefact() -> Bool { view.chance(artefacts) }
}
