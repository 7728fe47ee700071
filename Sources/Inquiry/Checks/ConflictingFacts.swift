// Facts of one dataset or network that exclude each other, lists that repeat or reorder a member.

import Evidence

/// The printed facts of one entity.
private struct Described {
  let entity: EntityReference
  let name: String
  let facts: [Fact]
}

extension Corpus {
  fileprivate var described: [Described] {
    knowledge.datasets.map {
      Described(entity: EntityReference(.dataset, $0.id), name: $0.name, facts: $0.facts)
    }
      + knowledge.backbones.map {
        Described(entity: EntityReference(.backbone, $0.id), name: $0.name, facts: $0.facts)
      }
  }
}

extension RuleCheck {
  /// A dataset or network with two values of one fact.
  static let conflictingFacts = RuleCheck("conflicting-facts", parameters: ["about", "of-parts"]) {
    corpus, rule in
    corpus.described.flatMap { entity in
      rule.words("about").compactMap { about -> Draft? in
        let facts = entity.facts.filter { $0.about == about && $0.than == nil && $0.label == nil }
        // What is said of the whole holds of its parts for some facts only.
        let holdsOfParts = rule.words("of-parts").contains(about)
        guard let one = facts.first(where: { $0.subset == nil }),
          let other = facts.first(where: {
            $0.value != one.value && $0.at.source == one.at.source
              && ($0.subset == nil || holdsOfParts)
          })
        else { return nil }
        let isDoubtful = [one, other].contains { $0.uncertain != nil }
        return Draft(
          key: "\(entity.entity.id).\(about)", subjects: [entity.entity],
          confidence: isDoubtful ? .low : .medium,
          summary: "\(entity.name): \(about.replacing("-", with: " ")) is printed as "
            + "\"\(one.printed)\" in \(one.at.label) and as \"\(other.printed)\""
            + (other.subset.map { " (\($0.replacing("-", with: " ")))" } ?? "")
            + (other.at == one.at ? " there too" : " in \(other.at.label)"),
          computation: "\(one.value.replacing("-", with: " ")) ≠ "
            + other.value.replacing("-", with: " ")
            + ([one, other].compactMap { $0.uncertain?.because }.first.map { "; \($0)" } ?? ""),
          resolution: "the publication of \(entity.name)",
          evidence: facts.map {
            Finding.Evidence("\(about) of \(entity.name)", $0.printed, at: $0.at)
          })
      }
    }
  }

  /// "A and A": two members of a printed pair that are one.
  static let repeatedMember = RuleCheck("repeated-member") { corpus, _ in
    corpus.described.flatMap { entity in
      entity.facts.compactMap { fact -> Draft? in
        let members = fact.printed.replacing(", ", with: " and ").split(separator: " and ").map {
          String($0.split(separator: "(")[0])
        }
        let folded = members.map(foldedName)
        guard
          let again = folded.indices.first(where: {
            !folded[$0].isEmpty && folded[..<$0].contains(folded[$0])
          })
        else { return nil }
        let member = members[again].filter { $0 != " " }
        return Draft(
          key: "\(entity.entity.id).\(fact.about)", subjects: [entity.entity], confidence: .medium,
          summary: "\(entity.name): \"\(fact.printed)\" in \(fact.at.label) names \(member) twice",
          computation: "\(members.count) members, \(Set(folded).count) different"
            + (fact.uncertain?.alternative.map { "; likely \($0)" } ?? ""),
          resolution: "the two that were meant, in the publication of \(entity.name)",
          evidence: [Finding.Evidence("\(fact.about) of \(entity.name)", fact.printed, at: fact.at)]
        )
      }
    }
  }

  /// The classes of a dataset in two orders: grades of severity that change places.
  static let classOrder = RuleCheck("class-order") { corpus, _ in
    corpus.statements("lists").compactMap { statement -> Draft? in
      guard statement.text("scope") == "classes",
        let dataset = statement.text("dataset").flatMap({ corpus.knowledge.dataset($0) })
      else { return nil }
      let own = dataset.labels.filter { $0.parent == nil }.map(\.id)
      let members = statement["members"]
      guard Set(own) == Set(members), own != members,
        let fact = dataset.counts.first(where: { $0.of == "classes" && $0.at != statement.at })
      else { return nil }
      let name = { (id: String) in dataset.labels.first { $0.id == id }?.name ?? id }
      return Draft(
        key: statement.id, subjects: [EntityReference(.dataset, dataset.id)], confidence: .medium,
        summary: "the classes of \(dataset.name) are "
          + "\(own.map(name).joined(separator: ", ")) in the text and "
          + "\(members.map(name).joined(separator: ", ")) in \(statement.at.label)",
        computation: zip(own, members).enumerated().filter { $1.0 != $1.1 }.map {
          "\($0 + 1): \(name($1.0)) ≠ \(name($1.1))"
        }.joined(separator: ", "),
        resolution: "the order of the grades in the publication of \(dataset.name)",
        evidence: [
          Finding.Evidence(
            "classes", members.map(name).joined(separator: ", "), at: statement.at),
          Finding.Evidence("number of classes", fact.printed, at: fact.at),
        ])
    }
  }
}
