// Reading studies: appearances, experiments, claims, augmentations, problems.

import Evidence

extension Study {
  init(_ fields: Fields) {
    let appearances = fields.children("appearances") { Appearance($0) }
    for (index, appearance) in appearances.enumerated()
    where appearances[..<index].contains(where: { $0.key == appearance.key }) {
      fields.report("appearances", "duplicate key '\(appearance.key)'")
    }
    if appearances.isEmpty {
      fields.report("appearances", "missing location: where does a source speak of this study?")
    }
    let augmentations = fields.children("augmentations") { Augmentation($0, appearances) }
    let experiments = fields.children("experiments") { item in
      Experiment(item, appearances, augmentations: augmentations.map(\.id))
    }
    for (index, experiment) in experiments.enumerated()
    where experiments[..<index].contains(where: { $0.id == experiment.id }) {
      fields.report("experiments", "duplicate id '\(experiment.id)'")
    }
    self.init(
      id: fields.text("id"),
      authors: fields.text("authors"),
      year: fields.optionalInt("year"),
      reference: fields.optionalEntity("reference", .reference),
      tasks: fields.entities("tasks", .task),
      modalities: fields.entities("modalities", .modality),
      appearances: appearances,
      experiments: experiments,
      augmentations: augmentations,
      problems: fields.children("problems") { item in
        Problem(
          appearance: item.appearance("at", among: appearances)?.key ?? "",
          challenges: item.entities("challenges", .challenge),
          techniques: item.entities("techniques", .technique),
          proposed: item.entities("proposed", .technique),
          datasets: item.entities("datasets", .dataset))
      })
  }
}

extension Study.Appearance {
  init(_ fields: Fields) {
    self.init(
      key: fields.text("key"),
      at: fields.place("at"),
      authors: fields.optionalText("authors"),
      citation: fields.optionalInt("citation"),
      names: fields.namings(),
      uncertain: fields.doubt())
  }
}

extension Experiment {
  init(_ fields: Fields, _ appearances: [Study.Appearance], augmentations: [String]) {
    let augmentation = fields.reportedText("augmentation")
    if let id = augmentation.stated, id != "true", id != "false", !augmentations.contains(id) {
      fields.report(
        "augmentation",
        "'\(id)' is neither true, false nor an augmentation of this study"
          + suggestion(for: id, in: augmentations))
    }
    let pretraining = fields.reportedText("pretraining")
    if let id = pretraining.stated, id != "random" {
      fields.reading.expect(.init(.dataset, id), at: fields.spot("pretraining"))
    }
    self.init(
      id: fields.text("id"),
      datasets: fields.entities("dataset", .dataset),
      datasetVersion: fields.reportedText("dataset-version"),
      task: fields.reported("task") { $0 }.map { _ in fields.entity("task", .task) },
      classes: fields.reportedInt("classes"),
      backbones: fields.entities("backbones", .backbone),
      combination: fields.reportedCase("combination", Combination.self),
      pretraining: pretraining,
      strategy: fields.child("strategy") { item in
        .value(
          Strategy(
            kind: item.oneCase("kind", Strategy.Kind.self, placeholder: .transferLearning),
            frozen: item.reportedText("frozen")))
      } ?? .notReported,
      head: fields.reported("head") { $0 }.map { _ in fields.entity("head", .technique) },
      techniques: fields.entities("techniques", .technique),
      augmentation: augmentation,
      split: fields.child("split") { .value(Split($0)) } ?? .notReported,
      evaluationUnit: fields.reportedCase("evaluation-unit", SampleUnit.self),
      hyperparameters: fields.dictionary("hyperparameters"),
      claims: fields.children("claims") { Claim($0, appearances) },
      uncertain: fields.doubt())
  }
}

extension Experiment.Split {
  init(_ fields: Fields) {
    self.init(
      kind: fields.reportedCase("kind", Kind.self),
      unit: fields.reportedCase("unit", SampleUnit.self),
      train: fields.optionalDouble("train"),
      validation: fields.optionalDouble("validation"),
      test: fields.optionalDouble("test"),
      folds: fields.optionalInt("folds"))
  }
}

extension Claim {
  init?(_ fields: Fields, _ appearances: [Study.Appearance]) {
    let metric = fields.metric(fields.text("metric"), "metric")
    let text = fields.text("printed")
    let printed = PrintedNumber(text)
    if printed == nil, !text.isEmpty {
      fields.report("printed", "'\(text)' is not a number or a range such as [0.7, 0.94]")
    }
    let unit = fields.oneCase("unit", Unit.self, placeholder: .percent)
    let appearance = fields.appearance("at", among: appearances)
    let column = fields.optionalText("column")
    if let metric, let printed { fields.checkRange(printed, unit: unit, of: metric) }
    let interval = fields.child("interval") { item in
      Interval(
        level: item.optionalDouble("level") ?? 0.95, low: item.optionalDouble("low") ?? 0,
        high: item.optionalDouble("high") ?? 0, method: item.reportedText("method"))
    }
    let label = fields.optionalText("label")
    let averaging = fields.reportedCase("averaging", Averaging.self)
    let positive = fields.reportedText("positive")
    let accuracyKind = fields.reportedCase("accuracy-kind", AccuracyKind.self)
    let ofClass = fields.optionalText("class")
    let subset = fields.optionalText("subset")
    let of = fields.optionalCase("of", Subject.self) ?? .model
    let aggregation = fields.reportedCase("aggregation", Aggregation.self)
    let n = fields.reportedInt("n")
    let sd = fields.optionalDouble("sd")
    let uncertain = fields.doubt()
    guard let metric, let printed, let appearance else { return nil }
    if let column {
      fields.reading.expect(appearance.at.inColumn(column), at: fields.spot("column"))
    }
    self.init(
      metric: metric, printed: printed, unit: unit, appearance: appearance.key,
      at: appearance.at.inColumn(column), label: label, averaging: averaging, positive: positive,
      accuracyKind: accuracyKind, ofClass: ofClass, subset: subset, of: of,
      aggregation: aggregation, n: n, interval: interval, sd: sd, uncertain: uncertain)
  }
}

extension Augmentation {
  init(_ fields: Fields, _ appearances: [Study.Appearance]) {
    let appearance = fields.appearance("at", among: appearances)
    self.init(
      id: fields.text("id"),
      appearance: appearance?.key ?? "",
      at: appearance?.at ?? Place(source: "", place: ""),
      dataset: fields.entity("dataset", .dataset),
      before: fields.child("before") { Size($0) },
      after: fields.child("after") { Size($0) },
      stage: fields.reportedCase("stage", Stage.self),
      operations: fields.children("operations") { Operation($0) },
      alternativeOperations: fields.children("alternative-operations") { Operation($0) },
      uncertain: fields.doubt())
  }
}

extension Augmentation.Operation {
  init(_ fields: Fields) {
    self.init(
      technique: fields.entity("is", .technique),
      angles: fields.numbers("angles"),
      step: fields.optionalDouble("step"),
      random: fields.bool("random"),
      axes: fields.texts("axis"),
      of: fields.optionalText("of"),
      printed: fields.optionalText("printed"))
  }
}

extension Augmentation.Size {
  init(_ fields: Fields) {
    self.init(
      printed: fields.text("printed"), n: fields.int("n"), unit: fields.text("unit"),
      split: fields.optionalCase("split", SplitPart.self))
  }
}

extension Fields {
  /// How printed names were resolved, key `names`.
  func namings() -> [Naming] {
    children("names") { item in
      guard let entity = item.entityReference("is") else {
        item.report("is", "missing key 'is': the entity that is meant, folder/id")
        return nil
      }
      return Naming(
        printed: item.text("printed"), entity: entity, why: item.optionalText("why"),
        uncertain: item.doubt())
    }
  }

  /// The appearance a key names.
  func appearance(_ key: String, among appearances: [Study.Appearance]) -> Study.Appearance? {
    guard has(key) else {
      report(key, "missing location: the key of the appearance that prints it")
      return nil
    }
    let name = text(key)
    if let appearance = appearances.first(where: { $0.key == name }) { return appearance }
    let hint = suggestion(for: name, in: appearances.map(\.key))
    report(key, "no appearance has the key '\(name)'" + hint)
    return nil
  }

  /// Reports a value that its metric cannot take, naming the likely confusion of units.
  func checkRange(_ printed: PrintedNumber, unit: Unit, of metric: Metric) {
    let low = printed.low / unit.divisor
    let high = printed.high / unit.divisor
    if metric.range.contains(low), metric.range.contains(high) {
      if unit == .percent, metric != .loss, printed.high <= 1, printed.decimals > 0,
        printed.high > 0
      {
        report(
          "printed",
          "\(printed.text)% is below 1%: a fraction taken for a percentage? (unit: fraction)")
      }
      return
    }
    let hint =
      unit == .fraction && metric.range.contains(high / 100)
      ? "; a percentage taken for a fraction? (unit: percent)" : ""
    report(
      "printed",
      "\(printed.text) (\(unit.rawValue)) is outside the range of \(metric.rawValue)\(hint)")
  }
}
