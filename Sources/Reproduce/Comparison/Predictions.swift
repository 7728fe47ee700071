// What a trained model said of every test image, so that any metric can be computed later.

import Files
import Foundation
import Imaging

/// One test image's prediction.
package struct Prediction: Hashable, Sendable {
  package let sample: String
  package let fold: Int
  /// Index of the true class.
  package let label: Int
  /// Indices of the outputs that the image shows, where it may show several; nil otherwise.
  package let findings: [Int]?
  /// One per class, adding up to 1; where an image may show several findings, each of its own.
  package let probabilities: [Float]
  /// What the bootstrap keeps together; nil where each image is on its own.
  package let patient: String?

  package init(
    sample: String, fold: Int, label: Int, findings: [Int]? = nil, probabilities: [Float],
    patient: String? = nil
  ) {
    self.sample = sample
    self.fold = fold
    self.label = label
    self.findings = findings
    self.probabilities = probabilities
    self.patient = patient
  }

  /// The most probable class, the first of equals.
  package var predicted: Int {
    var best = 0
    for index in probabilities.indices where probabilities[index] > probabilities[best] {
      best = index
    }
    return best
  }
}

/// The predictions of one seed, in the order of folds and samples.
package struct Predictions: Sendable {
  package let classes: [String]
  package let rows: [Prediction]

  package init(classes: [String], rows: [Prediction]) {
    self.classes = classes
    self.rows = rows
  }

  /// The wrong predictions, the surest first; none where an image may show several classes.
  package func worstErrors(_ limit: Int) -> [Prediction] {
    surest(limit) { $0.predicted != $0.label }
  }

  /// The right predictions, the surest first.
  package func surest(_ limit: Int) -> [Prediction] {
    surest(limit) { $0.predicted == $0.label }
  }

  private func surest(_ limit: Int, where isWanted: (Prediction) -> Bool) -> [Prediction] {
    let wanted = rows.indices.filter { rows[$0].findings == nil && isWanted(rows[$0]) }
    let surest = wanted.sorted { a, b in
      let (p, q) = (
        rows[a].probabilities[rows[a].predicted], rows[b].probabilities[rows[b].predicted]
      )
      return p == q ? a < b : p > q
    }
    return surest.prefix(limit).map { rows[$0] }
  }

  /// Whether an image may show several of the classes.
  package var isMultiLabel: Bool { rows.contains { $0.findings != nil } }

  /// RFC 4180 with a header: sample, fold, label, the patient where one is known, one column per
  /// class. Several findings of an image stand in the label with `|` between them.
  package var csv: String {
    let hasPatients = rows.contains { $0.patient != nil }
    let header = ["sample", "fold", "label"] + (hasPatients ? ["patient"] : []) + classes
    let lines = rows.map { row in
      let label =
        row.findings.map { $0.map { classes[$0] }.joined(separator: "|") } ?? classes[row.label]
      return [Self.quoted(row.sample), "\(row.fold)", Self.quoted(label)]
        + (hasPatients ? [Self.quoted(row.patient ?? "")] : [])
        + row.probabilities.map { "\($0)" }
    }
    return ([header.map(Self.quoted)] + lines)
      .map { $0.joined(separator: ",") + "\r\n" }.joined()
  }

  /// Reads the file that ``csv`` makes.
  /// - Throws: ``ReproduceError/badRecord(path:reason:)`` for a cell that is none of the classes or
  ///   no number.
  package static func read(_ path: String, classes: [String]) throws -> Predictions {
    let table = try CSVTable(path: path)
    func bad(_ row: Int, _ what: String) -> ReproduceError {
      .badRecord(path: path, reason: "line \(table.lines[row]): \(what)")
    }
    let sample = try table.column("sample")
    let fold = try table.column("fold")
    let label = try table.column("label")
    let columns = try classes.map { name in
      guard let index = table.columns.lastIndex(of: name) else {
        throw ReproduceError.badRecord(path: path, reason: "no column '\(name)'")
      }
      return index
    }
    let first = columns.min() ?? table.columns.count
    let patient = table.columns[..<first].firstIndex(of: "patient")
    let isMultiLabel = table.rows.contains { !classes.contains($0[label]) }
    let rows = try table.rows.indices.map { index in
      let cells = table.rows[index]
      let numbers = columns.compactMap { Float(cells[$0]) }
      guard numbers.count == columns.count, let number = Int(cells[fold]) else {
        throw bad(index, "a cell is no number")
      }
      let shown = isMultiLabel ? cells[label].split(separator: "|").map(String.init) : []
      let findings = shown.compactMap(classes.firstIndex)
      let own = isMultiLabel ? min(findings.count, 1) : classes.firstIndex(of: cells[label])
      guard let own, findings.count == shown.count else {
        throw bad(index, "'\(cells[label])' is none of the classes")
      }
      return Prediction(
        sample: cells[sample], fold: number, label: own, findings: isMultiLabel ? findings : nil,
        probabilities: numbers,
        patient: patient.flatMap { cells[$0].isEmpty ? nil : cells[$0] })
    }
    return Predictions(classes: classes, rows: rows)
  }

  private static func quoted(_ text: String) -> String {
    guard text.contains(where: { ",\"\r\n".contains($0) || $0 == "\r\n" }) else { return text }
    return "\""
      + text.split(separator: "\"", omittingEmptySubsequences: false)
      .joined(separator: "\"\"") + "\""
  }
}
