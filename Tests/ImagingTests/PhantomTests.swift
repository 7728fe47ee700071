// Phantoms are the same everywhere, carry the signal that their plan states, and say what they are.
import Files
import Testing

@testable import Imaging

@Suite struct PhantomTests {
  @Test("The same plan draws the same bytes", arguments: PhantomModality.allCases)
  func deterministic(modality: PhantomModality) throws {
    let plan = PhantomPlan(modality: modality, images: 6, imagesPerPatient: 2, size: 32, seed: 11)
    let digest = { (data: ImageDataset) in
      SHA256.hex(try data.samples.flatMap { try $0.load().pixels })
    }
    #expect(try digest(plan.dataset()) == digest(plan.dataset()))
    var other = plan
    other.seed = 12
    #expect(try digest(other.dataset()) != digest(plan.dataset()))
  }

  @Test("A phantom's names always say phantom", arguments: PhantomModality.allCases, [2, 5])
  func names(modality: PhantomModality, classes: Int) throws {
    let data = try PhantomPlan(
      modality: modality, classes: classes, images: 20, size: 16, seed: 1
    ).dataset()
    #expect(data.isPhantom && data.id.contains("phantom") && data.notes[0].contains("phantom"))
    #expect(data.classes.count == classes && data.classes.allSatisfy { $0.contains("phantom") })
    #expect(data.samples.allSatisfy { $0.id.contains("phantom") })
  }

  @Test("Classes have their shares, patients one class each")
  func shares() throws {
    let data = try PhantomPlan(
      modality: .histology, images: 200, imagesPerPatient: 4, size: 16, classShares: [0.8, 0.2],
      seed: 1
    ).dataset()
    #expect(data.classCounts == [160, 40])
    let patients = Dictionary(grouping: data.samples) { $0.patient }
    #expect(patients.count == 50)
    #expect(patients.values.allSatisfy { Set($0.map(\.label)).count == 1 })
  }

  /// The accuracy of the best threshold on the hidden severity.
  private func separability(_ difficulty: Double) throws -> Double {
    let data = try PhantomPlan(
      modality: .mammography, images: 3000, imagesPerPatient: 1, size: 16,
      difficulty: difficulty, patientEffect: 0, seed: 4
    ).dataset()
    let right = data.samples.count { sample in
      (Double(sample.attributes["severity"] ?? "") ?? 0 > 0.5 ? 1 : 0) == sample.label
    }
    return Double(right) / Double(data.samples.count)
  }

  @Test("The hidden severity separates the classes as well as the plan says")
  func difficulty() throws {
    #expect(abs(try separability(0.4) - 0.933) < 0.015)  // Φ(1.5)
    #expect(abs(try separability(1) - 0.5) < 0.03)
  }

  /// Mean and spread of each colour, and mean steepness: what a glance takes in.
  private func features(_ image: Image) -> [Double] {
    let rgb = image.rgb()
    var values: [Double] = []
    for k in 0..<3 {
      let plane = stride(from: k, to: rgb.pixels.count, by: 3).map { Double(rgb.pixels[$0]) }
      let mean = plane.reduce(0, +) / Double(plane.count)
      let square = plane.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(plane.count)
      values += [mean, square.squareRoot()]
    }
    return values + [meanDifference(rgb.pixels, rgb.blurred(sigma: 1).pixels)]
  }

  /// Accuracy on odd samples of the nearest class mean of even ones, features standardised.
  private func nearestMean(_ plan: PhantomPlan) throws -> Double {
    let data = try plan.dataset()
    let all = try data.samples.map { features(try $0.load()) }
    let even = stride(from: 0, to: all.count, by: 2)
    func mean(_ k: Int, _ kept: [Int]) -> Double {
      kept.reduce(0) { $0 + all[$1][k] } / Double(kept.count)
    }
    var right = 0
    let centres = (0..<2).map { label in
      (0..<7).map { k in mean(k, even.filter { data.samples[$0].label == label }) }
    }
    let spread = (0..<7).map { k in
      let kept = Array(even)
      let m = mean(k, kept)
      return (kept.reduce(0) { $0 + (all[$1][k] - m) * (all[$1][k] - m) }).squareRoot() + 1e-9
    }
    for i in stride(from: 1, to: all.count, by: 2) {
      let distances = (0..<2).map { label in
        (0..<7).reduce(0.0) { sum, k in
          let d = (all[i][k] - centres[label][k]) / spread[k]
          return sum + d * d
        }
      }
      if (distances[1] < distances[0] ? 1 : 0) == data.samples[i].label { right += 1 }
    }
    return Double(right) / Double(all.count / 2)
  }

  @Test(
    "An easy set is easy for a plain classifier, one without signal is at chance",
    arguments: PhantomModality.allCases)
  func learnable(modality: PhantomModality) throws {
    let plan = { (difficulty: Double) in
      PhantomPlan(
        modality: modality, images: 240, imagesPerPatient: 1, size: 32, difficulty: difficulty,
        stainVariation: 0.1, artefacts: 0, seed: 8)
    }
    let easy = try nearestMean(plan(0))
    #expect(easy > 0.62, "\(easy)")
    let none = try nearestMean(plan(1))
    #expect(abs(none - 0.5) < 0.14, "\(none)")
  }

  @Test("With a patient effect a picture's nearest neighbour is oftener of the same patient")
  func patientEffect() throws {
    func samePatient(_ effect: Double) throws -> Int {
      let data = try PhantomPlan(
        modality: .mammography, images: 80, imagesPerPatient: 4, size: 32, patientEffect: effect,
        artefacts: 0, seed: 8
      ).dataset()
      let small = try data.samples.map { try $0.load().resized(to: PixelSize(8)).pixels }
      return small.indices.count { i in
        let nearest = small.indices.filter { $0 != i }.min {
          meanDifference(small[i], small[$0]) < meanDifference(small[i], small[$1])
        }
        return nearest.map { data.samples[$0].patient == data.samples[i].patient } ?? false
      }
    }
    let strong = try samePatient(1)
    let none = try samePatient(0)
    #expect(strong > none + 10, "\(strong) against \(none) of 80")
  }

  @Test("A plan out of range is refused with what is expected")
  func badPlan() {
    #expect(
      throws: ImagingError.badSetting(
        name: "phantom difficulty", value: "1.5", expected: "0 to 1")
    ) { try PhantomPlan(modality: .fundus, difficulty: 1.5, seed: 1).dataset() }
  }

  @Test("The canvas's own sine, decay and angle are true to a thousandth")
  func functions() {
    #expect(abs(Canvas.sine(1.0 / 12) - 0.5) < 1e-4)
    #expect(abs(Canvas.cosine(1.0 / 3) + 0.5) < 1e-4)
    #expect(abs(Canvas.decay(1) - 0.36788) < 1e-3)
    #expect(abs(Canvas.turns(1, -1) - 0.375) < 1e-3)
    #expect(abs(Canvas.turns(-1, 0.5) - 0.8238) < 1e-3)
  }
}
