// `tlkb campaign`: studies × variations × seeds as tasks, run here or by a scheduler, merged.

import ArgumentParser
import Catalog
import Evidence
import Files
import Foundation
import Imaging
import Render
import Reproduce

struct CampaignCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "campaign",
    abstract: "Run many recipes and seeds as independent tasks, here or on a cluster.",
    discussion: """
      A campaign is a folder: a plan of tasks (a seed of a recipe each), their results, and the \
      merged runs. The merged record of a recipe is the one that `tlkb reproduce --threads 1` with \
      the same seeds gives, to the bit. A task that died is found and run again, from its last \
      checkpoint; nothing is run or counted twice.

      EXAMPLES
        tlkb campaign plan --study saber-2021 --quick --seeds 2 --output trial
        tlkb campaign run trial --jobs 2
        tlkb campaign merge trial
      """,
    subcommands: [
      PlanCampaign.self, RunCampaign.self, CampaignStatus.self, MergeCampaign.self,
      CampaignTaskCommand.self, SlurmCampaign.self, SnakemakeCampaign.self,
    ])
}

private struct PlanCampaign: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan", abstract: "Expand studies × variations × seeds into tasks.",
    discussion: """
      Planning again into the same folder keeps the results of the tasks that both plans have: \
      more seeds run only the new ones. Without --data-path recipes run on drawn phantoms. After \
      the merge, `tlkb reproduce RECIPE --vary AXES --seeds N --threads 1 --resume --runs \
      DIR/merged` with the same options makes the paired tests of --vary and runs nothing again.

      EXAMPLE
        tlkb campaign plan --study le-undated --data-path ham10000=HAM10000 \\
          --seeds 5 --output DIR
      """)

  @Option(help: ArgumentHelp("All recipes of a study; repeatable.", valueName: "id"))
  var study: [String] = []
  @Option(help: ArgumentHelp("A recipe's id or file; repeatable.", valueName: "recipe"))
  var recipe: [String] = []
  @Flag(help: "Every recipe of the data.") var all = false
  @Option(help: ArgumentHelp("Seeds 1 to n of each recipe.", valueName: "n")) var seeds = 5
  @Option(name: .shortAndLong, help: ArgumentHelp("The campaign's folder.", valueName: "folder"))
  var output: String
  @Option(
    help: ArgumentHelp(
      "Also vary axes, one at a time: \(VariationAxis.allCases.map(\.rawValue).joined(separator: ", ")).",
      valueName: "axes"))
  var vary: String?
  @Option(
    help: ArgumentHelp(
      "A dataset as downloaded: PATH, or DATASET=PATH with several; repeatable.",
      valueName: "path"))
  var dataPath: [String] = []
  @Option(help: ArgumentHelp("The intermediate dataset of a double transfer.", valueName: "path"))
  var intermediatePath: String?
  @Option(
    help: ArgumentHelp("The images are of this other dataset: protocol runs.", valueName: "id"))
  var substitute: String?
  @Option(help: ArgumentHelp("A weight file for the network.", valueName: "file"))
  var weights: String?
  @Option(
    name: .customLong("set"),
    help: ArgumentHelp("Change a field of every recipe; repeatable.", valueName: "field=value"))
  var changes: [String] = []
  @Option(
    help: ArgumentHelp("At most so many images of each class and official part.", valueName: "n"))
  var imagesPerClass: Int?
  @Option(help: ArgumentHelp("Images of a phantom set.", valueName: "n"))
  var phantomImages: Int?
  @Option(help: ArgumentHelp("Threads of a task.", valueName: "n")) var threads = 1
  @Flag(help: "A short look: few epochs, small images; all changes are in the ledger.")
  var quick = false
  @OptionGroup var data: DataOptions

  func validate() throws {
    guard all || !study.isEmpty || !recipe.isEmpty else {
      throw ValidationError("Name what to run: --study ID, --recipe FILE or --all.")
    }
    for (name, value) in [
      ("--seeds", seeds), ("--threads", threads), ("--images-per-class", imagesPerClass ?? 1),
      ("--phantom-images", phantomImages ?? 1),
    ] where value < 1 {
      throw ValidationError("\(name) is at least 1.")
    }
    if let change = changes.first(where: { !$0.contains("=") }) {
      throw ValidationError("--set takes field=value, such as training.epochs=3; got '\(change)'.")
    }
  }

  func run() throws {
    let origin = try data.origin
    let loaded = try loadData(origin)
    let book = try RecipeBook(loaded, root: origin.name)
    let entries = try entries(book)
    let datasets = Set(entries.map(\.recipe.data.dataset.value)).sorted()
    let paths = try CampaignDataPaths(dataPath, datasets: datasets)
    var setups: [CampaignSetup] = []
    for entry in entries {
      var options = CampaignCommand.base
      options.overrides = RunRecord.Override.parse(changes)
      options.phantomImages = phantomImages ?? options.phantomImages
      options.imagesPerClass = imagesPerClass
      options.dataPath = paths.path(of: entry.recipe.data.dataset.value)
      options.substitute = options.dataPath == nil ? nil : substitute
      options.intermediatePath = intermediatePath
      options.weightsFile = weights
      options.threads = threads
      if quick { options.makeQuick(entry.recipe) }
      setups += try CampaignSetup.all(
        of: entry, varying: vary.map { try VariationAxis.list($0) } ?? [],
        knowledge: loaded.knowledge, options: options)
    }
    let plan = CampaignPlan(setups: setups, seeds: seeds)
    let folder = CampaignFolder(output)
    try folder.write(plan, entries: entries)
    let done = plan.tasks.count { folder.isDone($0) }
    let count = plan.setups.count
    print(
      "\(plan.tasks.count) tasks in \(folder.planFile): \(count) \(count == 1 ? "set-up" : "set-ups")"
        + ", seeds 1 to \(seeds)" + (done > 0 ? "; \(done) are done" : ""))
  }

  /// Every recipe asked for once, in the order of their ids.
  private func entries(_ book: RecipeBook) throws -> [RecipeBook.Entry] {
    var found = all ? book.entries : []
    for name in study {
      let own = book.entries(ofStudy: name)
      found += own.isEmpty ? [try book.entry(named: name)] : own
    }
    found += try recipe.map { try book.entry(named: $0) }
    var seen = Set<String>()
    return found.filter { seen.insert($0.hash).inserted }.sorted { $0.recipe.id < $1.recipe.id }
  }
}

private struct RunCampaign: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Run what is not done in a bounded pool of processes.",
    discussion: """
      Several may run on one folder, also from several computers that share it. Ctrl-C stops at \
      the next checkpoint; the same command goes on.

      EXAMPLE
        tlkb campaign run DIR --jobs 4
      """)

  @OptionGroup var place: CampaignPlace
  @Option(help: ArgumentHelp("Tasks at a time (default: processors).", valueName: "n"))
  var jobs: Int?
  @Flag(help: "Tell no progress.") var quiet = false

  func validate() throws {
    if let jobs, jobs < 1 { throw ValidationError("--jobs is at least 1.") }
  }

  func run() throws {
    let folder = place.campaign
    let plan = try folder.plan()
    let threads = plan.tasks.map(\.setup.threads).max() ?? 1
    Interruption.listen()
    let isQuiet = quiet
    var told = Set<String>()
    let options = try place.taskOptions
    let path = place.folder
    let pool = CampaignPool(
      folder, program: CampaignCommand.program,
      arguments: { ["campaign", "task"] + options + [path, $0.id] },
      report: { event in
        guard !isQuiet else { return }
        if case .finished(let task, _) = event, let banner = folder.banner(task),
          told.insert(banner).inserted
        {
          printError(banner)
        }
        printError(Self.line(event, folder))
      })
    try pool.run(jobs: jobs ?? max(1, RunRecord.Machine.processors / threads))
    print("\(plan.tasks.count) of \(plan.tasks.count) tasks are done")
  }

  private static func line(_ event: CampaignPool.Event, _ folder: CampaignFolder) -> String {
    switch event {
    case .started(let task): return "started \(task.id)"
    case .finished(let task, let progress):
      var text = "\(progress.done)/\(progress.total) \(task.id)"
      if let result = try? folder.read(task) {
        let record = result.record
        for metric in record.results[0].metrics.prefix(2) {
          let value = metric.value.map { "\(($0 * 10_000).rounded() / 10_000)" } ?? "undefined"
          text += "  \(metric.name.metric.title) \(value)"
        }
        text += record.banner == nil ? "" : " (\(record.kind.rawValue))"
        text += "  \(duration(record.cost.wallSeconds))"
      }
      let isLast = progress.done == progress.total
      return text + (isLast ? "" : "  \(duration(progress.secondsLeft)) left")
    case .died(let task, let signal):
      return "\(task.id) was ended by signal \(signal); it is run again"
    case .failed(let task, let reason): return "\(task.id) failed: \(reason)"
    }
  }
}

private struct CampaignStatus: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "Show where each task stands.",
    discussion: """
      A task is waiting, running, done, failed (with an error) or died (begun, and nobody runs \
      it).

      EXAMPLE
        tlkb campaign status DIR --format table
      """)

  @OptionGroup var listing: ListingOptions
  @Argument(help: "The campaign's folder.") var folder: String

  func run() throws {
    let campaign = CampaignFolder(folder)
    let plan = try campaign.plan()
    for banner in Set(plan.tasks.compactMap { campaign.banner($0) }).sorted() {
      printError(banner)
    }
    listing.show(.campaign(plan, campaign), noun: ("task", "tasks"))
  }
}

private struct MergeCampaign: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge", abstract: "Put results together: a record and verdicts a recipe.",
    discussion: """
      Each recipe whose seeds are all done becomes a run folder in DIR/merged, which `tlkb run \
      show` reads. Merging again changes nothing. Ends with 1 while tasks are missing.

      EXAMPLE
        tlkb campaign merge DIR
      """)

  @OptionGroup var listing: ListingOptions
  @OptionGroup var place: CampaignPlace

  func run() throws {
    let loaded = try loadData(place.data.origin)
    let merged = try CampaignMerge(
      place.campaign, knowledge: loaded.knowledge, base: CampaignCommand.base
    ).run()
    for banner in Set(merged.compactMap { $0.record?.banner }).sorted() { printError(banner) }
    listing.show(.merged(merged), noun: ("row", "rows"))
    let total = merged.reduce(0) { $0 + $1.seeds }
    let missing = merged.reduce(0) { $0 + $1.missing.count }
    if missing > 0 {
      throw CampaignError.unfinished(done: total - missing, total: total, folder: place.folder)
    }
  }
}

extension RunRecord.Override {
  /// `field=value`, each.
  static func parse(_ changes: [String]) -> [RunRecord.Override] {
    changes.map { change in
      let parts = change.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      return RunRecord.Override(name: String(parts[0]), value: String(parts.last ?? ""))
    }
  }
}

/// Where the datasets of a campaign lie.
private struct CampaignDataPaths {
  private let byDataset: [String: String]

  init(_ arguments: [String], datasets: [String]) throws {
    var found: [String: String] = [:]
    for argument in arguments {
      if let equals = argument.firstIndex(of: "="),
        datasets.contains(String(argument[..<equals]))
      {
        found[String(argument[..<equals])] = String(argument[argument.index(after: equals)...])
      } else if datasets.count == 1 {
        found[datasets[0]] = argument
      } else {
        throw CampaignError.badDataPath(argument, recipes: datasets)
      }
    }
    byDataset = found
  }

  func path(of dataset: String) -> String? { byDataset[dataset] }
}
