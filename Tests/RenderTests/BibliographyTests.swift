// Facts about reference lists and paper tables: keys agree, entries can be read back.

import Evidence
import Foundation
import Inquiry
import Testing

@testable import Render

/// Reads BibTeX as far as braces go: type, key and fields of each entry.
private func entries(_ bibtex: String) throws -> [(
  type: String, key: String, fields: [String: String]
)] {
  var entries: [(type: String, key: String, fields: [String: String])] = []
  var rest = bibtex[...]
  while let at = rest.firstIndex(of: "@") {
    rest = rest[rest.index(after: at)...]
    let type = String(rest.prefix { $0 != "{" })
    var depth = 0
    var body = ""
    for character in rest.dropFirst(type.count) {
      if character == "{" { depth += 1 }
      if character == "}" { depth -= 1 }
      body.append(character)
      if depth == 0 { break }
    }
    try #require(depth == 0, "the braces of an entry do not close")
    rest = rest.dropFirst(type.count + body.count)
    let lines = body.dropFirst().dropLast().split(separator: "\n")
    let key = String(try #require(lines.first).dropLast())
    var fields: [String: String] = [:]
    for line in lines.dropFirst() {
      let halves = line.components(separatedBy: " = {")
      try #require(halves.count >= 2)
      let value = halves.dropFirst().joined(separator: " = {")
      fields[halves[0].trimmingCharacters(in: .whitespaces)] =
        String(value.hasSuffix(",") ? value.dropLast(2) : value.dropLast(1))
    }
    entries.append((type, key, fields))
  }
  return entries
}

@Suite struct BibliographyTests {
  @Test("every reference and source has one entry under a key of its own")
  func keys() throws {
    let keys = try entries(Bibliography(of: corpus).bibtex()).map(\.key)
    #expect(
      keys == ["doe-2021", "doe-2021-2", "doe-2021-3", "inputsecret-undated", "review-2022"])
  }

  @Test("the kind of a work decides its entry type and the field of its venue")
  func types() throws {
    let read = try entries(Bibliography(of: corpus).bibtex())
    let types = Dictionary(uniqueKeysWithValues: read.map { ($0.key, $0) })
    #expect(types["doe-2021"]?.type == "article")
    #expect(types["doe-2021"]?.fields["journal"] == "J \\& K\\_L")
    #expect(types["doe-2021-2"]?.type == "inproceedings")
    #expect(types["doe-2021-2"]?.fields["booktitle"] == "J \\& K\\_L")
    #expect(types["doe-2021-3"]?.type == "misc")
    #expect(types["doe-2021"]?.fields["doi"] == "10.1000/a_b%c")
    #expect(types["doe-2021"]?.fields["pages"] == "1--9")
    #expect(
      types["doe-2021"]?.fields["title"] == "{50\\% of \\textbraceleft{}x\\textbraceright{}\\_y}")
  }

  @Test("names are surnames and initials, and et al. becomes others")
  func names() throws {
    let read = try entries(Bibliography(of: corpus).bibtex())
    let authors = Dictionary(uniqueKeysWithValues: read.map { ($0.key, $0.fields["author"]) })
    #expect(authors["doe-2021"] == "Doe, J. and De Matos, A. B. and Wang, J.-Y. and {Shallu}")
    #expect(authors["doe-2021-2"] == "Doe, J. and others")
  }

  @Test(
    "an author is taken apart at the initials only",
    arguments: [
      ("Boumaraf S", "Boumaraf", "S."), ("El-Bendary MAM", "El-Bendary", "M. A. M."),
      ("De Matos J", "De Matos", "J."), ("Wang J-Y", "Wang", "J.-Y."), ("Shallu", "Shallu", nil),
      ("Data Science Central", "Data Science Central", nil),
    ])
  func authorNames(printed: String, family: String, given: String?) {
    #expect(AuthorName(printed).family == family)
    #expect(AuthorName(printed).given == given)
  }

  @Test("CSL-JSON is valid JSON under the same keys as BibTeX")
  func csl() throws {
    let list = Bibliography(of: corpus)
    let read = try JSONSerialization.jsonObject(with: Data(list.cslJSON().utf8))
    let ids = (read as? [[String: Any]])?.compactMap { $0["id"] as? String }
    #expect(try ids == entries(list.bibtex()).map(\.key))
  }

  @Test("every key that a paper's tables cite is in the bibliography")
  func citations() throws {
    let tables = Table.overviews(of: corpus.allClaims, in: corpus)
    let paper = PaperExport(tables, citing: Bibliography(of: corpus))
    let cited = Set(paper.latex().matches(of: /\\cite\{([^}]*)\}/).map { String($0.output.1) })
    #expect(cited == ["doe-2021", "review-2022"])
    #expect(cited.isSubset(of: try entries(Bibliography(of: corpus).bibtex()).map(\.key)))
    let items = paper.standaloneLatex(title: "x").matches(of: /\\bibitem\{([^}]*)\}/)
      .map { String($0.output.1) }
    #expect(cited.isSubset(of: items))
  }

  @Test("a paper's table has a row for each set-up and place, and never merges two claims")
  func overview() throws {
    let table = try #require(Table.overviews(of: corpus.allClaims, in: corpus).first)
    #expect(table.columns.map(\.title).contains("Accuracy (%)"))
    #expect(table.rows.count == 2)
    #expect(
      table.withoutBlankColumns.written(as: .csv) == """
        study,method,dataset,accuracy,f1,source\r
        Doe et al. 2021,Net-1,"Skin ""A"" & B",90.5,80,"review-2022, Table 1, row 1"\r
        Doe et al. 2021,Net-1,"Skin ""A"" & B",91.5,not reported,"review-2022, Table 1, row 2"\r

        """)
  }
}

@Suite struct DossierTests {
  @Test("everything known about a study is valid JSON with its claims and their places")
  func studyJSON() throws {
    let dossier = try #require(Dossier(of: .init(.study, "doe-2021"), in: corpus))
    let read = try JSONSerialization.jsonObject(with: Data(dossier.written(as: .json).utf8))
    let object = try #require(read as? [String: Any])
    let claims = try #require(object["claims"] as? [[String: Any]])
    #expect(claims.count == 3)
    #expect(claims[0]["reported"] as? String == "90.5%")
    #expect(claims[0]["location"] as? String == "review-2022, Table 1, row 1, Accuracy")
  }

  @Test("every kind of entity has a dossier, and an unknown id has none")
  func kinds() {
    for (kind, id) in [
      (EntityKind.source, "review-2022"), (.reference, "review-2022/1"), (.task, "lesions"),
      (.backbone, "net"), (.dataset, "skin"), (.study, "doe-2021"),
    ] {
      #expect(Dossier(of: .init(kind, id), in: corpus) != nil)
      #expect(Dossier(of: .init(kind, "nothing"), in: corpus) == nil)
    }
  }

  @Test("every listing has a row for each entity", arguments: Listing.allCases)
  func listings(listing: Listing) {
    let table = Table.catalogue(listing, of: corpus)
    let counts: [Listing: Int] = [
      .studies: 2, .datasets: 1, .backbones: 1, .references: 4, .sources: 1, .tasks: 1,
      .metrics: Metric.allCases.count,
    ]
    #expect(table.rows.count == counts[listing] ?? 0)
  }
}
