// Facts about the validator: each kind of mistake is named with file, line and field.

import Catalog
import Evidence
import Testing

/// A mistake to make in the small data, and what the validator must say of it.
struct Mistake: CustomTestStringConvertible, Sendable {
  let name: String
  let file: String
  let old: String
  let new: String
  let says: String
  var testDescription: String { name }

  static let all: [Mistake] = [
    .init(
      name: "unknown entity", file: "studies/roe-2020.yaml", old: "dataset: ham10000",
      new: "dataset: ham1000",
      says:
        "D/studies/roe-2020.yaml:10: experiments[0].dataset: unknown dataset 'ham1000'; did you mean 'ham10000'?"
    ),
    .init(
      name: "value outside its range", file: "studies/roe-2020.yaml", old: "97.50", new: "197.50",
      says: "experiments[0].claims[0].printed: 197.50 (percent) is outside the range of accuracy"),
    .init(
      name: "a percentage taken for a fraction", file: "studies/roe-2020.yaml",
      old: "unit: percent", new: "unit: fraction",
      says: "a percentage taken for a fraction? (unit: percent)"),
    .init(
      name: "a fraction taken for a percentage", file: "studies/roe-2020.yaml", old: "97.50",
      new: "0.975", says: "a fraction taken for a percentage? (unit: fraction)"),
    .init(
      name: "missing location of a claim", file: "studies/roe-2020.yaml", old: "at: t1, ", new: "",
      says: "experiments[0].claims[0].at: missing location"),
    .init(
      name: "missing location of a count", file: "datasets/ham10000.yaml",
      old: ", at: {source: review, place: section-1, row: 2}", new: "",
      says: "D/datasets/ham10000.yaml:8: counts[0].at: missing location"),
    .init(
      name: "a DOI that is none", file: "references/review/001.yaml", old: "10.1000/xyz",
      new: "https://doi.org/10.1000/xyz", says: "D/references/review/001.yaml:5: doi: "),
    .init(
      name: "a place that the source has not", file: "studies/roe-2020.yaml", old: "place: table-1",
      new: "place: table-2", says: "review has no place 'table-2'; did you mean 'table-1'?"),
    .init(
      name: "a row that the table has not", file: "studies/roe-2020.yaml", old: "row: 2",
      new: "row: 9", says: "table-1 has 3 rows; this is number 9"),
    .init(
      name: "a column that the table has not", file: "studies/roe-2020.yaml",
      old: "column: Accuracy (%)", new: "column: Acuracy (%)",
      says: "table-1 has no column 'Acuracy (%)'; did you mean 'Accuracy (%)'?"),
    .init(
      name: "unknown key", file: "studies/roe-2020.yaml", old: "head:", new: "heads:",
      says: "D/studies/roe-2020.yaml:12: experiments[0].heads: unknown key; did you mean 'head'?"),
    .init(
      name: "unknown metric", file: "studies/roe-2020.yaml", old: "metric: accuracy",
      new: "metric: acuracy", says: "unknown metric 'acuracy'; did you mean 'accuracy'?"),
    .init(
      name: "not a number", file: "studies/roe-2020.yaml", old: "\"97.50\"", new: "\"high\"",
      says: "'high' is not a number or a range"),
    .init(
      name: "a class that the dataset has not", file: "datasets/ham10000.yaml", old: "class: mel",
      new: "class: nev", says: "counts[0].class: 'nev' is not a class of this dataset"),
    .init(
      name: "a file not named for its id", file: "backbones/vgg16.yaml", old: "id: vgg16",
      new: "id: vgg-16", says: "the file is named vgg16.yaml"),
    .init(
      name: "broken YAML", file: "tasks/skin-cancer.yaml", old: "}", new: "",
      says: "D/tasks/skin-cancer.yaml:2: not valid YAML"),
    .init(
      name: "a key twice", file: "datasets/ham10000.yaml", old: "name: HAM10000",
      new: "name: HAM10000\nname: HAM", says: "the key 'name' stands twice"),
  ]
}

@Suite struct ValidationTests {
  @Test("Valid files are read without a complaint")
  func valid() throws {
    let data = try loadData(files: SmallData.changed(), root: "D")
    #expect(data.knowledge.studies.map(\.id) == ["roe-2020"])
    #expect(data.documents.map(\.path) == ["recipes/roe-2020.yaml"])
    let claim = try #require(data.knowledge.allClaims.first).claim
    #expect(claim.value == 0.975 && claim.printed.decimals == 2)
    #expect(claim.at.description == "review, Table 1, row 2, Accuracy (%)")
    #expect(claim.averaging == .notReported)
    #expect(data.knowledge.studies[0].experiments[0].head == .notApplicable)
  }

  @Test("A mistake is named with its file, line and field", arguments: Mistake.all)
  func named(_ mistake: Mistake) throws {
    let files = SmallData.changed(mistake.file, mistake.old, mistake.new)
    let error = try #require(throws: InvalidData.self) { try loadData(files: files, root: "D") }
    #expect(error.description.contains(mistake.says), "\(error)")
  }

  @Test("Two files with one id are a mistake")
  func duplicates() throws {
    let copy = try #require(SmallData.files["tasks/skin-cancer.yaml"])
    let files = SmallData.changed(adding: ["tasks/other.yaml": copy])
    let error = try #require(throws: InvalidData.self) { try loadData(files: files, root: "D") }
    #expect(error.description.contains("duplicate id 'skin-cancer', first in D/tasks/other.yaml"))
  }

  @Test("All mistakes are found in one pass, sorted by file and line")
  func allAtOnce() throws {
    var files = SmallData.files
    files["backbones/vgg16.yaml"] = "{id: vgg16, name: V, family: vgg, colour: red}"
    files["modalities/dermoscopy.yaml"] = "{id: dermoscopy}"
    let list = files.sorted { $0.key < $1.key }.map {
      DataOrigin.File(path: $0.key, text: $0.value)
    }
    let error = try #require(throws: InvalidData.self) { try loadData(files: list, root: "D") }
    #expect(error.diagnostics.map(\.field) == ["colour", "name"])
  }

  @Test("YAML's own guesses do not touch names: no, 012 and 1e3 are texts")
  func scalarsAreTexts() throws {
    let files = SmallData.changed(
      "backbones/vgg16.yaml", "[VGG 16]", "[no, 012, 1e3, ~]")
    let data = try loadData(files: files, root: "D")
    #expect(data.knowledge.backbone("vgg16")?.aliases == ["no", "012", "1e3", "~"])
  }
}
