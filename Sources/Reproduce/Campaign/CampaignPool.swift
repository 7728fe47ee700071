// A bounded pool of child processes on this computer, one a task.

import Files
import Foundation

/// Runs the tasks of a campaign that are not done, some at a time.
///
/// Several pools may work on one folder: a task is run by the one whose child takes its lock, and
/// the others wait for it. A task whose process dies is run again, from its last checkpoint.
package final class CampaignPool {
  package enum Event: Sendable {
    case started(CampaignTask)
    case finished(CampaignTask, progress: Progress)
    /// Its process was ended by a signal; it will be run again.
    case died(CampaignTask, signal: Int32)
    case failed(CampaignTask, reason: String)
  }

  package struct Progress: Sendable {
    package let done: Int
    package let total: Int
    package let secondsLeft: Double
  }

  /// How often a task may die before it counts as failed.
  private static let tries = 3

  private let folder: CampaignFolder
  private let program: String
  private let arguments: (CampaignTask) -> [String]
  private let report: (Event) -> Void
  private var waiting: [CampaignTask] = []
  private var running: [pid_t: CampaignTask] = [:]
  private var deaths: [CampaignTask: Int] = [:]
  private var failures: [String] = []
  private var total = 0
  private var done = 0
  private var doneHere = 0
  private let clock = Stopwatch()

  /// - Parameters:
  ///   - program: what runs a task, with `arguments`.
  ///   - report: is told what happens, in order.
  package init(
    _ folder: CampaignFolder, program: String, arguments: @escaping (CampaignTask) -> [String],
    report: @escaping (Event) -> Void
  ) {
    self.folder = folder
    self.program = program
    self.arguments = arguments
    self.report = report
  }

  /// Runs until every task is done or has failed.
  /// - Throws: ``CampaignError/failed(_:folder:)`` naming the tasks that failed,
  ///   ``CampaignError/stopped(folder:)`` after ctrl-C.
  package func run(jobs: Int) throws {
    let tasks = try folder.plan().tasks
    total = tasks.count
    waiting = tasks.filter { !folder.isDone($0) }
    done = total - waiting.count
    var isStopping = false
    // Others' tasks are looked at twice a second, our own children fifty times.
    var lastLook = -1.0
    while !(waiting.isEmpty || isStopping) || !running.isEmpty {
      if Interruption.isRequested, !isStopping {
        isStopping = true
        for child in running.keys { kill(child, SIGINT) }
      }
      reap(isStopping: isStopping)
      if !isStopping, running.count < jobs, clock.wallSeconds - lastLook > 0.5 || !hasOthers {
        lastLook = clock.wallSeconds
        try launch(jobs: jobs)
      }
      if !running.isEmpty || hasOthers { usleep(20_000) }
    }
    if isStopping { throw CampaignError.stopped(folder: folder.path) }
    if !failures.isEmpty { throw CampaignError.failed(failures, folder: folder.path) }
  }

  /// Whether all that waits is being run by others, as far as was seen.
  private var hasOthers = false

  /// Starts what nobody runs, in the order of the plan.
  private func launch(jobs: Int) throws {
    var kept: [CampaignTask] = []
    var started = false
    for task in waiting {
      guard running.count < jobs else {
        kept.append(task)
        continue
      }
      switch folder.state(task) {
      case .done: finish(task, isOurs: false)
      case .running: kept.append(task)
      case .waiting, .died, .failed:
        running[try start(task)] = task
        report(.started(task))
        started = true
      }
    }
    waiting = kept
    hasOthers = !started && !waiting.isEmpty && running.count < jobs
  }

  private func start(_ task: CampaignTask) throws -> pid_t {
    try makeFolder(folder.work(task))
    return try ChildProcess.start(program, arguments(task), log: folder.log(task))
  }

  private func reap(isStopping: Bool) {
    for child in running.keys.sorted() {
      var word: Int32 = 0
      guard waitpid(child, &word, WNOHANG) == child, let task = running.removeValue(forKey: child)
      else { continue }
      let signal = word & 0x7f
      let code = (word >> 8) & 0xff
      if folder.isDone(task) {
        finish(task, isOurs: true)
      } else if isStopping {
        continue
      } else if signal != 0 || code == 137 {
        deaths[task, default: 0] += 1
        if deaths[task, default: 0] < Self.tries {
          report(.died(task, signal: signal == 0 ? SIGKILL : signal))
          waiting.insert(task, at: 0)
        } else {
          fail(task, "its process was ended \(Self.tries) times by signal \(signal)")
        }
      } else if code == CampaignError.busyTask("").exitCode {
        waiting.append(task)
        hasOthers = true
      } else {
        fail(task, folder.reason(task) ?? "its process ended with \(code); see \(folder.log(task))")
      }
    }
  }

  private func finish(_ task: CampaignTask, isOurs: Bool) {
    done += 1
    doneHere += isOurs ? 1 : 0
    let left = total - done - failures.count
    let perTask = clock.wallSeconds / Double(max(1, doneHere))
    report(
      .finished(
        task, progress: Progress(done: done, total: total, secondsLeft: perTask * Double(left))))
  }

  private func fail(_ task: CampaignTask, _ reason: String) {
    failures.append(task.id)
    report(.failed(task, reason: reason))
  }
}

/// Starting a program that outlives a killed parent and hears no ctrl-C of its terminal.
enum ChildProcess {
  /// Starts a program in a process group of its own, its output added to a log.
  static func start(_ program: String, _ arguments: [String], log: String) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_APPEND, 0o644)
    posix_spawn_file_actions_adddup2(&actions, 1, 2)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP))
    let words = ([program] + arguments).map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    var child = pid_t()
    let failure = posix_spawn(&child, program, &actions, &attributes, words, environ)
    guard failure == 0 else {
      throw CampaignError.cannotStart(
        program: program, reason: String(cString: strerror(failure)).lowercased())
    }
    return child
  }
}
