// Facts about the report's pages: safe, self-contained, accessible, and honest about runs.

import Evidence
import Foundation
import Inquiry
import Testing

@testable import Render

private func report(runs: [RunEvidence] = [], findings: [Finding] = []) throws -> Report {
  try Report(
    of: corpus, studies: corpus.studies.map(\.id), findings: findings, runs: runs,
    version: "0", origin: "a test")
}

private func allPages(_ report: Report) throws -> [Report.File] {
  try corpus.studies.map { try report.page(of: $0) }
    + corpus.datasets.map { try report.page(of: $0) }
    + [try report.findingsPage(), try report.index()]
}

/// Every tag of a page in order, and whether each opened element is closed in turn.
private func unclosed(in html: String) -> [String] {
  let void: Set<String> = ["meta", "input", "br"]
  var open: [String] = []
  var body = html[...]
  while let start = body.range(of: "<") {
    body = body[start.upperBound...]
    guard let end = body.range(of: ">") else { return open + ["<"] }
    let tag = String(body[..<end.lowerBound])
    body = body[end.upperBound...]
    let name = String(tag.drop { $0 == "/" }.prefix { $0.isLetter || $0.isNumber })
    if tag.hasPrefix("!") || void.contains(name) || tag.hasSuffix("/") { continue }
    if tag.hasPrefix("/") {
      guard open.last == name else { return open + ["</\(name)>"] }
      open.removeLast()
    } else {
      open.append(name)
      if name == "style" || name == "script", let close = body.range(of: "</\(name)>") {
        body = body[close.lowerBound...]
      }
    }
  }
  return open
}

@Suite struct ReportTests {
  @Test("a name that is markup is shown as it is and never becomes markup")
  func escaping() throws {
    for page in try allPages(report()) {
      #expect(!page.text.contains("<script>alert"))
      #expect(!page.text.unicodeScalars.contains("\u{301}") || page.text.contains("&quot;\u{301}"))
      #expect(unclosed(in: page.text) == [])
    }
    let page = try report().page(of: corpus.studies[1])
    #expect(page.text.contains("&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39; onload=x"))
    #expect(page.path == "studies/script-2021.html")
  }

  @Test("a page refers to nothing on the network but links that a reader may follow")
  func selfContained() throws {
    for page in try allPages(report(runs: [RunEvidence(record("study-data", banner: nil))])) {
      for word in ["<link", "<img", "src=", "@import", "url(", "<iframe", "srcset"] {
        #expect(!page.text.contains(word), "\(page.path) has \(word)")
      }
      let addresses = page.text.matches(of: /["'(]https?:[^"')]*/).map { String($0.output) }
      let anchors = page.text.matches(of: /<a href="https?:[^"]*/).count
      #expect(addresses.count == anchors)
      #expect(
        page.text.contains("default-src &#39;none&#39;") || page.text.contains("default-src 'none'")
      )
    }
  }

  @Test("a page has a language, one first heading, and tables with captions and scopes")
  func accessible() throws {
    for page in try allPages(report(runs: [RunEvidence(record("phantom", banner: "a phantom"))])) {
      #expect(page.text.hasPrefix("<!DOCTYPE html>\n<html lang=\"en\">"))
      #expect(page.text.matches(of: /<h1/).count == 1)
      let tables = page.text.matches(of: /<table/).count
      #expect(page.text.matches(of: /<caption/).count == tables)
      #expect(page.text.matches(of: /<th\s/).count == page.text.matches(of: /<th scope=/).count)
      let ids = page.text.matches(of: /\sid="([^"]*)"/).map { String($0.output.1) }
      #expect(Set(ids).count == ids.count, "an id stands twice in \(page.path)")
      for target in page.text.matches(of: /href="#([^"]*)"/).map({ String($0.output.1) }) {
        #expect(ids.contains(target))
      }
    }
  }

  @Test("links between pages lead to files of the report")
  func links() throws {
    let files = try allPages(report())
    let paths = Set(files.map(\.path))
    for file in files {
      let folder = file.path.contains("/") ? "../" : ""
      for match in file.text.matches(of: /href="([^"#:]+)"/) {
        let target = String(match.output.1)
        #expect(target.hasPrefix(folder) && paths.contains(String(target.dropFirst(folder.count))))
      }
    }
  }

  @Test("a dataset of a set-up leads to its page, and a network, which has none, does not")
  func entityLinks() throws {
    let text = try report().page(of: corpus.studies[0]).text
    #expect(text.contains("<a href=\"../datasets/skin.html\">Skin &quot;A&quot; &amp; B</a>"))
    #expect(!text.contains("backbones/net.html"))
  }

  @Test("a value, not reported and not applicable are three different things on the page")
  func absences() throws {
    let text = try report().page(of: corpus.studies[0]).text
    #expect(text.contains("<span class=\"absent nr\">not reported</span>"))
    #expect(text.contains("<span class=\"absent na\">not applicable</span>"))
    #expect(text.contains("<td data-label=\"net-skin\">Net-1</td>"))
  }

  @Test("both of two claims that disagree are shown, each with its place")
  func disagreement() throws {
    let text = try report().page(of: corpus.studies[0]).text
    #expect(text.contains("90.5%") && text.contains("91.5%"))
    #expect(
      text.contains("review-2022, Table 1, row 1") && text.contains("review-2022, Table 1, row 2"))
  }

  @Test("a run on the study's data stands beside the reported value, with its ledger")
  func reproduced() throws {
    let text = try report(runs: [RunEvidence(record("study-data", banner: nil))])
      .page(of: corpus.studies[0]).text
    let section = try #require(text.components(separatedBy: "<section id=\"reproduced\"").last)
    #expect(section.contains("0.8875") && section.contains("90.5%"))
    for word in ["matches", "unknown", "deviates", "Confusion matrix", "<svg"] {
      #expect(section.contains(word))
    }
  }

  @Test(
    "a run on other data is set apart under its banner, without the reported value or a difference",
    arguments: ["phantom", "substitute"])
  func protocolRuns(kind: String) throws {
    let text = try report(runs: [RunEvidence(record(kind, banner: "Drawn images, no patient."))])
      .page(of: corpus.studies[0]).text
    #expect(!text.contains("<section id=\"reproduced\""))
    let parts = text.components(separatedBy: "<section id=\"protocol\"")
    #expect(parts.count == 2)
    let section = try #require(parts.last?.components(separatedBy: "</section>").first)
    #expect(section.contains("class=\"apart\"") && section.contains("Drawn images, no patient."))
    #expect(section.contains("0.8875"))
    #expect(!section.contains("90.5") && !section.contains("Difference"))
    let banner = try #require(section.range(of: "Drawn images"))
    let number = try #require(section.range(of: "0.8875"))
    #expect(banner.lowerBound < number.lowerBound)
  }

  @Test("the same report is written twice alike")
  func deterministic() throws {
    #expect(try allPages(report()).map(\.text) == allPages(report()).map(\.text))
  }

  @Test("an id never leads out of the report's folder", arguments: ["../../x", "..", "a/b", "ü"])
  func paths(id: String) {
    let path = PageWriter.path(of: .init(.study, id))
    #expect(path.split(separator: "/").count == 2)
    #expect(path.hasPrefix("studies/") && !path.contains("/."))
  }
}

@Suite struct PlotTests {
  @Test(
    "a plot has finite coordinates whatever the values",
    arguments: [[0.5, 0.5], [0, 1], [-1e12, 1e12], [Double.nan, 0.2], [0.912, 0.913], []])
  func finite(values: [Double]) {
    let plot = Plot(
      title: "t", caption: "c",
      content: .intervals([
        .init(
          label: hostileName,
          marks: values.map { .init(series: .reported, value: $0, note: "n") })
      ]))
    let svg = plot.svg()
    #expect(!svg.contains("nan") && !svg.contains("inf"))
    #expect(!svg.contains("<script>alert"))
    #expect(unclosed(in: svg) == [])
  }

  @Test("a coordinate is written with one decimal at most")
  func decimals() {
    #expect(decimalText(12.345, 1) == "12.3")
    #expect(decimalText(12, 1) == "12")
    #expect(decimalText(-0.01, 1) == "0")
    #expect(decimalText(0.905, 2) == "0.91")
  }
}
