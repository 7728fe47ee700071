// "Many", "common", "no study" against counts and against the works cited beside them.

import Evidence

extension RuleCheck {
  /// "Many studies", "in skin, breast and eye": networks said to be common that are not.
  static let usageLevel = RuleCheck("usage-level", parameters: ["common"]) { corpus, rule in
    corpus.statements("usage").flatMap { statement -> [Draft] in
      let backbones = statement["backbones"]
      guard ["common", "dominant"].contains(statement.text("level") ?? ""), !backbones.isEmpty
      else { return [] }
      let isDoubtful = statement.uncertain != nil
      let tasks = statement["tasks"] + statement["task"]
      var drafts: [Draft] = []
      let name = { (id: String) in corpus.name(.backbone, id) }
      let evidence = [
        Finding.Evidence(
          "said to be \(statement.text("level") ?? "")",
          backbones.map(name).joined(separator: ", "), at: statement.at)
      ]
      let rare = backbones.map { id in
        (id, corpus.users(ofNetwork: id, task: nil, in: statement.source))
      }.filter { Double($0.1.count) < rule.number("common") }
      if !rare.isEmpty {
        let studies = Set(rare.flatMap { $0.1.map(\.id) }).sorted()
        drafts.append(
          Draft(
            key: "\(statement.id).rare",
            subjects: rare.map { EntityReference(.backbone, $0.0) }
              + studies.map { EntityReference(.study, $0) },
            confidence: isDoubtful ? .low : .medium, severity: isDoubtful ? .low : nil,
            summary: "\(statement.at.label) says that \(listed(backbones.map(name))) are used in "
              + "many studies; "
              + listed(
                rare.map { id, users in
                  users.isEmpty ? "no study uses \(name(id))" : "\(name(id)) is in \(users.count)"
                }),
            computation: backbones.map { id in
              let users = corpus.users(ofNetwork: id, task: nil, in: statement.source)
              return "\(name(id)) \(users.count)"
            }.joined(separator: ", ") + " studies",
            resolution: "naming the networks that the tables show", evidence: evidence))
      }
      let pairs = backbones.flatMap { id in
        tasks.filter { corpus.users(ofNetwork: id, task: $0, in: statement.source).isEmpty }
          .map { (id, $0) }
      }
      if !pairs.isEmpty {
        drafts.append(
          Draft(
            key: "\(statement.id).tasks",
            subjects: ordered(pairs.map { EntityReference(.backbone, $0.0) })
              + ordered(pairs.map { EntityReference(.task, $0.1) }),
            // That each of them is used for each task is one reading.
            confidence: .low, severity: .low,
            summary: "\(statement.at.label) says that \(listed(backbones.map(name))) are used for "
              + "\(listed(tasks.map { corpus.name(.task, $0) })); no study uses "
              + listed(pairs.map { "\(name($0.0)) for \(corpus.name(.task, $0.1))" }),
            computation: backbones.map { id in
              "\(name(id)): "
                + tasks.map { task in
                  let users = corpus.users(ofNetwork: id, task: task, in: statement.source)
                  return "\(users.count) \(task)"
                }.joined(separator: ", ")
            }.joined(separator: "; "),
            resolution: "naming the networks that the tables show for each task",
            evidence: evidence))
      }
      return drafts
    }
  }

  /// "No study": said beside the citation of one whose title has the very subject.
  static let citedAbsence = RuleCheck("cited-absence", parameters: ["words"]) { corpus, rule in
    corpus.statements("usage").compactMap { statement in
      guard statement.text("level") == "none", statement.text("authors") == nil,
        let property = statement.text("property")
      else { return nil }
      let words = property.split(separator: "-").map { foldedName(String($0)) }
      let cited = statement.numbers("citations").compactMap {
        corpus.reference($0, of: statement.source)
      }.filter { reference in
        let title = reference.title.split { !$0.isLetter }.map { foldedName(String($0)) }
        return Double(words.filter(title.contains).count) >= rule.number("words")
      }
      guard let first = cited.first else { return nil }
      return Draft(
        key: statement.id, subjects: cited.map { EntityReference(.reference, $0.id) },
        confidence: .medium,
        summary: "\(statement.at.label) says that no study looks at "
          + "\(property.replacing("-", with: " ")), citing [\(first.number)], whose title is of it",
        computation: "\"\(first.title)\" holds "
          + listed(
            words.filter {
              first.title.lowercased().contains($0)
            }),
        resolution: "few instead of none",
        evidence: [
          Finding.Evidence("level", "none", at: statement.at),
          Finding.Evidence(
            "title of [\(first.number)]", first.title,
            at: Place(source: first.source, place: "references", row: first.number)),
        ])
    }
  }
}
