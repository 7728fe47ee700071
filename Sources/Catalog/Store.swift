// The SQLite store: built from the data in one transaction, rebuilt when the data changed.

import Evidence
import Files
import Foundation
import GRDB

/// The store of one data origin. It can always be rebuilt from the data, so nothing is lost with it.
public final class Store {
  /// What a build did.
  public struct Build: Sendable {
    public let path: String
    public let fileCount: Int
    /// How many entities there are of each kind.
    public let counts: [(kind: EntityKind, count: Int)]
    public let claimCount: Int
    /// Whether anything had changed; false when the store was already current.
    public let isNew: Bool
  }

  /// Where the store lies; `:memory:` when it could not be kept.
  public let path: String
  /// A sentence for the user when something unusual happened on opening.
  public let notice: String?
  private let queue: DatabaseQueue

  private init(path: String, queue: DatabaseQueue, notice: String?) {
    self.path = path
    self.queue = queue
    self.notice = notice
  }

  /// Opens the store of an origin, building it first when it is missing, damaged or out of date.
  ///
  /// Where the store cannot be kept (a read-only home, a full disk) it is built in memory, and
  /// ``notice`` says so.
  /// - Throws: ``InvalidData`` when the data has mistakes.
  public static func open(_ origin: DataOrigin, at path: String) throws -> Store {
    do {
      return try openFile(origin, at: path).store
    } catch let error where error is DatabaseError || error is FileError {
      let queue = try DatabaseQueue(configuration: configuration)
      try build(origin, in: queue, force: true)
      return Store(
        path: ":memory:", queue: queue,
        notice:
          "working in memory, since \(CatalogError.store(path: path, reason: sentence(error)))")
    }
  }

  /// Builds the store of an origin, whether or not it is current.
  @discardableResult
  public static func build(_ origin: DataOrigin, at path: String, force: Bool) throws -> Build {
    do {
      let (store, isNew) = try openFile(origin, at: path, force: force)
      return try store.summary(isNew: isNew)
    } catch let error as DatabaseError {
      throw CatalogError.store(path: path, reason: sentence(error))
    }
  }

  private static func openFile(
    _ origin: DataOrigin, at path: String, force: Bool = false
  ) throws -> (store: Store, isNew: Bool) {
    try makeFolder(parentFolder(of: path))
    do {
      let queue = try DatabaseQueue(path: path, configuration: configuration)
      let isNew = try build(origin, in: queue, force: force)
      return (Store(path: path, queue: queue, notice: nil), isNew)
    } catch let error as DatabaseError
      where [.SQLITE_CORRUPT, .SQLITE_NOTADB].contains(error.resultCode)
    {
      let aside = path + ".damaged"
      for suffix in ["", "-wal", "-shm"] { unlink(aside + suffix) }
      for suffix in ["-wal", "-shm"] { unlink(path + suffix) }
      guard rename(path, aside) == 0 else { throw error }
      let queue = try DatabaseQueue(path: path, configuration: configuration)
      try build(origin, in: queue, force: true)
      let notice = "the store was damaged (kept as \(aside)); it has been built anew"
      return (Store(path: path, queue: queue, notice: notice), true)
    }
  }

  private static var configuration: Configuration {
    var configuration = Configuration()
    configuration.foreignKeysEnabled = true
    configuration.busyMode = .timeout(20)
    configuration.prepareDatabase { try $0.execute(sql: "PRAGMA cache_size = -8000") }
    return configuration
  }

  /// Fills the store in one transaction when it is out of date; whether it was.
  @discardableResult
  private static func build(
    _ origin: DataOrigin, in queue: DatabaseQueue, force: Bool
  ) throws -> Bool {
    let stamp = "\(version) " + (try origin.stamp())
    if !force, try queue.read({ try isCurrent($0, stamp: stamp) }) { return false }
    if try queue.read({ try Schema.migrator.hasBeenSuperseded($0) }) {
      throw CatalogError.newerStore(path: queue.path)
    }
    let data = try loadData(origin)
    // Migrations look at the tables outside their transaction, so processes take turns.
    let turn = queue.path == ":memory:" ? nil : try FileLock(queue.path + ".lock", wait: true)
    defer { withExtendedLifetime(turn) {} }
    try Schema.migrator.migrate(queue)
    var isNew = true
    try queue.inTransaction(.immediate) { database in
      // Another process may have built it while this one waited for the lock.
      if !force, try isCurrent(database, stamp: stamp) {
        isNew = false
        return .rollback
      }
      try Filling(database).fill(data)
      for (key, value) in [
        ("stamp", stamp), ("origin", origin.name), ("files", "\(data.fileCount)"),
      ] {
        try database.execute(sql: "INSERT INTO meta VALUES (?, ?)", arguments: [key, value])
      }
      return .commit
    }
    return isNew
  }

  /// Raised when the tables' content is made differently from the same data.
  private static let version = 3

  private static func isCurrent(_ database: Database, stamp: String) throws -> Bool {
    guard try database.tableExists("meta") else { return false }
    let kept = try String.fetchOne(database, sql: "SELECT value FROM meta WHERE key = 'stamp'")
    return kept == stamp
  }

  private func summary(isNew: Bool) throws -> Build {
    try queue.read { database in
      let rows = try Row.fetchAll(
        database, sql: "SELECT kind, count(*) AS n FROM entity GROUP BY kind")
      let counts = Dictionary(
        uniqueKeysWithValues: rows.map { ($0["kind"] as String, $0["n"] as Int) })
      return Build(
        path: path,
        fileCount: try Int.fetchOne(
          database, sql: "SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'files'") ?? 0,
        counts: EntityKind.allCases.map { ($0, counts[$0.rawValue] ?? 0) },
        claimCount: try Int.fetchOne(database, sql: "SELECT count(*) FROM claim") ?? 0,
        isNew: isNew)
    }
  }

  // MARK: Reading

  /// Runs a query on the store.
  package func read<Value>(_ query: (Database) throws -> Value) throws -> Value {
    do {
      return try queue.read(query)
    } catch let error as DatabaseError {
      throw CatalogError.store(path: path, reason: Self.sentence(error))
    }
  }

  /// Everything in the store as values.
  public func knowledge() throws -> KnowledgeBase {
    let decoder = JSONDecoder()
    return try read { database in
      func all<Entity: Decodable & Sendable>(
        _ kind: EntityKind, _ type: Entity.Type
      ) throws -> [Entity] {
        let texts = try String.fetchAll(
          database, sql: "SELECT json FROM entity WHERE kind = ? ORDER BY id",
          arguments: [kind.rawValue])
        return try parallelMap(texts) { try decoder.decode(Entity.self, from: Data($0.utf8)) }
      }
      return KnowledgeBase(
        sources: try all(.source, Source.self), references: try all(.reference, Reference.self),
        tasks: try all(.task, Term.self), modalities: try all(.modality, Term.self),
        techniques: try all(.technique, Technique.self),
        backbones: try all(.backbone, Backbone.self), datasets: try all(.dataset, Dataset.self),
        studies: try all(.study, Study.self), challenges: try all(.challenge, Topic.self),
        recommendations: try all(.recommendation, Topic.self),
        statements: try all(.statement, Statement.self))
    }
  }

  /// The documents of a folder of the data (`recipes`, `rules`, `checklists`), sorted by path.
  public func documents(in folder: String) throws -> [DataOrigin.File] {
    try read { database in
      try Row.fetchAll(
        database, sql: "SELECT path, text FROM document WHERE path LIKE ? ORDER BY path",
        arguments: [folder + "/%"]
      ).map { DataOrigin.File(path: $0["path"], text: $0["text"]) }
    }
  }

  /// The entity that a typed name means: its id, name or an alias, whatever the case and spacing.
  /// - Throws: ``CatalogError/unknownName(kind:name:suggestion:)`` with the nearest name.
  public func resolve(_ name: String, _ kind: EntityKind) throws -> EntityReference {
    try read { database in
      let id = try String.fetchOne(
        database, sql: "SELECT id FROM alias WHERE kind = ? AND folded = ? ORDER BY id",
        arguments: [kind.rawValue, foldedName(name)])
      if let id { return EntityReference(kind, id) }
      let names = try String.fetchAll(
        database, sql: "SELECT name FROM alias WHERE kind = ? ORDER BY name",
        arguments: [kind.rawValue])
      throw CatalogError.unknownName(
        kind: kind.singular, name: name, suggestion: nearestName(to: name, in: names))
    }
  }

  private static func sentence(_ error: any Error) -> String {
    if let error = error as? DatabaseError { return error.message ?? "\(error.resultCode)" }
    return "\(error)"
  }
}
