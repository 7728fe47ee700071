// What a campaign is made of: set-ups, and one task for each of their seeds.

import Files
import Foundation

/// A recipe with everything that decides its outcome but the seed.
package struct CampaignSetup: Codable, Hashable, Sendable {
  package let recipe: String
  /// SHA-256 of the recipe's text, which the campaign's folder keeps.
  package let recipeSHA256: String
  /// What is varied, `augmentation-off`; nil for the recipe as it is declared.
  package let variation: String?
  /// Fields changed from the recipe's, the number of seeds not among them.
  package let overrides: [RunRecord.Override]
  package let dataPath: String?
  /// The intermediate dataset of a double transfer.
  package let intermediatePath: String?
  package let substitute: String?
  package let weightsFile: String?
  package let imagesPerClass: Int?
  package let phantomImages: Int
  package let threads: Int

  package init(
    entry: RecipeBook.Entry, variation: String?, overrides: [RunRecord.Override],
    options: RunOptions
  ) {
    recipe = entry.recipe.id
    recipeSHA256 = entry.hash
    self.variation = variation
    self.overrides = overrides
    dataPath = options.dataPath.map { URL(fileURLWithPath: $0).standardizedFileURL.path }
    intermediatePath = options.intermediatePath.map {
      URL(fileURLWithPath: $0).standardizedFileURL.path
    }
    substitute = options.substitute
    weightsFile = options.weightsFile.map { URL(fileURLWithPath: $0).standardizedFileURL.path }
    imagesPerClass = options.imagesPerClass
    phantomImages = options.phantomImages
    threads = max(1, options.threads)
  }

  /// The recipe, what is varied and the beginning of the SHA-256 of all of it: the same set-up has
  /// the same name in every campaign.
  package var id: String {
    let parts = [recipe, variation, String(hash.prefix(12))].compactMap { $0 }
    return parts.joined(separator: "-").map { character in
      let isPlain = character.isASCII && (character.isLetter || character.isNumber)
      return isPlain || "-._".contains(character) ? "\(character)" : "-"
    }.joined()
  }

  private var hash: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // A value of texts and numbers can always be encoded.
    return SHA256.hex((try? encoder.encode(self)).map(Array.init) ?? [])
  }

  /// The options of a run of seeds 1 … `seeds`.
  func options(seeds: Int, like base: RunOptions) -> RunOptions {
    var options = base
    options.dataPath = dataPath
    options.intermediatePath = intermediatePath
    options.substitute = substitute
    options.weightsFile = weightsFile
    options.imagesPerClass = imagesPerClass
    options.phantomImages = phantomImages
    options.threads = threads
    options.overrides = overrides + [.init(name: "evaluation.seeds", value: "\(seeds)")]
    return options
  }
}

/// One seed of one set-up: what is run, and counted, once.
package struct CampaignTask: Hashable, Sendable {
  package let setup: CampaignSetup
  package let seed: Int

  package init(setup: CampaignSetup, seed: Int) {
    self.setup = setup
    self.seed = seed
  }

  package var id: String { "\(setup.id)-seed-\(seed)" }
}
