// Which studies enter the bivariate model, and with which tables.
import Catalog
import Evidence
import Inquiry
import Scoring
import Testing

@Suite struct SynthesisDiagnosticTests {
  private func synthesis(
    _ studies: [String: String], dataset: String = "Moles",
    _ change: (inout SynthesisQuestion) -> Void = { _ in }
  ) throws -> DiagnosticSynthesis {
    let data = try SynthesisData(studies)
    var claims = ClaimQuery()
    claims.dataset = dataset
    var question = SynthesisQuestion(claims: claims)
    change(&question)
    return try question.diagnosticSynthesis(from: data.store)
  }

  private func both(
    _ sensitivity: String, _ specificity: String, on dataset: String = "moles",
    keys: String = "", _ more: String = ""
  ) -> String {
    SynthesisData.experiment(
      on: dataset, keys,
      claims: [
        SynthesisData.claim("recall", sensitivity, more),
        SynthesisData.claim("specificity", specificity, more),
      ])
  }

  @Test func `Sensitivity, specificity and the numbers of each class give the table`() throws {
    let studies = [
      "red-2020": both("90", "80"), "blue-2021": both("95", "70"), "green-2019": both("85", "92"),
    ]
    let result = try synthesis(studies) {
      for study in studies.keys { $0.sizes[study] = .parts(positives: 100, negatives: 200) }
    }
    #expect(result.rows.map(\.study) == ["blue-2021", "green-2019", "red-2020"])
    let last = try #require(result.rows.last?.measure)
    #expect(
      [last.truePositives, last.falseNegatives, last.falsePositives, last.trueNegatives]
        == [90, 10, 40, 160])
    let direct = try #require(DiagnosticPooling(result.rows.map(\.measure)))
    #expect(result.pooling?.sensitivity == direct.sensitivity)
    #expect(result.warnings.contains { $0.hasPrefix("with fewer than 6 studies") })
  }

  @Test func `One number for all units is not enough`() throws {
    let result = try synthesis(["red-2020": both("90", "80")]) {
      $0.sizes = ["red-2020": .total(300)]
    }
    #expect(result.rows.isEmpty)
    #expect(result.omissions.first?.reason.contains("POSITIVES+NEGATIVES") == true)
  }

  @Test func `A macro average over classes has no table`() throws {
    let result = try synthesis(["red-2020": both("90", "80", "averaging: macro")]) {
      $0.sizes = ["red-2020": .parts(positives: 100, negatives: 200)]
    }
    #expect(result.omissions.first?.reason.contains("macro average") == true)
  }

  @Test func `Three classes without a word of the averaging have no table`() throws {
    let result = try synthesis(["red-2020": both("90", "80", keys: "classes: 3")]) {
      $0.sizes = ["red-2020": .parts(positives: 100, negatives: 200)]
    }
    #expect(result.omissions.first?.reason.hasPrefix("3 classes") == true)
  }

  @Test func `A stated positive class takes its test count from the catalogue, aloud`() throws {
    let result = try synthesis(
      ["red-2020": both("90", "80", on: "spots", "positive: mel")], dataset: "Spots")
    let row = try #require(result.rows.first)
    #expect(row.size == .parts(positives: 50, negatives: 150))
    #expect(row.sizeOrigin.isAssumed)
    #expect(row.measure.truePositives == 45)
    #expect(row.measure.trueNegatives == 120)
  }

  @Test func `A study with only one of the two is counted, not listed`() throws {
    let result = try synthesis([
      "red-2020": SynthesisData.experiment(claims: [SynthesisData.claim("recall", "90")])
    ])
    #expect(result.omissions.isEmpty)
    #expect(result.withoutBoth == 1)
  }

  @Test func `Tables that the reader brings are pooled beside the store's studies`() throws {
    let counts = BinaryCounts(
      truePositives: 47, falsePositives: 101, trueNegatives: 738, falseNegatives: 9)
    let other = BinaryCounts(
      truePositives: 126, falsePositives: 272, trueNegatives: 1543, falseNegatives: 51)
    let studies = ["red-2020": both("90", "80")]
    let result = try synthesis(studies) {
      $0.sizes = ["red-2020": .parts(positives: 100, negatives: 200)]
      $0.added = [
        AddedStudy(name: "One", counts: .table(counts), place: "tables.csv, line 2"),
        AddedStudy(name: "Two", counts: .table(other), place: "tables.csv, line 3"),
      ]
    }
    #expect(result.rows.map(\.label) == ["Red 2020", "One", "Two"])
    #expect(result.rows[1].sizeOrigin.description == "tables.csv, line 2")
    #expect(result.pooling?.studies.count == 3)
  }

  @Test func `A brought table without positives is refused by its place`() throws {
    let counts = BinaryCounts(
      truePositives: 0, falsePositives: 1, trueNegatives: 8, falseNegatives: 0)
    #expect(throws: SynthesisError.noUnits(place: "tables.csv, line 2", metric: .recall)) {
      try synthesis(["red-2020": both("90", "80")]) {
        $0.added = [AddedStudy(name: "One", counts: .table(counts), place: "tables.csv, line 2")]
      }
    }
  }
}
