// Facts about recipes: reading, mistakes, origins, writing, changing.

import Catalog
import Evidence
import Reproduce
import Testing

@Suite struct RecipeTests {
  @Test("Every recipe of the data reads without a mistake and names a study's experiment")
  func data() throws {
    let knowledge = try Knowledge.data.get().knowledge
    let recipes = try Knowledge.book().recipes
    #expect(recipes.contains { $0.id == "yang-2023-breastmnist" })
    for recipe in recipes {
      let study = try #require(knowledge.study(recipe.study))
      #expect(study.experiments.contains { $0.id == recipe.experiment }, "\(recipe.id)")
      #expect(recipe.rows.contains { $0.origin == "stated" }, "\(recipe.id)")
    }
  }

  @Test("A recipe written out and read again is the same, field by field")
  func roundTrip() throws {
    for recipe in try Knowledge.book().recipes {
      let again = try Knowledge.read(recipe.yaml)
      #expect(again.mistakes.isEmpty, "\(recipe.id): \(again.mistakes)")
      #expect(again.recipe == recipe, "\(recipe.id)")
    }
  }

  @Test("Fields that are left out are declared defaults")
  func defaults() throws {
    let recipe = try #require(try Knowledge.read(Knowledge.small()).recipe)
    #expect(recipe.evaluation.seeds == Setting(5, .declaredDefault))
    #expect(recipe.verdict.margin.value == 0.02)
    #expect(recipe.split.unit.value == .patient)
  }

  @Test(
    "A mistake is named with line, field and the nearest name",
    arguments: [
      ("epochs: {is: 3,", "epochs: {is: three,", "epochs.is: 'three' is not a whole number"),
      (
        "selection: {is: best-validation-auc", "selection: {is: best-validation-acu",
        "did you mean 'best-validation-auc'?"
      ),
      ("is: breakhis", "is: breakhsi", "unknown dataset 'breakhsi'; did you mean 'breakhis'?"),
      ("is: lenet5", "is: lenet7", "'lenet7' is not an architecture of the engine"),
      ("  batch:", "  bacth:", "unknown key; did you mean 'batch'?"),
      ("origin: inferred, because: a test}\npre", "origin: stated}\npre", "missing location"),
      ("is: 32, origin: default}", "is: 32, origin: guessed}", "'guessed' is not one of stated"),
      ("is: random", "is: imagenet", "training from scratch needs weights: random"),
      ("declared: 2026-11-23", "declared: today", "a day such as 2026-11-23"),
      (
        "strategy: {is: from-scratch", "strategy: {is: double-transfer",
        "double transfer needs intermediate"
      ),
      (
        "strategy: {is: from-scratch", "strategy: {is: evaluation-only",
        "evaluation only needs weights"
      ),
      (
        "strategy: {is: from-scratch", "strategy: {is: progressive-unfreezing",
        "progressive unfreezing needs unfreezing"
      ),
      (
        "strategy: {is: from-scratch, origin: default}",
        "strategy: {is: from-scratch, origin: default}\n  head: {is: rbf-svm, origin: default}",
        "the head rbf-svm needs strategy feature-extraction"
      ),
      (
        "strategy: {is: from-scratch, origin: default}",
        "strategy: {is: from-scratch, origin: default}\n  gamma: {is: -1, origin: default}",
        "'-1' is not scale or a number above 0"
      ),
      (
        "  batch: ",
        "  patience: {is: 3, origin: default}\n  monitor: {is: loss, origin: default}\n  batch: ",
        "'loss' is not one of validation-loss"
      ),
    ])
  func mistakes(good: String, bad: String, message: String) throws {
    let text = Knowledge.small()
    let broken = text.replacing(good, with: bad)
    #expect(broken != text)
    let mistakes = try Knowledge.read(broken).mistakes
    #expect(mistakes.contains { $0.contains(message) && $0.hasPrefix("r.yaml:") }, "\(mistakes)")
  }

  @Test("A statement must have a place that exists")
  func places() throws {
    let text = Knowledge.small().replacing(
      "origin: inferred, because: a test}\npre",
      with: "origin: stated, place: {source: mukhlif-2022, place: table-44}}\npre")
    let mistakes = try Knowledge.read(text).mistakes
    #expect(mistakes.contains { $0.contains("mukhlif-2022 has no place 'table-44'") })
  }

  @Test("A change on the command line keeps the origin and reaches the recipe")
  func overrides() throws {
    let knowledge = try Knowledge.data.get().knowledge
    let entry = try Knowledge.book().entry(named: "yang-2023-breastmnist")
    let changed = try entry.recipe(
      with: [.init(name: "training.epochs", value: "7")], knowledge: knowledge)
    #expect(changed.training.epochs.value == 7)
    #expect(changed.training.epochs.origin == entry.recipe.training.epochs.origin)
    #expect(
      throws: ReproduceError.unknownSetting(name: "training.epoch", nearest: "training.epochs")
    ) {
      try entry.recipe(with: [.init(name: "training.epoch", value: "7")], knowledge: knowledge)
    }
    #expect(throws: ReproduceError.self) {
      try entry.recipe(with: [.init(name: "training.epochs", value: "many")], knowledge: knowledge)
    }
  }

  @Test("A study with several recipes asks for one; a typo gets the nearest name")
  func names() throws {
    let book = try Knowledge.book()
    #expect(try book.entry(named: "Boumaraf 2021").recipe.id == "boumaraf-2021")
    #expect(throws: ReproduceError.unknownRecipe(name: "boumarf-2021", nearest: "boumaraf-2021")) {
      try book.entry(named: "boumarf-2021")
    }
    let error = #expect(throws: ReproduceError.self) { try book.entry(named: "yang-2023") }
    guard case .severalRecipes("yang-2023", let recipes)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(recipes.contains("yang-2023-retinamnist"))
  }

  @Test("A draft states what the source states and declares the rest")
  func draft() throws {
    let knowledge = try Knowledge.data.get().knowledge
    let study = try #require(knowledge.study("shallu-2018"))
    let recipe = try RecipeDraft.draft(
      study: study, experiment: nil, declared: "2026-11-23", knowledge: knowledge)
    #expect(recipe.model.backbone.value == "vgg16")
    #expect(recipe.model.head.value == .logisticRegression)
    #expect(
      recipe.model.head.origin
        == .stated(Place(source: "mukhlif-2022", place: "table-4", row: 4)))
    #expect(recipe.training.epochs.origin == .declaredDefault)
  }

  @Test("Results without a recipe are listed with the reason, and none that could be drafted is")
  func missing() throws {
    let knowledge = try Knowledge.data.get().knowledge
    let book = try Knowledge.book()
    let missing = book.missing(in: knowledge)
    for entry in missing {
      #expect(!entry.canBeDrafted, "\(entry.study): \(entry.because)")
    }
    // Every experiment with claims has a recipe or stands here, never both.
    let listed = Set(missing.flatMap { entry in entry.experiments.map { [entry.study, $0] } })
    let answered = Set(book.recipes.map { [$0.study, $0.experiment] })
    let reporting = knowledge.studies.flatMap { study in
      study.experiments.filter { !$0.claims.isEmpty }.map { [study.id, $0.id] }
    }
    #expect(listed.isDisjoint(with: answered))
    #expect(Set(reporting).isSubset(of: listed.union(answered)))
  }

  @Test("A network of volumes is no network of flat images and is not drafted as one")
  func volumes() throws {
    let knowledge = try Knowledge.data.get().knowledge
    let study = try #require(knowledge.study("yang-2023"))
    let error = #expect(throws: ReproduceError.self) {
      try RecipeDraft.draft(
        study: study, experiment: "organmnist3d-resnet-18-3d", declared: "2026-11-23",
        knowledge: knowledge)
    }
    #expect("\(try #require(error))".contains("the engine has no 3D convolutions"))
  }

  @Test("Where no source says whose the values are, one of the networks is chosen and inferred")
  func oneOf() throws {
    let knowledge = try Knowledge.data.get().knowledge
    let study = try #require(knowledge.study("sasikala-2020"))
    let draft = { (backbone: String?) throws -> Recipe in
      try RecipeDraft.draft(
        study: study, experiment: nil, backbone: backbone, declared: "2026-11-23",
        knowledge: knowledge)
    }
    let recipe = try draft("vgg16")
    #expect(recipe.id == "sasikala-2020-vgg16" && recipe.model.backbone.value == "vgg16")
    #expect(recipe.rows.first { $0.name == "model.backbone" }?.origin == "inferred")
    #expect(throws: ReproduceError.self) { try draft(nil) }
    #expect(throws: ReproduceError.self) { try draft("vgg19") }
  }

  @Test("What a recipe lacks is named: a reader, weights, fields that no source states")
  func lacks() throws {
    let recipe = try Knowledge.book().entry(named: "hassan-2020").recipe
    let lacks = recipe.lacks
    #expect(lacks.map(\.kind).contains("not stated"))
    let silent = try #require(lacks.first { $0.kind == "not stated" })
    #expect(silent.text.contains("training.epochs (run: 30)"))
  }

  @Test("A pair that nobody tried makes a recipe without claims")
  func untried() throws {
    let recipe = try Recipe.untried(
      id: "gap", dataset: "breakhis", backbone: "mobilenet-v2", because: "nobody reports it",
      declared: "2026-11-23", knowledge: try Knowledge.data.get().knowledge)
    #expect(recipe.study == "none" && recipe.model.backbone.value == "mobilenet_v2")
    #expect(try Knowledge.read(recipe.yaml).recipe == recipe)
  }
}
