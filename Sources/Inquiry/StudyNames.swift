// The studies that a typed name means: an id, a short author form, or the start of a surname.

import Catalog
import Evidence
import GRDB

extension Store {
  /// The studies of that name, sorted by id.
  /// - Throws: ``CatalogError/unknownName(kind:name:suggestion:)`` when there is none.
  func studies(named name: String) throws -> [EntityReference] {
    let folded = foldedName(name)
    let ids = try read { database in
      try String.fetchAll(
        database,
        sql: """
          SELECT DISTINCT id FROM alias WHERE kind = 'studies'
            AND (folded = ? OR (length(?) >= 3 AND folded LIKE ? || '%'))
          ORDER BY id
          """, arguments: [folded, folded, folded])
    }
    if ids.isEmpty { return [try resolve(name, .study)] }
    return ids.map { EntityReference(.study, $0) }
  }
}
