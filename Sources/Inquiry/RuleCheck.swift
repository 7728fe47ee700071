// The checks that rules can run; each is written in a file of its own under `Checks/`.

/// A test over the whole knowledge base, run by the rules that name it.
struct RuleCheck: Sendable {
  let name: String
  /// The parameters a rule must give.
  let parameters: [String]
  let run: @Sendable (Corpus, Rule) -> [Draft]

  init(
    _ name: String, parameters: [String] = [], _ run: @escaping @Sendable (Corpus, Rule) -> [Draft]
  ) {
    self.name = name
    self.parameters = parameters
    self.run = run
  }

  static func named(_ name: String) -> RuleCheck? { all.first { $0.name == name } }

  static let all: [RuleCheck] = [
    .repeatedValue, .swappedValues, .sharedValues, .comparatorValue, .classCountOrder,
    .citationAuthors, .citationTitle, .titleClassCount, .listedTask,
    .harmonicMean, .betweenRates, .oneVersusRest, .granularity, .classAccuracy, .testCounts,
    .officialTest, .ownAbstract,
    .coefficientInPercent, .binaryMetric,
    .mixedUnits, .networksNamed, .unassignedResult, .neighbouringResult,
    .partsAndTotals, .differentSizes, .mixedSplits, .containedTwice, .unionAsPart,
    .uncataloguedSize, .printedElsewhere, .knownFact, .mixedTasks, .mixedSamples, .collectionAsPart,
    .foreignField, .conflictingFacts,
    .repeatedMember, .classOrder,
    .augmentationFactor, .rotationStep, .identityRotation, .neighbouringCell, .sharedCell,
    .augmentedWhole,
    .usedBy, .userWithoutResult, .backboneUsedBy, .mostUsed, .tiedRanking, .usageLevel,
    .citedAbsence, .recommendedPractice,
    .completeList, .universalClaim,
    .familyMembers, .datasetModality, .modalityList,
    .printedNames, .spellingVariants, .datasetKind, .ambiguousAbbreviation, .conflictingDefinitions,
    .formulas,
    .architectureFacts, .printedArchitecture, .comparedArchitectures, .predecessors,
    .heavyNetworks,
    .shownOperations, .undefinedMetric, .modalitiesNamed,
    .uncitedDataset, .datasetPublication,
    .duplicateReferences, .referenceDetails, .referenceIdentifiers, .authorSpelling,
    .crossReferences, .columnHeading, .doubtfulReading,
  ]
}
