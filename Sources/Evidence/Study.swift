// One cited paper: where sources speak of it, what was done, what is reported.

/// One cited paper.
public struct Study: Codable, Sendable, Hashable {
  /// One row or paragraph in which a source speaks of the study, with what is printed there.
  public struct Appearance: Codable, Sendable, Hashable {
    /// Unique within the study; claims and augmentations refer to it.
    public let key: String
    public let at: Place
    /// The authors as printed there.
    public let authors: String?
    /// The citation number as printed there.
    public let citation: Int?
    public let names: [Naming]
    public let uncertain: Doubt?

    public init(
      key: String, at: Place, authors: String?, citation: Int?, names: [Naming],
      uncertain: Doubt?
    ) {
      self.key = key
      self.at = at
      self.authors = authors
      self.citation = citation
      self.names = names
      self.uncertain = uncertain
    }
  }

  /// A problem the study met and what it did about it (Table 9 of the review), coded.
  public struct Problem: Codable, Sendable, Hashable {
    public let appearance: String
    public let challenges: [String]
    public let techniques: [String]
    public let proposed: [String]
    public let datasets: [String]

    public init(
      appearance: String, challenges: [String], techniques: [String], proposed: [String],
      datasets: [String]
    ) {
      self.appearance = appearance
      self.challenges = challenges
      self.techniques = techniques
      self.proposed = proposed
      self.datasets = datasets
    }
  }

  public let id: String
  /// The short form: `Boumaraf et al.`.
  public let authors: String
  public let year: Int?
  /// Its entry in a reference list, `mukhlif-2022/55`.
  public let reference: String?
  public let tasks: [String]
  public let modalities: [String]
  public let appearances: [Appearance]
  public let experiments: [Experiment]
  public let augmentations: [Augmentation]
  public let problems: [Problem]

  public init(
    id: String, authors: String, year: Int?, reference: String?, tasks: [String],
    modalities: [String], appearances: [Appearance], experiments: [Experiment],
    augmentations: [Augmentation], problems: [Problem]
  ) {
    self.id = id
    self.authors = authors
    self.year = year
    self.reference = reference
    self.tasks = tasks
    self.modalities = modalities
    self.appearances = appearances
    self.experiments = experiments
    self.augmentations = augmentations
    self.problems = problems
  }

  /// The appearance of that key.
  public func appearance(_ key: String) -> Appearance? { appearances.first { $0.key == key } }

  /// The number of its reference entry in a source's list.
  public func citation(in source: String) -> Int? {
    guard let reference, reference.hasPrefix(source + "/") else { return nil }
    return Int(reference.dropFirst(source.count + 1))
  }

  /// Authors and year, as a table shows them: `Boumaraf et al. 2021`.
  public var title: String { year.map { "\(authors) \($0)" } ?? authors }
}

/// One set-up of a study: dataset, task, split, backbone, strategy, head and augmentation.
public struct Experiment: Codable, Sendable, Hashable {
  /// How source knowledge is transferred.
  public struct Strategy: Codable, Sendable, Hashable {
    public enum Kind: String, Codable, Sendable, CaseIterable {
      case transferLearning = "transfer-learning"
      case featureExtraction = "feature-extraction"
      case fineTuning = "fine-tuning"
      case fullFineTuning = "full-fine-tuning"
      case partialFineTuning = "partial-fine-tuning"
      case fromScratch = "from-scratch"
      case twoStage = "two-stage"
      case doubleTransfer = "double-transfer"
    }
    public let kind: Kind
    /// Up to where the backbone stays frozen, in the source's words or a layer name.
    public let frozen: Reported<String>

    public init(kind: Kind, frozen: Reported<String>) {
      self.kind = kind
      self.frozen = frozen
    }
  }

  /// How samples were divided. The unit of the division is kept apart from that of evaluation.
  public struct Split: Codable, Sendable, Hashable {
    public enum Kind: String, Codable, Sendable, CaseIterable {
      case holdOut = "hold-out"
      case kFold = "k-fold"
      case official
      case repeated
    }
    public let kind: Reported<Kind>
    public let unit: Reported<SampleUnit>
    /// Shares or counts per part as printed.
    public let train: Double?
    public let validation: Double?
    public let test: Double?
    public let folds: Int?

    public init(
      kind: Reported<Kind>, unit: Reported<SampleUnit>, train: Double?, validation: Double?,
      test: Double?, folds: Int?
    ) {
      self.kind = kind
      self.unit = unit
      self.train = train
      self.validation = validation
      self.test = test
      self.folds = folds
    }
  }

  /// Unique within the study.
  public let id: String
  /// One dataset, or the members of a pooled set.
  public let datasets: [String]
  public let datasetVersion: Reported<String>
  public let task: Reported<String>
  public let classes: Reported<Int>
  /// How several backbones make one model.
  public enum Combination: String, Codable, Sendable, CaseIterable {
    case ensemble
    case fusedFeatures = "fused-features"
    /// The source does not say which of them the values are of.
    case oneOf = "one-of"
  }

  /// The networks of one model; compared networks are separate experiments.
  public let backbones: [String]
  public let combination: Reported<Combination>
  public let pretraining: Reported<String>
  public let strategy: Reported<Strategy>
  public let head: Reported<String>
  public let techniques: [String]
  /// `true`, `false`, or the id of one of the study's augmentations.
  public let augmentation: Reported<String>
  public let split: Reported<Split>
  public let evaluationUnit: Reported<SampleUnit>
  public let hyperparameters: [String: String]
  public let claims: [Claim]
  public let uncertain: Doubt?

  public init(
    id: String, datasets: [String], datasetVersion: Reported<String>, task: Reported<String>,
    classes: Reported<Int>, backbones: [String], combination: Reported<Combination>,
    pretraining: Reported<String>,
    strategy: Reported<Strategy>, head: Reported<String>, techniques: [String],
    augmentation: Reported<String>, split: Reported<Split>,
    evaluationUnit: Reported<SampleUnit>, hyperparameters: [String: String], claims: [Claim],
    uncertain: Doubt?
  ) {
    self.id = id
    self.datasets = datasets
    self.datasetVersion = datasetVersion
    self.task = task
    self.classes = classes
    self.backbones = backbones
    self.combination = combination
    self.pretraining = pretraining
    self.strategy = strategy
    self.head = head
    self.techniques = techniques
    self.augmentation = augmentation
    self.split = split
    self.evaluationUnit = evaluationUnit
    self.hyperparameters = hyperparameters
    self.claims = claims
    self.uncertain = uncertain
  }
}

/// An augmentation of a study: what was done, and the sizes before and after.
public struct Augmentation: Codable, Sendable, Hashable {
  /// A printed number of samples.
  public struct Size: Codable, Sendable, Hashable {
    public let printed: String
    public let n: Int
    public let unit: String
    public let split: SplitPart?

    public init(printed: String, n: Int, unit: String, split: SplitPart?) {
      self.printed = printed
      self.n = n
      self.unit = unit
      self.split = split
    }
  }

  /// One operation with its printed parameters.
  public struct Operation: Codable, Sendable, Hashable {
    public let technique: String
    public let angles: [Double]
    public let step: Double?
    public let random: Bool
    public let axes: [String]
    /// What it is applied to, where printed: the extracted patches, every rotated image.
    public let of: String?
    public let printed: String?

    public init(
      technique: String, angles: [Double], step: Double?, random: Bool, axes: [String],
      of: String?, printed: String?
    ) {
      self.technique = technique
      self.angles = angles
      self.step = step
      self.random = random
      self.axes = axes
      self.of = of
      self.printed = printed
    }
  }

  public enum Stage: String, Codable, Sendable, CaseIterable {
    case beforeSplit = "before-split"
    case afterSplit = "after-split"
  }

  public let id: String
  public let appearance: String
  public let at: Place
  public let dataset: String
  public let before: Size?
  public let after: Size?
  public let stage: Reported<Stage>
  public let operations: [Operation]
  /// The operations under the other reading of a damaged cell.
  public let alternativeOperations: [Operation]
  public let uncertain: Doubt?

  public init(
    id: String, appearance: String, at: Place, dataset: String, before: Size?, after: Size?,
    stage: Reported<Stage>, operations: [Operation],
    alternativeOperations: [Operation], uncertain: Doubt?
  ) {
    self.id = id
    self.appearance = appearance
    self.at = at
    self.dataset = dataset
    self.before = before
    self.after = after
    self.stage = stage
    self.operations = operations
    self.alternativeOperations = alternativeOperations
    self.uncertain = uncertain
  }
}
