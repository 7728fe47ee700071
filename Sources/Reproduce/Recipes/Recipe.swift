// An executable experiment: every field with its value and where that comes from.

import Evidence

/// An executable experiment of a study. Format: `Data/recipes/README.md`.
package struct Recipe: Hashable, Sendable {
  package let id: String
  package let study: String
  /// The study's experiment whose claims the recipe answers.
  package let experiment: String
  /// The day its choices were declared, ISO 8601: never after a run that they judge.
  package let declared: String
  /// Remarks of its author.
  package let note: String?
  package let data: Data
  package let split: Split
  package let preprocessing: Preprocessing
  package let augmentation: Augmentation
  package let model: Model
  package let training: Training
  package let evaluation: Evaluation
  package let verdict: Rules

  package struct Data: Hashable, Sendable {
    /// The catalogue's id of the dataset.
    package let dataset: Setting<String>
    /// The question the labels answer, one of the reader's; `any` is its first.
    package let labels: Setting<String>
    /// Keeps one magnification; 0 keeps all.
    package let magnification: Setting<Int>
  }

  package enum SplitKind: String, CaseIterable, Codable, SettingValue {
    case official
    case holdOut = "hold-out"
    case kFold = "k-fold"
  }

  package enum Unit: String, CaseIterable, Codable, SettingValue { case image, lesion, patient }

  package struct Split: Hashable, Sendable {
    package let kind: Setting<SplitKind>
    package let unit: Setting<Unit>
    package let train: Setting<Double>
    package let validation: Setting<Double>
    package let test: Setting<Double>
    package let folds: Setting<Int>
    /// `per-seed` draws a new split for each seed; a number fixes one.
    package let seed: Setting<String>
  }

  package enum Fit: String, CaseIterable, Codable, SettingValue {
    case stretch, letterbox
    case centreCrop = "centre-crop"
  }

  /// How much of a JPEG is decoded.
  package enum Decoding: String, CaseIterable, Codable, SettingValue {
    /// Every pixel, as the libraries of the papers do.
    case full
    /// At half, quarter or eighth size where the picture stays at least as large as it is asked for.
    case reduced
  }

  package struct Preprocessing: Hashable, Sendable {
    package let decoding: Setting<Decoding>
    /// Side of the square input in pixels.
    package let size: Setting<Int>
    package let fit: Setting<Fit>
    package let interpolation: Setting<String>
    package let normalisation: Setting<String>
    /// Deterministic steps before scaling, such as `reinhard`.
    package let steps: Setting<[String]>
  }

  package enum Balancing: String, CaseIterable, Codable, SettingValue {
    case none, oversample, undersample
  }

  package struct Augmentation: Hashable, Sendable {
    /// Random operations on training images, such as `flip-horizontal` or `rotate 15`.
    package let operations: Setting<[String]>
    package let balancing: Setting<Balancing>
    /// `mixup 0.2` or `cutmix 1` with the α of Beta(α, α), from which each batch's share is drawn.
    package let mixing: Setting<String>
    /// Augmented copies per training image when the backbone is frozen.
    package let variants: Setting<Int>
  }

  package enum Strategy: String, CaseIterable, Codable, SettingValue {
    case fromScratch = "from-scratch"
    case featureExtraction = "feature-extraction"
    case partialFineTuning = "partial-fine-tuning"
    case fullFineTuning = "full-fine-tuning"
    /// The head alone for `stage-epochs`, then all layers.
    case twoStage = "two-stage"
    /// The head alone, then ever more layers, one boundary of `unfreezing` after the other.
    case progressiveUnfreezing = "progressive-unfreezing"
    /// First trained on the `intermediate` dataset, then on the study's.
    case doubleTransfer = "double-transfer"
    /// Weights are tested as they are, classifier included.
    case evaluationOnly = "evaluation-only"
  }

  package enum Head: String, CaseIterable, Codable, SettingValue {
    case softmax
    case logisticRegression = "logistic-regression"
    case linearSVM = "linear-svm"
    case rbfSVM = "rbf-svm"
    case knn
  }

  package struct Model: Hashable, Sendable {
    /// The engine's name of the architecture.
    package let backbone: Setting<String>
    /// `imagenet`, the name of a weight set, or `random`.
    package let weights: Setting<String>
    package let strategy: Setting<Strategy>
    /// The last frozen layer or group of a partial fine-tuning; `none` otherwise.
    package let frozenThrough: Setting<String>
    /// The last frozen layer or group of each middle stage of a progressive unfreezing; the stage
    /// before them trains the head alone, the one after them all layers.
    package let unfreezing: Setting<[String]>
    /// Epochs of every stage but the last.
    package let stageEpochs: Setting<Int>
    /// Times the learning rate from the second stage on.
    package let stageFactor: Setting<Double>
    /// The dataset of the first training of a double transfer; `none` otherwise.
    package let intermediate: Setting<String>
    /// Epochs on the intermediate dataset.
    package let intermediateEpochs: Setting<Int>
    package let head: Setting<Head>
    /// The share of features dropped before a softmax head, on top of the network's own.
    package let dropout: Setting<Double>
    /// C of an SVM head.
    package let cost: Setting<Double>
    /// γ of an RBF kernel; `scale` is 1 / (features × their variance).
    package let gamma: Setting<String>
    /// k of a k-NN head.
    package let neighbours: Setting<Int>
  }

  package enum LossKind: String, CaseIterable, Codable, SettingValue {
    case crossEntropy = "cross-entropy"
    case focal
    /// For several findings per image.
    case binaryCrossEntropy = "binary-cross-entropy"
  }

  package enum ClassWeights: String, CaseIterable, Codable, SettingValue { case none, balanced }

  package enum OptimiserKind: String, CaseIterable, Codable, SettingValue {
    case sgd, adam, adamw, rmsprop
  }

  package enum ScheduleKind: String, CaseIterable, Codable, SettingValue {
    case constant, step, milestones, cosine
  }

  package enum Selection: String, CaseIterable, Codable, SettingValue {
    case last
    case bestValidationAUC = "best-validation-auc"
    case bestValidationAccuracy = "best-validation-accuracy"
    case bestValidationLoss = "best-validation-loss"
  }

  /// What early stopping watches on the validation part.
  package enum Monitor: String, CaseIterable, Codable, SettingValue {
    case validationLoss = "validation-loss"
    case validationAccuracy = "validation-accuracy"
    case validationAUC = "validation-auc"
  }

  /// The numbers that a network is computed in.
  package enum NumberFormat: String, CaseIterable, Codable, SettingValue {
    case float32, bfloat16
  }

  package struct Training: Hashable, Sendable {
    package let loss: Setting<LossKind>
    package let labelSmoothing: Setting<Double>
    package let classWeights: Setting<ClassWeights>
    package let optimiser: Setting<OptimiserKind>
    package let learningRate: Setting<Double>
    package let momentum: Setting<Double>
    package let weightDecay: Setting<Double>
    package let schedule: Setting<ScheduleKind>
    /// Epochs at which `milestones` lowers the rate; the first is the period of `step`.
    package let scheduleEpochs: Setting<[Int]>
    package let scheduleFactor: Setting<Double>
    package let epochs: Setting<Int>
    /// Training stops after so many epochs without improvement; 0 never stops early.
    package let patience: Setting<Int>
    package let monitor: Setting<Monitor>
    package let batch: Setting<Int>
    package let precision: Setting<NumberFormat>
    /// Which epoch's model is tested.
    package let selection: Setting<Selection>
  }

  package enum AveragingKind: String, CaseIterable, Codable, SettingValue {
    case binary, macro, weighted, micro
  }

  package struct Evaluation: Hashable, Sendable {
    package let seeds: Setting<Int>
    /// The averaging that claims without a stated one are compared with.
    package let averaging: Setting<AveragingKind>
    /// The positive class of binary metrics; `last` is the last class.
    package let positive: Setting<String>
    package let level: Setting<Double>
  }

  /// What decides a verdict, declared before the run.
  package struct Rules: Hashable, Sendable {
    /// The largest difference, as a fraction, that counts as the same value.
    package let margin: Setting<Double>
    /// The widest half prediction interval that can still tell anything.
    package let width: Setting<Double>
    /// The error rate of the equivalence test.
    package let alpha: Setting<Double>
    /// The fewest seeds with which a value is judged.
    package let minimumSeeds: Setting<Int>
  }
}

extension Recipe {
  /// Every field in the order of the file.
  package var rows: [SettingRow] {
    [
      SettingRow("data.dataset", data.dataset),
      SettingRow("data.labels", data.labels),
      SettingRow("data.magnification", data.magnification),
      SettingRow("split.kind", split.kind),
      SettingRow("split.unit", split.unit),
      SettingRow("split.train", split.train),
      SettingRow("split.validation", split.validation),
      SettingRow("split.test", split.test),
      SettingRow("split.folds", split.folds),
      SettingRow("split.seed", split.seed),
      SettingRow("preprocessing.decoding", preprocessing.decoding),
      SettingRow("preprocessing.size", preprocessing.size),
      SettingRow("preprocessing.fit", preprocessing.fit),
      SettingRow("preprocessing.interpolation", preprocessing.interpolation),
      SettingRow("preprocessing.normalisation", preprocessing.normalisation),
      SettingRow("preprocessing.steps", preprocessing.steps),
      SettingRow("augmentation.operations", augmentation.operations),
      SettingRow("augmentation.balancing", augmentation.balancing),
      SettingRow("augmentation.mixing", augmentation.mixing),
      SettingRow("augmentation.variants", augmentation.variants),
      SettingRow("model.backbone", model.backbone),
      SettingRow("model.weights", model.weights),
      SettingRow("model.strategy", model.strategy),
      SettingRow("model.frozen-through", model.frozenThrough),
      SettingRow("model.unfreezing", model.unfreezing),
      SettingRow("model.stage-epochs", model.stageEpochs),
      SettingRow("model.stage-factor", model.stageFactor),
      SettingRow("model.intermediate", model.intermediate),
      SettingRow("model.intermediate-epochs", model.intermediateEpochs),
      SettingRow("model.head", model.head),
      SettingRow("model.dropout", model.dropout),
      SettingRow("model.cost", model.cost),
      SettingRow("model.gamma", model.gamma),
      SettingRow("model.neighbours", model.neighbours),
      SettingRow("training.loss", training.loss),
      SettingRow("training.label-smoothing", training.labelSmoothing),
      SettingRow("training.class-weights", training.classWeights),
      SettingRow("training.optimiser", training.optimiser),
      SettingRow("training.learning-rate", training.learningRate),
      SettingRow("training.momentum", training.momentum),
      SettingRow("training.weight-decay", training.weightDecay),
      SettingRow("training.schedule", training.schedule),
      SettingRow("training.schedule-epochs", training.scheduleEpochs),
      SettingRow("training.schedule-factor", training.scheduleFactor),
      SettingRow("training.epochs", training.epochs),
      SettingRow("training.patience", training.patience),
      SettingRow("training.monitor", training.monitor),
      SettingRow("training.batch", training.batch),
      SettingRow("training.precision", training.precision),
      SettingRow("training.selection", training.selection),
      SettingRow("evaluation.seeds", evaluation.seeds),
      SettingRow("evaluation.averaging", evaluation.averaging),
      SettingRow("evaluation.positive", evaluation.positive),
      SettingRow("evaluation.level", evaluation.level),
      SettingRow("verdict.margin", verdict.margin),
      SettingRow("verdict.width", verdict.width),
      SettingRow("verdict.alpha", verdict.alpha),
      SettingRow("verdict.minimum-seeds", verdict.minimumSeeds),
    ]
  }
}
