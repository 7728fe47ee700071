// A campaign for other schedulers: a Slurm job array and a Snakemake workflow.

import Foundation

/// Writes what a scheduler runs. Each job calls `tlkb campaign task`, which is safe to call twice.
package struct CampaignScripts: Sendable {
  /// How a job calls the command.
  package struct Call: Sendable {
    let program: String
    let folder: String
    /// Options that every task takes.
    let options: [String]
    /// Variables that a job needs.
    let environment: [(name: String, value: String)]

    package init(
      program: String, folder: String, options: [String],
      environment: [(name: String, value: String)]
    ) {
      self.program = program
      self.folder = folder
      self.options = options
      self.environment = environment
    }
  }

  /// What Slurm takes as one array unless its MaxArraySize is changed.
  package static let largestArray = 1000

  private let call: Call

  package init(_ call: Call) { self.call = call }

  /// An sbatch script of a job array over the plan's tasks.
  ///
  /// With more tasks than one array takes, each job runs every 1000th task. Tasks that are done end
  /// at once, so that submitting again runs what is missing.
  /// - Parameters:
  ///   - atOnce: the most jobs that run at a time.
  ///   - directives: further `#SBATCH` options, `--partition=long`.
  package func slurm(
    _ plan: CampaignPlan, atOnce: Int?, directives: [String]
  ) -> String {
    let size = min(plan.tasks.count, Self.largestArray)
    let threads = plan.tasks.map(\.setup.threads).max() ?? 1
    let header =
      [
        "--job-name=tlkb", "--array=1-\(size)" + (atOnce.map { "%\($0)" } ?? ""),
        "--ntasks=1", "--cpus-per-task=\(threads)", "--requeue",
        "--output=\(call.folder)/slurm-%A_%a.log",
      ] + directives
    return """
      #!/bin/sh
      # Runs the \(plan.tasks.count) tasks of \(call.folder)/plan.jsonl as a job array: sbatch campaign.sbatch
      \(header.map { "#SBATCH \($0)" }.joined(separator: "\n"))

      \(exports)
      status=0
      task=$SLURM_ARRAY_TASK_ID
      while [ "$task" -le \(plan.tasks.count) ]; do
        \(words(Self.quoted(call.folder) + " \"$task\"")) || status=$?
        task=$((task + \(size)))
      done
      exit $status

      """
  }

  /// A Snakefile with a rule for a task and one for the merge.
  package func snakemake(_ plan: CampaignPlan) -> String {
    let threads = plan.tasks.map(\.setup.threads).max() ?? 1
    let task = words(". {wildcards.task}")
    let merge = words("", subcommand: "merge") + " ."
    let prefix = call.environment.map { "\($0.name)=\(Self.quoted($0.value)) " }.joined()
    return """
      # Runs the tasks of plan.jsonl and merges them: snakemake --cores 2
      import json

      workdir: workflow.basedir

      with open(workflow.basedir + "/plan.jsonl") as plan:
          TASKS = [json.loads(line)["id"] for line in list(plan)[1:]]

      rule all:
          input:
              "merged/verdicts.tsv",
              expand("results/{task}.json", task=TASKS)

      rule merge:
          input:
              expand("results/{task}.json", task=TASKS)
          output:
              "merged/verdicts.tsv"
          shell:
              \(Self.literal(prefix + merge + " --format tsv > {output}"))

      rule task:
          output:
              "results/{task}.json"
          threads: \(threads)
          shell:
              \(Self.literal(prefix + task))

      """
  }

  private var exports: String {
    call.environment.map { "export \($0.name)=\(Self.quoted($0.value))\n" }.joined()
  }

  private func words(_ rest: String, subcommand: String = "task") -> String {
    let options = call.options.map { " " + Self.quoted($0) }.joined()
    return "\(Self.quoted(call.program)) campaign \(subcommand)\(options)"
      + (rest.isEmpty ? "" : " " + rest)
  }

  /// A word as a shell takes it literally.
  static func quoted(_ text: String) -> String {
    let isPlain =
      !text.isEmpty
      && text.allSatisfy {
        $0.isASCII && ($0.isLetter || $0.isNumber || "/._-=+:,@%".contains($0))
      }
    if isPlain { return text }
    return "'"
      + text.split(separator: "'", omittingEmptySubsequences: false)
      .joined(separator: "'\\''") + "'"
  }

  /// A Python string literal.
  private static func literal(_ text: String) -> String {
    let escaped = text.map { "\\\"".contains($0) ? "\\\($0)" : "\($0)" }.joined()
    return "\"\(escaped)\""
  }
}
