// Facts about names: which spellings are one, what a typo meant, how places sort.

import Evidence
import Testing

@Suite struct NameTests {
  @Test("Case, spaces, hyphens and accents do not make another name")
  func folding() {
    #expect(foldedName("BreaKHis") == foldedName("BREAK-HIS"))
    #expect(foldedName("VGG 16") == foldedName("vgg-16"))
    #expect(foldedName("Şengür") == foldedName("Sengur"))
    #expect(foldedName("BreCaHis") != foldedName("BreakHis"))
  }

  @Test(
    "A typo is answered by the nearest name",
    arguments: [("breakhiss", "breakhis"), ("ham1000", "ham10000"), ("inbraest", "inbreast")])
  func nearest(_ typed: String, _ meant: String) {
    #expect(nearestName(to: typed, in: ["ham10000", "breakhis", "inbreast", "idc"]) == meant)
  }

  @Test("A word near to nothing gets no suggestion")
  func nothingNear() {
    #expect(nearestName(to: "cifar", in: ["ham10000", "breakhis", "idc"]) == nil)
  }

  @Test("A swap of neighbours is one edit, not two")
  func transposition() {
    #expect(editDistance("recall", "recall") == 0)
    #expect(editDistance("recall", "reacll") == 1)
    #expect(editDistance("", "abc") == 3)
  }

  @Test("Places sort by number, not by letters")
  func placesSort() {
    let places = ["section-4.2", "section-4.10", "section-4.1", "table-2"].map {
      Place(source: "s", place: $0)
    }
    #expect(
      places.sorted().map(\.place) == ["section-4.1", "section-4.2", "section-4.10", "table-2"])
  }

  @Test("A place reads as a person would say it")
  func placeLabels() {
    let cell = Place(source: "s", place: "table-4", row: 5, column: "F1 (%)")
    #expect(cell.description == "s, Table 4, row 5, F1 (%)")
    #expect(Place(source: "s", place: "section-2.4", row: 3).label == "Section 2.4, paragraph 3")
    #expect(Place(source: "s", place: "abstract").label == "Abstract")
  }

  @Test(
    "A metric is found under the field's other names",
    arguments: [
      ("Sensitivity", Metric.recall), ("AUROC", .auc), ("F1-score", .f1), ("PPV", .precision),
      ("acc", .accuracy),
    ])
  func metricNames(_ name: String, _ metric: Metric) {
    #expect(Metric.named(name) == metric)
  }

  @Test("No name means two metrics")
  func metricNamesAreUnique() {
    let folded = Metric.allNames.map(foldedName)
    #expect(Set(folded).count == folded.count)
  }

  @Test("A reference's first surname is its author without the initials")
  func surname() {
    let authors = ["De Matos J", "Van Der Maaten L", "Sasikala S", "Pal AK"]
    let surnames = authors.map { author in
      Reference(
        source: "s", number: 1, authors: [author], etAl: false, title: "t", venue: nil, year: nil,
        volume: nil, issue: nil, pages: nil, doi: nil, url: nil, accessed: nil, kind: .article,
        field: nil, about: [],
        uncertain: nil
      ).firstSurname
    }
    #expect(surnames == ["De Matos", "Van Der Maaten", "Sasikala", "Pal"])
  }
}
