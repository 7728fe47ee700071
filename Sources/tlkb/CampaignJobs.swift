// `tlkb campaign task|slurm|snakemake`: what schedulers call, and the scripts that they run.

import ArgumentParser
import Catalog
import Files
import Foundation
import Reproduce

struct CampaignTaskCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "task", abstract: "Run one task, by id or number; what schedulers call.",
    discussion: """
      A task that is done ends at once; one that another process runs ends with 75.

      EXAMPLE
        tlkb campaign task DIR 1
      """)

  @OptionGroup var place: CampaignPlace
  @Argument(help: "The task's id, or its number from 1.") var task: String
  @Option(help: "auto, plain, jsonl or quiet, on standard error.") var progress = ProgressMode.auto

  func run() throws {
    let task = try place.campaign.plan().task(named: task)
    let loaded = try loadData(place.data.origin)
    Interruption.listen()
    let worker = CampaignWorker(
      place.campaign, knowledge: loaded.knowledge, base: CampaignCommand.base,
      reporter: ProgressReporter(progress))
    switch try worker.run(task) {
    case .done: print("done: \(task.id)")
    case .alreadyDone: print("already done: \(task.id)")
    }
  }
}

struct SlurmCampaign: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "slurm", abstract: "Write a Slurm job array: DIR/campaign.sbatch.",
    discussion: """
      Submitting the script again runs what is missing. The folder must be shared by the nodes.

      EXAMPLE
        tlkb campaign slurm DIR --at-once 20 --directive=--partition=long && \\
          sbatch DIR/campaign.sbatch
      """)

  @OptionGroup var place: CampaignPlace
  @Option(help: ArgumentHelp("The most jobs at a time.", valueName: "n")) var atOnce: Int?
  @Option(
    help: ArgumentHelp("A further #SBATCH option; repeatable.", valueName: "option"))
  var directive: [String] = []

  func run() throws {
    let plan = try place.campaign.plan()
    let script = CampaignScripts(try place.call).slurm(plan, atOnce: atOnce, directives: directive)
    let file = "\(place.folder)/campaign.sbatch"
    try writeAtomically(script, to: file)
    print("wrote \(file): sbatch \(file)")
  }
}

struct SnakemakeCampaign: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "snakemake", abstract: "Write a Snakemake workflow: DIR/Snakefile.",
    discussion: """
      EXAMPLE
        tlkb campaign snakemake DIR && \\
          snakemake --directory DIR --cores 2 --snakefile DIR/Snakefile
      """)

  @OptionGroup var place: CampaignPlace

  func run() throws {
    let plan = try place.campaign.plan()
    let file = "\(place.folder)/Snakefile"
    try writeAtomically(CampaignScripts(try place.call).snakemake(plan), to: file)
    print("wrote \(file): snakemake --directory \(place.folder) --cores 2 --snakefile \(file)")
  }
}

/// A campaign's folder, and the data its tasks are run with.
struct CampaignPlace: ParsableArguments {
  @Argument(help: "The campaign's folder.") var folder: String
  @OptionGroup var data: DataOptions

  var campaign: CampaignFolder { CampaignFolder(folder) }

  /// Where the knowledge base lies, for processes that start elsewhere.
  var taskOptions: [String] {
    get throws {
      guard case .folder(let path) = try data.origin else { return [] }
      return ["--data", Self.absolute(path)]
    }
  }

  var call: CampaignScripts.Call {
    get throws {
      let environment = ProcessInfo.processInfo.environment
      let kept = ["TLKB_HOME", "XDG_DATA_HOME"].compactMap { name in
        environment[name].flatMap { $0.isEmpty ? nil : (name: name, value: Self.absolute($0)) }
      }
      return CampaignScripts.Call(
        program: CampaignCommand.program, folder: Self.absolute(folder), options: try taskOptions,
        environment: kept)
    }
  }

  private static func absolute(_ path: String) -> String {
    URL(fileURLWithPath: path).standardizedFileURL.path
  }
}

extension CampaignCommand {
  /// This program's own file.
  static var program: String {
    (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
      ?? CommandLine.arguments[0]
  }

  /// Where features and weights lie; a campaign keeps its runs itself.
  static var base: RunOptions {
    let home = Home(environment: ProcessInfo.processInfo.environment)
    return RunOptions(
      runsFolder: "", featuresFolder: home.features, weightsFolder: home.weights,
      toolVersion: Tlkb.configuration.version)
  }
}
