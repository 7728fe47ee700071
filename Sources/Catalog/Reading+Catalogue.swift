// Reading datasets, backbones and the vocabularies.

import Evidence

private let countable: Set<String> = [
  "images", "patients", "classes", "subclasses", "samples", "patches", "slides", "samples-source",
  "magnifications", "locations", "years", "experts", "channels", "raters", "volumes", "scans",
  "subsets",
]

private let limitationCodes: Set<String> = [
  "class-imbalance", "small-size", "noise", "low-resolution", "low-quality-images",
  "varied-image-size", "markings", "hair", "blur", "skin-tone-bias", "varied-acquisition",
  "redundancy", "colour-variation", "disabled",
]

private let factWords: Set<String> = [
  "image-size", "year", "location", "licence", "url", "format", "colour", "stain", "availability",
  "share", "images-per-class", "patch-size", "parameters", "macs", "layers", "conv-layers",
  "fc-layers", "pooling-layers", "neurons", "dense-blocks", "transition-blocks",
  "first-filter-size", "filter-size-replaced", "ilsvrc-rank", "author", "training-images",
  "training-classes", "members", "md5", "redirect", "task-kind",
  "modality", "annotation", "magnification", "classes", "medical-images", "largest-class",
  "smallest-class",
]

private let techniqueKinds: Set<String> = [
  "augmentation", "preprocessing", "balancing", "strategy", "classifier", "loss",
  "regularisation", "explanation", "generative", "architecture", "model-search",
]

extension Dataset {
  init(_ fields: Fields) {
    let labels = fields.children("classes") { label in
      Label(
        id: label.text("id"), name: label.text("name"), parent: label.optionalText("parent"))
    }
    let labelIDs = labels.map(\.id)
    for label in labels {
      if let parent = label.parent, !labelIDs.contains(parent) {
        fields.report("classes", "'\(label.id)' has an unknown parent '\(parent)'")
      }
    }
    let main = fields.optionalEntity("reference", .reference)
    let others = fields.entities("references", .reference)
    let references = (main.map { [$0] } ?? []) + others.filter { $0 != main }
    self.init(
      id: fields.text("id"),
      name: fields.text("name"),
      aliases: fields.texts("aliases"),
      partOf: fields.optionalEntity("part-of", .dataset),
      includes: fields.entities("includes", .dataset),
      modality: fields.reported("modality") { $0 }.map { _ in fields.entity("modality", .modality)
      },
      tasks: fields.entities("tasks", .task),
      references: references,
      labels: labels,
      counts: fields.children("counts") { Count($0, labels: labelIDs) },
      facts: fields.children("facts") { Fact($0) },
      limitations: fields.children("limitations") { item in
        Limitation(code: item.member("is", of: limitationCodes), at: item.place("at"))
      },
      published: fields.children("published") { Published($0) },
      uncertain: fields.doubt())
  }
}

extension Dataset.Count {
  init(_ fields: Fields, labels: [String]) {
    let label = fields.optionalText("class")
    if let label, !labels.contains(label) {
      fields.report(
        "class", "'\(label)' is not a class of this dataset" + suggestion(for: label, in: labels))
    }
    let n = fields.int("n")
    if n < 0 { fields.report("n", "a count is not negative") }
    self.init(
      of: fields.member("of", of: countable),
      n: n,
      printed: fields.text("printed"),
      label: label,
      magnification: fields.optionalText("magnification"),
      split: fields.optionalCase("split", SplitPart.self),
      subset: fields.optionalText("subset"),
      bound: fields.optionalCase("bound", Bound.self),
      at: fields.place("at"),
      uncertain: fields.doubt())
  }
}

extension Dataset.Published {
  init(_ fields: Fields) {
    let checked = fields.text("checked")
    let counts = fields.children("counts") { Number($0) }
    if counts.isEmpty { fields.report("counts", "no numbers: leave the entry out") }
    self.init(
      source: fields.text("source"), url: fields.text("url"), place: fields.text("place"),
      checked: checked == "false" ? nil : checked, counts: counts)
  }
}

extension Dataset.Published.Number {
  init(_ fields: Fields) {
    let n = fields.int("n")
    if n < 0 { fields.report("n", "a count is not negative") }
    self.init(
      of: fields.oneCase("of", Dataset.Published.Thing.self, placeholder: .images), n: n,
      label: fields.optionalText("class"), magnification: fields.optionalInt("magnification"),
      split: fields.optionalCase("split", SplitPart.self), labels: fields.texts("labels"))
  }
}

extension Fact {
  init(_ fields: Fields) {
    let members = fields.texts("members")
    let printed =
      fields.optionalText("printed") ?? (members.isEmpty ? nil : members.joined(separator: ", "))
    self.init(
      about: fields.member("about", of: factWords),
      printed: printed ?? fields.text("printed"),
      value: fields.optionalText("value") ?? printed ?? "",
      label: fields.optionalText("class"),
      subset: fields.optionalText("subset"),
      reference: fields.optionalEntity("reference", .reference),
      dataset: fields.optionalEntity("dataset", .dataset),
      than: fields.entityReference("than"),
      relation: fields.optionalText("relation"),
      members: members,
      edition: fields.optionalInt("edition"),
      at: fields.place("at"),
      uncertain: fields.doubt())
  }
}

extension Backbone {
  init(_ fields: Fields) {
    self.init(
      id: fields.text("id"),
      name: fields.text("name"),
      family: fields.text("family"),
      aliases: fields.texts("aliases"),
      year: fields.optionalInt("year"),
      reference: fields.optionalEntity("reference", .reference),
      facts: fields.children("facts") { Fact($0) })
  }
}

extension Technique {
  init(_ fields: Fields) {
    self.init(
      id: fields.text("id"), name: fields.text("name"),
      kind: fields.member("kind", of: techniqueKinds), aliases: fields.texts("aliases"),
      reference: fields.optionalEntity("reference", .reference))
  }
}

extension Term {
  init(_ fields: Fields) {
    self.init(id: fields.text("id"), name: fields.text("name"), aliases: fields.texts("aliases"))
  }
}

extension Topic {
  init(_ fields: Fields) {
    let at = fields.children("at") { Fields.place($0) }
    if at.isEmpty { fields.report("at", "missing location: say where it is printed") }
    self.init(
      id: fields.text("id"), name: fields.text("name"), at: at,
      citations: fields.integers("citations"),
      techniques: fields.entities("techniques", .technique),
      backbones: fields.entities("backbones", .backbone),
      metrics: fields.texts("metrics").compactMap { fields.metric($0, "metrics") },
      challenges: fields.entities("challenges", .challenge),
      tasks: fields.entities("tasks", .task),
      modalities: fields.entities("modalities", .modality),
      studies: fields.entities("studies", .study),
      over: fields.texts("over"),
      uncertain: fields.doubt())
  }
}

extension Fields {
  /// A word of an open-ended but closed vocabulary.
  func member(_ key: String, of words: Set<String>) -> String {
    let word = text(key)
    if !word.isEmpty, !words.contains(word) {
      report(key, "unknown word '\(word)'" + suggestion(for: word, in: words.sorted()))
    }
    return word
  }

  func metric(_ name: String, _ key: String) -> Metric? {
    let metric = Metric(rawValue: name)
    if metric == nil {
      let hint = suggestion(for: name, in: Metric.allCases.map(\.rawValue))
      report(key, "unknown metric '\(name)'" + hint)
    }
    return metric
  }
}
