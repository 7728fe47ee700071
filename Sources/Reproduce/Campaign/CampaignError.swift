// What can go wrong with a campaign, each with its sentence and exit code.

/// A failure that a user can mend; its description says what and how.
package enum CampaignError: Error, Equatable, CustomStringConvertible {
  case badPlan(path: String, reason: String)
  case unknownTask(name: String, count: Int)
  case busyTask(String)
  case badDataPath(String, recipes: [String])
  case staleResult(path: String, what: String)
  case unfinished(done: Int, total: Int, folder: String)
  case failed([String], folder: String)
  case stopped(folder: String)
  case cannotStart(program: String, reason: String)

  package var description: String {
    switch self {
    case .badPlan(let path, let reason):
      "\(path): not a usable plan (\(reason)); `tlkb campaign plan` writes it anew, "
        + "results that fit are kept"
    case .unknownTask(let name, let count):
      "no task is called '\(name)': give an id of `tlkb campaign status`, or a number "
        + "from 1 to \(count)"
    case .busyTask(let id): "the task \(id) is being run by another tlkb"
    case .badDataPath(let text, let recipes):
      "--data-path \(text): with several datasets it takes DATASET=PATH, one of "
        + recipes.joined(separator: ", ")
    case .staleResult(let path, let what):
      "\(path): made with other \(what) than there are now; remove it, and "
        + "`tlkb campaign run` makes it anew"
    case .unfinished(let done, let total, let folder):
      "\(done) of \(total) tasks are done; `tlkb campaign run \(folder)` runs the others"
    case .failed(let tasks, let folder):
      "\(tasks.count) \(tasks.count == 1 ? "task" : "tasks") failed: "
        + tasks.prefix(3).joined(separator: ", ") + (tasks.count > 3 ? ", …" : "")
        + "; `tlkb campaign status \(folder)` says why, `campaign run` tries again"
    case .stopped(let folder):
      "stopped; what was done is kept: `tlkb campaign run \(folder)` goes on"
    case .cannotStart(let program, let reason): "\(program) cannot be started: \(reason)"
    }
  }

  /// The code a process ends with, as sysexits has them; 1 for work that is not whole.
  package var exitCode: Int32 {
    switch self {
    case .badPlan, .staleResult: 65
    case .unknownTask, .badDataPath: 64
    case .busyTask: 75
    case .unfinished, .failed: 1
    case .stopped: 130
    case .cannotStart: 70
    }
  }
}
