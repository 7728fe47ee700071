// Requests as users type them, their errors, and the reports they get.
import Testing

@testable import Consistency

@Suite struct CheckRequestTests {
  private func report(_ fields: [(String, String)]) throws -> CheckReport {
    try CheckReport(try CheckRequest(fields.map { (name: $0.0, value: $0.1) }))
  }

  @Test func `The issue's example is inconsistent: 400 images cannot give 0.9833`() throws {
    let report = try report([
      ("n-positive", "177"), ("n-negative", "223"), ("accuracy", "0.9833"),
      ("precision", "0.984"), ("recall", "0.983"),
    ])
    #expect(report.verdict == .inconsistent)
    let certificate = try #require(report.assessment.certificate)
    #expect(certificate.conflict.map(\.kind) == [.accuracy])
    #expect(certificate.nearest.first?.below == "0.9825")
    #expect(certificate.nearest.first?.above == "0.9850")
    #expect(
      report.sentences[0]
        == "inconsistent: no confusion matrix of 177 positives and 223 negatives gives accuracy "
        + "0.9833; the nearest possible values are 0.9825 and 0.9850; impossible under all 8 "
        + "readings tried")
  }

  @Test func `A consistent set comes with its only matrix`() throws {
    let report = try report([
      ("n-positive", "75"), ("n-negative", "304"), ("accuracy", "72.3 %"),
      ("sensitivity", "78.67%"), ("specificity", "70.72%"), ("averaging", "binary"),
      ("accuracy-kind", "overall"),
    ])
    #expect(
      report.sentences == [
        "consistent: TP 59, FP 89, TN 215, FN 16 gives accuracy 72.3 %, sensitivity (recall) "
          + "78.67 %, specificity 70.72 %; the only solution"
      ])
  }

  @Test func `An honest macro average is explained, not accused`() throws {
    // [[50, 0], [45, 5]]: macro P 0.763, R 0.550, F1 0.436, far from their harmonic mean.
    let report = try report([
      ("classes", "50,50"), ("precision", "0.763"), ("recall", "0.550"), ("f1", "0.436"),
    ])
    #expect(report.verdict == .consistent)
    let names = report.assessment.explanations.map(\.certificate.hypothesis.averaging)
    #expect(names.contains(.macro) && !names.contains(.f1OfMacroAverages))
  }

  @Test func `Without counts, F1 above what P and R allow is refuted for every averaging`() throws {
    let report = try report([("precision", "0.90"), ("recall", "0.80"), ("f1", "0.88")])
    #expect(report.verdict == .inconsistent)
  }

  @Test func `Without counts, a lower F1 is left to macro averaging`() throws {
    let report = try report([("precision", "0.90"), ("recall", "0.80"), ("f1", "0.80")])
    #expect(report.verdict == .undecided)
    let binary = try CheckReport(
      try CheckRequest([
        (name: "precision", value: "0.90"), (name: "recall", value: "0.80"),
        (name: "f1", value: "0.80"), (name: "averaging", value: "binary"),
      ]))
    #expect(binary.verdict == .inconsistent)
  }

  @Test func `An area below se·sp is refuted`() throws {
    let report = try report([
      ("recall", "0.95"), ("specificity", "0.95"), ("auc", "0.80"), ("averaging", "binary"),
    ])
    #expect(report.verdict == .inconsistent && report.areaVerdict == .inconsistent)
  }

  @Test func `Folds of unknown structure are searched`() throws {
    let report = try report([
      ("n-positive", "38"), ("n-negative", "262"), ("folds", "5"),
      ("aggregation", "mean-of-scores"), ("averaging", "binary"), ("accuracy", "0.9447"),
      ("recall", "0.9139"), ("specificity", "0.9733"), ("eps", "0.0001"),
      ("accuracy-kind", "overall"),
    ])
    #expect(report.verdict == .inconsistent)
  }

  @Test func `Data sets divided by a bar are averaged, each over its folds`() throws {
    // Recalls 0.5 and 1 of one data set, 1 of the other: ((0.5 + 1)/2 + 1)/2; pooled, 2/3 and 1.
    let fields = [
      ("fold-counts", "2+2, 1+1 | 4+4"), ("aggregation", "mean-of-scores"),
      ("averaging", "binary"), ("accuracy-kind", "overall"),
    ]
    #expect(try report(fields + [("recall", "0.8750")]).verdict == .consistent)
    let pooled = try report(fields + [("recall", "0.8333")])
    #expect(pooled.verdict == .consistent)
    #expect(pooled.assessment.readings[0].designName == "means over data sets, folds pooled")
    #expect(try report(fields + [("recall", "0.8100")]).verdict == .inconsistent)
  }

  @Test func `Data sets are averaged whose folds are unknown but for their number`() throws {
    // Recalls of 2 + 2 samples in two folds: 0, ½, 1. Of 4 + 2: quarters, or with folds of
    // 3 + 0 and 1 + 2 sixths, which stratified folds do not have.
    func verdict(_ recall: String, stratified: String = "no") throws -> Verdict {
      try report([
        ("fold-counts", "2+2/2 | 4+2/2"), ("aggregation", "mean-of-scores"),
        ("averaging", "binary"), ("accuracy-kind", "overall"), ("recall", recall),
        ("stratified", stratified),
      ]).assessment.readings[0].certificate.verdict
    }
    #expect(try verdict("0.875") == .consistent)
    #expect(try verdict("0.9167") == .consistent)
    #expect(try verdict("0.9583") == .inconsistent)
    #expect(try verdict("0.875", stratified: "yes") == .consistent)
    #expect(try verdict("0.9167", stratified: "yes") == .inconsistent)
  }

  @Test(arguments: ["2+2/", "2+2/1", "2+2/5x", "2+2,1+1/5", "2+2/2/2"])
  func `A wrong number of folds is refused`(counts: String) {
    #expect(throws: ConsistencyError.self) {
      try CheckRequest(
        [("fold-counts", counts), ("recall", "1")].map { (name: $0.0, value: $0.1) })
    }
  }

  @Test(arguments: [
    ([("acuracy", "0.9")], ConsistencyError.unknownField("acuracy", nearest: "accuracy")),
    (
      [("accuracy", "ninety")],
      .invalidField("accuracy", value: "ninety", expected: "a number as printed")
    ),
    ([("accuracy", "98.3")], .outOfRange(.accuracy, value: "98.3", lower: "0", upper: "1")),
    (
      [("accuracy", "0.9"), ("n-positive", "10")],
      .missingField("n-negative", reason: "n-positive is given; give both, or n")
    ),
    (
      [("accuracy", "0.9"), ("n", "10"), ("classes", "5,5")],
      .conflictingFields("classes", "n")
    ),
    ([("accuracy", "0.9"), ("acc", "0.8")], .conflictingFields("accuracy", "acc")),
    ([("n", "10")], .noScores),
    (
      [("accuracy", "0.9"), ("percent", "maybe")],
      .invalidField("percent", value: "maybe", expected: "yes or no")
    ),
    (
      [("accuracy", "0.9"), ("n", "ten")],
      .invalidField("n", value: "ten", expected: "a number of samples or a range like 100..120")
    ),
  ])
  func `A wrong field is refused by name`(
    fields: [(String, String)], expected: ConsistencyError
  ) {
    #expect(throws: expected) {
      try CheckRequest(fields.map { (name: $0.0, value: $0.1) })
    }
  }

  @Test func `CSV rows are checked one by one and a bad row does not hide the others`() throws {
    let table = try CheckTable(
      csv: "id,n-positive,n-negative,accuracy\r\n\"a, b\",10,10,0.95\nc,10,10,0.97\nd,x,10,0.9\n")
    #expect(table.rows.map(\.number) == [2, 3, 4])
    let verdicts = try table.rows.prefix(2).map { try CheckReport(try $0.request.get()).verdict }
    #expect(verdicts == [.consistent, .inconsistent])
    #expect(try table.rows[0].request.get().id == "a, b")
    guard case .failure(let error) = table.rows[2].request else {
      Issue.record("row d should fail")
      return
    }
    #expect(
      error.description
        == "n-positive: “x” is not a number of samples or a range like 100..120")
  }

  @Test func `JSON rows may hold text, numbers and lists; defaults fill what is missing`() throws {
    let table = try CheckTable(
      json: #"[{"classes": [5, 5, 5], "accuracy": "0.93"}, {"n": 20, "acc": 0.95, "eps": null}]"#,
      defaults: [(name: "percent", value: "no")])
    let reports = try table.rows.map { try CheckReport(try $0.request.get()) }
    #expect(reports.map(\.verdict) == [.consistent, .consistent])
    #expect(throws: ConsistencyError.self) { try CheckTable(json: "{\"a\": [[1]]}") }
  }

  @Test func `A short CSV row is named with its line`() throws {
    let table = try CheckTable(csv: "n,accuracy\n20\n")
    guard case .failure(let error) = table.rows[0].request else {
      Issue.record("the row should fail")
      return
    }
    #expect(error.description == "line 2: has 1 cells where the header has 2")
  }
}
