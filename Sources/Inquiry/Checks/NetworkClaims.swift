// What is said of networks beside each other: which came before which, and which are heavy.

import Evidence

extension RuleCheck {
  /// Networks called the predecessors of one of the same year.
  static let predecessors = RuleCheck("predecessors") { corpus, _ in
    corpus.statements("definition").compactMap { statement -> Draft? in
      guard statement.text("property") == "predecessors",
        let entity = statement.text("of").flatMap({ EntityReference(parsing: $0) }),
        let own = corpus.printedYear(of: entity.id, in: statement.source)
      else { return nil }
      let late = statement["value"].compactMap { id in
        corpus.printedYear(of: id, in: statement.source).map { (id: id, fact: $0) }
      }.filter { ($0.fact.number ?? 0) >= (own.number ?? 0) }
      guard !late.isEmpty else { return nil }
      let name = corpus.name(.backbone, entity.id)
      let others = late.map { corpus.name(.backbone, $0.id) }
      let editions = ([entity.id] + late.map(\.id)).compactMap { id in
        corpus.knowledge.backbone(id)?.facts.first { $0.about == "ilsvrc-rank" }?.edition
      }
      return Draft(
        key: entity.id,
        subjects: [entity] + late.map { EntityReference(.backbone, $0.id) },
        summary: "\(statement.at.label) calls \(listed(others)) "
          + "\(others.count == 1 ? "a predecessor" : "predecessors") of \(name); the source dates "
          + "\(others.count == 1 ? "it" : "them") as late as \(name)",
        computation: "\(name) \(own.printed), "
          + late.map { "\(corpus.name(.backbone, $0.id)) \($0.fact.printed)" }
          .joined(separator: ", ")
          + (editions.count > 1 && Set(editions).count == 1
            ? "; both entered the challenge of \(editions[0])" : ""),
        resolution: "contemporary instead of predecessor",
        evidence: [
          Finding.Evidence(
            "predecessors of \(name)", statement.text("printed") ?? "", at: statement.at),
          Finding.Evidence("year of \(name)", own.printed, at: own.at),
        ]
          + late.map {
            Finding.Evidence(
              "year of \(corpus.name(.backbone, $0.id))", $0.fact.printed, at: $0.fact.at)
          })
    }
  }

  /// Networks called too heavy for small devices that are smaller, by their definitions, than ones
  /// the same source recommends as light.
  static let heavyNetworks = RuleCheck("heavy-networks") { corpus, _ in
    let recommended = corpus.statements("definition").filter {
      $0.text("of") == "light-networks" && $0.text("property") == "members"
    }
    return corpus.statements("citation").filter { $0.text("property") == "heavy" }.compactMap {
      statement -> Draft? in
      guard let light = recommended.first(where: { $0.source == statement.source }) else {
        return nil
      }
      let heavy = statement["about"].compactMap { EntityReference(parsing: $0) }
        .filter { $0.kind == .backbone }.compactMap { entity in
          corpus.smallest(of: entity.id).map { (id: entity.id, named: $0.id, facts: $0.facts) }
        }
      let lights = light["value"].compactMap { id in
        corpus.architectures[id].map { (id: id, facts: $0) }
      }
      let pairs = heavy.compactMap { one in
        lights.first {
          $0.facts.parameters > one.facts.parameters
            && $0.facts.multiplyAdds > one.facts.multiplyAdds
        }.map { (heavy: one, light: $0) }
      }
      guard !pairs.isEmpty else { return nil }
      let name = { (id: String) in corpus.name(.backbone, id) }
      let size = { (id: String, facts: ArchitectureFacts) in
        "\(name(id)) \(metric(Double(facts.parameters))) parameters and "
          + "\(metric(Double(facts.multiplyAdds))) multiply-adds"
      }
      return Draft(
        key: statement.id,
        subjects: ordered(
          pairs.flatMap {
            [EntityReference(.backbone, $0.heavy.id), EntityReference(.backbone, $0.light.id)]
          }),
        severity: .low,
        summary:
          "\(statement.at.label) counts \(listed(pairs.map { name($0.heavy.id) })) among the "
          + "networks too heavy for mobile use; \(light.at.label) recommends "
          + "\(listed(ordered(pairs.map { name($0.light.id) }))) as light, which has more "
          + "parameters and does more work per image",
        computation: ordered(
          pairs.map { size($0.heavy.named, $0.heavy.facts) }
            + pairs.map { size($0.light.id, $0.light.facts) }
        ).joined(separator: ", "),
        resolution: "judging networks by parameters and work instead of by the number of layers",
        evidence: [
          Finding.Evidence(
            "heavy", listed(heavy.map { name($0.id) }), at: statement.at),
          Finding.Evidence("light", listed(light["value"].map(name)), at: light.at),
        ])
    }
  }
}

extension Corpus {
  /// The year a source prints for a network.
  fileprivate func printedYear(of id: String, in source: String) -> Fact? {
    knowledge.backbone(id)?.facts.first { fact in
      fact.about == "year" && fact.at.source == source && fact.number != nil
        && fact.uncertain == nil
    }
  }

  /// The network of a family, or the network itself, with the fewest parameters.
  fileprivate func smallest(of id: String) -> (id: String, facts: ArchitectureFacts)? {
    if let own = architectures[id] { return (id, own) }
    return knowledge.backbones.filter { $0.family == id }.compactMap { member in
      architectures[member.id].map { (member.id, $0) }
    }.min { ($0.1.parameters, $0.0) < ($1.1.parameters, $1.0) }
  }
}
