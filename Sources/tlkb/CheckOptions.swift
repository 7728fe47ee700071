// The options of `tlkb check`: scores as printed, and the set-up they were measured in.

import ArgumentParser

/// The scores of one check, as printed.
struct ScoreOptions: ParsableArguments {
  @Option(
    name: [.customLong("accuracy")],
    help: ArgumentHelp("Share of samples classified rightly.", valueName: "value"))
  var accuracy: String?
  @Option(
    name: [.customLong("error-rate")], help: ArgumentHelp("1 − accuracy.", valueName: "value"))
  var errorRate: String?
  @Option(
    name: [.customLong("precision"), .customLong("ppv")],
    help: ArgumentHelp("Positive predictive value.", valueName: "value"))
  var precision: String?
  @Option(
    name: [.customLong("recall"), .customLong("sensitivity"), .customLong("tpr")],
    help: ArgumentHelp("Sensitivity.", valueName: "value"))
  var recall: String?
  @Option(
    name: [.customLong("specificity"), .customLong("tnr")],
    help: ArgumentHelp("True negative rate.", valueName: "value"))
  var specificity: String?
  @Option(
    name: [.customLong("negative-predictive-value"), .customLong("npv")],
    help: ArgumentHelp("Negative predictive value.", valueName: "value"))
  var npv: String?
  @Option(
    name: [.customLong("false-positive-rate"), .customLong("fpr")],
    help: ArgumentHelp("False positive rate.", valueName: "value"))
  var fpr: String?
  @Option(
    name: [.customLong("false-negative-rate"), .customLong("fnr")],
    help: ArgumentHelp("False negative rate.", valueName: "value"))
  var fnr: String?
  @Option(
    name: [.customLong("false-discovery-rate"), .customLong("fdr")],
    help: ArgumentHelp("1 − precision.", valueName: "value"))
  var falseDiscoveryRate: String?
  @Option(
    name: [.customLong("false-omission-rate")],
    help: ArgumentHelp("1 − negative predictive value.", valueName: "value"))
  var falseOmissionRate: String?
  @Option(
    name: [.customLong("f1")],
    help: ArgumentHelp("F1 of the positive class, or averaged.", valueName: "value"))
  var f1: String?
  @Option(
    name: [.customLong("f-beta")], help: ArgumentHelp("F-beta; give --beta.", valueName: "value"))
  var fBeta: String?
  @Option(
    name: [.customLong("f-minus")],
    help: ArgumentHelp("F1 of the negative class.", valueName: "value"))
  var fMinus: String?
  @Option(
    name: [.customLong("f-beta-minus")],
    help: ArgumentHelp("F-beta of the negative class; give --beta.", valueName: "value"))
  var fBetaMinus: String?
  @Option(
    name: [.customLong("balanced-accuracy")],
    help: ArgumentHelp("Mean of sensitivity and specificity.", valueName: "value"))
  var balancedAccuracy: String?
  @Option(
    name: [.customLong("matthews"), .customLong("mcc")],
    help: ArgumentHelp("Matthews correlation coefficient.", valueName: "value"))
  var matthews: String?
  @Option(name: [.customLong("kappa")], help: ArgumentHelp("Cohen's kappa.", valueName: "value"))
  var kappa: String?
  @Option(
    name: [.customLong("jaccard"), .customLong("iou")],
    help: ArgumentHelp("Jaccard index.", valueName: "value"))
  var jaccard: String?
  @Option(
    name: [.customLong("geometric-mean"), .customLong("g-mean")],
    help: ArgumentHelp("Geometric mean of sensitivity and specificity.", valueName: "value"))
  var geometricMean: String?
  @Option(
    name: [.customLong("fowlkes-mallows")],
    help: ArgumentHelp("Fowlkes–Mallows index.", valueName: "value"))
  var fowlkesMallows: String?
  @Option(name: [.customLong("markedness")], help: ArgumentHelp("Markedness.", valueName: "value"))
  var markedness: String?
  @Option(
    name: [.customLong("informedness")],
    help: ArgumentHelp("Informedness, Youden's J.", valueName: "value"))
  var informedness: String?
  @Option(
    name: [.customLong("positive-likelihood-ratio")],
    help: ArgumentHelp("Positive likelihood ratio.", valueName: "value"))
  var positiveLikelihoodRatio: String?
  @Option(
    name: [.customLong("negative-likelihood-ratio")],
    help: ArgumentHelp("Negative likelihood ratio.", valueName: "value"))
  var negativeLikelihoodRatio: String?
  @Option(
    name: [.customLong("diagnostic-odds-ratio"), .customLong("dor")],
    help: ArgumentHelp("Diagnostic odds ratio.", valueName: "value"))
  var diagnosticOddsRatio: String?
  @Option(
    name: [.customLong("prevalence-threshold")],
    help: ArgumentHelp("Prevalence threshold.", valueName: "value"))
  var prevalenceThreshold: String?
  @Option(
    name: [.customLong("unified-performance-measure")],
    help: ArgumentHelp("Unified performance measure.", valueName: "value"))
  var unified: String?
  @Option(
    name: [.customLong("auc")], help: ArgumentHelp("Area under the ROC curve.", valueName: "value"))
  var auc: String?

  var fields: [(name: String, value: String)] {
    [
      ("accuracy", accuracy),
      ("error-rate", errorRate),
      ("precision", precision),
      ("recall", recall),
      ("specificity", specificity),
      ("negative-predictive-value", npv),
      ("false-positive-rate", fpr),
      ("false-negative-rate", fnr),
      ("false-discovery-rate", falseDiscoveryRate),
      ("false-omission-rate", falseOmissionRate),
      ("f1", f1),
      ("f-beta", fBeta),
      ("f-minus", fMinus),
      ("f-beta-minus", fBetaMinus),
      ("balanced-accuracy", balancedAccuracy),
      ("matthews", matthews),
      ("kappa", kappa),
      ("jaccard", jaccard),
      ("geometric-mean", geometricMean),
      ("fowlkes-mallows", fowlkesMallows),
      ("markedness", markedness),
      ("informedness", informedness),
      ("positive-likelihood-ratio", positiveLikelihoodRatio),
      ("negative-likelihood-ratio", negativeLikelihoodRatio),
      ("diagnostic-odds-ratio", diagnosticOddsRatio),
      ("prevalence-threshold", prevalenceThreshold),
      ("unified-performance-measure", unified),
      ("auc", auc),
    ].compactMap { name, value in value.map { (name: name, value: $0) } }
  }
}

/// What is known of the test set, the folds and how numbers were printed.
struct DesignOptions: ParsableArguments {
  @Option(
    name: .customLong("n-positive"),
    help: ArgumentHelp("Positive test samples, or a range.", valueName: "n"))
  var nPositive: String?
  @Option(
    name: .customLong("n-negative"),
    help: ArgumentHelp("Negative test samples, or a range.", valueName: "n"))
  var nNegative: String?
  @Option(
    name: .customLong("n"),
    help: ArgumentHelp("All test samples, where only their total is known.", valueName: "n"))
  var total: String?
  @Option(
    name: .customLong("classes"),
    help: ArgumentHelp("Test samples of each class.", valueName: "10,100,80"))
  var classes: String?
  @Option(
    name: .customLong("folds"), help: ArgumentHelp("Folds of a cross-validation.", valueName: "k"))
  var folds: String?
  @Option(
    name: .customLong("repeats"), help: ArgumentHelp("Repetitions of the folds.", valueName: "k"))
  var repeats: String?
  @Option(
    name: .customLong("stratified"),
    help: ArgumentHelp("Whether folds are stratified.", valueName: "yes|no"))
  var stratified: String?
  @Option(
    name: .customLong("fold-counts"),
    help: ArgumentHelp(
      "Positives and negatives of each fold or test set, or of a data set with the number of its "
        + "folds, 177+223/5; | divides data sets.",
      valueName: "38+262,37+263"))
  var foldCounts: String?
  @Option(
    name: .customLong("fold-bounds"),
    help: ArgumentHelp(
      "Least and greatest score of single folds.", valueName: "accuracy 0.8..0.95; recall 0.7..1"))
  var foldBounds: String?
  @Option(
    name: .customLong("patients"),
    help: ArgumentHelp(
      "Patients, where accuracy may have been counted over them.", valueName: "n"))
  var patients: String?
  @Option(
    name: .customLong("aggregation"),
    help: ArgumentHelp("mean-of-scores or score-of-means (default: both tried).", valueName: "how"))
  var aggregation: String?
  @Option(
    name: .customLong("averaging"),
    help: ArgumentHelp(
      "binary, macro, weighted, micro, f1-of-macro-averages … (default: all tried).",
      valueName: "how"))
  var averaging: String?
  @Option(
    name: .customLong("accuracy-kind"),
    help: ArgumentHelp(
      "overall, balanced, mean-one-versus-rest, patient-level (default: all tried).",
      valueName: "how"))
  var accuracyKind: String?
  @Option(
    name: .customLong("rounding"),
    help: ArgumentHelp(
      "nearest, half-up, half-even, floor, ceiling, truncation, nearest-or-truncated.",
      valueName: "how"))
  var rounding: String?
  @Option(
    name: .customLong("eps"),
    help: ArgumentHelp(
      "Half-width around each printed value, instead of rounding.", valueName: "width"))
  var eps: String?
  @Option(
    name: .customLong("percent"),
    help: ArgumentHelp("Whether scores without % are percentages.", valueName: "yes|no"))
  var percent: String?
  @Option(
    name: .customLong("beta"),
    help: ArgumentHelp("β of --f-beta and --f-beta-minus.", valueName: "β"))
  var beta: String?

  var fields: [(name: String, value: String)] {
    [
      ("n-positive", nPositive),
      ("n-negative", nNegative),
      ("n", total),
      ("classes", classes),
      ("folds", folds),
      ("repeats", repeats),
      ("stratified", stratified),
      ("fold-counts", foldCounts),
      ("fold-bounds", foldBounds),
      ("patients", patients),
      ("aggregation", aggregation),
      ("averaging", averaging),
      ("accuracy-kind", accuracyKind),
      ("rounding", rounding),
      ("eps", eps),
      ("percent", percent),
      ("beta", beta),
    ].compactMap { name, value in value.map { (name: name, value: $0) } }
  }
}
