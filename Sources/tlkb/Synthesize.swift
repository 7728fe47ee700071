// `tlkb synthesize`: studies pooled, with what is left out and what to be careful about.

import ArgumentParser
import Catalog
import Evidence
import Files
import Foundation
import Inquiry
import Render
import Scoring

extension SynthesisQuestion.Preference: ExpressibleByArgument {}

struct Synthesize: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Pool the results of studies: random effects, prediction interval, bivariate model.",
    discussion: """
      Sensitivity and specificity are pooled together where a study prints both, then the metric. \
      A study counts once for each dataset. Its n is what the claim states, what --n gives, or the \
      catalogue's test count, which the table then calls assumed; a study without n is left out \
      and listed. No n is ever guessed: where no two studies have one, their values are averaged \
      unweighted, which the output says. --add brings counts of other papers: a CSV with the \
      columns study, tp, fn, fp, tn or the columns study, x, n.

      EXAMPLES (their n are invented: the papers know the true ones)
        tlkb synthesize --dataset HAM10000 --n kondaveeti=2003 --n younis=2003
        tlkb synthesize --task "breast cancer" --n boumaraf=800 --n shallu=800
        tlkb synthesize --add tables.csv --knapp-hartung --plot sroc.svg
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
  @Option(help: ArgumentHelp("Further studies: a CSV of counts.", valueName: "file.csv"))
  var add: String?
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
    if !hasFilter, add == nil {
      throw ValidationError(
        "Say which studies: --dataset, --task, --modality, --backbone, --technique or --add.")
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
    var question = SynthesisQuestion(claims: hasFilter ? claims : nil)
    question.added = try add.map(Self.studies) ?? []
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
    guard
      synthesis.restricted != nil || diagnostic.pooling != nil || synthesis.unweighted != nil
    else {
      let count = synthesis.rows.count
      printError(
        "tlkb: nothing to pool: \(count == 0 ? "no study" : "one study") with a usable "
          + "\(synthesis.metric.rawValue) and n; `--n study=…` gives an n"
          + (plot == nil ? "" : "; no plot is written"))
      throw ExitCode(66)
    }
  }

  private var hasFilter: Bool {
    [dataset, task, modality, backbone, technique].contains { $0 != nil }
  }

  /// The studies of a CSV of counts: study, tp, fn, fp, tn or study, x, n.
  private static func studies(in path: String) throws -> [AddedStudy] {
    let table = try CSVTable(path: path)
    let name = try table.column("study")
    let cells = ["tp", "fn", "fp", "tn"].compactMap { table.optionalColumn([$0]) }
    let isTable = cells.count == 4
    let columns = try isTable ? cells : [table.column("x"), table.column("n")]
    return try table.rows.indices.map { row in
      let place = "\(path), line \(table.lines[row])"
      let counts = try columns.map { try table.integer(row: row, column: $0) }
      guard counts.allSatisfy({ (0..<1_000_000_000).contains($0) }) else {
        throw UsageError(description: "\(place): counts lie between 0 and 999999999")
      }
      guard isTable else {
        guard let proportion = try? Proportion(successes: counts[0], trials: counts[1]) else {
          throw UsageError(description: "\(place): x is at most n, and n at least 1")
        }
        return AddedStudy(
          name: table.rows[row][name], counts: .proportion(proportion), place: place)
      }
      return AddedStudy(
        name: table.rows[row][name],
        counts: .table(
          BinaryCounts(
            truePositives: counts[0], falsePositives: counts[2], trueNegatives: counts[3],
            falseNegatives: counts[1])), place: place)
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
      var id = try study(parts.first ?? name, in: store)
      if parts.count == 2 { id += "@" + (try store.resolve(parts[1], .dataset).id) }
      guard found.updateValue(value, forKey: id) == nil else {
        throw UsageError(description: "'\(name)' is a second name of \(id); give it once")
      }
    }
    return found
  }

  /// The id of the study of that name; a surname does where only one study begins with it.
  private func study(_ name: String, in store: Store) throws -> String {
    do {
      return try store.resolve(name, .study).id
    } catch let error as CatalogError {
      let folded = foldedName(name)
      let ids = try store.knowledge().studies.map(\.id).filter { foldedName($0).hasPrefix(folded) }
      guard folded.count >= 3, ids.count == 1 else { throw error }
      return ids[0]
    }
  }

  private func known(_ name: String) throws -> Metric {
    if let metric = Metric.named(name) { return metric }
    throw CatalogError.unknownName(
      kind: "metric", name: name, suggestion: nearestName(to: name, in: Metric.allNames))
  }
}
