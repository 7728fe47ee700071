// `tlkb check` from outside: flags, tables of many rows, bad input, exit codes.

import Foundation
import Testing

@Suite struct CheckCommandTests {
  private func check(_ arguments: String..., input: String = "") throws -> Outcome {
    try Sandbox().run(arguments: ["check"] + arguments, input: input)
  }

  /// The rows of a JSON listing.
  private func rows(_ outcome: Outcome) throws -> [[String: Any]] {
    let value = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8))
    if let rows = value as? [[String: Any]] { return rows }
    let object = try #require(value as? [String: Any])
    return try #require(object["rows"] as? [[String: Any]])
  }

  @Test func `The issue's example is refuted with its nearest values and a proof`() throws {
    let outcome = try check(
      "--n-positive", "177", "--n-negative", "223", "--accuracy", "0.9833", "--precision", "0.984",
      "--recall", "0.983")
    #expect(outcome.status == 3)
    #expect(outcome.errors == "")
    let lines = outcome.output.split(whereSeparator: \.isNewline).map(String.init)
    #expect(
      lines.first
        == "inconsistent: no confusion matrix of 177 positives and 223 negatives gives accuracy "
        + "0.9833; the nearest possible values are 0.9825 and 0.9850; impossible under all 8 "
        + "readings tried")
    #expect(lines.contains { $0.hasPrefix("proof: ") })
    #expect(lines.contains { $0.contains("over patients, 0.9833 would need 60, 120, 180, 239") })
  }

  @Test func `A possible set exits with 0 and shows its matrix`() throws {
    let outcome = try check(
      "--n-positive", "75", "--n-negative", "304", "--accuracy", "72.3%", "--sensitivity", "78.67%",
      "--specificity", "70.72%", "--averaging", "binary", "--accuracy-kind", "overall")
    #expect(outcome.status == 0)
    #expect(outcome.output.contains("TP 59, FP 89, TN 215, FN 16"))
    #expect(outcome.output.contains("the only solution"))
  }

  @Test func `A table of many rows gets one row each and exits with 3 for one bad row`() throws {
    let outcome = try check(
      "-", "--format", "json", "--averaging", "binary",
      input: "id,n-positive,n-negative,accuracy\ngood,10,10,0.95\nbad,10,10,0.97\n")
    #expect(outcome.status == 3)
    let rows = try rows(outcome)
    #expect(rows.map { $0["id"] as? String } == ["good", "bad"])
    #expect(rows.map { $0["verdict"] as? String } == ["consistent", "inconsistent"])
    #expect(rows[1]["conflict"] as? String == "accuracy 0.97")
    #expect((rows[1]["nearest"] as? String)?.contains("0.95 or 1.00") == true)
    #expect((rows[1]["proof"] as? String)?.isEmpty == false)
  }

  @Test func `JSON rows take the options that they leave out`() throws {
    let sandbox = try Sandbox()
    try sandbox.write(
      "scores.json",
      #"[{"id": "a", "classes": [5, 5, 5], "accuracy": "0.93"}, {"id": "b", "n": 20, "acc": "0.93"}]"#
    )
    let outcome = try sandbox.tlkb(
      "check", "scores.json", "--accuracy-kind", "overall", "--format", "csv")
    #expect(outcome.status == 3)
    let lines = outcome.output.split(whereSeparator: \.isNewline)
    try #require(lines.count == 3)
    #expect(lines[1].hasPrefix("a,consistent,") && lines[2].hasPrefix("b,inconsistent,"))
  }

  @Test func `A wrong row is named with its line, after the others were checked`() throws {
    let outcome = try check(
      "-", "--format", "csv", input: "id,n,accuracy\nfirst,20,0.95\nsecond,twenty,0.95\n")
    #expect(outcome.status == 65)
    #expect(outcome.output.contains("first,consistent"))
    #expect(outcome.errors.contains("3"))
    #expect(outcome.errors.contains("“twenty” is not a number of samples"))
  }

  @Test func `An inconsistent row outweighs a wrong one`() throws {
    let outcome = try check(
      "-", "--format", "csv", "--accuracy-kind", "overall",
      input: "id,n,accuracy\nfirst,20,0.93\nsecond,twenty,0.95\n")
    #expect(outcome.status == 3)
    #expect(outcome.errors.contains("twenty"))
  }

  @Test(arguments: [
    (["--acuracy", "0.9"], "accuracy"), (["--accuracy", "98.3"], "percentage"),
    (["--accuracy", "high"], "high"), (["--n", "100"], "no score"),
    (["--n-positive", "5", "--accuracy", "0.9"], "n-negative"),
    (["--n", "10", "--classes", "5,5", "--accuracy", "0.9"], "exclude each other"),
    (["--accuracy", "0.9", "--rounding", "sideways"], "sideways"),
    (["--accuracy", "0.9", "--fold-bounds", "accuracy 0.8..0.9"], "single folds"),
    (["--accuracy", "0.9", "--accuracy-kind", "patient-level"], "patients"),
    (["--n", "0", "--accuracy", "0.9"], "between 1"),
  ])
  func `A wrong option exits with 64 and says what to do`(
    options: [String], hint: String
  ) throws {
    let outcome = try Sandbox().run(arguments: ["check"] + options, input: "")
    #expect(outcome.status == 64)
    #expect(outcome.errors.contains(hint), "\(outcome.errors)")
  }

  @Test(arguments: ["[{\"a\": [[1]]}]", "{broken", "id,n\n\"open"])
  func `A table that cannot be read exits with 65`(text: String) throws {
    #expect(try check("-", input: text).status == 65)
  }

  @Test func `A file that is not there exits with 66`() throws {
    #expect(try check("nothing.csv").status == 66)
  }

  @Test func `A range of totals is tried whole`() throws {
    // 0.983 needs 58 samples or more (57/58).
    let few = try check("--n", "40..57", "--accuracy", "0.983", "--accuracy-kind", "overall")
    #expect(few.status == 3)
    let more = try check("--n", "40..60", "--accuracy", "0.983", "--accuracy-kind", "overall")
    #expect(more.status == 0)
    let sides = try check(
      "--n-positive", "50..60", "--n-negative", "100", "--recall", "0.983", "--averaging", "binary")
    #expect(sides.status == 0)
  }

  @Test(arguments: [
    ("nearest", "0.13", 0), ("nearest", "0.12", 0), ("half-up", "0.12", 3),
    ("half-even", "0.12", 0), ("half-even", "0.13", 3), ("floor", "0.12", 0),
    ("truncation", "0.13", 3), ("ceiling", "0.13", 0), ("ceiling", "0.12", 3),
  ])
  func `One of eight is printed as its rounding rule says`(
    model: String, text: String, status: Int32
  ) throws {
    let outcome = try check(
      "--n-positive", "8", "--n-negative", "1", "--recall", text, "--rounding", model,
      "--averaging", "binary")
    #expect(outcome.status == status)
  }

  @Test func `A half-width replaces rounding`() throws {
    let arguments = ["--n-positive", "8", "--n-negative", "1", "--recall", "0.14", "--averaging"]
    #expect(
      try Sandbox().run(arguments: ["check"] + arguments + ["binary", "--eps", "0.02"]).status == 0)
    #expect(
      try Sandbox().run(arguments: ["check"] + arguments + ["binary", "--eps", "0.001"]).status
        == 3)
  }

  @Test func `Accuracy over patients is tried when their number is given`() throws {
    let outcome = try check(
      "--n-positive", "177", "--n-negative", "223", "--accuracy", "0.9833", "--recall", "0.983",
      "--patients", "60")
    #expect(outcome.status == 0)
    #expect(outcome.output.contains("accuracy over patients"))
  }

  @Test func `Bounds on single folds can make means impossible`() throws {
    let options = [
      "check", "--fold-counts", "10+10,10+10", "--aggregation", "mean-of-scores", "--averaging",
      "binary", "--accuracy-kind", "overall", "--accuracy", "0.900", "--recall", "0.850",
    ]
    #expect(try Sandbox().run(arguments: options).status == 0)
    let outcome = try Sandbox().run(
      arguments: options + ["--fold-bounds", "specificity 0.2..0.9"])
    #expect(outcome.status == 3)
    #expect(outcome.output.contains("proof: "))
  }

  @Test func `An area that its operating point excludes is refuted`() throws {
    let outcome = try check(
      "--recall", "0.95", "--specificity", "0.95", "--auc", "0.80", "--averaging", "binary")
    #expect(outcome.status == 3)
    #expect(outcome.output.contains("not 0.80"))
    let accuracy = try check(
      "--n-positive", "50", "--n-negative", "50", "--accuracy", "0.90", "--auc", "0.60",
      "--averaging", "binary", "--accuracy-kind", "overall")
    #expect(accuracy.status == 3)
  }

  @Test func `What cannot be decided says what would decide it`() throws {
    let outcome = try check("--precision", "0.90", "--recall", "0.80", "--f1", "0.80")
    #expect(outcome.status == 0)
    #expect(outcome.output.hasPrefix("undecided: "))
    #expect(outcome.output.contains("would decide it"))
  }
}

extension Sandbox {
  /// Runs `tlkb` with a list of arguments.
  fileprivate func run(arguments: [String], input: String = "") throws -> Outcome {
    try write(".input", input)
    let words = arguments.map { "'" + $0.replacingOccurrences(of: "'", with: "'\\''") + "'" }
    return try shell("\"$TLKB\" \(words.joined(separator: " ")) < .input")
  }
}
