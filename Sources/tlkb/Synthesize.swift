// `tlkb synthesize`: studies pooled, with what is left out and what to be careful about.

import ArgumentParser
import Catalog
import Evidence
import Files
import Foundation
import Inquiry
import Render

extension SynthesisQuestion.Preference: ExpressibleByArgument {}

struct Synthesize: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Pool the results of studies: random effects, prediction interval, bivariate model.",
    discussion: """
      Sensitivity and specificity are pooled together where a study prints both, then the metric.
      A study counts once for each dataset. Its n is what the claim states, what --n gives, or the
      catalogue's test count, which the table then calls assumed; a study without n is left out and
      listed. No n is ever guessed.

      EXAMPLES
        tlkb synthesize --dataset BACH2018 --metric accuracy
        tlkb synthesize --dataset HAM10000 --n kondaveeti-2020=2003 --n le-undated=1000 \\
          --n younis-2019=2003 --plot ham10000.svg
        tlkb synthesize --task "skin cancer" --n kassem-2020=300+700 --prefer highest
      """)

  @Option(help: ArgumentHelp("Studies on this dataset.", valueName: "name")) var dataset: String?
  @Option(help: ArgumentHelp("Studies on this task.", valueName: "name")) var task: String?
  @Option(help: ArgumentHelp("Studies on this modality.", valueName: "name")) var modality: String?
  @Option(help: ArgumentHelp("Studies with this network.", valueName: "name"))
  var backbone: String?
  @Option(help: ArgumentHelp("Studies with this technique.", valueName: "name"))
  var technique: String?
  @Option(
    help: ArgumentHelp(
      "What to pool: \(SynthesisQuestion.poolable.map(\.rawValue).joined(separator: ", ")).",
      valueName: "name"))
  var metric = Metric.accuracy.rawValue
  @Option(
    help: ArgumentHelp(
      "Evaluated units of a study, study=400 or study=60+340 (positives+negatives); study@dataset where it has several.",
      valueName: "study=n"))
  var n: [String] = []
  @Option(help: ArgumentHelp("The set-up taken of a study.", valueName: "study=set-up"))
  var setUp: [String] = []
  @Option(
    help: "Of several values of a study: the one in a table or the text, the highest or lowest.")
  var prefer = SynthesisQuestion.Preference.table
  @Flag(help: "Never assume an n from the catalogue's test counts.") var strictN = false
  @Flag(help: "Knapp and Hartung's intervals, with t instead of the normal.")
  var knappHartung = false
  @Option(help: ArgumentHelp("The level of intervals.", valueName: "0.95")) var level = 0.95
  @Option(
    help: ArgumentHelp("Write forest, funnel and summary ROC plot here.", valueName: "file.svg"))
  var plot: String?
  @OptionGroup var listing: ListingOptions
  @OptionGroup var data: DataOptions

  func validate() throws {
    if [dataset, task, modality, backbone, technique].allSatisfy({ $0 == nil }) {
      throw ValidationError(
        "Say which studies: --dataset, --task, --modality, --backbone or --technique.")
    }
    guard level > 0, level < 1 else {
      throw ValidationError("--level lies between 0 and 1; 0.95 is usual.")
    }
    _ = try sizes
    _ = try setUps
  }

  func run() throws {
    let store = try data.openStore()
    var claims = ClaimQuery()
    claims.dataset = dataset
    claims.task = task
    claims.modality = modality
    claims.backbone = backbone
    claims.technique = technique
    var question = SynthesisQuestion(claims: claims)
    question.metric = try known(metric)
    question.sizes = try ids(of: try sizes, in: store)
    question.setUps = try ids(of: try setUps, in: store)
    question.preference = prefer
    question.assumesCatalogueCounts = !strictN
    question.knappHartung = knappHartung
    question.level = level
    let diagnostic = try question.diagnosticSynthesis(from: store)
    let synthesis = try question.synthesis(from: store)
    let report = try SynthesisReport(diagnostic, synthesis)
    show(report)
    let figures = try [
      Figure.summaryROC(diagnostic), Figure.funnel(synthesis), Figure.forest(synthesis),
    ].compactMap { $0 }
    if let plot, !figures.isEmpty {
      let figure = Figure.stacked(figures, title: "Synthesis of \(synthesis.metric.rawValue)")
      try writeAtomically(figure.svg(), to: plot)
      printError("wrote \(plot)")
    }
    guard synthesis.restricted != nil || diagnostic.pooling != nil else {
      let count = synthesis.rows.count
      printError(
        "tlkb: nothing to pool: \(count == 0 ? "no study" : "one study") with a usable "
          + "\(synthesis.metric.rawValue) and n; `--n study=…` gives an n"
          + (plot == nil ? "" : "; no plot is written"))
      throw ExitCode(66)
    }
  }

  private func show(_ report: SynthesisReport) {
    let isTerminal = isatty(STDOUT_FILENO) == 1
    let environment = ProcessInfo.processInfo.environment
    let colour =
      isTerminal && (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
    let width = isTerminal ? terminalWidth() : environment["COLUMNS"].flatMap(Int.init)
    let format = listing.format ?? (isTerminal ? .table : .tsv)
    print(report.written(as: format, width: width, colour: colour), terminator: "")
  }

  private var sizes: [String: SynthesisQuestion.Size] {
    get throws {
      try pairs(n, "--n").mapValues { text in
        guard let size = SynthesisQuestion.Size(text) else {
          throw ValidationError(
            "--n takes study=400, or study=60+340 for positives and negatives; got '\(text)'.")
        }
        return size
      }
    }
  }

  private var setUps: [String: String] {
    get throws { try pairs(setUp, "--set-up") }
  }

  /// The `name=value` options by name; a name twice is a mistake.
  private func pairs(_ options: [String], _ option: String) throws -> [String: String] {
    var pairs: [String: String] = [:]
    for text in options {
      guard let sign = text.lastIndex(of: "="), sign != text.startIndex,
        text.index(after: sign) != text.endIndex
      else { throw ValidationError("\(option) takes study=value; got '\(text)'.") }
      let name = String(text[..<sign])
      guard pairs.updateValue(String(text[text.index(after: sign)...]), forKey: name) == nil else {
        throw ValidationError("\(option) is given twice for '\(name)'.")
      }
    }
    return pairs
  }

  /// The options under the ids of the studies and datasets that their names mean.
  private func ids<Value>(of options: [String: Value], in store: Store) throws -> [String: Value] {
    var found: [String: Value] = [:]
    for (name, value) in options.sorted(by: { $0.key < $1.key }) {
      let parts = name.split(separator: "@", maxSplits: 1).map(String.init)
      var id = try store.resolve(parts.first ?? name, .study).id
      if parts.count == 2 { id += "@" + (try store.resolve(parts[1], .dataset).id) }
      guard found.updateValue(value, forKey: id) == nil else {
        throw UsageError(description: "'\(name)' is a second name of \(id); give it once")
      }
    }
    return found
  }

  private func known(_ name: String) throws -> Metric {
    if let metric = Metric.named(name) { return metric }
    throw CatalogError.unknownName(
      kind: "metric", name: name, suggestion: nearestName(to: name, in: Metric.allNames))
  }
}
