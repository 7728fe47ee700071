// How tables were set: shared cells, columns under a wrong heading, readings left in doubt.

import Evidence

extension RuleCheck {
  /// Neighbouring rows of different studies whose cells were set as one.
  static let sharedCell = RuleCheck("shared-cell") { corpus, _ in
    struct Doubtful {
      let study: Study
      let appearance: Study.Appearance
      let because: String
    }
    let all = corpus.knowledge.studies.flatMap { study in
      study.appearances.compactMap { appearance -> Doubtful? in
        guard appearance.at.place.hasPrefix("table"), appearance.at.row != nil,
          let doubt = appearance.uncertain
        else { return nil }
        return Doubtful(study: study, appearance: appearance, because: doubt.because)
      }
    }.sorted { $0.appearance.at < $1.appearance.at }
    return zip(all, all.dropFirst()).compactMap { one, other in
      guard one.because == other.because, one.study.id != other.study.id,
        one.appearance.at.source == other.appearance.at.source,
        one.appearance.at.place == other.appearance.at.place,
        (one.appearance.at.row ?? 0) + 1 == other.appearance.at.row
      else { return nil }
      let rows = "rows \(one.appearance.at.row ?? 0) and \(other.appearance.at.row ?? 0)"
      let printed = [one, other].map { row in
        row.appearance.names.map(\.printed).joined(separator: "; ")
      }
      return Draft(
        key: "\(one.appearance.at.place).\(one.appearance.at.row ?? 0)",
        subjects: [one, other].map { EntityReference(.study, $0.study.id) },
        confidence: .medium,
        summary: "\(Place.title(of: one.appearance.at.place)), \(rows): cells of "
          + "\(one.study.title) and \(other.study.title) are set as one",
        computation: one.because,
        resolution: "the table as the authors submitted it",
        evidence: zip([one, other], printed).map {
          Finding.Evidence($0.study.authors, $1, at: $0.appearance.at)
        })
    }
  }

  /// Recommendations that stand in a column headed as something else.
  static let columnHeading = RuleCheck("column-heading", parameters: ["headings"]) { corpus, rule in
    let all = corpus.knowledge.recommendations.flatMap { topic in topic.at.map { (topic, $0) } }
    let wrong = all.filter { _, at in
      at.column.map { column in
        rule.words("headings").contains { foldedName($0) == foldedName(column) }
      }
        ?? false
    }
    return ordered(wrong.map { Place(source: $0.1.source, place: $0.1.place, column: $0.1.column) })
      .map { column in
        let same = wrong.filter { $0.1.place == column.place && $0.1.column == column.column }
        return Draft(
          key: "\(column.source).\(column.place)",
          subjects: ordered(same.map { EntityReference(.recommendation, $0.0.id) }),
          summary: "\(Place.title(of: column.place)): the column \"\(column.column ?? "")\" holds "
            + "recommendations",
          computation:
            "\(same.count) recommendations in \(same.count == 1 ? "one cell" : "its cells"): "
            + ordered(same.map(\.0.name)).joined(separator: "; "),
          resolution: "a heading such as Recommendation",
          evidence: same.map { Finding.Evidence("recommendation", $0.0.name, at: $0.1) })
      }
  }

  /// Every reading that the data marks as uncertain with another reading beside it.
  static let doubtfulReading = RuleCheck("doubtful-reading") { corpus, _ in
    corpus.knowledge.studies.flatMap { study in
      study.appearances.compactMap { appearance -> Draft? in
        guard let doubt = appearance.uncertain else { return nil }
        return Draft(
          key: "\(study.id).\(appearance.key)", subjects: [EntityReference(.study, study.id)],
          confidence: .low,
          summary: "\(appearance.at.label), \(study.title): the reading is uncertain",
          computation: doubt.because,
          resolution: doubt.alternative.map { "the other reading: \($0)" } ?? "the primary paper",
          evidence: appearance.names.map {
            Finding.Evidence($0.entity.kind.singular, $0.printed, at: appearance.at)
          })
      }
    }
  }
}
