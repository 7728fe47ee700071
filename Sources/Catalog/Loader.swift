// Loading a whole data folder: every file to its entity, every mistake with file and line.

import Evidence
import Yams

/// The data of an origin: its entities, and the documents that other modules read.
public struct LoadedData: Sendable {
  public let knowledge: KnowledgeBase
  /// Recipes, rules and checklists: path and text, sorted by path.
  public let documents: [DataOrigin.File]
  /// How many files were read.
  public let fileCount: Int
}

/// Loads and checks the data of an origin.
/// - Throws: ``InvalidData`` with every mistake found; ``FileError`` when a file is unreadable.
public func loadData(_ origin: DataOrigin) throws -> LoadedData {
  try loadData(files: origin.files(), root: origin == .bundled ? "Data" : origin.name)
}

/// Loads and checks data files that were read already; `root` begins their names in messages.
public func loadData(files: [DataOrigin.File], root: String) throws -> LoadedData {
  let reading = Reading()
  var loader = Loader(reading: reading, root: root)
  for file in files { loader.load(file) }
  reading.checkReferences(sources: loader.sources)
  if !reading.diagnostics.isEmpty { throw InvalidData(reading.diagnostics) }
  return LoadedData(
    knowledge: loader.knowledge, documents: loader.documents, fileCount: files.count)
}

private let documentFolders: Set<String> = ["recipes", "rules", "checklists"]

private struct Loader {
  let reading: Reading
  let root: String
  var sources: [Source] = []
  private var references: [Reference] = []
  private var tasks: [Term] = []
  private var modalities: [Term] = []
  private var techniques: [Technique] = []
  private var backbones: [Backbone] = []
  private var datasets: [Dataset] = []
  private var studies: [Study] = []
  private var challenges: [Topic] = []
  private var recommendations: [Topic] = []
  private var statements: [Statement] = []
  var documents: [DataOrigin.File] = []

  init(reading: Reading, root: String) {
    self.reading = reading
    self.root = root
  }

  var knowledge: KnowledgeBase {
    KnowledgeBase(
      sources: sources, references: references, tasks: tasks, modalities: modalities,
      techniques: techniques, backbones: backbones, datasets: datasets, studies: studies,
      challenges: challenges, recommendations: recommendations, statements: statements)
  }

  mutating func load(_ file: DataOrigin.File) {
    let name = "\(root)/\(file.path)"
    let parts = file.path.dropLast(".yaml".count).split(separator: "/").map(String.init)
    let spot = Reading.Spot(file: name, line: 0, field: "")
    if parts.count > 1, documentFolders.contains(parts[0]) {
      documents.append(file)
      return
    }
    guard parts.count > 1, let kind = EntityKind(rawValue: parts[0]) else {
      let folders = EntityKind.allCases.map(\.rawValue) + documentFolders.sorted()
      reading.report(
        "not in a folder of the data" + suggestion(for: parts[0], in: folders), at: spot)
      return
    }
    let depth = kind == .reference || kind == .statement ? 3 : 2
    guard parts.count == depth else {
      reading.report(
        depth == 3
          ? "belongs in \(kind.rawValue)/<source>/" : "belongs in \(kind.rawValue)/ itself",
        at: spot)
      return
    }
    do {
      guard let node = try Yams.compose(yaml: file.text) else {
        reading.report("the file is empty", at: spot)
        return
      }
      let fields = Fields(node, reading: reading, file: name, path: "")
      read(fields, kind: kind, parts: parts)
      fields.finish()
    } catch {
      reading.report(
        describe(error).message, at: .init(file: name, line: describe(error).line, field: ""))
    }
  }

  private mutating func read(_ fields: Fields, kind: EntityKind, parts: [String]) {
    switch kind {
    case .source: sources.append(Source(fields))
    case .reference: references.append(Reference(fields, source: parts[1]))
    case .task: tasks.append(Term(fields))
    case .modality: modalities.append(Term(fields))
    case .technique: techniques.append(Technique(fields))
    case .backbone: backbones.append(Backbone(fields))
    case .dataset: datasets.append(Dataset(fields))
    case .study: studies.append(Study(fields))
    case .challenge: challenges.append(Topic(fields))
    case .recommendation: recommendations.append(Topic(fields))
    case .statement: statements.append(Statement(fields, source: parts[1]))
    }
    if kind == .reference {
      let number = fields.int("number")
      reading.define(.init(kind, "\(parts[1])/\(number)"), at: fields.spot("number"))
      if Int(parts[2]) != number {
        fields.report("number", "the file is named \(parts[2]).yaml, so the number should be that")
      }
    } else {
      let id = fields.text("id")
      let isID =
        !id.isEmpty && id.allSatisfy { "abcdefghijklmnopqrstuvwxyz0123456789-.".contains($0) }
      if !id.isEmpty, !isID {
        fields.report("id", "'\(id)' may hold only lower-case letters, digits, hyphens and dots")
      } else if id != parts[parts.count - 1] {
        fields.report(
          "id", "the file is named \(parts[parts.count - 1]).yaml, so the id should be that")
      }
      reading.define(.init(kind, id), at: fields.spot("id"))
    }
    if kind == .reference || kind == .statement {
      reading.expect(EntityReference(.source, parts[1]), at: fields.spot("id"))
    }
  }

  private func describe(_ error: any Error) -> (message: String, line: Int) {
    guard let error = error as? YamlError else { return ("\(error)", 0) }
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      return ("not valid YAML: \(problem)", mark.line)
    case .duplicatedKeysInMapping(let duplicates, let context):
      let keys = duplicates.map { "'\($0)'" }.sorted().joined(separator: ", ")
      return ("the key \(keys) stands twice in one mapping", context.mark.line)
    default:
      return ("not valid YAML: \(error)", 0)
    }
  }
}
