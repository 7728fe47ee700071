// One page of the report: sections of notes, plots and tables, written as self-contained HTML.

import Evidence
import Inquiry

/// A page of the report before it is HTML.
struct Page {
  /// What a section holds, in order.
  enum Block {
    case heading(String)
    case text(String)
    case link(String, to: String)
    case plot(Plot)
    case table(Table, isSortable: Bool = false)
    case findings([Finding], isFilterable: Bool = false)
  }

  struct Section {
    let id: String
    let title: String
    var notes: [String] = []
    /// A warning that stands above everything in the section.
    var banner: String?
    /// Whether the section is set apart, so that its numbers are not read as the study's.
    var isApart = false
    var blocks: [Block] = []

    /// The rows of the section's only table.
    fileprivate var size: Int? {
      let sizes = blocks.compactMap { block in
        switch block {
        case .table(let table, _): table.rows.count
        case .findings(let findings, _): findings.count
        default: nil
        }
      }
      return sizes.count == 1 ? sizes[0] : nil
    }
  }

  let title: String
  /// The way back to the folder of the index: empty, or `../`.
  let root: String
  /// Whether the page has the index above it.
  var isBelowIndex = false
  var kind: String?
  var heading: String
  var lead: String?
  var summary: [Dossier.Field] = []
  var counts: [(number: String, label: String)] = []
  var sections: [Section] = []

  init(title: String, root: String, heading: String) {
    self.title = title
    self.root = root
    self.heading = heading
  }
}

/// Writes pages: the templates, and where the entities of a report have pages of their own.
struct PageWriter {
  let templates: Templates
  let version: String
  let origin: String
  /// The entities with a page.
  let pages: Set<EntityReference>
  /// What an entity is called.
  let label: (EntityReference) -> String

  /// The whole page as HTML.
  func html(_ page: Page) throws(RenderError) -> String {
    let hasSortable = page.sections.contains { section in
      section.blocks.contains { block in
        switch block {
        case .table(_, true), .findings(_, true): true
        default: false
        }
      }
    }
    var values: [String: Any] = [
      "title": page.title, "root": page.root, "heading": page.heading, "css": templates.css,
      "version": version, "origin": origin,
      "hasSummary": !page.summary.isEmpty,
      "summary": page.summary.map { field in
        ["title": field.title, "cell": view(field.cell, root: page.root)]
      },
      "hasCounts": !page.counts.isEmpty,
      "counts": page.counts.map { ["number": $0.number, "label": $0.label] },
      "hasContents": page.sections.count > 1,
      "contents": page.sections.map { ["id": $0.id, "title": $0.title] },
      "sections": page.sections.map { view($0, root: page.root) },
      "trail": page.isBelowIndex ? [["name": page.heading]] : [],
    ]
    values["kind"] = page.kind
    values["lead"] = page.lead
    if hasSortable { values["js"] = templates.js }
    return try templates.render("page", values)
  }

  private func view(_ section: Page.Section, root: String) -> [String: Any] {
    var values: [String: Any] = [
      "id": section.id, "title": section.title, "notes": section.notes,
      "isApart": section.isApart,
      "blocks": section.blocks.map { block -> [String: Any] in
        switch block {
        case .heading(let text): return ["heading": text]
        case .text(let text): return ["text": text]
        case .link(let text, let address): return ["link": ["shown": text, "address": address]]
        case .plot(let plot):
          return ["plot": ["svg": plot.svg(), "caption": plot.caption]]
        case .table(let table, let isSortable):
          var values = view(table, root: root, isSortable: isSortable)
          values["isQuiet"] = table.title == section.title
          return ["table": values]
        case .findings(let findings, let isFilterable):
          return ["findings": view(findings, root: root, isFilterable)]
        }
      },
    ]
    values["banner"] = section.banner
    if let size = section.size, size > 11 { values["size"] = "\(size)" }
    return values
  }

  private func view(_ table: Table, root: String, isSortable: Bool) -> [String: Any] {
    let (table, constants) = table.withoutBlankColumns.liftingConstants
    let isWide = table.columns.count > 3
    return [
      "caption": table.title, "hasThroughout": !constants.isEmpty,
      "throughout": constants.map { column, cell in
        ["title": column.heading, "cell": view(cell, root: root)]
      },
      "classes": isWide
        ? (table.columns.count > 8 && table.rows.count <= 12 ? "stacked broad" : "stacked")
        : table.columns.count == 2 ? "narrow pair" : "narrow",
      "isWide": isWide, "isSortable": isSortable,
      "columns": table.columns.map {
        ["title": $0.heading, "isRight": $0.alignment == .right] as [String: Any]
      },
      "rows": table.rows.map { row in
        ["cells": row.enumerated().map { view($1, at: $0, of: table, root: root, isSortable) }]
      },
    ]
  }

  private func view(
    _ cell: Table.Cell, at index: Int, of table: Table, root: String, _ isSortable: Bool
  ) -> [String: Any] {
    var values = view(cell, root: root)
    let column = table.columns[index]
    values["label"] = column.heading
    values["isHeader"] = index == 0
    var classes: [String] = []
    if column.alignment == .right { classes.append("right") }
    if case .number = cell { classes.append("number") }
    if cell == .blank { classes.append("empty") }
    if column.key == "severity" { classes.append("severity-\(cell.shown)") }
    if !classes.isEmpty { values["class"] = classes.joined(separator: " ") }
    if isSortable {
      switch cell {
      case .number(let value, _): values["order"] = "\(value)"
      case .notReported, .notApplicable: values["order"] = "\u{fffd}"
      default: break
      }
    }
    return values
  }

  private func view(
    _ findings: [Finding], root: String, _ isFilterable: Bool
  ) -> [String: Any] {
    [
      "isFilterable": isFilterable,
      "items": findings.map { finding -> [String: Any] in
        [
          "summary": finding.summary, "severity": finding.severity.rawValue,
          "confidence": finding.confidence.rawValue, "kind": finding.kind.rawValue,
          "computation": finding.computation, "resolution": finding.resolution,
          "rule": finding.rule,
          "subjects": finding.subjects.filter(pages.contains).map { subject in
            ["href": root + Self.path(of: subject), "name": label(subject)]
          },
          "evidence": finding.evidence.map { evidence in
            [
              "what": evidence.what, "printed": evidence.printed,
              "place": evidence.at.description,
            ]
          },
        ]
      },
    ]
  }

  /// A cell with its link, if its entity has a page or its address is one of the web.
  private func view(_ cell: Table.Cell, root: String) -> [String: Any] {
    var values: [String: Any] = ["shown": cell.shown]
    switch cell {
    case .entity(_, let entity) where pages.contains(entity):
      values["href"] = root + Self.path(of: entity)
    case .entities(let list, let separator):
      values["names"] = list.enumerated().map { index, named -> [String: Any] in
        var name: [String: Any] = ["name": named.name, "before": index == 0 ? "" : separator]
        if pages.contains(named.entity) { name["page"] = root + Self.path(of: named.entity) }
        return name
      }
    case .link(_, let address)
    where address.hasPrefix("https://") || address.hasPrefix("http://"):
      values["href"] = address
      values["isOutside"] = true
    case .notReported: values["absence"] = "nr"
    case .notApplicable: values["absence"] = "na"
    default: values["plain"] = true
    }
    return values
  }

  /// Where the page of an entity lies in the report's folder.
  static func path(of entity: EntityReference) -> String {
    let name = String(
      entity.id.unicodeScalars.map { scalar in
        scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
          || scalar == "-" || scalar == "." ? Character(scalar) : "_"
      })
    let safe = name.hasPrefix(".") ? "_" + name.dropFirst() : name
    return "\(entity.kind.rawValue)/\(safe).html"
  }
}

extension Table {
  /// The table without the columns that say the same in every row, and these columns with what
  /// they say. Only wide tables are made narrower so, and their first column stays.
  fileprivate var liftingConstants: (table: Table, constants: [(column: Column, cell: Cell)]) {
    guard columns.count > 6, rows.count > 2 else { return (self, []) }
    let constant = columns.indices.dropFirst().filter { column in
      rows.allSatisfy { $0[column] == rows[0][column] }
    }
    let kept = columns.indices.filter { !constant.contains($0) }
    let narrow = Table(
      title: title, columns: kept.map { columns[$0] },
      rows: rows.map { row in kept.map { row[$0] } })
    return (narrow, constant.map { (columns[$0], rows[0][$0]) })
  }
}

extension Table.Column {
  /// The title, or the key where a listing for terminals goes without one.
  fileprivate var heading: String {
    title.isEmpty ? key.prefix(1).uppercased() + key.dropFirst() : title
  }
}
