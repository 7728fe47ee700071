// The set-ups of a recipe: as it is, and with each other value of the axes that are varied.

import Evidence

extension CampaignSetup {
  /// The recipe as it is, then what ``Sensitivity`` would run, each once.
  ///
  /// The number of seeds among the overrides is left out: a campaign has its own.
  package static func all(
    of entry: RecipeBook.Entry, varying axes: [VariationAxis], knowledge: KnowledgeBase,
    options: RunOptions
  ) throws -> [CampaignSetup] {
    var options = options
    options.overrides.removeAll { $0.name == "evaluation.seeds" }
    // Unknown fields and bad values are told before anything is planned.
    _ = try entry.recipe(with: options.overrides, knowledge: knowledge)
    guard !axes.isEmpty else {
      return [
        CampaignSetup(
          entry: entry, variation: nil, overrides: options.overrides, options: options)
      ]
    }
    let reporter = ProgressReporter(.quiet)
    let plans = try Sensitivity(
      entry, axes: axes, knowledge: knowledge, options: options, reporter: reporter
    ).plans()
    return plans.enumerated().map { index, item in
      CampaignSetup(
        entry: entry, variation: index == 0 ? nil : slug(item.label),
        overrides: item.plan.options.overrides, options: item.plan.options)
    }
  }

  /// `without augmentation` as `without-augmentation`.
  private static func slug(_ label: String) -> String {
    label.lowercased().split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }
      .joined(separator: "-")
  }
}
