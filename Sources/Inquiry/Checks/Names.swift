// Names: one entity under several, one name near two entities, one abbreviation with two meanings.

import Evidence

/// A printed name with where it stands.
struct PrintedName {
  let printed: String
  let at: Place
  let study: String?
  let naming: Naming
}

extension Corpus {
  /// Every printed name of an entity, by entity in order of kind and id.
  var printedNames: [(entity: EntityReference, names: [PrintedName])] {
    var all: [EntityReference: [PrintedName]] = [:]
    func add(_ naming: Naming, _ at: Place, _ study: String?) {
      all[naming.entity, default: []].append(
        PrintedName(printed: naming.printed, at: at, study: study, naming: naming))
    }
    for study in knowledge.studies {
      for appearance in study.appearances where appearance.at.place != "references" {
        for naming in appearance.names { add(naming, appearance.at, study.id) }
      }
    }
    for statement in knowledge.statements where statement.text("scope") != "classes" {
      for naming in statement.names { add(naming, statement.at, nil) }
    }
    return all.sorted { $0.key < $1.key }.map { (entity: $0.key, names: $0.value) }
  }

  fileprivate func spellings(of entity: EntityReference) -> [String] {
    switch entity.kind {
    case .dataset:
      knowledge.dataset(entity.id).map { [$0.name] + $0.aliases } ?? []
    case .backbone:
      knowledge.backbone(entity.id).map { [$0.name] + $0.aliases } ?? []
    default: []
    }
  }
}

extension RuleCheck {
  /// A dataset under a name that is not its own: a misspelling, a host, a modality, a task.
  static let printedNames = RuleCheck("printed-names", parameters: ["letters", "hosts"]) {
    corpus, rule in
    let modalities = modalityNames(corpus)
    return corpus.printedNames.compactMap { entity, names in
      guard entity.kind == .dataset, let dataset = corpus.knowledge.dataset(entity.id) else {
        return nil
      }
      let known = Set(corpus.spellings(of: entity).map(foldedName))
      // A pool or collection without a common name is one thing under each of its names.
      let strange = names.filter { name in
        otherKind(of: name.printed, hosts: rule.words("hosts"), modalities) == nil
          && (!known.contains(foldedName(name.printed))
            || (dataset.includes.count > 1 && name.printed != names[0].printed))
      }
      let forms = ordered(strange.map(\.printed))
      // A study's own pool or collection without a name is no second name of anything.
      guard !forms.isEmpty, !dataset.counts.isEmpty || !dataset.references.isEmpty else {
        return nil
      }
      let misspelt = forms.filter { form in
        let folded = foldedName(form)
        return !known.contains(folded)
          && known.contains {
            $0.count > 3 && editDistance(folded, $0) <= Int(rule.number("letters"))
          }
      }
      let all = ordered(names.map(\.printed))
      guard all.count > 1 || !misspelt.isEmpty else { return nil }
      let between = misspelt.compactMap { form in
        nearOther(form, entity, corpus, letters: Int(rule.number("letters")))
          .map { (form, $0) }
      }
      return Draft(
        key: entity.id,
        subjects: [entity]
          + ordered(strange.compactMap(\.study)).map { EntityReference(.study, $0) }
          + between.map { EntityReference(.dataset, $0.1) },
        confidence: misspelt.isEmpty ? .medium : .high,
        severity: between.isEmpty ? nil : .medium,
        summary: "\(dataset.name) is also printed as \(listed(forms.map { "\"\($0)\"" }))"
          + (between.isEmpty
            ? ""
            : "; "
              + listed(
                between.map { "\($0.0) is as near to \(corpus.name(.dataset, $0.1))" })),
        computation: "\(all.count) printed names: \(all.joined(separator: ", "))"
          + (misspelt.isEmpty
            ? ""
            : "; "
              + misspelt.map { form in
                let near =
                  corpus.spellings(of: entity).min {
                    editDistance(foldedName($0), foldedName(form))
                      < editDistance(foldedName($1), foldedName(form))
                  } ?? dataset.name
                let distance = editDistance(foldedName(near), foldedName(form))
                return "\(form) is \(distance) \(distance == 1 ? "letter" : "letters") from \(near)"
              }.joined(separator: ", ")),
        resolution: "one name, \(dataset.name), throughout",
        evidence: ordered(strange.map { Finding.Evidence("name", $0.printed, at: $0.at) }))
    }
  }

  /// Another dataset that a misspelt name is as near to.
  private static func nearOther(
    _ form: String, _ entity: EntityReference, _ corpus: Corpus, letters: Int
  ) -> String? {
    let folded = foldedName(form)
    return corpus.knowledge.datasets.first { other in
      other.id != entity.id && !corpus.areRelated(other.id, entity.id)
        && ([other.name] + other.aliases).contains {
          foldedName($0).count > 4 && editDistance(folded, foldedName($0)) <= letters
        }
    }?.id
  }

  /// A row whose dataset is printed as an imaging modality, a task or a host.
  static let datasetKind = RuleCheck("dataset-kind", parameters: ["hosts"]) { corpus, rule in
    var seen: Set<String> = []
    let modalities = modalityNames(corpus)
    return corpus.knowledge.studies.flatMap { study in
      study.appearances.filter { $0.at.place.hasPrefix("table") && $0.at.column == nil }.flatMap {
        appearance in
        appearance.names.compactMap { naming -> Draft? in
          guard naming.entity.kind == .dataset,
            let kind = otherKind(of: naming.printed, hosts: rule.words("hosts"), modalities)
              ?? description(naming, corpus),
            seen.insert("\(study.id).\(naming.entity.id)").inserted
          else { return nil }
          return Draft(
            key: "\(study.id).\(naming.entity.id)",
            subjects: [EntityReference(.study, study.id), naming.entity], confidence: .medium,
            summary: "\(study.title): \(appearance.at.label) prints \"\(naming.printed)\" as the "
              + "dataset, which is \(kind)",
            computation: "\"\(naming.printed)\" names no dataset"
              + (naming.why.map { ": \($0)" } ?? ""),
            resolution: "the name of the dataset in \(corpus.paper(of: study))",
            evidence: [Finding.Evidence("dataset", naming.printed, at: appearance.at)])
        }
      }
    }
  }

  /// What a name that only tells the kind of the images describes.
  private static func description(_ naming: Naming, _ corpus: Corpus) -> String? {
    let words = naming.printed.lowercased().split { !$0.isLetter }
    guard words.contains("image") || words.contains("images"),
      let dataset = corpus.knowledge.dataset(naming.entity.id), dataset.counts.isEmpty,
      let fact = dataset.facts.first(where: { fact in
        fact.about == "modality" && naming.printed.lowercased().contains(fact.printed.lowercased())
      })
    else { return nil }
    return "a description of its images (\(corpus.name(.modality, fact.value)))"
  }

  /// Modalities by each of their folded names.
  private static func modalityNames(_ corpus: Corpus) -> [String: String] {
    var names: [String: String] = [:]
    for modality in corpus.knowledge.modalities {
      for name in [modality.name] + modality.aliases { names[foldedName(name)] = modality.name }
    }
    return names
  }

  private static func otherKind(
    of printed: String, hosts: [String], _ modalities: [String: String]
  ) -> String? {
    if let modality = modalities[foldedName(printed)] {
      return "an imaging technique (\(modality))"
    }
    let words = printed.lowercased().split { !$0.isLetter }
    if words.contains("task") { return "a task" }
    for host in hosts where words.contains(where: { $0 == host.lowercased() }) {
      return "a host of datasets (\(host))"
    }
    return nil
  }

  /// An abbreviation that the source uses for a task, printed in the name of something else.
  static let ambiguousAbbreviation = RuleCheck("ambiguous-abbreviation") { corpus, _ in
    let abbreviations = abbreviations(of: corpus.knowledge)
    return corpus.knowledge.studies.flatMap { study in
      study.appearances.flatMap { appearance in
        appearance.names.compactMap { naming -> Draft? in
          guard naming.entity.kind == .dataset,
            let dataset = corpus.knowledge.dataset(naming.entity.id)
          else { return nil }
          let words = naming.printed.split { !$0.isLetter }.map(String.init)
          for word in words {
            guard
              let task = abbreviations[word]?.first(where: {
                !dataset.tasks.contains($0) && !study.tasks.contains($0)
              })
            else { continue }
            return Draft(
              key: "\(study.id).\(appearance.key).\(word)",
              subjects: [naming.entity, EntityReference(.study, study.id)],
              confidence: .medium,
              summary: "\"\(naming.printed)\" in \(appearance.at.label) uses \(word), elsewhere "
                + "the source's abbreviation for \(corpus.name(.task, task)), for something else",
              computation: "\(word) = \(corpus.name(.task, task)) and a part of the name of "
                + "\(dataset.name), whose task is "
                + listed(dataset.tasks.map { corpus.name(.task, $0) }),
              resolution: "writing the abbreviation out",
              evidence: [Finding.Evidence("name", naming.printed, at: appearance.at)])
          }
          return nil
        }
      }
    }
  }

  /// Tasks by the abbreviations they go by: an alias in capitals, or the initials of a name where a
  /// class of a dataset of that task prints them.
  private static func abbreviations(of knowledge: KnowledgeBase) -> [String: [String]] {
    func isAbbreviation(_ word: String) -> Bool {
      (2...5).contains(word.count) && word.allSatisfy(\.isUppercase)
    }
    var printed: [String: Set<String>] = [:]
    for dataset in knowledge.datasets {
      for label in dataset.labels where label.name.contains(where: \.isUppercase) {
        for word in label.name.split(separator: " ").map(String.init) where isAbbreviation(word) {
          for task in dataset.tasks { printed[task, default: []].insert(word) }
        }
      }
    }
    var tasks: [String: [String]] = [:]
    for task in knowledge.tasks {
      var own = Set(task.aliases.filter(isAbbreviation))
      for name in [task.name] + task.aliases {
        let initials = name.split(separator: " ").compactMap(\.first).map { $0.uppercased() }
        for count in 2...5 where initials.count >= count {
          let word = initials.prefix(count).joined()
          if printed[task.id]?.contains(word) == true { own.insert(word) }
        }
      }
      for word in own { tasks[word, default: []].append(task.id) }
    }
    return tasks
  }
}
