// Facts about mini-MIAS given as one NumPy archive.

import Foundation
import Testing

@testable import Imaging

@Suite struct MIASArchiveTests {
  private let file = fixture("mias.npz")

  @Test("An archive of films gives their severity and patients, and says that they were reduced")
  func severity() throws {
    let dataset = try DatasetReaders.read(
      "mias", at: file, options: ReadingOptions(task: "severity"))
    #expect(dataset.classes == ["normal", "benign", "malignant"])
    #expect(dataset.samples.map(\.id) == ["mdb001", "mdb002", "mdb003", "mdb005"])
    #expect(dataset.samples.map(\.label) == [1, 2, 0, 2])
    #expect(
      dataset.samples.map(\.patient) == ["patient-1", "patient-1", "patient-2", "patient-3"])
    #expect(
      dataset.notes == [
        "an archive of films reduced to 4 × 4 pixels (published: 1024 × 1024)"
      ])
    // numpy: images[2, 1, 2] = (32 + 4 + 2) · 3
    let picture = try dataset.samples[2].load()
    #expect(picture.width == 4 && picture.pixels[4 + 2] == 114)
  }

  @Test("Normal films are not asked whether they are benign; patches cannot be cut")
  func otherTasks() throws {
    let benign = try DatasetReaders.read(
      "mias", at: file, options: ReadingOptions(task: "benign-malignant"))
    #expect(benign.samples.map(\.label) == [0, 1, 1])
    #expect(throws: ImagingError.self) {
      try DatasetReaders.read(
        "mias", at: file, options: ReadingOptions(task: "abnormality-patches"))
    }
  }

  @Test("An archive of something else is refused")
  func other() {
    let other = file.replacing("mias.npz", with: "archive.npz")
    #expect(throws: ImagingError.self) { try DatasetReaders.read("mias", at: other) }
  }

  // All films, when they lie beside the project.
  @Test(
    "The archive of all 322 films has 207 normal ones and pairs of 161 patients",
    .enabled(if: RealData.has("mini_mias/derived_all322_128px.npz")))
  func whole() throws {
    let dataset = try DatasetReaders.read(
      "mias", at: RealData.path("mini_mias/derived_all322_128px.npz"),
      options: ReadingOptions(task: "severity"))
    #expect(dataset.samples.count == 322)
    #expect(dataset.samples.count { $0.label == 0 } == 207)
    #expect(Set(dataset.samples.compactMap(\.patient)).count == 161)
  }
}
