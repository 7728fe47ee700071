// Printed facts of networks: against the network's own definition, and against each other.

import Evidence

/// A number with the unit it would be printed with: `143.7 M`, `4.1 G`.
func metric(_ number: Double) -> String {
  let units: [(Double, String)] = [(1e9, "G"), (1e6, "M"), (1e3, "K")]
  for (size, unit) in units where abs(number) >= size { return "\(decimal(number / size)) \(unit)" }
  return decimal(number)
}

extension ArchitectureFacts {
  /// The fact that `about` names, as a number.
  fileprivate func value(_ about: String) -> Double? {
    switch about {
    case "parameters": Double(parameters)
    case "macs": Double(multiplyAdds)
    case "layers": Double(depth)
    case "conv-layers": Double(convolutions)
    case "fc-layers": Double(fullyConnected)
    case "pooling-layers": poolings.map(Double.init)
    case "dense-blocks": denseBlocks.map(Double.init)
    case "transition-blocks": transitionBlocks.map(Double.init)
    default: nil
    }
  }
}

extension RuleCheck {
  private static func word(_ about: String) -> String {
    about == "macs" ? "multiply-adds" : about.replacing("-", with: " ")
  }

  private static func evidence(_ backbone: Backbone, _ fact: Fact) -> Finding.Evidence {
    Finding.Evidence("\(word(fact.about)) of \(backbone.name)", fact.printed, at: fact.at)
  }

  /// A printed size of a network that its definition does not have.
  static let architectureFacts = RuleCheck(
    "architecture-facts", parameters: ["parameter-tolerance", "work-tolerance"]
  ) { corpus, rule in
    corpus.knowledge.backbones.flatMap { backbone in
      var seen: Set<String> = []
      return backbone.facts.compactMap { fact -> Draft? in
        guard fact.than == nil, let printed = fact.number, printed > 0,
          seen.insert("\(fact.about) \(fact.value)").inserted
        else { return nil }
        let own = definitions(of: backbone, corpus).compactMap { id, facts in
          facts.value(fact.about).map { (id: id, value: $0, facts: facts) }
        }
        let isSize = ["parameters", "macs"].contains(fact.about)
        let tolerance =
          isSize
          ? rule.number(fact.about == "macs" ? "work-tolerance" : "parameter-tolerance") : 0
        guard let nearest = own.min(by: { abs($0.value - printed) < abs($1.value - printed) }),
          abs(nearest.value - printed)
            > max(tolerance * nearest.value, isSize ? lastDigit(of: fact) / 2 : 0),
          !isConvention(fact, of: backbone, nearest.facts)
        else { return nil }
        let same = backbone.facts.filter { $0.about == fact.about && $0.value == fact.value }
        let other = isSize ? sibling(with: printed, fact.about, of: backbone, corpus) : nil
        let scale = isSize ? unitError(printed, nearest.value, tolerance) : nil
        let variant = rule.knownFacts.first { known in
          known.entity == EntityReference(.backbone, backbone.id) && known.about == fact.about
            && (Double(known.value).map { abs($0 - printed) <= 0.005 * $0 } ?? false)
        }
        let hint =
          variant.map { "; that is \($0.label ?? "another network") (\(metric(printed)))" }
          ?? other.map { "; that is \(corpus.name(.backbone, $0.id)) (\(metric($0.value)))" }
          ?? scale.map { "; the unit is off by \($0)" } ?? ""
        return Draft(
          key: "\(backbone.id).\(fact.about).\(foldedName(fact.printed))",
          subjects: [EntityReference(.backbone, backbone.id)]
            + (other.map { [EntityReference(.backbone, $0.id)] } ?? []),
          confidence: hint.isEmpty && isSize ? .medium : .high,
          summary: "\(backbone.name): \(word(fact.about)) printed as \(fact.printed) in "
            + "\(listed(same.map(\.at.label))); its definition has \(metric(nearest.value))\(hint)",
          computation: "\(corpus.name(.backbone, nearest.id)) at \(nearest.facts.input): "
            + "\(grouped(Int(nearest.value))) against \(grouped(Int(printed))) ("
            + "× \(decimal(printed / nearest.value, 3)))"
            + (variant.map { "; \($0.source)" } ?? ""),
          resolution: "the layers of \(backbone.name)"
            + (backbone.reference.map { " in \($0)" } ?? ""),
          evidence: same.map { evidence(backbone, $0) })
      }
    }
  }

  /// Whether printed layers are those of the network under another way of counting: a convolution
  /// over the whole map is a fully connected layer, and projections are not on the main path.
  private static func isConvention(
    _ fact: Fact, of backbone: Backbone, _ own: ArchitectureFacts
  ) -> Bool {
    guard ["conv-layers", "fc-layers"].contains(fact.about) else { return false }
    let printed = ["conv-layers", "fc-layers"].compactMap { about in
      backbone.facts.first { $0.about == about && $0.at.place == fact.at.place }?.number
    }
    guard printed.count == 2 else { return false }
    let sum = Int(printed[0] + printed[1])
    return sum == own.convolutions + own.fullyConnected || sum == own.depth
  }

  /// What one unit of the last printed digit is worth: `138 m` is printed to a million.
  private static func lastDigit(of fact: Fact) -> Double {
    let digits = fact.printed.prefix { $0.isNumber || $0 == "." }
    guard let number = PrintedNumber(String(digits)), number.low > 0, let value = fact.number else {
      return 0
    }
    return 2 * number.halfWidth * value / number.low
  }

  /// The network's own facts, or those of the members of a family.
  private static func definitions(
    of backbone: Backbone, _ corpus: Corpus
  ) -> [(id: String, facts: ArchitectureFacts)] {
    if let own = corpus.architectures[backbone.id] { return [(backbone.id, own)] }
    guard backbone.id == backbone.family else { return [] }
    return corpus.knowledge.backbones.filter { $0.family == backbone.family }.compactMap { member in
      corpus.architectures[member.id].map { (member.id, $0) }
    }
  }

  /// A network of the same family that has the printed value.
  private static func sibling(
    with printed: Double, _ about: String, of backbone: Backbone, _ corpus: Corpus
  ) -> (id: String, value: Double)? {
    corpus.knowledge.backbones.filter { $0.family == backbone.family && $0.id != backbone.id }
      .compactMap { member in
        corpus.architectures[member.id]?.value(about).map { (id: member.id, value: $0) }
      }.first { abs($0.value - printed) <= 0.005 * $0.value }
  }

  private static func unitError(
    _ printed: Double, _ own: Double, _ tolerance: Double
  ) -> String? {
    for factor in [1_000.0, 1_000_000] {
      if abs(printed * factor - own) <= max(tolerance, 0.1) * own {
        return "a factor of \(grouped(Int(factor)))"
      }
      if abs(printed / factor - own) <= max(tolerance, 0.1) * own {
        return "a factor of 1/\(grouped(Int(factor)))"
      }
    }
    return nil
  }

  /// Printed facts of one network that cannot be true together, whatever its definition.
  static let printedArchitecture = RuleCheck("printed-architecture", parameters: ["far-more"]) {
    corpus, rule in
    corpus.knowledge.backbones.flatMap { backbone -> [Draft] in
      var drafts: [Draft] = []
      func first(_ about: String) -> Fact? {
        backbone.facts.first { $0.about == about && $0.than == nil && $0.number != nil }
      }
      if let parameters = first("parameters"), let macs = first("macs"),
        let weights = parameters.number, let operations = macs.number, operations < weights
      {
        drafts.append(
          Draft(
            key: "\(backbone.id).macs-parameters",
            subjects: [EntityReference(.backbone, backbone.id)],
            summary: "\(backbone.name): \(macs.printed) multiply-adds are fewer than its "
              + "\(parameters.printed) weights",
            computation: "every weight is multiplied at least once per image: "
              + "\(metric(operations)) < \(metric(weights))",
            resolution: "the unit of the multiply-adds (\(macs.printed))",
            evidence: [evidence(backbone, macs), evidence(backbone, parameters)]))
      }
      if let blocks = first("dense-blocks"), let between = first("transition-blocks"),
        let n = blocks.number, let m = between.number, m != n - 1
      {
        drafts.append(
          Draft(
            key: "\(backbone.id).blocks", subjects: [EntityReference(.backbone, backbone.id)],
            summary: "\(backbone.name): \(blocks.printed) dense blocks cannot have "
              + "\(between.printed) transition blocks between them",
            computation: "between \(decimal(n)) blocks there are \(decimal(n - 1)), not "
              + decimal(m),
            resolution: "the architecture's table in "
              + (backbone.reference ?? "its own publication"),
            evidence: [evidence(backbone, blocks), evidence(backbone, between)]))
      }
      if let layers = first("layers"), let convolutions = first("conv-layers"),
        let connected = first("fc-layers"), let total = layers.number,
        let c = convolutions.number, let f = connected.number, total != c + f
      {
        drafts.append(
          Draft(
            key: "\(backbone.id).layers", subjects: [EntityReference(.backbone, backbone.id)],
            summary: "\(backbone.name): \(convolutions.printed) convolutional and "
              + "\(connected.printed) fully connected layers are not \(layers.printed)",
            computation: "\(decimal(c)) + \(decimal(f)) = \(decimal(c + f)) ≠ \(decimal(total))",
            resolution: "the layers of \(backbone.name)",
            evidence: [layers, convolutions, connected].map { evidence(backbone, $0) }))
      }
      for fact in backbone.facts
      where fact.about == "layers" && fact.relation == "more" && fact.printed.contains("far") {
        guard let than = fact.than, let other = corpus.knowledge.backbone(than.id),
          let own = first("layers")?.number,
          let theirs = other.facts.first(where: { $0.about == "layers" && $0.number != nil }),
          let n = theirs.number, own < rule.number("far-more") * n
        else { continue }
        drafts.append(
          Draft(
            key: "\(backbone.id).far-more.\(other.id)",
            subjects: [
              EntityReference(.backbone, backbone.id), EntityReference(.backbone, other.id),
            ],
            confidence: .medium, severity: .low,
            summary: "\(backbone.name) is said to have far more layers than any before it; "
              + "\(other.name) is printed with \(theirs.printed)",
            computation: "\(decimal(own)) / \(decimal(n)) = \(decimal(own / n))",
            resolution: "more instead of far more",
            evidence: [evidence(backbone, fact), evidence(other, theirs)]))
      }
      return drafts
    }
  }

  /// "Fewer parameters than", "lighter than": comparisons that the definitions contradict.
  static let comparedArchitectures = RuleCheck("compared-architectures") { corpus, _ in
    let facts = corpus.knowledge.backbones.flatMap { backbone in
      backbone.facts.compactMap { fact -> Draft? in
        guard let than = fact.than, let relation = fact.relation, relation != "modification-of",
          let own = corpus.architectures[backbone.id]?.value(fact.about)
        else { return nil }
        let others = corpus.knowledge.backbones.filter {
          $0.id != backbone.id && ($0.id == than.id || $0.family == than.id)
        }.compactMap { other in
          corpus.architectures[other.id]?.value(fact.about).map { (other.name, $0) }
        }
        guard let wrong = others.first(where: { relation == "fewer" ? own >= $0.1 : own <= $0.1 })
        else { return nil }
        return Draft(
          key: "\(backbone.id).\(fact.about).\(than.id)",
          subjects: [EntityReference(.backbone, backbone.id), than],
          summary: "\(backbone.name) is said to have \(relation) \(word(fact.about)) than "
            + "\(corpus.name(.backbone, than.id)) in \(fact.at.label); by their definitions it has "
            + (relation == "fewer" ? "more" : "fewer"),
          computation: "\(backbone.name) \(metric(own)), \(wrong.0) \(metric(wrong.1))",
          resolution: "comparing the whole networks, not one layer",
          evidence: [evidence(backbone, fact)])
      }
    }
    let statements = corpus.statements("advantage").compactMap { statement -> Draft? in
      guard statement.text("relation") == "lighter-than", statement.uncertain == nil,
        let subject = statement.text("subject").flatMap({ EntityReference(parsing: $0) }),
        let own = corpus.architectures[subject.id]
      else { return nil }
      let objects = ordered(statement["object"] + statement["objects"])
        .compactMap { EntityReference(parsing: $0) }
      let heavier = objects.compactMap { object in
        corpus.architectures[object.id].map { (object, $0) }
      }.filter { $0.1.multiplyAdds < own.multiplyAdds || $0.1.parameters < own.parameters }
      guard let first = heavier.first else { return nil }
      let name = corpus.name(.backbone, subject.id)
      let other = corpus.name(.backbone, first.0.id)
      return Draft(
        key: statement.id, subjects: [subject, first.0], severity: .low,
        summary: "\(name) is called a light network beside \(other) in \(statement.at.label); it "
          + "does more work per image",
        computation: "\(name) \(metric(Double(own.parameters))) parameters and "
          + "\(metric(Double(own.multiplyAdds))) multiply-adds at \(own.input), \(other) "
          + "\(metric(Double(first.1.parameters))) and \(metric(Double(first.1.multiplyAdds)))",
        resolution: "saying by which measure it is light",
        evidence: [Finding.Evidence("lighter than \(other)", name, at: statement.at)])
    }
    return facts + statements
  }
}
