// The plan of a campaign: every task, sorted, in a plain file that knows its own hash.

import Files
import Foundation

/// All tasks of a campaign.
package struct CampaignPlan: Sendable {
  /// By recipe, variation, set-up and seed.
  package let tasks: [CampaignTask]

  package init(setups: [CampaignSetup], seeds: Int) {
    var seen = Set<CampaignSetup>()
    let unique = setups.filter { seen.insert($0).inserted }
    tasks =
      unique.sorted {
        ($0.recipe, $0.variation ?? "", $0.id) < ($1.recipe, $1.variation ?? "", $1.id)
      }
      .flatMap { setup in (1...max(1, seeds)).map { CampaignTask(setup: setup, seed: $0) } }
  }

  /// Every set-up once, with its tasks in the order of the seeds.
  package var setups: [(setup: CampaignSetup, tasks: [CampaignTask])] {
    var groups: [(setup: CampaignSetup, tasks: [CampaignTask])] = []
    for task in tasks {
      if groups.last?.setup == task.setup {
        groups[groups.count - 1].tasks.append(task)
      } else {
        groups.append((task.setup, [task]))
      }
    }
    return groups
  }

  /// The task of an id, or of a number from 1 as schedulers count.
  package func task(named name: String) throws(CampaignError) -> CampaignTask {
    if let number = Int(name) {
      guard tasks.indices.contains(number - 1) else {
        throw .unknownTask(name: name, count: tasks.count)
      }
      return tasks[number - 1]
    }
    guard let task = tasks.first(where: { $0.id == name }) else {
      throw .unknownTask(name: name, count: tasks.count)
    }
    return task
  }

  // MARK: The file

  /// A header with the hash of what follows, then one JSON object a line.
  package var text: String {
    let lines = tasks.map { Self.line(Entry(id: $0.id, seed: $0.seed, setup: $0.setup)) + "\n" }
      .joined()
    let header = Header(
      campaign: Header.version, sha256: SHA256.hex(lines), tasks: tasks.count)
    return Self.line(header) + "\n" + lines
  }

  /// Reads a plan's text; `file` names it in messages.
  package init(_ text: String, file: String) throws(CampaignError) {
    let body = text.drop { $0 != "\n" }.dropFirst()
    let decoder = JSONDecoder()
    guard
      let header = try? decoder.decode(
        Header.self, from: Data(text.prefix { $0 != "\n" }.utf8)),
      header.campaign == Header.version
    else { throw .badPlan(path: file, reason: "its first line is not a plan's") }
    guard header.sha256 == SHA256.hex(String(body)) else {
      throw .badPlan(path: file, reason: "its lines are not those it was written with")
    }
    var tasks: [CampaignTask] = []
    for (number, line) in body.split(separator: "\n").enumerated() {
      guard let entry = try? decoder.decode(Entry.self, from: Data(line.utf8)) else {
        throw .badPlan(path: file, reason: "line \(number + 2) is not a task")
      }
      let task = CampaignTask(setup: entry.setup, seed: entry.seed)
      guard task.id == entry.id else {
        throw .badPlan(path: file, reason: "line \(number + 2) has the id of another task")
      }
      tasks.append(task)
    }
    self.tasks = tasks
  }

  private struct Header: Codable {
    static let version = 1
    let campaign: Int
    let sha256: String
    let tasks: Int
  }

  private struct Entry: Codable {
    let id: String
    let seed: Int
    let setup: CampaignSetup
  }

  private static func line(_ value: some Encodable) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return (try? encoder.encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? ""
  }
}
