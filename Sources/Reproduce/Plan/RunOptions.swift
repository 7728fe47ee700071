// What the command line says about a run beside its recipe.

/// The choices of one run that are not the recipe's.
package struct RunOptions: Sendable {
  /// The dataset's folder or file as downloaded; nil runs on phantoms.
  package var dataPath: String?
  /// Another dataset that stands in for the recipe's: a protocol run.
  package var substitute: String?
  /// The intermediate dataset of a double transfer, as downloaded.
  package var intermediatePath: String?
  /// A weight file that takes the place of the registry's.
  package var weightsFile: String?
  /// Fields changed on the command line.
  package var overrides: [RunRecord.Override] = []
  /// At most so many images of each class.
  package var imagesPerClass: Int?
  /// Images of a phantom set.
  package var phantomImages = 240
  /// 0 uses all.
  package var threads = 0
  /// Bytes the run may need; batches are computed in parts to stay below. Nil takes what is free.
  package var memoryLimit: Int?
  /// What of the limit the engine may take: the rest holds decoded images, a checkpoint and the
  /// program.
  func engineLimit(parameters: Int) -> Int? {
    memoryLimit.map {
      max($0 / 4, $0 - imageCache - Self.checkpointBytes(parameters) - Self.programBytes)
    }
  }
  /// A checkpoint is encoded and then joined with its head: parameters and two optimiser states,
  /// twice. The network of the best epoch is kept beside them.
  static func checkpointBytes(_ parameters: Int) -> Int { parameters * 4 * (3 * 2 + 1) }
  /// The program with the knowledge base, and what the allocator keeps.
  static let programBytes = 96 << 20
  /// The most that decoded images take.
  var imageCache: Int { memoryLimit.map { min($0 / 4, Self.imageCache) } ?? Self.imageCache }
  private static let imageCache = 512 << 20
  /// Epochs between checkpoints.
  package var checkpointEvery = 1
  package var runsFolder: String
  package var featuresFolder: String
  package var weightsFolder: String
  package var toolVersion: String

  package init(
    runsFolder: String, featuresFolder: String, weightsFolder: String, toolVersion: String
  ) {
    self.runsFolder = runsFolder
    self.featuresFolder = featuresFolder
    self.weightsFolder = weightsFolder
    self.toolVersion = toolVersion
  }

  /// Makes the run short enough to look at: one seed, at most 3 epochs, images of at most 96 pixels,
  /// batches of at most 16, at most 120 phantoms. Each stands in the record and the ledger as a
  /// change.
  package mutating func makeQuick(_ recipe: Recipe) {
    phantomImages = min(phantomImages, 120)
    let limits: [(name: String, value: Int, limit: Int)] = [
      ("evaluation.seeds", recipe.evaluation.seeds.value, 1),
      ("training.epochs", recipe.training.epochs.value, 3),
      ("training.batch", recipe.training.batch.value, 16),
      ("preprocessing.size", recipe.preprocessing.size.value, 96),
    ]
    let quick = limits.filter { $0.value > $0.limit }
      .map { RunRecord.Override(name: $0.name, value: "\($0.limit)") }
    // What the user asked for comes later and wins.
    overrides = quick + overrides
  }
}
