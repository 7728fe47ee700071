// Reading sources and the entries of their reference lists.

import Evidence

extension Source {
  init(_ fields: Fields) {
    self.init(
      id: fields.text("id"),
      kind: fields.oneCase("kind", Kind.self, placeholder: .primary),
      title: fields.text("title"),
      authors: fields.texts("authors"),
      year: fields.int("year"),
      venue: fields.optionalText("venue"),
      doi: fields.doi("doi"),
      received: fields.optionalText("received"),
      accepted: fields.optionalText("accepted"),
      parts: fields.children("places") { part in
        Part(
          id: part.text("id"), kind: part.oneCase("kind", Part.Kind.self, placeholder: .section),
          title: part.text("title"),
          rows: part.optionalInt("rows") ?? part.optionalInt("paragraphs")
            ?? part.optionalInt("entries"),
          columns: part.texts("columns"), uncertain: part.doubt())
      })
  }
}

extension Reference {
  init(_ fields: Fields, source: String) {
    self.init(
      source: source,
      number: fields.int("number"),
      authors: fields.texts("authors"),
      etAl: fields.bool("et-al"),
      title: fields.text("title"),
      venue: fields.optionalText("venue"),
      year: fields.optionalInt("year"),
      volume: fields.optionalText("volume"),
      issue: fields.optionalText("issue"),
      pages: fields.optionalText("pages"),
      doi: fields.doi("doi"),
      url: fields.optionalText("url"),
      accessed: fields.optionalText("accessed"),
      kind: fields.oneCase("kind", Kind.self, placeholder: .article),
      field: fields.optionalText("field"),
      about: fields.entityWords("about"),
      uncertain: fields.doubt())
  }
}

extension Fields {
  /// A DOI as it is registered: `10.`, a registrant of four digits or more, `/`, a suffix.
  func doi(_ key: String) -> String? {
    guard let text = optionalText(key) else { return nil }
    let halves = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    let registrant = halves[0].split(separator: ".", omittingEmptySubsequences: false)
    let isRegistered =
      registrant.count >= 2 && registrant[0] == "10" && registrant[1].count >= 4
      && registrant.dropFirst().allSatisfy { !$0.isEmpty && $0.allSatisfy(\.isNumber) }
    let suffix = halves.count == 2 ? halves[1] : ""
    if !isRegistered || suffix.isEmpty || suffix.contains(where: \.isWhitespace) {
      report(key, "'\(text)' is not a DOI (10.NNNN/suffix, without https://doi.org/)")
    }
    return text
  }
}
