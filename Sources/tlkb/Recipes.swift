// `tlkb recipe list|show|new|validate`.

import ArgumentParser
import Catalog
import Evidence
import Files
import Foundation
import Imaging
import Render
import Reproduce

struct RecipeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "recipe",
    abstract: "List, show, draft and check recipes: executable experiments of studies.",
    discussion: """
      EXAMPLES
        tlkb recipe list
        tlkb recipe new --study boumaraf-2021
      """,
    subcommands: [ListRecipes.self, ShowRecipe.self, NewRecipe.self, ValidateRecipe.self])
}

private struct ListRecipes: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List all recipes.",
    discussion: """
      EXAMPLE
        tlkb recipe list --study yang-2023
        tlkb recipe list --missing
      """)

  @Option(help: ArgumentHelp("Recipes of this study.", valueName: "name")) var study: String?
  @Flag(help: "Experiments that report results and have no recipe, with the reason.")
  var missing = false
  @OptionGroup var listing: ListingOptions
  @OptionGroup var data: DataOptions

  func run() throws {
    let origin = try data.origin
    let loaded = try loadData(origin)
    let book = try RecipeBook(loaded, root: origin.name)
    if missing {
      listing.show(
        .missingRecipes(book.missing(in: loaded.knowledge)), noun: ("reason", "reasons"))
      return
    }
    var recipes = book.recipes
    if let study {
      let folded = foldedName(study)
      let names = loaded.knowledge.studies.map(\.id)
      guard names.contains(where: { foldedName($0) == folded }) else {
        throw CatalogError.unknownName(
          kind: "study", name: study, suggestion: nearestName(to: study, in: names))
      }
      recipes = recipes.filter { foldedName($0.study) == folded }
    }
    listing.show(.recipes(recipes), noun: ("recipe", "recipes"))
  }
}

private struct ShowRecipe: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show every field of a recipe with where it comes from.",
    discussion: """
      EXAMPLE
        tlkb recipe show boumaraf-2021
      """)

  @Argument(help: "A recipe's id, a study with one recipe, or a recipe file.") var name: String
  @OptionGroup var listing: ListingOptions
  @OptionGroup var data: DataOptions

  func run() throws {
    let origin = try data.origin
    let entry = try RecipeBook(loadData(origin), root: origin.name).entry(named: name)
    listing.show(.recipe(entry.recipe), noun: ("field", "fields"))
  }
}

private struct NewRecipe: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "new", abstract: "Draft a recipe from what the knowledge base says of a study.",
    discussion: """
      What the sources state is filled in with its place; what they do not is a declared default \
      that you should look at before you run.

      EXAMPLE
        tlkb recipe new --study boumaraf-2021 > boumaraf-2021.yaml
      """)

  @Option(help: ArgumentHelp("The study.", valueName: "name")) var study: String
  @Option(help: ArgumentHelp("Its experiment, where it has several.", valueName: "id"))
  var experiment: String?
  @Option(
    help: ArgumentHelp(
      "One of several networks, where no source says whose the values are.", valueName: "id"))
  var backbone: String?
  @Option(help: ArgumentHelp("Write a file instead of standard output.", valueName: "file"))
  var output: String?
  @OptionGroup var data: DataOptions

  func run() throws {
    let knowledge = try loadData(data.origin).knowledge
    let folded = foldedName(study)
    guard let found = knowledge.studies.first(where: { foldedName($0.id) == folded }) else {
      throw CatalogError.unknownName(
        kind: "study", name: study,
        suggestion: nearestName(to: study, in: knowledge.studies.map(\.id)))
    }
    let today = Date().ISO8601Format().prefix(10)
    let recipe = try RecipeDraft.draft(
      study: found, experiment: experiment, backbone: backbone, declared: String(today),
      knowledge: knowledge)
    if let output {
      try writeAtomically(recipe.yaml, to: output)
      printError("wrote \(output)")
    } else {
      print(recipe.yaml, terminator: "")
    }
  }
}

private struct ValidateRecipe: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "validate", abstract: "Check recipes; mistakes are named with file and line.",
    discussion: """
      Also lists what keeps a recipe from being its study's own set-up: a dataset without a \
      reader, weights that the registry does not have, fields that no source states.

      EXAMPLE
        tlkb recipe validate my-recipe.yaml
      """)

  @Argument(help: "Recipe files (default: those of the data).") var files: [String] = []
  @OptionGroup var listing: ListingOptions
  @OptionGroup var data: DataOptions

  func run() throws {
    let origin = try data.origin
    let loaded = try loadData(origin)
    let book = try RecipeBook(loaded, root: origin.name)
    let recipes =
      files.isEmpty
      ? book.recipes : try files.map { try RecipeBook.read($0, loaded.knowledge).recipe }
    listing.show(.recipeLacks(recipes.flatMap(\.lacks)), noun: ("entry", "entries"))
    printError("\(recipes.count) \(recipes.count == 1 ? "recipe" : "recipes"), no mistakes")
  }
}
