// All recipes of the data, found by their own name or by their study's.

import Catalog
import Evidence
import Files

/// The recipes of `Data/recipes/`.
package struct RecipeBook: Sendable {
  /// A recipe with the text it was read from.
  package struct Entry: Sendable {
    package let recipe: Recipe
    package let text: String
    /// SHA-256 of the text.
    package var hash: String { SHA256.hex(text) }
  }

  /// Sorted by id.
  package let entries: [Entry]
  private let knowledge: KnowledgeBase

  package var recipes: [Recipe] { entries.map(\.recipe) }

  /// Reads and checks the recipes among the documents of loaded data.
  /// - Throws: `InvalidData` with every mistake found.
  package init(_ data: LoadedData, root: String = "Data") throws {
    knowledge = data.knowledge
    let reading = Reading()
    var entries: [Entry] = []
    for file in data.documents where file.path.hasPrefix("recipes/") {
      let name = "\(root)/\(file.path)"
      guard
        let recipe = Recipe.read(
          file.text, file: name, knowledge: data.knowledge, reading: reading)
      else { continue }
      if file.path != "recipes/\(recipe.id).yaml" {
        reading.report(
          "the id should be the file's name", at: .init(file: name, line: 1, field: "id"))
      }
      entries.append(Entry(recipe: recipe, text: file.text))
    }
    if !reading.diagnostics.isEmpty { throw InvalidData(reading.diagnostics) }
    self.entries = entries.sorted { $0.recipe.id < $1.recipe.id }
  }

  package func entries(ofStudy study: String) -> [Entry] {
    entries.filter { $0.recipe.study == study }
  }

  /// The recipe that a name means: a recipe file's path, a recipe's id, or a study with one recipe.
  package func entry(named name: String) throws -> Entry {
    if name.contains("/") || name.hasSuffix(".yaml") { return try Self.read(name, knowledge) }
    if let entry = entries.first(where: { $0.recipe.id == name }) { return entry }
    let folded = foldedName(name)
    if let entry = entries.first(where: { foldedName($0.recipe.id) == folded }) { return entry }
    if let study = knowledge.studies.first(where: { foldedName($0.id) == folded }) {
      let found = entries(ofStudy: study.id)
      if found.count == 1 { return found[0] }
      throw found.isEmpty
        ? ReproduceError.noRecipe(study: study.id)
        : ReproduceError.severalRecipes(study: study.id, recipes: found.map(\.recipe.id))
    }
    let names = entries.map(\.recipe.id) + knowledge.studies.map(\.id)
    throw ReproduceError.unknownRecipe(name: name, nearest: nearestName(to: name, in: names))
  }

  /// One recipe file outside the data.
  package static func read(_ path: String, _ knowledge: KnowledgeBase) throws -> Entry {
    guard let text = String(validating: try readFile(path), as: UTF8.self) else {
      throw InvalidData([Diagnostic(file: path, line: 0, field: "", message: "not valid UTF-8")])
    }
    return try parse(text, file: path, knowledge)
  }

  /// A recipe from its text; `file` names it in messages.
  static func parse(_ text: String, file: String, _ knowledge: KnowledgeBase) throws -> Entry {
    let reading = Reading()
    let recipe = Recipe.read(text, file: file, knowledge: knowledge, reading: reading)
    guard let recipe, reading.diagnostics.isEmpty else { throw InvalidData(reading.diagnostics) }
    return Entry(recipe: recipe, text: text)
  }
}

extension RecipeBook.Entry {
  /// The recipe with some fields changed, `training.epochs` to `3`.
  /// - Throws: ``ReproduceError`` naming an unknown field or a value it cannot take.
  package func recipe(
    with overrides: [RunRecord.Override], knowledge: KnowledgeBase
  ) throws -> Recipe {
    let names = recipe.rows.map(\.name)
    for change in overrides where !names.contains(change.name) {
      throw ReproduceError.unknownSetting(
        name: change.name, nearest: nearestName(to: change.name, in: names))
    }
    if overrides.isEmpty { return recipe }
    let text = recipe.yaml(replacing: overrides)
    do {
      return try RecipeBook.parse(text, file: "--set", knowledge).recipe
    } catch let error as InvalidData {
      let first = error.diagnostics[0]
      let name = overrides.last { first.field.hasPrefix($0.name) }
      if name == nil { throw ReproduceError.contradiction(first.message) }
      let value = name?.value ?? ""
      let denial = "'\(value)' is not "
      throw ReproduceError.badSetting(
        name: name?.name ?? first.field, value: value,
        expected: first.message.hasPrefix(denial)
          ? String(first.message.dropFirst(denial.count)) : first.message)
    }
  }
}
