// Which claims are pooled, with which n, and what is said about the rest.
import Catalog
import Evidence
import Inquiry
import Scoring
import Testing

@Suite struct SynthesisTests {
  private func synthesis(
    _ studies: [String: String], dataset: String? = "Moles",
    _ change: (inout SynthesisQuestion) -> Void = { _ in }
  ) throws -> Synthesis {
    let data = try SynthesisData(studies)
    var claims = ClaimQuery()
    claims.dataset = dataset
    claims.task = dataset == nil ? "skin cancer" : nil
    var question = SynthesisQuestion(claims: claims)
    change(&question)
    return try question.synthesis(from: data.store)
  }

  private func accuracy(_ printed: String, on dataset: String = "moles", _ more: String = "")
    -> String
  {
    SynthesisData.experiment(
      on: dataset, claims: [SynthesisData.claim("accuracy", printed, more)])
  }

  @Test func `A study without n is left out, and the reason says how to give it`() throws {
    let result = try synthesis(["red-2020": accuracy("90")])
    #expect(result.rows.isEmpty)
    let reason = try #require(result.omissions.first?.reason)
    #expect(reason.contains("no test count of Moles"))
    #expect(reason.contains("--n red-2020="))
    #expect(result.restricted == nil)
  }

  @Test func `Where no study has an n, values are averaged unweighted, as t.test does on logits`()
    throws
  {
    let result = try synthesis([
      "red-2020": accuracy("90"), "blue-2021": accuracy("93"), "green-2019": accuracy("97"),
    ])
    #expect(result.rows.isEmpty && result.restricted == nil && result.omissions.count == 3)
    let mean = try #require(result.unweighted)
    // R: x <- qlogis(c(0.9, 0.93, 0.97)); plogis(t.test(x)$conf.int)
    #expect(abs(mean.estimate - 2.75333753708981) < 1e-12)
    #expect(abs(mean.deviation - 0.655521520680787) < 1e-12)
    let interval = try mean.interval()
    #expect(abs(interval.lower - 0.754902369636999) < 1e-9)
    #expect(abs(interval.upper - 0.987650865339336) < 1e-9)
    let next = try mean.predictionInterval()
    #expect(abs(next.lower - 0.376724631810958) < 1e-9)
    #expect(abs(next.upper - 0.997552283463514) < 1e-9)
    // With an n for two of them these are pooled, and nothing is averaged.
    let sized = try synthesis([
      "red-2020": accuracy("90"), "blue-2021": accuracy("93"), "green-2019": accuracy("97"),
    ]) { $0.sizes = ["red-2020": .total(200), "blue-2021": .total(400)] }
    #expect(sized.unweighted == nil && sized.restricted != nil)
  }

  @Test func `Given n, studies are pooled as their proportions are`() throws {
    let result = try synthesis([
      "red-2020": accuracy("90"), "blue-2021": accuracy("97.5"), "green-2019": accuracy("85"),
    ]) {
      $0.sizes = ["red-2020": .total(200), "blue-2021": .total(400), "green-2019": .total(100)]
    }
    #expect(result.rows.map(\.study) == ["blue-2021", "green-2019", "red-2020"])
    #expect(result.rows.map(\.measure.successes) == [390, 85, 180])
    let direct = try #require(
      Pooling(
        [(390, 400), (85, 100), (180, 200)].map {
          .logit(of: try Proportion(successes: $0, trials: $1))
        }))
    #expect(result.restricted?.estimate == direct.estimate)
    #expect(result.rows.allSatisfy { $0.sizeOrigin == .reader })
    #expect(result.warnings.contains { $0.hasPrefix("3 rows are tested on Moles") })
  }

  @Test func `A value that text and table both print counts once`() throws {
    let claims = [
      SynthesisData.claim("accuracy", "93"), SynthesisData.claim("accuracy", "93.4", at: "t2"),
      SynthesisData.claim("accuracy", "93", at: "s1"),
    ]
    let result = try synthesis(["red-2020": SynthesisData.experiment(claims: claims)]) {
      $0.sizes = ["red-2020": .total(1000)]
    }
    #expect(result.rows.count == 1)
    #expect(result.disagreements.isEmpty)
    #expect(result.rows.first?.claims.first?.text == "93.4%", "the most digits")
  }

  @Test(arguments: [
    (SynthesisQuestion.Preference.table, "96.8%"), (.text, "98.96%"), (.highest, "98.96%"),
    (.lowest, "96.8%"),
  ])
  func `Values that disagree are reported, and the preference decides`(
    preference: SynthesisQuestion.Preference, expected: String
  ) throws {
    let claims = [
      SynthesisData.claim("accuracy", "98.96", at: "s1"), SynthesisData.claim("accuracy", "96.8"),
    ]
    let result = try synthesis(["red-2020": SynthesisData.experiment(claims: claims)]) {
      $0.sizes = ["red-2020": .total(1000)]
      $0.preference = preference
    }
    let disagreement = try #require(result.disagreements.first)
    #expect(disagreement.taken.text == expected)
    #expect(disagreement.others.count == 1)
    #expect(result.rows.first?.claims.first?.text == expected)
  }

  @Test func `A test count of the catalogue is an assumption with its place`() throws {
    let result = try synthesis(["red-2020": accuracy("90", on: "spots")], dataset: "Spots")
    let row = try #require(result.rows.first)
    #expect(row.measure == (try Proportion(successes: 180, trials: 200)))
    #expect(
      row.sizeOrigin.description == "assumed: test set of Spots, review, Section 1, paragraph 3")
    #expect(result.warnings.contains { $0.hasPrefix("n is assumed for Red 2020") })
    let strict = try synthesis(["red-2020": accuracy("90", on: "spots")], dataset: "Spots") {
      $0.assumesCatalogueCounts = false
    }
    #expect(strict.rows.isEmpty)
  }

  @Test func `A printed n needs no assumption, and a given one that differs is noted`() throws {
    let studies = ["red-2020": accuracy("90", on: "spots", "n: 150")]
    let printed = try synthesis(studies, dataset: "Spots")
    #expect(printed.rows.first?.measure.trials == 150)
    #expect(printed.rows.first?.sizeOrigin == .claim)
    let given = try synthesis(studies, dataset: "Spots") { $0.sizes = ["red-2020": .total(160)] }
    #expect(given.rows.first?.notes == ["the given n replaces the printed 150"])
  }

  @Test func `No test count is assumed where the split is the study's own`() throws {
    let experiment = SynthesisData.experiment(
      on: "spots", "split: {kind: k-fold, folds: 5}",
      claims: [SynthesisData.claim("accuracy", "90")])
    let result = try synthesis(["red-2020": experiment], dataset: "Spots")
    #expect(result.omissions.first?.reason.contains("the split is the study's own") == true)
  }

  @Test(arguments: [
    ("class: mel", "for class mel only"), ("subset: 40x", "for a part only"),
    ("accuracy-kind: balanced", "a balanced accuracy is not"),
  ])
  func `A value that is not a share of all units is not pooled`(key: String, reason: String) throws
  {
    let result = try synthesis(["red-2020": accuracy("90", key)]) {
      $0.sizes = ["red-2020": .total(200)]
    }
    #expect(result.rows.isEmpty)
    #expect(result.omissions.first?.reason.contains(reason) == true)
  }

  @Test func `A study's set-ups are not pooled with each other; the reader chooses one`() throws {
    let studies = [
      "red-2020": accuracy("90")
        + SynthesisData.experiment(
          "other", claims: [SynthesisData.claim("accuracy", "80")])
    ]
    let open = try synthesis(studies) { $0.sizes = ["red-2020": .total(200)] }
    #expect(open.rows.isEmpty)
    #expect(open.omissions.first?.reason.hasPrefix("2 set-ups (vgg16 90%, other 80%)") == true)
    let chosen = try synthesis(studies) {
      $0.sizes = ["red-2020": .total(200)]
      $0.setUps = ["red-2020": "other"]
    }
    #expect(chosen.rows.first?.measure.successes == 160)
    let highest = try synthesis(studies) {
      $0.sizes = ["red-2020": .total(200)]
      $0.preference = .highest
    }
    #expect(highest.rows.first?.measure.successes == 180)
  }

  @Test func `A study on two datasets gives two rows, and a warning`() throws {
    let studies = [
      "red-2020": accuracy("90")
        + SynthesisData.experiment(
          "other", on: "spots", claims: [SynthesisData.claim("accuracy", "80")])
    ]
    let result = try synthesis(studies, dataset: nil) {
      $0.sizes = ["red-2020@moles": .total(100), "red-2020@spots": .total(50)]
    }
    #expect(result.rows.map(\.label) == ["Red 2020, Moles", "Red 2020, Spots"])
    #expect(result.rows.map(\.measure.trials) == [100, 50])
    #expect(result.warnings.contains { $0.hasPrefix("red-2020 gives 2 rows") })
    #expect(result.warnings.contains { $0.hasPrefix("fewer than 3 studies") })
  }

  @Test func `A value that no count gives is pooled with a note`() throws {
    let result = try synthesis(["red-2020": accuracy("97.08")]) {
      $0.sizes = ["red-2020": .total(100)]
    }
    #expect(result.rows.first?.notes.first?.hasPrefix("no number out of 100 is 97.08%") == true)
    let mean = try synthesis(["red-2020": accuracy("97.08", "aggregation: mean-of-folds")]) {
      $0.sizes = ["red-2020": .total(100)]
    }
    #expect(mean.rows.first?.notes == [])
  }

  @Test func `A test count that the value itself refutes is not assumed`() throws {
    let result = try synthesis(["red-2020": accuracy("97.08", on: "spots")], dataset: "Spots")
    #expect(result.rows.isEmpty)
    #expect(result.omissions.first?.reason.contains("no number out of 200 is 97.08%") == true)
  }

  @Test func `A metric that is no proportion of units is refused`() throws {
    #expect(throws: SynthesisError.notPoolable(.f1)) {
      try synthesis(["red-2020": accuracy("90")]) { $0.metric = .f1 }
    }
  }

  @Test func `An n for a study that is not found is refused with the nearest name`() throws {
    #expect(
      throws: SynthesisError.unknownStudy(
        option: "--n", name: "red-2021", suggestion: "red-2020")
    ) {
      try synthesis(["red-2020": accuracy("90")]) { $0.sizes = ["red-2021": .total(9)] }
    }
  }

  @Test(
    arguments: [
      ("400", 400), ("60+340", 400), ("0", nil), ("60+", nil), ("-5", nil), ("1+2+3", nil),
      ("", nil),
      ("9999999999", nil),
    ] as [(String, Int?)])
  func `An n is a number or positives plus negatives`(text: String, total: Int?) {
    #expect(SynthesisQuestion.Size(text)?.total == total)
  }
}
